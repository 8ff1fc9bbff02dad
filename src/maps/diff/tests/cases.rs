//! Single changes, each with the verdict that the documentation promises. Every verdict of the table
//! comes up at least once; the test counts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::{Class, Fit, Kind, Party, What, table};
use super::{diff, edited, fixture, only};

/// Pointer, value to put there (`null` removes what is there), and the verdict: class and case.
pub(super) type Edit = (&'static str, Value, Class, &'static str);

use Class::{Additive as A, Breaking as B, Editorial as E};

fn edits() -> Vec<Edit> {
    let limit = |min: i64, max: i64, step: i64| json!({ "min": min, "max": max, "step": step });
    vec![
        ("/$schema", json!("x"), E, "any"),
        ("/id", json!("other-map"), B, "any"),
        ("/title", json!("x"), E, "any"),
        ("/version", json!("2.0.0"), E, "any"),
        ("/device_class", json!("bbu"), B, "any"),
        ("/base/document", json!("x"), E, "any"),
        ("/base/clause", json!("8"), E, "any"),
        ("/base/clause", Value::Null, E, "any"),
        ("/base/relation", json!("restates"), E, "any"),
        ("/licence", json!("MIT"), B, "any"),
        ("/sources/1", Value::Null, E, "removed"),
        ("/sources/2", json!({ "key": "C", "title": "C" }), E, "added"),
        ("/sources/0/title", json!("x"), E, "any"),
        ("/sources/0/uri", Value::Null, E, "any"),
        ("/changelog/2", json!({ "version": "0.1.0", "date": "2024-01-01", "text": "x" }), E, "entry added"),
        ("/changelog/1", Value::Null, E, "entry removed"),
        ("/changelog/0/text", json!("x"), E, "any"),
        ("/changelog/0/date", json!("2026-01-02"), E, "any"),
        ("/foreign", Value::Null, B, "removed"),
        ("/foreign/rackmon/period", json!(6), B, "changed"),
        ("/bus/baud", json!([57600, 19200, 115200]), B, "another default, or a rate gone"),
        ("/bus/baud", json!([19200, 115200]), B, "another default, or a rate gone"),
        ("/bus/baud", json!([19200, 57600, 115200, 230400]), A, "a rate more"),
        ("/bus/baud", json!([19200, 115200, 57600]), E, "order behind the default"),
        ("/bus/parity", json!("none"), B, "any"),
        ("/bus/addresses/1", json!({ "first": 30, "last": 30 }), A, "more addresses"),
        (
            "/bus/addresses",
            json!([{ "first": 10, "last": 20 }, { "first": 15, "last": 18 }]),
            E,
            "same addresses",
        ),
        ("/bus/addresses", json!([]), B, "fewer addresses"),
        ("/bus/shared_with", Value::Null, A, "removed"),
        ("/bus/shared_with/1", json!("third"), B, "added"),
        ("/bus/max_read_words", json!(99), B, "lower"),
        ("/bus/max_read_words", json!(101), A, "higher"),
        ("/bus/max_write_words", json!(49), B, "lower"),
        ("/bus/max_write_words", json!(51), A, "higher"),
        ("/bus/functions/2", json!(6), A, "added"),
        ("/bus/functions/0", Value::Null, B, "removed"),
        ("/identification/probe", json!("state"), B, "any"),
        ("/identification/expect", json!("ascii_text"), B, "any"),
        ("/identification/expect/words/0", json!(9), B, "any"),
        ("/word_order", json!("little_endian"), B, "any"),
        ("/time_sync/register", json!("limit"), B, "changed"),
        ("/time_sync/register", Value::Null, B, "removed"),
        ("/time_sync/interval_s", json!(60), B, "shorter"),
        ("/time_sync/interval_s", json!(7200), A, "longer"),
        ("/time_sync/interval_s", Value::Null, E, "added or removed"),
        ("/hosts/2", json!("host-c"), A, "added"),
        ("/hosts/0", Value::Null, B, "removed"),
        ("/avoid/1", json!({ "first": 1, "last": 1, "reason": "x" }), E, "added"),
        ("/avoid/0", Value::Null, E, "removed"),
        ("/avoid/0/reason", json!("x"), E, "any"),
        ("/safe_unmapped/1", json!({ "first": 7000, "last": 7000 }), B, "added"),
        ("/safe_unmapped/0", Value::Null, B, "removed"),
        ("/readable_gaps/1", json!({ "first": 30, "last": 31 }), A, "added"),
        ("/readable_gaps/0", Value::Null, B, "removed"),
        ("/hazards/1", json!({ "first": 9, "last": 9, "reason": "x" }), B, "added"),
        ("/hazards/0", Value::Null, A, "removed"),
        ("/hazards/0/reason", json!("x"), E, "any"),
        // Registers: 0 model, 1 clock, 2 limit, 3 limit_applied, 4 flags, 5 state, 6 go.
        ("/registers/5", Value::Null, B, "removed"),
        ("/registers/6", Value::Null, B, "removed after deprecation"),
        ("/registers/0/name", json!("x"), B, "any"),
        ("/registers/0/description", json!("x"), E, "any"),
        ("/registers/0/address", json!(100), B, "any"),
        ("/registers/0/words", json!(1), B, "any"),
        ("/registers/0/type", json!("text"), B, "any"),
        ("/registers/1/order", json!("big_endian"), B, "another order"),
        ("/registers/1/order", Value::Null, B, "another order"),
        ("/registers/0/order", json!("big_endian"), E, "the same order"),
        ("/registers/2/scale/den", json!(65), B, "another number"),
        ("/registers/2/scale", json!({ "num": 2, "den": 128 }), E, "the same number"),
        ("/registers/0/scale", json!({ "num": 7, "den": 7 }), E, "the same number"),
        ("/registers/2/scale", Value::Null, B, "another number"),
        ("/registers/2/offset/num", json!(5), B, "another number"),
        ("/registers/0/offset", json!({ "num": 0, "den": 7 }), E, "the same number"),
        ("/registers/2/offset", Value::Null, B, "another number"),
        ("/registers/2/unit", json!("A"), B, "any"),
        ("/registers/2/unit", Value::Null, B, "any"),
        ("/registers/1/access", json!("ro"), B, "less is allowed"),
        ("/registers/0/access", json!("rw"), B, "more is allowed, mandatory register"),
        ("/registers/3/access", json!("rw"), A, "more is allowed, optional or conditional register"),
        ("/registers/4/access", json!("w1c"), B, "otherwise"),
        ("/registers/2/limits", limit(110, 200, 10), B, "narrower, writable register"),
        ("/registers/2/limits", limit(100, 200, 20), B, "narrower, writable register"),
        ("/registers/1/limits", limit(1, 2, 1), B, "narrower, writable register"),
        ("/registers/2/limits", limit(90, 200, 10), A, "wider, writable register"),
        ("/registers/2/limits", limit(100, 200, 5), A, "wider, writable register"),
        ("/registers/2/limits", Value::Null, A, "wider, writable register"),
        ("/registers/2/limits", limit(95, 205, 10), B, "neither narrower nor wider"),
        ("/registers/2/limits", limit(90, 190, 10), B, "neither narrower nor wider"),
        ("/registers/3/limits", limit(100, 200, 1), E, "the same values"),
        ("/registers/3/limits", limit(100, 190, 1), B, "narrower, read-only register"),
        ("/registers/3/limits", limit(100, 210, 1), A, "wider, read-only register"),
        ("/registers/4/bits/2", json!({ "id": "new", "name": "New", "bit": 7 }), A, "added in reserved bits"),
        (
            "/registers/4/bits/2",
            json!({ "id": "new", "name": "New", "bit": 6 }),
            B,
            "added over bits that had a field",
        ),
        ("/registers/4/bits/1", Value::Null, B, "removed"),
        ("/registers/4/bits/0/name", json!("x"), B, "any"),
        ("/registers/4/bits/0/bit", json!(1), B, "any"),
        ("/registers/4/bits/1/width", json!(2), B, "another width"),
        ("/registers/4/bits/0/width", json!(1), E, "the same width"),
        ("/registers/4/bits/0/description", json!("x"), E, "any"),
        (
            "/registers/5/symbols/2",
            json!({ "id": "new", "value": 2, "description": "x" }),
            A,
            "added, a value without a symbol",
        ),
        (
            "/registers/5/symbols/2",
            json!({ "id": "new", "value": 1, "description": "x" }),
            B,
            "added, a value that had a symbol",
        ),
        ("/registers/5/symbols/0", Value::Null, B, "removed"),
        ("/registers/5/symbols/0/value", json!(5), B, "any"),
        ("/registers/5/symbols/0/description", json!("x"), E, "any"),
        ("/registers/3/reset", json!(1), B, "added"),
        ("/registers/2/reset", Value::Null, B, "removed"),
        ("/registers/2/reset", json!(160), B, "changed"),
        ("/registers/2/volatility", json!("stored"), B, "any"),
        ("/registers/2/poll", json!("fast"), A, "any"),
        ("/registers/2/update_ms", json!(200), B, "longer or removed"),
        ("/registers/2/update_ms", Value::Null, B, "longer or removed"),
        ("/registers/2/update_ms", json!(50), B, "shorter or added"),
        ("/registers/1/update_ms", json!(50), B, "shorter or added"),
        ("/registers/1/partial_read", json!("words"), B, "added"),
        ("/registers/0/partial_read", Value::Null, B, "removed"),
        ("/registers/0/partial_read", json!("refused"), B, "changed"),
        ("/registers/2/settle_ms", json!(501), B, "longer or removed"),
        ("/registers/2/settle_ms", json!(499), B, "shorter or added"),
        ("/registers/2/group", json!("h"), B, "any"),
        ("/registers/2/group", Value::Null, B, "any"),
        ("/registers/1/group", json!("g"), B, "any"),
        ("/registers/2/commit", Value::Null, B, "any"),
        ("/registers/1/applied", json!("state"), A, "added"),
        ("/registers/2/applied", Value::Null, B, "removed"),
        ("/registers/2/applied", json!("state"), B, "changed"),
        ("/registers/1/bad_write", json!(3), B, "added"),
        ("/registers/2/bad_write", Value::Null, B, "removed"),
        ("/registers/2/bad_write", json!(4), B, "changed"),
        ("/registers/2/not_available", Value::Null, B, "any"),
        ("/registers/3/not_available", json!(1), B, "any"),
        ("/registers/1/unlock", json!("flags.unlocked"), B, "added"),
        ("/registers/2/unlock", Value::Null, B, "removed"),
        ("/registers/2/unlock", json!("flags.field"), B, "changed"),
        ("/registers/2/safety/class", json!("disruptive"), B, "graver"),
        ("/registers/2/safety/class", json!("cosmetic"), A, "milder"),
        ("/registers/0/safety", json!({ "class": "none" }), A, "added"),
        ("/registers/4/safety", Value::Null, B, "removed"),
        ("/registers/1/safety/fail_safe", json!(0), B, "added"),
        ("/registers/2/safety/fail_safe", Value::Null, B, "removed"),
        ("/registers/2/safety/fail_safe", json!(140), B, "changed"),
        ("/registers/2/safety/timeout_ms", json!(999), B, "added or shorter"),
        ("/registers/1/safety/timeout_ms", json!(999), B, "added or shorter"),
        ("/registers/2/safety/timeout_ms", json!(1001), B, "longer or removed"),
        ("/registers/2/safety/timeout_ms", Value::Null, B, "longer or removed"),
        ("/registers/3/modality", json!("mandatory"), B, "stricter"),
        ("/registers/3/modality", json!("conditional"), B, "stricter"),
        ("/registers/5/modality", json!("optional"), B, "looser"),
        ("/registers/2/modality", json!("optional"), B, "looser"),
        ("/registers/2/condition", json!("ELF"), B, "any"),
        ("/registers/2/since", json!("1.1.0"), E, "any"),
        ("/registers/2/deprecated", json!("1.2.3"), A, "added"),
        ("/registers/6/deprecated", Value::Null, A, "removed"),
        ("/registers/6/deprecated", json!("1.2.1"), E, "changed"),
        ("/registers/2/replaced_by", json!("state"), A, "added"),
        ("/registers/6/replaced_by", Value::Null, A, "removed"),
        ("/registers/6/replaced_by", json!("state"), A, "changed"),
        ("/registers/2/source/2", json!("C"), E, "added"),
        ("/registers/2/source/0", Value::Null, E, "removed"),
        ("/registers/2/confidence", json!("stated"), E, "surer"),
        ("/registers/2/confidence", json!("conflicting"), E, "less sure"),
        (
            "/registers/3/readings/1",
            json!({ "id": "x", "description": "x", "type": "raw", "source": ["A"] }),
            A,
            "added",
        ),
        ("/registers/3/readings", Value::Null, B, "removed"),
        ("/registers/3/readings/0/description", json!("x"), E, "any"),
        ("/registers/3/readings/0/type", json!("unsigned"), B, "any"),
        ("/registers/3/readings/0/scale/num", json!(3), B, "another number"),
        ("/registers/3/readings/0/scale", json!({ "num": 10, "den": 100 }), E, "the same number"),
        ("/registers/3/readings/0/offset/num", json!(3), B, "another number"),
        ("/registers/3/readings/0/offset", json!({ "num": 10, "den": 100 }), E, "the same number"),
        ("/registers/3/readings/0/unit", json!("A"), B, "any"),
        ("/registers/3/readings/0/source/1", json!("C"), E, "added"),
        ("/registers/3/readings/0/source/0", Value::Null, E, "removed"),
        ("/registers/2/notes/2", json!("x"), E, "added"),
        ("/registers/2/notes/0", Value::Null, E, "removed"),
        ("/registers/2/links/pmbus", json!("x"), E, "any"),
        ("/registers/2/links/redfish", Value::Null, E, "any"),
        ("/registers/2/links/requirements/2", json!("R-3"), E, "added"),
        ("/registers/2/links/requirements/0", Value::Null, E, "removed"),
        ("/registers/3/foreign", json!({ "x": 1 }), A, "added"),
        ("/registers/2/foreign", Value::Null, B, "removed"),
        ("/registers/2/foreign/phosphor", json!(2), B, "changed"),
        // Keys that the classification does not know.
        ("/surprise", json!(1), B, table::UNKNOWN.case),
        ("/registers/2/surprise", json!(1), B, table::UNKNOWN.case),
        ("/registers/4/bits/0/surprise", json!(1), B, table::UNKNOWN.case),
        ("/registers/4/bits", json!("no list"), B, table::UNKNOWN.case),
        ("/hazards", json!([{ "first": "a" }]), B, table::UNKNOWN.case),
        ("/bus", json!(7), B, table::UNKNOWN.case),
    ]
}

/// Puts a value at a pointer, or removes what is there; an index behind the end appends.
pub(super) fn put(map: &mut Value, pointer: &str, value: &Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match map.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there")) {
        Value::Object(members) if value.is_null() => assert!(members.remove(last).is_some(), "{pointer}"),
        Value::Object(members) => drop(members.insert(last.to_owned(), value.clone())),
        Value::Array(items) if value.is_null() => drop(items.remove(last.parse().unwrap())),
        Value::Array(items) => {
            let index: usize = last.parse().unwrap();
            items.truncate(items.len().max(index));
            if index < items.len() { items[index] = value.clone() } else { items.push(value.clone()) }
        }
        _ => panic!("{parent} holds nothing"),
    }
}

#[test]
fn each_change_has_the_verdict_that_the_documentation_promises() {
    let mut seen = BTreeSet::new();
    for (pointer, value, class, case) in edits() {
        let change = only(|map| put(map, pointer, &value));
        assert_eq!((change.class, change.case), (class, case), "{pointer} to {value}: {change:?}");
        let leads = |side: &super::super::Side| {
            pointer.starts_with(&side.pointer) || side.pointer.starts_with(pointer)
        };
        assert!(change.old.iter().chain(&change.new).any(leads), "{pointer}: {change:?}");
        seen.insert((change.key, change.case));
    }
    // What single edits cannot show is below in tests of its own.
    let elsewhere = [
        ("foreign", "added"),
        ("hazards", "same addresses"),
        ("avoid", "same addresses"),
        ("safe_unmapped", "same addresses"),
        ("readable_gaps", "same addresses"),
        ("readable_gaps", "removed, and mandatory registers stand there"),
        ("registers", "added, mandatory"),
        ("registers", "added, optional or conditional"),
        ("time_sync.register", "added"),
        ("word_order", "same order of every register"),
    ];
    for row in table::rows(Kind::Modbus) {
        for verdict in row.verdicts() {
            let at = (row.key.to_owned(), verdict.case);
            let shown = seen.contains(&at) || elsewhere.contains(&(row.key, verdict.case));
            assert!(shown, "no edit shows {at:?}");
        }
    }
}

fn new_register(modality: &str, address: u16) -> Value {
    json!({ "id": "fresh", "name": "Fresh", "address": address, "words": 5, "modality": modality, "since": "1.3.0" })
}

#[test]
fn a_new_register_is_additive_unless_every_device_must_have_it() {
    for (modality, class, parties) in
        [("mandatory", B, vec![Party::Devices]), ("optional", A, vec![]), ("conditional", A, vec![])]
    {
        let change = only(|map| put(map, "/registers/7", &new_register(modality, 60)));
        assert_eq!((change.class, change.what, change.parties), (class, What::Added, parties));
        assert_eq!(change.item.as_deref(), Some("fresh"));
        assert_eq!(change.new.unwrap().pointer, "/registers/7");
    }
}

#[test]
fn a_rename_by_deprecation_is_additive_and_a_bare_one_gets_a_hint() {
    let bare = edited(|map| put(map, "/registers/3/id", &json!("limit_in_force")));
    let removed = bare.iter().find(|c| c.what == What::Removed).unwrap();
    assert_eq!(removed.class, B);
    assert!(removed.hint.as_ref().unwrap().contains("`limit_in_force` stands at its place now"));

    let changes = edited(|map| {
        put(map, "/registers/3/deprecated", &json!("1.3.0"));
        put(map, "/registers/3/replaced_by", &json!("fresh"));
        put(map, "/registers/7", &new_register("optional", 60));
    });
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|c| c.class == A), "{changes:#?}");
}

#[test]
fn a_gap_that_mandatory_registers_fill_may_still_be_read_across() {
    let fill = |modality: &str| {
        let changes = edited(|map| {
            put(map, "/readable_gaps", &Value::Null);
            put(map, "/registers/7", &new_register(modality, 20));
        });
        changes.into_iter().find(|c| c.key == "readable_gaps").unwrap()
    };
    assert_eq!((fill("mandatory").class, fill("optional").class), (A, B));
}

#[test]
fn ranges_are_sets_of_addresses() {
    let split =
        json!([{ "first": 768, "last": 800, "reason": "x" }, { "first": 801, "last": 1023, "reason": "x" }]);
    let changes = edited(|map| put(map, "/hazards", &split));
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|c| c.class == E && c.case == "same addresses"), "{changes:#?}");

    let holed =
        json!([{ "first": 768, "last": 800, "reason": "x" }, { "first": 802, "last": 1023, "reason": "x" }]);
    let changes = edited(|map| put(map, "/hazards", &holed));
    let gone = changes.iter().find(|c| c.what == What::Removed).unwrap();
    assert_eq!((gone.class, gone.case), (A, "removed"));
    assert!(gone.review.unwrap().starts_with("safety:"));
}

#[test]
fn the_order_of_the_map_matters_only_where_a_register_takes_it() {
    let changes = edited(|map| {
        for register in map["registers"].as_array_mut().unwrap() {
            let order = register.as_object_mut().unwrap();
            order.entry("order").or_insert(json!("big_endian"));
        }
        put(map, "/word_order", &json!("little_endian"));
    });
    assert!(changes.iter().all(|c| c.class == E), "{changes:#?}");
    assert!(changes.iter().any(|c| c.key == "word_order"));
}

#[test]
fn the_order_of_a_list_is_reported_as_editorial() {
    for pointer in
        ["/registers", "/registers/4/bits", "/registers/5/symbols", "/registers/2/notes", "/bus/functions"]
    {
        let change = only(|map| map.pointer_mut(pointer).unwrap().as_array_mut().unwrap().reverse());
        assert_eq!((change.class, change.what), (E, What::Reordered), "{pointer}");
        assert_eq!(change.new.unwrap().pointer, pointer);
    }
}

#[test]
fn a_time_register_or_foreign_words_that_come_are_additive() {
    let mut old = fixture();
    put(&mut old, "/time_sync", &Value::Null);
    put(&mut old, "/foreign", &Value::Null);
    let new = fixture();
    let changes = diff(&old, &new).changes;
    let of = |key: &str| changes.iter().find(|c| c.key == key).unwrap().class;
    assert_eq!((of("foreign"), of("time_sync.register"), of("time_sync.interval_s")), (A, A, E));
}

#[test]
fn the_verdict_on_the_version_names_the_one_due() {
    let fit = |from: &str, to: &str, pointer: &str, value: Value| {
        let mut old = fixture();
        put(&mut old, "/version", &json!(from));
        let mut new = old.clone();
        put(&mut new, "/version", &json!(to));
        put(&mut new, pointer, &value);
        match diff(&old, &new).fit() {
            Fit::Same => "same".to_owned(),
            Fit::Fits { due } => format!("fits {due}"),
            Fit::TooLow { due } => format!("needs {due}"),
            Fit::OtherMap => "other".to_owned(),
        }
    };
    let address = || ("/registers/0/address", json!(77));
    let note = || ("/registers/2/notes/0", json!("x"));
    let higher = || ("/bus/max_read_words", json!(120));
    for (from, to, (pointer, value), expected) in [
        ("1.2.3", "1.2.4", address(), "needs 2.0.0"),
        ("1.2.3", "1.9.0", address(), "needs 2.0.0"),
        ("1.2.3", "2.0.0", address(), "fits 2.0.0"),
        ("0.2.3", "0.2.4", address(), "needs 0.3.0"),
        ("0.2.3", "0.3.0", address(), "fits 0.3.0"),
        ("1.2.3", "1.2.4", higher(), "needs 1.3.0"),
        ("1.2.3", "1.3.0", higher(), "fits 1.3.0"),
        ("1.2.3", "1.2.3", note(), "needs 1.2.4"),
        ("1.2.3", "1.2.4", note(), "fits 1.2.4"),
        ("1.2.3", "1.2.2", note(), "needs 1.2.4"),
        ("1.2.3", "1.2.3", ("/title", json!("Every key once")), "same"),
        ("1.2.3", "2.0.0", ("/id", json!("new")), "other"),
    ] {
        assert_eq!(fit(from, to, pointer, value), expected, "{from} to {to} at {pointer}");
    }
}

#[test]
fn what_cannot_be_told_apart_is_refused_with_its_place() {
    let old = super::document("old.json", &fixture());
    let mut twice = fixture();
    put(&mut twice, "/registers/1/id", &json!("model"));
    let new = super::document("new.json", &twice);
    let error = super::compare(&old, &new).unwrap_err().to_string();
    assert!(
        error.starts_with("new.json:") && error.contains("#/registers/1/id: `model` stands twice"),
        "{error}"
    );

    let pmbus = json!({ "id": "p", "version": "0.1.0", "commands": [] });
    let error = super::compare(&old, &super::document("pmbus.json", &pmbus)).unwrap_err().to_string();
    assert_eq!(
        error,
        "old.json is a Modbus register map and pmbus.json a PMBus command set: they cannot be compared"
    );
}
