//! What is counted: the power that the grid sees over a cycle, and the energies since the start.

use super::STEP_S;

/// Longest window of a cycle in steps: 40 Hz.
const LONGEST: usize = 500;

/// Energies since the start, in J. `ac = load + loss + change of what is stored`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Energies {
    /// Taken from the AC side.
    pub ac_j: f64,
    /// Taken by the load.
    pub load_j: f64,
    /// Turned into heat: PSUs, busbar, BBUs, packs, controllers.
    pub loss_j: f64,
    /// Given to the bus by the BBUs.
    pub bbu_out_j: f64,
    /// Taken from the bus by the chargers.
    pub charger_j: f64,
}

/// Mean of the grid power over the last cycle, each step.
#[derive(Debug, Clone)]
pub(super) struct CycleMean {
    // Single precision halves the memory of a rack; the sum is of the same rounded numbers, so nothing drifts.
    ring: [f32; LONGEST],
    length: usize,
    at: usize,
    sum: f64,
    share: f64,
}

impl CycleMean {
    /// A window of one cycle, filled with `power_w`.
    pub(super) fn new(hz: f64, power_w: f64) -> Self {
        let length = ((1.0 / (hz * STEP_S)).round() as usize).clamp(1, LONGEST);
        let power = power_w as f32;
        Self {
            ring: [power; LONGEST],
            length,
            at: 0,
            sum: f64::from(power) * length as f64,
            share: 1.0 / length as f64,
        }
    }

    /// Steps in a cycle.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// Takes a sample; true at the end of each full cycle.
    pub(super) fn push(&mut self, power_w: f64) -> bool {
        let power = power_w as f32;
        if let Some(slot) = self.ring.get_mut(self.at) {
            self.sum += f64::from(power) - f64::from(*slot);
            *slot = power;
        }
        self.at += 1;
        if self.at == self.length {
            self.at = 0;
        }
        self.at == 0
    }

    /// The mean in W.
    pub(super) fn mean_w(&self) -> f64 {
        self.sum * self.share
    }
}
