//! The studies themselves: that they measure what they say, that they see a bad detector, and that a seed is all.

use dpo_registers::units::{Hertz, Ratio, Volts};

use super::detection::Group;
use super::healthy::Notching;
use super::*;
use crate::sim::grid::{NotchLimit, Source};

const QUIET: &(dyn Fn(f64) + Sync) = &|_| {};

fn config() -> DetectorConfig {
    DetectorConfig::default()
}

#[test]
fn no_sag_is_missed_and_the_seed_is_all() {
    let found = detection::run_at(&config(), 3, &[0.0, 0.6, 0.85, 0.89], 12).unwrap();
    assert_eq!((found.missed, found.early), (0, 0), "{found:?}");
    assert_eq!(found.count, found.rows.iter().map(|r| r.count).sum::<usize>());
    // Three phases at 12 instants, twice.
    let rows = |group| found.rows.iter().filter(move |r| r.group == group);
    assert_eq!(rows(Group::ThreePhases).map(|r| r.count).sum::<usize>(), 2 * 4 * 12);
    for row in &found.rows {
        assert!(row.p50_ms <= row.p95_ms && row.p95_ms <= row.p99_ms && row.p99_ms <= row.max_ms, "{row:?}");
        assert!(row.max_ms < 35.0 && row.p50_ms > 0.0, "{row:?}");
        assert_eq!(row.by_rule.iter().sum::<usize>(), row.count);
    }
    // A deep sag on three phases is the fastest.
    assert!(rows(Group::ThreePhases).all(|r| r.retained > 0.5 || r.max_ms < 2.0));
    // One depth is enough for what the seed does.
    let of = |seed| detection::run_at(&config(), seed, &[0.6], 12).unwrap().rows;
    let again: Vec<_> = found.rows.into_iter().filter(|r| r.retained == 0.6).collect();
    assert_eq!(again, of(3));
    assert_ne!(again, of(4));
}

#[test]
fn a_healthy_voltage_is_none_and_a_bad_detector_shows() {
    let hours = 40.0 / 3600.0;
    let found = healthy::run(&config(), hours, 5, Notching::Standard, QUIET).unwrap();
    assert_eq!((found.false_trips, found.samples, found.segments), (0, 200_000, 1), "{found:?}");
    assert_eq!(found, healthy::run(&config(), hours, 5, Notching::Standard, QUIET).unwrap());
    // One that takes every drop of 1 % for a collapse is fooled by the first jumps.
    let nervous = DetectorConfig { collapse: Ratio(0.01), ..config() };
    let fooled = healthy::run(&nervous, hours, 5, Notching::Standard, QUIET).unwrap();
    assert!(fooled.false_trips > 0 && fooled.by_rule[0] == fooled.false_trips, "{fooled:?}");
    assert_eq!(fooled.trips[0].rule, "collapse");
    // So is the effective value of half a cycle.
    assert!(found.half_cycle_rms_trips > 0, "{found:?}");
}

#[test]
fn the_grids_drawn_are_healthy_and_as_disturbed_as_they_should_be() {
    const LINE: Volts = Volts(240.0 * 1.732_050_807_568_877_2);
    let [general, dedicated] = [NotchLimit::GENERAL, NotchLimit::DEDICATED].map(|l| l.area_v_us(LINE));
    let (mut lowest, mut thd) = (f64::INFINITY, 0f64);
    let (mut largest, mut beyond_general) = (0f64, 0);
    for index in 0..200 {
        let (grid, noise) = healthy::draw(&config(), index, 9, Notching::Standard);
        assert!((0.0..0.01).contains(&noise));
        assert!(Source::new(&grid).is_ok());
        let d = &grid.disturbances;
        let (flicker, notches, level) = (d.flicker.unwrap(), d.notches.unwrap(), d.level.unwrap());
        let area = notches.area_v_us(LINE, Hertz(60.0));
        assert!(notches.depth <= 0.5 && area <= dedicated * 1.001, "{notches:?}");
        largest = largest.max(area);
        // One class of notches in four is that of systems of converters.
        beyond_general += usize::from(notches.depth > 0.2 || area > general * 1.001);
        let cut = 1.0 - notches.cut(Hertz(61.8));
        let all = level.lowest
            * (1.0 - 0.5 * flicker.change)
            * (1.0 - d.steps.unwrap().most)
            * (1.0 - d.unbalance)
            * cut;
        assert!(all >= healthy::LOWEST - 0.003, "{all}");
        lowest = lowest.min(all);
        let ratio = d.harmonics.iter().map(|h| h.ratio * h.ratio).sum::<f64>().sqrt();
        assert!(ratio <= 0.08 + 1e-9, "{ratio}");
        thd = thd.max(ratio);
    }
    assert!(lowest < 0.912 && thd > 0.079, "{lowest} {thd}");
    assert!(largest > 0.999 * dedicated && (20..60).contains(&beyond_general), "{largest} {beyond_general}");
}

#[test]
fn notches_beyond_the_standard_are_three_times_its_area_and_judged_apart() {
    let largest = (0..200)
        .filter_map(|index| healthy::draw(&config(), index, 4, Notching::Beyond).0.disturbances.notches)
        .map(|n| n.area_v_us(Volts(415.7), Hertz(60.0)) / NotchLimit::DEDICATED.area_v_us(Volts(415.7)))
        .fold(0.0, f64::max);
    assert!((2.7..2.8).contains(&largest), "{largest}");
    let bad = DetectorConfig { collapse: Ratio(0.01), ..config() };
    let beyond = healthy::run(&bad, 0.01, 1, Notching::Beyond, QUIET).unwrap();
    assert!(beyond.false_trips > 0 && beyond.notch_area > 1.0, "{beyond:?}");
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    for hours in [0.0, -1.0, f64::NAN, 1e9] {
        assert!(matches!(
            healthy::run(&config(), hours, 1, Notching::Standard, QUIET),
            Err(StudyError::Hours { .. })
        ));
    }
    let bad = DetectorConfig { sample_hz: 1.0, ..config() };
    assert!(matches!(study(&bad, 1.0, 1, QUIET), Err(StudyError::Detector(_))));
}

#[test]
fn results_are_in_order_whatever_the_cores() {
    let seen = std::sync::Mutex::new(Vec::new());
    let squares = parallel::map(100, |i| i * i, &|share| seen.lock().unwrap().push(share));
    assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
    assert_eq!(seen.lock().unwrap().iter().copied().fold(0.0, f64::max), 1.0);
}

#[test]
fn a_record_with_two_sags_is_read_as_one_with_two_sags() {
    let mut text = "t_s,va_pu_peak,vb_pu_peak,vc_pu_peak\n".to_owned();
    for i in 0..3200 {
        let t = f64::from(i) / 3200.0;
        let sag = (0.2..0.25).contains(&t) || (0.6..0.65).contains(&t);
        let phase = |k: f64| (std::f64::consts::TAU * (50.0 * t - k / 3.0)).sin();
        let depth = if sag { 0.6 } else { 1.0 };
        text.push_str(&format!("{t:.6},{:.5},{:.5},{:.5}\n", depth * phase(0.0), phase(1.0), phase(2.0)));
    }
    let path = std::path::Path::new("r.csv");
    let record = crate::gridcode::record::csv::parse(path, text.as_bytes(), None).unwrap();
    let found = over::over_record(&record, crate::gridcode::record::Mapping::default()).unwrap();
    let at: Vec<f64> = found.events.iter().map(|e| e.at_s).collect();
    assert_eq!(at.len(), 4, "{found:?}");
    for (at, wanted) in at.iter().zip([0.2, 0.25, 0.6, 0.65]) {
        assert!(*at > wanted && *at < wanted + 0.012, "{found:?}");
    }
    assert!((found.lowest_pu - 0.6).abs() < 2e-3, "{found:?}");
}
