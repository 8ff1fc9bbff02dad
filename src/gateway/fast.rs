//! What the local fast path tells the gateway: measured and decided each millisecond, beside the polls.
//!
//! The gateway neither runs nor steers it. It shows what it sees, takes over its state during an event, for which
//! polls are too slow, and logs each change. Where there is no fast path, nothing of this exists.

use std::fmt;
use std::time::SystemTime;

use dpo_registers::units::{Hertz, Ratio, Seconds, Volts};

use super::{GridPoint, StateCause};
pub use crate::control::meter::AcReading;
use crate::control::state::ShelfState;

/// A running fast path. Its calls neither wait nor lock.
pub trait FastSource: fmt::Debug + Send + Sync {
    /// What it shows now; `None` before its first tick.
    fn view(&self) -> Option<FastView>;

    /// Number of the newest change of the state; 0 before the first.
    fn newest_change(&self) -> u64;

    /// The changes of the state after a number, oldest first. Those that came too fast to be kept are missing.
    fn changes_after(&self, number: u64) -> Vec<FastChange>;

    /// What it measured after the point of a number, oldest first, as far as it is kept.
    fn points_after(&self, _number: u64) -> Vec<GridPoint> {
        Vec::new()
    }

    /// Whether what it measures is simulated.
    fn simulated(&self) -> bool {
        false
    }
}

/// What the fast path saw and decided in its newest tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FastView {
    /// The AC input; `None` while nothing measures it.
    pub ac: Option<AcView>,
    /// Declared voltage from phase to neutral: 1 p.u.
    pub nominal: Volts,
    /// Declared frequency.
    pub nominal_frequency: Hertz,
    /// State of the shelf.
    pub state: ShelfState,
    /// Why; `None` in normal operation.
    pub cause: Option<StateCause>,
    /// Sags of the AC input since its start, counted where they are found: also those that nobody saw in a state.
    pub sags: u64,
    /// How long the BBUs carry the whole load from now on; `None` without load, when they carry it for ever.
    pub ride_through: Option<Seconds>,
    /// Whether it drives the support line, or would if there were one.
    pub support_line: bool,
    /// Whether it drives the hold line, or would if there were one.
    pub hold_line: bool,
    /// How well its ticks are kept.
    pub ticks: TickView,
}

/// The AC input as the fast path measures it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AcView {
    /// What its meter shows.
    pub reading: AcReading,
    /// End of the newest half cycle.
    pub time: SystemTime,
}

/// How well the ticks of the fast path are kept, since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickView {
    /// Ticks that ran.
    pub ticks: u64,
    /// Deadlines missed: ticks that ended late or did not run.
    pub deadline_misses: u64,
    /// Time from when a tick was due to its start that 99 % of them kept, in ns.
    pub jitter_p99_ns: u64,
    /// The largest.
    pub jitter_max_ns: u64,
}

/// A change of the state of the fast path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FastChange {
    /// Number, from 1.
    pub number: u64,
    /// When.
    pub time: SystemTime,
    /// The state before.
    pub from: ShelfState,
    /// The state since.
    pub to: ShelfState,
    /// Lowest phase then, in p.u.
    pub lowest: Option<Ratio>,
}

/// Whether the fast path is in an event: then its state is the gateway's.
pub(super) fn in_event(state: ShelfState, cause: Option<StateCause>) -> bool {
    match state {
        ShelfState::SagDetected => true,
        // What the lease owner asked for is told by the setpoints, whose polls know the devices' answer. A limit lets
        // the bus sink, too, and the fast path then waits for it to come back.
        ShelfState::Supporting | ShelfState::Recovering => cause == Some(StateCause::InputVoltage),
        ShelfState::Normal | ShelfState::Recharging | ShelfState::FailSafe => false,
    }
}
