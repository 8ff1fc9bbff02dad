//! Holt's level and trend, for samples at any distance (Wright, "Forecasting data published at irregular time
//! intervals", Management Science 1986), with a damped trend (Gardner and McKenzie, 1985).

use super::{Model, Now};

/// Level and trend by exponential smoothing.
///
/// The trend is damped when it is told, not when it is smoothed: on a ramp both level and trend become exact.
#[derive(Debug, Clone)]
pub struct Holt {
    level_s: f64,
    trend_s: f64,
    damping_s: f64,
    state: Option<(f64, f64)>,
    samples: u32,
}

impl Holt {
    /// For samples `step_s` apart.
    pub fn new(step_s: f64) -> Self {
        Self::with_times(0.5 * step_s, 4.0 * step_s, 2.0 * step_s)
    }

    /// With time constants of level, trend and damping, in seconds; an infinite damping leaves the trend as it is.
    pub fn with_times(level_s: f64, trend_s: f64, damping_s: f64) -> Self {
        Self { level_s, trend_s, damping_s, state: None, samples: 0 }
    }
}

/// The time over which a trend still counts, of a horizon.
pub(super) fn damped(horizon_s: f64, damping_s: f64) -> f64 {
    if damping_s.is_finite() { damping_s * (1.0 - (-horizon_s / damping_s).exp()) } else { horizon_s }
}

impl Model for Holt {
    fn name(&self) -> &'static str {
        "holt"
    }

    fn sample(&mut self, dt_s: Option<f64>, value: f64) {
        self.samples = self.samples.saturating_add(1);
        let (Some((level, trend)), Some(dt)) = (self.state, dt_s) else {
            self.state = Some((value, 0.0));
            return;
        };
        let told = level + trend * dt;
        let new = told + (1.0 - (-dt / self.level_s).exp()) * (value - told);
        let slope = (new - level) / dt;
        let trend = trend + (1.0 - (-dt / self.trend_s).exp()) * (slope - trend);
        self.state = Some((new, trend));
    }

    fn gap(&mut self) {
        self.state = None;
        self.samples = 0;
    }

    fn mean(&self, _: &Now<'_>, horizon_s: f64) -> Option<f64> {
        let (level, trend) = self.state.filter(|_| self.samples >= 3)?;
        Some(level + trend * damped(horizon_s, self.damping_s))
    }
}
