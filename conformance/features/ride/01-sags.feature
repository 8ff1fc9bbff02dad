Feature: Ride-through, sags

  An AC source feeds the shelf, and meters watch its input, its busbar and its load. What is played comes from the grid
  codes that the capability statement names ([ride]), 0.02 p.u. inside the band and a cycle inside its time. The grid is
  healthy for 1.5 s before; the power before is the mean over the last second of that. Clauses GC are those of the data in
  spec/grid-codes, all second-hand. The packs are charged, and the load is steady, in all cases: a case
  waits for the charge where block or Redfish tell it.

  @RIDE-001 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:sags
  Scenario: RIDE-001 The deepest sag
    The shelf serves its load through the deepest sag that the curve asks for, and keeps the busbar in its range.

    When the AC source plays the deepest sag of the curve in all phases
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V

  @RIDE-002 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:sags @needs:recovery
  Scenario: RIDE-002 The longest sag
    The same in the longest sag that the curve asks for; the power is back in time.

    When the AC source plays the longest sag of the curve in all phases
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-003 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:sags @needs:recovery
  Scenario: RIDE-003 A sag in one phase
    The same when L1 alone falls to the deepest voltage.

    When the AC source plays the deepest sag of the curve in one phase
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-004 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:sags @needs:recovery
  Scenario: RIDE-004 A sag that returns along the curve
    The same when the voltage returns from band to band, and is in each up to the end of its time.

    When the AC source plays a sag that returns along the curve
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-005 @MUST @T @GC:recovery+ @DPO @needs:instrument @needs:sags @needs:recovery
  Scenario: RIDE-005 The power is back in time
    After the deepest sag the share of the power before that each grid code asks for is drawn again, and stays, within the
    time that the code allows from the return of the voltage.

    When the AC source plays the deepest sag of the curve in all phases
    Then the share of the power before that each grid code asks for is back in its time

  @RIDE-006 @MUST @T @DPO @needs:instrument @needs:sags
  Scenario: RIDE-006 No more than before
    On the way back no more than 101 % of the power before is drawn (mean over a cycle).

    When the AC source plays the deepest sag of the curve in all phases
    Then no more than 101 % of the power before is drawn on the way back

  @RIDE-007 @MUST @T @DPO @needs:instrument @needs:sags @needs:recovery-slope
  Scenario: RIDE-007 The slope of the return
    The power rises no faster than declared, as a mean over 100 ms, from 40 ms after the return of the voltage: what is given
    at once is given by then.

    When the AC source plays the deepest sag of the curve in all phases
    Then the power rises no faster than declared

  @RIDE-008 @MUST @T @GC:successive+ @DPO @needs:instrument @needs:sags @needs:successive @needs:recovery
  Scenario: RIDE-008 A train of sags
    Five short sags, one each 5 s: each is ridden as if it were the first, and the power is back after each.

    When the AC source plays a train of five sags, one each 5 s
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-022 @MUST @T @DPO @needs:instrument @needs:sags @needs:low-line
  Scenario: RIDE-022 Power drawn in a sag
    Where the supplies are declared to draw power at that voltage, the shelf goes on drawing from the grid in the longest deep
    sag.

    When the AC source plays the longest deep sag of the curve in all phases
    Then the shelf draws half of the power in proportion to the voltage at least, from 100 ms on
