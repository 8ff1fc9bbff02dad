//! A grid code as it stands in `spec/grid-codes/*.json`.
//!
//! Unknown keys are errors. A number that is not known is left out and named as missing, never guessed;
//! a choice that the code leaves open is made here in the open, with the confidence `assumed`.

mod clause;

use serde::{Deserialize, Serialize};

pub use clause::{Band, Bands, Clause, Gap, Oscillation, Ramp, Recovery, Rocof, Rule, Successive};

/// One version of one code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GridCode {
    /// Path or URI of the JSON Schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Permanent identifier of the code, for example `ercot-nogrr282`.
    pub id: String,
    /// The version or edition of the source document; with the identifier it names the file.
    pub version: String,
    /// Human-readable title.
    pub title: String,
    /// Who issues the code.
    pub authority: String,
    /// What the code binds.
    pub subject: Subject,
    /// How far the document has come.
    pub status: Status,
    /// What is to be known about the status: dates, doubts, conflicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_note: Option<String>,
    /// The version that took this one's place; the version without this key is the one meant when only the
    /// identifier is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// How sure the file is as a whole: no surer than its least sure clause.
    pub confidence: Confidence,
    /// Nominal frequencies in hertz of the grids that the code is for.
    pub nominal_hz: Vec<f64>,
    /// Where the facts come from; clauses refer to the keys.
    pub sources: Vec<Source>,
    /// How quantities are measured before they are compared.
    pub measurement: Measurement,
    /// The requirements.
    pub clauses: Vec<Clause>,
    /// What the code surely or probably says and this file does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Gap>,
    /// Requirements that no record of voltage and power can show, or whose text is too vague to be judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

impl GridCode {
    /// `id@version`, which names exactly this version.
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// The clause with this identifier.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The nominal frequency in hertz nearest to a measured one, or the first if nothing was measured.
    pub fn nominal_hz_near(&self, measured: Option<f64>) -> Option<f64> {
        let far = |f: &f64| measured.map_or(0.0, |m| (m - f).abs());
        self.nominal_hz.iter().copied().min_by(|a, b| far(a).total_cmp(&far(b)))
    }
}

/// What a code binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A load on the grid.
    Load,
    /// A generator; carried as a neighbour to compare with.
    Generator,
    /// A piece of equipment: an immunity curve, no grid code.
    Equipment,
}

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A draft.
    Draft,
    /// Formally proposed.
    Proposed,
    /// In force, or decided to be.
    Adopted,
    /// A published standard or guide.
    Published,
}

/// How sure a fact is, from the surest down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the code itself.
    Stated,
    /// Read in a second-hand source that says it read the code.
    Reported,
    /// Derived here from what was read; the note says how.
    Inferred,
    /// General knowledge, not read again; the note says so.
    Recalled,
    /// Sources disagree; the note says how.
    Conflicting,
    /// Chosen here because the code was silent or was not read; the note says why.
    Assumed,
}

/// Where facts come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short key.
    pub key: String,
    /// Title of the document, and who wrote it.
    pub title: String,
    /// Where it is: URL, or repository and revision.
    pub at: String,
    /// When it was read or dated, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Whether this is the code itself or a report about it.
    pub kind: SourceKind,
}

/// Whether a source is the code itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The code itself.
    Primary,
    /// A report about the code.
    Secondary,
}

/// A fact that is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The requirement.
    pub text: String,
    /// Why it is not judged.
    pub why: String,
    /// Key of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A choice with its origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice<T> {
    /// What is chosen.
    pub value: T,
    /// How sure it is that the code means this.
    pub confidence: Confidence,
    /// Key of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Why, where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How quantities are measured before they are compared with the numbers of the clauses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Where the voltage is measured and what 1 p.u. is.
    pub point: String,
    /// How three phases become one voltage.
    pub phase_rule: Choice<PhaseRule>,
    /// How a waveform becomes an effective voltage.
    pub filter: Choice<Filter>,
    /// How the time beyond a level is counted.
    pub timing: Choice<Timing>,
    /// Whether a value exactly on a level is beyond it.
    pub at_level: Choice<AtLevel>,
    /// Whether an excursion of exactly the minimum time must still be ridden through.
    pub at_limit: Choice<AtLimit>,
    /// How far, in p.u., the voltage must come back past a level before the excursion has ended.
    pub hysteresis_pu: Choice<f64>,
    /// What in the power shows that the load rode through.
    pub ridden: Choice<Ridden>,
}

/// How three phases become one voltage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhaseRule {
    /// The worst phase: the lowest for a sag, the highest for a swell. An excursion in any phase counts.
    AnyPhase,
    /// The best phase: an excursion counts while all phases are beyond the level.
    AllPhases,
    /// The positive-sequence component; needs waveforms of three phases.
    PositiveSequence,
    /// The mean of the effective values of the phases.
    Average,
}

/// How a waveform becomes an effective voltage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Root mean square over half a cycle, sliding.
    HalfCycleRms,
    /// Root mean square over one cycle, sliding (IEC 61000-4-30 refreshes it each half cycle only).
    OneCycleRms,
    /// Amplitude of the fundamental over one cycle, as an effective value, sliding.
    Fundamental,
}

/// How the time beyond a level is counted.
///
/// A third reading, a timer for each band that stops when the voltage moves into a deeper band, is left out
/// on purpose: by it a deeper sag can be easier to ride than a shallower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// For each level, the time spent continuously beyond it; time in a deeper band counts too.
    BeyondLevel,
    /// From the start of the excursion: the voltage against a profile over time.
    Profile,
}

/// Whether a value exactly on a level is beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtLevel {
    /// It is not: "below 0.9" is V < 0.9.
    Within,
    /// It is: "below 0.9" is V <= 0.9.
    Beyond,
}

/// Whether an excursion of exactly the minimum time must still be ridden through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtLimit {
    /// It must.
    MustRide,
    /// It need not.
    MayTrip,
}

/// What in the power shows that the load rode through an excursion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ridden {
    /// Share of the power before the event that is back.
    pub share: f64,
    /// At most so many seconds after the voltage has returned to the continuous range.
    pub within_s: f64,
}
