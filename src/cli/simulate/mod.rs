//! `dpo simulate`: what a rack does when the grid fails, on the electrical twin; and what the engine does for its reserve,
//! on an energy model. Everything it says is simulated, and labelled so.

mod campaign;
mod detector;
mod envelope;
mod gaps;
mod headroom;
mod output;
mod voltage_events;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use output::Output;

/// In order: what must hold holds.
const OK: u8 = 0;
/// Something that must hold does not.
const FOUND: u8 = 1;
/// Wrong use, or a file that cannot be read or written.
const FAILED: u8 = 2;

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
enum Command {
    /// The two voltage events, four traces each, for three designs side by side.
    VoltageEvents(voltage_events::EventsArgs),
    /// The four gaps (PSU at low voltage, controller power-on delay, BBU trigger, PMI scope) before and after.
    Gaps(gaps::GapsArgs),
    /// Walk the whole ride-through curve of a grid code: voltage, duration, phases, point on wave, load, charge.
    Envelope(envelope::EnvelopeArgs),
    /// Trains of sags, recorded events, frequency excursions, and parts that fail during support.
    Campaign(campaign::CampaignArgs),
    /// The sag detector: detection times by depth, and false trips over hours of disturbed but healthy voltage.
    Detector(detector::DetectorArgs),
    /// The reserve of power that load swings cost, without DPO and with it; some minutes of both cores.
    Headroom(headroom::HeadroomArgs),
}

/// What all simulations take.
#[derive(Debug, Args)]
struct Common {
    /// Seed of everything that is drawn: tolerances, start delays, the events of an envelope.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
    /// Folder for pictures, tables and verdicts; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the verdict as JSON, not as text.
    #[arg(long)]
    json: bool,
    /// Leave out what is large: the traces as CSV, and the page.
    #[arg(long)]
    small: bool,
    /// Say nothing about the progress on standard error.
    #[arg(long)]
    quiet: bool,
}

/// Runs the command; everything it says goes to `out`, its progress to standard error.
pub fn run(args: SimulateArgs, out: &mut dyn Write) -> ExitCode {
    let done = match args.command {
        Command::VoltageEvents(args) => voltage_events::run(&args, out),
        Command::Gaps(args) => gaps::run(&args, out),
        Command::Envelope(args) => envelope::run(&args, out),
        Command::Campaign(args) => campaign::run(&args, out),
        Command::Detector(args) => detector::run(&args, out),
        Command::Headroom(args) => headroom::run(&args, out),
    };
    ExitCode::from(done.unwrap_or_else(|reason| {
        // If standard error is gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "dpo simulate: {reason}");
        FAILED
    }))
}
