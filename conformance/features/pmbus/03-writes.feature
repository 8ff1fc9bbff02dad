Feature: PMBus, writes and what becomes of bad ones

  Clause numbers with + are from memory and least sure.

  @PM-XP-003 @MUST @W @SM:6.4 @P2:10.8.1+ @needs:vout-command
  Scenario: PM-XP-003 A write with a wrong code
    Not applied; bit 5 of STATUS_CML.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written one step lower with a wrong packet error code
    Then it is not applied, and bit 5 of STATUS_CML is set

  @PM-XP-004 @MUST @W @SM:6.4 @needs:vout-command
  Scenario: PM-XP-004 A write with the right code
    Applied, and no flag in STATUS_CML.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written one step lower with the right packet error code
    Then it is applied without a flag, and put back

  @PM-XP-005 @MUST @W @SM:6.4 @needs:vout-command
  Scenario: PM-XP-005 A write without a code
    Applied, unless the map demands codes.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written one step lower without a packet error code
    Then it is applied without a flag, and put back

  @PM-XP-008 @MUST @N @P2:10.9.2+
  Scenario: PM-XP-008 A write of a command that is not supported
    Not acknowledged, or ignored; bit 7 of STATUS_CML.

    Given STATUS_CML is clear
    When a command is written that the device does not have
    Then bit 7 of STATUS_CML is set

  @PM-XP-010 @MUST @N @P2:10.9.2+ @needs:query
  Scenario: PM-XP-010 All commands
    The commands that answer a read are those of the map, and those that QUERY names. Actions, hazards and codes
    of makers that the map does not have are left out.

    When the client reads every code but actions, hazards and codes of makers
    Then those that answer are commands of the map, and QUERY says the same

  @PM-XP-011 @MUST @W @P2:10.9.3
  Scenario: PM-XP-011 Data that is not supported
    Ignored; bit 6 of STATUS_CML; the old value stays.

    Given STATUS_CML is clear
    When OPERATION is written as it is, with its reserved bit set
    Then OPERATION is what it was, and bit 6 of STATUS_CML is set

  @PM-XP-012 @MUST @W @P2:10.9.4+ @needs:vout-command
  Scenario: PM-XP-012 Data out of range
    Refused with bit 6 of STATUS_CML; never taken without a word.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written one step above the range of the map
    Then it is not applied, and bit 6 of STATUS_CML is set

  @PM-XP-013 @MUST @W @P2:10.8.4+ @needs:vout-command
  Scenario: PM-XP-013 Too few bytes
    Not applied; a flag in STATUS_CML.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written with one byte of two
    Then it is not applied, and any bit of STATUS_CML is set

  @PM-XP-014 @MUST @W @P2:10.8.5+ @needs:vout-command
  Scenario: PM-XP-014 Too many bytes
    Not applied; a flag in STATUS_CML.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written with two bytes too many
    Then it is not applied, and any bit of STATUS_CML is set

  @PM-XP-029 @MUST @W @P2:5.3+ @P1:5 @needs:second @needs:vout-command
  Scenario: PM-XP-029 A group command
    Two devices are written with one STOP, and both have taken it.

    When VOUT_COMMAND of both devices is written one step lower in one group
    Then both have taken it, and it is put back

  @PM-XP-030 @MUST @N @P2:5.3+ @needs:vout-command
  Scenario: PM-XP-030 A group with two commands for one device
    Ignored, with a flag in STATUS_CML.

    Given STATUS_CML is clear
    When VOUT_COMMAND is written twice in one group
    Then the second write is not applied, and any bit of STATUS_CML is set

  @PM-XP-031 @SHOULD @W @P2:5.2+ @needs:vout-command
  Scenario: PM-XP-031 The general call
    The map declares nothing for it: nobody acts.

    When VOUT_COMMAND is written one step lower to the general call address
    Then it is not applied
