// Written by `dpo registers generate` from maps/dpo-pmbus.json. Do not edit: change the map.

//! DPO command set of the power monitoring interface: command set `dpo-pmbus` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, pmbus, units};
#[allow(unused_imports)]
use super::dpo_pmi::reg;

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-pmbus.json");

/// What the map says of the device.
pub static SET: pmbus::CommandSet = pmbus::CommandSet {
    id: "dpo-pmbus",
    title: "DPO command set of the power monitoring interface",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(16, 23)],
    clock_hz_max: 400000,
    pec: pmbus::PecUse::Required,
    max_block: 80,
    pages: 1,
    commands: &COMMANDS,
    hazards: &[],
};

crate::pmbus_flags! {
    /// Flags of `capability`: What the bus interface of the device can do.
    Capability: u8 {
        /// AVSBus is supported.
        AVSBUS("avsbus", "AVSBUS", 2),
        /// Numbers are IEEE half precision instead of LINEAR or DIRECT.
        IEEE_HALF("ieee_half", "IEEE_HALF", 3),
        /// SMBALERT# and the alert response are supported.
        SMBALERT("smbalert", "SMBALERT", 4),
        /// Fastest clock: 0 is 100 kHz, 1 is 400 kHz, 2 is 1 MHz.
        SPEED("speed", "SPEED", 5, 2),
        /// Packet error codes are supported.
        PEC("pec", "PEC", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_cml`: Faults of communication, memory and logic.
    StatusCml: u8 {
        OTHER_MEMORY_OR_LOGIC("other_memory_or_logic", "OTHER_MEMORY_OR_LOGIC", 0),
        OTHER_COMMUNICATION("other_communication", "OTHER_COMMUNICATION", 1),
        PROCESSOR("processor", "PROCESSOR", 3),
        MEMORY("memory", "MEMORY", 4),
        /// A packet error code did not fit.
        PEC("pec", "PEC", 5),
        /// Data that the device does not support.
        INVALID_DATA("invalid_data", "INVALID_DATA", 6),
        /// A command that the device does not support.
        INVALID_COMMAND("invalid_command", "INVALID_COMMAND", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `pmbus_revision`: Revisions of the specification that the device follows.
    PmbusRevision: u8 {
        /// 0 is 1.0, 1 is 1.1, 2 is 1.2, 3 is 1.3.
        PART_II("part_ii", "PART_II", 0, 4),
        /// As PART_II.
        PART_I("part_i", "PART_I", 4, 4),
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_identity`: Which block it is, what the gateway can do, and what is in the shelf.
    DpoIdentity: 26 {
        block_magic[0..4] = register reg::BlockMagic;
        map_version_major[4..6] = register reg::MapVersionMajor;
        map_version_minor[6..8] = register reg::MapVersionMinor;
        block_words[8..10] = register reg::BlockWords;
        capabilities[10..14] = register reg::Capabilities;
        psu_slots[14..16] = register reg::PsuSlots;
        bbu_slots[16..18] = register reg::BbuSlots;
        psus_present[18..20] = register reg::PsusPresent;
        bbus_present[20..22] = register reg::BbusPresent;
        rated_power[22..26] = register reg::RatedPower;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_lease`: Takes or renews the lease of the writer.
    DpoLease: 6 {
        lease_token[0..4] = register reg::LeaseToken;
        lease_duration[4..6] = register reg::LeaseDuration;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_lease_status`: Who holds the lease, and for how long still.
    DpoLeaseStatus: 6 {
        lease_holder[0..2] = register reg::LeaseHolder;
        lease_remaining[2..6] = register reg::LeaseRemaining;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_input_power_limit`: Limit of the input power of the shelf, in force at once.
    DpoInputPowerLimit: 4 {
        input_power_limit[0..4] = register reg::InputPowerLimit;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_bbu_discharge`: Power asked of the battery units, in force at once.
    DpoBbuDischarge: 4 {
        bbu_discharge[0..4] = register reg::BbuDischarge;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_setpoint_status`: What is in force of the setpoints written at once, and what they may
    /// be.
    DpoSetpointStatus: 22 {
        input_power_limit_applied[0..4] = register reg::InputPowerLimitApplied;
        input_power_limit_min[4..8] = register reg::InputPowerLimitMin;
        input_power_limit_max[8..12] = register reg::InputPowerLimitMax;
        bbu_discharge_applied[12..16] = register reg::BbuDischargeApplied;
        bbu_discharge_max[16..20] = register reg::BbuDischargeMax;
        setpoint_result[20..22] = register reg::SetpointResult;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_time`: Time of the gateway, and where it has it from.
    DpoTime: 10 {
        time[0..8] = register reg::Time;
        time_source[8..10] = register reg::TimeSource;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_time_set`: Sets the time of the gateway.
    DpoTimeSet: 4 {
        time_set[0..4] = register reg::TimeSet;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_measurements`: Input, output, bus and battery of the shelf.
    DpoMeasurements: 28 {
        input_voltage[0..2] = register reg::InputVoltage;
        input_frequency[2..4] = register reg::InputFrequency;
        input_power[4..8] = register reg::InputPower;
        output_power[8..12] = register reg::OutputPower;
        bus_voltage[12..14] = register reg::BusVoltage;
        state_of_charge[14..16] = register reg::StateOfCharge;
        battery_power[16..20] = register reg::BatteryPower;
        stored_energy[20..24] = register reg::StoredEnergy;
        time_left[24..28] = register reg::TimeLeft;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_state`: State of the shelf, and how fresh what is shown is.
    DpoState: 22 {
        state[0..2] = register reg::State;
        uptime[2..6] = register reg::Uptime;
        snapshot_sequence[6..10] = register reg::SnapshotSequence;
        snapshot_age[10..14] = register reg::SnapshotAge;
        state_elapsed[14..18] = register reg::StateElapsed;
        state_cause[18..20] = register reg::StateCause;
        state_before[20..22] = register reg::StateBefore;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_counters_bus`: Counters of polls, devices, writes and fall-backs.
    DpoCountersBus: 28 {
        polls[0..4] = register reg::Polls;
        bus_errors[4..8] = register reg::BusErrors;
        devices_lost[8..12] = register reg::DevicesLost;
        devices_returned[12..16] = register reg::DevicesReturned;
        writes_refused[16..20] = register reg::WritesRefused;
        setpoints_applied[20..24] = register reg::SetpointsApplied;
        fail_safes[24..28] = register reg::FailSafes;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_counters_control`: Counters of leases, sags, events and commits.
    DpoCountersControl: 24 {
        lease_grants[0..4] = register reg::LeaseGrants;
        lease_expiries[4..8] = register reg::LeaseExpiries;
        sags[8..12] = register reg::Sags;
        events[12..16] = register reg::Events;
        commits_applied[16..20] = register reg::CommitsApplied;
        commits_refused[20..24] = register reg::CommitsRefused;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_counters_sags`: Counters of how sags ended, and the energy that it took.
    DpoCountersSags: 32 {
        sags_ridden[0..4] = register reg::SagsRidden;
        sags_beyond[4..8] = register reg::SagsBeyond;
        sags_failed[8..12] = register reg::SagsFailed;
        recoveries_late[12..16] = register reg::RecoveriesLate;
        support_energy[16..24] = register reg::SupportEnergy;
        recharge_energy[24..32] = register reg::RechargeEnergy;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_ac`: Line voltages and currents of the last half cycle.
    DpoAc: 32 {
        ac_phases[0..2] = register reg::AcPhases;
        ac_connection[2..4] = register reg::AcConnection;
        ac_nominal_voltage[4..6] = register reg::AcNominalVoltage;
        ac_nominal_frequency[6..8] = register reg::AcNominalFrequency;
        ac_half_cycles[8..12] = register reg::AcHalfCycles;
        ac_time[12..20] = register reg::AcTime;
        ac_rms_l1[20..22] = register reg::AcRmsL1;
        ac_rms_l2[22..24] = register reg::AcRmsL2;
        ac_rms_l3[24..26] = register reg::AcRmsL3;
        ac_current_l1[26..28] = register reg::AcCurrentL1;
        ac_current_l2[28..30] = register reg::AcCurrentL2;
        ac_current_l3[30..32] = register reg::AcCurrentL3;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_ac_extremes`: Frequency, and the extremes of the line voltages.
    DpoAcExtremes: 20 {
        ac_frequency[0..2] = register reg::AcFrequency;
        ac_rocof[2..4] = register reg::AcRocof;
        ac_rms_min_l1[4..6] = register reg::AcRmsMinL1;
        ac_rms_min_l2[6..8] = register reg::AcRmsMinL2;
        ac_rms_min_l3[8..10] = register reg::AcRmsMinL3;
        ac_rms_max_l1[10..12] = register reg::AcRmsMaxL1;
        ac_rms_max_l2[12..14] = register reg::AcRmsMaxL2;
        ac_rms_max_l3[14..16] = register reg::AcRmsMaxL3;
        ac_seconds[16..20] = register reg::AcSeconds;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_deliverable`: Power that the batteries can deliver, and for how long.
    DpoDeliverable: 22 {
        deliverable_power[0..4] = register reg::DeliverablePower;
        deliverable_time[4..8] = register reg::DeliverableTime;
        deliverable_energy[8..12] = register reg::DeliverableEnergy;
        deliverable_peak_power[12..16] = register reg::DeliverablePeakPower;
        deliverable_peak_time[16..20] = register reg::DeliverablePeakTime;
        reserve_charge[20..22] = register reg::ReserveCharge;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_setpoints`: Setpoints that the next commit puts into force.
    DpoShadowSetpoints: 14 {
        shadow_input_power_limit[0..4] = register reg::ShadowInputPowerLimit;
        shadow_bbu_discharge[4..8] = register reg::ShadowBbuDischarge;
        shadow_bbu_charge[8..12] = register reg::ShadowBbuCharge;
        shadow_bus_voltage[12..14] = register reg::ShadowBusVoltage;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_curve`: Support curve that the next commit puts into force.
    DpoShadowCurve: 26 {
        shadow_curve_points[0..2] = register reg::ShadowCurvePoints;
        shadow_curve_1_voltage[2..4] = register reg::ShadowCurve1Voltage;
        shadow_curve_1_share[4..6] = register reg::ShadowCurve1Share;
        shadow_curve_2_voltage[6..8] = register reg::ShadowCurve2Voltage;
        shadow_curve_2_share[8..10] = register reg::ShadowCurve2Share;
        shadow_curve_3_voltage[10..12] = register reg::ShadowCurve3Voltage;
        shadow_curve_3_share[12..14] = register reg::ShadowCurve3Share;
        shadow_curve_4_voltage[14..16] = register reg::ShadowCurve4Voltage;
        shadow_curve_4_share[16..18] = register reg::ShadowCurve4Share;
        shadow_curve_5_voltage[18..20] = register reg::ShadowCurve5Voltage;
        shadow_curve_5_share[20..22] = register reg::ShadowCurve5Share;
        shadow_curve_6_voltage[22..24] = register reg::ShadowCurve6Voltage;
        shadow_curve_6_share[24..26] = register reg::ShadowCurve6Share;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_setpoint_commit`: Puts setpoints and support curve into force as one.
    DpoSetpointCommit: 2 {
        setpoint_commit[0..2] = register reg::SetpointCommit;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_setpoint_commit_status`: What became of the last commit of setpoints.
    DpoSetpointCommitStatus: 6 {
        setpoint_sequence[0..2] = register reg::SetpointSequence;
        setpoint_commit_result[2..4] = register reg::SetpointCommitResult;
        setpoint_commit_fault[4..6] = register reg::SetpointCommitFault;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_setpoints_applied`: What is in force of the committed setpoints, and what they may be.
    DpoSetpointsApplied: 14 {
        bbu_charge_applied[0..4] = register reg::BbuChargeApplied;
        bus_voltage_applied[4..6] = register reg::BusVoltageApplied;
        bbu_charge_max[6..10] = register reg::BbuChargeMax;
        bus_voltage_min[10..12] = register reg::BusVoltageMin;
        bus_voltage_max[12..14] = register reg::BusVoltageMax;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_curve_applied`: Support curve in force.
    DpoCurveApplied: 26 {
        curve_points_applied[0..2] = register reg::CurvePointsApplied;
        curve_1_voltage_applied[2..4] = register reg::Curve1VoltageApplied;
        curve_1_share_applied[4..6] = register reg::Curve1ShareApplied;
        curve_2_voltage_applied[6..8] = register reg::Curve2VoltageApplied;
        curve_2_share_applied[8..10] = register reg::Curve2ShareApplied;
        curve_3_voltage_applied[10..12] = register reg::Curve3VoltageApplied;
        curve_3_share_applied[12..14] = register reg::Curve3ShareApplied;
        curve_4_voltage_applied[14..16] = register reg::Curve4VoltageApplied;
        curve_4_share_applied[16..18] = register reg::Curve4ShareApplied;
        curve_5_voltage_applied[18..20] = register reg::Curve5VoltageApplied;
        curve_5_share_applied[20..22] = register reg::Curve5ShareApplied;
        curve_6_voltage_applied[22..24] = register reg::Curve6VoltageApplied;
        curve_6_share_applied[24..26] = register reg::Curve6ShareApplied;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_vrt_low`: Voltage ride-through, low side, for the next commit.
    DpoShadowVrtLow: 32 {
        shadow_vrt_curve[0..2] = register reg::ShadowVrtCurve;
        shadow_vrt_basis[2..4] = register reg::ShadowVrtBasis;
        shadow_vrt_low_points[4..6] = register reg::ShadowVrtLowPoints;
        shadow_vrt_high_points[6..8] = register reg::ShadowVrtHighPoints;
        shadow_vrt_low_1_voltage[8..10] = register reg::ShadowVrtLow1Voltage;
        shadow_vrt_low_1_time[10..12] = register reg::ShadowVrtLow1Time;
        shadow_vrt_low_2_voltage[12..14] = register reg::ShadowVrtLow2Voltage;
        shadow_vrt_low_2_time[14..16] = register reg::ShadowVrtLow2Time;
        shadow_vrt_low_3_voltage[16..18] = register reg::ShadowVrtLow3Voltage;
        shadow_vrt_low_3_time[18..20] = register reg::ShadowVrtLow3Time;
        shadow_vrt_low_4_voltage[20..22] = register reg::ShadowVrtLow4Voltage;
        shadow_vrt_low_4_time[22..24] = register reg::ShadowVrtLow4Time;
        shadow_vrt_low_5_voltage[24..26] = register reg::ShadowVrtLow5Voltage;
        shadow_vrt_low_5_time[26..28] = register reg::ShadowVrtLow5Time;
        shadow_vrt_low_6_voltage[28..30] = register reg::ShadowVrtLow6Voltage;
        shadow_vrt_low_6_time[30..32] = register reg::ShadowVrtLow6Time;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_vrt_high`: Voltage ride-through, high side, for the next commit.
    DpoShadowVrtHigh: 18 {
        shadow_vrt_high_1_voltage[0..2] = register reg::ShadowVrtHigh1Voltage;
        shadow_vrt_high_1_time[2..4] = register reg::ShadowVrtHigh1Time;
        shadow_vrt_high_2_voltage[4..6] = register reg::ShadowVrtHigh2Voltage;
        shadow_vrt_high_2_time[6..8] = register reg::ShadowVrtHigh2Time;
        shadow_vrt_high_3_voltage[8..10] = register reg::ShadowVrtHigh3Voltage;
        shadow_vrt_high_3_time[10..12] = register reg::ShadowVrtHigh3Time;
        shadow_vrt_high_4_voltage[12..14] = register reg::ShadowVrtHigh4Voltage;
        shadow_vrt_high_4_time[14..16] = register reg::ShadowVrtHigh4Time;
        shadow_sag_current_limit[16..18] = register reg::ShadowSagCurrentLimit;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_recovery`: Recovery and recharge after a sag, for the next commit.
    DpoShadowRecovery: 16 {
        shadow_recovery_target[0..2] = register reg::ShadowRecoveryTarget;
        shadow_recovery_budget[2..4] = register reg::ShadowRecoveryBudget;
        shadow_recovery_voltage[4..6] = register reg::ShadowRecoveryVoltage;
        shadow_recovery_slope[6..10] = register reg::ShadowRecoverySlope;
        shadow_recharge_delay[10..12] = register reg::ShadowRechargeDelay;
        shadow_recharge_limit[12..16] = register reg::ShadowRechargeLimit;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_shadow_ramp`: Ramps and dynamic range, for the next commit.
    DpoShadowRamp: 18 {
        shadow_ramp_up_limit[0..4] = register reg::ShadowRampUpLimit;
        shadow_ramp_down_limit[4..8] = register reg::ShadowRampDownLimit;
        shadow_dynamic_range[8..12] = register reg::ShadowDynamicRange;
        shadow_dynamic_window[12..14] = register reg::ShadowDynamicWindow;
        shadow_dynamic_band_low[14..16] = register reg::ShadowDynamicBandLow;
        shadow_dynamic_band_high[16..18] = register reg::ShadowDynamicBandHigh;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_policy_commit`: Puts the policy into force as one.
    DpoPolicyCommit: 2 {
        policy_commit[0..2] = register reg::PolicyCommit;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_policy_commit_status`: What became of the last commit of the policy.
    DpoPolicyCommitStatus: 6 {
        policy_sequence[0..2] = register reg::PolicySequence;
        policy_commit_result[2..4] = register reg::PolicyCommitResult;
        policy_commit_fault[4..6] = register reg::PolicyCommitFault;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_vrt_low_applied`: Voltage ride-through in force, low side.
    DpoVrtLowApplied: 32 {
        vrt_curve_applied[0..2] = register reg::VrtCurveApplied;
        vrt_basis_applied[2..4] = register reg::VrtBasisApplied;
        vrt_low_points_applied[4..6] = register reg::VrtLowPointsApplied;
        vrt_high_points_applied[6..8] = register reg::VrtHighPointsApplied;
        vrt_low_1_voltage_applied[8..10] = register reg::VrtLow1VoltageApplied;
        vrt_low_1_time_applied[10..12] = register reg::VrtLow1TimeApplied;
        vrt_low_2_voltage_applied[12..14] = register reg::VrtLow2VoltageApplied;
        vrt_low_2_time_applied[14..16] = register reg::VrtLow2TimeApplied;
        vrt_low_3_voltage_applied[16..18] = register reg::VrtLow3VoltageApplied;
        vrt_low_3_time_applied[18..20] = register reg::VrtLow3TimeApplied;
        vrt_low_4_voltage_applied[20..22] = register reg::VrtLow4VoltageApplied;
        vrt_low_4_time_applied[22..24] = register reg::VrtLow4TimeApplied;
        vrt_low_5_voltage_applied[24..26] = register reg::VrtLow5VoltageApplied;
        vrt_low_5_time_applied[26..28] = register reg::VrtLow5TimeApplied;
        vrt_low_6_voltage_applied[28..30] = register reg::VrtLow6VoltageApplied;
        vrt_low_6_time_applied[30..32] = register reg::VrtLow6TimeApplied;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_vrt_high_applied`: Voltage ride-through in force, high side.
    DpoVrtHighApplied: 18 {
        vrt_high_1_voltage_applied[0..2] = register reg::VrtHigh1VoltageApplied;
        vrt_high_1_time_applied[2..4] = register reg::VrtHigh1TimeApplied;
        vrt_high_2_voltage_applied[4..6] = register reg::VrtHigh2VoltageApplied;
        vrt_high_2_time_applied[6..8] = register reg::VrtHigh2TimeApplied;
        vrt_high_3_voltage_applied[8..10] = register reg::VrtHigh3VoltageApplied;
        vrt_high_3_time_applied[10..12] = register reg::VrtHigh3TimeApplied;
        vrt_high_4_voltage_applied[12..14] = register reg::VrtHigh4VoltageApplied;
        vrt_high_4_time_applied[14..16] = register reg::VrtHigh4TimeApplied;
        sag_current_limit_applied[16..18] = register reg::SagCurrentLimitApplied;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_recovery_applied`: Recovery and recharge in force.
    DpoRecoveryApplied: 16 {
        recovery_target_applied[0..2] = register reg::RecoveryTargetApplied;
        recovery_budget_applied[2..4] = register reg::RecoveryBudgetApplied;
        recovery_voltage_applied[4..6] = register reg::RecoveryVoltageApplied;
        recovery_slope_applied[6..10] = register reg::RecoverySlopeApplied;
        recharge_delay_applied[10..12] = register reg::RechargeDelayApplied;
        recharge_limit_applied[12..16] = register reg::RechargeLimitApplied;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_ramp_applied`: Ramps and dynamic range in force.
    DpoRampApplied: 18 {
        ramp_up_limit_applied[0..4] = register reg::RampUpLimitApplied;
        ramp_down_limit_applied[4..8] = register reg::RampDownLimitApplied;
        dynamic_range_applied[8..12] = register reg::DynamicRangeApplied;
        dynamic_window_applied[12..14] = register reg::DynamicWindowApplied;
        dynamic_band_low_applied[14..16] = register reg::DynamicBandLowApplied;
        dynamic_band_high_applied[16..18] = register reg::DynamicBandHighApplied;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_forecast`: Forecast of the load: one write, one forecast.
    DpoForecast: 80 {
        forecast_start[0..8] = register reg::ForecastStart;
        forecast_step[8..10] = register reg::ForecastStep;
        forecast_count[10..12] = register reg::ForecastCount;
        forecast_max_age[12..14] = register reg::ForecastMaxAge;
        forecast_error[14..16] = register reg::ForecastError;
        forecast_1[16..20] = register reg::Forecast1;
        forecast_2[20..24] = register reg::Forecast2;
        forecast_3[24..28] = register reg::Forecast3;
        forecast_4[28..32] = register reg::Forecast4;
        forecast_5[32..36] = register reg::Forecast5;
        forecast_6[36..40] = register reg::Forecast6;
        forecast_7[40..44] = register reg::Forecast7;
        forecast_8[44..48] = register reg::Forecast8;
        forecast_9[48..52] = register reg::Forecast9;
        forecast_10[52..56] = register reg::Forecast10;
        forecast_11[56..60] = register reg::Forecast11;
        forecast_12[60..64] = register reg::Forecast12;
        forecast_13[64..68] = register reg::Forecast13;
        forecast_14[68..72] = register reg::Forecast14;
        forecast_15[72..76] = register reg::Forecast15;
        forecast_16[76..80] = register reg::Forecast16;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_forecast_status`: State and age of the forecast.
    DpoForecastStatus: 6 {
        forecast_state[0..2] = register reg::ForecastState;
        forecast_age[2..6] = register reg::ForecastAge;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_log`: Which events the log holds.
    DpoEventLog: 10 {
        event_newest[0..4] = register reg::EventNewest;
        event_oldest[4..8] = register reg::EventOldest;
        event_records[8..10] = register reg::EventRecords;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_until`: Pages back in the log: the newest event to show.
    DpoEventUntil: 4 {
        event_until[0..4] = register reg::EventUntil;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_1`: Event 1 of those shown, the newest first.
    DpoEvent1: 32 {
        event_1_sequence[0..4] = register reg::Event1Sequence;
        event_1_time[4..12] = register reg::Event1Time;
        event_1_kind[12..14] = register reg::Event1Kind;
        event_1_subject[14..16] = register reg::Event1Subject;
        event_1_slot[16..18] = register reg::Event1Slot;
        event_1_flags[18..20] = register reg::Event1Flags;
        event_1_voltage[20..22] = register reg::Event1Voltage;
        event_1_duration[22..26] = register reg::Event1Duration;
        event_1_energy[26..30] = register reg::Event1Energy;
        event_1_verdict[30..32] = register reg::Event1Verdict;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_2`: Event 2 of those shown, the newest first.
    DpoEvent2: 32 {
        event_2_sequence[0..4] = register reg::Event2Sequence;
        event_2_time[4..12] = register reg::Event2Time;
        event_2_kind[12..14] = register reg::Event2Kind;
        event_2_subject[14..16] = register reg::Event2Subject;
        event_2_slot[16..18] = register reg::Event2Slot;
        event_2_flags[18..20] = register reg::Event2Flags;
        event_2_voltage[20..22] = register reg::Event2Voltage;
        event_2_duration[22..26] = register reg::Event2Duration;
        event_2_energy[26..30] = register reg::Event2Energy;
        event_2_verdict[30..32] = register reg::Event2Verdict;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_3`: Event 3 of those shown, the newest first.
    DpoEvent3: 32 {
        event_3_sequence[0..4] = register reg::Event3Sequence;
        event_3_time[4..12] = register reg::Event3Time;
        event_3_kind[12..14] = register reg::Event3Kind;
        event_3_subject[14..16] = register reg::Event3Subject;
        event_3_slot[16..18] = register reg::Event3Slot;
        event_3_flags[18..20] = register reg::Event3Flags;
        event_3_voltage[20..22] = register reg::Event3Voltage;
        event_3_duration[22..26] = register reg::Event3Duration;
        event_3_energy[26..30] = register reg::Event3Energy;
        event_3_verdict[30..32] = register reg::Event3Verdict;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_4`: Event 4 of those shown, the newest first.
    DpoEvent4: 32 {
        event_4_sequence[0..4] = register reg::Event4Sequence;
        event_4_time[4..12] = register reg::Event4Time;
        event_4_kind[12..14] = register reg::Event4Kind;
        event_4_subject[14..16] = register reg::Event4Subject;
        event_4_slot[16..18] = register reg::Event4Slot;
        event_4_flags[18..20] = register reg::Event4Flags;
        event_4_voltage[20..22] = register reg::Event4Voltage;
        event_4_duration[22..26] = register reg::Event4Duration;
        event_4_energy[26..30] = register reg::Event4Energy;
        event_4_verdict[30..32] = register reg::Event4Verdict;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_5`: Event 5 of those shown, the newest first.
    DpoEvent5: 32 {
        event_5_sequence[0..4] = register reg::Event5Sequence;
        event_5_time[4..12] = register reg::Event5Time;
        event_5_kind[12..14] = register reg::Event5Kind;
        event_5_subject[14..16] = register reg::Event5Subject;
        event_5_slot[16..18] = register reg::Event5Slot;
        event_5_flags[18..20] = register reg::Event5Flags;
        event_5_voltage[20..22] = register reg::Event5Voltage;
        event_5_duration[22..26] = register reg::Event5Duration;
        event_5_energy[26..30] = register reg::Event5Energy;
        event_5_verdict[30..32] = register reg::Event5Verdict;
    }
}

crate::pmbus_block! {
    /// Fields of `dpo_event_6`: Event 6 of those shown, the newest first.
    DpoEvent6: 32 {
        event_6_sequence[0..4] = register reg::Event6Sequence;
        event_6_time[4..12] = register reg::Event6Time;
        event_6_kind[12..14] = register reg::Event6Kind;
        event_6_subject[14..16] = register reg::Event6Subject;
        event_6_slot[16..18] = register reg::Event6Slot;
        event_6_flags[18..20] = register reg::Event6Flags;
        event_6_voltage[20..22] = register reg::Event6Voltage;
        event_6_duration[22..26] = register reg::Event6Duration;
        event_6_energy[26..30] = register reg::Event6Energy;
        event_6_verdict[30..32] = register reg::Event6Verdict;
    }
}

crate::pmbus_commands! {
    /// Clears all bits of all status commands and releases SMBALERT#.
    command ClearFaults(clear_faults): () = none("CLEAR_FAULTS", 0x03).send().cosmetic().on_demand();
    /// What the bus interface of the device can do.
    ro Capability(capability): Capability = flags("CAPABILITY", 0x19).byte().once();
    /// Faults of communication, memory and logic.
    w1c StatusCml(status_cml): StatusCml = flags("STATUS_CML", 0x7E).byte().cosmetic().fast();
    /// Revisions of the specification that the device follows.
    ro PmbusRevision(pmbus_revision): PmbusRevision = flags("PMBUS_REVISION", 0x98).byte().inferred().once();
    /// Name of the maker.
    ro MfrId(mfr_id): codec::Text<32> = ascii("MFR_ID", 0x99).block(1, 32).once();
    /// Model.
    ro MfrModel(mfr_model): codec::Text<32> = ascii("MFR_MODEL", 0x9A).block(1, 32).once();
    /// Revision.
    ro MfrRevision(mfr_revision): codec::Text<32> = ascii("MFR_REVISION", 0x9B).block(1, 32).once();
    /// Serial number.
    ro MfrSerial(mfr_serial): codec::Text<32> = ascii("MFR_SERIAL", 0x9E).block(1, 32).once();
    /// Which block it is, what the gateway can do, and what is in the shelf.
    ro DpoIdentity(dpo_identity): DpoIdentity = fields_of("DPO_IDENTITY", 0xD0).block(26, 26).slow();
    /// Takes or renews the lease of the writer.
    rw DpoLease(dpo_lease): DpoLease = fields_of("DPO_LEASE", 0xD1).block(6, 6).settle_ms(500).on_demand();
    /// Who holds the lease, and for how long still.
    ro DpoLeaseStatus(dpo_lease_status): DpoLeaseStatus =
        fields_of("DPO_LEASE_STATUS", 0xD2).block(6, 6).fast();
    /// Limit of the input power of the shelf, in force at once.
    rw DpoInputPowerLimit(dpo_input_power_limit): DpoInputPowerLimit =
        fields_of("DPO_INPUT_POWER_LIMIT", 0xD3).block(4, 4).settle_ms(500).setpoint().conditional()
        .condition("DPO_INPUT_POWER_LIMIT").fast();
    /// Power asked of the battery units, in force at once.
    rw DpoBbuDischarge(dpo_bbu_discharge): DpoBbuDischarge =
        fields_of("DPO_BBU_DISCHARGE", 0xD4).block(4, 4).settle_ms(500).setpoint().conditional()
        .condition("DPO_BBU_DISCHARGE").fast();
    /// What is in force of the setpoints written at once, and what they may be.
    ro DpoSetpointStatus(dpo_setpoint_status): DpoSetpointStatus =
        fields_of("DPO_SETPOINT_STATUS", 0xD5).block(22, 22).optional().fast();
    /// Time of the gateway, and where it has it from.
    ro DpoTime(dpo_time): DpoTime =
        fields_of("DPO_TIME", 0xD6).block(10, 10).conditional().condition("DPO_TIME").fast();
    /// Sets the time of the gateway.
    wo DpoTimeSet(dpo_time_set): DpoTimeSet =
        fields_of("DPO_TIME_SET", 0xD7).block(4, 4).settle_ms(500).cosmetic().conditional()
        .condition("DPO_TIME_SET").on_demand();
    /// Input, output, bus and battery of the shelf.
    ro DpoMeasurements(dpo_measurements): DpoMeasurements =
        fields_of("DPO_MEASUREMENTS", 0xD8).block(28, 28).conditional().condition("DPO_MEASUREMENTS").fast();
    /// State of the shelf, and how fresh what is shown is.
    ro DpoState(dpo_state): DpoState = fields_of("DPO_STATE", 0xD9).block(22, 22).optional().fast();
    /// Counters of polls, devices, writes and fall-backs.
    ro DpoCountersBus(dpo_counters_bus): DpoCountersBus =
        fields_of("DPO_COUNTERS_BUS", 0xDA).block(28, 28).conditional().condition("DPO_EVENT_COUNTERS")
        .slow();
    /// Counters of leases, sags, events and commits.
    ro DpoCountersControl(dpo_counters_control): DpoCountersControl =
        fields_of("DPO_COUNTERS_CONTROL", 0xDB).block(24, 24).optional().slow();
    /// Counters of how sags ended, and the energy that it took.
    ro DpoCountersSags(dpo_counters_sags): DpoCountersSags =
        fields_of("DPO_COUNTERS_SAGS", 0xDC).block(32, 32).conditional().condition("DPO_GRID_COUNTERS")
        .slow();
    /// Line voltages and currents of the last half cycle.
    ro DpoAc(dpo_ac): DpoAc =
        fields_of("DPO_AC", 0xDD).block(32, 32).conditional().condition("DPO_AC_HALF_CYCLE").fast();
    /// Frequency, and the extremes of the line voltages.
    ro DpoAcExtremes(dpo_ac_extremes): DpoAcExtremes =
        fields_of("DPO_AC_EXTREMES", 0xDE).block(20, 20).optional().fast();
    /// Power that the batteries can deliver, and for how long.
    ro DpoDeliverable(dpo_deliverable): DpoDeliverable =
        fields_of("DPO_DELIVERABLE", 0xDF).block(22, 22).conditional().condition("DPO_DELIVERABLE").fast();
    /// Setpoints that the next commit puts into force.
    rw DpoShadowSetpoints(dpo_shadow_setpoints): DpoShadowSetpoints =
        fields_of("DPO_SHADOW_SETPOINTS", 0xE0).block(14, 14).settle_ms(500).setpoint().optional()
        .on_demand();
    /// Support curve that the next commit puts into force.
    rw DpoShadowCurve(dpo_shadow_curve): DpoShadowCurve =
        fields_of("DPO_SHADOW_CURVE", 0xE1).block(26, 26).settle_ms(500).setpoint().conditional()
        .condition("DPO_SUPPORT_CURVE").on_demand();
    /// Puts setpoints and support curve into force as one.
    command DpoSetpointCommit(dpo_setpoint_commit): DpoSetpointCommit =
        fields_of("DPO_SETPOINT_COMMIT", 0xE2).block(2, 2).settle_ms(500).setpoint().conditional()
        .condition("DPO_SETPOINT_COMMIT").on_demand();
    /// What became of the last commit of setpoints.
    ro DpoSetpointCommitStatus(dpo_setpoint_commit_status): DpoSetpointCommitStatus =
        fields_of("DPO_SETPOINT_COMMIT_STATUS", 0xE3).block(6, 6).conditional()
        .condition("DPO_SETPOINT_COMMIT").fast();
    /// What is in force of the committed setpoints, and what they may be.
    ro DpoSetpointsApplied(dpo_setpoints_applied): DpoSetpointsApplied =
        fields_of("DPO_SETPOINTS_APPLIED", 0xE4).block(14, 14).optional().fast();
    /// Support curve in force.
    ro DpoCurveApplied(dpo_curve_applied): DpoCurveApplied =
        fields_of("DPO_CURVE_APPLIED", 0xE5).block(26, 26).conditional().condition("DPO_SUPPORT_CURVE")
        .fast();
    /// Voltage ride-through, low side, for the next commit.
    rw DpoShadowVrtLow(dpo_shadow_vrt_low): DpoShadowVrtLow =
        fields_of("DPO_SHADOW_VRT_LOW", 0xE6).block(32, 32).settle_ms(500).setpoint().conditional()
        .condition("DPO_RIDE_THROUGH").on_demand();
    /// Voltage ride-through, high side, for the next commit.
    rw DpoShadowVrtHigh(dpo_shadow_vrt_high): DpoShadowVrtHigh =
        fields_of("DPO_SHADOW_VRT_HIGH", 0xE7).block(18, 18).settle_ms(500).setpoint().conditional()
        .condition("DPO_RIDE_THROUGH").on_demand();
    /// Recovery and recharge after a sag, for the next commit.
    rw DpoShadowRecovery(dpo_shadow_recovery): DpoShadowRecovery =
        fields_of("DPO_SHADOW_RECOVERY", 0xE8).block(16, 16).settle_ms(500).setpoint().optional().on_demand();
    /// Ramps and dynamic range, for the next commit.
    rw DpoShadowRamp(dpo_shadow_ramp): DpoShadowRamp =
        fields_of("DPO_SHADOW_RAMP", 0xE9).block(18, 18).settle_ms(500).setpoint().optional().on_demand();
    /// Puts the policy into force as one.
    command DpoPolicyCommit(dpo_policy_commit): DpoPolicyCommit =
        fields_of("DPO_POLICY_COMMIT", 0xEA).block(2, 2).settle_ms(500).setpoint().conditional()
        .condition("DPO_POLICY").on_demand();
    /// What became of the last commit of the policy.
    ro DpoPolicyCommitStatus(dpo_policy_commit_status): DpoPolicyCommitStatus =
        fields_of("DPO_POLICY_COMMIT_STATUS", 0xEB).block(6, 6).conditional().condition("DPO_POLICY").fast();
    /// Voltage ride-through in force, low side.
    ro DpoVrtLowApplied(dpo_vrt_low_applied): DpoVrtLowApplied =
        fields_of("DPO_VRT_LOW_APPLIED", 0xEC).block(32, 32).conditional().condition("DPO_RIDE_THROUGH")
        .slow();
    /// Voltage ride-through in force, high side.
    ro DpoVrtHighApplied(dpo_vrt_high_applied): DpoVrtHighApplied =
        fields_of("DPO_VRT_HIGH_APPLIED", 0xED).block(18, 18).conditional().condition("DPO_RIDE_THROUGH")
        .slow();
    /// Recovery and recharge in force.
    ro DpoRecoveryApplied(dpo_recovery_applied): DpoRecoveryApplied =
        fields_of("DPO_RECOVERY_APPLIED", 0xEE).block(16, 16).optional().slow();
    /// Ramps and dynamic range in force.
    ro DpoRampApplied(dpo_ramp_applied): DpoRampApplied =
        fields_of("DPO_RAMP_APPLIED", 0xEF).block(18, 18).optional().slow();
    /// Forecast of the load: one write, one forecast.
    rw DpoForecast(dpo_forecast): DpoForecast =
        fields_of("DPO_FORECAST", 0xF0).block(80, 80).settle_ms(500).setpoint().conditional()
        .condition("DPO_FORECAST").on_demand();
    /// State and age of the forecast.
    ro DpoForecastStatus(dpo_forecast_status): DpoForecastStatus =
        fields_of("DPO_FORECAST_STATUS", 0xF1).block(6, 6).conditional().condition("DPO_FORECAST").fast();
    /// Which events the log holds.
    ro DpoEventLog(dpo_event_log): DpoEventLog =
        fields_of("DPO_EVENT_LOG", 0xF2).block(10, 10).conditional().condition("DPO_EVENT_LOG").fast();
    /// Pages back in the log: the newest event to show.
    rw DpoEventUntil(dpo_event_until): DpoEventUntil =
        fields_of("DPO_EVENT_UNTIL", 0xF3).block(4, 4).settle_ms(500).conditional().condition("DPO_EVENT_LOG")
        .on_demand();
    /// Event 1 of those shown, the newest first.
    ro DpoEvent1(dpo_event_1): DpoEvent1 =
        fields_of("DPO_EVENT_1", 0xF4).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
    /// Event 2 of those shown, the newest first.
    ro DpoEvent2(dpo_event_2): DpoEvent2 =
        fields_of("DPO_EVENT_2", 0xF5).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
    /// Event 3 of those shown, the newest first.
    ro DpoEvent3(dpo_event_3): DpoEvent3 =
        fields_of("DPO_EVENT_3", 0xF6).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
    /// Event 4 of those shown, the newest first.
    ro DpoEvent4(dpo_event_4): DpoEvent4 =
        fields_of("DPO_EVENT_4", 0xF7).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
    /// Event 5 of those shown, the newest first.
    ro DpoEvent5(dpo_event_5): DpoEvent5 =
        fields_of("DPO_EVENT_5", 0xF8).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
    /// Event 6 of those shown, the newest first.
    ro DpoEvent6(dpo_event_6): DpoEvent6 =
        fields_of("DPO_EVENT_6", 0xF9).block(32, 32).conditional().condition("DPO_EVENT_LOG").fast();
}
