//! Parts of a map as text, as several formats write them.

use serde::Serialize;
use serde_json::Value;

use super::{ExportError, Format, Options};
use crate::maps::model::{Access, Hazard, Rational, Register, RegisterMap, WordOrder};

/// The word that stands for a unit variant in the JSON of a map, for example `write_only`.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        // Variants with data have no word; no caller passes one.
        _ => String::new(),
    }
}

/// A fraction as `num/den`.
pub(super) fn fraction(value: Rational) -> String {
    format!("{}/{}", value.num, value.den)
}

/// The order of words and bytes of a register: its own, or else that of the map.
pub(super) fn order(map: &RegisterMap, register: &Register) -> WordOrder {
    register.order.unwrap_or(map.word_order)
}

/// Whether a client may read the register and learns something by it: not write-only, no command, and
/// outside the ranges that must be left alone.
pub(super) fn readable(map: &RegisterMap, register: &Register) -> bool {
    let last = u32::from(register.address) + u32::from(register.words.max(1)) - 1;
    let hazard = |h: &Hazard| u32::from(h.first) <= last && register.address <= h.last;
    !matches!(register.access, Access::Wo | Access::Command) && !map.hazards.iter().any(hazard)
}

/// A text in double quotes with the escapes that JSON, TOML and YAML share.
pub(super) fn quoted(text: &str) -> String {
    // A text always serializes. DEL is a control character for TOML alone.
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007f")
}

/// A name as an identifier of lower-case letters, digits and `_`.
pub(super) fn snake(name: &str) -> String {
    let word: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word }
}

/// The first Modbus address of a map, or the one that an option names.
pub(super) fn unit(map: &RegisterMap, format: Format, options: &mut Options) -> Result<u8, ExportError> {
    let missing = |mend: &str| ExportError::Missing {
        map: map.id.clone(),
        format,
        key: "unit".to_owned(),
        mend: mend.to_owned(),
    };
    match options.take("unit") {
        Some(text) => text.parse().ok().filter(|unit| *unit > 0).ok_or_else(|| ExportError::BadOption {
            format,
            key: "unit",
            message: format!("{text} is no Modbus address: 1 to 255"),
        }),
        None => map
            .bus
            .addresses
            .first()
            .map(|r| r.first)
            .ok_or_else(|| missing("add --set unit=…, the Modbus address of the device")),
    }
}
