Feature: Ride-through, high voltage and frequency

  As the sags. A frequency is held for as long as the grid code asks for, 10 s at most: what trips on it does so in seconds.
  It moves by 1 Hz/s but where the rate is what is tried. Each grid code of the capability statement that states a band or a
  rate judges, if its band holds what is played.

  @RIDE-009 @MUST @T @GC:voltage+ @DPO @needs:instrument @needs:swells @needs:recovery
  Scenario: RIDE-009 High voltage
    The shelf rides through the highest voltage that the curve asks for, and draws its power afterwards.

    When the AC source plays the highest voltage of the curve
    Then the load is served all the time
    And the busbar stays inside 46 V to 52 V
    And the share of the power before that each grid code asks for is back in its time

  @RIDE-010 @MUST @T @GC:frequency+ @DPO @needs:instrument @needs:low-frequency
  Scenario: RIDE-010 Low frequency
    The power stays within the share of the power before that a grid code asks for. A code that states none wants the share
    that shows a ride, and the power is below it no longer than that code allows.

    When the AC source plays the lowest frequency of the band
    Then the load is served all the time
    And the power is where each grid code that asks for this frequency wants it

  @RIDE-011 @MUST @T @GC:frequency+ @DPO @needs:instrument @needs:high-frequency
  Scenario: RIDE-011 High frequency
    The same at the highest frequency of the band.

    When the AC source plays the highest frequency of the band
    Then the load is served all the time
    And the power is where each grid code that asks for this frequency wants it

  @RIDE-012 @MUST @T @GC:rocof+ @DPO @needs:instrument @needs:rocof
  Scenario: RIDE-012 Rate of change of the frequency
    Inside the continuous band the frequency moves as fast as the grid codes ask to be ridden, down and up.

    When the AC source plays the fastest change of the frequency
    Then the load is served all the time
    And the power is where each grid code that asks for this frequency wants it
