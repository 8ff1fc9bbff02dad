//! What the words of a device mean, read from the map itself.
//!
//! The generated bindings decode by code that a map was made into; this decodes by looking at the map. It
//! needs no generated module, so it works for any map that loads, and it can contradict the bindings: the
//! differential test holds the two against each other.
//!
//! [`decode`] gives, for each register in the order of the map, the words and a [`Value`]: a number as raw
//! integer and exact fraction with its unit, flags and symbols by name, text, plain words, or that the
//! device marks the value as not available.
//!
//! ```
//! use dpo_gateway::maps::{self, decode};
//!
//! let maps = maps::builtin()?;
//! let psu = maps.iter().find(|map| map.id == "orv3-psu").ok_or("no such map")?;
//! // Register 88 holds 277 V as an unsigned number with 6 fractional bits; nothing else was read.
//! let decoded = decode::decode(psu, |address| (address == 88).then_some(0x4540));
//! let input = decoded.iter().find(|d| d.register.id == "input_voltage_ac").ok_or("no such register")?;
//! assert_eq!(input.to_string(), "277 V");
//! assert!(decoded.iter().filter(|d| d.value.is_some()).count() == 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod exact;

use std::fmt;

pub use exact::Exact;

use super::model::{BitField, Kind, Register, RegisterMap, Symbol, WordOrder};

/// A register and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<'m> {
    /// What the map says of it.
    pub register: &'m Register,
    /// Its words; empty if one of them was not read.
    pub words: Vec<u16>,
    /// What they mean; `None` if a word was not read.
    pub value: Option<Value<'m>>,
}

/// What words mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'m> {
    /// The device marks the value as not available.
    NotAvailable,
    /// An integer with its engineering value.
    Number {
        /// The integer in the words.
        raw: i128,
        /// raw × scale + offset; `None` beyond 128 bits, which takes a scale of astronomic size.
        exact: Option<Exact>,
        /// UCUM code; empty where there is none.
        unit: &'m str,
    },
    /// A floating-point number.
    Float {
        /// The number in the words, scaled: number × scale + offset, in 64-bit floating point.
        value: f64,
        /// UCUM code; empty where there is none.
        unit: &'m str,
    },
    /// Bit fields.
    Flags {
        /// All bits.
        bits: u64,
        /// The fields that are not 0, with the number in each.
        set: Vec<(&'m BitField, u64)>,
        /// Bits that are set and that no field covers.
        undeclared: u64,
    },
    /// One of the declared values.
    Symbol {
        /// The value.
        raw: u64,
        /// Its symbol; `None` if the map does not declare the value.
        symbol: Option<&'m Symbol>,
    },
    /// Text.
    Text {
        /// The bytes before the first NUL.
        bytes: Vec<u8>,
    },
    /// Words without a declared meaning.
    Words,
    /// The map says of the register what cannot be: the lint refuses it.
    Invalid {
        /// What is wrong.
        reason: &'static str,
    },
}

/// Decodes every register of a map. `word` gives the word at an address, if it was read.
pub fn decode(map: &RegisterMap, mut word: impl FnMut(u16) -> Option<u16>) -> Vec<Decoded<'_>> {
    let mut words_of = |register: &Register| -> Option<Vec<u16>> {
        (0..register.words).map(|i| register.address.checked_add(i).and_then(&mut word)).collect()
    };
    let read = |register| match words_of(register) {
        Some(words) => {
            let value = Some(value(register, register.order.unwrap_or(map.word_order), &words));
            Decoded { register, words, value }
        }
        None => Decoded { register, words: Vec::new(), value: None },
    };
    map.registers.iter().map(read).collect()
}

/// What the words of one register mean. `order` is the register's, or else that of its map.
pub fn value<'m>(register: &'m Register, order: WordOrder, words: &[u16]) -> Value<'m> {
    if words.len() != usize::from(register.words) {
        return Value::Invalid { reason: "the number of words is not that of the register" };
    }
    match register.kind {
        Kind::Text => {
            let bytes = words.iter().flat_map(|word| word.to_be_bytes());
            return Value::Text { bytes: bytes.take_while(|byte| *byte != 0).collect() };
        }
        Kind::Raw => return Value::Words,
        _ => {}
    }
    let Some(bits) = join(order, words) else {
        return Value::Invalid { reason: "the type has 1 to 4 words" };
    };
    let width = 16 * words.len();
    let signed = if bits >> (width - 1) == 1 { i128::from(bits) - (1 << width) } else { i128::from(bits) };
    let raw = if register.kind == Kind::Signed { signed } else { i128::from(bits) };
    // A not-available value is compared as words: for an unsigned number it may be given as -1.
    if register.not_available.is_some_and(|mark| i128::from(mark) == raw || i128::from(mark) == signed) {
        return Value::NotAvailable;
    }
    let unit = register.unit.as_deref().unwrap_or_default();
    match register.kind {
        Kind::Unsigned | Kind::Signed => {
            Value::Number { raw, exact: Exact::scaled(raw, register.scale, register.offset), unit }
        }
        Kind::Float => float(register, bits, unit),
        Kind::Flags => flags(register, bits),
        Kind::Enum => Value::Symbol { raw: bits, symbol: register.symbols.iter().find(|s| s.value == bits) },
        Kind::Text | Kind::Raw => Value::Words,
    }
}

/// The words as one number, by their bytes.
fn join(order: WordOrder, words: &[u16]) -> Option<u64> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    // Least significant word first with swapped bytes is every byte in reverse.
    if order == WordOrder::LittleEndian {
        bytes.reverse();
    }
    let mut joined = [0; 8];
    let from = joined.len().checked_sub(bytes.len())?;
    joined.get_mut(from..)?.copy_from_slice(&bytes);
    (!bytes.is_empty()).then_some(u64::from_be_bytes(joined))
}

fn float<'m>(register: &Register, bits: u64, unit: &'m str) -> Value<'m> {
    let number = match (register.words, u32::try_from(bits)) {
        (2, Ok(bits)) => f64::from(f32::from_bits(bits)),
        (4, _) => f64::from_bits(bits),
        _ => return Value::Invalid { reason: "floating point has 2 or 4 words" },
    };
    if number.is_nan() {
        return Value::NotAvailable;
    }
    Value::Float { value: number * register.scale.value() + register.offset.value(), unit }
}

fn flags(register: &Register, bits: u64) -> Value<'_> {
    let mut undeclared = bits;
    let mut set = Vec::new();
    for field in &register.bits {
        // Beyond bit 63 there is nothing; the lint refuses such a field.
        let ones = u64::MAX.checked_shr(64u32.saturating_sub(field.width.into())).unwrap_or(0);
        let mask = ones.checked_shl(field.bit.into()).unwrap_or(0);
        let number = (bits & mask).checked_shr(field.bit.into()).unwrap_or(0);
        undeclared &= !mask;
        if number != 0 {
            set.push((field, number));
        }
    }
    Value::Flags { bits, set, undeclared }
}

impl fmt::Display for Decoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            None => f.write_str("not read"),
            Some(Value::Words) => {
                for (i, word) in self.words.iter().enumerate() {
                    write!(f, "{}{word:04X}", if i == 0 { "" } else { " " })?;
                }
                Ok(())
            }
            Some(value) => value.fmt(f),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAvailable => f.write_str("not available"),
            Self::Number { exact: Some(exact), unit, .. } => with_unit(f, exact, unit),
            Self::Number { raw, .. } => write!(f, "raw {raw}"),
            Self::Float { value, unit } => with_unit(f, value, unit),
            Self::Flags { bits: 0, .. } => f.write_str("none"),
            Self::Flags { set, undeclared, .. } => {
                let mut between = "";
                for (field, number) in set {
                    write!(f, "{between}{}", field.id)?;
                    if field.width > 1 {
                        write!(f, "={number}")?;
                    }
                    between = " | ";
                }
                if *undeclared != 0 { write!(f, "{between}{undeclared:#x}") } else { Ok(()) }
            }
            Self::Symbol { symbol: Some(symbol), .. } => f.write_str(&symbol.id),
            Self::Symbol { raw, .. } => write!(f, "undeclared {raw}"),
            // Bytes of a device reach a terminal: only what is printable goes there.
            Self::Text { bytes } => bytes.iter().try_for_each(|byte| match byte {
                0x20..0x7f => write!(f, "{}", char::from(*byte)),
                byte => write!(f, "\\x{byte:02x}"),
            }),
            Self::Words => f.write_str("words"),
            Self::Invalid { reason } => write!(f, "invalid: {reason}"),
        }
    }
}

fn with_unit(f: &mut fmt::Formatter<'_>, value: &impl fmt::Display, unit: &str) -> fmt::Result {
    // "1" is UCUM's code for no unit at all.
    if unit.is_empty() || unit == "1" { value.fmt(f) } else { write!(f, "{value} {unit}") }
}

#[cfg(test)]
mod tests;
