//! One line a register: `RegisterInfo::unsigned("input_voltage", "Input_Voltage", 88, 1).scale(1, 64).fast()`.
//!
//! A constructor a kind gives a read-only, mandatory register without scale, limits or consequences; each
//! method changes one thing. All are `const`, so a table costs nothing at run time.

use super::{
    Access, BitInfo, Confidence, Kind, Limits, Modality, PartialRead, PollClass, Rational, ReadingInfo,
    RegisterInfo, Safety, SafetyClass, SymbolInfo, WordOrder,
};

/// Constructors: identifier, name in the source, first address, length in words.
impl RegisterInfo {
    /// A register of a kind, with defaults for the rest.
    pub const fn new(kind: Kind, id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self {
            id: plain(id),
            name,
            address,
            words,
            kind,
            order: WordOrder::BigEndian,
            scale: Rational::ONE,
            offset: Rational::ZERO,
            unit: "",
            access: Access::ReadOnly,
            limits: None,
            bits: &[],
            reserved_mask: 0,
            symbols: &[],
            poll: PollClass::Slow,
            update_ms: None,
            partial_read: None,
            settle_ms: 0,
            group: None,
            commit: None,
            applied: None,
            unlock: None,
            bad_write: None,
            not_available: None,
            safety: Safety { class: SafetyClass::None, fail_safe: None, timeout_ms: None },
            modality: Modality::Mandatory,
            condition: None,
            confidence: Confidence::Stated,
            readings: &[],
        }
    }

    /// An unsigned integer.
    pub const fn unsigned(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Unsigned, id, name, address, words)
    }

    /// A two's complement integer.
    pub const fn signed(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Signed, id, name, address, words)
    }

    /// A floating-point number.
    pub const fn float(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Float, id, name, address, words)
    }

    /// Bit fields; see [`RegisterInfo::bits`].
    pub const fn flags(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Flags, id, name, address, words)
    }

    /// One of declared values; see [`RegisterInfo::symbols`].
    pub const fn symbol(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Enum, id, name, address, words)
    }

    /// ASCII text.
    pub const fn text(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Text, id, name, address, words)
    }

    /// Words without a declared meaning.
    pub const fn raw_words(id: &'static str, name: &'static str, address: u16, words: u16) -> Self {
        Self::new(Kind::Raw, id, name, address, words)
    }
}

macro_rules! set {
    ($($(#[$doc:meta])* $method:ident($($argument:ident: $type:ty),*) $($field:ident).+ = $value:expr;)*) => {
        /// What a register has besides place and kind.
        impl RegisterInfo {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $method(mut self, $($argument: $type),*) -> Self {
                self.$($field).+ = $value;
                self
            }
        )*}
    };
}

set! {
    /// Engineering value = raw * `num` / `den` + offset; `den` is greater than 0.
    scale(num: i64, den: i64) scale = Rational { num, den };
    /// See [`RegisterInfo::scale`].
    offset(num: i64, den: i64) offset = Rational { num, den };
    /// UCUM code of the engineering value.
    unit(unit: &'static str) unit = unit;
    /// Who may do what.
    access(access: Access) access = access;
    /// Least significant word first, bytes swapped.
    little_endian() order = WordOrder::LittleEndian;
    /// Inclusive raw limits.
    limits(min: i64, max: i64) limits = Some(Limits { min, max, step: 1 });
    /// Inclusive raw limits, and the distance of allowed values from `min` on.
    steps(min: i64, max: i64, step: i64) limits = Some(Limits { min, max, step });
    /// Declared values.
    symbols(symbols: &'static [SymbolInfo]) symbols = symbols;
    /// Read each poll cycle.
    fast() poll = PollClass::Fast;
    /// Read each few cycles.
    slow() poll = PollClass::Slow;
    /// Read once after discovery.
    once() poll = PollClass::Static;
    /// Read only on demand.
    on_demand() poll = PollClass::OnDemand;
    /// Longest time between two updates of the value.
    update_ms(time: u32) update_ms = Some(time);
    /// A read of some of its words gives these words.
    partial_words() partial_read = Some(PartialRead::Words);
    /// A read of some of its words is refused.
    partial_refused() partial_read = Some(PartialRead::Refused);
    /// Longest time between a write and a read that shows it.
    settle_ms(time: u32) settle_ms = time;
    /// Registers of one group commit together.
    group(group: &'static str) group = Some(group);
    /// Register whose write puts a value written here into force.
    commit(register: &'static str) commit = Some(register);
    /// Register that shows the value in force.
    applied(register: &'static str) applied = Some(register);
    /// Flag that must be set before a write, as `register.bit`.
    unlock(flag: &'static str) unlock = Some(flag);
    /// Exception code that answers a value that is not allowed.
    bad_write(code: u8) bad_write = Some(code);
    /// Raw value that means "not available".
    not_available(raw: i64) not_available = Some(raw);
    /// A write changes what is shown or recorded.
    cosmetic() safety.class = SafetyClass::Cosmetic;
    /// A write changes how power flows, inside the limits of the shelf.
    setpoint() safety.class = SafetyClass::Setpoint;
    /// A write may interrupt power or communication.
    disruptive() safety.class = SafetyClass::Disruptive;
    /// Raw value the register falls back to when the lease ends.
    fail_safe(raw: i64) safety.fail_safe = Some(raw);
    /// Time after which the device itself falls back.
    timeout_ms(time: u32) safety.timeout_ms = Some(time);
    /// A device may have it.
    optional() modality = Modality::Optional;
    /// A device has it if something else holds, said by [`RegisterInfo::condition`] if it is known.
    conditional() modality = Modality::Conditional;
    /// What a conditional register depends on: a flag as `register.bit`, or a PICS item in capitals.
    condition(on: &'static str) condition = Some(on);
    /// The row is concluded from names, firmware tools or data sheets.
    inferred() confidence = Confidence::Inferred;
    /// Sources disagree on the row.
    conflicting() confidence = Confidence::Conflicting;
    /// Other readings of the row.
    readings(readings: &'static [ReadingInfo]) readings = readings;
}

impl RegisterInfo {
    /// Bit fields; for a register of the kind flags the bits without a field are reserved.
    #[must_use]
    pub const fn bits(mut self, bits: &'static [BitInfo]) -> Self {
        self.bits = bits;
        if matches!(self.kind, Kind::Flags) {
            let mut declared = 0;
            let mut rest = bits;
            while let [bit, others @ ..] = rest {
                declared |= bit.mask();
                rest = others;
            }
            let width = if self.words >= 4 { 64 } else { 16 * self.words as u8 };
            self.reserved_mask = !declared & ones(width);
        }
        self
    }
}

/// `ReadingInfo::new("tenths", Kind::Unsigned).scale(1, 10).unit("Cel")`.
impl ReadingInfo {
    /// A reading without scale and unit.
    pub const fn new(id: &'static str, kind: Kind) -> Self {
        Self { id, kind, scale: Rational::ONE, offset: Rational::ZERO, unit: "" }
    }

    /// Engineering value = raw * `num` / `den` + offset; `den` is greater than 0.
    #[must_use]
    pub const fn scale(mut self, num: i64, den: i64) -> Self {
        self.scale = Rational { num, den };
        self
    }

    /// See [`ReadingInfo::scale`].
    #[must_use]
    pub const fn offset(mut self, num: i64, den: i64) -> Self {
        self.offset = Rational { num, den };
        self
    }

    /// UCUM code of the engineering value.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }
}

impl BitInfo {
    /// The bits of the field, in the joined words.
    pub const fn mask(&self) -> u64 {
        match ones(self.width).checked_shl(self.bit as u32) {
            Some(mask) => mask,
            None => 0,
        }
    }
}

const fn ones(width: u8) -> u64 {
    if width >= 64 { u64::MAX } else { (1 << width) - 1 }
}

/// An identifier without the `r#` that a Rust keyword needs: `stringify!(r#type)` is `r#type`.
const fn plain(id: &'static str) -> &'static str {
    match id.as_bytes() {
        [b'r', b'#', ..] => id.split_at(2).1,
        _ => id,
    }
}
