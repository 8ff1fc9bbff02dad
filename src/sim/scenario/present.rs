//! What a gateway could do with the present registers and lines of today's devices: each strategy of
//! [`Present`] in the same events as a shelf without a gateway. What it would gain, and where it makes a shelf worse.

use dpo_registers::units::Watts;
use serde::Serialize;

use super::envelope::Point;
use super::gaps::{Ablation, ablation, sag};
use super::{EVENT_S, RATED_W, Scenario, run, sweep, whole};
use crate::sim::grid::{Sag, SagKind, train};
use crate::sim::parameters::BbuParameters;
use crate::sim::rack::{Design, Inject, Present, RackError};
use crate::sim::twin::Variant;

/// Rated power of an HPR shelf over that of a v3 shelf.
const HPR_OVER_V3: f64 = 5.5 / 3.0;
/// When the sag of the long run comes, in s after the longest discharge of a BBU (register 289).
const AFTER_DISCHARGE_S: f64 = 60.0;
/// When the gateway dies in it and when the load rises, in s.
const DIES_S: f64 = 0.5;
const RISES_S: f64 = 1.0;
/// The load before and after that, over the rated one.
const RISE: (f64, f64) = (0.5, 0.9);

/// What became of the events of an envelope that must hold, in a strategy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Walked {
    /// The strategy.
    pub name: String,
    /// Events that were run.
    pub events: usize,
    /// Of these survived.
    pub survived: usize,
    /// Survived here, and not without a gateway: the numbers of the events.
    pub gained: Vec<usize>,
    /// Survived without a gateway, and not here.
    pub lost: Vec<usize>,
    /// Why the first of those failed.
    pub why: String,
}

/// A load that rises, and a sag minutes later.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lasted {
    /// The strategy.
    pub name: String,
    /// When the sag came, in s.
    pub sag_s: f64,
    /// The gateway: none, lives, or dies before the load rises.
    pub gateway: &'static str,
    /// Whether the load ran on through the sag.
    pub load_kept: bool,
    /// Lowest bus voltage, V.
    pub bus_low_v: f64,
    /// Energy that the BBUs gave, kJ.
    pub bbu_kj: f64,
    /// Lowest state of charge of a BBU at the end, %.
    pub charge_percent: f64,
}

fn designs(strategies: &[Present]) -> Vec<(String, Design)> {
    let conventional = ("conventional".to_owned(), Design::Conventional);
    let one = |present: &Present| (present.title().to_owned(), Design::Present(*present));
    std::iter::once(conventional).chain(strategies.iter().map(one)).collect()
}

/// The strategies in a deep, a shallow and a single-phase sag of a v3 shelf, and in the deep one of an HPR shelf.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn events(seed: u64) -> Result<Vec<Ablation>, RackError> {
    let mut one_phase = sag(0.3, 0.25, seed);
    one_phase.title = one_phase.title.replace("three-phase", "single-phase");
    one_phase.grid.voltage = train(&[Sag {
        at_s: EVENT_S,
        duration_s: 0.25,
        retained: 0.3,
        kind: SagKind::Phases(1),
        ..Sag::default()
    }]);
    let mut hpr = sag(0.15, 0.15, seed);
    hpr.title = format!("HPR shelf, {}", hpr.title);
    hpr.variant = Variant::Hpr;
    hpr.load *= HPR_OVER_V3;
    let (v3, high) = (designs(&Present::V3), designs(&Present::HPR));
    let all = [
        (sag(0.15, 0.15, seed), 0.15, &v3),
        (sag(0.65, 0.5, seed), 0.5, &v3),
        (one_phase, 0.25, &v3),
        (hpr, 0.15, &high),
    ];
    all.into_iter()
        .map(|(mut scenario, duration_s, designs)| {
            scenario.length_s = EVENT_S + duration_s + super::events::CONVENTIONAL_S;
            ablation(&scenario, duration_s, designs)
        })
        .collect()
}

/// The strategies of a v3 shelf in those of `points` that must hold, against a shelf without a gateway.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn walk(points: &[Point], seed: u64) -> Result<Vec<Walked>, RackError> {
    let reserve = sweep::reserve();
    let points: Vec<&Point> = points.iter().filter(|point| sweep::must_hold(point, reserve)).collect();
    let mut base = Vec::new();
    let mut walked = Vec::new();
    for (name, design) in designs(&Present::V3) {
        let fates = points.iter().map(|point| sweep::fate(point, design, seed));
        let fates = fates.collect::<Result<Vec<_>, _>>()?;
        let survived: Vec<bool> = fates.iter().map(|fate| fate.survived).collect();
        if base.is_empty() {
            base.clone_from(&survived);
        }
        let differ = |now: bool| {
            let each = points.iter().zip(survived.iter().zip(&base));
            each.filter(move |(_, (here, there))| here != there && **here == now)
                .map(|(point, _)| point.index)
        };
        let lost: Vec<usize> = differ(false).collect();
        let first = points.iter().zip(&fates).find(|(point, _)| lost.first() == Some(&point.index));
        walked.push(Walked {
            name,
            events: points.len(),
            survived: survived.iter().filter(|survived| **survived).count(),
            gained: differ(true).collect(),
            why: first.map_or_else(String::new, |(_, fate)| fate.text.clone()),
            lost,
        });
    }
    Ok(walked)
}

/// The strategies of a v3 shelf when the load rises and a deep sag comes minutes later, with a gateway that lives
/// and with one that died before.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn long(seed: u64) -> Result<Vec<Lasted>, RackError> {
    let mut lasted = Vec::new();
    for (name, design) in designs(&Present::LASTING) {
        let none = design == Design::Conventional;
        for gateway_dies in [false, true].into_iter().filter(|dies| !(none && *dies)) {
            let scenario = rising(design, gateway_dies, seed);
            let run = run(&scenario, design, &whole)?;
            lasted.push(Lasted {
                name: name.clone(),
                sag_s: scenario.event_s,
                gateway: match (none, gateway_dies) {
                    (true, _) => "none",
                    (false, false) => "lives",
                    (false, true) => "dies at 0.5 s",
                },
                load_kept: run.notes.load_lost.is_none(),
                bus_low_v: run.notes.bus_low_v.value,
                bbu_kj: run.notes.bbu_out_j / 1e3,
                charge_percent: 100.0 * run.notes.charge_end,
            });
        }
    }
    Ok(lasted)
}

fn rising(design: Design, gateway_dies: bool, seed: u64) -> Scenario {
    let mut scenario = Scenario::new("rise", "the load rises; a sag comes minutes later", seed);
    let longest_s =
        design.present().discharge_limit_s().unwrap_or(BbuParameters::default().discharge_limit_s);
    let sag_s = f64::from(longest_s) + AFTER_DISCHARGE_S;
    let sag = Sag { at_s: sag_s, duration_s: 0.15, retained: 0.15, kind: SagKind::A, ..Sag::default() };
    scenario.grid.voltage = train(&[sag]);
    (scenario.load, scenario.event_s) = (RISE.0, sag_s);
    scenario.happens = vec![(RISES_S, Inject::Load(Watts(RISE.1 * RATED_W)))];
    if gateway_dies {
        scenario.happens.push((DIES_S, Inject::GatewayDies));
    }
    scenario.length_s = sag_s + 1.0;
    scenario.per_bucket = 200;
    scenario
}
