Feature: The lease of the gateway
  Who may steer: one owner at a time, for a while. Each case gives back what it takes. No case asks power of the battery
  units.

  @DPO-LSE-001 @MUST @W @DPO:REQ-LSE-02 @DPO:REQ-LSE-05 @DPO:REQ-LSE-11
  Scenario: DPO-LSE-001 Take the lease and give it back
    One request of function 16 with token and duration takes the lease; the block tells that Modbus holds it, and for how
    long. Duration 0 gives it back; then nobody holds it, for 0 s.

    Given no client holds the lease
    When the client asks for the lease of 30 s
    Then Modbus holds the lease, and what is left of 30 s is told to 2 s
    When the client gives the lease back
    Then nobody holds the lease, and no time is left

  @DPO-LSE-002 @MUST @W @DPO:REQ-LSE-01 @DPO:REQ-LSE-05 @DPO:REQ-LSE-10
  Scenario: DPO-LSE-002 A stranger
    Another token gets the lease neither for longer nor back while it is held: exception 04 both times. The lease stays
    that of its owner, for as long as before.

    Given the client holds the lease for 30 s
    When a stranger asks for the lease of 3600 s and gives it back
    Then each answer is exception 04
    And the lease is as it was
    And the lease is given back

  @DPO-LSE-003 @MUST @W @DPO:REQ-LSE-03
  Scenario: DPO-LSE-003 Token 0
    Token 0, with a duration and with 0 s, is refused with exception 03, and the lease is as it was.

    Given the client holds the lease for 30 s
    When the client writes the token 0 with 3600 s and with 0 s
    Then each answer is exception 03
    And the lease is as it was
    And the lease is given back

  @DPO-LSE-004 @MUST @W @DPO:REQ-LSE-14
  Scenario: DPO-LSE-004 A lease without end
    The owner who asks for more than 3600 s is refused with exception 03, and the lease is as it was.

    Given the client holds the lease for 30 s
    When the client renews the lease for 3601 s and for 65535 s
    Then each answer is exception 03
    And the lease is as it was
    And the lease is given back

  @DPO-LSE-005 @MUST @N @DPO:REQ-LSE-02 @DPO:REQ-PDU-11
  Scenario: DPO-LSE-005 Half a lease
    The token without the duration, half of the token, and the duration alone by functions 16 and 06 are refused with
    exception 02, and nobody holds the lease.

    Given no client holds the lease
    When the client writes the token alone, half of it, and the duration alone
    Then each answer is exception 02
    And nobody holds the lease, and no time is left

  @DPO-LSE-006 @MUST @W @DPO:REQ-LSE-02 @DPO:REQ-LSE-04
  Scenario: DPO-LSE-006 Renewal
    A renewal counts from itself on: it makes the time longer or shorter, and never adds up.

    Given the client holds the lease for 30 s
    When the client renews the lease for 90 s
    Then Modbus holds the lease, and what is left of 90 s is told to 2 s
    When the client renews the lease for 20 s
    Then Modbus holds the lease, and what is left of 20 s is told to 2 s
    And the lease is given back

  @DPO-LSE-007 @MUST @W @DPO:REQ-LSE-04 @DPO:REQ-LSE-10 @DPO:REQ-COM-18
  Scenario: DPO-LSE-007 A lease that runs out
    A lease of 1 s that is renewed after 300 ms ends 1 s after the renewal, not before and at most 3 s later. After it a set
    point is refused with exception 04 and the result refused_no_lease.

    Given no client holds the lease
    When the client asks for the lease of 1 s and renews it after 300 ms
    Then the lease ends 1 s after the renewal, or up to 3 s later
    And each set point is refused with exception 04 and the result refused_no_lease
    And no set point is in force

  @DPO-LSE-008 @MUST @W @DPO:REQ-LSE-06 @DPO:REQ-LSE-07 @DPO:REQ-LSE-10 @needs:tcp
  Scenario: DPO-LSE-008 A second connection needs the token
    While one connection holds the lease, a set point on another one is refused with exception 04. Once that has written
    the token it is the same owner: what is in force stays, and its set point is taken.

    Given the client holds the lease for 30 s
    When the client writes the largest input power limit
    And a second connection writes a limit that is less by 1 W
    Then the second connection got exception 04 and reads the result refused_no_lease
    When the second connection writes the token of the lease with 30 s
    Then the largest limit is still in force
    When the second connection writes a limit that is less by 1 W
    Then the limit of the second connection is in force
    And the lease is given back

  @DPO-LSE-009 @MUST @W @DPO:REQ-LSE-08 @needs:tcp
  Scenario: DPO-LSE-009 A connection that ends
    The binding ends with the connection and the lease does not: on a new connection a set point is refused with exception
    04 while Modbus holds the lease, until the token is written there.

    Given the client holds the lease for 30 s
    When the connection ends, and a new one writes the largest input power limit
    Then it is refused with exception 04, while Modbus holds the lease
    When the client renews the lease for 30 s
    And the client writes the largest input power limit
    Then the largest limit is still in force
    And the lease is given back

  @DPO-LSE-010 @MUST @W @DPO:REQ-LSE-09
  Scenario: DPO-LSE-010 The token is not shown
    While the lease is held, the token reads 0, alone and in one read with the duration.

    Given the client holds the lease for 30 s
    When the client reads the token, alone and with its neighbours
    Then it reads 0 each time
    And the lease is given back

  @DPO-LSE-011 @MUST @N @DPO:REQ-LSE-10 @DPO:REQ-COM-18
  Scenario: DPO-LSE-011 Set points without the lease
    Each set point that the gateway claims, its shadow, and a commit are refused with exception 04 and the result
    refused_no_lease. Nothing of it shows.

    Given no client holds the lease
    When the client reads the set points and their shadows
    Then each set point is refused with exception 04 and the result refused_no_lease
    And each shadow and a commit are refused with exception 04 and the result refused_no_lease
    And the set points and their shadows read as before

  @DPO-LSE-012 @MUST @W @DPO:REQ-LSE-10 @needs:tcp
  Scenario: DPO-LSE-012 An owner of yesterday
    A connection that was bound to a lease which was given back has no say in the next one: its set point is refused with
    exception 04 and the result refused_held or refused_no_lease, and nothing is in force.

    Given the client holds the lease for 30 s
    When a second connection writes the same token, and the client gives the lease back
    And a stranger takes the lease for 30 s
    And the second connection writes a limit that is less by 1 W
    Then the second connection got exception 04 and reads the result refused_held or refused_no_lease
    And no set point is in force
