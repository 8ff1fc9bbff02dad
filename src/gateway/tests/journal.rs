//! What is on record, what a gateway does about the one before it, and how support ends by age and state.

use dpo_registers::codec::Exception;

use super::*;
use crate::shelf::journal::{By, CommitEnd, Item, LeaseEnd, Outcome, Stored};

/// Kinds of the entries, without the writes.
fn kinds(journal: &MemoryJournal) -> Vec<Item> {
    journal.entries().into_iter().filter(|e| e.write().is_none()).map(|e| e.item).collect()
}

#[tokio::test(start_paused = true)]
async fn lease_and_commit_are_on_record_with_their_owner_and_their_end() {
    let mut rig = Rig::started().await;
    rig.lease(5).await;
    rig.limit(10_000.0).await.unwrap();
    rig.psus[2].refuse_writes(Some(Exception::ServerDeviceFailure));
    rig.limit(9_000.0).await.unwrap_err();
    rig.psus[2].refuse_writes(None);
    rig.cycles(7).await;
    rig.stop().await;
    let kinds = kinds(&rig.journal);
    let expected = [
        "Started",
        "LeaseGranted { duration_ms: 5000 }",
        "Commit { commit: 1, asked: \"input power limit 10000 W\" }",
        "CommitEnded { commit: 1, end: Applied }",
        "Commit { commit: 2",
        "CommitEnded { commit: 2, end: RolledBack { reason: \"psu 3",
        "LeaseEnded { how: Expired }",
        "Stopped",
    ];
    assert_eq!(kinds.len(), expected.len(), "{kinds:#?}");
    for (kind, start) in kinds.iter().zip(expected) {
        assert!(format!("{kind:?}").starts_with(start), "{kind:?} is not {start}");
    }
    let entries = rig.journal.entries();
    let by = |entry: &Stored| entry.by == By::new("local", "test");
    assert!(entries.iter().filter(|e| !matches!(e.item, Item::Started { .. } | Item::Stopped)).any(by));
    let of = |number| {
        entries.iter().filter(move |e| {
            matches!(e.item, Item::Intent { .. }) && e.write().is_some_and(|w| w.commit == Some(number))
        })
    };
    assert_eq!(of(1).count(), 12);
    assert!(of(1).all(by));
    // Two PSUs were lowered further and sent back at once, which is on record, too.
    let sent_back = |e: &&Stored| match &e.item {
        Item::Outcome { write, outcome: Outcome::Failed { reason }, .. } => {
            write.commit == Some(2) && reason.contains("sent back")
        }
        _ => false,
    };
    assert_eq!(entries.iter().filter(sent_back).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_was_killed_in_a_commit_changes_nothing_and_finds_out() {
    let mut rig = Rig::started().await;
    rig.lease(600).await;
    rig.psus[3].set(SETTINGS, 0x0801);
    let gateway = rig.gateway().clone();
    let asked =
        tokio::spawn(
            async move { gateway.set(owner(), Setpoint::InputPowerLimit(Some(Watts(10_000.0)))).await },
        );
    while rig.psus[3].get(SETPOINT) > 50_000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    rig.gateway.take().unwrap().1.abort();
    assert_eq!(asked.await.unwrap(), Err(GateError::Stopped));
    let killed = rig.setpoints();
    assert!(killed.iter().all(|w| *w < 50_000), "sent close together: {killed:?}");
    rig.psus.iter().for_each(|p| p.forget_log());

    rig.start();
    rig.cycles(1).await;
    assert!(rig.psus.iter().all(|p| p.writes().is_empty()), "a restart writes nothing");
    let kept = kinds(&rig.journal);
    assert!(kept.contains(&Item::LeaseEnded { how: LeaseEnd::GatewayEnded }));
    assert!(kept.contains(&Item::CommitEnded { commit: 1, end: CommitEnd::GatewayEnded }));
    let entries = rig.journal.entries();
    let found: Vec<_> = entries
        .iter()
        .filter_map(|e| match &e.item {
            Item::Outcome { write, outcome: Outcome::Found { holds }, .. } => {
                Some((write.unit, holds.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(found, (200..206).zip(killed.iter().map(|w| vec![*w])).collect::<Vec<_>>());
    let told = rig.events(EventKind::Journal);
    assert!(told.iter().any(|e| e.subject == "psu 4" && e.message.contains("it was taken")), "{told:?}");
    assert!(told.iter().any(|e| e.message.contains("nobody was told")), "{told:?}");
    // Nobody takes the lease: the fail-safe values return, and the flags that were set for it are cleared.
    rig.cycles(65).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    let flags: Vec<_> = rig.psus.iter().map(|p| p.get(SETTINGS)).collect();
    assert_eq!(flags, [0x0800, 0x0800, 0x0800, 0x0801, 0x0800, 0x0800]);
    // Numbers go on.
    rig.lease(600).await;
    rig.limit(10_000.0).await.unwrap();
    assert!(kinds(&rig.journal).contains(&Item::CommitEnded { commit: 2, end: CommitEnd::Applied }));
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_that_is_not_written_again_falls_back_though_the_lease_is_renewed() {
    let mut rig = Rig::new();
    rig.max_age = Some(10 * SECOND);
    rig.bbus.iter().for_each(|b| b.set(129, -1800i16 as u16));
    rig.start();
    rig.cycles(1).await;
    rig.lease(60).await;
    rig.limit(10_000.0).await.unwrap();
    rig.cycles(6).await;
    rig.limit(10_000.0).await.unwrap();
    for _ in 0..9 {
        rig.cycles(1).await;
        rig.lease(60).await;
    }
    assert!(rig.setpoints().iter().all(|w| *w < 50_000), "written again after 6 s");
    let snapshot = rig.cycles(3).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert_eq!((snapshot.state, snapshot.lease.owner.clone()), (ShelfState::FailSafe, Some(owner())));
    // The same lease does not bring it back; a new one does.
    assert!(matches!(rig.limit(10_000.0).await, Err(GateError::State { reason }) if reason.contains("anew")));
    rig.gateway().release(owner()).await.unwrap();
    rig.lease(60).await;
    rig.limit(10_000.0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn bbus_that_gave_for_as_long_as_they_allow_rest_before_they_are_asked_again() {
    let rig = Rig::started().await;
    rig.bbus.iter().for_each(|b| {
        b.set(289, 90);
        b.set(129, -1800i16 as u16);
    });
    rig.cycles(6).await;
    rig.lease(3600).await;
    rig.limit(10_000.0).await.unwrap();
    let mut waited = 0;
    while rig.cycles(1).await.state != ShelfState::FailSafe {
        waited += 1;
        assert!(waited < 120);
    }
    rig.bbus.iter().for_each(|b| b.set(129, 0));
    rig.cycles(2).await;
    rig.gateway().release(owner()).await.unwrap();
    rig.lease(3600).await;
    assert!(matches!(rig.limit(10_000.0).await, Err(GateError::State { reason }) if reason.contains("rest")));
    rig.cycles(60).await;
    rig.limit(10_000.0).await.unwrap();
}
