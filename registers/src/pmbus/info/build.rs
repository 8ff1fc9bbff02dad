//! One line a command: `CommandInfo::linear11("READ_VIN", 0x88).word().fast()`.
//!
//! A constructor a format gives a read-only, mandatory command; each method changes one thing. All are
//! `const`, so a table costs nothing at run time.

use super::{Code, CommandInfo, CommandSafety, FieldInfo, Format, PecUse, Protect, Range, Read, Write};
use crate::codec::pmbus::Direct;
use crate::map::{
    Access, BitInfo, Confidence, Limits, Modality, PollClass, Rational, SafetyClass, SymbolInfo,
};

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident = $format:ident;)*) => {
        /// Constructors: name and code.
        impl CommandInfo {$(
            $(#[$doc])*
            pub const fn $name(name: &'static str, code: u8) -> Self {
                Self::new(Format::$format, name, code)
            }
        )*}
    };
}

constructors! {
    /// A command without data.
    none = None;
    /// A number in LINEAR11.
    linear11 = Linear11;
    /// A number that is never negative, as VOUT_MODE says.
    ulinear16 = Ulinear16;
    /// A number that may be negative, as VOUT_MODE says.
    slinear16 = Slinear16;
    /// A number in DIRECT; see [`CommandInfo::coefficients`].
    direct = Direct;
    /// An unsigned integer.
    unsigned = Unsigned;
    /// A two's complement integer.
    signed = Signed;
    /// Bit fields.
    flags = Flags;
    /// One of declared values.
    symbol = Enum;
    /// Text.
    ascii = Ascii;
    /// Bytes without a declared meaning.
    raw = Raw;
    /// Fields at declared places.
    fields_of = Block;
}

macro_rules! set {
    ($($(#[$doc:meta])* $method:ident($($argument:ident: $type:ty),*) $($field:ident).+ = $value:expr;)*) => {
        /// What a command has besides code and format.
        impl CommandInfo {$(
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
    /// Identifier.
    id(id: &'static str) id = id;
    /// Who may do what; the methods for transactions that follow go by it.
    access(access: Access) access = access;
    /// UCUM code of the value.
    unit(unit: &'static str) unit = unit;
    /// Declared values.
    symbols(symbols: &'static [SymbolInfo]) symbols = symbols;
    /// Fields of a block.
    fields(fields: &'static [FieldInfo]) fields = fields;
    /// Fields of what a process call asks with.
    request(request: &'static [FieldInfo]) request = request;
    /// Second byte of an extended command.
    extended(second: u8) code.extended = Some(second);
    /// Coefficients of a DIRECT command; `m` is not 0.
    coefficients(m: i16, b: i16, r: i8) coefficients = Direct::new(m, b, r);
    /// A ratio of VOUT_COMMAND if VOUT_MODE is relative.
    relative() relative = true;
    /// Inclusive raw limits.
    limits(min: i64, max: i64) limits = Some(Limits { min, max, step: 1 });
    /// Inclusive raw limits, and the distance of allowed values from `min` on.
    steps(min: i64, max: i64, step: i64) limits = Some(Limits { min, max, step });
    /// Inclusive limits in the unit, as fractions.
    range(min: (i64, i64), max: (i64, i64))
        range = Some(Range { min: Rational { num: min.0, den: min.1 }, max: Rational { num: max.0, den: max.1 } });
    /// Written by this transaction.
    written(write: Write) write = Some(write);
    /// Each page has its own value.
    paged() paged = true;
    /// Packet error code that differs from the map's.
    pec(pec: PecUse) pec = Some(pec);
    /// Refused from this setting of WRITE_PROTECT on.
    protect(protect: Protect) protect = protect;
    /// Read each poll cycle.
    fast() poll = PollClass::Fast;
    /// Read each few cycles.
    slow() poll = PollClass::Slow;
    /// Read once after discovery.
    once() poll = PollClass::Static;
    /// Read only on demand.
    on_demand() poll = PollClass::OnDemand;
    /// Longest time between two updates of the value by the device.
    update_ms(time: u32) update_ms = Some(time);
    /// Longest time between a write and a read that shows it.
    settle_ms(time: u32) settle_ms = time;
    /// A write changes what is shown or recorded.
    cosmetic() safety.class = SafetyClass::Cosmetic;
    /// A write changes how power flows.
    setpoint() safety.class = SafetyClass::Setpoint;
    /// A write may interrupt power or communication.
    disruptive() safety.class = SafetyClass::Disruptive;
    /// Value to fall back to when the lease ends, as a fraction.
    fail_safe(num: i64, den: i64) safety.fail_safe = Some(Rational { num, den });
    /// Time after which the device itself falls back.
    timeout_ms(time: u32) safety.timeout_ms = Some(time);
    /// A device may have it.
    optional() modality = Modality::Optional;
    /// A device has it on a condition.
    conditional() modality = Modality::Conditional;
    /// What a conditional command depends on.
    condition(condition: &'static str) condition = Some(condition);
    /// Concluded.
    inferred() confidence = Confidence::Inferred;
    /// Sources disagree.
    conflicting() confidence = Confidence::Conflicting;
}

impl CommandInfo {
    /// A command of a format, with defaults for the rest.
    pub const fn new(format: Format, name: &'static str, code: u8) -> Self {
        Self {
            id: "",
            name,
            code: Code { first: code, extended: None },
            read: None,
            write: None,
            length: (0, 0),
            format,
            coefficients: None,
            relative: false,
            unit: "",
            access: Access::ReadOnly,
            limits: None,
            range: None,
            bits: &[],
            reserved_mask: 0,
            symbols: &[],
            fields: &[],
            request: &[],
            paged: false,
            pec: None,
            protect: Protect::Level20,
            poll: PollClass::Slow,
            update_ms: None,
            settle_ms: 0,
            safety: CommandSafety { class: SafetyClass::None, fail_safe: None, timeout_ms: None },
            modality: Modality::Mandatory,
            condition: None,
            confidence: Confidence::Stated,
        }
    }

    /// Declared bit fields; those of no field are reserved once the length is known.
    #[must_use]
    pub const fn bits(mut self, bits: &'static [BitInfo]) -> Self {
        self.bits = bits;
        self
    }

    /// One data byte each way that the access allows.
    #[must_use]
    pub const fn byte(self) -> Self {
        self.plain(Read::Byte, Write::Byte, 1)
    }

    /// Two data bytes each way that the access allows.
    #[must_use]
    pub const fn word(self) -> Self {
        self.plain(Read::Word, Write::Word, 2)
    }

    /// Four data bytes each way that the access allows.
    #[must_use]
    pub const fn long(self) -> Self {
        self.plain(Read::Long, Write::Long, 4)
    }

    /// A block of `min` to `max` bytes each way that the access allows.
    #[must_use]
    pub const fn block(mut self, min: u8, max: u8) -> Self {
        self = self.plain(Read::Block, Write::Block, max);
        self.length = (min, max);
        self
    }

    /// The code alone, written.
    #[must_use]
    pub const fn send(mut self) -> Self {
        self.write = Some(Write::Send);
        self
    }

    /// Two bytes asked with, two answered.
    #[must_use]
    pub const fn call(mut self) -> Self {
        self.read = Some(Read::Call);
        self.sized(2)
    }

    /// A block asked with, a block of `min` to `max` bytes answered.
    #[must_use]
    pub const fn block_call(mut self, min: u8, max: u8) -> Self {
        self.read = Some(Read::BlockCall);
        self = self.sized(max);
        self.length = (min, max);
        self
    }

    const fn plain(mut self, read: Read, write: Write, bytes: u8) -> Self {
        if !matches!(self.access, Access::WriteOnly | Access::Command) {
            self.read = Some(read);
        }
        if self.access.writable() {
            self.write = Some(write);
        }
        self.sized(bytes)
    }

    const fn sized(mut self, bytes: u8) -> Self {
        self.length = (bytes, bytes);
        let mut declared = 0;
        let mut at = 0;
        while at < self.bits.len() {
            declared |= self.bits[at].mask();
            at += 1;
        }
        if !self.bits.is_empty() && bytes <= 8 {
            let all = if bytes == 8 { u64::MAX } else { (1 << (8 * bytes as u32)) - 1 };
            self.reserved_mask = all & !declared;
        }
        self
    }
}
