Feature: Settings of the line, broadcasts and addresses
  MODBUS over Serial Line V1.02, 2.1, 2.2, 2.5.1, 2.6.1 and 3.2. The capability statement declares what a line can do.

  @MB-RTU-004 @MUST @W @SL:2.1 @SL:2.2 @needs:broadcast @needs:number @needs:fc06
  Scenario: MB-RTU-004 Broadcast of a write
    A write to address 0 is not answered, and the register reads the new value.

    Given the client keeps the value of a writable number
    When the client broadcasts a write of another value to it
    Then no request is answered
    And it holds the new value, and the old one is put back

  @MB-RTU-025 @MUST @R @SL:2.6.1 @needs:line-settings
  Scenario: MB-RTU-025 Parity error
    A request whose characters have the wrong parity is not answered; the next good one is. (The catalogue asks for one such
    character; a port sends the whole request so.)

    When the client sends a read whose characters have the wrong parity
    Then no request is answered
    And the device still answers

  @MB-RTU-026 @MUST @R @SL:3.2 @SL:2.5.1 @needs:line-settings
  Scenario: MB-RTU-026 Factory settings
    The device answers at the baud rate and parity that its map declares first. It must be as it left the factory.

    When the line is set as the map declares it from the factory
    Then the device answers at these settings
    And the device still answers

  @MB-RTU-027 @MUST @W @SL:3.2 @needs:baud-codes
  Scenario: MB-RTU-027 Baud rates
    After the switch to each declared rate the device answers at that rate and not at the old one, and goes back.

    When the client switches to each declared baud rate and back
    Then the device still answers

  @MB-RTU-028 @MUST @W @DPO @needs:baud-codes
  Scenario: MB-RTU-028 Unsupported baud rate
    A code that no rate has is refused with exception 03 or 04, and the line stays at its rate.

    When the client writes a code that no baud rate has
    Then each answer is exception 03 or 04
    And the device still answers

  @MB-RTU-029 @SHOULD @D @DPO @needs:baud-codes @needs:restart
  Scenario: MB-RTU-029 Baud rate after a restart
    It is stored or back at the default, as declared.

    When the client switches to another baud rate and restarts the device
    Then the device still answers

  @MB-RTU-030 @MUST @R @SL:2.5.1 @needs:line-settings @needs:no-parity
  Scenario: MB-RTU-030 No parity
    Without parity a character has two stop bits; one is tolerated if it is declared (8N1).

    When the line is set to no parity and the declared stop bits
    Then the device answers at these settings
    And the device still answers

  @MB-RTU-032 @MUST @R @SL:2.1 @needs:other-device
  Scenario: MB-RTU-032 Another device answers
    While another device of the line is asked, this one is silent: each answer is one good frame of the other.

    When the client reads another device of the line many times
    Then each answer is that of the other device alone

  @MB-RTU-038 @SHOULD @W @SL:2.2 @needs:address-register
  Scenario: MB-RTU-038 Change of the address
    The device answers at its new address and not at the old one, at 1 and at 247, and has its own at the end.

    When the client gives the device the addresses 1 and 247, and its own again
    Then the device still answers

  @MB-RTU-039 @MUST @W @SL:2.2 @needs:address-register
  Scenario: MB-RTU-039 Addresses that are none
    0 and 248 are refused with exception 03 or 04, and the address stays.

    When the client gives the device the addresses 0 and 248
    Then each answer is exception 03 or 04
    And the device still answers
