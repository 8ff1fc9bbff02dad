Feature: Ride-through, beyond the curve

  A sag that is longer by 1 s than the curve asks to be ridden. The load may be lost: a bench unit only.

  @RIDE-020 @MUST @D @DPO @needs:instrument @needs:sags @needs:block
  Scenario: RIDE-020 The record says that the sag was beyond the curve
    Whatever the shelf did, the record says that the curve asked nothing.

    Given the newest event of the shelf is known
    When the AC source plays a sag that is longer than the curve
    Then the shelf records the event
    And the verdict of the record is that the sag was beyond the curve

  @RIDE-021 @MUST @D @DPO @needs:instrument @needs:sags
  Scenario: RIDE-021 The shelf comes back by itself
    It draws its power and serves its load again within the declared time, without being power-cycled.

    When the AC source plays a sag that is longer than the curve
    Then the shelf has come back by itself: it draws its power, and the load is served
