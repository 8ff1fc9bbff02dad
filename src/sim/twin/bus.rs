//! The busbar: one node with a capacitance, sources with droop lines and limits, and a constant-power load behind
//! a resistance. Backward Euler: the time constant of six droop lines on the capacitance is 40 us, below a step.

use super::STEP_S;
use super::parameters::BusParameters;
use crate::sim::parameters::{BBU_SLOTS, PSU_SLOTS};

/// Sources on the bus: PSUs first, then BBUs.
pub(super) const SOURCES: usize = PSU_SLOTS + BBU_SLOTS;

/// The laws of all sources in a step: `current = clamp((line - v) * conductance, least, most)`. An ORing stage
/// keeps current from flowing back: `least` is never negative. A source that is off has `most = 0`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Laws {
    pub(super) line_v: [f64; SOURCES],
    pub(super) conductance_s: [f64; SOURCES],
    pub(super) least_a: [f64; SOURCES],
    pub(super) most_a: [f64; SOURCES],
}

impl Laws {
    pub(super) const OFF: Self = Self {
        line_v: [0.0; SOURCES],
        conductance_s: [0.0; SOURCES],
        least_a: [0.0; SOURCES],
        most_a: [0.0; SOURCES],
    };

    /// The currents at `v`, their sum, and its slope against `-v`.
    fn at(&self, v: f64) -> ([f64; SOURCES], f64, f64) {
        let mut currents = [0.0; SOURCES];
        let (mut total, mut slope) = (0.0, 0.0);
        for (index, slot) in currents.iter_mut().enumerate() {
            let line = (self.line_v[index] - v) * self.conductance_s[index];
            let current = line.max(self.least_a[index]).min(self.most_a[index]);
            *slot = current;
            total += current;
            slope += if current == line { self.conductance_s[index] } else { 0.0 };
        }
        (currents, total, slope)
    }
}

/// The node.
#[derive(Debug, Clone)]
pub(super) struct Bus {
    /// Voltage at the shelf, in V.
    pub(super) v: f64,
    /// Voltage at the load, in V.
    pub(super) load_v: f64,
    /// Power at the load, in W.
    pub(super) load_w: f64,
    /// Loss in the bar, in W.
    pub(super) loss_w: f64,
    load_a: f64,
    capacitance_f: f64,
    resistance_ohm: f64,
    /// Capacitance over the step.
    inertia_s: f64,
    per_inertia: f64,
    /// Imbalance that is let be: less than 0.1 uV a step.
    near_a: f64,
    /// Voltage below which the load is taken as a current, in V: it has dropped out by then.
    floor_v: f64,
}

impl Bus {
    pub(super) fn new(p: &BusParameters, v: f64, floor_v: f64) -> Self {
        Self {
            v,
            load_v: v,
            load_w: 0.0,
            loss_w: 0.0,
            load_a: 0.0,
            capacitance_f: p.capacitance_f,
            inertia_s: p.capacitance_f / STEP_S,
            per_inertia: STEP_S / p.capacitance_f,
            near_a: 1e-7 * p.capacitance_f / STEP_S,
            resistance_ohm: p.resistance_ohm,
            floor_v,
        }
    }

    /// Energy in the capacitance, in J.
    pub(super) fn stored_j(&self) -> f64 {
        0.5 * self.capacitance_f * self.v * self.v
    }

    /// Current of a load of `load_w` at the node voltage `v`, and its slope. The fall along the bar is taken at the
    /// current of the step before: `R C` is a few microseconds.
    fn load_current(&self, load_w: f64, v: f64) -> (f64, f64) {
        let per_v = 1.0 / (v - self.load_a * self.resistance_ohm).max(self.floor_v);
        let current = load_w * per_v;
        (current, -current * per_v)
    }

    /// One step of [`STEP_S`]. `load_w` is asked by the load, `node_w` is taken at the node by chargers and
    /// controllers. Returns the currents of the sources in A and the voltage in V at which their powers count:
    /// with it the energies of the step balance exactly.
    pub(super) fn step(&mut self, laws: &Laws, load_w: f64, node_w: f64) -> ([f64; SOURCES], f64) {
        let before = self.v;
        let node_a = if before > self.floor_v { node_w / before } else { 0.0 };
        let (mut low, mut high) = (0.0f64, f64::INFINITY);
        // The balance rises with v, in pieces: Newton's step lands in one or two tries. The bracket catches a step
        // that would jump between two pieces for ever.
        let mut v = before;
        let (mut currents, mut sources, mut slope) = laws.at(v);
        let (mut load_a, mut load_slope) = self.load_current(load_w, v);
        for _ in 0..12 {
            let excess = self.inertia_s * (v - before) - sources + load_a + node_a;
            if excess.abs() < self.near_a {
                break;
            }
            if excess > 0.0 {
                high = v;
            } else {
                low = v;
            }
            let next = v - excess / (self.inertia_s + slope + load_slope);
            v = if next >= low && next <= high {
                next
            } else if high.is_finite() {
                0.5 * (low + high)
            } else {
                low
            };
            (currents, sources, slope) = laws.at(v);
            (load_a, load_slope) = self.load_current(load_w, v);
        }
        // The charge decides, so that what is left of the iteration is lost nowhere.
        self.v = (before + (sources - load_a - node_a) * self.per_inertia).max(0.0);
        let middle = 0.5 * (before + self.v);
        self.load_a = load_a;
        self.load_v = (middle - load_a * self.resistance_ohm).max(0.0);
        self.load_w = load_a * self.load_v;
        self.loss_w = load_a * (middle - self.load_v);
        (currents, middle)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bus(v: f64) -> Bus {
        Bus::new(&BusParameters::default(), v, 40.0)
    }

    fn one(line_v: f64, conductance_s: f64, most_a: f64) -> Laws {
        let mut laws = Laws::OFF;
        (laws.line_v[0], laws.conductance_s[0], laws.most_a[0]) = (line_v, conductance_s, most_a);
        laws
    }

    #[test]
    fn a_capacitor_alone_falls_by_the_charge_that_the_load_takes() {
        let mut bus = bus(50.0);
        let mut energy = 0.0;
        for _ in 0..20 {
            bus.step(&Laws::OFF, 3000.0, 0.0);
            energy += (bus.load_w + bus.loss_w) * 50e-6;
        }
        // 3 J in 1 ms out of 37.5 J: v = sqrt(2500 - 2 * 3 / 0.03).
        assert!((bus.v - 2300.0f64.sqrt()).abs() < 0.02, "{}", bus.v);
        assert!((37.5 - bus.stored_j() - energy).abs() < 1e-9);
    }

    #[test]
    fn it_settles_on_the_droop_line() {
        let mut bus = bus(51.0);
        let laws = one(51.0, 120.0, 97.0);
        for _ in 0..2000 {
            bus.step(&laws, 3000.0, 0.0);
        }
        let current = 3000.0 / bus.load_v;
        assert!((bus.v - (51.0 - current / 120.0)).abs() < 1e-6, "{}", bus.v);
        assert!((bus.v - bus.load_v - current * 0.0001).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn a_step_balances_whatever_the_laws(
            before in 0.0f64..60.0,
            lines in proptest::collection::vec((40.0f64..52.0, 10.0f64..400.0, 0.0f64..50.0, 0.0f64..200.0), SOURCES),
            load in 0.0f64..40_000.0,
            node in 0.0f64..2000.0,
        ) {
            let mut laws = Laws::OFF;
            for (i, (v, g, least, most)) in lines.into_iter().enumerate() {
                (laws.line_v[i], laws.conductance_s[i]) = (v, g);
                (laws.least_a[i], laws.most_a[i]) = (least.min(most), most);
            }
            let mut bus = bus(before);
            let stored = bus.stored_j();
            let (currents, at) = bus.step(&laws, load, node);
            prop_assert!(bus.v.is_finite() && bus.v >= 0.0 && bus.v < 62.0, "{}", bus.v);
            if bus.v > 0.0 {
                let taken = if before > 40.0 { node / before * at } else { 0.0 };
                let given = currents.iter().sum::<f64>() * at;
                let change = (given - bus.load_w - bus.loss_w - taken) * 50e-6;
                if bus.load_v > 0.0 {
                    prop_assert!((bus.stored_j() - stored - change).abs() < 1e-9);
                }
                // The implicit point: the currents belong to the voltage at the end.
                let (_, again, _) = laws.at(bus.v);
                prop_assert!((again - currents.iter().sum::<f64>()).abs() < 1e-2);
            }
        }
    }
}
