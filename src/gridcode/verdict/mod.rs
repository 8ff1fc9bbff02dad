//! The verdict of a code on a recorded event, clause by clause.

mod frequency;
mod power;
mod ramp;
mod recovery;
mod voltage;

use std::fmt;

use serde::{Serialize, Serializer};

use super::envelope::{Envelope, Excursion, Limit, Side};
use super::history::History;
use super::model::{Bands, Clause, Confidence, GridCode, Rule};

pub use ramp::{band_rms, band_swing};
pub use recovery::Return;

/// What was seen, in the quantities of the codes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signals {
    /// Voltage for sags, in p.u., by the phase rule and filter of the code.
    pub low_pu: Option<History>,
    /// Voltage for swells, in p.u.
    pub high_pu: Option<History>,
    /// Active power drawn, in watts.
    pub power_w: Option<History>,
    /// Frequency in hertz.
    pub frequency_hz: Option<History>,
    /// Nominal frequency of the recorded grid, where it is known.
    pub grid_hz: Option<f64>,
    /// Length of the window of the voltage measurement, in seconds.
    pub window_s: f64,
    /// What was assumed or left out on the way here.
    pub notes: Vec<String>,
}

/// What the code or the record does not say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Judge these clauses only; empty: all.
    pub clauses: Vec<String>,
    /// Recovery budget in seconds in place of the code's.
    pub recovery_budget_s: Option<f64>,
    /// Window in seconds for a rate of change of frequency whose window the code does not say.
    pub rocof_window_s: Option<f64>,
    /// Rated power in watts of what was recorded, to scale limits of a site.
    pub rated_w: Option<f64>,
    /// Rated power in watts of the site.
    pub site_w: Option<f64>,
}

/// A verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The clause does not ask anything here.
    NotApplicable,
    /// The clause is met.
    Pass,
    /// The record or the code does not allow a verdict.
    Inconclusive,
    /// The clause is not met.
    Fail,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotApplicable => "NOT-APPLICABLE",
            Self::Pass => "PASS",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Fail => "FAIL",
        })
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Distance to a limit; negative beyond it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Margin {
    /// Distance of what to which limit.
    pub what: String,
    /// The distance.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The event it belongs to: when that begins, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
}

/// The verdict on one clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClauseVerdict {
    /// The clause.
    pub clause: String,
    /// What it requires.
    pub title: String,
    /// How sure its numbers are.
    pub confidence: Confidence,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, one sentence an event.
    pub reasons: Vec<String>,
    /// Distances to the limits.
    pub margins: Vec<Margin>,
}

/// The verdict of a code on a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The code, as `id@version`.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The verdict on the whole: the worst of the clauses.
    pub verdict: Verdict,
    /// The clauses.
    pub clauses: Vec<ClauseVerdict>,
    /// Excursions of the voltage from the code's continuous range.
    pub excursions: Vec<Excursion>,
    /// Returns of the power after sags, by the recovery clause.
    pub returns: Vec<Return>,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// The verdict on a clause while it is being made: the worst of its events.
struct Draft {
    verdict: Verdict,
    reasons: Vec<String>,
    margins: Vec<Margin>,
}

impl Draft {
    fn new() -> Self {
        Self { verdict: Verdict::NotApplicable, reasons: Vec::new(), margins: Vec::new() }
    }

    fn only(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reasons: vec![reason.into()], margins: Vec::new() }
    }

    fn add(&mut self, verdict: Verdict, reason: impl Into<String>) {
        self.verdict = self.verdict.max(verdict);
        self.reasons.push(reason.into());
    }

    fn margin(&mut self, what: impl Into<String>, value: f64, unit: &'static str, at_s: Option<f64>) {
        self.margins.push(Margin { what: what.into(), value, unit, at_s });
    }
}

/// Everything that the clauses share.
struct Scene<'a> {
    code: &'a GridCode,
    signals: &'a Signals,
    options: &'a Options,
    /// Nominal frequency of the recorded grid, where it is known or measured.
    grid_hz: Option<f64>,
    /// The one of the code's that is nearest.
    nominal_hz: f64,
    /// Excursions by the voltage curve; `None` if the code's curve is missing or no voltage was recorded.
    excursions: Option<Vec<Excursion>>,
}

/// Judges what was seen.
pub fn judge(code: &GridCode, signals: &Signals, options: &Options) -> Judgement {
    let seen_hz = signals.frequency_hz.as_ref().map(|f| if f.mean() < 55.0 { 50.0 } else { 60.0 });
    let grid_hz = signals.grid_hz.or(seen_hz);
    let nominal_hz = code.nominal_hz_near(grid_hz).unwrap_or(50.0);
    let mut scene = Scene { code, signals, options, grid_hz, nominal_hz, excursions: None };
    let bands = code.clauses.iter().find_map(|clause| match &clause.rule {
        Rule::Voltage(bands) => Some(bands),
        _ => None,
    });
    scene.excursions = bands.and_then(|bands| scene.voltage_excursions(&scene.voltage_envelope(bands)));
    let wanted = |clause: &&Clause| options.clauses.is_empty() || options.clauses.contains(&clause.id);
    let mut returns = Vec::new();
    let clauses: Vec<ClauseVerdict> = code
        .clauses
        .iter()
        .filter(wanted)
        .map(|clause| {
            let draft = scene.clause(clause, &mut returns);
            ClauseVerdict {
                clause: clause.id.clone(),
                title: clause.title.clone(),
                confidence: clause.confidence,
                verdict: draft.verdict,
                reasons: draft.reasons,
                margins: draft.margins,
            }
        })
        .collect();
    Judgement {
        code: code.name(),
        title: code.title.clone(),
        verdict: clauses.iter().map(|c| c.verdict).max().unwrap_or(Verdict::NotApplicable),
        clauses,
        excursions: scene.excursions.clone().unwrap_or_default(),
        returns,
        notes: scene.notes(),
    }
}

impl Scene<'_> {
    fn clause(&self, clause: &Clause, returns: &mut Vec<Return>) -> Draft {
        match &clause.rule {
            Rule::Voltage(_) => self.voltage(),
            Rule::Frequency(bands) => self.frequency(bands),
            Rule::Rocof(rocof) => self.rocof(rocof),
            Rule::Recovery(recovery) => self.recovery(recovery, returns),
            Rule::Successive(successive) => self.successive(successive),
            Rule::Ramp(limit) => self.ramp(limit),
            Rule::Oscillation(limit) => self.oscillation(limit),
            Rule::Missing(gap) => {
                Draft::only(Verdict::Inconclusive, format!("the code's numbers are missing: {}", gap.what))
            }
        }
    }

    fn voltage_envelope(&self, bands: &Bands) -> Envelope {
        let m = &self.code.measurement;
        Envelope::new(bands, m, self.nominal_hz, m.hysteresis_pu.value)
    }

    /// Excursions on both sides by their start; `None` without a voltage.
    fn voltage_excursions(&self, envelope: &Envelope) -> Option<Vec<Excursion>> {
        let low = self.signals.low_pu.as_ref()?;
        let mut found = envelope.excursions(low, Side::Low);
        if let Some(high) = &self.signals.high_pu {
            found.extend(envelope.excursions(high, Side::High));
        }
        found.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        Some(found)
    }

    /// Sags below a level alone, whatever the curve says.
    fn sags(&self, level_pu: f64) -> Option<Vec<Excursion>> {
        let limit = Limit { level: level_pu, minimum_s: None };
        let nothing = Bands { low: Vec::new(), high: Vec::new(), power_within_share: None };
        let envelope = Envelope { low: vec![limit], ..self.voltage_envelope(&nothing) };
        self.signals.low_pu.as_ref().map(|low| envelope.excursions(low, Side::Low))
    }

    /// Whether the record is of a grid that the code is for.
    fn grid_fits(&self) -> bool {
        self.grid_hz.is_none_or(|hz| (hz - self.nominal_hz).abs() < 5.0)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.signals.notes.clone();
        if let (Some(hz), false) = (self.grid_hz, self.grid_fits()) {
            notes.push(format!(
                "the record is of a {hz} Hz grid and the code for {} Hz: frequency is not judged, voltage in seconds",
                self.nominal_hz
            ));
        }
        if let Some(budget) = self.options.recovery_budget_s {
            notes.push(format!("the recovery budget was set to {budget} s by the caller"));
        }
        let near =
            |e: &&Excursion| e.time_margin_s.is_some_and(|margin| margin.abs() < self.signals.window_s);
        let excursions = self.excursions.as_deref().unwrap_or_default();
        if excursions.iter().any(|e| near(&e)) {
            notes.push(format!(
                "a time margin is shorter than the window of the measurement, {:.1} ms: the filter decides there",
                self.signals.window_s * 1e3
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests;
