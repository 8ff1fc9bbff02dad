//! Forecasters of a load: online, one sample at a time, without allocation once they are built.
//!
//! A [`Forecaster`] takes samples as a meter gives them ([`Forecaster::update`]) and tells the value at any
//! time ahead ([`Forecaster::predict`]) with intervals that hold a stated share of what comes. The parts:
//!
//! - A [`Model`] knows only how to tell a mean. Each is about a page: [`persistence`], [`holt`], [`kalman`],
//!   [`ar`], [`period`], [`lagged`], and [`ensemble`] over all of them.
//! - [`Online`] makes a forecaster of a model: it refuses what is no sample, lays irregular samples on a
//!   regular grid, notices gaps, and measures the intervals on the model's own errors ([`interval`]).
//!
//! Values have the unit of what is fed in (watts, or parts of a rating); times are seconds on any clock that
//! only goes forward. A forecaster expects to be sampled about once a [`Config::step_s`]: average what comes
//! faster first ([`CellMean`]), because a grid that skips samples folds their noise into slow waves.
//!
//! There is no linear algebra crate in here on purpose: the largest matrix is 11 by 11 and is updated by one
//! vector a step ([`rls`] is thirty lines), and a period is found by a recursion over lags, because a
//! transform each so many samples would put its whole cost on one of them.

pub mod ar;
mod average;
pub mod ensemble;
mod history;
pub mod holt;
pub mod interval;
pub mod kalman;
#[cfg(test)]
mod known;
pub mod lagged;
mod online;
mod pending;
pub mod period;
pub mod persistence;
pub mod rls;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use average::CellMean;
pub use history::History;
pub use online::Online;
pub use pending::Pending;

/// Shares of what comes that the intervals of a [`Prediction`] hold, in their order.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];
/// Horizons on which intervals and weights are measured unless the configuration says otherwise, in seconds.
pub const HORIZONS_S: [f64; 8] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
/// Largest value taken for a sample: no power of a rack or site, in any unit, is above it.
pub const LARGEST_VALUE: f64 = 1e12;

/// From one value to another one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// Lower end, in the unit of the samples.
    pub low: f64,
    /// Upper end, in the unit of the samples.
    pub high: f64,
}

impl Interval {
    /// Does it hold a value?
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// What a forecaster says about one time ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Expected value, in the unit of the samples.
    pub mean: f64,
    /// Intervals at [`LEVELS`]; `None` until enough forecasts of this horizon have met their truth.
    pub intervals: Option<[Interval; LEVELS.len()]>,
    /// Does the model speak? While it does not, the mean is the last sample.
    pub ready: bool,
}

/// What an accepted sample was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Update {
    /// The next of a row.
    Sample,
    /// The first of all, or the first after a gap that was declared.
    First,
    /// The first after a gap of so many seconds: what the forecaster learned stays, what lay before the gap
    /// is no longer taken for the past of what follows.
    AfterGap(f64),
}

/// Why a sample was refused; the forecaster is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum UpdateError {
    /// No number.
    #[error("time {t_s} with value {value}: both must be numbers; leave the sample out, the gap is noticed")]
    NotFinite {
        /// Time of the sample.
        t_s: f64,
        /// Its value.
        value: f64,
    },
    /// No power.
    #[error("value {value} is beyond {LARGEST_VALUE:e} either way: no power; look at the scale of the meter")]
    TooLarge {
        /// The value.
        value: f64,
    },
    /// Twice the same time, or the clock went back.
    #[error(
        "time {t_s} s is not after {last_s} s: leave out repeated samples; if the clock was set back, declare a gap"
    )]
    NotLater {
        /// Time of the sample.
        t_s: f64,
        /// Time of the sample before it.
        last_s: f64,
    },
}

/// Why there is no prediction.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PredictError {
    /// Nothing to start from.
    #[error("no sample yet, or none since the gap")]
    NoSample,
    /// A horizon that the forecaster was not built for.
    #[error("horizon {horizon_s} s: wants more than 0 s, and at most {longest_s} s")]
    Horizon {
        /// What was asked.
        horizon_s: f64,
        /// The longest one configured.
        longest_s: f64,
    },
}

/// Why a forecaster cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// The step is no time.
    #[error("step_s = {0}: wants a time from 1e-5 s to 3600 s")]
    Step(f64),
    /// The horizons do not rise.
    #[error("horizons_s: wants 1 to 16 times above 0 s, each longer than the one before")]
    Horizons,
    /// The gap is no longer than a step.
    #[error("max_gap_s = {max_gap_s}: wants 2 to 1000 steps of {step_s} s")]
    Gap {
        /// What was asked.
        max_gap_s: f64,
        /// The step.
        step_s: f64,
    },
}

/// How a forecaster is built.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Time between two points of the grid on which the models work, in seconds: about that between samples.
    pub step_s: f64,
    /// Horizons on which intervals and weights are measured, rising, in seconds; between them they are
    /// interpolated, and beyond the last one nothing is told.
    pub horizons_s: Vec<f64>,
    /// A silence longer than this is a gap, in seconds.
    pub max_gap_s: f64,
}

impl Config {
    /// Most points of the grid that are kept; a period is looked for up to two thirds of them.
    pub const LONGEST_HISTORY: usize = 6000;

    /// For samples `step_s` apart: those of [`HORIZONS_S`] that are no shorter than that, and gaps from 25 steps.
    ///
    /// # Errors
    /// Where the step is no time of 1e-5 s to 3600 s.
    pub fn new(step_s: f64) -> Result<Self, ConfigError> {
        let mut horizons_s: Vec<f64> = HORIZONS_S.into_iter().filter(|h| *h >= 0.99 * step_s).collect();
        if horizons_s.is_empty() {
            horizons_s = vec![step_s, 2.0 * step_s];
        }
        let config = Self { step_s, horizons_s, max_gap_s: 25.0 * step_s };
        config.check()?;
        Ok(config)
    }

    /// Is it a configuration that a forecaster can be built from?
    ///
    /// # Errors
    /// What is wrong, and what is wanted.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !(1e-5..=3600.0).contains(&self.step_s) {
            return Err(ConfigError::Step(self.step_s));
        }
        let positive = self.horizons_s.iter().all(|h| h.is_finite() && *h > 0.0);
        let rising = self.horizons_s.is_sorted_by(|a, b| a < b);
        if !positive || !rising || self.horizons_s.is_empty() || self.horizons_s.len() > 16 {
            return Err(ConfigError::Horizons);
        }
        if !(2.0..=1000.0).contains(&(self.max_gap_s / self.step_s)) {
            return Err(ConfigError::Gap { max_gap_s: self.max_gap_s, step_s: self.step_s });
        }
        Ok(())
    }

    /// Horizons in steps, one at least.
    fn horizon_steps(&self) -> impl Iterator<Item = usize> + '_ {
        self.horizons_s.iter().map(|h| ((h / self.step_s).round() as usize).max(1))
    }

    fn longest_s(&self) -> f64 {
        self.horizons_s.last().copied().unwrap_or_default()
    }

    /// Points of the grid to keep: twice the longest horizon at best, so that a period can repeat in them.
    fn history(&self) -> usize {
        let wanted = 2.0 * self.longest_s() / self.step_s + 2.0;
        (wanted as usize).clamp(512, Self::LONGEST_HISTORY)
    }
}

/// A forecaster of one quantity. No method allocates.
pub trait Forecaster: Send {
    /// Its name, as tables show it.
    fn name(&self) -> &'static str;

    /// Takes the sample `value` of the time `t_s` (seconds, any origin).
    ///
    /// # Errors
    /// Where it is no sample, or not later than the one before; nothing has changed then.
    fn update(&mut self, t_s: f64, value: f64) -> Result<Update, UpdateError>;

    /// The value `horizon_s` seconds after the last sample.
    ///
    /// # Errors
    /// Where there is no sample to start from, or the horizon is not one to be asked for.
    fn predict(&self, horizon_s: f64) -> Result<Prediction, PredictError>;

    /// Says that samples were lost, or that the clock was set: the next sample may have any time.
    fn gap(&mut self);
}

/// What a model may look at when it tells a mean.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// The last sample.
    pub value: f64,
    /// The grid up to the last point that is not after the last sample.
    pub history: &'a History,
    /// Seconds between two points of the grid.
    pub step_s: f64,
    /// Seconds from the last point of the grid to the last sample: less than a step.
    pub since_step_s: f64,
}

impl Now<'_> {
    /// Steps from the last point of the grid to `horizon_s` after the last sample.
    pub fn steps(&self, horizon_s: f64) -> f64 {
        (self.since_step_s + horizon_s) / self.step_s
    }
}

/// A way to tell the mean of what comes. No method allocates.
pub trait Model: Send {
    /// Its name, as tables show it.
    fn name(&self) -> &'static str;

    /// A sample as it came, `dt_s` seconds after the one before it; `None` for the first of a row.
    fn sample(&mut self, dt_s: Option<f64>, value: f64) {
        let _ = (dt_s, value);
    }

    /// The grid has a new point, the newest of `history`. Called after [`sample`](Self::sample) of the sample
    /// that completed it, which is at that point or less than a step later.
    fn step(&mut self, history: &History) {
        let _ = history;
    }

    /// What came is not the past of what follows. The history is empty after this.
    fn gap(&mut self) {}

    /// The mean `horizon_s` after the last sample; `None` while the model knows nothing better than that sample.
    fn mean(&self, now: &Now<'_>, horizon_s: f64) -> Option<f64>;
}

/// The forecasters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The last sample.
    Persistence,
    /// Level and trend by smoothing.
    Holt,
    /// Level and trend by a bank of Kalman filters.
    Kalman,
    /// Autoregression.
    Ar,
    /// What came a period ago.
    Period,
    /// Regression on lags and means, one for each horizon.
    Lagged,
    /// All of them, by their recent errors.
    Ensemble,
}

impl Kind {
    /// All of them, persistence first.
    pub const ALL: [Self; 7] =
        [Self::Persistence, Self::Holt, Self::Kalman, Self::Ar, Self::Period, Self::Lagged, Self::Ensemble];

    /// Its name, as tables show it and as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Persistence => "persistence",
            Self::Holt => "holt",
            Self::Kalman => "kalman",
            Self::Ar => "ar",
            Self::Period => "period",
            Self::Lagged => "lagged",
            Self::Ensemble => "ensemble",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Builds a forecaster.
///
/// # Errors
/// What is wrong in the configuration.
pub fn build(kind: Kind, config: &Config) -> Result<Box<dyn Forecaster>, ConfigError> {
    config.check()?;
    Ok(match kind {
        Kind::Persistence => Box::new(Online::new(persistence::Persistence, config)?),
        Kind::Holt => Box::new(Online::new(holt::Holt::new(config.step_s), config)?),
        Kind::Kalman => Box::new(Online::new(kalman::Bank::new(config.step_s), config)?),
        Kind::Ar => Box::new(Online::new(ar::Ar::new(), config)?),
        Kind::Period => Box::new(Online::new(period::Period::new(config), config)?),
        Kind::Lagged => Box::new(Online::new(lagged::Lagged::new(config), config)?),
        Kind::Ensemble => Box::new(Online::new(ensemble::Ensemble::new(config), config)?),
    })
}
