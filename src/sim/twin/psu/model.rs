//! What follows from the parameters of a PSU, once for the rack.

use crate::sim::twin::parameters::{InputParameters, StartDelay, TwinParameters};
use crate::sim::twin::{STEP_S, ticks};

/// Figures of a PSU per step.
#[derive(Debug, Clone)]
pub(in crate::sim::twin) struct PsuModel {
    pub(super) rated_w: f64,
    pub(super) conductance_s: f64,
    pub(super) slope_ohm: f64,
    pub(super) current_limit_a: f64,
    pub(super) slow_trip_w: f64,
    pub(super) slow_trip: u32,
    pub(super) fast_trip_w: f64,
    pub(super) fast_trip: u32,
    pub(super) over_voltage_v: f64,
    pub(super) over_voltage: u32,
    pub(super) retry: u32,
    pub(super) retries: u8,
    pub(super) start_rise_v: f64,
    pub(super) set_slew_v: f64,
    pub(super) walk_rise_v: f64,
    pub(super) drop_v: f64,
    pub(super) drop_slew_v: f64,
    pub(super) hold_up_j: f64,
    pub(super) drop_j: f64,
    pub(super) rise_j: f64,
    pub(super) reserve_j: f64,
    pub(super) refill_to_j: f64,
    pub(super) refill_w: f64,
    pub(super) loss_fixed_w: f64,
    pub(super) loss_linear: f64,
    pub(super) loss_square_per_w: f64,
    pub(super) rated_input_a: f64,
    pub(super) peak_input_a: f64,
    pub(super) full_power_v: f64,
    pub(super) derate: f64,
    pub(super) follow: f64,
    pub(super) bulk_follow: f64,
    pub(super) bulk_gain: f64,
    pub(super) controller_w: f64,
    pub(super) hand_over: u32,
    pub(super) relieved_v: f64,
    pub(super) stop_v: f64,
    pub(super) stop: u32,
    pub(super) start_v: f64,
    pub(super) start: u32,
    pub(super) resumes: bool,
    pub(super) ac_over_v: f64,
    pub(super) ac_over: u32,
    pub(super) ac_far_over_v: f64,
    pub(super) ac_far_over: u32,
    pub(super) ac_max_v: f64,
    pub(super) ready_s: (f64, f64),
    pub(super) unit_delay_s: f64,
    pub(super) charge_before: u32,
    pub(super) ac_loss_line: bool,
}

impl PsuModel {
    pub(in crate::sim::twin) fn new(all: &TwinParameters) -> Self {
        let (p, w) = (&all.psu, &all.psu_wave);
        let InputParameters { stop_v, stop_s, start_v, start_s } = all.restart.input;
        Self {
            rated_w: p.rated_power_w,
            conductance_s: p.full_current_a / p.droop_v,
            slope_ohm: p.droop_v / p.full_current_a,
            current_limit_a: p.current_limit_a,
            slow_trip_w: p.slow_trip_w,
            slow_trip: ticks(p.slow_trip_s),
            fast_trip_w: p.fast_trip_w,
            fast_trip: ticks(p.fast_trip_s),
            over_voltage_v: p.over_voltage_v,
            over_voltage: ticks(p.over_voltage_s),
            retry: ticks(p.retry_s),
            retries: p.retries,
            start_rise_v: p.start_slew_v_per_s * STEP_S,
            set_slew_v: p.setpoint_slew_v_per_s * STEP_S,
            walk_rise_v: w.walk_in_slew_v_per_s * STEP_S,
            drop_v: p.drop_v,
            drop_slew_v: p.drop_slew_v_per_s * STEP_S,
            hold_up_j: p.hold_up_j,
            drop_j: p.hold_up_j * p.drop_share,
            rise_j: p.hold_up_j * w.rise_share,
            reserve_j: p.hold_up_j * w.reserve_share,
            refill_to_j: p.hold_up_j * w.refill_share,
            refill_w: p.bulk_refill_w,
            loss_fixed_w: p.loss_fixed_w,
            loss_linear: p.loss_linear,
            loss_square_per_w: p.loss_square_per_w,
            rated_input_a: all.rated_input_a(),
            peak_input_a: w.peak_input_a,
            full_power_v: w.full_power_v,
            derate: STEP_S / w.derate_tau_s,
            follow: STEP_S / w.follow_tau_s,
            bulk_follow: STEP_S / w.bulk_filter_s,
            bulk_gain: w.bulk_gain_per_s,
            controller_w: w.controller_w,
            relieved_v: all.bbu.trigger_v,
            hand_over: ticks(w.hand_over_s),
            stop_v,
            stop: ticks(stop_s).max(1),
            start_v,
            start: ticks(start_s).max(1),
            resumes: all.restart.resumes,
            ac_over_v: p.ac_over_v,
            ac_over: ticks(p.ac_over_s),
            ac_far_over_v: p.ac_far_over_v,
            ac_far_over: ticks(p.ac_far_over_s),
            ac_max_v: p.ac_max_v,
            ready_s: p.ready_s,
            unit_delay_s: match all.restart.delay {
                StartDelay::EachUnit(longest) => longest,
                StartDelay::OneForShelf => 0.0,
            },
            charge_before: ticks(w.charge_before_s),
            ac_loss_line: all.ac_loss_line,
        }
    }

    /// Conductance of the droop line in S.
    pub(in crate::sim::twin) fn conductance_s(&self) -> f64 {
        self.conductance_s
    }

    /// Loss in W at an output power in W.
    pub(super) fn loss_w(&self, output_w: f64) -> f64 {
        self.loss_fixed_w + output_w * (self.loss_linear + self.loss_square_per_w * output_w)
    }
}
