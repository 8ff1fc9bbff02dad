//! Configuration of RichiH/modbus_exporter, which serves registers as Prometheus metrics.
//!
//! One module; a metric for each number, and one for each flag of one bit. The address of a metric is the
//! digit 3 (read holding registers) followed by the register's address in decimal. A number with an offset
//! has no place in the format: its metric is named `…_before_offset`, and its help text says what to add.
//!
//! Source: RichiH/modbus_exporter, `config/config.go`, `modbus/modbus.go`, `modbus.yml`.

use std::fmt::Write as _;

use super::loss::Losses;
use super::text::{order, quoted, readable, snake};
use super::{ExportError, Format, Options};
use crate::maps::exact::number;
use crate::maps::model::{Kind, Parity, Rational, Register, RegisterMap, Volatility, WordOrder};

const MAP: [&str; 4] = ["id", "bus", "word_order", "registers"];
const REGISTER: [&str; 9] =
    ["id", "description", "address", "words", "type", "order", "scale", "unit", "volatility"];

/// UCUM code and the base name that metrics of that unit end in.
const UNITS: [(&str, &str); 16] = [
    ("V", "volts"),
    ("A", "amperes"),
    ("W", "watts"),
    ("Hz", "hertz"),
    ("Cel", "celsius"),
    ("%", "percent"),
    ("/min", "rpm"),
    ("s", "seconds"),
    ("min", "minutes"),
    ("h", "hours"),
    ("d", "days"),
    ("A.h", "ampere_hours"),
    ("W.h", "watt_hours"),
    ("J", "joules"),
    ("1", "ratio"),
    ("bit/s", "bits_per_second"),
];

pub(super) fn write(
    map: &RegisterMap,
    options: &mut Options,
    losses: &mut Losses,
) -> Result<String, ExportError> {
    losses.map_rest(map, "modbus-exporter", &MAP);
    losses.map("`bus` (but for baud rate and parity)");
    let protocol = options.take("protocol").unwrap_or_else(|| "tcp/ip".to_owned());
    if !["tcp/ip", "serial"].contains(&protocol.as_str()) {
        return Err(ExportError::BadOption {
            format: Format::ModbusExporter,
            key: "protocol",
            message: format!("{protocol} is no protocol: tcp/ip or serial"),
        });
    }
    let mut out = format!(
        "# Written by `dpo registers export` from the map {} {}.\nmodules:\n  - name: {}\n    protocol: {}\n    \
         timeout: 1000\n",
        snake(&map.id),
        map.version.replace(char::is_control, " "),
        quoted(&map.id),
        quoted(&protocol),
    );
    if protocol == "serial" {
        let baud = map.bus.baud.first().ok_or_else(|| ExportError::Missing {
            map: map.id.clone(),
            format: Format::ModbusExporter,
            key: "baudrate".to_owned(),
            mend: "name a baud rate in `bus.baud`".to_owned(),
        })?;
        let parity = match map.bus.parity {
            Parity::Even => "E",
            Parity::Odd => "O",
            Parity::None => "N",
        };
        let _ =
            write!(out, "    baudrate: {baud}\n    databits: 8\n    stopbits: 1\n    parity: \"{parity}\"\n");
    }
    out.push_str("    metrics:\n");
    let before = out.len();
    for r in &map.registers {
        let told = if readable(map, r) { metrics(map, r, losses, &mut out) } else { Err("not to be read") };
        match told {
            Ok(()) => losses.register_rest(r, "modbus-exporter", &REGISTER),
            Err(why) => losses.register(format!("the whole row ({why})"), r),
        }
    }
    if out.len() == before {
        return Err(ExportError::Missing {
            map: map.id.clone(),
            format: Format::ModbusExporter,
            key: "metrics".to_owned(),
            mend: "it has no register that could be a metric".to_owned(),
        });
    }
    Ok(out)
}

fn metrics(
    map: &RegisterMap,
    r: &Register,
    losses: &mut Losses,
    out: &mut String,
) -> Result<(), &'static str> {
    let kind = match (r.kind, r.words) {
        (Kind::Text | Kind::Raw, _) => return Err("a metric is a number"),
        (Kind::Flags, _) => return flags(map, r, losses, out),
        (Kind::Signed, 1) => "int16",
        (Kind::Signed, 2) => "int32",
        (Kind::Signed, 4) => "int64",
        (Kind::Float, 2) => "float32",
        (Kind::Float, 4) => "float64",
        (Kind::Unsigned | Kind::Enum, 1) => "uint16",
        (Kind::Unsigned | Kind::Enum, 2) => "uint32",
        (Kind::Unsigned | Kind::Enum, 4) => "uint64",
        _ => return Err("modbus_exporter has no number of so many words"),
    };
    let mut name = format!("{}_{}", snake(&map.id), snake(&r.id));
    if let Some((_, unit)) = UNITS.iter().find(|(code, _)| r.unit.as_deref() == Some(code)) {
        if !name.ends_with(unit) {
            let _ = write!(name, "_{unit}");
        }
    } else if r.unit.is_some() {
        losses.register("`unit` (no name for it)", r);
    }
    let mut help = r.description.clone();
    if r.offset != Rational::zero() {
        name.push_str("_before_offset");
        let _ = write!(help, " Add {} to get the value.", number(r.offset).0);
        losses.register("`offset` (told in the help text)", r);
    }
    let counter = r.volatility == Volatility::Counter && r.kind == Kind::Unsigned;
    if counter {
        name.push_str("_total");
    }
    metric(&name, &help, r.address, kind, out);
    let _ = writeln!(out, "        metricType: {}", if counter { "counter" } else { "gauge" });
    if order(map, r) == WordOrder::LittleEndian {
        out.push_str("        endianness: \"little\"\n");
    }
    if r.scale != Rational::one() {
        let (factor, exact) = number(r.scale);
        if !exact {
            losses.register("the exact `scale` (the file has decimal numbers)", r);
        }
        let _ = writeln!(out, "        factor: {factor}");
    }
    Ok(())
}

/// A metric up to its type.
fn metric(name: &str, help: &str, address: u16, kind: &str, out: &mut String) {
    let _ = write!(
        out,
        "      - name: {}\n        help: {}\n        address: 3{address:05}\n        dataType: {kind}\n",
        quoted(name),
        quoted(help),
    );
}

/// A metric for each bit: the exporter reads one word of it.
fn flags(map: &RegisterMap, r: &Register, losses: &mut Losses, out: &mut String) -> Result<(), &'static str> {
    if order(map, r) == WordOrder::LittleEndian {
        return Err("modbus_exporter reads bits big-endian");
    }
    for bit in &r.bits {
        let word = (bit.bit / 16) + 1;
        let at = r.words.checked_sub(word.into()).and_then(|i| r.address.checked_add(i));
        let (Some(address), 1) = (at, bit.width) else {
            losses.register("bit fields wider than a bit", r);
            continue;
        };
        let name = format!("{}_{}_{}", snake(&map.id), snake(&r.id), snake(&bit.id));
        let help = bit.description.as_ref().unwrap_or(&bit.name);
        metric(&name, help, address, "bool", out);
        let _ = write!(out, "        bitOffset: {}\n        metricType: gauge\n", bit.bit % 16);
    }
    Ok(())
}
