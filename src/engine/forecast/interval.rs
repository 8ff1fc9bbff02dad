//! Prediction intervals from a forecaster's own errors.
//!
//! Split conformal prediction over a sliding window (the quantiles of the last errors of the same horizon),
//! with the level steered so that the share of truths *inside the intervals as they were issued* meets the
//! nominal one: adaptive conformal inference (Gibbs and Candès, NeurIPS 2021). Errors keep their sign, so that an
//! interval is as skewed as they are. Nothing is assumed about their distribution; what is promised is the
//! long-run share, and what is measured is in the back-test.

use super::{Interval, LEVELS, Pending};

/// Errors kept for each horizon: 8 horizons' worth, since at most 32 are taken in one.
const WINDOW: usize = 256;
/// Fewer errors than this give no interval.
const LEAST: usize = 20;
/// Gain of the steered level for each truth. Feedback comes a horizon late, that is up to 32 truths: 32 times
/// this is 0.3, well below the 1.57 at which a delayed integrator swings.
const GAIN: f64 = 0.01;

/// The last errors, in the order they came and sorted.
#[derive(Debug, Clone)]
struct Window {
    came: Vec<f64>,
    sorted: Vec<f64>,
    next: usize,
}

impl Window {
    fn new() -> Self {
        Self { came: Vec::with_capacity(WINDOW), sorted: Vec::with_capacity(WINDOW), next: 0 }
    }

    fn push(&mut self, error: f64) {
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

    /// The errors between which all but a share `miss` lie, half of it on each side.
    fn quantiles(&self, miss: f64) -> Option<Interval> {
        let n = self.sorted.len();
        if n < LEAST {
            return None;
        }
        // The finite-sample rank of split conformal prediction; beyond the ends there are only the ends.
        let rank = ((n as f64 + 1.0) * miss / 2.0).floor().clamp(1.0, (n as f64 / 2.0).ceil()) as usize;
        Some(Interval { low: *self.sorted.get(rank - 1)?, high: *self.sorted.get(n - rank)? })
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
                // Within bounds, so that a long calm is unlearned in a few truths.
                *miss = (*miss + GAIN * (nominal - missed)).clamp(nominal / 8.0, (2.5 * nominal).min(0.9));
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
        for (offset, miss) in out.iter_mut().zip(self.miss) {
            *offset = self.errors.quantiles(miss)?;
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
        assert_eq!(window.quantiles(0.2), Some(Interval { low: last[24], high: last[256 - 25] }));
        assert_eq!(window.quantiles(0.0), Some(Interval { low: last[0], high: last[255] }));
        assert_eq!(Window::new().quantiles(0.5), None);
    }

    #[test]
    fn equal_errors_leave_one_at_a_time() {
        let mut window = Window::new();
        (0..3 * WINDOW).for_each(|_| window.push(0.0));
        assert_eq!(window.sorted.len(), WINDOW);
    }
}
