//! Each key of the JSON Schema has a row, and each row is a key: a key added to the model fails here until
//! somebody has said what a change of it means.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::table::{self, How};
use super::super::{Class, Kind};
use crate::maps::schema;

/// The keys that a schema allows, with `[]` for items of lists of objects.
fn keys(schema: &Value, root: &Value, at: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(reference.trim_start_matches('#')).expect("references are in the schema");
        keys(target, root, at, found);
    }
    for branch in ["oneOf", "anyOf", "allOf"] {
        for choice in schema.get(branch).and_then(Value::as_array).into_iter().flatten() {
            keys(choice, root, at, found);
        }
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let dot = if at.is_empty() { "" } else { "." };
        let key = format!("{at}{dot}{name}");
        keys(property, root, &key, found);
        found.insert(key);
    }
    if let Some(items) = schema.get("items") {
        keys(items, root, &format!("{at}[]"), found);
    }
}

fn of_schema(text: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(text).unwrap();
    let mut found = BTreeSet::new();
    keys(&schema, &schema, "", &mut found);
    found
}

fn rows(kind: Kind) -> BTreeSet<String> {
    table::rows(kind).map(|r| r.key.to_owned()).collect()
}

/// Every schema of the folder is covered, also one that comes with a new kind of map.
#[test]
fn every_key_of_every_schema_is_classified() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/registers/schema");
    let mut kinds = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let schema = of_schema(&std::fs::read_to_string(&path).unwrap());
        let has = |key: &str| schema.contains(key);
        let kind = match (has("registers[].id"), has("commands[].id")) {
            (true, false) => Kind::Modbus,
            (false, true) => Kind::Pmbus,
            _ => panic!("{}: which kind of map is this?", path.display()),
        };
        let rows = rows(kind);
        let missing: Vec<_> = schema.difference(&rows).collect();
        assert!(
            missing.is_empty(),
            "{}: keys without a row in src/maps/diff/table: {missing:?}",
            path.display()
        );
        let stale: Vec<_> = rows.difference(&schema).collect();
        assert!(stale.is_empty(), "{}: rows without a key in the schema: {stale:?}", path.display());
        kinds.push(kind);
    }
    assert!(kinds.contains(&Kind::Modbus), "{folder} has lost the schema of register maps");
}

/// The schema on disk could be stale; the one of the model is what maps are read by.
#[test]
fn every_key_of_the_model_is_classified() {
    let (schema, rows) = (of_schema(&schema::text()), rows(Kind::Modbus));
    assert!(
        schema.contains("registers[].readings[].scale.num") && schema.contains("identification.expect.words")
    );
    assert_eq!(schema, rows);
}

#[test]
fn rows_are_unique_and_their_parents_lead_to_them() {
    for kind in [Kind::Modbus, Kind::Pmbus] {
        let mut seen = BTreeSet::new();
        for row in table::rows(kind) {
            assert!(seen.insert(row.key), "{} has two rows", row.key);
            let parent = row.key.rsplit_once('.').map(|(parent, _)| parent.trim_end_matches("[]"));
            let Some(parent) = parent else { continue };
            let parent = table::row(kind, parent).unwrap_or_else(|| panic!("{} has no parent row", row.key));
            let judged_above = matches!(parent.how, How::Value(..) | How::Part);
            let is_part = matches!(row.how, How::Part);
            assert!(
                !judged_above || is_part,
                "{} is never reached: its parent is judged as a whole",
                row.key
            );
        }
    }
}

#[test]
fn a_verdict_that_breaks_says_whom() {
    for kind in [Kind::Modbus, Kind::Pmbus] {
        for row in table::rows(kind) {
            for verdict in row.verdicts() {
                let Some(first) = verdict.why.chars().next() else { panic!("{}: no reason", row.key) };
                assert!(first.is_lowercase(), "{}: {}", row.key, verdict.why);
                let breaks = verdict.class == Class::Breaking;
                assert!(!breaks || !verdict.parties.is_empty(), "{}: breaks nobody", row.key);
            }
        }
    }
}

/// A chooser that gives a place outside its row would make everything unknown.
#[test]
fn every_list_of_ranges_says_added_removed_and_same() {
    for row in table::rows(Kind::Modbus) {
        if let How::Ranges(_, verdicts) = row.how {
            assert!(verdicts.len() >= 3, "{}", row.key);
            assert_eq!(verdicts[2].class, Class::Editorial, "{}", row.key);
        }
    }
}
