//! Staged recharge: it waits, is limited, and begins along a slope. Recharge is load.

use super::TICK_S;
use super::edge::step_below;
use super::fleet::{Fleet, Unit};
use super::io::{BBU_SLOTS, Recharge};
use crate::control::policy::Policy;
use dpo_registers::units::Watts;

/// State of charge at which a battery counts as full.
const FULL: f64 = 0.995;
/// Smallest power in W that is worth a charger's fixed loss.
const LEAST: f64 = 50.0;
const POWER_STEP: f64 = 10.0;
const POWER_BAND: f64 = 15.0;

/// What recharge remembers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Staging {
    /// Ticks since the end of the last recovery or request.
    calm_ticks: u32,
    /// Units being charged.
    charging: [bool; BBU_SLOTS],
}

impl Staging {
    /// Counts a tick; `calm` unless an event lasts or the batteries discharge on request.
    pub fn count(&mut self, calm: bool) {
        if calm {
            self.calm_ticks = self.calm_ticks.saturating_add(1);
        } else {
            *self = Self::default();
        }
    }

    /// Some unit is being charged.
    pub fn active(&self) -> bool {
        self.charging.contains(&true)
    }

    /// What each unit should hold. `room`: power in W that recharge may add to the bus.
    pub fn wanted(
        &mut self,
        policy: &Policy,
        fleet: &Fleet,
        room: f64,
        held: &[Recharge; BBU_SLOTS],
    ) -> [Recharge; BBU_SLOTS] {
        let due = f64::from(self.calm_ticks) * TICK_S >= policy.recharge.delay.0;
        for (charging, unit) in self.charging.iter_mut().zip(&fleet.bbus) {
            let below = if *charging { FULL } else { policy.recharge.below.0 };
            *charging = due && unit.is_some_and(|unit| unit.charge < below);
        }
        let limit = policy.recharge.limit.0 * policy.shelf.efficiency.0;
        let units = self.charging.iter().filter(|charging| **charging).count() as f64;
        let each = limit.min(room) / units.max(1.0);
        if units == 0.0 || each < LEAST {
            self.charging = [false; BBU_SLOTS];
            return [Recharge::Hold; BBU_SLOTS];
        }
        let slope = policy.ramp.up.map_or(policy.recharge.slope.0, |up| up.0.min(policy.recharge.slope.0));
        let mut wanted = [Recharge::Hold; BBU_SLOTS];
        for (slot, wanted) in wanted.iter_mut().enumerate() {
            if self.charging[slot] {
                let before = match held[slot] {
                    Recharge::Limited { power, .. } => Some(power.0),
                    Recharge::Base | Recharge::Hold => None,
                };
                let power = step_below(before, each.min(policy.shelf.bbu_charge.0), POWER_STEP, POWER_BAND);
                // Together they keep the slope; it is given at the input, they take it at the bus.
                let slope_w_per_s = (slope * policy.shelf.efficiency.0 / units).max(1.0);
                *wanted = Recharge::Limited { power: Watts(power), slope_w_per_s };
            }
        }
        wanted
    }
}

/// Power in W that `unit` can take from the bus.
pub(super) fn absorbs(policy: &Policy, unit: &Unit) -> f64 {
    if unit.charge < FULL { policy.shelf.bbu_charge.0 } else { 0.0 }
}
