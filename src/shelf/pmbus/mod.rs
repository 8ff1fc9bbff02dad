//! The safe writer for PMBus: the only code of the gateway that writes a command of a PMBus device.
//!
//! As [`writer`](super::writer) for registers: allow-list, range of the map, WRITE_PROTECT of the device, record, one
//! write, settle time, read back. A write whose fate the bus left open is not sent again; the read-back tells what
//! became of it. What the device then holds is the answer.
//!
//! [`line`](mod@line): the bus and the supplies on it; [`supply`]: what a supply reports.

pub mod line;
pub mod supply;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::map::Access;
use dpo_registers::pmbus::CommandInfo;

use super::journal::{By, Entry, Item, Journal, JournalError, Outcome, Write};
use crate::bus::pmbus::any::Any;
use crate::bus::pmbus::{Device, PmbusError};

/// First pause before a read-back; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// Read-backs go on for the settle time, but at least for this long.
const LEAST_SETTLE: Duration = Duration::from_millis(20);

/// Commands that the gateway writes, as (command set, command): the setpoint, what lifts a protection, and what
/// clears faults. Limits, fault responses and OPERATION are not among them.
pub const ALLOWED: &[(&str, &str)] = &[
    ("pmbus-psu", "vout_command"),
    ("pmbus-psu", "write_protect"),
    ("pmbus-psu", "clear_faults"),
    ("pmbus-psu", "status_vout"),
    ("pmbus-psu", "status_iout"),
    ("pmbus-psu", "status_input"),
    ("pmbus-psu", "status_temperature"),
    ("pmbus-psu", "status_cml"),
    ("dpo-pmbus", "clear_faults"),
    ("dpo-pmbus", "status_cml"),
];

/// Why a write did not happen, or did not take.
#[derive(Debug, thiserror::Error)]
pub enum PmbusWriteError {
    /// The command is not on the allow-list.
    #[error("{set}: the gateway does not write {command}")]
    NotAllowed {
        /// Command set.
        set: &'static str,
        /// Command.
        command: String,
    },
    /// WRITE_PROTECT of the device refuses the command.
    #[error("{at:02X}h, {command}: the device is write protected (WRITE_PROTECT holds {setting:02X}h)")]
    Protected {
        /// SMBus address.
        at: u8,
        /// Command.
        command: &'static str,
        /// What WRITE_PROTECT holds.
        setting: u8,
    },
    /// The write could not be recorded, so it was not sent.
    #[error("not sent: {0}")]
    Journal(#[from] JournalError),
    /// The map refuses the value, or the device or the bus failed.
    #[error(transparent)]
    Device(#[from] PmbusError),
    /// The device holds something else than was written.
    #[error("{at:02X}h, {command}: wrote {wrote:02X?}, reads back {holds:02X?}")]
    ReadBack {
        /// SMBus address.
        at: u8,
        /// Command.
        command: &'static str,
        /// Data bytes sent.
        wrote: Vec<u8>,
        /// Data bytes that the device holds.
        holds: Vec<u8>,
    },
}

impl PmbusWriteError {
    /// Whether the device may hold another value than before.
    pub fn uncertain(&self) -> bool {
        match self {
            Self::ReadBack { .. } => true,
            // A read-back that failed says nothing of the write before it.
            Self::Device(PmbusError::Encode { .. } | PmbusError::NotInMap { .. }) => false,
            Self::Device(error) => error.uncertain() || error.passing(),
            Self::NotAllowed { .. } | Self::Protected { .. } | Self::Journal(_) => false,
        }
    }
}

/// Writes commands of the allow-list.
#[derive(Debug, Clone)]
pub struct PmbusWriter {
    allowed: &'static [(&'static str, &'static str)],
    journal: Arc<dyn Journal>,
}

impl PmbusWriter {
    /// A writer that touches only `allowed`, and records what it does.
    pub fn new(allowed: &'static [(&'static str, &'static str)], journal: Arc<dyn Journal>) -> Self {
        Self { allowed, journal }
    }

    /// Writes a command on behalf of `by` for `cause`, unless the device already holds the value. Gives the data bytes that
    /// it then holds; none for an action, which is sent whatever the device holds.
    ///
    /// For a status command `value` has a 1 for each bit to clear, and the answer is what is left: a cause that is
    /// still there sets its bit again.
    ///
    /// # Errors
    /// [`PmbusWriteError`].
    pub async fn write(
        &self,
        device: &Device,
        command: &str,
        value: &Any,
        by: &By,
        cause: &str,
    ) -> Result<Vec<u8>, PmbusWriteError> {
        let info = self.check(device, command)?;
        let data = device.encode_any(info, value).await?.as_slice().to_vec();
        self.unprotected(device, info).await?;
        let before = match info.read {
            Some(_) => device.read_bytes(info, &[]).await?.as_slice().to_vec(),
            None => Vec::new(),
        };
        let held = info.access == Access::ReadWrite;
        if held && before == data {
            return Ok(before);
        }
        let write = recorded(device, info, &before, &data);
        let intent = self.record(by, cause, Item::Intent { write: write.clone() }).await?;
        let result = send(device, info, &data).await;
        let outcome = match &result {
            Ok(_) => Outcome::Confirmed,
            Err(error) => Outcome::Failed { reason: error.to_string() },
        };
        // The write has happened: a journal that fails now changes nothing about that.
        if let Err(error) = self.record(by, cause, Item::Outcome { intent, write, outcome }).await {
            tracing::error!(%error, "the outcome of a write is not on record");
        }
        result
    }

    pub(super) fn check(
        &self,
        device: &Device,
        command: &str,
    ) -> Result<&'static CommandInfo, PmbusWriteError> {
        let info = device.command(command)?;
        if self.allowed.contains(&(device.set().id, info.id)) && info.access.writable() {
            Ok(info)
        } else {
            Err(PmbusWriteError::NotAllowed { set: device.set().id, command: command.to_owned() })
        }
    }

    /// Refuses what the device would drop without a word on the wire.
    pub(super) async fn unprotected(
        &self,
        device: &Device,
        info: &'static CommandInfo,
    ) -> Result<(), PmbusWriteError> {
        // Clearing faults is no setting.
        if matches!(info.access, Access::WriteOneToClear | Access::Command) {
            return Ok(());
        }
        let setting = device.write_protect().await?;
        match info.protect.refuses(setting) {
            Some(false) => Ok(()),
            // A setting that nobody defined protects we know not what.
            Some(true) | None => {
                Err(PmbusWriteError::Protected { at: device.address().get(), command: info.id, setting })
            }
        }
    }

    async fn record(&self, by: &By, cause: &str, item: Item) -> Result<u64, JournalError> {
        self.journal.record(Entry { by: by.clone(), cause: cause.to_owned(), item }).await
    }
}

/// Sends a write once and reads back what became of it.
async fn send(device: &Device, info: &'static CommandInfo, data: &[u8]) -> Result<Vec<u8>, PmbusWriteError> {
    transmit(device, info, data).await?;
    if info.read.is_none() { Ok(Vec::new()) } else { read_back(device, info, data).await }
}

/// Sends a write once. A fate that the bus left open is no error where the command can be read: what became of it is
/// for [`read_back`] to tell.
pub(super) async fn transmit(
    device: &Device,
    info: &'static CommandInfo,
    data: &[u8],
) -> Result<(), PmbusWriteError> {
    match device.write_bytes(info, &[], data).await {
        Err(error) if !error.uncertain() || info.read.is_none() => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "the fate of a write is open: reading back");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Waits for the settle time at most until the device holds what was written.
pub(super) async fn read_back(
    device: &Device,
    info: &'static CommandInfo,
    data: &[u8],
) -> Result<Vec<u8>, PmbusWriteError> {
    let settle = Duration::from_millis(u64::from(info.settle_ms)).max(LEAST_SETTLE);
    let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
    let mut holds = Vec::new();
    while waited < settle {
        pause = pause.min(settle - waited);
        tokio::time::sleep(pause).await;
        waited += pause;
        pause *= 2;
        holds = device.read_bytes(info, &[]).await?.as_slice().to_vec();
        if holds == data || info.access != Access::ReadWrite {
            return Ok(holds);
        }
    }
    Err(PmbusWriteError::ReadBack {
        at: device.address().get(),
        command: info.id,
        wrote: data.to_vec(),
        holds,
    })
}

/// The write as the journal has it: the address is the code of the command, the words are the data bytes, low byte
/// first.
pub(super) fn recorded(device: &Device, info: &'static CommandInfo, before: &[u8], after: &[u8]) -> Write {
    let words = |bytes: &[u8]| {
        let word = |pair: &[u8]| pair.iter().rev().fold(0u16, |word, byte| word << 8 | u16::from(*byte));
        bytes.chunks(2).map(word).collect()
    };
    Write {
        commit: None,
        bus: device.controller().name().to_owned(),
        unit: device.address().get(),
        map: device.set().id.into(),
        register: info.id.into(),
        address: u16::from(info.code.first),
        before: words(before),
        after: words(after),
        trims: None,
    }
}
