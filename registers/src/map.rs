//! What a register map says, as constants that need no parsing.
//!
//! The generated modules fill these structures; the gateway, the device side and the Redfish service
//! read access, limits and safety from here and from nowhere else. Source: design section 5.

use crate::codec::{Exception, MAX_READ_QUANTITY, MAX_WRITE_QUANTITY};

/// A register map as generated from `maps/<id>.json`.
#[derive(Debug, Clone, Copy)]
pub struct MapInfo {
    /// Permanent identifier, for example `orv3-psu`.
    pub id: &'static str,
    /// Human-readable title.
    pub title: &'static str,
    /// Semantic version of the map: major, minor, patch.
    pub version: (u16, u16, u16),
    /// What kind of device implements the map.
    pub device_class: DeviceClass,
    /// Modbus addresses on which such a device may answer, as inclusive ranges.
    pub addresses: &'static [(u8, u8)],
    /// Serial line and request limits.
    pub bus: BusInfo,
    /// How to recognise the device.
    pub identification: Identification,
    /// Every register, sorted by address, without overlap.
    pub registers: &'static [RegisterInfo],
    /// Unmapped addresses that a device answers with zero, as inclusive ranges.
    pub readable_gaps: &'static [(u16, u16)],
    /// Address ranges that must never be written (they start firmware programming on real units).
    pub hazards: &'static [(u16, u16)],
}

/// The class of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceClass {
    /// Power supply unit.
    Psu,
    /// Battery backup unit.
    Bbu,
    /// Capacitor backup unit.
    Cbu,
    /// Power monitoring interface (or module) of a shelf.
    Pmi,
}

/// Serial parity of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// Even parity, the Modbus default.
    Even,
    /// Odd parity.
    Odd,
    /// No parity bit.
    None,
}

/// Serial line and request limits of a device.
#[derive(Debug, Clone, Copy)]
pub struct BusInfo {
    /// Baud rates the device may be set to; the first is the default.
    pub baud: &'static [u32],
    /// Parity.
    pub parity: Parity,
    /// Most registers in one read (at most 125).
    pub max_read_words: u16,
    /// Most registers in one write (at most 123).
    pub max_write_words: u16,
    /// Function codes the device implements.
    pub functions: &'static [u8],
}

/// How a device that implements the map is recognised.
#[derive(Debug, Clone, Copy)]
pub struct Identification {
    /// First address of the probe register.
    pub address: u16,
    /// Length of the probe register in words.
    pub words: u16,
    /// What a device that implements the map holds there.
    pub expect: Expect,
}

/// The value expected in the probe register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Printable ASCII, at least one character (an identity string).
    AsciiText,
    /// Exactly these words.
    Words(&'static [u16]),
}

impl Expect {
    /// Whether `words`, read from the probe register, fit.
    pub fn matches(&self, words: &[u16]) -> bool {
        match self {
            Self::Words(expected) => words == *expected,
            Self::AsciiText => {
                let mut bytes = words.iter().flat_map(|w| w.to_be_bytes());
                let printable = |b: u8| (0x20..0x7f).contains(&b);
                matches!(bytes.next(), Some(b) if printable(b))
                    && bytes.by_ref().skip_while(|b| printable(*b)).all(|b| b == 0)
            }
        }
    }
}

/// One register.
#[derive(Debug, Clone, Copy)]
pub struct RegisterInfo {
    /// Permanent identifier, unique in the map, never reused.
    pub id: &'static str,
    /// Name in the source document.
    pub name: &'static str,
    /// First address.
    pub address: u16,
    /// Length in 16-bit words.
    pub words: u16,
    /// How the words are read.
    pub kind: Kind,
    /// Engineering value = raw * scale + offset.
    pub scale: Rational,
    /// See `scale`.
    pub offset: Rational,
    /// UCUM code of the engineering value; empty where there is none.
    pub unit: &'static str,
    /// Who may do what.
    pub access: Access,
    /// Raw limits of the value.
    pub limits: Option<Limits>,
    /// Bit fields (for [`Kind::Flags`]).
    pub bits: &'static [BitInfo],
    /// Bits that read 0 and must be written 0.
    pub reserved_mask: u64,
    /// Declared values (for [`Kind::Enum`]).
    pub symbols: &'static [SymbolInfo],
    /// How often a reader needs it.
    pub poll: PollClass,
    /// Longest time between a write and a read that shows it.
    pub settle_ms: u32,
    /// Registers of one group commit together.
    pub group: Option<&'static str>,
    /// Raw value that means "not available".
    pub not_available: Option<i64>,
    /// What a write can do to the shelf, and where the value falls back to.
    pub safety: Safety,
    /// How sure the map is of this row.
    pub confidence: Confidence,
    /// Other readings of the row, if sources disagree; see [`RegisterInfo::read_as`].
    pub readings: &'static [ReadingInfo],
}

/// Another reading of a register on which sources disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingInfo {
    /// Permanent identifier, unique in the register; configurations name it.
    pub id: &'static str,
    /// How the words are read.
    pub kind: Kind,
    /// Engineering value = raw * scale + offset.
    pub scale: Rational,
    /// See `scale`.
    pub offset: Rational,
    /// UCUM code of the engineering value; empty where there is none.
    pub unit: &'static str,
}

/// How the words of a register are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Unsigned integer, most significant word first.
    Unsigned,
    /// Two's complement integer, most significant word first.
    Signed,
    /// Bit fields.
    Flags,
    /// One of the declared symbols.
    Enum,
    /// ASCII, high byte first, ended by the first NUL.
    Text,
    /// Words without a declared meaning.
    Raw,
}

/// An exact fraction. The denominator is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rational {
    /// Numerator.
    pub num: i64,
    /// Denominator, greater than 0.
    pub den: i64,
}

impl Rational {
    /// The fraction 1.
    pub const ONE: Self = Self { num: 1, den: 1 };
    /// The fraction 0.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

/// Access to a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read only.
    ReadOnly,
    /// Read and write.
    ReadWrite,
    /// Write only; reads answer 0.
    WriteOnly,
    /// Writing 1 to a bit clears it.
    WriteOneToClear,
    /// Writing starts an action; reads answer the declared result.
    Command,
}

impl Access {
    /// Whether a client may write the register at all.
    pub const fn writable(self) -> bool {
        !matches!(self, Self::ReadOnly)
    }
}

/// Inclusive raw limits of a value, with the step between two allowed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Smallest raw value.
    pub min: i64,
    /// Largest raw value.
    pub max: i64,
    /// Distance between allowed values, counted from `min`; at least 1.
    pub step: i64,
}

/// One bit field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitInfo {
    /// Permanent identifier, unique in the register.
    pub id: &'static str,
    /// Name in the source document.
    pub name: &'static str,
    /// Position of the least significant bit, counted from the LSB of the joined words.
    pub bit: u8,
    /// Width in bits.
    pub width: u8,
}

/// One declared value of an enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SymbolInfo {
    /// Permanent identifier, unique in the register.
    pub id: &'static str,
    /// Raw value.
    pub value: u64,
}

/// How often a reader needs a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PollClass {
    /// Each poll cycle.
    Fast,
    /// Each few cycles.
    Slow,
    /// Once after discovery, and again when the device returned.
    Static,
    /// Only on demand.
    OnDemand,
}

/// What a write can do to the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Safety {
    /// Class of the consequence.
    pub class: SafetyClass,
    /// Raw value the register falls back to when the lease ends.
    pub fail_safe: Option<i64>,
    /// Time after which the device itself falls back, if it has such a timer.
    pub timeout_ms: Option<u32>,
}

/// Class of the consequence of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SafetyClass {
    /// No effect on power.
    None,
    /// Changes what is shown or recorded (clock, LED).
    Cosmetic,
    /// Changes how power flows, inside the limits of the shelf.
    Setpoint,
    /// May interrupt power or communication.
    Disruptive,
}

/// How sure the map is of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Said by a source.
    Stated,
    /// Concluded from names, firmware tools or data sheets.
    Inferred,
    /// Sources disagree; the row holds one reading, its notes the other.
    Conflicting,
}

impl MapInfo {
    /// The register with the identifier `id`.
    pub fn register(&self, id: &str) -> Option<&'static RegisterInfo> {
        self.registers.iter().find(|r| r.id == id)
    }

    /// The register that covers `address`.
    pub fn register_at(&self, address: u16) -> Option<&'static RegisterInfo> {
        let after = self.registers.partition_point(|r| r.address <= address);
        let register = self.registers.get(after.checked_sub(1)?)?;
        (u32::from(address) < register.end()).then_some(register)
    }

    /// Whether a read of `address` is answered: a mapped word or a readable gap.
    pub fn readable(&self, address: u16) -> bool {
        self.register_at(address).is_some() || contains(self.readable_gaps, address)
    }

    /// Whether `address` lies in a hazard range.
    pub fn hazardous(&self, address: u16) -> bool {
        contains(self.hazards, address)
    }

    /// Whether a device of this map may answer at the Modbus address `unit`.
    pub fn has_address(&self, unit: u8) -> bool {
        self.addresses.iter().any(|(first, last)| (*first..=*last).contains(&unit))
    }

    /// Checks a read in the order of the state diagram: quantity, then address
    /// (MODBUS Application Protocol V1.1b3, 6.3).
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] for a quantity of 0 or above 125,
    /// [`Exception::IllegalDataAddress`] if any word is unmapped.
    pub fn check_read(&self, address: u16, quantity: u16) -> Result<(), Exception> {
        if quantity == 0 || quantity > MAX_READ_QUANTITY {
            return Err(Exception::IllegalDataValue);
        }
        let last = address.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
        if (address..=last).all(|a| self.readable(a)) { Ok(()) } else { Err(Exception::IllegalDataAddress) }
    }

    /// Checks a write of `words` from `address`: quantity, whole writable registers, limits, reserved
    /// bits, enumerations. Nothing may be applied if this fails.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] for the quantity or a value out of range,
    /// [`Exception::IllegalDataAddress`] for an unmapped, read-only, hazardous or half-written register.
    pub fn check_write(&self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let quantity = u16::try_from(words.len()).map_err(|_| Exception::IllegalDataValue)?;
        if quantity == 0 || quantity > MAX_WRITE_QUANTITY {
            return Err(Exception::IllegalDataValue);
        }
        let last = address.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
        let mut at = u32::from(address);
        // Addresses first, for the whole span: a bad address outranks a bad value (AP 6.12).
        while at <= u32::from(last) {
            let register = self.whole_register(at, u32::from(last))?;
            at = register.end();
        }
        let mut at = u32::from(address);
        while at <= u32::from(last) {
            let register = self.whole_register(at, u32::from(last))?;
            let from = (at - u32::from(address)) as usize;
            let value = words.get(from..from + usize::from(register.words));
            register.check_words(value.ok_or(Exception::IllegalDataAddress)?)?;
            at = register.end();
        }
        Ok(())
    }

    fn whole_register(&self, at: u32, last: u32) -> Result<&'static RegisterInfo, Exception> {
        let address = u16::try_from(at).map_err(|_| Exception::IllegalDataAddress)?;
        let register = self.register_at(address).ok_or(Exception::IllegalDataAddress)?;
        let whole = register.address == address && register.end() <= last + 1;
        if whole && register.access.writable() && !self.hazardous(address) {
            Ok(register)
        } else {
            Err(Exception::IllegalDataAddress)
        }
    }
}

fn contains(ranges: &[(u16, u16)], address: u16) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&address))
}

impl RegisterInfo {
    /// One past the last address; up to 65536.
    pub const fn end(&self) -> u32 {
        self.address as u32 + self.words as u32
    }

    /// The reading with the identifier `id`, where sources disagree.
    pub fn reading(&self, id: &str) -> Option<&'static ReadingInfo> {
        self.readings.iter().find(|r| r.id == id)
    }

    /// The register as `reading` has it: kind, scale, offset and unit are the reading's, all else stays.
    pub const fn read_as(&self, reading: &ReadingInfo) -> Self {
        let ReadingInfo { kind, scale, offset, unit, .. } = *reading;
        Self { kind, scale, offset, unit, ..*self }
    }

    /// Engineering value of a raw value: the `f64` nearest to the exact fraction, so that 298.2 K shows
    /// as 25.05 degrees Celsius and not as 25.05000000000001.
    pub fn engineering(&self, raw: i64) -> f64 {
        let (scale, offset) = (self.scale, self.offset);
        let exact = || {
            let scaled = i128::from(raw).checked_mul(scale.num.into())?.checked_mul(offset.den.into())?;
            let shifted = scaled.checked_add(i128::from(offset.num).checked_mul(scale.den.into())?)?;
            Some(shifted as f64 / (i128::from(scale.den) * i128::from(offset.den)) as f64)
        };
        // Only a scale of astronomic size leaves 128 bits.
        exact().unwrap_or_else(|| raw as f64 * scale.value() + offset.value())
    }

    /// Checks the words of a write against limits, reserved bits and symbols.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] if the value is not allowed.
    pub fn check_words(&self, words: &[u16]) -> Result<(), Exception> {
        let raw = || self.raw(words).ok_or(Exception::IllegalDataValue);
        let refused = match self.kind {
            Kind::Text | Kind::Raw => words.len() != usize::from(self.words),
            Kind::Flags => (raw()? as u64) & self.reserved_mask != 0,
            Kind::Enum => {
                let value = raw()? as u64;
                !self.symbols.iter().any(|s| s.value == value)
            }
            Kind::Unsigned | Kind::Signed => {
                let value = raw()?;
                self.limits.is_some_and(|l| !l.allow(value)) && self.not_available != Some(value)
            }
        };
        if refused { Err(Exception::IllegalDataValue) } else { Ok(()) }
    }

    /// The raw number in `words`; `None` for text, raw words, a wrong length, or a 64-bit unsigned
    /// value above `i64::MAX`.
    pub fn raw(&self, words: &[u16]) -> Option<i64> {
        if words.len() != usize::from(self.words) || words.is_empty() || words.len() > 4 {
            return None;
        }
        let joined = words.iter().fold(0u64, |acc, w| (acc << 16) | u64::from(*w));
        let unused = 64 - 16 * words.len() as u32;
        match self.kind {
            Kind::Signed => Some(((joined << unused) as i64) >> unused),
            // Flags use the full 64 bits; the cast keeps them.
            Kind::Flags => Some(joined as i64),
            Kind::Unsigned | Kind::Enum => i64::try_from(joined).ok(),
            Kind::Text | Kind::Raw => None,
        }
    }

    /// Writes a raw number into `words`.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] if the length differs or the number does not fit.
    pub fn set_raw(&self, raw: i64, words: &mut [u16]) -> Result<(), Exception> {
        if words.len() != usize::from(self.words) || words.is_empty() || words.len() > 4 {
            return Err(Exception::IllegalDataValue);
        }
        for (i, word) in words.iter_mut().rev().enumerate() {
            *word = (raw >> (16 * i)) as u16;
        }
        if self.raw(words) == Some(raw) { Ok(()) } else { Err(Exception::IllegalDataValue) }
    }
}

impl Limits {
    /// Whether `value` is inside the limits and on a step.
    pub const fn allow(&self, value: i64) -> bool {
        value >= self.min && value <= self.max && (value - self.min) % self.step == 0
    }
}
