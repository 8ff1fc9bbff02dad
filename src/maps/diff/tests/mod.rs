//! The classification covers the schema; single changes are judged as documented; properties of any change.

mod cases;
mod coverage;
mod pmbus;
mod properties;

use serde_json::Value;

use super::{Change, Diff, Document, compare};
use crate::maps::BUILTIN;

fn shipped(id: &str) -> Value {
    let (_, text) = BUILTIN.iter().find(|(name, _)| *name == id).unwrap();
    serde_json::from_str(text).unwrap()
}

fn document(name: &str, value: &Value) -> Document {
    Document::parse(name, &format!("{value:#}")).unwrap()
}

fn diff(old: &Value, new: &Value) -> Diff {
    compare(&document("old.json", old), &document("new.json", new)).unwrap()
}

/// A small map that has every key; the shipped maps change with time.
fn fixture() -> Value {
    serde_json::from_str(include_str!("fixture.json")).unwrap()
}

/// All changes that an edit of the fixture makes.
fn edited(edit: impl FnOnce(&mut Value)) -> Vec<Change> {
    let old = fixture();
    let mut new = old.clone();
    edit(&mut new);
    diff(&old, &new).changes
}

/// The one change that an edit of the fixture makes.
fn only(edit: impl FnOnce(&mut Value)) -> Change {
    let mut changes = edited(edit);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    changes.remove(0)
}
