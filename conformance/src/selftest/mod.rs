//! Tests the tests: the reference must pass, devices that are none must not, and every mutant (a named
//! fault put between suite and reference) must be detected by at least one case.

mod faults;
mod flat;
mod link_faults;
mod mutant;
mod proxy_rtu;
mod proxy_tcp;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::catalogue::{self, Class, Scope};
use crate::device::Device;
use crate::outcome::{Outcome, Record, Verdict};
use crate::report::counts;
use crate::run::{self, Declared, Effort, Plan, Selection};
use crate::targets::sim::Reference;
use crate::targets::{Endpoint, named};
use crate::transport::Timing;
use flat::Flat;
use mutant::{Fault, Mutant, Side};

/// Jobs at a time. Most of the time is waiting for silence.
const WORKERS: usize = 5;

/// A task that ends when this value is dropped.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One run of the suite.
#[derive(Clone, Copy)]
enum Job {
    /// All devices of the reference over both links.
    Reference,
    /// The reference through a proxy that changes nothing.
    Control(Side, &'static str),
    /// All classes that write, on the reference.
    Writes,
    /// A device that is none.
    Flat(Flat, Side),
    /// A mutant.
    Mutant(&'static Mutant),
}

impl Job {
    fn name(self) -> String {
        let side = |side: Side| if side == Side::Tcp { "TCP" } else { "RTU" };
        match self {
            Self::Reference => "reference".into(),
            Self::Writes => "reference, with writes".into(),
            Self::Control(by, device) => format!("reference {device} through the proxy, {}", side(by)),
            Self::Flat(flat, by) => format!("{}, {}", flat.name(), side(by)),
            Self::Mutant(mutant) => mutant.name.into(),
        }
    }
}

/// What a job gave.
struct Done {
    job: Job,
    result: Result<(Vec<Record>, Verdict), String>,
    took: Duration,
}

/// All mutants.
fn mutants() -> impl Iterator<Item = &'static Mutant> {
    faults::ANSWERS.iter().chain(link_faults::LINKS)
}

/// Lists the mutants.
///
/// # Errors
/// Why the list could not be written.
pub fn list(out: &mut dyn Write) -> Result<u8, String> {
    for mutant in mutants() {
        writeln!(out, "{:<32} {}", mutant.name, mutant.what).map_err(|e| e.to_string())?;
    }
    Ok(0)
}

/// Runs the self-test, or one mutant of it, and prints what detects what. Returns the exit code: 0 if the
/// suite can be trusted, 1 if not.
///
/// # Errors
/// Why nothing could be judged.
pub async fn run(only: Option<&str>, out: &mut (dyn Write + Send)) -> Result<u8, String> {
    let jobs = jobs(only)?;
    let (sender, receiver) = mpsc::channel();
    let workers = tokio::task::spawn_blocking(move || work(jobs, &sender));
    // cucumber signals a failed step by a panic that it catches; its own hook is not made for
    // several runs at once.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut done = Vec::new();
    loop {
        match receiver.try_recv() {
            Ok(result) => {
                say(out, &progress(&result))?;
                done.push(result);
            }
            Err(mpsc::TryRecvError::Empty) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(mpsc::TryRecvError::Disconnected) => break,
        }
    }
    std::panic::set_hook(hook);
    workers.await.map_err(|e| e.to_string())?;
    summary(out, &done)
}

fn say(out: &mut (dyn Write + Send), text: &str) -> Result<(), String> {
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|e| e.to_string())
}

fn jobs(only: Option<&str>) -> Result<Vec<Job>, String> {
    if let Some(name) = only {
        let mutant = mutants().find(|m| m.name == name);
        let mutant = mutant.ok_or_else(|| format!("no mutant is called {name}; --list names all"))?;
        return Ok(vec![Job::Mutant(mutant)]);
    }
    let mut jobs = vec![Job::Reference, Job::Writes];
    for side in [Side::Tcp, Side::Rtu] {
        for device in ["orv3-psu", "orv3-bbu", "dpo-pmi"] {
            jobs.push(Job::Control(side, device));
        }
        jobs.push(Job::Flat(Flat::Null, side));
        jobs.push(Job::Flat(Flat::Yes, side));
    }
    jobs.extend(mutants().map(Job::Mutant));
    Ok(jobs)
}

/// Plays the jobs on a few threads, each with a runtime and a reference of its own.
fn work(jobs: Vec<Job>, sender: &mpsc::Sender<Done>) {
    let next = AtomicUsize::new(0);
    let sender = Mutex::new(sender.clone());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(jobs.len()) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let Ok(runtime) = runtime else { return };
                runtime.block_on(async {
                    let reference = Reference::start().await.map_err(|e| e.to_string());
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let started = Instant::now();
                        let result = match &reference {
                            Ok(reference) => play(*job, reference).await,
                            Err(reason) => Err(reason.clone()),
                        };
                        let done = Done { job: *job, result, took: started.elapsed() };
                        let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
                        if sender.send(done).is_err() {
                            return;
                        }
                    }
                });
            });
        }
    });
}

/// Short waits: everything is in this process.
fn timing(answer: u64) -> Timing {
    Timing {
        answer: Duration::from_millis(answer),
        silence: Duration::from_millis(70),
        quiet: Duration::from_millis(5),
    }
}

fn effort() -> Effort {
    Effort {
        random_reads: 100,
        timed_requests: 50,
        samples: 12,
        sample_interval: Duration::from_millis(2),
        listen: Duration::from_millis(300),
        full_sweep: false,
        sweep_sample: 20,
        seed: 0x0D90,
    }
}

async fn play(job: Job, reference: &Reference) -> Result<(Vec<Record>, Verdict), String> {
    let text = |e: std::io::Error| e.to_string();
    let device = |map: &str| -> Result<Device, String> {
        let name = reference.devices.iter().find(|d| d.map == map);
        let name = name.ok_or_else(|| format!("the reference has no {map}"))?;
        let mut devices = named(std::slice::from_ref(name)).map_err(|e| e.to_string())?;
        devices.pop().ok_or_else(|| format!("no map {map}"))
    };
    let through = async |side: Side, device: &Device, fault: Option<Fault>| {
        Ok::<_, String>(match side {
            Side::Tcp => {
                let started = proxy_tcp::start(reference.tcp, device.map.clone(), fault).await;
                let (address, task) = started.map_err(text)?;
                (Endpoint::Tcp(address.to_string()), task)
            }
            Side::Rtu => {
                let (map, unit) = (device.map.clone(), device.unit);
                let started = proxy_rtu::start(&reference.pty, map, unit, fault, timing(500).answer);
                let (line, task) = started.map_err(text)?;
                (Endpoint::Rtu(line), task)
            }
        })
    };
    let (endpoints, devices, answer, task) = match job {
        Job::Reference | Job::Writes => {
            let devices = named(&reference.devices).map_err(|e| e.to_string())?;
            (reference.endpoints(), devices, 1000, None)
        }
        Job::Control(side, map) => {
            let device = device(map)?;
            let (endpoint, task) = through(side, &device, None).await?;
            (vec![endpoint], vec![device], 1000, Some(task))
        }
        Job::Flat(flat, side) => {
            let (endpoint, task) = match side {
                Side::Tcp => {
                    let (address, task) = flat::tcp(flat).await.map_err(text)?;
                    (Endpoint::Tcp(address.to_string()), task)
                }
                Side::Rtu => {
                    let (line, task) = flat::rtu(flat).map_err(text)?;
                    (Endpoint::Rtu(line), task)
                }
            };
            let answer = if flat == Flat::Null { 40 } else { 500 };
            (vec![endpoint], vec![device("orv3-psu")?], answer, Some(task))
        }
        Job::Mutant(mutant) => {
            let device = device(mutant.device)?;
            let (endpoint, task) = through(mutant.fault.side(), &device, Some(mutant.fault)).await?;
            (vec![endpoint], vec![device], 500, Some(task))
        }
    };
    let declared = if matches!(job, Job::Flat(..)) { Declared::default() } else { reference.declared };
    let writes = match job {
        Job::Mutant(mutant) => mutant.writes,
        other => matches!(other, Job::Writes),
    };
    let ids = catalogue::cases().map_err(|e| e.to_string())?;
    let ids = ids.iter().filter(|case| match job {
        Job::Mutant(_) | Job::Writes if writes => matches!(case.class, Class::N | Class::W),
        // The registers were compared over TCP; on the line they would only take time.
        Job::Mutant(_) | Job::Control(..) if endpoints.iter().all(|e| matches!(e, Endpoint::Rtu(_))) => {
            case.scope != Scope::Map
        }
        _ => true,
    });
    let selection = Selection { writes, disruptive: false, ids: ids.map(|case| case.id.clone()).collect() };
    let plan = Plan {
        endpoints,
        devices,
        selection,
        effort: effort(),
        tcp: timing(answer),
        rtu: timing(answer),
        declared,
    };
    let records = Arc::new(Mutex::new(Vec::new()));
    let mut sink = |record: &Record| {
        records.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
    };
    let verdict = run::run(&plan, &mut sink).await.map_err(|e| e.to_string())?;
    drop(task);
    let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((records, verdict))
}

/// Ids with an outcome.
fn ids(records: &[Record], wanted: Outcome) -> BTreeSet<&str> {
    records.iter().filter(|r| r.outcome == wanted).map(|r| r.id.as_str()).collect()
}

fn progress(done: &Done) -> String {
    let seconds = done.took.as_secs_f64();
    match &done.result {
        Err(reason) => format!("ran {:<44} {seconds:5.1} s  could not run: {reason}", done.job.name()),
        Ok((records, _)) => {
            let counts: Vec<String> = counts(records).iter().map(|(w, n)| format!("{w} {n}")).collect();
            format!("ran {:<44} {seconds:5.1} s  {}", done.job.name(), counts.join(", "))
        }
    }
}

fn summary(out: &mut (dyn Write + Send), done: &[Done]) -> Result<u8, String> {
    let mut faults = Vec::new();
    say(out, "\nMutant -> cases that detect it")?;
    let (mut detected, mut total) = (0, 0);
    let mut useful: BTreeSet<&str> = BTreeSet::new();
    let mut sorted: Vec<&Done> = done.iter().collect();
    let place = |job: Job| match job {
        Job::Mutant(mutant) => mutants().position(|m| m.name == mutant.name),
        _ => None,
    };
    sorted.sort_by_key(|d| place(d.job));
    for one in &sorted {
        let name = one.job.name();
        let (records, verdict) = match &one.result {
            Ok(result) => result,
            Err(reason) => {
                faults.push(format!("{name}: could not run: {reason}"));
                total += usize::from(matches!(one.job, Job::Mutant(_)));
                continue;
            }
        };
        let failed = ids(records, Outcome::Fail);
        match one.job {
            Job::Mutant(mutant) => {
                total += 1;
                if failed.is_empty() {
                    faults.push(format!("{name} was not detected ({})", mutant.what));
                } else {
                    detected += 1;
                }
                let list: Vec<&str> = failed.iter().copied().collect();
                say(out, &format!("  {name:<32} {}", list.join(" ")))?;
                useful.extend(failed);
            }
            Job::Reference | Job::Writes | Job::Control(..) => faults.extend(not_clean(&name, records)),
            Job::Flat(..) => {
                if verdict.exit_code() == 0 {
                    faults.push(format!("{name}: the run says {verdict}"));
                }
            }
        }
    }
    for one in &sorted {
        if let (Job::Flat(..), Ok((records, verdict))) = (one.job, &one.result) {
            say(out, &format!("\n{}: exit code {}", one.job.name(), verdict.exit_code()))?;
            for outcome in Outcome::ALL {
                let list: Vec<&str> = ids(records, outcome).into_iter().collect();
                if !list.is_empty() && outcome != Outcome::NotApplicable && outcome != Outcome::NotRun {
                    say(out, &format!("  {outcome}: {}", list.join(" ")))?;
                }
            }
        }
    }
    if total > 1 {
        let judged = sorted.iter().filter(|d| matches!(d.job, Job::Reference | Job::Writes));
        let judged = judged.filter_map(|d| d.result.as_ref().ok());
        let passed: BTreeSet<&str> = judged.flat_map(|(records, _)| ids(records, Outcome::Pass)).collect();
        let idle: Vec<&str> = passed.difference(&useful).copied().collect();
        let idle = if idle.is_empty() { "none".to_owned() } else { idle.join(" ") };
        say(out, &format!("\nCases that detect no mutant: {idle}"))?;
    }
    say(out, &format!("\n{detected} of {total} mutants detected"))?;
    for fault in &faults {
        say(out, &format!("FAULT: {fault}"))?;
    }
    Ok(u8::from(!faults.is_empty()))
}

/// What of the reference is not PASS although it was run.
fn not_clean(name: &str, records: &[Record]) -> Vec<String> {
    let bad = records
        .iter()
        .filter(|r| !matches!(r.outcome, Outcome::Pass | Outcome::NotApplicable | Outcome::NotRun));
    bad.map(|r| format!("{name}: {} {} on {}: {}", r.outcome, r.id, r.subject, r.seen.join("; "))).collect()
}
