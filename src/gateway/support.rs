//! Support once it is in force: trimmed in each tick, watched, and ended.
//!
//! Support is for a while: ORv3 BBUs stop after their longest discharge (register 289, 240 s unless set
//! otherwise), whatever their charge. The gateway ends support shortly before that, at the reserve, when the
//! owner has not renewed the setpoint for its longest age, and at the end of the lease.

use std::time::{Duration, SystemTime};

use dpo_registers::units::Watts;
use tokio::time::Instant;

use super::task::{Cause, Task};
use super::{EventKind, SetpointView, Severity};
use crate::control::share::NOMINAL_SETPOINT;
use crate::control::{Decision, Demand, Measured, Steering};
use crate::shelf::writer::{self, Record, WriteError};

/// Time in which the BBUs give next to nothing, before support ends: ten polls of a second, and not the eleventh ...
const UNANSWERED: Duration = Duration::from_millis(8500);
/// ... if more than this was asked for, in watts. Less may drown in tolerances of the lines.
const LEAST_SUPPORT: f64 = 300.0;
/// Ticks in a row without measurements, or with a PSU that does not take its setpoint, before support
/// ends.
const BLIND_TICKS: u8 = 3;

impl Task {
    /// May a trim follow the last write of the setpoints, by a poll that began at `started`? Trims take half of the writes that a device
    /// allows at most, however often it is polled: the other half is the owner's. The constants of the loop are those of ticks a second
    /// apart as well.
    pub(super) fn trim_due(&self, started: Instant) -> bool {
        let pause = self.config.write_rate.interval.saturating_mul(2);
        // Half a poll too early is near enough: a poll of just that length is not to miss every second one.
        started >= self.written && started + self.config.poll_interval / 2 >= self.written + pause
    }

    /// One tick of steering with the newest readings.
    pub(super) async fn steer(&mut self) {
        let measured = self.shelf.measured(&self.shelf.totals());
        let decision = match measured.map(|now| self.steering.step(&self.demand, &now)) {
            Some(Ok(decision)) => decision,
            Some(Err(error)) => return self.miss(error.to_string()).await,
            None => return self.miss("input, output and battery power are not all known".into()).await,
        };
        let now = Instant::now();
        let due = now.saturating_duration_since(self.recorded) >= self.config.trim_record_interval;
        let record = if due { Record::Must } else { Record::Skip };
        let by = self.demanded_by.clone();
        let cause = writer::Cause { by: &by, why: "trim", commit: Some(self.commits), trims: None };
        let failed = self.psus.trim(decision.setpoint(), cause, record).await.into_iter().next();
        // The owner's writes used the rate up; they were steered as well. Nothing was written: the next poll may try again.
        if let Some((slot, error @ WriteError::Rate { .. })) = &failed {
            tracing::debug!(slot, %error, "no trim");
            return;
        }
        self.written = Instant::now();
        if due {
            self.recorded = self.written;
        }
        match failed {
            None => {
                self.blind = 0;
                self.confirm(&decision);
            }
            Some((slot, error)) => {
                tracing::warn!(slot, %error, "a PSU did not take its setpoint");
                self.miss(format!("psu {slot}: {error}")).await;
            }
        }
    }

    /// Ends support that the BBUs do not give: their time may be over, or the setpoint may not mean on
    /// these PSUs what we take it to mean. The bus does not stay low for nothing, however often the owner writes.
    pub(super) async fn check_answer(&mut self) {
        let battery = self.shelf.totals().battery_power.unwrap_or(Watts(0.0));
        let silent = self.supporting.0 > LEAST_SUPPORT && battery.0 < 0.2 * self.supporting.0;
        let since = self.silent_since.filter(|_| silent).or_else(|| silent.then(Instant::now));
        self.silent_since = since;
        if since.is_some_and(|since| since.elapsed() >= UNANSWERED) {
            let message = format!("support ends: the BBUs give {battery} of what was asked for");
            self.log(EventKind::SetpointRefused, Severity::Critical, "shelf", message);
            self.fall_back(Cause::Device, "no support").await;
        }
    }

    /// A tick that could not be steered. One is noise; several end the support.
    async fn miss(&mut self, reason: String) {
        self.blind = self.blind.saturating_add(1);
        if self.blind >= BLIND_TICKS {
            let message = format!("support ends: {reason}");
            self.log(EventKind::SetpointRefused, Severity::Critical, "shelf", message);
            self.fall_back(Cause::Device, "not steerable").await;
        }
    }

    /// Ends support when the packs are at their reserve or gone, or have given for as long as they allow.
    pub(super) async fn keep_reserve(&mut self) {
        let none = self.demand == Demand::default();
        if none && self.bus_voltage.requested.is_none() {
            return;
        }
        let age = self.demanded.elapsed();
        if let Some(most) = self.config.setpoint_max_age.filter(|most| age >= *most) {
            let message = format!("support ends: the owner has not written a setpoint for {most:?}");
            self.log(EventKind::SetpointRefused, Severity::Warning, "shelf", message);
            self.fall_back(Cause::Stale, "setpoint too old").await;
        } else if none {
            // A bus voltage asks nothing of the packs.
        } else if let Err(reason) = self.support_possible() {
            let message = format!("support ends: {reason}");
            self.log(EventKind::SetpointRefused, Severity::Warning, "shelf", message);
            self.fall_back(Cause::Reserve, "BBU reserve").await;
        } else if self.allowance().is_some_and(|left| left <= 2 * self.config.poll_interval) {
            // Early, for the discharge began up to one cycle before it was seen: at the end the modules stop
            // by themselves, and the load would fall on PSUs that are still set low.
            let message =
                "support ends: the BBUs give power no longer (configurable_bbu_maximum_discharge_time)";
            self.log(EventKind::SetpointRefused, Severity::Warning, "shelf", message.to_owned());
            self.fall_back(Cause::Spent, "BBU discharge time").await;
        }
    }

    /// The PSUs read back the setpoint of a decision: what that means in watts.
    pub(super) fn confirm(&mut self, decision: &Decision) {
        let (support, missing) = match decision {
            Decision::Off => (Watts(0.0), Watts(0.0)),
            Decision::Steer { support, missing, .. } => (*support, *missing),
        };
        self.supporting = support;
        let measured = self.shelf.measured(&self.shelf.totals());
        let time = Some(SystemTime::now());
        let limit = self.demand.input_limit;
        let discharge = self.demand.discharge;
        self.limit = SetpointView {
            requested: limit,
            applied: limit
                .map(|limit| match measured {
                    // Support is at its end: the limit that it reaches, not the one asked for.
                    Some(now) if missing.0 > 0.0 => reached(&now, support).max(limit.0),
                    _ => limit.0,
                })
                .map(Watts),
            confirmed: time,
            ..self.limit
        };
        self.discharge = SetpointView {
            requested: discharge,
            applied: discharge.map(|asked| Watts(asked.0.min(support.0))),
            confirmed: time,
            ..self.discharge
        };
    }

    /// Forgets what was asked for; the devices are brought back by [`Task::restore`].
    pub(super) fn forget_demand(&mut self) {
        self.demand = Demand::default();
        self.steering = Steering::new(self.config.steering);
        self.blind = 0;
        self.unanswered = 0;
        self.supporting = Watts(0.0);
        self.silent_since = None;
        self.limit.requested = None;
        self.discharge.requested = None;
        self.bus_voltage.requested = None;
    }

    pub(super) async fn fall_back(&mut self, cause: Cause, why: &str) {
        self.forget_demand();
        self.fail_safe_since = Instant::now();
        if self.fail_safe.replace(cause).is_none() {
            self.counters.fail_safes = self.counters.fail_safes.saturating_add(1);
        }
        self.restore(why).await;
    }

    pub(super) async fn restore(&mut self, why: &str) {
        self.restore_all(why, false).await;
    }

    /// Brings every PSU that was moved back to the fail-safe value. What fails is tried again in each
    /// tick, and reported once. Returns the first failure.
    pub(super) async fn restore_all(&mut self, why: &str, lost: bool) -> Option<String> {
        let (restored, failed) = self.psus.restore(why.into(), lost).await;
        if !restored.is_empty() {
            self.written = Instant::now();
            let message = format!("psu {restored:?}: {NOMINAL_SETPOINT} again, read back ({why})");
            self.log(EventKind::SetpointRestored, Severity::Ok, "shelf", message);
        }
        let first = failed.first().map(|(_, reason)| reason.clone());
        for (slot, reason) in failed {
            let hold = self.psus.holds.iter_mut().find(|h| h.slot.slot == slot);
            if hold.is_some_and(|h| !std::mem::replace(&mut h.reported, true)) {
                let message = format!("not at the fail-safe value, tried again: {reason}");
                self.log(EventKind::SetpointRefused, Severity::Critical, &format!("psu {slot}"), message);
            }
        }
        if !self.psus.any_dirty(false) {
            self.limit.applied = None;
            self.discharge.applied = None;
            self.bus_voltage.applied = None;
        }
        first
    }
}

/// Input power in watts that is left when the BBUs carry `support`.
fn reached(now: &Measured, support: Watts) -> f64 {
    let load = now.output.0 + now.battery.0;
    let efficiency = if now.input.0 > 0.0 { now.output.0 / now.input.0 } else { 1.0 };
    (load - support.0) / efficiency.clamp(0.5, 1.0)
}
