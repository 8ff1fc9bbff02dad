//! The promise of the ride-through time.

use super::plant::Plant;
use crate::control::orchestrator::io::*;
use crate::control::policy::Policy;

/// Seconds for which an outage is in fact served, and what was promised at its start.
fn outage(charge: [f64; BBU_SLOTS], load: f64, capabilities: Capabilities) -> (f64, f64) {
    let mut plant = Plant::new(&Policy::default(), capabilities);
    (plant.charge, plant.load, plant.energy_full) = (charge, load, 6000.0);
    plant.run(0.5, |_| {});
    let promised = plant.action.ride_through_s;
    plant.pu = [0.0; 3];
    let mut served = 0.0;
    while plant.unserved_j == 0.0 && served < 20.0 {
        plant.tick();
        served += 0.001;
    }
    (served, promised)
}

#[test]
fn what_is_promised_is_served() {
    for (charge, load) in [
        ([0.9; 6], 9000.0),
        ([0.3, 0.5, 0.6, 0.7, 0.8, 0.9], 9000.0),
        ([0.05, 0.9, 0.9, 0.9, 0.9, 0.9], 14_000.0),
    ] {
        for capabilities in [Capabilities::MODIFIED, Capabilities::TODAY] {
            let (served, promised) = outage(charge, load, capabilities);
            // The estimate of the load is as good as the efficiency that is assumed.
            assert!(served > 0.97 * promised, "{charge:?} {load}: {served} s of {promised} s");
            assert!(promised > 0.7 * served, "{charge:?} {load}: {promised} s promised, {served} s served");
        }
    }
}

#[test]
fn without_load_it_is_endless_and_with_too_much_none() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.load = 0.0;
    plant.psu_output = [0.0; 6];
    plant.run(1.5, |_| {});
    assert!(plant.action.ride_through_s > 1e5);
    plant.load = 12_000.0;
    plant.bbu_healthy = [true, true, true, false, false, false];
    plant.run(1.5, |_| {});
    assert_eq!(plant.action.ride_through_s, 0.0);
}
