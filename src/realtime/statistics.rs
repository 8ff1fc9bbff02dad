//! How well the ticks were kept.

use std::sync::atomic::{AtomicU64, Ordering};

use super::histogram::{Histogram, HistogramView};

/// Counters and histograms that the thread of the ticks fills and anybody may look at.
#[derive(Debug, Default)]
pub struct Statistics {
    /// From the time a tick was due to its start.
    pub(super) jitter: Histogram,
    /// From the start of a tick to its end.
    pub(super) duration: Histogram,
    ticks: AtomicU64,
    late: AtomicU64,
    overruns: AtomicU64,
    skipped: AtomicU64,
}

/// Adds to a counter with one writer.
fn add(counter: &AtomicU64, more: u64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
}

impl Statistics {
    /// A tick that was due at `due` ran from `began` to `ended`; all in ns.
    pub(super) fn ticked(&self, due: u64, began: u64, ended: u64, period: u64) {
        let duration = ended.saturating_sub(began);
        self.duration.record(duration);
        add(&self.ticks, 1);
        add(&self.late, u64::from(ended > due.saturating_add(period)));
        add(&self.overruns, u64::from(duration > period));
    }

    /// So many ticks were left out.
    pub(super) fn skip(&self, ticks: u64) {
        add(&self.skipped, ticks);
    }

    /// Everything counted so far. The parts are read one after the other: a tick that ends meanwhile may be in
    /// some of them.
    pub fn view(&self) -> StatisticsView {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StatisticsView {
            ticks: count(&self.ticks),
            late: count(&self.late),
            overruns: count(&self.overruns),
            skipped: count(&self.skipped),
            jitter: self.jitter.view(),
            duration: self.duration.view(),
        }
    }
}

/// What was counted up to one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatisticsView {
    /// Ticks that ran.
    pub ticks: u64,
    /// Ticks that ran and ended after the next one was due.
    pub late: u64,
    /// Ticks whose own work took longer than a period.
    pub overruns: u64,
    /// Ticks that did not run because their time had passed.
    pub skipped: u64,
    /// From the time a tick was due to its start.
    pub jitter: HistogramView,
    /// From the start of a tick to its end.
    pub duration: HistogramView,
}

impl StatisticsView {
    /// Ticks whose deadline was not met: the end of the period in which they were due.
    pub fn deadline_misses(&self) -> u64 {
        self.late.saturating_add(self.skipped)
    }
}
