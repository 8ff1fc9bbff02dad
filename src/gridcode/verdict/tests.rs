//! Verdicts on events made up for them.

use super::*;
use crate::gridcode::find;

/// Voltage steps and power points over 20 s; the sag begins at 2 s.
fn signals(voltage: &[(f64, f64)], power: &[(f64, f64)]) -> Signals {
    let low = History::steps(voltage, 20.0).unwrap();
    Signals {
        high_pu: Some(low.clone()),
        low_pu: Some(low),
        power_w: (!power.is_empty()).then(|| History::new(power.to_vec()).unwrap()),
        ..Signals::default()
    }
}

/// A sag to `depth` from 2 s for `time`, with the power lost and back `after` its end.
fn sag(depth: f64, time: f64, after: f64) -> Signals {
    let end = 2.0 + time;
    signals(
        &[(0.0, 1.0), (2.0, depth), (end, 1.0)],
        &[(0.0, 1e5), (2.0, 1e5), (2.0, 0.0), (end + after, 0.0), (end + after, 1e5), (20.0, 1e5)],
    )
}

fn verdicts(code: &str, signals: &Signals, options: &Options) -> Vec<(String, Verdict)> {
    let judged = judge(&find(code).unwrap(), signals, options);
    judged.clauses.into_iter().map(|c| (c.clause, c.verdict)).collect()
}

fn verdict(code: &str, clause: &str, signals: &Signals) -> (Verdict, String) {
    let options = Options { clauses: vec![clause.to_owned()], ..Options::default() };
    let judged = judge(&find(code).unwrap(), signals, &options);
    assert_eq!(judged.clauses.len(), 1);
    assert_eq!(judged.verdict, judged.clauses[0].verdict);
    (judged.verdict, judged.clauses[0].reasons.join("; "))
}

#[test]
fn a_load_that_is_back_in_time_passes_and_one_that_is_late_fails() {
    use Verdict::{Fail, Pass};
    for (after, wanted) in [(0.1, Pass), (1.9, Pass), (2.0, Pass), (2.1, Fail), (10.0, Fail)] {
        let s = sag(0.3, 0.2, after);
        for clause in ["voltage", "recovery"] {
            let (got, reason) = verdict("ercot-nogrr282", clause, &s);
            assert_eq!(got, wanted, "{clause} {after}: {reason}");
        }
    }
    // The budget of the drafts of 2025, and one set by hand.
    assert_eq!(verdict("ercot-nogrr282@2025-drafts", "recovery", &sag(0.3, 0.2, 1.0)).0, Pass);
    let late = verdict("ercot-nogrr282@2025-drafts", "recovery", &sag(0.3, 0.2, 1.5));
    assert_eq!(late.0, Verdict::Inconclusive, "its curve is missing: {}", late.1);
    let options = Options { recovery_budget_s: Some(1.0), ..Options::default() };
    let all = verdicts("ercot-nogrr282", &sag(0.3, 0.2, 1.5), &options);
    assert!(
        all.contains(&("recovery".to_owned(), Fail)) && all.contains(&("voltage".to_owned(), Fail)),
        "{all:?}"
    );
}

#[test]
fn beyond_the_curve_the_load_may_trip() {
    let (lost, reason) = verdict("ercot-nogrr282", "voltage", &sag(0.3, 0.4, 10.0));
    assert_eq!(lost, Verdict::NotApplicable, "{reason}");
    assert_eq!(verdict("ercot-nogrr282", "recovery", &sag(0.3, 0.4, 10.0)).0, Verdict::NotApplicable);
    let (rode, reason) = verdict("ercot-nogrr282", "voltage", &sag(0.3, 0.4, 0.5));
    assert_eq!(rode, Verdict::Pass);
    assert!(reason.contains("all the same"), "{reason}");
}

#[test]
fn what_is_not_recorded_or_not_known_is_inconclusive() {
    use Verdict::{Inconclusive, NotApplicable, Pass};
    let steps = [(0.0, 1.0), (2.0, 0.3), (2.2, 1.0)];
    for (clause, wanted) in [
        ("voltage", Inconclusive),
        ("recovery", Inconclusive),
        ("frequency", Inconclusive),
        ("successive", NotApplicable),
    ] {
        let (got, reason) = verdict("ercot-nogrr282", clause, &signals(&steps, &[]));
        assert_eq!(got, wanted, "{clause}: {reason}");
    }
    // The power ends 1 s after the sag, not yet back.
    let short = signals(&steps, &[(0.0, 1e5), (2.0, 1e5), (2.0, 0.0), (3.2, 0.0)]);
    assert_eq!(verdict("ercot-nogrr282", "recovery", &short).0, Inconclusive);
    // Power that begins with the sag: nothing to compare with.
    let late = signals(&steps, &[(2.0, 0.0), (2.3, 1e5), (20.0, 1e5)]);
    assert_eq!(verdict("ercot-nogrr282", "recovery", &late).0, Inconclusive);
    // A swell into the band whose time is missing: lost is inconclusive, ridden is enough.
    let swell = |power: &[(f64, f64)]| signals(&[(0.0, 1.0), (2.0, 1.25), (2.2, 1.0)], power);
    let lost = swell(&[(0.0, 1e5), (2.0, 1e5), (2.0, 0.0), (20.0, 0.0)]);
    assert_eq!(verdict("ercot-nogrr282", "voltage", &lost).0, Inconclusive);
    assert_eq!(verdict("ercot-nogrr282", "voltage", &swell(&[(0.0, 1e5), (20.0, 1e5)])).0, Pass);
    // A code without a curve.
    assert_eq!(verdict("eirgrid-mpid345", "voltage", &sag(0.3, 0.2, 0.1)).0, Inconclusive);
    assert_eq!(verdict("eirgrid-mpid345", "recovery", &sag(0.3, 0.2, 0.5)).0, Pass);
    // Nothing happens.
    let quiet = signals(&[(0.0, 1.0)], &[(0.0, 1e5), (20.0, 1e5)]);
    assert_eq!(verdict("ercot-nogrr282", "voltage", &quiet).0, NotApplicable);
}

#[test]
fn a_second_dip_of_the_power_moves_the_return() {
    let s = signals(
        &[(0.0, 1.0), (2.0, 0.3), (2.2, 1.0)],
        &[
            (0.0, 1e5),
            (2.0, 1e5),
            (2.0, 0.0),
            (2.3, 1e5),
            (3.0, 1e5),
            (3.0, 5e4),
            (3.5, 5e4),
            (3.5, 1.05e5),
            (20.0, 1e5),
        ],
    );
    let judged = judge(&find("ercot-nogrr282").unwrap(), &s, &Options::default());
    let back = judged.returns[0];
    assert_eq!(back.settled_s, Some(3.5));
    assert!((back.peak_share - 1.05).abs() < 1e-12);
    let recovery = judged.clauses.iter().find(|c| c.clause == "recovery").unwrap();
    let margin = &recovery.margins[0];
    assert!((margin.value - (4.2 - 3.5)).abs() < 1e-9, "{margin:?}");
}

#[test]
fn the_power_before_is_that_of_the_second_before_each_event() {
    let two = [(0.0, 1.0), (2.0, 0.3), (2.1, 1.0), (12.0, 0.3), (12.1, 1.0)];
    // The load halves on its own between the sags, and is back to the half after the second one.
    let halved = signals(
        &two,
        &[
            (0.0, 1e5),
            (6.0, 1e5),
            (6.0, 5e4),
            (12.0, 5e4),
            (12.0, 0.0),
            (12.5, 0.0),
            (12.5, 5e4),
            (20.0, 5e4),
        ],
    );
    let judged = judge(&find("ercot-nogrr282").unwrap(), &halved, &Options::default());
    assert_eq!(judged.returns.iter().map(|r| r.before_w).collect::<Vec<_>>(), [1e5, 5e4]);
    assert_eq!(verdict("ercot-nogrr282", "recovery", &halved).0, Verdict::Pass);
    // A second sag while the load is not back yet: what counts is the power before the first one.
    let close = signals(
        &[(0.0, 1.0), (2.0, 0.3), (2.1, 1.0), (2.6, 0.3), (2.7, 1.0)],
        &[(0.0, 1e5), (2.0, 1e5), (2.0, 2e4), (6.0, 2e4), (20.0, 2e4)],
    );
    let judged = judge(&find("ercot-nogrr282").unwrap(), &close, &Options::default());
    assert_eq!(judged.returns.iter().map(|r| r.before_w).collect::<Vec<_>>(), [1e5, 1e5]);
    let recovery = judged.clauses.iter().find(|c| c.clause == "recovery").unwrap();
    assert_eq!(recovery.verdict, Verdict::Fail, "{:?}", recovery.reasons);
    assert!(recovery.reasons[0].contains("next sag"), "{:?}", recovery.reasons);
}

#[test]
fn a_jump_of_the_phase_in_a_sag_is_no_frequency() {
    let with = |spike_s: f64| Signals {
        frequency_hz: Some(
            History::new(vec![
                (0.0, 60.0),
                (spike_s - 0.02, 60.0),
                (spike_s, 56.0),
                (spike_s + 0.02, 60.0),
                (20.0, 60.0),
            ])
            .unwrap(),
        ),
        ..sag(0.3, 0.2, 0.1)
    };
    assert_eq!(verdict("ercot-nogrr282", "frequency", &with(2.23)).0, Verdict::NotApplicable);
    assert_ne!(verdict("ercot-nogrr282", "frequency", &with(3.0)).0, Verdict::NotApplicable);
}

#[test]
fn an_upper_share_is_kept_at_the_end_of_the_budget() {
    let with = |watts: f64| {
        signals(
            &[(0.0, 1.0), (2.0, 0.3), (2.2, 1.0)],
            &[(0.0, 1e5), (2.0, 1e5), (2.0, 0.0), (2.3, watts), (20.0, watts)],
        )
    };
    for (watts, wanted) in [
        (0.89e5, Verdict::Inconclusive),
        (0.95e5, Verdict::Pass),
        (1.1e5, Verdict::Pass),
        (1.11e5, Verdict::Fail),
    ] {
        let (got, reason) = verdict("aemc-package2-automatic", "recovery", &with(watts));
        assert_eq!(got, wanted, "{watts}: {reason}");
    }
}

#[test]
fn every_sag_of_a_train_must_be_ridden() {
    let train = [(0.0, 1.0), (2.0, 0.3), (2.1, 1.0), (7.0, 0.3), (7.1, 1.0), (12.0, 0.3), (12.1, 1.0)];
    let rides = signals(&train, &[(0.0, 1e5), (20.0, 1e5)]);
    assert_eq!(verdict("ercot-nogrr282", "successive", &rides).0, Verdict::Pass);
    // It counts to three, then goes.
    let counts = signals(&train, &[(0.0, 1e5), (12.0, 1e5), (12.0, 0.0), (20.0, 0.0)]);
    let (got, reason) = verdict("ercot-nogrr282", "successive", &counts);
    assert_eq!(got, Verdict::Fail, "{reason}");
    assert!(reason.contains("event 2 of 3") && reason.contains("event 3 of 3"), "{reason}");
}

#[test]
fn frequency_bands_and_the_power_during_them() {
    let with = |hz: f64, power: f64| Signals {
        frequency_hz: Some(
            History::new(vec![(0.0, 60.0), (2.0, 60.0), (3.0, hz), (8.0, hz), (9.0, 60.0), (20.0, 60.0)])
                .unwrap(),
        ),
        ..signals(&[(0.0, 1.0)], &[(0.0, 1e5), (4.0, 1e5), (4.0, power), (20.0, power)])
    };
    use Verdict::{Fail, NotApplicable, Pass};
    for (hz, power, wanted) in [
        (58.0, 0.95e5, Pass),
        (58.0, 0.85e5, Fail),
        (61.5, 1.2e5, Fail),
        (59.5, 0.0, NotApplicable),
        (56.0, 0.0, Pass),
    ] {
        let (got, reason) = verdict("ercot-nogrr282", "frequency", &with(hz, power));
        assert_eq!(got, wanted, "{hz} Hz, {power} W: {reason}");
    }
    // Below 57 Hz, reached at 2.75 s, it may trip at once, but not before.
    let mut gone = with(56.0, 0.0);
    gone.power_w = Some(History::new(vec![(0.0, 1e5), (2.7, 1e5), (2.7, 0.0), (20.0, 0.0)]).unwrap());
    assert_eq!(verdict("ercot-nogrr282", "frequency", &gone).0, Fail);
    let mut other = with(58.0, 0.0);
    other.grid_hz = Some(50.0);
    assert_eq!(verdict("ercot-nogrr282", "frequency", &other).0, NotApplicable);
}

#[test]
fn a_rate_of_change_up_to_the_limit_must_be_ridden() {
    let with = |rate: f64, power: f64| Signals {
        frequency_hz: Some(
            History::new(vec![(0.0, 50.0), (2.0, 50.0), (3.0, 50.0 - rate), (20.0, 50.0 - rate)]).unwrap(),
        ),
        ..signals(&[(0.0, 1.0)], &[(0.0, 1e5), (2.2, 1e5), (2.2, power), (20.0, power)])
    };
    use Verdict::{Fail, Inconclusive, NotApplicable, Pass};
    for (rate, power, wanted) in
        [(0.9, 1e5, Pass), (1.0, 0.0, Fail), (1.5, 0.0, NotApplicable), (0.05, 0.0, NotApplicable)]
    {
        let (got, reason) = verdict("eirgrid-mpid345", "rocof", &with(rate, power));
        assert_eq!(got, wanted, "{rate} Hz/s: {reason}");
    }
    assert_eq!(verdict("ieso-lcl", "rocof", &with(0.9, 1e5)).0, NotApplicable, "a 60 Hz code");
    let mut at_60 = with(3.0, 1e5);
    at_60.frequency_hz = at_60.frequency_hz.map(|f| f.map(|hz| hz + 10.0));
    assert_eq!(verdict("ieso-lcl", "rocof", &at_60).0, Inconclusive, "its window is missing");
}

#[test]
fn limits_of_a_site_are_scaled_to_the_record() {
    let ramp = signals(&[(0.0, 1.0)], &[(0.0, 1e5), (2.0, 1e5), (17.0, 1.2e5), (20.0, 1.2e5)]);
    let with = |site_w: Option<f64>| {
        let options = Options {
            rated_w: Some(132e3),
            site_w,
            clauses: vec!["ramp-15s".to_owned()],
            ..Options::default()
        };
        judge(&find("ieso-lcl").unwrap(), &ramp, &options).verdict
    };
    // 20 kW of 132 kW in 15 s are 15 MW of 100 MW, and 3 MW of 20 MW; 5 MW are allowed.
    assert_eq!(with(Some(100e6)), Verdict::Fail);
    assert_eq!(with(Some(20e6)), Verdict::Pass);
    assert_eq!(with(None), Verdict::Inconclusive);
    assert_eq!(with(Some(1e3)), Verdict::Inconclusive);
}

#[test]
fn oscillation_in_the_band_counts() {
    let wave = |hz: f64| {
        let points = (0..12_000).map(|i| {
            let t = f64::from(i) * 0.0025;
            (t, 1e5 + 1e4 * (2.0 * std::f64::consts::PI * hz * t).sin())
        });
        let power = History::new(points.collect()).unwrap();
        let signals = Signals { power_w: Some(power), ..Signals::default() };
        let options = Options { rated_w: Some(132e3), site_w: Some(100e6), ..Options::default() };
        judge(&find("ercot-oscillation").unwrap(), &signals, &options).verdict
    };
    // 20 kW from peak to peak of 132 kW are 15 MW of 100 MW; 10 MW are allowed, between 0.1 and 55 Hz.
    assert_eq!(wave(1.0), Verdict::Fail);
    assert_eq!(wave(0.02), Verdict::Pass);
}
