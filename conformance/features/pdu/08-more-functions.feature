Feature: Functions that only some devices declare
  MODBUS Application Protocol V1.1b3, 6.5, 6.16 and 6.17. A map or statement that does not declare them makes the cases not
  apply.

  @MB-PDU-038 @SHOULD @W @AP:6.17 @needs:fc17 @needs:number
  Scenario: MB-PDU-038 Write and read in one transaction
    Function 23 writes first: the data of the answer are the new value.

    Given the client keeps the value of a writable number
    When the client writes another value to it and reads it in one transaction
    Then the answer holds the new value, and the old one is put back

  @MB-PDU-039 @MUST @N @AP:6.17 @needs:fc17 @needs:read-only
  Scenario: MB-PDU-039 Function 23, quantity to read
    Quantities 0 and 126 to read are refused with exception 03.

    When the client sends the request 17 <a readable address> 00 00 <a read-only register> 00 01 02 00 00
    And the client sends the request 17 <a readable address> 00 7E <a read-only register> 00 01 02 00 00
    Then each answer is exception 03

  @MB-PDU-040 @MUST @N @AP:6.17 @needs:fc17 @needs:read-only
  Scenario: MB-PDU-040 Function 23, quantity to write
    Quantities 0 and 122 to write are refused with exception 03.

    When the client sends the request 17 <a readable address> 00 01 <a read-only register> 00 00 00
    And the client asks to read one register and to write 122
    Then each answer is exception 03

  @MB-PDU-041 @MUST @N @AP:6.17 @needs:fc17 @needs:read-only
  Scenario: MB-PDU-041 Function 23, byte count
    A byte count that is not twice the quantity to write is refused with exception 03.

    When the client sends the request 17 <a readable address> 00 01 <a read-only register> 00 01 04 00 00 00 00
    And the client sends the request 17 <a readable address> 00 01 <a read-only register> 00 02 02 00 00
    Then each answer is exception 03

  @MB-PDU-043 @SHOULD @W @AP:6.16 @needs:fc16 @needs:number
  Scenario: MB-PDU-043 Mask Write Register
    From 0012 the masks 00F2 and 0025 make 0017, and the answer repeats the request.

    Given the client keeps the value of a writable number
    When the client writes 0012 to it, and then the masks 00F2 and 0025
    Then it holds 0017, and the old value is put back

  @MB-PDU-047 @MUST @W @AP:6.5 @needs:fc01 @needs:fc05 @needs:coil
  Scenario: MB-PDU-047 Set and clear a coil
    Function 05 with FF00 and 0000 is answered with an echo, and the coil reads 1 and 0.

    When the client sets the declared coil and clears it again
    Then each answer is an echo, and the coil read 1 and then 0

  @MB-PDU-048 @MUST @N @AP:6.5 @needs:fc05 @needs:coil
  Scenario: MB-PDU-048 Another value for a coil
    Function 05 with 1234 is refused with exception 03.

    When the client writes 1234 to the declared coil
    Then each answer is exception 03
