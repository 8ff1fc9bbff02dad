//! A forecaster allocates nothing once it is built: no sample, gap or prediction does.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::System;

use dpo_gateway::engine::backtest::synthetic;
use dpo_gateway::engine::forecast::{Config, Kind, build};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Without the harness of tests: the counter is that of the whole process, and the harness allocates beside a test.
fn main() {
    let trace = synthetic::make("training").unwrap();
    let config = Config::new(0.01).unwrap();
    let mut counted = Vec::new();
    for kind in Kind::ALL {
        let mut forecaster = build(kind, &config).unwrap();
        let region = Region::new(ALLOCATOR);
        let mut told = 0.0;
        for (i, (t_s, value)) in trace.samples.iter().take(4_000).enumerate() {
            // A silence of 3 s on the way, and what is refused.
            let t_s = if i < 2_500 { *t_s } else { t_s + 3.0 };
            forecaster.update(t_s, *value).unwrap();
            assert!(forecaster.update(t_s, f64::NAN).is_err());
            told += forecaster.predict(0.1).unwrap().mean + forecaster.predict(29.0).unwrap().mean;
        }
        let change = region.change();
        assert!(told.is_finite());
        counted.push((kind.name(), change.allocations, change.reallocations));
    }
    for (name, allocations, reallocations) in counted {
        assert_eq!((allocations, reallocations), (0, 0), "{name}");
    }
    println!("forecast_alloc: 7 forecasters, 4000 samples each, nothing allocated");
}
