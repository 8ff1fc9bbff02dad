//! What is recorded of a rack: the four pictures of a run, and what the grid codes judge.

use std::fmt::Write as _;

use super::recorder::Trace;
use crate::gridcode::history::History;

/// The traces of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// Effective voltage of each phase over half a cycle, p.u.
    pub phase_pu: [Trace; 3],
    /// Effective voltage of the lowest phase over one cycle, p.u.: what the codes judge.
    pub low_pu: Trace,
    /// The same of the highest phase.
    pub high_pu: Trace,
    /// Frequency in Hz.
    pub hertz: Trace,
    /// Power from the grid over one cycle, W.
    pub grid_w: Trace,
    /// Bus voltage, V.
    pub bus_v: Trace,
    /// Power of all PSUs at the bus, W.
    pub psu_w: Trace,
    /// Power of all BBUs at the bus, W; negative charges.
    pub bbu_w: Trace,
}

/// One step's values, in the units of [`Traces`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
    /// See [`Traces::phase_pu`].
    pub phase_pu: [f64; 3],
    /// See [`Traces::low_pu`].
    pub low_pu: f64,
    /// See [`Traces::high_pu`].
    pub high_pu: f64,
    /// See [`Traces::hertz`].
    pub hertz: f64,
    /// See [`Traces::grid_w`].
    pub grid_w: f64,
    /// See [`Traces::bus_v`].
    pub bus_v: f64,
    /// See [`Traces::psu_w`].
    pub psu_w: f64,
    /// See [`Traces::bbu_w`].
    pub bbu_w: f64,
}

impl Traces {
    /// Empty traces of values that come each `step_s` seconds, so many of them in a bucket.
    pub fn new(step_s: f64, per_bucket: u32) -> Self {
        let trace = || Trace::new(step_s, per_bucket);
        Self {
            phase_pu: [trace(), trace(), trace()],
            low_pu: trace(),
            high_pu: trace(),
            hertz: trace(),
            grid_w: trace(),
            bus_v: trace(),
            psu_w: trace(),
            bbu_w: trace(),
        }
    }

    /// Takes the values of the next step.
    #[inline]
    pub fn push(&mut self, values: &Values) {
        for (trace, value) in self.phase_pu.iter_mut().zip(values.phase_pu) {
            trace.push(value);
        }
        self.low_pu.push(values.low_pu);
        self.high_pu.push(values.high_pu);
        self.hertz.push(values.hertz);
        self.grid_w.push(values.grid_w);
        self.bus_v.push(values.bus_v);
        self.psu_w.push(values.psu_w);
        self.bbu_w.push(values.bbu_w);
    }

    /// The traces as comma-separated values, one row a bucket with its extremes. Powers in W, to 0.1 W.
    pub fn csv(&self) -> String {
        let mut out = String::from(
            "time_s,l1_pu,l2_pu,l3_pu,low_one_cycle_pu,frequency_hz,grid_w_min,grid_w_max,bus_v_min,bus_v_max,\
             psu_w_min,psu_w_max,bbu_w_min,bbu_w_max\n",
        );
        let low = |trace: &Trace, i: usize| trace.buckets().get(i).map_or(f64::NAN, |b| b.low);
        let high = |trace: &Trace, i: usize| trace.buckets().get(i).map_or(f64::NAN, |b| b.high);
        let [l1, l2, l3] = &self.phase_pu;
        for i in 0..self.bus_v.buckets().len() {
            let _ = writeln!(
                out,
                "{:.4},{:.4},{:.4},{:.4},{:.4},{:.3},{:.1},{:.1},{:.4},{:.4},{:.1},{:.1},{:.1},{:.1}",
                i as f64 * self.bus_v.bucket_s(),
                low(l1, i),
                low(l2, i),
                low(l3, i),
                low(&self.low_pu, i),
                low(&self.hertz, i),
                low(&self.grid_w, i),
                high(&self.grid_w, i),
                low(&self.bus_v, i),
                high(&self.bus_v, i),
                low(&self.psu_w, i),
                high(&self.psu_w, i),
                low(&self.bbu_w, i),
                high(&self.bbu_w, i)
            );
        }
        out
    }

    /// A trace as a history for the grid codes, from an instant on; `None` if it is shorter than two points.
    pub fn history(trace: &Trace, from_s: f64) -> Option<History> {
        History::new(trace.points().into_iter().filter(|(t, _)| *t >= from_s).collect()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_extremes() {
        let mut traces = Traces::new(50e-6, 20);
        let mut values = Values {
            phase_pu: [1.0, 1.0, 1.0],
            low_pu: 1.0,
            high_pu: 1.0,
            hertz: 60.0,
            grid_w: 9000.0,
            bus_v: 50.75,
            psu_w: 8900.0,
            bbu_w: 0.0,
        };
        for i in 0..60 {
            values.bus_v = if i == 30 { 47.25 } else { 50.75 };
            traces.push(&values);
        }
        let csv = traces.csv();
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0].split(',').count(), rows[1].split(',').count());
        assert!(
            rows[2].starts_with("0.0010,1.0000,") && rows[2].contains(",47.2500,50.7500,"),
            "{}",
            rows[2]
        );
    }
}
