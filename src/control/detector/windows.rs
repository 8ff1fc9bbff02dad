//! Sums over half a cycle and a cycle that follow the frequency.
//!
//! Every sample is multiplied with a cosine and a sine of the nominal frequency, and squared; running sums of these
//! products are kept for the last samples. The sum over a window is the difference of two of them, the older one
//! looked up between two samples. Squares are free of ripple over half cycles of the frequency `f`; products
//! with the nominal frequency over half turns of the sum of both, `sample_hz / (f + f_nominal)` samples each. Over
//! these a phasor turns by the difference of both, which makes its mean smaller by a factor that is known.
//!
//! The oscillator does not follow the frequency: what is measured never acts on what it is measured with.
//!
//! The sums grow with time: by 10^4 a second in p.u. A double holds the window to 10^-6 for ten years.

use std::f64::consts::{PI, SQRT_2, TAU};

use super::OUT_OF_RANGE;
use crate::control::mutation::tuned;

/// Rows of running sums: one and a half cycles at 10 kHz and 40 Hz, as a power of two.
pub(super) const ROWS: usize = 512;
/// Products of a row: cosine and sine of three phases, squares of three phases, and the sum of the squares.
const PRODUCTS: usize = 10;
const SUM: usize = 9;
const HALF_ROOT_3: f64 = 0.866_025_403_784_438_6;

type Row = [f64; PRODUCTS];

/// What the windows hold, as squares of p.u.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    /// Fundamental over half a cycle.
    pub(super) half: [f64; 3],
    /// Fundamental over a cycle.
    pub(super) cycle: [f64; 3],
    /// Mean square over half a cycle.
    pub(super) squares: [f64; 3],
    /// Mean of the three.
    pub(super) sum: f64,
    /// The larger of the same half a cycle and a cycle ago.
    pub(super) sum_before: f64,
    /// Positive sequence over half a cycle.
    pub(super) sequence: f64,
    /// The turn of the positive sequence, as a complex number, and over how many samples.
    pub(super) turned: ((f64, f64), f64),
}

#[derive(Debug, Clone)]
pub(super) struct Windows {
    rows: Box<[Row; ROWS]>,
    at: usize,
    total: Row,
    /// From volts to p.u. of the peak.
    scale: f64,
    /// Largest good sample in p.u. of the peak.
    most: f64,
    nominal_hz: f64,
    sample_hz: f64,
    /// Nominal frequency, turning.
    oscillator: (f64, f64),
    turn: (f64, f64),
    /// Samples of half a cycle.
    half_cycle: f64,
    /// Samples of half a turn of the sum of both frequencies.
    half_turn: f64,
    /// What makes up for the turn of a phasor in half a turn, and beyond that in a whole one.
    gain: f64,
    gain_cycle: f64,
    /// Fundamentals of the last half cycle, to bridge bad samples.
    phasors: [(f64, f64); 3],
    found: Found,
}

impl Windows {
    pub(super) fn new(nominal_v: f64, nominal_hz: f64, sample_hz: f64) -> Self {
        let (sin, cos) = (TAU * nominal_hz / sample_hz).sin_cos();
        Self {
            rows: Box::new([[0.0; PRODUCTS]; ROWS]),
            at: 0,
            total: [0.0; PRODUCTS],
            scale: 1.0 / (SQRT_2 * nominal_v),
            most: tuned("OUT_OF_RANGE", OUT_OF_RANGE),
            nominal_hz,
            sample_hz,
            oscillator: (1.0, 0.0),
            turn: (cos, sin),
            half_cycle: sample_hz / (2.0 * nominal_hz),
            half_turn: sample_hz / (2.0 * nominal_hz),
            gain: 1.0,
            gain_cycle: 1.0,
            phasors: [(0.0, 0.0); 3],
            found: Found::default(),
        }
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    /// Samples of half a cycle.
    pub(super) fn half_cycle(&self) -> f64 {
        self.half_cycle
    }

    /// Sets the windows to a frequency.
    pub(super) fn follow(&mut self, hz: f64) {
        self.half_cycle = self.sample_hz / (2.0 * hz);
        self.half_turn = self.sample_hz / (hz + self.nominal_hz);
        // Half of the angle by which the phasor turns in the window.
        let x = PI * (hz - self.nominal_hz) * self.half_turn / self.sample_hz;
        self.gain = if x.abs() > 1e-6 { x / x.sin() } else { 1.0 };
        self.gain_cycle = 1.0 / x.cos();
    }

    /// Takes a sample in V; false if a phase of it is bad, which is bridged.
    #[inline]
    pub(super) fn push(&mut self, v: [f64; 3]) -> bool {
        let (c, s) = self.oscillator;
        let mut good = true;
        for (k, volts) in v.into_iter().enumerate() {
            let mut pu = volts * self.scale;
            if pu.is_nan() || pu.abs() > self.most {
                good = false;
                let (re, im) = self.phasors[k];
                pu = re * c - im * s;
            }
            self.total[2 * k] += pu * c;
            self.total[2 * k + 1] -= pu * s;
            self.total[6 + k] += pu * pu;
            self.total[SUM] += pu * pu;
        }
        let (tc, ts) = self.turn;
        let (c, s) = (c * tc - s * ts, c * ts + s * tc);
        // One step of Newton's method keeps the amplitude at 1.
        let gain = 1.5 - 0.5 * (c * c + s * s);
        self.oscillator = (c * gain, s * gain);
        self.at = (self.at + 1) % ROWS;
        self.rows[self.at] = self.total;
        self.look();
        good
    }

    /// The `N` running sums from `first` on, so many samples ago.
    #[inline]
    fn before<const N: usize>(&self, ago: f64, first: usize) -> [f64; N] {
        let whole = ago as usize;
        let rest = ago - whole as f64;
        let near = &self.rows[(self.at + ROWS - whole) % ROWS];
        let far = &self.rows[(self.at + ROWS - whole - 1) % ROWS];
        let mut out = [0.0; N];
        for i in 0..N {
            out[i] = near[first + i] + (far[first + i] - near[first + i]) * rest;
        }
        out
    }

    #[inline]
    fn look(&mut self) {
        let turn = self.half_turn;
        let (one, two) = (self.before::<6>(turn, 0), self.before::<6>(2.0 * turn, 0));
        // A mean of a product with a cosine is half the amplitude.
        let scale = self.gain * 2.0 / turn;
        let (mut now, mut then) = ([(0.0, 0.0); 3], [(0.0, 0.0); 3]);
        for k in 0..3 {
            let (re, im) = (2 * k, 2 * k + 1);
            now[k] = (scale * (self.total[re] - one[re]), scale * (self.total[im] - one[im]));
            then[k] = (scale * (one[re] - two[re]), scale * (one[im] - two[im]));
            let half = 0.5 * self.gain_cycle;
            let mean = (half * (now[k].0 + then[k].0), half * (now[k].1 + then[k].1));
            self.found.half[k] = now[k].0 * now[k].0 + now[k].1 * now[k].1;
            self.found.cycle[k] = mean.0 * mean.0 + mean.1 * mean.1;
        }
        self.phasors = now;
        let (new, old) = (positive(now), positive(then));
        self.found.sequence = new.0 * new.0 + new.1 * new.1;
        self.found.turned = ((new.0 * old.0 + new.1 * old.1, new.1 * old.0 - new.0 * old.1), turn);
        let cycle = self.half_cycle;
        let one = self.before::<4>(cycle, 6);
        let ([two], [three]) = (self.before::<1>(2.0 * cycle, SUM), self.before::<1>(3.0 * cycle, SUM));
        // A mean square is half the square of the amplitude.
        let scale = 2.0 / cycle;
        let [a, b, c, sum] = one;
        let [.., now_a, now_b, now_c, now_sum] = self.total;
        self.found.squares = [scale * (now_a - a), scale * (now_b - b), scale * (now_c - c)];
        self.found.sum = scale / 3.0 * (now_sum - sum);
        // Half a cycle ago alone would miss what falls slowly, a cycle ago alone a sag soon after another.
        self.found.sum_before = scale / 3.0 * (sum - two).max(two - three);
    }
}

/// Positive sequence of three phasors.
#[inline]
fn positive(p: [(f64, f64); 3]) -> (f64, f64) {
    // L2 turned forward by a third, L3 by two.
    let (b, c) = (p[1], p[2]);
    let re = p[0].0 - 0.5 * (b.0 + c.0) - HALF_ROOT_3 * (b.1 - c.1);
    let im = p[0].1 - 0.5 * (b.1 + c.1) + HALF_ROOT_3 * (b.0 - c.0);
    (re / 3.0, im / 3.0)
}
