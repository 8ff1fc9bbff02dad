//! The thread that calls its work at each tick.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::clock::{Clock, ClockError, Monotonic};
use super::grant::{Granted, Request, ask};
use super::statistics::{Statistics, StatisticsView};

/// One tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Periods since the start, from 0; those skipped are counted.
    pub number: u64,
    /// Ticks left out since the one before.
    pub skipped: u64,
}

/// What is done at each tick. It must not wait, lock or allocate: the next tick is a period away.
pub trait Work: Send {
    /// Does the work of one tick.
    fn tick(&mut self, tick: Tick);
}

impl<F: FnMut(Tick) + Send> Work for F {
    fn tick(&mut self, tick: Tick) {
        self(tick);
    }
}

/// How the ticks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExecutorConfig {
    /// From one tick to the next.
    pub period: Duration,
    /// What the operating system is asked for.
    pub request: Request,
}

impl Default for ExecutorConfig {
    /// 1 kHz.
    fn default() -> Self {
        Self { period: Duration::from_millis(1), request: Request::default() }
    }
}

/// Why the executor does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// A period that no tick can keep.
    #[error("period = {0:?}: must be 50 us to 1 s")]
    Period(Duration),
    /// There is no thread for it.
    #[error("the thread of the ticks cannot be started: {0}")]
    Thread(#[from] std::io::Error),
    /// It cannot wait for its ticks.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// Its work broke.
    #[error("the work of a tick panicked; the ticks have ended")]
    Panicked,
}

/// A running thread of ticks. Dropping it ends the thread too, without a word about how it went.
#[derive(Debug)]
pub struct Executor {
    stop: Arc<AtomicBool>,
    statistics: Arc<Statistics>,
    granted: Granted,
    thread: Option<JoinHandle<Result<(), ClockError>>>,
}

impl Executor {
    /// Starts a thread that calls `work` each period. It returns when the thread has what it gets of
    /// [`ExecutorConfig::request`].
    ///
    /// # Errors
    /// [`ExecutorError::Period`] for a period outside 50 us to 1 s, [`ExecutorError::Thread`] if there is no
    /// thread to be had. A right that is missing is no error: [`Self::granted`] tells.
    pub fn spawn(config: ExecutorConfig, mut work: impl Work + 'static) -> Result<Self, ExecutorError> {
        let period = u64::try_from(config.period.as_nanos()).unwrap_or(u64::MAX);
        if !(50_000..=1_000_000_000).contains(&period) {
            return Err(ExecutorError::Period(config.period));
        }
        let (stop, statistics) = (Arc::new(AtomicBool::new(false)), Arc::new(Statistics::default()));
        let (told, asked) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name("dpo-realtime".to_owned()).spawn({
            let (stop, statistics) = (Arc::clone(&stop), Arc::clone(&statistics));
            move || {
                let (granted, _held) = ask(&config.request);
                // A starter that is gone has dropped the executor: `stop` is set.
                let _ = told.send(granted);
                run(&Monotonic, period, &stop, &statistics, &mut work)
            }
        })?;
        // The thread cannot end before it has told, unless asking panicked.
        let granted = asked.recv().map_err(|_| ExecutorError::Panicked)?;
        Ok(Self { stop, statistics, granted, thread: Some(thread) })
    }

    /// What the operating system gave.
    pub fn granted(&self) -> &Granted {
        &self.granted
    }

    /// How well the ticks are kept; it outlives the executor.
    pub fn statistics(&self) -> Arc<Statistics> {
        Arc::clone(&self.statistics)
    }

    /// Whether the thread has ended, by itself or by [`Self::stop`].
    pub fn ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Lets the tick that is under way end, and the thread with it. It takes at most a period.
    ///
    /// # Errors
    /// [`ExecutorError::Clock`] or [`ExecutorError::Panicked`] if the thread had ended before.
    pub fn stop(mut self) -> Result<StatisticsView, ExecutorError> {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.join().map_err(|_| ExecutorError::Panicked)??;
        }
        Ok(self.statistics.view())
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // Nobody asks how it ended.
            let _ = thread.join();
        }
    }
}

/// Calls `work` at each whole period from now on, until `stop` is set.
///
/// Ticks stay on the grid of the first one. A thread that wakes late runs the newest tick that is due and skips
/// those before it. A tick that started late and ends late makes the next one start at once if half of its period
/// is still left, else that one is skipped too. After work that took a whole period the thread always sleeps up to
/// the next tick that is still to come: otherwise a FIFO thread that never keeps up would take a machine with one
/// processor from everybody else.
pub(super) fn run(
    clock: &impl Clock,
    period: u64,
    stop: &AtomicBool,
    statistics: &Statistics,
    work: &mut impl Work,
) -> Result<(), ClockError> {
    let mut due = clock.now().saturating_add(period);
    let mut tick = Tick { number: 0, skipped: 0 };
    while !stop.load(Ordering::Acquire) {
        clock.sleep_until(due)?;
        if stop.load(Ordering::Acquire) {
            break;
        }
        let began = clock.now();
        let late = began.saturating_sub(due);
        statistics.jitter.record(late);
        let passed = late / period;
        due += passed * period;
        tick.number += passed;
        tick.skipped += passed;
        statistics.skip(tick.skipped);
        work.tick(tick);
        let ended = clock.now();
        statistics.ticked(due, began, ended, period);
        let over = ended.saturating_sub(due + period);
        let yields = ended.saturating_sub(began) >= period || over % period > period / 2;
        let lost = over / period + u64::from(yields);
        due += (1 + lost) * period;
        tick = Tick { number: tick.number + 1 + lost, skipped: lost };
    }
    Ok(())
}
