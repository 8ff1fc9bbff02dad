//! What the grid sees of a shelf: ramps, dynamic range, and the energy of the band.

use realfft::RealFftPlanner;
use serde::Serialize;

use super::super::plan::GridLimits;
use super::STEP_S;
use crate::gridcode::{band_rms, band_swing};

/// The band of swings that utilities ask about, in Hz.
pub const BAND_HZ: (f64, f64) = (0.1, 20.0);
/// Time over which a ramp is measured, in seconds: between means of 0.1 s.
pub const RAMP_S: f64 = 1.0;
const MEAN: usize = 10;

/// A power as the grid sees it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Seen {
    /// Steepest rise, W/s.
    pub up_w_per_s: f64,
    /// Steepest fall, W/s.
    pub down_w_per_s: f64,
    /// Largest swing in the band, peak to peak, W.
    pub range_w: f64,
    /// Effective value of the part in the band over all of the time, W.
    pub band_rms_w: f64,
    /// The largest within the window, W: what a limit of the band is about.
    pub band_window_rms_w: f64,
    /// Share of the energy of all swings that lies in the band, 0 to 1.
    pub band_share: f64,
}

/// Means of 0.1 s.
fn means(input_w: &[f64]) -> Vec<f64> {
    input_w.chunks_exact(MEAN).map(|c| c.iter().sum::<f64>() / MEAN as f64).collect()
}

/// Steepest rise and fall over [`RAMP_S`], W/s, and the instants at which they end, s.
pub fn ramps(input_w: &[f64]) -> ((f64, f64), (f64, f64)) {
    let means = means(input_w);
    let lag = (RAMP_S / (STEP_S * MEAN as f64)).round() as usize;
    let mut worst = ((0.0, 0.0), (0.0, 0.0));
    for (i, (before, after)) in means.iter().zip(means.iter().skip(lag)).enumerate() {
        let slope = (after - before) / RAMP_S;
        let at_s = (i + lag + 1) as f64 * STEP_S * MEAN as f64;
        if slope > worst.0.0 {
            worst.0 = (slope, at_s);
        }
        if -slope > worst.1.0 {
            worst.1 = (-slope, at_s);
        }
    }
    worst
}

/// Largest swing in the band within the window, W, and when it ends, s.
pub fn range(input_w: &[f64], limits: &GridLimits) -> (f64, f64) {
    band_swing(input_w, STEP_S, BAND_HZ, limits.window_s)
}

/// Largest effective value of the band within the window, W, and when it ends, s.
pub fn band(input_w: &[f64], limits: &GridLimits) -> (f64, f64) {
    band_rms(input_w, STEP_S, BAND_HZ, limits.window_s)
}

/// All of it, from samples [`STEP_S`] apart.
pub fn seen(input_w: &[f64], limits: &GridLimits) -> Seen {
    let ((up, _), (down, _)) = ramps(input_w);
    let (inside, all) = energies(input_w);
    Seen {
        up_w_per_s: up,
        down_w_per_s: down,
        range_w: range(input_w, limits).0,
        band_rms_w: inside.sqrt(),
        band_window_rms_w: band(input_w, limits).0,
        band_share: if all > 0.0 { inside / all } else { 0.0 },
    }
}

/// Mean square of the part in the band, and of everything but the mean: by a Fourier transform under a Hann window, W2.
fn energies(input_w: &[f64]) -> (f64, f64) {
    let n = input_w.len();
    if n < 16 {
        return (0.0, 0.0);
    }
    let mean = input_w.iter().sum::<f64>() / n as f64;
    let window = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / n as f64).cos();
    let mut buffer: Vec<f64> = input_w.iter().enumerate().map(|(i, w)| (w - mean) * window(i)).collect();
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(n);
    let mut spectrum = transform.make_output_vec();
    if transform.process(&mut buffer, &mut spectrum).is_err() {
        return (0.0, 0.0);
    }
    // A Hann window keeps 3/8 of the energy; both halves of the spectrum count.
    let scale = 2.0 / (0.375 * (n as f64).powi(2));
    let (mut inside, mut all) = (0.0, 0.0);
    for (i, bin) in spectrum.iter().enumerate().skip(1) {
        let energy = bin.norm_sqr() * scale;
        all += energy;
        let hz = i as f64 / (n as f64 * STEP_S);
        if (BAND_HZ.0..=BAND_HZ.1).contains(&hz) {
            inside += energy;
        }
    }
    (inside, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, w: f64) -> Vec<f64> {
        (0..6000).map(|i| 9000.0 + w * (f64::from(i) * STEP_S * hz * std::f64::consts::TAU).sin()).collect()
    }

    #[test]
    fn a_sine_in_the_band_has_its_swing_and_its_energy_there() {
        let seen = seen(&sine(1.0, 500.0), &GridLimits::NONE);
        assert!((seen.range_w - 1000.0).abs() < 60.0, "{seen:?}");
        assert!((seen.band_rms_w - 500.0 / 2f64.sqrt()).abs() < 5.0, "{seen:?}");
        assert!(seen.band_share > 0.99, "{seen:?}");
        assert!((seen.band_window_rms_w - seen.band_rms_w).abs() < 10.0, "{seen:?}");
    }

    #[test]
    fn a_slow_sine_is_a_ramp_and_not_in_the_band() {
        let seen = seen(&sine(0.02, 500.0), &GridLimits::NONE);
        assert!(seen.band_share < 0.05 && seen.range_w < 100.0, "{seen:?}");
        let steepest = 500.0 * 0.02 * std::f64::consts::TAU;
        assert!(
            (seen.up_w_per_s - steepest).abs() < 1.0 && (seen.down_w_per_s - steepest).abs() < 1.0,
            "{seen:?}"
        );
    }

    #[test]
    fn a_step_is_a_ramp_over_a_second() {
        let step: Vec<f64> = (0..1000).map(|i| if i < 500 { 6000.0 } else { 8000.0 }).collect();
        let ((up, at_s), (down, _)) = ramps(&step);
        assert_eq!((up, down), (2000.0, 0.0));
        assert!((5.0..=6.2).contains(&at_s), "{at_s}");
        assert_eq!(energies(&[1.0; 8]), (0.0, 0.0));
    }
}
