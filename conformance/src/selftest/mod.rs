//! Tests the tests: the reference must pass, devices that are none must not, and every mutant (a named
//! fault put between suite and reference) must be detected by at least one case.

mod block_faults;
mod dpo_commit_faults;
mod dpo_lease_faults;
mod dpo_wire;
mod faults;
mod flat;
mod http_faults;
#[cfg(test)]
mod journal;
mod link_faults;
mod mutant;
mod play;
mod proxy_http;
mod proxy_rtu;
mod proxy_smbus;
mod proxy_tcp;
mod ride_faults;
mod smbus_faults;
mod specimen;
mod specimen_faults;
mod supply_faults;
mod write_faults;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::outcome::{Outcome, Record, Verdict};
use crate::report::counts;
use crate::targets::sim::Reference;
use flat::Flat;
use mutant::{Mutant, Side};

/// Which cases detect which mutant, one mutant a line. A mutant must fail these cases and no others; with a `+` at
/// the end (faults of frames, connections and timing, after which a link may not come back at once) it may fail more.
const MATRIX: &str = include_str!("../../mutants.golden");

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
    /// The device that has what the reference has not, with and without writes.
    Specimen { writes: bool },
    /// A shelf behind an AC source.
    Ride,
    /// A device that is none.
    Flat(Flat, Side),
    /// A device that is none, in the place of a DPO block, with writes.
    FlatBlock(Flat),
    /// A mutant.
    Mutant(&'static Mutant),
}

impl Job {
    fn name(self) -> String {
        let side = |side: Side| match side {
            Side::Tcp => "TCP",
            Side::Rtu => "RTU",
            Side::Http => "HTTP",
            Side::Smbus => "SMBus",
            Side::Secure => "TLS",
            Side::Ride => "AC source",
        };
        match self {
            Self::Reference => "reference".into(),
            Self::Writes => "reference, with writes".into(),
            Self::Specimen { writes: false } => "specimen".into(),
            Self::Specimen { writes: true } => "specimen, with writes".into(),
            Self::Ride => "reference behind an AC source".into(),
            Self::Control(by, device) => format!("reference {device} through the proxy, {}", side(by)),
            Self::Flat(flat, by) => format!("{}, {}", flat.name(), side(by)),
            Self::FlatBlock(flat) => format!("{} as a DPO block", flat.name()),
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
    let modbus = faults::ANSWERS.iter().chain(link_faults::LINKS).chain(write_faults::WRITES);
    modbus
        .chain(http_faults::SERVICE)
        .chain(smbus_faults::SUPPLY)
        .chain(block_faults::BLOCK)
        .chain(dpo_lease_faults::LEASE)
        .chain(dpo_lease_faults::END)
        .chain(dpo_commit_faults::COMMITS)
        .chain(dpo_commit_faults::LOG)
        .chain(specimen_faults::QUIRKS)
        .chain(supply_faults::SUPPLIES)
        .chain(ride_faults::RIDE)
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

/// Names of the mutants that a case must detect, and what they do.
pub fn proofs(id: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    mutants()
        .filter(move |mutant| listed(mutant.name).0.contains(id))
        .map(|mutant| (mutant.name, mutant.what))
}

/// What a self-test is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// One mutant, or those of one transport (`tcp`, `rtu`, `http`, `smbus`, `tls`, `ride`), or the `specimen` alone.
    pub mutant: Option<String>,
    /// These cases alone, on the references, and the mutants that they must detect.
    pub cases: BTreeSet<String>,
}

impl Narrow {
    /// Whether a case is played.
    fn plays(&self, id: &str) -> bool {
        self.cases.is_empty() || self.cases.contains(id)
    }
}

/// Runs the self-test, or a part of it, and prints what detects what. Returns the exit code: 0 if the suite can be
/// trusted, 1 if not.
///
/// # Errors
/// Why nothing could be judged.
pub async fn run(narrow: &Narrow, out: &mut (dyn Write + Send)) -> Result<u8, String> {
    let cases = crate::catalogue::cases().map_err(|e| e.to_string())?;
    if let Some(unknown) = narrow.cases.iter().find(|id| !cases.iter().any(|c| c.id == **id)) {
        return Err(format!("no case has the id {unknown}"));
    }
    let jobs = jobs(narrow)?;
    let (sender, receiver) = mpsc::channel();
    let own = narrow.clone();
    let workers = tokio::task::spawn_blocking(move || work(jobs, &own, &sender));
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
    summary(out, &done, narrow)
}

fn say(out: &mut (dyn Write + Send), text: &str) -> Result<(), String> {
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|e| e.to_string())
}

fn jobs(narrow: &Narrow) -> Result<Vec<Job>, String> {
    let only = narrow.mutant.as_deref();
    let sides = [
        ("tcp", Side::Tcp),
        ("rtu", Side::Rtu),
        ("http", Side::Http),
        ("smbus", Side::Smbus),
        ("tls", Side::Secure),
        ("ride", Side::Ride),
    ];
    if let Some((_, side)) = sides.iter().find(|(name, _)| only == Some(name)) {
        // The reference behind an AC source is one of its own.
        let own = (*side == Side::Ride).then_some(Job::Ride);
        let jobs = mutants().filter(|m| m.fault.side() == *side).map(Job::Mutant);
        return Ok(own.into_iter().chain(jobs).collect());
    }
    if only == Some("specimen") {
        return Ok(vec![Job::Specimen { writes: false }, Job::Specimen { writes: true }]);
    }
    if let Some(name) = only {
        let mutant = mutants().find(|m| m.name == name);
        let mutant = mutant.ok_or_else(|| format!("no mutant is called {name}; --list names all"))?;
        return Ok(vec![Job::Mutant(mutant)]);
    }
    let mut jobs = vec![Job::Reference, Job::Writes];
    jobs.extend([Job::Specimen { writes: false }, Job::Specimen { writes: true }, Job::Ride]);
    if !narrow.cases.is_empty() {
        let named = |mutant: &Mutant| listed(mutant.name).0.iter().any(|id| narrow.cases.contains(*id));
        jobs.extend(mutants().filter(|mutant| named(mutant)).map(Job::Mutant));
        return Ok(jobs);
    }
    for side in [Side::Tcp, Side::Rtu] {
        for device in ["orv3-psu", "orv3-bbu", "dpo-pmi"] {
            jobs.push(Job::Control(side, device));
        }
    }
    jobs.push(Job::Control(Side::Http, "redfish"));
    jobs.push(Job::Control(Side::Smbus, "pmbus"));
    for side in [Side::Tcp, Side::Rtu, Side::Http, Side::Smbus, Side::Secure, Side::Ride] {
        jobs.push(Job::Flat(Flat::Null, side));
        jobs.push(Job::Flat(Flat::Yes, side));
    }
    jobs.extend([Job::FlatBlock(Flat::Null), Job::FlatBlock(Flat::Yes)]);
    jobs.extend(mutants().map(Job::Mutant));
    Ok(jobs)
}

/// Plays the jobs on a few threads, each with a runtime and a reference of its own.
fn work(jobs: Vec<Job>, narrow: &Narrow, sender: &mpsc::Sender<Done>) {
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
                            Ok(reference) => play::play(*job, narrow, reference).await,
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

fn summary(out: &mut (dyn Write + Send), done: &[Done], narrow: &Narrow) -> Result<u8, String> {
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
                faults.extend(not_as_listed(&name, &failed, narrow));
                useful.extend(failed);
            }
            Job::Reference | Job::Writes | Job::Specimen { .. } | Job::Ride | Job::Control(..) => {
                faults.extend(not_clean(&name, records))
            }
            Job::Flat(..) => {
                if verdict.exit_code() == 0 {
                    faults.push(format!("{name}: the run says {verdict}"));
                }
            }
            Job::FlatBlock(what) => {
                let passed = ids(records, Outcome::Pass);
                faults.extend(passed.iter().map(|id| format!("{name} passes {id}")));
                // One that yields and does nothing must be seen by cases, not only be refused at their first steps.
                let all = narrow.cases.is_empty();
                if what == Flat::Yes && all && ids(records, Outcome::Fail).is_empty() {
                    faults.push(format!("{name} fails no case"));
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
    // Some mutants alone say nothing about the cases.
    if narrow.mutant.is_none() {
        let cases = crate::catalogue::cases().map_err(|e| e.to_string())?;
        let asked = cases.iter().map(|case| case.id.as_str()).filter(|id| narrow.plays(id));
        let idle: Vec<&str> = asked.filter(|id| !useful.contains(id)).collect();
        say(
            out,
            &format!(
                "\nCases that detect no mutant: {}",
                if idle.is_empty() { "none".to_owned() } else { idle.join(" ") }
            ),
        )?;
        faults.extend(idle.iter().map(|id| format!("{id} detects no mutant, and so is not known to judge")));
    }
    say(out, &format!("\n{detected} of {total} mutants detected"))?;
    for fault in &faults {
        say(out, &format!("FAULT: {fault}"))?;
    }
    Ok(u8::from(!faults.is_empty()))
}

/// The cases that `mutants.golden` lists for a mutant, and whether there may be more.
fn listed(name: &str) -> (BTreeSet<&'static str>, bool) {
    let line = MATRIX.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let (listed, more) = match line {
        Some(line) => (line.trim_end_matches(" +"), line.ends_with(" +")),
        None => ("", false),
    };
    (listed.split_whitespace().collect(), more)
}

/// Whether a mutant fails what `mutants.golden` lists for it, of the cases that were played.
fn not_as_listed(name: &str, failed: &BTreeSet<&str>, narrow: &Narrow) -> Option<String> {
    let (mut listed, more) = listed(name);
    listed.retain(|id| narrow.plays(id));
    let good = if more { listed.is_subset(failed) } else { listed == *failed };
    let seen: Vec<&str> = failed.iter().copied().collect();
    let wanted: Vec<&str> = listed.into_iter().collect();
    (!good).then(|| format!("{name} fails {}; mutants.golden lists {}", seen.join(" "), wanted.join(" ")))
}

/// What of the reference is not PASS although it was run.
fn not_clean(name: &str, records: &[Record]) -> Vec<String> {
    let bad = records
        .iter()
        .filter(|r| !matches!(r.outcome, Outcome::Pass | Outcome::NotApplicable | Outcome::NotRun));
    bad.map(|r| format!("{name}: {} {} on {}: {}", r.outcome, r.id, r.subject, r.seen.join("; "))).collect()
}

/// A fresh supply of the specimen, for tests of the suite's own parts.
#[cfg(test)]
pub(crate) fn specimen_supply() -> crate::pmbus::PmbusPlan {
    specimen::SpecimenSupply::new(None).unwrap().plan
}

/// A fresh device of the specimen: its map, and what it answers to a PDU; `None` is silence.
#[cfg(test)]
pub(crate) fn specimen_memory() -> (
    std::sync::Arc<dpo_gateway::maps::model::RegisterMap>,
    impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
) {
    specimen::answers()
}

/// The same with what it declares, and its instrument.
#[cfg(test)]
pub(crate) fn specimen_bench()
-> (crate::pmbus::PmbusPlan, crate::declared::PmbusClaims, crate::instrument::SharedInstrument) {
    let own = specimen::SpecimenSupply::new(None).unwrap();
    (own.plan, own.claims, own.instrument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_is_listed_with_cases_that_exist() {
        let cases = crate::catalogue::cases().unwrap();
        let listed: Vec<&str> =
            MATRIX.lines().filter_map(|line| line.split_once(": ")).map(|(n, _)| n).collect();
        let names: Vec<&str> = mutants().map(|m| m.name).collect();
        assert_eq!(listed, names);
        for id in MATRIX.lines().flat_map(|l| l.split_whitespace().skip(1)).filter(|id| *id != "+") {
            assert!(cases.iter().any(|c| c.id == id), "{id}");
        }
    }

    #[test]
    fn every_case_is_known_to_detect_a_mutant() {
        let cases = crate::catalogue::cases().unwrap();
        let listed: BTreeSet<&str> = MATRIX
            .lines()
            .filter_map(|line| line.split_once(": "))
            .flat_map(|(_, ids)| ids.split(' '))
            .collect();
        let idle: Vec<&str> =
            cases.iter().map(|case| case.id.as_str()).filter(|id| !listed.contains(id)).collect();
        assert_eq!(idle, Vec::<&str>::new());
        // The self-test says so, too: no mutant was played that the case detects.
        let narrow = Narrow { cases: ["MB-PDU-001".to_owned()].into(), ..Narrow::default() };
        let mut out = Vec::new();
        assert_eq!(summary(&mut out, &[], &narrow), Ok(1));
        let said = String::from_utf8(out).unwrap();
        assert!(said.contains("FAULT: MB-PDU-001 detects no mutant"), "{said}");
    }

    /// An AC source whose meters tell nothing, and one whose meters always say that all is well.
    #[tokio::test]
    async fn a_bench_that_is_none_does_not_pass() {
        let reference = Reference::start().await.unwrap();
        let ids = ["RIDE-001", "RIDE-005", "RIDE-015", "RIDE-020"].map(str::to_owned);
        let narrow = Narrow { cases: ids.into(), ..Narrow::default() };
        for (flat, wanted) in [(Flat::Null, Outcome::Inconclusive), (Flat::Yes, Outcome::Fail)] {
            let played = play::play(Job::Flat(flat, Side::Ride), &narrow, &reference).await;
            let (records, verdict) = played.unwrap();
            assert_ne!(verdict.exit_code(), 0, "{}: {verdict}", flat.name());
            assert!(records.iter().any(|record| record.outcome == wanted), "{}", flat.name());
        }
    }

    #[test]
    fn a_mutant_that_fails_other_cases_is_told() {
        let (name, ids) = ("model-differs", ["XIF-001"]);
        let all = &Narrow::default();
        assert_eq!(not_as_listed(name, &BTreeSet::from(ids), all), None);
        let other = not_as_listed(name, &BTreeSet::from(["XIF-001", "XIF-002"]), all);
        assert!(other.is_some_and(|text| text.contains("XIF-002")));
        let (name, ids) = ("deaf-after-bad-frame", ["MB-RTU-007"]);
        assert!(not_as_listed(name, &BTreeSet::from(ids), all).is_some());
        assert!(not_as_listed("no-such-mutant", &BTreeSet::from(ids), all).is_some());
        // A case that was not played is not missed.
        let one = &Narrow { cases: ["MB-RTU-007".to_owned()].into(), ..Narrow::default() };
        assert_eq!(not_as_listed("deaf-after-bad-frame", &BTreeSet::from(ids), one), None);
    }
}
