//! When a PSU may be power-cycled: the others must carry the load, even if one more fails meanwhile, and nothing else may be
//! going on.

use dpo_registers::units::{Volts, Watts};
use tokio::time::Instant;

use super::{POWER_CYCLE_REST, output_good};
use crate::control::share::NOMINAL_SETPOINT;
use crate::gateway::ShelfState;
use crate::gateway::config::Slot;
use crate::gateway::fast::in_event;
use crate::gateway::hold::Hold;
use crate::gateway::psus::Psus;
use crate::gateway::task::Task;
use crate::shelf::reading::Presence;

/// Share of the rating of the others that the load of the last minute may be, and share of an input power limit in force that
/// the input power may be. Of six PSUs one is away at 13.5 kW at most; if one more fails, four carry 3.375 kW each, which is
/// below their slow trip (AE data sheet: 3.45 kW for 10 s).
const MARGIN: f64 = 0.9;
/// A PSU that carries less than this share of the mean carries nothing.
const LEAST_SHARE: f64 = 0.5;
/// Mean power of a PSU, as a share of its rating, above which sharing is looked at: below, tolerances rule.
const LEAST_LOAD: f64 = 0.05;

impl Task {
    /// The PSU to be power-cycled, if that may be done now; if not, why not.
    pub(super) fn may_power_cycle(&self, number: u8) -> Result<Slot, String> {
        let slot = self.offered(number)?;
        self.nothing_else()?;
        let mut others = 0u32;
        for view in &self.shelf.psus {
            if view.slot == number {
                if view.presence != Presence::Present {
                    return Err(format!("psu {number} does not answer"));
                }
                continue;
            }
            others += 1;
            output_good(view).map_err(|reason| format!("psu {} {reason}", view.slot))?;
            if let Some(alarm) = view.reading.alarms.first() {
                return Err(format!("psu {} reports {} ({})", view.slot, alarm.name, alarm.register));
            }
        }
        self.psus.all_at(NOMINAL_SETPOINT)?;
        self.sharing(number)?;
        self.others_carry(f64::from(others))?;
        Ok(slot)
    }

    fn offered(&self, number: u8) -> Result<Slot, String> {
        let cycles = &self.power_cycles;
        if !cycles.enabled {
            return Err("power cycles are not switched on (psu_reset in the configuration)".to_owned());
        }
        let slot = cycles.slots.iter().find(|s| s.slot == number).copied();
        let slot =
            slot.ok_or_else(|| format!("psu {number} is not configured, or has no register for it"))?;
        if let Some(other) = cycles.slot() {
            return Err(format!("psu {other} is being power-cycled: one at a time"));
        }
        let left = cycles.ended.map(|at| (at + POWER_CYCLE_REST).saturating_duration_since(Instant::now()));
        match left.filter(|left| !left.is_zero()) {
            Some(left) => {
                Err(format!("the last power cycle was a moment ago: wait {} s", left.as_secs() + 1))
            }
            None => Ok(slot),
        }
    }

    /// Whether nothing else goes on: no event of the grid, no discharge, no steering, nothing left open.
    fn nothing_else(&self) -> Result<(), String> {
        if self.counters.polls == 0 {
            return Err("the devices have not been read yet: ask again after a poll cycle".to_owned());
        }
        if !self.recovered || self.psus.unfinished() {
            return Err("what an earlier gateway left is not known yet".to_owned());
        }
        self.no_grid_event()?;
        if !matches!(self.state, ShelfState::Normal | ShelfState::Recharging) {
            return Err(format!("the state of the shelf is {:?}, not Normal or Recharging", self.state));
        }
        if let Some(view) = self.shelf.bbus.iter().find(|v| v.presence == Presence::Unavailable) {
            return Err(format!("bbu {} does not answer", view.slot));
        }
        match self.shelf.totals().battery_power {
            Some(power) if power > self.config.thresholds.battery_off => {
                return Err(format!("the BBUs give {power}"));
            }
            None if self.shelf.bbu_count() > 0 => return Err("what the BBUs give is not known".to_owned()),
            _ => {}
        }
        if self.demand.discharge.is_some() {
            return Err("a discharge of the BBUs is in force: take it back first".to_owned());
        }
        if self.steering.active() || self.psus.any_dirty(true) {
            return Err("PSUs are steered, or on their way back".to_owned());
        }
        Ok(())
    }

    /// Whether the fast path sees no event of the grid now.
    pub(in crate::gateway) fn no_grid_event(&self) -> Result<(), String> {
        match self.fast().filter(|view| in_event(view.state, view.cause)) {
            Some(view) => Err(format!("the AC input has an event ({:?})", view.state)),
            None => Ok(()),
        }
    }

    /// Whether the others share the load now.
    fn sharing(&self, number: u8) -> Result<(), String> {
        let psus = self.shelf.psus.iter().filter(|v| v.slot != number);
        let powers: Vec<_> = psus.map(|v| (v.slot, v.reading.output_power.map(|p| p.0))).collect();
        if let Some((slot, _)) = powers.iter().find(|(_, power)| power.is_none()) {
            return Err(format!("what psu {slot} carries is not known"));
        }
        let mean = powers.iter().filter_map(|(_, p)| *p).sum::<f64>() / powers.len().max(1) as f64;
        let idle = powers.iter().find(|(_, p)| p.is_some_and(|p| p < LEAST_SHARE * mean));
        match idle.filter(|_| mean >= LEAST_LOAD * self.config.psu_rated.0) {
            Some((slot, power)) => {
                let power = power.unwrap_or_default();
                Err(format!("psu {slot} carries {power:.0} W, the mean of the others is {mean:.0} W"))
            }
            None => Ok(()),
        }
    }

    /// Whether the others carry what the shelf has carried of late, with a margin.
    fn others_carry(&self, others: f64) -> Result<(), String> {
        let totals = self.shelf.totals();
        let (Some((load, input)), Some(now), Some(drawn)) =
            (self.power_cycles.recent.most(), totals.output_power, totals.input_power)
        else {
            return Err("the load is not known".to_owned());
        };
        let (load, input) = (load.0.max(now.0), input.0.max(drawn.0));
        let most = MARGIN * others * self.config.psu_rated.0;
        if load > most {
            return Err(format!(
                "the load was up to {} in the last minute; without this PSU the others may carry {}",
                Watts(load.round()),
                Watts(most.round())
            ));
        }
        match self.demand.input_limit.filter(|limit| input > MARGIN * limit.0) {
            Some(limit) => Err(format!(
                "the input power was up to {} in the last minute, too near the limit of {limit} that is in force",
                Watts(input.round())
            )),
            None => Ok(()),
        }
    }
}

impl Psus {
    /// Whether every PSU is known to hold `setpoint`; if not, which one does not.
    pub fn all_at(&self, setpoint: Volts) -> Result<(), String> {
        let off = |h: &&Hold| !h.held.is_some_and(|held| h.coding.same(held, setpoint));
        match self.holds.iter().find(off).map(|h| (h.slot.slot, h.held)) {
            None => Ok(()),
            Some((slot, Some(held))) => Err(format!("psu {slot} holds a setpoint of {held}, not {setpoint}")),
            Some((slot, None)) => Err(format!("the setpoint of psu {slot} is not known")),
        }
    }

    /// Whether the PSU in a slot holds the fail-safe value, read now; if not, what it does.
    pub async fn at_fallback(&mut self, slot: Slot) -> Result<(), String> {
        let at = self.holds.iter().position(|h| h.slot == slot).unwrap_or(usize::MAX);
        let word = self.read(at).await.map_err(|error| format!("its setpoint is not known: {error}"))?;
        let hold = self.holds.get_mut(at).ok_or("it is not configured")?;
        let volts = hold.coding.volts(word);
        hold.held = Some(volts);
        if hold.is_fallback(word) {
            Ok(())
        } else {
            Err(format!("it holds a setpoint of {volts}, not {NOMINAL_SETPOINT}"))
        }
    }
}
