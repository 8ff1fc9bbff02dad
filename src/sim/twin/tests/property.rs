//! Whatever comes in, the twin stays a twin.

use dpo_registers::units::{Ratio, Volts, Watts};
use proptest::prelude::*;

use super::modified::ARMED;
use super::support::{Mains, run, warm};
use crate::control::orchestrator::io::{BbuArmed, Lines, PsuArmed, Recharge, Share, Support, WalkIn};
use crate::sim::grid::AcSample;
use crate::sim::twin::{Design, Twin, TwinConfig, Variant};

fn support() -> impl Strategy<Value = Support> {
    let any = prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -1e9..1e9f64, 0.0..5e3f64];
    prop_oneof![
        Just(Support::Base),
        any.clone().prop_map(|w| Support::Power(Watts(w))),
        (any, 40.0..60.0f64).prop_map(|(w, v)| Support::Voltage { bus: Volts(v), most: Watts(w) }),
    ]
}

fn volts() -> impl Strategy<Value = f64> {
    prop_oneof![-600.0..600.0f64, Just(0.0), Just(f64::NAN), Just(f64::INFINITY), Just(1e300)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_it_panic_or_lose_its_numbers(
        hpr: bool, modified: bool, seed: u64,
        load in 0.0..60_000.0f64,
        soc in 0.0..=1.0f64,
        supports in proptest::collection::vec(support(), 6),
        limit in prop_oneof![Just(f64::NAN), -1.0..1e6f64],
        pieces in proptest::collection::vec(
            ([volts(), volts(), volts()], prop_oneof![0.0..400.0f64, Just(f64::NAN)], any::<[bool; 4]>(), 0usize..8),
            1..12,
        ),
    ) {
        let variant = if hpr { Variant::Hpr } else { Variant::V3 };
        let design = if modified { Design::Modified } else { Design::Conventional };
        let config = TwinConfig {
            seed, load: Watts(load), state_of_charge: [Ratio(soc); 6], ..TwinConfig::new(variant, design)
        };
        let mut twin = Twin::new(&config).unwrap();
        for (slot, support) in supports.into_iter().enumerate() {
            let recharge = Recharge::Limited { power: Watts(limit), slope_w_per_s: limit };
            let share = Some(Share { reference: Ratio(limit), gain: limit });
            twin.arm_bbu(slot, &BbuArmed { support, share, recharge });
            let walk_in = Some(WalkIn { start: Ratio(limit), slope_w_per_s: limit });
            twin.arm_psu(slot, &PsuArmed { walk_in, restart_delay_s: Some(limit), ..ARMED });
        }
        for (v, rms, [support, hold, fail, mend], slot) in pieces {
            twin.set_lines(Lines { support, hold });
            if fail { twin.fail_psu(slot); twin.fail_bbu(slot); }
            if mend { twin.repair_psu(slot); twin.repair_bbu(slot); }
            for step in 0..150 {
                let turn = if step % 7 < 3 { 1.0 } else { -1.0 };
                twin.step(&AcSample { v: v.map(|v| v * turn), rms: [rms; 3], hz: f64::NAN });
                let bus = twin.bus().0;
                prop_assert!(bus.is_finite() && (0.0..=54.0).contains(&bus), "bus {bus}");
                prop_assert!(twin.grid_power().0.is_finite() && twin.grid_power().0 >= -1e-6);
            }
            for psu in twin.psus() {
                prop_assert!(psu.bulk.0.is_finite() && (0.0..400.0).contains(&psu.bulk.0), "{:?}", psu);
                prop_assert!(psu.output.0 >= 0.0 && psu.input_mean.0.is_finite());
            }
            for bbu in twin.bbus() {
                prop_assert!((0.0..=1.0).contains(&bbu.state_of_charge.0) && bbu.temperature.0.is_finite());
                prop_assert!(bbu.energy.0.is_finite() && bbu.output.0.is_finite());
            }
            prop_assert!(twin.stored().0.is_finite() && twin.energies().loss_j.is_finite());
        }
    }

    #[test]
    fn energy_balances_in_any_sag(
        modified: bool, load in 0.0..18_000.0f64, pu in [0.0..1.2f64, 0.0..1.2, 0.0..1.2], ms in 1u32..200,
    ) {
        let design = if modified { Design::Modified } else { Design::Conventional };
        let config = TwinConfig { load: Watts(load), ..TwinConfig::new(Variant::V3, design) };
        let mut twin = Twin::new(&config).unwrap();
        let mut mains = Mains::new(240.0);
        for slot in 0..6 {
            twin.arm_psu(slot, &ARMED);
        }
        let before = twin.stored().0;
        mains.volts = pu.map(|pu| pu * 240.0);
        run(&mut twin, &mut mains, f64::from(ms) * 1e-3, |_| ());
        mains.volts = [240.0; 3];
        run(&mut twin, &mut mains, 0.1, |_| ());
        let e = twin.energies();
        let wrong = e.ac_j - e.load_j - e.loss_j - (twin.stored().0 - before);
        // The packs move once a millisecond: up to a millisecond of their heat is not counted yet.
        prop_assert!(wrong.abs() < 1.0 + 1e-3 * e.load_j, "{wrong} J of {} J", e.load_j);
    }
}

#[test]
fn a_frequency_off_nominal_starves_nothing() {
    for hz in [57.0, 61.8] {
        let config = TwinConfig { load: Watts(18_000.0), ..TwinConfig::new(Variant::V3, Design::Modified) };
        let mut twin = Twin::new(&config).unwrap();
        for slot in 0..6 {
            twin.arm_psu(slot, &ARMED);
        }
        let third = std::f64::consts::TAU / 3.0;
        for step in 0..20_000u32 {
            let angle = std::f64::consts::TAU * hz * f64::from(step) * crate::sim::twin::STEP_S;
            let phase = |n: f64| 240.0 * 2.0f64.sqrt() * (angle - n * third).sin();
            twin.step(&AcSample { v: [phase(0.0), phase(1.0), phase(2.0)], rms: [240.0; 3], hz });
        }
        assert!(twin.psus().iter().all(|psu| psu.bulk.0 > 50.0), "{hz} Hz: {}", twin.psu(0).bulk);
        assert!(twin.bbus_rest());
    }
    // And at the nominal one nothing is starved at all.
    let (twin, _) = warm(&super::modified::config(), 18_000.0);
    assert!(twin.psus().iter().all(|psu| psu.bulk.0 > 53.0));
}
