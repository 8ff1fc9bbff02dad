Feature: Ride-through, what the shelf records

  As the sags; the event log of the gateway's block is read before and after. A record may be off by 0.02 p.u. and 50 ms: a
  mean over a cycle sees a sag begin and end up to a cycle late. The verdict is the suite's own, from what the meters
  measured, by the grid code in force: the one that the entry on Redfish names, which the capability statement must name, too;
  without Redfish the first one of the statement.

  @RIDE-015 @MUST @T @DPO @needs:instrument @needs:sags @needs:block
  Scenario: RIDE-015 The record of a sag
    It tells the kind, the lowest voltage and the duration.

    Given the newest event of the shelf is known
    When the AC source plays the longest sag of the curve in all phases
    Then the shelf records the event
    And the record tells what was played: the kind, how far it went and how long

  @RIDE-016 @MUST @T @DPO @needs:instrument @needs:sags @needs:block
  Scenario: RIDE-016 The verdict on a sag
    It is what the meters show.

    Given the newest event of the shelf is known
    When the AC source plays the deepest sag of the curve in all phases
    Then the shelf records the event
    And the verdict of the record is what the meters show by the grid code in force

  @RIDE-017 @MUST @T @DPO @needs:instrument @needs:swells @needs:block
  Scenario: RIDE-017 The record of a high voltage
    It tells the kind, the highest voltage and the duration.

    Given the newest event of the shelf is known
    When the AC source plays the highest voltage of the curve
    Then the shelf records the event
    And the record tells what was played: the kind, how far it went and how long

  @RIDE-018 @MUST @T @DPO @needs:instrument @needs:low-frequency @needs:block
  Scenario: RIDE-018 The record of a frequency
    It tells the kind and the duration, within 1 s: a frequency is seen through filters. The record has no place for the
    frequency itself.

    Given the newest event of the shelf is known
    When the AC source plays the lowest frequency of the band
    Then the shelf records the event
    And the record tells what was played: the kind, how far it went and how long

  @RIDE-019 @MUST @T @DPO @needs:instrument @needs:sags @needs:block @needs:redfish
  Scenario: RIDE-019 The record on both interfaces
    The log entry of the same number on Redfish tells the same kind, voltage, duration and verdict.

    Given the newest event of the shelf is known
    When the AC source plays the deepest sag of the curve in one phase
    Then the shelf records the event
    And Redfish tells the same of the event as the block
