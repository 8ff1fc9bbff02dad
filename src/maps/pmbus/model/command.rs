//! One command of a PMBus map.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Field, PecUse};
use crate::maps::model::{
    Access, BitField, Confidence, Limits, Modality, PollClass, Rational, SafetyClass, Symbol, Volatility,
};

/// One command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Permanent identifier, unique in the map, never reused.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// Name in the specification, or of the manufacturer.
    pub name: String,
    /// What the command holds or does, in a sentence.
    pub description: String,
    /// Command code; FEh and FFh begin an extended command.
    pub code: u8,
    /// Second byte of an extended command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<u8>,
    /// Transaction that writes; absent if the command cannot be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Write>,
    /// Transaction that reads; absent if the command cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
    /// Data bytes of a block, without the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    /// What a process call writes to get its answer; a write carries it before the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request: Vec<Field>,
    /// How the data bytes are read, low byte first.
    #[serde(rename = "type")]
    pub format: Format,
    /// Coefficients of a `direct` command, where they do not depend on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coefficients: Option<Coefficients>,
    /// Whether bit 7 of VOUT_MODE turns the value into a ratio of VOUT_COMMAND.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relative: bool,
    /// UCUM code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who may do what.
    pub access: Access,
    /// Raw limits of an integer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Limits of a value in its unit, for formats whose raw word depends on an exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Bit fields of a `flags` command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bits: Vec<BitField>,
    /// Declared values of an `enum` command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<Symbol>,
    /// Fields of a `block` command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Whether each page has its own value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paged: bool,
    /// Packet error code, where it differs from the map's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pec: Option<PecUse>,
    /// Setting of WRITE_PROTECT from which on a write is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<WriteProtect>,
    /// Whether the value changes by itself, stays, or is stored.
    pub volatility: Volatility,
    /// How often a reader needs it.
    pub poll: PollClass,
    /// Longest time between two updates of the value by the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_ms: Option<u32>,
    /// Longest time between a write and a read that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle_ms: Option<u32>,
    /// What a write can do to the shelf, and where the value falls back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<CommandSafety>,
    /// Whether a device must have it.
    pub modality: Modality,
    /// What a conditional command depends on: an item of the capability statement (PICS) in capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Version of the map that brought it.
    pub since: String,
    /// Version that deprecated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Identifier of the command that replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Keys of `sources`, with the line where there is one.
    pub source: Vec<String>,
    /// Clause of the base document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<Clause>,
    /// How sure this command is.
    pub confidence: Confidence,
    /// Whatever else a reader must know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The same quantity elsewhere.
    #[serde(default, skip_serializing_if = "CommandLinks::is_empty")]
    pub links: CommandLinks,
}

/// How a command is written (SMBus 3.1, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// The code alone.
    SendByte,
    /// One data byte.
    WriteByte,
    /// Two data bytes.
    WriteWord,
    /// Four data bytes.
    #[serde(rename = "write_32")]
    Write32,
    /// A count and as many data bytes.
    WriteBlock,
}

/// How a command is read (SMBus 3.1, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// One data byte.
    ReadByte,
    /// Two data bytes.
    ReadWord,
    /// Four data bytes.
    #[serde(rename = "read_32")]
    Read32,
    /// A count and as many data bytes.
    ReadBlock,
    /// Two bytes written, two read.
    ProcessCall,
    /// A block written, a block read.
    BlockProcessCall,
}

/// Bytes of a block, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Fewest bytes.
    pub min: u8,
    /// Most bytes.
    pub max: u8,
}

/// How data bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// No data.
    None,
    /// Signed mantissa of 11 bits, signed exponent of 5.
    Linear11,
    /// Unsigned mantissa, exponent from VOUT_MODE; what else VOUT_MODE says applies too.
    Ulinear16,
    /// Signed mantissa, exponent from VOUT_MODE; what else VOUT_MODE says applies too.
    Slinear16,
    /// Signed word and coefficients.
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

/// Coefficients of DIRECT: word = (m x value + b) x 10^r.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coefficients {
    /// Slope; not 0.
    pub m: i16,
    /// Offset.
    pub b: i16,
    /// Exponent of ten.
    pub r: i8,
}

/// Limits in the unit of the command, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Smallest value.
    pub min: Rational,
    /// Largest value.
    pub max: Rational,
}

/// Setting of WRITE_PROTECT from which on a write is refused. Each setting refuses what the ones below it
/// in this list refuse, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteProtect {
    /// Refused under 20h, 40h and 80h.
    #[serde(rename = "20h")]
    Level20,
    /// Refused under 40h and 80h.
    #[serde(rename = "40h")]
    Level40,
    /// Refused under 80h alone.
    #[serde(rename = "80h")]
    Level80,
    /// Never refused.
    Never,
}

/// What a write can do to the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandSafety {
    /// Class of the consequence.
    pub class: SafetyClass,
    /// Value in the unit of the command to which it falls back when the lease ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_safe: Option<Rational>,
    /// Time after which the device itself falls back, if it has such a timer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u32>,
}

/// A clause of the base document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Number, for example `11.12`.
    #[schemars(regex(pattern = r"^\d+(\.\d+)*$"))]
    pub number: String,
    /// Whether somebody has seen the number in the document or in a text that quotes it; otherwise it is
    /// from memory and must be looked up before it goes into a specification.
    pub confirmed: bool,
}

/// The same quantity in other interfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandLinks {
    /// Registers as `map.register`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modbus: Vec<String>,
    /// Redfish property as `Resource.Property`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redfish: Option<String>,
    /// Requirements of the specification that this command serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
}

impl CommandLinks {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Write {
    /// Data bytes; `None` for a block.
    pub const fn bytes(self) -> Option<u8> {
        match self {
            Self::SendByte => Some(0),
            Self::WriteByte => Some(1),
            Self::WriteWord => Some(2),
            Self::Write32 => Some(4),
            Self::WriteBlock => None,
        }
    }
}

impl Read {
    /// Data bytes of the answer; `None` for a block.
    pub const fn bytes(self) -> Option<u8> {
        match self {
            Self::ReadByte => Some(1),
            Self::ReadWord | Self::ProcessCall => Some(2),
            Self::Read32 => Some(4),
            Self::ReadBlock | Self::BlockProcessCall => None,
        }
    }

    /// Whether it writes a request first.
    pub const fn asks(self) -> bool {
        matches!(self, Self::ProcessCall | Self::BlockProcessCall)
    }
}

impl Command {
    /// Fewest and most data bytes of the value, without count and request; `None` if the transactions do
    /// not say it.
    pub fn data_bytes(&self) -> Option<(u8, u8)> {
        if let Some(bytes) = self.read.and_then(Read::bytes) {
            return Some((bytes, bytes));
        }
        if self.read.is_none()
            && let Some(bytes) = self.write.and_then(Write::bytes)
        {
            return Some((bytes, bytes));
        }
        self.length.map(|length| (length.min, length.max))
    }

    /// Whether a client may write it.
    pub fn writable(&self) -> bool {
        self.access != Access::Ro
    }
}
