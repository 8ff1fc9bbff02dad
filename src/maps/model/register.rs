//! One register of a map, and its parts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WordOrder;

/// One register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Permanent identifier, unique in the map, never reused.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// Name in the source document.
    pub name: String,
    /// What the register holds, in a sentence.
    pub description: String,
    /// First address.
    pub address: u16,
    /// Length in words.
    #[schemars(range(min = 1, max = 125))]
    pub words: u16,
    /// How the words are read.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Order of words and bytes, where it differs from the map's `word_order`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<WordOrder>,
    /// Engineering value = raw * scale + offset.
    #[serde(default = "Rational::one", skip_serializing_if = "Rational::is_one")]
    pub scale: Rational,
    /// See `scale`.
    #[serde(default = "Rational::zero", skip_serializing_if = "Rational::is_zero")]
    pub offset: Rational,
    /// UCUM code of the engineering value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who may do what.
    pub access: Access,
    /// Raw limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Bit fields of a `flags` register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bits: Vec<BitField>,
    /// Declared values of an `enum` register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<Symbol>,
    /// Raw value after a reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<i64>,
    /// Whether the value changes by itself, stays, or is stored.
    pub volatility: Volatility,
    /// How often a reader needs it.
    pub poll: PollClass,
    /// Longest time between two updates of the value by the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_ms: Option<u32>,
    /// What a read of some words of a long value gives; the map of a device need not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_read: Option<PartialRead>,
    /// Longest time between a write and a read that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle_ms: Option<u32>,
    /// Registers of one group commit together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Identifier of the register whose write puts a value written here into force; until then the value
    /// is a shadow. Without it a write is in force at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Identifier of the register that shows the value in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<String>,
    /// Exception code that answers a value outside limits, symbols or defined bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 11))]
    pub bad_write: Option<u8>,
    /// Raw value that means "not available".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_available: Option<i64>,
    /// Flag that must be set before a write, as `register.bit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlock: Option<String>,
    /// What a write can do to the shelf, and where the value falls back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Safety>,
    /// Whether a device must have it.
    pub modality: Modality,
    /// What a conditional register depends on: a flag of this map as `register.bit`, or else an item of the
    /// capability statement (PICS) in capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Version of the map that brought it.
    pub since: String,
    /// Version that deprecated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Identifier of the register that replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Keys of `sources`, with the clause or line where there is one.
    pub source: Vec<String>,
    /// How sure this row is.
    pub confidence: Confidence,
    /// Other readings of a conflicting row; a configuration may choose one of them for a device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// Whatever else a reader must know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The same quantity elsewhere.
    #[serde(default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// What other formats say of the register and this one does not, by name of the format.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<String, serde_json::Value>,
}

/// How words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Unsigned integer.
    Unsigned,
    /// Two's complement integer.
    Signed,
    /// IEEE 754 binary floating point of 2 or 4 words.
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

/// An exact fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rational {
    /// Numerator.
    pub num: i64,
    /// Denominator.
    #[schemars(range(min = 1))]
    pub den: i64,
}

impl Rational {
    /// The fraction 1.
    pub const fn one() -> Self {
        Self { num: 1, den: 1 }
    }

    /// The fraction 0.
    pub const fn zero() -> Self {
        Self { num: 0, den: 1 }
    }

    fn is_one(&self) -> bool {
        *self == Self::one()
    }

    fn is_zero(&self) -> bool {
        *self == Self::zero()
    }

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

/// Access to a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read only.
    Ro,
    /// Read and write.
    Rw,
    /// Write only.
    Wo,
    /// Writing 1 to a bit clears it.
    W1c,
    /// Writing starts an action.
    Command,
}

/// Raw limits, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Smallest raw value.
    pub min: i64,
    /// Largest raw value.
    pub max: i64,
    /// Distance between allowed values, counted from `min`.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(range(min = 1))]
    pub step: i64,
}

fn one() -> i64 {
    1
}

fn is_one(step: &i64) -> bool {
    *step == 1
}

/// One bit field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BitField {
    /// Permanent identifier, unique in the register.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// Name in the source document.
    pub name: String,
    /// Position of the least significant bit.
    #[schemars(range(max = 63))]
    pub bit: u8,
    /// Width in bits.
    #[serde(default = "one_bit", skip_serializing_if = "is_one_bit")]
    #[schemars(range(min = 1, max = 64))]
    pub width: u8,
    /// What the bit means, where the name does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

fn one_bit() -> u8 {
    1
}

fn is_one_bit(width: &u8) -> bool {
    *width == 1
}

/// One declared value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Symbol {
    /// Permanent identifier, unique in the register.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// Raw value.
    pub value: u64,
    /// What it means.
    pub description: String,
}

/// Whether a value changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// Never changes in the life of the firmware.
    Constant,
    /// Changes by itself.
    Volatile,
    /// Only rises, until it rolls over.
    Counter,
    /// Changes only when written; lost at power-off.
    Setting,
    /// Changes only when written; kept at power-off.
    Stored,
}

/// How often a reader needs a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PollClass {
    /// Each poll cycle.
    Fast,
    /// Each few cycles.
    Slow,
    /// Once after discovery.
    Static,
    /// Only on demand.
    OnDemand,
}

/// What a write can do to the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Safety {
    /// Class of the consequence.
    pub class: SafetyClass,
    /// Raw value the register falls back to when the lease ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_safe: Option<i64>,
    /// Time after which the device itself falls back, if it has such a timer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u32>,
}

/// Class of the consequence of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SafetyClass {
    /// No effect on power, and none on what is shown.
    None,
    /// Changes what is shown or recorded.
    Cosmetic,
    /// Changes how power flows, inside the limits of the shelf.
    Setpoint,
    /// May interrupt power or communication.
    Disruptive,
}

/// What a read of some words of a long value gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartialRead {
    /// The words, as a read of the whole would give them.
    Words,
    /// Exception 02.
    Refused,
}

/// Another reading of a register on which sources disagree. It replaces type, scale, offset and unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Permanent identifier, unique in the register; configurations name it.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// What this reading says.
    pub description: String,
    /// How the words are read.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Engineering value = raw * scale + offset.
    #[serde(default = "Rational::one", skip_serializing_if = "Rational::is_one")]
    pub scale: Rational,
    /// See `scale`.
    #[serde(default = "Rational::zero", skip_serializing_if = "Rational::is_zero")]
    pub offset: Rational,
    /// UCUM code of the engineering value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Keys of `sources` that say so.
    pub source: Vec<String>,
}

/// Whether a device must have a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Every device has it.
    Mandatory,
    /// A device may have it.
    Optional,
    /// A device has it if its capability statement says so.
    Conditional,
}

/// How sure a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Said by a source.
    Stated,
    /// Concluded.
    Inferred,
    /// Sources disagree.
    Conflicting,
}

/// The same quantity in other interfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// PMBus command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pmbus: Option<String>,
    /// Redfish property as `Resource.Property`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redfish: Option<String>,
    /// Requirements of the specification that this register serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
}

impl Links {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
