//! Reading grid codes, with errors that name the place; the codes that ship with this crate.

use std::path::{Path, PathBuf};

use serde_path_to_error::Segment;

use super::model::GridCode;

/// Why a grid code could not be read.
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
    /// The text is not JSON, or not a grid code.
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
    /// No code has this name.
    #[error("no grid code is called `{name}`; known are {known}; or give the path of a JSON file")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
}

macro_rules! builtin {
    ($($name:literal),* $(,)?) => {
        /// The grid codes that ship with this crate: file name and text.
        pub const BUILTIN: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../spec/grid-codes/", $name))),)*
        ];
    };
}

builtin!(
    "aemc-package2-automatic-2026-03-12.json",
    "aemc-package2-minimum-2026-03-12.json",
    "caiso-large-load-2026-06-15.json",
    "eirgrid-mpid345-2026-09-22.json",
    "ercot-nogrr282-2025-drafts.json",
    "ercot-nogrr282-2026-02.json",
    "ercot-oscillation-2026-06-19.json",
    "iec-61000-4-11-class2-2004.json",
    "iec-61000-4-11-class3-2004.json",
    "iec-61000-4-34-class3-edition-unstated.json",
    "ieso-lcl-3.0.json",
    "itic-2000.json",
    "nerc-prc-024-edition-unstated.json",
    "semi-f47-0706.json",
    "spp-hill-2026-01-14.json",
);

/// Reads a grid code from a file. It is well-formed then; whether it makes sense is said by [`super::lint`].
///
/// # Errors
/// [`LoadError`] naming the file, line, column and JSON pointer.
pub fn load(path: &Path) -> Result<GridCode, LoadError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    parse(path, &text)
}

/// Reads a grid code from text; `path` is named in errors.
///
/// # Errors
/// [`LoadError::Invalid`].
pub fn parse(path: &Path, text: &str) -> Result<GridCode, LoadError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let invalid = |pointer: String, error: &serde_json::Error| LoadError::Invalid {
        path: path.to_owned(),
        pointer,
        line: error.line(),
        column: error.column(),
        message: bare(error),
    };
    let code = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| invalid(pointer(error.path()), error.inner()))?;
    json.end().map_err(|error| invalid(String::new(), &error))?;
    Ok(code)
}

/// The grid codes that ship with this crate, read, by file name.
///
/// # Errors
/// [`LoadError`] if a shipped code is broken, which its tests rule out.
pub fn builtin() -> Result<Vec<GridCode>, LoadError> {
    BUILTIN.iter().map(|(name, text)| parse(&Path::new("spec/grid-codes").join(name), text)).collect()
}

/// The code called `name`: `id@version`, or `id` for the version that no other has superseded.
///
/// # Errors
/// [`LoadError::Unknown`] with the names there are.
pub fn find(name: &str) -> Result<GridCode, LoadError> {
    let codes = builtin()?;
    let known = codes.iter().map(GridCode::name).collect::<Vec<_>>().join(", ");
    codes
        .into_iter()
        .find(|code| code.name() == name || (code.id == name && code.superseded_by.is_none()))
        .ok_or_else(|| LoadError::Unknown { name: name.to_owned(), known })
}

/// The message without the place that serde_json appends; the place is named beside it.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_ships_and_no_other() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/grid-codes");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".json") && !name.ends_with(".schema.json"))
            .collect();
        files.sort();
        let shipped: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, shipped);
        assert_eq!(builtin().unwrap().len(), shipped.len());
    }

    #[test]
    fn a_name_finds_its_version_and_the_bare_name_the_current_one() {
        assert_eq!(find("ercot-nogrr282").unwrap().version, "2026-02");
        assert_eq!(find("ercot-nogrr282@2025-drafts").unwrap().version, "2025-drafts");
        let error = find("ercot").unwrap_err().to_string();
        assert!(error.contains("`ercot`") && error.contains("ercot-nogrr282@2026-02"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let (name, text) = BUILTIN[5];
        assert_eq!(name, "ercot-nogrr282-2026-02.json");
        let broken = text.replacen("\"minimum_s\": 2.0", "\"minimum\": 2.0", 1);
        let error = parse(Path::new(name), &broken).unwrap_err().to_string();
        assert!(error.contains("/clauses/0/rule") && error.contains("unknown field `minimum`"), "{error}");
        for key in ["\"authority\"", "\"point\"", "\"from_above_pu\"", "\"what\""] {
            let broken = text.replacen(key, "\"another\"", 1);
            let error = parse(Path::new(name), &broken).unwrap_err().to_string();
            assert!(error.contains("unknown field `another`"), "{key}: {error}");
        }
    }
}
