//! What the fast path measured, kept for a reader that comes each 50 ms: the thread of the ticks neither waits nor allocates.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dpo_registers::units::{Hertz, Volts, Watts};

use super::Physical;
use crate::control::meter::AcReading;
use crate::control::state::ShelfState;
use crate::gateway::GridPoint;
use crate::realtime::Board;

/// Points that are kept: some six seconds, at a point each half cycle and each look at the shelf.
const KEPT: u64 = 1024;
/// Words of a point.
const WORDS: usize = 10;
/// States by their place here.
const STATES: [ShelfState; 6] = [
    ShelfState::Normal,
    ShelfState::SagDetected,
    ShelfState::Supporting,
    ShelfState::Recovering,
    ShelfState::Recharging,
    ShelfState::FailSafe,
];

/// The newest points; one thread writes, any number read.
#[derive(Debug)]
pub(super) struct Points {
    newest: AtomicU64,
    slots: Box<[Board<WORDS>]>,
}

impl Default for Points {
    fn default() -> Self {
        Self { newest: AtomicU64::new(0), slots: (0..KEPT).map(|_| Board::default()).collect() }
    }
}

impl Points {
    /// The points after number `number`, oldest first, as far as they are kept.
    pub(super) fn after(&self, number: u64) -> Vec<GridPoint> {
        let newest = self.newest.load(Ordering::Acquire);
        let oldest = newest.saturating_sub(KEPT - 1).max(1).max(number.saturating_add(1));
        let point = |number: u64| {
            let words = self.slots.get((number % KEPT) as usize)?.read()?;
            let value = |at: usize| Some(f64::from_bits(*words.get(at)?)).filter(|v| v.is_finite());
            // Overwritten meanwhile by a newer one.
            (words.first() == Some(&number)).then_some(())?;
            Some(GridPoint {
                number,
                at_ms: *words.get(1)?,
                state: *STATES.get(usize::try_from(*words.get(2)?).ok()?)?,
                rms: [Volts(value(3)?), Volts(value(4)?), Volts(value(5)?)],
                frequency: value(6).map(Hertz),
                bus: value(7).map(Volts),
                input: value(8).map(Watts),
                battery: value(9).map(Watts),
            })
        };
        (oldest..=newest).filter_map(point).collect()
    }
}

/// The writing end.
#[derive(Debug)]
pub(super) struct Writer {
    points: Arc<Points>,
    physical: Arc<Physical>,
    number: u64,
    /// What the newest point was made of.
    half_cycles: u64,
    posts: u64,
    state: ShelfState,
}

impl Writer {
    pub(super) fn new(points: Arc<Points>, physical: Arc<Physical>) -> Self {
        Self { points, physical, number: 0, half_cycles: 0, posts: 0, state: ShelfState::Normal }
    }

    /// Makes a point of a tick, if anything in it is new.
    pub(super) fn note(&mut self, tick: u64, ac: Option<AcReading>, state: ShelfState) {
        let Some(ac) = ac else { return };
        let posts = self.physical.posts();
        if (ac.half_cycles, posts, state) == (self.half_cycles, self.posts, self.state) {
            return;
        }
        (self.half_cycles, self.posts, self.state) = (ac.half_cycles, posts, state);
        let [_, bus, input, battery, _] = self.physical.read().unwrap_or([f64::NAN.to_bits(); 5]);
        self.number += 1;
        let state = STATES.iter().position(|known| *known == state).unwrap_or(0) as u64;
        let [a, b, c] = ac.rms.map(|v| v.0.to_bits());
        let hertz = ac.frequency.map_or(f64::NAN, |hz| hz.0).to_bits();
        let words = [self.number, tick, state, a, b, c, hertz, bus, input, battery];
        if let Some(slot) = self.points.slots.get((self.number % KEPT) as usize) {
            slot.post(&words);
        }
        self.points.newest.store(self.number, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_made_of_what_is_new_and_read_back_as_it_was() {
        let (points, physical) = (Arc::<Points>::default(), Arc::<Physical>::default());
        let mut writer = Writer::new(Arc::clone(&points), Arc::clone(&physical));
        let ac = |half_cycles| AcReading {
            rms: [Volts(277.0), Volts(110.0), Volts(276.0)],
            frequency: Some(Hertz(60.0)),
            half_cycles,
            ..AcReading::default()
        };
        writer.note(0, None, ShelfState::Normal);
        assert_eq!(points.after(0), []);
        writer.note(1, Some(ac(1)), ShelfState::Normal);
        writer.note(2, Some(ac(1)), ShelfState::Normal);
        physical.post(&[277.0, 50.5, 9000.0, -20.0, 60.0].map(f64::to_bits));
        writer.note(3, Some(ac(1)), ShelfState::Normal);
        writer.note(4, Some(ac(1)), ShelfState::SagDetected);
        let all = points.after(0);
        assert_eq!(all.iter().map(|p| (p.number, p.at_ms)).collect::<Vec<_>>(), [(1, 1), (2, 3), (3, 4)]);
        assert_eq!((all[0].bus, all[1].bus, all[1].battery), (None, Some(Volts(50.5)), Some(Watts(-20.0))));
        assert_eq!((all[2].state, all[2].rms[1]), (ShelfState::SagDetected, Volts(110.0)));
        for n in 2..3 * KEPT {
            writer.note(n + 10, Some(ac(n)), ShelfState::Normal);
        }
        let all = points.after(1);
        assert_eq!((all.len() as u64, all.last().unwrap().number), (KEPT, 3 * KEPT + 1));
        assert_eq!(points.after(3 * KEPT + 1), []);
    }
}
