//! Comma-separated values of a PMBus map, in the form of those of a register map (RFC 4180).
//!
//! The column `row` says what a line is: `map` (scalars above the commands, `id` is the JSON pointer),
//! `command`, and below it `field`, `request`, `bit` and `symbol` with the command's identifier in `command`.
//! A key inside another is a column of both names (`clause_number`). Fractions are `num/den`, lists have one
//! element a line. A field that takes a register over names it in `register` and shows its type, scale,
//! offset, unit, access, limits and description.

use serde::Serialize;
use serde_json::Value;

use super::taken_over;
use crate::maps::export::csv::{Row, flatten, line};
use crate::maps::export::loss::Losses;
use crate::maps::export::text::{fraction, word};
use crate::maps::model::RegisterMap;
use crate::maps::pmbus::PmbusMap;
use crate::maps::pmbus::model::{Command, Field, FieldKind};

#[rustfmt::skip]
const COLUMNS: [&str; 54] = [
    "row", "command", "id", "name", "description", "code", "extended", "read", "write", "length_min", "length_max",
    "at", "bytes", "register", "type", "scale", "offset", "coefficients_m", "coefficients_b", "coefficients_r",
    "relative", "unit", "access", "limits_min", "limits_max", "limits_step", "range_min", "range_max", "bit",
    "width", "value", "pec", "paged", "protect", "volatility", "poll", "update_ms", "settle_ms", "safety_class",
    "safety_fail_safe", "safety_timeout_ms", "modality", "condition", "since", "deprecated", "replaced_by",
    "source", "clause_number", "clause_confirmed", "confidence", "notes", "links_modbus", "links_redfish",
    "links_requirements",
];

/// Keys of a command that have rows of their own.
const PARTS: [&str; 4] = ["bits", "symbols", "fields", "request"];

pub(super) fn write(map: &PmbusMap, mirrored: Option<&RegisterMap>, losses: &mut Losses) -> String {
    let mut rows = Vec::new();
    // A map is plain data: its serialization cannot fail.
    let mut head = serde_json::to_value(map).unwrap_or_default();
    if let Value::Object(object) = &mut head {
        object.remove("commands");
    }
    flatten(&head, String::new(), &mut rows);
    for c in &map.commands {
        command(map, c, mirrored, losses, &mut rows);
    }
    let mut out = String::new();
    line(&mut out, COLUMNS.iter().copied());
    for row in rows {
        line(&mut out, COLUMNS.iter().map(|c| row.get(c).map_or("", String::as_str)));
    }
    out
}

fn command(
    map: &PmbusMap,
    c: &Command,
    mirrored: Option<&RegisterMap>,
    losses: &mut Losses,
    rows: &mut Vec<Row>,
) {
    let mut of_command = row("command", "", c, losses);
    // What holds for each command stands in its row, whether it says so itself or the map does.
    of_command.insert("pec", word(&c.pec.unwrap_or(map.bus.pec)));
    of_command.insert("paged", c.paged.to_string());
    rows.push(of_command);
    rows.extend(c.request.iter().map(|field| row("request", &c.id, field, losses)));
    for field in &c.fields {
        let own = row("field", &c.id, field, losses);
        rows.push(resolved(map, field, own, mirrored, losses));
    }
    rows.extend(c.bits.iter().map(|bit| row("bit", &c.id, bit, losses)));
    rows.extend(c.symbols.iter().map(|symbol| row("symbol", &c.id, symbol, losses)));
}

/// What the register says whose place a field takes.
fn resolved(
    map: &PmbusMap,
    field: &Field,
    mut row: Row,
    mirrored: Option<&RegisterMap>,
    losses: &mut Losses,
) -> Row {
    if field.kind != FieldKind::Register {
        return row;
    }
    let from = map.mirrors.as_deref().unwrap_or_default();
    row.insert("register", format!("{from}.{}", field.id));
    let Some(r) = taken_over(field, mirrored) else {
        losses.map(format!("what `{from}.{}` says, which is not at hand,", field.id));
        return row;
    };
    row.insert("name", r.name.clone());
    row.insert("description", r.description.clone());
    row.insert("type", word(&r.kind));
    row.insert("scale", fraction(r.scale));
    row.insert("offset", fraction(r.offset));
    row.insert("unit", r.unit.clone().unwrap_or_default());
    row.insert("access", word(&r.access));
    if let Some(limits) = r.limits {
        row.insert("limits_min", limits.min.to_string());
        row.insert("limits_max", limits.max.to_string());
        row.insert("limits_step", limits.step.to_string());
    }
    row
}

/// A row with a cell for each key of `value`.
fn row<T: Serialize>(kind: &str, command: &str, value: &T, losses: &mut Losses) -> Row {
    let mut row = Row::from([("row", kind.to_owned()), ("command", command.to_owned())]);
    let mut document = serde_json::to_value(value).unwrap_or_default();
    if let Value::Object(object) = &mut document {
        object.retain(|key, _| !PARTS.contains(&key.as_str()));
    }
    cells("", &document, &mut row, losses);
    row
}

fn cells(name: &str, value: &Value, row: &mut Row, losses: &mut Losses) {
    let text = match value {
        Value::Object(object) => match (value["num"].as_i64(), value["den"].as_i64()) {
            (Some(num), Some(den)) => format!("{num}/{den}"),
            _ => {
                for (key, member) in object {
                    let name = if name.is_empty() { key.clone() } else { format!("{name}_{key}") };
                    cells(&name, member, row, losses);
                }
                return;
            }
        },
        Value::Array(items) => {
            let items =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            // A line break inside an element would make two of it.
            items.map(|item| item.replace(['\n', '\r'], " ")).collect::<Vec<_>>().join("\n")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match COLUMNS.iter().find(|column| **column == name) {
        Some(column) => drop(row.insert(column, text)),
        None => losses.map(format!("`{name}`")),
    }
}
