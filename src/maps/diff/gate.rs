//! The version gate: compares each map with its last release and refuses a version that does not fit.

use std::collections::BTreeMap;
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
    /// Identifier of the map.
    pub id: String,
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
    /// Two releases are of one map.
    #[error("{} and {} are both released as `{id}`: remove the older", first.display(), second.display())]
    Twice {
        /// A file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The identifier of both.
        id: String,
    },
    /// A map cannot be compared.
    #[error(transparent)]
    Diff(#[from] DiffError),
}

/// The maps as they were released, by identifier.
#[derive(Debug, Default)]
pub struct Releases(BTreeMap<String, (PathBuf, Document)>);

impl Releases {
    /// Reads every `.json` file of a folder.
    ///
    /// # Errors
    /// [`GateError`] if the folder or a file cannot be read, or two files hold one map.
    pub fn read(folder: &Path) -> Result<Self, GateError> {
        let unreadable = |source| GateError::Read { path: folder.to_owned(), source };
        let mut releases = BTreeMap::<String, (PathBuf, Document)>::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            let document = read(&path)?;
            let id = document.id.clone();
            if let Some((first, _)) = releases.insert(id.clone(), (path.clone(), document)) {
                return Err(GateError::Twice { first, second: path, id });
            }
        }
        Ok(Self(releases))
    }

    /// The file of a release.
    pub fn path(&self, id: &str) -> Option<&Path> {
        self.0.get(id).map(|(path, _)| path.as_path())
    }

    /// Files of the releases whose map is not among those judged.
    pub fn missing<'a>(&'a self, judged: &'a [Gated]) -> impl Iterator<Item = &'a Path> {
        let there = |id: &String| judged.iter().any(|map| map.id == *id);
        self.0.iter().filter(move |(id, _)| !there(id)).map(|(_, (path, _))| path.as_path())
    }
}

/// Compares maps with their releases, which are found by the identifier of the map. A map that took
/// another identifier is compared with the release of its file name.
///
/// # Errors
/// [`GateError`] if a file cannot be read or compared; what may not be merged is in the answer.
pub fn gate(maps: &[PathBuf], releases: &Releases) -> Result<Vec<Gated>, GateError> {
    let maps = maps.iter().map(|path| Ok((path, read(path)?))).collect::<Result<Vec<_>, GateError>>()?;
    maps.iter()
        .map(|(path, new)| {
            let renamed = |id: &String, release: &Path| {
                release.file_name() == path.file_name() && !maps.iter().any(|(_, map)| map.id == *id)
            };
            let old = releases.0.get(&new.id).map(|(_, old)| old).or_else(|| {
                releases.0.iter().find_map(|(id, (release, old))| renamed(id, release).then_some(old))
            });
            one(path, new, old)
        })
        .collect()
}

fn one(path: &Path, new: &Document, old: Option<&Document>) -> Result<Gated, GateError> {
    let (path, id) = (path.to_owned(), new.id.clone());
    let Some(old) = old else {
        let refusals = changelog(&path, new).into_iter().collect();
        return Ok(Gated { path, id, diff: None, refusals });
    };
    let diff = compare(old, new)?;
    let refusals = refusals(&path, &diff, new);
    Ok(Gated { path, id, diff: Some(diff), refusals })
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
    // Which version a new register must name is not known while the version itself is wrong.
    if !matches!(diff.fit(), Fit::TooLow { .. }) {
        found.extend(since(diff, new, &refuse));
    }
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
