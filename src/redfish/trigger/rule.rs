//! What a trigger watches, and when it fires.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::gateway::{Severity, ShelfState, Snapshot};
use crate::redfish::body::{self, Properties};
use crate::redfish::error::{Error, Fault};
use crate::redfish::quantity::{self, bbu_id, psu_id};
use crate::redfish::status::Status;
use crate::redfish::uri;
use crate::shelf::reading::DeviceView;

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

/// A value of a metric.
#[derive(Debug, Clone, PartialEq)]
enum Sample {
    Number(f64),
    Word(String),
}

/// Whether a metric is a number; `None`: there is no such metric.
fn is_number(snapshot: &Snapshot, metric: &str) -> Option<bool> {
    if let Some(id) = sensor(metric) {
        return quantity::find(snapshot, id).map(|_| true);
    }
    word(snapshot, metric).map(|_| false)
}

/// The sensor whose reading a metric is.
fn sensor(metric: &str) -> Option<&str> {
    metric.strip_prefix(uri::SENSORS)?.strip_prefix('/')?.strip_suffix("#/Reading")
}

fn word(snapshot: &Snapshot, metric: &str) -> Option<String> {
    let (at, pointer) = metric.split_once('#')?;
    if at == uri::MANAGER {
        return (pointer == "/Oem/DPOGateway/State").then(|| state(snapshot.state).to_owned());
    }
    let of = |status: Status| {
        let status = serde_json::to_value(status).ok()?;
        status.get(pointer.strip_prefix("/Status/")?)?.as_str().map(str::to_owned)
    };
    if let Some(id) = at.strip_prefix(uri::POWER_SUPPLIES).and_then(|rest| rest.strip_prefix('/')) {
        let view = snapshot.psus.iter().find(|v| psu_id(v.slot) == id)?;
        return of(Status::device(view, &view.reading.alarms, at));
    }
    let id = at.strip_prefix(uri::BATTERIES)?.strip_prefix('/')?;
    let view: &DeviceView<_> = snapshot.bbus.iter().find(|v| bbu_id(v.slot) == id)?;
    of(Status::device(view, &view.reading.alarms, at))
}

fn state(state: ShelfState) -> &'static str {
    match state {
        ShelfState::Normal => "Normal",
        ShelfState::SagDetected => "SagDetected",
        ShelfState::Supporting => "Supporting",
        ShelfState::Recovering => "Recovering",
        ShelfState::Recharging => "Recharging",
        ShelfState::FailSafe => "FailSafe",
    }
}

/// The value of a metric now; `None` if it is not known.
fn sample(snapshot: &Snapshot, metric: &str) -> Option<Sample> {
    match sensor(metric) {
        Some(id) => quantity::find(snapshot, id)?.reading.map(Sample::Number),
        None => word(snapshot, metric).map(Sample::Word),
    }
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

/// What a trigger says when it fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fired {
    pub(crate) number: u64,
    pub(crate) severity: Severity,
    pub(crate) message: String,
}

/// What is remembered of one threshold or value, for one metric.
#[derive(Debug, Default)]
struct Cell {
    /// On which side of the threshold the metric is, or whether it has the value.
    holds: bool,
    /// Since when it is otherwise.
    since: Option<SystemTime>,
}

impl Cell {
    /// Whether what `now` says has held for `dwell` and is another thing than before.
    fn turns(&mut self, now: bool, at: SystemTime, dwell: Duration) -> bool {
        if now == self.holds {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(at);
        if at.duration_since(since).unwrap_or_default() < dwell {
            return false;
        }
        (self.holds, self.since) = (now, None);
        true
    }
}

/// Watches the snapshots for all triggers.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    cells: BTreeMap<(u64, usize, usize), Cell>,
    words: BTreeMap<(u64, usize), String>,
}

impl Watch {
    /// What fires with a snapshot. A metric that is not known fires nothing and forgets nothing.
    pub(crate) fn look(&mut self, triggers: &[Trigger], snapshot: &Snapshot) -> Vec<Fired> {
        let known = |number: u64| triggers.iter().any(|t| t.number == number);
        self.cells.retain(|(number, ..), _| known(*number));
        self.words.retain(|(number, _), _| known(*number));
        let mut fired = Vec::new();
        for trigger in triggers {
            for (at, metric) in trigger.metrics.iter().enumerate() {
                match (sample(snapshot, metric), &trigger.rule) {
                    (Some(Sample::Number(value)), Rule::Numeric(thresholds)) => {
                        self.number(trigger, (at, metric), thresholds, value, snapshot.time, &mut fired);
                    }
                    (Some(Sample::Word(word)), Rule::Discrete(condition, values)) => {
                        let seen = (word.as_str(), snapshot.time);
                        self.word(trigger, (at, metric), (*condition, values), seen, &mut fired);
                    }
                    _ => {}
                }
            }
        }
        fired
    }

    fn number(
        &mut self,
        trigger: &Trigger,
        (at, metric): (usize, &str),
        thresholds: &Thresholds,
        value: f64,
        time: SystemTime,
        fired: &mut Vec<Fired>,
    ) {
        for (place, (edge, threshold)) in thresholds.iter().enumerate() {
            let beyond =
                if edge.is_upper() { value >= threshold.reading } else { value <= threshold.reading };
            let cell = self.cells.entry((trigger.number, at, place)).or_default();
            if !cell.turns(beyond, time, dwell(threshold.dwell_time.as_ref())) {
                continue;
            }
            let rises = beyond == edge.is_upper();
            let usual = if edge.is_upper() { Activation::Increasing } else { Activation::Decreasing };
            let wanted = match threshold.activation.unwrap_or(usual) {
                Activation::Increasing => rises,
                Activation::Decreasing => !rises,
                Activation::Either => true,
                Activation::Disabled => false,
            };
            if wanted {
                let severity = if beyond { edge.severity() } else { Severity::Ok };
                let way = if rises { "above" } else { "below" };
                let message = format!("{} is {value}, {way} {edge:?} {}", short(metric), threshold.reading);
                fired.push(Fired { number: trigger.number, severity, message });
            }
        }
    }

    fn word(
        &mut self,
        trigger: &Trigger,
        (at, metric): (usize, &str),
        (condition, values): (Condition, &[DiscreteValue]),
        (word, time): (&str, SystemTime),
        fired: &mut Vec<Fired>,
    ) {
        let number = trigger.number;
        if condition == Condition::Changed {
            let before = self.words.insert((number, at), word.to_owned());
            if let Some(before) = before.filter(|before| before != word) {
                let message = format!("{} is {word}, was {before}", short(metric));
                fired.push(Fired { number, severity: Severity::Ok, message });
            }
            return;
        }
        for (place, value) in values.iter().enumerate() {
            let cell = self.cells.entry((number, at, place)).or_default();
            if cell.turns(value.value == word, time, dwell(value.dwell_time.as_ref())) && cell.holds {
                let told = value.severity.as_deref().and_then(severity);
                let message = format!("{} is {word}", short(metric));
                fired.push(Fired { number, severity: told.unwrap_or(Severity::Warning), message });
            }
        }
    }
}

/// A metric for people: without what all have in common.
fn short(metric: &str) -> &str {
    sensor(metric).unwrap_or_else(|| metric.strip_prefix(uri::ROOT).unwrap_or(metric))
}

#[cfg(test)]
mod tests;
