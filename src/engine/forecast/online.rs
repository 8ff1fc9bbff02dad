//! From a model to a forecaster: samples checked, laid on a grid, and intervals measured.

use super::interval::{Track, around};
use super::{
    Config, ConfigError, Forecaster, History, Interval, LARGEST_VALUE, LEVELS, Model, Now, PredictError,
    Prediction, Update, UpdateError,
};

/// A model with its samples, its grid and the intervals around it.
#[derive(Debug)]
pub struct Online<M> {
    model: M,
    step_s: f64,
    max_gap_s: f64,
    history: History,
    tracks: Vec<Track>,
    /// Time and value of the last sample.
    last: Option<(f64, f64)>,
    /// Time of the first point of the grid, and how many followed it.
    origin_s: f64,
    points: f64,
}

impl<M: Model> Online<M> {
    /// A forecaster around a model.
    ///
    /// # Errors
    /// What is wrong in the configuration.
    pub fn new(model: M, config: &Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            model,
            step_s: config.step_s,
            max_gap_s: config.max_gap_s,
            history: History::new(config.history()),
            tracks: config.horizons_s.iter().map(|h| Track::new(*h, config.step_s)).collect(),
            last: None,
            origin_s: 0.0,
            points: 0.0,
        })
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    fn grid_s(&self, point: f64) -> f64 {
        self.origin_s + point * self.step_s
    }

    /// The first sample of a row: the grid starts at it.
    fn start(&mut self, t_s: f64, value: f64) {
        self.origin_s = t_s;
        self.points = 0.0;
        self.model.sample(None, value);
        self.history.push(value);
        self.model.step(&self.history);
    }

    /// The grid's points after one sample and up to the next one, on the line between them.
    fn follow(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.model.sample(Some(to.0 - from.0), to.1);
        // A thousandth of a step early: sums of a step never meet their multiple, and seconds since 1970 come in
        // grains of a quarter of a microsecond.
        while self.grid_s(self.points + 1.0) <= to.0 + 1e-3 * self.step_s {
            self.points += 1.0;
            let share = ((self.grid_s(self.points) - from.0) / (to.0 - from.0)).clamp(0.0, 1.0);
            self.history.push(from.1 + (to.1 - from.1) * share);
            self.model.step(&self.history);
        }
    }

    fn now(&self, (t_s, value): (f64, f64)) -> Now<'_> {
        let since_step_s = (t_s - self.grid_s(self.points)).max(0.0);
        Now { value, history: &self.history, step_s: self.step_s, since_step_s }
    }

    /// The mean, and whether the model said it.
    fn mean(&self, last: (f64, f64), horizon_s: f64) -> (f64, bool) {
        match self.model.mean(&self.now(last), horizon_s) {
            Some(mean) if mean.abs() <= LARGEST_VALUE => (mean, true),
            _ => (last.1, false),
        }
    }

    /// The intervals around 0 for a horizon, between those that are measured.
    fn offsets(&self, horizon_s: f64) -> Option<[Interval; LEVELS.len()]> {
        let after = self.tracks.iter().position(|track| track.horizon_s() >= horizon_s)?;
        let upper = self.tracks.get(after)?;
        let Some(lower) = after.checked_sub(1).and_then(|before| self.tracks.get(before)) else {
            return upper.offsets();
        };
        let span = (upper.horizon_s() / lower.horizon_s()).ln();
        let share = (horizon_s / lower.horizon_s()).ln() / span;
        let (low, high) = (lower.offsets()?, upper.offsets()?);
        let mut out = low;
        for (mixed, high) in out.iter_mut().zip(high) {
            mixed.low += (high.low - mixed.low) * share;
            mixed.high += (high.high - mixed.high) * share;
        }
        Some(out)
    }
}

impl<M: Model> Forecaster for Online<M> {
    fn name(&self) -> &'static str {
        self.model.name()
    }

    fn update(&mut self, t_s: f64, value: f64) -> Result<Update, UpdateError> {
        if !(t_s.is_finite() && value.is_finite()) {
            return Err(UpdateError::NotFinite { t_s, value });
        }
        if value.abs() > LARGEST_VALUE {
            return Err(UpdateError::TooLarge { value });
        }
        let update = match self.last {
            None => Update::First,
            Some((last_s, _)) if t_s <= last_s => return Err(UpdateError::NotLater { t_s, last_s }),
            Some((last_s, _)) if t_s - last_s > self.max_gap_s => Update::AfterGap(t_s - last_s),
            Some(_) => Update::Sample,
        };
        if let Update::AfterGap(_) = update {
            self.gap();
        }
        match self.last {
            Some(last) => {
                self.follow(last, (t_s, value));
                for track in &mut self.tracks {
                    track.truth(last, (t_s, value));
                }
            }
            None => self.start(t_s, value),
        }
        let last = (t_s, value);
        self.last = Some(last);
        for at in 0..self.tracks.len() {
            let Some(horizon_s) = self.tracks.get(at).filter(|t| t.wants(t_s)).map(Track::horizon_s) else {
                continue;
            };
            let (mean, _) = self.mean(last, horizon_s);
            if let Some(track) = self.tracks.get_mut(at) {
                track.told(t_s, mean);
            }
        }
        Ok(update)
    }

    fn predict(&self, horizon_s: f64) -> Result<Prediction, PredictError> {
        let longest_s = self.tracks.last().map_or(0.0, Track::horizon_s);
        if !(horizon_s > 0.0 && horizon_s <= longest_s) {
            return Err(PredictError::Horizon { horizon_s, longest_s });
        }
        let last = self.last.ok_or(PredictError::NoSample)?;
        let (mean, ready) = self.mean(last, horizon_s);
        let intervals = self.offsets(horizon_s).map(|offsets| offsets.map(|offset| around(mean, offset)));
        Ok(Prediction { mean, intervals, ready })
    }

    fn gap(&mut self) {
        self.last = None;
        self.history.clear();
        self.model.gap();
        self.tracks.iter_mut().for_each(Track::gap);
    }
}
