//! A gateway whose PSUs speak PMBus and whose BBUs speak Modbus, around one simulated shelf.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::bus::smbus::memory::MemoryController;
use dpo_gateway::bus::smbus::{Controller, Fault, Message, Wire};
use dpo_gateway::gateway::{
    BusLine, EventKind, Gateway, GatewayConfig, Owner, Setpoint, ShelfState, SlotKind, SlotRange, Snapshot,
    spawn,
};
use dpo_gateway::shelf::journal::{Item, MemoryJournal, Outcome};
use dpo_gateway::shelf::pmbus::line::PmbusLine;
use dpo_gateway::shelf::reading::Presence;
use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};
use dpo_registers::codec::pmbus::Address;
use dpo_registers::units::{Volts, Watts};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::rig::{PSU, device};

const SECOND: Duration = Duration::from_secs(1);

/// A wire on which one supply refuses the data of VOUT_COMMAND: reads of it go through.
struct Refusing<W> {
    inner: W,
    /// Its address; 0 for none.
    address: Arc<AtomicU8>,
    /// The bytes of the message so far, the address byte first.
    message: Vec<u8>,
}

impl<W: Wire> Wire for Refusing<W> {
    fn start(&mut self, address_byte: u8) -> Result<bool, Fault> {
        self.message = vec![address_byte];
        self.inner.start(address_byte)
    }

    fn write(&mut self, byte: u8) -> Result<bool, Fault> {
        self.message.push(byte);
        let target = self.address.load(Ordering::Relaxed) << 1;
        match self.message.as_slice() {
            [address, 0x21, _, ..] if target != 0 && *address == target => Ok(false),
            _ => self.inner.write(byte),
        }
    }

    fn read(&mut self, more: bool) -> Result<u8, Fault> {
        self.inner.read(more)
    }

    fn stop(&mut self) {
        self.inner.stop();
    }

    fn alert(&mut self) -> bool {
        self.inner.alert()
    }
}

struct Rig {
    shelf: SimShelf,
    pmbus: Arc<dyn Controller>,
    refusing: Arc<AtomicU8>,
    journal: Arc<MemoryJournal>,
    gateway: Gateway,
    ended: JoinHandle<()>,
    cancel: CancellationToken,
}

impl Rig {
    async fn new() -> Self {
        let shelf = SimShelf::new(ShelfConfig {
            seed: 1,
            load: LoadProfile::Constant(Watts(14_000.0)),
            state_of_charge: 0.9,
            ..ShelfConfig::default()
        });
        tokio::spawn(dpo_gateway::sim::run(shelf.clone(), CancellationToken::new()));
        Self::around(shelf).await
    }

    async fn around(shelf: SimShelf) -> Self {
        let refusing = Arc::new(AtomicU8::new(0));
        let wire = Refusing { inner: shelf.smbus(), address: Arc::clone(&refusing), message: Vec::new() };
        let pmbus: Arc<dyn Controller> = Arc::new(MemoryController::new("memory:pmbus", wire));
        let journal = Arc::new(MemoryJournal::default());
        let slots = [(SlotKind::Psu, 0, 0x58), (SlotKind::Bbu, 1, 64)];
        let slots =
            slots.map(|(kind, bus, first_unit)| SlotRange { kind, bus, first_unit, first_slot: 1, count: 6 });
        let config = GatewayConfig {
            slots: slots.to_vec(),
            journal: Arc::clone(&journal) as Arc<_>,
            time_sync: true,
            ..GatewayConfig::default()
        };
        let modbus = Arbiter::from(Arc::new(MemoryBus::new("memory:bbus", shelf.service())));
        let lines = vec![BusLine::from(PmbusLine::new(Arc::clone(&pmbus))), BusLine::from(modbus)];
        let cancel = CancellationToken::new();
        let (gateway, ended) = spawn(config, lines, cancel.clone()).unwrap();
        let rig = Self { shelf, pmbus, refusing, journal, gateway, ended, cancel };
        rig.cycles(3).await;
        rig
    }

    async fn cycles(&self, count: u64) -> Arc<Snapshot> {
        let mut watch = self.gateway.watch();
        let goal = watch.borrow().counters.polls + count;
        let snapshot = watch.wait_for(|s| s.counters.polls >= goal).await.unwrap();
        Arc::clone(&snapshot)
    }

    async fn limit(&self, watts: f64) -> Result<(), String> {
        let set = Setpoint::InputPowerLimit(Some(Watts(watts)));
        self.gateway.set(owner(), set).await.map(|_| ()).map_err(|e| e.to_string())
    }

    async fn lease(&self, seconds: u32) {
        self.gateway.acquire(owner(), seconds * SECOND).await.unwrap();
    }

    /// What each supply holds, asked past the gateway.
    async fn held(&self) -> Vec<u16> {
        let mut held = Vec::new();
        for address in 0x58..=0x5D {
            let psu = device(&self.pmbus, Address::new(address).unwrap());
            let info = psu.command("vout_command").unwrap();
            let data = psu.read_bytes(info, &[]).await.unwrap();
            held.push(u16::from_le_bytes(data.as_slice().try_into().unwrap()));
        }
        held
    }

    /// Everything that was written to a supply, as (command, outcome).
    fn written(&self) -> Vec<(String, Outcome)> {
        let entries = self.journal.entries().into_iter().filter_map(|entry| match entry.item {
            Item::Outcome { write, outcome, .. } if write.map == "pmbus-psu" => {
                Some((write.register.into_owned(), outcome))
            }
            _ => None,
        });
        entries.collect()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

fn owner() -> Owner {
    Owner::Local { name: "test".into() }
}

/// 51 V with the exponent -9.
const NOMINAL: u16 = 0x6600;

#[tokio::test(start_paused = true)]
async fn supplies_on_pmbus_are_shown_as_those_on_modbus_are() {
    let rig = Rig::new().await;
    let snapshot = rig.cycles(6).await;
    for (psu, truth) in snapshot.psus.iter().zip(rig.shelf.truth().psus) {
        assert_eq!((psu.presence, psu.map), (Presence::Present, "pmbus-psu"));
        assert_eq!(psu.unit, 0x57 + psu.slot);
        let reading = &psu.reading;
        assert!((reading.input_voltage.unwrap().0 - 277.0).abs() < 1.0, "{reading:?}");
        assert_eq!(reading.output_voltage_setpoint, Some(truth.setpoint));
        assert_eq!(reading.identity.manufacturer.as_deref(), Some("DPO-SIM"));
        assert!(reading.inlet_temperature.is_some() && reading.alarms.is_empty(), "{reading:?}");
        assert!((0.5..=1.0).contains(&reading.power_factor.unwrap().0), "{reading:?}");
    }
    let (seen, truth) = (snapshot.totals, rig.shelf.truth());
    assert!((seen.input_power.unwrap().0 / truth.ac_power.0 - 1.0).abs() < 0.03, "{seen:?} {truth:?}");
    assert_eq!(snapshot.counters.bus_errors, 0);
    assert_eq!(snapshot.lines[0].name, "memory:pmbus");
    // Looking at everything was a fault to none of them, and nothing was written.
    for address in 0x58..=0x5D {
        let psu = device(&rig.pmbus, Address::new(address).unwrap());
        assert!(psu.status(true).await.unwrap().clear(), "{address:#X}");
    }
    assert!(rig.written().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_limit_holds_over_pmbus_and_goes_when_the_lease_expires() {
    let rig = Rig::new().await;
    assert!(rig.limit(10_000.0).await.is_err(), "without a lease");
    assert_eq!(rig.held().await, [NOMINAL; 6]);
    rig.lease(60).await;
    rig.limit(10_000.0).await.unwrap();
    assert!(rig.held().await.iter().all(|word| *word < NOMINAL));
    rig.cycles(12).await;
    let (mut ac, mut bbu) = (0.0, 0.0);
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let truth = rig.shelf.truth();
        (ac, bbu) = (ac + truth.ac_power.0 / 200.0, bbu + truth.bbu_power.0 / 200.0);
        assert!((46.0..52.0).contains(&truth.bus_voltage.0), "{truth:?}");
    }
    assert!((ac - 10_000.0).abs() < 300.0, "{ac} W over the AC input");
    assert!(bbu > 3500.0, "{bbu} W from the BBUs");
    let snapshot = rig.gateway.snapshot();
    assert_eq!(snapshot.state, ShelfState::Supporting);
    tokio::time::sleep(40 * SECOND).await;
    assert_eq!(rig.held().await, [NOMINAL; 6], "the fail-safe value is back");
    assert_eq!(rig.gateway.snapshot().state, ShelfState::FailSafe);
    // Each write was of the setpoint, on record, and confirmed.
    let written = rig.written();
    assert!(written.len() >= 12, "{}", written.len());
    assert!(written.iter().all(|(command, end)| command == "vout_command" && *end == Outcome::Confirmed));
}

#[tokio::test(start_paused = true)]
async fn a_protected_supply_refuses_for_the_whole_shelf() {
    let rig = Rig::new().await;
    let protect = |address: u8, level: u8| {
        let to = Address::new(address).unwrap();
        rig.pmbus.transfer(vec![Message::Write { to, bytes: vec![0x10, level] }])
    };
    protect(0x5B, 0x40).await.unwrap();
    rig.lease(60).await;
    let refused = rig.limit(10_000.0).await.unwrap_err();
    assert!(refused.contains("psu 4") && refused.contains("WRITE_PROTECT holds 40h"), "{refused}");
    assert_eq!(rig.held().await, [NOMINAL; 6], "no other supply was touched");
    assert!(rig.written().is_empty());
    protect(0x5B, 0x00).await.unwrap();
    rig.limit(10_000.0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_write_that_a_supply_does_not_take_brings_the_others_back() {
    let rig = Rig::new().await;
    rig.lease(60).await;
    for (refusing, reason) in [(0x5D, "psu 6"), (0x58, "psu 1")] {
        rig.refusing.store(refusing, Ordering::Relaxed);
        let refused = rig.limit(10_000.0).await.unwrap_err();
        assert!(refused.contains(reason) && refused.contains("refused a byte"), "{refused}");
        rig.refusing.store(0, Ordering::Relaxed);
        assert_eq!(rig.held().await, [NOMINAL; 6]);
    }
    // Five went a first small step and came back, for the last one; for the first one none had gone. Six setpoints came
    // to nothing each time.
    let ends = rig.written().into_iter().map(|(_, end)| end);
    let (confirmed, failed): (Vec<_>, Vec<_>) = ends.partition(|end| *end == Outcome::Confirmed);
    assert_eq!((confirmed.len(), failed.len()), (5, 12));
    rig.limit(10_000.0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_supply_that_is_pulled_is_lost_and_taken_in_again() {
    let rig = Rig::new().await;
    assert!(rig.shelf.remove(202));
    let mut watch = rig.gateway.watch();
    let lost = |s: &Arc<Snapshot>| s.psus[2].presence == Presence::Unavailable;
    watch.wait_for(lost).await.unwrap();
    assert_eq!(rig.gateway.snapshot().counters.devices_lost, 1);
    assert!(rig.shelf.insert(202));
    let back = |s: &Arc<Snapshot>| s.psus[2].presence == Presence::Present;
    watch.wait_for(back).await.unwrap();
    let events = rig.gateway.events_after(0);
    let of = |kind| events.iter().filter(|e| e.kind == kind && e.subject == "psu 3").count();
    assert_eq!((of(EventKind::DeviceLost), of(EventKind::DeviceReturned)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_sag_shows_as_alarms_and_a_stopped_gateway_leaves_nothing_behind() {
    let rig = Rig::new().await;
    rig.shelf.set_ac(Volts(115.0));
    let mut watch = rig.gateway.watch();
    let raised = |s: &Arc<Snapshot>| s.psus[0].reading.alarms.iter().any(|a| a.bit == "vin_uv_fault");
    watch.wait_for(raised).await.unwrap();
    assert!(rig.gateway.events_after(0).iter().any(|e| e.kind == EventKind::AlarmRaised));
    rig.shelf.set_ac(Volts(277.0));
    rig.cycles(40).await;
    rig.lease(600).await;
    rig.limit(10_000.0).await.unwrap();
    assert!(rig.held().await.iter().all(|word| *word < NOMINAL));
    rig.cancel.cancel();
    let Rig { ended, .. } = &rig;
    while !ended.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(rig.held().await, [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_from_before_is_found_and_brought_back_after_its_grace() {
    let rig = Rig::new().await;
    rig.cancel.cancel();
    while !rig.ended.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // As a gateway that was killed leaves it.
    let bus: Arc<dyn Controller> = Arc::new(MemoryController::new("memory:other", rig.shelf.smbus()));
    bus.transfer(vec![Message::Write { to: PSU, bytes: vec![0x21, 0x00, 0x61] }]).await.unwrap();
    let next = Rig::around(rig.shelf.clone()).await;
    assert_eq!(next.held().await[0], 0x6100, "a restart changes no output");
    let found = next.gateway.events_after(0).iter().filter(|e| e.kind == EventKind::SetpointFound).count();
    assert_eq!(found, 1);
    tokio::time::sleep(65 * SECOND).await;
    assert_eq!(next.held().await, [NOMINAL; 6]);
}
