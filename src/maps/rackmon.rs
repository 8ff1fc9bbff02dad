//! The words of rackmon's map format, for import and export.
//!
//! Sources: facebook/openbmc @18db06bba062 `common/recipes-core/rackmon2` (REGISTER_MAP.md, schemas),
//! facebook/fboss @14ec47ec32db `fboss/platform/rackmon` (Register.cpp).

use serde_json::{Value, json};

use super::exact::Binary;
use super::model::{Kind, Parity, Rational, Register, WordOrder};
use super::units;

/// How rackmon shows a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Raw,
    String,
    Integer,
    Long,
    Float,
    Flags,
}

pub(super) const FORMATS: [(&str, Format); 6] = [
    ("RAW", Format::Raw),
    ("STRING", Format::String),
    ("INTEGER", Format::Integer),
    ("LONG", Format::Long),
    ("FLOAT", Format::Float),
    ("FLAGS", Format::Flags),
];

impl Format {
    pub(super) fn name(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("RAW", |(name, _)| name)
    }
}

pub(super) const PARITIES: [(&str, Parity); 3] =
    [("EVEN", Parity::Even), ("ODD", Parity::Odd), ("NONE", Parity::None)];

pub(super) const ENDIANS: [(&str, WordOrder); 2] =
    [("B", WordOrder::BigEndian), ("L", WordOrder::LittleEndian)];

/// Words of one read where a map does not say.
pub(super) const SPAN_LENGTH: u16 = 120;

/// Units that rackmon's maps name in words, with their UCUM codes. The key is free text: other units are
/// written as UCUM codes.
const UNITS: [(&str, &str); 5] =
    [("Volts", "V"), ("Amperes", "A"), ("DegreesC", "Cel"), ("Percent", "%"), ("AmpereHours", "A.h")];

/// rackmon's word for a unit of ours.
pub(super) fn unit(ucum: &str) -> &str {
    UNITS.iter().find(|(_, code)| *code == ucum).map_or(ucum, |(word, _)| word)
}

/// Our unit for a text of rackmon; `None` for one that we do not know.
pub(super) fn ucum(text: &str) -> Option<String> {
    let code = UNITS.iter().find(|(word, _)| *word == text).map_or(text, |(_, code)| code);
    units::binding(code).map(|_| code.to_owned())
}

/// The name of a map: the identifier in capitals.
pub(super) fn name(id: &str) -> String {
    id.to_ascii_uppercase().replace('-', "_")
}

/// The format that shows a register, as far as rackmon has one.
pub(super) fn format(register: &Register) -> Format {
    match register.kind {
        Kind::Text => Format::String,
        Kind::Flags => Format::Flags,
        Kind::Raw | Kind::Float => Format::Raw,
        Kind::Unsigned | Kind::Signed | Kind::Enum => {
            if register.scale != Rational::one() || register.offset != Rational::zero() {
                Format::Float
            } else if register.words > 2 {
                Format::Long
            } else {
                Format::Integer
            }
        }
    }
}

/// The scale as rackmon writes it, with the precision that an import kept, if there is one that fits.
pub(super) fn binary(scale: Rational, kept: Option<&Value>) -> Binary {
    kept.and_then(Value::as_u64)
        .and_then(|precision| Binary::with(scale, u32::try_from(precision).ok()?))
        .unwrap_or_else(|| Binary::of(scale))
}

/// The clock as a handler that writes the output of `date`: address, interval in seconds.
pub(super) fn time_handler(handlers: &Value) -> Option<(u16, u32)> {
    let [handler] = handlers.as_array()?.as_slice() else { return None };
    let address = u16::try_from(handler.get("reg")?.as_u64()?).ok()?;
    let interval_s = u32::try_from(handler.get("period")?.as_u64()?).ok().filter(|s| *s > 0)?;
    (*handler == write_time(address, interval_s)).then_some((address, interval_s))
}

/// The handler that writes the Unix time.
pub(super) fn write_time(address: u16, interval_s: u32) -> Value {
    json!({
        "reg": address, "len": 2, "period": interval_s, "action": "write",
        "info": { "interpret": "INTEGER", "shell": "date +%s" },
    })
}

/// The clock in the later form: address, interval in seconds.
pub(super) fn time_sync(sync: &Value) -> Option<(u16, u32)> {
    let object = sync.as_object().filter(|o| o.len() == 2)?;
    let address = u16::try_from(object.get("address")?.as_u64()?).ok()?;
    let interval_s = u32::try_from(object.get("interval")?.as_u64()?).ok().filter(|s| *s > 0)?;
    Some((address, interval_s))
}
