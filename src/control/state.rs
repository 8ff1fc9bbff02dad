//! The state of the shelf from what was polled.
//!
//! Polled values are seconds old: this names what the shelf does, it does not react to a sag. The
//! reaction is in the devices (hold-up, 3 V drop, BBU trigger).

use dpo_registers::units::{Volts, Watts};

use super::{ControlError, finite};

/// State of the gateway (design section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ShelfState {
    /// Nothing to do.
    #[default]
    Normal,
    /// The AC input left its band.
    SagDetected,
    /// The BBUs carry load, on a sag or on request.
    Supporting,
    /// Load returns to the grid along the recovery slope.
    Recovering,
    /// The BBUs charge.
    Recharging,
    /// The lease ended or a device failed: fail-safe values are in force.
    FailSafe,
}

/// What decides the state.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StateInputs {
    /// Lowest AC input voltage of the PSUs present; `None` if none reports one.
    pub input_voltage: Option<Volts>,
    /// Power of all BBUs at the bus, positive discharges; `None` if unknown.
    pub battery_power: Option<Watts>,
    /// Whether the setpoints in force ask the BBUs for support.
    pub steering: bool,
    /// Whether a reason for the fail-safe state stands.
    pub fail_safe: bool,
}

/// Where the states begin and end. Leaving needs more than entering, so that noise changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// AC input voltage below which a sag begins (ORv3 PSU: input range from 180 V, UVLO 172 V).
    pub sag_below: Volts,
    /// AC input voltage above which a sag has ended.
    pub sag_over: Volts,
    /// Battery power, either direction, that counts as supporting or recharging.
    pub battery_on: Watts,
    /// Battery power below which that ends.
    pub battery_off: Watts,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            sag_below: Volts(180.0),
            sag_over: Volts(185.0),
            battery_on: Watts(150.0),
            battery_off: Watts(50.0),
        }
    }
}

/// The next state. A sag outranks the fail-safe state, which outranks what the BBUs do: the most
/// urgent fact is shown. An input that is unknown keeps the part of the state it decides.
///
/// [`ShelfState::Recovering`] is never entered here: no recovery slope exists yet.
///
/// # Errors
/// [`ControlError::Number`] for an input that is not finite.
pub fn next(
    state: ShelfState,
    inputs: &StateInputs,
    limits: &Thresholds,
) -> Result<ShelfState, ControlError> {
    let voltage = inputs.input_voltage.map(|v| finite("input voltage", v.0)).transpose()?;
    let power = inputs.battery_power.map(|p| finite("battery power", p.0)).transpose()?;
    let sag = match voltage {
        Some(v) if state == ShelfState::SagDetected => v < limits.sag_over.0,
        Some(v) => v < limits.sag_below.0,
        None => state == ShelfState::SagDetected,
    };
    let beyond = |direction: f64, this: ShelfState| match power {
        Some(p) if state == this => p * direction > limits.battery_off.0,
        Some(p) => p * direction > limits.battery_on.0,
        None => state == this,
    };
    Ok(if sag {
        ShelfState::SagDetected
    } else if inputs.fail_safe {
        ShelfState::FailSafe
    } else if inputs.steering || beyond(1.0, ShelfState::Supporting) {
        ShelfState::Supporting
    } else if beyond(-1.0, ShelfState::Recharging) {
        ShelfState::Recharging
    } else {
        ShelfState::Normal
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: ShelfState, volts: f64, watts: f64) -> ShelfState {
        let inputs = StateInputs {
            input_voltage: Some(Volts(volts)),
            battery_power: Some(Watts(watts)),
            ..StateInputs::default()
        };
        next(state, &inputs, &Thresholds::default()).unwrap()
    }

    #[test]
    fn each_state_has_a_band_between_entering_and_leaving() {
        use ShelfState::*;
        assert_eq!(run(Normal, 230.0, 100.0), Normal);
        assert_eq!(run(Normal, 230.0, 151.0), Supporting);
        assert_eq!(run(Supporting, 230.0, 100.0), Supporting);
        assert_eq!(run(Supporting, 230.0, 49.0), Normal);
        assert_eq!(run(Normal, 230.0, -151.0), Recharging);
        assert_eq!(run(Recharging, 230.0, -51.0), Recharging);
        assert_eq!(run(Supporting, 230.0, -200.0), Recharging);
        assert_eq!(run(Normal, 179.0, 0.0), SagDetected);
        assert_eq!(run(SagDetected, 182.0, 0.0), SagDetected);
        assert_eq!(run(Normal, 182.0, 0.0), Normal);
        assert_eq!(run(SagDetected, 186.0, 900.0), Supporting);
    }

    #[test]
    fn the_most_urgent_fact_wins() {
        let inputs = StateInputs { fail_safe: true, steering: true, ..StateInputs::default() };
        let limits = Thresholds::default();
        assert_eq!(next(ShelfState::Normal, &inputs, &limits), Ok(ShelfState::FailSafe));
        let sag = StateInputs { input_voltage: Some(Volts(0.0)), ..inputs };
        assert_eq!(next(ShelfState::FailSafe, &sag, &limits), Ok(ShelfState::SagDetected));
    }

    #[test]
    fn unknown_keeps_and_nan_is_refused() {
        let limits = Thresholds::default();
        let nothing = StateInputs::default();
        assert_eq!(next(ShelfState::SagDetected, &nothing, &limits), Ok(ShelfState::SagDetected));
        assert_eq!(next(ShelfState::Recharging, &nothing, &limits), Ok(ShelfState::Recharging));
        let nan = StateInputs { battery_power: Some(Watts(f64::NAN)), ..nothing };
        assert!(next(ShelfState::Normal, &nan, &limits).is_err());
        let nan = StateInputs { input_voltage: Some(Volts(f64::NAN)), ..nothing };
        assert!(next(ShelfState::Normal, &nan, &limits).is_err());
    }
}
