//! Each edge of a curve from both of its sides.

use super::*;
use crate::instrument::ac::AcPoint;
use crate::ride::some_claims;

/// Points: when, over how long, voltages in p.u., frequency. 10 s in all.
fn profile(points: &[(u32, u32, [f64; 3], f64)]) -> Profile {
    let points = points.iter().map(|&(at_ms, over_ms, pu, frequency_hz)| AcPoint {
        at_ms,
        over_ms,
        rms_v: pu.map(|pu| 240.0 * pu),
        frequency_hz,
    });
    let points = points.collect();
    Profile { points, length_ms: 10_000, every_ms: 10, events: Vec::new(), extreme: 1.0, code: String::new() }
}

fn is_inside(names: &[&str], profile: &Profile) -> bool {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let claims = RideClaims { grid_codes: names, ..some_claims() };
    inside_curve(profile, &claims.codes().unwrap(), &claims)
}

const ERCOT: &str = "ercot-nogrr282@2026-02";
const CAISO: &str = "caiso-large-load@2026-06-15";
const IESO: &str = "ieso-lcl@3.0";
const DRAFTS: &str = "ercot-nogrr282@2025-drafts";

/// At a voltage from 1 s on for so many milliseconds.
fn sag(pu: [f64; 3], ms: u32) -> Profile {
    profile(&[(0, 0, [1.0; 3], 60.0), (1_000, 0, pu, 60.0), (1_000 + ms, 0, [1.0; 3], 60.0)])
}

#[test]
fn a_voltage_is_inside_up_to_the_time_of_its_band() {
    for (pu, ms, wanted) in [
        ([0.85; 3], 2_000, true),
        ([0.85; 3], 2_001, false),
        ([0.9; 3], 5_000, true),
        ([0.8; 3], 2_000, true),
        ([0.79; 3], 500, true),
        ([0.79; 3], 501, false),
        ([0.1; 3], 150, true),
        ([0.1; 3], 151, false),
        ([1.0, 1.0, 0.1], 151, false),
        ([1.1; 3], 5_000, true),
        ([1.15; 3], 2_000, true),
        ([1.0, 1.15, 1.0], 2_001, false),
        ([1.2; 3], 2_000, true),
        // Beyond 1.2 p.u. the code says nothing.
        ([1.21; 3], 1, false),
    ] {
        assert_eq!(is_inside(&[ERCOT], &sag(pu, ms)), wanted, "{pu:?} for {ms} ms");
    }
    // Another code that is named allows more.
    assert!(
        is_inside(&[ERCOT, CAISO], &sag([0.85; 3], 6_000)) && !is_inside(&[ERCOT], &sag([0.85; 3], 6_000))
    );
    // Without a curve nothing but what grids are at all the time.
    for (pu, wanted) in
        [([0.91; 3], true), ([0.9; 3], false), ([1.0, 1.09, 1.0], true), ([1.0, 1.0, 1.1], false)]
    {
        assert_eq!(is_inside(&[DRAFTS], &sag(pu, 100)), wanted, "{pu:?}");
    }
    assert!(!is_inside(&[], &sag([1.0; 3], 100)), "no code is named");
}

#[test]
fn times_below_a_level_add_up_until_the_voltage_is_back() {
    let two = |between: f64| {
        profile(&[
            (0, 0, [1.0; 3], 60.0),
            (1_000, 0, [0.85; 3], 60.0),
            (2_500, 0, [between; 3], 60.0),
            (2_600, 0, [0.85; 3], 60.0),
            (4_000, 0, [1.0; 3], 60.0),
        ])
    };
    assert!(is_inside(&[ERCOT], &two(1.0)) && !is_inside(&[ERCOT], &two(0.89)));
    // To the end of the profile.
    let end = |at_ms| profile(&[(0, 0, [1.0; 3], 60.0), (at_ms, 0, [0.85; 3], 60.0)]);
    assert!(is_inside(&[ERCOT], &end(8_000)) && !is_inside(&[ERCOT], &end(7_999)));
    // A ramp counts with the voltage that it comes from, and with that it goes to.
    let ramps = |back_ms| {
        profile(&[(0, 0, [1.0; 3], 60.0), (1_000, 500, [0.85; 3], 60.0), (2_500, back_ms, [1.0; 3], 60.0)])
    };
    assert!(is_inside(&[ERCOT], &ramps(500)) && !is_inside(&[ERCOT], &ramps(501)));
}

/// To a frequency at a rate, and back after some seconds.
fn hertz(to: f64, over_ms: u32) -> Profile {
    profile(&[(0, 0, [1.0; 3], 60.0), (1_000, over_ms, [1.0; 3], to), (6_000, over_ms, [1.0; 3], 60.0)])
}

#[test]
fn a_frequency_is_inside_its_band_and_no_faster_than_asked() {
    for (names, to, over_ms, wanted) in [
        (&[ERCOT][..], 57.0, 3_000, true),
        (&[ERCOT], 56.99, 3_010, false),
        (&[ERCOT], 61.8, 1_800, true),
        (&[ERCOT], 61.81, 1_810, false),
        // 1 Hz/s where no code has a rate, but for what whole milliseconds make of it.
        (&[ERCOT], 59.0, 1_000, true),
        (&[ERCOT], 59.0, 991, true),
        (&[ERCOT], 59.0, 989, false),
        (&[ERCOT], 61.0, 989, false),
        (&[ERCOT], 59.0, 0, false),
        // 5 Hz/s, without a band by 1 Hz.
        (&[IESO], 59.0, 200, true),
        (&[IESO], 61.0, 200, true),
        (&[IESO], 59.0, 197, false),
        (&[IESO], 58.99, 1_010, false),
        (&[IESO], 61.01, 1_010, false),
        // The band of one and the rate of the other.
        (&[ERCOT, IESO], 58.0, 400, true),
        // Without band and rate nothing but 1 %.
        (&[DRAFTS], 59.41, 1_000, true),
        (&[DRAFTS], 59.39, 1_000, false),
        (&[DRAFTS], 60.59, 1_000, true),
        (&[DRAFTS], 60.61, 1_000, false),
    ] {
        assert_eq!(is_inside(names, &hertz(to, over_ms)), wanted, "{names:?} {to} Hz in {over_ms} ms");
    }
}
