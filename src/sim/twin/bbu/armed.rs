//! Settings of a BBU, taken into the ranges of their registers, and their timer.

use crate::control::orchestrator::io::{BbuArmed, Recharge, Support};
use crate::sim::twin::CONTROL_TICKS;
use crate::sim::twin::psu::within;

/// Settings in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Armed {
    /// Steps until they fall back; 0 if they are the base ones.
    pub(super) left: u32,
    pub(super) support: Command,
    /// Reference and gain of the sharing by charge.
    pub(super) share: Option<(f64, f64)>,
    pub(super) recharge: Plan,
}

/// MOD-10 in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Command {
    None,
    Power { w: f64 },
    Voltage { v: f64, most_w: f64 },
}

/// MOD-11 in force; without the block, what the charge override (registers 291 and 300) makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plan {
    Base,
    Hold,
    Limited {
        w: f64,
        w_per_s: f64,
    },
    /// Without the block: no slope, and the delay of the base rule stays.
    Override {
        w: f64,
    },
}

impl Armed {
    /// The base behaviour.
    pub(super) const BASE: Self = Self { left: 0, support: Command::None, share: None, recharge: Plan::Base };

    /// What a unit makes of a write. What is not a number is not armed.
    pub(super) fn from(armed: &BbuArmed, block: bool) -> Self {
        if !block {
            let recharge = match armed.recharge {
                Recharge::Base => Plan::Base,
                Recharge::Hold => Plan::Override { w: 0.0 },
                Recharge::Limited { power, .. } => {
                    within(power.0, 0.0, 20_000.0).map_or(Plan::Base, |w| Plan::Override { w })
                }
            };
            let left = if recharge == Plan::Base { 0 } else { CONTROL_TICKS };
            return Self { left, recharge, ..Self::BASE };
        }
        let support = match armed.support {
            Support::Base => None,
            Support::Power(power) => within(power.0, 0.0, 20_000.0).map(|w| Command::Power { w }),
            Support::Voltage { bus, most } => within(bus.0, 46.0, 49.5)
                .zip(within(most.0, 0.0, 20_000.0))
                .map(|(v, most_w)| Command::Voltage { v, most_w }),
        };
        let share = armed
            .share
            .and_then(|share| within(share.reference.0, 0.0, 1.0).zip(within(share.gain, 0.0, 100.0)));
        let recharge = match armed.recharge {
            Recharge::Base => Plan::Base,
            Recharge::Hold => Plan::Hold,
            Recharge::Limited { power, slope_w_per_s } => within(power.0, 0.0, 20_000.0)
                .zip(within(slope_w_per_s, 1.0, 1e5))
                .map_or(Plan::Base, |(w, w_per_s)| Plan::Limited { w, w_per_s }),
        };
        Self { left: CONTROL_TICKS, support: support.unwrap_or(Command::None), share, recharge }
    }

    /// One step of the timer.
    pub(super) fn tick(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            if self.left == 0 {
                *self = Self::BASE;
            }
        }
    }
}
