//! Sag detector on point-on-wave samples of three phases against neutral.
//!
//! # What it takes for a sag
//! The fundamental of any phase below the threshold (0.9 p.u.). A detector that asks for the effective value
//! alone is fooled by a jump of the angle: while the jump is inside its window, the effective value of half a
//! cycle is off by up to `2 sin(jump)/π`, a third for 30 degrees. Waiting until the jump has left the window is
//! sure and slow. This one uses that **a jump of all phases leaves the sum of squares of the three phases as it
//! is** (the ripple of the three cancels), which no sag does. So three rules watch the same samples:
//!
//! | rule | asks for | sure because | takes |
//! | --- | --- | --- | --- |
//! | [`Rule::Collapse`] | a phase below the threshold in the half-cycle Fourier window, **and** the sum of squares lower by [`collapse`](DetectorConfig::collapse) than half a cycle or a cycle ago | a jump does not change the sum; flicker and switched loads change it less | 1 to 9 ms |
//! | [`Rule::HalfCycle`] | a phase below the threshold less [`ripple`](DetectorConfig::ripple), for longer than the half-cycle window | what happened once has left the window | up to 18 ms |
//! | [`Rule::Cycle`] | a phase below the threshold in the one-cycle window, for longer than that window | as above; even harmonics cancel too | up to 35 ms |
//!
//! A half-cycle Fourier window is blind to odd harmonics; even ones leave a ripple, for which the second rule keeps
//! a margin. Windows follow the measured frequency, which is a median over 42 ms so that a jump does not
//! move it, and have no whole number of samples: sums are looked up between samples.
//!
//! # Detection time by depth
//! The longest, in ms from the first instant of the sag, at 60 Hz and 5 kHz, from 1 p.u., over all instants of the wave.
//! The tests hold it; `dpo simulate detector` measures the distribution for more kinds of sags, and with distortion.
//!
//! | retained | three phases | two phases | one phase |
//! | --- | --- | --- | --- |
//! | up to 0.5 | 2.0 | 3.6 | 6.4 |
//! | up to 0.7 | 2.6 | 5.0 | 7.6 |
//! | up to 0.8 | 3.6 | 6.6 | 9.0 |
//! | up to 0.85 | 5.0 | 7.6 | 17.0 |
//! | up to 0.87 | 6.2 | 8.2 | 17.4 |
//! | up to 0.89 | 7.8 | 9.0 | 34.0 |
//!
//! Deep sags take the time in which enough squares are missing; a phase that falls near its own zero crossing
//! shows nothing until it would have risen. One phase at 0.82 or more loses less than 6 % of the root of the three
//! squares, which a healthy grid does too: it is waited for until the window is free of jumps. A PSU gives its
//! full power down to 198 V (0.825 p.u.), so that nothing depends on these. A voltage that falls slowly, or from
//! a level near 0.9, has no collapse either: it is found by the second or third rule.
//!
//! # What must be ahead of it
//! An anti-aliasing filter: sampled at 5 kHz without one, commutation notches beat with the samples and look like a
//! voltage that swings by some percent. The studies have a low pass of the second order at 1.5 kHz (`sim::grid::Chain`);
//! it delays by 0.15 ms, which the table above leaves out and `dpo simulate detector` counts.
//!
//! # What it cannot tell
//! - A drop of more than `collapse` that is still above the threshold, together with a jump of the angle at the
//!   same time, may be taken for a sag until the jump has left the window.
//! - Two jumps within one cycle may pass the second rule.
//! - An input that is dead (zeros) is a sag to 0: a broken sensor cannot be told from an outage, and an outage is
//!   what may not be missed. A sample that is no number, or more than [`OUT_OF_RANGE`] times nominal, is a bad
//!   sample: it is counted and bridged with the sine of before; after a quarter of a cycle of them the detector is
//!   [`State::Blind`] and says so, and neither starts nor ends a sag.

mod config;
mod frequency;
mod windows;

#[cfg(test)]
mod tests;

pub use config::{DetectorConfig, DetectorError};

use dpo_registers::units::{Hertz, Ratio};
use frequency::Follower;
use windows::Windows;

use super::mutation::tuned;

/// A sample of more than this many times the nominal peak is a bad one.
pub const OUT_OF_RANGE: f64 = 5.0;
/// Samples in a row that must collapse.
const COLLAPSE_SAMPLES: f64 = 2.0;
/// Samples by which the slower rules wait longer than their windows: the sample that the window ends in, and the
/// one it begins in.
const AFTER_WINDOW: f64 = 2.0;
/// Samples in a row above the threshold and the hysteresis that end a sag.
const RETURN_SAMPLES: f64 = 3.0;
/// Time from the first sample to the first verdict: until windows and frequency are known, in s.
const SETTLE_S: f64 = 0.1;
/// Part of a cycle for which bad samples are bridged.
const BRIDGED: f64 = 0.25;

/// What the detector takes the voltage for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Not enough samples yet, after the start or after being blind.
    #[default]
    Settling,
    /// All phases above the threshold.
    Healthy,
    /// A phase below it.
    Sag,
    /// The samples are bad: nothing is known.
    Blind,
}

/// Which rule found a sag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Below the threshold, and squares are missing.
    Collapse,
    /// Below the threshold for longer than the half-cycle window.
    HalfCycle,
    /// Below the threshold for longer than the one-cycle window, or at the end of the settling.
    Cycle,
}

/// What a sample brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A sag began.
    Sag(Rule),
    /// The lowest phase is above the threshold and the hysteresis again.
    Return {
        /// Lowest half-cycle voltage of a phase during the sag, in p.u.
        depth: Ratio,
        /// Samples from the detection to the return.
        samples: u64,
    },
    /// The samples are bad for longer than can be bridged.
    Blind,
    /// Good samples came back, and the windows are full of them.
    Sighted,
}

/// What has been counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Samples.
    pub samples: u64,
    /// Samples of which a phase was no number or out of range.
    pub bad_samples: u64,
    /// Sags found by [`Rule::Collapse`].
    pub by_collapse: u64,
    /// Sags found by [`Rule::HalfCycle`].
    pub by_half_cycle: u64,
    /// Sags found by [`Rule::Cycle`].
    pub by_cycle: u64,
    /// Returns of the voltage.
    pub returns: u64,
    /// How often the detector went blind.
    pub blind: u64,
}

impl Counters {
    /// Sags, whatever found them.
    pub fn sags(&self) -> u64 {
        self.by_collapse + self.by_half_cycle + self.by_cycle
    }
}

/// What the detector sees, for control and display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// What it takes the voltage for; the rest is stale while it is [`State::Blind`].
    pub state: State,
    /// Fundamental of each phase over the last half cycle, in p.u.: the fast one.
    pub fundamental: [Ratio; 3],
    /// Effective value of each phase over the last half cycle, in p.u.: with harmonics.
    pub rms: [Ratio; 3],
    /// Fundamental over the last cycle, in p.u.: the accurate one.
    pub cycle: [Ratio; 3],
    /// Lowest fundamental over half a cycle of the sag that is on, or the last one, in p.u.; 1 before the first.
    pub depth: Ratio,
    /// Frequency: the median of 42 ms.
    pub frequency: Hertz,
    /// Its rate of change over 100 ms, in Hz/s.
    pub rocof_hz_per_s: f64,
}

impl Reading {
    /// Lowest fundamental of a phase over the last half cycle, in p.u.
    pub fn lowest(&self) -> Ratio {
        self.fundamental.into_iter().fold(Ratio(f64::INFINITY), |a, b| if b.0 < a.0 { b } else { a })
    }
}

/// The detector. [`Self::push`] takes each sample in turn; it allocates nothing and never panics.
#[derive(Debug, Clone)]
pub struct SagDetector {
    config: DetectorConfig,
    windows: Windows,
    follower: Follower,
    state: State,
    counters: Counters,
    /// Squares of the levels, in p.u.
    threshold: f64,
    threshold_ripple: f64,
    threshold_return: f64,
    collapse: f64,
    /// Samples in a row: see [`COLLAPSE_SAMPLES`], [`AFTER_WINDOW`], [`RETURN_SAMPLES`], [`SETTLE_S`].
    collapse_samples: u32,
    after_window: u32,
    return_samples: u32,
    settle_samples: u32,
    /// Samples until the windows are full.
    settling: u32,
    bad_run: u32,
    bad_most: u32,
    collapsed: u32,
    below_half: u32,
    below_cycle: u32,
    above: u32,
    /// Lowest square of the last sag.
    lowest: f64,
    sag_samples: u64,
}

impl SagDetector {
    /// A detector without a past.
    ///
    /// # Errors
    /// [`DetectorError`] with the number that cannot be used.
    pub fn new(config: &DetectorConfig) -> Result<Self, DetectorError> {
        config.check()?;
        let square = |v: f64| v * v;
        let threshold = config.threshold.0;
        let settle_samples = (tuned("SETTLE_S", SETTLE_S) * config.sample_hz) as u32;
        Ok(Self {
            windows: Windows::new(config.nominal.0, config.frequency.0, config.sample_hz),
            follower: Follower::new(config.frequency.0, config.sample_hz),
            state: State::Settling,
            counters: Counters::default(),
            threshold: square(threshold),
            threshold_ripple: square(threshold - config.ripple.0),
            threshold_return: square(threshold + config.hysteresis.0),
            collapse: square(1.0 - config.collapse.0),
            collapse_samples: tuned("COLLAPSE_SAMPLES", COLLAPSE_SAMPLES) as u32,
            after_window: tuned("AFTER_WINDOW", AFTER_WINDOW) as u32,
            return_samples: tuned("RETURN_SAMPLES", RETURN_SAMPLES) as u32,
            settle_samples,
            settling: settle_samples,
            bad_run: 0,
            bad_most: (config.sample_hz / config.frequency.0 * tuned("BRIDGED", BRIDGED)) as u32,
            collapsed: 0,
            below_half: 0,
            below_cycle: 0,
            above: 0,
            lowest: 1.0,
            sag_samples: 0,
            config: *config,
        })
    }

    /// What it was built from.
    pub fn config(&self) -> &DetectorConfig {
        &self.config
    }

    /// What it takes the voltage for.
    pub fn state(&self) -> State {
        self.state
    }

    /// What has been counted.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// What it sees.
    pub fn reading(&self) -> Reading {
        let found = self.windows.found();
        let root = |squares: [f64; 3]| squares.map(|s| Ratio(s.max(0.0).sqrt()));
        Reading {
            state: self.state,
            fundamental: root(found.half),
            rms: root(found.squares),
            cycle: root(found.cycle),
            depth: Ratio(self.lowest.max(0.0).sqrt()),
            frequency: Hertz(self.follower.hz()),
            rocof_hz_per_s: self.follower.hz_per_s(),
        }
    }

    /// Takes the instantaneous voltages of L1, L2, L3 against neutral in V.
    #[inline]
    pub fn push(&mut self, v: [f64; 3]) -> Option<Event> {
        self.counters.samples += 1;
        let bad = !self.windows.push(v);
        if bad {
            self.counters.bad_samples += 1;
            self.bad_run += 1;
            if self.bad_run > self.bad_most {
                return self.blind();
            }
        } else {
            self.bad_run = 0;
        }
        let found = self.windows.found();
        if self.follower.due() {
            self.follower.push(found.turned, found.sequence);
            self.windows.follow(self.follower.hz());
        }
        match self.state {
            State::Healthy => self.watch(),
            State::Sag => self.wait(),
            State::Settling => self.settle(),
            State::Blind if bad => None,
            State::Blind => {
                self.state = State::Settling;
                self.settling = self.settle_samples;
                None
            }
        }
    }

    /// In a healthy voltage: is this a sag?
    #[inline]
    fn watch(&mut self) -> Option<Event> {
        let found = self.windows.found();
        let half = least(found.half);
        let count = |run: u32, yes: bool| if yes { run.saturating_add(1) } else { 0 };
        let missing = found.sum < self.collapse * found.sum_before;
        self.collapsed = count(self.collapsed, half < self.threshold && missing);
        self.below_half = count(self.below_half, half < self.threshold_ripple);
        self.below_cycle = count(self.below_cycle, least(found.cycle) < self.threshold);
        let half_cycle = self.windows.half_cycle() as u32 + self.after_window;
        if self.collapsed >= self.collapse_samples {
            self.counters.by_collapse += 1;
            self.sag(Rule::Collapse, half)
        } else if self.below_half > half_cycle {
            self.counters.by_half_cycle += 1;
            self.sag(Rule::HalfCycle, half)
        } else if self.below_cycle > 2 * half_cycle {
            self.counters.by_cycle += 1;
            self.sag(Rule::Cycle, half)
        } else {
            None
        }
    }

    fn sag(&mut self, rule: Rule, half: f64) -> Option<Event> {
        self.state = State::Sag;
        (self.lowest, self.sag_samples, self.above) = (half, 0, 0);
        Some(Event::Sag(rule))
    }

    /// In a sag: is it over?
    fn wait(&mut self) -> Option<Event> {
        let half = least(self.windows.found().half);
        self.lowest = self.lowest.min(half);
        self.sag_samples += 1;
        self.above = if half > self.threshold_return { self.above + 1 } else { 0 };
        if self.above < self.return_samples {
            return None;
        }
        self.state = State::Healthy;
        (self.collapsed, self.below_half, self.below_cycle) = (0, 0, 0);
        self.counters.returns += 1;
        Some(Event::Return { depth: Ratio(self.lowest.max(0.0).sqrt()), samples: self.sag_samples })
    }

    fn settle(&mut self) -> Option<Event> {
        self.settling = self.settling.saturating_sub(1);
        if self.settling > 0 {
            return None;
        }
        (self.collapsed, self.below_half, self.below_cycle) = (0, 0, 0);
        let found = *self.windows.found();
        if least(found.cycle) < self.threshold {
            self.counters.by_cycle += 1;
            return self.sag(Rule::Cycle, least(found.half));
        }
        self.state = State::Healthy;
        (self.counters.blind > 0).then_some(Event::Sighted)
    }

    fn blind(&mut self) -> Option<Event> {
        if self.state == State::Blind {
            return None;
        }
        self.state = State::Blind;
        self.counters.blind += 1;
        Some(Event::Blind)
    }
}

/// The least of three squares.
#[inline]
fn least(squares: [f64; 3]) -> f64 {
    squares[0].min(squares[1]).min(squares[2])
}

#[cfg(test)]
impl SagDetector {
    /// What the windows hold, for the tests.
    fn seen(&self) -> windows::Found {
        *self.windows.found()
    }
}
