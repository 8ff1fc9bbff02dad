//! Integrals over any part of a sampled signal, from one pass over its samples.

/// The running integral of a sampled signal, straight between samples.
#[derive(Debug, Clone)]
pub(super) struct Cumulative {
    step_s: f64,
    values: Vec<f64>,
    sums: Vec<f64>,
}

impl Cumulative {
    pub(super) fn new(values: impl Iterator<Item = f64>, step_s: f64) -> Self {
        let values: Vec<f64> = values.collect();
        let mut sums = Vec::with_capacity(values.len());
        let (mut sum, mut before) = (0.0, None);
        for value in &values {
            sum += before.map_or(0.0, |before: f64| (before + value) / 2.0 * step_s);
            sums.push(sum);
            before = Some(*value);
        }
        Self { step_s, values, sums }
    }

    /// The integral between two instants, in seconds from the first sample.
    pub(super) fn between(&self, from_s: f64, to_s: f64) -> f64 {
        self.until(to_s) - self.until(from_s)
    }

    fn until(&self, t_s: f64) -> f64 {
        let place = (t_s / self.step_s).clamp(0.0, self.sums.len().saturating_sub(1) as f64);
        let index = place as usize;
        let part = place - index as f64;
        let sum = self.sums.get(index).copied().unwrap_or(0.0);
        match (self.values.get(index), self.values.get(index + 1)) {
            (Some(a), Some(b)) => sum + self.step_s * part * (a + part / 2.0 * (b - a)),
            _ => sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_a_line_exactly_between_samples_too() {
        let line = Cumulative::new((0..11).map(f64::from), 0.5);
        // The line is 2t: its integral from 0.3 to 4.1 is 4.1² - 0.3².
        assert!((line.between(0.3, 4.1) - (16.81 - 0.09)).abs() < 1e-12);
        assert!((line.between(0.0, 5.0) - 25.0).abs() < 1e-12);
        assert!((line.between(0.0, 9.0) - 25.0).abs() < 1e-12, "nothing beyond the last sample");
    }
}
