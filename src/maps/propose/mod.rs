//! The bundle that a change of a register map needs on its way into a specification.
//!
//! Goals: whoever reviews the change finds all they will ask for in one folder, and nothing in it was left
//! empty. What a program can know (redline, diff, who breaks) is computed; what only the author knows
//! (reason, migration, evidence, rights) is asked for in a [`Form`], and a bundle with an empty answer is
//! refused.

mod bundle;
mod compat;
mod fields;
mod form;
mod known;

pub use bundle::{BundleFile, bundle};
pub use compat::{Outcome, Use, uses};
pub use fields::{FIELDS, Field, Form as FieldForm, Need};
pub use form::{Answer, Form, FormError, Lack};
pub use known::{Known, KnownError};

use crate::maps::diff::{Class, Diff, Document};

/// A change that is proposed: both maps and what differs.
#[derive(Debug)]
pub struct Change<'d> {
    /// The map as it is.
    pub old: &'d Document,
    /// The map as it is to be.
    pub new: &'d Document,
    /// What differs.
    pub diff: &'d Diff,
}

impl Change<'_> {
    /// Whether somebody breaks, so that a migration is needed.
    pub fn is_breaking(&self) -> bool {
        self.diff.class() == Some(Class::Breaking)
    }

    /// A text of the new map by its JSON pointer; empty if there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.new.value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    /// The requirements that the changed registers serve, each once, in the order of the diff.
    pub fn linked_requirements(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for id in self.diff.changes.iter().filter_map(|c| c.item.as_deref()) {
            for requirement in self.requirements_of(id) {
                if !found.contains(&requirement) {
                    found.push(requirement);
                }
            }
        }
        found
    }

    /// The requirements that a register or command serves.
    pub fn requirements_of(&self, id: &str) -> Vec<String> {
        let row = self.row(id);
        let list = row.and_then(|r| r.pointer("/links/requirements")).and_then(serde_json::Value::as_array);
        list.into_iter().flatten().filter_map(|r| r.as_str().map(str::to_owned)).collect()
    }

    /// A register or command of the new map, or of the old one if it is gone.
    pub fn row(&self, id: &str) -> Option<&serde_json::Value> {
        let list = self.new.kind.list();
        [self.new, self.old].into_iter().find_map(|map| {
            let rows = map.value.get(list)?.as_array()?;
            rows.iter().find(|r| r.get("id").and_then(serde_json::Value::as_str) == Some(id))
        })
    }
}
