//! Maps out of the formats of others.
//!
//! An imported map is a draft: what the source does not say (access, limits, safety) is set to the most
//! careful value, each row is `inferred` and says so in its notes, and the lint lists what is left to do.
//! Nothing is dropped: what the model cannot express is kept in `foreign` under the name of the format, and
//! the export to that format gives it back.

mod draft;
mod fields;
mod phosphor;
mod rackmon;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use super::RegisterMap;

/// A format that maps can be read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Register maps of rackmon (facebook/openbmc and facebook/fboss).
    Rackmon,
    /// Device profiles of phosphor-modbus (openbmc/phosphor-modbus).
    Phosphor,
}

impl Source {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Rackmon, Self::Phosphor];

    /// Name on the command line, and key in `foreign`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rackmon => "rackmon",
            Self::Phosphor => "phosphor",
        }
    }

    /// What it is, in a line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Rackmon => "Register map of rackmon (facebook/openbmc, facebook/fboss)",
            Self::Phosphor => "Device profile of phosphor-modbus (openbmc/phosphor-modbus)",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a file could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A place of the file is not what the format says.
    #[error("{}:{line}:{column}: #{pointer}: {message}\n  mend: {mend}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// JSON pointer of the place; empty if the text is not JSON.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        mend: String,
    },
}

/// Reads a file of another format as a draft of a map. `date` (ISO 8601) is the day of its first version.
///
/// # Errors
/// [`ImportError`] naming the file, line, column and JSON pointer.
pub fn import(path: &Path, format: Source, date: &str) -> Result<RegisterMap, ImportError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ImportError::Read { path: path.to_owned(), source })?;
    parse(path, &text, format, date)
}

/// As [`import`], of text; `path` is named in errors and in the draft.
///
/// # Errors
/// [`ImportError::Invalid`].
pub fn parse(path: &Path, text: &str, format: Source, date: &str) -> Result<RegisterMap, ImportError> {
    let document = fields::Document::read(path, text)?;
    match format {
        Source::Rackmon => rackmon::read(&document, date),
        Source::Phosphor => phosphor::read(&document, date),
    }
}
