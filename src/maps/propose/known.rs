//! The identifiers that a proposal may refer to: conformance cases and requirements.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Identifiers of cases and requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Conformance cases.
    pub cases: BTreeSet<String>,
    /// Requirements.
    pub requirements: BTreeSet<String>,
}

/// Why identifiers could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A list of requirements is no JSON.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// There is none.
    #[error("{}: names no {what}", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
}

impl Known {
    /// Reads the golden list of cases (identifier first on each line) and lists of requirements (JSON, whose
    /// objects carry `id`). A folder stands for the `.json` files in it; a list of requirements that does not
    /// exist is skipped.
    ///
    /// # Errors
    /// [`KnownError`] naming the file.
    pub fn read(cases: &Path, requirements: &[PathBuf]) -> Result<Self, KnownError> {
        let mut known = Self::default();
        let names = text(cases)?;
        known
            .cases
            .extend(names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned));
        if known.cases.is_empty() {
            return Err(KnownError::Empty { path: cases.to_owned(), what: "conformance case" });
        }
        for path in requirements {
            for file in files(path)? {
                let value = serde_json::from_str(&text(&file)?)
                    .map_err(|source| KnownError::Json { path: file.clone(), source })?;
                identifiers(&value, &mut known.requirements);
            }
        }
        Ok(known)
    }
}

fn text(path: &Path) -> Result<String, KnownError> {
    std::fs::read_to_string(path).map_err(|source| KnownError::Read { path: path.to_owned(), source })
}

/// The file itself, or the `.json` files of a folder by name; none if there is nothing.
fn files(path: &Path) -> Result<Vec<PathBuf>, KnownError> {
    let unreadable = |source| KnownError::Read { path: path.to_owned(), source };
    if !path.try_exists().map_err(unreadable)? {
        return Ok(Vec::new());
    }
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|e| e == "json") {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

fn identifiers(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("id").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| identifiers(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| identifiers(item, found)),
        _ => {}
    }
}
