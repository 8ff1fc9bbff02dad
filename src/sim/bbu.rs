//! One battery backup unit: trigger, discharge line, leave rule, charger, counters, temperatures.

use super::busbar::Source;
use super::clock::{MS, Ns, SECOND, ns, seconds, toward};
use super::controls::{BbuControls, Clock};
use super::pack::Pack;
use super::parameters::BbuParameters;
use super::rng::Rng;

/// The discharge path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Discharge {
    /// Output off; `below` counts the time below the trigger voltage.
    Off { below: Ns },
    /// Triggered; the output comes after `left`.
    Starting { left: Ns },
    /// Output on; `quiet` counts the time in which it could leave, `lasted` the discharge.
    On { quiet: Ns, lasted: Ns },
    /// Stopped by its time limit or an empty pack; armed again when the bus was above the trigger
    /// voltage for the leave time (`above` counts).
    Spent { above: Ns },
}

/// The charger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charge {
    /// Nothing to do.
    Idle,
    /// Waits after a discharge.
    Delay { left: Ns },
    /// Charges.
    On,
}

/// A BBU.
#[derive(Debug, Clone)]
pub(super) struct Bbu {
    pub(super) parameters: BbuParameters,
    pub(super) pack: Pack,
    pub(super) controls: BbuControls,
    pub(super) present: bool,
    /// Time until the controller answers.
    pub(super) boot: Ns,
    pub(super) discharge: Discharge,
    pub(super) charge: Charge,
    /// Output to the bus in A and W.
    pub(super) output_a: f64,
    pub(super) output_w: f64,
    /// Power taken from the bus by the charger in W.
    pub(super) charger_w: f64,
    /// Loss in converter and charger in W.
    pub(super) converter_loss_w: f64,
    /// Energy given to the bus since the pack was full, in J.
    pub(super) out_since_full_j: f64,
    /// Charge that left the pack since it was built, in Ah; counts the cycles.
    pub(super) throughput_ah: f64,
    pub(super) discharges: u32,
    pub(super) average_a: f64,
    pub(super) pack_c: f64,
    pub(super) buck_c: f64,
    pub(super) boost_c: f64,
    pub(super) fan_rpm: f64,
    pub(super) service: Ns,
    /// Bus voltage of the last step, as the unit sees it.
    pub(super) bus_v: f64,
}

impl Bbu {
    pub(super) fn new(
        parameters: &BbuParameters,
        soc: f64,
        ambient_c: f64,
        clock: Clock,
        rng: &mut Rng,
    ) -> Self {
        let soh = f64::from(parameters.soh_percent) / 100.0;
        let charge = if soc < parameters.recharge_below { Charge::On } else { Charge::Idle };
        Self {
            pack: Pack::new(&parameters.pack, soc, soh, rng),
            controls: BbuControls::new(parameters, clock),
            present: true,
            boot: 0,
            discharge: Discharge::Off { below: 0 },
            charge,
            output_a: 0.0,
            output_w: 0.0,
            charger_w: 0.0,
            converter_loss_w: 0.0,
            out_since_full_j: 0.0,
            throughput_ah: 0.0,
            discharges: 0,
            average_a: 0.0,
            pack_c: ambient_c,
            buck_c: ambient_c,
            boost_c: ambient_c,
            fan_rpm: parameters.fan_rpm.0,
            service: 0,
            bus_v: 0.0,
            parameters: parameters.clone(),
        }
    }

    /// Whether it answers Modbus (it lives from its own pack).
    pub(super) fn answers(&self) -> bool {
        self.present && self.boot == 0
    }

    /// Takes the module out: nothing flows, timers are lost, the charge in the pack stays.
    pub(super) fn remove(&mut self) {
        self.present = false;
        self.discharge = Discharge::Off { below: 0 };
        self.charge = Charge::Idle;
        self.rest();
        self.fan_rpm = 0.0;
    }

    /// Puts the module in. Its controller boots; settings are back at their defaults.
    pub(super) fn insert(&mut self, now: Ns) {
        if !self.present {
            self.present = true;
            self.boot = ns(self.parameters.boot_s);
            self.controls = BbuControls::new(&self.parameters, Clock::set(0, now));
        }
    }

    fn rest(&mut self) {
        self.pack.rest();
        self.output_a = 0.0;
        self.output_w = 0.0;
        self.charger_w = 0.0;
        self.converter_loss_w = 0.0;
    }

    /// Whether the output is on.
    pub(super) fn discharging(&self) -> bool {
        matches!(self.discharge, Discharge::On { .. })
    }

    /// Current that the charger is told, in A, before the voltage limit of the pack.
    pub(super) fn charge_current_a(&self) -> f64 {
        match self.controls.override_current_a() {
            Some(current) => current.min(self.parameters.charge_max_a),
            None => self.automatic_current_a(),
        }
    }

    /// Charge current by the energy that was given since the pack was full, in A.
    pub(super) fn automatic_current_a(&self) -> f64 {
        let (low, high) = self.parameters.charge_auto_a;
        if self.out_since_full_j < self.parameters.charge_threshold_j { low } else { high }
    }

    /// Time in s for which `pack_j` of pack energy carries the rated power; pack losses not counted.
    pub(super) fn backup_s(&self, pack_j: f64) -> f64 {
        pack_j * self.parameters.discharge_efficiency / self.parameters.rated_power_w
    }

    /// Whether the full pack no longer holds the end-of-life threshold at rated power.
    pub(super) fn end_of_life(&self) -> bool {
        self.backup_s(self.pack.full_j()) < f64::from(self.controls.eol_threshold(&self.parameters))
    }

    /// The clear fault command: a unit that stopped may discharge again.
    pub(super) fn clear_faults(&mut self) {
        if matches!(self.discharge, Discharge::Spent { .. }) {
            self.discharge = Discharge::Off { below: 0 };
        }
    }

    /// The unit as a source of the busbar, if its output is on.
    pub(super) fn source(&self) -> Option<Source> {
        let p = &self.parameters;
        self.discharging().then(|| Source {
            no_load_v: p.no_load_v,
            slope_ohm: p.droop_v / p.full_current_a,
            max_a: f64::INFINITY,
            max_w: p.rated_power_w.min(self.pack_limit_w()),
        })
    }

    /// Output power at which the first cell is empty, in W.
    fn pack_limit_w(&self) -> f64 {
        self.pack.available_w() * self.parameters.discharge_efficiency
    }

    /// The bus collapsed under its load: a module that its pack held below the rated power saw its
    /// cells go empty, and stops.
    pub(super) fn collapsed(&mut self) {
        if self.discharging() && self.pack_limit_w() < self.parameters.rated_power_w {
            self.charge = self.delay();
            self.discharge = Discharge::Spent { above: 0 };
            self.rest();
        }
    }

    /// Decides what the charger takes from the bus in this step, in W. `bus_v` is the bus voltage of
    /// the step before.
    pub(super) fn plan_charge(&mut self, bus_v: f64) -> f64 {
        self.charger_w = 0.0;
        let charging = self.answers()
            && self.charge == Charge::On
            && matches!(self.discharge, Discharge::Off { below: 0 })
            && bus_v > self.parameters.trigger_v;
        if charging {
            self.pack.charge(self.charge_current_a());
            let pack_w = self.pack.current_a() * self.pack.voltage_v();
            if pack_w > 0.0 {
                self.charger_w =
                    self.parameters.charger_fixed_w + pack_w / self.parameters.charger_efficiency;
            }
        } else {
            self.pack.rest();
        }
        self.charger_w
    }

    /// Takes over the operating point of the step. `fed` is false if the bus could not feed the charger.
    pub(super) fn settle(&mut self, bus_v: f64, output_a: f64, fed: bool) {
        self.bus_v = bus_v;
        self.output_a = output_a;
        self.output_w = output_a * bus_v;
        if self.discharging() {
            let pack_w = self.output_w / self.parameters.discharge_efficiency;
            self.pack.discharge(pack_w);
            self.converter_loss_w = pack_w - self.output_w;
        } else if fed {
            self.converter_loss_w = self.charger_w - self.pack.current_a() * self.pack.voltage_v();
        } else {
            self.rest();
        }
    }

    /// Longest step that keeps the timers exact.
    pub(super) fn quiet_for(&self) -> Ns {
        if !self.present {
            return Ns::MAX;
        }
        let low = self.bus_v < self.parameters.trigger_v;
        let discharge = match self.discharge {
            _ if self.boot > 0 => self.boot,
            Discharge::Off { below: 0 } if !low => Ns::MAX,
            Discharge::Off { .. } | Discharge::Starting { .. } => MS,
            // The leave rule times, the end of the pack, and the end of the time allowed.
            Discharge::Spent { .. } | Discharge::On { .. } if !low => 10 * MS,
            Discharge::On { .. } if self.pack.time_to_empty_s() < 0.2 => MS,
            // The voltage of a pack at high current moves: 100 ms keep its energy to 1e-5.
            Discharge::On { lasted, .. } => self.discharge_limit().saturating_sub(lasted).clamp(MS, 100 * MS),
            Discharge::Spent { .. } => Ns::MAX,
        };
        match self.charge {
            Charge::Delay { left } => discharge.min(left.max(1)),
            Charge::Idle | Charge::On => discharge,
        }
    }

    /// Advances timers and stored quantities by `dt`.
    pub(super) fn advance(&mut self, dt: Ns, ambient_c: f64) {
        self.warm(dt, ambient_c);
        if !self.present {
            return;
        }
        self.boot = self.boot.saturating_sub(dt);
        self.controls.advance(dt);
        let dt_s = seconds(dt);
        self.service += dt;
        self.out_since_full_j += self.output_w * dt_s;
        let discharge_a = (-self.pack.current_a()).max(0.0);
        self.throughput_ah += discharge_a * dt_s / 3600.0;
        self.average_a = toward(self.average_a, self.pack.current_a(), dt_s, 60.0);
        self.pack.advance(dt_s);
        self.advance_charge(dt);
        if self.boot == 0 {
            self.advance_discharge(dt);
        }
    }

    fn advance_discharge(&mut self, dt: Ns) {
        let p = &self.parameters;
        let low = self.bus_v < p.trigger_v;
        self.discharge = match self.discharge {
            Discharge::Off { below } if low => {
                if below + dt >= ns(p.trigger_s) {
                    Discharge::Starting { left: ns(p.start_s) }
                } else {
                    Discharge::Off { below: below + dt }
                }
            }
            Discharge::Off { .. } => Discharge::Off { below: 0 },
            Discharge::Starting { left } if left > dt => Discharge::Starting { left: left - dt },
            Discharge::Starting { .. } => {
                self.discharges = self.discharges.saturating_add(1);
                self.charge = Charge::Idle;
                Discharge::On { quiet: 0, lasted: 0 }
            }
            Discharge::On { quiet, lasted } => {
                // Time without current is no backup time.
                let lasted = if self.output_a < p.leave_a { lasted } else { lasted + dt };
                let quiet = if !low && self.output_a < p.leave_a { quiet + dt } else { 0 };
                let limit = self.discharge_limit();
                if self.pack_limit_w() <= self.output_w || lasted >= limit {
                    self.charge = self.delay();
                    Discharge::Spent { above: 0 }
                } else if quiet >= ns(p.leave_s) {
                    self.charge = self.delay();
                    Discharge::Off { below: 0 }
                } else {
                    Discharge::On { quiet, lasted }
                }
            }
            Discharge::Spent { above } if !low && above + dt >= ns(p.leave_s) => Discharge::Off { below: 0 },
            Discharge::Spent { above } => Discharge::Spent { above: if low { 0 } else { above + dt } },
        };
    }

    fn discharge_limit(&self) -> Ns {
        u64::from(self.controls.discharge_limit_s) * SECOND
    }

    fn delay(&self) -> Charge {
        Charge::Delay { left: u64::from(self.controls.charge_delay_s) * SECOND }
    }

    fn advance_charge(&mut self, dt: Ns) {
        let tapered = self.charger_w > 0.0 && self.pack.current_a() < self.parameters.charge_end_a;
        self.charge = match self.charge {
            Charge::Delay { left } if left > dt => Charge::Delay { left: left - dt },
            Charge::Delay { .. } => Charge::On,
            // A told current below the end current is no sign of a full pack.
            Charge::On if tapered && self.charge_current_a() >= self.parameters.charge_end_a => {
                self.out_since_full_j = 0.0;
                Charge::Idle
            }
            Charge::Idle
                if self.pack.soc() < self.parameters.recharge_below
                    && self.discharge == (Discharge::Off { below: 0 }) =>
            {
                Charge::On
            }
            same => same,
        };
    }

    fn warm(&mut self, dt: Ns, ambient_c: f64) {
        let p = &self.parameters;
        let dt_s = seconds(dt);
        let pack = ambient_c + p.pack_rise_k_per_w * self.pack.heat_w();
        self.pack_c = toward(self.pack_c, pack, dt_s, p.pack_tau_s);
        let converter = ambient_c + p.converter_rise_k_per_w * self.converter_loss_w;
        let (buck, boost) = if self.discharging() { (ambient_c, converter) } else { (converter, ambient_c) };
        self.buck_c = toward(self.buck_c, buck, dt_s, p.converter_tau_s);
        self.boost_c = toward(self.boost_c, boost, dt_s, p.converter_tau_s);
        if self.present {
            let (rest, full) = p.fan_rpm;
            let duty = match self.controls.fan_override_percent {
                0 => self.output_w / p.rated_power_w,
                percent => f64::from(percent) / 100.0,
            };
            let wanted = if self.controls.fan_override_percent == 0 {
                rest + (full - rest) * duty.clamp(0.0, 1.0)
            } else {
                full * duty.clamp(0.0, 1.0)
            };
            self.fan_rpm = toward(self.fan_rpm, wanted, dt_s, 2.0);
        }
    }

    /// Cycles so far: charge out over the design capacity.
    pub(super) fn cycles(&self) -> u32 {
        (self.throughput_ah / self.parameters.pack.capacity_ah) as u32
    }
}
