//! What came a period ago: for training, whose power repeats with each iteration.
//!
//! The period is found online by the difference function of YIN (de Cheveigné and Kawahara, 2002): for each lag the
//! running mean of `(x - x[lag])²`, over the mean of all shorter lags; the first dip below a threshold is the
//! period, which keeps twice the period from being taken for it. Two banks share the work: lags of up to 256
//! steps, and of up to 256 means of 16 steps each; so a period of 4000 steps costs as much as one of 100.
//!
//! Iterations are not equally long. Around each period found, a band of lags is followed with a short memory:
//! the lag at which the *current* iteration runs along the previous one is the one to look ahead with.

use super::{Config, History, Model, Now};

/// Lags of a bank.
const LAGS: usize = 256;
/// Steps in a point of the coarse bank.
const COARSE: usize = 16;
/// A dip of the normalised difference below this is a period.
const DIP: f64 = 0.3;
/// Most lags followed on each side of a period.
const WIDEST: usize = 128;

/// The difference function over lags of 1 to [`LAGS`].
#[derive(Debug, Clone)]
struct Bank {
    difference: Vec<f64>,
    count: Vec<f64>,
}

impl Bank {
    fn new() -> Self {
        Self { difference: vec![0.0; LAGS], count: vec![0.0; LAGS] }
    }

    /// Takes the newest of `values`; each lag remembers three of its own length, 64 values at least.
    fn step(&mut self, values: &[f64]) {
        let Some((now, past)) = values.split_last() else { return };
        let lags = self.difference.iter_mut().zip(&mut self.count).zip(past.iter().rev()).enumerate();
        for (at, ((difference, count), then)) in lags {
            *count = (*count + 1.0).min((3.0 * (at as f64 + 1.0)).max(64.0));
            *difference += ((now - then).powi(2) - *difference) / *count;
        }
    }

    /// The period in points, if there is one.
    fn period(&self) -> Option<usize> {
        let mut sum = 0.0;
        let mut dip: Option<(usize, f64)> = None;
        for (at, (difference, count)) in self.difference.iter().zip(&self.count).enumerate() {
            let lag = at + 1;
            // A lag is trusted once a third of it came again.
            if *count < (0.33 * lag as f64).max(12.0) {
                break;
            }
            sum += difference;
            let normal = difference * lag as f64 / sum;
            match dip {
                Some((_, least)) if normal < least => dip = Some((lag, normal)),
                // Out of the dip again: its bottom is the period.
                Some((lag, least)) if normal > least + 0.1 => return Some(lag),
                Some(_) => {}
                None if normal < DIP => dip = Some((lag, normal)),
                None => {}
            }
        }
        None
    }
}

/// Follows the lag at which the current iteration runs along the one before.
#[derive(Debug, Clone)]
struct Tracker {
    /// Period of the bank, and lags followed on each side; 0: nothing is followed.
    period: usize,
    half: usize,
    near: Vec<f64>,
    count: f64,
    lag: usize,
    /// Running mean of the followed lags: the period, finer than the bank knows it.
    typical: f64,
    /// Running mean of the squared difference at the followed lag, over about a period.
    error: f64,
    /// How alike two such differences a step apart are: sums of their product, and of their square.
    alike: (f64, f64),
    before: f64,
}

impl Tracker {
    fn new() -> Self {
        Self {
            period: 0,
            half: 0,
            near: vec![0.0; 2 * WIDEST + 1],
            count: 0.0,
            lag: 0,
            typical: 0.0,
            error: 0.0,
            alike: (0.0, 0.0),
            before: 0.0,
        }
    }

    /// Takes a period of the bank, found to within `grain` steps.
    fn aim(&mut self, period: Option<usize>, grain: usize) {
        let Some(period) = period else { return };
        let half = (period / 12 + grain).clamp(2, WIDEST).min(period.saturating_sub(1));
        if self.period == 0 || period.abs_diff(self.period) > half / 2 {
            (self.period, self.half, self.lag, self.count) = (period, half, period, 0.0);
            self.typical = period as f64;
            self.alike = (0.0, 0.0);
            self.error = f64::INFINITY;
        }
    }

    fn step(&mut self, history: &History, variance: f64) {
        let all = history.all();
        let first = self.period.saturating_sub(self.half);
        if self.period == 0 || all.len() <= self.period + self.half {
            return;
        }
        let Some((now, past)) = all.split_last() else { return };
        self.count = (self.count + 1.0).min((self.period as f64 / 8.0).clamp(8.0, 100.0));
        let end = past.len() + 1 - first.max(1);
        let band = past.get(..end).unwrap_or_default().iter().rev();
        let mut best = (f64::INFINITY, self.lag);
        let mut current = f64::INFINITY;
        for (at, (near, then)) in self.near.iter_mut().take(2 * self.half + 1).zip(band).enumerate() {
            *near += ((now - then).powi(2) - *near) / self.count;
            let lag = first.max(1) + at;
            if lag == self.lag {
                current = *near;
            }
            // Of lags that fit alike, the nearest to the one that was followed.
            let far = lag.abs_diff(self.lag) as f64 / (self.half as f64 + 1.0);
            let cost = *near + 0.01 * variance * far;
            if cost < best.0 {
                best = (cost, lag);
            }
        }
        // Noise alone moves nothing: the fit must be better by a part of the load's own variance.
        if best.0 + 0.02 * variance < current {
            self.lag = best.1;
        }
        let Some(off) = history.back(self.lag).map(|then| now - then) else { return };
        self.alike.0 += (off * self.before - self.alike.0) / 200.0;
        self.alike.1 += (off * off - self.alike.1) / 200.0;
        let share = 1.0 / (self.period as f64).clamp(32.0, 2000.0);
        self.typical += share * (self.lag as f64 - self.typical);
        let fresh = self.error.is_infinite();
        self.error = if fresh { off * off } else { self.error + share * (off * off - self.error) };
        self.before = off;
    }

    /// The value `steps` after the newest point.
    fn mean(&self, history: &History, steps: f64) -> Option<f64> {
        let (lag, period) = (self.lag as f64, self.typical);
        // The followed lag once, and whole periods as often as needed.
        let more = ((steps - lag) / period).ceil().max(0.0);
        let base = history.back_between(lag + more * period - steps)?;
        let alike = if self.alike.1 > 0.0 { (self.alike.0 / self.alike.1).clamp(0.0, 1.0) } else { 0.0 };
        Some(base + alike.powf(steps) * self.before)
    }
}

/// Finds the period and tells what came one ago.
#[derive(Debug, Clone)]
pub struct Period {
    fine: Bank,
    coarse: Bank,
    trackers: [Tracker; 2],
    means: History,
    sum: f64,
    points: usize,
    mean: f64,
    variance: f64,
    steps: f64,
    longest: usize,
}

impl Period {
    /// For a configuration: periods of up to two thirds of the history that it keeps.
    pub fn new(config: &Config) -> Self {
        Self {
            fine: Bank::new(),
            coarse: Bank::new(),
            trackers: [Tracker::new(), Tracker::new()],
            means: History::new(LAGS + 1),
            sum: 0.0,
            points: 0,
            mean: 0.0,
            variance: 0.0,
            steps: 0.0,
            longest: config.history() * 2 / 3,
        }
    }

    fn best(&self) -> Option<&Tracker> {
        let [a, b] = &self.trackers;
        // The short one, unless the long one fits clearly better: a multiple of a period fits as well as it.
        let best = if b.period > 0 && (a.period == 0 || b.error < 0.7 * a.error) { b } else { a };
        // A lag that leaves most of the variance unexplained is no period.
        (best.period > 0 && best.error < 0.8 * self.variance).then_some(best)
    }

    /// The period that is followed now, in steps.
    pub fn period(&self) -> Option<usize> {
        self.best().map(|tracker| tracker.typical.round() as usize)
    }
}

impl Model for Period {
    fn name(&self) -> &'static str {
        "period"
    }

    fn step(&mut self, history: &History) {
        let Some(value) = history.back(0) else { return };
        self.steps += 1.0;
        let share = 1.0 / self.steps.min(2000.0);
        let off = value - self.mean;
        self.mean += share * off;
        self.variance += share * (off * (value - self.mean) - self.variance);
        let recent = history.all();
        self.fine.step(recent.get(recent.len().saturating_sub(LAGS + 1)..).unwrap_or_default());
        self.sum += value;
        self.points += 1;
        let [short, long] = &mut self.trackers;
        if self.points == COARSE {
            self.means.push(self.sum / COARSE as f64);
            (self.sum, self.points) = (0.0, 0);
            self.coarse.step(self.means.all());
            let longest = self.longest;
            short.aim(self.fine.period().filter(|p| *p <= longest), 1);
            let period = self.coarse.period().map(|p| p * COARSE).filter(|p| *p <= longest);
            long.aim(period.filter(|p| *p > 8 * COARSE), COARSE);
        }
        short.step(history, self.variance);
        long.step(history, self.variance);
    }

    fn gap(&mut self) {
        self.means.clear();
        (self.sum, self.points) = (0.0, 0);
        for tracker in &mut self.trackers {
            // The period stays; where in it the load is now is not known.
            (tracker.count, tracker.lag) = (0.0, tracker.period);
        }
    }

    fn mean(&self, now: &Now<'_>, horizon_s: f64) -> Option<f64> {
        self.best()?.mean(now.history, now.steps(horizon_s))
    }
}
