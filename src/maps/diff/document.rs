//! A map as the diff sees it: JSON with places, of either kind.
//!
//! The diff works on the JSON, not on the model: a map of an older release, with keys that the model of
//! today has dropped, can still be compared, and a key that the classification does not know is reported
//! rather than skipped.

use serde::Serialize;
use serde_json::Value;

use super::version::Version;
use crate::maps::load::bare;
use crate::maps::locate::{Places, error_place};

/// Why two maps cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DiffError {
    /// The text is not JSON.
    #[error("{name}:{line}:{column}: {message}; correct the JSON at this place")]
    Syntax {
        /// The document.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is JSON, but not a map that can be compared.
    #[error("{name}:{line}:{column}: #{pointer}: {message}; `dpo registers lint` says more")]
    NotAMap {
        /// The document.
        name: String,
        /// JSON pointer of the place.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// One is a Modbus map, the other a PMBus command set.
    #[error("{old} is a {} and {new} a {}: they cannot be compared", old_kind.word(), new_kind.word())]
    Kinds {
        /// The old document.
        old: String,
        /// Its kind.
        old_kind: Kind,
        /// The new document.
        new: String,
        /// Its kind.
        new_kind: Kind,
    },
}

/// Which model a map follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Modbus registers.
    Modbus,
    /// PMBus commands.
    Pmbus,
}

impl Kind {
    /// What a person calls it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Modbus => "Modbus register map",
            Self::Pmbus => "PMBus command set",
        }
    }

    /// The key of the list of registers or commands.
    pub const fn list(self) -> &'static str {
        match self {
            Self::Modbus => "registers",
            Self::Pmbus => "commands",
        }
    }
}

/// A map that can be compared.
#[derive(Debug)]
pub struct Document {
    /// How the reader knows it: a path, `REV:path`, or the identifier of a shipped map.
    pub name: String,
    /// Identifier of the map.
    pub id: String,
    /// Version of the map.
    pub version: Version,
    /// Which model it follows.
    pub kind: Kind,
    /// The whole of it.
    pub value: Value,
    places: Places,
}

impl Document {
    /// Reads a map; `name` is used in reports and errors.
    ///
    /// # Errors
    /// [`DiffError`] if the text is no JSON object with an identifier, a version and registers or commands.
    pub fn parse(name: &str, text: &str) -> Result<Self, DiffError> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let (line, column) = error_place(text, &error);
            DiffError::Syntax { name: name.to_owned(), line, column, message: bare(&error) }
        })?;
        let places = Places::of(text);
        let refuse = |pointer: &str, message: &str| {
            let (line, column) = places.place(pointer);
            Err(DiffError::NotAMap {
                name: name.to_owned(),
                pointer: pointer.to_owned(),
                line,
                column,
                message: message.to_owned(),
            })
        };
        if let Some((pointer, _)) = places.duplicates.first() {
            return refuse(pointer, "a key stands twice in its object");
        }
        let Some(id) = value.get("id").and_then(Value::as_str) else {
            return refuse("/id", "the map has no identifier");
        };
        let Some(version) = value.get("version").and_then(Value::as_str).and_then(Version::parse) else {
            return refuse("/version", "the map has no version of three numbers");
        };
        let list = |key: &str| value.get(key).is_some_and(Value::is_array);
        let kind = match (list("registers"), list("commands")) {
            (true, false) => Kind::Modbus,
            (false, true) => Kind::Pmbus,
            _ => return refuse("", "a map has either a list `registers` or a list `commands`"),
        };
        Ok(Self { name: name.to_owned(), id: id.to_owned(), version, kind, places, value })
    }

    /// Line and column of a JSON pointer, or of its nearest parent.
    pub fn place(&self, pointer: &str) -> (usize, usize) {
        self.places.place(pointer)
    }

    pub(super) fn refuse(&self, pointer: &str, message: &str) -> DiffError {
        let (line, column) = self.place(pointer);
        DiffError::NotAMap {
            name: self.name.clone(),
            pointer: pointer.to_owned(),
            line,
            column,
            message: message.to_owned(),
        }
    }
}
