//! `dpo engine run`.

mod gateways;
mod plan;

use std::io::{IsTerminal as _, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::backtest::{kind, seconds};
use crate::cli::{USAGE, fail};
use crate::engine::clock::Clock;
use crate::engine::forecast::Kind;
use crate::engine::hints::{HintStore, HintsConfig, ServeError, serve};
use crate::engine::record::{JudgeConfig, RecordFile, digest};
use crate::engine::run::view::View;
use crate::engine::run::{Engine, EngineError, Line, Log, Pool, Recorder, SteerConfig};
use crate::gridcode;

/// Name of the variable that holds the token for hints.
const TOKEN_VARIABLE: &str = "DPO_ENGINE_HINTS_TOKEN";
/// A terminal gets a new page this often.
const PAGE: Duration = Duration::from_millis(200);

pub(super) const AFTER_HELP: &str = "A gateway is https://HOST:PORT (Redfish; http:// on loopback only), \
    modbus://HOST:PORT (its PMI block, unit 7), trace:FILE or synthetic:NAME (a load without a shelf).\n\
    Nothing is written to a gateway without --steer. With it, setpoints go the way that the readings come, under the \
    gateway's lease, which is given back at the end; a lost engine loses it by its own time.\n\
    DPO_ENGINE_PASSWORD holds the password for Redfish, DPO_ENGINE_HINTS_TOKEN the token for hints.\n\n\
    Exit codes: 0 done, 1 a failure at run time, 2 wrong usage.";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// A gateway or a trace; again for more.
    #[arg(long = "gateway", required = true, value_name = "URL")]
    gateways: Vec<String>,
    /// Write setpoints. Without it they are only shown.
    #[arg(long)]
    steer: bool,
    #[command(flatten)]
    redfish: gateways::RedfishArgs,
    #[command(flatten)]
    modbus: gateways::ModbusArgs,
    #[command(flatten)]
    plan: plan::PlanArgs,
    /// Time from one plan to the next.
    #[arg(long, value_name = "TIME", value_parser = seconds, default_value = "100ms")]
    period: f64,
    /// The forecaster.
    #[arg(long, value_name = "NAME", value_parser = kind, default_value = "ensemble")]
    forecaster: Kind,
    /// Shortest time between two writes to a gateway.
    #[arg(long, value_name = "TIME", value_parser = seconds, default_value = "500ms")]
    write_gap: f64,
    /// Write each tick as a line of JSON into this file; `-` for standard output.
    #[arg(long, value_name = "FILE")]
    log_lines: Option<PathBuf>,
    /// Append grid events to this record.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Grid code by which they are judged; `dpo gridcode list` shows what there is.
    #[arg(long, value_name = "ID", default_value = "ercot-nogrr282")]
    code: String,
    /// Rated power of a rack, and of the site, in watts: limits of a site are scaled by them.
    #[arg(long, value_name = "W")]
    rated_w: Option<f64>,
    /// See --rated-w.
    #[arg(long, value_name = "W")]
    site_w: Option<f64>,
    /// Nominal AC voltage in volts [default: what the gateway declares, else the usual one nearest to the first readings].
    #[arg(long, value_name = "V")]
    nominal_v: Option<f64>,
    /// Nominal frequency in hertz.
    #[arg(long, value_name = "HZ", default_value = "60")]
    nominal_hz: f64,
    /// Take hints of a scheduler at this address (HTTP).
    #[arg(long, value_name = "ADDRESS")]
    hints: Option<SocketAddr>,
    /// File with the token that whoever gives hints must show.
    #[arg(long, value_name = "FILE")]
    hints_token_file: Option<PathBuf>,
    /// Run traces as quick as possible, with a plan at each sample.
    #[arg(long)]
    quick: bool,
    /// Scale traces so that their largest value is this power, in watts: for traces in shares of a peak [default: as they are].
    #[arg(long, value_name = "W")]
    trace_peak_w: Option<f64>,
    /// End after this time.
    #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
    run_for: Option<f64>,
    /// No live view.
    #[arg(long)]
    quiet: bool,
}

/// Why it did not start or did not go on, with the exit code for it.
#[derive(Debug)]
pub(super) struct Failure(u8, String);

impl Failure {
    fn usage(reason: impl ToString) -> Self {
        Self(USAGE, reason.to_string())
    }

    fn fault(reason: impl ToString) -> Self {
        Self(1, reason.to_string())
    }
}

pub(super) fn run(args: &RunArgs) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("cannot start: {error}")),
    };
    let ran = runtime.block_on(ran(args));
    runtime.shutdown_timeout(Duration::from_secs(1));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, reason)) => fail(code, &reason),
    }
}

async fn ran(args: &RunArgs) -> Result<(), Failure> {
    check(args)?;
    let clock = Clock::start();
    let stop = CancellationToken::new();
    let ways = gateways::open(args, clock)?;
    let store = HintStore::new(clock).with_gateways(ways.iter().map(|way| way.name.clone()));
    let recorder = recorder(args)?;
    let listener = match args.hints {
        None => None,
        Some(at) => {
            let failed = |e| Failure::fault(format!("cannot take hints at {at}: {e}"));
            Some((
                TcpListener::bind(at).await.map_err(failed)?,
                HintsConfig { token: token(args)?, ..HintsConfig::default() },
            ))
        }
    };
    let (log, writer) = Log::start(lines(args)?, view(args)).map_err(Failure::fault)?;
    let config = SteerConfig {
        plan_period_s: if args.quick { 0.0 } else { args.period },
        forecaster: args.forecaster,
        keeper: crate::engine::push::KeeperConfig { least_gap_s: args.write_gap, ..Default::default() },
        nominal_v: args.nominal_v,
        nominal_hz: args.nominal_hz,
        ..SteerConfig::default()
    };
    let pool = Pool::default();
    let mut engines = JoinSet::new();
    for way in ways {
        let hints = store.of(&way.name);
        let [planner, standby] =
            plan::planners(&args.plan, args.period, args.write_gap, hints).map_err(Failure::usage)?;
        let engine = Engine {
            name: way.name,
            telemetry: way.telemetry,
            planner,
            standby: Some(standby),
            pool: pool.clone(),
            push: way.push,
            recorder: recorder.clone(),
            log: Some(log.clone()),
            config: config.clone(),
        };
        engines.spawn(engine.run(clock, stop.clone()));
    }
    drop((log, recorder));
    let mut hints = listener.map(|(listener, config)| {
        if let Ok(at) = listener.local_addr() {
            tracing::info!(%at, "engine: hints are taken");
        }
        tokio::spawn(serve(listener, store, config, stop.clone()))
    });
    let mut broken = tokio::select! {
        () = interrupted() => None,
        () = over(args.run_for) => None,
        broken = all(&mut engines) => broken,
        reason = silent(&mut hints) => Some(reason),
    };
    stop.cancel();
    // Every gateway gets its setpoints back before anything is told.
    while !engines.is_empty() {
        broken = broken.or(all(&mut engines).await);
    }
    if let Some(hints) = hints.filter(|_| broken.is_none()) {
        broken = hinted(hints.await).err();
    }
    let written = writer.wait().map_err(|e| format!("the log: {e}")).err();
    broken.or(written).map_or(Ok(()), |reason| Err(Failure::fault(reason)))
}

/// Waits until every engine has ended or one is broken: what is left of a process that is partly broken is not to steer on.
async fn all(engines: &mut JoinSet<Result<(), EngineError>>) -> Option<String> {
    while let Some(ended) = engines.join_next().await {
        match ended {
            Ok(Ok(())) => (),
            Ok(Err(error)) => return Some(error.to_string()),
            Err(error) => return Some(format!("the loop of a gateway broke: {error}")),
        }
    }
    None
}

type Hinting = JoinHandle<Result<(), ServeError>>;

fn hinted(ended: Result<Result<(), ServeError>, JoinError>) -> Result<(), String> {
    ended.map_err(|e| format!("the hints API broke: {e}"))?.map_err(|e| e.to_string())
}

/// Waits until no hints are taken any more though nobody ended it, and says why.
async fn silent(hints: &mut Option<Hinting>) -> String {
    let Some(task) = hints else { return std::future::pending().await };
    let ended = hinted(task.await);
    *hints = None;
    ended.err().unwrap_or_else(|| "the hints API ended".to_owned())
}

/// Longest time between two writes, in seconds: a setpoint is to be renewed before it is too old, which is 2 s after it was
/// made, of a reading that was up to 2.5 s old then.
const LONGEST_GAP_S: f64 = 1.5;

fn check(args: &RunArgs) -> Result<(), Failure> {
    if args.gateways.len() > 1000 {
        return Err(Failure::usage("--gateway: at most 1000 in one process"));
    }
    let figures = [
        ("--period", Some(args.period), 0.02..=1.0, "20 ms to 1 s"),
        ("--write-gap", Some(args.write_gap), 0.05..=LONGEST_GAP_S, "50 ms to 1.5 s"),
        ("--poll", Some(args.modbus.poll), 0.02..=2.0, "20 ms to 2 s: a reading is stale after 2.5 s"),
        ("--for", args.run_for, 1e-3..=1e8, "1 ms to 1e8 s"),
        ("--rated-w", args.rated_w, 1.0..=1e7, "1 W to 10 MW"),
        ("--site-w", args.site_w, 1.0..=1e11, "1 W to 100 GW"),
        ("--nominal-v", args.nominal_v, 50.0..=1000.0, "50 to 1000 V"),
        ("--nominal-hz", Some(args.nominal_hz), 40.0..=70.0, "40 to 70"),
    ];
    for (option, value, range, wanted) in figures {
        // Written so that what is no number fails.
        if let Some(value) = value.filter(|value| !range.contains(value)) {
            return Err(Failure::usage(format!("{option}: {value}: wants {wanted}")));
        }
    }
    if let (Some(rated), Some(site)) = (args.rated_w, args.site_w)
        && site < rated
    {
        return Err(Failure::usage(format!("--site-w: {site} W: less than the {rated} W of a rack of it")));
    }
    let trace = |g: &String| g.starts_with("trace:") || g.starts_with("synthetic:");
    if args.quick && !args.gateways.iter().all(trace) {
        return Err(Failure::usage("--quick: only traces have no time of their own"));
    }
    if args.steer && args.gateways.iter().any(trace) {
        return Err(Failure::usage("--steer: a trace cannot be steered"));
    }
    if args.trace_peak_w.is_some_and(|w| !(1.0..=1e9).contains(&w)) {
        return Err(Failure::usage("--trace-peak-w: wants 1 to 1000000000"));
    }
    if args.trace_peak_w.is_some() && !args.gateways.iter().any(trace) {
        return Err(Failure::usage("--trace-peak-w: there is no trace"));
    }
    Ok(())
}

/// What the entries of the record name by its digest.
fn configuration(args: &RunArgs, code: &gridcode::GridCode) -> Value {
    let code_text = serde_json::to_string(code).unwrap_or_default();
    json!({
        "engine": env!("CARGO_PKG_VERSION"),
        "gateways": args.gateways,
        "steer": args.steer,
        "plan": args.plan,
        "period_s": args.period,
        "write_gap_s": args.write_gap,
        "poll_s": args.modbus.poll,
        "forecaster": args.forecaster.name(),
        "code": { "name": code.name(), "sha256": digest(code_text.as_bytes()) },
        "rated_w": args.rated_w,
        "site_w": args.site_w,
        "nominal_v": args.nominal_v,
        "nominal_hz": args.nominal_hz,
    })
}

fn recorder(args: &RunArgs) -> Result<Option<Recorder>, Failure> {
    let Some(path) = &args.record else { return Ok(None) };
    let code = gridcode::find(&args.code).map_err(Failure::usage)?;
    let configuration = configuration(args, &code);
    // The whole of it once; each entry then names its digest.
    let about = json!({ "configuration": configuration });
    let file = RecordFile::open(path, &configuration, about).map_err(Failure::fault)?;
    let how = JudgeConfig { code, rated_w: args.rated_w, site_w: args.site_w, nominal_hz: args.nominal_hz };
    Ok(Some(Recorder::new(file, how)))
}

fn secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
    Ok(Zeroizing::new(Zeroizing::new(text).trim_end_matches(['\r', '\n']).to_owned()))
}

fn token(args: &RunArgs) -> Result<Option<Zeroizing<String>>, Failure> {
    match &args.hints_token_file {
        Some(path) => secret(path).map(Some),
        None => Ok(std::env::var(TOKEN_VARIABLE).ok().map(Zeroizing::new)),
    }
}

/// Whether the terminal shows a page in place of lines.
fn shows(args: &RunArgs) -> bool {
    let to_stdout = args.log_lines.as_deref().is_some_and(|p| p == Path::new("-"));
    !args.quiet && !to_stdout && std::io::stdout().is_terminal()
}

fn lines(args: &RunArgs) -> Result<Option<Box<dyn Write + Send>>, Failure> {
    match &args.log_lines {
        Some(path) if path != Path::new("-") => {
            let failed = |e| Failure::usage(format!("{}: {e}", path.display()));
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
            Ok(Some(Box::new(file)))
        }
        Some(_) => Ok(Some(Box::new(std::io::stdout()))),
        None if shows(args) || args.quiet => Ok(None),
        None => Ok(Some(Box::new(std::io::stdout()))),
    }
}

fn view(args: &RunArgs) -> impl FnMut(&Line) + Send + use<> {
    let mut view = shows(args).then(View::default);
    let mut shown = Instant::now();
    move |line: &Line| {
        let Some(view) = &mut view else { return };
        view.take(line);
        if shown.elapsed() >= PAGE {
            shown = Instant::now();
            let mut out = std::io::stdout().lock();
            // Who does not look misses nothing but the page.
            let _ = out.write_all(view.page().as_bytes()).and_then(|()| out.flush());
        }
    }
}

async fn over(run_for: Option<f64>) {
    match run_for {
        Some(seconds) => tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, 1e8))).await,
        None => std::future::pending().await,
    }
}

async fn interrupted() {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let mut signals: Vec<_> = kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect();
    std::future::poll_fn(move |context| {
        let came = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[cfg(test)]
mod tests;
