//! Energy and peaks, which no device reports: summed and kept by the gateway since its start or the last reset.
//!
//! Energy is the integral of the power in the snapshots. Time in which no power was known does not count: the sum says
//! what was measured, not what was consumed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use dpo_registers::units::Watts;
use tokio::sync::watch;

use crate::gateway::Snapshot;

/// Longest time between two snapshots over which power is taken to have been what both say.
const LONGEST_STEP: Duration = Duration::from_secs(600);
/// Joules of a kilowatt-hour.
const JOULES_PER_KWH: f64 = 3.6e6;

/// What is known since the last reset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    /// When the sums and peaks began.
    pub(crate) since: SystemTime,
    /// Energy from the AC input and to the busbar, in kWh.
    pub(crate) input_kwh: f64,
    pub(crate) output_kwh: f64,
    /// Largest power by sensor, in W, and when.
    pub(crate) peaks: BTreeMap<&'static str, (f64, SystemTime)>,
    last: Option<(SystemTime, Option<Watts>, Option<Watts>)>,
}

/// Sums up what the snapshots say. Clones are handles of the same sums.
#[derive(Debug, Clone)]
pub(crate) struct Meter(Arc<Mutex<Totals>>);

impl Meter {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Totals::begin(SystemTime::now()))))
    }

    /// What is known now.
    pub(crate) fn totals(&self) -> Totals {
        self.lock().clone()
    }

    /// Begins anew.
    pub(crate) fn reset(&self) {
        *self.lock() = Totals::begin(SystemTime::now());
    }

    /// Follows the snapshots until the gateway ends.
    pub(crate) async fn follow(self, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
        snapshots.mark_changed();
        while snapshots.changed().await.is_ok() {
            let snapshot = Arc::clone(&snapshots.borrow_and_update());
            self.lock().add(&snapshot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Totals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Totals {
    fn begin(since: SystemTime) -> Self {
        Self { since, input_kwh: 0.0, output_kwh: 0.0, peaks: BTreeMap::new(), last: None }
    }

    /// When the newest power was added.
    pub(crate) fn time(&self) -> SystemTime {
        self.last.map_or(self.since, |(time, ..)| time)
    }

    fn add(&mut self, snapshot: &Snapshot) {
        let totals = &snapshot.totals;
        let (input, output) = (totals.input_power, totals.output_power);
        if let Some((then, input_then, output_then)) = self.last
            && let Ok(step) = snapshot.time.duration_since(then)
            && step <= LONGEST_STEP
        {
            // The mean of both ends: what came between is not known better.
            let energy = |a: Option<Watts>, b: Option<Watts>| {
                a.zip(b).map_or(0.0, |(a, b)| (a.0 + b.0) / 2.0 * step.as_secs_f64() / JOULES_PER_KWH)
            };
            self.input_kwh += energy(input_then, input);
            self.output_kwh += energy(output_then, output);
        }
        self.last = Some((snapshot.time, input, output));
        for (id, power) in [
            ("ShelfInputPower", input),
            ("ShelfOutputPower", output),
            ("ShelfBatteryPower", totals.battery_power),
        ] {
            let Some(Watts(power)) = power else { continue };
            if self.peaks.get(id).is_none_or(|(peak, _)| power > *peak) {
                self.peaks.insert(id, (power, snapshot.time));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_the_integral_of_what_was_measured() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let mut totals = Totals::begin(start);
        let mut at = |second: u64, watts: Option<f64>| {
            let mut snapshot = Snapshot::empty();
            snapshot.time = start + Duration::from_secs(second);
            snapshot.totals.input_power = watts.map(Watts);
            totals.add(&snapshot);
        };
        at(0, Some(6_000.0));
        at(360, Some(12_000.0));
        // Not known in between, and then a pause that is too long to guess.
        at(400, None);
        at(500, Some(12_000.0));
        at(5_000, Some(99_000.0));
        at(5_000 + 360, Some(1_000.0));
        assert!((totals.input_kwh - (0.9 + 5.0)).abs() < 1e-9, "{}", totals.input_kwh);
        assert_eq!(totals.output_kwh, 0.0);
        let (peak, when) = totals.peaks["ShelfInputPower"];
        assert_eq!((peak, when), (99_000.0, start + Duration::from_secs(5_000)));
    }
}
