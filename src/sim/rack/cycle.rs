//! Means over one cycle of the grid, sliding.

/// Steps of 50 us kept: a cycle of 40 Hz.
const KEPT: usize = 512;

/// The mean of a quantity over the last cycle. A cycle is no whole number of steps, so the oldest step counts
/// in part: a window cut to whole steps would let the ripple of the waveform through.
#[derive(Debug, Clone)]
pub struct CycleMean {
    step_s: f64,
    /// Sums of all values up to each step, a ring.
    sums: [f64; KEPT],
    next: usize,
    seen: usize,
    total: f64,
    mean: f64,
}

impl CycleMean {
    /// A mean of values that come each `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self { step_s, sums: [0.0; KEPT], next: 0, seen: 0, total: 0.0, mean: 0.0 }
    }

    /// Takes a value at a frequency in hertz, and gives the mean over the cycle that ends with it; over what
    /// there is while that is less.
    #[inline]
    pub fn push(&mut self, value: f64, hz: f64) -> f64 {
        self.total += value;
        if let Some(place) = self.sums.get_mut(self.next) {
            *place = self.total;
        }
        self.next = (self.next + 1) % KEPT;
        self.seen = (self.seen + 1).min(KEPT);
        let wanted = 1.0 / (hz * self.step_s);
        let most = self.seen as f64 - 1.0;
        let window = if wanted.is_finite() { wanted.clamp(1.0, (KEPT - 2) as f64).min(most) } else { most };
        if window < 1.0 {
            self.mean = value;
            return value;
        }
        // The sum `window` steps ago lies between two steps.
        let (whole, part) = (window as usize, window.fract());
        let ago = |steps: usize| self.sums.get((self.next + 2 * KEPT - 1 - steps) % KEPT).copied();
        let (near, far) = (ago(whole).unwrap_or(0.0), ago(whole + 1).unwrap_or(0.0));
        let before = if whole + 1 < self.seen { near + (far - near) * part } else { near };
        let length = if whole + 1 < self.seen { window } else { whole as f64 };
        self.mean = (self.total - before) / length;
        self.mean
    }

    /// The last mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_of_a_sine_has_no_ripple() {
        for hz in [50.0, 58.8, 60.0, 61.2] {
            let mut mean = CycleMean::new(50e-6);
            for i in 0..4000 {
                let v = (std::f64::consts::TAU * hz * f64::from(i) * 50e-6).sin();
                let now = mean.push(v * v, hz);
                if i > 500 {
                    assert!((now - 0.5).abs() < 2e-4, "{hz} Hz, step {i}: {now}");
                }
            }
        }
    }

    #[test]
    fn a_step_has_passed_after_one_cycle() {
        let mut mean = CycleMean::new(50e-6);
        for _ in 0..1000 {
            mean.push(1.0, 60.0);
        }
        let after: Vec<f64> = (0..340).map(|_| mean.push(0.0, 60.0)).collect();
        assert!((after[165] - 0.502).abs() < 0.002, "half a cycle: {}", after[165]);
        assert_eq!(after[339], 0.0);
    }
}
