//! Frequency from waveforms: how fast the phasor turns.

use std::f64::consts::PI;

use super::cumulative::Cumulative;
use super::phasor::{Mixed, turned};
use super::{MIN_SAMPLES_PER_CYCLE, Stretch};
use crate::gridcode::history::History;

/// Values of the running median that the windows follow: ten cycles, a value each half cycle.
const MEDIAN_OF: usize = 21;

/// The frequency of a stretch over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequency {
    nominal_hz: f64,
    /// Instant in the middle of the window, and hertz; each half cycle.
    values: Vec<(f64, f64)>,
    /// Running median of the values.
    smooth: Vec<(f64, f64)>,
}

impl Frequency {
    /// A frequency that is not measured.
    pub fn constant(nominal_hz: f64) -> Self {
        Self { nominal_hz, values: Vec::new(), smooth: Vec::new() }
    }

    /// Measures the frequency of a stretch, near a nominal one in hertz. Each value is that of three cycles
    /// around its instant: one cycle over which the phasor turns, and the windows at both ends. With three
    /// phases the space vector is used, otherwise the first phase.
    pub fn of(stretch: &Stretch, nominal_hz: f64) -> Self {
        let mut found = Self::constant(nominal_hz);
        if 1.0 / (nominal_hz * stretch.step_s) < MIN_SAMPLES_PER_CYCLE {
            return found;
        }
        let cycle = 1.0 / nominal_hz;
        let phasors = phasors(stretch, nominal_hz);
        let largest = phasors.iter().map(|(_, (re, im))| re.hypot(*im)).fold(0.0, f64::max);
        // Two phasors a half cycle apart each: the one a cycle ago is two places back.
        for pair in phasors.windows(3) {
            let [(_, old), _, (t, new)] = pair else { continue };
            if old.0.hypot(old.1).min(new.0.hypot(new.1)) < 0.05 * largest {
                continue;
            }
            // The angle between them: argument of new times the conjugate of old.
            let angle = (new.1 * old.0 - new.0 * old.1).atan2(new.0 * old.0 + new.1 * old.1);
            found.values.push((t - 1.5 * cycle, nominal_hz + angle / (2.0 * PI * cycle)));
        }
        found.smooth = medians(&found.values);
        found
    }

    /// The frequency in hertz that windows follow: the median of ten cycles, within 15 % of the nominal one.
    pub fn at(&self, t_s: f64) -> f64 {
        let after = self.smooth.partition_point(|(t, _)| *t <= t_s);
        let value = self.smooth.get(after.saturating_sub(1)).map_or(self.nominal_hz, |v| v.1);
        value.clamp(0.85 * self.nominal_hz, 1.15 * self.nominal_hz)
    }

    /// The median over the whole stretch, in hertz.
    pub fn typical_hz(&self) -> f64 {
        median(self.values.iter().map(|v| v.1).collect()).unwrap_or(self.nominal_hz)
    }

    /// The values: instant in seconds, hertz.
    pub fn values(&self) -> &[(f64, f64)] {
        &self.values
    }
}

/// Which of 50 and 60 Hz a waveform is nearer to, by counting its rises through zero; `None` if there are
/// fewer than two.
pub fn coarse_hz(samples: &[f64], step_s: f64) -> Option<f64> {
    let rises: Vec<usize> = samples
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| matches!(pair, [a, b] if *a < 0.0 && *b >= 0.0))
        .map(|(i, _)| i)
        .collect();
    let (first, last) = (rises.first()?, rises.last()?);
    if last == first {
        return None;
    }
    let hz = (rises.len() - 1) as f64 / ((last - first) as f64 * step_s);
    Some(if hz < 55.0 { 50.0 } else { 60.0 })
}

/// The largest rate of change of frequency over a rolling window in seconds, either way, and when its window
/// ends. `None` if the history is shorter than the window.
pub fn rocof(frequency: &History, window_s: f64) -> Option<(f64, f64)> {
    let mut worst: Option<(f64, f64)> = None;
    // The difference over a window bends only where one of its ends is at a point.
    let ends = frequency.points().iter().flat_map(|(t, _)| [*t, *t + window_s]);
    for end in ends {
        if let (Some(now), Some(then)) = (frequency.at(end), frequency.at(end - window_s)) {
            let rate = (now - then) / window_s;
            if worst.is_none_or(|(w, _)| rate.abs() > f64::abs(w)) {
                worst = Some((rate, end));
            }
        }
    }
    worst
}

/// Phasors in a frame that turns with the nominal frequency, averaged twice over one cycle; each half cycle.
fn phasors(stretch: &Stretch, hz: f64) -> Vec<(f64, (f64, f64))> {
    let (cycle, step) = (1.0 / hz, stretch.step_s);
    let mixed: Vec<Mixed> = stretch.phases.iter().map(|phase| Mixed::new(phase, step, hz)).collect();
    let mut vectors: Vec<(f64, f64)> = Vec::new();
    let once = |sign: f64, to: f64| {
        let one = |k: usize, m: &Mixed| turned(m.mean(to - cycle, to), sign * 2.0 * PI * k as f64 / 3.0);
        let used = if mixed.len() == 3 { 3 } else { 1 };
        mixed
            .iter()
            .take(used)
            .enumerate()
            .map(|(k, m)| one(k, m))
            .fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1))
    };
    let size = |v: (f64, f64)| v.0.hypot(v.1);
    let sign = if size(once(1.0, cycle)) >= size(once(-1.0, cycle)) { 1.0 } else { -1.0 };
    let first = (cycle / step).ceil() as usize;
    vectors.extend((first..stretch.len()).map(|i| once(sign, i as f64 * step)));
    let (re, im) = (
        Cumulative::new(vectors.iter().map(|v| v.0), step),
        Cumulative::new(vectors.iter().map(|v| v.1), step),
    );
    let length = vectors.len().saturating_sub(1) as f64 * step;
    let mut out = Vec::new();
    let mut to = cycle;
    while to <= length {
        let t = stretch.time_s(first) + to;
        out.push((t, (re.between(to - cycle, to) / cycle, im.between(to - cycle, to) / cycle)));
        to += cycle / 2.0;
    }
    out
}

fn medians(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    (0..values.len())
        .filter_map(|i| {
            let around =
                values.get(i.saturating_sub(MEDIAN_OF / 2)..(i + MEDIAN_OF / 2 + 1).min(values.len()))?;
            Some((values.get(i)?.0, median(around.iter().map(|v| v.1).collect())?))
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
