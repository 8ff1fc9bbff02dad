//! The gateway over devices that answer from memory and misbehave on request. They have no physics:
//! what steering does to a shelf is tested in `tests/steering.rs`.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::units::{Volts, Watts};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

mod bus_voltage;
mod commit;
mod devices;
mod fast;
mod journal;
mod power_cycle;
mod readings;
mod setpoints;
mod steps;

use super::*;
use crate::bus::Bus;
use crate::bus::arbiter::Arbiter;
use crate::bus::memory::MemoryBus;
use crate::shelf::choice::ReadingChoice;
use crate::shelf::journal::{Journal, MemoryJournal};
use crate::shelf::reading::Presence;
use crate::shelf::testing::{Fake, Rack};
use crate::shelf::{bbu, psu};

const SETPOINT: u16 = 103;
const SETTINGS: u16 = 94;
const NOMINAL: u16 = 52224;
const SECOND: Duration = Duration::from_secs(1);

struct Rig {
    psus: Vec<Arc<Fake>>,
    bbus: Vec<Arc<Fake>>,
    bus: Arc<dyn Bus>,
    journal: Arc<MemoryJournal>,
    /// Where the gateway writes instead of `journal`.
    other_journal: Option<Arc<dyn Journal>>,
    readings: Vec<ReadingChoice>,
    time_sync: bool,
    /// What a device is taken to need for an answer.
    turnaround: Duration,
    /// Time from one poll to the next.
    poll_interval: Duration,
    /// Longest age of setpoints.
    max_age: Option<Duration>,
    /// Whether PSUs may be power-cycled.
    psu_reset: bool,
    /// The local fast path beside the polls.
    fast: Option<Arc<dyn FastSource>>,
    gateway: Option<(Gateway, JoinHandle<()>)>,
    cancel: CancellationToken,
}

impl Rig {
    /// 6 PSUs that carry 14 kW with 4 % losses, and 6 BBUs at 80 %.
    fn new() -> Self {
        let rack = Rack::default();
        let psus: Vec<_> = (0..6)
            .map(|i| {
                let fake = Fake::new(psu::MAP);
                let words =
                    [(79, 51 * 1024), (82, 18_667), (87, 19_444), (88, 230 * 64), (SETPOINT, NOMINAL)];
                words.iter().for_each(|(address, word)| fake.set(*address, *word));
                fake.set(SETTINGS, 0x0800);
                rack.insert(200 + i, &fake);
                fake
            })
            .collect();
        let bbus: Vec<_> = (0..6)
            .map(|i| {
                let fake = Fake::new(bbu::MAP);
                [(126, 80), (128, 40_000), (131, 10_000)].iter().for_each(|(a, w)| fake.set(*a, *w));
                rack.insert(64 + i, &fake);
                fake
            })
            .collect();
        let bus = Arc::new(MemoryBus::new("memory:shelf", Arc::new(rack)));
        let journal = Arc::new(MemoryJournal::default());
        Self {
            psus,
            bbus,
            bus,
            journal,
            other_journal: None,
            readings: Vec::new(),
            time_sync: false,
            turnaround: GatewayConfig::default().turnaround,
            poll_interval: GatewayConfig::default().poll_interval,
            max_age: None,
            psu_reset: false,
            fast: None,
            gateway: None,
            cancel: CancellationToken::new(),
        }
    }

    async fn started() -> Self {
        let mut rig = Self::new();
        rig.start();
        rig.cycles(1).await;
        rig
    }

    fn start(&mut self) {
        let journal: Arc<dyn Journal> = self.other_journal.clone().unwrap_or_else(|| self.journal.clone());
        let config = GatewayConfig {
            journal,
            readings: self.readings.clone(),
            time_sync: self.time_sync,
            turnaround: self.turnaround,
            fast: self.fast.clone(),
            poll_interval: self.poll_interval,
            setpoint_max_age: self.max_age,
            psu_reset: self.psu_reset,
            ..GatewayConfig::default()
        };
        self.gateway =
            Some(spawn(config, vec![Arbiter::new(Arc::clone(&self.bus))], self.cancel.clone()).unwrap());
    }

    fn gateway(&self) -> &Gateway {
        &self.gateway.as_ref().unwrap().0
    }

    /// Waits until so many more poll cycles are complete.
    async fn cycles(&self, count: u64) -> Arc<Snapshot> {
        let mut watch = self.gateway().watch();
        let goal = watch.borrow().counters.polls + count;
        let snapshot = watch.wait_for(|s| s.counters.polls >= goal).await.unwrap();
        Arc::clone(&snapshot)
    }

    async fn stop(&mut self) {
        self.cancel.cancel();
        self.gateway.take().unwrap().1.await.unwrap();
    }

    fn setpoints(&self) -> Vec<u16> {
        self.psus.iter().map(|p| p.get(SETPOINT)).collect()
    }

    fn events(&self, kind: EventKind) -> Vec<Event> {
        self.gateway().events_after(0).into_iter().filter(|e| e.kind == kind).collect()
    }

    async fn lease(&self, seconds: u32) {
        self.gateway().acquire(owner(), seconds * SECOND).await.unwrap();
    }

    async fn limit(&self, watts: f64) -> Result<Applied, GateError> {
        self.gateway().set(owner(), Setpoint::InputPowerLimit(Some(Watts(watts)))).await
    }
}

fn owner() -> Owner {
    Owner::Local { name: "test".into() }
}

fn other() -> Owner {
    Owner::Modbus { token: 7 }
}
