//! Devices with the DPO blocks.

use dpo_registers::units::{Ratio, Volts, Watts};

use super::support::{Mains, run, warm};
use crate::control::orchestrator::io::{
    BbuArmed, Lines, LowLine, PsuArmed, Recharge, Share, Support, WalkIn,
};
use crate::sim::twin::{BbuState, ChargeStage, Design, PsuState, SupportCause, Twin, TwinConfig, Variant};

pub(super) fn config() -> TwinConfig {
    TwinConfig::new(Variant::V3, Design::Modified)
}

/// Full rated input current below 180 V, back along 3 kW in 0.7 s.
pub(super) const ARMED: PsuArmed = PsuArmed {
    keep_alive: Some(Volts(44.0)),
    restart_delay_s: Some(0.1),
    low_line: Some(LowLine { lowest: Volts(0.0), current: Ratio(1.0), longest_s: 10.0 }),
    walk_in: Some(WalkIn { start: Ratio(0.1), slope_w_per_s: 3000.0 / 0.7 }),
};

pub(super) fn armed(load_w: f64, psu: &PsuArmed, bbu: &BbuArmed) -> (Twin, Mains) {
    let (mut twin, mains) = warm(&config(), load_w);
    for slot in 0..6 {
        twin.arm_psu(slot, psu);
        twin.arm_bbu(slot, bbu);
    }
    (twin, mains)
}

#[test]
fn a_sag_is_ridden_and_the_power_comes_back_along_a_slope() {
    for load_w in [3_600.0, 9_000.0, 18_000.0] {
        for (pu, seconds) in [(0.0, 0.15), (0.2, 0.25), (0.5, 0.5), (0.75, 0.3), (0.85, 0.3)] {
            let (mut twin, mut mains) = armed(load_w, &ARMED, &BbuArmed::default());
            let before = twin.grid_power_mean().0;
            let (mut low, mut high, mut bulk) = (60.0f64, 0.0f64, 60.0f64);
            mains.volts = [240.0 * pu; 3];
            run(&mut twin, &mut mains, seconds, |t| {
                low = low.min(t.bus().0);
                bulk = bulk.min(t.psus().iter().map(|psu| psu.bulk.0).fold(60.0, f64::min));
            });
            mains.volts = [240.0; 3];
            let mut most_w = 0.0f64;
            let mut slope_w = 0.0f64;
            let mut ring = std::collections::VecDeque::new();
            let back = twin.now_s();
            run(&mut twin, &mut mains, 1.0, |t| {
                let now = t.grid_power_mean().0;
                (low, high, most_w) = (low.min(t.bus().0), high.max(t.bus().0), most_w.max(now));
                // The start of the walk-in is given at once.
                if t.now_s() > back + 0.04 {
                    ring.push_back(now);
                }
                if ring.len() > 2000 {
                    slope_w = slope_w.max((now - ring.pop_front().unwrap_or(now)) / 0.1);
                }
            });
            let what = format!("{load_w} W at {pu} p.u.");
            assert!(twin.load_losses() == 0, "{what}: load lost");
            assert!(low > 46.0 && high < 52.0, "{what}: {low} to {high} V");
            assert!(twin.grid_power_mean().0 > 0.9 * before, "{what}: {}", twin.grid_power_mean());
            // No gateway ends the way back here.
            assert!(most_w < 1.015 * before, "{what}: {most_w} of {before} W");
            assert!(bulk > 1.0, "{what}: a bulk capacitor fell to {bulk} J");
            assert!(twin.psus().iter().all(|psu| psu.state == PsuState::On && psu.alive), "{what}");
            // Six units of 3 kW in 0.7 s; a dent where the refill of the capacitors ends is made up for.
            if pu < 0.1 {
                assert!(slope_w < 1.35 * 18_000.0 / 0.7, "{what}: {slope_w} W/s");
            }
        }
    }
}

#[test]
fn below_180_v_it_draws_what_it_may() {
    let (mut twin, mut mains) = armed(18_000.0, &ARMED, &BbuArmed::default());
    mains.volts = [120.0; 3];
    run(&mut twin, &mut mains, 1.0, |_| ());
    let rated_a = config().parameters.rated_input_a();
    let may_w = 6.0 * 120.0 * rated_a;
    assert!((twin.grid_power_mean().0 - may_w).abs() < 0.01 * may_w, "{} of {may_w}", twin.grid_power_mean());
    assert!(twin.psus().iter().all(|psu| psu.low_line && psu.bulk.0 > 30.0), "{}", twin.psu(0).bulk);
    assert!((twin.psu_power().0 + twin.bbu_power().0 - 18_000.0).abs() < 60.0);
}

#[test]
fn low_line_ends_after_its_time_and_below_its_voltage() {
    let low = LowLine { lowest: Volts(0.0), current: Ratio(1.0), longest_s: 0.2 };
    let (mut twin, mut mains) =
        armed(9_000.0, &PsuArmed { low_line: Some(low), ..ARMED }, &BbuArmed::default());
    mains.volts = [100.0; 3];
    run(&mut twin, &mut mains, 0.19, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.pfc));
    run(&mut twin, &mut mains, 0.05, |_| ());
    assert!(twin.psus().iter().all(|psu| !psu.pfc && psu.alive), "the controller lives from the bus");
    let low = LowLine { lowest: Volts(60.0), longest_s: 10.0, ..low };
    let (mut twin, mut mains) =
        armed(9_000.0, &PsuArmed { low_line: Some(low), ..ARMED }, &BbuArmed::default());
    mains.volts = [50.0; 3];
    run(&mut twin, &mut mains, 0.1, |_| ());
    assert!(twin.psus().iter().all(|psu| !psu.pfc));
    // Back above the lowest voltage it runs again after its delay, still below 180 V.
    mains.volts = [100.0; 3];
    run(&mut twin, &mut mains, 0.2, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.pfc && psu.low_line));
    assert!(twin.load_losses() == 0);
}

#[test]
fn a_restart_after_a_loss_takes_its_fixed_delay() {
    // Without MOD-06 the output ends; with MOD-04 and MOD-05 it is back after its delay.
    let psu = PsuArmed { low_line: None, restart_delay_s: Some(0.3), ..ARMED };
    let (mut twin, mut mains) = armed(9_000.0, &psu, &BbuArmed::default());
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.3, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.state == PsuState::Off && psu.alive));
    mains.volts = [240.0; 3];
    let begin = twin.now_s();
    let (mut first, mut done) = (0.0, 0.0);
    run(&mut twin, &mut mains, 1.5, |t| {
        if first == 0.0 && t.psu_power().0 > 0.0 {
            first = t.now_s() - begin;
        }
        if done == 0.0 && t.psu_power().0 > 0.9 * 9_000.0 {
            done = t.now_s() - begin;
        }
    });
    // Half a cycle of RMS, the delay, and the charge of the capacitor.
    assert!((0.3..0.45).contains(&first), "{first}");
    assert!((0.5..0.9).contains(&done), "{done}");
    assert!(twin.load_losses() == 0);
}

#[test]
fn without_keep_alive_what_was_armed_is_forgotten() {
    let psu = PsuArmed { low_line: None, keep_alive: None, ..ARMED };
    let (mut twin, mut mains) = armed(9_000.0, &psu, &BbuArmed::default());
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.3, |_| ());
    assert!(twin.psus().iter().all(|psu| !psu.alive && psu.armed_for_s == 0.0));
    mains.volts = [240.0; 3];
    run(&mut twin, &mut mains, 0.9, |_| ());
    assert!(twin.psu_power().0 == 0.0, "a cold boot takes at least a second");
}

#[test]
fn the_hold_line_keeps_the_walk_in_where_it_is() {
    let (mut twin, mut mains) = armed(12_000.0, &ARMED, &BbuArmed::default());
    mains.volts = [0.0; 3];
    twin.set_lines(Lines { support: false, hold: true });
    run(&mut twin, &mut mains, 0.1, |_| ());
    mains.volts = [240.0; 3];
    run(&mut twin, &mut mains, 0.5, |_| ());
    // A tenth of 18 kW, and the losses.
    let held = twin.grid_power_mean().0;
    assert!((1_700.0..2_100.0).contains(&held), "held at {held} W");
    twin.set_lines(Lines::default());
    run(&mut twin, &mut mains, 0.8, |_| ());
    assert!(twin.grid_power_mean().0 > 12_000.0);
}

#[test]
fn under_the_hold_line_no_unit_takes_over_what_another_hands_over() {
    let (mut twin, mut mains) = armed(
        15_000.0,
        &ARMED,
        &BbuArmed {
            support: Support::Voltage { bus: Volts(48.5), most: Watts(3000.0) },
            ..BbuArmed::default()
        },
    );
    let healthy = twin.psu(1).output.0;
    let before = twin.grid_power_mean().0;
    mains.volts = [48.0, 240.0, 240.0];
    run(&mut twin, &mut mains, 0.005, |_| ());
    twin.set_lines(Lines { support: true, hold: true });
    let mut most = 0.0f64;
    run(&mut twin, &mut mains, 0.3, |t| most = most.max(t.psu(1).output.0));
    assert!(most < 1.03 * healthy, "{most} W of {healthy} W");
    assert!(twin.bbu_power().0 > 3_000.0 && twin.bus().0 > 48.0, "{} at {}", twin.bbu_power(), twin.bus());
    // Without the line the others carry on; none goes beyond 110 % of its rated power, below its slow trip.
    twin.set_lines(Lines { support: true, hold: false });
    run(&mut twin, &mut mains, 0.6, |t| most = most.max(t.psu(1).output.0));
    assert!((3_250.0..3_310.0).contains(&most), "{most} W");
    assert!(twin.grid_power_mean().0 < 1.03 * before, "{}", twin.grid_power_mean());
    assert!(twin.psus().iter().all(|psu| psu.state == PsuState::On));
}

#[test]
fn a_sag_that_the_capacitor_bridges_ends_at_once_and_not_along_a_slope() {
    let (mut twin, mut mains) = armed(9_000.0, &ARMED, &BbuArmed::default());
    let before = twin.grid_power_mean().0;
    mains.volts = [24.0; 3];
    run(&mut twin, &mut mains, 0.008, |_| ());
    mains.volts = [240.0; 3];
    run(&mut twin, &mut mains, 0.05, |_| ());
    // Nobody drives the hold line: the refill is on top, 0.6 % of the rated power.
    let most = 1.0 + 1.01 * 0.006 * 18_000.0 / before;
    assert!((0.98..most).contains(&(twin.grid_power_mean().0 / before)), "{}", twin.grid_power_mean());
    assert_eq!(twin.bbu_power().0, 0.0);
}

#[test]
fn armed_settings_fall_back_30_s_after_the_last_write() {
    let support = Support::Power(Watts(500.0));
    let (mut twin, mut mains) = armed(6_000.0, &ARMED, &BbuArmed { support, ..BbuArmed::default() });
    run(&mut twin, &mut mains, 29.9, |_| ());
    assert!(twin.psu(0).armed_for_s > 0.0 && (twin.bbu_power().0 - 3_000.0).abs() < 1.0);
    // One unit is written again: its timer starts anew.
    twin.arm_psu(1, &ARMED);
    run(&mut twin, &mut mains, 0.2, |_| ());
    assert_eq!(twin.psu(0).armed_for_s, 0.0);
    assert!(twin.psu(1).armed_for_s > 29.0);
    assert_eq!(twin.bbu_power().0, 0.0);
    // The shelf now behaves as its base specification says.
    mains.volts = [100.0; 3];
    run(&mut twin, &mut mains, 0.1, |_| ());
    assert!(!twin.psu(0).pfc && twin.psu(1).pfc);
}

#[test]
fn a_device_without_the_block_ignores_it() {
    let (mut twin, mut mains) = warm(&super::conventional::config(), 6_000.0);
    for slot in 0..6 {
        twin.arm_psu(slot, &ARMED);
        twin.arm_bbu(slot, &BbuArmed { support: Support::Power(Watts(500.0)), ..BbuArmed::default() });
    }
    twin.set_lines(Lines { support: true, hold: true });
    run(&mut twin, &mut mains, 0.05, |_| ());
    assert!(twin.psus().iter().all(|psu| psu.armed_for_s == 0.0));
    assert!(twin.bbu_power().0 == 0.0 && twin.bbus_rest());
}

#[test]
fn a_commanded_power_comes_within_2_ms_and_only_from_who_was_asked() {
    let (mut twin, mut mains) = warm(&config(), 9_000.0);
    let support = Support::Power(Watts(1_200.0));
    twin.arm_bbu(2, &BbuArmed { support, ..BbuArmed::default() });
    run(&mut twin, &mut mains, 0.0021, |_| ());
    assert!((twin.bbu(2).output.0 - 1_200.0).abs() < 5.0, "{}", twin.bbu(2).output);
    assert_eq!(twin.bbu(2).cause, SupportCause::Power);
    assert!(twin.bbu(1).state == BbuState::Standby);
    run(&mut twin, &mut mains, 0.1, |_| ());
    assert!((twin.psu_power().0 - 7_800.0).abs() < 20.0, "{}", twin.psu_power());
}

#[test]
fn a_commanded_voltage_starts_on_the_line_and_holds_the_bus() {
    let support = Support::Voltage { bus: Volts(49.0), most: Watts(3_000.0) };
    let (mut twin, mut mains) = armed(9_000.0, &ARMED, &BbuArmed { support, ..BbuArmed::default() });
    twin.set_lines(Lines { support: true, hold: false });
    run(&mut twin, &mut mains, 0.0021, |_| ());
    assert!(twin.bbus().iter().all(|bbu| bbu.state == BbuState::Supporting));
    assert_eq!(twin.bbu_power().0, 0.0, "the bus is above what they hold");
    mains.volts = [0.0; 3];
    let mut low = 60.0f64;
    run(&mut twin, &mut mains, 0.1, |t| low = low.min(t.bus().0));
    assert!((48.4..49.0).contains(&low), "{low}");
    assert!((twin.bbu_power().0 - 9_000.0).abs() < 30.0);
}

#[test]
fn units_share_by_their_charge() {
    let mut config = config();
    config.state_of_charge = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5].map(Ratio);
    let (mut twin, mut mains) = warm(&config, 9_000.0);
    let share = Some(Share { reference: Ratio(0.75), gain: 2.0 });
    for slot in 0..6 {
        twin.arm_bbu(slot, &BbuArmed { share, ..BbuArmed::default() });
    }
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.3, |_| ());
    // Shares 1.5, 1.3, 1.1, 0.9, 0.7, 0.5 of 1.5 kW.
    for (slot, wanted) in [1.5, 1.3, 1.1, 0.9, 0.7, 0.5].into_iter().enumerate() {
        let share = twin.bbu(slot).output.0 / 1_500.0;
        assert!((share - wanted).abs() < 0.02, "slot {slot}: {share} of {wanted}");
    }
    assert!(twin.bbus().windows(2).all(|pair| pair[0].energy.0 > pair[1].energy.0));
}

#[test]
fn recharge_is_held_limited_and_sloped() {
    let mut config = config();
    config.state_of_charge = [Ratio(0.6); 6];
    let (mut twin, mut mains) = warm(&config, 9_000.0);
    let before = twin.bbu_power().0;
    assert!(before < -300.0, "packs that are not full charge by the base rule: {before}");
    let arm = |twin: &mut Twin, recharge| {
        for slot in 0..6 {
            twin.arm_bbu(slot, &BbuArmed { recharge, ..BbuArmed::default() });
        }
    };
    arm(&mut twin, Recharge::Hold);
    run(&mut twin, &mut mains, 0.01, |_| ());
    assert_eq!(twin.bbu_power().0, 0.0);
    assert_eq!(twin.bbu(0).charge, ChargeStage::Held);
    arm(&mut twin, Recharge::Limited { power: Watts(200.0), slope_w_per_s: 400.0 });
    run(&mut twin, &mut mains, 0.3, |_| ());
    let part = -twin.bbu(0).output.0;
    assert!((100.0..125.0).contains(&part), "400 W/s for 0.3 s: {part}");
    run(&mut twin, &mut mains, 0.5, |_| ());
    let full = -twin.bbu(0).output.0;
    assert!((195.0..200.5).contains(&full), "{full}");
    // A support ends it at once.
    mains.volts = [0.0; 3];
    run(&mut twin, &mut mains, 0.1, |_| ());
    assert!(twin.bbus().iter().all(|bbu| bbu.output.0 > 0.0 && bbu.charge == ChargeStage::Idle));
}
