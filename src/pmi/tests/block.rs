//! The DPO block: reads, the lease, setpoints.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::{Exception, Pdu};
use dpo_registers::generated::dpo_pmi::{self, LeaseHolder, SetpointResult};
use dpo_registers::units::Watts;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Rig, UNIT, read_all, rig};
use crate::bus::tcp::{TcpBus, TcpClientConfig, TcpServerConfig, serve};
use crate::bus::testing::Direct;
use crate::bus::{Bus, TransactError, read_holding, write_registers};
use crate::gateway::{Gateway, Owner, Snapshot};
use crate::pmi::{PmiConfig, PmiService};

const LEASE: u16 = 0x4040;
const LIMIT: u16 = 0x4050;
const DISCHARGE: u16 = 0x4058;

pub(super) fn block_rig() -> Rig {
    rig(Vec::new(), PmiConfig::default(), Duration::ZERO)
}

pub(super) async fn block(bus: &dyn Bus) -> dpo_pmi::Image {
    dpo_pmi::Image::read(&read_all(bus, UNIT, &dpo_pmi::MAP).await)
}

pub(super) async fn refused(bus: &dyn Bus, address: u16, words: &[u16]) -> Exception {
    match write_registers(bus, UNIT, address, words).await {
        Err(TransactError::Refused { exception, .. }) => exception,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_block_is_recognised_by_its_probe_and_answers_spans() {
    let rig = block_rig();
    let bus = rig.connect();
    let probe = dpo_pmi::MAP.identification;
    let words = read_holding(&bus, UNIT, probe.address, probe.words).await.unwrap();
    assert!(probe.expect.matches(&words));
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Idle));
    assert_eq!(image.lease_holder, Some(LeaseHolder::None));
    for (request, answer) in [
        (&[3, 0x20, 0x00, 0, 0][..], &[0x83, 3][..]),
        (&[3, 0x20, 0x00, 0, 126], &[0x83, 3]),
        (&[3, 0x1F, 0xFF, 0, 1], &[0x83, 2]),
        (&[3, 0x20, 0x91, 0, 1], &[0x83, 2]),
        (&[3, 0xFF, 0xFF, 0, 2], &[0x83, 2]),
        (&[3, 0x20, 0x00, 0, 1, 0], &[0x83, 3]),
        (&[4, 0x20, 0x00, 0, 1], &[0x84, 1]),
        (&[0x17], &[0x97, 1]),
        (&[0], &[0x80, 1]),
        (&[0x2B, 0x0E, 4, 9], &[0xAB, 2]),
        (&[0x2B, 0x0E, 5, 0], &[0xAB, 3]),
        (&[0x2B, 0x64, 0, 0], &[0xAB, 1]),
        (&[0x10, 0x20, 0x50, 0, 2, 3, 0, 0, 0], &[0x90, 3]),
    ] {
        let got = bus.transact(UNIT, Pdu::new(request).unwrap()).await.unwrap();
        assert_eq!(got.as_slice(), answer, "{request:02X?}");
    }
    let identity = bus.transact(UNIT, Pdu::new(&[0x2B, 0x0E, 4, 1]).unwrap()).await.unwrap();
    assert_eq!(identity.as_slice()[7..], [&[1, 11][..], b"DPO Gateway"].concat());
    assert!(rig.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_lease_is_taken_used_and_given_back() {
    let rig = block_rig();
    let bus = rig.connect();
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&bus).await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    assert!(rig.asked.lock().unwrap().is_empty(), "without a token nothing is asked of the gate");

    write_registers(&bus, UNIT, LEASE, &[0x1234, 0x5678, 60]).await.unwrap();
    let owner = Owner::Modbus { token: 0x1234_5678 };
    assert_eq!(rig.asked.lock().unwrap()[0].0, owner);
    let image = block(&bus).await;
    assert_eq!(image.lease_holder, Some(LeaseHolder::Modbus));
    assert!(image.lease_remaining.unwrap().0 > 50.0);
    assert_eq!(image.lease_duration.unwrap().0, 60.0);
    assert_eq!(read_holding(&bus, UNIT, LEASE, 2).await.unwrap(), [0, 0], "the token is never shown");

    write_registers(&bus, UNIT, LIMIT, &[0, 9_000]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Applied));
    assert_eq!(image.input_power_limit_applied, Some(Watts(9_000.0)));
    write_registers(&bus, UNIT, LIMIT, &[0xFFFF, 0xFFFF]).await.unwrap();
    assert_eq!(block(&bus).await.input_power_limit, None);
    write_registers(&bus, UNIT, DISCHARGE, &[0, 2_500]).await.unwrap();
    assert_eq!(block(&bus).await.bbu_discharge_applied, Some(Watts(2_500.0)));

    for (address, words, exception, result) in [
        (LIMIT, [0, 18_001], Exception::IllegalDataValue, SetpointResult::RefusedRange),
        (DISCHARGE, [0, 13], Exception::ServerDeviceFailure, SetpointResult::DeviceFailed),
        (DISCHARGE, [0, 14], Exception::ServerDeviceFailure, SetpointResult::RefusedState),
        // 1 000 001 W is beyond the map's own limit.
        (LIMIT, [0x000F, 0x4241], Exception::IllegalDataValue, SetpointResult::RefusedRange),
    ] {
        assert_eq!(refused(&bus, address, &words).await, exception);
        assert_eq!(block(&bus).await.setpoint_result, Some(result));
    }
    write_registers(&bus, UNIT, LEASE, &[0x1234, 0x5678, 0]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!((image.lease_holder, image.lease_duration.unwrap().0), (Some(LeaseHolder::None), 0.0));
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
}

#[tokio::test]
async fn half_written_read_only_and_out_of_range_writes_reach_nothing() {
    let rig = block_rig();
    let bus = rig.connect();
    for (address, words, exception) in [
        (LEASE, &[0x1234, 0x5678][..], Exception::IllegalDataAddress),
        (LEASE, &[0x1234], Exception::IllegalDataAddress),
        (LEASE + 2, &[60], Exception::IllegalDataAddress),
        (LEASE, &[0x1234, 0x5678, 60, 1], Exception::IllegalDataAddress),
        (LEASE, &[0x1234, 0x5678, 3601], Exception::IllegalDataValue),
        (LEASE, &[0, 0, 60], Exception::IllegalDataValue),
        (LIMIT, &[0], Exception::IllegalDataAddress),
        (LIMIT + 1, &[0], Exception::IllegalDataAddress),
        (LIMIT, &[0, 1, 0], Exception::IllegalDataAddress),
        (LIMIT, &[0, 1, 0, 1], Exception::IllegalDataAddress),
        (0x4000, &[0, 1], Exception::IllegalDataAddress),
        (0x1000, &[1], Exception::IllegalDataAddress),
    ] {
        assert_eq!(refused(&bus, address, words).await, exception, "{address:04X} {words:?}");
    }
    assert!(rig.asked.lock().unwrap().is_empty());
    assert_eq!(rig.service.writes_refused(), 12);
    assert_eq!(block(&bus).await.writes_refused, Some(12));
}

/// What no capability bit claims reads as not available or 0, and takes no write.
#[tokio::test]
async fn what_the_gateway_cannot_do_is_neither_claimed_nor_accepted() {
    let rig = block_rig();
    let bus = rig.connect();
    let map: serde_json::Value = serde_json::from_str(dpo_pmi::JSON).unwrap();
    let registers = map["registers"].as_array().unwrap();
    let by_id = |id: &str| registers.iter().find(|r| r["id"] == id).unwrap();
    let claimed = block(&bus).await.capabilities.unwrap().bits();
    let bits = by_id("capabilities")["bits"].as_array().unwrap();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    let asked = rig.asked.lock().unwrap().len();
    let (mut absent, mut writable) = (0, 0);
    for register in registers {
        let Some(flag) = register["condition"].as_str().and_then(|c| c.strip_prefix("capabilities.")) else {
            continue;
        };
        let bit = bits.iter().find(|b| b["id"] == flag).unwrap()["bit"].as_u64().unwrap();
        if claimed >> bit & 1 == 1 {
            continue;
        }
        absent += 1;
        let info = dpo_pmi::MAP.register(register["id"].as_str().unwrap()).unwrap();
        let words = read_holding(&bus, UNIT, info.address, info.words).await.unwrap();
        assert_eq!(info.raw(&words), Some(info.not_available.unwrap_or(0)), "{}", info.id);
        if !info.access.writable() || info.group.is_some() {
            continue;
        }
        writable += 1;
        let value = info.limits.map_or(info.symbols.first().map_or(0, |s| s.value as i64), |l| l.min);
        let mut words = vec![0; info.words.into()];
        info.set_raw(value, &mut words).unwrap();
        assert_eq!(refused(&bus, info.address, &words).await, Exception::ServerDeviceFailure, "{}", info.id);
        assert_eq!(block(&bus).await.setpoint_result, Some(SetpointResult::RefusedCapability));
    }
    assert!(absent > 100 && writable > 30, "{absent} absent, {writable} of them writable");
    assert_eq!(rig.asked.lock().unwrap().len(), asked, "nothing of it reached the gate");
    let forecast = [0; 40];
    assert_eq!(refused(&bus, 0x4300, &forecast[..8]).await, Exception::IllegalDataAddress, "half a group");
    assert_eq!(refused(&bus, 0x4300, &forecast).await, Exception::IllegalDataValue, "a step of 0");
    let mut forecast = forecast;
    forecast[4..7].copy_from_slice(&[1_000, 0, 10]);
    assert_eq!(refused(&bus, 0x4300, &forecast).await, Exception::ServerDeviceFailure);
}

#[tokio::test]
async fn another_connection_needs_the_token() {
    let rig = block_rig();
    let (first, second) = (rig.connect(), rig.connect());
    write_registers(&first, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    assert_eq!(refused(&second, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
    assert_eq!(refused(&second, LEASE, &[0, 2, 60]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&second).await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    assert_eq!(block(&first).await.setpoint_result, Some(SetpointResult::Idle), "each sees its own result");
    // The same token is the same owner.
    write_registers(&second, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    write_registers(&second, UNIT, LIMIT, &[0, 9_000]).await.unwrap();
    write_registers(&first, UNIT, LIMIT, &[0, 8_000]).await.unwrap();
    assert_eq!(rig.service.remembered(), 2);
    drop(first);
    assert_eq!(rig.service.remembered(), 1);
    drop(second);
    assert_eq!(rig.service.remembered(), 0);
}

#[tokio::test]
async fn a_tcp_connection_that_ends_takes_its_binding_along() {
    let rig = block_rig();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (token, config) = (CancellationToken::new(), TcpServerConfig::default());
    tokio::spawn(serve(listener, rig.service.clone(), config, token.clone()));
    for round in 0..3u16 {
        let bus = TcpBus::new(&*address, TcpClientConfig::default());
        assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure, "not bound yet");
        write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
        write_registers(&bus, UNIT, LIMIT, &[0, 9_000 + round]).await.unwrap();
        assert_eq!(rig.service.remembered(), 1);
        drop(bus);
        while rig.service.remembered() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    // The lease is the owner's, not the connection's: it stands until it ends.
    assert_eq!(block(&rig.connect()).await.lease_holder, Some(LeaseHolder::Modbus));
    token.cancel();
}

#[tokio::test(start_paused = true)]
async fn a_slow_setpoint_is_acknowledged_and_its_result_follows() {
    let rig = rig(Vec::new(), PmiConfig::default(), Duration::from_secs(3));
    let bus = rig.connect();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::Acknowledge);
    assert_eq!(block(&bus).await.setpoint_result, Some(SetpointResult::Pending));
    assert_eq!(refused(&bus, LIMIT, &[0, 8_000]).await, Exception::ServerDeviceBusy);
    // The lease can be renewed meanwhile; this gateway takes it after the setpoint.
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::Acknowledge);
    sleep(Duration::from_secs(3)).await;
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Applied));
    assert_eq!(image.input_power_limit_applied, Some(Watts(9_000.0)));
    assert_eq!(rig.asked.lock().unwrap().len(), 3, "the busy one was not asked");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_hangs_or_stopped_never_hangs_a_client() {
    let (gateway, feed) = Gateway::channel(Snapshot::empty());
    let service = Arc::new(PmiService::new(gateway, Vec::new(), PmiConfig::default()).unwrap());
    let bus = Direct::new(service);
    // Nobody takes the commands.
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::Acknowledge);
    sleep(Duration::from_secs(31)).await;
    assert_eq!(refused(&bus, LIMIT, &[0, 1]).await, Exception::ServerDeviceFailure);
    drop(feed);
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&bus).await.lease_holder, Some(LeaseHolder::None), "reads go on");
}
