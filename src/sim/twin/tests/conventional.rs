//! Devices of today.

use super::support::{run, warm};
use crate::sim::twin::{Design, PsuState, TwinConfig, Variant};

fn config() -> TwinConfig {
    TwinConfig::new(Variant::V3, Design::Conventional)
}

#[test]
fn steady_state_holds() {
    let (mut twin, mut mains) = warm(&config(), 9000.0);
    let before = twin.bus().0;
    run(&mut twin, &mut mains, 0.2, |t| assert!((t.bus().0 - before).abs() < 1e-3, "{:?}", t.bus()));
    assert!(twin.bbus_rest());
}

#[test]
fn an_outage_is_carried_by_the_batteries() {
    let (mut twin, mut mains) = warm(&config(), 18_000.0);
    mains.until_zero(&mut twin);
    mains.volts = [0.0; 3];
    let mut low = 60.0f64;
    run(&mut twin, &mut mains, 0.1, |t| low = low.min(t.bus().0));
    assert!(twin.load_alive() && twin.load_losses() == 0);
    assert!(low > 46.0, "{low}");
    assert_eq!(twin.psu(0).state, PsuState::Off);
    assert!((twin.bbu_power().0 - 18_000.0).abs() < 30.0, "{}", twin.bbu_power());
}
