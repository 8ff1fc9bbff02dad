//! What passes the gate, and what happens when it closes.
//!
//! No ORv3 register sets a discharge power. A setpoint in watts becomes an output voltage of all PSUs
//! ([`crate::control`]), is trimmed each poll cycle, and holds as a mean over a few cycles. If an input
//! power limit and a BBU discharge are both set, the larger support wins.
//!
//! A grant of the lease is on record before it is answered; a commit is on record before its first write, and
//! its end before the answer. Only the way to the fail-safe values waits for no record.

use std::time::Duration;

use dpo_registers::units::Volts;
use tokio::time::Instant;

use super::checks::{self, state};
use super::task::{Cause, Task};
use super::{Applied, CommitError, Committed, EventKind, GateError, LeaseView, Owner, Setpoint, Severity};
use crate::control::share::NOMINAL_SETPOINT;
use crate::control::{Decision, Demand, Steering};
use crate::shelf::journal::{CommitEnd, Item, JournalError, LeaseEnd};
use crate::shelf::mutant::{self, Mutant};
use crate::shelf::writer::{self, Record};

impl Task {
    pub(super) async fn acquire(&mut self, owner: Owner, duration: Duration) -> Result<LeaseView, GateError> {
        let now = Instant::now();
        if self.lease.acquire(owner.clone(), duration, now)? {
            let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            let granted = self.must(owner.by(), "lease", Item::LeaseGranted { duration_ms }).await;
            if let Err(error) = granted
                && !mutant::on(Mutant::NoJournalNeeded)
            {
                self.lease.revoke();
                // It may yet reach the disk.
                self.note(owner.by(), "lease", Item::LeaseEnded { how: LeaseEnd::Released }).await;
                return Err(not_on_record(&error));
            }
            // Packs at their reserve, or at the end of their time, do not recover by being asked again.
            if !matches!(self.fail_safe, Some(Cause::Reserve | Cause::Spent)) {
                self.fail_safe = None;
            }
            let message = format!("granted to {owner} for {duration:?}");
            self.log(EventKind::LeaseGranted, Severity::Ok, "lease", message);
        }
        Ok(self.lease.view(Instant::now()))
    }

    pub(super) async fn release(&mut self, owner: Owner) -> Result<LeaseView, GateError> {
        self.lease.release(&owner, Instant::now())?;
        self.log(EventKind::LeaseReleased, Severity::Ok, "lease", format!("given back by {owner}"));
        self.forget_demand();
        self.restore("lease released").await;
        self.note(owner.by(), "lease", Item::LeaseEnded { how: LeaseEnd::Released }).await;
        Ok(self.lease.view(Instant::now()))
    }

    /// Ends the lease if its time is over.
    pub(super) async fn expire(&mut self) {
        if mutant::on(Mutant::NoExpiry) {
            return self.lease.prolong(Instant::now());
        }
        let Some(owner) = self.lease.expire(Instant::now()) else { return };
        let message = format!("{owner} did not renew it; fail-safe values return");
        self.log(EventKind::LeaseExpired, Severity::Warning, "lease", message);
        self.fall_back(Cause::LeaseExpired, "lease expired").await;
        self.note(owner.by(), "lease", Item::LeaseEnded { how: LeaseEnd::Expired }).await;
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
        if let Err(CommitError { error, .. }) = &result
            && error.is_of_the_owner()
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
        if !mutant::on(Mutant::NoLeaseCheck) {
            self.lease.check(owner, Instant::now())?;
        }
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
        // What does not answer may still stand at its own voltage, and would carry the load of those that are lowered.
        // One PSU less the others can bear.
        let lost = self.psus.lost_count();
        if lost > 1 {
            return Err(state(format!("{lost} PSUs do not answer: the others are not lowered alone")).into());
        }
        let decision =
            steering.step(&demand, &measured).map_err(|e| GateError::State { reason: e.to_string() })?;
        checks::bus(&decision, &self.config.steering, &measured).map_err(state)?;
        Ok((demand, steering, decision))
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
        if demand == Demand::default() {
            // What the PSUs hold then is not theirs.
            if self.bus_voltage.requested.is_some() {
                return Ok(());
            }
            return self.give_back(owner, what, &format!("{what} {value} for {owner}")).await;
        }
        self.put(owner, what, value, decision.setpoint()).await?;
        self.demand = demand;
        self.demanded_by = owner.by();
        self.steering = steering;
        self.confirm(&decision);
        let commit = self.commits;
        let message = format!("{value}: every PSU reads back {:.3} (commit {commit})", decision.setpoint());
        self.log(EventKind::SetpointApplied, Severity::Ok, what, message);
        Ok(())
    }

    /// Brings every PSU to a setpoint as one commit, all or none; on record before and after.
    pub(super) async fn put(
        &mut self,
        owner: &Owner,
        what: &str,
        value: &str,
        setpoint: Volts,
    ) -> Result<(), GateError> {
        let cause = format!("{what} {value} for {owner}");
        self.recover().await;
        let (by, commit) = (owner.by(), self.commits + 1);
        let item = Item::Commit { commit, asked: format!("{what} {value}") };
        if !mutant::on(Mutant::NoJournalNeeded) {
            if !self.recovered {
                return Err(state(
                    "the journal cannot be read: what an earlier gateway left open is not known",
                ));
            }
            // The journal may have been read only now.
            if let Some(reason) = self.power_cycles.in_the_way() {
                return Err(state(reason));
            }
            self.must(by.clone(), "commit", item).await.map_err(|e| not_on_record(&e))?;
        }
        self.commits = commit;
        let told = writer::Cause { by: &by, why: &cause, commit: Some(commit), trims: None };
        let done = self.psus.set_all(setpoint, told, Record::Must).await;
        // Also after a failure: what was polled meanwhile shows a mixture.
        self.written = Instant::now();
        let ended = |end| Item::CommitEnded { commit, end };
        let before = match done {
            Ok(before) => before,
            Err(reason) => {
                let end = CommitEnd::RolledBack { reason: reason.clone() };
                self.note(by, "commit", ended(end)).await;
                return Err(GateError::Device { reason });
            }
        };
        if !mutant::on(Mutant::AckBeforeCommit)
            && !mutant::on(Mutant::NoJournalNeeded)
            && let Err(error) = self.must(by.clone(), "commit", ended(CommitEnd::Applied)).await
        {
            // What is not on record is not acknowledged, so it must not stay.
            let stuck = self.psus.roll_back(&before, told).await;
            self.written = Instant::now();
            let stuck = stuck.map_or_else(String::new, |stuck| format!("; not brought back: {stuck}"));
            let reason = format!("{error}; the PSUs are brought back{stuck}");
            let end = CommitEnd::RolledBack { reason: reason.clone() };
            self.note(by, "commit", ended(end)).await;
            return Err(GateError::Device { reason });
        }
        self.recorded = self.written;
        self.demanded = self.written;
        self.blind = 0;
        self.fail_safe = None;
        self.counters.setpoints_applied = self.counters.setpoints_applied.saturating_add(1);
        Ok(())
    }

    /// Nothing is asked for any more. One PSU that does not take the fail-safe value does not keep the
    /// others from it: it is tried again in each tick.
    pub(super) async fn give_back(
        &mut self,
        owner: &Owner,
        what: &str,
        cause: &str,
    ) -> Result<(), GateError> {
        self.forget_demand();
        if !matches!(self.fail_safe, Some(Cause::Reserve | Cause::Spent)) {
            self.fail_safe = None;
        }
        self.psus.claim();
        self.commits += 1;
        let commit = self.commits;
        self.note(owner.by(), "commit", Item::Commit { commit, asked: format!("{what} none") }).await;
        let stuck = self.restore_all(cause, false).await;
        let end = match &stuck {
            None => CommitEnd::Applied,
            Some(reason) => CommitEnd::RolledBack { reason: format!("{reason}; tried again") },
        };
        self.note(owner.by(), "commit", Item::CommitEnded { commit, end }).await;
        if let Some(reason) = stuck {
            return Err(GateError::Device { reason: format!("{reason}; tried again in each poll cycle") });
        }
        self.counters.setpoints_applied = self.counters.setpoints_applied.saturating_add(1);
        self.confirm(&Decision::Off);
        let message = format!("none: every PSU reads back {NOMINAL_SETPOINT}");
        self.log(EventKind::SetpointApplied, Severity::Ok, what, message);
        Ok(())
    }
}

fn not_on_record(error: &JournalError) -> GateError {
    state(format!("not on record, so not done: {error}"))
}

/// The value of a setpoint for logs.
fn value(setpoint: &Setpoint) -> String {
    let (Setpoint::InputPowerLimit(watts) | Setpoint::BbuDischarge(watts)) = setpoint;
    watts.map_or_else(|| "none".to_owned(), |w| w.to_string())
}
