//! Turns cucumber's events into records.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use cucumber::event::{self, Event};
use cucumber::gherkin::{Feature, Scenario};
use cucumber::{World, Writer, cli, parser, writer};

use crate::answers::AnswerTimes;
use crate::catalogue::{Case, place, scenario_id};
use crate::outcome::{Outcome, Record, WireBytes};
use crate::redact;
use crate::transport::LinkError;
use crate::world::{Judgement, Logs};

/// Called with each record as soon as its case ended.
pub(crate) type Sink<'a> = dyn FnMut(Record) + 'a;

/// A cucumber writer that makes records.
pub(crate) struct Collector<'a> {
    logs: Arc<Logs>,
    cases: &'a [Case],
    subject: String,
    sink: &'a mut Sink<'a>,
    started: Instant,
    suite_fault: Option<String>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(logs: Arc<Logs>, cases: &'a [Case], subject: String, sink: &'a mut Sink<'a>) -> Self {
        Self { logs, cases, subject, sink, started: Instant::now(), suite_fault: None }
    }

    fn scenario<W>(&mut self, feature: &Feature, scenario: &Scenario, event: &event::Scenario<W>) {
        match event {
            event::Scenario::Started => {
                self.started = Instant::now();
                self.suite_fault = None;
            }
            event::Scenario::Step(step, outcome) | event::Scenario::Background(step, outcome) => {
                self.step(feature, scenario, &step.value, outcome);
            }
            event::Scenario::Hook(_, event::Hook::Failed(_, _)) => {
                self.suite_fault = Some(format!("{}: the hook failed", place(feature, scenario)));
            }
            event::Scenario::Finished => self.finish(scenario),
            _ => {}
        }
    }

    fn step<W>(&mut self, feature: &Feature, scenario: &Scenario, step: &str, event: &event::Step<W>) {
        let place = place(feature, scenario);
        match event {
            // cucumber would call the run a success.
            event::Step::Skipped => {
                self.suite_fault = Some(format!("{place}: no step fits \"{step}\""));
            }
            event::Step::Failed(_, _, _, error) => {
                let judged =
                    scenario_id(scenario).is_some_and(|id| self.logs.log(id).lock().judgement.is_some());
                if !judged {
                    self.suite_fault = Some(format!("{place}: step \"{step}\": {error}"));
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, scenario: &Scenario) {
        let Some(case) = scenario_id(scenario).and_then(|id| self.cases.iter().find(|c| c.id == id)) else {
            return;
        };
        let entries = self.logs.log(&case.id).lock().clone();
        let mut seen = entries.seen;
        let outcome = match (self.suite_fault.take(), entries.judgement) {
            (Some(fault), _) => {
                seen.push(fault);
                Outcome::Error
            }
            (None, Some(judgement)) => {
                let (outcome, text) = match judgement {
                    Judgement::Fail(text) => (Outcome::Fail, text),
                    Judgement::Inconclusive(text) => (Outcome::Inconclusive, text),
                    Judgement::Lacks(text) => (Outcome::NotApplicable, text),
                    Judgement::Error(text) => (Outcome::Error, text),
                };
                seen.push(text);
                outcome
            }
            (None, None) if entries.non_strict => Outcome::NonStrict,
            (None, None) => Outcome::Pass,
        };
        let mut record = blank(case, &self.subject, outcome);
        record.seen = seen.iter().map(|text| redact::clean(text)).collect();
        record.frames = entries.frames;
        if entries.dropped > 0 {
            let bytes = format!("{} older entries left out", entries.dropped);
            record.frames.insert(0, WireBytes { direction: '!', bytes });
        }
        record.frames.iter_mut().for_each(|entry| entry.bytes = redact::clean(&entry.bytes));
        record.answers = AnswerTimes::of(&entries.answers_us);
        record.elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        (self.sink)(record);
    }
}

/// Records of cases that were selected on a link that does not open: the suite goes on with the next one.
pub(crate) fn unopened(
    cases: &[Case],
    subject: &str,
    selected: &BTreeSet<String>,
    error: &LinkError,
    keep: &mut dyn FnMut(Record),
) {
    for case in cases.iter().filter(|case| selected.contains(&case.id)) {
        let mut record = blank(case, subject, Outcome::Error);
        record.seen.push(redact::clean(&error.to_string()));
        keep(record);
    }
}

/// A record without anything seen.
pub(crate) fn blank(case: &Case, subject: &str, outcome: Outcome) -> Record {
    Record {
        id: case.id.clone(),
        title: case.title.clone(),
        level: case.level,
        class: case.class,
        clause: case.clause.clone(),
        expectation: case.expectation.clone(),
        subject: subject.to_owned(),
        profiles: BTreeSet::new(),
        outcome,
        left_out: None,
        seen: Vec::new(),
        procedure: case.procedure.clone(),
        frames: Vec::new(),
        elapsed_ms: 0,
        answers: None,
    }
}

impl<W: World> Writer<W> for Collector<'_> {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<event::Cucumber<W>>>, _: &Self::Cli) {
        if let Ok(Event { value: event::Cucumber::Feature(feature, event), .. }) = event
            && let event::Feature::Scenario(scenario, retryable) = event
        {
            self.scenario(&feature, &scenario, &retryable.event);
        }
    }
}

// One scenario at a time: events arrive in order.
impl writer::Normalized for Collector<'_> {}
