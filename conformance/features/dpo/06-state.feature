Feature: State and stored energy of the gateway
  What the block tells of itself.

  @DPO-STA-001 @MUST @R @DPO:REQ-STA-07 @DPO:REQ-BLK-04
  Scenario: DPO-STA-001 Since when
    While the state stays what it is, state_elapsed grows with the time that passes; when it changes, state_elapsed begins
    anew and state_before is the one that was left.

    Given the gateway claims state_detail
    When the client reads state, state_before and state_elapsed until the time has grown
    Then it has grown with the time that passed

  @DPO-STA-002 @MUST @D @DPO:REQ-STA-01 @DPO:REQ-STA-07 @DPO:REQ-COM-11
  Scenario: DPO-STA-002 Support on request
    A discharge of a tenth of what the battery units can give is in force within 5 s; then the state is supporting, with the
    cause setpoint where it is told, and the battery units give at least half of it. Within 20 s of the lease being given
    back the state is another one, and state_before is supporting. Class D: the battery units give power.

    Given the gateway claims bbu_discharge
    And the gateway claims measurements
    And the client holds the lease for 60 s
    When the client writes a tenth of the largest discharge
    Then the state is supporting because of the set point, and the battery units give at least half of it
    When the client gives the lease back
    Then within 20 s the state is not supporting any more, which is the state before

  @DPO-BLK-001 @MUST @R @DPO:REQ-BLK-08
  Scenario: DPO-BLK-001 Energy above the reserve
    deliverable_energy is no more than the share of stored_energy that lies above reserve_charge, and deliverable_power for
    deliverable_time takes no more than deliverable_energy, both to 2 % and one step of each register. At or below the
    reserve they are 0.

    Given the gateway claims deliverable
    And the gateway claims measurements
    When the client reads the stored and the deliverable energy
    Then no more is deliverable than lies above the reserve
