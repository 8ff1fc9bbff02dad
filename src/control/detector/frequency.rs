//! Frequency: how fast the positive sequence turns, as a median that jumps do not move.

use std::f64::consts::TAU;

use crate::control::mutation::tuned;

/// Time between two values in s.
const EVERY_S: f64 = 0.002;
/// Values of the median. A jump of the angle is inside the two half-cycle windows for one cycle, which is 8 values;
/// the median stands as long as these are fewer than half.
const VALUES: f64 = 21.0;
/// Values over which the rate of change is taken: 100 ms.
const RATE_VALUES: f64 = 50.0;
/// Room for either.
const ROOM: usize = 128;
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
    least_square: f64,
    /// Widest deviation in Hz.
    widest_hz: f64,
    /// How many of the rings are used.
    values: usize,
    rate_values: usize,
    /// The last values in the order of time, and sorted.
    ring: [f64; ROOM],
    at: usize,
    sorted: [f64; ROOM],
    hz: f64,
    /// The last medians.
    past: [f64; ROOM],
    past_at: usize,
}

impl Follower {
    pub(super) fn new(nominal_hz: f64, sample_hz: f64) -> Self {
        let every = ((tuned("EVERY_S", EVERY_S) * sample_hz) as u32).max(1);
        let least = tuned("LEAST", LEAST);
        Self {
            nominal_hz,
            sample_hz,
            every,
            wait: every,
            least_square: least * least,
            widest_hz: tuned("WIDEST", WIDEST) * nominal_hz,
            values: (tuned("VALUES", VALUES) as usize).min(ROOM),
            rate_values: (tuned("RATE_VALUES", RATE_VALUES) as usize).min(ROOM),
            ring: [nominal_hz; ROOM],
            at: 0,
            sorted: [nominal_hz; ROOM],
            hz: nominal_hz,
            past: [nominal_hz; ROOM],
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
        if square > self.least_square && hz.is_finite() {
            self.replace(hz);
        }
        self.past[self.past_at] = self.hz;
        self.past_at = (self.past_at + 1) % self.rate_values;
        let most = self.widest_hz;
        self.hz = self.sorted[self.values / 2].clamp(self.nominal_hz - most, self.nominal_hz + most);
    }

    /// Puts a value in the place of the oldest one, and keeps the sorted list sorted.
    fn replace(&mut self, hz: f64) {
        let old = std::mem::replace(&mut self.ring[self.at], hz);
        self.at = (self.at + 1) % self.values;
        let sorted = &mut self.sorted[..self.values];
        let mut place = sorted.iter().position(|v| *v == old).unwrap_or(0);
        sorted[place] = hz;
        while place > 0 && sorted[place - 1] > sorted[place] {
            sorted.swap(place - 1, place);
            place -= 1;
        }
        while place + 1 < sorted.len() && sorted[place + 1] < sorted[place] {
            sorted.swap(place, place + 1);
            place += 1;
        }
    }

    pub(super) fn hz(&self) -> f64 {
        self.hz
    }

    pub(super) fn hz_per_s(&self) -> f64 {
        let span_s = self.rate_values as f64 * f64::from(self.every) / self.sample_hz;
        (self.hz - self.past[self.past_at]) / span_s
    }
}
