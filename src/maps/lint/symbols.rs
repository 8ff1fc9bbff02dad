//! Rules on bit fields and enumerations.

use std::collections::HashSet;

use super::{Found, Rule, range, registers};
use crate::maps::model::{Kind, Register, RegisterMap};

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    for (at, register) in registers(map) {
        if register.kind == Kind::Enum {
            enumeration(&at, register, found);
        } else if !register.symbols.is_empty() {
            let message = format!("`{}` is no enumeration but declares symbols", register.id);
            found.add(
                format!("{at}/symbols"),
                Rule::SymbolKind,
                message,
                "remove them, or use the type `enum`",
            );
        }
        if register.kind == Kind::Flags {
            flags(&at, register, found);
        } else if !register.bits.is_empty() {
            let message = format!("`{}` holds no flags but declares bits", register.id);
            found.add(format!("{at}/bits"), Rule::BitKind, message, "remove them, or use the type `flags`");
        }
    }
}

fn enumeration(at: &str, register: &Register, found: &mut Found) {
    if register.symbols.is_empty() {
        let message = format!("`{}` declares no symbol", register.id);
        found.add(at, Rule::EnumEmpty, message, "add `symbols`, or use the type `unsigned`");
    }
    let mut values = HashSet::new();
    let mut ids = HashSet::new();
    for (i, symbol) in register.symbols.iter().enumerate() {
        let pointer = format!("{at}/symbols/{i}");
        if !values.insert(symbol.value) {
            let message = format!("an earlier symbol has the value {}", symbol.value);
            found.add(format!("{pointer}/value"), Rule::SymbolDuplicate, message, "one symbol a value");
        }
        // Two ids that differ in underscores only would be one variant of the generated type.
        if !ids.insert(symbol.id.replace('_', "")) {
            let message = format!("an earlier symbol has the id `{}`", symbol.id);
            found.add(format!("{pointer}/id"), Rule::SymbolDuplicate, message, "give each symbol its own id");
        }
        // Raw values travel as i64, so a value of four words ends there.
        let most = range(register).map_or(0, |(_, most)| most.min(i64::MAX.into()));
        if i128::from(symbol.value) > most {
            let message = format!("{} does not fit {} words", symbol.value, register.words);
            found.add(format!("{pointer}/value"), Rule::SymbolRange, message, format!("use at most {most}"));
        }
    }
}

fn flags(at: &str, register: &Register, found: &mut Found) {
    if register.bits.is_empty() {
        let message = format!("`{}` declares no bit", register.id);
        found.add(at, Rule::FlagsEmpty, message, "add `bits`, or use the type `raw`");
    }
    let bits = u32::from(register.words) * 16;
    let mut taken = 0u128;
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for (i, field) in register.bits.iter().enumerate() {
        let pointer = format!("{at}/bits/{i}");
        let end = u32::from(field.bit) + u32::from(field.width);
        if field.width == 0 || end > bits.min(64) {
            let message = format!("`{}` ends at bit {end}, the register has {bits}", field.id);
            found.add(
                pointer.as_str(),
                Rule::BitRange,
                message,
                "a field has 1 bit or more and ends in the register",
            );
            continue;
        }
        let mask = ((1u128 << field.width) - 1) << field.bit;
        if taken & mask != 0 {
            let message = format!("`{}` shares a bit with an earlier field", field.id);
            found.add(pointer.as_str(), Rule::BitOverlap, message, "one field a bit");
        }
        taken |= mask;
        if !ids.insert(&field.id) || !names.insert(&field.name) {
            let message = format!("`{}` or its name stands on an earlier field", field.id);
            found.add(pointer, Rule::BitOverlap, message, "give each field its own id and name");
        }
    }
}
