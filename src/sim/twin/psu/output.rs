//! The output: droop line, limits, hand-over, walk-in, trips, and the energy that it takes from the bulk capacitor.

use super::{Psu, PsuModel, PsuState};
use crate::sim::clock::slew;
use crate::sim::twin::STEP_S;

/// Time in s over which the last energy above the reserve is given (MOD-06).
const RESERVE_TAU_S: f64 = 0.0005;
/// Gain in 1/s with which a limited output keeps the bulk capacitor at its level (MOD-06).
const LIMITED_GAIN_PER_S: f64 = 50.0;
/// How far in V the line of a walk-in may lie above the bus while the output is at its limit.
const WALK_MARGIN_V: f64 = 0.05;
/// How much more than it gave a unit may give while the hold line is driven and the BBUs rest: a load is never
/// quite still.
const HOLD_MARGIN: f64 = 1.02;
/// Up to which multiple of the rated power a unit walks in while it is at its limit: below its slow trip (AE: 115 %).
const WALK_MOST: f64 = 1.1;

impl Psu {
    /// The law of this step: voltage without load in V and most current in A. `per_v` is one over the bus voltage.
    pub(in crate::sim::twin) fn law(
        &mut self,
        m: &PsuModel,
        rms_v: f64,
        bus_v: f64,
        per_v: f64,
        hold: bool,
    ) -> (f64, f64) {
        if self.state != PsuState::On {
            return (0.0, 0.0);
        }
        self.set_v = if self.set_v == self.setpoint_v {
            self.setpoint_v
        } else {
            slew(self.set_v, self.setpoint_v, m.set_slew_v / STEP_S, STEP_S)
        };
        let fall = if self.dropped { m.drop_v } else { 0.0 };
        if self.fallen_v != fall {
            self.fallen_v = slew(self.fallen_v, fall, m.drop_slew_v / STEP_S, STEP_S);
        }
        let line_v = self.set_v + self.offset_v + self.trim_v - self.fallen_v;
        self.walk(m, line_v, bus_v, hold);
        let cap_w = self.cap_w(m, rms_v);
        // Never more than the capacitor holds.
        let held_w = self.bulk_j * (0.999 / STEP_S) + self.into_bulk_w;
        self.most_a = m.current_limit_a.min(cap_w.min(held_w) * per_v).max(0.0);
        (line_v.min(self.ceiling_v), self.most_a)
    }

    /// Limit of the output power in W.
    fn cap_w(&mut self, m: &PsuModel, rms_v: f64) -> f64 {
        let mut cap_w = f64::INFINITY;
        if self.pfc && !self.low && rms_v >= m.stop_v {
            self.slow_rms_v += (rms_v - self.slow_rms_v) * m.derate;
            if self.slow_rms_v < m.full_power_v {
                cap_w = m.rated_w * self.slow_rms_v / m.full_power_v;
            }
        }
        if self.armed.low_line.is_some() {
            cap_w = cap_w.min(self.limit_w + (self.bulk_j - m.reserve_j) * (1.0 / RESERVE_TAU_S));
        }
        // Before the hand-over the capacitor carries what is missing; after it the BBUs do.
        if self.limited {
            cap_w = cap_w.min(match self.walk_w {
                Some(walk_w) => self.margin() * walk_w - self.refill_w(m).max(0.0),
                None => self.limit_w + LIMITED_GAIN_PER_S * (self.bulk_slow_j - m.refill_to_j),
            });
        }
        cap_w.max(0.0)
    }

    /// How much more than the limit of its walk-in it may give.
    pub(super) fn margin(&self) -> f64 {
        if self.latched && !self.relieved { HOLD_MARGIN } else { 1.0 }
    }

    /// Soft start and walk-in: a ceiling of the line that rises.
    fn walk(&mut self, m: &PsuModel, line_v: f64, bus_v: f64, hold: bool) {
        if hold && !self.held && self.walk_w.is_none() && self.armed.walk_in.is_some() {
            // No more than it gives, so that it does not carry what others hand over.
            self.walk_w = Some(self.follow_w);
            self.latched = !self.limited;
            self.limited = true;
        }
        self.held = hold;
        let Some(walk_w) = self.walk_w else {
            if self.ceiling_v < line_v {
                self.ceiling_v += m.start_rise_v;
            } else {
                self.ceiling_v = f64::INFINITY;
            }
            return;
        };
        let Some(walk) = self.armed.walk_in else {
            // The settings ran out under way: as the base specification starts.
            self.end_walk();
            return;
        };
        self.ceiling_v = (self.ceiling_v + m.walk_rise_v).min(line_v);
        let at_limit = self.output_a >= 0.999 * self.most_a;
        if at_limit {
            self.ceiling_v = self.ceiling_v.min(bus_v + self.output_a * m.slope_ohm + WALK_MARGIN_V);
        }
        if hold {
            return;
        }
        // No further than a unit may go for any time: the others still walk in, and it is not to carry their share.
        let most_w = (WALK_MOST * m.rated_w).max(walk_w);
        let next_w = (walk_w + walk.rise_w).min(most_w);
        if next_w >= most_w && !at_limit && !self.relieved {
            self.end_walk();
        } else {
            self.walk_w = Some(next_w);
        }
    }

    /// Takes over the operating point of the step and moves what has a memory.
    pub(in crate::sim::twin) fn settle(&mut self, m: &PsuModel, current_a: f64, bus_v: f64) {
        self.output_a = current_a;
        self.output_w = current_a * bus_v;
        let mut taken_w = self.output_w;
        if self.pfc {
            self.loss_w = self.input_w - self.into_bulk_w;
        } else {
            // Without load the standby loss still drains the capacitor.
            let standby_w = m.loss_fixed_w.min(self.bulk_j / STEP_S);
            taken_w = taken_w.max(standby_w);
            self.loss_w = taken_w - self.output_w;
        }
        self.bulk_j = (self.bulk_j + (self.into_bulk_w - taken_w) * STEP_S).max(0.0);
        self.bulk_slow_j += (self.bulk_j - self.bulk_slow_j) * m.bulk_follow;
        self.follow_w += (self.output_w - self.follow_w) * m.follow;
        self.input_sum_w += self.input_w;
        if self.state == PsuState::On {
            self.watch_hand_over(m);
            self.watch_trips(m, bus_v);
        }
    }

    fn watch_hand_over(&mut self, m: &PsuModel) {
        if !self.dropped && self.bulk_j <= m.drop_j {
            self.dropped = true;
            self.dropped_for = 0;
        } else if self.dropped {
            self.dropped_for = self.dropped_for.saturating_add(1);
            let short = self.low || self.walk_w.is_some();
            if short && self.dropped_for >= m.hand_over {
                self.hand_over();
            }
            if self.pfc && self.bulk_j >= m.rise_j {
                self.dropped = false;
            }
        }
        // A unit with MOD-06 keeps its reserve and its output; others end with their capacitor.
        if !self.pfc && self.bulk_j <= 1e-6 && self.armed.low_line.is_none() {
            self.bulk_j = 0.0;
            self.halt(PsuState::Off);
        }
    }

    fn watch_trips(&mut self, m: &PsuModel, bus_v: f64) {
        let timed = |timer: u32, hot: bool| if hot { timer.saturating_add(1) } else { 0 };
        self.slow_trip = timed(self.slow_trip, self.output_w > m.slow_trip_w);
        self.fast_trip = timed(self.fast_trip, self.output_w > m.fast_trip_w);
        self.over_voltage = timed(self.over_voltage, bus_v > m.over_voltage_v && self.output_a > 0.0);
        let over_current = self.slow_trip >= m.slow_trip || self.fast_trip >= m.fast_trip;
        let over_voltage = self.over_voltage >= m.over_voltage;
        if over_current || over_voltage {
            self.tries = self.tries.saturating_add(1);
            let again = !over_voltage && self.tries <= m.retries;
            self.left = m.retry;
            self.halt(if again { PsuState::Resting } else { PsuState::Latched });
        }
    }
}
