//! The power cycle of a PSU: what is in its way, what is written, and what becomes of it.

use super::*;
use crate::shelf::journal::{Entry, Item, Stored};
use dpo_registers::codec::Exception;

const CYCLED: u16 = 0x8801;

/// A shelf of 12 kW on which power cycles are switched on; PSU 3 is `at` 2.
async fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.psu_reset = true;
    rig.psus.iter().for_each(|psu| psu.set(82, 16_000));
    rig.start();
    rig.cycles(2).await;
    rig
}

/// Output off, as it looks in the registers.
fn off(rig: &Rig, psu: usize) {
    // A command bit reads 0 at once.
    rig.psus[psu].set(SETTINGS, rig.psus[psu].get(SETTINGS) & 0x7FFF);
    [(79, 0), (82, 0), (62, 1)].iter().for_each(|(at, word)| rig.psus[psu].set(*at, *word));
}

fn on(rig: &Rig, psu: usize) {
    [(79, 51 * 1024), (82, 16_000), (62, 0)].iter().for_each(|(at, word)| rig.psus[psu].set(*at, *word));
}

async fn begin(rig: &Rig, psu: u8) -> Result<PowerCycling, GateError> {
    rig.gateway().power_cycle(owner(), psu).await
}

/// What is in the way of a power cycle of PSU 3.
async fn in_the_way(rig: &Rig) -> String {
    let written: Vec<_> = rig.psus.iter().flat_map(|psu| psu.writes()).collect();
    let error = begin(rig, 3).await.unwrap_err();
    let after: Vec<_> = rig.psus.iter().flat_map(|psu| psu.writes()).collect();
    assert_eq!(written, after, "refused, and yet written: {error}");
    assert!(matches!(error, GateError::State { .. }), "{error}");
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn one_bit_is_written_and_the_end_is_told_when_the_psu_is_back() {
    let rig = rig().await;
    assert_eq!(rig.gateway().snapshot().power_cycle.offered, [1, 2, 3, 4, 5, 6]);
    assert_eq!(begin(&rig, 3).await.unwrap_err(), GateError::NoLease);
    rig.lease(300).await;
    let cycling = begin(&rig, 3).await.unwrap();
    // The write enable, then the power cycle: every other bit as it was.
    assert_eq!((rig.psus[2].writes(), rig.psus[2].get(SETTINGS)), (vec![SETTINGS, SETTINGS], CYCLED));
    let open = rig.journal.recover().await.unwrap().unfinished;
    assert_eq!(
        open.iter().filter_map(Stored::write).map(|w| w.after.clone()).collect::<Vec<_>>(),
        [[CYCLED]]
    );
    assert_eq!(rig.gateway().snapshot().power_cycle.under_way, Some(3));
    // Meanwhile: no other one, and no setpoint.
    assert!(begin(&rig, 4).await.unwrap_err().to_string().contains("psu 3 is being power-cycled"));
    assert!(rig.limit(9_000.0).await.unwrap_err().to_string().contains("psu 3 is being power-cycled"));
    off(&rig, 2);
    let snapshot = rig.cycles(3).await;
    // What it reports says nothing about the busbar, and what is rated stays.
    assert_eq!(snapshot.totals.bus_voltage, Some(Volts(51.0)));
    assert_eq!(snapshot.totals.rated_power, Watts(18_000.0));
    rig.cycles(8).await;
    on(&rig, 2);
    let took = cycling.ended().await.unwrap();
    assert!((Duration::from_secs(9)..Duration::from_secs(14)).contains(&took), "{took:?}");
    assert_eq!(rig.psus[2].get(SETTINGS), 0x0800, "the write enable is clear again");
    assert!(rig.journal.recover().await.unwrap().unfinished.is_empty());
    let told: Vec<_> = rig.events(EventKind::PowerCycle).iter().map(|e| e.severity).collect();
    // Two were refused in between, of which one is not worth an event of its own.
    assert_eq!(told.iter().filter(|s| **s == Severity::Ok).count(), 1, "{told:?}");
    let others = rig.psus.iter().enumerate().filter(|(i, _)| *i != 2);
    assert!(others.into_iter().all(|(_, psu)| psu.writes().is_empty()));
    // The next one waits.
    assert!(in_the_way(&rig).await.contains("a moment ago"));
    rig.cycles(61).await;
    begin(&rig, 4).await.unwrap();
    assert_eq!(rig.psus[3].get(SETTINGS), CYCLED);
}

#[tokio::test(start_paused = true)]
async fn each_condition_that_fails_is_named_and_nothing_is_written() {
    let refused = |change: fn(&Rig), words: &'static str| async move {
        let rig = rig().await;
        rig.lease(300).await;
        change(&rig);
        rig.cycles(9).await;
        let why = in_the_way(&rig).await;
        assert!(why.contains(words), "{why} instead of {words}");
    };
    refused(|rig| rig.psus[2].silence(true), "psu 3 does not answer").await;
    refused(|rig| rig.psus[4].silence(true), "psu 5 does not answer").await;
    refused(|rig| rig.psus[4].set(63, 0x100), "psu 5 reports Fan_Failure").await;
    refused(|rig| off(rig, 4), "psu 5 reports Main_UVP").await;
    refused(|rig| rig.psus[4].set(79, 49 * 1024), "psu 5 has 49.00 V at its output").await;
    refused(|rig| rig.psus[4].set(82, 100), "psu 5 carries 12 W").await;
    refused(|rig| rig.psus[4].refuse(82), "what psu 5 carries is not known").await;
    refused(|rig| rig.psus[2].refuse(87), "what psu 3 draws and gives is not known").await;
    refused(|rig| rig.psus[4].set(SETPOINT, 50 * 1024), "psu 5 holds a setpoint of 50 V").await;
    refused(
        |rig| rig.psus.iter().for_each(|p| p.set(82, 19_000)),
        "without this PSU the others may carry 13500 W",
    )
    .await;
    refused(|rig| rig.psus.iter().for_each(|p| p.set(88, 100 * 64)), "SagDetected").await;
    refused(|rig| rig.bbus[1].silence(true), "bbu 2 does not answer").await;
    // 100 W of each pack: a discharge by themselves.
    refused(|rig| rig.bbus.iter().for_each(|b| b.set(129, (-250i16) as u16)), "Supporting").await;
    // 15 W of each: too little for the state, and a discharge.
    refused(|rig| rig.bbus.iter().for_each(|b| b.set(129, (-40i16) as u16)), "the BBUs give").await;
}

#[tokio::test(start_paused = true)]
async fn a_load_that_was_too_high_a_while_ago_counts() {
    let rig = rig().await;
    rig.lease(300).await;
    rig.psus.iter().for_each(|p| p.set(82, 19_000));
    rig.cycles(2).await;
    rig.psus.iter().for_each(|p| p.set(82, 8_000));
    rig.cycles(20).await;
    assert!(in_the_way(&rig).await.contains("in the last minute"));
    rig.cycles(61).await;
    begin(&rig, 3).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_in_force_and_who_holds_the_lease_is_respected() {
    let rig = rig().await;
    // Somebody else's lease.
    rig.gateway().acquire(other(), 60 * SECOND).await.unwrap();
    assert!(matches!(begin(&rig, 3).await.unwrap_err(), GateError::HeldByOther { .. }));
    rig.gateway().release(other()).await.unwrap();
    rig.lease(300).await;
    // A limit that is near: 12.45 kW are drawn.
    rig.psus.iter().for_each(|p| p.set(87, 16_600));
    rig.cycles(62).await;
    rig.limit(13_000.0).await.unwrap();
    assert!(in_the_way(&rig).await.contains("too near the limit of 13000 W"));
    // One with room: not in the way, and kept while the PSU is away.
    rig.limit(16_000.0).await.unwrap();
    let cycling = begin(&rig, 3).await.unwrap();
    off(&rig, 2);
    rig.cycles(3).await;
    assert_eq!(rig.gateway().snapshot().input_power_limit.applied, Some(Watts(16_000.0)));
    // The load jumps over it: nothing is steered with a PSU away, and that is said.
    let written: Vec<_> = rig.psus.iter().map(|p| p.writes().len()).collect();
    rig.psus.iter().enumerate().filter(|(i, _)| *i != 2).for_each(|(_, p)| {
        p.set(82, 27_000);
        p.set(87, 28_000);
    });
    rig.cycles(5).await;
    assert_eq!(rig.gateway().snapshot().input_power_limit.applied, None);
    assert_eq!(rig.psus.iter().map(|p| p.writes().len()).collect::<Vec<_>>(), written);
    on(&rig, 2);
    cycling.ended().await.unwrap();
    rig.cycles(3).await;
    assert!(rig.setpoints().iter().all(|word| *word < NOMINAL), "then the limit is held again");
    assert!(in_the_way(&rig).await.contains("a moment ago"));
    rig.cycles(60).await;
    // Packs without physics do not give what was asked for.
    assert!(in_the_way(&rig).await.contains("FailSafe"));
}

#[tokio::test(start_paused = true)]
async fn it_is_offered_only_where_it_was_switched_on() {
    let rig = Rig::started().await;
    assert_eq!(rig.gateway().snapshot().power_cycle, PowerCycleView::default());
    rig.lease(60).await;
    assert!(in_the_way(&rig).await.contains("not switched on"));
}

#[tokio::test(start_paused = true)]
async fn a_psu_that_refuses_is_left_as_it_was() {
    let rig = rig().await;
    rig.lease(300).await;
    // The write enable is taken, the power cycle is not.
    rig.psus[2].refuse_after(SETTINGS, 1, 1, Exception::IllegalDataValue);
    let error = begin(&rig, 3).await.unwrap_err();
    assert!(matches!(error, GateError::Device { .. }), "{error}");
    assert_eq!(rig.psus[2].get(SETTINGS), 0x0800);
    assert_eq!(rig.gateway().snapshot().power_cycle.under_way, None);
    assert!(rig.journal.recover().await.unwrap().unfinished.is_empty());
    // It may be tried again at once: nothing has happened. A failure may come half way: whether it goes is seen.
    rig.psus[2].refuse_after(SETTINGS, 1, 1, Exception::ServerDeviceFailure);
    begin(&rig, 3).await.unwrap();
    assert_eq!(rig.gateway().snapshot().power_cycle.under_way, Some(3));
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_go_or_does_not_come_back_is_told_as_a_failure() {
    // It acknowledges, and nothing happens.
    let rig = rig().await;
    rig.lease(300).await;
    let cycling = begin(&rig, 3).await.unwrap();
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("not seen to go"), "{error}");
    rig.cycles(61).await;
    assert!(begin(&rig, 3).await.unwrap_err().to_string().contains("is set already"));
    rig.psus[2].set(SETTINGS, 0x0801);
    // It stops answering, and stays away.
    let cycling = begin(&rig, 3).await.unwrap();
    rig.psus[2].silence(true);
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("not back within 60s: it does not answer"), "{error}");
    let lost = rig.events(EventKind::DeviceLost);
    assert!(lost.len() == 1 && lost[0].message.contains("power-cycled"), "{lost:?}");
    // It comes back later, as any PSU does, with another setpoint than before: its owner's.
    rig.psus[2].silence(false);
    rig.psus[2].set(SETPOINT, 50 * 1024);
    rig.cycles(62).await;
    assert!(in_the_way(&rig).await.contains("psu 3 holds a setpoint of 50 V"));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_back_with_another_setpoint_is_told_as_a_failure() {
    let rig = rig().await;
    rig.lease(300).await;
    let cycling = begin(&rig, 3).await.unwrap();
    rig.psus[2].silence(true);
    rig.cycles(7).await;
    rig.psus[2].set(SETPOINT, 50 * 1024);
    rig.psus[2].silence(false);
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("back, but it holds a setpoint of 50 V, not 51 V"), "{error}");
}

/// What a gateway that was killed in a power cycle left, and the one after it.
#[tokio::test(start_paused = true)]
async fn a_killed_gateway_is_followed_by_one_that_knows_and_sends_nothing_again() {
    let mut rig = rig().await;
    rig.lease(300).await;
    drop(begin(&rig, 3).await.unwrap());
    off(&rig, 2);
    // Killed: its tasks end where they are.
    rig.gateway.take().unwrap().1.abort();
    rig.psus.iter().for_each(|psu| psu.forget_log());
    rig.psus[2].silence(true);
    rig.start();
    rig.cycles(3).await;
    // No setpoint is lowered before it is back.
    rig.lease(300).await;
    let away = "psu 3 was power-cycled before the gateway started";
    assert!(rig.limit(16_000.0).await.unwrap_err().to_string().contains(away));
    let volts = rig.gateway().set_bus_voltage(owner(), Some(Volts(50.0))).await;
    assert!(volts.unwrap_err().to_string().contains(away));
    rig.gateway().release(owner()).await.unwrap();
    rig.psus.iter().for_each(|psu| psu.forget_log());
    rig.psus[2].set(SETTINGS, 0x0801);
    rig.cycles(9).await;
    rig.psus[2].silence(false);
    on(&rig, 2);
    rig.cycles(8).await;
    let told: Vec<_> = rig.events(EventKind::Journal).into_iter().map(|e| e.message).collect();
    assert!(told.iter().any(|m| m.contains("a power cycle, during which the gateway ended")), "{told:?}");
    assert!(rig.psus.iter().all(|psu| psu.writes().is_empty()), "a restart writes nothing");
    assert!(rig.journal.recover().await.unwrap().unfinished.is_empty());
    // The next one waits, after a restart too.
    assert_eq!(rig.psus[2].get(SETTINGS), 0x0801);
    rig.lease(300).await;
    assert!(in_the_way(&rig).await.contains("a moment ago"));
    rig.limit(16_000.0).await.unwrap();
    rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await.unwrap();
    // The write enable that was set for it is cleared when somebody takes over.
    rig.cycles(2).await;
    assert_eq!((rig.psus[2].writes(), rig.psus[2].get(SETTINGS)), (vec![SETTINGS], 0x0800));
}

/// A journal whose disk fails from the second entry of a power cycle on.
#[tokio::test(start_paused = true)]
async fn without_a_record_nothing_is_sent() {
    #[derive(Debug)]
    struct Failing(MemoryJournal);
    impl Journal for Failing {
        fn record(
            &self,
            entry: Entry,
        ) -> crate::bus::BoxFuture<'_, Result<u64, crate::shelf::journal::JournalError>> {
            let cycle = matches!(&entry.item, Item::Intent { write } if write.after == [CYCLED]);
            if cycle {
                return Box::pin(std::future::pending());
            }
            self.0.record(entry)
        }
        fn recover(
            &self,
        ) -> crate::bus::BoxFuture<
            '_,
            Result<crate::shelf::journal::Recovery, crate::shelf::journal::JournalError>,
        > {
            self.0.recover()
        }
    }
    let mut rig = Rig::new();
    rig.psu_reset = true;
    rig.psus.iter().for_each(|psu| psu.set(82, 16_000));
    rig.other_journal = Some(Arc::new(Failing(MemoryJournal::default())));
    rig.start();
    rig.cycles(2).await;
    rig.lease(300).await;
    let error = begin(&rig, 3).await.unwrap_err().to_string();
    assert!(error.contains("not on record"), "{error}");
    // The write enable was set and is clear again.
    assert_eq!((rig.psus[2].writes(), rig.psus[2].get(SETTINGS)), (vec![SETTINGS, SETTINGS], 0x0800));
}

/// A journal during whose record of a power cycle something happens.
struct Meanwhile {
    inner: MemoryJournal,
    psus: Vec<Arc<crate::shelf::testing::Fake>>,
    what: fn(&[Arc<crate::shelf::testing::Fake>]),
    takes: Duration,
}

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Journal for Meanwhile {
    fn record(
        &self,
        entry: Entry,
    ) -> crate::bus::BoxFuture<'_, Result<u64, crate::shelf::journal::JournalError>> {
        Box::pin(async move {
            if matches!(&entry.item, Item::Intent { write } if write.after == [CYCLED]) {
                (self.what)(&self.psus);
                tokio::time::sleep(self.takes).await;
            }
            self.inner.record(entry).await
        })
    }
    fn recover(
        &self,
    ) -> crate::bus::BoxFuture<'_, Result<crate::shelf::journal::Recovery, crate::shelf::journal::JournalError>>
    {
        self.inner.recover()
    }
}

#[tokio::test(start_paused = true)]
async fn what_changes_while_it_is_put_on_record_is_seen_before_it_is_sent() {
    type Change = fn(&[Arc<crate::shelf::testing::Fake>]);
    let changes: [(Change, &str); 8] = [
        (|p| p[4].set(79, 49 * 1024), "psu 5 has 49.00 V"),
        (|p| p[4].set(63, 0x100), "psu 5 reports Fan_Failure"),
        (|p| p[4].set(SETPOINT, 50 * 1024), "psu 5 holds a setpoint of 50 V"),
        (|p| p[4].silence(true), "psu 5 could not be read once more"),
        (|p| p.iter().for_each(|p| p.set(82, 19_000)), "13500 W"),
        (|p| p.iter().for_each(|p| p.set(88, 100 * 64)), "the AC input is at"),
        (|p| p[2].set(SETTINGS, 0x8801), "is set already"),
        (|_| (), "no lease"),
    ];
    for (what, words) in changes {
        let mut rig = Rig::new();
        rig.psu_reset = true;
        rig.psus.iter().for_each(|psu| psu.set(82, 16_000));
        let takes = Duration::from_millis(1_500);
        let journal =
            Arc::new(Meanwhile { inner: MemoryJournal::default(), psus: rig.psus.clone(), what, takes });
        rig.other_journal = Some(journal.clone());
        rig.start();
        rig.cycles(2).await;
        // The last one: the lease ends meanwhile.
        rig.lease(if words == "no lease" { 1 } else { 300 }).await;
        let error = begin(&rig, 3).await.unwrap_err();
        if words == "no lease" {
            assert_eq!(error, GateError::NoLease);
        } else {
            assert!(error.to_string().contains(words), "{error} instead of {words}");
        }
        // The write enable, and that it is clear again where the settings allow it; no command.
        assert_eq!(rig.gateway().snapshot().power_cycle.under_way, None, "{words}");
        if words != "is set already" {
            assert_eq!((rig.psus[2].writes(), rig.psus[2].get(SETTINGS)), (vec![SETTINGS; 2], 0x0800));
        }
        assert!(journal.recover().await.unwrap().unfinished.is_empty(), "{words}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_and_an_old_alarm_are_no_sign_that_the_output_went() {
    // The link fails for a while: the PSU tells that it has been on for long.
    let rig = rig().await;
    rig.lease(300).await;
    rig.psus[2].set(55, 5_000);
    let cycling = begin(&rig, 3).await.unwrap();
    rig.psus[2].silence(true);
    rig.cycles(8).await;
    rig.psus[2].silence(false);
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("not seen to go"), "{error}");
    // An alarm that was latched before, and is cleared after a while.
    rig.psus[2].set(SETTINGS, 0x0801);
    rig.psus[2].set(62, 1);
    rig.cycles(61).await;
    let cycling = begin(&rig, 3).await.unwrap();
    rig.cycles(8).await;
    rig.psus[2].set(62, 0);
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("not seen to go"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_minute_of_rest_outlasts_a_restart_and_other_settings_are_told() {
    let mut rig = rig().await;
    rig.lease(300).await;
    let cycling = begin(&rig, 3).await.unwrap();
    off(&rig, 2);
    rig.cycles(8).await;
    on(&rig, 2);
    rig.psus[2].set(SETTINGS, 0x0001);
    let error = cycling.ended().await.unwrap_err().to_string();
    assert!(error.contains("setting_register is 0x0001, and was 0x0801"), "{error}");
    rig.gateway.take().unwrap().1.abort();
    rig.start();
    rig.cycles(3).await;
    rig.lease(300).await;
    assert!(in_the_way(&rig).await.contains("a moment ago"));
    // It is back: setpoints are taken.
    rig.cycles(3).await;
    rig.limit(16_000.0).await.unwrap();
}
