//! The redline as one HTML file: no script, nothing fetched.

use std::fmt::Write as _;

use super::redline::{sections, sentence};
use super::words::Mark;
use super::{counts, verdict};
use crate::maps::diff::Diff;

const STYLE: &str = "\
body{font:15px/1.45 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}\
th,td{border:1px solid #c8c8c8;padding:.3rem .5rem;text-align:left;vertical-align:top}\
th{background:#f2f2f2}td:first-child{font-family:monospace;white-space:nowrap}\
del{background:#ffd7d5;color:#82071e}ins{background:#ccf2d4;color:#0a5020;text-decoration:underline}\
.breaking{border-left:4px solid #cf222e}.additive{border-left:4px solid #1a7f37}\
.editorial{border-left:4px solid #8c959f}";

pub(super) fn render(diff: &Diff) -> String {
    let mut out = String::new();
    let (old, new) = (&diff.old, &diff.new);
    let title = format!("Redline of {}: {} to {}", new.id, old.version, new.version);
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{0}</h1>",
        escape(&title)
    );
    let _ = writeln!(
        out,
        "<p>Old: <code>{}</code>. New: <code>{}</code>. {}.</p>\n<p>The {}.</p>\n\
         <p><del>Struck out</del> goes, <ins>underlined</ins> comes.</p>",
        escape(&old.name),
        escape(&new.name),
        counts(diff),
        escape(&verdict(diff))
    );
    for section in sections(diff) {
        let _ = writeln!(out, "<h2>{}</h2>\n<table>", escape(&section.title));
        let _ = writeln!(out, "<tr><th>key</th><th>text</th><th>verdict</th></tr>");
        for entry in section.entries {
            let mut verdict = escape(&sentence(entry.change));
            for (word, more) in [("Review", entry.change.review), ("Hint", entry.change.hint.as_deref())] {
                if let Some(more) = more {
                    let _ = write!(verdict, "<br>{word}: {}", escape(more));
                }
            }
            let span = entry.rows.len();
            for (i, row) in entry.rows.iter().enumerate() {
                let class = entry.change.class;
                let _ = write!(out, "<tr><td>{}</td><td>{}</td>", escape(&row.key), line(&row.text));
                if i == 0 {
                    let _ = write!(out, "<td class=\"{class}\" rowspan=\"{span}\">{verdict}</td>");
                }
                let _ = writeln!(out, "</tr>");
            }
        }
        let _ = writeln!(out, "</table>");
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn line(marks: &[Mark]) -> String {
    let one = |mark: &Mark| match mark {
        Mark::Same(text) => escape(text),
        Mark::Gone(text) => format!("<del>{}</del>", escape(text)),
        Mark::Come(text) => format!("<ins>{}</ins>", escape(text)),
    };
    marks.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Text in which nothing is markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}
