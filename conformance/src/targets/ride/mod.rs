//! A simulated bench for ride-through: an AC source and meters around a shelf with the modifications, all simulated, and the
//! gateway that records what happens. Time is that of the model; nothing waits.
//!
//! The shelf is the electrical twin of `dpo-gateway` in closed loop with its orchestrator. What its fast path would have
//! measured, by an ideal meter, goes to a real gateway, whose recorder, judge, block and Redfish service tell of it. Faults
//! are put into the shelf, into what the gateway is told, or into its judge.

mod shelf;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dpo_gateway::embedded::CodeJudge;
use dpo_gateway::gateway::{
    FastChange, FastSource, FastView, GridPoint, Judge, Judged, Recording, RideVerdict, ShelfState, TickView,
};
use dpo_gateway::gridcode;
use dpo_gateway::registers::units::{Hertz, Volts, Watts};
use dpo_gateway::sim::scenario::RATED_W;

use super::TargetError;
use super::sim::Reference;
use crate::instrument::{Act, Instrument, Measured, SharedInstrument};
use crate::ride::{RechargeClaims, RideClaims};

/// Voltage of a phase and frequency of the simulated grid.
const NOMINAL: (f64, f64) = (240.0, 60.0);
/// The gateway is told something each half cycle, about, in ms.
const TOLD_MS: u32 = 8;
/// Two minutes pass between two plays, in which nothing is told: longer than a recording.
const PAUSE_MS: u64 = 130_000;
/// Longest time for the gateway to take what it was told.
const TAKEN: Duration = Duration::from_secs(5);
/// What the simulated shelf is judged by; the first is in force in its gateway.
const CODES: [&str; 3] = ["ercot-nogrr282@2026-02", "ercot-nogrr282@2025-drafts", "ieso-lcl@3.0"];

/// A single fault of ride-through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RideQuirk {
    /// The supplies stop at once in a deep sag, and stay off.
    TripsInSag,
    /// They stop when one phase is low and the others are not.
    TripsInOnePhase,
    /// They stop when the voltage has been low for 1 s.
    TripsInLongSag,
    /// They stop in the third sag of a minute.
    CountsSags,
    /// They stop at a high voltage.
    TripsOnHighVoltage,
    /// They stop at a low frequency.
    TripsOnLowFrequency,
    /// They stop at a high frequency.
    TripsOnHighFrequency,
    /// They stop when the frequency changes fast.
    TripsOnRocof,
    /// They stay off after a sag beyond the curve.
    StaysOff,
    /// They stop below 180 V, as supplies of today do, and come back in time.
    StopsLow,
    /// They draw a random delay before they start again.
    RandomRestart,
    /// There are no battery units.
    NoBatteries,
    /// The battery units hold the busbar too low.
    LowSupport,
    /// The power comes back in 1.6 s.
    SlowReturn,
    /// It comes back in a step.
    SteepReturn,
    /// More is drawn than before.
    Overshoots,
    /// The recharge does not wait.
    RechargesAtOnce,
    /// The recharge begins in a step.
    RechargesSteeply,
    /// No event is recorded.
    NotRecorded,
    /// The record tells half the depth.
    HalfDepth,
    /// The record tells twice the time.
    TwiceAsLong,
    /// A high voltage is recorded as a sag.
    SwellAsSag,
    /// A frequency is not recorded.
    FrequencyUnseen,
    /// The verdict is always that the shelf rode through.
    AlwaysRidden,
    /// The verdict is always that it failed.
    AlwaysFailed,
}

impl RideQuirk {
    /// The fault of the shelf; `None` for one of the records.
    fn of_shelf(self) -> Option<Self> {
        use RideQuirk as Q;
        let told = [
            Q::NotRecorded,
            Q::HalfDepth,
            Q::TwiceAsLong,
            Q::SwellAsSag,
            Q::FrequencyUnseen,
            Q::AlwaysRidden,
            Q::AlwaysFailed,
        ];
        (!told.contains(&self)).then_some(self)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the gateway is told of the simulated grid.
#[derive(Debug, Default)]
struct Told {
    points: Mutex<Vec<GridPoint>>,
    /// How often the gateway has looked since it knew the newest point.
    looks: AtomicU64,
}

impl Told {
    /// Waits until the gateway has taken what it was told, and recorded it: it looks again when it is done.
    fn taken(&self) {
        let started = Instant::now();
        while self.looks.load(Ordering::Relaxed) < 2 && started.elapsed() < TAKEN {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl FastSource for Told {
    fn view(&self) -> Option<FastView> {
        Some(FastView {
            ac: None,
            nominal: Volts(NOMINAL.0),
            nominal_frequency: Hertz(NOMINAL.1),
            state: lock(&self.points).last().map_or(ShelfState::Normal, |point| point.state),
            cause: None,
            sags: 0,
            ride_through: None,
            support_line: false,
            hold_line: false,
            ticks: TickView::default(),
        })
    }

    fn newest_change(&self) -> u64 {
        0
    }

    fn changes_after(&self, _: u64) -> Vec<FastChange> {
        Vec::new()
    }

    fn points_after(&self, number: u64) -> Vec<GridPoint> {
        let points = lock(&self.points);
        let new: Vec<GridPoint> = points.iter().filter(|point| point.number > number).copied().collect();
        if new.is_empty() {
            self.looks.fetch_add(1, Ordering::Relaxed);
        }
        new
    }

    fn simulated(&self) -> bool {
        true
    }
}

/// The gateway's judge with a fault, if there is one.
#[derive(Debug)]
struct FaultyJudge {
    inner: CodeJudge,
    quirk: Option<RideQuirk>,
}

impl Judge for FaultyJudge {
    fn judge(&self, recording: &Recording) -> Judged {
        let judged = self.inner.judge(recording);
        match self.quirk {
            Some(RideQuirk::AlwaysRidden) => Judged { verdict: RideVerdict::RiddenThrough, ..judged },
            Some(RideQuirk::AlwaysFailed) => Judged { verdict: RideVerdict::Failed, ..judged },
            _ => judged,
        }
    }

    fn code(&self) -> String {
        self.inner.code()
    }

    fn codes(&self) -> Vec<String> {
        self.inner.codes()
    }

    fn choose(&self, code: &str) -> Result<(), String> {
        self.inner.choose(code)
    }
}

/// A simulated shelf behind a simulated AC source, with its gateway; it ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct RideReference {
    /// The gateway, with its interfaces.
    pub reference: Reference,
    /// The AC source and the meters.
    pub instrument: SharedInstrument,
    /// What the shelf claims.
    pub claims: RideClaims,
}

impl RideReference {
    /// Starts one, with a fault or none.
    ///
    /// # Errors
    /// [`TargetError::Reference`].
    pub(crate) async fn start(quirk: Option<RideQuirk>) -> Result<Self, TargetError> {
        let fault = |e: &dyn std::fmt::Display| TargetError::Reference(e.to_string());
        let code = gridcode::find(CODES[0]).map_err(|e| fault(&e))?;
        let judge = FaultyJudge { inner: CodeJudge::new(code, Watts(RATED_W)), quirk };
        let told = Arc::<Told>::default();
        let fast: Arc<dyn FastSource> = told.clone();
        let reference = Reference::start_with(Some(fast), Some(Arc::new(judge))).await?;
        let bench = Bench { told, quirk, at_ms: 0 };
        Ok(Self {
            reference,
            instrument: SharedInstrument::new("the simulated AC source", bench),
            claims: claims(),
        })
    }
}

/// What the simulated shelf claims: the settings of its orchestrator, and a slope that leaves room for the supplies.
pub(crate) fn claims() -> RideClaims {
    RideClaims {
        grid_codes: CODES.map(str::to_owned).to_vec(),
        nominal_v: NOMINAL.0,
        nominal_hz: NOMINAL.1,
        recovery_slope_w_per_s: Some(40_000.0),
        draws_from_pu: Some(0.5),
        back_s: 10.0,
        charged_percent: 90.0,
        recharge: Some(RechargeClaims { delay_s: 60.0, slope_w_per_s: 80.0, limit_w: 780.0 }),
    }
}

/// The AC source and the meters.
struct Bench {
    told: Arc<Told>,
    quirk: Option<RideQuirk>,
    /// Time of the gateway's fast path at which the next play begins.
    at_ms: u64,
}

impl Instrument for Bench {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let Act::AcPlay { points, length_ms, every_ms } = act else {
            return Err("an AC source has no such thing".into());
        };
        let run = shelf::run(self.quirk.and_then(RideQuirk::of_shelf), points, *length_ms, *every_ms)?;
        self.tell(&run.told, *length_ms);
        self.told.taken();
        Ok(Measured { ac: Some(run.record.clone()), ..Measured::default() })
    }
}

impl Bench {
    /// Hands to the gateway what it would have measured, and one point of a calm grid two minutes later.
    fn tell(&mut self, told: &[GridPoint], length_ms: u32) {
        if self.quirk == Some(RideQuirk::NotRecorded) {
            return;
        }
        let mut points = lock(&self.told.points);
        let first = points.last().map_or(0, |point| point.number);
        let faulty = told.iter().map(|point| self.faulty(*point));
        let calm = GridPoint {
            at_ms: u64::from(length_ms) + PAUSE_MS,
            rms: [Volts(NOMINAL.0); 3],
            frequency: Some(Hertz(NOMINAL.1)),
            state: ShelfState::Normal,
            ..told.last().copied().unwrap_or_else(nothing)
        };
        for (nth, point) in (1..).zip(faulty.chain([calm])) {
            points.push(GridPoint { number: first + nth, at_ms: self.at_ms + point.at_ms, ..point });
        }
        self.told.looks.store(0, Ordering::Relaxed);
        self.at_ms = points.last().map_or(0, |point| point.at_ms + u64::from(TOLD_MS));
    }

    fn faulty(&self, point: GridPoint) -> GridPoint {
        let nominal = NOMINAL.0;
        let moved = |by: &dyn Fn(f64) -> f64| point.rms.map(|v| Volts(nominal + by(v.0 - nominal)));
        match self.quirk {
            // So that a sag stays one.
            Some(RideQuirk::HalfDepth) => GridPoint { rms: moved(&|off| 0.7 * off), ..point },
            Some(RideQuirk::TwiceAsLong) => GridPoint { at_ms: 2 * point.at_ms, ..point },
            Some(RideQuirk::SwellAsSag) => GridPoint { rms: moved(&|off| -off.abs()), ..point },
            Some(RideQuirk::FrequencyUnseen) => GridPoint { frequency: Some(Hertz(NOMINAL.1)), ..point },
            _ => point,
        }
    }
}

fn nothing() -> GridPoint {
    GridPoint {
        number: 0,
        at_ms: 0,
        rms: [Volts(NOMINAL.0); 3],
        frequency: None,
        input: None,
        bus: None,
        battery: None,
        state: ShelfState::Normal,
    }
}
