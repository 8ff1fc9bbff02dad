//! Cases that every forecaster is held to.

use super::testing::{Noise, forecaster, rmse, roll};
use super::*;

fn each() -> impl Iterator<Item = (Kind, Box<dyn Forecaster>)> {
    Kind::ALL.into_iter().map(|kind| (kind, forecaster(kind)))
}

#[test]
fn names_are_those_of_the_kinds() {
    for (kind, forecaster) in each() {
        assert_eq!((forecaster.name(), Kind::named(kind.name())), (kind.name(), Some(kind)));
    }
}

#[test]
fn a_constant_is_told_as_it_is_by_an_interval_of_no_width() {
    for (kind, mut forecaster) in each() {
        let rolled = roll(&mut *forecaster, 500, 400, 10, |_| 740.0);
        for (told, _) in rolled {
            assert!((told.mean - 740.0).abs() < 1e-6, "{kind:?}: {told:?}");
            let intervals = told.intervals.unwrap();
            assert!(intervals.iter().all(|i| i.high - i.low < 1e-6), "{kind:?}: {intervals:?}");
        }
    }
}

#[test]
fn what_is_no_sample_is_refused_and_changes_nothing() {
    for (kind, mut forecaster) in each() {
        assert_eq!(forecaster.predict(0.1), Err(PredictError::NoSample), "{kind:?}");
        assert_eq!(forecaster.update(5.0, 1.0), Ok(Update::First));
        for i in 1..300 {
            assert_eq!(forecaster.update(5.0 + f64::from(i) * 0.01, f64::from(i % 7)), Ok(Update::Sample));
        }
        let before = forecaster.predict(0.1).unwrap();
        let last_s = 5.0 + 299.0 * 0.01;
        for (t_s, value) in [(8.1, f64::NAN), (8.1, f64::INFINITY), (f64::NAN, 1.0)] {
            let refused = forecaster.update(t_s, value);
            assert!(matches!(refused, Err(UpdateError::NotFinite { .. })), "{kind:?}: {refused:?}");
        }
        assert_eq!(forecaster.update(8.1, -2e12), Err(UpdateError::TooLarge { value: -2e12 }));
        for t_s in [last_s, 7.0] {
            assert_eq!(forecaster.update(t_s, 1.0), Err(UpdateError::NotLater { t_s, last_s }), "{kind:?}");
        }
        assert_eq!(forecaster.predict(0.1), Ok(before), "{kind:?}");
        for horizon_s in [0.0, -1.0, f64::NAN, 31.0] {
            let refused = forecaster.predict(horizon_s);
            assert!(matches!(refused, Err(PredictError::Horizon { .. })), "{kind:?}: {refused:?}");
        }
    }
}

#[test]
fn a_gap_is_noticed_and_a_clock_set_back_can_be_declared() {
    for (kind, mut forecaster) in each() {
        roll(&mut *forecaster, 400, 400, 1, |i| 100.0 + (i % 10) as f64);
        let silence = forecaster.update(10.0, 500.0).unwrap();
        assert!(matches!(silence, Update::AfterGap(s) if (s - 6.01).abs() < 1e-9), "{kind:?}: {silence:?}");
        // The first after the gap: nothing before it may be taken for its past.
        assert_eq!(forecaster.predict(0.1).unwrap().mean, 500.0, "{kind:?}");
        assert!(forecaster.predict(0.1).unwrap().intervals.is_some(), "{kind:?}: the errors were learned");
        forecaster.gap();
        assert_eq!(forecaster.predict(0.1), Err(PredictError::NoSample), "{kind:?}");
        assert_eq!(forecaster.update(2.0, 500.0), Ok(Update::First), "{kind:?}");
        for i in 1..100 {
            forecaster.update(2.0 + f64::from(i) * 0.01, 500.0).unwrap();
        }
        // Those that fall back to a mean still know the old one; none leaves what it has seen.
        let mean = forecaster.predict(0.1).unwrap().mean;
        assert!((90.0..510.0).contains(&mean), "{kind:?}: {mean}");
    }
}

#[test]
fn a_ramp_is_told_by_those_that_know_a_trend() {
    // 200 a second; where the trend is damped, what is told is the damped trend, exactly.
    let signal = |i: usize| 1000.0 + 2.0 * i as f64;
    for (kind, bar) in [(Kind::Ar, 1.0), (Kind::Lagged, 1.0)] {
        let error = rmse(&roll(&mut *forecaster(kind), 1500, 1000, 10, signal));
        assert!(error < bar, "{kind:?}: {error}");
    }
    let config = Config::new(0.01).unwrap();
    let undamped = f64::INFINITY;
    let models: [Box<dyn Forecaster>; 4] = [
        Box::new(Online::new(holt::Holt::with_times(0.02, 0.1, undamped), &config).unwrap()),
        Box::new(Online::new(kalman::Bank::with_damping(0.01, undamped), &config).unwrap()),
        Box::new(Online::new(holt::Holt::with_times(0.02, 0.1, 0.2), &config).unwrap()),
        Box::new(Online::new(kalman::Bank::with_damping(0.01, 0.2), &config).unwrap()),
    ];
    for (at, mut model) in models.into_iter().enumerate() {
        let rolled = roll(&mut *model, 1500, 1400, 10, signal);
        // 200 a second over 0.1 s, or over the 0.2 (1 - e^-0.5) s that a damping of 0.2 s leaves of it.
        let rise = if at < 2 { 20.0 } else { 200.0 * 0.2 * (1.0 - (-0.5f64).exp()) };
        for (told, truth) in rolled {
            assert!((told.mean - (truth - 20.0 + rise)).abs() < 1e-3, "{at}: {told:?} {truth}");
        }
    }
}

#[test]
fn irregular_samples_of_a_ramp_and_a_sine_are_told_too() {
    let mut noise = Noise::new(5);
    let config = Config::new(0.01).unwrap();
    let mut holt = Online::new(holt::Holt::with_times(0.02, 0.1, f64::INFINITY), &config).unwrap();
    let mut ar = forecaster(Kind::Ar);
    let sine = |t: f64| 50.0 + 10.0 * (t * std::f64::consts::TAU / 0.7).sin();
    let (mut t, mut worst) = (0.0, 0.0f64);
    for i in 0..6000 {
        t += 0.002 + 0.01 * noise.uniform();
        holt.update(t, 300.0 * t).unwrap();
        ar.update(t, sine(t)).unwrap();
        if i > 4000 {
            assert!((holt.predict(0.1).unwrap().mean - 300.0 * (t + 0.1)).abs() < 1e-6);
            worst = worst.max((ar.predict(0.1).unwrap().mean - sine(t + 0.1)).abs());
        }
    }
    // A line between samples up to 12 ms apart is off the sine by up to 0.15.
    assert!(worst < 2.0, "{worst}");
}

/// A square wave with edges over three steps and a little noise, its period changed half way.
fn square(period: impl Fn(usize) -> f64, n: usize) -> Vec<f64> {
    let mut noise = Noise::new(11);
    let mut phase = 0.0f64;
    (0..n)
        .map(|i| {
            phase = (phase + 1.0 / period(i)).fract();
            300.0 + if phase < 0.4 { 600.0 } else { 0.0 } + 5.0 * noise.normal()
        })
        .collect()
}

#[test]
fn a_period_is_found_and_followed_when_it_changes() {
    // 0.9 s, and from the middle on 1.3 s.
    let values = square(|i| if i < 4000 { 90.0 } else { 130.0 }, 9000);
    let config = Config::new(0.01).unwrap();
    let mut online = Online::new(period::Period::new(&config), &config).unwrap();
    let mut rolled = Vec::new();
    for i in 0..8900 {
        online.update(i as f64 * 0.01, values[i]).unwrap();
        if i == 1000 || i == 3999 {
            let period = online.model().period().unwrap();
            assert!(period.abs_diff(90) <= 1, "{i}: {period}");
        }
        if (6000..).contains(&i) {
            let period = online.model().period().unwrap();
            assert!(period.abs_diff(130) <= 2, "{i}: {period}");
            rolled.push((online.predict(0.3).unwrap(), values[i + 30]));
        }
    }
    // Persistence is wrong by 600 nearly half of the time; exact repetition leaves √2 times the noise.
    assert!(rmse(&rolled) < 60.0, "{}", rmse(&rolled));
}

#[test]
fn a_period_is_followed_through_jitter() {
    // Iterations of 2 s, each up to 5 % longer or shorter.
    let mut noise = Noise::new(2);
    let lengths: Vec<f64> = (0..100).map(|_| 200.0 * (1.0 + 0.1 * (noise.uniform() - 0.5))).collect();
    let mut starts = vec![0.0];
    lengths.iter().for_each(|l| starts.push(starts[starts.len() - 1] + l));
    let period = |i: usize| {
        let at = starts.partition_point(|s| *s <= i as f64).clamp(1, lengths.len());
        lengths[at - 1]
    };
    let values = square(period, 15_000);
    let error = |kind| {
        let mut forecaster = forecaster(kind);
        rmse(&roll(&mut *forecaster, 14_000, 3000, 100, |i| values[i]))
    };
    let (period, persistence) = (error(Kind::Period), error(Kind::Persistence));
    assert!(period < 0.5 * persistence, "{period} against {persistence}");
}

#[test]
fn a_sine_is_told_by_the_period_and_by_the_ensemble() {
    let signal = |i: usize| 50.0 + 10.0 * (i as f64 * 0.01 * std::f64::consts::TAU / 0.7).sin();
    for kind in [Kind::Period, Kind::Ensemble] {
        for k in [10, 70, 100] {
            let error = rmse(&roll(&mut *forecaster(kind), 3000, 2000, k, signal));
            // A tenth of the amplitude: the ensemble's weights are those of the next horizon it learns.
            assert!(error < 1.0, "{kind:?} {k}: {error}");
        }
    }
}

#[test]
fn steps_that_nothing_announces_are_told_no_worse_than_by_persistence() {
    // A walk of steps at random times: no forecast is better than the last sample.
    for k in [10, 30] {
        let told = |kind: Kind| {
            let (mut noise, mut level) = (Noise::new(23), 500.0);
            let signal = |_| {
                if noise.uniform() < 0.005 {
                    level += 100.0 * noise.normal();
                }
                level + noise.normal()
            };
            rmse(&roll(&mut *forecaster(kind), 9000, 1000, k, signal))
        };
        let (ensemble, persistence) = (told(Kind::Ensemble), told(Kind::Persistence));
        assert!(ensemble < 1.01 * persistence, "{k}: {ensemble} of {persistence}");
    }
}

#[test]
fn steps_to_and_fro_are_covered_once_one_was_seen() {
    // A step each 6 s, seen a second ahead: a sixth of all truths lie a step away, on the side on which the last one did not.
    let mut noise = Noise::new(24);
    let signal = |i: usize| noise.normal() + if (i / 600).is_multiple_of(2) { 100.0 } else { 400.0 };
    let rolled = roll(&mut *forecaster(Kind::Persistence), 9000, 700, 100, signal);
    let held = rolled.iter().filter(|(p, v)| p.intervals.is_some_and(|i| i[2].holds(*v))).count();
    let share = held as f64 / rolled.len() as f64;
    assert!(share > 0.92, "{share}");
}

#[test]
fn noise_has_the_nominal_share_in_each_interval() {
    for (kind, mut forecaster) in each() {
        let mut noise = Noise::new(21);
        let mut wave = 0.0;
        let signal = |_| {
            wave = 0.9 * wave + noise.normal();
            500.0 + 3.0 * wave
        };
        let rolled = roll(&mut *forecaster, 7000, 1000, 10, signal);
        for (at, level) in LEVELS.into_iter().enumerate() {
            let held = rolled.iter().filter(|(p, v)| p.intervals.is_some_and(|i| i[at].holds(*v))).count();
            let share = held as f64 / rolled.len() as f64;
            assert!((share - level).abs() < 0.03, "{kind:?} {level}: {share}");
        }
    }
}

#[test]
fn a_change_of_the_noise_is_covered_again() {
    for (kind, mut forecaster) in each() {
        let mut noise = Noise::new(22);
        let rolled =
            roll(&mut *forecaster, 8000, 3000, 3, |i| noise.normal() * if i < 3000 { 1.0 } else { 6.0 });
        for (at, level) in LEVELS.into_iter().enumerate() {
            let held = rolled.iter().filter(|(p, v)| p.intervals.is_some_and(|i| i[at].holds(*v))).count();
            let share = held as f64 / rolled.len() as f64;
            assert!((share - level).abs() < 0.03, "{kind:?} {level}: {share}");
        }
    }
}

#[test]
fn seconds_since_1970_are_as_good_as_seconds_since_the_start() {
    for (kind, mut near) in each() {
        let mut far = forecaster(kind);
        for i in 0..1500 {
            let (t_s, value) = (f64::from(i) * 0.01, 10.0 + f64::from(i % 37));
            near.update(t_s, value).unwrap();
            far.update(1_795_000_000.0 + t_s, value).unwrap();
        }
        for horizon_s in [0.01, 0.1, 1.0] {
            let (a, b) = (near.predict(horizon_s).unwrap(), far.predict(horizon_s).unwrap());
            // Times that far are off by a quarter of a microsecond: some 4e-5 of a step, of steps of 37.
            assert!((a.mean - b.mean).abs() < 0.02, "{kind:?} {horizon_s}: {a:?} {b:?}");
        }
    }
}

#[test]
fn a_configuration_says_what_is_wrong() {
    assert_eq!(Config::new(0.0), Err(ConfigError::Step(0.0)));
    assert!(Config::new(f64::NAN).is_err());
    assert_eq!(Config::new(15.0).unwrap().horizons_s, [30.0]);
    assert_eq!(Config::new(60.0).unwrap().horizons_s, [60.0, 120.0]);
    let good = Config::new(0.01).unwrap();
    let bad = Config { horizons_s: vec![1.0, 0.5], ..good.clone() };
    assert_eq!(bad.check(), Err(ConfigError::Horizons));
    let bad = Config { max_gap_s: 0.01, ..good };
    assert_eq!(build(Kind::Ar, &bad).err(), Some(ConfigError::Gap { max_gap_s: 0.01, step_s: 0.01 }));
}
