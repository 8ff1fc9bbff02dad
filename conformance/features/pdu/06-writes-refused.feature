Feature: Writes that must be refused
  MODBUS Application Protocol V1.1b3, 6.6, 6.12, 6.16, 6.17. Class N: nothing changes on a device that conforms.

  @MB-PDU-017 @MUST @N @AP:6.6 @needs:safe-unmapped @needs:fc06
  Scenario: MB-PDU-017 Write an unmapped register
    Function 06 to an unmapped address is refused with exception 02.

    When the client sends the request 06 <a safe unmapped address> 00 00
    Then each answer is exception 02

  @MB-PDU-018 @MUST @N @AP:6.6 @MAP @needs:read-only @needs:fc06
  Scenario: MB-PDU-018 Write a read-only register
    Function 06 to a read-only register is refused with exception 02 (03 and 04 are tolerated) and the value stays.

    Given the client keeps the value of a read-only register
    When the client writes another value to it
    Then the write is refused and the value is unchanged

  @MB-PDU-022 @MUST @N @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-022 Write no register
    Function 16 with quantity 0 is refused with exception 03.

    When the client sends the request 10 <a writable register> 00 00 00
    Then each answer is exception 03

  @MB-PDU-023 @MUST @N @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-023 Write 124 registers
    Function 16 with quantity 124 is refused with exception 03.

    When the client asks to write 124 registers at a writable register
    Then each answer is exception 03

  @MB-PDU-024 @MUST @N @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-024 Byte count too small
    Quantity 2 with byte count 2 is refused with exception 03.

    When the client sends the request 10 <a writable register> 00 02 02 00 00
    Then each answer is exception 03

  @MB-PDU-025 @MUST @N @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-025 Byte count too large
    Quantity 1 with byte count 4 is refused with exception 03.

    When the client sends the request 10 <a writable register> 00 01 04 00 00 00 00
    Then each answer is exception 03

  @MB-PDU-026 @MUST @N @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-026 Odd byte count
    Quantity 1 with byte count 3 is refused with exception 03.

    When the client sends the request 10 <a writable register> 00 01 03 00 00 00
    Then each answer is exception 03

  @MB-PDU-027 @MUST @N @AP:6.12 @needs:fc10 @needs:safe-unmapped
  Scenario: MB-PDU-027 Write unmapped registers
    Function 16 to an unmapped address is refused with exception 02.

    When the client sends the request 10 <a safe unmapped address> 00 01 02 00 00
    Then each answer is exception 02

  @MB-PDU-042 @MUST @N @AP:6.17 @AP:7 @needs:no-fc17 @needs:read-only
  Scenario: MB-PDU-042 Read/Write Multiple Registers that is not declared
    Function 23, well formed and aimed at a read-only register, is refused with exception 01.

    When the client sends the request 17 <a readable address> 00 01 <a read-only register> 00 01 02 00 00
    Then each answer is exception 01

  @MB-PDU-044 @MUST @N @AP:6.16 @AP:7 @needs:no-fc16 @needs:read-only
  Scenario: MB-PDU-044 Mask Write Register that is not declared
    Function 22 with masks that change nothing is refused with exception 01.

    When the client sends the request 16 <a read-only register> FF FF 00 00
    Then each answer is exception 01

  @MB-PDU-065 @MUST @N @AP:4.1 @needs:fc10 @needs:writable
  Scenario: MB-PDU-065 Truncated write
    Function 16 that ends inside its data gets exception 03 or no answer, and nothing is written.

    Given the client keeps the value of a writable register
    When the client sends a truncated write of another value to it
    Then the request is refused or ignored and the value is unchanged
