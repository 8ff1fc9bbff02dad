//! Reading maps, with errors that name the place.

use std::path::{Path, PathBuf};

use serde_path_to_error::Segment;

use super::locate::{error_place, escape, utf8};
use super::model::RegisterMap;

/// Why a map could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not JSON, or not a map.
    #[error("{}:{line}:{column}: #{pointer}: {message}", path.display())]
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
    },
}

/// Reads a map from a file. The map is well-formed then; whether it makes sense is said by
/// [`super::lint`].
///
/// # Errors
/// [`LoadError`] naming the file, line, column and JSON pointer.
pub fn load(path: &Path) -> Result<RegisterMap, LoadError> {
    parse(path, &load_text(path)?)
}

/// The text of a map.
///
/// # Errors
/// [`LoadError`]; of a file that is no UTF-8 it names line and column.
pub fn load_text(path: &Path) -> Result<String, LoadError> {
    let bytes = read(path)?;
    let text = utf8(&bytes).map_err(|((line, column), message, mend)| LoadError::Invalid {
        path: path.to_owned(),
        pointer: String::new(),
        line,
        column,
        message: format!("{message}; {mend}"),
    })?;
    Ok(text.to_owned())
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    std::fs::read(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })
}

/// Reads a map from text; `path` is named in errors.
///
/// # Errors
/// [`LoadError::Invalid`].
pub fn parse(path: &Path, text: &str) -> Result<RegisterMap, LoadError> {
    document(path, text)
}

/// Reads any kind of map from text; `path` is named in errors.
pub(super) fn document<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, LoadError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let invalid = |pointer: String, error: &serde_json::Error| {
        let (line, column) = error_place(text, error);
        LoadError::Invalid { path: path.to_owned(), pointer, line, column, message: bare(error) }
    };
    let map = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| invalid(pointer(error.path()), error.inner()))?;
    json.end().map_err(|error| invalid(String::new(), &error))?;
    Ok(map)
}

/// The message without the place that serde_json appends; the place is named beside it.
pub(super) fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { variant } => Some(format!("/{}", escape(variant))),
            Segment::Unknown => None,
        })
        .collect()
}
