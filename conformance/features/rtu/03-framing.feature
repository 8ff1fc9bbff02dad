Feature: Frames of the wrong length, noise and silence
  MODBUS over Serial Line V1.02, 2.3 and 2.5.1.1.

  @MB-RTU-019 @MUST @R @SL:2.4.1 @DPO
  Scenario: MB-RTU-019 Response time
    Every one of many requests is answered within the declared answer time; the report gives median, 99th percentile and maximum.

    When the client times many reads of one register
    Then each was answered in time

  @MB-RTU-020 @MUST @R @SL:2.5.1.1
  Scenario: MB-RTU-020 Partial frame
    Address and function code followed by silence are not answered; the next request is.

    When the client sends the bytes of a frame that ends behind its function code
    Then no request is answered
    And the device still answers

  @MB-RTU-021 @MUST @N @SL:2.5.1.1 @needs:fc10 @needs:writable
  Scenario: MB-RTU-021 Partial write
    A write that ends before its data is not answered and writes nothing; the next request is answered.

    Given the client keeps the value of a writable register
    When the client sends the header of a write alone
    Then no request is answered
    And the value is unchanged

  @MB-RTU-022 @MUST @R @SL:2.3
  Scenario: MB-RTU-022 Frame that is too long
    A frame of 300 bytes with a good CRC is not answered; the next request is.

    When the client sends a read padded to 300 bytes with a good CRC
    Then no request is answered
    And the device still answers

  @MB-RTU-023 @MUST @R @SL:2.3
  Scenario: MB-RTU-023 Shortest frame
    Address, function code 03 and CRC get exception 01 or 03 or no answer; the next request is answered.

    When the client sends the malformed request 03
    Then each request is answered with exception 01 or 03 or not at all
    And the device still answers

  @MB-RTU-024 @SHOULD @R @SL:2.5.1.1
  Scenario: MB-RTU-024 Noise
    After bursts of 1 to 8 random bytes and a silence a good request is answered.

    When the client sends bursts of 1 to 8 random bytes, each followed by a good read
    Then each good read was answered

  @MB-RTU-031 @MUST @R @SL:2.1
  Scenario: MB-RTU-031 Unsolicited traffic
    A device that nobody asks sends nothing.

    When the client listens without asking
    Then no byte came

  @MB-RTU-033 @SHOULD @R @AP:6.8 @needs:fc08
  Scenario: MB-RTU-033 Loopback
    Diagnostic 00 returns the data to the byte.

    When the client sends the request 08 00 00 A5 37
    Then each answer repeats the request to the byte

  @MB-RTU-037 @MUST @R @AP:6.8 @AP:7
  Scenario: MB-RTU-037 Diagnostic that does not exist
    Function 08 with an unknown sub-function is refused with exception 01; 03 is tolerated.

    When the client sends the request 08 7F F0 00 00
    Then each answer is exception 01, while 03 is tolerated
