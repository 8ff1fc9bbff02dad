//! From waveforms to what a code compares: effective voltage, frequency, active power.
//!
//! Windows follow the measured frequency, slide with every sample and end at the instant they are named
//! after: a value is known when its window is complete. An excursion seen through a window of one cycle
//! therefore begins up to a cycle late and lasts up to a cycle longer than the waveform's.

mod cumulative;
mod frequency;
mod phasor;

use super::model::{Filter, PhaseRule};
use cumulative::Cumulative;

pub use frequency::{Frequency, coarse_hz, rocof};

/// Samples a cycle below which a waveform is too coarse: the error of an effective value stays under 1 %.
pub const MIN_SAMPLES_PER_CYCLE: f64 = 16.0;

/// A stretch of waveforms at one sampling rate, without gaps: one list of samples a phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// When the first sample was taken, in seconds.
    pub start_s: f64,
    /// Time between samples, in seconds.
    pub step_s: f64,
    /// Samples of each phase, all of one length.
    pub phases: Vec<Vec<f64>>,
}

/// Effective values over time: instants in seconds, and one list of values a phase (for the positive
/// sequence a single one).
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// The instants, in seconds.
    pub times_s: Vec<f64>,
    /// The values of each phase, in the unit of the samples.
    pub phases: Vec<Vec<f64>>,
}

impl Stretch {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.phases.iter().map(Vec::len).min().unwrap_or(0)
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When sample `index` was taken, in seconds.
    pub fn time_s(&self, index: usize) -> f64 {
        // Sample counts are far below 2^53.
        self.start_s + index as f64 * self.step_s
    }

    /// Whether effective values can be computed at a frequency in hertz: enough samples a cycle, and more
    /// than one cycle.
    pub fn is_fine(&self, hz: f64) -> bool {
        let per_cycle = 1.0 / (hz * self.step_s);
        per_cycle >= MIN_SAMPLES_PER_CYCLE && self.len() as f64 > per_cycle + 1.0
    }

    /// Effective values by the filter, with windows that follow `frequency`.
    pub fn effective(&self, filter: Filter, rule: PhaseRule, frequency: &Frequency) -> Effective {
        if rule == PhaseRule::PositiveSequence {
            return phasor::positive_sequence(self, frequency);
        }
        match filter {
            Filter::Fundamental => phasor::fundamentals(self, frequency),
            Filter::OneCycleRms => self.rms(1.0, frequency),
            Filter::HalfCycleRms => self.rms(0.5, frequency),
        }
    }

    /// Sliding root mean square over a number of cycles.
    fn rms(&self, cycles: f64, frequency: &Frequency) -> Effective {
        let squares: Vec<Cumulative> = self
            .phases
            .iter()
            .map(|phase| Cumulative::new(phase.iter().map(|v| v * v), self.step_s))
            .collect();
        self.sliding(squares.len(), cycles, frequency, |phase, from, to| {
            squares.get(phase).map_or(0.0, |sum| (sum.between(from, to) / (to - from)).max(0.0).sqrt())
        })
    }

    /// Mean over one cycle of the product of each phase of `self` (voltages) and `currents`, summed: the
    /// active power. `None` if the two do not fit together.
    pub fn power(&self, currents: &Self, frequency: &Frequency) -> Option<Effective> {
        if self.phases.len() != currents.phases.len() || self.len() != currents.len() {
            return None;
        }
        let products = (0..self.len()).map(|i| {
            let pairs = self.phases.iter().zip(&currents.phases);
            pairs.filter_map(|(v, a)| Some(v.get(i)? * a.get(i)?)).sum::<f64>()
        });
        let sum = Cumulative::new(products, self.step_s);
        Some(self.sliding(1, 1.0, frequency, |_, from, to| sum.between(from, to) / (to - from)))
    }

    /// Evaluates `value(phase, from, to)` for windows of so many cycles that end at each sample; times are
    /// counted from the first sample.
    fn sliding(
        &self,
        phases: usize,
        cycles: f64,
        frequency: &Frequency,
        value: impl Fn(usize, f64, f64) -> f64,
    ) -> Effective {
        let mut out = Effective { times_s: Vec::new(), phases: vec![Vec::new(); phases] };
        for index in 0..self.len() {
            let to = index as f64 * self.step_s;
            let from = to - cycles / frequency.at(self.start_s + to);
            if from < 0.0 {
                continue;
            }
            out.times_s.push(self.start_s + to);
            for (phase, list) in out.phases.iter_mut().enumerate() {
                list.push(value(phase, from, to));
            }
        }
        out
    }
}

impl Effective {
    /// One voltage by the phase rule, for sags (`low`) or for swells.
    pub fn combined(&self, rule: PhaseRule, low: bool) -> Vec<(f64, f64)> {
        self.times_s
            .iter()
            .enumerate()
            .filter_map(|(i, t)| {
                let values = self.phases.iter().filter_map(|phase| phase.get(i).copied());
                let value = match (rule, low) {
                    (PhaseRule::AnyPhase, true) | (PhaseRule::AllPhases, false) => {
                        values.fold(f64::INFINITY, f64::min)
                    }
                    (PhaseRule::AnyPhase, false) | (PhaseRule::AllPhases, true) => {
                        values.fold(f64::NEG_INFINITY, f64::max)
                    }
                    (PhaseRule::Average | PhaseRule::PositiveSequence, _) => {
                        values.sum::<f64>() / self.phases.len() as f64
                    }
                };
                value.is_finite().then_some((*t, value))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
