//! Recharge, slopes, swing and frequency.

use dpo_registers::units::{Hertz, Ratio, Seconds, Watts, WattsPerSecond};

use crate::control::policy::{Droop, Dynamic};

use super::Row;
use super::helpers::{answer, droop, dynamic, most, ramps, recharge, slopes, soon, step_after, swing};

pub(super) const ROWS: &[Row] = &[
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
];
