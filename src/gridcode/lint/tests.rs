//! Each rule of the lint finds the defect it is for, in the shipped ERCOT code with one value changed.

use serde_json::{Value, json};

use super::*;
use crate::gridcode::load::{BUILTIN, builtin};

fn shipped() -> Vec<(PathBuf, GridCode)> {
    BUILTIN.iter().map(|(name, _)| PathBuf::from(*name)).zip(builtin().unwrap()).collect()
}

/// Rules broken when the value at `pointer` of the ERCOT code is replaced.
fn broken(pointer: &str, value: Value) -> Vec<&'static str> {
    let mut codes = shipped();
    let (_, ercot) = codes.iter_mut().find(|(_, code)| code.name() == "ercot-nogrr282@2026-02").unwrap();
    let mut document = serde_json::to_value(&*ercot).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(object) => {
            if value.is_null() {
                object.remove(key).unwrap();
            } else {
                object.insert(key.to_owned(), value);
            }
        }
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    *ercot = serde_json::from_value(document).unwrap();
    let mut rules: Vec<_> = lint_codes(&codes).into_iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

#[test]
fn the_shipped_codes_are_clean() {
    let findings = lint_codes(&shipped());
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn each_defect_is_found() {
    let low = "/clauses/0/rule/low";
    for (pointer, value, rule) in [
        ("/id".to_owned(), json!("ERCOT"), "name"),
        ("/version".to_owned(), json!("2026-03"), "file-name"),
        ("/title".to_owned(), json!(" "), "blank"),
        ("/superseded_by".to_owned(), json!("2027"), "versions"),
        ("/confidence".to_owned(), json!("stated"), "confidence"),
        ("/nominal_hz".to_owned(), json!([]), "nominal-hz"),
        ("/nominal_hz/0".to_owned(), json!(600), "nominal-hz"),
        ("/sources/1/key".to_owned(), json!("acpc"), "sources"),
        ("/clauses/2/sources".to_owned(), json!(["nobody"]), "sources"),
        ("/clauses/2/sources".to_owned(), json!([]), "sources"),
        ("/clauses/2/confidence".to_owned(), json!("stated"), "confidence"),
        ("/clauses/2/confidence".to_owned(), json!("inferred"), "note"),
        ("/clauses/1/rule/low/1/note".to_owned(), json!(null), "note"),
        ("/measurement/filter/note".to_owned(), json!(null), "note"),
        ("/measurement/phase_rule/value".to_owned(), json!("positive_sequence"), "filter"),
        ("/measurement/hysteresis_pu/value".to_owned(), json!(0.5), "number"),
        ("/measurement/ridden/value/share".to_owned(), json!(90), "number"),
        ("/measurement/ridden/value/within_s".to_owned(), json!(0), "number"),
        ("/clauses".to_owned(), json!([]), "clauses"),
        ("/clauses/2/id".to_owned(), json!("voltage"), "clauses"),
        ("/clauses/2/rule/share".to_owned(), json!(90), "number"),
        ("/clauses/2/rule/budget_s".to_owned(), json!(-1), "number"),
        ("/clauses/2/rule/upper_share".to_owned(), json!(0.5), "number"),
        ("/clauses/3/rule/events".to_owned(), json!(3), "successive"),
        ("/clauses/0/rule/high/0/level".to_owned(), json!(0.85), "bands"),
        ("/clauses/1/rule/power_within_share".to_owned(), json!(10), "number"),
        (format!("{low}/1/level"), json!(0.95), "bands"),
        (format!("{low}/1/minimum_s"), json!(2.1), "bands"),
        (format!("{low}/1/minimum_s"), json!(-2.1), "number"),
        (format!("{low}/1/minimum_s"), json!(null), "bands"),
        (format!("{low}/1/minimum_cycles"), json!(3), "bands"),
        (format!("{low}/3/level"), json!(-0.2), "number"),
        ("/clauses/0/rule/high/1/missing".to_owned(), json!(""), "blank"),
        ("/missing/0/why".to_owned(), json!(""), "blank"),
        ("/facts/0/source".to_owned(), json!(null), "sources"),
    ] {
        let rules = broken(&pointer, value.clone());
        assert!(rules.contains(&rule), "{pointer} = {value}: {rules:?} lacks {rule}");
    }
}
