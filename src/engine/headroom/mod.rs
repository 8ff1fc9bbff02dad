//! Headroom: how much of a rack's power must stay free so that no limit is broken, with and without an engine.
//!
//! The **reserve** is the part of the PSUs' rating that a workload's sustained power (its largest mean over 60 s) leaves
//! free. For each workload mix, hardware and strategy the smallest reserve is looked for, in whole percent, at which nothing
//! is broken: the PSUs' rating, what bus and batteries carry together, and, in the second set of limits, ramps and
//! dynamic range at the AC input. The charge must last for an hour of it.
//!
//! All of it is simulated on an energy model ([`shelf`]) with the delays of real devices; [`mix`] says what is measured and
//! what is invented, [`grid`] how ramps and swings are measured, [`wear`] what it costs the batteries.

pub mod draw;
pub mod grid;
pub mod mix;
pub mod report;
pub mod run;
pub mod shelf;
pub mod study;
pub mod term;
#[cfg(test)]
mod tests;
pub mod wear;

use super::forecast::ConfigError;
use super::plan::ModelError;

/// A step of the shelf and of a load, in seconds.
pub const STEP_S: f64 = 0.01;

/// Why a study cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum HeadroomError {
    /// The shelf cannot be.
    #[error("shelf: {0}")]
    Model(#[from] ModelError),
    /// The forecaster cannot be built.
    #[error("forecaster: {0}")]
    Forecast(#[from] ConfigError),
}
