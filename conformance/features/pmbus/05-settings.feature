Feature: PMBus, settings

  Clause numbers with + are from memory and least sure.

  @PM-CMD-007 @MUST @W @P2:11.10+ @needs:page
  Scenario: PM-CMD-007 PAGE
    Each page of the map can be selected and reads back.

    When each page is written
    Then PAGE reads it

  @PM-CMD-008 @MUST @W @P2:11.10+ @needs:page
  Scenario: PM-CMD-008 A page that is not there
    Bit 6 of STATUS_CML, and PAGE is what it was.

    Given STATUS_CML is clear
    When a page is written that the map does not have
    Then PAGE is what it was, and bit 6 of STATUS_CML is set

  @PM-CMD-017 @MUST @W @P2:6.4+
  Scenario: PM-CMD-017 Every setting
    Written with the value that it has, it reads that value, without a flag.

    Given STATUS_CML is clear
    When every setting is written with the value that it has
    Then each reads its value, and STATUS_CML is clear

  @PM-CMD-018 @MUST @N @P2:6.4+
  Scenario: PM-CMD-018 Every command that is only read
    A write is refused with bit 6 or 7 of STATUS_CML, and nothing changes.

    Given STATUS_CML is clear
    When every command that is only read is written
    Then each is flagged, and constants are what they were

  @PM-CMD-019 @MUST @W @P2:11.1+ @needs:protect @needs:vout-command
  Scenario: PM-CMD-019 WRITE_PROTECT 80h
    VOUT_COMMAND and OPERATION are refused with a flag; WRITE_PROTECT itself is taken.

    Given STATUS_CML is clear
    When WRITE_PROTECT is 80h
    Then writes of VOUT_COMMAND and OPERATION are refused
    And WRITE_PROTECT is put back

  @PM-CMD-020 @MUST @W @P2:11.1+ @needs:protect @needs:vout-command
  Scenario: PM-CMD-020 WRITE_PROTECT 40h
    OPERATION is taken, VOUT_COMMAND refused with a flag.

    Given STATUS_CML is clear
    When WRITE_PROTECT is 40h
    Then a write of OPERATION is taken and one of VOUT_COMMAND refused
    And WRITE_PROTECT is put back

  @PM-CMD-021 @MUST @W @P2:11.1+ @needs:protect @needs:vout-command
  Scenario: PM-CMD-021 WRITE_PROTECT 20h
    OPERATION and VOUT_COMMAND are taken, other settings refused with a flag.

    Given STATUS_CML is clear
    When WRITE_PROTECT is 20h
    Then writes of OPERATION and VOUT_COMMAND are taken and other settings refused
    And WRITE_PROTECT is put back

  @PM-CMD-022 @MUST @W @P2:11.1+ @needs:protect
  Scenario: PM-CMD-022 An undefined WRITE_PROTECT
    Bit 6 of STATUS_CML, and the protection is what it was.

    Given STATUS_CML is clear
    When WRITE_PROTECT is written with 10h
    Then WRITE_PROTECT is what it was, and bit 6 of STATUS_CML is set

  @PM-CMD-023 @MUST @W @P2:11.1+ @needs:protect
  Scenario: PM-CMD-023 Reads under protection
    Everything is readable under any protection. The catalogue has it in class R, but protection must be written.

    When every readable command is read under each protection
    Then all were answered
    And WRITE_PROTECT is put back

  @PM-CMD-024 @MUST @W @P2:15.1+ @P2:10.2.3
  Scenario: PM-CMD-024 CLEAR_FAULTS
    All bits of STATUS_CML are clear, and SMBALERT# is released.

    When a fault of the protocol is made, and CLEAR_FAULTS is sent
    Then STATUS_CML is clear, and nobody answers the alert response address

  @PM-CMD-027 @MUST @W @P2:10.2.4
  Scenario: PM-CMD-027 Clearing one bit
    Writing a 1 clears that bit and no other.

    Given STATUS_CML is clear
    When two faults of the protocol are made, and one of their bits is written
    Then the other one is still set

  @PM-CMD-029 @MUST @D @P2:10.2.5 @P2:17.2+
  Scenario: PM-CMD-029 The summary
    A bit of STATUS_CML shows in STATUS_WORD until it is cleared. Other causes need a fault of the device, which
    the suite cannot make.

    Given STATUS_CML is clear
    When a fault of the protocol is made and cleared
    Then the summary bit came and went with it

  @PM-CMD-042 @MUST @W @P2:13+ @P2:15+ @needs:vout-command
  Scenario: PM-CMD-042 VOUT_COMMAND inside the window
    One step lower and back: each reads what was written, and READ_VOUT stays in the window of the bus.

    When VOUT_COMMAND is written one step lower and back
    Then each reads as written, and READ_VOUT stays in the window of the bus
