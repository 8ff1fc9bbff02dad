//! Staged recharge: it waits, is limited, and begins along a slope. Recharge is load.

use super::TICK_S;
use super::edge::step_below;
use super::fleet::{Fleet, Unit};
use super::io::{BBU_SLOTS, Recharge};
use crate::control::policy::Policy;
use dpo_registers::units::Watts;

/// State of charge at which a battery counts as full.
const FULL: f64 = 0.995;
/// Smallest power over a charger's own need that is worth that need.
const LEAST: f64 = 2.0;
/// Share of the slope that is used: the losses of the PSUs rise faster than the load, and 5 % covers that at any load.
const USED: f64 = 0.95;
const POWER_STEP: f64 = 10.0;
const POWER_BAND: f64 = 15.0;
/// Step in W in which the limit of a charger without a slope is raised.
const TOLD_STEP: f64 = 5.0;

/// What recharge remembers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Staging {
    /// Ticks since the end of the last event or request.
    calm_ticks: u32,
    /// Units being charged.
    charging: [bool; BBU_SLOTS],
    /// Ticks since the last of them began.
    climb_ticks: u32,
    /// Where on the slope each of them is, in W, and the tick of that: for chargers that know no slope.
    climb: [f64; BBU_SLOTS],
    climbed_at: u32,
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
    /// no two chargers bring their own need within a second. `room`: power in W that recharge may add to the bus.
    /// `sloped`: the chargers climb by themselves; else (a BBU of today, register 291) they are told step by step.
    pub fn wanted(
        &mut self,
        policy: &Policy,
        fleet: &Fleet,
        room: f64,
        sloped: bool,
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
        let most = ((total / least(policy)) as usize).min(needing.iter().filter(|needing| **needing).count());
        let slope = climb(policy, sloped);
        let each = (total / most.max(1) as f64).min(policy.shelf.bbu_charge.0);
        let units = self.begin_or_end(fleet, &needing, most, |units| each / (slope / units.max(1) as f64));
        let elapsed_s = f64::from(self.calm_ticks.saturating_sub(self.climbed_at)) * TICK_S;
        self.climbed_at = self.calm_ticks;
        let mut wanted = [Recharge::Hold; BBU_SLOTS];
        for (slot, wanted) in wanted.iter_mut().enumerate() {
            if self.charging[slot] {
                let before = match held[slot] {
                    Recharge::Limited { power, .. } => Some(power.0),
                    Recharge::Base | Recharge::Hold => None,
                };
                let climb = (self.climb[slot] + slope / units as f64 * elapsed_s).min(each);
                self.climb[slot] = climb;
                let power = if sloped {
                    step_below(before, each, POWER_STEP, POWER_BAND)
                } else {
                    step_below(before, climb, TOLD_STEP, TOLD_STEP)
                };
                // Together they keep the slope, also when all may take more at once.
                let slope_w_per_s = (slope / units as f64).max(1.0);
                *wanted = Recharge::Limited { power: Watts(power), slope_w_per_s };
            } else {
                self.climb[slot] = 0.0;
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

/// Smallest power in W that is worth charging a unit with.
pub(super) fn least(policy: &Policy) -> f64 {
    LEAST * policy.shelf.bbu_charger.0.max(1.0)
}

/// Slope in W/s at the bus along which chargers climb together. A charger takes its own need at once as soon as it may
/// take that much, so within a second there are that step and the climb: both together keep the limit of the input.
fn climb(policy: &Policy, sloped: bool) -> f64 {
    let limit = policy.ramp.up.map_or(policy.recharge.slope.0, |up| up.0.min(policy.recharge.slope.0));
    let steps = policy.shelf.bbu_charger.0 + if sloped { 0.0 } else { 2.0 * TOLD_STEP };
    (USED * limit * policy.shelf.efficiency.0 - steps).max(1.0)
}

/// Power in W that `unit` can take from the bus.
pub(super) fn absorbs(policy: &Policy, unit: &Unit) -> f64 {
    if unit.charge < FULL { policy.shelf.bbu_charge.0 } else { 0.0 }
}
