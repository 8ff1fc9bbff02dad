//! Rules on access, safety, sources and the life of a register.

use super::{Found, Rule, registers, version};
use crate::maps::model::{Access, Confidence, Kind, Register, RegisterMap, Volatility};

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    for (at, register) in registers(map) {
        sources(map, &at, register, found);
        history(map, &at, register, found);
        unlock(map, &at, register, found);
        access(&at, register, found);
        if register.confidence == Confidence::Conflicting
            && register.readings.is_empty()
            && register.notes.iter().all(|n| n.trim().is_empty())
        {
            let message = format!(
                "the sources of `{}` disagree, but neither a note nor a reading says how",
                register.id
            );
            found.add(
                at,
                Rule::ConflictNotes,
                message,
                "add `notes` (the other reading, and why this one is kept) or `readings`",
            );
        }
    }
}

fn sources(map: &RegisterMap, at: &str, register: &Register, found: &mut Found) {
    if register.source.is_empty() {
        let message = format!("`{}` names no source", register.id);
        found.add(format!("{at}/source"), Rule::DanglingSource, message, "name the key of a source");
    }
    for (i, source) in register.source.iter().enumerate() {
        // "KEY clause": the key ends at the first blank.
        let key = source.split_whitespace().next().unwrap_or_default();
        if !map.sources.iter().any(|s| s.key == key) {
            let message = format!("`{key}` is not among the sources of the map");
            let mend = "declare it under `sources`, or correct the key";
            found.add(format!("{at}/source/{i}"), Rule::DanglingSource, message, mend);
        }
    }
}

fn history(map: &RegisterMap, at: &str, register: &Register, found: &mut Found) {
    let now = version(&map.version);
    let since = version(&register.since);
    if since.is_none() || now.is_some_and(|now| since > Some(now)) {
        let message = format!("`{}` is no version up to {}", register.since, map.version);
        found.add(format!("{at}/since"), Rule::Since, message, "name the version that brought the register");
    }
    if let Some(deprecated) = &register.deprecated {
        let at_version = version(deprecated);
        if at_version.is_none() || at_version < since || now.is_some_and(|now| at_version > Some(now)) {
            let message = format!("`{deprecated}` is no version from {} to {}", register.since, map.version);
            found.add(
                format!("{at}/deprecated"),
                Rule::Since,
                message,
                "name the version that deprecated it",
            );
        }
    }
    if let Some(by) = &register.replaced_by {
        let pointer = format!("{at}/replaced_by");
        if *by == register.id || !map.registers.iter().any(|r| r.id == *by) {
            let message = format!("`{by}` is no other register");
            found.add(pointer, Rule::ReplacedBy, message, "name the register that replaces this one");
        } else if register.deprecated.is_none() {
            let message = format!("`{}` is replaced but not deprecated", register.id);
            found.add(pointer, Rule::ReplacedBy, message, "add `deprecated`, the version that replaced it");
        }
    }
}

fn unlock(map: &RegisterMap, at: &str, register: &Register, found: &mut Found) {
    let Some(unlock) = &register.unlock else { return };
    let there = unlock.split_once('.').is_some_and(|(id, bit)| {
        map.registers
            .iter()
            .filter(|r| r.id == id && r.access != Access::Ro && r.id != register.id)
            .any(|r| r.bits.iter().any(|b| b.id == bit))
    });
    if !there {
        let message = format!("`{unlock}` is no flag of another writable register");
        found.add(format!("{at}/unlock"), Rule::Unlock, message, "write it as `register.bit`");
    }
}

fn access(at: &str, register: &Register, found: &mut Found) {
    let id = &register.id;
    let read_only = register.access == Access::Ro;
    match register.safety {
        Some(_) if read_only => {
            let message = format!("`{id}` cannot be written, so nothing can happen");
            found.add(
                format!("{at}/safety"),
                Rule::AccessSafety,
                message,
                "remove `safety`, or correct the access",
            );
        }
        None if !read_only => {
            let message = format!("`{id}` may be written, but the map does not say what that can do");
            found.add(at, Rule::AccessSafety, message, "add `safety`; its class may be `none`");
        }
        _ => {}
    }
    if register.access == Access::W1c && register.kind != Kind::Flags {
        let message = format!("`{id}` is cleared bit by bit but holds no flags");
        found.add(
            format!("{at}/access"),
            Rule::AccessKind,
            message,
            "use the type `flags`, or another access",
        );
    }
    if read_only && register.unlock.is_some() {
        let message = format!("`{id}` cannot be written, so nothing need be unlocked");
        found.add(
            format!("{at}/unlock"),
            Rule::AccessKind,
            message,
            "remove `unlock`, or correct the access",
        );
    }
    if read_only && register.settle_ms.is_some() {
        let message = format!("`{id}` cannot be written, so there is nothing to wait for");
        let mend = "remove `settle_ms`, or correct the access; `update_ms` is the time between two values";
        found.add(format!("{at}/settle_ms"), Rule::AccessKind, message, mend);
    }
    let written = matches!(register.volatility, Volatility::Setting | Volatility::Stored);
    if read_only && written {
        let message = format!("`{id}` changes only when written, but cannot be written");
        found.add(format!("{at}/volatility"), Rule::AccessKind, message, "use `constant` or `volatile`");
    }
    if !read_only && register.volatility == Volatility::Constant {
        let message = format!("`{id}` never changes, but may be written");
        found.add(format!("{at}/volatility"), Rule::AccessKind, message, "use `setting` or `stored`");
    }
}
