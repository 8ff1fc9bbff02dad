//! The table of counterparts in the specification: each symbol of the block, and what stands for it on Redfish.
#![cfg(feature = "maps")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use dpo_gateway::maps;
use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Rows of the table: register, symbol, what it is on Redfish, values.
fn table() -> Vec<[String; 4]> {
    let chapter = read("spec/specification/10-events.md");
    let from = chapter.split("### Counterparts").nth(1).expect("a section of counterparts");
    let rows = from.lines().skip_while(|line| !line.starts_with("| `"));
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<String> = line
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.replace('`', "").trim().to_owned())
                .collect();
            cells.try_into().unwrap_or_else(|_| panic!("not four cells: {line}"))
        })
        .collect()
}

/// A name of the maps as Redfish writes names.
fn pascal(symbol: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    symbol.split('_').map(capital).collect()
}

#[test]
fn the_table_of_counterparts_is_true() {
    let maps = maps::builtin().unwrap();
    let block = maps.iter().find(|map| map.id == "dpo-pmi").unwrap();
    let openapi: Value = serde_json::from_str(&read("openapi/gateway.json")).unwrap();
    let registry = read("src/redfish/registry.rs");
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [register, symbol, kind, value] in table() {
        // Names are the same but for how each interface writes them: a row with another row's value is seen.
        let single = !value.contains(", ") && value != "null" && value != "none" && symbol != "other";
        if single && symbol != "none" {
            assert_eq!(pascal(&symbol), value, "{register}: {symbol}");
        }
        told.entry(register).or_default().push(symbol);
        for value in value.split(", ").filter(|value| !["null", "none"].contains(value)) {
            values.entry(kind.clone()).or_default().push(value.to_owned());
        }
    }
    assert!(told.len() >= 6, "{told:?}");
    for (register, mut symbols) in told {
        let own = block.registers.iter().find(|r| r.id == register).unwrap();
        let mut wanted: Vec<String> = own.symbols.iter().map(|s| s.id.clone()).collect();
        // No record is no event.
        wanted.retain(|symbol| register != "event_1_kind" || symbol != "none");
        wanted.sort();
        symbols.sort();
        assert_eq!(symbols, wanted, "{register}");
    }
    for (kind, mut shown) in values {
        shown.sort();
        if kind == "MessageId" {
            for name in shown {
                assert!(registry.contains(&format!("EventKind::{name} =>")), "no message {name}");
            }
            continue;
        }
        let own = &openapi["components"]["schemas"][&kind]["enum"];
        let own = own.as_array().unwrap_or_else(|| panic!("no enumeration {kind}"));
        let mut wanted: Vec<&str> = own.iter().map(|name| name.as_str().unwrap()).collect();
        wanted.sort_unstable();
        assert_eq!(shown, wanted, "{kind}: every value has one symbol");
    }
}
