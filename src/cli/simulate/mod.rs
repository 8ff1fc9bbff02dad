//! `dpo simulate`: what a rack does when the grid fails, on the electrical twin. Everything it says is
//! simulated, and labelled so.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// What `dpo simulate --help` says below the options.
const AFTER_HELP: &str = "Every result is simulated. The same seed gives the same bytes of JSON and CSV.\n\n\
    Exit codes: 0 done and what must hold holds, 1 something that must hold does not, 2 wrong usage or an \
    unreadable file.";

/// Simulate a rack under grid events, and judge it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct SimulateArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {}

/// Runs the command; everything it says goes to `out`, its progress to standard error.
pub fn run(args: SimulateArgs, _out: &mut dyn Write) -> ExitCode {
    match args.command {}
}
