//! The source against what the waveform must be.

use std::f64::consts::{PI, SQRT_2};
use std::path::Path;

use dpo_registers::units::{Hertz, Volts};
use proptest::prelude::*;

use super::*;
use crate::gridcode::record;

const V: f64 = 240.0;

fn run(config: &GridConfig, seconds: f64) -> Vec<AcSample> {
    let mut source = Source::new(config).unwrap();
    (0..(seconds / config.step_s).round() as usize).map(|_| source.next_sample()).collect()
}

fn sagged(sags: &[Sag]) -> GridConfig {
    GridConfig { voltage: train(sags), ..GridConfig::default() }
}

#[test]
fn a_healthy_grid_is_three_sines_a_third_apart() {
    for (i, sample) in run(&GridConfig::default(), 1.0).iter().enumerate() {
        let t = i as f64 * STEP_S;
        for k in 0..3 {
            let wanted = SQRT_2 * V * (2.0 * PI * (60.0 * t - k as f64 / 3.0)).sin();
            assert!((sample.v[k] - wanted).abs() < 1e-8, "{i} {k}: {} {wanted}", sample.v[k]);
            assert!((sample.rms[k] - V).abs() < 0.02, "{i} {k}: {}", sample.rms[k]);
        }
        assert_eq!(sample.hz, 60.0);
    }
}

#[test]
fn the_reference_stays_true_for_minutes() {
    let config = GridConfig { step_s: 2e-4, ..GridConfig::default() };
    let mut source = Source::new(&config).unwrap();
    let last = (0..1_500_000).map(|_| source.next_sample()).last().unwrap();
    // The last sample is 200 us before a full second.
    let wanted = SQRT_2 * V * (2.0 * PI * 60.0 * -2e-4f64).sin();
    assert!((last.v[0] - wanted).abs() < 1e-3, "{} {wanted}", last.v[0]);
    assert!((last.rms[0] - V).abs() < 0.2, "{}", last.rms[0]);
}

#[test]
fn effective_values_follow_the_frequency() {
    for hz in [45.0, 50.0, 57.0, 61.8] {
        let config = GridConfig { frequency: Hertz(hz), start_deg: 33.0, ..GridConfig::default() };
        for sample in run(&config, 0.2) {
            assert!(sample.rms.iter().all(|rms| (rms - V).abs() < 0.02), "{hz}: {sample:?}");
        }
    }
}

/// Amplitudes of the seven types at 0.5 p.u., from the formulas of the table with the numbers put in.
#[test]
fn the_types_of_sags_are_those_of_the_table() {
    let v = Phasor::new(0.5, 0.0);
    let two = (0.25 + 0.75 * 0.25f64).sqrt();
    let d = (0.0625 + 0.75f64).sqrt();
    let f = (0.0625 + (5.0 / 12.0 * 3f64.sqrt()).powi(2)).sqrt();
    let g = ((5.0 / 12.0f64).powi(2) + 0.75 * 0.25).sqrt();
    for (kind, wanted) in [
        (SagKind::A, [0.5, 0.5, 0.5]),
        (SagKind::B, [0.5, 1.0, 1.0]),
        (SagKind::C, [1.0, two, two]),
        (SagKind::D, [0.5, d, d]),
        (SagKind::E, [1.0, 0.5, 0.5]),
        (SagKind::F, [0.5, f, f]),
        (SagKind::G, [5.0 / 6.0, g, g]),
        (SagKind::Phases(0b101), [0.5, 1.0, 0.5]),
    ] {
        let found = kind.phasors(v, 0).map(Phasor::amplitude);
        for k in 0..3 {
            assert!((found[k] - wanted[k]).abs() < 1e-12, "{kind:?} {found:?} {wanted:?}");
        }
        // No type has a zero sequence but B, E and the phases by name.
        let [a, b, c] = kind.phasors(v, 0);
        let zero = ((a + b + c) * (1.0 / 3.0)).amplitude();
        let has = matches!(kind, SagKind::B | SagKind::E | SagKind::Phases(_));
        assert_eq!(zero > 1e-12, has, "{kind:?}: {zero}");
    }
}

#[test]
fn the_phase_that_differs_can_be_any_and_no_sag_is_a_healthy_grid() {
    for kind in SagKind::TYPES {
        for first in 0..3 {
            let whole = kind.phasors(Phasor::new(1.0, 0.0), first);
            for k in 0..3 {
                assert!((whole[k] - BALANCED[k]).amplitude() < 1e-12, "{kind:?} {first}");
            }
            let at_first = kind.phasors(Phasor::new(0.4, 0.0), first)[first].amplitude();
            let at_l1 = kind.phasors(Phasor::new(0.4, 0.0), 0)[0].amplitude();
            assert!((at_first - at_l1).abs() < 1e-12, "{kind:?} {first}");
        }
    }
}

#[test]
fn a_jump_of_the_characteristic_voltage_turns_it() {
    let sag = Sag { retained: 0.5, jump_deg: -30.0, ..Sag::default() };
    let [a, ..] = sag.phasors();
    assert!((a.deg() + 30.0).abs() < 1e-9 && (a.amplitude() - 0.5).abs() < 1e-12);
    assert!((sag.lowest() - 0.5).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_sag_begins_at_its_point_on_wave_and_lasts_as_long_as_it_should(
        deg in 0.0..360.0f64, at_s in 0.0..0.1f64, duration_s in 0.005..0.1f64, phase in 0usize..3,
        start_deg in 0.0..360.0f64, hz in 47.0..63.0f64,
    ) {
        let sag = Sag { at_s, duration_s, retained: 0.3, phase, point_on_wave_deg: Some(deg), ..Sag::default() };
        let config = GridConfig { start_deg, frequency: Hertz(hz), ..sagged(&[sag]) };
        let mut source = Source::new(&config).unwrap();
        let (mut first, mut last) = (None, None);
        let mut onset_s = 0.0;
        for i in 0..5000 {
            source.next_sample();
            let [amplitude, ..] = source.amplitudes().unwrap();
            if amplitude < 0.9 && first.is_none() {
                first = Some(i);
                onset_s = source.onset_s().unwrap();
            }
            if amplitude < 0.9 {
                last = Some(i);
            }
        }
        let (first, last) = (first.unwrap(), last.unwrap());
        // Angle of the healthy voltage of the phase at the onset.
        let angle = start_deg + 360.0 * hz * onset_s - 120.0 * phase as f64;
        let apart = (angle - deg + 180.0).rem_euclid(360.0) - 180.0;
        prop_assert!(apart.abs() < 1e-4, "{apart}");
        prop_assert!(onset_s > at_s - 1e-8 && onset_s < at_s + 1.0 / hz + 1e-8);
        prop_assert!(onset_s <= first as f64 * STEP_S + 1e-8 && onset_s > (first as f64 - 1.0) * STEP_S);
        let lasts = (last + 1 - first) as f64 * STEP_S;
        prop_assert!((lasts - duration_s).abs() <= STEP_S + 1e-9, "{lasts} {duration_s}");
    }

    #[test]
    fn no_configuration_panics(
        at in prop::num::f64::ANY, to in prop::num::f64::ANY, hz in prop::num::f64::ANY, step in prop::num::f64::ANY,
    ) {
        let config = GridConfig {
            frequency: Hertz(hz),
            step_s: step,
            voltage: Voltage::Changes(vec![Change::slope(at, to.abs(), [to, 1.0, hz])]),
            ..GridConfig::default()
        };
        if let Ok(mut source) = Source::new(&config) {
            prop_assert!((0..100).all(|_| source.next_sample().v.iter().all(|v| v.is_finite())));
        }
    }
}

#[test]
fn slopes_are_straight_and_a_later_change_cuts_them_short() {
    let changes = vec![
        Change::slope(0.1, 0.2, [0.5; 3]),
        // Half way down: up again from there.
        Change::slope(0.2, 0.1, [1.0; 3]),
    ];
    let mut source =
        Source::new(&GridConfig { voltage: Voltage::Changes(changes), ..GridConfig::default() }).unwrap();
    for i in 0..8000 {
        source.next_sample();
        let t = f64::from(i) * STEP_S;
        let wanted = match t {
            t if t < 0.1 => 1.0,
            t if t < 0.2 => 1.0 - 2.5 * (t - 0.1),
            t if t < 0.3 => 0.75 + 2.5 * (t - 0.2),
            _ => 1.0,
        };
        let [found, ..] = source.amplitudes().unwrap();
        assert!((found - wanted).abs() < 1e-6, "{t}: {found} {wanted}");
    }
}

#[test]
fn frequency_ramps_hold_and_come_back() {
    let config =
        GridConfig { frequency_changes: excursion(0.5, 60.0, 57.0, 5.0, 1.0, 2.0), ..GridConfig::default() };
    let samples = run(&config, 4.0);
    let hz = |t: f64| samples[(t / STEP_S) as usize].hz;
    for (t, wanted) in [(0.4, 60.0), (0.8, 58.5), (1.2, 57.0), (2.0, 57.0), (2.6, 58.0), (3.7, 60.0)] {
        assert!((hz(t) - wanted).abs() < 1e-3, "{t}: {}", hz(t));
    }
    // The angle is the integral of the frequency: cycles up to 4 s, trapezia by hand.
    let cycles = 60.0 * 4.0 - (0.5 * 0.6 * 3.0 + 1.0 * 3.0 + 0.5 * 1.5 * 3.0);
    let wanted = SQRT_2 * V * (2.0 * PI * (cycles - 60.0 * STEP_S)).sin();
    let found = samples.last().unwrap().v[0];
    assert!((found - wanted).abs() < 0.5, "{found} {wanted}");
}

#[test]
fn harmonics_have_their_size_order_and_sequence() {
    let harmonics =
        vec![Harmonic { order: 7, ratio: 0.03, deg: 40.0 }, Harmonic { order: 5, ratio: 0.06, deg: 180.0 }];
    let config = GridConfig {
        disturbances: Disturbances { harmonics, ..Disturbances::default() },
        ..GridConfig::default()
    };
    for (i, sample) in run(&config, 0.1).iter().enumerate() {
        for k in 0..3 {
            let turns = 60.0 * i as f64 * STEP_S - k as f64 / 3.0;
            let wave = (2.0 * PI * turns).sin()
                + 0.06 * (2.0 * PI * (5.0 * turns + 0.5)).sin()
                + 0.03 * (2.0 * PI * (7.0 * turns + 40.0 / 360.0)).sin();
            assert!((sample.v[k] - SQRT_2 * V * wave).abs() < 1e-8, "{i} {k}");
        }
    }
}

#[test]
fn disturbances_stay_inside_their_limits_and_follow_the_seed() {
    let disturbances = Disturbances {
        flicker: Some(Flicker { change: 0.02, hz: 8.8, rectangular: false }),
        level: Some(Wander { lowest: 0.93, highest: 1.07, steepest_per_s: 0.05, longest_s: 1.0 }),
        drift: Some(Wander { lowest: -1.0, highest: 1.0, steepest_per_s: 1.0, longest_s: 1.0 }),
        phase_jumps: Some(Jumps { most_deg: 20.0, every_s: 0.5, least_s: 0.1 }),
        ..Disturbances::default()
    };
    let config = |seed| GridConfig { seed, disturbances: disturbances.clone(), ..GridConfig::default() };
    let mut source = Source::new(&config(7)).unwrap();
    let (mut low, mut high, mut hz) = (f64::INFINITY, 0f64, 0f64);
    let mut first = Vec::new();
    for _ in 0..600_000 {
        let sample = source.next_sample();
        first.push(sample.v[0]);
        let [pu, ..] = source.amplitudes().unwrap();
        (low, high, hz) = (low.min(pu), high.max(pu), hz.max((sample.hz - 60.0).abs()));
    }
    assert!(low > 0.93 * 0.99 - 1e-9 && low < 0.96, "{low}");
    assert!(high < 1.07 * 1.01 + 1e-9 && high > 1.04, "{high}");
    assert!(hz <= 1.0 && hz > 0.3, "{hz}");
    assert_eq!(run(&config(7), 1.0).iter().map(|s| s.v[0]).collect::<Vec<_>>(), first[..20_000]);
    assert_ne!(run(&config(8), 1.0).iter().map(|s| s.v[0]).collect::<Vec<_>>(), first[..20_000]);
}

#[test]
fn noise_and_unbalance_are_as_large_as_asked() {
    let with = |disturbances| run(&GridConfig { disturbances, ..GridConfig::default() }, 1.0);
    let healthy = run(&GridConfig::default(), 1.0);
    let noisy = with(Disturbances { noise: 0.01, ..Disturbances::default() });
    let sum: f64 = noisy.iter().zip(&healthy).map(|(a, b)| (a.v[1] - b.v[1]).powi(2)).sum();
    let rms = (sum / noisy.len() as f64).sqrt() / V;
    assert!((rms - 0.01).abs() < 1e-4, "{rms}");
    let unbalanced = with(Disturbances { unbalance: 0.02, ..Disturbances::default() });
    let rms: Vec<f64> = (0..3).map(|k| unbalanced[10_000].rms[k] / V).collect();
    let mean = rms.iter().sum::<f64>() / 3.0;
    assert!((mean - 1.0).abs() < 1e-3 && rms.iter().all(|r| (r - mean).abs() < 0.021), "{rms:?}");
    assert!(rms.iter().any(|r| (r - mean).abs() > 0.015), "{rms:?}");
}

#[test]
fn the_virginia_train_is_as_the_source_says() {
    let sags = virginia_2024(1.0, SagKind::A, Some(90.0));
    assert_eq!(sags.len(), 6);
    assert!(
        sags.iter().all(|s| (0.25..=0.40).contains(&s.retained) && (0.042..=0.066).contains(&s.duration_s))
    );
    let last = sags.last().unwrap();
    assert!((last.at_s + last.duration_s - sags[0].at_s - 82.0).abs() < 1e-9);
    assert!(Source::new(&sagged(&sags)).is_ok());
}

/// A record of 50 Hz whose middle is kept with one sample a cycle.
fn thinned() -> record::Record {
    let mut text = "t_s,va_pu_peak,vb_pu_peak,vc_pu_peak\n".to_owned();
    let mut row = |t: f64| {
        let depth = if (0.1..0.15).contains(&t) { 0.6 } else { 1.0 };
        let phase = |k: f64| (2.0 * PI * (50.02 * t - k / 3.0)).sin();
        text.push_str(&format!("{t:.6},{:.5},{:.5},{:.5}\n", depth * phase(0.0), phase(1.0), phase(2.0)));
    };
    (0..1280).for_each(|i| row(f64::from(i) / 3200.0));
    (0..25).for_each(|i| row(0.42 + f64::from(i) / 50.0));
    (0..1280).for_each(|i| row(0.92 + f64::from(i) / 3200.0));
    record::csv::parse(Path::new("r.csv"), text.as_bytes(), None).unwrap()
}

#[test]
fn a_record_is_resampled_and_its_gap_filled_with_sines() {
    let recorded = Recorded::new(&thinned(), &RecordOptions::default()).unwrap();
    assert_eq!(recorded.frequency, Hertz(50.0));
    let note = recorded.notes.iter().find(|n| n.contains("filled with sines of 50.02")).unwrap();
    assert!(
        note.contains("of 25 samples kept there the largest is") && note.contains("sines 1.000"),
        "{note}"
    );
    let samples = run(&recorded.config(Volts(V), STEP_S), 1.5);
    for (i, sample) in samples.iter().enumerate() {
        let t = i as f64 * STEP_S;
        // Not at the edges of the sag, where a cubic rounds the corner, and the record ends after 1.32 s.
        if (t - 0.1).abs() < 1e-3 || (t - 0.15).abs() < 1e-3 {
            continue;
        }
        let depth = if (0.1..0.15).contains(&t) { 0.6 } else { 1.0 };
        let wanted = SQRT_2 * V * depth * (2.0 * PI * 50.02 * t).sin();
        assert!((sample.v[0] - wanted).abs() < 0.5, "{t}: {} {wanted}", sample.v[0]);
    }
    let low = samples.iter().map(|s| s.rms[0]).fold(f64::INFINITY, f64::min);
    assert!((low - 0.6 * V).abs() < 0.5, "{low}");
    assert!((samples[0].rms[1] - V).abs() < 0.5, "{}", samples[0].rms[1]);
    let source = Source::new(&recorded.config(Volts(V), STEP_S)).unwrap();
    for (i, v) in source.before(0.1).enumerate() {
        let t = -0.1 + i as f64 * STEP_S;
        for (k, v) in v.into_iter().enumerate() {
            let wanted = SQRT_2 * V * (2.0 * PI * (50.02 * t - k as f64 / 3.0)).sin();
            assert!((v - wanted).abs() < 0.5, "{t} {k}: {v} {wanted}");
        }
    }
    assert!((samples[20_000].hz - 50.02).abs() < 0.01, "{}", samples[20_000].hz);
}

#[test]
fn effective_values_become_slopes_and_one_phase_is_enough() {
    let text = "time_s,v_rms_pu\n5,1\n6,1\n6,0.4\n6.2,0.4\n7.2,0.9\n";
    let record = record::csv::parse(Path::new("r.csv"), text.as_bytes(), None).unwrap();
    let recorded = Recorded::new(&record, &RecordOptions::default()).unwrap();
    assert!((recorded.duration_s - 2.2).abs() < 1e-9);
    let samples = run(&recorded.config(Volts(V), STEP_S), 2.5);
    for (t, wanted) in [(0.9, 1.0), (1.1, 0.4), (1.7, 0.65), (2.4, 0.9)] {
        let found = samples[(t / STEP_S) as usize].rms;
        assert!(found.iter().all(|rms| (rms / V - wanted).abs() < 4e-3), "{t}: {found:?}");
    }
}

#[test]
fn what_cannot_be_a_source_is_refused_with_its_place() {
    let say = |config: GridConfig| Source::new(&config).unwrap_err().to_string();
    let ok = GridConfig::default;
    assert!(say(GridConfig { frequency: Hertz(80.0), ..ok() }).contains("frequency is 80"));
    assert!(say(GridConfig { nominal: Volts(f64::NAN), ..ok() }).contains("nominal is NaN"));
    let late = Voltage::Changes(vec![Change::step(1.0, [1.0; 3]), Change::step(0.5, [1.0; 3])]);
    assert!(say(GridConfig { voltage: late, ..ok() }).contains("voltage[1] begins before"));
    let high = Voltage::Changes(vec![Change::step(1.0, [1.0, 9.0, 1.0])]);
    assert!(say(GridConfig { voltage: high, ..ok() }).contains("voltage[0].to is 9"));
    let recorded = Recorded::new(&thinned(), &RecordOptions::default()).unwrap();
    let mut config = recorded.config(Volts(V), STEP_S);
    config.disturbances.noise = 0.01;
    assert!(say(config).contains("brings its own disturbances"));
    assert!(say(recorded.config(Volts(V), 1e-4)).contains("step_s is 0.0001"));
    let coarse = record::csv::parse(Path::new("r.csv"), b"t,va_v\n0,1\n0.02,1\n0.04,1\n", None).unwrap();
    let error = Recorded::new(&coarse, &RecordOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("r.csv: "), "{error}");
}
