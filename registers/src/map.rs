//! What a register map says, as constants that need no parsing.
//!
//! The generated modules fill these structures; the gateway, the device side and the Redfish service
//! read access, limits and safety from here and from nowhere else. Source: design section 5.

mod build;
mod check;
mod value;

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
    /// Unmapped addresses that may be read without harm and answer exception 02, as inclusive ranges.
    pub safe_unmapped: &'static [(u16, u16)],
    /// Address ranges that must never be written (they start firmware programming on real units).
    pub hazards: &'static [(u16, u16)],
    /// Register that takes the time of day, if the device wants it told.
    pub time_sync: Option<TimeSync>,
}

/// Where and how often a device is told the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSync {
    /// Identifier of the register that takes the time.
    pub register: &'static str,
    /// Longest time between two writes, in seconds.
    pub interval_s: u32,
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
    /// Any other device.
    Other,
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
    /// Order of the words and bytes of a number; text and raw words stand as they are.
    pub order: WordOrder,
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
    /// Longest time between two updates of the value by the device; `None` if no source says so.
    pub update_ms: Option<u32>,
    /// What a read of some words of a longer value gives; `None` if no source says so.
    pub partial_read: Option<PartialRead>,
    /// Longest time between a write and a read that shows it.
    pub settle_ms: u32,
    /// Registers of one group commit together.
    pub group: Option<&'static str>,
    /// Register whose write puts a value written here into force; `None`: a write is in force at once.
    pub commit: Option<&'static str>,
    /// Register that shows the value in force.
    pub applied: Option<&'static str>,
    /// Flag that must be set before a write, as `register.bit`.
    pub unlock: Option<&'static str>,
    /// Exception that answers a value outside limits, symbols or defined bits, if the map says so.
    pub bad_write: Option<u8>,
    /// Raw value that means "not available".
    pub not_available: Option<i64>,
    /// What a write can do to the shelf, and where the value falls back to.
    pub safety: Safety,
    /// Whether a device must have it.
    pub modality: Modality,
    /// What a conditional register depends on: a flag as `register.bit`, or a PICS item in capitals.
    pub condition: Option<&'static str>,
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
    /// Unsigned integer.
    Unsigned,
    /// Two's complement integer.
    Signed,
    /// IEEE 754 binary floating point: 32 bits in 2 words, 64 bits in 4.
    Float,
    /// Bit fields.
    Flags,
    /// One of the declared symbols.
    Enum,
    /// ASCII, high byte first, ended by the first NUL.
    Text,
    /// Words without a declared meaning.
    Raw,
}

/// Order of the words and bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordOrder {
    /// Most significant word first, most significant byte of a word first.
    BigEndian,
    /// Least significant word first, and the bytes of each word swapped.
    LittleEndian,
}

/// What a read of some words of a longer value gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialRead {
    /// The words, as a read of the whole would give them.
    Words,
    /// Exception 02.
    Refused,
}

/// Whether a device must have a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modality {
    /// Every device has it.
    Mandatory,
    /// A device may have it.
    Optional,
    /// A device has it if [`RegisterInfo::condition`] is met.
    Conditional,
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
