//! The engine's energy model against the electrical model of the simulation, and what becomes of a shelf when its engine,
//! solver, forecast or gateway fail.

#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use dpo_gateway::engine::headroom::STEP_S;
use dpo_gateway::engine::headroom::shelf::{Hardware, Shelf};
use dpo_gateway::engine::plan::mpc::{Action, Fault, Problem, Solve};
use dpo_gateway::engine::plan::{GridLimits, Mode, Plan, PlanConfig, RackModel, Tally};
use dpo_gateway::engine::setpoint::{Ahead, Planner, Reason};
use dpo_gateway::registers::units::{Volts, Watts};
use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};

fn simulated(load_w: f64) -> SimShelf {
    let shelf = SimShelf::new(ShelfConfig {
        load: LoadProfile::Constant(Watts(load_w)),
        state_of_charge: 0.95,
        ..ShelfConfig::default()
    });
    shelf.step(Duration::from_secs(5));
    shelf
}

#[test]
fn the_energy_model_draws_what_the_electrical_model_draws() {
    for load_w in [3000.0, 6000.0, 9000.0, 12_000.0, 15_000.0, 17_500.0] {
        let truth = simulated(load_w).truth();
        let psus = truth.load_power.0 - truth.bbu_power.0;
        let mut shelf = Shelf::new(Hardware::TODAY, Hardware::TODAY.rack(GridLimits::NONE));
        let flow = shelf.step(psus);
        let error = flow.input_w / truth.ac_power.0 - 1.0;
        assert!(
            error.abs() < 5e-3,
            "{load_w} W: {} W, and {} W electrically",
            flow.input_w,
            truth.ac_power.0
        );
    }
}

#[test]
fn the_energy_model_discharges_as_the_electrical_model_does() {
    // Without AC the BBUs carry 9 kW; a minute of it moves the charge by some 7 %.
    let simulated = simulated(9000.0);
    simulated.set_ac(Volts(0.0));
    simulated.step(Duration::from_secs(5));
    let charge = |shelf: &SimShelf| {
        let bbus = shelf.truth().bbus;
        bbus.iter().map(|b| b.state_of_charge).sum::<f64>() / bbus.len() as f64
    };
    let before = charge(&simulated);
    assert!((simulated.truth().bbu_power.0 - 9000.0).abs() < 90.0, "{:?}", simulated.truth().bbu_power);
    simulated.step(Duration::from_secs(60));
    let fell = before - charge(&simulated);
    let told = -RackModel::ORV3.charge_rate(9000.0) * 60.0;
    // The electrical pack has less volts when it is less full, and loses some in its resistance.
    assert!(fell > 0.05 && (told / fell - 1.0).abs() < 0.1, "{told} told, {fell} electrically");
}

const LIMITS: GridLimits =
    GridLimits { ramp_up_w_per_s: 900.0, ramp_down_w_per_s: 900.0, range_w: 3600.0, ..GridLimits::NONE };

/// A load that swings below the rating: iterations of 4 s.
fn load_w(t_s: f64) -> f64 {
    if t_s.rem_euclid(4.0) < 2.6 { 15_000.0 } else { 7000.0 }
}

/// When it fails, in seconds and in ticks.
const FAIL_S: f64 = 8.0;
const FAIL_TICK: u32 = 80;

/// What fails then.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fails {
    Nothing,
    Engine,
    Solver,
    Flipped,
    Frozen,
    NotANumber,
    Gateway,
}

/// A solver that never is in time after some ticks.
struct Stalls {
    good: dpo_gateway::engine::plan::mpc::Mpc,
    ticks: u32,
}

impl Solve for Stalls {
    fn solve(&mut self, problem: &Problem<'_>) -> Result<Action, Fault> {
        self.ticks += 1;
        if self.ticks > FAIL_TICK { Err(Fault::Late) } else { self.good.solve(problem) }
    }
}

fn told(fails: Fails, t_s: f64) -> Vec<Ahead> {
    let (now_w, first_w) = (load_w(t_s), load_w(FAIL_S));
    [0.1, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0]
        .map(|horizon_s| {
            let truth = load_w(t_s + horizon_s);
            let mean_w = match fails {
                Fails::Flipped if t_s > FAIL_S => (2.0 * now_w - truth).max(0.0),
                Fails::Frozen if t_s > FAIL_S => first_w,
                Fails::NotANumber if t_s > FAIL_S => f64::NAN,
                _ => truth,
            };
            Ahead { horizon_s, mean_w, low_w: mean_w, high_w: mean_w }
        })
        .to_vec()
}

/// Runs 18 s in which something fails at 8 s; every step is inside the shelf's limits.
fn inside(hardware: Hardware, fails: Fails) -> Tally {
    let rack = hardware.rack(LIMITS);
    let config = PlanConfig {
        mode: Mode::Forecast,
        steps: 20,
        growth: 1.1,
        deadline_s: f64::INFINITY,
        ..PlanConfig::default()
    };
    let mut plan = Plan::new(rack, config).unwrap();
    if fails == Fails::Solver {
        let lengths_s: Vec<f64> = std::iter::successors(Some(config.step_s), |s| Some(s * config.growth))
            .take(config.steps)
            .collect();
        let good = dpo_gateway::engine::plan::mpc::Mpc::new(rack, &lengths_s, f64::INFINITY);
        plan = plan.with_solver(Box::new(Stalls { good, ticks: 0 }));
    }
    let mut shelf = Shelf::new(hardware, rack);
    let mut last = None;
    for step in 0..1800 {
        let t_s = f64::from(step) * STEP_S;
        let failed = t_s >= FAIL_S;
        if step % 10 == 0 && !(failed && fails == Fails::Engine) {
            if !(failed && fails == Fails::Gateway) {
                last = shelf.reading();
            }
            if let Some(state) = last {
                let setpoint = plan.plan(shelf.now_s(), &state, &told(fails, state.t_s));
                if !(failed && fails == Fails::Gateway) {
                    shelf.send(setpoint);
                }
            }
        }
        let flow = shelf.step(load_w(t_s));
        let what = format!("{} with {fails:?} at {t_s:.2} s: {flow:?}", hardware.id);
        assert!(flow.psu_w >= 0.0 && flow.psu_w <= rack.psu_rating_w, "{what}");
        assert!(flow.bbu_w <= rack.discharge_w && flow.bbu_w >= -rack.charge_w, "{what}");
        assert!((rack.reserve..=rack.full).contains(&flow.state_of_charge), "{what}");
        assert!((flow.psu_w + flow.bbu_w - flow.load_w).abs() < 1e-6, "{what}");
        // Whoever is gone: two seconds later nothing is held any more.
        if matches!(fails, Fails::Engine | Fails::Gateway) && t_s > FAIL_S + 4.0 {
            assert!(flow.bbu_w.abs() < 1.0, "{what}");
        }
    }
    plan.tally()
}

#[test]
fn a_failure_leaves_every_kind_of_shelf_inside_its_limits() {
    let of = |tally: &Tally, reason: Reason| {
        let at = Tally::REASONS.iter().position(|r| *r == reason).unwrap();
        tally.limiter[at]
    };
    for hardware in Hardware::ALL {
        let nothing = inside(hardware, Fails::Nothing);
        assert!(nothing.limiter_share() < 0.02, "{nothing:?}");
        inside(hardware, Fails::Engine);
        assert!(of(&inside(hardware, Fails::Solver), Reason::Late) > 80);
        assert!(of(&inside(hardware, Fails::NotANumber), Reason::BadForecast) > 80);
        for lie in [Fails::Flipped, Fails::Frozen] {
            let tally = inside(hardware, lie);
            // Some seconds of truths are what it takes to find out.
            assert!(of(&tally, Reason::BadForecast) > 30, "{lie:?}: {tally:?}");
        }
        assert!(of(&inside(hardware, Fails::Gateway), Reason::StaleState) > 80);
    }
}
