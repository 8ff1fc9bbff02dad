//! `dpo engine`: forecasts of the load, how good they are, and what grid events left behind.

mod backtest;
mod record;
mod run;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::{fail, written};

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
    /// Steer gateways: telemetry, forecast, setpoints; each tick as a line of JSON, or live in a terminal.
    #[command(after_help = run::AFTER_HELP)]
    Run(Box<run::RunArgs>),
    /// Print the OpenAPI document of the API for hints.
    Openapi,
    /// Check the record of grid events, and export entries of it.
    #[command(after_help = record::AFTER_HELP)]
    Record(record::RecordArgs),
}

impl EngineArgs {
    /// Runs the command if it is one that writes to standard output by itself, from other threads; `None` otherwise.
    pub fn run_live(&self) -> Option<ExitCode> {
        match &self.command {
            Command::Run(args) => Some(run::run(args)),
            _ => None,
        }
    }
}

/// Runs the command; everything it says goes to `out`, its failures to standard error.
pub fn run(args: EngineArgs, out: &mut dyn Write) -> ExitCode {
    match args.command {
        Command::Backtest(args) => backtest::run(&args, out),
        Command::Run(args) => run::run(&args),
        Command::Openapi => match crate::engine::hints::openapi_json() {
            Ok(text) => written(out.write_all(text.as_bytes())),
            Err(error) => fail(1, &error.to_string()),
        },
        Command::Record(args) => record::run(&args, out),
    }
}
