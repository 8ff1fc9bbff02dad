//! The lease, setpoints in force at once, and setpoints by shadow and commit.

use std::time::Duration;

use dpo_registers::generated::dpo_pmi::{LeaseHolder, reg};
use dpo_registers::units::Seconds;

use super::{Block, Source, age};
use crate::gateway::Owner;
use crate::pmi::shadow::ShadowView;

impl Block {
    pub(super) fn fill_control(&mut self, source: &Source<'_>) {
        let Source { snapshot, session, .. } = source;
        let lease = &snapshot.lease;
        self.put::<reg::LeaseDuration>(Some(Seconds(session.duration_s.into())));
        self.put::<reg::LeaseHolder>(Some(match lease.owner {
            None => LeaseHolder::None,
            Some(Owner::Modbus { .. }) => LeaseHolder::Modbus,
            Some(Owner::Redfish { .. }) => LeaseHolder::Redfish,
            Some(Owner::Local { .. }) => LeaseHolder::Local,
        }));
        let remaining = match lease.owner {
            // The snapshot says what was left when it was taken.
            Some(_) => lease.remaining.saturating_sub(age(snapshot)),
            None => Duration::ZERO,
        };
        self.put::<reg::LeaseRemaining>(Some(Seconds(remaining.as_secs_f64())));
        let limit = &snapshot.input_power_limit;
        self.put::<reg::InputPowerLimit>(limit.requested);
        self.put::<reg::InputPowerLimitApplied>(limit.applied);
        self.put::<reg::InputPowerLimitMin>(Some(limit.minimum));
        self.put::<reg::InputPowerLimitMax>(Some(limit.maximum));
        let discharge = &snapshot.bbu_discharge;
        self.put::<reg::BbuDischarge>(discharge.requested);
        self.put::<reg::BbuDischargeApplied>(discharge.applied);
        self.put::<reg::BbuDischargeMax>(Some(discharge.maximum));
        self.put::<reg::SetpointResult>(Some(session.result));
    }

    pub(super) fn fill_commit(&mut self, shadow: &ShadowView) {
        self.put::<reg::ShadowInputPowerLimit>(shadow.input_power_limit);
        self.put::<reg::ShadowBbuDischarge>(shadow.bbu_discharge);
        self.put::<reg::SetpointSequence>(Some(shadow.sequence));
        self.put::<reg::SetpointCommitResult>(Some(shadow.result));
        self.put::<reg::SetpointCommitFault>(Some(shadow.fault));
        self.put::<reg::CommitsApplied>(Some(shadow.applied));
        self.put::<reg::CommitsRefused>(Some(shadow.refused));
    }
}
