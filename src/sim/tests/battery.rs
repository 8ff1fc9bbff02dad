//! Packs, charger, discharge rules.

use super::*;

/// Cuts AC for `time` and waits until the PSUs carry the load again.
fn outage(shelf: &SimShelf, time: Duration) {
    shelf.set_ac(Volts(0.0));
    shelf.step(time);
    shelf.set_ac(Volts(277.0));
    let limit = shelf.truth().time_s() + 12.0;
    until(shelf, ms(1), limit, |t| t.bbus.iter().all(|b| b.state == BbuState::ChargeDelay));
}

#[test]
fn the_charge_falls_by_the_energy_delivered() {
    let shelf = shelf(12_000.0);
    let before = shelf.truth();
    shelf.set_ac(Volts(0.0));
    shelf.step(ms(60_000));
    let after = shelf.truth();
    // 60 s less the 13.3 to 17.3 ms in which the hold-up carried the load alone.
    close(after.energies.bbu_out.0, 12_000.0 * 60.0, 500.0);
    for (full, left) in before.bbus.iter().zip(&after.bbus) {
        // 120 kJ at the bus are 123.7 kJ at the terminals; 49 A through 60.5 mohm are 8.7 kJ of heat.
        // The cells go from 4.15 V to 4.09 V, 4.12 V in the mean.
        let charge = (full.state_of_charge - left.state_of_charge) * 10.0 * 3600.0;
        close(charge * 11.0 * 4.12, 123_700.0 + 8_700.0, 1300.0);
        assert!(left.pack_temperature.0 > full.pack_temperature.0 + 0.3);
    }
}

#[test]
fn a_full_pack_carries_three_kilowatts_for_its_time_limit() {
    // BM: 3 kW for at least 240 s when new. Five modules, 15 kW.
    let config = ShelfConfig {
        load: LoadProfile::Constant(Watts(14_999.0)),
        absent: vec![69],
        ..ShelfConfig::default()
    };
    let shelf = SimShelf::new(config);
    shelf.lock().bbus.iter_mut().for_each(|b| b.controls.discharge_limit_s = 1200);
    shelf.set_ac(Volts(0.0));
    shelf.step(ms(240_000));
    let truth = shelf.truth();
    assert_eq!(truth.load_power, Watts(14_999.0));
    assert!(truth.bbus[0].state_of_charge > 0.3, "{}", truth.bbus[0].state_of_charge);
    // It ends when the packs are empty, and the load with it.
    let end = until(&shelf, ms(500), 600.0, |t| t.load_power.0 == 0.0);
    assert!((300.0..480.0).contains(&end), "{end} s");
    shelf.step(ms(1000));
    assert!(shelf.truth().bbus[..5].iter().all(|b| b.state == BbuState::Spent));
}

#[test]
fn a_discharge_ends_at_its_limit_and_needs_a_good_bus_to_come_again() {
    let shelf = shelf(6000.0);
    shelf.lock().bbus.iter_mut().for_each(|b| b.controls.discharge_limit_s = 90);
    shelf.set_ac(Volts(0.0));
    let end = until(&shelf, ms(10), 100.0, |t| t.load_power.0 == 0.0);
    close(end, 90.0, 0.2);
    shelf.step(ms(5000));
    assert!(shelf.truth().bbus.iter().all(|b| b.state == BbuState::Spent && b.discharges == 1));
    shelf.set_ac(Volts(277.0));
    shelf.step(ms(10_000));
    let truth = shelf.truth();
    assert_eq!(truth.load_power, Watts(6000.0));
    assert!(truth.bbus.iter().all(|b| b.state == BbuState::ChargeDelay));
}

#[test]
fn a_small_discharge_is_charged_with_one_ampere_after_a_minute() {
    let shelf = shelf(12_000.0);
    outage(&shelf, ms(20_000));
    // 2 kW for 20 s and the restart: below 200 kJ each.
    let left = shelf.truth().time_s();
    let charging = until(&shelf, ms(10), left + 70.0, |t| t.bbus[0].charger_power.0 > 0.0) - left;
    close(charging, 60.0, 0.05);
    let bbu = shelf.truth().bbus[0];
    assert_eq!(bbu.state, BbuState::Charging);
    close(bbu.pack_current.0, 1.0, 1e-9);
    // Fixed 40 W, and the pack's power over 93.3 %.
    close(bbu.charger_power.0, 40.0 + bbu.pack_voltage.0 / 0.933, 1e-6);
}

#[test]
fn a_large_discharge_is_charged_with_two_amperes_until_full() {
    let shelf = shelf(15_000.0);
    outage(&shelf, ms(100_000));
    shelf.step(ms(61_000));
    let bbu = shelf.truth().bbus[0];
    close(bbu.pack_current.0, 2.0, 1e-9);
    // BM: 130 W at 2 A.
    close(bbu.charger_power.0, 130.0, 5.0);
    let before = shelf.truth();
    close(before.bbu_power.0, -6.0 * bbu.charger_power.0, 1.0);
    shelf.step(Duration::from_secs(4 * 3600));
    let truth = shelf.truth();
    assert!(truth.bbus.iter().all(|b| b.state == BbuState::Standby && b.state_of_charge > 0.998));
    assert_eq!(truth.bbu_power, Watts(0.0));
}

#[test]
fn an_empty_pack_is_full_in_six_hours() {
    let config = ShelfConfig { state_of_charge: 0.0, ..ShelfConfig::default() };
    let shelf = SimShelf::new(config);
    shelf.lock().bbus.iter_mut().for_each(|b| {
        b.controls.mode = 1 << 10;
        b.controls.charge_override_a = 2.0;
    });
    shelf.step(Duration::from_secs(6 * 3600));
    let soc = shelf.truth().bbus[0].state_of_charge;
    assert!(soc > 0.998, "{soc}");
}

#[test]
fn the_charge_override_ends_by_its_timeout() {
    let shelf = SimShelf::new(ShelfConfig { state_of_charge: 0.5, ..ShelfConfig::default() });
    shelf.step(ms(10));
    close(shelf.truth().bbus[0].pack_current.0, 1.0, 1e-9);
    {
        let mut plant = shelf.lock();
        let controls = &mut plant.bbus[0].controls;
        controls.mode = 1 << 10;
        controls.charge_override_a = 5.0;
        controls.charge_override_timeout_s = 30;
    }
    shelf.step(ms(29_000));
    let bbu = shelf.truth().bbus[0];
    close(bbu.pack_current.0, 5.0, 1e-9);
    // BM: 265 W at 5 A.
    close(bbu.charger_power.0, 265.0, 8.0);
    shelf.step(ms(2000));
    close(shelf.truth().bbus[0].pack_current.0, 1.0, 1e-9);
}

#[test]
fn a_removed_bbu_keeps_its_charge_and_gives_nothing() {
    let shelf = shelf(12_000.0);
    assert!(shelf.remove(66));
    shelf.set_ac(Volts(0.0));
    shelf.step(ms(10_000));
    let truth = shelf.truth();
    assert_eq!(truth.load_power, Watts(12_000.0));
    assert_eq!(truth.bbus[2].state_of_charge, 1.0);
    assert_eq!(truth.bbus[2].state, BbuState::Absent);
    assert!(shelf.insert(66));
    // It boots, sees the low bus, and joins.
    shelf.step(ms(2000));
    let truth = shelf.truth();
    assert_eq!(truth.bbus[2].state, BbuState::Discharging);
    close(truth.bbus[2].output_power.0, 2000.0, 1e-6);
}
