//! The modifications as a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::book::Book;
use super::matrix::cell;
use super::model::Modification;
use crate::gridcode::GridCode;
use crate::gridcode::model::{Clause, Confidence};
use crate::gridcode::table::word;
use crate::maps::RegisterMap;

/// A table of all, then a section for each.
pub(super) fn page(book: &Book) -> String {
    let list = &book.modifications;
    let mut out = String::from("| need | what it is |\n| :--- | :--- |\n");
    for (need, text) in &list.requirements {
        let _ = writeln!(out, "| {need} | {} |", cell(text));
    }
    out.push_str("\n| document | what of it was known |\n| :--- | :--- |\n");
    for one in &list.documents {
        let _ = writeln!(out, "| {} {} | {} |", one.document, one.version, cell(&one.known));
    }
    out.push_str("\n| ID | document | modification | need |\n| :--- | :--- | :--- | :--- |\n");
    for one in &list.modifications {
        let _ = writeln!(
            out,
            "| {} | {} {} | {} | {} |",
            one.id,
            one.document,
            one.version,
            cell(&one.title),
            one.requirements.join(", ")
        );
    }
    behind(book, &mut out);
    for one in &list.modifications {
        section(one, book, &mut out);
    }
    out
}

/// The grid codes that are behind them, and what became of each.
fn behind(book: &Book, out: &mut String) {
    let names = |code: &GridCode| {
        let of = |one: &Modification| {
            one.grid_clauses.iter().any(|c| c.split(' ').next() == Some(code.name().as_str()))
        };
        book.modifications.modifications.iter().any(of)
    };
    out.push_str("\n| grid code | status | what became of it |\n| :--- | :--- | :--- |\n");
    for code in book.codes.iter().filter(|code| names(code)) {
        let note = code.status_note.as_deref().unwrap_or_default();
        let _ = writeln!(out, "| `{}` | {} | {} |", code.name(), word(code.status), cell(note));
    }
}

/// The code and its clause of a reference, as `ercot-nogrr282@2026-02 voltage`.
pub(super) fn grid_clause<'a>(codes: &'a [GridCode], reference: &str) -> Option<(&'a GridCode, &'a Clause)> {
    let (name, id) = reference.split_once(' ')?;
    let code = codes.iter().find(|code| code.name() == name)?;
    Some((code, code.clause(id)?))
}

/// A clause of a grid code with its section and how sure its numbers are. None was read in the code itself but those that
/// are stated.
fn told(reference: &str, codes: &[GridCode]) -> String {
    let Some((code, clause)) = grid_clause(codes, reference) else { return reference.to_owned() };
    let section = clause.section.as_ref().map_or("section not known".to_owned(), |s| format!("section {s}"));
    let sure = match clause.confidence {
        Confidence::Stated => "confirmed".to_owned(),
        other => format!("unconfirmed: {}", word(other)),
    };
    format!("`{}`: {} ({section}; {sure})", code.name(), cell(&clause.title))
}

fn section(one: &Modification, book: &Book, out: &mut String) {
    let _ = writeln!(out, "\n## {}: {}\n", one.id, one.title);
    let clause = match (&one.clause, one.clause_confirmed) {
        (None, _) => "not known".to_owned(),
        (Some(clause), true) => format!("{clause} (confirmed)"),
        (Some(clause), false) => format!("{clause} (unconfirmed)"),
    };
    let satisfied: Vec<&str> = super::lint::all(book)
        .filter(|requirement| requirement.satisfies.contains(&one.id))
        .map(|requirement| requirement.id.as_str())
        .collect();
    let evidence: Vec<String> =
        one.evidence.iter().map(|e| format!("`{}`: {}", e.path, cell(&e.shows))).collect();
    let cases: Vec<String> = one
        .cases
        .iter()
        .map(|id| match book.cases.get(id) {
            Some(case) if case.planned => format!("{id} *(planned)*"),
            _ => id.clone(),
        })
        .collect();
    let clauses: Vec<String> = one.grid_clauses.iter().map(|c| told(c, &book.codes)).collect();
    let rows = [
        ("Document", format!("{} {}", one.document, one.version)),
        ("Clause", clause),
        ("Today", cell(&one.today)),
        ("Change", cell(&one.change)),
        ("Behind it", format!("{}: {}", one.requirements.join(", "), cell(&one.why))),
        ("Grid codes", clauses.join("; ")),
        ("Registers", registers(&one.id, &book.maps)),
        ("Requirements", satisfied.join(", ")),
        ("Cases", if cases.is_empty() { "none".to_owned() } else { cases.join(", ") }),
        ("Evidence (simulated)", if evidence.is_empty() { "none".to_owned() } else { evidence.join("; ") }),
        ("Status", cell(&one.status)),
    ];
    out.push_str("| | |\n| :--- | :--- |\n");
    for (name, text) in rows {
        let _ = writeln!(out, "| {name} | {text} |");
    }
}

/// The registers that serve a modification: names where they are few, else how many of a map.
fn registers(id: &str, maps: &[RegisterMap]) -> String {
    const FEW: usize = 12;
    let mut by_map: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for map in maps {
        for register in map.registers.iter().filter(|r| r.links.requirements.iter().any(|m| m == id)) {
            by_map.entry(&map.id).or_default().push(&register.id);
        }
    }
    let of = |(map, names): (&str, Vec<&str>)| {
        if names.len() > FEW {
            format!("`{map}`: {} registers", names.len())
        } else {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("`{map}`: {}", names.join(", "))
        }
    };
    by_map.into_iter().map(of).collect::<Vec<_>>().join("; ")
}
