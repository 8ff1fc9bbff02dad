//! Rules on addresses, lengths, names and groups.

use std::collections::{BTreeMap, HashMap};

use super::{Found, Rule, registers};
use crate::maps::model::{Access, Kind, Register, RegisterMap};

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    names(map, found);
    addresses(map, found);
    groups(map, found);
}

pub(super) fn names(map: &RegisterMap, found: &mut Found) {
    let mut ids = HashMap::new();
    let mut names = HashMap::new();
    let mut types: HashMap<String, &str> = HashMap::new();
    for (at, register) in registers(map) {
        let pointer = format!("{at}/id");
        if let Some(first) = ids.insert(&register.id, register.address) {
            let message = format!("`{}` is also the id of the register at {first}", register.id);
            found.add(pointer, Rule::DuplicateId, message, "give each register its own id");
        } else if let Some(other) = types.insert(register.id.replace('_', ""), &register.id) {
            let message = format!("`{}` and `{other}` lead to one type name", register.id);
            found.add(pointer, Rule::BindingName, message, "let two ids differ in more than underscores");
        } else if reserved(&register.id) {
            let message = format!("`{}` is a word of the generated code", register.id);
            found.add(pointer, Rule::BindingName, message, "choose another id");
        }
        if let Some(first) = names.insert(&register.name, register.address) {
            let message = format!("`{}` is also the name of the register at {first}", register.name);
            found.add(format!("{at}/name"), Rule::DuplicateName, message, "use the names of the source");
        }
        for (i, symbol) in register.symbols.iter().enumerate() {
            if symbol.id == "unknown" || symbol.id == "self" {
                let message = format!("`{}` is a word of the generated code", symbol.id);
                found.add(format!("{at}/symbols/{i}/id"), Rule::BindingName, message, "choose another id");
            }
        }
    }
}

/// Ids that cannot name a field, even raw, or a type.
fn reserved(id: &str) -> bool {
    matches!(id, "self" | "super" | "crate" | "image")
}

fn addresses(map: &RegisterMap, found: &mut Found) {
    let mut before: Option<&Register> = None;
    let mut reach: Option<(&Register, u32)> = None;
    for (at, register) in registers(map) {
        let first = u32::from(register.address);
        let end = first + u32::from(register.words);
        if end > 0x1_0000 {
            let message = format!("{} words from {first} reach beyond 65535", register.words);
            found.add(
                format!("{at}/address"),
                Rule::AddressSpan,
                message,
                "move the register, or shorten it",
            );
        }
        let (fits, takes) = match register.kind {
            Kind::Text | Kind::Raw => ((1..=125).contains(&register.words), "1 to 125"),
            Kind::Float => (matches!(register.words, 2 | 4), "2 or 4"),
            _ => ((1..=4).contains(&register.words), "1 to 4"),
        };
        if !fits {
            let message = format!("this type takes {takes} words, not {}", register.words);
            found.add(format!("{at}/words"), Rule::Words, message, "correct the length or the type");
        }
        if let Some(before) = before
            && register.address < before.address
        {
            let message =
                format!("`{}` at {first} stands below `{}` at {}", register.id, before.id, before.address);
            found.add(format!("{at}/address"), Rule::Order, message, "order the registers by address");
        }
        // In order, only the register that reaches farthest can overlap; out of order, look at all.
        let overlapped = match reach {
            Some((other, reach)) if first < reach && other.address <= register.address => Some(other),
            Some(_) if before.is_some_and(|b| register.address < b.address) => map
                .registers
                .iter()
                .take_while(|r| !std::ptr::eq(*r, register))
                .find(|r| u32::from(r.address) < end && first < u32::from(r.address) + u32::from(r.words)),
            _ => None,
        };
        if let Some(other) = overlapped {
            let last = u32::from(other.address) + u32::from(other.words) - 1;
            let message = format!(
                "`{}` begins inside or over `{}` ({} to {last})",
                register.id, other.id, other.address
            );
            found.add(format!("{at}/address"), Rule::Overlap, message, "correct an address or a length");
        }
        before = Some(register);
        if reach.is_none_or(|(_, reach)| end > reach) {
            reach = Some((register, end));
        }
    }
}

fn groups(map: &RegisterMap, found: &mut Found) {
    let mut groups: BTreeMap<&str, Vec<(String, &Register)>> = BTreeMap::new();
    for (at, register) in registers(map) {
        if let Some(group) = &register.group {
            groups.entry(group).or_default().push((format!("{at}/group"), register));
        }
    }
    for (group, mut members) in groups {
        members.sort_by_key(|(_, r)| r.address);
        let Some((pointer, first)) = members.first() else { continue };
        if members.len() == 1 {
            let message = format!("`{}` is alone in the group `{group}`", first.id);
            found.add(pointer.as_str(), Rule::Group, message, "a group has two registers or more");
        }
        let total: u32 = members.iter().map(|(_, r)| u32::from(r.words)).sum();
        if total > u32::from(map.bus.max_write_words) {
            let message = format!("`{group}` has {total} words, one write takes {}", map.bus.max_write_words);
            found.add(pointer.as_str(), Rule::Group, message, "split the group");
        }
        for pair in members.windows(2) {
            if let [(_, a), (pointer, b)] = pair
                && u32::from(a.address) + u32::from(a.words) != u32::from(b.address)
            {
                let message = format!("`{}` does not follow `{}` in the group `{group}`", b.id, a.id);
                found.add(pointer.as_str(), Rule::Group, message, "one write needs touching addresses");
            }
        }
        for (pointer, register) in &members {
            if register.access == Access::Ro {
                let message = format!("`{}` is read-only and in the group `{group}`", register.id);
                found.add(
                    pointer.as_str(),
                    Rule::Group,
                    message,
                    "a group commits by a write: take the register out",
                );
            }
        }
    }
}
