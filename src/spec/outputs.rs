//! The files that are written from the data.

use super::blocks;
use super::book::{Book, CHAPTERS, MODIFICATIONS, REQUIREMENTS};
use super::cases::PLANNED;
use super::figure;
use super::model::{Group, Modifications};
use crate::maps::schema;

/// A file as it is to stand in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Path from the root.
    pub path: String,
    /// What is to stand there.
    pub text: String,
}

/// All files that are made of the data: chapters with their generated parts, the figure, schemas, the list of
/// cases to come without those that have come.
///
/// # Errors
/// A message that names the file whose marks or data are wrong.
pub fn outputs(book: &Book) -> Result<Vec<Output>, String> {
    let mut all = Vec::new();
    let mut add = |path: String, text: String| all.push(Output { path, text });
    for (file, text) in &book.chapters {
        let path = format!("{CHAPTERS}/{file}");
        let new = blocks::renew(text, book).map_err(|error| format!("{path}: {error}"))?;
        add(path, new);
    }
    add(format!("{CHAPTERS}/figures/states.svg"), figure::svg(&book.states));
    add(format!("{REQUIREMENTS}/schema/requirements.schema.json"), schema::text_of::<Group>());
    add(MODIFICATIONS.replace(".json", ".schema.json"), schema::text_of::<Modifications>());
    add(PLANNED.to_owned(), book.cases.planned_text(&book.planned));
    Ok(all)
}
