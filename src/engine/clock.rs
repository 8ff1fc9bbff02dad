//! The engine's clock: seconds that only go forward, and the time of day beside them.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Seconds since the engine's start, by a monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts at 0 now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Seconds since the start.
    pub fn now_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// The time of day of an instant of this clock, past or to come, by the clock of the machine as it stands now: when that
    /// one is set, what is told from then on is told by the new time. Asked twice, the answers may differ by what the clock
    /// of the machine was slewed meanwhile.
    pub fn wall(&self, t_s: f64) -> SystemTime {
        wall(SystemTime::now(), self.now_s(), t_s)
    }

    /// The instant of this clock at which the time of day is `unix_s` seconds since 1970, by the clock of the machine as it
    /// stands now.
    pub fn of_unix_s(&self, unix_s: f64) -> f64 {
        of_unix_s(SystemTime::now(), self.now_s(), unix_s)
    }

    /// The instant of the runtime's clock at `t_s`; now if it is past or beyond all bounds.
    pub fn instant(&self, t_s: f64) -> Instant {
        let at = Duration::try_from_secs_f64(t_s.max(0.0)).ok().and_then(|t| self.start.checked_add(t));
        at.unwrap_or_else(Instant::now)
    }
}

/// The time of day at `t_s` if it is `now` at `now_s`; `now` where there is no such time.
fn wall(now: SystemTime, now_s: f64, t_s: f64) -> SystemTime {
    let ahead_s = t_s - now_s;
    let at = Duration::try_from_secs_f64(ahead_s.abs())
        .ok()
        .and_then(|by| if ahead_s < 0.0 { now.checked_sub(by) } else { now.checked_add(by) });
    at.unwrap_or(now)
}

fn of_unix_s(now: SystemTime, now_s: f64, unix_s: f64) -> f64 {
    let now_unix = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    unix_s - now_unix.as_secs_f64() + now_s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_after_the_machine_s_clock_was_set_is_told_by_the_new_time() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let second = Duration::from_secs(1);
        assert_eq!(wall(noon, 100.0, 99.0), noon - second);
        assert_eq!(wall(noon, 100.0, 160.0), noon + 60 * second);
        // Before the engine's start.
        assert_eq!(wall(noon, 100.0, -500.0), noon - 600 * second);
        // Set back by an hour: the same instant, asked about a second later.
        let set = noon - 3600 * second;
        assert_eq!(wall(set + second, 101.0, 99.0), set - second);
        assert!((of_unix_s(noon, 100.0, 1_800_000_005.0) - 105.0).abs() < 1e-6);
        assert!((of_unix_s(set, 100.0, 1_800_000_005.0) - 3705.0).abs() < 1e-6);
        for nonsense in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert_eq!(wall(noon, 100.0, nonsense), noon);
        }
    }

    #[test]
    fn the_time_of_day_goes_there_and_back() {
        let clock = Clock::start();
        let there = clock.wall(5.0).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
        // As fine as such a number of seconds is.
        assert!((clock.of_unix_s(there) - 5.0).abs() < 1e-3);
    }
}
