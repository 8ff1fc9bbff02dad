//! What the AC samples tell: the sag detector, and how long the voltage has been back.

use dpo_registers::units::Ratio;

use super::TICK_S;
use crate::control::detector::{DetectorConfig, DetectorError, SagDetector, State};
use crate::control::policy::{Grid, Policy, Recovery};

/// How far above the return voltage a sag ends. The grid code gives no room, so it is small: what a healthy wave
/// ripples.
const HYSTERESIS: f64 = 0.01;

/// The AC input as the samples show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ac {
    /// Lowest phase in p.u. of nominal.
    pub lowest: f64,
    /// Mean of the phases in V.
    pub mean_v: f64,
    /// Frequency in Hz.
    pub hz: f64,
    /// A phase is below the return voltage.
    pub sag: bool,
    /// All phases have been back for the time of [`Recovery::confirm`].
    pub back: bool,
}

/// The detector, and what the orchestrator adds to it.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    detector: SagDetector,
    nominal_v: f64,
    samples: usize,
    confirm_ticks: u32,
    back_ticks: u32,
}

/// The configuration of the detector that a policy asks for.
pub(crate) fn detector_config(grid: &Grid, recovery: &Recovery) -> DetectorConfig {
    DetectorConfig {
        nominal: grid.nominal,
        frequency: grid.frequency,
        sample_hz: grid.samples_per_s,
        threshold: recovery.voltage,
        hysteresis: Ratio(HYSTERESIS),
        ..DetectorConfig::default()
    }
}

impl Sight {
    pub fn new(policy: &Policy) -> Result<Self, DetectorError> {
        Ok(Self {
            detector: SagDetector::new(&detector_config(&policy.grid, &policy.recovery))?,
            nominal_v: policy.grid.nominal.0,
            samples: (policy.grid.samples_per_s * TICK_S).round() as usize,
            confirm_ticks: (policy.recovery.confirm.0 / TICK_S).ceil() as u32,
            back_ticks: 0,
        })
    }

    /// Sags found since the start.
    pub fn sags(&self) -> u64 {
        self.detector.counters().sags()
    }

    /// Takes the samples of a tick; `None` while there is no measurement to rely on.
    pub fn feed(&mut self, samples: &[[f64; 3]]) -> Option<Ac> {
        for sample in samples {
            self.detector.push(*sample);
        }
        // Samples that do not come are bad ones: the detector bridges a few, then says that it is blind.
        for _ in samples.len()..self.samples {
            self.detector.push([f64::NAN; 3]);
        }
        let reading = self.detector.reading();
        let sag = match reading.state {
            State::Settling | State::Blind => {
                self.back_ticks = 0;
                return None;
            }
            State::Sag => true,
            State::Healthy => false,
        };
        self.back_ticks = if sag { 0 } else { self.back_ticks.saturating_add(1) };
        let [a, b, c] = reading.rms;
        Some(Ac {
            lowest: reading.lowest().0,
            mean_v: (a.0 + b.0 + c.0) / 3.0 * self.nominal_v,
            hz: reading.frequency.0,
            sag,
            back: self.back_ticks >= self.confirm_ticks,
        })
    }
}
