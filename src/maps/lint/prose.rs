//! Rules on what is written for people.

use super::{Found, Rule, registers};
use crate::maps::model::RegisterMap;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    texts(map, |pointer, text| blank(&pointer, text, found));
}

/// Every text for people, with its pointer.
fn texts(map: &RegisterMap, mut each: impl FnMut(String, &str)) {
    each("/title".to_owned(), &map.title);
    each("/base/document".to_owned(), &map.base.document);
    each("/licence".to_owned(), &map.licence);
    for (i, source) in map.sources.iter().enumerate() {
        each(format!("/sources/{i}/title"), &source.title);
    }
    for (i, change) in map.changelog.iter().enumerate() {
        each(format!("/changelog/{i}/text"), &change.text);
    }
    for (i, avoid) in map.avoid.iter().enumerate() {
        each(format!("/avoid/{i}/reason"), &avoid.reason);
    }
    for (i, hazard) in map.hazards.iter().enumerate() {
        each(format!("/hazards/{i}/reason"), &hazard.reason);
    }
    for (at, register) in registers(map) {
        each(format!("{at}/name"), &register.name);
        each(format!("{at}/description"), &register.description);
        for (i, field) in register.bits.iter().enumerate() {
            each(format!("{at}/bits/{i}/name"), &field.name);
            if let Some(text) = &field.description {
                each(format!("{at}/bits/{i}/description"), text);
            }
        }
        for (i, symbol) in register.symbols.iter().enumerate() {
            each(format!("{at}/symbols/{i}/description"), &symbol.description);
        }
        for (i, reading) in register.readings.iter().enumerate() {
            each(format!("{at}/readings/{i}/description"), &reading.description);
        }
        for (i, note) in register.notes.iter().enumerate() {
            each(format!("{at}/notes/{i}"), note);
        }
    }
}

fn blank(pointer: &str, text: &str, found: &mut Found) {
    if text.trim().is_empty() {
        found.add(pointer, Rule::Blank, "the text is blank", "say what it is, or leave the text out");
    }
}
