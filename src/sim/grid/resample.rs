//! From recorded instants to even steps: cubics inside, sines over gaps.

use std::f64::consts::TAU;

use super::phasor::Phasor;
use crate::gridcode::measure::{Frequency, MIN_SAMPLES_PER_CYCLE, Stretch, coarse_hz};

/// A sine: its phasor at an instant, and its frequency in Hz.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sine {
    pub(super) phasor: Phasor,
    pub(super) hz: f64,
}

/// What became of the waveforms.
pub(super) struct Made {
    /// Samples of each phase, in the unit of the record.
    pub(super) samples: Vec<Vec<f64>>,
    /// The sine of each phase at the first sample, and one step after the last.
    pub(super) begin: Vec<Sine>,
    pub(super) end: Vec<Sine>,
    /// Nominal frequency, 50 or 60 Hz if the record does not say it.
    pub(super) nominal_hz: f64,
    /// Measured frequency.
    pub(super) hz: f64,
    pub(super) notes: Vec<String>,
}

/// Most steps of a resampled record: 10 minutes at 50 us.
const MOST_STEPS: f64 = 12e6;

/// Resamples waveforms to a step; `told_hz` is the nominal frequency, if known.
pub(super) fn waves(
    time_s: &[f64],
    columns: &[&[f64]],
    told_hz: Option<f64>,
    step_s: f64,
) -> Result<Made, String> {
    // Instants at which every phase has a value, each once.
    let mut kept: Vec<usize> = Vec::with_capacity(time_s.len());
    for (i, t) in time_s.iter().enumerate() {
        let whole = columns.iter().all(|c| c.get(i).is_some_and(|v| v.is_finite()));
        if whole && kept.last().is_none_or(|last| t - time_s[*last] > 1e-9) {
            kept.push(i);
        }
    }
    let t: Vec<f64> = kept.iter().map(|i| time_s[*i]).collect();
    let phases: Vec<Vec<f64>> = columns.iter().map(|c| kept.iter().map(|i| c[*i]).collect()).collect();
    let nominal_hz = match told_hz {
        Some(hz) => hz,
        None => nominal(&t, &phases).ok_or("the frequency is not clear: give the nominal one")?,
    };
    if !(40.0..=70.0).contains(&nominal_hz) {
        return Err(format!("a nominal frequency of {nominal_hz} Hz is none: 40 to 70 Hz"));
    }
    let spans = fine_spans(&t, nominal_hz);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        return Err(format!(
            "no part has the {MIN_SAMPLES_PER_CYCLE} samples a cycle over a whole cycle that a waveform needs"
        ));
    };
    let (start_s, end_s) = (t[first.0], t[last.1]);
    if (end_s - start_s) / step_s > MOST_STEPS {
        return Err(format!("{:.0} s are too long: cut the record to the event", end_s - start_s));
    }
    let count = ((end_s - start_s) / step_s + 1e-6) as usize + 1;
    let mut samples = vec![vec![f64::NAN; count]; phases.len()];
    let mut ranges = Vec::new();
    for (from, to) in &spans {
        let begin = (((t[*from] - start_s) / step_s) - 1e-6).ceil().max(0.0) as usize;
        let end = ((((t[*to] - start_s) / step_s) + 1e-6) as usize).min(count - 1);
        for (out, phase) in samples.iter_mut().zip(&phases) {
            cubic(&t[*from..=*to], &phase[*from..=*to], start_s, step_s, begin, &mut out[begin..=end]);
        }
        ranges.push((begin, end));
    }
    let longest = ranges.iter().max_by_key(|(a, b)| b - a).copied().unwrap_or_default();
    let stretch = Stretch {
        start_s: 0.0,
        step_s,
        phases: samples.iter().map(|s| s[longest.0..=longest.1].to_vec()).collect(),
    };
    let hz = Frequency::of(&stretch, nominal_hz).typical_hz();
    let cycle = ((1.0 / (hz * step_s)) as usize).max(2);
    let mut notes = Vec::new();
    for pair in ranges.windows(2) {
        if let [before, after] = pair {
            let apart = bridge(&mut samples, before.1, after.0, cycle, hz, step_s);
            let instants = t.iter().map(|t| (t - start_s) / step_s).enumerate();
            let inside = instants.filter(|(_, i)| *i > before.1 as f64 + 1.0 && *i < after.0 as f64 - 1.0);
            let mut kept = 0;
            let (mut largest, mut filled): (f64, f64) = (0.0, 0.0);
            for (index, at) in inside {
                kept += 1;
                for (phase, made) in phases.iter().zip(&samples) {
                    largest = largest.max(phase[index].abs());
                    let cycle = at as usize..(at as usize + cycle).min(after.0);
                    filled = made[cycle].iter().fold(filled, |a, v| a.max(v.abs()));
                }
            }
            // Recorders keep samples of the wave or its peaks there: only the size can be compared.
            let kept = if kept == 0 {
                String::new()
            } else {
                format!(
                    "; of {kept} samples kept there the largest is {largest:.3}, of the sines {filled:.3}"
                )
            };
            notes.push(format!(
                "{:.4} s to {:.4} s has no waveform: filled with sines of {apart:.3} Hz{kept}",
                before.1 as f64 * step_s,
                after.0 as f64 * step_s,
            ));
        }
    }
    let begin = samples.iter().map(|s| fit(&s[..cycle.min(count)], hz, step_s)).collect();
    let end = samples
        .iter()
        .map(|s| {
            let from = count - cycle.min(count);
            fit(&s[from..], hz, step_s).moved((count - from) as f64 * step_s)
        })
        .collect();
    Ok(Made { samples, begin, end, nominal_hz, hz, notes })
}

/// 50 or 60 Hz, from the part with the shortest steps.
fn nominal(t: &[f64], phases: &[Vec<f64>]) -> Option<f64> {
    let spans = fine_spans(t, 50.0);
    let (from, to) = spans.into_iter().max_by_key(|(a, b)| b - a)?;
    let step_s = (t[to] - t[from]) / (to - from) as f64;
    coarse_hz(&phases.first()?[from..=to], step_s)
}

/// Index ranges in which samples are close enough for a waveform, each at least a cycle long.
fn fine_spans(t: &[f64], hz: f64) -> Vec<(usize, usize)> {
    let widest = 1.0 / (hz * MIN_SAMPLES_PER_CYCLE);
    let mut out = Vec::new();
    let mut from = 0;
    for i in 0..t.len() {
        let ends = t.get(i + 1).is_none_or(|next| next - t[i] > widest);
        if ends {
            if t[i] - t[from] >= 1.0 / hz {
                out.push((from, i));
            }
            from = i + 1;
        }
    }
    out
}

/// Cubic interpolation (Catmull-Rom slopes at uneven instants) of `values` at `times`, at the steps from
/// `begin` on.
fn cubic(times: &[f64], values: &[f64], start_s: f64, step_s: f64, begin: usize, out: &mut [f64]) {
    let slope = |i: usize| {
        let (a, b) = (i.saturating_sub(1), (i + 1).min(times.len() - 1));
        (values[b] - values[a]) / (times[b] - times[a])
    };
    let mut low = 0;
    for (i, out) in out.iter_mut().enumerate() {
        let t = start_s + (begin + i) as f64 * step_s;
        while low + 2 < times.len() && times[low + 1] <= t {
            low += 1;
        }
        let width = times[low + 1] - times[low];
        let u = ((t - times[low]) / width).clamp(0.0, 1.0);
        let (u2, u3) = (u * u, u * u * u);
        *out = values[low] * (2.0 * u3 - 3.0 * u2 + 1.0)
            + values[low + 1] * (3.0 * u2 - 2.0 * u3)
            + width * (slope(low) * (u3 - 2.0 * u2 + u) + slope(low + 1) * (u3 - u2));
    }
}

/// The sine of least squares through samples, at the instant of the first of them.
fn fit(samples: &[f64], hz: f64, step_s: f64) -> Sine {
    let turn = TAU * hz * step_s;
    let (mut cc, mut cs, mut ss, mut c, mut s) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (i, v) in samples.iter().enumerate() {
        let (sin, cos) = (turn * i as f64).sin_cos();
        (cc, cs, ss) = (cc + cos * cos, cs + cos * sin, ss + sin * sin);
        (c, s) = (c + v * cos, s + v * sin);
    }
    let det = cc * ss - cs * cs;
    // v = a cos + b sin is the real part of (a - jb) e^(j...).
    let (a, b) = ((c * ss - s * cs) / det, (s * cc - c * cs) / det);
    Sine { phasor: Phasor::new(a, -b), hz }
}

/// Fills the steps between `before` and `after` with sines that meet both ends; gives their frequency (that of
/// the first phase).
fn bridge(samples: &mut [Vec<f64>], before: usize, after: usize, cycle: usize, hz: f64, step_s: f64) -> f64 {
    let mut used_hz = hz;
    for (k, phase) in samples.iter_mut().enumerate() {
        let from = (before + 1).saturating_sub(cycle);
        let to = (after + cycle).min(phase.len());
        let left = fit(&phase[from..=before], hz, step_s).moved((before - from) as f64 * step_s);
        let right = fit(&phase[after..to], hz, step_s);
        let gap_s = (after - before) as f64 * step_s;
        let angle = (right.phasor.deg() - left.phasor.deg()) / 360.0;
        let turns = (hz * gap_s - angle).round() + angle;
        let (low, high) = (left.phasor.amplitude(), right.phasor.amplitude());
        for (i, value) in phase.iter_mut().enumerate().take(after).skip(before + 1) {
            let share = (i - before) as f64 / (after - before) as f64;
            let turned = Phasor::polar(1.0, left.phasor.deg() + 360.0 * turns * share);
            *value = (low + (high - low) * share) * turned.re;
        }
        if k == 0 {
            used_hz = turns / gap_s;
        }
    }
    used_hz
}
