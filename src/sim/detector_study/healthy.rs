//! Hours of a voltage that is as disturbed as a healthy one may be.
//!
//! The time is cut into segments of [`SEGMENT_S`], each with a grid drawn from the seed: everything at once, and so
//! that the fundamental of the lowest phase is never below [`LOWEST`]. The limits, and where they are from:
//!
//! | disturbance | up to | after |
//! | --- | --- | --- |
//! | harmonics | THD 8 %; each order up to its own level | IEC 61000-2-2 |
//! | slow variation | 0.92 to 1.08 p.u. | the brief of issue 5 |
//! | steps | 4 %, both ways | IEC 61000-3-3, dmax |
//! | flicker | 2 % sine or rectangle, 0.5 to 25 Hz | five times and more what IEC 61000-4-15 counts as Pst 1 at 8.8 Hz |
//! | phase jumps | 30 degrees, in one segment of four 60 | Fingrid SJV2024: 30 |
//! | frequency | 58.8 to 61.2 Hz, in one of four 57.0 to 61.8; up to 5 Hz/s | NOGRR 282; IESO |
//! | unbalance | 2 % negative sequence | IEC 61000-2-2 |
//! | notches | 20 % deep and 19,700 V·µs (415 V), in one of four 50 % and 31,600 V·µs, up to 500 µs wide | IEEE 519, general and dedicated systems, see [`NotchLimit`] |
//! | noise of the converter | 1 % effective | assumed |
//!
//! Limits of a system of 60 Hz; for 50 Hz the frequencies shift with the nominal one. What the detector gets went
//! through a measuring chain ([`Chain`]).
//!
//! A class of its own ([`Notching::Beyond`]) has notches of up to three times the area of the standard. They are no
//! healthy voltage and no sag either: what the detector makes of them is told, and judged by nobody.

use dpo_registers::units::{Hertz, Volts};
use serde::Serialize;

use super::{OVERSAMPLING, StudyError, parallel, step_s};
use crate::control::detector::{Counters, DetectorConfig, Event, Rule, SagDetector};
use crate::sim::grid::{
    Chain, Disturbances, Flicker, GridConfig, Harmonic, Jumps, NotchLimit, Notches, Source, Steps, Wander,
};
use crate::sim::rng::Rng;

/// Length of a segment in s.
pub const SEGMENT_S: f64 = 120.0;
/// Lowest fundamental of a phase in p.u., with everything at its worst at once: as near to the threshold as a
/// voltage can be that is not in a sag.
pub const LOWEST: f64 = 0.91;
/// Range of the slow variation in p.u.
const LEVEL: (f64, f64) = (0.92, 1.08);
/// Total harmonic distortion, at most.
const THD: f64 = 0.08;
/// Compatibility levels of IEC 61000-2-2 by order.
const LEVELS: [(u32, f64); 14] = [
    (2, 0.02),
    (3, 0.05),
    (4, 0.01),
    (5, 0.06),
    (6, 0.005),
    (7, 0.05),
    (8, 0.005),
    (9, 0.015),
    (11, 0.035),
    (13, 0.03),
    (17, 0.02),
    (19, 0.0176),
    (23, 0.0141),
    (25, 0.0127),
];
/// Widest notch of the standard in s: what the current of a large converter takes to change over.
const WIDEST_NOTCH_S: f64 = 500e-6;
/// Noise of the converter: its effective value over the nominal voltage, at most.
pub(super) const NOISE: f64 = 0.01;
/// Most false trips that are described one by one.
const DESCRIBED: usize = 20;

/// How large the notches are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notching {
    /// Within IEEE 519.
    Standard,
    /// Up to three times the area of the standard, at the peak of the voltage.
    Beyond,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Healthy {
    /// Hours simulated.
    pub hours: f64,
    /// Largest area of a notch, over what IEEE 519 recommends for dedicated systems.
    pub notch_area: f64,
    /// Samples pushed.
    pub samples: u64,
    /// Grids drawn.
    pub segments: usize,
    /// False trips.
    pub false_trips: u64,
    /// Of these by rule: collapse, half cycle, cycle.
    pub by_rule: [u64; 3],
    /// The first of them.
    pub trips: Vec<Trip>,
    /// Lowest half-cycle and one-cycle fundamental that the detector saw, in p.u.
    pub lowest_seen: [f64; 2],
    /// How often the effective value of half a cycle of a phase fell below the threshold (and came back above the
    /// hysteresis): the false trips of a detector that asks for nothing else.
    pub half_cycle_rms_trips: u64,
    /// Largest error of the frequency that the detector said, in Hz, jumps included.
    pub frequency_error_hz: f64,
}

/// A false trip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trip {
    /// Segment.
    pub segment: usize,
    /// When in it, in s.
    pub at_s: f64,
    /// By which rule.
    pub rule: &'static str,
    /// Half-cycle fundamentals of the phases in p.u.
    pub fundamental: [f64; 3],
}

/// Simulates so many hours.
///
/// # Errors
/// [`StudyError`] for a configuration or length that cannot be used.
pub fn run(
    config: &DetectorConfig,
    hours: f64,
    seed: u64,
    notching: Notching,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Healthy, StudyError> {
    if !(hours > 0.0 && hours <= 1000.0) {
        return Err(StudyError::Hours { hours });
    }
    SagDetector::new(config)?;
    let seconds = hours * 3600.0;
    let segments = (seconds / SEGMENT_S).ceil() as usize;
    let one = |index: usize| {
        let length_s = (seconds - index as f64 * SEGMENT_S).min(SEGMENT_S);
        segment(config, index, length_s, seed, notching)
    };
    let mut out = Healthy { hours, segments, lowest_seen: [f64::INFINITY; 2], ..Healthy::default() };
    for found in parallel::map(segments, one, progress) {
        let found = found?;
        out.samples += found.samples;
        out.notch_area = out.notch_area.max(found.notch_area);
        out.false_trips += found.false_trips;
        for (sum, count) in out.by_rule.iter_mut().zip(found.by_rule) {
            *sum += count;
        }
        let room = DESCRIBED.saturating_sub(out.trips.len());
        out.trips.extend(found.trips.into_iter().take(room));
        for (low, seen) in out.lowest_seen.iter_mut().zip(found.lowest_seen) {
            *low = low.min(seen);
        }
        out.half_cycle_rms_trips += found.half_cycle_rms_trips;
        out.frequency_error_hz = out.frequency_error_hz.max(found.frequency_error_hz);
    }
    Ok(out)
}

fn segment(
    config: &DetectorConfig,
    index: usize,
    length_s: f64,
    seed: u64,
    notching: Notching,
) -> Result<Healthy, StudyError> {
    let (grid, noise) = draw(config, index, seed, notching);
    let mut source = Source::new(&grid)?;
    let mut chain = Chain::new(&source, OVERSAMPLING, noise * config.nominal.0, !grid.seed);
    let mut detector = SagDetector::new(config)?;
    let mut out = Healthy { lowest_seen: [f64::INFINITY; 2], ..Healthy::default() };
    let line = line_to_line(config);
    let limit_v_us = NotchLimit::DEDICATED.area_v_us(line);
    out.notch_area =
        grid.disturbances.notches.map_or(0.0, |n| n.area_v_us(line, config.frequency) / limit_v_us);
    let samples = (length_s * config.sample_hz).round() as u64;
    // Not more often than the windows move: reading costs more than pushing.
    let look = (config.sample_hz / 2000.0).max(1.0) as u64;
    let settled = (0.3 * config.sample_hz) as u64;
    let level = |pu: f64| pu * config.nominal.0;
    let (low, high) = (level(config.threshold.0), level(config.threshold.0 + config.hysteresis.0));
    let mut below = false;
    for i in 0..samples {
        let (v, sample) = chain.sample(&mut source);
        let event = detector.push(v);
        let rms = sample.rms.into_iter().fold(f64::INFINITY, f64::min);
        if !below && rms < low {
            out.half_cycle_rms_trips += 1;
        }
        below = rms < if below { high } else { low };
        if i % look == 0 && i > settled {
            let reading = detector.reading();
            let cycle = reading.cycle.iter().fold(f64::INFINITY, |a, r| a.min(r.0));
            out.lowest_seen[0] = out.lowest_seen[0].min(reading.lowest().0);
            out.lowest_seen[1] = out.lowest_seen[1].min(cycle);
            out.frequency_error_hz = out.frequency_error_hz.max((reading.frequency.0 - sample.hz).abs());
        }
        if let Some(Event::Sag(rule)) = event
            && out.trips.len() < DESCRIBED
        {
            let fundamental = detector.reading().fundamental.map(|r| r.0);
            out.trips.push(Trip {
                segment: index,
                at_s: i as f64 / config.sample_hz,
                rule: name(rule),
                fundamental,
            });
        }
    }
    let Counters { by_collapse, by_half_cycle, by_cycle, .. } = detector.counters();
    out.samples = samples;
    out.by_rule = [by_collapse, by_half_cycle, by_cycle];
    out.false_trips = detector.counters().sags();
    Ok(out)
}

pub(super) fn name(rule: Rule) -> &'static str {
    match rule {
        Rule::Collapse => "collapse",
        Rule::HalfCycle => "half-cycle",
        Rule::Cycle => "cycle",
    }
}

/// Nominal voltage between phases.
fn line_to_line(config: &DetectorConfig) -> Volts {
    Volts(3f64.sqrt() * config.nominal.0)
}

/// Notches of a class of IEEE 519: half of them as large as it lets them be.
pub(super) fn notches(config: &DetectorConfig, limit: &NotchLimit, rng: &mut Rng) -> Notches {
    let depth = rng.uniform(0.1, 1.0) * limit.depth;
    let share = rng.uniform(0.0, 2.0).min(1.0);
    let firing_deg = rng.uniform(30.0, 90.0);
    limit.notches(depth, firing_deg, share, line_to_line(config), config.frequency, WIDEST_NOTCH_S)
}

/// The grid of a segment, and the noise of the converter over the nominal voltage.
pub fn draw(config: &DetectorConfig, index: usize, seed: u64, notching: Notching) -> (GridConfig, f64) {
    let mut rng = Rng::new(seed.wrapping_add((index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let one_of_four = |rng: &mut Rng| rng.uniform(0.0, 4.0) < 1.0;
    let hz = config.frequency.0;
    let harmonics = harmonics(&mut rng);
    let flicker = Flicker {
        change: rng.uniform(0.0, 0.02),
        hz: rng.uniform(0.5, 25.0),
        rectangular: rng.uniform(0.0, 1.0) < 0.5,
    };
    let steps = Steps { most: rng.uniform(0.0, 0.04), every_s: 10.0 };
    let most_deg = if one_of_four(&mut rng) { 60.0 } else { 30.0 };
    let (below, above) = if one_of_four(&mut rng) { (3.0, 1.8) } else { (1.2, 1.2) };
    let unbalance = rng.uniform(0.0, 0.02);
    let dedicated = one_of_four(&mut rng);
    let notches = match notching {
        Notching::Standard if dedicated => self::notches(config, &NotchLimit::DEDICATED, &mut rng),
        Notching::Standard => self::notches(config, &NotchLimit::GENERAL, &mut rng),
        Notching::Beyond => {
            let (depth, width_s) = if dedicated { (0.5, 300e-6) } else { (0.2, 500e-6) };
            Notches { depth: rng.uniform(0.5, 1.0) * depth, width_s, firing_deg: 90.0 }
        }
    };
    // What the rest takes off the fundamental of the lowest phase at its worst.
    let cut = notches.cut(Hertz(hz + above));
    let left = (1.0 - 0.5 * flicker.change) * (1.0 - steps.most) * (1.0 - unbalance) * (1.0 - cut);
    let lowest = (LOWEST / left).max(LEVEL.0);
    let noise = rng.uniform(0.0, NOISE);
    let grid = GridConfig {
        nominal: config.nominal,
        frequency: config.frequency,
        step_s: step_s(config),
        seed: seed ^ (index as u64) << 20,
        start_deg: rng.uniform(0.0, 360.0),
        disturbances: Disturbances {
            harmonics,
            flicker: Some(flicker),
            level: Some(Wander {
                lowest,
                highest: LEVEL.1.max(lowest),
                steepest_per_s: 0.1,
                longest_s: 10.0,
            }),
            steps: Some(steps),
            phase_jumps: Some(Jumps { most_deg, every_s: 5.0, least_s: 0.1 }),
            drift: Some(Wander { lowest: -below, highest: above, steepest_per_s: 5.0, longest_s: 10.0 }),
            noise: 0.0,
            notches: Some(notches),
            unbalance,
        },
        ..GridConfig::default()
    };
    (grid, noise)
}

/// Harmonics below their levels, together at most the THD.
pub(super) fn harmonics(rng: &mut Rng) -> Vec<Harmonic> {
    let mut list: Vec<Harmonic> = LEVELS
        .iter()
        .map(|(order, level)| Harmonic {
            order: *order,
            ratio: rng.uniform(0.0, *level),
            deg: rng.uniform(0.0, 360.0),
        })
        .collect();
    let thd = list.iter().map(|h| h.ratio * h.ratio).sum::<f64>().sqrt();
    // Half of the grids have all that is allowed.
    let wanted = THD * rng.uniform(0.0, 2.0).min(1.0);
    for h in &mut list {
        let level = LEVELS.iter().find(|(order, _)| *order == h.order).map_or(0.0, |l| l.1);
        h.ratio = (h.ratio * wanted / thd).min(level);
    }
    list
}
