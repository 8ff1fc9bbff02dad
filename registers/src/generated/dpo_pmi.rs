// Written by `dpo registers generate` from maps/dpo-pmi.json. Do not edit: change the map.

//! DPO block of the power monitoring interface: register map `dpo-pmi` 0.2.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-pmi.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "dpo-pmi",
    title: "DPO block of the power monitoring interface",
    version: (0, 2, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(7, 7)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 125,
        max_write_words: 123,
        functions: &[3, 6, 16, 43],
    },
    identification: map::Identification { address: 16384, words: 2, expect: map::Expect::Words(&[17488, 20273]) },
    registers: &REGISTERS,
    readable_gaps: &[(16485, 16485), (16775, 16783), (16797, 16815), (16820, 16831), (16835, 16835),
        (16840, 16847), (16921, 16927), (16931, 16931), (16934, 16935), (16937, 16937), (16940, 16943),
        (16948, 16951), (16957, 17007), (17049, 17055), (17059, 17059), (17062, 17063), (17065, 17065),
        (17068, 17071), (17076, 17079), (17192, 17215), (17217, 17217), (17415, 17415), (17427, 17427),
        (17433, 17433), (17445, 17445), (17451, 17451), (17463, 17463), (17469, 17469), (17481, 17481),
        (17487, 17487), (17499, 17499), (17505, 17505), (17517, 17517)],
    safe_unmapped: &[(17920, 18175)],
    hazards: &[],
    time_sync: None,
};

crate::register_flags! {
    /// Flags of `capabilities`: What the gateway can do. The registers of a missing capability answer their
    /// not-available value or 0.
    Capabilities: u32 {
        /// Control is given by lease.
        LEASE("lease", "lease", 0),
        /// The input power of the shelf can be limited.
        INPUT_POWER_LIMIT("input_power_limit", "input_power_limit", 1),
        /// The power of the battery units can be requested.
        BBU_DISCHARGE("bbu_discharge", "bbu_discharge", 2),
        /// The measurement registers are served.
        MEASUREMENTS("measurements", "measurements", 3),
        /// The counters are served.
        EVENT_COUNTERS("event_counters", "event_counters", 4),
        /// The clock can be read.
        TIME("time", "time", 5),
        /// The clock can be set by a Modbus client.
        TIME_SET("time_set", "time_set", 6),
        /// The cause and the age of the state are told.
        STATE_DETAIL("state_detail", "state_detail", 7),
        /// What the battery units can still deliver is told.
        DELIVERABLE("deliverable", "deliverable", 8),
        /// The newest events can be read.
        EVENT_LOG("event_log", "event_log", 9),
        /// Setpoints can be committed as a group.
        SETPOINT_COMMIT("setpoint_commit", "setpoint_commit", 10),
        /// The charging power of the battery units can be limited.
        BBU_CHARGE("bbu_charge", "bbu_charge", 11),
        /// The voltage of the busbar can be set.
        BUS_VOLTAGE("bus_voltage", "bus_voltage", 12),
        /// The share of the battery units can follow the input voltage.
        SUPPORT_CURVE("support_curve", "support_curve", 13),
        /// Policies can be committed; bits 15 to 19 tell which.
        POLICY("policy", "policy", 14),
        /// A ride-through curve is enforced.
        RIDE_THROUGH("ride_through", "ride_through", 15),
        /// The recovery of the input power after a sag is enforced.
        RECOVERY("recovery", "recovery", 16),
        /// Recharge waits and is limited.
        RECHARGE("recharge", "recharge", 17),
        /// The slope of the input power is limited.
        RAMP_LIMITS("ramp_limits", "ramp_limits", 18),
        /// The swing of the input power is limited.
        DYNAMIC_RANGE("dynamic_range", "dynamic_range", 19),
        /// A forecast of the load is used.
        FORECAST("forecast", "forecast", 20),
        /// The AC input is measured each half cycle.
        AC_HALF_CYCLE("ac_half_cycle", "ac_half_cycle", 21),
        /// The rate of change of frequency is measured.
        ROCOF("rocof", "rocof", 22),
        /// Sags are judged and counted against the curve.
        GRID_COUNTERS("grid_counters", "grid_counters", 23),
    }
}

crate::register_symbols! {
    /// Values of `lease_holder`: Which interface holds the lease.
    LeaseHolder: u16 {
        /// Nobody.
        None("none") = 0,
        /// A Modbus client of this block.
        Modbus("modbus") = 1,
        /// A client of the Redfish service.
        Redfish("redfish") = 2,
        /// A function of the gateway itself.
        Local("local") = 3,
    }
}

crate::register_symbols! {
    /// Values of `setpoint_result`: What became of the last setpoint write.
    SetpointResult: u16 {
        /// No setpoint was written yet.
        Idle("idle") = 0,
        /// Accepted, not yet confirmed.
        Pending("pending") = 1,
        /// The devices hold it.
        Applied("applied") = 2,
        /// The connection has no lease.
        RefusedNoLease("refused_no_lease") = 3,
        /// Another owner holds the lease.
        RefusedHeld("refused_held") = 4,
        /// Outside what the shelf can do.
        RefusedRange("refused_range") = 5,
        /// The state of the shelf does not allow it.
        RefusedState("refused_state") = 6,
        /// A device did not take it.
        DeviceFailed("device_failed") = 7,
        /// The gateway cannot do it: the capability bit is clear.
        RefusedCapability("refused_capability") = 8,
        /// The number is not the next one.
        RefusedSequence("refused_sequence") = 9,
    }
}

crate::register_symbols! {
    /// Values of `time_source`: What the clock follows.
    TimeSource: u16 {
        /// Nothing: it counts from the start of the gateway.
        None("none") = 0,
        /// The clock of the operating system; whether that one is synchronised is not known.
        System("system") = 1,
        /// NTP, synchronised.
        Ntp("ntp") = 2,
        /// PTP, synchronised.
        Ptp("ptp") = 3,
        /// The last write of time_set.
        Client("client") = 4,
    }
}

crate::register_symbols! {
    /// Values of `state`: State of the gateway.
    State: u16 {
        /// The supplies carry the load.
        Normal("normal") = 0,
        /// The input voltage is outside its range.
        SagDetected("sag_detected") = 1,
        /// The battery units support the bus.
        Supporting("supporting") = 2,
        /// The supplies take the load back.
        Recovering("recovering") = 3,
        /// The battery units charge.
        Recharging("recharging") = 4,
        /// The setpoints are at their fail-safe values after a loss of control.
        FailSafe("fail_safe") = 5,
    }
}

crate::register_symbols! {
    /// Values of `state_cause`: Why the gateway is in this state.
    StateCause: u16 {
        /// Nothing special.
        None("none") = 0,
        /// The AC input is outside its band.
        InputVoltage("input_voltage") = 1,
        /// A setpoint of the lease holder.
        Setpoint("setpoint") = 2,
        /// The battery units act by themselves.
        Battery("battery") = 3,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 4,
        /// The charge is at the reserve.
        Reserve("reserve") = 5,
        /// The battery units gave power for as long as they allow.
        DischargeTime("discharge_time") = 6,
        /// A device or its measurements failed.
        Device("device") = 7,
        /// A policy.
        Policy("policy") = 8,
    }
}

crate::register_symbols! {
    /// Values of `state_before`: The state before this one.
    StateBefore: u16 {
        /// The supplies carry the load.
        Normal("normal") = 0,
        /// The input voltage is outside its range.
        SagDetected("sag_detected") = 1,
        /// The battery units support the bus.
        Supporting("supporting") = 2,
        /// The supplies take the load back.
        Recovering("recovering") = 3,
        /// The battery units charge.
        Recharging("recharging") = 4,
        /// The setpoints are at their fail-safe values after a loss of control.
        FailSafe("fail_safe") = 5,
    }
}

crate::register_symbols! {
    /// Values of `ac_connection`: Between what the voltages are measured.
    AcConnection: u16 {
        /// Nothing is measured.
        None("none") = 0,
        /// Phase and neutral.
        PhaseToNeutral("phase_to_neutral") = 1,
        /// Two phases; l1 is L1 to L2.
        PhaseToPhase("phase_to_phase") = 2,
    }
}

crate::register_symbols! {
    /// Values of `setpoint_commit_result`: What became of the last commit of setpoints, whoever asked for it.
    SetpointCommitResult: u16 {
        /// No setpoint was committed yet.
        Idle("idle") = 0,
        /// Accepted, not yet confirmed.
        Pending("pending") = 1,
        /// The devices hold it.
        Applied("applied") = 2,
        /// The connection has no lease.
        RefusedNoLease("refused_no_lease") = 3,
        /// Another owner holds the lease.
        RefusedHeld("refused_held") = 4,
        /// Outside what the shelf can do.
        RefusedRange("refused_range") = 5,
        /// The state of the shelf does not allow it.
        RefusedState("refused_state") = 6,
        /// A device did not take it.
        DeviceFailed("device_failed") = 7,
        /// The gateway cannot do it: the capability bit is clear.
        RefusedCapability("refused_capability") = 8,
        /// The number is not the next one.
        RefusedSequence("refused_sequence") = 9,
    }
}

crate::register_symbols! {
    /// Values of `shadow_vrt_curve`: Ride-through curve, for the next commit.
    ShadowVrtCurve: u16 {
        /// No curve: the shelf rides through as well as it can.
        None("none") = 0,
        /// The points that stand below.
        Points("points") = 1,
        /// ERCOT NOGRR 282, draft of February 2026, second-hand and unconfirmed.
        ErcotNogrr282202602("ercot_nogrr282_2026_02") = 2,
        /// CAISO straw proposal for large loads, second-hand.
        CaisoLargeLoad20260615("caiso_large_load_2026_06_15") = 3,
        /// SPP HILL, second-hand.
        SppHill20260114("spp_hill_2026_01_14") = 4,
        /// ITIC curve.
        Itic2000("itic_2000") = 5,
        /// SEMI F47-0706.
        SemiF470706("semi_f47_0706") = 6,
        /// IEC 61000-4-11, class 3.
        Iec61000411Class32004("iec_61000_4_11_class3_2004") = 7,
    }
}

crate::register_symbols! {
    /// Values of `shadow_vrt_basis`: Which voltage the curve is about, for the next commit.
    ShadowVrtBasis: u16 {
        /// The lowest phase (over-voltage: the highest).
        LowestPhase("lowest_phase") = 0,
        /// The positive sequence.
        PositiveSequence("positive_sequence") = 1,
        /// The mean of the phases.
        Mean("mean") = 2,
    }
}

crate::register_symbols! {
    /// Values of `policy_commit_result`: What became of the last commit of policies, whoever asked for it.
    PolicyCommitResult: u16 {
        /// No policy was committed yet.
        Idle("idle") = 0,
        /// Accepted, not yet confirmed.
        Pending("pending") = 1,
        /// The devices hold it.
        Applied("applied") = 2,
        /// The connection has no lease.
        RefusedNoLease("refused_no_lease") = 3,
        /// Another owner holds the lease.
        RefusedHeld("refused_held") = 4,
        /// Outside what the shelf can do.
        RefusedRange("refused_range") = 5,
        /// The state of the shelf does not allow it.
        RefusedState("refused_state") = 6,
        /// A device did not take it.
        DeviceFailed("device_failed") = 7,
        /// The gateway cannot do it: the capability bit is clear.
        RefusedCapability("refused_capability") = 8,
        /// The number is not the next one.
        RefusedSequence("refused_sequence") = 9,
    }
}

crate::register_symbols! {
    /// Values of `vrt_curve_applied`: Ride-through curve, as in force.
    VrtCurveApplied: u16 {
        /// No curve: the shelf rides through as well as it can.
        None("none") = 0,
        /// The points that stand below.
        Points("points") = 1,
        /// ERCOT NOGRR 282, draft of February 2026, second-hand and unconfirmed.
        ErcotNogrr282202602("ercot_nogrr282_2026_02") = 2,
        /// CAISO straw proposal for large loads, second-hand.
        CaisoLargeLoad20260615("caiso_large_load_2026_06_15") = 3,
        /// SPP HILL, second-hand.
        SppHill20260114("spp_hill_2026_01_14") = 4,
        /// ITIC curve.
        Itic2000("itic_2000") = 5,
        /// SEMI F47-0706.
        SemiF470706("semi_f47_0706") = 6,
        /// IEC 61000-4-11, class 3.
        Iec61000411Class32004("iec_61000_4_11_class3_2004") = 7,
    }
}

crate::register_symbols! {
    /// Values of `vrt_basis_applied`: Which voltage the curve is about, as in force.
    VrtBasisApplied: u16 {
        /// The lowest phase (over-voltage: the highest).
        LowestPhase("lowest_phase") = 0,
        /// The positive sequence.
        PositiveSequence("positive_sequence") = 1,
        /// The mean of the phases.
        Mean("mean") = 2,
    }
}

crate::register_symbols! {
    /// Values of `forecast_state`: Whether the window is used.
    ForecastState: u16 {
        /// There is none.
        None("none") = 0,
        /// It is used.
        Used("used") = 1,
        /// It is too old, or its end is past.
        Expired("expired") = 2,
        /// The lease under which it was written has ended.
        Ended("ended") = 3,
    }
}

crate::register_symbols! {
    /// Values of `event_1_kind`: Record 1 (the newest): what happened.
    Event1Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_1_subject`: Record 1 (the newest): what it is about.
    Event1Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_1_flags`: Record 1 (the newest): phases concerned, and how bad it is.
    Event1Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_1_verdict`: Record 1 (the newest): how the shelf did against the curve in force.
    Event1Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_symbols! {
    /// Values of `event_2_kind`: Record 2: what happened.
    Event2Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_2_subject`: Record 2: what it is about.
    Event2Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_2_flags`: Record 2: phases concerned, and how bad it is.
    Event2Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_2_verdict`: Record 2: how the shelf did against the curve in force.
    Event2Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_symbols! {
    /// Values of `event_3_kind`: Record 3: what happened.
    Event3Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_3_subject`: Record 3: what it is about.
    Event3Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_3_flags`: Record 3: phases concerned, and how bad it is.
    Event3Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_3_verdict`: Record 3: how the shelf did against the curve in force.
    Event3Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_symbols! {
    /// Values of `event_4_kind`: Record 4: what happened.
    Event4Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_4_subject`: Record 4: what it is about.
    Event4Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_4_flags`: Record 4: phases concerned, and how bad it is.
    Event4Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_4_verdict`: Record 4: how the shelf did against the curve in force.
    Event4Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_symbols! {
    /// Values of `event_5_kind`: Record 5: what happened.
    Event5Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_5_subject`: Record 5: what it is about.
    Event5Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_5_flags`: Record 5: phases concerned, and how bad it is.
    Event5Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_5_verdict`: Record 5: how the shelf did against the curve in force.
    Event5Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_symbols! {
    /// Values of `event_6_kind`: Record 6: what happened.
    Event6Kind: u16 {
        /// No record.
        None("none") = 0,
        /// Under-voltage of the AC input.
        Sag("sag") = 1,
        /// Over-voltage of the AC input.
        Swell("swell") = 2,
        /// Loss of the AC input.
        Interruption("interruption") = 3,
        /// Frequency outside its band.
        Frequency("frequency") = 4,
        /// Rate of change of frequency outside its band.
        Rocof("rocof") = 5,
        /// The state of the gateway changed.
        StateChanged("state_changed") = 16,
        /// A device answered for the first time.
        DeviceFound("device_found") = 17,
        /// A device stopped answering.
        DeviceLost("device_lost") = 18,
        /// A lost device answers again.
        DeviceReturned("device_returned") = 19,
        /// An alarm of a device was set.
        AlarmRaised("alarm_raised") = 20,
        /// An alarm of a device was cleared.
        AlarmCleared("alarm_cleared") = 21,
        /// A lease was granted.
        LeaseGranted("lease_granted") = 22,
        /// The lease was given back.
        LeaseReleased("lease_released") = 23,
        /// The lease ended without renewal.
        LeaseExpired("lease_expired") = 24,
        /// Setpoints were applied and read back.
        SetpointApplied("setpoint_applied") = 25,
        /// Setpoints were refused or could not be applied.
        SetpointRefused("setpoint_refused") = 26,
        /// A device held a setpoint that this gateway did not write.
        SetpointFound("setpoint_found") = 27,
        /// Setpoints went back to their fail-safe values.
        SetpointRestored("setpoint_restored") = 28,
        /// A device refuses a register of its map.
        RegisterMissing("register_missing") = 29,
        /// A policy was committed or ended.
        PolicyChanged("policy_changed") = 30,
        /// What no other symbol says.
        Other("other") = 31,
    }
}

crate::register_symbols! {
    /// Values of `event_6_subject`: Record 6: what it is about.
    Event6Subject: u16 {
        /// No record.
        None("none") = 0,
        /// The shelf as a whole.
        Shelf("shelf") = 1,
        /// The lease.
        Lease("lease") = 2,
        /// A setpoint.
        Setpoint("setpoint") = 3,
        /// A power supply unit.
        Psu("psu") = 4,
        /// A battery backup unit.
        Bbu("bbu") = 5,
        /// The AC input.
        Grid("grid") = 6,
        /// Another part.
        Other("other") = 7,
    }
}

crate::register_flags! {
    /// Flags of `event_6_flags`: Record 6: phases concerned, and how bad it is.
    Event6Flags: u16 {
        /// Phase 1.
        L1("l1", "l1", 0),
        /// Phase 2.
        L2("l2", "l2", 1),
        /// Phase 3.
        L3("l3", "l3", 2),
        /// Needs attention.
        WARNING("warning", "warning", 8),
        /// Needs action.
        CRITICAL("critical", "critical", 9),
    }
}

crate::register_symbols! {
    /// Values of `event_6_verdict`: Record 6: how the shelf did against the curve in force.
    Event6Verdict: u16 {
        /// Not judged.
        None("none") = 0,
        /// Inside the curve, and the shelf stayed.
        RiddenThrough("ridden_through") = 1,
        /// Deeper or longer than the curve: the shelf might trip.
        BeyondCurve("beyond_curve") = 2,
        /// Inside the curve, and the shelf did not stay.
        Failed("failed") = 3,
        /// The shelf stayed, but the recovery missed its budget.
        Late("late") = 4,
    }
}

crate::register_map! {
    /// Marks the block: 0x44504F31, the text DPO1.
    ro BlockMagic(block_magic): u32 = unsigned("block_magic", 16384, 2).partial_words().once();
    /// Major version of this map.
    ro MapVersionMajor(map_version_major): u16 = unsigned("map_version_major", 16386, 1).once();
    /// Minor version of this map.
    ro MapVersionMinor(map_version_minor): u16 = unsigned("map_version_minor", 16387, 1).once();
    /// Number of addresses from block_magic to the end of the last register.
    ro BlockWords(block_words): u16 = unsigned("block_words", 16388, 1).once();
    /// Manufacturer of the gateway.
    ro Manufacturer(manufacturer): codec::Text<16> = text("manufacturer", 16392, 8).once();
    /// Model of the gateway.
    ro Model(model): codec::Text<16> = text("model", 16400, 8).once();
    /// Serial number of the gateway.
    ro Serial(serial): codec::Text<16> = text("serial", 16408, 8).once();
    /// Firmware version of the gateway.
    ro Firmware(firmware): codec::Text<16> = text("firmware", 16416, 8).once();
    /// What the gateway can do. The registers of a missing capability answer their not-available value or 0.
    ro Capabilities(capabilities): Capabilities = flags("capabilities", 16432, 2).partial_words().once();
    /// Slots for power supply units.
    ro PsuSlots(psu_slots): u16 = unsigned("psu_slots", 16434, 1).once();
    /// Slots for battery backup units.
    ro BbuSlots(bbu_slots): u16 = unsigned("bbu_slots", 16435, 1).once();
    /// Power supply units that answer.
    ro PsusPresent(psus_present): u16 = unsigned("psus_present", 16436, 1).slow();
    /// Battery backup units that answer.
    ro BbusPresent(bbus_present): u16 = unsigned("bbus_present", 16437, 1).slow();
    /// Rated output power of the power supply units present.
    ro RatedPower(rated_power): units::Watts = unsigned("rated_power", 16438, 2).partial_words().slow();
    /// Token the client chooses; it binds the connection to the lease.
    wo LeaseToken(lease_token): u32 =
        unsigned("lease_token", 16448, 2).settle_ms(500).group("lease").partial_words().on_demand();
    /// Duration of the lease from this write on; 0 gives the lease back. 0 s to 3600 s.
    rw LeaseDuration(lease_duration): units::Seconds =
        unsigned("lease_duration", 16450, 1).limits(0, 3600).settle_ms(500).bad_write(3).group("lease")
        .on_demand();
    /// Which interface holds the lease.
    ro LeaseHolder(lease_holder): LeaseHolder = symbol("lease_holder", 16451, 1).fast();
    /// Time left of the lease; 0 if there is none.
    ro LeaseRemaining(lease_remaining): units::Seconds =
        unsigned("lease_remaining", 16452, 2).scale(1, 1000).partial_words().fast();
    /// Limit of the AC input power of the shelf; not available means no limit. 0 W to 1000000 W, falls back
    /// to "not available".
    rw InputPowerLimit(input_power_limit): units::Watts =
        unsigned("input_power_limit", 16464, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).applied("input_power_limit_applied").partial_words().setpoint().fail_safe(4294967295)
        .conditional().condition("capabilities.input_power_limit").fast();
    /// Limit that is in force now; not available means none.
    ro InputPowerLimitApplied(input_power_limit_applied): units::Watts =
        unsigned("input_power_limit_applied", 16466, 2).not_available(4294967295).update_ms(2000)
        .partial_words().conditional().condition("capabilities.input_power_limit").fast();
    /// Smallest limit the shelf can keep now.
    ro InputPowerLimitMin(input_power_limit_min): units::Watts =
        unsigned("input_power_limit_min", 16468, 2).update_ms(2000).partial_words().conditional()
        .condition("capabilities.input_power_limit").fast();
    /// Largest limit that makes sense now.
    ro InputPowerLimitMax(input_power_limit_max): units::Watts =
        unsigned("input_power_limit_max", 16470, 2).update_ms(2000).partial_words().conditional()
        .condition("capabilities.input_power_limit").fast();
    /// Power that is asked of the battery units; not available means no request. 0 W to 1000000 W, falls back
    /// to "not available".
    rw BbuDischarge(bbu_discharge): units::Watts =
        unsigned("bbu_discharge", 16472, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).applied("bbu_discharge_applied").partial_words().setpoint().fail_safe(4294967295)
        .conditional().condition("capabilities.bbu_discharge").fast();
    /// Request that is in force now; not available means none.
    ro BbuDischargeApplied(bbu_discharge_applied): units::Watts =
        unsigned("bbu_discharge_applied", 16474, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.bbu_discharge").fast();
    /// Largest power the battery units can deliver now.
    ro BbuDischargeMax(bbu_discharge_max): units::Watts =
        unsigned("bbu_discharge_max", 16476, 2).update_ms(2000).partial_words().conditional()
        .condition("capabilities.bbu_discharge").fast();
    /// What became of the last setpoint write.
    ro SetpointResult(setpoint_result): SetpointResult = symbol("setpoint_result", 16478, 1).fast();
    /// Unix time of the gateway, UTC.
    ro Time(time): units::Seconds =
        unsigned("time", 16480, 4).scale(1, 1000).partial_words().conditional().condition("capabilities.time")
        .fast();
    /// What the clock follows.
    ro TimeSource(time_source): TimeSource =
        symbol("time_source", 16484, 1).conditional().condition("capabilities.time").slow();
    /// Sets the clock to this Unix time, UTC. 1577836800 s to 4294967295 s.
    wo TimeSet(time_set): units::Seconds =
        unsigned("time_set", 16486, 2).limits(1577836800, 4294967295).settle_ms(500).bad_write(3)
        .partial_words().cosmetic().conditional().condition("capabilities.time_set").on_demand();
    /// Mean AC input voltage of the power supply units.
    ro InputVoltage(input_voltage): units::Volts =
        unsigned("input_voltage", 16496, 1).scale(1, 100).not_available(65535).update_ms(2000).conditional()
        .condition("capabilities.measurements").fast();
    /// AC input frequency.
    ro InputFrequency(input_frequency): units::Hertz =
        unsigned("input_frequency", 16497, 1).scale(1, 100).not_available(65535).update_ms(2000).conditional()
        .condition("capabilities.measurements").fast();
    /// AC input power of the shelf.
    ro InputPower(input_power): units::Watts =
        unsigned("input_power", 16498, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.measurements").fast();
    /// Power the power supply units deliver to the bus.
    ro OutputPower(output_power): units::Watts =
        unsigned("output_power", 16500, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.measurements").fast();
    /// Voltage of the busbar.
    ro BusVoltage(bus_voltage): units::Volts =
        unsigned("bus_voltage", 16502, 1).scale(1, 1000).not_available(65535).update_ms(2000).conditional()
        .condition("capabilities.measurements").fast();
    /// Mean state of charge of the battery units.
    ro StateOfCharge(state_of_charge): units::Percent =
        unsigned("state_of_charge", 16503, 1).scale(1, 10).not_available(65535).update_ms(2000).conditional()
        .condition("capabilities.measurements").fast();
    /// Power of the battery units; positive discharges into the bus, negative charges.
    ro BatteryPower(battery_power): units::Watts =
        signed("battery_power", 16504, 2).not_available(-2147483648).update_ms(2000).partial_words()
        .conditional().condition("capabilities.measurements").fast();
    /// Energy left in the battery units.
    ro StoredEnergy(stored_energy): units::Joules =
        unsigned("stored_energy", 16506, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.measurements").fast();
    /// Time for which the stored energy lasts at the present load.
    ro TimeLeft(time_left): units::Seconds =
        unsigned("time_left", 16508, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.measurements").fast();
    /// State of the gateway.
    ro State(state): State = symbol("state", 16528, 1).update_ms(2000).fast();
    /// Time since the gateway started.
    ro Uptime(uptime): units::Seconds = unsigned("uptime", 16530, 2).partial_words().fast();
    /// Number of the state snapshot from which this answer was made.
    ro SnapshotSequence(snapshot_sequence): u32 =
        unsigned("snapshot_sequence", 16532, 2).update_ms(2000).partial_words().fast();
    /// Age of that snapshot.
    ro SnapshotAge(snapshot_age): units::Seconds =
        unsigned("snapshot_age", 16534, 2).scale(1, 1000).partial_words().fast();
    /// Time since the state was entered.
    ro StateElapsed(state_elapsed): units::Seconds =
        unsigned("state_elapsed", 16536, 2).scale(1, 1000).update_ms(2000).partial_words().conditional()
        .condition("capabilities.state_detail").fast();
    /// Why the gateway is in this state.
    ro StateCause(state_cause): StateCause =
        symbol("state_cause", 16538, 1).update_ms(2000).conditional().condition("capabilities.state_detail")
        .fast();
    /// The state before this one.
    ro StateBefore(state_before): StateBefore =
        symbol("state_before", 16539, 1).update_ms(2000).conditional().condition("capabilities.state_detail")
        .fast();
    /// Poll cycles.
    ro Polls(polls): u32 =
        unsigned("polls", 16544, 2).partial_words().conditional().condition("capabilities.event_counters")
        .slow();
    /// Requests to a device that failed.
    ro BusErrors(bus_errors): u32 =
        unsigned("bus_errors", 16546, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Devices that stopped answering.
    ro DevicesLost(devices_lost): u32 =
        unsigned("devices_lost", 16548, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Devices that answer again.
    ro DevicesReturned(devices_returned): u32 =
        unsigned("devices_returned", 16550, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Writes that were refused.
    ro WritesRefused(writes_refused): u32 =
        unsigned("writes_refused", 16552, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Setpoints that the devices took.
    ro SetpointsApplied(setpoints_applied): u32 =
        unsigned("setpoints_applied", 16554, 2).update_ms(2000).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Setpoints that went to their fail-safe value.
    ro FailSafes(fail_safes): u32 =
        unsigned("fail_safes", 16556, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Leases granted to an owner that did not hold one; a renewal is not counted.
    ro LeaseGrants(lease_grants): u32 =
        unsigned("lease_grants", 16558, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Leases that ran out.
    ro LeaseExpiries(lease_expiries): u32 =
        unsigned("lease_expiries", 16560, 2).partial_words().conditional()
        .condition("capabilities.event_counters").slow();
    /// Sags of the input voltage.
    ro Sags(sags): u32 =
        unsigned("sags", 16562, 2).partial_words().conditional().condition("capabilities.event_counters")
        .slow();
    /// Events recorded.
    ro Events(events): u32 =
        unsigned("events", 16564, 2).partial_words().conditional().condition("capabilities.event_counters")
        .slow();
    /// Commits that the devices took.
    ro CommitsApplied(commits_applied): u32 =
        unsigned("commits_applied", 16566, 2).partial_words().conditional()
        .condition("capabilities.setpoint_commit").slow();
    /// Commits that were refused.
    ro CommitsRefused(commits_refused): u32 =
        unsigned("commits_refused", 16568, 2).partial_words().conditional()
        .condition("capabilities.setpoint_commit").slow();
    /// Sags inside the curve that the shelf rode through.
    ro SagsRidden(sags_ridden): u32 =
        unsigned("sags_ridden", 16576, 2).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Sags deeper or longer than the curve.
    ro SagsBeyond(sags_beyond): u32 =
        unsigned("sags_beyond", 16578, 2).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Sags inside the curve in which the shelf gave up the load or the grid.
    ro SagsFailed(sags_failed): u32 =
        unsigned("sags_failed", 16580, 2).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Recoveries that missed their target within the budget.
    ro RecoveriesLate(recoveries_late): u32 =
        unsigned("recoveries_late", 16582, 2).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Energy that the battery units gave to the bus.
    ro SupportEnergy(support_energy): units::Joules =
        unsigned("support_energy", 16584, 4).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Energy that the battery units took from the bus.
    ro RechargeEnergy(recharge_energy): units::Joules =
        unsigned("recharge_energy", 16588, 4).partial_words().conditional()
        .condition("capabilities.grid_counters").slow();
    /// Phases measured; 0 if none is.
    ro AcPhases(ac_phases): u16 =
        unsigned("ac_phases", 16640, 1).conditional().condition("capabilities.ac_half_cycle").slow();
    /// Between what the voltages are measured.
    ro AcConnection(ac_connection): AcConnection =
        symbol("ac_connection", 16641, 1).conditional().condition("capabilities.ac_half_cycle").slow();
    /// Declared input voltage: 1 p.u. of curves, events and thresholds.
    ro AcNominalVoltage(ac_nominal_voltage): units::Volts =
        unsigned("ac_nominal_voltage", 16642, 1).scale(1, 100).not_available(65535).conditional()
        .condition("capabilities.ac_half_cycle").slow();
    /// Declared frequency.
    ro AcNominalFrequency(ac_nominal_frequency): units::Hertz =
        unsigned("ac_nominal_frequency", 16643, 1).scale(1, 100).not_available(65535).conditional()
        .condition("capabilities.ac_half_cycle").slow();
    /// Half cycles measured.
    ro AcHalfCycles(ac_half_cycles): u32 =
        unsigned("ac_half_cycles", 16644, 2).update_ms(11).partial_words().conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Unix time at the end of the newest half cycle, UTC.
    ro AcTime(ac_time): units::Seconds =
        unsigned("ac_time", 16646, 4).scale(1, 1000).update_ms(11).partial_words().conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS voltage of phase 1 over one cycle, renewed each half cycle.
    ro AcRmsL1(ac_rms_l1): units::Volts =
        unsigned("ac_rms_l1", 16650, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS voltage of phase 2 over one cycle, renewed each half cycle.
    ro AcRmsL2(ac_rms_l2): units::Volts =
        unsigned("ac_rms_l2", 16651, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS voltage of phase 3 over one cycle, renewed each half cycle.
    ro AcRmsL3(ac_rms_l3): units::Volts =
        unsigned("ac_rms_l3", 16652, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS current of phase 1 over one cycle, renewed each half cycle.
    ro AcCurrentL1(ac_current_l1): units::Amperes =
        unsigned("ac_current_l1", 16653, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS current of phase 2 over one cycle, renewed each half cycle.
    ro AcCurrentL2(ac_current_l2): units::Amperes =
        unsigned("ac_current_l2", 16654, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// RMS current of phase 3 over one cycle, renewed each half cycle.
    ro AcCurrentL3(ac_current_l3): units::Amperes =
        unsigned("ac_current_l3", 16655, 1).scale(1, 100).not_available(65535).update_ms(11).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Frequency of the AC input.
    ro AcFrequency(ac_frequency): units::Hertz =
        unsigned("ac_frequency", 16656, 1).scale(1, 1000).not_available(65535).update_ms(200).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Rate of change of frequency over a rolling 500 ms.
    ro AcRocof(ac_rocof): units::HertzPerSecond =
        signed("ac_rocof", 16657, 1).scale(1, 1000).not_available(-32768).update_ms(200).conditional()
        .condition("capabilities.rocof").fast();
    /// Lowest half-cycle rms of phase 1 in the last completed second.
    ro AcRmsMinL1(ac_rms_min_l1): units::Volts =
        unsigned("ac_rms_min_l1", 16658, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Lowest half-cycle rms of phase 2 in the last completed second.
    ro AcRmsMinL2(ac_rms_min_l2): units::Volts =
        unsigned("ac_rms_min_l2", 16659, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Lowest half-cycle rms of phase 3 in the last completed second.
    ro AcRmsMinL3(ac_rms_min_l3): units::Volts =
        unsigned("ac_rms_min_l3", 16660, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Highest half-cycle rms of phase 1 in the last completed second.
    ro AcRmsMaxL1(ac_rms_max_l1): units::Volts =
        unsigned("ac_rms_max_l1", 16661, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Highest half-cycle rms of phase 2 in the last completed second.
    ro AcRmsMaxL2(ac_rms_max_l2): units::Volts =
        unsigned("ac_rms_max_l2", 16662, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Highest half-cycle rms of phase 3 in the last completed second.
    ro AcRmsMaxL3(ac_rms_max_l3): units::Volts =
        unsigned("ac_rms_max_l3", 16663, 1).scale(1, 100).not_available(65535).update_ms(1000).conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Completed seconds: the number of the one that the lowest and highest values are of.
    ro AcSeconds(ac_seconds): u32 =
        unsigned("ac_seconds", 16664, 2).update_ms(1000).partial_words().conditional()
        .condition("capabilities.ac_half_cycle").fast();
    /// Power that the battery units can give to the bus from now on.
    ro DeliverablePower(deliverable_power): units::Watts =
        unsigned("deliverable_power", 16704, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.deliverable").fast();
    /// For how long they can give that power.
    ro DeliverableTime(deliverable_time): units::Seconds =
        unsigned("deliverable_time", 16706, 2).scale(1, 1000).not_available(4294967295).update_ms(2000)
        .partial_words().conditional().condition("capabilities.deliverable").fast();
    /// Energy above the reserve that can reach the bus.
    ro DeliverableEnergy(deliverable_energy): units::Joules =
        unsigned("deliverable_energy", 16708, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.deliverable").fast();
    /// Power that they can give for a short time.
    ro DeliverablePeakPower(deliverable_peak_power): units::Watts =
        unsigned("deliverable_peak_power", 16710, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.deliverable").fast();
    /// For how long they can give the peak power.
    ro DeliverablePeakTime(deliverable_peak_time): units::Seconds =
        unsigned("deliverable_peak_time", 16712, 2).scale(1, 1000).not_available(4294967295).update_ms(2000)
        .partial_words().conditional().condition("capabilities.deliverable").fast();
    /// State of charge that is kept for outages: no setpoint and no policy discharges below it.
    ro ReserveCharge(reserve_charge): units::Percent =
        unsigned("reserve_charge", 16714, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.deliverable").slow();
    /// Limit of the AC input power of the shelf, for the next commit; not available means no limit. 0 W to
    /// 1000000 W, falls back to "not available".
    rw ShadowInputPowerLimit(shadow_input_power_limit): units::Watts =
        unsigned("shadow_input_power_limit", 16768, 2).limits(0, 1000000).not_available(4294967295)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("input_power_limit_applied")
        .partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.setpoint_commit").on_demand();
    /// Power that is asked of the battery units, for the next commit; not available means no request. 0 W to
    /// 1000000 W, falls back to "not available".
    rw ShadowBbuDischarge(shadow_bbu_discharge): units::Watts =
        unsigned("shadow_bbu_discharge", 16770, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).commit("setpoint_commit").applied("bbu_discharge_applied").partial_words().setpoint()
        .fail_safe(4294967295).conditional().condition("capabilities.setpoint_commit").on_demand();
    /// Largest power that the battery units are allowed to take from the bus, for the next commit; not
    /// available means what the units choose. 0 W to 1000000 W, falls back to "not available".
    rw ShadowBbuCharge(shadow_bbu_charge): units::Watts =
        unsigned("shadow_bbu_charge", 16772, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).commit("setpoint_commit").applied("bbu_charge_applied").partial_words().setpoint()
        .fail_safe(4294967295).conditional().condition("capabilities.bbu_charge").on_demand();
    /// Voltage of the busbar at half load, for the next commit; not available means what the supplies choose.
    /// 46 V to 52 V, falls back to "not available".
    rw ShadowBusVoltage(shadow_bus_voltage): units::Volts =
        unsigned("shadow_bus_voltage", 16774, 1).scale(1, 1000).limits(46000, 52000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("bus_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.bus_voltage").on_demand();
    /// Points of the support curve in use, for the next commit; 0 means no curve. 0 to 6, falls back to 0.
    rw ShadowCurvePoints(shadow_curve_points): u16 =
        unsigned("shadow_curve_points", 16784, 1).limits(0, 6).settle_ms(500).bad_write(3)
        .commit("setpoint_commit").applied("curve_points_applied").setpoint().fail_safe(0).conditional()
        .condition("capabilities.support_curve").on_demand();
    /// Point 1 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve1Voltage(shadow_curve_1_voltage): units::Ratio =
        unsigned("shadow_curve_1_voltage", 16785, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_1_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 1 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve1Share(shadow_curve_1_share): units::Percent =
        unsigned("shadow_curve_1_share", 16786, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_1_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 2 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve2Voltage(shadow_curve_2_voltage): units::Ratio =
        unsigned("shadow_curve_2_voltage", 16787, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_2_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 2 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve2Share(shadow_curve_2_share): units::Percent =
        unsigned("shadow_curve_2_share", 16788, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_2_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 3 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve3Voltage(shadow_curve_3_voltage): units::Ratio =
        unsigned("shadow_curve_3_voltage", 16789, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_3_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 3 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve3Share(shadow_curve_3_share): units::Percent =
        unsigned("shadow_curve_3_share", 16790, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_3_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 4 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve4Voltage(shadow_curve_4_voltage): units::Ratio =
        unsigned("shadow_curve_4_voltage", 16791, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_4_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 4 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve4Share(shadow_curve_4_share): units::Percent =
        unsigned("shadow_curve_4_share", 16792, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_4_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 5 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve5Voltage(shadow_curve_5_voltage): units::Ratio =
        unsigned("shadow_curve_5_voltage", 16793, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_5_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 5 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve5Share(shadow_curve_5_share): units::Percent =
        unsigned("shadow_curve_5_share", 16794, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_5_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 6 of the support curve: input voltage of the lowest phase in p.u. of ac_nominal_voltage. 0 to
    /// 1.5, falls back to "not available".
    rw ShadowCurve6Voltage(shadow_curve_6_voltage): units::Ratio =
        unsigned("shadow_curve_6_voltage", 16795, 1).scale(1, 1000).limits(0, 1500).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_6_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Point 6 of the support curve: share of the load that the battery units carry. 0 % to 100 %, falls back
    /// to "not available".
    rw ShadowCurve6Share(shadow_curve_6_share): units::Percent =
        unsigned("shadow_curve_6_share", 16796, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("setpoint_commit").applied("curve_6_share_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.support_curve").on_demand();
    /// Puts the shadow setpoints into force, all or none. 0 to 65535, falls back to 0.
    command SetpointCommit(setpoint_commit): u16 =
        unsigned("setpoint_commit", 16816, 1).limits(0, 65535).settle_ms(500).bad_write(3).setpoint()
        .fail_safe(0).conditional().condition("capabilities.setpoint_commit").on_demand();
    /// Number of the last commit that was applied; 0 if none was since the start.
    ro SetpointSequence(setpoint_sequence): u16 =
        unsigned("setpoint_sequence", 16817, 1).conditional().condition("capabilities.setpoint_commit")
        .fast();
    /// What became of the last commit of setpoints, whoever asked for it.
    ro SetpointCommitResult(setpoint_commit_result): SetpointCommitResult =
        symbol("setpoint_commit_result", 16818, 1).conditional().condition("capabilities.setpoint_commit")
        .fast();
    /// Address of the shadow register on which the last commit was refused; 0 if on none.
    ro SetpointCommitFault(setpoint_commit_fault): u16 =
        unsigned("setpoint_commit_fault", 16819, 1).conditional().condition("capabilities.setpoint_commit")
        .fast();
    /// Charging power limit that is in force now; not available means none.
    ro BbuChargeApplied(bbu_charge_applied): units::Watts =
        unsigned("bbu_charge_applied", 16832, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.bbu_charge").fast();
    /// Busbar voltage that is in force now; not available means none.
    ro BusVoltageApplied(bus_voltage_applied): units::Volts =
        unsigned("bus_voltage_applied", 16834, 1).scale(1, 1000).not_available(65535).update_ms(2000)
        .conditional().condition("capabilities.bus_voltage").fast();
    /// Largest power the battery units can take now.
    ro BbuChargeMax(bbu_charge_max): units::Watts =
        unsigned("bbu_charge_max", 16836, 2).not_available(4294967295).update_ms(2000).partial_words()
        .conditional().condition("capabilities.bbu_charge").fast();
    /// Lowest busbar voltage the gateway accepts now.
    ro BusVoltageMin(bus_voltage_min): units::Volts =
        unsigned("bus_voltage_min", 16838, 1).scale(1, 1000).not_available(65535).update_ms(2000)
        .conditional().condition("capabilities.bus_voltage").fast();
    /// Highest busbar voltage the gateway accepts now.
    ro BusVoltageMax(bus_voltage_max): units::Volts =
        unsigned("bus_voltage_max", 16839, 1).scale(1, 1000).not_available(65535).update_ms(2000)
        .conditional().condition("capabilities.bus_voltage").fast();
    /// Points of the support curve in force; 0 means none.
    ro CurvePointsApplied(curve_points_applied): u16 =
        unsigned("curve_points_applied", 16848, 1).conditional().condition("capabilities.support_curve")
        .fast();
    /// Point 1 of the support curve in force: input voltage in p.u.
    ro Curve1VoltageApplied(curve_1_voltage_applied): units::Ratio =
        unsigned("curve_1_voltage_applied", 16849, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 1 of the support curve in force: share of the battery units.
    ro Curve1ShareApplied(curve_1_share_applied): units::Percent =
        unsigned("curve_1_share_applied", 16850, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 2 of the support curve in force: input voltage in p.u.
    ro Curve2VoltageApplied(curve_2_voltage_applied): units::Ratio =
        unsigned("curve_2_voltage_applied", 16851, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 2 of the support curve in force: share of the battery units.
    ro Curve2ShareApplied(curve_2_share_applied): units::Percent =
        unsigned("curve_2_share_applied", 16852, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 3 of the support curve in force: input voltage in p.u.
    ro Curve3VoltageApplied(curve_3_voltage_applied): units::Ratio =
        unsigned("curve_3_voltage_applied", 16853, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 3 of the support curve in force: share of the battery units.
    ro Curve3ShareApplied(curve_3_share_applied): units::Percent =
        unsigned("curve_3_share_applied", 16854, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 4 of the support curve in force: input voltage in p.u.
    ro Curve4VoltageApplied(curve_4_voltage_applied): units::Ratio =
        unsigned("curve_4_voltage_applied", 16855, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 4 of the support curve in force: share of the battery units.
    ro Curve4ShareApplied(curve_4_share_applied): units::Percent =
        unsigned("curve_4_share_applied", 16856, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 5 of the support curve in force: input voltage in p.u.
    ro Curve5VoltageApplied(curve_5_voltage_applied): units::Ratio =
        unsigned("curve_5_voltage_applied", 16857, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 5 of the support curve in force: share of the battery units.
    ro Curve5ShareApplied(curve_5_share_applied): units::Percent =
        unsigned("curve_5_share_applied", 16858, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 6 of the support curve in force: input voltage in p.u.
    ro Curve6VoltageApplied(curve_6_voltage_applied): units::Ratio =
        unsigned("curve_6_voltage_applied", 16859, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Point 6 of the support curve in force: share of the battery units.
    ro Curve6ShareApplied(curve_6_share_applied): units::Percent =
        unsigned("curve_6_share_applied", 16860, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.support_curve").fast();
    /// Ride-through curve, for the next commit. Falls back to "not available".
    rw ShadowVrtCurve(shadow_vrt_curve): ShadowVrtCurve =
        symbol("shadow_vrt_curve", 16896, 1).not_available(65535).settle_ms(500).bad_write(3)
        .commit("policy_commit").applied("vrt_curve_applied").setpoint().fail_safe(65535).conditional()
        .condition("capabilities.ride_through").on_demand();
    /// Which voltage the curve is about, for the next commit. Falls back to "not available".
    rw ShadowVrtBasis(shadow_vrt_basis): ShadowVrtBasis =
        symbol("shadow_vrt_basis", 16897, 1).not_available(65535).settle_ms(500).bad_write(3)
        .commit("policy_commit").applied("vrt_basis_applied").setpoint().fail_safe(65535).conditional()
        .condition("capabilities.ride_through").on_demand();
    /// Points of the lower curve in use, for the next commit. 0 to 6, falls back to "not available".
    rw ShadowVrtLowPoints(shadow_vrt_low_points): u16 =
        unsigned("shadow_vrt_low_points", 16898, 1).limits(0, 6).not_available(65535).settle_ms(500)
        .bad_write(3).commit("policy_commit").applied("vrt_low_points_applied").setpoint().fail_safe(65535)
        .conditional().condition("capabilities.ride_through").on_demand();
    /// Points of the upper curve in use, for the next commit. 0 to 4, falls back to "not available".
    rw ShadowVrtHighPoints(shadow_vrt_high_points): u16 =
        unsigned("shadow_vrt_high_points", 16899, 1).limits(0, 4).not_available(65535).settle_ms(500)
        .bad_write(3).commit("policy_commit").applied("vrt_high_points_applied").setpoint().fail_safe(65535)
        .conditional().condition("capabilities.ride_through").on_demand();
    /// Point 1 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow1Voltage(shadow_vrt_low_1_voltage): units::Ratio =
        unsigned("shadow_vrt_low_1_voltage", 16900, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_1_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 1 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow1Time(shadow_vrt_low_1_time): units::Seconds =
        unsigned("shadow_vrt_low_1_time", 16901, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_1_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 2 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow2Voltage(shadow_vrt_low_2_voltage): units::Ratio =
        unsigned("shadow_vrt_low_2_voltage", 16902, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_2_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 2 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow2Time(shadow_vrt_low_2_time): units::Seconds =
        unsigned("shadow_vrt_low_2_time", 16903, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_2_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 3 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow3Voltage(shadow_vrt_low_3_voltage): units::Ratio =
        unsigned("shadow_vrt_low_3_voltage", 16904, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_3_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 3 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow3Time(shadow_vrt_low_3_time): units::Seconds =
        unsigned("shadow_vrt_low_3_time", 16905, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_3_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 4 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow4Voltage(shadow_vrt_low_4_voltage): units::Ratio =
        unsigned("shadow_vrt_low_4_voltage", 16906, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_4_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 4 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow4Time(shadow_vrt_low_4_time): units::Seconds =
        unsigned("shadow_vrt_low_4_time", 16907, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_4_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 5 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow5Voltage(shadow_vrt_low_5_voltage): units::Ratio =
        unsigned("shadow_vrt_low_5_voltage", 16908, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_5_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 5 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow5Time(shadow_vrt_low_5_time): units::Seconds =
        unsigned("shadow_vrt_low_5_time", 16909, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_5_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 6 of the lower curve: at this voltage in p.u. or above, down from the point before, for the next
    /// commit. 0 to 1, falls back to "not available".
    rw ShadowVrtLow6Voltage(shadow_vrt_low_6_voltage): units::Ratio =
        unsigned("shadow_vrt_low_6_voltage", 16910, 1).scale(1, 1000).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_6_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 6 of the lower curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtLow6Time(shadow_vrt_low_6_time): units::Seconds =
        unsigned("shadow_vrt_low_6_time", 16911, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_low_6_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 1 of the upper curve: at this voltage in p.u. or below, up from the point before, for the next
    /// commit. 1 to 2, falls back to "not available".
    rw ShadowVrtHigh1Voltage(shadow_vrt_high_1_voltage): units::Ratio =
        unsigned("shadow_vrt_high_1_voltage", 16912, 1).scale(1, 1000).limits(1000, 2000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_1_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 1 of the upper curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtHigh1Time(shadow_vrt_high_1_time): units::Seconds =
        unsigned("shadow_vrt_high_1_time", 16913, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_1_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 2 of the upper curve: at this voltage in p.u. or below, up from the point before, for the next
    /// commit. 1 to 2, falls back to "not available".
    rw ShadowVrtHigh2Voltage(shadow_vrt_high_2_voltage): units::Ratio =
        unsigned("shadow_vrt_high_2_voltage", 16914, 1).scale(1, 1000).limits(1000, 2000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_2_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 2 of the upper curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtHigh2Time(shadow_vrt_high_2_time): units::Seconds =
        unsigned("shadow_vrt_high_2_time", 16915, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_2_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 3 of the upper curve: at this voltage in p.u. or below, up from the point before, for the next
    /// commit. 1 to 2, falls back to "not available".
    rw ShadowVrtHigh3Voltage(shadow_vrt_high_3_voltage): units::Ratio =
        unsigned("shadow_vrt_high_3_voltage", 16916, 1).scale(1, 1000).limits(1000, 2000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_3_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 3 of the upper curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtHigh3Time(shadow_vrt_high_3_time): units::Seconds =
        unsigned("shadow_vrt_high_3_time", 16917, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_3_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 4 of the upper curve: at this voltage in p.u. or below, up from the point before, for the next
    /// commit. 1 to 2, falls back to "not available".
    rw ShadowVrtHigh4Voltage(shadow_vrt_high_4_voltage): units::Ratio =
        unsigned("shadow_vrt_high_4_voltage", 16918, 1).scale(1, 1000).limits(1000, 2000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_4_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Point 4 of the upper curve: the shelf stays connected for at least this time, for the next commit. 0 s
    /// to 65 s, falls back to "not available".
    rw ShadowVrtHigh4Time(shadow_vrt_high_4_time): units::Seconds =
        unsigned("shadow_vrt_high_4_time", 16919, 1).scale(1, 1000).limits(0, 65000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("vrt_high_4_time_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Largest input current in a sag, in percent of that before, for the next commit. 0 % to 200 %, falls
    /// back to "not available".
    rw ShadowSagCurrentLimit(shadow_sag_current_limit): units::Percent =
        unsigned("shadow_sag_current_limit", 16920, 1).scale(1, 10).limits(0, 2000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("sag_current_limit_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.ride_through").on_demand();
    /// Share of the input power before the sag that must be drawn again, for the next commit. 0 % to 100 %,
    /// falls back to "not available".
    rw ShadowRecoveryTarget(shadow_recovery_target): units::Percent =
        unsigned("shadow_recovery_target", 16928, 1).scale(1, 10).limits(0, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("recovery_target_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.recovery").on_demand();
    /// Time from the return of the voltage in which the target must be reached, for the next commit. 0.1 s to
    /// 60 s, falls back to "not available".
    rw ShadowRecoveryBudget(shadow_recovery_budget): units::Seconds =
        unsigned("shadow_recovery_budget", 16929, 1).scale(1, 1000).limits(100, 60000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("recovery_budget_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.recovery").on_demand();
    /// Voltage in p.u. at which it has returned, for the next commit. 0.5 to 1, falls back to "not
    /// available".
    rw ShadowRecoveryVoltage(shadow_recovery_voltage): units::Ratio =
        unsigned("shadow_recovery_voltage", 16930, 1).scale(1, 1000).limits(500, 1000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("recovery_voltage_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.recovery").on_demand();
    /// Largest slope at which the input power returns, for the next commit. 1 W/s to 10000000 W/s, falls back
    /// to "not available".
    rw ShadowRecoverySlope(shadow_recovery_slope): units::WattsPerSecond =
        unsigned("shadow_recovery_slope", 16932, 2).limits(1, 10000000).not_available(4294967295)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("recovery_slope_applied").partial_words()
        .setpoint().fail_safe(4294967295).conditional().condition("capabilities.recovery").on_demand();
    /// Time from the end of the recovery to the start of recharge, for the next commit. 0 s to 14400 s, falls
    /// back to "not available".
    rw ShadowRechargeDelay(shadow_recharge_delay): units::Seconds =
        unsigned("shadow_recharge_delay", 16936, 1).limits(0, 14400).not_available(65535).settle_ms(500)
        .bad_write(3).commit("policy_commit").applied("recharge_delay_applied").setpoint().fail_safe(65535)
        .conditional().condition("capabilities.recharge").on_demand();
    /// Largest power that recharge adds to the input, for the next commit. 0 W to 1000000 W, falls back to
    /// "not available".
    rw ShadowRechargeLimit(shadow_recharge_limit): units::Watts =
        unsigned("shadow_recharge_limit", 16938, 2).limits(0, 1000000).not_available(4294967295)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("recharge_limit_applied").partial_words()
        .setpoint().fail_safe(4294967295).conditional().condition("capabilities.recharge").on_demand();
    /// Largest rise of the input power, for the next commit. 1 W/s to 10000000 W/s, falls back to "not
    /// available".
    rw ShadowRampUpLimit(shadow_ramp_up_limit): units::WattsPerSecond =
        unsigned("shadow_ramp_up_limit", 16944, 2).limits(1, 10000000).not_available(4294967295)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("ramp_up_limit_applied").partial_words()
        .setpoint().fail_safe(4294967295).conditional().condition("capabilities.ramp_limits").on_demand();
    /// Largest fall of the input power, for the next commit. 1 W/s to 10000000 W/s, falls back to "not
    /// available".
    rw ShadowRampDownLimit(shadow_ramp_down_limit): units::WattsPerSecond =
        unsigned("shadow_ramp_down_limit", 16946, 2).limits(1, 10000000).not_available(4294967295)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("ramp_down_limit_applied")
        .partial_words().setpoint().fail_safe(4294967295).conditional().condition("capabilities.ramp_limits")
        .on_demand();
    /// Largest peak-to-peak swing of the input power in the band, within the window, for the next commit. 0 W
    /// to 1000000 W, falls back to "not available".
    rw ShadowDynamicRange(shadow_dynamic_range): units::Watts =
        unsigned("shadow_dynamic_range", 16952, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).commit("policy_commit").applied("dynamic_range_applied").partial_words().setpoint()
        .fail_safe(4294967295).conditional().condition("capabilities.dynamic_range").on_demand();
    /// Length of the rolling window, for the next commit. 0.1 s to 600 s, falls back to "not available".
    rw ShadowDynamicWindow(shadow_dynamic_window): units::Seconds =
        unsigned("shadow_dynamic_window", 16954, 1).scale(1, 10).limits(1, 6000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("dynamic_window_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.dynamic_range").on_demand();
    /// Lower end of the band, for the next commit. 0 Hz to 100 Hz, falls back to "not available".
    rw ShadowDynamicBandLow(shadow_dynamic_band_low): units::Hertz =
        unsigned("shadow_dynamic_band_low", 16955, 1).scale(1, 100).limits(0, 10000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("dynamic_band_low_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.dynamic_range").on_demand();
    /// Upper end of the band, for the next commit. 0 Hz to 100 Hz, falls back to "not available".
    rw ShadowDynamicBandHigh(shadow_dynamic_band_high): units::Hertz =
        unsigned("shadow_dynamic_band_high", 16956, 1).scale(1, 100).limits(0, 10000).not_available(65535)
        .settle_ms(500).bad_write(3).commit("policy_commit").applied("dynamic_band_high_applied").setpoint()
        .fail_safe(65535).conditional().condition("capabilities.dynamic_range").on_demand();
    /// Puts the shadow policies into force, all or none. 0 to 65535, falls back to 0.
    command PolicyCommit(policy_commit): u16 =
        unsigned("policy_commit", 17008, 1).limits(0, 65535).settle_ms(500).bad_write(3).setpoint()
        .fail_safe(0).conditional().condition("capabilities.policy").on_demand();
    /// Number of the last commit that was applied; 0 if none was since the start.
    ro PolicySequence(policy_sequence): u16 =
        unsigned("policy_sequence", 17009, 1).conditional().condition("capabilities.policy").fast();
    /// What became of the last commit of policies, whoever asked for it.
    ro PolicyCommitResult(policy_commit_result): PolicyCommitResult =
        symbol("policy_commit_result", 17010, 1).conditional().condition("capabilities.policy").fast();
    /// Address of the shadow register on which the last commit was refused; 0 if on none.
    ro PolicyCommitFault(policy_commit_fault): u16 =
        unsigned("policy_commit_fault", 17011, 1).conditional().condition("capabilities.policy").fast();
    /// Ride-through curve, as in force.
    ro VrtCurveApplied(vrt_curve_applied): VrtCurveApplied =
        symbol("vrt_curve_applied", 17024, 1).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Which voltage the curve is about, as in force.
    ro VrtBasisApplied(vrt_basis_applied): VrtBasisApplied =
        symbol("vrt_basis_applied", 17025, 1).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Points of the lower curve in use, as in force.
    ro VrtLowPointsApplied(vrt_low_points_applied): u16 =
        unsigned("vrt_low_points_applied", 17026, 1).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Points of the upper curve in use, as in force.
    ro VrtHighPointsApplied(vrt_high_points_applied): u16 =
        unsigned("vrt_high_points_applied", 17027, 1).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 1 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow1VoltageApplied(vrt_low_1_voltage_applied): units::Ratio =
        unsigned("vrt_low_1_voltage_applied", 17028, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 1 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow1TimeApplied(vrt_low_1_time_applied): units::Seconds =
        unsigned("vrt_low_1_time_applied", 17029, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 2 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow2VoltageApplied(vrt_low_2_voltage_applied): units::Ratio =
        unsigned("vrt_low_2_voltage_applied", 17030, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 2 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow2TimeApplied(vrt_low_2_time_applied): units::Seconds =
        unsigned("vrt_low_2_time_applied", 17031, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 3 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow3VoltageApplied(vrt_low_3_voltage_applied): units::Ratio =
        unsigned("vrt_low_3_voltage_applied", 17032, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 3 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow3TimeApplied(vrt_low_3_time_applied): units::Seconds =
        unsigned("vrt_low_3_time_applied", 17033, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 4 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow4VoltageApplied(vrt_low_4_voltage_applied): units::Ratio =
        unsigned("vrt_low_4_voltage_applied", 17034, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 4 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow4TimeApplied(vrt_low_4_time_applied): units::Seconds =
        unsigned("vrt_low_4_time_applied", 17035, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 5 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow5VoltageApplied(vrt_low_5_voltage_applied): units::Ratio =
        unsigned("vrt_low_5_voltage_applied", 17036, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 5 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow5TimeApplied(vrt_low_5_time_applied): units::Seconds =
        unsigned("vrt_low_5_time_applied", 17037, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 6 of the lower curve: at this voltage in p.u. or above, down from the point before, as in force.
    ro VrtLow6VoltageApplied(vrt_low_6_voltage_applied): units::Ratio =
        unsigned("vrt_low_6_voltage_applied", 17038, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 6 of the lower curve: the shelf stays connected for at least this time, as in force.
    ro VrtLow6TimeApplied(vrt_low_6_time_applied): units::Seconds =
        unsigned("vrt_low_6_time_applied", 17039, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 1 of the upper curve: at this voltage in p.u. or below, up from the point before, as in force.
    ro VrtHigh1VoltageApplied(vrt_high_1_voltage_applied): units::Ratio =
        unsigned("vrt_high_1_voltage_applied", 17040, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 1 of the upper curve: the shelf stays connected for at least this time, as in force.
    ro VrtHigh1TimeApplied(vrt_high_1_time_applied): units::Seconds =
        unsigned("vrt_high_1_time_applied", 17041, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 2 of the upper curve: at this voltage in p.u. or below, up from the point before, as in force.
    ro VrtHigh2VoltageApplied(vrt_high_2_voltage_applied): units::Ratio =
        unsigned("vrt_high_2_voltage_applied", 17042, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 2 of the upper curve: the shelf stays connected for at least this time, as in force.
    ro VrtHigh2TimeApplied(vrt_high_2_time_applied): units::Seconds =
        unsigned("vrt_high_2_time_applied", 17043, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 3 of the upper curve: at this voltage in p.u. or below, up from the point before, as in force.
    ro VrtHigh3VoltageApplied(vrt_high_3_voltage_applied): units::Ratio =
        unsigned("vrt_high_3_voltage_applied", 17044, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 3 of the upper curve: the shelf stays connected for at least this time, as in force.
    ro VrtHigh3TimeApplied(vrt_high_3_time_applied): units::Seconds =
        unsigned("vrt_high_3_time_applied", 17045, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 4 of the upper curve: at this voltage in p.u. or below, up from the point before, as in force.
    ro VrtHigh4VoltageApplied(vrt_high_4_voltage_applied): units::Ratio =
        unsigned("vrt_high_4_voltage_applied", 17046, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Point 4 of the upper curve: the shelf stays connected for at least this time, as in force.
    ro VrtHigh4TimeApplied(vrt_high_4_time_applied): units::Seconds =
        unsigned("vrt_high_4_time_applied", 17047, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Largest input current in a sag, in percent of that before, as in force.
    ro SagCurrentLimitApplied(sag_current_limit_applied): units::Percent =
        unsigned("sag_current_limit_applied", 17048, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.ride_through").slow();
    /// Share of the input power before the sag that must be drawn again, as in force.
    ro RecoveryTargetApplied(recovery_target_applied): units::Percent =
        unsigned("recovery_target_applied", 17056, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.recovery").slow();
    /// Time from the return of the voltage in which the target must be reached, as in force.
    ro RecoveryBudgetApplied(recovery_budget_applied): units::Seconds =
        unsigned("recovery_budget_applied", 17057, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.recovery").slow();
    /// Voltage in p.u. at which it has returned, as in force.
    ro RecoveryVoltageApplied(recovery_voltage_applied): units::Ratio =
        unsigned("recovery_voltage_applied", 17058, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.recovery").slow();
    /// Largest slope at which the input power returns, as in force.
    ro RecoverySlopeApplied(recovery_slope_applied): units::WattsPerSecond =
        unsigned("recovery_slope_applied", 17060, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.recovery").slow();
    /// Time from the end of the recovery to the start of recharge, as in force.
    ro RechargeDelayApplied(recharge_delay_applied): units::Seconds =
        unsigned("recharge_delay_applied", 17064, 1).not_available(65535).conditional()
        .condition("capabilities.recharge").slow();
    /// Largest power that recharge adds to the input, as in force.
    ro RechargeLimitApplied(recharge_limit_applied): units::Watts =
        unsigned("recharge_limit_applied", 17066, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.recharge").slow();
    /// Largest rise of the input power, as in force.
    ro RampUpLimitApplied(ramp_up_limit_applied): units::WattsPerSecond =
        unsigned("ramp_up_limit_applied", 17072, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.ramp_limits").slow();
    /// Largest fall of the input power, as in force.
    ro RampDownLimitApplied(ramp_down_limit_applied): units::WattsPerSecond =
        unsigned("ramp_down_limit_applied", 17074, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.ramp_limits").slow();
    /// Largest peak-to-peak swing of the input power in the band, within the window, as in force.
    ro DynamicRangeApplied(dynamic_range_applied): units::Watts =
        unsigned("dynamic_range_applied", 17080, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.dynamic_range").slow();
    /// Length of the rolling window, as in force.
    ro DynamicWindowApplied(dynamic_window_applied): units::Seconds =
        unsigned("dynamic_window_applied", 17082, 1).scale(1, 10).not_available(65535).conditional()
        .condition("capabilities.dynamic_range").slow();
    /// Lower end of the band, as in force.
    ro DynamicBandLowApplied(dynamic_band_low_applied): units::Hertz =
        unsigned("dynamic_band_low_applied", 17083, 1).scale(1, 100).not_available(65535).conditional()
        .condition("capabilities.dynamic_range").slow();
    /// Upper end of the band, as in force.
    ro DynamicBandHighApplied(dynamic_band_high_applied): units::Hertz =
        unsigned("dynamic_band_high_applied", 17084, 1).scale(1, 100).not_available(65535).conditional()
        .condition("capabilities.dynamic_range").slow();
    /// Unix time at which the window begins, UTC. 0 s to 253402300799.999 s, falls back to 0 s.
    rw ForecastStart(forecast_start): units::Seconds =
        unsigned("forecast_start", 17152, 4).scale(1, 1000).limits(0, 253402300799999).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(0).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Length of one step of the window. 0.01 s to 60 s, falls back to "not available".
    rw ForecastStep(forecast_step): units::Seconds =
        unsigned("forecast_step", 17156, 1).scale(1, 1000).limits(10, 60000).not_available(65535)
        .settle_ms(500).bad_write(3).group("forecast").setpoint().fail_safe(65535).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Steps in use; 0 means no forecast. 0 to 16, falls back to 0.
    rw ForecastCount(forecast_count): u16 =
        unsigned("forecast_count", 17157, 1).limits(0, 16).settle_ms(500).bad_write(3).group("forecast")
        .setpoint().fail_safe(0).conditional().condition("capabilities.forecast").on_demand();
    /// Age from which the window is not used any more, counted from its write. 0.1 s to 3600 s, falls back to
    /// "not available".
    rw ForecastMaxAge(forecast_max_age): units::Seconds =
        unsigned("forecast_max_age", 17158, 1).scale(1, 10).limits(1, 36000).not_available(65535)
        .settle_ms(500).bad_write(3).group("forecast").setpoint().fail_safe(65535).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected error of the forecast, one standard deviation in percent of the load. 0 % to 100 %, falls
    /// back to "not available".
    rw ForecastError(forecast_error): units::Percent =
        unsigned("forecast_error", 17159, 1).scale(1, 10).limits(0, 1000).not_available(65535).settle_ms(500)
        .bad_write(3).group("forecast").setpoint().fail_safe(65535).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 1. 0 W to 1000000 W, falls back to "not available".
    rw Forecast1(forecast_1): units::Watts =
        unsigned("forecast_1", 17160, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 2. 0 W to 1000000 W, falls back to "not available".
    rw Forecast2(forecast_2): units::Watts =
        unsigned("forecast_2", 17162, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 3. 0 W to 1000000 W, falls back to "not available".
    rw Forecast3(forecast_3): units::Watts =
        unsigned("forecast_3", 17164, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 4. 0 W to 1000000 W, falls back to "not available".
    rw Forecast4(forecast_4): units::Watts =
        unsigned("forecast_4", 17166, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 5. 0 W to 1000000 W, falls back to "not available".
    rw Forecast5(forecast_5): units::Watts =
        unsigned("forecast_5", 17168, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 6. 0 W to 1000000 W, falls back to "not available".
    rw Forecast6(forecast_6): units::Watts =
        unsigned("forecast_6", 17170, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 7. 0 W to 1000000 W, falls back to "not available".
    rw Forecast7(forecast_7): units::Watts =
        unsigned("forecast_7", 17172, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 8. 0 W to 1000000 W, falls back to "not available".
    rw Forecast8(forecast_8): units::Watts =
        unsigned("forecast_8", 17174, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 9. 0 W to 1000000 W, falls back to "not available".
    rw Forecast9(forecast_9): units::Watts =
        unsigned("forecast_9", 17176, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 10. 0 W to 1000000 W, falls back to "not available".
    rw Forecast10(forecast_10): units::Watts =
        unsigned("forecast_10", 17178, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 11. 0 W to 1000000 W, falls back to "not available".
    rw Forecast11(forecast_11): units::Watts =
        unsigned("forecast_11", 17180, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 12. 0 W to 1000000 W, falls back to "not available".
    rw Forecast12(forecast_12): units::Watts =
        unsigned("forecast_12", 17182, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 13. 0 W to 1000000 W, falls back to "not available".
    rw Forecast13(forecast_13): units::Watts =
        unsigned("forecast_13", 17184, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 14. 0 W to 1000000 W, falls back to "not available".
    rw Forecast14(forecast_14): units::Watts =
        unsigned("forecast_14", 17186, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 15. 0 W to 1000000 W, falls back to "not available".
    rw Forecast15(forecast_15): units::Watts =
        unsigned("forecast_15", 17188, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Expected mean load on the bus in step 16. 0 W to 1000000 W, falls back to "not available".
    rw Forecast16(forecast_16): units::Watts =
        unsigned("forecast_16", 17190, 2).limits(0, 1000000).not_available(4294967295).settle_ms(500)
        .bad_write(3).group("forecast").partial_words().setpoint().fail_safe(4294967295).conditional()
        .condition("capabilities.forecast").on_demand();
    /// Whether the window is used.
    ro ForecastState(forecast_state): ForecastState =
        symbol("forecast_state", 17216, 1).conditional().condition("capabilities.forecast").fast();
    /// Age of the window.
    ro ForecastAge(forecast_age): units::Seconds =
        unsigned("forecast_age", 17218, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.forecast").fast();
    /// Number of the newest event; 0 if there is none.
    ro EventNewest(event_newest): u32 =
        unsigned("event_newest", 17408, 2).partial_words().conditional().condition("capabilities.event_log")
        .fast();
    /// Number of the oldest event that is kept; 0 if there is none.
    ro EventOldest(event_oldest): u32 =
        unsigned("event_oldest", 17410, 2).partial_words().conditional().condition("capabilities.event_log")
        .fast();
    /// The records end with this event; not available means the newest. 1 to 4294967294.
    rw EventUntil(event_until): u32 =
        unsigned("event_until", 17412, 2).limits(1, 4294967294).not_available(4294967295).settle_ms(500)
        .bad_write(3).partial_words().conditional().condition("capabilities.event_log").on_demand();
    /// Records that are filled.
    ro EventRecords(event_records): u16 =
        unsigned("event_records", 17414, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 1 (the newest): number of the event; 0 means no record.
    ro Event1Sequence(event_1_sequence): u32 =
        unsigned("event_1_sequence", 17416, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 1 (the newest): Unix time of the event, UTC; of a sag, of its beginning.
    ro Event1Time(event_1_time): units::Seconds =
        unsigned("event_1_time", 17418, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 1 (the newest): what happened.
    ro Event1Kind(event_1_kind): Event1Kind =
        symbol("event_1_kind", 17422, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 1 (the newest): what it is about.
    ro Event1Subject(event_1_subject): Event1Subject =
        symbol("event_1_subject", 17423, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 1 (the newest): slot of the device it is about.
    ro Event1Slot(event_1_slot): u16 =
        unsigned("event_1_slot", 17424, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 1 (the newest): phases concerned, and how bad it is.
    ro Event1Flags(event_1_flags): Event1Flags =
        flags("event_1_flags", 17425, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 1 (the newest): lowest voltage in p.u. (of a swell, the highest).
    ro Event1Voltage(event_1_voltage): units::Ratio =
        unsigned("event_1_voltage", 17426, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 1 (the newest): duration.
    ro Event1Duration(event_1_duration): units::Seconds =
        unsigned("event_1_duration", 17428, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 1 (the newest): energy that the battery units gave.
    ro Event1Energy(event_1_energy): units::Joules =
        unsigned("event_1_energy", 17430, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 1 (the newest): how the shelf did against the curve in force.
    ro Event1Verdict(event_1_verdict): Event1Verdict =
        symbol("event_1_verdict", 17432, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 2: number of the event; 0 means no record.
    ro Event2Sequence(event_2_sequence): u32 =
        unsigned("event_2_sequence", 17434, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 2: Unix time of the event, UTC; of a sag, of its beginning.
    ro Event2Time(event_2_time): units::Seconds =
        unsigned("event_2_time", 17436, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 2: what happened.
    ro Event2Kind(event_2_kind): Event2Kind =
        symbol("event_2_kind", 17440, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 2: what it is about.
    ro Event2Subject(event_2_subject): Event2Subject =
        symbol("event_2_subject", 17441, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 2: slot of the device it is about.
    ro Event2Slot(event_2_slot): u16 =
        unsigned("event_2_slot", 17442, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 2: phases concerned, and how bad it is.
    ro Event2Flags(event_2_flags): Event2Flags =
        flags("event_2_flags", 17443, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 2: lowest voltage in p.u. (of a swell, the highest).
    ro Event2Voltage(event_2_voltage): units::Ratio =
        unsigned("event_2_voltage", 17444, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 2: duration.
    ro Event2Duration(event_2_duration): units::Seconds =
        unsigned("event_2_duration", 17446, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 2: energy that the battery units gave.
    ro Event2Energy(event_2_energy): units::Joules =
        unsigned("event_2_energy", 17448, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 2: how the shelf did against the curve in force.
    ro Event2Verdict(event_2_verdict): Event2Verdict =
        symbol("event_2_verdict", 17450, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 3: number of the event; 0 means no record.
    ro Event3Sequence(event_3_sequence): u32 =
        unsigned("event_3_sequence", 17452, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 3: Unix time of the event, UTC; of a sag, of its beginning.
    ro Event3Time(event_3_time): units::Seconds =
        unsigned("event_3_time", 17454, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 3: what happened.
    ro Event3Kind(event_3_kind): Event3Kind =
        symbol("event_3_kind", 17458, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 3: what it is about.
    ro Event3Subject(event_3_subject): Event3Subject =
        symbol("event_3_subject", 17459, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 3: slot of the device it is about.
    ro Event3Slot(event_3_slot): u16 =
        unsigned("event_3_slot", 17460, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 3: phases concerned, and how bad it is.
    ro Event3Flags(event_3_flags): Event3Flags =
        flags("event_3_flags", 17461, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 3: lowest voltage in p.u. (of a swell, the highest).
    ro Event3Voltage(event_3_voltage): units::Ratio =
        unsigned("event_3_voltage", 17462, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 3: duration.
    ro Event3Duration(event_3_duration): units::Seconds =
        unsigned("event_3_duration", 17464, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 3: energy that the battery units gave.
    ro Event3Energy(event_3_energy): units::Joules =
        unsigned("event_3_energy", 17466, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 3: how the shelf did against the curve in force.
    ro Event3Verdict(event_3_verdict): Event3Verdict =
        symbol("event_3_verdict", 17468, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 4: number of the event; 0 means no record.
    ro Event4Sequence(event_4_sequence): u32 =
        unsigned("event_4_sequence", 17470, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 4: Unix time of the event, UTC; of a sag, of its beginning.
    ro Event4Time(event_4_time): units::Seconds =
        unsigned("event_4_time", 17472, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 4: what happened.
    ro Event4Kind(event_4_kind): Event4Kind =
        symbol("event_4_kind", 17476, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 4: what it is about.
    ro Event4Subject(event_4_subject): Event4Subject =
        symbol("event_4_subject", 17477, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 4: slot of the device it is about.
    ro Event4Slot(event_4_slot): u16 =
        unsigned("event_4_slot", 17478, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 4: phases concerned, and how bad it is.
    ro Event4Flags(event_4_flags): Event4Flags =
        flags("event_4_flags", 17479, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 4: lowest voltage in p.u. (of a swell, the highest).
    ro Event4Voltage(event_4_voltage): units::Ratio =
        unsigned("event_4_voltage", 17480, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 4: duration.
    ro Event4Duration(event_4_duration): units::Seconds =
        unsigned("event_4_duration", 17482, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 4: energy that the battery units gave.
    ro Event4Energy(event_4_energy): units::Joules =
        unsigned("event_4_energy", 17484, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 4: how the shelf did against the curve in force.
    ro Event4Verdict(event_4_verdict): Event4Verdict =
        symbol("event_4_verdict", 17486, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 5: number of the event; 0 means no record.
    ro Event5Sequence(event_5_sequence): u32 =
        unsigned("event_5_sequence", 17488, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 5: Unix time of the event, UTC; of a sag, of its beginning.
    ro Event5Time(event_5_time): units::Seconds =
        unsigned("event_5_time", 17490, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 5: what happened.
    ro Event5Kind(event_5_kind): Event5Kind =
        symbol("event_5_kind", 17494, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 5: what it is about.
    ro Event5Subject(event_5_subject): Event5Subject =
        symbol("event_5_subject", 17495, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 5: slot of the device it is about.
    ro Event5Slot(event_5_slot): u16 =
        unsigned("event_5_slot", 17496, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 5: phases concerned, and how bad it is.
    ro Event5Flags(event_5_flags): Event5Flags =
        flags("event_5_flags", 17497, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 5: lowest voltage in p.u. (of a swell, the highest).
    ro Event5Voltage(event_5_voltage): units::Ratio =
        unsigned("event_5_voltage", 17498, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 5: duration.
    ro Event5Duration(event_5_duration): units::Seconds =
        unsigned("event_5_duration", 17500, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 5: energy that the battery units gave.
    ro Event5Energy(event_5_energy): units::Joules =
        unsigned("event_5_energy", 17502, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 5: how the shelf did against the curve in force.
    ro Event5Verdict(event_5_verdict): Event5Verdict =
        symbol("event_5_verdict", 17504, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 6: number of the event; 0 means no record.
    ro Event6Sequence(event_6_sequence): u32 =
        unsigned("event_6_sequence", 17506, 2).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 6: Unix time of the event, UTC; of a sag, of its beginning.
    ro Event6Time(event_6_time): units::Seconds =
        unsigned("event_6_time", 17508, 4).scale(1, 1000).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 6: what happened.
    ro Event6Kind(event_6_kind): Event6Kind =
        symbol("event_6_kind", 17512, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 6: what it is about.
    ro Event6Subject(event_6_subject): Event6Subject =
        symbol("event_6_subject", 17513, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 6: slot of the device it is about.
    ro Event6Slot(event_6_slot): u16 =
        unsigned("event_6_slot", 17514, 1).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 6: phases concerned, and how bad it is.
    ro Event6Flags(event_6_flags): Event6Flags =
        flags("event_6_flags", 17515, 1).conditional().condition("capabilities.event_log").fast();
    /// Record 6: lowest voltage in p.u. (of a swell, the highest).
    ro Event6Voltage(event_6_voltage): units::Ratio =
        unsigned("event_6_voltage", 17516, 1).scale(1, 1000).not_available(65535).conditional()
        .condition("capabilities.event_log").fast();
    /// Record 6: duration.
    ro Event6Duration(event_6_duration): units::Seconds =
        unsigned("event_6_duration", 17518, 2).scale(1, 1000).not_available(4294967295).partial_words()
        .conditional().condition("capabilities.event_log").fast();
    /// Record 6: energy that the battery units gave.
    ro Event6Energy(event_6_energy): units::Joules =
        unsigned("event_6_energy", 17520, 2).not_available(4294967295).partial_words().conditional()
        .condition("capabilities.event_log").fast();
    /// Record 6: how the shelf did against the curve in force.
    ro Event6Verdict(event_6_verdict): Event6Verdict =
        symbol("event_6_verdict", 17522, 1).conditional().condition("capabilities.event_log").fast();
}
