//! Prediction intervals from a forecaster's own errors.
//!
//! Split conformal prediction over a sliding window (the quantiles of the last errors of the same horizon),
//! with the level steered so that the share of truths *inside the intervals as they were issued* meets the
//! nominal one: adaptive conformal inference (Gibbs and Candès, NeurIPS 2021). Errors keep their sign, so that an
//! interval is as skewed as they are (but at the highest level). Nothing is assumed about their distribution; what is promised is the
//! long-run share, and what is measured is in the back-test.

use super::{Interval, LEVELS, Pending};

/// Errors kept for each horizon: 8 horizons' worth, since at most 32 are taken in one.
const WINDOW: usize = 256;
/// Fewer errors than this give no interval.
const LEAST: usize = 20;
/// Gain of the steered level for each truth. Feedback comes a horizon late, that is up to 32 truths: 32 times
/// this is 0.64, well below the 1.57 at which a delayed integrator swings.
const GAIN: f64 = 0.02;
/// How far below 0 the steered share outside may go: an interval that holds the largest error known, until the misses are paid
/// back.
const DEBT: f64 = 1.0;
/// How far above the nominal share it may go, as its multiple.
const MOST_MISS: f64 = 4.0;
/// Intervals of this level and above are as wide on both sides: the few errors far out that they are made of say how large the next
/// one is, but not to which side. A load that rose falls again.
const EVEN_FROM: f64 = 0.9;

/// The last errors, in the order they came and sorted.
#[derive(Debug, Clone)]
struct Window {
    came: Vec<f64>,
    sorted: Vec<f64>,
    next: usize,
    /// Largest error either way so far: only a debt is paid with it.
    largest: f64,
}

impl Window {
    fn new() -> Self {
        Self { came: Vec::with_capacity(WINDOW), sorted: Vec::with_capacity(WINDOW), next: 0, largest: 0.0 }
    }

    fn push(&mut self, error: f64) {
        self.largest = self.largest.max(error.abs());
        if self.came.len() < WINDOW {
            self.came.push(error);
        } else if let Some(oldest) = self.came.get_mut(self.next) {
            let at = self.sorted.partition_point(|e| *e < *oldest);
            if at < self.sorted.len() {
                self.sorted.remove(at);
            }
            *oldest = error;
            self.next = (self.next + 1) % WINDOW;
        }
        let at = self.sorted.partition_point(|e| *e < error);
        self.sorted.insert(at, error);
    }

    /// The errors between which all but a share `miss` lie, half of it on each side; `even`: as far out on both.
    /// At 0 and below: as far as the largest error so far.
    fn quantiles(&self, miss: f64, even: bool) -> Option<Interval> {
        let n = self.sorted.len();
        if n < LEAST {
            return None;
        }
        if miss <= 0.0 {
            return Some(Interval { low: -self.largest, high: self.largest });
        }
        // The finite-sample rank of split conformal prediction; beyond the ends there are only the ends.
        let rank = ((n as f64 + 1.0) * miss / 2.0).floor().clamp(1.0, (n as f64 / 2.0).ceil()) as usize;
        let (low, high) = (*self.sorted.get(rank - 1)?, *self.sorted.get(n - rank)?);
        if even {
            return Some(Interval { low: low.min(-high), high: high.max(-low) });
        }
        Some(Interval { low, high })
    }
}

/// Follows the errors of one horizon.
#[derive(Debug, Clone)]
pub struct Track {
    horizon_s: f64,
    pending: Pending<(f64, Option<[Interval; LEVELS.len()]>)>,
    errors: Window,
    /// Steered shares outside, for each of [`LEVELS`].
    miss: [f64; LEVELS.len()],
}

impl Track {
    /// For one horizon, with samples about `step_s` apart.
    pub fn new(horizon_s: f64, step_s: f64) -> Self {
        let pending = Pending::new(horizon_s, step_s);
        Self { horizon_s, pending, errors: Window::new(), miss: LEVELS.map(|level| 1.0 - level) }
    }

    /// The horizon in seconds.
    pub fn horizon_s(&self) -> f64 {
        self.horizon_s
    }

    /// Is a forecast of this horizon wanted now?
    pub fn wants(&self, t_s: f64) -> bool {
        self.pending.wants(t_s)
    }

    /// Takes the mean that was told at `t_s` for a horizon later.
    pub fn told(&mut self, t_s: f64, mean: f64) {
        let around = self.offsets().map(|offsets| offsets.map(|o| around(mean, o)));
        self.pending.put(t_s, t_s + self.horizon_s, (mean, around));
    }

    /// Takes the truth from `from` to `to`, two samples that follow each other; between them it is a line.
    pub fn truth(&mut self, from: (f64, f64), to: (f64, f64)) {
        while let Some((due, (mean, issued))) = self.pending.due(to.0) {
            let share = ((due - from.0) / (to.0 - from.0)).clamp(0.0, 1.0);
            let value = from.1 + (to.1 - from.1) * share;
            self.errors.push(value - mean);
            let Some(issued) = issued else { continue };
            for ((miss, level), interval) in self.miss.iter_mut().zip(LEVELS).zip(issued) {
                let nominal = 1.0 - level;
                let missed = f64::from(u8::from(!interval.holds(value)));
                // Misses in a row are a debt that hits pay back; a calm is unlearned in some tens of truths.
                *miss = (*miss + GAIN * (nominal - missed)).clamp(-DEBT, (MOST_MISS * nominal).min(0.97));
            }
        }
    }

    /// What waits has no truth any more.
    pub fn gap(&mut self) {
        self.pending.clear();
    }

    /// The intervals around 0, at [`LEVELS`].
    pub fn offsets(&self) -> Option<[Interval; LEVELS.len()]> {
        let mut out = [Interval::default(); LEVELS.len()];
        for ((offset, miss), level) in out.iter_mut().zip(self.miss).zip(LEVELS) {
            *offset = self.errors.quantiles(miss, level >= EVEN_FROM)?;
        }
        // A steered level may cross its neighbour; an interval of a higher level holds those below it.
        for i in 1..out.len() {
            let inner = out[i - 1];
            out[i].low = out[i].low.min(inner.low);
            out[i].high = out[i].high.max(inner.high);
        }
        Some(out)
    }
}

/// An interval of errors, around a mean.
pub(super) fn around(mean: f64, offset: Interval) -> Interval {
    Interval { low: mean + offset.low, high: mean + offset.high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_last_errors() {
        let mut window = Window::new();
        for i in 0..WINDOW + 100 {
            window.push(((i * 37) % 401) as f64);
        }
        let mut last: Vec<f64> = (100..WINDOW + 100).map(|i| ((i * 37) % 401) as f64).collect();
        last.sort_by(f64::total_cmp);
        assert_eq!(window.sorted, last);
        // (256 + 1) * 0.2 / 2 = 25.7: the 25th from each end.
        assert_eq!(window.quantiles(0.2, false), Some(Interval { low: last[24], high: last[256 - 25] }));
        assert_eq!(window.quantiles(1e-6, false), Some(Interval { low: last[0], high: last[255] }));
        assert_eq!(window.quantiles(1e-6, true), Some(Interval { low: -last[255], high: last[255] }));
        let all = window.quantiles(-0.5, false).unwrap();
        assert!(all.high > 390.0 && all.low == -all.high, "{all:?}");
        assert_eq!(Window::new().quantiles(0.5, false), None);
    }

    #[test]
    fn equal_errors_leave_one_at_a_time() {
        let mut window = Window::new();
        (0..3 * WINDOW).for_each(|_| window.push(0.0));
        assert_eq!(window.sorted.len(), WINDOW);
    }
}
