//! Regression on lags and means, fitted by recursive least squares for each horizon on its own.
//!
//! Where an autoregression steps through a horizon and adds up its own errors, this one learns the answer at the
//! horizon itself. Every feature and the target are differences from the newest value, in parts of its
//! running spread: coefficients of 0 are persistence, and forgetting falls back to it.

use super::rls::Rls;
use super::{Config, History, Model, Now, Pending};

/// Lags in steps, of the features.
const LAGS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Steps over which running means are taken (exponential).
const MEANS: [f64; 3] = [16.0, 128.0, 1024.0];
/// Lags, means, and the value a horizon ago.
const FEATURES: usize = LAGS.len() + MEANS.len() + 1;
/// Doubt in persistence at the start: as much as after a hundred pairs of features of size 1.
const DOUBT: f64 = 0.01;
/// What a past pair counts, a pair later.
const MEMORY: f64 = 0.998;
/// Most that is told to change, in running spreads: a fit may be poor for a while, a load is not.
const REACH: f64 = 3.0;
/// Pairs before the first forecast.
const LEAST: u32 = 40;

/// What waits for its truth: the value then, the spread then, and the features.
type Waiting = (f64, f64, [f64; FEATURES]);

#[derive(Debug, Clone)]
struct One {
    horizon_s: f64,
    steps: usize,
    fit: Rls<FEATURES>,
    pending: Pending<Waiting>,
    pairs: u32,
}

/// A regression for each horizon.
#[derive(Debug, Clone)]
pub struct Lagged {
    ones: Vec<One>,
    means: [f64; MEANS.len()],
    variance: f64,
    steps: f64,
}

impl Lagged {
    /// One regression for each horizon of the configuration.
    pub fn new(config: &Config) -> Self {
        let one = |(horizon_s, steps): (&f64, usize)| One {
            horizon_s: *horizon_s,
            steps,
            fit: Rls::new([0.0; FEATURES], DOUBT, MEMORY),
            pending: Pending::new(steps as f64, 1.0),
            pairs: 0,
        };
        let ones = config.horizons_s.iter().zip(config.horizon_steps()).map(one).collect();
        Self { ones, means: [0.0; MEANS.len()], variance: 0.0, steps: 0.0 }
    }

    /// The features of a horizon, now.
    fn features(&self, history: &History, steps: usize) -> Option<(f64, f64, [f64; FEATURES])> {
        let (value, spread) = (history.back(0)?, self.variance.sqrt());
        history.back(LAGS[LAGS.len() - 1])?;
        if spread <= 0.0 {
            return None;
        }
        let mut out = [0.0; FEATURES];
        let lags = LAGS.iter().map(|lag| history.back(*lag).map_or(0.0, |v| v - value));
        let means = self.means.iter().map(|mean| mean - value);
        let horizon = history.back(steps).map_or(0.0, |v| v - value);
        for (place, feature) in out.iter_mut().zip(lags.chain(means).chain([horizon])) {
            *place = feature / spread;
        }
        Some((value, spread, out))
    }
}

impl Model for Lagged {
    fn name(&self) -> &'static str {
        "lagged"
    }

    fn step(&mut self, history: &History) {
        let Some(value) = history.back(0) else { return };
        self.steps += 1.0;
        for (mean, steps) in self.means.iter_mut().zip(MEANS) {
            *mean += (value - *mean) / self.steps.min(steps);
        }
        let [.., slow] = self.means;
        self.variance += ((value - slow).powi(2) - self.variance) / self.steps.min(2000.0);
        let now = history.total() as f64;
        for at in 0..self.ones.len() {
            let Some(one) = self.ones.get_mut(at) else { continue };
            while let Some((_, (then, spread, features))) = one.pending.due(now) {
                one.fit.learn(&features, (value - then) / spread);
                one.pairs = one.pairs.saturating_add(1);
            }
            let (wants, steps) = (one.pending.wants(now), one.steps);
            let Some(waiting) = wants.then(|| self.features(history, steps)).flatten() else { continue };
            if let Some(one) = self.ones.get_mut(at) {
                one.pending.put(now, now + steps as f64, waiting);
            }
        }
    }

    fn gap(&mut self) {
        self.ones.iter_mut().for_each(|one| one.pending.clear());
    }

    fn mean(&self, now: &Now<'_>, horizon_s: f64) -> Option<f64> {
        let tell = |one: &One| {
            let (value, spread, features) = self.features(now.history, one.steps)?;
            // The grid's newest value is up to a step older than the last sample: the change is put on that.
            let change = (spread * one.fit.tell(&features)).clamp(-REACH * spread, REACH * spread);
            (one.pairs >= LEAST).then_some(value + change)
        };
        let after = self.ones.iter().position(|one| one.horizon_s >= horizon_s)?;
        let upper = self.ones.get(after)?;
        let Some(lower) = after.checked_sub(1).and_then(|before| self.ones.get(before)) else {
            return tell(upper);
        };
        let share = (horizon_s - lower.horizon_s) / (upper.horizon_s - lower.horizon_s);
        // Told exactly at a horizon, the one before it is not asked.
        if share >= 1.0 - 1e-9 {
            return tell(upper);
        }
        let low = tell(lower)?;
        Some(low + (tell(upper)? - low) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::testing::{Noise, forecaster, rmse, roll};

    #[test]
    fn noise_around_a_mean_is_told_as_the_mean() {
        let mut noise = Noise::new(8);
        let rolled = roll(&mut *forecaster(Kind::Lagged), 12_000, 4000, 10, |_| 40.0 + noise.normal());
        // The best is 1; persistence has √2.
        assert!(rmse(&rolled) < 1.06, "{}", rmse(&rolled));
    }

    #[test]
    fn a_sine_is_told_at_a_learned_horizon_and_between_two() {
        for k in [10, 20, 30] {
            let signal = |i: usize| 50.0 + 10.0 * (i as f64 * 0.01 * std::f64::consts::TAU / 0.7).sin();
            let rolled = roll(&mut *forecaster(Kind::Lagged), 4000, 3000, k, signal);
            // Between two horizons the line between their answers is not the sine.
            let bar = if k == 20 { 3.0 } else { 0.3 };
            assert!(rmse(&rolled) < bar, "{k}: {}", rmse(&rolled));
        }
    }
}
