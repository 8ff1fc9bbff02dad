//! One PSU as the setpoint path sees it.

use dpo_registers::units::Volts;
use tokio::time::Instant;

use super::config::Slot;
use crate::control::share::{LOWEST_SETPOINT, NOMINAL_SETPOINT, STEERED_BELOW};
use crate::shelf::journal::Stored;
use crate::shelf::setpoint::Coding;
use crate::shelf::writer::WriteError;

/// Half the width of the band around a recorded setpoint in which trims go without a record of their own, in volts.
const HALF_BAND: f64 = 0.25;

/// What a write of an earlier gateway may have left. One that dies between two steps leaves a word between two setpoints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// Smallest and largest word.
    pub words: (u16, u16),
    /// What was to be written, if that write has an end on record.
    pub ended: Option<u16>,
}

/// One PSU as the setpoint path sees it.
#[derive(Debug)]
pub(super) struct Hold {
    pub slot: Slot,
    /// How it writes its setpoint; known since it was found.
    pub coding: Coding,
    pub present: bool,
    /// What it held at the last read or read-back.
    pub held: Option<Volts>,
    /// Whether it is known what it held when it arrived.
    pub judged: bool,
    /// When this gateway last wrote it.
    pub written: Option<Instant>,
    /// Whether this gateway moved it, or adopted it, and has not confirmed the fail-safe value since.
    pub dirty: bool,
    /// Since when it holds a setpoint that nobody here put there.
    pub orphan: Option<Instant>,
    /// Whether this gateway set the write-enable bit, and so clears it in the end.
    pub opened: bool,
    /// Since when it is known that an earlier gateway set that bit: it is cleared when the setpoint is adopted.
    pub inherited: Option<Instant>,
    /// Raw words that trims may write before the next one is put on record.
    pub band: Option<(u16, u16)>,
    /// Writes of an earlier gateway whose end is not known: the device is asked before anything else.
    pub unfinished: Vec<Stored>,
    /// What the newest write of an earlier gateway may have left.
    pub left: Option<Left>,
    /// Whether a failed restore was reported already.
    pub reported: bool,
}

impl Hold {
    /// Takes what the PSU holds since it arrived; returns a setpoint that a gateway before us left there.
    /// Another setting than ours is the owner's: it is shown, and not touched without a lease.
    pub fn judge(&mut self, held: Option<Volts>, now: Instant) -> Option<Volts> {
        self.held = held;
        self.judged = held.is_some();
        // Once it holds something else, whatever it holds later is the owner's.
        self.left = self.left.filter(|_| held.is_none_or(|v| self.left_at(v)));
        let strange = held.filter(|v| (*v < STEERED_BELOW || self.left.is_some()) && !self.dirty);
        self.orphan = strange.map(|_| now);
        strange
    }

    /// Whether an earlier gateway may have left this setpoint.
    fn left_at(&self, volts: Volts) -> bool {
        let (Some(Left { words: (low, high), ended }), Some(word)) = (self.left, self.coding.word(volts))
        else {
            return false;
        };
        // Brought back: whatever it holds since is the owner's.
        let done = ended.is_some_and(|after| self.is_fallback(after));
        !done && (low..=high).contains(&word) && !self.is_fallback(word)
    }

    /// It is known now what an earlier gateway may have left: judges again what was found. Returns a setpoint that is
    /// news.
    pub fn left(&mut self, left: Left, now: Instant) -> Option<Volts> {
        self.left = Some(left);
        let known = self.orphan.is_some() || !self.judged || self.written.is_some();
        if known { None } else { self.judge(self.held, now) }
    }

    /// Takes how a write of `word` ended.
    pub fn take(&mut self, word: u16, result: &Result<u16, WriteError>) {
        let fallback = self.is_fallback(word);
        match result {
            Ok(holds) => {
                self.held = Some(self.coding.volts(*holds));
                self.dirty = !fallback;
                self.orphan = None;
                self.left = None;
                self.reported &= self.dirty;
            }
            Err(error) if error.uncertain() => {
                self.held = None;
                self.dirty = true;
            }
            Err(_) => {}
        }
    }

    /// A place where nothing is known yet.
    pub fn new(slot: Slot) -> Self {
        Self {
            slot,
            coding: Coding::default(),
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
            left: None,
            reported: false,
        }
    }

    /// The word of a setpoint. Outside the range in which this project steers there is none, whoever asks.
    ///
    /// # Errors
    /// [`WriteError::NotAllowed`].
    pub fn word(&self, volts: Volts) -> Result<u16, WriteError> {
        let refuse = |reason: String| WriteError::NotAllowed { map: self.slot.map(), register: reason };
        if !(LOWEST_SETPOINT.0..=NOMINAL_SETPOINT.0).contains(&volts.0) {
            return Err(refuse(format!("{volts}: outside {LOWEST_SETPOINT} to {NOMINAL_SETPOINT}")));
        }
        self.coding.word(volts).ok_or_else(|| refuse(format!("{volts}: no word means it")))
    }

    /// Whether a word is the fail-safe value.
    pub fn is_fallback(&self, word: u16) -> bool {
        self.coding.same(self.coding.volts(word), NOMINAL_SETPOINT)
    }

    /// The words that setpoints around a recorded one may have without a record of their own.
    pub fn band_around(&self, word: u16) -> (u16, u16) {
        let half = self.coding.word(Volts(HALF_BAND)).unwrap_or_default();
        let bound = |volts| self.coding.word(volts).unwrap_or(word);
        (
            word.saturating_sub(half).max(bound(LOWEST_SETPOINT)),
            word.saturating_add(half).min(bound(NOMINAL_SETPOINT)),
        )
    }
}
