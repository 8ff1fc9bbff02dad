//! A short part of the fault campaign of the write gate; `examples/gate_campaign` runs all of it.
#![cfg(all(feature = "sim", feature = "journal"))]
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::print_stdout)]

#[path = "../examples/gate_campaign/check.rs"]
mod check;
#[path = "../examples/gate_campaign/client.rs"]
mod client;
#[path = "../examples/gate_campaign/disk.rs"]
mod disk;
#[path = "../examples/gate_campaign/journal.rs"]
mod journal;
#[path = "../examples/gate_campaign/rng.rs"]
mod rng;
#[path = "../examples/gate_campaign/run.rs"]
mod run;
#[path = "../examples/gate_campaign/time.rs"]
mod time;
#[path = "../examples/gate_campaign/world.rs"]
mod world;

use run::{Class, run};

#[test]
fn what_must_hold_holds_whatever_goes_wrong() {
    let (mut acknowledged, mut cycled, mut moved) = (0, 0, 0);
    for class in Class::ALL {
        let outcome = run(class, 2);
        assert_eq!(outcome.findings, [], "{class:?}");
        assert!(outcome.writes > 0 && outcome.entries > 0, "{class:?}: nothing happened");
        acknowledged += outcome.acknowledged;
        cycled += outcome.cycled;
        moved += outcome.moved;
    }
    assert!(acknowledged > 25 && moved > 0 && cycled > 0, "{acknowledged} {moved} {cycled}");
}

#[test]
fn a_seed_gives_the_same_run_again() {
    for class in [Class::TornJournal, Class::SlowDisk] {
        assert_eq!(run(class, 7).digest, run(class, 7).digest, "{class:?}");
    }
    assert_ne!(run(Class::Kill, 7).digest, run(Class::Kill, 8).digest);
}
