//! A register as a row of a table and as a paragraph.

use std::fmt::Write as _;

use super::inline::{address, cell, code, minus, prose};
use crate::maps::decode::Exact;
use crate::maps::export::text::word;
use crate::maps::model::{
    BitField, Confidence, Kind, Modality, PartialRead, PollClass, Rational, Register, RegisterMap,
    SafetyClass, Symbol, Volatility, WordOrder,
};

/// A link to the paragraph of a register; plain code if the map has no such register.
pub(super) fn link(map: &RegisterMap, id: &str) -> String {
    if map.registers.iter().any(|r| r.id == id) {
        format!("[{}](#register-{id})", code(id))
    } else {
        code(id)
    }
}

fn last(r: &Register) -> u16 {
    r.address.saturating_add(r.words.max(1) - 1)
}

pub(super) fn row(r: &Register, out: &mut String) {
    let unit = r.unit.as_deref().map(cell).unwrap_or_default();
    let _ = writeln!(
        out,
        "| {} | [{}](#register-{}) | {} | {} | {} | {unit} | {} | {} | {} | {} |",
        address(r.address, last(r)),
        code(&r.id),
        r.id,
        r.words,
        word(&r.kind),
        scale(r.scale, r.offset),
        word(&r.access),
        limits(r),
        word(&r.modality),
        cell(&r.description),
    );
}

/// `1/64`, `0.1, then − 273.15`; empty for a number that is taken as it is.
pub(in crate::maps::export) fn scale(scale: Rational, offset: Rational) -> String {
    let fraction = |value: Rational| {
        if value.den == 1 { minus(value.num) } else { minus(format!("{}/{}", value.num, value.den)) }
    };
    let mut text = if scale == Rational::one() { String::new() } else { fraction(scale) };
    if offset != Rational::zero() {
        let size = Exact::new(i128::from(offset.num).abs(), offset.den.into());
        let size = size.map_or_else(|| fraction(offset), |exact| exact.to_string());
        let sign = if offset.num < 0 { "−" } else { "+" };
        let scale = if text.is_empty() { "1" } else { &text };
        text = format!("{scale}, then {sign} {size}");
    }
    text
}

/// A raw value as an engineering value, with the unit.
fn value(r: &Register, raw: i64) -> Option<String> {
    let exact = Exact::scaled(raw.into(), r.scale, r.offset)?;
    Some(with_unit(exact, r))
}

fn with_unit(exact: Exact, r: &Register) -> String {
    match &r.unit {
        Some(unit) if unit != "1" => format!("{} {}", minus(exact), cell(unit)),
        _ => minus(exact),
    }
}

/// A raw value, with the engineering value where it is another.
fn raw(r: &Register, raw: i64) -> String {
    let plain = r.scale == Rational::one() && r.offset == Rational::zero() && r.unit.is_none();
    match value(r, raw).filter(|_| !plain) {
        Some(value) => format!("raw {} ({value})", minus(raw)),
        None => format!("raw {}", minus(raw)),
    }
}

pub(in crate::maps::export) fn limits(r: &Register) -> String {
    let Some(limits) = r.limits else { return String::new() };
    let number = |raw: i64| Exact::scaled(raw.into(), r.scale, r.offset).map_or_else(|| minus(raw), minus);
    let last = value(r, limits.max).unwrap_or_else(|| minus(limits.max));
    let step = match Exact::scaled(limits.step.into(), r.scale, Rational::zero()) {
        Some(step) if limits.step != 1 => format!(", step {}", with_unit(step, r)),
        _ => String::new(),
    };
    format!("{} to {last}{step}", number(limits.min))
}

/// The paragraph: everything that the table does not say.
pub(super) fn details(map: &RegisterMap, r: &Register, out: &mut String) {
    let _ = writeln!(out, "\n### Register `{}`\n", r.id);
    let _ = writeln!(out, "{} at {}: {}", code(&r.name), address(r.address, last(r)), prose(&r.description));
    let mut facts = vec![format!("{}; {}", volatility(r.volatility), poll(r.poll))];
    facts.extend(reading(r));
    facts.extend(writing(map, r));
    facts.extend(life(map, r));
    for fact in facts {
        let _ = writeln!(out, "- {fact}.");
    }
    parts(r, out);
    for note in &r.notes {
        let _ = writeln!(out, "- {}", prose(note));
    }
}

pub(in crate::maps::export) fn volatility(volatility: Volatility) -> &'static str {
    match volatility {
        Volatility::Constant => "Never changes in the life of the firmware",
        Volatility::Volatile => "Changes by itself",
        Volatility::Counter => "Counts up until it rolls over",
        Volatility::Setting => "Changes only when written; lost at power-off",
        Volatility::Stored => "Changes only when written; kept at power-off",
    }
}

pub(in crate::maps::export) fn poll(poll: PollClass) -> &'static str {
    match poll {
        PollClass::Fast => "read each poll cycle",
        PollClass::Slow => "read each few poll cycles",
        PollClass::Static => "read once after discovery",
        PollClass::OnDemand => "read on demand",
    }
}

/// What matters to a reader.
fn reading(r: &Register) -> Vec<String> {
    let mut facts = Vec::new();
    match r.order {
        Some(WordOrder::LittleEndian) => {
            facts.push("Order: least significant word and byte first".to_owned())
        }
        Some(WordOrder::BigEndian) => facts.push("Order: most significant word and byte first".to_owned()),
        None => {}
    }
    let mut said = Vec::new();
    said.extend(r.update_ms.map(|ms| format!("updated every {ms} ms at the latest")));
    said.extend(r.partial_read.map(|partial| match partial {
        PartialRead::Words => "a read of some of its words gives those words".to_owned(),
        PartialRead::Refused => "a read of some of its words is refused".to_owned(),
    }));
    said.extend(r.not_available.map(|v| format!("not available: raw {}", minus(v))));
    said.extend(r.reset.map(|v| format!("reset value {}", raw(r, v))));
    if !said.is_empty() {
        facts.push(format!("Value: {}", said.join("; ")));
    }
    facts
}

/// What matters to a writer.
fn writing(map: &RegisterMap, r: &Register) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(r.limits.map(|l| {
        let step = if l.step == 1 { String::new() } else { format!(" in steps of {}", l.step) };
        format!("raw {} to {}{step}", minus(l.min), minus(l.max))
    }));
    said.extend(r.bad_write.map(|code| format!("any other value answers exception {code:02}")));
    said.extend(r.unlock.as_ref().map(|flag| format!("only while {} is set", code(flag))));
    said.extend(r.group.as_ref().map(|group| format!("group {}", code(group))));
    said.extend(r.settle_ms.map(|ms| format!("settles within {ms} ms")));
    let mut facts = Vec::new();
    if !said.is_empty() {
        facts.push(format!("Write: {}", said.join("; ")));
    }
    let shown = r.applied.as_ref().map(|id| format!("shown in force by {}", link(map, id)));
    match (&r.commit, shown) {
        (Some(id), shown) => {
            let shown = shown.map(|s| format!("; {s}")).unwrap_or_default();
            facts.push(format!("In force once {} is written{shown}", link(map, id)));
        }
        (None, Some(shown)) => facts.push(format!("The value is {shown}")),
        (None, None) => {}
    }
    if let Some(safety) = r.safety {
        let class = class(safety.class);
        let back = safety.fail_safe.map(|v| format!("; falls back to {}", raw(r, v))).unwrap_or_default();
        let timer =
            safety.timeout_ms.map(|ms| format!("; the device itself after {ms} ms")).unwrap_or_default();
        facts.push(format!("Safety: {class}{back}{timer}"));
    }
    facts
}

pub(in crate::maps::export) fn class(class: SafetyClass) -> &'static str {
    match class {
        SafetyClass::None => "no effect on power",
        SafetyClass::Cosmetic => "cosmetic",
        SafetyClass::Setpoint => "setpoint",
        SafetyClass::Disruptive => "**disruptive**",
    }
}

pub(in crate::maps::export) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Stated => "stated",
        Confidence::Inferred => "**inferred**",
        Confidence::Conflicting => "**conflicting**",
    }
}

/// Where the row comes from and how long it lasts.
fn life(map: &RegisterMap, r: &Register) -> Vec<String> {
    let mut facts = Vec::new();
    if let (Some(condition), Modality::Conditional) = (&r.condition, r.modality) {
        facts.push(format!("Conditional on {}", code(condition)));
    } else if let Some(condition) = &r.condition {
        facts.push(format!("Condition: {}", code(condition)));
    }
    if let Some(version) = &r.deprecated {
        let by =
            r.replaced_by.as_ref().map(|id| format!(", replaced by {}", link(map, id))).unwrap_or_default();
        facts.push(format!("Deprecated since {}{by}", cell(version)));
    } else if let Some(id) = &r.replaced_by {
        facts.push(format!("Replaced by {}", link(map, id)));
    }
    let mut links = Vec::new();
    links.extend(r.links.pmbus.as_ref().map(|c| format!("PMBus {}", code(c))));
    links.extend(r.links.redfish.as_ref().map(|c| format!("Redfish {}", code(c))));
    if !r.links.requirements.is_empty() {
        links.push(format!("requirements {}", super::codes(&r.links.requirements)));
    }
    if !links.is_empty() {
        facts.push(format!("The same quantity: {}", links.join(", ")));
    }
    let confidence = confidence(r.confidence);
    facts.push(format!("Since {}", cell(&r.since)));
    facts.push(format!("Source: {}; {confidence}", cell(&r.source.join(", "))));
    facts
}

/// Tables of bit fields and of declared values, where there are some.
pub(in crate::maps::export) fn values(bits: &[BitField], symbols: &[Symbol], out: &mut String) {
    if !bits.is_empty() {
        out.push_str("\n| bit | identifier | name | meaning |\n| --- | --- | --- | --- |\n");
        for bit in bits {
            let end = u32::from(bit.bit) + u32::from(bit.width.max(1)) - 1;
            let place = if bit.width > 1 { format!("{} to {end}", bit.bit) } else { bit.bit.to_string() };
            let meaning = bit.description.as_deref().map(cell).unwrap_or_default();
            let _ = writeln!(out, "| {place} | {} | {} | {meaning} |", code(&bit.id), cell(&bit.name));
        }
        out.push_str("\nAll other bits are reserved.\n\n");
    }
    if !symbols.is_empty() {
        out.push_str("\n| value | identifier | meaning |\n| --- | --- | --- |\n");
        for symbol in symbols {
            let _ =
                writeln!(out, "| {} | {} | {} |", symbol.value, code(&symbol.id), cell(&symbol.description));
        }
        out.push('\n');
    }
}

fn parts(r: &Register, out: &mut String) {
    values(&r.bits, &r.symbols, out);
    if !r.readings.is_empty() {
        out.push_str(
            "\nOther readings, of which a configuration may choose one for a device:\n\n\
             | reading | what it says | type | scale | unit | source |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for reading in &r.readings {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                code(&reading.id),
                cell(&reading.description),
                word(&reading.kind),
                scale(reading.scale, reading.offset),
                reading.unit.as_deref().map(cell).unwrap_or_default(),
                cell(&reading.source.join(", ")),
            );
        }
        out.push('\n');
    }
    if r.kind == Kind::Flags && r.bits.is_empty() {
        out.push_str("\nNo bit is declared.\n\n");
    }
}
