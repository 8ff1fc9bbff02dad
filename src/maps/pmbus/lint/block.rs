//! Rules on the fields of blocks.

use std::collections::HashSet;

use super::super::model::{Command, Field, FieldKind, Format, PmbusMap};
use crate::maps::lint::{Found, Rule};
use crate::maps::units;

pub(super) fn check(map: &PmbusMap, at: &str, command: &Command, found: &mut Found) {
    if (command.format == Format::Block) == command.fields.is_empty() {
        let message = format!("`{}` and its fields do not go together", command.id);
        found.add(at, Rule::PmbusFields, message, "the type `block`, and no other, has `fields`");
    }
    let length = command.length.map(|l| (l.min, l.max));
    let end =
        |fields: &[Field]| fields.iter().map(|f| u16::from(f.at) + u16::from(f.bytes)).max().unwrap_or(0);
    if let Some((min, max)) = length
        && command.format == Format::Block
        && (min != max || end(&command.fields) > u16::from(max))
    {
        let message = format!("the fields of `{}` do not fit its {min} to {max} bytes", command.id);
        let mend = "a block of fields has one length, and its fields end inside";
        found.add(format!("{at}/length"), Rule::PmbusFields, message, mend);
    }
    for (key, fields) in [("fields", &command.fields), ("request", &command.request)] {
        let mut ids = HashSet::new();
        for (i, field) in fields.iter().enumerate() {
            let pointer = format!("{at}/{key}/{i}");
            let before = fields.iter().take(i).any(|f| {
                u16::from(f.at) < u16::from(field.at) + u16::from(field.bytes)
                    && u16::from(field.at) < u16::from(f.at) + u16::from(f.bytes)
            });
            let disordered = i > 0 && fields.get(i - 1).is_some_and(|f| f.at > field.at);
            if before || disordered || !ids.insert(&field.id) {
                let message = format!(
                    "`{}` shares bytes or its id with another field, or stands out of order",
                    field.id
                );
                found.add(
                    pointer.as_str(),
                    Rule::PmbusFields,
                    message,
                    "order fields by place, each byte once",
                );
            }
            kind(map, &pointer, field, key == "request", found);
        }
    }
}

fn kind(map: &PmbusMap, pointer: &str, field: &Field, request: bool, found: &mut Found) {
    let fits = match field.kind {
        FieldKind::Register => map.mirrors.is_some() && !request,
        FieldKind::Unsigned | FieldKind::Signed => (1..=4).contains(&field.bytes),
        FieldKind::Linear11 => field.bytes == 2,
        FieldKind::Ascii | FieldKind::Raw => field.bytes > 0,
    };
    if !fits {
        let message = format!("`{}` cannot be of this type with {} bytes", field.id, field.bytes);
        let mend = "integers have 1 to 4 bytes, `linear11` 2; `register` needs `mirrors`, and is no request";
        found.add(format!("{pointer}/type"), Rule::PmbusFieldType, message, mend);
    }
    let known = field.unit.as_deref().is_none_or(|unit| units::binding(unit).is_some());
    if field.unit.is_some() != (field.kind == FieldKind::Linear11) || !known {
        let message = format!("the unit of `{}` is missing, unknown, or has no meaning", field.id);
        let mend = "`linear11`, and no other field, has a unit, and one that maps may use";
        found.add(pointer, Rule::PmbusFieldUnit, message, mend);
    }
    let taken_over = field.kind == FieldKind::Register;
    if taken_over == field.description.is_some()
        || field.description.as_deref().is_some_and(|d| d.trim().is_empty())
    {
        let message = format!("`{}` is described twice, or not at all", field.id);
        let mend = "describe a field of its own; a register that is taken over has its description";
        found.add(pointer, Rule::PmbusFieldText, message, mend);
    }
}
