//! Each degradation as the table in the orchestrator's documentation declares it.

use dpo_registers::units::Watts;

use super::plant::Plant;
use crate::control::orchestrator::io::*;
use crate::control::policy::Policy;
use crate::control::state::ShelfState;

fn plant(capabilities: Capabilities) -> Plant {
    let mut plant = Plant::new(&Policy::default(), capabilities);
    plant.run(1.0, |_| {});
    plant
}

/// A sag to 0.3 p.u. of 0.25 s and the recovery; whether all the load was served, and the power was back in time.
fn rides(plant: &mut Plant) -> bool {
    let before = plant.input;
    plant.pu = [0.3; 3];
    plant.run(0.25, |_| {});
    plant.pu = [1.0; 3];
    plant.run(1.0, |_| {});
    plant.unserved_j < 1e-6 && plant.input > 0.9 * before
}

#[test]
fn with_a_psu_or_a_bbu_missing_the_others_do_its_share() {
    let mut shelf = plant(Capabilities::MODIFIED);
    let current = |plant: &Plant| plant.action.armed.psu.low_line.unwrap().current.0;
    let all = current(&shelf);
    (shelf.psu_healthy[2], shelf.bbu_healthy[4]) = (false, false);
    shelf.run(0.5, |_| {});
    // Five draw what six drew.
    assert!((current(&shelf) / all - 1.2).abs() < 0.05, "{} of {all}", current(&shelf));
    assert_eq!(shelf.action.armed.bbu[4], BbuArmed::default());
    assert!(rides(&mut shelf));
    let degraded = shelf.orchestrator.degraded();
    assert!(!degraded.psu_redundancy && !degraded.bbu_redundancy && !degraded.fail_safe());
    // The way back ends with what the batteries hand back.
    shelf.run(3.0, |_| {});
    shelf.load = 14_000.0;
    shelf.run(0.5, |_| {});
    assert!(shelf.orchestrator.degraded().psu_redundancy && shelf.orchestrator.degraded().bbu_redundancy);
}

#[test]
fn one_that_fails_in_mid_support_is_replaced_by_the_others() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.load = 14_000.0;
    shelf.run(1.0, |_| {});
    let before = shelf.input;
    shelf.pu = [0.0; 3];
    shelf.run(0.05, |_| {});
    (shelf.psu_healthy[0], shelf.bbu_healthy[0]) = (false, false);
    shelf.run(0.2, |_| {});
    shelf.pu = [1.0; 3];
    let slope = |plant: &Plant| plant.action.armed.psu.walk_in.unwrap().slope_w_per_s;
    let armed = slope(&shelf);
    shelf.run(1.0, |_| {});
    assert!(shelf.unserved_j < 1e-6);
    assert!(shelf.input > 0.9 * before);
    assert!((armed / (14_000.0 / 5.0 / 0.5) - 1.0).abs() < 0.12, "{armed} W/s");
}

#[test]
fn without_a_lease_nothing_asks_and_nothing_changes() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.demand.battery = Some(Watts(2000.0));
    shelf.run(0.5, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Supporting);
    // As few units as carry it: five stay armed for a sag.
    let giving = shelf.action.armed.bbu.iter().filter(|bbu| matches!(bbu.support, Support::Power(_)));
    assert_eq!(giving.count(), 1);
    shelf.demand = Demand::default();
    shelf.run(0.5, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Normal);
    assert!(shelf.action.armed.bbu.iter().all(|bbu| matches!(bbu.support, Support::Voltage { .. })));
    assert!(rides(&mut shelf));
}

#[test]
fn below_the_reserve_a_sag_is_ridden_and_nothing_else_discharges() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.charge = [0.1; BBU_SLOTS];
    shelf.demand.battery = Some(Watts(2000.0));
    shelf.run(0.5, |_| {});
    assert!(shelf.orchestrator.degraded().reserve);
    assert!(shelf.bbu_output.iter().all(|output| *output <= 0.0), "{:?}", shelf.bbu_output);
    // 72 kJ of each unit at 9 kW.
    assert!((shelf.action.ride_through_s - 48.0).abs() < 1.0, "{} s", shelf.action.ride_through_s);
    assert!(rides(&mut shelf));
}

#[test]
fn what_the_curve_needs_is_not_spent_in_normal_operation() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.energy_full = 3000.0;
    shelf.run(0.2, |_| {});
    assert!(!shelf.orchestrator.degraded().curve);
    // 13 kJ is more than the 9 kJ of the recovery and 0.63 s of the load.
    shelf.energy_full = 2000.0;
    shelf.demand.battery = Some(Watts(2000.0));
    shelf.run(0.3, |_| {});
    assert!(shelf.orchestrator.degraded().curve);
    assert!(shelf.bbu_output.iter().all(|output| *output <= 0.0));
}

#[test]
fn old_polls_are_not_relied_on_but_the_lines_work() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.polls = false;
    shelf.run(2.2, |_| {});
    assert_eq!(shelf.action.state, ShelfState::FailSafe);
    assert!(shelf.orchestrator.degraded().stale);
    assert_eq!(shelf.action.armed, Armed::default());
    shelf.pu = [0.3; 3];
    shelf.run(0.1, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Supporting);
    assert_eq!(shelf.action.lines, Lines { support: true, hold: true });
    shelf.pu = [1.0; 3];
    shelf.polls = true;
    shelf.run(1.0, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Normal);
    assert!(shelf.action.armed.psu.low_line.is_some());
}

#[test]
fn todays_devices_are_told_nothing_that_they_do_not_know() {
    let mut shelf = Plant::new(&Policy::default(), Capabilities::TODAY);
    let see = |plant: &Plant| {
        assert_eq!(plant.action.lines, Lines::default());
        assert_eq!(plant.action.armed.psu, PsuArmed::default());
        for bbu in &plant.action.armed.bbu {
            assert_eq!((bbu.support, bbu.share), (Support::Base, None));
        }
    };
    shelf.run(1.0, see);
    // No sample tells of the sag; the bus does, when the batteries have come.
    shelf.pu = [0.3; 3];
    shelf.run(0.25, see);
    assert_eq!(shelf.action.state, ShelfState::Supporting);
    assert!(shelf.action.armed.bbu.iter().all(|bbu| bbu.recharge == Recharge::Hold));
    shelf.pu = [1.0; 3];
    shelf.run(0.5, see);
    assert_eq!(shelf.action.state, ShelfState::Normal);
}

#[test]
fn a_lost_ac_measurement_leaves_the_bus_to_tell() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.ac_told = Some(f64::NAN);
    shelf.run(0.3, |_| {});
    assert!(shelf.orchestrator.degraded().ac_lost && !shelf.orchestrator.degraded().fail_safe());
    shelf.pu = [0.3; 3];
    shelf.run(0.1, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Supporting);
    assert_eq!(shelf.action.lines, Lines { support: true, hold: false });
    shelf.pu = [1.0; 3];
    shelf.run(1.0, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Normal);
    assert!(shelf.unserved_j < 1e-6);
}

#[test]
fn a_lost_bus_measurement_is_no_sag_and_both_lost_is_fail_safe() {
    let mut shelf = plant(Capabilities::MODIFIED);
    shelf.bus_told = Some(f64::NAN);
    shelf.run(0.3, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Normal);
    assert!(shelf.orchestrator.degraded().bus_lost);
    assert!(rides(&mut shelf));
    shelf.run(3.0, |_| {});
    assert_eq!(shelf.action.state, ShelfState::Normal);
    shelf.ac_told = Some(f64::NAN);
    shelf.run(0.3, |_| {});
    assert_eq!(shelf.action.state, ShelfState::FailSafe);
    assert_eq!(shelf.action.lines, Lines::default());
}
