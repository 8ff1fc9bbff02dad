//! Which channels of a record are what, and the way from them to the quantities of the codes.

use std::f64::consts::SQRT_2;

use super::{Channel, Record};
use crate::gridcode::history::History;
use crate::gridcode::measure::{Effective, Frequency, Stretch, coarse_hz};
use crate::gridcode::model::{Filter, Measurement, PhaseRule};
use crate::gridcode::verdict::Signals;

mod find;
mod stretches;

pub use find::{factor, voltages};

/// Without a nominal voltage, 1 p.u. is the effective value over this time at the beginning.
const BASE_S: f64 = 0.1;

/// Which channels are what. What is not named is looked for by name, unit and phase.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// Voltages of one to three phases: names, or `#n` for the n-th channel.
    pub voltage: Vec<String>,
    /// Whether they are waveforms or effective values.
    pub kind: Option<VoltageKind>,
    /// What 1 p.u. is.
    pub base: VoltageBase,
    /// Active power.
    pub power: Option<String>,
    /// Whether the power counts what flows into the grid: it is turned round.
    pub invert_power: bool,
    /// Currents of the phases; with the waveforms of the voltages they give the power.
    pub current: Vec<String>,
    /// Frequency.
    pub frequency: Option<String>,
}

/// What the voltage channels hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoltageKind {
    /// Instantaneous values.
    Wave,
    /// Effective values.
    Rms,
}

/// What 1 p.u. is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum VoltageBase {
    /// What the unit says, for channels in p.u.; otherwise the effective value at the beginning of the record.
    #[default]
    Automatic,
    /// This many volts, as an effective value of the voltage that was recorded.
    Nominal(f64),
}

/// Why channels cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SelectError {
    /// No channel has this name.
    #[error("no channel `{name}`; there are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The channels there are.
        known: String,
    },
    /// No voltage was named, and none was found.
    #[error("no voltage was found among {known}; name one to three channels with --voltage")]
    NoVoltage {
        /// The channels there are.
        known: String,
    },
    /// Channels do not fit what is asked of them.
    #[error("{0}")]
    Unfit(String),
}

/// The quantities of the codes, from a record.
///
/// # Errors
/// [`SelectError`] with what to name or give.
pub fn signals(record: &Record, mapping: &Mapping, how: &Measurement) -> Result<Signals, SelectError> {
    let (phases, kind) = find::voltages(record, mapping)?;
    let mut out = Signals { notes: record.notes.clone(), grid_hz: record.nominal_hz, ..Signals::default() };
    let skew = phases.iter().map(|c| c.skew_s.abs()).fold(0.0, f64::max);
    if skew > 0.0 {
        out.notes.push(format!("channels are skewed by up to {:.1} us, which is not corrected", skew * 1e6));
    }
    match kind {
        VoltageKind::Rms => from_rms(record, mapping, how, &phases, &mut out)?,
        VoltageKind::Wave => from_waves(record, mapping, how, &phases, &mut out)?,
    }
    if let Some(channel) = find::power(record, mapping)? {
        let sign = if mapping.invert_power { -1.0 } else { 1.0 };
        let watts = sign * find::factor(&channel.unit, "W").unwrap_or(1.0);
        out.power_w = history(record, channel, watts);
    }
    if let Some(channel) = find::frequency(record, mapping)? {
        out.frequency_hz = history(record, channel, 1.0);
    }
    Ok(out)
}

/// A channel as a history, without its missing samples.
fn history(record: &Record, channel: &Channel, factor: f64) -> Option<History> {
    let points = record.time_s.iter().zip(&channel.values).filter(|(_, v)| v.is_finite());
    History::new(points.map(|(t, v)| (*t, v * factor)).collect()).ok()
}

fn from_rms(
    record: &Record,
    mapping: &Mapping,
    how: &Measurement,
    phases: &[&Channel],
    out: &mut Signals,
) -> Result<(), SelectError> {
    if how.phase_rule.value == PhaseRule::PositiveSequence && phases.len() > 1 {
        let reason = "the positive sequence needs waveforms, or one channel that holds it already";
        return Err(SelectError::Unfit(reason.to_owned()));
    }
    let whole = |i: &usize| phases.iter().all(|c| c.values.get(*i).is_some_and(|v| v.is_finite()));
    let kept: Vec<usize> = (0..record.time_s.len()).filter(whole).collect();
    let left_out = record.time_s.len() - kept.len();
    if left_out > 0 {
        out.notes.push(format!("{left_out} instants without a voltage were left out"));
    }
    let pick = |values: &[f64]| kept.iter().filter_map(|i| values.get(*i).copied()).collect::<Vec<f64>>();
    let effective =
        Effective { times_s: pick(&record.time_s), phases: phases.iter().map(|c| pick(&c.values)).collect() };
    let base = base(mapping, phases, VoltageKind::Rms, &effective, out)?;
    let (low, high) = both(&[effective], how.phase_rule.value, base);
    if low.is_none() {
        return Err(SelectError::Unfit("fewer than two instants have a voltage".to_owned()));
    }
    (out.low_pu, out.high_pu) = (low, high);
    Ok(())
}

fn from_waves(
    record: &Record,
    mapping: &Mapping,
    how: &Measurement,
    phases: &[&Channel],
    out: &mut Signals,
) -> Result<(), SelectError> {
    if how.phase_rule.value == PhaseRule::PositiveSequence && phases.len() != 3 {
        return Err(SelectError::Unfit(
            "the positive sequence needs the waveforms of three phases".to_owned(),
        ));
    }
    let currents: Vec<&Channel> =
        mapping.current.iter().map(|name| find::channel(record, name)).collect::<Result<_, _>>()?;
    if !currents.is_empty() && currents.len() != phases.len() {
        return Err(SelectError::Unfit(
            "name as many currents as voltages, in the order of the phases".to_owned(),
        ));
    }
    let all: Vec<&[f64]> = phases.iter().chain(&currents).map(|c| c.values.as_slice()).collect();
    let parts = stretches::split(&record.time_s, &all, &mut out.notes);
    let longest = parts.iter().max_by_key(|part| part.len());
    let grid_hz = out
        .grid_hz
        .or_else(|| longest.and_then(|part| coarse_hz(part.phases.first()?, part.step_s)))
        .unwrap_or(50.0);
    let mut effectives = Vec::new();
    let (mut hertz, mut watts) = (Vec::new(), Vec::new());
    let mut covered = Vec::new();
    for part in parts {
        if !part.is_fine(grid_hz) {
            continue;
        }
        covered.push((part.start_s, part.time_s(part.len() - 1)));
        let mut voltage = part;
        let current = Stretch { phases: voltage.phases.split_off(phases.len()), ..voltage };
        let frequency = Frequency::of(&voltage, grid_hz);
        hertz.extend_from_slice(frequency.values());
        effectives.push(voltage.effective(how.filter.value, how.phase_rule.value, &frequency));
        let power = if currents.is_empty() { None } else { voltage.power(&current, &frequency) };
        watts.extend(power.map(|p| p.combined(PhaseRule::Average, true)).unwrap_or_default());
    }
    let Some(first) = effectives.first().cloned() else {
        let reason =
            "no part of the record has the 16 samples a cycle and the two cycles that effective values need";
        return Err(SelectError::Unfit(reason.to_owned()));
    };
    let gaps = gaps(record, &covered, 2.0 / grid_hz);
    out.notes.extend(gaps.map(|(from, to)| {
        format!("{from:.3} s to {to:.3} s has no waveform fine enough for effective values: taken as quiet")
    }));
    out.grid_hz = Some(grid_hz);
    out.window_s = if how.filter.value == Filter::HalfCycleRms { 0.5 } else { 1.0 } / grid_hz;
    let base = base(mapping, phases, VoltageKind::Wave, &first, out)?;
    (out.low_pu, out.high_pu) = both(&effectives, how.phase_rule.value, base);
    out.frequency_hz = History::new(hertz).ok();
    let volts = phases.first().and_then(|c| find::factor(&c.unit, "V")).unwrap_or(1.0);
    let amperes = currents.first().and_then(|c| find::factor(&c.unit, "A")).unwrap_or(1.0);
    let sign = if mapping.invert_power { -1.0 } else { 1.0 };
    out.power_w = History::new(watts).ok().map(|p| p.map(|w| sign * volts * amperes * w));
    Ok(())
}

/// Times longer than `least_s` of a record that no stretch covers.
fn gaps(record: &Record, covered: &[(f64, f64)], least_s: f64) -> impl Iterator<Item = (f64, f64)> {
    let edge = |t: Option<&f64>| t.copied().unwrap_or(0.0);
    let (first, last) = (edge(record.time_s.first()), edge(record.time_s.last()));
    let begins: Vec<f64> = covered.iter().map(|c| c.0).chain([last]).collect();
    let ends = [first].into_iter().chain(covered.iter().map(|c| c.1)).collect::<Vec<_>>();
    ends.into_iter().zip(begins).filter(move |(end, begin)| begin - end > least_s)
}

/// The voltages for sags and for swells, in p.u.
fn both(parts: &[Effective], rule: PhaseRule, base: f64) -> (Option<History>, Option<History>) {
    let one = |low: bool| {
        let points =
            parts.iter().flat_map(|part| part.combined(rule, low)).map(|(t, v)| (t, v / base)).collect();
        History::new(points).ok()
    };
    (one(true), one(false))
}

/// 1 p.u. as an effective value, in the unit of the channels.
fn base(
    mapping: &Mapping,
    phases: &[&Channel],
    kind: VoltageKind,
    first: &Effective,
    out: &mut Signals,
) -> Result<f64, SelectError> {
    let unit = phases.first().map_or("", |c| c.unit.as_str());
    if let VoltageBase::Nominal(volts) = mapping.base {
        if !(volts.is_finite() && volts > 0.0) {
            return Err(SelectError::Unfit(format!("a nominal voltage of {volts} V is none")));
        }
        return Ok(volts / find::factor(unit, "V").unwrap_or(1.0));
    }
    match (unit.to_ascii_lowercase().as_str(), kind) {
        ("pu_rms" | "pu", VoltageKind::Rms) | ("pu_rms", VoltageKind::Wave) => return Ok(1.0),
        ("pu_peak", VoltageKind::Wave) => return Ok(1.0 / SQRT_2),
        ("pu", VoltageKind::Wave) => {
            let reason = "a waveform in p.u. is of the peak or of the effective value: end the names in _pu_peak or _pu_rms";
            return Err(SelectError::Unfit(reason.to_owned()));
        }
        _ => {}
    }
    let until = first.times_s.first().map_or(0.0, |t| t + BASE_S);
    let count = first.times_s.partition_point(|t| *t <= until).max(1);
    let mut values: Vec<f64> =
        first.phases.iter().flat_map(|phase| phase.iter().take(count).copied()).collect();
    values.sort_by(f64::total_cmp);
    let Some(median) = values.get(values.len() / 2).copied().filter(|v| *v > 0.0) else {
        return Err(SelectError::Unfit(
            "the record begins without a voltage: give the nominal one".to_owned(),
        ));
    };
    out.notes.push(format!(
        "1 p.u. is {median:.4} {unit}, the effective value over the first {:.0} ms: no nominal voltage was given",
        BASE_S * 1e3
    ));
    Ok(median)
}
