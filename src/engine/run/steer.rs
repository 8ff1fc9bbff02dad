//! The loop of one gateway.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::line::{ForecastPart, GridPart, Line, PushPart, RecordPart, SetpointPart, TelemetryPart};
use super::log::Log;
use super::nominal::Finder;
use super::pace::Pace;
use super::parts::{EngineError, Parts, intake};
use super::recorder::{NotWritten, Recorder};
use super::think::{Answer, Pool, Thinker};
use crate::engine::clock::Clock;
use crate::engine::forecast::{self, Config, Forecaster, Kind};
use crate::engine::intake::{AcInput, Reading, Report, Telemetry};
use crate::engine::plan::outlook;
use crate::engine::push::{Keeper, KeeperConfig, Push, Told};
use crate::engine::record::file::rfc3339;
use crate::engine::record::{EventConfig, GridEvent, Look, Nominal, Watch};
use crate::engine::setpoint::{Ahead, Planner, Setpoint};

/// Distance of readings over the one that a forecaster was built for, within which it stays.
const SAME_PACE: std::ops::RangeInclusive<f64> = 0.4..=2.5;
/// Longest time for a plan, as a share of the time between two: then the limiter speaks.
const LONGEST_SHARE: f64 = 0.8;
/// Reports that wait for the loop at most.
const REPORTS: usize = 16;
/// Notes of one tick at most.
const NOTES: usize = 8;

/// How a gateway is steered.
#[derive(Debug, Clone, PartialEq)]
pub struct SteerConfig {
    /// Time from one plan to the next, in seconds; 0: a plan with each reading, and no clock (for traces that run as quick as
    /// they can).
    pub plan_period_s: f64,
    /// The forecaster.
    pub forecaster: Kind,
    /// How setpoints are sent.
    pub keeper: KeeperConfig,
    /// Nominal AC voltage in volts; `None`: what the gateway declares, else the usual one nearest to the first readings.
    pub nominal_v: Option<f64>,
    /// Nominal frequency in hertz.
    pub nominal_hz: f64,
    /// When a grid event begins and ends.
    pub events: EventConfig,
}

impl Default for SteerConfig {
    /// 10 plans a second, the ensemble, 60 Hz.
    fn default() -> Self {
        Self {
            plan_period_s: 0.1,
            forecaster: Kind::Ensemble,
            keeper: KeeperConfig::default(),
            nominal_v: None,
            nominal_hz: 60.0,
            events: EventConfig::default(),
        }
    }
}

/// One gateway and everything that steers it.
pub struct Engine {
    /// Its name in the log.
    pub name: String,
    /// Where readings come from.
    pub telemetry: Box<dyn Telemetry>,
    /// What makes setpoints of them.
    pub planner: Box<dyn Planner>,
    /// What speaks when the planner is late: quick, as [`crate::engine::plan::Plan::limiter`]. Without it nothing is sent then.
    pub standby: Option<Box<dyn Planner>>,
    /// Where plans are computed; of one process all share one.
    pub pool: Pool,
    /// Where setpoints go; `None`: nowhere, they are only shown.
    pub push: Option<Box<dyn Push>>,
    /// Where grid events go.
    pub recorder: Option<Recorder>,
    /// Where ticks go.
    pub log: Option<Log>,
    /// How.
    pub config: SteerConfig,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("name", &self.name)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Steers until `stop`, or until the source ends; then gives back what is held.
    ///
    /// # Errors
    /// A part of it broke (a panic): the rest is ended in good order then, for whoever steers without one part steers blind.
    pub async fn run(self, clock: Clock, stop: CancellationToken) -> Result<(), EngineError> {
        let Self { name, telemetry, planner, standby, pool, push, recorder, log, config } = self;
        // The parts of this gateway end with it.
        let stop = stop.child_token();
        let (wants, wanted) = watch::channel(None);
        let (tells, told) = watch::channel(None);
        let mut parts = Parts::new(&name);
        let steers = push.is_some();
        if let Some(push) = push {
            let keeper = Keeper::new(push, config.keeper, clock, wanted, tells);
            parts.spawn("keeper", keeper.run(stop.clone()));
        }
        // A task of its own: a poll that is under way is not broken off by each tick.
        let (reports, mut coming) = mpsc::channel(REPORTS);
        parts.spawn("intake", intake(telemetry, reports, stop.clone()));
        let (entries, written) = mpsc::channel(64);
        let period_s = config.plan_period_s;
        let watch = Watch::new(config.events, config.nominal_hz);
        let clocked = period_s > 0.0;
        let every = Duration::from_secs_f64(if clocked { period_s.clamp(0.005, 60.0) } else { 60.0 });
        let mut state = Loop {
            name,
            thinker: Thinker::new(planner, standby, pool, every.mul_f64(LONGEST_SHARE)),
            recorder,
            log,
            clock,
            kind: config.forecaster,
            pace: Pace::default(),
            forecaster: None,
            built_s: None,
            newest: None,
            planned: None,
            before: None,
            watch,
            nominal: Finder::new(config.nominal_v),
            entries,
            written,
            writing: Vec::new(),
            notes: Vec::new(),
            wants: steers.then_some(wants),
            told,
            tick: 0,
        };
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = parts.broke() => break,
                report = coming.recv() => match report {
                    None | Some(Report::End) => break,
                    Some(Report::Reading(reading)) => {
                        let received_s = reading.received_s;
                        state.take(*reading);
                        if !clocked {
                            state.tick(received_s, false);
                        }
                    }
                    Some(Report::Lost(reason)) => state.note(reason),
                    Some(Report::Gap(reason)) => state.gap(reason),
                },
                _ = ticks.tick(), if clocked => {
                    let now_s = state.clock.now_s();
                    state.tick(now_s, true);
                }
                answer = state.thinker.answer(), if state.thinker.waits() => {
                    if let Some(answer) = answer {
                        state.answered(answer);
                    }
                }
            }
        }
        stop.cancel();
        // First the setpoints: they go back at once, however long the rest takes.
        parts.join().await;
        parts.end(state.end().await)
    }
}

/// What the loop knows.
struct Loop {
    name: String,
    thinker: Thinker,
    recorder: Option<Recorder>,
    log: Option<Log>,
    clock: Clock,
    kind: Kind,
    pace: Pace,
    forecaster: Option<Box<dyn Forecaster>>,
    /// Distance of readings that it was built for, in seconds.
    built_s: Option<f64>,
    newest: Option<Reading>,
    /// The one that the last plan was asked for with.
    planned: Option<Reading>,
    /// Time and AC input of the reading before the newest.
    before: Option<(f64, f64)>,
    watch: Watch,
    nominal: Finder,
    entries: mpsc::Sender<Result<Vec<RecordPart>, NotWritten>>,
    written: mpsc::Receiver<Result<Vec<RecordPart>, NotWritten>>,
    writing: Vec<JoinHandle<()>>,
    notes: Vec<String>,
    wants: Option<watch::Sender<Option<Setpoint>>>,
    told: watch::Receiver<Option<Told>>,
    tick: u64,
}

impl Loop {
    fn note(&mut self, note: String) {
        if self.notes.len() < NOTES {
            self.notes.push(note);
        }
    }

    /// The times of before and after do not belong together.
    fn gap(&mut self, reason: String) {
        if let Some(forecaster) = &mut self.forecaster {
            forecaster.gap();
        }
        self.pace = Pace::default();
        self.before = None;
        if let Some(event) = self.watch.close() {
            self.event(event, self.nominal.used());
        }
        self.note(reason);
    }

    fn take(&mut self, reading: Reading) {
        let (t_s, load_w) = (reading.state.t_s, reading.state.load_w);
        if let Some(forecaster) = &mut self.forecaster
            && let Err(error) = forecaster.update(t_s, load_w)
        {
            tracing::debug!(gateway = self.name, %error, "engine: a sample was left out");
        }
        let other =
            |step_s: &f64| self.built_s.is_none_or(|built_s| !SAME_PACE.contains(&(step_s / built_s)));
        if let Some(step_s) = self.pace.take(t_s).filter(other) {
            if self.built_s.replace(step_s).is_some() {
                self.note(format!("readings come each {step_s:.3} s now: the forecaster begins anew"));
            }
            self.forecaster = build(self.kind, step_s);
        }
        self.look(&reading);
        self.before = self.newest.as_ref().map(|r| (r.state.t_s, r.state.input_w));
        self.newest = Some(reading);
    }

    /// Watches the grid.
    fn look(&mut self, reading: &Reading) {
        let AcInput { low_v, high_v, frequency_hz, .. } = reading.ac;
        let (t_s, before) = (reading.state.t_s, self.nominal.used());
        if let Some(note) = self.nominal.take(t_s, &reading.ac, reading.state.grid) {
            // What was seen by another voltage is an event of its own.
            if before.is_some()
                && let Some(event) = self.watch.close()
            {
                self.event(event, before);
            }
            tracing::info!(gateway = self.name, "engine: {note}");
            self.note(note);
        }
        let nominal = self.nominal.used();
        let pu = |v: Option<f64>| Some(v? / nominal?.volts);
        let look = Look {
            t_s,
            low_pu: pu(low_v),
            high_pu: pu(high_v),
            frequency_hz: frequency_hz.filter(|f| *f > 0.0),
            input_w: reading.state.input_w,
            grid: reading.state.grid,
        };
        if let Some(event) = self.watch.look(look) {
            self.event(event, nominal);
        }
    }

    /// Has an event judged and written, beside the loop.
    fn event(&mut self, event: GridEvent, nominal: Option<Nominal>) {
        let (name, clock) = (self.name.clone(), self.clock);
        self.write(move |recorder| recorder.write(&event, &name, nominal, &clock));
    }

    /// Does something with the record, beside the loop.
    fn write(&mut self, what: impl FnOnce(&Recorder) -> Result<Vec<String>, NotWritten> + Send + 'static) {
        let Some(recorder) = self.recorder.clone() else { return };
        let (entries, name, clock) = (self.entries.clone(), self.name.clone(), self.clock);
        self.writing.retain(|task| !task.is_finished());
        self.writing.push(tokio::task::spawn_blocking(move || {
            let written = what(&recorder);
            if let Err(error) = &written {
                tracing::error!(gateway = name, %error, "engine: a grid event is not on record");
            }
            // A loop that does not look any more has ended; the entry stands in the record all the same.
            let time = rfc3339(clock.wall(clock.now_s()));
            let part = |entry| RecordPart { time: time.clone(), entry };
            let _ = entries.try_send(written.map(|names| names.into_iter().map(part).collect()));
        }));
    }

    fn ahead(&self) -> Vec<Ahead> {
        let least_s = self.built_s.unwrap_or_default();
        self.forecaster.as_deref().map_or_else(Vec::new, |forecaster| outlook::ahead(forecaster, least_s))
    }

    /// Asks for a plan: beside the loop where there is a clock, else at once.
    fn tick(&mut self, now_s: f64, beside: bool) {
        let Some(reading) = &self.newest else {
            if !self.notes.is_empty() {
                self.say(now_s, None, &[]);
            }
            return;
        };
        let state = reading.state;
        self.planned.clone_from(&self.newest);
        let ahead = self.ahead();
        // A reading that is of later than now is of a clock that is a hair off.
        let now_s = now_s.max(state.t_s);
        let answer = if beside {
            self.thinker.ask(now_s, &state, ahead)
        } else {
            Some(self.thinker.at_once(now_s, &state, ahead))
        };
        if let Some(answer) = answer {
            self.answered(answer);
        }
    }

    fn answered(&mut self, answer: Answer) {
        let Answer { setpoint, took_s, now_s, ahead } = answer;
        if let (Some(wants), Some(setpoint)) = (&self.wants, setpoint) {
            wants.send_replace(Some(setpoint));
        }
        self.say(now_s, setpoint.map(|setpoint| (setpoint, took_s)), &ahead);
    }

    fn say(&mut self, now_s: f64, setpoint: Option<(Setpoint, f64)>, ahead: &[Ahead]) {
        let mut record = Vec::new();
        while let Ok(entry) = self.written.try_recv() {
            match entry {
                Ok(parts) => record.extend(parts),
                Err(error) => self.note(error.to_string()),
            }
        }
        self.tick += 1;
        let Some(log) = &self.log else { return };
        let clock = &self.clock;
        // With a plan goes what it was made of: another reading may have come while it was computed.
        let newest = if setpoint.is_some() { self.planned.as_ref() } else { self.newest.as_ref() };
        let model = self.forecaster.as_ref().map_or("", |forecaster| forecaster.name());
        log.say(Line {
            gateway: self.name.clone(),
            tick: self.tick,
            time: rfc3339(clock.wall(now_s)),
            telemetry: newest.map(|reading| TelemetryPart::of(reading, now_s, clock)),
            forecast: newest.and_then(|reading| ForecastPart::of(model, reading.state.t_s, ahead, clock)),
            setpoint: setpoint.map(|(setpoint, took_s)| SetpointPart::of(&setpoint, took_s, clock)),
            push: self.told.borrow().as_ref().map(|told| PushPart::of(told, clock)),
            grid: newest.map(|reading| GridPart::of(reading, self.before, clock)),
            record,
            notes: std::mem::take(&mut self.notes),
        });
    }

    /// The last words: an event that was still open, and entries that are not told yet.
    async fn end(mut self) -> Vec<JoinError> {
        let mut broken = Vec::new();
        if let Some(event) = self.watch.close() {
            self.event(event, self.nominal.used());
        }
        for task in std::mem::take(&mut self.writing) {
            broken.extend(task.await.err());
        }
        // What the disk did not take gets a last chance.
        self.write(Recorder::catch_up);
        for task in std::mem::take(&mut self.writing) {
            broken.extend(task.await.err());
        }
        let now_s = self.newest.as_ref().map_or_else(|| self.clock.now_s(), |r| r.received_s);
        self.say(now_s, None, &[]);
        broken
    }
}

/// A forecaster for readings `step_s` apart.
fn build(kind: Kind, step_s: f64) -> Option<Box<dyn Forecaster>> {
    let built = forecast::build(kind, &Config::new(step_s).ok()?);
    built.inspect_err(|error| tracing::error!(%error, "engine: no forecaster")).ok()
}

#[cfg(test)]
mod tests;
