//! `dpo gridcode list`, `show`, `lint` and `generate`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{FOUND, OK, fail};
use crate::gridcode::{self, GridCode, LoadError, schema, table};

/// Where the codes are, from the root of the repository.
const FOLDER: &str = "spec/grid-codes";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// The data.
    Json,
}

/// How to list.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// How to write the list.
    #[arg(long, default_value = "text")]
    format: Format,
}

/// What to show.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// `id`, `id@version`, or the path of a JSON file.
    code: String,
    /// How to write it.
    #[arg(long, default_value = "text")]
    format: Format,
}

/// What to check.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// Files to check [default: the codes that dpo carries].
    files: Vec<PathBuf>,
}

/// What to write.
#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// Write nothing; say what is out of date.
    #[arg(long)]
    check: bool,
}

pub(super) fn list(args: &ListArgs, out: &mut dyn Write) -> io::Result<u8> {
    let codes = match gridcode::builtin() {
        Ok(codes) => codes,
        Err(error) => return fail(out, &error.to_string()),
    };
    if matches!(args.format, Format::Json) {
        return json(&codes, out);
    }
    let width = codes.iter().map(|code| code.name().len()).max().unwrap_or(0);
    for code in &codes {
        let superseded = if code.superseded_by.is_some() { ", superseded" } else { "" };
        let (status, confidence) = (table::word(code.status), table::word(code.confidence));
        writeln!(out, "{:width$}  {} ({status}{superseded}; {confidence})", code.name(), code.title)?;
    }
    Ok(OK)
}

pub(super) fn show(args: &ShowArgs, out: &mut dyn Write) -> io::Result<u8> {
    let code = match named(&args.code) {
        Ok(code) => code,
        Err(error) => return fail(out, &error.to_string()),
    };
    if matches!(args.format, Format::Json) {
        return json(&code, out);
    }
    let GridCode { title, authority, .. } = &code;
    writeln!(out, "{}: {title}", code.name())?;
    writeln!(out, "{authority}; {}; confidence: {}", table::word(code.status), table::word(code.confidence))?;
    if let Some(note) = &code.status_note {
        writeln!(out, "{note}")?;
    }
    writeln!(out, "\nClauses")?;
    for clause in &code.clauses {
        let said = table::describe(&clause.rule, &clause.title);
        writeln!(out, "  {} ({}): {said}", clause.id, table::word(clause.confidence))?;
        if let Some(note) = &clause.note {
            writeln!(out, "      {note}")?;
        }
    }
    let m = &code.measurement;
    writeln!(out, "\nMeasured: {}", m.point)?;
    let choices = [
        ("phase rule", table::word(m.phase_rule.value), m.phase_rule.confidence),
        ("filter", table::word(m.filter.value), m.filter.confidence),
        ("timing", table::word(m.timing.value), m.timing.confidence),
        ("value at a level", table::word(m.at_level.value), m.at_level.confidence),
        ("exactly the minimum time", table::word(m.at_limit.value), m.at_limit.confidence),
    ];
    for (what, value, confidence) in choices {
        writeln!(out, "  {what}: {value} ({})", table::word(confidence))?;
    }
    if !code.missing.is_empty() {
        writeln!(out, "\nMissing")?;
    }
    for gap in &code.missing {
        writeln!(out, "  {}: {}", gap.what, gap.why)?;
    }
    if !code.facts.is_empty() {
        writeln!(out, "\nNot judged")?;
    }
    for fact in &code.facts {
        writeln!(out, "  {} {}", fact.text, fact.why)?;
    }
    writeln!(out, "\nSources")?;
    for source in &code.sources {
        writeln!(out, "  {}: {}; {} ({})", source.key, source.title, source.at, table::word(source.kind))?;
    }
    Ok(OK)
}

pub(super) fn lint(args: LintArgs, out: &mut dyn Write) -> io::Result<u8> {
    let findings = if args.files.is_empty() {
        gridcode::builtin().map(|codes| {
            let files = gridcode::BUILTIN.iter().map(|(name, _)| PathBuf::from(*name));
            gridcode::lint_codes(&files.zip(codes).collect::<Vec<_>>())
        })
    } else {
        gridcode::lint(&args.files)
    };
    let findings = match findings {
        Ok(findings) => findings,
        Err(error) => return fail(out, &error.to_string()),
    };
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let count = if args.files.is_empty() { gridcode::BUILTIN.len() } else { args.files.len() };
    writeln!(out, "{count} grid codes, {} findings", findings.len())?;
    Ok(if findings.is_empty() { OK } else { FOUND })
}

pub(super) fn generate(args: &GenerateArgs, out: &mut dyn Write) -> io::Result<u8> {
    let readme = Path::new(FOLDER).join("README.md");
    let document = match std::fs::read_to_string(&readme) {
        Ok(document) => document,
        Err(error) => {
            return fail(out, &format!("{}: {error}; run in the root of the repository", readme.display()));
        }
    };
    let codes = match gridcode::builtin() {
        Ok(codes) => codes,
        Err(error) => return fail(out, &error.to_string()),
    };
    let Some(page) = table::replace(&document, &table::markdown(&codes)) else {
        return fail(out, &format!("{}: the marks of the generated part are missing", readme.display()));
    };
    let mut code = OK;
    for (path, text) in [(readme, page), (Path::new(FOLDER).join("grid-code.schema.json"), schema::text())] {
        let same = std::fs::read_to_string(&path).is_ok_and(|there| there == text);
        let said = match (same, args.check) {
            (true, _) => "up to date",
            (false, true) => {
                code = FOUND;
                "differs from what the codes say; run `dpo gridcode generate`"
            }
            (false, false) => {
                if let Err(error) = std::fs::write(&path, text) {
                    return fail(out, &format!("{}: {error}", path.display()));
                }
                "written"
            }
        };
        writeln!(out, "{}: {said}", path.display())?;
    }
    Ok(code)
}

/// A shipped code by name, or one from a file.
pub(super) fn named(name: &str) -> Result<GridCode, LoadError> {
    if name.ends_with(".json") { gridcode::load(Path::new(name)) } else { gridcode::find(name) }
}

fn json<T: serde::Serialize>(value: &T, out: &mut dyn Write) -> io::Result<u8> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => writeln!(out, "{text}").map(|()| OK),
        Err(error) => fail(out, &error.to_string()),
    }
}
