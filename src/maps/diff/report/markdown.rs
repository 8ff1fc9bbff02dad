//! The redline as Markdown: ~~goes~~, **comes**.

use std::fmt::Write as _;

use super::redline::{sections, sentence};
use super::words::Mark;
use super::{counts, verdict};
use crate::maps::diff::Diff;

pub(super) fn render(diff: &Diff) -> String {
    let mut out = String::new();
    let (old, new) = (&diff.old, &diff.new);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# Redline of `{}`: {} to {}\n", escape(&new.id), old.version, new.version);
    let _ = writeln!(out, "Old: `{}`. New: `{}`. {}.\n", escape(&old.name), escape(&new.name), counts(diff));
    let _ = writeln!(out, "The {}.\n", escape(&verdict(diff)));
    let _ = writeln!(out, "~~Struck out~~ goes, **bold** comes.");
    for section in sections(diff) {
        let _ = writeln!(out, "\n## {}\n", escape(&section.title));
        let _ = writeln!(out, "| key | text | verdict |\n| --- | --- | --- |");
        for entry in section.entries {
            let mut verdict = escape(&sentence(entry.change));
            for (word, more) in [("Review", entry.change.review), ("Hint", entry.change.hint.as_deref())] {
                if let Some(more) = more {
                    let _ = write!(verdict, ". {word}: {}", escape(more));
                }
            }
            for row in entry.rows {
                let _ = writeln!(out, "| {} | {} | {verdict} |", escape(&row.key), line(&row.text));
                verdict.clear();
            }
        }
    }
    out
}

fn line(marks: &[Mark]) -> String {
    let one = |mark: &Mark| match mark {
        Mark::Same(text) => escape(text),
        Mark::Gone(text) => format!("~~{}~~", escape(text)),
        Mark::Come(text) => format!("**{}**", escape(text)),
    };
    marks.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Text in which nothing is markup, on one line.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '~' | '[' | ']' | '`' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
