//! A plain source and a run with what the tests look at.

use std::f64::consts::{SQRT_2, TAU};

use dpo_registers::units::Watts;

use crate::sim::grid::AcSample;
use crate::sim::twin::{STEP_S, Twin, TwinConfig};

/// Three phases whose amplitudes may differ, with the RMS over the last half cycle.
pub(super) struct Mains {
    step: u64,
    pub(super) volts: [f64; 3],
    squares: [[f64; 167]; 3],
    sums: [f64; 3],
    at: usize,
}

impl Mains {
    /// 60 Hz at `volts` for ever.
    pub(super) fn new(volts: f64) -> Self {
        let mut mains = Self { step: 0, volts: [volts; 3], squares: [[0.0; 167]; 3], sums: [0.0; 3], at: 0 };
        for _ in 0..334 {
            mains.next();
        }
        mains
    }

    pub(super) fn next(&mut self) -> AcSample {
        let angle = TAU * 60.0 * self.step as f64 * STEP_S;
        let mut v = [0.0; 3];
        let mut rms = [0.0; 3];
        for phase in 0..3 {
            v[phase] = self.volts[phase] * SQRT_2 * (angle - phase as f64 * TAU / 3.0).sin();
            let square = v[phase] * v[phase];
            self.sums[phase] += square - self.squares[phase][self.at];
            self.squares[phase][self.at] = square;
            rms[phase] = (self.sums[phase].max(0.0) / 167.0).sqrt();
        }
        self.at = (self.at + 1) % 167;
        self.step += 1;
        AcSample { v, rms, hz: 60.0 }
    }

    /// Goes on to the next instant at which L1 crosses zero upwards.
    pub(super) fn until_zero(&mut self, twin: &mut Twin) {
        loop {
            let before = (self.step as f64 * STEP_S * 60.0).fract();
            if before < 60.0 * STEP_S {
                return;
            }
            twin.step(&self.next());
        }
    }
}

/// A twin and its mains after 200 ms at nominal voltage.
pub(super) fn warm(config: &TwinConfig, load_w: f64) -> (Twin, Mains) {
    let config = TwinConfig { load: Watts(load_w), ..config.clone() };
    let mut twin = Twin::new(&config).unwrap();
    let mut mains = Mains::new(config.nominal.0);
    for _ in 0..4000 {
        twin.step(&mains.next());
    }
    (twin, mains)
}

/// Runs for `seconds` and calls `each` after every step.
pub(super) fn run(twin: &mut Twin, mains: &mut Mains, seconds: f64, mut each: impl FnMut(&Twin)) {
    for _ in 0..(seconds / STEP_S).round() as u64 {
        twin.step(&mains.next());
        each(twin);
    }
}
