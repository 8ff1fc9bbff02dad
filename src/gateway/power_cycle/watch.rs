//! A power cycle that is under way: whether the PSU goes, whether it is back, and what it is then.

use dpo_registers::generated::orv3_psu::reg::{OutputVoltage, TimeSinceLastOn};
use dpo_registers::register::Register;
use tokio::time::Instant;

use super::{
    OFF, POWER_CYCLE_LIMIT, PowerCycles, RETRIES, UnderWay, WHY_OPENED, device, output_good, voltage_good,
};
use crate::control::share::NOMINAL_SETPOINT;
use crate::gateway::config::{Slot, SlotKind};
use crate::gateway::task::Task;
use crate::gateway::{EventKind, Severity};
use crate::shelf::journal::Outcome;
use crate::shelf::psu;
use crate::shelf::reading::Presence;

impl Task {
    /// The PSU in `slot` was read, or does not answer any more.
    pub(in crate::gateway) async fn watch_power_cycle(&mut self, slot: Slot) {
        let Some(view) = self.shelf.psus.iter().find(|v| v.slot == slot.slot) else { return };
        let nominal = self.psus.holds_nominal(slot);
        self.power_cycles.perhaps_away.retain(|one| !(nominal && one.is_back(slot, view)));
        let Some(one) = self.power_cycles.under_way.as_mut().filter(|one| one.slot == slot) else { return };
        let now = Instant::now();
        if view.presence != Presence::Present {
            one.silent = Some(now);
            self.shelf.away = Some(slot.slot);
            return;
        }
        // Words from before say nothing. One that is back brings words of its last time, until they are read again.
        let new =
            |at: &Instant| *at > one.since && [one.gone, one.silent].iter().flatten().all(|old| at > old);
        let taken = |address: u16| view.taken.get(&address).copied().filter(new);
        let Some(at) = taken(OutputVoltage::INFO.address) else { return };
        // The voltage, and no alarm: one that was there before stays until the PSU has booted.
        if voltage_good(view).is_err() {
            one.gone = Some(at);
            self.shelf.away = Some(slot.slot);
            return;
        }
        // A link that failed for a while is no output that went: a PSU that tells since when it is on has the word.
        let restarted = match view.reading.uptime {
            None => true,
            Some(uptime) => {
                taken(TimeSinceLastOn::INFO.address).is_some() && uptime.0 < one.since.elapsed().as_secs_f64()
            }
        };
        if one.gone.is_none() && restarted {
            one.gone = one.silent;
        }
        if output_good(view).is_ok() && one.gone.is_some() && now >= one.since + OFF {
            self.end_power_cycle().await;
        }
    }

    /// Ends the power cycle: the PSU is back, or its time is over.
    pub(in crate::gateway) async fn end_power_cycle(&mut self) {
        let Some(one) = self.power_cycles.under_way.take() else { return };
        self.shelf.away = None;
        self.power_cycles.ended = Some(Instant::now());
        let UnderWay { slot, by, why, intent, since, settings, gone, answer, .. } = one;
        let took = since.elapsed();
        let result = self.judge_power_cycle(slot, gone.is_some(), settings).await.map(|()| took);
        let outcome = match &result {
            Ok(_) => Outcome::Confirmed,
            Err(reason) => Outcome::Failed { reason: reason.clone() },
        };
        self.power_cycles.conclude(by, why, intent, outcome).await;
        if why == WHY_OPENED {
            self.lock_after_power_cycle(slot).await;
        }
        let (severity, message) = match &result {
            Ok(_) => (Severity::Ok, format!("back after {:.0} s, at {NOMINAL_SETPOINT}", took.as_secs_f64())),
            Err(reason) => (Severity::Critical, format!("power cycle: {reason}")),
        };
        self.log(EventKind::PowerCycle, severity, &format!("psu {}", slot.slot), message);
        // The snapshot is out before the answer; whoever asked may have gone.
        self.publish();
        let _ = answer.send(result.map_err(|reason| device(slot.slot, reason)));
    }

    /// Whether the PSU is what it was before.
    async fn judge_power_cycle(&mut self, slot: Slot, gone: bool, before: u16) -> Result<(), String> {
        let view = self.shelf.psus.iter().find(|v| v.slot == slot.slot);
        let good = view.map_or_else(|| Err("is not there".to_owned()), output_good);
        match good {
            Err(reason) => return Err(format!("not back within {POWER_CYCLE_LIMIT:?}: it {reason}")),
            Ok(()) if !gone => {
                return Err(format!(
                    "its output was not seen to go within {POWER_CYCLE_LIMIT:?}: it may not have taken the command"
                ));
            }
            Ok(()) => {}
        }
        self.psus.at_fallback(slot).await.map_err(|reason| format!("back, but {reason}"))?;
        let mut settings = self.power_cycles.settings(slot).await;
        for _ in 0..RETRIES {
            if settings.is_err() {
                settings = self.power_cycles.settings(slot).await;
            }
        }
        let settings = settings.map_err(|error| format!("back, but its settings are not known: {error}"))?;
        // The write-enable bit may have been cleared by the boot, and the command reads 0.
        if (settings ^ before) & !(psu::WRITE_ENABLE | psu::POWER_CYCLE) == 0 {
            Ok(())
        } else {
            Err(format!("back, but {} is {settings:#06X}, and was {before:#06X}", psu::SETTINGS))
        }
    }

    /// Instead of steering, while a PSU is away. A limit in force is held by what the load leaves below it; what it does not
    /// hold is said.
    pub(in crate::gateway) fn hold_setpoints(&mut self) {
        let input = self.shelf.totals().input_power;
        let (Some(limit), Some(one)) = (self.demand.input_limit, self.power_cycles.under_way.as_mut()) else {
            return;
        };
        if input.is_none_or(|input| input > limit) {
            self.limit.applied = None;
            if !std::mem::replace(&mut one.limit_missed, true) {
                let message = format!("the limit of {limit} waits until psu {} is back", one.slot.slot);
                self.log(EventKind::PowerCycle, Severity::Warning, "shelf", message);
            }
        } else {
            self.limit.applied = Some(limit);
        }
    }
}

/// Whether a PSU that does not answer is one that is away on purpose.
pub(in crate::gateway) fn on_purpose(cycles: &PowerCycles, slot: Slot) -> bool {
    slot.kind == SlotKind::Psu && cycles.slot() == Some(slot.slot)
}
