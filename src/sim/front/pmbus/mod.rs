//! The PMBus front end: the PSUs as targets at 58h to 5Dh, byte by byte.
//!
//! A real supply talks Modbus or PMBus, chosen in hardware; a simulated one talks both, so that they can be compared.
//! [`target`] is the protocol, with what P2 10.8 and 10.9 say of broken messages; [`psu`] what the commands hold;
//! [`status`] the latched faults; [`blackbox`] the record of them.
//!
//! Faults are looked for whenever a PSU is addressed: one that came and went in between is seen by its counters.

mod blackbox;
mod psu;
mod status;
pub(super) mod target;

use dpo_registers::codec::pmbus::Address;

use crate::bus::smbus::alert::ALERT_RESPONSE;
use crate::bus::smbus::{Fault, Wire};
use crate::sim::parameters::PSU_SLOTS;
use crate::sim::plant::Plant;
use crate::sim::shelf::SimShelf;

use psu::{PsuBus, PsuCommands};
use target::Target;

/// Address of the first PSU; that of slot n is n higher.
pub(in crate::sim) const FIRST_PSU_ADDRESS: u8 = 0x58;

/// The PSUs of a shelf on an SMBus.
pub(in crate::sim) struct PmbusFront {
    shelf: SimShelf,
    slots: Vec<Slot>,
    /// Slots that answer the alert response address now.
    alerting: Vec<usize>,
    addressed: Option<usize>,
}

struct Slot {
    target: Target,
    bus: PsuBus,
}

impl PmbusFront {
    pub(in crate::sim) fn new(shelf: SimShelf) -> Self {
        let address = |slot: usize| Address::new(FIRST_PSU_ADDRESS + u8::try_from(slot).ok()?);
        let slots = (0..PSU_SLOTS)
            .filter_map(address)
            .map(|address| Slot { target: Target::new(address), bus: PsuBus::default() })
            .collect();
        Self { shelf, slots, alerting: Vec::new(), addressed: None }
    }

    /// Runs `act` with the target of a slot and its commands.
    fn with<T>(
        &mut self,
        slot: usize,
        act: impl FnOnce(&mut Target, &mut PsuCommands<'_>) -> T,
    ) -> Option<T> {
        let mut plant = self.shelf.lock();
        let place = self.slots.get_mut(slot)?;
        place.bus.look(&plant, slot);
        Some(act(&mut place.target, &mut PsuCommands::new(&mut plant, slot, &mut place.bus)))
    }

    fn present(plant: &Plant, slot: usize) -> bool {
        plant.psus.get(slot).is_some_and(|psu| psu.answers(plant.bus_v))
    }

    /// Slots that pull SMBALERT#.
    fn pulling(&mut self) -> Vec<usize> {
        let plant = self.shelf.lock();
        let slots = self.slots.iter_mut().enumerate();
        slots
            .filter_map(|(slot, place)| {
                place.bus.look(&plant, slot);
                (Self::present(&plant, slot) && place.bus.status.alert()).then_some(slot)
            })
            .collect()
    }
}

impl Wire for PmbusFront {
    fn start(&mut self, address_byte: u8) -> Result<bool, Fault> {
        let (address, read) = (address_byte >> 1, address_byte & 1 != 0);
        self.addressed = None;
        self.alerting.clear();
        if address == ALERT_RESPONSE {
            self.alerting = if read { self.pulling() } else { Vec::new() };
            return Ok(!self.alerting.is_empty());
        }
        let slot = usize::from(address.wrapping_sub(FIRST_PSU_ADDRESS));
        if slot >= self.slots.len() || !Self::present(&self.shelf.lock(), slot) {
            return Ok(false);
        }
        self.addressed = Some(slot);
        self.with(slot, |target, commands| target.start(read, commands));
        Ok(true)
    }

    fn write(&mut self, byte: u8) -> Result<bool, Fault> {
        let Some(slot) = self.addressed else { return Ok(false) };
        Ok(self.with(slot, |target, commands| target.write(byte, commands)).unwrap_or(false))
    }

    fn read(&mut self, _more: bool) -> Result<u8, Fault> {
        // All drive the line; the first 0 bit wins, and that is the lowest address. The winner lets go of
        // SMBALERT#.
        if let Some(first) = self.alerting.first().copied() {
            let winner = self.slots.get_mut(first);
            return Ok(winner.map_or(0xFF, |place| {
                let (byte, done) = place.target.alert_byte();
                if done {
                    place.bus.status.acknowledge();
                }
                byte
            }));
        }
        let Some(slot) = self.addressed else { return Ok(0xFF) };
        Ok(self.slots.get_mut(slot).map_or(0xFF, |place| place.target.read()))
    }

    fn stop(&mut self) {
        self.addressed = None;
        self.alerting.clear();
        // Each target of a group acts now.
        for slot in 0..self.slots.len() {
            if self.slots.get(slot).is_some_and(|place| place.target.busy()) {
                self.with(slot, |target, commands| target.stop(commands));
            }
        }
    }

    fn alert(&mut self) -> bool {
        !self.pulling().is_empty()
    }
}
