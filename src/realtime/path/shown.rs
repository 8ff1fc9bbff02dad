//! What a fast path shows: the view of a tick, as words on a board and back.

use std::sync::Arc;

use dpo_registers::units::{Hertz, Volts};

use super::codes::{bits, code, degraded, state};
use crate::control::meter::AcReading;
use crate::control::orchestrator::Degraded;
use crate::control::orchestrator::io::Lines;
use crate::control::state::ShelfState;
use crate::realtime::board::Board;

/// Words that a fast path posts each tick.
pub(super) const WORDS: usize = 20;

/// Why the shelf is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathCause {
    /// The AC input is, or was, outside its band.
    Input,
    /// The lease owner asked for it.
    Demand,
    /// The batteries act by themselves: the bus fell, or they are being filled.
    Battery,
    /// Devices or measurements are missing.
    Device,
}

/// What the fast path of a shelf saw and decided in one tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathView {
    /// Number of the tick.
    pub tick: u64,
    /// The AC input; `None` while nothing measures it.
    pub ac: Option<AcReading>,
    /// State of the shelf.
    pub state: ShelfState,
    /// Why; `None` in normal operation.
    pub cause: Option<PathCause>,
    /// For how many seconds the batteries carry the whole load from now on; infinite without load.
    pub ride_through_s: f64,
    /// The lines as it would drive them.
    pub lines: Lines,
    /// What is missing.
    pub degraded: Degraded,
    /// Sags of the AC input since the start, counted where they are found: none passes between two readers, and a
    /// deep one that goes straight into support is one, too.
    pub sags: u64,
}

/// The words of a view; [`PathShown::read`] is the way back.
pub(super) fn words(view: &PathView) -> [u64; WORDS] {
    let flags = u64::from(view.ac.is_some())
        | u64::from(view.lines.support) << 1
        | u64::from(view.lines.hold) << 2
        | code(view.state) << 8
        | view.cause.map_or(0, |cause| cause as u64 + 1) << 16
        | bits(&view.degraded) << 24;
    let ac = view.ac.unwrap_or_default();
    let volts = |v: Option<Volts>| v.map_or(f64::NAN, |v| v.0);
    let mut words = [0; WORDS];
    let numbers = [
        view.ride_through_s,
        ac.rms[0].0,
        ac.rms[1].0,
        ac.rms[2].0,
        ac.frequency.map_or(f64::NAN, |hz| hz.0),
        ac.rocof_hz_per_s.unwrap_or(f64::NAN),
        ac.samples_since,
        volts(ac.lowest[0]),
        volts(ac.lowest[1]),
        volts(ac.lowest[2]),
        volts(ac.highest[0]),
        volts(ac.highest[1]),
        volts(ac.highest[2]),
    ];
    let counts = [view.tick, flags, ac.half_cycles, ac.seconds, view.sags];
    for (word, count) in words.iter_mut().zip(counts) {
        *word = count;
    }
    for (word, number) in words.iter_mut().skip(counts.len()).zip(numbers) {
        *word = number.to_bits();
    }
    words
}

/// Reads what a [`FastPath`](super::FastPath) posts.
#[derive(Debug, Clone)]
pub struct PathShown {
    board: Arc<Board<WORDS>>,
}

impl PathShown {
    /// Of the board of a [`FastLoop`](crate::realtime::FastLoop) whose words are [`FastPath::words`](super::FastPath::words).
    pub fn new(board: Arc<Board<WORDS>>) -> Self {
        Self { board }
    }

    /// The newest tick; `None` before the first.
    pub fn read(&self) -> Option<PathView> {
        let words = self.board.read()?;
        let word = |at: usize| words.get(at).copied().unwrap_or(0);
        let number = |at: usize| f64::from_bits(word(at + 5));
        let some = |at: usize| Some(number(at)).filter(|v| v.is_finite());
        let flags = word(1);
        let flag = |bit: u32| flags >> bit & 1 == 1;
        let ac = flag(0).then(|| AcReading {
            rms: [1, 2, 3].map(|at| Volts(number(at))),
            half_cycles: word(2),
            samples_since: number(6),
            frequency: some(4).map(Hertz),
            rocof_hz_per_s: some(5),
            lowest: [7, 8, 9].map(|at| some(at).map(Volts)),
            highest: [10, 11, 12].map(|at| some(at).map(Volts)),
            seconds: word(3),
        });
        Some(PathView {
            tick: word(0),
            ac,
            state: state(flags >> 8 & 0xFF),
            cause: match flags >> 16 & 0xFF {
                1 => Some(PathCause::Input),
                2 => Some(PathCause::Demand),
                3 => Some(PathCause::Battery),
                4 => Some(PathCause::Device),
                _ => None,
            },
            ride_through_s: number(0),
            lines: Lines { support: flag(1), hold: flag(2) },
            degraded: degraded(flags >> 24),
            sags: word(4),
        })
    }
}
