//! Autoregression, fitted by recursive least squares.
//!
//! The value is taken relative to its running mean and spread, so that a forecast far ahead falls back to the
//! mean and a unit does not matter. A forecast of `k` steps is a remainder: with the characteristic polynomial
//! `p(z) = zⁿ - φ₁zⁿ⁻¹ - … - φₙ`, the coefficients of `zᵏ mod p(z)` say what each of the last `n` values counts for
//! `k` steps ahead (Fiduccia 1985). By squaring that is a few hundred multiplications at any horizon, where
//! stepping through 30 s would be thousands of steps.

use super::rls::Rls;
use super::{History, Model, Now};

/// Values looked back at.
pub const ORDER: usize = 8;
/// What a past step counts, a step later, for the coefficients.
const MEMORY: f64 = 0.999;
/// Steps over which mean and spread run.
const MEAN_STEPS: f64 = 2000.0;
/// A forecast is at most so many times as far from the mean as anything that came lately: a fit may be
/// unstable for a while, a load is not.
const REACH: f64 = 2.0;

/// An autoregression of order [`ORDER`].
#[derive(Debug, Clone)]
pub struct Ar {
    fit: Rls<ORDER>,
    mean: f64,
    variance: f64,
    reach: f64,
    steps: f64,
}

impl Default for Ar {
    fn default() -> Self {
        Self::new()
    }
}

impl Ar {
    /// One that has seen nothing: it starts as persistence.
    pub fn new() -> Self {
        let mut start = [0.0; ORDER];
        start[0] = 1.0;
        Self { fit: Rls::new(start, 10.0, MEMORY), mean: 0.0, variance: 0.0, reach: 0.0, steps: 0.0 }
    }

    /// The coefficients φ, the newest value's first.
    pub fn coefficients(&self) -> &[f64; ORDER] {
        self.fit.coefficients()
    }
}

/// What each of the last values counts after `steps` steps, and after one step more; the oldest value first.
fn ahead(phi: &[f64; ORDER], steps: u64) -> ([f64; ORDER], [f64; ORDER]) {
    // The newest value is zⁿ⁻¹ itself.
    let steps = steps + (ORDER as u64 - 1);
    let mut r = [0.0; ORDER];
    r[0] = 1.0;
    for bit in (0..u64::BITS - steps.leading_zeros()).rev() {
        r = squared(&r, phi);
        if steps >> bit & 1 == 1 {
            r = shifted(&r, phi);
        }
    }
    (r, shifted(&r, phi))
}

/// `r² mod p`, as the sum of `rᵢ (r zⁱ mod p)`. (The product first and its remainder after gave wrong numbers at
/// opt-level 3 with rustc 1.95 where it was inlined, and right ones at 0 to 2: compare both when this is changed.)
fn squared(r: &[f64; ORDER], phi: &[f64; ORDER]) -> [f64; ORDER] {
    let (mut sum, mut turned) = ([0.0; ORDER], *r);
    for a in r {
        for (sum, t) in sum.iter_mut().zip(&turned) {
            *sum += a * t;
        }
        turned = shifted(&turned, phi);
    }
    sum
}

/// `r z mod p`.
fn shifted(r: &[f64; ORDER], phi: &[f64; ORDER]) -> [f64; ORDER] {
    let over = r[ORDER - 1];
    std::array::from_fn(|i| over * phi[ORDER - 1 - i] + if i > 0 { r[i - 1] } else { 0.0 })
}

impl Model for Ar {
    fn name(&self) -> &'static str {
        "ar"
    }

    fn step(&mut self, history: &History) {
        let Some(value) = history.back(0) else { return };
        self.steps += 1.0;
        let share = 1.0 / self.steps.min(MEAN_STEPS);
        let off = value - self.mean;
        self.mean += share * off;
        self.variance += share * (off * (value - self.mean) - self.variance);
        self.reach = ((1.0 - 1.0 / MEAN_STEPS) * self.reach).max((value - self.mean).abs());
        let spread = self.variance.sqrt();
        let Some([past @ .., now]) = history.all().last_chunk::<{ ORDER + 1 }>() else { return };
        if spread > 0.0 {
            let features = std::array::from_fn(|i| (past[ORDER - 1 - i] - self.mean) / spread);
            self.fit.learn(&features, (now - self.mean) / spread);
        }
    }

    fn mean(&self, now: &Now<'_>, horizon_s: f64) -> Option<f64> {
        let past = now.history.all().last_chunk::<ORDER>()?;
        if self.steps < 4.0 * ORDER as f64 {
            return None;
        }
        let steps = now.steps(horizon_s);
        let (first, second) = ahead(self.fit.coefficients(), steps as u64);
        let off = |weights: &[f64; ORDER]| -> f64 {
            weights.iter().zip(past).map(|(w, v)| w * (v - self.mean)).sum()
        };
        let told = off(&first) + (off(&second) - off(&first)) * steps.fract();
        let limit = REACH * self.reach;
        told.is_finite().then(|| self.mean + told.clamp(-limit, limit))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Noise, forecaster, rmse, roll};
    use super::super::{Config, Forecaster, Kind, Online};
    use super::*;

    #[test]
    fn the_remainder_is_what_stepping_gives() {
        let phi = [1.5, -0.8, 0.1, 0.05, 0.0, -0.02, 0.0, 0.01];
        let start = [0.3, -1.0, 0.2, 0.9, -0.4, 0.0, 1.1, 0.7];
        let mut row = start.to_vec();
        for steps in 1..200 {
            let next: f64 = phi.iter().enumerate().map(|(j, p)| p * row[row.len() - 1 - j]).sum();
            row.push(next);
            let (weights, _) = ahead(&phi, steps);
            let told: f64 = weights.iter().zip(start).map(|(w, v)| w * v).sum();
            assert!((told - next).abs() < 1e-9, "{steps}: {told} {next}");
        }
    }

    /// x = 100 + 1.6 (x₁ - 100) - 0.8 (x₂ - 100) + e, with e of variance 1.
    fn ar2(n: usize) -> Vec<f64> {
        let mut noise = Noise::new(3);
        let mut row = vec![100.0, 100.0];
        while row.len() < n {
            let at = row.len();
            row.push(100.0 + 1.6 * (row[at - 1] - 100.0) - 0.8 * (row[at - 2] - 100.0) + noise.normal());
        }
        row
    }

    #[test]
    fn an_ar2_is_fitted_and_its_error_is_the_best_there_is() {
        let values = ar2(20_010);
        let config = Config::new(0.01).unwrap();
        let mut online = Online::new(Ar::new(), &config).unwrap();
        let mut rolled = [Vec::new(), Vec::new()];
        for i in 0..20_000 {
            online.update(i as f64 * 0.01, values[i]).unwrap();
            if i >= 5000 {
                for (rolled, k) in rolled.iter_mut().zip([1, 10]) {
                    rolled.push((online.predict(k as f64 * 0.01).unwrap(), values[i + k]));
                }
            }
        }
        let phi = online.model().coefficients();
        assert!((phi[0] - 1.6).abs() < 0.1 && (phi[1] + 0.8).abs() < 0.15, "{phi:?}");
        assert!(phi[2..].iter().all(|p| p.abs() < 0.15), "{phi:?}");
        // The best possible: Σ ψ², with ψ the answers to an impulse.
        let (mut psi, mut best) = (vec![1.0, 1.6], [0.0; 2]);
        for i in 2..10 {
            psi.push(1.6 * psi[i - 1] - 0.8 * psi[i - 2]);
        }
        best[0] = 1.0;
        best[1] = psi.iter().map(|p| p * p).sum::<f64>().sqrt();
        for (rolled, best) in rolled.iter().zip(best) {
            let error = rmse(rolled);
            assert!(error < 1.03 * best && error > 0.95 * best, "{error} against {best}");
        }
    }

    #[test]
    fn a_sine_is_told_a_period_ahead() {
        let signal = |i: usize| 50.0 + 10.0 * (i as f64 * 0.01 * std::f64::consts::TAU / 0.7).sin();
        let rolled = roll(&mut *forecaster(Kind::Ar), 3000, 2000, 70, signal);
        assert!(rmse(&rolled) < 0.5, "{}", rmse(&rolled));
    }
}
