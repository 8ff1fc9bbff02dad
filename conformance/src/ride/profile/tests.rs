//! What is played follows from the data.

use super::*;
use crate::ride::code;
use crate::ride::inside::inside_curve;

fn claims(codes: &[&str]) -> RideClaims {
    let names = codes.iter().map(|name| (*name).to_owned()).collect();
    RideClaims { grid_codes: names, ..crate::ride::some_claims() }
}

fn played(play: Play, claims: &RideClaims) -> Option<Profile> {
    profile(play, &claims.codes().unwrap(), claims)
}

#[test]
fn sags_are_inside_their_bands_and_times() {
    let claims = claims(&["ercot-nogrr282@2026-02"]);
    let codes = claims.codes().unwrap();
    let deepest = played(Play::Deepest, &claims).unwrap();
    // Below 0.2 p.u. for 150 ms: a cycle of 60 Hz less.
    assert_eq!(deepest.events, [(1_500, 1_633)]);
    assert!((deepest.extreme - 0.02).abs() < 1e-9);
    let longest = played(Play::Longest, &claims).unwrap();
    assert_eq!(longest.events, [(1_500, 3_483)]);
    assert!((longest.extreme - 0.82).abs() < 1e-9);
    let along = played(Play::AlongCurve, &claims).unwrap();
    let at: Vec<u32> = along.points.iter().map(|point| point.at_ms).collect();
    assert_eq!(at, [0, 1_500, 1_633, 1_733, 1_983, 3_483]);
    let highest = played(Play::Highest, &claims).unwrap();
    assert!((highest.extreme - 1.18).abs() < 1e-9, "{}", highest.extreme);
    for (words, play) in Play::ALL {
        let Some(profile) = played(play, &claims) else {
            assert_eq!(play, Play::Rocof, "{words}");
            continue;
        };
        assert_eq!(inside_curve(&profile, &codes, &claims), play != Play::Beyond, "{words}");
        assert!(profile.points.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms), "{words}");
        assert!(profile.length_ms > profile.events.last().unwrap().1 + 5_000, "{words}");
    }
}

#[test]
fn another_code_gives_other_points_and_one_without_a_curve_none() {
    let caiso = played(Play::Deepest, &claims(&["caiso-large-load@2026-06-15"])).unwrap();
    let ercot = played(Play::Longest, &claims(&["ercot-nogrr282@2026-02"])).unwrap();
    let longest = played(Play::Longest, &claims(&["caiso-large-load@2026-06-15"])).unwrap();
    assert_ne!(longest.events, ercot.events);
    assert!(caiso.code.starts_with("caiso"));
    let bare = claims(&["ieso-lcl@3.0"]);
    assert_eq!(played(Play::Deepest, &bare), None);
    // 5 Hz/s: without a band by a hertz either way.
    let rocof = played(Play::Rocof, &bare).unwrap();
    let ramps: Vec<(u32, f64)> = rocof.points.iter().map(|p| (p.over_ms, p.frequency_hz)).collect();
    assert_eq!(ramps, [(0, 60.0), (200, 59.0), (200, 60.0), (200, 61.0), (200, 60.0)]);
    // Each code of the data can be asked for everything.
    for code in code::all().unwrap() {
        for (_, play) in Play::ALL {
            let own = RideClaims { nominal_hz: 50.0, ..claims(&[&code.name()]) };
            if let Some(profile) = profile(play, std::slice::from_ref(&code), &own) {
                assert!(profile.length_ms < 600_000, "{} {play:?}", code.name());
            }
        }
    }
}

#[test]
fn the_frequency_is_held_inside_the_band() {
    let claims = claims(&["ercot-nogrr282@2026-02"]);
    let low = played(Play::LowFrequency, &claims).unwrap();
    assert!((low.extreme - 57.1 / 60.0).abs() < 1e-9);
    assert_eq!(low.points[1].over_ms, 2_899, "2.9 Hz at 1 Hz/s, and what rounding leaves");
    assert_eq!(low.points[2].at_ms - low.points[1].at_ms, 12_899, "10 s of the 299 s");
    let high = played(Play::HighFrequency, &claims).unwrap();
    assert!((high.extreme - 61.7 / 60.0).abs() < 1e-9);
}
