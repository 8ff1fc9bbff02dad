//! The input stage: when it runs, and what it draws.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

use super::{Psu, PsuModel, PsuState};

impl Psu {
    /// Whether the stage stops, or starts again while the bulk capacitor still carries the output.
    pub(super) fn watch_input(&mut self, m: &PsuModel, rms_v: f64, bus_v: f64) {
        self.ac_over = if rms_v > m.ac_over_v { self.ac_over.saturating_add(1) } else { 0 };
        self.ac_far_over = if rms_v > m.ac_far_over_v { self.ac_far_over.saturating_add(1) } else { 0 };
        let low_line = self.armed.low_line.filter(|_| !self.low_spent);
        // The stage starts again where it may run; without MOD-06, above its start voltage.
        let from = low_line.map_or(m.start_v, |low| low.lowest_v + (m.start_v - m.stop_v));
        let inside = rms_v >= from && rms_v <= m.ac_max_v;
        self.above = if inside { self.above.saturating_add(1) } else { 0 };
        if rms_v >= m.start_v {
            self.low_spent = false;
        }
        if !self.pfc {
            if self.state == PsuState::On {
                self.resume(m, rms_v, bus_v);
            }
            return;
        }
        if rms_v < m.stop_v {
            let runs_on = low_line.is_some_and(|low| rms_v >= low.lowest_v);
            if let Some(low) = low_line {
                self.low = true;
                self.low_for = self.low_for.saturating_add(1);
                self.low_spent = self.low_for > low.longest;
            }
            self.below = if runs_on { 0 } else { self.below.saturating_add(1) };
        } else {
            self.below = 0;
            if self.low && rms_v >= m.start_v {
                self.low = false;
                self.low_for = 0;
                self.limited = false;
                self.begin_walk(m, self.delivered_w, bus_v);
            }
        }
        let over = self.ac_over >= m.ac_over || self.ac_far_over >= m.ac_far_over;
        if over || self.below >= m.stop {
            self.pfc = false;
            self.low = false;
            self.low_for = 0;
            self.below = 0;
            self.limited = false;
            self.delivered_w = 0.0;
            self.above = 0;
        }
    }

    /// The AC input is back while the output is still on.
    fn resume(&mut self, m: &PsuModel, rms_v: f64, bus_v: f64) {
        let after = match self.armed.restart_delay {
            Some(delay) => delay.max(m.start),
            None if m.resumes => m.start,
            None => return,
        };
        if self.above >= after {
            self.pfc = true;
            self.low = rms_v < m.stop_v;
            self.bulk_slow_j = self.bulk_j;
            self.follow_w = 0.0;
            self.begin_walk(m, 0.0, bus_v);
        }
    }

    /// What the stage draws at the instantaneous voltage `v`: a current in phase with the voltage, so large that
    /// the mean power is the one asked for. The RMS voltage follows a fall over half a cycle; a rise is seen at the
    /// peak at once, so that a voltage that returns does not meet a current that was set for a sag.
    pub(in crate::sim::twin) fn draw(&mut self, m: &PsuModel, v: f64, rms_v: f64) {
        if !self.pfc {
            self.input_a = 0.0;
            self.input_w = 0.0;
            self.into_bulk_w = 0.0;
            self.limit_w = 0.0;
            return;
        }
        let most_a = match self.armed.low_line {
            Some(low) if self.low => (low.current * m.rated_input_a).min(m.peak_input_a),
            _ => m.peak_input_a,
        };
        let loss_w = m.loss_w(self.delivered_w);
        self.limit_w = (rms_v * most_a - loss_w).max(0.0);
        let missing_j = m.hold_up_j - self.bulk_slow_j;
        // After a hand-over everything that may be drawn is drawn until the capacitor is filled again.
        let refill_w = if self.limited {
            missing_j * 5.0 * m.bulk_gain
        } else {
            (missing_j * m.bulk_gain).min(m.refill_w)
        };
        let wanted_w = (self.follow_w + refill_w).min(self.walk_w.unwrap_or(f64::INFINITY)).max(0.0);
        let asked_w = (wanted_w + loss_w).min(rms_v * most_a);
        let amplitude_v = rms_v.max(v.abs() * FRAC_1_SQRT_2);
        if amplitude_v < 1.0 || self.bulk_j > 1.5 * m.hold_up_j {
            self.input_a = 0.0;
            self.input_w = 0.0;
            self.into_bulk_w = 0.0;
            self.delivered_w = 0.0;
            return;
        }
        let peak_a = most_a * SQRT_2;
        self.input_a = (asked_w / (amplitude_v * amplitude_v) * v).clamp(-peak_a, peak_a);
        self.input_w = self.input_a * v;
        self.delivered_w = (asked_w - loss_w).max(0.0);
        // The loss is a share of what is drawn: without input there is none, and the hold-up energy counts at
        // the output.
        self.into_bulk_w = self.input_w * self.delivered_w / (self.delivered_w + loss_w);
    }
}
