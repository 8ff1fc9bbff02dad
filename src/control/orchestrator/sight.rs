//! What the AC samples tell: effective voltage of each phase, a sag, its end.

use super::TICK_S;
use crate::control::policy::Policy;

/// Samples of half a cycle at most.
const RING: usize = 512;
/// Ticks without a usable sample after which the measurement counts as lost.
const LOST_TICKS: u32 = 20;
/// Share of nominal by which the voltage must be over a threshold again (IEC 61000-4-30 takes 2 %; the return
/// threshold of a grid code is exact, so it is less).
const BAND: f64 = 0.005;

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
    /// All phases have been back for the time of [`crate::control::policy::Recovery::confirm`].
    pub back: bool,
}

/// Sliding effective voltage over half a cycle, of three phases.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    nominal_v: f64,
    hz: f64,
    below_pu: f64,
    confirm_ticks: u32,
    window: usize,
    squares: [[f64; 3]; RING],
    sums: [f64; 3],
    at: usize,
    filled: usize,
    missing: u32,
    sag: bool,
    over_ticks: u32,
}

impl Sight {
    pub fn new(policy: &Policy) -> Self {
        let half_cycle = policy.grid.samples_per_s / (2.0 * policy.grid.frequency.0);
        Self {
            nominal_v: policy.grid.nominal.0,
            hz: policy.grid.frequency.0,
            below_pu: policy.recovery.voltage.0,
            confirm_ticks: (policy.recovery.confirm.0 / TICK_S).ceil() as u32,
            window: (half_cycle.round() as usize).clamp(1, RING),
            squares: [[0.0; 3]; RING],
            sums: [0.0; 3],
            at: 0,
            filled: 0,
            missing: LOST_TICKS,
            sag: false,
            over_ticks: 0,
        }
    }

    /// Takes the samples of a tick; `None` while there is no measurement to rely on.
    pub fn feed(&mut self, samples: &[[f64; 3]]) -> Option<Ac> {
        let mut usable = false;
        for sample in samples {
            // No grid brings ten times its voltage: such a sample is a fault of the measurement.
            if sample.iter().any(|v| !v.is_finite() || v.abs() > 10.0 * self.nominal_v) {
                continue;
            }
            usable = true;
            self.push(sample);
        }
        self.missing = if usable { 0 } else { self.missing.saturating_add(1) };
        if self.missing >= LOST_TICKS {
            (self.filled, self.at, self.sums, self.sag, self.over_ticks) = (0, 0, [0.0; 3], false, 0);
            return None;
        }
        if self.filled < self.window {
            return None;
        }
        let rms = self.sums.map(|sum| (sum.max(0.0) / self.window as f64).sqrt());
        let lowest = rms.iter().fold(f64::INFINITY, |least, v| v.min(least)) / self.nominal_v;
        let threshold = if self.sag { self.below_pu + BAND } else { self.below_pu };
        self.sag = lowest < threshold;
        self.over_ticks = if self.sag { 0 } else { self.over_ticks.saturating_add(1) };
        Some(Ac {
            lowest,
            mean_v: (rms[0] + rms[1] + rms[2]) / 3.0,
            hz: self.hz,
            sag: self.sag,
            back: self.over_ticks >= self.confirm_ticks,
        })
    }

    fn push(&mut self, sample: &[f64; 3]) {
        let new = sample.map(|v| v * v);
        if let Some(place) = self.squares.get_mut(self.at) {
            for phase in 0..3 {
                if self.filled == self.window {
                    self.sums[phase] -= place[phase];
                }
                self.sums[phase] += new[phase];
            }
            *place = new;
        }
        self.filled = (self.filled + 1).min(self.window);
        self.at += 1;
        if self.at == self.window {
            self.at = 0;
        }
    }
}
