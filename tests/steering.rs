//! The whole way of a setpoint, over the simulated shelf: lease, droop lines, PSU registers, bus,
//! BBUs, and back. Time is virtual; the shelf is simulated, its tolerances are not known to the gateway.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::bus::{BoxFuture, Bus, BusError};
use dpo_gateway::gateway::{EventKind, Gateway, GatewayConfig, Owner, Setpoint, ShelfState, Snapshot, spawn};
use dpo_gateway::shelf::reading::Presence;
use dpo_gateway::sim::{BbuState, LoadProfile, ShelfConfig, SimShelf, Training};
use dpo_registers::codec::Pdu;
use dpo_registers::codec::rtu::{t3_5_micros, wire_micros};
use dpo_registers::units::{Volts, Watts};
use tokio_util::sync::CancellationToken;

const SECOND: Duration = Duration::from_secs(1);

struct Rig {
    shelf: SimShelf,
    gateway: Gateway,
    cancel: CancellationToken,
}

impl Rig {
    async fn new(config: ShelfConfig) -> Self {
        Self::over(config, |bus| Arc::new(bus)).await
    }

    /// The same over a bus around the devices.
    async fn over(config: ShelfConfig, bus: impl FnOnce(MemoryBus) -> Arc<dyn Bus>) -> Self {
        Self::with(config, GatewayConfig::default(), bus).await
    }

    /// The same with a gateway of another configuration.
    async fn with(
        config: ShelfConfig,
        gateway: GatewayConfig,
        bus: impl FnOnce(MemoryBus) -> Arc<dyn Bus>,
    ) -> Self {
        let shelf = SimShelf::new(config);
        let cancel = CancellationToken::new();
        tokio::spawn(dpo_gateway::sim::run(shelf.clone(), cancel.clone()));
        let line = Arbiter::new(bus(MemoryBus::new("memory:sim", shelf.service())));
        let (gateway, _) = spawn(gateway, vec![line], cancel.clone()).unwrap();
        let rig = Self { shelf, gateway, cancel };
        rig.cycles(3).await;
        rig
    }

    async fn cycles(&self, count: u64) -> Arc<Snapshot> {
        let mut watch = self.gateway.watch();
        let goal = watch.borrow().counters.polls + count;
        let snapshot = watch.wait_for(|s| s.counters.polls >= goal).await.unwrap();
        Arc::clone(&snapshot)
    }

    /// Means of the true AC and BBU power over a while, and the lowest and highest bus voltage.
    async fn mean(&self, time: Duration) -> (f64, f64, (f64, f64)) {
        const STEP: Duration = Duration::from_millis(50);
        let count = (time.as_millis() / STEP.as_millis()) as u32;
        let (mut ac, mut bbu, mut bus) = (0.0, 0.0, (f64::INFINITY, 0.0f64));
        for _ in 0..count {
            tokio::time::sleep(STEP).await;
            let truth = self.shelf.truth();
            ac += truth.ac_power.0;
            bbu += truth.bbu_power.0;
            bus = (bus.0.min(truth.bus_voltage.0), bus.1.max(truth.bus_voltage.0));
        }
        (ac / f64::from(count), bbu / f64::from(count), bus)
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

fn shelf(load: f64, seed: u64) -> ShelfConfig {
    ShelfConfig {
        seed,
        load: LoadProfile::Constant(Watts(load)),
        state_of_charge: 0.9,
        ..ShelfConfig::default()
    }
}

#[tokio::test(start_paused = true)]
async fn an_input_limit_holds_as_a_mean_and_goes_when_the_lease_expires() {
    for seed in [1, 2, 3] {
        let rig = Rig::new(shelf(14_000.0, seed)).await;
        let (before, _, _) = rig.mean(5 * SECOND).await;
        assert!(before > 14_000.0, "{before}");

        rig.gateway.acquire(owner(), 60 * SECOND).await.unwrap();
        let set = Setpoint::InputPowerLimit(Some(Watts(10_000.0)));
        let applied = rig.gateway.set(owner(), set).await.unwrap();
        assert_eq!(applied.setpoint.applied, Some(Watts(10_000.0)));
        rig.cycles(12).await;
        let (ac, bbu, bus) = rig.mean(20 * SECOND).await;
        assert!((ac - 10_000.0).abs() < 300.0, "seed {seed}: {ac} W over the AC input");
        assert!(bbu > 3500.0, "seed {seed}: {bbu} W from the BBUs");
        assert!(bus.0 > 46.0 && bus.1 < 52.0, "{bus:?}");
        let snapshot = rig.gateway.snapshot();
        assert_eq!(snapshot.state, ShelfState::Supporting);
        let seen = snapshot.totals.input_power.unwrap().0;
        assert!((seen - 10_000.0).abs() < 300.0, "{seen}");
        let battery = snapshot.totals.battery_power.unwrap().0;
        assert!((battery / bbu - 1.0).abs() < 0.05, "{battery} reported, {bbu} true");
        tokio::time::sleep(30 * SECOND).await;
        let (ac, bbu, _) = rig.mean(5 * SECOND).await;
        assert!(ac > 14_000.0 && bbu < 1.0, "seed {seed}: {ac} {bbu}");
        for psu in rig.shelf.truth().psus {
            assert!((psu.setpoint.0 - 51.0).abs() < 1e-9, "{psu:?}");
        }
        let snapshot = rig.gateway.snapshot();
        assert_eq!((snapshot.state, snapshot.lease.expiries), (ShelfState::FailSafe, 1));
        assert_eq!(snapshot.input_power_limit.applied, None);
    }
}

#[tokio::test(start_paused = true)]
async fn quick_polls_and_an_owner_that_writes_often_do_not_wear_out_the_right_to_write() {
    // A device lets its setpoint be written twice a second for long. The gateway sees the load ten times a second, and it swings.
    let training = LoadProfile::Training(Training { checkpoint_every: 0, ..Training::default() });
    let config = ShelfConfig { load: training, ..shelf(0.0, 1) };
    let gateway = GatewayConfig { poll_interval: Duration::from_millis(100), ..GatewayConfig::default() };
    let rig = Rig::with(config, gateway, |bus| Arc::new(bus)).await;
    rig.gateway.acquire(owner(), 3600 * SECOND).await.unwrap();
    rig.gateway.set(owner(), Setpoint::InputPowerLimit(Some(Watts(9_000.0)))).await.unwrap();
    tokio::time::sleep(60 * SECOND).await;
    let snapshot = rig.gateway.snapshot();
    assert_eq!(snapshot.counters.fail_safes, 0, "the gateway's own trims ended its support");
    assert_eq!(snapshot.input_power_limit.requested, Some(Watts(9_000.0)));
    // Less than once in 0.5 s, for each setpoint lowers the bus, and the BBUs' longest discharge is not reached.
    for round in 0..60 {
        let asked = Watts(3_000.0 + 1_500.0 * f64::from(round % 3));
        let set = Setpoint::BbuDischarge(Some(asked));
        rig.gateway.set(owner(), set).await.unwrap_or_else(|refused| panic!("write {round}: {refused}"));
        tokio::time::sleep(Duration::from_millis(550)).await;
    }
    assert_eq!(rig.gateway.snapshot().counters.fail_safes, 0);
}

/// A line of 19200 baud: both frames, the silence before each, and 2 ms of the device.
struct SlowLine(MemoryBus, tokio::sync::Mutex<()>);

impl Bus for SlowLine {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let _turn = self.1.lock().await;
            let sent = request.as_slice().len();
            let answer = self.0.transact(unit, request).await;
            let got = answer.as_ref().map_or(0, |pdu| pdu.as_slice().len());
            tokio::time::sleep(self.wire_time(sent, got) + Duration::from_millis(2)).await;
            answer
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        let frames = wire_micros(request + answer + 6, 19_200);
        Duration::from_micros(frames + 2 * u64::from(t3_5_micros(19_200)))
    }

    fn name(&self) -> &str {
        self.0.name()
    }
}

#[tokio::test(start_paused = true)]
async fn no_psu_is_overloaded_while_setpoints_move_over_a_slow_line() {
    for load in [9_000.0, 12_000.0, 15_000.0] {
        let rig = Rig::over(shelf(load, 1), |bus| Arc::new(SlowLine(bus, tokio::sync::Mutex::new(())))).await;
        rig.cycles(4).await;
        let watched = rig.shelf.clone();
        // Longest time in which one PSU carried more than its over-current limit, and whether one went off.
        let watch = tokio::spawn(async move {
            const STEP: Duration = Duration::from_millis(5);
            let (mut over, mut longest, mut off, mut lowest) = ([0u32; 6], 0, false, f64::INFINITY);
            for _ in 0..18_000 {
                tokio::time::sleep(STEP).await;
                let truth = watched.truth();
                for (psu, over) in truth.psus.iter().zip(&mut over) {
                    *over = if psu.output_power.0 > 3600.0 { *over + 1 } else { 0 };
                    longest = longest.max(*over);
                    off |= psu.line.0 < 40.0;
                }
                lowest = truth.bus_voltage.0.min(lowest);
            }
            (longest * 5, off, lowest)
        });
        rig.gateway.acquire(owner(), 30 * SECOND).await.unwrap();
        let set = Setpoint::InputPowerLimit(Some(Watts(load - 5000.0)));
        rig.gateway.set(owner(), set).await.unwrap();
        rig.cycles(10).await;
        let (ac, _, _) = rig.mean(10 * SECOND).await;
        assert!((ac - (load - 5000.0)).abs() < 400.0, "{load} W: {ac} W over the AC input");
        // Over the end of the lease: the way back is as long.
        let (over_ms, off, lowest) = watch.await.unwrap();
        assert!(!off && over_ms < 50, "{load} W: a PSU was overloaded for {over_ms} ms, or off: {off}");
        assert!(lowest > 46.0, "{load} W: {lowest} V");
        assert!(rig.shelf.truth().psus.iter().all(|p| p.setpoint == Volts(51.0)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_discharge_request_holds_as_a_mean() {
    let rig = Rig::new(shelf(12_000.0, 7)).await;
    rig.gateway.acquire(owner(), 600 * SECOND).await.unwrap();
    rig.gateway.set(owner(), Setpoint::BbuDischarge(Some(Watts(5000.0)))).await.unwrap();
    rig.cycles(12).await;
    let (_, bbu, _) = rig.mean(20 * SECOND).await;
    assert!((bbu - 5000.0).abs() < 150.0, "{bbu}");
    rig.gateway.set(owner(), Setpoint::BbuDischarge(None)).await.unwrap();
    tokio::time::sleep(2 * SECOND).await;
    let (_, bbu, _) = rig.mean(5 * SECOND).await;
    assert!(bbu < 1.0, "{bbu}");
}

#[tokio::test(start_paused = true)]
async fn a_limit_holds_as_a_mean_under_a_swinging_load() {
    let load = LoadProfile::Training(Training::default());
    let rig = Rig::new(ShelfConfig { load, ..shelf(0.0, 1) }).await;
    let (before, _, _) = rig.mean(40 * SECOND).await;
    rig.gateway.acquire(owner(), 3600 * SECOND).await.unwrap();
    let limit = before * 0.85;
    let set = Setpoint::InputPowerLimit(Some(Watts(limit)));
    rig.gateway.set(owner(), set).await.unwrap();
    rig.cycles(15).await;
    let (ac, _, bus) = rig.mean(60 * SECOND).await;
    // The BBUs take part of each peak and cannot give it back in the trough: the mean lies below.
    assert!(ac < limit * 1.03 && ac > limit * 0.85, "{ac} of {limit}");
    assert!(bus.0 > 46.0 && bus.1 < 52.0, "{bus:?}");
}

#[tokio::test(start_paused = true)]
async fn a_psu_pulled_out_while_steering_costs_the_limit_nothing() {
    let rig = Rig::new(shelf(12_000.0, 1)).await;
    rig.gateway.acquire(owner(), 600 * SECOND).await.unwrap();
    let set = Setpoint::InputPowerLimit(Some(Watts(9000.0)));
    rig.gateway.set(owner(), set).await.unwrap();
    rig.cycles(10).await;
    rig.shelf.remove(203);
    let snapshot = rig.cycles(2).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Unavailable);
    rig.cycles(12).await;
    let (ac, _, bus) = rig.mean(20 * SECOND).await;
    assert!((ac - 9000.0).abs() < 270.0, "{ac}");
    assert!(bus.0 > 46.0, "{bus:?}");
    rig.shelf.insert(203);
    let snapshot = rig.cycles(30).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Present);
    let (ac, _, _) = rig.mean(20 * SECOND).await;
    assert!((ac - 9000.0).abs() < 270.0, "{ac}");
    let lost = rig.gateway.events_after(0).iter().filter(|e| e.kind == EventKind::DeviceLost).count();
    assert_eq!(lost, 1);
    // The PSU that came back with its default setpoint follows the others.
    let setpoints = rig.shelf.truth().psus.map(|p| p.setpoint.0);
    assert!(setpoints.iter().all(|v| (v - setpoints[0]).abs() < 0.02), "{setpoints:?}");
}

#[tokio::test(start_paused = true)]
async fn a_sag_is_seen_and_recharging_is_named() {
    let rig = Rig::new(shelf(9000.0, 1)).await;
    rig.shelf.set_ac(Volts(0.0));
    let snapshot = rig.cycles(3).await;
    assert_eq!(snapshot.state, ShelfState::SagDetected);
    assert_eq!(snapshot.counters.sags, 1);
    tokio::time::sleep(20 * SECOND).await;
    rig.shelf.set_ac(Volts(277.0));
    let mut watch = rig.gateway.watch();
    let recharging = watch.wait_for(|s| s.state == ShelfState::Recharging);
    let snapshot = tokio::time::timeout(120 * SECOND, recharging).await.unwrap().unwrap().clone();
    assert!(snapshot.totals.battery_power.unwrap().0 < -50.0);
    assert_eq!(snapshot.energy.time_left, None);
}

#[tokio::test(start_paused = true)]
async fn support_ends_at_the_reserve_and_the_packs_charge_again() {
    let rig = Rig::new(ShelfConfig { state_of_charge: 0.22, ..shelf(14_000.0, 1) }).await;
    rig.gateway.acquire(owner(), 3600 * SECOND).await.unwrap();
    let set = Setpoint::InputPowerLimit(Some(Watts(10_000.0)));
    rig.gateway.set(owner(), set).await.unwrap();
    let mut watch = rig.gateway.watch();
    let ended = watch.wait_for(|s| s.state == ShelfState::FailSafe);
    let snapshot = tokio::time::timeout(300 * SECOND, ended).await.unwrap().unwrap().clone();
    assert_eq!(snapshot.input_power_limit.requested, None);
    assert_eq!(snapshot.lease.owner, Some(owner()));
    let (ac, bbu, _) = rig.mean(5 * SECOND).await;
    assert!(ac > 14_000.0 && bbu < 1.0, "{ac} {bbu}");
    let charge = rig.shelf.truth().bbus.map(|b| b.state_of_charge);
    assert!(charge.iter().all(|c| (0.17..0.21).contains(c)), "{charge:?}");
    let refused = rig.gateway.set(owner(), set).await.unwrap_err().to_string();
    assert!(refused.contains("reserve"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn the_longest_discharge_of_the_modules_ends_the_support_and_says_so() {
    let rig = Rig::new(shelf(14_000.0, 1)).await;
    rig.gateway.acquire(owner(), 3600 * SECOND).await.unwrap();
    let set = Setpoint::InputPowerLimit(Some(Watts(10_000.0)));
    rig.gateway.set(owner(), set).await.unwrap();
    let mut watch = rig.gateway.watch();
    let ended = watch.wait_for(|s| s.state == ShelfState::FailSafe);
    let waited = tokio::time::Instant::now();
    // The time left is that of the modules: their energy would last for much longer.
    tokio::time::sleep(100 * SECOND).await;
    let left = rig.gateway.snapshot().energy.time_left.unwrap().0;
    assert!((135.0..=142.0).contains(&left), "{left}");
    tokio::time::timeout(300 * SECOND, ended).await.unwrap().unwrap();
    let lasted = waited.elapsed().as_secs_f64();
    assert!((236.0..239.5).contains(&lasted), "{lasted}");
    let truth = rig.shelf.truth();
    assert!(truth.psus.iter().all(|p| p.setpoint == Volts(51.0)));
    assert!(truth.bbus.iter().all(|b| b.state != BbuState::Spent), "the gateway was first");
    let events = rig.gateway.events_after(0);
    assert!(events.iter().any(|e| e.message.contains("maximum_discharge_time")));
}
