//! Writes of the rack manager to devices, under each policy.

use crate::pmi::device_writes::{DeviceWrites, Standing};
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::{Exception, Pdu, Request};
use dpo_registers::generated::orv3_psu;

use super::{Rig, UNIT, rig};
use crate::bus::memory::MemoryBus;
use crate::bus::{Bus, BusError, write_registers};
use crate::pmi::{AllowedRegister, PmiConfig, PmiService, Route, WritePolicy};
use crate::shelf::journal::MemoryJournal;
use crate::shelf::testing::{Fake, Rack};

const PSU: u8 = 200;
const LED: u16 = 0x61;

struct Shelf {
    rig: Rig,
    psu: Arc<Fake>,
    journal: Arc<MemoryJournal>,
}

fn address(register: &str) -> u16 {
    orv3_psu::MAP.register(register).unwrap().address
}

fn shelf(writes: WritePolicy, allow: &[&str]) -> Shelf {
    let (psu, rack) = (Fake::new(&orv3_psu::MAP), Rack::default());
    rack.insert(PSU, &psu);
    let bus = Arc::new(MemoryBus::new("memory:shelf", Arc::new(rack)));
    let journal = Arc::new(MemoryJournal::default());
    let entry = |register: &&str| AllowedRegister { map: "orv3-psu".into(), register: (*register).into() };
    let allow = allow.iter().map(entry).collect();
    let config = PmiConfig { writes, allow, journal: journal.clone(), ..PmiConfig::default() };
    let route = Route::new(200..=205, bus).with_map(&orv3_psu::MAP);
    Shelf { rig: rig(vec![route], config, Duration::ZERO), psu, journal }
}

fn pdu(function: u8, address: u16, words: &[u16]) -> Pdu {
    match function {
        6 => Pdu::write_single(address, words[0]),
        _ => Pdu::write_multiple(address, words).unwrap(),
    }
}

/// The exception that a write is answered with.
async fn refused(bus: &dyn Bus, request: Pdu) -> Exception {
    bus.transact(PSU, request).await.unwrap().exception().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_write_on_the_list_is_carried_out_recorded_and_answered_as_the_device_would() {
    let Shelf { rig, psu, journal } = shelf(WritePolicy::AllowList, &["led_override", "unix_time"]);
    let manager = rig.connect();
    let led = address("led_override");
    assert_eq!(led, LED);
    psu.set(led, 4);
    let answer = manager.transact(PSU, pdu(6, led, &[1])).await.unwrap();
    assert_eq!(answer.as_slice(), [6, 0, 0x61, 0, 1]);
    let time = address("unix_time");
    let answer = manager.transact(PSU, pdu(16, time, &[0x6789, 0xABCD])).await.unwrap();
    assert_eq!(answer.as_slice(), [16, (time >> 8) as u8, time as u8, 0, 2]);
    assert_eq!((psu.get(led), psu.get(time), psu.get(time + 1)), (1, 0x6789, 0xABCD));
    // Who, what, before, after; before it was sent, and when it was read back.
    let entries = journal.entries();
    assert_eq!(entries.len(), 4);
    let first = format!("{:?}", entries[0]);
    for said in ["pass-through", "direct", "led_override", "[4]", "[1]"] {
        assert!(first.contains(said), "{first}");
    }
    assert!(format!("{:?}", entries[1]).contains("Confirmed"));
    assert_eq!(rig.service.writes_refused(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_pass_reaches_no_device() {
    use Exception::{IllegalDataAddress, IllegalDataValue, ServerDeviceFailure};
    let open = shelf(WritePolicy::AllowList, &["led_override", "unix_time", "vout_setpoint_h"]);
    let shut = shelf(WritePolicy::Refuse, &["led_override"]);
    let (led, time, volts) = (address("led_override"), address("unix_time"), address("vout_setpoint_h"));
    let cases = [
        ("not on the list", pdu(6, address("vout_setpoint_l"), &[0xC000]), ServerDeviceFailure),
        ("read only", pdu(6, address("output_voltage"), &[1]), IllegalDataAddress),
        ("no register", pdu(6, 0x2000, &[1]), IllegalDataAddress),
        ("half a register", pdu(6, time, &[1]), IllegalDataAddress),
        ("two registers", pdu(16, led, &[1, 1, 1]), IllegalDataAddress),
        ("firmware mailbox", pdu(6, 0x300, &[0x55AA]), IllegalDataAddress),
        ("into the mailbox", pdu(16, 0x2FF, &[0, 0x55AA]), IllegalDataAddress),
        ("beyond the end", pdu(16, 0xFFFF, &[0, 0]), IllegalDataAddress),
        ("outside the limits", pdu(6, volts, &[0]), IllegalDataValue),
        ("reserved bits", pdu(6, led, &[0xFFFF]), IllegalDataValue),
        ("malformed", Pdu::new(&[6, 0, 1, 0]).unwrap(), IllegalDataValue),
        ("lying byte count", Pdu::new(&[16, 0, 1, 0, 1, 4, 0, 0]).unwrap(), IllegalDataValue),
    ];
    for (name, request, exception) in cases {
        assert_eq!(refused(&open.rig.connect(), request).await, exception, "{name}");
        let by_policy = if exception == IllegalDataValue && Request::decode(request.as_slice()).is_err() {
            IllegalDataValue
        } else {
            ServerDeviceFailure
        };
        assert_eq!(refused(&shut.rig.connect(), request).await, by_policy, "{name}");
    }
    assert_eq!(refused(&shut.rig.connect(), pdu(6, led, &[1])).await, ServerDeviceFailure);
    assert_eq!(open.rig.service.writes_refused(), 12);
    for shelf in [open, shut] {
        assert!(shelf.psu.writes().is_empty() && shelf.journal.entries().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_connection_with_the_lease_writes_and_never_what_is_steered() {
    let Shelf { rig, psu, .. } = shelf(WritePolicy::LeaseHolder, &["led_override", "vout_setpoint_h"]);
    let (holder, other) = (rig.connect(), rig.connect());
    let write = pdu(6, LED, &[1]);
    assert_eq!(refused(&holder, write).await, Exception::ServerDeviceFailure);
    write_registers(&holder, UNIT, 0x4040, &[0, 7, 30]).await.unwrap();
    assert_eq!(holder.transact(PSU, write).await.unwrap(), write);
    assert_eq!(refused(&other, write).await, Exception::ServerDeviceFailure);
    // Its limits say what is in there; nobody writes past the setpoints of the block.
    let volts = pdu(6, address("vout_setpoint_h"), &[0xC900]);
    assert_eq!(refused(&holder, volts).await, Exception::ServerDeviceFailure);
    write_registers(&holder, UNIT, 0x4040, &[0, 7, 0]).await.unwrap();
    assert_eq!(refused(&holder, pdu(6, LED, &[4])).await, Exception::ServerDeviceFailure);
    assert_eq!(psu.writes(), [LED]);

    // Without a policy that asks for the lease, it closes what is steered all the same.
    let Shelf { rig, psu, .. } = shelf(WritePolicy::AllowList, &["led_override", "vout_setpoint_h"]);
    let (holder, other) = (rig.connect(), rig.connect());
    other.transact(PSU, volts).await.unwrap();
    assert_eq!(psu.get(address("vout_setpoint_h")), 0xC900);
    write_registers(&holder, UNIT, 0x4040, &[0, 7, 30]).await.unwrap();
    let volts = pdu(6, address("vout_setpoint_h"), &[0xCA00]);
    assert_eq!(refused(&other, volts).await, Exception::ServerDeviceFailure);
    assert_eq!(other.transact(PSU, write).await.unwrap(), write);
}

#[test]
fn what_is_steered_stays_closed_while_a_psu_is_power_cycled() {
    let (psu, rack) = (Fake::new(&orv3_psu::MAP), Rack::default());
    rack.insert(PSU, &psu);
    let bus = Arc::new(MemoryBus::new("memory:shelf", Arc::new(rack)));
    let route = Route::new(200..=205, bus).with_map(&orv3_psu::MAP);
    let entry = |register: &str| AllowedRegister { map: "orv3-psu".into(), register: register.into() };
    let allow = ["led_override", "vout_setpoint_h", "setting_register"].map(entry);
    let journal = Arc::new(MemoryJournal::default());
    let writes = DeviceWrites::new(WritePolicy::AllowList, &allow, &[route], journal).unwrap();
    let check = |request: Pdu, power_cycle| {
        let standing = Standing { holds_lease: false, lease_held: false, power_cycle };
        writes.check(&request, Some(&orv3_psu::MAP), standing).map(|_| ())
    };
    for (register, word) in [("vout_setpoint_h", 0xC900), ("setting_register", 1)] {
        let request = pdu(6, address(register), &[word]);
        assert_eq!(check(request, true), Err(Exception::ServerDeviceFailure), "{register}");
        assert_eq!(check(request, false), Ok(()), "{register}");
    }
    assert_eq!(check(pdu(6, LED, &[1]), true), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_a_device_says_to_a_write_is_what_the_rack_manager_hears() {
    let Shelf { rig, psu, journal } = shelf(WritePolicy::AllowList, &["led_override"]);
    let manager = rig.connect();
    psu.refuse_writes(Some(Exception::ServerDeviceBusy));
    assert_eq!(refused(&manager, pdu(6, LED, &[1])).await, Exception::ServerDeviceBusy);
    psu.refuse_writes(None);
    // It acknowledges, and keeps the old value.
    psu.deaf(true);
    assert_eq!(refused(&manager, pdu(6, LED, &[1])).await, Exception::ServerDeviceFailure);
    psu.deaf(false);
    assert_eq!(journal.entries().len(), 4);
    psu.silence(true);
    let lost = manager.transact(PSU, pdu(6, LED, &[1])).await;
    assert!(matches!(lost, Err(BusError::Timeout { .. })));
    assert_eq!(journal.entries().len(), 4, "a device that cannot be read is not written");
}

#[tokio::test]
async fn a_list_that_cannot_work_is_named() {
    let (gateway, _feed) = crate::gateway::Gateway::channel(crate::gateway::Snapshot::empty());
    let bus = Arc::new(MemoryBus::new("memory:shelf", Arc::new(Rack::default())));
    let make = |map: &str, register: &str| {
        let allow = vec![AllowedRegister { map: map.into(), register: register.into() }];
        let config = PmiConfig { writes: WritePolicy::AllowList, allow, ..PmiConfig::default() };
        let route = Route::new(200..=205, bus.clone()).with_map(&orv3_psu::MAP);
        PmiService::new(gateway.clone(), vec![route], config).err().unwrap().to_string()
    };
    let foreign = make("orv3-bbu", "led_override");
    assert_eq!(
        foreign,
        "pmi.allow: orv3-bbu led_override: no device is read by this map; the maps in use are orv3-psu"
    );
    assert!(make("orv3-psu", "led").ends_with("the map has no such register"));
    assert!(make("orv3-psu", "output_voltage").ends_with("it cannot be written and read back"));
}
