//! The engine's clock: seconds that only go forward, and the time of day beside them.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Seconds since the engine's start, by a monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    wall: SystemTime,
}

impl Clock {
    /// Starts at 0 now.
    pub fn start() -> Self {
        Self { start: Instant::now(), wall: SystemTime::now() }
    }

    /// Seconds since the start.
    pub fn now_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// The time of day of an instant of this clock, as the clock of the machine stood at the start: it does not jump when
    /// that one is set.
    pub fn wall(&self, t_s: f64) -> SystemTime {
        let at = Duration::try_from_secs_f64(t_s.max(0.0)).ok().and_then(|t| self.wall.checked_add(t));
        at.unwrap_or(self.wall)
    }

    /// The instant of this clock at which the time of day is `unix_s` seconds since 1970.
    pub fn of_unix_s(&self, unix_s: f64) -> f64 {
        let start = self.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        unix_s - start.as_secs_f64()
    }

    /// The instant of the runtime's clock at `t_s`; now if it is past or beyond all bounds.
    pub fn instant(&self, t_s: f64) -> Instant {
        let at = Duration::try_from_secs_f64(t_s.max(0.0)).ok().and_then(|t| self.start.checked_add(t));
        at.unwrap_or_else(Instant::now)
    }
}
