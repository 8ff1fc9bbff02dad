//! What a detector is built from.

use dpo_registers::units::{Hertz, Ratio, Volts};

use super::windows::ROWS;
use crate::control::mutation::tuned;

/// Configuration of a detector. [`Default`] is a 415Y/240 V input of 60 Hz, sampled at 5 kHz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectorConfig {
    /// Nominal effective voltage of a phase against neutral: 1 p.u.
    pub nominal: Volts,
    /// Nominal frequency, 45 to 65 Hz. The input may be up to 15 % off.
    pub frequency: Hertz,
    /// Samples a second, 2,000 to 10,000.
    pub sample_hz: f64,
    /// Below this a phase is in a sag, in p.u. IEC 61000-4-30: 0.9.
    pub threshold: Ratio,
    /// How far above the threshold a sag ends. IEC 61000-4-30: 0.02.
    pub hysteresis: Ratio,
    /// By how much the root of the sum of squares must fall within a cycle for [`Rule::Collapse`](super::Rule).
    /// 0.06: what a switched load (4 %, IEC 61000-3-3) and flicker do at once is less, and a phase that loses more
    /// than 0.18 p.u. takes more off the root of the three.
    pub collapse: Ratio,
    /// Margin of [`Rule::HalfCycle`](super::Rule). 0.02: even harmonics of 2 % (IEC 61000-2-2) leave a ripple of 1.7 %.
    pub ripple: Ratio,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self {
            nominal: Volts(240.0),
            frequency: Hertz(60.0),
            sample_hz: 5000.0,
            threshold: Ratio(tuned("threshold", 0.9)),
            hysteresis: Ratio(tuned("hysteresis", 0.02)),
            collapse: Ratio(tuned("collapse", 0.06)),
            ripple: Ratio(tuned("ripple", 0.02)),
        }
    }
}

/// Why there is no such detector.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("detector: {what} is {value}: it must be {wanted}")]
pub struct DetectorError {
    /// Which number.
    pub what: &'static str,
    /// Its value.
    pub value: f64,
    /// What is accepted.
    pub wanted: &'static str,
}

impl DetectorConfig {
    /// Checks every number.
    ///
    /// # Errors
    /// [`DetectorError`] with the first one that cannot be used.
    pub fn check(&self) -> Result<(), DetectorError> {
        let numbers = [
            ("nominal", self.nominal.0, 1.0, 1e6, "1 V to 1 MV"),
            ("frequency", self.frequency.0, 45.0, 65.0, "45 to 65 Hz"),
            ("sample_hz", self.sample_hz, 2000.0, 10_000.0, "2,000 to 10,000 a second"),
            ("threshold", self.threshold.0, 0.5, 0.99, "0.5 to 0.99 p.u."),
            ("hysteresis", self.hysteresis.0, 0.0, 0.1, "0 to 0.1 p.u."),
            ("collapse", self.collapse.0, 0.01, 0.5, "0.01 to 0.5"),
            ("ripple", self.ripple.0, 0.0, 0.1, "0 to 0.1 p.u."),
        ];
        for (what, value, low, high, wanted) in numbers {
            if !(low..=high).contains(&value) {
                return Err(DetectorError { what, value, wanted });
            }
        }
        // One and a half cycles of the lowest frequency are looked up.
        debug_assert!(1.5 * 10_000.0 / (0.85 * 45.0) < ROWS as f64 - 2.0);
        Ok(())
    }
}
