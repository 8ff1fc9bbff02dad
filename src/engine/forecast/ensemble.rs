//! All models, weighted for each horizon by their recent errors there.

use super::{Config, History, Model, Now, Pending};
use super::{ar::Ar, holt::Holt, kalman, lagged::Lagged, period::Period, persistence::Persistence};

/// Models in it.
const MEMBERS: usize = 6;
/// Truths over which errors are averaged.
const MEMORY: f64 = 100.0;
/// Weights are the mean square error to minus this: 1 would mix even poor ones in, many would follow the best alone.
const SHARPNESS: i32 = 4;

#[derive(Debug, Clone)]
struct Scores {
    horizon_s: f64,
    steps: f64,
    pending: Pending<[f64; MEMBERS]>,
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
            while let Some((_, means)) = scores.pending.due(point) {
                scores.count = (scores.count + 1.0).min(MEMORY);
                for (mean_square, mean) in scores.mean_square.iter_mut().zip(means) {
                    *mean_square += ((value - mean).powi(2) - *mean_square) / scores.count;
                }
            }
            if scores.pending.wants(point) {
                let means = told(&self.members, &now, scores.steps * self.step_s);
                scores.pending.put(point, point + scores.steps, means);
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
        Some(means.iter().zip(weights).map(|(m, w)| m * w).sum())
    }
}
