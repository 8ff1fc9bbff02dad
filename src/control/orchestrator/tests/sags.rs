//! Sags from end to end on the quasi-static shelf.

use crate::control::orchestrator::io::*;
use crate::control::policy::Policy;
use crate::control::state::ShelfState;

use super::plant::Plant;

#[test]
fn a_deep_sag_goes_through_the_states_and_back() {
    let mut plant = Plant::new(&Policy::default(), Capabilities::MODIFIED);
    plant.run(1.0, |_| {});
    assert_eq!(plant.action.state, ShelfState::Normal);
    let before = plant.input;
    let mut states = vec![];
    let mut see = |plant: &Plant| {
        if states.last() != Some(&plant.action.state) {
            states.push(plant.action.state);
        }
        assert!(plant.input <= before * 1.001, "{} W of {before} W", plant.input);
    };
    plant.pu = [0.3; 3];
    plant.run(0.25, &mut see);
    plant.pu = [1.0; 3];
    plant.run(1.0, &mut see);
    // The batteries give a little, until the PSUs have refilled; then they hand it back.
    assert!((0.9..0.96).contains(&(plant.input / before)), "{} W of {before} W", plant.input);
    plant.run(3.0, &mut see);
    assert!(plant.input >= 0.999 * before);
    use ShelfState::*;
    // Without a hold-up the bus of this shelf falls in the first tick, before the voltage was seen to.
    assert_eq!(states, [Supporting, Recovering, Normal]);
    assert!(plant.unserved_j < 1e-6);
}
