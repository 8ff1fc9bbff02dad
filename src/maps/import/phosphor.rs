//! Device profiles of phosphor-modbus (openbmc/phosphor-modbus, `device_profile.schema.json`).
//!
//! A profile lists, by purpose, what a client reads of one model of a vendor. Kept in `foreign.phosphor`:
//! - verbatim, what the model has no place for: `DeviceModel`, event types of bits, a `Type` or `Format` that
//!   the export would choose otherwise, unknown keys;
//! - under names with `_`, how to write it again: `_section` is the list a register stood in, `_index` its
//!   place where that list is not in the order of addresses, `_unlisted` marks a register that stands for a
//!   probe, `_unnamed` one without a name, `_no_size` one without a size.

use serde_json::{Map, Value};

use super::draft::{self, Ids};
use super::fields::{Document, Fields, brief};
use super::{ImportError, Source};
use crate::maps::exact::{self, Binary};
use crate::maps::model::{
    BitField, DeviceClass, Expect, Identification, Kind, Rational, Register, RegisterMap, TimeSync,
};
use crate::maps::phosphor::{self as words, Format, Section};

pub(super) fn read(document: &Document<'_>, date: &str) -> Result<RegisterMap, ImportError> {
    let mut top = document.fields()?;
    let device = top.text("DeviceType")?;
    let device = top.need("DeviceType", device)?;
    let model = top.text("DeviceModel")?;
    let model = top.need("DeviceModel", model)?;
    let title = format!("{model} {device}");
    let id = format!("{}-{}", draft::slug(&model, '-'), draft::slug(&spaced(&device), '-'));
    let mut map = draft::map(document.path, Source::Phosphor, id, title, date);
    let class = words::DEVICES.iter().find(|(name, _)| *name == device).map(|(_, class)| *class);
    map.device_class = class.unwrap_or(DeviceClass::Other);
    let parity = top.word("Parity", &words::PARITIES)?;
    map.bus.parity = top.need("Parity", parity)?;
    let baud = top.whole("BaudRate")?;
    map.bus.baud = vec![top.need("BaudRate", baud)?];
    map.bus.functions = vec![3, 16];
    let mut kept = Map::from_iter([("DeviceModel".to_owned(), model.into())]);
    if words::device(map.device_class) != Some(&device) {
        kept.insert("DeviceType".to_owned(), device.into());
    }
    let mut ids = Ids::default();
    for (key, section) in words::SECTIONS {
        let Some(list) = top.list(key)? else { continue };
        if list.is_empty() {
            kept.insert(key.to_owned(), Value::Array(list));
            continue;
        }
        let mut registers = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let fields = document.object(format!("/{key}/{index}"), value)?;
            registers.push(register(document, fields, section, &mut ids, &mut map)?);
        }
        if !registers.is_sorted_by_key(|(r, _)| r.address) {
            for (index, (_, kept)) in registers.iter_mut().enumerate() {
                kept.insert("_index".to_owned(), index.into());
            }
        }
        for (mut register, kept) in registers {
            draft::keep(&mut register.foreign, Source::Phosphor, kept);
            map.registers.push(register);
        }
    }
    map.registers.sort_by_key(|r| r.address);
    identify(document, &mut top, &mut map, &mut ids, &mut kept)?;
    kept.extend(top.rest());
    draft::keep(&mut map.foreign, Source::Phosphor, kept);
    Ok(map)
}

/// `PowerSupplyUnit` as `Power Supply Unit`.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// One entry of a list, and what is kept of it.
fn register(
    document: &Document<'_>,
    mut fields: Fields<'_>,
    section: Section,
    ids: &mut Ids,
    map: &mut RegisterMap,
) -> Result<(Register, Map<String, Value>), ImportError> {
    let mut kept = Map::from_iter([("_section".to_owned(), section.key().into())]);
    let address = offset(&mut fields, &mut kept)?;
    let name = fields.text("Name")?;
    let size: Option<u16> = fields.whole("Size")?;
    let mut register =
        draft::register(String::new(), String::new(), address, size.unwrap_or(1), Kind::Unsigned);
    match section {
        Section::Inventory => {
            register.kind = text_or_number(&mut fields)?;
            let kind = fields.text("Type")?;
            register.name = fields.need("Type", kind)?;
            kept.insert("Type".to_owned(), register.name.clone().into());
        }
        Section::Firmware => {
            register.kind = text_or_number(&mut fields)?;
            let kind = fields.text("Type")?;
            kept.insert("Type".to_owned(), fields.need("Type", kind)?.into());
        }
        Section::Sensor | Section::Metric => sensor(&mut fields, &mut register, section, &mut kept)?,
        Section::Status => {
            register.kind = Kind::Flags;
            let bits = fields.list("Bits")?;
            let bits = fields.need("Bits", bits)?;
            status(document, &fields, &bits, &mut register, &mut kept)?;
        }
        Section::Config => config(&mut fields, &mut register, size, &mut kept)?,
    }
    if size.is_none() && !matches!(section, Section::Status | Section::Config) {
        fields.need("Size", size)?;
    }
    if size.is_some() && section == Section::Status {
        fields.keep("Size", register.words.into());
    }
    match name {
        // An inventory entry is called by its type; a name beside it is kept.
        Some(name) if section == Section::Inventory => fields.keep("Name", name.into()),
        Some(name) => register.name = name,
        None if section == Section::Inventory => {}
        None if matches!(section, Section::Status | Section::Config) => {
            let what = if section == Section::Status { "Status" } else { "Configuration" };
            register.name = format!("{what} {}", words::offset(address));
            kept.insert("_unnamed".to_owned(), true.into());
        }
        None => {
            fields.need("Name", name)?;
        }
    }
    if register.kind == Kind::Text {
        register.volatility = crate::maps::model::Volatility::Constant;
        register.poll = crate::maps::model::PollClass::Static;
    }
    register.id = ids.unique(&register.name, &address.to_string());
    if kept.get("Type").is_some_and(|t| t == "UnixTime") {
        match (fields.whole::<u32>("Period")?, &map.time_sync) {
            (Some(interval_s), None) if interval_s > 0 => {
                map.time_sync = Some(TimeSync { register: register.id.clone(), interval_s });
            }
            (Some(period), _) => fields.keep("Period", period.into()),
            (None, _) => {}
        }
    }
    kept.extend(fields.rest());
    Ok((register, kept))
}

fn offset(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<u16, ImportError> {
    let text = fields.text("Offset")?;
    let text = fields.need("Offset", text)?;
    let address = words::address(&text).ok_or_else(|| {
        let message = format!("`{text}` is no register address");
        fields.error("Offset", message, "give a hexadecimal number such as \"0x5C\", at most 0xFFFF")
    })?;
    if text != words::offset(address) {
        kept.insert("Offset".to_owned(), text.into());
    }
    Ok(address)
}

fn text_or_number(fields: &mut Fields<'_>) -> Result<Kind, ImportError> {
    Ok(fields.word("Format", &words::TEXTS)?.unwrap_or(Kind::Text))
}

fn sensor(
    fields: &mut Fields<'_>,
    register: &mut Register,
    section: Section,
    kept: &mut Map<String, Value>,
) -> Result<(), ImportError> {
    let format = fields.word("Format", &words::FORMATS)?;
    let format = fields.need("Format", format)?;
    let signed = fields.flag("IsSigned")?.unwrap_or(false);
    register.kind = match format {
        Format::Float32 => Kind::Float,
        _ if signed => Kind::Signed,
        _ => Kind::Unsigned,
    };
    if format == Format::Float32 && signed {
        fields.keep("IsSigned", true.into());
    }
    if format != Format::of(register) {
        kept.insert("Format".to_owned(), format.name().into());
    }
    let precision: u32 = fields.whole("Precision")?.unwrap_or(0);
    let factor = fraction(fields, "Scale", Rational::one())?;
    let shift = fraction(fields, "Shift", Rational::zero())?;
    if format == Format::Integer {
        // They have no effect here, so they say nothing about the register.
        if precision != 0 {
            fields.keep("Precision", precision.into());
        }
        for (key, value, default) in [("Scale", factor, Rational::one()), ("Shift", shift, Rational::zero())]
        {
            if value != default {
                fields.keep(key, exact::number(value).0.into());
            }
        }
    } else {
        let written = Binary { precision, factor };
        register.offset = shift;
        register.scale = written.scale().ok_or_else(|| {
            fields.error("Precision", format!("{precision} fractional bits are too many"), "give at most 62")
        })?;
        if Binary::of(register.scale) != written {
            kept.insert("Precision".to_owned(), precision.into());
        }
    }
    let kind = fields.text("Type")?;
    let kind = fields.need("Type", kind)?;
    match words::unit(&kind) {
        Some(Ok(unit)) => register.unit = Some(unit.to_owned()),
        Some(Err(unit)) => {
            register.notes.push(format!("{kind}, published in {unit}; the maps have no such unit yet."));
        }
        None => register.notes.push(format!("The unit of the type {kind} is not known.")),
    }
    let usual = register.unit.as_deref().and_then(words::sensor).filter(|_| section == Section::Sensor);
    if usual != Some(&kind) {
        kept.insert("Type".to_owned(), kind.into());
    }
    Ok(())
}

fn fraction(fields: &mut Fields<'_>, key: &str, default: Rational) -> Result<Rational, ImportError> {
    let Some(number) = fields.number(key)? else { return Ok(default) };
    exact::rational(&number).ok_or_else(|| {
        let mend = "give a number that a fraction of two 64-bit numbers can hold";
        fields.error(key, format!("{number} is too large or too fine"), mend)
    })
}

/// Bits with the event that each raises; what the model does not hold of them is kept by identifier.
fn status(
    document: &Document<'_>,
    fields: &Fields<'_>,
    list: &[Value],
    register: &mut Register,
    kept: &mut Map<String, Value>,
) -> Result<(), ImportError> {
    let mut ids = Ids::default();
    let mut events = Map::new();
    for (index, value) in list.iter().enumerate() {
        let mut bit = document.object(format!("{}/Bits/{index}", fields.pointer), value)?;
        let name = bit.text("Name")?;
        let name = bit.need("Name", name)?;
        let position: Option<u8> = bit.whole("BitPosition")?;
        let position = bit.need("BitPosition", position)?;
        if position > 63 {
            let message = format!("no register has a bit {position}");
            return Err(bit.error("BitPosition", message, "give 0 to 15"));
        }
        let id = ids.unique(&name, &position.to_string());
        register.bits.push(BitField { id: id.clone(), name, bit: position, width: 1, description: None });
        events.insert(id, Value::Object(bit.rest()));
    }
    kept.insert("Bits".to_owned(), Value::Object(events));
    Ok(())
}

/// What the client writes: the clock, or a value at the start.
fn config(
    fields: &mut Fields<'_>,
    register: &mut Register,
    size: Option<u16>,
    kept: &mut Map<String, Value>,
) -> Result<(), ImportError> {
    let kind = fields.text("Type")?;
    let kind = fields.need("Type", kind)?;
    if size.is_none() {
        kept.insert("_no_size".to_owned(), true.into());
        let default = fields.list("Default")?;
        let default = fields.need("Size", default)?;
        register.words = u16::try_from(default.len().max(1)).unwrap_or(u16::MAX);
        fields.keep("Default", default.into());
    }
    let why = match kind.as_str() {
        "UnixTime" => "phosphor-modbus writes the Unix time here.".to_owned(),
        _ => format!("phosphor-modbus writes a value here ({kind})."),
    };
    draft::written(register, &why);
    kept.insert("Type".to_owned(), kind.into());
    Ok(())
}

/// The probe, and what it must hold.
fn identify(
    document: &Document<'_>,
    top: &mut Fields<'_>,
    map: &mut RegisterMap,
    ids: &mut Ids,
    kept: &mut Map<String, Value>,
) -> Result<(), ImportError> {
    let probe = top.take("ProbeRegister");
    let probe = top.need("ProbeRegister", probe)?;
    let mut probe = document.object("/ProbeRegister".to_owned(), &probe)?;
    let mut place = Map::new();
    let address = offset(&mut probe, &mut place)?;
    let size: Option<u16> = probe.whole("Size")?;
    let size = probe.need("Size", size)?;
    let expected = probe.take("ExpectedValue");
    let expected = probe.need("ExpectedValue", expected)?;
    if !(expected.is_string() || expected.is_number()) {
        let message = format!("{} is neither text nor number", brief(&expected));
        return Err(probe.error("ExpectedValue", message, "give the text or the number of the device"));
    }
    let index = match map.registers.iter().position(|r| r.address == address && r.words == size) {
        Some(index) => index,
        None => {
            let id = ids.unique("probe", &address.to_string());
            let kind = if expected.is_string() { Kind::Text } else { Kind::Unsigned };
            let mut register = draft::register(id, "Probe".to_owned(), address, size, kind);
            register.description = "Read to find out what the device is.".to_owned();
            let unlisted = Map::from_iter([("_unlisted".to_owned(), true.into())]);
            draft::keep(&mut register.foreign, Source::Phosphor, unlisted);
            let index = map.registers.partition_point(|r| r.address <= address);
            map.registers.insert(index, register);
            index
        }
    };
    let Some(register) = map.registers.get(index) else { return Ok(()) };
    let words = match (&expected, register.kind) {
        (Value::String(text), Kind::Text) => words::text_words(text, size),
        (Value::Number(number), Kind::Unsigned) => number.as_u64().and_then(|n| words::number_words(n, size)),
        _ => None,
    };
    if words.is_none() {
        kept.insert("ExpectedValue".to_owned(), expected);
    }
    let expect = Expect::Words(words.unwrap_or_default());
    map.identification = Identification { probe: register.id.clone(), expect };
    place.extend(probe.rest());
    if !place.is_empty() {
        kept.insert("ProbeRegister".to_owned(), Value::Object(place));
    }
    Ok(())
}
