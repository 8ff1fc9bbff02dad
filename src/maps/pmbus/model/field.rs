//! A field of a block.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A field of a block, low byte first.
///
/// It says itself what it holds, or names a register of the mirrored map: then type, scale, unit, limits,
/// bits, symbols and access are those of the register, in one place for both buses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Permanent identifier, unique in the block; of a register that is taken over, its identifier.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub id: String,
    /// What the field holds, in a sentence; the register says it where one is taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Place of the first byte in the block, from 0.
    pub at: u8,
    /// Length in bytes.
    #[schemars(range(min = 1, max = 255))]
    pub bytes: u8,
    /// How the bytes are read.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// UCUM code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// How the bytes of a field are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// The register of the mirrored map that has the identifier of the field: numbers low byte first, text
    /// and raw words in their order.
    Register,
    /// Unsigned integer.
    Unsigned,
    /// Two's complement integer.
    Signed,
    /// LINEAR11.
    Linear11,
    /// Text.
    Ascii,
    /// Bytes without a declared meaning.
    Raw,
}
