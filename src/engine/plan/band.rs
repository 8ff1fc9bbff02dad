//! The part of a power between 0.1 and 20 Hz: its value, its energy of late, and the pieces of time in which a plan bounds it.
//!
//! A utility bounds the energy of swings in a band beside ramps and range (the form is told in arXiv:2508.14318, example
//! 0.1 to 20 Hz; figures are site specific). Here the limit is an effective value over a rolling window. The lower edge is a
//! high pass of first order; the upper one is above what an engine of 10 to 50 Hz moves, so nothing is left out there.

use std::collections::VecDeque;
use std::f64::consts::PI;

/// Lower edge of the band, Hz.
pub const FROM_HZ: f64 = 0.1;
/// Time constant of the high pass, s.
pub const TIME_S: f64 = 1.0 / (2.0 * PI * FROM_HZ);
/// Least length of a piece, s: shorter steps of a plan share one. What swings faster is bounded by ramps and changes.
const PIECE_S: f64 = 0.25;
/// The time ahead that is bounded with nearly the whole window of the past, s: so that a calm that is only planned, and
/// put off from tick to tick, does not count.
const NEAR_S: f64 = 0.5;
/// Readings kept.
const KEPT: usize = 1024;

/// By how much the high pass falls in a time.
fn keeps(time_s: f64) -> f64 {
    TIME_S / (TIME_S + time_s)
}

/// Some steps of a plan that share one value of the band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// The first of them.
    pub first: usize,
    /// How many.
    pub count: usize,
    /// Their length together, s.
    pub length_s: f64,
}

impl Piece {
    /// What the high pass keeps over it.
    pub fn keeps(&self) -> f64 {
        keeps(self.length_s)
    }
}

/// The pieces of a window from now on, by the lengths of a plan's steps in seconds.
pub fn pieces(steps_s: &[f64], window_s: f64) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut ahead_s = 0.0;
    for (k, step_s) in steps_s.iter().enumerate() {
        match out.last_mut() {
            Some(piece) if piece.length_s < PIECE_S * (1.0 - 1e-9) => {
                piece.count += 1;
                piece.length_s += step_s;
            }
            _ if ahead_s < window_s => out.push(Piece { first: k, count: 1, length_s: *step_s }),
            _ => break,
        }
        ahead_s += step_s;
    }
    out
}

/// How many of the pieces each bound takes in: the near ones, and all.
pub fn bounds(pieces: &[Piece]) -> [usize; 2] {
    let mut end_s = 0.0;
    let near = pieces.iter().take_while(|p| {
        end_s += p.length_s;
        end_s <= NEAR_S * (1.0 + 1e-9)
    });
    [near.count().max(1).min(pieces.len()), pieces.len()]
}

/// The band of a power that is read.
#[derive(Debug, Default)]
pub struct Meter {
    /// Time of the last reading, s, its power, W, and the band's value, W.
    last: Option<(f64, f64, f64)>,
    /// Ends of times, their lengths, s, and the squares of the values, W2.
    past: VecDeque<(f64, f64, f64)>,
}

impl Meter {
    /// Takes a reading; one that is not younger than the last is left out.
    pub fn reading(&mut self, t_s: f64, power_w: f64, window_s: f64) {
        let value_w = match self.last {
            Some((at_s, ..)) if t_s <= at_s => return,
            Some((at_s, ..)) => {
                let value_w = self.value_w(t_s, power_w);
                if self.past.len() == KEPT {
                    self.past.pop_front();
                }
                // A gap is no swing that lasted.
                self.past.push_back((t_s, (t_s - at_s).min(window_s), value_w * value_w));
                value_w
            }
            None => 0.0,
        };
        self.last = Some((t_s, power_w, value_w));
        while self.past.front().is_some_and(|p| p.0 <= t_s - window_s) {
            self.past.pop_front();
        }
    }

    /// The value if the power is this at a time, W; 0 before the first reading.
    pub fn value_w(&self, t_s: f64, power_w: f64) -> f64 {
        self.last.map_or(0.0, |(at_s, before_w, value_w)| {
            keeps((t_s - at_s).max(0.0)) * (value_w + power_w - before_w)
        })
    }

    /// Energy between the last reading and a time, at which the power is this, W2 s: nobody has read it yet.
    pub fn unread_w2s(&self, t_s: f64, power_w: f64) -> f64 {
        self.last.map_or(0.0, |(at_s, _, value_w)| {
            let (first, last) = (value_w * value_w, self.value_w(t_s, power_w).powi(2));
            (t_s - at_s).max(0.0) * 0.5 * (first + last)
        })
    }

    /// Energy of the band from a time on, W2 s.
    pub fn energy_w2s(&self, from_s: f64) -> f64 {
        let counted = self.past.iter().filter(|p| p.0 > from_s);
        counted.map(|(end_s, length_s, square)| length_s.min(end_s - from_s) * square).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, step_s: f64) -> Meter {
        let mut meter = Meter::default();
        for i in 0..(60.0 / step_s) as usize {
            let t_s = i as f64 * step_s;
            meter.reading(t_s, 9000.0 + 1000.0 * (2.0 * PI * hz * t_s).sin(), 5.0);
        }
        meter
    }

    #[test]
    fn a_swing_in_the_band_has_its_effective_value_and_a_slow_one_next_to_none() {
        let rms_w = |meter: &Meter| (meter.energy_w2s(55.0) / 5.0).sqrt();
        let swing = rms_w(&sine(1.0, 0.02));
        assert!((swing - 707.0).abs() < 25.0, "{swing}");
        let slow = rms_w(&sine(0.01, 0.02));
        assert!(slow < 110.0, "{slow}");
        // At the edge the half of the energy.
        let edge = rms_w(&sine(0.1, 0.02));
        assert!((350.0..650.0).contains(&edge), "{edge}");
    }

    #[test]
    fn a_step_decays_with_the_time_constant_and_what_is_old_does_not_count() {
        let mut meter = Meter::default();
        meter.reading(0.0, 5000.0, 5.0);
        for i in 1..=1000 {
            meter.reading(f64::from(i) * 0.01, 6000.0, 5.0);
        }
        // 1000 W, high passed: 1000 W exp(-t / T), whose energy is the square by half of T.
        assert!((meter.value_w(10.0, 6000.0) - 1000.0 * (-10.0 / TIME_S).exp()).abs() < 2.0);
        assert!(meter.energy_w2s(5.0) < 1e6 * TIME_S / 2.0 * 0.01);
        assert_eq!(meter.energy_w2s(10.0), 0.0);
        meter.reading(3.0, 0.0, 5.0);
        assert!(meter.value_w(10.0, 6000.0).abs() < 5.0, "an old reading was taken");
    }

    #[test]
    fn pieces_cover_the_window_and_no_step_twice() {
        for (steps_s, count) in [(vec![0.05; 50], 10), (vec![0.1; 20], 7), (vec![1.0; 9], 5)] {
            let found = pieces(&steps_s, 5.0);
            assert_eq!(found.len(), count, "{found:?}");
            let mut next = 0;
            for piece in &found {
                assert_eq!(piece.first, next);
                next += piece.count;
            }
            assert!(next <= steps_s.len());
        }
        assert_eq!(bounds(&pieces(&[0.05; 50], 5.0)), [2, 10]);
        assert_eq!(bounds(&pieces(&[1.0; 9], 5.0)), [1, 5]);
        assert_eq!(bounds(&[]), [0, 0]);
    }
}
