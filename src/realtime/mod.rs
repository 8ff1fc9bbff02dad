//! The local fast path: a tick each millisecond, on a thread of its own.
//!
//! - [`Executor`]: calls a [`Work`] at each tick of an absolute timer, and keeps account of how well it did.
//! - [`Request`] and [`Granted`]: what the operating system is asked for (SCHED_FIFO, locked memory, an absolute
//!   timer) and what it gave. Nothing here fails because a right is missing: the ticks then come with more
//!   jitter, and the report says why.
//! - [`FastIo`], [`Control`] and [`FastLoop`]: measurements in, one decision, lines out.
//! - [`FastPath`]: meter and orchestrator of a shelf as such a control, and what it shows ([`PathView`],
//!   [`Transition`]).
//! - [`Histogram`]: a fixed logarithmic histogram; [`Board`]: values that one thread posts and others read. Both
//!   are made of atomics, so that the thread of the ticks never waits and never allocates.
//!
//! No tick is ever made up for. A tick whose time has passed is skipped and counted, because a burst of stale
//! ticks would act on the shelf at a pace nobody has tested.
//!
//! ```
//! use std::time::Duration;
//! use dpo_gateway::realtime::{Executor, ExecutorConfig, Tick};
//!
//! let mut ticks = 0u32;
//! let executor = Executor::spawn(ExecutorConfig::default(), move |_: Tick| ticks += 1)?;
//! std::thread::sleep(Duration::from_millis(5));
//! let report = executor.stop()?;
//! // A thread that may not run ahead of others still ticks; the report says what it got.
//! assert!(report.ticks > 0 || report.skipped > 0);
//! # Ok::<(), dpo_gateway::realtime::ExecutorError>(())
//! ```

mod board;
mod clock;
mod executor;
mod fast_io;
mod grant;
mod histogram;
mod path;
mod statistics;
#[cfg(test)]
mod tests;

pub use board::Board;
pub use clock::ClockError;
pub use executor::{Executor, ExecutorConfig, ExecutorError, Tick, Work};
pub use fast_io::{Control, FastIo, FastLoop};
pub use grant::{Granted, Outcome, Request};
pub use histogram::{Histogram, HistogramView};
pub use path::{FastPath, PathCause, PathShown, PathView, Transition, Transitions};
pub use statistics::{Statistics, StatisticsView};
