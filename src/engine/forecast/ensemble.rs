//! All models, weighted for each horizon by their recent errors there.
//!
//! What the mixture says beyond the last sample is told only as far as it has been worth it there: where nothing is
//! known ahead, the ensemble is persistence, and not a little worse.

use super::{Config, History, Model, Now, Pending};
use super::{ar::Ar, holt::Holt, kalman, lagged::Lagged, period::Period, persistence::Persistence};

/// Models in it.
const MEMBERS: usize = 6;
/// Truths over which errors are averaged.
const MEMORY: f64 = 100.0;
/// Weights are the mean square error to minus this: 1 would mix even poor ones in, many would follow the best alone.
const SHARPNESS: i32 = 4;
/// Truths over which it is proven that the mixture says more than the last sample.
const PROOF_MEMORY: f64 = 1000.0;
/// So much proven is all: what was wrong in the beginning would else be held against a load that is known exactly.
const NEARLY_ALL: f64 = 0.95;

#[derive(Debug, Clone)]
struct Scores {
    horizon_s: f64,
    steps: f64,
    pending: Pending<([f64; MEMBERS], f64)>,
    proof: Proof,
    mean_square: [f64; MEMBERS],
    count: f64,
    /// The point of the grid at which the members were asked last, and what they told.
    asked: (u64, [f64; MEMBERS]),
}

impl Scores {
    fn weights(&self) -> [f64; MEMBERS] {
        let best = self.mean_square.iter().copied().fold(f64::INFINITY, f64::min);
        if !(best.is_finite() && self.count > 0.0) {
            return [1.0 / MEMBERS as f64; MEMBERS];
        }
        // One that has never been wrong takes all, with those that are as good.
        let floor = 1e-12 + 1e-6 * best;
        let raw = self.mean_square.map(|m| ((best + floor) / (m + floor)).powi(SHARPNESS));
        let sum: f64 = raw.iter().sum();
        raw.map(|w| w / sum)
    }
}

/// How much of what the mixture says beyond the last sample has been worth it: the slope of a regression of what came on what
/// was said, both against the last sample, less its own uncertainty.
#[derive(Debug, Clone, Copy, Default)]
struct Proof {
    /// Sums of said x came, said^2, and of the parts of the error of their quotient.
    cross: f64,
    square: f64,
    parts: [f64; 3],
    /// Truths of one horizon, which are nearly one truth.
    overlap: f64,
}

impl Proof {
    fn truth(&mut self, said: f64, came: f64) {
        let keep = 1.0 - 1.0 / PROOF_MEMORY;
        let (s2, sc) = (said * said, said * came);
        for (sum, new) in [(&mut self.cross, sc), (&mut self.square, s2)] {
            *sum = *sum * keep + new;
        }
        for (sum, new) in self.parts.iter_mut().zip([sc * sc, sc * s2, s2 * s2]) {
            *sum = *sum * keep + new;
        }
    }

    /// The part of what the mixture says that is told, from 0 to 1.
    fn share(&self) -> f64 {
        if self.square <= 0.0 {
            return 1.0;
        }
        let slope = self.cross / self.square;
        let [cc, cs, ss] = self.parts;
        let scatter = (cc - 2.0 * slope * cs + slope * slope * ss).max(0.0);
        let error = (scatter * self.overlap).sqrt() / self.square;
        ((slope - error) / NEARLY_ALL).clamp(0.0, 1.0)
    }
}

/// The models and their scores.
pub struct Ensemble {
    members: [Box<dyn Model>; MEMBERS],
    scores: Vec<Scores>,
    step_s: f64,
}

impl Ensemble {
    /// For a configuration.
    pub fn new(config: &Config) -> Self {
        let members: [Box<dyn Model>; MEMBERS] = [
            Box::new(Persistence),
            Box::new(Holt::new(config.step_s)),
            Box::new(kalman::Bank::new(config.step_s)),
            Box::new(Ar::new()),
            Box::new(Period::new(config)),
            Box::new(Lagged::new(config)),
        ];
        let scores = |(horizon_s, steps): (&f64, usize)| Scores {
            horizon_s: *horizon_s,
            steps: steps as f64,
            pending: Pending::new(steps as f64, 1.0),
            proof: Proof { overlap: (steps as f64).clamp(1.0, Pending::<()>::A_HORIZON), ..Proof::default() },
            mean_square: [0.0; MEMBERS],
            count: 0.0,
            asked: (0, [0.0; MEMBERS]),
        };
        let scores = config.horizons_s.iter().zip(config.horizon_steps()).map(scores).collect();
        Self { members, scores, step_s: config.step_s }
    }

    /// Weights of the members (in the order of [`Kind::ALL`](super::Kind::ALL)) at the first horizon that is
    /// no shorter than this one.
    pub fn weights(&self, horizon_s: f64) -> Option<[f64; MEMBERS]> {
        self.scores.iter().find(|s| s.horizon_s >= horizon_s).map(Scores::weights)
    }
}

fn told(members: &[Box<dyn Model>; MEMBERS], now: &Now<'_>, horizon_s: f64) -> [f64; MEMBERS] {
    std::array::from_fn(|i| members[i].mean(now, horizon_s).unwrap_or(now.value))
}

fn mix(means: &[f64; MEMBERS], weights: &[f64; MEMBERS]) -> f64 {
    means.iter().zip(weights).map(|(m, w)| m * w).sum()
}

impl Model for Ensemble {
    fn name(&self) -> &'static str {
        "ensemble"
    }

    fn sample(&mut self, dt_s: Option<f64>, value: f64) {
        self.members.iter_mut().for_each(|member| member.sample(dt_s, value));
    }

    fn step(&mut self, history: &History) {
        let Some(value) = history.back(0) else { return };
        self.members.iter_mut().for_each(|member| member.step(history));
        let point = history.total() as f64;
        let now = Now { value, history, step_s: self.step_s, since_step_s: 0.0 };
        for scores in &mut self.scores {
            while let Some((_, (means, mixed))) = scores.pending.due(point) {
                let [last, ..] = means;
                scores.proof.truth(mixed - last, value - last);
                scores.count = (scores.count + 1.0).min(MEMORY);
                for (mean_square, mean) in scores.mean_square.iter_mut().zip(means) {
                    *mean_square += ((value - mean).powi(2) - *mean_square) / scores.count;
                }
            }
            if scores.pending.wants(point) {
                let means = told(&self.members, &now, scores.steps * self.step_s);
                let mixed = mix(&means, &scores.weights());
                scores.pending.put(point, point + scores.steps, (means, mixed));
                scores.asked = (history.total(), means);
            }
        }
    }

    fn gap(&mut self) {
        self.members.iter_mut().for_each(|member| member.gap());
        self.scores.iter_mut().for_each(|scores| scores.pending.clear());
    }

    fn mean(&self, now: &Now<'_>, horizon_s: f64) -> Option<f64> {
        let scores = self.scores.iter().find(|s| s.horizon_s >= horizon_s)?;
        let weights = scores.weights();
        // The intervals ask at once for what was just told for the weights.
        let on_grid = now.since_step_s < 1e-3 * now.step_s && scores.asked.0 == now.history.total();
        let same = (scores.steps * self.step_s - horizon_s).abs() < 1e-9 * horizon_s;
        let means = if on_grid && same { scores.asked.1 } else { told(&self.members, now, horizon_s) };
        Some(now.value + scores.proof.share() * (mix(&means, &weights) - now.value))
    }
}
