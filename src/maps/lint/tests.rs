//! One breach for each rule, on a map that is clean without it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{across, check_text, lint};
use crate::maps::report::{Finding, Rule};

/// A clean map that uses every feature a rule speaks of.
pub(super) fn clean() -> Value {
    json!({
        "id": "test-map", "title": "A map for tests", "version": "0.2.0", "device_class": "psu",
        "base": { "document": "Nothing 1.0", "relation": "extends" }, "licence": "Apache-2.0",
        "sources": [{ "key": "A", "title": "First" }, { "key": "B", "title": "Second" }],
        "changelog": [
            { "version": "0.2.0", "date": "2026-11-22", "text": "Second." },
            { "version": "0.1.0", "date": "2026-11-01", "text": "First." }
        ],
        "bus": {
            "baud": [19200], "parity": "even", "addresses": [{ "first": 10, "last": 19 }, { "first": 30, "last": 31 }],
            "max_read_words": 120, "max_write_words": 3, "functions": [3, 6, 16]
        },
        "identification": { "probe": "model", "expect": "ascii_text" },
        "word_order": "big_endian",
        "readable_gaps": [{ "first": 50, "last": 59 }],
        "hazards": [{ "first": 768, "last": 1023, "reason": "Starts flash programming." }],
        "registers": [
            register("model", 0, json!({ "words": 8, "type": "text", "access": "ro", "volatility": "constant" })),
            register("settings", 10, json!({
                "type": "flags", "access": "rw", "safety": { "class": "disruptive" },
                "bits": [
                    { "id": "enable", "name": "Enable", "bit": 0 },
                    { "id": "mode", "name": "Mode", "bit": 4, "width": 2 }
                ]
            })),
            register("setpoint", 11, json!({
                "access": "rw", "unit": "V", "scale": { "num": 1, "den": 10 }, "unlock": "settings.enable",
                "limits": { "min": 460, "max": 520, "step": 5 }, "reset": 500, "not_available": 65535,
                "safety": { "class": "setpoint", "fail_safe": 510 }
            })),
            register("state", 12, json!({
                "type": "enum", "access": "ro", "volatility": "volatile",
                "symbols": [
                    { "id": "off", "value": 0, "description": "Off." }, { "id": "on", "value": 1, "description": "On." }
                ]
            })),
            register("token", 20, json!({ "words": 2, "access": "wo", "group": "lease", "safety": { "class": "none" } })),
            register("duration", 22, json!({ "access": "rw", "group": "lease", "safety": { "class": "none" } })),
            register("old", 30, json!({
                "access": "ro", "volatility": "volatile", "type": "signed", "since": "0.1.0",
                "deprecated": "0.2.0", "replaced_by": "state", "confidence": "conflicting", "notes": ["B says more."]
            })),
            register("last", 65535, json!({ "access": "ro", "volatility": "volatile", "source": ["A 1.2", "B"] })),
        ]
    })
}

fn register(id: &str, address: u16, more: Value) -> Value {
    let mut register = json!({
        "id": id, "name": id, "description": "A register.", "address": address, "words": 1, "type": "unsigned",
        "volatility": "setting", "poll": "slow", "modality": "optional", "since": "0.2.0", "source": ["A"],
        "confidence": "stated"
    });
    merge(&mut register, more);
    register
}

fn merge(into: &mut Value, more: Value) {
    for (key, value) in more.as_object().unwrap() {
        into[key] = value.clone();
    }
}

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_text(Path::new(path), text, &mut findings).unwrap();
    findings
}

/// A rule, the place where its breach must show, and the breach: values to set (or, as `null`, to
/// remove) in the clean map.
type Case = (Rule, &'static str, Vec<(&'static str, Value)>);

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        (Rule::Schema, "/registers/1/acess", vec![("/registers/1/acess", json!("rw"))]),
        (Rule::Schema, "/registers/1/words", vec![("/registers/1/words", json!("one"))]),
        (Rule::Schema, "/registers/1/access", vec![("/registers/1/access", json!("rx"))]),
        (Rule::Schema, "/registers/2/limits/max", vec![("/registers/2/limits/max", json!(52.5))]),
        (Rule::Schema, "/registers/2/unit", vec![("/registers/2/unit", Value::Null)]),
        (Rule::Schema, "/registers/1", vec![("/registers/1/poll", REMOVE)]),
        (Rule::Model, "/registers/2/limits/max", vec![("/registers/2/limits/max", json!(18_446_744_073_709_551_615_u64))]),
        (Rule::Version, "/version", vec![("/version", json!("0.70000.0")), ("/changelog/0/version", json!("0.70000.0"))]),
        (Rule::Changelog, "/changelog", vec![("/changelog", json!([]))]),
        (Rule::Changelog, "/changelog/0/version", vec![("/changelog/0/version", json!("0.3.0"))]),
        (Rule::Changelog, "/changelog/1", vec![("/changelog/1/date", json!("2026-11-23"))]),
        (Rule::DuplicateSource, "/sources/1/key", vec![("/sources/1/key", json!("A"))]),
        (Rule::DanglingSource, "/registers/7/source/0", vec![("/registers/7/source/0", json!("C 1.2"))]),
        (Rule::DanglingSource, "/registers/7/source", vec![("/registers/7/source", json!([]))]),
        (Rule::UnitRange, "/bus/addresses/0", vec![("/bus/addresses/0/first", json!(0))]),
        (Rule::UnitRange, "/bus/addresses/1", vec![("/bus/addresses/1/first", json!(40))]),
        (Rule::UnitRange, "/bus/addresses/1", vec![("/bus/addresses/1/first", json!(19))]),
        (Rule::UnitRange, "/bus/addresses", vec![("/bus/addresses", json!([]))]),
        (Rule::Bus, "/bus/baud", vec![("/bus/baud", json!([]))]),
        (Rule::Bus, "/bus/max_read_words", vec![("/bus/max_read_words", json!(126))]),
        (Rule::Bus, "/bus/max_write_words", vec![("/bus/max_write_words", json!(124))]),
        (Rule::Bus, "/bus/functions", vec![("/bus/functions", json!([3, 131]))]),
        (Rule::Bus, "/bus/functions", vec![("/bus/functions", json!([6]))]),
        (Rule::Probe, "/identification/probe", vec![("/identification/probe", json!("nothing"))]),
        (Rule::Probe, "/identification/expect", vec![("/identification/probe", json!("state"))]),
        (Rule::Probe, "/identification/expect/words", vec![("/identification/expect", json!({ "words": [1] }))]),
        (Rule::AddressRange, "/hazards/0", vec![("/hazards/0/last", json!(0))]),
        (Rule::AddressRange, "/readable_gaps/1", vec![("/readable_gaps/1", json!({ "first": 59, "last": 60 }))]),
        (Rule::GapOverlap, "/readable_gaps/0", vec![("/readable_gaps/0/first", json!(30))]),
        (Rule::HazardOverlap, "/registers/5/address", vec![("/hazards/0/first", json!(22))]),
        (Rule::FileName, "/id", vec![("/id", json!("other-map"))]),
        (Rule::Blank, "/title", vec![("/title", json!(" "))]),
        (Rule::Blank, "/registers/3/description", vec![("/registers/3/description", json!(""))]),
        (Rule::Blank, "/sources/0/key", vec![("/sources/0/key", json!("A B"))]),
        (Rule::DuplicateId, "/registers/3/id", vec![("/registers/3/id", json!("setpoint"))]),
        (Rule::DuplicateName, "/registers/3/name", vec![("/registers/3/name", json!("setpoint"))]),
        (Rule::Order, "/registers/4/address", vec![("/registers/4/address", json!(8))]),
        (Rule::Overlap, "/registers/1/address", vec![("/registers/1/address", json!(7))]),
        (Rule::Overlap, "/registers/2/address", vec![("/registers/1/words", json!(2))]),
        (Rule::Overlap, "/registers/4/address", vec![("/registers/4/address", json!(11))]),
        (Rule::AddressSpan, "/registers/7/address", vec![("/registers/7/words", json!(2))]),
        (Rule::Words, "/registers/6/words", vec![("/registers/6/words", json!(5))]),
        (Rule::Words, "/registers/6/words", vec![("/registers/6/words", json!(0))]),
        (Rule::BindingName, "/registers/3/id", vec![("/registers/3/id", json!("set_point"))]),
        (Rule::BindingName, "/registers/7/id", vec![("/registers/7/id", json!("self"))]),
        (Rule::BindingName, "/registers/3/symbols/0/id", vec![("/registers/3/symbols/0/id", json!("unknown"))]),
        (Rule::Scale, "/registers/2/scale", vec![("/registers/2/scale/num", json!(0))]),
        (Rule::Scale, "/registers/2/scale", vec![("/registers/2/scale/den", json!(0))]),
        (Rule::Offset, "/registers/2/offset", vec![("/registers/2/offset", json!({ "num": 1, "den": 0 }))]),
        (Rule::Unit, "/registers/2/unit", vec![("/registers/2/unit", json!("volt"))]),
        (Rule::UnitMissing, "/registers/2", vec![("/registers/2/unit", REMOVE)]),
        (Rule::NotANumber, "/registers/1/unit", vec![("/registers/1/unit", json!("V"))]),
        (Rule::NotANumber, "/registers/0/limits", vec![("/registers/0/limits", json!({ "min": 0, "max": 1 }))]),
        (Rule::LimitsOrder, "/registers/2/limits", vec![("/registers/2/limits/min", json!(525))]),
        (Rule::LimitsType, "/registers/2/limits", vec![("/registers/2/limits/max", json!(65540))]),
        (Rule::LimitsType, "/registers/6/limits", vec![("/registers/6/limits", json!({ "min": -32769, "max": 0 }))]),
        (Rule::Step, "/registers/2/limits/step", vec![("/registers/2/limits/step", json!(7))]),
        (Rule::Step, "/registers/2/limits/step", vec![("/registers/2/limits/step", json!(0))]),
        (Rule::Reset, "/registers/2/reset", vec![("/registers/2/reset", json!(455))]),
        (Rule::Reset, "/registers/2/reset", vec![("/registers/2/reset", json!(501))]),
        (Rule::FailSafe, "/registers/2/safety/fail_safe", vec![("/registers/2/safety/fail_safe", json!(525))]),
        (Rule::FailSafeMissing, "/registers/2/safety", vec![("/registers/2/safety/fail_safe", REMOVE)]),
        (Rule::NotAvailable, "/registers/2/not_available", vec![("/registers/2/not_available", json!(65536))]),
        (Rule::NotAvailable, "/registers/2/not_available", vec![("/registers/2/not_available", json!(460))]),
        (Rule::EnumEmpty, "/registers/3", vec![("/registers/3/symbols", REMOVE)]),
        (Rule::SymbolDuplicate, "/registers/3/symbols/1/value", vec![("/registers/3/symbols/1/value", json!(0))]),
        (Rule::SymbolDuplicate, "/registers/3/symbols/1/id", vec![("/registers/3/symbols/1/id", json!("off"))]),
        (Rule::SymbolRange, "/registers/3/symbols/1/value", vec![("/registers/3/symbols/1/value", json!(65536))]),
        (Rule::SymbolKind, "/registers/3/symbols", vec![("/registers/3/type", json!("unsigned"))]),
        (Rule::FlagsEmpty, "/registers/1", vec![("/registers/1/bits", REMOVE)]),
        (Rule::BitOverlap, "/registers/1/bits/1", vec![("/registers/1/bits/0/bit", json!(5))]),
        (Rule::BitOverlap, "/registers/1/bits/1", vec![("/registers/1/bits/1/id", json!("enable"))]),
        (Rule::BitRange, "/registers/1/bits/1", vec![("/registers/1/bits/1/bit", json!(15))]),
        (Rule::BitRange, "/registers/1/bits/1", vec![("/registers/1/bits/1/width", json!(0))]),
        (Rule::BitKind, "/registers/1/bits", vec![("/registers/1/type", json!("unsigned"))]),
        (Rule::ReplacedBy, "/registers/6/replaced_by", vec![("/registers/6/replaced_by", json!("nothing"))]),
        (Rule::ReplacedBy, "/registers/6/replaced_by", vec![("/registers/6/deprecated", REMOVE)]),
        (Rule::Since, "/registers/6/since", vec![("/registers/6/since", json!("0.2.1"))]),
        (Rule::Since, "/registers/6/deprecated", vec![("/registers/6/deprecated", json!("0.0.9"))]),
        (Rule::Group, "/registers/5/group", vec![("/registers/5/address", json!(23))]),
        (Rule::Group, "/registers/4/group", vec![("/bus/max_write_words", json!(2))]),
        (Rule::Group, "/registers/4/group", vec![("/registers/5/group", json!("other"))]),
        (Rule::Group, "/registers/5/group", vec![("/registers/5/access", json!("ro"))]),
        (Rule::Unlock, "/registers/2/unlock", vec![("/registers/2/unlock", json!("settings.nothing"))]),
        (Rule::Unlock, "/registers/2/unlock", vec![("/registers/1/access", json!("ro"))]),
        (Rule::AccessSafety, "/registers/1", vec![("/registers/1/safety", REMOVE)]),
        (Rule::AccessSafety, "/registers/3/safety", vec![("/registers/3/safety", json!({ "class": "none" }))]),
        (Rule::ConflictNotes, "/registers/6", vec![("/registers/6/notes", REMOVE)]),
        (Rule::AccessKind, "/registers/5/access", vec![("/registers/5/access", json!("w1c"))]),
        (Rule::AccessKind, "/registers/3/volatility", vec![("/registers/3/volatility", json!("setting"))]),
        (Rule::AccessKind, "/registers/1/volatility", vec![("/registers/1/volatility", json!("constant"))]),
        (Rule::AccessKind, "/registers/3/unlock", vec![("/registers/3/unlock", json!("settings.enable"))]),
    ]
}

/// Stands for "remove the key"; no map holds this text.
const REMOVE: Value = Value::Bool(false);

fn breach(edits: &[(&str, Value)]) -> String {
    let mut map = clean();
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match map.pointer_mut(parent).unwrap() {
            Value::Array(items) => match key.parse::<usize>().unwrap() {
                at if at == items.len() => items.push(value.clone()),
                at => items[at] = value.clone(),
            },
            Value::Object(object) if *value == REMOVE => {
                object.remove(key).expect("removes what is there");
            }
            parent => parent[key] = value.clone(),
        }
    }
    format!("{map:#}")
}

#[test]
fn the_map_of_the_tests_is_clean() {
    assert_eq!(findings("test-map.json", &breach(&[])), []);
}

#[test]
fn each_breach_is_found_at_its_place() {
    for (rule, pointer, edits) in cases() {
        let text = breach(&edits);
        let found = findings("test-map.json", &text);
        let hit = found.iter().find(|f| f.rule == rule && f.pointer == pointer);
        let hit = hit.unwrap_or_else(|| panic!("{rule} at {pointer} after {edits:?}, found {found:#?}"));
        // The line is the one where the last key of the pointer stands (or, for an element, its value).
        let line = text.lines().nth(hit.line - 1).unwrap();
        let key = pointer.rsplit('/').next().unwrap();
        if key.parse::<usize>().is_err() {
            assert!(line.contains(&format!("\"{key}\"")), "{rule}: line {} is {line}", hit.line);
        }
        assert!(!hit.message.is_empty() && !hit.mend.is_empty());
    }
}

#[test]
fn limits_in_the_wrong_order_are_one_finding() {
    let found = findings("test-map.json", &breach(&[("/registers/2/limits/min", json!(525))]));
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn each_rule_has_a_case() {
    // The rules on the text itself and between files have their own tests below.
    let own = [Rule::Syntax, Rule::DuplicateKey, Rule::SharedUnit, Rule::DuplicateMap];
    let covered: Vec<Rule> = cases().into_iter().map(|(rule, ..)| rule).chain(own).collect();
    for rule in Rule::ALL {
        assert!(covered.contains(rule), "{rule} has no failing case");
    }
}

#[test]
fn codes_are_unique_and_in_order() {
    assert!(Rule::ALL.windows(2).all(|w| w[0].code() < w[1].code()));
}

#[test]
fn what_is_not_json_is_named_with_its_place() {
    let found = findings("test-map.json", "{\n  \"id\": \"a\",\n  oops\n}");
    assert_eq!((found[0].rule, found[0].line, found[0].column), (Rule::Syntax, 3, 3));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_key_that_stands_twice_is_named() {
    let text =
        breach(&[]).replacen("\"title\": \"A map for tests\"", "\"title\": \"A\",\n  \"title\": \"B\"", 1);
    let found = findings("test-map.json", &text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].rule, found[0].pointer.as_str()), (Rule::DuplicateKey, "/title"));
    assert!(text.lines().nth(found[0].line - 1).unwrap().contains("\"B\""));
}

#[test]
fn two_maps_may_not_share_an_id_or_an_address() {
    let mut dropped = Vec::new();
    let read = |text: &str, dropped: &mut Vec<Finding>| {
        check_text(Path::new("test-map.json"), text, dropped).unwrap().unwrap()
    };
    let first = read(&breach(&[]), &mut dropped);
    let other = read(&breach(&[("/id", json!("other-map"))]), &mut dropped);
    let clear = json!([{ "first": 20, "last": 29 }, { "first": 32, "last": 40 }]);
    let apart = read(&breach(&[("/id", json!("third")), ("/bus/addresses", clear)]), &mut dropped);

    let mut found = Vec::new();
    across::check(&[first, other], &mut found);
    let places: Vec<_> = found.iter().map(|f| (f.rule, f.pointer.as_str())).collect();
    assert_eq!(places, [(Rule::SharedUnit, "/bus/addresses/0"), (Rule::SharedUnit, "/bus/addresses/1")]);

    let mut found = Vec::new();
    let (first, again) = (read(&breach(&[]), &mut dropped), read(&breach(&[]), &mut dropped));
    across::check(&[first, apart, again], &mut found);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].rule, found[0].pointer.as_str()), (Rule::DuplicateMap, "/id"));
}

#[test]
fn the_shipped_maps_are_clean() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("registers/maps");
    let paths: Vec<PathBuf> =
        ["dpo-pmi", "orv3-bbu", "orv3-psu"].map(|id| folder.join(format!("{id}.json"))).to_vec();
    let report = lint(&paths).unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.files, report.registers), (3, 206));
}
