//! Batteries, devices, the grid and the shelf.

use dpo_registers::units::{Hertz, Ratio, Seconds, Volts, Watts};

use crate::control::orchestrator::io::{BBU_SLOTS, Capabilities};
use crate::control::orchestrator::tests::plant::Plant;
use crate::control::policy::Shelf;
use crate::control::state::ShelfState;

use super::Row;
use super::helpers::{NONE, back_after, drawn_at, droop, lifted, most, recharge, shallow_after, shelf, soon};

pub(super) const ROWS: &[Row] = &[
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
        constant: "shelf.input_accuracy",
        setting: NONE,
        change: |p| p.shelf.input_accuracy = Ratio(0.005),
        // Both measurements may be off by 1 %, and the walk-in stops below the power before by both.
        holds: |p| lifted(p, 9000.0) >= 4.0 * 0.01 * 9000.0,
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
