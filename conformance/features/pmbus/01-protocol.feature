Feature: PMBus, reads and what becomes of bad ones

  Clause numbers with + are from memory and least sure.

  @PM-XP-001 @MUST @R @SM:6.5 @P1:5
  Scenario: PM-XP-001 Byte, word and block
    Each is acknowledged at address, command and read address, and has its length.

    When the client reads a byte, a word and a block
    Then each was acknowledged and has its length

  @PM-XP-002 @MUST @R @SM:6.4 @P2:11.12
  Scenario: PM-XP-002 Packet error code of a read
    If CAPABILITY says that the device knows codes, each read ends with the CRC-8 of the whole message.

    When the client reads every reading with its packet error code
    Then each code is the CRC-8 of the message

  @PM-XP-006 @SHOULD @R @SM:6.4
  Scenario: PM-XP-006 A read that ends before the code
    The data are the same.

    When the client reads constants with and without the packet error code
    Then the data are the same

  @PM-XP-007 @MUST @R @P2:10.9.1
  Scenario: PM-XP-007 A read without a command
    Not acknowledged, or ones with a flag in STATUS_CML; the next read is good.

    When the client reads the address without a command
    Then it got nothing but ones, a flag in STATUS_CML, and the next read is good

  @PM-XP-009 @MUST @R @P2:10.9.2+
  Scenario: PM-XP-009 A command that is not supported
    Not acknowledged or ones, and bit 7 of STATUS_CML; never plausible data without a flag.

    When the client reads a command that the device does not have
    Then it got nothing but ones, and bit 7 of STATUS_CML is set

  @PM-XP-015 @MUST @R @P2:10.8.6+
  Scenario: PM-XP-015 A read beyond the end
    Ones after the last byte, and the next read is good.

    When the client reads four bytes more than a word has
    Then ones follow the word, and the next read is good

  @PM-XP-024 @MUST @R @P1:5
  Scenario: PM-XP-024 Bus speed
    The speed in CAPABILITY is at least the fastest clock of the map.

    When the client reads CAPABILITY
    Then its speed bits fit the fastest clock of the map

  @PM-XP-025 @MUST @R @SM:6.5.7
  Scenario: PM-XP-025 Count of a block
    The count is that of the bytes sent, and no more than the map allows.

    When the client reads every block of text
    Then each count is that of the bytes that came

  @PM-XP-028 @MUST @R @SM:6.5.8 @needs:query
  Scenario: PM-XP-028 Block process call
    QUERY takes a block and answers with a block behind a repeated start.

    When the client asks QUERY about QUERY itself
    Then the answer is a block of one byte

  @PM-XP-037 @SHOULD @R @SM:6.5 @needs:call-alone
  Scenario: PM-XP-037 An address alone
    It is acknowledged, and nothing changes.

    When the client calls the address without a byte
    Then it is acknowledged, and STATUS_CML is what it was

  @PM-XP-040 @SHOULD @R @DPO
  Scenario: PM-XP-040 Many reads
    No packet error code is wrong and no read is refused. The catalogue asks for 100 000; the report tells how
    many were made.

    When the client reads words again and again
    Then no read failed
