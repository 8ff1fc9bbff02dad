//! The files of a bundle: cover page, redline, machine diff, compatibility table, both maps.
//!
//! The cover page follows the sections that OCP's specification template makes mandatory, so that its
//! parts can be taken over into the revised document.

use std::fmt::Write as _;

use serde_json::Value;

use super::compat::{Outcome, uses};
use super::form::Form;
use super::{Change, Use};
use crate::maps::diff::report::{self, Format, escape_markdown as escape};
use crate::maps::diff::{self, Class, What};

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Name in the folder.
    pub name: &'static str,
    /// What is in it.
    pub text: String,
}

/// The files of the bundle of a change whose form is complete.
pub fn bundle(change: &Change<'_>, form: &Form) -> Vec<BundleFile> {
    let json = |value: &Value| format!("{value:#}\n");
    vec![
        BundleFile { name: "README.md", text: cover(change, form) },
        BundleFile { name: "redline.md", text: report::render(change.diff, Format::Markdown) },
        BundleFile { name: "redline.html", text: report::render(change.diff, Format::Html) },
        BundleFile { name: "diff.json", text: report::render(change.diff, Format::Json) },
        BundleFile { name: "compatibility.md", text: compatibility(change) },
        BundleFile { name: "map.old.json", text: json(&change.old.value) },
        BundleFile { name: "map.new.json", text: json(&change.new.value) },
    ]
}

/// Writing to a string cannot fail; this spares each caller the result.
macro_rules! line {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($arg:tt)*) => {{ let _ = writeln!($out, $($arg)*); }};
}

fn cover(change: &Change<'_>, form: &Form) -> String {
    let mut out = String::new();
    let (old, new) = (change.old, change.new);
    let text = |name: &str| escape(form.text(name));
    let list = |name: &str| escape(&form.list(name).join("; "));
    let changelog = format!("/changelog/{}", entry(new).unwrap_or(0));
    let date = change.text(&format!("{changelog}/date"));

    line!(out, "# {}\n", text("cover.title"));
    line!(out, "| | |\n| --- | --- |");
    line!(
        out,
        "| Type | Design specification (register map), {} of an existing one |",
        text("cover.relation")
    );
    line!(out, "| Base document | {} |", escape(change.text("/base/document")));
    line!(out, "| Clause | {} |", text("cover.clause"));
    line!(out, "| Map | `{}`: {} |", new.id, escape(change.text("/title")));
    line!(out, "| Versions | {} to {} |", old.version, new.version);
    line!(out, "| Date | {} |", escape(date));
    line!(out, "| Authors | {} |", list("cover.authors"));
    line!(out, "| Contact | {} |", text("cover.contact"));
    line!(out, "| Modality | {} |", text("reason.modality"));
    line!(
        out,
        "\n## Revision history\n\n| Revision | Date | Author(s) | Description |\n| --- | --- | --- | --- |"
    );
    for item in new.value.get("changelog").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| escape(item.get(key).and_then(Value::as_str).unwrap_or_default());
        let author =
            if part("version") == new.version.to_string() { list("cover.authors") } else { String::new() };
        line!(out, "| {} | {} | {author} | {} |", part("version"), part("date"), part("text"));
    }
    line!(out, "\n## Acknowledgements\n\nReviewed by: {}.", list("review.reviewers"));
    line!(
        out,
        "\n## Copyright and trademarks\n\nThird-party material: {}",
        text("intellectual_property.third_party")
    );
    line!(out, "\nTrademarks: {}", text("intellectual_property.trademarks"));

    line!(out, "\n## Compliance with OCP tenets");
    for (title, key) in [
        ("Openness", "openness"),
        ("Efficiency", "efficiency"),
        ("Impact", "impact"),
        ("Scale", "scale"),
        ("Sustainability", "sustainability"),
    ] {
        line!(out, "\n### {title}\n\n{}", text(&format!("tenets.{key}")));
    }

    line!(out, "\n## Introduction\n\n### Purpose\n\n{}", text("reason.rationale"));
    line!(
        out,
        "\n### Scope\n\nThe register map `{}` of {}; nothing else.",
        new.id,
        escape(change.text("/base/document"))
    );
    line!(
        out,
        "\n### Audience\n\nWho writes firmware for such devices, and who reads, polls or steers them."
    );
    line!(
        out,
        "\n### Conventions\n\n\"Shall\" is a requirement, \"should\" a recommendation, \"may\" an option, in any case of \
         letters. Numbers are decimal unless 0x stands before them."
    );
    line!(out, "\n## Overview\n\n### Use case\n\n{}", text("reason.use_case"));
    line!(out, "\n### Grid or safety reason\n\n{}", text("reason.grid"));
    what_changes(&mut out, change);
    line!(out, "\n## Compatibility\n");
    table(&mut out, &uses(change.diff));
    line!(out, "\nChange by change: [compatibility.md](compatibility.md).");
    line!(
        out,
        "\n## Migration\n\n{}",
        if form.text("reason.migration").is_empty() {
            "None is needed: nobody breaks.".to_owned()
        } else {
            text("reason.migration")
        }
    );
    hazards(&mut out, change, form);
    matrix(&mut out, change, form);
    line!(out, "\n## Evidence\n\n| implementation | version | report | outcome |\n| --- | --- | --- | --- |");
    for n in [1, 2] {
        let part = |key: &str| text(&format!("implementation_{n}.{key}"));
        line!(out, "| {} | {} | {} | {} |", part("name"), part("version"), part("report"), part("outcome"));
    }
    line!(out, "\n## License\n\nContributed under: {}.", text("intellectual_property.agreement"));
    line!(out, "\nSigned by: {}.", list("intellectual_property.signatories"));
    line!(out, "\nPatents: {}", text("intellectual_property.patents"));
    line!(out, "\nThe map itself is licensed under {}.", escape(change.text("/licence")));
    line!(out, "\n## References\n");
    for source in new.value.get("sources").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
        let uri = part("uri");
        let uri = if uri.is_empty() { String::new() } else { format!(", <{uri}>") };
        line!(out, "- {}: {}{uri}", escape(part("key")), escape(part("title")));
    }
    line!(
        out,
        "\n## Files\n\n- [redline.html](redline.html), [redline.md](redline.md): old and new text\n- \
         [diff.json](diff.json): the same for programs\n- [map.old.json](map.old.json), \
         [map.new.json](map.new.json): both maps\n- [proposal.toml](proposal.toml): the answers behind this page"
    );
    out
}

/// The place of the changelog entry of the map's version.
fn entry(map: &diff::Document) -> Option<usize> {
    let version = map.version.to_string();
    let entries = map.value.get("changelog")?.as_array()?;
    entries.iter().position(|e| e.get("version").and_then(Value::as_str) == Some(&version))
}

fn what_changes(out: &mut String, change: &Change<'_>) {
    line!(
        out,
        "\n## What changes\n\n{}. The {}.\n",
        report::counts(change.diff),
        report::verdict(change.diff)
    );
    line!(out, "| where | what | class | concerns |\n| --- | --- | --- | --- |");
    for one in change.diff.of(Class::Breaking).chain(change.diff.of(Class::Additive)) {
        let item = one.item.as_ref().map_or_else(|| "map".to_owned(), |id| format!("`{id}`"));
        line!(out, "| {item} | `{}` {} | {} | {} |", one.key, one.what.word(), one.class, one.party_words());
    }
    let editorial = change.diff.of(Class::Editorial).count();
    line!(out, "\nEditorial changes: {editorial}; the redline shows them.");
}

fn table(out: &mut String, uses: &[Use<'_>]) {
    line!(out, "| user | outcome | because of | what to do |\n| --- | --- | --- | --- |");
    for one in uses {
        let mut keys: Vec<&str> = one.changes.iter().map(|c| c.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        line!(out, "| {} | {} | {keys} | {} |", one.user, one.outcome.words(), one.remedy);
    }
}

/// The hazards that the author names, those of the map, and what a person has to judge.
fn hazards(out: &mut String, change: &Change<'_>, form: &Form) {
    line!(out, "\n## Hazards\n\n{}", escape(form.text("reason.hazards")));
    let ranges = change.new.value.get("hazards").and_then(Value::as_array);
    for (i, range) in ranges.into_iter().flatten().enumerate() {
        if i == 0 {
            line!(out, "\nNever to be written on such a device:\n");
        }
        let number = |key: &str| range.get(key).and_then(Value::as_u64).unwrap_or_default();
        let reason = range.get("reason").and_then(Value::as_str).unwrap_or_default();
        line!(out, "- {} to {}: {}", number("first"), number("last"), escape(reason));
    }
    let reviews: Vec<_> = change.diff.changes.iter().filter_map(|c| Some((c, c.review?))).collect();
    if !reviews.is_empty() {
        line!(out, "\nFor reviewers to judge:\n");
    }
    for (one, what) in reviews {
        let item = one.item.as_deref().unwrap_or("map");
        line!(out, "- `{item}`, `{}` {}: {what}", one.key, one.what.word());
    }
}

/// The requirement summary: a row for each register or command that came or changed.
fn matrix(out: &mut String, change: &Change<'_>, form: &Form) {
    line!(out, "\n## Compliance\n\n| ID | Requirement | Type | Satisfies | Verification | Modality |");
    line!(out, "| --- | --- | --- | --- | --- | --- |");
    let mut seen: Vec<&str> = Vec::new();
    for one in &change.diff.changes {
        let Some(id) = one.item.as_deref() else { continue };
        if one.class == Class::Editorial || seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let Some(row) = change.row(id) else { continue };
        let part = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let gone = one.what == What::Removed && one.key == change.new.kind.list();
        let at = match (row.get("address"), row.get("code")) {
            (Some(address), _) => format!("at address {address}"),
            (_, Some(code)) => format!("as command {code}"),
            _ => String::new(),
        };
        let (text, modality) = match (gone, part("modality")) {
            (true, _) => (format!("The device may leave `{id}` out; clients shall not use it"), "Optional"),
            (_, "mandatory") => {
                (format!("The device shall implement `{id}` {at} as the map says"), "Mandatory")
            }
            (_, "conditional") => (
                format!(
                    "The device shall implement `{id}` {at} as the map says, if {}",
                    escape(part("condition"))
                ),
                "Mandatory",
            ),
            _ => (format!("The device may implement `{id}` {at}; if it does, as the map says"), "Optional"),
        };
        let mut satisfies = change.requirements_of(id);
        if satisfies.is_empty() {
            satisfies = form.list("evidence.requirements").to_vec();
        }
        let (satisfies, tests) = (satisfies.join(", "), form.list("evidence.tests").join(", "));
        line!(out, "| `{}.{id}` | {text}. | Interface | {satisfies} | {tests} | {modality} |", change.new.id);
    }
}

/// The compatibility table with each change behind it.
fn compatibility(change: &Change<'_>) -> String {
    let mut out = String::new();
    let uses = uses(change.diff);
    line!(out, "# Compatibility of `{}` {} with {}\n", change.new.id, change.new.version, change.old.version);
    table(&mut out, &uses);
    for one in &uses {
        if one.outcome == Outcome::Unaffected {
            continue;
        }
        line!(out, "\n## {}: {}\n", one.user, one.outcome.words());
        line!(out, "| where | key | case | why |\n| --- | --- | --- | --- |");
        for change in &one.changes {
            let item = change.item.as_deref().unwrap_or("map");
            line!(out, "| `{item}` | `{}` | {} | {} |", change.key, change.case, change.why);
        }
        if !one.remedy.is_empty() {
            line!(out, "\nWhat to do: {}.", one.remedy);
        }
    }
    out
}
