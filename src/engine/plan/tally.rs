//! Who computed how many setpoints.

use super::super::setpoint::{Reason, Source};

/// Who computed how many setpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// By the optimizer.
    pub optimizer: u64,
    /// By the limiter, by [`Reason`]: in the order of [`Tally::REASONS`].
    pub limiter: [u64; 6],
}

impl Tally {
    /// The reasons in the order of their counts.
    pub const REASONS: [Reason; 6] = [
        Reason::NoSolution,
        Reason::Late,
        Reason::BadForecast,
        Reason::StaleState,
        Reason::Grid,
        Reason::Configured,
    ];

    pub(super) fn count(&mut self, source: Source) {
        match source {
            Source::Optimizer => self.optimizer += 1,
            Source::Limiter(reason) => {
                let place = Self::REASONS.iter().position(|r| *r == reason);
                if let Some(count) = place.and_then(|p| self.limiter.get_mut(p)) {
                    *count += 1;
                }
            }
        }
    }

    /// All setpoints.
    pub fn total(&self) -> u64 {
        self.optimizer + self.limiter.iter().sum::<u64>()
    }

    /// Share of the limiter, from 0 to 1.
    pub fn limiter_share(&self) -> f64 {
        self.limiter.iter().sum::<u64>() as f64 / self.total().max(1) as f64
    }
}
