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

/// A report that seems to have been on its way for longer than this, in seconds, contradicts the distance.
const DOUBTFUL_DELAY_S: f64 = 1.0;
/// So many in a row that came as far apart as they were made are of a clock that was set back.
const CONTRADICTIONS: usize = 3;

/// Distance of two clocks.
#[derive(Debug, Clone, Default)]
pub struct Offset {
    differences: VecDeque<f64>,
    /// Stamp and difference of the last reports, as long as each contradicts the distance.
    doubtful: VecDeque<(f64, f64)>,
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
        let set_back = smallest.is_some_and(|s| self.set_back(s, stamp_s, difference));
        let set = set || set_back;
        if set {
            self.differences.clear();
        }
        if set_back {
            self.differences.extend(self.doubtful.iter().map(|(_, difference)| *difference));
        }
        if set {
            self.doubtful.clear();
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

    /// Whether the last reports, this one among them, show that the clock was set back by less than the longest delay.
    ///
    /// Reports that waited on the way come faster than they were made, so that each contradicts the distance by less; after
    /// a step they go on coming as they are made.
    fn set_back(&mut self, smallest: f64, stamp_s: f64, difference: f64) -> bool {
        if difference <= smallest + DOUBTFUL_DELAY_S {
            self.doubtful.clear();
            return false;
        }
        // One that is sent twice tells nothing new.
        if self.doubtful.back().is_some_and(|(last, _)| stamp_s <= *last) {
            return false;
        }
        if self.doubtful.len() >= WINDOW {
            self.doubtful.pop_front();
        }
        self.doubtful.push_back((stamp_s, difference));
        let (Some(first), true) = (self.doubtful.front(), self.doubtful.len() >= CONTRADICTIONS) else {
            return false;
        };
        let made_s = stamp_s - first.0;
        (difference - first.1).abs() <= 0.5 * made_s
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
    fn a_clock_set_back_by_a_little_is_told_after_three_readings() {
        for (back_s, period_s) in [(1.5, 1.0), (5.0, 0.1), (20.0, 1.0), (29.0, 0.5)] {
            let mut offset = Offset::default();
            let mut blind = 0;
            let mut told = 0;
            for n in 0..400 {
                let true_s = f64::from(n) * period_s;
                let stamp_s = true_s + 500.0 - if n >= 100 { back_s } else { 0.0 };
                match offset.place(stamp_s, true_s + 0.002 + f64::from(n % 5) * 0.002) {
                    Placed::At(at) => {
                        // It is of then, and not of long before.
                        let fresh = (true_s - 1e-9..true_s + 0.011).contains(&at);
                        blind += u32::from(!fresh);
                    }
                    Placed::Set(at) => {
                        assert!((at - true_s).abs() < 0.011, "{back_s}: {at} for {true_s}");
                        told += 1;
                    }
                    Placed::NotLater => blind += 1,
                }
            }
            assert_eq!((blind, told), (2, 1), "{back_s} s at {period_s} s");
        }
    }

    #[test]
    fn reports_that_waited_on_the_way_are_no_step() {
        for period_s in [0.1, 0.5, 1.0] {
            let mut offset = Offset::default();
            for n in 0..300 {
                let true_s = f64::from(n) * period_s;
                // The way is blocked for 8 s: what was sent then comes at once at its end.
                let received_s =
                    if (30.0..38.0).contains(&true_s) { 38.0 + f64::from(n) * 1e-5 } else { true_s };
                let Placed::At(at) = offset.place(true_s, received_s) else { panic!("{period_s} s: {n}") };
                assert!((at - true_s).abs() < 1e-9, "{period_s} s: {n}");
            }
        }
    }

    #[test]
    fn a_reading_is_never_of_the_future() {
        let mut offset = Offset::default();
        offset.place(0.0, 10.0);
        let Placed::At(at) = offset.place(1.5, 11.0) else { panic!() };
        assert!(at <= 11.0);
    }
}
