//! `dpo registers`: check register maps and write what is made from them.

mod decode;
mod diff;
mod explain;
mod export;
mod gate;
mod generate;
mod image;
mod import;
mod lint;
mod propose;
mod source;
mod view;
mod watch;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Where the maps are, from the root of the repository.
const MAPS: &str = "registers/maps";

/// Everything is in order.
const OK: u8 = 0;
/// The maps have findings, or a generated file is out of date.
const FOUND: u8 = 1;
/// The command could not run: wrong use, or a file cannot be read or written.
const FAILED: u8 = 2;

/// Check, compare, generate, export, import, decode, watch and propose register maps.
///
/// Exit codes: 0 in order, 1 findings or files out of date, 2 wrong use or unreadable files. The help of each
/// command says what they mean there.
#[derive(Debug, Args)]
pub struct RegistersArgs {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check maps against the JSON Schema and the rules of the lint.
    Lint(lint::LintArgs),
    /// Say what a rule of the lint demands, why, and how to mend a breach.
    Explain(explain::ExplainArgs),
    /// Write the Rust bindings, the documentation tables and the JSON Schema.
    Generate(generate::GenerateArgs),
    /// Write a map in the format of another program.
    Export(export::ExportArgs),
    /// Compare two versions of a map: what breaks, for whom, and which version step is due.
    Diff(diff::DiffArgs),
    /// Refuse maps whose version does not fit what changed since their last release.
    Gate(gate::GateArgs),
    /// Read a map in the format of another program as a draft.
    Import(import::ImportArgs),
    /// Write the bundle that a change of a map needs on its way into a specification.
    Propose(propose::ProposeArgs),
    /// Show what the words of a device mean.
    Decode(decode::DecodeArgs),
    /// Show the registers of a device again and again; reads only.
    Watch(watch::WatchArgs),
}

/// Runs the command; everything it says goes to `out`.
pub fn run(args: RegistersArgs, out: &mut dyn Write) -> ExitCode {
    // A closed pipe must not turn a verdict into another one.
    ExitCode::from(execute(args, out).unwrap_or(FAILED))
}

fn execute(args: RegistersArgs, out: &mut dyn Write) -> io::Result<u8> {
    match args.command {
        Command::Lint(args) => lint::run(args, out),
        Command::Explain(args) => explain::run(&args, out),
        Command::Generate(args) => generate::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Gate(args) => gate::run(args, out),
        Command::Export(args) => export::run(args, out),
        Command::Import(args) => import::run(&args, out),
        Command::Propose(args) => propose::run(&args, out),
        Command::Decode(args) => decode::run(&args, out),
        Command::Watch(args) => watch::run(&args, out),
    }
}

fn fail(out: &mut dyn Write, message: &str) -> io::Result<u8> {
    writeln!(out, "dpo registers: {message}")?;
    Ok(FAILED)
}

/// Says something on standard error, beside what the command writes, and hands the exit code on.
fn say(code: u8, message: &str) -> u8 {
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "dpo registers: {message}");
    code
}

/// The files named, or every `.json` file of the folder, by name.
fn or_default(files: Vec<PathBuf>, folder: &Path) -> Result<Vec<PathBuf>, String> {
    if !files.is_empty() {
        return Ok(files);
    }
    let unreadable = |error: io::Error| {
        format!("{}: {error}; name the maps, or run in the root of the repository", folder.display())
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
