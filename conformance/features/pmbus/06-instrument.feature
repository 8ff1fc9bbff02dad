Feature: PMBus, what needs an instrument on the bus

  A client of a bus cannot send a part of a byte or hold the clock: an instrument does (--instrument). Without one
  these cases are NOT-RUN. Clause numbers with + are from memory and least sure.

  @PM-XP-016 @MUST @N @P2:10.8.2+ @needs:instrument @needs:vout-command
  Scenario: PM-XP-016 STOP inside a byte of a write
    No effect, and the next read is good. A flag in STATUS_CML is allowed.

    When the instrument writes VOUT_COMMAND one step lower and sends STOP inside its last byte
    Then VOUT_COMMAND is what it was, and the next read is good

  @PM-XP-017 @MUST @R @P2:10.8.3+ @needs:instrument
  Scenario: PM-XP-017 STOP inside a byte of a read
    The device lets go of the bus, and the next read is good.

    When the instrument stops reading inside the first byte of READ_VIN
    Then SDA is free, and the next read is good

  @PM-XP-019 @MUST @T @SM:4.2
  Scenario: PM-XP-019 A clock that is held for 36 ms
    The device gives the message up and lets go of the bus (tTIMEOUT: after 25 ms it may, after 35 ms it must).

    When the instrument holds the clock for 36 ms inside a read
    Then the device has given up: ones, SDA is free, and the next read is good

  @PM-XP-020 @MUST @T @SM:4.2
  Scenario: PM-XP-020 A clock that is held for 20 ms
    The device waits, and the answer is right (tTIMEOUT is at least 25 ms).

    When the instrument holds the clock for 20 ms inside a read
    Then the whole answer is right

  @PM-XP-021 @MUST @T @SM:4.2
  Scenario: PM-XP-021 Stretching of the clock
    In each message the device stretches the clock for no more than 25 ms in all (tLOW:SEXT).

    When the instrument reads every reading and every text at the fastest clock
    Then the clock was stretched for no more than 25 ms in each message

  @PM-XP-022 @SHOULD @T @DPO @needs:stretch
  Scenario: PM-XP-022 Stretching of a byte
    At 400 kHz, or at the fastest clock of the map below that, no byte is stretched longer than declared.

    When the instrument reads every reading and every text at a fast clock
    Then no byte was stretched longer than declared

  @PM-XP-023 @MUST @T @P1:5
  Scenario: PM-XP-023 The fastest clock
    At the fastest clock of the map 1000 reads give what a slow one gives, each with its packet error code.

    When the instrument reads a constant again and again at the fastest clock
    Then every answer and its packet error code are right

  @PM-XP-038 @MUST @D @DPO @needs:instrument
  Scenario: PM-XP-038 A read that was left
    A device that drives SDA low in the middle of an answer lets go within nine clock pulses.

    When the instrument leaves a read while SDA is low, and sends clock pulses until it is high
    Then SDA is high after nine pulses at most, and the next read is good

  @PM-XP-039 @MUST @D @DPO @needs:instrument @needs:second
  Scenario: PM-XP-039 A module is pulled and plugged
    The other devices of the bus answer all the time, and the module answers within 10 s of being plugged.

    When the second device is pulled and plugged while the first one is read
    Then the other device answered every read, and the module is found again
