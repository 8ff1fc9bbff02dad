//! The devices as a Modbus client sees them.

use dpo_registers::codec::{Exception, Pdu};
use dpo_registers::generated::{orv3_bbu, orv3_psu};
use dpo_registers::map::{Kind, MapInfo};
use dpo_registers::register::{Register, Words, WordsMut};

use crate::bus::{Answer, Peer, Transport};

use super::*;

fn ask(shelf: &SimShelf, unit: u8, request: Pdu) -> Answer {
    let peer = Peer { id: 1, transport: Transport::Local, name: "test".into() };
    futures::executor::block_on(shelf.service().call(&peer, unit, request))
}

fn read(shelf: &SimShelf, unit: u8, address: u16, count: u16) -> Vec<u16> {
    let Answer::Reply(answer) = ask(shelf, unit, Pdu::read_holding(address, count).unwrap()) else {
        panic!("{unit} does not answer");
    };
    dpo_registers::client::check_read(&answer, count).unwrap().collect()
}

fn value<R: Register>(shelf: &SimShelf, unit: u8) -> R::Value {
    R::decode(&read(shelf, unit, R::INFO.address, R::INFO.words)).unwrap()
}

fn write_words(shelf: &SimShelf, unit: u8, address: u16, words: &[u16]) -> Option<Exception> {
    let request = Pdu::write_multiple(address, words).unwrap();
    let Answer::Reply(answer) = ask(shelf, unit, request) else { panic!("{unit} does not answer") };
    answer.exception()
}

fn write<R: Register>(shelf: &SimShelf, unit: u8, value: &R::Value) -> Option<Exception> {
    let mut words = vec![0; usize::from(R::INFO.words)];
    R::encode(value, &mut words).unwrap();
    write_words(shelf, unit, R::INFO.address, &words)
}

/// All mapped words of a device.
#[derive(PartialEq, Debug, Clone)]
struct Held(std::collections::BTreeMap<u16, u16>);

impl Words for Held {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.get(&address).copied()
    }
}

impl WordsMut for Held {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        self.0.insert(address, word).is_some()
    }
}

fn all(shelf: &SimShelf, unit: u8, map: &MapInfo) -> Held {
    let mut held = Held(Default::default());
    for register in map.registers {
        let words = read(shelf, unit, register.address, register.words);
        match register.kind {
            Kind::Text => {
                let first = words[0].to_be_bytes()[0];
                assert!(first.is_ascii_graphic(), "{unit} {}: {words:x?}", register.id);
            }
            Kind::Raw => {}
            _ => {
                let raw = register.raw(&words).unwrap_or_else(|| panic!("{unit} {}", register.id));
                assert!(raw as u64 & register.reserved_mask == 0 || register.kind != Kind::Flags);
            }
        }
        held.0.extend((register.address..).zip(words));
    }
    held
}

#[test]
fn every_register_answers_and_decodes_to_what_is_held() {
    let shelf = shelf(12_000.0);
    shelf.step(ms(5000));
    for unit in 200..206 {
        let held = all(&shelf, unit, &orv3_psu::MAP);
        let mut again = Held(held.0.keys().map(|address| (*address, 0xAAAA)).collect());
        orv3_psu::Image::read(&held).write(&mut again).unwrap();
        assert_eq!(again, held);
    }
    for unit in 64..70 {
        let held = all(&shelf, unit, &orv3_bbu::MAP);
        let mut again = Held(held.0.keys().map(|address| (*address, 0xAAAA)).collect());
        orv3_bbu::Image::read(&held).write(&mut again).unwrap();
        assert_eq!(again, held);
    }
}

/// Asserts that a register shows `truth` within one least significant bit.
macro_rules! shows {
    ($shelf:expr, $unit:expr, $register:ty, $truth:expr) => {
        let got = value::<$register>($shelf, $unit).0;
        let lsb = <$register as Register>::INFO.scale.value();
        assert!(
            (got - $truth).abs() <= lsb,
            "{} {}: {got}, true {}",
            $unit,
            <$register as Register>::INFO.id,
            $truth
        );
    };
}

fn psu_shows_the_truth(shelf: &SimShelf) {
    use orv3_psu::reg::*;
    let truth = shelf.truth();
    for psu in truth.psus.iter().filter(|p| p.answers) {
        let on = psu.output_current.0 > 0.0;
        shows!(shelf, psu.unit, OutputVoltage, if on { truth.bus_voltage.0 } else { psu.line.0 });
        shows!(shelf, psu.unit, OutputCurrent, psu.output_current.0);
        shows!(shelf, psu.unit, OutputPower, psu.output_power.0);
        shows!(shelf, psu.unit, InputPower, psu.input_power.0);
        shows!(shelf, psu.unit, InputVoltageAc, truth.ac_voltage.0);
        shows!(shelf, psu.unit, InputCurrentAc, psu.input_current.0);
        shows!(shelf, psu.unit, PowerFactor, psu.power_factor.0);
        shows!(shelf, psu.unit, Ithd, psu.ithd.0 * 100.0);
        shows!(shelf, psu.unit, BulkCapVoltage, psu.bulk_voltage.0);
        shows!(shelf, psu.unit, Temp0Inlet, psu.inlet.0);
        shows!(shelf, psu.unit, Temp1Outlet, psu.outlet.0);
        shows!(shelf, psu.unit, RpmFan0, psu.fan.0);
        shows!(shelf, psu.unit, VoutSetpointH, psu.setpoint.0);
    }
}

fn bbu_shows_the_truth(shelf: &SimShelf) {
    use orv3_bbu::reg::*;
    let truth = shelf.truth();
    for bbu in truth.bbus.iter().filter(|b| b.answers) {
        shows!(shelf, bbu.unit, BatteryVoltage, bbu.pack_voltage.0);
        shows!(shelf, bbu.unit, BatteryCurrent, bbu.pack_current.0);
        shows!(shelf, bbu.unit, DischargeCurrent, (-bbu.pack_current.0).max(0.0));
        shows!(shelf, bbu.unit, RelativeStateOfCharge, bbu.state_of_charge * 100.0);
        shows!(shelf, bbu.unit, RemainingCapacity, bbu.state_of_charge * 10.0);
        shows!(shelf, bbu.unit, ShelfBusbarVoltage, truth.bus_voltage.0);
        shows!(shelf, bbu.unit, Temp1, bbu.pack_temperature.0);
        shows!(shelf, bbu.unit, CellVoltage1, bbu.cells[0].0);
        shows!(shelf, bbu.unit, CellVoltage6, bbu.cells[5].0);
        shows!(shelf, bbu.unit, CellVoltage11, bbu.cells[10].0);
        assert_eq!(u32::from(value::<CountOfDischargeEvents>(shelf, bbu.unit)), bbu.discharges);
    }
}

#[test]
fn readings_agree_with_the_truth_in_each_state() {
    let shelf = shelf(15_000.0);
    let check = || {
        psu_shows_the_truth(&shelf);
        bbu_shows_the_truth(&shelf);
    };
    check();
    set_lines(&shelf, 48.1);
    check();
    shelf.set_ac(Volts(0.0));
    shelf.step(ms(14));
    check();
    shelf.step(ms(60_000));
    check();
    shelf.set_ac(Volts(230.0));
    shelf.step(ms(9000));
    check();
    set_lines(&shelf, 51.0);
    shelf.step(ms(61_000));
    check();
    assert!(shelf.truth().bbus[0].charger_power.0 > 0.0);
}

#[test]
fn setpoints_need_the_write_enable_bit_and_then_move_the_load() {
    use orv3_psu::{SettingRegister as S, reg};
    let shelf = shelf(9000.0);
    let volts = dpo_registers::units::Volts(48.2);
    for unit in 200..206 {
        assert_eq!(write::<reg::VoutSetpointH>(&shelf, unit, &volts), Some(Exception::ServerDeviceFailure));
        let settings = value::<reg::SettingRegister>(&shelf, unit);
        assert!(
            settings.contains(S::OUTPUT_VOLTAGE_SETTING_51V_48V) && !settings.contains(S::PSU_WRITE_ENABLE)
        );
        assert_eq!(write::<reg::SettingRegister>(&shelf, unit, &settings.union(S::PSU_WRITE_ENABLE)), None);
        assert_eq!(write::<reg::VoutSetpointH>(&shelf, unit, &volts), None);
        // The register shows what was asked at once, the output follows.
        close(value::<reg::VoutSetpointH>(&shelf, unit).0, 48.2, 1.0 / 1024.0);
    }
    assert_eq!(shelf.truth().bbu_power, Watts(0.0));
    shelf.step(ms(1500));
    // The raw setpoint is 48.2002 V, 0.2 mV above the figure of the electrical test: 720 S * 0.2 mV less.
    close(shelf.truth().bbu_power.0, 1073.3, 5.0);
    let mode = value::<orv3_bbu::reg::Mode>(&shelf, 64);
    assert!(mode.contains(orv3_bbu::Mode::DISCHARGE) && !mode.contains(orv3_bbu::Mode::CHARGING));
}

#[test]
fn a_span_is_written_whole_or_not_at_all() {
    let shelf = shelf(9000.0);
    // 94 enables, 95 is stored, 96 turns the fans: one request.
    assert_eq!(write_words(&shelf, 200, 94, &[0x0A01, 7, 100]), None);
    assert_eq!(read(&shelf, 200, 94, 3), [0x0A01, 7, 100]);
    shelf.step(ms(20_000));
    close(shelf.truth().psus[0].fan.0, 25_000.0, 10.0);
    // 52.5 V in the second register is out of its limits: the first stays.
    let before = read(&shelf, 200, 103, 2);
    let (good, bad) = (48 * 1024, 52 * 1024 + 512);
    assert_eq!(write_words(&shelf, 200, 103, &[good, bad]), Some(Exception::IllegalDataValue));
    assert_eq!(read(&shelf, 200, 103, 2), before);
    // Without the enable bit nothing of the span is taken, the LEDs (97) neither.
    assert_eq!(write_words(&shelf, 201, 96, &[50, 0x21]), Some(Exception::ServerDeviceFailure));
    assert_eq!(read(&shelf, 201, 96, 2), [0, 0]);
    assert_eq!(write_words(&shelf, 201, 97, &[0x21]), None);
    assert_eq!(read(&shelf, 201, 96, 2), [0, 0x21]);
    // A setting other than the enable bit needs it.
    assert_eq!(write_words(&shelf, 201, 94, &[0x0200]), Some(Exception::ServerDeviceFailure));
    assert_eq!(read(&shelf, 201, 94, 1), [0x0A00]);
}

#[test]
fn a_power_cycle_takes_five_seconds_and_a_start() {
    use orv3_psu::{DcdcAlarmStatusRegister as Dcdc, reg};
    let shelf = shelf(9000.0);
    assert_eq!(write_words(&shelf, 203, 94, &[0x8A01]), None);
    // Command bits read 0.
    assert_eq!(read(&shelf, 203, 94, 1), [0x0A01]);
    assert_eq!(shelf.truth().psus[3].state, PsuState::Resting);
    assert!(value::<reg::DcdcAlarmStatusRegister>(&shelf, 203).contains(Dcdc::MAIN_UVP));
    shelf.step(ms(4900));
    assert_eq!(shelf.truth().psus[3].state, PsuState::Resting);
    let on = until(&shelf, ms(10), 20.0, |t| t.psus[3].state == PsuState::On);
    assert!((6.0..=13.1).contains(&on), "{on} s");
    shelf.step(ms(500));
    assert_eq!(value::<reg::DcdcAlarmStatusRegister>(&shelf, 203).bits(), 0);
    assert!(value::<reg::TimeSinceLastOn>(&shelf, 203).0 < value::<reg::TotalUpTime>(&shelf, 203).0);
}

#[test]
fn clocks_tick_from_what_was_written() {
    let shelf = shelf(0.0);
    assert_eq!(write_words(&shelf, 200, 98, &[0x6A02, 0xE000]), None);
    assert_eq!(write_words(&shelf, 64, 302, &[0x6A02, 0xE000]), None);
    shelf.step(ms(90_500));
    assert_eq!(read(&shelf, 200, 98, 2), [0x6A02, 0xE000 + 90]);
    assert_eq!(read(&shelf, 64, 302, 2), [0x6A02, 0xE000 + 90]);
    // Half of a two-word register is no register.
    assert_eq!(write_words(&shelf, 200, 98, &[0]), Some(Exception::IllegalDataAddress));
}

#[test]
fn alarms_follow_the_input() {
    use orv3_psu::{GeneralAlarmStatusRegister as General, PfcAlarmStatusRegister as Pfc, reg};
    let shelf = shelf(15_000.0);
    let pfc = |shelf: &SimShelf| value::<reg::PfcAlarmStatusRegister>(shelf, 202);
    assert_eq!(pfc(&shelf).bits(), 0);
    assert_eq!(value::<reg::GeneralAlarmStatusRegister>(&shelf, 202).bits(), 0);
    shelf.set_ac(Volts(100.0));
    let first = Pfc::AC_UVP.union(Pfc::AC_NOT_OK).union(Pfc::INPUT_RELAY_OFF);
    assert_eq!(pfc(&shelf), first);
    // Half of 60 J at 2.5 kW is gone after 12 ms.
    shelf.step(ms(14));
    assert_eq!(pfc(&shelf), first.union(Pfc::BULK_NOT_OK));
    assert!(value::<reg::GeneralAlarmStatusRegister>(&shelf, 202).contains(General::PFC));
    assert_eq!(value::<reg::AcOutageCounter>(&shelf, 202), 1);
    shelf.set_ac(Volts(277.0));
    shelf.step(ms(20_000));
    assert_eq!(pfc(&shelf).bits(), 0);
    shelf.set_ac(Volts(400.0));
    shelf.step(ms(30));
    assert!(pfc(&shelf).contains(Pfc::AC_OVP.union(Pfc::AC_NOT_OK)));
}

#[test]
fn bbu_settings_act() {
    use orv3_bbu::{BatteryStatus, EndOfLifeStatus, LedStatus, Mode, Status, reg};
    let shelf = SimShelf::new(ShelfConfig {
        state_of_charge: 0.5,
        load: LoadProfile::Constant(Watts(3000.0)),
        ..ShelfConfig::default()
    });
    shelf.step(ms(10));
    assert!(value::<reg::Mode>(&shelf, 65).contains(Mode::CHARGING));
    // The override is inert until mode bit 10 says so, and status bits do not take a write.
    assert_eq!(write_words(&shelf, 65, 291, &[4]), None);
    close(shelf.truth().bbus[1].pack_current.0, 1.0, 1e-9);
    assert_eq!(write_words(&shelf, 65, 300, &[0, 20]), None);
    assert_eq!(write_words(&shelf, 65, 107, &[0x0402]), None);
    close(shelf.truth().bbus[1].pack_current.0, 4.0, 1e-9);
    close(value::<reg::ChargingCurrent>(&shelf, 65).0, 4.0, 1e-9);
    assert_eq!(read(&shelf, 65, 107, 1), [0x0401]);
    shelf.step(ms(21_000));
    assert_eq!(read(&shelf, 65, 107, 1), [0x0001]);
    close(shelf.truth().bbus[1].pack_current.0, 1.0, 1e-9);
    assert_eq!(write_words(&shelf, 65, 291, &[6]), Some(Exception::IllegalDataValue));

    // The fault LED.
    assert_eq!(write_words(&shelf, 65, 292, &[1]), None);
    assert!(value::<reg::LedStatus>(&shelf, 65).contains(LedStatus::FAULT_LOC_LED_BLINK));

    // An end-of-life threshold above what the pack can do, once bit 14 of the mode lets it count.
    assert_eq!(write_words(&shelf, 65, 304, &[2000]), None);
    assert_eq!(value::<reg::EndOfLifeStatus>(&shelf, 65), EndOfLifeStatus(0));
    assert_eq!(write_words(&shelf, 65, 107, &[0x4000]), None);
    assert_eq!(value::<reg::EndOfLifeStatus>(&shelf, 65), EndOfLifeStatus::BBU_EOL);
    assert!(value::<reg::BatteryStatus>(&shelf, 65).contains(BatteryStatus::REMAINING_TIME_ALARM));

    // A discharge ends at the time set, and clearing faults arms the unit again.
    for unit in 64..70 {
        assert_eq!(write_words(&shelf, unit, 289, &[90]), None);
        assert_eq!(write_words(&shelf, unit, 312, &[5]), None);
    }
    shelf.set_ac(Volts(0.0));
    shelf.step(ms(91_000));
    assert!(value::<reg::Status>(&shelf, 65).contains(Status::DISCHARGE_NOT_ALLOWED));
    assert_eq!(shelf.truth().load_power, Watts(0.0));
    assert_eq!(write_words(&shelf, 65, 313, &[1]), None);
    assert_eq!(value::<reg::Status>(&shelf, 65).bits() & Status::DISCHARGE_NOT_ALLOWED.bits(), 0);
    shelf.step(ms(1500));
    // Alone it carries the 3 kW.
    close(shelf.truth().bbus[1].output_power.0, 3000.0, 1e-6);
    // The charge comes 5 s after the discharge, not 60.
    shelf.set_ac(Volts(277.0));
    let mut limit = shelf.truth().time_s() + 12.0;
    let left = until(&shelf, ms(10), limit, |t| t.bbus[1].state == BbuState::ChargeDelay);
    limit = left + 10.0;
    let charging = until(&shelf, ms(10), limit, |t| t.bbus[1].charger_power.0 > 0.0);
    close(charging - left, 5.0, 0.05);
}

#[test]
fn stored_registers_keep_their_words_until_the_unit_is_pulled() {
    let shelf = shelf(0.0);
    assert_eq!(write_words(&shelf, 69, 305, &[123, 2, 3]), None);
    assert_eq!(read(&shelf, 69, 305, 3), [123, 2, 3]);
    shelf.remove(69);
    shelf.insert(69);
    shelf.step(ms(1500));
    assert_eq!(read(&shelf, 69, 305, 3), [0, 0, 0]);
    // Another unit was never touched.
    assert_eq!(read(&shelf, 68, 305, 3), [0, 0, 0]);
}

#[test]
fn who_is_not_there_does_not_answer() {
    let shelf = shelf(9000.0);
    let probe = || Pdu::read_holding(8, 8).unwrap();
    for unit in [0, 7, 63, 70, 199, 206, 255] {
        assert_eq!(ask(&shelf, unit, probe()), Answer::NoPath, "{unit}");
    }
    shelf.remove(205);
    shelf.remove(64);
    assert_eq!(ask(&shelf, 205, probe()), Answer::NoAnswer);
    assert_eq!(ask(&shelf, 64, probe()), Answer::NoAnswer);
    shelf.insert(205);
    shelf.insert(64);
    assert_eq!(ask(&shelf, 205, probe()), Answer::NoAnswer);
    shelf.step(ms(1500));
    assert!(matches!(ask(&shelf, 205, probe()), Answer::Reply(_)));
    assert!(matches!(ask(&shelf, 64, probe()), Answer::Reply(_)));
    // Without AC and bus a PSU has no supply; a BBU has its pack.
    let dark = psus_only(9000.0);
    dark.set_ac(Volts(0.0));
    dark.step(ms(3000));
    assert_eq!(ask(&dark, 200, probe()), Answer::NoAnswer);
    dark.insert(64);
    dark.step(ms(1001));
    assert!(matches!(ask(&dark, 64, probe()), Answer::Reply(_)));
}

#[test]
fn odd_requests_get_the_protocol_s_answer() {
    let shelf = shelf(9000.0);
    let exception = |unit: u8, bytes: &[u8]| match ask(&shelf, unit, Pdu::new(bytes).unwrap()) {
        Answer::Reply(answer) => answer.exception(),
        other => panic!("{other:?}"),
    };
    // Unmapped, across the end, function that the map lacks, quantity 0, a read-only and a hazard write.
    assert_eq!(exception(200, &[3, 0, 58, 0, 1]), Some(Exception::IllegalDataAddress));
    assert_eq!(exception(200, &[3, 0, 109, 0, 2]), Some(Exception::IllegalDataAddress));
    assert_eq!(exception(200, &[4, 0, 8, 0, 1]), Some(Exception::IllegalFunction));
    assert_eq!(exception(64, &[3, 0, 8, 0, 0]), Some(Exception::IllegalDataValue));
    assert_eq!(exception(64, &[6, 0, 8, 0, 0]), Some(Exception::IllegalDataAddress));
    assert_eq!(exception(64, &[6, 3, 0, 0x55, 0xAA]), Some(Exception::IllegalDataAddress));
}
