//! A recorded event as a source: resampled to the step, with gaps filled.

use std::f64::consts::{SQRT_2, TAU};
use std::sync::Arc;

use dpo_registers::units::{Hertz, Volts};

use super::STEP_S;
use super::change::{Change, When};
use super::config::{GridConfig, GridError, Voltage};
use super::frequency::FrequencyChange;
use super::phasor::{BALANCED, Phasor};
use super::resample::{self, Sine};
use crate::gridcode::measure::{Frequency, Stretch};
use crate::gridcode::record::{Mapping, Record, VoltageBase, VoltageKind, factor, voltages};

/// How a record is read.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordOptions {
    /// Which channels are what, and what 1 p.u. is.
    pub mapping: Mapping,
    /// Nominal frequency; `None`: what the record says or shows.
    pub frequency: Option<Hertz>,
    /// Time between samples of the source in s.
    pub step_s: f64,
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self { mapping: Mapping::default(), frequency: None, step_s: STEP_S }
    }
}

/// Waveforms of the three phases in p.u. of the nominal peak, one sample a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    step_s: f64,
    samples: Vec<[f64; 3]>,
    /// Frequency over time: the measured one.
    hz: Vec<f32>,
    /// Steps between two values of `hz`.
    hz_every: usize,
    /// The sines that the record begins and ends with.
    begin: [Sine; 3],
    end: [Sine; 3],
}

impl Waveform {
    /// Time between samples in s.
    pub fn step_s(&self) -> f64 {
        self.step_s
    }

    /// Length of the record in s.
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 * self.step_s
    }

    /// Sample `index` in p.u. of the nominal peak, and the frequency in Hz; after the end the sine goes on.
    #[inline]
    pub(super) fn sample(&self, index: u64) -> ([f64; 3], f64) {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        match self.samples.get(at) {
            Some(sample) => (*sample, self.hz(at)),
            None => {
                let after_s = (at - self.samples.len()) as f64 * self.step_s;
                (self.end.map(|s| s.at(after_s)), self.end[0].hz)
            }
        }
    }

    pub(super) fn hz(&self, at: usize) -> f64 {
        let index = (at / self.hz_every).min(self.hz.len().saturating_sub(1));
        self.hz.get(index).map_or(self.end[0].hz, |hz| f64::from(*hz))
    }

    /// Phasors that the record begins with, at the first sample.
    pub(super) fn before(&self) -> [Phasor; 3] {
        self.begin.map(|s| s.phasor)
    }
}

/// A record made ready.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The voltages.
    pub voltage: Voltage,
    /// The nominal frequency.
    pub frequency: Hertz,
    /// The frequency over time, of a record of effective values.
    pub frequency_changes: Vec<FrequencyChange>,
    /// Length in s.
    pub duration_s: f64,
    /// What is to be known: what was filled, what 1 p.u. is.
    pub notes: Vec<String>,
}

impl Recorded {
    /// A grid with these voltages at a nominal one of so many volts phase to neutral.
    pub fn config(&self, nominal: Volts, step_s: f64) -> GridConfig {
        GridConfig {
            nominal,
            frequency: self.frequency,
            step_s,
            voltage: self.voltage.clone(),
            frequency_changes: self.frequency_changes.clone(),
            ..GridConfig::default()
        }
    }

    /// Reads the voltages of a record. Time 0 is its first instant. Waveforms are resampled with cubics; where
    /// the samples are more than a sixteenth of a cycle apart, sines join the ends, phase by phase, at the
    /// frequency next to the nominal one that fits both. Effective values become slopes of amplitude.
    ///
    /// # Errors
    /// [`GridError::Record`] with what to name or give.
    pub fn new(record: &Record, options: &RecordOptions) -> Result<Self, GridError> {
        let failed = |e: String| GridError::Record(format!("{}: {e}", record.name));
        super::config::number("step_s", options.step_s, |v| (1e-6..=4e-4).contains(&v), "1 us to 400 us")?;
        let (channels, kind) = voltages(record, &options.mapping).map_err(|e| failed(e.to_string()))?;
        let unit = channels.first().map_or("", |c| c.unit.as_str());
        let columns: Vec<&[f64]> = channels.iter().map(|c| c.values.as_slice()).collect();
        let mut notes = record.notes.clone();
        let told_hz = options.frequency.map(|f| f.0).or(record.nominal_hz);
        if kind == VoltageKind::Rms {
            let base = match (options.mapping.base, unit.to_ascii_lowercase().starts_with("pu")) {
                (VoltageBase::Nominal(volts), _) => volts / factor(unit, "V").unwrap_or(1.0),
                (VoltageBase::Automatic, true) => 1.0,
                (VoltageBase::Automatic, false) => {
                    let first = columns.iter().filter_map(|c| c.iter().copied().find(|v| v.is_finite()));
                    let first = first.fold(0.0, f64::max);
                    notes.push(format!(
                        "1 p.u. is {first:.4} {unit}, the first value: no nominal voltage was given"
                    ));
                    first
                }
            };
            positive("1 p.u.", base).map_err(failed)?;
            return Self::from_rms(record, &columns, base, told_hz.unwrap_or(60.0), notes).map_err(failed);
        }
        let made = resample::waves(&record.time_s, &columns, told_hz, options.step_s).map_err(failed)?;
        notes.extend(made.notes.iter().cloned());
        let base = match (options.mapping.base, unit.to_ascii_lowercase().as_str()) {
            (VoltageBase::Nominal(volts), _) => SQRT_2 * volts / factor(unit, "V").unwrap_or(1.0),
            (VoltageBase::Automatic, "pu_peak") => 1.0,
            (VoltageBase::Automatic, "pu_rms") => SQRT_2,
            (VoltageBase::Automatic, "pu") => {
                let reason = "a waveform in p.u. is of the peak or of the effective value: end the names in _pu_peak or _pu_rms";
                return Err(failed(reason.to_owned()));
            }
            (VoltageBase::Automatic, _) => {
                let peak = made.begin.iter().map(|s| s.phasor.amplitude()).fold(0.0, f64::max);
                notes.push(format!(
                    "1 p.u. is {:.4} {unit}, the effective value of the first cycle: no nominal voltage was given",
                    peak / SQRT_2
                ));
                peak
            }
        };
        positive("1 p.u.", base).map_err(failed)?;
        if columns.len() < 3 {
            notes.push(format!("{} of three phases recorded: the others are a healthy sine", columns.len()));
        }
        Ok(Self::from_waves(made, base, options.step_s, notes))
    }

    fn from_waves(made: resample::Made, base: f64, step_s: f64, notes: Vec<String>) -> Self {
        let (count, given) = (made.samples.first().map_or(0, Vec::len), made.samples.len());
        // Phases that were not recorded: turned copies of the sine of the first at its start, at 1 p.u.
        let turn = made.begin.first().map_or(0.0, |s| s.phasor.deg());
        let healthy = |k: usize, after_s: f64| {
            let start = Phasor::polar(base, turn) * BALANCED[k];
            Sine { phasor: start, hz: made.hz }.moved(after_s)
        };
        let pick = |list: &[Sine], after_s: f64| {
            [0, 1, 2].map(|k| list.get(k).copied().unwrap_or_else(|| healthy(k, after_s)).scaled(1.0 / base))
        };
        let duration_s = count as f64 * step_s;
        let samples: Vec<[f64; 3]> = (0..count)
            .map(|i| {
                [0, 1, 2].map(|k| {
                    let recorded = made.samples.get(k).and_then(|phase| phase.get(i)).copied();
                    recorded.unwrap_or_else(|| healthy(k, i as f64 * step_s).phasor.re) / base
                })
            })
            .collect();
        let phases = if given == 3 { made.samples } else { made.samples.into_iter().take(1).collect() };
        let frequency = Frequency::of(&Stretch { start_s: 0.0, step_s, phases }, made.nominal_hz);
        let hz_every = ((0.001 / step_s) as usize).max(1);
        let hz = (0..count).step_by(hz_every).map(|i| frequency.at(i as f64 * step_s) as f32).collect();
        let wave = Waveform {
            step_s,
            samples,
            hz,
            hz_every,
            begin: pick(&made.begin, 0.0),
            end: pick(&made.end, duration_s),
        };
        Self {
            voltage: Voltage::Record(Arc::new(wave)),
            frequency: Hertz(made.nominal_hz),
            frequency_changes: Vec::new(),
            duration_s,
            notes,
        }
    }

    fn from_rms(
        record: &Record,
        columns: &[&[f64]],
        base: f64,
        hz: f64,
        mut notes: Vec<String>,
    ) -> Result<Self, String> {
        let start_s = record.time_s.first().copied().unwrap_or(0.0);
        let mut changes: Vec<Change> = Vec::new();
        let mut last_s = 0.0;
        for (i, t) in record.time_s.iter().enumerate() {
            let values: Option<Vec<f64>> =
                columns.iter().map(|c| c.get(i).copied().filter(|v| v.is_finite())).collect();
            let Some(values) = values else { continue };
            let pu = |k: usize| values.get(k).or(values.last().filter(|_| values.len() == 1));
            let [a, b, c] = [0, 1, 2].map(|k| pu(k).map_or(1.0, |v| v / base));
            let t = t - start_s;
            // A slope runs from the point before to this one; two points at one time are a step.
            let over_s = if changes.is_empty() { 0.0 } else { t - last_s };
            let [to, ..] = [Change::slope(last_s, over_s, [a, b, c])];
            changes.push(Change { when: When::At(last_s), ..to });
            last_s = t;
        }
        if changes.len() < 2 {
            return Err("fewer than two instants have a voltage".to_owned());
        }
        if columns.len() == 1 {
            notes.push("one voltage recorded: taken for all three phases".to_owned());
        }
        Ok(Self {
            voltage: Voltage::Changes(changes),
            frequency: Hertz(hz),
            frequency_changes: Vec::new(),
            duration_s: last_s,
            notes,
        })
    }
}

fn positive(what: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(format!("{what} is {value}: give the nominal voltage"))
    }
}

impl Sine {
    /// Value at a time after its instant in s.
    pub(super) fn at(self, after_s: f64) -> f64 {
        self.moved(after_s).phasor.re
    }

    /// The same sine with a later instant.
    pub(super) fn moved(self, after_s: f64) -> Self {
        let (sin, cos) = (TAU * self.hz * after_s).sin_cos();
        Self { phasor: self.phasor * Phasor::new(cos, sin), ..self }
    }

    fn scaled(self, factor: f64) -> Self {
        Self { phasor: self.phasor * factor, ..self }
    }
}
