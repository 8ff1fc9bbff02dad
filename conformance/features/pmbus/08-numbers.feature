Feature: PMBus, numbers, limits and ratings

  Clause numbers with + are from memory and least sure.

  @PM-CMD-005 @SHOULD @R @P2:14.1+ @needs:direct
  Scenario: PM-CMD-005 COEFFICIENTS
    For each command in DIRECT m is not 0, a value comes back to one step, and the value is in the window of its unit.

    When the client reads COEFFICIENTS and the value of each command in DIRECT
    Then the slope is not 0, and the value comes back to one step and is in the window of its unit

  @PM-CMD-015 @MUST @R @P2:7.3 @needs:negative
  Scenario: PM-CMD-015 A reading below zero
    The mantissa is in two's complement: a reading that is below zero is shown below zero. Some devices have it
    unsigned. Which reading is below zero the statement says.

    When the client reads the reading that is declared to be below zero
    Then it is below zero, and in the window of its unit

  @PM-CMD-016 @SHOULD @R @P2:7.3 @needs:rated
  Scenario: PM-CMD-016 Resolution
    A step of a reading in LINEAR11 is no coarser than 0.5 % of its rating.

    When the client reads each reading that has a rating
    Then no step is coarser than half a percent of the rating

  @PM-CMD-043 @MUST @W @P2:13+ @needs:vout-max
  Scenario: PM-CMD-043 VOUT_COMMAND above VOUT_MAX
    Refused with bit 6 of STATUS_CML, or clamped with the warning bit of STATUS_VOUT; READ_VOUT is never above VOUT_MAX.

    When VOUT_COMMAND is written one step above VOUT_MAX
    Then it is not applied or told as clamped, and READ_VOUT is not above VOUT_MAX

  @PM-CMD-044 @MUST @W @P2:15+ @needs:limits
  Scenario: PM-CMD-044 Limits at both ends
    The smallest and the largest value of the map are taken; one step outside is refused with bit 6 of STATUS_CML.
    Limits that turn the output off are left out.

    When each limit whose range the map states is written with both ends, and one step outside
    Then both ends are taken, one step outside is refused, and each limit is put back

  @PM-CMD-049 @MUST @D @P2:6.2+
  Scenario: PM-CMD-049 Codes of makers
    Of D0h to FDh, FExxh and FFxxh only those of the map answer a read. Hazards of the map are never read.

    When the client reads every code of makers and every extended code but hazards
    Then only commands of the map answer

  @PM-CMD-050 @SHOULD @W @P2:18+ @needs:fan
  Scenario: PM-CMD-050 FAN_COMMAND_1
    At 100 % the fan turns faster within 10 s. The catalogue has it in class R, but a fan follows a write.

    When FAN_COMMAND_1 is written with 100 %
    Then the speed follows, and the command is put back

  @PM-CMD-051 @MUST @R @P2:22.2+ @needs:rated
  Scenario: PM-CMD-051 Ratings
    The MFR ratings are those that the statement says are printed on the device; the smallest is below the largest, and
    the readings are inside.

    When the client reads the MFR ratings and the readings that they are about
    Then they are those of the statement, in order, and the readings are inside
