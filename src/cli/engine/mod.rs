//! `dpo engine`: forecasts of the load, and how good they are.

mod backtest;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// What `dpo engine --help` says below the options.
const AFTER_HELP: &str = "Exit codes: 0 done, 1 a failure at run time, 2 wrong usage or an unreadable trace.";

/// Forecast the load of a rack.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct EngineArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Score the forecasters on traces: error, skill against persistence, and what their intervals held.
    #[command(after_help = backtest::AFTER_HELP)]
    Backtest(backtest::BacktestArgs),
}

/// Runs the command; everything it says goes to `out`, its failures to standard error.
pub fn run(args: EngineArgs, out: &mut dyn Write) -> ExitCode {
    match args.command {
        Command::Backtest(args) => backtest::run(&args, out),
    }
}
