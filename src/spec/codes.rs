//! The grid codes of the data, as far as modifications name their clauses.

use serde::Deserialize;

/// A grid code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct GridCode {
    id: String,
    version: String,
    /// What became of it, in a word.
    pub status: String,
    /// The same in sentences.
    #[serde(default)]
    pub status_note: Option<String>,
    clauses: Vec<Clause>,
}

/// A clause of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Clause {
    id: String,
    /// What is required, in a few words.
    pub title: String,
    /// Section of the document, where known.
    #[serde(default)]
    pub section: Option<String>,
    /// How sure its numbers are, in a word.
    pub confidence: String,
}

impl GridCode {
    /// `id@version`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// The clause of an identifier.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

/// The code and its clause of a reference, as `ercot-nogrr282@2026-02 voltage`.
pub(super) fn clause<'a>(codes: &'a [GridCode], reference: &str) -> Option<(&'a GridCode, &'a Clause)> {
    let (name, id) = reference.split_once(' ')?;
    let code = codes.iter().find(|code| code.name() == name)?;
    Some((code, code.clause(id)?))
}
