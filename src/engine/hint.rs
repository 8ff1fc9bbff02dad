//! What a scheduler knows ahead of the meter: jobs that start and end, their period, checkpoints, caps.
//!
//! A hint is advice. It can make a forecast better and can never lift a limit: a wrong hint costs skill, not safety.

/// Longest name of a job, in bytes.
pub const LONGEST_JOB: usize = 128;

/// Shortest and longest period that a planner repeats, in seconds ([`crate::engine::plan`]).
pub const PERIOD_S: std::ops::RangeInclusive<f64> = 0.05..=600.0;

/// One announcement of a scheduler. Times in seconds on the engine's clock; powers in watts on the busbar of the rack.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// Job that it is about; a later hint of the same kind and job replaces the earlier one.
    pub job: String,
    /// What is announced.
    pub kind: HintKind,
}

/// What a hint announces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HintKind {
    /// The job starts at `at_s`; the load then rises by about `rise_w`, if known.
    Start {
        /// When.
        at_s: f64,
        /// By how much, W.
        rise_w: Option<f64>,
    },
    /// The job ends at `at_s`; the load then falls by about `fall_w`, if known.
    End {
        /// When.
        at_s: f64,
        /// By how much, W.
        fall_w: Option<f64>,
    },
    /// The job repeats itself with this period.
    Period {
        /// Length of an iteration, s.
        period_s: f64,
    },
    /// The job writes a checkpoint: from `at_s` on, for `duration_s`, the load is lower by about `drop_w`.
    Checkpoint {
        /// When.
        at_s: f64,
        /// How long, s.
        duration_s: f64,
        /// By how much, W.
        drop_w: Option<f64>,
    },
    /// From `at_s` on the job's power is capped to `cap_w`.
    Cap {
        /// When.
        at_s: f64,
        /// Largest power, W.
        cap_w: f64,
    },
}

/// Hints that hold now, as the planner reads them.
pub trait Hints: Send {
    /// Calls `each` with every hint that may matter between `now_s` and `until_s`, in order of time.
    fn between(&self, now_s: f64, until_s: f64, each: &mut dyn FnMut(&Hint));
}

/// No hints.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHints;

impl Hints for NoHints {
    fn between(&self, _now_s: f64, _until_s: f64, _each: &mut dyn FnMut(&Hint)) {}
}
