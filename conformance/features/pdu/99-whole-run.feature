Feature: Over the whole run
  Judges what all earlier cases saw, and reads at random.

  @MB-PDU-066 @SHOULD @R @AP:6.3
  Scenario: MB-PDU-066 Random reads
    Each of many random reads is answered with data or with exception 02 or 03, as the map predicts.

    When the client sends random reads and the map predicts each answer
    Then the device still answers

  @MB-PDU-036 @MUST @R @AP:7
  Scenario: MB-PDU-036 Length of exceptions
    An exception response is the function code with the exception bit, and one code.

    When the client provokes an unmapped address and a quantity of 0
    Then every exception of this run is two bytes long

  @MB-PDU-037 @MUST @R @AP:7
  Scenario: MB-PDU-037 Codes of exceptions
    Only codes that the protocol defines are used: 01 to 06, 08, 0A, 0B.

    When the client provokes an unmapped address and a quantity of 0
    Then every exception of this run has a code of the protocol
