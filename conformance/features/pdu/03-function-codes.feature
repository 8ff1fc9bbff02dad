Feature: Function codes that are not supported
  MODBUS Application Protocol V1.1b3, 5 and 7. Codes on the hazard list are never sent.

  @MB-PDU-032 @MUST @R @AP:5 @AP:7 @needs:no-fc07 @needs:no-fc18
  Scenario: MB-PDU-032 Public function codes that are not declared
    Read Exception Status (07) and Read FIFO Queue (18) are refused with exception 01.

    When the client sends the request 07
    And the client sends the request 18 00 00
    Then each answer is exception 01

  @MB-PDU-033 @MUST @D @AP:5
  Scenario: MB-PDU-033 User-defined function codes
    Codes 65 to 72 and 100 to 110 outside the hazard list, without data, are refused with exception 01.

    When the client sends the request 41
    And the client sends the request 44
    And the client sends the request 46
    And the client sends the request 47
    And the client sends the request 48
    And the client sends the request 64
    And the client sends the request 65
    And the client sends the request 66
    And the client sends the request 67
    And the client sends the request 68
    And the client sends the request 69
    And the client sends the request 6A
    And the client sends the request 6B
    And the client sends the request 6C
    And the client sends the request 6D
    And the client sends the request 6E
    Then each answer is exception 01

  @MB-PDU-034 @MUST @R @AP:5
  Scenario: MB-PDU-034 Function code 00
    Function code 00 gets exception 01 or no answer, never a normal one.

    When the client sends the malformed request 00
    Then each request is answered with exception 01 or not at all
    And the device still answers

  @MB-PDU-035 @MUST @R @AP:4.1 @AP:5
  Scenario: MB-PDU-035 Function codes with the exception bit
    Function codes 0x80, 0x83 and 0xFF get an exception or no answer, and the device goes on answering.

    When the client sends the malformed request 80
    And the client sends the malformed request 83 <a readable address> 00 01
    And the client sends the malformed request FF
    Then no request gets a normal answer
    And the device still answers

  @MB-PDU-057 @MUST @D @AP:6.19
  Scenario: MB-PDU-057 Unknown MEI type
    Function 43 with MEI type 55 is refused with exception 01; 03 is tolerated.

    When the client sends the request 2B 55 00
    Then each answer is exception 01, while 03 is tolerated

  @MB-PDU-058 @MUST @R @AP:6.19 @AP:7 @needs:no-fc2B
  Scenario: MB-PDU-058 Device identification that is not declared
    Function 43 with MEI type 14 is refused with exception 01 by a device that does not declare it.

    When the client sends the request 2B 0E 01 00
    Then each answer is exception 01

  @MB-PDU-059 @SHOULD @R @AP:6.13 @needs:fc11
  Scenario: MB-PDU-059 Report Server ID
    The byte count fits the answer and the run indicator is 00 or FF.

    When the client sends the request 11
    Then the server id is well formed
