//! Settings of the block `dpo-psu` in a PSU, taken into the ranges of its registers, and their timer.

use crate::control::orchestrator::io::PsuArmed;
use crate::sim::twin::{CONTROL_TICKS, STEP_S, ticks};

/// Settings in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Armed {
    /// Steps until they fall back; 0 if they are the base ones.
    pub(super) left: u32,
    pub(super) keep_alive_v: Option<f64>,
    pub(super) restart_delay: Option<u32>,
    pub(super) low_line: Option<LowLine>,
    pub(super) walk_in: Option<WalkIn>,
}

/// MOD-06 in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LowLine {
    pub(super) lowest_v: f64,
    /// Share of the rated input current.
    pub(super) current: f64,
    pub(super) longest: u32,
}

/// MOD-07 in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WalkIn {
    /// Share of the rated power.
    pub(super) start: f64,
    /// Rise in W a step.
    pub(super) rise_w: f64,
}

impl Armed {
    /// The base behaviour.
    pub(super) const BASE: Self =
        Self { left: 0, keep_alive_v: None, restart_delay: None, low_line: None, walk_in: None };

    /// What the unit makes of a write. What is not a number is not armed.
    pub(super) fn from(armed: &PsuArmed) -> Self {
        let low_line = armed.low_line.and_then(|low| {
            Some(LowLine {
                lowest_v: within(low.lowest.0, 0.0, 180.0)?,
                current: within(low.current.0, 0.0, 1.5)?,
                longest: ticks(within(low.longest_s, 0.0, 600.0)?),
            })
        });
        let walk_in = armed.walk_in.and_then(|walk| {
            Some(WalkIn {
                start: within(walk.start.0, 0.0, 1.0)?,
                rise_w: within(walk.slope_w_per_s, 1.0, 1e7)? * STEP_S,
            })
        });
        Self {
            left: CONTROL_TICKS,
            keep_alive_v: armed.keep_alive.and_then(|v| within(v.0, 42.0, 46.0)),
            restart_delay: armed.restart_delay_s.and_then(|s| within(s, 0.0, 10.0)).map(ticks),
            low_line,
            walk_in,
        }
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

/// `value` taken into the range of its register; nothing for what is not a number.
pub(in crate::sim::twin) fn within(value: f64, low: f64, high: f64) -> Option<f64> {
    (!value.is_nan()).then(|| value.clamp(low, high))
}
