//! Rules on maps that share a device or a Modbus address.

use super::{File, Found, Rule, registers};
use crate::maps::model::{Register, RegisterMap};

/// What a map lays claim to.
#[derive(Default)]
struct Taken {
    /// First address, last address, by what; by first address.
    ranges: Vec<(u16, u16, String)>,
    /// The farthest last address of the ranges up to each: most registers collide with nothing, and this
    /// says so at once.
    reach: Vec<u16>,
}

pub(super) fn check(files: &[File], founds: &mut [Found]) {
    let taken: Vec<Taken> = files.iter().map(|f| f.map.as_ref().map(taken).unwrap_or_default()).collect();
    for (i, (file, found)) in files.iter().zip(founds).enumerate() {
        let Some(map) = &file.map else { continue };
        let others = || files.iter().enumerate().filter(|(at, _)| *at != i);
        let maps = || others().filter_map(|(_, f)| f.map.as_ref());
        named(map, "/hosts", &map.hosts, &|id| maps().any(|m| m.id == id), found);
        named(map, "/bus/shared_with", &map.bus.shared_with, &|id| maps().any(|m| m.id == id), found);
        for (at, id) in map.bus.shared_with.iter().enumerate() {
            if let Some(other) = maps().find(|m| m.id == *id && m.id != map.id) {
                shared(&format!("/bus/shared_with/{at}"), map, other, found);
            }
        }
        if map.hosts.is_empty() {
            continue;
        }
        for ((_, other), taken) in
            others().zip(taken.iter().enumerate().filter(|(at, _)| *at != i).map(|(_, t)| t))
        {
            let Some(theirs) = &other.map else { continue };
            // Two blocks meet only in a device that carries both.
            let meet = theirs.hosts.is_empty() || theirs.hosts.iter().any(|h| map.hosts.contains(h));
            if meet && theirs.id != map.id {
                collisions(map, theirs, taken, found);
            }
        }
    }
}

/// Names of maps lead to maps: checked here, or shipped with this program.
fn named(
    map: &RegisterMap,
    pointer: &str,
    ids: &[String],
    checked: &dyn Fn(&str) -> bool,
    found: &mut Found,
) {
    let shipped = |id: &str| crate::maps::BUILTIN.iter().any(|(shipped, _)| *shipped == id);
    for (i, id) in ids.iter().enumerate() {
        let known = checked(id) || shipped(id);
        if *id == map.id || !known || ids.iter().take(i).any(|earlier| earlier == id) {
            let message =
                format!("`{id}` is no other map that is checked here or shipped, or stands here twice");
            let mend = "correct the name, or check the maps together";
            found.add(format!("{pointer}/{i}"), Rule::UnknownMap, message, mend);
        }
    }
}

/// Sharing of Modbus addresses is said by both, and there is something to share. What is said of the host
/// of a block holds for the block.
fn shared(pointer: &str, map: &RegisterMap, other: &RegisterMap, found: &mut Found) {
    let meet = |a: &RegisterMap, b: &RegisterMap| {
        a.bus.addresses.iter().any(|a| b.bus.addresses.iter().any(|b| a.first <= b.last && b.first <= a.last))
    };
    if !meet(map, other) {
        let message = format!("no Modbus address belongs to `{}` too", other.id);
        found.add(pointer, Rule::SharedWith, message, "remove the name, or correct the addresses");
    } else if !other.bus.shared_with.iter().any(|id| *id == map.id || map.hosts.contains(id)) {
        let message = format!("`{}` does not say that it shares addresses with `{}`", other.id, map.id);
        let mend = format!("add `{}` to `bus.shared_with` of `{}`", map.id, other.id);
        found.add(pointer, Rule::SharedWith, message, mend);
    }
}

/// Everything a map lays claim to.
fn taken(map: &RegisterMap) -> Taken {
    let mut ranges = Vec::new();
    ranges.extend(map.registers.iter().map(|r| (r.address, last(r), format!("the register `{}`", r.id))));
    ranges.extend(map.hazards.iter().map(|h| (h.first, h.last, "a hazard range".to_owned())));
    ranges.extend(map.avoid.iter().map(|a| (a.first, a.last, "a range to avoid".to_owned())));
    ranges.extend(map.readable_gaps.iter().map(|g| (g.first, g.last, "a readable gap".to_owned())));
    ranges.extend(map.safe_unmapped.iter().map(|s| (s.first, s.last, "a safe unmapped range".to_owned())));
    ranges.sort_unstable();
    let mut far = 0;
    let reach = ranges.iter().map(|(_, last, _)| {
        far = far.max(*last);
        far
    });
    let reach = reach.collect();
    Taken { ranges, reach }
}

/// The registers of a block that lie on what another map lays claim to.
fn collisions(block: &RegisterMap, other: &RegisterMap, taken: &Taken, found: &mut Found) {
    for (at, register) in registers(block) {
        let before = taken.ranges.partition_point(|(first, ..)| *first <= last(register));
        if before == 0 || taken.reach.get(before - 1).is_none_or(|reach| *reach < register.address) {
            continue;
        }
        let hit = taken.ranges.iter().take(before).find(|(_, end, _)| *end >= register.address);
        if let Some((first, end, what)) = hit {
            let message =
                format!("`{}` lies on {what} ({first} to {end}) of the map `{}`", register.id, other.id);
            let mend = "move the block to addresses that no known map uses";
            found.add(format!("{at}/address"), Rule::BlockCollision, message, mend);
        }
    }
}

/// The last address of a register.
fn last(register: &Register) -> u16 {
    register.address.saturating_add(register.words.max(1) - 1)
}
