//! Rules on the other readings of rows whose sources disagree.

use std::collections::HashSet;

use super::{Found, Rule, registers};
use crate::maps::model::{Confidence, Kind, Reading, Register, RegisterMap};
use crate::maps::units;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    let keys: HashSet<&str> = map.sources.iter().map(|s| s.key.as_str()).collect();
    for (at, register) in registers(map) {
        if !register.readings.is_empty() && register.confidence != Confidence::Conflicting {
            let message = format!("`{}` has other readings, but its sources do not disagree", register.id);
            let mend = "make its confidence `conflicting`, or remove the readings";
            found.add(format!("{at}/readings"), Rule::ReadingPlace, message, mend);
        }
        for (i, reading) in register.readings.iter().enumerate() {
            let pointer = format!("{at}/readings/{i}");
            differs(&pointer, i, register, reading, found);
            sense(&pointer, register, reading, &keys, found);
        }
    }
}

/// A reading has its own name and says something of its own.
fn differs(pointer: &str, i: usize, register: &Register, reading: &Reading, found: &mut Found) {
    let earlier = || register.readings.iter().take(i);
    if earlier().any(|r| r.id == reading.id) {
        let message = format!("an earlier reading has the id `{}`", reading.id);
        found.add(format!("{pointer}/id"), Rule::ReadingSame, message, "give each reading its own id");
    }
    let main = (register.kind, register.scale, register.offset, &register.unit);
    let form = |r: &Reading| (r.kind, r.scale, r.offset, r.unit.clone());
    let (kind, scale, offset, unit) = form(reading);
    if (kind, scale, offset, &unit) == main || earlier().any(|r| form(r) == form(reading)) {
        let message = format!("`{}` reads the words as the row itself or another reading does", reading.id);
        let mend =
            "give type, scale, offset or unit that differ, or add the source to the one that says the same";
        found.add(pointer, Rule::ReadingSame, message, mend);
    }
}

/// A reading makes sense for the words of its register.
fn sense(pointer: &str, register: &Register, reading: &Reading, keys: &HashSet<&str>, found: &mut Found) {
    let number = matches!(reading.kind, Kind::Unsigned | Kind::Signed | Kind::Float);
    let words = match reading.kind {
        Kind::Unsigned | Kind::Signed => register.words <= 4,
        Kind::Float => matches!(register.words, 2 | 4),
        Kind::Text | Kind::Raw => true,
        // Bits and symbols stand on the register.
        Kind::Flags | Kind::Enum => register.kind == reading.kind,
    };
    if !words {
        let message = format!("{} words of `{}` cannot be read as this type", register.words, register.id);
        found.add(format!("{pointer}/type"), Rule::ReadingSense, message, "correct the type");
    }
    let scaled = reading.scale != crate::maps::model::Rational::one()
        || reading.offset != crate::maps::model::Rational::zero();
    let unit = match &reading.unit {
        Some(unit) => number && units::binding(unit).is_some(),
        None => !scaled,
    };
    if !unit || reading.scale.num == 0 {
        let message = format!("`{}` has a scale or unit that makes no sense", reading.id);
        let mend =
            "a number has a scale that is not 0 and, if it is scaled, a unit of the list; nothing else has";
        found.add(pointer, Rule::ReadingSense, message, mend);
    }
    let known = |source: &String| keys.contains(source.split_whitespace().next().unwrap_or_default());
    if reading.source.is_empty() || !reading.source.iter().all(known) {
        let message = format!("`{}` names no source of the map, or one that is not declared", reading.id);
        found.add(format!("{pointer}/source"), Rule::ReadingSense, message, "name the source that says so");
    }
}
