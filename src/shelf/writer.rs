//! The safe writer: the only code of the gateway that writes a register of a device.
//!
//! A write is checked against the allow-list, the map and the hazard ranges, recorded, sent, given its
//! settle time, read back and compared. What the device then holds is the answer, whatever was asked.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_registers::codec::Exception;
use dpo_registers::map::{Access, MapInfo, RegisterInfo};

use super::journal::{Entry, Journal, JournalError, Phase};
use crate::bus::{Bus, TransactError, read_holding, write_registers};

/// First pause before a read-back; doubled each time. The settle time of the map is the longest time a
/// device may take, most take less.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// Read-backs go on for the settle time, but at least for this long.
const LEAST_SETTLE: Duration = Duration::from_millis(20);

/// How long a write waits for its record; then it is not sent. A disk that hangs must not keep the gateway
/// from ending a lease.
const JOURNAL_PATIENCE: Duration = Duration::from_secs(2);
/// How long a write towards the fail-safe value waits; then it is sent without one.
const SHORT_PATIENCE: Duration = Duration::from_millis(200);

/// A register the writer may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// Map identifier.
    pub map: &'static str,
    /// Register identifier.
    pub register: &'static str,
    /// Bits of a one-word register that may change; every other bit is written as it was read.
    pub bits: u16,
    /// Bits that are never written as 1, even if they read as 1 (they start an action).
    pub never: u16,
}

/// Why a write did not happen, or did not take.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The register is not on the allow-list, or bits outside the allowed ones would change.
    #[error("{map}: the gateway does not write {register}")]
    NotAllowed {
        /// Map.
        map: &'static str,
        /// Register or address.
        register: String,
    },
    /// The map forbids it: read only, hazard range, limits, reserved bits.
    #[error("{map}: {register}: the map refuses the value: {exception}")]
    Map {
        /// Map.
        map: &'static str,
        /// Register.
        register: &'static str,
        /// What a device would answer.
        exception: Exception,
    },
    /// The write could not be recorded, so it was not sent.
    #[error("not sent: {0}")]
    Journal(#[from] JournalError),
    /// The device refused or did not answer. Whether it took the value is unknown if there was no
    /// answer.
    #[error("unit {unit}, {register}: {source}")]
    Device {
        /// Modbus address.
        unit: u8,
        /// Register.
        register: &'static str,
        /// What happened.
        source: TransactError,
    },
    /// The device acknowledged, but holds something else.
    #[error("unit {unit}, {register}: wrote {wrote:04X?}, reads back {holds:04X?}")]
    ReadBack {
        /// Modbus address.
        unit: u8,
        /// Register.
        register: &'static str,
        /// Words sent.
        wrote: Vec<u16>,
        /// Words the device holds.
        holds: Vec<u16>,
    },
}

impl WriteError {
    /// Whether the device may hold another value than before.
    pub fn uncertain(&self) -> bool {
        matches!(
            self,
            Self::ReadBack { .. }
                | Self::Device {
                    source: TransactError::Bus(_)
                        | TransactError::Mismatch { .. }
                        // It is still at it.
                        | TransactError::Refused { exception: Exception::Acknowledge, .. },
                    ..
                }
        )
    }

    /// Whether the device did not answer at all.
    pub fn silent(&self) -> bool {
        matches!(self, Self::Device { source: TransactError::Bus(_), .. })
    }
}

/// Where a write goes.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Bus.
    pub bus: &'a dyn Bus,
    /// Modbus address.
    pub unit: u8,
    /// Map of the device there.
    pub map: &'static MapInfo,
}

/// How a write is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Before and after; no record, no write.
    Must,
    /// Recorded if possible: a return to the fail-safe value does not wait for a disk.
    Try,
    /// Not recorded: a trim between two recorded ones.
    Skip,
}

/// Writes registers of the allow-list.
#[derive(Debug, Clone)]
pub struct Writer {
    allowed: &'static [Allowed],
    journal: Arc<dyn Journal>,
    patience: Duration,
}

impl Writer {
    /// A writer that touches only `allowed`.
    pub fn new(allowed: &'static [Allowed], journal: Arc<dyn Journal>) -> Self {
        Self { allowed, journal, patience: JOURNAL_PATIENCE }
    }

    /// What the device holds in a register.
    ///
    /// # Errors
    /// [`WriteError::NotAllowed`] for a register the map lacks, [`WriteError::Device`] if the read failed.
    pub async fn read(&self, to: Target<'_>, register: &'static str) -> Result<Vec<u16>, WriteError> {
        let info = find(to.map, register)?;
        read_holding(to.bus, to.unit, info.address, info.words).await.map_err(|source| WriteError::Device {
            unit: to.unit,
            register,
            source,
        })
    }

    /// Writes a register unless the device already holds `words`; returns what it then holds.
    ///
    /// # Errors
    /// [`WriteError`]; see [`WriteError::uncertain`] for what the device may hold then.
    pub async fn write(
        &self,
        to: Target<'_>,
        register: &'static str,
        words: &[u16],
        cause: &str,
        record: Record,
    ) -> Result<Vec<u16>, WriteError> {
        let info = self.check(to.map, register, words)?;
        let before = self.read(to, register).await?;
        if before == words {
            return Ok(before);
        }
        self.check_bits(to.map, info, &before, words)?;
        let entry = Entry {
            time: SystemTime::now(),
            bus: to.bus.name().to_owned(),
            unit: to.unit,
            register: info.id,
            address: info.address,
            before,
            after: words.to_vec(),
            cause: cause.to_owned(),
            phase: Phase::Intent,
        };
        self.record(entry.clone(), record).await?;
        let result = self.send(to, info, words).await;
        let phase = match &result {
            Ok(_) => Phase::Confirmed,
            Err(error) => Phase::Failed { reason: error.to_string() },
        };
        // The write has happened: a journal that fails now changes nothing about that. A failed write
        // is recorded even between recorded trims.
        let late = if result.is_err() { Record::Try } else { record };
        if let Err(error) = self.record(Entry { time: SystemTime::now(), phase, ..entry }, late).await {
            tracing::error!(%error, "the outcome of a write is not on record");
        }
        result
    }

    /// Gives the bits of `mask` in a one-word register the values in `value`, and leaves the others as
    /// they are. Returns whether the register changed.
    ///
    /// # Errors
    /// As of [`Writer::write`].
    pub async fn set_bits(
        &self,
        to: Target<'_>,
        register: &'static str,
        mask: u16,
        value: u16,
        cause: &str,
        record: Record,
    ) -> Result<bool, WriteError> {
        let old = self.read(to, register).await?.first().copied().unwrap_or_default();
        let new = (old & !mask) | (value & mask);
        if new == old {
            return Ok(false);
        }
        self.write(to, register, &[new], cause, record).await.map(|_| true)
    }

    fn check(
        &self,
        map: &'static MapInfo,
        register: &'static str,
        words: &[u16],
    ) -> Result<&'static RegisterInfo, WriteError> {
        let info = find(map, register)?;
        let plain = matches!(info.access, Access::ReadWrite);
        if !plain || !self.allowed.iter().any(|a| a.map == map.id && a.register == register) {
            return Err(WriteError::NotAllowed { map: map.id, register: register.to_owned() });
        }
        // The hazard ranges are part of this check; a whole register is written or none.
        let whole = if words.len() == usize::from(info.words) {
            map.check_write(info.address, words)
        } else {
            Err(Exception::IllegalDataValue)
        };
        whole.map_err(|exception| WriteError::Map { map: map.id, register, exception })?;
        Ok(info)
    }

    fn check_bits(
        &self,
        map: &'static MapInfo,
        info: &RegisterInfo,
        before: &[u16],
        after: &[u16],
    ) -> Result<(), WriteError> {
        let mut rules = self.allowed.iter().filter(|a| a.map == map.id && a.register == info.id);
        let fits = |rule: &Allowed| {
            before.iter().zip(after).all(|(old, new)| (old ^ new) & !rule.bits == 0 && new & rule.never == 0)
        };
        if rules.any(fits) {
            Ok(())
        } else {
            let register = format!("{} from {before:04X?} to {after:04X?}", info.id);
            Err(WriteError::NotAllowed { map: map.id, register })
        }
    }

    async fn send(
        &self,
        to: Target<'_>,
        info: &'static RegisterInfo,
        words: &[u16],
    ) -> Result<Vec<u16>, WriteError> {
        let device = |source| WriteError::Device { unit: to.unit, register: info.id, source };
        write_registers(to.bus, to.unit, info.address, words).await.map_err(device)?;
        let settle = Duration::from_millis(u64::from(info.settle_ms)).max(LEAST_SETTLE);
        let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
        let mut holds = Vec::new();
        while waited < settle {
            pause = pause.min(settle - waited);
            tokio::time::sleep(pause).await;
            waited += pause;
            pause *= 2;
            holds = read_holding(to.bus, to.unit, info.address, info.words).await.map_err(device)?;
            if holds == words {
                return Ok(holds);
            }
        }
        Err(WriteError::ReadBack { unit: to.unit, register: info.id, wrote: words.to_vec(), holds })
    }

    async fn record(&self, entry: Entry, record: Record) -> Result<(), JournalError> {
        if record == Record::Skip {
            return Ok(());
        }
        let journal = Arc::clone(&self.journal);
        // A disk may take its time; the other buses and commands do not wait for it.
        let mut work = tokio::task::spawn_blocking(move || journal.record(&entry));
        let must = record == Record::Must;
        let patience = if must { self.patience } else { SHORT_PATIENCE };
        let done = match tokio::time::timeout(patience, &mut work).await {
            Ok(done) => done,
            Err(_) if must => return Err(JournalError::late(patience)),
            Err(_) => {
                tracing::error!("the journal takes too long; the write goes on");
                return Ok(());
            }
        };
        match done {
            Ok(Err(error)) if record == Record::Must => Err(error),
            Ok(Err(error)) => {
                tracing::error!(%error, "a write towards the fail-safe value is not on record");
                Ok(())
            }
            Ok(Ok(())) => Ok(()),
            // Only a runtime that shuts down cancels the task, or a journal that panics.
            Err(error) if record == Record::Must => Err(JournalError::lost(error)),
            Err(error) => {
                tracing::error!(%error, "the journal did not finish");
                Ok(())
            }
        }
    }
}

fn find(map: &'static MapInfo, register: &str) -> Result<&'static RegisterInfo, WriteError> {
    map.register(register)
        .ok_or_else(|| WriteError::NotAllowed { map: map.id, register: register.to_owned() })
}

#[cfg(test)]
mod tests;
