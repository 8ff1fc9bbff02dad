//! The last part of the way back: the shelf reaches the power before and does not shoot over it.
//!
//! A PSU whose walk-in is past its load draws more than the load: the bus, which the batteries held low, and the
//! bulk capacitors are charged. The hold line stops the walk-in of all PSUs where it is, so the gateway, which
//! measures the input power over the last cycle, lets them climb in short steps and stops them at the power before.
//! What the capacitors of the PSUs still need the batteries give; the bus is charged with a sliver above it.

use super::TICK_S;

/// Age in s of an input power that was averaged over the last cycle, with some reserve.
const MEASURED_S: f64 = 0.020;
/// Near the end the walk-in goes on for one tick in so many.
const PULSE_TICKS: u32 = 10;
/// How far above the power before the walk-in is stopped: this share of it, or this power in W, whichever is more.
const SLIVER: f64 = 0.005;
const SLIVER_W: f64 = 20.0;
/// How close in V the bus comes to where it was.
const BUS_NEAR: f64 = 0.15;
/// The longest time in s. A load that grew in the sag is taken over then.
const LONGEST_S: f64 = 2.5;

/// A return that is under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Landing {
    /// Input power before in W.
    pub input: f64,
    /// Bus voltage before in V.
    pub bus: f64,
    /// Slope of the input power in W/s while the hold line is free.
    pub slope: f64,
    /// Ticks since the voltage was back.
    pub ticks: u32,
}

impl Landing {
    /// Whether the walk-in is held in this tick; `None` when the return is over.
    pub fn hold(&mut self, input: f64, bus: Option<f64>) -> Option<bool> {
        self.ticks = self.ticks.saturating_add(1);
        let up = bus.is_none_or(|bus| bus >= self.bus - BUS_NEAR);
        if up || f64::from(self.ticks) * TICK_S > LONGEST_S {
            return None;
        }
        // Until then the measurement still has the sag in it.
        if f64::from(self.ticks) * TICK_S < MEASURED_S {
            return Some(true);
        }
        let gap = self.input + (SLIVER * self.input).max(SLIVER_W) - input;
        Some(if gap > self.slope * MEASURED_S {
            false
        } else {
            gap <= 0.0 || !self.ticks.is_multiple_of(PULSE_TICKS)
        })
    }
}
