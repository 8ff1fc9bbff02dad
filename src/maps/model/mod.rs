//! The register map as it stands in `registers/maps/*.json` (design section 5).
//!
//! Unknown keys are errors. The JSON Schema under `registers/schema/` is written from these types;
//! what a schema cannot say is said by the lint.

mod register;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use register::{
    Access, BitField, Confidence, Kind, Limits, Links, Modality, PartialRead, PollClass, Rational, Reading,
    Register, Safety, SafetyClass, Symbol, Volatility,
};

/// A register map of one device class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterMap {
    /// Path or URI of the JSON Schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Permanent identifier, for example `orv3-psu`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"))]
    pub id: String,
    /// Human-readable title.
    pub title: String,
    /// Semantic version of this map.
    #[schemars(regex(pattern = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"))]
    pub version: String,
    /// What kind of device implements the map.
    pub device_class: DeviceClass,
    /// The document this map restates or extends.
    pub base: BaseDocument,
    /// SPDX licence identifier of this file.
    pub licence: String,
    /// Where the facts come from; registers refer to the keys.
    pub sources: Vec<Source>,
    /// What changed from version to version, newest first.
    pub changelog: Vec<Change>,
    /// Serial line and request limits.
    pub bus: BusParameters,
    /// How to recognise the device.
    pub identification: Identification,
    /// Order of the words of a value that is longer than one word.
    pub word_order: WordOrder,
    /// Register that takes the time of day, where the device wants it told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_sync: Option<TimeSync>,
    /// Maps of the devices that carry this map as a block beside their own registers; empty for the map
    /// of a whole device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Addresses that known maps outside this project use; a block keeps clear of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub avoid: Vec<Avoid>,
    /// Unmapped addresses that may be read on any device without harm and answer exception 02.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub safe_unmapped: Vec<AddressRange>,
    /// Unmapped addresses that devices answer with zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readable_gaps: Vec<AddressRange>,
    /// Addresses that must never be written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// What other formats say of the device and this one does not: kept on import, given back on export.
    /// The key is the name of the format.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<String, serde_json::Value>,
    /// The registers, by address.
    pub registers: Vec<Register>,
}

/// What kind of device implements a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Power supply unit.
    Psu,
    /// Battery backup unit.
    Bbu,
    /// Capacitor backup unit.
    Cbu,
    /// Power monitoring interface (or module) of a shelf.
    Pmi,
    /// Any other device; found only in imported maps.
    Other,
}

/// The document a map restates or extends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseDocument {
    /// Title and version.
    pub document: String,
    /// Clause, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Whether the map restates the document or extends it.
    pub relation: Relation,
}

/// How a map relates to its base document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Says the same in machine-readable form.
    Restates,
    /// Adds registers.
    Extends,
}

/// A source of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Key that registers refer to.
    pub key: String,
    /// What it is, with version or commit.
    pub title: String,
    /// Where it is, if it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// One entry of the changelog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Version that brought the change.
    pub version: String,
    /// Date, ISO 8601.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub date: String,
    /// What changed.
    pub text: String,
}

/// Serial line and request limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusParameters {
    /// Baud rates the device may be set to; the first is the default.
    pub baud: Vec<u32>,
    /// Parity.
    pub parity: Parity,
    /// Modbus addresses on which such a device may answer.
    pub addresses: Vec<UnitRange>,
    /// Maps that use some of the same Modbus addresses, so that an address does not name the device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<String>,
    /// Most registers in one read.
    #[schemars(range(min = 1, max = 125))]
    pub max_read_words: u16,
    /// Most registers in one write.
    #[schemars(range(min = 1, max = 123))]
    pub max_write_words: u16,
    /// Function codes the device implements.
    pub functions: Vec<u8>,
}

/// Serial parity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// Even parity.
    Even,
    /// Odd parity.
    Odd,
    /// No parity bit.
    None,
}

/// An inclusive range of Modbus addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRange {
    /// First address.
    pub first: u8,
    /// Last address.
    pub last: u8,
}

/// An inclusive range of register addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRange {
    /// First address.
    pub first: u16,
    /// Last address.
    pub last: u16,
}

/// A range that must never be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// First address.
    pub first: u16,
    /// Last address.
    pub last: u16,
    /// What a write there does.
    pub reason: String,
}

/// A range that known maps outside this project use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Avoid {
    /// First address.
    pub first: u16,
    /// Last address.
    pub last: u16,
    /// Who uses it, with the key of the source.
    pub reason: String,
}

/// How a device is told the time of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeSync {
    /// Identifier of the register that takes Unix time.
    pub register: String,
    /// Time between two writes, in seconds.
    #[schemars(range(min = 1))]
    pub interval_s: u32,
}

/// How to recognise a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// Identifier of the register to read.
    pub probe: String,
    /// What it holds.
    pub expect: Expect,
}

/// What a probe register holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Printable ASCII, at least one character.
    AsciiText,
    /// Exactly these words.
    Words(Vec<u16>),
}

/// Order of the words and bytes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordOrder {
    /// Most significant word first, most significant byte of a word first.
    BigEndian,
    /// Least significant word first, and the bytes of each word swapped.
    LittleEndian,
}
