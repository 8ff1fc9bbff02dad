//! Known waveforms, known answers.

use std::f64::consts::{PI, SQRT_2};

use super::*;
use crate::gridcode::history::History;

/// Three phases with the given effective values as functions of time, at a frequency and sampling rate.
fn three(rate: f64, length_s: f64, hz: f64, rms: impl Fn(f64, usize) -> f64) -> Stretch {
    let count = (rate * length_s) as usize + 1;
    let phase = |k: usize| {
        (0..count)
            .map(|i| {
                let t = i as f64 / rate;
                SQRT_2 * rms(t, k) * (2.0 * PI * (hz * t - k as f64 / 3.0) + 0.3).sin()
            })
            .collect()
    };
    Stretch { start_s: 10.0, step_s: 1.0 / rate, phases: (0..3).map(phase).collect() }
}

fn spread(values: &[f64]) -> (f64, f64) {
    (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max))
}

#[test]
fn the_effective_value_of_a_sine_is_steady_at_any_frequency_and_rate() {
    for (rate, hz, error) in [
        (3200.0, 50.0, 1e-6),
        (3200.0, 49.3, 1e-3),
        (4096.0, 60.0, 1e-3),
        (10_000.0, 61.7, 1e-4),
        (960.0, 60.0, 8e-3),
    ] {
        let wave = three(rate, 1.0, hz, |_, _| 230.0);
        let f = Frequency::of(&wave, if hz < 55.0 { 50.0 } else { 60.0 });
        assert!((f.typical_hz() - hz).abs() < 0.01, "{hz}: {}", f.typical_hz());
        for filter in [Filter::HalfCycleRms, Filter::OneCycleRms, Filter::Fundamental] {
            for rule in [PhaseRule::AnyPhase, PhaseRule::PositiveSequence] {
                let e = wave.effective(filter, rule, &f);
                let (low, high) = spread(&e.phases[0]);
                let off = (low / 230.0 - 1.0).abs().max((high / 230.0 - 1.0).abs());
                // The fundamental leaks a little when its window is no whole number of samples.
                assert!(off < error, "{rate} {hz} {filter:?} {rule:?}: {off}");
            }
        }
    }
}

#[test]
fn a_harmonic_counts_in_the_rms_and_not_in_the_fundamental() {
    let mut wave = three(6400.0, 0.5, 50.0, |_, _| 1.0);
    for (i, v) in wave.phases[0].iter_mut().enumerate() {
        *v += 0.3 * SQRT_2 * (2.0 * PI * 250.0 * i as f64 / 6400.0).sin();
    }
    let f = Frequency::of(&wave, 50.0);
    let rms = wave.effective(Filter::OneCycleRms, PhaseRule::AnyPhase, &f);
    assert!((rms.phases[0][100] - 1.09f64.sqrt()).abs() < 1e-3);
    let fundamental = wave.effective(Filter::Fundamental, PhaseRule::AnyPhase, &f);
    assert!((fundamental.phases[0][100] - 1.0).abs() < 1e-3);
}

#[test]
fn the_window_ends_at_the_instant_it_is_named_after() {
    // Phase 1 falls to zero from 10.2 s to 10.3 s, a whole number of half cycles.
    let wave = three(6400.0, 0.6, 50.0, |t, k| if k == 1 && (0.2..0.3).contains(&t) { 0.0 } else { 1.0 });
    let f = Frequency::of(&wave, 50.0);
    for (filter, window) in [(Filter::HalfCycleRms, 0.01), (Filter::OneCycleRms, 0.02)] {
        let e = wave.effective(filter, PhaseRule::AnyPhase, &f);
        let low = History::new(e.combined(PhaseRule::AnyPhase, true)).unwrap();
        assert!((low.at(10.1999).unwrap() - 1.0).abs() < 1e-2, "{filter:?}");
        assert!(low.at(10.2 + window + 0.001).unwrap() < 0.05, "{filter:?}");
        assert!(low.at(10.2999).unwrap() < 0.05, "{filter:?}");
        assert!((low.at(10.3 + window + 0.001).unwrap() - 1.0).abs() < 1e-2, "{filter:?}");
        // Below 0.9 from a part of the window after the start to a part of it after the end.
        let run = low.runs_below(0.9, 0.0)[0];
        assert!(
            run.start_s > 10.2
                && run.start_s < 10.2 + window
                && run.end_s > 10.3
                && run.end_s < 10.3 + window
        );
    }
}

#[test]
fn the_phase_rules_differ_in_a_one_phase_sag() {
    let wave = three(6400.0, 0.6, 60.0, |_, k| if k == 2 { 0.4 } else { 1.0 });
    let f = Frequency::of(&wave, 60.0);
    let value = |rule, low| {
        let e = wave.effective(Filter::Fundamental, rule, &f);
        e.combined(rule, low)[1000].1
    };
    assert!((value(PhaseRule::AnyPhase, true) - 0.4).abs() < 2e-3);
    assert!((value(PhaseRule::AnyPhase, false) - 1.0).abs() < 2e-3);
    assert!((value(PhaseRule::AllPhases, true) - 1.0).abs() < 2e-3);
    assert!((value(PhaseRule::Average, true) - 0.8).abs() < 2e-3);
    assert!((value(PhaseRule::PositiveSequence, true) - 0.8).abs() < 2e-3);
}

#[test]
fn phases_named_the_other_way_round_give_the_same_positive_sequence() {
    let mut wave = three(6400.0, 0.3, 50.0, |_, _| 1.0);
    wave.phases.swap(1, 2);
    let f = Frequency::of(&wave, 50.0);
    assert!((f.typical_hz() - 50.0).abs() < 1e-6);
    let e = wave.effective(Filter::Fundamental, PhaseRule::PositiveSequence, &f);
    assert!((e.phases[0][500] - 1.0).abs() < 1e-3);
}

#[test]
fn a_ramp_of_frequency_is_measured_with_its_rate() {
    // 60 Hz, from 1 s on falling by 1 Hz/s for 1 s: the angle is 60 t - (t - 1)^2 / 2.
    let (rate, hz) = (6000.0, |t: f64| 60.0 - (t - 1.0).clamp(0.0, 1.0));
    let turns = |t: f64| {
        60.0 * t
            - if t < 1.0 {
                0.0
            } else if t < 2.0 {
                (t - 1.0).powi(2) / 2.0
            } else {
                t - 1.5
            }
    };
    let phase = |k: usize| {
        (0..18_000)
            .map(|i| (2.0 * PI * (turns(f64::from(i) / rate) - k as f64 / 3.0)).sin())
            .collect::<Vec<_>>()
    };
    let wave = Stretch { start_s: 0.0, step_s: 1.0 / rate, phases: (0..3).map(phase).collect() };
    let f = Frequency::of(&wave, 60.0);
    for (t, value) in f.values() {
        assert!((value - hz(*t)).abs() < 0.02, "{t}: {value} is not {}", hz(*t));
    }
    let history = History::new(f.values().to_vec()).unwrap();
    let (worst, end) = rocof(&history, 0.5).unwrap();
    assert!((worst + 1.0).abs() < 0.01, "{worst}");
    assert!((1.45..2.05).contains(&end), "{end}");
    assert_eq!(rocof(&history, 10.0), None);
}

#[test]
fn power_is_the_mean_of_voltage_times_current() {
    let voltage = three(6400.0, 0.2, 50.0, |_, _| 230.0);
    let mut current = three(6400.0, 0.2, 50.0, |_, _| 10.0);
    let f = Frequency::constant(50.0);
    let p = voltage.power(&current, &f).unwrap();
    assert!((p.phases[0][50] - 6900.0).abs() < 0.01);
    current.phases.pop();
    assert_eq!(voltage.power(&current, &f), None);
}

#[test]
fn the_grid_is_told_by_its_zero_crossings() {
    let wave = three(1000.0, 1.0, 49.2, |_, _| 1.0);
    assert_eq!(coarse_hz(&wave.phases[0], wave.step_s), Some(50.0));
    assert_eq!(coarse_hz(&three(3000.0, 1.0, 60.9, |_, _| 1.0).phases[1], 1.0 / 3000.0), Some(60.0));
    assert_eq!(coarse_hz(&[1.0; 100], 0.001), None);
    assert!(!three(3000.0, 0.01, 50.0, |_, _| 1.0).is_fine(50.0));
    assert!(!three(500.0, 1.0, 50.0, |_, _| 1.0).is_fine(50.0));
}
