//! How long it takes to find a sag.

use serde::Serialize;

use super::{OVERSAMPLING, StudyError, healthy, parallel, step_s};
use crate::control::detector::{DetectorConfig, Event, SagDetector};
use crate::sim::grid::{
    BALANCED, Chain, Disturbances, GridConfig, NotchLimit, Phasor, Sag, SagKind, Source, train,
};
use crate::sim::rng::Rng;

/// Retained voltages in p.u.
pub const DEPTHS: [f64; 14] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.87, 0.88, 0.89];
/// Instants of the wave: every 5 degrees.
const INSTANTS: usize = 72;
/// Parts of the wave that are told apart.
pub const POINTS: usize = 12;
/// When the sag begins, and how long it lasts, in s: longer than any rule takes.
const AT_S: f64 = 0.25;
const LASTS_S: f64 = 0.1;
/// A sag whose lowest phase is not below this, in p.u., is not one that must be found: it is too near to the
/// threshold of 0.9.
const MUST: f64 = 0.891;

/// Negative sequence of the distorted grids, over the positive one.
const UNBALANCE: f64 = 0.01;

/// Which phases a sag is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// All three alike (type A).
    ThreePhases,
    /// Two, angles kept (each pair).
    TwoPhases,
    /// One, angle kept (type B, each phase).
    OnePhase,
    /// Types C and D: phase-to-phase faults.
    PhaseToPhase,
    /// Types E, F and G: two phases to ground.
    TwoToGround,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::ThreePhases, Self::TwoPhases, Self::OnePhase, Self::PhaseToPhase, Self::TwoToGround];

    /// The sags of the group: type and phase that differs.
    fn sags(self) -> Vec<(SagKind, usize)> {
        let each =
            |kinds: &[SagKind]| kinds.iter().flat_map(|kind| [0, 1, 2].map(|phase| (*kind, phase))).collect();
        match self {
            Self::ThreePhases => vec![(SagKind::A, 0)],
            Self::TwoPhases => [0b011, 0b110, 0b101].map(|bits| (SagKind::Phases(bits), 0)).to_vec(),
            Self::OnePhase => each(&[SagKind::B]),
            Self::PhaseToPhase => each(&[SagKind::C, SagKind::D]),
            Self::TwoToGround => each(&[SagKind::E, SagKind::F, SagKind::G]),
        }
    }
}

/// Detection times of one group at one depth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Retained (characteristic) voltage in p.u.
    pub retained: f64,
    /// Phases.
    pub group: Group,
    /// With harmonics (THD 8 %), noise, unbalance, notches and a jump of the angle in the sag.
    pub distorted: bool,
    /// Sags simulated.
    pub count: usize,
    /// Not found while they lasted.
    pub missed: usize,
    /// Found before they began: false trips of the background.
    pub early: usize,
    /// By rule: collapse, half cycle, cycle.
    pub by_rule: [usize; 3],
    /// Median of the detection time in ms, from the first instant of the sag.
    pub p50_ms: f64,
    /// 95 of 100.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Longest and median detection time in ms by the point on wave at which the sag began: 0 to 30 degrees of the
    /// phase that differs, 30 to 60, and so on.
    pub by_point: [Point; POINTS],
}

/// Detection times of the sags that began in a part of the wave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Median in ms.
    pub p50_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// The distribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    /// By background, group and depth.
    pub rows: Vec<Row>,
    /// Sags simulated.
    pub count: usize,
    /// Not found.
    pub missed: usize,
    /// False trips of the background before the sag.
    pub early: usize,
}

/// Simulates the sags.
///
/// # Errors
/// [`StudyError`] for a configuration that cannot be used.
pub fn run(config: &DetectorConfig, seed: u64) -> Result<Detection, StudyError> {
    run_at(config, seed, &DEPTHS, INSTANTS)
}

/// [`run`] for some depths, each at so many instants of the wave.
///
/// # Errors
/// [`StudyError`] for a configuration that cannot be used.
pub fn run_at(
    config: &DetectorConfig,
    seed: u64,
    depths: &[f64],
    instants: usize,
) -> Result<Detection, StudyError> {
    SagDetector::new(config)?;
    let mut cells = Vec::new();
    for distorted in [false, true] {
        for group in Group::ALL {
            cells.extend(depths.iter().map(|retained| (distorted, group, *retained)));
        }
    }
    let rows = parallel::map(
        cells.len(),
        |i| {
            cells.get(i).map(|(distorted, group, retained)| {
                row(config, *retained, *group, *distorted, seed, instants)
            })
        },
        &|_| {},
    );
    let rows: Vec<Row> = rows.into_iter().flatten().collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<Row> = rows.into_iter().filter(|r| r.count > 0).collect();
    Ok(Detection {
        count: rows.iter().map(|r| r.count).sum(),
        missed: rows.iter().map(|r| r.missed).sum(),
        early: rows.iter().map(|r| r.early).sum(),
        rows,
    })
}

fn row(
    config: &DetectorConfig,
    retained: f64,
    group: Group,
    distorted: bool,
    seed: u64,
    instants: usize,
) -> Result<Row, StudyError> {
    let mut rng = Rng::new(seed ^ retained.to_bits() ^ group as u64);
    let mut out = Row {
        retained,
        group,
        distorted,
        count: 0,
        missed: 0,
        early: 0,
        by_rule: [0; 3],
        p50_ms: f64::NAN,
        p95_ms: f64::NAN,
        p99_ms: f64::NAN,
        max_ms: f64::NAN,
        by_point: [Point { p50_ms: f64::NAN, max_ms: f64::NAN }; POINTS],
    };
    // Time in ms, and part of the wave.
    let mut times: Vec<(f64, usize)> = Vec::new();
    for (kind, phase) in group.sags() {
        for instant in 0..instants {
            let turn = (instant as f64 + rng.uniform(0.0, 1.0)) / instants as f64;
            let sag = Sag {
                at_s: AT_S,
                duration_s: LASTS_S,
                retained,
                kind,
                phase,
                point_on_wave_deg: Some(360.0 * turn),
                // A fault turns the voltage: up to 30 degrees (X/R of line and grid differ).
                jump_deg: if distorted { rng.uniform(-30.0, 30.0) } else { 0.0 },
            };
            let unbalance = if distorted { UNBALANCE } else { 0.0 };
            if lowest(&sag, unbalance) > MUST {
                continue;
            }
            let grid = GridConfig {
                nominal: config.nominal,
                frequency: config.frequency,
                step_s: step_s(config),
                seed: seed.wrapping_add(instant as u64),
                start_deg: rng.uniform(0.0, 360.0),
                voltage: train(&[sag]),
                disturbances: if distorted { background(config, &mut rng) } else { Disturbances::default() },
                ..GridConfig::default()
            };
            out.count += 1;
            let noise = if distorted { rng.uniform(0.0, healthy::NOISE) } else { 0.0 };
            match one(config, &grid, noise)? {
                Found::In(time_s, rule) => {
                    times.push((1e3 * time_s, (turn * POINTS as f64) as usize));
                    if let Some(count) = out.by_rule.get_mut(rule) {
                        *count += 1;
                    }
                }
                Found::Missed => out.missed += 1,
                Found::Early => out.early += 1,
            }
        }
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: Vec<f64> = times.iter().map(|(ms, _)| *ms).collect();
    [out.p50_ms, out.p95_ms, out.p99_ms, out.max_ms] = [0.5, 0.95, 0.99, 1.0].map(|share| at(&all, share));
    for (part, point) in out.by_point.iter_mut().enumerate() {
        let of: Vec<f64> = times.iter().filter(|(_, at)| *at == part).map(|(ms, _)| *ms).collect();
        *point = Point { p50_ms: at(&of, 0.5), max_ms: at(&of, 1.0) };
    }
    Ok(out)
}

/// Lowest amplitude of a phase in p.u. with the negative sequence that the source adds.
fn lowest(sag: &Sag, unbalance: f64) -> f64 {
    sag.phasors()
        .into_iter()
        .zip(BALANCED)
        .map(|(p, b)| {
            let negative = Phasor::new(b.re, -b.im) * (p.amplitude() * unbalance);
            (p + negative).amplitude()
        })
        .fold(f64::INFINITY, f64::min)
}

/// The value that a share of the sorted ones does not exceed; no number of none.
fn at(sorted: &[f64], share: f64) -> f64 {
    let index = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// As much as a healthy grid may have, but for what moves the voltage itself.
fn background(config: &DetectorConfig, rng: &mut Rng) -> Disturbances {
    Disturbances {
        harmonics: healthy::harmonics(rng),
        notches: Some(healthy::notches(config, &NotchLimit::GENERAL, rng)),
        unbalance: UNBALANCE,
        ..Disturbances::default()
    }
}

enum Found {
    /// After so many seconds, by which rule.
    In(f64, usize),
    Missed,
    Early,
}

fn one(config: &DetectorConfig, grid: &GridConfig, noise: f64) -> Result<Found, StudyError> {
    let mut source = Source::new(grid)?;
    let mut chain = Chain::new(&source, OVERSAMPLING, noise * config.nominal.0, !grid.seed);
    let mut detector = SagDetector::new(config)?;
    let until_s = AT_S + LASTS_S;
    while source.time_s() < until_s {
        let (v, _) = chain.sample(&mut source);
        if let Some(Event::Sag(rule)) = detector.push(v) {
            // The sample was taken with the last step of the grid.
            let now_s = source.time_s() - grid.step_s;
            return Ok(match source.onset_s() {
                Some(onset_s) => Found::In(now_s - onset_s, rule as usize),
                None => Found::Early,
            });
        }
    }
    Ok(Found::Missed)
}
