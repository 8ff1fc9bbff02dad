//! Sliding root mean square over half a cycle that follows the frequency.

use super::phasor::Phasor;

/// Sums of squares up to each of the last steps. Half a cycle is looked up as a difference of two sums, the older
/// one between two steps; that keeps windows exact whose length is no whole number of steps. The sums grow by
/// 10^9 V² a second at 20 kHz: after a month they are good to 10^-6 of a window.
#[derive(Debug, Clone)]
pub(super) struct HalfCycle {
    sums: Vec<[f64; 3]>,
    mask: usize,
    at: usize,
    total: [f64; 3],
    before: [f64; 3],
    step_s: f64,
}

impl HalfCycle {
    /// Windows down to `lowest_hz`. The past are sines of `hz` with these phasors, in p.u. of `peak`.
    pub(super) fn new(step_s: f64, lowest_hz: f64, peak: f64, past: [Phasor; 3], hz: f64) -> Self {
        let length = ((0.5 / (lowest_hz * step_s)) as usize + 4).next_power_of_two();
        let mut out = Self {
            sums: vec![[0.0; 3]; length],
            mask: length - 1,
            at: 0,
            total: [0.0; 3],
            before: [0.0; 3],
            step_s,
        };
        for ago in (1..=length).rev() {
            let turned = Phasor::polar(1.0, -360.0 * hz * step_s * ago as f64);
            out.push(past.map(|p| peak * (p * turned).re), hz);
        }
        out
    }

    #[inline]
    pub(super) fn push(&mut self, v: [f64; 3], hz: f64) -> [f64; 3] {
        let window = (0.5 / (hz * self.step_s)).min((self.mask - 1) as f64);
        let whole = window as usize;
        let rest = window - whole as f64;
        self.at = (self.at + 1) & self.mask;
        let mut sums = [0.0; 3];
        for k in 0..3 {
            let square = v[k] * v[k];
            // Trapezia, so that the ends of the window count as half steps.
            self.total[k] += 0.5 * (square + self.before[k]);
            self.before[k] = square;
            sums[k] = self.total[k];
        }
        // The index is masked to the length of the ring, a power of two.
        self.sums[self.at] = sums;
        let near = self.sums[self.at.wrapping_sub(whole) & self.mask];
        let far = self.sums[self.at.wrapping_sub(whole + 1) & self.mask];
        let mut out = [0.0; 3];
        for k in 0..3 {
            let old = near[k] + (far[k] - near[k]) * rest;
            out[k] = ((sums[k] - old) / window).max(0.0).sqrt();
        }
        out
    }
}
