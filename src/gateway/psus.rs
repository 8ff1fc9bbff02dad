//! The output voltage setpoints of the PSUs: what each holds, who put it there, and how to change them
//! all or none.

use std::sync::Arc;

use dpo_registers::generated::orv3_psu::reg::VoutSetpointH;
use dpo_registers::register::Register;
use dpo_registers::units::Volts;
use tokio::time::Instant;

use super::config::Slot;
use crate::bus::Bus;
use crate::control::share::{LOWEST_SETPOINT, NOMINAL_SETPOINT, STEERED_BELOW};
use crate::shelf::journal::Stored;
use crate::shelf::mutant::{self, Mutant};
use crate::shelf::psu;
use crate::shelf::writer::{Cause, Record, Target, WriteError, Writer};

/// One PSU as the setpoint path sees it.
#[derive(Debug)]
pub(super) struct Hold {
    pub slot: Slot,
    pub present: bool,
    /// What it held at the last read or read-back.
    pub held: Option<Volts>,
    /// Whether it is known what it held when it arrived.
    judged: bool,
    /// When this gateway last wrote it.
    written: Option<Instant>,
    /// Whether this gateway moved it, or adopted it, and has not confirmed the fail-safe value since.
    pub dirty: bool,
    /// Since when it holds a setpoint that nobody here put there.
    pub orphan: Option<Instant>,
    /// Whether this gateway set the write-enable bit, and so clears it in the end.
    pub opened: bool,
    /// Since when it is known that an earlier gateway set that bit: it is cleared when the setpoint is adopted.
    pub inherited: Option<Instant>,
    /// Raw words that trims may write before the next one is put on record.
    band: Option<(u16, u16)>,
    /// Writes of an earlier gateway whose end is not known: the device is asked before anything else.
    pub unfinished: Vec<Stored>,
    /// Whether a failed restore was reported already.
    pub reported: bool,
}

/// The PSUs' setpoints.
pub(super) struct Psus {
    pub holds: Vec<Hold>,
    pub buses: Vec<Arc<dyn Bus>>,
    pub writer: Writer,
}

/// The words that two setpoints around a recorded one may hold without a record of their own.
fn band(word: u16) -> (u16, u16) {
    const HALF_WIDTH: u16 = 256; // 0.25 V
    let bound = |volts: Volts| (volts.0 / VoutSetpointH::INFO.scale.value()).round() as u16;
    (
        word.saturating_sub(HALF_WIDTH).max(bound(LOWEST_SETPOINT)),
        word.saturating_add(HALF_WIDTH).min(bound(NOMINAL_SETPOINT)),
    )
}

/// The word of a setpoint. Outside the range in which this project steers there is none, whoever asks.
fn word(volts: Volts) -> Result<u16, WriteError> {
    if !(LOWEST_SETPOINT.0..=NOMINAL_SETPOINT.0).contains(&volts.0) {
        let register = format!("{volts}: outside {LOWEST_SETPOINT} to {NOMINAL_SETPOINT}");
        return Err(WriteError::NotAllowed { map: psu::MAP.id, register });
    }
    let mut words = [0];
    VoutSetpointH::encode(&volts, &mut words)
        .map_err(|e| WriteError::NotAllowed { map: psu::MAP.id, register: format!("{volts}: {e}") })?;
    let [word] = words;
    Ok(word)
}

fn volts(word: u16) -> Option<Volts> {
    VoutSetpointH::decode(&[word]).ok()
}

/// Steps of the register below which a trim is not worth a write: about 40 W on a full shelf.
const TRIM_STEPS: f64 = 2.5;

/// Whether two setpoints are the same in the register's resolution.
fn same(a: Volts, b: Volts) -> bool {
    (a.0 - b.0).abs() < 0.75 * VoutSetpointH::INFO.scale.value()
}

impl Hold {
    /// Takes what the PSU holds since it arrived; returns a setpoint that a gateway before us left there.
    /// Another setting than ours is the owner's: it is shown, and not touched without a lease.
    fn judge(&mut self, held: Option<Volts>, now: Instant) -> Option<Volts> {
        self.held = held;
        self.judged = held.is_some();
        let strange = held.filter(|v| *v < STEERED_BELOW && !self.dirty);
        self.orphan = strange.map(|_| now);
        strange
    }
}

impl Psus {
    pub fn new(slots: impl IntoIterator<Item = Slot>, buses: Vec<Arc<dyn Bus>>, writer: Writer) -> Self {
        let hold = |slot| Hold {
            slot,
            present: false,
            held: None,
            judged: false,
            written: None,
            dirty: false,
            orphan: None,
            opened: false,
            inherited: None,
            band: None,
            unfinished: Vec::new(),
            reported: false,
        };
        Self { holds: slots.into_iter().map(hold).collect(), buses, writer }
    }

    /// A PSU arrived; `held` is what it holds. Returns a setpoint that nobody here put there.
    pub fn arrived(&mut self, slot: Slot, held: Option<Volts>, now: Instant) -> Option<Volts> {
        let hold = self.holds.iter_mut().find(|h| h.slot == slot)?;
        hold.present = true;
        hold.written = None;
        hold.reported = false;
        hold.judge(held, now)
    }

    /// A poll that began at `started` read a setpoint: somebody else may have moved it. Returns what it
    /// held from before, if that could not be read when it arrived.
    pub fn observed(&mut self, slot: Slot, held: Option<Volts>, started: Instant) -> Option<Volts> {
        let hold = self.holds.iter_mut().find(|h| h.slot == slot)?;
        if hold.written.is_some_and(|at| started < at) {
            return None;
        }
        if !hold.judged {
            return hold.judge(held, started);
        }
        hold.held = held;
        None
    }

    pub fn lost(&mut self, slot: Slot) {
        if let Some(hold) = self.holds.iter_mut().find(|h| h.slot == slot) {
            hold.present = false;
            hold.orphan = None;
        }
    }

    /// Makes setpoints found elsewhere our own: they are restored when the lease ends.
    pub fn adopt(&mut self, due: impl Fn(Instant) -> bool) -> Vec<u8> {
        let mut adopted = Vec::new();
        for hold in &mut self.holds {
            hold.opened |= hold.inherited.take_if(|since| due(*since)).is_some();
            if hold.orphan.is_some_and(&due) {
                hold.orphan = None;
                hold.dirty = true;
                adopted.push(hold.slot.slot);
            }
        }
        adopted
    }

    /// Makes every present PSU our own that is not known to be at the fail-safe value.
    pub fn claim(&mut self) {
        for hold in self.holds.iter_mut().filter(|h| h.present) {
            if !hold.held.is_some_and(|v| same(v, NOMINAL_SETPOINT)) {
                hold.orphan = None;
                hold.dirty = true;
            }
        }
    }

    /// Whether a PSU may hold another setpoint than the fail-safe value through us; `lost` counts those
    /// that no longer answer, too.
    pub fn any_dirty(&self, lost: bool) -> bool {
        self.holds.iter().any(|h| h.dirty && (h.present || lost))
    }

    /// Brings every present PSU to `setpoint`, all or none: if one fails, those already written go back
    /// to what they held. Gives what they held, for [`Self::roll_back`].
    ///
    /// # Errors
    /// Which PSU failed and how, and whether another one could not be brought back.
    pub async fn set_all(
        &mut self,
        setpoint: Volts,
        cause: Cause<'_>,
        record: Record,
    ) -> Result<Vec<(usize, u16)>, String> {
        let present: Vec<usize> =
            self.holds.iter().enumerate().filter(|(_, h)| h.present).map(|(i, _)| i).collect();
        let word = word(setpoint).map_err(|e| e.to_string())?;
        // Every PSU must answer, and may be written, before any is touched.
        let mut before = Vec::new();
        for i in &present {
            let held = self.read(*i).await.map_err(|e| self.named(*i, &e))?;
            let due = self.target(*i).and_then(|to| self.writer.due(to, psu::SETPOINT));
            due.map_err(|e| self.named(*i, &e))?;
            before.push((*i, held));
        }
        for (done, (i, _)) in before.iter().enumerate() {
            let Err(error) = self.write(*i, word, cause, record).await else { continue };
            let mut reason = self.named(*i, &error);
            if mutant::on(Mutant::NoRollBack) {
                return Err(reason);
            }
            // The one that failed is brought back too: it may have taken the value without saying so.
            let mut back = before.get(..=done).unwrap_or_default().to_vec();
            back.retain(|(j, _)| j != i || error.uncertain());
            if let Some(stuck) = self.roll_back(&back, cause).await {
                reason = format!("{reason}; not brought back: {stuck}");
            }
            return Err(reason);
        }
        Ok(before)
    }

    /// Brings PSUs back to what they held, the last one first; returns those that failed.
    pub async fn roll_back(&mut self, before: &[(usize, u16)], cause: Cause<'_>) -> Option<String> {
        let cause = Cause { why: "roll back", trims: None, ..cause };
        let mut stuck: Option<String> = None;
        for (i, held) in before.iter().rev() {
            if let Err(error) = self.write(*i, *held, cause, Record::Try).await {
                let this = self.named(*i, &error);
                stuck = Some(stuck.map_or(this.clone(), |others| format!("{others}; {this}")));
            }
        }
        for i in 0..self.holds.len() {
            if self.closable(i) && self.holds.get(i).is_some_and(|h| h.present) {
                self.close(i, cause).await;
            }
        }
        stuck
    }

    /// Brings the present PSUs to `setpoint` as far as they answer; returns those that failed.
    pub async fn trim(&mut self, setpoint: Volts, cause: Cause<'_>, record: Record) -> Vec<(u8, WriteError)> {
        let mut failed = Vec::new();
        for i in 0..self.holds.len() {
            let Some(hold) = self.holds.get(i).filter(|h| h.present) else { continue };
            let slot = hold.slot.slot;
            let step = VoutSetpointH::INFO.scale.value();
            if hold.held.is_some_and(|held| (held.0 - setpoint.0).abs() < TRIM_STEPS * step) {
                continue;
            }
            let written = match word(setpoint) {
                Ok(word) => self.write(i, word, cause, record).await,
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                failed.push((slot, error));
            }
        }
        failed
    }

    /// Brings PSUs that we moved back to the fail-safe value. Returns the slots restored, and those
    /// that failed with the reason. Lost PSUs are tried only if `lost` says so.
    pub async fn restore(&mut self, cause: Cause<'_>, lost: bool) -> (Vec<u8>, Vec<(u8, String)>) {
        let (mut restored, mut failed) = (Vec::new(), Vec::new());
        for i in 0..self.holds.len() {
            let Some(hold) = self.holds.get(i).filter(|h| h.present || lost) else { continue };
            let (slot, dirty) = (hold.slot.slot, hold.dirty);
            if !dirty {
                continue;
            }
            let written = match word(NOMINAL_SETPOINT) {
                Ok(word) => self.write(i, word, cause, Record::Try).await,
                Err(error) => Err(error),
            };
            match written {
                Ok(()) => restored.push(slot),
                Err(error) => {
                    let reason = self.named(i, &error);
                    failed.push((slot, reason));
                }
            }
        }
        // Afterwards: while some PSUs are back and others are not, those that are carry the load alone.
        for i in 0..self.holds.len() {
            if self.closable(i) && self.holds.get(i).is_some_and(|h| h.present || lost) {
                self.close(i, cause).await;
            }
        }
        (restored, failed)
    }

    async fn read(&self, i: usize) -> Result<u16, WriteError> {
        let held = self.writer.read(self.target(i)?, psu::SETPOINT).await?;
        // One register of one word: a shorter answer is an error of the bus already.
        Ok(held.first().copied().unwrap_or_default())
    }

    async fn write(
        &mut self,
        i: usize,
        word: u16,
        cause: Cause<'_>,
        record: Record,
    ) -> Result<(), WriteError> {
        let fallback = volts(word).is_some_and(|v| same(v, NOMINAL_SETPOINT));
        let hold = self.holds.get(i);
        let first = hold.is_none_or(|h| !h.dirty || h.written.is_none());
        let banded = hold.and_then(|h| h.band).is_some_and(|(low, high)| (low..=high).contains(&word));
        let record = match record {
            // A full disk does not stand in the way of the fail-safe value.
            _ if fallback => Record::Try,
            // The move away from it, the first write to a PSU that arrived, and each trim beyond what is on
            // record already.
            Record::Skip if first || !banded => Record::Must,
            record => record,
        };
        let cause = Cause { trims: (record == Record::Must).then(|| band(word)), ..cause };
        let target = self.target(i)?;
        let held = self.read(i).await;
        // A band that is on no record would let trims go unrecorded.
        let sent = !matches!(held, Ok(held) if held == word);
        let (opened, result) = match held {
            Ok(held) if !sent => (false, Ok(vec![held])),
            Ok(_) => self.writer.write_unlocked(target, psu::SETPOINT, &[word], cause, record).await,
            // Nothing was sent that could change the device.
            Err(error) => return Err(error),
        };
        let Some(hold) = self.holds.get_mut(i) else { return Ok(()) };
        hold.opened |= opened;
        hold.written = Some(Instant::now());
        if sent {
            hold.band = match record {
                Record::Must => cause.trims,
                Record::Skip => hold.band,
                Record::Try => None,
            };
        }
        match result {
            Ok(holds) => {
                hold.held = holds.first().and_then(|w| volts(*w));
                hold.dirty = !fallback;
                hold.orphan = None;
                hold.reported &= hold.dirty;
                Ok(())
            }
            Err(error) => {
                if error.uncertain() {
                    hold.held = None;
                    hold.dirty = true;
                }
                Err(error)
            }
        }
    }

    /// Whether the PSU is at the fail-safe value with the write-enable bit set by us.
    fn closable(&self, i: usize) -> bool {
        self.holds.get(i).is_some_and(|h| h.opened && !h.dirty && h.orphan.is_none())
    }

    /// Leaves the write-enable bit as it was found. The setpoint is safe without this, so a failure is
    /// only logged.
    async fn close(&mut self, i: usize, cause: Cause<'_>) {
        let Ok(target) = self.target(i) else { return };
        match self.writer.lock(target, psu::SETPOINT, cause).await {
            Ok(()) => {
                if let Some(hold) = self.holds.get_mut(i) {
                    hold.opened = false;
                }
            }
            Err(error) => tracing::warn!(%error, "the write-enable bit stays set"),
        }
    }

    pub fn target(&self, i: usize) -> Result<Target<'_>, WriteError> {
        let hold = self.holds.get(i);
        let bus = hold.and_then(|h| self.buses.get(h.slot.bus));
        match (hold, bus) {
            (Some(hold), Some(bus)) => Ok(Target { bus: &**bus, unit: hold.slot.unit, map: psu::MAP }),
            _ => Err(WriteError::NotAllowed { map: psu::MAP.id, register: format!("PSU {i}: no such bus") }),
        }
    }

    fn named(&self, i: usize, error: &WriteError) -> String {
        let slot = self.holds.get(i).map_or(0, |h| h.slot.slot);
        format!("psu {slot}: {error}")
    }
}
