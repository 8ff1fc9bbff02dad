//! Whether a rack rode through: the criteria of the project, and the clauses of a grid code.

use serde::Serialize;

use super::{RATED_W, Run, Scenario};
use crate::gridcode::GridCode;
use crate::gridcode::verdict::{ClauseVerdict, Judgement, Options, Signals, Verdict};
use crate::sim::rack::{Condition, Notes, Reason, Trace, Traces};

/// Share of the power before the event that must be back.
pub const RECOVERED: f64 = 0.9;
/// Within so many seconds after the voltage is above [`BACK_PU`].
pub const BUDGET_S: f64 = 1.0;
/// The voltage that counts as back, p.u.
pub const BACK_PU: f64 = 0.9;
/// No more than this share of the power before: 100.0 %, to the digit that is told. Both are the true power of the twin
/// over a cycle, so that no accuracy of a meter is allowed for; what the gateway measures wrong is its own matter
/// ([`Scenario::input_error`]).
pub const MOST: f64 = 1.0005;
/// The power before an event is the mean over this time, in s, or since the start of the run where that is less: a rack
/// has settled when its time begins, and its load is constant.
const BEFORE_S: f64 = 1.0;
/// A constant charge current takes this much more power as the pack fills during a run, at most.
const CHARGE_DRIFT: f64 = 0.01;
/// The power is judged against a rise over this window, in s.
const RAMP_WINDOW_S: f64 = 1.0;

/// A sag (or interruption) as the lowest phase shows it over one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Dip {
    /// When the voltage fell below [`BACK_PU`], in s.
    pub from_s: f64,
    /// When it was back, in s; `None`: not within the run.
    pub to_s: Option<f64>,
    /// Its lowest value, p.u.
    pub lowest_pu: f64,
    /// Time from the return of the voltage until 90 % of the power was there and stayed; `None`: it was not, until
    /// the next dip or the end of the run.
    pub recovery_s: Option<f64>,
    /// Until when that was watched, in s after the return.
    pub watched_s: f64,
    /// Largest share of the power before, from the return on as long as it was watched and no recharge had begun.
    pub peak_share: f64,
}

/// What did not hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// What should have held.
    pub criterion: &'static str,
    /// When it did not, in s.
    pub at_s: f64,
    /// Why.
    pub reason: Reason,
    /// With numbers.
    pub text: String,
    /// The state of the devices then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// The rise of the power when the batteries recharge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rise {
    /// Largest rise over a second after the recovery, W.
    pub most_w_per_s: f64,
    /// The limit, W/s.
    pub limit_w_per_s: f64,
    /// When, in s.
    pub at_s: f64,
}

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The design.
    pub design: String,
    /// Whether all criteria of the project hold.
    pub survived: bool,
    /// Those that do not, in the order of time.
    pub failures: Vec<Failure>,
    /// Power from the grid before the first event, W.
    pub before_w: f64,
    /// The dips of the voltage.
    pub dips: Vec<Dip>,
    /// Time from the start of the first event until no PSU drew power, in s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_off_after_s: Option<f64>,
    /// The rise of the power in recharge, where the run is long enough for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rise: Option<Rise>,
    /// What was noted.
    pub notes: Notes,
    /// The verdict of the grid code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeVerdict>,
}

/// The verdict of a grid code, without its text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeVerdict {
    /// The code.
    pub code: String,
    /// On the whole.
    pub verdict: Verdict,
    /// Clause by clause.
    pub clauses: Vec<ClauseVerdict>,
}

impl Outcome {
    /// The first reason for which the run failed.
    pub fn reason(&self) -> Option<Reason> {
        self.failures.first().map(|failure| failure.reason)
    }

    /// The slowest recovery of all dips; `None` if one was not complete.
    pub fn slowest_recovery_s(&self) -> Option<f64> {
        self.dips.iter().map(|dip| dip.recovery_s).try_fold(0.0, |most: f64, one| Some(most.max(one?)))
    }

    /// In a few words.
    pub fn text(&self) -> String {
        let Some(first) = self.failures.first() else {
            return match self.slowest_recovery_s().filter(|_| !self.dips.is_empty()) {
                Some(s) => format!("survived; 90 % of the power back after {s:.3} s"),
                None => "survived".to_owned(),
            };
        };
        format!("failed ({}): {}", first.reason.text(), first.text)
    }
}

/// Judges a run of a scenario.
pub fn outcome(scenario: &Scenario, run: &Run, code: Option<&GridCode>) -> Outcome {
    let Run { traces, notes, .. } = run;
    let event_s = scenario.event_s;
    let before_w = mean(&traces.grid_w, event_s - BEFORE_S, event_s - 0.001);
    let dips = dips(traces, before_w, event_s);
    let mut failures = Vec::new();
    bus(notes, &mut failures);
    for dip in &dips {
        recovery(dip, scenario.most, run, before_w, &mut failures);
    }
    if dips.is_empty() {
        stayed(traces, notes, before_w, &mut failures);
    }
    let rise = dips.last().and_then(|dip| rise(scenario, traces, dip));
    if let Some(rise) = rise.filter(|rise| rise.most_w_per_s > rise.limit_w_per_s) {
        let text = format!(
            "the power rose by {:.0} W within a second; {:.0} W are allowed",
            rise.most_w_per_s, rise.limit_w_per_s
        );
        failures.push(Failure {
            criterion: "recharge never breaks the ramp limit",
            at_s: rise.at_s,
            reason: Reason::RampLimit,
            text,
            condition: None,
        });
    }
    failures.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    Outcome {
        design: run.design.id(),
        survived: failures.is_empty(),
        failures,
        before_w,
        dips,
        input_off_after_s: notes.pfc_off_s.map(|at| at - event_s),
        rise,
        notes: notes.clone(),
        code: code.map(|code| by_code(code, run)),
    }
}

/// The bus stays in its range, and no load is lost.
fn bus(notes: &Notes, failures: &mut Vec<Failure>) {
    if let Some((at_s, condition)) = notes.bus_left {
        failures.push(Failure {
            criterion: "bus within 46 V to 52 V",
            at_s,
            reason: condition.bus_reason(),
            text: format!(
                "the bus left 46 V to 52 V: {:.2} V to {:.2} V",
                notes.bus_low_v.value, notes.bus_high_v.value
            ),
            condition: Some(condition),
        });
    }
    if let Some((at_s, condition)) = notes.load_lost {
        failures.push(Failure {
            criterion: "no load lost",
            at_s,
            // Why the load stopped is why the bus fell before.
            reason: notes.bus_left.map_or(condition, |left| left.1).bus_reason(),
            text: "the load was lost".to_owned(),
            condition: Some(condition),
        });
    }
}

/// At least 90 % within the budget, and never more than 100 %.
fn recovery(dip: &Dip, most: f64, run: &Run, before_w: f64, failures: &mut Vec<Failure>) {
    let Run { traces, notes, .. } = run;
    let Some(back_s) = dip.to_s else { return };
    let late = dip.recovery_s.is_none_or(|s| s > BUDGET_S);
    // A dip that is followed by another within the budget is judged with that one.
    if late && (dip.watched_s >= BUDGET_S || dip.recovery_s.is_some()) {
        let deadline_s = back_s + BUDGET_S;
        let restarting = notes.pfc_off_s.is_some_and(|at| at <= deadline_s)
            && notes.psus_back_s.is_none_or(|at| at > deadline_s);
        let reason = match notes.load_lost.or(notes.bus_left).filter(|(at, _)| *at < deadline_s) {
            Some((_, condition)) if notes.load_lost.is_some() => condition.bus_reason(),
            _ if notes.psu_tripped_s.is_some_and(|at| at <= deadline_s) => Reason::PsuTrip,
            _ if restarting => Reason::PsuRestart,
            _ => Reason::Slope,
        };
        let said = dip.recovery_s.map_or_else(
            || format!("not within the {:.1} s that were watched", dip.watched_s),
            |s| format!("after {s:.2} s"),
        );
        failures.push(Failure {
            criterion: "90 % of the power within 1 s",
            at_s: deadline_s,
            reason,
            text: format!("90 % of the power were back {said}"),
            condition: None,
        });
    }
    if dip.peak_share > most {
        let most_w = dip.peak_share * before_w * (1.0 - 1e-9);
        let points = traces.grid_w.points();
        let at_s = points.into_iter().find(|p| p.0 >= back_s && p.1 >= most_w).map_or(back_s, |p| p.0);
        failures.push(Failure {
            criterion: "no overshoot above 100 %",
            at_s,
            reason: Reason::Overshoot,
            text: format!("{:.1} % of the power before were drawn", dip.peak_share * 100.0),
            condition: None,
        });
    }
}

/// Without a dip of the voltage the power is to be there at the end.
fn stayed(traces: &Traces, notes: &Notes, before_w: f64, failures: &mut Vec<Failure>) {
    let end_s = traces.grid_w.buckets().len() as f64 * traces.grid_w.bucket_s();
    let share = mean(&traces.grid_w, end_s - 0.1, end_s) / before_w;
    if share < RECOVERED {
        failures.push(Failure {
            criterion: "the power stays where the voltage has no dip",
            at_s: notes.pfc_off_s.unwrap_or(end_s),
            reason: if notes.pfc_off_s.is_some() { Reason::PsuRestart } else { Reason::Slope },
            text: format!("{:.0} % of the power are drawn at the end", share * 100.0),
            condition: None,
        });
    }
}

/// Mean of a trace over a time.
fn mean(trace: &Trace, from_s: f64, to_s: f64) -> f64 {
    let first = (from_s.max(0.0) / trace.bucket_s()).round() as usize;
    let last = (to_s.max(0.0) / trace.bucket_s()).round() as usize;
    let part = trace.buckets().get(first..last.min(trace.buckets().len())).unwrap_or_default();
    part.iter().map(|b| 0.5 * (b.low + b.high)).sum::<f64>() / part.len().max(1) as f64
}

/// When the batteries begin to charge after the return of the voltage, in s; infinite if they do not. Packs that
/// charged before the event and go on with it begin nothing: their `charged_w` is part of the power before.
fn recharge_begins(traces: &Traces, back_s: f64, charged_w: f64) -> f64 {
    let first = (back_s / traces.bbu_w.bucket_s()) as usize + 1;
    let most_w = -(1.0 + CHARGE_DRIFT) * charged_w - 1.0;
    let charging = traces.bbu_w.buckets().iter().skip(first).position(|b| b.low < most_w);
    charging.map_or(f64::INFINITY, |at| (first + at) as f64 * traces.bbu_w.bucket_s())
}

/// What the chargers took before the event, in W.
fn charged_before(traces: &Traces, event_s: f64) -> f64 {
    (-mean(&traces.bbu_w, event_s - BEFORE_S, event_s - 0.001)).max(0.0)
}

fn dips(traces: &Traces, before_w: f64, event_s: f64) -> Vec<Dip> {
    let bucket_s = traces.low_pu.bucket_s();
    let buckets = traces.low_pu.buckets();
    let end_s = buckets.len() as f64 * bucket_s;
    let charged_w = charged_before(traces, event_s);
    let mut found: Vec<(f64, Option<f64>)> = Vec::new();
    let mut inside = false;
    for (index, bucket) in buckets.iter().enumerate().skip((event_s / bucket_s) as usize) {
        let at_s = index as f64 * bucket_s;
        match (inside, bucket.low < BACK_PU) {
            (false, true) => found.push((at_s, None)),
            (true, false) => {
                if let Some(last) = found.last_mut() {
                    last.1 = Some(at_s);
                }
            }
            _ => {}
        }
        inside = bucket.low < BACK_PU;
    }
    let starts: Vec<f64> = found.iter().map(|dip| dip.0).collect();
    found
        .iter()
        .enumerate()
        .map(|(index, (from_s, to_s))| {
            let lowest_pu = traces.low_pu.low_within(*from_s, to_s.unwrap_or(end_s));
            let Some(back_s) = *to_s else {
                return Dip {
                    from_s: *from_s,
                    to_s: None,
                    lowest_pu,
                    recovery_s: None,
                    watched_s: 0.0,
                    peak_share: 0.0,
                };
            };
            let until_s = starts.get(index + 1).copied().unwrap_or(end_s);
            let quiet_s = until_s.min(recharge_begins(traces, back_s, charged_w));
            Dip {
                from_s: *from_s,
                to_s: *to_s,
                lowest_pu,
                recovery_s: settled(&traces.grid_w, back_s, until_s, RECOVERED * before_w),
                watched_s: until_s - back_s,
                peak_share: traces.grid_w.high_within(back_s, quiet_s) / before_w,
            }
        })
        .collect()
}

/// Time from `from_s` until a trace stays at or above a level, until `until_s`.
fn settled(trace: &Trace, from_s: f64, until_s: f64, level: f64) -> Option<f64> {
    let bucket_s = trace.bucket_s();
    let first = (from_s / bucket_s).round() as usize;
    let last = ((until_s / bucket_s).round() as usize).min(trace.buckets().len());
    let part = trace.buckets().get(first..last)?;
    let low = part.iter().rposition(|b| b.low < level);
    match low {
        None => Some(0.0),
        Some(at) if at + 1 >= part.len() => None,
        Some(at) => Some((at + 1) as f64 * bucket_s),
    }
}

/// The largest rise over a second from shortly before the batteries begin to charge.
fn rise(scenario: &Scenario, traces: &Traces, last: &Dip) -> Option<Rise> {
    let charging_s = recharge_begins(traces, last.to_s?, charged_before(traces, scenario.event_s));
    if !charging_s.is_finite() {
        return None;
    }
    let begins_s = (charging_s - RAMP_WINDOW_S).max(last.to_s?);
    let policy = &scenario.policy;
    let limit_w_per_s =
        policy.ramp.up.map_or(policy.recharge.slope.0, |up| up.0.min(policy.recharge.slope.0));
    let bucket_s = traces.grid_w.bucket_s();
    let per_window = (RAMP_WINDOW_S / bucket_s).round().max(1.0) as usize;
    // Means over a tenth of the window: a cycle's ripple is no ramp.
    let per_mean = (per_window / 10).max(1);
    let first = (begins_s / bucket_s) as usize;
    let means: Vec<f64> = traces
        .grid_w
        .buckets()
        .get(first..)?
        .chunks_exact(per_mean)
        .map(|c| c.iter().map(|b| 0.5 * (b.low + b.high)).sum::<f64>() / per_mean as f64)
        .collect();
    let ago = per_window / per_mean;
    let rises = means.iter().zip(means.get(ago..)?).map(|(a, b)| b - a).enumerate();
    let (at, most) = rises.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Rise {
        most_w_per_s: most / RAMP_WINDOW_S,
        limit_w_per_s,
        at_s: begins_s + (at + ago) as f64 * per_mean as f64 * bucket_s,
    })
}

/// What a grid code sees of a run.
pub fn signals(run: &Run) -> Signals {
    let traces = &run.traces;
    // The first cycle fills the window of the measurement.
    let from_s = 0.05;
    Signals {
        low_pu: Traces::history(&traces.low_pu, from_s),
        high_pu: Traces::history(&traces.high_pu, from_s),
        power_w: Traces::history(&traces.grid_w, from_s),
        frequency_hz: Traces::history(&traces.hertz, from_s),
        grid_hz: Some(60.0),
        window_s: 1.0 / 60.0,
        notes: vec!["simulated".to_owned()],
    }
}

/// The whole judgement of a grid code.
pub fn full(code: &GridCode, run: &Run) -> Judgement {
    let options = Options { rated_w: Some(RATED_W), site_w: Some(75e6), ..Options::default() };
    crate::gridcode::verdict::judge(code, &signals(run), &options)
}

fn by_code(code: &GridCode, run: &Run) -> CodeVerdict {
    let judgement = full(code, run);
    CodeVerdict { code: judgement.code, verdict: judgement.verdict, clauses: judgement.clauses }
}

#[cfg(test)]
mod tests;
