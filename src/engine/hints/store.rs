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
        assert_eq!(store.take_back("late", None), Ok(1));
        assert_eq!(jobs(&store, "rack 2", 0.0, 30.0), ["p"]);
    }

    #[test]
    fn hints_of_one_gateway_are_taken_back_without_those_of_others() {
        let store = HintStore::new(Clock::start()).with_gateways(["a".to_owned(), "b".to_owned()]);
        for gateway in [None, Some("a"), Some("b")] {
            store.take(gateway.map(str::to_owned), start("7", 5.0)).unwrap();
        }
        assert_eq!(store.take_back("7", Some("a")), Ok(1));
        assert_eq!(jobs(&store, "a", 0.0, 9.0).len(), 1, "the one for all is left");
        assert_eq!(jobs(&store, "b", 0.0, 9.0).len(), 2);
        let refused = store.take_back("7", Some("c")).unwrap_err().to_string();
        assert!(refused.contains(r#"gateway = "c""#) && refused.contains(r#"it has "a", "b""#), "{refused}");
        assert_eq!(store.take_back("7", None), Ok(2));
    }

    #[test]
    fn a_gateway_that_is_not_there_is_refused_with_those_that_are() {
        let store = HintStore::new(Clock::start()).with_gateways((0..20).map(|n| format!("rack {n}")));
        store.take(Some("rack 19".into()), start("7", 5.0)).unwrap();
        let refused = store.take(Some("rack 20".into()), start("7", 5.0)).unwrap_err().to_string();
        let wanted = r#"gateway = "rack 20": the engine has no gateway of this name; it has "rack 0""#;
        assert!(refused.starts_with(wanted) && refused.ends_with("and 12 more"), "{refused}");
        assert_eq!(store.list().len(), 1);
    }

    fn period_and_cap(store: &HintStore, job: &str) {
        store.take(None, Hint { job: job.into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
        let at_s = store.clock().now_s();
        store.take(None, Hint { job: job.into(), kind: HintKind::Cap { at_s, cap_w: 5e3 } }).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_run_does_not_end_the_next_one_of_the_same_job() {
        let store = HintStore::new(Clock::start());
        period_and_cap(&store, "7");
        let end = |at_s| Hint { job: "7".into(), kind: HintKind::End { at_s, fall_w: None } };
        store.take(None, end(store.clock().now_s())).unwrap();
        tokio::time::advance(Duration::from_secs(5)).await;
        store.take(None, start("7", 7.0)).unwrap();
        period_and_cap(&store, "7");
        tokio::time::advance(Duration::from_secs(60)).await;
        // At +65 s the end is over, and the start at +7 s is not.
        assert_eq!(store.list().len(), 3, "{:?}", store.list());
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(store.list().len(), 2, "period and cap go on");
        // An end that was announced ahead ends what is said between then and its time, and no start after it.
        store.take(None, end(store.clock().now_s() + 100.0)).unwrap();
        tokio::time::advance(Duration::from_secs(50)).await;
        period_and_cap(&store, "7");
        store.take(None, start("7", store.clock().now_s() + 200.0)).unwrap();
        tokio::time::advance(Duration::from_secs(111)).await;
        let left = store.list();
        assert!(
            matches!(&left[..], [Kept { hint: Hint { kind: HintKind::Start { .. }, .. }, .. }]),
            "{left:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_planner_alone_sees_a_job_end() {
        let store = HintStore::new(Clock::start());
        period_and_cap(&store, "7");
        store.take(None, Hint { job: "7".into(), kind: HintKind::End { at_s: 1.0, fall_w: None } }).unwrap();
        let seen = |store: &HintStore| {
            let now_s = store.clock().now_s();
            jobs(store, "g", now_s, now_s + 10.0).len()
        };
        assert_eq!(seen(&store), 3);
        tokio::time::advance(Duration::from_secs(62)).await;
        assert_eq!(seen(&store), 0);
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
        for period_s in [0.0, 0.049, 600.1, 3600.0] {
            let told = refused(HintKind::Period { period_s });
            assert!(told.contains(&format!("period_s = {period_s}: wants 0.05 to 600 s")), "{told}");
        }
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
