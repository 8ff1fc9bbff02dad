//! Recursive least squares with forgetting.

/// Learns `target ≈ Σ coefficient · feature`, one pair at a time.
#[derive(Debug, Clone)]
pub struct Rls<const N: usize> {
    coefficients: [f64; N],
    /// Inverse of the weighted sum of products of features.
    inverse: [[f64; N]; N],
    /// Diagonal entries of the inverse are not let grow above this: features that do not move teach nothing, and
    /// forgetting alone would blow the inverse up until the first move throws the coefficients about.
    widest: f64,
    memory: f64,
}

impl<const N: usize> Rls<N> {
    /// Starts from coefficients, believed as much as `1 / doubt` pairs of features of size 1; each pair counts
    /// `memory` times as much after the next one. It never doubts more than at its start.
    pub fn new(coefficients: [f64; N], doubt: f64, memory: f64) -> Self {
        let mut inverse = [[0.0; N]; N];
        for (i, row) in inverse.iter_mut().enumerate() {
            row[i] = doubt;
        }
        Self { coefficients, inverse, widest: doubt, memory }
    }

    /// The coefficients.
    pub fn coefficients(&self) -> &[f64; N] {
        &self.coefficients
    }

    /// What it tells for features.
    pub fn tell(&self, features: &[f64; N]) -> f64 {
        self.coefficients.iter().zip(features).map(|(c, f)| c * f).sum()
    }

    /// Learns from features and what followed them. What is no number teaches nothing.
    pub fn learn(&mut self, features: &[f64; N], target: f64) {
        let mut turned = [0.0; N];
        for (t, row) in turned.iter_mut().zip(&self.inverse) {
            *t = row.iter().zip(features).map(|(p, f)| p * f).sum();
        }
        let weight: f64 = self.memory + turned.iter().zip(features).map(|(t, f)| t * f).sum::<f64>();
        let error = target - self.tell(features);
        if !(weight.is_finite() && weight > 0.0 && error.is_finite()) {
            return;
        }
        for (coefficient, t) in self.coefficients.iter_mut().zip(turned) {
            *coefficient += t * error / weight;
        }
        let widest = (0..N).map(|i| self.inverse[i][i]).fold(0.0, f64::max);
        let grow = if widest < self.widest { 1.0 / self.memory } else { 1.0 };
        for i in 0..N {
            for j in 0..=i {
                // Both halves from one product: rounding may not make them differ.
                let entry = (self.inverse[i][j] - turned[i] * turned[j] / weight) * grow;
                self.inverse[i][j] = entry;
                self.inverse[j][i] = entry;
            }
            self.inverse[i][i] = self.inverse[i][i].max(1e-12);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Noise;
    use super::*;

    #[test]
    fn it_finds_the_coefficients_of_a_plane() {
        let mut noise = Noise::new(1);
        let mut rls = Rls::new([0.0; 3], 1e3, 0.999);
        for _ in 0..500 {
            let f = [noise.normal(), noise.normal(), 1.0];
            rls.learn(&f, 2.0 * f[0] - 0.5 * f[1] + 7.0);
        }
        for (c, wanted) in rls.coefficients().iter().zip([2.0, -0.5, 7.0]) {
            assert!((c - wanted).abs() < 1e-4, "{:?}", rls.coefficients());
        }
    }

    #[test]
    fn without_forgetting_it_is_least_squares() {
        // y = c x through (1, 1), (2, 3), (3, 2) with a prior worth 1/1e9: c = Σxy / Σx² = 13 / 14.
        let mut rls = Rls::new([0.0], 1e9, 1.0);
        for (x, y) in [(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)] {
            rls.learn(&[x], y);
        }
        assert!((rls.coefficients()[0] - 13.0 / 14.0).abs() < 1e-6);
    }

    #[test]
    fn features_that_do_not_move_and_no_numbers_leave_it_sound() {
        let mut rls = Rls::new([0.5, 0.5], 1e3, 0.99);
        for _ in 0..100_000 {
            rls.learn(&[0.0, 0.0], 0.0);
        }
        rls.learn(&[f64::NAN, 1.0], 1.0);
        rls.learn(&[1.0, 1.0], f64::INFINITY);
        assert_eq!(rls.coefficients(), &[0.5, 0.5]);
        for i in 0..200 {
            let f = [f64::from(i % 7), f64::from(i % 3)];
            rls.learn(&f, 3.0 * f[0] - f[1]);
        }
        assert!((rls.coefficients()[0] - 3.0).abs() < 1e-3, "{:?}", rls.coefficients());
    }
}
