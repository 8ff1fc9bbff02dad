//! One run: a load, a shelf, a strategy, in closed loop with all delays.

use serde::Serialize;

use super::super::forecast::{Config, Kind, build};
use super::super::hint::{Hint, HintKind, Hints};
use super::super::plan::mpc::smooths;
use super::super::plan::outlook;
use super::super::plan::{GridLimits, Mode, Plan, PlanConfig, RackModel};
use super::super::setpoint::{Ahead, Planner, ShelfState};
use super::grid::{Seen, band, ramps, range, seen};
use super::mix::Mix;
use super::shelf::{Charging, Flow, Hardware, Shelf};
use super::wear::{Wear, wear};
use super::{HeadroomError, STEP_S};

/// Ticks of the engine in steps of the shelf: 10 Hz.
const TICK: usize = 10;
/// From this time on limits count: the start of a run is no event.
const COUNTS_S: f64 = 8.0;
/// How far the true load is told, in seconds.
const LOOKS_S: f64 = 22.0;
/// A limit that is broken by less than this share is kept: noise of the arithmetic.
const NEAR: f64 = 2e-3;
/// The same of a limit of the grid, as a share of it.
const GRID_NEAR: f64 = 1e-2;
/// How long the charge must last if the load comes again and again, in seconds.
const HOLDS_S: f64 = 3600.0;

/// How a shelf is steered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// No DPO: the PSUs carry all.
    None,
    /// The explicit limiter alone.
    Limiter,
    /// The optimizer as if the load stayed as it is.
    NoForecast,
    /// The optimizer with the ensemble's forecast.
    Forecast,
    /// Beside that hints of a scheduler.
    Hints,
    /// The optimizer with the true load ahead: the bound.
    Perfect,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Limiter, Self::NoForecast, Self::Forecast, Self::Hints, Self::Perfect];

    /// Its name in tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "no DPO",
            Self::Limiter => "limiter alone",
            Self::NoForecast => "DPO, no forecast",
            Self::Forecast => "DPO, forecast",
            Self::Hints => "DPO, hints",
            Self::Perfect => "perfect forecast",
        }
    }

    fn mode(self) -> Mode {
        match self {
            Self::None | Self::Limiter => Mode::Limiter,
            Self::NoForecast => Mode::Flat,
            Self::Forecast | Self::Hints | Self::Perfect => Mode::Forecast,
        }
    }
}

/// What was broken in a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Broken {
    /// Which limit.
    pub limit: &'static str,
    /// When first, s.
    pub at_s: f64,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Flows, one each [`STEP_S`].
    pub flows: Vec<Flow>,
    /// The first limit that was broken.
    pub broken: Option<Broken>,
    /// Energy above the rating that somebody would have to throttle, as a share of the load's energy.
    pub lost_share: f64,
    /// Wear of the batteries.
    pub wear: Wear,
    /// What the grid saw.
    pub seen: Seen,
    /// Share of the ticks that the limiter computed.
    pub limiter_share: f64,
}

/// Hints in watts, as a scheduler told them.
struct Told(Vec<Hint>);

impl Hints for Told {
    fn between(&self, now_s: f64, until_s: f64, each: &mut dyn FnMut(&Hint)) {
        for hint in &self.0 {
            let near = match hint.kind {
                HintKind::Start { at_s, .. } | HintKind::End { at_s, .. } | HintKind::Cap { at_s, .. } => {
                    at_s >= now_s && at_s <= until_s
                }
                HintKind::Checkpoint { at_s, duration_s, .. } => {
                    at_s + duration_s >= now_s && at_s <= until_s
                }
                HintKind::Period { .. } => true,
            };
            if near {
                each(hint);
            }
        }
    }
}

/// The hints of a mix at a sustained power.
fn told(mix: &Mix, sustained_w: f64) -> Told {
    let scale = |w: Option<f64>| w.map(|w| w * sustained_w);
    let hint = |hint: &Hint| {
        let kind = match hint.kind {
            HintKind::Start { at_s, rise_w } => HintKind::Start { at_s, rise_w: scale(rise_w) },
            HintKind::End { at_s, fall_w } => HintKind::End { at_s, fall_w: scale(fall_w) },
            HintKind::Checkpoint { at_s, duration_s, drop_w } => {
                HintKind::Checkpoint { at_s, duration_s, drop_w: scale(drop_w) }
            }
            HintKind::Cap { at_s, cap_w } => HintKind::Cap { at_s, cap_w: cap_w * sustained_w },
            HintKind::Period { .. } => hint.kind,
        };
        Hint { job: hint.job.clone(), kind }
    };
    Told(mix.hints.iter().map(hint).collect())
}

/// The true load ahead of a reading.
fn truth(load: &[f64], state: &ShelfState) -> Vec<Ahead> {
    let steps = (LOOKS_S / STEP_S) as usize;
    let of = |step: usize| {
        let at = (state.t_s / STEP_S).round() as usize + step - 1;
        let mean_w = load.get(at).or(load.last()).copied().unwrap_or(state.load_w);
        Ahead { horizon_s: step as f64 * STEP_S, mean_w, low_w: mean_w, high_w: mean_w }
    };
    (5..=steps).step_by(5).map(of).collect()
}

/// How much of a run is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// All of it.
    End,
    /// Only until a limit is seen broken: enough to know that it does not hold.
    Broken,
}

/// Looks for a broken limit while a run goes on: at each step for the rating, and each so often for ramps and range.
fn seems_broken(rack: &RackModel, limits: &GridLimits, flows: &[Flow]) -> bool {
    /// Steps between two looks at ramps and range, which are measured over all that was.
    const EACH: usize = 500;
    let counted = flows.get((COUNTS_S / STEP_S) as usize..).unwrap_or_default();
    let Some(last) = counted.last() else { return false };
    if over(rack, last) {
        return true;
    }
    smooths(rack) && counted.len().is_multiple_of(EACH) && !rough(counted, limits).is_empty()
}

/// Is the rating, or what bus and batteries carry together, broken in a step?
fn over(rack: &RackModel, flow: &Flow) -> bool {
    flow.psu_w > rack.psu_rating_w * (1.0 + NEAR) || flow.load_w > rack.psu_rating_w + rack.discharge_w
}

/// Which limits of the grid are broken, and when.
fn rough(counted: &[Flow], limits: &GridLimits) -> Vec<(&'static str, f64)> {
    // Noise is a share of each limit: one of the rating would be a tenth of a ramp.
    let above = |value: f64, limit: f64| value > limit * (1.0 + GRID_NEAR);
    let input: Vec<f64> = counted.iter().map(|f| f.input_w).collect();
    let ((up, up_s), (down, down_s)) = ramps(&input);
    let (swing, swing_s) = range(&input, limits);
    let (rms, rms_s) = band(&input, limits);
    let broken = [
        ("ramp up", above(up, limits.ramp_up_w_per_s), up_s),
        ("ramp down", above(down, limits.ramp_down_w_per_s), down_s),
        ("range", above(swing, limits.range_w), swing_s),
        ("band", above(rms, limits.band_rms_w), rms_s),
    ];
    broken.iter().filter(|b| b.1).map(|b| (b.0, b.2)).collect()
}

/// A load under a strategy, before it is judged.
struct Driven {
    flows: Vec<Flow>,
    shelf: Shelf,
    limiter_share: f64,
}

/// What is run: all that decides it but the charge that it begins with.
#[derive(Clone, Copy)]
struct Setup<'a> {
    mix: &'a Mix,
    hardware: Hardware,
    strategy: Strategy,
    limits: GridLimits,
    sustained_w: f64,
}

/// Runs a mix at a sustained power.
///
/// # Errors
/// Where planner or forecaster cannot be built for the shelf.
pub fn run(
    mix: &Mix,
    hardware: Hardware,
    strategy: Strategy,
    limits: GridLimits,
    sustained_w: f64,
    until: Until,
) -> Result<Run, HeadroomError> {
    let setup = Setup { mix, hardware, strategy, limits, sustained_w };
    let rack = hardware.rack(limits);
    let driven = drive(&setup, rack.target, until)?;
    let mut run = judge(&setup, driven);
    if run.broken.is_none() && strategy != Strategy::None && !lasts(mix, hardware, &rack, &run.flows) {
        // The less charge there is, the more is done to bring it back: what falls from the target may find its balance.
        let lower = drive(&setup, 0.5 * (rack.reserve + rack.target), Until::End)?;
        let balanced = round(mix, hardware, &rack, &lower.flows).is_none_or(|round| round >= 0.0);
        if !balanced || judge(&setup, lower).broken.is_some() {
            run.broken = Some(Broken { limit: "charge", at_s: mix.length_s() });
        }
    }
    Ok(run)
}

/// Plays the load from a state of charge on.
fn drive(setup: &Setup<'_>, state_of_charge: f64, until: Until) -> Result<Driven, HeadroomError> {
    let Setup { mix, hardware, strategy, limits, sustained_w } = *setup;
    let rack = hardware.rack(limits);
    let load: Vec<f64> = mix.shares.iter().map(|s| s * sustained_w).collect();
    let mut shelf = Shelf::charged(hardware, rack, state_of_charge);
    let config = PlanConfig {
        mode: strategy.mode(),
        deadline_s: f64::INFINITY,
        earns: strategy != Strategy::Perfect,
        ..PlanConfig::default()
    };
    let mut plan = Plan::new(rack, config)?;
    if strategy == Strategy::Hints {
        plan = plan.with_hints(Box::new(told(mix, sustained_w)));
    }
    let forecasts = matches!(strategy, Strategy::Forecast | Strategy::Hints);
    let mut forecaster = match forecasts {
        true => Some(build(Kind::Ensemble, &Config::new(STEP_S * TICK as f64)?)?),
        false => None,
    };
    let mut flows = Vec::with_capacity(load.len());
    for (step, load_w) in load.iter().enumerate() {
        if strategy != Strategy::None
            && step % TICK == 0
            && let Some(state) = shelf.reading()
        {
            let ahead = match (strategy, &mut forecaster) {
                (Strategy::Perfect, _) => truth(&load, &state),
                (_, Some(forecaster)) => {
                    // Readings are numbers with rising times: none is refused.
                    let _ = forecaster.update(state.t_s, state.load_w);
                    outlook::ahead(forecaster.as_ref(), STEP_S * TICK as f64)
                }
                _ => Vec::new(),
            };
            let setpoint = plan.plan(shelf.now_s(), &state, &ahead);
            shelf.send(setpoint);
        }
        flows.push(shelf.step(*load_w));
        if until == Until::Broken && seems_broken(&rack, &limits, &flows) {
            break;
        }
    }
    Ok(Driven { flows, shelf, limiter_share: plan.tally().limiter_share() })
}

/// What a run is worth; whether its charge lasts is not asked here.
fn judge(setup: &Setup<'_>, driven: Driven) -> Run {
    let Setup { mix, hardware, limits, .. } = *setup;
    let Driven { flows, shelf, limiter_share } = driven;
    let rack = hardware.rack(limits);
    let from = (COUNTS_S / STEP_S) as usize;
    let counted = flows.get(from..).unwrap_or_default();
    let input: Vec<f64> = counted.iter().map(|f| f.input_w).collect();
    let unit = rack.psu_rating_w;
    let mut found: Vec<(&'static str, f64)> = Vec::new();
    if let Some(at) = counted.iter().position(|f| over(&rack, f)) {
        let limit =
            if counted.get(at).is_some_and(|f| f.psu_w > unit * (1.0 + NEAR)) { "PSU rating" } else { "bus" };
        found.push((limit, at as f64 * STEP_S));
    }
    if smooths(&rack) {
        found.extend(rough(counted, &limits));
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let broken = found.first().map(|(limit, at_s)| Broken { limit, at_s: at_s + COUNTS_S });
    let over: f64 = counted.iter().map(|f| (f.psu_w - unit).max(0.0)).sum();
    let all: f64 = counted.iter().map(|f| f.load_w).sum();
    let charge: Vec<f64> = counted.iter().map(|f| f.state_of_charge).collect();
    // The mean heat goes on: what the packs have now is the part of a time constant that passed.
    let passed = 1.0 - (-mix.length_s() / 600.0).exp();
    let length_s = counted.len() as f64 * STEP_S;
    Run {
        broken,
        lost_share: if all > 0.0 { over / all } else { 0.0 },
        wear: wear(&charge, length_s, shelf.rise_k / passed.max(1e-6)),
        seen: seen(&input, &limits),
        limiter_share,
        flows,
    }
}

/// What a round of the mix, with its rest, does to the state of charge; `None` for a mix without a settled part.
fn round(mix: &Mix, hardware: Hardware, rack: &RackModel, flows: &[Flow]) -> Option<f64> {
    let settled = (mix.settled_s / STEP_S) as usize;
    let (first, last) = (flows.get(settled)?, flows.last()?);
    let drift = last.state_of_charge - first.state_of_charge;
    // In the rest the chargers work, up to the target.
    let waits_s = if let Charging::OwnRule { wait_s } = hardware.charging { wait_s } else { 0.0 };
    let rest_s = (mix.rest_s - waits_s).max(0.0);
    let rest = (rack.charge_rate(-rack.charge_w) * rest_s).min((rack.target - last.state_of_charge).max(0.0));
    Some(drift + rest)
}

/// Does the charge last for an hour of the mix, if each round takes what the one that was run took?
fn lasts(mix: &Mix, hardware: Hardware, rack: &RackModel, flows: &[Flow]) -> bool {
    let Some((round, last)) = round(mix, hardware, rack, flows).zip(flows.last()) else { return true };
    let rounds = HOLDS_S / (mix.length_s() - mix.settled_s + mix.rest_s);
    last.state_of_charge + round.min(0.0) * rounds >= rack.reserve
}
