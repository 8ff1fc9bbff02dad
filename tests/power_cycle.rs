//! The power cycle of a PSU over the simulated shelf: the output goes, the others carry the load, the PSU is back. Time is
//! virtual.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::gateway::{
    EventKind, GateError, Gateway, GatewayConfig, Owner, POWER_CYCLE_REST, Setpoint, Severity, ShelfState,
    spawn,
};
use dpo_gateway::shelf::journal::{Journal, MemoryJournal};
use dpo_gateway::sim::{LoadProfile, PsuState, ShelfConfig, SimShelf};
use dpo_registers::units::{Volts, Watts};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const SECOND: Duration = Duration::from_secs(1);
/// Two PSUs are started at the same time by the shelf: 5 s off, 1.0 to 2.5 s to be ready, up to 5.5 s of delay, and two polls.
const LONGEST: Duration = Duration::from_secs(16);

struct Rig {
    shelf: SimShelf,
    gateway: Gateway,
    task: JoinHandle<()>,
    journal: Arc<MemoryJournal>,
    cancel: CancellationToken,
}

impl Rig {
    async fn new(load: f64, seed: u64) -> Self {
        let load = LoadProfile::Constant(Watts(load));
        let shelf = SimShelf::new(ShelfConfig { seed, load, state_of_charge: 1.0, ..ShelfConfig::default() });
        let cancel = CancellationToken::new();
        tokio::spawn(dpo_gateway::sim::run(shelf.clone(), cancel.clone()));
        let journal = Arc::new(MemoryJournal::default());
        let (gateway, task) = start(&shelf, &journal, &cancel);
        let rig = Self { shelf, gateway, task, journal, cancel };
        rig.cycles(3).await;
        rig.gateway.acquire(owner(), 3600 * SECOND).await.unwrap();
        rig
    }

    async fn cycles(&self, count: u64) {
        let mut watch = self.gateway.watch();
        let goal = watch.borrow().counters.polls + count;
        watch.wait_for(|s| s.counters.polls >= goal).await.unwrap();
    }

    /// Watches the shelf until `done`: the highest power of one PSU, the lowest bus voltage, the most the BBUs gave.
    async fn watch<T>(&self, done: impl Future<Output = T>) -> (T, f64, f64, f64) {
        let (mut most, mut bus, mut bbu) = (0.0f64, f64::INFINITY, 0.0f64);
        tokio::pin!(done);
        loop {
            tokio::select! {
                biased;
                ended = &mut done => return (ended, most, bus, bbu),
                () = tokio::time::sleep(Duration::from_millis(20)) => {
                    let truth = self.shelf.truth();
                    most = truth.psus.iter().map(|p| p.output_power.0).fold(most, f64::max);
                    bus = bus.min(truth.bus_voltage.0);
                    bbu = bbu.max(truth.bbu_power.0);
                }
            }
        }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

fn start(
    shelf: &SimShelf,
    journal: &Arc<MemoryJournal>,
    cancel: &CancellationToken,
) -> (Gateway, JoinHandle<()>) {
    let journal: Arc<dyn Journal> = journal.clone();
    let config = GatewayConfig { psu_reset: true, journal, ..GatewayConfig::default() };
    spawn(config, vec![Arbiter::new(Arc::new(MemoryBus::new("memory:sim", shelf.service())))], cancel.clone())
        .unwrap()
}

fn owner() -> Owner {
    Owner::Local { name: "test".into() }
}

#[tokio::test(start_paused = true)]
async fn each_psu_is_cycled_and_the_others_carry_the_load() {
    // Five may carry 13.5 kW; the readings of one poll are of different instants.
    for (load, seed) in [(12_800.0, 1), (12_800.0, 2), (4_000.0, 3), (0.0, 4)] {
        let rig = Rig::new(load, seed).await;
        for psu in 1..=6u8 {
            let cycling = rig.gateway.power_cycle(owner(), psu).await.unwrap();
            let at = usize::from(psu) - 1;
            assert_eq!(rig.shelf.truth().psus[at].state, PsuState::Resting);
            let (took, most, bus, bbu) = rig.watch(cycling.ended()).await;
            let took = took.unwrap();
            assert!((6 * SECOND..LONGEST).contains(&took), "{took:?}");
            assert!(most < 3_000.0, "seed {seed}: one PSU carried {most} W");
            assert!(bus > 50.0 && bbu < 1.0, "seed {seed}: {bus} V, {bbu} W of the BBUs");
            let truth = rig.shelf.truth();
            assert_eq!(truth.psus[at].state, PsuState::On);
            assert!(truth.psus.iter().all(|p| (p.setpoint.0 - 51.0).abs() < 1e-9), "{:?}", truth.psus);
            tokio::time::sleep(POWER_CYCLE_REST + SECOND).await;
        }
        let snapshot = rig.gateway.snapshot();
        assert_eq!((snapshot.state, snapshot.counters.devices_lost), (ShelfState::Normal, 0));
        assert!((snapshot.totals.bus_voltage.unwrap().0 - 51.0).abs() < 0.6, "{:?}", snapshot.totals);
        let told = rig.gateway.events_after(0);
        let back = told.iter().filter(|e| e.kind == EventKind::PowerCycle && e.severity == Severity::Ok);
        assert_eq!(back.count(), 6);
        // What a PSU that is off reports is no state of the grid, and no voltage of the busbar.
        assert!(told.iter().all(|e| e.kind != EventKind::StateChanged), "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_the_others_carry_with_a_margin_is_refused() {
    let rig = Rig::new(13_700.0, 1).await;
    let error = rig.gateway.power_cycle(owner(), 2).await.unwrap_err();
    assert!(matches!(&error, GateError::State { reason } if reason.contains("13500 W")), "{error}");
    assert!(rig.shelf.truth().psus.iter().all(|p| p.state == PsuState::On));
}

#[tokio::test(start_paused = true)]
async fn a_sag_meanwhile_is_ridden_through_and_a_discharge_is_in_the_way() {
    let rig = Rig::new(12_000.0, 5).await;
    let cycling = rig.gateway.power_cycle(owner(), 4).await.unwrap();
    rig.cycles(2).await;
    rig.shelf.set_ac(Volts(0.0));
    tokio::time::sleep(2 * SECOND).await;
    assert!(rig.shelf.truth().bbu_power.0 > 10_000.0, "the BBUs carry the load");
    assert!(rig.gateway.power_cycle(owner(), 5).await.is_err());
    rig.shelf.set_ac(Volts(230.0));
    let ended = cycling.ended().await;
    let truth = rig.shelf.truth();
    assert!(truth.bus_voltage.0 > 47.0, "{truth:?}");
    // All have started anew with it; the one is back like the others.
    ended.unwrap();
    tokio::time::sleep(POWER_CYCLE_REST + 30 * SECOND).await;
    rig.gateway.set(owner(), Setpoint::BbuDischarge(Some(Watts(2_000.0)))).await.unwrap();
    let error = rig.gateway.power_cycle(owner(), 5).await.unwrap_err();
    assert!(matches!(error, GateError::State { .. }), "{error}");
    rig.cycles(10).await;
    let error = rig.gateway.power_cycle(owner(), 5).await.unwrap_err();
    assert!(matches!(error, GateError::State { .. }), "{error}");
    assert!(rig.shelf.truth().psus.iter().all(|p| p.state == PsuState::On));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_killed_meanwhile_has_nothing_to_put_back() {
    let mut rig = Rig::new(12_000.0, 6).await;
    drop(rig.gateway.power_cycle(owner(), 1).await.unwrap());
    rig.task.abort();
    let _ = (&mut rig.task).await;
    assert_eq!(rig.journal.recover().await.unwrap().unfinished.len(), 1);
    let before = rig.journal.entries().len();
    (rig.gateway, rig.task) = start(&rig.shelf, &rig.journal, &rig.cancel);
    rig.cycles(3).await;
    assert_eq!(rig.shelf.truth().psus[0].state, PsuState::Resting, "it is still away");
    let (_, most, bus, bbu) = rig.watch(tokio::time::sleep(30 * SECOND)).await;
    assert!(most < 3_000.0 && bus > 50.0 && bbu < 1.0, "{most} W, {bus} V, {bbu} W");
    assert!(rig.shelf.truth().psus.iter().all(|p| p.state == PsuState::On));
    assert!(rig.journal.recover().await.unwrap().unfinished.is_empty());
    let written = rig.journal.entries().split_off(before);
    assert!(written.iter().all(|e| !format!("{:?}", e.item).starts_with("Intent")), "{written:?}");
    // And setpoints are taken again.
    rig.gateway.acquire(owner(), 60 * SECOND).await.unwrap();
    rig.gateway.set(owner(), Setpoint::InputPowerLimit(Some(Watts(11_000.0)))).await.unwrap();
}
