//! The detector on made waveforms, sample by sample, without the simulator.

use std::f64::consts::{PI, SQRT_2};

use dpo_registers::units::Volts;
use proptest::prelude::*;

use super::windows::Found;
use super::*;
use crate::control::mutation::{Mutant, survivors};

const FS: f64 = 5000.0;

/// A grid for the tests: amplitudes, angle and frequency may change at any sample.
struct Wave {
    turns: f64,
    hz: f64,
    pu: [f64; 3],
    /// Order, ratio, degrees.
    harmonics: Vec<(f64, f64, f64)>,
}

impl Wave {
    fn new() -> Self {
        Self { turns: 0.0, hz: 60.0, pu: [1.0; 3], harmonics: Vec::new() }
    }

    fn next(&mut self) -> [f64; 3] {
        let mut v = [0.0; 3];
        for (k, v) in v.iter_mut().enumerate() {
            let angle = 2.0 * PI * (self.turns - k as f64 / 3.0);
            let extra = self.harmonics.iter().map(|(h, r, deg)| r * (h * angle + deg.to_radians()).sin());
            *v = SQRT_2 * 240.0 * self.pu[k] * (angle.sin() + extra.sum::<f64>());
        }
        self.turns += self.hz / FS;
        v
    }

    /// Pushes samples for so many seconds; the events with their sample, from 1.
    fn run(&mut self, detector: &mut SagDetector, seconds: f64) -> Vec<(usize, Event)> {
        let count = (seconds * FS).round() as usize;
        (1..=count).filter_map(|i| detector.push(self.next()).map(|event| (i, event))).collect()
    }
}

fn detector() -> SagDetector {
    SagDetector::new(&DetectorConfig::default()).unwrap()
}

/// A settled detector on a healthy voltage.
fn settled(wave: &mut Wave) -> SagDetector {
    let mut detector = detector();
    assert_eq!(wave.run(&mut detector, 0.3), []);
    assert_eq!(detector.state(), State::Healthy);
    detector
}

/// The table of the module: retained voltage, and the longest time in ms with three, two and one phases.
const BOUNDS: [(f64, [f64; 3]); 6] = [
    (0.5, [2.0, 3.6, 6.4]),
    (0.7, [2.6, 5.0, 7.6]),
    (0.8, [3.6, 6.6, 9.0]),
    (0.85, [5.0, 7.6, 17.0]),
    (0.87, [6.2, 8.2, 17.4]),
    (0.89, [7.8, 9.0, 34.0]),
];

fn bound_ms(retained: f64, phases: usize) -> f64 {
    BOUNDS.iter().find(|(depth, _)| retained <= *depth).unwrap().1[3 - phases]
}

/// Time in ms from a sag of some phases at some instant of the wave until it is found.
fn found_after(retained: f64, bits: u8, turn: f64) -> Option<(f64, Rule)> {
    let mut wave = Wave { turns: turn, ..Wave::new() };
    let mut detector = settled(&mut wave);
    for k in 0..3 {
        if bits >> k & 1 == 1 {
            wave.pu[k] = retained;
        }
    }
    match wave.run(&mut detector, 0.1).first() {
        Some((sample, Event::Sag(rule))) => Some((*sample as f64 * 1e3 / FS, *rule)),
        _ => None,
    }
}

#[test]
fn every_depth_is_found_in_its_time() {
    for bits in [0b111u8, 0b011, 0b110, 0b101, 0b001, 0b010, 0b100] {
        for (depth, bounds) in BOUNDS {
            let bound = bounds[3 - bits.count_ones() as usize];
            let mut longest: f64 = 0.0;
            for instant in 0..48 {
                let (time, _) = found_after(depth, bits, f64::from(instant) / 48.0).unwrap();
                longest = longest.max(time);
            }
            assert!(longest <= bound, "{bits:03b} {depth}: {longest} ms");
            // The table is no looser than a fifth and two samples.
            assert!(longest >= 0.8 * bound - 0.4, "{bits:03b} {depth}: only {longest} ms of {bound}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_sag_is_found_in_the_time_of_its_depth(
        retained in 0.0..0.89f64, bits in 1u8..8, turn in 0.0..1.0f64,
    ) {
        let (time, _) = found_after(retained, bits, turn).unwrap();
        let bound = bound_ms(retained, bits.count_ones() as usize);
        prop_assert!(time <= bound, "{} ms, bound {}", time, bound);
    }

    #[test]
    fn a_jump_of_any_size_at_any_level_is_no_sag(
        level in 0.91..1.08f64, jump in -0.5..0.5f64, turn in 0.0..1.0f64, hz in 57.0..61.8f64,
    ) {
        let mut wave = Wave { turns: turn, pu: [level; 3], hz, ..Wave::new() };
        wave.harmonics = vec![(5.0, 0.06, 90.0), (7.0, 0.05, 200.0), (11.0, 0.015, 10.0), (3.0, 0.01, 0.0)];
        let mut detector = settled(&mut wave);
        wave.turns += jump;
        prop_assert_eq!(wave.run(&mut detector, 0.1), vec![]);
        wave.turns -= jump;
        prop_assert_eq!(wave.run(&mut detector, 0.1), vec![]);
    }

    #[test]
    fn no_sample_makes_it_panic_or_poisons_it(
        samples in prop::collection::vec((prop::num::f64::ANY, prop::num::f64::ANY, prop::num::f64::ANY), 0..200),
    ) {
        let mut wave = Wave::new();
        let mut detector = settled(&mut wave);
        for (a, b, c) in samples {
            detector.push([a, b, c]);
        }
        wave.run(&mut detector, 0.5);
        prop_assert_eq!(detector.state(), State::Healthy);
        let reading = detector.reading();
        prop_assert!((reading.lowest().0 - 1.0).abs() < 1e-3, "{:?}", reading);
    }
}

#[test]
fn just_below_the_threshold_is_a_sag_and_just_above_is_none() {
    for (pu, sags) in [(0.902, 0), (0.898, 1)] {
        // The voltage gets there slowly, so that nothing but the level counts.
        let mut wave = Wave::new();
        let mut detector = settled(&mut wave);
        for i in 0..5000 {
            wave.pu[1] = 1.0 + (pu - 1.0) * f64::from(i) / 5000.0;
            detector.push(wave.next());
        }
        wave.pu[1] = pu;
        wave.run(&mut detector, 1.0);
        assert_eq!(detector.counters().sags(), sags, "{pu}");
        assert!((detector.reading().cycle[1].0 - pu).abs() < 1e-3);
        assert!((detector.reading().fundamental[1].0 - pu).abs() < 1e-3);
        assert!((detector.reading().rms[1].0 - pu).abs() < 1e-3);
    }
}

#[test]
fn a_sag_ends_above_the_hysteresis_and_not_before() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    wave.pu = [0.6, 1.0, 1.0];
    wave.run(&mut detector, 0.1);
    wave.pu[0] = 0.917;
    assert_eq!(wave.run(&mut detector, 0.5), []);
    assert_eq!(detector.state(), State::Sag);
    wave.pu[0] = 0.923;
    let events = wave.run(&mut detector, 0.1);
    let [(sample, Event::Return { depth, .. })] = events[..] else { panic!("{events:?}") };
    assert!(sample as f64 / FS < 0.01 && (depth.0 - 0.6).abs() < 1e-3, "{sample} {depth:?}");
    assert_eq!((detector.state(), detector.counters().returns), (State::Healthy, 1));
    // A full return takes half a cycle and three samples at most.
    wave.pu[0] = 0.2;
    wave.run(&mut detector, 0.1);
    wave.pu[0] = 1.0;
    let events = wave.run(&mut detector, 0.1);
    assert!(events.len() == 1 && events[0].0 <= 45, "{events:?}");
}

#[test]
fn a_second_sag_soon_after_is_found_as_fast() {
    for instant in 0..48 {
        let mut wave = Wave { turns: f64::from(instant) / 48.0, ..Wave::new() };
        let mut detector = settled(&mut wave);
        wave.pu = [0.3; 3];
        wave.run(&mut detector, 0.06);
        wave.pu = [1.0; 3];
        wave.run(&mut detector, 0.02);
        assert_eq!(detector.state(), State::Healthy);
        wave.pu = [0.5; 3];
        let events = wave.run(&mut detector, 0.05);
        let [(sample, Event::Sag(Rule::Collapse))] = events[..] else { panic!("{instant}: {events:?}") };
        assert!(sample as f64 * 1e3 / FS <= bound_ms(0.5, 3), "{instant}: {sample}");
    }
}

#[test]
fn a_return_takes_three_samples_above_the_hysteresis() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    wave.pu = [0.5; 3];
    wave.run(&mut detector, 0.1);
    wave.pu = [1.0; 3];
    let mut above = 0;
    loop {
        let event = detector.push(wave.next());
        if detector.reading().lowest().0 > 0.92 {
            above += 1;
        }
        if event.is_some() {
            break;
        }
    }
    assert_eq!(above, 3);
}

#[test]
fn rules_wait_for_as_many_samples_as_they_say() {
    // How many samples the condition of a rule held until it spoke.
    let held = |pu: [f64; 3], condition: &dyn Fn(&Found) -> bool| {
        let mut wave = Wave::new();
        let mut detector = settled(&mut wave);
        wave.pu = pu;
        let mut run = 0;
        for _ in 0..1000 {
            let event = detector.push(wave.next());
            run = if condition(&detector.seen()) { run + 1 } else { 0 };
            if let Some(Event::Sag(rule)) = event {
                return (run, rule);
            }
        }
        panic!("not found");
    };
    let half = |found: &Found| least(found.half).sqrt();
    let missing = |found: &Found| (found.sum / found.sum_before).sqrt() < 0.94;
    assert_eq!(held([0.5; 3], &|f| half(f) < 0.9 && missing(f)), (2, Rule::Collapse));
    // 41.67 samples are half a cycle.
    assert_eq!(held([0.86, 1.0, 1.0], &|f| half(f) < 0.88), (44, Rule::HalfCycle));
    assert_eq!(held([0.885, 1.0, 1.0], &|f| least(f.cycle).sqrt() < 0.9), (87, Rule::Cycle));
}

#[test]
fn a_jump_with_a_drop_of_a_switched_load_is_no_sag() {
    for instant in 0..48 {
        let mut wave = Wave { turns: f64::from(instant) / 48.0, ..Wave::new() };
        let mut detector = settled(&mut wave);
        // 1 to 0.945 and 40 degrees at once.
        wave.pu = [0.945; 3];
        wave.turns += 40.0 / 360.0;
        assert_eq!(wave.run(&mut detector, 0.2), [], "{instant}");
    }
}

#[test]
fn even_harmonics_and_a_jump_are_no_sag() {
    for instant in 0..96 {
        let mut wave = Wave { turns: f64::from(instant) / 96.0, pu: [0.912; 3], ..Wave::new() };
        wave.harmonics = vec![(2.0, 0.02, 0.0), (4.0, 0.01, 0.0)];
        let mut detector = settled(&mut wave);
        for jump in [20.0, -45.0, 60.0, -35.0] {
            wave.turns += jump / 360.0;
            assert_eq!(wave.run(&mut detector, 0.1), [], "{instant} {jump}");
        }
    }
}

#[test]
fn harmonics_change_the_effective_value_and_not_the_fundamental() {
    let mut wave = Wave::new();
    wave.harmonics = vec![(5.0, 0.06, 0.0), (7.0, 0.0529, 0.0)];
    let mut detector = settled(&mut wave);
    wave.run(&mut detector, 0.1);
    let reading = detector.reading();
    for k in 0..3 {
        assert!((reading.fundamental[k].0 - 1.0).abs() < 1e-3, "{reading:?}");
        assert!((reading.rms[k].0 - (1.0 + 0.08 * 0.08f64).sqrt()).abs() < 1e-3, "{reading:?}");
    }
}

#[test]
fn there_is_no_verdict_before_the_windows_are_full() {
    let mut detector = detector();
    let mut wave = Wave { pu: [0.3; 3], ..Wave::new() };
    let events = wave.run(&mut detector, 0.15);
    assert_eq!(events, [(500, Event::Sag(Rule::Cycle))]);
}

#[test]
fn a_dead_input_is_a_sag_to_nothing() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    wave.pu = [0.0; 3];
    assert_eq!(wave.run(&mut detector, 10.0).len(), 1);
    assert_eq!((detector.state(), detector.counters().bad_samples), (State::Sag, 0));
    assert!(detector.reading().depth.0 < 1e-3);
    // And from the start.
    let mut detector = self::detector();
    wave.run(&mut detector, 1.0);
    assert_eq!(detector.state(), State::Sag);
    wave.pu = [1.0; 3];
    assert!(matches!(wave.run(&mut detector, 0.1)[..], [(_, Event::Return { .. })]));
}

#[test]
fn bad_samples_are_bridged_counted_and_then_make_blind() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    // A quarter of a cycle, 20 samples, is bridged, whichever phase is bad.
    for (i, bad) in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().enumerate() {
        for _ in 0..20 {
            let mut v = wave.next();
            v[i] = bad;
            assert_eq!(detector.push(v), None);
        }
        assert_eq!(wave.run(&mut detector, 0.1), []);
    }
    assert_eq!(detector.counters().bad_samples, 60);
    // One more is not.
    let events: Vec<_> = (0..40).filter_map(|i| Some((i, detector.push([f64::NAN; 3])?))).collect();
    assert_eq!(events, [(20, Event::Blind)]);
    assert_eq!((detector.state(), detector.counters().blind), (State::Blind, 1));
    // It says when it sees again, which takes as long as at the start.
    let events = wave.run(&mut detector, 0.5);
    assert_eq!(events, [(501, Event::Sighted)]);
    assert_eq!(detector.counters().sags(), 0);
}

#[test]
fn samples_out_of_range_are_bad() {
    for (times, bad) in [(4.9, 0), (5.1, 1)] {
        let mut detector = settled(&mut Wave::new());
        detector.push([SQRT_2 * 240.0 * times, 0.0, 0.0]);
        assert_eq!(detector.counters().bad_samples, bad);
    }
}

#[test]
fn the_frequency_and_its_rate_are_followed() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    for i in 0..3000 {
        wave.hz = 60.0 - 5.0 * f64::from(i) / FS;
        assert_eq!(detector.push(wave.next()), None);
    }
    let reading = detector.reading();
    // A ramp of 5 Hz/s is seen 25 ms later: half of the median, and of the windows.
    assert!((reading.frequency.0 - wave.hz - 5.0 * 0.027).abs() < 0.03, "{reading:?} {}", wave.hz);
    assert!((reading.rocof_hz_per_s + 5.0).abs() < 0.1, "{reading:?}");
    // 60 ms after the ramp the rate is over 100 ms of which the end stood still.
    assert_eq!(wave.run(&mut detector, 0.08), []);
    let rocof = detector.reading().rocof_hz_per_s;
    assert!((-3.0..-1.8).contains(&rocof), "{rocof}");
    wave.run(&mut detector, 0.2);
    let reading = detector.reading();
    assert!(
        (reading.frequency.0 - wave.hz).abs() < 1e-3 && reading.rocof_hz_per_s.abs() < 0.01,
        "{reading:?}"
    );
}

#[test]
fn a_jump_does_not_move_the_frequency() {
    let mut wave = Wave::new();
    let mut detector = settled(&mut wave);
    wave.turns += 60.0 / 360.0;
    for _ in 0..1000 {
        detector.push(wave.next());
        assert!((detector.reading().frequency.0 - 60.0).abs() < 1e-3, "{:?}", detector.reading());
    }
}

#[test]
fn without_a_voltage_the_frequency_stays() {
    let mut wave = Wave { hz: 59.0, ..Wave::new() };
    let mut detector = settled(&mut wave);
    assert!((detector.reading().frequency.0 - 59.0).abs() < 1e-3);
    // 5 % of something else, as from a motor that runs out, is not looked at; 20 % is.
    wave.pu = [0.05; 3];
    wave.hz = 55.0;
    wave.run(&mut detector, 1.0);
    assert!((detector.reading().frequency.0 - 59.0).abs() < 0.05, "{:?}", detector.reading());
    wave.pu = [0.2; 3];
    wave.run(&mut detector, 0.2);
    assert!((detector.reading().frequency.0 - 55.0).abs() < 0.05, "{:?}", detector.reading());
}

#[test]
fn windows_follow_far_frequencies() {
    for hz in [51.5, 55.0, 65.0, 68.5] {
        let mut wave = Wave { hz, pu: [0.905; 3], ..Wave::new() };
        let mut detector = detector();
        wave.pu = [1.0; 3];
        wave.run(&mut detector, 0.3);
        wave.pu = [0.905; 3];
        let before = detector.counters().sags();
        wave.run(&mut detector, 0.5);
        let reading = detector.reading();
        assert!((reading.frequency.0 - hz).abs() < 0.01, "{hz}: {reading:?}");
        assert!((reading.lowest().0 - 0.905).abs() < 4e-3, "{hz}: {reading:?}");
        assert_eq!(detector.counters().sags(), before, "{hz}");
    }
}

#[test]
fn a_sag_in_every_rate_and_at_50_hz() {
    for (sample_hz, hz) in [(2000.0, 60.0), (10_000.0, 50.0), (6400.0, 50.0)] {
        let config = DetectorConfig {
            sample_hz,
            frequency: Hertz(hz),
            nominal: Volts(230.0),
            ..DetectorConfig::default()
        };
        let mut detector = SagDetector::new(&config).unwrap();
        let mut events = Vec::new();
        for i in 0..(0.6 * sample_hz) as usize {
            let t = i as f64 / sample_hz;
            let pu = if (0.3..0.4).contains(&t) { 0.4 } else { 1.0 };
            let v = [0.0, 1.0, 2.0].map(|k| SQRT_2 * 230.0 * pu * (2.0 * PI * (hz * t - k / 3.0)).sin());
            events.extend(detector.push(v).map(|event| (t, event)));
        }
        let [(start, Event::Sag(Rule::Collapse)), (end, Event::Return { .. })] = events[..] else {
            panic!("{events:?}")
        };
        assert!((0.3..0.303).contains(&start) && (0.4..0.412).contains(&end), "{events:?}");
    }
}

#[test]
fn what_cannot_be_used_is_refused() {
    let say = |config: DetectorConfig| SagDetector::new(&config).unwrap_err().to_string();
    let ok = DetectorConfig::default;
    assert_eq!(
        say(DetectorConfig { sample_hz: 100.0, ..ok() }),
        "detector: sample_hz is 100: it must be 2,000 to 10,000 a second"
    );
    assert!(say(DetectorConfig { nominal: Volts(f64::NAN), ..ok() }).contains("nominal is NaN"));
    assert!(say(DetectorConfig { threshold: Ratio(1.2), ..ok() }).contains("threshold"));
}

/// Constants, other values, and the test that notices. The gains of the windows off the nominal frequency and the two
/// looks into the past are no numbers: `windows_follow_far_frequencies` and `a_second_sag_soon_after_is_found_as_fast`
/// stand for them.
#[test]
fn no_constant_can_be_changed_unnoticed() {
    macro_rules! mutant {
        ($name:literal, [$($value:literal),*], $test:ident) => {
            Mutant { name: $name, values: &[$($value),*], test: (stringify!($test), $test) }
        };
    }
    let mutants = [
        mutant!("threshold", [0.89, 0.91], just_below_the_threshold_is_a_sag_and_just_above_is_none),
        mutant!("hysteresis", [0.0, 0.04], a_sag_ends_above_the_hysteresis_and_not_before),
        mutant!("collapse", [0.05], a_jump_with_a_drop_of_a_switched_load_is_no_sag),
        mutant!("collapse", [0.07], every_depth_is_found_in_its_time),
        mutant!("ripple", [0.0], even_harmonics_and_a_jump_are_no_sag),
        mutant!("ripple", [0.04], every_depth_is_found_in_its_time),
        mutant!("COLLAPSE_SAMPLES", [1.0, 5.0], rules_wait_for_as_many_samples_as_they_say),
        mutant!("AFTER_WINDOW", [0.0, 6.0], rules_wait_for_as_many_samples_as_they_say),
        mutant!("RETURN_SAMPLES", [1.0, 6.0], a_return_takes_three_samples_above_the_hysteresis),
        mutant!("SETTLE_S", [0.05, 0.2], there_is_no_verdict_before_the_windows_are_full),
        mutant!("BRIDGED", [0.2, 0.5], bad_samples_are_bridged_counted_and_then_make_blind),
        mutant!("OUT_OF_RANGE", [1.0, 50.0], samples_out_of_range_are_bad),
        mutant!("VALUES", [13.0], a_jump_does_not_move_the_frequency),
        mutant!("VALUES", [41.0], the_frequency_and_its_rate_are_followed),
        mutant!("EVERY_S", [0.001], a_jump_does_not_move_the_frequency),
        mutant!("EVERY_S", [0.004], the_frequency_and_its_rate_are_followed),
        mutant!("RATE_VALUES", [25.0, 100.0], the_frequency_and_its_rate_are_followed),
        mutant!("LEAST", [0.0, 0.5], without_a_voltage_the_frequency_stays),
        mutant!("WIDEST", [0.05, 0.12], windows_follow_far_frequencies),
    ];
    let (alive, count) = survivors(&mutants);
    println!("detector: {count} mutants of its constants, survivors: {alive:?}");
    assert!(alive.is_empty(), "{alive:#?}");
}
