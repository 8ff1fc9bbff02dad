Feature: Settings of the map
  Registers that may be written without interrupting power. Each case puts back what was there.

  @MAP-011 @MUST @W @MAP @needs:settings
  Scenario: MAP-011 Smallest, largest and middle value
    Each register reads back what was written, inside its settle time, and is put back.

    When the client writes the smallest, the largest and a middle value to each setting, and puts it back
    Then each read back as written

  @MAP-013 @MUST @W @MAP @needs:enum-setting
  Scenario: MAP-013 Undeclared symbol
    A code that the map does not declare is refused, and the value stays.

    When the client writes a code that the map does not declare to each enumeration that may be written
    Then each is refused and unchanged

  @MAP-014 @MUST @W @MAP @needs:flags-setting
  Scenario: MAP-014 Reserved bits
    A write with a reserved bit set is refused or ignores the bit: it reads 0.

    When the client writes each flags register that may be written with a reserved bit set
    Then the reserved bit of each reads 0

  @MAP-017 @MUST @W @MAP @needs:w1c
  Scenario: MAP-017 Bits that are cleared by writing 1
    Writing one of several set bits clears that bit and no other.

    When the client clears one set bit of each register that is cleared by writing 1
    Then that bit is clear and the others are as they were

  @MAP-020 @MUST @W @MAP @needs:unlock
  Scenario: MAP-020 Values behind a lock
    Locked: the write is refused. Unlocked: it is taken. Locked again: it is refused.

    When the client writes another value to a guarded register while it is locked, unlocked, and locked again
    Then only the unlocked write was taken, and all is put back
