//! Staged recharge: it waits, is limited, and begins along a slope. Recharge is load.

use super::TICK_S;
use super::edge::step_below;
use super::fleet::{Fleet, Unit};
use super::io::{BBU_SLOTS, Recharge};
use crate::control::policy::Policy;
use dpo_registers::units::Watts;

/// State of charge at which a battery counts as full.
const FULL: f64 = 0.995;
/// Smallest power in W that is worth a charger's fixed need (40 W, BM).
const LEAST: f64 = 80.0;
const POWER_STEP: f64 = 10.0;
const POWER_BAND: f64 = 15.0;

/// What recharge remembers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Staging {
    /// Ticks since the end of the last event or request.
    calm_ticks: u32,
    /// Units being charged.
    charging: [bool; BBU_SLOTS],
    /// Ticks since the last of them began.
    climb_ticks: u32,
}

impl Staging {
    /// Counts a tick; `calm` unless an event lasts or the batteries discharge on request.
    pub fn count(&mut self, calm: bool) {
        if calm {
            self.calm_ticks = self.calm_ticks.saturating_add(1);
            self.climb_ticks = self.climb_ticks.saturating_add(1);
        } else {
            *self = Self::default();
        }
    }

    /// Some unit is being charged.
    pub fn active(&self) -> bool {
        self.charging.contains(&true)
    }

    /// What each unit should hold: the emptiest begins, the next follows when it has climbed its slope, so that
    /// the fixed need of the chargers does not come as one step. `room`: power in W that recharge may add to the bus.
    pub fn wanted(
        &mut self,
        policy: &Policy,
        fleet: &Fleet,
        room: f64,
        held: &[Recharge; BBU_SLOTS],
    ) -> [Recharge; BBU_SLOTS] {
        let due = f64::from(self.calm_ticks) * TICK_S >= policy.recharge.delay.0;
        let mut needing = [false; BBU_SLOTS];
        for ((needing, charging), unit) in needing.iter_mut().zip(&mut self.charging).zip(&fleet.bbus) {
            let below = if *charging { FULL } else { policy.recharge.below.0 };
            *needing = due && unit.is_some_and(|unit| unit.charge < below);
            *charging &= *needing;
        }
        let total = (policy.recharge.limit.0 * policy.shelf.efficiency.0).min(room);
        let most = ((total / LEAST) as usize).min(needing.iter().filter(|needing| **needing).count());
        let slope = policy.ramp.up.map_or(policy.recharge.slope.0, |up| up.0.min(policy.recharge.slope.0));
        let each = (total / most.max(1) as f64).min(policy.shelf.bbu_charge.0);
        let units = self.begin_or_end(fleet, &needing, most, |units| each / (slope / units.max(1) as f64));
        let mut wanted = [Recharge::Hold; BBU_SLOTS];
        for (slot, wanted) in wanted.iter_mut().enumerate() {
            if self.charging[slot] {
                let before = match held[slot] {
                    Recharge::Limited { power, .. } => Some(power.0),
                    Recharge::Base | Recharge::Hold => None,
                };
                let power = step_below(before, each, POWER_STEP, POWER_BAND);
                // Together they keep the slope, also when all may take more at once. It is that of the input; they
                // take at the bus.
                let slope_w_per_s = (slope * policy.shelf.efficiency.0 / units as f64).max(1.0);
                *wanted = Recharge::Limited { power: Watts(power), slope_w_per_s };
            }
        }
        wanted
    }

    /// Lets the fullest go while more than `most` are charged, and the emptiest of the `needing` begin when the last
    /// one had the time to climb. Returns how many are charged.
    fn begin_or_end(
        &mut self,
        fleet: &Fleet,
        needing: &[bool; BBU_SLOTS],
        most: usize,
        climb_s: impl Fn(usize) -> f64,
    ) -> usize {
        let charge = |slot: usize| fleet.bbus[slot].map_or(1.0, |unit| unit.charge);
        let mut units = self.charging.iter().filter(|charging| **charging).count();
        while units > most {
            let charged = (0..BBU_SLOTS).filter(|slot| self.charging[*slot]);
            let Some(fullest) = charged.max_by(|a, b| charge(*a).total_cmp(&charge(*b))) else { break };
            self.charging[fullest] = false;
            units -= 1;
        }
        let climbed = units == 0 || f64::from(self.climb_ticks) * TICK_S >= climb_s(units);
        if units < most && climbed {
            let waiting = (0..BBU_SLOTS).filter(|slot| needing[*slot] && !self.charging[*slot]);
            if let Some(emptiest) = waiting.min_by(|a, b| charge(*a).total_cmp(&charge(*b))) {
                self.charging[emptiest] = true;
                self.climb_ticks = 0;
                units += 1;
            }
        }
        units
    }
}

/// Power in W that `unit` can take from the bus.
pub(super) fn absorbs(policy: &Policy, unit: &Unit) -> f64 {
    if unit.charge < FULL { policy.shelf.bbu_charge.0 } else { 0.0 }
}
