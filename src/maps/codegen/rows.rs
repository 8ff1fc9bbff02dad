//! The rows: one a register.

use super::CodegenError;
use super::docs;
use super::names::{self, Names};
use super::values::integer;
use super::writer::{Writer, literal};
use crate::maps::model::{
    Access, Confidence, Kind, Modality, PartialRead, PollClass, Rational, Reading, Register, RegisterMap,
    SafetyClass, WordOrder,
};
use crate::maps::units;

/// `register_map!` with every register.
pub(super) fn write(map: &RegisterMap, names: &Names, out: &mut Writer) -> Result<(), CodegenError> {
    out.blank();
    out.open("crate::register_map! {");
    for register in &map.registers {
        let access = match register.access {
            Access::Ro => "ro",
            Access::Rw => "rw",
            Access::Wo => "wo",
            Access::W1c => "w1c",
            Access::Command => "command",
        };
        let (name, field, value) =
            (names.type_of(register)?, names::field(register)?, value(register, names)?);
        out.doc(&docs::text(register));
        let mut parts = vec![place(register)];
        parts.extend(calls(register, map.word_order));
        if let Some(last) = parts.last_mut() {
            last.push(';');
        }
        out.row(&format!("{access} {name}({field}): {value} ="), &parts);
    }
    out.close("}");
    Ok(())
}

/// The value type of a register, as seen from the module of the map.
fn value(register: &Register, names: &Names) -> Result<String, CodegenError> {
    let refuse = |reason: String| CodegenError::Register { register: register.id.clone(), reason };
    let quantity = |unit: &String| {
        let name = units::binding(unit).ok_or_else(|| refuse(format!("no type for the unit `{unit}`")))?;
        Ok::<String, CodegenError>(format!("units::{name}"))
    };
    Ok(match register.kind {
        Kind::Text => format!("codec::Text<{}>", u32::from(register.words) * 2),
        Kind::Raw => format!("[u16; {}]", register.words),
        Kind::Flags | Kind::Enum => names.type_of(register)?,
        Kind::Float if !matches!(register.words, 2 | 4) => {
            return Err(refuse(format!("floating point of {} words; it has 2 or 4", register.words)));
        }
        Kind::Float => match &register.unit {
            Some(unit) => quantity(unit)?,
            None if register.scale != Rational::one() || register.offset != Rational::zero() => {
                return Err(refuse("floating point with a scale or offset, but without a unit".to_owned()));
            }
            None if register.words == 2 => "f32".to_owned(),
            None => "f64".to_owned(),
        },
        Kind::Unsigned | Kind::Signed => {
            let raw = integer(register, register.kind == Kind::Signed)?;
            register.unit.as_ref().map_or_else(|| Ok(raw.to_owned()), quantity)?
        }
    })
}

/// The constructor with the place of the register.
fn place(register: &Register) -> String {
    let constructor = match register.kind {
        Kind::Unsigned => "unsigned",
        Kind::Signed => "signed",
        Kind::Float => "float",
        Kind::Flags => "flags",
        Kind::Enum => "symbol",
        Kind::Text => "text",
        Kind::Raw => "raw_words",
    };
    format!(" {constructor}({}, {}, {})", literal(&register.name), register.address, register.words)
}

/// What differs from a plain register, as methods of `RegisterInfo`.
fn calls(register: &Register, order: WordOrder) -> Vec<String> {
    let mut calls = Vec::new();
    let mut call = |method: &str, arguments: &[String]| {
        calls.push(format!(".{method}({})", arguments.join(", ")));
    };
    if register.order.unwrap_or(order) == WordOrder::LittleEndian {
        call("little_endian", &[]);
    }
    if register.scale != Rational::one() {
        call("scale", &[register.scale.num.to_string(), register.scale.den.to_string()]);
    }
    if register.offset != Rational::zero() {
        call("offset", &[register.offset.num.to_string(), register.offset.den.to_string()]);
    }
    match register.limits {
        Some(l) if l.step == 1 => call("limits", &[l.min.to_string(), l.max.to_string()]),
        Some(l) => call("steps", &[l.min.to_string(), l.max.to_string(), l.step.to_string()]),
        None => {}
    }
    let mut number = |method: &str, value: Option<i64>| {
        if let Some(value) = value {
            call(method, &[value.to_string()]);
        }
    };
    number("not_available", register.not_available);
    number("update_ms", register.update_ms.map(i64::from));
    number("settle_ms", register.settle_ms.filter(|time| *time != 0).map(i64::from));
    number("bad_write", register.bad_write.map(i64::from));
    let mut name = |method: &str, value: &Option<String>| {
        if let Some(value) = value {
            call(method, &[literal(value)]);
        }
    };
    name("group", &register.group);
    name("commit", &register.commit);
    name("applied", &register.applied);
    name("unlock", &register.unlock);
    match register.partial_read {
        Some(PartialRead::Words) => call("partial_words", &[]),
        Some(PartialRead::Refused) => call("partial_refused", &[]),
        None => {}
    }
    if let Some(safety) = register.safety {
        match safety.class {
            SafetyClass::None => {}
            SafetyClass::Cosmetic => call("cosmetic", &[]),
            SafetyClass::Setpoint => call("setpoint", &[]),
            SafetyClass::Disruptive => call("disruptive", &[]),
        }
        if let Some(raw) = safety.fail_safe {
            call("fail_safe", &[raw.to_string()]);
        }
        if let Some(time) = safety.timeout_ms {
            call("timeout_ms", &[time.to_string()]);
        }
    }
    match register.modality {
        Modality::Mandatory => {}
        Modality::Optional => call("optional", &[]),
        Modality::Conditional => call("conditional", &[]),
    }
    if let Some(condition) = &register.condition {
        call("condition", &[literal(condition)]);
    }
    match register.confidence {
        Confidence::Stated => {}
        Confidence::Inferred => call("inferred", &[]),
        Confidence::Conflicting => call("conflicting", &[]),
    }
    match register.poll {
        PollClass::Fast => call("fast", &[]),
        PollClass::Slow => call("slow", &[]),
        PollClass::Static => call("once", &[]),
        PollClass::OnDemand => call("on_demand", &[]),
    }
    if !register.readings.is_empty() {
        calls.push(".readings(&[".to_owned());
        calls.extend(register.readings.iter().map(|other| format!(" {},", reading(other))));
        calls.push(" ])".to_owned());
    }
    calls
}

/// Another reading of a register.
fn reading(reading: &Reading) -> String {
    let kind = match reading.kind {
        Kind::Unsigned => "Unsigned",
        Kind::Signed => "Signed",
        Kind::Float => "Float",
        Kind::Flags => "Flags",
        Kind::Enum => "Enum",
        Kind::Text => "Text",
        Kind::Raw => "Raw",
    };
    let mut text = format!("map::ReadingInfo::new({}, map::Kind::{kind})", literal(&reading.id));
    if reading.scale != Rational::one() {
        text.push_str(&format!(".scale({}, {})", reading.scale.num, reading.scale.den));
    }
    if reading.offset != Rational::zero() {
        text.push_str(&format!(".offset({}, {})", reading.offset.num, reading.offset.den));
    }
    if let Some(unit) = &reading.unit {
        text.push_str(&format!(".unit({})", literal(unit)));
    }
    text
}
