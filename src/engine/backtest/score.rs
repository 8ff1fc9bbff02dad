//! Rolling origin: what each forecaster told, against what came.

use serde::Serialize;

use super::bootstrap::Blocks;
use super::{BacktestError, Trace};
use crate::engine::forecast::{CellMean, Config, Forecaster, Interval, Kind, LEVELS, build};

/// Samples closer than this are averaged first unless told otherwise, in seconds: the shortest horizon.
const DEFAULT_CELL_S: f64 = 0.01;
/// Points of a stretch that a plot shows.
const STRETCH: usize = 1500;

/// How to score.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Horizons in seconds; those that a trace cannot score are left out, and told.
    pub horizons_s: Vec<f64>,
    /// Forecasters; persistence is always scored.
    pub kinds: Vec<Kind>,
    /// Cells over which samples are averaged first, in seconds; `None`: 10 ms where samples are closer than that.
    pub cell_s: Option<f64>,
    /// Part of the trace that is not scored, at its beginning.
    pub warm_up: f64,
}

impl Default for Options {
    fn default() -> Self {
        let horizons_s = crate::engine::forecast::HORIZONS_S.to_vec();
        Self { horizons_s, kinds: Kind::ALL.to_vec(), cell_s: None, warm_up: 0.1 }
    }
}

/// What one forecaster reached at one horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Its name.
    pub forecaster: &'static str,
    /// Horizon in seconds.
    pub horizon_s: f64,
    /// Origins scored.
    pub origins: usize,
    /// Scored time over the horizon: about how many forecasts did not share their truth.
    pub spans: f64,
    /// Mean absolute error, in the unit of the trace.
    pub mae: f64,
    /// Root of the mean square error, in the unit of the trace.
    pub rmse: f64,
    /// The latter in parts of the range of the scored trace.
    pub nrmse: f64,
    /// 1 - RMSE over that of persistence: 0 as good, 1 perfect, below 0 worse.
    pub skill: f64,
    /// The same of the mean absolute error.
    pub skill_mae: f64,
    /// 90 % interval of the skill by a block bootstrap; `None` where there are fewer than five blocks.
    pub skill_90: Option<[f64; 2]>,
    /// Share of origins where the model spoke; at the others it told the last sample.
    pub ready: f64,
    /// Origins with intervals.
    pub interval_origins: usize,
    /// Share of truths inside the intervals, at [`LEVELS`]; `None` without any.
    pub coverage: Option<[f64; LEVELS.len()]>,
    /// Mean width of the intervals, in the unit of the trace.
    pub width: Option<[f64; LEVELS.len()]>,
}

/// A piece of the trace with what was told about it, for a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Who told.
    pub forecaster: &'static str,
    /// How far ahead, in seconds.
    pub horizon_s: f64,
    /// Time told about, what came, what was told, and its interval at the last level.
    pub points: Vec<(f64, f64, f64, Option<Interval>)>,
}

/// What came out for a trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceReport {
    /// Name of the trace.
    pub trace: String,
    /// Is it invented?
    pub synthetic: bool,
    /// Column of values.
    pub quantity: String,
    /// Samples in the file, and rows of it that were left out.
    pub samples: usize,
    /// Rows left out.
    pub left_out: usize,
    /// Length in seconds.
    pub length_s: f64,
    /// Cells over which samples were averaged first, in seconds.
    pub cell_s: Option<f64>,
    /// Median time between the samples that were fed, in seconds.
    pub interval_s: f64,
    /// Grid of the models, in seconds.
    pub step_s: f64,
    /// Scored from this time after the beginning, in seconds.
    pub scored_from_s: f64,
    /// Horizons asked for that the trace cannot score, in seconds.
    pub horizons_left_out_s: Vec<f64>,
    /// Gaps.
    pub gaps: usize,
    /// The scores: by horizon, persistence first.
    pub scores: Vec<Score>,
    /// For a plot.
    #[serde(skip)]
    pub stretches: Vec<Stretch>,
}

#[derive(Debug)]
struct Sums {
    n: usize,
    absolute: f64,
    square: f64,
    ready: usize,
    intervals: usize,
    held: [usize; LEVELS.len()],
    width: [f64; LEVELS.len()],
    /// Error at each origin, for the blocks.
    errors: Vec<(f64, f64)>,
    stretch: Stretch,
}

/// Scores the forecasters on a trace.
///
/// # Errors
/// Where the trace can score none of the horizons, or no forecaster can be built for it.
pub fn backtest(trace: &Trace, options: &Options) -> Result<TraceReport, BacktestError> {
    let (samples, cell_s) = averaged(trace, options.cell_s);
    let (interval_s, step_s) = steps(&samples);
    let (Some((start_s, _)), Some((end_s, _))) = (samples.first().copied(), samples.last().copied()) else {
        return Err(BacktestError::NoHorizon { trace: trace.name.clone(), least_s: 0.0, most_s: 0.0 });
    };
    let from_s = start_s + options.warm_up * (end_s - start_s);
    // At least two horizons of scored time; and no horizon within one sample, where truth is a line from now.
    let most_s = 0.5 * (end_s - from_s);
    let (mut scored, left_out): (Vec<f64>, Vec<f64>) =
        options.horizons_s.iter().partition(|h| **h >= 0.99 * interval_s && **h <= most_s);
    scored.sort_by(f64::total_cmp);
    scored.dedup();
    if scored.is_empty() {
        return Err(BacktestError::NoHorizon { trace: trace.name.clone(), least_s: interval_s, most_s });
    }
    let config =
        Config { step_s, horizons_s: scored.clone(), max_gap_s: (25.0 * step_s).max(4.0 * interval_s) };
    let mut kinds = vec![Kind::Persistence];
    kinds.extend(options.kinds.iter().copied().filter(|k| *k != Kind::Persistence));
    let mut rolled = Vec::new();
    for kind in &kinds {
        let wrong = |source| BacktestError::Config { trace: trace.name.clone(), source };
        rolled.push(roll(&mut *build(*kind, &config).map_err(wrong)?, &samples, from_s, &config));
    }
    let inside = samples.iter().filter(|(t, _)| *t >= from_s).map(|(_, v)| *v);
    let (low, high) = inside.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let mut scores = Vec::new();
    for (at, horizon_s) in scored.iter().enumerate() {
        let Some(base) = rolled.first().and_then(|(sums, _)| sums.get(at)) else { continue };
        for (sums, _) in &rolled {
            let Some(sums) = sums.get(at) else { continue };
            scores.push(score(sums, base, *horizon_s, (from_s, end_s), high - low));
        }
    }
    let gaps = rolled.first().map_or(0, |(_, gaps)| *gaps);
    Ok(TraceReport {
        trace: trace.name.clone(),
        synthetic: trace.synthetic,
        quantity: trace.quantity.clone(),
        samples: trace.samples.len(),
        left_out: trace.left_out,
        length_s: end_s - start_s,
        cell_s,
        interval_s,
        step_s,
        scored_from_s: from_s - start_s,
        horizons_left_out_s: left_out,
        gaps,
        scores,
        stretches: rolled.into_iter().flat_map(|(sums, _)| sums).map(|s| s.stretch).collect(),
    })
}

/// The samples to feed: means over cells where that is wanted.
fn averaged(trace: &Trace, cell_s: Option<f64>) -> (Vec<(f64, f64)>, Option<f64>) {
    let (interval_s, _) = steps(&trace.samples);
    let cell_s = cell_s.or((interval_s < 0.9 * DEFAULT_CELL_S).then_some(DEFAULT_CELL_S));
    let Some(cell_s) = cell_s.filter(|cell_s| interval_s < 0.9 * cell_s) else {
        return (trace.samples.clone(), None);
    };
    let mut mean = CellMean::new(cell_s);
    (trace.samples.iter().filter_map(|(t, v)| mean.push(*t, *v)).collect(), Some(cell_s))
}

/// Median time between samples, and the grid for them: the tenth percentile where they are irregular. Both
/// are properties of the meter, not of the load.
fn steps(samples: &[(f64, f64)]) -> (f64, f64) {
    let mut between: Vec<f64> = samples.windows(2).map(|w| w[1].0 - w[0].0).collect();
    between.sort_by(f64::total_cmp);
    let at = |share: f64| between.get((share * between.len() as f64) as usize).copied().unwrap_or(1.0);
    let (tenth, median) = (at(0.1), at(0.5));
    (median, if tenth > 0.8 * median { median } else { tenth })
}

/// Feeds the samples and keeps what was told for each horizon.
fn roll(
    forecaster: &mut dyn Forecaster,
    samples: &[(f64, f64)],
    from_s: f64,
    config: &Config,
) -> (Vec<Sums>, usize) {
    let name = forecaster.name();
    let mut sums: Vec<Sums> = config.horizons_s.iter().map(|h| Sums::new(name, *h)).collect();
    let mut gaps = 0;
    // Where the truth of each horizon was found last: it only goes forward.
    let mut ends = vec![0; sums.len()];
    for (t_s, value) in samples {
        // The trace holds numbers in rising time only; a value beyond any power is a gap in it.
        match forecaster.update(*t_s, *value) {
            Ok(crate::engine::forecast::Update::AfterGap(_)) => gaps += 1,
            Ok(_) => {}
            Err(_) => continue,
        }
        if *t_s < from_s {
            continue;
        }
        for (sums, end) in sums.iter_mut().zip(&mut ends) {
            let due_s = t_s + sums.stretch.horizon_s;
            let Some(truth) = truth(samples, due_s, end, config.max_gap_s) else { continue };
            sums.add(forecaster, *t_s, due_s, truth);
        }
    }
    (sums, gaps)
}

/// The value at a time, on the line between the samples around it; none in a gap and after the end.
fn truth(samples: &[(f64, f64)], due_s: f64, end: &mut usize, max_gap_s: f64) -> Option<f64> {
    while samples.get(*end).is_some_and(|(t, _)| *t < due_s - 1e-9) {
        *end += 1;
    }
    let (to, from) = (samples.get(*end)?, samples.get(end.checked_sub(1)?)?);
    if to.0 - from.0 > max_gap_s {
        return None;
    }
    let share = ((due_s - from.0) / (to.0 - from.0)).clamp(0.0, 1.0);
    Some(from.1 + (to.1 - from.1) * share)
}

impl Sums {
    fn new(forecaster: &'static str, horizon_s: f64) -> Self {
        Self {
            n: 0,
            absolute: 0.0,
            square: 0.0,
            ready: 0,
            intervals: 0,
            held: [0; LEVELS.len()],
            width: [0.0; LEVELS.len()],
            errors: Vec::new(),
            stretch: Stretch { forecaster, horizon_s, points: Vec::new() },
        }
    }

    fn add(&mut self, forecaster: &dyn Forecaster, t_s: f64, due_s: f64, truth: f64) {
        let Ok(told) = forecaster.predict(self.stretch.horizon_s) else { return };
        let error = truth - told.mean;
        self.n += 1;
        self.absolute += error.abs();
        self.square += error * error;
        self.ready += usize::from(told.ready);
        self.errors.push((t_s, error));
        if let Some(intervals) = told.intervals {
            self.intervals += 1;
            for (at, interval) in intervals.iter().enumerate() {
                self.held[at] += usize::from(interval.holds(truth));
                self.width[at] += interval.high - interval.low;
            }
        }
        if self.stretch.points.len() < STRETCH {
            let widest = told.intervals.and_then(|i| i.last().copied());
            self.stretch.points.push((due_s, truth, told.mean, widest));
        }
    }
}

fn score(sums: &Sums, base: &Sums, horizon_s: f64, (from_s, end_s): (f64, f64), range: f64) -> Score {
    let n = sums.n.max(1) as f64;
    let (mae, rmse) = (sums.absolute / n, (sums.square / n).sqrt());
    let base_n = base.n.max(1) as f64;
    // Where persistence is perfect there is nothing to gain: 0, unless something was lost.
    let skill =
        |own: f64, base: f64| if base > 0.0 { 1.0 - own / base } else { -own.signum() * own.abs().ceil() };
    let mut blocks = Blocks::new(from_s, end_s - horizon_s, horizon_s);
    for ((t_s, own), (_, base)) in sums.errors.iter().zip(&base.errors) {
        blocks.add(*t_s, *own, *base);
    }
    let with = sums.intervals.max(1) as f64;
    let any = sums.intervals > 0;
    Score {
        forecaster: sums.stretch.forecaster,
        horizon_s,
        origins: sums.n,
        spans: (end_s - horizon_s - from_s) / horizon_s,
        mae,
        rmse,
        nrmse: if range > 0.0 { rmse / range } else { 0.0 },
        skill: skill(rmse, (base.square / base_n).sqrt()),
        skill_mae: skill(mae, base.absolute / base_n),
        skill_90: blocks.interval(),
        ready: sums.ready as f64 / n,
        interval_origins: sums.intervals,
        coverage: any.then(|| sums.held.map(|held| held as f64 / with)),
        width: any.then(|| sums.width.map(|width| width / with)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;

    fn named<'a>(report: &'a TraceReport, forecaster: &str, horizon_s: f64) -> &'a Score {
        report.scores.iter().find(|s| s.forecaster == forecaster && s.horizon_s == horizon_s).unwrap()
    }

    #[test]
    fn persistence_on_a_ramp_is_off_by_what_the_ramp_rises() {
        let samples = (0..2000).map(|i| (f64::from(i) * 0.01, f64::from(i))).collect();
        let trace = Trace { name: "r".into(), synthetic: true, quantity: "p".into(), samples, left_out: 0 };
        let report = backtest(&trace, &Options::default()).unwrap();
        assert_eq!((report.horizons_left_out_s.as_slice(), report.gaps), ([10.0, 30.0].as_slice(), 0));
        for horizon_s in [0.01, 0.03, 0.1, 1.0] {
            let score = named(&report, "persistence", horizon_s);
            assert!((score.rmse - 100.0 * horizon_s).abs() < 1e-6 && score.skill == 0.0, "{score:?}");
            assert_eq!(score.skill_90, Some([0.0, 0.0]));
        }
        let ar = named(&report, "ar", 0.1);
        assert!(ar.skill > 0.9, "{ar:?}");
    }

    #[test]
    fn the_skill_and_the_coverage_of_noise_are_those_of_theory() {
        let trace = synthetic::make("noise").unwrap();
        let options = Options { horizons_s: vec![0.01, 0.1], ..Options::default() };
        let report = backtest(&trace, &options).unwrap();
        // x' = 0.9 x + e: persistence leaves 2 (1 - 0.9^k), the best 1 - 0.9^2k of the variance.
        for (horizon_s, k) in [(0.01, 1), (0.1, 10)] {
            let fade = 0.9f64.powi(k);
            let best = 1.0 - ((1.0 - fade * fade) / (2.0 * (1.0 - fade))).sqrt();
            let ar = named(&report, "ar", horizon_s);
            assert!((ar.skill - best).abs() < 0.03, "{horizon_s}: {} of {best}", ar.skill);
            let [low, high] = ar.skill_90.unwrap();
            assert!(low <= ar.skill && ar.skill <= high, "{ar:?}");
            for score in report.scores.iter().filter(|s| s.horizon_s == horizon_s) {
                for (share, level) in score.coverage.unwrap().into_iter().zip(LEVELS) {
                    assert!((share - level).abs() < 0.03, "{score:?}");
                }
            }
        }
    }

    #[test]
    fn fast_samples_are_averaged_and_gaps_are_not_scored() {
        let at = |i: u32| f64::from(i) * 2e-4 + if i < 20_000 { 0.0 } else { 5.0 };
        let samples = (0..40_000).map(|i| (at(i), f64::from(i % 2))).collect();
        let trace = Trace { name: "f".into(), synthetic: true, quantity: "p".into(), samples, left_out: 0 };
        let options = Options { horizons_s: vec![0.1], kinds: vec![], ..Options::default() };
        let report = backtest(&trace, &options).unwrap();
        assert_eq!((report.cell_s, report.gaps), (Some(0.01), 1));
        assert!((report.step_s - 0.01).abs() < 1e-9);
        let score = &report.scores[0];
        // Means of 0 and 1 are 0.5 each. Scored from 1.3 s on: 799 cells, less 130 before that, less the 10 origins
        // before the gap and the 10 at the end that have no truth.
        assert!(score.rmse < 1e-9 && (648..=650).contains(&score.origins), "{score:?}");
    }

    #[test]
    fn a_trace_that_can_score_nothing_says_so() {
        let samples = (0..100).map(|i| (f64::from(i) * 60.0, 1.0)).collect();
        let trace =
            Trace { name: "slow".into(), synthetic: true, quantity: "p".into(), samples, left_out: 0 };
        let options = Options { horizons_s: vec![0.1, 1.0], ..Options::default() };
        let error = backtest(&trace, &options).unwrap_err().to_string();
        assert!(error.starts_with("slow: no horizon can be scored; they must be from 60.000 s"), "{error}");
    }
}
