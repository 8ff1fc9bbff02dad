//! Fundamentals and the positive sequence, by mixing down and averaging over one cycle.

use std::f64::consts::{PI, SQRT_2};

use super::cumulative::Cumulative;
use super::{Effective, Frequency, Stretch};

/// One phase mixed down by a frequency: real and imaginary part.
pub(super) struct Mixed {
    re: Cumulative,
    im: Cumulative,
}

impl Mixed {
    /// Mixes `samples` down by `hz`.
    pub(super) fn new(samples: &[f64], step_s: f64, hz: f64) -> Self {
        let angle = |i: usize| -2.0 * PI * (hz * i as f64 * step_s).fract();
        let part = |turn: fn(f64) -> f64| {
            Cumulative::new(samples.iter().enumerate().map(|(i, v)| v * turn(angle(i))), step_s)
        };
        Self { re: part(f64::cos), im: part(f64::sin) }
    }

    /// The mean between two instants, in seconds from the first sample: half the phasor's amplitude.
    pub(super) fn mean(&self, from_s: f64, to_s: f64) -> (f64, f64) {
        let length = to_s - from_s;
        (self.re.between(from_s, to_s) / length, self.im.between(from_s, to_s) / length)
    }
}

/// `value` turned by an angle in radians.
pub(super) fn turned(value: (f64, f64), angle: f64) -> (f64, f64) {
    let (sin, cos) = angle.sin_cos();
    (value.0 * cos - value.1 * sin, value.0 * sin + value.1 * cos)
}

/// Effective values of the fundamentals.
pub(super) fn fundamentals(stretch: &Stretch, frequency: &Frequency) -> Effective {
    let mixed = mix(stretch, frequency);
    stretch.sliding(mixed.len(), 1.0, frequency, |phase, from, to| {
        mixed.get(phase).map_or(0.0, |m| {
            let (re, im) = m.mean(from, to);
            SQRT_2 * re.hypot(im)
        })
    })
}

/// Effective value of the positive sequence; of the sequence that turns the other way if the record names
/// the phases so.
pub(super) fn positive_sequence(stretch: &Stretch, frequency: &Frequency) -> Effective {
    let mixed = mix(stretch, frequency);
    let sequence = |sign: f64, from: f64, to: f64| {
        let mut sum = (0.0, 0.0);
        for (k, m) in mixed.iter().enumerate() {
            let (re, im) = turned(m.mean(from, to), sign * 2.0 * PI * k as f64 / 3.0);
            sum = (sum.0 + re, sum.1 + im);
        }
        SQRT_2 * f64::hypot(sum.0, sum.1) / mixed.len().max(1) as f64
    };
    let cycle = 1.0 / frequency.at(stretch.start_s);
    let sign = if sequence(1.0, 0.0, cycle) >= sequence(-1.0, 0.0, cycle) { 1.0 } else { -1.0 };
    stretch.sliding(1, 1.0, frequency, |_, from, to| sequence(sign, from, to))
}

fn mix(stretch: &Stretch, frequency: &Frequency) -> Vec<Mixed> {
    stretch.phases.iter().map(|phase| Mixed::new(phase, stretch.step_s, frequency.typical_hz())).collect()
}
