Feature: Ride-through, high voltage and frequency

  As the sags. A frequency is held for as long as the grid code asks for, 10 s at most: what trips on it does so in seconds.
  It moves by 1 Hz/s but where the rate is what is tried.

  @RIDE-009 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:swells @needs:recovery
  Scenario: RIDE-009 High voltage
    The shelf rides through the highest voltage that the curve asks for, and draws its power afterwards.

    When the AC source plays the highest voltage of the curve
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-010 @MUST @T @GC:frequency+ @DPO @needs:instrument @needs:low-frequency @needs:power-within
  Scenario: RIDE-010 Low frequency
    The power stays within the share of the power before that the grid code asks for.

    When the AC source plays the lowest frequency of the band
    Then the load is served all the time
    And the power stays within the share of the power before that the grid code asks for

  @RIDE-011 @MUST @T @GC:frequency+ @DPO @needs:instrument @needs:high-frequency @needs:power-within
  Scenario: RIDE-011 High frequency
    The same at the highest frequency of the band.

    When the AC source plays the highest frequency of the band
    Then the load is served all the time
    And the power stays within the share of the power before that the grid code asks for

  @RIDE-012 @MUST @T @GC:rocof+ @DPO @needs:instrument @needs:rocof @needs:power-within
  Scenario: RIDE-012 Rate of change of the frequency
    Inside the continuous band the frequency moves as fast as the grid codes ask to be ridden, down and up.

    When the AC source plays the fastest change of the frequency
    Then the load is served all the time
    And the power stays within the share of the power before that the grid code asks for
