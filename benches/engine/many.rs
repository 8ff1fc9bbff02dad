//! What 1, 100 and 1,000 gateways cost the process of an engine.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::engine::client::{Client, Login, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::plan::{GridLimits, Plan, PlanConfig, RackModel};
use dpo_gateway::engine::run::{Engine, Log, Pool, SteerConfig};
use dpo_gateway::engine::setpoint::{Ahead, Planner, Setpoint, ShelfState, Source};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// Plans at no cost: what planning costs is measured by itself.
struct Plain;

impl Planner for Plain {
    fn plan(&mut self, now_s: f64, state: &ShelfState, _: &[Ahead]) -> Setpoint {
        Setpoint {
            made_s: now_s,
            valid_until_s: now_s + 2.0,
            input_limit_w: Some(state.load_w),
            bbu_discharge_w: 0.0,
            bbu_charge_limit_w: None,
            source: Source::Optimizer,
        }
    }
}

/// A shelf with ramps and a range to keep: the whole program at each tick.
fn planners() -> (Box<dyn Planner>, Option<Box<dyn Planner>>) {
    let grid =
        GridLimits { ramp_up_w_per_s: 900.0, ramp_down_w_per_s: 900.0, range_w: 1800.0, ..GridLimits::NONE };
    let rack = RackModel { grid, ..RackModel::ORV3 };
    // As `dpo engine run`: half of the period for the solver.
    let config = PlanConfig { deadline_s: 0.05, state_age_s: 2.5, ..PlanConfig::default() };
    (Box::new(Plan::new(rack, config).unwrap()), Some(Box::new(Plan::limiter(rack, config).unwrap())))
}

/// `plans`: with the optimizer, else with a planner that costs nothing.
pub async fn run(count: usize, seconds: u64, plans: bool) {
    // Two connections a gateway, here and in the child.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("fake-gateways")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let url = format!("http://{}", address.trim());
    let idle_kib = memory_kib();

    let (ticks, read) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let sources = Arc::new(Mutex::new(BTreeMap::<&str, u64>::new()));
    let (t, r, s) = (Arc::clone(&ticks), Arc::clone(&read), Arc::clone(&sources));
    let sink: Box<dyn std::io::Write + Send> = Box::new(std::io::sink());
    let (log, writer) = Log::start(Some(sink), move |line| {
        t.fetch_add(1, Ordering::Relaxed);
        r.fetch_add(u64::from(line.telemetry.as_ref().is_some_and(|t| t.age_s < 2.0)), Ordering::Relaxed);
        let source = line.setpoint.as_ref().map_or("none", |s| s.reason.unwrap_or(s.source));
        *s.lock().unwrap().entry(source).or_default() += 1;
    })
    .unwrap();
    let (clock, stop) = (Clock::start(), CancellationToken::new());
    let mut engines = tokio::task::JoinSet::new();
    let pool = Pool::default();
    for n in 0..count {
        let (planner, standby) = if plans { planners() } else { (Box::new(Plain) as Box<dyn Planner>, None) };
        let login = Login { user: "admin".into(), password: Zeroizing::new("x".into()) };
        let client = Client::new(&url, &Trust::Anybody, login).unwrap();
        let engine = Engine {
            name: format!("gateway {n}"),
            telemetry: Box::new(RedfishTelemetry::new(client, clock)),
            planner,
            standby,
            pool: pool.clone(),
            push: None,
            recorder: None,
            log: Some(log.clone()),
            config: SteerConfig::default(),
        };
        engines.spawn(engine.run(clock, stop.clone()));
    }
    // Until every forecaster is built (nine reports) and has earned the trust of its plan, without which the limiter speaks.
    tokio::time::sleep(Duration::from_secs(if seconds > 1 { 60 } else { 1 })).await;
    let (cpu, told, fresh) = (cpu_s(), ticks.load(Ordering::Relaxed), read.load(Ordering::Relaxed));
    sources.lock().unwrap().clear();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let used = (cpu_s() - cpu) / seconds as f64;
    let told = ticks.load(Ordering::Relaxed) - told;
    let fresh = read.load(Ordering::Relaxed) - fresh;
    let sources = std::mem::take(&mut *sources.lock().unwrap());
    let memory_kib = memory_kib();
    let planner = if plans { "optimizer" } else { "no cost" };
    println!(
        "{count:>5} gateways (fake, a report a second, 10 plans a second, ensemble, planner: {planner}): {:6.1} % of a \
         core, {:7.1} MiB ({:.0} KiB a gateway), {:.2} ticks a second a gateway, {:.2} % with readings younger than 2 s, \
         setpoints by {sources:?}",
        100.0 * used,
        memory_kib / 1024.0,
        (memory_kib - idle_kib) / count as f64,
        told as f64 / seconds as f64 / count as f64,
        100.0 * fresh as f64 / told as f64,
    );
    stop.cancel();
    child.kill().unwrap();
    child.wait().unwrap();
    while let Some(ended) = engines.join_next().await {
        ended.unwrap().unwrap();
    }
    drop(log);
    writer.wait().unwrap();
}

/// Processor time of this process, user and system, in seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<f64> = after.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // Fields 14 and 15 of proc(5); the state, a letter, is not among the numbers. 100 ticks a second on Linux.
    (fields[10] + fields[11]) / 100.0
}

/// Memory of this process, in KiB.
fn memory_kib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
