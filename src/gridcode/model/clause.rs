//! The clauses of a grid code.

use serde::{Deserialize, Serialize};

use super::Confidence;

/// One requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Permanent identifier within the code.
    pub id: String,
    /// What is required, in a few words.
    pub title: String,
    /// Section of the document, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Keys of the sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// How sure the numbers are.
    pub confidence: Confidence,
    /// What is to be known about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The requirement itself.
    pub rule: Rule,
}

/// A requirement by its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Voltage ride-through; levels in p.u.
    Voltage(Bands),
    /// Frequency ride-through; levels in hertz.
    Frequency(Bands),
    /// Ride-through of a rate of change of frequency.
    Rocof(Rocof),
    /// Return of the active power after a voltage event.
    Recovery(Recovery),
    /// Events one after another.
    Successive(Successive),
    /// Limit of the change of active power.
    Ramp(Ramp),
    /// Limit of the oscillation of active power.
    Oscillation(Oscillation),
    /// The clause exists and its numbers are not known.
    Missing(Gap),
}

impl Rule {
    /// The kind as it is written in the file.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Voltage(_) => "voltage",
            Self::Frequency(_) => "frequency",
            Self::Rocof(_) => "rocof",
            Self::Recovery(_) => "recovery",
            Self::Successive(_) => "successive",
            Self::Ramp(_) => "ramp",
            Self::Oscillation(_) => "oscillation",
            Self::Missing(_) => "missing",
        }
    }
}

/// Ride-through bands on both sides of the continuous range, which lies between the first level of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Below the continuous range, from its edge down.
    pub low: Vec<Band>,
    /// Above the continuous range, from its edge up.
    pub high: Vec<Band>,
    /// During the excursion the power stays within this share of what it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_within_share: Option<f64>,
}

/// One band: from its level to the next one, or without end. Exactly one of the last three keys is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Where the band begins, seen from the continuous range; p.u. or hertz.
    pub level: f64,
    /// The load must ride through at least so many seconds beyond the level; 0: it may trip at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_s: Option<f64>,
    /// The same in cycles of the nominal frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_cycles: Option<f64>,
    /// The time is not known; why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// How sure this band is, where it differs from the clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// What is to be known about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Band {
    /// The minimum in seconds at a nominal frequency in hertz; `None` if it is not known.
    pub fn minimum(&self, nominal_hz: f64) -> Option<f64> {
        self.minimum_s.or_else(|| self.minimum_cycles.map(|cycles| cycles / nominal_hz))
    }
}

/// Ride-through of a rate of change of frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rocof {
    /// Up to this rate, in hertz a second and either way, the load stays.
    pub max_hz_per_s: f64,
    /// Rolling window of the measurement in seconds; left out if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<f64>,
}

/// Return of the active power after a voltage event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// Share of the power before the event that must be back.
    pub share: f64,
    /// Share that it must not exceed at the end of the budget, where the code says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper_share: Option<f64>,
    /// Time in seconds.
    pub budget_s: f64,
    /// The budget begins when the voltage has returned above this level in p.u.
    pub from_above_pu: f64,
}

/// Events one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Successive {
    /// The load must ride through so many events within the window; left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u32>,
    /// The window in seconds; there if, and only if, `events` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<f64>,
}

/// Limit of the change of active power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// Largest change in megawatts of the site between two instants this window apart, either way.
    pub max_change_mw: f64,
    /// The window in seconds.
    pub window_s: f64,
}

/// Limit of the oscillation of active power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Oscillation {
    /// Largest peak-to-peak value in megawatts of the site within the window.
    pub max_peak_to_peak_mw: f64,
    /// Lower edge of the band in hertz.
    pub from_hz: f64,
    /// Upper edge of the band in hertz.
    pub to_hz: f64,
    /// The rolling window in seconds.
    pub window_s: f64,
}

/// Something that the code says and the file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gridcode-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What is missing.
    pub what: String,
    /// Why.
    pub why: String,
}
