//! Any text as a map of rackmon or phosphor-modbus: a draft or an error with its place. A draft is a map that can be
//! written and read again.
#![no_main]

use std::path::Path;

use dpo_gateway::maps::import::{Source, parse};
use dpo_gateway::maps::{decode, lint_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for source in [Source::Rackmon, Source::Phosphor] {
        let Ok(map) = parse(Path::new("foreign.json"), text, source, "2026-11-29") else { continue };
        let written = serde_json::to_string(&map).expect("a map is JSON");
        lint_text(Path::new("draft.json"), &written).expect("the schema is usable");
        let read =
            dpo_gateway::maps::parse(Path::new("draft.json"), &written).expect("what was written is a map");
        assert_eq!(serde_json::to_string(&read).expect("a map is JSON"), written);
        let _ = decode::decode(&map, Some);
    }
});
