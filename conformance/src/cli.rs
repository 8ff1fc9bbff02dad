//! The command line.

mod reports;
mod restore;
mod statement;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::catalogue;
use crate::outcome::{LeftOut, Record};
use crate::report::digest::Digests;
use crate::report::key::SigningKey;
use crate::report::{Format, Header, Report};
use crate::restore::Restore;
use crate::run::{Declared, Effort, Plan, Selection, run};
use crate::secure::pki::Pki;
use crate::selftest;
use crate::subjects::{self, Subjects, TargetArgs};
use crate::targets::Target;
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
    Run(Box<RunArgs>),
    /// Writes a capability statement (PICS) by reading the devices of a target; complete it by hand.
    Init(statement::InitArgs),
    /// Prints the JSON Schema of a capability statement.
    PicsSchema,
    /// Checks a report that `run --format json` wrote: unchanged, signed, and with the verdict that follows from its
    /// records. Exit code 0 if it holds, 1 if not.
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
        /// Lists the mutants.
        #[arg(long)]
        list: bool,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// Capability statement (TOML, as `init` writes it). It alone decides which devices and cases apply.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["absent_unit", "unrouted_unit"])]
    pics: Option<PathBuf>,
    /// A run that a certificate may rest on: wants a complete capability statement, all classes, and no choice of cases.
    #[arg(
        long,
        requires = "pics",
        requires = "allow_writes",
        requires = "allow_disruptive",
        conflicts_with = "id"
    )]
    certify: bool,
    /// Format of a report; may be repeated, each with its own -o.
    #[arg(long, value_enum)]
    format: Vec<Format>,
    /// File of the report of the same position; without it standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Private key (Ed25519, PKCS#8, PEM) that signs the JSON report.
    #[arg(long, value_name = "FILE")]
    sign: Option<PathBuf>,
    /// Also run classes N (writes that must be refused) and W (writes that are undone).
    #[arg(long)]
    allow_writes: bool,
    /// Also run class D (disruptive). Only on a bench unit.
    #[arg(long)]
    allow_disruptive: bool,
    /// Also run class T, and what else needs an instrument on the line: the adapter of one, as tcp://host:port. What it
    /// is asked, and answers, stands in conformance/README.md.
    #[arg(long, value_name = "ADDRESS")]
    instrument: Option<String>,
    /// Play nothing: find the devices, and say which cases would be run, which not, and why.
    #[arg(long, conflicts_with_all = ["certify", "format", "output", "sign"])]
    dry_run: bool,
    /// Only these cases; may be repeated.
    #[arg(long)]
    id: Vec<String>,
    /// File that notes what the run changes until it is put back; it goes when nothing is left.
    #[arg(long, value_name = "FILE", default_value = restore::JOURNAL)]
    journal: PathBuf,
    /// Longest time to an answer in milliseconds. Default 1000.
    #[arg(long, value_name = "MS")]
    timeout: Option<u64>,
    /// How long nothing must come to be called silence, in milliseconds. Default: as the time-out; 100
    /// for the simulator.
    #[arg(long, value_name = "MS")]
    silence: Option<u64>,
    /// Serial line: quiet time that ends a frame, in milliseconds. Default 25; 4 for the simulator.
    #[arg(long, value_name = "MS")]
    quiet: Option<u64>,
    /// An address that the gateway routes but where no device is.
    #[arg(long, value_name = "UNIT")]
    absent_unit: Option<u8>,
    /// An address that the gateway does not route.
    #[arg(long, value_name = "UNIT")]
    unrouted_unit: Option<u8>,
    /// How long MB-RTU-031 listens, in seconds. Default 60; 1 for the simulator.
    #[arg(long, value_name = "S")]
    listen: Option<u64>,
    /// Requests of the long runs MB-RTU-041, MB-TCP-029 and MAP-027. Default 500; 200 for the simulator.
    #[arg(long, value_name = "N")]
    soak: Option<u32>,
    /// MAP-021 reads all unmapped addresses instead of a sample.
    #[arg(long)]
    full_sweep: bool,
    /// Seed of random requests.
    #[arg(long, default_value_t = 0x0D90)]
    seed: u64,
    /// Text report: name every case, also those that were not run.
    #[arg(long)]
    verbose: bool,
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
        Command::Run(args) => runtime.block_on(judge(&args)),
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
        Command::SelfTest { mutant, .. } => {
            runtime.block_on(selftest::run(mutant.as_deref(), &mut std::io::stdout()))
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(reason) => fail(&reason),
    }
}

/// Says on standard error why nothing could be judged.
fn fail(reason: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "dpo-conformance: {reason}");
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
    let text = format!(
        "{case}\n{}\n\nExpected: {}\nNeeds: {needs}\nProcedure (features/{}):\n  {}\n",
        case.title,
        case.expectation,
        case.feature,
        case.procedure.join("\n  ")
    );
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

async fn judge(args: &RunArgs) -> Result<u8, String> {
    if args.output.len() > args.format.len().max(1) {
        return Err("there are more -o than --format".into());
    }
    let formats: &[Format] = if args.format.is_empty() { &[Format::Text] } else { &args.format };
    if args.sign.is_some() && !formats.contains(&Format::Json) {
        return Err("--sign signs a JSON report: add --format json".into());
    }
    let key =
        args.sign.as_deref().map(SigningKey::read).transpose().map_err(|e| e.to_string())?.map(Arc::new);
    let local = args.targets.target.contains(&Target::Sim);
    let base = local_timing();
    let millis = |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_millis);
    let answer = millis(args.timeout, base.answer);
    let timing = Timing {
        answer,
        silence: millis(args.silence, if local { base.silence } else { answer }),
        quiet: millis(args.quiet, if local { base.quiet } else { Duration::from_millis(25) }),
    };
    let pics = args.pics.as_deref().map(statement::read).transpose()?;
    if args.certify && pics.as_ref().is_some_and(|p| !p.statement.product.complete()) {
        return Err(
            "--certify: the capability statement does not say who makes what: replace each \"?\"".into()
        );
    }
    let declared =
        Declared { absent_unit: args.absent_unit, unrouted_unit: args.unrouted_unit, ..Declared::default() };
    let mut found = subjects::find(&args.targets, declared, pics.as_ref(), timing).await?;
    let reference = found.reference.take();
    let Subjects { endpoints, devices, declared, pmbus, secure, service, .. } = found;
    let instrument = args.instrument.as_deref().map(crate::instrument::remote::connect).transpose()?;
    let restore = notes(args, local, timing).await?;
    let listen = Duration::from_secs(args.listen.unwrap_or(if local { 1 } else { 60 }));
    let whole = Effort::default();
    let effort = Effort {
        listen,
        full_sweep: args.full_sweep,
        seed: args.seed,
        soak: args.soak.unwrap_or(if local { 200 } else { whole.soak }),
        random_requests: if local { 200 } else { whole.random_requests },
        // The simulated shelf is in this process: less of what can only be sampled shows the same.
        random_reads: if local { 500 } else { whole.random_reads },
        timed_requests: if local { 200 } else { whole.timed_requests },
        samples: if local { 50 } else { whole.samples },
        sample_interval: if local { whole.sample_interval / 2 } else { whole.sample_interval },
        ..whole
    };
    let plan = Plan {
        endpoints,
        devices,
        companions: Vec::new(),
        selection: Selection {
            writes: args.allow_writes,
            disruptive: args.allow_disruptive,
            instrument: args.instrument.is_some(),
            dry: args.dry_run,
            ids: args.id.iter().cloned().collect(),
        },
        effort,
        tcp: timing,
        rtu: timing,
        declared,
        pmbus,
        secure,
        service,
        restore,
        instrument,
    };
    if args.dry_run {
        return dry_run(&plan).await;
    }
    let reports = formats.iter().enumerate().map(|(nth, format)| {
        Report::open(*format, args.output.get(nth))
            .map(|report| report.verbose(args.verbose).signed(key.clone()))
    });
    let mut reports = reports.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let mut header = header(&plan, &args.targets.target)?;
    if let Some(pics) = pics {
        header.certify = args.certify;
        header.beyond = statement::beyond(&plan).await?;
        header.digests.pics = Some(pics.digest);
        header.product = Some(pics.statement.product);
    }
    let code = write_all(&plan, &header, &mut reports).await;
    drop(reference);
    code
}

/// Says what a run would play. The devices were found; more is not sent, so that a PMBus device is taken to have every
/// command of its map.
async fn dry_run(plan: &Plan) -> Result<u8, String> {
    let mut lines = Vec::new();
    let mut runs = 0;
    run(plan, &mut |record| {
        let would = record.left_out == Some(LeftOut::DryRun);
        runs += usize::from(would);
        let what = if would { "RUN" } else { record.outcome.word() };
        let why = if would { String::new() } else { format!(": {}", record.seen.join("; ")) };
        lines.push(format!("{what:<14} {} {} [{}]{why}", record.id, record.title, record.subject));
    })
    .await
    .map_err(|e| e.to_string())?;
    lines.push(format!("{runs} of {} would be run", lines.len()));
    writeln!(std::io::stdout(), "{}", lines.join("\n")).map_err(|e| e.to_string())?;
    Ok(0)
}

/// Notes of what is changed. What an earlier run has left is put back first.
async fn notes(args: &RunArgs, local: bool, timing: Timing) -> Result<Arc<Restore>, String> {
    if local {
        // The simulated shelf ends with the run.
        return Ok(Restore::in_memory());
    }
    let notes = Restore::open(&args.journal).map_err(|e| e.to_string())?;
    if notes.pending().is_empty() {
        return Ok(notes);
    }
    if !args.allow_writes {
        return Err(format!(
            "{}: an earlier run was ended before it had put back what it changed: `dpo-conformance restore` does",
            args.journal.display()
        ));
    }
    for line in restore::put_back(&notes, timing).await? {
        let _ = writeln!(std::io::stderr(), "dpo-conformance: {line}");
    }
    Ok(notes)
}

fn header(plan: &Plan, targets: &[Target]) -> Result<Header, String> {
    let mut maps: Vec<String> =
        plan.devices.iter().map(|d| format!("{} {}", d.map.id, d.map.version)).collect();
    maps.sort();
    maps.dedup();
    let ids: Vec<&str> = plan.devices.iter().map(|d| d.map.id.as_str()).collect();
    Ok(Header {
        suite: env!("CARGO_PKG_VERSION").into(),
        target: targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        devices: plan.devices.iter().map(crate::device::Device::name).collect(),
        maps,
        writes: plan.selection.writes,
        disruptive: plan.selection.disruptive,
        seed: plan.effort.seed,
        certify: false,
        product: None,
        beyond: Vec::new(),
        digests: Digests::of(&ids).map_err(|e| e.to_string())?,
    })
}

async fn write_all(plan: &Plan, header: &Header, reports: &mut [Report]) -> Result<u8, String> {
    for report in reports.iter_mut() {
        report.begin(header).map_err(|e| e.to_string())?;
    }
    let mut records: Vec<Record> = Vec::new();
    let mut broken = None;
    let mut sink = |record: &Record| {
        for report in reports.iter_mut() {
            if let Err(error) = report.record(record) {
                broken.get_or_insert(error.to_string());
            }
        }
        records.push(record.clone());
    };
    let verdict = run(plan, &mut sink).await.map_err(|e| e.to_string())?;
    if let Some(error) = broken {
        return Err(error);
    }
    for report in reports.iter_mut() {
        report.end(header, &records, &verdict).map_err(|e| e.to_string())?;
    }
    Ok(verdict.exit_code())
}
