//! The shadow of the setpoints: what the lease holder prepares, and what became of its commits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use dpo_registers::generated::dpo_pmi::{SetpointCommitResult, reg};
use dpo_registers::register::Register;
use dpo_registers::units::Watts;

use crate::gateway::{CommitError, GateError, LeaseView, Owner, Setpoint, Snapshot};

/// One lease of one Modbus client; another grant is another lease, even to the same token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeaseId {
    token: u32,
    grant: u32,
}

impl LeaseId {
    /// The lease as `token` holds it.
    ///
    /// # Errors
    /// [`GateError::NoLease`] or [`GateError::HeldByOther`].
    pub fn of(lease: &LeaseView, token: u32) -> Result<Self, GateError> {
        match &lease.owner {
            Some(Owner::Modbus { token: holder }) if *holder == token => {
                Ok(Self { token, grant: lease.grants })
            }
            Some(owner) => Err(GateError::HeldByOther { owner: owner.clone(), remaining: lease.remaining }),
            None => Err(GateError::NoLease),
        }
    }
}

/// What the registers of the group show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShadowView {
    pub input_power_limit: Option<Watts>,
    pub bbu_discharge: Option<Watts>,
    /// Number of the last commit that was applied.
    pub sequence: u16,
    pub result: SetpointCommitResult,
    /// Address of the register on which the last commit was refused.
    pub fault: u16,
    pub applied: u32,
    pub refused: u32,
}

/// Why a write to the group is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// A commit is under way.
    Busy,
    /// The number is not the next one.
    Sequence,
}

/// The shadow of the setpoints. A setpoint that was not written since the last commit follows what is in
/// force: a commit leaves it alone.
#[derive(Debug)]
pub(super) struct Shadow(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    /// The lease under which the setpoints below were written.
    lease: Option<LeaseId>,
    limit: Option<Setpoint>,
    discharge: Option<Setpoint>,
    pending: bool,
    sequence: u16,
    result: SetpointCommitResult,
    fault: u16,
    applied: u32,
    refused: u32,
}

/// The number after `sequence`: 1 follows 65535.
fn next(sequence: u16) -> u16 {
    sequence.checked_add(1).unwrap_or(1)
}

impl Default for Shadow {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            lease: None,
            limit: None,
            discharge: None,
            pending: false,
            sequence: 0,
            result: SetpointCommitResult::Idle,
            fault: 0,
            applied: 0,
            refused: 0,
        }))
    }
}

impl Inner {
    /// Discards what was written under another lease.
    fn enter(&mut self, lease: LeaseId) {
        if self.lease != Some(lease) {
            self.lease = Some(lease);
            self.discard();
        }
    }

    fn discard(&mut self) {
        (self.limit, self.discharge) = (None, None);
    }

    fn refuse(&mut self, result: SetpointCommitResult, fault: u16) {
        self.result = result;
        self.fault = fault;
        self.refused = self.refused.wrapping_add(1);
    }
}

impl Shadow {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics under the lock; and if it did, what is inside stays whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the registers show beside `snapshot`.
    pub fn view(&self, snapshot: &Snapshot) -> ShadowView {
        let inner = self.lock();
        let holder = match snapshot.lease.owner {
            Some(Owner::Modbus { token }) => LeaseId::of(&snapshot.lease, token).ok(),
            _ => None,
        };
        let live = holder.is_some() && inner.lease == holder;
        let shown = |written: Option<Setpoint>, in_force: Option<Watts>| match written {
            Some(Setpoint::InputPowerLimit(watts) | Setpoint::BbuDischarge(watts)) if live => watts,
            _ => in_force,
        };
        ShadowView {
            input_power_limit: shown(inner.limit, snapshot.input_power_limit.requested),
            bbu_discharge: shown(inner.discharge, snapshot.bbu_discharge.requested),
            sequence: inner.sequence,
            result: inner.result,
            fault: inner.fault,
            applied: inner.applied,
            refused: inner.refused,
        }
    }

    /// Prepares setpoints.
    ///
    /// # Errors
    /// [`Refused::Busy`] while a commit is under way.
    pub fn write(&self, lease: LeaseId, setpoints: &[Setpoint]) -> Result<(), Refused> {
        let mut inner = self.lock();
        if inner.pending {
            return Err(Refused::Busy);
        }
        inner.enter(lease);
        for setpoint in setpoints {
            match setpoint {
                Setpoint::InputPowerLimit(_) => inner.limit = Some(*setpoint),
                Setpoint::BbuDischarge(_) => inner.discharge = Some(*setpoint),
            }
        }
        Ok(())
    }

    /// Begins commit `number`; gives what it applies, which [`Self::end`] must follow. 0 discards the
    /// shadow: `None`, and nothing follows.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then but the result that is shown.
    pub fn begin(&self, lease: LeaseId, number: u16) -> Result<Option<Vec<Setpoint>>, Refused> {
        let mut inner = self.lock();
        if inner.pending {
            return Err(Refused::Busy);
        }
        inner.enter(lease);
        if number == 0 {
            inner.discard();
            return Ok(None);
        }
        if number != next(inner.sequence) {
            inner.refuse(SetpointCommitResult::RefusedSequence, 0);
            return Err(Refused::Sequence);
        }
        inner.pending = true;
        inner.result = SetpointCommitResult::Pending;
        inner.fault = 0;
        Ok(Some([inner.limit, inner.discharge].into_iter().flatten().collect()))
    }

    /// Ends the commit that [`Self::begin`] began. A refused one keeps the shadow, to be mended.
    pub fn end(&self, outcome: &Result<(), CommitError>) {
        let mut inner = self.lock();
        inner.pending = false;
        match outcome {
            Ok(()) => {
                inner.sequence = next(inner.sequence);
                inner.result = SetpointCommitResult::Applied;
                inner.applied = inner.applied.wrapping_add(1);
                inner.discard();
            }
            Err(CommitError { at, error }) => {
                let fault = match at {
                    Some(Setpoint::InputPowerLimit(_)) => reg::ShadowInputPowerLimit::INFO.address,
                    Some(Setpoint::BbuDischarge(_)) => reg::ShadowBbuDischarge::INFO.address,
                    None => 0,
                };
                inner.refuse(result(error), fault);
            }
        }
    }
}

fn result(error: &GateError) -> SetpointCommitResult {
    match error {
        GateError::NoLease => SetpointCommitResult::RefusedNoLease,
        GateError::HeldByOther { .. } => SetpointCommitResult::RefusedHeld,
        GateError::OutOfRange { .. } | GateError::VoltageOutOfRange { .. } | GateError::Duration { .. } => {
            SetpointCommitResult::RefusedRange
        }
        GateError::State { .. } | GateError::Stopped => SetpointCommitResult::RefusedState,
        GateError::Device { .. } => SetpointCommitResult::DeviceFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Setpoint = Setpoint::InputPowerLimit(Some(Watts(9_000.0)));

    fn snapshot(token: u32, grants: u32) -> Snapshot {
        let mut snapshot = Snapshot::empty();
        snapshot.lease.owner = Some(Owner::Modbus { token });
        snapshot.lease.grants = grants;
        snapshot.bbu_discharge.requested = Some(Watts(500.0));
        snapshot
    }

    fn lease(token: u32, grant: u32) -> LeaseId {
        LeaseId { token, grant }
    }

    #[test]
    fn what_was_not_written_follows_what_is_in_force_and_is_left_alone() {
        let shadow = Shadow::default();
        shadow.write(lease(1, 1), &[LIMIT]).unwrap();
        let view = shadow.view(&snapshot(1, 1));
        assert_eq!((view.input_power_limit, view.bbu_discharge), (Some(Watts(9_000.0)), Some(Watts(500.0))));
        assert_eq!(shadow.begin(lease(1, 1), 1), Ok(Some(vec![LIMIT])));
    }

    #[test]
    fn the_shadow_goes_with_the_lease_even_to_the_same_token() {
        let shadow = Shadow::default();
        shadow.write(lease(1, 1), &[LIMIT]).unwrap();
        for later in [snapshot(1, 2), snapshot(2, 2), Snapshot::empty()] {
            assert_eq!(shadow.view(&later).input_power_limit, None);
        }
        assert_eq!(shadow.begin(lease(1, 2), 1), Ok(Some(vec![])));
    }

    #[test]
    fn numbers_follow_each_other_and_only_applied_ones_count() {
        let shadow = Shadow::default();
        let at = lease(1, 1);
        for wrong in [2, 65_535] {
            assert_eq!(shadow.begin(at, wrong), Err(Refused::Sequence));
        }
        shadow.write(at, &[LIMIT]).unwrap();
        shadow.begin(at, 1).unwrap();
        assert_eq!(shadow.begin(at, 1), Err(Refused::Busy));
        assert_eq!(shadow.write(at, &[LIMIT]), Err(Refused::Busy));
        let (value, minimum, maximum) = (Watts(9_000.0), Watts(0.0), Watts(1.0));
        let error = GateError::OutOfRange { value, minimum, maximum };
        shadow.end(&Err(CommitError { at: Some(LIMIT), error }));
        let view = shadow.view(&snapshot(1, 1));
        assert_eq!((view.result, view.fault), (SetpointCommitResult::RefusedRange, 0x4180));
        assert_eq!((view.sequence, view.applied, view.refused), (0, 0, 3));
        assert_eq!(view.input_power_limit, Some(Watts(9_000.0)), "kept, to be mended");
        // The same number again.
        shadow.begin(at, 1).unwrap();
        shadow.end(&Ok(()));
        let view = shadow.view(&snapshot(1, 1));
        assert_eq!((view.sequence, view.result, view.fault), (1, SetpointCommitResult::Applied, 0));
        assert_eq!(view.input_power_limit, None, "what is in force now");
        assert_eq!(shadow.begin(at, 1), Err(Refused::Sequence), "a repeated commit changes nothing");
        assert_eq!(next(65_535), 1);
    }

    #[test]
    fn number_0_discards() {
        let shadow = Shadow::default();
        shadow.write(lease(1, 1), &[LIMIT]).unwrap();
        assert_eq!(shadow.begin(lease(1, 1), 0), Ok(None));
        assert_eq!(shadow.begin(lease(1, 1), 1), Ok(Some(vec![])));
    }
}
