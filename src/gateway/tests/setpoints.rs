//! The lease, setpoints with read-back, and the ways back to the fail-safe values.

use dpo_registers::codec::Exception;

use super::*;
use crate::bus::BoxFuture;
use crate::control::share::{Line, Plant};
use crate::shelf::journal::{Entry, Item, JournalError, Outcome, Recovery, Stored};

fn intent(entry: &&Stored) -> bool {
    matches!(entry.item, Item::Intent { .. })
}

#[tokio::test(start_paused = true)]
async fn the_lease_has_one_owner_and_ends_by_itself() {
    let rig = Rig::started().await;
    let gateway = rig.gateway();
    let view = gateway.acquire(owner(), 10 * SECOND).await.unwrap();
    assert_eq!((view.owner, view.remaining, view.grants), (Some(owner()), 10 * SECOND, 1));
    assert!(matches!(gateway.acquire(other(), SECOND).await, Err(GateError::HeldByOther { .. })));
    assert!(matches!(gateway.release(other()).await, Err(GateError::HeldByOther { .. })));
    let set = Setpoint::BbuDischarge(Some(Watts(1000.0)));
    assert!(matches!(gateway.set(other(), set).await, Err(GateError::HeldByOther { .. })));
    // A renewal is no grant.
    rig.cycles(5).await;
    assert_eq!(gateway.acquire(owner(), 10 * SECOND).await.unwrap().grants, 1);
    let snapshot = rig.cycles(9).await;
    assert_eq!(snapshot.lease.owner, Some(owner()));
    let snapshot = rig.cycles(2).await;
    assert_eq!((snapshot.lease.owner.clone(), snapshot.lease.expiries), (None, 1));
    assert_eq!(snapshot.state, ShelfState::FailSafe);
    assert_eq!(snapshot.counters.fail_safes, 1);
    assert_eq!(rig.events(EventKind::LeaseExpired).len(), 1);
    assert_eq!(gateway.set(owner(), set).await, Err(GateError::NoLease));
    assert_eq!(gateway.snapshot().counters.writes_refused, 2);
    // A new lease ends the fail-safe state.
    assert_eq!(gateway.acquire(other(), SECOND).await.unwrap().grants, 2);
    assert_eq!(gateway.snapshot().state, ShelfState::Normal);
    assert_eq!(gateway.release(other()).await.unwrap().owner, None);
}

#[tokio::test(start_paused = true)]
async fn a_limit_reaches_every_psu_and_goes_when_the_lease_ends() {
    let rig = Rig::started().await;
    rig.lease(5).await;
    let applied = rig.limit(10_000.0).await.unwrap();
    assert_eq!(applied.setpoint.requested, Some(Watts(10_000.0)));
    assert_eq!(applied.setpoint.applied, Some(Watts(10_000.0)));
    assert_eq!((applied.setpoint.minimum, applied.setpoint.maximum), (Watts(900.0), Watts(18_000.0)));
    assert!(applied.setpoint.confirmed.is_some());
    // 6 x 2333.4 W out, 6 x 2430.5 W in: 4400.8 W have to come from the BBUs.
    let plant = Plant { psu: Line::ORV3_PSU, psus: 6, bbu: Line::ORV3_BBU, bbus: 6 };
    let held = f64::from(rig.psus[0].get(SETPOINT)) / 1024.0;
    let point = plant.settle(Volts(held), Watts(6.0 * 18_667.0 / 8.0)).unwrap();
    assert!((point.bbus.0 - 4400.8).abs() < 20.0, "{point:?}");
    assert!(rig.setpoints().iter().all(|w| *w == rig.psus[0].get(SETPOINT)), "{:?}", rig.setpoints());
    // The write-enable bit was set, nothing else changed.
    assert!(rig.psus.iter().all(|p| p.get(SETTINGS) == 0x0801));
    let snapshot = rig.gateway().snapshot();
    assert_eq!(snapshot.state, ShelfState::Supporting);
    assert_eq!(snapshot.counters.setpoints_applied, 1);
    // Each write was on record before it was sent, and its outcome after.
    let entries = rig.journal.entries();
    let confirmed = |e: &&Stored| matches!(e.item, Item::Outcome { outcome: Outcome::Confirmed, .. });
    assert_eq!(entries.iter().filter(intent).count(), 12);
    assert_eq!(entries.iter().filter(confirmed).count(), 12);

    let snapshot = rig.cycles(7).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(rig.psus.iter().all(|p| p.get(SETTINGS) == 0x0800), "the write-enable bit is as before");
    assert_eq!(snapshot.state, ShelfState::FailSafe);
    assert_eq!(snapshot.input_power_limit.applied, None);
    assert_eq!(snapshot.input_power_limit.requested, None);
    assert_eq!(rig.events(EventKind::SetpointRestored).len(), 1);
    assert!(rig.psus.iter().all(|p| p.writes().iter().all(|a| [SETPOINT, SETTINGS].contains(a))));
}

#[tokio::test(start_paused = true)]
async fn a_release_restores_before_it_is_answered() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    let request = Setpoint::BbuDischarge(Some(Watts(3000.0)));
    let applied = rig.gateway().set(owner(), request).await.unwrap();
    assert_eq!(applied.setpoint.applied, Some(Watts(3000.0)));
    assert!(rig.setpoints().iter().all(|w| *w < 50_000));
    rig.gateway().release(owner()).await.unwrap();
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_ne!(rig.gateway().snapshot().state, ShelfState::FailSafe);
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_out_of_range_is_logged_and_one_without_the_lease_is_not() {
    let rig = Rig::started().await;
    assert_eq!(rig.limit(1.0e6).await, Err(GateError::NoLease));
    assert!(rig.events(EventKind::SetpointRefused).is_empty());
    rig.lease(60).await;
    assert!(matches!(rig.limit(1.0e6).await, Err(GateError::OutOfRange { .. })));
    assert_eq!(rig.events(EventKind::SetpointRefused).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn bbus_that_give_nothing_end_the_support_although_the_owner_writes_on() {
    let mut rig = Rig::new();
    rig.poll_interval = Duration::from_millis(100);
    rig.start();
    rig.cycles(1).await;
    rig.lease(60).await;
    let begin = tokio::time::Instant::now();
    while rig.gateway().snapshot().counters.fail_safes == 0 {
        let asked = Watts(3000.0 + 100.0 * f64::from(begin.elapsed().as_millis() as u32 % 7));
        // Refused once support has ended.
        let _ = rig.gateway().set(owner(), Setpoint::BbuDischarge(Some(asked))).await;
        tokio::time::sleep(Duration::from_millis(550)).await;
        assert!(begin.elapsed() < 15 * SECOND, "the bus stays low for nothing");
    }
    assert!(begin.elapsed() >= 8 * SECOND, "{:?}", begin.elapsed());
    let refused = rig.events(EventKind::SetpointRefused);
    assert!(refused.iter().any(|event| event.message.contains("of what was asked for")), "{refused:?}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn trims_take_half_of_the_writes_at_most_whatever_the_polls() {
    for poll_ms in [100, 300, 600, 1000] {
        let mut rig = Rig::new();
        rig.poll_interval = Duration::from_millis(poll_ms);
        rig.start();
        rig.cycles(1).await;
        rig.lease(60).await;
        rig.limit(10_000.0).await.unwrap();
        let before = rig.psus[0].writes().len();
        let begin = tokio::time::Instant::now();
        // A load that moves all the time: each trim that is due is a write.
        let mut load = 0;
        while begin.elapsed() < 8 * SECOND {
            load = 1000 - load;
            rig.psus.iter().for_each(|psu| psu.set(82, 18_667 + load));
            rig.cycles(1).await;
        }
        let trims = rig.psus[0].writes()[before..].iter().filter(|at| **at == SETPOINT).count();
        // One a second of those that may be written each half second; the slowest polls are a second apart.
        assert!((3..=9).contains(&trims), "{trims} trims in 8 s at polls of {poll_ms} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn if_one_psu_refuses_the_others_go_back() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    rig.psus[3].refuse_writes(Some(Exception::ServerDeviceFailure));
    match rig.limit(10_000.0).await.unwrap_err() {
        GateError::Device { reason } => assert!(reason.contains("psu 4"), "{reason}"),
        other => panic!("{other}"),
    }
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(rig.psus.iter().all(|p| p.get(SETTINGS) == 0x0800));
    assert_eq!(rig.psus[2].writes(), [SETTINGS, SETTINGS], "it refuses to be unlocked: no setpoint was sent");
    assert!(rig.psus[4].writes().is_empty(), "the ones after it were not touched");
    let view = rig.gateway().snapshot().input_power_limit;
    assert_eq!((view.requested, view.applied), (None, None));
    assert_eq!(rig.events(EventKind::SetpointRefused).len(), 1);
    // It works once the PSU does.
    rig.psus[3].refuse_writes(None);
    rig.limit(10_000.0).await.unwrap();
    assert!(rig.setpoints().iter().all(|w| *w < 50_000));
}

#[tokio::test(start_paused = true)]
async fn if_one_psu_refuses_its_setpoint_those_before_it_go_back() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    rig.psus[3].set(SETTINGS, 0x0801);
    rig.psus[3].refuse_writes(Some(Exception::ServerDeviceFailure));
    assert!(
        matches!(rig.limit(10_000.0).await, Err(GateError::Device { reason }) if reason.contains("psu 4"))
    );
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(rig.psus[2].writes(), [SETTINGS, SETPOINT, SETPOINT, SETTINGS], "written and brought back");
    assert_eq!(rig.psus[4].writes(), [SETTINGS, SETTINGS], "its setpoint was not sent");
}

#[tokio::test(start_paused = true)]
async fn a_psu_that_acknowledges_and_does_not_take_the_value_is_named() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    rig.psus[5].set(SETTINGS, 0x0801);
    rig.psus[5].deaf(true);
    match rig.limit(10_000.0).await.unwrap_err() {
        GateError::Device { reason } => {
            assert!(reason.contains("psu 6") && reason.contains("reads back [CC00]"), "{reason}");
        }
        other => panic!("{other}"),
    }
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(rig.psus[5].get(SETTINGS), 0x0801, "a bit found set stays set");
}

#[tokio::test(start_paused = true)]
async fn a_psu_lost_while_lowered_is_restored_when_it_returns() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    rig.limit(10_000.0).await.unwrap();
    rig.psus[1].silence(true);
    rig.cycles(3).await;
    let lowered = rig.psus[1].get(SETPOINT);
    rig.gateway().release(owner()).await.unwrap();
    assert_eq!(rig.setpoints(), [NOMINAL, lowered, NOMINAL, NOMINAL, NOMINAL, NOMINAL]);
    rig.psus[1].silence(false);
    rig.cycles(8).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_gateway_restores_the_setpoints() {
    let mut rig = Rig::started().await;
    rig.lease(600).await;
    rig.limit(10_000.0).await.unwrap();
    let gateway = rig.gateway().clone();
    rig.stop().await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(gateway.acquire(owner(), SECOND).await, Err(GateError::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_from_before_the_start_is_found_and_restored_after_a_grace_time() {
    let mut rig = Rig::new();
    rig.psus[1].set(SETPOINT, 49_336);
    rig.start();
    rig.cycles(55).await;
    let found = rig.events(EventKind::SetpointFound);
    assert_eq!((found.len(), found[0].subject.as_str()), (1, "psu 2"));
    assert_eq!(rig.psus[1].get(SETPOINT), 49_336, "nothing is written within the grace time");
    assert!(rig.psus.iter().all(|p| p.writes().is_empty()));
    rig.cycles(10).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(rig.events(EventKind::SetpointRestored).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_setting_of_the_owner_is_not_touched_without_a_request() {
    let mut rig = Rig::new();
    // 50.75 V: not our fail-safe value, but no PSU is steered there.
    rig.psus[1].set(SETPOINT, 51_968);
    rig.start();
    rig.cycles(70).await;
    rig.lease(3600).await;
    rig.cycles(5).await;
    assert!(rig.events(EventKind::SetpointFound).is_empty());
    assert!(rig.psus.iter().all(|p| p.writes().is_empty()));
    assert_eq!(rig.psus[1].get(SETPOINT), 51_968);
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_the_lease_takes_over_what_was_found() {
    let mut rig = Rig::new();
    rig.psus[1].set(SETPOINT, 49_336);
    rig.start();
    rig.cycles(2).await;
    rig.lease(3600).await;
    rig.cycles(2).await;
    // No setpoint is asked for, so the fail-safe value is in force under the lease, too.
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn values_and_states_that_cannot_be_served_are_refused() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    for watts in [f64::NAN, f64::INFINITY, -1.0, 899.0, 18_001.0] {
        assert!(matches!(rig.limit(watts).await, Err(GateError::OutOfRange { .. })), "{watts}");
    }
    let discharge = |w| rig.gateway().set(owner(), Setpoint::BbuDischarge(Some(Watts(w))));
    for watts in [f64::NAN, -0.1, 18_001.0] {
        assert!(matches!(discharge(watts).await, Err(GateError::OutOfRange { .. })), "{watts}");
    }
    assert_eq!(rig.gateway().snapshot().counters.writes_refused, 8);
    rig.psus.iter().for_each(|p| p.set(88, 170 * 64));
    rig.cycles(1).await;
    assert_eq!(rig.gateway().snapshot().counters.sags, 1);
    assert!(matches!(discharge(1000.0).await, Err(GateError::State { .. })));
    rig.psus.iter().for_each(|p| p.set(88, 230 * 64));
    rig.bbus.iter().for_each(|b| b.set(126, 19));
    rig.cycles(1).await;
    assert!(
        matches!(discharge(1000.0).await, Err(GateError::State { reason }) if reason.contains("reserve"))
    );
    rig.bbus.iter().for_each(|b| b.silence(true));
    rig.cycles(2).await;
    assert!(matches!(discharge(1000.0).await, Err(GateError::State { reason }) if reason.contains("no BBU")));
    assert!(rig.psus.iter().all(|p| p.writes().is_empty()));
    // Taking a setpoint back is possible in every state.
    rig.gateway().set(owner(), Setpoint::BbuDischarge(None)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn support_ends_at_the_reserve() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    rig.bbus.iter().for_each(|b| b.set(126, 19));
    let snapshot = rig.cycles(2).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(snapshot.state, ShelfState::FailSafe);
    assert_eq!(snapshot.input_power_limit.requested, None);
    assert_eq!(snapshot.lease.owner, Some(owner()), "the lease stays");
    assert!(rig.events(EventKind::SetpointRefused)[0].message.contains("reserve"));
    rig.bbus.iter().for_each(|b| b.set(126, 25));
    assert_eq!(rig.cycles(2).await.state, ShelfState::Normal);
}

#[tokio::test(start_paused = true)]
async fn a_psu_that_stops_taking_trims_ends_the_support() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    rig.psus[2].refuse_writes(Some(Exception::ServerDeviceFailure));
    let snapshot = rig.cycles(8).await;
    assert_eq!(snapshot.state, ShelfState::FailSafe);
    assert!(rig.psus[2].get(SETPOINT) < 50_000, "it refuses the way back, too");
    assert_eq!(rig.psus[3].get(SETPOINT), NOMINAL);
    rig.psus[2].refuse_writes(None);
    rig.cycles(2).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn trims_are_recorded_at_a_bounded_rate() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    // The readings never change here, so each tick trims further, until the trim is at its limit.
    rig.bbus.iter().for_each(|b| b.set(129, -200i16 as u16));
    rig.cycles(1).await;
    rig.limit(14_400.0).await.unwrap();
    let (recorded, written) = (rig.journal.entries().len(), rig.psus[0].writes().len());
    rig.cycles(9).await;
    assert!(rig.psus[0].writes().len() >= written + 5, "trimmed");
    assert_eq!(rig.journal.entries().len(), recorded);
    rig.cycles(3).await;
    assert_eq!(rig.journal.entries().len(), recorded + 12);
}

#[tokio::test(start_paused = true)]
async fn support_that_the_bbus_do_not_give_ends() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    rig.cycles(8).await;
    assert!(rig.setpoints().iter().all(|w| *w < 50_000));
    let snapshot = rig.cycles(4).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(snapshot.state, ShelfState::FailSafe);
    assert!(rig.events(EventKind::SetpointRefused)[0].message.contains("BBUs give"));
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_counts_as_uncertain() {
    let rig = Rig::started().await;
    rig.lease(60).await;
    rig.psus[3].set(SETTINGS, 0x0801);
    rig.psus[3].mute(true);
    match rig.limit(10_000.0).await.unwrap_err() {
        GateError::Device { reason } => assert!(reason.contains("not brought back: psu 4"), "{reason}"),
        other => panic!("{other}"),
    }
    let lowered = rig.psus[3].get(SETPOINT);
    assert!(lowered < NOMINAL);
    assert_eq!(rig.setpoints(), [NOMINAL, NOMINAL, NOMINAL, lowered, NOMINAL, NOMINAL]);
    rig.gateway().release(owner()).await.unwrap();
    rig.cycles(3).await;
    // It returns without a lease: this is our own doing, not a find with a grace time.
    rig.psus[3].mute(false);
    rig.psus[3].silence(false);
    rig.cycles(8).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(rig.events(EventKind::SetpointFound).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_moved_by_somebody_else_is_shown_and_moved_back_while_steering() {
    let rig = Rig::started().await;
    rig.bbus.iter().for_each(|b| b.set(129, -1000i16 as u16));
    rig.cycles(1).await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    let view = &rig.gateway().snapshot().psus[0].reading;
    let shown = view.output_voltage_setpoint.unwrap().0;
    assert!((shown - f64::from(rig.psus[0].get(SETPOINT)) / 1024.0).abs() < 1e-9, "shown at once");
    rig.psus[0].set(SETPOINT, 50_000);
    rig.cycles(7).await;
    assert!(rig.psus[0].get(SETPOINT) < 49_600, "{:?}", rig.setpoints());
}

#[tokio::test(start_paused = true)]
async fn one_bad_psu_does_not_keep_the_others_from_the_fail_safe_value() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    rig.psus[2].refuse_writes(Some(Exception::ServerDeviceFailure));
    let lowered = rig.psus[2].get(SETPOINT);
    match rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await {
        Err(GateError::Device { reason }) => assert!(reason.contains("psu 3"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(rig.setpoints(), [NOMINAL, NOMINAL, lowered, NOMINAL, NOMINAL, NOMINAL]);
    assert_eq!(rig.gateway().snapshot().input_power_limit.requested, None);
    rig.psus[2].refuse_writes(None);
    rig.cycles(2).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

/// A journal whose disk fills up.
#[derive(Debug, Default)]
struct Disk(MemoryJournal, std::sync::atomic::AtomicBool);

impl Journal for Disk {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        if self.1.load(std::sync::atomic::Ordering::Relaxed) {
            let (path, reason) = ("test".into(), "No space left on device".into());
            return Box::pin(std::future::ready(Err(JournalError::Storage { path, reason })));
        }
        self.0.record(entry)
    }
    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        self.0.recover()
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_support_but_not_its_end() {
    let mut rig = Rig::new();
    let disk = Arc::new(Disk::default());
    rig.other_journal = Some(disk.clone());
    rig.start();
    rig.cycles(1).await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    disk.1.store(true, std::sync::atomic::Ordering::Relaxed);
    rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await.unwrap();
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(
        matches!(rig.limit(10_000.0).await, Err(GateError::State { reason }) if reason.contains("No space"))
    );
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!(rig.events(EventKind::Journal).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_write_to_a_psu_that_arrives_is_on_record() {
    let rig = Rig::started().await;
    rig.lease(3600).await;
    rig.bbus.iter().for_each(|b| b.set(129, -1800i16 as u16));
    rig.cycles(1).await;
    rig.psus[1].silence(true);
    rig.cycles(2).await;
    rig.limit(10_000.0).await.unwrap();
    let recorded = rig.journal.entries().len();
    rig.psus[1].silence(false);
    rig.cycles(8).await;
    assert!(rig.psus[1].get(SETPOINT) < 50_000);
    let entries = rig.journal.entries();
    let ours = |e: &&Stored| e.write().is_some_and(|w| w.unit == 201 && w.address == SETPOINT);
    assert_eq!(entries.iter().skip(recorded).filter(ours).filter(intent).count(), 1);
}
