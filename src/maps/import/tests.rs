//! There and back, on files of our own that have every feature of the formats, and on hostile ones.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{ImportError, Source, parse};
use crate::maps::exact;
use crate::maps::export::{Format, Options, export};
use crate::maps::model::{Access, Confidence, Expect, Kind, Rational, RegisterMap, WordOrder};

const RACKMON: &str = include_str!("fixtures/rackmon.json");
const PHOSPHOR: &str = include_str!("fixtures/phosphor.json");

fn read(text: &str, format: Source) -> Result<RegisterMap, ImportError> {
    parse(Path::new("some.json"), text, format, "2026-11-23")
}

fn back(map: &RegisterMap, format: Source) -> Value {
    let format = match format {
        Source::Rackmon => Format::Rackmon,
        Source::Phosphor => Format::Phosphor,
    };
    // Through the text of the draft, as a user would.
    let text = serde_json::to_string(map).unwrap();
    let map = crate::maps::parse(Path::new("draft.json"), &text).unwrap();
    serde_json::from_slice(&export(&map, format, Options::default()).unwrap().bytes).unwrap()
}

/// Numbers as exact fractions, defaults spelled out.
fn meaning(value: &Value, defaults: &dyn Fn(&str, &Map<String, Value>) -> Value, key: &str) -> Value {
    match value {
        Value::Number(number) => {
            let exact = exact::rational(number).unwrap();
            json!([exact.num, exact.den])
        }
        Value::Array(items) => items.iter().map(|item| meaning(item, defaults, key)).collect(),
        Value::Object(object) => {
            let mut full = defaults(key, object).as_object().unwrap().clone();
            full.extend(object.clone());
            full.into_iter().map(|(key, value)| (key.clone(), meaning(&value, defaults, &key))).collect()
        }
        other => other.clone(),
    }
}

fn rackmon_defaults(key: &str, object: &Map<String, Value>) -> Value {
    match key {
        "" => json!({ "parity": "EVEN", "max_span_length": 120 }),
        "registers" => {
            let mut all = json!({ "format": "RAW", "keep": 1, "changes_only": false, "interval": 180, "endian": "B", "sign": false });
            if object.get("format").is_some_and(|f| f == "FLOAT") {
                all["precision"] = 0.into();
                all["scale"] = 1.into();
                all["shift"] = 0.into();
            }
            all
        }
        _ => json!({}),
    }
}

fn phosphor_defaults(key: &str, _: &Map<String, Value>) -> Value {
    match key {
        "SensorRegisters" | "MetricRegisters" => {
            json!({ "Precision": 0, "Scale": 1, "Shift": 0, "IsSigned": false })
        }
        "InventoryRegisters" | "FirmwareRegisters" => json!({ "Format": "String" }),
        _ => json!({}),
    }
}

#[track_caller]
fn assert_same(before: &Value, after: &Value, defaults: &dyn Fn(&str, &Map<String, Value>) -> Value) {
    let (before, after) = (meaning(before, defaults, ""), meaning(after, defaults, ""));
    assert_eq!(format!("{before:#}"), format!("{after:#}"));
}

#[test]
fn a_rackmon_map_loses_nothing() {
    let before: Value = serde_json::from_str(RACKMON).unwrap();
    let map = read(RACKMON, Source::Rackmon).unwrap();
    assert_same(&before, &back(&map, Source::Rackmon), &rackmon_defaults);
}

#[test]
fn a_profile_loses_nothing() {
    let before: Value = serde_json::from_str(PHOSPHOR).unwrap();
    let map = read(PHOSPHOR, Source::Phosphor).unwrap();
    assert_same(&before, &back(&map, Source::Phosphor), &phosphor_defaults);
}

#[test]
fn the_draft_of_a_rackmon_map_says_what_the_source_says() {
    let map = read(RACKMON, Source::Rackmon).unwrap();
    let at = |address: u16| map.registers.iter().find(|r| r.address == address).unwrap();
    assert_eq!((map.id.as_str(), map.bus.max_read_words), ("test-shelf-psu", 16));
    // Nothing is listed at 9, so a register stands for the probe, and what it holds is left to say.
    assert_eq!((map.identification.probe.as_str(), at(9).kind), ("probe", Kind::Raw));
    assert_eq!(map.identification.expect, Expect::Words(vec![]));
    assert_eq!(at(12).scale, Rational { num: 1, den: 10 });
    assert_eq!(at(12).offset, Rational { num: -5463, den: 20 });
    assert_eq!(at(12).unit.as_deref(), Some("Cel"));
    assert_eq!(at(13).scale, Rational { num: 1, den: 80 });
    assert_eq!((at(15).kind, at(15).order), (Kind::Signed, Some(WordOrder::LittleEndian)));
    assert_eq!((at(0).kind, at(0).order), (Kind::Text, None));
    // Both names of bit 11 are kept, and the row says that they disagree.
    let bits: Vec<_> = at(30).bits.iter().map(|b| (b.id.as_str(), b.bit)).collect();
    assert_eq!(bits, [("last", 31), ("not_insert", 11), ("eol", 11), ("not_insert_0", 0)]);
    assert_eq!(at(30).confidence, Confidence::Conflicting);
    let clock = map.time_sync.as_ref().unwrap();
    assert_eq!((clock.register.as_str(), clock.interval_s, at(300).access), ("clock", 600, Access::Rw));
    assert!(map.registers.iter().filter(|r| r.address != 300).all(|r| r.access == Access::Ro));
    assert!(map.registers.is_sorted_by_key(|r| r.address));
}

#[test]
fn the_draft_of_a_profile_says_what_the_source_says() {
    let map = read(PHOSPHOR, Source::Phosphor).unwrap();
    let at = |address: u16| map.registers.iter().find(|r| r.address == address).unwrap();
    assert_eq!(map.id, "maker00valve-valve");
    assert_eq!(map.identification.expect, Expect::Words(vec![0x4d61, 0x6b65, 0x7200, 0]));
    assert_eq!(at(0x20).scale, Rational { num: 1, den: 128 });
    // Scale has no effect on the format Integer.
    assert_eq!((at(0x24).scale, at(0x24).unit.as_deref()), (Rational::one(), Some("V")));
    assert_eq!((at(0x26).kind, at(0x26).unit.as_deref()), (Kind::Float, None));
    assert!(at(0x26).notes.iter().any(|n| n.contains("litres a minute")));
    assert_eq!((at(0x40).unit.as_deref(), at(0x40).scale), (Some("s"), Rational { num: 60, den: 1 }));
    assert_eq!(at(0x31).name, "Status 0x31");
    assert_eq!((at(0x121).access, at(0x121).words, at(0x130).words), (Access::Rw, 1, 3));
    assert_eq!(map.time_sync.as_ref().unwrap().interval_s, 3600);
}

#[test]
fn an_edited_draft_is_exported_as_edited() {
    let mut map = read(RACKMON, Source::Rackmon).unwrap();
    let both = map.registers.iter_mut().find(|r| r.address == 13).unwrap();
    both.scale = Rational { num: 1, den: 100 };
    both.name = "Renamed".to_owned();
    let flow = map.registers.iter_mut().find(|r| r.address == 14).unwrap();
    flow.unit = Some("A".to_owned());
    let out = back(&map, Source::Rackmon);
    let at = |address: u64| {
        out["registers"].as_array().unwrap().iter().find(|r| r["begin"] == address).unwrap().clone()
    };
    // The precision that was kept stays, and the scale is the new one: 0.08 / 2^3.
    assert_eq!((&at(13)["precision"], &at(13)["scale"]), (&json!(3), &json!(0.08)));
    assert_eq!(at(13)["name"], "Renamed");
    assert_eq!(at(14)["unit"], "Amperes");
}

#[test]
fn what_a_draft_lacks_is_asked_for() {
    let rackmon = read(RACKMON, Source::Rackmon).unwrap();
    let error = export(&rackmon, Format::Phosphor, Options::default()).unwrap_err().to_string();
    assert!(error.contains("DeviceModel") && error.contains("--set DeviceModel="), "{error}");
    let set =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let model = ("DeviceModel", "Maker00Psu");
    let error = export(&rackmon, Format::Phosphor, set(&[model])).unwrap_err().to_string();
    assert!(error.contains("ExpectedValue") && error.contains("`probe`"), "{error}");
    let exported = export(&rackmon, Format::Phosphor, set(&[model, ("ExpectedValue", "7")])).unwrap();
    let profile: Value = serde_json::from_slice(&exported.bytes).unwrap();
    assert_eq!(profile["ProbeRegister"], json!({ "Offset": "0x9", "Size": 1, "ExpectedValue": 7 }));
    assert_eq!(profile["ConfigRegisters"][0]["Period"], 600);
    let told: Vec<_> = exported.losses.of_registers().map(|(what, _)| what.to_owned()).collect();
    assert!(told.iter().any(|what| what.contains("event type")), "{told:?}");
    assert!(exported.losses.of_map().any(|what| what == "`foreign.rackmon`"));
    let error = export(&rackmon, Format::Rackmon, set(&[("Nonsense", "1")])).unwrap_err().to_string();
    assert_eq!(error, "rackmon has no option `Nonsense`");
}

#[test]
fn files_that_are_no_maps_are_refused_by_what_they_are() {
    let error = read(r#"{ "interfaces": [] }"#, Source::Rackmon).unwrap_err().to_string();
    assert!(error.starts_with("some.json:1:3: #/interfaces: ") && error.contains("serial ports"), "{error}");
    let error = read(r#"{ "ports": [] }"#, Source::Rackmon).unwrap_err().to_string();
    assert!(error.contains("power-loss signal lines"), "{error}");
}

/// Replaces the value at a pointer, or removes the key for `None`.
fn changed(text: &str, pointer: &str, value: Option<Value>) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match (document.pointer_mut(parent).unwrap(), value) {
        (Value::Object(object), None) => drop(object.remove(key).unwrap()),
        (Value::Object(object), Some(value)) => drop(object.insert(key.to_owned(), value)),
        (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
        other => panic!("{other:?}"),
    }
    document.to_string()
}

#[test]
fn an_error_names_the_place_and_what_to_do() {
    let cases = [
        (Source::Rackmon, "/name", None, "the key `name` is missing"),
        (
            Source::Rackmon,
            "/address_range/0",
            Some(json!([1, 256])),
            "[1,256] is no pair of Modbus addresses",
        ),
        (Source::Rackmon, "/baudrate", Some(json!(-1)), "-1 is no whole number"),
        (Source::Rackmon, "/parity", Some(json!("MARK")), "`MARK` is not known"),
        (Source::Rackmon, "/max_span_length", Some(json!(126)), "126 words is no read"),
        (Source::Rackmon, "/registers", Some(json!({})), "{} is no list"),
        (Source::Rackmon, "/registers/2", Some(json!(7)), "7 is no object"),
        (Source::Rackmon, "/registers/2/begin", Some(json!(65536)), "65536 is no whole number"),
        (Source::Rackmon, "/registers/2/precision", Some(json!(63)), "63 fractional bits are too many"),
        (Source::Rackmon, "/registers/2/precision", Some(json!(4_000_000_000_u32)), "are too many"),
        (Source::Rackmon, "/registers/4/scale", Some(json!(1e300)), "too large or too fine"),
        (Source::Rackmon, "/registers/4/scale", Some(json!(1e-300)), "too large or too fine"),
        (Source::Rackmon, "/registers/11/flags/1", Some(json!([64, "far"])), "[64,\"far\"] is no flag"),
        (Source::Rackmon, "/registers/2/_index", Some(json!(1)), "unknown key `_index`"),
        (Source::Phosphor, "/DeviceModel", None, "the key `DeviceModel` is missing"),
        (Source::Phosphor, "/ProbeRegister", None, "the key `ProbeRegister` is missing"),
        (Source::Phosphor, "/ProbeRegister/ExpectedValue", Some(json!([])), "[] is neither text nor number"),
        (
            Source::Phosphor,
            "/SensorRegisters/0/Offset",
            Some(json!("0x10000")),
            "`0x10000` is no register address",
        ),
        (Source::Phosphor, "/SensorRegisters/0/Size", None, "the key `Size` is missing"),
        (Source::Phosphor, "/SensorRegisters/0/Name", None, "the key `Name` is missing"),
        (
            Source::Phosphor,
            "/StatusRegisters/0/Bits/0/BitPosition",
            Some(json!(64)),
            "no register has a bit 64",
        ),
        (Source::Phosphor, "/StatusRegisters/0/Bits", Some(json!("x")), "\"x\" is no list"),
    ];
    for (format, pointer, value, wanted) in cases {
        let text = if format == Source::Rackmon { RACKMON } else { PHOSPHOR };
        let error = read(&changed(text, pointer, value), format).unwrap_err();
        let ImportError::Invalid { message, mend, pointer: at, line, .. } = &error else { panic!("{error}") };
        assert!(message.contains(wanted), "{pointer}: {message}");
        // A missing key is told at the object that lacks it.
        assert!(pointer.starts_with(at.as_str()) && *line == 1 && !mend.is_empty(), "{pointer}: {error}");
    }
}

#[test]
fn hostile_files_are_errors_or_drafts_and_never_a_panic() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("{{\"name\": \"{}\"}}", "x".repeat(1 << 20));
    for text in ["", "[]", "null", "{", "{\"a\":1,\"a\":2}", "\u{feff}{}", deep.as_str(), wide.as_str()] {
        for format in Source::ALL {
            assert!(read(text, *format).is_err());
        }
    }
    // Values that the model can hold and no device has: a draft, whose export works or says why not.
    let extreme = [
        (Source::Rackmon, "/registers/2/length", json!(65535)),
        (Source::Rackmon, "/registers/2/length", json!(0)),
        (Source::Rackmon, "/registers/2/begin", json!(65535)),
        (Source::Rackmon, "/registers/2/precision", json!(62)),
        (Source::Rackmon, "/registers/2/name", json!("")),
        (Source::Rackmon, "/registers/4/scale", json!(0)),
        (Source::Rackmon, "/registers/4/shift", json!(i64::MIN)),
        (Source::Rackmon, "/name", json!("\u{1f50b}")),
        (Source::Rackmon, "/probe_register", json!(65535)),
        (Source::Rackmon, "/address_range", json!([])),
        (Source::Rackmon, "/special_handlers", json!({ "reg": [] })),
        (Source::Phosphor, "/ProbeRegister/Size", json!(65535)),
        (Source::Phosphor, "/ProbeRegister/ExpectedValue", json!(u64::MAX)),
        (Source::Phosphor, "/ProbeRegister/ExpectedValue", json!(-1.5)),
        (Source::Phosphor, "/SensorRegisters/0/Size", json!(9)),
        (Source::Phosphor, "/SensorRegisters/0/Scale", json!(-0.0)),
        (Source::Phosphor, "/ConfigRegisters/2/Default", json!([])),
        (Source::Phosphor, "/ConfigRegisters/0/Period", json!(0)),
        (Source::Phosphor, "/StatusRegisters/0/Bits", json!([])),
    ];
    for (format, pointer, value) in extreme {
        let text = if format == Source::Rackmon { RACKMON } else { PHOSPHOR };
        let map = read(&changed(text, pointer, Some(value)), format).unwrap();
        for target in Format::ALL {
            let _ = export(&map, *target, Options::default());
        }
    }
}
