// Written by `dpo registers generate` from maps/orv3-psu.json. Do not edit: change the map.

//! ORv3 power supply unit (3 kW): register map `orv3-psu` 0.1.0.

use crate::{map, register};
/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-psu.json");
/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-psu",
    title: "ORv3 power supply unit (3 kW)",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Psu,
    addresses: &[(192, 247)],
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
pub static REGISTERS: [map::RegisterInfo; 50] = [
    map::RegisterInfo {
        id: "fbpn",
        name: "PSU_FBPN",
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
        id: "mfr_model",
        name: "PSU_MFR_Model",
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
        id: "mfr_date",
        name: "PSU_MFR_Date",
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
        id: "mfr_serial",
        name: "PSU_MFR_Serial",
        address: 24,
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
        id: "workorder",
        name: "PSU_Workorder",
        address: 40,
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
        id: "hw_revision",
        name: "PSU_HW_Revision",
        address: 44,
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
        name: "PSU_FW_Revision",
        address: 48,
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
        id: "total_up_time",
        name: "Total_Up_Time",
        address: 52,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
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
        id: "time_since_last_on",
        name: "Time_Since_Last_On",
        address: 54,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
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
        id: "ac_power_cycle_counter",
        name: "AC_Power_Cycle_Counter",
        address: 56,
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
        id: "ac_outage_counter",
        name: "AC_Outage_Counter",
        address: 57,
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
        id: "general_alarm_status_register",
        name: "General_Alarm_Status_Register",
        address: 60,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "pfc",
                name: "PFC",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "dcdc",
                name: "DCDC",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "temperature",
                name: "Temperature",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "communication",
                name: "Communication",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "pfc_converter_fail",
                name: "PFC_Converter_Fail",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "dcdc_converter_failure",
                name: "DCDC_Converter_Failure",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "temp_alarm",
                name: "Temp_Alarm",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "fan_alarm",
                name: "Fan_Alarm",
                bit: 11,
                width: 1,
            },
        ],
        reserved_mask: 61680,
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
        id: "pfc_alarm_status_register",
        name: "PFC_Alarm_Status_Register",
        address: 61,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "ac_uvp",
                name: "AC_UVP",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "ac_ovp",
                name: "AC_OVP",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "freq_low",
                name: "Freq_Low",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "freq_high",
                name: "Freq_High",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "ac_not_ok",
                name: "AC_Not_OK",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "bulk_not_ok",
                name: "Bulk_Not_Ok",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "input_relay_off",
                name: "Input_Relay_Off",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "pfc_fail",
                name: "PFC_Fail",
                bit: 11,
                width: 1,
            },
        ],
        reserved_mask: 61644,
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
        id: "dcdc_alarm_status_register",
        name: "DCDC_Alarm_Status_Register",
        address: 62,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "main_uvp",
                name: "Main_UVP",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "main_ovp",
                name: "Main_OVP",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "main_ocp",
                name: "Main_OCP",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "main_sckt",
                name: "Main_SCKT",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "dcdc_fail",
                name: "DCDC_Fail",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "secondary_mcu_fail",
                name: "Secondary_MCU_Fail",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "oring_fail",
                name: "Oring_Fail",
                bit: 10,
                width: 1,
            },
        ],
        reserved_mask: 63728,
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
        id: "temperature_alarm_status_register",
        name: "Temperature_Alarm_Status_Register",
        address: 63,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "outlet_temp_alarm",
                name: "Outlet_Temp_Alarm",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "inlet_temp_alarm",
                name: "Inlet_Temp_Alarm",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "oring_temp_alarm",
                name: "Oring_Temp_Alarm",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "sync_temp_alarm",
                name: "Sync_Temp_Alarm",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "llc_temp_alarm",
                name: "LLC_Temp_Alarm",
                bit: 4,
                width: 1,
            },
            map::BitInfo {
                id: "pfc_temp_alarm",
                name: "PFC_Temp_Alarm",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "fan_failure",
                name: "Fan_Failure",
                bit: 8,
                width: 1,
            },
        ],
        reserved_mask: 65216,
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
        id: "communication_alarm_status_register",
        name: "Communication_Alarm_Status_Register",
        address: 64,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "primary_secondary_mcu_fault",
                name: "Primary_Secondary_MCU_Fault",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "secondary_logic_mcu_fault",
                name: "Secondary_Logic_MCU_Fault",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "modbus_active",
                name: "Modbus_Active",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "pmbus_active",
                name: "PMBus_Active",
                bit: 9,
                width: 1,
            },
        ],
        reserved_mask: 64764,
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
        id: "rpm_fan0",
        name: "PSU_RPM_Fan0",
        address: 67,
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "rpm_fan1",
        name: "PSU_RPM_Fan1",
        address: 68,
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "temp0_inlet",
        name: "PSU_Temp0_Inlet",
        address: 69,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 128 },
        offset: map::Rational::ZERO,
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
        id: "temp1_outlet",
        name: "PSU_Temp1_Outlet",
        address: 70,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 128 },
        offset: map::Rational::ZERO,
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
        id: "max_temp",
        name: "PSU_Max_Temp",
        address: 71,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 128 },
        offset: map::Rational::ZERO,
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
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "min_temp",
        name: "PSU_Min_Temp",
        address: 72,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 128 },
        offset: map::Rational::ZERO,
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
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "position_number",
        name: "PSU_Position_Number",
        address: 73,
        words: 2,
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
        id: "crc_error_counter",
        name: "CRC_Error_Counter",
        address: 75,
        words: 2,
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
        id: "timeout_error_counter",
        name: "Timeout_Error_Counter",
        address: 77,
        words: 2,
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
        id: "output_voltage",
        name: "PSU_Output_Voltage",
        address: 79,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1024 },
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
        id: "output_current",
        name: "PSU_Output_Current",
        address: 80,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "i_share_current_value",
        name: "I_Share_Current_Value",
        address: 81,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "output_power",
        name: "PSU_Output_Power",
        address: 82,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 8 },
        offset: map::Rational::ZERO,
        unit: "W",
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
        id: "bulk_cap_voltage",
        name: "PSU_Bulk_Cap_Voltage",
        address: 83,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
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
        id: "input_frequency_ac",
        name: "PSU_Input_Frequency_AC",
        address: 84,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "Hz",
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
        id: "ithd",
        name: "PSU_ITHD",
        address: 85,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 512 },
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
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "power_factor",
        name: "PSU_Power_Factor",
        address: 86,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 512 },
        offset: map::Rational::ZERO,
        unit: "1",
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
        id: "input_power",
        name: "PSU_Input_Power",
        address: 87,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 8 },
        offset: map::Rational::ZERO,
        unit: "W",
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
        id: "input_voltage_ac",
        name: "PSU_Input_Voltage_AC",
        address: 88,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
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
        id: "input_current_ac",
        name: "PSU_Input_Current_AC",
        address: 89,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1024 },
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "fault_counter",
        name: "PSU_Fault_Counter",
        address: 90,
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
        id: "power_cycle_unix_time",
        name: "Power_Cycle_Unix_Time",
        address: 92,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
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
        id: "setting_register",
        name: "PSU_Setting_Register",
        address: 94,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "psu_write_enable",
                name: "PSU_Write_Enable",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "pls_enable_disable",
                name: "PLS_Enable_Disable",
                bit: 8,
                width: 1,
            },
            map::BitInfo {
                id: "output_voltage_setting_51v_48v",
                name: "Output_Voltage_Setting_51V_48V",
                bit: 9,
                width: 1,
            },
            map::BitInfo {
                id: "operation_at_low_voltage",
                name: "Operation_At_Low_Voltage",
                bit: 10,
                width: 1,
            },
            map::BitInfo {
                id: "active_current_sharing_enable",
                name: "Active_Current_Sharing_Enable",
                bit: 11,
                width: 1,
            },
            map::BitInfo {
                id: "hw_reset_pin_enable",
                name: "HW_Reset_Pin_Enable",
                bit: 12,
                width: 1,
            },
            map::BitInfo {
                id: "vo_sel_pin_enable",
                name: "VO_Sel_Pin_Enable",
                bit: 13,
                width: 1,
            },
            map::BitInfo {
                id: "clear_faults_latch",
                name: "Clear_Faults_Latch",
                bit: 14,
                width: 1,
            },
            map::BitInfo {
                id: "power_cycle_5s",
                name: "Power_Cycle_5s",
                bit: 15,
                width: 1,
            },
        ],
        reserved_mask: 254,
        symbols: &[],
        poll: map::PollClass::Slow,
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
        id: "communication_baud_rate",
        name: "Communication_Baud_Rate",
        address: 95,
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
        id: "fan_duty_cycle_override",
        name: "Fan_Duty_Cycle_Override",
        address: 96,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "%",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 0,
            max: 100,
            step: 1,
        }),
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
        id: "led_override",
        name: "LED_Override",
        address: 97,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "led_override",
                name: "LED_Override",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "blue_led",
                name: "Blue_LED",
                bit: 5,
                width: 1,
            },
            map::BitInfo {
                id: "amber_led",
                name: "Amber_LED",
                bit: 6,
                width: 1,
            },
        ],
        reserved_mask: 65438,
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
        id: "unix_time",
        name: "Unix_Time",
        address: 98,
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
        id: "configurable_pls_timing",
        name: "Configurable_PLS_Timing",
        address: 100,
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
        id: "vin_min",
        name: "Vin_Min",
        address: 101,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 11008,
            max: 19520,
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
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "vin_max",
        name: "Vin_Max",
        address: 102,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 64 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 11008,
            max: 19520,
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
            class: map::SafetyClass::Disruptive,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "vout_setpoint_h",
        name: "Vout_Setpoint_H",
        address: 103,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1024 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 47104,
            max: 53248,
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
            fail_safe: Some(52224),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "vout_setpoint_l",
        name: "Vout_Setpoint_L",
        address: 104,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1024 },
        offset: map::Rational::ZERO,
        unit: "V",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 47104,
            max: 53248,
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
            fail_safe: Some(49152),
            timeout_ms: None,
        },
        confidence: map::Confidence::Inferred,
        readings: &[],
    },
    map::RegisterInfo {
        id: "vout_change_timer",
        name: "Vout_Change_Timer",
        address: 105,
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
        poll: map::PollClass::Slow,
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
        id: "fbl_fw_revision",
        name: "PSU_FBL_FW_Revision",
        address: 106,
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
];
/// Flags of `general_alarm_status_register`: Summary of the alarms of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct GeneralAlarmStatusRegister(pub u16);
impl GeneralAlarmStatusRegister {
    /// `PFC`, bit 0.
    pub const PFC: Self = Self(0x0001);
    /// `DCDC`, bit 1.
    pub const DCDC: Self = Self(0x0002);
    /// `Temperature`, bit 2.
    pub const TEMPERATURE: Self = Self(0x0004);
    /// `Communication`, bit 3.
    pub const COMMUNICATION: Self = Self(0x0008);
    /// `PFC_Converter_Fail`, bit 8.
    pub const PFC_CONVERTER_FAIL: Self = Self(0x0100);
    /// `DCDC_Converter_Failure`, bit 9.
    pub const DCDC_CONVERTER_FAILURE: Self = Self(0x0200);
    /// `Temp_Alarm`, bit 10.
    pub const TEMP_ALARM: Self = Self(0x0400);
    /// `Fan_Alarm`, bit 11.
    pub const FAN_ALARM: Self = Self(0x0800);
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
/// Flags of `pfc_alarm_status_register`: Alarms of the input stage (power factor correction).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PfcAlarmStatusRegister(pub u16);
impl PfcAlarmStatusRegister {
    /// `AC_UVP`, bit 0.
    pub const AC_UVP: Self = Self(0x0001);
    /// `AC_OVP`, bit 1.
    pub const AC_OVP: Self = Self(0x0002);
    /// `Freq_Low`, bit 4.
    pub const FREQ_LOW: Self = Self(0x0010);
    /// `Freq_High`, bit 5.
    pub const FREQ_HIGH: Self = Self(0x0020);
    /// `AC_Not_OK`, bit 8.
    pub const AC_NOT_OK: Self = Self(0x0100);
    /// `Bulk_Not_Ok`, bit 9: The bulk capacitor is outside its voltage range.
    pub const BULK_NOT_OK: Self = Self(0x0200);
    /// `Input_Relay_Off`, bit 10.
    pub const INPUT_RELAY_OFF: Self = Self(0x0400);
    /// `PFC_Fail`, bit 11.
    pub const PFC_FAIL: Self = Self(0x0800);
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
/// Flags of `dcdc_alarm_status_register`: Alarms of the output stage (DC/DC converter).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DcdcAlarmStatusRegister(pub u16);
impl DcdcAlarmStatusRegister {
    /// `Main_UVP`, bit 0: Under-voltage at the main output.
    pub const MAIN_UVP: Self = Self(0x0001);
    /// `Main_OVP`, bit 1: Over-voltage at the main output.
    pub const MAIN_OVP: Self = Self(0x0002);
    /// `Main_OCP`, bit 2: Over-current at the main output.
    pub const MAIN_OCP: Self = Self(0x0004);
    /// `Main_SCKT`, bit 3: Short circuit at the main output.
    pub const MAIN_SCKT: Self = Self(0x0008);
    /// `DCDC_Fail`, bit 8.
    pub const DCDC_FAIL: Self = Self(0x0100);
    /// `Secondary_MCU_Fail`, bit 9.
    pub const SECONDARY_MCU_FAIL: Self = Self(0x0200);
    /// `Oring_Fail`, bit 10: The ORing element failed.
    pub const ORING_FAIL: Self = Self(0x0400);
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
/// Flags of `temperature_alarm_status_register`: Temperature and fan alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TemperatureAlarmStatusRegister(pub u16);
impl TemperatureAlarmStatusRegister {
    /// `Outlet_Temp_Alarm`, bit 0.
    pub const OUTLET_TEMP_ALARM: Self = Self(0x0001);
    /// `Inlet_Temp_Alarm`, bit 1.
    pub const INLET_TEMP_ALARM: Self = Self(0x0002);
    /// `Oring_Temp_Alarm`, bit 2.
    pub const ORING_TEMP_ALARM: Self = Self(0x0004);
    /// `Sync_Temp_Alarm`, bit 3.
    pub const SYNC_TEMP_ALARM: Self = Self(0x0008);
    /// `LLC_Temp_Alarm`, bit 4.
    pub const LLC_TEMP_ALARM: Self = Self(0x0010);
    /// `PFC_Temp_Alarm`, bit 5.
    pub const PFC_TEMP_ALARM: Self = Self(0x0020);
    /// `Fan_Failure`, bit 8.
    pub const FAN_FAILURE: Self = Self(0x0100);
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
/// Flags of `communication_alarm_status_register`: Alarms of the internal communication, and the active external protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CommunicationAlarmStatusRegister(pub u16);
impl CommunicationAlarmStatusRegister {
    /// `Primary_Secondary_MCU_Fault`, bit 0.
    pub const PRIMARY_SECONDARY_MCU_FAULT: Self = Self(0x0001);
    /// `Secondary_Logic_MCU_Fault`, bit 1.
    pub const SECONDARY_LOGIC_MCU_FAULT: Self = Self(0x0002);
    /// `Modbus_Active`, bit 8: The unit talks Modbus.
    pub const MODBUS_ACTIVE: Self = Self(0x0100);
    /// `PMBus_Active`, bit 9: The unit talks PMBus.
    pub const PMBUS_ACTIVE: Self = Self(0x0200);
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
/// Flags of `setting_register`: Settings and commands of the unit; bit 0 enables writes of the other settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SettingRegister(pub u16);
impl SettingRegister {
    /// `PSU_Write_Enable`, bit 0: Must be set before other settings are written.
    pub const PSU_WRITE_ENABLE: Self = Self(0x0001);
    /// `PLS_Enable_Disable`, bit 8: Enables the power loss siren.
    pub const PLS_ENABLE_DISABLE: Self = Self(0x0100);
    /// `Output_Voltage_Setting_51V_48V`, bit 9: Chooses between 51 V and 48 V; which value means which is not stated.
    pub const OUTPUT_VOLTAGE_SETTING_51V_48V: Self = Self(0x0200);
    /// `Operation_At_Low_Voltage`, bit 10.
    pub const OPERATION_AT_LOW_VOLTAGE: Self = Self(0x0400);
    /// `Active_Current_Sharing_Enable`, bit 11.
    pub const ACTIVE_CURRENT_SHARING_ENABLE: Self = Self(0x0800);
    /// `HW_Reset_Pin_Enable`, bit 12.
    pub const HW_RESET_PIN_ENABLE: Self = Self(0x1000);
    /// `VO_Sel_Pin_Enable`, bit 13.
    pub const VO_SEL_PIN_ENABLE: Self = Self(0x2000);
    /// `Clear_Faults_Latch`, bit 14: Clears latched faults.
    pub const CLEAR_FAULTS_LATCH: Self = Self(0x4000);
    /// `Power_Cycle_5s`, bit 15: Switches the output off for 5 s.
    pub const POWER_CYCLE_5S: Self = Self(0x8000);
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
/// Flags of `led_override`: Overrides the LEDs of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LedOverride(pub u16);
impl LedOverride {
    /// `LED_Override`, bit 0: Takes the LEDs over from the unit.
    pub const LED_OVERRIDE: Self = Self(0x0001);
    /// `Blue_LED`, bit 5.
    pub const BLUE_LED: Self = Self(0x0020);
    /// `Amber_LED`, bit 6.
    pub const AMBER_LED: Self = Self(0x0040);
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
    /// Part number given by the rack owner.
    ///
    /// Addresses 0 to 7 (0x0000), 8 words, read only. Source name `PSU_FBPN`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Fbpn;
    impl register::Register for Fbpn {
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
    /// Model of the power supply unit.
    ///
    /// Addresses 8 to 15 (0x0008), 8 words, read only. Source name `PSU_MFR_Model`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MfrModel;
    impl register::Register for MfrModel {
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
    /// Addresses 16 to 23 (0x0010), 8 words, read only. Source name `PSU_MFR_Date`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MfrDate;
    impl register::Register for MfrDate {
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
    /// Serial number.
    ///
    /// Addresses 24 to 39 (0x0018), 16 words, read only. Source name `PSU_MFR_Serial`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MfrSerial;
    impl register::Register for MfrSerial {
        type Value = crate::codec::Text<32>;
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
    /// Work order of the production.
    ///
    /// Addresses 40 to 43 (0x0028), 4 words, read only. Source name `PSU_Workorder`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Workorder;
    impl register::Register for Workorder {
        type Value = crate::codec::Text<8>;
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
    /// Addresses 44 to 47 (0x002C), 4 words, read only. Source name `PSU_HW_Revision`; confidence: stated.
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
    /// Addresses 48 to 51 (0x0030), 4 words, read only. Source name `PSU_FW_Revision`; confidence: stated.
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
    /// Time in operation over the whole life.
    ///
    /// Addresses 52 to 53 (0x0034), 2 words, read only, unit `s`. Source name `Total_Up_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct TotalUpTime;
    impl register::Register for TotalUpTime {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[7];
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
    /// Time since the unit was last switched on.
    ///
    /// Addresses 54 to 55 (0x0036), 2 words, read only, unit `s`. Source name `Time_Since_Last_On`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct TimeSinceLastOn;
    impl register::Register for TimeSinceLastOn {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[8];
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
    /// Number of AC power cycles.
    ///
    /// Address 56 (0x0038), read only. Source name `AC_Power_Cycle_Counter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct AcPowerCycleCounter;
    impl register::Register for AcPowerCycleCounter {
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
    /// Number of AC outages.
    ///
    /// Address 57 (0x0039), read only. Source name `AC_Outage_Counter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct AcOutageCounter;
    impl register::Register for AcOutageCounter {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[10];
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
    /// Summary of the alarms of the unit.
    ///
    /// Address 60 (0x003C), read only. Source name `General_Alarm_Status_Register`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct GeneralAlarmStatusRegister;
    impl register::Register for GeneralAlarmStatusRegister {
        type Value = super::GeneralAlarmStatusRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[11];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::GeneralAlarmStatusRegister(raw as u16))
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
    /// Alarms of the input stage (power factor correction).
    ///
    /// Address 61 (0x003D), read only. Source name `PFC_Alarm_Status_Register`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PfcAlarmStatusRegister;
    impl register::Register for PfcAlarmStatusRegister {
        type Value = super::PfcAlarmStatusRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[12];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::PfcAlarmStatusRegister(raw as u16))
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
    /// Alarms of the output stage (DC/DC converter).
    ///
    /// Address 62 (0x003E), read only. Source name `DCDC_Alarm_Status_Register`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct DcdcAlarmStatusRegister;
    impl register::Register for DcdcAlarmStatusRegister {
        type Value = super::DcdcAlarmStatusRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[13];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::DcdcAlarmStatusRegister(raw as u16))
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
    /// Temperature and fan alarms.
    ///
    /// Address 63 (0x003F), read only. Source name `Temperature_Alarm_Status_Register`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct TemperatureAlarmStatusRegister;
    impl register::Register for TemperatureAlarmStatusRegister {
        type Value = super::TemperatureAlarmStatusRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[14];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::TemperatureAlarmStatusRegister(raw as u16))
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
    /// Alarms of the internal communication, and the active external protocol.
    ///
    /// Address 64 (0x0040), read only. Source name `Communication_Alarm_Status_Register`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct CommunicationAlarmStatusRegister;
    impl register::Register for CommunicationAlarmStatusRegister {
        type Value = super::CommunicationAlarmStatusRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[15];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::CommunicationAlarmStatusRegister(raw as u16))
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
    /// Speed of fan 0.
    ///
    /// Address 67 (0x0043), read only, unit `/min`. Source name `PSU_RPM_Fan0`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RpmFan0;
    impl register::Register for RpmFan0 {
        type Value = crate::units::Rpm;
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
    /// Speed of fan 1.
    ///
    /// Address 68 (0x0044), read only, unit `/min`. Source name `PSU_RPM_Fan1`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RpmFan1;
    impl register::Register for RpmFan1 {
        type Value = crate::units::Rpm;
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
    /// Temperature of the inlet air.
    ///
    /// Address 69 (0x0045), read only, unit `Cel`. Source name `PSU_Temp0_Inlet`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp0Inlet;
    impl register::Register for Temp0Inlet {
        type Value = crate::units::Celsius;
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
    /// Temperature of the outlet air.
    ///
    /// Address 70 (0x0046), read only, unit `Cel`. Source name `PSU_Temp1_Outlet`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Temp1Outlet;
    impl register::Register for Temp1Outlet {
        type Value = crate::units::Celsius;
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
    /// Highest temperature the unit has measured.
    ///
    /// Address 71 (0x0047), read only, unit `Cel`. Source name `PSU_Max_Temp`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct MaxTemp;
    impl register::Register for MaxTemp {
        type Value = crate::units::Celsius;
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
    /// Lowest temperature the unit has measured.
    ///
    /// Address 72 (0x0048), read only, unit `Cel`. Source name `PSU_Min_Temp`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct MinTemp;
    impl register::Register for MinTemp {
        type Value = crate::units::Celsius;
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
    /// Position of the unit in the shelf.
    ///
    /// Addresses 73 to 74 (0x0049), 2 words, read only. Source name `PSU_Position_Number`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PositionNumber;
    impl register::Register for PositionNumber {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[22];
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
    /// Requests dropped for a wrong CRC.
    ///
    /// Addresses 75 to 76 (0x004B), 2 words, read only. Source name `CRC_Error_Counter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct CrcErrorCounter;
    impl register::Register for CrcErrorCounter {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[23];
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
    /// Requests that timed out.
    ///
    /// Addresses 77 to 78 (0x004D), 2 words, read only. Source name `Timeout_Error_Counter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct TimeoutErrorCounter;
    impl register::Register for TimeoutErrorCounter {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[24];
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
    /// Output voltage.
    ///
    /// Address 79 (0x004F), read only, unit `V`. Source name `PSU_Output_Voltage`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct OutputVoltage;
    impl register::Register for OutputVoltage {
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
    /// Output current.
    ///
    /// Address 80 (0x0050), read only, unit `A`. Source name `PSU_Output_Current`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct OutputCurrent;
    impl register::Register for OutputCurrent {
        type Value = crate::units::Amperes;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[26];
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
    /// Current as seen by the current-sharing bus.
    ///
    /// Address 81 (0x0051), read only, unit `A`. Source name `I_Share_Current_Value`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct IShareCurrentValue;
    impl register::Register for IShareCurrentValue {
        type Value = crate::units::Amperes;
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
    /// Output power.
    ///
    /// Address 82 (0x0052), read only, unit `W`. Source name `PSU_Output_Power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct OutputPower;
    impl register::Register for OutputPower {
        type Value = crate::units::Watts;
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
    /// Voltage of the bulk capacitor.
    ///
    /// Address 83 (0x0053), read only, unit `V`. Source name `PSU_Bulk_Cap_Voltage`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BulkCapVoltage;
    impl register::Register for BulkCapVoltage {
        type Value = crate::units::Volts;
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
    /// Frequency of the AC input.
    ///
    /// Address 84 (0x0054), read only, unit `Hz`. Source name `PSU_Input_Frequency_AC`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputFrequencyAc;
    impl register::Register for InputFrequencyAc {
        type Value = crate::units::Hertz;
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
    /// Total harmonic distortion of the input current.
    ///
    /// Address 85 (0x0055), read only, unit `%`. Source name `PSU_ITHD`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct Ithd;
    impl register::Register for Ithd {
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
    /// Power factor of the AC input.
    ///
    /// Address 86 (0x0056), read only, unit `1`. Source name `PSU_Power_Factor`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PowerFactor;
    impl register::Register for PowerFactor {
        type Value = crate::units::Ratio;
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
    /// Input power.
    ///
    /// Address 87 (0x0057), read only, unit `W`. Source name `PSU_Input_Power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPower;
    impl register::Register for InputPower {
        type Value = crate::units::Watts;
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
    /// AC input voltage.
    ///
    /// Address 88 (0x0058), read only, unit `V`. Source name `PSU_Input_Voltage_AC`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputVoltageAc;
    impl register::Register for InputVoltageAc {
        type Value = crate::units::Volts;
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
    /// AC input current.
    ///
    /// Address 89 (0x0059), read only, unit `A`. Source name `PSU_Input_Current_AC`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputCurrentAc;
    impl register::Register for InputCurrentAc {
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
    /// Number of faults.
    ///
    /// Address 90 (0x005A), read only. Source name `PSU_Fault_Counter`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FaultCounter;
    impl register::Register for FaultCounter {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[36];
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
    /// Unix time that belongs to the power cycle.
    ///
    /// Addresses 92 to 93 (0x005C), 2 words, read only, unit `s`. Source name `Power_Cycle_Unix_Time`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct PowerCycleUnixTime;
    impl register::Register for PowerCycleUnixTime {
        type Value = crate::units::Seconds;
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
    /// Settings and commands of the unit; bit 0 enables writes of the other settings.
    ///
    /// Address 94 (0x005E), read and write. Source name `PSU_Setting_Register`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct SettingRegister;
    impl register::Register for SettingRegister {
        type Value = super::SettingRegister;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[38];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::SettingRegister(raw as u16))
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
    impl register::Writable for SettingRegister {}
    /// Code of the Modbus baud rate.
    ///
    /// Address 95 (0x005F), read and write. Source name `Communication_Baud_Rate`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct CommunicationBaudRate;
    impl register::Register for CommunicationBaudRate {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[39];
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
    impl register::Writable for CommunicationBaudRate {}
    /// Fan duty cycle that overrides the automatic one.
    ///
    /// Address 96 (0x0060), read and write, unit `%`. Source name `Fan_Duty_Cycle_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct FanDutyCycleOverride;
    impl register::Register for FanDutyCycleOverride {
        type Value = crate::units::Percent;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[40];
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
    impl register::Writable for FanDutyCycleOverride {}
    /// Overrides the LEDs of the unit.
    ///
    /// Address 97 (0x0061), read and write. Source name `LED_Override`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct LedOverride;
    impl register::Register for LedOverride {
        type Value = super::LedOverride;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[41];
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
    /// Clock of the unit, Unix time.
    ///
    /// Addresses 98 to 99 (0x0062), 2 words, read and write, unit `s`. Source name `Unix_Time`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct UnixTime;
    impl register::Register for UnixTime {
        type Value = crate::units::Seconds;
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
    impl register::Writable for UnixTime {}
    /// Time before the end of power at which the power loss siren sounds.
    ///
    /// Address 100 (0x0064), read and write, unit `s`. Source name `Configurable_PLS_Timing`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct ConfigurablePlsTiming;
    impl register::Register for ConfigurablePlsTiming {
        type Value = crate::units::Seconds;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[43];
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
    impl register::Writable for ConfigurablePlsTiming {}
    /// Lowest AC input voltage at which the unit works.
    ///
    /// Address 101 (0x0065), read and write, unit `V`. Source name `Vin_Min`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VinMin;
    impl register::Register for VinMin {
        type Value = crate::units::Volts;
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
    impl register::Writable for VinMin {}
    /// Highest AC input voltage at which the unit works.
    ///
    /// Address 102 (0x0066), read and write, unit `V`. Source name `Vin_Max`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VinMax;
    impl register::Register for VinMax {
        type Value = crate::units::Volts;
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
    impl register::Writable for VinMax {}
    /// Output voltage setpoint while VOUT_SEL is high (the default), at no load.
    ///
    /// Address 103 (0x0067), read and write, unit `V`. Source name `Vout_Setpoint_H`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VoutSetpointH;
    impl register::Register for VoutSetpointH {
        type Value = crate::units::Volts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[46];
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
    impl register::Writable for VoutSetpointH {}
    /// Output voltage setpoint while VOUT_SEL is low.
    ///
    /// Address 104 (0x0068), read and write, unit `V`. Source name `Vout_Setpoint_L`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VoutSetpointL;
    impl register::Register for VoutSetpointL {
        type Value = crate::units::Volts;
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
    impl register::Writable for VoutSetpointL {}
    /// Time that belongs to a change of the output voltage.
    ///
    /// Address 105 (0x0069), read and write. Source name `Vout_Change_Timer`; confidence: inferred.
    #[derive(Debug, Clone, Copy)]
    pub struct VoutChangeTimer;
    impl register::Register for VoutChangeTimer {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[48];
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
    impl register::Writable for VoutChangeTimer {}
    /// Revision of the boot loader firmware.
    ///
    /// Addresses 106 to 109 (0x006A), 4 words, read only. Source name `PSU_FBL_FW_Revision`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FblFwRevision;
    impl register::Register for FblFwRevision {
        type Value = crate::codec::Text<8>;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[49];
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
}
/// Every register of a device. `None` is a value that was not read or is not available.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Part number given by the rack owner.
    pub fbpn: Option<crate::codec::Text<16>>,
    /// Model of the power supply unit.
    pub mfr_model: Option<crate::codec::Text<16>>,
    /// Date of manufacture, as text.
    pub mfr_date: Option<crate::codec::Text<16>>,
    /// Serial number.
    pub mfr_serial: Option<crate::codec::Text<32>>,
    /// Work order of the production.
    pub workorder: Option<crate::codec::Text<8>>,
    /// Hardware revision.
    pub hw_revision: Option<crate::codec::Text<8>>,
    /// Firmware revision.
    pub fw_revision: Option<crate::codec::Text<8>>,
    /// Time in operation over the whole life.
    pub total_up_time: Option<crate::units::Seconds>,
    /// Time since the unit was last switched on.
    pub time_since_last_on: Option<crate::units::Seconds>,
    /// Number of AC power cycles.
    pub ac_power_cycle_counter: Option<u16>,
    /// Number of AC outages.
    pub ac_outage_counter: Option<u16>,
    /// Summary of the alarms of the unit.
    pub general_alarm_status_register: Option<GeneralAlarmStatusRegister>,
    /// Alarms of the input stage (power factor correction).
    pub pfc_alarm_status_register: Option<PfcAlarmStatusRegister>,
    /// Alarms of the output stage (DC/DC converter).
    pub dcdc_alarm_status_register: Option<DcdcAlarmStatusRegister>,
    /// Temperature and fan alarms.
    pub temperature_alarm_status_register: Option<TemperatureAlarmStatusRegister>,
    /// Alarms of the internal communication, and the active external protocol.
    pub communication_alarm_status_register: Option<CommunicationAlarmStatusRegister>,
    /// Speed of fan 0.
    pub rpm_fan0: Option<crate::units::Rpm>,
    /// Speed of fan 1.
    pub rpm_fan1: Option<crate::units::Rpm>,
    /// Temperature of the inlet air.
    pub temp0_inlet: Option<crate::units::Celsius>,
    /// Temperature of the outlet air.
    pub temp1_outlet: Option<crate::units::Celsius>,
    /// Highest temperature the unit has measured.
    pub max_temp: Option<crate::units::Celsius>,
    /// Lowest temperature the unit has measured.
    pub min_temp: Option<crate::units::Celsius>,
    /// Position of the unit in the shelf.
    pub position_number: Option<u32>,
    /// Requests dropped for a wrong CRC.
    pub crc_error_counter: Option<u32>,
    /// Requests that timed out.
    pub timeout_error_counter: Option<u32>,
    /// Output voltage.
    pub output_voltage: Option<crate::units::Volts>,
    /// Output current.
    pub output_current: Option<crate::units::Amperes>,
    /// Current as seen by the current-sharing bus.
    pub i_share_current_value: Option<crate::units::Amperes>,
    /// Output power.
    pub output_power: Option<crate::units::Watts>,
    /// Voltage of the bulk capacitor.
    pub bulk_cap_voltage: Option<crate::units::Volts>,
    /// Frequency of the AC input.
    pub input_frequency_ac: Option<crate::units::Hertz>,
    /// Total harmonic distortion of the input current.
    pub ithd: Option<crate::units::Percent>,
    /// Power factor of the AC input.
    pub power_factor: Option<crate::units::Ratio>,
    /// Input power.
    pub input_power: Option<crate::units::Watts>,
    /// AC input voltage.
    pub input_voltage_ac: Option<crate::units::Volts>,
    /// AC input current.
    pub input_current_ac: Option<crate::units::Amperes>,
    /// Number of faults.
    pub fault_counter: Option<u16>,
    /// Unix time that belongs to the power cycle.
    pub power_cycle_unix_time: Option<crate::units::Seconds>,
    /// Settings and commands of the unit; bit 0 enables writes of the other settings.
    pub setting_register: Option<SettingRegister>,
    /// Code of the Modbus baud rate.
    pub communication_baud_rate: Option<u16>,
    /// Fan duty cycle that overrides the automatic one.
    pub fan_duty_cycle_override: Option<crate::units::Percent>,
    /// Overrides the LEDs of the unit.
    pub led_override: Option<LedOverride>,
    /// Clock of the unit, Unix time.
    pub unix_time: Option<crate::units::Seconds>,
    /// Time before the end of power at which the power loss siren sounds.
    pub configurable_pls_timing: Option<crate::units::Seconds>,
    /// Lowest AC input voltage at which the unit works.
    pub vin_min: Option<crate::units::Volts>,
    /// Highest AC input voltage at which the unit works.
    pub vin_max: Option<crate::units::Volts>,
    /// Output voltage setpoint while VOUT_SEL is high (the default), at no load.
    pub vout_setpoint_h: Option<crate::units::Volts>,
    /// Output voltage setpoint while VOUT_SEL is low.
    pub vout_setpoint_l: Option<crate::units::Volts>,
    /// Time that belongs to a change of the output voltage.
    pub vout_change_timer: Option<u16>,
    /// Revision of the boot loader firmware.
    pub fbl_fw_revision: Option<crate::codec::Text<8>>,
}
impl Image {
    /// Reads what `words` holds.
    pub fn read(words: &impl register::Words) -> Self {
        Self {
            fbpn: register::read::<reg::Fbpn>(words),
            mfr_model: register::read::<reg::MfrModel>(words),
            mfr_date: register::read::<reg::MfrDate>(words),
            mfr_serial: register::read::<reg::MfrSerial>(words),
            workorder: register::read::<reg::Workorder>(words),
            hw_revision: register::read::<reg::HwRevision>(words),
            fw_revision: register::read::<reg::FwRevision>(words),
            total_up_time: register::read::<reg::TotalUpTime>(words),
            time_since_last_on: register::read::<reg::TimeSinceLastOn>(words),
            ac_power_cycle_counter: register::read::<reg::AcPowerCycleCounter>(words),
            ac_outage_counter: register::read::<reg::AcOutageCounter>(words),
            general_alarm_status_register: register::read::<
                reg::GeneralAlarmStatusRegister,
            >(words),
            pfc_alarm_status_register: register::read::<
                reg::PfcAlarmStatusRegister,
            >(words),
            dcdc_alarm_status_register: register::read::<
                reg::DcdcAlarmStatusRegister,
            >(words),
            temperature_alarm_status_register: register::read::<
                reg::TemperatureAlarmStatusRegister,
            >(words),
            communication_alarm_status_register: register::read::<
                reg::CommunicationAlarmStatusRegister,
            >(words),
            rpm_fan0: register::read::<reg::RpmFan0>(words),
            rpm_fan1: register::read::<reg::RpmFan1>(words),
            temp0_inlet: register::read::<reg::Temp0Inlet>(words),
            temp1_outlet: register::read::<reg::Temp1Outlet>(words),
            max_temp: register::read::<reg::MaxTemp>(words),
            min_temp: register::read::<reg::MinTemp>(words),
            position_number: register::read::<reg::PositionNumber>(words),
            crc_error_counter: register::read::<reg::CrcErrorCounter>(words),
            timeout_error_counter: register::read::<reg::TimeoutErrorCounter>(words),
            output_voltage: register::read::<reg::OutputVoltage>(words),
            output_current: register::read::<reg::OutputCurrent>(words),
            i_share_current_value: register::read::<reg::IShareCurrentValue>(words),
            output_power: register::read::<reg::OutputPower>(words),
            bulk_cap_voltage: register::read::<reg::BulkCapVoltage>(words),
            input_frequency_ac: register::read::<reg::InputFrequencyAc>(words),
            ithd: register::read::<reg::Ithd>(words),
            power_factor: register::read::<reg::PowerFactor>(words),
            input_power: register::read::<reg::InputPower>(words),
            input_voltage_ac: register::read::<reg::InputVoltageAc>(words),
            input_current_ac: register::read::<reg::InputCurrentAc>(words),
            fault_counter: register::read::<reg::FaultCounter>(words),
            power_cycle_unix_time: register::read::<reg::PowerCycleUnixTime>(words),
            setting_register: register::read::<reg::SettingRegister>(words),
            communication_baud_rate: register::read::<reg::CommunicationBaudRate>(words),
            fan_duty_cycle_override: register::read::<reg::FanDutyCycleOverride>(words),
            led_override: register::read::<reg::LedOverride>(words),
            unix_time: register::read::<reg::UnixTime>(words),
            configurable_pls_timing: register::read::<reg::ConfigurablePlsTiming>(words),
            vin_min: register::read::<reg::VinMin>(words),
            vin_max: register::read::<reg::VinMax>(words),
            vout_setpoint_h: register::read::<reg::VoutSetpointH>(words),
            vout_setpoint_l: register::read::<reg::VoutSetpointL>(words),
            vout_change_timer: register::read::<reg::VoutChangeTimer>(words),
            fbl_fw_revision: register::read::<reg::FblFwRevision>(words),
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
        register::write::<reg::Fbpn>(self.fbpn.as_ref(), words)?;
        register::write::<reg::MfrModel>(self.mfr_model.as_ref(), words)?;
        register::write::<reg::MfrDate>(self.mfr_date.as_ref(), words)?;
        register::write::<reg::MfrSerial>(self.mfr_serial.as_ref(), words)?;
        register::write::<reg::Workorder>(self.workorder.as_ref(), words)?;
        register::write::<reg::HwRevision>(self.hw_revision.as_ref(), words)?;
        register::write::<reg::FwRevision>(self.fw_revision.as_ref(), words)?;
        register::write::<reg::TotalUpTime>(self.total_up_time.as_ref(), words)?;
        register::write::<
            reg::TimeSinceLastOn,
        >(self.time_since_last_on.as_ref(), words)?;
        register::write::<
            reg::AcPowerCycleCounter,
        >(self.ac_power_cycle_counter.as_ref(), words)?;
        register::write::<reg::AcOutageCounter>(self.ac_outage_counter.as_ref(), words)?;
        register::write::<
            reg::GeneralAlarmStatusRegister,
        >(self.general_alarm_status_register.as_ref(), words)?;
        register::write::<
            reg::PfcAlarmStatusRegister,
        >(self.pfc_alarm_status_register.as_ref(), words)?;
        register::write::<
            reg::DcdcAlarmStatusRegister,
        >(self.dcdc_alarm_status_register.as_ref(), words)?;
        register::write::<
            reg::TemperatureAlarmStatusRegister,
        >(self.temperature_alarm_status_register.as_ref(), words)?;
        register::write::<
            reg::CommunicationAlarmStatusRegister,
        >(self.communication_alarm_status_register.as_ref(), words)?;
        register::write::<reg::RpmFan0>(self.rpm_fan0.as_ref(), words)?;
        register::write::<reg::RpmFan1>(self.rpm_fan1.as_ref(), words)?;
        register::write::<reg::Temp0Inlet>(self.temp0_inlet.as_ref(), words)?;
        register::write::<reg::Temp1Outlet>(self.temp1_outlet.as_ref(), words)?;
        register::write::<reg::MaxTemp>(self.max_temp.as_ref(), words)?;
        register::write::<reg::MinTemp>(self.min_temp.as_ref(), words)?;
        register::write::<reg::PositionNumber>(self.position_number.as_ref(), words)?;
        register::write::<reg::CrcErrorCounter>(self.crc_error_counter.as_ref(), words)?;
        register::write::<
            reg::TimeoutErrorCounter,
        >(self.timeout_error_counter.as_ref(), words)?;
        register::write::<reg::OutputVoltage>(self.output_voltage.as_ref(), words)?;
        register::write::<reg::OutputCurrent>(self.output_current.as_ref(), words)?;
        register::write::<
            reg::IShareCurrentValue,
        >(self.i_share_current_value.as_ref(), words)?;
        register::write::<reg::OutputPower>(self.output_power.as_ref(), words)?;
        register::write::<reg::BulkCapVoltage>(self.bulk_cap_voltage.as_ref(), words)?;
        register::write::<
            reg::InputFrequencyAc,
        >(self.input_frequency_ac.as_ref(), words)?;
        register::write::<reg::Ithd>(self.ithd.as_ref(), words)?;
        register::write::<reg::PowerFactor>(self.power_factor.as_ref(), words)?;
        register::write::<reg::InputPower>(self.input_power.as_ref(), words)?;
        register::write::<reg::InputVoltageAc>(self.input_voltage_ac.as_ref(), words)?;
        register::write::<reg::InputCurrentAc>(self.input_current_ac.as_ref(), words)?;
        register::write::<reg::FaultCounter>(self.fault_counter.as_ref(), words)?;
        register::write::<
            reg::PowerCycleUnixTime,
        >(self.power_cycle_unix_time.as_ref(), words)?;
        register::write::<reg::SettingRegister>(self.setting_register.as_ref(), words)?;
        register::write::<
            reg::CommunicationBaudRate,
        >(self.communication_baud_rate.as_ref(), words)?;
        register::write::<
            reg::FanDutyCycleOverride,
        >(self.fan_duty_cycle_override.as_ref(), words)?;
        register::write::<reg::LedOverride>(self.led_override.as_ref(), words)?;
        register::write::<reg::UnixTime>(self.unix_time.as_ref(), words)?;
        register::write::<
            reg::ConfigurablePlsTiming,
        >(self.configurable_pls_timing.as_ref(), words)?;
        register::write::<reg::VinMin>(self.vin_min.as_ref(), words)?;
        register::write::<reg::VinMax>(self.vin_max.as_ref(), words)?;
        register::write::<reg::VoutSetpointH>(self.vout_setpoint_h.as_ref(), words)?;
        register::write::<reg::VoutSetpointL>(self.vout_setpoint_l.as_ref(), words)?;
        register::write::<reg::VoutChangeTimer>(self.vout_change_timer.as_ref(), words)?;
        register::write::<reg::FblFwRevision>(self.fbl_fw_revision.as_ref(), words)?;
        Ok(())
    }
}
