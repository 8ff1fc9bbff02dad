//! Everything that the specification is made of, read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::cases::{Cases, GOLDEN, PLANNED};
use super::figure::States;
use super::model::{Group, Modifications, Needs, References};
use crate::gridcode::{self, GridCode};
use crate::maps::{self, RegisterMap};

/// Folder of the requirements.
pub(super) const REQUIREMENTS: &str = "spec/requirements";
/// The list of modifications.
pub(super) const MODIFICATIONS: &str = "spec/modifications.json";
/// The documents that are referred to.
pub(super) const REFERENCES: &str = "spec/references.json";
/// What users need.
pub(super) const NEEDS: &str = "spec/needs.json";
/// The figure of the states.
pub(super) const STATES: &str = "spec/specification/figures/states.json";
/// Folder of the grid codes.
pub(super) const GRID_CODES: &str = "spec/grid-codes";
/// Folder of the chapters.
pub(super) const CHAPTERS: &str = "spec/specification";

/// Why the specification cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// A file or folder cannot be read.
    #[error("{}: {source}; run in the root of the repository", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: {place}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Place in it: a path of keys, or a line.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A list of cases or a shipped map is broken.
    #[error("{0}")]
    Other(String),
}

/// The specification, read.
#[derive(Debug, Clone)]
pub struct Book {
    /// The root of the repository.
    pub root: PathBuf,
    /// The requirements by file name without its ending.
    pub groups: BTreeMap<String, Group>,
    /// What would have to change elsewhere.
    pub modifications: Modifications,
    /// The cases of the suite and of the catalogue.
    pub cases: Cases,
    /// The documents that are referred to.
    pub references: References,
    /// What users need.
    pub needs: Needs,
    /// The grid codes.
    pub(super) codes: Vec<GridCode>,
    pub(super) states: States,
    /// The register maps that ship.
    pub(super) maps: Vec<RegisterMap>,
    /// The chapters by file name.
    pub(super) chapters: BTreeMap<String, String>,
    pub(super) planned: String,
}

impl Book {
    /// Reads the specification of the repository at `root`.
    ///
    /// # Errors
    /// [`SpecError`] naming the file and the place in it.
    pub fn read(root: &Path) -> Result<Self, SpecError> {
        let mut groups = BTreeMap::new();
        for path in files(&root.join(REQUIREMENTS), "json")? {
            groups.insert(stem(&path), json(&path)?);
        }
        let mut codes = Vec::new();
        for path in files(&root.join(GRID_CODES), "json")? {
            if !name(&path).ends_with(".schema.json") {
                codes.push(gridcode::load(&path).map_err(|error| SpecError::Other(error.to_string()))?);
            }
        }
        let mut chapters = BTreeMap::new();
        for path in files(&root.join(CHAPTERS), "md")? {
            chapters.insert(name(&path), text(&path)?);
        }
        let planned = text(&root.join(PLANNED))?;
        let cases = Cases::parse(&text(&root.join(GOLDEN))?, &planned).map_err(SpecError::Other)?;
        Ok(Self {
            root: root.to_owned(),
            groups,
            modifications: json(&root.join(MODIFICATIONS))?,
            cases,
            references: json(&root.join(REFERENCES))?,
            needs: json(&root.join(NEEDS))?,
            codes,
            states: json(&root.join(STATES))?,
            maps: maps::builtin().map_err(|error| SpecError::Other(error.to_string()))?,
            chapters,
            planned,
        })
    }
}

pub(super) fn text(path: &Path) -> Result<String, SpecError> {
    std::fs::read_to_string(path).map_err(|source| SpecError::Read { path: path.to_owned(), source })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, SpecError> {
    let text = text(path)?;
    let reader = &mut serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(reader).map_err(|error| SpecError::Content {
        path: path.to_owned(),
        place: error.path().to_string(),
        message: error.inner().to_string(),
    })
}

/// The files of a folder with an ending, by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, SpecError> {
    let unreadable = |source| SpecError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
