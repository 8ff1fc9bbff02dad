//! The line in virtual time.

use super::*;
use crate::control::orchestrator::io::Support;
use dpo_registers::units::{Volts, Watts};

/// What ends within a time, with when.
fn run(wire: &mut Wire, from_s: f64, to_s: f64) -> Vec<(f64, Done)> {
    let steps = ((to_s - from_s) / 50e-6).round() as u32;
    (1..=steps)
        .filter_map(|i| {
            let now = from_s + f64::from(i) * 50e-6;
            wire.advance(now).map(|done| (now, done))
        })
        .collect()
}

#[test]
fn times_are_those_of_the_line() {
    let times = LineTimes::default();
    // 33 characters of 95.5 us, two silences, the answer.
    assert!((times.read_s(10) - 7.651e-3).abs() < 1e-5, "{}", times.read_s(10));
    assert!((times.write_s(4) - 6.887e-3).abs() < 1e-5, "{}", times.write_s(4));
}

#[test]
fn twelve_devices_are_polled_in_turn_with_their_age() {
    let mut wire = Wire::new(LineTimes::default(), true, true);
    let done = run(&mut wire, 0.0, 0.2);
    let polled: Vec<Device> = done
        .iter()
        .filter_map(|(_, d)| match d {
            Done::Polled(device, age) => {
                assert!((age - 7.65e-3).abs() < 1e-4);
                Some(*device)
            }
            _ => None,
        })
        .collect();
    assert_eq!(polled.len(), 25, "0.2 s at 7.65 ms and a bit, in steps of 50 us");
    assert_eq!((polled[0], polled[5], polled[6]), (Device::Psu(0), Device::Psu(5), Device::Bbu(0)));
    assert_eq!(polled[12], polled[0]);
}

#[test]
fn settings_arrive_one_after_another_between_polls_and_only_once() {
    let mut wire = Wire::new(LineTimes::default(), true, true);
    let mut armed = Armed::default();
    armed.psu.keep_alive = Some(Volts(46.0));
    armed.bbu[2].support = Support::Power(Watts(500.0));
    wire.want(&armed);
    let done = run(&mut wire, 0.0, 0.5);
    let psus: Vec<f64> = done.iter().filter(|(_, d)| matches!(d, Done::PsuArmed(..))).map(|d| d.0).collect();
    assert_eq!(psus.len(), 6);
    // A write of 2 registers and a poll between.
    let gap = LineTimes::default().write_s(2) + LineTimes::default().read_s(10);
    assert!((psus[1] - psus[0] - gap).abs() < 3e-4, "{psus:?}");
    let bbus = done.iter().filter(|(_, d)| matches!(d, Done::BbuArmed(2, a) if *a == armed.bbu[2]));
    assert_eq!(bbus.count(), 1);
    assert_eq!(wire.writes(), 7);
}

#[test]
fn a_device_of_today_is_not_written_but_for_its_recharge() {
    let mut wire = Wire::new(LineTimes::default(), false, false);
    let mut armed = Armed::default();
    armed.psu.keep_alive = Some(Volts(46.0));
    armed.bbu[0].support = Support::Power(Watts(500.0));
    armed.bbu[0].recharge = Recharge::Hold;
    wire.want(&armed);
    let done = run(&mut wire, 0.0, 12.0);
    let writes: Vec<&Done> = done.iter().map(|d| &d.1).filter(|d| !matches!(d, Done::Polled(..))).collect();
    // Once, and again after 10 s, before the override lapses.
    let told = Done::BbuArmed(0, BbuArmed { recharge: armed.bbu[0].recharge, ..BbuArmed::default() });
    assert_eq!(writes, [&told, &told]);
}

#[test]
fn a_psu_of_today_is_told_its_setpoint_by_a_write_of_its_own() {
    let mut wire = Wire::new(LineTimes::default(), false, false);
    let told = PsuTold { setpoint: Some(Volts(48.5)), ac_loss: false };
    wire.tell(told);
    let done = run(&mut wire, 0.0, 1.0);
    let at: Vec<f64> =
        done.iter().filter(|(_, d)| matches!(d, Done::PsuTold(_, t) if *t == told)).map(|d| d.0).collect();
    assert_eq!((at.len(), wire.writes()), (6, 6));
    let gap = LineTimes::default().write_s(1) + LineTimes::default().read_s(10);
    assert!((at[5] - at[0] - 5.0 * gap).abs() < 1e-3, "{at:?}");
    // Six writes without a poll between them: more than the 20 ms in which the input stages stop.
    assert!(6.0 * LineTimes::default().write_s(1) > 0.036);
}

#[test]
fn a_restart_reads_all_devices_before_it_writes_and_forgets_nothing() {
    let mut wire = Wire::new(LineTimes::default(), true, true);
    let mut armed = Armed::default();
    armed.psu.keep_alive = Some(Volts(46.0));
    armed.psu.restart_delay_s = Some(0.1);
    wire.commissioned(&armed, PsuTold::NOTHING);
    wire.restart();
    armed.psu.restart_delay_s = Some(0.2);
    wire.want(&armed);
    let done = run(&mut wire, 0.0, 0.3);
    let first = done.iter().position(|(_, d)| matches!(d, Done::PsuArmed(..))).unwrap();
    assert_eq!(first, 24);
    let Done::PsuArmed(_, written) = done[first].1 else { panic!("no write") };
    assert_eq!(written, armed.psu, "what is not written stays");
}

#[test]
fn timers_are_renewed() {
    let mut wire = Wire::new(LineTimes::default(), true, true);
    let done = run(&mut wire, 0.0, 21.0);
    let renewed = done.iter().filter(|(_, d)| matches!(d, Done::BbuArmed(3, _))).count();
    assert_eq!(renewed, 2);
}
