//! When a trigger fires.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::metric::{Sample, sample, short};
use super::{Activation, Condition, DiscreteValue, Rule, Thresholds, Trigger, dwell, severity};
use crate::gateway::{Severity, Snapshot};

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
