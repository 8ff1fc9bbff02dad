//! What a gateway does about the one before it: it reads its journal, asks the hardware what came of writes
//! without an end on record, and says nothing and writes nothing before it knows.

use std::borrow::Cow;
use std::time::Duration;

use dpo_registers::units::Volts;
use tokio::time::{Instant, timeout};

use super::config::Slot;
use super::hold::{Hold, Left};
use super::power_cycle::{is_power_cycle, opened_for_it};
use super::psus::Psus;
use super::task::Task;
use super::{EventKind, Severity};
use crate::shelf::journal::{By, CommitEnd, Entry, Item, JournalError, LeaseEnd, Outcome, Recovery, Stored};
use crate::shelf::mutant::{self, Mutant};
use crate::shelf::pmbus::supply;
use crate::shelf::psu;
use crate::shelf::setpoint::Place;
use crate::shelf::writer::{Record, WriteError};

/// How long the start waits for the journal.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time until one that failed is asked again: a disk that hangs must not hold up each tick.
const ASK_AGAIN: Duration = Duration::from_secs(10);

impl Task {
    /// Reads the journal, unless it was read. Until that succeeds no setpoint is taken.
    pub(super) async fn recover(&mut self) {
        if self.recovered || Instant::now() < self.ask_journal_at {
            return;
        }
        self.ask_journal_at = Instant::now() + ASK_AGAIN;
        let read = timeout(PATIENCE, self.config.journal.recover()).await;
        let open = match read.unwrap_or(Err(JournalError::Late(PATIENCE))) {
            Ok(open) => open,
            Err(error) => return self.journal_failed(&error),
        };
        let version = Cow::Borrowed(env!("CARGO_PKG_VERSION"));
        if self.must(By::GATEWAY, "start", Item::Started { version }).await.is_err() {
            return;
        }
        self.recovered = true;
        self.commits = open.commits;
        self.take_power_cycles(&open.latest);
        for write in self.psus.recover(&open).iter().filter_map(Stored::write) {
            let message = format!(
                "the end of a write to {} of unit {} on {} is not known, and no such device is configured",
                write.register, write.unit, write.bus
            );
            self.log(EventKind::Journal, Severity::Warning, "shelf", message);
        }
        for (slot, volts) in self.psus.left(&open, Instant::now()) {
            self.found(&format!("psu {slot}"), Some(volts));
        }
        if let Some(lease) = open.lease {
            let message = format!("the lease of {} ended with the gateway", lease.by);
            self.log(EventKind::LeaseExpired, Severity::Warning, "lease", message);
            let item = Item::LeaseEnded { how: LeaseEnd::GatewayEnded };
            self.note(lease.by, "start", item).await;
        }
        if let Some(Stored { by, item: Item::Commit { commit, asked }, .. }) = open.commit {
            let message = format!(
                "commit {commit} ({asked}, for {by}) was under way when the gateway ended: nobody was told"
            );
            self.log(EventKind::Journal, Severity::Warning, "setpoints", message);
            let item = Item::CommitEnded { commit, end: CommitEnd::GatewayEnded };
            self.note(by, "start", item).await;
        }
    }

    /// Finds out what PSUs hold to which an earlier gateway wrote without an end on record.
    pub(super) async fn find_out(&mut self) {
        if !self.psus.unfinished() || (self.journal_failing && Instant::now() < self.ask_journal_at) {
            return;
        }
        if mutant::on(Mutant::ReplayIntent) {
            self.psus.replay().await;
        }
        for (slot, stored, outcome) in self.psus.find_out().await {
            let name = format!("psu {slot}");
            let Some(write) = stored.write().cloned() else { continue };
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(error) => {
                    tracing::warn!(psu = slot, %error, "what came of a write is not known yet");
                    continue;
                }
            };
            let holds = match &outcome {
                Outcome::Found { holds } if *holds == write.after => "it was taken".to_owned(),
                Outcome::Found { holds } if *holds == write.before => "it was not taken".to_owned(),
                other => format!("the device holds something else ({other:?})"),
            };
            // The bit reads 0 at once, and the PSU comes back by itself.
            let holds = if is_power_cycle(&stored) {
                "a power cycle, during which the gateway ended; it answers".to_owned()
            } else {
                holds
            };
            let message =
                format!("write {} of {} for {}: {holds}", stored.sequence, write.register, stored.by);
            let item = Item::Outcome { intent: stored.sequence, write, outcome };
            if self.must(stored.by.clone(), "start", item).await.is_err() {
                self.ask_journal_at = Instant::now() + ASK_AGAIN;
                return;
            }
            self.psus.found_out(stored.sequence);
            self.log(EventKind::Journal, Severity::Warning, &name, message);
        }
    }

    /// Puts an entry on record.
    ///
    /// # Errors
    /// [`JournalError`]; it was logged.
    pub(super) async fn must(&mut self, by: By, cause: &str, item: Item) -> Result<u64, JournalError> {
        let result = self.psus.writer.record(entry(by, cause, item), Record::Must).await;
        match &result {
            Ok(_) if self.journal_failing => {
                self.journal_failing = false;
                self.log(EventKind::Journal, Severity::Ok, "journal", "takes entries again".to_owned());
            }
            Ok(_) => {}
            Err(error) => self.journal_failed(error),
        }
        result
    }

    /// Puts an entry on record if that is possible without waiting for long.
    pub(super) async fn note(&self, by: By, cause: &str, item: Item) {
        // What could not be recorded is in the log already.
        let _ = self.psus.writer.record(entry(by, cause, item), Record::Try).await;
    }

    fn journal_failed(&mut self, error: &JournalError) {
        if !std::mem::replace(&mut self.journal_failing, true) {
            self.log(EventKind::Journal, Severity::Critical, "journal", error.to_string());
        }
    }
}

fn entry(by: By, cause: &str, item: Item) -> Entry {
    Entry { by, cause: cause.to_owned(), item }
}

impl Psus {
    /// Takes what an earlier gateway left open; returns the writes to devices that are none of ours.
    pub fn recover(&mut self, open: &Recovery) -> Vec<Stored> {
        let mut strange = Vec::new();
        for stored in &open.unfinished {
            match stored.write().and_then(|w| self.hold_at(&w.bus, w.unit)) {
                Some(hold) => hold.unfinished.push(stored.clone()),
                None => strange.push(stored.clone()),
            }
        }
        // The flag that this gateway's forerunner set is ours to clear.
        for stored in &open.latest {
            let Some(write) = stored.write().filter(|w| w.register == psu::SETTINGS) else { continue };
            let set = |words: &[u16]| words.first().is_some_and(|w| w & psu::WRITE_ENABLE != 0);
            if let Some(hold) = self.hold_at(&write.bus, write.unit) {
                let ours = opened_for_it(stored) || (set(&write.after) && !set(&write.before));
                hold.inherited = ours.then(Instant::now);
            }
        }
        strange
    }

    /// Takes what setpoints an earlier gateway may have left; returns those that PSUs hold and that were not known.
    pub fn left(&mut self, open: &Recovery, now: Instant) -> Vec<(u8, Volts)> {
        let mut news = Vec::new();
        for stored in &open.latest {
            let Some(write) = stored.write() else { continue };
            let ours = [psu::SETPOINT, supply::SETPOINT].contains(&&*write.register);
            let (true, &[before], &[after]) = (ours, &*write.before, &*write.after) else { continue };
            let open = open.unfinished.iter().any(|s| s.sequence == stored.sequence);
            let (low, high) = write.trims.unwrap_or((after, after));
            let words = (low.min(before).min(after), high.max(before).max(after));
            let left = Left { words, ended: (!open).then_some(after) };
            let Some(hold) = self.hold_at(&write.bus, write.unit) else { continue };
            news.extend(hold.left(left, now).map(|volts| (hold.slot.slot, volts)));
        }
        news
    }

    fn hold_at(&mut self, bus: &str, unit: u8) -> Option<&mut Hold> {
        let buses = &self.buses;
        let named = |slot: &Slot| buses.get(slot.bus).is_some_and(|b| b.name() == bus);
        self.holds.iter_mut().find(|h| h.slot.unit == unit && named(&h.slot))
    }

    /// Whether a PSU that answers has writes of an earlier gateway whose end is not known.
    pub fn unfinished(&self) -> bool {
        self.holds.iter().any(|h| h.present && !h.unfinished.is_empty())
    }

    /// Reads from the PSUs that answer what came of writes of an earlier gateway.
    pub async fn find_out(&self) -> Vec<(u8, Stored, Result<Outcome, WriteError>)> {
        let mut found = Vec::new();
        for (i, hold) in self.holds.iter().enumerate().filter(|(_, h)| h.present) {
            for stored in &hold.unfinished {
                let Some(write) = stored.write() else { continue };
                let holds = match self.place(i) {
                    Ok(place) => match self.writer.held(&place, &write.register).await {
                        Some(holds) => holds,
                        None => continue,
                    },
                    Err(error) => Err(error),
                };
                let outcome = holds.map(|holds| Outcome::Found { holds });
                found.push((hold.slot.slot, stored.clone(), outcome));
            }
        }
        found
    }

    /// What came of a write is on record.
    pub fn found_out(&mut self, sequence: u64) {
        self.holds.iter_mut().for_each(|h| h.unfinished.retain(|s| s.sequence != sequence));
    }

    /// The writes of an earlier gateway are sent again: a defect.
    pub async fn replay(&mut self) {
        for i in 0..self.holds.len() {
            let again = self.holds.get(i).filter(|h| h.present).map(|h| h.unfinished.clone());
            for write in again.unwrap_or_default().iter().filter_map(Stored::write) {
                if let (Ok(Place::Register(to)), "vout_setpoint_h") = (self.place(i), &*write.register) {
                    let _ = crate::bus::write_registers(to.bus, to.unit, write.address, &write.after).await;
                }
            }
        }
    }
}
