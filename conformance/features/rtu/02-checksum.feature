Feature: Frames with a wrong checksum
  MODBUS over Serial Line V1.02, 2.5.1.2: a frame with a wrong CRC is not answered.

  @MB-RTU-007 @MUST @R @SL:2.5.1.2
  Scenario: MB-RTU-007 Both CRC bytes inverted
    Silence; then a good request is answered.

    When the client sends a good read with both CRC bytes inverted
    Then no request is answered
    And the device still answers

  @MB-RTU-008 @MUST @R @SL:2.5.1.2
  Scenario: MB-RTU-008 One CRC bit flipped
    Silence; then a good request is answered.

    When the client sends a good read with one CRC bit flipped
    Then no request is answered
    And the device still answers

  @MB-RTU-009 @MUST @R @SL:2.5.1.2
  Scenario: MB-RTU-009 CRC bytes swapped
    Silence; then a good request is answered.

    When the client sends a good read with the CRC bytes swapped
    Then no request is answered
    And the device still answers

  @MB-RTU-010 @MUST @R @SL:2.5.1.2
  Scenario: MB-RTU-010 One data bit flipped
    Silence to a frame whose data do not fit its CRC; then a good request is answered.

    When the client sends a good read with one data bit flipped
    Then no request is answered
    And the device still answers

  @MB-RTU-011 @MUST @W @SL:2.5.1.2 @needs:fc06 @needs:writable
  Scenario: MB-RTU-011 Write with a wrong CRC
    Silence, and the value is unchanged.

    Given the client keeps the value of a writable register
    When the client writes another value to it with a wrong CRC
    Then no request is answered
    And the value is unchanged

  @MB-RTU-012 @MUST @R @SL:2.5.1.2
  Scenario: MB-RTU-012 CRC of every answer
    Every answer of the run has a correct CRC, low byte first.

    When the client reads the probe register over the line
    Then every answer of this run had a good frame
