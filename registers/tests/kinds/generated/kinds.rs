// Written by `dpo registers generate` from maps/kinds.json. Do not edit: change the map.

//! Every kind of register: register map `kinds` 0.1.0.

use crate::{map, register};
/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/kinds.json");
/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "kinds",
    title: "Every kind of register",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(1, 2), (5, 5)],
    bus: map::BusInfo {
        baud: &[19200],
        parity: map::Parity::None,
        max_read_words: 125,
        max_write_words: 123,
        functions: &[3],
    },
    identification: map::Identification {
        address: 0,
        words: 2,
        expect: map::Expect::AsciiText,
    },
    registers: &REGISTERS,
    readable_gaps: &[(40, 49)],
    hazards: &[(100, 109)],
};
/// Every register, by address.
pub static REGISTERS: [map::RegisterInfo; 12] = [
    map::RegisterInfo {
        id: "model",
        name: "model",
        address: 0,
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
        id: "raw_words",
        name: "raw_words",
        address: 2,
        words: 3,
        kind: map::Kind::Raw,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
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
        id: "small",
        name: "small",
        address: 5,
        words: 1,
        kind: map::Kind::Unsigned,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: Some(map::Limits {
            min: 10,
            max: 20,
            step: 5,
        }),
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
        id: "wide",
        name: "wide",
        address: 6,
        words: 3,
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
        id: "huge",
        name: "huge",
        address: 9,
        words: 4,
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
        id: "deep",
        name: "deep",
        address: 13,
        words: 4,
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
        not_available: Some(-9223372036854775808),
        safety: map::Safety {
            class: map::SafetyClass::None,
            fail_safe: None,
            timeout_ms: None,
        },
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "cold",
        name: "cold",
        address: 17,
        words: 1,
        kind: map::Kind::Signed,
        scale: map::Rational { num: 1, den: 8 },
        offset: map::Rational { num: -5, den: 2 },
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
        confidence: map::Confidence::Conflicting,
        readings: &[
            map::ReadingInfo {
                id: "plain",
                kind: map::Kind::Unsigned,
                scale: map::Rational::ONE,
                offset: map::Rational::ZERO,
                unit: "",
            },
            map::ReadingInfo {
                id: "tenths",
                kind: map::Kind::Unsigned,
                scale: map::Rational { num: 1, den: 10 },
                offset: map::Rational {
                    num: -5463,
                    den: 20,
                },
                unit: "Cel",
            },
        ],
    },
    map::RegisterInfo {
        id: "wide_flags",
        name: "wide_flags",
        address: 18,
        words: 4,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::ReadWrite,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "low",
                name: "low",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "field",
                name: "field",
                bit: 30,
                width: 4,
            },
            map::BitInfo {
                id: "top",
                name: "top",
                bit: 63,
                width: 1,
            },
        ],
        reserved_mask: 9223372020748648446,
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
        id: "cleared",
        name: "cleared",
        address: 22,
        words: 1,
        kind: map::Kind::Flags,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::WriteOneToClear,
        limits: None,
        bits: &[
            map::BitInfo {
                id: "a0",
                name: "a0",
                bit: 0,
                width: 1,
            },
            map::BitInfo {
                id: "a1",
                name: "a1",
                bit: 1,
                width: 1,
            },
        ],
        reserved_mask: 65532,
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
        id: "order",
        name: "order",
        address: 23,
        words: 2,
        kind: map::Kind::Enum,
        scale: map::Rational::ONE,
        offset: map::Rational::ZERO,
        unit: "",
        access: map::Access::Command,
        limits: None,
        bits: &[],
        reserved_mask: 0,
        symbols: &[
            map::SymbolInfo {
                id: "stop",
                value: 0,
            },
            map::SymbolInfo {
                id: "go",
                value: 70000,
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
    map::RegisterInfo {
        id: "type",
        name: "type",
        address: 25,
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
        id: "match",
        name: "match",
        address: 26,
        words: 4,
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
                id: "far",
                value: 9223372036854775807,
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
        confidence: map::Confidence::Stated,
        readings: &[],
    },
];
/// Flags of `wide_flags`: A register of the type flags with 4 words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WideFlags(pub u64);
impl WideFlags {
    /// `low`, bit 0.
    pub const LOW: Self = Self(0x0000000000000001);
    /// `field`, bits 30 to 33.
    pub const FIELD: Self = Self(0x00000003C0000000);
    /// `top`, bit 63.
    pub const TOP: Self = Self(0x8000000000000000);
    /// The bits.
    pub const fn bits(self) -> u64 {
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
/// Flags of `cleared`: A register of the type flags with 1 words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cleared(pub u16);
impl Cleared {
    /// `a0`, bit 0.
    pub const A0: Self = Self(0x0001);
    /// `a1`, bit 1.
    pub const A1: Self = Self(0x0002);
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
/// Values of `order`: A register of the type enum with 2 words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Stop \[now\] \<at once>. (value 0)
    Stop,
    /// Go. (value 70000)
    Go,
    /// A value that the map does not declare.
    Unknown(u32),
}
impl Order {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u32) -> Self {
        match raw {
            0 => Self::Stop,
            70000 => Self::Go,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u32 {
        match self {
            Self::Stop => 0,
            Self::Go => 70000,
            Self::Unknown(raw) => raw,
        }
    }
}
/// Values of `match`: A register of the type enum with 4 words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Match {
    /// The largest value. (value 9223372036854775807)
    Far,
    /// A value that the map does not declare.
    Unknown(u64),
}
impl Match {
    /// The symbol of a raw value.
    pub const fn from_raw(raw: u64) -> Self {
        match raw {
            9223372036854775807 => Self::Far,
            other => Self::Unknown(other),
        }
    }
    /// The raw value.
    pub const fn raw(self) -> u64 {
        match self {
            Self::Far => 9223372036854775807,
            Self::Unknown(raw) => raw,
        }
    }
}
/// The registers as types.
pub mod reg {
    use crate::register;
    /// A register of the type text with 2 words.
    ///
    /// Addresses 0 to 1 (0x0000), 2 words, read only. Source name `model`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Model;
    impl register::Register for Model {
        type Value = crate::codec::Text<4>;
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
    /// A register of the type raw with 3 words.
    ///
    /// Addresses 2 to 4 (0x0002), 3 words, read and write. Source name `raw_words`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct RawWords;
    impl register::Register for RawWords {
        type Value = [u16; 3];
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[1];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_words(<Self as register::Register>::INFO, words)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_words(<Self as register::Register>::INFO, value, words)
        }
    }
    impl register::Writable for RawWords {}
    /// A register of the type unsigned with 1 words.
    ///
    /// Address 5 (0x0005), read and write. Source name `small`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Small;
    impl register::Register for Small {
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
    impl register::Writable for Small {}
    /// A register of the type unsigned with 3 words.
    ///
    /// Addresses 6 to 8 (0x0006), 3 words, read only. Source name `wide`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Wide;
    impl register::Register for Wide {
        type Value = u64;
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
    /// A register of the type unsigned with 4 words.
    ///
    /// Addresses 9 to 12 (0x0009), 4 words, read only. Source name `huge`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Huge;
    impl register::Register for Huge {
        type Value = u64;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[4];
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
    /// A register of the type signed with 4 words.
    ///
    /// Addresses 13 to 16 (0x000D), 4 words, read only. Source name `deep`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Deep;
    impl register::Register for Deep {
        type Value = i64;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[5];
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
    /// A register of the type signed with 1 words.
    ///
    /// Address 17 (0x0011), read only, unit `Cel`. Source name `cold`; confidence: conflicting, see the notes of the map.
    #[derive(Debug, Clone, Copy)]
    pub struct Cold;
    impl register::Register for Cold {
        type Value = crate::units::Celsius;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[6];
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
    /// A register of the type flags with 4 words.
    ///
    /// Addresses 18 to 21 (0x0012), 4 words, read and write. Source name `wide_flags`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct WideFlags;
    impl register::Register for WideFlags {
        type Value = super::WideFlags;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[7];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::WideFlags(raw as u64))
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_flags(<Self as register::Register>::INFO, value.0, words)
        }
    }
    impl register::Writable for WideFlags {}
    /// A register of the type flags with 1 words.
    ///
    /// Address 22 (0x0016), write one to clear. Source name `cleared`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Cleared;
    impl register::Register for Cleared {
        type Value = super::Cleared;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[8];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_raw(<Self as register::Register>::INFO, words)
                .map(|raw| super::Cleared(raw as u16))
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
    impl register::Writable for Cleared {}
    /// A register of the type enum with 2 words.
    ///
    /// Addresses 23 to 24 (0x0017), 2 words, command. Source name `order`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Order;
    impl register::Register for Order {
        type Value = super::Order;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[9];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::Order::from_raw)
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
    impl register::Writable for Order {}
    /// A register of the type unsigned with 1 words.
    ///
    /// Address 25 (0x0019), read only. Source name `type`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Type;
    impl register::Register for Type {
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
    /// A register of the type enum with 4 words.
    ///
    /// Addresses 26 to 29 (0x001A), 4 words, read only. Source name `match`; confidence: stated.
    #[derive(Debug, Clone, Copy)]
    pub struct Match;
    impl register::Register for Match {
        type Value = super::Match;
        const INFO: &'static crate::map::RegisterInfo = &super::REGISTERS[11];
        fn decode(words: &[u16]) -> Result<Self::Value, register::DecodeError> {
            register::decode_integer(<Self as register::Register>::INFO, words)
                .map(super::Match::from_raw)
        }
        fn encode(
            value: &Self::Value,
            words: &mut [u16],
        ) -> Result<(), register::EncodeError> {
            register::encode_symbol(
                <Self as register::Register>::INFO,
                value.raw(),
                words,
            )
        }
    }
}
/// Every register of a device. `None` is a value that was not read or is not available.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// A register of the type text with 2 words.
    pub model: Option<crate::codec::Text<4>>,
    /// A register of the type raw with 3 words.
    pub raw_words: Option<[u16; 3]>,
    /// A register of the type unsigned with 1 words.
    pub small: Option<u16>,
    /// A register of the type unsigned with 3 words.
    pub wide: Option<u64>,
    /// A register of the type unsigned with 4 words.
    pub huge: Option<u64>,
    /// A register of the type signed with 4 words.
    pub deep: Option<i64>,
    /// A register of the type signed with 1 words.
    pub cold: Option<crate::units::Celsius>,
    /// A register of the type flags with 4 words.
    pub wide_flags: Option<WideFlags>,
    /// A register of the type flags with 1 words.
    pub cleared: Option<Cleared>,
    /// A register of the type enum with 2 words.
    pub order: Option<Order>,
    /// A register of the type unsigned with 1 words.
    pub r#type: Option<u16>,
    /// A register of the type enum with 4 words.
    pub r#match: Option<Match>,
}
impl Image {
    /// Reads what `words` holds.
    pub fn read(words: &impl register::Words) -> Self {
        Self {
            model: register::read::<reg::Model>(words),
            raw_words: register::read::<reg::RawWords>(words),
            small: register::read::<reg::Small>(words),
            wide: register::read::<reg::Wide>(words),
            huge: register::read::<reg::Huge>(words),
            deep: register::read::<reg::Deep>(words),
            cold: register::read::<reg::Cold>(words),
            wide_flags: register::read::<reg::WideFlags>(words),
            cleared: register::read::<reg::Cleared>(words),
            order: register::read::<reg::Order>(words),
            r#type: register::read::<reg::Type>(words),
            r#match: register::read::<reg::Match>(words),
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
        register::write::<reg::Model>(self.model.as_ref(), words)?;
        register::write::<reg::RawWords>(self.raw_words.as_ref(), words)?;
        register::write::<reg::Small>(self.small.as_ref(), words)?;
        register::write::<reg::Wide>(self.wide.as_ref(), words)?;
        register::write::<reg::Huge>(self.huge.as_ref(), words)?;
        register::write::<reg::Deep>(self.deep.as_ref(), words)?;
        register::write::<reg::Cold>(self.cold.as_ref(), words)?;
        register::write::<reg::WideFlags>(self.wide_flags.as_ref(), words)?;
        register::write::<reg::Cleared>(self.cleared.as_ref(), words)?;
        register::write::<reg::Order>(self.order.as_ref(), words)?;
        register::write::<reg::Type>(self.r#type.as_ref(), words)?;
        register::write::<reg::Match>(self.r#match.as_ref(), words)?;
        Ok(())
    }
}
