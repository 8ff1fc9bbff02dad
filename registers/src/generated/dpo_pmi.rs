// Written by `dpo registers generate` from maps/dpo-pmi.json. Do not edit: change the map.

//! DPO block of the power monitoring interface: register map `dpo-pmi` 0.1.0.

use crate::{map, register};
/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/dpo-pmi.json");
/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "dpo-pmi",
    title: "DPO block of the power monitoring interface",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(7, 7)],
    bus: map::BusInfo {
        baud: &[19200, 115200],
        parity: map::Parity::Even,
        max_read_words: 125,
        max_write_words: 123,
        functions: &[3, 6, 16, 43],
    },
    identification: map::Identification {
        address: 8192,
        words: 2,
        expect: map::Expect::Words(&[17488, 20273]),
    },
    registers: &REGISTERS,
    readable_gaps: &[],
    hazards: &[],
};
/// Every register, by address.
pub static REGISTERS: [map::RegisterInfo; 50] = [
    map::RegisterInfo {
        id: "block_magic",
        name: "block_magic",
        address: 8192,
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
        id: "map_version_major",
        name: "map_version_major",
        address: 8194,
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
        id: "map_version_minor",
        name: "map_version_minor",
        address: 8195,
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
        id: "block_words",
        name: "block_words",
        address: 8196,
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
        id: "manufacturer",
        name: "manufacturer",
        address: 8200,
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
        id: "model",
        name: "model",
        address: 8208,
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
        id: "serial",
        name: "serial",
        address: 8216,
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
        id: "firmware",
        name: "firmware",
        address: 8224,
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
        id: "capabilities",
        name: "capabilities",
        address: 8240,
        words: 2,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "lease",
                name: "lease",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "input_power_limit",
                name: "input_power_limit",
                bit: 1,
                width: 1,
            },
            map::BitInfo {
                id: "bbu_discharge",
                name: "bbu_discharge",
                bit: 2,
                width: 1,
            },
            map::BitInfo {
                id: "measurements",
                name: "measurements",
                bit: 3,
                width: 1,
            },
            map::BitInfo {
                id: "event_counters",
                name: "event_counters",
                bit: 4,
                width: 1,
            },
        ],
        reserved_mask: 4294967264,
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
        id: "psu_slots",
        name: "psu_slots",
        address: 8242,
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
        id: "bbu_slots",
        name: "bbu_slots",
        address: 8243,
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
        id: "psus_present",
        name: "psus_present",
        address: 8244,
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
        id: "bbus_present",
        name: "bbus_present",
        address: 8245,
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
        id: "rated_power",
        name: "rated_power",
        address: 8246,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "W",
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
        id: "lease_token",
        name: "lease_token",
        address: 8256,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::WriteOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: Some("lease"),
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
        id: "lease_duration",
        name: "lease_duration",
        address: 8258,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "s",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 0,
            max: 3600,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::OnDemand,
        settle_ms: 500,
        group: Some("lease"),
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
        id: "lease_holder",
        name: "lease_holder",
        address: 8259,
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
                id: "none",
                value: 0,
            },
            map::SymbolInfo {
                id: "modbus",
                value: 1,
            },
            map::SymbolInfo {
                id: "redfish",
                value: 2,
            },
            map::SymbolInfo {
                id: "local",
                value: 3,
            },
        ],
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
        id: "lease_remaining",
        name: "lease_remaining",
        address: 8260,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "s",
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
        id: "input_power_limit",
        name: "input_power_limit",
        address: 8272,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "W",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 0,
            max: 1000000,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 500,
        group: None,
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(4294967295),
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "input_power_limit_applied",
        name: "input_power_limit_applied",
        address: 8274,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "input_power_limit_min",
        name: "input_power_limit_min",
        address: 8276,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        id: "input_power_limit_max",
        name: "input_power_limit_max",
        address: 8278,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        id: "bbu_discharge",
        name: "bbu_discharge",
        address: 8280,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "W",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 0,
            max: 1000000,
            step: 1,
        }),
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 500,
        group: None,
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::Setpoint,
            fail_safe: Some(4294967295),
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "bbu_discharge_applied",
        name: "bbu_discharge_applied",
        address: 8282,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "bbu_discharge_max",
        name: "bbu_discharge_max",
        address: 8284,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        id: "setpoint_result",
        name: "setpoint_result",
        address: 8286,
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
                id: "idle",
                value: 0,
            },
            map::SymbolInfo {
                id: "pending",
                value: 1,
            },
            map::SymbolInfo {
                id: "applied",
                value: 2,
            },
            map::SymbolInfo {
                id: "refused_no_lease",
                value: 3,
            },
            map::SymbolInfo {
                id: "refused_held",
                value: 4,
            },
            map::SymbolInfo {
                id: "refused_range",
                value: 5,
            },
            map::SymbolInfo {
                id: "refused_state",
                value: 6,
            },
            map::SymbolInfo {
                id: "device_failed",
                value: 7,
            },
        ],
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
        id: "input_voltage",
        name: "input_voltage",
        address: 8304,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 100 },
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
        not_available: Some(65535),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "input_frequency",
        name: "input_frequency",
        address: 8305,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 100 },
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
        not_available: Some(65535),
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
        name: "input_power",
        address: 8306,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        not_available: Some(4294967295),
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
        name: "output_power",
        address: 8308,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
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
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "bus_voltage",
        name: "bus_voltage",
        address: 8310,
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
        not_available: Some(65535),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "state_of_charge",
        name: "state_of_charge",
        address: 8311,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 10 },
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
        not_available: Some(65535),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "battery_power",
        name: "battery_power",
        address: 8312,
        words: 2,
        kind: map::Kind::Signed,
        scale: map::Rational::ONE,
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
        not_available: Some(-2147483648),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "stored_energy",
        name: "stored_energy",
        address: 8314,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "J",
        access: map::Access::ReadOnly,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[],
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "time_left",
        name: "time_left",
        address: 8316,
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
        poll: map::PollClass::Fast,
        settle_ms: 0,
        group: None,
        not_available: Some(4294967295),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "state",
        name: "state",
        address: 8336,
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
                id: "normal",
                value: 0,
            },
            map::SymbolInfo {
                id: "sag_detected",
                value: 1,
            },
            map::SymbolInfo {
                id: "supporting",
                value: 2,
            },
            map::SymbolInfo {
                id: "recovering",
                value: 3,
            },
            map::SymbolInfo {
                id: "recharging",
                value: 4,
            },
            map::SymbolInfo {
                id: "fail_safe",
                value: 5,
            },
        ],
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
        id: "uptime",
        name: "uptime",
        address: 8338,
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
        id: "snapshot_sequence",
        name: "snapshot_sequence",
        address: 8340,
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
        id: "snapshot_age",
        name: "snapshot_age",
        address: 8342,
        words: 2,
        kind: map::Kind::Unsigned,
        scale: map::Rational { num: 1, den: 1000 },
        offset: map::Rational::ZERO,
        unit: "s",
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
        id: "polls",
        name: "polls",
        address: 8352,
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
        id: "bus_errors",
        name: "bus_errors",
        address: 8354,
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
        id: "devices_lost",
        name: "devices_lost",
        address: 8356,
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
        id: "devices_returned",
        name: "devices_returned",
        address: 8358,
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
        id: "writes_refused",
        name: "writes_refused",
        address: 8360,
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
        id: "setpoints_applied",
        name: "setpoints_applied",
        address: 8362,
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
        id: "fail_safes",
        name: "fail_safes",
        address: 8364,
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
        id: "lease_grants",
        name: "lease_grants",
        address: 8366,
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
        id: "lease_expiries",
        name: "lease_expiries",
        address: 8368,
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
        id: "sags",
        name: "sags",
        address: 8370,
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
        id: "events",
        name: "events",
        address: 8372,
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
];
/// Flags of `capabilities`: What the gateway can do. The registers of a missing capability answer their not-available value or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Capabilities(pub u32);
impl Capabilities {
    /// `lease`, bit 0: Control is given by lease.
    pub const LEASE: Self = Self(0x00000001);
    /// `input_power_limit`, bit 1: The input power of the shelf can be limited.
    pub const INPUT_POWER_LIMIT: Self = Self(0x00000002);
    /// `bbu_discharge`, bit 2: The power of the battery units can be requested.
    pub const BBU_DISCHARGE: Self = Self(0x00000004);
    /// `measurements`, bit 3: The measurement registers are served.
    pub const MEASUREMENTS: Self = Self(0x00000008);
    /// `event_counters`, bit 4: The counters are served.
    pub const EVENT_COUNTERS: Self = Self(0x00000010);
    /// The bits.
    pub const fn bits(self) -> u32 {
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
/// Values of `lease_holder`: Which interface holds the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeaseHolder {
    /// Nobody. (value 0)
    None,
    /// A Modbus client of this block. (value 1)
    Modbus,
    /// A client of the Redfish service. (value 2)
    Redfish,
    /// A function of the gateway itself. (value 3)
    Local,
    /// A value that the map does not declare.
    Unknown(u16),
}
impl LeaseHolder {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u16) -> Self {
        match raw {
            0 => Self::None,
            1 => Self::Modbus,
            2 => Self::Redfish,
            3 => Self::Local,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Modbus => 1,
            Self::Redfish => 2,
            Self::Local => 3,
            Self::Unknown(raw) => raw,
        }
    }
}
/// Values of `setpoint_result`: What became of the last setpoint write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetpointResult {
    /// No setpoint was written yet. (value 0)
    Idle,
    /// Accepted, not yet confirmed. (value 1)
    Pending,
    /// The devices hold it. (value 2)
    Applied,
    /// The connection has no lease. (value 3)
    RefusedNoLease,
    /// Another owner holds the lease. (value 4)
    RefusedHeld,
    /// Outside what the shelf can do. (value 5)
    RefusedRange,
    /// The state of the shelf does not allow it. (value 6)
    RefusedState,
    /// A device did not take it. (value 7)
    DeviceFailed,
    /// A value that the map does not declare.
    Unknown(u16),
}
impl SetpointResult {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u16) -> Self {
        match raw {
            0 => Self::Idle,
            1 => Self::Pending,
            2 => Self::Applied,
            3 => Self::RefusedNoLease,
            4 => Self::RefusedHeld,
            5 => Self::RefusedRange,
            6 => Self::RefusedState,
            7 => Self::DeviceFailed,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u16 {
        match self {
            Self::Idle => 0,
            Self::Pending => 1,
            Self::Applied => 2,
            Self::RefusedNoLease => 3,
            Self::RefusedHeld => 4,
            Self::RefusedRange => 5,
            Self::RefusedState => 6,
            Self::DeviceFailed => 7,
            Self::Unknown(raw) => raw,
        }
    }
}
/// Values of `state`: State of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The supplies carry the load. (value 0)
    Normal,
    /// The input voltage is outside its range. (value 1)
    SagDetected,
    /// The battery units support the bus. (value 2)
    Supporting,
    /// The supplies take the load back. (value 3)
    Recovering,
    /// The battery units charge. (value 4)
    Recharging,
    /// The setpoints are at their fail-safe values after a loss of control. (value 5)
    FailSafe,
    /// A value that the map does not declare.
    Unknown(u16),
}
impl State {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u16) -> Self {
        match raw {
            0 => Self::Normal,
            1 => Self::SagDetected,
            2 => Self::Supporting,
            3 => Self::Recovering,
            4 => Self::Recharging,
            5 => Self::FailSafe,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u16 {
        match self {
            Self::Normal => 0,
            Self::SagDetected => 1,
            Self::Supporting => 2,
            Self::Recovering => 3,
            Self::Recharging => 4,
            Self::FailSafe => 5,
            Self::Unknown(raw) => raw,
        }
    }
}
/// The registers as types.
pub mod reg {
    use crate::register;
    /// Marks the block: 0x44504F31, the text DPO1.
    ///
    /// Addresses 8192 to 8193 (0x2000), 2 words, read only. Source name `block_magic`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BlockMagic;
    impl register::Register for BlockMagic {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[0];
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
    /// Major version of this map.
    ///
    /// Address 8194 (0x2002), read only. Source name `map_version_major`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MapVersionMajor;
    impl register::Register for MapVersionMajor {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[1];
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
    /// Minor version of this map.
    ///
    /// Address 8195 (0x2003), read only. Source name `map_version_minor`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct MapVersionMinor;
    impl register::Register for MapVersionMinor {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[2];
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
    /// Number of addresses from block_magic to the end of the last register.
    ///
    /// Address 8196 (0x2004), read only. Source name `block_words`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BlockWords;
    impl register::Register for BlockWords {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[3];
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
    /// Manufacturer of the gateway.
    ///
    /// Addresses 8200 to 8207 (0x2008), 8 words, read only. Source name `manufacturer`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Manufacturer;
    impl register::Register for Manufacturer {
        type Value = crate::codec::Text<16>;
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
    /// Model of the gateway.
    ///
    /// Addresses 8208 to 8215 (0x2010), 8 words, read only. Source name `model`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Model;
    impl register::Register for Model {
        type Value = crate::codec::Text<16>;
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
    /// Serial number of the gateway.
    ///
    /// Addresses 8216 to 8223 (0x2018), 8 words, read only. Source name `serial`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Serial;
    impl register::Register for Serial {
        type Value = crate::codec::Text<16>;
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
    /// Firmware version of the gateway.
    ///
    /// Addresses 8224 to 8231 (0x2020), 8 words, read only. Source name `firmware`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Firmware;
    impl register::Register for Firmware {
        type Value = crate::codec::Text<16>;
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
    /// What the gateway can do. The registers of a missing capability answer their not-available value or 0.
    ///
    /// Addresses 8240 to 8241 (0x2030), 2 words, read only. Source name `capabilities`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Capabilities;
    impl register::Register for Capabilities {
        type Value = super::Capabilities;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[8];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::Capabilities(raw as u32))
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
    /// Slots for power supply units.
    ///
    /// Address 8242 (0x2032), read only. Source name `psu_slots`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PsuSlots;
    impl register::Register for PsuSlots {
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
    /// Slots for battery backup units.
    ///
    /// Address 8243 (0x2033), read only. Source name `bbu_slots`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BbuSlots;
    impl register::Register for BbuSlots {
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
    /// Power supply units that answer.
    ///
    /// Address 8244 (0x2034), read only. Source name `psus_present`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct PsusPresent;
    impl register::Register for PsusPresent {
        type Value = u16;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[11];
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
    /// Battery backup units that answer.
    ///
    /// Address 8245 (0x2035), read only. Source name `bbus_present`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BbusPresent;
    impl register::Register for BbusPresent {
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
    /// Rated output power of the power supply units present.
    ///
    /// Addresses 8246 to 8247 (0x2036), 2 words, read only, unit `W`. Source name `rated_power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RatedPower;
    impl register::Register for RatedPower {
        type Value = crate::units::Watts;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[13];
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
    /// Token the client chooses; it binds the connection to the lease.
    ///
    /// Addresses 8256 to 8257 (0x2040), 2 words, write only. Source name `lease_token`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseToken;
    impl register::Register for LeaseToken {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[14];
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
    impl register::Writable for LeaseToken {}
    /// Duration of the lease from this write on; 0 gives the lease back.
    ///
    /// Address 8258 (0x2042), read and write, unit `s`. Source name `lease_duration`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseDuration;
    impl register::Register for LeaseDuration {
        type Value = crate::units::Seconds;
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
    impl register::Writable for LeaseDuration {}
    /// Which interface holds the lease.
    ///
    /// Address 8259 (0x2043), read only. Source name `lease_holder`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseHolder;
    impl register::Register for LeaseHolder {
        type Value = super::LeaseHolder;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[16];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::LeaseHolder::from_raw)
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
    /// Time left of the lease; 0 if there is none.
    ///
    /// Addresses 8260 to 8261 (0x2044), 2 words, read only, unit `s`. Source name `lease_remaining`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseRemaining;
    impl register::Register for LeaseRemaining {
        type Value = crate::units::Seconds;
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
    /// Limit of the AC input power of the shelf; not available means no limit.
    ///
    /// Addresses 8272 to 8273 (0x2050), 2 words, read and write, unit `W`. Source name `input_power_limit`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPowerLimit;
    impl register::Register for InputPowerLimit {
        type Value = crate::units::Watts;
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
    impl register::Writable for InputPowerLimit {}
    /// Limit that is in force now; not available means none.
    ///
    /// Addresses 8274 to 8275 (0x2052), 2 words, read only, unit `W`. Source name `input_power_limit_applied`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPowerLimitApplied;
    impl register::Register for InputPowerLimitApplied {
        type Value = crate::units::Watts;
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
    /// Smallest limit the shelf can keep now.
    ///
    /// Addresses 8276 to 8277 (0x2054), 2 words, read only, unit `W`. Source name `input_power_limit_min`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPowerLimitMin;
    impl register::Register for InputPowerLimitMin {
        type Value = crate::units::Watts;
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
    /// Largest limit that makes sense now.
    ///
    /// Addresses 8278 to 8279 (0x2056), 2 words, read only, unit `W`. Source name `input_power_limit_max`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPowerLimitMax;
    impl register::Register for InputPowerLimitMax {
        type Value = crate::units::Watts;
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
    /// Power the battery units shall deliver to the bus; not available means no request.
    ///
    /// Addresses 8280 to 8281 (0x2058), 2 words, read and write, unit `W`. Source name `bbu_discharge`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BbuDischarge;
    impl register::Register for BbuDischarge {
        type Value = crate::units::Watts;
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
    impl register::Writable for BbuDischarge {}
    /// Request that is in force now; not available means none.
    ///
    /// Addresses 8282 to 8283 (0x205A), 2 words, read only, unit `W`. Source name `bbu_discharge_applied`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BbuDischargeApplied;
    impl register::Register for BbuDischargeApplied {
        type Value = crate::units::Watts;
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
    /// Largest power the battery units can deliver now.
    ///
    /// Addresses 8284 to 8285 (0x205C), 2 words, read only, unit `W`. Source name `bbu_discharge_max`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BbuDischargeMax;
    impl register::Register for BbuDischargeMax {
        type Value = crate::units::Watts;
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
    /// What became of the last setpoint write.
    ///
    /// Address 8286 (0x205E), read only. Source name `setpoint_result`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SetpointResult;
    impl register::Register for SetpointResult {
        type Value = super::SetpointResult;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[25];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::SetpointResult::from_raw)
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
    /// Mean AC input voltage of the power supply units.
    ///
    /// Address 8304 (0x2070), read only, unit `V`. Source name `input_voltage`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputVoltage;
    impl register::Register for InputVoltage {
        type Value = crate::units::Volts;
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
    /// AC input frequency.
    ///
    /// Address 8305 (0x2071), read only, unit `Hz`. Source name `input_frequency`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputFrequency;
    impl register::Register for InputFrequency {
        type Value = crate::units::Hertz;
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
    /// AC input power of the shelf.
    ///
    /// Addresses 8306 to 8307 (0x2072), 2 words, read only, unit `W`. Source name `input_power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct InputPower;
    impl register::Register for InputPower {
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
    /// Power the power supply units deliver to the bus.
    ///
    /// Addresses 8308 to 8309 (0x2074), 2 words, read only, unit `W`. Source name `output_power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct OutputPower;
    impl register::Register for OutputPower {
        type Value = crate::units::Watts;
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
    /// Voltage of the busbar.
    ///
    /// Address 8310 (0x2076), read only, unit `V`. Source name `bus_voltage`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BusVoltage;
    impl register::Register for BusVoltage {
        type Value = crate::units::Volts;
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
    /// Mean state of charge of the battery units.
    ///
    /// Address 8311 (0x2077), read only, unit `%`. Source name `state_of_charge`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StateOfCharge;
    impl register::Register for StateOfCharge {
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
    /// Power of the battery units; positive discharges into the bus, negative charges.
    ///
    /// Addresses 8312 to 8313 (0x2078), 2 words, read only, unit `W`. Source name `battery_power`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BatteryPower;
    impl register::Register for BatteryPower {
        type Value = crate::units::Watts;
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
    /// Energy left in the battery units.
    ///
    /// Addresses 8314 to 8315 (0x207A), 2 words, read only, unit `J`. Source name `stored_energy`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct StoredEnergy;
    impl register::Register for StoredEnergy {
        type Value = crate::units::Joules;
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
    /// Time for which the stored energy lasts at the present load.
    ///
    /// Addresses 8316 to 8317 (0x207C), 2 words, read only, unit `s`. Source name `time_left`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct TimeLeft;
    impl register::Register for TimeLeft {
        type Value = crate::units::Seconds;
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
    /// State of the gateway.
    ///
    /// Address 8336 (0x2090), read only. Source name `state`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct State;
    impl register::Register for State {
        type Value = super::State;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[35];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::State::from_raw)
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
    /// Time since the gateway started.
    ///
    /// Addresses 8338 to 8339 (0x2092), 2 words, read only, unit `s`. Source name `uptime`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Uptime;
    impl register::Register for Uptime {
        type Value = crate::units::Seconds;
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
    /// Number of the state snapshot from which this answer was made.
    ///
    /// Addresses 8340 to 8341 (0x2094), 2 words, read only. Source name `snapshot_sequence`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SnapshotSequence;
    impl register::Register for SnapshotSequence {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[37];
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
    /// Age of that snapshot.
    ///
    /// Addresses 8342 to 8343 (0x2096), 2 words, read only, unit `s`. Source name `snapshot_age`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SnapshotAge;
    impl register::Register for SnapshotAge {
        type Value = crate::units::Seconds;
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
    /// Poll cycles.
    ///
    /// Addresses 8352 to 8353 (0x20A0), 2 words, read only. Source name `polls`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Polls;
    impl register::Register for Polls {
        type Value = u32;
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
    /// Requests to a device that failed.
    ///
    /// Addresses 8354 to 8355 (0x20A2), 2 words, read only. Source name `bus_errors`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct BusErrors;
    impl register::Register for BusErrors {
        type Value = u32;
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
    /// Devices that stopped answering.
    ///
    /// Addresses 8356 to 8357 (0x20A4), 2 words, read only. Source name `devices_lost`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct DevicesLost;
    impl register::Register for DevicesLost {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[41];
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
    /// Devices that answer again.
    ///
    /// Addresses 8358 to 8359 (0x20A6), 2 words, read only. Source name `devices_returned`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct DevicesReturned;
    impl register::Register for DevicesReturned {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[42];
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
    /// Writes that were refused.
    ///
    /// Addresses 8360 to 8361 (0x20A8), 2 words, read only. Source name `writes_refused`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct WritesRefused;
    impl register::Register for WritesRefused {
        type Value = u32;
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
    /// Setpoints that the devices took.
    ///
    /// Addresses 8362 to 8363 (0x20AA), 2 words, read only. Source name `setpoints_applied`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct SetpointsApplied;
    impl register::Register for SetpointsApplied {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[44];
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
    /// Setpoints that went to their fail-safe value.
    ///
    /// Addresses 8364 to 8365 (0x20AC), 2 words, read only. Source name `fail_safes`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct FailSafes;
    impl register::Register for FailSafes {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[45];
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
    /// Leases granted or renewed.
    ///
    /// Addresses 8366 to 8367 (0x20AE), 2 words, read only. Source name `lease_grants`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseGrants;
    impl register::Register for LeaseGrants {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[46];
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
    /// Leases that ran out.
    ///
    /// Addresses 8368 to 8369 (0x20B0), 2 words, read only. Source name `lease_expiries`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct LeaseExpiries;
    impl register::Register for LeaseExpiries {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[47];
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
    /// Sags of the input voltage.
    ///
    /// Addresses 8370 to 8371 (0x20B2), 2 words, read only. Source name `sags`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Sags;
    impl register::Register for Sags {
        type Value = u32;
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
    /// Events recorded.
    ///
    /// Addresses 8372 to 8373 (0x20B4), 2 words, read only. Source name `events`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Events;
    impl register::Register for Events {
        type Value = u32;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[49];
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
}
/// Every register of a device. `None` is a value that was not read or is not available.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Marks the block: 0x44504F31, the text DPO1.
    pub block_magic: Option<u32>,
    /// Major version of this map.
    pub map_version_major: Option<u16>,
    /// Minor version of this map.
    pub map_version_minor: Option<u16>,
    /// Number of addresses from block_magic to the end of the last register.
    pub block_words: Option<u16>,
    /// Manufacturer of the gateway.
    pub manufacturer: Option<crate::codec::Text<16>>,
    /// Model of the gateway.
    pub model: Option<crate::codec::Text<16>>,
    /// Serial number of the gateway.
    pub serial: Option<crate::codec::Text<16>>,
    /// Firmware version of the gateway.
    pub firmware: Option<crate::codec::Text<16>>,
    /// What the gateway can do. The registers of a missing capability answer their not-available value or 0.
    pub capabilities: Option<Capabilities>,
    /// Slots for power supply units.
    pub psu_slots: Option<u16>,
    /// Slots for battery backup units.
    pub bbu_slots: Option<u16>,
    /// Power supply units that answer.
    pub psus_present: Option<u16>,
    /// Battery backup units that answer.
    pub bbus_present: Option<u16>,
    /// Rated output power of the power supply units present.
    pub rated_power: Option<crate::units::Watts>,
    /// Token the client chooses; it binds the connection to the lease.
    pub lease_token: Option<u32>,
    /// Duration of the lease from this write on; 0 gives the lease back.
    pub lease_duration: Option<crate::units::Seconds>,
    /// Which interface holds the lease.
    pub lease_holder: Option<LeaseHolder>,
    /// Time left of the lease; 0 if there is none.
    pub lease_remaining: Option<crate::units::Seconds>,
    /// Limit of the AC input power of the shelf; not available means no limit.
    pub input_power_limit: Option<crate::units::Watts>,
    /// Limit that is in force now; not available means none.
    pub input_power_limit_applied: Option<crate::units::Watts>,
    /// Smallest limit the shelf can keep now.
    pub input_power_limit_min: Option<crate::units::Watts>,
    /// Largest limit that makes sense now.
    pub input_power_limit_max: Option<crate::units::Watts>,
    /// Power the battery units shall deliver to the bus; not available means no request.
    pub bbu_discharge: Option<crate::units::Watts>,
    /// Request that is in force now; not available means none.
    pub bbu_discharge_applied: Option<crate::units::Watts>,
    /// Largest power the battery units can deliver now.
    pub bbu_discharge_max: Option<crate::units::Watts>,
    /// What became of the last setpoint write.
    pub setpoint_result: Option<SetpointResult>,
    /// Mean AC input voltage of the power supply units.
    pub input_voltage: Option<crate::units::Volts>,
    /// AC input frequency.
    pub input_frequency: Option<crate::units::Hertz>,
    /// AC input power of the shelf.
    pub input_power: Option<crate::units::Watts>,
    /// Power the power supply units deliver to the bus.
    pub output_power: Option<crate::units::Watts>,
    /// Voltage of the busbar.
    pub bus_voltage: Option<crate::units::Volts>,
    /// Mean state of charge of the battery units.
    pub state_of_charge: Option<crate::units::Percent>,
    /// Power of the battery units; positive discharges into the bus, negative charges.
    pub battery_power: Option<crate::units::Watts>,
    /// Energy left in the battery units.
    pub stored_energy: Option<crate::units::Joules>,
    /// Time for which the stored energy lasts at the present load.
    pub time_left: Option<crate::units::Seconds>,
    /// State of the gateway.
    pub state: Option<State>,
    /// Time since the gateway started.
    pub uptime: Option<crate::units::Seconds>,
    /// Number of the state snapshot from which this answer was made.
    pub snapshot_sequence: Option<u32>,
    /// Age of that snapshot.
    pub snapshot_age: Option<crate::units::Seconds>,
    /// Poll cycles.
    pub polls: Option<u32>,
    /// Requests to a device that failed.
    pub bus_errors: Option<u32>,
    /// Devices that stopped answering.
    pub devices_lost: Option<u32>,
    /// Devices that answer again.
    pub devices_returned: Option<u32>,
    /// Writes that were refused.
    pub writes_refused: Option<u32>,
    /// Setpoints that the devices took.
    pub setpoints_applied: Option<u32>,
    /// Setpoints that went to their fail-safe value.
    pub fail_safes: Option<u32>,
    /// Leases granted or renewed.
    pub lease_grants: Option<u32>,
    /// Leases that ran out.
    pub lease_expiries: Option<u32>,
    /// Sags of the input voltage.
    pub sags: Option<u32>,
    /// Events recorded.
    pub events: Option<u32>,
}
impl Image {
    /// Reads what `words` holds.
    pub fn read(words: &impl register::Words) -> Self {
        Self {
            block_magic: register::read::<reg::BlockMagic>(words),
            map_version_major: register::read::<reg::MapVersionMajor>(words),
            map_version_minor: register::read::<reg::MapVersionMinor>(words),
            block_words: register::read::<reg::BlockWords>(words),
            manufacturer: register::read::<reg::Manufacturer>(words),
            model: register::read::<reg::Model>(words),
            serial: register::read::<reg::Serial>(words),
            firmware: register::read::<reg::Firmware>(words),
            capabilities: register::read::<reg::Capabilities>(words),
            psu_slots: register::read::<reg::PsuSlots>(words),
            bbu_slots: register::read::<reg::BbuSlots>(words),
            psus_present: register::read::<reg::PsusPresent>(words),
            bbus_present: register::read::<reg::BbusPresent>(words),
            rated_power: register::read::<reg::RatedPower>(words),
            lease_token: register::read::<reg::LeaseToken>(words),
            lease_duration: register::read::<reg::LeaseDuration>(words),
            lease_holder: register::read::<reg::LeaseHolder>(words),
            lease_remaining: register::read::<reg::LeaseRemaining>(words),
            input_power_limit: register::read::<reg::InputPowerLimit>(words),
            input_power_limit_applied: register::read::<
                reg::InputPowerLimitApplied,
            >(words),
            input_power_limit_min: register::read::<reg::InputPowerLimitMin>(words),
            input_power_limit_max: register::read::<reg::InputPowerLimitMax>(words),
            bbu_discharge: register::read::<reg::BbuDischarge>(words),
            bbu_discharge_applied: register::read::<reg::BbuDischargeApplied>(words),
            bbu_discharge_max: register::read::<reg::BbuDischargeMax>(words),
            setpoint_result: register::read::<reg::SetpointResult>(words),
            input_voltage: register::read::<reg::InputVoltage>(words),
            input_frequency: register::read::<reg::InputFrequency>(words),
            input_power: register::read::<reg::InputPower>(words),
            output_power: register::read::<reg::OutputPower>(words),
            bus_voltage: register::read::<reg::BusVoltage>(words),
            state_of_charge: register::read::<reg::StateOfCharge>(words),
            battery_power: register::read::<reg::BatteryPower>(words),
            stored_energy: register::read::<reg::StoredEnergy>(words),
            time_left: register::read::<reg::TimeLeft>(words),
            state: register::read::<reg::State>(words),
            uptime: register::read::<reg::Uptime>(words),
            snapshot_sequence: register::read::<reg::SnapshotSequence>(words),
            snapshot_age: register::read::<reg::SnapshotAge>(words),
            polls: register::read::<reg::Polls>(words),
            bus_errors: register::read::<reg::BusErrors>(words),
            devices_lost: register::read::<reg::DevicesLost>(words),
            devices_returned: register::read::<reg::DevicesReturned>(words),
            writes_refused: register::read::<reg::WritesRefused>(words),
            setpoints_applied: register::read::<reg::SetpointsApplied>(words),
            fail_safes: register::read::<reg::FailSafes>(words),
            lease_grants: register::read::<reg::LeaseGrants>(words),
            lease_expiries: register::read::<reg::LeaseExpiries>(words),
            sags: register::read::<reg::Sags>(words),
            events: register::read::<reg::Events>(words),
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
        register::write::<reg::BlockMagic>(self.block_magic.as_ref(), words)?;
        register::write::<reg::MapVersionMajor>(self.map_version_major.as_ref(), words)?;
        register::write::<reg::MapVersionMinor>(self.map_version_minor.as_ref(), words)?;
        register::write::<reg::BlockWords>(self.block_words.as_ref(), words)?;
        register::write::<reg::Manufacturer>(self.manufacturer.as_ref(), words)?;
        register::write::<reg::Model>(self.model.as_ref(), words)?;
        register::write::<reg::Serial>(self.serial.as_ref(), words)?;
        register::write::<reg::Firmware>(self.firmware.as_ref(), words)?;
        register::write::<reg::Capabilities>(self.capabilities.as_ref(), words)?;
        register::write::<reg::PsuSlots>(self.psu_slots.as_ref(), words)?;
        register::write::<reg::BbuSlots>(self.bbu_slots.as_ref(), words)?;
        register::write::<reg::PsusPresent>(self.psus_present.as_ref(), words)?;
        register::write::<reg::BbusPresent>(self.bbus_present.as_ref(), words)?;
        register::write::<reg::RatedPower>(self.rated_power.as_ref(), words)?;
        register::write::<reg::LeaseToken>(self.lease_token.as_ref(), words)?;
        register::write::<reg::LeaseDuration>(self.lease_duration.as_ref(), words)?;
        register::write::<reg::LeaseHolder>(self.lease_holder.as_ref(), words)?;
        register::write::<reg::LeaseRemaining>(self.lease_remaining.as_ref(), words)?;
        register::write::<reg::InputPowerLimit>(self.input_power_limit.as_ref(), words)?;
        register::write::<
            reg::InputPowerLimitApplied,
        >(self.input_power_limit_applied.as_ref(), words)?;
        register::write::<
            reg::InputPowerLimitMin,
        >(self.input_power_limit_min.as_ref(), words)?;
        register::write::<
            reg::InputPowerLimitMax,
        >(self.input_power_limit_max.as_ref(), words)?;
        register::write::<reg::BbuDischarge>(self.bbu_discharge.as_ref(), words)?;
        register::write::<
            reg::BbuDischargeApplied,
        >(self.bbu_discharge_applied.as_ref(), words)?;
        register::write::<reg::BbuDischargeMax>(self.bbu_discharge_max.as_ref(), words)?;
        register::write::<reg::SetpointResult>(self.setpoint_result.as_ref(), words)?;
        register::write::<reg::InputVoltage>(self.input_voltage.as_ref(), words)?;
        register::write::<reg::InputFrequency>(self.input_frequency.as_ref(), words)?;
        register::write::<reg::InputPower>(self.input_power.as_ref(), words)?;
        register::write::<reg::OutputPower>(self.output_power.as_ref(), words)?;
        register::write::<reg::BusVoltage>(self.bus_voltage.as_ref(), words)?;
        register::write::<reg::StateOfCharge>(self.state_of_charge.as_ref(), words)?;
        register::write::<reg::BatteryPower>(self.battery_power.as_ref(), words)?;
        register::write::<reg::StoredEnergy>(self.stored_energy.as_ref(), words)?;
        register::write::<reg::TimeLeft>(self.time_left.as_ref(), words)?;
        register::write::<reg::State>(self.state.as_ref(), words)?;
        register::write::<reg::Uptime>(self.uptime.as_ref(), words)?;
        register::write::<
            reg::SnapshotSequence,
        >(self.snapshot_sequence.as_ref(), words)?;
        register::write::<reg::SnapshotAge>(self.snapshot_age.as_ref(), words)?;
        register::write::<reg::Polls>(self.polls.as_ref(), words)?;
        register::write::<reg::BusErrors>(self.bus_errors.as_ref(), words)?;
        register::write::<reg::DevicesLost>(self.devices_lost.as_ref(), words)?;
        register::write::<reg::DevicesReturned>(self.devices_returned.as_ref(), words)?;
        register::write::<reg::WritesRefused>(self.writes_refused.as_ref(), words)?;
        register::write::<
            reg::SetpointsApplied,
        >(self.setpoints_applied.as_ref(), words)?;
        register::write::<reg::FailSafes>(self.fail_safes.as_ref(), words)?;
        register::write::<reg::LeaseGrants>(self.lease_grants.as_ref(), words)?;
        register::write::<reg::LeaseExpiries>(self.lease_expiries.as_ref(), words)?;
        register::write::<reg::Sags>(self.sags.as_ref(), words)?;
        register::write::<reg::Events>(self.events.as_ref(), words)?;
        Ok(())
    }
}
