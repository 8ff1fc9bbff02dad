//! The fault campaign of the write gate: seeded runs with a fault each, on a **simulated** shelf, bus and disk in
//! virtual time, then real SIGKILLs of a child process with a real journal file. Prints what held, a row a class.
//!
//! ```sh
//! cargo run --release --features gate-mutants --example gate_campaign -- --runs 500 --seed 1
//! ```
//!
//! With the feature `gate-mutants` it also switches defects on, one at a time, and shows which check sees each.
//! Exit code 1: something did not hold, or a defect was not seen.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod check;
mod client;
mod disk;
mod journal;
mod rng;
mod run;
mod sigkill;
mod time;
mod world;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use run::{Class, run};

struct Options {
    runs: u64,
    seed: u64,
    kills: u64,
    /// A seed of the campaign to be run alone, with what its findings rest on.
    explain: Option<u64>,
    /// Each defect is run only until a check has seen it.
    first: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options { runs: 500, seed: 1, kills: 12, explain: None, first: false };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let mut number = || {
            let value = args.next().ok_or_else(|| format!("{name} needs a number"))?;
            value.parse::<u64>().map_err(|e| format!("{name} {value}: {e}"))
        };
        match name.as_str() {
            "--runs" => options.runs = number()?,
            "--seed" => options.seed = number()?,
            "--explain" => options.explain = Some(number()?),
            "--kills" => options.kills = number()?,
            "--first" => options.first = true,
            other => {
                return Err(format!(
                    "{other}: not known; there are --runs, --seed, --kills, --explain and --first"
                ));
            }
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    if let Some(code) = sigkill::child() {
        return code;
    }
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("gate_campaign: {error}");
            return ExitCode::from(2);
        }
    };
    if let Some(seed) = options.explain {
        let class = Class::ALL[(seed.wrapping_sub(options.seed) % Class::ALL.len() as u64) as usize];
        println!("{}, seed {seed}", class.name());
        let findings = run::run_explained(class, seed, true).findings;
        println!("{findings:?}");
        return if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let good = campaign(&options) & sigkill::campaign(options.kills, options.seed) & mutants(&options);
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn campaign(options: &Options) -> bool {
    let started = Instant::now();
    println!(
        "Fault campaign, {} seeded runs from seed {}; shelf, bus and disk are simulated, time is virtual.",
        options.runs, options.seed
    );
    println!(
        "{:<32} {:>5} {:>6} {:>6} {:>8} {:>7} {:>8} {:>6} {:>9}",
        "fault", "runs", "kills", "acked", "refused", "writes", "entries", "aside", "violations"
    );
    let mut totals = [0usize; 8];
    let (mut digest, mut cycled, mut moved) = (0u64, 0, 0);
    let mut bad: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let classes = Class::ALL.len() as u64;
    for (number, class) in (0..).zip(Class::ALL) {
        let mut row = [0usize; 8];
        for seed in
            (options.seed..options.seed + options.runs).filter(|s| (s - options.seed) % classes == number)
        {
            let outcome = run(class, seed);
            digest = digest.rotate_left(1) ^ outcome.digest;
            cycled += outcome.cycled;
            moved += outcome.moved;
            let counts = [
                1,
                outcome.kills,
                outcome.acknowledged,
                outcome.refused,
                outcome.writes,
                outcome.entries,
                outcome.aside,
                usize::from(!outcome.findings.is_empty()),
            ];
            row.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
            for finding in outcome.findings {
                bad.entry(format!("{}: {}", class.name(), finding.name())).or_default().push(seed);
            }
        }
        print(class.name(), &row);
        totals.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
    }
    print("all", &totals);
    println!("of these, {moved} of the voltage of the busbar; {cycled} power cycles");
    for (what, seeds) in &bad {
        println!("VIOLATION {what}: seeds {seeds:?}");
    }
    println!("digest of all that happened: {digest:016x}; {:.1} s", started.elapsed().as_secs_f64());
    bad.is_empty()
}

fn print(name: &str, [runs, kills, acked, refused, writes, entries, aside, violations]: &[usize; 8]) {
    println!(
        "{name:<32} {runs:>5} {kills:>6} {acked:>6} {refused:>8} {writes:>7} {entries:>8} {aside:>6} {violations:>9}"
    );
}

#[cfg(feature = "gate-mutants")]
fn mutants(options: &Options) -> bool {
    use dpo_gateway::shelf::mutant::{Mutant, set};
    /// Runs in which a defect must show: twelve of each class. A client that asks for many things at once rarely has the one intent open whose
    /// replay does harm.
    const RUNS: u64 = 120;
    let until = if options.first { "until it is seen, " } else { "" };
    println!("\nDefects switched on one at a time, {until}{RUNS} runs each; how many runs a check saw:");
    let mut all = true;
    for mutant in Mutant::ALL {
        set(Some(mutant));
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        let mut runs = 0;
        let mut made = 0;
        for number in 0..RUNS {
            if options.first && runs > 0 {
                break;
            }
            made += 1;
            let class = Class::ALL[(number % Class::ALL.len() as u64) as usize];
            let findings = run(class, options.seed + number).findings;
            runs += u64::from(!findings.is_empty());
            findings.iter().for_each(|f| *seen.entry(f.name()).or_default() += 1);
        }
        set(None);
        let by: Vec<String> = seen.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let verdict = if runs > 0 { "seen" } else { "NOT SEEN" };
        println!(
            "{:<18} {verdict:<9} in {runs:>2} of {made:>2} runs: {}",
            format!("{mutant:?}"),
            by.join(", ")
        );
        all &= runs > 0;
    }
    all
}

#[cfg(not(feature = "gate-mutants"))]
fn mutants(_: &Options) -> bool {
    println!("\nDefects are not compiled in: run with --features gate-mutants to see that each is noticed.");
    true
}
