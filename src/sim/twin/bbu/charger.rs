//! The charger of a BBU: delay, trickle, constant current, constant voltage, end; by the base rule, by today's
//! override, or staged (MOD-11).

use super::BbuModel;
use super::armed::Plan;
use crate::sim::twin::SLOW_S;
use crate::sim::twin::pack::Pack;

/// Stage of the charger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChargeStage {
    /// Nothing to do.
    #[default]
    Idle,
    /// Waits after a discharge.
    Delay,
    /// Told not to charge.
    Held,
    /// Small current into a pack that is nearly empty.
    Trickle,
    /// Constant current.
    ConstantCurrent,
    /// Constant voltage, the current falls.
    ConstantVoltage,
}

/// The charger.
#[derive(Debug, Clone)]
pub(in crate::sim::twin) struct Charger {
    pub(in crate::sim::twin) stage: ChargeStage,
    /// Whether the pack is not full and charging goes on when it may.
    wanted: bool,
    /// Milliseconds of delay that are left.
    delay: u32,
    /// Limit along the slope, in W.
    slope_w: f64,
    /// Energy given to the bus since the pack was full, in J.
    out_j: f64,
    /// Power from the bus, in W.
    pub(in crate::sim::twin) input_w: f64,
    pub(in crate::sim::twin) loss_w: f64,
}

impl Charger {
    pub(super) fn new(m: &BbuModel, soc: f64) -> Self {
        Self {
            stage: ChargeStage::Idle,
            wanted: soc < m.recharge_below,
            delay: 0,
            slope_w: 0.0,
            out_j: 0.0,
            input_w: 0.0,
            loss_w: 0.0,
        }
    }

    /// Stops at once; what is left to charge stays wanted.
    pub(super) fn stop(&mut self) {
        self.rest(ChargeStage::Idle);
    }

    fn rest(&mut self, stage: ChargeStage) {
        self.stage = stage;
        self.slope_w = 0.0;
        self.input_w = 0.0;
        self.loss_w = 0.0;
    }

    /// A discharge ended.
    pub(super) fn delay(&mut self, m: &BbuModel) {
        self.delay = m.charge_delay;
        self.wanted = true;
    }

    /// Energy given to the bus.
    pub(super) fn count_out(&mut self, energy_j: f64) {
        self.out_j += energy_j;
    }

    /// Charge current by the base rule, in A.
    fn automatic_a(&self, m: &BbuModel) -> f64 {
        if self.out_j < m.charge_threshold_j { m.charge_auto_a.0 } else { m.charge_auto_a.1 }
    }

    /// Decides for the next millisecond. Returns the current into the pack in A.
    pub(super) fn slow(&mut self, m: &BbuModel, pack: &Pack, plan: Plan, may: bool) -> f64 {
        self.delay = self.delay.saturating_sub(1);
        self.wanted |= pack.soc < m.recharge_below;
        if !may {
            self.rest(ChargeStage::Idle);
            return 0.0;
        }
        if !self.wanted {
            self.rest(ChargeStage::Idle);
            return 0.0;
        }
        // The staged recharge is timed by who arms it; everything else waits for the base delay.
        if self.delay > 0 && !matches!(plan, Plan::Limited { .. } | Plan::Hold) {
            self.rest(ChargeStage::Delay);
            return 0.0;
        }
        let (most_a, most_w) = match plan {
            Plan::Base => (self.automatic_a(m), f64::INFINITY),
            Plan::Hold => (0.0, 0.0),
            Plan::Override { w } => (m.charge_max_a, w),
            Plan::Limited { w, w_per_s } => {
                self.slope_w = (self.slope_w + w_per_s * SLOW_S).min(w);
                (m.charge_max_a, self.slope_w)
            }
        };
        if most_w <= 0.0 {
            self.rest(ChargeStage::Held);
            return 0.0;
        }
        // What is left for the pack when the charger has fed itself.
        let pack_w = (most_w - m.charger_fixed_w) * m.charger_efficiency;
        let voltage_v = pack.voltage_v(&m.pack).max(1.0);
        let told_a = most_a.min((pack_w / voltage_v).max(0.0));
        let current_a = pack.charge_current(&m.pack, told_a, m.trickle_a);
        let (terminal_v, cause) = (pack.voltage_at(&m.pack, -current_a), current_a < told_a);
        self.stage = match cause {
            true if current_a <= m.trickle_a && terminal_v < m.pack.trickle_v() => ChargeStage::Trickle,
            true => ChargeStage::ConstantVoltage,
            false => ChargeStage::ConstantCurrent,
        };
        if self.stage == ChargeStage::ConstantVoltage && current_a < m.charge_end_a {
            self.wanted = pack.soc < m.recharge_below;
            self.out_j = 0.0;
            self.rest(ChargeStage::Idle);
            return 0.0;
        }
        let into_w = current_a * terminal_v;
        // Below its own need the charger waits for the slope.
        self.input_w = if current_a > 0.0 { m.charger_fixed_w + into_w / m.charger_efficiency } else { 0.0 };
        self.loss_w = self.input_w - into_w;
        current_a
    }
}
