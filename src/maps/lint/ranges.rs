//! Rules on ranges of register addresses: readable gaps, hazards, addresses in foreign use.

use super::{Found, Rule, registers};
use crate::maps::model::{Access, AddressRange, Register, RegisterMap};

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    let hazards: Vec<_> = map.hazards.iter().map(|h| AddressRange { first: h.first, last: h.last }).collect();
    let avoid: Vec<_> = map.avoid.iter().map(|a| AddressRange { first: a.first, last: a.last }).collect();
    // Two foreign maps may well use one address.
    for (key, ranges, may_overlap) in [
        ("readable_gaps", &map.readable_gaps, false),
        ("hazards", &hazards, false),
        ("safe_unmapped", &map.safe_unmapped, false),
        ("avoid", &avoid, true),
    ] {
        for (i, range) in ranges.iter().enumerate() {
            let pointer = format!("/{key}/{i}");
            if range.first > range.last {
                let message = format!("{} to {} is empty", range.first, range.last);
                found.add(pointer, Rule::AddressRange, message, "write the smaller address first");
            } else if !may_overlap && ranges.iter().take(i).any(|r| overlap(r, range)) {
                found.add(pointer, Rule::AddressRange, "the range overlaps an earlier one", "join the two");
            }
        }
    }
    for (at, register) in registers(map) {
        if let Some(gap) = map.readable_gaps.iter().position(|r| covers(r, register)) {
            let message = format!("the gap covers `{}`", register.id);
            let mend = "a gap holds unmapped addresses only: cut the range";
            found.add(format!("/readable_gaps/{gap}"), Rule::GapOverlap, message, mend);
        }
        if register.access != Access::Ro && hazards.iter().any(|r| covers(r, register)) {
            let message = format!("`{}` may be written but lies in a hazard range", register.id);
            let mend = "make it read-only, or cut the range if the hazard is not there";
            found.add(format!("{at}/address"), Rule::HazardOverlap, message, mend);
        }
        if let Some((_, user)) = avoid.iter().zip(&map.avoid).find(|(range, _)| covers(range, register)) {
            let message = format!("`{}` lies where another map is known to be: {}", register.id, user.reason);
            let mend = "move the register, or correct the range";
            found.add(format!("{at}/address"), Rule::AvoidedAddress, message, mend);
        }
    }
    for (i, range) in map.safe_unmapped.iter().enumerate() {
        let register =
            map.registers.iter().find(|r| covers(range, r)).map(|r| format!("the register `{}`", r.id));
        let other = [
            ("a readable gap", &map.readable_gaps),
            ("a hazard range", &hazards),
            ("a range to avoid", &avoid),
        ]
        .into_iter()
        .find(|(_, ranges)| ranges.iter().any(|r| overlap(r, range)));
        if let Some(what) = register.or(other.map(|(what, _)| what.to_owned())) {
            let message = format!("{} to {} meets {what}", range.first, range.last);
            let mend = "take addresses that are unmapped, answer with an exception and are in nobody's use";
            found.add(format!("/safe_unmapped/{i}"), Rule::SafeUnmapped, message, mend);
        }
    }
}

fn overlap(a: &AddressRange, b: &AddressRange) -> bool {
    a.first <= b.last && b.first <= a.last
}

/// Whether a range covers any address of a register.
fn covers(range: &AddressRange, register: &Register) -> bool {
    u32::from(range.first) < end(register) && register.address <= range.last
}

/// The address behind a register.
fn end(register: &Register) -> u32 {
    u32::from(register.address) + u32::from(register.words.max(1))
}
