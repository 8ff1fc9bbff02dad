//! One tick of the orchestrator, by what the shelf is in.
//!
//! ```text
//! cargo bench --bench control_tick --no-default-features
//! ```
//!
//! Times and allocations are divan's. With `--count CASE TICKS` it only runs ticks: `interop/control-tick.py`
//! counts instructions and allocations of that under valgrind, which is the same on a quiet and on a busy machine.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::f64::consts::{SQRT_2, TAU};
use std::hint::black_box;

use divan::{AllocProfiler, Bencher};
use dpo_gateway::control::orchestrator::Orchestrator;
use dpo_gateway::control::orchestrator::io::{BbuSeen, Capabilities, Demand, PsuSeen, Seen};
use dpo_gateway::control::policy::{Droop, Dynamic, Policy, Ramp};
use dpo_gateway::registers::units::{Hertz, Joules, Ratio, Seconds, Volts, Watts, WattsPerSecond};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

/// Ticks of three cycles of 60 Hz: they repeat without a jump.
const TICKS: usize = 50;
/// Samples a tick.
const SAMPLES: usize = 5;
const CASES: [&str; 4] = ["today", "calm", "shaping", "sag"];

/// A shelf in a state that lasts, and what it sees.
struct Case {
    orchestrator: Orchestrator,
    ac: Vec<[[f64; 3]; SAMPLES]>,
    seen: Seen<'static>,
    at: usize,
}

impl Case {
    fn new(name: &str) -> Self {
        let shaping = name == "shaping";
        let slope = shaping.then_some(WattsPerSecond(100.0));
        let policy = Policy {
            ramp: Ramp { up: slope, down: slope },
            dynamic: shaping.then_some(Dynamic {
                range: Watts(1800.0),
                window: Seconds(5.0),
                band_low: Hertz(0.1),
            }),
            frequency: shaping.then_some(Droop::ERCOT),
            ..Policy::default()
        };
        let today = name == "today";
        let orchestrator =
            Orchestrator::new(&policy, if today { Capabilities::TODAY } else { Capabilities::MODIFIED })
                .unwrap();
        let psu = PsuSeen {
            present: true,
            healthy: true,
            output: Watts(1500.0),
            input: Watts(1546.0),
            age_ticks: 40,
        };
        let mut bbus = [BbuSeen {
            present: true,
            healthy: true,
            output: Watts(0.0),
            state_of_charge: Ratio(0.7),
            available: Watts(3000.0),
            energy: Joules(500_000.0),
            age_ticks: 40,
        }; 6];
        // Different charges are the long way through the ride-through time.
        for (slot, bbu) in bbus.iter_mut().enumerate() {
            bbu.energy.0 -= 40_000.0 * slot as f64;
            bbu.state_of_charge.0 -= 0.05 * slot as f64;
        }
        let seen = Seen {
            ac: &[],
            bus: Volts(50.5),
            input: Some(Watts(9276.0)),
            frequency: Some(Hertz(60.01)),
            psus: [psu; 6],
            bbus,
            demand: Demand::default(),
        };
        let mut case = Self { orchestrator, ac: vec![[[0.0; 3]; SAMPLES]; TICKS], seen, at: 0 };
        case.voltage(1.0);
        case.run(2000);
        if shaping {
            case.seen.input = Some(Watts(11_000.0));
        }
        if name == "sag" {
            case.voltage(0.5);
            case.seen.bus = Volts(48.2);
        }
        if today {
            case.ac.iter_mut().for_each(|tick| tick.fill([f64::NAN; 3]));
        }
        case.run(200);
        case
    }

    fn voltage(&mut self, pu: f64) {
        for (at, sample) in self.ac.iter_mut().flatten().enumerate() {
            for (phase, v) in sample.iter_mut().enumerate() {
                let cycles = at as f64 * 60.0 / (1000.0 * SAMPLES as f64) - phase as f64 / 3.0;
                *v = pu * 240.0 * SQRT_2 * (TAU * cycles).sin();
            }
        }
    }

    fn run(&mut self, ticks: usize) {
        for _ in 0..ticks {
            let seen = Seen { ac: &self.ac[self.at % TICKS], ..self.seen };
            self.at += 1;
            black_box(self.orchestrator.tick(black_box(&seen)));
        }
    }
}

#[divan::bench(args = CASES)]
fn tick(bencher: Bencher<'_, '_>, name: &str) {
    let mut case = Case::new(name);
    bencher.bench_local(|| case.run(1));
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "--list", ..] => println!("{}", CASES.join("\n")),
        [_, "--count", name, ticks, ..] => Case::new(name).run(ticks.parse().unwrap()),
        _ => divan::main(),
    }
}
