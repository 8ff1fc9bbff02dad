Feature: Input registers, coils and discrete inputs (functions 01, 02, 04)
  MODBUS Application Protocol V1.1b3, 6.1, 6.2, 6.4. What a map does not declare must not answer.

  @MB-PDU-012 @MUST @R @AP:6.4 @needs:fc04
  Scenario: MB-PDU-012 Read one input register
    Function 04 for one readable register is answered with byte count 2.

    When the client sends the request 04 <a readable address> 00 01
    Then each answer is normal with 2 data bytes

  @MB-PDU-013 @MUST @R @AP:6.4 @needs:fc04
  Scenario: MB-PDU-013 Read 0 and 126 input registers
    Both quantities are refused with exception 03.

    When the client sends the request 04 <a readable address> 00 00
    And the client sends the request 04 <a readable address> 00 7E
    Then each answer is exception 03

  @MB-PDU-014 @MUST @R @AP:6.4 @needs:fc04
  Scenario: MB-PDU-014 Read an unmapped input register
    One unmapped register is refused with exception 02.

    When the client sends the request 04 <an unmapped address> 00 01
    Then each answer is exception 02

  @MB-PDU-015 @MUST @R @AP:6.4 @AP:7 @needs:no-fc04
  Scenario: MB-PDU-015 Input registers that are not declared
    A device without input registers refuses function 04 with exception 01 or 02.

    When the client sends the request 04 <a readable address> 00 01
    Then each answer is exception 01 or 02

  @MB-PDU-045 @MUST @R @AP:6.1 @AP:6.2 @needs:no-fc01 @needs:no-fc02
  Scenario: MB-PDU-045 Coils and inputs that are not declared
    A device without coils and discrete inputs refuses functions 01 and 02 with exception 01 or 02.

    When the client sends the request 01 00 00 00 01
    And the client sends the request 02 00 00 00 01
    Then each answer is exception 01 or 02

  @MB-PDU-046 @MUST @R @AP:6.1 @needs:fc01
  Scenario: MB-PDU-046 Read 0 and 2001 coils
    Both quantities are refused with exception 03.

    When the client sends the request 01 00 00 00 00
    And the client sends the request 01 00 00 07 D1
    Then each answer is exception 03
