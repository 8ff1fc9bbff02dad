//! The voltage of the busbar as a setpoint: what excludes it, how it is taken, kept and given back.

use super::*;
use crate::shelf::journal::{CommitEnd, Item};
use dpo_registers::codec::Exception;

/// The word of a voltage.
fn word(volts: f64) -> u16 {
    (volts * 1024.0) as u16
}

async fn set(rig: &Rig, volts: f64) -> Result<BusVoltageView, GateError> {
    rig.gateway().set_bus_voltage(owner(), Some(Volts(volts))).await
}

#[tokio::test(start_paused = true)]
async fn it_is_taken_by_all_kept_and_given_back() {
    let rig = Rig::started().await;
    assert_eq!(set(&rig, 50.0).await.unwrap_err(), GateError::NoLease);
    rig.lease(300).await;
    let view = set(&rig, 50.0).await.unwrap();
    assert_eq!((view.requested, view.applied), (Some(Volts(50.0)), Some(Volts(50.0))));
    assert_eq!(rig.setpoints(), [word(50.0); 6]);
    let commits = |rig: &Rig| {
        let ends = rig.journal.entries().into_iter().map(|e| e.item);
        ends.filter(|i| matches!(i, Item::CommitEnded { end: CommitEnd::Applied, .. })).count()
    };
    assert_eq!(commits(&rig), 1);
    // It stays, with nothing written.
    let written: Vec<_> = rig.psus.iter().map(|p| p.writes().len()).collect();
    let snapshot = rig.cycles(30).await;
    assert_eq!(rig.psus.iter().map(|p| p.writes().len()).collect::<Vec<_>>(), written);
    assert_eq!((snapshot.bus_voltage.applied, snapshot.state), (Some(Volts(50.0)), ShelfState::Normal));
    // Another one, and back.
    set(&rig, 50.5).await.unwrap();
    assert_eq!(rig.setpoints(), [word(50.5); 6]);
    let none = rig.gateway().set_bus_voltage(owner(), None).await.unwrap();
    assert_eq!((none.requested, none.applied, rig.setpoints()), (None, None, vec![NOMINAL; 6]));
    assert!(rig.psus.iter().all(|psu| psu.get(SETTINGS) == 0x0800), "the write enable is clear again");
    // Nothing of it touches what an owner of the shelf has set.
    rig.psus.iter().for_each(|psu| psu.set(SETPOINT, word(50.75)));
    rig.gateway().set_bus_voltage(owner(), None).await.unwrap();
    rig.cycles(10).await;
    assert_eq!(rig.setpoints(), [word(50.75); 6]);
}

#[tokio::test(start_paused = true)]
async fn it_and_the_setpoints_of_power_exclude_each_other() {
    let rig = Rig::started().await;
    rig.lease(300).await;
    rig.limit(16_000.0).await.unwrap();
    let refused = set(&rig, 50.0).await.unwrap_err().to_string();
    assert!(refused.contains("an input power limit of 16000 W is in force"), "{refused}");
    rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await.unwrap();
    rig.gateway().set(owner(), Setpoint::BbuDischarge(Some(Watts(0.0)))).await.unwrap();
    let refused = set(&rig, 50.0).await.unwrap_err().to_string();
    assert!(refused.contains("a discharge of 0 W is in force"), "{refused}");
    rig.gateway().set(owner(), Setpoint::BbuDischarge(None)).await.unwrap();
    set(&rig, 50.0).await.unwrap();
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("a bus voltage of 50 V is in force"), "{refused}");
    // Taking back what is not there changes nothing.
    rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await.unwrap();
    rig.cycles(5).await;
    assert_eq!(rig.setpoints(), [word(50.0); 6]);
    assert_eq!(rig.gateway().snapshot().bus_voltage.applied, Some(Volts(50.0)));
}

#[tokio::test(start_paused = true)]
async fn no_psu_is_power_cycled_meanwhile_and_it_waits_for_one_that_is() {
    let mut rig = Rig::new();
    rig.psu_reset = true;
    rig.psus.iter().for_each(|psu| psu.set(82, 16_000));
    rig.start();
    rig.cycles(2).await;
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    assert!(matches!(rig.gateway().power_cycle(owner(), 3).await, Err(GateError::State { .. })));
    // Also if it is the fail-safe value.
    set(&rig, 51.0).await.unwrap();
    let refused = rig.gateway().power_cycle(owner(), 3).await.unwrap_err().to_string();
    assert!(refused.contains("a bus voltage of 51 V is in force"), "{refused}");
    rig.gateway().set_bus_voltage(owner(), None).await.unwrap();
    let _cycling = rig.gateway().power_cycle(owner(), 3).await.unwrap();
    let refused = set(&rig, 50.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 3 is being power-cycled"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn what_would_reach_the_trigger_of_the_bbus_is_refused() {
    let rig = Rig::started().await;
    rig.lease(300).await;
    for volts in [0.0, 49.4, 51.1, 1e9, -1.0, f64::NAN, f64::INFINITY] {
        let refused = set(&rig, volts).await.unwrap_err();
        assert!(matches!(refused, GateError::VoltageOutOfRange { .. }), "{refused}");
    }
    rig.psus[1].silence(true);
    rig.cycles(3).await;
    assert!(set(&rig, 50.0).await.unwrap_err().to_string().contains("1 PSUs do not answer"));
    assert!(rig.psus.iter().all(|psu| psu.writes().is_empty()));
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_lease_and_with_the_gateway() {
    let mut rig = Rig::started().await;
    rig.lease(10).await;
    set(&rig, 49.5).await.unwrap();
    rig.cycles(12).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let view = rig.gateway().snapshot().bus_voltage;
    assert_eq!((view.requested, view.applied), (None, None));
    // Killed with it in force: the next one knows whose it is, though it is none that steering leaves.
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    rig.gateway.take().unwrap().1.abort();
    rig.psus.iter().for_each(|psu| psu.forget_log());
    rig.start();
    rig.cycles(20).await;
    assert!(rig.psus.iter().all(|psu| psu.writes().is_empty()), "a restart writes nothing");
    assert_eq!(rig.events(EventKind::SetpointFound).len(), 6);
    rig.cycles(60).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6], "after the grace time");
    // Asked to stop.
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    rig.stop().await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn all_take_it_or_none_does() {
    for taken in [0, 1] {
        let rig = Rig::started().await;
        rig.lease(300).await;
        rig.psus[3].refuse_after(SETPOINT, taken, 1, Exception::ServerDeviceFailure);
        let refused = set(&rig, 50.0).await.unwrap_err();
        assert!(matches!(refused, GateError::Device { .. }), "{refused}");
        assert_eq!(rig.setpoints(), [NOMINAL; 6]);
        let view = rig.gateway().snapshot().bus_voltage;
        assert_eq!((view.requested, view.applied), (None, None));
        rig.cycles(3).await;
        assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_psu_that_returns_is_brought_to_it_and_one_that_refuses_ends_it() {
    let rig = Rig::started().await;
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    rig.psus[1].silence(true);
    rig.cycles(3).await;
    rig.psus[1].set(SETPOINT, NOMINAL);
    rig.psus[1].silence(false);
    rig.cycles(8).await;
    assert_eq!(rig.setpoints(), [word(50.0); 6]);
    rig.psus[1].silence(true);
    rig.cycles(3).await;
    rig.psus[1].set(SETPOINT, NOMINAL);
    rig.psus[1].silence(false);
    rig.psus[1].refuse_writes(Some(Exception::ServerDeviceFailure));
    rig.cycles(12).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let snapshot = rig.gateway().snapshot();
    assert_eq!((snapshot.bus_voltage.applied, snapshot.state), (None, ShelfState::FailSafe));
}

#[tokio::test(start_paused = true)]
async fn bbus_that_give_power_at_it_end_it() {
    let rig = Rig::started().await;
    rig.lease(300).await;
    set(&rig, 49.5).await.unwrap();
    rig.bbus.iter().for_each(|b| b.set(129, (-250i16) as u16));
    rig.cycles(5).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let told = rig.events(EventKind::SetpointRefused);
    assert!(told.iter().any(|e| e.message.contains("the BBUs give")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn it_gets_too_old_as_other_setpoints_do() {
    let mut rig = Rig::new();
    rig.max_age = Some(20 * SECOND);
    rig.start();
    rig.cycles(1).await;
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    rig.cycles(15).await;
    assert_eq!(rig.setpoints(), [word(50.0); 6]);
    set(&rig, 50.0).await.unwrap();
    rig.cycles(15).await;
    assert_eq!(rig.setpoints(), [word(50.0); 6], "written again");
    rig.cycles(8).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn what_the_bbus_give_long_after_an_event_ends_it() {
    let rig = Rig::started().await;
    rig.lease(300).await;
    set(&rig, 50.0).await.unwrap();
    let (ac, packs) = (
        |volts: u16| rig.psus.iter().for_each(|p| p.set(88, volts * 64)),
        |raw: i16| rig.bbus.iter().for_each(|b| b.set(129, raw as u16)),
    );
    ac(100);
    packs(-2_500);
    rig.cycles(4).await;
    ac(230);
    rig.cycles(30).await;
    assert_eq!(rig.gateway().snapshot().bus_voltage.requested, Some(Volts(50.0)));
    rig.cycles(110).await;
    assert_eq!(rig.gateway().snapshot().bus_voltage.requested, None);
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}
