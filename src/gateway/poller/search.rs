//! Devices that are not there: looking for them, and taking them in when they arrive.

use std::time::Duration;

use tokio::time::Instant;

use super::super::config::Slot;
use super::{Closed, Poller};
use crate::bus::BusError;
use crate::shelf::discover::{Probe, probe};
use crate::shelf::planner::{Span, total};

/// A probe waits for the line as long as it must; its port says how long it may keep it.
const ANY_TIME: Duration = Duration::from_secs(3600);

impl Poller {
    /// Looks for devices that are not there: one a cycle, and where one returned for the others, too.
    pub(super) async fn search(&mut self, until: Instant) -> Result<(), Closed> {
        if self.rescan.has_changed().unwrap_or(false) {
            self.rescan.mark_unchanged();
            self.rescan_all();
        }
        while let Some(i) = self.due() {
            self.probe(i, Some(until)).await?;
            if !self.seats.get(i).is_some_and(|s| s.present) {
                break;
            }
            // Where one returns, more may: a bus that was cut off is back within one cycle.
            self.seats.iter_mut().filter(|s| !s.present).for_each(|s| s.probed = None);
        }
        Ok(())
    }

    /// Every device is asked for everything again, whatever it taught; those that are not there are probed soon.
    fn rescan_all(&mut self) {
        let time = self.time();
        let now = Instant::now();
        for seat in &mut self.seats {
            (seat.failures, seat.probed, seat.stranger) = (0, None, false);
            if seat.present {
                seat.known = false;
                seat.link.unlearn();
                seat.passed_at(now, Duration::ZERO, &time);
            }
        }
    }

    /// The next seat whose probe is due.
    fn due(&mut self) -> Option<usize> {
        let now = Instant::now();
        let count = self.seats.len();
        let found = (0..count).map(|i| (self.next_probe + i) % count).find(|i| {
            self.seats.get(*i).is_some_and(|seat| {
                let dormant = seat.failures >= self.config.dormant_after;
                let pause = if dormant { self.config.dormant_interval } else { self.config.reprobe_interval };
                !seat.present && seat.probed.is_none_or(|at| now - at >= pause)
            })
        })?;
        self.next_probe = found + 1;
        Some(found)
    }

    /// Looks for a device, and reads it if it is there: all of it if that ends before `until`, else the rest later.
    pub(super) async fn probe(&mut self, i: usize, until: Option<Instant>) -> Result<(), Closed> {
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        let Slot { unit, kind, .. } = seat.slot;
        seat.probed = Some(Instant::now());
        let found = probe(&*self.probes, unit, kind.map(), ANY_TIME).await;
        let bus = self.line.name();
        match found {
            Probe::Match => {
                seat.stranger = false;
                self.arrive(i, until).await
            }
            Probe::Stranger { answer } => {
                // It answers: only silence makes an address dormant.
                seat.failures = 0;
                if !std::mem::replace(&mut seat.stranger, true) {
                    tracing::warn!(bus, unit, map = kind.map().id, answer, "not the device expected here");
                }
                Ok(())
            }
            Probe::Silent => {
                seat.failures = seat.failures.saturating_add(1);
                if seat.failures == self.config.dormant_after {
                    tracing::info!(bus, unit, "dormant: probed each {:?}", self.config.dormant_interval);
                }
                Ok(())
            }
        }
    }

    async fn arrive(&mut self, i: usize, until: Option<Instant>) -> Result<(), Closed> {
        let time = self.time();
        let period = self.slow_period();
        let count = u32::try_from(self.seats.len()).unwrap_or(u32::MAX).max(1);
        let Some(seat) = self.seats.get_mut(i) else { return Ok(()) };
        seat.known = false;
        let before = seat.link.identity();
        seat.link.forget_words();
        seat.plan(&time);
        let whole = seat.whole(&time);
        let mut all = until.is_none_or(|at| Instant::now() + total(&whole, &time) <= at);
        let spans: Vec<Span> = if all { whole } else { seat.fast.clone() };
        if !all {
            // Whether it is the same device shows later; until then nothing is taken for granted.
            seat.link.forget();
        }
        let started = Instant::now();
        let mut read = seat.link.read(&*self.slow, &spans).await;
        if all && matches!(read, Err(BusError::Frame { .. })) {
            // It answered the probe: it may be busy with one register of each long read.
            all = false;
            seat.plan(&time);
            read = seat.link.read(&*self.slow, &seat.fast).await;
        }
        // Lessons are those of one device: another one at the address is asked for everything.
        let another = all && !before.is_empty() && seat.link.identity() != before;
        if read.is_err() || another {
            seat.link.forget();
        }
        if another {
            read = seat.link.read(&*self.slow, &seat.whole(&time)).await;
        }
        seat.known = all && read.as_ref().is_ok_and(|report| report.exception.is_none());
        // Passes of different devices fall into different cycles.
        let share = u32::try_from(i).unwrap_or_default() % count;
        let delay = if all { period / count * (share + 1) } else { Duration::ZERO };
        seat.passed_at(Instant::now(), delay, &time);
        // If this read failed, the device is simply not there yet: no report, next probe later.
        let read = read.map_err(|e| e.to_string());
        self.heard(i, started, read, true, all).await.map(|_| ())
    }
}
