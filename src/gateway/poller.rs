//! One task a bus: finds the devices, reads them in turn, notices who is gone and who is back.
//!
//! A device that fails is retried after the others had their turn, so it does not delay them. A device
//! that is lost leaves the cycle: it is probed again at a low rate, one probe a cycle at its end, with a
//! short time-out.

use std::collections::BTreeMap;
use std::sync::Arc;

use dpo_registers::map::PollClass;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::config::{GatewayConfig, Slot};
use crate::bus::Bus;
use crate::bus::arbiter::{Arbiter, Priority};
use crate::shelf::discover::{Probe, probe};
use crate::shelf::link::{Link, ReadReport, Refusal};

/// What a bus task tells the gateway task.
#[derive(Debug)]
pub(super) enum Report {
    /// A device was read from `started` on. `arrived` says that it was not there in the last cycle,
    /// `slow` that the slow registers were read, too.
    Read {
        slot: Slot,
        words: Arc<BTreeMap<u16, u16>>,
        refused: Vec<Refusal>,
        arrived: bool,
        slow: bool,
        started: Instant,
    },
    /// A device stopped answering.
    Lost { slot: Slot, reason: String },
    /// A cycle over all devices of the bus is complete.
    Cycle { bus: usize, started: Instant, errors: u32 },
}

struct Seat {
    slot: Slot,
    link: Link,
    present: bool,
    /// Whether all static registers were read since the device arrived.
    known: bool,
    cycle: u32,
    probed: Option<Instant>,
    stranger: bool,
}

pub(super) struct Poller {
    fast: Arc<dyn Bus>,
    probes: Arc<dyn Bus>,
    index: usize,
    config: GatewayConfig,
    seats: Vec<Seat>,
    /// Where the search for a seat to probe goes on.
    next_probe: usize,
    reports: mpsc::Sender<Report>,
}

/// The gateway task is gone: there is nobody to poll for.
struct Closed;

impl Poller {
    pub fn new(
        line: &Arbiter,
        index: usize,
        config: &GatewayConfig,
        slots: impl IntoIterator<Item = Slot>,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let fast = line.port(Priority::Fast);
        let seats = slots
            .into_iter()
            .enumerate()
            .map(|(i, slot)| Seat {
                slot,
                link: Link::new(Arc::clone(&fast), slot.unit, slot.kind.map()),
                present: false,
                known: false,
                // Slow reads of different devices fall into different cycles.
                cycle: u32::try_from(i).unwrap_or_default(),
                probed: None,
                stranger: false,
            })
            .collect();
        let probes = line.port(Priority::Probe);
        Self { fast, probes, index, config: config.clone(), seats, next_probe: 0, reports }
    }

    /// Polls until cancelled. A request under way is finished, so the line is left clean.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut ticks = interval(self.config.poll_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut first = true;
        while cancel.run_until_cancelled(ticks.tick()).await.is_some() {
            let started = Instant::now();
            let Ok(errors) = self.cycle(first, &cancel).await else { return };
            first = false;
            if self.send(Report::Cycle { bus: self.index, started, errors }).await.is_err() {
                return;
            }
        }
    }

    async fn send(&self, report: Report) -> Result<(), Closed> {
        self.reports.send(report).await.map_err(|_| Closed)
    }

    async fn cycle(&mut self, first: bool, cancel: &CancellationToken) -> Result<u32, Closed> {
        let mut errors = 0;
        let mut failed = Vec::new();
        for i in 0..self.seats.len() {
            if cancel.is_cancelled() {
                return Ok(errors);
            }
            if self.seats.get(i).is_some_and(|s| s.present) {
                match self.read(i, &mut errors).await? {
                    Ok(()) => {}
                    Err(reason) => failed.push((i, reason)),
                }
            }
        }
        for (i, mut reason) in failed {
            let mut back = false;
            for _ in 0..self.config.retries {
                match self.read(i, &mut errors).await? {
                    Ok(()) => {
                        back = true;
                        break;
                    }
                    Err(again) => reason = again,
                }
            }
            if !back && let Some(seat) = self.seats.get_mut(i) {
                seat.present = false;
                seat.probed = Some(Instant::now());
                let slot = seat.slot;
                self.send(Report::Lost { slot, reason }).await?;
            }
        }
        if first {
            for i in 0..self.seats.len() {
                self.probe(i, &mut errors).await?;
            }
            return Ok(errors);
        }
        while let Some(i) = self.due() {
            self.probe(i, &mut errors).await?;
            if !self.seats.get(i).is_some_and(|s| s.present) {
                break;
            }
            // Where one returns, more may: a bus that was cut off is back within one cycle.
            self.seats.iter_mut().filter(|s| !s.present).for_each(|s| s.probed = None);
        }
        Ok(errors)
    }

    /// Reads a device; the inner error says why it did not answer.
    async fn read(&mut self, i: usize, errors: &mut u32) -> Result<Result<(), String>, Closed> {
        let slow_every = self.config.slow_every.max(1);
        let Some(seat) = self.seats.get_mut(i) else { return Ok(Ok(())) };
        let arrived = !seat.present;
        let slow = arrived || seat.cycle.is_multiple_of(slow_every);
        let mut classes = vec![PollClass::Fast];
        classes.extend(slow.then_some(PollClass::Slow));
        classes.extend((slow && !seat.known).then_some(PollClass::Static));
        let started = Instant::now();
        match seat.link.read(&classes).await {
            Ok(ReadReport { failures, refused, exception, .. }) => {
                *errors = errors.saturating_add(u32::try_from(failures).unwrap_or(u32::MAX));
                // A device that was busy is asked for what is missing with the next slow registers.
                seat.known |= slow && exception.is_none();
                if let Some(exception) = exception {
                    tracing::warn!(bus = self.fast.name(), unit = seat.slot.unit, exception, "read refused");
                }
                seat.cycle = seat.cycle.wrapping_add(1);
                seat.present = true;
                let words = Arc::new(seat.link.words().clone());
                let slot = seat.slot;
                self.send(Report::Read { slot, words, refused, arrived, slow, started }).await?;
                Ok(Ok(()))
            }
            Err(error) => {
                *errors = errors.saturating_add(1);
                Ok(Err(error.to_string()))
            }
        }
    }

    /// The next seat whose probe is due.
    fn due(&mut self) -> Option<usize> {
        let now = Instant::now();
        let count = self.seats.len();
        let found = (0..count).map(|i| (self.next_probe + i) % count).find(|i| {
            self.seats.get(*i).is_some_and(|seat| {
                !seat.present && seat.probed.is_none_or(|at| now - at >= self.config.reprobe_interval)
            })
        })?;
        self.next_probe = found + 1;
        Some(found)
    }

    async fn probe(&mut self, i: usize, errors: &mut u32) -> Result<(), Closed> {
        let patience = self.config.probe_timeout;
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        let Slot { unit, kind, .. } = seat.slot;
        seat.probed = Some(Instant::now());
        match probe(&*self.probes, unit, kind.map(), patience).await {
            Probe::Match => {
                seat.stranger = false;
                seat.known = false;
                seat.link.forget();
                // If this read fails, the device is simply not there yet: no report, next probe later.
                let _: Result<(), String> = self.read(i, errors).await?;
            }
            Probe::Stranger { answer } => {
                if !std::mem::replace(&mut seat.stranger, true) {
                    let map = kind.map().id;
                    tracing::warn!(bus = self.fast.name(), unit, map, answer, "not the device expected here");
                }
            }
            Probe::Silent => {}
        }
        Ok(())
    }
}
