//! One tick of the orchestrator, by what the shelf is in.
//!
//! ```text
//! cargo bench --bench control_tick --no-default-features
//! ```
//!
//! First the time of each of many ticks, with the bar of issue 5, under 1 us at p99: the largest shows what the machine
//! did meanwhile. Then divan's times and allocations. With `--count CASE TICKS` it only runs ticks: `interop/control-tick.py`
//! counts instructions and allocations of that under valgrind, which is the same on a quiet and on a busy machine.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::f64::consts::{SQRT_2, TAU};
use std::hint::black_box;
use std::time::Instant;

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

/// Ticks that are timed one by one.
const TIMED: usize = 200_000;
/// Bar in ns.
const BAR_NS: u64 = 1000;

/// Times single ticks; the time includes one look at the clock.
fn timed(name: &str) {
    let mut case = Case::new(name);
    let mut ns: Vec<u64> = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let begin = Instant::now();
        case.run(1);
        ns.push(u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    ns.sort_unstable();
    let at = |share: f64| ns[((share * TIMED as f64).ceil() as usize).clamp(1, TIMED) - 1];
    let [p50, p99, p999, max] = [0.5, 0.99, 0.999, 1.0].map(at);
    let verdict = if p99 < BAR_NS { "met" } else { "MISSED" };
    println!(
        "{name:<8} {TIMED} ticks: p50 {p50} ns, p99 {p99} ns, p99.9 {p999} ns, max {max} ns; p99 under {BAR_NS} ns: {verdict}"
    );
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
        _ => {
            CASES.iter().for_each(|name| timed(name));
            divan::main();
        }
    }
}
