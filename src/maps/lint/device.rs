//! Rules on what stands above the registers.

use std::collections::HashSet;
use std::path::Path;

use super::{Found, version};
use crate::maps::model::{AddressRange, Expect, Kind, RegisterMap};
use crate::maps::report::Rule;

pub(super) fn check(map: &RegisterMap, path: &Path, found: &mut Found) {
    let name = format!("{}.json", map.id);
    if path.file_name().is_some_and(|file| file != name.as_str()) {
        let message = format!("the file of the map `{}` is not named {name}", map.id);
        found.add("/id", Rule::FileName, message, format!("rename the file to {name}, or mend the id"));
    }
    history(map, found);
    sources(map, found);
    bus(map, found);
    probe(map, found);
    ranges(map, found);
    for (pointer, text) in
        [("/title", &map.title), ("/base/document", &map.base.document), ("/licence", &map.licence)]
    {
        if text.trim().is_empty() {
            found.add(pointer, Rule::Blank, "the text is blank", "say what it is");
        }
    }
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
    if bus.max_read_words == 0 || bus.max_read_words > 125 {
        found.add(
            "/bus/max_read_words",
            Rule::Bus,
            "a read has 1 to 125 words",
            "use 125 if nothing is known",
        );
    }
    if bus.max_write_words == 0 || bus.max_write_words > 123 {
        found.add(
            "/bus/max_write_words",
            Rule::Bus,
            "a write has 1 to 123 words",
            "use 123 if nothing is known",
        );
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

fn ranges(map: &RegisterMap, found: &mut Found) {
    let hazards: Vec<_> = map.hazards.iter().map(|h| AddressRange { first: h.first, last: h.last }).collect();
    for (key, ranges) in [("readable_gaps", &map.readable_gaps), ("hazards", &hazards)] {
        for (i, range) in ranges.iter().enumerate() {
            let pointer = format!("/{key}/{i}");
            if range.first > range.last {
                let message = format!("{} to {} is empty", range.first, range.last);
                found.add(pointer, Rule::AddressRange, message, "write the smaller address first");
            } else if ranges.iter().take(i).any(|r| r.first <= range.last && range.first <= r.last) {
                found.add(pointer, Rule::AddressRange, "the range overlaps an earlier one", "join the two");
            }
        }
    }
    for (i, register) in map.registers.iter().enumerate() {
        let last = u32::from(register.address) + u32::from(register.words.max(1)) - 1;
        let covers = |r: &AddressRange| u32::from(r.first) <= last && register.address <= r.last;
        if let Some(at) = map.readable_gaps.iter().position(covers) {
            let message = format!("the gap covers `{}` (registers/{i})", register.id);
            let mend = "a gap holds unmapped addresses only: cut the range";
            found.add(format!("/readable_gaps/{at}"), Rule::GapOverlap, message, mend);
        }
        let writable = register.access != crate::maps::model::Access::Ro;
        if writable && hazards.iter().any(covers) {
            let message = format!("`{}` may be written but lies in a hazard range", register.id);
            let mend = "make it read-only, or cut the range if the hazard is not there";
            found.add(format!("/registers/{i}/address"), Rule::HazardOverlap, message, mend);
        }
    }
}
