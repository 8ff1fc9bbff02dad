//! Goes through two maps side by side and asks the table about every difference.

use serde_json::{Map, Value};

use super::change::{Change, Side, What};
use super::document::{DiffError, Document};
use super::table::{self, Case, How, REORDERED, UNKNOWN, Verdict};
use crate::maps::locate::escape;

/// A value of both maps and where it stands in each.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    /// The row of the table.
    pub(super) key: &'a str,
    pub(super) old_at: &'a str,
    pub(super) new_at: &'a str,
    pub(super) old: Option<&'a Value>,
    pub(super) new: Option<&'a Value>,
    /// The registers or commands that hold it.
    pub(super) rows: (Option<&'a Value>, Option<&'a Value>),
}

pub(super) struct Walk<'a> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    pub(super) changes: Vec<Change>,
}

/// Every difference of two maps of one kind.
pub(super) fn walk(old: &Document, new: &Document) -> Result<Vec<Change>, DiffError> {
    let mut walk = Walk { old, new, changes: Vec::new() };
    walk.object(Pair {
        key: "",
        old_at: "",
        new_at: "",
        old: Some(&old.value),
        new: Some(&new.value),
        rows: (None, None),
    })?;
    let mut changes = walk.changes;
    hint_at_renames(&mut changes, new.kind.list());
    Ok(changes)
}

impl Walk<'_> {
    /// The keys of two objects; one that is not there has no keys.
    pub(super) fn object(&mut self, pair: Pair<'_>) -> Result<(), DiffError> {
        let empty = Map::new();
        let (old, new) = match (members(pair.old, &empty), members(pair.new, &empty)) {
            (Some(old), Some(new)) => (old, new),
            _ => return self.judge(pair, &|_| usize::MAX, &[]),
        };
        let list = self.new.kind.list();
        let mut names: Vec<&String> = new.keys().collect();
        names.extend(old.keys().filter(|k| !new.contains_key(*k)));
        // The registers come last, wherever they stand in the file.
        names.sort_by_key(|name| (pair.key.is_empty() && *name == list, *name));
        for name in names {
            let (before, after) = (old.get(name), new.get(name));
            if before == after {
                continue;
            }
            let dot = if pair.key.is_empty() { "" } else { "." };
            let key = format!("{}{dot}{name}", pair.key);
            let (old_at, new_at) =
                (format!("{}/{}", pair.old_at, escape(name)), format!("{}/{}", pair.new_at, escape(name)));
            let child = Pair { key: &key, old_at: &old_at, new_at: &new_at, old: before, new: after, ..pair };
            self.value(child)?;
        }
        Ok(())
    }

    /// Two different values.
    fn value(&mut self, pair: Pair<'_>) -> Result<(), DiffError> {
        let Some(row) = table::row(self.new.kind, pair.key) else {
            return self.judge(pair, &|_| usize::MAX, &[]);
        };
        match row.how {
            How::Object => self.object(pair),
            // The value that holds it was judged, or is another item.
            How::Part | How::Identity => Ok(()),
            How::Value(choose, verdicts) => self.judge(pair, &choose, verdicts),
            How::Items(id, choose, verdicts) => self.items(pair, id, choose, verdicts),
            How::Set(choose, verdicts) => self.set(pair, choose, verdicts),
            How::Ranges(choose, verdicts) => self.ranges(pair, choose, verdicts),
        }
    }

    /// Adds a change with the verdict that the row chooses.
    pub(super) fn judge(
        &mut self,
        pair: Pair<'_>,
        choose: &dyn Fn(&Case<'_>) -> usize,
        verdicts: &[Verdict],
    ) -> Result<(), DiffError> {
        let case = Case {
            old_map: &self.old.value,
            new_map: &self.new.value,
            old_row: pair.rows.0,
            new_row: pair.rows.1,
            old: pair.old,
            new: pair.new,
        };
        let verdict = verdicts.get(choose(&case)).unwrap_or(&UNKNOWN);
        let what = match (pair.old, pair.new) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            _ => What::Changed,
        };
        self.add(pair, what, verdict);
        Ok(())
    }

    /// Adds the remark that a list stands in another order.
    pub(super) fn reordered(&mut self, pair: Pair<'_>) {
        self.add(pair, What::Reordered, &REORDERED);
    }

    pub(super) fn add(&mut self, pair: Pair<'_>, what: What, verdict: &Verdict) {
        let side = |document: &Document, pointer: &str, value: &Value| {
            let (line, column) = document.place(pointer);
            Side { pointer: pointer.to_owned(), line, column, value: value.clone() }
        };
        let row = pair.rows.1.or(pair.rows.0);
        self.changes.push(Change {
            class: verdict.class,
            what,
            item: row.and_then(|r| r.get("id")).and_then(Value::as_str).map(str::to_owned),
            key: pair.key.to_owned(),
            old: pair.old.map(|value| side(self.old, pair.old_at, value)),
            new: pair.new.map(|value| side(self.new, pair.new_at, value)),
            parties: verdict.parties.to_vec(),
            case: verdict.case,
            why: verdict.why,
            review: verdict.review,
            hint: None,
        });
    }
}

/// The members of an object; of what is not there, none; nothing for what is no object.
fn members<'a>(value: Option<&'a Value>, empty: &'a Map<String, Value>) -> Option<&'a Map<String, Value>> {
    match value {
        None => Some(empty),
        Some(value) => value.as_object(),
    }
}

/// A register that is gone while a new one stands at its address was most likely renamed.
fn hint_at_renames(changes: &mut [Change], list: &str) {
    let place = |side: &Side| {
        let at = side.value.get("address").or_else(|| side.value.get("code"))?;
        Some(at.clone())
    };
    let added: Vec<(Value, String)> = changes
        .iter()
        .filter(|c| c.key == list && c.what == What::Added)
        .filter_map(|c| Some((place(c.new.as_ref()?)?, c.item.clone()?)))
        .collect();
    for change in changes.iter_mut().filter(|c| c.key == list && c.what == What::Removed) {
        let (Some(at), Some(id)) = (change.old.as_ref().and_then(place), &change.item) else { continue };
        if let Some((_, successor)) = added.iter().find(|(place, _)| *place == at) {
            change.hint = Some(format!(
                "`{successor}` stands at its place now: names are renamed only by deprecation, so keep the \
                 name `{id}`, or keep `{id}` with `deprecated` and `replaced_by` until clients have moved"
            ));
        }
    }
}
