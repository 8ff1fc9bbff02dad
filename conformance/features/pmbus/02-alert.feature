Feature: PMBus, SMBALERT#

  Clause numbers with + are from memory and least sure. The catalogue has PM-XP-032 and -034 in class R; but only a new
  fault pulls SMBALERT#, and what is pending must be cleared by a write before.

  @PM-XP-032 @MUST @W @SM:5.4
  Scenario: PM-XP-032 A pending fault
    The device answers the alert response address with its own, once.

    Given nobody pulls SMBALERT#, and STATUS_CML is clear
    When the client reads a command that the device does not have
    Then the device answers the alert response address, and only once

  @PM-XP-033 @MUST @R @SM:5.4
  Scenario: PM-XP-033 Nothing pending
    Nobody answers the alert response address.

    Given nobody pulls SMBALERT#
    When the client reads the alert response address
    Then nobody answers

  @PM-XP-034 @SHOULD @W @SM:5.4 @needs:second
  Scenario: PM-XP-034 Two devices
    The lower address answers first, then the other one.

    Given nobody pulls SMBALERT#, and STATUS_CML is clear
    When both devices are read with a command that they do not have
    Then the lower address answers first and then the higher one

  @PM-XP-035 @MUST @W @P2:15.38 @needs:mask
  Scenario: PM-XP-035 A masked fault
    The status bit is set, and SMBALERT# is not pulled.

    Given nobody pulls SMBALERT#, and STATUS_CML is clear
    When bit 7 of STATUS_CML is masked, and a command is read that the device does not have
    Then bit 7 of STATUS_CML is set, and nobody answers the alert response address
    And the mask is put back

  @PM-XP-036 @MUST @W @P2:15.38 @needs:mask
  Scenario: PM-XP-036 SMBALERT_MASK
    It reads what was written. The catalogue has it in class R, but without a write nothing shows.

    When the mask of STATUS_CML is written with another value
    Then it reads that value, and is put back
