//! Hints as far as they still matter.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::clock::Clock;
use crate::engine::hint::{Hint, HintKind, Hints, LONGEST_JOB, PERIOD_S};

/// Most hints at one time.
pub const MOST_HINTS: usize = 1024;
/// A hint matters for this long after its time, in seconds: the load may be late.
const AFTER_S: f64 = 60.0;
/// A hint without an end is forgotten after this long, in seconds: whoever gave it may be gone.
const LONGEST_S: f64 = 14.0 * 86_400.0;
/// No hint is about a time further ahead than this, in seconds.
const FURTHEST_S: f64 = 7.0 * 86_400.0;
/// Most names of gateways in a refusal.
const NAMES: usize = 8;
/// No power of a rack is beyond this, in watts.
const LARGEST_W: f64 = 1e7;

/// Why a hint is not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The name of the job or of the gateway cannot be one.
    #[error("{what}: wants 1 to {LONGEST_JOB} printable characters without spaces at its ends")]
    Name {
        /// Which name.
        what: &'static str,
    },
    /// No gateway of this process has the name: nobody would read the hint.
    #[error("gateway = {name:?}: the engine has no gateway of this name; it has {}", listed(.known))]
    Gateway {
        /// What was given.
        name: String,
        /// Those that there are.
        known: Arc<[String]>,
    },
    /// A figure cannot be.
    #[error("{what} = {value}: wants {wanted}")]
    Figure {
        /// Which one.
        what: &'static str,
        /// What was given.
        value: f64,
        /// What may be given.
        wanted: &'static str,
    },
    /// There is no room.
    #[error("{MOST_HINTS} hints are kept already: take back those of jobs that have ended")]
    Full,
}

/// Names for a refusal: the first few, and how many more.
fn listed(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMES).map(|name| format!("{name:?}")).collect();
    match names.len().saturating_sub(NAMES) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Kinds, as keys: a later hint of the same kind replaces the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Start,
    End,
    Period,
    Checkpoint,
    Cap,
}

impl Slot {
    fn of(kind: &HintKind) -> Self {
        match kind {
            HintKind::Start { .. } => Self::Start,
            HintKind::End { .. } => Self::End,
            HintKind::Period { .. } => Self::Period,
            HintKind::Checkpoint { .. } => Self::Checkpoint,
            HintKind::Cap { .. } => Self::Cap,
        }
    }
}

/// A hint that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The gateway whose rack it is about; `None`: all of them.
    pub gateway: Option<String>,
    /// The hint.
    pub hint: Hint,
    /// When it was taken, in seconds on the engine's clock.
    pub taken_s: f64,
    /// Its number among all that were ever taken: which came first, whatever the clock's steps are.
    pub number: u64,
}

type Key = (Option<String>, String, Slot);

/// All hints of a process. Clones are the same store.
#[derive(Debug, Clone)]
pub struct HintStore {
    clock: Clock,
    /// The gateways that there are; `None`: any name is taken.
    known: Option<Arc<[String]>>,
    kept: Arc<Mutex<Table>>,
}

#[derive(Debug, Default)]
struct Table {
    hints: BTreeMap<Key, Kept>,
    /// How many were ever taken.
    taken: u64,
}

impl HintStore {
    /// An empty store, which takes hints for gateways of any name.
    pub fn new(clock: Clock) -> Self {
        Self { clock, known: None, kept: Arc::default() }
    }

    /// It refuses hints for gateways other than these: nobody would read them.
    #[must_use]
    pub fn with_gateways(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { known: Some(names.into_iter().collect()), ..self }
    }

    /// The clock whose seconds the hints are in.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    fn kept(&self) -> MutexGuard<'_, Table> {
        // A map is whole whatever happened to the thread that held it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a hint about the rack of one gateway, or about all. Gives it as it is kept.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub fn take(&self, gateway: Option<String>, hint: Hint) -> Result<Kept, StoreError> {
        let now_s = self.clock.now_s();
        name("job", &hint.job)?;
        if let Some(gateway) = &gateway {
            self.known(gateway)?;
        }
        check(&hint.kind, now_s)?;
        let mut table = self.kept();
        forget_old(&mut table.hints, now_s);
        let key = (gateway.clone(), hint.job.clone(), Slot::of(&hint.kind));
        if table.hints.len() >= MOST_HINTS && !table.hints.contains_key(&key) {
            return Err(StoreError::Full);
        }
        table.taken += 1;
        let kept = Kept { gateway, hint, taken_s: now_s, number: table.taken };
        table.hints.insert(key, kept.clone());
        Ok(kept)
    }

    /// Makes sure that a gateway may be named.
    ///
    /// # Errors
    /// [`StoreError::Name`], [`StoreError::Gateway`].
    fn known(&self, gateway: &str) -> Result<(), StoreError> {
        name("gateway", gateway)?;
        match &self.known {
            Some(known) if !known.iter().any(|name| name == gateway) => {
                Err(StoreError::Gateway { name: gateway.to_owned(), known: Arc::clone(known) })
            }
            _ => Ok(()),
        }
    }

    /// Takes back all hints about a job, or those alone that name a gateway; how many there were.
    ///
    /// # Errors
    /// [`StoreError::Name`] or [`StoreError::Gateway`] if there is no such gateway.
    pub fn take_back(&self, job: &str, gateway: Option<&str>) -> Result<usize, StoreError> {
        if let Some(gateway) = gateway {
            self.known(gateway)?;
        }
        let mut table = self.kept();
        let before = table.hints.len();
        table.hints.retain(|(at, of, _), _| of != job || (gateway.is_some() && at.as_deref() != gateway));
        Ok(before - table.hints.len())
    }

    /// What is kept now.
    pub fn list(&self) -> Vec<Kept> {
        let mut table = self.kept();
        forget_old(&mut table.hints, self.clock.now_s());
        table.hints.values().cloned().collect()
    }

    /// The hints for one gateway, as its planner reads them.
    pub fn of(&self, gateway: &str) -> StoredHints {
        StoredHints { store: self.clone(), gateway: gateway.to_owned() }
    }
}

fn name(what: &'static str, text: &str) -> Result<(), StoreError> {
    let sound = !text.is_empty()
        && text.len() <= LONGEST_JOB
        && text.trim() == text
        && !text.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(StoreError::Name { what }) }
}

fn check(kind: &HintKind, now_s: f64) -> Result<(), StoreError> {
    let time = |at_s: f64| {
        let ahead = at_s - now_s;
        let wanted = "a time from an hour ago to a week ahead";
        let sound = (-3600.0..=FURTHEST_S).contains(&ahead);
        if sound {
            Ok(())
        } else {
            Err(StoreError::Figure { what: "at, seconds from now", value: ahead, wanted })
        }
    };
    let watts = |what, value: Option<f64>| match value {
        Some(value) if !(0.0..=LARGEST_W).contains(&value) => {
            Err(StoreError::Figure { what, value, wanted: "0 to 10 MW, in watts" })
        }
        _ => Ok(()),
    };
    let span = |what, value: f64, longest: f64, wanted| {
        let sound = value > 0.0 && value <= longest;
        if sound { Ok(()) } else { Err(StoreError::Figure { what, value, wanted }) }
    };
    match *kind {
        HintKind::Start { at_s, rise_w } => time(at_s).and_then(|()| watts("rise_w", rise_w)),
        HintKind::End { at_s, fall_w } => time(at_s).and_then(|()| watts("fall_w", fall_w)),
        HintKind::Period { period_s } if !PERIOD_S.contains(&period_s) => Err(StoreError::Figure {
            what: "period_s",
            value: period_s,
            wanted: "0.05 to 600 s: no plan repeats another period",
        }),
        HintKind::Period { .. } => Ok(()),
        HintKind::Checkpoint { at_s, duration_s, drop_w } => time(at_s)
            .and_then(|()| span("duration_s", duration_s, 3600.0, "more than 0 s, up to an hour"))
            .and_then(|()| watts("drop_w", drop_w)),
        HintKind::Cap { at_s, cap_w } => time(at_s).and_then(|()| watts("cap_w", Some(cap_w))),
    }
}

/// When a hint begins to matter; `None`: from the beginning.
fn begins_s(kind: &HintKind) -> Option<f64> {
    match *kind {
        HintKind::Start { at_s, .. }
        | HintKind::End { at_s, .. }
        | HintKind::Checkpoint { at_s, .. }
        | HintKind::Cap { at_s, .. } => Some(at_s),
        HintKind::Period { .. } => None,
    }
}

/// Until when a hint may matter; `None`: until its job ends.
fn ends_s(kind: &HintKind) -> Option<f64> {
    match *kind {
        HintKind::Start { at_s, .. } | HintKind::End { at_s, .. } => Some(at_s),
        HintKind::Checkpoint { at_s, duration_s, .. } => Some(at_s + duration_s),
        HintKind::Period { .. } | HintKind::Cap { .. } => None,
    }
}

/// Forgets what is over, and what was about jobs that have ended.
fn forget_old(kept: &mut BTreeMap<Key, Kept>, now_s: f64) {
    let over = |k: &Kept| {
        ends_s(&k.hint.kind).is_some_and(|end| now_s > end + AFTER_S) || now_s > k.taken_s + LONGEST_S
    };
    let ended: Vec<Kept> =
        kept.iter().filter(|((.., slot), k)| *slot == Slot::End && over(k)).map(|(_, k)| k.clone()).collect();
    kept.retain(|_, k| !over(k) && !ended.iter().any(|end| ends(end, k)));
}

/// Whether the end of a job is that of what another hint is about: of what was said before it was announced, and of what was
/// said before it came and is about no later time. A job of the same name that starts again (as one that Slurm requeues)
/// is not ended by the end of the run before.
fn ends(end: &Kept, k: &Kept) -> bool {
    let HintKind::End { at_s, .. } = end.hint.kind else { return false };
    let same = end.hint.job == k.hint.job && (end.gateway.is_none() || end.gateway == k.gateway);
    let of_this_run = || k.taken_s < at_s && begins_s(&k.hint.kind).is_none_or(|begin| begin <= at_s);
    same && (k.number < end.number || of_this_run())
}

/// The hints for one gateway.
#[derive(Debug, Clone)]
pub struct StoredHints {
    store: HintStore,
    gateway: String,
}

impl Hints for StoredHints {
    fn between(&self, now_s: f64, until_s: f64, each: &mut dyn FnMut(&Hint)) {
        // Taken out first: what `each` does is not bounded, and others want the store meanwhile.
        let mut found: Vec<Hint> = {
            let mut table = self.store.kept();
            // By the store's own clock: a planner may ask about a time that is not now. Otherwise a job whose end nobody
            // asks about would go on with its period and its cap.
            forget_old(&mut table.hints, self.store.clock.now_s());
            let mine = |k: &&Kept| k.gateway.as_deref().is_none_or(|g| g == self.gateway);
            let matters = |k: &&Kept| {
                begins_s(&k.hint.kind).is_none_or(|at| at <= until_s)
                    && ends_s(&k.hint.kind).is_none_or(|end| end + AFTER_S >= now_s)
            };
            table.hints.values().filter(mine).filter(matters).map(|k| k.hint.clone()).collect()
        };
        let at = |hint: &Hint| begins_s(&hint.kind).unwrap_or(f64::NEG_INFINITY);
        found.sort_by(|a, b| at(a).total_cmp(&at(b)));
        found.iter().for_each(each);
    }
}

#[cfg(test)]
mod tests;
