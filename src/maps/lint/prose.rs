//! Rules on what is written for people.

use std::collections::HashSet;

use super::{Found, Rule, registers};
use crate::maps::model::RegisterMap;
use crate::maps::terms;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    for Text { pointer, text, own } in texts(map) {
        if text.trim().is_empty() {
            found.add(pointer, Rule::Blank, "the text is blank", "say what it is, or leave the text out");
        } else if own {
            words(&pointer, text, found);
            if !text.trim_end().ends_with(['.', '!', '?']) {
                let message = "the text is no sentence: it has no full stop";
                found.add(pointer, Rule::Sentence, message, "write a sentence, and end it");
            }
        }
    }
    for (at, register) in registers(map) {
        if bare(&register.description) == bare(&register.name) {
            let message = format!("the description of `{}` says no more than its name", register.id);
            found.add(format!("{at}/description"), Rule::Echo, message, "say what the register holds");
        }
    }
    sources(map, found);
}

/// Only the letters and digits of a text, small.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names and titles of sources are quotations, and not looked at.
fn words(pointer: &str, text: &str, found: &mut Found) {
    for (word, instead) in terms::breaches(text) {
        let message = format!("OCP's terminology has no `{}`", word.to_lowercase());
        found.add(pointer, Rule::Terminology, message, format!("say {instead}"));
    }
}

/// Sources that nothing refers to.
fn sources(map: &RegisterMap, found: &mut Found) {
    let mut used: HashSet<&str> = HashSet::new();
    for register in &map.registers {
        let readings = register.readings.iter().flat_map(|r| &r.source);
        used.extend(register.source.iter().chain(readings).filter_map(|s| s.split_whitespace().next()));
    }
    // Notes and reasons name a source in passing.
    let listed: Vec<Text<'_>> = texts(map);
    for text in listed.iter().filter(|t| t.own) {
        used.extend(text.text.split(|c: char| c.is_whitespace() || "().,;:".contains(c)));
    }
    for (i, source) in map.sources.iter().enumerate() {
        // A key of several words cannot be referred to, which is said already.
        let one_word = source.key.split_whitespace().count() == 1;
        if one_word && !used.contains(source.key.as_str()) {
            let message = format!("nothing refers to `{}`", source.key);
            found.add(
                format!("/sources/{i}"),
                Rule::UnusedSource,
                message,
                "name it where it is used, or remove it",
            );
        }
    }
}

/// A text for people.
struct Text<'a> {
    pointer: String,
    text: &'a str,
    /// Written for this map, as against quoted from a source.
    own: bool,
}

/// Every text for people, with its pointer.
fn texts(map: &RegisterMap) -> Vec<Text<'_>> {
    let mut texts = Vec::new();
    let mut quoted = |pointer: String, text| texts.push(Text { pointer, text, own: false });
    quoted("/title".to_owned(), map.title.as_str());
    quoted("/base/document".to_owned(), &map.base.document);
    quoted("/licence".to_owned(), &map.licence);
    for (i, source) in map.sources.iter().enumerate() {
        quoted(format!("/sources/{i}/title"), &source.title);
    }
    for (at, register) in registers(map) {
        quoted(format!("{at}/name"), &register.name);
        for (i, field) in register.bits.iter().enumerate() {
            quoted(format!("{at}/bits/{i}/name"), &field.name);
        }
    }
    let mut own = |pointer: String, text| texts.push(Text { pointer, text, own: true });
    for (i, change) in map.changelog.iter().enumerate() {
        own(format!("/changelog/{i}/text"), change.text.as_str());
    }
    for (i, avoid) in map.avoid.iter().enumerate() {
        own(format!("/avoid/{i}/reason"), &avoid.reason);
    }
    for (i, hazard) in map.hazards.iter().enumerate() {
        own(format!("/hazards/{i}/reason"), &hazard.reason);
    }
    for (at, register) in registers(map) {
        own(format!("{at}/description"), &register.description);
        for (i, field) in register.bits.iter().enumerate() {
            if let Some(text) = &field.description {
                own(format!("{at}/bits/{i}/description"), text);
            }
        }
        for (i, symbol) in register.symbols.iter().enumerate() {
            own(format!("{at}/symbols/{i}/description"), &symbol.description);
        }
        for (i, reading) in register.readings.iter().enumerate() {
            own(format!("{at}/readings/{i}/description"), &reading.description);
        }
        for (i, note) in register.notes.iter().enumerate() {
            own(format!("{at}/notes/{i}"), note);
        }
    }
    texts
}
