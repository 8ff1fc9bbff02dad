//! Tables from the register maps, as far as the chapters need them; the whole maps stand in `spec/registers/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::matrix::cell;
use crate::maps::RegisterMap;
use crate::maps::model::{Access, Register};

fn find<'a>(maps: &'a [RegisterMap], id: &str) -> Result<&'a RegisterMap, String> {
    maps.iter().find(|map| map.id == id).ok_or_else(|| format!("there is no map `{id}`"))
}

fn register<'a>(maps: &'a [RegisterMap], map: &str, id: &str) -> Result<&'a Register, String> {
    let map = find(maps, map)?;
    map.registers.iter().find(|r| r.id == id).ok_or_else(|| format!("{} has no register `{id}`", map.id))
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Ro => "read",
        Access::Rw => "read, write",
        Access::Wo => "write",
        Access::W1c => "write 1 to clear",
        Access::Command => "command",
    }
}

/// The registers of a map in a span of addresses, `0x4040-0x404F`.
///
/// # Errors
/// A message if there is no such map, the span is none, or nothing lies in it.
pub(super) fn table(maps: &[RegisterMap], map: &str, span: &str) -> Result<String, String> {
    let map = find(maps, map)?;
    let address =
        |text: &str| text.strip_prefix("0x").and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let (first, last) = span
        .split_once('-')
        .and_then(|(first, last)| Some((address(first)?, address(last)?)))
        .ok_or_else(|| format!("`{span}` is no span such as 0x4040-0x404F"))?;
    let inside: Vec<&Register> =
        map.registers.iter().filter(|r| (first..=last).contains(&r.address)).collect();
    if inside.is_empty() {
        return Err(format!("{} has no register in {span}", map.id));
    }
    let mut out = String::from(
        "| address | register | words | unit | access | falls back to | what it holds |\n\
         | :--- | :--- | ---: | :--- | :--- | :--- | :--- |\n",
    );
    for r in inside {
        let _ = writeln!(
            out,
            "| 0x{:04X} | `{}` | {} | {} | {} | {} | {} |",
            r.address,
            r.id,
            r.words,
            r.unit.as_deref().map(cell).unwrap_or_default(),
            access(r.access),
            fail_safe(r),
            cell(&r.description)
        );
    }
    Ok(out)
}

/// What a register falls back to, with the device's own timer where it has one.
fn fail_safe(register: &Register) -> String {
    let Some(safety) = register.safety else { return String::new() };
    let Some(raw) = safety.fail_safe else { return String::new() };
    let value =
        if register.not_available == Some(raw) { "not available".to_owned() } else { raw.to_string() };
    match safety.timeout_ms {
        Some(ms) => format!("{value} after {ms} ms"),
        None => value,
    }
}

/// The bits of a register.
///
/// # Errors
/// A message if it is no such register or has no bits.
pub(super) fn flags(maps: &[RegisterMap], map: &str, id: &str) -> Result<String, String> {
    let register = register(maps, map, id)?;
    if register.bits.is_empty() {
        return Err(format!("{map}/{id} has no bits"));
    }
    let mut out = String::from("| bit | flag | what it says |\n| ---: | :--- | :--- |\n");
    for bit in &register.bits {
        let text = bit.description.as_deref().unwrap_or(&bit.name);
        let _ = writeln!(out, "| {} | `{}` | {} |", bit.bit, bit.id, cell(text));
    }
    Ok(out)
}

/// The values of an enumeration.
///
/// # Errors
/// A message if it is no such register or no enumeration.
pub(super) fn symbols(maps: &[RegisterMap], map: &str, id: &str) -> Result<String, String> {
    let register = register(maps, map, id)?;
    if register.symbols.is_empty() {
        return Err(format!("{map}/{id} is no enumeration"));
    }
    let mut out = String::from("| value | symbol | what it says |\n| ---: | :--- | :--- |\n");
    for symbol in &register.symbols {
        let _ = writeln!(out, "| {} | `{}` | {} |", symbol.value, symbol.id, cell(&symbol.description));
    }
    Ok(out)
}

/// The addresses that are never written, and which maps say so.
pub(super) fn hazards(maps: &[RegisterMap]) -> String {
    let mut by_range: BTreeMap<(u16, u16), Vec<&str>> = BTreeMap::new();
    for map in maps {
        for hazard in &map.hazards {
            by_range.entry((hazard.first, hazard.last)).or_default().push(&map.id);
        }
    }
    let mut out = String::from("| addresses | declared by the maps |\n| :--- | :--- |\n");
    for ((first, last), ids) in by_range {
        let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(out, "| 0x{first:04X} to 0x{last:04X} | {} |", ids.join(", "));
    }
    out
}
