//! Thing Description of the W3C (WoT TD 1.1) with the Modbus binding (`modv:`).
//!
//! A property for each register that can be read or written, an action for each command. The binding
//! moves the raw value; the TD vocabulary has no scale, so where a value is scaled, `dpo:scale`, `dpo:offset`
//! (exact, as text) and `dpo:unit` say what it means, and `unit` stands only where the raw value is in it.
//!
//! Source: W3C WoT Thing Description 1.1; WoT Modbus Binding (w3c.github.io/wot-binding-templates).

use serde_json::{Map, Value, json};

use super::loss::Losses;
use super::text::{fraction, order, readable, unit, word};
use super::{ExportError, Format, Options};
use crate::maps::model::{Access, Kind, Rational, Register, RegisterMap, WordOrder};

const MAP: [&str; 6] = ["id", "title", "version", "bus", "word_order", "registers"];
const REGISTER: [&str; 15] = [
    "id",
    "name",
    "description",
    "address",
    "words",
    "type",
    "order",
    "scale",
    "offset",
    "unit",
    "access",
    "limits",
    "bits",
    "symbols",
    "update_ms",
];

pub(super) fn write(
    map: &RegisterMap,
    options: &mut Options,
    losses: &mut Losses,
) -> Result<Value, ExportError> {
    losses.map_rest(map, "wot", &MAP);
    losses.map("`bus` (but for one Modbus address)");
    let base = match options.take("base") {
        Some(base) => base,
        None => format!("modbus+tcp://127.0.0.1:502/{}/", unit(map, Format::Wot, options)?),
    };
    let (mut properties, mut actions) = (Map::new(), Map::new());
    for r in &map.registers {
        if r.access == Access::Command {
            actions.insert(r.id.clone(), action(map, r));
        } else if readable(map, r) || r.access == Access::Wo {
            properties.insert(r.id.clone(), property(map, r));
        } else {
            losses.register("the whole row (not to be read)", r);
            continue;
        }
        losses.register_rest(r, "wot", &REGISTER);
    }
    let mut thing = json!({
        "@context": [
            "https://www.w3.org/2022/wot/td/v1.1",
            { "modv": "https://www.w3.org/2019/wot/modbus#", "dpo": "https://github.com/dpo-gateway/dpo-gateway/maps#" },
        ],
        "@type": "Thing",
        "id": format!("urn:dpo:map:{}", map.id),
        "title": map.title,
        "version": { "instance": map.version, "model": map.version },
        "securityDefinitions": { "nosec_sc": { "scheme": "nosec" } },
        "security": "nosec_sc",
        "base": base,
    });
    if let Value::Object(thing) = &mut thing {
        for (key, affordances) in [("properties", properties), ("actions", actions)] {
            if !affordances.is_empty() {
                thing.insert(key.to_owned(), affordances.into());
            }
        }
    }
    Ok(thing)
}

fn property(map: &RegisterMap, r: &Register) -> Value {
    let mut out = schema(r);
    out.insert("title".to_owned(), r.name.clone().into());
    out.insert("description".to_owned(), r.description.clone().into());
    let ops = match r.access {
        Access::Ro => vec!["readproperty"],
        Access::Wo => vec!["writeproperty"],
        _ => vec!["readproperty", "writeproperty"],
    };
    match r.access {
        Access::Ro => drop(out.insert("readOnly".to_owned(), true.into())),
        Access::Wo => drop(out.insert("writeOnly".to_owned(), true.into())),
        Access::W1c => drop(out.insert("dpo:writeOneToClear".to_owned(), true.into())),
        _ => {}
    }
    out.insert("forms".to_owned(), json!([form(map, r, &ops)]));
    out.into()
}

fn action(map: &RegisterMap, r: &Register) -> Value {
    json!({
        "title": r.name, "description": r.description, "input": schema(r), "safe": false,
        "forms": [form(map, r, &["invokeaction"])],
    })
}

/// The raw value, as the binding moves it.
fn schema(r: &Register) -> Map<String, Value> {
    let mut out = Map::new();
    let kind = match r.kind {
        Kind::Text | Kind::Raw => "string",
        Kind::Float => "number",
        _ => "integer",
    };
    out.insert("type".to_owned(), kind.into());
    let plain = r.scale == Rational::one() && r.offset == Rational::zero();
    match (&r.unit, plain) {
        (Some(unit), true) => drop(out.insert("unit".to_owned(), unit.clone().into())),
        (unit, false) => {
            out.insert("dpo:scale".to_owned(), fraction(r.scale).into());
            out.insert("dpo:offset".to_owned(), fraction(r.offset).into());
            if let Some(unit) = unit {
                out.insert("dpo:unit".to_owned(), unit.clone().into());
            }
        }
        (None, true) => {}
    }
    if let Some(limits) = r.limits {
        out.insert("minimum".to_owned(), limits.min.into());
        out.insert("maximum".to_owned(), limits.max.into());
        if limits.step != 1 {
            // Counted from the minimum, which `multipleOf` is not.
            out.insert("dpo:step".to_owned(), limits.step.into());
        }
    }
    if !r.symbols.is_empty() {
        let symbols = r
            .symbols
            .iter()
            .map(|s| json!({ "const": s.value, "title": s.id, "description": s.description }));
        out.insert("oneOf".to_owned(), symbols.collect());
    }
    if !r.bits.is_empty() {
        let bits = r.bits.iter().map(|b| {
            let mut bit = json!({ "id": b.id, "title": b.name, "bit": b.bit, "width": b.width });
            if let (Some(text), Value::Object(bit)) = (&b.description, &mut bit) {
                bit.insert("description".to_owned(), text.clone().into());
            }
            bit
        });
        out.insert("dpo:bits".to_owned(), bits.collect());
    }
    if r.kind == Kind::Enum || r.kind == Kind::Flags {
        out.insert("dpo:type".to_owned(), word(&r.kind).into());
    }
    out
}

fn form(map: &RegisterMap, r: &Register, ops: &[&str]) -> Value {
    let big = order(map, r) == WordOrder::BigEndian;
    let kind = match (r.kind, r.words) {
        (Kind::Text, _) => "xsd:string",
        (Kind::Float, 2) => "xsd:float",
        (Kind::Float, 4) => "xsd:double",
        (Kind::Signed, 1) => "xsd:short",
        (Kind::Signed, 2) => "xsd:int",
        (Kind::Signed, 4) => "xsd:long",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 1) => "xsd:unsignedShort",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 2) => "xsd:unsignedInt",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 4) => "xsd:unsignedLong",
        _ => "xsd:hexBinary",
    };
    let mut form = json!({
        "op": ops,
        "href": format!("{}?quantity={}", r.address, r.words),
        "contentType": "application/octet-stream",
        "modv:entity": "HoldingRegister",
        "modv:type": kind,
        "modv:zeroBasedAddressing": true,
        "modv:mostSignificantByte": big,
        "modv:mostSignificantWord": big,
    });
    if let (Some(ms), Value::Object(form)) = (r.update_ms, &mut form) {
        form.insert("modv:pollingTime".to_owned(), ms.into());
    }
    form
}
