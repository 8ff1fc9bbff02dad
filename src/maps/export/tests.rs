//! A map that uses every key, for the tests of the formats.

use std::path::Path;

use serde_json::Value;

use crate::maps::{RegisterMap, parse};

const FULL: &str = include_str!("fixtures/full.json");

/// Every key of the model. It need not be a sensible map.
pub(in crate::maps) fn full() -> Value {
    serde_json::from_str(FULL).unwrap()
}

/// [`full`], read.
pub(in crate::maps) fn full_map() -> RegisterMap {
    parse(Path::new("full.json"), FULL).unwrap()
}

#[test]
fn the_fixture_has_every_key() {
    let schema: Value = serde_json::from_str(&crate::maps::schema::text()).unwrap();
    let full = full();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(full.get(key).is_some(), "the fixture lacks `{key}`");
    }
    for key in schema["$defs"]["Register"]["properties"].as_object().unwrap().keys() {
        let there = full["registers"].as_array().unwrap().iter().any(|r| r.get(key).is_some());
        assert!(there, "no register of the fixture has `{key}`");
    }
}
