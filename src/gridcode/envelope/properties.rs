//! Properties that hold for any curve and any history.

use proptest::prelude::*;

use super::*;

/// Keeps the minimum times off the grid on which the histories change. On that edge a rounding error decides
/// whether a limit binds, and the value margin jumps; the tests of the edge rules stand in `tests`.
const OFF_THE_EDGE_S: f64 = 0.003_217_31;

/// Curves with levels from 0.9 down and times from long to short.
fn curves() -> impl Strategy<Value = Envelope> {
    (
        prop::collection::vec((1u32..18, 1u32..40), 1..5),
        prop_oneof![Just(Timing::BeyondLevel), Just(Timing::Profile)],
        prop_oneof![Just(AtLevel::Within), Just(AtLevel::Beyond)],
        prop_oneof![Just(AtLimit::MustRide), Just(AtLimit::MayTrip)],
    )
        .prop_map(|(points, timing, at_level, at_limit)| {
            let (mut levels, mut times): (Vec<u32>, Vec<u32>) = points.into_iter().unzip();
            levels.sort_unstable_by(|a, b| b.cmp(a));
            levels.dedup();
            times.sort_unstable_by(|a, b| b.cmp(a));
            let low = levels
                .iter()
                .zip(times)
                .map(|(l, t)| Limit {
                    level: f64::from(*l) * 0.05,
                    minimum_s: Some(f64::from(t) * 0.05 + OFF_THE_EDGE_S),
                })
                .collect();
            Envelope { low, high: Vec::new(), timing, at_level, at_limit, hysteresis: 0.0 }
        })
}

/// Histories from 1 p.u. through values on a grid, as slopes and steps, back to 1 p.u.
fn histories() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0u32..30, 0u32..24), 1..12).prop_map(|parts| {
        let mut t = 1.0;
        let mut points = vec![(0.0, 1.0), (t, 1.0)];
        for (pause, value) in parts {
            t += f64::from(pause) * 0.03;
            points.push((t, f64::from(value) * 0.05));
        }
        points.push((t + 0.1, 1.0));
        points.push((t + 1.0, 1.0));
        points
    })
}

/// The worst margins and whether everything must be ridden through.
fn worst(envelope: &Envelope, points: &[(f64, f64)]) -> (f64, f64, bool) {
    let all = envelope.excursions(&History::new(points.to_vec()).unwrap(), Side::Low);
    let least =
        |margin: fn(&Excursion) -> Option<f64>| all.iter().filter_map(margin).fold(f64::INFINITY, f64::min);
    (least(|e| e.time_margin_s), least(|e| e.value_margin), all.iter().all(Excursion::must_ride))
}

/// Rounding, and the tolerances of values on steep slopes, may move a crossing by this much.
const SLACK: f64 = 1e-6;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_deeper_sag_never_has_a_better_margin(
        envelope in curves(), points in histories(), cut in prop::collection::vec(0u32..10, 14),
    ) {
        let deeper: Vec<_> = points.iter().zip(cut.iter().cycle())
            .map(|((t, v), c)| (*t, (v - f64::from(*c) * 0.03).max(0.0)))
            .collect();
        let (time, value, ride) = worst(&envelope, &points);
        let (time_deep, value_deep, ride_deep) = worst(&envelope, &deeper);
        prop_assert!(time_deep <= time + SLACK, "time {time_deep} > {time}");
        prop_assert!(value_deep <= value + SLACK, "value {value_deep} > {value}");
        prop_assert!(ride || !ride_deep || time.abs() < SLACK, "the deeper one must be ridden, the shallower not");
    }

    #[test]
    fn a_longer_sag_never_has_a_better_margin(
        envelope in curves(), value in 0u32..18, time in 1u32..100, more in 0u32..100,
    ) {
        let value = f64::from(value) * 0.05;
        let sag = |time: f64| vec![(0.0, 1.0), (1.0, 1.0), (1.0, value), (1.0 + time, value), (1.0 + time, 1.0), (9.0 + time, 1.0)];
        let short = worst(&envelope, &sag(f64::from(time) * 0.02));
        let long = worst(&envelope, &sag(f64::from(time + more) * 0.02));
        prop_assert!(long.0 <= short.0 + SLACK && long.1 <= short.1 + SLACK && (short.2 || !long.2 || short.0.abs() < SLACK));
    }

    #[test]
    fn margins_scale_with_time_and_value(
        envelope in curves(), points in histories(), k in 2u32..8,
    ) {
        let k = f64::from(k);
        let (time, value, ride) = worst(&envelope, &points);
        let mut slower = envelope.clone();
        for limit in &mut slower.low {
            limit.minimum_s = limit.minimum_s.map(|t| t * k);
        }
        let stretched: Vec<_> = points.iter().map(|(t, v)| (t * k, *v)).collect();
        let (time_k, value_k, ride_k) = worst(&slower, &stretched);
        prop_assert!(time.is_infinite() || (time_k - k * time).abs() < SLACK * k, "{time_k} {time}");
        prop_assert!(value.is_infinite() || (value_k - value).abs() < SLACK);
        prop_assert!(ride == ride_k || time.abs() < SLACK, "on the edge the tolerances decide");
        let mut higher = envelope.clone();
        for limit in &mut higher.low {
            limit.level *= k;
        }
        let raised: Vec<_> = points.iter().map(|(t, v)| (*t, v * k)).collect();
        let (_, value_k, ride_k) = worst(&higher, &raised);
        prop_assert!(value.is_infinite() || (value_k - k * value).abs() < SLACK * k);
        prop_assert!(ride == ride_k || time.abs() < SLACK, "on the edge the tolerances decide");
    }

    #[test]
    fn a_margin_has_the_sign_of_the_verdict(envelope in curves(), points in histories()) {
        let history = History::new(points).unwrap();
        for e in envelope.excursions(&history, Side::Low) {
            let time = e.time_margin_s.unwrap();
            if e.must_ride() { prop_assert!(time >= -SLACK) } else { prop_assert!(time <= SLACK) }
            let value = e.value_margin.unwrap();
            if e.must_ride() { prop_assert!(value >= -SLACK) } else { prop_assert!(value <= SLACK) }
        }
    }

    #[test]
    fn both_sides_are_mirrored(envelope in curves(), points in histories()) {
        let history = History::new(points).unwrap();
        let mirror = |l: &Limit| Limit { level: 2.0 - l.level, ..*l };
        let high = Envelope { high: envelope.low.iter().map(mirror).collect(), low: Vec::new(), ..envelope.clone() };
        let down = envelope.excursions(&history, Side::Low);
        let up = high.excursions(&history.map(|v| 2.0 - v), Side::High);
        prop_assert_eq!(down.len(), up.len());
        for (d, u) in down.iter().zip(&up) {
            prop_assert!((d.time_margin_s.unwrap() - u.time_margin_s.unwrap()).abs() < SLACK);
            prop_assert!(d.must_ride() == u.must_ride() || d.time_margin_s.unwrap().abs() < SLACK);
        }
    }
}
