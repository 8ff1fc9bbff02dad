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

/// Points from the first event on, as time, ramp, voltages in p.u. and frequency.
fn points(profile: &Profile) -> Vec<(u32, u32, [f64; 3], f64)> {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    let told = |p: &AcPoint| (p.at_ms, p.over_ms, p.rms_v.map(|v| round(v / 240.0)), round(p.frequency_hz));
    profile.points.iter().map(told).collect()
}

#[test]
fn each_play_has_its_points() {
    let own = claims(&["ercot-nogrr282@2026-02"]);
    let all = |pu: f64| [pu; 3];
    let sag =
        |pu: [f64; 3], end: u32| vec![(0, 0, all(1.0), 60.0), (1_500, 0, pu, 60.0), (end, 0, all(1.0), 60.0)];
    for (play, wanted, length_ms, every_ms) in [
        (Play::Deepest, sag(all(0.02), 1_633), 7_633, 10),
        (Play::OnePhase, sag([0.02, 1.0, 1.0], 1_633), 7_633, 10),
        (Play::Longest, sag(all(0.82), 3_483), 9_483, 10),
        // Of 0.52 p.u. for 483 ms, 0.22 for 233 ms and 0.02 for 133 ms the first takes the most energy.
        (Play::LongestDeep, sag(all(0.52), 1_983), 7_983, 10),
        // 60 s of delay are declared.
        (Play::Recharge, sag(all(0.52), 1_983), 87_983, 50),
        (Play::Beyond, sag(all(0.02), 2_633), 12_633, 10),
        (Play::Highest, sag(all(1.18), 3_483), 9_483, 10),
    ] {
        let profile = played(play, &own).unwrap();
        assert_eq!(points(&profile), wanted, "{play:?}");
        assert_eq!(profile.events, [(1_500, wanted[2].0)], "{play:?}");
        assert_eq!((profile.length_ms, profile.every_ms), (length_ms, every_ms), "{play:?}");
        assert_eq!(profile.code, "ercot-nogrr282@2026-02");
    }
    let along = played(Play::AlongCurve, &own).unwrap();
    let down: Vec<(u32, f64)> = points(&along).iter().map(|p| (p.0, p.2[2])).collect();
    assert_eq!(down, [(0, 1.0), (1_500, 0.02), (1_633, 0.22), (1_733, 0.52), (1_983, 0.82), (3_483, 1.0)]);
    assert_eq!((along.events.as_slice(), along.length_ms), (&[(1_500, 3_483)][..], 9_483));
    let train = played(Play::Train, &own).unwrap();
    let begins = [1_500, 6_500, 11_500, 16_500, 21_500];
    assert_eq!(train.events, begins.map(|begin| (begin, begin + 60)));
    assert_eq!((train.length_ms, train.extreme), (27_560, 0.22));
    assert_eq!(points(&train)[3..5], [(6_500, 0, all(0.22), 60.0), (6_560, 0, all(1.0), 60.0)]);
    let low = played(Play::LowFrequency, &own).unwrap();
    assert_eq!(
        points(&low),
        [(0, 0, all(1.0), 60.0), (1_500, 2_899, all(1.0), 57.1), (14_399, 2_899, all(1.0), 60.0)]
    );
    assert_eq!((low.events.as_slice(), low.length_ms), (&[(1_500, 17_298)][..], 23_298));
    let high = played(Play::HighFrequency, &own).unwrap();
    assert_eq!(points(&high)[1], (1_500, 1_699, all(1.0), 61.7));
    // A code with a band that reaches without end.
    let far = played(Play::LowFrequency, &claims(&["caiso-large-load@2026-06-15"])).unwrap();
    assert_eq!(points(&far)[1].3, 58.7);
    // The rate of one code inside the continuous band of the other; the first of two events is as far out as the second.
    let rocof = played(Play::Rocof, &claims(&["ercot-nogrr282@2026-02", "ieso-lcl@3.0"])).unwrap();
    let ramps: Vec<(u32, u32, f64)> = points(&rocof).iter().map(|p| (p.0, p.1, p.3)).collect();
    assert_eq!(ramps[..3], [(0, 0, 60.0), (1_500, 220, 58.9), (2_720, 220, 60.0)]);
    assert_eq!(ramps[3..], [(3_940, 220, 61.1), (5_160, 220, 60.0)]);
    assert_eq!((rocof.events.as_slice(), rocof.length_ms), (&[(1_500, 2_940), (3_940, 5_380)][..], 11_380));
    assert!(rocof.code.starts_with("ieso"), "{}", rocof.code);
}

#[test]
fn what_is_declared_lengthens_a_record() {
    let own = claims(&["ercot-nogrr282@2026-02"]);
    let length = |play: Play, change: &dyn Fn(&mut RideClaims)| {
        let mut own = own.clone();
        change(&mut own);
        let profile = played(play, &own).unwrap();
        (profile.length_ms - profile.events[0].1, profile.every_ms)
    };
    assert_eq!(length(Play::Beyond, &|c| c.back_s = 30.0), (30_000, 50));
    assert_eq!(length(Play::Beyond, &|c| c.back_s = 1.0), (6_000, 10));
    assert_eq!(length(Play::Beyond, &|c| c.back_s = 12.0), (12_000, 10));
    assert_eq!(length(Play::Beyond, &|c| c.back_s = 12.001), (12_001, 50));
    assert_eq!(length(Play::Recharge, &|c| c.recharge = None), (26_000, 50));
    assert_eq!(length(Play::Recharge, &|c| c.recharge.as_mut().unwrap().delay_s = 0.5), (26_500, 50));
}

#[test]
fn bands_are_entered_by_the_margin_of_the_source() {
    let edges = |levels: &[(f64, Option<f64>)]| -> Vec<Edge> {
        levels.iter().map(|&(level, minimum_s)| Edge { level, minimum_s }).collect()
    };
    let near = |is: Option<f64>, wanted: f64| is.is_some_and(|is| (is - wanted).abs() < 1e-9);
    let down = edges(&[(0.9, Some(2.0)), (0.8, Some(0.5)), (0.79, Some(0.1))]);
    // Near the far end; in the middle of a band that is narrower than the margin; near the beginning of the last.
    assert!(near(inside(&down, 0, -1.0, 0.02), 0.82));
    assert!(near(inside(&down, 1, -1.0, 0.02), 0.795));
    assert!(near(inside(&down, 2, -1.0, 0.02), 0.77));
    assert_eq!(inside(&down, 3, -1.0, 0.02), None);
    let up = edges(&[(1.1, None), (1.2, None)]);
    assert!(near(inside(&up, 0, 1.0, 0.02), 1.18) && near(inside(&up, 1, 1.0, 0.02), 1.22));
    // As wide as the margin: its beginning is its end.
    assert!(near(inside(&edges(&[(0.5, None), (0.25, None)]), 0, -1.0, 0.25), 0.375));
    // A cycle less than the shortest time so far; nothing where a band before does not say.
    assert!(near(ridden_s(&down, 0, 50.0), 1.98) && near(ridden_s(&down, 2, 50.0), 0.08));
    let odd = edges(&[(0.9, Some(0.2)), (0.8, Some(0.5)), (0.7, None), (0.6, Some(0.1))]);
    assert!(near(ridden_s(&odd, 1, 50.0), 0.18));
    assert_eq!(
        (ridden_s(&odd, 2, 50.0), ridden_s(&odd, 3, 50.0), ridden_s(&odd, 4, 50.0)),
        (None, None, None)
    );
    assert_eq!(ridden_s(&edges(&[(0.9, Some(0.02))]), 0, 50.0), None, "a cycle");
    assert_eq!(longest_deep(&[(0.7, 9.0), (0.6, 9.0)]), None);
    assert_eq!(longest_deep(&[(0.59, 1.0), (0.0, 0.4), (0.5, 0.9)]), Some((0.5, 0.9)));
    assert_eq!((millis(-1.0), millis(0.0019), millis(2.0)), (0, 1, 2_000));
    for (words, play) in Play::ALL {
        assert_eq!(Play::of(words), Some(play));
    }
    assert_eq!(Play::of("the longest sag"), None);
}

#[test]
fn the_first_code_that_says_enough_is_played() {
    let two =
        claims(&["ercot-nogrr282@2025-drafts", "caiso-large-load@2026-06-15", "ercot-nogrr282@2026-02"]);
    for play in [Play::Deepest, Play::Highest, Play::LowFrequency, Play::HighFrequency] {
        assert!(played(play, &two).unwrap().code.starts_with("caiso"), "{play:?}");
    }
    // A band that must not be ridden is not played, nor a height whose time nobody says.
    let spp = claims(&["spp-hill@2026-01-14"]);
    assert_eq!(played(Play::Highest, &spp), None);
    let deepest = played(Play::Deepest, &spp).unwrap();
    assert!((deepest.extreme - 0.52).abs() < 1e-9 && deepest.events == [(1_500, 1_633)]);
    // No sag of it is deep: the deepest is taken.
    let shallow = claims(&["iec-61000-4-11-class2@2004"]);
    let own =
        |play| profile(play, &shallow.codes().unwrap(), &RideClaims { nominal_hz: 50.0, ..shallow.clone() });
    assert_eq!(own(Play::LongestDeep).unwrap().points, own(Play::Deepest).unwrap().points);
}
