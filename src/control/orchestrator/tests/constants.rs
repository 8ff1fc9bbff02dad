//! Each constant of the policy that matters: a property that holds with it and fails when it is changed.

use dpo_registers::units::{Hertz, Ratio, Seconds, Volts, Watts, WattsPerSecond};

use crate::control::orchestrator::io::*;
use crate::control::policy::{
    Battery, Curve, Devices, Droop, Dynamic, Grid, Policy, Ramp, Recharge as RechargePolicy, Recovery,
    RideThrough, Shelf,
};
use crate::control::state::ShelfState;

use super::plant::Plant;

/// A constant, the policy that the property is tried on, the change, and the property.
struct Row {
    constant: &'static str,
    setting: fn(&mut Policy),
    change: fn(&mut Policy),
    holds: fn(&Policy) -> bool,
}

/// A shelf that has settled at `load` W.
fn shelf(policy: &Policy, load: f64) -> Plant {
    let mut plant = Plant::new(policy, Capabilities::MODIFIED);
    plant.load = load;
    plant.run(1.0, |_| {});
    plant
}

/// Share of the input power before that is drawn at `pu`, 100 ms into the sag.
fn drawn_at(policy: &Policy, pu: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.pu = [pu; 3];
    plant.run(0.1, |_| {});
    plant.input / before
}

/// Seconds from the return of the voltage after an outage of 150 ms until `share` of the power is back.
fn back_after(policy: &Policy, load: f64, share: f64) -> f64 {
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
fn shallow_after(policy: &Policy, seconds: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.pu = [0.0; 3];
    plant.run(0.1, |_| {});
    plant.pu = [0.85; 3];
    plant.run(seconds, |_| {});
    plant.input / before
}

/// Batteries at `charge` after a sag, `seconds` on: the charging power in W over time.
fn recharge(policy: &Policy, charge: f64, seconds: f64) -> Vec<f64> {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [charge; BBU_SLOTS];
    plant.pu = [0.3; 3];
    plant.run(0.1, |_| {});
    plant.pu = [1.0; 3];
    plant.run(0.6, |_| {});
    let mut powers = vec![];
    plant.run(seconds, |plant| powers.push(plant.charging.iter().sum()));
    powers
}

fn most(powers: &[f64]) -> f64 {
    powers.iter().fold(0.0, |a, b| b.max(a))
}

/// Quick to recharge, so that the scenarios are short.
fn soon(policy: &mut Policy) {
    policy.recharge.delay = Seconds(0.2);
    policy.recharge.slope = WattsPerSecond(2000.0);
}

/// By how much the input power has risen and fallen 0.4 s after a step of the load of 800 W up and down. A command
/// takes some 0.2 s from the load over the polls and the bus to the battery; so long the grid sees the step.
fn slopes(policy: &Policy) -> (f64, f64) {
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
fn step_after(policy: &Policy, load: f64, seconds: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    plant.charge = [0.9; BBU_SLOTS];
    plant.run(0.5, |_| {});
    let before = plant.input;
    plant.load = load;
    plant.run(seconds, |_| {});
    plant.input - before
}

/// Peak to peak of the input power in the last `seconds` of a load that swings by 1 kW at `hz`.
fn swing(policy: &Policy, hz: f64, seconds: f64) -> f64 {
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
fn answer(policy: &Policy, hz: f64) -> f64 {
    let mut plant = shelf(policy, 9000.0);
    let before = plant.input;
    plant.hz = hz;
    plant.run(1.5, |_| {});
    1.0 - plant.input / before
}

fn droop(policy: &mut Policy) {
    policy.frequency = Some(Droop { dead_band: Hertz(0.5), share_per_hz: 0.05, most: Ratio(0.1) });
}

fn ramps(policy: &mut Policy) {
    policy.ramp.up = Some(WattsPerSecond(200.0));
    policy.ramp.down = Some(WattsPerSecond(200.0));
}

fn dynamic(policy: &mut Policy) {
    policy.dynamic = Some(Dynamic { range: Watts(400.0), window: Seconds(8.0), band_low: Hertz(0.02) });
}

const NONE: fn(&mut Policy) = |_| {};

const ROWS: &[Row] = &[
    Row {
        constant: "ride_through.low_line, larger",
        setting: NONE,
        change: |p| p.ride_through.low_line = Ratio(1.2),
        holds: |p| drawn_at(p, 0.5) <= 0.5 * 1.04,
    },
    Row {
        constant: "ride_through.low_line, smaller",
        setting: NONE,
        change: |p| p.ride_through.low_line = Ratio(0.8),
        holds: |p| drawn_at(p, 0.5) >= 0.5 * 0.96,
    },
    Row {
        constant: "ride_through.current_limit in a shallow sag",
        setting: |p| p.ride_through.current_limit = Ratio(1.0),
        change: |p| p.ride_through.current_limit = Ratio(1.25),
        holds: |p| drawn_at(p, 0.8) <= 0.83,
    },
    Row {
        constant: "ride_through.low, lowest voltage",
        setting: NONE,
        change: |p| {
            p.ride_through.low = Curve::of([(0.9, f64::INFINITY), (0.8, 2.0), (0.5, 0.5), (0.0, 0.15)])
        },
        holds: |p| drawn_at(p, 0.25) > 0.2,
    },
    Row {
        constant: "ride_through.low, time",
        setting: NONE,
        change: |p| {
            p.ride_through.low = Curve::of([(0.9, f64::INFINITY), (0.8, 2.0), (0.5, 0.05), (0.2, 0.05)])
        },
        holds: |p| drawn_at(p, 0.5) > 0.4,
    },
    Row {
        constant: "ride_through.high",
        setting: NONE,
        change: |p| p.ride_through.high = Curve::of([(1.1, f64::INFINITY), (1.3, 2.0)]),
        holds: |p| p.check().is_ok(),
    },
    Row {
        constant: "recovery.target",
        setting: |p| p.recovery.budget = Seconds(0.4),
        change: |p| p.recovery.target = Ratio(0.5),
        holds: |p| {
            // Devices slower than they were told to be: the whole power after 0.5 s.
            let mut policy = *p;
            policy.recovery.within = Ratio(1.0);
            let mut plant = shelf(&policy, 9000.0);
            plant.pu = [0.0; 3];
            plant.run(0.15, |_| {});
            plant.pu = [1.0; 3];
            plant.slow_walk = 0.6;
            plant.run(2.0, |_| {});
            plant.orchestrator.recoveries().late == 1
        },
    },
    Row {
        constant: "recovery.budget",
        setting: NONE,
        change: |p| p.recovery.budget = Seconds(4.0),
        holds: |p| back_after(p, 9000.0, 0.9) < 1.0,
    },
    Row {
        constant: "recovery.voltage",
        setting: NONE,
        change: |p| p.recovery.voltage = Ratio(0.8),
        holds: |p| shallow_after(p, 0.4) < 0.5,
    },
    Row {
        constant: "recovery.slope, smaller",
        setting: NONE,
        change: |p| p.recovery.slope = WattsPerSecond(18_000.0),
        holds: |p| back_after(p, 17_000.0, 0.9) < 0.6,
    },
    Row {
        constant: "recovery.slope, larger",
        setting: |p| p.recovery.within = Ratio(0.05),
        change: |p| p.recovery.slope = WattsPerSecond(400_000.0),
        holds: |p| back_after(p, 17_000.0, 0.5) > 0.1,
    },
    Row {
        constant: "recovery.start",
        setting: NONE,
        change: |p| p.recovery.start = Ratio(0.8),
        holds: |p| back_after(p, 9000.0, 0.5) > 0.05,
    },
    Row {
        constant: "recovery.within",
        setting: NONE,
        change: |p| p.recovery.within = Ratio(1.0),
        holds: |p| back_after(p, 9000.0, 0.9) < 0.6,
    },
    Row {
        constant: "recovery.confirm",
        setting: NONE,
        change: |p| p.recovery.confirm = Seconds(0.5),
        holds: |p| back_after(p, 9000.0, 0.9) < 0.6,
    },
    Row {
        constant: "recovery.restart_delay",
        setting: NONE,
        change: |p| p.recovery.restart_delay = Seconds(0.8),
        holds: |p| p.check().is_ok(),
    },
    Row {
        constant: "recovery.hold",
        setting: NONE,
        change: |p| p.recovery.hold = Seconds(60.0),
        holds: |p| shallow_after(p, 1.5) > 0.99,
    },
    Row {
        constant: "recharge.delay",
        setting: |p| {
            soon(p);
            p.recharge.delay = Seconds(2.0);
        },
        change: |p| p.recharge.delay = Seconds(0.5),
        holds: |p| most(&recharge(p, 0.5, 1.5)) == 0.0,
    },
    Row {
        constant: "recharge.delay, longer",
        setting: |p| {
            soon(p);
            p.recharge.delay = Seconds(0.5);
        },
        change: |p| p.recharge.delay = Seconds(2.0),
        holds: |p| most(&recharge(p, 0.5, 0.9)) > 0.0,
    },
    Row {
        constant: "recharge.limit",
        setting: soon,
        change: |p| p.recharge.limit = Watts(1200.0),
        holds: |p| most(&recharge(p, 0.5, 3.0)) <= 780.0,
    },
    Row {
        constant: "recharge.limit, smaller",
        setting: soon,
        change: |p| p.recharge.limit = Watts(400.0),
        holds: |p| most(&recharge(p, 0.5, 3.0)) >= 700.0,
    },
    Row {
        constant: "recharge.slope",
        setting: |p| p.recharge.delay = Seconds(0.2),
        change: |p| p.recharge.slope = WattsPerSecond(200.0),
        holds: |p| recharge(p, 0.5, 4.0).windows(1000).all(|second| second[999] - second[0] <= 80.0 * 0.97),
    },
    Row {
        constant: "ramp.up, for recharge",
        setting: |p| {
            soon(p);
            p.ramp.up = Some(WattsPerSecond(100.0));
        },
        change: |p| p.ramp.up = None,
        holds: |p| recharge(p, 0.5, 3.0).windows(1000).all(|second| second[999] - second[0] <= 100.0),
    },
    Row {
        constant: "recharge.below",
        setting: soon,
        change: |p| p.recharge.below = Ratio(0.9),
        holds: |p| most(&recharge(p, 0.95, 2.0)) > 0.0,
    },
    Row {
        constant: "ramp.up",
        setting: ramps,
        change: |p| p.ramp.up = Some(WattsPerSecond(1000.0)),
        holds: |p| slopes(p).0 < 320.0,
    },
    Row {
        constant: "ramp.down",
        setting: ramps,
        change: |p| p.ramp.down = Some(WattsPerSecond(1000.0)),
        holds: |p| slopes(p).1 < 320.0,
    },
    Row {
        constant: "dynamic.range",
        setting: dynamic,
        change: |p| p.dynamic = p.dynamic.map(|d| Dynamic { range: Watts(2000.0), ..d }),
        holds: |p| swing(p, 0.2, 5.0) < 750.0,
    },
    Row {
        constant: "dynamic.window",
        setting: dynamic,
        change: |p| p.dynamic = p.dynamic.map(|d| Dynamic { window: Seconds(0.2), ..d }),
        holds: |p| swing(p, 0.2, 5.0) < 750.0,
    },
    Row {
        constant: "dynamic.band_low",
        setting: dynamic,
        change: |p| p.dynamic = p.dynamic.map(|d| Dynamic { band_low: Hertz(5.0), ..d }),
        holds: |p| swing(p, 0.2, 5.0) < 750.0,
    },
    Row {
        constant: "frequency.dead_band",
        setting: droop,
        change: |p| p.frequency = p.frequency.map(|d| Droop { dead_band: Hertz(0.1), ..d }),
        holds: |p| answer(p, 59.6).abs() < 0.005,
    },
    Row {
        constant: "frequency.share_per_hz",
        setting: droop,
        change: |p| p.frequency = p.frequency.map(|d| Droop { share_per_hz: 0.01, ..d }),
        holds: |p| answer(p, 58.5) > 0.04,
    },
    Row {
        constant: "frequency.most",
        setting: droop,
        change: |p| p.frequency = p.frequency.map(|d| Droop { most: Ratio(0.2), ..d }),
        holds: |p| answer(p, 56.5) < 0.11,
    },
    Row {
        constant: "battery.reserve",
        setting: droop,
        change: |p| p.battery.reserve = Ratio(0.1),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.charge = [0.15; BBU_SLOTS];
            plant.run(0.5, |_| {});
            let before = plant.input;
            plant.hz = 58.0;
            plant.run(1.0, |_| {});
            (plant.input / before - 1.0).abs() < 0.005
        },
    },
    Row {
        constant: "battery.support_voltage",
        setting: NONE,
        change: |p| p.battery.support_voltage = Volts(46.5),
        holds: |p| {
            let mut plant = shelf(p, 18_000.0);
            plant.pu = [0.0; 3];
            let mut lowest = f64::INFINITY;
            plant.run(0.2, |plant| lowest = plant.bus.min(lowest));
            lowest > 47.0
        },
    },
    Row {
        constant: "battery.share_gain",
        setting: NONE,
        change: |p| p.battery.share_gain = 0.0,
        holds: |p| {
            let mut plant = Plant::new(p, Capabilities::MODIFIED);
            plant.charge = [0.4, 0.6, 0.6, 0.6, 0.6, 0.8];
            plant.run(1.0, |_| {});
            plant.pu = [0.0; 3];
            plant.run(0.2, |_| {});
            plant.bbu_output[0] < 0.55 * plant.bbu_output[5]
        },
    },
    Row {
        constant: "battery.share_gain, larger",
        setting: NONE,
        change: |p| p.battery.share_gain = 4.0,
        holds: |p| {
            let mut plant = Plant::new(p, Capabilities::MODIFIED);
            plant.charge = [0.4, 0.6, 0.6, 0.6, 0.6, 0.8];
            plant.run(1.0, |_| {});
            plant.pu = [0.0; 3];
            plant.run(0.2, |_| {});
            plant.bbu_output[0] > 0.3 * plant.bbu_output[5]
        },
    },
    Row {
        constant: "battery.reserve, larger",
        setting: NONE,
        change: |p| p.battery.reserve = Ratio(0.4),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.charge = [0.3; BBU_SLOTS];
            plant.demand.battery = Some(Watts(2000.0));
            plant.run(0.5, |_| {});
            plant.action.state == ShelfState::Supporting
        },
    },
    Row {
        constant: "devices.stale, shorter",
        setting: NONE,
        change: |p| p.devices.stale = Seconds(1.0),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.polls = false;
            plant.run(1.5, |_| {});
            plant.action.state == ShelfState::Normal
        },
    },
    Row {
        constant: "frequency.dead_band, smaller",
        setting: |p| p.frequency = Some(Droop { dead_band: Hertz(0.5), share_per_hz: 0.2, most: Ratio(0.1) }),
        change: |p| p.frequency = p.frequency.map(|d| Droop { dead_band: Hertz(0.25), ..d }),
        holds: |p| answer(p, 59.52).abs() < 0.005,
    },
    Row {
        constant: "frequency.share_per_hz, larger",
        setting: droop,
        change: |p| p.frequency = p.frequency.map(|d| Droop { share_per_hz: 0.1, ..d }),
        holds: |p| answer(p, 58.9) < 0.045,
    },
    Row {
        constant: "frequency.most, smaller",
        setting: droop,
        change: |p| p.frequency = p.frequency.map(|d| Droop { most: Ratio(0.05), ..d }),
        holds: |p| answer(p, 56.5) > 0.08,
    },
    Row {
        constant: "ramp.up, smaller",
        setting: ramps,
        change: |p| p.ramp.up = Some(WattsPerSecond(100.0)),
        holds: |p| step_after(p, 9800.0, 5.5) > 700.0,
    },
    Row {
        constant: "ramp.down, smaller",
        setting: ramps,
        change: |p| p.ramp.down = Some(WattsPerSecond(100.0)),
        holds: |p| step_after(p, 8200.0, 5.5) < -700.0,
    },
    Row {
        constant: "recovery.start, smaller",
        setting: NONE,
        change: |p| p.recovery.start = Ratio(0.1),
        holds: |p| back_after(p, 9000.0, 0.18) < 0.045,
    },
    Row {
        constant: "recovery.hold, longer",
        setting: NONE,
        change: |p| p.recovery.hold = Seconds(1.0),
        holds: |p| shallow_after(p, 1.2) > 0.99,
    },
    Row {
        constant: "recovery.hold, shorter",
        setting: NONE,
        change: |p| p.recovery.hold = Seconds(0.25),
        holds: |p| shallow_after(p, 0.48) < 0.4,
    },
    Row {
        constant: "shelf.psu_rated, larger",
        setting: NONE,
        change: |p| p.shelf.psu_rated = Watts(6000.0),
        holds: |p| back_after(p, 9000.0, 0.18) < 0.045,
    },
    Row {
        constant: "shelf.psu_current, larger",
        setting: NONE,
        change: |p| p.shelf.psu_current.0 *= 2.0,
        holds: |p| drawn_at(p, 0.5) >= 0.5 * 0.96,
    },
    Row {
        constant: "shelf.psu_lowest, larger",
        setting: NONE,
        change: |p| p.shelf.psu_lowest = Volts(360.0),
        holds: |p| drawn_at(p, 0.5) >= 0.5 * 0.96,
    },
    Row {
        constant: "shelf.bbu_charge, smaller",
        setting: |p| {
            soon(p);
            p.recharge.limit = Watts(10_000.0);
        },
        change: |p| p.shelf.bbu_charge = Watts(130.0),
        holds: |p| most(&recharge(p, 0.5, 3.0)) >= 1000.0,
    },
    Row {
        constant: "battery.share_most",
        setting: |p| p.battery.share_gain = 0.0,
        change: |p| p.battery.share_most = 10.0,
        holds: |p| {
            let mut plant = Plant::new(p, Capabilities::MODIFIED);
            plant.charge = [0.1, 0.9, 0.9, 0.9, 0.9, 0.9];
            plant.run(1.0, |_| {});
            plant.pu = [0.0; 3];
            plant.run(0.2, |_| {});
            plant.bbu_output[0] < 500.0
        },
    },
    Row {
        constant: "devices.keep_alive",
        setting: NONE,
        change: |p| p.devices.keep_alive = Volts(46.0),
        holds: |p| {
            // A controller that dies of a bus at the lower end of its range would have to boot.
            let plant = shelf(p, 9000.0);
            plant.action.armed.psu.keep_alive.unwrap().0 < 45.5
        },
    },
    Row {
        constant: "devices.bus_lowest",
        setting: NONE,
        change: |p| p.devices.bus_lowest = Volts(46.0),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.pu = [0.0; 3];
            plant.run(0.1, |_| {});
            plant.pu = [0.8; 3];
            plant.bus_told = Some(46.3);
            plant.run(0.05, |_| {});
            !plant.lines.hold
        },
    },
    Row {
        constant: "devices.stale",
        setting: NONE,
        change: |p| p.devices.stale = Seconds(10.0),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.polls = false;
            plant.run(2.5, |_| {});
            plant.action.state == ShelfState::FailSafe
        },
    },
    Row {
        constant: "grid.nominal",
        setting: NONE,
        change: |p| p.grid.nominal = Volts(200.0),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.pu = [0.85; 3];
            plant.run(0.1, |_| {});
            plant.action.state == ShelfState::SagDetected
        },
    },
    Row {
        constant: "grid.frequency",
        setting: droop,
        change: |p| p.grid.frequency = Hertz(61.0),
        holds: |p| {
            let mut plant = shelf(p, 9000.0);
            plant.hz = 59.6;
            let before = plant.input;
            plant.run(1.0, |_| {});
            (plant.input / before - 1.0).abs() < 0.005
        },
    },
    Row {
        constant: "shelf.psu_current",
        setting: NONE,
        change: |p| p.shelf.psu_current.0 *= 0.5,
        holds: |p| drawn_at(p, 0.5) <= 0.5 * 1.04,
    },
    Row {
        constant: "shelf.psu_rated",
        setting: NONE,
        change: |p| p.shelf = Shelf { psu_rated: Watts(1500.0), ..p.shelf },
        holds: |p| back_after(p, 9000.0, 0.3) > 0.02,
    },
    Row {
        constant: "shelf.psu_full_power",
        setting: NONE,
        change: |p| p.shelf.psu_full_power = Volts(230.0),
        holds: |p| shallow_after(p, 1.5) > 0.99,
    },
    Row {
        constant: "shelf.psu_lowest",
        setting: NONE,
        change: |p| p.shelf.psu_lowest = Volts(100.0),
        holds: |p| {
            drawn_at(p, 0.6) <= 0.6 * 1.02
                && shelf(p, 9000.0).action.armed.psu.low_line.is_some_and(|low| low.longest_s > 0.5)
        },
    },
    Row {
        constant: "shelf.efficiency",
        setting: NONE,
        change: |p| p.shelf.efficiency = Ratio(0.6),
        holds: |p| {
            let plant = shelf(p, 9000.0);
            (plant.action.ride_through_s / (6.0 * plant.energy_full / 9000.0) - 1.0).abs() < 0.02
        },
    },
    Row {
        constant: "shelf.bbu_rated",
        setting: NONE,
        change: |p| p.shelf.bbu_rated = Watts(1000.0),
        holds: |p| shelf(p, 12_000.0).action.ride_through_s > 60.0,
    },
    Row {
        constant: "shelf.bbu_charge",
        setting: |p| {
            soon(p);
            p.recharge.limit = Watts(10_000.0);
        },
        change: |p| p.shelf.bbu_charge = Watts(600.0),
        holds: |p| most(&recharge(p, 0.5, 3.0)) <= 6.0 * 265.0,
    },
    Row {
        constant: "shelf.bbu_charger",
        setting: |p| p.recharge.delay = Seconds(0.2),
        change: |p| p.shelf.bbu_charger = Watts(0.0),
        holds: |p| recharge(p, 0.5, 5.0).windows(1000).all(|second| second[999] - second[0] <= 80.0 * 0.97),
    },
    Row {
        constant: "shelf.bbu_charger, larger",
        setting: NONE,
        change: |p| p.shelf.bbu_charger = Watts(80.0),
        holds: |p| p.check().is_ok(),
    },
    Row {
        constant: "shelf.bbu_trigger",
        setting: NONE,
        change: |p| p.shelf.bbu_trigger = Volts(46.0),
        holds: |p| {
            let mut plant = Plant::new(p, Capabilities::TODAY);
            plant.run(1.0, |_| {});
            plant.pu = [0.0; 3];
            plant.run(0.1, |_| {});
            plant.action.state == ShelfState::Supporting
        },
    },
];

#[test]
fn a_change_of_each_constant_breaks_its_property() {
    let mut wrong = vec![];
    for row in ROWS {
        let mut policy = Policy::default();
        (row.setting)(&mut policy);
        if !(row.holds)(&policy) {
            wrong.push(format!("{}: does not hold", row.constant));
        }
        (row.change)(&mut policy);
        // A policy that the shelf refuses is broken, too.
        if policy.check().is_ok() && (row.holds)(&policy) {
            wrong.push(format!("{}: holds although changed", row.constant));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each number of a policy with its name. A field that is new does not compile until it stands here; the curves have
/// rows of their own above.
fn numbers(policy: &mut Policy) -> Vec<(&'static str, &mut f64)> {
    let Policy { shelf, grid, ride_through, recovery, recharge, ramp, dynamic, frequency, battery, devices } =
        policy;
    let Shelf {
        psu_rated,
        psu_current,
        psu_full_power,
        psu_lowest,
        psu_over,
        efficiency,
        bbu_rated,
        bbu_charge,
        bbu_charger,
        bbu_trigger,
    } = shelf;
    let Grid { nominal, frequency: declared, samples_per_s } = grid;
    let RideThrough { low: _, high: _, current_limit, low_line } = ride_through;
    let Recovery { target, budget, voltage, slope, start, within, confirm, restart_delay, hold } = recovery;
    let RechargePolicy { delay, limit, slope: recharge_slope, below } = recharge;
    let Ramp { up, down } = ramp;
    let Battery { reserve, support_voltage, share_gain, share_most } = battery;
    let Devices { keep_alive, bus_lowest, stale } = devices;
    let mut all = vec![
        ("shelf.psu_rated", &mut psu_rated.0),
        ("shelf.psu_current", &mut psu_current.0),
        ("shelf.psu_full_power", &mut psu_full_power.0),
        ("shelf.psu_lowest", &mut psu_lowest.0),
        ("shelf.psu_over", &mut psu_over.0),
        ("shelf.efficiency", &mut efficiency.0),
        ("shelf.bbu_rated", &mut bbu_rated.0),
        ("shelf.bbu_charge", &mut bbu_charge.0),
        ("shelf.bbu_charger", &mut bbu_charger.0),
        ("shelf.bbu_trigger", &mut bbu_trigger.0),
        ("grid.nominal", &mut nominal.0),
        ("grid.frequency", &mut declared.0),
        ("grid.samples_per_s", samples_per_s),
        ("ride_through.current_limit", &mut current_limit.0),
        ("ride_through.low_line", &mut low_line.0),
        ("recovery.target", &mut target.0),
        ("recovery.budget", &mut budget.0),
        ("recovery.voltage", &mut voltage.0),
        ("recovery.slope", &mut slope.0),
        ("recovery.start", &mut start.0),
        ("recovery.within", &mut within.0),
        ("recovery.confirm", &mut confirm.0),
        ("recovery.restart_delay", &mut restart_delay.0),
        ("recovery.hold", &mut hold.0),
        ("recharge.delay", &mut delay.0),
        ("recharge.limit", &mut limit.0),
        ("recharge.slope", &mut recharge_slope.0),
        ("recharge.below", &mut below.0),
        ("battery.reserve", &mut reserve.0),
        ("battery.support_voltage", &mut support_voltage.0),
        ("battery.share_gain", share_gain),
        ("battery.share_most", share_most),
        ("devices.keep_alive", &mut keep_alive.0),
        ("devices.bus_lowest", &mut bus_lowest.0),
        ("devices.stale", &mut stale.0),
    ];
    let slopes = [("ramp.up", up), ("ramp.down", down)];
    all.extend(slopes.into_iter().filter_map(|(name, slope)| Some((name, &mut slope.as_mut()?.0))));
    if let Some(Dynamic { range, window, band_low }) = dynamic {
        all.extend([
            ("dynamic.range", &mut range.0),
            ("dynamic.window", &mut window.0),
            ("dynamic.band_low", &mut band_low.0),
        ]);
    }
    if let Some(Droop { dead_band, share_per_hz, most }) = frequency {
        all.extend([
            ("frequency.dead_band", &mut dead_band.0),
            ("frequency.share_per_hz", share_per_hz),
            ("frequency.most", &mut most.0),
        ]);
    }
    all
}

/// Changes that no test may notice, each with its reason.
const UNNOTICED: &[(&str, f64, &str)] = &[
    ("shelf.psu_full_power", 0.5, "only starts the clock of recovery.hold earlier, which bounds it anyway"),
    ("shelf.bbu_rated", 2.0, "what a unit says that it can give is the lower limit"),
    (
        "grid.samples_per_s",
        2.0,
        "the executor samples by the same number; the detector bridges what is missing here",
    ),
    (
        "recovery.confirm",
        0.5,
        "5 ms less: the detector ends a sag by a hysteresis and a whole half cycle of its own",
    ),
    ("dynamic.range", 0.5, "less swing than asked for is inside what was asked for"),
    ("dynamic.window", 2.0, "a swing that is kept within 16 s is kept within 8 s"),
    ("dynamic.band_low", 0.5, "slower changes count as well: stricter than asked for"),
];

/// Whether a change of a number by a factor is noticed: the policy is refused, or a property of its group fails.
fn noticed(name: &str, factor: f64) -> bool {
    let group = name.split('.').next().unwrap();
    let mut rows: Vec<&Row> = ROWS.iter().filter(|row| row.constant.starts_with(group)).collect();
    rows.sort_by_key(|row| !row.constant.starts_with(name));
    rows.into_iter().any(|row| {
        let mut policy = Policy::default();
        (row.setting)(&mut policy);
        let Some((_, number)) = numbers(&mut policy).into_iter().find(|(known, _)| *known == name) else {
            return false;
        };
        // From nothing a factor leads nowhere.
        *number = if *number == 0.0 { factor } else { *number * factor };
        policy.check().is_err() || !(row.holds)(&policy)
    })
}

/// Up and down by what tells: twice and half, more where the properties above need more.
fn factors(name: &str) -> (f64, f64) {
    match name {
        "recovery.slope" => (10.0, 0.5),
        "recovery.confirm" => (50.0, 0.5),
        "dynamic.window" => (2.0, 0.025),
        "dynamic.band_low" => (250.0, 0.5),
        _ => (2.0, 0.5),
    }
}

/// Each number of the policy, changed: a test notices, or the change stands in [`UNNOTICED`] with its reason.
#[test]
fn each_number_of_the_policy_matters_or_says_why_not() {
    let mut whole = Policy::default();
    for setting in [ramps, dynamic, droop] {
        setting(&mut whole);
    }
    let mut changes = vec![];
    for (name, _) in numbers(&mut whole) {
        let (up, down) = factors(name);
        changes.extend([(name, up), (name, down)]);
    }
    let survivors: Vec<_> = std::thread::scope(|scope| {
        let half = changes.len() / 2;
        let parts = [&changes[..half], &changes[half..]];
        let runs = parts.map(|part| {
            scope.spawn(|| part.iter().copied().filter(|(name, by)| !noticed(name, *by)).collect::<Vec<_>>())
        });
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    println!("policy: {} changes, survivors {}: {survivors:?}", changes.len(), survivors.len());
    let listed: Vec<_> = UNNOTICED.iter().map(|(name, by, _)| (*name, *by)).collect();
    assert_eq!(survivors, listed);
}
