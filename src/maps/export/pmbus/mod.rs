//! Command sets of PMBus devices in the formats that can hold them.

mod command;
mod csv;
mod markdown;

pub(in crate::maps) use markdown::document;
#[cfg(feature = "codegen")]
pub(in crate::maps) use markdown::index;

use super::{ExportError, Exported, Format, Losses, Options};
use crate::maps::model::{Register, RegisterMap};
use crate::maps::pmbus::PmbusMap;
use crate::maps::pmbus::model::{Field, FieldKind};

/// Writes a PMBus map as CSV or Markdown; `mirrored` is the register map that its blocks take over
/// ([`crate::maps::pmbus::mirrored`]).
///
/// # Errors
/// [`ExportError`] for any other format, and for an option: neither format has one.
pub fn export(
    map: &PmbusMap,
    mirrored: Option<&RegisterMap>,
    format: Format,
    mut options: Options,
) -> Result<Exported, ExportError> {
    let mut losses = Losses::default();
    let text = match format {
        Format::Csv => csv::write(map, mirrored, &mut losses),
        Format::Markdown => {
            if map.schema.is_some() {
                losses.map("`$schema`");
            }
            document(map, mirrored, None)
        }
        _ => return Err(ExportError::Pmbus { map: map.id.clone(), format }),
    };
    match options.0.pop_first() {
        Some((key, _)) => Err(ExportError::UnknownOption { format, key }),
        None => Ok(Exported { bytes: text.into_bytes(), losses }),
    }
}

/// The register that a field takes over, if the map that has it is at hand.
fn taken_over<'a>(field: &Field, mirrored: Option<&'a RegisterMap>) -> Option<&'a Register> {
    let map = mirrored.filter(|_| field.kind == FieldKind::Register)?;
    map.registers.iter().find(|r| r.id == field.id)
}
