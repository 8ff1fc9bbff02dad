//! The command line of `dpo`.
//!
//! Exit codes: 0 done, 1 a finding or a failure at run time, 2 wrong usage or configuration.

mod banner;
mod bus_log;
mod config;
pub mod engine;
pub mod gridcode;
mod i2c;
mod journal;
mod line;
mod logging;
mod pmbus;
mod pmi;
mod realtime;
mod redfish;
pub mod registers;
mod serve;
pub mod simulate;
mod slots;
pub mod spec;
mod supervise;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args as _, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

/// Exit code for wrong usage or configuration.
const USAGE: u8 = 2;
/// What `dpo --help` says below the options.
const AFTER_HELP: &str = "DPO_ADMIN_PASSWORD sets the password of the Redfish user admin; without it a new one is \
    shown at each start.\n\nExit codes: 0 done, 1 a finding or a failure at run time, 2 wrong usage or configuration.";

/// DPO gateway: reads and steers an ORv3 power shelf over Modbus, serves it over Redfish and PMI.
///
/// Without a subcommand: `dpo serve`, with the embedded simulated shelf.
#[derive(Debug, Parser)]
#[command(name = "dpo", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Args,
    /// What to log to standard error: error, warn, info, debug, trace, or a filter such as
    /// `dpo_gateway::pmi=debug` [default: what the configuration of `serve` says, or warn].
    #[arg(long, global = true, env = "DPO_LOG", value_name = "LEVEL")]
    log: Option<String>,
    /// How to write the log.
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway; without --config around the embedded simulated shelf.
    #[command(after_help = AFTER_HELP)]
    Serve(serve::Args),
    /// Check, compare, generate, export, import, decode, watch and propose register maps.
    Registers(registers::RegistersArgs),
    /// Judge recorded events by grid codes; list and check the codes.
    Gridcode(gridcode::GridcodeArgs),
    /// Check the specification and write what is generated of it.
    Spec(spec::SpecArgs),
    /// Simulate a rack under grid events, and judge it.
    Simulate(simulate::SimulateArgs),
    /// Read, export and make journals of leases, commits and writes.
    Journal(journal::JournalArgs),
    /// Talk PMBus to a device on an I2C bus of Linux: read, write, status, black box, alerts.
    Pmbus(pmbus::PmbusArgs),
    /// Measure how well this machine keeps ticks of 1 ms: jitter and missed deadlines.
    Realtime(realtime::Args),
    /// Forecast the load of a rack.
    Engine(engine::EngineArgs),
    /// Print the OpenAPI document of the REST interface.
    Openapi,
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Reads a command line. The options of `serve` stand for themselves or behind `serve`, and before no subcommand: it would
/// not look at them. Those of the log may stand anywhere.
fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(words)?;
    if let Some(name) = matches.subcommand_name() {
        let own = serve::Args::augment_args(clap::Command::new("serve"));
        let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        if let Some(wrong) = own.get_arguments().find(|argument| given(argument.get_id().as_str())) {
            let long = wrong.get_long().unwrap_or_default();
            let reason = format!("--{long} before the subcommand '{name}' is not read; write it behind it");
            return Err(command.error(ErrorKind::ArgumentConflict, reason));
        }
    }
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Runs the binary `dpo`.
pub fn main() -> ExitCode {
    let cli = match parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let help = !error.use_stderr();
            // A closed pipe (`dpo --help | head -1`) is no failure.
            let _ = error.print();
            return ExitCode::from(if help { 0 } else { USAGE });
        }
    };
    if let Err(reason) = logging::start(cli.log.as_deref(), cli.log_format) {
        return fail(USAGE, &reason);
    }
    let mut stdout = std::io::stdout().lock();
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => {
            drop(stdout);
            serve::run(&args)
        }
        Command::Registers(args) => registers::run(args, &mut stdout),
        Command::Gridcode(args) => gridcode::run(args, &mut stdout),
        Command::Spec(args) => spec::run(&args, &mut stdout),
        Command::Simulate(args) => simulate::run(args, &mut stdout),
        Command::Journal(args) => journal::run(&args, &mut stdout),
        Command::Pmbus(args) => pmbus::run(&args, &mut stdout),
        Command::Realtime(args) => realtime::run(&args, &mut stdout),
        Command::Engine(args) => {
            // The log of a running engine is written by a thread of its own.
            drop(stdout);
            args.run_live().unwrap_or_else(|| engine::run(args, &mut std::io::stdout().lock()))
        }
        Command::Openapi => match crate::redfish::openapi_json() {
            Ok(text) => written(stdout.write_all(text.as_bytes())),
            Err(error) => fail(1, &error.to_string()),
        },
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "dpo", &mut script);
            written(stdout.write_all(&script))
        }
    }
}

fn written(result: std::io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

/// Says why on standard error and gives the exit code.
fn fail(code: u8, reason: &str) -> ExitCode {
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "dpo: {reason}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_subcommand_is_serve() {
        let of = |words: &[&str]| parse(words.iter().map(Into::into));
        let cli = of(&["dpo", "--redfish", "127.0.0.1:0", "--insecure-http"]).unwrap();
        assert!(cli.command.is_none());
        assert!(cli.serve.insecure_http);
        for words in [["dpo", "serve", "--log", "debug"], ["dpo", "--log", "debug", "serve"]] {
            let cli = of(&words).unwrap();
            assert!(matches!(cli.command, Some(Command::Serve(_))));
            assert_eq!(cli.log.as_deref(), Some("debug"));
        }
        let cli = of(&["dpo", "serve", "--insecure-http"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Serve(args)) if args.insecure_http));
        let refused = of(&["dpo", "--insecure-http", "serve"]).unwrap_err().to_string();
        assert!(refused.contains("--insecure-http before the subcommand 'serve'"), "{refused}");
        assert!(of(&["dpo", "--insecure-http", "openapi"]).is_err());
    }
}
