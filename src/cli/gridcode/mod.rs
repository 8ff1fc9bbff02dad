//! `dpo gridcode`: judge recorded events by grid codes; list, show and check the codes.

mod check;
mod codes;
mod read;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// In order; for `check`: the record complies.
const OK: u8 = 0;
/// The codes have findings or a generated file is out of date; for `check`: the record fails.
const FOUND: u8 = 1;
/// Wrong use, or an unreadable file; for `check` also: the record cannot be judged.
const FAILED: u8 = 2;

/// Judge recorded events by grid codes; list, show and check the codes.
#[derive(Debug, Args)]
pub struct GridcodeArgs {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a recorded event by a grid code, with margins and a plot.
    ///
    /// Exit codes: 0 the record complies, 1 it fails, 2 it cannot be judged (or wrong use).
    Check(Box<check::CheckArgs>),
    /// Show what a record holds: channels, times, notes.
    Read(read::ReadArgs),
    /// List the grid codes that `dpo` carries.
    List(codes::ListArgs),
    /// Show one grid code: clauses, sources, and what is missing.
    Show(codes::ShowArgs),
    /// Check grid codes: order of the bands, sources, confidence.
    Lint(codes::LintArgs),
    /// Write the JSON Schema and the table of the grid codes.
    Generate(codes::GenerateArgs),
}

/// Runs the command; everything it says goes to `out`.
pub fn run(args: GridcodeArgs, out: &mut dyn Write) -> ExitCode {
    // A closed pipe must not turn a verdict into another one.
    ExitCode::from(execute(args, out).unwrap_or(FAILED))
}

fn execute(args: GridcodeArgs, out: &mut dyn Write) -> io::Result<u8> {
    match args.command {
        Command::Check(args) => check::check(*args, out),
        Command::Read(args) => read::read(&args, out),
        Command::List(args) => codes::list(&args, out),
        Command::Show(args) => codes::show(&args, out),
        Command::Lint(args) => codes::lint(args, out),
        Command::Generate(args) => codes::generate(&args, out),
    }
}

fn fail(out: &mut dyn Write, message: &str) -> io::Result<u8> {
    writeln!(out, "dpo gridcode: {message}")?;
    Ok(FAILED)
}
