Feature: Modbus and Redfish steer one shelf

  Each case writes the largest input power limit, which limits nothing, and takes it back at its end.

  @XIF-004 @MUST @W @DPO @needs:block
  Scenario: XIF-004 A set point of one interface shows on the other
    Written on Redfish it reads on Modbus with Redfish as the owner of the lease; written on Modbus it reads on Redfish.

    Given nobody holds the lease
    When the limit is written on Redfish
    Then Modbus reads it, with redfish as the holder of the lease
    And the set point is taken back
    When the limit is written on Modbus under a lease of 30 s
    Then Redfish shows it, with Modbus as the owner of the lease
    And the lease is given back on Modbus

  @XIF-007 @MUST @W @DPO @needs:block
  Scenario: XIF-007 Without the right to write nothing is written
    Modbus without a lease gets exception 04, Redfish without a login 401; the limit is what it was on both.

    Given nobody holds the lease
    When the limit is written on Modbus without a lease, and on Redfish without a login
    Then Modbus refuses with exception 04 and Redfish with 401
    And no limit is in force on either interface

  @XIF-008 @MUST @W @DPO @needs:block
  Scenario: XIF-008 One owner at a time
    While Modbus holds the lease a write on Redfish gets 409, and while Redfish holds it the lease on Modbus gets
    exception 04. The limit stays that of the owner.

    Given nobody holds the lease
    When the limit is written on Modbus under a lease of 30 s
    Then a write on Redfish gets 409 and changes nothing
    And the lease is given back on Modbus
    When the limit is written on Redfish
    Then the lease on Modbus gets exception 04 and changes nothing
    And the set point is taken back

  @XIF-010 @MUST @D @DPO @needs:block
  Scenario: XIF-010 A writer that falls silent
    The lease of a Modbus client that says nothing more ends by itself; then no limit is in force on Modbus or Redfish,
    and the log of Redfish has one
    more entry with a MessageId LeaseExpired.

    Given nobody holds the lease
    When the limit is written on Modbus under a lease of 2 s, and nothing more
    Then within 10 s no limit is in force on either interface
    And the log of Redfish has an entry of the lease that ran out
