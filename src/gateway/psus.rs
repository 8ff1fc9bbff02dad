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
use crate::shelf::writer::{Cause, Intent, Record, Target, WriteError, Writer};

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

impl Hold {
    /// Takes how a write of `word` ended.
    fn take(&mut self, word: u16, result: &Result<Vec<u16>, WriteError>) {
        let fallback = volts(word).is_some_and(|v| same(v, NOMINAL_SETPOINT));
        match result {
            Ok(holds) => {
                self.held = holds.first().and_then(|w| volts(*w));
                self.dirty = !fallback;
                self.orphan = None;
                self.reported &= self.dirty;
            }
            Err(error) if error.uncertain() => {
                self.held = None;
                self.dirty = true;
            }
            Err(_) => {}
        }
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
        let goal: Vec<(usize, u16)> = present.iter().map(|i| (*i, word)).collect();
        let results = self.write_group(&goal, cause, record, true).await;
        let failed = results.iter().find_map(|(i, r)| Some((*i, r.as_ref().err()?)));
        let Some((i, error)) = failed else { return Ok(before) };
        let reason = self.named(i, error);
        if mutant::on(Mutant::NoRollBack) {
            return Err(reason);
        }
        // The one that failed is brought back too: it may have taken the value without saying so.
        let moved = |j: usize| {
            let of = results.iter().find(|(k, _)| *k == j);
            of.is_some_and(|(_, r)| r.as_ref().map_or_else(WriteError::uncertain, |()| true))
        };
        let back: Vec<(usize, u16)> = before.iter().copied().filter(|(j, _)| moved(*j)).collect();
        match self.roll_back(&back, cause).await {
            Some(stuck) => Err(format!("{reason}; not brought back: {stuck}")),
            None => Err(reason),
        }
    }

    /// Brings PSUs back to what they held; returns those that failed.
    pub async fn roll_back(&mut self, before: &[(usize, u16)], cause: Cause<'_>) -> Option<String> {
        let cause = Cause { why: "roll back", trims: None, ..cause };
        let results = self.write_group(before, cause, Record::Try, false).await;
        let stuck: Vec<String> =
            results.iter().filter_map(|(i, r)| Some(self.named(*i, r.as_ref().err()?))).collect();
        let stuck = (!stuck.is_empty()).then(|| stuck.join("; "));
        for i in 0..self.holds.len() {
            if self.closable(i) && self.holds.get(i).is_some_and(|h| h.present) {
                self.close(i, cause).await;
            }
        }
        stuck
    }

    /// Brings the present PSUs to `setpoint` as far as they answer; returns those that failed.
    pub async fn trim(&mut self, setpoint: Volts, cause: Cause<'_>, record: Record) -> Vec<(u8, WriteError)> {
        let step = VoutSetpointH::INFO.scale.value();
        let off = |h: &Hold| h.held.is_none_or(|held| (held.0 - setpoint.0).abs() >= TRIM_STEPS * step);
        let word = word(setpoint);
        let mut goal = Vec::new();
        let mut failed = Vec::new();
        for (i, hold) in self.holds.iter().enumerate().filter(|(_, h)| h.present && off(h)) {
            match &word {
                Ok(word) => goal.push((i, *word)),
                Err(error) => {
                    let (map, register) = (psu::MAP.id, error.to_string());
                    failed.push((hold.slot.slot, WriteError::NotAllowed { map, register }));
                }
            }
        }
        for (i, result) in self.write_group(&goal, cause, record, false).await {
            if let (Err(error), Some(hold)) = (result, self.holds.get(i)) {
                failed.push((hold.slot.slot, error));
            }
        }
        failed
    }

    /// Brings PSUs that we moved back to the fail-safe value. Returns the slots restored, and those
    /// that failed with the reason. Lost PSUs are tried only if `lost` says so.
    pub async fn restore(&mut self, cause: Cause<'_>, lost: bool) -> (Vec<u8>, Vec<(u8, String)>) {
        let (mut restored, mut failed) = (Vec::new(), Vec::new());
        let dirty = |h: &Hold| h.dirty && (h.present || lost);
        let places: Vec<usize> =
            self.holds.iter().enumerate().filter(|(_, h)| dirty(h)).map(|(i, _)| i).collect();
        // The fail-safe value is in the range, which a test holds.
        let goal: Vec<(usize, u16)> = word(NOMINAL_SETPOINT)
            .map(|word| places.iter().map(|i| (*i, word)).collect())
            .unwrap_or_default();
        for (i, result) in self.write_group(&goal, cause, Record::Try, false).await {
            let slot = self.holds.get(i).map_or(0, |h| h.slot.slot);
            match result {
                Ok(()) => restored.push(slot),
                Err(error) => failed.push((slot, self.named(i, &error))),
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

    /// Writes setpoints as close together as the bus allows: while some PSUs have moved and others have not, those
    /// at the higher voltage carry what they can, and trip (AE: 3.6 kW for 100 ms). So everything is read,
    /// unlocked and on record before the first is sent, and read back after the last.
    ///
    /// With `all`, the first failure ends it: nothing more is sent.
    async fn write_group(
        &mut self,
        goal: &[(usize, u16)],
        cause: Cause<'_>,
        record: Record,
        all: bool,
    ) -> Vec<(usize, Result<(), WriteError>)> {
        let mut results: Vec<(usize, Result<(), WriteError>)> = Vec::new();
        let mut ready: Vec<(usize, u16, Intent)> = Vec::new();
        let mut stopped = false;
        for (i, word) in goal.iter().copied() {
            match self.intend(i, word, cause, record).await {
                Ok(Some(intent)) => ready.push((i, word, intent)),
                Ok(None) => results.push((i, Ok(()))),
                Err(error) => {
                    results.push((i, Err(error)));
                    stopped = all;
                }
            }
            if stopped {
                break;
            }
        }
        let mut sent = Vec::new();
        for (i, word, intent) in ready {
            let outcome = match self.target(i) {
                _ if stopped => Err(WriteError::Stopped),
                Ok(to) => self.writer.send(to, &intent).await,
                Err(error) => Err(error),
            };
            stopped |= all && outcome.is_err();
            sent.push((i, word, intent, outcome));
        }
        for (i, word, intent, outcome) in sent {
            let touched = !matches!(outcome, Err(WriteError::Stopped));
            let result = match self.target(i) {
                Ok(to) => self.writer.end(to, intent, outcome).await,
                Err(error) => Err(error),
            };
            let Some(hold) = self.holds.get_mut(i).filter(|_| touched) else {
                results.push((i, result.map(|_| ())));
                continue;
            };
            hold.written = Some(Instant::now());
            hold.take(word, &result);
            results.push((i, result.map(|_| ())));
        }
        // The failure that ended it comes first.
        results.sort_by_key(|(_, r)| matches!(r, Err(WriteError::Stopped)));
        results
    }

    /// Reads, unlocks, and puts the intent on record; `None` if the PSU holds the word already.
    async fn intend(
        &mut self,
        i: usize,
        word: u16,
        cause: Cause<'_>,
        record: Record,
    ) -> Result<Option<Intent>, WriteError> {
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
        let held = self.read(i).await?;
        if held == word {
            if let Some(hold) = self.holds.get_mut(i) {
                hold.written = Some(Instant::now());
                hold.take(word, &Ok(vec![held]));
            }
            return Ok(None);
        }
        let opened = self.writer.unlock(self.target(i)?, psu::SETPOINT, cause, record).await?;
        if let Some(hold) = self.holds.get_mut(i) {
            hold.opened |= opened;
        }
        let to = self.target(i)?;
        let intent = self.writer.intend(to, psu::SETPOINT, vec![held], &[word], cause, record).await?;
        if let Some(hold) = self.holds.get_mut(i) {
            // A band that is on no record would let trims go unrecorded.
            hold.band = match record {
                Record::Must => cause.trims,
                Record::Skip => hold.band,
                Record::Try => None,
            };
        }
        Ok(Some(intent))
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
