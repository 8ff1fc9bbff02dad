//! How fast the waveform-level twin runs: against real time on one core, over cores with 1,000 racks, and the
//! memory of a rack.
//!
//! `cargo bench --bench twin`. The story that each rack runs has everything that costs: steady load, a deep sag, the
//! hand-over, the return and a recharge.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

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

fn rack(seed: u64, design: Design) -> Twin {
    let config = TwinConfig { seed, load: Watts(12_000.0), ..TwinConfig::new(Variant::V3, design) };
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

/// Runs a rack over `seconds` of the waves.
fn run(twin: &mut Twin, waves: &[AcSample], seconds: usize) {
    for _ in 0..seconds {
        for sample in waves {
            twin.step(black_box(sample));
        }
    }
    black_box(twin.grid_power_mean());
}

fn main() {
    let waves = waves();
    println!("memory of a rack: {} bytes (size_of Twin; nothing on the heap)", size_of::<Twin>());
    for design in [Design::Conventional, Design::Modified] {
        // Many short runs: on a machine that does other things some of them run undisturbed.
        let mut seconds: Vec<f64> = (0..200)
            .map(|_| {
                let mut twin = rack(1, design);
                let begin = Instant::now();
                run(&mut twin, &waves, 1);
                begin.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        for (name, at) in [("best", 0), ("median", seconds.len() / 2)] {
            let took = seconds.get(at).copied().unwrap_or(f64::NAN);
            println!(
                "one core, {design:?}, {name} of 200 runs of 1 s: {:.0} ns a step, {:.0} times real time",
                took * STEP_S * 1e9,
                1.0 / took
            );
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut alone = 0.0;
    let mut threads = 1;
    while threads <= cores {
        let mut racks: Vec<Twin> = (0..1000).map(|seed| rack(seed, Design::Modified)).collect();
        let part = racks.len().div_ceil(threads);
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for chunk in racks.chunks_mut(part) {
                let waves = &waves;
                scope.spawn(move || chunk.iter_mut().for_each(|twin| run(twin, waves, 1)));
            }
        });
        let rate = 1000.0 / begin.elapsed().as_secs_f64();
        if threads == 1 {
            alone = rate;
        }
        println!(
            "1000 racks on {threads} of {cores} cores: {rate:.0} rack-seconds a second, {:.2} times one core",
            rate / alone
        );
        threads *= 2;
    }
}
