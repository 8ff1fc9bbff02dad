//! Hints as far as they still matter.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::clock::Clock;
use crate::engine::hint::{Hint, HintKind, Hints, LONGEST_JOB};

/// Most hints at one time.
pub const MOST_HINTS: usize = 1024;
/// A hint matters for this long after its time, in seconds: the load may be late.
const AFTER_S: f64 = 60.0;
/// A hint without an end is forgotten after this long, in seconds: whoever gave it may be gone.
const LONGEST_S: f64 = 14.0 * 86_400.0;
/// No hint is about a time further ahead than this, in seconds.
const FURTHEST_S: f64 = 7.0 * 86_400.0;
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
}

type Key = (Option<String>, String, Slot);

/// All hints of a process. Clones are the same store.
#[derive(Debug, Clone)]
pub struct HintStore {
    clock: Clock,
    kept: Arc<Mutex<BTreeMap<Key, Kept>>>,
}

impl HintStore {
    /// An empty store.
    pub fn new(clock: Clock) -> Self {
        Self { clock, kept: Arc::default() }
    }

    /// The clock whose seconds the hints are in.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<Key, Kept>> {
        // A map is whole whatever happened to the thread that held it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a hint about the rack of one gateway, or about all.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub fn take(&self, gateway: Option<String>, hint: Hint) -> Result<(), StoreError> {
        let now_s = self.clock.now_s();
        name("job", &hint.job)?;
        if let Some(gateway) = &gateway {
            name("gateway", gateway)?;
        }
        check(&hint.kind, now_s)?;
        let mut kept = self.kept();
        forget_old(&mut kept, now_s);
        let key = (gateway.clone(), hint.job.clone(), Slot::of(&hint.kind));
        if kept.len() >= MOST_HINTS && !kept.contains_key(&key) {
            return Err(StoreError::Full);
        }
        kept.insert(key, Kept { gateway, hint, taken_s: now_s });
        Ok(())
    }

    /// Takes back all hints about a job; how many there were.
    pub fn take_back(&self, job: &str) -> usize {
        let mut kept = self.kept();
        let before = kept.len();
        kept.retain(|(_, of, _), _| of != job);
        before - kept.len()
    }

    /// What is kept now.
    pub fn list(&self) -> Vec<Kept> {
        let mut kept = self.kept();
        forget_old(&mut kept, self.clock.now_s());
        kept.values().cloned().collect()
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
        HintKind::Period { period_s } => span("period_s", period_s, 3600.0, "more than 0 s, up to an hour"),
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

/// Forgets what is over, and everything about jobs that have ended.
fn forget_old(kept: &mut BTreeMap<Key, Kept>, now_s: f64) {
    let over = |k: &Kept| {
        ends_s(&k.hint.kind).is_some_and(|end| now_s > end + AFTER_S) || now_s > k.taken_s + LONGEST_S
    };
    let ended: Vec<(Option<String>, String)> = kept
        .iter()
        .filter(|((_, _, slot), k)| *slot == Slot::End && over(k))
        .map(|((gateway, job, _), _)| (gateway.clone(), job.clone()))
        .collect();
    kept.retain(|(gateway, job, _), k| {
        !over(k) && !ended.iter().any(|(of, which)| which == job && (of.is_none() || of == gateway))
    });
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
            let kept = self.store.kept();
            let mine = |k: &&Kept| k.gateway.as_deref().is_none_or(|g| g == self.gateway);
            let matters = |k: &&Kept| {
                begins_s(&k.hint.kind).is_none_or(|at| at <= until_s)
                    && ends_s(&k.hint.kind).is_none_or(|end| end + AFTER_S >= now_s)
            };
            kept.values().filter(mine).filter(matters).map(|k| k.hint.clone()).collect()
        };
        let at = |hint: &Hint| begins_s(&hint.kind).unwrap_or(f64::NEG_INFINITY);
        found.sort_by(|a, b| at(a).total_cmp(&at(b)));
        found.iter().for_each(each);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn start(job: &str, at_s: f64) -> Hint {
        Hint { job: job.to_owned(), kind: HintKind::Start { at_s, rise_w: Some(5e3) } }
    }

    fn jobs(store: &HintStore, gateway: &str, now_s: f64, until_s: f64) -> Vec<String> {
        let mut found = Vec::new();
        store.of(gateway).between(now_s, until_s, &mut |hint| found.push(hint.job.clone()));
        found
    }

    #[test]
    fn hints_come_in_order_of_time_and_to_their_gateway() {
        let store = HintStore::new(Clock::start());
        store.take(None, start("late", 20.0)).unwrap();
        store.take(Some("rack 1".into()), start("early", 10.0)).unwrap();
        store.take(None, Hint { job: "p".into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
        assert_eq!(jobs(&store, "rack 1", 0.0, 30.0), ["p", "early", "late"]);
        assert_eq!(jobs(&store, "rack 2", 0.0, 30.0), ["p", "late"]);
        assert_eq!(jobs(&store, "rack 1", 0.0, 15.0), ["p", "early"]);
        // The same kind of the same job replaces; another one adds.
        store.take(None, start("late", 5.0)).unwrap();
        assert_eq!(jobs(&store, "rack 1", 0.0, 30.0), ["p", "late", "early"]);
        assert_eq!(store.take_back("late"), 1);
        assert_eq!(jobs(&store, "rack 2", 0.0, 30.0), ["p"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_over_is_forgotten_and_the_end_of_a_job_takes_the_rest() {
        let store = HintStore::new(Clock::start());
        store.take(None, Hint { job: "a".into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
        store.take(None, Hint { job: "b".into(), kind: HintKind::Period { period_s: 3.0 } }).unwrap();
        store.take(None, start("a", 1.0)).unwrap();
        store
            .take(None, Hint { job: "a".into(), kind: HintKind::End { at_s: 100.0, fall_w: None } })
            .unwrap();
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(store.list().len(), 3, "the start is over");
        tokio::time::advance(Duration::from_secs(80)).await;
        let left = store.list();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].hint.job, "b");
        tokio::time::advance(Duration::from_secs(15 * 86_400)).await;
        assert!(store.list().is_empty());
    }

    #[test]
    fn nonsense_is_refused_and_the_store_is_bounded() {
        let store = HintStore::new(Clock::start());
        let refused = |kind| store.take(None, Hint { job: "j".into(), kind }).unwrap_err().to_string();
        assert!(refused(HintKind::Period { period_s: 0.0 }).contains("period_s = 0"));
        assert!(refused(HintKind::Period { period_s: f64::NAN }).contains("period_s = NaN"));
        assert!(refused(HintKind::Cap { at_s: 1.0, cap_w: -1.0 }).contains("cap_w = -1"));
        assert!(refused(HintKind::Start { at_s: 1e12, rise_w: None }).contains("a week ahead"));
        for job in ["", " x", "a\nb", &"x".repeat(LONGEST_JOB + 1)] {
            assert_eq!(store.take(None, start(job, 1.0)), Err(StoreError::Name { what: "job" }), "{job:?}");
        }
        for n in 0..MOST_HINTS {
            store.take(None, start(&n.to_string(), 1.0)).unwrap();
        }
        assert_eq!(store.take(None, start("more", 1.0)), Err(StoreError::Full));
        store.take(None, start("7", 2.0)).unwrap();
    }
}
