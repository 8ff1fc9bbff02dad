//! The output voltage setpoint of a PSU, whichever bus it is on: a register behind [`Writer`], or the command
//! VOUT_COMMAND behind [`PmbusWriter`]. Both are checked, limited in rate, put on record, sent once and read back.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::pmbus::VoutFormat;
use dpo_registers::generated::orv3_psu::reg::VoutSetpointH;
use dpo_registers::pmbus::CommandInfo;
use dpo_registers::register::Register;
use dpo_registers::units::Volts;

use super::journal::{By, Entry, Item, Journal, JournalError, Outcome, Write};
use super::pmbus::line::{PmbusLine, SET};
use super::pmbus::{ALLOWED, PmbusWriteError, PmbusWriter, read_back, recorded, supply, transmit};
use super::psu;
use super::writer::{Cause, Intent, RateLimit, Record, Target, WriteError, Writer, on_the_way};
use crate::bus::Bus;
use crate::bus::pmbus::Device;
use crate::bus::pmbus::any::Any;

/// Bytes of a request that writes one word (function 16), and of its answer.
const WRITE_PDU: (usize, usize) = (8, 5);

/// A bus towards PSUs.
#[derive(Clone)]
pub enum Port {
    /// Modbus.
    Modbus(Arc<dyn Bus>),
    /// PMBus.
    Pmbus(PmbusLine),
}

impl Port {
    /// Name for logs, errors and the journal.
    pub fn name(&self) -> &str {
        match self {
            Self::Modbus(bus) => bus.name(),
            Self::Pmbus(line) => line.name(),
        }
    }

    /// The bus, if it speaks Modbus.
    pub fn modbus(&self) -> Option<&Arc<dyn Bus>> {
        match self {
            Self::Modbus(bus) => Some(bus),
            Self::Pmbus(_) => None,
        }
    }

    /// Time that a write of one word keeps the bus, with a device that answers after `turnaround`.
    pub fn write_time(&self, turnaround: Duration) -> Duration {
        match self {
            Self::Modbus(bus) => bus.wire_time(WRITE_PDU.0, WRITE_PDU.1) + turnaround,
            // 47 bits at 100 kHz, with the packet error code.
            Self::Pmbus(_) => Duration::from_micros(470),
        }
    }

    /// Where the setpoint of the PSU at `unit` is.
    ///
    /// # Errors
    /// [`WriteError::NotAllowed`] for a supply that was not found yet.
    pub fn place(&self, unit: u8) -> Result<Place<'_>, WriteError> {
        match self {
            Self::Modbus(bus) => Ok(Place::Register(Target { bus: &**bus, unit, map: psu::MAP })),
            Self::Pmbus(line) => line.device(unit).map(Place::Command).ok_or_else(|| {
                let register = format!("{}: no supply was found at {unit:02X}h", supply::SETPOINT);
                WriteError::NotAllowed { map: SET.id, register }
            }),
        }
    }
}

/// Where a setpoint is.
#[derive(Clone)]
pub enum Place<'a> {
    /// In a register.
    Register(Target<'a>),
    /// In a command of a supply.
    Command(Arc<Device>),
}

/// How a setpoint is written as a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coding {
    /// Volts a count.
    step: f64,
}

impl Default for Coding {
    /// That of the register.
    fn default() -> Self {
        Self { step: VoutSetpointH::INFO.scale.value() }
    }
}

impl Coding {
    /// Volts a count.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// The nearest word; `None` if there is none.
    pub fn word(&self, volts: Volts) -> Option<u16> {
        let counts = (volts.0 / self.step).round();
        // The cast is exact in this range.
        (0.0..=f64::from(u16::MAX)).contains(&counts).then_some(counts as u16)
    }

    /// What a word means.
    pub fn volts(&self, word: u16) -> Volts {
        Volts(f64::from(word) * self.step)
    }

    /// Whether two setpoints are the same in this resolution.
    pub fn same(&self, a: Volts, b: Volts) -> bool {
        (a.0 - b.0).abs() < 0.75 * self.step
    }
}

/// A write that is on record and not sent yet.
#[derive(Debug)]
pub enum Pending {
    /// Of a register.
    Register(Intent),
    /// Of a command.
    Command(PendingCommand),
}

/// A write of a command that is on record and not sent yet.
#[derive(Debug)]
pub struct PendingCommand {
    info: &'static CommandInfo,
    write: Write,
    by: By,
    why: String,
    number: u64,
    record: Record,
}

/// Writes setpoints.
#[derive(Debug, Clone)]
pub struct SetpointWriter {
    registers: Writer,
    commands: PmbusWriter,
}

impl SetpointWriter {
    /// A writer that records what it does, and lets a setpoint be written at `rate` at most.
    pub fn new(journal: Arc<dyn Journal>, rate: RateLimit) -> Self {
        let registers = Writer::new(&psu::WRITABLE, Arc::clone(&journal)).with_rate(rate);
        Self { registers, commands: PmbusWriter::new(ALLOWED, journal) }
    }

    /// How the PSU writes its setpoint.
    ///
    /// # Errors
    /// [`WriteError::Command`] if a supply does not tell, [`WriteError::NotAllowed`] if it tells another way than
    /// those steered here.
    pub async fn coding(&self, place: &Place<'_>) -> Result<Coding, WriteError> {
        let Place::Command(device) = place else { return Ok(Coding::default()) };
        match device.vout_mode().await.map_err(PmbusWriteError::from)?.format() {
            VoutFormat::Linear { exponent } => Ok(Coding { step: f64::from(exponent).exp2() }),
            other => Err(WriteError::NotAllowed {
                map: SET.id,
                register: format!("{}, coded as {other:?}", supply::SETPOINT),
            }),
        }
    }

    /// What the PSU holds.
    ///
    /// # Errors
    /// [`WriteError`] if it does not tell.
    pub async fn read(&self, place: &Place<'_>) -> Result<u16, WriteError> {
        match place {
            Place::Register(to) => {
                let held = self.registers.read(*to, psu::SETPOINT).await?;
                // One register of one word: a shorter answer is an error of the bus already.
                Ok(held.first().copied().unwrap_or_default())
            }
            Place::Command(device) => {
                let info = device.command(supply::SETPOINT).map_err(PmbusWriteError::from)?;
                let held = device.read_bytes(info, &[]).await.map_err(PmbusWriteError::from)?;
                Ok(word(held.as_slice()))
            }
        }
    }

    /// What the PSU holds in the register or command that the journal names; `None` for one that is not written here.
    pub async fn held(&self, place: &Place<'_>, register: &str) -> Option<Result<Vec<u16>, WriteError>> {
        match place {
            Place::Register(to) => {
                let register = psu::MAP.register(register)?;
                Some(self.registers.read(*to, register.id).await)
            }
            Place::Command(_) if register == supply::SETPOINT => {
                Some(self.read(place).await.map(|word| vec![word]))
            }
            Place::Command(_) => None,
        }
    }

    /// Whether the rate lets the setpoint be written now. Counts nothing.
    ///
    /// # Errors
    /// [`WriteError::Rate`] tells how long to wait, [`WriteError::Command`] that there is no such command.
    pub fn paced(&self, place: &Place<'_>) -> Result<(), WriteError> {
        match place {
            Place::Register(to) => self.registers.due(*to, psu::SETPOINT),
            Place::Command(device) => {
                let info = device.command(supply::SETPOINT).map_err(PmbusWriteError::from)?;
                self.registers.due_at(device.controller().name(), device.address().get(), info.id)
            }
        }
    }

    /// Whether the setpoint may be written now: its rate, and the protection that a supply may have. Counts nothing.
    ///
    /// # Errors
    /// [`WriteError`] tells why not.
    pub async fn due(&self, place: &Place<'_>) -> Result<(), WriteError> {
        if let Place::Command(device) = place {
            let info = self.commands.check(device, supply::SETPOINT)?;
            self.paced(place)?;
            return Ok(self.commands.unprotected(device, info).await?);
        }
        self.paced(place)
    }

    /// Sets the flag that unlocks the setpoint. Returns whether it was clear. A supply has none: its WRITE_PROTECT is
    /// an operator's, and never lifted here.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn unlock(
        &self,
        place: &Place<'_>,
        cause: Cause<'_>,
        record: Record,
    ) -> Result<bool, WriteError> {
        match place {
            Place::Register(to) => self.registers.unlock(*to, psu::SETPOINT, cause, record).await,
            Place::Command(_) => Ok(false),
        }
    }

    /// Clears the flag that unlocks the setpoint.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn lock(&self, place: &Place<'_>, cause: Cause<'_>) -> Result<(), WriteError> {
        match place {
            Place::Register(to) => self.registers.lock(*to, psu::SETPOINT, cause).await,
            Place::Command(_) => Ok(()),
        }
    }

    /// First part of a write: checks it and puts its intent on record. Nothing is sent yet. `before` is what the PSU
    /// holds, just read.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn intend(
        &self,
        place: &Place<'_>,
        before: u16,
        after: u16,
        cause: Cause<'_>,
        record: Record,
    ) -> Result<Pending, WriteError> {
        let device = match place {
            Place::Register(to) => {
                let intent =
                    self.registers.intend(*to, psu::SETPOINT, vec![before], &[after], cause, record).await?;
                return Ok(Pending::Register(intent));
            }
            Place::Command(device) => device,
        };
        let info = self.commands.check(device, supply::SETPOINT)?;
        let volts = self.coding(place).await?.volts(after);
        // The map's limits, and that the supply codes the voltage as was thought.
        let data = device.encode_any(info, &Any::Number(volts.0)).await.map_err(PmbusWriteError::from)?;
        if data.as_slice() != after.to_le_bytes() {
            let register = format!("{} {volts}: coded as {:02X?}", info.id, data.as_slice());
            return Err(WriteError::NotAllowed { map: SET.id, register });
        }
        self.commands.unprotected(device, info).await?;
        // The way back is open at any rate.
        if record != Record::Try {
            self.registers.due_at(device.controller().name(), device.address().get(), info.id)?;
        }
        let write = Write {
            commit: cause.commit,
            trims: cause.trims,
            ..recorded(device, info, &before.to_le_bytes(), &after.to_le_bytes())
        };
        let (by, why) = (cause.by.clone(), cause.why.to_owned());
        let item = Item::Intent { write: write.clone() };
        let number = self.record(Entry { by: by.clone(), cause: why.clone(), item }, record).await?;
        Ok(Pending::Command(PendingCommand { info, write, by, why, number, record }))
    }

    /// Sends a word on the way of a write that is on record, and does not look what became of it. [`Self::send`] must
    /// follow, or [`Self::end`] with what failed.
    ///
    /// # Errors
    /// [`WriteError`] of device or bus; [`WriteError::NotAllowed`] for a word that is not on the way.
    pub async fn step(&self, place: &Place<'_>, pending: &Pending, word: u16) -> Result<(), WriteError> {
        match (place, pending) {
            (Place::Register(to), Pending::Register(intent)) => self.registers.step(*to, intent, word).await,
            (Place::Command(device), Pending::Command(pending)) => {
                let PendingCommand { info, write, .. } = pending;
                on_the_way(write, word)?;
                Ok(transmit(device, info, &word.to_le_bytes()).await?)
            }
            _ => Err(WriteError::Stopped),
        }
    }

    /// Whether the PSU took a word on the way.
    ///
    /// # Errors
    /// [`WriteError`] if it did not, or does not tell.
    pub async fn took(&self, place: &Place<'_>, pending: &Pending, word: u16) -> Result<(), WriteError> {
        match (place, pending) {
            (Place::Register(to), Pending::Register(intent)) => self.registers.took(*to, intent, word).await,
            (Place::Command(device), Pending::Command(pending)) => {
                read_back(device, pending.info, &word.to_le_bytes()).await?;
                Ok(())
            }
            _ => Err(WriteError::Stopped),
        }
    }

    /// Second part of a write: sends it. [`Self::end`] must follow.
    ///
    /// # Errors
    /// [`WriteError`] of device or bus.
    pub async fn send(&self, place: &Place<'_>, pending: &Pending) -> Result<(), WriteError> {
        match (place, pending) {
            (Place::Register(to), Pending::Register(intent)) => self.registers.send(*to, intent).await,
            (Place::Command(device), Pending::Command(pending)) => {
                let PendingCommand { info, write, .. } = pending;
                self.registers.count_at(&write.bus, write.unit, info.id);
                Ok(transmit(device, info, &bytes(&write.after)).await?)
            }
            _ => Err(WriteError::Stopped),
        }
    }

    /// Last part of a write: reads back, and puts the end on record. Returns what the PSU holds.
    ///
    /// # Errors
    /// What [`Self::send`] failed with, or [`WriteError`] of the read-back.
    pub async fn end(
        &self,
        place: &Place<'_>,
        pending: Pending,
        sent: Result<(), WriteError>,
    ) -> Result<u16, WriteError> {
        let (device, pending) = match (place, pending) {
            (Place::Register(to), Pending::Register(intent)) => {
                let held = self.registers.end(*to, intent, sent).await?;
                return Ok(held.first().copied().unwrap_or_default());
            }
            (Place::Command(device), Pending::Command(pending)) => (device, pending),
            _ => return Err(WriteError::Stopped),
        };
        let PendingCommand { info, write, by, why, number, record } = pending;
        let result = match sent {
            Ok(()) => read_back(device, info, &bytes(&write.after)).await.map_err(WriteError::from),
            Err(error) => Err(error),
        };
        let outcome = match &result {
            Ok(_) => Outcome::Confirmed,
            Err(error) => Outcome::Failed { reason: error.to_string() },
        };
        // The write has happened: a journal that fails now changes nothing about that.
        let late = if result.is_err() { Record::Try } else { record };
        let item = Item::Outcome { intent: number, write, outcome };
        if let Err(error) = self.record(Entry { by, cause: why, item }, late).await {
            tracing::error!(%error, "the outcome of a write is not on record");
        }
        result.map(|held| word(&held))
    }

    /// Puts an entry on record, as of [`Writer::record`].
    ///
    /// # Errors
    /// [`JournalError`], for [`Record::Must`] only.
    pub async fn record(&self, entry: Entry, record: Record) -> Result<u64, JournalError> {
        self.registers.record(entry, record).await
    }
}

/// Data bytes as a word, low byte first.
fn word(data: &[u8]) -> u16 {
    data.iter().take(2).rev().fold(0, |word, byte| word << 8 | u16::from(*byte))
}

/// The data bytes of words, low byte first.
fn bytes(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_its_voltage_belong_together() {
        let register = Coding::default();
        assert_eq!(register.word(Volts(51.0)), Some(52_224));
        assert_eq!(register.volts(52_224), Volts(51.0));
        let supply = Coding { step: f64::from(-9i8).exp2() };
        assert_eq!((supply.word(Volts(51.0)), supply.volts(0x6600)), (Some(0x6600), Volts(51.0)));
        for coding in [register, supply] {
            for word in [0, 1, 0x6600, u16::MAX] {
                assert_eq!(coding.word(coding.volts(word)), Some(word));
            }
            assert_eq!(coding.word(Volts(-1.0)), None);
            assert_eq!(coding.word(Volts(f64::NAN)), None);
            assert_eq!(coding.word(Volts(1e9)), None);
        }
        assert!(supply.same(Volts(50.0), Volts(50.001)) && !supply.same(Volts(50.0), Volts(50.002)));
    }

    #[test]
    fn bytes_and_words_are_low_byte_first() {
        assert_eq!(bytes(&[0x6600]), [0x00, 0x66]);
        assert_eq!((word(&[0x00, 0x66]), word(&[0x12]), word(&[])), (0x6600, 0x12, 0));
    }
}
