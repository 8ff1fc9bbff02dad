//! How long a setpoint takes: the optimizer at N = 50, from a cold start and kept from tick to tick, and a whole plan.
//!
//! ```text
//! cargo bench --no-default-features --features engine --bench engine_plan
//! ```
//!
//! Times are those of the thread's own CPU clock, so that other work of the machine does not count; wall time is printed
//! beside them. The load is the synthetic training job of the back-test, scaled to 16 kW; forecasts are those of the ensemble. Each call is
//! timed on its own. A cold start builds the solver anew at every tick, as the first tick of an engine does.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use dpo_gateway::engine::backtest::synthetic;
use dpo_gateway::engine::forecast::{Config, Kind, build};
use dpo_gateway::engine::plan::band::Meter;
use dpo_gateway::engine::plan::mpc::{Mpc, Problem, Solve};
use dpo_gateway::engine::plan::outlook::{Outlook, Steps};
use dpo_gateway::engine::plan::{GridLimits, Mode, Plan, PlanConfig, RackModel};
use dpo_gateway::engine::setpoint::{Ahead, GridState, Planner, ShelfState};
use rustix::time::{ClockId, clock_gettime};

/// What p50 of a cold solution may take, in milliseconds.
const BAR_MS: f64 = 2.0;
const STEPS: usize = 50;

/// CPU and wall time of a call, microseconds.
fn timed<T>(call: impl FnOnce() -> T) -> (T, [f64; 2]) {
    let cpu_us = || {
        let t = clock_gettime(ClockId::ThreadCPUTime);
        t.tv_sec as f64 * 1e6 + t.tv_nsec as f64 / 1e3
    };
    let (cpu, wall) = (cpu_us(), Instant::now());
    let result = call();
    (result, [cpu_us() - cpu, wall.elapsed().as_secs_f64() * 1e6])
}

fn percentiles(times_us: &mut [f64]) -> [f64; 3] {
    times_us.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times_us[((times_us.len() - 1) as f64 * share) as usize];
    [at(0.5), at(0.99), at(1.0)]
}

fn line(what: &str, times_us: &[[f64; 2]]) -> f64 {
    let column = |i: usize| -> Vec<f64> { times_us.iter().map(|t| t[i]).collect() };
    let [p50, p99, most] = percentiles(&mut column(0));
    let [w50, w99, _] = percentiles(&mut column(1));
    println!("{what:<34} {p50:>8.0} {p99:>8.0} {most:>8.0}   {w50:>8.0} {w99:>8.0}   {:>7}", times_us.len());
    p50
}

fn main() {
    // `cargo test --benches` runs this too, and wants no measurement.
    let ticks = if std::env::args().any(|a| a == "--bench") { 2_000 } else { 30 };
    let rack = RackModel {
        charge_w: 9_000.0,
        holds_limit: true,
        grid: GridLimits {
            ramp_up_w_per_s: 900.0,
            ramp_down_w_per_s: 900.0,
            range_w: 1800.0,
            band_rms_w: 450.0,
            window_s: 5.0,
        },
        ..RackModel::ORV3
    };
    let trace = synthetic::make("training").unwrap();
    let mut forecaster = build(Kind::Ensemble, &Config::new(0.05).unwrap()).unwrap();
    let config = PlanConfig { mode: Mode::Forecast, step_s: 0.05, steps: STEPS, ..PlanConfig::default() };
    let mut plan = Plan::new(rack, config).unwrap();
    let lengths_s = [config.step_s; STEPS];
    let mut mpc = Mpc::new(rack, &lengths_s, f64::INFINITY);
    let (mut cold, mut kept, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let (mut outlook, mut bbu_w, mut failed) = (Outlook::default(), 0.0, 0);
    let mut band = Meter::default();
    let mut t_s = 0.0;
    for (_, share) in trace.samples.iter().cycle().step_by(5).take(ticks) {
        t_s += 0.05;
        let load_w = 16_000.0 * share.max(0.0);
        forecaster.update(t_s, load_w).unwrap();
        let mut ahead = Vec::new();
        for horizon_s in [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0] {
            let told = forecaster.predict(horizon_s).unwrap();
            let ends = told.intervals.map_or((told.mean, told.mean), |i| (i[1].low, i[1].high));
            let (low_w, high_w) = (ends.0.min(told.mean), ends.1.max(told.mean));
            ahead.push(Ahead { horizon_s, mean_w: told.mean, low_w, high_w });
        }
        let state = ShelfState {
            t_s,
            load_w,
            input_w: rack.input_w((load_w - bbu_w).max(0.0)),
            bbu_w,
            state_of_charge: 0.8,
            bbu_available_w: rack.discharge_w,
            psu_available_w: rack.psu_rating_w,
            grid: GridState::Normal,
        };
        let (setpoint, took) = timed(|| black_box(plan.plan(t_s + 0.01, black_box(&state), &ahead)));
        whole.push(took);
        bbu_w = setpoint.bbu_discharge_w - setpoint.bbu_charge_limit_w.unwrap_or(0.0);

        band.reading(t_s, (load_w - bbu_w).max(0.0), rack.grid.window_s);
        let mut steps = Steps::default();
        steps.set(0.2, &lengths_s);
        outlook.fill(&steps, load_w, &ahead);
        let reference_w: Vec<f64> = vec![11_000.0; STEPS];
        let problem = Problem {
            outlook: &outlook,
            reference_w: &reference_w,
            until_w: load_w,
            before_w: (load_w - bbu_w).max(0.0),
            window_w: (11_500.0, 10_500.0),
            band: &band,
            from_s: t_s + 0.2,
            state_of_charge: 0.8,
            battery_w: (rack.discharge_w, rack.charge_w),
            psu_w: rack.psu_rating_w,
        };
        let (solved, took) = timed(|| black_box(mpc.solve(black_box(&problem))));
        failed += usize::from(solved.is_err());
        kept.push(took);
        mpc.forget();
        let (solved, took) = timed(|| black_box(mpc.solve(black_box(&problem))));
        failed += usize::from(solved.is_err());
        cold.push(took);
    }
    // The first solution has nothing to keep.
    kept.remove(0);
    println!(
        "microseconds a call, N = {STEPS}     {:>9} {:>9} {:>9}   {:>7}",
        "p50", "p99", "largest", "calls"
    );
    let p50 = line("optimizer, cold start", &cold);
    line("optimizer, solver of the tick before", &kept);
    line("plan, whole", &whole);
    let tally = plan.tally();
    println!(
        "{} of {} ticks by the limiter ({:.2} %): {:?} for {:?}; {failed} of {} solutions failed",
        tally.total() - tally.optimizer,
        tally.total(),
        100.0 * tally.limiter_share(),
        tally.limiter,
        dpo_gateway::engine::plan::Tally::REASONS,
        2 * ticks
    );
    let met = if p50 < 1e3 * BAR_MS { "met" } else { "NOT met" };
    println!("cold p50 {:.2} ms, bar {BAR_MS} ms: {met}", p50 / 1e3);
}
