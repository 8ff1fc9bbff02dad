//! The power before: what a sag is measured against, and what is armed for the next one.

use super::TICK_S;
use super::fleet::Fleet;
use super::io::Seen;
use super::sight::Ac;
use crate::control::policy::Policy;

/// Time constant in s with which the power before follows the measured one: a few cycles, so that the first
/// milliseconds of a sag, before it is detected, hardly count.
const FOLLOW_S: f64 = 0.1;

/// Power and voltage before an event; they stand still while one lasts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Before {
    /// AC input power in W.
    pub input: f64,
    /// Mean phase voltage in V.
    pub volts: f64,
    /// Bus voltage in V; 0 while unknown.
    pub bus: f64,
    /// The battery power in W that belongs to `input`; positive discharges.
    pub battery: f64,
    /// Something was measured.
    pub known: bool,
}

impl Before {
    /// Follows the measured values.
    pub fn follow(
        &mut self,
        seen: &Seen<'_>,
        fleet: &Fleet,
        ac: Option<&Ac>,
        bus: Option<f64>,
        policy: &Policy,
    ) {
        let volts = ac.map_or(policy.grid.nominal.0, |ac| ac.mean_v);
        let Some(input) = measured_input(seen, fleet) else { return };
        if !self.known {
            // A gateway that starts in the middle of an event: that is not what it was before.
            if bus.is_some_and(|bus| bus < policy.shelf.bbu_trigger.0) {
                return;
            }
            *self = Self { input, volts, bus: bus.unwrap_or(0.0), battery: fleet.battery, known: true };
        }
        self.bus += (bus.unwrap_or(self.bus) - self.bus) * (TICK_S / FOLLOW_S);
        self.input += (input - self.input) * (TICK_S / FOLLOW_S);
        self.volts += (volts - self.volts) * (TICK_S / FOLLOW_S);
        self.battery += (fleet.battery - self.battery) * (TICK_S / FOLLOW_S);
    }

    /// The load on the bus in W.
    pub fn load(&self, policy: &Policy) -> f64 {
        (self.input * policy.shelf.efficiency.0 + self.battery).max(0.0)
    }
}

/// AC input power now: measured by the gateway, or as the PSUs last told; `None` if nobody knows.
pub(super) fn measured_input(seen: &Seen<'_>, fleet: &Fleet) -> Option<f64> {
    match seen.input {
        Some(input) if input.0.is_finite() && input.0 >= 0.0 => Some(input.0),
        _ if fleet.psus > 0 => Some(fleet.psu_input),
        _ => None,
    }
}
