//! Rules between a PMBus map and the register maps: links, and blocks that take registers over.

use std::collections::HashSet;

use super::super::model::{Field, FieldKind, PmbusMap};
use super::commands;
use crate::maps::lint::{File, Found, Rule};
use crate::maps::model::{Access, Register, RegisterMap};

pub(super) fn check(map: &PmbusMap, files: &[File], found: &mut Found) {
    let register_map = |id: &str| files.iter().filter_map(|f| f.map.as_ref()).find(|m| m.id == id);
    for (at, command) in commands(map) {
        for (i, link) in command.links.modbus.iter().enumerate() {
            let wrong = match link.split_once('.') {
                // A map that is not at hand cannot be looked into.
                Some((id, register)) => register_map(id).is_some_and(|m| by_id(m, register).is_none()),
                None => true,
            };
            if wrong {
                let message = format!("`{link}` is no register");
                found.add(
                    format!("{at}/links/modbus/{i}"),
                    Rule::PmbusLink,
                    message,
                    "write it as `map.register`",
                );
            }
        }
    }
    if let Some(mirrored) = map.mirrors.as_deref().and_then(register_map) {
        mirror(map, mirrored, found);
    }
}

fn by_id<'a>(map: &'a RegisterMap, id: &str) -> Option<&'a Register> {
    map.registers.iter().find(|r| r.id == id)
}

/// Blocks against the map whose registers they take over: each register once, whole, and with a direction
/// that its access allows.
fn mirror(map: &PmbusMap, mirrored: &RegisterMap, found: &mut Found) {
    let mut taken = HashSet::new();
    for (at, command) in commands(map) {
        for (i, field) in command.fields.iter().enumerate().filter(|(_, f)| f.kind == FieldKind::Register) {
            let pointer = format!("{at}/fields/{i}");
            let register = by_id(mirrored, &field.id).filter(|r| whole(r, field));
            if register.is_none() {
                let message =
                    format!("`{}` has no register `{}` of {} bytes", mirrored.id, field.id, field.bytes);
                let mend = "name a register, and give the field twice as many bytes as it has words";
                found.add(pointer.as_str(), Rule::PmbusMirror, message, mend);
            }
            if register.is_some_and(|r| command.writable() && r.access == Access::Ro) {
                let message =
                    format!("`{}` is read only, but a write of `{}` would carry it", field.id, command.id);
                let mend = "move it to a block that can only be read";
                found.add(pointer.as_str(), Rule::PmbusMirrorAccess, message, mend);
            }
            if !taken.insert(field.id.as_str()) {
                let message = format!("an earlier block has `{}`", field.id);
                found.add(pointer, Rule::PmbusMirror, message, "one place for each register");
            }
        }
    }
    let left: HashSet<&str> = map.left_out.iter().map(|l| l.register.as_str()).collect();
    let missing: Vec<&str> = mirrored
        .registers
        .iter()
        .map(|r| r.id.as_str())
        .filter(|id| !taken.contains(id) && !left.contains(id))
        .collect();
    if !missing.is_empty() {
        let message = format!("no block has {} of `{}`", missing.join(", "), mirrored.id);
        let mend = "add a field, or list the register under `left_out` with the reason";
        found.add("/mirrors", Rule::PmbusMirrorComplete, message, mend);
    }
    for (i, left) in map.left_out.iter().enumerate() {
        let there = by_id(mirrored, &left.register).is_some();
        if !there || taken.contains(left.register.as_str()) || left.reason.trim().is_empty() {
            let message = format!("`{}` is not left out, or without a reason", left.register);
            let mend = "name a register that no block has, and say why";
            found.add(format!("/left_out/{i}"), Rule::PmbusMirrorComplete, message, mend);
        }
    }
}

fn whole(register: &Register, field: &Field) -> bool {
    u32::from(register.words) * 2 == u32::from(field.bytes)
}
