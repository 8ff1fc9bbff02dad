Feature: Serial line, what needs an instrument

  Gaps inside a frame, and times of less than a millisecond, need an instrument on the line (--instrument): a program's
  clock is too coarse. t1.5 and t3.5 are 1.5 and 3.5 characters of 11 bits, over 19200 Bd 750 us and 1750 us. Clause
  numbers are from memory.

  @MB-RTU-013 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-013 A gap above t1.5 inside a frame
    The frame is discarded: silence. Answered is NON-STRICT.

    When the instrument sends a read with a gap of 2.5 characters in its middle
    Then there is no answer to it
    And the next read is answered

  @MB-RTU-014 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-014 A gap below t1.5 inside a frame
    The frame is answered.

    When the instrument sends a read with a gap of one character in its middle
    Then the whole answer comes

  @MB-RTU-015 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-015 Two requests less than t3.5 apart
    The first or both are lost: at most the second is answered, never both as one.

    When the instrument sends two reads with a gap of two characters between them
    Then at most the second one is answered
    And the next read is answered

  @MB-RTU-016 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-016 A request t3.5 after an answer
    It is answered.

    When the instrument sends a read, and another one t3.5 after its answer
    Then both are answered

  @MB-RTU-017 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-017 Gaps inside an answer
    No gap between two characters of an answer is longer than t1.5.

    When the instrument reads the longest span and measures the answer
    Then no gap inside the answer is longer than t1.5

  @MB-RTU-018 @MUST @T @SL:2.5.1.1
  Scenario: MB-RTU-018 Quiet before an answer
    The device waits t3.5 at least between request and answer.

    When the instrument reads the probe register and measures the answer
    Then the answer begins t3.5 after the request or later

  @MB-RTU-040 @SHOULD @T @SL:3.4
  Scenario: MB-RTU-040 The line driver
    It is off within t3.5 after the last stop bit.

    When the instrument reads the probe register and measures the answer
    Then the line driver is off within t3.5 of the last stop bit
