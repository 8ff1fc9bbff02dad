Feature: PMBus, what commands tell

  Clause numbers with + are from memory and least sure.

  @PM-CMD-001 @MUST @R @P2:22.1
  Scenario: PM-CMD-001 PMBUS_REVISION
    Both parts name a revision from 1.0 to 1.5.

    When the client reads PMBUS_REVISION
    Then both parts are a known revision

  @PM-CMD-002 @MUST @R @P2:11.12
  Scenario: PM-CMD-002 CAPABILITY
    Reserved bits are 0, and what it says of packet error codes and SMBALERT# is true.

    When the client reads CAPABILITY
    Then its reserved bits are 0 and it tells the truth about codes

  @PM-CMD-003 @SHOULD @R @P2:11.13+ @needs:query
  Scenario: PM-CMD-003 QUERY of a supported command
    Bit 7 is set; bits 6 and 5 tell whether it is written and read, as the map does.

    When the client asks QUERY about every command that the device has
    Then bits 7, 6 and 5 are those of the map

  @PM-CMD-004 @SHOULD @R @P2:11.13+ @needs:query
  Scenario: PM-CMD-004 QUERY of another command
    The answer is 00h.

    When the client asks QUERY about a command that the device does not have
    Then the answer is 0

  @PM-CMD-006 @MUST @R @P2:22.2.1
  Scenario: PM-CMD-006 Identity
    MFR_ID, MFR_MODEL, MFR_REVISION and MFR_SERIAL are printable, not empty, and the same in ten reads.

    When the client reads the identity ten times
    Then each text is printable and stays the same

  @PM-CMD-012 @MUST @R @P2:8.3+
  Scenario: PM-CMD-012 VOUT_MODE
    A linear mode with which VOUT_COMMAND and READ_VOUT are voltages of a 48 V bus.

    When the client reads VOUT_MODE
    Then it is linear, and VOUT_COMMAND is inside the range of the map

  @PM-CMD-013 @MUST @R @P2:8.4+ @P2:18
  Scenario: PM-CMD-013 READ_VOUT
    The voltage is that of a bus which is on: 40 V to 60 V, or below 3 V with the bit OFF.

    When the client reads READ_VOUT
    Then it is in the window of the bus

  @PM-CMD-014 @MUST @R @P2:7.3
  Scenario: PM-CMD-014 LINEAR11
    The suite decodes the vectors of the format; each reading of the device is in the window of its unit.

    Given the vectors of LINEAR11 decode as they must
    When the client reads every reading in LINEAR11
    Then each is in the window of its unit

  @PM-CMD-028 @MUST @R @P2:10.2.5
  Scenario: PM-CMD-028 STATUS_BYTE
    It is the low byte of STATUS_WORD.

    When the client reads STATUS_WORD and STATUS_BYTE, with a fault of the protocol pending
    Then the byte is the low byte of the word

  @PM-CMD-030 @MUST @R @P2:17.2+
  Scenario: PM-CMD-030 STATUS_WORD
    Its bits are those that the STATUS commands and the live state ask for, and no others.

    When the client reads STATUS_WORD and the STATUS commands
    Then each bit of the word has its cause, and each cause its bit

  @PM-CMD-032 @MUST @R @P2:17.7+
  Scenario: PM-CMD-032 STATUS_CML
    A fault of the protocol sets the bit that its case names, and no other.

    When the client makes faults of the protocol that reads can make
    Then each adds its own bit to STATUS_CML and no other

  @PM-CMD-035 @MUST @R @P2:18+
  Scenario: PM-CMD-035 Readings
    The readings of the profile are there, and each is in the window of its unit.

    When the client reads the mandatory readings
    Then each is there and in the window of its unit

  @PM-CMD-036 @SHOULD @R @P2:18+
  Scenario: PM-CMD-036 Power
    POUT is VOUT times IOUT to 3 %, and PIN between POUT and 1.3 times POUT.

    When the client reads powers, voltage and current for up to 5 s
    Then they agree at least once
