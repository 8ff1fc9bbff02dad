//! Any text as a register map or a PMBus map: load, schema, lint, diff against itself. What the lint passes is exported
//! in each format and decodes an image.
#![no_main]

use std::path::Path;

use dpo_gateway::maps::diff::{Document, compare};
use dpo_gateway::maps::{decode, export, lint_text, parse, pmbus};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Bytes that are no text are refused when the file is read.
    let Ok(text) = std::str::from_utf8(data) else { return };
    let path = Path::new("map.json");
    let report = lint_text(path, text).expect("the schema is usable");
    let map = parse(path, text);
    let commands = pmbus::parse(path, text);
    assert!(map.is_ok() || commands.is_ok() || !report.findings.is_empty(), "unreadable and nothing found");
    if let Ok(document) = Document::parse("map.json", text) {
        assert!(compare(&document, &document).expect("the same kind").changes.is_empty());
    }
    if let Ok(map) = map {
        // Whatever the map says of its registers.
        let decoded = decode::decode(&map, |address| Some(address ^ 0x5A5A));
        assert_eq!(decoded.len(), map.registers.len());
        if report.findings.is_empty() {
            for format in export::Format::ALL {
                let _ = export::export(&map, *format, export::Options::default());
            }
        }
    }
});
