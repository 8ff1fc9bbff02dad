//! Command sets of PMBus devices in the formats that can hold them.

mod command;
mod markdown;

pub(in crate::maps) use markdown::document;
#[cfg(feature = "codegen")]
pub(in crate::maps) use markdown::index;

use crate::maps::model::{Register, RegisterMap};
use crate::maps::pmbus::model::{Field, FieldKind};

/// The register that a field takes over, if the map that has it is at hand.
fn taken_over<'a>(field: &Field, mirrored: Option<&'a RegisterMap>) -> Option<&'a Register> {
    let map = mirrored.filter(|_| field.kind == FieldKind::Register)?;
    map.registers.iter().find(|r| r.id == field.id)
}
