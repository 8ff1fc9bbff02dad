//! `run`: judges a target and writes the reports.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::plan::{PlanArgs, Prepared};
use super::progress::Progress;
use super::statement;
use crate::device::Device;
use crate::outcome::{LeftOut, Record};
use crate::pmbus::PmbusPlan;
use crate::rack::{self, Shelf};
use crate::report::digest::Digests;
use crate::report::key::SigningKey;
use crate::report::{Format, Header, Report, Waits};
use crate::requirements::SPECIFICATION;
use crate::run::{Plan, Selection, run};

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// A run that a certificate may rest on: wants a complete capability statement, all classes (T where it applies, so
    /// --instrument), nothing sampled less than by default, and no choice of cases.
    #[arg(
        long,
        requires = "pics",
        requires = "allow_writes",
        requires = "allow_disruptive",
        conflicts_with_all = ["id", "ids"]
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
    /// Play nothing: find the devices, and say which cases would be run, which not, and why.
    #[arg(long, conflicts_with_all = ["certify", "format", "output", "sign"])]
    dry_run: bool,
    /// Text report: name every case, also those that were not run.
    #[arg(long)]
    verbose: bool,
    /// Tell on standard error how far the run is and how long it will take; without this option if that is a terminal
    /// and no text report goes there.
    #[arg(long)]
    progress: bool,
}

pub(super) async fn judge(args: &RunArgs) -> Result<u8, String> {
    if args.output.len() > args.format.len().max(1) {
        return Err("there are more -o than --format".into());
    }
    let formats: &[Format] = if args.format.is_empty() { &[Format::Text] } else { &args.format };
    if args.sign.is_some() && !formats.contains(&Format::Json) {
        return Err("--sign signs a JSON report: add --format json".into());
    }
    let key =
        args.sign.as_deref().map(SigningKey::read).transpose().map_err(|e| e.to_string())?.map(Arc::new);
    let prepared = args.plan.prepare(args.dry_run).await?;
    let shelves = &prepared.shelves;
    if args.certify {
        if prepared.pics.as_ref().is_some_and(|p| !p.statement.product.complete()) {
            return Err(
                "--certify: the capability statement does not say who makes what: replace each \"?\"".into(),
            );
        }
        for shelf in shelves {
            whole(&shelf.plan).await?;
        }
    }
    if args.dry_run {
        return dry_run(shelves).await;
    }
    args.plan.confirm(&prepared).await?;
    let reports = formats.iter().enumerate().map(|(nth, format)| {
        Report::open(*format, args.output.get(nth))
            .map(|report| report.verbose(args.verbose).signed(key.clone()))
    });
    let mut reports = reports.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let mut header = header(&prepared)?;
    if let Some(pics) = &prepared.pics {
        header.certify = args.certify;
        header.digests.pics = Some(pics.digest.clone());
        header.product = Some(pics.statement.product.clone());
    }
    for shelf in shelves.iter().filter(|_| prepared.stated) {
        let beyond = statement::beyond(&shelf.plan).await?;
        header.beyond.extend(beyond.iter().map(|line| shelf.names(line)));
    }
    // Lines of progress between those of a text report on the same screen would only disturb.
    let reads = formats.len() > args.output.len() && std::io::stdout().is_terminal();
    let told = args.progress || std::io::stderr().is_terminal() && !reads;
    let progress = if told { Some(Progress::of(shelves).await?) } else { None };
    write_all(shelves, &header, &mut reports, progress).await
}

/// Whether a run leaves out nothing that applies and samples no less than by default.
async fn whole(plan: &Plan) -> Result<(), String> {
    if !plan.effort.less().is_empty() {
        return Err(format!("--certify: sampled less than by default: {}", plan.effort.less().join(", ")));
    }
    let loosened = Waits::looser(plan.tcp.into(), plan.rtu.into()).loosened();
    if !loosened.is_empty() {
        return Err(format!("--certify: easier than by default: {}", loosened.join(", ")));
    }
    if !plan.unreached.is_empty() {
        let claims: Vec<&str> = plan.unreached.iter().map(|claim| claim.why.as_str()).collect();
        return Err(format!("--certify: {}", claims.join("; ")));
    }
    let mut without: BTreeSet<String> = BTreeSet::new();
    would(plan, &mut |record| {
        if matches!(record.left_out, Some(LeftOut::Class | LeftOut::Instrument)) {
            without.insert(record.id.clone());
        }
    })
    .await?;
    if without.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = without.into_iter().collect();
    Err(format!(
        "--certify: these cases apply and need an instrument, name its adapter with --instrument: {}",
        ids.join(" ")
    ))
}

/// What a run would do with each case, without doing it.
pub(super) async fn would(plan: &Plan, sink: &mut dyn FnMut(&Record)) -> Result<(), String> {
    let dry = Plan { selection: Selection { dry: true, ..plan.selection.clone() }, ..plan.clone() };
    run(&dry, sink).await.map(drop).map_err(|e| e.to_string())
}

/// Says what a run would play. The devices were found; more is not sent, so that a PMBus device is taken to have every
/// command of its map.
async fn dry_run(shelves: &[Shelf]) -> Result<u8, String> {
    let mut lines = Vec::new();
    let mut runs = 0;
    for shelf in shelves {
        would(&shelf.plan, &mut |record| {
            let would = record.left_out == Some(LeftOut::DryRun);
            runs += usize::from(would);
            let what = if would { "RUN" } else { record.outcome.word() };
            let why = if would { String::new() } else { format!(": {}", record.seen.join("; ")) };
            let subject = shelf.names(&record.subject);
            lines.push(format!("{what:<14} {} {} [{subject}]{why}", record.id, record.title));
        })
        .await?;
    }
    lines.push(format!("{runs} of {} would be run", lines.len()));
    writeln!(std::io::stdout(), "{}", lines.join("\n")).map_err(|e| e.to_string())?;
    Ok(0)
}

fn header(prepared: &Prepared) -> Result<Header, String> {
    let shelves = &prepared.shelves;
    let plans = || shelves.iter().map(|shelf| &shelf.plan);
    let modbus = plans().flat_map(|plan| &plan.devices).map(|d| (d.map.id.as_str(), d.map.version.as_str()));
    let pmbus = plans().flat_map(|plan| &plan.pmbus).map(|d| (d.map.id.as_str(), d.map.version.as_str()));
    let known: BTreeSet<(&str, &str)> = modbus.chain(pmbus).collect();
    let maps = known.iter().map(|(id, version)| format!("{id} {version}")).collect();
    let ids: Vec<&str> = known.iter().map(|(id, _)| *id).collect();
    let first = &shelves.first().ok_or("there is no shelf")?.plan;
    let waits = plans().flat_map(|plan| [plan.tcp, plan.rtu]).map(Waits::from).reduce(Waits::looser);
    // A shelf in a rack may be sampled less than the others: told of each.
    let mut sampled: Vec<String> = plans().flat_map(|plan| plan.effort.less()).collect();
    sampled.sort();
    sampled.dedup();
    let of_shelf = |shelf: &Shelf| -> Vec<String> {
        let plan = &shelf.plan;
        let modbus = plan.devices.iter().map(Device::name);
        let pmbus = plan.pmbus.iter().map(PmbusPlan::name);
        let service = plan.service.iter().map(|service| format!("Redfish at {}", service.base));
        modbus.chain(pmbus).chain(service).map(|name| shelf.names(&name)).collect()
    };
    Ok(Header {
        suite: env!("CARGO_PKG_VERSION").into(),
        specification: SPECIFICATION.into(),
        target: prepared.target.clone(),
        devices: shelves.iter().flat_map(of_shelf).collect(),
        maps,
        writes: first.selection.writes,
        disruptive: first.selection.disruptive,
        strict: first.selection.strict,
        sampled,
        waits,
        seed: first.effort.seed,
        certify: false,
        product: None,
        beyond: Vec::new(),
        digests: Digests::of(&ids).map_err(|e| e.to_string())?,
    })
}

async fn write_all(
    shelves: &[Shelf],
    header: &Header,
    reports: &mut [Report],
    mut progress: Option<Progress>,
) -> Result<u8, String> {
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
        if let Some(progress) = &mut progress {
            progress.record(record);
        }
        records.push(record.clone());
    };
    let verdict = rack::play(shelves, &mut sink).await.map_err(|e| e.to_string())?;
    if let Some(error) = broken {
        return Err(error);
    }
    for report in reports.iter_mut() {
        report.end(header, &records, &verdict).map_err(|e| e.to_string())?;
    }
    Ok(verdict.exit_code())
}
