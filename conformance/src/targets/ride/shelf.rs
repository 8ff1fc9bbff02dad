//! The simulated shelf behind the AC source: the electrical twin with its orchestrator, what the meters see of it, and what a
//! fast path would have measured. Faults of the shelf are made here.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use dpo_gateway::gateway::{GridPoint, ShelfState};
use dpo_gateway::registers::units::{Hertz, Volts, Watts};
use dpo_gateway::sim::grid::{BALANCED, Change, FrequencyChange, Voltage, When};
use dpo_gateway::sim::rack::{CycleMean, Design, Inject, Mods, Rack, RackConfig, Values};
use dpo_gateway::sim::scenario::Scenario;

use super::{NOMINAL, RideQuirk, TOLD_MS, lock, nothing};
use crate::instrument::ac::{AcPoint, AcRecord};

/// A step of the model, in s, and steps in a millisecond.
const STEP_S: f64 = 50e-6;
const STEPS_PER_MS: u32 = 20;
/// Load over the rated power, and charge of the packs: below it they are charged after a discharge.
const LOAD: f64 = 0.5;
const CHARGE: f64 = 0.979;

/// What a play came to.
#[derive(Debug)]
pub(super) struct Run {
    /// What the meters saw.
    pub record: AcRecord,
    /// What the gateway's fast path would have measured, from the start of the play on.
    pub told: Vec<GridPoint>,
    /// Faults that would have stopped the supplies in it.
    trips: Vec<RideQuirk>,
}

/// Runs of this process: the same play of the same shelf is the same.
type Runs = Mutex<HashMap<String, Arc<OnceLock<Result<Arc<Run>, String>>>>>;
static RUNS: LazyLock<Runs> = LazyLock::new(Runs::default);

/// A play of a shelf, run once in this process.
pub(super) fn run(
    quirk: Option<RideQuirk>,
    points: &[AcPoint],
    length_ms: u32,
    every_ms: u32,
) -> Result<Arc<Run>, String> {
    if let Some(own) = quirk.filter(|quirk| TRIPS.contains(quirk)) {
        let good = run(None, points, length_ms, every_ms)?;
        // Up to its trip it is as good as the one without the fault.
        if !good.trips.contains(&own) {
            return Ok(good);
        }
    }
    let key = format!("{quirk:?} {points:?} {length_ms} {every_ms}");
    let place = lock(&RUNS).entry(key).or_default().clone();
    place.get_or_init(|| simulate(quirk, points, length_ms, every_ms).map(Arc::new)).clone()
}

/// The shelf with its gateway, and a fault of it.
fn rack(quirk: Option<RideQuirk>, points: &[AcPoint]) -> RackConfig {
    use RideQuirk as Q;
    let mut scenario = Scenario::new("ride", "conformance", 1);
    scenario.load = LOAD;
    scenario.charge = CHARGE;
    scenario.packs_rest = true;
    scenario.input_error = 0.0;
    let to = |point: &AcPoint| {
        let pu = point.rms_v.map(|v| v / NOMINAL.0);
        let [a, b, c] = BALANCED;
        [a * pu[0], b * pu[1], c * pu[2]]
    };
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    let voltage = points.iter().map(|point| Change {
        when: When::At(seconds(point.at_ms)),
        over_s: seconds(point.over_ms),
        to: to(point),
    });
    scenario.grid.voltage = Voltage::Changes(voltage.collect());
    for pair in points.windows(2) {
        let [from, point] = pair else { continue };
        let change = (point.frequency_hz - from.frequency_hz).abs();
        if change > 0.0 {
            let hz_per_s = (point.over_ms > 0).then(|| change / seconds(point.over_ms));
            let at_s = seconds(point.at_ms);
            scenario.grid.frequency_changes.push(FrequencyChange {
                at_s,
                to_hz: point.frequency_hz,
                hz_per_s,
            });
        }
    }
    let policy = &mut scenario.policy;
    match quirk {
        Some(Q::SlowReturn) => {
            (policy.recovery.budget.0, policy.recovery.within.0) = (2.0, 0.9);
            policy.recovery.slope.0 = 10_000.0;
        }
        Some(Q::SteepReturn) => {
            policy.recovery.slope.0 = 4e5;
            policy.recovery.within.0 = 0.05;
        }
        Some(Q::RechargesAtOnce) => policy.recharge.delay.0 = 1.0,
        Some(Q::RechargesSteeply) => policy.recharge.slope.0 = 1e5,
        Some(Q::NoBatteries) => scenario.absent.1 = (0..6).collect(),
        _ => {}
    }
    let design = match quirk {
        Some(Q::RandomRestart) => {
            Design::Some(Mods { restart: false, keep_alive: false, low_line: false, ..Mods::ALL })
        }
        Some(Q::StopsLow) => Design::Some(Mods { low_line: false, ..Mods::ALL }),
        Some(Q::Overshoots) => Design::Some(Mods { walk_in: false, ..Mods::ALL }),
        Some(Q::LowSupport) => Design::Some(Mods { support: false, ..Mods::ALL }),
        _ => Design::Modified,
    };
    let mut config = scenario.rack(design);
    if quirk == Some(Q::LowSupport) {
        config.twin.parameters.bbu.no_load_v = 45.8;
    }
    config
}

/// Faults that stop the supplies for good.
const TRIPS: [RideQuirk; 9] = [
    RideQuirk::TripsInSag,
    RideQuirk::TripsInOnePhase,
    RideQuirk::TripsInLongSag,
    RideQuirk::CountsSags,
    RideQuirk::TripsOnHighVoltage,
    RideQuirk::TripsOnLowFrequency,
    RideQuirk::TripsOnHighFrequency,
    RideQuirk::TripsOnRocof,
    RideQuirk::StaysOff,
];

/// What makes faulty supplies stop.
#[derive(Debug, Default)]
struct Trip {
    low_ms: u32,
    uneven_ms: u32,
    high_ms: u32,
    sags: u32,
    hertz: Option<f64>,
    hz_per_s: f64,
}

impl Trip {
    /// Takes what was seen in a millisecond.
    fn take(&mut self, seen: &Values) {
        let count = |on: bool, ms: u32| if on { ms + 1 } else { 0 };
        let low = seen.low_pu < 0.9;
        self.sags += u32::from(low && self.low_ms == 0);
        self.low_ms = count(low, self.low_ms);
        self.uneven_ms = count(seen.high_pu - seen.low_pu > 0.3, self.uneven_ms);
        self.high_ms = count(seen.high_pu > 1.12, self.high_ms);
        // Over a millisecond the slope of a frequency is what it is: the model has no noise on it.
        let before = self.hertz.replace(seen.hertz).unwrap_or(seen.hertz);
        self.hz_per_s = (seen.hertz - before).abs() * 1000.0;
    }

    /// Whether supplies with this fault stop now; what has stopped stays off.
    fn trips(&self, quirk: RideQuirk, seen: &Values) -> bool {
        use RideQuirk as Q;
        match quirk {
            Q::TripsInSag => seen.low_pu < 0.15,
            Q::TripsInOnePhase => self.uneven_ms > 50,
            Q::TripsInLongSag => self.low_ms > 1_000,
            Q::CountsSags => self.sags >= 3,
            Q::TripsOnHighVoltage => self.high_ms > 100,
            Q::TripsOnLowFrequency => seen.hertz < 58.0,
            Q::TripsOnHighFrequency => seen.hertz > 61.5,
            Q::TripsOnRocof => self.hz_per_s > 3.0,
            Q::StaysOff => seen.low_pu < 0.2 && self.low_ms > 600,
            _ => false,
        }
    }
}

fn simulate(
    quirk: Option<RideQuirk>,
    points: &[AcPoint],
    length_ms: u32,
    every_ms: u32,
) -> Result<Run, String> {
    let mut rack = Rack::new(&rack(quirk, points)).map_err(|e| e.to_string())?;
    let mut squares: [CycleMean; 3] = std::array::from_fn(|_| CycleMean::new(STEP_S));
    let round = |value: f64, by: f64| (value * by).round() / by;
    let mut record = AcRecord { every_ms, ..AcRecord::default() };
    let (mut told, mut trip, mut trips) = (Vec::new(), Trip::default(), Vec::new());
    let widest = (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY);
    let (mut low_v, mut high_v, mut load_w) = widest;
    for ms in 1..=length_ms {
        let mut seen = rack.step();
        let mut rms = [0.0; 3];
        for step in 0..STEPS_PER_MS {
            if step > 0 {
                seen = rack.step();
            }
            for ((out, mean), pu) in rms.iter_mut().zip(&mut squares).zip(seen.phase_pu) {
                *out = mean.push(pu * pu, seen.hertz).max(0.0).sqrt() * NOMINAL.0;
            }
            (low_v, high_v) = (low_v.min(seen.bus_v), high_v.max(seen.bus_v));
        }
        load_w = load_w.min(if rack.twin().load_alive() { rack.twin().load_power().0 } else { 0.0 });
        trip.take(&seen);
        for fault in TRIPS.into_iter().filter(|fault| trip.trips(*fault, &seen)) {
            if quirk == Some(fault) {
                for slot in 0..6 {
                    rack.inject(&Inject::PsuFails(slot)).map_err(|e| e.to_string())?;
                }
            }
            if !trips.contains(&fault) {
                trips.push(fault);
            }
        }
        if ms.is_multiple_of(TOLD_MS) {
            told.push(GridPoint {
                at_ms: u64::from(ms),
                rms: rms.map(Volts),
                frequency: Some(Hertz(seen.hertz)),
                input: Some(Watts(seen.grid_w)),
                bus: Some(Volts(seen.bus_v)),
                battery: Some(Watts(seen.bbu_w)),
                state: rack.action().map_or(ShelfState::Normal, |action| action.state),
                ..nothing()
            });
        }
        if ms.is_multiple_of(every_ms.max(1)) {
            record.rms_v.push(rms.map(|v| round(v, 100.0)));
            record.frequency_hz.push(round(seen.hertz, 1000.0));
            record.input_w.push(round(seen.grid_w, 10.0));
            record.bus_low_v.push(round(low_v, 1000.0));
            record.bus_high_v.push(round(high_v, 1000.0));
            record.load_w.push(round(load_w, 10.0));
            (low_v, high_v, load_w) = widest;
        }
    }
    Ok(Run { record, told, trips })
}
