//! What a map says of a PMBus device, as constants.

mod build;

use crate::codec::pmbus::Direct;
use crate::map::{
    Access, BitInfo, Confidence, DeviceClass, Limits, Modality, PollClass, Rational, RegisterInfo,
    SafetyClass, SymbolInfo,
};

/// A command set as generated from `maps/<id>.json`.
#[derive(Debug, Clone, Copy)]
pub struct CommandSet {
    /// Permanent identifier, for example `pmbus-psu`.
    pub id: &'static str,
    /// Human-readable title.
    pub title: &'static str,
    /// Semantic version of the map: major, minor, patch.
    pub version: (u16, u16, u16),
    /// What kind of device implements it.
    pub device_class: DeviceClass,
    /// Target addresses (7 bits) at which such a device may answer, as inclusive ranges.
    pub addresses: &'static [(u8, u8)],
    /// Fastest clock of the device.
    pub clock_hz_max: u32,
    /// Whether messages carry a packet error code.
    pub pec: PecUse,
    /// Most data bytes of a block.
    pub max_block: u8,
    /// Pages of the device.
    pub pages: u8,
    /// Every command, by code.
    pub commands: &'static [&'static CommandInfo],
    /// Codes that must never be sent, as inclusive ranges.
    pub hazards: &'static [(u8, u8)],
}

impl CommandSet {
    /// The command with the identifier `id`.
    pub fn command(&self, id: &str) -> Option<&'static CommandInfo> {
        self.commands.iter().find(|c| c.id == id).copied()
    }

    /// The command with a code.
    pub fn by_code(&self, code: Code) -> Option<&'static CommandInfo> {
        self.commands.iter().find(|c| c.code == code).copied()
    }

    /// Whether a code must never be sent.
    pub fn hazardous(&self, code: u8) -> bool {
        self.hazards.iter().any(|(first, last)| (*first..=*last).contains(&code))
    }
}

/// The code of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The first byte.
    pub first: u8,
    /// The second byte of an extended command, whose first byte is FEh or FFh.
    pub extended: Option<u8>,
}

/// Whether messages carry a packet error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PecUse {
    /// Each message carries it.
    Required,
    /// With and without.
    Optional,
    /// The device does not know it.
    None,
}

/// How a command is written (SMBus 3.1, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// The code alone.
    Send,
    /// One data byte.
    Byte,
    /// Two data bytes.
    Word,
    /// Four data bytes.
    Long,
    /// A count and as many data bytes.
    Block,
}

/// How a command is read (SMBus 3.1, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// One data byte.
    Byte,
    /// Two data bytes.
    Word,
    /// Four data bytes.
    Long,
    /// A count and as many data bytes.
    Block,
    /// Two bytes written, two read.
    Call,
    /// A block written, a block read.
    BlockCall,
}

impl Read {
    /// Whether the answer begins with a count.
    pub const fn counted(self) -> bool {
        matches!(self, Self::Block | Self::BlockCall)
    }
}

/// How the data bytes of a command are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// No data.
    None,
    /// LINEAR11.
    Linear11,
    /// Unsigned mantissa; the rest as VOUT_MODE says.
    Ulinear16,
    /// Signed mantissa; the rest as VOUT_MODE says.
    Slinear16,
    /// DIRECT.
    Direct,
    /// Unsigned integer.
    Unsigned,
    /// Two's complement integer.
    Signed,
    /// Bit fields.
    Flags,
    /// One of the declared symbols.
    Enum,
    /// Text.
    Ascii,
    /// Bytes without a declared meaning.
    Raw,
    /// Fields at declared places.
    Block,
}

/// Setting of WRITE_PROTECT from which on a write is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protect {
    /// Refused under 20h, 40h and 80h.
    Level20,
    /// Refused under 40h and 80h.
    Level40,
    /// Refused under 80h alone.
    Level80,
    /// Never refused.
    Never,
}

impl Protect {
    /// Whether a device whose WRITE_PROTECT holds `setting` refuses a write; `None` for a setting that
    /// is not defined.
    pub const fn refuses(self, setting: u8) -> Option<bool> {
        let from = match self {
            Self::Level20 => 0x20,
            Self::Level40 => 0x40,
            Self::Level80 => 0x80,
            Self::Never => u16::MAX,
        };
        match setting {
            0 => Some(false),
            0x20 | 0x40 | 0x80 => Some(setting as u16 >= from),
            _ => None,
        }
    }
}

/// Inclusive limits in the unit of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Smallest value.
    pub min: Rational,
    /// Largest value.
    pub max: Rational,
}

impl Range {
    /// Whether a value is inside, give or take what a conversion may lose.
    pub fn allows(&self, value: f64) -> bool {
        value >= self.min.value() && value <= self.max.value()
    }
}

/// What a write can do to the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandSafety {
    /// Class of the consequence.
    pub class: SafetyClass,
    /// Value in the unit of the command to which it falls back when the lease ends.
    pub fail_safe: Option<Rational>,
    /// Time after which the device itself falls back, if it has such a timer.
    pub timeout_ms: Option<u32>,
}

/// A field of a block.
#[derive(Debug, Clone, Copy)]
pub struct FieldInfo {
    /// Permanent identifier, unique in the block.
    pub id: &'static str,
    /// Place of the first byte.
    pub at: u8,
    /// Length in bytes.
    pub bytes: u8,
    /// The register it takes over.
    pub register: Option<&'static RegisterInfo>,
}

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Permanent identifier, unique in the map, never reused.
    pub id: &'static str,
    /// Name in the specification, or of the manufacturer.
    pub name: &'static str,
    /// The code.
    pub code: Code,
    /// Transaction that reads, if there is one.
    pub read: Option<Read>,
    /// Transaction that writes, if there is one.
    pub write: Option<Write>,
    /// Fewest and most data bytes of the value, without count and request.
    pub length: (u8, u8),
    /// How the data bytes are read.
    pub format: Format,
    /// Coefficients of a DIRECT command, where they do not depend on the device.
    pub coefficients: Option<Direct>,
    /// Whether bit 7 of VOUT_MODE turns the value into a ratio of VOUT_COMMAND.
    pub relative: bool,
    /// UCUM code of the value; empty where there is none.
    pub unit: &'static str,
    /// Who may do what.
    pub access: Access,
    /// Raw limits of an integer.
    pub limits: Option<Limits>,
    /// Limits of a value in its unit.
    pub range: Option<Range>,
    /// Bit fields.
    pub bits: &'static [BitInfo],
    /// Bits that no field covers.
    pub reserved_mask: u64,
    /// Declared values.
    pub symbols: &'static [SymbolInfo],
    /// Fields of a block.
    pub fields: &'static [FieldInfo],
    /// Fields of what a process call asks with.
    pub request: &'static [FieldInfo],
    /// Whether each page has its own value.
    pub paged: bool,
    /// Packet error code, where it differs from the map's.
    pub pec: Option<PecUse>,
    /// Setting of WRITE_PROTECT from which on a write is refused.
    pub protect: Protect,
    /// How often a reader needs it.
    pub poll: PollClass,
    /// Longest time between two updates of the value by the device.
    pub update_ms: Option<u32>,
    /// Longest time between a write and a read that shows it.
    pub settle_ms: u32,
    /// What a write can do to the shelf.
    pub safety: CommandSafety,
    /// Whether a device must have it.
    pub modality: Modality,
    /// What a conditional command depends on.
    pub condition: Option<&'static str>,
    /// How sure the map is of it.
    pub confidence: Confidence,
}
