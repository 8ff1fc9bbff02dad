//! What does not hold together in the specification.

mod makers;
mod places;
mod requirement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::blocks;
use super::book::{Book, CHAPTERS, MODIFICATIONS, REQUIREMENTS, STATES};
use super::cases::{GOLDEN, Level as CaseLevel, PLANNED};
use super::model::{Level, Requirement};
use crate::maps::terms::breaches;
use places::Places;

/// Something that does not hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// File and place in it.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { place: place.into(), message: message.into() });
    }
}

/// Everything that does not hold together; nothing if all is well.
pub fn lint(book: &Book) -> Vec<Finding> {
    let mut found = Findings::default();
    let places = Places::of(book);
    identifiers(book, &mut found);
    for (file, group) in &book.groups {
        for one in &group.requirements {
            let place = format!("{REQUIREMENTS}/{file}.json: {}", one.id);
            requirement::check(one, &place, book, &places, &mut found);
        }
    }
    cases(book, &mut found);
    modifications(book, &places, &mut found);
    chapters(book, &mut found);
    makers::check(book, &mut found);
    for message in book.states.wrong() {
        found.add(STATES, message);
    }
    found.0
}

/// The requirements with the file of each.
pub(super) fn all(book: &Book) -> impl Iterator<Item = &Requirement> {
    book.groups.values().flat_map(|group| &group.requirements)
}

/// Identifiers say where they belong, and none stands twice.
fn identifiers(book: &Book, found: &mut Findings) {
    let mut prefixes = BTreeMap::new();
    for (file, group) in &book.groups {
        let place = format!("{REQUIREMENTS}/{file}.json");
        if let Some(other) = prefixes.insert(&group.prefix, file) {
            found.add(&place, format!("the prefix {} is that of {other}.json", group.prefix));
        }
        let mut last = 0;
        for one in &group.requirements {
            let number = one.id.strip_prefix("REQ-").and_then(|rest| rest.strip_prefix(&group.prefix));
            let number = number.and_then(|rest| rest.strip_prefix('-')).filter(|digits| digits.len() == 2);
            match number.and_then(|digits| digits.parse::<u32>().ok()) {
                Some(number) if number > last => last = number,
                Some(_) => found.add(&place, format!("{} does not follow the one before it", one.id)),
                None => found.add(&place, format!("{} is not REQ-{}-NN", one.id, group.prefix)),
            }
        }
    }
}

/// Each case has a requirement, and one that runs and decides has one that binds.
fn cases(book: &Book, found: &mut Findings) {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut binding: BTreeSet<&str> = BTreeSet::new();
    for one in all(book) {
        named.extend(one.verification.cases.iter().map(String::as_str));
        if one.level == Level::Shall {
            binding.extend(one.verification.cases.iter().map(String::as_str));
        }
    }
    for (id, case) in book.cases.iter() {
        let file = if case.planned { PLANNED } else { GOLDEN };
        if !named.contains(id) {
            found.add(format!("{file}: {id}"), "no requirement names this case");
        } else if !case.planned && case.level == CaseLevel::Must && !binding.contains(id) {
            let mend = "the case decides and runs: raise the requirement that names it to `shall`";
            found.add(format!("{file}: {id}"), mend);
        }
    }
}

fn modifications(book: &Book, places: &Places, found: &mut Findings) {
    let list = &book.modifications;
    let served: BTreeSet<&str> = all(book).flat_map(|one| &one.satisfies).map(String::as_str).collect();
    for one in &list.modifications {
        let place = format!("{MODIFICATIONS}: {}", one.id);
        if !list.documents.iter().any(|d| (&d.document, &d.version) == (&one.document, &one.version)) {
            found.add(&place, format!("{} {} is not among the documents", one.document, one.version));
        }
        if one.clause.is_none() && one.clause_confirmed {
            found.add(&place, "a clause that is not known cannot be confirmed");
        }
        for need in one.requirements.iter().filter(|need| !list.requirements.contains_key(*need)) {
            found.add(&place, format!("{need} is not explained"));
        }
        if one.grid_clauses.is_empty() {
            found.add(&place, "names no clause of a grid code");
        }
        for clause in one
            .grid_clauses
            .iter()
            .filter(|clause| super::modifications::grid_clause(&book.codes, clause).is_none())
        {
            found.add(&place, format!("`{clause}` is no clause of a grid code: write ID@VERSION CLAUSE"));
        }
        for case in one.cases.iter().filter(|case| book.cases.get(case).is_none()) {
            found.add(&place, format!("{case} is no case"));
        }
        for evidence in one.evidence.iter().filter(|evidence| !book.root.join(&evidence.path).exists()) {
            found.add(&place, format!("{}: no such file", evidence.path));
        }
        if places.of_modification(&one.id).next().is_none() {
            found.add(&place, "no register names it in links.requirements");
        }
        if !served.contains(one.id.as_str()) {
            found.add(&place, "no requirement satisfies it");
        }
        for text in [&one.title, &one.today, &one.change, &one.why, &one.status] {
            words(text, &place, found);
        }
    }
    for document in &list.documents {
        if !list.modifications.iter().any(|m| m.document == document.document) {
            found.add(MODIFICATIONS, format!("{} is not modified", document.document));
        }
    }
}

/// The words that OCP asks not to use.
pub(super) fn words(text: &str, place: &str, found: &mut Findings) {
    for (word, instead) in breaches(text) {
        found.add(place, format!("`{word}` is a word that OCP replaces: {instead}"));
    }
}

/// Each group of requirements stands in one chapter, and each generated part is of a known kind.
fn chapters(book: &Book, found: &mut Findings) {
    let mut shown: BTreeMap<&str, u32> = book.groups.keys().map(|group| (group.as_str(), 0)).collect();
    for (file, text) in &book.chapters {
        let place = format!("{CHAPTERS}/{file}");
        for (number, line) in text.lines().enumerate() {
            // Names of tests and registers are what they are.
            let said: Vec<&str> = line.split('`').step_by(2).collect();
            words(&said.join(" "), &format!("{place}:{}", number + 1), found);
        }
        match blocks::parts(text) {
            Err(error) => found.add(&place, error),
            Ok(parts) => {
                prose(text, &parts, &place, found);
                for part in parts {
                    if let Some(group) = part.directive.strip_prefix("requirements ") {
                        match shown.get_mut(group.trim()) {
                            Some(count) => *count += 1,
                            None => found.add(&place, format!("there is no group of requirements `{group}`")),
                        }
                    } else if let Err(error) = blocks::render(part.directive, book) {
                        found.add(&place, error);
                    }
                }
            }
        }
    }
    for (group, count) in shown.into_iter().filter(|(_, count)| *count != 1) {
        let place = format!("{REQUIREMENTS}/{group}.json");
        found.add(place, format!("stands in {count} places of the chapters, and is to stand in one"));
    }
}

/// The keywords stand in requirements alone, so that prose cannot ask for what no data hold; quoted as code they may.
fn prose(text: &str, parts: &[blocks::Part<'_>], place: &str, found: &mut Findings) {
    let mut at = 0;
    let ends = parts.iter().map(|part| (part.inside.start, part.inside.end));
    for (end, next) in ends.chain([(text.len(), text.len())]) {
        let outside = text.get(at..end).unwrap_or_default();
        // Every second piece is a code span.
        for piece in outside.split('`').step_by(2) {
            for word in piece.split(|c: char| !c.is_alphabetic()) {
                if ["shall", "should", "may"].contains(&word.to_lowercase().as_str()) {
                    found.add(
                        place,
                        format!("`{word}` stands outside a requirement: say it in the data, or without it"),
                    );
                }
            }
        }
        at = next;
    }
}
