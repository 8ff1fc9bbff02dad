//! What follows from the state of a PSU: temperatures, bulk voltage, input current.

use crate::sim::clock::{Ns, seconds, toward};

use super::{Output, Psu};

impl Psu {
    pub(super) fn warm(&mut self, dt: Ns, ambient_c: f64) {
        let p = &self.parameters;
        let dt_s = seconds(dt);
        let (rest, full) = p.fan_rpm;
        if self.present {
            let wanted = match self.controls.fan_override_percent {
                0 => rest + (full - rest) * (self.output_w / p.rated_power_w).clamp(0.0, 1.0),
                percent => full * f64::from(percent) / 100.0,
            };
            self.fan_rpm = toward(self.fan_rpm, wanted, dt_s, p.fan_tau_s);
        }
        self.inlet_c = ambient_c;
        // The rise goes with the air that does not flow; a stopped fan leaves a tenth by convection.
        let flow = (self.fan_rpm / full).max(0.1);
        let outlet = ambient_c + p.rise_k_per_w * self.loss_w / flow;
        self.outlet_c = toward(self.outlet_c, outlet, dt_s, p.thermal_tau_s);
        self.max_c = self.max_c.max(self.outlet_c);
        self.min_c = self.min_c.min(self.inlet_c.min(self.outlet_c));
    }

    /// Voltage of the bulk capacitor in V, from the energy left in it.
    pub(in crate::sim) fn bulk_v(&self) -> f64 {
        let p = &self.parameters;
        let (full, empty) = (p.bulk_full_v * p.bulk_full_v, p.bulk_empty_v * p.bulk_empty_v);
        if self.present { (empty + (full - empty) * self.bulk_j / p.hold_up_j).sqrt() } else { 0.0 }
    }

    /// Current distortion of the input, as a ratio.
    pub(in crate::sim) fn ithd(&self) -> f64 {
        let p = &self.parameters;
        if self.input_w > 0.0 {
            p.ithd_full + p.ithd_light * (-self.output_w / p.ithd_fall_w).exp()
        } else {
            0.0
        }
    }

    /// Power factor: distortion, and the reactive current of the input filter.
    pub(in crate::sim) fn power_factor(&self, ac_v: f64, ac_hz: f64) -> f64 {
        if self.input_w <= 0.0 {
            return 0.0;
        }
        let reactive = ac_v * ac_v * std::f64::consts::TAU * ac_hz * self.parameters.filter_f;
        let displacement = self.input_w / self.input_w.hypot(reactive);
        displacement / 1.0f64.hypot(self.ithd())
    }

    /// RMS input current in A.
    pub(in crate::sim) fn input_a(&self, ac_v: f64, ac_hz: f64) -> f64 {
        let factor = self.power_factor(ac_v, ac_hz);
        if factor > 0.0 && ac_v > 0.0 { self.input_w / (ac_v * factor) } else { 0.0 }
    }

    /// The no-load voltage of the output line now, in V; 0 while the output is off.
    pub(in crate::sim) fn output_line_v(&self) -> f64 {
        if self.output == Output::On { self.line_v() } else { 0.0 }
    }
}
