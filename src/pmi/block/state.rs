//! Time, the state of the gateway, and counters.

use std::time::SystemTime;

use dpo_registers::generated::dpo_pmi::{State, StateBefore, StateCause as Cause, TimeSource, reg};
use dpo_registers::units::Seconds;

use super::{Block, Source, age, unix};
use crate::gateway::{ShelfState, StateCause};

impl Block {
    pub(super) fn fill_state(&mut self, source: &Source<'_>) {
        let snapshot = source.snapshot;
        self.put::<reg::Time>(Some(unix(SystemTime::now())));
        // Who keeps that clock right, and whether anybody does, is not known here.
        self.put::<reg::TimeSource>(Some(TimeSource::System));
        self.put::<reg::State>(Some(match snapshot.state {
            ShelfState::Normal => State::Normal,
            ShelfState::SagDetected => State::SagDetected,
            ShelfState::Supporting => State::Supporting,
            ShelfState::Recovering => State::Recovering,
            ShelfState::Recharging => State::Recharging,
            ShelfState::FailSafe => State::FailSafe,
        }));
        self.put::<reg::Uptime>(Some(Seconds(source.uptime.as_secs_f64().floor())));
        // Counters roll over.
        self.put::<reg::SnapshotSequence>(Some(snapshot.sequence as u32));
        self.put::<reg::SnapshotAge>(Some(Seconds(age(snapshot).as_secs_f64())));
        let view = &snapshot.state_view;
        self.put::<reg::StateElapsed>(Some(Seconds((view.elapsed + age(snapshot)).as_secs_f64())));
        self.put::<reg::StateCause>(Some(match view.cause {
            None => Cause::None,
            Some(StateCause::InputVoltage) => Cause::InputVoltage,
            Some(StateCause::Setpoint) => Cause::Setpoint,
            Some(StateCause::Battery) => Cause::Battery,
            Some(StateCause::LeaseExpired) => Cause::LeaseExpired,
            Some(StateCause::Reserve) => Cause::Reserve,
            Some(StateCause::DischargeTime) => Cause::DischargeTime,
            Some(StateCause::Device) => Cause::Device,
        }));
        self.put::<reg::StateBefore>(Some(match view.before {
            ShelfState::Normal => StateBefore::Normal,
            ShelfState::SagDetected => StateBefore::SagDetected,
            ShelfState::Supporting => StateBefore::Supporting,
            ShelfState::Recovering => StateBefore::Recovering,
            ShelfState::Recharging => StateBefore::Recharging,
            ShelfState::FailSafe => StateBefore::FailSafe,
        }));
    }

    /// Counters roll over.
    pub(super) fn fill_counters(&mut self, source: &Source<'_>) {
        let snapshot = source.snapshot;
        let counters = &snapshot.counters;
        self.put::<reg::Polls>(Some(counters.polls as u32));
        self.put::<reg::BusErrors>(Some(counters.bus_errors));
        self.put::<reg::DevicesLost>(Some(counters.devices_lost));
        self.put::<reg::DevicesReturned>(Some(counters.devices_returned));
        self.put::<reg::WritesRefused>(Some(counters.writes_refused.wrapping_add(source.refused_here)));
        self.put::<reg::SetpointsApplied>(Some(counters.setpoints_applied));
        self.put::<reg::FailSafes>(Some(counters.fail_safes));
        self.put::<reg::LeaseGrants>(Some(snapshot.lease.grants));
        self.put::<reg::LeaseExpiries>(Some(snapshot.lease.expiries));
        self.put::<reg::Sags>(Some(counters.sags));
        self.put::<reg::Events>(Some(counters.events as u32));
    }
}
