//! From the stamps of a gateway to the engine's clock.
//!
//! A stamp and the instant at which its report came here differ by the distance of the two clocks and by the way here. The way
//! is never shorter than nothing, so the smallest difference of late is the best guess of the distance, as in the clock filter
//! of NTP (RFC 5905, section 10); what a report took longer than the quickest one is its delay.

use std::collections::VecDeque;

/// How many reports the smallest difference is taken of.
const WINDOW: usize = 64;
/// A report that seems to have been on its way for longer than this, in seconds, is one of a clock that was set.
const LONGEST_DELAY_S: f64 = 30.0;

/// Distance of two clocks.
#[derive(Debug, Clone, Default)]
pub struct Offset {
    differences: VecDeque<f64>,
    /// Time of the last reading, in seconds on the engine's clock.
    last_s: Option<f64>,
}

/// What a stamp means here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Placed {
    /// The reading is of this instant, in seconds on the engine's clock: later than the one before.
    At(f64),
    /// It is not later than the one before: sent twice, or out of order.
    NotLater,
    /// The clock of the gateway was set; the reading is of this instant.
    Set(f64),
}

impl Offset {
    /// Places a report with the stamp `stamp_s` (seconds, any origin) that came at `received_s` (the engine's clock).
    pub fn place(&mut self, stamp_s: f64, received_s: f64) -> Placed {
        let difference = received_s - stamp_s;
        let smallest = self.smallest();
        let set = smallest.is_some_and(|s| {
            // Much quicker than ever before, or much slower: both are the clock.
            !(s - 1.0..=s + LONGEST_DELAY_S).contains(&difference)
        });
        if set {
            self.differences.clear();
        }
        if self.differences.len() >= WINDOW {
            self.differences.pop_front();
        }
        self.differences.push_back(difference);
        let at = (stamp_s + self.smallest().unwrap_or(difference)).min(received_s);
        if set {
            let at = self.last_s.map_or(at, |last| at.max(last + 1e-6));
            self.last_s = Some(at);
            return Placed::Set(at);
        }
        match self.last_s {
            Some(last) if at <= last => Placed::NotLater,
            _ => {
                self.last_s = Some(at);
                Placed::At(at)
            }
        }
    }

    /// The engine's clock minus the gateway's, in seconds; the shortest way here is in it.
    pub fn smallest(&self) -> Option<f64> {
        self.differences.iter().copied().min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_of_the_way_does_not_reach_the_times() {
        let mut offset = Offset::default();
        let mut last: Option<f64> = None;
        for n in 0..200 {
            let true_s = f64::from(n) * 0.1;
            let delay = if n % 7 == 0 { 0.002 } else { 0.002 + f64::from(n % 5) * 0.01 };
            // The gateway's clock is an hour ahead.
            let Placed::At(at) = offset.place(true_s + 3600.0, true_s + delay) else { panic!("{n}") };
            if n > 70 {
                assert!((at - true_s - 0.002).abs() < 1e-9, "{n}: {at}");
                assert!((at - last.unwrap() - 0.1f64).abs() < 1e-9);
            }
            last = Some(at);
        }
        assert!((offset.smallest().unwrap() + 3600.0 - 0.002).abs() < 1e-9);
    }

    #[test]
    fn a_clock_that_was_set_is_told_and_time_still_goes_forward() {
        let mut offset = Offset::default();
        assert_eq!(offset.place(100.0, 5.0), Placed::At(5.0));
        assert_eq!(offset.place(100.0, 5.5), Placed::NotLater);
        assert_eq!(offset.place(99.0, 5.6), Placed::NotLater);
        assert_eq!(offset.place(101.0, 6.5), Placed::At(6.0));
        assert_eq!(offset.place(4000.0, 7.0), Placed::Set(7.0));
        assert_eq!(offset.place(4001.0, 8.0), Placed::At(8.0));
        // Set back.
        let Placed::Set(at) = offset.place(10.0, 9.0) else { panic!() };
        assert!(at > 8.0);
    }

    #[test]
    fn a_reading_is_never_of_the_future() {
        let mut offset = Offset::default();
        offset.place(0.0, 10.0);
        let Placed::At(at) = offset.place(1.5, 11.0) else { panic!() };
        assert!(at <= 11.0);
    }
}
