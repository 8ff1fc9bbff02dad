Feature: PMBus, outputs, warnings and faults

  Class D: the load may lose this supply. Clause numbers with + are from memory and least sure.

  @PM-CMD-031 @MUST @D @P2:17.1+ @P2:17.2+
  Scenario: PM-CMD-031 OFF and POWER_GOOD#
    Both follow the output; neither is latched.

    When OPERATION turns the output off and on
    Then the bits OFF and POWER_GOOD# came and went with the output

  @PM-CMD-025 @MUST @D @P2:10.2.6 @needs:warn-limit
  Scenario: PM-CMD-025 CLEAR_FAULTS while the fault is there
    The bit is set again at once, and SMBALERT# is pulled again.

    When a warning is raised by moving its limit past the reading, and CLEAR_FAULTS is sent
    Then the bit is set again, and the device alerts again

  @PM-CMD-026 @MUST @D @P2:15.1+ @needs:ot-fault
  Scenario: PM-CMD-026 CLEAR_FAULTS and a latched output
    CLEAR_FAULTS does not switch an output on that a fault has latched off; OPERATION does.

    When the output is latched off by a fault, and CLEAR_FAULTS is sent
    Then the output stays off, and OPERATION brings it back

  @PM-CMD-033 @MUST @D @P2:12.1+
  Scenario: PM-CMD-033 OPERATION
    The output goes off in the time of the map and on within 15 s, and a reserved value is refused with bit 6 of STATUS_CML. The catalogue
    has it in class W, but it switches the output off.

    Given STATUS_CML is clear
    When OPERATION is written with 40h, 00h, C0h and 80h
    Then the output followed each, and the reserved value is refused

  @PM-CMD-034 @SHOULD @D @P2:12.2+ @needs:on-off-config @needs:instrument
  Scenario: PM-CMD-034 ON_OFF_CONFIG
    The output obeys CONTROL pin and OPERATION as coded. Codings that the device does not take are left out.

    When the output is switched by the CONTROL pin and by OPERATION under each coding
    Then the output followed pin and OPERATION as coded

  @PM-CMD-045 @MUST @D @P2:15+ @needs:warn-limit
  Scenario: PM-CMD-045 A warning
    A warning limit that is moved past the reading sets its bit and pulls SMBALERT# within 5 s; the output stays on.

    When a warning limit is moved past the reading
    Then the warning and SMBALERT# came, and the output stayed on

  @PM-CMD-046 @SHOULD @D @P2:10.5+ @P2:15+ @needs:ot-fault
  Scenario: PM-CMD-046 Fault responses
    Ignore leaves the output on, latch keeps it off until it is switched on again, retry brings it back when the cause
    is gone.

    When a fault is raised under the responses ignore, latch and retry
    Then the output did as coded each time
