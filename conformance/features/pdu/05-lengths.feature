Feature: Requests of the wrong length
  MODBUS Application Protocol V1.1b3, 4.1: an answer is never built from the wrong length.

  @MB-PDU-063 @MUST @R @AP:4.1
  Scenario: MB-PDU-063 Trailing byte
    A read request with a byte too many gets exception 03 or no answer, and the device goes on answering.

    When the client sends the malformed request 03 <a readable address> 00 01 00
    Then each request is answered with exception 03 or not at all
    And the device still answers

  @MB-PDU-064 @MUST @R @AP:4.1
  Scenario: MB-PDU-064 Missing byte
    A read request with a byte too few gets exception 03 or no answer, and the next request is answered.

    When the client sends the malformed request 03 <a readable address> 00
    Then each request is answered with exception 03 or not at all
    And the device still answers
