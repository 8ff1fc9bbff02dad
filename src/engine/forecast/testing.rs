//! What the tests of the forecasters share.

use super::{Config, Forecaster, Kind, Prediction, build};

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same seed gives the same numbers everywhere.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 (left out) to 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON / 4.0
    }

    /// Mean 0, variance 1 (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// A forecaster for samples each 10 ms.
pub(crate) fn forecaster(kind: Kind) -> Box<dyn Forecaster> {
    build(kind, &Config::new(0.01).unwrap()).unwrap()
}

/// Feeds `n` samples 10 ms apart of a signal over the index, and gives `(prediction, truth)` of each origin
/// from `from` on, `k` samples ahead.
pub(crate) fn roll(
    forecaster: &mut dyn Forecaster,
    n: usize,
    from: usize,
    k: usize,
    mut signal: impl FnMut(usize) -> f64,
) -> Vec<(Prediction, f64)> {
    let values: Vec<f64> = (0..n + k).map(&mut signal).collect();
    let mut out = Vec::new();
    for i in 0..n {
        forecaster.update(i as f64 * 0.01, values[i]).unwrap();
        if i >= from {
            out.push((forecaster.predict(k as f64 * 0.01).unwrap(), values[i + k]));
        }
    }
    out
}

/// Root of the mean square error.
pub(crate) fn rmse(rolled: &[(Prediction, f64)]) -> f64 {
    (rolled.iter().map(|(p, v)| (p.mean - v).powi(2)).sum::<f64>() / rolled.len() as f64).sqrt()
}
