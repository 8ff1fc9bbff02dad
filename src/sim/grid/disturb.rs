//! What a healthy grid does all the time.

use super::notch::Notches;

/// Disturbances on top of the voltages and the frequency. [`Default`] is none. Ratios are of the fundamental.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Disturbances {
    /// Harmonics; they shrink with their phase in a sag.
    pub harmonics: Vec<Harmonic>,
    /// Flicker.
    pub flicker: Option<Flicker>,
    /// Slow variation of the amplitude in p.u.
    pub level: Option<Wander>,
    /// Steps of the amplitude, as from switched loads and tap changers.
    pub steps: Option<Steps>,
    /// Jumps of the angle of all phases.
    pub phase_jumps: Option<Jumps>,
    /// Slow variation of the frequency in Hz around the set one.
    pub drift: Option<Wander>,
    /// White noise on each phase: its effective value over the nominal one.
    pub noise: f64,
    /// Commutation notches.
    pub notches: Option<Notches>,
    /// Negative sequence over positive sequence.
    pub unbalance: f64,
}

/// A harmonic of all phases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Harmonic {
    /// Order, from 2.
    pub order: u32,
    /// Amplitude over the fundamental's.
    pub ratio: f64,
    /// Angle in degrees at the zero crossing of the fundamental.
    pub deg: f64,
}

/// Amplitude modulation (IEC 61000-4-15).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flicker {
    /// Change from lowest to highest amplitude, over the mean one.
    pub change: f64,
    /// Frequency of the modulation in Hz.
    pub hz: f64,
    /// Whether it is rectangular instead of a sine.
    pub rectangular: bool,
}

/// A value that wanders: to a random target along a random slope, there for a random time, and on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wander {
    /// Lowest value.
    pub lowest: f64,
    /// Highest value.
    pub highest: f64,
    /// Steepest slope a second.
    pub steepest_per_s: f64,
    /// Longest stay at a target in s.
    pub longest_s: f64,
}

/// Steps of the amplitude of all phases at random times: down by a random share, and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steps {
    /// Largest step, over the amplitude before.
    pub most: f64,
    /// Mean time between steps in s.
    pub every_s: f64,
}

/// Jumps at random times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jumps {
    /// Largest jump in degrees, either way.
    pub most_deg: f64,
    /// Mean time between jumps in s.
    pub every_s: f64,
    /// Shortest time between jumps in s.
    pub least_s: f64,
}
