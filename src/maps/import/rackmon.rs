//! Register maps of rackmon (facebook/openbmc `common/recipes-core/rackmon2`, facebook/fboss
//! `fboss/platform/rackmon`).
//!
//! The format says what a client reads, never what it may write. Kept in `foreign.rackmon`:
//! - verbatim, what the model has no place for: `keep`, `changes_only`, `interval`, units and formats that
//!   the export would write otherwise, unknown keys;
//! - under names with `_`, how to write it again: `_unlisted` marks a register that stands for a probe
//!   address without a register, `_index` the place of a register in a list that is not in the order of
//!   addresses, `_time_sync` the form of the clock.

use serde_json::{Map, Value, json};

use super::draft::{self, Ids};
use super::fields::{Document, Fields, brief};
use super::{ImportError, Source};
use crate::maps::exact::{self, Binary};
use crate::maps::model::{
    BitField, Confidence, DeviceClass, Expect, Identification, Kind, Parity, Rational, Register, RegisterMap,
    TimeSync, UnitRange, WordOrder,
};
use crate::maps::rackmon::{self as words, Format};

pub(super) fn read(document: &Document<'_>, date: &str) -> Result<RegisterMap, ImportError> {
    let mut top = document.fields()?;
    refuse_other_files(&top)?;
    let name = top.text("name")?;
    let name = top.need("name", name)?;
    let mut map = draft::map(document.path, Source::Rackmon, draft::slug(&name, '-'), name.clone(), date);
    map.device_class = class(&name);
    map.bus.addresses = addresses(&mut top, document)?;
    let baud = top.whole("baudrate")?;
    map.bus.baud = vec![top.need("baudrate", baud)?];
    map.bus.parity = top.word("parity", &words::PARITIES)?.unwrap_or(Parity::Even);
    let span: u16 = top.whole("max_span_length")?.unwrap_or(words::SPAN_LENGTH);
    if !(1..=125).contains(&span) {
        return Err(top.error("max_span_length", format!("{span} words is no read"), "give 1 to 125"));
    }
    map.bus.max_read_words = span;
    let mut ids = Ids::default();
    map.registers = registers(&mut top, document, &mut ids)?;
    identify(&mut top, &mut map, &mut ids)?;
    let clock = clock(&mut top, &mut map)?;
    let mut kept = top.rest();
    if name != words::name(&map.id) {
        kept.insert("name".to_owned(), name.into());
    }
    kept.extend(clock);
    draft::keep(&mut map.foreign, Source::Rackmon, kept);
    Ok(map)
}

/// rackmon has two more kinds of files, which are no maps.
fn refuse_other_files(top: &Fields<'_>) -> Result<(), ImportError> {
    let mend =
        "import one of the register maps; serial lines of the gateway are set in its own configuration";
    for (key, what) in [
        ("interfaces", "this is rackmon's list of serial ports (rackmon.conf)"),
        ("ports", "this is rackmon's list of power-loss signal lines (rackmon_pls.conf)"),
    ] {
        if top.has(key) && !top.has("registers") {
            return Err(top.error(key, format!("{what}, not a register map"), mend));
        }
    }
    Ok(())
}

/// The device class that a name tells.
fn class(name: &str) -> DeviceClass {
    let name = name.to_ascii_uppercase();
    let has = |word: &str| name.split(['_', '-', ' ']).any(|part| part == word);
    match () {
        () if has("PMM") || has("PMI") => DeviceClass::Pmi,
        () if has("PSU") => DeviceClass::Psu,
        () if has("BBU") => DeviceClass::Bbu,
        () if has("CBU") => DeviceClass::Cbu,
        () => DeviceClass::Other,
    }
}

fn addresses(top: &mut Fields<'_>, document: &Document<'_>) -> Result<Vec<UnitRange>, ImportError> {
    let ranges = top.list("address_range")?;
    let ranges = top.need("address_range", ranges)?;
    let pair = |(index, range): (usize, &Value)| {
        match range.as_array().map(Vec::as_slice) {
            Some([first, last]) => {
                let unit = |v: &Value| v.as_u64().and_then(|n| u8::try_from(n).ok());
                unit(first).zip(unit(last)).map(|(first, last)| UnitRange { first, last })
            }
            _ => None,
        }
        .ok_or_else(|| {
            let message = format!("{} is no pair of Modbus addresses", brief(range));
            document.error(&format!("/address_range/{index}"), message, "give [first, last], each 0 to 255")
        })
    };
    ranges.iter().enumerate().map(pair).collect()
}

fn registers(
    top: &mut Fields<'_>,
    document: &Document<'_>,
    ids: &mut Ids,
) -> Result<Vec<Register>, ImportError> {
    let list = top.list("registers")?;
    let list = top.need("registers", list)?;
    let mut registers = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        registers.push(register(document.object(format!("/registers/{index}"), value)?, ids)?);
    }
    if !registers.is_sorted_by_key(|r| r.address) {
        for (index, register) in registers.iter_mut().enumerate() {
            let kept = register.foreign.entry(Source::Rackmon.name().to_owned()).or_insert_with(|| json!({}));
            if let Value::Object(kept) = kept {
                kept.insert("_index".to_owned(), index.into());
            }
        }
        registers.sort_by_key(|r| r.address);
    }
    Ok(registers)
}

fn register(mut fields: Fields<'_>, ids: &mut Ids) -> Result<Register, ImportError> {
    let address: Option<u16> = fields.whole("begin")?;
    let address = fields.need("begin", address)?;
    let length: Option<u16> = fields.whole("length")?;
    let length = fields.need("length", length)?;
    let name = fields.text("name")?;
    let name = fields.need("name", name)?;
    let format = fields.word("format", &words::FORMATS)?.unwrap_or(Format::Raw);
    let sign = fields.flag("sign")?.unwrap_or(false);
    let number = matches!(format, Format::Integer | Format::Long | Format::Float);
    let kind = match format {
        Format::Raw => Kind::Raw,
        Format::String => Kind::Text,
        Format::Flags => Kind::Flags,
        _ if sign => Kind::Signed,
        _ => Kind::Unsigned,
    };
    let id = ids.unique(&name, &address.to_string());
    let mut register = draft::register(id, name, address, length, kind);
    let little = fields.word("endian", &words::ENDIANS)?.unwrap_or(WordOrder::BigEndian);
    // rackmon turns only whole numbers round; elsewhere the key stands without an effect.
    match little {
        WordOrder::LittleEndian if matches!(format, Format::Integer | Format::Long) => {
            register.order = Some(WordOrder::LittleEndian);
        }
        WordOrder::LittleEndian => fields.keep("endian", "L".into()),
        WordOrder::BigEndian => {}
    }
    if sign && !number {
        fields.keep("sign", true.into());
    }
    let mut kept = Map::new();
    match format {
        Format::Float => float(&mut fields, &mut register, &mut kept)?,
        Format::Flags => flags(&mut fields, &mut register)?,
        _ => {}
    }
    unit(&mut fields, &mut register)?;
    if number && format != words::format(&register) {
        kept.insert("format".to_owned(), format.name().into());
    }
    kept.extend(fields.rest());
    draft::keep(&mut register.foreign, Source::Rackmon, kept);
    Ok(register)
}

/// Y = shift + scale × X / 2^precision.
fn float(
    fields: &mut Fields<'_>,
    register: &mut Register,
    kept: &mut Map<String, Value>,
) -> Result<(), ImportError> {
    let precision: u32 = fields.whole("precision")?.unwrap_or(0);
    let mut exactly = |key: &str, default: Rational| {
        let Some(number) = fields.number(key)? else { return Ok(default) };
        exact::rational(&number).ok_or_else(|| {
            let mend = "give a number that a fraction of two 64-bit numbers can hold";
            fields.error(key, format!("{number} is too large or too fine"), mend)
        })
    };
    let written = Binary { precision, factor: exactly("scale", Rational::one())? };
    register.offset = exactly("shift", Rational::zero())?;
    register.scale = written.scale().ok_or_else(|| {
        fields.error("precision", format!("{precision} fractional bits are too many"), "give at most 62")
    })?;
    if Binary::of(register.scale) != written {
        kept.insert("precision".to_owned(), precision.into());
    }
    Ok(())
}

fn flags(fields: &mut Fields<'_>, register: &mut Register) -> Result<(), ImportError> {
    let list = fields.list("flags")?;
    let list = fields.need("flags", list)?;
    let mut ids = Ids::default();
    for (index, value) in list.iter().enumerate() {
        let Some((bit, name)) = flag(value) else {
            let message = format!("{} is no flag", brief(value));
            let mend = "give [bit, \"name\"], the bit 0 to 63";
            return Err(fields.error_below(&format!("flags/{index}"), message, mend));
        };
        if let Some(other) = register.bits.iter().find(|b| b.bit == bit) {
            register.confidence = Confidence::Conflicting;
            let note = format!("The source names bit {bit} twice: `{}` and `{name}`.", other.name);
            register.notes.push(note);
        }
        let id = ids.unique(name, &bit.to_string());
        register.bits.push(BitField { id, name: name.to_owned(), bit, width: 1, description: None });
    }
    Ok(())
}

/// `[bit, "name"]`.
fn flag(value: &Value) -> Option<(u8, &str)> {
    let [bit, name] = value.as_array()?.as_slice() else { return None };
    let bit = u8::try_from(bit.as_u64()?).ok().filter(|bit| *bit < 64)?;
    Some((bit, name.as_str()?))
}

fn unit(fields: &mut Fields<'_>, register: &mut Register) -> Result<(), ImportError> {
    let Some(text) = fields.text("unit")? else { return Ok(()) };
    register.unit = words::ucum(&text);
    if register.unit.as_deref().map(words::unit) != Some(&text) {
        fields.keep("unit", text.into());
    }
    Ok(())
}

/// The probe is an address; the model wants a register there.
fn identify(top: &mut Fields<'_>, map: &mut RegisterMap, ids: &mut Ids) -> Result<(), ImportError> {
    let address: Option<u16> = top.whole("probe_register")?;
    let address = top.need("probe_register", address)?;
    let index = match map.registers.iter().position(|r| r.address == address) {
        Some(index) => index,
        None => {
            let id = ids.unique("probe", &address.to_string());
            let mut probe = draft::register(id, "Probe".to_owned(), address, 1, Kind::Raw);
            probe.description = "Read to find out whether the device is there.".to_owned();
            draft::keep(
                &mut probe.foreign,
                Source::Rackmon,
                Map::from_iter([("_unlisted".to_owned(), true.into())]),
            );
            let index = map.registers.partition_point(|r| r.address <= address);
            map.registers.insert(index, probe);
            index
        }
    };
    if let Some(register) = map.registers.get(index) {
        // rackmon takes any answer for a sign of the device. What a word there holds is left to say: the
        // empty list is a finding of the lint.
        let expect = if register.kind == Kind::Text { Expect::AsciiText } else { Expect::Words(Vec::new()) };
        map.identification = Identification { probe: register.id.clone(), expect };
    }
    Ok(())
}

/// The clock, in the two forms that rackmon has had. What is not simply a clock stays as it is.
fn clock(top: &mut Fields<'_>, map: &mut RegisterMap) -> Result<Map<String, Value>, ImportError> {
    let mut kept = Map::new();
    let new = top.take("time_sync");
    let old = top.take("special_handlers");
    let found = match (&new, &old) {
        (Some(sync), None) => words::time_sync(sync).map(|clock| (clock, true)),
        (None, Some(handlers)) => words::time_handler(handlers).map(|clock| (clock, false)),
        _ => None,
    };
    let register = found.and_then(|((address, interval_s), form)| {
        let register = map.registers.iter_mut().find(|r| r.address == address && r.words == 2)?;
        Some((register, interval_s, form))
    });
    match register {
        Some((register, interval_s, form)) => {
            draft::written(register, "rackmon writes the Unix time here.");
            map.time_sync = Some(TimeSync { register: register.id.clone(), interval_s });
            map.bus.functions = vec![3, 16];
            if form {
                kept.insert("_time_sync".to_owned(), true.into());
            }
        }
        None => {
            kept.extend(new.map(|v| ("time_sync".to_owned(), v)));
            kept.extend(old.map(|v| ("special_handlers".to_owned(), v)));
        }
    }
    Ok(kept)
}
