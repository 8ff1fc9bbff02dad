//! How far apart the readings of a source are: a forecaster is built for that.

/// Readings whose distances are looked at.
const LOOKED_AT: usize = 9;

/// Finds the pace of a source.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    times: Vec<f64>,
}

impl Pace {
    /// Takes the time of a reading; gives the pace in seconds as soon as it is known: the middle one of eight distances.
    pub fn take(&mut self, t_s: f64) -> Option<f64> {
        self.times.push(t_s);
        if self.times.len() < LOOKED_AT {
            return None;
        }
        let mut gaps: Vec<f64> =
            self.times.iter().zip(self.times.iter().skip(1)).map(|(a, b)| b - a).collect();
        gaps.sort_by(f64::total_cmp);
        self.times.clear();
        gaps.get(gaps.len() / 2).copied().filter(|gap| (1e-4..=600.0).contains(gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_distance_is_the_pace() {
        let mut pace = Pace::default();
        let times = [0.0, 0.1, 0.2, 0.31, 0.4, 1.5, 1.6, 1.7, 1.8];
        let found: Vec<_> = times.into_iter().filter_map(|t| pace.take(t)).collect();
        assert!((found[0] - 0.1).abs() < 1e-6 && found.len() == 1, "{found:?}");
    }
}
