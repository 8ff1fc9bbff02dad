//! What the doc comment of a register says: its description, the limits and the fail-safe value as a person
//! reads them, and what is unsure.

use crate::maps::decode::Exact;
use crate::maps::model::{Confidence, Kind, Register};

/// The doc comment of a register.
pub(super) fn text(register: &Register) -> String {
    let mut text = register.description.clone();
    let limits = register.limits.map(|l| format!("{} to {}", value(register, l.min), value(register, l.max)));
    let back = register.safety.and_then(|safety| safety.fail_safe).map(|raw| value(register, raw));
    match (limits, back) {
        (Some(limits), Some(back)) => sentence(&mut text, &format!("{limits}, falls back to {back}.")),
        (Some(limits), None) => sentence(&mut text, &format!("{limits}.")),
        (None, Some(back)) => sentence(&mut text, &format!("Falls back to {back}.")),
        (None, None) => {}
    }
    let unsure = match register.confidence {
        Confidence::Stated => None,
        Confidence::Inferred => Some("Inferred"),
        Confidence::Conflicting => Some("Sources disagree"),
    };
    if let (Some(unsure), Some(note)) = (unsure, register.notes.first()) {
        sentence(&mut text, &format!("{unsure}: {note}"));
    }
    text
}

fn sentence(text: &mut String, sentence: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(sentence);
}

/// A raw number as an engineering value with its unit, the symbol of an enumeration, or the bits of a flag set.
fn value(register: &Register, raw: i64) -> String {
    if register.not_available == Some(raw) {
        return "\"not available\"".to_owned();
    }
    let symbol = register.symbols.iter().find(|symbol| i64::try_from(symbol.value) == Ok(raw));
    match (register.kind, symbol) {
        (Kind::Enum, Some(symbol)) => return format!("`{}`", symbol.id),
        (Kind::Flags, _) => return format!("{raw:#x}"),
        _ => {}
    }
    let number = match Exact::scaled(raw.into(), register.scale, register.offset) {
        Some(exact) => exact.to_string(),
        None => return format!("raw {raw}"),
    };
    match register.unit.as_deref().map(symbol_of) {
        None | Some("") => number,
        Some(unit) => format!("{number} {unit}"),
    }
}

/// The usual symbol of a unit, where its UCUM code is another.
fn symbol_of(ucum: &str) -> &str {
    match ucum {
        "1" => "",
        "Cel" => "°C",
        "A.h" => "Ah",
        "W.h" => "Wh",
        "/min" => "1/min",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::maps::model::RegisterMap;

    #[test]
    fn limits_and_fail_safe_are_said_in_engineering_units() {
        let (_, json) = crate::maps::BUILTIN.iter().find(|(id, _)| *id == "orv3-psu").unwrap();
        let map: RegisterMap = serde_json::from_str(json).unwrap();
        let of = |id: &str| text(map.registers.iter().find(|r| r.id == id).unwrap());
        let setpoint = of("vout_setpoint_h");
        assert!(setpoint.contains(" 46 V to 52 V, falls back to 51 V. Inferred: "), "{setpoint}");
        let duty = of("fan_duty_cycle_override");
        assert!(duty.contains(" 0 % to 100 %. Inferred: "), "{duty}");
        let absent = map.registers.iter().find(|r| r.id == "vout_setpoint_h").unwrap();
        let absent = crate::maps::model::Register { not_available: Some(52224), ..absent.clone() };
        assert!(
            text(&absent).contains(" 46 V to 52 V, falls back to \"not available\"."),
            "{}",
            text(&absent)
        );
        assert_eq!(of("mfr_model"), "Model of the power supply unit.");
    }
}
