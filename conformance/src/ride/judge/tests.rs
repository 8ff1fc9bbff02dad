//! Made-up records: each judgement notices what it is about, and nothing else.

use super::*;
use crate::ride::profile::{Play, profile};

/// A sag as it is played, and a record in which the power is `watts(seconds since the end of the sag)`, negative before it.
fn seen(watts: impl Fn(f64) -> f64, check: impl FnOnce(&mut AcRecord, &Profile)) -> (Profile, AcRecord) {
    let claims = crate::ride::some_claims();
    let profile = profile(Play::Deepest, &claims.codes().unwrap(), &claims).unwrap();
    let end = profile.events[0].1;
    let count = (profile.length_ms / profile.every_ms) as usize;
    let ms = |nth: usize| (nth as u32 + 1) * profile.every_ms;
    let in_sag = |ms: u32| (profile.events[0].0..end).contains(&ms);
    let mut record = AcRecord {
        every_ms: profile.every_ms,
        rms_v: (0..count).map(|n| [if in_sag(ms(n)) { 0.02 * 240.0 } else { 240.0 }; 3]).collect(),
        frequency_hz: vec![60.0; count],
        input_w: (0..count).map(|n| watts((f64::from(ms(n)) - f64::from(end)) / 1000.0)).collect(),
        bus_low_v: vec![50.0; count],
        bus_high_v: vec![50.5; count],
        load_w: vec![9000.0; count],
    };
    check(&mut record, &profile);
    (profile, record)
}

fn steady(_: f64) -> f64 {
    9000.0
}

const WANTED: Return = Return { share: 0.9, budget_s: 1.0, upper_share: None };

fn fails(result: Result<String, Judgement>) -> bool {
    matches!(result, Err(Judgement::Fail(_)))
}

#[test]
fn busbar_and_load_are_watched_from_end_to_end() {
    let (profile, record) = seen(steady, |_, _| ());
    let good = Seen { profile: &profile, record: &record };
    assert!(good.source().is_ok() && good.busbar().is_ok() && good.load().is_ok());
    let (profile, record) = seen(steady, |record, _| record.bus_low_v[160] = 45.9);
    assert!(fails(Seen { profile: &profile, record: &record }.busbar()));
    let (profile, record) = seen(steady, |record, _| record.bus_high_v[700] = 52.1);
    assert!(fails(Seen { profile: &profile, record: &record }.busbar()));
    let (profile, record) = seen(steady, |record, _| record.load_w[170] = 0.0);
    let lost = Seen { profile: &profile, record: &record };
    assert!(fails(lost.load()) && lost.busbar().is_ok());
    let (profile, record) = seen(steady, |record, _| record.load_w.clear());
    let untold = Seen { profile: &profile, record: &record }.load();
    assert!(matches!(untold, Err(Judgement::Inconclusive(_))), "{untold:?}");
}

#[test]
fn a_source_that_does_not_sag_is_noticed() {
    let (profile, record) = seen(steady, |record, _| record.rms_v.fill([240.0; 3]));
    let told = Seen { profile: &profile, record: &record }.source();
    assert!(matches!(told, Err(Judgement::Inconclusive(_))), "{told:?}");
    let (profile, record) = seen(steady, |record, _| record.input_w.truncate(10));
    assert!(
        Seen { profile: &profile, record: &record }.source().is_ok(),
        "the series of the source is whole"
    );
    let (profile, record) =
        seen(steady, |record, _| *record = AcRecord { every_ms: 10, ..AcRecord::default() });
    assert!(Seen { profile: &profile, record: &record }.source().is_err());
}

#[test]
fn the_return_is_timed_and_must_stay() {
    let after = |back_s: f64| move |s: f64| if s < 0.0 || s >= back_s { 9000.0 } else { 2000.0 };
    let of = |watts: &dyn Fn(f64) -> f64, wanted: Return| {
        let (profile, record) = seen(watts, |_, _| ());
        Seen { profile: &profile, record: &record }.recovery(wanted)
    };
    assert!(of(&after(0.9), WANTED).is_ok());
    assert!(fails(of(&after(1.1), WANTED)));
    assert!(of(&after(1.1), Return { budget_s: 2.0, ..WANTED }).is_ok());
    assert!(fails(of(&after(100.0), WANTED)), "never");
    // Back, and gone again.
    assert!(fails(of(&|s| if (2.0..2.5).contains(&s) { 1000.0 } else { 9000.0 }, WANTED)));
    let most = Return { upper_share: Some(1.1), ..WANTED };
    assert!(of(&steady, most).is_ok() && fails(of(&|s| if s > 1.5 { 10_000.0 } else { 9000.0 }, most)));
}

#[test]
fn overshoot_slope_and_share_are_each_noticed() {
    let of = |watts: &dyn Fn(f64) -> f64, by: &dyn Fn(&Seen<'_>) -> Result<String, Judgement>| {
        let (profile, record) = seen(watts, |_, _| ());
        by(&Seen { profile: &profile, record: &record })
    };
    assert!(of(&steady, &|s| s.overshoot()).is_ok());
    assert!(fails(of(&|s| if s > 0.2 && s < 0.4 { 9200.0 } else { 9000.0 }, &|s| s.overshoot())));
    // 9 kW in 0.45 s are 20 kW/s.
    let ramp = |s: f64| if s < 0.0 { 9000.0 } else { (20_000.0 * s).min(9000.0) };
    assert!(of(&ramp, &|s| s.slope(20_000.0)).is_ok());
    assert!(fails(of(&ramp, &|s| s.slope(18_000.0))));
    assert!(of(&|s| if s > 1.0 { 8200.0 } else { 9000.0 }, &|s| s.within(0.1)).is_ok());
    assert!(fails(of(&|s| if s > 1.0 { 8000.0 } else { 9000.0 }, &|s| s.within(0.1))));
    assert!(fails(of(&|s| if s < 0.0 && s > -0.2 { 10.0 } else { 9000.0 }, &|s| s.draws())));
    assert!(of(&|s| if s < 0.0 && s > -0.2 { 100.0 } else { 9000.0 }, &|s| s.draws()).is_ok(), "2 % of 9 kW");
    let ridden = Ridden { share: 0.9, within_s: 1.0 };
    let verdict = |watts: &dyn Fn(f64) -> f64, inside: bool| {
        let (profile, record) = seen(watts, |_, _| ());
        Seen { profile: &profile, record: &record }.verdict(ridden, inside).unwrap()
    };
    assert_eq!(verdict(&steady, true), "ridden_through");
    assert_eq!(verdict(&steady, false), "beyond_curve");
    assert_eq!(verdict(&|s| if (0.0..2.0).contains(&s) { 0.0 } else { 9000.0 }, true), "late");
    assert_eq!(verdict(&|s| if s > 0.0 { 0.0 } else { 9000.0 }, true), "failed");
}

#[test]
fn a_recharge_is_timed_and_its_slope_measured() {
    let declared = RechargeClaims { delay_s: 2.0, slope_w_per_s: 400.0, limit_w: 800.0 };
    let from = |at_s: f64, slope: f64, most: f64| {
        move |s: f64| if s < at_s { 9000.0 } else { 9000.0 + (slope * (s - at_s)).min(most) }
    };
    let of = |watts: &dyn Fn(f64) -> f64| {
        let (profile, record) = seen(watts, |_, _| ());
        let seen = Seen { profile: &profile, record: &record };
        (seen.recharge_waits(&declared), seen.recharge_rises(&declared))
    };
    let good = of(&from(2.5, 380.0, 780.0));
    assert!(good.0.is_ok() && good.1.is_ok(), "{good:?}");
    let early = of(&from(1.0, 380.0, 780.0));
    assert!(fails(early.0) && early.1.is_ok());
    let steep = of(&from(2.5, 700.0, 780.0));
    assert!(steep.0.is_ok() && fails(steep.1));
    let much = of(&from(2.5, 380.0, 1200.0));
    assert!(much.0.is_ok() && fails(much.1));
    assert!(matches!(of(&steady).0, Err(Judgement::Inconclusive(_))), "none was seen");
    let (profile, record) = seen(|s| if s > 0.0 { 0.0 } else { 9000.0 }, |_, _| ());
    assert!(fails(Seen { profile: &profile, record: &record }.comes_back(0.9)));
    let (profile, record) = seen(steady, |record, _| *record.load_w.last_mut().unwrap() = 100.0);
    assert!(fails(Seen { profile: &profile, record: &record }.comes_back(0.9)));
    let (profile, record) = seen(steady, |_, _| ());
    assert!(Seen { profile: &profile, record: &record }.comes_back(0.9).is_ok());
}

/// A sag from 1500 ms to `end_ms`, and its record: 0 V in the interval of each value in it.
fn held(end_ms: u32) -> (Profile, AcRecord) {
    let (mut profile, mut record) = seen(steady, |_, _| ());
    profile.points[1].rms_v = [0.0; 3];
    profile.points[2].at_ms = end_ms;
    profile.events = vec![(1_500, end_ms)];
    for (nth, volts) in (1_u32..).zip(&mut record.rms_v) {
        *volts = if (1_501..=end_ms).contains(&(10 * nth)) { [0.0; 3] } else { [240.0; 3] };
    }
    (profile, record)
}

#[test]
fn a_sag_is_looked_at_where_a_cycle_of_it_ends_with_an_interval() {
    for (end_ms, wanted) in [(1_530, true), (1_526, true), (1_520, true), (1_519, false), (1_510, false)] {
        let (profile, mut record) = held(end_ms);
        let told = Seen { profile: &profile, record: &record }.source();
        assert_eq!(told.is_ok(), wanted, "to {end_ms} ms: {told:?}");
        if wanted {
            record.rms_v[151..153].fill([240.0; 3]);
            assert!(Seen { profile: &profile, record: &record }.source().is_err(), "to {end_ms} ms");
        } else {
            assert!(told.unwrap_err().text().contains("does not tell whether it did"));
        }
    }
    // As far off as it may be.
    let (profile, mut record) = held(1_633);
    record.rms_v[159] = [4.8; 3];
    assert!(Seen { profile: &profile, record: &record }.source().is_ok());
    // What holds for no time is no point.
    let (mut profile, record) = held(1_633);
    profile.points.insert(1, profile.points[0]);
    profile.points[1] = crate::instrument::ac::AcPoint { rms_v: [100.0; 3], ..profile.points[2] };
    assert!(Seen { profile: &profile, record: &record }.source().is_ok());
}

#[test]
fn limits_belong_to_what_is_allowed() {
    let of = |watts: &dyn Fn(f64) -> f64, by: &dyn Fn(&Seen<'_>) -> Result<String, Judgement>| {
        let (profile, record) = seen(watts, |_, _| ());
        by(&Seen { profile: &profile, record: &record })
    };
    assert!(of(&|s| if s > 1.0 { 8100.0 } else { 9000.0 }, &|seen| seen.within(0.1)).is_ok());
    let away = |count: f64| move |s: f64| if s > 1.0 && s < 1.0 + count / 100.0 { 0.0 } else { 9000.0 };
    let ridden = Ridden { share: 0.9, within_s: 1.0 };
    assert!(of(&away(100.5), &|seen| seen.stays(ridden)).is_ok());
    assert!(fails(of(&away(101.5), &|seen| seen.stays(ridden))));
    // What is drawn above an upper share counts behind the budget.
    let most = Return { share: 0.9, budget_s: 2.0, upper_share: Some(1.1) };
    let above = |from: f64, to: f64, share: f64| {
        move |s: f64| if s > from && s < to { share * 9000.0 } else { 9000.0 }
    };
    assert!(of(&above(0.0, 2.01, 1.2), &|seen| seen.recovery(most)).is_ok());
    assert!(fails(of(&above(2.01, 2.02, 1.2), &|seen| seen.recovery(most))));
    assert!(of(&above(0.0, 9.0, 1.1), &|seen| seen.recovery(most)).is_ok());
    // Back with the interval that is allowed: the sag ends with an interval.
    let (mut profile, record) = seen(
        |s| if s < 2.0 { 0.0 } else { 9000.0 },
        |record, profile| {
            let begin = (profile.events[0].0 / 10) as usize;
            record.input_w[..begin].fill(9000.0);
        },
    );
    profile.events[0].1 = 1_630;
    let limit = Return { share: 0.9, budget_s: 2.0, upper_share: None };
    assert!(Seen { profile: &profile, record: &record }.recovery(limit).is_ok());
    // A sag that is too short to be looked at.
    let (profile, record) = held(1_600);
    let told = Seen { profile: &profile, record: &record }.draws();
    assert!(told.as_ref().is_err_and(|e| e.text().contains("lasts 100 ms: too short")), "{told:?}");
    assert_eq!(percent(0.9), "90.0 %");
}
