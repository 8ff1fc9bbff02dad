//! The semantic lint: what a JSON Schema cannot say.
//!
//! A map passes three stages: JSON with unique keys, the schema, then the rules in the submodules.
//! The rules run only on what the model could read, so that one broken place does not hide the rest
//! of the files.

mod across;
mod block;
mod device;
mod example;
mod found;
mod help;
mod layout;
mod life;
mod links;
mod prose;
mod ranges;
mod readings;
mod references;
mod rule;
mod self_test;
mod symbols;
mod traffic;
mod value;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use super::load::{self, LoadError};
use super::locate::{Place, Places, error_place, utf8};
use super::model::{Kind, Register, RegisterMap};
use super::pmbus::{self, PmbusMap};
use super::report::{Finding, Report};
use super::schema;

pub use help::{Example, Help, Unknown};
pub use rule::Rule;
pub use self_test::{SelfTest, self_test};

pub(super) use found::{Found, Site};

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

/// A map that could be read.
#[cfg_attr(not(feature = "codegen"), expect(dead_code, reason = "the generator alone looks at the maps"))]
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) map: Map,
}

/// The kinds of map.
#[cfg_attr(not(feature = "codegen"), expect(dead_code, reason = "the generator alone looks at the maps"))]
pub(super) enum Map {
    /// Of a Modbus device.
    Registers(RegisterMap),
    /// Of a PMBus device.
    Commands(PmbusMap),
}

/// A file under the lint.
pub(super) struct File {
    pub(super) path: PathBuf,
    places: Places,
    /// A register map; `None` if the model cannot read it, or it is of the other kind.
    pub(super) map: Option<RegisterMap>,
    /// A PMBus map; `None` if the model cannot read it, or it is of the other kind.
    pub(super) pmbus: Option<PmbusMap>,
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
    let mut texts = Vec::new();
    for path in paths {
        texts.push((path.clone(), load::read(path)?));
    }
    check_texts(&texts)
}

/// As [`lint`], for one map whose text is at hand.
///
/// # Errors
/// [`LintError::Schema`].
pub fn lint_text(path: &Path, text: &str) -> Result<Report, LintError> {
    check_texts(&[(path.to_owned(), text)]).map(|(report, _)| report)
}

fn check_texts<T: AsRef<[u8]>>(texts: &[(PathBuf, T)]) -> Result<(Report, Vec<Checked>), LintError> {
    let (findings, files) = examine(texts)?;
    let report = Report {
        files: texts.len(),
        registers: files.iter().filter_map(|f| f.map.as_ref()).map(|m| m.registers.len()).sum(),
        commands: files.iter().filter_map(|f| f.pmbus.as_ref()).map(|m| m.commands.len()).sum(),
        findings: findings.into_iter().map(|(_, finding)| finding).collect(),
    };
    let maps = files
        .into_iter()
        .filter_map(|f| {
            let map = f.map.map(Map::Registers).or(f.pmbus.map(Map::Commands))?;
            Some(Checked { path: f.path, map })
        })
        .collect();
    Ok((report, maps))
}

/// What was found, with the place in this program that found it, and the files.
type Examined = (Vec<(Site, Finding)>, Vec<File>);

/// Checks files whose texts are at hand: what was found, by file and line, with the place in this program
/// that found it.
fn examine<T: AsRef<[u8]>>(texts: &[(PathBuf, T)]) -> Result<Examined, LintError> {
    let mut files = Vec::new();
    let mut founds = Vec::new();
    for (path, text) in texts {
        let mut found = Found::default();
        files.push(check_bytes(path, text.as_ref(), &mut found)?);
        founds.push(found);
    }
    across::check(&files, &mut founds);
    block::check(&files, &mut founds);
    pmbus::lint::across(&files, &mut founds);
    let mut findings: Vec<_> =
        files.iter().zip(founds).flat_map(|(file, found)| found.place(&file.path, &file.places)).collect();
    findings.sort_by(|(_, a), (_, b)| {
        let order = |f: &Finding| (f.line, f.column, f.rule);
        a.path.cmp(&b.path).then_with(|| order(a).cmp(&order(b)))
    });
    Ok((findings, files))
}

/// The text of a file and what it holds, or the place where it is no JSON, why, and what to do.
fn json(bytes: &[u8]) -> Result<(&str, serde_json::Value), (Place, String, &'static str)> {
    let text = utf8(bytes)?;
    let broken = |error: serde_json::Error| {
        (error_place(text, &error), load::bare(&error), "correct the JSON at this place")
    };
    serde_json::from_str(text).map(|document| (text, document)).map_err(broken)
}

/// Checks one file by itself.
fn check_bytes(path: &Path, bytes: &[u8], found: &mut Found) -> Result<File, LintError> {
    let mut file = File { path: path.to_owned(), places: Places::default(), map: None, pmbus: None };
    let (text, document) = match json(bytes) {
        Ok(read) => read,
        Err((place, message, mend)) => {
            found.add_at(place, "", Rule::Syntax, message, mend);
            return Ok(file);
        }
    };
    file.places = Places::of(text);
    for (pointer, place) in &file.places.duplicates {
        let message = "the key stands here a second time";
        found.add_at(*place, pointer.as_str(), Rule::DuplicateKey, message, "keep one of the two");
    }
    for breach in schema::check(&document).map_err(LintError::Schema)? {
        found.add(breach.pointer, Rule::Schema, breach.message, breach.mend);
    }
    let read = if pmbus::is_pmbus(&document) {
        pmbus::parse(path, text).map(|map| file.pmbus = Some(map))
    } else {
        load::parse(path, text).map(|map| file.map = Some(map))
    };
    match read {
        Ok(()) => {}
        // The schema and the duplicate check have said the same in better words, unless they have not.
        Err(LoadError::Invalid { pointer, message, .. }) if found.is_empty() => {
            found.add(pointer, Rule::Model, message, "give a value the model can hold");
        }
        Err(LoadError::Invalid { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(map) = &file.map {
        device::check(map, path, found);
        ranges::check(map, found);
        layout::check(map, found);
        value::check(map, found);
        symbols::check(map, found);
        life::check(map, found);
        references::check(map, found);
        readings::check(map, found);
        traffic::check(map, found);
        links::check(map, found);
        prose::check(map, found);
    }
    if let Some(map) = &file.pmbus {
        pmbus::lint::check(map, path, found);
    }
    Ok(file)
}

/// The rules that a command shares with a register, on a map that shows its commands as registers.
pub(super) fn shared(map: &RegisterMap, path: &Path, found: &mut Found) {
    device::head(map, path, found);
    layout::names(map, found);
    value::check(map, found);
    symbols::check(map, found);
    life::check(map, found);
    links::check(map, found);
    prose::check(map, found);
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
