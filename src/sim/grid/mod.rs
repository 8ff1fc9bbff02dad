//! The grid at the input of the shelf: three-phase voltages, point on wave, one sample a step.
//!
//! A [`Source`] is built from a [`GridConfig`]: what the voltages do ([`Voltage`]: constant, a list of
//! [`Change`]s, or a recorded [`Waveform`]), what the frequency does ([`FrequencyChange`]), and what a healthy
//! grid does all the time ([`Disturbances`]). The same configuration gives the same samples on every machine.
//!
//! Inside, one phasor `z` turns with the frequency, and each phase has a phasor `P` in p.u. beside it: its voltage
//! is `√2 · nominal · Re(P · z)`. A sag moves `P`, a frequency event turns `z` faster, a phase jump turns it at once.
//! So no sine is computed for a sample, and the point on wave of a sag is that of `z`.
//!
//! ```
//! use dpo_gateway::sim::grid::{GridConfig, Sag, SagKind, Source, train};
//!
//! let sag = Sag { at_s: 0.1, duration_s: 0.05, retained: 0.4, kind: SagKind::A, ..Sag::default() };
//! let mut source = Source::new(&GridConfig { voltage: train(&[sag]), ..GridConfig::default() })?;
//! let lowest = (0..4000).map(|_| source.next_sample().rms[0]).fold(f64::INFINITY, f64::min);
//! assert!((lowest - 0.4 * 240.0).abs() < 0.1);
//! # Ok::<(), dpo_gateway::sim::grid::GridError>(())
//! ```

mod chain;
mod change;
mod config;
mod disturb;
mod frequency;
mod harmonics;
mod notch;
mod phasor;
mod record;
mod resample;
mod rms;
mod sag;
mod source;
#[cfg(test)]
mod tests;
mod walk;

pub use chain::{AntiAlias, CORNER_HZ, Chain};
pub use change::{Change, When};
pub use config::{GridConfig, GridError, Voltage};
pub use disturb::{Disturbances, Flicker, Harmonic, Jumps, Steps, Wander};
pub use frequency::{FrequencyChange, excursion};
pub use notch::{NotchLimit, Notches};
pub use phasor::{BALANCED, Phasor};
pub use record::{RecordOptions, Recorded, Waveform};
pub use sag::{Sag, SagKind, VIRGINIA_2024, VirginiaFault, train, virginia_2024};
pub use source::Source;

/// Step of the waveform level of the simulation, in seconds.
pub const STEP_S: f64 = 50e-6;

/// The grid at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AcSample {
    /// Voltages of L1, L2, L3 against neutral, in V.
    pub v: [f64; 3],
    /// Root mean square of each phase over the half cycle that ends now, in V. It is what a meter would show, so
    /// it lags behind [`Self::v`]. At the start of a source the half cycle before is taken as healthy.
    pub rms: [f64; 3],
    /// Frequency in Hz.
    pub hz: f64,
}
