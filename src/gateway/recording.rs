//! Recordings of grid events: what the local fast path measured before, in and after one, and the verdict on it.
//!
//! A task of its own follows the fast path. An event begins when a phase leaves the band from 0.9 to 1.1 p.u., or the frequency
//! its own for [`STEADY_MS`], and ends when all have been back for [`CALM_MS`] and the shelf no longer rides on its batteries. A recording holds each new measurement
//! once, at the rate at which it came: the effective voltages each half cycle, the others as often as they are known anew.
//! It is bounded in time, in points and in number.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_registers::units::{Hertz, Joules, Ratio, Volts, Watts};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::{FastSource, ShelfState};

/// Recordings kept in memory.
pub const RECORDINGS: usize = 16;
/// Points of one recording at most.
const MOST: usize = 8192;
/// Time that is kept before an event, in ms.
const BEFORE_MS: u64 = 1000;
/// Time for which all phases must have been back, in ms; it shows the return of the power, too.
const CALM_MS: u64 = 3000;
/// Longest recording, in ms.
const LONGEST_MS: u64 = 120_000;
/// Band of the voltage in p.u. outside which there is an event, and how far inside it ends (IEC 61000-4-30 has 2 %).
const BAND: (f64, f64) = (0.9, 1.1);
const HYSTERESIS: f64 = 0.02;
/// Share of the declared frequency by which it may be off (EN 50160 has 1 % for interconnected grids), and how far inside
/// an event ends.
const OFF: f64 = 0.01;
const OFF_HYSTERESIS: f64 = 0.001;
/// Time for which the frequency must have been off, in ms: a jump of the phase looks like one for some cycles.
const STEADY_MS: u64 = 200;
/// Voltage in p.u. below which the input counts as interrupted (IEC 61000-4-30 has 5 % or 10 %).
const INTERRUPTED: f64 = 0.1;
/// How often the fast path is asked for what is new.
const LOOK: Duration = Duration::from_millis(50);

/// What the fast path measured at one instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridPoint {
    /// Number of the point, from 1, without gaps.
    pub number: u64,
    /// Milliseconds since the start of the fast path.
    pub at_ms: u64,
    /// Effective voltages from phase to neutral, over a cycle.
    pub rms: [Volts; 3],
    /// Frequency, where it is known.
    pub frequency: Option<Hertz>,
    /// AC input power of the shelf.
    pub input: Option<Watts>,
    /// Busbar voltage.
    pub bus: Option<Volts>,
    /// Power that the BBUs give to the busbar; negative while they charge.
    pub battery: Option<Watts>,
    /// State of the shelf.
    pub state: ShelfState,
}

/// What kind of event it was, by the voltage furthest out; by the frequency where no voltage was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridEventKind {
    /// A phase below 0.9 p.u.
    Sag,
    /// All phases below 0.1 p.u.
    Interruption,
    /// A phase above 1.1 p.u.
    Swell,
    /// The frequency more than 1 % off, and no voltage.
    Frequency,
}

/// How the shelf did against the ride-through curve in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RideVerdict {
    /// Nothing judges, or the record does not allow a verdict.
    #[default]
    NotJudged,
    /// Inside the curve, and the shelf stayed.
    RiddenThrough,
    /// Deeper or longer than the curve: the shelf might trip.
    BeyondCurve,
    /// Inside the curve, and the shelf did not stay.
    Failed,
    /// The shelf stayed, but its power came back too late.
    Late,
}

/// The verdict on a recording, with its reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: RideVerdict,
    /// The curve in force, as `id@version`; empty where nothing judges.
    pub code: String,
    /// One sentence for each clause that says something.
    pub reasons: Vec<String>,
}

/// Judges recordings by the curve in force.
pub trait Judge: std::fmt::Debug + Send + Sync {
    /// The verdict. May take milliseconds; it is called on a thread that may block.
    fn judge(&self, recording: &Recording) -> Judged;

    /// The curve in force, as `id@version`.
    fn code(&self) -> String;

    /// The curves that can be put in force, as `id@version`.
    fn codes(&self) -> Vec<String>;

    /// Puts a curve in force: from the next recording on, it is what is judged by. Moves no power.
    ///
    /// # Errors
    /// What is wrong with the name, in words.
    fn choose(&self, code: &str) -> Result<(), String>;
}

/// A grid event as it was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Number of the event that tells of it; 0 before it is logged.
    pub event: u64,
    /// When the event began.
    pub begin: SystemTime,
    /// What kind it was.
    pub kind: GridEventKind,
    /// The voltage furthest out, or the frequency of an event of it; 1 p.u. is the declared one.
    pub extreme: Ratio,
    /// How long a phase, or the frequency, was outside the band, from the first to the last instant.
    pub duration: Duration,
    /// Energy that the BBUs gave to the busbar over the recording; `None` if nothing measured it.
    pub energy: Option<Joules>,
    /// 1 p.u.
    pub nominal: Volts,
    /// Declared frequency.
    pub nominal_frequency: Hertz,
    /// Whether grid and shelf are simulated.
    pub simulated: bool,
    /// Whether the recording ended before the event did.
    pub cut: bool,
    /// What was measured, oldest first; the event begins at the time of [`Self::zero_ms`].
    pub points: Vec<GridPoint>,
    /// Time of the beginning of the event, as [`GridPoint::at_ms`].
    pub zero_ms: u64,
    /// The verdict.
    pub judged: Judged,
}

impl Recording {
    /// The recording as text in columns, as `dpo gridcode check` reads it: time in s from the beginning of the event, effective
    /// voltages of the phases, frequency, AC input power, busbar voltage, power of the BBUs.
    pub fn csv(&self) -> String {
        let told = if self.simulated { "simulated" } else { "measured" };
        let mut text = format!(
            "# {told}; voltages are effective values over a cycle, renewed each half cycle\n\
             # nominal {} V, {} Hz\n\
             time_s,v_rms_a_v,v_rms_b_v,v_rms_c_v,f_hz,p_w,busbar_v,battery_w\n",
            self.nominal.0, self.nominal_frequency.0
        );
        let some =
            |value: Option<f64>, digits: usize| value.map_or(String::new(), |v| format!("{v:.digits$}"));
        for point in &self.points {
            let [a, b, c] = point.rms;
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{:.3},{:.2},{:.2},{:.2},{},{},{},{}",
                self.seconds(point),
                a.0,
                b.0,
                c.0,
                some(point.frequency.map(|f| f.0), 3),
                some(point.input.map(|p| p.0), 1),
                some(point.bus.map(|v| v.0), 3),
                some(point.battery.map(|p| p.0), 1),
            );
        }
        text
    }

    /// Time of a point in s from the beginning of the event.
    pub fn seconds(&self, point: &GridPoint) -> f64 {
        (point.at_ms as f64 - self.zero_ms as f64) / 1000.0
    }
}

/// Lowest and highest phase of a point in p.u.
fn extremes(point: &GridPoint, nominal: f64) -> (f64, f64) {
    let pu = point.rms.map(|v| v.0 / nominal);
    (pu.into_iter().fold(f64::INFINITY, f64::min), pu.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

/// Finds events in what comes.
#[derive(Debug)]
struct Recorder {
    nominal: f64,
    /// Declared frequency.
    hertz: f64,
    before: VecDeque<GridPoint>,
    /// Since when the frequency has been off, before it counts.
    off_ms: Option<u64>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    points: Vec<GridPoint>,
    zero_ms: u64,
    /// Lowest of the lowest phases, of the highest phases, and highest of all.
    low: f64,
    low_of_highest: f64,
    high: f64,
    /// The frequency furthest off in p.u., where the event is one of it.
    off: Option<f64>,
    /// Since when all phases are back, and when they last were.
    back_ms: Option<u64>,
}

impl Recorder {
    fn new(nominal: f64, hertz: f64) -> Self {
        Self { nominal, hertz, before: VecDeque::new(), off_ms: None, running: None }
    }

    /// The frequency in p.u., where it is known.
    fn frequency(&self, point: &GridPoint) -> Option<f64> {
        point.frequency.map(|f| f.0 / self.hertz).filter(|f| f.is_finite())
    }

    /// Takes a point; what was recorded, if an event is over with it.
    fn push(&mut self, point: GridPoint) -> Option<(Running, bool)> {
        let (low, high) = extremes(&point, self.nominal);
        if !(low.is_finite() && high.is_finite()) {
            return None;
        }
        let frequency = self.frequency(&point);
        let Some(running) = &mut self.running else {
            let calm = low >= BAND.0 && high <= BAND.1;
            let off = frequency.filter(|f| calm && (f - 1.0).abs() > OFF);
            self.off_ms = off.map(|_| self.off_ms.unwrap_or(point.at_ms));
            // It began when the frequency went, not when that was believed.
            let since = self.off_ms.filter(|since| since + STEADY_MS <= point.at_ms);
            if calm && since.is_none() {
                self.before.push_back(point);
                let kept = BEFORE_MS + STEADY_MS;
                while self.before.front().is_some_and(|first| first.at_ms + kept < point.at_ms) {
                    self.before.pop_front();
                }
                // Points come as fast as the fast path likes.
                if self.before.len() > MOST / 4 {
                    self.before.pop_front();
                }
            } else {
                let zero_ms = since.unwrap_or(point.at_ms);
                let mut points: Vec<_> =
                    self.before.drain(..).filter(|p| p.at_ms + BEFORE_MS >= zero_ms).collect();
                points.push(point);
                self.off_ms = None;
                self.running =
                    Some(Running { points, zero_ms, low, low_of_highest: high, high, off, back_ms: None });
            }
            return None;
        };
        running.points.push(point);
        running.low = running.low.min(low);
        running.low_of_highest = running.low_of_highest.min(high);
        running.high = running.high.max(high);
        // Only an event that the frequency began waits for it: around a sag the phase jumps.
        let away = running.off.and(frequency).map(|f| (f - 1.0).abs());
        if let (Some(most), Some(f)) = (&mut running.off, frequency)
            && (f - 1.0).abs() > (*most - 1.0).abs()
        {
            *most = f;
        }
        let inside = low >= BAND.0 + HYSTERESIS
            && high <= BAND.1 - HYSTERESIS
            && away.is_none_or(|away| away <= OFF - OFF_HYSTERESIS);
        let outside = low < BAND.0 || high > BAND.1 || away.is_some_and(|away| away > OFF);
        match running.back_ms {
            None if inside => running.back_ms = Some(point.at_ms),
            Some(_) if outside => running.back_ms = None,
            _ => {}
        }
        let rides =
            matches!(point.state, ShelfState::SagDetected | ShelfState::Supporting | ShelfState::Recovering);
        let calm = !rides && running.back_ms.is_some_and(|back| back + CALM_MS <= point.at_ms);
        let full = running.points.len() >= MOST || running.zero_ms + LONGEST_MS <= point.at_ms;
        if !(calm || full) {
            return None;
        }
        let cut = running.back_ms.is_none() || !calm;
        self.running.take().map(|running| (running, cut))
    }
}

/// Energy that the BBUs gave: the integral of what was positive.
fn energy(points: &[GridPoint]) -> Option<Joules> {
    points.iter().any(|p| p.battery.is_some()).then(|| {
        let of = |pair: &[GridPoint]| match pair {
            [from, to] => {
                let given = from.battery.map_or(0.0, |p| p.0.max(0.0));
                given * to.at_ms.saturating_sub(from.at_ms) as f64 / 1000.0
            }
            _ => 0.0,
        };
        Joules(points.windows(2).map(of).sum())
    })
}

/// Follows a fast path, and sends each recording with its verdict, until `recorded` is closed.
pub(super) async fn follow(
    source: Arc<dyn FastSource>,
    judge: Option<Arc<dyn Judge>>,
    recorded: mpsc::Sender<Recording>,
) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut recorder: Option<Recorder> = None;
    let mut seen = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = recorded.closed() => return,
        }
        let Some(view) = source.view() else { continue };
        let new = source.points_after(seen);
        let newest_ms = new.last().map_or(0, |point| point.at_ms);
        for point in new {
            seen = point.number;
            let recorder =
                recorder.get_or_insert_with(|| Recorder::new(view.nominal.0, view.nominal_frequency.0));
            let Some((running, cut)) = recorder.push(point) else { continue };
            let ago = Duration::from_millis(newest_ms.saturating_sub(running.zero_ms));
            let now = SystemTime::now();
            let begin = now.checked_sub(ago).unwrap_or(now);
            let mut recording = running.recording(begin, cut);
            (recording.nominal, recording.nominal_frequency) = (view.nominal, view.nominal_frequency);
            recording.simulated = source.simulated();
            if let Some(judge) = judge.clone() {
                let copy = recording.clone();
                match tokio::task::spawn_blocking(move || judge.judge(&copy)).await {
                    Ok(judged) => recording.judged = judged,
                    Err(error) => tracing::error!(%error, "a grid event was not judged"),
                }
            }
            if recorded.send(recording).await.is_err() {
                return;
            }
        }
    }
}

impl Running {
    fn recording(self, begin: SystemTime, cut: bool) -> Recording {
        let kind = if self.low_of_highest < INTERRUPTED {
            GridEventKind::Interruption
        } else if self.low < BAND.0 {
            GridEventKind::Sag
        } else if self.high > BAND.1 {
            GridEventKind::Swell
        } else {
            GridEventKind::Frequency
        };
        let extreme = match kind {
            GridEventKind::Swell => self.high,
            GridEventKind::Frequency => self.off.unwrap_or(1.0),
            GridEventKind::Sag | GridEventKind::Interruption => self.low,
        };
        let end_ms = self.back_ms.or(self.points.last().map(|last| last.at_ms)).unwrap_or(self.zero_ms);
        Recording {
            event: 0,
            begin,
            kind,
            extreme: Ratio(extreme),
            duration: Duration::from_millis(end_ms.saturating_sub(self.zero_ms)),
            energy: energy(&self.points),
            nominal: Volts(0.0),
            nominal_frequency: Hertz(0.0),
            simulated: false,
            cut,
            points: self.points,
            zero_ms: self.zero_ms,
            judged: Judged::default(),
        }
    }
}

#[cfg(test)]
mod tests;
