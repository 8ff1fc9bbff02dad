//! `dpo spec`: check the specification, write what is generated of it, look a requirement up.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::spec::{self, Book};

const OK: u8 = 0;
/// Something does not hold together, or a generated file is out of date.
const FOUND: u8 = 1;
/// Wrong use, or an unreadable file.
const FAILED: u8 = 2;

/// Check the specification, write what is generated of it, look a requirement up.
///
/// Exit codes: 0 all is well, 1 something does not hold together or is out of date, 2 a file cannot be read.
#[derive(Debug, Args)]
pub struct SpecArgs {
    /// The root of the repository.
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what does not hold together: an untested `shall`, an unknown identifier, a case without a requirement.
    Lint,
    /// Write chapters, matrix, figure and schemas from the data.
    Generate {
        /// Write nothing; say what is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Show requirements as JSON: one by its identifier, or all.
    Show {
        /// Identifier, for example REQ-LSE-01.
        id: Option<String>,
    },
}

/// Runs the command; everything it says goes to `out`.
pub fn run(args: &SpecArgs, out: &mut dyn Write) -> ExitCode {
    ExitCode::from(execute(args, out).unwrap_or(FAILED))
}

fn execute(args: &SpecArgs, out: &mut dyn Write) -> io::Result<u8> {
    let book = match Book::read(&args.root) {
        Ok(book) => book,
        Err(error) => return fail(out, &error.to_string()),
    };
    match &args.command {
        Command::Lint => lint(&book, out),
        Command::Generate { check } => generate(&book, &args.root, *check, out),
        Command::Show { id } => show(&book, id.as_deref(), out),
    }
}

fn lint(book: &Book, out: &mut dyn Write) -> io::Result<u8> {
    let findings = spec::lint(book);
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let requirements: usize = book.groups.values().map(|group| group.requirements.len()).sum();
    let (now, later) = book.cases.counts();
    writeln!(
        out,
        "{requirements} requirements, {now} cases and {later} planned, {} modifications, {} findings",
        book.modifications.modifications.len(),
        findings.len()
    )?;
    Ok(if findings.is_empty() { OK } else { FOUND })
}

fn generate(book: &Book, root: &Path, check: bool, out: &mut dyn Write) -> io::Result<u8> {
    let outputs = match spec::outputs(book) {
        Ok(outputs) => outputs,
        Err(error) => return fail(out, &error),
    };
    let mut code = OK;
    let mut same = 0;
    for output in outputs {
        let path = root.join(&output.path);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == output.text) {
            same += 1;
        } else if check {
            code = FOUND;
            writeln!(out, "{}: differs from what the data say; run `dpo spec generate`", output.path)?;
        } else {
            let folder = path.parent().unwrap_or(root);
            let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, output.text));
            if let Err(error) = written {
                return fail(out, &format!("{}: {error}", output.path));
            }
            writeln!(out, "{}: written", output.path)?;
        }
    }
    writeln!(out, "{same} generated files are up to date")?;
    Ok(code)
}

fn show(book: &Book, id: Option<&str>, out: &mut dyn Write) -> io::Result<u8> {
    let all = book.groups.values().flat_map(|group| &group.requirements);
    let chosen: Vec<_> = all.filter(|one| id.is_none_or(|id| one.id == id)).collect();
    if chosen.is_empty() {
        return fail(out, &format!("there is no requirement `{}`", id.unwrap_or_default()));
    }
    match serde_json::to_string_pretty(&chosen) {
        Ok(text) => writeln!(out, "{text}").map(|()| OK),
        Err(error) => fail(out, &error.to_string()),
    }
}

fn fail(out: &mut dyn Write, message: &str) -> io::Result<u8> {
    writeln!(out, "dpo spec: {message}")?;
    Ok(FAILED)
}
