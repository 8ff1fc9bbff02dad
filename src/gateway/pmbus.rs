//! The poller of a bus that speaks PMBus: finds the supplies, reads them in turn, notices who is gone and who is back.
//!
//! As [`poller`](super::poller) for Modbus, but simpler: a supply is read in some milliseconds, so nothing is planned.
//! The fast readings of every supply come first in a cycle, then the slow ones of those whose turn it is, then one
//! probe.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::config::{GatewayConfig, Slot};
use super::poller::Report;
use super::shelf::Content;
use super::snapshot::LineView;
use crate::bus::arbiter::{LineUse, Priority};
use crate::shelf::pmbus::line::PmbusLine;
use crate::shelf::pmbus::supply::Supply;

/// First pause before a supply that failed is asked again; doubled each time.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// A place where a supply may be.
struct Seat {
    slot: Slot,
    /// The supply, while it is there.
    supply: Option<Supply>,
    /// Probes and reads in a row without an answer.
    failures: u32,
    probed: Option<Instant>,
    /// Why it was not taken in, if that was said.
    told: Option<String>,
}

pub(super) struct PmbusPoller {
    line: PmbusLine,
    index: usize,
    config: GatewayConfig,
    seats: Vec<Seat>,
    next_probe: usize,
    errors: u32,
    began: Instant,
    reads: u64,
    busy: Duration,
    round: Duration,
    pass: Duration,
    reports: mpsc::Sender<Report>,
    rescan: watch::Receiver<u64>,
}

/// The gateway task is gone: there is nobody to poll for.
struct Closed;

impl PmbusPoller {
    pub fn new(
        line: &PmbusLine,
        index: usize,
        config: &GatewayConfig,
        slots: impl IntoIterator<Item = Slot>,
        reports: mpsc::Sender<Report>,
        rescan: watch::Receiver<u64>,
    ) -> Self {
        let seat = |slot| Seat { slot, supply: None, failures: 0, probed: None, told: None };
        Self {
            line: line.clone(),
            index,
            config: config.clone(),
            seats: slots.into_iter().map(seat).collect(),
            next_probe: 0,
            errors: 0,
            began: Instant::now(),
            reads: 0,
            busy: Duration::ZERO,
            round: Duration::ZERO,
            pass: Duration::ZERO,
            reports,
            rescan,
        }
    }

    /// Polls until cancelled. A transfer under way is finished.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut cycle = 0;
        let mut at = Instant::now();
        while cancel.run_until_cancelled(sleep_until(at)).await.is_some() {
            if self.cycle(cycle, &cancel).await.is_err() {
                return;
            }
            cycle += 1;
            let period = self.config.poll_interval;
            let next = at + period;
            at = Instant::now().checked_sub(period).map_or(next, |earliest| next.max(earliest));
        }
    }

    async fn send(&self, report: Report) -> Result<(), Closed> {
        self.reports.send(report).await.map_err(|_| Closed)
    }

    async fn cycle(&mut self, cycle: u64, cancel: &CancellationToken) -> Result<(), Closed> {
        let started = Instant::now();
        let mut failed = Vec::new();
        for i in 0..self.seats.len() {
            if cancel.is_cancelled() {
                return Ok(());
            }
            if self.seats.get(i).is_some_and(|s| s.supply.is_some())
                && let Err(reason) = self.read(i, false).await?
            {
                failed.push((i, reason));
            }
        }
        self.round = started.elapsed();
        for (i, reason) in failed {
            self.retry(i, reason, cancel).await?;
        }
        if cycle == 0 {
            for i in 0..self.seats.len() {
                self.probe(i).await?;
            }
        }
        let report = Report::Cycle {
            bus: self.index,
            started,
            errors: std::mem::take(&mut self.errors),
            line: Box::new(self.view()),
        };
        self.send(report).await?;
        let every = u64::from(self.config.slow_every.max(1));
        let begun = Instant::now();
        for i in 0..self.seats.len() {
            // The supplies have their slow reads in different cycles.
            let turn = u64::try_from(i).unwrap_or_default() % every == cycle % every;
            let there = self.seats.get(i).is_some_and(|s| s.supply.is_some());
            if turn && there && cycle > 0 && !cancel.is_cancelled() {
                // Whether it is lost the next cycle finds out.
                let _ = self.read(i, true).await?;
            }
        }
        self.pass = self.pass.max(begun.elapsed());
        if cycle > 0 { self.search().await } else { Ok(()) }
    }

    /// Reads a supply that is there; the inner error says why it did not answer.
    async fn read(&mut self, i: usize, slow: bool) -> Result<Result<(), String>, Closed> {
        let started = Instant::now();
        let Some(seat) = self.seats.get_mut(i) else { return Ok(Ok(())) };
        let Some(supply) = &mut seat.supply else { return Ok(Ok(())) };
        let read = if slow { supply.read_slow().await } else { supply.read_fast().await };
        self.reads += 1;
        self.busy += started.elapsed();
        if let Err(error) = read {
            self.errors = self.errors.saturating_add(1);
            return Ok(Err(error.to_string()));
        }
        seat.failures = 0;
        let content = Content::Psu(Box::new(supply.reading().clone()));
        let (slot, refused) = (seat.slot, Vec::new());
        self.send(Report::Read { slot, content, refused, arrived: false, slow, started }).await?;
        Ok(Ok(()))
    }

    /// A supply that did not answer is asked again; then it is lost.
    async fn retry(
        &mut self,
        i: usize,
        mut reason: String,
        cancel: &CancellationToken,
    ) -> Result<(), Closed> {
        let mut pause = RETRY_PAUSE;
        for _ in 0..self.config.retries {
            if cancel.run_until_cancelled(sleep(pause)).await.is_none() {
                return Ok(());
            }
            pause *= 2;
            match self.read(i, false).await? {
                Ok(()) => return Ok(()),
                Err(again) => reason = again,
            }
        }
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        seat.supply = None;
        seat.probed = Some(Instant::now());
        let slot = seat.slot;
        self.send(Report::Lost { slot, reason }).await
    }

    /// Looks for a supply that is not there, one a cycle; for all of them after one returned, and on request.
    async fn search(&mut self) -> Result<(), Closed> {
        if self.rescan.has_changed().unwrap_or(false) {
            self.rescan.mark_unchanged();
            for seat in &mut self.seats {
                (seat.failures, seat.probed, seat.told) = (0, None, None);
            }
        }
        while let Some(i) = self.due() {
            self.probe(i).await?;
            if self.seats.get(i).is_none_or(|s| s.supply.is_none()) {
                break;
            }
            self.seats.iter_mut().filter(|s| s.supply.is_none()).for_each(|s| s.probed = None);
        }
        Ok(())
    }

    /// The next seat whose probe is due.
    fn due(&mut self) -> Option<usize> {
        let (now, count) = (Instant::now(), self.seats.len());
        let found = (0..count).map(|i| (self.next_probe + i) % count).find(|i| {
            self.seats.get(*i).is_some_and(|seat| {
                let dormant = seat.failures >= self.config.dormant_after;
                let pause = if dormant { self.config.dormant_interval } else { self.config.reprobe_interval };
                seat.supply.is_none() && seat.probed.is_none_or(|at| now - at >= pause)
            })
        })?;
        self.next_probe = found + 1;
        Some(found)
    }

    /// Looks for a supply, and takes it in if it can be read whole.
    async fn probe(&mut self, i: usize) -> Result<(), Closed> {
        let started = Instant::now();
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        seat.probed = Some(started);
        let unit = seat.slot.unit;
        let found = match self.line.connect(unit).await {
            Ok(device) => {
                let mut supply = Supply::new(device);
                match supply.read_fast().await {
                    Ok(()) => supply.read_slow().await.map(|()| supply).map_err(|e| e.to_string()),
                    Err(error) => Err(error.to_string()),
                }
            }
            Err(error) => Err(error.to_string()),
        };
        self.reads += 1;
        self.busy += started.elapsed();
        match found {
            Ok(supply) => {
                (seat.failures, seat.told) = (0, None);
                let content = Content::Psu(Box::new(supply.reading().clone()));
                seat.supply = Some(supply);
                let (slot, refused) = (seat.slot, Vec::new());
                self.send(Report::Read { slot, content, refused, arrived: true, slow: true, started }).await
            }
            Err(reason) => {
                seat.failures = seat.failures.saturating_add(1);
                if seat.told.as_ref() != Some(&reason) {
                    tracing::info!(bus = self.line.name(), unit, reason, "no supply taken in");
                    seat.told = Some(reason);
                }
                Ok(())
            }
        }
    }

    /// What the line carries. What a round and a pass take is measured here, not planned.
    fn view(&self) -> LineView {
        LineView {
            name: self.line.name().to_owned(),
            usage: LineUse::of(self.began.elapsed(), Priority::Fast, self.reads, self.busy),
            round: self.round,
            pass: self.pass,
            dormant: self.seats.iter().filter(|s| s.failures >= self.config.dormant_after).count(),
        }
    }
}
