//! Reading a foreign JSON document key by key, with errors that name the place.

use std::path::Path;

use serde_json::{Map, Number, Value};

use super::ImportError;
use crate::maps::load::bare;
use crate::maps::locate::{Places, escape};

/// A JSON document and the places of its values.
pub(super) struct Document<'a> {
    pub(super) path: &'a Path,
    pub(super) value: Value,
    places: Places,
}

impl<'a> Document<'a> {
    /// Reads the text. A key that stands twice in one object is an error: one of the two would be lost.
    pub(super) fn read(path: &'a Path, text: &str) -> Result<Self, ImportError> {
        let value: Value = serde_json::from_str(text).map_err(|error| ImportError::Invalid {
            path: path.to_owned(),
            pointer: String::new(),
            line: error.line(),
            column: error.column(),
            message: bare(&error),
            mend: "correct the JSON at this place".to_owned(),
        })?;
        let document = Self { path, value, places: Places::of(text) };
        if let Some((pointer, (line, column))) = document.places.duplicates.first() {
            return Err(ImportError::Invalid {
                path: path.to_owned(),
                pointer: pointer.clone(),
                line: *line,
                column: *column,
                message: "the key stands here a second time".to_owned(),
                mend: "keep one of the two".to_owned(),
            });
        }
        Ok(document)
    }

    pub(super) fn error(
        &self,
        pointer: &str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> ImportError {
        let (line, column) = self.places.place(pointer);
        ImportError::Invalid {
            path: self.path.to_owned(),
            pointer: pointer.to_owned(),
            line,
            column,
            message: message.into(),
            mend: mend.into(),
        }
    }

    /// The object at the top.
    pub(super) fn fields(&self) -> Result<Fields<'_>, ImportError> {
        self.object(String::new(), &self.value)
    }

    /// A value that must be an object.
    pub(super) fn object(&self, pointer: String, value: &Value) -> Result<Fields<'_>, ImportError> {
        let Value::Object(object) = value else {
            return Err(self.error(&pointer, format!("{} is no object", brief(value)), "give an object"));
        };
        if let Some(key) = object.keys().find(|key| key.starts_with('_')) {
            return Err(self.error(
                &format!("{pointer}/{}", escape(key)),
                format!("unknown key `{key}`"),
                "remove it: names that begin with `_` are used by this program for what it keeps",
            ));
        }
        Ok(Fields { document: self, pointer, left: object.clone() })
    }
}

/// The keys of one object that were not taken yet.
pub(super) struct Fields<'a> {
    document: &'a Document<'a>,
    pub(super) pointer: String,
    left: Map<String, Value>,
}

impl Fields<'_> {
    /// JSON pointer of a key.
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, escape(key))
    }

    pub(super) fn error(
        &self,
        key: &str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> ImportError {
        self.document.error(&self.at(key), message, mend)
    }

    /// An error at a pointer below this object.
    pub(super) fn error_below(
        &self,
        below: &str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> ImportError {
        self.document.error(&format!("{}/{below}", self.pointer), message, mend)
    }

    /// Whether the key is there and not taken.
    pub(super) fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// Takes a value of any type.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.left.remove(key)
    }

    /// Puts a value back among what is left.
    pub(super) fn keep(&mut self, key: &str, value: Value) {
        self.left.insert(key.to_owned(), value);
    }

    fn typed<T>(
        &mut self,
        key: &str,
        what: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, ImportError> {
        match self.left.remove(key) {
            None => Ok(None),
            Some(value) => match read(&value) {
                Some(value) => Ok(Some(value)),
                None => {
                    Err(self.error(key, format!("{} is no {what}", brief(&value)), format!("give {what}")))
                }
            },
        }
    }

    /// A key that must be there.
    pub(super) fn need<T>(&self, key: &str, value: Option<T>) -> Result<T, ImportError> {
        value.ok_or_else(|| {
            let message = format!("the key `{key}` is missing");
            self.document.error(&self.pointer, message, format!("add `{key}`"))
        })
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, ImportError> {
        self.typed(key, "text", |v| v.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<Option<bool>, ImportError> {
        self.typed(key, "true or false", Value::as_bool)
    }

    pub(super) fn number(&mut self, key: &str) -> Result<Option<Number>, ImportError> {
        self.typed(key, "number", |v| v.as_number().cloned())
    }

    /// A whole number that fits into `T`.
    pub(super) fn whole<T: TryFrom<u64>>(&mut self, key: &str) -> Result<Option<T>, ImportError> {
        let bits = 8 * size_of::<T>();
        let what = format!("whole number from 0 of up to {bits} bits");
        self.typed(key, &what, |v| v.as_u64().and_then(|n| T::try_from(n).ok()))
    }

    pub(super) fn list(&mut self, key: &str) -> Result<Option<Vec<Value>>, ImportError> {
        self.typed(key, "list", |v| v.as_array().cloned())
    }

    /// One of some words, each with its meaning.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Result<Option<T>, ImportError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                Err(self.error(
                    key,
                    format!("`{text}` is not known"),
                    format!("use one of {}", known.join(", ")),
                ))
            }
        }
    }

    /// What was not taken.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.left
    }
}

/// A value, short enough for an error.
pub(super) fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
