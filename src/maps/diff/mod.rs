//! Semantic diff of two versions of a map: what changed, for whom, and which version step is due.
//!
//! Goals: nothing that differs in the JSON goes unreported; each change is judged by a table that a person
//! can read (`registers/VERSIONING.md` is written from it); the verdict is the same for Modbus maps and
//! PMBus command sets.
//!
//! [`Document::parse`] reads, [`compare`] compares, [`fit`](Diff::fit) says whether the version of the new
//! map fits, and [`report`] writes it for people and programs.

mod change;
mod document;
pub mod gate;
mod lists;
pub mod report;
pub mod table;
mod version;
mod walk;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use change::{Change, Class, Party, Side, What};
pub use document::{DiffError, Document, Kind};
pub use version::{Step, Version};

/// Which map one side of a diff is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// How the reader knows it: a path, `REV:path` or the identifier of a shipped map.
    pub name: String,
    /// Identifier of the map.
    pub id: String,
    /// Its version.
    pub version: Version,
}

impl Head {
    fn of(document: &Document) -> Self {
        Self { name: document.name.clone(), id: document.id.clone(), version: document.version }
    }
}

/// Whether the version of the new map fits what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Fit {
    /// Nothing changed.
    Same,
    /// The version rose far enough.
    Fits {
        /// The smallest version that fits.
        due: Version,
    },
    /// The version is below the one due.
    TooLow {
        /// The smallest version that fits.
        due: Version,
    },
    /// The two are different maps, so that no version follows from the other.
    OtherMap,
}

/// Everything that differs between two maps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// The old map.
    pub old: Head,
    /// The new map.
    pub new: Head,
    /// The changes: the map first, then the registers or commands in the order of the new map.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The gravest class; none if nothing changed.
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|c| c.class).max()
    }

    /// The version step due; none if nothing changed.
    pub fn step(&self) -> Option<Step> {
        self.class().map(|class| self.old.version.step(class))
    }

    /// Whether the version of the new map fits.
    pub fn fit(&self) -> Fit {
        let Some(step) = self.step() else { return Fit::Same };
        if self.old.id != self.new.id {
            return Fit::OtherMap;
        }
        let due = self.old.version.after(step);
        if self.new.version >= due { Fit::Fits { due } } else { Fit::TooLow { due } }
    }

    /// The changes of one class.
    pub fn of(&self, class: Class) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |c| c.class == class)
    }
}

/// Compares two maps.
///
/// # Errors
/// [`DiffError`] if they are of different kinds, or if a list has an item without its identifier or two
/// with the same.
pub fn compare(old: &Document, new: &Document) -> Result<Diff, DiffError> {
    if old.kind != new.kind {
        return Err(DiffError::Kinds {
            old: old.name.clone(),
            old_kind: old.kind,
            new: new.name.clone(),
            new_kind: new.kind,
        });
    }
    let changes = walk::walk(old, new)?;
    Ok(Diff { old: Head::of(old), new: Head::of(new), changes })
}
