//! The command line.

mod confirm;
mod judge;
mod plan;
mod progress;
mod reports;
mod restore;
mod statement;
mod watch;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::catalogue;
use crate::redact;
use crate::report::Format;
use crate::requirements;
use crate::secure::pki::Pki;
use crate::selftest;
use crate::transport::Timing;

/// Judges whether power shelves do what their register maps and the Modbus specifications say.
#[derive(Debug, Parser)]
#[command(name = "dpo-conformance", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 what was selected conforms, 1 it does not, 2 it could not be judged.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the cases.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Explains one case: clause, expectation, procedure.
    Explain {
        /// Id, as MB-PDU-003.
        id: String,
    },
    /// Judges a target.
    Run(Box<judge::RunArgs>),
    /// Plays cases again and again while somebody works on a bench, and says what has changed.
    Watch(Box<watch::WatchArgs>),
    /// Writes a capability statement (PICS) by reading the devices of a target; complete it by hand.
    Init(statement::InitArgs),
    /// Prints the JSON Schema of a capability statement.
    PicsSchema,
    /// Checks a report that `run --format json` wrote: unchanged, signed, with a record of every case, and the verdict
    /// that follows from them. Exit code 0 if it holds, 1 if not, 2 if it cannot be read, or holds and no --key says whose
    /// signature it must be.
    Verify {
        /// The report.
        report: PathBuf,
        /// Public key that must have signed it, as `keygen` prints it.
        #[arg(long, value_name = "ed25519:KEY")]
        key: Option<String>,
    },
    /// Writes another report of the run that a JSON report is of.
    Render {
        /// The JSON report.
        report: PathBuf,
        /// Format of the other one.
        #[arg(long, value_enum)]
        format: Format,
        /// Its file; without it standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Checks results that were handed in: each folder VERSION/ORGANISATION-PRODUCT below the one given.
    Results {
        /// Folder of the results.
        #[arg(default_value = "conformance/results")]
        folder: PathBuf,
    },
    /// Makes a key that signs reports and prints its public part.
    Keygen {
        /// New file for the private key (PKCS#8, PEM).
        file: PathBuf,
    },
    /// Makes a test PKI for Modbus/TCP Security: a CA to enrol in the device, and a client certificate for each case.
    Pki {
        /// New folder for certificates and keys.
        folder: PathBuf,
        /// Role that may read and write in the device.
        #[arg(long, value_name = "ROLE", default_value = "Operator")]
        operator: String,
        /// Role that may only read.
        #[arg(long, value_name = "ROLE", default_value = "Viewer")]
        viewer: String,
        /// Name of the device in the certificate `device.pem`, which a device may use that has none of its own.
        #[arg(long, value_name = "NAME", default_value = "shelf")]
        host: String,
    },
    /// Puts back what a run that was killed had changed on a device and not put back.
    Restore(restore::RestoreArgs),
    /// Judges the suite itself: the reference must pass, dead and flattering devices and every mutant
    /// must be seen.
    SelfTest {
        /// Only this mutant, or those of one transport: tcp, rtu, http, smbus.
        #[arg(long)]
        mutant: Option<String>,
        /// Only this case, on the references, and the mutants that it must detect; may be repeated.
        #[arg(long, value_name = "ID", conflicts_with = "mutant")]
        case: Vec<String>,
        /// Lists the mutants.
        #[arg(long)]
        list: bool,
    },
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    let result = match cli.command {
        Command::List { json } => list(json),
        Command::Explain { id } => explain(&id),
        Command::Run(args) => runtime.block_on(judge::judge(&args)),
        Command::Watch(args) => runtime.block_on(watch::watch(&args)),
        Command::Restore(args) => runtime.block_on(restore::restore(&args)),
        Command::Pki { folder, operator, viewer, host } => {
            Pki::make(&operator, &viewer, &host).and_then(|pki| pki.write(&folder)).map(|()| 0)
        }
        Command::Init(args) => runtime.block_on(statement::init(&args)),
        Command::PicsSchema => statement::schema(),
        Command::Verify { report, key } => reports::verify(&report, key.as_deref()),
        Command::Render { report, format, output } => reports::render(&report, format, output.as_ref()),
        Command::Results { folder } => reports::handed_in(&folder),
        Command::Keygen { file } => reports::keygen(&file),
        Command::SelfTest { list: true, .. } => selftest::list(&mut std::io::stdout()),
        Command::SelfTest { mutant, case, .. } => {
            let narrow = selftest::Narrow { mutant, cases: case.into_iter().collect() };
            runtime.block_on(selftest::run(&narrow, &mut std::io::stdout()))
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(reason) => fail(&reason),
    }
}

/// Says on standard error why nothing could be judged.
fn fail(reason: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "dpo-conformance: {}", redact::clean(reason));
    ExitCode::from(2)
}

fn list(json: bool) -> Result<u8, String> {
    let cases = catalogue::cases().map_err(|e| e.to_string())?;
    let mut out = std::io::stdout().lock();
    let written = if json {
        let text = serde_json::to_string_pretty(&cases).map_err(|e| e.to_string())?;
        writeln!(out, "{text}")
    } else {
        cases.iter().try_for_each(|case| writeln!(out, "{case}: {}", case.title))
    };
    written.map_err(|e| e.to_string())?;
    Ok(0)
}

fn explain(id: &str) -> Result<u8, String> {
    let cases = catalogue::cases().map_err(|e| e.to_string())?;
    let case = cases.iter().find(|c| c.id == id).ok_or_else(|| format!("no case has the id {id}"))?;
    let mut out = std::io::stdout().lock();
    let needs = if case.needs.is_empty() { "nothing".to_owned() } else { case.needs.join(", ") };
    let mut text = format!(
        "{case}\n{}\n\nExpected: {}\nNeeds: {needs}\nProcedure (features/{}):\n  {}\nRequirements:\n",
        case.title,
        case.expectation,
        case.feature,
        case.procedure.join("\n  ")
    );
    for one in requirements::of_case(id)? {
        let applies = one.condition.map_or_else(String::new, |claim| format!(" (where {claim} is claimed)"));
        text += &format!("  {}: {}{applies}\n", one.id, one.text);
    }
    text += "Mutants that it detects:\n";
    for (name, what) in selftest::proofs(id) {
        text += &format!("  {name}: {what}\n");
    }
    out.write_all(text.as_bytes()).map_err(|e| e.to_string())?;
    Ok(0)
}

/// Time-outs and repetitions for the reference in this process.
pub(crate) fn local_timing() -> Timing {
    Timing {
        answer: Duration::from_millis(1000),
        silence: Duration::from_millis(100),
        quiet: Duration::from_millis(4),
    }
}
