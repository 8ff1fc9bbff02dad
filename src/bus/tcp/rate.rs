//! A limit on how often something may happen (generic cell rate algorithm).

use std::time::Duration;

use tokio::time::Instant;

/// Lets `burst` requests pass at once and `per_second` in the long run.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    interval: Duration,
    tolerance: Duration,
    /// When the bucket is full again.
    full_at: Instant,
}

impl Rate {
    /// Rates of 0 count as 1: a connection that is served at all is served some time.
    pub(super) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, tolerance: interval * (burst.max(1) - 1), full_at: now }
    }

    /// Takes one request; `Some` is the time at which it may pass.
    pub(super) fn take(&mut self, now: Instant) -> Option<Instant> {
        let start = self.full_at.max(now);
        self.full_at = start + self.interval;
        let at = start.checked_sub(self.tolerance)?;
        (at > now).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now() + Duration::from_secs(10);
        let mut rate = Rate::new(100, 5, start);
        for _ in 0..5 {
            assert_eq!(rate.take(start), None);
        }
        let mut now = start;
        for n in 1..=20 {
            now = rate.take(now).unwrap();
            assert_eq!(now, start + n * Duration::from_millis(10));
        }
        // A pause earns a burst again, and no more than one.
        now += Duration::from_secs(5);
        assert_eq!((0..6).filter(|_| rate.take(now).is_none()).count(), 5);
    }
}
