//! A case played step by step, as a run plays it, on a device that a test makes up.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use cucumber::gherkin::Step;
use cucumber::step::Collection;
use futures::FutureExt as _;

use crate::catalogue::{features, scenario_id};
use crate::outcome::Outcome;
use crate::play::Played;
use crate::world::Judgement;

/// A kind of world whose steps were collected.
pub(super) trait Collected: Played + Default {
    /// Its steps.
    fn steps() -> &'static Collection<Self>;
}

macro_rules! collected {
    ($($world:ty),*) => {$(
        impl Collected for $world {
            fn steps() -> &'static Collection<Self> {
                static STEPS: OnceLock<Collection<$world>> = OnceLock::new();
                STEPS.get_or_init(<$world as cucumber::World>::collection)
            }
        }
    )*};
}

collected!(
    crate::world::CaseWorld,
    crate::pmbus::PmbusWorld,
    crate::ride::RideWorld,
    crate::secure::SecureWorld,
    crate::service::ServiceWorld
);

/// The procedure of a case.
fn procedure(id: &str) -> Vec<Step> {
    static ALL: OnceLock<Vec<cucumber::gherkin::Scenario>> = OnceLock::new();
    let all = ALL.get_or_init(|| features().unwrap().into_iter().flat_map(|f| f.scenarios).collect());
    let own = all.iter().find(|scenario| scenario_id(scenario) == Some(id));
    own.unwrap_or_else(|| panic!("no case {id}")).steps.clone()
}

/// What a case comes to, and what was seen.
pub(super) async fn played<W: Collected>(context: Arc<W::Context>, id: &str) -> (Outcome, String) {
    let mut world = W::default();
    world.begin(context, id);
    world.ready().await;
    let mut fault = None;
    for step in procedure(id) {
        let (run, _, _, words) =
            W::steps().find(&step).unwrap().unwrap_or_else(|| panic!("no step fits {:?}", step.value));
        if AssertUnwindSafe(run(&mut world, words)).catch_unwind().await.is_err() {
            fault = Some(format!("ended in {:?}", step.value));
            break;
        }
    }
    let left = world.undo().await;
    let log = world.log();
    let mut entries = log.lock();
    if let Err(left) = left {
        entries.left(left);
    }
    let seen = format!("{:?}; {}", entries.judgement, entries.seen.join("; "));
    let outcome = match &entries.judgement {
        Some(Judgement::Fail(_)) => Outcome::Fail,
        Some(Judgement::Inconclusive(_)) => Outcome::Inconclusive,
        Some(Judgement::Error(_)) => Outcome::Error,
        Some(Judgement::Lacks(_)) => Outcome::NotApplicable,
        None => match fault {
            Some(fault) => panic!("{id}: {fault}, {seen}"),
            None if entries.non_strict => Outcome::NonStrict,
            None => Outcome::Pass,
        },
    };
    (outcome, seen)
}

/// What one step of a case, from 0 on, comes to in a world that was made up.
pub(super) async fn judged<W: Collected>(mut world: W, id: &str, nth: usize) -> (Outcome, String) {
    let step = procedure(id).remove(nth);
    let (run, _, _, words) = W::steps().find(&step).unwrap().unwrap();
    let fault = AssertUnwindSafe(run(&mut world, words)).catch_unwind().await.is_err();
    let log = world.log();
    let entries = log.lock();
    let outcome = match &entries.judgement {
        Some(Judgement::Fail(_)) => Outcome::Fail,
        Some(Judgement::Inconclusive(_)) => Outcome::Inconclusive,
        Some(Judgement::Error(_)) => Outcome::Error,
        Some(Judgement::Lacks(_)) => Outcome::NotApplicable,
        None if fault => panic!("{id}: ended in {:?}", step.value),
        None if entries.non_strict => Outcome::NonStrict,
        None => Outcome::Pass,
    };
    (outcome, format!("{:?}", entries.judgement))
}
