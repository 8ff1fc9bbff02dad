//! The busbar: one node with a capacitance, sources with droop lines and limits, and a constant-power load behind
//! a resistance. Backward Euler: the time constant of six droop lines on the capacitance is 40 us, below a step.

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

    fn current(&self, index: usize, v: f64) -> f64 {
        let line = (self.line_v[index] - v) * self.conductance_s[index];
        line.max(self.least_a[index]).min(self.most_a[index])
    }

    /// Sum of the currents at `v`, and its slope against `-v`.
    fn sum(&self, v: f64) -> (f64, f64) {
        let (mut total, mut slope) = (0.0, 0.0);
        for index in 0..SOURCES {
            let line = (self.line_v[index] - v) * self.conductance_s[index];
            let current = line.max(self.least_a[index]).min(self.most_a[index]);
            total += current;
            slope += if current == line { self.conductance_s[index] } else { 0.0 };
        }
        (total, slope)
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
    capacitance_f: f64,
    resistance_ohm: f64,
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
            capacitance_f: p.capacitance_f,
            resistance_ohm: p.resistance_ohm,
            floor_v,
        }
    }

    /// Energy in the capacitance, in J.
    pub(super) fn stored_j(&self) -> f64 {
        0.5 * self.capacitance_f * self.v * self.v
    }

    /// Load current at the node voltage `v`: the higher voltage of the two at which the load gets `load_w` through
    /// the bar, or a current source when there is none.
    fn load_current(&self, load_w: f64, v: f64) -> (f64, f64) {
        let root = (v * v - 4.0 * self.resistance_ohm * load_w).max(0.0).sqrt();
        let at_load = (0.5 * (v + root)).max(self.floor_v);
        let current = load_w / at_load;
        (current, -current / at_load)
    }

    /// One step of `dt_s`. `load_w` is asked by the load, `node_w` is taken at the node by chargers and
    /// controllers. Returns the currents of the sources in A and the voltage in V at which their powers count:
    /// with it the energies of the step balance exactly.
    pub(super) fn step(&mut self, laws: &Laws, load_w: f64, node_w: f64, dt_s: f64) -> ([f64; SOURCES], f64) {
        let inertia = self.capacitance_f / dt_s;
        let before = self.v;
        let node_a = if before > self.floor_v { node_w / before } else { 0.0 };
        let (mut low, mut high) = (0.0f64, f64::INFINITY);
        let mut v = before;
        // The balance rises with v, in pieces: Newton's step lands in one or two tries. The bracket catches a step
        // that would jump between two pieces for ever.
        for _ in 0..12 {
            let (sources, slope) = laws.sum(v);
            let (load, load_slope) = self.load_current(load_w, v);
            let excess = inertia * (v - before) - sources + load + node_a;
            if excess > 0.0 {
                high = v;
            } else {
                low = v;
            }
            let next = v - excess / (inertia + slope + load_slope);
            let next = if next >= low && next <= high {
                next
            } else if high.is_finite() {
                0.5 * (low + high)
            } else {
                low
            };
            let moved = (next - v).abs();
            v = next;
            if moved < 1e-9 {
                break;
            }
        }
        let mut currents = [0.0; SOURCES];
        let mut sources = 0.0;
        for (index, current) in currents.iter_mut().enumerate() {
            *current = laws.current(index, v);
            sources += *current;
        }
        let (load_a, _) = self.load_current(load_w, v);
        // The charge decides, so that what is left of the iteration is lost nowhere.
        self.v = (before + (sources - load_a - node_a) / inertia).max(0.0);
        let middle = 0.5 * (before + self.v);
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
            bus.step(&Laws::OFF, 3000.0, 0.0, 50e-6);
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
            bus.step(&laws, 3000.0, 0.0, 50e-6);
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
            let (currents, at) = bus.step(&laws, load, node, 50e-6);
            prop_assert!(bus.v.is_finite() && bus.v >= 0.0 && bus.v < 62.0, "{}", bus.v);
            if bus.v > 0.0 {
                let taken = if before > 40.0 { node / before * at } else { 0.0 };
                let given = currents.iter().sum::<f64>() * at;
                let change = (given - bus.load_w - bus.loss_w - taken) * 50e-6;
                if bus.load_v > 0.0 {
                    prop_assert!((bus.stored_j() - stored - change).abs() < 1e-9);
                }
                // The implicit point: the currents belong to the voltage at the end.
                let again = (0..SOURCES).map(|i| laws.current(i, bus.v)).sum::<f64>();
                prop_assert!((again - currents.iter().sum::<f64>()).abs() < 1e-2);
            }
        }
    }
}
