//! Configuration of telegraf's Modbus input (`inputs.modbus`, configuration style `request`).
//!
//! A request for each byte order; telegraf joins fields that touch. A value with an offset gets it from
//! `processors.scale` (telegraf 1.27), so that each field is in the unit of the map. Texts are fields of the
//! type `STRING`; flags and symbols are the whole number.
//!
//! Source: influxdata/telegraf, `plugins/inputs/modbus/README.md` and `plugins/processors/scale/README.md`.

use std::fmt::Write as _;

use serde_json::Number;

use super::loss::Losses;
use super::text::{order, quoted, readable, snake, unit};
use super::{ExportError, Format, Options};
use crate::maps::exact::number;
use crate::maps::model::{Kind, Rational, Register, RegisterMap, WordOrder};

const MAP: [&str; 6] = ["id", "title", "version", "bus", "word_order", "registers"];
const REGISTER: [&str; 7] = ["id", "address", "words", "type", "order", "scale", "offset"];

pub(super) fn write(
    map: &RegisterMap,
    options: &mut Options,
    losses: &mut Losses,
) -> Result<String, ExportError> {
    losses.map_rest(map, "telegraf", &MAP);
    losses.map("`bus` (but for the first Modbus address)");
    let unit = unit(map, Format::Telegraf, options)?;
    let controller = options.take("controller").unwrap_or_else(|| "tcp://127.0.0.1:502".to_owned());
    let measurement = snake(&map.id);
    let mut out = format!(
        "# {} (map {} {}), written by `dpo registers export`.\n\n[[inputs.modbus]]\n  name = {}\n  \
         controller = {}\n  timeout = \"1s\"\n  configuration_type = \"request\"\n",
        one_line(&map.title),
        one_line(&map.id),
        one_line(&map.version),
        quoted(&map.id),
        quoted(&controller),
    );
    let mut shifted = Vec::new();
    for (byte_order, wanted) in [("ABCD", WordOrder::BigEndian), ("DCBA", WordOrder::LittleEndian)] {
        let mut fields = String::new();
        for r in map.registers.iter().filter(|r| order(map, r) == wanted) {
            match field(map, r, losses) {
                Ok(field) => {
                    losses.register_rest(r, "telegraf", &REGISTER);
                    let _ = writeln!(fields, "      {field},");
                    if r.offset != Rational::zero() {
                        shifted.push(r);
                    }
                }
                Err(why) => losses.register(format!("the whole row ({why})"), r),
            }
        }
        if fields.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n  [[inputs.modbus.request]]\n    slave_id = {unit}\n    byte_order = \"{byte_order}\"\n    \
             register = \"holding\"\n    measurement = {}\n    fields = [\n{fields}    ]\n\n    \
             [inputs.modbus.request.tags]\n      map = {}\n",
            quoted(&measurement),
            quoted(&format!("{}@{}", map.id, map.version)),
        );
    }
    offsets(&measurement, &shifted, losses, &mut out);
    Ok(out)
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn field(map: &RegisterMap, r: &Register, losses: &mut Losses) -> Result<String, &'static str> {
    if !readable(map, r) {
        return Err("not to be read");
    }
    let kind = match (r.kind, r.words) {
        (Kind::Text, _) => "STRING",
        (Kind::Raw, _) => return Err("telegraf has no raw words"),
        (Kind::Signed, 1) => "INT16",
        (Kind::Signed, 2) => "INT32",
        (Kind::Signed, 4) => "INT64",
        (Kind::Float, 2) => "FLOAT32",
        (Kind::Float, 4) => "FLOAT64",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 1) => "UINT16",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 2) => "UINT32",
        (Kind::Unsigned | Kind::Flags | Kind::Enum, 4) => "UINT64",
        _ => return Err("telegraf has no number of so many words"),
    };
    let mut field = format!("{{ address = {}, name = {}, type = \"{kind}\"", r.address, quoted(&r.id));
    if r.kind == Kind::Text {
        let _ = write!(field, ", length = {}", r.words);
    }
    if r.scale != Rational::one() {
        let _ = write!(field, ", scale = {}", float(r.scale, "scale", r, losses));
    }
    Ok(field + " }")
}

/// A TOML float: with a point, also for a whole number.
fn float(value: Rational, key: &str, r: &Register, losses: &mut Losses) -> String {
    let (decimal, exact) = number(value);
    if !exact {
        losses.register(format!("the exact `{key}` (TOML has floating point)"), r);
    }
    decimal.as_f64().and_then(Number::from_f64).unwrap_or(decimal).to_string()
}

fn offsets(measurement: &str, shifted: &[&Register], losses: &mut Losses, out: &mut String) {
    if shifted.is_empty() {
        return;
    }
    let _ = write!(out, "\n[[processors.scale]]\n  namepass = [{}]\n", quoted(measurement));
    let mut done: Vec<Rational> = Vec::new();
    for r in shifted {
        if done.contains(&r.offset) {
            continue;
        }
        done.push(r.offset);
        let same: Vec<String> =
            shifted.iter().filter(|o| o.offset == r.offset).map(|o| quoted(&o.id)).collect();
        let _ = write!(
            out,
            "  [[processors.scale.scaling]]\n    factor = 1.0\n    offset = {}\n    fields = [{}]\n",
            float(r.offset, "offset", r, losses),
            same.join(", ")
        );
    }
}
