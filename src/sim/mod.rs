//! The electrical model of a shelf and its Modbus and PMBus front ends.
//!
//! Six ORv3 3 kW PSUs and six BBUs feed one busbar with a constant-power load. The model is
//! deterministic (a seed, no clock) and works in steady-state steps: each step solves the DC operating
//! point of all output lines exactly, then moves what has a memory: hold-up energy, charge, timers,
//! temperatures. Effects below a millisecond (output capacitors, cable inductance, AC waveform, ripple)
//! are not modelled. Every figure and its source is in [`parameters`](PsuParameters).
//!
//! [`grid`] and [`twin`] are the level below, in steps of 50 µs: three-phase voltages, point on wave, and a shelf
//! with what happens within a cycle. Both models of a shelf stand on the same parameters.
//!
//! What a simulated device says of itself names it as simulated: manufacturer `DPO-SIM`.
//!
//! ```
//! use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};
//! use dpo_registers::units::{Volts, Watts};
//!
//! let shelf = SimShelf::new(ShelfConfig { load: LoadProfile::Constant(Watts(15_000.0)), ..Default::default() });
//! shelf.set_ac(Volts(0.0));
//! shelf.step(std::time::Duration::from_millis(50));
//! // The packs carry the load.
//! assert!((shelf.truth().bbu_power.0 - 15_000.0).abs() < 0.001);
//! ```

mod bbu;
mod busbar;
mod check;
mod clock;
mod controls;
pub mod detector_study;
mod front;
pub mod grid;
mod load;
mod pack;
mod parameters;
mod plant;
mod psu;
pub mod rack;
mod rng;
pub mod scenario;
mod shelf;
#[cfg(test)]
mod tests;
mod trace;
mod truth;
pub mod twin;

pub use check::ConfigError;
pub use load::{BadPoint, LoadProfile, Trace, Training};
pub use parameters::{
    BBU_SLOTS, BbuParameters, CELLS, FIRST_BBU_UNIT, FIRST_PSU_UNIT, LoadParameters, PSU_SLOTS,
    PackParameters, PsuParameters, ShelfConfig,
};
pub use shelf::{SimShelf, run};
pub use trace::{TraceError, TraceOptions};
pub use truth::{BbuState, BbuTruth, EnergyTruth, PsuState, PsuTruth, Truth};
