//! The two clocks of an entry. The wall clock may jump; nothing is decided by it but how long entries are kept.

use std::time::{Duration, SystemTime};

/// The clocks by which a journal stamps its entries.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Time of day; may jump.
    fn wall(&self) -> SystemTime;
    /// Time since the machine started; never goes back while it runs.
    fn monotonic(&self) -> Duration;
}

/// The clocks of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
    }
}
