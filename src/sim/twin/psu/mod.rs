//! One PSU: input stage, bulk capacitor, output line, start, trips.

mod armed;
mod input;
mod model;
mod output;
mod phase;

use crate::control::orchestrator::io::PsuArmed;
use crate::sim::rng::Rng;

use armed::Armed;
pub(super) use armed::within;
pub(super) use model::PsuModel;
pub(super) use phase::{Phase, half_cycle};

use super::ticks;

/// State of the output of a PSU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PsuState {
    /// Not in its slot.
    Absent,
    /// Failed.
    Failed,
    /// Off: no AC input, or not asked to start yet.
    #[default]
    Off,
    /// Waits for its delay and gets ready.
    Starting,
    /// Waits for the common start.
    Ready,
    /// On.
    On,
    /// Off after a trip; tries again.
    Resting,
    /// Off after too many trips.
    Latched,
}

/// A PSU. What is counted in steps is an integer, so that timers do not drift.
#[derive(Debug, Clone)]
pub(super) struct Psu {
    pub(super) state: PsuState,
    block: bool,
    armed: Armed,
    /// Whether the power factor stage runs.
    pub(super) pfc: bool,
    /// Whether it runs below the voltage at which it would stop (MOD-06).
    pub(super) low: bool,
    low_for: u32,
    low_spent: bool,
    below: u32,
    above: u32,
    ac_over: u32,
    ac_far_over: u32,
    /// RMS input voltage as the derating sees it, in V.
    slow_rms_v: f64,
    pub(super) bulk_j: f64,
    bulk_slow_j: f64,
    /// Output power as the input stage follows it, in W.
    follow_w: f64,
    /// Power that the input stage delivers on average at the present voltage, in W.
    limit_w: f64,
    /// Power up to which it may deliver below the stop voltage, in W (MOD-06, MOD-07).
    low_level_w: f64,
    /// Power that it is told to deliver, in W.
    delivered_w: f64,
    /// Power into the bulk capacitor in this step, in W.
    into_bulk_w: f64,
    pub(super) input_w: f64,
    pub(super) input_a: f64,
    /// Sum of the input power since the last full cycle, and the mean over the cycle before, in W.
    input_sum_w: f64,
    pub(super) input_mean_w: f64,
    pub(super) loss_w: f64,
    /// Whether the hold-up is half used: the output fell (v3) or AC_LOSS is driven (HPR).
    pub(super) dropped: bool,
    dropped_for: u32,
    /// Whether it gives what it draws and no more: after the hand-over (MOD-06), and in a walk-in after it (MOD-07).
    pub(super) limited: bool,
    /// Whether the bus is so low that the BBUs carry what this unit does not.
    relieved: bool,
    relieved_for: u32,
    fallen_v: f64,
    setpoint_v: f64,
    set_v: f64,
    offset_v: f64,
    pub(super) share_v: f64,
    pub(super) trim_v: f64,
    ceiling_v: f64,
    /// Limit of a walk-in in W, if one is under way (MOD-07).
    walk_w: Option<f64>,
    /// Whether the hold line was driven in the last step.
    held: bool,
    /// Whether the limit of the walk-in is what it gave when the hold line came: nothing was handed over yet.
    latched: bool,
    most_a: f64,
    pub(super) output_a: f64,
    pub(super) output_w: f64,
    left: u32,
    /// Whether it starts without the others (MOD-05).
    alone: bool,
    slow_trip: u32,
    fast_trip: u32,
    over_voltage: u32,
    tries: u8,
    /// Restarts after a loss of the AC input.
    pub(super) restarts: u32,
    /// Whether it is told to drive the AC_LOSS line (HPR).
    ac_loss_forced: bool,
}

impl Psu {
    /// A PSU that has been on for a while. `offset_v` is its deviation without and with active sharing, in V.
    pub(super) fn new(
        m: &PsuModel,
        no_load_v: f64,
        offset_v: (f64, f64),
        present: bool,
        block: bool,
    ) -> Self {
        Self {
            state: if present { PsuState::On } else { PsuState::Absent },
            block,
            armed: Armed::BASE,
            pfc: present,
            low: false,
            low_for: 0,
            low_spent: false,
            below: 0,
            above: 0,
            ac_over: 0,
            ac_far_over: 0,
            slow_rms_v: m.full_power_v * 2.0,
            bulk_j: if present { m.hold_up_j } else { 0.0 },
            bulk_slow_j: m.hold_up_j,
            follow_w: 0.0,
            limit_w: m.rated_w,
            low_level_w: m.rated_w,
            delivered_w: 0.0,
            into_bulk_w: 0.0,
            input_w: 0.0,
            input_a: 0.0,
            input_sum_w: 0.0,
            input_mean_w: 0.0,
            loss_w: 0.0,
            dropped: false,
            dropped_for: 0,
            limited: false,
            relieved: false,
            relieved_for: 0,
            fallen_v: 0.0,
            setpoint_v: no_load_v,
            set_v: no_load_v,
            offset_v: offset_v.0,
            share_v: offset_v.1,
            // Sharing has settled.
            trim_v: offset_v.1 - offset_v.0,
            ceiling_v: f64::INFINITY,
            walk_w: None,
            held: false,
            latched: false,
            most_a: 0.0,
            output_a: 0.0,
            output_w: 0.0,
            left: 0,
            alone: false,
            slow_trip: 0,
            fast_trip: 0,
            over_voltage: 0,
            tries: 0,
            restarts: 0,
            ac_loss_forced: false,
        }
    }

    /// Takes over an output power as if it had lasted.
    pub(super) fn settle_at(&mut self, m: &PsuModel, output_w: f64, rms_v: f64) {
        if self.state == PsuState::On {
            self.follow_w = output_w;
            self.delivered_w = output_w;
            self.output_w = output_w;
            self.slow_rms_v = rms_v;
            self.input_mean_w = output_w + m.loss_w(output_w);
        }
    }

    /// Whether its controller has a supply: AC input, bulk capacitor, or the bus (MOD-04).
    pub(super) fn alive(&self, bus_v: f64) -> bool {
        self.pfc || self.bulk_j > 0.0 || self.armed.keep_alive_v.is_some_and(|least| bus_v >= least)
    }

    /// Whether it takes its controller supply from the bus.
    pub(super) fn bus_supply_w(&self, m: &PsuModel, bus_v: f64) -> f64 {
        let from_bus = !self.pfc
            && self.bulk_j <= 0.0
            && !matches!(self.state, PsuState::Absent | PsuState::Failed)
            && self.armed.keep_alive_v.is_some_and(|least| bus_v >= least);
        if from_bus { m.controller_w } else { 0.0 }
    }

    /// Whether it drives the AC_LOSS line (HPR).
    pub(super) fn ac_loss(&self, m: &PsuModel) -> bool {
        m.ac_loss_line
            && match self.state {
                _ if self.ac_loss_forced => true,
                PsuState::On => self.dropped || self.limited || !self.pfc && self.bulk_j <= m.drop_j,
                PsuState::Off => !self.pfc,
                _ => false,
            }
    }

    /// Whether it takes part in the active sharing: on, with its line where it belongs.
    pub(super) fn shares(&self) -> bool {
        self.state == PsuState::On
            && self.pfc
            && !self.low
            && !self.dropped
            && self.walk_w.is_none()
            && self.ceiling_v.is_infinite()
            && self.output_a < self.most_a
    }

    /// How far the output line has fallen for the hand-over, in V.
    pub(super) fn fallen_v(&self) -> f64 {
        self.fallen_v
    }

    /// Whether the common start waits for it.
    pub(super) fn is_getting_ready(&self) -> bool {
        self.state == PsuState::Starting && !self.alone
    }

    /// Takes over settings; ignored without the block. Each write starts the timer anew.
    pub(super) fn arm(&mut self, armed: &PsuArmed, bus_v: f64) {
        if self.block && self.answers(bus_v) {
            self.armed = Armed::from(armed);
        }
    }

    /// Takes over a setpoint of the output voltage (register 103 of today's map), while its controller has a supply.
    pub(super) fn set_point(&mut self, volts: f64, bus_v: f64) {
        if let Some(v) = within(volts, 46.0, 52.0).filter(|_| self.answers(bus_v)) {
            self.setpoint_v = v;
        }
    }

    /// Drives the AC_LOSS line, or not, because it is told to (bit 7 of register 94, HPR).
    pub(super) fn force_ac_loss(&mut self, forced: bool, bus_v: f64) {
        if self.answers(bus_v) {
            self.ac_loss_forced = forced;
        }
    }

    /// Whether a write reaches it.
    fn answers(&self, bus_v: f64) -> bool {
        !matches!(self.state, PsuState::Absent | PsuState::Failed) && self.alive(bus_v)
    }

    /// Whether settings of the block are in force.
    pub(super) fn armed_left(&self) -> u32 {
        self.armed.left
    }

    /// It fails: output and input stop at once.
    pub(super) fn fail(&mut self) {
        if self.state != PsuState::Absent {
            self.halt(PsuState::Failed);
            self.ac_loss_forced = false;
            self.pfc = false;
            self.bulk_j = 0.0;
            self.delivered_w = 0.0;
        }
    }

    /// A failed unit is replaced by a good one, which starts as its base specification says.
    pub(super) fn repair(&mut self) {
        if self.state == PsuState::Failed {
            self.halt(PsuState::Off);
            self.armed = Armed::BASE;
            self.tries = 0;
        }
    }

    /// The output stops.
    fn halt(&mut self, state: PsuState) {
        self.state = state;
        self.dropped = false;
        self.fallen_v = 0.0;
        self.end_walk();
        self.ceiling_v = f64::INFINITY;
        self.output_a = 0.0;
        self.output_w = 0.0;
        (self.slow_trip, self.fast_trip, self.over_voltage) = (0, 0, 0);
    }

    /// What has no hurry: settings, timers, the way back to on. Once a step, before the laws.
    pub(super) fn watch(&mut self, m: &PsuModel, rms_v: f64, bus_v: f64, rng: &mut Rng) {
        if matches!(self.state, PsuState::Absent | PsuState::Failed) {
            return;
        }
        self.armed.tick();
        if !self.alive(bus_v) {
            // A controller that lost its supply has forgotten what was armed: a cold boot.
            self.armed = Armed::BASE;
            self.ac_loss_forced = false;
        }
        self.watch_input(m, rms_v, bus_v);
        match self.state {
            PsuState::Off => self.consider_start(m, bus_v, rng),
            PsuState::Starting => self.count_down(m, rms_v, bus_v),
            PsuState::Ready if !self.pfc => self.halt(PsuState::Off),
            PsuState::Resting if self.left == 0 => self.halt(PsuState::Off),
            PsuState::Resting => self.left -= 1,
            PsuState::Latched if !self.pfc => {
                // AC that was gone clears a latch.
                self.tries = 0;
                self.halt(PsuState::Off);
            }
            _ => {}
        }
    }

    fn consider_start(&mut self, m: &PsuModel, bus_v: f64, rng: &mut Rng) {
        if self.above < m.start {
            return;
        }
        let warm = self.alive(bus_v);
        let fixed = self.armed.restart_delay.filter(|_| warm);
        self.alone = fixed.is_some();
        self.left = fixed.map_or_else(
            || {
                // A controller that stayed up is ready; only the delay is left.
                let ready = if warm { 0.0 } else { rng.uniform(m.ready_s.0, m.ready_s.1) };
                ticks(ready + rng.uniform(0.0, m.unit_delay_s))
            },
            |delay| delay.saturating_sub(m.start),
        );
        self.state = PsuState::Starting;
    }

    fn count_down(&mut self, m: &PsuModel, rms_v: f64, bus_v: f64) {
        let good = self.pfc || self.above > 0;
        if !good || rms_v > m.ac_far_over_v {
            self.halt(PsuState::Off);
            return;
        }
        self.left = self.left.saturating_sub(1);
        if self.left <= m.charge_before {
            self.pfc = true;
        }
        if self.left > 0 {
            return;
        }
        if !self.alone {
            self.state = PsuState::Ready;
        } else if self.bulk_j >= m.rise_j {
            self.start(m, bus_v);
        }
    }

    /// The output starts: in common (SYNC_START), or alone.
    pub(super) fn start(&mut self, m: &PsuModel, bus_v: f64) {
        self.halt(PsuState::On);
        self.restarts = self.restarts.saturating_add(1);
        self.set_v = self.setpoint_v;
        self.follow_w = 0.0;
        self.ceiling_v = 0.0;
        // What it does not give yet, somebody else gives: that is what it starts into.
        self.limited = true;
        self.begin_walk(m, 0.0, bus_v);
    }

    /// Whether the output still carries what it did: nothing was handed over, the bulk capacitor bridges.
    fn bridges(&self) -> bool {
        self.state == PsuState::On && !self.dropped && (!self.limited || self.latched)
    }

    /// The BBUs carry what it does not draw: from now on it gives what it draws.
    fn hand_over(&mut self) {
        self.limited = true;
        // Where the input is short that is the limit; elsewhere it stays what the unit gave.
        if self.latched && self.low {
            self.walk_w = None;
        }
        self.latched = false;
    }

    fn end_walk(&mut self) {
        self.walk_w = None;
        (self.limited, self.latched) = (false, false);
    }

    /// A walk-in begins, if one is armed: from `level_w` or the armed start, whichever is more.
    fn begin_walk(&mut self, m: &PsuModel, level_w: f64, bus_v: f64) {
        if let Some(walk) = self.armed.walk_in {
            self.latched = false;
            self.walk_w = Some((walk.start * m.rated_w).max(level_w));
            if self.limited {
                self.ceiling_v = bus_v;
            }
        } else {
            self.limited = false;
        }
    }

    /// Ends a full cycle of the AC input: `share` is one over the steps in it.
    pub(super) fn latch(&mut self, share: f64) {
        self.input_mean_w = self.input_sum_w * share;
        self.input_sum_w = 0.0;
    }

    /// Output power that it can give at the present input, in W.
    pub(super) fn available_w(&self, m: &PsuModel) -> f64 {
        if self.state == PsuState::On && self.pfc { self.limit_w.min(m.rated_w) } else { 0.0 }
    }
}
