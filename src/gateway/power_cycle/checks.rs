//! When a PSU may be power-cycled: the others must carry the load, even if one more fails meanwhile, and nothing else may be
//! going on.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::generated::orv3_psu::reg::VoutSetpointH;
use dpo_registers::register::Register;
use dpo_registers::units::{Volts, Watts};
use tokio::time::Instant;

use super::{POWER_CYCLE_REST, PowerCycles, RETRIES, device, not_commanded, output_good};
use crate::bus::{TransactError, read_holding};
use crate::control::share::NOMINAL_SETPOINT;
use crate::gateway::checks::state;
use crate::gateway::config::Slot;
use crate::gateway::fast::in_event;
use crate::gateway::hold::Hold;
use crate::gateway::psus::Psus;
use crate::gateway::shelf::{Content, Taken, Words};
use crate::gateway::task::Task;
use crate::gateway::{GateError, Owner, ShelfState};
use crate::shelf::psu;
use crate::shelf::reading::{DeviceView, Presence, PsuReading};

/// Share of the rating of the others that the load of the last minute may be, and share of an input power limit in force that
/// the input power may be.
const MARGIN: f64 = 0.9;
/// What each may carry if one more fails, as a share of its rating: 3.375 kW of 3 kW, which is below the slow trip (AE data
/// sheet: 3.45 kW for 10 s). Of six PSUs one is away at 13.5 kW at most by both; of fewer this is the lower bound.
const OVERLOAD: f64 = 1.125;
/// Time in which everything must have been read once more before the command goes out: what was read first is that old then.
const FRESH: Duration = Duration::from_secs(2);
/// What is read once more from each PSU: its alarms, output and input (first register and number), and the setpoint.
const ALARMS: (u16, u16) = (60, 5);
const POWERS: (u16, u16) = (79, 10);
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
        if let Some(volts) = self.bus_voltage.requested {
            return Err(format!("a bus voltage of {volts} is in force: take it back first"));
        }
        if !matches!(self.state, ShelfState::Normal | ShelfState::Recharging) {
            return Err(format!("the state of the shelf is {:?}, not Normal or Recharging", self.state));
        }
        if let Some(volts) = self.shelf.lowest_input().filter(|v| *v < self.config.thresholds.sag_over) {
            return Err(format!("the AC input is at {volts}"));
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
        let unknown =
            |v: &&DeviceView<PsuReading>| v.reading.output_power.is_none() || v.reading.input_power.is_none();
        if let Some(view) = self.shelf.psus.iter().find(unknown) {
            return Err(format!("what psu {} draws and gives is not known", view.slot));
        }
        let Some(most) = others_may_carry(others, self.config.psu_rated) else {
            return Err(format!(
                "a shelf of {} has no PSUs that carry the load even if one more fails",
                others + 1.0
            ));
        };
        let totals = self.shelf.totals();
        let (Some((load, input)), Some(now), Some(drawn)) =
            (self.power_cycles.recent.most(), totals.output_power, totals.input_power)
        else {
            return Err("the load is not known".to_owned());
        };
        let (load, input) = (load.0.max(now.0), input.0.max(drawn.0));
        if load > most.0 {
            return Err(format!(
                "the load was up to {} in the last minute; without this PSU the others may carry {}",
                Watts(load.round()),
                Watts(most.0.round())
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

/// The load that the others may carry, so that they do even if one more fails; `None` if then nothing is left.
fn others_may_carry(others: f64, rated: Watts) -> Option<Watts> {
    let share = (MARGIN * others).min(OVERLOAD * (others - 1.0));
    (others >= 2.0).then_some(Watts(share * rated.0))
}

impl Task {
    /// Right before the command: the lease, and everything that [`Task::may_power_cycle`] looks at, read once more.
    pub(super) async fn look_again(
        &mut self,
        owner: &Owner,
        slot: Slot,
        settings: u16,
    ) -> Result<(), GateError> {
        let begun = Instant::now();
        let now = self.power_cycles.settings(slot).await?;
        not_commanded(now).map_err(|reason| device(slot.slot, reason))?;
        if now != settings {
            let reason = format!("{} was {settings:#06X} and is {now:#06X}", psu::SETTINGS);
            return Err(device(slot.slot, reason));
        }
        self.read_anew().await.map_err(state)?;
        let took = begun.elapsed();
        if took > FRESH {
            return Err(state(format!(
                "the PSUs could not be read once more within {FRESH:?}: it took {took:?}"
            )));
        }
        let now = Instant::now();
        self.lease.check(owner, now)?;
        if self.lease.deadline().is_none_or(|until| until <= now) {
            return Err(GateError::NoLease);
        }
        self.may_power_cycle(slot.slot).map(|_| ()).map_err(state)
    }

    /// Reads from every PSU that has registers what may have changed since its last poll. One on PMBus is polled within
    /// the same time as everything else, and its readings count as they are.
    async fn read_anew(&mut self) -> Result<(), String> {
        for slot in self.power_cycles.slots.clone() {
            let started = Instant::now();
            let fresh = self.power_cycles.fresh(slot).await?;
            let Some(view) = self.shelf.psus.iter().find(|v| v.slot == slot.slot) else { continue };
            let (mut words, mut taken) = (Words::clone(&view.words), Taken::clone(&view.taken));
            for (address, word) in fresh {
                Arc::make_mut(&mut words).insert(address, word);
                Arc::make_mut(&mut taken).insert(address, started);
            }
            let change = self.shelf.update(slot, Content::Words(words, taken), false);
            self.changed(&format!("psu {}", slot.slot), change);
            let view = self.shelf.psus.iter().find(|v| v.slot == slot.slot);
            self.psus.observed(slot, view.and_then(|v| v.reading.output_voltage_setpoint), started);
        }
        Ok(())
    }
}

impl PowerCycles {
    /// Words of a PSU, read now.
    async fn fresh(&self, slot: Slot) -> Result<Vec<(u16, u16)>, String> {
        let fault = |error: String| format!("psu {} could not be read once more: {error}", slot.slot);
        let to = self.target(slot).map_err(|error| fault(error.to_string()))?;
        let mut fresh = Vec::new();
        for (first, count) in [ALARMS, POWERS, (VoutSetpointH::INFO.address, VoutSetpointH::INFO.words)] {
            let mut read = read_holding(to.bus, to.unit, first, count).await;
            if matches!(read, Err(TransactError::Bus(_) | TransactError::Mismatch { .. })) {
                read = read_holding(to.bus, to.unit, first, count).await;
            }
            let words = read.map_err(|error| fault(error.to_string()))?;
            fresh.extend((first..).zip(words));
        }
        Ok(fresh)
    }
}

impl Psus {
    /// The write-enable bit of a PSU may be set by us: it is cleared when the PSU is at the fail-safe value.
    pub fn opened(&mut self, slot: Slot) {
        self.holds.iter_mut().filter(|h| h.slot == slot).for_each(|h| h.opened = true);
    }

    /// Whether the PSU in a slot was last seen to hold the fail-safe value.
    pub fn holds_nominal(&self, slot: Slot) -> bool {
        let at =
            |h: &Hold| h.slot == slot && h.held.is_some_and(|held| h.coding.same(held, NOMINAL_SETPOINT));
        self.holds.iter().any(at)
    }

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
        let mut word = self.read(at).await;
        for _ in 0..RETRIES {
            if word.is_err() {
                word = self.read(at).await;
            }
        }
        let word = word.map_err(|error| format!("its setpoint is not known: {error}"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_others_carry_the_load_even_if_one_more_fails() {
        let most = |others| others_may_carry(others, Watts(3_000.0)).map(|watts| watts.0.round());
        assert_eq!((most(5.0), most(4.0)), (Some(13_500.0), Some(10_125.0)));
        // Of three, one would be left.
        assert_eq!((most(3.0), most(2.0)), (Some(6_750.0), Some(3_375.0)));
        assert_eq!((most(1.0), most(0.0)), (None, None));
    }
}
