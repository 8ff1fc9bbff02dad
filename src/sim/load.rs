//! The load over time: constant, replayed, or like a training job.

use std::sync::Arc;

use dpo_registers::units::Watts;

use super::clock::{MS, Ns, SECOND, ns, seconds};

/// The power that the load asks for, over time.
#[derive(Debug, Clone, PartialEq)]
pub enum LoadProfile {
    /// Always the same power.
    Constant(Watts),
    /// A recorded trace; see [`Trace::read`](super::Trace::read).
    Trace(Trace),
    /// Like a training job, without a recording.
    Training(Training),
}

impl Default for LoadProfile {
    /// Half of the shelf: 9 kW.
    fn default() -> Self {
        Self::Constant(Watts(9000.0))
    }
}

/// Power over time, linear between points.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Points with rising times, the first at 0.
    points: Arc<[(Ns, f64)]>,
    /// Period after which the trace begins again; 0 if its last value stays.
    period: Ns,
}

/// Fewest points of a trace.
const MIN_POINTS: usize = 2;

impl Trace {
    /// A trace of (time in s, power in W) points. `looped` begins again after the last point plus the
    /// mean distance of two points; otherwise the last power stays.
    ///
    /// # Errors
    /// The index of the first point that is not later than the one before, or not a power of 0 or more;
    /// the number of points if there are fewer than two.
    pub fn new(points: &[(f64, f64)], looped: bool) -> Result<Self, BadPoint> {
        let start = points.first().map_or(0.0, |p| p.0);
        let mut kept: Vec<(Ns, f64)> = Vec::with_capacity(points.len());
        for (index, (time_s, power_w)) in points.iter().enumerate() {
            if !power_w.is_finite() || *power_w < 0.0 {
                return Err(BadPoint::Power { index });
            }
            let at = ns(time_s - start);
            let later = kept.last().is_none_or(|last| at > last.0);
            if !time_s.is_finite() || !later {
                return Err(BadPoint::Time { index });
            }
            kept.push((at, *power_w));
        }
        if kept.len() < MIN_POINTS {
            return Err(BadPoint::TooFew { count: kept.len() });
        }
        let last = kept.last().map_or(0, |p| p.0);
        let mean = last / (kept.len() as Ns - 1);
        Ok(Self { points: kept.into(), period: if looped { last + mean.max(1) } else { 0 } })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there are no points (never true for a trace that was built).
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Time from the first to the last point in s.
    pub fn duration_s(&self) -> f64 {
        self.points.last().map_or(0.0, |p| seconds(p.0))
    }

    /// Power at `at`, and the time until the next point.
    fn at(&self, at: Ns) -> (f64, Ns) {
        let at = if self.period > 0 { at % self.period } else { at };
        let after = self.points.partition_point(|p| p.0 <= at);
        let first = self.points.first().map_or(0.0, |p| p.1);
        let Some(low) = after.checked_sub(1).and_then(|i| self.points.get(i)) else {
            return (first, Ns::MAX);
        };
        let high = match self.points.get(after) {
            Some(next) => *next,
            None if self.period > 0 => (self.period, first),
            None => return (low.1, Ns::MAX),
        };
        let share = (at - low.0) as f64 / (high.0 - low.0) as f64;
        (low.1 + (high.1 - low.1) * share, high.0 - at)
    }
}

/// Why points are no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPoint {
    /// A time is not later than the one before, or no number.
    #[error("point {index}: the time is not later than the one before")]
    Time {
        /// Index from 0.
        index: usize,
    },
    /// A power is negative or no number.
    #[error("point {index}: the power is not a number of 0 or more")]
    Power {
        /// Index from 0.
        index: usize,
    },
    /// One point or none.
    #[error("{count} points; a trace needs two")]
    TooFew {
        /// Points.
        count: usize,
    },
}

/// A load like a training job: iterations with a computing and a communicating phase, ripple while
/// computing, and a checkpoint every few iterations. It repeats exactly.
///
/// The default shape follows a DGX-H100 rack in a production job (arXiv:2508.14318, trace of
/// switchref @3d74db91): iteration 16.85 s, floor 0.25 and peak 0.925 of the rated power, fastest rise
/// 2.2 and fall 1.5 of it per second. The length of the communication phase, the ripple, and the
/// checkpoint are assumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Power that 1.0 stands for.
    pub rated: Watts,
    /// Length of an iteration in s.
    pub iteration_s: f64,
    /// Share of the iteration that communicates, from 0 to 0.5.
    pub communication: f64,
    /// Level while communicating and during a checkpoint.
    pub floor: f64,
    /// Highest level while computing.
    pub peak: f64,
    /// Depth of the ripple while computing.
    pub ripple: f64,
    /// Period of the ripple in s. Swings of training loads lie between 0.2 and 3 Hz (same paper).
    pub ripple_s: f64,
    /// Fastest rise in 1/s.
    pub rise_per_s: f64,
    /// Fastest fall in 1/s.
    pub fall_per_s: f64,
    /// Iterations from one checkpoint to the next; 0 for none.
    pub checkpoint_every: u32,
    /// Length of a checkpoint in s.
    pub checkpoint_s: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            rated: Watts(15_000.0),
            iteration_s: 16.85,
            communication: 0.2,
            floor: 0.25,
            peak: 0.925,
            ripple: 0.12,
            ripple_s: 1.5,
            rise_per_s: 2.2,
            fall_per_s: 1.5,
            checkpoint_every: 8,
            checkpoint_s: 6.0,
        }
    }
}

impl Training {
    /// Time after which the profile repeats, in s.
    pub fn period_s(&self) -> f64 {
        let iterations = self.checkpoint_every.max(1);
        let checkpoint = if self.checkpoint_every > 0 { self.checkpoint_s } else { 0.0 };
        f64::from(iterations) * self.iteration_s + checkpoint
    }

    /// Level at `t_s` from the start, between [`floor`](Self::floor) and [`peak`](Self::peak).
    pub fn level(&self, t_s: f64) -> f64 {
        let t = t_s.rem_euclid(self.period_s());
        let iterations = f64::from(self.checkpoint_every.max(1));
        if t >= iterations * self.iteration_s {
            return self.floor;
        }
        let t = t.rem_euclid(self.iteration_s);
        let computing = self.iteration_s * (1.0 - self.communication);
        let fall = (self.peak - self.floor) / self.fall_per_s;
        let rising = self.floor + self.rise_per_s * t;
        // The fall ends with the computing phase, so that the communication starts at the floor.
        let falling = self.floor + self.fall_per_s * (computing - t).max(0.0);
        let ramp = (self.peak - self.floor) / self.rise_per_s;
        let inside = (t - ramp).max(0.0).min((computing - fall - ramp).max(0.0));
        // A triangle, so that its slope is known: it starts and turns at the peak.
        let phase = (inside / self.ripple_s).fract();
        let dip = self.ripple * (1.0 - (2.0 * phase - 1.0).abs());
        // Not `clamp`: it panics on limits that make no sense.
        rising.min(falling).min(self.peak - dip).min(self.peak).max(self.floor)
    }
}

impl LoadProfile {
    /// Power in W at `at` from the start of the profile, and how long a step may be that sees its shape.
    pub(super) fn at(&self, at: Ns) -> (f64, Ns) {
        match self {
            Self::Constant(power) => (power.0.max(0.0), Ns::MAX),
            Self::Trace(trace) => {
                let (power, next) = trace.at(at);
                (power, next.clamp(MS, 10 * MS))
            }
            Self::Training(training) => {
                // Only the time inside the period goes through floating point.
                let period = ns(training.period_s()).max(SECOND / 1000);
                let level = training.level(seconds(at % period));
                ((level * training.rated.0).max(0.0), 10 * MS)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_linear_and_loops() {
        let points = [(10.0, 100.0), (11.0, 200.0), (12.0, 100.0)];
        let profile = LoadProfile::Trace(Trace::new(&points, true).unwrap());
        let power = |s: f64| profile.at(ns(s)).0;
        assert_eq!(power(0.0), 100.0);
        assert!((power(0.25) - 125.0).abs() < 1e-9);
        assert_eq!(power(1.0), 200.0);
        // Last point plus one second of mean distance: the period is 3 s.
        assert_eq!(power(2.5), 100.0);
        assert_eq!(power(4.0), 200.0);
        let once = LoadProfile::Trace(Trace::new(&points, false).unwrap());
        assert_eq!(once.at(ns(1e6)).0, 100.0);
    }

    #[test]
    fn bad_points_are_named() {
        assert_eq!(Trace::new(&[(0.0, 1.0), (0.0, 1.0)], true), Err(BadPoint::Time { index: 1 }));
        assert_eq!(Trace::new(&[(0.0, 1.0), (1.0, -1.0)], true), Err(BadPoint::Power { index: 1 }));
        assert_eq!(Trace::new(&[(0.0, 1.0), (1.0, f64::NAN)], true), Err(BadPoint::Power { index: 1 }));
        assert_eq!(Trace::new(&[(0.0, 1.0)], true), Err(BadPoint::TooFew { count: 1 }));
    }

    #[test]
    fn training_is_bounded_periodic_and_no_steeper_than_told() {
        let training = Training::default();
        let period = training.period_s();
        let step = 0.001;
        let count = (2.0 * period / step) as u32;
        let (mut low, mut high, mut rise, mut fall) = (1.0f64, 0.0f64, 0.0f64, 0.0f64);
        for i in 0..count {
            let t = f64::from(i) * step;
            let level = training.level(t);
            let slope = (training.level(t + step) - level) / step;
            (low, high) = (low.min(level), high.max(level));
            (rise, fall) = (rise.max(slope), fall.max(-slope));
            assert!((level - training.level(t + period)).abs() < 1e-6, "not periodic at {t}");
        }
        // It uses its whole range and both ramps, and leaves neither.
        assert!((low - 0.25).abs() < 1e-9 && (high - 0.925).abs() < 1e-3, "{low} {high}");
        assert!(rise <= 2.2 + 1e-6 && rise > 2.1, "rise {rise}");
        assert!(fall <= 1.5 + 1e-6 && fall > 1.4, "fall {fall}");
        // A checkpoint stays on the floor for its whole length.
        let checkpoint = 8.0 * 16.85;
        assert!((0..600).all(|i| training.level(checkpoint + f64::from(i) * 0.01) == 0.25));
    }

    #[test]
    fn training_in_watts_follows_its_rating() {
        let profile = LoadProfile::Training(Training { rated: Watts(10_000.0), ..Training::default() });
        assert_eq!(profile.at(0).0, 2500.0);
        let (power, step) = profile.at(ns(16.85 * 0.9));
        assert!((power - 2500.0).abs() < 1e-6 && step <= 10 * MS);
    }
}
