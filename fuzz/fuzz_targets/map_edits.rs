//! Edits of a map that ships: any value at any place, places taken away, lists turned round. Deeper than text goes:
//! the result is read, checked, and compared with the original, both ways, in each form of the report.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use dpo_gateway::maps::diff::report::{Format, render};
use dpo_gateway::maps::diff::{Document, compare};
use dpo_gateway::maps::{decode, export, lint_text, parse};
use dpo_gateway::registers::generated;
use dpo_gateway_fuzz::Bytes;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const BASE: &str = include_str!("../../src/maps/lint/rules/base.json");

/// The begin of a map, and the pointers of everything in it.
struct Original {
    text: String,
    value: Value,
    pointers: Vec<String>,
}

fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(object) => object.iter().for_each(|(key, v)| pointers(v, &format!("{at}/{key}"), out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), out))
        }
        _ => {}
    }
}

static ORIGINALS: LazyLock<Vec<Original>> = LazyLock::new(|| {
    // A small one, one with blocks, one of PMBus commands. Their first rows: the lists are long, and all alike.
    [BASE, generated::dpo_psu::JSON, generated::dpo_pmbus::JSON]
        .into_iter()
        .map(|text| {
            let mut value: Value = serde_json::from_str(text).expect("a map that ships");
            for list in ["registers", "commands"] {
                if let Some(rows) = value.get_mut(list).and_then(Value::as_array_mut) {
                    rows.truncate(8);
                }
            }
            let mut found = Vec::new();
            pointers(&value, "", &mut found);
            Original { text: value.to_string(), value, pointers: found }
        })
        .collect()
});

const TEXTS: [&str; 32] = [
    "",
    " ",
    "a",
    "a_b",
    "A1",
    "self",
    "type",
    "model",
    "settings",
    "ä\u{202e}",
    "0.2.0",
    "0.1.0",
    "65535.65535.65535",
    "rw",
    "ro",
    "wo",
    "w1c",
    "command",
    "flags",
    "signed",
    "float",
    "unsigned",
    "text",
    "raw",
    "enum",
    "V",
    "W",
    "1",
    "a]<b>\\|`*",
    "settings.mode",
    "linear11",
    "block",
];
const NUMBERS: [i64; 24] = [
    0,
    1,
    2,
    3,
    4,
    5,
    8,
    15,
    16,
    31,
    63,
    64,
    123,
    125,
    126,
    127,
    255,
    256,
    65_535,
    65_536,
    -1,
    -32_768,
    i64::MAX,
    i64::MIN,
];

fn value(bytes: &mut Bytes<'_>, original: &Original) -> Value {
    match bytes.byte() % 8 {
        0 => Value::Null,
        1 => json!(bytes.byte() & 1 == 1),
        2 | 3 => json!(NUMBERS[usize::from(bytes.byte()) % NUMBERS.len()]),
        4 => json!(TEXTS[usize::from(bytes.byte()) % TEXTS.len()]),
        5 => json!(f64::from(bytes.word() as i16) / 64.0),
        6 => [json!([]), json!({}), json!([[]]), json!(1e308), json!(u64::MAX)]
            [usize::from(bytes.byte()) % 5]
            .clone(),
        // What stands somewhere else.
        _ => original.value.pointer(pointer(bytes, original)).cloned().unwrap_or(Value::Null),
    }
}

fn pointer<'a>(bytes: &mut Bytes<'_>, original: &'a Original) -> &'a str {
    &original.pointers[usize::from(bytes.word()) % original.pointers.len()]
}

fn edit(map: &mut Value, bytes: &mut Bytes<'_>, original: &Original) {
    let (kind, at) = (bytes.byte(), pointer(bytes, original));
    let new = value(bytes, original);
    match kind % 4 {
        0 | 1 => {
            if let Some(slot) = map.pointer_mut(at) {
                *slot = new;
            }
        }
        2 => {
            let (parent, key) = at.rsplit_once('/').unwrap_or_default();
            match map.pointer_mut(parent) {
                Some(Value::Object(object)) => _ = object.remove(key),
                Some(Value::Array(items)) => match key.parse::<usize>() {
                    Ok(index) if index < items.len() => _ = items.remove(index),
                    _ => {}
                },
                _ => {}
            }
        }
        _ => match map.pointer_mut(at) {
            Some(Value::Array(items)) if kind & 4 == 0 => items.reverse(),
            Some(Value::Array(items)) if items.len() < 200 => items.push(new),
            Some(Value::Object(object)) => {
                _ = object.insert(TEXTS[usize::from(bytes.byte()) % TEXTS.len()].into(), new)
            }
            _ => {}
        },
    }
}

fn check(text: &str, format: u8) {
    let report = lint_text(Path::new("test-map.json"), text).expect("the schema is usable");
    let Ok(map) = parse(Path::new("test-map.json"), text) else { return };
    let decoded = decode::decode(&map, |address| Some(address ^ 0x5A5A));
    assert_eq!(decoded.len(), map.registers.len());
    if report.findings.is_empty() {
        let format = export::Format::ALL[usize::from(format) % export::Format::ALL.len()];
        let _ = export::export(&map, format, export::Options::default());
    }
}

fn differ(old: &str, new: &str, format: u8) {
    let (Ok(old), Ok(new)) = (Document::parse("old", old), Document::parse("new", new)) else { return };
    let Ok(diff) = compare(&old, &new) else { return };
    assert_eq!(
        diff.changes.is_empty(),
        old.value == new.value,
        "a change that the diff does not see, or the other way"
    );
    let format = [Format::Text, Format::Json, Format::Markdown, Format::Html][usize::from(format % 4)];
    assert!(!render(&diff, format).is_empty());
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let original = &ORIGINALS[usize::from(bytes.byte()) % ORIGINALS.len()];
    let format = bytes.byte();
    let mut map = original.value.clone();
    for _ in 0..8 {
        if bytes.is_empty() {
            break;
        }
        edit(&mut map, &mut bytes, original);
    }
    let text = map.to_string();
    check(&text, format);
    if format & 4 == 0 {
        differ(&original.text, &text, format);
    } else {
        differ(&text, &original.text, format);
    }
});
