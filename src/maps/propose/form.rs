//! The form with the author's answers: written with its questions, read back, and checked.

use std::collections::BTreeMap;
use std::fmt;

use super::Change;
use super::fields::{FIELDS, Field, Form as Kind, Need};
use super::known::Known;
use crate::maps::terms;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Text; empty until it is given.
    Text(String),
    /// Texts.
    List(Vec<String>),
}

/// The answers, by `table.key`; one for each field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    answers: BTreeMap<String, Answer>,
}

/// Why a form cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormError {
    /// It is no TOML.
    #[error("{0}")]
    Toml(String),
    /// A field that nobody asked for.
    #[error("`{0}` is no field of the form; correct its name, or remove it")]
    Unknown(String),
    /// An answer of another sort.
    #[error("`{field}` takes {wanted}")]
    Sort {
        /// The field.
        field: String,
        /// What it takes.
        wanted: &'static str,
    },
    /// The form belongs to another change.
    #[error("`{field}` is `{there}`, but the change is `{wanted}`: use another folder, or correct it")]
    Other {
        /// The field.
        field: String,
        /// What the form says.
        there: String,
        /// What the change says.
        wanted: String,
    },
}

/// What keeps a form from being complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The field.
    pub field: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Words that stand for an answer that is still to come.
const PLACEHOLDERS: &[&str] = &["tbd", "todo", "fixme", "xxx", "?", "...", "…", "to be done", "n/a", "-"];

impl Form {
    /// The form of a change with what is known of itself filled in.
    pub fn new(change: &Change<'_>) -> Self {
        let mut answers: BTreeMap<String, Answer> =
            FIELDS.iter().map(|field| (field.name(), blank(field))).collect();
        for (name, text) in fixed(change) {
            answers.insert(name.to_owned(), Answer::Text(text));
        }
        answers.insert("cover.clause".to_owned(), Answer::Text(change.text("/base/clause").to_owned()));
        answers.insert("evidence.requirements".to_owned(), Answer::List(change.linked_requirements()));
        Self { answers }
    }

    /// Reads a form. A field that is left out counts as empty.
    ///
    /// # Errors
    /// [`FormError`] if it is no form, or that of another change.
    pub fn parse(text: &str, change: &Change<'_>) -> Result<Self, FormError> {
        let document: toml::Table =
            text.parse().map_err(|e: toml::de::Error| FormError::Toml(e.to_string()))?;
        let mut answers: BTreeMap<String, Answer> =
            FIELDS.iter().map(|field| (field.name(), blank(field))).collect();
        for (table, members) in &document {
            let toml::Value::Table(members) = members else { return Err(FormError::Unknown(table.clone())) };
            for (key, value) in members {
                let Some(field) = Field::find(table, key) else {
                    return Err(FormError::Unknown(format!("{table}.{key}")));
                };
                answers.insert(field.name(), read(field, value)?);
            }
        }
        let form = Self { answers };
        for (name, wanted) in fixed(change) {
            let there = form.text(name);
            if there != wanted {
                return Err(FormError::Other { field: name.to_owned(), there: there.to_owned(), wanted });
            }
        }
        Ok(form)
    }

    /// A text; empty if it is not given.
    pub fn text(&self, name: &str) -> &str {
        match self.answers.get(name) {
            Some(Answer::Text(text)) => text.trim(),
            _ => "",
        }
    }

    /// A list; empty if it is not given.
    pub fn list(&self, name: &str) -> &[String] {
        match self.answers.get(name) {
            Some(Answer::List(items)) => items,
            _ => &[],
        }
    }

    /// Gives an answer as a person types it: a list with commas between.
    pub fn answer(&mut self, field: &Field, typed: &str) {
        let answer = match blank(field) {
            Answer::Text(_) => Answer::Text(typed.trim().to_owned()),
            Answer::List(_) => {
                let items = typed.split(',').map(str::trim).filter(|item| !item.is_empty());
                Answer::List(items.map(str::to_owned).collect())
            }
        };
        self.answers.insert(field.name(), answer);
    }

    /// The form as TOML, with its questions as comments.
    pub fn render(&self, change: &Change<'_>) -> String {
        let mut out = format!(
            "# Proposal for `{}`, {} to {}. Answer every question, then run the same command again.\n",
            change.new.id, change.old.version, change.new.version
        );
        let mut table = "";
        for field in FIELDS {
            if field.table != table {
                table = field.table;
                out.push_str(&format!("\n[{table}]\n"));
            }
            out.push_str(&wrap(&question(field, change)));
            let value = match self.answers.get(&field.name()) {
                Some(Answer::List(items)) => {
                    toml::Value::Array(items.iter().cloned().map(toml::Value::String).collect())
                }
                Some(Answer::Text(text)) => toml::Value::String(text.clone()),
                None => toml::Value::String(String::new()),
            };
            out.push_str(&format!("{} = {value}\n", field.key));
        }
        out
    }

    /// What is still missing or wrong; nothing if the form is complete.
    pub fn lacks(&self, change: &Change<'_>, known: &Known) -> Vec<Lack> {
        let mut found = Vec::new();
        for field in FIELDS {
            let name = field.name();
            let mut lack = |message: String| found.push(Lack { field: name.clone(), message });
            let needed = field.need == Need::Always || change.is_breaking();
            let texts: Vec<&str> = match self.answers.get(&name) {
                Some(Answer::List(items)) => items.iter().map(String::as_str).collect(),
                Some(Answer::Text(text)) => vec![text],
                None => Vec::new(),
            };
            let given = texts.iter().any(|text| !is_placeholder(text));
            if !given {
                if needed {
                    lack(format!("is empty. {}", field.question));
                }
                continue;
            }
            for text in texts {
                if let Some((word, instead)) = terms::breaches(text).next() {
                    lack(format!("says `{word}`; OCP's terminology asks for {instead}"));
                }
                match field.form {
                    Kind::Choice(choices) if !choices.contains(&text.trim()) => {
                        lack(format!("`{text}` is not one of {}", choices.join(", ")));
                    }
                    Kind::Cases if !known.cases.contains(text.trim()) => {
                        lack(format!("`{text}` is no conformance case; conformance/cases.golden lists them"));
                    }
                    Kind::Requirements if !known.requirements.contains(text.trim()) => {
                        lack(format!("`{text}` is no requirement; spec/ lists them"));
                    }
                    _ => {}
                }
            }
        }
        let [first, second] = ["implementation_1.name", "implementation_2.name"].map(|name| self.text(name));
        if !first.is_empty() && first.eq_ignore_ascii_case(second) {
            let message = "is the first one again; two independent implementations are asked for".to_owned();
            found.push(Lack { field: "implementation_2.name".to_owned(), message });
        }
        found
    }
}

/// The fields that say which change a form belongs to.
fn fixed(change: &Change<'_>) -> [(&'static str, String); 3] {
    [
        ("change.map", change.new.id.clone()),
        ("change.from", change.old.version.to_string()),
        ("change.to", change.new.version.to_string()),
    ]
}

fn blank(field: &Field) -> Answer {
    match field.form {
        Kind::Text | Kind::Choice(_) | Kind::Fixed => Answer::Text(String::new()),
        Kind::List | Kind::Cases | Kind::Requirements => Answer::List(Vec::new()),
    }
}

fn read(field: &Field, value: &toml::Value) -> Result<Answer, FormError> {
    let wrong = |wanted| FormError::Sort { field: field.name(), wanted };
    match (blank(field), value) {
        (Answer::Text(_), toml::Value::String(text)) => Ok(Answer::Text(text.clone())),
        (Answer::Text(_), _) => Err(wrong("a text in quotes")),
        (Answer::List(_), toml::Value::Array(items)) => {
            let texts: Option<Vec<String>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
            texts.map(Answer::List).ok_or(wrong("a list of texts in quotes"))
        }
        (Answer::List(_), _) => Err(wrong("a list of texts in quotes")),
    }
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.is_empty()
        || PLACEHOLDERS.contains(&text.trim_end_matches('.'))
        || PLACEHOLDERS.contains(&text.as_str())
}

/// The question with what an answer may be.
pub(super) fn question(field: &Field, change: &Change<'_>) -> String {
    let more = match (field.form, field.need) {
        (Kind::Choice(choices), _) => format!(" One of: {}.", choices.join(", ")),
        (Kind::Fixed, _) => " Filled in; leave it.".to_owned(),
        (_, Need::Breaking) if !change.is_breaking() => " Nobody breaks: may stay empty.".to_owned(),
        _ => String::new(),
    };
    format!("{}{more}", field.question)
}

/// A comment of lines of at most 100 characters.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() >= 100) {
            lines.push(String::from("#"));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}
