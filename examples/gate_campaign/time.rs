//! Virtual time across the lives of a gateway, and the order in which things happened.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dpo_gateway::shelf::journal::Clock;
use tokio::time::Instant;

/// The time of a run.
#[derive(Debug, Default)]
pub struct Time {
    inner: Mutex<(Duration, Option<Instant>)>,
    /// By how much the wall clock is wrong, in s.
    pub jump: AtomicI64,
    order: AtomicU64,
}

impl Time {
    /// A runtime with a clock of its own begins.
    pub fn begin(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(Instant::now());
    }

    /// It is about to end.
    pub fn end(&self) {
        let now = self.now();
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = (now, None);
    }

    /// Time since the start of the run.
    pub fn now(&self) -> Duration {
        let (base, start) = *self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        base + start.map_or(Duration::ZERO, |s| s.elapsed())
    }

    /// The next number in the order of all that happens.
    pub fn tick(&self) -> u64 {
        self.order.fetch_add(1, Ordering::Relaxed)
    }
}

impl Clock for Time {
    fn wall(&self) -> SystemTime {
        let jump = self.jump.load(Ordering::Relaxed);
        let right = UNIX_EPOCH + Duration::from_secs(1_800_000_000) + self.now();
        let by = Duration::from_secs(jump.unsigned_abs());
        if jump < 0 { right - by } else { right + by }
    }

    fn monotonic(&self) -> Duration {
        self.now()
    }
}
