//! The PMBus map as it stands in `registers/maps/*.json`.
//!
//! Unknown keys are errors. The JSON Schema `registers/schema/pmbus-map.schema.json` is written from
//! these types; what a schema cannot say is said by the lint.

mod command;
mod field;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::maps::model::{BaseDocument, Change, DeviceClass, Source, UnitRange};

pub use command::{
    Clause, Coefficients, Command, CommandLinks, CommandSafety, Format, Length, Range, Read, Write,
    WriteProtect,
};
pub use field::{Field, FieldKind};

/// The command set of one class of PMBus devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PmbusMap {
    /// Path or URI of the JSON Schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Tells the file apart from a register map.
    pub kind: Kind,
    /// Permanent identifier, for example `pmbus-psu`.
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
    /// Where the facts come from; commands refer to the keys.
    pub sources: Vec<Source>,
    /// What changed from version to version, newest first.
    pub changelog: Vec<Change>,
    /// The bus and the target.
    pub bus: PmbusBus,
    /// Whatever a reader must know of the device or the bus.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Identifier of the register map whose registers the fields of blocks take over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirrors: Option<String>,
    /// Registers of that map that no field takes over, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Command codes that must never be sent to a device of this class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<CodeHazard>,
    /// The commands, by code.
    pub commands: Vec<Command>,
}

/// What a map describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The command set of a PMBus device.
    Pmbus,
}

/// The bus and the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PmbusBus {
    /// Target addresses (7 bits, without the read/write bit) at which such a device may answer.
    pub addresses: Vec<UnitRange>,
    /// Fastest clock of the device.
    #[schemars(range(min = 10_000, max = 1_000_000))]
    pub clock_hz_max: u32,
    /// Whether messages carry a packet error code.
    pub pec: PecUse,
    /// Most data bytes of a block: 32 in SMBus 2.0, 255 in 3.0.
    #[schemars(range(min = 1, max = 255))]
    pub max_block: u8,
    /// Pages of the device; a device without PAGE has 1.
    #[schemars(range(min = 1, max = 32))]
    pub pages: u8,
}

/// Whether messages carry a packet error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PecUse {
    /// Each message carries it; the device refuses one without.
    Required,
    /// The device takes messages with and without it.
    Optional,
    /// The device does not know it.
    None,
}

/// A register of the mirrored map that no field takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Identifier of the register.
    pub register: String,
    /// Why PMBus need not have it.
    pub reason: String,
}

/// Command codes that must never be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeHazard {
    /// First code.
    pub first: u8,
    /// Last code.
    pub last: u8,
    /// What sending it does.
    pub reason: String,
}
