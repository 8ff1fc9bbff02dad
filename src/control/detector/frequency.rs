//! Frequency: how fast the positive sequence turns, as a median that jumps do not move.

use std::f64::consts::TAU;

/// Time between two values in s.
const EVERY_S: f64 = 0.002;
/// Values of the median. A jump of the angle is inside the two half-cycle windows for one cycle, which is 8 values;
/// the median stands as long as these are fewer than half.
const VALUES: usize = 21;
/// Values over which the rate of change is taken: 100 ms.
const RATE_VALUES: usize = 50;
/// Positive sequence in p.u. below which its angle is not looked at.
const LEAST: f64 = 0.1;
/// Widest deviation from the nominal frequency that windows follow.
const WIDEST: f64 = 0.15;

/// The frequency of the input.
#[derive(Debug, Clone)]
pub(super) struct Follower {
    nominal_hz: f64,
    sample_hz: f64,
    every: u32,
    wait: u32,
    /// The last values in the order of time, and sorted.
    ring: [f64; VALUES],
    at: usize,
    sorted: [f64; VALUES],
    hz: f64,
    /// The last medians.
    past: [f64; RATE_VALUES],
    past_at: usize,
}

impl Follower {
    pub(super) fn new(nominal_hz: f64, sample_hz: f64) -> Self {
        let every = ((EVERY_S * sample_hz) as u32).max(1);
        Self {
            nominal_hz,
            sample_hz,
            every,
            wait: every,
            ring: [nominal_hz; VALUES],
            at: 0,
            sorted: [nominal_hz; VALUES],
            hz: nominal_hz,
            past: [nominal_hz; RATE_VALUES],
            past_at: 0,
        }
    }

    /// Whether a value is due with this sample.
    #[inline]
    pub(super) fn due(&mut self) -> bool {
        self.wait -= 1;
        if self.wait == 0 {
            self.wait = self.every;
            return true;
        }
        false
    }

    /// Takes the square of the positive sequence in p.u., and by what it turned (in radians, beside the nominal
    /// frequency) over a time in samples.
    pub(super) fn push(&mut self, (turned, over): ((f64, f64), f64), square: f64) {
        let radians = turned.1.atan2(turned.0);
        let hz = self.nominal_hz + radians * self.sample_hz / (TAU * over);
        // Without a voltage the last frequency stays.
        if square > LEAST * LEAST && hz.is_finite() {
            self.replace(hz);
        }
        self.past[self.past_at] = self.hz;
        self.past_at = (self.past_at + 1) % RATE_VALUES;
        let most = WIDEST * self.nominal_hz;
        self.hz = self.sorted[VALUES / 2].clamp(self.nominal_hz - most, self.nominal_hz + most);
    }

    /// Puts a value in the place of the oldest one, and keeps the sorted list sorted.
    fn replace(&mut self, hz: f64) {
        let old = std::mem::replace(&mut self.ring[self.at], hz);
        self.at = (self.at + 1) % VALUES;
        let mut place = self.sorted.iter().position(|v| *v == old).unwrap_or(0);
        self.sorted[place] = hz;
        while place > 0 && self.sorted[place - 1] > self.sorted[place] {
            self.sorted.swap(place - 1, place);
            place -= 1;
        }
        while place + 1 < VALUES && self.sorted[place + 1] < self.sorted[place] {
            self.sorted.swap(place, place + 1);
            place += 1;
        }
    }

    pub(super) fn hz(&self) -> f64 {
        self.hz
    }

    pub(super) fn hz_per_s(&self) -> f64 {
        let span_s = RATE_VALUES as f64 * f64::from(self.every) / self.sample_hz;
        (self.hz - self.past[self.past_at]) / span_s
    }
}
