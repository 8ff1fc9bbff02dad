//! How often a register of a device is written: flash wears out, and a converter wants to settle.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// Most writes of one register of one device. A return to the fail-safe value is never held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Writes that may follow each other at once.
    pub burst: u32,
    /// Time after which one more is let through.
    pub interval: Duration,
}

impl Default for RateLimit {
    /// A trim a second, and some setpoints in a row.
    fn default() -> Self {
        Self { burst: 20, interval: Duration::from_millis(500) }
    }
}

/// When each register is back at its full burst.
#[derive(Debug)]
pub(super) struct Rates {
    limit: RateLimit,
    full_at: HashMap<(String, u8, &'static str), Instant>,
}

impl Rates {
    pub fn new(limit: RateLimit) -> Self {
        Self { limit, full_at: HashMap::new() }
    }

    /// Time until the next write is let through.
    pub fn wait(&self, bus: &str, unit: u8, register: &'static str, now: Instant) -> Duration {
        let used = self.full_at.get(&(bus.to_owned(), unit, register));
        let used = used.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let room = self.limit.interval.saturating_mul(self.limit.burst.saturating_sub(1));
        used.saturating_sub(room)
    }

    /// Counts a write.
    pub fn count(&mut self, bus: &str, unit: u8, register: &'static str, now: Instant) {
        let at = self.full_at.entry((bus.to_owned(), unit, register)).or_insert(now);
        *at = (*at).max(now) + self.limit.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_one_an_interval_for_each_register_of_each_device() {
        let second = Duration::from_secs(1);
        let mut rates = Rates::new(RateLimit { burst: 3, interval: second });
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(rates.wait("a", 1, "x", now), Duration::ZERO);
            rates.count("a", 1, "x", now);
        }
        assert_eq!(rates.wait("a", 1, "x", now), second);
        for other in [("b", 1, "x"), ("a", 2, "x"), ("a", 1, "y")] {
            assert_eq!(rates.wait(other.0, other.1, other.2, now), Duration::ZERO);
        }
        assert_eq!(rates.wait("a", 1, "x", now + second), Duration::ZERO);
        rates.count("a", 1, "x", now + second);
        assert_eq!(rates.wait("a", 1, "x", now + second), second);
        assert_eq!(rates.wait("a", 1, "x", now + 10 * second), Duration::ZERO);
    }
}
