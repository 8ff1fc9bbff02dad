//! Ramps and oscillation of the active power.

use std::collections::VecDeque;
use std::f64::consts::{PI, SQRT_2};

use super::{Draft, Scene, Verdict};
use crate::gridcode::envelope::Excursion;
use crate::gridcode::history::History;
use crate::gridcode::model::{Oscillation, Ramp};

/// Samples for each cycle of the upper edge of a band.
const OVERSAMPLING: f64 = 10.0;
/// More samples than this are not filtered: a record of days at kilohertz.
const MAX_SAMPLES: f64 = 5e7;

impl Scene<'_> {
    /// The power in watts, and the share of the site's limits that falls to what was recorded.
    fn scaled_power(&self) -> Result<(&History, f64), Draft> {
        let inconclusive = |reason: &str| Draft::only(Verdict::Inconclusive, reason);
        let Some(power) = &self.signals.power_w else {
            return Err(inconclusive("the record has no power channel"));
        };
        match (self.options.rated_w, self.options.site_w) {
            (Some(rated), Some(site)) if rated > 0.0 && site >= rated => Ok((power, rated / site)),
            (Some(_), Some(_)) => Err(inconclusive(
                "the rated power of the record must be above 0 and at most that of the site",
            )),
            _ => Err(inconclusive(
                "the limit is one of the site: give the rated power of the record and of the site",
            )),
        }
    }

    /// Times from the start of a voltage event until the power must be back: no normal operation.
    fn events(&self) -> Vec<(f64, f64)> {
        let budget = self.code.measurement.ridden.value.within_s;
        let events: Vec<Excursion> = self.excursions.clone().or_else(|| self.sags(0.9)).unwrap_or_default();
        events.iter().map(|e| (e.start_s, e.end_s + budget)).collect()
    }

    pub(super) fn ramp(&self, rule: &Ramp) -> Draft {
        let (power, share) = match self.scaled_power() {
            Ok(scaled) => scaled,
            Err(draft) => return draft,
        };
        let limit_w = rule.max_change_mw * 1e6 * share;
        let events = self.events();
        let clear = |from: f64, to: f64| events.iter().all(|(start, end)| to < *start || from > *end);
        let mut worst: Option<(f64, f64)> = None;
        // The difference over a window bends only where one of its ends is at a point.
        for end in power.points().iter().flat_map(|(t, _)| [*t, *t + rule.window_s]) {
            let start = end - rule.window_s;
            let (Some(now), Some(then), true) = (power.at(end), power.at(start), clear(start, end)) else {
                continue;
            };
            if worst.is_none_or(|(change, _)| (now - then).abs() > f64::abs(change)) {
                worst = Some((now - then, end));
            }
        }
        let Some((change, end)) = worst else {
            let reason =
                format!("no stretch of {} s without a voltage event is in the record", rule.window_s);
            return Draft::only(Verdict::Inconclusive, reason);
        };
        let said = format!(
            "the power changes by {:.3} kW within {} s, until {end:.3} s; {:.3} kW are allowed",
            change / 1e3,
            rule.window_s,
            limit_w / 1e3
        );
        let pass = change.abs() <= limit_w;
        let mut draft = Draft::only(if pass { Verdict::Pass } else { Verdict::Fail }, said);
        draft.margin("change of power", (limit_w - change.abs()) / 1e3, "kW", Some(end - rule.window_s));
        draft
    }

    pub(super) fn oscillation(&self, rule: &Oscillation) -> Draft {
        let (power, share) = match self.scaled_power() {
            Ok(scaled) => scaled,
            Err(draft) => return draft,
        };
        let limit_w = rule.max_peak_to_peak_mw * 1e6 * share;
        let length = power.end_s() - power.start_s();
        let step = 1.0 / (OVERSAMPLING * rule.to_hz);
        if length < rule.window_s + 1.0 / rule.from_hz {
            let needed = rule.window_s + 1.0 / rule.from_hz;
            let reason = format!("the record has {length:.1} s of power, and {needed:.1} s are needed");
            return Draft::only(Verdict::Inconclusive, reason);
        }
        if length / step > MAX_SAMPLES {
            return Draft::only(Verdict::Inconclusive, "the record is too long to be filtered: cut it");
        }
        let count = (length / step) as usize;
        let samples = (0..count).filter_map(|i| power.at(power.start_s() + i as f64 * step));
        let filtered = band_pass(samples, step, rule.from_hz, rule.to_hz);
        let (largest, at) = largest_swing(&filtered, (rule.window_s / step) as usize);
        let end = power.start_s() + at as f64 * step;
        let said = format!(
            "{:.3} kW from peak to peak between {} and {} Hz within {} s, until {end:.3} s; {:.3} kW are allowed",
            largest / 1e3,
            rule.from_hz,
            rule.to_hz,
            rule.window_s,
            limit_w / 1e3
        );
        let mut draft = Draft::only(if largest <= limit_w { Verdict::Pass } else { Verdict::Fail }, said);
        let resolved = power.points().len() as f64 / (2.0 * length);
        if resolved < rule.to_hz {
            draft.reasons.push(format!("the record resolves up to {resolved:.1} Hz only"));
            if draft.verdict == Verdict::Pass {
                draft.verdict = Verdict::Inconclusive;
            }
        }
        draft.margin("peak-to-peak power", (limit_w - largest) / 1e3, "kW", Some(end));
        draft
    }
}

/// Largest swing, peak to peak, of the part of a signal between two frequencies within a rolling window, and the time at
/// which that window ends, in seconds from the first sample. Samples `step_s` apart, edges of `band_hz` in Hz.
///
/// The filter is that of the oscillation clauses: Butterworth of second order each way, at rest on the first sample.
pub fn band_swing(samples: &[f64], step_s: f64, band_hz: (f64, f64), window_s: f64) -> (f64, f64) {
    let filtered = band_pass(samples.iter().copied(), step_s, band_hz.0, band_hz.1);
    let (swing, at) = largest_swing(&filtered, (window_s / step_s).round() as usize);
    (swing, at as f64 * step_s)
}

/// Largest effective value of the part of a signal between two frequencies within a rolling window, and the time at which that
/// window ends, in seconds from the first sample. Its square, times the window, is the energy of the band. Arguments and filter
/// as for [`band_swing`]; (0, 0) for a signal shorter than the window.
pub fn band_rms(samples: &[f64], step_s: f64, band_hz: (f64, f64), window_s: f64) -> (f64, f64) {
    let window = ((window_s / step_s).round() as usize).max(1);
    let filtered = band_pass(samples.iter().copied(), step_s, band_hz.0, band_hz.1);
    let (mut sum, mut largest) = (0.0, (0.0, 0.0));
    for (i, value) in filtered.iter().enumerate() {
        sum += value * value;
        if let Some(gone) = i.checked_sub(window).and_then(|i| filtered.get(i)) {
            sum -= gone * gone;
        }
        let mean = sum / window as f64;
        if i + 1 >= window && mean > largest.0 {
            largest = (mean, i as f64 * step_s);
        }
    }
    (f64::max(largest.0, 0.0).sqrt(), largest.1)
}

/// Butterworth high pass and low pass, both of second order, at rest on the first sample.
fn band_pass(samples: impl Iterator<Item = f64>, step_s: f64, from_hz: f64, to_hz: f64) -> Vec<f64> {
    let mut samples = samples.peekable();
    let first = samples.peek().copied().unwrap_or(0.0);
    let (mut high, mut low) = (Biquad::high_pass(from_hz * step_s), Biquad::low_pass(to_hz * step_s));
    samples.map(|w| low.next(high.next(w - first))).collect()
}

/// Largest difference between two values at most `window` samples apart, and where its window ends.
fn largest_swing(values: &[f64], window: usize) -> (f64, usize) {
    let (mut highs, mut lows): (VecDeque<usize>, VecDeque<usize>) = (VecDeque::new(), VecDeque::new());
    let mut largest = (0.0, 0);
    let get = |i: &usize| values.get(*i).copied().unwrap_or(0.0);
    for (i, v) in values.iter().enumerate() {
        while highs.back().is_some_and(|j| get(j) <= *v) {
            highs.pop_back();
        }
        while lows.back().is_some_and(|j| get(j) >= *v) {
            lows.pop_back();
        }
        highs.push_back(i);
        lows.push_back(i);
        while highs.front().is_some_and(|j| j + window < i) {
            highs.pop_front();
        }
        while lows.front().is_some_and(|j| j + window < i) {
            lows.pop_front();
        }
        let swing = highs.front().map_or(0.0, get) - lows.front().map_or(0.0, get);
        if swing > largest.0 {
            largest = (swing, i);
        }
    }
    largest
}

/// A filter of second order, by the bilinear transform.
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// `edge` in cycles a sample.
    fn low_pass(edge: f64) -> Self {
        let k = (PI * edge).tan();
        Self::new([k * k, 2.0 * k * k, k * k], k)
    }

    fn high_pass(edge: f64) -> Self {
        Self::new([1.0, -2.0, 1.0], (PI * edge).tan())
    }

    fn new(b: [f64; 3], k: f64) -> Self {
        let scale = 1.0 + SQRT_2 * k + k * k;
        let a = [2.0 * (k * k - 1.0) / scale, (1.0 - SQRT_2 * k + k * k) / scale];
        Self { b: b.map(|v| v / scale), a, state: [0.0; 2] }
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state = [self.b[1] * x - self.a[0] * y + self.state[1], self.b[2] * x - self.a[1] * y];
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effective_value_of_a_band_is_that_of_its_window() {
        // 1 Hz of 100 W from 20 s to 30 s, on a slow swing of 5 kW.
        let samples: Vec<f64> = (0..6000)
            .map(|i| {
                let t = f64::from(i) * 0.01;
                let swing = if (20.0..30.0).contains(&t) { 100.0 * (2.0 * PI * t).sin() } else { 0.0 };
                9000.0 + swing
            })
            .collect();
        let (rms, at_s) = band_rms(&samples, 0.01, (0.1, 20.0), 5.0);
        assert!((rms - 100.0 / SQRT_2).abs() < 3.0, "{rms}");
        assert!((24.9..=30.5).contains(&at_s), "{at_s}");
        assert_eq!(band_rms(&samples[..100], 0.01, (0.1, 20.0), 5.0), (0.0, 0.0));
        // Above the band nothing is left.
        let fast: Vec<f64> =
            (0..60_000).map(|i| 100.0 * (2.0 * PI * 200.0 * f64::from(i) * 1e-3).sin()).collect();
        assert!(band_rms(&fast, 1e-3, (0.1, 20.0), 5.0).0 < 5.0);
    }

    #[test]
    fn the_filter_keeps_its_band_and_nothing_else() {
        let step = 1.0 / 550.0;
        for (hz, wanted) in [(2.0, 1.0), (0.01, 0.0), (0.1, 1.0 / SQRT_2), (55.0, 1.0 / SQRT_2), (200.0, 0.0)]
        {
            let wave = (0..110_000).map(|i| 100.0 + (2.0 * PI * hz * f64::from(i) * step).sin());
            let out = band_pass(wave, step, 0.1, 55.0);
            let swing = largest_swing(&out[55_000..], 55_000).0 / 2.0;
            assert!((swing - wanted).abs() < 0.03, "{hz} Hz: {swing}, not {wanted}");
        }
    }

    #[test]
    fn the_largest_swing_is_that_of_one_window() {
        let values = [0.0, 5.0, 1.0, 1.0, 1.0, -3.0, 0.0];
        assert_eq!(largest_swing(&values, 2), (5.0, 1));
        assert_eq!(largest_swing(&values, 4), (8.0, 5));
    }
}
