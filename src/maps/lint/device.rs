//! Rules on what stands above the registers.

use std::collections::HashSet;
use std::path::Path;

use super::{Found, Rule, version};
use crate::maps::model::{Access, Expect, Kind, RegisterMap};

pub(super) fn check(map: &RegisterMap, path: &Path, found: &mut Found) {
    head(map, path, found);
    bus(map, found);
    probe(map, found);
}

/// What every kind of map has on top.
pub(super) fn head(map: &RegisterMap, path: &Path, found: &mut Found) {
    let name = format!("{}.json", map.id);
    if path.file_name().is_some_and(|file| file != name.as_str()) {
        let message = format!("the file of the map `{}` is not named {name}", map.id);
        found.add("/id", Rule::FileName, message, format!("rename the file to {name}, or mend the id"));
    }
    history(map, found);
    sources(map, found);
}

fn history(map: &RegisterMap, found: &mut Found) {
    if version(&map.version).is_none() {
        let message = format!("`{}` is not three numbers up to 65535", map.version);
        found.add("/version", Rule::Version, message, "write the version as 1.2.3");
    }
    match map.changelog.first() {
        None => found.add("/changelog", Rule::Changelog, "there is no entry", "add an entry for the version"),
        Some(newest) if newest.version != map.version => {
            let message = format!("the newest entry is {}, the map is {}", newest.version, map.version);
            found.add(
                "/changelog/0/version",
                Rule::Changelog,
                message,
                "add an entry for the version on top",
            );
        }
        Some(_) => {}
    }
    for (i, change) in map.changelog.iter().enumerate() {
        if !is_day(&change.date) {
            let message = format!("`{}` is no day", change.date);
            found.add(format!("/changelog/{i}/date"), Rule::Changelog, message, "write it as 2026-11-22");
        }
    }
    for (i, pair) in map.changelog.windows(2).enumerate() {
        if let [newer, older] = pair
            && (version(&newer.version) <= version(&older.version) || newer.date < older.date)
        {
            let message = format!("{} stands below {} but is not older", older.version, newer.version);
            let pointer = format!("/changelog/{}", i + 1);
            found.add(pointer, Rule::Changelog, message, "order the entries newest first");
        }
    }
}

/// Whether a text is a day of the calendar, as `2026-11-22`.
fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| part.parse::<u32>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn sources(map: &RegisterMap, found: &mut Found) {
    let mut keys = HashSet::new();
    for (i, source) in map.sources.iter().enumerate() {
        let pointer = format!("/sources/{i}/key");
        if source.key.trim().is_empty() || source.key.contains(char::is_whitespace) {
            let message = format!("`{}` is no key: blanks end a key where registers refer to it", source.key);
            found.add(pointer.clone(), Rule::Blank, message, "use one word");
        }
        if !keys.insert(&source.key) {
            let message = format!("`{}` is the key of another source", source.key);
            found.add(pointer, Rule::DuplicateSource, message, "give each source its own key");
        }
    }
}

fn bus(map: &RegisterMap, found: &mut Found) {
    let bus = &map.bus;
    if bus.baud.is_empty() || bus.baud.contains(&0) {
        found.add("/bus/baud", Rule::Bus, "no rate, or a rate of 0", "list the rates, the default first");
    }
    let mut functions = HashSet::new();
    let bad = bus.functions.iter().any(|f| !(1..=0x7F).contains(f) || !functions.insert(*f));
    if bad || !functions.contains(&3) {
        let message = "function codes are 1 to 127, once each, and a device can read holding registers";
        found.add("/bus/functions", Rule::Bus, message, "list the codes, among them 3");
    }
    if bus.addresses.is_empty() {
        found.add("/bus/addresses", Rule::UnitRange, "no address", "list the addresses of such devices");
    }
    for (i, range) in bus.addresses.iter().enumerate() {
        let pointer = format!("/bus/addresses/{i}");
        if range.first > range.last || range.first == 0 {
            let message = format!("{} to {} is no range of unit addresses", range.first, range.last);
            found.add(
                pointer,
                Rule::UnitRange,
                message,
                "begin at 1 or above (0 is the broadcast) and end later",
            );
        } else if bus.addresses.iter().take(i).any(|r| r.first <= range.last && range.first <= r.last) {
            found.add(pointer, Rule::UnitRange, "the range overlaps an earlier one", "join the two ranges");
        }
    }
}

fn probe(map: &RegisterMap, found: &mut Found) {
    let id = &map.identification.probe;
    let Some(register) = map.registers.iter().find(|r| r.id == *id) else {
        let message = format!("there is no register `{id}`");
        found.add(
            "/identification/probe",
            Rule::Probe,
            message,
            "name the register that tells the device apart",
        );
        return;
    };
    if register.access == Access::Wo {
        let message = format!("`{id}` is write-only");
        found.add("/identification/probe", Rule::Probe, message, "name a register that can be read");
    }
    match &map.identification.expect {
        Expect::AsciiText if register.kind != Kind::Text => {
            let message = format!("`{id}` holds no text");
            found.add(
                "/identification/expect",
                Rule::Probe,
                message,
                "expect words, or probe a text register",
            );
        }
        Expect::Words(words) if words.len() != usize::from(register.words) => {
            let message = format!("{} words are expected, `{id}` has {}", words.len(), register.words);
            found.add(
                "/identification/expect/words",
                Rule::Probe,
                message,
                "expect every word of the register",
            );
        }
        _ => {}
    }
}
