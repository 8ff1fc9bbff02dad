//! Setpoints that move in steps, because the bus is too slow to move all of them at once.
//!
//! While some PSUs stand higher than the others they carry more: 0.1 V is 0.6 kW at a droop of 0.5 V over 3 kW. A PSU
//! that carries more than 3.6 kW for 100 ms trips (AE data sheet of the ORv3 PSU). Six setpoints take 40 ms together
//! at 115200 baud and 100 ms at 19200, there with reads in between.
//!
//! For the same reason a PSU that does not take its setpoint must be found before the others have gone far: each move
//! begins with a step that harms nobody, read back from all.

use std::time::Duration;

use tokio::time::sleep;

use super::psus::Psus;
use crate::shelf::setpoint::Pending;
use crate::shelf::writer::WriteError;

/// Longest time in which the setpoints of a group may follow each other and still move at once.
const AT_ONCE: Duration = Duration::from_millis(60);
/// Largest step on a slower bus, in volts.
const STEP_V: f64 = 0.1;

/// First step of a move: 0.3 kW more for one that stays behind.
const PROBE_V: f64 = 0.05;
/// Pause before a device that is busy is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// Longest wait for one word. Another gateway on the way lets one write of a register through each half second.
const WORD: Duration = Duration::from_secs(2);
/// Longest wait for a group: 40 steps of one each half second.
const GROUP: Duration = Duration::from_secs(20);

/// How long busy devices are still waited for.
pub(super) struct Patience {
    group: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { group: GROUP }
    }
}

/// One PSU on its way.
pub(super) struct Move {
    /// Its place in [`Psus::holds`].
    pub at: usize,
    /// What it held.
    pub from: u16,
    /// What it is to hold.
    pub to: u16,
    pub intent: Pending,
    /// Whether it may hold a word on the way.
    pub stepped: bool,
    /// Why it did not take one.
    pub failed: Option<WriteError>,
}

/// The word after `step` of `steps` equal steps.
fn between(from: u16, to: u16, step: u32, steps: u32) -> u16 {
    let (a, b) = (f64::from(from), f64::from(to));
    // Between two words, so it is one.
    (a + (b - a) * f64::from(step) / f64::from(steps.max(1))).round() as u16
}

impl Psus {
    /// Whether the setpoints of a group take too long to be sent at once.
    pub fn stepwise(&self, goal: &[(usize, u16)]) -> bool {
        let bus = |i: usize| self.holds.get(i).and_then(|h| self.buses.get(h.slot.bus));
        let each = goal.iter().filter_map(|(i, _)| bus(*i)).map(|bus| bus.write_time(self.turnaround));
        goal.len() > 1 && each.sum::<Duration>() > AT_ONCE
    }

    /// The furthest that a PSU is to go, in steps of `step_v`. Some tens at most: setpoints lie within 4 V.
    fn steps(&self, moves: &[Move], step_v: f64) -> u32 {
        let volts = |m: &Move| {
            let step = self.holds.get(m.at).map_or(0.0, |h| h.coding.step());
            (f64::from(m.to) - f64::from(m.from)).abs() * step
        };
        (moves.iter().map(volts).fold(0.0, f64::max) / step_v).ceil() as u32
    }

    /// Moves PSUs that are to go further a first small step, and sees that each has taken it. Returns whether one
    /// failed: then nothing more may be sent.
    pub async fn probe(&self, moves: &mut [Move], patience: &mut Patience) -> bool {
        let steps = self.steps(moves, PROBE_V);
        if moves.len() < 2 || steps < 3 {
            return false;
        }
        for one in moves.iter_mut() {
            let word = between(one.from, one.to, 1, steps);
            one.stepped = true;
            one.failed = self.patiently(one.at, &one.intent, Some(word), patience).await.err();
            if one.failed.is_some() {
                return true;
            }
        }
        for one in moves.iter_mut() {
            let word = between(one.from, one.to, 1, steps);
            let taken = match self.place(one.at) {
                Ok(place) => self.writer.took(&place, &one.intent, word).await,
                Err(error) => Err(error),
            };
            one.failed = taken.err();
            if one.failed.is_some() {
                return true;
            }
        }
        false
    }

    /// Sends PSUs back at once to what they held, one of the group having failed: their records cover the way, and
    /// [`Psus::roll_back`] looks what became of it. Those that stay behind meanwhile carry the load of the others.
    pub async fn retreat<'a>(&self, moved: impl Iterator<Item = (usize, u16, &'a Pending)>) {
        for (at, from, intent) in moved {
            let Ok(place) = self.place(at) else { continue };
            if let Err(error) = self.writer.step(&place, intent, from).await {
                tracing::debug!(%error, "not sent back at once");
            }
        }
    }

    /// Moves PSUs together, a step at a time, up to the last step before the end. A step is not read back: the next
    /// one is due at once, and the end is. Returns whether a failure ended it, as it does with `all`.
    pub async fn step(&self, moves: &mut [Move], all: bool, patience: &mut Patience) -> bool {
        let steps = self.steps(moves, STEP_V);
        for step in 1..steps {
            for one in moves.iter_mut().filter(|m| m.failed.is_none()) {
                let word = between(one.from, one.to, step, steps);
                let sent = self.patiently(one.at, &one.intent, Some(word), patience).await;
                one.stepped = true;
                if let Err(error) = sent {
                    one.failed = Some(error);
                    if all {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Sends a word on the way, or the last one, and again while the device is busy. Only where the others do not wait
    /// for it at another voltage.
    pub async fn patiently(
        &self,
        at: usize,
        intent: &Pending,
        on_the_way: Option<u16>,
        patience: &mut Patience,
    ) -> Result<(), WriteError> {
        let mut left = WORD.min(patience.group);
        loop {
            let place = self.place(at)?;
            let sent = match on_the_way {
                Some(word) => self.writer.step(&place, intent, word).await,
                None => self.writer.send(&place, intent).await,
            };
            match sent {
                Err(error) if error.busy() && !left.is_zero() => {
                    tracing::debug!(%error, "asked again");
                    sleep(PAUSE).await;
                    left = left.saturating_sub(PAUSE);
                    patience.group = patience.group.saturating_sub(PAUSE);
                }
                sent => return sent,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lie_between_and_end_where_they_should() {
        let words: Vec<u16> = (0..=4).map(|step| between(52_224, 50_000, step, 4)).collect();
        assert_eq!(words, [52_224, 51_668, 51_112, 50_556, 50_000]);
        assert_eq!((between(7, 9, 1, 0), between(0, u16::MAX, 1, 1)), (9, u16::MAX));
    }
}
