//! The DPO block as register words, made from a snapshot: one file a group of registers.
//!
//! A group that this gateway does not have is not claimed ([`CLAIMED`]) and reads as not available, or 0.

mod ac;
mod control;
mod events;
mod identity;
mod readings;
mod state;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dpo_registers::codec::{Exception, Text};
use dpo_registers::device::Device;
use dpo_registers::generated::dpo_pmi::{self, reg};
use dpo_registers::map::MapInfo;
use dpo_registers::register::{Register, WordsMut, write};
use dpo_registers::units::Seconds;

use super::session::Session;
use super::shadow::ShadowView;
use super::{PmiError, PmiIdentity};
use crate::gateway::{EventWindow, FastView, Snapshot};

pub(super) use events::{RECORDS, sequence_of};
pub(super) use identity::CLAIMED;

/// Identity strings in register form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    manufacturer: Text<16>,
    model: Text<16>,
    serial: Text<16>,
    firmware: Text<16>,
}

impl Identity {
    pub fn new(identity: &PmiIdentity) -> Result<Self, PmiError> {
        let text = |field, text: &str| {
            Text::new(text).ok_or_else(|| PmiError::Identity { field, text: text.to_owned() })
        };
        Ok(Self {
            manufacturer: text("manufacturer", &identity.manufacturer)?,
            model: text("model", &identity.model)?,
            serial: text("serial", &identity.serial)?,
            firmware: text("firmware", &identity.firmware)?,
        })
    }
}

/// Where a block comes from.
pub(super) struct Source<'a> {
    pub identity: &'a Identity,
    pub snapshot: &'a Snapshot,
    /// What the local fast path shows, newer than the snapshot.
    pub fast: Option<FastView>,
    pub session: Session,
    pub uptime: Duration,
    /// Writes that were refused before they reached the gate.
    pub refused_here: u32,
    pub shadow: ShadowView,
    /// The records that the asking connection sees.
    pub events: EventWindow,
}

/// The registers of the block at one instant.
#[derive(Debug)]
pub(super) struct Block {
    identity: Identity,
    words: Vec<u16>,
}

fn first_address() -> u16 {
    dpo_pmi::REGISTERS.first().map_or(0, |r| r.address)
}

fn length() -> u16 {
    let end = dpo_pmi::REGISTERS.last().map_or(0, |r| r.end());
    u16::try_from(end - u32::from(first_address())).unwrap_or(u16::MAX)
}

impl Block {
    pub fn new(source: &Source<'_>) -> Self {
        let mut block = Self { identity: *source.identity, words: vec![0; length().into()] };
        block.fill_absent();
        block.fill_identity(source);
        block.fill_control(source);
        block.fill_commit(&source.shadow);
        block.fill_readings(source.snapshot);
        block.fill_ac(source.fast.as_ref());
        block.fill_state(source);
        block.fill_counters(source);
        block.put::<reg::EventUntil>(source.session.events_until);
        block.fill_events(&source.events);
        block
    }

    /// Sets a register. A value that its format cannot show (a voltage above the range, not a number) is
    /// shown as not available, never as another value.
    fn put<R: Register>(&mut self, value: Option<R::Value>) {
        if write::<R>(value.as_ref(), self).is_err() {
            let _ = write::<R>(None, self);
        }
    }

    /// What this gateway does not have reads as not available, or 0 where there is no such value.
    fn fill_absent(&mut self) {
        for info in dpo_pmi::REGISTERS {
            let mut words = [0; 4];
            let Some(words) = words.get_mut(..usize::from(info.words)) else { continue };
            if info.not_available.is_some_and(|raw| info.set_raw(raw, words).is_ok()) {
                for (address, word) in (info.address..).zip(words.iter()) {
                    self.set_word(address, *word);
                }
            }
        }
    }
}

/// Age of a snapshot; zero if the clock was set back since.
fn age(snapshot: &Snapshot) -> Duration {
    SystemTime::now().duration_since(snapshot.time).unwrap_or_default()
}

/// Unix time as the block shows it; 0 for a clock before 1970.
fn unix(time: SystemTime) -> Seconds {
    Seconds(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())
}

impl WordsMut for Block {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        let slot = address.checked_sub(first_address()).and_then(|i| self.words.get_mut(usize::from(i)));
        slot.map(|slot| *slot = word).is_some()
    }
}

impl Device for Block {
    fn map(&self) -> &'static MapInfo {
        &dpo_pmi::MAP
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        let index = address.checked_sub(first_address()).ok_or(Exception::IllegalDataAddress)?;
        self.words.get(usize::from(index)).copied().ok_or(Exception::IllegalDataAddress)
    }

    fn apply(&mut self, _address: u16, _words: &[u16]) -> Result<(), Exception> {
        // Writes go through the gate, not into this picture of the past.
        Err(Exception::ServerDeviceFailure)
    }

    fn identity(&self, object: u8) -> Option<&[u8]> {
        match object {
            0 => Some(self.identity.manufacturer.as_bytes()),
            1 => Some(self.identity.model.as_bytes()),
            2 => Some(self.identity.firmware.as_bytes()),
            _ => None,
        }
    }
}
