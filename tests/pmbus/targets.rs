//! The simulated targets on the wire: broken messages, faults of the shelf, any bytes.

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::smbus::memory::{MemoryController, drive};
use dpo_gateway::bus::smbus::{Controller, Message, Wire, alert};
use dpo_registers::codec::pmbus::pec;
use dpo_registers::generated::pmbus_psu::{StatusInput, StatusWord, cmd};
use dpo_registers::units::Volts;
use proptest::prelude::*;

use crate::rig::{LAST_PSU, PSU, device, run, shelf};

fn write(bytes: &[u8]) -> Message {
    Message::Write { to: PSU, bytes: bytes.to_vec() }
}

fn read(len: usize) -> Message {
    Message::Read { from: PSU, len }
}

fn coded(bytes: &[u8]) -> Message {
    let code = pec(&[&[PSU.write_byte()], bytes].concat());
    write(&[bytes, &[code]].concat())
}

/// STATUS_CML as a plain read on the same wire, and its low summary bit.
fn cml(wire: &mut dyn Wire) -> u8 {
    let word = drive(wire, "t", &[write(&[0x79]), read(2)]).unwrap();
    let bits = drive(wire, "t", &[write(&[0x7E]), read(1)]).unwrap()[0];
    assert_eq!(word[0] & 0x02 != 0, bits != 0, "the summary follows");
    bits
}

#[test]
fn each_broken_message_sets_its_bit_and_changes_nothing() {
    let good = pec(&[PSU.write_byte(), 0x21, 0x00, 0x65]);
    let cases: Vec<(&str, Vec<Message>, u8, bool)> = vec![
        ("right, without a code", vec![write(&[0x21, 0x00, 0x65])], 0, true),
        ("right, with its code", vec![coded(&[0x21, 0x00, 0x65])], 0, true),
        ("wrong code", vec![write(&[0x21, 0x00, 0x65, good ^ 0x80])], 0x20, false),
        ("one byte too few", vec![write(&[0x21, 0x00])], 0x02, false),
        ("no data at all", vec![write(&[0x21])], 0x02, false),
        ("one byte too many", vec![write(&[0x21, 0x00, 0x65, good, 0])], 0x40, false),
        ("unknown command", vec![write(&[0x86, 0, 0])], 0x80, false),
        ("hazard", vec![write(&[0xD6, 1])], 0x80, false),
        ("extended command", vec![write(&[0xFF, 0x01])], 0x80, false),
        ("read only command", vec![write(&[0x88, 0, 0])], 0x40, false),
        ("out of range", vec![coded(&[0x21, 0x00, 0x78])], 0x40, false),
        ("undefined protection", vec![coded(&[0x10, 0x10])], 0x40, false),
        ("undefined operation", vec![coded(&[0x01, 0xA4])], 0x40, false),
        ("page 1", vec![coded(&[0x00, 1])], 0x40, false),
        ("read without a command", vec![read(1)], 0x40, false),
        ("read beyond the end", vec![write(&[0x21]), read(5)], 0x40, false),
        ("read without the code", vec![write(&[0x21]), read(2)], 0, false),
        ("half a read", vec![write(&[0x21]), read(1)], 0, false),
        ("read of an action", vec![write(&[0x03]), read(1)], 0x80, false),
        ("call with a wrong count", vec![write(&[0x1A, 2, 0x21]), read(3)], 0x40, false),
        ("call without a request", vec![write(&[0x1A]), read(3)], 0x40, false),
        ("action with a byte that is no code", vec![write(&[0x03, 0, 0])], 0x20, false),
        (
            "two commands in one group",
            vec![coded(&[0x21, 0x00, 0x65]), coded(&[0x21, 0x00, 0x66])],
            0x02,
            false,
        ),
        ("address alone", vec![write(&[])], 0, false),
    ];
    for (name, messages, bit, taken) in cases {
        let mut wire = shelf().smbus();
        let _ = drive(&mut wire, "t", &messages);
        assert_eq!(cml(&mut wire), bit, "{name}");
        let setpoint = drive(&mut wire, "t", &[write(&[0x21]), read(2)]).unwrap();
        assert_eq!(setpoint, if taken { [0x00, 0x65] } else { [0x00, 0x66] }, "{name}");
    }
}

#[test]
fn a_read_beyond_the_end_gives_ones() {
    let mut wire = shelf().smbus();
    let bytes = drive(&mut wire, "t", &[write(&[0x88]), read(5)]).unwrap();
    let code = pec(&[0xB0, 0x88, 0xB1, 0x98, 0xF3]);
    assert_eq!(bytes, [0x98, 0xF3, code, 0xFF, 0xFF]);
}

#[test]
fn a_stop_in_the_middle_does_no_harm() {
    let mut wire = shelf().smbus();
    for byte in [0xB0, 0x21, 0x00] {
        let _ = if byte == 0xB0 { wire.start(byte) } else { wire.write(byte) };
    }
    wire.stop();
    wire.stop();
    assert_eq!(cml(&mut wire), 0x02);
    assert_eq!(drive(&mut wire, "t", &[write(&[0x21]), read(2)]).unwrap(), [0x00, 0x66]);
}

#[test]
fn protection_keeps_what_it_protects() {
    // WRITE_PROTECT, a write, whether it is taken.
    let (operation, setpoint, fan) =
        (coded(&[0x01, 0x80]), coded(&[0x21, 0x00, 0x65]), coded(&[0x3B, 0x32, 0x00]));
    let cases = [
        (0x00, &operation, true),
        (0x00, &fan, true),
        (0x20, &setpoint, true),
        (0x20, &fan, false),
        (0x40, &operation, true),
        (0x40, &setpoint, false),
        (0x80, &operation, false),
        (0x80, &coded(&[0x10, 0x00]), true),
        // Faults can be cleared under any protection.
        (0x80, &coded(&[0x03]), true),
        (0x80, &coded(&[0x7E, 0xFF]), true),
    ];
    for (level, message, taken) in cases {
        let mut wire = shelf().smbus();
        drive(&mut wire, "t", &[coded(&[0x10, level])]).unwrap();
        drive(&mut wire, "t", std::slice::from_ref(message)).unwrap();
        assert_eq!(cml(&mut wire), if taken { 0 } else { 0x40 }, "{level:02X}h: {message:?}");
    }
}

#[test]
fn a_sag_is_latched_recorded_and_alerts() {
    let shelf = shelf();
    let bus: Arc<dyn Controller> = Arc::new(MemoryController::new("memory:sag", shelf.smbus()));
    run(async {
        let (first, last) = (device(&bus, PSU), device(&bus, LAST_PSU));
        assert!(first.status(true).await.unwrap().clear());
        shelf.set_ac(Volts(115.0));
        shelf.step(Duration::from_millis(200));
        assert_eq!(first.read::<cmd::ReadVin>().await.unwrap(), Volts(115.0));
        // The battery units carry the bus, this supply is off.
        let off = StatusWord::OFF.union(StatusWord::POWER_GOOD_N);
        let word = StatusWord::INPUT.union(StatusWord::VIN_UV_FAULT).union(off);
        assert_eq!(first.read::<cmd::StatusWord>().await.unwrap(), word);
        let low = StatusInput::VIN_UV_FAULT.union(StatusInput::OFF_FOR_LOW_INPUT);
        assert_eq!(first.read::<cmd::StatusInput>().await.unwrap(), low);
        // Present: clearing brings it back, and the line with it.
        assert_eq!(alert::respond_all(&*bus, true).await.unwrap().len(), 6);
        first.clear_faults().await.unwrap();
        assert_eq!(first.read::<cmd::StatusInput>().await.unwrap(), low);
        assert_eq!(alert::respond_all(&*bus, true).await.unwrap(), [PSU]);
        shelf.set_ac(Volts(230.0));
        shelf.step(Duration::from_secs(20));
        // Gone: what follows the state has gone with it, what is latched has not.
        assert_eq!(first.read::<cmd::StatusWord>().await.unwrap().0, 0x2008);
        first.clear_faults().await.unwrap();
        assert!(first.status(true).await.unwrap().clear());
        // A sag that came and went unseen is seen all the same.
        shelf.set_ac(Volts(0.0));
        shelf.step(Duration::from_millis(5));
        shelf.set_ac(Volts(230.0));
        shelf.step(Duration::from_millis(500));
        assert_eq!(last.read::<cmd::StatusInput>().await.unwrap().0, 0x10);
        let record = first.black_box().await.unwrap().record();
        assert_eq!(&record[..8], b"DPO-SIM\0");
        // The newest first: time, then STATUS_WORD.
        let times: Vec<u32> =
            record.chunks(60).map(|r| u32::from_le_bytes(r[8..12].try_into().unwrap())).collect();
        assert_eq!(times[..3], [20, 0, 0]);
        assert_eq!(record[12..14], [0x08, 0x20]);
    });
}

#[test]
fn a_masked_fault_does_not_pull_the_line() {
    let shelf = shelf();
    let bus = MemoryController::new("memory:mask", shelf.smbus());
    let mask = coded(&[0x1B, 0x7C, 0x10]);
    run(async {
        bus.transfer(vec![mask]).await.unwrap();
        shelf.set_ac(Volts(115.0));
        shelf.step(Duration::from_millis(50));
        let found = alert::respond_all(&bus, true).await.unwrap();
        assert_eq!((found.len(), found.contains(&PSU)), (5, false));
        assert!(!bus.alert());
    });
}

#[test]
fn operation_switches_the_output() {
    let shelf = shelf();
    let bus: Arc<dyn Controller> = Arc::new(MemoryController::new("memory:off", shelf.smbus()));
    run(async {
        let psu = device(&bus, PSU);
        use dpo_registers::generated::pmbus_psu::Operation;
        psu.write::<cmd::Operation>(&(), &Operation(0)).await.unwrap();
        shelf.step(Duration::from_secs(1));
        assert_eq!(psu.read::<cmd::Operation>().await.unwrap(), Operation(0));
        assert_eq!(
            psu.read::<cmd::StatusWord>().await.unwrap(),
            StatusWord::OFF.union(StatusWord::POWER_GOOD_N)
        );
        assert_eq!(psu.read::<cmd::ReadIout>().await.unwrap().0, 0.0);
        // It stays off through an outage.
        shelf.set_ac(Volts(0.0));
        shelf.step(Duration::from_millis(100));
        shelf.set_ac(Volts(230.0));
        shelf.step(Duration::from_secs(20));
        assert_eq!(psu.read::<cmd::ReadIout>().await.unwrap().0, 0.0);
        psu.write::<cmd::Operation>(&(), &Operation::ON).await.unwrap();
        shelf.step(Duration::from_secs(20));
        assert!(psu.read::<cmd::ReadIout>().await.unwrap().0 > 10.0);
    });
}

#[test]
fn a_supply_that_is_pulled_does_not_answer() {
    let shelf = shelf();
    let mut wire = shelf.smbus();
    assert!(shelf.remove(200));
    assert!(!wire.start(0xB0).unwrap());
    wire.stop();
    assert!(wire.start(0xB2).unwrap());
    wire.stop();
}

/// One step on the wire.
#[derive(Debug, Clone)]
enum Step {
    Start(u8),
    Write(u8),
    Read(bool),
    Stop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop_oneof![0xB0u8..=0xBD, any::<u8>(), Just(0x19)].prop_map(Step::Start),
        6 => any::<u8>().prop_map(Step::Write),
        4 => any::<bool>().prop_map(Step::Read),
        1 => Just(Step::Stop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_on_the_wire_are_survived(steps in proptest::collection::vec(step(), 0..400)) {
        let mut wire = shelf().smbus();
        for step in steps {
            match step {
                Step::Start(byte) => drop(wire.start(byte)),
                Step::Write(byte) => drop(wire.write(byte)),
                Step::Read(more) => drop(wire.read(more)),
                Step::Stop => wire.stop(),
            }
        }
        wire.stop();
        // It still answers, and truly.
        let vin = drive(&mut wire, "t", &[write(&[0x88]), read(3)]).unwrap();
        prop_assert_eq!(vin, [0x98, 0xF3, pec(&[0xB0, 0x88, 0xB1, 0x98, 0xF3])]);
    }

    #[test]
    fn a_flipped_bit_never_changes_a_setpoint(byte in 1usize..5, bit in 0u8..8) {
        // The address, the code, the data or the packet error code of a coded write.
        let mut wire = shelf().smbus();
        let Message::Write { bytes, .. } = coded(&[0x21, 0x00, 0x65]) else { unreachable!() };
        let mut bytes = bytes;
        bytes[byte - 1] ^= 1 << bit;
        let _ = drive(&mut wire, "t", &[write(&bytes)]);
        let setpoint = drive(&mut wire, "t", &[write(&[0x21]), read(2)]).unwrap();
        prop_assert_eq!(setpoint, [0x00, 0x66]);
    }
}
