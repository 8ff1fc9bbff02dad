//! What the detector makes of a record.

use dpo_registers::units::{Hertz, Volts};
use serde::Serialize;

use super::StudyError;
use crate::control::detector::{DetectorConfig, Event, SagDetector};
use crate::gridcode::record::{Mapping, Record};
use crate::sim::grid::{RecordOptions, Recorded, Source};

/// Time before the record in s, a sine as it begins: the detector settles in it.
const BEFORE_S: f64 = 0.3;

/// What it made of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverRecord {
    /// Name of the record.
    pub record: String,
    /// Its length in s.
    pub duration_s: f64,
    /// What happened in it.
    pub events: Vec<Seen>,
    /// Lowest half-cycle fundamental of a phase in p.u.
    pub lowest_pu: f64,
    /// What is to be known of the record.
    pub notes: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// When, in s from the beginning of the record.
    pub at_s: f64,
    /// What.
    pub what: String,
}

/// Runs a detector over a record, resampled to its rate.
///
/// # Errors
/// [`StudyError::Grid`] for a record whose voltages cannot be used.
pub fn over_record(record: &Record, mapping: Mapping) -> Result<OverRecord, StudyError> {
    let sample_hz = DetectorConfig::default().sample_hz;
    let step_s = 1.0 / sample_hz;
    let recorded = Recorded::new(record, &RecordOptions { mapping, step_s, ..RecordOptions::default() })?;
    let nominal = Volts(240.0);
    let Hertz(hz) = recorded.frequency;
    let config = DetectorConfig { nominal, frequency: Hertz(hz), ..DetectorConfig::default() };
    let mut detector = SagDetector::new(&config)?;
    let mut source = Source::new(&recorded.config(nominal, step_s))?;
    for v in source.before(BEFORE_S) {
        detector.push(v);
    }
    let mut out = OverRecord {
        record: record.name.clone(),
        duration_s: recorded.duration_s,
        events: Vec::new(),
        lowest_pu: f64::INFINITY,
        notes: recorded.notes,
    };
    while source.time_s() < recorded.duration_s {
        let at_s = source.time_s();
        let event = detector.push(source.next_sample().v);
        out.lowest_pu = out.lowest_pu.min(detector.reading().lowest().0);
        let what = match event {
            Some(Event::Sag(rule)) => format!("sag, by {}", super::healthy::name(rule)),
            Some(Event::Return { depth, samples }) => {
                format!("return after {:.1} ms, lowest {:.3} p.u.", samples as f64 * 1e3 / sample_hz, depth.0)
            }
            Some(Event::Blind) => "blind".to_owned(),
            Some(Event::Sighted) => "sees again".to_owned(),
            None => continue,
        };
        out.events.push(Seen { at_s, what });
    }
    Ok(out)
}
