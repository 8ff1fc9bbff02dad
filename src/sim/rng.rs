//! The simulator's own random numbers: the same seed gives the same shelf on every machine.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Good enough to spread tolerances and start delays;
/// not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The sum of four uniform numbers between -1 and 1: near enough to a normal one for noise, and one draw.
    pub(super) fn sum_of_four(&mut self) -> f64 {
        let draw = self.next();
        let part = |shift: u32| f64::from((draw >> shift) as u16);
        (part(0) + part(16) + part(32) + part(48)) * (2.0 / 65535.0) - 4.0
    }

    /// A number from `low` (included) to `high` (excluded), uniform.
    pub(super) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        low + (high - low) * unit
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn draws_are_the_published_sequence_and_stay_in_range() {
        // First outputs of SplitMix64 for seed 0.
        let mut rng = Rng::new(0);
        assert_eq!(rng.next(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(rng.next(), 0x6E78_9E6A_A1B9_65F4);
        let mut rng = Rng::new(7);
        let draws: Vec<f64> = (0..1000).map(|_| rng.uniform(1.0, 2.5)).collect();
        assert!(draws.iter().all(|d| (1.0..2.5).contains(d)));
        let mean = draws.iter().sum::<f64>() / 1000.0;
        assert!((mean - 1.75).abs() < 0.05, "mean {mean}");
    }
}
