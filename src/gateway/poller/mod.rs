//! One task a line: finds the devices, reads them in turn, notices who is gone and who is back.
//!
//! Each cycle begins with a round: the fast registers of every device, at fixed phases (`schedule`). What is left
//! of the cycle goes to the other classes, a read at a time and only where it ends before the next fast read begins:
//! the pass whose deadline is the earliest goes first (`seat`). Writes and pass-through have their turns between all
//! of these ([`crate::bus::arbiter`]). A cycle that they made late does not move those after it: its reads follow
//! each other until they are at their phases again.
//!
//! A device that fails is retried after the others had their turn, so it does not delay them. A device that is lost
//! leaves the round: it is probed again at the end of a cycle, one probe a cycle with a short time-out, and at a lower
//! rate when it stays away.

mod schedule;
mod search;
mod seat;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::config::{GatewayConfig, Slot};
use super::shelf::Content;
use super::snapshot::LineView;
use crate::bus::Bus;
use crate::bus::arbiter::{Arbiter, Priority};
use crate::shelf::link::{ReadReport, Refusal};
use schedule::phases;
use seat::{Seat, Slice};

/// First pause before a device that failed is asked again; doubled each time. The line is free for others.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// What a line's task tells the gateway task.
#[derive(Debug)]
pub(super) enum Report {
    /// A device was read from `started` on. `arrived` says that it was not there before, `slow` that all slow
    /// registers were read since `started`, too.
    Read { slot: Slot, content: Content, refused: Vec<Refusal>, arrived: bool, slow: bool, started: Instant },
    /// A device stopped answering.
    Lost { slot: Slot, reason: String },
    /// The round of a cycle is complete.
    Cycle { bus: usize, started: Instant, errors: u32, line: Box<LineView> },
}

pub(super) struct Poller {
    line: Arbiter,
    fast: Arc<dyn Bus>,
    slow: Arc<dyn Bus>,
    probes: Arc<dyn Bus>,
    index: usize,
    config: GatewayConfig,
    seats: Vec<Seat>,
    /// Where the search for a seat to probe goes on.
    next_probe: usize,
    errors: u32,
    reports: mpsc::Sender<Report>,
    /// Counts the rescans that were asked for.
    rescan: watch::Receiver<u64>,
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
        rescan: watch::Receiver<u64>,
    ) -> Self {
        Self {
            line: line.clone(),
            fast: line.port(Priority::Fast),
            slow: line.port(Priority::Slow),
            probes: line.port_for(Priority::Probe, config.probe_timeout),
            index,
            config: config.clone(),
            seats: slots.into_iter().map(Seat::new).collect(),
            next_probe: 0,
            errors: 0,
            reports,
            rescan,
        }
    }

    /// Time of a request and an answer on the line, that of the device included.
    fn time(&self) -> impl Fn(usize, usize) -> Duration + use<> {
        let (bus, turnaround) = (Arc::clone(&self.slow), self.config.turnaround);
        move |request, answer| bus.wire_time(request, answer) + turnaround
    }

    /// Polls until cancelled. A request under way is finished, so the line is left clean.
    pub async fn run(mut self, cancel: CancellationToken) {
        let mut first = true;
        let mut at = Instant::now();
        while cancel.run_until_cancelled(sleep_until(at)).await.is_some() {
            if self.cycle(at, first, &cancel).await.is_err() {
                return;
            }
            first = false;
            let period = self.config.poll_interval;
            let next = at + period;
            // A line that is too slow for the cycle is polled as fast as it goes.
            at = Instant::now().checked_sub(period).map_or(next, |earliest| next.max(earliest));
        }
    }

    async fn send(&self, report: Report) -> Result<(), Closed> {
        self.reports.send(report).await.map_err(|_| Closed)
    }

    /// One cycle, which was to begin at `at`.
    async fn cycle(&mut self, at: Instant, first: bool, cancel: &CancellationToken) -> Result<(), Closed> {
        let started = Instant::now();
        let next = at + self.config.poll_interval;
        self.round(at, cancel).await?;
        if first {
            for i in 0..self.seats.len() {
                self.probe(i, None).await?;
            }
        }
        let report = Report::Cycle {
            bus: self.index,
            started,
            errors: std::mem::take(&mut self.errors),
            line: Box::new(self.view()),
        };
        self.send(report).await?;
        if !first {
            self.search(next).await?;
        }
        self.background(next, true, cancel).await
    }

    /// The fast registers of every device that is there, at their phases.
    async fn round(&mut self, started: Instant, cancel: &CancellationToken) -> Result<(), Closed> {
        let time = self.time();
        let present: Vec<usize> =
            self.seats.iter().enumerate().filter(|(_, s)| s.present).map(|(i, _)| i).collect();
        let costs: Vec<Duration> =
            self.seats.iter().filter(|s| s.present).map(|s| s.fast_cost(&time)).collect();
        let plan = phases(&costs, self.config.poll_interval, self.background_share());
        let mut failed = Vec::new();
        for (i, phase) in present.into_iter().zip(plan.starts) {
            self.background(started + phase, false, cancel).await?;
            if cancel.run_until_cancelled(sleep_until(started + phase)).await.is_none() {
                return Ok(());
            }
            if let Err(reason) = self.read_fast(i).await? {
                failed.push((i, reason));
            }
        }
        for (i, reason) in failed {
            self.retry(i, reason, cancel).await?;
        }
        Ok(())
    }

    /// Time a cycle must leave for the other classes: their share of each cycle, and room for the longest read.
    fn background_share(&self) -> Duration {
        let time = self.time();
        let costs = self.seats.iter().filter(|s| s.present).map(|s| s.pass_cost(&time));
        let (all, longest) = costs.fold((Duration::ZERO, Duration::ZERO), |(all, longest), (cost, one)| {
            (all + cost, longest.max(one))
        });
        all / self.config.slow_every.max(1) + longest
    }

    /// How long a pass over the slow registers may take.
    fn slow_period(&self) -> Duration {
        self.config.poll_interval * self.config.slow_every.max(1)
    }

    /// A device that did not answer is asked again; then it is lost.
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
            match self.read_fast(i).await? {
                Ok(()) => return Ok(()),
                Err(again) => reason = again,
            }
        }
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        seat.present = false;
        seat.probed = Some(Instant::now());
        let slot = seat.slot;
        self.send(Report::Lost { slot, reason }).await
    }

    /// Reads the fast registers of a device; the inner error says why it did not answer.
    async fn read_fast(&mut self, i: usize) -> Result<Result<(), String>, Closed> {
        let Some(seat) = self.seats.get_mut(i) else { return Ok(Ok(())) };
        let started = Instant::now();
        let spans = seat.fast.clone();
        let read = seat.link.read(&*self.fast, &spans).await.map_err(|e| e.to_string());
        self.heard(i, started, read, false, false).await
    }

    /// What a read of a device brought.
    async fn heard(
        &mut self,
        i: usize,
        started: Instant,
        read: Result<ReadReport, String>,
        arrived: bool,
        slow: bool,
    ) -> Result<Result<(), String>, Closed> {
        let time = self.time();
        let Some(seat) = self.seats.get_mut(i) else { return Ok(Ok(())) };
        let report = match read {
            Ok(report) => report,
            Err(reason) => {
                self.errors = self.errors.saturating_add(1);
                seat.failures = seat.failures.saturating_add(1);
                return Ok(Err(reason));
            }
        };
        let failures = u32::try_from(report.failures).unwrap_or(u32::MAX);
        self.errors = self.errors.saturating_add(failures);
        seat.failures = 0;
        seat.present = true;
        if let Some(exception) = &report.exception {
            tracing::warn!(bus = self.line.name(), unit = seat.slot.unit, exception, "read refused");
        }
        if report.learned {
            tracing::debug!(
                bus = self.line.name(),
                unit = seat.slot.unit,
                learned = ?seat.link.learned(),
                "the device differs from its map: planned anew"
            );
            seat.plan(&time);
        }
        let read = Report::Read {
            slot: seat.slot,
            content: Content::Words(Arc::new(seat.link.words().clone()), Arc::new(seat.link.taken().clone())),
            refused: report.refused,
            arrived,
            slow,
            started,
        };
        self.send(read).await?;
        Ok(Ok(()))
    }

    /// Reads of the other classes, as far as they end before `until`. At the end of a cycle one read that is overdue
    /// goes even if it does not: a line that is full all the time still brings the slow values.
    async fn background(
        &mut self,
        until: Instant,
        end: bool,
        cancel: &CancellationToken,
    ) -> Result<(), Closed> {
        let time = self.time();
        let period = self.slow_period();
        let mut overdue = end;
        while !cancel.is_cancelled() {
            let now = Instant::now();
            let due = self.seats.iter().enumerate();
            let due = due.filter_map(|(i, seat)| Some((i, seat.slice(now, period, &time)?)));
            let Some((i, slice)) = due.min_by_key(|(_, slice)| slice.deadline) else {
                let next = self.seats.iter().filter_map(Seat::released).filter(|at| *at < until).min();
                let Some(next) = next.filter(|_| end) else { return Ok(()) };
                if cancel.run_until_cancelled(sleep_until(next)).await.is_none() {
                    return Ok(());
                }
                continue;
            };
            let may_wait = !overdue || slice.deadline > now;
            if may_wait && now + slice.cost > until {
                return Ok(());
            }
            overdue = false;
            self.read_slice(i, slice, period).await?;
        }
        Ok(())
    }

    async fn read_slice(&mut self, i: usize, slice: Slice, period: Duration) -> Result<(), Closed> {
        let time = self.time();
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        let started = Instant::now();
        let read = seat.link.read_part(&*self.slow, &[slice.span]).await;
        let passed = match &read {
            Ok(report) => seat.sliced(started, report.exception.is_none(), period, &time),
            Err(_) => {
                seat.postpone(started + self.config.poll_interval);
                None
            }
        };
        match read {
            // Told as one when the pass is over, or at once if there is something to tell.
            Ok(report) if passed.is_none() && !report.learned && report.exception.is_none() => {
                seat.failures = 0;
                Ok(())
            }
            read => {
                let read = read.map_err(|e| e.to_string());
                let began = passed.unwrap_or(started);
                // Whether it is lost the next round finds out.
                self.heard(i, began, read, false, passed.is_some()).await.map(|_| ())
            }
        }
    }

    /// What the line carries.
    fn view(&self) -> LineView {
        let time = self.time();
        let present = || self.seats.iter().filter(|s| s.present);
        LineView {
            name: self.line.name().to_owned(),
            usage: self.line.usage(),
            round: present().map(|s| s.fast_cost(&time)).sum(),
            pass: present().map(|s| s.pass_cost(&time).0).sum(),
            dormant: self.seats.iter().filter(|s| s.failures >= self.config.dormant_after).count(),
        }
    }
}
