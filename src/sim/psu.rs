//! One power supply unit: AC input, bulk capacitor, start, output line, trips, losses, temperatures.

mod derived;

use super::busbar::Source;
use super::clock::{MS, Ns, ns, seconds, slew};
use super::controls::{Clock, PsuControls};
use super::parameters::PsuParameters;
use super::rng::Rng;

/// The output stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// Off: no AC, or held off.
    Off,
    /// AC is good; ready after `left`.
    Starting { left: Ns },
    /// Waits for the common start of the shelf.
    Ready,
    /// On.
    On,
    /// Switched off by a command or a trip; tries again after `left`.
    Resting { left: Ns },
    /// Switched off by a trip until faults are cleared or AC is cycled.
    Latched,
}

/// Why a PSU switched its output off. Kept until cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Trips {
    pub(super) over_current: bool,
    pub(super) over_voltage: bool,
}

/// A PSU.
#[derive(Debug, Clone)]
pub(super) struct Psu {
    pub(super) parameters: PsuParameters,
    pub(super) controls: PsuControls,
    pub(super) present: bool,
    pub(super) boot: Ns,
    pub(super) output: Output,
    /// Whether the input stage runs (AC inside its limits, with hysteresis).
    pub(super) ac_ok: bool,
    pub(super) trips: Trips,
    tries: u8,
    ac_over: Ns,
    ac_far_over: Ns,
    slow_trip: Ns,
    fast_trip: Ns,
    over_voltage: Ns,
    /// Deviation of the set voltage with and without active sharing, in V.
    offset_v: (f64, f64),
    /// Set voltage as it follows the setpoint, in V.
    set_v: f64,
    /// Fall of the output after half of the hold-up, in V.
    fallen_v: f64,
    /// Ceiling of the output while it starts, in V.
    ceiling_v: f64,
    pub(super) bulk_j: f64,
    pub(super) output_a: f64,
    pub(super) output_w: f64,
    pub(super) loss_w: f64,
    /// Power into the bulk capacitor; negative while it holds the output up.
    pub(super) bulk_w: f64,
    pub(super) input_w: f64,
    pub(super) inlet_c: f64,
    pub(super) outlet_c: f64,
    pub(super) max_c: f64,
    pub(super) min_c: f64,
    pub(super) fan_rpm: f64,
    pub(super) up: Ns,
    pub(super) since_on: Ns,
    pub(super) ac_outages: u32,
    pub(super) ac_returns: u32,
    pub(super) faults: u32,
    /// Time of the last power cycle command, as the clock of the unit showed it.
    pub(super) cycled_at_s: u32,
}

impl Psu {
    /// A PSU that is on and has been for a while.
    pub(super) fn new(p: &PsuParameters, offset_v: (f64, f64), ambient_c: f64, clock: Clock) -> Self {
        Self {
            controls: PsuControls::new(p, clock),
            present: true,
            boot: 0,
            output: Output::On,
            ac_ok: true,
            trips: Trips::default(),
            tries: 0,
            ac_over: 0,
            ac_far_over: 0,
            slow_trip: 0,
            fast_trip: 0,
            over_voltage: 0,
            offset_v,
            set_v: p.no_load_v,
            fallen_v: 0.0,
            ceiling_v: f64::INFINITY,
            bulk_j: p.hold_up_j,
            output_a: 0.0,
            output_w: 0.0,
            loss_w: 0.0,
            bulk_w: 0.0,
            input_w: 0.0,
            inlet_c: ambient_c,
            outlet_c: ambient_c,
            max_c: ambient_c,
            min_c: ambient_c,
            fan_rpm: p.fan_rpm.0,
            up: 0,
            since_on: 0,
            ac_outages: 0,
            ac_returns: 0,
            faults: 0,
            cycled_at_s: 0,
            parameters: p.clone(),
        }
    }

    /// Whether it answers Modbus: its controller lives from AC or from the bus.
    pub(super) fn answers(&self, bus_v: f64) -> bool {
        self.present && self.boot == 0 && (self.ac_ok || bus_v >= self.parameters.live_bus_v)
    }

    /// Takes the unit out.
    pub(super) fn remove(&mut self) {
        self.present = false;
        self.stop(Output::Off);
        self.bulk_j = 0.0;
        self.ac_ok = false;
        self.fan_rpm = 0.0;
    }

    /// Puts the unit in. Its controller boots, settings are back at their defaults, then it starts.
    pub(super) fn insert(&mut self, now: Ns) {
        if !self.present {
            let clock = Clock::set(0, now);
            let parameters = self.parameters.clone();
            let (inlet_c, offset_v) = (self.inlet_c, self.offset_v);
            *self = Self::new(&parameters, offset_v, inlet_c, clock);
            self.boot = ns(parameters.boot_s);
            self.remove();
            self.present = true;
        }
    }

    fn stop(&mut self, output: Output) {
        self.output = output;
        self.output_a = 0.0;
        self.output_w = 0.0;
        self.bulk_w = 0.0;
        self.input_w = 0.0;
        self.loss_w = 0.0;
        self.since_on = 0;
        self.slow_trip = 0;
        self.fast_trip = 0;
        self.over_voltage = 0;
    }

    /// The 5 s power cycle command.
    pub(super) fn power_cycle(&mut self, now: Ns) {
        self.stop(Output::Resting { left: ns(self.parameters.power_cycle_s) });
        self.cycled_at_s = self.controls.clock.read(now);
    }

    /// Switches the output by command: off until it is switched on again, then as after AC loss.
    pub(super) fn switch(&mut self, on: bool) {
        match self.output {
            Output::Resting { .. } if on && self.switched_off() => self.output = Output::Off,
            // A latched unit is off already, and stays latched.
            Output::Latched => {}
            _ if !on => self.stop(Output::Resting { left: Ns::MAX }),
            _ => {}
        }
    }

    /// Whether a command switched the output off. No rest of another cause takes years.
    pub(super) fn switched_off(&self) -> bool {
        matches!(self.output, Output::Resting { left } if left > Ns::MAX / 2)
    }

    /// The clear faults command; a latched unit may start again.
    pub(super) fn clear_faults(&mut self) {
        self.trips = Trips::default();
        self.tries = 0;
        if self.output == Output::Latched {
            self.output = Output::Off;
        }
    }

    /// Begins the common start: every ready unit ramps up.
    pub(super) fn start(&mut self) {
        self.output = Output::On;
        self.ceiling_v = 0.0;
        self.set_v = self.controls.setpoint_v();
        self.fallen_v = 0.0;
    }

    fn line_v(&self) -> f64 {
        let offset = if self.controls.active_share() { self.offset_v.0 } else { self.offset_v.1 };
        (self.set_v + offset - self.fallen_v).min(self.ceiling_v)
    }

    /// The unit as a source of the busbar, if its output is on.
    pub(super) fn source(&self, ac_v: f64) -> Option<Source> {
        let p = &self.parameters;
        let derated = self.ac_ok && ac_v < p.ac_derate_v;
        let max_a = if derated { p.full_current_a * ac_v / p.ac_derate_v } else { p.current_limit_a };
        (self.output == Output::On).then(|| Source {
            no_load_v: self.line_v(),
            slope_ohm: p.droop_v / p.full_current_a,
            max_a,
            max_w: f64::INFINITY,
        })
    }

    /// Takes over the operating point of the step.
    pub(super) fn settle(&mut self, bus_v: f64, output_a: f64) {
        let p = &self.parameters;
        self.output_a = output_a;
        self.output_w = output_a * bus_v;
        if self.ac_ok {
            let out = self.output_w;
            self.loss_w = p.loss_fixed_w + p.loss_linear * out + p.loss_square_per_w * out * out;
            self.bulk_w = if self.bulk_j < p.hold_up_j { p.bulk_refill_w } else { 0.0 };
            self.input_w = out + self.loss_w + self.bulk_w;
        } else {
            // The hold-up energy is counted at the output: its conversion loss is inside the figure.
            // Without load the standby loss still drains it.
            self.input_w = 0.0;
            let drained = if self.bulk_j > 0.0 { self.output_w.max(p.loss_fixed_w) } else { self.output_w };
            self.loss_w = drained - self.output_w;
            self.bulk_w = -drained;
        }
    }

    /// Longest step that meets the next event of the unit.
    pub(super) fn quiet_for(&self, ac_v: f64) -> Ns {
        if !self.present {
            return Ns::MAX;
        }
        let p = &self.parameters;
        let half = p.hold_up_j * p.drop_share;
        if self.bulk_w < 0.0 {
            // Exactly to the fall of the output, then exactly to the end.
            let to = if self.bulk_j > half { self.bulk_j - half } else { self.bulk_j };
            return ns(to / -self.bulk_w).clamp(1, MS);
        }
        if self.bulk_w > 0.0 {
            return ns((p.hold_up_j - self.bulk_j) / self.bulk_w).clamp(1, MS);
        }
        let moving = self.output == Output::On
            && (self.set_v != self.controls.setpoint_v()
                || self.fallen_v > 0.0
                || self.ceiling_v.is_finite());
        let timing = self.slow_trip > 0
            || self.fast_trip > 0
            || self.over_voltage > 0
            || (self.ac_ok && ac_v > self.ac_over_v());
        let next = match self.output {
            Output::Starting { left } | Output::Resting { left } => left.max(1),
            _ if moving || timing || self.output_w > p.slow_trip_w => MS,
            _ => Ns::MAX,
        };
        if self.boot > 0 { next.min(self.boot) } else { next }
    }

    /// Advances timers and stored quantities by `dt`.
    pub(super) fn advance(&mut self, dt: Ns, ac_v: f64, bus_v: f64, ambient_c: f64, rng: &mut Rng) {
        self.warm(dt, ambient_c);
        if !self.present {
            return;
        }
        let dt_s = seconds(dt);
        self.boot = self.boot.saturating_sub(dt);
        self.up += dt;
        self.bulk_j = (self.bulk_j + self.bulk_w * dt_s).max(0.0).min(self.parameters.hold_up_j);
        // Steps end on whole nanoseconds: what is left below 1 uJ is the rounding.
        if self.bulk_w < 0.0 && self.bulk_j < 1e-6 {
            self.bulk_j = 0.0;
        } else if self.bulk_w > 0.0 && self.parameters.hold_up_j - self.bulk_j < 1e-6 {
            self.bulk_j = self.parameters.hold_up_j;
        }
        self.watch_ac(dt, ac_v);
        self.follow(dt_s);
        self.advance_output(dt, rng);
        self.watch_output(dt, bus_v);
    }

    /// Applies a change of the AC voltage that acts at once (a fall below the lock-out).
    pub(super) fn ac_changed(&mut self, ac_v: f64) {
        if self.present && self.ac_ok && ac_v < self.controls.vin_min_v {
            self.lose_ac();
        }
    }

    /// AC voltage of the slow over-voltage trip: as far above the highest voltage set as by default.
    fn ac_over_v(&self) -> f64 {
        self.controls.vin_max_v + (self.parameters.ac_over_v - self.parameters.ac_max_v)
    }

    fn lose_ac(&mut self) {
        self.ac_ok = false;
        self.ac_outages = self.ac_outages.saturating_add(1);
    }

    fn watch_ac(&mut self, dt: Ns, ac_v: f64) {
        let p = &self.parameters;
        self.ac_over = if ac_v > self.ac_over_v() { self.ac_over.saturating_add(dt) } else { 0 };
        self.ac_far_over = if ac_v > p.ac_far_over_v { self.ac_far_over.saturating_add(dt) } else { 0 };
        if self.ac_ok {
            let tripped = self.ac_over >= ns(p.ac_over_s) || self.ac_far_over >= ns(p.ac_far_over_s);
            if tripped || ac_v < self.controls.vin_min_v {
                self.lose_ac();
            }
        } else {
            let lowest = self.controls.vin_min_v + (p.ac_start_v - p.ac_stop_v);
            let highest = self.controls.vin_max_v;
            if self.boot == 0 && ac_v >= lowest && ac_v <= highest {
                self.ac_ok = true;
                self.ac_returns = self.ac_returns.saturating_add(1);
                // AC that came back clears a latch, as taking it away by hand would.
                if self.output == Output::Latched {
                    self.clear_faults();
                }
            }
        }
    }

    fn follow(&mut self, dt_s: f64) {
        let p = &self.parameters;
        self.set_v = slew(self.set_v, self.controls.setpoint_v(), p.setpoint_slew_v_per_s, dt_s);
        let low = !self.ac_ok && self.bulk_j <= p.hold_up_j * p.drop_share;
        let fall = if low { p.drop_v } else { 0.0 };
        self.fallen_v = slew(self.fallen_v, fall, p.drop_slew_v_per_s, dt_s);
        if self.ceiling_v.is_finite() {
            self.ceiling_v += p.start_slew_v_per_s * dt_s;
            if self.ceiling_v > self.set_v + p.level_spread_v {
                self.ceiling_v = f64::INFINITY;
            }
        }
    }

    fn advance_output(&mut self, dt: Ns, rng: &mut Rng) {
        match self.output {
            Output::On if !self.ac_ok && self.bulk_j <= 0.0 => self.stop(Output::Off),
            Output::On => self.since_on += dt,
            Output::Off if self.ac_ok && self.boot == 0 => {
                let (short, long) = self.parameters.ready_s;
                self.output = Output::Starting { left: ns(rng.uniform(short, long)) };
            }
            Output::Starting { .. } | Output::Ready if !self.ac_ok => self.output = Output::Off,
            Output::Starting { left } if left > dt => self.output = Output::Starting { left: left - dt },
            Output::Starting { .. } => self.output = Output::Ready,
            Output::Resting { left } if left > dt => self.output = Output::Resting { left: left - dt },
            Output::Resting { .. } => self.output = Output::Off,
            Output::Off | Output::Ready | Output::Latched => {}
        }
    }

    fn watch_output(&mut self, dt: Ns, bus_v: f64) {
        if self.output != Output::On {
            return;
        }
        let p = &self.parameters;
        let timed = |timer: Ns, hot: bool| if hot { timer.saturating_add(dt) } else { 0 };
        self.slow_trip = timed(self.slow_trip, self.output_w > p.slow_trip_w);
        self.fast_trip = timed(self.fast_trip, self.output_w > p.fast_trip_w);
        self.over_voltage = timed(self.over_voltage, bus_v > p.over_voltage_v && self.output_a > 0.0);
        let over_current = self.slow_trip >= ns(p.slow_trip_s) || self.fast_trip >= ns(p.fast_trip_s);
        let over_voltage = self.over_voltage >= ns(p.over_voltage_s);
        if over_current || over_voltage {
            self.trips.over_current |= over_current;
            self.trips.over_voltage |= over_voltage;
            self.faults = self.faults.saturating_add(1);
            self.tries = self.tries.saturating_add(1);
            let again = !over_voltage && self.tries <= p.retries;
            let rest = Output::Resting { left: ns(p.retry_s) };
            self.stop(if again { rest } else { Output::Latched });
        }
    }
}
