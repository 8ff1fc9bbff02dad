//! The pack of a BBU as a Thevenin model: open-circuit voltage over charge, a series resistance and two RC
//! branches, resistances by temperature, one heat capacity.

use super::parameters::BbuWaveParameters;
use crate::sim::parameters::{BbuParameters, CELLS, PackParameters};

/// What follows from the parameters and the length of a step.
#[derive(Debug, Clone)]
pub struct PackModel {
    ocv_v: [f64; 11],
    capacity_c: f64,
    empty_v: f64,
    full_v: f64,
    trickle_below_v: f64,
    r0_ohm: f64,
    r1_ohm: f64,
    r2_ohm: f64,
    /// Share of an RC voltage that is left after a step.
    keep1: f64,
    keep2: f64,
    c1_f: f64,
    c2_f: f64,
    reference_c: f64,
    cold_per_k: f64,
    warm_per_k: f64,
    rise_k_per_w: f64,
    /// Share of a step in the thermal time constant.
    warming: f64,
    dt_s: f64,
}

impl PackModel {
    /// A model that advances in steps of `dt_s`.
    pub fn new(bbu: &BbuParameters, wave: &BbuWaveParameters, dt_s: f64) -> Self {
        let PackParameters { capacity_ah, cell_resistance_ohm, open_circuit_v, cell_empty_v, .. } = &bbu.pack;
        let cells = CELLS as f64;
        let soh = f64::from(bbu.soh_percent) / 100.0;
        let (r1_ohm, r2_ohm) = (wave.r1_ohm * cells, wave.r2_ohm * cells);
        let capacitance = |tau: f64, ohm: f64| if ohm > 0.0 { tau / ohm } else { 0.0 };
        Self {
            ocv_v: open_circuit_v.map(|v| v * cells),
            capacity_c: capacity_ah * soh * 3600.0,
            empty_v: cell_empty_v * cells,
            full_v: open_circuit_v[10] * cells,
            trickle_below_v: wave.trickle_below_v * cells,
            r0_ohm: cell_resistance_ohm * cells,
            r1_ohm,
            r2_ohm,
            keep1: (-dt_s / wave.tau1_s).exp(),
            keep2: (-dt_s / wave.tau2_s).exp(),
            c1_f: capacitance(wave.tau1_s, r1_ohm),
            c2_f: capacitance(wave.tau2_s, r2_ohm),
            reference_c: wave.reference_c,
            cold_per_k: wave.cold_per_k,
            warm_per_k: wave.warm_per_k,
            rise_k_per_w: bbu.pack_rise_k_per_w,
            warming: (dt_s / bbu.pack_tau_s).min(1.0),
            dt_s,
        }
    }

    /// Resistances over those at the reference temperature.
    fn resistance_factor(&self, at_c: f64) -> f64 {
        let above = at_c - self.reference_c;
        if above < 0.0 { 1.0 - above * self.cold_per_k } else { (1.0 - above * self.warm_per_k).max(0.5) }
    }

    /// Pack voltage at which the discharge ends, in V.
    pub fn empty_v(&self) -> f64 {
        self.empty_v
    }

    /// Resistances at the reference temperature in ohm: series, first and second branch.
    pub fn resistances_ohm(&self) -> [f64; 3] {
        [self.r0_ohm, self.r1_ohm, self.r2_ohm]
    }

    /// Capacitances of the branches in F.
    pub fn capacitances_f(&self) -> [f64; 2] {
        [self.c1_f, self.c2_f]
    }

    /// Capacity in Ah.
    pub fn capacity_ah(&self) -> f64 {
        self.capacity_c / 3600.0
    }

    /// Pack voltage below which the charger trickles, in V.
    pub fn trickle_v(&self) -> f64 {
        self.trickle_below_v
    }

    /// Open-circuit voltage at a state of charge, in V.
    pub fn open_circuit_v(&self, soc: f64) -> f64 {
        let at = soc.clamp(0.0, 1.0) * 10.0;
        let below = (at as usize).min(9);
        let (low, high) = (self.ocv_v[below], self.ocv_v[below + 1]);
        low + (high - low) * (at - below as f64)
    }

    /// Chemical energy between empty and a state of charge, in J.
    pub fn energy_j(&self, soc: f64) -> f64 {
        let mut area = 0.0;
        for (pair, at) in self.ocv_v.windows(2).zip(0..) {
            let [low, high] = pair else { continue };
            let share = (soc * 10.0 - f64::from(at)).clamp(0.0, 1.0);
            area += 0.1 * share * (low + (high - low) * share / 2.0);
        }
        area * self.capacity_c
    }
}

/// State of a pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// State of charge, 0 to 1.
    pub soc: f64,
    /// Voltages of the RC branches in V, positive after a discharge.
    pub rc_v: [f64; 2],
    /// Temperature in degC.
    pub temperature_c: f64,
    /// Temperature of the air in degC.
    ambient_c: f64,
    /// Current of the last step in A, positive out of the pack.
    pub current_a: f64,
    /// Heat of the last step in W.
    pub heat_w: f64,
    /// Chemical power of the last step in W.
    pub chemical_w: f64,
    /// Open-circuit voltage now, in V.
    ocv_v: f64,
    /// Resistances over those at the reference temperature.
    factor: f64,
}

impl Pack {
    /// A rested pack.
    pub fn new(model: &PackModel, soc: f64, ambient_c: f64) -> Self {
        Self {
            soc,
            rc_v: [0.0; 2],
            temperature_c: ambient_c,
            ambient_c,
            current_a: 0.0,
            heat_w: 0.0,
            chemical_w: 0.0,
            ocv_v: model.open_circuit_v(soc),
            factor: model.resistance_factor(ambient_c),
        }
    }

    /// What drives the current: open-circuit voltage less what has relaxed.
    fn driving_v(&self) -> f64 {
        self.ocv_v - self.rc_v[0] - self.rc_v[1]
    }

    /// Terminal voltage at a current, in V.
    pub fn voltage_at(&self, model: &PackModel, current_a: f64) -> f64 {
        self.driving_v() - current_a * model.r0_ohm * self.factor
    }

    /// Terminal voltage at the current of the last step, in V.
    pub fn voltage_v(&self, model: &PackModel) -> f64 {
        self.voltage_at(model, self.current_a)
    }

    /// Current in A that brings `power_w` to the terminals; the most the pack gives if it cannot.
    pub fn current_for(&self, model: &PackModel, power_w: f64) -> f64 {
        let v = self.driving_v().max(0.0);
        let r = model.r0_ohm * self.factor;
        let root = (v * v - 4.0 * r * power_w).max(0.0).sqrt();
        // The stable form of (v - root) / 2r.
        if v + root > 0.0 { 2.0 * power_w / (v + root) } else { 0.0 }
    }

    /// Most terminal power in W before a cell is empty.
    pub fn available_w(&self, model: &PackModel) -> f64 {
        if self.soc <= 0.0 {
            return 0.0;
        }
        let v = self.driving_v();
        // Beyond half the driving voltage the power falls again.
        let lowest = model.empty_v.max(0.5 * v);
        ((v - lowest) / (model.r0_ohm * self.factor)).max(0.0) * lowest
    }

    /// Current in A (positive) that the charger drives: at most `wanted_a`, less near the full voltage (constant
    /// voltage) and below the voltage of an empty pack (trickle).
    pub fn charge_current(&self, model: &PackModel, wanted_a: f64, trickle_a: f64) -> f64 {
        let v = self.driving_v();
        let constant_voltage = ((model.full_v - v) / (model.r0_ohm * self.factor)).max(0.0);
        let wanted = if v < model.trickle_below_v { wanted_a.min(trickle_a) } else { wanted_a };
        wanted.min(constant_voltage).max(0.0)
    }

    /// Advances by one step of the model at a current, positive out of the pack.
    pub fn advance(&mut self, model: &PackModel, current_a: f64) {
        let charge = (self.soc - current_a * model.dt_s / model.capacity_c).clamp(0.0, 1.0);
        let moved = (self.soc - charge) * model.capacity_c / model.dt_s;
        let before = self.ocv_v;
        self.soc = charge;
        self.current_a = current_a;
        self.ocv_v = model.open_circuit_v(charge);
        self.chemical_w = 0.5 * (before + self.ocv_v) * moved;
        let factor = self.factor;
        let (r1, r2) = (model.r1_ohm * factor, model.r2_ohm * factor);
        let [first, second] = self.rc_v;
        // Exact for a constant current: each branch goes to I R with its own time constant.
        let first_now = current_a * r1 + (first - current_a * r1) * model.keep1;
        let second_now = current_a * r2 + (second - current_a * r2) * model.keep2;
        self.rc_v = [first_now, second_now];
        let heat = |ohm: f64, from: f64, to: f64| {
            let middle = 0.5 * (from + to);
            if ohm > 0.0 { middle * middle / ohm } else { 0.0 }
        };
        self.heat_w = current_a * current_a * model.r0_ohm * factor
            + heat(r1, first, first_now)
            + heat(r2, second, second_now);
        let target = self.ambient_c + model.rise_k_per_w * self.heat_w;
        self.temperature_c += (target - self.temperature_c) * model.warming;
        self.factor = model.resistance_factor(self.temperature_c);
    }

    /// Energy in the charge and in the RC branches, in J. The branches count at the present temperature.
    pub fn stored_j(&self, model: &PackModel) -> f64 {
        let [first, second] = self.rc_v;
        // What a discharge put into the branches turns into heat after it.
        model.energy_j(self.soc)
            + 0.5 * (model.c1_f * first * first + model.c2_f * second * second) / self.factor
    }

    /// Energy in J that reaches the terminals at a constant power until a cell is empty. The losses are those of the
    /// mean current, with the branches relaxed.
    pub fn deliverable_j(&self, model: &PackModel, power_w: f64) -> f64 {
        let resistance = (model.r0_ohm + model.r1_ohm + model.r2_ohm) * self.factor;
        let lowest = model.empty_v + power_w / model.empty_v.max(1.0) * resistance;
        let middle = 0.5 * (self.driving_v().max(model.empty_v) + model.empty_v).max(1.0);
        let fall = power_w / middle * resistance;
        // State of charge at which the terminals reach the empty voltage, by the segments of the table.
        let mut end = 0.0;
        for (pair, at) in model.ocv_v.windows(2).zip(0..) {
            let [low, high] = pair else { continue };
            if *low < lowest {
                let share = if high > low { ((lowest - low) / (high - low)).min(1.0) } else { 1.0 };
                end = (f64::from(at) + share) / 10.0;
            }
        }
        if self.soc <= end {
            return 0.0;
        }
        let charge = (self.soc - end) * model.capacity_c;
        (model.energy_j(self.soc) - model.energy_j(end) - fall * charge).max(0.0)
    }
}
