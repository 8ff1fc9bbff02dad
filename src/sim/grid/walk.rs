//! A value that wanders between two limits, as the seed says.

use crate::sim::rng::Rng;

/// Goes to a random target along a random slope, stays, goes on.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    limits: (f64, f64),
    /// Steepest slope a second.
    steepest: f64,
    /// Longest stay in s.
    longest_s: f64,
    value: f64,
    target: f64,
    slope: f64,
    stay_s: f64,
}

impl Walk {
    pub(super) fn new(limits: (f64, f64), start: f64, steepest: f64, longest_s: f64) -> Self {
        Self { limits, steepest, longest_s, value: start, target: start, slope: steepest, stay_s: 0.0 }
    }

    /// Moves on by `dt_s` and gives the value.
    pub(super) fn advance(&mut self, dt_s: f64, rng: &mut Rng) -> f64 {
        if self.value == self.target {
            self.stay_s -= dt_s;
            if self.stay_s <= 0.0 {
                self.target = rng.uniform(self.limits.0, self.limits.1);
                self.slope = self.steepest * rng.uniform(0.05, 1.0);
                self.stay_s = rng.uniform(0.0, self.longest_s);
            }
        } else {
            let way = self.target - self.value;
            let most = self.slope * dt_s;
            self.value = if way.abs() <= most { self.target } else { self.value + most.copysign(way) };
        }
        self.value
    }
}
