//! What follows from the parameters of a BBU, once for the rack.

use crate::sim::twin::pack::PackModel;
use crate::sim::twin::parameters::TwinParameters;
use crate::sim::twin::{SLOW_S, SLOW_STEPS, STEP_S, ticks};

/// Figures of a BBU per step.
#[derive(Debug, Clone)]
pub(in crate::sim::twin) struct BbuModel {
    pub(super) pack: PackModel,
    pub(super) no_load_v: f64,
    pub(super) conductance_s: f64,
    pub(super) rated_w: f64,
    pub(super) peak_w: f64,
    /// Energy above the rated power that a rested unit gives, in J.
    pub(super) peak_j: f64,
    pub(super) trigger_v: f64,
    pub(super) trigger: u32,
    pub(super) bus_trigger: bool,
    pub(super) start: u32,
    pub(super) leave_a: f64,
    pub(super) leave: u32,
    pub(super) longest: u32,
    pub(super) ceiling_v: f64,
    pub(super) efficiency: f64,
    pub(super) charge_delay: u32,
    pub(super) charge_threshold_j: f64,
    pub(super) charge_auto_a: (f64, f64),
    pub(super) charge_max_a: f64,
    pub(super) charge_end_a: f64,
    pub(super) charger_fixed_w: f64,
    pub(super) charger_efficiency: f64,
    pub(super) recharge_below: f64,
    pub(super) trickle_a: f64,
}

impl BbuModel {
    pub(in crate::sim::twin) fn new(all: &TwinParameters) -> Self {
        let (p, w) = (&all.bbu, &all.bbu_wave);
        Self {
            pack: PackModel::new(p, w, SLOW_S),
            no_load_v: p.no_load_v,
            conductance_s: p.full_current_a / p.droop_v,
            rated_w: p.rated_power_w,
            peak_w: w.peak_w,
            peak_j: (w.peak_w - p.rated_power_w) * w.peak_s,
            trigger_v: p.trigger_v,
            trigger: ticks(p.trigger_s).max(1),
            bus_trigger: !all.ac_loss_line,
            start: ticks(p.start_s).max(1),
            leave_a: p.leave_a,
            leave: ticks(p.leave_s).max(1),
            longest: ticks(f64::from(p.discharge_limit_s)),
            ceiling_v: w.command_ceiling_v,
            efficiency: p.discharge_efficiency,
            charge_delay: ticks(f64::from(p.charge_delay_s)) / SLOW_STEPS,
            charge_threshold_j: p.charge_threshold_j,
            charge_auto_a: p.charge_auto_a,
            charge_max_a: p.charge_max_a,
            charge_end_a: p.charge_end_a,
            charger_fixed_w: p.charger_fixed_w,
            charger_efficiency: p.charger_efficiency,
            recharge_below: p.recharge_below,
            trickle_a: w.trickle_a,
        }
    }

    /// The model of the pack.
    pub(in crate::sim::twin) fn pack(&self) -> &PackModel {
        &self.pack
    }

    /// Energy of a step at a power.
    pub(super) fn step_j(power_w: f64) -> f64 {
        power_w * STEP_S
    }
}
