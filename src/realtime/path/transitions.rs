//! Changes of the state, kept for readers that come late.

use std::sync::atomic::{AtomicU64, Ordering};

use dpo_registers::units::Ratio;

use super::codes::{code, state};
use crate::control::state::ShelfState;
use crate::realtime::board::Board;

/// Changes of the state that are kept.
pub(super) const TRANSITIONS: u64 = 32;

/// A change of the state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// Number, from 1, without gaps.
    pub number: u64,
    /// Tick in which it happened.
    pub tick: u64,
    /// The state before.
    pub from: ShelfState,
    /// The state since.
    pub to: ShelfState,
    /// Lowest phase of the meter then, in p.u.; it lags behind by up to a cycle.
    pub lowest: Option<Ratio>,
}

/// The newest changes of the state; one thread writes, any number read.
#[derive(Debug, Default)]
pub struct Transitions {
    newest: AtomicU64,
    slots: [Board<4>; TRANSITIONS as usize],
}

impl Transitions {
    pub(super) fn push(&self, tick: u64, from: ShelfState, to: ShelfState, lowest: Option<f64>) {
        let number = self.newest.load(Ordering::Relaxed) + 1;
        if let Some(slot) = self.slots.get((number % TRANSITIONS) as usize) {
            slot.post(&[number, tick, code(from) << 8 | code(to), lowest.unwrap_or(f64::NAN).to_bits()]);
        }
        self.newest.store(number, Ordering::Release);
    }

    /// The number of the newest; 0 before the first.
    pub fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// The changes after number `number`, oldest first; those that a late reader has missed are gone, which their
    /// numbers tell.
    pub fn after(&self, number: u64) -> impl Iterator<Item = Transition> + '_ {
        let newest = self.newest();
        let oldest = newest.saturating_sub(TRANSITIONS - 1).max(1);
        (oldest.max(number.saturating_add(1))..=newest).filter_map(|number| {
            let [is, tick, states, lowest] = self.slots.get((number % TRANSITIONS) as usize)?.read()?;
            // Overwritten meanwhile by a newer one.
            (is == number).then(|| Transition {
                number,
                tick,
                from: state(states >> 8),
                to: state(states & 0xFF),
                lowest: Some(f64::from_bits(lowest)).filter(|v| v.is_finite()).map(Ratio),
            })
        })
    }
}
