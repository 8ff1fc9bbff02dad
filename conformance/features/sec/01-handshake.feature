Feature: Modbus/TCP Security, the handshake
  MODBUS/TCP Security Protocol Specification, section numbers of v21. The suite connects with certificates of its own test PKI,
  whose CA must be enrolled in the device.

  @MB-SEC-001 @MUST @R @TS:8 @TS:9
  Scenario: MB-SEC-001 Connect
    A client with a valid certificate gets a connection, and its read is answered.

    When a client with the certificate operator connects and reads
    Then a client with a valid certificate is served

  @MB-SEC-002 @MUST @R @TS:10.1
  Scenario: MB-SEC-002 Old versions
    SSL 3.0, TLS 1.0 and TLS 1.1, each offered alone, are refused.

    When a client offers SSL 3.0, TLS 1.0 and TLS 1.1, each alone
    Then each offer is refused
    And a client with a valid certificate is served

  @MB-SEC-003 @MUST @R @TS:10.1
  Scenario: MB-SEC-003 Versions of today
    TLS 1.3 or TLS 1.2 is accepted, and whichever is accepted is served. The report tells which.

    When a client connects with TLS 1.2 alone and with TLS 1.3 alone
    Then at least one is accepted, and each that is accepted is served

  @MB-SEC-004 @MUST @R @TS:8.1
  Scenario: MB-SEC-004 No client certificate
    A client without a certificate is not served: authentication is mutual.

    When a client without a certificate connects and reads
    Then it is not served
    And a client with a valid certificate is served

  @MB-SEC-005 @MUST @R @TS:8.1
  Scenario: MB-SEC-005 Certificate of an unknown CA
    It is not served.

    When a client with the certificate foreign connects and reads
    Then it is not served
    And a client with a valid certificate is served

  @MB-SEC-006 @MUST @R @TS:8.1
  Scenario: MB-SEC-006 Certificate out of its time
    A certificate that has expired, or is not valid yet, is not served. The device needs a clock for this.

    When a client with the certificate expired connects and reads
    And a client with the certificate not-yet-valid connects and reads
    Then it is not served
    And a client with a valid certificate is served

  @MB-SEC-007 @MUST @R @TS:8.1
  Scenario: MB-SEC-007 Self-signed certificate
    It is not served unless it is enrolled, which that of the suite is not.

    When a client with the certificate self-signed connects and reads
    Then it is not served
    And a client with a valid certificate is served

  @MB-SEC-008 @MUST @R @TS:8.2
  Scenario: MB-SEC-008 Weak suites
    Suites without encryption, of export strength or without authentication, offered alone, are refused.

    When a client offers weak cipher suites alone
    Then each offer is refused
    And a client with a valid certificate is served

  @MB-SEC-009 @SHOULD @R @TS:8.2
  Scenario: MB-SEC-009 ECDHE with AES-GCM
    Offered alone, a suite of this kind is chosen.

    When a client offers ECDHE with AES-GCM alone
    Then a suite of that kind is chosen, and the client is served

  @MB-SEC-010 @MUST @R @TS:10.4
  Scenario: MB-SEC-010 Compression
    DEFLATE offered with TLS 1.2 is not chosen.

    When a client offers compression
    Then none is chosen
    And a client with a valid certificate is served

  @MB-SEC-011 @MUST @R @TS:10.5
  Scenario: MB-SEC-011 Renegotiation
    With TLS 1.2 the device announces secure renegotiation (RFC 5746), or it speaks TLS 1.3 alone, which has none. The suite
    does not start a renegotiation itself.

    When a client offers TLS 1.2 with the mark of secure renegotiation
    Then the device announces secure renegotiation, or refuses TLS 1.2
    And a client with a valid certificate is served

  @MB-SEC-018 @SHOULD @R @TS:8.1
  Scenario: MB-SEC-018 Session resumption
    A client that offers to resume a session is served, and has the rights of its own certificate. The report tells if the
    session was resumed.

    When a client without a role connects again with what it has learned
    Then it has its own rights, and a client with a valid certificate that connects again is served

  @MB-SEC-021 @MUST @R @DPO @needs:roots
  Scenario: MB-SEC-021 Certificate of the device
    It chains to the declared root, has the declared name, and an RSA key of 2048 bits or an EC key of 256 bits at least.

    When a client checks chain and name of the device
    Then the device is trusted, and its key is long enough
