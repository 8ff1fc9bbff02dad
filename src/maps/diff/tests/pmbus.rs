//! Changes of a PMBus command set; what it shares with register maps is shown in `cases`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Class::{Additive as A, Breaking as B, Editorial as E};
use super::super::{Fit, Kind, table};
use super::cases::{Edit, put};
use super::diff;

fn fixture() -> Value {
    serde_json::from_str(include_str!("pmbus.json")).unwrap()
}

#[rustfmt::skip]
fn edits() -> Vec<Edit> {
    let gone = || Value::Null;
    let range = |min: i64, max: i64| json!({ "min": { "num": min, "den": 1 }, "max": { "num": max, "den": 1 } });
    vec![
        ("/kind", json!("other"), B, "any"),
        ("/bus/addresses/1", json!({ "first": 16, "last": 16 }), A, "more addresses"),
        ("/bus/addresses/0", gone(), B, "fewer addresses"),
        ("/bus/addresses", json!([{ "first": 88, "last": 95 }, { "first": 90, "last": 90 }]), E, "same addresses"),
        ("/bus/clock_hz_max", json!(100_000), B, "lower"),
        ("/bus/clock_hz_max", json!(1_000_000), A, "higher"),
        ("/bus/pec", json!("required"), B, "demanded where it was not"),
        ("/bus/pec", json!("none"), B, "no longer known"),
        ("/bus/max_block", json!(31), B, "lower"),
        ("/bus/max_block", json!(255), A, "higher"),
        ("/bus/pages", json!(1), B, "fewer"),
        ("/bus/pages", json!(3), A, "more"),
        ("/notes/1", json!("x"), E, "added"),
        ("/notes", gone(), E, "removed"),
        ("/mirrors", json!("other"), B, "any"),
        ("/left_out/1", json!({ "register": "x", "reason": "x" }), E, "added"),
        ("/left_out", gone(), E, "removed"),
        ("/left_out/0/reason", json!("x"), E, "any"),
        ("/hazards/1", json!({ "first": 1, "last": 1, "reason": "x" }), B, "added"),
        ("/hazards/0", gone(), A, "removed"),
        ("/hazards/0/reason", json!("x"), E, "any"),
        ("/hazards/1", json!({ "first": 209, "last": 209, "reason": "x" }), E, "same codes"),
        // Commands: 0 vout_command, 1 read_vin, 2 status_word, 3 operation, 4 block.
        ("/commands/5", json!({ "id": "new", "code": 9, "modality": "mandatory" }), B, "added, mandatory"),
        ("/commands/5", json!({ "id": "new", "code": 9, "modality": "optional" }), A, "added, optional or conditional"),
        ("/commands/1", gone(), B, "removed"),
        ("/commands/0", gone(), B, "removed after deprecation"),
        ("/commands/1/name", json!("x"), B, "any"),
        ("/commands/1/description", json!("x"), E, "any"),
        ("/commands/1/code", json!(137), B, "any"),
        ("/commands/4/extended", json!(8), B, "any"),
        ("/commands/0/write", json!("write_block"), B, "any"),
        ("/commands/0/read", json!("read_block"), B, "any"),
        ("/commands/4/length/max", json!(9), B, "any"),
        ("/commands/1/type", json!("linear11"), B, "any"),
        ("/commands/1/coefficients/m", json!(2), B, "others"),
        ("/commands/1/coefficients", gone(), B, "added or removed"),
        ("/commands/0/relative", gone(), B, "any"),
        ("/commands/1/unit", json!("A"), B, "any"),
        ("/commands/0/access", json!("ro"), B, "less is allowed"),
        ("/commands/1/access", json!("rw"), B, "more is allowed, mandatory command"),
        ("/commands/4/access", json!("rw"), A, "more is allowed, optional or conditional command"),
        ("/commands/2/access", json!("command"), B, "otherwise"),
        ("/commands/3/limits/max", json!(64), B, "narrower, writable command"),
        ("/commands/3/limits/max", json!(130), A, "wider, writable command"),
        ("/commands/3/limits/step", json!(3), B, "neither narrower nor wider"),
        ("/commands/4/limits/step", json!(1), E, "the same values"),
        ("/commands/4/limits/max", json!(9), B, "narrower, read-only command"),
        ("/commands/4/limits/max", json!(11), A, "wider, read-only command"),
        ("/commands/0/range", range(47, 52), B, "narrower, writable command"),
        ("/commands/0/range", range(45, 52), A, "wider, writable command"),
        ("/commands/0/range", range(45, 51), B, "neither narrower nor wider"),
        ("/commands/0/range/min", json!({ "num": 92, "den": 2 }), E, "the same values"),
        ("/commands/1/range", range(1, 300), B, "narrower, read-only command"),
        ("/commands/1/range", gone(), A, "wider, read-only command"),
        ("/commands/2/bits/2", json!({ "id": "new", "name": "New", "bit": 7 }), A, "added in reserved bits"),
        ("/commands/2/bits/2", json!({ "id": "new", "name": "New", "bit": 6 }), B, "added over bits that had a field"),
        ("/commands/2/bits/1", gone(), B, "removed"),
        ("/commands/2/bits/0/name", json!("x"), B, "any"),
        ("/commands/2/bits/0/bit", json!(2), B, "any"),
        ("/commands/2/bits/1/width", json!(2), B, "another width"),
        ("/commands/2/bits/0/width", json!(1), E, "the same width"),
        ("/commands/2/bits/0/description", json!("y"), E, "any"),
        ("/commands/3/symbols/2", json!({ "id": "new", "value": 2, "description": "x" }), A, "added, a value without a symbol"),
        ("/commands/3/symbols/2", json!({ "id": "new", "value": 0, "description": "x" }), B, "added, a value that had a symbol"),
        ("/commands/3/symbols/0", gone(), B, "removed"),
        ("/commands/3/symbols/0/value", json!(4), B, "any"),
        ("/commands/3/symbols/0/description", json!("x"), E, "any"),
        ("/commands/4/fields/2", json!({ "id": "new", "at": 4, "bytes": 2, "type": "raw" }), A, "added in bytes without a field"),
        ("/commands/4/fields/2", json!({ "id": "new", "at": 3, "bytes": 2, "type": "raw" }), B, "added over bytes that had a field"),
        ("/commands/4/fields/1", gone(), B, "removed"),
        ("/commands/4/fields/0/description", json!("y"), E, "any"),
        ("/commands/4/fields/0/at", json!(6), B, "any"),
        ("/commands/4/fields/0/bytes", json!(1), B, "any"),
        ("/commands/4/fields/0/type", json!("signed"), B, "any"),
        ("/commands/4/fields/0/unit", json!("A"), B, "any"),
        ("/commands/4/request/1", json!({ "id": "new", "at": 1, "bytes": 1, "type": "raw" }), B, "added"),
        ("/commands/4/request/0", gone(), B, "removed"),
        ("/commands/4/request/0/description", json!("y"), E, "any"),
        ("/commands/4/request/0/at", json!(6), B, "any"),
        ("/commands/4/request/0/bytes", json!(2), B, "any"),
        ("/commands/4/request/0/type", json!("signed"), B, "any"),
        ("/commands/4/request/0/unit", json!("A"), B, "any"),
        ("/commands/0/paged", gone(), B, "any"),
        ("/commands/0/pec", json!("optional"), A, "free where it was demanded or unknown"),
        ("/commands/0/pec", json!("none"), B, "no longer known"),
        ("/commands/0/pec", gone(), B, "added or removed on a command"),
        ("/commands/0/protect", json!("never"), B, "any"),
        ("/commands/0/volatility", json!("stored"), B, "any"),
        ("/commands/0/poll", json!("fast"), A, "any"),
        ("/commands/0/update_ms", json!(200), B, "longer or removed"),
        ("/commands/0/update_ms", json!(50), B, "shorter or added"),
        ("/commands/0/settle_ms", gone(), B, "longer or removed"),
        ("/commands/1/settle_ms", json!(1), B, "shorter or added"),
        ("/commands/0/safety/class", json!("disruptive"), B, "graver"),
        ("/commands/0/safety/class", json!("none"), A, "milder"),
        ("/commands/1/safety", json!({ "class": "none" }), A, "added"),
        ("/commands/3/safety", gone(), B, "removed"),
        ("/commands/3/safety/fail_safe", json!({ "num": 0, "den": 1 }), B, "added"),
        ("/commands/0/safety/fail_safe", gone(), B, "removed"),
        ("/commands/0/safety/fail_safe/num", json!(50), B, "changed"),
        ("/commands/0/safety/timeout_ms", json!(999), B, "added or shorter"),
        ("/commands/0/safety/timeout_ms", gone(), B, "longer or removed"),
        ("/commands/3/modality", json!("mandatory"), B, "stricter"),
        ("/commands/1/modality", json!("optional"), B, "looser"),
        ("/commands/0/condition", json!("ELF"), B, "any"),
        ("/commands/0/since", json!("1.1.0"), E, "any"),
        ("/commands/1/deprecated", json!("1.2.3"), A, "added"),
        ("/commands/0/deprecated", gone(), A, "removed"),
        ("/commands/0/deprecated", json!("1.2.1"), E, "changed"),
        ("/commands/1/replaced_by", json!("block"), A, "added"),
        ("/commands/0/replaced_by", gone(), A, "removed"),
        ("/commands/0/replaced_by", json!("block"), A, "changed"),
        ("/commands/0/source/2", json!("B"), E, "added"),
        ("/commands/0/source/0", gone(), E, "removed"),
        ("/commands/0/clause/confirmed", json!(true), E, "any"),
        ("/commands/0/confidence", json!("stated"), E, "surer"),
        ("/commands/0/confidence", json!("conflicting"), E, "less sure"),
        ("/commands/0/notes/2", json!("z"), E, "added"),
        ("/commands/0/notes/0", gone(), E, "removed"),
        ("/commands/0/links/modbus/2", json!("x.y"), E, "added"),
        ("/commands/0/links/modbus/0", gone(), E, "removed"),
        ("/commands/0/links/redfish", gone(), E, "any"),
        ("/commands/0/links/requirements/2", json!("R-3"), E, "added"),
        ("/commands/0/links/requirements/0", gone(), E, "removed"),
        ("/commands/0/surprise", json!(1), B, table::UNKNOWN.case),
    ]
}

#[test]
fn each_change_of_a_command_set_has_the_verdict_that_the_documentation_promises() {
    let mut seen = BTreeSet::new();
    for (pointer, value, class, case) in edits() {
        let old = fixture();
        let mut new = old.clone();
        put(&mut new, pointer, &value);
        let changes = diff(&old, &new).changes;
        assert_eq!(changes.len(), 1, "{pointer}: {changes:#?}");
        let change = &changes[0];
        assert_eq!((change.class, change.case), (class, case), "{pointer} to {value}: {change:?}");
        seen.insert((change.key.clone(), change.case));
    }
    // Shared with register maps, and shown there.
    let shared: BTreeSet<_> = table::rows(Kind::Modbus).map(|r| r.key).collect();
    for row in table::rows(Kind::Pmbus).filter(|r| !shared.contains(r.key)) {
        for verdict in row.verdicts() {
            let by_kind = row.key.ends_with(".pec") || row.key.ends_with(".range");
            let elsewhere = by_kind && edits().iter().any(|e| e.3 == verdict.case);
            let at = (row.key.to_owned(), verdict.case);
            assert!(seen.contains(&at) || elsewhere, "no edit shows {at:?}");
        }
    }
}

#[test]
fn the_version_of_a_command_set_is_judged_as_that_of_a_register_map() {
    let old = fixture();
    assert_eq!(diff(&old, &old).fit(), Fit::Same);
    let mut new = old.clone();
    put(&mut new, "/commands/1/code", &json!(137));
    assert!(matches!(diff(&old, &new).fit(), Fit::TooLow { due } if due.to_string() == "2.0.0"));
}
