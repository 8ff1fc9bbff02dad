//! What a gateway does about a power cycle of the one before it: it waits until the PSU is back.

use std::time::SystemTime;

use dpo_registers::generated::orv3_psu::reg::OutputVoltage;
use dpo_registers::register::Register;
use tokio::time::Instant;

use super::{OFF, POWER_CYCLE_LIMIT, POWER_CYCLE_REST, PowerCycles, WHY, WHY_OPENED, output_good};
use crate::gateway::config::Slot;
use crate::gateway::task::Task;
use crate::shelf::journal::Stored;
use crate::shelf::psu;
use crate::shelf::reading::{DeviceView, PsuReading};

/// A PSU that a gateway before this one switched off, and that may not be back.
#[derive(Debug, Clone, Copy)]
pub(super) struct PerhapsAway {
    slot: Slot,
    /// What it reports until then says nothing: it may not have gone yet.
    off: Instant,
    /// Time in which it must be back.
    until: Instant,
}

impl PerhapsAway {
    /// Whether the PSU in `slot` is this one and has its output back.
    pub fn is_back(&self, slot: Slot, view: &DeviceView<PsuReading>) -> bool {
        let taken = view.taken.get(&OutputVoltage::INFO.address);
        self.slot == slot && taken.is_some_and(|at| *at >= self.off) && output_good(view).is_ok()
    }
}

impl PowerCycles {
    /// Why no setpoint may be lowered now: a PSU that comes back to others that were lowered would carry the load alone.
    pub(in crate::gateway) fn in_the_way(&self) -> Option<String> {
        if let Some(slot) = self.slot() {
            return Some(format!("psu {slot} is being power-cycled: ask again when it is back"));
        }
        let now = Instant::now();
        let one = self.perhaps_away.iter().find(|one| now < one.until)?;
        let left = one.until.saturating_duration_since(now).as_secs() + 1;
        let slot = one.slot.slot;
        Some(format!(
            "psu {slot} was power-cycled before the gateway started and may not be back: ask again when it is, or in {left} s"
        ))
    }
}

impl Task {
    /// Takes from the journal when the gateway before this one power-cycled a PSU.
    pub(in crate::gateway) fn take_power_cycles(&mut self, latest: &[Stored]) {
        let (now, wall) = (Instant::now(), SystemTime::now());
        for stored in latest {
            // A clock that went back tells nothing: then it counts as just done.
            let age = wall.duration_since(stored.time()).unwrap_or_default();
            // What clears the write-enable bit afterwards is the newest entry of the same register.
            let tells = is_power_cycle(stored)
                || (of_settings(stored) && [WHY, WHY_OPENED].contains(&stored.cause.as_str()));
            if tells && age < POWER_CYCLE_LIMIT + POWER_CYCLE_REST {
                self.power_cycles.ended = Some(now);
            }
            if is_power_cycle(stored)
                && age < POWER_CYCLE_LIMIT
                && let Some(slot) = self.power_cycles.named(stored)
            {
                let (off, until) = (now + OFF.saturating_sub(age), now + (POWER_CYCLE_LIMIT - age));
                self.power_cycles.perhaps_away.push(PerhapsAway { slot, off, until });
            }
        }
    }
}

impl PowerCycles {
    /// The PSU that an entry tells of.
    fn named(&self, stored: &Stored) -> Option<Slot> {
        let write = stored.write()?;
        let bus = |slot: &Slot| self.buses.get(slot.bus).is_some_and(|bus| bus.name() == write.bus);
        self.slots.iter().find(|slot| slot.unit == write.unit && bus(slot)).copied()
    }
}

fn of_settings(stored: &Stored) -> bool {
    stored.write().is_some_and(|w| w.register == psu::SETTINGS)
}

/// Whether an entry tells of a power cycle.
pub(in crate::gateway) fn is_power_cycle(stored: &Stored) -> bool {
    let bit = |words: &[u16]| words.first().is_some_and(|word| word & psu::POWER_CYCLE != 0);
    of_settings(stored) && stored.write().is_some_and(|w| bit(&w.after) && !bit(&w.before))
}

/// Whether an entry tells of a power cycle for which the write-enable bit was set.
pub(in crate::gateway) fn opened_for_it(stored: &Stored) -> bool {
    is_power_cycle(stored) && stored.cause == WHY_OPENED
}
