//! Register maps of rackmon (facebook/openbmc, facebook/fboss): see [`crate::maps::import`].
//!
//! The format holds addresses, baud rate, parity, probe, clock, and of a register address, length, name,
//! unit and how to show it. Of writing it knows nothing.

use serde_json::{Map, Value, json};

use super::loss::Losses;
use super::text::order;
use super::{ExportError, Format};
use crate::maps::exact::number;
use crate::maps::import::Source;
use crate::maps::model::{Access, Expect, Kind, Register, RegisterMap, WordOrder};
use crate::maps::rackmon::{self as words, Format as Form};

/// What the format holds of a map.
const MAP: [&str; 6] = ["id", "bus", "identification", "word_order", "time_sync", "registers"];
/// What the format holds of a register; the rest is looked at below.
const REGISTER: [&str; 9] = ["name", "address", "words", "type", "order", "scale", "offset", "unit", "bits"];

pub(super) fn write(map: &RegisterMap, losses: &mut Losses) -> Result<Value, ExportError> {
    let own = Source::Rackmon.name();
    losses.map_rest(map, own, &MAP);
    bus(map, losses);
    let mut kept = kept(map.foreign.get(own));
    let mut out = Map::new();
    let name = kept.get("name").cloned().unwrap_or_else(|| words::name(&map.id).into());
    out.insert("name".to_owned(), name);
    let ranges: Vec<Value> = map.bus.addresses.iter().map(|r| json!([r.first, r.last])).collect();
    out.insert("address_range".to_owned(), ranges.into());
    out.insert("probe_register".to_owned(), probe(map)?.into());
    let baud = map.bus.baud.first().ok_or_else(|| ExportError::Missing {
        map: map.id.clone(),
        format: Format::Rackmon,
        key: "baudrate".to_owned(),
        mend: "name a baud rate in `bus.baud`".to_owned(),
    })?;
    out.insert("baudrate".to_owned(), (*baud).into());
    let parity = words::PARITIES.iter().find(|(_, p)| *p == map.bus.parity).map_or("EVEN", |(word, _)| word);
    if parity != "EVEN" {
        out.insert("parity".to_owned(), parity.into());
    }
    if map.bus.max_read_words != words::SPAN_LENGTH {
        out.insert("max_span_length".to_owned(), map.bus.max_read_words.into());
    }
    clock(map, kept.remove("_time_sync").is_some(), &mut out, losses);
    out.insert("registers".to_owned(), registers(map, losses).into());
    give_back(&mut out, kept);
    Ok(out.into())
}

/// What `bus` and `identification` say beyond what the format holds.
fn bus(map: &RegisterMap, losses: &mut Losses) {
    if map.bus.baud.len() > 1 {
        losses.map("`bus.baud` beyond the first");
    }
    if !map.bus.shared_with.is_empty() {
        losses.map("`bus.shared_with`");
    }
    losses.map("`bus.max_write_words`");
    losses.map("`bus.functions`");
    match &map.identification.expect {
        Expect::Words(words) if words.is_empty() => {}
        Expect::Words(_) | Expect::AsciiText => losses.map("`identification.expect`"),
    }
}

fn probe(map: &RegisterMap) -> Result<u16, ExportError> {
    let probe = map.registers.iter().find(|r| r.id == map.identification.probe);
    probe.map(|r| r.address).ok_or_else(|| ExportError::Missing {
        map: map.id.clone(),
        format: Format::Rackmon,
        key: "probe_register".to_owned(),
        mend: format!("`identification.probe` names no register (`{}`)", map.identification.probe),
    })
}

fn clock(map: &RegisterMap, new: bool, out: &mut Map<String, Value>, losses: &mut Losses) {
    let Some(sync) = &map.time_sync else { return };
    match map.registers.iter().find(|r| r.id == sync.register) {
        Some(r) if r.words == 2 && order(map, r) == WordOrder::BigEndian => {
            if new {
                let form = json!({ "address": r.address, "interval": sync.interval_s });
                out.insert("time_sync".to_owned(), form);
            } else {
                let form = json!([words::write_time(r.address, sync.interval_s)]);
                out.insert("special_handlers".to_owned(), form);
            }
        }
        _ => losses.map("`time_sync` (rackmon writes a clock of two words, big-endian)"),
    }
}

fn registers(map: &RegisterMap, losses: &mut Losses) -> Vec<Value> {
    let mut registers: Vec<(u64, Value)> = Vec::new();
    let mut next = 0;
    for r in &map.registers {
        let mut kept = kept(r.foreign.get(Source::Rackmon.name()));
        if kept.contains_key("_unlisted") {
            continue;
        }
        if matches!(r.access, Access::Wo | Access::Command) {
            losses.register("the whole row (rackmon reads what it lists; this is only written)", r);
            continue;
        }
        // A register that came later follows the one before it in the order of addresses.
        let index = kept.remove("_index").and_then(|v| v.as_u64()).unwrap_or(next);
        next = index;
        registers.push((index, register(map, r, kept, losses)));
    }
    registers.sort_by_key(|(index, _)| *index);
    registers.into_iter().map(|(_, register)| register).collect()
}

fn register(map: &RegisterMap, r: &Register, mut kept: Map<String, Value>, losses: &mut Losses) -> Value {
    losses.register_rest(r, Source::Rackmon.name(), &REGISTER);
    let usual = words::format(r);
    let format = match kept.remove("format").as_ref().and_then(Value::as_str) {
        // Only another way to show the same number is taken from what an import kept.
        Some("FLOAT") if matches!(usual, Form::Integer | Form::Long) => Form::Float,
        Some("LONG") if usual == Form::Integer => Form::Long,
        Some("INTEGER") if usual == Form::Long => Form::Integer,
        _ => usual,
    };
    let mut out = Map::new();
    out.insert("begin".to_owned(), r.address.into());
    out.insert("length".to_owned(), r.words.into());
    out.insert("name".to_owned(), r.name.clone().into());
    out.insert("format".to_owned(), format.name().into());
    if r.kind == Kind::Signed {
        out.insert("sign".to_owned(), true.into());
    }
    if order(map, r) == WordOrder::LittleEndian {
        if matches!(format, Form::Integer | Form::Long) {
            out.insert("endian".to_owned(), "L".into());
        } else {
            losses.register("`order` (rackmon turns only whole numbers round)", r);
        }
    }
    match format {
        Form::Float => float(r, kept.remove("precision").as_ref(), &mut out, losses),
        Form::Flags => {
            out.insert("flags".to_owned(), flags(r, losses).into());
        }
        _ => {}
    }
    match r.kind {
        Kind::Float => losses.register("`type` float (written as RAW)", r),
        Kind::Enum => losses.register("`type` enum (written as a number)", r),
        _ => {}
    }
    if matches!(format, Form::Integer | Form::Long | Form::Float) && r.words > 4 {
        losses.register("a number of more than four words (rackmon refuses to decode it)", r);
    }
    if let Some(unit) = &r.unit {
        out.insert("unit".to_owned(), words::unit(unit).into());
    }
    // A unit that was kept is one that the model does not know; one that was set since replaces it.
    give_back(&mut out, kept);
    out.into()
}

fn float(r: &Register, precision: Option<&Value>, out: &mut Map<String, Value>, losses: &mut Losses) {
    let form = words::binary(r.scale, precision);
    out.insert("precision".to_owned(), form.precision.into());
    for (key, value, default) in [("scale", form.factor, 1), ("shift", r.offset, 0)] {
        let (decimal, exact) = number(value);
        if decimal.as_i64() != Some(default) {
            if !exact {
                losses.register(format!("the exact `{key}` (rackmon writes decimal numbers)"), r);
            }
            out.insert(key.to_owned(), decimal.into());
        }
    }
}

/// One flag for each bit: the format has no wider fields.
fn flags(r: &Register, losses: &mut Losses) -> Vec<Value> {
    losses.register("`bits` identifiers", r);
    let mut flags = Vec::new();
    for bit in &r.bits {
        if bit.width > 1 {
            losses.register("bit fields (written as a flag for each bit)", r);
        }
        if bit.description.is_some() {
            losses.register("`bits` descriptions", r);
        }
        flags.extend((0..bit.width).map(|i| json!([u32::from(bit.bit) + u32::from(i), bit.name])));
    }
    flags
}

fn kept(foreign: Option<&Value>) -> Map<String, Value> {
    foreign.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Keys that an import kept and that the map does not say better by now.
fn give_back(out: &mut Map<String, Value>, kept: Map<String, Value>) {
    for (key, value) in kept.into_iter().filter(|(key, _)| !key.starts_with('_')) {
        out.entry(key).or_insert(value);
    }
}
