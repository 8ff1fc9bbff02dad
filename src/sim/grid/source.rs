//! The source: one sample a step.

use std::f64::consts::{SQRT_2, TAU};
use std::sync::Arc;

use super::AcSample;
use super::change::Timeline;
use super::config::{GridConfig, GridError, HZ, Voltage};
use super::disturb::{Disturbances, Flicker, Jumps, Steps};
use super::frequency::FrequencyLine;
use super::harmonics::Harmonics;
use super::notch::Cutter;
use super::phasor::{BALANCED, Phasor};
use super::record::Waveform;
use super::rms::HalfCycle;
use super::walk::Walk;
use crate::sim::rng::Rng;

/// Time between two moves of what wanders, in s. Between them it stands still.
const WANDER_S: f64 = 0.01;

/// Three-phase voltages, sample by sample. Cloning it forks the grid: both go on alike.
#[derive(Debug, Clone)]
pub struct Source {
    peak: f64,
    step_s: f64,
    /// Index of the next sample.
    index: u64,
    /// The reference, of amplitude 1; L1 of a healthy grid is its real part.
    z: Phasor,
    hz: f64,
    timeline: Timeline,
    frequency: FrequencyLine,
    /// What `z` turns in a step, and for which frequency that is.
    turn: (f64, Phasor),
    wave: Option<Arc<Waveform>>,
    disturbing: Option<Box<Disturbing>>,
    half_cycle: HalfCycle,
    /// The sines before the first sample: phasors at the first sample in p.u., and frequency.
    past: ([Phasor; 3], f64),
}

impl Source {
    /// A source at time 0.
    ///
    /// # Errors
    /// [`GridError`] with the number that cannot be used.
    pub fn new(config: &GridConfig) -> Result<Self, GridError> {
        config.check()?;
        let hz = config.frequency.0;
        let z = Phasor::polar(1.0, config.start_deg - 90.0);
        let peak = SQRT_2 * config.nominal.0;
        let (changes, wave) = match &config.voltage {
            Voltage::Constant => (Vec::new(), None),
            Voltage::Changes(changes) => (changes.clone(), None),
            Voltage::Record(wave) => (Vec::new(), Some(Arc::clone(wave))),
        };
        let (past, past_hz) = wave.as_ref().map_or((BALANCED.map(|p| p * z), hz), |w| (w.before(), w.hz(0)));
        let disturbances = &config.disturbances;
        Ok(Self {
            peak,
            step_s: config.step_s,
            index: 0,
            z,
            hz,
            timeline: Timeline::new(changes),
            frequency: FrequencyLine::new(hz, config.frequency_changes.clone()),
            turn: (f64::NAN, Phasor::default()),
            wave,
            disturbing: (*disturbances != Disturbances::default())
                .then(|| Box::new(Disturbing::new(disturbances, config.seed))),
            half_cycle: HalfCycle::new(config.step_s, HZ.0, peak, past, past_hz),
            past: (past, past_hz),
        })
    }

    /// Voltages of the steps of so many seconds before the first sample, the oldest first: sines without
    /// disturbances, as the source begins. What measures can settle on them.
    pub fn before(&self, seconds: f64) -> impl Iterator<Item = [f64; 3]> + use<> {
        let (peak, step_s, (past, hz)) = (self.peak, self.step_s, self.past);
        let steps = (seconds.clamp(0.0, 3600.0) / step_s) as u64;
        (1..=steps).rev().map(move |ago| {
            let turned = Phasor::polar(1.0, -360.0 * hz * step_s * ago as f64);
            past.map(|p| peak * (p * turned).re)
        })
    }

    /// The same with effective values and frequency: what has been there for a while.
    pub fn samples_before(&self, seconds: f64) -> impl Iterator<Item = AcSample> + use<> {
        let ((past, hz), peak) = (self.past, self.peak);
        let rms = past.map(|p| peak * p.amplitude() / SQRT_2);
        self.before(seconds).map(move |v| AcSample { v, rms, hz })
    }

    /// Time of the next sample in s.
    pub fn time_s(&self) -> f64 {
        self.index as f64 * self.step_s
    }

    /// Time between samples in s.
    pub fn step_s(&self) -> f64 {
        self.step_s
    }

    /// When the last change of a list of changes began, in s: between the sample that shows it first and the one
    /// before. `None` before the first, and with a record.
    pub fn onset_s(&self) -> Option<f64> {
        self.timeline.onset_s()
    }

    /// Goes on at this frequency in Hz from the next sample on, without a jump of the phase; changes that were configured are
    /// forgotten. What is no frequency of a grid (40 to 70 Hz) changes nothing.
    pub fn go_on_at(&mut self, hz: f64) {
        if (HZ.0..=HZ.1).contains(&hz) && hz != self.hz {
            self.frequency.hold(self.time_s(), hz);
            self.hz = hz;
        }
    }

    /// Amplitudes of the fundamental in p.u. at the sample given last: what a perfect meter without delay would
    /// show. Not known of a record.
    pub fn amplitudes(&self) -> Option<[f64; 3]> {
        let level = self.disturbing.as_ref().map_or(1.0, |d| d.level);
        self.wave.is_none().then(|| self.timeline.amplitudes().map(|a| a * level))
    }

    /// The next sample.
    #[inline]
    pub fn next_sample(&mut self) -> AcSample {
        let (v, hz) = match self.wave.as_deref() {
            Some(wave) => {
                let (pu, hz) = wave.sample(self.index);
                (pu.map(|v| v * self.peak), hz)
            }
            None => self.made(),
        };
        self.index += 1;
        AcSample { v, rms: self.half_cycle.push(v, hz), hz }
    }

    fn made(&mut self) -> ([f64; 3], f64) {
        let t_s = self.time_s();
        let (mut hz, mut z) = (self.hz, self.z);
        let mut level = 1.0;
        if let Some(d) = self.disturbing.as_deref_mut() {
            z = d.turned(z, t_s);
            self.z = z;
            hz += d.drift_hz;
            level = d.level_at(t_s, self.step_s);
        }
        let phasors = self.timeline.at(t_s, z, TAU * hz, self.step_s);
        let mut v = [0.0; 3];
        for (v, p) in v.iter_mut().zip(&phasors) {
            *v = self.peak * level * (p.re * z.re - p.im * z.im);
        }
        if let Some(d) = self.disturbing.as_deref_mut() {
            d.add(&mut v, self.timeline.amplitudes(), (z, hz), self.peak, self.step_s);
        }
        // Trapezium between the frequencies of the two samples: exact on a ramp.
        self.hz = self.frequency.at(t_s + self.step_s);
        let mean_hz = hz + 0.5 * (self.hz + self.disturbing.as_ref().map_or(0.0, |d| d.drift_hz) - hz);
        if mean_hz != self.turn.0 {
            self.turn = (mean_hz, Phasor::polar(1.0, 360.0 * mean_hz * self.step_s));
        }
        self.z = (z * self.turn.1).renormalized();
        (v, hz)
    }
}

/// The disturbances as they happen.
#[derive(Debug, Clone)]
struct Disturbing {
    rng: Rng,
    harmonics: Harmonics,
    flicker: Option<(Flicker, f64)>,
    wander: Option<Walk>,
    drift: Option<Walk>,
    wander_next_s: f64,
    steps: Option<(Steps, f64)>,
    /// Amplitude that the last step left.
    step_to: f64,
    jumps: Option<(Jumps, f64)>,
    notches: Option<Cutter>,
    unbalance: f64,
    /// Factor from a sum of four uniform numbers to noise; 0 without noise.
    noise: f64,
    /// Slow level without flicker.
    slow: f64,
    /// All of it.
    level: f64,
    drift_hz: f64,
}

impl Disturbing {
    fn new(d: &Disturbances, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let wander = d.level.map(|w| {
            let start = rng.uniform(w.lowest, w.highest);
            Walk::new((w.lowest, w.highest), start, w.steepest_per_s, w.longest_s)
        });
        let drift = d.drift.map(|w| {
            Walk::new((w.lowest, w.highest), 0f64.clamp(w.lowest, w.highest), w.steepest_per_s, w.longest_s)
        });
        let mut wait = |mean_s: f64| exponential(mean_s, &mut rng);
        let steps = d.steps.map(|s| (s, wait(s.every_s)));
        let jumps = d.phase_jumps.map(|j| (j, j.least_s + wait(j.every_s)));
        Self {
            harmonics: Harmonics::new(&d.harmonics),
            flicker: d.flicker.map(|f| (f, 0.0)),
            wander,
            drift,
            wander_next_s: 0.0,
            steps,
            step_to: 1.0,
            jumps,
            notches: d.notches.map(Cutter::new),
            unbalance: d.unbalance,
            // The variance of a sum of four uniform numbers of width 2 is 4/3.
            noise: d.noise / SQRT_2 / (4.0f64 / 3.0).sqrt(),
            slow: 1.0,
            level: 1.0,
            drift_hz: 0.0,
            rng,
        }
    }

    /// The reference after a jump, if one is due.
    fn turned(&mut self, z: Phasor, t_s: f64) -> Phasor {
        let Some((jumps, next_s)) = &mut self.jumps else { return z };
        if t_s < *next_s {
            return z;
        }
        *next_s = t_s + jumps.least_s + exponential(jumps.every_s, &mut self.rng);
        z * Phasor::polar(1.0, self.rng.uniform(-jumps.most_deg, jumps.most_deg))
    }

    /// Moves what wanders, and gives the level of the amplitude.
    fn level_at(&mut self, t_s: f64, step_s: f64) -> f64 {
        if t_s >= self.wander_next_s {
            self.wander_next_s += WANDER_S;
            self.slow = self.wander.as_mut().map_or(1.0, |w| w.advance(WANDER_S, &mut self.rng));
            self.drift_hz = self.drift.as_mut().map_or(0.0, |w| w.advance(WANDER_S, &mut self.rng));
        }
        if let Some((steps, next_s)) = &mut self.steps
            && t_s >= *next_s
        {
            *next_s = t_s + exponential(steps.every_s, &mut self.rng);
            // Down by a share, and back up: the lowest level is known.
            self.step_to = if self.step_to < 1.0 { 1.0 } else { 1.0 - self.rng.uniform(0.0, steps.most) };
        }
        self.level = self.slow * self.step_to;
        if let Some((flicker, turns)) = &mut self.flicker {
            *turns += flicker.hz * step_s;
            *turns -= turns.floor();
            let wave = if flicker.rectangular {
                if *turns < 0.5 { 1.0 } else { -1.0 }
            } else {
                (TAU * *turns).sin()
            };
            self.level *= 1.0 + 0.5 * flicker.change * wave;
        }
        self.level
    }

    /// Adds what is not the fundamental.
    fn add(
        &mut self,
        v: &mut [f64; 3],
        amplitudes: [f64; 3],
        (z, hz): (Phasor, f64),
        peak: f64,
        step_s: f64,
    ) {
        if !self.harmonics.is_empty() {
            for ((v, h), a) in v.iter_mut().zip(self.harmonics.at(z)).zip(amplitudes) {
                *v += peak * self.level * a * h;
            }
        }
        if self.unbalance > 0.0 {
            // Negative sequence: L2 and L3 change places.
            for ((v, p), a) in v.iter_mut().zip(BALANCED).zip(amplitudes) {
                *v += peak * self.level * a * self.unbalance * (p.re * z.re + p.im * z.im);
            }
        }
        if let Some(notches) = &self.notches {
            notches.cut(v, z, hz, step_s);
        }
        if self.noise > 0.0 {
            for v in v {
                *v += peak * self.noise * self.rng.sum_of_four();
            }
        }
    }
}

/// A waiting time with this mean.
fn exponential(mean_s: f64, rng: &mut Rng) -> f64 {
    -mean_s * rng.uniform(1e-12, 1.0).ln()
}
