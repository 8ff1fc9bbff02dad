//! What goes wrong on a line: by chance from a seed, or exactly as told.

use std::time::Duration;

use dpo_registers::codec::rtu::Frame;

/// What happens to characters on the wire, each with its own probability (0 to 1) for a character.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LineFaults {
    /// A bit is heard inverted.
    pub flip: f64,
    /// The character is not heard.
    pub lose: f64,
    /// The character is heard twice.
    pub duplicate: f64,
    /// Characters of noise in a second of an otherwise silent line.
    pub noise_per_s: f64,
}

/// How a device answers, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceTiming {
    /// Shortest time from the end of a request to the start of its answer. `None` is t3.5, the least that the
    /// standard allows.
    pub response: Option<Duration>,
    /// Up to this is added, drawn evenly for each answer.
    pub spread: Duration,
    /// Silence between the characters of an answer.
    pub between: Duration,
}

impl Default for DeviceTiming {
    /// The best that the standard allows: t3.5 after the request, without a gap.
    fn default() -> Self {
        Self { response: None, spread: Duration::ZERO, between: Duration::ZERO }
    }
}

/// What a device does with one answer that it was about to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Sends it.
    Answer,
    /// Says nothing.
    Silence,
    /// Sends it this much later than its timing says.
    Late(Duration),
    /// Sends these bytes instead.
    Bytes(Vec<u8>),
}

/// Decides on each answer of a device.
pub type Script = Box<dyn FnMut(&Frame) -> Reaction + Send>;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), to draw faults from a seed; not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 (included) to 1 (excluded).
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        // No draw where nothing can happen: adding a fault must not change the others' sequence more than it must.
        probability > 0.0 && self.unit() < probability
    }

    pub(super) fn duration(&mut self, up_to: Duration) -> Duration {
        if up_to.is_zero() { up_to } else { up_to.mul_f64(self.unit()) }
    }
}
