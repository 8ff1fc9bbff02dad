//! What passes the gate, and what happens when it closes.
//!
//! No ORv3 register sets a discharge power. A setpoint in watts becomes an output voltage of all PSUs
//! ([`crate::control`]), is trimmed each poll cycle, and holds as a mean over a few cycles. If an input
//! power limit and a BBU discharge are both set, the larger support wins.
//!
//! Support is for a while: ORv3 BBUs stop after their longest discharge (register 289, 240 s unless set
//! otherwise), whatever their charge. The gateway ends support shortly before that, at the reserve,
//! and at the end of the lease.

use std::time::{Duration, SystemTime};

use dpo_registers::units::Watts;
use tokio::time::Instant;

use super::task::{Cause, Task};
use super::{
    Applied, CommitError, Committed, EventKind, GateError, LeaseView, Owner, Setpoint, SetpointView,
    Severity, ShelfState,
};
use crate::control::share::NOMINAL_SETPOINT;
use crate::control::{Decision, Demand, Measured, Steering};
use crate::shelf::writer::Record;

/// Smallest input power limit as a share of the rated power: the PSUs need an input to feed the bus.
const LEAST_LIMIT: f64 = 0.05;
/// Ticks in a row in which the BBUs give next to nothing, before support ends ...
const UNANSWERED_TICKS: u8 = 10;
/// ... if more than this was asked for, in watts. Less may drown in tolerances of the lines.
const LEAST_SUPPORT: f64 = 300.0;
/// Ticks in a row without measurements, or with a PSU that does not take its setpoint, before support
/// ends.
const BLIND_TICKS: u8 = 3;

impl Task {
    pub(super) fn acquire(&mut self, owner: Owner, duration: Duration) -> Result<LeaseView, GateError> {
        let now = Instant::now();
        let name = owner.to_string();
        if self.lease.acquire(owner, duration, now)? {
            self.fail_safe = None;
            let message = format!("granted to {name} for {duration:?}");
            self.log(EventKind::LeaseGranted, Severity::Ok, "lease", message);
        }
        Ok(self.lease.view(now))
    }

    pub(super) async fn release(&mut self, owner: Owner) -> Result<LeaseView, GateError> {
        let now = Instant::now();
        self.lease.release(&owner, now)?;
        self.log(EventKind::LeaseReleased, Severity::Ok, "lease", format!("given back by {owner}"));
        self.forget_demand();
        self.restore("lease released").await;
        Ok(self.lease.view(now))
    }

    /// Ends the lease if its time is over.
    pub(super) async fn expire(&mut self) {
        let Some(owner) = self.lease.expire(Instant::now()) else { return };
        let message = format!("{owner} did not renew it; fail-safe values return");
        self.log(EventKind::LeaseExpired, Severity::Warning, "lease", message);
        self.fall_back(Cause::LeaseExpired, "lease expired").await;
        self.publish();
    }

    pub(super) async fn set(&mut self, owner: Owner, setpoint: Setpoint) -> Result<Applied, GateError> {
        self.apply(&owner, &[setpoint]).await.map_err(|e| e.error)?;
        let setpoint = match setpoint {
            Setpoint::InputPowerLimit(_) => self.limit,
            Setpoint::BbuDischarge(_) => self.discharge,
        };
        Ok(Applied { setpoint, lease: self.lease.view(Instant::now()) })
    }

    pub(super) async fn commit(
        &mut self,
        owner: Owner,
        setpoints: &[Setpoint],
    ) -> Result<Committed, CommitError> {
        self.apply(&owner, setpoints).await?;
        Ok(Committed {
            input_power_limit: self.limit,
            bbu_discharge: self.discharge,
            lease: self.lease.view(Instant::now()),
        })
    }

    /// Applies setpoints as one: all of them become one voltage, or none of them changes anything.
    async fn apply(&mut self, owner: &Owner, setpoints: &[Setpoint]) -> Result<(), CommitError> {
        let what = match setpoints {
            [Setpoint::InputPowerLimit(_)] => "input power limit",
            [Setpoint::BbuDischarge(_)] => "BBU discharge",
            _ => "setpoints",
        };
        let result = match self.admit(owner, setpoints) {
            // Nothing was asked for: the lease is all there was to check.
            Ok(_) if setpoints.is_empty() => Ok(()),
            Ok((demand, steering, decision)) => {
                let value = setpoints.iter().map(value).collect::<Vec<_>>().join(", ");
                self.carry_out(owner, what, &value, demand, steering, decision).await.map_err(Into::into)
            }
            Err(refusal) => {
                self.counters.writes_refused = self.counters.writes_refused.saturating_add(1);
                Err(refusal)
            }
        };
        // Refusals without a lease are counted only: a client that keeps asking must not flush the log.
        if let Err(CommitError {
            error: error @ (GateError::State { .. } | GateError::Device { .. }), ..
        }) = &result
        {
            self.log(EventKind::SetpointRefused, Severity::Warning, what, error.to_string());
        }
        result
    }

    /// Checks setpoints and works out what they ask of the PSUs together. Changes nothing.
    fn admit(
        &self,
        owner: &Owner,
        setpoints: &[Setpoint],
    ) -> Result<(Demand, Steering, Decision), CommitError> {
        self.lease.check(owner, Instant::now())?;
        let mut demand = self.demand;
        for setpoint in setpoints {
            self.admit_one(*setpoint).map_err(|error| CommitError { at: Some(*setpoint), error })?;
            match setpoint {
                Setpoint::InputPowerLimit(watts) => demand.input_limit = *watts,
                Setpoint::BbuDischarge(watts) => demand.discharge = *watts,
            }
        }
        let mut steering = self.steering.clone();
        if demand == Demand::default() {
            return Ok((demand, Steering::new(self.config.steering), Decision::Off));
        }
        let Some(measured) = self.shelf.measured(&self.shelf.totals()) else {
            return Err(state("input, output and battery power are not all known").into());
        };
        let decision =
            steering.step(&demand, &measured).map_err(|e| GateError::State { reason: e.to_string() })?;
        Ok((demand, steering, decision))
    }

    /// Checks one setpoint against its range and the state of the shelf.
    fn admit_one(&self, setpoint: Setpoint) -> Result<(), GateError> {
        let (asked, (minimum, maximum)) = match setpoint {
            Setpoint::InputPowerLimit(watts) => (watts, self.limit_range()),
            Setpoint::BbuDischarge(watts) => (watts, (Watts(0.0), self.shelf.bbu_rating())),
        };
        let Some(value) = asked else { return Ok(()) };
        if !value.0.is_finite() {
            return Err(GateError::OutOfRange { value, minimum, maximum });
        }
        if self.counters.polls == 0 {
            return Err(state("the devices have not been read yet: ask again after a poll cycle"));
        }
        if self.shelf.psu_count() == 0 {
            return Err(state("no PSU answers"));
        }
        self.support_possible().map_err(|reason| GateError::State { reason })?;
        if value < minimum || value > maximum {
            return Err(GateError::OutOfRange { value, minimum, maximum });
        }
        if self.state == ShelfState::SagDetected {
            return Err(state("the AC input is below its band: the BBUs already carry the load"));
        }
        Ok(())
    }

    async fn carry_out(
        &mut self,
        owner: &Owner,
        what: &str,
        value: &str,
        demand: Demand,
        steering: Steering,
        decision: Decision,
    ) -> Result<(), GateError> {
        let cause = format!("{what} {value} for {owner}");
        if demand == Demand::default() {
            return self.give_back(what, &cause).await;
        }
        let done = self.psus.set_all(decision.setpoint(), &cause, Record::Must).await;
        // Also after a failure: what was polled meanwhile shows a mixture.
        self.written = Instant::now();
        if let Err(reason) = done {
            return Err(GateError::Device { reason });
        }
        self.recorded = self.written;
        self.demand = demand;
        self.steering = steering;
        self.blind = 0;
        self.fail_safe = None;
        self.counters.setpoints_applied = self.counters.setpoints_applied.saturating_add(1);
        self.confirm(&decision);
        let message = format!("{value}: every PSU reads back {:.3}", decision.setpoint());
        self.log(EventKind::SetpointApplied, Severity::Ok, what, message);
        Ok(())
    }

    /// Nothing is asked for any more. One PSU that does not take the fail-safe value does not keep the
    /// others from it: it is tried again in each tick.
    async fn give_back(&mut self, what: &str, cause: &str) -> Result<(), GateError> {
        self.forget_demand();
        self.fail_safe = None;
        self.psus.claim();
        if let Some(reason) = self.restore_all(cause, false).await {
            return Err(GateError::Device { reason: format!("{reason}; tried again in each poll cycle") });
        }
        self.counters.setpoints_applied = self.counters.setpoints_applied.saturating_add(1);
        self.confirm(&Decision::Off);
        let message = format!("none: every PSU reads back {NOMINAL_SETPOINT}");
        self.log(EventKind::SetpointApplied, Severity::Ok, what, message);
        Ok(())
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
        let failed = self.psus.trim(decision.setpoint(), record).await;
        self.written = Instant::now();
        if due {
            self.recorded = self.written;
        }
        match failed.into_iter().next() {
            None => {
                self.blind = 0;
                self.confirm(&decision);
                self.check_answer(&decision).await;
            }
            Some((slot, error)) => {
                tracing::warn!(slot, %error, "a PSU did not take its setpoint");
                self.miss(format!("psu {slot}: {error}")).await;
            }
        }
    }

    /// Ends support that the BBUs do not give: their time may be over, or the setpoint may not mean on
    /// these PSUs what we take it to mean. The bus does not stay low for nothing.
    async fn check_answer(&mut self, decision: &Decision) {
        let battery = self.shelf.totals().battery_power.unwrap_or(Watts(0.0));
        self.unanswered = match decision {
            Decision::Steer { support, .. } if support.0 > LEAST_SUPPORT && battery.0 < 0.2 * support.0 => {
                self.unanswered.saturating_add(1)
            }
            _ => 0,
        };
        if self.unanswered >= UNANSWERED_TICKS {
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
        if self.demand == Demand::default() {
            return;
        }
        if let Err(reason) = self.support_possible() {
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

    /// Whether the packs may give power at all.
    fn support_possible(&self) -> Result<(), String> {
        if self.shelf.bbu_count() == 0 {
            return Err("no BBU answers".to_owned());
        }
        let reserve = self.config.reserve;
        match self.shelf.energy().state_of_charge {
            None => Err("the state of charge is not known".to_owned()),
            Some(charge) if charge < reserve => {
                Err(format!("the state of charge is {charge}, below the reserve of {reserve}"))
            }
            Some(_) => Ok(()),
        }
    }

    /// Smallest and largest input power limit: what the shelf can hold at any load up to its rating.
    pub(super) fn limit_range(&self) -> (Watts, Watts) {
        let rated = self.shelf.psu_rating().0;
        let beyond = (rated - self.shelf.bbu_rating().0) / self.config.steering.efficiency;
        (Watts(beyond.max(LEAST_LIMIT * rated).min(rated).ceil()), Watts(rated))
    }

    /// The PSUs read back the setpoint of a decision: what that means in watts.
    fn confirm(&mut self, decision: &Decision) {
        let (support, missing) = match decision {
            Decision::Off => (Watts(0.0), Watts(0.0)),
            Decision::Steer { support, missing, .. } => (*support, *missing),
        };
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
        self.limit.requested = None;
        self.discharge.requested = None;
    }

    async fn fall_back(&mut self, cause: Cause, why: &str) {
        self.forget_demand();
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
        let (restored, failed) = self.psus.restore(why, lost).await;
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
        }
        first
    }
}

fn state(reason: &str) -> GateError {
    GateError::State { reason: reason.to_owned() }
}

/// The value of a setpoint for logs.
fn value(setpoint: &Setpoint) -> String {
    let (Setpoint::InputPowerLimit(watts) | Setpoint::BbuDischarge(watts)) = setpoint;
    watts.map_or_else(|| "none".to_owned(), |w| w.to_string())
}

/// Input power in watts that is left when the BBUs carry `support`.
fn reached(now: &Measured, support: Watts) -> f64 {
    let load = now.output.0 + now.battery.0;
    let efficiency = if now.input.0 > 0.0 { now.output.0 / now.input.0 } else { 1.0 };
    (load - support.0) / efficiency.clamp(0.5, 1.0)
}
