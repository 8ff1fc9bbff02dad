//! The pack of a BBU: 11 cell groups in series, open-circuit voltage over state of charge and one
//! series resistance. No relaxation: the voltage follows the current at once.

use super::parameters::{CELLS, PackParameters};
use super::rng::Rng;

/// A pack.
#[derive(Debug, Clone)]
pub(super) struct Pack {
    parameters: PackParameters,
    /// Capacity now in Ah.
    capacity_ah: f64,
    /// State of charge, 0 to 1.
    soc: f64,
    /// Difference of each cell's open-circuit voltage from the mean, in V.
    spread_v: [f64; CELLS],
    /// Pack current of the last step in A, positive while charging.
    current_a: f64,
}

impl Pack {
    /// A pack at the state of charge `soc` with the health `soh` (both 0 to 1).
    pub(super) fn new(parameters: &PackParameters, soc: f64, soh: f64, rng: &mut Rng) -> Self {
        let half = parameters.cell_spread_v / 2.0;
        let mut spread_v = [0.0; CELLS];
        for cell in &mut spread_v {
            *cell = rng.uniform(-half, half);
        }
        let mean = spread_v.iter().sum::<f64>() / CELLS as f64;
        for cell in &mut spread_v {
            *cell -= mean;
        }
        Self {
            parameters: parameters.clone(),
            capacity_ah: parameters.capacity_ah * soh,
            soc: soc.clamp(0.0, 1.0),
            spread_v,
            current_a: 0.0,
        }
    }

    pub(super) fn soc(&self) -> f64 {
        self.soc
    }

    pub(super) fn capacity_ah(&self) -> f64 {
        self.capacity_ah
    }

    pub(super) fn current_a(&self) -> f64 {
        self.current_a
    }

    fn resistance_ohm(&self) -> f64 {
        self.parameters.cell_resistance_ohm * CELLS as f64
    }

    fn cell_open_circuit_v(&self) -> f64 {
        let table = &self.parameters.open_circuit_v;
        let steps = (table.len() - 1) as f64;
        let at = self.soc * steps;
        let below = (at.floor() as usize).min(table.len() - 2);
        match table.get(below..below + 2) {
            Some([low, high]) => low + (high - low) * (at - below as f64),
            _ => 0.0,
        }
    }

    /// Open-circuit voltage in V.
    pub(super) fn open_circuit_v(&self) -> f64 {
        self.cell_open_circuit_v() * CELLS as f64
    }

    /// Terminal voltage at the current of the last step, in V.
    pub(super) fn voltage_v(&self) -> f64 {
        self.open_circuit_v() + self.current_a * self.resistance_ohm()
    }

    /// Cell voltages in V; their sum is [`voltage_v`](Self::voltage_v).
    pub(super) fn cells_v(&self) -> [f64; CELLS] {
        let mean = self.voltage_v() / CELLS as f64;
        self.spread_v.map(|spread| mean + spread)
    }

    /// Heat in the pack in W.
    pub(super) fn heat_w(&self) -> f64 {
        self.current_a * self.current_a * self.resistance_ohm()
    }

    /// Power that the chemistry gives (positive) or takes, in W.
    pub(super) fn chemical_w(&self) -> f64 {
        -self.open_circuit_v() * self.current_a
    }

    /// Energy between empty and now in J: the integral of the open-circuit voltage over the charge.
    pub(super) fn stored_j(&self) -> f64 {
        self.energy_j(self.soc)
    }

    /// Energy between empty and full in J.
    pub(super) fn full_j(&self) -> f64 {
        self.energy_j(1.0)
    }

    fn energy_j(&self, soc: f64) -> f64 {
        let table = &self.parameters.open_circuit_v;
        let width = 1.0 / (table.len() - 1) as f64;
        let mut area = 0.0;
        for (pair, at) in table.windows(2).zip(0..) {
            let [low, high] = pair else { continue };
            let share = (soc / width - f64::from(at)).clamp(0.0, 1.0);
            area += width * share * (low + (high - low) * share / 2.0);
        }
        area * self.capacity_ah * 3600.0 * CELLS as f64
    }

    /// Most terminal power in W before a cell is empty.
    pub(super) fn available_w(&self) -> f64 {
        if self.soc <= 0.0 {
            return 0.0;
        }
        let lowest = self.parameters.cell_empty_v * CELLS as f64;
        let most_a = ((self.open_circuit_v() - lowest) / self.resistance_ohm()).max(0.0);
        // Beyond half the open-circuit voltage the power falls again.
        let peak_v = (self.open_circuit_v() / 2.0).max(lowest);
        let most_a = most_a.min((self.open_circuit_v() - peak_v) / self.resistance_ohm()).max(0.0);
        most_a * (self.open_circuit_v() - most_a * self.resistance_ohm())
    }

    /// Current in A (positive) that brings `power_w` to the terminals.
    fn discharge_a(&self, power_w: f64) -> f64 {
        let (ocv, r) = (self.open_circuit_v(), self.resistance_ohm());
        let root = (ocv * ocv - 4.0 * r * power_w).max(0.0).sqrt();
        // The stable form of (ocv - root) / 2r.
        2.0 * power_w / (ocv + root)
    }

    /// Sets the current for a terminal power in W that leaves the pack.
    pub(super) fn discharge(&mut self, power_w: f64) {
        self.current_a = -self.discharge_a(power_w);
    }

    /// Sets a charge current in A, lowered so that the terminals stay at the full voltage.
    pub(super) fn charge(&mut self, wanted_a: f64) {
        let full = self.parameters.open_circuit_v.last().copied().unwrap_or_default() * CELLS as f64;
        let most = ((full - self.open_circuit_v()) / self.resistance_ohm()).max(0.0);
        self.current_a = wanted_a.min(most).max(0.0);
    }

    /// No current.
    pub(super) fn rest(&mut self) {
        self.current_a = 0.0;
    }

    /// Time in s until the pack is empty at the present current; infinite if it does not discharge.
    pub(super) fn time_to_empty_s(&self) -> f64 {
        if self.current_a < 0.0 {
            self.soc * self.capacity_ah * 3600.0 / -self.current_a
        } else {
            f64::INFINITY
        }
    }

    /// Counts the charge of `dt_s` at the present current.
    pub(super) fn advance(&mut self, dt_s: f64) {
        self.soc = (self.soc + self.current_a * dt_s / (3600.0 * self.capacity_ah)).clamp(0.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(soc: f64) -> Pack {
        Pack::new(&PackParameters::default(), soc, 1.0, &mut Rng::new(3))
    }

    #[test]
    fn terminal_power_is_what_was_asked() {
        let mut pack = pack(0.8);
        pack.discharge(3000.0);
        assert!((pack.voltage_v() * -pack.current_a() - 3000.0).abs() < 1e-6);
        // Chemistry pays for the heat.
        assert!((pack.chemical_w() - 3000.0 - pack.heat_w()).abs() < 1e-6);
        assert!(pack.voltage_v() < pack.open_circuit_v());
    }

    #[test]
    fn cells_add_up_to_the_pack() {
        let mut pack = pack(0.5);
        pack.discharge(1000.0);
        assert!((pack.cells_v().iter().sum::<f64>() - pack.voltage_v()).abs() < 1e-9);
    }

    #[test]
    fn stored_energy_falls_by_the_chemical_work() {
        let mut pack = pack(1.0);
        let before = pack.stored_j();
        let mut work = 0.0;
        for _ in 0..60_000 {
            pack.discharge(2000.0);
            work += pack.chemical_w() * 0.001;
            pack.advance(0.001);
        }
        let fall = before - pack.stored_j();
        assert!((fall - work).abs() < 1e-4 * work, "{fall} J of {work} J");
    }

    #[test]
    fn charging_ends_at_the_full_voltage() {
        let mut pack = pack(0.9);
        pack.charge(5.0);
        assert_eq!(pack.current_a(), 5.0);
        for _ in 0..7200 {
            pack.charge(5.0);
            pack.advance(1.0);
        }
        assert!(pack.voltage_v() <= 4.15 * 11.0 + 1e-9);
        assert!(pack.current_a() < 0.1 && pack.soc() > 0.999, "{} {}", pack.current_a(), pack.soc());
    }

    #[test]
    fn an_empty_pack_has_no_power() {
        assert_eq!(pack(0.0).available_w(), 0.0);
        assert!(pack(1.0).available_w() > 4000.0);
    }
}
