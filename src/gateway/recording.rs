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
mod tests {
    use super::*;

    fn point(at_ms: u64, pu: f64, battery_w: f64, state: ShelfState) -> GridPoint {
        GridPoint {
            number: at_ms / 10 + 1,
            at_ms,
            rms: [Volts(277.0), Volts(277.0 * pu), Volts(277.0)],
            frequency: Some(Hertz(60.0)),
            input: Some(Watts(9000.0)),
            bus: None,
            battery: Some(Watts(battery_w)),
            state,
        }
    }

    /// Points each 10 ms from `from` to `to`; the recordings that end in them.
    fn run(
        recorder: &mut Recorder,
        ms: std::ops::Range<u64>,
        pu: f64,
        state: ShelfState,
    ) -> Vec<(Recording, bool)> {
        let power = if pu < 0.9 { 1000.0 } else { -200.0 };
        let points = ms.step_by(10).filter_map(|at| recorder.push(point(at, pu, power, state)));
        points.map(|(running, cut)| (running.recording(SystemTime::UNIX_EPOCH, cut), cut)).collect()
    }

    #[test]
    fn a_sag_is_recorded_once_with_what_came_before_and_after() {
        let mut recorder = Recorder::new(277.0, 60.0);
        assert_eq!(run(&mut recorder, 0..5000, 1.0, ShelfState::Normal), []);
        assert_eq!(run(&mut recorder, 5000..5200, 0.4, ShelfState::SagDetected), []);
        // Inside the band, but not so far that it ends; then back, while the shelf still recovers.
        assert_eq!(run(&mut recorder, 5200..5300, 0.91, ShelfState::Supporting), []);
        assert_eq!(run(&mut recorder, 5300..9000, 1.0, ShelfState::Recovering), []);
        let ended = run(&mut recorder, 9000..20_000, 1.0, ShelfState::Normal);
        let [(recording, cut)] = ended.as_slice() else { panic!("{}", ended.len()) };
        assert_eq!((recording.kind, *cut), (GridEventKind::Sag, false));
        assert!((recording.extreme.0 - 0.4).abs() < 1e-9);
        assert_eq!(recording.duration, Duration::from_millis(300));
        assert!((recording.energy.unwrap().0 - 200.0).abs() < 1e-6, "1 kW for 200 ms");
        assert_eq!(recording.seconds(&recording.points[0]), -1.0, "a second before it");
        assert_eq!(recording.points.last().unwrap().at_ms, 9000);
        let csv = recording.csv();
        assert!(csv.contains("\n0.000,277.00,110.80,277.00,60.000,9000.0,,1000.0\n"), "{csv}");
    }

    #[test]
    fn what_does_not_end_is_cut_and_everything_is_bounded() {
        let mut recorder = Recorder::new(277.0, 60.0);
        let mut cut = 0;
        for at in 0..50_000 {
            let low = GridPoint { rms: [Volts(5.0); 3], ..point(at * 5, 1.0, 0.0, ShelfState::Supporting) };
            if let Some((running, was_cut)) = recorder.push(low) {
                let recording = running.recording(SystemTime::UNIX_EPOCH, was_cut);
                assert_eq!((recording.kind, was_cut), (GridEventKind::Interruption, true));
                assert!(recording.points.len() <= MOST);
                cut += 1;
            }
            assert!(recorder.before.len() <= MOST);
        }
        assert_eq!(cut, 50_000 / MOST);
        let mut recorder = Recorder::new(277.0, 60.0);
        for at in 0..50_000 {
            assert!(recorder.push(point(at / 100, 1.0, 0.0, ShelfState::Normal)).is_none());
        }
        assert!(recorder.before.len() <= MOST / 4);
        // A measurement that is no number begins nothing.
        let broken = GridPoint { rms: [Volts(f64::NAN); 3], ..point(600, 1.0, 0.0, ShelfState::Normal) };
        assert!(recorder.push(broken).is_none() && recorder.running.is_none());
    }

    #[test]
    fn a_frequency_that_stays_off_is_an_event_and_one_that_jumps_is_none() {
        let at = |hz: f64, at_ms| GridPoint {
            frequency: Some(Hertz(hz)),
            ..point(at_ms, 1.0, 0.0, ShelfState::Normal)
        };
        let mut recorder = Recorder::new(277.0, 60.0);
        let mut ended = Vec::new();
        // Well, a jump for 100 ms, well, 58.8 and 58.5 Hz for 2 s, back.
        for at_ms in (0..12_000).step_by(10) {
            let hz = match at_ms {
                2000..2100 => 55.0,
                4000..5000 => 58.8,
                5000..6000 => 58.5,
                _ => 60.1,
            };
            ended.extend(
                recorder.push(at(hz, at_ms)).map(|(r, cut)| r.recording(SystemTime::UNIX_EPOCH, cut)),
            );
        }
        let [recording] = ended.as_slice() else { panic!("{}", ended.len()) };
        assert_eq!(
            (recording.kind, recording.cut, recording.zero_ms),
            (GridEventKind::Frequency, false, 4000)
        );
        assert!((recording.extreme.0 - 58.5 / 60.0).abs() < 1e-9);
        assert_eq!(recording.duration, Duration::from_millis(2000));
        assert_eq!(recording.seconds(&recording.points[0]), -1.0);
        assert!(recording.points.windows(2).all(|pair| pair[1].at_ms == pair[0].at_ms + 10), "without a gap");
        // A frequency that is not known begins nothing, and one that is off in a sag leaves it a sag.
        let mut recorder = Recorder::new(277.0, 60.0);
        for at_ms in (0..1000).step_by(10) {
            let unknown = GridPoint { frequency: None, ..at(60.0, at_ms) };
            assert!(recorder.push(unknown).is_none() && recorder.running.is_none());
        }
        for at_ms in (1000..2000).step_by(10) {
            recorder.push(GridPoint { rms: [Volts(100.0); 3], ..at(55.0, at_ms) });
        }
        let ended: Vec<_> =
            (2000..6000).step_by(10).filter_map(|at_ms| recorder.push(at(60.0, at_ms))).collect();
        assert_eq!(ended.len(), 1);
        let (running, cut) = ended.into_iter().next().unwrap();
        assert_eq!(running.recording(SystemTime::UNIX_EPOCH, cut).kind, GridEventKind::Sag);
    }

    #[test]
    fn a_swell_is_told_from_a_sag() {
        let mut recorder = Recorder::new(277.0, 60.0);
        run(&mut recorder, 0..100, 1.15, ShelfState::Normal);
        let ended = run(&mut recorder, 100..5000, 1.0, ShelfState::Normal);
        assert_eq!(ended[0].0.kind, GridEventKind::Swell);
        assert!((ended[0].0.extreme.0 - 1.15).abs() < 1e-9);
    }
}
