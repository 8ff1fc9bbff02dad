//! Rules on formats: width, unit, coefficients, limits, value to fall back to.

use super::super::model::{Command, Format};
use crate::maps::lint::{Found, Rule};
use crate::maps::model::Rational;

pub(super) fn check(at: &str, command: &Command, found: &mut Found) {
    let float =
        matches!(command.format, Format::Linear11 | Format::Ulinear16 | Format::Slinear16 | Format::Direct);
    width(at, command, float, found);
    if float && command.unit.is_none() {
        let message = format!("`{}` is a physical value without a unit", command.id);
        found.add(at, Rule::PmbusUnit, message, "add `unit`, `1` for a ratio");
    }
    coefficients(at, command, found);
    if command.relative && !matches!(command.format, Format::Ulinear16 | Format::Slinear16) {
        let message = format!("VOUT_MODE does not decide how `{}` is coded", command.id);
        found.add(
            format!("{at}/relative"),
            Rule::PmbusRelative,
            message,
            "remove `relative`, or correct the type",
        );
    }
    range(at, command, float, found);
}

/// What is declared against the bytes there are.
fn width(at: &str, command: &Command, float: bool, found: &mut Found) {
    let Some((fewest, most)) = command.data_bytes() else { return };
    let fits = match command.format {
        Format::Unsigned | Format::Signed | Format::Flags | Format::Enum => {
            fewest == most && (1..=8).contains(&most)
        }
        _ => !float || (fewest, most) == (2, 2),
    };
    if !fits {
        let message = format!("a value of this type does not have {most} bytes");
        found.add(format!("{at}/type"), Rule::PmbusWidth, message, "correct the type or the transaction");
        return;
    }
    let bits = 8 * u32::from(most.min(8));
    let top = |value: i128| value >= 1i128 << bits;
    for (i, field) in command.bits.iter().enumerate() {
        // Beyond the words of a register the shared rule speaks.
        if u32::from(field.bit) + u32::from(field.width) > bits && bits % 16 != 0 {
            let message = format!("`{}` ends beyond bit {}", field.id, bits - 1);
            found.add(
                format!("{at}/bits/{i}"),
                Rule::PmbusWidth,
                message,
                "correct the bit or the transaction",
            );
        }
    }
    for (i, symbol) in command.symbols.iter().enumerate() {
        if top(symbol.value.into()) && bits % 16 != 0 {
            let message = format!("{} does not fit {most} bytes", symbol.value);
            found.add(format!("{at}/symbols/{i}/value"), Rule::PmbusWidth, message, "correct the value");
        }
    }
    if let Some(limits) = command.limits
        && bits % 16 != 0
    {
        let half = 1i128 << (bits - 1);
        let (least, most) =
            if command.format == Format::Signed { (-half, half - 1) } else { (0, 2 * half - 1) };
        if i128::from(limits.min) < least || i128::from(limits.max) > most {
            let message = format!("{} to {} is more than the bytes hold", limits.min, limits.max);
            found.add(format!("{at}/limits"), Rule::PmbusWidth, message, format!("use {least} to {most}"));
        }
    }
}

fn coefficients(at: &str, command: &Command, found: &mut Found) {
    let wrong = match command.coefficients {
        Some(c) => {
            !matches!(command.format, Format::Direct | Format::Ulinear16 | Format::Slinear16) || c.m == 0
        }
        None => false,
    };
    if wrong {
        let message = format!("the coefficients of `{}` lead to no value", command.id);
        let mend = "coefficients belong to `direct` (or to VOUT_MODE in DIRECT), and m is not 0";
        found.add(format!("{at}/coefficients"), Rule::PmbusCoefficients, message, mend);
    }
}

/// Limits in the unit, and the value to fall back to.
fn range(at: &str, command: &Command, float: bool, found: &mut Found) {
    // That denominators are above 0 is in the schema; a file that breaks it may still get here.
    let ordered = |a: Rational, b: Rational| {
        i128::from(a.num) * i128::from(b.den) <= i128::from(b.num) * i128::from(a.den)
    };
    if let Some(range) = command.range
        && (!float || !ordered(range.min, range.max))
    {
        let message = format!("the range of `{}` is empty, or the command has raw limits", command.id);
        let mend = "the smaller value first; integers have `limits`, other numbers `range`";
        found.add(format!("{at}/range"), Rule::PmbusRange, message, mend);
        return;
    }
    let Some(value) = command.safety.and_then(|s| s.fail_safe) else { return };
    let inside = match (command.range, command.limits) {
        (Some(range), _) => ordered(range.min, value) && ordered(value, range.max),
        (None, Some(limits)) => {
            let whole = |n| Rational { num: n, den: 1 };
            ordered(whole(limits.min), value)
                && ordered(value, whole(limits.max))
                && value.num % value.den.max(1) == 0
        }
        (None, None) => true,
    };
    if !inside {
        let message = format!("{} / {} is no value `{}` can have", value.num, value.den, command.id);
        found.add(
            format!("{at}/safety/fail_safe"),
            Rule::PmbusFailSafe,
            message,
            "use a value inside the limits",
        );
    }
}
