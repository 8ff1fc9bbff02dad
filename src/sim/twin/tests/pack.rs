//! Packs and chargers.

use dpo_registers::units::{Ratio, Watts};

use crate::sim::twin::pack::{Pack, PackModel};
use crate::sim::twin::parameters::TwinParameters;
use crate::sim::twin::parts::{self, Discharge, Drain};
use crate::sim::twin::{ChargeStage, TwinConfig};

use super::support::{run, warm};

#[test]
fn a_current_step_relaxes_as_two_rc_branches_do() {
    let p = TwinParameters::v3();
    let m = PackModel::new(&p.bbu, &p.bbu_wave, 0.001);
    let mut pack = Pack::new(&m, 0.5, 25.0);
    let [r0, r1, r2] = m.resistances_ohm();
    let rest = pack.voltage_at(&m, 0.0);
    assert!((pack.voltage_at(&m, 50.0) - (rest - 50.0 * r0)).abs() < 1e-9);
    for _ in 0..10_000 {
        pack.advance(&m, 50.0);
    }
    // After 10 s: one time constant of the first branch, a sixteenth of the second; the pack warmed a little, and
    // the charge fell.
    let fall = |tau: f64, ohm: f64| 50.0 * ohm * (1.0 - (-10.0f64 / tau).exp());
    let wanted = m.open_circuit_v(pack.soc) - 50.0 * r0 - fall(10.0, r1) - fall(160.0, r2);
    assert!((pack.voltage_at(&m, 50.0) - wanted).abs() < 0.01, "{} {wanted}", pack.voltage_at(&m, 50.0));
    assert!((0.5 - pack.soc - 50.0 * 10.0 / 36_000.0).abs() < 1e-9);
}

#[test]
fn a_discharge_keeps_its_energy_and_takes_240_s_at_rated_power() {
    let p = TwinParameters::v3();
    let m = PackModel::new(&p.bbu, &p.bbu_wave, 0.01);
    let mut pack = Pack::new(&m, 1.0, 25.0);
    let told = pack.deliverable_j(&m, 3000.0 / p.bbu.discharge_efficiency);
    let (before, mut out, mut heat) = (pack.stored_j(&m), 0.0, 0.0);
    let power = 3000.0 / p.bbu.discharge_efficiency;
    for _ in 0..24_000 {
        let current = pack.current_for(&m, power);
        out += pack.voltage_at(&m, current) * current * 0.01;
        pack.advance(&m, current);
        heat += pack.heat_w * 0.01;
    }
    assert!(pack.available_w(&m) > power, "240 s at 3 kW is what a new unit gives");
    let wrong = before - pack.stored_j(&m) - out - heat;
    assert!(wrong.abs() < 2e-3 * out, "{wrong} J of {out} J");
    // What was told at the start is near what a full discharge gives, and never more.
    let mut given = 0.0;
    let how = Discharge {
        drain: Drain::Power(Watts(power)),
        from: Ratio(1.0),
        ambient_c: 25.0,
        isothermal: true,
        step_s: 0.1,
    };
    parts::discharge(&p, &how, |row| given += row.v * row.a * 0.1);
    assert!((0.8..1.0).contains(&(told / given)), "{told} of {given}");
}

#[test]
fn cold_makes_it_stiff() {
    let p = TwinParameters::v3();
    let m = PackModel::new(&p.bbu, &p.bbu_wave, 0.001);
    let fall = |c: f64| {
        let pack = Pack::new(&m, 0.5, c);
        pack.voltage_at(&m, 0.0) - pack.voltage_at(&m, 10.0)
    };
    assert!((fall(25.0) / (10.0 * m.resistances_ohm()[0]) - 1.0).abs() < 1e-9);
    assert!((fall(-10.0) / fall(25.0) - 1.875).abs() < 1e-6 && fall(45.0) < fall(25.0));
}

#[test]
fn the_charger_goes_through_its_stages() {
    for (soc, stage, most_a) in [
        (0.0, ChargeStage::ConstantCurrent, 1.0),
        (0.5, ChargeStage::ConstantCurrent, 1.0),
        (0.979, ChargeStage::ConstantCurrent, 1.0),
        (0.999, ChargeStage::Idle, 0.0),
    ] {
        let config = TwinConfig { state_of_charge: [Ratio(soc); 6], ..super::conventional::config() };
        let (twin, _) = warm(&config, 3_000.0);
        let bbu = twin.bbu(0);
        assert_eq!(bbu.charge, stage, "at {soc}");
        // BM: 40 W and 1 A at the pack, over 93.3 %.
        let wanted = if most_a > 0.0 { 40.0 + most_a * bbu.pack.0 / 0.933 } else { 0.0 };
        assert!((-bbu.output.0 - wanted).abs() < 0.5, "at {soc}: {} of {wanted}", bbu.output);
    }
    // A pack below 3 V a cell trickles.
    let mut config = super::conventional::config();
    config.parameters.bbu.pack.open_circuit_v[0] = 2.7;
    config.state_of_charge = [Ratio(0.0); 6];
    let (twin, _) = warm(&config, 3_000.0);
    assert_eq!(twin.bbu(0).charge, ChargeStage::Trickle);
    // Near full the voltage is held and the current falls: a small pack shows it soon.
    let mut config = super::conventional::config();
    config.parameters.bbu.pack.capacity_ah = 0.01;
    config.state_of_charge = [Ratio(0.97); 6];
    let (mut twin, mut mains) = warm(&config, 3_000.0);
    let mut seen = false;
    run(&mut twin, &mut mains, 2.5, |t| seen |= t.bbu(0).charge == ChargeStage::ConstantVoltage);
    assert!(seen && twin.bbu(0).charge == ChargeStage::Idle, "{:?}", twin.bbu(0));
    assert!(twin.bbu(0).state_of_charge.0 > 0.98);
}

#[test]
fn after_a_discharge_it_waits_and_goes_back_to_standby_after_200_ms() {
    let mut config = super::conventional::config();
    config.parameters.restart.resumes = true;
    let (mut twin, mut mains) = warm(&config, 6_000.0);
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.06, |_| ());
    assert!(!twin.bbus_rest());
    mains.volts = [240.0; 3];
    let mut quiet = None;
    run(&mut twin, &mut mains, 0.4, |t| {
        if t.bbu_power().0 > 1.0 {
            quiet = None;
        } else if quiet.is_none() {
            quiet = Some(t.now_s());
        }
        if t.bbus_rest() {
            assert!(t.now_s() - quiet.unwrap() > 0.199);
        }
    });
    assert!(twin.bbus_rest());
    assert_eq!(twin.bbu(0).charge, ChargeStage::Delay);
}
