//! The safe writer: the only code of the gateway that writes a register of a device.
//!
//! A write is checked against the allow-list, the map, the hazard ranges and the rate, recorded, sent, given
//! its settle time, read back and compared. What the device then holds is the answer, whatever was asked.

mod error;
mod rate;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dpo_registers::codec::Exception;
use dpo_registers::map::{Access, MapInfo, RegisterInfo};
use tokio::time::Instant;

pub use error::WriteError;
pub use rate::RateLimit;

use super::journal::{By, Entry, Item, Journal, JournalError, Outcome, Write};
use super::mutant::{self, Mutant};
use crate::bus::{Bus, read_holding, write_registers};
use rate::Rates;

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
/// Those that follow within this time do not wait at all: the shelf has many devices.
const LATE_FOR: Duration = Duration::from_secs(5);

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
    /// Not recorded: a trim inside the band of the last one that is on record ([`Cause::trims`]).
    Skip,
}

/// A write that is on record and not sent yet.
#[derive(Debug)]
pub struct Intent {
    info: &'static RegisterInfo,
    write: Write,
    by: By,
    why: String,
    number: u64,
    record: Record,
}

impl Intent {
    /// The entry that ends it, where a read-back tells nothing: a command reads 0 at once.
    pub fn concluded(self, outcome: Outcome) -> Item {
        Item::Outcome { intent: self.number, write: self.write, outcome }
    }
}

static GATEWAY: By = By::GATEWAY;

/// Why something is written, for the record.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// On whose behalf.
    pub by: &'a By,
    /// Why.
    pub why: &'a str,
    /// Number of the commit it belongs to.
    pub commit: Option<u64>,
    /// Band in which later trims may go without a record of their own, as raw words.
    pub trims: Option<(u16, u16)>,
}

impl<'a> From<&'a str> for Cause<'a> {
    /// The gateway by itself.
    fn from(why: &'a str) -> Self {
        Self { by: &GATEWAY, why, commit: None, trims: None }
    }
}

/// Writes registers of the allow-list.
#[derive(Debug, Clone)]
pub struct Writer {
    allowed: &'static [Allowed],
    journal: Arc<dyn Journal>,
    patience: Duration,
    rates: Arc<Mutex<Rates>>,
    /// When the journal was last late for a write towards the fail-safe value.
    late: Arc<Mutex<Option<Instant>>>,
}

impl Writer {
    /// A writer that touches only `allowed`.
    pub fn new(allowed: &'static [Allowed], journal: Arc<dyn Journal>) -> Self {
        let rates = Arc::new(Mutex::new(Rates::new(RateLimit::default())));
        Self { allowed, journal, patience: JOURNAL_PATIENCE, rates, late: Arc::default() }
    }

    /// The same writer with another rate.
    #[must_use]
    pub fn with_rate(self, rate: RateLimit) -> Self {
        Self { rates: Arc::new(Mutex::new(Rates::new(rate))), ..self }
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

    /// Whether a register may be written now, as far as its rate goes. Counts nothing.
    ///
    /// # Errors
    /// [`WriteError::Rate`] tells when.
    pub fn due(&self, to: Target<'_>, register: &'static str) -> Result<(), WriteError> {
        self.due_at(to.bus.name(), to.unit, register)
    }

    /// The same for a place that is no register.
    pub(super) fn due_at(&self, bus: &str, unit: u8, register: &'static str) -> Result<(), WriteError> {
        let rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        match rates.wait(bus, unit, register, Instant::now()) {
            Duration::ZERO => Ok(()),
            after => Err(WriteError::Rate { unit, register, after }),
        }
    }

    /// Counts a write.
    pub(super) fn count_at(&self, bus: &str, unit: u8, register: &'static str) {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).count(bus, unit, register, Instant::now());
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
        cause: impl Into<Cause<'_>>,
        record: Record,
    ) -> Result<Vec<u16>, WriteError> {
        self.check(to.map, register, words)?;
        let before = self.read(to, register).await?;
        if before == words {
            return Ok(before);
        }
        let intent = self.intend(to, register, before, words, cause, record).await?;
        let sent = self.send(to, &intent).await;
        self.end(to, intent, sent).await
    }

    /// First part of a write: checks it and puts its intent on record. Nothing is sent yet. `before` is what the
    /// device holds, just read.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn intend(
        &self,
        to: Target<'_>,
        register: &'static str,
        before: Vec<u16>,
        words: &[u16],
        cause: impl Into<Cause<'_>>,
        record: Record,
    ) -> Result<Intent, WriteError> {
        let cause = cause.into();
        let info = self.check(to.map, register, words)?;
        self.check_bits(to.map, info, &before, words)?;
        // The way back is open at any rate.
        if record != Record::Try {
            self.due(to, register)?;
        }
        let write = Write {
            commit: cause.commit,
            bus: to.bus.name().to_owned(),
            unit: to.unit,
            map: Cow::Borrowed(to.map.id),
            register: Cow::Borrowed(info.id),
            address: info.address,
            before,
            after: words.to_vec(),
            trims: cause.trims,
        };
        let (by, why) = (cause.by.clone(), cause.why.to_owned());
        let mut number = 0;
        if !mutant::on(Mutant::NoIntent) {
            let item = Item::Intent { write: write.clone() };
            number = self.record(Entry { by: by.clone(), cause: why.clone(), item }, record).await?;
        }
        Ok(Intent { info, write, by, why, number, record })
    }

    /// Second part of a write: sends it. [`Self::end`] must follow.
    ///
    /// # Errors
    /// [`WriteError::Device`].
    pub async fn send(&self, to: Target<'_>, intent: &Intent) -> Result<(), WriteError> {
        let Intent { info, write, .. } = intent;
        self.count_at(&write.bus, write.unit, info.id);
        let sent = write_registers(to.bus, to.unit, info.address, &write.after).await;
        sent.map_err(|source| WriteError::Device { unit: to.unit, register: info.id, source })
    }

    /// Sends a word between what the device held and what it is to hold, and does not read it back. [`Self::send`]
    /// must follow, or [`Self::end`] with what failed.
    ///
    /// # Errors
    /// [`WriteError::NotAllowed`] for a word that is not on the way, [`WriteError::Device`].
    pub(super) async fn step(&self, to: Target<'_>, intent: &Intent, word: u16) -> Result<(), WriteError> {
        let Intent { info, write, .. } = intent;
        on_the_way(write, word)?;
        self.check(to.map, info.id, &[word])?;
        let sent = write_registers(to.bus, to.unit, info.address, &[word]).await;
        sent.map_err(|source| WriteError::Device { unit: to.unit, register: info.id, source })
    }

    /// Whether the device took a word on the way: reads until it holds it, or its time to settle is over.
    ///
    /// # Errors
    /// [`WriteError::ReadBack`] if it did not, [`WriteError::Device`].
    pub(super) async fn took(&self, to: Target<'_>, intent: &Intent, word: u16) -> Result<(), WriteError> {
        self.read_back(to, intent.info, &[word]).await.map(|_| ())
    }

    /// Last part of a write: reads back, and puts the end on record. Returns what the device holds.
    ///
    /// # Errors
    /// What [`Self::send`] failed with, or [`WriteError`] of the read-back.
    pub async fn end(
        &self,
        to: Target<'_>,
        intent: Intent,
        sent: Result<(), WriteError>,
    ) -> Result<Vec<u16>, WriteError> {
        let Intent { info, write, by, why, number, record } = intent;
        let result = match sent {
            Ok(()) => self.read_back(to, info, &write.after).await,
            Err(error) => Err(error),
        };
        let outcome = match &result {
            Ok(_) => Outcome::Confirmed,
            Err(error) => Outcome::Failed { reason: error.to_string() },
        };
        // The write has happened: a journal that fails now changes nothing about that. A failed write
        // is recorded even between recorded trims.
        let late = if result.is_err() { Record::Try } else { record };
        let item = Item::Outcome { intent: number, write, outcome };
        if let Err(error) = self.record(Entry { by, cause: why, item }, late).await {
            tracing::error!(%error, "the outcome of a write is not on record");
        }
        result
    }

    /// Sets the flag that the map says unlocks a register. Returns whether it was clear: then [`Self::lock`]
    /// clears it in the end.
    ///
    /// # Errors
    /// As of [`Self::write`].
    pub async fn unlock(
        &self,
        to: Target<'_>,
        register: &'static str,
        cause: impl Into<Cause<'_>>,
        record: Record,
    ) -> Result<bool, WriteError> {
        let Some((flags, bit)) = unlock(to.map, register)? else { return Ok(false) };
        let cause = Cause { trims: None, ..cause.into() };
        self.set_bits(to, flags, bit, bit, cause, record).await
    }

    /// Clears the flag that unlocks a register.
    ///
    /// # Errors
    /// As of [`Self::write`].
    pub async fn lock(
        &self,
        to: Target<'_>,
        register: &'static str,
        cause: impl Into<Cause<'_>>,
    ) -> Result<(), WriteError> {
        let Some((flags, bit)) = unlock(to.map, register)? else { return Ok(()) };
        self.set_bits(to, flags, bit, 0, cause, Record::Try).await.map(|_| ())
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
        cause: impl Into<Cause<'_>>,
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
        whole.map_err(|exception| {
            error::range(map, info, words).unwrap_or(WriteError::Map { map: map.id, register, exception })
        })?;
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

    async fn read_back(
        &self,
        to: Target<'_>,
        info: &'static RegisterInfo,
        words: &[u16],
    ) -> Result<Vec<u16>, WriteError> {
        let device = |source| WriteError::Device { unit: to.unit, register: info.id, source };
        if mutant::on(Mutant::NoReadBack) {
            return Ok(words.to_vec());
        }
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

    /// Puts an entry on record; gives its number, or 0 where there is none and none is needed.
    ///
    /// # Errors
    /// [`JournalError`], for [`Record::Must`] only: there it is not on record.
    pub async fn record(&self, entry: Entry, record: Record) -> Result<u64, JournalError> {
        let must = match record {
            Record::Skip => return Ok(0),
            Record::Must => true,
            Record::Try => false,
        };
        // A disk may take its time; the other buses and commands do not wait for it.
        let recorded = if must {
            tokio::time::timeout(self.patience, self.journal.record(entry)).await
        } else {
            let late = *self.late.lock().unwrap_or_else(PoisonError::into_inner);
            let late = late.is_some_and(|at: Instant| at.elapsed() < LATE_FOR);
            let patience = if late { Duration::ZERO } else { SHORT_PATIENCE };
            tokio::time::timeout(patience, self.journal.record(entry)).await
        };
        match recorded.unwrap_or(Err(JournalError::Late(if must { self.patience } else { SHORT_PATIENCE }))) {
            Err(error) if !must => {
                if matches!(error, JournalError::Late(_)) {
                    let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
                    let _ = late.get_or_insert_with(Instant::now);
                }
                tracing::error!(%error, "a write towards the fail-safe value is not on record");
                Ok(0)
            }
            result => {
                *self.late.lock().unwrap_or_else(PoisonError::into_inner) = None;
                result
            }
        }
    }
}

/// The register and the bit that unlock a register, if it needs that.
fn unlock(map: &'static MapInfo, register: &'static str) -> Result<Option<(&'static str, u16)>, WriteError> {
    let Some(named) = find(map, register)?.unlock else { return Ok(None) };
    let unknown = || WriteError::NotAllowed { map: map.id, register: format!("{register}: unlock {named}") };
    let (flags, bit) = named.split_once('.').ok_or_else(unknown)?;
    let info = find(map, flags)?;
    let bit = info.bits.iter().find(|b| b.id == bit && b.bit < 16 && info.words == 1).ok_or_else(unknown)?;
    Ok(Some((info.id, 1 << bit.bit)))
}

/// Whether a word lies between what a write found and what it is to leave.
pub(super) fn on_the_way(write: &Write, word: u16) -> Result<(), WriteError> {
    match (write.before.as_slice(), write.after.as_slice()) {
        ([before], [after]) if (before.min(after)..=before.max(after)).contains(&&word) => Ok(()),
        _ => {
            let register = format!("{} as {word:04X} on its way", write.register);
            Err(WriteError::NotAllowed { map: "shelf", register })
        }
    }
}

fn find(map: &'static MapInfo, register: &str) -> Result<&'static RegisterInfo, WriteError> {
    map.register(register)
        .ok_or_else(|| WriteError::NotAllowed { map: map.id, register: register.to_owned() })
}

#[cfg(test)]
mod tests;
