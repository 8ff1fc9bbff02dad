//! The input stage: when it runs, and what it draws.

use super::{Phase, Psu, PsuModel, PsuState};

impl Psu {
    /// Whether the stage stops, or starts again while the bulk capacitor still carries the output.
    pub(super) fn watch_input(&mut self, m: &PsuModel, rms_v: f64, bus_v: f64) {
        self.relieved = bus_v < m.relieved_v;
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
        // All hand over when the BBUs carry: one after another, the last would carry the most.
        self.relieved_for = if self.relieved { self.relieved_for.saturating_add(1) } else { 0 };
        let carried = self.relieved_for >= m.hand_over;
        if carried && self.state == PsuState::On && (self.latched || self.low) {
            self.hand_over();
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
                // What was not handed over comes back at once: to walk in would empty the capacitor.
                if !self.bridges() {
                    self.begin_walk(m, self.low_level_w, bus_v);
                }
            }
        }
        let over = self.ac_over >= m.ac_over || self.ac_far_over >= m.ac_far_over;
        if over || self.below >= m.stop {
            self.pfc = false;
            self.low = false;
            self.low_for = 0;
            self.below = 0;
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
            if !self.bridges() {
                self.follow_w = 0.0;
                self.begin_walk(m, 0.0, bus_v);
            }
        }
    }

    /// What the stage draws: a current in phase with the voltage, so large that the mean power is the one asked for.
    /// The current never exceeds the peak of its limit.
    pub(in crate::sim::twin) fn draw(&mut self, m: &PsuModel, phase: &Phase, hold: bool) {
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
        let most_w = phase.rms_v * most_a;
        self.limit_w = (most_w - loss_w).max(0.0);
        self.watch_level(m, hold);
        let refill_w = self.refill_w(m);
        // While the hold line is driven the refill waits: what is drawn is no more than when the line came.
        let margin = if hold { 1.0 } else { self.margin() };
        let most_now_w =
            if self.low { self.limit_w } else { self.walk_w.map_or(f64::INFINITY, |w| margin * w) };
        let wanted_w = (self.follow_w + refill_w).min(most_now_w).max(0.0);
        let over = self.bulk_j > 1.5 * m.hold_up_j;
        let asked_w = if over { 0.0 } else { (wanted_w + loss_w).min(most_w) };
        self.input_a = asked_w * phase.per_watt;
        self.input_w = self.input_a * phase.v;
        self.delivered_w = (asked_w - loss_w).max(0.0);
        // The loss is a share of what is drawn: without input there is none, and the hold-up energy counts at
        // the output.
        self.into_bulk_w = self.delivered_w * phase.per_watt * phase.v;
    }
}

impl Psu {
    /// Below the stop voltage the power falls with the voltage at once and rises along the walk-in: a voltage that
    /// returns step by step, or all at once, meets a load that comes back along one slope.
    fn watch_level(&mut self, m: &PsuModel, hold: bool) {
        match self.armed.walk_in {
            Some(walk) if self.low => {
                let rise_w = if hold { 0.0 } else { walk.rise_w };
                let least_w = walk.start * m.rated_w;
                self.low_level_w = (self.low_level_w + rise_w).max(least_w).min(self.limit_w);
                self.limit_w = self.low_level_w;
            }
            _ => self.low_level_w = self.limit_w,
        }
    }

    /// Power that refills the bulk capacitor, in W; negative takes from it.
    pub(super) fn refill_w(&self, m: &PsuModel) -> f64 {
        let missing_w = (m.hold_up_j - self.bulk_slow_j) * m.bulk_gain;
        // While it still holds what it gave, the BBUs may only be starting: nothing is taken from the load.
        match (self.limited && self.relieved && !self.latched, self.walk_w) {
            // In a walk-in the refill comes first, so that little of it is left on top of the load.
            (true, Some(walk_w)) => (missing_w * QUICK).min(walk_w),
            // After a hand-over all that may be drawn is drawn until the capacitor is filled again.
            (true, None) => missing_w * QUICK,
            // A unit that is to come back along a slope puts hardly any refill on top of the load.
            _ if self.armed.walk_in.is_some() && self.state == PsuState::On => {
                let most = if self.dropped { DROPPED } else { GENTLE.1 };
                (missing_w * GENTLE.0).min(most * m.rated_w)
            }
            _ => missing_w.min(m.refill_w),
        }
    }
}

/// How much quicker the bulk capacitor is refilled while the BBUs carry the load.
const QUICK: f64 = 5.0;
/// How much slower a unit with a walk-in refills it on top of the load, and the most of the rated power for it: half of
/// the hold-up takes less than two seconds.
const GENTLE: (f64, f64) = (0.25, 0.006);
/// The most of the rated power for it while the output is down and others carry the load.
const DROPPED: f64 = 0.02;
