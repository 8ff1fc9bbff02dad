//! Several setpoints as one, and what the snapshot says of state and packs.

use dpo_registers::codec::Exception;
use dpo_registers::units::{Joules, Percent, Seconds};

use super::*;

fn limit(watts: f64) -> Setpoint {
    Setpoint::InputPowerLimit(Some(Watts(watts)))
}

fn discharge(watts: f64) -> Setpoint {
    Setpoint::BbuDischarge(Some(Watts(watts)))
}

#[tokio::test(start_paused = true)]
async fn setpoints_of_one_commit_become_one_voltage() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    let done = rig.gateway().commit(owner(), vec![limit(10_000.0), discharge(500.0)]).await.unwrap();
    assert_eq!(done.input_power_limit.applied, Some(Watts(10_000.0)));
    assert_eq!(done.bbu_discharge.applied, Some(Watts(500.0)));
    assert_eq!(done.lease.owner, Some(owner()));
    // The limit asks for more support than the discharge: the larger wins, and each PSU was written once, after
    // a first small step.
    let writes = |p: &Arc<Fake>| p.writes().iter().filter(|a| **a == SETPOINT).count();
    assert!(rig.psus.iter().all(|p| writes(p) == 2));
    assert_eq!(rig.gateway().snapshot().counters.setpoints_applied, 1);
    // What a commit does not name stays.
    let done = rig.gateway().commit(owner(), vec![Setpoint::InputPowerLimit(None)]).await.unwrap();
    assert_eq!((done.input_power_limit.requested, done.bbu_discharge.requested), (None, Some(Watts(500.0))));
    let before = rig.setpoints();
    rig.gateway().commit(owner(), Vec::new()).await.unwrap();
    assert_eq!(rig.setpoints(), before);
}

#[tokio::test(start_paused = true)]
async fn one_bad_setpoint_keeps_the_others_out() {
    let rig = Rig::started().await;
    let without = rig.gateway().commit(owner(), vec![limit(10_000.0)]).await.unwrap_err();
    assert_eq!(without, CommitError { at: None, error: GateError::NoLease });
    rig.lease(60).await;
    let bad = discharge(1.0e6);
    let refused = rig.gateway().commit(owner(), vec![limit(10_000.0), bad]).await.unwrap_err();
    assert_eq!(refused.at, Some(bad));
    assert!(matches!(refused.error, GateError::OutOfRange { .. }), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let snapshot = rig.cycles(2).await;
    assert_eq!((snapshot.input_power_limit.requested, snapshot.bbu_discharge.requested), (None, None));
    assert_eq!(snapshot.state, ShelfState::Normal);

    // A PSU that does not take it: the five others go back, and neither setpoint stands.
    rig.psus[4].refuse_writes(Some(Exception::ServerDeviceFailure));
    let both = vec![limit(10_000.0), discharge(500.0)];
    let failed = rig.gateway().commit(owner(), both).await.unwrap_err();
    assert!(failed.at.is_none() && matches!(failed.error, GateError::Device { .. }), "{failed}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let snapshot = rig.cycles(2).await;
    assert_eq!((snapshot.input_power_limit.requested, snapshot.bbu_discharge.requested), (None, None));
}

#[tokio::test(start_paused = true)]
async fn the_snapshot_tells_why_since_when_and_what_is_left() {
    let rig = Rig::started().await;
    let view = rig.gateway().snapshot().state_view;
    assert_eq!((view.cause, view.before), (None, ShelfState::Normal));
    rig.lease(5).await;
    rig.gateway().commit(owner(), vec![discharge(3_000.0)]).await.unwrap();
    let snapshot = rig.cycles(2).await;
    assert_eq!(
        (snapshot.state, snapshot.state_view.cause),
        (ShelfState::Supporting, Some(StateCause::Setpoint))
    );
    assert!(snapshot.state_view.elapsed >= SECOND && snapshot.state_view.elapsed < 4 * SECOND);
    let snapshot = rig.cycles(6).await;
    assert_eq!(
        (snapshot.state, snapshot.state_view.cause),
        (ShelfState::FailSafe, Some(StateCause::LeaseExpired))
    );
    assert_eq!(snapshot.state_view.before, ShelfState::Supporting);
    // 6 packs of 10 Ah at 40 V, at 80 % with 20 % in reserve: three quarters, less 3 % on the way.
    let left = snapshot.energy.deliverable.unwrap();
    let energy = 6.0 * 10.0 * 40.0 * 3_600.0 * 0.75 * 0.97;
    assert_eq!(left.power, Watts(18_000.0));
    assert!((left.energy.0 - energy).abs() < 1.0, "{left:?}");
    assert!((left.time.0 - energy / 18_000.0).abs() < 0.01, "{left:?}");
    assert_eq!(snapshot.energy.reserve, Some(Percent(20.0)));
    // The units say that they end a discharge after 90 s.
    rig.bbus.iter().for_each(|b| b.set(289, 90));
    let left = rig.cycles(12).await.energy.deliverable.unwrap();
    assert_eq!((left.time, left.energy), (Seconds(90.0), Joules(90.0 * 18_000.0)));
}
