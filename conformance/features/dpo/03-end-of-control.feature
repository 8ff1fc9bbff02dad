Feature: The end of control
  However a lease ends, each set point goes to the fail-safe value that the map declares, and everything that can be read
  says so. Values ask nothing of the shelf.

  @DPO-FSF-001 @MUST @W @DPO:REQ-FSF-01 @DPO:REQ-FSF-02 @DPO:REQ-BLK-04
  Scenario: DPO-FSF-001 A lease that is given back
    Each set point that was in force reads its fail-safe value, as asked for, as in force and in the shadow. If the answer
    is normal and not exception 05, the first read after it shows that.

    Given the client holds the lease for 30 s
    When the client puts each set point into force
    And the client gives the lease back
    Then each set point is at its fail-safe value, at once if the answer was normal
    And nobody holds the lease, and no time is left

  @DPO-FSF-002 @MUST @W @DPO:REQ-FSF-01 @DPO:REQ-FSF-11 @DPO:REQ-EVT-04 @DPO:REQ-STA-01 @DPO:REQ-STA-07
  Scenario: DPO-FSF-002 A lease that runs out with set points in force
    Within 3 s of its end each set point reads its fail-safe value. The state is then fail_safe, with the cause
    lease_expired where the gateway claims state_detail, and the log has an event lease_expired where it claims event_log.
    Nothing but the next lease ends that state: then it is another one within 4 s.

    Given the client holds the lease for 30 s
    When the client puts each set point into force
    And the client renews the lease for 1 s and says nothing more
    Then within 4 s each set point is at its fail-safe value
    And the state is fail_safe because of the lease, and the log has its end
    When the client renews the lease for 30 s
    Then within 4 s the state is not fail_safe
    And the lease is given back

  @DPO-FSF-003 @MUST @W @DPO:REQ-FSF-01 @DPO:REQ-COM-07
  Scenario: DPO-FSF-003 The next owner inherits nothing
    Another owner who takes the lease after the first one finds no set point of that one, neither in force nor in the
    shadow.

    Given the client holds the lease for 30 s
    When the client puts each set point into force
    And the client gives the lease back
    And a stranger takes the lease for 30 s
    Then within 4 s each set point is at its fail-safe value
