// Written by `dpo registers generate` from maps/kinds.json. Do not edit: change the map.

//! Every kind of register: register map `kinds` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

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
        functions: &[3, 6, 16],
    },
    identification: map::Identification { address: 0, words: 2, expect: map::Expect::AsciiText },
    registers: &REGISTERS,
    readable_gaps: &[(40, 49)],
    safe_unmapped: &[],
    hazards: &[(100, 109)],
    time_sync: None,
};

crate::register_flags! {
    /// Flags of `wide_flags`: A register of the type flags with 4 words.
    WideFlags: u64 {
        LOW("low", "low", 0),
        FIELD("field", "field", 30, 4),
        TOP("top", "top", 63),
    }
}

crate::register_flags! {
    /// Flags of `cleared`: A register of the type flags with 1 words.
    Cleared: u16 {
        A0("a0", "a0", 0),
        A1("a1", "a1", 1),
    }
}

crate::register_symbols! {
    /// Values of `order`: A register of the type enum with 2 words.
    Order: u32 {
        /// Stop \[now\] \<at once>.
        Stop("stop") = 0,
        /// Go.
        Go("go") = 70000,
    }
}

crate::register_symbols! {
    /// Values of `match`: A register of the type enum with 4 words.
    Match: u64 {
        /// The largest value.
        Far("far") = 9223372036854775807,
    }
}

crate::register_flags! {
    /// Flags of `swapped_flags`: Bytes swapped.
    SwappedFlags: u16 {
        FIRST("first", "first", 0),
    }
}

crate::register_map! {
    /// A register of the type text with 2 words.
    ro Model(model): codec::Text<4> = text("model", 0, 2).optional().slow();
    /// A register of the type raw with 3 words.
    rw RawWords(raw_words): [u16; 3] = raw_words("raw_words", 2, 3).optional().slow();
    /// A register of the type unsigned with 1 words. 10 to 20.
    rw Small(small): u16 = unsigned("small", 5, 1).steps(10, 20, 5).optional().slow();
    /// A register of the type unsigned with 3 words.
    ro Wide(wide): u64 = unsigned("wide", 6, 3).optional().slow();
    /// A register of the type unsigned with 4 words.
    ro Huge(huge): u64 = unsigned("huge", 9, 4).optional().slow();
    /// A register of the type signed with 4 words.
    ro Deep(deep): i64 = signed("deep", 13, 4).not_available(-9223372036854775808).optional().slow();
    /// A register of the type signed with 1 words. Sources disagree: Kept: eighths, as the test wants.
    ro Cold(cold): units::Celsius =
        signed("cold", 17, 1).scale(1, 8).offset(-5, 2).optional().conflicting().slow().readings(&[
        map::ReadingInfo::new("plain", map::Kind::Unsigned),
        map::ReadingInfo::new("tenths", map::Kind::Unsigned).scale(1, 10).offset(-5463, 20).unit("Cel"), ]);
    /// A register of the type flags with 4 words.
    rw WideFlags(wide_flags): WideFlags = flags("wide_flags", 18, 4).optional().slow();
    /// A register of the type flags with 1 words.
    w1c Cleared(cleared): Cleared = flags("cleared", 22, 1).optional().slow();
    /// A register of the type enum with 2 words.
    command Order(order): Order = symbol("order", 23, 2).optional().on_demand();
    /// A register of the type unsigned with 1 words.
    ro Type(r#type): u16 = unsigned("type", 25, 1).optional().slow();
    /// A register of the type enum with 4 words.
    ro Match(r#match): Match = symbol("match", 26, 4).optional().slow();
    /// A number of the type float with 2 words.
    ro Single(single): f32 = float("single", 30, 2).optional().slow();
    /// A number of the type float with 4 words.
    ro Double(double): units::Volts = float("double", 32, 4).scale(1, 2).optional().slow();
    /// Least significant word first.
    ro Swapped(swapped): u32 = unsigned("swapped", 36, 2).little_endian().optional().slow();
    /// Bytes swapped.
    ro SwappedFlags(swapped_flags): SwappedFlags =
        flags("swapped_flags", 38, 1).little_endian().optional().slow();
}
