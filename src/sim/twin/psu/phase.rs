//! One phase of the AC input, as the control of the power factor stages on it sees it.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::sim::twin::STEP_S;

/// Longest half cycle in steps: 40 Hz.
const LONGEST: usize = 250;
/// What the mean over a half cycle may exceed what was asked for: the window is a whole number of steps.
const SLACK: f64 = 1.006;

/// What a stage makes of its phase: the instantaneous current for a mean power.
///
/// The current is in phase with the voltage and scaled by the RMS voltage over half a cycle. That follows a fall in
/// time, and less is drawn for a moment. In a rise it would be too low and the current too high; so the energy of any
/// half cycle is bounded: no instant draws what the half cycle before it leaves no room for. (Assumed: no source was
/// found for the control of a real stage; a digital one does this with one sum.)
#[derive(Debug, Clone)]
pub(in crate::sim::twin) struct Phase {
    /// Instantaneous voltage in V.
    pub(super) v: f64,
    /// RMS voltage over the last half cycle, in V.
    pub(in crate::sim::twin) rms_v: f64,
    /// Instantaneous current in A for each watt of mean power.
    pub(super) per_watt: f64,
    /// Instantaneous power over mean power of the last half cycle.
    shape: [f32; LONGEST],
    length: usize,
    at: usize,
    sum: f64,
    most: f64,
}

impl Phase {
    /// A phase that has been healthy.
    pub(in crate::sim::twin) fn new(usual_v: f64, hz: f64) -> Self {
        let length = ((0.5 / (hz * STEP_S)).round() as usize).clamp(1, LONGEST);
        Self {
            v: 0.0,
            rms_v: usual_v,
            per_watt: 0.0,
            shape: [1.0; LONGEST],
            length,
            at: 0,
            sum: length as f64,
            most: length as f64 * SLACK,
        }
    }

    /// Takes a sample.
    pub(in crate::sim::twin) fn take(&mut self, v: f64, rms_v: f64) {
        (self.v, self.rms_v) = (v, rms_v);
        let amplitude_v = rms_v.max(v.abs() * FRAC_1_SQRT_2);
        self.per_watt = 0.0;
        let Some(slot) = self.shape.get_mut(self.at) else { return };
        let left = self.sum - f64::from(*slot);
        let mut shape = 0.0f32;
        if amplitude_v >= 1.0 {
            let per_watt = v / (amplitude_v * amplitude_v);
            let wanted = per_watt * v;
            let given = wanted.min((self.most - left).max(0.0));
            self.per_watt = if given < wanted { per_watt * given / wanted } else { per_watt };
            shape = given as f32;
        }
        self.sum = left + f64::from(shape);
        *slot = shape;
        self.at = if self.at + 1 == self.length { 0 } else { self.at + 1 };
    }
}
