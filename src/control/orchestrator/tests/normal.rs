//! Normal operation: limits, recharge, and how much is written.

use dpo_registers::units::{Seconds, Watts, WattsPerSecond};

use super::plant::Plant;
use crate::control::orchestrator::io::*;
use crate::control::policy::Policy;
use crate::control::state::ShelfState;

#[test]
fn a_load_that_hardly_moves_writes_nothing() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.run(1.0, |_| {});
    let writes = plant.writes;
    for step in 0..2000_u32 {
        plant.load = 9000.0 + 100.0 * f64::from(step % 7) / 7.0;
        plant.tick();
    }
    assert_eq!(plant.writes, writes);
}

#[test]
fn a_load_that_swings_is_written_no_faster_than_the_bus_takes() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.run(1.0, |_| {});
    let writes = plant.writes;
    for step in 0..4000_u32 {
        plant.load = if (step / 500) % 2 == 0 { 4000.0 } else { 16_000.0 };
        plant.tick();
    }
    // 4 sets a second of 12 devices at 7 ms each are a third of the line.
    assert!(plant.writes - writes <= 4 * 4 * 12, "{} writes", plant.writes - writes);
}

#[test]
fn nothing_is_written_in_a_sag_but_that_recharge_waits() {
    let policy = Policy {
        recharge: crate::control::policy::Recharge { delay: Seconds(0.1), ..Default::default() },
        ..Policy::default()
    };
    let mut plant = Plant::new(&policy, Capabilities::MODIFIED);
    plant.charge = [0.5; BBU_SLOTS];
    plant.run(2.0, |_| {});
    assert_eq!(plant.action.state, ShelfState::Recharging);
    plant.pu = [0.3; 3];
    plant.run(0.02, |_| {});
    let (armed, writes) = (plant.action.armed, plant.writes);
    assert!(armed.bbu.iter().all(|bbu| bbu.recharge == Recharge::Hold));
    plant.run(0.4, |_| {});
    assert_eq!((plant.action.armed, plant.writes), (armed, writes));
}

#[test]
fn an_input_limit_is_kept_by_the_batteries() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.run(0.5, |_| {});
    plant.demand.input_limit = Some(Watts(8000.0));
    plant.run(2.0, |_| {});
    assert!(plant.input < 8000.0 + 60.0, "{} W", plant.input);
    assert_eq!(plant.action.state, ShelfState::Supporting);
}

#[test]
fn a_battery_is_charged_on_demand_as_far_as_its_charger_goes() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.charge = [0.9; BBU_SLOTS];
    plant.run(0.5, |_| {});
    plant.demand.battery = Some(Watts(-5000.0));
    plant.run(1.0, |_| {});
    let charging: f64 = plant.charging.iter().sum();
    assert!((1400.0..=6.0 * 265.0).contains(&charging), "{charging} W");
    // Full ones take nothing.
    plant.charge = [1.0; BBU_SLOTS];
    plant.run(0.5, |_| {});
    assert_eq!(plant.charging, [0.0; BBU_SLOTS]);
}

#[test]
fn recharge_leaves_the_psus_their_redundancy() {
    let policy = Policy {
        recharge: crate::control::policy::Recharge {
            delay: Seconds(0.1),
            slope: WattsPerSecond(2000.0),
            ..Default::default()
        },
        ..Policy::default()
    };
    let mut plant = Plant::new(&policy, Capabilities::MODIFIED);
    (plant.charge, plant.load) = ([0.5; BBU_SLOTS], 14_600.0);
    plant.run(3.0, |_| {});
    let charging: f64 = plant.charging.iter().sum();
    assert!(charging > 200.0 && charging <= 400.0, "{charging} W beside 14.6 kW of 15 kW");
}

#[test]
fn a_forecast_is_advice() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.run(1.0, |_| {});
    let current = |plant: &Plant| plant.action.armed.psu.low_line.unwrap().current.0;
    let before = current(&plant);
    plant.demand.forecast = Some(Watts(13_500.0));
    plant.run(0.5, |_| {});
    assert!((current(&plant) / before - 1.5).abs() < 0.1);
    for absurd in [f64::NAN, f64::INFINITY, -1.0, 1e12] {
        plant.demand.forecast = Some(Watts(absurd));
        plant.run(0.5, |_| {});
        assert!((0.4..=2.1).contains(&(current(&plant) / before)), "{absurd}: {}", current(&plant));
    }
}
