//! How sure a skill is, from the blocks of time it came from.

use super::rng::Rng;

/// Blocks in which a trace is cut at most.
const BLOCKS: usize = 40;
/// With fewer blocks nothing is told.
const LEAST: usize = 5;
/// Draws.
const DRAWS: usize = 400;

/// Sums of squared errors of a forecaster and of persistence over blocks of time.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    from_s: f64,
    length_s: f64,
    sums: Vec<(f64, f64)>,
}

impl Blocks {
    /// Blocks are no shorter than the horizon: forecasts less than that apart share most of their truth.
    pub(super) fn new(from_s: f64, to_s: f64, horizon_s: f64) -> Self {
        let length_s = (2.0 * horizon_s).max((to_s - from_s) / BLOCKS as f64);
        let blocks = ((to_s - from_s) / length_s).ceil().max(1.0) as usize;
        Self { from_s, length_s, sums: vec![(0.0, 0.0); blocks] }
    }

    pub(super) fn add(&mut self, t_s: f64, model: f64, persistence: f64) {
        let at = ((t_s - self.from_s) / self.length_s) as usize;
        if let Some((m, p)) = self.sums.get_mut(at) {
            *m += model * model;
            *p += persistence * persistence;
        }
    }

    /// The 90 % interval of `1 - rmse / rmse of persistence`, when whole blocks are drawn with replacement.
    pub(super) fn interval(&self) -> Option<[f64; 2]> {
        if self.sums.len() < LEAST {
            return None;
        }
        let mut rng = Rng::new(0x6A0B);
        let mut skills: Vec<f64> = (0..DRAWS)
            .filter_map(|_| {
                let drawn = (0..self.sums.len()).filter_map(|_| self.sums.get(rng.below(self.sums.len())));
                let (model, persistence) = drawn.fold((0.0, 0.0), |(a, b), (m, p)| (a + m, b + p));
                (persistence > 0.0).then(|| 1.0 - (model / persistence).sqrt())
            })
            .collect();
        skills.sort_by(f64::total_cmp);
        let at = |share: f64| skills.get((share * skills.len() as f64) as usize).copied();
        Some([at(0.05)?, at(0.95)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_skill_is_sure_and_one_from_a_single_block_is_not() {
        let mut even = Blocks::new(0.0, 100.0, 1.0);
        let mut once = even.clone();
        for i in 0..1000 {
            let t = f64::from(i) * 0.1;
            even.add(t, 0.5, 1.0);
            once.add(t, if i < 100 { 0.0 } else { 1.0 }, if i < 100 { 10.0 } else { 1.0 });
        }
        assert_eq!(even.interval(), Some([0.5, 0.5]));
        let [low, high] = once.interval().unwrap();
        assert!(low < 0.5 && high - low > 0.2, "{low} {high}");
        assert_eq!(Blocks::new(0.0, 100.0, 20.0).interval(), None);
    }
}
