//! Command sets of PMBus devices, as maps beside the register maps of Modbus devices.
//!
//! A file is a PMBus map if its top level says `"kind": "pmbus"`; a register map knows no such key. Both
//! share sources, changelog, bit fields, symbols and confidence ([`super::model`]); what differs is in
//! [`model`]: a command has a code and a transaction instead of an address and words, numbers come in the
//! formats of PMBus, and a block of fields may take its quantities over from a register map.

#[cfg(feature = "codegen")]
pub mod codegen;
pub(super) mod lint;
pub mod model;

use std::path::Path;

use super::load::{self, LoadError};
use super::model::RegisterMap;

pub use model::PmbusMap;

/// The PMBus maps that ship with this crate, as JSON: identifier and text.
pub const BUILTIN: [(&str, &str); 2] = [
    ("pmbus-psu", dpo_registers::generated::pmbus_psu::JSON),
    ("dpo-pmbus", dpo_registers::generated::dpo_pmbus::JSON),
];

/// The PMBus maps that ship with this crate, read.
///
/// # Errors
/// [`LoadError`] if a shipped map is broken, which its tests rule out.
pub fn builtin() -> Result<Vec<PmbusMap>, LoadError> {
    BUILTIN.iter().map(|(id, text)| parse(Path::new(&format!("registers/maps/{id}.json")), text)).collect()
}

/// Whether a document is a PMBus map and not a register map.
pub fn is_pmbus(document: &serde_json::Value) -> bool {
    document.get("kind").is_some_and(|kind| kind == "pmbus")
}

/// The register map whose registers the blocks of `map` take over: the file of its identifier beside the
/// file `path` of the map, or else the one that ships with this crate. `None` if there is none, or no such map.
pub fn mirrored(map: &PmbusMap, path: &Path) -> Option<RegisterMap> {
    let id = map.mirrors.as_deref()?;
    // The identifier becomes a file name, so it must be one and no path.
    let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let beside = plain.then(|| super::load(&path.with_file_name(format!("{id}.json"))).ok()).flatten();
    beside.filter(|map| map.id == id).or_else(|| {
        let (_, text) = super::BUILTIN.iter().find(|(shipped, _)| *shipped == id)?;
        super::parse(Path::new(id), text).ok()
    })
}

/// Reads a PMBus map from text; `path` is named in errors.
///
/// # Errors
/// [`LoadError::Invalid`] naming line, column and JSON pointer.
pub fn parse(path: &Path, text: &str) -> Result<PmbusMap, LoadError> {
    load::document(path, text)
}
