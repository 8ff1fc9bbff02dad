//! A diff for programs.

use serde::Serialize;

use crate::maps::diff::{Change, Class, Diff, Fit, Head, Step};

/// Name and version of the form. A key is never given another meaning under one name.
const FORMAT: &str = "dpo-map-diff/1";

#[derive(Serialize)]
struct Document<'d> {
    format: &'static str,
    old: &'d Head,
    new: &'d Head,
    class: Option<Class>,
    step: Option<Step>,
    fit: Fit,
    changes: &'d [Change],
}

pub(super) fn render(diff: &Diff) -> String {
    let document = Document {
        format: FORMAT,
        old: &diff.old,
        new: &diff.new,
        class: diff.class(),
        step: diff.step(),
        fit: diff.fit(),
        changes: &diff.changes,
    };
    // Text keys and plain values: this cannot fail; if it ever does, the reader sees why.
    let text = serde_json::to_string_pretty(&document);
    text.unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string())) + "\n"
}
