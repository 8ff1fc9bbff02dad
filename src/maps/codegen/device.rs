//! What a map says of the device as a whole: `JSON` and `MAP`.

use super::CodegenError;
use super::writer::{Writer, literal};
use crate::maps::model::{DeviceClass, Expect, Parity, RegisterMap};

/// `JSON` and `MAP`, with the imports of the module.
pub(super) fn write(map: &RegisterMap, out: &mut Writer) -> Result<(), CodegenError> {
    let class = match map.device_class {
        DeviceClass::Psu => "Psu",
        DeviceClass::Bbu => "Bbu",
        DeviceClass::Cbu => "Cbu",
        DeviceClass::Pmi => "Pmi",
        DeviceClass::Other => "Other",
    };
    let parity = match map.bus.parity {
        Parity::Even => "Even",
        Parity::Odd => "Odd",
        Parity::None => "None",
    };
    let bus = &map.bus;
    out.line("#[allow(unused_imports)]");
    out.line("use crate::{codec, map, units};");
    out.blank();
    out.line("/// The map itself, as JSON.");
    out.line(&format!(
        "pub const JSON: &str = include_str!({});",
        literal(&format!("../../maps/{}.json", map.id))
    ));
    out.blank();
    out.line("/// What the map says of the device.");
    out.open("pub static MAP: map::MapInfo = map::MapInfo {");
    out.line(&format!("id: {},", literal(&map.id)));
    out.line(&format!("title: {},", literal(&map.title)));
    out.line(&format!("version: {},", version(&map.version)?));
    out.line(&format!("device_class: map::DeviceClass::{class},"));
    list("addresses", map.bus.addresses.iter().map(|r| (r.first, r.last)), out);
    out.open("bus: map::BusInfo {");
    out.line(&format!("baud: &{:?},", bus.baud));
    out.line(&format!("parity: map::Parity::{parity},"));
    out.line(&format!("max_read_words: {},", bus.max_read_words));
    out.line(&format!("max_write_words: {},", bus.max_write_words));
    out.line(&format!("functions: &{:?},", bus.functions));
    out.close("},");
    out.line(&format!("identification: {},", identification(map)?));
    out.line("registers: &REGISTERS,");
    list("readable_gaps", map.readable_gaps.iter().map(|r| (r.first, r.last)), out);
    list("safe_unmapped", map.safe_unmapped.iter().map(|r| (r.first, r.last)), out);
    list("hazards", map.hazards.iter().map(|r| (r.first, r.last)), out);
    match &map.time_sync {
        Some(sync) => out.line(&format!(
            "time_sync: Some(map::TimeSync {{ register: {}, interval_s: {} }}),",
            literal(&sync.register),
            sync.interval_s
        )),
        None => out.line("time_sync: None,"),
    }
    out.close("};");
    Ok(())
}

pub(in crate::maps) fn list(
    key: &str,
    ranges: impl Iterator<Item = (impl std::fmt::Debug, impl std::fmt::Debug)>,
    out: &mut Writer,
) {
    let mut parts: Vec<String> = ranges.map(|range| format!("{range:?}, ")).collect();
    if let Some(last) = parts.last_mut() {
        last.truncate(last.len().saturating_sub(2));
    }
    parts.push("],".to_owned());
    out.wrapped(&format!("{key}: &["), &parts, "    ");
}

pub(in crate::maps) fn version(text: &str) -> Result<String, CodegenError> {
    let numbers: Option<Vec<u16>> = text.split('.').map(|n| n.parse().ok()).collect();
    match numbers.as_deref() {
        Some([major, minor, patch]) => Ok(format!("({major}, {minor}, {patch})")),
        _ => Err(CodegenError::Version(text.to_owned())),
    }
}

fn identification(map: &RegisterMap) -> Result<String, CodegenError> {
    let probe = map.registers.iter().find(|r| r.id == map.identification.probe);
    let probe = probe.ok_or_else(|| CodegenError::Register {
        register: map.identification.probe.clone(),
        reason: "the probe register of the identification does not exist".to_owned(),
    })?;
    let expect = match &map.identification.expect {
        Expect::AsciiText => "AsciiText".to_owned(),
        Expect::Words(words) => format!("Words(&{words:?})"),
    };
    let (address, words) = (probe.address, probe.words);
    Ok(format!("map::Identification {{ address: {address}, words: {words}, expect: map::Expect::{expect} }}"))
}
