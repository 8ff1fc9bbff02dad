//! Rust bindings from a PMBus map, in the form of those from a register map: what the map says of the
//! device, the types of flags, enumerations and blocks, and a row a command. The macros of
//! [`dpo_registers`] make the rest of it.

use std::collections::HashSet;

use super::model::{Command, Field, FieldKind, Format, PecUse, PmbusMap, Read, Write, WriteProtect};
use crate::maps::codegen::names::{camel, module_name, plain};
use crate::maps::codegen::writer::{Writer, literal};
use crate::maps::codegen::{CodegenError, device};
use crate::maps::model::{Access, Confidence, DeviceClass, Modality, PollClass, Rational, SafetyClass};
use crate::maps::units;

/// The source of the module for `map`.
///
/// # Errors
/// [`CodegenError`] if the map holds something that the bindings cannot express. A map without lint
/// findings always generates.
pub fn generate(map: &PmbusMap) -> Result<String, CodegenError> {
    unique(map)?;
    let mut out = Writer::default();
    out.line(&format!(
        "// Written by `dpo registers generate` from maps/{}.json. Do not edit: change the map.",
        map.id
    ));
    out.blank();
    out.inner_doc(&format!("{}: command set `{}` {}.", map.title, map.id, map.version));
    out.blank();
    head(map, &mut out)?;
    for command in &map.commands {
        match command.format {
            Format::Flags => flags(command, &mut out)?,
            Format::Enum => symbols(command, &mut out)?,
            Format::Block => {
                let (_, bytes) = bytes(command)?;
                block(command, &camel(&command.id), bytes, &command.fields, &command.description, &mut out)?;
            }
            _ => {}
        }
        if !command.request.is_empty() {
            let end = command.request.iter().map(|f| f.at.saturating_add(f.bytes)).max().unwrap_or(0);
            let about = format!("What `{}` is asked with.", command.id);
            block(command, &request_name(command), end, &command.request, &about, &mut out)?;
        }
    }
    rows(map, &mut out)?;
    let text = out.finish();
    // Names and texts come from the map; whatever they hold must not have become code.
    syn::parse_file(&text)?;
    Ok(text)
}

/// Refuses two types of one name.
fn unique(map: &PmbusMap) -> Result<(), CodegenError> {
    let mut names = HashSet::new();
    for command in &map.commands {
        let request = (!command.request.is_empty()).then(|| request_name(command));
        for name in std::iter::once(name(command)?).chain(request) {
            if !names.insert(name.clone()) {
                let reason = "two commands lead to this name";
                return Err(CodegenError::Name { register: command.id.clone(), name, reason });
            }
        }
    }
    Ok(())
}

/// `JSON` and `SET`, with the imports of the module.
fn head(map: &PmbusMap, out: &mut Writer) -> Result<(), CodegenError> {
    let class = match map.device_class {
        DeviceClass::Psu => "Psu",
        DeviceClass::Bbu => "Bbu",
        DeviceClass::Cbu => "Cbu",
        DeviceClass::Pmi => "Pmi",
        DeviceClass::Other => "Other",
    };
    out.line("#[allow(unused_imports)]");
    out.line("use crate::{codec, map, pmbus, units};");
    if let Some(mirrored) = &map.mirrors {
        out.line("#[allow(unused_imports)]");
        out.line(&format!("use super::{}::reg;", module_name(mirrored)));
    }
    out.blank();
    out.line("/// The map itself, as JSON.");
    out.line(&format!(
        "pub const JSON: &str = include_str!({});",
        literal(&format!("../../maps/{}.json", map.id))
    ));
    out.blank();
    out.line("/// What the map says of the device.");
    out.open("pub static SET: pmbus::CommandSet = pmbus::CommandSet {");
    out.line(&format!("id: {},", literal(&map.id)));
    out.line(&format!("title: {},", literal(&map.title)));
    out.line(&format!("version: {},", device::version(&map.version)?));
    out.line(&format!("device_class: map::DeviceClass::{class},"));
    device::list("addresses", map.bus.addresses.iter().map(|r| (r.first, r.last)), out);
    out.line(&format!("clock_hz_max: {},", map.bus.clock_hz_max));
    out.line(&format!("pec: pmbus::PecUse::{},", pec(map.bus.pec)));
    out.line(&format!("max_block: {},", map.bus.max_block));
    out.line(&format!("pages: {},", map.bus.pages));
    out.line("commands: &COMMANDS,");
    device::list("hazards", map.hazards.iter().map(|h| (h.first, h.last)), out);
    out.close("};");
    Ok(())
}

fn pec(pec: PecUse) -> &'static str {
    match pec {
        PecUse::Required => "Required",
        PecUse::Optional => "Optional",
        PecUse::None => "None",
    }
}

fn flags(command: &Command, out: &mut Writer) -> Result<(), CodegenError> {
    let (name, raw) = (name(command)?, integer(command, false)?);
    out.blank();
    out.open("crate::pmbus_flags! {");
    out.doc(&format!("Flags of `{}`: {}", command.id, command.description));
    out.open(&format!("{name}: {raw} {{"));
    for bit in &command.bits {
        let constant = word(command, &bit.id.to_ascii_uppercase())?;
        if let Some(description) = &bit.description {
            out.doc(description);
        }
        let width = if bit.width == 1 { String::new() } else { format!(", {}", bit.width) };
        out.line(&format!("{constant}({}, {}, {}{width}),", literal(&bit.id), literal(&bit.name), bit.bit));
    }
    out.close("}");
    out.close("}");
    Ok(())
}

fn symbols(command: &Command, out: &mut Writer) -> Result<(), CodegenError> {
    let (name, raw) = (name(command)?, integer(command, false)?);
    out.blank();
    out.open("crate::pmbus_symbols! {");
    out.doc(&format!("Values of `{}`: {}", command.id, command.description));
    out.open(&format!("{name}: {raw} {{"));
    for symbol in &command.symbols {
        out.doc(&symbol.description);
        let variant = word(command, &camel(&symbol.id))?;
        out.line(&format!("{variant}({}) = {},", literal(&symbol.id), symbol.value));
    }
    out.close("}");
    out.close("}");
    Ok(())
}

/// A block of fields.
fn block(
    command: &Command,
    name: &str,
    bytes: u8,
    fields: &[Field],
    about: &str,
    out: &mut Writer,
) -> Result<(), CodegenError> {
    out.blank();
    out.open("crate::pmbus_block! {");
    out.doc(&format!("Fields of `{}`: {about}", command.id));
    out.open(&format!("{name}: {bytes} {{"));
    for field in fields {
        let id = word(command, &field.id).or_else(|_| word(command, &format!("r#{}", field.id)))?;
        let end = u16::from(field.at) + u16::from(field.bytes);
        // A register that is taken over is described in its own module.
        if let Some(description) = &field.description {
            out.doc(description);
        }
        out.line(&format!("{id}[{}..{end}] = {};", field.at, field_type(command, field)?));
    }
    out.close("}");
    out.close("}");
    Ok(())
}

fn field_type(command: &Command, field: &Field) -> Result<String, CodegenError> {
    let refuse = |reason: String| CodegenError::Register { register: command.id.clone(), reason };
    let sized = |prefix: &str| match field.bytes {
        1 => Ok(format!("{prefix}8")),
        2 => Ok(format!("{prefix}16")),
        3 | 4 => Ok(format!("{prefix}32")),
        bytes => Err(refuse(format!("the field `{}` of {bytes} bytes is no number", field.id))),
    };
    Ok(match field.kind {
        FieldKind::Register => format!("register reg::{}", word(command, &camel(&field.id))?),
        FieldKind::Unsigned => format!("unsigned {}", sized("u")?),
        FieldKind::Signed => format!("signed {}", sized("i")?),
        FieldKind::Linear11 => format!("linear11 {}", quantity(command, field.unit.as_deref())?),
        FieldKind::Ascii => format!("ascii codec::Text<{}>", field.bytes),
        FieldKind::Raw => format!("raw [u8; {}]", field.bytes),
    })
}

/// `pmbus_commands!` with every command.
fn rows(map: &PmbusMap, out: &mut Writer) -> Result<(), CodegenError> {
    out.blank();
    out.open("crate::pmbus_commands! {");
    for command in &map.commands {
        let access = match command.access {
            Access::Ro => "ro",
            Access::Rw => "rw",
            Access::Wo => "wo",
            Access::W1c => "w1c",
            Access::Command => "command",
        };
        let request =
            if command.request.is_empty() { String::new() } else { format!("[{}]", request_name(command)) };
        let head = format!("{access} {}({}){request}: {} =", name(command)?, command.id, value(command)?);
        let constructor = match command.format {
            Format::None => "none",
            Format::Linear11 => "linear11",
            Format::Ulinear16 => "ulinear16",
            Format::Slinear16 => "slinear16",
            Format::Direct => "direct",
            Format::Unsigned => "unsigned",
            Format::Signed => "signed",
            Format::Flags => "flags",
            Format::Enum => "symbol",
            Format::Ascii => "ascii",
            Format::Raw => "raw",
            Format::Block => "fields_of",
        };
        out.doc(&command.description);
        let mut parts = vec![format!(" {constructor}({}, 0x{:02X})", literal(&command.name), command.code)];
        parts.extend(calls(command)?);
        if let Some(last) = parts.last_mut() {
            last.push(';');
        }
        out.row(&head, &parts);
    }
    out.close("}");
    Ok(())
}

/// The value type of a command.
fn value(command: &Command) -> Result<String, CodegenError> {
    Ok(match command.format {
        Format::None => "()".to_owned(),
        Format::Linear11 | Format::Ulinear16 | Format::Slinear16 | Format::Direct => {
            quantity(command, command.unit.as_deref())?
        }
        Format::Unsigned | Format::Signed if command.unit.is_some() => {
            quantity(command, command.unit.as_deref())?
        }
        Format::Unsigned => integer(command, false)?.to_owned(),
        Format::Signed => integer(command, true)?.to_owned(),
        Format::Flags | Format::Enum | Format::Block => name(command)?,
        Format::Ascii => format!("codec::Text<{}>", bytes(command)?.1),
        Format::Raw => "codec::pmbus::Block".to_owned(),
    })
}

fn quantity(command: &Command, unit: Option<&str>) -> Result<String, CodegenError> {
    let unit = unit.unwrap_or_default();
    let name = units::binding(unit).ok_or_else(|| CodegenError::Register {
        register: command.id.clone(),
        reason: format!("no type for the unit `{unit}`"),
    })?;
    Ok(format!("units::{name}"))
}

/// What differs from a plain command, as methods of `CommandInfo`.
fn calls(command: &Command) -> Result<Vec<String>, CodegenError> {
    let mut calls = transactions(command)?;
    let mut call = |method: &str, arguments: &[String]| {
        calls.push(format!(".{method}({})", arguments.join(", ")));
    };
    if let Some(second) = command.extended {
        call("extended", &[format!("0x{second:02X}")]);
    }
    if let Some(c) = command.coefficients {
        call("coefficients", &[c.m.to_string(), c.b.to_string(), c.r.to_string()]);
    }
    if command.relative {
        call("relative", &[]);
    }
    match command.limits {
        Some(l) if l.step == 1 => call("limits", &[l.min.to_string(), l.max.to_string()]),
        Some(l) => call("steps", &[l.min.to_string(), l.max.to_string(), l.step.to_string()]),
        None => {}
    }
    if let Some(range) = command.range {
        let fraction = |r: Rational| format!("({}, {})", r.num, r.den);
        call("range", &[fraction(range.min), fraction(range.max)]);
    }
    if command.paged {
        call("paged", &[]);
    }
    if let Some(differs) = command.pec {
        call("pec", &[format!("pmbus::PecUse::{}", pec(differs))]);
    }
    match command.protect {
        None | Some(WriteProtect::Level20) => {}
        Some(WriteProtect::Level40) => call("protect", &["pmbus::Protect::Level40".to_owned()]),
        Some(WriteProtect::Level80) => call("protect", &["pmbus::Protect::Level80".to_owned()]),
        Some(WriteProtect::Never) => call("protect", &["pmbus::Protect::Never".to_owned()]),
    }
    for (method, time) in [("update_ms", command.update_ms), ("settle_ms", command.settle_ms)] {
        if let Some(time) = time {
            call(method, &[time.to_string()]);
        }
    }
    if let Some(safety) = command.safety {
        match safety.class {
            SafetyClass::None => {}
            SafetyClass::Cosmetic => call("cosmetic", &[]),
            SafetyClass::Setpoint => call("setpoint", &[]),
            SafetyClass::Disruptive => call("disruptive", &[]),
        }
        if let Some(value) = safety.fail_safe {
            call("fail_safe", &[value.num.to_string(), value.den.to_string()]);
        }
        if let Some(time) = safety.timeout_ms {
            call("timeout_ms", &[time.to_string()]);
        }
    }
    match command.modality {
        Modality::Mandatory => {}
        Modality::Optional => call("optional", &[]),
        Modality::Conditional => call("conditional", &[]),
    }
    if let Some(condition) = &command.condition {
        call("condition", &[literal(condition)]);
    }
    match command.confidence {
        Confidence::Stated => {}
        Confidence::Inferred => call("inferred", &[]),
        Confidence::Conflicting => call("conflicting", &[]),
    }
    match command.poll {
        PollClass::Fast => call("fast", &[]),
        PollClass::Slow => call("slow", &[]),
        PollClass::Static => call("once", &[]),
        PollClass::OnDemand => call("on_demand", &[]),
    }
    Ok(calls)
}

/// The transactions: one method where the way back is like the way there.
fn transactions(command: &Command) -> Result<Vec<String>, CodegenError> {
    let (min, max) = bytes(command)?;
    let write = |write: Write| {
        let name = match write {
            Write::SendByte => "Send",
            Write::WriteByte => "Byte",
            Write::WriteWord => "Word",
            Write::Write32 => "Long",
            Write::WriteBlock => "Block",
        };
        format!(".written(pmbus::Write::{name})")
    };
    Ok(match (command.read, command.write) {
        (Some(Read::BlockProcessCall), back) => {
            std::iter::once(format!(".block_call({min}, {max})")).chain(back.map(write)).collect()
        }
        (Some(Read::ProcessCall), back) => {
            std::iter::once(".call()".to_owned()).chain(back.map(write)).collect()
        }
        (None, Some(Write::SendByte)) => vec![".send()".to_owned()],
        (Some(Read::ReadBlock), _) | (None, Some(Write::WriteBlock)) => vec![format!(".block({min}, {max})")],
        _ => match max {
            1 => vec![".byte()".to_owned()],
            2 => vec![".word()".to_owned()],
            4 => vec![".long()".to_owned()],
            bytes => {
                let reason = format!("there is no transaction of {bytes} data bytes");
                return Err(CodegenError::Register { register: command.id.clone(), reason });
            }
        },
    })
}

fn bytes(command: &Command) -> Result<(u8, u8), CodegenError> {
    command.data_bytes().ok_or_else(|| CodegenError::Register {
        register: command.id.clone(),
        reason: "the length of the block is not said".to_owned(),
    })
}

/// Integer type of the data bytes.
fn integer(command: &Command, signed: bool) -> Result<&'static str, CodegenError> {
    let (_, bytes) = bytes(command)?;
    Ok(match (bytes, signed) {
        (1, false) => "u8",
        (2, false) => "u16",
        (3 | 4, false) => "u32",
        (5..=8, false) => "u64",
        (1, true) => "i8",
        (2, true) => "i16",
        (3 | 4, true) => "i32",
        (5..=8, true) => "i64",
        _ => {
            let reason = format!("a number of {bytes} bytes does not fit 64 bits");
            return Err(CodegenError::Register { register: command.id.clone(), reason });
        }
    })
}

/// UpperCamelCase name of a command.
fn name(command: &Command) -> Result<String, CodegenError> {
    word(command, &camel(&command.id))
}

fn request_name(command: &Command) -> String {
    format!("{}Request", camel(&command.id))
}

/// A name that is an identifier and no keyword.
fn word(command: &Command, name: &str) -> Result<String, CodegenError> {
    plain(name).ok_or_else(|| CodegenError::Name {
        register: command.id.clone(),
        name: name.to_owned(),
        reason: "not an identifier",
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Each checked-in module is what its map generates, byte for byte.
    #[test]
    fn the_checked_in_bindings_are_what_the_maps_generate() {
        for (id, text) in crate::maps::pmbus::BUILTIN {
            let root = env!("CARGO_MANIFEST_DIR");
            let module = format!("{root}/registers/src/generated/{}.rs", super::module_name(id));
            let map = crate::maps::pmbus::parse(Path::new(id), text).unwrap();
            let checked_in = std::fs::read_to_string(module).unwrap();
            assert!(super::generate(&map).unwrap() == checked_in, "{id}: run `dpo registers generate`");
        }
    }
}
