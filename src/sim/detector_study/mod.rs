//! What the sag detector is worth: how long it takes to find a sag, and how often it finds one in a healthy voltage.
//!
//! - [`detection`]: sags of every type, depth and instant of the wave, with and without what a grid does besides.
//! - [`healthy`]: hours of a voltage that is as disturbed as a healthy one may be; every sag found is a false one.
//! - [`over`]: what it makes of a record.
//!
//! The first two run on all cores and give the same numbers whatever their count. Their grid is made in steps of a
//! fifth of the time between samples, and what the detector gets went through a measuring chain
//! ([`Chain`](crate::sim::grid::Chain)): its delay is in every detection time.

pub mod detection;
pub mod healthy;
pub mod over;
mod parallel;

#[cfg(test)]
mod tests;

use healthy::Notching;
use serde::Serialize;

pub use crate::control::detector::DetectorConfig;
use crate::control::detector::DetectorError;
use crate::sim::grid::{AntiAlias, CORNER_HZ, GridError};

/// Steps of the grid between two samples of the detector.
const OVERSAMPLING: u32 = 5;
/// Share of the healthy hours that are simulated once more with notches beyond the standard.
pub const BEYOND_SHARE: f64 = 0.25;

/// Time of a step of the grid in s.
fn step_s(config: &DetectorConfig) -> f64 {
    1.0 / (config.sample_hz * f64::from(OVERSAMPLING))
}

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
    /// Corner of the anti-aliasing filter in Hz.
    pub corner_hz: f64,
    /// Its delay in ms, which is in every detection time.
    pub filter_delay_ms: f64,
    /// Detection of sags.
    pub detection: detection::Detection,
    /// False trips.
    pub healthy: healthy::Healthy,
    /// Trips with notches beyond the standard: told, not judged.
    pub beyond: healthy::Healthy,
}

impl Study {
    /// No sag missed, and nothing tripped that is within the standards.
    pub fn holds(&self) -> bool {
        self.detection.missed + self.detection.early == 0 && self.healthy.false_trips == 0
    }
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
    // The hours beyond the standard are a part of the whole.
    let whole = 1.0 + BEYOND_SHARE;
    let healthy = healthy::run(config, hours, seed, Notching::Standard, &|share| progress(share / whole))?;
    let beyond = healthy::run(config, BEYOND_SHARE * hours, seed, Notching::Beyond, &|share| {
        progress((1.0 + BEYOND_SHARE * share) / whole);
    })?;
    Ok(Study {
        seed,
        corner_hz: CORNER_HZ,
        filter_delay_ms: 1e3 * AntiAlias::new(CORNER_HZ, step_s(config)).delay_s(),
        detection: detection::run(config, seed)?,
        healthy,
        beyond,
    })
}
