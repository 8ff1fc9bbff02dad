//! Pure control functions: no I/O, no clock, no allocation in the tick.
//!
//! - [`detector`]: sags from instantaneous voltages.
//! - [`meter`]: RMS by half cycle, frequency and its rate of change of three phases.
//! - [`orchestrator`]: from samples and polled values to lines and armed settings, each millisecond.
//! - [`policy`]: what the shelf owes to the grid, as data.
//! - [`share`]: which PSU output voltage makes the BBUs carry a wanted power.
//! - [`state`]: the state of the shelf from what was measured.
//!
//! Time is counted in ticks: the caller decides when one happens. Bad numbers are refused, never
//! used.

pub mod detector;
pub mod meter;
mod mutation;
pub mod orchestrator;
pub mod policy;
pub mod share;
pub mod state;
mod steer;

pub use steer::{Decision, Demand, Measured, SteerConfig, Steering};

/// Why a control function refused its input.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ControlError {
    /// A number is not finite, or has the wrong sign.
    #[error("{what} is {value}: not a usable number")]
    Number {
        /// Which input.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// No PSU is present: nothing can be steered.
    #[error("no PSU is present")]
    NoPsu,
    /// No BBU is present: nothing can support the bus.
    #[error("no BBU is present")]
    NoBbu,
    /// The units present cannot carry the power at any voltage of their droop lines.
    #[error("{watts} W is more than the droop lines can carry")]
    Overload {
        /// The power in watts.
        watts: f64,
    },
}

/// `value` if it is finite.
fn finite(what: &'static str, value: f64) -> Result<f64, ControlError> {
    if value.is_finite() { Ok(value) } else { Err(ControlError::Number { what, value }) }
}

/// `value` if it is finite and not negative.
fn positive(what: &'static str, value: f64) -> Result<f64, ControlError> {
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(ControlError::Number { what, value }) }
}
