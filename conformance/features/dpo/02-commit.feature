Feature: Set points, shadow and commit
  Values ask nothing of the shelf: the largest limit, which limits nothing, and a discharge of 0 W. What is not taken back by
  the steps goes with the lease.

  @DPO-COM-001 @MUST @W @DPO:REQ-COM-03 @DPO:REQ-COM-06 @DPO:REQ-COM-18
  Scenario: DPO-COM-001 A number that is not the next one
    After a commit, the number of that one, the next but one and a distant one are refused with exception 04 and the result
    refused_sequence, of the connection and of the commit. Number and shadow stay, and nothing is in force.

    Given the gateway claims setpoint_commit
    And the client holds the lease for 30 s
    When the client commits with the next number
    And the client writes the set points to the shadow
    Then commits with other numbers than the next one are refused with exception 04 and the result refused_sequence
    And the number of the last commit and the shadow are as they were
    And no set point is in force
    And the lease is given back

  @DPO-COM-002 @MUST @W @DPO:REQ-COM-04 @DPO:REQ-COM-08
  Scenario: DPO-COM-002 Discard the shadow
    The number 0 is taken, and the shadow shows what is in force again; the next commit leaves that alone.

    Given the gateway claims setpoint_commit
    And the client holds the lease for 30 s
    When the client writes the set points to the shadow
    And the client commits with the number 0
    Then the shadow shows what is in force, which is nothing
    When the client commits with the next number
    Then no set point is in force
    And the lease is given back

  @DPO-COM-003 @MUST @W @DPO:REQ-COM-03 @DPO:REQ-COM-05
  Scenario: DPO-COM-003 Numbers run on
    A commit raises the number by one, and repeated it is refused and changes nothing. Under the next lease the numbers
    go on where they were.

    Given the gateway claims setpoint_commit
    And the client holds the lease for 30 s
    When the client writes the set points to the shadow
    And the client commits with the next number
    Then the number of the last commit is one more, and the set points are in force
    And the same commit once more is refused with exception 04, and the set points are in force
    When the client gives the lease back and takes it for 30 s
    Then the number of the last commit is as it was
    When the client writes the set points to the shadow
    And the client commits with the next number
    Then the number of the last commit is one more, and the set points are in force
    And the lease is given back

  @DPO-COM-004 @MUST @W @DPO:REQ-COM-02 @DPO:REQ-COM-06 @DPO:REQ-COM-15 @DPO:REQ-COM-17
  Scenario: DPO-COM-004 One bad value keeps all out
    A commit with a limit above input_power_limit_max is refused with exception 03; its result is refused_range and its
    fault the address of that shadow. Number and shadow stay, and no set point of the group is in force. Mended, the same
    number is taken.

    Given the gateway claims setpoint_commit
    And the gateway claims input_power_limit
    And the client holds the lease for 30 s
    When the client writes the set points to the shadow, with a limit above the largest one
    Then the commit with the next number is refused with exception 03, and its fault is the shadow of the limit
    And the number of the last commit and the shadow are as they were
    And no set point is in force
    When the client writes the set points to the shadow
    And the client commits with the next number
    Then the number of the last commit is one more, and the set points are in force
    And the lease is given back

  @DPO-COM-005 @MUST @W @DPO:REQ-COM-02 @DPO:REQ-COM-12 @DPO:REQ-COM-13 @DPO:REQ-BLK-04
  Scenario: DPO-COM-005 A group becomes one
    Set points that one request wrote to the shadow come into force by one commit, together: no read shows one of them without
    the others. If the answer is normal and not exception 05, the first read after it shows them in force.

    Given the gateway claims setpoint_commit
    And the client holds the lease for 30 s
    When the client writes the set points to the shadow in one request
    And the client commits with the next number
    Then the set points come into force together, at once if the answer was normal
    And the lease is given back

  @DPO-COM-006 @MUST @W @DPO:REQ-COM-07
  Scenario: DPO-COM-006 The shadow goes with the lease
    After the lease was given back and taken with the same token, the shadow shows what is in force, and a commit puts
    nothing of the old shadow into force.

    Given the gateway claims setpoint_commit
    And the client holds the lease for 30 s
    When the client writes the set points to the shadow
    And the client gives the lease back and takes it for 30 s
    Then the shadow shows what is in force, which is nothing
    When the client commits with the next number
    Then no set point is in force
    And the lease is given back

  @DPO-COM-007 @MUST @W @DPO:REQ-COM-08 @DPO:REQ-COM-11
  Scenario: DPO-COM-007 What was not written
    A limit that is written directly is in force without a commit, and its shadow shows it. A commit of the discharge
    alone leaves the limit in force.

    Given the gateway claims setpoint_commit
    And the gateway claims input_power_limit
    And the gateway claims bbu_discharge
    And the client holds the lease for 30 s
    When the client writes the largest input power limit
    Then the largest limit is still in force
    And the shadow of the limit shows the largest limit
    When the client writes a discharge of 0 W to the shadow
    And the client commits with the next number
    Then the number of the last commit is one more, and the set points are in force
    And the lease is given back

  @DPO-COM-008 @MUST @W @DPO:REQ-COM-15 @DPO:REQ-COM-18
  Scenario: DPO-COM-008 Out of range
    A limit 1 W above input_power_limit_max, and each set point and shadow above the limits of the map, are refused with
    exception 03 and the result refused_range. Nothing is clipped: the limit before stays in force.

    Given the gateway claims input_power_limit
    And the client holds the lease for 30 s
    When the client writes the largest input power limit
    Then the largest limit is still in force
    And a limit 1 W above the largest one is refused with exception 03 and the result refused_range
    And each set point above the limits of the map is refused with exception 03 and the result refused_range
    And the largest limit is still in force
    And the lease is given back

  @DPO-COM-009 @MUST @W @DPO:REQ-BLK-09 @DPO:REQ-BLK-04
  Scenario: DPO-COM-009 What is counted
    A commit that is applied, one that is refused, and a set point that is refused raise commits_applied, commits_refused,
    setpoints_applied and writes_refused within their update time; a grant raises lease_grants.

    Given the gateway claims setpoint_commit
    And the gateway claims event_counters
    And no client holds the lease
    When the client reads the counters of leases, commits and set points
    And the client takes the lease for 30 s, commits once with a wrong number and once with the next, and exceeds a limit
    Then each of the counters has risen
    And the lease is given back

  @DPO-COM-010 @MUST @W @DPO:REQ-COM-18 @needs:tcp
  Scenario: DPO-COM-010 Results are of the connection that asked
    A set point that is taken on one connection and one that is refused on another one of the same owner: each connection
    reads its own result.

    Given the gateway claims input_power_limit
    And the client holds the lease for 30 s
    When a second connection writes the token of the lease, and a limit above the limits of the map
    And the client writes the largest input power limit
    Then the client reads the result applied, and the second connection refused_range
    And the lease is given back
