//! Random numbers that are the same for a seed on every machine.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014); not for secrets.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Rng(u64);

impl Rng {
    pub(in crate::engine) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Above 0 up to 1.
    pub(in crate::engine) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0, variance 1 (Box and Muller).
    pub(in crate::engine) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A time until the next of events that come at a rate.
    pub(in crate::engine) fn wait(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    /// One of `n`.
    pub(in crate::engine) fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }
}
