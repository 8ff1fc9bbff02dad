//! Devices of today against what their sources say.

use dpo_registers::units::{Celsius, Watts};

use super::support::{Mains, run, warm};
use crate::sim::twin::parameters::{RestartParameters, TwinParameters};
use crate::sim::twin::{BbuState, Design, PsuState, Twin, TwinConfig, Variant, parts};

pub(super) fn config() -> TwinConfig {
    TwinConfig::new(Variant::V3, Design::Conventional)
}

#[test]
fn hold_up_is_20_and_18_2_and_13_3_ms() {
    // AE: 20 ms at 100 %, 18.2 ms at 110 %, 13.3 ms at 150 %; the output falls 3 V in 1 ms at half of it.
    for (power_w, hold_ms) in [(3000.0, 20.0), (3300.0, 18.2), (4500.0, 13.3)] {
        let rows = parts::hold_up(&TwinParameters::v3(), power_w);
        let end_ms = rows.last().unwrap().t_s * 1e3;
        assert!((end_ms - hold_ms).abs() <= 0.11, "{power_w} W: {end_ms} ms");
        let falls = rows.iter().find(|row| row.fallen_v > 0.0).unwrap();
        assert!((falls.t_s * 1e3 - hold_ms / 2.0).abs() <= 0.15, "{power_w} W: falls at {} s", falls.t_s);
        let down = rows.iter().find(|row| row.fallen_v == 3.0).unwrap();
        assert!((down.t_s - falls.t_s - 0.001).abs() < 6e-5, "{} s for 3 V", down.t_s - falls.t_s);
    }
}

#[test]
fn an_outage_at_full_load_is_handed_over_without_a_loss() {
    for point in 0..4 {
        let (mut twin, mut mains) = warm(&config(), 18_000.0);
        mains.until_zero(&mut twin);
        run(&mut twin, &mut mains, f64::from(point) / 4.0 / 60.0, |_| ());
        mains.volts = [0.0; 3];
        let (mut low, mut first_w, mut ms) = (60.0f64, 0.0, 0.0);
        run(&mut twin, &mut mains, 0.1, |t| {
            low = low.min(t.bus().0);
            if t.bbu_power().0 > 0.0 && first_w == 0.0 {
                (first_w, ms) = (t.bbu_power().0, t.now_s());
            }
        });
        assert!(twin.load_alive() && twin.load_losses() == 0);
        assert!(low > 46.0, "point {point}: {low} V");
        assert!(twin.psus().iter().all(|psu| psu.state == PsuState::Off && !psu.alive));
        assert!((twin.bbu_power().0 - 18_000.0).abs() < 30.0, "{}", twin.bbu_power());
        assert!(first_w > 0.0 && ms > 0.0);
    }
}

#[test]
fn the_trigger_takes_2_ms_and_the_start_2_ms() {
    let (mut twin, mut mains) = warm(&config(), 12_000.0);
    mains.volts = [0.0; 3];
    let (mut below, mut on) = (None, None);
    run(&mut twin, &mut mains, 0.1, |t| {
        if t.bus().0 < 48.5 && below.is_none() {
            below = Some(t.now_s());
        }
        if t.bbu(0).state == BbuState::Supporting && on.is_none() {
            on = Some(t.now_s());
        }
    });
    let took_ms = (on.unwrap() - below.unwrap()) * 1e3;
    assert!((4.0..4.2).contains(&took_ms), "{took_ms} ms");
}

#[test]
fn a_sag_below_180_v_stops_the_stage_in_13_to_20_ms_whatever_its_instant() {
    for pu in [0.0, 0.3, 0.6, 0.74] {
        for instant in 0..4 {
            let (mut twin, mut mains) = warm(&config(), 3_600.0);
            run(&mut twin, &mut mains, f64::from(instant) * 0.0021, |_| ());
            mains.volts = [240.0 * pu; 3];
            let begin = twin.now_s();
            let mut last = 0.0;
            run(&mut twin, &mut mains, 0.04, |t| {
                if t.psus().iter().any(|psu| psu.pfc) {
                    last = t.now_s() - begin;
                }
            });
            assert!((0.011..0.0205).contains(&last), "{pu} p.u.: {last} s");
        }
    }
}

#[test]
fn it_stays_on_above_180_v() {
    let (mut twin, mut mains) = warm(&config(), 9_000.0);
    mains.volts = [182.0; 3];
    run(&mut twin, &mut mains, 0.3, |t| assert!(t.psus().iter().all(|psu| psu.pfc)));
    assert!(twin.bbus_rest());
}

#[test]
fn between_180_and_198_v_the_output_is_derated() {
    let (mut twin, mut mains) = warm(&config(), 18_000.0);
    mains.volts = [189.0; 3];
    run(&mut twin, &mut mains, 0.5, |_| ());
    // 189 of 198 V: 2864 W of 3 kW each; the BBUs carry the rest.
    let most = 3000.0 * 189.0 / 198.0;
    for psu in twin.psus() {
        assert!((psu.output.0 - most).abs() < 0.01 * most, "{}", psu.output);
    }
    assert!((twin.bbu_power().0 - (18_000.0 - 6.0 * most)).abs() < 200.0, "{}", twin.bbu_power());
    assert!(twin.load_losses() == 0);
    // From 198 V on the whole power is there.
    mains.volts = [199.0; 3];
    run(&mut twin, &mut mains, 0.8, |_| ());
    assert!((twin.psu_power().0 - 18_000.0).abs() < 30.0 && twin.bbus_rest(), "{}", twin.psu_power());
}

#[test]
fn energy_is_neither_made_nor_lost() {
    let (mut twin, mut mains) = warm(&config(), 12_000.0);
    let before = (twin.energies(), twin.stored().0);
    run(&mut twin, &mut mains, 0.1, |_| ());
    mains.volts = [60.0, 200.0, 60.0];
    run(&mut twin, &mut mains, 0.2, |_| ());
    mains.volts = [240.0; 3];
    run(&mut twin, &mut mains, 0.3, |_| ());
    twin.set_load(Watts(3_000.0));
    run(&mut twin, &mut mains, 0.3, |_| ());
    let (e, b) = (twin.energies(), before.0);
    let (ac, load, loss) = (e.ac_j - b.ac_j, e.load_j - b.load_j, e.loss_j - b.loss_j);
    let wrong = ac - load - loss - (twin.stored().0 - before.1);
    assert!(e.bbu_out_j > 100.0, "the story has a hand-over");
    assert!(wrong.abs() < 1e-3 * load, "{wrong} J of {load} J");
}

/// Time from the return of the AC input until the PSUs carry nine tenths, after an outage.
fn restart_s(restart: &RestartParameters, seed: u64) -> f64 {
    let mut config = TwinConfig { seed, load: Watts(6_000.0), ..config() };
    config.parameters.restart = restart.clone();
    let mut twin = Twin::new(&config).unwrap();
    let mut mains = Mains::new(240.0);
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.3, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.state == PsuState::Off));
    mains.volts = [240.0; 3];
    let begin = twin.now_s();
    while twin.psu_power().0 < 0.9 * 6_000.0 {
        twin.step(&mains.next());
        assert!(twin.now_s() - begin < 20.0, "never came back");
    }
    assert!(twin.load_losses() == 0);
    twin.now_s() - begin
}

#[test]
fn the_restart_takes_what_the_sources_say() {
    // DPO material: 6 to 17 s. Six delays of 0 to 15 s, of which the longest counts, and up to 2.5 s to be ready: at
    // most 17.6 s, and below 6 s in less than one of a thousand.
    let dpo: Vec<f64> = (0..6).map(|seed| restart_s(&RestartParameters::dpo_material(), seed)).collect();
    assert!(dpo.iter().all(|s| (6.0..17.7).contains(s)), "{dpo:?}");
    // AE: 1 to 8 s in all.
    let ae = RestartParameters::data_sheet(&TwinParameters::v3().psu);
    let ae: Vec<f64> = (0..6).map(|seed| restart_s(&ae, seed)).collect();
    assert!(ae.iter().all(|s| (1.0..8.2).contains(s)), "{ae:?}");
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    assert!(mean(&dpo) > mean(&ae) + 4.0);
}

#[test]
fn an_over_current_rests_5_s_and_tries_again() {
    let mut config = config();
    config.bbu_present = [false; 6];
    let (mut twin, mut mains) = warm(&config, 9_000.0);
    // 3.67 kW a unit: the fast trip after 100 ms takes all, and nothing else is there.
    twin.set_load(Watts(22_000.0));
    run(&mut twin, &mut mains, 0.09, |t| assert!(t.load_alive()));
    run(&mut twin, &mut mains, 0.03, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.state == PsuState::Resting), "{:?}", twin.psu(0).state);
    assert!(!twin.load_alive() && twin.load_losses() == 1);
}

#[test]
fn a_failed_psu_is_carried_by_the_others() {
    let (mut twin, mut mains) = warm(&config(), 15_000.0);
    twin.fail_psu(3);
    let mut low = 60.0f64;
    run(&mut twin, &mut mains, 0.3, |t| low = low.min(t.bus().0));
    assert_eq!(twin.psu(3).state, PsuState::Failed);
    assert!(low > 50.0 && twin.bbus_rest(), "{low}");
    // Shares settle again, within 5 % (AE).
    let each = twin.psu_power().0 / 5.0;
    for psu in twin.psus().iter().filter(|psu| psu.state == PsuState::On) {
        assert!((psu.output.0 - each).abs() < 0.05 * each, "{} of {each}", psu.output);
    }
}

#[test]
fn the_load_drops_out_below_40_v_and_comes_back() {
    let mut config = config();
    config.bbu_present = [false; 6];
    let (mut twin, mut mains) = warm(&config, 18_000.0);
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.05, |_| ());
    assert!(!twin.load_alive() && twin.load_losses() == 1);
    assert!(twin.bus().0 < 41.0);
}

#[test]
fn the_same_seed_gives_the_same_shelf() {
    let run_one = || {
        let config = TwinConfig { seed: 9, ambient: Celsius(30.0), ..config() };
        let (mut twin, mut mains) = warm(&config, 11_000.0);
        mains.volts = [40.0, 100.0, 240.0];
        run(&mut twin, &mut mains, 0.2, |_| ());
        (twin.bus(), twin.grid_power_mean(), twin.bbu(2).state_of_charge)
    };
    assert_eq!(run_one(), run_one());
}
