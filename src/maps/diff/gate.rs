//! The version gate: compares each map with its last release and refuses a version that does not fit.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::report::verdict;
use super::version::Version;
use super::{Class, Diff, DiffError, Document, Fit, What, compare};

/// Why a map may not be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The file.
    pub path: PathBuf,
    /// JSON pointer of the place.
    pub pointer: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, pointer, line, column, message, mend } = self;
        write!(f, "{}:{line}:{column}: #{pointer}: {message}\n  mend: {mend}", path.display())
    }
}

/// What became of one map.
#[derive(Debug, Clone, PartialEq)]
pub struct Gated {
    /// The file.
    pub path: PathBuf,
    /// The diff to its release; none for a map that was never released.
    pub diff: Option<Diff>,
    /// Why it may not be merged; empty if it may.
    pub refusals: Vec<Refusal>,
}

impl fmt::Display for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.diff {
            None => write!(f, "{}: never released", self.path.display())?,
            Some(diff) => write!(f, "{}: {}", self.path.display(), verdict(diff))?,
        }
        self.refusals.iter().try_for_each(|refusal| write!(f, "\n{refusal}"))
    }
}

/// Why the gate could not judge.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A map cannot be compared.
    #[error(transparent)]
    Diff(#[from] DiffError),
}

/// Compares maps with the files of the same name in the folder of releases.
///
/// # Errors
/// [`GateError`] if a file cannot be read or compared; what may not be merged is in the answer.
pub fn gate(maps: &[PathBuf], released: &Path) -> Result<Vec<Gated>, GateError> {
    maps.iter().map(|path| one(path, released)).collect()
}

fn one(path: &Path, released: &Path) -> Result<Gated, GateError> {
    let new = read(path)?;
    let release = released.join(path.file_name().unwrap_or_default());
    let there = release.try_exists().map_err(|source| GateError::Read { path: release.clone(), source })?;
    if !there {
        let refusals = changelog(path, &new).into_iter().collect();
        return Ok(Gated { path: path.to_owned(), diff: None, refusals });
    }
    let diff = compare(&read(&release)?, &new)?;
    let refusals = refusals(path, &diff, &new);
    Ok(Gated { path: path.to_owned(), diff: Some(diff), refusals })
}

fn read(path: &Path) -> Result<Document, GateError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| GateError::Read { path: path.to_owned(), source })?;
    Ok(Document::parse(&path.display().to_string(), &text)?)
}

/// Everything that keeps a map with a release from being merged.
pub fn refusals(path: &Path, diff: &Diff, new: &Document) -> Vec<Refusal> {
    let mut found = Vec::new();
    let refuse = |pointer: &str, message: String, mend: String| {
        let (line, column) = new.place(pointer);
        Refusal { path: path.to_owned(), pointer: pointer.to_owned(), line, column, message, mend }
    };
    match diff.fit() {
        Fit::Same => return found,
        Fit::OtherMap => {
            let message = format!("the map was released as `{}`", diff.old.id);
            let mend = "keep the id; a new map gets a file of its own".to_owned();
            found.push(refuse("/id", message, mend));
        }
        Fit::TooLow { due } => {
            found.push(refuse(
                "/version",
                verdict(diff),
                format!("raise `version` to {due}, or undo what makes the step due"),
            ));
            // Only what makes the step due; the rest is in `dpo registers diff`.
            let gravest = diff.class().unwrap_or(Class::Editorial);
            for change in diff.of(gravest) {
                let pointer = change.new.as_ref().map_or("", |s| s.pointer.as_str());
                let item = change.item.as_ref().map(|id| format!(" of `{id}`")).unwrap_or_default();
                let who = change.party_words();
                let who = if who.is_empty() { who } else { format!(" ({who})") };
                let message =
                    format!("{gravest}{who}: {}{item} {}: {}", change.key, change.what.word(), change.why);
                let mend = match &change.hint {
                    Some(hint) => hint.clone(),
                    None => format!("undo it, or raise `version` to {due}"),
                };
                found.push(refuse(pointer, message, mend));
            }
        }
        Fit::Fits { .. } => {}
    }
    found.extend(changelog(path, new));
    found.extend(since(diff, new, &refuse));
    found
}

/// The changelog must have an entry for the version.
fn changelog(path: &Path, new: &Document) -> Option<Refusal> {
    let version = new.version.to_string();
    let entries = new.value.get("changelog").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let there = entries.iter().any(|e| e.get("version").and_then(Value::as_str) == Some(&version));
    let (line, column) = new.place("/changelog");
    (!there).then(|| Refusal {
        path: path.to_owned(),
        pointer: "/changelog".to_owned(),
        line,
        column,
        message: format!("no entry for version {version}"),
        mend: "say at the top of `changelog` what changed".to_owned(),
    })
}

/// A register that came after the release names a version after it.
fn since(diff: &Diff, new: &Document, refuse: &dyn Fn(&str, String, String) -> Refusal) -> Vec<Refusal> {
    let list = new.kind.list();
    let added = diff.changes.iter().filter(|c| c.key == list && c.what == What::Added);
    added
        .filter_map(|change| {
            let side = change.new.as_ref()?;
            let since = side.value.get("since")?.as_str()?;
            let parsed = Version::parse(since);
            let good = parsed.is_some_and(|v| v > diff.old.version && v <= diff.new.version);
            let pointer = format!("{}/since", side.pointer);
            let id = change.item.as_deref().unwrap_or_default();
            (!good).then(|| {
                refuse(
                    &pointer,
                    format!("`{id}` is new since release {}, but says since {since}", diff.old.version),
                    format!("write {}", diff.new.version),
                )
            })
        })
        .collect()
}
