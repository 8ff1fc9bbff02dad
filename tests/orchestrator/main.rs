//! The orchestrator on the waveform-level twin: detection, lines, settings over a slow bus, and the devices together.

#![allow(clippy::unwrap_used)]

mod rig;

use dpo_gateway::control::orchestrator::io::{Capabilities, Recharge};
use dpo_gateway::control::policy::{Policy, Recharge as RechargePolicy};
use dpo_gateway::control::state::ShelfState;
use dpo_gateway::registers::units::Seconds;
use dpo_gateway::sim::twin::PsuState;
use rig::Rig;

const MODIFIED: Capabilities = Capabilities::MODIFIED;

/// What a sag and the time after it came to.
#[derive(Debug)]
struct Ride {
    /// Time from the return of the voltage to 90 % of the power, in s.
    back_s: f64,
    /// Highest input power on the way back over that before.
    peak: f64,
    /// Mean input power in the sag over that before.
    drawn: f64,
}

/// A sag to `pu` that has `seconds`; the load is served and the bus within its limits, or it fails here.
fn ride(load: f64, pu: [f64; 3], seconds: f64, mut during: impl FnMut(&mut Rig)) -> Ride {
    let changes = [(0.0, pu), (seconds, [1.0; 3])];
    let mut rig = Rig::new(&Policy::default(), MODIFIED, load, 0.8, &changes);
    let before = rig.twin.grid_power_mean().0;
    let mut drawn = (0.0, 0);
    rig.run(0.05, |_| {});
    during(&mut rig);
    rig.run(seconds - 0.05, |rig| drawn = (drawn.0 + rig.twin.grid_power_mean().0, drawn.1 + 1));
    let (mut back_s, mut ticks, mut peak) = (f64::INFINITY, 0, 0.0_f64);
    // The batteries have handed everything back by then.
    rig.run(5.0, |rig| {
        ticks += 1;
        let share = rig.twin.grid_power_mean().0 / before;
        peak = peak.max(share);
        if back_s.is_infinite() && share >= 0.9 {
            back_s = f64::from(ticks) / 1000.0;
        }
    });
    let ride = Ride { back_s, peak, drawn: drawn.0 / f64::from(drawn.1) / before };
    assert_eq!(rig.twin.load_losses(), 0, "{load} W, {pu:?}: the load was lost");
    assert!(rig.bus.0 > 46.0 && rig.bus.1 < 52.0, "{load} W, {pu:?}: bus {:?}", rig.bus);
    let tripped =
        rig.twin.psus().iter().filter(|psu| !matches!(psu.state, PsuState::On | PsuState::Failed)).count();
    assert_eq!(tripped, 0, "{load} W, {pu:?}: PSUs tripped");
    assert_eq!(rig.states.last(), Some(&ShelfState::Normal), "{load} W, {pu:?}: {:?}", rig.states);
    ride
}

#[test]
fn deep_sags_are_ridden_and_the_power_is_back_in_time_and_not_beyond() {
    for load in [3600.0, 9000.0, 18_000.0] {
        for (pu, seconds) in [(0.0, 0.15), (0.25, 0.25), (0.5, 0.5)] {
            let ride = ride(load, [pu; 3], seconds, |_| {});
            assert!(ride.back_s < 0.6, "{load} W, {pu} p.u.: {ride:?}");
            // The twin's own mean has a whole number of steps: it ripples by 0.2 %.
            assert!(ride.peak < 1.004, "{load} W, {pu} p.u.: {ride:?}");
            // In proportion to the voltage, from where the power factor stages run.
            assert!(pu < 0.2 || (ride.drawn / pu - 1.0).abs() < 0.1, "{load} W, {pu} p.u.: {ride:?}");
        }
    }
}

#[test]
fn shallow_and_uneven_sags_are_ridden() {
    // No PSU gives more than before while the hold line is driven: the BBUs carry what the low phases lack, and the
    // way back ends at the power before.
    for load in [3600.0, 9000.0, 18_000.0] {
        for (pu, seconds) in [
            ([0.77; 3], 0.5),
            ([0.85; 3], 1.0),
            ([0.4, 1.0, 1.0], 0.25),
            ([0.0, 0.0, 1.0], 0.15),
            ([0.5, 0.9, 0.6], 0.5),
        ] {
            let ride = ride(load, pu, seconds, |_| {});
            assert!(ride.back_s < 1.0, "{load} W, {pu:?}: {ride:?}");
            // The twin's own mean has a whole number of steps: it ripples by 0.2 %.
            assert!(ride.peak < 1.004, "{load} W, {pu:?}: {ride:?}");
        }
    }
}

#[test]
fn a_device_that_fails_in_mid_support_is_borne_by_the_others() {
    let ride = ride(9000.0, [0.3; 3], 0.25, |rig| {
        rig.twin.fail_bbu(0);
        rig.twin.fail_psu(3);
    });
    assert!(ride.back_s < 1.0 && ride.peak < 1.1, "{ride:?}");
}

#[test]
fn sags_are_not_counted() {
    let mut changes = vec![];
    for sag in 0..6 {
        let at_s = f64::from(sag) * 0.45;
        changes.extend([(at_s, [0.3; 3]), (at_s + 0.06, [1.0; 3])]);
    }
    let mut rig = Rig::new(&Policy::default(), MODIFIED, 9000.0, 0.5, &changes);
    let before = rig.twin.grid_power_mean().0;
    rig.run(7.0, |_| {});
    assert_eq!(rig.twin.load_losses(), 0);
    assert!(rig.bus.0 > 46.0, "{:?}", rig.bus);
    assert_eq!(
        rig.states.iter().filter(|state| **state == ShelfState::Supporting).count(),
        6,
        "{:?}",
        rig.states
    );
    assert!(rig.twin.grid_power_mean().0 > 0.99 * before);
}

#[test]
fn recharge_waits_and_stays_on_its_slope() {
    let policy = Policy {
        recharge: RechargePolicy { delay: Seconds(1.4), ..Default::default() },
        ..Policy::default()
    };
    let mut rig = Rig::new(&policy, MODIFIED, 9000.0, 0.5, &[(0.0, [0.3; 3]), (0.25, [1.0; 3])]);
    let before = rig.twin.grid_power_mean().0;
    let mut powers = vec![];
    // Until the batteries have handed everything back.
    rig.run(4.2, |rig| {
        let armed = rig.action.unwrap().armed;
        assert!(armed.bbu.iter().all(|bbu| bbu.recharge == Recharge::Hold));
    });
    assert_eq!(rig.states.last(), Some(&ShelfState::Normal));
    rig.run(6.0, |rig| powers.push(rig.twin.grid_power_mean().0));
    assert_eq!(rig.states.last(), Some(&ShelfState::Recharging));
    assert!(
        powers.last().unwrap() - before > 100.0,
        "{} W more than before",
        powers.last().unwrap() - before
    );
    // A second of 80 W/s, and the 40 W that a charger needs for itself come at once.
    let steepest = powers.windows(1000).map(|second| second[999] - second[0]).fold(0.0, f64::max);
    assert!(steepest < 80.0 + 45.0, "{steepest} W in a second");
}

#[test]
fn a_gateway_that_died_leaves_a_shelf_that_rides() {
    let mut rig = Rig::new(&Policy::default(), MODIFIED, 9000.0, 0.8, &[(0.2, [0.3; 3]), (0.45, [1.0; 3])]);
    let before = rig.twin.grid_power_mean().0;
    rig.alive = false;
    rig.twin.set_lines(Default::default());
    rig.run(1.6, |_| {});
    assert_eq!(rig.twin.load_losses(), 0);
    assert!(rig.bus.0 > 46.0 && rig.twin.grid_power_mean().0 > 0.99 * before);
}

#[test]
fn on_todays_devices_the_load_is_served_and_the_power_is_late() {
    let changes = [(0.0, [0.3; 3]), (0.25, [1.0; 3])];
    let mut rig = Rig::new(&Policy::default(), Capabilities::TODAY, 9000.0, 0.8, &changes);
    let before = rig.twin.grid_power_mean().0;
    rig.run(1.25, |_| {});
    assert_eq!(rig.twin.load_losses(), 0);
    assert_eq!(rig.states.last(), Some(&ShelfState::Supporting), "{:?}", rig.states);
    // Nothing that today's registers and lines can do brings a PSU back sooner.
    assert!(rig.twin.grid_power_mean().0 < 0.1 * before);
}
