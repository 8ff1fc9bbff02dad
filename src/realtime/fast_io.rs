//! One tick of the local fast path: measure, decide, drive.

use std::sync::Arc;

use super::board::Board;
use super::executor::{Tick, Work};
use crate::control::orchestrator::io::{Action, Seen};

/// Where a tick gets its measurements and leaves what it decided: converters and output pins, or a simulation.
///
/// Neither call may wait, lock or allocate.
pub trait FastIo: Send {
    /// What was measured up to this tick. `tick.skipped` says how many ticks were left out since the last call:
    /// the samples of their time are still wanted, in order, as far as they were kept.
    fn read(&mut self, tick: Tick) -> Seen<'_>;

    /// Drives the lines at once, and hands the armed settings to whoever writes them.
    fn drive(&mut self, action: &Action);
}

/// What decides: a pure function of its own state and what was measured.
pub trait Control: Send {
    /// Decides one tick.
    fn tick(&mut self, tick: Tick, seen: &Seen<'_>) -> Action;
}

/// A [`FastIo`] and a [`Control`] as the work of an executor. What it posts on a board is for the interfaces.
pub struct FastLoop<I, C, E, const N: usize> {
    io: I,
    control: C,
    shown: E,
    board: Arc<Board<N>>,
}

impl<I, C, E, const N: usize> FastLoop<I, C, E, N>
where
    I: FastIo,
    C: Control,
    E: FnMut(Tick, &C, &Action) -> [u64; N] + Send,
{
    /// `shown` makes the words to post from the decision of a tick; it must not allocate.
    pub fn new(io: I, control: C, shown: E) -> Self {
        Self { io, control, shown, board: Arc::default() }
    }

    /// Where the words are posted.
    pub fn board(&self) -> Arc<Board<N>> {
        Arc::clone(&self.board)
    }
}

impl<I, C, E, const N: usize> Work for FastLoop<I, C, E, N>
where
    I: FastIo,
    C: Control,
    E: FnMut(Tick, &C, &Action) -> [u64; N] + Send,
{
    fn tick(&mut self, tick: Tick) {
        let action = self.control.tick(tick, &self.io.read(tick));
        self.io.drive(&action);
        self.board.post(&(self.shown)(tick, &self.control, &action));
    }
}
