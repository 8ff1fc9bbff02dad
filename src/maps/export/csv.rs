//! Comma-separated values (RFC 4180, UTF-8, CRLF) with every key of a map.
//!
//! One file, one header line; the column `row` says what a line is:
//!
//! | row | one line for each | columns |
//! | --- | --- | --- |
//! | `map` | scalar above the registers | `id`: JSON pointer of the key (`/bus/baud/0`), `value` |
//! | `register` | register | everything but `register`, `bit`, `width`, `value` |
//! | `bit` | bit field | `register`, `id`, `name`, `bit` (least significant), `width`, `description` |
//! | `symbol` | declared value | `register`, `id`, `value` (decimal), `description` |
//! | `reading` | other reading of a conflicting row | `register`, `id`, `description`, `type`, `scale`, `offset`, `unit`, `source` |
//!
//! Numbers are decimal. `scale` and `offset` are exact fractions `num/den`, always given; engineering value
//! = raw × scale + offset. `order` is the order in force (the map's, where the register has none of its own).
//! `source`, `notes` and `requirements` are lists, one element a line inside the cell. `foreign` is JSON.
//! An empty cell means that the map does not say.
//!
//! Cells are exactly what the map says: a spreadsheet may take one that begins with `=` for a formula, so
//! open the CSV of a map that you do not trust as text (the export `xlsx` has no such cells).

use std::collections::BTreeMap;

use serde_json::Value;

use super::loss::Losses;
use super::text::{fraction, order, word};
use crate::maps::locate::escape;
use crate::maps::model::{Register, RegisterMap};

/// The columns, in order.
pub(super) const COLUMNS: [&str; 45] = [
    "row",
    "register",
    "id",
    "name",
    "description",
    "address",
    "words",
    "type",
    "order",
    "scale",
    "offset",
    "unit",
    "access",
    "limit_min",
    "limit_max",
    "limit_step",
    "not_available",
    "reset",
    "bit",
    "width",
    "value",
    "volatility",
    "poll",
    "update_ms",
    "partial_read",
    "settle_ms",
    "group",
    "commit",
    "applied",
    "bad_write",
    "unlock",
    "safety",
    "fail_safe",
    "timeout_ms",
    "modality",
    "condition",
    "since",
    "deprecated",
    "replaced_by",
    "source",
    "confidence",
    "notes",
    "pmbus",
    "redfish",
    "requirements",
];
/// The last column stands apart, so that adding one before it is seen.
pub(super) const LAST: &str = "foreign";

/// One line: column and cell.
pub(super) type Row = BTreeMap<&'static str, String>;

/// The map as CSV.
pub(super) fn write(map: &RegisterMap, losses: &mut Losses) -> String {
    let mut out = String::new();
    line(&mut out, COLUMNS.iter().copied().chain([LAST]));
    for row in rows(map, losses) {
        line(&mut out, COLUMNS.iter().chain([&LAST]).map(|c| row.get(c).map_or("", String::as_str)));
    }
    out
}

pub(super) fn rows(map: &RegisterMap, losses: &mut Losses) -> Vec<Row> {
    let mut rows = Vec::new();
    // A map is plain data: its serialization cannot fail.
    let mut head = serde_json::to_value(map).unwrap_or_default();
    if let Value::Object(object) = &mut head {
        object.remove("registers");
    }
    flatten(&head, String::new(), &mut rows);
    for r in &map.registers {
        rows.push(register(map, r, losses));
        rows.extend(parts(r, losses));
    }
    rows
}

/// One row for each scalar, with its JSON pointer.
pub(super) fn flatten(value: &Value, pointer: String, rows: &mut Vec<Row>) {
    let scalar = match value {
        Value::Object(object) if !object.is_empty() => {
            // Sorted, whether or not serde_json keeps the order of keys in this build.
            let ordered: BTreeMap<_, _> = object.iter().collect();
            for (key, member) in ordered {
                flatten(member, format!("{pointer}/{}", escape(key)), rows);
            }
            return;
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                flatten(item, format!("{pointer}/{index}"), rows);
            }
            return;
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    rows.push(Row::from([("row", "map".to_owned()), ("id", pointer), ("value", scalar)]));
}

fn register(map: &RegisterMap, r: &Register, losses: &mut Losses) -> Row {
    let mut row = Row::from([
        ("row", "register".to_owned()),
        ("id", r.id.clone()),
        ("name", r.name.clone()),
        ("description", r.description.clone()),
        ("address", r.address.to_string()),
        ("words", r.words.to_string()),
        ("type", word(&r.kind)),
        ("order", word(&order(map, r))),
        ("scale", fraction(r.scale)),
        ("offset", fraction(r.offset)),
        ("access", word(&r.access)),
        ("volatility", word(&r.volatility)),
        ("poll", word(&r.poll)),
        ("modality", word(&r.modality)),
        ("since", r.since.clone()),
        ("source", list(&r.source, "source", r, losses)),
        ("confidence", word(&r.confidence)),
        ("notes", list(&r.notes, "notes", r, losses)),
        ("requirements", list(&r.links.requirements, "requirements", r, losses)),
    ]);
    let mut set = |column: &'static str, cell: Option<String>| {
        if let Some(cell) = cell {
            row.insert(column, cell);
        }
    };
    set("unit", r.unit.clone());
    set("limit_min", r.limits.map(|l| l.min.to_string()));
    set("limit_max", r.limits.map(|l| l.max.to_string()));
    set("limit_step", r.limits.map(|l| l.step.to_string()));
    set("not_available", r.not_available.map(|v| v.to_string()));
    set("reset", r.reset.map(|v| v.to_string()));
    set("update_ms", r.update_ms.map(|v| v.to_string()));
    set("partial_read", r.partial_read.as_ref().map(word));
    set("settle_ms", r.settle_ms.map(|v| v.to_string()));
    set("group", r.group.clone());
    set("commit", r.commit.clone());
    set("applied", r.applied.clone());
    set("bad_write", r.bad_write.map(|v| v.to_string()));
    set("unlock", r.unlock.clone());
    set("safety", r.safety.map(|s| word(&s.class)));
    set("fail_safe", r.safety.and_then(|s| s.fail_safe).map(|v| v.to_string()));
    set("timeout_ms", r.safety.and_then(|s| s.timeout_ms).map(|v| v.to_string()));
    set("condition", r.condition.clone());
    set("deprecated", r.deprecated.clone());
    set("replaced_by", r.replaced_by.clone());
    set("pmbus", r.links.pmbus.clone());
    set("redfish", r.links.redfish.clone());
    set("foreign", (!r.foreign.is_empty()).then(|| serde_json::to_string(&r.foreign).unwrap_or_default()));
    row
}

/// The rows below a register.
fn parts(r: &Register, losses: &mut Losses) -> Vec<Row> {
    let part = |kind: &str, id: &str| {
        Row::from([("row", kind.to_owned()), ("register", r.id.clone()), ("id", id.to_owned())])
    };
    let mut rows = Vec::new();
    for bit in &r.bits {
        let mut row = part("bit", &bit.id);
        row.insert("name", bit.name.clone());
        row.insert("bit", bit.bit.to_string());
        row.insert("width", bit.width.to_string());
        row.insert("description", bit.description.clone().unwrap_or_default());
        rows.push(row);
    }
    for symbol in &r.symbols {
        let mut row = part("symbol", &symbol.id);
        row.insert("value", symbol.value.to_string());
        row.insert("description", symbol.description.clone());
        rows.push(row);
    }
    for reading in &r.readings {
        let mut row = part("reading", &reading.id);
        row.insert("description", reading.description.clone());
        row.insert("type", word(&reading.kind));
        row.insert("scale", fraction(reading.scale));
        row.insert("offset", fraction(reading.offset));
        row.insert("unit", reading.unit.clone().unwrap_or_default());
        row.insert("source", list(&reading.source, "source of a reading", r, losses));
        rows.push(row);
    }
    rows
}

/// Elements, one a line. A line break inside an element would make two of it, so it becomes a blank.
fn list(items: &[String], key: &str, r: &Register, losses: &mut Losses) -> String {
    if items.iter().any(|item| item.contains(['\n', '\r'])) {
        losses.register(format!("line breaks inside `{key}`"), r);
    }
    let lines: Vec<String> = items.iter().map(|item| item.replace(['\n', '\r'], " ")).collect();
    lines.join("\n")
}

pub(super) fn line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::maps::export::tests::full;
    use crate::maps::{parse, schema};

    /// RFC 4180, by another hand than the writer's.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {
                    assert_eq!(chars.next(), Some('\n'));
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
                c => cell.push(c),
            }
        }
        assert!(record.is_empty() && cell.is_empty() && !quoted, "the last line ends too");
        records
    }

    fn table(map: &RegisterMap) -> Vec<BTreeMap<String, String>> {
        let mut losses = Losses::default();
        let records = read(&write(map, &mut losses));
        assert!(losses.is_empty(), "{losses}");
        let (head, rows) = records.split_first().unwrap();
        assert!(rows.iter().all(|row| row.len() == head.len()));
        rows.iter().map(|row| head.iter().cloned().zip(row.iter().cloned()).collect()).collect()
    }

    #[test]
    fn every_key_of_the_model_has_a_column() {
        let schema: Value = serde_json::from_str(&schema::text()).unwrap();
        let columns: Vec<&str> = COLUMNS.iter().copied().chain([LAST]).collect();
        // Keys of the model that are columns of another name, or rows of their own.
        let spread = json!({
            "limits": ["limit_min", "limit_max", "limit_step"], "links": ["pmbus", "redfish", "requirements"],
            "safety": ["safety", "fail_safe", "timeout_ms"], "bits": ["bit"], "symbols": ["value"], "readings": ["row"],
        });
        for key in schema["$defs"]["Register"]["properties"].as_object().unwrap().keys() {
            let names = spread.get(key).cloned().unwrap_or_else(|| json!([key]));
            for name in names.as_array().unwrap() {
                assert!(columns.contains(&name.as_str().unwrap()), "`{key}` has no column");
            }
        }
        let links = schema["$defs"]["Links"]["properties"].as_object().unwrap();
        assert!(links.keys().all(|key| columns.contains(&key.as_str())));
    }

    #[test]
    fn every_scalar_of_a_full_map_is_in_the_table() {
        let document = full();
        let map = parse(Path::new("full.json"), &document.to_string()).unwrap();
        let rows = table(&map);
        let has = |register: &str, row: &str, id: &str, column: &str, cell: &str| {
            let found = rows.iter().find(|r| r["row"] == row && r["register"] == register && r["id"] == id);
            assert_eq!(found.unwrap_or_else(|| panic!("no {row} {id}"))[column], cell, "{row} {id} {column}");
        };
        has("", "map", "/bus/baud/0", "value", "19200");
        has("", "map", "/hazards/0/reason", "value", "Starts flash programming, \"for good\".");
        has("", "map", "/foreign/rackmon/name", "value", "FULL");
        for (column, cell) in [
            ("address", "11"),
            ("words", "1"),
            ("type", "signed"),
            ("order", "little_endian"),
            ("scale", "1/10"),
            ("offset", "-5463/20"),
            ("unit", "V"),
            ("access", "rw"),
            ("limit_min", "-460"),
            ("limit_max", "520"),
            ("limit_step", "5"),
            ("not_available", "-32768"),
            ("reset", "500"),
            ("volatility", "stored"),
            ("poll", "slow"),
            ("update_ms", "20"),
            ("partial_read", "refused"),
            ("settle_ms", "7"),
            ("group", "one"),
            ("commit", "settings"),
            ("applied", "state"),
            ("bad_write", "3"),
            ("unlock", "settings.enable"),
            ("safety", "setpoint"),
            ("fail_safe", "510"),
            ("timeout_ms", "9000"),
            ("modality", "conditional"),
            ("condition", "HAS_IT"),
            ("since", "0.1.0"),
            ("deprecated", "0.2.0"),
            ("replaced_by", "state"),
            ("source", "A 1.2\nB"),
            ("confidence", "conflicting"),
            ("notes", "First, note.\nSecond \"note\"."),
            ("pmbus", "VOUT_COMMAND"),
            ("redfish", "Control.SetPoint"),
            ("requirements", "REQ-1\nREQ-2"),
            ("foreign", "{\"rackmon\":{\"keep\":10}}"),
        ] {
            has("", "register", "setpoint", column, cell);
        }
        has("setpoint", "reading", "other", "scale", "1/100");
        has("setpoint", "reading", "other", "source", "B");
        has("settings", "bit", "mode", "bit", "4");
        has("settings", "bit", "mode", "width", "2");
        has("settings", "bit", "mode", "description", "What it does.");
        has("state", "symbol", "on", "value", "18446744073709551615");
        // Without an order of its own a register has the map's.
        has("", "register", "state", "order", "big_endian");
    }

    #[test]
    fn a_line_break_in_a_list_is_a_loss_that_is_told() {
        let mut document = full();
        document["registers"][0]["notes"] = json!(["two\nlines"]);
        let map = parse(Path::new("full.json"), &document.to_string()).unwrap();
        let mut losses = Losses::default();
        write(&map, &mut losses);
        assert_eq!(losses.to_string(), "not in the file: line breaks inside `notes` of model\n");
    }
}
