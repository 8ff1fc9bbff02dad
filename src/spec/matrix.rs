//! Requirements as text: the sentences of a chapter, the traceability matrix, what is open, the references.

use std::fmt::Write as _;

use super::book::Book;
use super::model::{Group, Level, Requirement, Status};

/// Text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The sentences of a group, as a chapter shows them. What all of them depend on is said once.
///
/// # Errors
/// A message if there is no such group.
pub(super) fn sentences(book: &Book, group: &str) -> Result<String, String> {
    let group =
        book.groups.get(group).ok_or_else(|| format!("there is no group of requirements `{group}`"))?;
    let mut out = String::new();
    let first = group.requirements.first().and_then(condition);
    let common =
        first.filter(|first| group.requirements.iter().all(|one| condition(one).as_ref() == Some(first)));
    if let Some(when) = &common {
        let _ = writeln!(out, "{when}:\n");
    }
    for one in &group.requirements {
        let when = condition(one).filter(|_| common.is_none()).map(|when| format!(" *({when})*"));
        let _ = writeln!(out, "- **{}** {}{}", one.id, one.text, when.unwrap_or_default());
    }
    Ok(out)
}

/// When a requirement applies.
fn condition(one: &Requirement) -> Option<String> {
    let condition = one.condition.as_deref()?;
    Some(match condition.strip_prefix("profile ") {
        Some(profile) => format!("Profile `{profile}`"),
        None => format!("Where `{}` is claimed", condition.rsplit('.').next().unwrap_or(condition)),
    })
}

fn list(items: &[String]) -> String {
    items.join(", ")
}

/// How a requirement is verified, for the matrix. What does not run yet is said to be planned.
fn verification(one: &Requirement, book: &Book) -> String {
    let how = &one.verification;
    let planned = |id: &&String| book.cases.get(id).is_some_and(|case| case.planned);
    let (later, now): (Vec<_>, Vec<_>) = how.cases.iter().partition(planned);
    let mut parts = Vec::new();
    let mut part = |name: &str, items: Vec<String>| {
        if !items.is_empty() {
            parts.push(format!("{name}{}", items.join(", ")));
        }
    };
    part("case ", now.into_iter().cloned().collect());
    part("test ", how.tests.iter().map(|test| format!("`{test}`")).collect());
    part("analysis ", how.analysis.iter().map(|path| format!("`{path}`")).collect());
    part("inspection ", how.inspection.clone());
    part("demonstration ", how.demonstration.iter().map(|command| format!("`{command}`")).collect());
    part("*planned:* ", later.into_iter().cloned().collect());
    if parts.is_empty() { "none yet".to_owned() } else { parts.join("; ") }
}

fn groups(book: &Book) -> Vec<&Group> {
    let mut groups: Vec<&Group> = book.groups.values().collect();
    groups.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    groups
}

/// The traceability matrix in the columns of OCP's guidelines.
pub(super) fn matrix(book: &Book) -> String {
    let mut out = String::new();
    for group in groups(book) {
        let _ = writeln!(out, "## {}: {}\n", group.prefix, group.title);
        out.push_str("| ID | Requirement | Type | Satisfies | Verification | Modality |\n");
        out.push_str("| :--- | :--- | :--- | :--- | :--- | :--- |\n");
        for one in &group.requirements {
            let when = condition(one).map(|when| format!(" *({when})*")).unwrap_or_default();
            let _ = writeln!(
                out,
                "| {} | {}{when} | {} | {} | {} | {} |",
                one.id,
                cell(&one.text),
                one.kind.word(),
                list(&one.satisfies),
                cell(&verification(one, book)),
                one.level.modality()
            );
        }
        out.push('\n');
    }
    out
}

/// How many requirements there are, by level and status, and how many cases.
pub(super) fn counts(book: &Book) -> String {
    let mut out = String::from(
        "| modality | requirements | implemented | partial | simulated | open |\n| :--- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let all: Vec<&Requirement> = super::lint::all(book).collect();
    for level in [Level::Shall, Level::Should, Level::May] {
        let of: Vec<_> = all.iter().filter(|one| one.level == level).collect();
        let count = |status| of.iter().filter(|one| one.status == status).count();
        let _ = writeln!(
            out,
            "| {} ({}) | {} | {} | {} | {} | {} |",
            level.modality(),
            level.word(),
            of.len(),
            count(Status::Implemented),
            count(Status::Partial),
            count(Status::Simulated),
            count(Status::Open)
        );
    }
    let (now, later) = book.cases.counts();
    let _ = writeln!(
        out,
        "\nThe suite has {now} cases; {later} of its catalogue are still to come and verify nothing yet."
    );
    out
}

/// What the reference implementation does not do as it is written. Requirements of a group with the same note share
/// a row.
pub(super) fn open(book: &Book) -> String {
    let mut out = String::from("| ID | status | what is missing |\n| :--- | :--- | :--- |\n");
    for group in groups(book) {
        let mut rows: Vec<(Status, &str, Vec<&str>)> = Vec::new();
        for one in group.requirements.iter().filter(|one| one.status != Status::Implemented) {
            let note = one.note.as_deref().unwrap_or_default();
            match rows.iter_mut().find(|(status, said, _)| (*status, *said) == (one.status, note)) {
                Some((_, _, ids)) => ids.push(&one.id),
                None => rows.push((one.status, note, vec![&one.id])),
            }
        }
        for (status, note, ids) in rows {
            let _ = writeln!(out, "| {} | {} | {} |", ids.join("<br>"), status.word(), cell(note));
        }
    }
    out
}

/// The list of references.
pub(super) fn references(book: &Book) -> String {
    let mut out = String::from("| key | document |\n| :--- | :--- |\n");
    for one in &book.references.references {
        let url = one.url.as_ref().map(|url| format!(", <{url}>")).unwrap_or_default();
        let note = one.note.as_ref().map(|note| format!(" *{note}*")).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} |",
            one.key,
            cell(&format!("{}, {}, {}{url}.{note}", one.publisher, one.designation, one.title))
        );
    }
    out
}

/// What users need.
pub(super) fn needs(book: &Book) -> String {
    let mut out = String::from("| ID | who | need |\n| :--- | :--- | :--- |\n");
    for need in &book.needs.needs {
        let _ = writeln!(out, "| {} | {} | {} |", need.id, cell(&need.who), cell(&need.text));
    }
    out
}
