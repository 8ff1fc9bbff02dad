//! One BBU: trigger, commands, discharge line, limits. The charger is in [`charger`].

mod armed;
mod charger;
pub use charger::ChargeStage;
mod model;

use crate::control::orchestrator::io::BbuArmed;

use armed::{Armed, Command};
pub(super) use model::BbuModel;

use super::SLOW_S;
use super::pack::Pack;
use charger::Charger;

/// State of a BBU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BbuState {
    /// Not in its slot.
    Absent,
    /// Failed.
    Failed,
    /// Ready; gives nothing.
    #[default]
    Standby,
    /// Triggered or commanded; the output comes within 2 ms.
    Starting,
    /// Its output is on.
    Supporting,
    /// Stopped: empty, or on for as long as it may. Armed again when the bus has recovered.
    Spent,
}

/// Why a BBU supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SupportCause {
    /// It does not.
    #[default]
    None,
    /// Its own trigger: the bus in v3, the AC_LOSS line in HPR.
    Trigger,
    /// A commanded power (MOD-10).
    Power,
    /// A commanded bus voltage (MOD-10).
    Voltage,
}

/// A BBU.
#[derive(Debug, Clone)]
pub(super) struct Bbu {
    pub(super) state: BbuState,
    pub(super) cause: SupportCause,
    block: bool,
    armed: Armed,
    pub(super) pack: Pack,
    pub(super) charger: Charger,
    below: u32,
    left: u32,
    quiet: u32,
    lasted: u32,
    /// Energy above the rated power that it may still give, in J.
    peak_left_j: f64,
    /// Output power that the converter and the pack allow, in W.
    limit_w: f64,
    /// Share of the support among the units.
    share: f64,
    pub(super) output_a: f64,
    pub(super) output_w: f64,
    /// Energy from or to the pack since its last step, at its terminals, in J.
    pack_j: f64,
    pub(super) loss_w: f64,
    pub(super) supports: u32,
}

/// What a BBU sees besides the bus.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wires {
    /// The AC_LOSS line of the shelf (HPR).
    pub(super) ac_loss: bool,
    /// The support line of the gateway.
    pub(super) support: bool,
}

impl Bbu {
    pub(super) fn new(m: &BbuModel, soc: f64, ambient_c: f64, present: bool, block: bool) -> Self {
        let pack = Pack::new(&m.pack, soc, ambient_c);
        let mut bbu = Self {
            state: if present { BbuState::Standby } else { BbuState::Absent },
            cause: SupportCause::None,
            block,
            armed: Armed::BASE,
            charger: Charger::new(m, soc),
            pack,
            below: 0,
            left: 0,
            quiet: 0,
            lasted: 0,
            peak_left_j: m.peak_j,
            limit_w: 0.0,
            share: 1.0,
            output_a: 0.0,
            output_w: 0.0,
            pack_j: 0.0,
            loss_w: 0.0,
            supports: 0,
        };
        bbu.limit_w = bbu.find_limit_w(m);
        bbu
    }

    fn works(&self) -> bool {
        !matches!(self.state, BbuState::Absent | BbuState::Failed)
    }

    /// Takes over settings; without the block only what today's registers can do. Starts the timer anew.
    pub(super) fn arm(&mut self, armed: &BbuArmed) {
        if self.works() {
            self.armed = Armed::from(armed, self.block);
        }
    }

    /// Steps until the settings fall back.
    pub(super) fn armed_left(&self) -> u32 {
        self.armed.left
    }

    pub(super) fn fail(&mut self) {
        if self.state != BbuState::Absent {
            self.state = BbuState::Failed;
            self.stop();
            self.charger.stop();
        }
    }

    /// A failed unit is replaced by one with the same charge.
    pub(super) fn repair(&mut self) {
        if self.state == BbuState::Failed {
            self.state = BbuState::Standby;
            self.armed = Armed::BASE;
            (self.below, self.quiet) = (0, 0);
        }
    }

    fn stop(&mut self) {
        self.cause = SupportCause::None;
        self.output_a = 0.0;
        self.output_w = 0.0;
        self.loss_w = 0.0;
    }

    /// Why it should support now; its own trigger stays whatever is commanded.
    fn asked(&self, m: &BbuModel, bus_v: f64, wires: Wires) -> SupportCause {
        let own = if m.bus_trigger { self.below >= m.trigger } else { wires.ac_loss || wires.support };
        match self.armed.support {
            Command::Power { w } if w > 0.0 => SupportCause::Power,
            Command::Voltage { v, .. } if wires.support || bus_v < v => SupportCause::Voltage,
            _ if own => SupportCause::Trigger,
            _ => SupportCause::None,
        }
    }

    /// Trigger, start, leave rule. Once a step, before the laws.
    pub(super) fn watch(&mut self, m: &BbuModel, bus_v: f64, wires: Wires) {
        if !self.works() {
            return;
        }
        self.armed.tick();
        let low = bus_v < m.trigger_v;
        self.below = if low { self.below.saturating_add(1) } else { 0 };
        let asked = self.asked(m, bus_v, wires);
        match self.state {
            BbuState::Standby if asked != SupportCause::None && self.limit_w > 0.0 => {
                self.charger.stop();
                self.cause = asked;
                self.left = m.start;
                self.state = BbuState::Starting;
            }
            BbuState::Starting if self.left > 1 => self.left -= 1,
            BbuState::Starting => {
                self.state = BbuState::Supporting;
                self.supports = self.supports.saturating_add(1);
                (self.quiet, self.lasted) = (0, 0);
            }
            BbuState::Supporting => {
                if asked != SupportCause::None {
                    self.cause = asked;
                }
                self.watch_end(m, low, asked);
            }
            BbuState::Spent => {
                self.quiet = if low { 0 } else { self.quiet.saturating_add(1) };
                if self.quiet >= m.leave && asked == SupportCause::None {
                    self.state = BbuState::Standby;
                }
            }
            _ => {}
        }
    }

    fn watch_end(&mut self, m: &BbuModel, low: bool, asked: SupportCause) {
        let idle = self.output_a < m.leave_a;
        // Time without current is no backup time.
        self.lasted = if idle { self.lasted } else { self.lasted.saturating_add(1) };
        let done = idle && !low && asked == SupportCause::None;
        self.quiet = if done { self.quiet.saturating_add(1) } else { 0 };
        if self.limit_w <= 0.0 || self.lasted >= m.longest {
            self.state = BbuState::Spent;
            self.quiet = 0;
        } else if self.quiet >= m.leave {
            self.state = BbuState::Standby;
        } else {
            return;
        }
        self.stop();
        self.charger.delay(m);
    }

    /// The law of this step: voltage without load in V, conductance in S, least and most current in A.
    pub(super) fn law(&self, m: &BbuModel, bus_v: f64, per_v: f64) -> (f64, f64, f64, f64) {
        if self.state != BbuState::Supporting {
            return (0.0, 0.0, 0.0, 0.0);
        }
        let conductance_s = m.conductance_s * self.share;
        let most_a = self.limit_w * per_v;
        match (self.cause, self.armed.support) {
            (SupportCause::Power, Command::Power { w }) => {
                // The base line stays in force below; above the ceiling nothing is pushed.
                let pushed_a = (w * per_v).min(((m.ceiling_v - bus_v) * m.conductance_s).max(0.0));
                (m.no_load_v, conductance_s, pushed_a.min(most_a), most_a)
            }
            (_, Command::Voltage { v, most_w }) => {
                // Its own trigger stays: below the base line it gives what it can.
                let base_a = ((m.no_load_v - bus_v) * conductance_s).max(0.0);
                (v, conductance_s, 0.0, most_a.min((most_w * per_v).max(base_a)))
            }
            _ => (m.no_load_v, conductance_s, 0.0, most_a),
        }
    }

    /// Takes over the operating point of the step.
    pub(super) fn settle(&mut self, m: &BbuModel, current_a: f64, bus_v: f64) {
        self.output_a = current_a;
        self.output_w = current_a * bus_v;
        if self.output_w > 0.0 {
            let pack_w = self.output_w / m.efficiency;
            self.loss_w = pack_w - self.output_w;
            self.pack_j += BbuModel::step_j(pack_w);
            let above_w = self.output_w - m.rated_w;
            self.peak_left_j = (self.peak_left_j - BbuModel::step_j(above_w)).clamp(0.0, m.peak_j);
        } else if self.state == BbuState::Supporting {
            self.loss_w = 0.0;
        }
    }

    /// What changes slowly: pack, limits, share, charger. Every millisecond.
    pub(super) fn slow(&mut self, m: &BbuModel, bus_v: f64) {
        if !self.works() {
            self.pack.advance(&m.pack, 0.0);
            return;
        }
        let resting = self.state == BbuState::Standby;
        let charge_a = self.charger.slow(m, &self.pack, self.armed.recharge, resting && bus_v > m.trigger_v);
        if self.pack_j > 0.0 {
            let power_w = self.pack_j / SLOW_S;
            let current_a = self.pack.current_for(&m.pack, power_w);
            self.pack.advance(&m.pack, current_a);
            self.charger.count_out(self.pack_j * m.efficiency);
            self.pack_j = 0.0;
        } else {
            self.pack.advance(&m.pack, -charge_a);
            if resting {
                self.peak_left_j = (self.peak_left_j + m.rated_w * SLOW_S).min(m.peak_j);
            }
        }
        if resting {
            self.loss_w = self.charger.loss_w;
        }
        self.limit_w = self.find_limit_w(m);
        self.share = self.armed.share.map_or(1.0, |(reference, gain)| {
            // A unit without a share still holds its line a little, so that a lone unit is not lost.
            (1.0 + gain * (self.pack.soc - reference)).clamp(0.0, 4.0)
        });
    }

    fn find_limit_w(&self, m: &BbuModel) -> f64 {
        let converter_w = if self.peak_left_j > 0.0 { m.peak_w } else { m.rated_w };
        converter_w.min(self.pack.available_w(&m.pack) * m.efficiency)
    }

    /// Power that it can give from now on, in W.
    pub(super) fn available_w(&self, m: &BbuModel) -> f64 {
        match self.state {
            BbuState::Standby | BbuState::Starting | BbuState::Supporting => self.limit_w.min(m.rated_w),
            _ => 0.0,
        }
    }

    /// Energy in the pack in J, less what was given since its last step.
    pub(super) fn stored_j(&self, m: &BbuModel) -> f64 {
        self.pack.stored_j(&m.pack) - self.pack_j
    }

    /// Energy in J that reaches the bus at rated power.
    pub(super) fn energy_j(&self, m: &BbuModel) -> f64 {
        if self.available_w(m) <= 0.0 {
            return 0.0;
        }
        self.pack.deliverable_j(&m.pack, m.rated_w / m.efficiency) * m.efficiency
    }
}
