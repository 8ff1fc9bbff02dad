//! Known answers, worked out by hand from the points of the curves.

use super::*;
use crate::gridcode::find;
use crate::gridcode::model::Rule;

/// The voltage curve of a shipped code.
fn curve(code: &str, nominal_hz: f64) -> Envelope {
    let code = find(code).unwrap();
    let Rule::Voltage(bands) = &code.clause("voltage").unwrap().rule else { panic!("no curve") };
    Envelope::new(bands, &code.measurement, nominal_hz, code.measurement.hysteresis_pu.value)
}

/// A sag from 1 p.u. at 1 s through the given values and times, then 1 p.u. for 10 s.
fn sag(parts: &[(f64, f64)]) -> History {
    let mut steps = vec![(0.0, 1.0)];
    let mut t = 1.0;
    for (value, time) in parts {
        steps.push((t, *value));
        t += time;
    }
    steps.push((t, 1.0));
    History::steps(&steps, t + 10.0).unwrap()
}

fn low(envelope: &Envelope, parts: &[(f64, f64)]) -> Excursion {
    let all = envelope.excursions(&sag(parts), Side::Low);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

#[track_caller]
fn near(a: Option<f64>, b: f64) {
    assert!(a.is_some_and(|a| (a - b).abs() < 1e-6), "{a:?} is not {b}");
}

#[test]
fn ercot_each_band_at_its_limit_and_just_beyond() {
    let ercot = curve("ercot-nogrr282", 60.0);
    // (value, minimum time, level of the band): the rows of the February 2026 table.
    for (value, minimum, level) in
        [(0.85, 2.0, 0.9), (0.65, 0.5, 0.8), (0.35, 0.25, 0.5), (0.1, 0.15, 0.2), (0.0, 0.15, 0.2)]
    {
        let at = low(&ercot, &[(value, minimum)]);
        assert_eq!(at.zone, Zone::MustRide, "{value} for {minimum} s");
        near(at.time_margin_s, 0.0);
        let beyond = low(&ercot, &[(value, minimum + 1e-6)]);
        let Zone::MayTrip { from_s, level: of } = beyond.zone else { panic!("{value}: {:?}", beyond.zone) };
        near(Some(from_s), 1.0 + minimum);
        assert_eq!(of, level, "{value}");
        near(beyond.time_margin_s, -1e-6);
        let shorter = low(&ercot, &[(value, minimum - 0.1)]);
        near(shorter.time_margin_s, 0.1);
    }
}

#[test]
fn ercot_margins_of_one_sag() {
    let ercot = curve("ercot-nogrr282", 60.0);
    // 0.60 for 0.30 s: longer than 0.25 s, so it may not fall below 0.5: 0.1 p.u. left; 0.2 s left below 0.8.
    let e = low(&ercot, &[(0.6, 0.3)]);
    assert_eq!(e.zone, Zone::MustRide);
    near(e.value_margin, 0.1);
    near(e.time_margin_s, 0.2);
    // 0.60 for 0.10 s: shorter than every minimum, so it may fall to 0.
    let e = low(&ercot, &[(0.6, 0.1)]);
    near(e.value_margin, 0.6);
    near(e.time_margin_s, 0.4);
    // 0.40 for 0.30 s: 0.1 p.u. too deep for its time, 0.05 s too long for its depth.
    let e = low(&ercot, &[(0.4, 0.3)]);
    near(e.value_margin, -0.1);
    near(e.time_margin_s, -0.05);
    assert_eq!((e.start_s, e.extreme), (1.0, 0.4));
    near(Some(e.end_s), 1.3);
}

#[test]
fn ercot_staircase_along_the_curve() {
    let ercot = curve("ercot-nogrr282", 60.0);
    // The whole lower curve as one event: 0 until 0.15 s, 0.2 until 0.25 s, 0.5 until 0.5 s, 0.8 until 2 s.
    let e = low(&ercot, &[(0.0, 0.15), (0.2, 0.1), (0.5, 0.25), (0.8, 1.5)]);
    assert_eq!(e.zone, Zone::MustRide);
    near(e.time_margin_s, 0.0);
    near(e.value_margin, 0.0);
    // A hundredth less on the second step, and 0.01 s longer there: below 0.5 for 0.26 s.
    let e = low(&ercot, &[(0.0, 0.15), (0.2, 0.11), (0.5, 0.24), (0.8, 1.5)]);
    assert_eq!(e.zone, Zone::MayTrip { from_s: 1.25, level: 0.5 });
    near(e.time_margin_s, -0.01);
}

#[test]
fn the_edge_rules_decide_on_the_edge() {
    let mut ercot = curve("ercot-nogrr282", 60.0);
    // Exactly 0.5 p.u. for 0.4 s: within the band 0.5 to 0.8, which allows 0.5 s.
    assert_eq!(low(&ercot, &[(0.5, 0.4)]).zone, Zone::MustRide);
    ercot.at_level = AtLevel::Beyond;
    assert_eq!(low(&ercot, &[(0.5, 0.4)]).zone, Zone::MayTrip { from_s: 1.25, level: 0.5 });
    ercot.at_level = AtLevel::Within;
    assert_eq!(low(&ercot, &[(0.6, 0.5)]).zone, Zone::MustRide);
    ercot.at_limit = AtLimit::MayTrip;
    assert_eq!(low(&ercot, &[(0.6, 0.5)]).zone, Zone::MayTrip { from_s: 1.5, level: 0.8 });
}

#[test]
fn a_profile_counts_from_the_start_of_the_excursion() {
    let mut ercot = curve("ercot-nogrr282", 60.0);
    // 0.85 for 1 s, then 0.4 for 0.1 s: below 0.5 for 0.1 s only, but 1 s after the start.
    let parts = [(0.85, 1.0), (0.4, 0.1)];
    assert_eq!(low(&ercot, &parts).zone, Zone::MustRide);
    ercot.timing = Timing::Profile;
    let e = low(&ercot, &parts);
    assert_eq!(e.zone, Zone::MayTrip { from_s: 2.0, level: 0.8 });
    near(e.time_margin_s, 0.25 - 1.1);
    near(e.value_margin, 0.4 - 0.8);
}

#[test]
fn above_the_known_curve_nothing_is_known() {
    let ercot = curve("ercot-nogrr282", 60.0);
    let swell = |value: f64, time: f64| ercot.excursions(&sag(&[(value, time)]), Side::High)[0];
    assert_eq!(swell(1.15, 2.0).zone, Zone::MustRide);
    near(swell(1.15, 1.0).value_margin, 0.05);
    assert_eq!(swell(1.15, 2.5).zone, Zone::MayTrip { from_s: 3.0, level: 1.1 });
    assert_eq!(swell(1.25, 0.1).zone, Zone::Unknown { from_s: 1.0, level: 1.2 });
    // First 2.2 s at 1.15, then 1.25: it may have tripped before anything became unknown.
    let both = ercot.excursions(&sag(&[(1.15, 2.2), (1.25, 0.1)]), Side::High)[0];
    assert_eq!(both.zone, Zone::MayTrip { from_s: 3.0, level: 1.1 });
}

#[test]
fn other_codes_at_points_of_their_curves() {
    for (code, hz, value, minimum) in [
        ("caiso-large-load", 60.0, 0.8, 6.0),
        ("caiso-large-load", 60.0, 0.6, 3.0),
        ("caiso-large-load", 60.0, 0.25, 1.2),
        ("caiso-large-load", 60.0, 0.2, 0.15),
        ("spp-hill", 60.0, 0.5, 0.15),
        ("nerc-prc-024", 60.0, 0.74, 2.0),
        ("nerc-prc-024", 60.0, 0.0, 0.15),
        ("itic", 60.0, 0.75, 0.5),
        ("itic", 60.0, 0.0, 0.02),
        ("semi-f47", 50.0, 0.5, 0.2),
        ("semi-f47", 50.0, 0.7, 0.5),
        ("iec-61000-4-11-class3", 50.0, 0.4, 0.2),
        ("iec-61000-4-11-class3", 50.0, 0.0, 0.02),
        ("iec-61000-4-11-class3", 60.0, 0.0, 1.0 / 60.0),
        ("iec-61000-4-11-class2", 50.0, 0.7, 0.5),
    ] {
        let envelope = curve(code, hz);
        assert_eq!(low(&envelope, &[(value, minimum)]).zone, Zone::MustRide, "{code} {value}");
        let beyond = low(&envelope, &[(value, minimum + 0.001)]).zone;
        assert!(matches!(beyond, Zone::MayTrip { .. }), "{code} {value}: {beyond:?}");
    }
    // A minimum of 0: it may trip at once.
    assert_eq!(
        low(&curve("spp-hill", 60.0), &[(0.49, 0.01)]).zone,
        Zone::MayTrip { from_s: 1.0, level: 0.5 }
    );
}

#[test]
fn hysteresis_joins_what_flutters() {
    let mut ercot = curve("ercot-nogrr282", 60.0);
    let parts = [(0.85, 1.5), (0.91, 0.1), (0.85, 1.5)];
    assert_eq!(ercot.excursions(&sag(&parts), Side::Low).len(), 2);
    ercot.hysteresis = 0.02;
    let e = low(&ercot, &parts);
    assert_eq!(e.zone, Zone::MayTrip { from_s: 3.0, level: 0.9 });
}
