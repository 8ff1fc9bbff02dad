//! The last sample, whatever the horizon: what every other forecaster is measured against.

use super::{Model, Now};

/// Tells the last sample.
#[derive(Debug, Clone, Copy, Default)]
pub struct Persistence;

impl Model for Persistence {
    fn name(&self) -> &'static str {
        "persistence"
    }

    fn mean(&self, now: &Now<'_>, _: f64) -> Option<f64> {
        Some(now.value)
    }
}
