//! The local fast path around a simulated shelf: its AC input and busbar in, its state out.
//!
//! The simulated shelf is the steady-state model and has neither a waveform nor lines. So the waveform is made here,
//! from the effective voltage of the shelf's input, at 5 kHz; what the orchestrator would drive is shown, and drives
//! nothing. What it does to a shelf with lines is simulated by [`sim::twin`](crate::sim::twin).

mod points;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_registers::units::{Hertz, Joules, Ratio, Seconds, Volts, Watts};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::control::orchestrator::io::{
    Action, BBU_SLOTS, BbuSeen, Capabilities, Demand, PSU_SLOTS, PsuSeen, Seen,
};
use crate::control::policy::{Curve, CurvePoint, Policy, PolicyError};
use crate::gateway::{
    AcView, FastChange, FastSource, FastView, Gateway, GridPoint, Snapshot, StateCause, TickView,
};
use crate::realtime::{
    Board, Executor, ExecutorConfig, ExecutorError, FastIo, FastLoop, FastPath, PathCause, PathShown,
    Statistics, Tick, Transitions, Work,
};
use crate::shelf::reading::{BbuReading, DeviceView, Presence, PsuReading};
use crate::sim::SimShelf;
use crate::sim::grid::{GridConfig, GridError, Source};
use points::Points;

/// Samples of the AC input a second.
const SAMPLE_HZ: u32 = 5000;
/// Samples in a tick.
const PER_TICK: usize = SAMPLE_HZ as usize / 1000;
/// Samples that are kept for a tick after skipped ones: 64 ms.
const KEPT: usize = 64 * PER_TICK;
/// How often the fast path learns the shelf's voltages: as often as the shelf moves.
const LOOK: Duration = Duration::from_millis(20);
/// Words of a PSU and of a BBU on the board of the polled values.
const PSU_WORDS: usize = 3;
const BBU_WORDS: usize = 5;
/// Words of the polled values: devices and the demand.
const POLLED: usize = PSU_SLOTS * PSU_WORDS + BBU_SLOTS * BBU_WORDS + 2;

/// Why there is no fast path.
#[derive(Debug, thiserror::Error)]
pub enum FastError {
    /// The grid of the shelf cannot be simulated.
    #[error("grid: {0}")]
    Grid(#[from] GridError),
    /// No policy fits the shelf.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The ticks do not run.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
}

/// Effective voltage of the AC input, busbar voltage, AC input power, power of the BBUs, frequency of the AC input.
type Physical = Board<5>;

/// The work of a tick without a shelf to show: a healthy grid of 240 V and 60 Hz, meter, orchestrator, a post.
/// For measuring what a tick costs a machine.
///
/// # Errors
/// [`FastError::Grid`] or [`FastError::Policy`] if the defaults do not fit each other.
pub fn sample_work() -> Result<impl Work, FastError> {
    let (nominal, frequency) = (Volts(240.0), Hertz(60.0));
    let policy = policy(nominal, frequency, Duration::from_secs(1))?;
    let path = FastPath::new(&policy, Capabilities { ac_samples: true, ..Capabilities::TODAY })?;
    let io = ShelfIo::new(nominal, frequency, Arc::default(), Arc::default())?;
    Ok(FastLoop::new(io, path, |tick, path: &FastPath, action: &Action| path.words(tick, action)))
}

/// A running fast path around a simulated shelf.
#[derive(Debug)]
pub(super) struct Fast {
    pub(super) executor: Executor,
    pub(super) source: Arc<dyn FastSource>,
    physical: Arc<Physical>,
    polled: Arc<Board<POLLED>>,
}

impl Fast {
    /// Starts it; until the first poll it knows no device.
    pub(super) fn start(
        executor: ExecutorConfig,
        nominal: Volts,
        frequency: Hertz,
        poll_interval: Duration,
    ) -> Result<Self, FastError> {
        let policy = policy(nominal, frequency, poll_interval)?;
        let path = FastPath::new(&policy, Capabilities { ac_samples: true, ..Capabilities::TODAY })?;
        let transitions = path.transitions();
        let (physical, polled) = (Arc::<Physical>::default(), Arc::default());
        let io = ShelfIo::new(nominal, frequency, Arc::clone(&physical), Arc::clone(&polled))?;
        let points = Arc::<Points>::default();
        let mut recorder = points::Writer::new(Arc::clone(&points), Arc::clone(&physical));
        let words = move |tick: Tick, path: &FastPath, action: &Action| {
            recorder.note(tick.number, path.ac(), action.state);
            path.words(tick, action)
        };
        let work = FastLoop::new(io, path, words);
        let shown = PathShown::new(work.board());
        let executor = Executor::spawn(executor, work)?;
        let statistics = executor.statistics();
        let source = Arc::new(Shown { shown, transitions, points, statistics, nominal, frequency });
        Ok(Self { executor, source, physical, polled })
    }

    /// Tells the fast path what shelf and gateway know, until `token` is cancelled.
    pub(super) fn feed(
        &self,
        shelf: SimShelf,
        gateway: Gateway,
        token: CancellationToken,
    ) -> impl Future<Output = ()> + use<> {
        let (physical, polled) = (Arc::clone(&self.physical), Arc::clone(&self.polled));
        async move {
            let mut snapshots = gateway.watch();
            let mut ticks = interval(LOOK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                tokio::select! {
                    () = token.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                let truth = shelf.truth();
                let powers = (truth.ac_power.0, truth.bbu_power.0);
                let hertz = truth.ac_frequency.0;
                let now = [truth.ac_voltage.0, truth.bus_voltage.0, powers.0, powers.1, hertz];
                physical.post(&now.map(f64::to_bits));
                if snapshots.has_changed().unwrap_or(false) {
                    polled.post(&words(&snapshots.borrow_and_update()));
                }
            }
        }
    }
}

/// The default policy at the shelf's own voltage.
fn policy(nominal: Volts, frequency: Hertz, poll_interval: Duration) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    policy.grid.nominal = nominal;
    policy.grid.frequency = frequency;
    policy.grid.samples_per_s = f64::from(SAMPLE_HZ);
    // A PSU trips at 309 V, which is 1.12 p.u. of 277 V: beyond the continuous band such a shelf promises nothing.
    let edge = CurvePoint { voltage: Ratio(1.1), time: Seconds(f64::INFINITY) };
    policy.ride_through.high = Curve::new(&[edge])?;
    let stale = (2.5 * poll_interval.as_secs_f64()).clamp(policy.devices.stale.0, 30.0);
    policy.devices.stale = Seconds(stale);
    Ok(policy)
}

/// The simulated shelf as the fast path's measurements.
#[derive(Debug)]
struct ShelfIo {
    source: Source,
    nominal: f64,
    samples: Box<[[f64; 3]]>,
    physical: Arc<Physical>,
    now: [f64; 5],
    polled: Arc<Board<POLLED>>,
    posts: u64,
    polled_at: u64,
    psus: [PsuSeen; PSU_SLOTS],
    bbus: [BbuSeen; BBU_SLOTS],
    demand: Demand,
}

impl ShelfIo {
    fn new(
        nominal: Volts,
        frequency: Hertz,
        physical: Arc<Physical>,
        polled: Arc<Board<POLLED>>,
    ) -> Result<Self, GridError> {
        let grid =
            GridConfig { nominal, frequency, step_s: 1.0 / f64::from(SAMPLE_HZ), ..GridConfig::default() };
        Ok(Self {
            source: Source::new(&grid)?,
            nominal: nominal.0,
            samples: vec![[0.0; 3]; KEPT].into_boxed_slice(),
            physical,
            // Until the shelf is looked at its input is good and its busbar not known.
            now: [nominal.0, f64::NAN, f64::NAN, f64::NAN, frequency.0],
            polled,
            posts: 0,
            polled_at: 0,
            psus: [PsuSeen::default(); PSU_SLOTS],
            bbus: [BbuSeen::default(); BBU_SLOTS],
            demand: Demand::default(),
        })
    }

    /// Takes over what was polled since; a device's values are as old as the post.
    fn look(&mut self, tick: u64) {
        let posts = self.polled.posts();
        if posts != self.posts
            && let Some(words) = self.polled.read()
        {
            (self.posts, self.polled_at) = (posts, tick);
            (self.psus, self.bbus, self.demand) = seen(&words);
        }
        let age_ticks = u32::try_from(tick.saturating_sub(self.polled_at)).unwrap_or(u32::MAX);
        self.psus.iter_mut().for_each(|psu| psu.age_ticks = age_ticks);
        self.bbus.iter_mut().for_each(|bbu| bbu.age_ticks = age_ticks);
    }
}

impl FastIo for ShelfIo {
    fn read(&mut self, tick: Tick) -> Seen<'_> {
        if let Some(words) = self.physical.read() {
            self.now = words.map(f64::from_bits);
        }
        self.look(tick.number);
        let [ac, bus, input, _, hertz] = self.now;
        self.source.go_on_at(hertz);
        let share = ac / self.nominal;
        let ticks = usize::try_from(tick.skipped).unwrap_or(usize::MAX).saturating_add(1);
        let count = ticks.saturating_mul(PER_TICK).min(KEPT);
        for sample in self.samples.iter_mut().take(count) {
            *sample = self.source.next_sample().v.map(|v| v * share);
        }
        Seen {
            ac: self.samples.get(..count).unwrap_or_default(),
            bus: Volts(bus),
            input: input.is_finite().then_some(Watts(input)),
            frequency: None,
            psus: self.psus,
            bbus: self.bbus,
            demand: self.demand,
        }
    }

    /// The simulated shelf has no lines, and what a device should hold is the business of the write gate.
    fn drive(&mut self, _: &Action) {}
}

/// A snapshot as words. A value that is not known is no number.
fn words(snapshot: &Snapshot) -> [u64; POLLED] {
    let mut words = [f64::NAN.to_bits(); POLLED];
    let (psus, rest) = words.split_at_mut(PSU_SLOTS * PSU_WORDS);
    let (bbus, demand) = rest.split_at_mut(BBU_SLOTS * BBU_WORDS);
    for (place, view) in psus.chunks_exact_mut(PSU_WORDS).zip(&snapshot.psus) {
        place.copy_from_slice(&psu_words(view));
    }
    for (place, view) in bbus.chunks_exact_mut(BBU_WORDS).zip(&snapshot.bbus) {
        place.copy_from_slice(&bbu_words(view, snapshot));
    }
    let asked = [snapshot.input_power_limit.requested, snapshot.bbu_discharge.requested];
    for (place, asked) in demand.iter_mut().zip(asked) {
        *place = asked.map_or(f64::NAN, |watts| watts.0).to_bits();
    }
    words
}

/// 1: there, 2: without an alarm.
fn flags(presence: Presence, alarms: bool) -> u64 {
    u64::from(presence == Presence::Present) | u64::from(!alarms) << 1
}

fn psu_words(view: &DeviceView<PsuReading>) -> [u64; PSU_WORDS] {
    let r = &view.reading;
    let watts = |power: Option<Watts>| power.map_or(0.0, |w| w.0).to_bits();
    [flags(view.presence, !r.alarms.is_empty()), watts(r.output_power), watts(r.input_power)]
}

fn bbu_words(view: &DeviceView<BbuReading>, snapshot: &Snapshot) -> [u64; BBU_WORDS] {
    let r = &view.reading;
    // Positive pack current charges.
    let pack = r.pack_voltage.zip(r.pack_current).map_or(0.0, |(v, a)| -v.0 * a.0);
    let charge = r.state_of_charge.map_or(0.0, |soc| soc.0 / 100.0);
    let stored = r.remaining_capacity.zip(r.pack_voltage).map_or(0.0, |(ah, v)| ah.0 * v.0 * 3600.0);
    // What one unit may give is its share of what the gateway says that all can.
    let units = snapshot.bbus.iter().filter(|v| v.presence == Presence::Present).count().max(1);
    let power = snapshot.bbu_discharge.maximum.0 / units as f64;
    let flags = flags(view.presence, !r.alarms.is_empty());
    [flags, pack.to_bits(), charge.to_bits(), power.to_bits(), stored.to_bits()]
}

fn seen(words: &[u64; POLLED]) -> ([PsuSeen; PSU_SLOTS], [BbuSeen; BBU_SLOTS], Demand) {
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    let number = |at: usize| Some(f64::from_bits(word(at))).filter(|v| v.is_finite());
    let there = |at: usize| (number(at + 1).is_some() && word(at) & 1 == 1, word(at) & 2 == 2);
    let psus = std::array::from_fn(|slot| {
        let at = slot * PSU_WORDS;
        let (present, healthy) = there(at);
        let watts = |offset| Watts(number(at + offset).unwrap_or(0.0));
        PsuSeen { present, healthy, output: watts(1), input: watts(2), age_ticks: 0 }
    });
    let bbus = std::array::from_fn(|slot| {
        let at = PSU_SLOTS * PSU_WORDS + slot * BBU_WORDS;
        let (present, healthy) = there(at);
        let value = |offset| number(at + offset).unwrap_or(0.0);
        BbuSeen {
            present,
            healthy,
            output: Watts(value(1)),
            state_of_charge: Ratio(value(2)),
            available: Watts(value(3)),
            energy: Joules(value(4)),
            age_ticks: 0,
        }
    });
    let demand = POLLED - 2;
    let demand = Demand {
        input_limit: number(demand).map(Watts),
        battery: number(demand + 1).map(Watts),
        forecast: None,
    };
    (psus, bbus, demand)
}

/// What the gateway shows of the fast path.
#[derive(Debug)]
struct Shown {
    shown: PathShown,
    transitions: Arc<Transitions>,
    points: Arc<Points>,
    statistics: Arc<Statistics>,
    nominal: Volts,
    frequency: Hertz,
}

impl FastSource for Shown {
    fn view(&self) -> Option<FastView> {
        let view = self.shown.read()?;
        let ticks = self.statistics.view();
        let ac = view.ac.map(|reading| {
            let since = Duration::try_from_secs_f64(reading.samples_since / f64::from(SAMPLE_HZ));
            AcView { reading, time: ago(since.unwrap_or_default()) }
        });
        Some(FastView {
            ac,
            nominal: self.nominal,
            nominal_frequency: self.frequency,
            state: view.state,
            cause: view.cause.map(|cause| match cause {
                PathCause::Input => StateCause::InputVoltage,
                PathCause::Demand => StateCause::Setpoint,
                PathCause::Battery => StateCause::Battery,
                PathCause::Device => StateCause::Device,
            }),
            sags: view.sags,
            ride_through: Some(Seconds(view.ride_through_s)).filter(|s| s.0.is_finite()),
            support_line: view.lines.support,
            hold_line: view.lines.hold,
            ticks: TickView {
                ticks: ticks.ticks,
                deadline_misses: ticks.deadline_misses(),
                jitter_p99_ns: ticks.jitter.quantile_ns(0.99).unwrap_or(0),
                jitter_max_ns: ticks.jitter.max_ns,
            },
        })
    }

    fn newest_change(&self) -> u64 {
        self.transitions.newest()
    }

    fn changes_after(&self, number: u64) -> Vec<FastChange> {
        let now = self.shown.read().map_or(0, |view| view.tick);
        let change = |t: crate::realtime::Transition| FastChange {
            number: t.number,
            time: ago(Duration::from_millis(now.saturating_sub(t.tick))),
            from: t.from,
            to: t.to,
            lowest: t.lowest,
        };
        self.transitions.after(number).map(change).collect()
    }

    fn points_after(&self, number: u64) -> Vec<GridPoint> {
        self.points.after(number)
    }

    fn simulated(&self) -> bool {
        true
    }
}

fn ago(time: Duration) -> SystemTime {
    let now = SystemTime::now();
    now.checked_sub(time).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io() -> (ShelfIo, Arc<Physical>, Arc<Board<POLLED>>) {
        let (physical, polled) = (Arc::<Physical>::default(), Arc::<Board<POLLED>>::default());
        let io = ShelfIo::new(Volts(277.0), Hertz(60.0), Arc::clone(&physical), Arc::clone(&polled)).unwrap();
        (io, physical, polled)
    }

    #[test]
    fn the_waveform_has_the_voltage_of_the_shelf() {
        let (mut io, physical, _) = io();
        assert!(io.read(Tick { number: 0, skipped: 0 }).bus.0.is_nan());
        for volts in [277.0, 100.0, 0.0, 250.0] {
            physical.post(&[volts, 50.5, 9000.0, 0.0, 60.0].map(f64::to_bits));
            let (mut sum, mut count) = (0.0, 0);
            for number in 0..100 {
                let seen = io.read(Tick { number, skipped: 0 });
                assert_eq!((seen.ac.len(), seen.bus, seen.input), (5, Volts(50.5), Some(Watts(9000.0))));
                sum += seen.ac.iter().map(|v| v[1] * v[1]).sum::<f64>();
                count += seen.ac.len();
            }
            assert!(((sum / f64::from(count as u32)).sqrt() - volts).abs() < 0.01 * volts + 1e-9);
        }
    }

    #[test]
    fn skipped_ticks_lose_no_sample_up_to_64_ms() {
        let (mut io, _, _) = io();
        let (mut whole, ..) = self::io();
        for number in 0..30 {
            whole.read(Tick { number, skipped: 0 });
        }
        let last = *whole.read(Tick { number: 30, skipped: 0 }).ac.last().unwrap();
        io.read(Tick { number: 0, skipped: 0 });
        let seen = io.read(Tick { number: 30, skipped: 29 });
        assert_eq!((seen.ac.len(), *seen.ac.last().unwrap()), (150, last));
        assert_eq!(io.read(Tick { number: 10_000, skipped: 9969 }).ac.len(), KEPT);
    }

    #[test]
    fn what_was_polled_is_seen_with_its_age() {
        let (mut io, _, polled) = io();
        assert!(!io.read(Tick { number: 0, skipped: 0 }).psus[0].present);
        let mut snapshot = Snapshot::empty();
        snapshot.psus = vec![DeviceView { presence: Presence::Present, ..Default::default() }; 6];
        snapshot.psus[1].reading.output_power = Some(Watts(1500.0));
        snapshot.psus[1].reading.input_power = Some(Watts(1540.0));
        snapshot.psus[5].presence = Presence::Unavailable;
        snapshot.bbus = vec![DeviceView { presence: Presence::Present, ..Default::default() }; 4];
        let pack = &mut snapshot.bbus[2].reading;
        pack.pack_voltage = Some(Volts(44.0));
        pack.pack_current = Some(dpo_registers::units::Amperes(-10.0));
        pack.state_of_charge = Some(dpo_registers::units::Percent(80.0));
        pack.remaining_capacity = Some(dpo_registers::units::AmpereHours(8.0));
        snapshot.bbu_discharge.maximum = Watts(12_000.0);
        snapshot.bbu_discharge.requested = Some(Watts(500.0));
        polled.post(&words(&snapshot));
        io.read(Tick { number: 5, skipped: 0 });
        let seen = io.read(Tick { number: 9, skipped: 3 });
        let psu = PsuSeen {
            present: true,
            healthy: true,
            output: Watts(1500.0),
            input: Watts(1540.0),
            age_ticks: 4,
        };
        assert_eq!(seen.psus[1], psu);
        assert!(!seen.psus[5].present);
        let bbu = seen.bbus[2];
        assert!(bbu.present && bbu.healthy && bbu.age_ticks == 4);
        assert_eq!((bbu.output, bbu.state_of_charge), (Watts(440.0), Ratio(0.8)));
        assert_eq!((bbu.available, bbu.energy), (Watts(3000.0), Joules(8.0 * 44.0 * 3600.0)));
        assert!(!seen.bbus[4].present, "a slot that the gateway does not know is empty");
        assert_eq!(seen.demand.battery, Some(Watts(500.0)));
        assert_eq!(seen.demand.input_limit, None);
    }

    #[test]
    fn the_sample_work_sees_a_healthy_grid() {
        let (nominal, frequency) = (Volts(240.0), Hertz(60.0));
        let policy = policy(nominal, frequency, Duration::from_secs(1)).unwrap();
        let path = FastPath::new(&policy, Capabilities { ac_samples: true, ..Capabilities::TODAY }).unwrap();
        let io = ShelfIo::new(nominal, frequency, Arc::default(), Arc::default()).unwrap();
        let mut work =
            FastLoop::new(io, path, |tick, path: &FastPath, action: &Action| path.words(tick, action));
        let shown = PathShown::new(work.board());
        (0..1000).for_each(|number| work.tick(Tick { number, skipped: 0 }));
        let ac = shown.read().unwrap().ac.unwrap();
        assert!(ac.rms.iter().all(|v| (v.0 - 240.0).abs() < 0.05), "{ac:?}");
        assert!(sample_work().is_ok());
    }

    #[test]
    fn the_policy_fits_the_shelf() {
        for volts in [200.0, 230.0, 240.0, 277.0] {
            policy(Volts(volts), Hertz(60.0), Duration::from_secs(1)).unwrap().check().unwrap();
        }
        let slow = policy(Volts(277.0), Hertz(60.0), Duration::from_secs(10)).unwrap();
        assert_eq!(slow.devices.stale, Seconds(25.0));
    }
}
