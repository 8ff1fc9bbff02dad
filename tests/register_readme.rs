//! `registers/README.md` tells every map, command set and key, with the numbers as they are.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

use dpo_gateway::maps;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The row of the README that begins with this identifier holds this number as a cell.
fn tells(readme: &str, id: &str, count: usize) {
    let row = readme.lines().find(|line| line.starts_with(&format!("| `{id}` |")));
    assert!(row.is_some_and(|row| row.contains(&format!(" | {count} | "))), "{id} has {count}: {row:?}");
}

#[test]
fn the_tables_count_what_the_maps_hold() {
    let readme = read("registers/README.md");
    for map in maps::builtin().unwrap() {
        tells(&readme, &map.id, map.registers.len());
    }
    for map in maps::pmbus::builtin().unwrap() {
        tells(&readme, &map.id, map.commands.len());
    }
}

#[test]
fn every_key_of_the_schema_is_told() {
    fn keys(schema: &serde_json::Value, found: &mut BTreeSet<String>) {
        if let Some(members) = schema.get("properties").and_then(|p| p.as_object()) {
            found.extend(members.keys().cloned());
        }
        match schema {
            serde_json::Value::Object(members) => members.values().for_each(|s| keys(s, found)),
            serde_json::Value::Array(items) => items.iter().for_each(|s| keys(s, found)),
            _ => {}
        }
    }
    let readme = read("registers/README.md");
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(&read("registers/schema/register-map.schema.json")).unwrap(), &mut found);
    assert!(found.len() > 60, "{found:?}");
    // A key stands in code marks, alone or as a list: `registers[]`.
    let told = |key: &String| ["`", "[]`"].iter().any(|end| readme.contains(&format!("`{key}{end}")));
    let missing: Vec<_> = found.iter().filter(|key| key.as_str() != "$schema" && !told(key)).collect();
    assert!(missing.is_empty(), "registers/README.md says nothing of {missing:?}");
}
