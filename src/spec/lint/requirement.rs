//! One requirement: its sentence, what it leads to, how it is verified.

use super::super::book::Book;
use super::super::cases::Level as CaseLevel;
use super::super::model::{Level, Requirement, Status};
use super::super::tests_named;
use super::{Findings, Places, words};

/// What a requirement may be conditional on beside a flag of a map: what somebody claims in the compliance chapter.
const PROFILES: &[&str] = &[
    "gateway",
    "modbus-rtu",
    "modbus-tcp",
    "modbus-tls",
    "pmbus",
    "redfish",
    "psu-block",
    "bbu-block",
    "fast-path",
    "engine",
    "suite",
];
/// Longest sentence that a reader takes in at once.
const LONGEST: usize = 320;

pub(super) fn check(one: &Requirement, place: &str, book: &Book, places: &Places, found: &mut Findings) {
    sentence(one, place, found);
    for register in one.registers.iter().filter(|name| !places.register(name)) {
        found.add(place, format!("{register} is no register"));
    }
    for id in one.satisfies.iter().filter(|id| !places.satisfiable(id) || **id == one.id) {
        found.add(place, format!("{id} is no modification, need or other requirement"));
    }
    if let Some(condition) = &one.condition
        && !places.flag(condition)
        && !condition.strip_prefix("profile ").is_some_and(|profile| PROFILES.contains(&profile))
    {
        found.add(
            place,
            format!("`{condition}` is no flag of a map and no `profile` of the compliance chapter"),
        );
    }
    if one.source.is_empty() || one.satisfies.is_empty() {
        found.add(place, "names no source, or nothing that it satisfies");
    }
    for source in &one.source {
        let key = source.split_whitespace().next().unwrap_or_default();
        let known = book.references.references.iter().any(|r| r.key == key) || book.root.join(key).is_file();
        if !known {
            found.add(
                place,
                format!("the source `{source}` begins with no file and no key of the references"),
            );
        }
    }
    if one.status != Status::Implemented && one.note.is_none() {
        found.add(place, "is not implemented in full, and no note says what is missing");
    }
    verification(one, place, book, found);
}

/// One sentence, with the keyword of its level once and no other one.
fn sentence(one: &Requirement, place: &str, found: &mut Findings) {
    let text = &one.text;
    if !text.ends_with('.') || text.contains(". ") || text.contains('\n') {
        found.add(place, "is not one sentence with its full stop");
    }
    if text.chars().count() > LONGEST {
        found.add(place, format!("is longer than {LONGEST} characters: say it in two requirements"));
    }
    let lower = text.to_lowercase();
    let count =
        |keyword: &str| lower.split(|c: char| !c.is_alphabetic()).filter(|word| *word == keyword).count();
    for level in [Level::Shall, Level::Should, Level::May] {
        let wanted = usize::from(level == one.level);
        if count(level.word()) != wanted {
            found.add(
                place,
                format!("says `{}` {} times instead of {wanted}", level.word(), count(level.word())),
            );
        }
    }
    if ["must", "will", "can"].iter().any(|word| count(word) > 0) {
        found.add(place, "says `must`, `will` or `can`, which are no words of a requirement");
    }
    words(text, place, found);
}

/// A `shall` is tested by something that runs today; everything that is named is there.
fn verification(one: &Requirement, place: &str, book: &Book, found: &mut Findings) {
    let how = &one.verification;
    let mut tested = false;
    for id in &how.cases {
        match book.cases.get(id) {
            None => found.add(place, format!("{id} is no case of the suite or its catalogue")),
            Some(case) => tested |= !case.planned && case.level == CaseLevel::Must,
        }
    }
    for name in &how.tests {
        match tests_named::wrong(&book.root, name) {
            Some(why) => found.add(place, format!("the test `{name}` {why}")),
            None => tested = true,
        }
    }
    for path in &how.analysis {
        let path = path.split_whitespace().next().unwrap_or_default();
        if !book.root.join(path).exists() {
            found.add(place, format!("{path}: no such file"));
        }
    }
    if one.level == Level::Shall && !tested {
        found.add(place, "is a `shall` that no case of the suite and no test verifies");
    }
}
