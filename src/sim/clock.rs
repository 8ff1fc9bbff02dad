//! Time inside the model: whole nanoseconds, so that timers never drift.

use std::time::Duration;

/// Nanoseconds.
pub(super) type Ns = u64;
/// One millisecond.
pub(super) const MS: Ns = 1_000_000;
/// One second.
pub(super) const SECOND: Ns = 1_000_000_000;

/// Nanoseconds of a time in seconds; 0 for anything that is not a positive number.
pub(super) fn ns(seconds: f64) -> Ns {
    // The cast saturates, and takes NaN to 0.
    (seconds * SECOND as f64).round() as Ns
}

/// Nanoseconds of a duration, at most 584 years.
pub(super) fn ns_of(duration: Duration) -> Ns {
    Ns::try_from(duration.as_nanos()).unwrap_or(Ns::MAX)
}

/// Seconds of a time in nanoseconds.
pub(super) fn seconds(ns: Ns) -> f64 {
    ns as f64 / SECOND as f64
}

/// `now` after `dt_s` of a first-order approach to `target` with the time constant `tau_s`.
pub(super) fn toward(now: f64, target: f64, dt_s: f64, tau_s: f64) -> f64 {
    target + (now - target) * (-dt_s / tau_s).exp()
}

/// `now` after `dt_s` of a move to `target` at `rate` per second.
pub(super) fn slew(now: f64, target: f64, rate: f64, dt_s: f64) -> f64 {
    let most = rate * dt_s;
    if (target - now).abs() <= most { target } else { now + most.copysign(target - now) }
}
