//! One phase of the AC input, as the control of the power factor stages on it sees it.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::sim::twin::STEP_S;

/// Samples that are kept: more than the half cycle of 40 Hz.
const KEPT: usize = 256;
/// What the mean over a half cycle may exceed what was asked for: a sine in steps is not quite its integral.
const SLACK: f64 = 1.0002;

/// Steps in a half cycle at a frequency; nothing for one that no grid has.
pub(in crate::sim::twin) fn half_cycle(hz: f64) -> Option<f64> {
    (40.0..=75.0).contains(&hz).then(|| 0.5 / (hz * STEP_S))
}

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
    shape: [f32; KEPT],
    length: usize,
    at: usize,
    sum: f64,
}

impl Phase {
    /// A phase that has been healthy, with `half` steps in a half cycle.
    pub(in crate::sim::twin) fn new(usual_v: f64, half: f64) -> Self {
        let length = (half as usize).clamp(1, KEPT - 3);
        // Nothing was drawn yet, so that the first half cycle is not cut.
        Self { v: 0.0, rms_v: usual_v, per_watt: 0.0, shape: [0.0; KEPT], length, at: 0, sum: 0.0 }
    }

    /// The value `back` samples ago.
    fn ago(&self, back: usize) -> f64 {
        let at = (self.at + KEPT - back) % KEPT;
        f64::from(self.shape.get(at).copied().unwrap_or_default())
    }

    /// Takes a sample; `half` is the half cycle in steps.
    pub(in crate::sim::twin) fn take(&mut self, v: f64, rms_v: f64, half: f64) {
        (self.v, self.rms_v) = (v, rms_v);
        // The window: whole steps, of which the oldest goes out with this one, and a part of the step before them. It
        // follows the frequency by a step at a time.
        let wanted = (half as usize).clamp(1, KEPT - 3);
        let mut left = self.sum - self.ago(self.length);
        if self.length > wanted {
            self.length -= 1;
            left -= self.ago(self.length);
        } else if self.length < wanted {
            left += self.ago(self.length);
            self.length += 1;
        }
        let part = (half - self.length as f64).clamp(0.0, 1.0);
        let room = half * SLACK - left - part * self.ago(self.length);
        let amplitude_v = rms_v.max(v.abs() * FRAC_1_SQRT_2);
        self.per_watt = 0.0;
        let mut shape = 0.0f32;
        if amplitude_v >= 1.0 {
            let per_watt = v / (amplitude_v * amplitude_v);
            let wanted = per_watt * v;
            let given = wanted.min(room.max(0.0));
            self.per_watt = if given < wanted { per_watt * given / wanted } else { per_watt };
            shape = given as f32;
        }
        self.sum = left + f64::from(shape);
        if let Some(slot) = self.shape.get_mut(self.at) {
            *slot = shape;
        }
        self.at = (self.at + 1) % KEPT;
    }
}
