//! A diff for a terminal.

use std::fmt::Write as _;

use super::redline::key;
use super::words::short;
use super::{counts, verdict};
use crate::maps::diff::{Change, Class, Diff};

/// Longer values are cut in the text; JSON and redline have them whole.
const MOST: usize = 60;

pub(super) fn render(diff: &Diff) -> String {
    let mut out = String::new();
    let (old, new) = (&diff.old, &diff.new);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{} {} ({}) to {} ({})", new.id, old.version, old.name, new.version, new.name);
    if !diff.changes.is_empty() {
        let _ = writeln!(out, "{}", counts(diff));
    }
    for class in [Class::Breaking, Class::Additive, Class::Editorial] {
        for (i, change) in diff.of(class).enumerate() {
            if i == 0 {
                let _ = writeln!(out, "\n{class}:");
            }
            one(&mut out, diff, change);
        }
    }
    let _ = writeln!(out, "\n{}", verdict(diff));
    out
}

fn one(out: &mut String, diff: &Diff, change: &Change) {
    let name = if change.new.is_some() { &diff.new.name } else { &diff.old.name };
    if let Some(side) = change.side() {
        let _ = write!(out, "  {name}:{}:{}: #{}: ", side.line, side.column, side.pointer);
    }
    let whole = !change.key.contains('.') && change.item.is_some();
    let item = change.item.as_deref().unwrap_or_default();
    let what = match (whole, item.is_empty()) {
        (true, _) => format!("`{item}` {}", change.what.word()),
        (false, false) => format!("`{item}` {} {}", key(change), change.what.word()),
        (false, true) => format!("{} {}", key(change), change.what.word()),
    };
    let _ = write!(out, "{what}");
    let value = |side: &Option<super::super::Side>| side.as_ref().map(|s| cut(&short(&s.value)));
    match (value(&change.old), value(&change.new)) {
        _ if whole => {}
        (Some(old), Some(new)) => {
            let _ = write!(out, ": {old} -> {new}");
        }
        (Some(one), None) | (None, Some(one)) => {
            let _ = write!(out, ": {one}");
        }
        (None, None) => {}
    }
    let who = match (change.class, change.parties.is_empty()) {
        (_, true) => String::new(),
        (Class::Breaking, _) => format!("breaks {}: ", change.party_words()),
        _ => format!("concerns {}: ", change.party_words()),
    };
    let _ = writeln!(out, "\n    {who}{}", change.why);
    if let Some(review) = change.review {
        let _ = writeln!(out, "    review: {review}");
    }
    if let Some(hint) = &change.hint {
        let _ = writeln!(out, "    hint: {hint}");
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let head: String = text.chars().take(MOST - 1).collect();
    format!("{head}…")
}
