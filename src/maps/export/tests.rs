//! A map that uses every key, for the tests of the formats.

use std::path::Path;

use serde_json::Value;

use super::{Format, Losses, Options, export};
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

fn text(map: &RegisterMap, format: Format) -> (String, Losses) {
    let model = ("DeviceModel".to_owned(), "Maker00".to_owned());
    let value = ("ExpectedValue".to_owned(), "Maker".to_owned());
    let options = match format {
        Format::Phosphor => [model, value].into_iter().collect(),
        _ => Options::default(),
    };
    let exported = export(map, format, options).unwrap();
    (String::from_utf8(exported.bytes).unwrap(), exported.losses)
}

/// Whether the loss report names this of that register.
fn told(losses: &Losses, what: &str, register: &str) -> bool {
    losses.of_registers().any(|(w, registers)| w.contains(what) && registers.iter().any(|r| r == register))
}

#[test]
fn every_export_says_what_it_cannot_hold() {
    let map = full_map();
    for (format, what, register) in [
        (Format::Rackmon, "whole row", "clock"),
        (Format::Rackmon, "type` float", "flow"),
        (Format::Rackmon, "type` enum", "state"),
        (Format::Rackmon, "bit fields", "settings"),
        (Format::Rackmon, "`limits`", "setpoint"),
        (Format::Phosphor, "event type", "settings"),
        (Format::Phosphor, "big-endian", "setpoint"),
        (Format::Phosphor, "raw words", "blob"),
        (Format::Wot, "`safety`", "setpoint"),
        (Format::Wot, "`bad_write`", "setpoint"),
        (Format::Telegraf, "not to be read", "clock"),
        (Format::Telegraf, "raw words", "blob"),
        (Format::Telegraf, "`unit`", "power"),
        (Format::Telegraf, "`not_available`", "setpoint"),
        (Format::ModbusExporter, "a metric is a number", "model"),
        (Format::ModbusExporter, "wider than a bit", "settings"),
        (Format::ModbusExporter, "`offset`", "setpoint"),
        (Format::CHeader, "`notes`", "setpoint"),
        (Format::CHeader, "`bits` descriptions", "settings"),
        (Format::Markdown, "`foreign`", "setpoint"),
    ] {
        let (_, losses) = text(&map, format);
        assert!(told(&losses, what, register), "{format}: {what} of {register}\n{losses}");
    }
    for format in Format::ALL {
        let options = [("DeviceModel", "M"), ("ExpectedValue", "x")];
        let options = options.into_iter().filter(|_| *format == Format::Phosphor);
        let losses = export(&map, *format, options.map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
            .unwrap()
            .losses;
        // The CSV and the workbook hold everything.
        assert_eq!(losses.is_empty(), matches!(format.name(), "csv" | "xlsx"), "{format}: {losses}");
    }
}

#[test]
fn a_thing_description_moves_raw_values_and_says_what_they_mean() {
    let thing: Value = serde_json::from_str(&text(&full_map(), Format::Wot).0).unwrap();
    assert_eq!(thing["base"], "modbus+tcp://127.0.0.1:502/10/");
    let setpoint = &thing["properties"]["setpoint"];
    assert_eq!(
        (&setpoint["type"], &setpoint["dpo:scale"], &setpoint["dpo:offset"]),
        (&"integer".into(), &"1/10".into(), &"-5463/20".into())
    );
    assert_eq!(
        (&setpoint["minimum"], &setpoint["maximum"], setpoint.get("unit")),
        (&(-460).into(), &520.into(), None)
    );
    let form = &setpoint["forms"][0];
    assert_eq!((&form["href"], &form["modv:type"]), (&"11?quantity=1".into(), &"xsd:short".into()));
    assert_eq!((&form["modv:mostSignificantByte"], &form["modv:pollingTime"]), (&false.into(), &20.into()));
    assert_eq!(form["op"], serde_json::json!(["readproperty", "writeproperty"]));
    assert_eq!(thing["properties"]["clock"]["writeOnly"], true);
    assert_eq!(thing["properties"]["flow"]["unit"], "Cel");
    assert_eq!(thing["properties"]["state"]["oneOf"][1]["const"], u64::MAX);
    assert_eq!(thing["properties"]["settings"]["dpo:bits"][1]["width"], 2);
}

#[cfg(feature = "cli")]
#[test]
fn telegraf_gets_scale_offset_and_byte_order() {
    let (out, _) = text(&full_map(), Format::Telegraf);
    let config: toml::Table = out.parse().unwrap();
    let input = &config["inputs"]["modbus"][0];
    assert_eq!(input["configuration_type"].as_str(), Some("request"));
    let requests = input["request"].as_array().unwrap();
    let fields = |order: &str| -> Vec<toml::Table> {
        let request = requests.iter().find(|r| r["byte_order"].as_str() == Some(order)).unwrap();
        request["fields"].as_array().unwrap().iter().map(|f| f.as_table().unwrap().clone()).collect()
    };
    let big = fields("ABCD");
    assert_eq!(
        big.iter().map(|f| f["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["model", "settings", "state", "flow", "power"]
    );
    assert_eq!((big[0]["type"].as_str(), big[0]["length"].as_integer()), (Some("STRING"), Some(8)));
    assert_eq!((big[2]["type"].as_str(), big[3]["type"].as_str()), (Some("UINT64"), Some("FLOAT32")));
    assert_eq!(big[4]["scale"].as_float(), Some(0.125));
    let little = fields("DCBA");
    assert_eq!((little[0]["type"].as_str(), little[0]["scale"].as_float()), (Some("INT16"), Some(0.1)));
    let scaling = &config["processors"]["scale"][0]["scaling"][0];
    assert_eq!(
        (scaling["offset"].as_float(), scaling["fields"][0].as_str()),
        (Some(-273.15), Some("setpoint"))
    );
}

#[test]
fn the_prometheus_exporter_gets_addresses_units_and_bits() {
    let (out, _) = text(&full_map(), Format::ModbusExporter);
    for wanted in [
        "      - name: \"full_map_settings_enable\"\n        help: \"Enable\"\n        address: 300010\n        \
         dataType: bool\n        bitOffset: 0\n        metricType: gauge\n",
        "      - name: \"full_map_setpoint_volts_before_offset\"\n        help: \"The setpoint. Add -273.15 to get the \
         value.\"\n        address: 300011\n        dataType: int16\n        metricType: gauge\n        endianness: \
         \"little\"\n        factor: 0.1\n",
        "        address: 300022\n        dataType: float32\n",
        "      - name: \"full_map_power_watts\"\n",
    ] {
        assert!(out.contains(wanted), "missing: {wanted}\n{out}");
    }
    assert!(!out.contains("clock") && !out.contains("full_map_settings_mode"));
}

#[test]
fn the_header_has_every_constant_once() {
    let (out, _) = text(&full_map(), Format::CHeader);
    for wanted in [
        "#define FULL_MAP_SETPOINT_ADDRESS 11u\n",
        "#define FULL_MAP_SETPOINT_OFFSET_NUM (-INT64_C(5463))\n",
        "#define FULL_MAP_SETPOINT_MIN (-INT64_C(460))\n",
        "#define FULL_MAP_SETPOINT_FAIL_SAFE INT64_C(510)\n",
        "#define FULL_MAP_SETTINGS_BIT_MODE_MASK UINT64_C(0x30)\n",
        "#define FULL_MAP_STATE_VALUE_ON UINT64_C(18446744073709551615)\n",
        "#define FULL_MAP_HAZARD_0_LAST 1023u\n",
        "FULL_MAP_STATIC_ASSERT(settings, FULL_MAP_MODEL_ADDRESS + FULL_MAP_MODEL_WORDS <= FULL_MAP_SETTINGS_ADDRESS);",
        "    { \"setpoint\", \"V\", 11u, 1u, FULL_MAP_SIGNED, FULL_MAP_RW, 1, INT64_C(1), INT64_C(10), ",
    ] {
        assert!(out.contains(wanted), "missing: {wanted}\n{out}");
    }
    let mut map = full_map();
    map.registers[7].id = "set-point".to_owned();
    map.registers[6].id = "set_point".to_owned();
    let error = export(&map, Format::CHeader, Options::default()).unwrap_err().to_string();
    assert!(error.contains("FULL_MAP_SET_POINT_ADDRESS") && error.contains("rename"), "{error}");
}

/// What is left of C without comments and strings.
fn c_code(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['"', '/']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = match rest.strip_prefix("/*") {
            Some(comment) => comment.find("*/").unwrap() + 4,
            None if rest.starts_with('/') => 1,
            None => {
                let mut escaped = false;
                let closes = |c: char| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                };
                rest[1..].find(closes).unwrap() + 2
            }
        };
        rest = &rest[end..];
    }
    out + rest
}

#[test]
fn hostile_names_stay_inside_their_quotes() {
    let mut map = full_map();
    let evil = "*/ \"\\\n[[inputs.exec]]\n# ??/ \u{7f}\u{1b}";
    map.title = evil.to_owned();
    map.version = evil.to_owned();
    for register in &mut map.registers {
        register.name = evil.to_owned();
        register.description = evil.to_owned();
    }
    map.registers[7].unit = Some(evil.to_owned());
    let (thing, _) = text(&map, Format::Wot);
    let thing: Value = serde_json::from_str(&thing).unwrap();
    assert_eq!(thing["title"], evil);
    let (header, _) = text(&map, Format::CHeader);
    assert!(!c_code(&header).contains("inputs"), "outside comments and strings: {header}");
    assert!(!header.contains("??") && !header.contains('\u{1b}'));
    let (yaml, _) = text(&map, Format::ModbusExporter);
    assert!(yaml.lines().all(|line| !line.starts_with('[')), "{yaml}");
    #[cfg(feature = "cli")]
    {
        let (telegraf, _) = text(&map, Format::Telegraf);
        let config: toml::Table = telegraf.parse().unwrap();
        assert_eq!(config["inputs"].as_table().unwrap().len(), 1);
    }
}
