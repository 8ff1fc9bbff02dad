//! What the sag detector is worth: how long it takes to find a sag, and how often it finds one in a healthy voltage.
//!
//! - [`detection`]: sags of every type, depth and instant of the wave, with and without what a grid does besides.
//! - [`healthy`]: hours of a voltage that is as disturbed as a healthy one may be; every sag found is a false one.
//! - [`over`]: what it makes of a record.
//!
//! The first two run on all cores and give the same numbers whatever their count.

pub mod detection;
pub mod healthy;
pub mod over;
mod parallel;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use crate::control::detector::DetectorConfig;
use crate::control::detector::DetectorError;
use crate::sim::grid::GridError;

/// Why a study cannot run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StudyError {
    /// The detector's configuration.
    #[error(transparent)]
    Detector(#[from] DetectorError),
    /// The grid's.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The length.
    #[error("{hours} h cannot be simulated: give more than 0 and at most 1000")]
    Hours {
        /// As given.
        hours: f64,
    },
}

/// Both studies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Study {
    /// Seed.
    pub seed: u64,
    /// Detection of sags.
    pub detection: detection::Detection,
    /// False trips.
    pub healthy: healthy::Healthy,
}

/// Runs both studies; `progress` is told how much of the healthy hours is done, from 0 to 1.
///
/// # Errors
/// [`StudyError`] for a configuration or length that cannot be used.
pub fn study(
    config: &DetectorConfig,
    hours: f64,
    seed: u64,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Study, StudyError> {
    Ok(Study {
        seed,
        detection: detection::run(config, seed)?,
        healthy: healthy::run(config, hours, seed, progress)?,
    })
}
