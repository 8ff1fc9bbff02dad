//! What a setpoint must pass before anything is sent: state of the gateway and of the packs, range, bus limits.

use std::time::Duration;

use dpo_registers::units::{Volts, Watts};

use super::task::{Cause, Task};
use super::{GateError, Setpoint, ShelfState};
use crate::control::share::{LOWEST_SETPOINT, NOMINAL_SETPOINT, Plant};
use crate::control::{Decision, Measured, SteerConfig};

/// Smallest input power limit as a share of the rated power: the PSUs need an input to feed the bus.
const LEAST_LIMIT: f64 = 0.05;
/// The bus under any load (ORv3 base 1.1, 12.1).
const BUS: std::ops::RangeInclusive<f64> = 46.0..=52.0;
/// Rest of the BBUs after a discharge that ended by their own limit of time: within it they also begin no
/// recharge (BBU module 1.4: at least a minute).
pub(super) const REST: Duration = Duration::from_secs(60);

impl Task {
    /// Checks one setpoint against its range and the state of the shelf.
    pub(super) fn admit_one(&self, setpoint: Setpoint) -> Result<(), GateError> {
        let (asked, (minimum, maximum)) = match setpoint {
            Setpoint::InputPowerLimit(watts) => (watts, self.limit_range()),
            Setpoint::BbuDischarge(watts) => (watts, (Watts(0.0), self.shelf.bbu_rating())),
        };
        let Some(value) = asked else { return Ok(()) };
        if let Some(volts) = self.bus_voltage.requested {
            return Err(state(format!("a bus voltage of {volts} is in force: take it back first")));
        }
        // The one that is away would not move with the others.
        if let Some(reason) = self.power_cycles.in_the_way() {
            return Err(state(reason));
        }
        if !value.0.is_finite() {
            return Err(GateError::OutOfRange { value, minimum, maximum });
        }
        if self.counters.polls == 0 {
            return Err(state("the devices have not been read yet: ask again after a poll cycle"));
        }
        if self.shelf.psu_count() == 0 {
            return Err(state("no PSU answers"));
        }
        if self.psus.unfinished() {
            return Err(state("what came of writes of an earlier gateway is not known yet"));
        }
        self.support_possible().map_err(state)?;
        self.state_allows().map_err(state)?;
        if value < minimum || value > maximum {
            return Err(GateError::OutOfRange { value, minimum, maximum });
        }
        if self.state == ShelfState::SagDetected {
            return Err(state("the AC input is below its band: the BBUs already carry the load"));
        }
        Ok(())
    }

    /// Whether the state of the gateway allows to ask something of the BBUs. A fail-safe state ends with its
    /// cause, never by asking again.
    fn state_allows(&self) -> Result<(), String> {
        match self.fail_safe {
            // Whoever holds the lease now has taken it since.
            None | Some(Cause::LeaseExpired) => Ok(()),
            Some(Cause::Reserve) => Err("fail-safe: the packs have been at their reserve".to_owned()),
            Some(Cause::Spent) => {
                let left = REST.saturating_sub(self.fail_safe_since.elapsed());
                Err(format!(
                    "fail-safe: the BBUs have given for as long as they allow, and rest for {left:?}"
                ))
            }
            Some(Cause::Device | Cause::Stale) => Err(
                "fail-safe after support that could not go on: give the lease back and take it anew to go on"
                    .to_owned(),
            ),
        }
    }

    /// Whether the packs may give power at all.
    pub(super) fn support_possible(&self) -> Result<(), String> {
        if self.shelf.bbu_count() == 0 {
            return Err("no BBU answers".to_owned());
        }
        let reserve = self.config.reserve;
        match self.shelf.energy().state_of_charge {
            None => Err("the state of charge is not known".to_owned()),
            Some(charge) if charge < reserve => {
                Err(format!("the state of charge is {charge}, below the reserve of {reserve}"))
            }
            Some(_) => Ok(()),
        }
    }

    /// Smallest and largest input power limit: what the shelf can hold at any load up to its rating.
    pub(super) fn limit_range(&self) -> (Watts, Watts) {
        let rated = self.shelf.psu_rating().0;
        let beyond = (rated - self.shelf.bbu_rating().0) / self.config.steering.efficiency;
        (Watts(beyond.max(LEAST_LIMIT * rated).min(rated).ceil()), Watts(rated))
    }
}

pub(super) fn state(reason: impl Into<String>) -> GateError {
    GateError::State { reason: reason.into() }
}

/// Whether the bus stays inside its limits with what was decided. Nothing is clipped: what does not fit is
/// refused.
pub(super) fn bus(decision: &Decision, config: &SteerConfig, now: &Measured) -> Result<(), String> {
    let Decision::Steer { setpoint, support, .. } = decision else { return Ok(()) };
    let plant = Plant { psu: config.psu, psus: now.psus, bbu: config.bbu, bbus: now.bbus };
    let load = Watts((now.output.0 + now.battery.0).max(0.0));
    let needed = plant.setpoint(load, *support).map_err(|e| e.to_string())?;
    let (lowest, highest) = (LOWEST_SETPOINT, NOMINAL_SETPOINT);
    // A step of the register in hand for rounding.
    const STEP: f64 = 0.001;
    if needed.0 < lowest.0 - STEP || needed.0 > highest.0 + STEP {
        return Err(format!(
            "{support} from the BBUs would need PSUs at {needed:.3}, outside {lowest} to {highest}"
        ));
    }
    let Volts(volts) = plant.settle(*setpoint, load).map_err(|e| format!("the bus would not hold: {e}"))?.bus;
    if BUS.contains(&volts) {
        Ok(())
    } else {
        let (low, high) = (BUS.start(), BUS.end());
        Err(format!("the bus would settle at {volts:.2} V, outside {low} V to {high} V"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steer(setpoint: f64, support: f64) -> Decision {
        Decision::Steer { setpoint: Volts(setpoint), support: Watts(support), missing: Watts(0.0) }
    }

    #[test]
    fn a_setpoint_that_would_take_the_bus_out_of_its_limits_is_refused_with_the_reason() {
        let config = SteerConfig::default();
        let now = Measured {
            input: Watts(14_500.0),
            output: Watts(14_000.0),
            battery: Watts(0.0),
            psus: 6,
            bbus: 6,
        };
        assert_eq!(bus(&Decision::Off, &config, &now), Ok(()));
        assert_eq!(bus(&steer(48.0, 4_000.0), &config, &now), Ok(()));
        // One PSU for 14 kW: it would have to stand above the nominal voltage.
        let alone = Measured { psus: 1, ..now };
        let steep =
            SteerConfig { psu: crate::control::share::Line { drop: Volts(1.0), ..config.psu }, ..config };
        let error = bus(&steer(51.0, 500.0), &steep, &alone).unwrap_err();
        assert!(error.contains("would need PSUs at") && error.contains("47 V to 51 V"), "{error}");
        // A line of the BBUs that lies below the bus limits.
        let low =
            SteerConfig { bbu: crate::control::share::Line { no_load: Volts(46.0), ..config.bbu }, ..config };
        let error =
            bus(&steer(47.0, 17_000.0), &low, &Measured { output: Watts(17_500.0), ..now }).unwrap_err();
        assert!(error.contains("outside"), "{error}");
    }
}
