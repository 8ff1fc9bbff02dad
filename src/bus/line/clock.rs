//! Virtual time to the nanosecond, under asynchronous code that is not changed for it.
//!
//! The paused clock of tokio alone will not do: its timers end at whole milliseconds, and a character at 115200 baud
//! takes 95 us. So the lines keep their own queue of events, and this clock advances tokio's to each of them: always
//! when no task has anything left to do, never past a millisecond at which a timer of tokio may be due, one event at
//! a time. Code on top that sleeps, times out or polls at intervals sees the same time, to the millisecond.
//! `spec/decisions/0010-line-timing.md` has what else was weighed.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, advance};

use crate::bus::rtu::station::lock;

/// Something with events in virtual time.
pub(super) trait Timed: Send + Sync {
    /// When its next event is due; zero for at once.
    fn next(&self) -> Option<Duration>;

    /// Does what is due now.
    fn step(&self, now: Duration);
}

/// The clock of [`run`]. Clones are handles of the same clock.
#[derive(Clone)]
pub struct LineClock {
    shared: Arc<Shared>,
}

struct Shared {
    epoch: Mutex<Option<Instant>>,
    lines: Mutex<Vec<Weak<dyn Timed>>>,
    idle: Notify,
}

impl std::fmt::Debug for LineClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LineClock({:?})", self.now())
    }
}

/// The timers of tokio end at multiples of this after the start.
const TICK_NS: u128 = 1_000_000;

impl LineClock {
    /// Virtual time since the start of [`run`].
    pub fn now(&self) -> Duration {
        lock(&self.shared.epoch).map(|epoch| epoch.elapsed()).unwrap_or_default()
    }

    pub(super) fn add(&self, line: Weak<dyn Timed>) {
        lock(&self.shared.lines).push(line);
    }

    /// The lines that live, and when the first of them has something to do.
    fn next(&self) -> Option<Duration> {
        lock(&self.shared.lines).iter().filter_map(Weak::upgrade).filter_map(|line| line.next()).min()
    }

    /// Advances time to the next event whenever all tasks wait.
    async fn drive(self) {
        loop {
            self.shared.idle.notified().await;
            let Some(due) = self.next() else { continue };
            let now = self.now();
            let boundary = Duration::from_nanos(((now.as_nanos() / TICK_NS + 1) * TICK_NS) as u64);
            let to = due.max(now).min(boundary);
            if to > now {
                advance(to - now).await;
            }
            if due > to || boundary == to {
                // Timers of tokio that are due at this very instant go first.
                continue;
            }
            let lines: Vec<_> = lock(&self.shared.lines).iter().filter_map(Weak::upgrade).collect();
            for line in lines {
                if line.next().is_some_and(|at| at <= to) {
                    line.step(to);
                }
            }
        }
    }
}

/// Runs what `start` makes in virtual time, on a runtime of its own on this thread, and returns its output.
///
/// Time passes only while every task of the runtime waits. Work on other threads (blocking calls, sockets) is not
/// waited for: keep it out, or know that it takes no virtual time.
///
/// # Errors
/// If the system gives no runtime.
pub fn run<F, T>(start: impl FnOnce(LineClock) -> F) -> io::Result<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let clock = LineClock {
        shared: Arc::new(Shared { epoch: Mutex::default(), lines: Mutex::default(), idle: Notify::new() }),
    };
    let watched = clock.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || {
            if watched.next().is_some() {
                watched.shared.idle.notify_one();
            }
        })
        .build()?;
    let ended = runtime.block_on(async {
        *lock(&clock.shared.epoch) = Some(Instant::now());
        tokio::spawn(clock.clone().drive());
        // As a task like any other, so that it always has its turn before time passes.
        tokio::spawn(start(clock.clone())).await
    });
    match ended {
        Ok(output) => Ok(output),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(io::Error::other(error)),
        },
    }
}
