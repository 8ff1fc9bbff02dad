//! Is a forecast worth planning with? It must not be worse than persistence of late.

use std::collections::VecDeque;

use super::super::setpoint::Ahead;
use super::outlook::at;

/// Horizons at which a forecast is held against what came, in seconds.
const HORIZONS_S: [f64; 2] = [0.3, 1.0];
/// Truths over which errors are averaged.
const MEMORY: f64 = 60.0;
/// Truths before there is a verdict.
const LEAST: f64 = 20.0;
/// Mean square error over that of persistence from which a forecast is given up ...
const WORSE: f64 = 1.2;
/// ... and below which it is taken again.
const AS_GOOD: f64 = 1.05;
/// Error that does not matter, as a share of the rating: noise of the meter gives nothing up.
const NO_MATTER: f64 = 0.005;
/// Most forecasts that wait for their truth at one horizon.
const WAITING: usize = 512;

#[derive(Debug, Clone, Default)]
struct Horizon {
    /// When it is due, what was told, and what the load was then.
    waiting: VecDeque<(f64, f64, f64)>,
    told: f64,
    persistence: f64,
    count: f64,
    worse: bool,
}

/// Scores forecasts as their truth comes.
#[derive(Debug, Clone)]
pub struct Trust {
    horizons: [Horizon; 2],
    floor: f64,
    last: Option<(f64, f64)>,
}

impl Trust {
    /// For a shelf of this rating in W.
    pub fn new(rating_w: f64) -> Self {
        Self { horizons: Default::default(), floor: (NO_MATTER * rating_w).powi(2), last: None }
    }

    /// Takes a reading and the forecast made from it; returns whether the reading was a new one.
    pub fn reading(&mut self, t_s: f64, load_w: f64, ahead: &[Ahead]) -> bool {
        if self.last.is_some_and(|(last_s, _)| t_s <= last_s) {
            return false;
        }
        let last = self.last.replace((t_s, load_w)).unwrap_or((t_s, load_w));
        for (horizon, horizon_s) in self.horizons.iter_mut().zip(HORIZONS_S) {
            while let Some((due_s, told, then)) = horizon.waiting.front().copied().filter(|w| w.0 <= t_s) {
                horizon.waiting.pop_front();
                let span = t_s - last.0;
                let share = if span > 0.0 { ((due_s - last.0) / span).clamp(0.0, 1.0) } else { 1.0 };
                let truth = last.1 + (load_w - last.1) * share;
                horizon.count = (horizon.count + 1.0).min(MEMORY);
                horizon.told += ((truth - told).powi(2) - horizon.told) / horizon.count;
                horizon.persistence += ((truth - then).powi(2) - horizon.persistence) / horizon.count;
            }
            if horizon.count >= LEAST {
                let bar = if horizon.worse { AS_GOOD } else { WORSE };
                horizon.worse = horizon.told > bar * (horizon.persistence + self.floor);
            }
            if horizon.waiting.len() < WAITING {
                let told = at(load_w, ahead, horizon_s).0;
                horizon.waiting.push_back((t_s + horizon_s, told, load_w));
            }
        }
        true
    }

    /// Was it worse than persistence of late, at any of the horizons?
    pub fn worse(&self) -> bool {
        self.horizons.iter().any(|h| h.worse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_w(t_s: f64) -> f64 {
        9000.0 + 4000.0 * (t_s * std::f64::consts::TAU / 3.0).sin()
    }

    /// After `seconds` of forecasts that tell `told(now, horizon)`.
    fn after(trust: &mut Trust, from_s: f64, seconds: f64, told: impl Fn(f64, f64) -> f64) -> bool {
        let mut t_s = from_s;
        while t_s < from_s + seconds {
            let ahead = [0.3, 1.0].map(|horizon_s| {
                let mean_w = told(t_s, horizon_s);
                Ahead { horizon_s, mean_w, low_w: mean_w, high_w: mean_w }
            });
            trust.reading(t_s, load_w(t_s), &ahead);
            t_s += 0.1;
        }
        trust.worse()
    }

    #[test]
    fn the_truth_and_persistence_are_trusted_and_lies_are_not() {
        let trust = || Trust::new(18_000.0);
        assert!(!after(&mut trust(), 0.0, 20.0, |t, h| load_w(t + h)));
        assert!(!after(&mut trust(), 0.0, 20.0, |t, _| load_w(t)));
        // Sign flipped, frozen, half a period late.
        assert!(after(&mut trust(), 0.0, 20.0, |t, h| 2.0 * load_w(t) - load_w(t + h)));
        assert!(after(&mut trust(), 0.0, 20.0, |_, _| 13_000.0));
        assert!(after(&mut trust(), 0.0, 20.0, |t, h| load_w(t + h - 1.5)));
    }

    #[test]
    fn trust_comes_back() {
        let mut trust = Trust::new(18_000.0);
        assert!(after(&mut trust, 0.0, 20.0, |_, _| 13_000.0));
        assert!(!after(&mut trust, 20.0, 40.0, |t, h| load_w(t + h)));
    }

    #[test]
    fn a_reading_counts_once() {
        let mut trust = Trust::new(18_000.0);
        assert!(
            trust.reading(1.0, 5.0, &[]) && !trust.reading(1.0, 5.0, &[]) && !trust.reading(0.9, 5.0, &[])
        );
    }
}
