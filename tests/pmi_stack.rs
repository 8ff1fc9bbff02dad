//! A rack manager on the serial line, and everything beneath it: PMI, gateway, simulated shelf.
//!
//! In virtual time: the line is a pipe, the shelf steps with tokio's paused clock.
#![cfg(feature = "sim")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::{Arbiter, Priority};
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::bus::rtu::{self, RtuBus, RtuClientConfig, RtuServerConfig};
use dpo_gateway::bus::{BusError, TransactError, read_holding, write_registers};
use dpo_gateway::gateway::{self, GatewayConfig};
use dpo_gateway::pmi::{PmiConfig, PmiService, Route};
use dpo_gateway::registers::codec::Exception;
use dpo_gateway::registers::generated::dpo_pmi::{
    Event1Kind, Image, LeaseHolder, SetpointResult, StateCause,
};
use dpo_gateway::registers::generated::{dpo_pmi, orv3_bbu, orv3_psu};
use dpo_gateway::registers::map::MapInfo;
use dpo_gateway::registers::register::Words;
use dpo_gateway::registers::units::{Volts, Watts};
use dpo_gateway::sim::{self, ShelfConfig, SimShelf};
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

const UNIT: u8 = 7;
const LEASE: u16 = 0x4040;
const DISCHARGE: u16 = 0x4058;
const SHADOW: u16 = 0x4180;
const COMMIT: u16 = 0x41B0;

struct Rack {
    manager: RtuBus,
    shelf: SimShelf,
    _stop: DropGuard,
}

/// A shelf that has been polled for a while.
async fn rack() -> Rack {
    let token = CancellationToken::new();
    let shelf = SimShelf::new(ShelfConfig::default());
    tokio::spawn(sim::run(shelf.clone(), token.clone()));
    let line = Arbiter::from(Arc::new(MemoryBus::new("memory:shelf", shelf.service())));
    let north = line.port(Priority::PassThrough);
    let (gateway, _) = gateway::spawn(GatewayConfig::default(), vec![line], token.clone()).unwrap();
    let routes = vec![Route::new(200..=205, Arc::clone(&north)), Route::new(64..=69, north)];
    let pmi = PmiService::new(gateway, routes, PmiConfig::default()).unwrap();
    let (line, port) = tokio::io::duplex(1024);
    let config = RtuServerConfig::for_line("north", rtu::LineTiming::default());
    tokio::spawn(rtu::serve(port, Arc::new(pmi), config, token.clone()));
    // A manager that waits long enough for a write to be confirmed.
    let patient = RtuClientConfig { response_timeout: Duration::from_secs(3), ..Default::default() };
    let manager = RtuBus::new("rtu:manager", line, patient);
    sleep(Duration::from_secs(15)).await;
    Rack { manager, shelf, _stop: token.drop_guard() }
}

struct Read(Vec<(u16, u16)>);

impl Words for Read {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.iter().find(|(at, _)| *at == address).map(|(_, word)| *word)
    }
}

impl Rack {
    async fn read_all(&self, unit: u8, map: &MapInfo) -> Read {
        let mut words = Vec::new();
        for register in map.registers {
            let read = read_holding(&self.manager, unit, register.address, register.words).await.unwrap();
            words.extend((register.address..).zip(read));
        }
        Read(words)
    }

    async fn block(&self) -> Image {
        Image::read(&self.read_all(UNIT, &dpo_pmi::MAP).await)
    }

    /// Writes to the block; exception 05 is followed by waiting for the result.
    async fn write(&self, address: u16, words: &[u16]) -> Result<(), Exception> {
        match write_registers(&self.manager, UNIT, address, words).await {
            Err(TransactError::Refused { exception: Exception::Acknowledge, .. }) => {
                while self.block().await.setpoint_result == Some(SetpointResult::Pending) {
                    sleep(Duration::from_millis(100)).await;
                }
                Ok(())
            }
            Err(TransactError::Refused { exception, .. }) => Err(exception),
            other => {
                other.unwrap();
                Ok(())
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_block_and_the_devices_tell_the_same() {
    let rack = rack().await;
    let block = rack.block().await;
    assert_eq!((block.psus_present, block.bbus_present), (Some(6), Some(6)));
    assert_eq!(block.rated_power, Some(Watts(18_000.0)));
    let mut sum = 0.0;
    for unit in 200..=205 {
        let psu = orv3_psu::Image::read(&rack.read_all(unit, &orv3_psu::MAP).await);
        sum += psu.input_power.unwrap().0;
    }
    let (truth, shown) = (rack.shelf.truth(), block.input_power.unwrap().0);
    assert!((shown - sum).abs() < 60.0, "block {shown}, sum of the devices {sum}");
    assert!((shown - truth.ac_power.0).abs() < 0.02 * truth.ac_power.0, "block {shown}, true {truth:?}");
    assert!((block.bus_voltage.unwrap().0 - truth.bus_voltage.0).abs() < 0.2);
    let bbu = orv3_bbu::Image::read(&rack.read_all(64, &orv3_bbu::MAP).await);
    assert!(bbu.relative_state_of_charge.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_discharge_asked_for_over_modbus_moves_the_power() {
    let rack = rack().await;
    assert_eq!(rack.write(DISCHARGE, &[0, 3_000]).await, Err(Exception::ServerDeviceFailure));
    rack.write(LEASE, &[0xC0DE, 1, 300]).await.unwrap();
    rack.write(DISCHARGE, &[0, 3_000]).await.unwrap();
    assert_eq!(rack.block().await.setpoint_result, Some(SetpointResult::Applied));
    sleep(Duration::from_secs(20)).await;
    let (block, truth) = (rack.block().await, rack.shelf.truth());
    assert_eq!(block.bbu_discharge, Some(Watts(3_000.0)));
    assert_eq!(block.lease_holder, Some(LeaseHolder::Modbus));
    assert!((truth.bbu_power.0 - 3_000.0).abs() < 300.0, "true {}", truth.bbu_power);
    assert!((block.battery_power.unwrap().0 - truth.bbu_power.0).abs() < 300.0);
    let lowered = rack.read_setpoint().await;
    assert!(lowered < 50.0, "{lowered} V");

    // Given back: the fail-safe value returns.
    rack.write(LEASE, &[0xC0DE, 1, 0]).await.unwrap();
    sleep(Duration::from_secs(10)).await;
    let (block, truth) = (rack.block().await, rack.shelf.truth());
    assert_eq!((block.lease_holder, block.bbu_discharge), (Some(LeaseHolder::None), None));
    assert!(truth.bbu_power.0 <= 0.0, "true {}", truth.bbu_power);
    assert!((rack.read_setpoint().await - 51.0).abs() < 0.01);
}

impl Rack {
    /// The output voltage setpoint that PSU 1 holds, in volts.
    async fn read_setpoint(&self) -> f64 {
        let psu = orv3_psu::Image::read(&self.read_all(200, &orv3_psu::MAP).await);
        let Volts(volts) = psu.vout_setpoint_h.unwrap();
        volts
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_over_modbus_moves_the_power_as_one() {
    let rack = rack().await;
    rack.write(LEASE, &[0xC0DE, 1, 300]).await.unwrap();
    rack.write(SHADOW, &[0xFFFF, 0xFFFF, 0, 3_000]).await.unwrap();
    sleep(Duration::from_secs(10)).await;
    let (block, truth) = (rack.block().await, rack.shelf.truth());
    assert!(truth.bbu_power.0 <= 0.0, "a shadow moves nothing, yet {}", truth.bbu_power);
    assert_eq!((block.shadow_bbu_discharge, block.bbu_discharge), (Some(Watts(3_000.0)), None));
    // What the packs can give now: their rating, for a while.
    assert_eq!(block.deliverable_power, Some(Watts(18_000.0)));
    assert!(block.deliverable_time.unwrap().0 > 60.0, "{:?}", block.deliverable_time);
    assert_eq!(rack.write(COMMIT, &[2]).await, Err(Exception::ServerDeviceFailure));
    rack.write(COMMIT, &[1]).await.unwrap();
    sleep(Duration::from_secs(20)).await;
    let (block, truth) = (rack.block().await, rack.shelf.truth());
    assert!((truth.bbu_power.0 - 3_000.0).abs() < 300.0, "true {}", truth.bbu_power);
    assert_eq!((block.setpoint_sequence, block.bbu_discharge), (Some(1), Some(Watts(3_000.0))));
    assert_eq!(block.state_cause, Some(StateCause::Setpoint));
    assert!(block.state_elapsed.unwrap().0 >= 15.0);
    // The log tells of it, newest first: the state, the setpoint, the lease.
    let kinds = [block.event_1_kind.map(Event1Kind::raw), block.event_2_kind.map(|k| k.raw())];
    assert!(kinds.contains(&Some(Event1Kind::SetpointApplied.raw())), "{kinds:?}");
    assert_eq!(block.event_newest, block.events);
}

#[tokio::test(start_paused = true)]
async fn a_pulled_device_is_silent_and_missing_in_the_block() {
    let rack = rack().await;
    assert!(rack.shelf.remove(203));
    let lost = read_holding(&rack.manager, 203, 0, 1).await;
    assert!(matches!(lost, Err(TransactError::Bus(BusError::Timeout { unit: 203, .. }))));
    sleep(Duration::from_secs(5)).await;
    let block = rack.block().await;
    assert_eq!((block.psu_slots, block.psus_present, block.devices_lost), (Some(6), Some(5), Some(1)));
    read_holding(&rack.manager, 202, 0, 1).await.unwrap();
    assert!(rack.shelf.insert(203));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(rack.block().await.psus_present, Some(6));
    read_holding(&rack.manager, 203, 0, 1).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_not_renewed_ends() {
    let rack = rack().await;
    rack.write(LEASE, &[0, 9, 10]).await.unwrap();
    rack.write(DISCHARGE, &[0, 3_000]).await.unwrap();
    sleep(Duration::from_secs(30)).await;
    let block = rack.block().await;
    assert_eq!((block.lease_holder, block.lease_expiries), (Some(LeaseHolder::None), Some(1)));
    assert_eq!(rack.write(DISCHARGE, &[0, 3_000]).await, Err(Exception::ServerDeviceFailure));
    assert_eq!(rack.block().await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    assert!(rack.shelf.truth().bbu_power.0 <= 0.0);
}
