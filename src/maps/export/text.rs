//! Parts of a map as text, as several formats write them.

use serde::Serialize;
use serde_json::Value;

use crate::maps::model::{Rational, Register, RegisterMap, WordOrder};

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
