//! What is drawn in a sag, and how it comes back.

use dpo_registers::units::{Ratio, Seconds, WattsPerSecond};

use crate::control::policy::Curve;

use super::Row;
use super::helpers::{NONE, back_after, drawn_at, shallow_after, shelf};

pub(super) const ROWS: &[Row] = &[
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
];
