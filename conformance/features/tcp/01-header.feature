Feature: The MBAP header
  MODBUS Messaging on TCP/IP V1.0b, 3.1.3.

  @MB-TCP-001 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-001 Connect
    The declared port accepts a connection and answers.

    When the client opens a connection
    Then the connection answers a good request

  @MB-TCP-002 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-002 Transaction identifiers
    0000, 0001, FFFF and a random identifier come back as sent.

    When the client sends good reads with the transaction identifiers 0000, 0001, FFFF, A5C3
    Then each answer has the transaction identifier of its request, in order

  @MB-TCP-003 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-003 Protocol identifier of answers
    The protocol identifier of normal and exception answers is 0000.

    When the client sends a good read and a read that must be refused
    Then the protocol identifier of each answer is 0000

  @MB-TCP-004 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-004 Length field of answers
    The length field of normal and exception answers counts the unit identifier and the PDU.

    When the client sends a good read and a read that must be refused
    Then the length field of each answer fits its PDU

  @MB-TCP-005 @MUST @R @TG:3.1.3
  Scenario: MB-TCP-005 Unit identifier of answers
    The unit identifier comes back as sent.

    When the client sends a good read and a read that must be refused
    Then the unit identifier of each answer is that of the request

  @MB-TCP-006 @MUST @R @TG:4.4.2
  Scenario: MB-TCP-006 Foreign protocol identifier
    A frame with protocol identifier 0001 gets no Modbus answer; the server goes on serving.

    When the client sends a frame with protocol identifier 0001
    Then the connection stays silent or closes
    And a new connection answers a good request

  @MB-TCP-007 @MUST @R @TG:4.4.2
  Scenario: MB-TCP-007 Length field 0 and 1
    Frames with length 0 and 1 get no answer; the server goes on serving.

    When the client sends a frame with length field 0
    Then the connection stays silent or closes
    When the client sends a frame with length field 1
    Then the connection stays silent or closes
    And a new connection answers a good request

  @MB-TCP-008 @MUST @R @TG:4.4.2
  Scenario: MB-TCP-008 Length field over 254
    Frames with length 255 and 65535 get no answer; the server goes on serving.

    When the client sends a frame with length field 255
    Then the connection stays silent or closes
    When the client sends a frame with length field 65535
    Then the connection stays silent or closes
    And a new connection answers a good request

  @MB-TCP-009 @MUST @R @TG:4.4.2
  Scenario: MB-TCP-009 Frame that does not end
    A frame that claims more bytes than are sent gets no answer; another connection is served meanwhile.

    When the client sends a frame with length field 20
    Then a second connection answers a good request
    And the connection stays silent or closes

  @MB-TCP-010 @MUST @R @TG:4.4.2
  Scenario: MB-TCP-010 Length field smaller than the PDU
    The frame is refused, ignored or the connection closed; the rest of the bytes is never answered as a request.

    When the client sends a frame with length field 5
    Then the connection answers with exception 03, stays silent or closes
    And a new connection answers a good request

  @MB-TCP-033 @SHOULD @R @TG:4.4.2
  Scenario: MB-TCP-033 Another protocol
    An HTTP request on the Modbus port gets no answer; the server goes on serving.

    When the client sends an HTTP request
    Then the connection stays silent or closes
    And a new connection answers a good request
