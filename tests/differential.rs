//! The generated bindings say what the maps say, and both decode the same from random images. CI runs a
//! hundred thousand images in `interop/tools`; here are a few of each map.
#![cfg(feature = "maps")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../interop/tools/src/bin/random_images/compare.rs"]
mod compare;

use std::collections::BTreeSet;

use compare::{Memory, Random};
use dpo_gateway::maps;
use dpo_gateway::maps::model::{self, RegisterMap};
use dpo_gateway::registers::map::{self, MapInfo, RegisterInfo};
use dpo_gateway::registers::register::Words;

/// Images of each map.
const IMAGES: u64 = 40;

#[test]
fn bindings_and_maps_read_the_same() {
    let maps = maps::builtin().unwrap();
    let mut seen = BTreeSet::new();
    macro_rules! each {
        ($($map:ident)*) => {$(
            let info = &dpo_gateway::registers::generated::$map::MAP;
            let model = maps.iter().find(|map| map.id == info.id).expect(info.id);
            seen.insert(info.id);
            let mut random = Random(7);
            for _ in 0..IMAGES {
                let memory = Memory::random(model, info, &mut random);
                let values = compare::check!($map, model, &memory);
                assert_eq!(values.split_whitespace().count(), model.registers.len(), "{}", info.id);
                assert!(memory.text().len() > 4);
            }
        )*};
    }
    dpo_gateway::registers::for_each_map!(each);
    assert_eq!(seen, maps.iter().map(|map| map.id.as_str()).collect(), "a map is missing in `for_each_map!`");
}

/// What a bindings' constant says as JSON of the map: `ReadOnly` is `ro`.
fn word(value: impl std::fmt::Debug) -> String {
    let mut out = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    match out.as_str() {
        "read_only" => "ro".to_owned(),
        "read_write" => "rw".to_owned(),
        "write_only" => "wo".to_owned(),
        "write_one_to_clear" => "w1c".to_owned(),
        _ => out,
    }
}

fn fraction(value: map::Rational) -> model::Rational {
    model::Rational { num: value.num, den: value.den }
}

/// The register as the bindings have it, in the words of the map; what they do not carry is the map's.
fn from_bindings(
    info: &RegisterInfo,
    register: &model::Register,
    order: model::WordOrder,
) -> serde_json::Value {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let safety = serde_json::json!({ "class": word(info.safety.class) });
    serde_json::to_value(model::Register {
        id: info.id.to_owned(),
        name: info.name.to_owned(),
        address: info.address,
        words: info.words,
        kind: serde_json::from_value(word(info.kind).into()).unwrap(),
        order: (word(info.order) != word(order)).then_some(model::WordOrder::LittleEndian),
        scale: fraction(info.scale),
        offset: fraction(info.offset),
        unit: (!info.unit.is_empty()).then(|| info.unit.to_owned()),
        access: serde_json::from_value(word(info.access).into()).unwrap(),
        limits: info.limits.map(|l| model::Limits { min: l.min, max: l.max, step: l.step }),
        poll: serde_json::from_value(word(info.poll).into()).unwrap(),
        update_ms: info.update_ms,
        partial_read: info.partial_read.map(|p| serde_json::from_value(word(p).into()).unwrap()),
        settle_ms: (info.settle_ms != 0 || register.settle_ms.is_some()).then_some(info.settle_ms),
        group: text(info.group),
        commit: text(info.commit),
        applied: text(info.applied),
        bad_write: info.bad_write,
        not_available: info.not_available,
        unlock: text(info.unlock),
        safety: register.safety.map(|_| {
            let mut safety: model::Safety = serde_json::from_value(safety).unwrap();
            (safety.fail_safe, safety.timeout_ms) = (info.safety.fail_safe, info.safety.timeout_ms);
            safety
        }),
        modality: serde_json::from_value(word(info.modality).into()).unwrap(),
        condition: text(info.condition),
        confidence: serde_json::from_value(word(info.confidence).into()).unwrap(),
        ..register.clone()
    })
    .unwrap()
}

fn same_facts(info: &'static MapInfo, model: &RegisterMap) {
    assert_eq!(info.registers.len(), model.registers.len(), "{}", info.id);
    for (info, register) in info.registers.iter().zip(&model.registers) {
        let order = register.order.unwrap_or(model.word_order);
        assert_eq!(word(info.order), serde_json::to_value(order).unwrap(), "{}", info.id);
        let bindings = from_bindings(info, register, model.word_order);
        assert_eq!(bindings, serde_json::to_value(register).unwrap(), "{}", info.id);
        assert!(register.safety.is_some() || info.safety.class == map::SafetyClass::None, "{}", info.id);
        let bits: Vec<_> = info.bits.iter().map(|b| (b.id, b.name, b.bit, b.width)).collect();
        let declared: Vec<_> =
            register.bits.iter().map(|b| (b.id.as_str(), b.name.as_str(), b.bit, b.width)).collect();
        assert_eq!(bits, declared, "{}", info.id);
        let symbols: Vec<_> = info.symbols.iter().map(|s| (s.id, s.value)).collect();
        let declared: Vec<_> = register.symbols.iter().map(|s| (s.id.as_str(), s.value)).collect();
        assert_eq!(symbols, declared, "{}", info.id);
        let readings: Vec<_> = info
            .readings
            .iter()
            .map(|r| (r.id, word(r.kind), fraction(r.scale), fraction(r.offset), r.unit))
            .collect();
        let declared: Vec<_> = register
            .readings
            .iter()
            .map(|r| (r.id.as_str(), word(r.kind), r.scale, r.offset, r.unit.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(readings, declared, "{}", info.id);
    }
}

#[test]
fn bindings_carry_what_the_maps_say() {
    let maps = maps::builtin().unwrap();
    macro_rules! each {
        ($($map:ident)*) => {$(
            let info = &dpo_gateway::registers::generated::$map::MAP;
            same_facts(info, maps.iter().find(|map| map.id == info.id).expect(info.id));
        )*};
    }
    dpo_gateway::registers::for_each_map!(each);
}
