//! The waveform-level twin of one rack shelf: 6 PSUs, 6 BBUs, a busbar and a constant-power load, in steps of
//! 50 us.
//!
//! It is the second model of the same shelf. The steady-state model ([`SimShelf`](crate::sim::SimShelf)) answers
//! registers and runs for hours; the twin has what happens within a cycle: the input current of the power factor
//! stages against the instantaneous voltage, the ripple and the fall of the bulk capacitors, the hand-over to the
//! batteries over the capacitance of the bus, the way back. Both stand on the same parameters, and where both model
//! the same thing they agree (tested).
//!
//! A device may carry the DPO block (MOD-04 to MOD-07, MOD-09 to MOD-11). What is armed in a device falls back
//! 30 s after the last write, so that a shelf whose gateway died behaves as its base specification says.
//!
//! Deterministic: a seed, no clock, no I/O, no allocation in [`Twin::step`]. Input that is no number is taken as
//! no voltage; nothing panics.
//!
//! ```
//! use dpo_gateway::sim::grid::AcSample;
//! use dpo_gateway::sim::twin::{Design, STEP_S, Twin, TwinConfig, Variant};
//!
//! let mut twin = Twin::new(&TwinConfig::new(Variant::V3, Design::Conventional))?;
//! for step in 0..400u32 {
//!     let angle = std::f64::consts::TAU * 60.0 * f64::from(step) * STEP_S;
//!     let phase = |shift: f64| 240.0 * 2.0f64.sqrt() * (angle - shift).sin();
//!     let third = std::f64::consts::TAU / 3.0;
//!     twin.step(&AcSample { v: [phase(0.0), phase(third), phase(2.0 * third)], rms: [240.0; 3], hz: 60.0 });
//! }
//! assert!(twin.load_alive() && (twin.bus().0 - 50.75).abs() < 0.05);
//! # Ok::<(), dpo_gateway::sim::ConfigError>(())
//! ```

mod bbu;
mod bus;
mod config;
mod meter;
pub mod pack;
pub mod parameters;
pub mod parts;
mod psu;
mod readings;
mod shelf;
#[cfg(test)]
mod tests;

pub use bbu::{BbuState, ChargeStage, SupportCause};
pub use config::{Design, TwinConfig, Variant};
pub use meter::Energies;
pub use psu::PsuState;
pub use readings::{BbuReading, PsuReading};
pub use shelf::Twin;

/// Length of a step in s.
pub const STEP_S: f64 = 50e-6;
/// Steps between two updates of what changes slowly (packs, chargers, sharing).
const SLOW_STEPS: u32 = 20;
/// The same in s.
const SLOW_S: f64 = STEP_S * SLOW_STEPS as f64;
/// Steps after which what was armed falls back: 30 s (decision 4, `safety.timeout_ms` of the blocks).
const CONTROL_TICKS: u32 = 600_000;

/// Steps of a time in s, to the nearest; saturates.
fn ticks(seconds: f64) -> u32 {
    (seconds / STEP_S).round() as u32
}
