//! The classification: for each key of a map, what a change of it means and for whom.
//!
//! A row is a key of the JSON Schema (`registers[].scale`); a verdict is one way in which it can change.
//! Nothing is left to a default: a key without a row is reported as breaking, and a test walks the schema
//! and fails for every key that has no row.

mod choose;
mod map;
mod pmbus;
mod register;

use serde_json::Value;

use super::change::{Class, Party};
use super::document::Kind;

/// One way in which a key can change, and what that means.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// Which change, in words.
    pub case: &'static str,
    /// Its class.
    pub class: Class,
    /// Who breaks, or who should take note.
    pub parties: &'static [Party],
    /// Why.
    pub why: &'static str,
    /// What a person must judge beyond that.
    pub review: Option<&'static str>,
}

/// How two values of a key are compared.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// An object whose keys have rows of their own.
    Object,
    /// Judged together with the value that holds it.
    Part,
    /// Tells the items of a list apart; another value is another item.
    Identity,
    /// A value judged as a whole.
    Value(Choose, &'static [Verdict]),
    /// A list of objects, told apart by this key; the order says nothing.
    Items(&'static str, Choose, &'static [Verdict]),
    /// A list of plain values; the order says nothing.
    Set(Choose, &'static [Verdict]),
    /// A list of `{first, last}`, compared as a set of addresses.
    Ranges(Choose, &'static [Verdict]),
}

/// Picks the verdict by its place in the row.
pub type Choose = fn(&Case<'_>) -> usize;

/// One key and how its changes are judged.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key, with `[]` for the items of a list.
    pub key: &'static str,
    /// How it is compared.
    pub how: How,
}

impl Row {
    /// The verdicts of the row, in the order of the documentation.
    pub const fn verdicts(&self) -> &'static [Verdict] {
        match self.how {
            How::Object | How::Part | How::Identity => &[],
            How::Value(_, verdicts)
            | How::Items(_, _, verdicts)
            | How::Set(_, verdicts)
            | How::Ranges(_, verdicts) => verdicts,
        }
    }
}

/// What a verdict may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The whole old map.
    pub old_map: &'a Value,
    /// The whole new map.
    pub new_map: &'a Value,
    /// The register or command that holds the value, before.
    pub old_row: Option<&'a Value>,
    /// The same, after.
    pub new_row: Option<&'a Value>,
    /// The value before.
    pub old: Option<&'a Value>,
    /// The value after.
    pub new: Option<&'a Value>,
}

/// The verdict on a key that has no row, or on a value of a form that its row does not expect.
pub const UNKNOWN: Verdict = Verdict {
    case: "a key or form that the classification does not know",
    class: Class::Breaking,
    parties: ALL,
    why: "nobody has said what this key means for readers and writers; it needs a row in src/maps/diff/table",
    review: None,
};

/// The verdict on items that stand in another order.
pub const REORDERED: Verdict = Verdict {
    case: "order",
    class: Class::Editorial,
    parties: NONE,
    why: "the order in the file says nothing",
    review: None,
};

/// The rows of one kind of map.
pub fn rows(kind: Kind) -> impl Iterator<Item = &'static Row> {
    let of_kind: [&'static [Row]; 2] = match kind {
        Kind::Modbus => [map::ROWS, register::ROWS],
        Kind::Pmbus => [pmbus::ROWS, &[]],
    };
    map::COMMON.iter().chain(of_kind.into_iter().flatten())
}

/// The row of a key.
pub fn row(kind: Kind, key: &str) -> Option<&'static Row> {
    rows(kind).find(|r| r.key == key)
}

/// The classification of one kind of map as a Markdown table, for `registers/VERSIONING.md`.
pub fn markdown(kind: Kind) -> String {
    let mut out = String::from("| key | change | class | who | why |\n| --- | --- | --- | --- | --- |\n");
    for row in rows(kind) {
        for verdict in row.verdicts() {
            let who = verdict.parties.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ");
            let review = verdict.review.map(|what| format!(". **Review**: {what}")).unwrap_or_default();
            let Verdict { case, class, why, .. } = verdict;
            out.push_str(&format!("| `{}` | {case} | {class} | {who} | {why}{review} |\n", row.key));
        }
    }
    out
}

const NONE: &[Party] = &[];
const READERS: &[Party] = &[Party::Readers, Party::Pollers];
const WRITERS: &[Party] = &[Party::Writers];
const POLLERS: &[Party] = &[Party::Pollers];
const DEVICES: &[Party] = &[Party::Devices];
const CLIENTS: &[Party] = &[Party::Readers, Party::Writers, Party::Pollers];
const WRITERS_DEVICES: &[Party] = &[Party::Writers, Party::Devices];
const POLLERS_DEVICES: &[Party] = &[Party::Pollers, Party::Devices];
const READERS_DEVICES: &[Party] = &[Party::Readers, Party::Pollers, Party::Devices];
const ALL: &[Party] = &Party::ALL;

const fn breaking(case: &'static str, parties: &'static [Party], why: &'static str) -> Verdict {
    Verdict { case, class: Class::Breaking, parties, why, review: None }
}

const fn additive(case: &'static str, parties: &'static [Party], why: &'static str) -> Verdict {
    Verdict { case, class: Class::Additive, parties, why, review: None }
}

const fn editorial(case: &'static str, why: &'static str) -> Verdict {
    Verdict { case, class: Class::Editorial, parties: NONE, why, review: None }
}

const fn review(verdict: Verdict, what: &'static str) -> Verdict {
    Verdict { review: Some(what), ..verdict }
}

const fn value(key: &'static str, choose: Choose, verdicts: &'static [Verdict]) -> Row {
    Row { key, how: How::Value(choose, verdicts) }
}

const fn set(key: &'static str, choose: Choose, verdicts: &'static [Verdict]) -> Row {
    Row { key, how: How::Set(choose, verdicts) }
}

const fn items(key: &'static str, id: &'static str, choose: Choose, verdicts: &'static [Verdict]) -> Row {
    Row { key, how: How::Items(id, choose, verdicts) }
}

const fn ranges(key: &'static str, choose: Choose, verdicts: &'static [Verdict]) -> Row {
    Row { key, how: How::Ranges(choose, verdicts) }
}

const fn object(key: &'static str) -> Row {
    Row { key, how: How::Object }
}

const fn part(key: &'static str) -> Row {
    Row { key, how: How::Part }
}

const fn identity(key: &'static str) -> Row {
    Row { key, how: How::Identity }
}
