Feature: Addresses on a serial line
  MODBUS over Serial Line V1.02, 2.1 and 2.2.

  @MB-RTU-001 @MUST @R @SL:2.2
  Scenario: MB-RTU-001 Own address
    A request to the device's address is answered from the same address.

    When the client reads the probe register over the line
    Then the answer comes from the address asked

  @MB-RTU-002 @MUST @R @SL:2.2
  Scenario: MB-RTU-002 Other addresses
    A request to an address where no device is configured is not answered.

    When the client reads from an address that no device has
    Then no request is answered
    And the device still answers

  @MB-RTU-003 @MUST @R @SL:2.2
  Scenario: MB-RTU-003 Reserved addresses
    Requests to the reserved addresses 248 to 255 are not answered.

    When the client reads from the reserved addresses 248 to 255
    Then no request is answered
    And the device still answers

  @MB-RTU-005 @MUST @R @SL:2.1
  Scenario: MB-RTU-005 Broadcast of a read
    A read to address 0 is not answered; the next request is.

    When the client broadcasts a read
    Then no request is answered
    And the device still answers

  @MB-RTU-006 @SHOULD @R @SL:2.4.1
  Scenario: MB-RTU-006 After a broadcast
    A request 100 ms after a broadcast is answered.

    When the client broadcasts a read
    And the client waits 100 ms
    Then the device still answers
