//! What a source is built from, and what is checked of it.

use std::sync::Arc;

use dpo_registers::units::{Hertz, Volts};

use super::STEP_S;
use super::change::{Change, When};
use super::disturb::{Disturbances, Wander};
use super::frequency::FrequencyChange;
use super::record::Waveform;

/// A grid to simulate. [`Default`] is a healthy one of 240 V phase to neutral (415Y/240 V) and 60 Hz.
#[derive(Debug, Clone, PartialEq)]
pub struct GridConfig {
    /// Effective voltage of a phase against neutral that is 1 p.u.
    pub nominal: Volts,
    /// Frequency at the start.
    pub frequency: Hertz,
    /// Time between samples in s; [`STEP_S`] by default.
    pub step_s: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Angle of L1 at the first sample in degrees (0: zero crossing upwards).
    pub start_deg: f64,
    /// The voltages over time.
    pub voltage: Voltage,
    /// The frequency over time, in the order of the times.
    pub frequency_changes: Vec<FrequencyChange>,
    /// What a healthy grid does besides.
    pub disturbances: Disturbances,
}

impl Default for GridConfig {
    fn default() -> Self {
        Self {
            nominal: Volts(240.0),
            frequency: Hertz(60.0),
            step_s: STEP_S,
            seed: 1,
            start_deg: 0.0,
            voltage: Voltage::Constant,
            frequency_changes: Vec::new(),
            disturbances: Disturbances::default(),
        }
    }
}

/// Voltages over time.
#[derive(Debug, Clone, PartialEq)]
pub enum Voltage {
    /// 1 p.u. all the time.
    Constant,
    /// Steps and slopes, in the order in which they begin; 1 p.u. before the first.
    Changes(Vec<Change>),
    /// A record; after its end a sine goes on as the record ended. Frequency changes and disturbances are the
    /// record's own: others are refused.
    Record(Arc<Waveform>),
}

/// Why there is no such grid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// A number cannot be used.
    #[error("{what} is {value}: it must be {wanted}")]
    Number {
        /// Which one.
        what: String,
        /// Its value.
        value: f64,
        /// What is accepted.
        wanted: &'static str,
    },
    /// A change of the list begins before the one ahead of it.
    #[error("{what}[{index}] begins before the one ahead of it: sort the list by time")]
    Order {
        /// Which list.
        what: &'static str,
        /// Which change, from 0.
        index: usize,
    },
    /// A record is combined with something that it brings itself.
    #[error("a record brings its own {what}: leave them out")]
    RecordWith {
        /// What.
        what: &'static str,
    },
    /// A record cannot be turned into a source.
    #[error("{0}")]
    Record(String),
}

pub(super) fn number(
    what: impl Into<String>,
    value: f64,
    ok: impl Fn(f64) -> bool,
    wanted: &'static str,
) -> Result<(), GridError> {
    if value.is_finite() && ok(value) {
        Ok(())
    } else {
        Err(GridError::Number { what: what.into(), value, wanted })
    }
}

/// Lowest and highest frequency of a source in Hz.
pub(super) const HZ: (f64, f64) = (40.0, 70.0);
const HZ_WANTED: &str = "40 to 70 Hz";

impl GridConfig {
    /// Checks every number.
    ///
    /// # Errors
    /// [`GridError`] with the first one that cannot be used.
    pub fn check(&self) -> Result<(), GridError> {
        let hz = |v: f64| (HZ.0..=HZ.1).contains(&v);
        number("nominal", self.nominal.0, |v| v > 0.0 && v < 1e6, "above 0 V and below 1 MV")?;
        number("frequency", self.frequency.0, hz, HZ_WANTED)?;
        // 20 samples of half a cycle, for the effective value; not so many that its window needs megabytes.
        number("step_s", self.step_s, |v| (1e-6..=4e-4).contains(&v), "1 us to 400 us")?;
        number("start_deg", self.start_deg, |_| true, "finite")?;
        match &self.voltage {
            Voltage::Constant => {}
            Voltage::Changes(changes) => check_changes(changes)?,
            Voltage::Record(wave) => {
                if !self.frequency_changes.is_empty() {
                    return Err(GridError::RecordWith { what: "frequency changes" });
                }
                if self.disturbances != Disturbances::default() {
                    return Err(GridError::RecordWith { what: "disturbances" });
                }
                if (wave.step_s() - self.step_s).abs() > 1e-12 {
                    let wanted = "the step that the record was resampled to";
                    return Err(GridError::Number { what: "step_s".to_owned(), value: self.step_s, wanted });
                }
            }
        }
        let mut last = f64::NEG_INFINITY;
        for (index, change) in self.frequency_changes.iter().enumerate() {
            let name = |field: &str| format!("frequency_changes[{index}].{field}");
            number(name("at_s"), change.at_s, |v| v >= 0.0, "0 s or later")?;
            number(name("to_hz"), change.to_hz, hz, HZ_WANTED)?;
            number(name("hz_per_s"), change.hz_per_s.unwrap_or(1.0), |v| v > 0.0, "above 0 Hz/s")?;
            if change.at_s < last {
                return Err(GridError::Order { what: "frequency_changes", index });
            }
            last = change.at_s;
        }
        self.check_disturbances()
    }

    fn check_disturbances(&self) -> Result<(), GridError> {
        let d = &self.disturbances;
        let share = |v: f64| (0.0..1.0).contains(&v);
        let above = |v: f64| v > 0.0;
        for (index, h) in d.harmonics.iter().enumerate() {
            let name = |field: &str| format!("disturbances.harmonics[{index}].{field}");
            number(name("order"), f64::from(h.order), |v| (2.0..=50.0).contains(&v), "2 to 50")?;
            number(name("ratio"), h.ratio, share, "0 up to 1")?;
            number(name("deg"), h.deg, |_| true, "finite")?;
        }
        if let Some(f) = d.flicker {
            number("disturbances.flicker.change", f.change, share, "0 up to 1")?;
            number("disturbances.flicker.hz", f.hz, |v| v > 0.0 && v <= 40.0, "above 0 up to 40 Hz")?;
        }
        if let Some(w) = d.level {
            wander("level", w, (0.0, 2.0))?;
        }
        if let Some(w) = d.drift {
            let most = (HZ.0 - self.frequency.0, HZ.1 - self.frequency.0);
            wander("drift", w, most)?;
        }
        if let Some(s) = d.steps {
            number("disturbances.steps.most", s.most, share, "0 up to 1")?;
            number("disturbances.steps.every_s", s.every_s, above, "above 0 s")?;
        }
        if let Some(j) = d.phase_jumps {
            let turn = |v: f64| (0.0..=180.0).contains(&v);
            number("disturbances.phase_jumps.most_deg", j.most_deg, turn, "0 to 180 degrees")?;
            number("disturbances.phase_jumps.every_s", j.every_s, above, "above 0 s")?;
            number("disturbances.phase_jumps.least_s", j.least_s, |v| v >= 0.0, "0 s or more")?;
        }
        if let Some(n) = d.notches {
            number("disturbances.notches.depth", n.depth, |v| (0.0..=1.0).contains(&v), "0 to 1")?;
            // With the longest step shorter than half of a sixth of the shortest cycle.
            let narrow = |v: f64| v > 0.0 && v <= 0.75e-3;
            number("disturbances.notches.width_s", n.width_s, narrow, "above 0 up to 0.75 ms")?;
            let firing = |v: f64| (0.0..=120.0).contains(&v);
            number("disturbances.notches.firing_deg", n.firing_deg, firing, "0 to 120 degrees")?;
        }
        number("disturbances.noise", d.noise, share, "0 up to 1")?;
        number("disturbances.unbalance", d.unbalance, share, "0 up to 1")
    }
}

fn wander(name: &str, w: Wander, most: (f64, f64)) -> Result<(), GridError> {
    let place = |field: &str| format!("disturbances.{name}.{field}");
    number(place("lowest"), w.lowest, |v| v >= most.0, "inside the range of the quantity")?;
    number(place("highest"), w.highest, |v| v >= w.lowest && v <= most.1, "at least the lowest, in range")?;
    number(place("steepest_per_s"), w.steepest_per_s, |v| v > 0.0, "above 0")?;
    number(place("longest_s"), w.longest_s, |v| v >= 0.0, "0 s or more")
}

fn check_changes(changes: &[Change]) -> Result<(), GridError> {
    let mut last = 0.0;
    for (index, change) in changes.iter().enumerate() {
        let name = |field: &str| format!("voltage[{index}].{field}");
        let at_s = match change.when {
            When::At(at_s) => at_s,
            When::PointOnWave { from_s, phase, deg } => {
                number(name("phase"), phase as f64, |v| v < 3.0, "0, 1 or 2")?;
                number(name("deg"), deg, |_| true, "finite")?;
                from_s
            }
            When::After(after_s) => {
                number(name("after"), after_s, |v| v >= 0.0, "0 s or more")?;
                last
            }
        };
        number(name("at_s"), at_s, |v| v >= 0.0, "0 s or later")?;
        if at_s < last {
            return Err(GridError::Order { what: "voltage", index });
        }
        last = at_s;
        number(name("over_s"), change.over_s, |v| v >= 0.0, "0 s or more")?;
        for p in change.to {
            let small = |v: f64| (0.0..=5.0).contains(&v);
            number(name("to"), if p.is_finite() { p.amplitude() } else { f64::NAN }, small, "0 to 5 p.u.")?;
        }
    }
    Ok(())
}
