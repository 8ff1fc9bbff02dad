//! What the PSUs should hold for the next sag: how much they draw in it, and how they come back.
//!
//! They act by themselves, so all of it is armed ahead, at the present load. When the gateway dies they ride with
//! it for the 30 s of their timer, then as the base specification says.

use super::before::Before;
use super::io::{LowLine, PsuArmed, WalkIn};
use crate::control::policy::Policy;
use dpo_registers::units::{Ratio, Volts};

/// The smallest input current that is armed, over the rated one: a PSU that may draw nothing could not even stay
/// warm.
const LEAST_CURRENT: f64 = 0.02;
/// The largest value of the register `low_line_current`.
const MOST_CURRENT: f64 = 1.5;
/// Smallest slope of one PSU in W/s: an idle shelf can still take a load that comes with the voltage.
const LEAST_SLOPE: f64 = 500.0;
/// Over the longest time of the curve by this much, for tolerances of the clocks and the edges.
const LONGER: f64 = 1.2;

/// Steps and dead bands, so that a bus of 115200 baud is not flooded.
const CURRENT_STEP: f64 = 0.001;
const CURRENT_BAND: f64 = 0.01;
const START_STEP: f64 = 0.01;
const SLOPE_STEP: f64 = 50.0;
const SLOPE_BAND: f64 = 0.1;

/// What `psus` PSUs should hold when `arming` W are drawn before the sag.
pub(super) fn wanted(policy: &Policy, before: &Before, arming: f64, psus: usize) -> PsuArmed {
    let Policy { shelf, recovery, ride_through, devices, grid, .. } = policy;
    let each = arming / psus as f64;
    let current = ride_through.low_line.0 * each / before.volts.max(shelf.psu_lowest.0) / shelf.psu_current.0;
    // What was measured may be too much by its accuracy, and the current is drawn on for a while when the voltage is back.
    let current = current / (1.0 + shelf.input_accuracy.0);
    let output = each * shelf.efficiency.0;
    let climb_s = recovery.budget.0 * recovery.within.0;
    // Never steeper than the policy; never so flat that a small load takes the whole budget.
    let slope = (output / climb_s).clamp(LEAST_SLOPE, (recovery.slope.0 / psus as f64).max(LEAST_SLOPE));
    PsuArmed {
        keep_alive: Some(devices.keep_alive),
        restart_delay_s: Some(recovery.restart_delay.0),
        low_line: low_line(policy, current, grid.nominal),
        walk_in: Some(WalkIn {
            start: Ratio((recovery.start.0 * output / shelf.psu_rated.0).clamp(0.0, 1.0)),
            slope_w_per_s: slope,
        }),
    }
}

/// Operation below 180 V as far as the curve asks for it: down to its lowest voltage, for its longest time.
fn low_line(policy: &Policy, current: f64, nominal: Volts) -> Option<LowLine> {
    let curve = &policy.ride_through.low;
    let lowest = curve.lowest()?.0 * nominal.0;
    let longest_s = curve.longest_below(Ratio(policy.shelf.psu_lowest.0 / nominal.0)).0 * LONGER;
    (lowest < policy.shelf.psu_lowest.0 && longest_s > 0.0).then_some(LowLine {
        lowest: Volts(lowest),
        current: Ratio(current.clamp(LEAST_CURRENT, MOST_CURRENT)),
        longest_s,
    })
}

/// `held`, or `wanted` in whole steps if it differs enough to be worth a write.
pub(super) fn settle(held: PsuArmed, wanted: PsuArmed) -> PsuArmed {
    let mut wanted = wanted;
    if let Some(line) = &mut wanted.low_line {
        let before = held.low_line.map(|line| line.current.0);
        line.current.0 = step_below(before, line.current.0, CURRENT_STEP, CURRENT_BAND);
    }
    if let Some(walk) = &mut wanted.walk_in {
        let slope = held.walk_in.map(|walk| walk.slope_w_per_s);
        walk.slope_w_per_s = step(slope, walk.slope_w_per_s, SLOPE_STEP, SLOPE_BAND * walk.slope_w_per_s);
        walk.start.0 = step(held.walk_in.map(|walk| walk.start.0), walk.start.0, START_STEP, START_STEP);
    }
    wanted
}

/// `held` if `wanted` is within `band` of it, else `wanted` in whole steps.
pub(super) fn step(held: Option<f64>, wanted: f64, step: f64, band: f64) -> f64 {
    match held {
        Some(held) if (wanted - held).abs() <= band => held,
        _ => (wanted / step).round() * step,
    }
}

/// The largest whole step up to `wanted`; `held` if it is no more than `band` below.
pub(super) fn step_below(held: Option<f64>, wanted: f64, step: f64, band: f64) -> f64 {
    match held {
        Some(held) if held <= wanted && wanted - held <= band => held,
        _ => (wanted / step).floor() * step,
    }
}

/// Power in W that the batteries should take from the PSUs in a shallow sag, at `lowest` p.u.: above 180 V a PSU
/// draws what its load asks for, so that its current would exceed the limit.
pub(super) fn shallow(policy: &Policy, before: &Before, lowest: f64) -> f64 {
    let Policy { shelf, ride_through, grid, .. } = policy;
    let volts = lowest * grid.nominal.0;
    if volts < shelf.psu_lowest.0 || before.volts <= 0.0 {
        return 0.0;
    }
    let allowed = ride_through.current_limit.0 * volts / before.volts;
    (1.0 - allowed).max(0.0) * before.input * shelf.efficiency.0
}

/// Energy in J that the batteries give when the voltage walks along the whole lower curve once, at `load` W, and
/// until the power is back.
pub(super) fn walk_energy(policy: &Policy, load: f64) -> f64 {
    let Policy { ride_through, recovery, .. } = policy;
    let mut energy = recovery.budget.0 * load;
    let mut spent = 0.0;
    for point in ride_through.low.points().iter().rev() {
        if !point.time.0.is_finite() {
            break;
        }
        // The shelf may be at the lowest voltage of the band for all of its time.
        let drawn = if point.voltage.0 > 0.0 { ride_through.low_line.0 * point.voltage.0 } else { 0.0 };
        energy += (point.time.0 - spent).max(0.0) * (1.0 - drawn).max(0.0) * load;
        spent = point.time.0;
    }
    energy
}
