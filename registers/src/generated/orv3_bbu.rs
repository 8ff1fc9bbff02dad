// Written by `dpo registers generate` from maps/orv3-bbu.json. Do not edit: change the map.

//! ORv3 battery backup unit (3 kW): register map `orv3-bbu` 0.1.0.

use crate::{map, register};
/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-bbu.json");
/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-bbu",
    title: "ORv3 battery backup unit (3 kW)",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Bbu,
    addresses: &[(64, 127)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 120,
        max_write_words: 123,
        functions: &[3, 6, 16],
    },
    identification: map::Identification {
        address: 8,
        words: 8,
        expect: map::Expect::AsciiText,
    },
    registers: &REGISTERS,
    readable_gaps: &[],
    hazards: &[(768, 1023)],
};
/// Every register, by address.
pub static REGISTERS: [map::RegisterInfo; 106] = [
    map::RegisterInfo {
        id: "manufacture_name",
        name: "Manufacture_Name",
        address: 0,
        words: 8,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacture_model",
        name: "Manufacture_Model",
        address: 8,
        words: 8,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacture_date",
        name: "Manufacture_Date",
        address: 16,
        words: 8,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "facebook_part_number",
        name: "Facebook_Part_Number",
        address: 24,
        words: 8,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "build_revision",
        name: "Build_Revision",
        address: 48,
        words: 2,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "hw_revision",
        name: "HW_Revision",
        address: 52,
        words: 4,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "fw_revision",
        name: "FW_Revision",
        address: 56,
        words: 4,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "workorder",
        name: "Workorder",
        address: 60,
        words: 4,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "mfr_serial",
        name: "MFR_Serial",
        address: 64,
        words: 16,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "random_number_of_soh_test",
        name: "Random_Number_Of_SoH_Test",
        address: 80,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status",
        name: "BBU_Status",
        address: 104,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "charge_fet_failure",
                name: "Charge_FET_Failure",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "charge_fuse_failure",
                name: "Charge_Fuse_Failure",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "discharge_fuse_failure",
                name: "Discharge_Fuse_Failure",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "afe_failure",
                name: "AFE_Failure",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "micro_failure",
                name: "Micro_Failure",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "cell_balancing_failure",
                name: "Cell_Balancing_Failure",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "fan_failure",
                name: "Fan_Failure",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "eol",
                name: "EOL",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "pack_over_voltage",
                name: "Pack_Over_Voltage",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "cell_over_voltage",
                name: "Cell_Over_Voltage",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "pack_under_voltage",
                name: "Pack_Under_Voltage",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "cell_under_voltage",
                name: "Cell_Under_Voltage",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "pack_over_current",
                name: "Pack_Over_Current",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "temperature_failure",
                name: "Temperature_Failure",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "charge_not_allowed",
                name: "Charge_Not_Allowed",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "discharge_not_allowed",
                name: "Discharge_Not_Allowed",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "permanent_failures",
        name: "Permanent_Failures",
        address: 105,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "cell_over_voltage",
                name: "Cell_Over_Voltage",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "cell_under_voltage",
                name: "Cell_Under_Voltage",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "cell_over_temperature",
                name: "Cell_Over_Temperature",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "cell_balancing_failure",
                name: "Cell_Balancing_Failure",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "charge_fet_failure",
                name: "Charge_FET_Failure",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "discharge_fet_failure",
                name: "Discharge_FET_failure",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "afe_failure",
                name: "AFE_Failure",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "fan_failure",
                name: "Fan_Failure",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "fuse_failure",
                name: "Fuse_Failure",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "micro_failure",
                name: "Micro_Failure",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "charge_timeout",
                name: "Charge_Timeout",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "other_permanent_faults",
                name: "Other_Permanent_Faults",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "temp_sensor_failure",
                name: "Temp_Sensor_Failure",
                bit: 12,
                width: 1,
            },
        ],
        reserved_mask: 57344,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacturer_access",
        name: "Manufacturer_Access",
        address: 106,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "mode",
        name: "BBU_Mode",
        address: 107,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "charging",
                name: "Charging",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "discharge",
                name: "Discharge",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "cell_balancing",
                name: "Cell_Balancing",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "soh_test",
                name: "SoH_Test",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "soh_test_ocv_relaxation_time",
                name: "SoH_Test_OCV_Relaxation_Time",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "canbus_communication_failure",
                name: "CANBUS_Communication_Failure",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "smbus_communication_failure",
                name: "SMBUS_Communication_Failure",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "soh_test_interval_override",
                name: "SoH_Test_Interval_Override",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "soh_override",
                name: "SoH_Override",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "hw_reset_pin_enable_disable",
                name: "HW_Reset_Pin_Enable_Disable",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "variable_charger_manual_override",
                name: "Variable_Charger_Manual_Override",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "pcm_threshold_override_enable",
                name: "PCM_Threshold_Override_Enable",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "cc_charge_timeout_disable",
                name: "CC_Charge_Timeout_Disable",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "system_control_enable",
                name: "System_Control_Enable",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "eol_threshold_override",
                name: "EOL_Threshold_Override",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "vo_sel_pin_enable_disable",
                name: "VO_SEL_Pin_Enable_Disable",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_status",
        name: "Battery_Status",
        address: 108,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "fully_discharged",
                name: "Fully_Discharged",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "fully_charged",
                name: "Fully_Charged",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "discharging",
                name: "Discharging",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "initialized",
                name: "Initialized",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "remaining_time_alarm",
                name: "Remaining_Time_Alarm",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "remaining_capacity_alarm",
                name: "Remaing_Capacity_Alarm",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "terminate_discharge_alarm",
                name: "Terminate_Discharge_Alarm",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "over_temperature_alarm",
                name: "Over_Temerature_Alarm",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "terminate_charge_alarm",
                name: "Terminate_Charge_Alarm",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "over_charge_alarm",
                name: "Over_Charge_Alarm",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 9231,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage1",
        name: "Cell_Voltage1",
        address: 109,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage2",
        name: "Cell_Voltage2",
        address: 110,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage3",
        name: "Cell_Voltage3",
        address: 111,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage4",
        name: "Cell_Voltage4",
        address: 112,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage5",
        name: "Cell_Voltage5",
        address: 113,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage6",
        name: "Cell_Voltage6",
        address: 114,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage7",
        name: "Cell_Voltage7",
        address: 115,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage8",
        name: "Cell_Voltage8",
        address: 116,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage9",
        name: "Cell_Voltage9",
        address: 117,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage10",
        name: "Cell_Voltage10",
        address: 118,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cell_voltage11",
        name: "Cell_Voltage11",
        address: 119,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "soh_count",
        name: "SOH_Count",
        address: 121,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "temp1",
        name: "Temp1",
        address: 122,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 10 },
        offset: map::Rational {
            num: -5463,
            den: 20,
        },
        unit: "Cel",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "temp2",
        name: "Temp2",
        address: 123,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 10 },
        offset: map::Rational {
            num: -5463,
            den: 20,
        },
        unit: "Cel",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "temp3",
        name: "Temp3",
        address: 124,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 10 },
        offset: map::Rational {
            num: -5463,
            den: 20,
        },
        unit: "Cel",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "temp4",
        name: "Temp4",
        address: 125,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 10 },
        offset: map::Rational {
            num: -5463,
            den: 20,
        },
        unit: "Cel",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "relative_state_of_charge",
        name: "Relative_State_Of_Charge",
        address: 126,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "%",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "absolute_state_of_charge",
        name: "Absolute_State_Of_Charge",
        address: 127,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "%",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_voltage",
        name: "Battery_Voltage",
        address: 128,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_current",
        name: "Battery_Current",
        address: 129,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 100 },
        offset: map::Rational::ZERO,
        unit: "A",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Conflicting,
        readings: &[],
    },
    map::RegisterInfo {
        id: "average_current",
        name: "Average_Current",
        address: 130,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 100 },
        offset: map::Rational::ZERO,
        unit: "A",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Conflicting,
        readings: &[],
    },
    map::RegisterInfo {
        id: "remaining_capacity",
        name: "Remaining_Capacity",
        address: 131,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "A.h",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "full_charge_capacity",
        name: "Full_Charge_Capacity",
        address: 132,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "A.h",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "run_time_to_empty",
        name: "Run_Time_To_Empty",
        address: 133,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "min",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "average_time_to_empty",
        name: "Average_Time_To_Empty",
        address: 134,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "min",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cycle_count",
        name: "Cycle_Count",
        address: 135,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "design_capacity",
        name: "Design_Capacity",
        address: 136,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "A.h",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "design_voltage",
        name: "Design_Voltage",
        address: 137,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "at_rate",
        name: "At_Rate",
        address: 138,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "at_rate_time_to_full",
        name: "At_Rate_Time_To_Full",
        address: 139,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "min",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "at_rate_time_to_empty",
        name: "At_Rate_Time_To_Empty",
        address: 140,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "min",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "at_rate_ok",
        name: "At_Rate_OK",
        address: 141,
        words: 1,
        kind: map::Kind::Enum,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[
            map::SymbolInfo {
                id: "not_ok",
                value: 0,
            },
            map::SymbolInfo {
                id: "ok",
                value: 1,
            },
        ],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "soh",
        name: "SOH",
        address: 142,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "%",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "max_error",
        name: "Max_Error",
        address: 143,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "%",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "charging_current",
        name: "Charging_Current",
        address: 144,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "A",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "charging_voltage",
        name: "Charging_Voltage",
        address: 145,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "discharge_current",
        name: "Discharge_Current",
        address: 146,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 100 },
        offset: map::Rational::ZERO,
        unit: "A",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "shelf_busbar_voltage",
        name: "Shelf_Busbar_Voltage",
        address: 147,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "inlet_ambient_temperature",
        name: "Inlet_Ambient_Temperature",
        address: 148,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "outlet_ambient_temperature",
        name: "Outlet_Ambient_Temperature",
        address: 149,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "charge_buck_temperature",
        name: "Charge_Buck_Temperature",
        address: 150,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "discharge_buck_temperature",
        name: "Discharge_Buck_Temperature",
        address: 151,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "fan_speed",
        name: "Fan_Speed",
        address: 152,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "/min",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status_word",
        name: "BBU_Status_Word",
        address: 153,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "temperature_fault",
                name: "Temperature_Fault",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_converter_fault",
                name: "Power_Boost_Converter_Fault",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "buck_converter_fault",
                name: "Buck_Converter_Fault",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "charger_converter_fault",
                name: "Charger_Converter_Fault",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "fan_fault",
                name: "Fan_Fault",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "second_shelf_detection",
                name: "Second_Shelf_Detection",
                bit: 7,
                width: 1,
            },
        ],
        reserved_mask: 65376,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status_power_boost",
        name: "BBU_Status_Power_Boost",
        address: 154,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "power_boost_scp1",
                name: "Power_Boost_SCP1",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_ocp",
                name: "Power_Boost_OCP",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_ovp",
                name: "Power_Boost_OVP",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_scp2",
                name: "Power_Boost_SCP2",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_uvp",
                name: "Power_Boost_UVP",
                bit: 4,
                width: 1,
            },
        ],
        reserved_mask: 65504,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status_buck_converter",
        name: "BBU_Status_Buck_Converter",
        address: 155,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "buck_output_ovp",
                name: "Buck_Output_OVP",
                bit: 3,
                width: 1,
            },
        ],
        reserved_mask: 65527,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status_charger",
        name: "BBU_Status_Charger",
        address: 156,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "charger_input_ovp",
                name: "Charger_Input_OVP",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "charger_input_uvp",
                name: "Charger_Input_UVP",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "charger_output_ovp",
                name: "Charger_Output_OVP",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "charger_output_ocp",
                name: "Charger_Output_OCP",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "charger_timeout",
                name: "Charger_Timeout",
                bit: 4,
                width: 1,
            },
        ],
        reserved_mask: 65504,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "status_temperature",
        name: "BBU_Status_Temperature",
        address: 157,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "input_ambient_otp",
                name: "Input_Ambient_OTP",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "output_ambient_otp",
                name: "Output_Ambient_OTP",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "charger_otp",
                name: "Charger_OTP",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "buck_converter_otp",
                name: "Buck_Converter_OTP",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "power_boost_otp",
                name: "Power_Boost_OTP",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "battery_pack_otp",
                name: "Battery_Pack_OTP",
                bit: 5,
                width: 1,
            },
        ],
        reserved_mask: 65472,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "end_of_life_status",
        name: "End_of_Life_Status",
        address: 158,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "bbu_eol",
                name: "BBU_EOL",
                bit: 0,
                width: 1,
            },
        ],
        reserved_mask: 65534,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "discharger_output_voltage_inside_oring",
        name: "BBU_Discharger_Output_Voltage_Inside_Oring",
        address: 159,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "variable_charge_calculated_current",
        name: "Variable_Charge_Calculated_Current",
        address: 160,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "total_service_time",
        name: "BBU_Total_Service_Time",
        address: 161,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "soh_failure_reason",
        name: "SOH_Failure_Reason",
        address: 162,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "others",
                name: "Others",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_backup",
                name: "BBU_Backup",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "can_failure",
                name: "CAN_Failure",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_voltage_3900mv_per_cell",
                name: "BBU_Voltage_3900mV_Per_Cell",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_in_bootloader_mode",
                name: "BBU_In_Bootloader_Mode",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_eol",
                name: "BBU_EOL",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_not_installed",
                name: "BBU_Not_Installed",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_failure",
                name: "BBU_Failure",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "discharge_power_less_than_500w",
                name: "Discharge_Power_Less_Than_500W",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 127,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "number_of_installed_bbus",
        name: "Number_of_Installed_BBUs",
        address: 163,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "module_hardware_signals",
        name: "BBU_Module_Hardware_Signals",
        address: 164,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "rs485_addr0",
                name: "RS485_Addr0",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "rs485_addr1",
                name: "RS485_Addr1",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "rs485_addr2",
                name: "RS485_Addr2",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "a0",
                name: "A0",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "a1",
                name: "A1",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "a2",
                name: "A2",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "sync_start_l",
                name: "SYNC_START_L",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "pls_l",
                name: "PLS_L",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "vout_sel",
                name: "VOUT_SEL",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "bkp_red_l",
                name: "BKP_RED_L",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "soh_l",
                name: "SOH_L",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_reset",
                name: "BBU_Reset",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_alert_l",
                name: "BBU_ALERT_L",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "pskill",
                name: "PSKILL",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "sync_stop_l",
                name: "SYNC_STOP_L",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 1,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_pack_hardware_signals",
        name: "Battery_Pack_Hardware_Signals",
        address: 165,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "bms_stop_discharge",
                name: "BMS_Stop_Discharge",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "bms_charge_enable",
                name: "BMS_Charge_Enable",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "bms_soh",
                name: "BMS_SoH",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "bms_fail",
                name: "BMS_Fail",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "psu_fault_l",
                name: "PSU_Fault_L",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "bms_not_insert",
                name: "BMS_Not_Insert",
                bit: 7,
                width: 1,
            },
            map::BitInfo {
                id: "rtcsmc",
                name: "RTCSMC",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "rtcsmd",
                name: "RTCSMD",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "gg_smc",
                name: "GG_SMC",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "gg_smd",
                name: "GG_SMD",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "pf_flag",
                name: "PF_Flag",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "sys_pres",
                name: "SYS_PRES",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 840,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "led_status",
        name: "LED_Status",
        address: 166,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "power_good_led_on",
                name: "Power_Good_LED_On",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "power_good_led_blink",
                name: "Power_Good_LED_Blink",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "lowv_led_on",
                name: "LOWV_LED_On",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "lowv_led_blink",
                name: "LOWV_LED_Blink",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "eol_led_on",
                name: "EOL_LED_On",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "eol_led_blink",
                name: "EOL_LED_Blink",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "fault_loc_led_on",
                name: "FAULT_LOC_LED_On",
                bit: 6,
                width: 1,
            },
            map::BitInfo {
                id: "fault_loc_led_blink",
                name: "FAULT_LOC_LED_Blink",
                bit: 7,
                width: 1,
            },
        ],
        reserved_mask: 65280,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "count_of_discharge_events",
        name: "Count_of_Discharge_Events",
        address: 167,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "soh_not_start_reason",
        name: "SOH_Not_Start_Reason",
        address: 168,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "other",
                name: "Other",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "can_failure",
                name: "CAN_Failure",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_voltage_3900mv_per_cell",
                name: "BBU_Voltage_3900mV_Per_Cell",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_in_bootloader_mode",
                name: "BBU_In_Bootloader_Mode",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_eol",
                name: "BBU_EOL",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_not_installed",
                name: "BBU_Not_Installed",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_failure",
                name: "BBU_Failure",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "discharge_power_less_than_500w",
                name: "Discharge_Power_Less_Than_500W",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 255,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_pack_charge_failure",
        name: "Battery_Pack_Charge_Failure",
        address: 179,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_pack_discharge_failure",
        name: "Battery_Pack_Discharge_Failure",
        address: 180,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_pack_permanent_failure",
        name: "Battery_Pack_Permanent_Failure",
        address: 181,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_pack_fw_revision",
        name: "Battery_Pack_FW_Revision",
        address: 182,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "specification_info",
        name: "Specification_Info",
        address: 183,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacturer_date",
        name: "Manufacturer_Date",
        address: 184,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "serial_number",
        name: "Serial_Number",
        address: 185,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "device_chemistry",
        name: "Device_Chemistry",
        address: 186,
        words: 2,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacturer_data",
        name: "Manufacturer_Data",
        address: 188,
        words: 4,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "manufacturer_name",
        name: "Manufacturer_Name",
        address: 192,
        words: 16,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "device_name",
        name: "Device_Name",
        address: 208,
        words: 16,
        kind: map::Kind::Text,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Static,
        settle_ms: 0,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "variable_modbus_baud_rate",
        name: "Variable_Modbus_Baud_Rate",
        address: 288,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "configurable_bbu_maximum_discharge_time",
        name: "Configurable_BBU_Maximum_Discharge_Time",
        address: 289,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 90,
            max: 1200,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(90),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "configurable_power_loss_siren_timing",
        name: "Configurable_Power_Loss_Siren_Timing",
        address: 290,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 1,
            max: 300,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(45),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "variable_charge_override_current",
        name: "Variable_Charge_Override_Current",
        address: 291,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "A",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 0,
            max: 5,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Slow,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(2),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "led_override",
        name: "LED_Override",
        address: 292,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "fault_led_blink",
                name: "Fault_LED_Blink",
                bit: 0,
                width: 1,
            },
        ],
        reserved_mask: 65534,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Cosmetic,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "fan_speed_override",
        name: "Fan_Speed_Override",
        address: 293,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "pcm_recharge_threshold_override",
        name: "PCM_Recharge_Threshold_Override",
        address: 294,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "override_random_number_of_soh_test",
        name: "Override_Random_Number_Of_SOH_Test",
        address: 295,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "override_interval_of_soh_test",
        name: "Override_Interval_Of_SOH_Test",
        address: 296,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "soh_timestamp",
        name: "SOH_Timestamp",
        address: 298,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "variable_charge_override_timeout",
        name: "Variable_Charge_Override_Timeout",
        address: 300,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "wall_clock_time",
        name: "Wall_Clock_Time",
        address: 302,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Cosmetic,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "eol_threshold_override",
        name: "EOL_Threshold_Override",
        address: 304,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(90),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "forced_discharge_time",
        name: "Forced_Discharge_Time",
        address: 305,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "system_control_mode",
        name: "System_Control_Mode",
        address: 306,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "shelf_configuration",
        name: "BBU_Shelf_Configuration",
        address: 307,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "forced_detached_mode_timeout",
        name: "Forced_Detached_Mode_Timeout",
        address: 308,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "shelf_output_power",
        name: "PSU_Shelf_Output_Power",
        address: 310,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "ac_ok",
        name: "PSU_AC_OK",
        address: 311,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "charge_delay_time",
        name: "Charge_Delay_Time",
        address: 312,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "clear_fault",
        name: "BBU_Clear_Fault",
        address: 313,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::Command,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "clear_bbu_faults_and_latch",
                name: "Clear_BBU_Faults_And_Latch",
                bit: 0,
                width: 1,
            },
        ],
        reserved_mask: 65534,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: None,
        not_available: None,
        safety: map::Safety {
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
];
/// Flags of `status`: Failures and inhibits of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Status(pub u16);
impl Status {
    /// `Charge_FET_Failure`, bit 0.
    pub const CHARGE_FET_FAILURE: Self = Self(0x0001);
    /// `Charge_Fuse_Failure`, bit 1.
    pub const CHARGE_FUSE_FAILURE: Self = Self(0x0002);
    /// `Discharge_Fuse_Failure`, bit 2.
    pub const DISCHARGE_FUSE_FAILURE: Self = Self(0x0004);
    /// `AFE_Failure`, bit 3: The analogue front end failed.
    pub const AFE_FAILURE: Self = Self(0x0008);
    /// `Micro_Failure`, bit 4: The microcontroller failed.
    pub const MICRO_FAILURE: Self = Self(0x0010);
    /// `Cell_Balancing_Failure`, bit 5.
    pub const CELL_BALANCING_FAILURE: Self = Self(0x0020);
    /// `Fan_Failure`, bit 6.
    pub const FAN_FAILURE: Self = Self(0x0040);
    /// `EOL`, bit 7: End of life.
    pub const EOL: Self = Self(0x0080);
    /// `Pack_Over_Voltage`, bit 8.
    pub const PACK_OVER_VOLTAGE: Self = Self(0x0100);
    /// `Cell_Over_Voltage`, bit 9.
    pub const CELL_OVER_VOLTAGE: Self = Self(0x0200);
    /// `Pack_Under_Voltage`, bit 10.
    pub const PACK_UNDER_VOLTAGE: Self = Self(0x0400);
    /// `Cell_Under_Voltage`, bit 11.
    pub const CELL_UNDER_VOLTAGE: Self = Self(0x0800);
    /// `Pack_Over_Current`, bit 12.
    pub const PACK_OVER_CURRENT: Self = Self(0x1000);
    /// `Temperature_Failure`, bit 13.
    pub const TEMPERATURE_FAILURE: Self = Self(0x2000);
    /// `Charge_Not_Allowed`, bit 14.
    pub const CHARGE_NOT_ALLOWED: Self = Self(0x4000);
    /// `Discharge_Not_Allowed`, bit 15.
    pub const DISCHARGE_NOT_ALLOWED: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `permanent_failures`: Failures that stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PermanentFailures(pub u16);
impl PermanentFailures {
    /// `Cell_Over_Voltage`, bit 0.
    pub const CELL_OVER_VOLTAGE: Self = Self(0x0001);
    /// `Cell_Under_Voltage`, bit 1.
    pub const CELL_UNDER_VOLTAGE: Self = Self(0x0002);
    /// `Cell_Over_Temperature`, bit 2.
    pub const CELL_OVER_TEMPERATURE: Self = Self(0x0004);
    /// `Cell_Balancing_Failure`, bit 3.
    pub const CELL_BALANCING_FAILURE: Self = Self(0x0008);
    /// `Charge_FET_Failure`, bit 4.
    pub const CHARGE_FET_FAILURE: Self = Self(0x0010);
    /// `Discharge_FET_failure`, bit 5.
    pub const DISCHARGE_FET_FAILURE: Self = Self(0x0020);
    /// `AFE_Failure`, bit 6.
    pub const AFE_FAILURE: Self = Self(0x0040);
    /// `Fan_Failure`, bit 7.
    pub const FAN_FAILURE: Self = Self(0x0080);
    /// `Fuse_Failure`, bit 8.
    pub const FUSE_FAILURE: Self = Self(0x0100);
    /// `Micro_Failure`, bit 9.
    pub const MICRO_FAILURE: Self = Self(0x0200);
    /// `Charge_Timeout`, bit 10.
    pub const CHARGE_TIMEOUT: Self = Self(0x0400);
    /// `Other_Permanent_Faults`, bit 11.
    pub const OTHER_PERMANENT_FAULTS: Self = Self(0x0800);
    /// `Temp_Sensor_Failure`, bit 12.
    pub const TEMP_SENSOR_FAILURE: Self = Self(0x1000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `mode`: What the module does (bits 0 to 6) and which overrides are switched on (bits 7 to 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Mode(pub u16);
impl Mode {
    /// `Charging`, bit 0: The module charges.
    pub const CHARGING: Self = Self(0x0001);
    /// `Discharge`, bit 1: The module discharges.
    pub const DISCHARGE: Self = Self(0x0002);
    /// `Cell_Balancing`, bit 2.
    pub const CELL_BALANCING: Self = Self(0x0004);
    /// `SoH_Test`, bit 3: The state-of-health test runs.
    pub const SOH_TEST: Self = Self(0x0008);
    /// `SoH_Test_OCV_Relaxation_Time`, bit 4.
    pub const SOH_TEST_OCV_RELAXATION_TIME: Self = Self(0x0010);
    /// `CANBUS_Communication_Failure`, bit 5.
    pub const CANBUS_COMMUNICATION_FAILURE: Self = Self(0x0020);
    /// `SMBUS_Communication_Failure`, bit 6.
    pub const SMBUS_COMMUNICATION_FAILURE: Self = Self(0x0040);
    /// `SoH_Test_Interval_Override`, bit 7.
    pub const SOH_TEST_INTERVAL_OVERRIDE: Self = Self(0x0080);
    /// `SoH_Override`, bit 8.
    pub const SOH_OVERRIDE: Self = Self(0x0100);
    /// `HW_Reset_Pin_Enable_Disable`, bit 9.
    pub const HW_RESET_PIN_ENABLE_DISABLE: Self = Self(0x0200);
    /// `Variable_Charger_Manual_Override`, bit 10: The charge current is taken from variable_charge_override_current.
    pub const VARIABLE_CHARGER_MANUAL_OVERRIDE: Self = Self(0x0400);
    /// `PCM_Threshold_Override_Enable`, bit 11: The recharge threshold is taken from pcm_recharge_threshold_override.
    pub const PCM_THRESHOLD_OVERRIDE_ENABLE: Self = Self(0x0800);
    /// `CC_Charge_Timeout_Disable`, bit 12: Switches the time limit of the constant-current charge off.
    pub const CC_CHARGE_TIMEOUT_DISABLE: Self = Self(0x1000);
    /// `System_Control_Enable`, bit 13.
    pub const SYSTEM_CONTROL_ENABLE: Self = Self(0x2000);
    /// `EOL_Threshold_Override`, bit 14: The end-of-life threshold is taken from eol_threshold_override.
    pub const EOL_THRESHOLD_OVERRIDE: Self = Self(0x4000);
    /// `VO_SEL_Pin_Enable_Disable`, bit 15.
    pub const VO_SEL_PIN_ENABLE_DISABLE: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `battery_status`: Status of the pack, as in the Smart Battery register of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BatteryStatus(pub u16);
impl BatteryStatus {
    /// `Fully_Discharged`, bit 4.
    pub const FULLY_DISCHARGED: Self = Self(0x0010);
    /// `Fully_Charged`, bit 5.
    pub const FULLY_CHARGED: Self = Self(0x0020);
    /// `Discharging`, bit 6.
    pub const DISCHARGING: Self = Self(0x0040);
    /// `Initialized`, bit 7.
    pub const INITIALIZED: Self = Self(0x0080);
    /// `Remaining_Time_Alarm`, bit 8.
    pub const REMAINING_TIME_ALARM: Self = Self(0x0100);
    /// `Remaing_Capacity_Alarm`, bit 9.
    pub const REMAINING_CAPACITY_ALARM: Self = Self(0x0200);
    /// `Terminate_Discharge_Alarm`, bit 11.
    pub const TERMINATE_DISCHARGE_ALARM: Self = Self(0x0800);
    /// `Over_Temerature_Alarm`, bit 12.
    pub const OVER_TEMPERATURE_ALARM: Self = Self(0x1000);
    /// `Terminate_Charge_Alarm`, bit 14.
    pub const TERMINATE_CHARGE_ALARM: Self = Self(0x4000);
    /// `Over_Charge_Alarm`, bit 15.
    pub const OVER_CHARGE_ALARM: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Values of `at_rate_ok`: Whether the pack can deliver at_rate for 10 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AtRateOk {
    /// It cannot. (value 0)
    NotOk,
    /// It can. (value 1)
    Ok,
    /// A value that the map does not declare.
    Unknown(u16),
}
impl AtRateOk {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u16) -> Self {
        match raw {
            0 => Self::NotOk,
            1 => Self::Ok,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u16 {
        match self {
            Self::NotOk => 0,
            Self::Ok => 1,
            Self::Unknown(raw) => raw,
        }
    }
}
/// Flags of `status_word`: Summary of the converter faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusWord(pub u16);
impl StatusWord {
    /// `Temperature_Fault`, bit 0.
    pub const TEMPERATURE_FAULT: Self = Self(0x0001);
    /// `Power_Boost_Converter_Fault`, bit 1.
    pub const POWER_BOOST_CONVERTER_FAULT: Self = Self(0x0002);
    /// `Buck_Converter_Fault`, bit 2.
    pub const BUCK_CONVERTER_FAULT: Self = Self(0x0004);
    /// `Charger_Converter_Fault`, bit 3.
    pub const CHARGER_CONVERTER_FAULT: Self = Self(0x0008);
    /// `Fan_Fault`, bit 4.
    pub const FAN_FAULT: Self = Self(0x0010);
    /// `Second_Shelf_Detection`, bit 7: A second shelf is detected.
    pub const SECOND_SHELF_DETECTION: Self = Self(0x0080);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `status_power_boost`: Faults of the discharge (boost) converter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusPowerBoost(pub u16);
impl StatusPowerBoost {
    /// `Power_Boost_SCP1`, bit 0: Short circuit 1.
    pub const POWER_BOOST_SCP1: Self = Self(0x0001);
    /// `Power_Boost_OCP`, bit 1: Over-current.
    pub const POWER_BOOST_OCP: Self = Self(0x0002);
    /// `Power_Boost_OVP`, bit 2: Over-voltage.
    pub const POWER_BOOST_OVP: Self = Self(0x0004);
    /// `Power_Boost_SCP2`, bit 3: Short circuit 2.
    pub const POWER_BOOST_SCP2: Self = Self(0x0008);
    /// `Power_Boost_UVP`, bit 4: Under-voltage.
    pub const POWER_BOOST_UVP: Self = Self(0x0010);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `status_buck_converter`: Faults of the buck converter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusBuckConverter(pub u16);
impl StatusBuckConverter {
    /// `Buck_Output_OVP`, bit 3: Over-voltage at the output.
    pub const BUCK_OUTPUT_OVP: Self = Self(0x0008);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `status_charger`: Faults of the charger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusCharger(pub u16);
impl StatusCharger {
    /// `Charger_Input_OVP`, bit 0.
    pub const CHARGER_INPUT_OVP: Self = Self(0x0001);
    /// `Charger_Input_UVP`, bit 1.
    pub const CHARGER_INPUT_UVP: Self = Self(0x0002);
    /// `Charger_Output_OVP`, bit 2.
    pub const CHARGER_OUTPUT_OVP: Self = Self(0x0004);
    /// `Charger_Output_OCP`, bit 3.
    pub const CHARGER_OUTPUT_OCP: Self = Self(0x0008);
    /// `Charger_Timeout`, bit 4.
    pub const CHARGER_TIMEOUT: Self = Self(0x0010);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `status_temperature`: Over-temperature faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StatusTemperature(pub u16);
impl StatusTemperature {
    /// `Input_Ambient_OTP`, bit 0.
    pub const INPUT_AMBIENT_OTP: Self = Self(0x0001);
    /// `Output_Ambient_OTP`, bit 1.
    pub const OUTPUT_AMBIENT_OTP: Self = Self(0x0002);
    /// `Charger_OTP`, bit 2.
    pub const CHARGER_OTP: Self = Self(0x0004);
    /// `Buck_Converter_OTP`, bit 3.
    pub const BUCK_CONVERTER_OTP: Self = Self(0x0008);
    /// `Power_Boost_OTP`, bit 4.
    pub const POWER_BOOST_OTP: Self = Self(0x0010);
    /// `Battery_Pack_OTP`, bit 5.
    pub const BATTERY_PACK_OTP: Self = Self(0x0020);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `end_of_life_status`: Whether the module is at the end of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EndOfLifeStatus(pub u16);
impl EndOfLifeStatus {
    /// `BBU_EOL`, bit 0.
    pub const BBU_EOL: Self = Self(0x0001);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `soh_failure_reason`: Why the last state-of-health test failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SohFailureReason(pub u16);
impl SohFailureReason {
    /// `Others`, bit 7: Another reason.
    pub const OTHERS: Self = Self(0x0080);
    /// `BBU_Backup`, bit 8: The module had to back the bus up.
    pub const BBU_BACKUP: Self = Self(0x0100);
    /// `CAN_Failure`, bit 9: The CAN bus failed.
    pub const CAN_FAILURE: Self = Self(0x0200);
    /// `BBU_Voltage_3900mV_Per_Cell`, bit 10: The cells were below 3.9 V.
    pub const BBU_VOLTAGE_3900MV_PER_CELL: Self = Self(0x0400);
    /// `BBU_In_Bootloader_Mode`, bit 11.
    pub const BBU_IN_BOOTLOADER_MODE: Self = Self(0x0800);
    /// `BBU_EOL`, bit 12.
    pub const BBU_EOL: Self = Self(0x1000);
    /// `BBU_Not_Installed`, bit 13.
    pub const BBU_NOT_INSTALLED: Self = Self(0x2000);
    /// `BBU_Failure`, bit 14.
    pub const BBU_FAILURE: Self = Self(0x4000);
    /// `Discharge_Power_Less_Than_500W`, bit 15.
    pub const DISCHARGE_POWER_LESS_THAN_500W: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `module_hardware_signals`: Levels of the hardware signals of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ModuleHardwareSignals(pub u16);
impl ModuleHardwareSignals {
    /// `RS485_Addr0`, bit 1.
    pub const RS485_ADDR0: Self = Self(0x0002);
    /// `RS485_Addr1`, bit 2.
    pub const RS485_ADDR1: Self = Self(0x0004);
    /// `RS485_Addr2`, bit 3.
    pub const RS485_ADDR2: Self = Self(0x0008);
    /// `A0`, bit 4.
    pub const A0: Self = Self(0x0010);
    /// `A1`, bit 5.
    pub const A1: Self = Self(0x0020);
    /// `A2`, bit 6.
    pub const A2: Self = Self(0x0040);
    /// `SYNC_START_L`, bit 7: Start in step, active low.
    pub const SYNC_START_L: Self = Self(0x0080);
    /// `PLS_L`, bit 8: Power loss siren, active low.
    pub const PLS_L: Self = Self(0x0100);
    /// `VOUT_SEL`, bit 9: Output voltage selection.
    pub const VOUT_SEL: Self = Self(0x0200);
    /// `BKP_RED_L`, bit 10: Backup redundancy, active low.
    pub const BKP_RED_L: Self = Self(0x0400);
    /// `SOH_L`, bit 11: State-of-health test, active low.
    pub const SOH_L: Self = Self(0x0800);
    /// `BBU_Reset`, bit 12.
    pub const BBU_RESET: Self = Self(0x1000);
    /// `BBU_ALERT_L`, bit 13: Alert, active low.
    pub const BBU_ALERT_L: Self = Self(0x2000);
    /// `PSKILL`, bit 14: Output kill.
    pub const PSKILL: Self = Self(0x4000);
    /// `SYNC_STOP_L`, bit 15: Stop in step, active low.
    pub const SYNC_STOP_L: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `battery_pack_hardware_signals`: Levels of the hardware signals of the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BatteryPackHardwareSignals(pub u16);
impl BatteryPackHardwareSignals {
    /// `BMS_Stop_Discharge`, bit 0.
    pub const BMS_STOP_DISCHARGE: Self = Self(0x0001);
    /// `BMS_Charge_Enable`, bit 1.
    pub const BMS_CHARGE_ENABLE: Self = Self(0x0002);
    /// `BMS_SoH`, bit 2.
    pub const BMS_SOH: Self = Self(0x0004);
    /// `BMS_Fail`, bit 4.
    pub const BMS_FAIL: Self = Self(0x0010);
    /// `PSU_Fault_L`, bit 5: The power supply reports a fault, active low.
    pub const PSU_FAULT_L: Self = Self(0x0020);
    /// `BMS_Not_Insert`, bit 7.
    pub const BMS_NOT_INSERT: Self = Self(0x0080);
    /// `RTCSMC`, bit 10.
    pub const RTCSMC: Self = Self(0x0400);
    /// `RTCSMD`, bit 11.
    pub const RTCSMD: Self = Self(0x0800);
    /// `GG_SMC`, bit 12.
    pub const GG_SMC: Self = Self(0x1000);
    /// `GG_SMD`, bit 13.
    pub const GG_SMD: Self = Self(0x2000);
    /// `PF_Flag`, bit 14.
    pub const PF_FLAG: Self = Self(0x4000);
    /// `SYS_PRES`, bit 15: The system is present.
    pub const SYS_PRES: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `led_status`: State of the LEDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LedStatus(pub u16);
impl LedStatus {
    /// `Power_Good_LED_On`, bit 0.
    pub const POWER_GOOD_LED_ON: Self = Self(0x0001);
    /// `Power_Good_LED_Blink`, bit 1.
    pub const POWER_GOOD_LED_BLINK: Self = Self(0x0002);
    /// `LOWV_LED_On`, bit 2.
    pub const LOWV_LED_ON: Self = Self(0x0004);
    /// `LOWV_LED_Blink`, bit 3.
    pub const LOWV_LED_BLINK: Self = Self(0x0008);
    /// `EOL_LED_On`, bit 4.
    pub const EOL_LED_ON: Self = Self(0x0010);
    /// `EOL_LED_Blink`, bit 5.
    pub const EOL_LED_BLINK: Self = Self(0x0020);
    /// `FAULT_LOC_LED_On`, bit 6.
    pub const FAULT_LOC_LED_ON: Self = Self(0x0040);
    /// `FAULT_LOC_LED_Blink`, bit 7.
    pub const FAULT_LOC_LED_BLINK: Self = Self(0x0080);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `soh_not_start_reason`: Why the state-of-health test did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SohNotStartReason(pub u16);
impl SohNotStartReason {
    /// `Other`, bit 8: Another reason.
    pub const OTHER: Self = Self(0x0100);
    /// `CAN_Failure`, bit 9: The CAN bus failed.
    pub const CAN_FAILURE: Self = Self(0x0200);
    /// `BBU_Voltage_3900mV_Per_Cell`, bit 10: The cells were below 3.9 V.
    pub const BBU_VOLTAGE_3900MV_PER_CELL: Self = Self(0x0400);
    /// `BBU_In_Bootloader_Mode`, bit 11.
    pub const BBU_IN_BOOTLOADER_MODE: Self = Self(0x0800);
    /// `BBU_EOL`, bit 12.
    pub const BBU_EOL: Self = Self(0x1000);
    /// `BBU_Not_Installed`, bit 13.
    pub const BBU_NOT_INSTALLED: Self = Self(0x2000);
    /// `BBU_Failure`, bit 14.
    pub const BBU_FAILURE: Self = Self(0x4000);
    /// `Discharge_Power_Less_Than_500W`, bit 15.
    pub const DISCHARGE_POWER_LESS_THAN_500W: Self = Self(0x8000);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `led_override`: Makes the fault LED blink, to find the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LedOverride(pub u16);
impl LedOverride {
    /// `Fault_LED_Blink`, bit 0.
    pub const FAULT_LED_BLINK: Self = Self(0x0001);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// Flags of `clear_fault`: Clears the faults and latches of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ClearFault(pub u16);
impl ClearFault {
    /// `Clear_BBU_Faults_And_Latch`, bit 0.
    pub const CLEAR_BBU_FAULTS_AND_LATCH: Self = Self(0x0001);
    /// The bits.
    pub const fn bits(self) -> u16 {
        self.0
    }
    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// The bits of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// The bits without those of `other`.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
/// The registers as types.
pub mod reg {
    use crate::register;
    /// Manufacturer of the module.
    ///
    /// Addresses 0 to 7 (0x0000), 8 words, read only. Source name `Manufacture_Name`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufactureName;
    impl register::Register for ManufactureName {
        type Value = crate::codec::Text<16>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[0];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Model of the module.
    ///
    /// Addresses 8 to 15 (0x0008), 8 words, read only. Source name `Manufacture_Model`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufactureModel;
    impl register::Register for ManufactureModel {
        type Value = crate::codec::Text<16>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[1];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Date of manufacture, as text.
    ///
    /// Addresses 16 to 23 (0x0010), 8 words, read only. Source name `Manufacture_Date`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufactureDate;
    impl register::Register for ManufactureDate {
        type Value = crate::codec::Text<16>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[2];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Part number given by the rack owner.
    ///
    /// Addresses 24 to 31 (0x0018), 8 words, read only. Source name `Facebook_Part_Number`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FacebookPartNumber;
    impl register::Register for FacebookPartNumber {
        type Value = crate::codec::Text<16>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[3];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Build revision.
    ///
    /// Addresses 48 to 49 (0x0030), 2 words, read only. Source name `Build_Revision`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BuildRevision;
    impl register::Register for BuildRevision {
        type Value = crate::codec::Text<4>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[4];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Hardware revision.
    ///
    /// Addresses 52 to 55 (0x0034), 4 words, read only. Source name `HW_Revision`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct HwRevision;
    impl register::Register for HwRevision {
        type Value = crate::codec::Text<8>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[5];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Firmware revision.
    ///
    /// Addresses 56 to 59 (0x0038), 4 words, read only. Source name `FW_Revision`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FwRevision;
    impl register::Register for FwRevision {
        type Value = crate::codec::Text<8>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[6];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Work order of the production.
    ///
    /// Addresses 60 to 63 (0x003C), 4 words, read only. Source name `Workorder`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Workorder;
    impl register::Register for Workorder {
        type Value = crate::codec::Text<8>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[7];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Serial number.
    ///
    /// Addresses 64 to 79 (0x0040), 16 words, read only. Source name `MFR_Serial`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MfrSerial;
    impl register::Register for MfrSerial {
        type Value = crate::codec::Text<32>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[8];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Random number that spreads the state-of-health tests of the modules.
    ///
    /// Address 80 (0x0050), read only. Source name `Random_Number_Of_SoH_Test`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RandomNumberOfSohTest;
    impl register::Register for RandomNumberOfSohTest {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[9];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Failures and inhibits of the module.
    ///
    /// Address 104 (0x0068), read only. Source name `BBU_Status`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Status;
    impl register::Register for Status {
        type Value = super::Status;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[10];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::Status(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Failures that stay.
    ///
    /// Address 105 (0x0069), read only. Source name `Permanent_Failures`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PermanentFailures;
    impl register::Register for PermanentFailures {
        type Value = super::PermanentFailures;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[11];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::PermanentFailures(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Manufacturer access word of the pack.
    ///
    /// Address 106 (0x006A), read only. Source name `Manufacturer_Access`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufacturerAccess;
    impl register::Register for ManufacturerAccess {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[12];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// What the module does (bits 0 to 6) and which overrides are switched on (bits 7 to 15).
    ///
    /// Address 107 (0x006B), read and write. Source name `BBU_Mode`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct Mode;
    impl register::Register for Mode {
        type Value = super::Mode;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[13];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::Mode(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    impl register::Writable for Mode {}
    /// Status of the pack, as in the Smart Battery register of that name.
    ///
    /// Address 108 (0x006C), read only. Source name `Battery_Status`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryStatus;
    impl register::Register for BatteryStatus {
        type Value = super::BatteryStatus;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[14];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::BatteryStatus(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Voltage of cell 1 of 11 in series.
    ///
    /// Address 109 (0x006D), read only, unit `V`. Source name `Cell_Voltage1`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage1;
    impl register::Register for CellVoltage1 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[15];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 2 of 11 in series.
    ///
    /// Address 110 (0x006E), read only, unit `V`. Source name `Cell_Voltage2`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage2;
    impl register::Register for CellVoltage2 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[16];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 3 of 11 in series.
    ///
    /// Address 111 (0x006F), read only, unit `V`. Source name `Cell_Voltage3`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage3;
    impl register::Register for CellVoltage3 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[17];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 4 of 11 in series.
    ///
    /// Address 112 (0x0070), read only, unit `V`. Source name `Cell_Voltage4`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage4;
    impl register::Register for CellVoltage4 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[18];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 5 of 11 in series.
    ///
    /// Address 113 (0x0071), read only, unit `V`. Source name `Cell_Voltage5`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage5;
    impl register::Register for CellVoltage5 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[19];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 6 of 11 in series.
    ///
    /// Address 114 (0x0072), read only, unit `V`. Source name `Cell_Voltage6`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage6;
    impl register::Register for CellVoltage6 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[20];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 7 of 11 in series.
    ///
    /// Address 115 (0x0073), read only, unit `V`. Source name `Cell_Voltage7`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage7;
    impl register::Register for CellVoltage7 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[21];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 8 of 11 in series.
    ///
    /// Address 116 (0x0074), read only, unit `V`. Source name `Cell_Voltage8`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage8;
    impl register::Register for CellVoltage8 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[22];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 9 of 11 in series.
    ///
    /// Address 117 (0x0075), read only, unit `V`. Source name `Cell_Voltage9`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage9;
    impl register::Register for CellVoltage9 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[23];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 10 of 11 in series.
    ///
    /// Address 118 (0x0076), read only, unit `V`. Source name `Cell_Voltage10`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage10;
    impl register::Register for CellVoltage10 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[24];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of cell 11 of 11 in series.
    ///
    /// Address 119 (0x0077), read only, unit `V`. Source name `Cell_Voltage11`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CellVoltage11;
    impl register::Register for CellVoltage11 {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[25];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Number of state-of-health tests.
    ///
    /// Address 121 (0x0079), read only. Source name `SOH_Count`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SohCount;
    impl register::Register for SohCount {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[26];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Pack temperature 1.
    ///
    /// Address 122 (0x007A), read only, unit `Cel`. Source name `Temp1`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp1;
    impl register::Register for Temp1 {
        type Value = crate::units::Celsius;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[27];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Pack temperature 2.
    ///
    /// Address 123 (0x007B), read only, unit `Cel`. Source name `Temp2`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp2;
    impl register::Register for Temp2 {
        type Value = crate::units::Celsius;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[28];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Pack temperature 3.
    ///
    /// Address 124 (0x007C), read only, unit `Cel`. Source name `Temp3`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp3;
    impl register::Register for Temp3 {
        type Value = crate::units::Celsius;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[29];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Pack temperature 4.
    ///
    /// Address 125 (0x007D), read only, unit `Cel`. Source name `Temp4`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp4;
    impl register::Register for Temp4 {
        type Value = crate::units::Celsius;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[30];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// State of charge, as a share of the full-charge capacity.
    ///
    /// Address 126 (0x007E), read only, unit `%`. Source name `Relative_State_Of_Charge`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RelativeStateOfCharge;
    impl register::Register for RelativeStateOfCharge {
        type Value = crate::units::Percent;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[31];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// State of charge, as a share of the design capacity.
    ///
    /// Address 127 (0x007F), read only, unit `%`. Source name `Absolute_State_Of_Charge`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct AbsoluteStateOfCharge;
    impl register::Register for AbsoluteStateOfCharge {
        type Value = crate::units::Percent;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[32];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of the pack.
    ///
    /// Address 128 (0x0080), read only, unit `V`. Source name `Battery_Voltage`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryVoltage;
    impl register::Register for BatteryVoltage {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[33];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Current of the pack; the sign is that of the Smart Battery register (positive charges).
    ///
    /// Address 129 (0x0081), read only, unit `A`. Source name `Battery_Current`; confidence: conflicting, see the notes of the map.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryCurrent;
    impl register::Register for BatteryCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[34];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Mean of the pack current over the last minute; sign as battery_current.
    ///
    /// Address 130 (0x0082), read only, unit `A`. Source name `Average_Current`; confidence: conflicting, see the notes of the map.
    #[derive(Debug, Clone, Copy)]
    pub struct AverageCurrent;
    impl register::Register for AverageCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[35];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Charge left in the pack.
    ///
    /// Address 131 (0x0083), read only, unit `A.h`. Source name `Remaining_Capacity`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RemainingCapacity;
    impl register::Register for RemainingCapacity {
        type Value = crate::units::AmpereHours;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[36];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Charge of the pack when it is full.
    ///
    /// Address 132 (0x0084), read only, unit `A.h`. Source name `Full_Charge_Capacity`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FullChargeCapacity;
    impl register::Register for FullChargeCapacity {
        type Value = crate::units::AmpereHours;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[37];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Predicted time to empty at the present rate.
    ///
    /// Address 133 (0x0085), read only, unit `min`. Source name `Run_Time_To_Empty`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct RunTimeToEmpty;
    impl register::Register for RunTimeToEmpty {
        type Value = crate::units::Minutes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[38];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Predicted time to empty at the mean rate.
    ///
    /// Address 134 (0x0086), read only, unit `min`. Source name `Average_Time_To_Empty`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AverageTimeToEmpty;
    impl register::Register for AverageTimeToEmpty {
        type Value = crate::units::Minutes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[39];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Number of discharge cycles.
    ///
    /// Address 135 (0x0087), read only. Source name `Cycle_Count`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct CycleCount;
    impl register::Register for CycleCount {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[40];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Design capacity of the pack.
    ///
    /// Address 136 (0x0088), read only, unit `A.h`. Source name `Design_Capacity`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct DesignCapacity;
    impl register::Register for DesignCapacity {
        type Value = crate::units::AmpereHours;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[41];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Design voltage of the pack.
    ///
    /// Address 137 (0x0089), read only, unit `V`. Source name `Design_Voltage`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct DesignVoltage;
    impl register::Register for DesignVoltage {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[42];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Rate for which the at-rate predictions hold.
    ///
    /// Address 138 (0x008A), read only. Source name `At_Rate`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AtRate;
    impl register::Register for AtRate {
        type Value = i16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[43];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Predicted time to full at at_rate.
    ///
    /// Address 139 (0x008B), read only, unit `min`. Source name `At_Rate_Time_To_Full`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AtRateTimeToFull;
    impl register::Register for AtRateTimeToFull {
        type Value = crate::units::Minutes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[44];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Predicted time to empty at at_rate.
    ///
    /// Address 140 (0x008C), read only, unit `min`. Source name `At_Rate_Time_To_Empty`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AtRateTimeToEmpty;
    impl register::Register for AtRateTimeToEmpty {
        type Value = crate::units::Minutes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[45];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Whether the pack can deliver at_rate for 10 s.
    ///
    /// Address 141 (0x008D), read only. Source name `At_Rate_OK`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AtRateOk;
    impl register::Register for AtRateOk {
        type Value = super::AtRateOk;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[46];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::AtRateOk::from_raw)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_symbol(
                <Self as register::Register>::INFO,
                u64::from(value.raw()),
                words,
            )
        }
    }
    /// State of health.
    ///
    /// Address 142 (0x008E), read only, unit `%`. Source name `SOH`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct Soh;
    impl register::Register for Soh {
        type Value = crate::units::Percent;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[47];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Expected error of the state of charge.
    ///
    /// Address 143 (0x008F), read only, unit `%`. Source name `Max_Error`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct MaxError;
    impl register::Register for MaxError {
        type Value = crate::units::Percent;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[48];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Charge current the pack asks for.
    ///
    /// Address 144 (0x0090), read only, unit `A`. Source name `Charging_Current`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ChargingCurrent;
    impl register::Register for ChargingCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[49];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Charge voltage the pack asks for.
    ///
    /// Address 145 (0x0091), read only, unit `V`. Source name `Charging_Voltage`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ChargingVoltage;
    impl register::Register for ChargingVoltage {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[50];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Discharge current.
    ///
    /// Address 146 (0x0092), read only, unit `A`. Source name `Discharge_Current`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct DischargeCurrent;
    impl register::Register for DischargeCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[51];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Voltage of the busbar as the module sees it.
    ///
    /// Address 147 (0x0093), read only, unit `V`. Source name `Shelf_Busbar_Voltage`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ShelfBusbarVoltage;
    impl register::Register for ShelfBusbarVoltage {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[52];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Temperature of the inlet air, unscaled.
    ///
    /// Address 148 (0x0094), read only. Source name `Inlet_Ambient_Temperature`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct InletAmbientTemperature;
    impl register::Register for InletAmbientTemperature {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[53];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Temperature of the outlet air, unscaled.
    ///
    /// Address 149 (0x0095), read only. Source name `Outlet_Ambient_Temperature`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct OutletAmbientTemperature;
    impl register::Register for OutletAmbientTemperature {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[54];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Temperature of the charge converter, unscaled.
    ///
    /// Address 150 (0x0096), read only. Source name `Charge_Buck_Temperature`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ChargeBuckTemperature;
    impl register::Register for ChargeBuckTemperature {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[55];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Temperature of the discharge converter, unscaled.
    ///
    /// Address 151 (0x0097), read only. Source name `Discharge_Buck_Temperature`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct DischargeBuckTemperature;
    impl register::Register for DischargeBuckTemperature {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[56];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Speed of the fan.
    ///
    /// Address 152 (0x0098), read only, unit `/min`. Source name `Fan_Speed`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct FanSpeed;
    impl register::Register for FanSpeed {
        type Value = crate::units::Rpm;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[57];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Summary of the converter faults.
    ///
    /// Address 153 (0x0099), read only. Source name `BBU_Status_Word`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StatusWord;
    impl register::Register for StatusWord {
        type Value = super::StatusWord;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[58];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::StatusWord(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Faults of the discharge (boost) converter.
    ///
    /// Address 154 (0x009A), read only. Source name `BBU_Status_Power_Boost`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StatusPowerBoost;
    impl register::Register for StatusPowerBoost {
        type Value = super::StatusPowerBoost;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[59];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::StatusPowerBoost(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Faults of the buck converter.
    ///
    /// Address 155 (0x009B), read only. Source name `BBU_Status_Buck_Converter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StatusBuckConverter;
    impl register::Register for StatusBuckConverter {
        type Value = super::StatusBuckConverter;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[60];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::StatusBuckConverter(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Faults of the charger.
    ///
    /// Address 156 (0x009C), read only. Source name `BBU_Status_Charger`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StatusCharger;
    impl register::Register for StatusCharger {
        type Value = super::StatusCharger;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[61];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::StatusCharger(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Over-temperature faults.
    ///
    /// Address 157 (0x009D), read only. Source name `BBU_Status_Temperature`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StatusTemperature;
    impl register::Register for StatusTemperature {
        type Value = super::StatusTemperature;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[62];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::StatusTemperature(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Whether the module is at the end of its life.
    ///
    /// Address 158 (0x009E), read only. Source name `End_of_Life_Status`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct EndOfLifeStatus;
    impl register::Register for EndOfLifeStatus {
        type Value = super::EndOfLifeStatus;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[63];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::EndOfLifeStatus(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Output voltage of the discharge converter before the ORing element.
    ///
    /// Address 159 (0x009F), read only, unit `V`. Source name `BBU_Discharger_Output_Voltage_Inside_Oring`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct DischargerOutputVoltageInsideOring;
    impl register::Register for DischargerOutputVoltageInsideOring {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[64];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Charge current that the module has calculated for itself, unscaled.
    ///
    /// Address 160 (0x00A0), read only. Source name `Variable_Charge_Calculated_Current`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VariableChargeCalculatedCurrent;
    impl register::Register for VariableChargeCalculatedCurrent {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[65];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Time in service, unscaled.
    ///
    /// Address 161 (0x00A1), read only. Source name `BBU_Total_Service_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct TotalServiceTime;
    impl register::Register for TotalServiceTime {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[66];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Why the last state-of-health test failed.
    ///
    /// Address 162 (0x00A2), read only. Source name `SOH_Failure_Reason`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SohFailureReason;
    impl register::Register for SohFailureReason {
        type Value = super::SohFailureReason;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[67];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::SohFailureReason(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Number of modules in the shelf.
    ///
    /// Address 163 (0x00A3), read only. Source name `Number_of_Installed_BBUs`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct NumberOfInstalledBbus;
    impl register::Register for NumberOfInstalledBbus {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[68];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Levels of the hardware signals of the module.
    ///
    /// Address 164 (0x00A4), read only. Source name `BBU_Module_Hardware_Signals`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ModuleHardwareSignals;
    impl register::Register for ModuleHardwareSignals {
        type Value = super::ModuleHardwareSignals;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[69];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::ModuleHardwareSignals(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Levels of the hardware signals of the pack.
    ///
    /// Address 165 (0x00A5), read only. Source name `Battery_Pack_Hardware_Signals`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPackHardwareSignals;
    impl register::Register for BatteryPackHardwareSignals {
        type Value = super::BatteryPackHardwareSignals;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[70];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::BatteryPackHardwareSignals(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// State of the LEDs.
    ///
    /// Address 166 (0x00A6), read only. Source name `LED_Status`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LedStatus;
    impl register::Register for LedStatus {
        type Value = super::LedStatus;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[71];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::LedStatus(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Number of discharges.
    ///
    /// Address 167 (0x00A7), read only. Source name `Count_of_Discharge_Events`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct CountOfDischargeEvents;
    impl register::Register for CountOfDischargeEvents {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[72];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Why the state-of-health test did not start.
    ///
    /// Address 168 (0x00A8), read only. Source name `SOH_Not_Start_Reason`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SohNotStartReason;
    impl register::Register for SohNotStartReason {
        type Value = super::SohNotStartReason;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[73];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::SohNotStartReason(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    /// Charge failures of the pack, as the pack codes them.
    ///
    /// Address 179 (0x00B3), read only. Source name `Battery_Pack_Charge_Failure`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPackChargeFailure;
    impl register::Register for BatteryPackChargeFailure {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[74];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Discharge failures of the pack, as the pack codes them.
    ///
    /// Address 180 (0x00B4), read only. Source name `Battery_Pack_Discharge_Failure`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPackDischargeFailure;
    impl register::Register for BatteryPackDischargeFailure {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[75];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Permanent failures of the pack, as the pack codes them.
    ///
    /// Address 181 (0x00B5), read only. Source name `Battery_Pack_Permanent_Failure`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPackPermanentFailure;
    impl register::Register for BatteryPackPermanentFailure {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[76];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Firmware revision of the pack.
    ///
    /// Address 182 (0x00B6), read only. Source name `Battery_Pack_FW_Revision`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPackFwRevision;
    impl register::Register for BatteryPackFwRevision {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[77];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Version of the Smart Battery specification the pack follows.
    ///
    /// Address 183 (0x00B7), read only. Source name `Specification_Info`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SpecificationInfo;
    impl register::Register for SpecificationInfo {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[78];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Date of manufacture of the pack, packed.
    ///
    /// Address 184 (0x00B8), read only. Source name `Manufacturer_Date`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufacturerDate;
    impl register::Register for ManufacturerDate {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[79];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Serial number of the pack.
    ///
    /// Address 185 (0x00B9), read only. Source name `Serial_Number`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SerialNumber;
    impl register::Register for SerialNumber {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[80];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    /// Cell chemistry of the pack.
    ///
    /// Addresses 186 to 187 (0x00BA), 2 words, read only. Source name `Device_Chemistry`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct DeviceChemistry;
    impl register::Register for DeviceChemistry {
        type Value = crate::codec::Text<4>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[81];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Manufacturer data of the pack.
    ///
    /// Addresses 188 to 191 (0x00BC), 4 words, read only. Source name `Manufacturer_Data`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufacturerData;
    impl register::Register for ManufacturerData {
        type Value = crate::codec::Text<8>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[82];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Manufacturer of the pack.
    ///
    /// Addresses 192 to 207 (0x00C0), 16 words, read only. Source name `Manufacturer_Name`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct ManufacturerName;
    impl register::Register for ManufacturerName {
        type Value = crate::codec::Text<32>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[83];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Name of the pack.
    ///
    /// Addresses 208 to 223 (0x00D0), 16 words, read only. Source name `Device_Name`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct DeviceName;
    impl register::Register for DeviceName {
        type Value = crate::codec::Text<32>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[84];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_text(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_text(<Self as register::Register>::INFO, value, words)
        }
    }
    /// Code of the Modbus baud rate.
    ///
    /// Address 288 (0x0120), read and write. Source name `Variable_Modbus_Baud_Rate`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VariableModbusBaudRate;
    impl register::Register for VariableModbusBaudRate {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[85];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for VariableModbusBaudRate {}
    /// Longest time for which the module supports the bus.
    ///
    /// Address 289 (0x0121), read and write, unit `s`. Source name `Configurable_BBU_Maximum_Discharge_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ConfigurableBbuMaximumDischargeTime;
    impl register::Register for ConfigurableBbuMaximumDischargeTime {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[86];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ConfigurableBbuMaximumDischargeTime {}
    /// Time before the end of power at which the power loss siren sounds.
    ///
    /// Address 290 (0x0122), read and write, unit `s`. Source name `Configurable_Power_Loss_Siren_Timing`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ConfigurablePowerLossSirenTiming;
    impl register::Register for ConfigurablePowerLossSirenTiming {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[87];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ConfigurablePowerLossSirenTiming {}
    /// Charge current that holds while bit 10 of mode is set.
    ///
    /// Address 291 (0x0123), read and write, unit `A`. Source name `Variable_Charge_Override_Current`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VariableChargeOverrideCurrent;
    impl register::Register for VariableChargeOverrideCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[88];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for VariableChargeOverrideCurrent {}
    /// Makes the fault LED blink, to find the module.
    ///
    /// Address 292 (0x0124), read and write. Source name `LED_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct LedOverride;
    impl register::Register for LedOverride {
        type Value = super::LedOverride;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[89];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::LedOverride(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    impl register::Writable for LedOverride {}
    /// Fan speed that overrides the automatic one, unscaled.
    ///
    /// Address 293 (0x0125), read and write. Source name `Fan_Speed_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct FanSpeedOverride;
    impl register::Register for FanSpeedOverride {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[90];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for FanSpeedOverride {}
    /// Threshold of the recharge that holds while bit 11 of mode is set, unscaled.
    ///
    /// Address 294 (0x0126), read and write. Source name `PCM_Recharge_Threshold_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct PcmRechargeThresholdOverride;
    impl register::Register for PcmRechargeThresholdOverride {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[91];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for PcmRechargeThresholdOverride {}
    /// Overrides random_number_of_soh_test.
    ///
    /// Address 295 (0x0127), read and write. Source name `Override_Random_Number_Of_SOH_Test`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct OverrideRandomNumberOfSohTest;
    impl register::Register for OverrideRandomNumberOfSohTest {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[92];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for OverrideRandomNumberOfSohTest {}
    /// Overrides the interval between state-of-health tests, unscaled.
    ///
    /// Address 296 (0x0128), read and write. Source name `Override_Interval_Of_SOH_Test`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct OverrideIntervalOfSohTest;
    impl register::Register for OverrideIntervalOfSohTest {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[93];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for OverrideIntervalOfSohTest {}
    /// Unix time of the state-of-health test.
    ///
    /// Addresses 298 to 299 (0x012A), 2 words, read and write, unit `s`. Source name `SOH_Timestamp`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct SohTimestamp;
    impl register::Register for SohTimestamp {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[94];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for SohTimestamp {}
    /// Time after which the charge override ends, unscaled.
    ///
    /// Addresses 300 to 301 (0x012C), 2 words, read and write. Source name `Variable_Charge_Override_Timeout`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VariableChargeOverrideTimeout;
    impl register::Register for VariableChargeOverrideTimeout {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[95];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for VariableChargeOverrideTimeout {}
    /// Clock of the module, Unix time.
    ///
    /// Addresses 302 to 303 (0x012E), 2 words, read and write, unit `s`. Source name `Wall_Clock_Time`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct WallClockTime;
    impl register::Register for WallClockTime {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[96];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for WallClockTime {}
    /// End-of-life threshold that holds while bit 14 of mode is set: the shortest backup time of a good module.
    ///
    /// Address 304 (0x0130), read and write, unit `s`. Source name `EOL_Threshold_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct EolThresholdOverride;
    impl register::Register for EolThresholdOverride {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[97];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_quantity(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_quantity(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for EolThresholdOverride {}
    /// Time for which the module discharges by force, unscaled.
    ///
    /// Address 305 (0x0131), read and write. Source name `Forced_Discharge_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ForcedDischargeTime;
    impl register::Register for ForcedDischargeTime {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[98];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ForcedDischargeTime {}
    /// Mode of the system control that bit 13 of mode enables.
    ///
    /// Address 306 (0x0132), read and write. Source name `System_Control_Mode`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct SystemControlMode;
    impl register::Register for SystemControlMode {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[99];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for SystemControlMode {}
    /// Configuration of the battery shelf.
    ///
    /// Address 307 (0x0133), read and write. Source name `BBU_Shelf_Configuration`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ShelfConfiguration;
    impl register::Register for ShelfConfiguration {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[100];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ShelfConfiguration {}
    /// Time limit of the forced detached mode, unscaled.
    ///
    /// Address 308 (0x0134), read and write. Source name `Forced_Detached_Mode_Timeout`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ForcedDetachedModeTimeout;
    impl register::Register for ForcedDetachedModeTimeout {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[101];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ForcedDetachedModeTimeout {}
    /// Output power of the power supply shelf, told to the module, unscaled.
    ///
    /// Address 310 (0x0136), read and write. Source name `PSU_Shelf_Output_Power`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ShelfOutputPower;
    impl register::Register for ShelfOutputPower {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[102];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ShelfOutputPower {}
    /// Whether the power supplies have good AC input, told to the module.
    ///
    /// Address 311 (0x0137), read and write. Source name `PSU_AC_OK`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct AcOk;
    impl register::Register for AcOk {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[103];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for AcOk {}
    /// Delay before the module charges again, unscaled.
    ///
    /// Address 312 (0x0138), read and write. Source name `Charge_Delay_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ChargeDelayTime;
    impl register::Register for ChargeDelayTime {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[104];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_integer(<Self as register::Register>::INFO, *value, words)
        }
    }
    impl register::Writable for ChargeDelayTime {}
    /// Clears the faults and latches of the module.
    ///
    /// Address 313 (0x0139), command. Source name `BBU_Clear_Fault`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ClearFault;
    impl register::Register for ClearFault {
        type Value = super::ClearFault;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[105];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::ClearFault(raw as u16))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(
                <Self as register::Register>::INFO,
                u64::from(value.0),
                words,
            )
        }
    }
    impl register::Writable for ClearFault {}
}
/// Every register of a device. `None` is a value that was not read or is not available.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Manufacturer of the module.
    pub manufacture_name: Option<crate::codec::Text<16>>,
    /// Model of the module.
    pub manufacture_model: Option<crate::codec::Text<16>>,
    /// Date of manufacture, as text.
    pub manufacture_date: Option<crate::codec::Text<16>>,
    /// Part number given by the rack owner.
    pub facebook_part_number: Option<crate::codec::Text<16>>,
    /// Build revision.
    pub build_revision: Option<crate::codec::Text<4>>,
    /// Hardware revision.
    pub hw_revision: Option<crate::codec::Text<8>>,
    /// Firmware revision.
    pub fw_revision: Option<crate::codec::Text<8>>,
    /// Work order of the production.
    pub workorder: Option<crate::codec::Text<8>>,
    /// Serial number.
    pub mfr_serial: Option<crate::codec::Text<32>>,
    /// Random number that spreads the state-of-health tests of the modules.
    pub random_number_of_soh_test: Option<u16>,
    /// Failures and inhibits of the module.
    pub status: Option<Status>,
    /// Failures that stay.
    pub permanent_failures: Option<PermanentFailures>,
    /// Manufacturer access word of the pack.
    pub manufacturer_access: Option<u16>,
    /// What the module does (bits 0 to 6) and which overrides are switched on (bits 7 to 15).
    pub mode: Option<Mode>,
    /// Status of the pack, as in the Smart Battery register of that name.
    pub battery_status: Option<BatteryStatus>,
    /// Voltage of cell 1 of 11 in series.
    pub cell_voltage1: Option<crate::units::Volts>,
    /// Voltage of cell 2 of 11 in series.
    pub cell_voltage2: Option<crate::units::Volts>,
    /// Voltage of cell 3 of 11 in series.
    pub cell_voltage3: Option<crate::units::Volts>,
    /// Voltage of cell 4 of 11 in series.
    pub cell_voltage4: Option<crate::units::Volts>,
    /// Voltage of cell 5 of 11 in series.
    pub cell_voltage5: Option<crate::units::Volts>,
    /// Voltage of cell 6 of 11 in series.
    pub cell_voltage6: Option<crate::units::Volts>,
    /// Voltage of cell 7 of 11 in series.
    pub cell_voltage7: Option<crate::units::Volts>,
    /// Voltage of cell 8 of 11 in series.
    pub cell_voltage8: Option<crate::units::Volts>,
    /// Voltage of cell 9 of 11 in series.
    pub cell_voltage9: Option<crate::units::Volts>,
    /// Voltage of cell 10 of 11 in series.
    pub cell_voltage10: Option<crate::units::Volts>,
    /// Voltage of cell 11 of 11 in series.
    pub cell_voltage11: Option<crate::units::Volts>,
    /// Number of state-of-health tests.
    pub soh_count: Option<u16>,
    /// Pack temperature 1.
    pub temp1: Option<crate::units::Celsius>,
    /// Pack temperature 2.
    pub temp2: Option<crate::units::Celsius>,
    /// Pack temperature 3.
    pub temp3: Option<crate::units::Celsius>,
    /// Pack temperature 4.
    pub temp4: Option<crate::units::Celsius>,
    /// State of charge, as a share of the full-charge capacity.
    pub relative_state_of_charge: Option<crate::units::Percent>,
    /// State of charge, as a share of the design capacity.
    pub absolute_state_of_charge: Option<crate::units::Percent>,
    /// Voltage of the pack.
    pub battery_voltage: Option<crate::units::Volts>,
    /// Current of the pack; the sign is that of the Smart Battery register (positive charges).
    pub battery_current: Option<crate::units::Amperes>,
    /// Mean of the pack current over the last minute; sign as battery_current.
    pub average_current: Option<crate::units::Amperes>,
    /// Charge left in the pack.
    pub remaining_capacity: Option<crate::units::AmpereHours>,
    /// Charge of the pack when it is full.
    pub full_charge_capacity: Option<crate::units::AmpereHours>,
    /// Predicted time to empty at the present rate.
    pub run_time_to_empty: Option<crate::units::Minutes>,
    /// Predicted time to empty at the mean rate.
    pub average_time_to_empty: Option<crate::units::Minutes>,
    /// Number of discharge cycles.
    pub cycle_count: Option<u16>,
    /// Design capacity of the pack.
    pub design_capacity: Option<crate::units::AmpereHours>,
    /// Design voltage of the pack.
    pub design_voltage: Option<crate::units::Volts>,
    /// Rate for which the at-rate predictions hold.
    pub at_rate: Option<i16>,
    /// Predicted time to full at at_rate.
    pub at_rate_time_to_full: Option<crate::units::Minutes>,
    /// Predicted time to empty at at_rate.
    pub at_rate_time_to_empty: Option<crate::units::Minutes>,
    /// Whether the pack can deliver at_rate for 10 s.
    pub at_rate_ok: Option<AtRateOk>,
    /// State of health.
    pub soh: Option<crate::units::Percent>,
    /// Expected error of the state of charge.
    pub max_error: Option<crate::units::Percent>,
    /// Charge current the pack asks for.
    pub charging_current: Option<crate::units::Amperes>,
    /// Charge voltage the pack asks for.
    pub charging_voltage: Option<crate::units::Volts>,
    /// Discharge current.
    pub discharge_current: Option<crate::units::Amperes>,
    /// Voltage of the busbar as the module sees it.
    pub shelf_busbar_voltage: Option<crate::units::Volts>,
    /// Temperature of the inlet air, unscaled.
    pub inlet_ambient_temperature: Option<u16>,
    /// Temperature of the outlet air, unscaled.
    pub outlet_ambient_temperature: Option<u16>,
    /// Temperature of the charge converter, unscaled.
    pub charge_buck_temperature: Option<u16>,
    /// Temperature of the discharge converter, unscaled.
    pub discharge_buck_temperature: Option<u16>,
    /// Speed of the fan.
    pub fan_speed: Option<crate::units::Rpm>,
    /// Summary of the converter faults.
    pub status_word: Option<StatusWord>,
    /// Faults of the discharge (boost) converter.
    pub status_power_boost: Option<StatusPowerBoost>,
    /// Faults of the buck converter.
    pub status_buck_converter: Option<StatusBuckConverter>,
    /// Faults of the charger.
    pub status_charger: Option<StatusCharger>,
    /// Over-temperature faults.
    pub status_temperature: Option<StatusTemperature>,
    /// Whether the module is at the end of its life.
    pub end_of_life_status: Option<EndOfLifeStatus>,
    /// Output voltage of the discharge converter before the ORing element.
    pub discharger_output_voltage_inside_oring: Option<crate::units::Volts>,
    /// Charge current that the module has calculated for itself, unscaled.
    pub variable_charge_calculated_current: Option<u16>,
    /// Time in service, unscaled.
    pub total_service_time: Option<u16>,
    /// Why the last state-of-health test failed.
    pub soh_failure_reason: Option<SohFailureReason>,
    /// Number of modules in the shelf.
    pub number_of_installed_bbus: Option<u16>,
    /// Levels of the hardware signals of the module.
    pub module_hardware_signals: Option<ModuleHardwareSignals>,
    /// Levels of the hardware signals of the pack.
    pub battery_pack_hardware_signals: Option<BatteryPackHardwareSignals>,
    /// State of the LEDs.
    pub led_status: Option<LedStatus>,
    /// Number of discharges.
    pub count_of_discharge_events: Option<u16>,
    /// Why the state-of-health test did not start.
    pub soh_not_start_reason: Option<SohNotStartReason>,
    /// Charge failures of the pack, as the pack codes them.
    pub battery_pack_charge_failure: Option<u16>,
    /// Discharge failures of the pack, as the pack codes them.
    pub battery_pack_discharge_failure: Option<u16>,
    /// Permanent failures of the pack, as the pack codes them.
    pub battery_pack_permanent_failure: Option<u16>,
    /// Firmware revision of the pack.
    pub battery_pack_fw_revision: Option<u16>,
    /// Version of the Smart Battery specification the pack follows.
    pub specification_info: Option<u16>,
    /// Date of manufacture of the pack, packed.
    pub manufacturer_date: Option<u16>,
    /// Serial number of the pack.
    pub serial_number: Option<u16>,
    /// Cell chemistry of the pack.
    pub device_chemistry: Option<crate::codec::Text<4>>,
    /// Manufacturer data of the pack.
    pub manufacturer_data: Option<crate::codec::Text<8>>,
    /// Manufacturer of the pack.
    pub manufacturer_name: Option<crate::codec::Text<32>>,
    /// Name of the pack.
    pub device_name: Option<crate::codec::Text<32>>,
    /// Code of the Modbus baud rate.
    pub variable_modbus_baud_rate: Option<u16>,
    /// Longest time for which the module supports the bus.
    pub configurable_bbu_maximum_discharge_time: Option<crate::units::Seconds>,
    /// Time before the end of power at which the power loss siren sounds.
    pub configurable_power_loss_siren_timing: Option<crate::units::Seconds>,
    /// Charge current that holds while bit 10 of mode is set.
    pub variable_charge_override_current: Option<crate::units::Amperes>,
    /// Makes the fault LED blink, to find the module.
    pub led_override: Option<LedOverride>,
    /// Fan speed that overrides the automatic one, unscaled.
    pub fan_speed_override: Option<u16>,
    /// Threshold of the recharge that holds while bit 11 of mode is set, unscaled.
    pub pcm_recharge_threshold_override: Option<u16>,
    /// Overrides random_number_of_soh_test.
    pub override_random_number_of_soh_test: Option<u16>,
    /// Overrides the interval between state-of-health tests, unscaled.
    pub override_interval_of_soh_test: Option<u16>,
    /// Unix time of the state-of-health test.
    pub soh_timestamp: Option<crate::units::Seconds>,
    /// Time after which the charge override ends, unscaled.
    pub variable_charge_override_timeout: Option<u32>,
    /// Clock of the module, Unix time.
    pub wall_clock_time: Option<crate::units::Seconds>,
    /// End-of-life threshold that holds while bit 14 of mode is set: the shortest backup time of a good module.
    pub eol_threshold_override: Option<crate::units::Seconds>,
    /// Time for which the module discharges by force, unscaled.
    pub forced_discharge_time: Option<u16>,
    /// Mode of the system control that bit 13 of mode enables.
    pub system_control_mode: Option<u16>,
    /// Configuration of the battery shelf.
    pub shelf_configuration: Option<u16>,
    /// Time limit of the forced detached mode, unscaled.
    pub forced_detached_mode_timeout: Option<u16>,
    /// Output power of the power supply shelf, told to the module, unscaled.
    pub shelf_output_power: Option<u16>,
    /// Whether the power supplies have good AC input, told to the module.
    pub ac_ok: Option<u16>,
    /// Delay before the module charges again, unscaled.
    pub charge_delay_time: Option<u16>,
    /// Clears the faults and latches of the module.
    pub clear_fault: Option<ClearFault>,
}
impl Image {
    /// Reads what `words` holds.
    pub fn read(words: &impl register::Words) -> Self {
        Self {
            manufacture_name: register::read::<reg::ManufactureName>(words),
            manufacture_model: register::read::<reg::ManufactureModel>(words),
            manufacture_date: register::read::<reg::ManufactureDate>(words),
            facebook_part_number: register::read::<reg::FacebookPartNumber>(words),
            build_revision: register::read::<reg::BuildRevision>(words),
            hw_revision: register::read::<reg::HwRevision>(words),
            fw_revision: register::read::<reg::FwRevision>(words),
            workorder: register::read::<reg::Workorder>(words),
            mfr_serial: register::read::<reg::MfrSerial>(words),
            random_number_of_soh_test: register::read::<
                reg::RandomNumberOfSohTest,
            >(words),
            status: register::read::<reg::Status>(words),
            permanent_failures: register::read::<reg::PermanentFailures>(words),
            manufacturer_access: register::read::<reg::ManufacturerAccess>(words),
            mode: register::read::<reg::Mode>(words),
            battery_status: register::read::<reg::BatteryStatus>(words),
            cell_voltage1: register::read::<reg::CellVoltage1>(words),
            cell_voltage2: register::read::<reg::CellVoltage2>(words),
            cell_voltage3: register::read::<reg::CellVoltage3>(words),
            cell_voltage4: register::read::<reg::CellVoltage4>(words),
            cell_voltage5: register::read::<reg::CellVoltage5>(words),
            cell_voltage6: register::read::<reg::CellVoltage6>(words),
            cell_voltage7: register::read::<reg::CellVoltage7>(words),
            cell_voltage8: register::read::<reg::CellVoltage8>(words),
            cell_voltage9: register::read::<reg::CellVoltage9>(words),
            cell_voltage10: register::read::<reg::CellVoltage10>(words),
            cell_voltage11: register::read::<reg::CellVoltage11>(words),
            soh_count: register::read::<reg::SohCount>(words),
            temp1: register::read::<reg::Temp1>(words),
            temp2: register::read::<reg::Temp2>(words),
            temp3: register::read::<reg::Temp3>(words),
            temp4: register::read::<reg::Temp4>(words),
            relative_state_of_charge: register::read::<
                reg::RelativeStateOfCharge,
            >(words),
            absolute_state_of_charge: register::read::<
                reg::AbsoluteStateOfCharge,
            >(words),
            battery_voltage: register::read::<reg::BatteryVoltage>(words),
            battery_current: register::read::<reg::BatteryCurrent>(words),
            average_current: register::read::<reg::AverageCurrent>(words),
            remaining_capacity: register::read::<reg::RemainingCapacity>(words),
            full_charge_capacity: register::read::<reg::FullChargeCapacity>(words),
            run_time_to_empty: register::read::<reg::RunTimeToEmpty>(words),
            average_time_to_empty: register::read::<reg::AverageTimeToEmpty>(words),
            cycle_count: register::read::<reg::CycleCount>(words),
            design_capacity: register::read::<reg::DesignCapacity>(words),
            design_voltage: register::read::<reg::DesignVoltage>(words),
            at_rate: register::read::<reg::AtRate>(words),
            at_rate_time_to_full: register::read::<reg::AtRateTimeToFull>(words),
            at_rate_time_to_empty: register::read::<reg::AtRateTimeToEmpty>(words),
            at_rate_ok: register::read::<reg::AtRateOk>(words),
            soh: register::read::<reg::Soh>(words),
            max_error: register::read::<reg::MaxError>(words),
            charging_current: register::read::<reg::ChargingCurrent>(words),
            charging_voltage: register::read::<reg::ChargingVoltage>(words),
            discharge_current: register::read::<reg::DischargeCurrent>(words),
            shelf_busbar_voltage: register::read::<reg::ShelfBusbarVoltage>(words),
            inlet_ambient_temperature: register::read::<
                reg::InletAmbientTemperature,
            >(words),
            outlet_ambient_temperature: register::read::<
                reg::OutletAmbientTemperature,
            >(words),
            charge_buck_temperature: register::read::<reg::ChargeBuckTemperature>(words),
            discharge_buck_temperature: register::read::<
                reg::DischargeBuckTemperature,
            >(words),
            fan_speed: register::read::<reg::FanSpeed>(words),
            status_word: register::read::<reg::StatusWord>(words),
            status_power_boost: register::read::<reg::StatusPowerBoost>(words),
            status_buck_converter: register::read::<reg::StatusBuckConverter>(words),
            status_charger: register::read::<reg::StatusCharger>(words),
            status_temperature: register::read::<reg::StatusTemperature>(words),
            end_of_life_status: register::read::<reg::EndOfLifeStatus>(words),
            discharger_output_voltage_inside_oring: register::read::<
                reg::DischargerOutputVoltageInsideOring,
            >(words),
            variable_charge_calculated_current: register::read::<
                reg::VariableChargeCalculatedCurrent,
            >(words),
            total_service_time: register::read::<reg::TotalServiceTime>(words),
            soh_failure_reason: register::read::<reg::SohFailureReason>(words),
            number_of_installed_bbus: register::read::<
                reg::NumberOfInstalledBbus,
            >(words),
            module_hardware_signals: register::read::<reg::ModuleHardwareSignals>(words),
            battery_pack_hardware_signals: register::read::<
                reg::BatteryPackHardwareSignals,
            >(words),
            led_status: register::read::<reg::LedStatus>(words),
            count_of_discharge_events: register::read::<
                reg::CountOfDischargeEvents,
            >(words),
            soh_not_start_reason: register::read::<reg::SohNotStartReason>(words),
            battery_pack_charge_failure: register::read::<
                reg::BatteryPackChargeFailure,
            >(words),
            battery_pack_discharge_failure: register::read::<
                reg::BatteryPackDischargeFailure,
            >(words),
            battery_pack_permanent_failure: register::read::<
                reg::BatteryPackPermanentFailure,
            >(words),
            battery_pack_fw_revision: register::read::<
                reg::BatteryPackFwRevision,
            >(words),
            specification_info: register::read::<reg::SpecificationInfo>(words),
            manufacturer_date: register::read::<reg::ManufacturerDate>(words),
            serial_number: register::read::<reg::SerialNumber>(words),
            device_chemistry: register::read::<reg::DeviceChemistry>(words),
            manufacturer_data: register::read::<reg::ManufacturerData>(words),
            manufacturer_name: register::read::<reg::ManufacturerName>(words),
            device_name: register::read::<reg::DeviceName>(words),
            variable_modbus_baud_rate: register::read::<
                reg::VariableModbusBaudRate,
            >(words),
            configurable_bbu_maximum_discharge_time: register::read::<
                reg::ConfigurableBbuMaximumDischargeTime,
            >(words),
            configurable_power_loss_siren_timing: register::read::<
                reg::ConfigurablePowerLossSirenTiming,
            >(words),
            variable_charge_override_current: register::read::<
                reg::VariableChargeOverrideCurrent,
            >(words),
            led_override: register::read::<reg::LedOverride>(words),
            fan_speed_override: register::read::<reg::FanSpeedOverride>(words),
            pcm_recharge_threshold_override: register::read::<
                reg::PcmRechargeThresholdOverride,
            >(words),
            override_random_number_of_soh_test: register::read::<
                reg::OverrideRandomNumberOfSohTest,
            >(words),
            override_interval_of_soh_test: register::read::<
                reg::OverrideIntervalOfSohTest,
            >(words),
            soh_timestamp: register::read::<reg::SohTimestamp>(words),
            variable_charge_override_timeout: register::read::<
                reg::VariableChargeOverrideTimeout,
            >(words),
            wall_clock_time: register::read::<reg::WallClockTime>(words),
            eol_threshold_override: register::read::<reg::EolThresholdOverride>(words),
            forced_discharge_time: register::read::<reg::ForcedDischargeTime>(words),
            system_control_mode: register::read::<reg::SystemControlMode>(words),
            shelf_configuration: register::read::<reg::ShelfConfiguration>(words),
            forced_detached_mode_timeout: register::read::<
                reg::ForcedDetachedModeTimeout,
            >(words),
            shelf_output_power: register::read::<reg::ShelfOutputPower>(words),
            ac_ok: register::read::<reg::AcOk>(words),
            charge_delay_time: register::read::<reg::ChargeDelayTime>(words),
            clear_fault: register::read::<reg::ClearFault>(words),
        }
    }
    /// Writes every value into `words`; `None` becomes the register's not-available value, or
    /// leaves the words alone if it has none.
    ///
    /// # Errors
    /// [`register::EncodeError`] for the first value that does not fit its register, or if
    /// `words` lacks an address.
    pub fn write(
        &self,
        words: &mut impl register::WordsMut,
    ) -> Result<(), register::EncodeError> {
        register::write::<reg::ManufactureName>(self.manufacture_name.as_ref(), words)?;
        register::write::<
            reg::ManufactureModel,
        >(self.manufacture_model.as_ref(), words)?;
        register::write::<reg::ManufactureDate>(self.manufacture_date.as_ref(), words)?;
        register::write::<
            reg::FacebookPartNumber,
        >(self.facebook_part_number.as_ref(), words)?;
        register::write::<reg::BuildRevision>(self.build_revision.as_ref(), words)?;
        register::write::<reg::HwRevision>(self.hw_revision.as_ref(), words)?;
        register::write::<reg::FwRevision>(self.fw_revision.as_ref(), words)?;
        register::write::<reg::Workorder>(self.workorder.as_ref(), words)?;
        register::write::<reg::MfrSerial>(self.mfr_serial.as_ref(), words)?;
        register::write::<
            reg::RandomNumberOfSohTest,
        >(self.random_number_of_soh_test.as_ref(), words)?;
        register::write::<reg::Status>(self.status.as_ref(), words)?;
        register::write::<
            reg::PermanentFailures,
        >(self.permanent_failures.as_ref(), words)?;
        register::write::<
            reg::ManufacturerAccess,
        >(self.manufacturer_access.as_ref(), words)?;
        register::write::<reg::Mode>(self.mode.as_ref(), words)?;
        register::write::<reg::BatteryStatus>(self.battery_status.as_ref(), words)?;
        register::write::<reg::CellVoltage1>(self.cell_voltage1.as_ref(), words)?;
        register::write::<reg::CellVoltage2>(self.cell_voltage2.as_ref(), words)?;
        register::write::<reg::CellVoltage3>(self.cell_voltage3.as_ref(), words)?;
        register::write::<reg::CellVoltage4>(self.cell_voltage4.as_ref(), words)?;
        register::write::<reg::CellVoltage5>(self.cell_voltage5.as_ref(), words)?;
        register::write::<reg::CellVoltage6>(self.cell_voltage6.as_ref(), words)?;
        register::write::<reg::CellVoltage7>(self.cell_voltage7.as_ref(), words)?;
        register::write::<reg::CellVoltage8>(self.cell_voltage8.as_ref(), words)?;
        register::write::<reg::CellVoltage9>(self.cell_voltage9.as_ref(), words)?;
        register::write::<reg::CellVoltage10>(self.cell_voltage10.as_ref(), words)?;
        register::write::<reg::CellVoltage11>(self.cell_voltage11.as_ref(), words)?;
        register::write::<reg::SohCount>(self.soh_count.as_ref(), words)?;
        register::write::<reg::Temp1>(self.temp1.as_ref(), words)?;
        register::write::<reg::Temp2>(self.temp2.as_ref(), words)?;
        register::write::<reg::Temp3>(self.temp3.as_ref(), words)?;
        register::write::<reg::Temp4>(self.temp4.as_ref(), words)?;
        register::write::<
            reg::RelativeStateOfCharge,
        >(self.relative_state_of_charge.as_ref(), words)?;
        register::write::<
            reg::AbsoluteStateOfCharge,
        >(self.absolute_state_of_charge.as_ref(), words)?;
        register::write::<reg::BatteryVoltage>(self.battery_voltage.as_ref(), words)?;
        register::write::<reg::BatteryCurrent>(self.battery_current.as_ref(), words)?;
        register::write::<reg::AverageCurrent>(self.average_current.as_ref(), words)?;
        register::write::<
            reg::RemainingCapacity,
        >(self.remaining_capacity.as_ref(), words)?;
        register::write::<
            reg::FullChargeCapacity,
        >(self.full_charge_capacity.as_ref(), words)?;
        register::write::<reg::RunTimeToEmpty>(self.run_time_to_empty.as_ref(), words)?;
        register::write::<
            reg::AverageTimeToEmpty,
        >(self.average_time_to_empty.as_ref(), words)?;
        register::write::<reg::CycleCount>(self.cycle_count.as_ref(), words)?;
        register::write::<reg::DesignCapacity>(self.design_capacity.as_ref(), words)?;
        register::write::<reg::DesignVoltage>(self.design_voltage.as_ref(), words)?;
        register::write::<reg::AtRate>(self.at_rate.as_ref(), words)?;
        register::write::<
            reg::AtRateTimeToFull,
        >(self.at_rate_time_to_full.as_ref(), words)?;
        register::write::<
            reg::AtRateTimeToEmpty,
        >(self.at_rate_time_to_empty.as_ref(), words)?;
        register::write::<reg::AtRateOk>(self.at_rate_ok.as_ref(), words)?;
        register::write::<reg::Soh>(self.soh.as_ref(), words)?;
        register::write::<reg::MaxError>(self.max_error.as_ref(), words)?;
        register::write::<reg::ChargingCurrent>(self.charging_current.as_ref(), words)?;
        register::write::<reg::ChargingVoltage>(self.charging_voltage.as_ref(), words)?;
        register::write::<
            reg::DischargeCurrent,
        >(self.discharge_current.as_ref(), words)?;
        register::write::<
            reg::ShelfBusbarVoltage,
        >(self.shelf_busbar_voltage.as_ref(), words)?;
        register::write::<
            reg::InletAmbientTemperature,
        >(self.inlet_ambient_temperature.as_ref(), words)?;
        register::write::<
            reg::OutletAmbientTemperature,
        >(self.outlet_ambient_temperature.as_ref(), words)?;
        register::write::<
            reg::ChargeBuckTemperature,
        >(self.charge_buck_temperature.as_ref(), words)?;
        register::write::<
            reg::DischargeBuckTemperature,
        >(self.discharge_buck_temperature.as_ref(), words)?;
        register::write::<reg::FanSpeed>(self.fan_speed.as_ref(), words)?;
        register::write::<reg::StatusWord>(self.status_word.as_ref(), words)?;
        register::write::<
            reg::StatusPowerBoost,
        >(self.status_power_boost.as_ref(), words)?;
        register::write::<
            reg::StatusBuckConverter,
        >(self.status_buck_converter.as_ref(), words)?;
        register::write::<reg::StatusCharger>(self.status_charger.as_ref(), words)?;
        register::write::<
            reg::StatusTemperature,
        >(self.status_temperature.as_ref(), words)?;
        register::write::<
            reg::EndOfLifeStatus,
        >(self.end_of_life_status.as_ref(), words)?;
        register::write::<
            reg::DischargerOutputVoltageInsideOring,
        >(self.discharger_output_voltage_inside_oring.as_ref(), words)?;
        register::write::<
            reg::VariableChargeCalculatedCurrent,
        >(self.variable_charge_calculated_current.as_ref(), words)?;
        register::write::<
            reg::TotalServiceTime,
        >(self.total_service_time.as_ref(), words)?;
        register::write::<
            reg::SohFailureReason,
        >(self.soh_failure_reason.as_ref(), words)?;
        register::write::<
            reg::NumberOfInstalledBbus,
        >(self.number_of_installed_bbus.as_ref(), words)?;
        register::write::<
            reg::ModuleHardwareSignals,
        >(self.module_hardware_signals.as_ref(), words)?;
        register::write::<
            reg::BatteryPackHardwareSignals,
        >(self.battery_pack_hardware_signals.as_ref(), words)?;
        register::write::<reg::LedStatus>(self.led_status.as_ref(), words)?;
        register::write::<
            reg::CountOfDischargeEvents,
        >(self.count_of_discharge_events.as_ref(), words)?;
        register::write::<
            reg::SohNotStartReason,
        >(self.soh_not_start_reason.as_ref(), words)?;
        register::write::<
            reg::BatteryPackChargeFailure,
        >(self.battery_pack_charge_failure.as_ref(), words)?;
        register::write::<
            reg::BatteryPackDischargeFailure,
        >(self.battery_pack_discharge_failure.as_ref(), words)?;
        register::write::<
            reg::BatteryPackPermanentFailure,
        >(self.battery_pack_permanent_failure.as_ref(), words)?;
        register::write::<
            reg::BatteryPackFwRevision,
        >(self.battery_pack_fw_revision.as_ref(), words)?;
        register::write::<
            reg::SpecificationInfo,
        >(self.specification_info.as_ref(), words)?;
        register::write::<
            reg::ManufacturerDate,
        >(self.manufacturer_date.as_ref(), words)?;
        register::write::<reg::SerialNumber>(self.serial_number.as_ref(), words)?;
        register::write::<reg::DeviceChemistry>(self.device_chemistry.as_ref(), words)?;
        register::write::<
            reg::ManufacturerData,
        >(self.manufacturer_data.as_ref(), words)?;
        register::write::<
            reg::ManufacturerName,
        >(self.manufacturer_name.as_ref(), words)?;
        register::write::<reg::DeviceName>(self.device_name.as_ref(), words)?;
        register::write::<
            reg::VariableModbusBaudRate,
        >(self.variable_modbus_baud_rate.as_ref(), words)?;
        register::write::<
            reg::ConfigurableBbuMaximumDischargeTime,
        >(self.configurable_bbu_maximum_discharge_time.as_ref(), words)?;
        register::write::<
            reg::ConfigurablePowerLossSirenTiming,
        >(self.configurable_power_loss_siren_timing.as_ref(), words)?;
        register::write::<
            reg::VariableChargeOverrideCurrent,
        >(self.variable_charge_override_current.as_ref(), words)?;
        register::write::<reg::LedOverride>(self.led_override.as_ref(), words)?;
        register::write::<
            reg::FanSpeedOverride,
        >(self.fan_speed_override.as_ref(), words)?;
        register::write::<
            reg::PcmRechargeThresholdOverride,
        >(self.pcm_recharge_threshold_override.as_ref(), words)?;
        register::write::<
            reg::OverrideRandomNumberOfSohTest,
        >(self.override_random_number_of_soh_test.as_ref(), words)?;
        register::write::<
            reg::OverrideIntervalOfSohTest,
        >(self.override_interval_of_soh_test.as_ref(), words)?;
        register::write::<reg::SohTimestamp>(self.soh_timestamp.as_ref(), words)?;
        register::write::<
            reg::VariableChargeOverrideTimeout,
        >(self.variable_charge_override_timeout.as_ref(), words)?;
        register::write::<reg::WallClockTime>(self.wall_clock_time.as_ref(), words)?;
        register::write::<
            reg::EolThresholdOverride,
        >(self.eol_threshold_override.as_ref(), words)?;
        register::write::<
            reg::ForcedDischargeTime,
        >(self.forced_discharge_time.as_ref(), words)?;
        register::write::<
            reg::SystemControlMode,
        >(self.system_control_mode.as_ref(), words)?;
        register::write::<
            reg::ShelfConfiguration,
        >(self.shelf_configuration.as_ref(), words)?;
        register::write::<
            reg::ForcedDetachedModeTimeout,
        >(self.forced_detached_mode_timeout.as_ref(), words)?;
        register::write::<
            reg::ShelfOutputPower,
        >(self.shelf_output_power.as_ref(), words)?;
        register::write::<reg::AcOk>(self.ac_ok.as_ref(), words)?;
        register::write::<reg::ChargeDelayTime>(self.charge_delay_time.as_ref(), words)?;
        register::write::<reg::ClearFault>(self.clear_fault.as_ref(), words)?;
        Ok(())
    }
}
