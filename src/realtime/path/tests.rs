//! The fast path from samples to what is shown.

use dpo_registers::units::{Joules, Ratio, Volts, Watts};

use super::codes::{bits, code, degraded, state};
use super::transitions::TRANSITIONS;
use super::*;
use crate::control::orchestrator::io::{BbuSeen, Demand, PsuSeen};
use crate::realtime::{FastIo, FastLoop, Work};

/// A shelf that measures its own AC input, 4 samples of which are in 1 ms of 4 kHz.
struct Shelf {
    samples: [[f64; 3]; 4],
    time: u64,
    /// From which tick on the input is down to which share.
    sag: (u64, u64, f64),
    bus: f64,
}

impl FastIo for Shelf {
    fn read(&mut self, tick: Tick) -> Seen<'_> {
        for sample in &mut self.samples {
            let angle = std::f64::consts::TAU * 60.0 * self.time as f64 / 4000.0;
            self.time += 1;
            let (from, to, share) = self.sag;
            let pu = if (from..to).contains(&tick.number) { share } else { 1.0 };
            *sample = std::array::from_fn(|i| {
                pu * 240.0 * 2f64.sqrt() * (angle - std::f64::consts::TAU / 3.0 * i as f64).sin()
            });
        }
        let psu = PsuSeen {
            present: true,
            healthy: true,
            output: Watts(1500.0),
            input: Watts(1540.0),
            age_ticks: 1,
        };
        let bbu = BbuSeen {
            present: true,
            healthy: true,
            output: Watts(0.0),
            state_of_charge: Ratio(0.9),
            available: Watts(3000.0),
            energy: Joules(1.2e6),
            age_ticks: 1,
        };
        Seen {
            ac: &self.samples,
            bus: Volts(self.bus),
            input: None,
            frequency: None,
            psus: [psu; 6],
            bbus: [bbu; 6],
            demand: Demand::default(),
        }
    }

    fn drive(&mut self, action: &Action) {
        // What a shelf with MOD-06 does is the twin's business; here the bus holds.
        let _ = action;
    }
}

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.grid.samples_per_s = 4000.0;
    policy
}

#[test]
fn a_sag_is_shown_from_its_detection_to_its_end() {
    let io = Shelf { samples: [[0.0; 3]; 4], time: 0, sag: (500, 560, 0.8), bus: 50.75 };
    let path = FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
    let transitions = path.transitions();
    let mut work = FastLoop::new(io, path, |tick, path: &FastPath, action| path.words(tick, action));
    let shown = PathShown::new(work.board());
    assert_eq!(shown.read(), None);
    let mut states = Vec::new();
    for number in 0..2000 {
        work.tick(Tick { number, skipped: 0 });
        let view = shown.read().unwrap();
        assert_eq!(view.tick, number);
        if states.last().is_none_or(|(_, state)| *state != view.state) {
            states.push((number, view.state));
        }
    }
    let view = shown.read().unwrap();
    // 54 kW s of charge for 9 kW of load.
    assert!(view.ride_through_s > 600.0 && view.ride_through_s < 900.0, "{}", view.ride_through_s);
    assert!(!view.degraded.fail_safe() && view.sags == 1, "{view:?}");
    let ac = view.ac.unwrap();
    assert!(ac.rms.iter().all(|v| (v.0 - 240.0).abs() < 0.1), "{ac:?}");
    assert!((ac.frequency.unwrap().0 - 60.0).abs() < 1e-3);
    assert!((ac.lowest[0].unwrap().0 - 192.0).abs() < 0.5, "{:?}", ac.lowest);

    let noted: Vec<_> = transitions.after(0).collect();
    let sag = noted.iter().find(|t| t.to == ShelfState::SagDetected).unwrap();
    assert!((500..=515).contains(&sag.tick), "{noted:?}");
    assert!(noted.iter().any(|t| t.from == ShelfState::SagDetected && t.to == ShelfState::Recovering));
    assert_eq!(noted.last().unwrap().to, ShelfState::Normal);
    assert_eq!(noted.len() as u64, transitions.newest());
    assert_eq!(transitions.after(noted.len() as u64).count(), 0);
    assert!(states.iter().any(|(_, state)| *state == ShelfState::Recovering), "{states:?}");
}

#[test]
fn a_deep_sag_that_goes_straight_into_support_is_counted() {
    let io = Shelf { samples: [[0.0; 3]; 4], time: 0, sag: (500, 560, 0.3), bus: 50.75 };
    let path = FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
    let transitions = path.transitions();
    let mut work = FastLoop::new(io, path, |tick, path: &FastPath, action| path.words(tick, action));
    let shown = PathShown::new(work.board());
    (0..1000).for_each(|number| work.tick(Tick { number, skipped: 0 }));
    assert!(transitions.after(0).any(|t| t.to == ShelfState::Supporting));
    assert!(transitions.after(0).all(|t| t.to != ShelfState::SagDetected));
    assert_eq!(shown.read().unwrap().sags, 1);
}

#[test]
fn a_reader_that_comes_late_gets_the_newest_changes_and_sees_the_gap() {
    let transitions = Transitions::default();
    assert_eq!(transitions.after(0).count(), 0);
    for tick in 1..=100 {
        let (from, to) = (ShelfState::Normal, ShelfState::SagDetected);
        transitions.push(tick, from, to, (tick > 50).then_some(0.5));
    }
    let kept: Vec<_> = transitions.after(10).collect();
    assert_eq!(kept.len() as u64, TRANSITIONS);
    assert_eq!((kept[0].number, kept.last().unwrap().number), (69, 100));
    assert!(kept.iter().all(|t| t.number == t.tick && t.lowest == Some(Ratio(0.5))));
    assert_eq!(transitions.after(98).map(|t| t.number).collect::<Vec<_>>(), [99, 100]);
}

#[test]
fn states_and_flags_come_back_as_they_were_posted() {
    use ShelfState::*;
    for one in [Normal, SagDetected, Supporting, Recovering, Recharging, FailSafe] {
        assert_eq!(state(code(one)), one);
    }
    for n in 0..1024 {
        assert_eq!(bits(&degraded(n)), n);
    }
}

#[test]
fn a_shelf_without_measurement_shows_none() {
    let path = FastPath::new(&policy(), Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
    struct Blind;
    impl FastIo for Blind {
        fn read(&mut self, _: Tick) -> Seen<'_> {
            Seen {
                ac: &[],
                bus: Volts(f64::NAN),
                input: None,
                frequency: None,
                psus: Default::default(),
                bbus: Default::default(),
                demand: Demand::default(),
            }
        }
        fn drive(&mut self, _: &Action) {}
    }
    let mut work = FastLoop::new(Blind, path, |tick, path: &FastPath, action| path.words(tick, action));
    let shown = PathShown::new(work.board());
    (0..100).for_each(|number| work.tick(Tick { number, skipped: 0 }));
    let view = shown.read().unwrap();
    assert_eq!((view.ac, view.state), (None, ShelfState::FailSafe));
    assert_eq!(view.cause, Some(PathCause::Device));
    assert!(view.degraded.blind);
}
