//! How fast the waveform-level twin runs: against real time on one core, over cores with 1,000 racks, and the
//! memory of a rack.
//!
//! `cargo bench --bench twin`. The story that each rack runs has everything that costs: steady load, a deep sag, the
//! hand-over, the return and a recharge.
//!
//! Time is that of the thread's own processor time (CLOCK_THREAD_CPUTIME_ID): what other programs take of a busy
//! machine is left out, what racks cost each other through caches and memory is in. So the speed-up over cores is how
//! often the racks would fit if each thread had its core: the processor time of one thread for all racks over that of the
//! slowest of many.

#![allow(clippy::print_stdout)]

use std::hint::black_box;

use dpo_gateway::control::orchestrator::io::{
    BbuArmed, Lines, LowLine, PsuArmed, Recharge, Share, Support, WalkIn,
};
use dpo_gateway::sim::grid::AcSample;
use dpo_gateway::sim::twin::{Design, STEP_S, Twin, TwinConfig, Variant};
use dpo_registers::units::{Ratio, Volts, Watts};

/// One second of 60 Hz with a sag to 0.3 p.u. from 0.3 s to 0.5 s, made ahead: the grid is not what is measured.
fn waves() -> Vec<AcSample> {
    let count = (1.0 / STEP_S).round() as usize;
    let mut samples = Vec::with_capacity(count);
    for step in 0..count {
        let t = step as f64 * STEP_S;
        let volts = if (0.3..0.5).contains(&t) { 72.0 } else { 240.0 };
        let angle = std::f64::consts::TAU * 60.0 * t;
        let phase = |n: f64| volts * 2.0f64.sqrt() * (angle - n * std::f64::consts::TAU / 3.0).sin();
        samples.push(AcSample { v: [phase(0.0), phase(1.0), phase(2.0)], rms: [volts; 3], hz: 60.0 });
    }
    samples
}

fn rack(seed: u64, variant: Variant, design: Design) -> Twin {
    let config = TwinConfig { seed, load: Watts(12_000.0), ..TwinConfig::new(variant, design) };
    let Ok(mut twin) = Twin::new(&config) else { std::process::exit(1) };
    for slot in 0..6 {
        twin.arm_psu(
            slot,
            &PsuArmed {
                keep_alive: Some(Volts(44.0)),
                restart_delay_s: Some(0.1),
                low_line: Some(LowLine { lowest: Volts(0.0), current: Ratio(1.0), longest_s: 10.0 }),
                walk_in: Some(WalkIn { start: Ratio(0.1), slope_w_per_s: 3000.0 }),
            },
        );
        let support = Support::Voltage { bus: Volts(48.5), most: Watts(4000.0) };
        let share = Some(Share { reference: Ratio(0.9), gain: 1.0 });
        twin.arm_bbu(slot, &BbuArmed { support, share, recharge: Recharge::Base });
    }
    twin.set_lines(Lines::default());
    twin
}

/// Runs a rack over the waves.
fn run(twin: &mut Twin, waves: &[AcSample]) {
    for sample in waves {
        twin.step(black_box(sample));
    }
    black_box(twin.grid_power_mean());
}

/// Bar of issue 5: real time over the time a rack takes.
const TIMES_REAL_TIME: f64 = 100.0;
/// Of the number of threads, what the speed-up must be at least.
const LINEAR: f64 = 0.9;
/// Parts of the second in which the threads take turns.
const ROUNDS: usize = 5;

/// Processor time of this thread in s.
fn cpu_s() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn met(yes: bool) -> &'static str {
    if yes { "met" } else { "MISSED" }
}

fn one_core(waves: &[AcSample]) {
    for (variant, design) in [
        (Variant::V3, Design::Conventional),
        (Variant::V3, Design::Modified),
        (Variant::Hpr, Design::Conventional),
        (Variant::Hpr, Design::Modified),
    ] {
        let mut seconds: Vec<f64> = (0..60)
            .map(|_| {
                let mut twin = rack(1, variant, design);
                let begin = cpu_s();
                run(&mut twin, waves);
                cpu_s() - begin
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let at = |share: f64| seconds.get((share * 59.0) as usize).copied().unwrap_or(f64::NAN);
        let times = 1.0 / at(0.5);
        println!(
            "one core, {variant:?} {design:?}, 60 runs of 1 s: {:.0} ns a step at best, {:.0} median, {:.0} p90; median {times:.0} \
             times real time; bar {TIMES_REAL_TIME:.0}: {}",
            at(0.0) * STEP_S * 1e9,
            at(0.5) * STEP_S * 1e9,
            at(0.9) * STEP_S * 1e9,
            met(times >= TIMES_REAL_TIME)
        );
    }
}

/// Processor time in s that the slowest of so many threads takes to carry all racks over a part of the waves.
fn on(threads: usize, racks: &mut [Twin], waves: &[AcSample]) -> f64 {
    let part = racks.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let running: Vec<_> = racks
            .chunks_mut(part)
            .map(|chunk| {
                scope.spawn(move || {
                    let begin = cpu_s();
                    chunk.iter_mut().for_each(|twin| run(twin, waves));
                    cpu_s() - begin
                })
            })
            .collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).fold(0.0, f64::max)
    })
}

fn over_cores(waves: &[AcSample]) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let racks: Vec<Twin> = (0..1000).map(|seed| rack(seed, Variant::V3, Design::Modified)).collect();
    println!(
        "1000 racks: {:.1} MB, {} bytes each",
        1e-6 * (racks.len() * size_of::<Twin>()) as f64,
        size_of::<Twin>()
    );
    let mut threads = 2;
    while threads <= cores {
        // In turns, part of the second by part, so that a disturbance meets both.
        let (mut alone, mut together) = (racks.clone(), racks.clone());
        let mut ratios: Vec<f64> = waves
            .chunks(waves.len() / ROUNDS)
            .map(|part| on(1, &mut alone, part) / on(threads, &mut together, part))
            .collect();
        ratios.sort_by(f64::total_cmp);
        let ratio = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
        let all: Vec<String> = ratios.iter().map(|r| format!("{r:.2}")).collect();
        println!(
            "1000 racks on {threads} threads of {cores} cores: {ratio:.2} times one thread by processor time (median of \
             {}); bar {:.1}: {}",
            all.join(", "),
            LINEAR * threads as f64,
            met(ratio >= LINEAR * threads as f64)
        );
        threads *= 2;
    }
}

fn main() {
    let waves = waves();
    println!("memory of a rack: {} bytes (size_of Twin; nothing on the heap)", size_of::<Twin>());
    one_core(&waves);
    over_cores(&waves);
}
