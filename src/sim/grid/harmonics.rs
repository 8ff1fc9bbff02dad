//! Harmonics beside the fundamental: powers of the turning reference.

use super::disturb::Harmonic;
use super::phasor::Phasor;

#[derive(Debug, Clone)]
pub(super) struct Harmonics {
    /// Order, and its amplitude and angle in each phase in p.u., orders rising.
    list: Vec<(u32, [Phasor; 3])>,
}

impl Harmonics {
    pub(super) fn new(harmonics: &[Harmonic]) -> Self {
        let mut list: Vec<(u32, [Phasor; 3])> = harmonics
            .iter()
            .map(|h| {
                let order = f64::from(h.order);
                // z is a quarter behind the sine of L1; L2 and L3 are the same waveform a third and two later.
                let phase = |k: f64| Phasor::polar(h.ratio, h.deg - 90.0 + order * (90.0 - 120.0 * k));
                (h.order, [phase(0.0), phase(1.0), phase(2.0)])
            })
            .collect();
        list.sort_by_key(|(order, _)| *order);
        Self { list }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sum of the harmonics in each phase, in p.u. of the fundamental's peak.
    #[inline]
    pub(super) fn at(&self, z: Phasor) -> [f64; 3] {
        let mut out = [0.0; 3];
        let (mut power, mut order) = (z, 1);
        for (wanted, phases) in &self.list {
            while order < *wanted {
                power = power * z;
                order += 1;
            }
            for (out, p) in out.iter_mut().zip(phases) {
                *out += p.re * power.re - p.im * power.im;
            }
        }
        out
    }
}
