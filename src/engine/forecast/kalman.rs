//! A bank of Kalman filters of the local linear trend, told apart by how likely they made what came.
//!
//! The state is level and slope; both drift, and the samples carry noise. How much of each there is decides
//! everything, and differs from load to load: so three filters run side by side, from a quiet load under a
//! noisy meter to a restless load under an exact one, and their means are weighted by the recent likelihood
//! (multiple-model estimation, Magill 1965). The noise is estimated from the innovations, so that a unit
//! does not matter. Time between samples enters the filter as it is.

use super::holt::damped;
use super::{Model, Now};

/// Variance that level and slope gain in a step, in parts of the variance of a sample.
const DRIFTS: [(f64, f64); 3] = [(1e-2, 1e-5), (0.3, 3e-3), (10.0, 0.3)];
/// What a past sample counts for the likelihood, a sample later.
const MEMORY: f64 = 0.97;
/// Steps over which a slope is believed.
const DAMPING_STEPS: f64 = 2.0;

#[derive(Debug, Clone, Copy)]
struct Filter {
    drift: (f64, f64),
    level: f64,
    slope: f64,
    /// Covariance: level, both, slope; in parts of the variance of a sample.
    p: (f64, f64, f64),
    /// Variance of a sample.
    noise: f64,
    likelihood: f64,
}

impl Filter {
    fn new(drift: (f64, f64)) -> Self {
        Self { drift, level: 0.0, slope: 0.0, p: (1.0, 0.0, 1.0), noise: 0.0, likelihood: 0.0 }
    }

    /// One sample, `dt` steps after the one before.
    fn sample(&mut self, dt: f64, value: f64) {
        let (q_level, q_slope) = self.drift;
        let (a, b, c) = self.p;
        let level = self.level + self.slope * dt;
        let a = a + 2.0 * dt * b + dt * dt * c + q_level * dt + q_slope * dt.powi(3) / 3.0;
        let b = b + dt * c + q_slope * dt * dt / 2.0;
        let c = c + q_slope * dt;
        let spread = a + 1.0;
        let error = value - level;
        let (gain_level, gain_slope) = (a / spread, b / spread);
        self.level = level + gain_level * error;
        self.slope += gain_slope * error;
        self.p = ((1.0 - gain_level) * a, (1.0 - gain_level) * b, c - gain_slope * b);
        let surprise = error * error / spread;
        // Before the first surprise there is no scale to be surprised on.
        if self.noise > 0.0 {
            let likelihood = -0.5 * ((spread * self.noise).ln() + surprise / self.noise);
            self.likelihood = MEMORY * self.likelihood + likelihood.max(-50.0);
        }
        self.noise = if self.noise > 0.0 { self.noise + 0.02 * (surprise - self.noise) } else { surprise };
    }
}

/// The filters of the bank.
#[derive(Debug, Clone)]
pub struct Bank {
    step_s: f64,
    damping_s: f64,
    filters: [Filter; DRIFTS.len()],
    samples: u32,
}

impl Bank {
    /// For samples `step_s` apart.
    pub fn new(step_s: f64) -> Self {
        Self::with_damping(step_s, DAMPING_STEPS * step_s)
    }

    /// With a time over which a slope is believed, in seconds; an infinite one leaves it as it is.
    pub fn with_damping(step_s: f64, damping_s: f64) -> Self {
        Self { step_s, damping_s, filters: DRIFTS.map(Filter::new), samples: 0 }
    }
}

impl Model for Bank {
    fn name(&self) -> &'static str {
        "kalman"
    }

    fn sample(&mut self, dt_s: Option<f64>, value: f64) {
        self.samples = self.samples.saturating_add(1);
        for filter in &mut self.filters {
            match dt_s {
                Some(dt_s) => filter.sample(dt_s / self.step_s, value),
                None => {
                    (filter.level, filter.slope, filter.p) = (value, 0.0, (1.0, 0.0, 1.0));
                }
            }
        }
    }

    fn gap(&mut self) {
        self.samples = 0;
    }

    fn mean(&self, _: &Now<'_>, horizon_s: f64) -> Option<f64> {
        if self.samples < 3 {
            return None;
        }
        let best = self.filters.iter().map(|f| f.likelihood).fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut weights) = (0.0, 0.0);
        for filter in &self.filters {
            let weight = (filter.likelihood - best).exp();
            sum += weight * (filter.level + filter.slope * damped(horizon_s, self.damping_s) / self.step_s);
            weights += weight;
        }
        Some(sum / weights)
    }
}
