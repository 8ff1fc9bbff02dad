//! How long the headroom study takes, and what it says.
//!
//! ```text
//! cargo bench --no-default-features --features engine --bench headroom -- [SECONDS] [TRACE.csv ...]
//! ```
//!
//! With traces those alone, else the synthetic mixes. //! The same study as `dpo simulate headroom`, without the command line's dependencies: prints its Markdown, and the time on
//! standard error. Runs are 60 s long unless said otherwise.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

use std::path::Path;
use std::time::Instant;

use dpo_gateway::engine::backtest::{Columns, trace};
use dpo_gateway::engine::headroom::mix::Mix;
use dpo_gateway::engine::headroom::report::{Percents, Report, picture, reserve};
use dpo_gateway::engine::headroom::shelf::Hardware;
use dpo_gateway::engine::headroom::study::{LimitSet, cases, solve};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    // `cargo test --benches` runs this too, and wants no measurement.
    let measures = std::env::args().any(|a| a == "--bench");
    let length_s = args.iter().find_map(|a| a.parse().ok()).unwrap_or(60.0);
    let read = |a: &&String| a.parse::<f64>().is_err();
    let mut mixes: Vec<Mix> = args
        .iter()
        .filter(read)
        .map(|a| Mix::measured(&trace::read(Path::new(a), &Columns::default()).unwrap(), length_s))
        .collect();
    // Traces are scored alone, the synthetic mixes alone.
    if mixes.is_empty() {
        mixes = Mix::synthetic(1, if measures { length_s } else { 10.0 });
    }
    mixes.truncate(if measures { 16 } else { 1 });
    let grid = LimitSet::grid(0.02, 0.1, 0.02);
    let cases = cases(&mixes, &[LimitSet::RATING, grid], &Hardware::ALL);
    let cases = &cases[..if measures { cases.len() } else { 2 }];
    let start = Instant::now();
    let cells = solve(cases, &|_, cell| {
        eprintln!(
            "{} {} {} {}: {}",
            cell.mix,
            cell.limits,
            cell.hardware,
            cell.strategy.title(),
            reserve(cell)
        );
    })
    .unwrap();
    eprintln!("{} combinations in {:.1} s", cells.len(), start.elapsed().as_secs_f64());
    println!(
        "{}",
        Report::new(&mixes, &cells, Percents { ramp_per_s: 2.0, range: 10.0, band: 2.0 }).markdown()
    );
    if let (Ok(dir), Some(mix)) = (std::env::var("HEADROOM_OUT"), mixes.first()) {
        std::fs::write(Path::new(&dir).join("headroom.svg"), picture(mix, grid).unwrap()).unwrap();
    }
}
