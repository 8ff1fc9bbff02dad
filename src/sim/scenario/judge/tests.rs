//! The criteria on traces that are made by hand: each can fail, and each for its reason.

use super::*;
use crate::sim::rack::{At, Design, Values};
use crate::sim::scenario::EVENT_S;

/// What a made run does after a sag of 100 ms to 0.3 p.u.
struct Made {
    /// Share of the power from an instant after the return on, s.
    back_after_s: f64,
    /// Share of the power from then on.
    level: f64,
    /// Share of the power for a tenth of a second from then on.
    peak: f64,
    /// When the batteries begin to charge, in s after the return, and how fast the power rises, W/s.
    charge: Option<(f64, f64)>,
    length_s: f64,
}

const GOOD: Made = Made { back_after_s: 0.3, level: 1.0, peak: 1.0, charge: None, length_s: 4.0 };

fn notes() -> Notes {
    Notes {
        bus_low_v: At { at_s: 1.32, value: 48.0 },
        bus_high_v: At { at_s: 0.5, value: 50.75 },
        charge_end: 0.99,
        ..Notes::new()
    }
}

fn made(made: &Made) -> Run {
    const BEFORE_W: f64 = 10_000.0;
    let mut traces = Traces::new(1e-3, 1);
    for i in 0..(made.length_s * 1e3) as u32 {
        let t = f64::from(i) * 1e-3;
        let since = t - EVENT_S - 0.1;
        let low = (-0.1..0.0).contains(&since);
        let charged = made.charge.map(|(from_s, slope)| ((since - from_s) * slope).clamp(0.0, 800.0));
        let share = if since < -0.1 {
            1.0
        } else if since < made.back_after_s {
            0.1
        } else if since < made.back_after_s + 0.1 {
            made.peak
        } else {
            made.level
        };
        traces.push(&Values {
            phase_pu: [if low { 0.3 } else { 1.0 }; 3],
            low_pu: if low { 0.3 } else { 1.0 },
            high_pu: 1.0,
            hertz: 60.0,
            grid_w: share * BEFORE_W + charged.unwrap_or(0.0),
            bus_v: 50.0,
            psu_w: 0.0,
            bbu_w: -charged.unwrap_or(0.0),
        });
    }
    Run { design: Design::Modified, traces, notes: notes() }
}

fn judged(run: &Run) -> Outcome {
    let mut scenario = Scenario::new("made", "made by hand", 1);
    scenario.length_s = 4.0;
    outcome(&scenario, run, None)
}

fn only(run: &Run) -> (Reason, &'static str) {
    let outcome = judged(run);
    assert!(!outcome.survived && outcome.failures.len() == 1, "{:?}", outcome.failures);
    (outcome.failures[0].reason, outcome.failures[0].criterion)
}

#[test]
fn a_good_run_survives_with_its_numbers() {
    let outcome = judged(&made(&GOOD));
    assert!(outcome.survived, "{:?}", outcome.failures);
    assert_eq!(outcome.before_w, 10_000.0);
    let [dip] = outcome.dips[..] else { panic!("{:?}", outcome.dips) };
    assert_eq!(dip.lowest_pu, 0.3);
    assert!((dip.from_s - 1.3).abs() < 1e-9 && (dip.to_s.unwrap() - 1.4).abs() < 1e-9, "{dip:?}");
    assert!((dip.recovery_s.unwrap() - 0.3).abs() < 0.0015);
    assert!((dip.peak_share - 1.0).abs() < 1e-9);
}

#[test]
fn a_late_return_fails_for_the_state_of_the_psus() {
    let late = Made { back_after_s: 1.1, ..GOOD };
    assert_eq!(only(&made(&late)), (Reason::Slope, "90 % of the power within 1 s"));
    let mut run = made(&late);
    run.notes.pfc_off_s = Some(1.32);
    run.notes.psus_back_s = Some(2.45);
    assert_eq!(only(&run).0, Reason::PsuRestart);
    // In time, to the millisecond.
    assert!(judged(&made(&Made { back_after_s: 0.998, ..GOOD })).survived);
    assert!(!judged(&made(&Made { back_after_s: 1.003, ..GOOD })).survived);
    // 90 %, not less.
    assert!(judged(&made(&Made { level: 0.901, peak: 0.901, ..GOOD })).survived);
    assert!(!judged(&made(&Made { level: 0.899, peak: 0.899, ..GOOD })).survived);
}

#[test]
fn more_power_than_before_is_an_overshoot() {
    assert!(judged(&made(&Made { peak: 1.0004, ..GOOD })).survived);
    assert_eq!(only(&made(&Made { peak: 1.0006, ..GOOD })), (Reason::Overshoot, "no overshoot above 100 %"));
}

#[test]
fn the_bus_and_the_load_fail_with_the_state_of_the_batteries() {
    let condition = Condition {
        pfc_running: 0,
        psus_on: 0,
        bbus_supporting: 0,
        bbus_waiting: 6,
        bbus_spent: 0,
        bbu_w: 0.0,
        bbu_most_w: 0.0,
        load_w: 9000.0,
    };
    let mut run = made(&GOOD);
    run.notes.bus_left = Some((1.32, condition));
    run.notes.bus_low_v.value = 45.9;
    assert_eq!(only(&run), (Reason::DetectionTime, "bus within 46 V to 52 V"));
    run.notes.load_lost = Some((1.33, Condition { bbus_waiting: 0, ..condition }));
    let outcome = judged(&run);
    assert_eq!(outcome.failures.len(), 2);
    assert_eq!(
        outcome.reason(),
        Some(Reason::DetectionTime),
        "the load was lost for what the bus did before"
    );
}

#[test]
fn recharge_may_rise_as_fast_as_the_policy_says() {
    let charging = |slope| made(&Made { charge: Some((1.5, slope)), length_s: 6.0, ..GOOD });
    let outcome = judged(&charging(79.0));
    assert!(outcome.survived, "{:?}", outcome.failures);
    let rise = outcome.rise.unwrap();
    assert!((rise.most_w_per_s - 79.0).abs() < 0.5 && rise.limit_w_per_s == 80.0, "{rise:?}");
    assert_eq!(only(&charging(82.0)), (Reason::RampLimit, "recharge never breaks the ramp limit"));
}

#[test]
fn without_a_dip_the_power_is_to_stay() {
    let mut run = made(&GOOD);
    run.traces.low_pu = run.traces.high_pu.clone();
    assert!(judged(&run).survived);
    let mut gone = made(&Made { level: 0.0, ..GOOD });
    gone.traces.low_pu = gone.traces.high_pu.clone();
    gone.notes.pfc_off_s = Some(1.4);
    assert_eq!(only(&gone), (Reason::PsuRestart, "the power stays where the voltage has no dip"));
}

/// A run whose packs charge with 500 W from the beginning, and with `then_w` from 1.5 s after the return on.
fn charging_all_along(peak: f64, then_w: f64) -> Run {
    let mut run = made(&Made { peak, ..GOOD });
    run.traces.bbu_w = Trace::new(1e-3, 1);
    for i in 0..4000 {
        run.traces.bbu_w.push(if i < 2900 { -500.0 } else { -then_w });
    }
    run
}

#[test]
fn packs_that_charge_all_along_hide_no_overshoot_and_begin_no_recharge() {
    assert_eq!(only(&charging_all_along(1.05, 500.0)).0, Reason::Overshoot);
    let outcome = judged(&charging_all_along(1.0, 502.0));
    assert!(outcome.survived && outcome.rise.is_none(), "{outcome:?}");
    // More than before is a recharge that begins.
    assert!(judged(&charging_all_along(1.0, 600.0)).rise.is_some());
}
