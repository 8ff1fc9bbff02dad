Feature: Modbus/TCP Security, roles and requests
  MODBUS/TCP Security Protocol Specification, 8.3 and 10.3. The roles of the test PKI must have these rights in the device:
  operator may write, viewer may read.

  @MB-SEC-012 @MUST @W @TS:8.3 @needs:writable
  Scenario: MB-SEC-012 A role that may not write
    A write gets exception 01, and the value is unchanged.

    When a client with the certificate viewer writes a register with another value
    Then it is refused with exception 01, and the value is unchanged

  @MB-SEC-013 @MUST @R @TS:8.3
  Scenario: MB-SEC-013 A role that may read
    Its read is answered.

    When a client with the certificate viewer connects and reads
    Then it is served

  @MB-SEC-014 @MUST @R @TS:8.3
  Scenario: MB-SEC-014 No role
    A certificate without a role has the declared default rights: without a declaration none, and a read gets exception 01.

    When a client with the certificate no-role connects and reads
    Then it has the declared default rights
    And a client with a valid certificate is served

  @MB-SEC-015 @MUST @R @TS:8.3
  Scenario: MB-SEC-015 Two roles
    A certificate with two roles is refused, or has the declared default rights: never those of the stronger role.

    When a client with the certificate two-roles connects and reads
    Then it has the declared default rights
    And a client with a valid certificate is served

  @MB-SEC-016 @MUST @R @TS:8
  Scenario: MB-SEC-016 Plain Modbus on the secure port
    It gets no Modbus answer.

    When a plain request is sent to the secure port
    Then it is not served
    And a client with a valid certificate is served

  @MB-SEC-017 @MUST @R @TS:8 @DPO @needs:plain
  Scenario: MB-SEC-017 The plain port
    It is closed, or only reads, as declared.

    When a plain request is sent to the plain port
    Then the plain port does what is declared
    And a client with a valid certificate is served

  @MB-SEC-019 @MUST @R @TS:10.3
  Scenario: MB-SEC-019 Many TLS records
    A request with each byte in a record of its own is answered once.

    When a client sends a read with each byte in a TLS record of its own
    Then it is served

  @MB-SEC-020 @MUST @D @DPO
  Scenario: MB-SEC-020 Handshakes without an end
    While others begin handshakes and do not end them, an open session is served.

    Given a client with the certificate operator has a session
    When 32 others begin a handshake, and the session reads in between
    Then each read of the session was answered
    And a client with a valid certificate is served
