//! Rules on registers that name other registers: time, conditions, shadows, locks, successors.

use std::collections::{HashMap, HashSet};

use super::{Found, Rule, registers};
use crate::maps::model::{Access, Kind, Modality, Register, RegisterMap};

/// The registers by identifier.
type Index<'a> = HashMap<&'a str, &'a Register>;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    let index: Index<'_> = map.registers.iter().map(|r| (r.id.as_str(), r)).collect();
    time_sync(map, &index, found);
    for (at, register) in registers(map) {
        condition(&at, register, &index, found);
        unlock(&at, register, &index, found);
        successor(&at, register, &index, found);
        commit(&at, register, &index, found);
        applied(&at, register, &index, found);
    }
}

/// The register and the bit field that `register.bit` names.
fn flag<'a>(name: &str, index: &Index<'a>) -> Option<&'a Register> {
    let (id, bit) = name.split_once('.')?;
    let register = index.get(id)?;
    register.bits.iter().any(|b| b.id == bit).then_some(*register)
}

fn time_sync(map: &RegisterMap, index: &Index<'_>, found: &mut Found) {
    let Some(sync) = &map.time_sync else { return };
    let fits = index.get(sync.register.as_str()).is_some_and(|r| {
        r.access != Access::Ro && r.kind == Kind::Unsigned && r.words == 2 && r.unit.as_deref() == Some("s")
    });
    if !fits {
        let message = format!("`{}` is no writable unsigned register of two words in seconds", sync.register);
        let mend = "name the register that takes Unix time, and give it the unit `s`";
        found.add("/time_sync/register", Rule::TimeSync, message, mend);
    }
}

fn condition(at: &str, register: &Register, index: &Index<'_>, found: &mut Found) {
    let id = &register.id;
    let conditional = register.modality == Modality::Conditional;
    let Some(condition) = &register.condition else {
        if conditional {
            let message = format!("`{id}` is conditional, but on what?");
            let mend = "add `condition`: a flag as `register.bit`, or an item of the capability statement";
            found.add(format!("{at}/modality"), Rule::Condition, message, mend);
        }
        return;
    };
    if !conditional {
        let message = format!("`{id}` has a condition but is not conditional");
        let mend = "make the modality `conditional`, or remove the condition";
        found.add(format!("{at}/condition"), Rule::Condition, message, mend);
    }
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let item = condition.starts_with(|c: char| c.is_ascii_uppercase()) && condition.chars().all(capital);
    let readable = flag(condition, index).is_some_and(|r| r.access != Access::Wo && r.id != *id);
    if !item && !readable {
        let message = format!("`{condition}` is neither a flag that can be read nor an item in capitals");
        let mend = "write a flag of another register as `register.bit`, an item as `HPR_V2`";
        found.add(format!("{at}/condition"), Rule::Condition, message, mend);
    }
}

fn unlock(at: &str, register: &Register, index: &Index<'_>, found: &mut Found) {
    let key = |r: &Register| Some(r.unlock.as_ref()?.split_once('.')?.0.to_owned());
    let mut seen = HashSet::new();
    let mut next = key(register);
    while let Some(id) = next {
        if id == register.id && !seen.is_empty() {
            let message = format!("to unlock `{id}` it must be unlocked already");
            let mend = "one register of the circle can be written without `unlock`: find out which";
            found.add(format!("{at}/unlock"), Rule::UnlockCycle, message, mend);
            return;
        }
        next = index.get(id.as_str()).and_then(|r| key(r));
        if !seen.insert(id) {
            return;
        }
    }
}

fn successor(at: &str, register: &Register, index: &Index<'_>, found: &mut Found) {
    let by = register.replaced_by.as_deref().filter(|by| *by != register.id);
    if let Some(successor) = by.and_then(|by| index.get(by))
        && successor.deprecated.is_some()
    {
        let message = format!("the successor `{}` is deprecated too", successor.id);
        found.add(format!("{at}/replaced_by"), Rule::Successor, message, "name the register that is in use");
    }
}

fn commit(at: &str, register: &Register, index: &Index<'_>, found: &mut Found) {
    let Some(commit) = &register.commit else { return };
    let pointer = format!("{at}/commit");
    let target = index.get(commit.as_str()).filter(|r| r.access != Access::Ro && r.id != register.id);
    let Some(target) = target else {
        let message = format!("`{commit}` is no other register that may be written");
        found.add(pointer, Rule::Commit, message, "name the register whose write puts the value into force");
        return;
    };
    if target.commit.is_some() {
        let message = format!("`{commit}` waits for a commit itself");
        found.add(pointer, Rule::Commit, message, "a commit is in force at once: take its `commit` away");
    } else if !matches!(register.access, Access::Rw | Access::Wo) {
        let message = format!("`{}` holds no value that a commit could put into force", register.id);
        found.add(pointer, Rule::Commit, message, "only a register that takes values is a shadow");
    }
}

fn applied(at: &str, register: &Register, index: &Index<'_>, found: &mut Found) {
    let Some(applied) = &register.applied else { return };
    let pointer = format!("{at}/applied");
    let target = index.get(applied.as_str()).filter(|r| r.access == Access::Ro && r.id != register.id);
    let Some(target) = target else {
        let message = format!("`{applied}` is no other register that is read-only");
        found.add(pointer, Rule::Applied, message, "name the register that shows the value in force");
        return;
    };
    if register.access == Access::Ro {
        let message = format!("`{}` cannot be written, so nothing can be in force", register.id);
        found.add(pointer, Rule::Applied, message, "remove `applied`, or correct the access");
        return;
    }
    let form = |r: &Register| (r.kind, r.words, r.scale, r.offset, r.unit.clone());
    let values = |r: &Register| r.symbols.iter().map(|s| s.value).collect::<HashSet<_>>();
    if form(register) != form(target) || values(register) != values(target) {
        let message = format!("`{applied}` has another type, length, scale, unit or symbols");
        let mend = "let both hold the value in one form, so that they can be compared";
        found.add(pointer, Rule::Applied, message, mend);
    }
}
