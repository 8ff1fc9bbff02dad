//! Tests of the model against figures worked out by hand.

mod balance;
mod battery;
mod electrical;
mod front;

use std::time::Duration;

use dpo_registers::units::{Volts, Watts};

use super::*;

/// A shelf with a constant load.
fn shelf(load_w: f64) -> SimShelf {
    SimShelf::new(ShelfConfig { load: LoadProfile::Constant(Watts(load_w)), ..ShelfConfig::default() })
}

/// A shelf without BBUs.
fn psus_only(load_w: f64) -> SimShelf {
    SimShelf::new(ShelfConfig {
        load: LoadProfile::Constant(Watts(load_w)),
        absent: (64..70).collect(),
        ..ShelfConfig::default()
    })
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Steps by `step` until `done`, and returns the model time in s; fails after `limit_s`.
fn until(shelf: &SimShelf, step: Duration, limit_s: f64, done: impl Fn(&Truth) -> bool) -> f64 {
    loop {
        let truth = shelf.truth();
        if done(&truth) {
            return truth.time_s();
        }
        assert!(truth.time_s() < limit_s, "not reached in {limit_s} s: {truth:#?}");
        shelf.step(step);
    }
}

/// Sets the no-load voltage of all PSUs past the registers, and waits until the ramp is over.
fn set_lines(shelf: &SimShelf, volts: f64) {
    shelf.lock().psus.iter_mut().for_each(|psu| psu.controls.setpoint_h_v = volts);
    shelf.step(ms(1500));
}

fn close(got: f64, wanted: f64, tolerance: f64) {
    assert!((got - wanted).abs() <= tolerance, "{got}, expected {wanted} within {tolerance}");
}
