//! The high power rack: no fall of the output, the AC_LOSS line instead.

use dpo_registers::units::Watts;

use super::support::{run, warm};
use crate::control::orchestrator::io::Lines;
use crate::sim::twin::{BbuState, Design, SupportCause, TwinConfig, Variant};

#[test]
fn the_line_starts_the_batteries_before_the_bus_falls() {
    let (mut twin, mut mains) = warm(&TwinConfig::new(Variant::Hpr, Design::Conventional), 33_000.0);
    let before = twin.bus().0;
    assert!((before - 49.0).abs() < 0.06, "49 V at full load: {before}");
    mains.until_zero(&mut twin);
    mains.volts = [0.0; 3];
    let (mut driven, mut on, mut bus_then) = (None, None, 0.0);
    let begin = twin.now_s();
    run(&mut twin, &mut mains, 0.1, |t| {
        if t.ac_loss() && driven.is_none() {
            (driven, bus_then) = (Some(t.now_s() - begin), t.bus().0);
        }
        if t.bbus().iter().all(|bbu| bbu.state == BbuState::Supporting) && on.is_none() {
            on = Some(t.now_s() - begin);
        }
    });
    let (driven, on) = (driven.unwrap(), on.unwrap());
    // Half of 20 ms; the ripple of the three phases moves it.
    assert!((0.0085..0.0115).contains(&driven), "{driven} s");
    assert!((on - driven - 0.002).abs() < 0.0002, "{} s", on - driven);
    assert!((bus_then - before).abs() < 0.05, "the bus had not fallen: {bus_then}");
    assert!(twin.load_losses() == 0 && twin.bbu(0).cause == SupportCause::Trigger);
    assert!((twin.bbu_power().0 - 33_000.0).abs() < 100.0, "{}", twin.bbu_power());
}

#[test]
fn a_low_bus_alone_does_not_start_them() {
    let mut config = TwinConfig::new(Variant::Hpr, Design::Conventional);
    config.parameters.psu.no_load_v = 48.4;
    let (mut twin, mut mains) = warm(&config, 10_000.0);
    run(&mut twin, &mut mains, 0.1, |t| assert!(t.bus().0 < 48.5));
    assert!(twin.bbus_rest());
    // The gateway's line is the same line.
    twin.set_lines(Lines { support: true, hold: false });
    run(&mut twin, &mut mains, 0.0021, |_| ());
    assert!(twin.bbus().iter().all(|bbu| bbu.state == BbuState::Supporting));
}

#[test]
fn a_forced_line_has_the_batteries_on_and_idle_and_one_unit_that_lets_go_ends_it() {
    let (mut twin, mut mains) = warm(&TwinConfig::new(Variant::Hpr, Design::Conventional), 20_000.0);
    twin.force_ac_loss(2, true);
    run(&mut twin, &mut mains, 0.0022, |_| ());
    assert!(twin.ac_loss() && twin.bbus().iter().all(|bbu| bbu.state == BbuState::Supporting));
    run(&mut twin, &mut mains, 0.5, |_| ());
    assert!(twin.bbu_power().0 == 0.0 && !twin.bbus_rest(), "above their line they give nothing");
    twin.force_ac_loss(2, false);
    run(&mut twin, &mut mains, 0.21, |_| ());
    assert!(!twin.ac_loss() && twin.bbus_rest());
}

#[test]
fn a_pulse_of_the_load_is_carried_by_the_psus() {
    let (mut twin, mut mains) = warm(&TwinConfig::new(Variant::Hpr, Design::Conventional), 20_000.0);
    // 155 % for 10 ms.
    twin.set_load(Watts(1.55 * 33_000.0));
    let mut low = 60.0f64;
    run(&mut twin, &mut mains, 0.010, |t| low = low.min(t.bus().0));
    twin.set_load(Watts(20_000.0));
    run(&mut twin, &mut mains, 0.2, |_| ());
    assert!(low > 48.0 && twin.bbus_rest() && twin.load_losses() == 0, "{low}");
}
