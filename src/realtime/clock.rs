//! The clock of the ticks: absolute times in nanoseconds, real or virtual.

use rustix::io::Errno;
use rustix::thread::clock_nanosleep_absolute;
use rustix::time::{ClockId, Timespec, clock_getres, clock_gettime};

const SECOND: u64 = 1_000_000_000;

/// Why a thread cannot wait for its next tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME): {0}; the kernel must have POSIX timers")]
pub struct ClockError(#[from] pub(super) Errno);

/// A clock that one can wait on.
pub(super) trait Clock {
    /// Nanoseconds since a fixed instant; never goes back.
    fn now(&self) -> u64;

    /// Returns when `now()` is at least `ns`; at once if it already is.
    fn sleep_until(&self, ns: u64) -> Result<(), ClockError>;
}

/// CLOCK_MONOTONIC: not touched by a change of the date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Monotonic;

impl Monotonic {
    /// What the timer resolves; 1 ns with high-resolution timers, else the kernel's tick of some milliseconds.
    pub fn resolution_ns() -> u64 {
        nanoseconds(clock_getres(ClockId::Monotonic))
    }
}

impl Clock for Monotonic {
    fn now(&self) -> u64 {
        nanoseconds(clock_gettime(ClockId::Monotonic))
    }

    fn sleep_until(&self, ns: u64) -> Result<(), ClockError> {
        let until = timespec(ns);
        loop {
            match clock_nanosleep_absolute(ClockId::Monotonic, &until) {
                Ok(()) => return Ok(()),
                // A signal; the time that is waited for is absolute, so nothing is lost.
                Err(Errno::INTR) => {}
                Err(error) => return Err(ClockError(error)),
            }
        }
    }
}

fn nanoseconds(time: Timespec) -> u64 {
    // Neither part of a monotonic time is negative.
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    part(time.tv_sec).saturating_mul(SECOND).saturating_add(part(time.tv_nsec))
}

fn timespec(ns: u64) -> Timespec {
    // At most 18 446 744 073 s and 999 999 999 ns: both fit.
    Timespec { tv_sec: (ns / SECOND) as i64, tv_nsec: (ns % SECOND) as i64 }
}
