//! Back-test of forecasters on traces: rolling origin, error and skill against persistence for each horizon, and
//! the share that intervals held.
//!
//! Each forecaster gets the samples in their order and tells, at every one of them, the value at each horizon
//! ahead; nothing after the origin is known to it. Truth between two samples is the line between them. Nothing is
//! fitted on a trace but what a forecaster learns by itself on the way; its first part is not scored.

mod bootstrap;
pub mod page;
pub mod report;
pub(in crate::engine) mod rng;
mod score;
pub mod synthetic;
pub mod trace;

pub use score::{Options, Score, Stretch, TraceReport, backtest};
pub use trace::{Columns, Trace, TraceError};

use super::forecast::ConfigError;

/// Why a trace was not scored.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// It cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// No forecaster can be built for it.
    #[error("{trace}: {source}")]
    Config {
        /// Name of the trace.
        trace: String,
        /// What is wrong.
        source: ConfigError,
    },
    /// It is too short for any of the horizons, or sampled too slowly.
    #[error(
        "{trace}: no horizon can be scored; they must be from {least_s:.3} s (the time between samples) to {most_s:.3} s \
         (half of what is left after the warm-up)"
    )]
    NoHorizon {
        /// Name of the trace.
        trace: String,
        /// Shortest horizon that it can score, in seconds.
        least_s: f64,
        /// Longest horizon that it can score, in seconds.
        most_s: f64,
    },
}
