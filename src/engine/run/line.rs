//! What the engine says of a tick: the control-loop sequence, each part with the time it is of.

use serde::Serialize;

use crate::engine::push::Outcome;
use crate::engine::record::file::rfc3339;
use crate::engine::setpoint::{Ahead, GridState, Reason, Setpoint, Source};

use crate::engine::clock::Clock;
use crate::engine::intake::Reading;
use crate::engine::push::Told;

/// One tick of one gateway.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Name of the gateway.
    pub gateway: String,
    /// Number of the tick.
    pub tick: u64,
    /// When it was, UTC.
    pub time: String,
    /// The newest readings; null before the first.
    pub telemetry: Option<TelemetryPart>,
    /// What the load is expected to be; null without a forecast.
    pub forecast: Option<ForecastPart>,
    /// What is asked of the gateway.
    pub setpoint: Option<SetpointPart>,
    /// What became of the last one that was sent; null when nothing is sent.
    pub push: Option<PushPart>,
    /// What the grid sees.
    pub grid: Option<GridPart>,
    /// Entries of the compliance record that were written since the tick before.
    pub record: Vec<RecordPart>,
    /// What the source of the readings said since the tick before: losses, gaps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Readings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TelemetryPart {
    /// When they were taken, UTC by the engine's clock.
    pub time: String,
    /// How old they are in this tick, s.
    pub age_s: f64,
    /// The gateway's clock minus this machine's, s; the way here is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<f64>,
    /// Load on the busbar, W.
    pub load_w: f64,
    /// Power of the BBUs, above 0 giving, W.
    pub bbu_w: f64,
    /// State of charge, from 0 to 1.
    pub state_of_charge: f64,
    /// What the grid does.
    pub state: &'static str,
}

/// An entry of the compliance record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordPart {
    /// When it was on record, UTC.
    pub time: String,
    /// Its name, for `dpo engine record export`.
    pub entry: String,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastPart {
    /// The reading it starts from, UTC.
    pub time: String,
    /// Name of the forecaster.
    pub model: &'static str,
    /// Horizon in s, mean, lower and upper end of the interval in W.
    pub ahead: Vec<[f64; 4]>,
}

/// A setpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetpointPart {
    /// When it was made, UTC.
    pub time: String,
    /// How long it holds from then, s.
    pub valid_s: f64,
    /// How long the planner took, s.
    pub took_s: f64,
    /// Limit of the AC input, W; null for none.
    pub input_limit_w: Option<f64>,
    /// Power of the BBUs, W.
    pub bbu_discharge_w: f64,
    /// Most that they may take, W; null leaves it to them.
    pub bbu_charge_limit_w: Option<f64>,
    /// `optimizer` or `limiter`.
    pub source: &'static str,
    /// Why the limiter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// What became of a setpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PushPart {
    /// When that was known, UTC.
    pub time: String,
    /// When the setpoint was made, UTC.
    pub made: String,
    /// What it is.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What the grid sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridPart {
    /// The reading, UTC.
    pub time: String,
    /// AC input of the shelf, W.
    pub input_w: f64,
    /// Its slope since the reading before, W/s; null for the first one.
    pub slope_w_per_s: Option<f64>,
}

fn at(clock: &Clock, t_s: f64) -> String {
    rfc3339(clock.wall(t_s))
}

/// Rounded to a thousandth: more digits would suggest a precision that the readings do not have.
fn short(value: f64) -> f64 {
    // The sum makes a plain zero of one below 0.
    (value * 1e3).round() / 1e3 + 0.0
}

impl TelemetryPart {
    pub(super) fn of(reading: &Reading, now_s: f64, clock: &Clock) -> Self {
        let state = &reading.state;
        Self {
            time: at(clock, state.t_s),
            age_s: short(now_s - state.t_s),
            clock_ahead_s: reading.clock_ahead_s.map(short),
            load_w: short(state.load_w),
            bbu_w: short(state.bbu_w),
            state_of_charge: short(state.state_of_charge),
            state: match state.grid {
                GridState::Normal => "normal",
                GridState::Event => "event",
                GridState::Halted => "halted",
                GridState::Unknown => "unknown",
            },
        }
    }
}

impl ForecastPart {
    pub(super) fn of(model: &'static str, t_s: f64, ahead: &[Ahead], clock: &Clock) -> Option<Self> {
        let row = |a: &Ahead| [a.horizon_s, short(a.mean_w), short(a.low_w), short(a.high_w)];
        let ahead: Vec<_> = ahead.iter().map(row).collect();
        (!ahead.is_empty()).then(|| Self { time: at(clock, t_s), model, ahead })
    }
}

impl SetpointPart {
    pub(super) fn of(setpoint: &Setpoint, took_s: f64, clock: &Clock) -> Self {
        let (source, reason) = match setpoint.source {
            Source::Optimizer => ("optimizer", None),
            Source::Limiter(reason) => ("limiter", Some(name(reason))),
        };
        Self {
            time: at(clock, setpoint.made_s),
            valid_s: short(setpoint.valid_until_s - setpoint.made_s),
            took_s: (took_s * 1e6).round() / 1e6,
            input_limit_w: setpoint.input_limit_w.map(short),
            bbu_discharge_w: short(setpoint.bbu_discharge_w),
            bbu_charge_limit_w: setpoint.bbu_charge_limit_w.map(short),
            source,
            reason,
        }
    }
}

impl PushPart {
    pub(super) fn of(told: &Told, clock: &Clock) -> Self {
        Self { time: at(clock, told.t_s), made: at(clock, told.made_s), outcome: told.outcome.clone() }
    }
}

impl GridPart {
    pub(super) fn of(reading: &Reading, before: Option<(f64, f64)>, clock: &Clock) -> Self {
        let (t_s, input_w) = (reading.state.t_s, reading.state.input_w);
        let slope = before.filter(|(before_s, _)| t_s > *before_s);
        let slope = slope.map(|(before_s, before_w)| short((input_w - before_w) / (t_s - before_s)));
        Self { time: at(clock, t_s), input_w: short(input_w), slope_w_per_s: slope }
    }
}

/// The name of a reason in the log.
pub fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::NoSolution => "no_solution",
        Reason::Late => "late",
        Reason::BadForecast => "bad_forecast",
        Reason::StaleState => "stale_state",
        Reason::Grid => "grid",
        Reason::Configured => "configured",
    }
}
