Feature: PMBus, blocks, pages and stored settings

  Clause numbers with + are from memory and least sure.

  @PM-XP-018 @SHOULD @W @P2:10.8.7+ @needs:store
  Scenario: PM-XP-018 A device that is busy
    After STORE_USER_ALL a read is refused, or its clock stretched, for no more than 5 s; what was refused shows in the
    bit BUSY of STATUS_BYTE. The catalogue has it in class R, but storing is a write.

    When the client sends STORE_USER_ALL and reads VIN until it is answered
    Then each refused read is told by the bit BUSY, and none got wrong data

  @PM-XP-026 @MUST @W @SM:6.5.7 @needs:block-write
  Scenario: PM-XP-026 A block without a byte
    Refused, or ignored with a flag in STATUS_CML; the block is what it was.

    Given STATUS_CML is clear
    When a block is written without a byte
    Then the block is what it was, and it was refused or flagged

  @PM-XP-027 @MUST @W @SM:6.5.7 @needs:block-write
  Scenario: PM-XP-027 A block with too few bytes
    Not applied, with a flag in STATUS_CML.

    Given STATUS_CML is clear
    When a block is written with one byte less than its count
    Then the block is what it was, and any bit of STATUS_CML is set

  @PM-CMD-009 @MUST @W @P2:11.10+ @needs:pages @needs:vout-command
  Scenario: PM-CMD-009 All pages at once
    A write while PAGE is FFh is applied to each page. What a read gives then is the device's own.

    When PAGE is FFh and VOUT_COMMAND is written one step lower
    Then each page has it, and each is put back

  @PM-CMD-010 @SHOULD @W @P2:11.15+ @needs:page-plus @needs:vout-command
  Scenario: PM-CMD-010 PAGE_PLUS_READ
    The data of another page, and PAGE is what it was. The catalogue has it in class R, but to compare with a plain read
    PAGE must be written.

    When the client reads VOUT_COMMAND of another page by PAGE_PLUS_READ
    Then it is what a read of the page gives, and PAGE is what it was

  @PM-CMD-011 @SHOULD @W @P2:11.14+ @needs:page-plus @needs:vout-command
  Scenario: PM-CMD-011 PAGE_PLUS_WRITE
    Applied to the other page and to no more, and PAGE is what it was.

    When VOUT_COMMAND of another page is written one step lower by PAGE_PLUS_WRITE
    Then the other page has it, this one has not, and PAGE is what it was

  @PM-CMD-047 @MUST @W @P2:11.2-11.9+ @needs:store @needs:vout-command @needs:instrument
  Scenario: PM-CMD-047 STORE_USER_ALL
    What was stored is there after the input power was away.

    When VOUT_COMMAND is written one step lower and stored, and the input power is cycled
    Then the setting is what was stored

  @PM-CMD-048 @SHOULD @W @P2:11.2-11.9+ @needs:restore-defaults @needs:defaults
  Scenario: PM-CMD-048 RESTORE_DEFAULT_ALL
    Each setting whose factory value is declared has it.

    When settings are written with other values, and RESTORE_DEFAULT_ALL is sent
    Then the settings are those of the factory, and are put back
