//! How long a forecaster takes for a sample, and for a prediction.
//!
//! ```text
//! cargo bench --no-default-features --features engine --bench forecast
//! ```
//!
//! Each forecaster is fed 100 Hz of a training load (synthetic, the same each time) with all eight horizons, and asked for
//! three of them at each sample. Every call is timed on its own, so that the percentiles are those of single
//! calls and the clock (some 25 ns) is in them. Prints p50, p99 and the largest, and what was allocated meanwhile.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::alloc::System;
use std::hint::black_box;
use std::time::Instant;

use dpo_gateway::engine::backtest::synthetic;
use dpo_gateway::engine::forecast::{Config, Kind, build};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Samples before the first that counts.
const WARM_UP: usize = 6_000;
/// What p99 of an update may take, in microseconds.
const BAR_US: f64 = 10.0;

fn percentiles(times_ns: &mut [u64]) -> [f64; 3] {
    times_ns.sort_unstable();
    let at = |share: f64| times_ns[((times_ns.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    [at(0.5), at(0.99), at(1.0)]
}

fn main() {
    // `cargo test --benches` runs this too, and wants no measurement.
    let rounds = if std::env::args().any(|a| a == "--bench") { 20 } else { 1 };
    let trace = synthetic::make("training").unwrap();
    let config = Config::new(0.01).unwrap();
    println!("update and predict at 100 Hz, 8 horizons to 30 s, microseconds a call");
    println!(
        "{:<12} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8}  allocations",
        "", "upd p50", "p99", "max", "pred p50", "p99", "max"
    );
    let mut slowest = 0.0f64;
    for kind in Kind::ALL {
        let mut forecaster = build(kind, &config).unwrap();
        let room = rounds * trace.samples.len();
        let (mut updates, mut predictions) = (Vec::with_capacity(room), Vec::with_capacity(3 * room));
        let (mut t_s, mut n) = (0.0, 0);
        let region = Region::new(ALLOCATOR);
        for _ in 0..rounds {
            for (_, value) in &trace.samples {
                t_s += 0.01;
                n += 1;
                let start = Instant::now();
                forecaster.update(black_box(t_s), black_box(*value)).unwrap();
                let took = start.elapsed().as_nanos() as u64;
                if n < WARM_UP {
                    continue;
                }
                updates.push(took);
                for horizon_s in [0.1, 1.0, 30.0] {
                    let start = Instant::now();
                    black_box(forecaster.predict(black_box(horizon_s)).unwrap());
                    predictions.push(start.elapsed().as_nanos() as u64);
                }
            }
        }
        let allocations = region.change().allocations;
        let (u, p) = (percentiles(&mut updates), percentiles(&mut predictions));
        slowest = slowest.max(u[1]);
        println!(
            "{:<12} {:>8.2} {:>8.2} {:>8.1}   {:>8.2} {:>8.2} {:>8.1}  {allocations}",
            kind.name(),
            u[0],
            u[1],
            u[2],
            p[0],
            p[1],
            p[2]
        );
        assert_eq!(allocations, 0, "{}: a forecaster may not allocate", kind.name());
    }
    println!(
        "slowest p99 of an update {slowest:.2} us, bar {BAR_US} us: {}",
        if slowest < BAR_US { "met" } else { "NOT met" }
    );
}
