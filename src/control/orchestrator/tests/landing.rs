//! The end of the way back, on its own; and each of its constants, changed.

use crate::control::mutation::{Mutant, survivors};
use crate::control::orchestrator::land::{Approach, Landing, Say};

/// 10 kW before, of which the walk-in leaves 200 W; the batteries give 500 W on top.
const APPROACH: Approach = Approach {
    input: 10_000.0,
    bus: 50.5,
    carried: 48.55,
    slope: 20_000.0,
    accuracy: 0.01,
    load: 9700.0,
    climb_s: 0.0,
};
/// The batteries hold the bus.
const LOW: Option<f64> = Some(48.4);
/// The PSUs do, on its way up.
const RISING: Option<f64> = Some(49.5);
/// Without batteries that could give a set power.
const ALONE: Approach = Approach { load: 0.0, ..APPROACH };

/// What is said for so many ticks at the same measurement.
fn fly(landing: &mut Landing, input: f64, bus: Option<f64>, ticks: usize) -> Vec<Say> {
    (0..ticks).map(|_| landing.tick(input, bus)).collect()
}

fn count(said: &[Say], what: Say) -> usize {
    said.iter().filter(|say| **say == what).count()
}

/// Past the time in which everything is held, with the batteries asked to give.
fn lifting(approach: Approach) -> Landing {
    let mut landing = Landing::new(approach);
    fly(&mut landing, 0.97 * approach.input, LOW, 100);
    landing
}

/// Free, with the batteries giving.
fn settling() -> Landing {
    let mut landing = lifting(APPROACH);
    assert_eq!(fly(&mut landing, 9300.0, RISING, 40).last(), Some(&Say::Free));
    landing
}

fn it_holds_until_what_fell_has_risen() {
    let mut landing = Landing::new(APPROACH);
    let said = fly(&mut landing, 5000.0, LOW, 70);
    assert_eq!(count(&said[..59], Say::Hold), 59);
    assert_eq!(count(&said[60..], Say::Free), 10);
}

fn it_stops_below_the_power_before_by_both_errors() {
    let mut landing = lifting(APPROACH);
    assert_eq!(count(&fly(&mut landing, 9790.0, LOW, 20), Say::Free), 2, "in short steps");
    assert_eq!(count(&fly(&mut landing, 9810.0, LOW, 20), Say::Free), 0);
}

fn the_last_steps_are_short() {
    let mut landing = lifting(APPROACH);
    // 20 ms of the slope are 400 W.
    assert_eq!(count(&fly(&mut landing, 9390.0, LOW, 20), Say::Free), 20);
    assert_eq!(count(&fly(&mut landing, 9410.0, LOW, 20), Say::Free), 2);
}

fn the_batteries_give_what_the_refill_needs() {
    let mut landing = Landing::new(APPROACH);
    assert_eq!(landing.lift(), None);
    fly(&mut landing, 9700.0, LOW, 70);
    assert_eq!(landing.lift(), Some(500.0));
    assert!(!landing.hands_back());
}

fn a_cycle_must_have_passed_since_the_psus_carry() {
    let mut landing = lifting(APPROACH);
    let said = fly(&mut landing, 9300.0, RISING, 30);
    assert_eq!((count(&said[..18], Say::Hold), count(&said[22..], Say::Free)), (18, 8));
    // More than they may: the batteries do not give yet.
    let mut landing = lifting(APPROACH);
    assert_eq!(count(&fly(&mut landing, 9900.0, RISING, 100), Say::Hold), 100);
}

fn without_the_batteries_it_goes_on_after_a_while() {
    let mut landing = lifting(APPROACH);
    fly(&mut landing, 9850.0, LOW, 450);
    assert_eq!(landing.lift(), Some(500.0));
    fly(&mut landing, 9850.0, LOW, 200);
    assert_eq!(landing.lift(), None);
    assert!(count(&fly(&mut landing, 9850.0, LOW, 100), Say::Free) > 0);
}

fn the_batteries_stay_until_the_psus_have_refilled() {
    let mut landing = settling();
    fly(&mut landing, 9400.0, APPROACH.bus.into(), 2100);
    assert_eq!(landing.lift(), Some(500.0));
    fly(&mut landing, 9400.0, APPROACH.bus.into(), 200);
    assert!(landing.lift() < Some(500.0) && landing.hands_back());
}

fn they_hand_back_little_by_little() {
    let mut landing = settling();
    while landing.lift() == Some(500.0) {
        landing.tick(9400.0, Some(50.5));
    }
    fly(&mut landing, 9700.0, Some(50.5), 400);
    assert!(landing.lift().is_some_and(|lift| (200.0..300.0).contains(&lift)), "{:?}", landing.lift());
    assert_eq!(fly(&mut landing, 9900.0, Some(50.5), 420).last(), Some(&Say::Over));
}

fn it_ends_when_a_load_has_grown() {
    let mut landing = Landing::new(APPROACH);
    let said = fly(&mut landing, 5000.0, LOW, 2600);
    assert_eq!((count(&said[..2450], Say::Over), said[2520]), (0, Say::Over));
}

fn alone_the_psus_lift_the_bus_with_a_sliver() {
    let mut landing = lifting(ALONE);
    assert_eq!(count(&fly(&mut landing, 10_040.0, LOW, 20), Say::Free), 2);
    assert_eq!(count(&fly(&mut landing, 10_060.0, LOW, 20), Say::Free), 0);
    let mut landing = lifting(Approach { input: 1000.0, ..ALONE });
    assert_eq!(count(&fly(&mut landing, 1015.0, LOW, 20), Say::Free), 2);
    assert_eq!(count(&fly(&mut landing, 1025.0, LOW, 20), Say::Free), 0);
}

fn alone_it_is_over_when_the_bus_is_up() {
    let mut landing = lifting(ALONE);
    assert_eq!(count(&fly(&mut landing, 9000.0, Some(50.3), 10), Say::Over), 0);
    assert_eq!(landing.tick(9000.0, Some(50.4)), Say::Over);
}

/// A test by its name.
macro_rules! test {
    ($name:ident) => {
        (stringify!($name), $name as fn())
    };
}

const MUTANTS: &[Mutant] = &[
    Mutant { name: "RISE_S", values: &[0.03, 0.12], test: test!(it_holds_until_what_fell_has_risen) },
    Mutant {
        name: "BELOW",
        values: &[1.0, 3.0],
        test: test!(it_stops_below_the_power_before_by_both_errors),
    },
    Mutant {
        name: "PULSE_TICKS",
        values: &[5.0, 20.0],
        test: test!(it_stops_below_the_power_before_by_both_errors),
    },
    Mutant { name: "LAG_S", values: &[0.01, 0.04], test: test!(the_last_steps_are_short) },
    Mutant { name: "LIFT", values: &[2.5, 10.0], test: test!(the_batteries_give_what_the_refill_needs) },
    Mutant {
        name: "LIFT_STEP",
        values: &[10.0, 400.0],
        test: test!(the_batteries_give_what_the_refill_needs),
    },
    Mutant {
        name: "MEASURED_S",
        values: &[0.01, 0.04],
        test: test!(a_cycle_must_have_passed_since_the_psus_carry),
    },
    Mutant {
        name: "LIFT_S",
        values: &[0.3, 1.2],
        test: test!(without_the_batteries_it_goes_on_after_a_while),
    },
    Mutant {
        name: "SETTLE_S",
        values: &[1.1, 4.4],
        test: test!(the_batteries_stay_until_the_psus_have_refilled),
    },
    Mutant { name: "RELEASE_S", values: &[0.4, 1.6], test: test!(they_hand_back_little_by_little) },
    Mutant { name: "LONGEST_S", values: &[1.25, 5.0], test: test!(it_ends_when_a_load_has_grown) },
    Mutant {
        name: "SLIVER",
        values: &[0.0025, 0.01],
        test: test!(alone_the_psus_lift_the_bus_with_a_sliver),
    },
    Mutant {
        name: "SLIVER_W",
        values: &[10.0, 40.0],
        test: test!(alone_the_psus_lift_the_bus_with_a_sliver),
    },
    Mutant { name: "BUS_NEAR", values: &[0.075, 0.3], test: test!(alone_it_is_over_when_the_bus_is_up) },
];

#[test]
fn it_lands_and_each_constant_matters() {
    for mutant in MUTANTS {
        (mutant.test.1)();
    }
    let (alive, count) = survivors(MUTANTS);
    println!("landing: {count} mutants, survivors {}", alive.len());
    assert!(alive.is_empty(), "{}", alive.join("\n"));
}
