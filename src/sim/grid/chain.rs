//! The measuring chain between the grid and whoever takes samples of it: an anti-aliasing filter, a converter.
//!
//! What is sampled at 5 kHz without a filter is not what was there: a notch of 300 µs is hit by one sample or by two,
//! and the harmonics near 5 kHz come out as a slow beat of the fundamental. No instrument is built so.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use super::{AcSample, Source};
use crate::sim::rng::Rng;

/// Corner (-3 dB) of the anti-aliasing filter in Hz. Assumed: what a meter of 5 kHz has whose band ends at the 25th
/// harmonic of 60 Hz.
pub const CORNER_HZ: f64 = 1500.0;

/// Low pass of the second order (Butterworth) for three phases, as an active filter ahead of a converter is, in steps
/// of the simulation.
///
/// Its delay far below the corner is [`Self::delay_s`]; at 5 kHz, whose harmonics come out as the fundamental, it
/// leaves 9 %.
#[derive(Debug, Clone)]
pub struct AntiAlias {
    b: f64,
    a: [f64; 2],
    corner_hz: f64,
    state: [[f64; 2]; 3],
}

impl AntiAlias {
    /// A filter at rest. `corner_hz` must be below half of `1 / step_s`.
    pub fn new(corner_hz: f64, step_s: f64) -> Self {
        // Bilinear, warped so that the corner is where it is said to be.
        let k = (PI * corner_hz * step_s).tan();
        let scale = 1.0 / (1.0 + SQRT_2 * k + k * k);
        Self {
            b: k * k * scale,
            a: [2.0 * (k * k - 1.0) * scale, (1.0 - SQRT_2 * k + k * k) * scale],
            corner_hz,
            state: [[0.0; 2]; 3],
        }
    }

    /// By how much what is slow comes later, in s: 0.15 ms at 1.5 kHz.
    pub fn delay_s(&self) -> f64 {
        FRAC_1_SQRT_2 / (PI * self.corner_hz)
    }

    /// The output for the next step.
    #[inline]
    pub fn push(&mut self, v: [f64; 3]) -> [f64; 3] {
        let (b, [a1, a2]) = (self.b, self.a);
        let mut out = [0.0; 3];
        for ((out, [s1, s2]), v) in out.iter_mut().zip(&mut self.state).zip(v) {
            *out = b * v + *s1;
            *s1 = 2.0 * b * v - a1 * *out + *s2;
            *s2 = b * v - a2 * *out;
        }
        out
    }
}

/// Filter and converter on a source whose steps are a whole part of the time between samples.
#[derive(Debug, Clone)]
pub struct Chain {
    filter: AntiAlias,
    steps: u32,
    rng: Rng,
    /// Factor from a sum of four uniform numbers to volts of noise.
    noise: f64,
}

impl Chain {
    /// A chain that has settled on what was before the first sample of `source`: a sample each `steps` steps. `noise`
    /// is the converter's own, as effective value in V; white, and behind the filter.
    pub fn new(source: &Source, steps: u32, noise: f64, seed: u64) -> Self {
        let mut filter = AntiAlias::new(CORNER_HZ, source.step_s());
        for v in source.before(0.02) {
            filter.push(v);
        }
        // The variance of a sum of four uniform numbers of width 2 is 4/3.
        Self { filter, steps: steps.max(1), rng: Rng::new(seed), noise: noise / (4.0f64 / 3.0).sqrt() }
    }

    /// The next sample as it is measured, with the grid at that instant.
    #[inline]
    pub fn sample(&mut self, source: &mut Source) -> ([f64; 3], AcSample) {
        let mut grid = AcSample::default();
        let mut v = [0.0; 3];
        for _ in 0..self.steps {
            grid = source.next_sample();
            v = self.filter.push(grid.v);
        }
        if self.noise > 0.0 {
            v = v.map(|v| v + self.noise * self.rng.sum_of_four());
        }
        (v, grid)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::super::{Disturbances, GridConfig, Notches};
    use super::*;

    /// Amplitude and delay in s of a sine that went through the filter.
    fn through(hz: f64) -> (f64, f64) {
        let step_s = 10e-6;
        let mut filter = AntiAlias::new(CORNER_HZ, step_s);
        let (mut sin, mut cos, mut count) = (0.0, 0.0, 0.0);
        for i in 0..200_000 {
            let angle = TAU * hz * f64::from(i) * step_s;
            let [out, ..] = filter.push([angle.sin(), 0.0, 0.0]);
            if i >= 100_000 {
                sin += out * angle.sin();
                cos += out * angle.cos();
                count += 0.5;
            }
        }
        ((sin / count).hypot(cos / count), -cos.atan2(sin) / (TAU * hz))
    }

    #[test]
    fn the_corner_the_delay_and_the_rejection_are_as_told() {
        let (at_corner, _) = through(1500.0);
        assert!((at_corner - FRAC_1_SQRT_2).abs() < 1e-3, "{at_corner}");
        let (fundamental, delay_s) = through(60.0);
        assert!((fundamental - 1.0).abs() < 1e-5, "{fundamental}");
        assert!((delay_s - AntiAlias::new(CORNER_HZ, 1e-5).delay_s()).abs() < 1e-6, "{delay_s}");
        assert!((delay_s - 0.15e-3).abs() < 0.001e-3, "{delay_s}");
        let (beat, _) = through(5000.0);
        assert!((0.08..0.095).contains(&beat), "{beat}");
    }

    #[test]
    fn it_keeps_notches_from_beating_with_the_samples() {
        // 59.52 Hz: the 83rd and 85th harmonic of the notches come out 0.18 Hz beside the fundamental.
        let disturbances = Disturbances {
            notches: Some(Notches { depth: 0.49, width_s: 300e-6, firing_deg: 90.0 }),
            ..Disturbances::default()
        };
        let hz = 5000.0 / 84.003;
        let config = GridConfig {
            frequency: dpo_registers::units::Hertz(hz),
            step_s: 10e-6,
            disturbances,
            ..GridConfig::default()
        };
        // Fundamental over ten cycles of each sampled signal, lowest and highest over ten seconds.
        let spread = |filtered: bool| {
            let mut source = Source::new(&config).unwrap();
            let mut chain = Chain::new(&source, 20, 0.0, 1);
            let (mut low, mut high) = (f64::INFINITY, 0f64);
            for window in 0..60 {
                let (mut re, mut im) = (0.0, 0.0);
                for i in 0..840 {
                    let (v, grid) = chain.sample(&mut source);
                    let v = if filtered { v } else { grid.v };
                    let angle = TAU * hz * f64::from(window * 840 + i) / 5000.0;
                    re += v[0] * angle.cos();
                    im += v[0] * angle.sin();
                }
                let amplitude = re.hypot(im) * 2.0 / 840.0;
                (low, high) = (low.min(amplitude), high.max(amplitude));
            }
            (high - low) / high
        };
        let (with, without) = (spread(true), spread(false));
        assert!(without > 0.004 && with < 0.15 * without, "{with} {without}");
    }

    #[test]
    fn its_noise_is_as_large_as_asked_and_its_own() {
        let config = GridConfig { step_s: 40e-6, ..GridConfig::default() };
        let mut source = Source::new(&config).unwrap();
        let (mut noisy, mut quiet) = (Chain::new(&source, 5, 2.4, 7), Chain::new(&source, 5, 0.0, 7));
        let mut other = source.clone();
        let sum: f64 = (0..50_000)
            .map(|_| (noisy.sample(&mut source).0[2] - quiet.sample(&mut other).0[2]).powi(2))
            .sum();
        assert!(((sum / 50_000.0).sqrt() - 2.4).abs() < 0.03);
        // Settled from the first sample on.
        let mut source = Source::new(&config).unwrap();
        let first = Chain::new(&source, 5, 0.0, 1).sample(&mut source).0;
        assert!(
            (first[0] - 240.0 * SQRT_2 * (TAU * 60.0 * (160e-6 - 150e-6)).sin()).abs() < 0.5,
            "{first:?}"
        );
    }
}
