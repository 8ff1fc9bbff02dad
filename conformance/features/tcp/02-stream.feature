Feature: Frames in a stream
  MODBUS Messaging on TCP/IP V1.0b, 4.3 and 4.4.1.

  @MB-TCP-011 @MUST @R @TG:4.3
  Scenario: MB-TCP-011 One byte a segment
    A request in one-byte segments is answered once, correctly.

    When the client sends a good read in segments of one byte
    Then exactly one answer comes, with the data asked for

  @MB-TCP-012 @MUST @R @TG:4.3
  Scenario: MB-TCP-012 Header and PDU apart
    A request whose PDU follows 200 ms after its header is answered.

    When the client sends the header of a good read, and its PDU 200 ms later
    Then exactly one answer comes, with the data asked for

  @MB-TCP-013 @MUST @R @TG:4.3
  Scenario: MB-TCP-013 Two requests in one segment
    Both are answered, each with its own transaction identifier and data.

    When the client sends 2 different reads in one segment
    Then each answer fits the request with its transaction identifier

  @MB-TCP-014 @MUST @R @TG:4.4.1
  Scenario: MB-TCP-014 Pipeline
    Eight requests sent without waiting get eight answers, each with its own transaction identifier and data.

    When the client sends 8 different reads in one segment
    Then each answer fits the request with its transaction identifier

  @MB-TCP-015 @MUST @R @TG:4.4.1 @AP:7
  Scenario: MB-TCP-015 Long pipeline
    Of 64 requests sent without waiting none is answered wrongly; exception 06 or a closed connection is allowed.

    When the client sends 64 different reads in one segment
    Then no answer is wrong, and missing answers mean exception 06 or a closed connection
