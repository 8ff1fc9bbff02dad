//! The semantic lint: what a JSON Schema cannot say.
//!
//! A map passes three stages: JSON with unique keys, the schema, then the rules in the submodules.
//! The rules run only on what the model could read, so that one broken place does not hide the rest
//! of the files.

mod across;
mod device;
mod layout;
mod life;
mod symbols;
mod value;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use super::load::{self, LoadError};
use super::locate::Places;
use super::model::{Kind, Register, RegisterMap};
use super::report::{Finding, Report, Rule};
use super::schema;

/// Why a lint could not run. Defects of the maps are findings, not errors.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    /// A file cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No file was given.
    #[error("no map to check: name files, or run in the folder that holds registers/maps")]
    NoFiles,
    /// The schema cannot be used: a defect of this crate.
    #[error("the JSON Schema cannot be used (a defect of this program): {0}")]
    Schema(String),
}

/// A map that could be read, with what is needed to place findings.
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) map: RegisterMap,
    places: Places,
}

/// Checks files, each by itself and then against each other.
///
/// # Errors
/// [`LintError`] if a file cannot be read; what is wrong inside a file is in the report.
pub fn lint(paths: &[PathBuf]) -> Result<Report, LintError> {
    check(paths).map(|(report, _)| report)
}

/// As [`lint`], with the maps that could be read.
pub(super) fn check(paths: &[PathBuf]) -> Result<(Report, Vec<Checked>), LintError> {
    if paths.is_empty() {
        return Err(LintError::NoFiles);
    }
    let mut report = Report { files: paths.len(), ..Report::default() };
    let mut maps = Vec::new();
    for path in paths {
        let text = load::read(path)?;
        maps.extend(check_text(path, &text, &mut report.findings)?);
    }
    report.registers = maps.iter().map(|m| m.map.registers.len()).sum();
    across::check(&maps, &mut report.findings);
    let order = |f: &Finding| (f.path.clone(), f.line, f.column, f.rule);
    report.findings.sort_by_key(order);
    Ok((report, maps))
}

/// Checks one text by itself; gives the map if the model can read it.
fn check_text(path: &Path, text: &str, findings: &mut Vec<Finding>) -> Result<Option<Checked>, LintError> {
    let document: serde_json::Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            findings.push(Finding {
                path: path.to_owned(),
                pointer: String::new(),
                line: error.line(),
                column: error.column(),
                rule: Rule::Syntax,
                message: load::bare(&error),
                mend: "correct the JSON at this place".to_owned(),
            });
            return Ok(None);
        }
    };
    let places = Places::of(text);
    for (pointer, (line, column)) in &places.duplicates {
        findings.push(Finding {
            path: path.to_owned(),
            pointer: pointer.clone(),
            line: *line,
            column: *column,
            rule: Rule::DuplicateKey,
            message: "the key stands here a second time".to_owned(),
            mend: "keep one of the two".to_owned(),
        });
    }
    let mut found = Found::default();
    for breach in schema::check(&document).map_err(LintError::Schema)? {
        found.add(breach.pointer, Rule::Schema, breach.message, breach.mend);
    }
    let map = match load::parse(path, text) {
        Ok(map) => Some(map),
        Err(LoadError::Invalid { pointer, message, .. }) => {
            // The schema and the duplicate check have said the same in better words, unless they have not.
            if found.drafts.is_empty() && places.duplicates.is_empty() {
                found.add(pointer, Rule::Model, message, "give a value the model can hold");
            }
            None
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(map) = &map {
        device::check(map, path, &mut found);
        layout::check(map, &mut found);
        value::check(map, &mut found);
        symbols::check(map, &mut found);
        life::check(map, &mut found);
    }
    findings.extend(found.place(path, &places));
    Ok(map.map(|map| Checked { path: path.to_owned(), map, places }))
}

/// Findings of one file before their lines are known.
#[derive(Default)]
struct Found {
    drafts: Vec<(String, Rule, String, String)>,
}

impl Found {
    fn add(
        &mut self,
        pointer: impl Into<String>,
        rule: Rule,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.drafts.push((pointer.into(), rule, message.into(), mend.into()));
    }

    fn place(self, path: &Path, places: &Places) -> impl Iterator<Item = Finding> {
        self.drafts.into_iter().map(move |(pointer, rule, message, mend)| {
            let (line, column) = places.place(&pointer);
            Finding { path: path.to_owned(), pointer, line, column, rule, message, mend }
        })
    }
}

/// The registers with their JSON pointers.
fn registers(map: &RegisterMap) -> impl Iterator<Item = (String, &Register)> {
    map.registers.iter().enumerate().map(|(i, r)| (format!("/registers/{i}"), r))
}

/// Smallest and largest raw number of a register; `None` if it holds no number of up to four words.
fn range(register: &Register) -> Option<(i128, i128)> {
    if !(1..=4).contains(&register.words) {
        return None;
    }
    let bits = u32::from(register.words) * 16;
    match register.kind {
        Kind::Signed => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        Kind::Unsigned | Kind::Enum | Kind::Flags => Some((0, (1 << bits) - 1)),
        Kind::Text | Kind::Raw | Kind::Float => None,
    }
}

/// A version as three numbers.
fn version(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.split('.').map(|part| part.parse::<u16>().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}
