//! The output voltage setpoints of the PSUs: what each holds, who put it there, and how to change them
//! all or none.

use std::time::Duration;

use dpo_registers::units::Volts;
use tokio::time::Instant;

use super::config::Slot;
use super::hold::Hold;
use super::steps::{Move, Patience};
use crate::control::share::NOMINAL_SETPOINT;
use crate::shelf::mutant::{self, Mutant};
use crate::shelf::setpoint::{Pending, Place, Port, SetpointWriter};
use crate::shelf::writer::{Cause, Record, WriteError};

/// The PSUs' setpoints.
pub(super) struct Psus {
    pub holds: Vec<Hold>,
    pub buses: Vec<Port>,
    pub writer: SetpointWriter,
    /// What a device takes to answer.
    pub turnaround: Duration,
}

/// Steps of a setpoint below which a trim is not worth a write: about 40 W on a full shelf.
const TRIM_STEPS: f64 = 2.5;

impl Psus {
    pub fn new(
        slots: impl IntoIterator<Item = Slot>,
        buses: Vec<Port>,
        writer: SetpointWriter,
        turnaround: Duration,
    ) -> Self {
        Self { holds: slots.into_iter().map(Hold::new).collect(), buses, writer, turnaround }
    }

    /// A PSU arrived; `held` is what it holds. Returns a setpoint that nobody here put there.
    pub async fn arrived(&mut self, slot: Slot, held: Option<Volts>, now: Instant) -> Option<Volts> {
        let at = self.holds.iter().position(|h| h.slot == slot)?;
        let coding = match self.place(at) {
            Ok(place) => self.writer.coding(&place).await,
            Err(error) => Err(error),
        };
        let hold = self.holds.get_mut(at)?;
        match coding {
            Ok(coding) => hold.coding = coding,
            // What it holds is shown; a write will fail for the same reason, and say so.
            Err(error) => {
                tracing::warn!(psu = slot.slot, %error, "it is not known how the setpoint is coded")
            }
        }
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

    /// How many PSUs were there and do not answer.
    pub fn lost_count(&self) -> usize {
        self.holds.iter().filter(|h| h.judged && !h.present).count()
    }

    /// Makes setpoints found elsewhere our own: they are restored when the lease ends. When one is due all are: PSUs that
    /// went back before the others would carry the load of those, and trip.
    pub fn adopt(&mut self, due: impl Fn(Instant) -> bool) -> Vec<u8> {
        let any = self.holds.iter().any(|h| h.orphan.is_some_and(&due));
        let mut adopted = Vec::new();
        for hold in &mut self.holds {
            hold.opened |= hold.inherited.take_if(|since| any || due(*since)).is_some();
            if hold.orphan.is_some() && any {
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
            if !hold.held.is_some_and(|v| hold.coding.same(v, NOMINAL_SETPOINT)) {
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
        let mut goal = Vec::new();
        for (i, hold) in self.holds.iter().enumerate().filter(|(_, h)| h.present) {
            goal.push((i, hold.word(setpoint).map_err(|e| self.named(i, &e))?));
        }
        // Every PSU must answer, and may be written, before any is touched.
        let mut before = Vec::new();
        for (i, _) in &goal {
            let held = self.read(*i).await.map_err(|e| self.named(*i, &e))?;
            let due = match self.place(*i) {
                Ok(place) => self.writer.due(&place).await,
                Err(error) => Err(error),
            };
            due.map_err(|e| self.named(*i, &e))?;
            before.push((*i, held));
        }
        let results = self.write_group(&goal, cause, record, true).await;
        let failed = results.iter().find_map(|(i, r)| Some((*i, r.as_ref().err()?)));
        let Some((i, error)) = failed else { return Ok(before) };
        let reason = self.named(i, error);
        if mutant::on(Mutant::NoRollBack) {
            return Err(reason);
        }
        // The one that failed is brought back too: it may have taken the value without saying so.
        // So is one that refused it: it may have taken a step before. One that holds what it held is not written.
        let moved = |j: usize| {
            let of = results.iter().find(|(k, _)| *k == j);
            of.is_some_and(|(_, result)| !matches!(result, Err(WriteError::Stopped)))
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

    /// Brings the present PSUs to `setpoint` as far as they answer; returns those that failed. Where one was written too often of late
    /// none is: PSUs at different setpoints do not share the load.
    pub async fn trim(&mut self, setpoint: Volts, cause: Cause<'_>, record: Record) -> Vec<(u8, WriteError)> {
        let off =
            |h: &Hold| h.held.is_none_or(|held| (held.0 - setpoint.0).abs() >= TRIM_STEPS * h.coding.step());
        let mut goal = Vec::new();
        let mut failed = Vec::new();
        for (i, hold) in self.holds.iter().enumerate().filter(|(_, h)| h.present && off(h)) {
            match hold.word(setpoint) {
                Ok(word) => goal.push((i, word)),
                Err(error) => failed.push((hold.slot.slot, error)),
            }
        }
        let early =
            goal.iter().find_map(|(i, _)| Some((*i, self.writer.paced(&self.place(*i).ok()?).err()?)));
        if let Some((i, error)) = early {
            return vec![(self.holds.get(i).map_or(0, |h| h.slot.slot), error)];
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
        let places = self.holds.iter().enumerate().filter(|(_, h)| dirty(h));
        // The fail-safe value is in the range, which a test holds.
        let goal: Vec<(usize, u16)> =
            places.filter_map(|(i, h)| Some((i, h.word(NOMINAL_SETPOINT).ok()?))).collect();
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

    /// What a PSU holds, read now.
    pub async fn read(&self, i: usize) -> Result<u16, WriteError> {
        self.writer.read(&self.place(i)?).await
    }

    /// Writes setpoints as close together as the bus allows: while some PSUs have moved and others have not, those
    /// at the higher voltage carry what they can, and trip (AE: 3.6 kW for 100 ms). So everything is read,
    /// unlocked and on record before the first is sent, and read back after the last. Where the bus is too slow for
    /// that, they move together in small steps ([`steps`](super::steps)).
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
        let mut ready: Vec<Move> = Vec::new();
        let mut stopped = false;
        let stepwise = self.stepwise(goal);
        for (i, word) in goal.iter().copied() {
            match self.intend(i, word, cause, record, stepwise || all).await {
                Ok(Some((from, intent))) => {
                    ready.push(Move { at: i, from, to: word, intent, stepped: false, failed: None });
                }
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
        let mut patience = Patience::default();
        if all && !stopped {
            stopped = self.probe(&mut ready, &mut patience).await;
        }
        if stepwise && !stopped {
            stopped = self.step(&mut ready, all, &mut patience).await;
        }
        let mut sent = Vec::new();
        for Move { at: i, from, to: word, intent, stepped, failed } in ready {
            let outcome = match (failed, self.place(i)) {
                (Some(error), _) => Err(error),
                _ if stopped && stepped => Err(WriteError::HalfWay),
                _ if stopped => Err(WriteError::Stopped),
                // A step from the end, where it can wait.
                (None, Ok(_)) if stepwise => self.patiently(i, &intent, None, &mut patience).await,
                (None, Ok(place)) => self.writer.send(&place, &intent).await,
                (None, Err(error)) => Err(error),
            };
            stopped |= all && outcome.is_err();
            sent.push((i, from, word, intent, outcome));
        }
        if stopped && !stepwise && !mutant::on(Mutant::NoRollBack) {
            let moved = sent.iter().filter(|(.., outcome)| outcome.is_ok());
            self.retreat(moved.map(|(i, from, _, intent, _)| (*i, *from, intent))).await;
            for (.., outcome) in sent.iter_mut().filter(|(.., outcome)| outcome.is_ok()) {
                *outcome = Err(WriteError::HalfWay);
            }
        }
        // On the way back to what is safe one that is busy is not given up, and the others do not wait for it.
        if record == Record::Try {
            for (i, _, _, intent, outcome) in &mut sent {
                if outcome.as_ref().is_err_and(WriteError::busy) {
                    *outcome = self.patiently(*i, intent, None, &mut patience).await;
                }
            }
        }
        for (i, _, word, intent, outcome) in sent {
            let touched = !matches!(outcome, Err(WriteError::Stopped));
            let result = match self.place(i) {
                Ok(place) => self.writer.end(&place, intent, outcome).await,
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
        results.sort_by_key(|(_, r)| matches!(r, Err(WriteError::Stopped | WriteError::HalfWay)));
        results
    }

    /// Reads, unlocks, and puts the intent on record; gives what the PSU holds, too, or `None` if that is the word
    /// already. With `stepwise` the record covers the words on the way.
    async fn intend(
        &mut self,
        i: usize,
        word: u16,
        cause: Cause<'_>,
        record: Record,
        stepwise: bool,
    ) -> Result<Option<(u16, Pending)>, WriteError> {
        let hold = self.holds.get(i);
        let fallback = hold.is_some_and(|h| h.is_fallback(word));
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
        let trims = hold.filter(|_| record == Record::Must).map(|h| h.band_around(word));
        let held = self.read(i).await?;
        let (low, high) = trims.unwrap_or((word, word));
        let way = (low.min(held), high.max(held));
        let cause = Cause { trims: if stepwise { Some(way) } else { trims }, ..cause };
        if held == word {
            if let Some(hold) = self.holds.get_mut(i) {
                hold.written = Some(Instant::now());
                hold.take(word, &Ok(held));
            }
            return Ok(None);
        }
        let opened = self.writer.unlock(&self.place(i)?, cause, record).await?;
        if let Some(hold) = self.holds.get_mut(i) {
            hold.opened |= opened;
        }
        let intent = self.writer.intend(&self.place(i)?, held, word, cause, record).await?;
        if let Some(hold) = self.holds.get_mut(i) {
            // A band that is on no record would let trims go unrecorded.
            hold.band = match record {
                Record::Must => trims,
                Record::Skip => hold.band,
                Record::Try => None,
            };
        }
        Ok(Some((held, intent)))
    }

    /// Whether the PSU is at the fail-safe value with the write-enable bit set by us.
    fn closable(&self, i: usize) -> bool {
        self.holds.get(i).is_some_and(|h| h.opened && !h.dirty && h.orphan.is_none())
    }

    /// Leaves the write-enable bit as it was found. The setpoint is safe without this, so a failure is
    /// only logged.
    async fn close(&mut self, i: usize, cause: Cause<'_>) {
        let Ok(place) = self.place(i) else { return };
        match self.writer.lock(&place, cause).await {
            Ok(()) => {
                if let Some(hold) = self.holds.get_mut(i) {
                    hold.opened = false;
                }
            }
            Err(error) => tracing::warn!(%error, "the write-enable bit stays set"),
        }
    }

    /// Where the setpoint of a PSU is.
    pub fn place(&self, i: usize) -> Result<Place<'_>, WriteError> {
        let hold = self.holds.get(i);
        match hold.and_then(|h| Some((h, self.buses.get(h.slot.bus)?))) {
            Some((hold, bus)) => bus.place(hold.slot.unit),
            None => Err(WriteError::NotAllowed { map: "shelf", register: format!("PSU {i}: no such bus") }),
        }
    }

    fn named(&self, i: usize, error: &WriteError) -> String {
        let slot = self.holds.get(i).map_or(0, |h| h.slot.slot);
        format!("psu {slot}: {error}")
    }
}
