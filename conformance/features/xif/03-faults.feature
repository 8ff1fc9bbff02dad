Feature: A fault of a supply shows on Modbus and Redfish alike

  Class D: the supply is given a smallest input voltage above the one that it has, and may turn off. The limit is put
  back before anything is judged.

  @XIF-005 @MUST @D @DPO @needs:fault
  Scenario: XIF-005 A fault is raised
    Within 10 s the summary of alarms of the supply is not 0 on Modbus, and its health on Redfish is not OK.

    When the smallest input voltage of a supply is set above the one it has, and put back
    Then within 10 s Modbus shows an alarm of the supply, and Redfish no health OK

  @XIF-006 @MUST @D @DPO @needs:fault
  Scenario: XIF-006 A fault is over
    Within 60 s of the limit being put back on Modbus the alarm is gone on both interfaces: no ghost stays on one of
    them. The catalogue has it in class W, but the fault must be raised first.

    When the smallest input voltage of a supply is set above the one it has, and put back
    Then within 60 s neither Modbus nor Redfish shows it any more
