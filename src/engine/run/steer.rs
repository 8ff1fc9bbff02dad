//! The loop of one gateway.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::line::{ForecastPart, GridPart, Line, PushPart, SetpointPart, TelemetryPart};
use super::log::Log;
use super::pace::Pace;
use crate::engine::clock::Clock;
use crate::engine::forecast::{self, Config, Forecaster, Kind};
use crate::engine::intake::{AcInput, Reading, Report, Telemetry};
use crate::engine::push::{Keeper, KeeperConfig, Push, Told};
use crate::engine::record::file::rfc3339;
use crate::engine::record::{
    EntryKind, EventConfig, GridEvent, JudgeConfig, Look, RecordError, RecordFile, Watch, body,
};
use crate::engine::setpoint::{Ahead, Planner, Setpoint};

/// Which of the intervals of a prediction a planner gets: the one that holds 80 %.
const LEVEL: usize = 1;
/// Reports that wait for the loop at most.
const REPORTS: usize = 16;
/// Notes of one tick at most.
const NOTES: usize = 8;
/// Readings by which the nominal voltage is learned if nobody tells it.
const NOMINAL_READINGS: usize = 10;

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
    /// Nominal AC voltage in volts; `None`: the mean of the first readings.
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

/// Writes grid events into the record that all gateways of a process share.
#[derive(Debug, Clone)]
pub struct Recorder {
    file: Arc<Mutex<RecordFile>>,
    how: Arc<JudgeConfig>,
}

impl Recorder {
    /// Events are judged by `how` and appended to `file`.
    pub fn new(file: RecordFile, how: JudgeConfig) -> Self {
        Self { file: Arc::new(Mutex::new(file)), how: Arc::new(how) }
    }

    /// Judges an event and appends it; gives the name of its entry. Waits for the disk.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn write(&self, event: &GridEvent, gateway: &str, clock: &Clock) -> Result<String, RecordError> {
        let body = body(event, gateway, &self.how, &|t_s| clock.wall(t_s));
        // A thread that died while it held the file left it as the file itself says.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).append(EntryKind::GridEvent, body)
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
    pub async fn run(self, clock: Clock, stop: CancellationToken) {
        let Self { name, telemetry, planner, push, recorder, log, config } = self;
        // The parts of this gateway end with it.
        let stop = stop.child_token();
        let (wants, wanted) = watch::channel(None);
        let (tells, told) = watch::channel(None);
        let keeper = push.map(|push| {
            let keeper = Keeper::new(push, config.keeper, clock, wanted, tells);
            tokio::spawn(keeper.run(stop.clone()))
        });
        // A task of its own: a poll that is under way is not broken off by each tick.
        let (reports, mut coming) = mpsc::channel(REPORTS);
        let intake = tokio::spawn(intake(telemetry, reports, stop.clone()));
        let (entries, written) = mpsc::channel(64);
        let period_s = config.plan_period_s;
        let nominal_v = config.nominal_v;
        let watch = Watch::new(config.events, config.nominal_hz);
        let mut state = Loop {
            name,
            planner,
            recorder,
            log,
            clock,
            kind: config.forecaster,
            pace: Pace::default(),
            forecaster: None,
            newest: None,
            before: None,
            watch,
            nominal_v,
            nominal: Vec::new(),
            entries,
            written,
            writing: Vec::new(),
            notes: Vec::new(),
            wants: keeper.is_some().then_some(wants),
            told,
            tick: 0,
        };
        let clocked = period_s > 0.0;
        let mut ticks =
            interval(Duration::from_secs_f64(if clocked { period_s.clamp(0.005, 60.0) } else { 60.0 }));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                report = coming.recv() => match report {
                    None | Some(Report::End) => break,
                    Some(Report::Reading(reading)) => {
                        let received_s = reading.received_s;
                        state.take(*reading);
                        if !clocked {
                            state.tick(received_s);
                        }
                    }
                    Some(Report::Lost(reason)) => state.note(reason),
                    Some(Report::Gap(reason)) => state.gap(reason),
                },
                _ = ticks.tick(), if clocked => {
                    let now_s = state.clock.now_s();
                    state.tick(now_s);
                }
            }
        }
        stop.cancel();
        // First the setpoints: they go back at once, however long the rest takes.
        if let Some(keeper) = keeper {
            ended(keeper).await;
        }
        ended(intake).await;
        state.end().await;
    }
}

async fn ended(task: JoinHandle<()>) {
    if let Err(error) = task.await {
        tracing::error!(%error, "engine: a part of it ended badly");
    }
}

async fn intake(mut telemetry: Box<dyn Telemetry>, reports: mpsc::Sender<Report>, stop: CancellationToken) {
    loop {
        let report = tokio::select! {
            () = stop.cancelled() => break,
            report = telemetry.next() => report,
        };
        let last = report == Report::End;
        let sent = tokio::select! {
            () = stop.cancelled() => break,
            sent = reports.send(report) => sent,
        };
        if sent.is_err() || last {
            break;
        }
    }
    telemetry.close().await;
}

/// What the loop knows.
struct Loop {
    name: String,
    planner: Box<dyn Planner>,
    recorder: Option<Recorder>,
    log: Option<Log>,
    clock: Clock,
    kind: Kind,
    pace: Pace,
    forecaster: Option<(Box<dyn Forecaster>, Vec<f64>)>,
    newest: Option<Reading>,
    /// Time and AC input of the reading before the newest.
    before: Option<(f64, f64)>,
    watch: Watch,
    nominal_v: Option<f64>,
    nominal: Vec<f64>,
    entries: mpsc::Sender<Result<String, RecordError>>,
    written: mpsc::Receiver<Result<String, RecordError>>,
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
        if let Some((forecaster, _)) = &mut self.forecaster {
            forecaster.gap();
        }
        self.pace = Pace::default();
        self.before = None;
        if let Some(event) = self.watch.close() {
            self.event(event);
        }
        self.note(reason);
    }

    fn take(&mut self, reading: Reading) {
        let (t_s, load_w) = (reading.state.t_s, reading.state.load_w);
        match &mut self.forecaster {
            Some((forecaster, _)) => {
                if let Err(error) = forecaster.update(t_s, load_w) {
                    tracing::debug!(gateway = self.name, %error, "engine: a sample was left out");
                }
            }
            None => {
                if let Some(step_s) = self.pace.take(t_s) {
                    self.forecaster = build(self.kind, step_s);
                }
            }
        }
        self.look(&reading);
        self.before = self.newest.as_ref().map(|r| (r.state.t_s, r.state.input_w));
        self.newest = Some(reading);
    }

    /// Watches the grid.
    fn look(&mut self, reading: &Reading) {
        let AcInput { low_v, high_v, frequency_hz } = reading.ac;
        if self.nominal_v.is_none() {
            self.nominal.extend(low_v);
            if self.nominal.len() >= NOMINAL_READINGS {
                self.nominal_v = Some(self.nominal.iter().sum::<f64>() / self.nominal.len() as f64);
                self.nominal.clear();
            }
        }
        let pu = |v: Option<f64>| Some(v? / self.nominal_v.filter(|n| *n > 1.0)?);
        let look = Look {
            t_s: reading.state.t_s,
            low_pu: pu(low_v),
            high_pu: pu(high_v),
            frequency_hz: frequency_hz.filter(|f| *f > 0.0),
            input_w: reading.state.input_w,
            grid: reading.state.grid,
        };
        if let Some(event) = self.watch.look(look) {
            self.event(event);
        }
    }

    /// Has an event judged and written, beside the loop.
    fn event(&mut self, event: GridEvent) {
        let Some(recorder) = self.recorder.clone() else { return };
        let (entries, name, clock) = (self.entries.clone(), self.name.clone(), self.clock);
        self.writing.retain(|task| !task.is_finished());
        self.writing.push(tokio::task::spawn_blocking(move || {
            let entry = recorder.write(&event, &name, &clock);
            if let Err(error) = &entry {
                tracing::error!(gateway = name, %error, "engine: a grid event is not on record");
            }
            // A loop that does not look any more has ended; the entry stands in the record all the same.
            let _ = entries.try_send(entry);
        }));
    }

    fn ahead(&self) -> Vec<Ahead> {
        let Some((forecaster, horizons_s)) = &self.forecaster else { return Vec::new() };
        let of = |horizon_s: &f64| {
            let prediction = forecaster.predict(*horizon_s).ok()?;
            let interval = prediction.intervals?.get(LEVEL).copied()?;
            let (mean_w, low_w, high_w) = (prediction.mean, interval.low, interval.high);
            Some(Ahead { horizon_s: *horizon_s, mean_w, low_w, high_w })
        };
        horizons_s.iter().filter_map(of).collect()
    }

    fn tick(&mut self, now_s: f64) {
        let Some(reading) = &self.newest else {
            if !self.notes.is_empty() {
                self.say(now_s, None, &[]);
            }
            return;
        };
        let state = reading.state;
        let ahead = self.ahead();
        let started = Instant::now();
        // A reading that is of later than now is of a clock that is a hair off.
        let setpoint = self.planner.plan(now_s.max(state.t_s), &state, &ahead);
        let took_s = started.elapsed().as_secs_f64();
        if let Some(wants) = &self.wants {
            wants.send_replace(Some(setpoint));
        }
        self.say(now_s, Some((setpoint, took_s)), &ahead);
    }

    fn say(&mut self, now_s: f64, setpoint: Option<(Setpoint, f64)>, ahead: &[Ahead]) {
        let mut record = Vec::new();
        while let Ok(entry) = self.written.try_recv() {
            match entry {
                Ok(id) => record.push(id),
                Err(error) => self.note(error.to_string()),
            }
        }
        self.tick += 1;
        let Some(log) = &self.log else { return };
        let clock = &self.clock;
        let newest = self.newest.as_ref();
        let model = self.forecaster.as_ref().map_or("", |(forecaster, _)| forecaster.name());
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
    async fn end(mut self) {
        if let Some(event) = self.watch.close() {
            self.event(event);
        }
        for task in std::mem::take(&mut self.writing) {
            ended(task).await;
        }
        let now_s = self.newest.as_ref().map_or_else(|| self.clock.now_s(), |r| r.received_s);
        self.say(now_s, None, &[]);
    }
}

/// A forecaster for readings `step_s` apart, and its horizons.
fn build(kind: Kind, step_s: f64) -> Option<(Box<dyn Forecaster>, Vec<f64>)> {
    let config = Config::new(step_s).ok()?;
    let horizons_s = config.horizons_s.clone();
    match forecast::build(kind, &config) {
        Ok(forecaster) => Some((forecaster, horizons_s)),
        Err(error) => {
            tracing::error!(%error, "engine: no forecaster");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::log::tests::Kept;
    use super::*;
    use crate::engine::backtest::synthetic;
    use crate::engine::intake::trace::{TraceShelf, TraceTelemetry};
    use crate::engine::setpoint::{GridState, Reason, ShelfState, Source};
    use crate::gridcode::find;

    /// Limits the input to the mean that is expected in a second, or to what it is.
    struct Follow;

    impl Planner for Follow {
        fn plan(&mut self, now_s: f64, state: &ShelfState, ahead: &[Ahead]) -> Setpoint {
            let next = ahead.iter().find(|a| a.horizon_s >= 1.0);
            Setpoint {
                made_s: now_s,
                valid_until_s: now_s + 1.0,
                input_limit_w: Some(next.map_or(state.load_w, |a| a.mean_w)),
                bbu_discharge_w: 0.0,
                bbu_charge_limit_w: None,
                source: next.map_or(Source::Limiter(Reason::BadForecast), |_| Source::Optimizer),
            }
        }
    }

    fn lines(kept: &Kept) -> Vec<Value> {
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_quick_trace_gives_a_line_for_each_sample_and_the_sequence_is_in_it() {
        let trace = synthetic::make("sine").unwrap();
        let count = trace.samples.len();
        let kept = Kept::default();
        let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
        let shelf = TraceShelf { psu_w: 18e3, bbu_w: 18e3, state_of_charge: 0.9 };
        let engine = Engine {
            name: "trace".into(),
            telemetry: Box::new(TraceTelemetry::new(trace, shelf, None)),
            planner: Box::new(Follow),
            push: None,
            recorder: None,
            log: Some(log),
            config: SteerConfig { plan_period_s: 0.0, ..SteerConfig::default() },
        };
        engine.run(Clock::start(), CancellationToken::new()).await;
        writer.wait().unwrap();
        let lines = lines(&kept);
        let lost: u64 = lines.iter().filter_map(|l| l["lost_lines"].as_u64()).sum();
        let told = lines.iter().filter(|l| l["tick"].is_u64()).count() as u64;
        assert_eq!(told + lost, count as u64 + 1);
        let with = lines.iter().rfind(|l| l["forecast"].is_object()).unwrap();
        assert_eq!(with["setpoint"]["source"], "optimizer");
        assert!(with["forecast"]["ahead"].as_array().unwrap().len() >= 5, "{with}");
        for part in ["telemetry", "forecast", "setpoint", "grid"] {
            assert!(with[part]["time"].as_str().unwrap().ends_with('Z'), "{part}: {with}");
        }
    }

    /// Reports a sag.
    struct Sagging(u32);

    impl Telemetry for Sagging {
        fn next(&mut self) -> futures::future::BoxFuture<'_, Report> {
            Box::pin(async {
                self.0 += 1;
                let n = self.0;
                if n > 400 {
                    return Report::End;
                }
                let t_s = f64::from(n) * 0.1;
                let v = if (100..103).contains(&n) { 150.0 } else { 240.0 };
                let state = ShelfState {
                    t_s,
                    load_w: 9e3,
                    input_w: 9.5e3,
                    bbu_w: 0.0,
                    state_of_charge: 0.9,
                    bbu_available_w: 18e3,
                    psu_available_w: 18e3,
                    grid: GridState::Normal,
                };
                let ac = AcInput { low_v: Some(v), high_v: Some(v), frequency_hz: Some(60.0) };
                let reading = Reading { state, received_s: t_s, stamp_s: None, clock_ahead_s: None, ac };
                Report::Reading(Box::new(reading))
            })
        }
    }

    #[tokio::test]
    async fn a_sag_is_on_record_and_its_entry_named_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        let file = RecordFile::open(&path, &json!({}), json!({})).unwrap();
        let code = find("ercot-nogrr282").unwrap();
        let how = JudgeConfig { code, rated_w: None, site_w: None, nominal_hz: 60.0 };
        let kept = Kept::default();
        let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
        let engine = Engine {
            name: "rack 1".into(),
            telemetry: Box::new(Sagging(0)),
            planner: Box::new(Follow),
            push: None,
            recorder: Some(Recorder::new(file, how)),
            log: Some(log),
            config: SteerConfig { plan_period_s: 0.0, ..SteerConfig::default() },
        };
        engine.run(Clock::start(), CancellationToken::new()).await;
        writer.wait().unwrap();
        let named: Vec<Value> =
            lines(&kept).iter().flat_map(|l| l["record"].as_array().cloned().unwrap_or_default()).collect();
        assert_eq!(named, ["E2"]);
        let entry = crate::engine::record::chain::export(&path, "E2").unwrap();
        let body = &entry["entry"]["body"];
        assert_eq!((&body["gateway"], &body["signs"]["low_voltage"]), (&json!("rack 1"), &json!(true)));
        assert_eq!(body["verdict"], "PASS", "{body:#}");
    }
}
