//! One line shared by priority: setpoint writes, the rack manager's pass-through, polls, probes.
//!
//! A line carries one transaction at a time and none can be interrupted. [`Arbiter`] decides who goes next
//! whenever one ends; each [`Arbiter::port`] is a [`Bus`] of its own, so whoever holds one needs to know
//! nothing of the others. Who wants the line in the same class goes in the order of the calls.
//!
//! # Bounded wait
//! The highest class that waits goes first, but a class is overtaken at most [`Priority::patience`] times; then
//! it is due, and the class that has been due longest goes before all that are not. So the first request of a
//! class waits for at most [`Priority::most_before`] transactions: the one under way, as many as its patience,
//! and one of each other class that was due before it. The k-th request of a class waits for at most k times
//! that. Neither the number of callers nor how often they ask changes this: a rack manager with a thousand
//! connections delays a poll no more than one with two.
//!
//! After a fast read the line rests for a millisecond if others wait and none is due: whoever sent it may
//! have more to ask, and would else come second each time.
//!
//! # Cancellation
//! A future that is dropped while it waits leaves the queue; dropped while its transaction is under way, it gives
//! the line on, and the bus below sees to it that a late answer is nobody else's ([`Bus::transact`]).

mod queue;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::Pdu;
use tokio::time::{Instant, timeout};

use super::counters::BusCounters;
use super::{BoxFuture, Bus, BusError};
use queue::Queue;

/// What a request is for, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// A setpoint on its way to a device, with the reads before and after it.
    Write,
    /// A read of the fast poll class. These come at fixed phases with room between them, so they may go before
    /// pass-through without keeping it away.
    Fast,
    /// A request of the rack manager that is passed through.
    PassThrough,
    /// A read of the slow or static poll class.
    Slow,
    /// A search for devices that are not there.
    Probe,
}

impl Priority {
    /// How many classes there are.
    pub const COUNT: usize = 5;

    /// Every class, the most urgent first.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Write, Self::Fast, Self::PassThrough, Self::Slow, Self::Probe];

    /// How many transactions of other classes may overtake the first request of this one.
    ///
    /// A fast read stands back for one transaction of another class, a pass-through for six: where the line is too slow
    /// for what is asked of it, each still gets its share (`spec/decisions/0008`).
    pub const fn patience(self) -> u32 {
        match self {
            Self::Write => 0,
            Self::Fast => 1,
            Self::PassThrough => 6,
            Self::Slow => 8,
            Self::Probe => 16,
        }
    }

    /// Transactions that the first request of the class waits for at most: the bound of the module's text.
    pub const fn most_before(self) -> u32 {
        1 + self.patience() + (Self::COUNT as u32 - 1)
    }

    /// Name for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Fast => "fast",
            Self::PassThrough => "pass-through",
            Self::Slow => "slow",
            Self::Probe => "probe",
        }
    }
}

/// What one class did on a line since the gateway started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassUse {
    /// Transactions that had the line, those that failed included.
    pub transactions: u64,
    /// Those of them without a good answer; exception responses are answers.
    pub failed: u64,
    /// Requests that were dropped before they had the line.
    pub given_up: u64,
    /// Requests that wait now.
    pub waiting: usize,
    /// Time on the line.
    pub busy: Duration,
    /// Time that all requests together waited for the line.
    pub waited: Duration,
    /// Longest wait for the line.
    pub longest_wait: Duration,
    /// Longest time that one transaction had the line.
    pub longest: Duration,
}

/// What a line was used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineUse {
    /// Since when.
    pub elapsed: Duration,
    classes: [ClassUse; Priority::COUNT],
}

impl LineUse {
    /// One class that had the line for `busy` in so many transactions since `elapsed` ago; nobody waited.
    pub fn of(elapsed: Duration, priority: Priority, transactions: u64, busy: Duration) -> Self {
        let mut classes = [ClassUse::default(); Priority::COUNT];
        if let Some(class) = classes.get_mut(priority as usize) {
            *class = ClassUse { transactions, busy, ..ClassUse::default() };
        }
        Self { elapsed, classes }
    }

    /// What one class did.
    pub fn class(&self, priority: Priority) -> ClassUse {
        self.classes.get(priority as usize).copied().unwrap_or_default()
    }

    /// Time on the line of all classes.
    pub fn busy(&self) -> Duration {
        self.classes.iter().map(|class| class.busy).sum()
    }

    /// Share of the time in which the line was in use for the class, 0 to 1.
    pub fn utilisation(&self, priority: Priority) -> f64 {
        let elapsed = self.elapsed.as_secs_f64();
        if elapsed > 0.0 { self.class(priority).busy.as_secs_f64() / elapsed } else { 0.0 }
    }
}

/// One line, shared. Cheap to clone; the clones share the same line.
#[derive(Clone)]
pub struct Arbiter {
    shared: Arc<Shared>,
}

struct Shared {
    bus: Arc<dyn Bus>,
    queue: Queue,
    since: Instant,
}

impl std::fmt::Debug for Arbiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arbiter").field("bus", &self.shared.bus.name()).finish_non_exhaustive()
    }
}

impl Arbiter {
    /// Shares `bus`. Nobody may use it but through ports of this arbiter and its clones.
    pub fn new(bus: Arc<dyn Bus>) -> Self {
        Self { shared: Arc::new(Shared { bus, queue: Queue::default(), since: Instant::now() }) }
    }

    /// A way to the line for requests of this class.
    pub fn port(&self, priority: Priority) -> Arc<dyn Bus> {
        Arc::new(LinePort { shared: Arc::clone(&self.shared), priority, longest: None })
    }

    /// The same, for transactions that may keep the line for `longest` at most; then they are dropped and end with
    /// [`BusError::Timeout`]. The wait for the line does not count.
    pub fn port_for(&self, priority: Priority, longest: Duration) -> Arc<dyn Bus> {
        Arc::new(LinePort { shared: Arc::clone(&self.shared), priority, longest: Some(longest) })
    }

    /// What the line was used for so far. A transaction under way counts when it ends.
    pub fn usage(&self) -> LineUse {
        LineUse { elapsed: self.shared.since.elapsed(), classes: self.shared.queue.usage() }
    }

    /// Name of the bus below.
    pub fn name(&self) -> &str {
        self.shared.bus.name()
    }
}

impl<B: Bus + 'static> From<Arc<B>> for Arbiter {
    fn from(bus: Arc<B>) -> Self {
        Self::new(bus)
    }
}

/// The line as one class sees it.
struct LinePort {
    shared: Arc<Shared>,
    priority: Priority,
    longest: Option<Duration>,
}

impl Bus for LinePort {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let mut turn = self.shared.queue.turn(self.priority).await;
            let transaction = self.shared.bus.transact(unit, request);
            let result = match self.longest {
                None => transaction.await,
                Some(after) => timeout(after, transaction)
                    .await
                    .unwrap_or_else(|_| Err(BusError::Timeout { bus: self.name().to_owned(), unit, after })),
            };
            if result.is_ok() {
                turn.answered();
            }
            turn.end();
            result
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        self.shared.bus.wire_time(request, answer)
    }

    fn name(&self) -> &str {
        self.shared.bus.name()
    }

    fn counters(&self) -> BusCounters {
        self.shared.bus.counters()
    }
}
