//! What a trigger is: what clients may ask for, checked.

mod metric;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use self::metric::is_number;
pub(super) use self::watch::Watch;
use crate::gateway::{Severity, Snapshot};
use crate::redfish::body::{self, Properties};
use crate::redfish::error::{Error, Fault};

/// Metrics of one trigger, and values of a discrete one.
const METRICS: usize = 16;
const VALUES: usize = 16;
/// Longest name, in bytes, and longest dwell time.
const NAME: usize = 128;
const DWELL: Duration = Duration::from_secs(86_400);

/// Which threshold it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub(crate) enum Edge {
    LowerCritical,
    LowerWarning,
    UpperWarning,
    UpperCritical,
}

impl Edge {
    fn is_upper(self) -> bool {
        matches!(self, Self::UpperWarning | Self::UpperCritical)
    }

    fn severity(self) -> Severity {
        match self {
            Self::LowerCritical | Self::UpperCritical => Severity::Critical,
            Self::LowerWarning | Self::UpperWarning => Severity::Warning,
        }
    }
}

/// In which direction a value has to pass a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum Activation {
    Increasing,
    Decreasing,
    Either,
    Disabled,
}

/// A threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Threshold {
    /// The value, in the unit of the sensor.
    reading: f64,
    /// The direction that fires; upper thresholds Increasing, lower ones Decreasing, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    activation: Option<Activation>,
    /// How long the value has to stay beyond it, in ISO 8601; at once if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "PT10S")]
    dwell_time: Option<String>,
}

/// The thresholds of a numeric trigger.
pub(crate) type Thresholds = BTreeMap<Edge, Threshold>;

/// When a discrete trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum Condition {
    /// The value becomes one of those given.
    Specified,
    /// The value becomes another one.
    Changed,
}

/// A value that a discrete trigger waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DiscreteValue {
    #[schema(example = "SagDetected")]
    value: String,
    /// OK, Warning or Critical; Warning if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    /// How long the value has to stay, in ISO 8601; at once if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dwell_time: Option<String>,
}

/// What fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Rule {
    Numeric(Thresholds),
    Discrete(Condition, Vec<DiscreteValue>),
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    pub(crate) number: u64,
    pub(crate) name: Option<String>,
    /// URIs of properties.
    pub(crate) metrics: Vec<String>,
    pub(crate) rule: Rule,
}

/// A span in ISO 8601 of days, hours, minutes and seconds, as `PT1M30S`.
pub(crate) fn span(text: &str) -> Option<Duration> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').map_or((rest, None), |(days, time)| (days, Some(time)));
    let mut seconds = match days {
        "" => 0.0,
        days => days.strip_suffix('D')?.parse::<u32>().ok().map(|d| f64::from(d) * 86_400.0)?,
    };
    if let Some(mut time) = time {
        if time.is_empty() {
            return None;
        }
        for (unit, length) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
            if let Some((number, rest)) = time.split_once(unit) {
                let digits = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                seconds += number.parse::<f64>().ok().filter(|_| digits)? * length;
                time = rest;
            }
        }
        if !time.is_empty() {
            return None;
        }
    } else if days.is_empty() {
        return None;
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|span| *span <= DWELL)
}

fn dwell(text: Option<&String>) -> Duration {
    text.and_then(|text| span(text)).unwrap_or_default()
}

impl Trigger {
    /// A trigger as a client wants it.
    ///
    /// # Errors
    /// Each property that cannot be taken.
    pub(crate) fn create(snapshot: &Snapshot, properties: Properties) -> Result<Self, Error> {
        let (mut name, mut metrics, mut kind, mut thresholds) = (None, None, None, None);
        let (mut condition, mut values, mut faults) = (None, None, Vec::new());
        for (property, value) in properties {
            let taken = match property.as_str() {
                "Name" => text(value, NAME).map(|text| name = Some(text)),
                "MetricType" => one_of(value, &["Numeric", "Discrete"]).map(|word| kind = Some(word)),
                "MetricProperties" => read(value, METRICS).map(|list: Vec<String>| metrics = Some(list)),
                "TriggerActions" => actions(value),
                "NumericThresholds" => numeric(value).map(|all| thresholds = Some(all)),
                "DiscreteTriggerCondition" => whole(value).map(|word| condition = Some(word)),
                "DiscreteTriggers" => discrete(value).map(|list| values = Some(list)),
                _ => Err(Fault::Unknown),
            };
            faults.extend(taken.err().map(|fault| (property, fault)));
        }
        body::refuse(faults)?;
        let missing = |property: &str| Error::property(property, Fault::Missing);
        let metrics = metrics.filter(|list| !list.is_empty()).ok_or_else(|| missing("MetricProperties"))?;
        let numeric = match kind.as_deref() {
            Some(kind) => kind == "Numeric",
            None => thresholds.is_some(),
        };
        for metric in &metrics {
            let why = match is_number(snapshot, metric) {
                Some(number) if number == numeric => continue,
                Some(true) => "it is a number: NumericThresholds go with it",
                Some(false) => "it is a word: DiscreteTriggers go with it",
                None => {
                    "neither the Reading of a sensor, nor the State of the gateway, nor a Status of a device"
                }
            };
            let fault = Fault::Refused(Value::from(metric.as_str()), why.to_owned());
            return Err(Error::property("MetricProperties", fault));
        }
        let rule = if numeric {
            if values.is_some() || condition.is_some() {
                return Err(Error::property("DiscreteTriggers", Fault::Conflict("MetricType")));
            }
            let thresholds = thresholds.filter(|all: &Thresholds| !all.is_empty());
            Rule::Numeric(thresholds.ok_or_else(|| missing("NumericThresholds"))?)
        } else {
            if thresholds.is_some() {
                return Err(Error::property("NumericThresholds", Fault::Conflict("MetricType")));
            }
            let condition = condition.unwrap_or(Condition::Specified);
            let values: Vec<DiscreteValue> = values.unwrap_or_default();
            match condition {
                Condition::Specified if values.is_empty() => return Err(missing("DiscreteTriggers")),
                Condition::Changed if !values.is_empty() => {
                    let fault = Fault::Conflict("DiscreteTriggerCondition");
                    return Err(Error::property("DiscreteTriggers", fault));
                }
                _ => Rule::Discrete(condition, values),
            }
        };
        Ok(Self { number: 0, name, metrics, rule })
    }
}

fn text(value: Value, most: usize) -> Result<String, Fault> {
    match value {
        Value::String(text) if text.len() <= most => Ok(text),
        Value::String(_) => Err(Fault::Refused(Value::from("(long)"), format!("longer than {most} bytes"))),
        other => Err(Fault::Type(other)),
    }
}

fn one_of(value: Value, words: &[&str]) -> Result<String, Fault> {
    match text(value, NAME)? {
        word if words.contains(&word.as_str()) => Ok(word),
        word => Err(Fault::NotInList(Value::from(word))),
    }
}

fn whole<T: for<'a> Deserialize<'a>>(value: Value) -> Result<T, Fault> {
    T::deserialize(&value)
        .map_err(|_| if value.is_string() { Fault::NotInList(value) } else { Fault::Type(value) })
}

fn read<T: for<'a> Deserialize<'a>>(value: Value, most: usize) -> Result<Vec<T>, Fault> {
    let list = Vec::<T>::deserialize(&value).map_err(|_| Fault::Type(value))?;
    if list.len() > most {
        return Err(Fault::Refused(Value::from(list.len()), format!("more than {most} elements")));
    }
    Ok(list)
}

/// Both actions are always taken: an event is in the log.
fn actions(value: Value) -> Result<(), Fault> {
    let list: Vec<String> = read(value.clone(), 8)?;
    match list.iter().all(|word| super::ACTIONS.contains(&word.as_str())) {
        true => Ok(()),
        false => Err(Fault::NotInList(value)),
    }
}

fn spans(text: Option<&String>) -> Result<(), Fault> {
    let wrong = text.filter(|text| span(text).is_none());
    let why = "a span in ISO 8601 of at most a day, as PT10S";
    wrong.map_or(Ok(()), |text| Err(Fault::Refused(Value::from(text.as_str()), why.to_owned())))
}

fn numeric(value: Value) -> Result<Thresholds, Fault> {
    let all = Thresholds::deserialize(&value).map_err(|_| Fault::Type(value))?;
    all.values().try_for_each(|threshold| spans(threshold.dwell_time.as_ref()))?;
    Ok(all)
}

fn discrete(value: Value) -> Result<Vec<DiscreteValue>, Fault> {
    let list: Vec<DiscreteValue> = read(value, VALUES)?;
    for one in &list {
        spans(one.dwell_time.as_ref())?;
        if let Some(word) = one.severity.as_ref().filter(|word| severity(word).is_none()) {
            return Err(Fault::NotInList(Value::from(word.as_str())));
        }
        if one.value.len() > NAME {
            return Err(Fault::Refused(Value::from("(long)"), format!("longer than {NAME} bytes")));
        }
    }
    Ok(list)
}

fn severity(word: &str) -> Option<Severity> {
    match word {
        "OK" => Some(Severity::Ok),
        "Warning" => Some(Severity::Warning),
        "Critical" => Some(Severity::Critical),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
