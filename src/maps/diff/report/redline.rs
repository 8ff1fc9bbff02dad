//! The redline before it has a form: sections with rows of marked text.

use serde_json::Value;

use super::words::{Mark, marks, short};
use crate::maps::diff::Diff;
use crate::maps::diff::change::{Change, Class, What};

/// One row of a redline.
pub(super) struct Row {
    /// The key, or the key of a member of something that came or went whole.
    pub(super) key: String,
    /// Old and new text in one.
    pub(super) text: Vec<Mark>,
}

/// One change with its text.
pub(super) struct Entry<'d> {
    pub(super) change: &'d Change,
    pub(super) rows: Vec<Row>,
}

/// The changes of one register or command, or of the map.
pub(super) struct Section<'d> {
    pub(super) title: String,
    pub(super) entries: Vec<Entry<'d>>,
}

/// The sections in the order of the diff: the map first.
pub(super) fn sections(diff: &Diff) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut last: Option<Option<&str>> = None;
    for change in &diff.changes {
        let item = change.item.as_deref();
        if last != Some(item) {
            let title = item.map_or("The map".to_owned(), str::to_owned);
            sections.push(Section { title, entries: Vec::new() });
            last = Some(item);
        }
        if let Some(section) = sections.last_mut() {
            section.entries.push(Entry { change, rows: rows(change) });
        }
    }
    sections
}

/// What a change is called, for example `scale` or `bits[].name`, without the list it stands in.
pub(super) fn key(change: &Change) -> &str {
    match change.key.split_once("[].") {
        Some((_, rest)) if change.item.is_some() => rest,
        _ => &change.key,
    }
}

fn rows(change: &Change) -> Vec<Row> {
    let (old, new) = (change.old.as_ref().map(|s| &s.value), change.new.as_ref().map(|s| &s.value));
    let key = key(change);
    match (old, new, change.what) {
        (_, _, What::Reordered) => {
            vec![Row { key: key.to_owned(), text: vec![Mark::Same("order in the file".into())] }]
        }
        (Some(old), Some(new), _) => vec![Row { key: key.to_owned(), text: marks(&short(old), &short(new)) }],
        (None, Some(new), _) => whole(change, new, Mark::Come),
        (Some(old), None, _) => whole(change, old, Mark::Gone),
        (None, None, _) => Vec::new(),
    }
}

/// Something that comes or goes whole: a row a member.
fn whole(change: &Change, value: &Value, mark: fn(String) -> Mark) -> Vec<Row> {
    let key = key(change);
    // The members of a register need no prefix: the section is named after it.
    let of_register = change.item.is_some() && key == change.key;
    let name = |member: &str| if of_register { member.to_owned() } else { format!("{key}.{member}") };
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(member, value)| Row { key: name(member), text: vec![mark(short(value))] })
            .collect(),
        other => vec![Row { key: key.to_owned(), text: vec![mark(short(other))] }],
    }
}

/// One sentence on a change: class, whom it concerns, why.
pub(super) fn sentence(change: &Change) -> String {
    let who = match (change.class, change.parties.is_empty()) {
        (_, true) => String::new(),
        (Class::Breaking, _) => format!(" for {}", change.party_words()),
        _ => format!(", concerns {}", change.party_words()),
    };
    format!("{}{who}: {}", change.class, change.why)
}
