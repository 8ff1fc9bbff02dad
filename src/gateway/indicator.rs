//! The light by which people find a PSU in the rack.
//!
//! A write of class cosmetic: it moves no power, so it needs no lease, but it waits while somebody else holds one. It goes
//! through the safe writer with an allow-list of its own, is on record, and is answered with what the device then holds.
//!
//! INFERRED: that register `led_override` may be written, and that its bits light the LEDs, is concluded from its name. Both
//! LEDs at once are what no state of the unit shows by itself.

use std::collections::BTreeMap;

use dpo_registers::generated::orv3_psu::LedOverride;
use tokio::time::Instant;

use super::config::Slot;
use super::task::Task;
use super::{GateError, Owner};
use crate::shelf::psu;
use crate::shelf::setpoint::Port;
use crate::shelf::writer::{Allowed, Cause, Record, Target, Writer};

const REGISTER: &str = "led_override";
const LIT: u16 =
    LedOverride::LED_OVERRIDE.bits() | LedOverride::BLUE_LED.bits() | LedOverride::AMBER_LED.bits();

/// What the gateway writes of the LEDs.
pub(super) static WRITABLE: [Allowed; 1] =
    [Allowed { map: "orv3-psu", register: REGISTER, bits: LIT, never: 0 }];

/// The lights of the PSUs.
pub(super) struct Indicators {
    writer: Writer,
    buses: Vec<Port>,
    slots: Vec<Slot>,
    /// By slot: what the PSU held when it was last written. Nobody reads the register but for that.
    pub held: BTreeMap<u8, bool>,
}

impl Indicators {
    pub fn new(writer: Writer, buses: Vec<Port>, slots: Vec<Slot>) -> Self {
        Self { writer, buses, slots, held: BTreeMap::new() }
    }

    /// The PSU is gone: whatever comes back shines as it likes.
    pub fn lost(&mut self, slot: Slot) {
        self.held.remove(&slot.slot);
    }

    async fn set(&mut self, number: u8, lit: bool, owner: &Owner) -> Result<bool, GateError> {
        let device = |reason: String| GateError::Device { reason };
        let found = self.slots.iter().find(|s| s.slot == number);
        let slot = *found.ok_or_else(|| device(format!("psu {number}: not configured")))?;
        let bus = self.buses.get(slot.bus).and_then(Port::modbus);
        let bus =
            bus.ok_or_else(|| device(format!("psu {number}: a supply on PMBus has no such register")))?;
        let to = Target { bus: &**bus, unit: slot.unit, map: psu::MAP };
        let fault = |e: crate::shelf::writer::WriteError| device(format!("psu {number}: {e}"));
        let before = self.writer.read(to, REGISTER).await.map_err(fault)?;
        // Bits that are not known are written as they were read.
        let word = before.first().map_or(0, |word| word & !LIT) | if lit { LIT } else { 0 };
        let by = owner.by();
        let cause = Cause { by: &by, why: "location indicator", commit: None, trims: None };
        let held = self.writer.write(to, REGISTER, &[word], cause, Record::Must).await;
        if held.as_ref().is_err_and(crate::shelf::writer::WriteError::uncertain) {
            self.held.remove(&number);
        }
        let lit = held.map_err(fault)?.first().is_some_and(|word| word & LIT == LIT);
        self.held.insert(number, lit);
        Ok(lit)
    }
}

impl Task {
    /// Lights the LEDs of a PSU, or gives them back to it; returns what it then holds.
    pub(super) async fn indicate(&mut self, owner: Owner, slot: u8, lit: bool) -> Result<bool, GateError> {
        let lease = self.lease.view(Instant::now());
        if let Some(holder) = lease.owner.filter(|holder| *holder != owner) {
            return Err(GateError::HeldByOther { owner: holder, remaining: lease.remaining });
        }
        let present = |p| p == crate::shelf::reading::Presence::Present;
        if !self.shelf.psus.iter().any(|v| v.slot == slot && present(v.presence)) {
            return Err(GateError::Device { reason: format!("psu {slot} does not answer") });
        }
        self.indicators.set(slot, lit, &owner).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::bus::Bus;
    use crate::bus::memory::MemoryBus;
    use crate::gateway::{Protocol, SlotKind};
    use crate::shelf::journal::MemoryJournal;
    use crate::shelf::testing::{Fake, Rack};

    #[tokio::test]
    async fn the_light_is_what_the_device_reads_back_and_is_on_record() {
        let (rack, fake) = (Rack::default(), Fake::new(psu::MAP));
        rack.insert(200, &fake);
        let bus: Arc<dyn Bus> = Arc::new(MemoryBus::new("memory:test", Arc::new(rack)));
        let journal = Arc::new(MemoryJournal::default());
        let writer = Writer::new(&WRITABLE, Arc::clone(&journal) as _);
        let slot = Slot { kind: SlotKind::Psu, bus: 0, protocol: Protocol::Modbus, unit: 200, slot: 1 };
        let mut lights = Indicators::new(writer, vec![Port::Modbus(bus)], vec![slot]);
        let user = Owner::Redfish { user: "admin".to_owned() };
        assert_eq!(lights.set(1, true, &user).await, Ok(true));
        assert_eq!(lights.set(1, false, &user).await, Ok(false));
        assert_eq!(lights.held.get(&1), Some(&false));
        assert!(matches!(lights.set(9, true, &user).await, Err(GateError::Device { .. })));
        // A device that answers and does not obey.
        fake.deaf(true);
        assert!(matches!(lights.set(1, true, &user).await, Err(GateError::Device { .. })));
        // Before and after, of each of the three that were sent.
        assert_eq!(journal.entries().len(), 6);
    }
}
