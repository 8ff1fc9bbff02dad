//! What makes a policy unusable, named with the field and the mend.

use super::{Curve, Policy, PolicyError, Shelf};
use crate::control::orchestrator::io::PSU_SLOTS;
use crate::control::orchestrator::sight::detector_config;

/// How much larger a slope is than the step with which a charger begins.
const STEP_ROOM: f64 = 1.2;

/// `value` of `field` from `from` to `to`; not-a-number is outside everything.
fn range(field: &'static str, value: f64, from: f64, to: f64) -> Result<(), PolicyError> {
    if (from..=to).contains(&value) { Ok(()) } else { Err(PolicyError::Number { field, value, from, to }) }
}

impl Policy {
    /// Checks that the policy can be kept by the shelf that it is for.
    ///
    /// # Errors
    /// [`PolicyError`] names the first field that it cannot use. The limits are those of the registers.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.shelf.check()?;
        range("grid.nominal", self.grid.nominal.0, 100.0, 400.0)?;
        range("grid.frequency", self.grid.frequency.0, 45.0, 65.0)?;
        range("grid.samples_per_s", self.grid.samples_per_s, 2000.0, 10_000.0)?;
        detector_config(&self.grid, &self.recovery).check()?;
        self.check_ride_through()?;
        self.check_recovery()?;
        range("recharge.delay", self.recharge.delay.0, 0.0, 14_400.0)?;
        range("recharge.limit", self.recharge.limit.0, 0.0, 1_000_000.0)?;
        // A charger begins with a step: a slope that is smaller cannot be kept.
        let step = STEP_ROOM * self.shelf.bbu_charger.0 / self.shelf.efficiency.0;
        range("recharge.slope", self.recharge.slope.0, step.max(1.0), 100_000.0)?;
        range("recharge.below", self.recharge.below.0, 0.0, 1.0)?;
        for (field, slope) in [("ramp.up", self.ramp.up), ("ramp.down", self.ramp.down)] {
            let least = if field == "ramp.up" { step.max(1.0) } else { 1.0 };
            slope.map_or(Ok(()), |slope| range(field, slope.0, least, 10_000_000.0))?;
        }
        if let Some(dynamic) = &self.dynamic {
            range("dynamic.range", dynamic.range.0, 0.0, 1_000_000.0)?;
            range("dynamic.window", dynamic.window.0, 0.1, 600.0)?;
            range("dynamic.band_low", dynamic.band_low.0, 0.0, 100.0)?;
        }
        if let Some(droop) = &self.frequency {
            range("frequency.dead_band", droop.dead_band.0, 0.0, 10.0)?;
            range("frequency.share_per_hz", droop.share_per_hz, 0.0, 10.0)?;
            range("frequency.most", droop.most.0, 0.0, 1.0)?;
        }
        range("battery.reserve", self.battery.reserve.0, 0.0, 1.0)?;
        range("battery.support_voltage", self.battery.support_voltage.0, 46.0, 49.5)?;
        range("battery.share_gain", self.battery.share_gain, 0.0, 10.0)?;
        range("battery.share_most", self.battery.share_most, 1.0, 10.0)?;
        range("devices.keep_alive", self.devices.keep_alive.0, 42.0, 46.0)?;
        range("devices.bus_lowest", self.devices.bus_lowest.0, 46.0, 48.0)?;
        range("devices.stale", self.devices.stale.0, 0.05, 30.0)
    }

    fn check_ride_through(&self) -> Result<(), PolicyError> {
        let Self { ride_through, grid, shelf, recovery, .. } = self;
        ride_through.low.check("ride_through.low", true)?;
        ride_through.high.check("ride_through.high", false)?;
        range("ride_through.current_limit", ride_through.current_limit.0, 0.0, 2.0)?;
        range("ride_through.low_line", ride_through.low_line.0, 0.0, ride_through.current_limit.0)?;
        range("recovery.voltage", recovery.voltage.0, 0.5, 0.99)?;
        if let Some(edge) = edge(&ride_through.low)
            && recovery.voltage.0 > edge
        {
            return Err(PolicyError::Return { voltage: recovery.voltage.0, edge });
        }
        let highest = ride_through.high.points().last().map_or(1.0, |point| point.voltage.0);
        let volts = highest * grid.nominal.0;
        if volts >= shelf.psu_over.0 {
            return Err(PolicyError::OverVoltage { volts, trip: shelf.psu_over.0 });
        }
        Ok(())
    }

    fn check_recovery(&self) -> Result<(), PolicyError> {
        let recovery = &self.recovery;
        range("recovery.target", recovery.target.0, 0.0, 1.0)?;
        range("recovery.budget", recovery.budget.0, 0.1, 60.0)?;
        range("recovery.slope", recovery.slope.0, 1.0, 10_000_000.0)?;
        range("recovery.start", recovery.start.0, 0.0, 1.0)?;
        range("recovery.within", recovery.within.0, 0.05, 1.0)?;
        range("recovery.confirm", recovery.confirm.0, 0.001, 1.0)?;
        range("recovery.restart_delay", recovery.restart_delay.0, 0.0, 10.0)?;
        range("recovery.hold", recovery.hold.0, 0.0, 60.0)?;
        let full = self.shelf.psu_rated.0 * PSU_SLOTS as f64;
        let climb = (recovery.target.0 - recovery.start.0).max(0.0) * full / recovery.slope.0;
        let need_s = recovery.confirm.0 + recovery.restart_delay.0 + climb;
        if need_s > recovery.budget.0 {
            return Err(PolicyError::Slope { need_s, budget_s: recovery.budget.0 });
        }
        Ok(())
    }
}

/// The edge of the continuous band of the lower curve.
fn edge(low: &Curve) -> Option<f64> {
    low.points().first().filter(|point| point.time.0 == f64::INFINITY).map(|point| point.voltage.0)
}

impl Shelf {
    fn check(&self) -> Result<(), PolicyError> {
        range("shelf.psu_rated", self.psu_rated.0, 100.0, 100_000.0)?;
        range("shelf.psu_current", self.psu_current.0, 1.0, 1000.0)?;
        range("shelf.psu_full_power", self.psu_full_power.0, 50.0, 400.0)?;
        range("shelf.psu_lowest", self.psu_lowest.0, 50.0, 400.0)?;
        range("shelf.psu_over", self.psu_over.0, 100.0, 600.0)?;
        range("shelf.efficiency", self.efficiency.0, 0.5, 1.0)?;
        // Beyond that the batteries would take more than a tenth of the power off the grid.
        range("shelf.input_accuracy", self.input_accuracy.0, 0.0, 0.015)?;
        range("shelf.bbu_rated", self.bbu_rated.0, 100.0, 100_000.0)?;
        range("shelf.bbu_charge", self.bbu_charge.0, 0.0, 100_000.0)?;
        range("shelf.bbu_charger", self.bbu_charger.0, 0.0, 1000.0)?;
        range("shelf.bbu_trigger", self.bbu_trigger.0, 46.0, 49.5)
    }
}
