//! What the properties look at.

use dpo_registers::units::{Hertz, Ratio, Seconds, Watts, WattsPerSecond};

use crate::control::orchestrator::io::{BBU_SLOTS, Capabilities, Support};
use crate::control::orchestrator::tests::plant::Plant;
use crate::control::policy::{Droop, Dynamic, Policy};
use crate::control::state::ShelfState;

/// A shelf that has settled at `load` W.
pub(super) fn shelf(policy: &Policy, load: f64) -> Plant {
    let mut plant = Plant::new(policy, Capabilities::MODIFIED);
    plant.load = load;
    plant.run(1.0, |_| {});
    plant
}

/// Share of the input power before that is drawn at `pu`, 100 ms into the sag.
pub(super) fn drawn_at(policy: &Policy, pu: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.pu = [pu; 3];
    plant.run(0.1, |_| {});
    plant.input / before
}

/// Seconds from the return of the voltage after an outage of 150 ms until `share` of the power is back.
pub(super) fn back_after(policy: &Policy, load: f64, share: f64) -> f64 {
    let mut plant = shelf(policy, load);
    let before = plant.input;
    plant.pu = [0.0; 3];
    plant.run(0.15, |_| {});
    plant.pu = [1.0; 3];
    let mut ticks = 0;
    while plant.input < share * before && ticks < 5000 {
        plant.tick();
        ticks += 1;
    }
    f64::from(ticks) / 1000.0
}

/// Input power over the power before, `seconds` after a return to 0.85 p.u. from 0.3.
pub(super) fn shallow_after(policy: &Policy, seconds: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.pu = [0.0; 3];
    plant.run(0.1, |_| {});
    plant.pu = [0.85; 3];
    plant.run(seconds, |_| {});
    plant.input / before
}

/// Batteries at `charge` after a sag, `seconds` on: the charging power in W over time.
pub(super) fn recharge(policy: &Policy, charge: f64, seconds: f64) -> Vec<f64> {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [charge; BBU_SLOTS];
    plant.pu = [0.3; 3];
    plant.run(0.1, |_| {});
    plant.pu = [1.0; 3];
    plant.run(0.1, |_| {});
    while plant.action.state == ShelfState::Recovering {
        plant.tick();
    }
    let mut powers = vec![];
    plant.run(seconds, |plant| powers.push(plant.charging.iter().sum()));
    powers
}

/// The most that the batteries give on command on the way back from an outage of 150 ms, in W.
pub(super) fn lifted(policy: &Policy, load: f64) -> f64 {
    let mut plant = shelf(policy, load);
    plant.pu = [0.0; 3];
    plant.run(0.15, |_| {});
    plant.pu = [1.0; 3];
    let mut most = 0.0_f64;
    plant.run(2.0, |plant| {
        let powers = plant.action.armed.bbu.iter().map(|bbu| match bbu.support {
            Support::Power(power) => power.0,
            Support::Base | Support::Voltage { .. } => 0.0,
        });
        most = most.max(powers.sum());
    });
    most
}

pub(super) fn most(powers: &[f64]) -> f64 {
    powers.iter().fold(0.0, |a, b| b.max(a))
}

/// Quick to recharge, so that the scenarios are short.
pub(super) fn soon(policy: &mut Policy) {
    policy.recharge.delay = Seconds(0.2);
    policy.recharge.slope = WattsPerSecond(2000.0);
}

/// By how much the input power has risen and fallen 0.4 s after a step of the load of 800 W up and down. A command
/// takes some 0.2 s from the load over the polls and the bus to the battery; so long the grid sees the step.
pub(super) fn slopes(policy: &Policy) -> (f64, f64) {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [0.9; BBU_SLOTS];
    plant.run(0.5, |_| {});
    let mut moved = [9800.0, 9000.0].into_iter().map(|load| {
        let before = plant.input;
        plant.load = load;
        plant.run(0.4, |_| {});
        let moved = plant.input - before;
        plant.run(6.0, |_| {});
        moved
    });
    (moved.next().unwrap(), -moved.next().unwrap())
}

/// By how much the input power has moved `seconds` after a step of the load from 9 kW.
pub(super) fn step_after(policy: &Policy, load: f64, seconds: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [0.9; BBU_SLOTS];
    plant.run(0.5, |_| {});
    let before = plant.input;
    plant.load = load;
    plant.run(seconds, |_| {});
    plant.input - before
}

/// Peak to peak of the input power in the last `seconds` of a load that swings by 1 kW at `hz`.
pub(super) fn swing(policy: &Policy, hz: f64, seconds: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [0.9; BBU_SLOTS];
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    let ticks = ((seconds + 4.0) * 1000.0) as u32;
    for tick in 0..ticks {
        let angle = std::f64::consts::TAU * hz * f64::from(tick) / 1000.0;
        plant.load = 9000.0 + 500.0 * angle.sin();
        plant.tick();
        if tick > 4000 {
            (least, most) = (plant.input.min(least), plant.input.max(most));
        }
    }
    most - least
}

/// Share by which the input power falls when the frequency is `hz`.
pub(super) fn answer(policy: &Policy, hz: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.hz = hz;
    plant.run(1.5, |_| {});
    1.0 - plant.input / before
}

pub(super) fn droop(policy: &mut Policy) {
    policy.frequency = Some(Droop { dead_band: Hertz(0.5), share_per_hz: 0.05, most: Ratio(0.1) });
}

pub(super) fn ramps(policy: &mut Policy) {
    policy.ramp.up = Some(WattsPerSecond(200.0));
    policy.ramp.down = Some(WattsPerSecond(200.0));
}

pub(super) fn dynamic(policy: &mut Policy) {
    policy.dynamic = Some(Dynamic { range: Watts(400.0), window: Seconds(8.0), band_low: Hertz(0.02) });
}

/// The default policy.
pub(super) const NONE: fn(&mut Policy) = |_| {};
