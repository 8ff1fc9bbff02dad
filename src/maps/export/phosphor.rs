//! Device profiles of phosphor-modbus (openbmc/phosphor-modbus, `device_profile.schema.json`): see
//! [`crate::maps::import`].
//!
//! A profile is of one model of a vendor. What a map cannot know is asked for: `DeviceModel`, and
//! `ExpectedValue` if the map does not say what the probe holds. A register goes into the list it was imported
//! from, or else where its Redfish property, unit or clock says that it belongs.

use serde_json::{Map, Value, json};

use super::loss::Losses;
use super::text::order;
use super::{ExportError, Format, Options};
use crate::maps::exact::{Binary, number};
use crate::maps::import::Source;
use crate::maps::model::{Access, Expect, Kind, Rational, Register, RegisterMap, Volatility, WordOrder};
use crate::maps::phosphor::{self as words, Section};

/// What a profile holds of a map.
const MAP: [&str; 6] = ["device_class", "bus", "identification", "word_order", "time_sync", "registers"];
/// What a profile holds of a register.
const REGISTER: [&str; 9] = ["name", "address", "words", "type", "order", "scale", "offset", "unit", "bits"];

pub(super) fn write(
    map: &RegisterMap,
    options: &mut Options,
    losses: &mut Losses,
) -> Result<Value, ExportError> {
    losses.map_rest(map, Source::Phosphor.name(), &MAP);
    bus(map, losses);
    let mut kept = kept(map.foreign.get(Source::Phosphor.name()));
    let device = options
        .take("DeviceType")
        .or_else(|| kept.get("DeviceType").and_then(Value::as_str).map(str::to_owned))
        .or_else(|| words::device(map.device_class).map(str::to_owned));
    let model = options
        .take("DeviceModel")
        .or_else(|| kept.get("DeviceModel").and_then(Value::as_str).map(str::to_owned));
    let missing = |key: &str| ExportError::Missing {
        map: map.id.clone(),
        format: Format::Phosphor,
        key: key.to_owned(),
        mend: format!("add --set {key}=…, one of the values in its device_profile.schema.json"),
    };
    let mut out = Map::new();
    out.insert("DeviceType".to_owned(), device.ok_or_else(|| missing("DeviceType"))?.into());
    out.insert("DeviceModel".to_owned(), model.ok_or_else(|| missing("DeviceModel"))?.into());
    let parity = words::PARITIES.iter().find(|(_, p)| *p == map.bus.parity).map_or("Even", |(word, _)| word);
    out.insert("Parity".to_owned(), parity.into());
    let baud = map.bus.baud.first().ok_or_else(|| ExportError::Missing {
        map: map.id.clone(),
        format: Format::Phosphor,
        key: "BaudRate".to_owned(),
        mend: "name a baud rate in `bus.baud`".to_owned(),
    })?;
    out.insert("BaudRate".to_owned(), (*baud).into());
    out.insert("ProbeRegister".to_owned(), probe(map, options, &mut kept)?);
    lists(map, losses, &mut out);
    give_back(&mut out, kept);
    Ok(out.into())
}

fn bus(map: &RegisterMap, losses: &mut Losses) {
    if map.bus.baud.len() > 1 {
        losses.map("`bus.baud` beyond the first");
    }
    if !map.bus.addresses.is_empty() {
        losses.map("`bus.addresses`");
    }
    if !map.bus.shared_with.is_empty() {
        losses.map("`bus.shared_with`");
    }
    losses.map("`bus.max_read_words`");
    losses.map("`bus.max_write_words`");
    losses.map("`bus.functions`");
}

fn probe(
    map: &RegisterMap,
    options: &mut Options,
    kept: &mut Map<String, Value>,
) -> Result<Value, ExportError> {
    let missing = |key: &str, mend: String| ExportError::Missing {
        map: map.id.clone(),
        format: Format::Phosphor,
        key: key.to_owned(),
        mend,
    };
    let register = map.registers.iter().find(|r| r.id == map.identification.probe).ok_or_else(|| {
        missing(
            "ProbeRegister",
            format!("`identification.probe` names no register (`{}`)", map.identification.probe),
        )
    })?;
    let said = match &map.identification.expect {
        Expect::AsciiText => None,
        Expect::Words(words) if register.kind == Kind::Text => words::words_text(words).map(Value::from),
        Expect::Words(words) => words::words_number(words).map(Value::from),
    };
    let set = options.take("ExpectedValue").map(|text| match text.parse::<u64>() {
        Ok(number) if register.kind != Kind::Text => Value::from(number),
        _ => Value::from(text),
    });
    let before = kept.remove("ExpectedValue");
    let expected = set.or(before).or(said).ok_or_else(|| {
        let mend = format!("add --set ExpectedValue=…, what `{}` of this model holds", register.id);
        missing("ExpectedValue", mend)
    })?;
    let mut out = match kept.remove("ProbeRegister") {
        Some(Value::Object(place)) => place,
        _ => Map::new(),
    };
    place(register.address, &mut out);
    out.insert("Size".to_owned(), register.words.into());
    out.insert("ExpectedValue".to_owned(), expected);
    Ok(out.into())
}

/// The address, in the spelling that was kept if that is still the same.
fn place(address: u16, out: &mut Map<String, Value>) {
    let same = out.get("Offset").and_then(Value::as_str).and_then(words::address) == Some(address);
    if !same {
        out.insert("Offset".to_owned(), words::offset(address).into());
    }
}

fn lists(map: &RegisterMap, losses: &mut Losses, out: &mut Map<String, Value>) {
    let mut lists: Vec<(Section, u64, Value)> = Vec::new();
    for r in &map.registers {
        let mut kept = kept(r.foreign.get(Source::Phosphor.name()));
        if kept.remove("_unlisted").is_some() {
            continue;
        }
        let section = kept.remove("_section").and_then(|key| Section::from_key(key.as_str()?));
        let imported = section.is_some();
        let chosen = match section {
            Some(section) => Ok(section),
            None => choose(map, r),
        };
        let entry = chosen.and_then(|section| {
            let index = kept.remove("_index").and_then(|v| v.as_u64());
            let last =
                lists.iter().filter(|(s, ..)| *s == section).map(|(_, i, _)| *i).next_back().unwrap_or(0);
            let entry = entry(map, r, section, imported, kept, losses)?;
            Ok((section, index.unwrap_or(last), entry))
        });
        match entry {
            Ok(entry) => {
                losses.register_rest(r, Source::Phosphor.name(), &REGISTER);
                finer(r, entry.0, imported, losses);
                lists.push(entry);
            }
            Err(why) => losses.register(format!("the whole row ({why})"), r),
        }
    }
    lists.sort_by_key(|(section, index, _)| (*section, *index));
    for (section, _, entry) in lists {
        let list = out.entry(section.key()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(entry);
        }
    }
}

/// What of the keys that a profile holds is lost all the same.
fn finer(r: &Register, section: Section, imported: bool, losses: &mut Losses) {
    if !imported {
        losses.register("`name` (written as the identifier or the type)", r);
    }
    if !r.bits.is_empty() {
        losses.register("`bits` identifiers", r);
    }
    if !matches!(section, Section::Sensor | Section::Metric) {
        let scaled = r.scale != Rational::one() || r.offset != Rational::zero();
        for (key, there) in [("unit", r.unit.is_some()), ("scale", scaled)] {
            if there {
                losses.register(format!("`{key}` (this list has none)"), r);
            }
        }
    }
}

/// The list that a register of ours belongs to, or why it has none.
fn choose(map: &RegisterMap, r: &Register) -> Result<Section, &'static str> {
    if map.time_sync.as_ref().is_some_and(|sync| sync.register == r.id) {
        return Ok(Section::Config);
    }
    if matches!(r.access, Access::Wo | Access::Command) {
        return Err("profiles list what is read; this is only written");
    }
    if order(map, r) == WordOrder::LittleEndian {
        return Err("phosphor-modbus reads big-endian only");
    }
    match r.kind {
        Kind::Text if inventory(r).is_some() => Ok(Section::Inventory),
        Kind::Text if property(r) == Some("FirmwareVersion") => Ok(Section::Firmware),
        Kind::Text => Err("profiles have no place for this text"),
        Kind::Flags => Err("phosphor-modbus wants an event type for each bit"),
        Kind::Enum | Kind::Raw => Err("profiles have no place for symbols and raw words"),
        Kind::Unsigned | Kind::Signed | Kind::Float => {
            let sensor = r.unit.as_deref().is_some_and(|unit| words::sensor(unit).is_some());
            match r.volatility {
                _ if r.words > 4 => Err("phosphor-modbus reads numbers of at most four words"),
                Volatility::Volatile if sensor => Ok(Section::Sensor),
                Volatility::Volatile => Err("no sensor type has the unit"),
                _ => Err("sensors are measured values"),
            }
        }
    }
}

/// The property behind the dot of `links.redfish`.
fn property(r: &Register) -> Option<&str> {
    r.links.redfish.as_deref()?.rsplit('.').next()
}

fn inventory(r: &Register) -> Option<&'static str> {
    match property(r)? {
        "Manufacturer" => Some("Manufacturer"),
        "Model" => Some("Model"),
        "PartNumber" => Some("PartNumber"),
        "SerialNumber" => Some("SerialNumber"),
        "SparePartNumber" => Some("SparePartNumber"),
        "ProductionDate" => Some("BuildDate"),
        _ => None,
    }
}

/// An entry of a list; `imported` if it was one before.
fn entry(
    map: &RegisterMap,
    r: &Register,
    section: Section,
    imported: bool,
    mut kept: Map<String, Value>,
    losses: &mut Losses,
) -> Result<Value, &'static str> {
    let mut out = Map::new();
    // Names become parts of D-Bus paths, so ours are written from the identifier.
    let name = if imported { r.name.clone() } else { r.id.to_ascii_uppercase() };
    if section != Section::Inventory && kept.remove("_unnamed").is_none() {
        out.insert("Name".to_owned(), name.into());
    }
    if let Some(offset) = kept.remove("Offset") {
        out.insert("Offset".to_owned(), offset);
    }
    place(r.address, &mut out);
    if section != Section::Status && kept.remove("_no_size").is_none() {
        out.insert("Size".to_owned(), r.words.into());
    }
    match section {
        Section::Inventory => {
            let kind = kept.remove("Type").or_else(|| inventory(r).map(Value::from));
            out.insert("Type".to_owned(), kind.ok_or("its `Type` is missing in `foreign.phosphor`")?);
            text_or_number(r, &mut out)?;
        }
        Section::Firmware => {
            out.insert("Type".to_owned(), kept.remove("Type").unwrap_or_else(|| "Version".into()));
            text_or_number(r, &mut out)?;
        }
        Section::Sensor | Section::Metric => sensor(r, section, &mut kept, &mut out, losses)?,
        Section::Status => {
            out.insert("Bits".to_owned(), bits(r, kept.remove("Bits").as_ref(), losses)?);
        }
        Section::Config => {
            out.insert("Type".to_owned(), kept.remove("Type").unwrap_or_else(|| "UnixTime".into()));
            if let Some(sync) = map.time_sync.as_ref().filter(|sync| sync.register == r.id) {
                out.insert("Period".to_owned(), sync.interval_s.into());
            }
        }
    }
    give_back(&mut out, kept);
    Ok(out.into())
}

fn text_or_number(r: &Register, out: &mut Map<String, Value>) -> Result<(), &'static str> {
    match r.kind {
        Kind::Text => Ok(()),
        Kind::Unsigned if r.scale == Rational::one() && r.offset == Rational::zero() => {
            out.insert("Format".to_owned(), "Integer".into());
            Ok(())
        }
        _ => Err("this list takes texts and whole numbers"),
    }
}

fn sensor(
    r: &Register,
    section: Section,
    kept: &mut Map<String, Value>,
    out: &mut Map<String, Value>,
    losses: &mut Losses,
) -> Result<(), &'static str> {
    if !matches!(r.kind, Kind::Unsigned | Kind::Signed | Kind::Float) {
        return Err("this list takes numbers");
    }
    // The type that was kept, as long as it has the unit of the register.
    let before = kept.remove("Type").filter(|kind| {
        kind.as_str().is_some_and(|k| words::unit(k).and_then(Result::ok) == r.unit.as_deref())
    });
    let usual = r.unit.as_deref().and_then(words::sensor).filter(|_| section == Section::Sensor);
    out.insert("Type".to_owned(), before.or(usual.map(Value::from)).ok_or("no type has the unit")?);
    let plain = r.scale == Rational::one() && r.offset == Rational::zero() && r.kind != Kind::Float;
    let integer = kept.remove("Format").is_some_and(|f| f == words::Format::Integer.name()) && plain;
    let format = if integer { words::Format::Integer } else { words::Format::of(r) };
    if format == words::Format::Float32 && r.words != 2 {
        return Err("phosphor-modbus reads floating point of two words");
    }
    if r.kind == Kind::Signed {
        out.insert("IsSigned".to_owned(), true.into());
    }
    out.insert("Format".to_owned(), format.name().into());
    if integer {
        return Ok(());
    }
    let precision = kept.remove("Precision").and_then(|p| u32::try_from(p.as_u64()?).ok());
    let form = precision.and_then(|p| Binary::with(r.scale, p)).unwrap_or_else(|| Binary::of(r.scale));
    out.insert("Precision".to_owned(), form.precision.into());
    for (key, value) in [("Scale", form.factor), ("Shift", r.offset)] {
        let (decimal, exact) = number(value);
        if !exact {
            losses.register(format!("the exact `{key}` (profiles have decimal numbers)"), r);
        }
        out.insert(key.to_owned(), decimal.into());
    }
    Ok(())
}

/// Bits with the events that an import kept of them.
fn bits(r: &Register, events: Option<&Value>, losses: &mut Losses) -> Result<Value, &'static str> {
    let mut list = Vec::new();
    for bit in &r.bits {
        let Some(Value::Object(event)) = events.and_then(|e| e.get(&bit.id)) else {
            losses.register("bits without an event type", r);
            continue;
        };
        if bit.description.is_some() {
            losses.register("`bits` descriptions", r);
        }
        let mut out = Map::new();
        out.insert("Name".to_owned(), bit.name.clone().into());
        out.insert("BitPosition".to_owned(), bit.bit.into());
        give_back(&mut out, event.clone());
        list.push(Value::Object(out));
    }
    if r.kind != Kind::Flags { Err("this list takes flags") } else { Ok(list.into()) }
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
