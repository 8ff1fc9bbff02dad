Feature: The log of the gateway
  What happens to leases and set points is in the log, numbered without a gap.

  @DPO-EVT-001 @MUST @W @DPO:REQ-EVT-01 @DPO:REQ-EVT-02 @DPO:REQ-BLK-04
  Scenario: DPO-EVT-001 The window
    The first record of the window is the newest event, and each further one the event before it; as many records as
    event_records says are filled, and the others have the number 0.

    Given the gateway claims event_log
    And no client holds the lease
    When the client takes the lease for 30 s and gives it back, twice
    Then the window shows the newest event first, and each number once

  @DPO-EVT-002 @MUST @W @DPO:REQ-EVT-03 @needs:tcp
  Scenario: DPO-EVT-002 Paging back
    A connection that writes event_until sees the records that end with that event, also after more has happened; another
    connection sees the newest. Not available brings the newest back.

    Given the gateway claims event_log
    And no client holds the lease
    When the client takes the lease for 30 s and gives it back, twice
    And the client pages back by 2 events
    Then its window ends with that event, and the window of a second connection with the newest
    When the client takes the lease for 30 s and gives it back, twice
    Then its window ends with that event, and the window of a second connection with the newest
    When the client writes not available to event_until
    Then the window shows the newest event first, and each number once

  @DPO-EVT-003 @MUST @W @DPO:REQ-EVT-02 @DPO:REQ-EVT-04
  Scenario: DPO-EVT-003 What is logged
    A lease that is granted, a set point that is applied, one that is refused under the lease, and a lease that is given
    back each make an event, in this order; no number between them is missing.

    Given the gateway claims event_log
    And the gateway claims input_power_limit
    And no client holds the lease
    When the client takes the lease, sets the largest limit and one 1 W above it, and gives the lease back
    Then the log has lease_granted, setpoint_applied, setpoint_refused and lease_released in this order
