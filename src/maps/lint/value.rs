//! Rules on numbers: scale, unit, limits, special values.

use super::{Found, Rule, range, registers};
use crate::maps::model::{Confidence, Kind, Limits, Rational, Register, RegisterMap, SafetyClass};
use crate::maps::units;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    for (at, register) in registers(map) {
        let number = matches!(register.kind, Kind::Unsigned | Kind::Signed | Kind::Float);
        if number {
            scale(&at, register, found);
        } else {
            not_a_number(&at, register, found);
        }
        if register.kind == Kind::Float {
            float(&at, register, found);
        }
        limits(&at, register, found);
        setpoint(&at, register, found);
        special(&at, register, found);
    }
}

fn scale(at: &str, register: &Register, found: &mut Found) {
    // That denominators are above 0 is in the schema.
    if register.scale.num == 0 {
        let message = format!("with a scale of 0 each value of `{}` is the same", register.id);
        found.add(format!("{at}/scale"), Rule::Scale, message, "write the factor as a fraction");
    }
    match &register.unit {
        Some(unit) if units::binding(unit).is_none() => {
            let known: Vec<_> = units::known().collect();
            let message = format!("`{unit}` is not a unit of these maps");
            let mend = format!("use a UCUM code of {}", known.join(" "));
            found.add(format!("{at}/unit"), Rule::Unit, message, mend);
        }
        None if register.scale != Rational::one() || register.offset != Rational::zero() => {
            let mend = "name the unit (`1` for a ratio), or drop scale and offset";
            found.add(at, Rule::UnitMissing, format!("`{}` is scaled but has no unit", register.id), mend);
        }
        _ => {}
    }
}

fn not_a_number(at: &str, register: &Register, found: &mut Found) {
    let words = matches!(register.kind, Kind::Text | Kind::Raw | Kind::Flags);
    let keys = [
        ("scale", register.scale != Rational::one()),
        ("offset", register.offset != Rational::zero()),
        ("unit", register.unit.is_some()),
        ("limits", register.limits.is_some()),
        ("not_available", register.not_available.is_some() && words),
    ];
    for (key, there) in keys {
        if there {
            let message = format!("`{}` is no number, `{key}` has no meaning for it", register.id);
            found.add(
                format!("{at}/{key}"),
                Rule::NotANumber,
                message,
                "remove the key, or correct the type",
            );
        }
    }
}

/// Raw values are integers; bits of a floating-point number are not compared as such.
fn float(at: &str, register: &Register, found: &mut Found) {
    let keys = [
        ("limits", register.limits.is_some()),
        ("reset", register.reset.is_some()),
        ("not_available", register.not_available.is_some()),
        ("safety/fail_safe", register.safety.is_some_and(|s| s.fail_safe.is_some())),
    ];
    for (key, there) in keys {
        if there {
            let message = format!("`{}` is floating point, `{key}` is a whole raw value", register.id);
            let mend = "remove it: a value that is missing is not a number (NaN)";
            found.add(format!("{at}/{key}"), Rule::FloatRaw, message, mend);
        }
    }
    if register.safety.is_some_and(|s| s.class == SafetyClass::Setpoint) {
        let message = format!(
            "`{}` is floating point and so has neither limits nor a value to fall back to",
            register.id
        );
        let mend = "let setpoints be integers with a scale";
        found.add(format!("{at}/safety/class"), Rule::FloatRaw, message, mend);
    }
}

/// What a controller that is gone leaves behind, and what one that is there may do.
fn setpoint(at: &str, register: &Register, found: &mut Found) {
    let Some(safety) = register.safety else { return };
    if let Some(timeout) = safety.timeout_ms
        && (timeout == 0 || safety.fail_safe.is_none())
    {
        let message = format!(
            "`{}` falls back after {timeout} ms, but {}",
            register.id,
            match timeout {
                0 => "that leaves no time to renew it",
                _ => "to which value?",
            }
        );
        let mend = "give a time above 0 and `fail_safe`, the raw value it falls back to";
        found.add(format!("{at}/safety/timeout_ms"), Rule::DeviceTimeout, message, mend);
    }
    let number = matches!(register.kind, Kind::Unsigned | Kind::Signed);
    let stated = register.confidence == Confidence::Stated;
    if safety.class == SafetyClass::Setpoint && number && stated && register.limits.is_none() {
        let message = format!("`{}` moves power, and each number is allowed", register.id);
        let mend = "add `limits`, raw; if nobody knows them, the row is `inferred` and says so";
        found.add(at, Rule::SetpointLimits, message, mend);
    }
}

fn limits(at: &str, register: &Register, found: &mut Found) {
    let Some(limits) = register.limits else { return };
    let Limits { min, max, step } = limits;
    let pointer = format!("{at}/limits");
    if min > max {
        let message = format!("the smallest value {min} is above the largest {max}");
        found.add(pointer.as_str(), Rule::LimitsOrder, message, "swap the two");
        return;
    }
    if let Some((lowest, highest)) = range(register)
        && (i128::from(min) < lowest || i128::from(max) > highest)
    {
        let message = format!("{min} to {max} is more than the type holds ({lowest} to {highest})");
        found.add(
            pointer.as_str(),
            Rule::LimitsType,
            message,
            "limits are raw values: convert and narrow them",
        );
    }
    let span = i128::from(max) - i128::from(min);
    if step < 1 || span % i128::from(step) != 0 {
        let message = format!("steps of {step} do not lead from {min} to {max}");
        found.add(
            format!("{pointer}/step"),
            Rule::Step,
            message,
            "use a step of 1 or more that divides the span",
        );
    }
}

/// Reset, fail-safe and not-available values.
fn special(at: &str, register: &Register, found: &mut Found) {
    let holds = |value: i64| range(register).is_none_or(|(l, h)| (l..=h).contains(&i128::from(value)));
    let allowed =
        |value: i64| holds(value) && (means(register, value) || register.not_available == Some(value));
    let mend = "use a raw value inside type, limits and step, a symbol, or declared bits";
    if let Some(value) = register.reset.filter(|v| !allowed(*v)) {
        let message = format!("{value} is no value `{}` can have", register.id);
        found.add(format!("{at}/reset"), Rule::Reset, message, mend);
    }
    if let Some(safety) = register.safety {
        let pointer = format!("{at}/safety");
        match safety.fail_safe {
            Some(value) if !allowed(value) => {
                let message = format!("{value} is no value `{}` can have", register.id);
                found.add(format!("{pointer}/fail_safe"), Rule::FailSafe, message, mend);
            }
            None if safety.class == SafetyClass::Setpoint && register.kind != Kind::Float => {
                let message = format!("`{}` is a setpoint without a value to fall back to", register.id);
                found.add(pointer, Rule::FailSafeMissing, message, "add `fail_safe`, a raw value");
            }
            _ => {}
        }
    }
    if let Some(value) = register.not_available {
        let mend = "use a raw value that the type holds and the limits or symbols leave out";
        if !holds(value) {
            let message = format!("the type cannot hold {value}");
            found.add(format!("{at}/not_available"), Rule::NotAvailable, message, mend);
        } else if (sound(register).is_some() || register.kind == Kind::Enum) && means(register, value) {
            let message = format!("{value} is a value that `{}` can have", register.id);
            found.add(format!("{at}/not_available"), Rule::NotAvailable, message, mend);
        }
    }
}

/// The limits, unless they are wrong themselves and so say nothing about a value.
fn sound(register: &Register) -> Option<Limits> {
    register.limits.filter(|l| l.step >= 1 && l.min <= l.max)
}

/// Whether a value that the type holds has a meaning: inside the limits, a symbol, declared bits.
fn means(register: &Register, value: i64) -> bool {
    match register.kind {
        Kind::Enum => {
            register.symbols.is_empty()
                || register.symbols.iter().any(|s| i128::from(s.value) == value.into())
        }
        Kind::Flags => {
            let fields = register.bits.iter().filter(|b| u32::from(b.bit) + u32::from(b.width) <= 64);
            let defined = fields.fold(0u128, |all, b| all | (((1u128 << b.width) - 1) << b.bit));
            u128::from(value.cast_unsigned()) & !defined == 0
        }
        _ => sound(register).is_none_or(|limits| allow(limits, value)),
    }
}

fn allow(limits: Limits, value: i64) -> bool {
    let (value, min) = (i128::from(value), i128::from(limits.min));
    value >= min && value <= i128::from(limits.max) && (value - min) % i128::from(limits.step) == 0
}
