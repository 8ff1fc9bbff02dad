//! What a client may set in a device, as far as the model acts on it, and the rest as stored words.

use std::collections::BTreeMap;

use super::clock::{Ns, SECOND};
use super::parameters::{BbuParameters, PsuParameters};

/// Bits of the PSU's settings register (94) that the model acts on.
pub(super) mod setting {
    pub(in crate::sim) const WRITE_ENABLE: u16 = 1;
    pub(in crate::sim) const OUTPUT_51_V: u16 = 1 << 9;
    pub(in crate::sim) const ACTIVE_SHARE: u16 = 1 << 11;
    pub(in crate::sim) const CLEAR_FAULTS: u16 = 1 << 14;
    pub(in crate::sim) const POWER_CYCLE: u16 = 1 << 15;
    /// Bits that start something and read 0.
    pub(in crate::sim) const COMMANDS: u16 = CLEAR_FAULTS | POWER_CYCLE;
}

/// Settings of a PSU.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PsuControls {
    /// Register 94 without its command bits.
    pub(super) settings: u16,
    /// No-load voltage while the output is set to 51 V (register 103), in V.
    pub(super) setpoint_h_v: f64,
    /// No-load voltage while the output is set to 48 V (register 104), in V.
    pub(super) setpoint_l_v: f64,
    /// Lowest AC voltage (register 101) in V.
    pub(super) vin_min_v: f64,
    /// Highest AC voltage (register 102) in V.
    pub(super) vin_max_v: f64,
    /// Fan duty cycle (register 96) in percent; 0 is automatic.
    pub(super) fan_override_percent: u16,
    /// Clock (register 98): Unix time at the model time 0, in s.
    pub(super) clock: Clock,
    /// Words that are stored and read back without an effect.
    pub(super) stored: BTreeMap<u16, u16>,
}

impl PsuControls {
    pub(super) fn new(p: &PsuParameters, clock: Clock) -> Self {
        Self {
            settings: setting::OUTPUT_51_V | setting::ACTIVE_SHARE,
            setpoint_h_v: p.no_load_v,
            setpoint_l_v: p.low_no_load_v,
            vin_min_v: p.ac_stop_v,
            vin_max_v: p.ac_max_v,
            fan_override_percent: 0,
            clock,
            stored: BTreeMap::new(),
        }
    }

    /// Whether the other settings may be written.
    pub(super) fn write_enabled(&self) -> bool {
        self.settings & setting::WRITE_ENABLE != 0
    }

    /// Whether the ISHARE loop holds the PSUs together.
    pub(super) fn active_share(&self) -> bool {
        self.settings & setting::ACTIVE_SHARE != 0
    }

    /// The no-load voltage that is selected, in V.
    pub(super) fn setpoint_v(&self) -> f64 {
        if self.settings & setting::OUTPUT_51_V != 0 { self.setpoint_h_v } else { self.setpoint_l_v }
    }
}

/// Bits of the BBU's mode register (107) that a client may set.
pub(super) mod mode {
    /// Bits 0 to 6 report the state.
    pub(in crate::sim) const WRITABLE: u16 = 0xFF80;
    pub(in crate::sim) const CHARGE_OVERRIDE: u16 = 1 << 10;
    pub(in crate::sim) const EOL_OVERRIDE: u16 = 1 << 14;
}

/// Settings of a BBU.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BbuControls {
    /// Writable bits of register 107.
    pub(super) mode: u16,
    /// Charge current told (register 291) in A.
    pub(super) charge_override_a: f64,
    /// Time of the charge override (register 300) in s; 0 is without end.
    pub(super) charge_override_timeout_s: u32,
    /// Time since the override was switched on or told anew.
    override_age: Ns,
    /// Longest discharge (register 289) in s.
    pub(super) discharge_limit_s: u16,
    /// Delay of the charge (register 312) in s.
    pub(super) charge_delay_s: u16,
    /// End-of-life threshold told (register 304) in s.
    pub(super) eol_threshold_s: u16,
    /// Fan duty cycle (register 293) in percent; 0 is automatic.
    pub(super) fan_override_percent: u16,
    /// Clock (register 302).
    pub(super) clock: Clock,
    /// Words that are stored and read back without an effect.
    pub(super) stored: BTreeMap<u16, u16>,
}

impl BbuControls {
    pub(super) fn new(p: &BbuParameters, clock: Clock) -> Self {
        Self {
            mode: 0,
            charge_override_a: p.charge_auto_a.1,
            charge_override_timeout_s: 0,
            override_age: 0,
            discharge_limit_s: p.discharge_limit_s.clamp(90, 1200),
            charge_delay_s: p.charge_delay_s,
            eol_threshold_s: p.eol_threshold_s,
            fan_override_percent: 0,
            clock,
            stored: BTreeMap::new(),
        }
    }

    /// The charge current told, while the override holds.
    pub(super) fn override_current_a(&self) -> Option<f64> {
        (self.mode & mode::CHARGE_OVERRIDE != 0).then_some(self.charge_override_a)
    }

    /// Starts the time of the charge override anew.
    pub(super) fn renew_override(&mut self) {
        self.override_age = 0;
    }

    /// The end-of-life threshold that holds, in s.
    pub(super) fn eol_threshold(&self, p: &BbuParameters) -> u16 {
        if self.mode & mode::EOL_OVERRIDE != 0 { self.eol_threshold_s } else { p.eol_threshold_s }
    }

    /// Counts time; the override ends by itself: its bit clears.
    pub(super) fn advance(&mut self, dt: Ns) {
        if self.override_current_a().is_some() {
            self.override_age = self.override_age.saturating_add(dt);
            let limit = u64::from(self.charge_override_timeout_s) * SECOND;
            if limit > 0 && self.override_age >= limit {
                self.mode &= !mode::CHARGE_OVERRIDE;
            }
        }
    }
}

/// A clock in a device: what it was set to, and when in model time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Clock {
    set_to_s: u32,
    set_at: Ns,
}

impl Clock {
    /// A clock that shows `unix_s` at the model time `at`.
    pub(super) fn set(unix_s: u32, at: Ns) -> Self {
        Self { set_to_s: unix_s, set_at: at }
    }

    /// Unix time in s at the model time `now`. It wraps in 2106, like the register.
    pub(super) fn read(self, now: Ns) -> u32 {
        let passed = now.saturating_sub(self.set_at) / SECOND;
        self.set_to_s.wrapping_add(passed as u32)
    }
}
