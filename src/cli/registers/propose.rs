//! `dpo registers propose`.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::source::{document, earlier};
use super::{FOUND, OK, fail};
use crate::maps;
use crate::maps::diff::gate::refusals;
use crate::maps::diff::{Document, compare};
use crate::maps::propose::{Change, FIELDS, Field, FieldForm, Form, Known, bundle};

/// The file with the answers, in the folder of the bundle.
const FORM: &str = "proposal.toml";

/// Which change to propose.
///
/// The first run writes the form with the questions; on a terminal it asks them. The run that finds every
/// answer writes the bundle. Exit code 0 if the bundle is written, 1 if something is missing, 2 if a file
/// cannot be read or written.
#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// The changed map.
    map: PathBuf,
    /// The map before the change: a git revision (of the repository that holds the map), REV:path, or a file.
    #[arg(long, value_name = "REV")]
    base: String,
    /// Folder of the bundle [default: proposals/MAP-VERSION].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// List of the conformance cases.
    #[arg(long, value_name = "FILE", default_value = "conformance/cases.golden")]
    cases: PathBuf,
    /// Lists of requirements: JSON files, or folders of them.
    ///
    /// [default: spec/modifications.json and spec/requirements, as far as they are there]
    #[arg(long, value_name = "PATH")]
    requirements: Vec<PathBuf>,
    /// Ask nothing, also on a terminal.
    #[arg(long)]
    no_input: bool,
}

pub(super) fn run(args: &ProposeArgs, out: &mut dyn Write) -> io::Result<u8> {
    let terminal = !args.no_input && io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut stdin = io::stdin().lock();
    let ask: Option<&mut dyn BufRead> = if terminal { Some(&mut stdin) } else { None };
    match propose(args, ask, out) {
        Ok(code) => Ok(code),
        Err(Stop::Refused(why)) => {
            writeln!(out, "{why}")?;
            Ok(FOUND)
        }
        Err(Stop::Failed(why)) => fail(out, &why),
    }
}

/// Why there is no bundle.
enum Stop {
    /// The map or the form is not ready.
    Refused(String),
    /// A file cannot be read or written.
    Failed(String),
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Stop {
    Stop::Failed(format!("{}: {error}", path.display()))
}

fn propose(args: &ProposeArgs, ask: Option<&mut dyn BufRead>, out: &mut dyn Write) -> Result<u8, Stop> {
    let name = args.map.to_str().ok_or_else(|| failed(&args.map, &"the path is not UTF-8"))?;
    let (old, new) =
        earlier(&args.map, &args.base).and_then(|old| Ok((old, document(name)?))).map_err(Stop::Failed)?;
    let diff = compare(&old, &new).map_err(|error| Stop::Failed(error.to_string()))?;
    let change = Change { old: &old, new: &new, diff: &diff };
    ready(&args.map, &change)?;
    // A list that is named must be there.
    if let Some(gone) = args.requirements.iter().find(|path| !path.exists()) {
        return Err(failed(gone, &"no such list of requirements"));
    }
    let usual = ["spec/modifications.json", "spec/requirements"].map(PathBuf::from);
    let lists = if args.requirements.is_empty() { &usual[..] } else { &args.requirements };
    let known = Known::read(&args.cases, lists).map_err(|error| Stop::Failed(error.to_string()))?;

    let folder = args.out.clone().unwrap_or_else(|| folder(&new));
    let path = folder.join(FORM);
    let mut form = match std::fs::read_to_string(&path) {
        Ok(text) => {
            Form::parse(&text, &change).map_err(|e| Stop::Refused(format!("{}: {e}", path.display())))?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let form = Form::new(&change);
            write(&path, &form.render(&change))?;
            form
        }
        Err(error) => return Err(failed(&path, &error)),
    };
    if let Some(input) = ask {
        let told = questions(&mut form, &change, &known, input, out);
        // What was typed is kept, also if the terminal went away.
        write(&path, &form.render(&change))?;
        told.map_err(|error| failed(&path, &error))?;
    }
    let lacks = form.lacks(&change, &known);
    if !lacks.is_empty() {
        let mut why = format!("{}: {} answers are missing or wrong:", path.display(), lacks.len());
        for lack in lacks {
            why.push_str(&format!("\n  {lack}"));
        }
        if folder.join("README.md").exists() {
            why.push_str("\nthe bundle here is of an earlier run");
        }
        why.push_str("\nno bundle was written: answer in the file, then run the same command again");
        return Err(Stop::Refused(why));
    }
    for file in bundle(&change, &form) {
        write(&folder.join(file.name), &file.text)?;
    }
    writeln!(out, "{}: the bundle is complete; begin with README.md", folder.display())
        .map_err(|error| failed(&folder, &error))?;
    Ok(OK)
}

fn folder(map: &Document) -> PathBuf {
    PathBuf::from(format!("proposals/{}-{}", map.id, map.version))
}

/// A change is proposed only if there is one, the map is clean, and its version fits.
fn ready(path: &Path, change: &Change<'_>) -> Result<(), Stop> {
    if change.diff.changes.is_empty() {
        return Err(Stop::Refused(format!("{}: nothing changed since {}", path.display(), change.old.name)));
    }
    let report = maps::lint(&[path.to_owned()]).map_err(|error| Stop::Failed(error.to_string()))?;
    if !report.is_clean() {
        return Err(Stop::Refused(format!("{report}\nmend the map first")));
    }
    let refusals = refusals(path, change.diff, change.new);
    if !refusals.is_empty() {
        let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        return Err(Stop::Refused(lines.join("\n")));
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Stop> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| failed(path, &error))
}

/// Asks for each answer that is missing or wrong, until it is right or the author types nothing.
fn questions(
    form: &mut Form,
    change: &Change<'_>,
    known: &Known,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<()> {
    for field in FIELDS {
        while let Some(lack) = form.lacks(change, known).into_iter().find(|l| l.field == field.name()) {
            writeln!(out, "\n{lack}{}", hint(field))?;
            write!(out, "> ")?;
            out.flush()?;
            let mut typed = String::new();
            if input.read_line(&mut typed)? == 0 {
                return Ok(());
            }
            if typed.trim().is_empty() {
                break;
            }
            form.answer(field, &typed);
        }
    }
    Ok(())
}

fn hint(field: &Field) -> String {
    match field.form {
        FieldForm::Choice(choices) => format!(" ({})", choices.join(", ")),
        FieldForm::List | FieldForm::Cases | FieldForm::Requirements => " (commas between)".to_owned(),
        FieldForm::Text | FieldForm::Fixed => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_asked_for_what_is_missing_until_it_is_right() {
        let parse = |version: &str, title: &str| {
            let text = format!(r#"{{"id":"m","version":"{version}","title":"{title}","registers":[]}}"#);
            Document::parse("m.json", &text).unwrap()
        };
        let (old, new) = (parse("0.1.0", "a"), parse("0.1.1", "b"));
        let diff = compare(&old, &new).unwrap();
        let change = Change { old: &old, new: &new, diff: &diff };
        let mut known = Known::default();
        known.cases.insert("MAP-001".to_owned());
        let mut form = Form::new(&change);
        // Title; authors; contact; clause; a relation that is wrong, then right; the rest is left empty.
        let typed = "A title\nA, B\nme\n7\nthing\nprofile\n\n\n\n\n\nMAP-9\nMAP-001\n";
        let mut said = Vec::new();
        questions(&mut form, &change, &known, &mut typed.as_bytes(), &mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        assert!(
            said.contains("cover.relation: `thing` is not one of revision, extension, profile"),
            "{said}"
        );
        assert!(said.contains("cover.authors: is empty. Authors: name and affiliation"), "{said}");
        assert!(said.contains("`MAP-9` is no conformance case"), "{said}");
        assert_eq!(form.text("cover.relation"), "profile");
        assert_eq!(form.list("cover.authors"), ["A", "B"]);
        assert_eq!(form.list("evidence.tests"), ["MAP-001"]);
        assert_eq!(form.text("reason.rationale"), "");

        // What was typed survives the file.
        let read = Form::parse(&form.render(&change), &change).unwrap();
        assert_eq!(read, form);
    }
}
