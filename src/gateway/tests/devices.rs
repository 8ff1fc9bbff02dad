//! Finding, polling, losing devices.

use std::sync::Mutex;
use std::time::SystemTime;

use dpo_registers::codec::{Exception, Pdu};
use tokio::time::Instant;

use super::*;
use crate::bus::{BoxFuture, BusError};

#[tokio::test(start_paused = true)]
async fn devices_are_found_and_empty_slots_stay_absent() {
    let mut rig = Rig::new();
    rig.psus[5].silence(true);
    rig.bbus[2].set(8, 0);
    rig.start();
    let snapshot = rig.cycles(1).await;
    let presence: Vec<_> = snapshot.psus.iter().map(|v| (v.slot, v.unit, v.presence)).collect();
    assert_eq!(presence[0], (1, 200, Presence::Present));
    assert_eq!(presence[5], (6, 205, Presence::Absent));
    assert_eq!(snapshot.bbus[2].presence, Presence::Absent, "a stranger is no BBU");
    assert_eq!(rig.events(EventKind::DeviceFound).len(), 10);
    let output = snapshot.totals.output_power.unwrap();
    assert!((output.0 - 5.0 * 18_667.0 / 8.0).abs() < 1e-9);
    assert_eq!(snapshot.totals.rated_power, Watts(15_000.0));
    assert_eq!(snapshot.state, ShelfState::Normal);
    // Nothing was written at the start.
    assert!(rig.psus.iter().chain(&rig.bbus).all(|d| d.writes().is_empty()));
    // A device that is put in later is found.
    rig.psus[5].silence(false);
    let snapshot = rig.cycles(10).await;
    assert_eq!(snapshot.psus[5].presence, Presence::Present);
    assert_eq!(rig.events(EventKind::DeviceFound).len(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_vanishes_shows_within_two_cycles_and_costs_the_others_nothing() {
    let rig = Rig::started().await;
    rig.cycles(20).await;
    let before = rig.psus[0].requests();
    rig.cycles(20).await;
    let per_twenty = rig.psus[0].requests() - before;

    rig.psus[3].silence(true);
    rig.psus[3].forget_log();
    let snapshot = rig.cycles(2).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Unavailable);
    assert_eq!(snapshot.totals.rated_power, Watts(15_000.0));
    assert!(snapshot.psus[3].reading.output_power.is_some(), "the last reading stays");
    rig.cycles(18).await;
    let before = rig.psus[0].requests();
    let snapshot = rig.cycles(20).await;
    assert_eq!(rig.psus[0].requests() - before, per_twenty, "the others are polled as before");
    assert_eq!(rig.events(EventKind::DeviceLost).len(), 1);
    assert_eq!(snapshot.counters.devices_lost, 1);
    // The first attempt and two retries; a probe in the background counts as no error.
    assert_eq!(snapshot.counters.bus_errors, 3);

    // It returns with another serial number: the static registers are read again. By now its address is dormant.
    rig.psus[3].set(24, 0x5A5A);
    rig.psus[3].silence(false);
    let snapshot = rig.cycles(62).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Present);
    assert_eq!(snapshot.psus[3].reading.identity.serial.as_deref(), Some("ZZ"));
    assert_eq!(rig.events(EventKind::DeviceReturned).len(), 1);
    assert_eq!(snapshot.counters.devices_returned, 1);
}

#[tokio::test(start_paused = true)]
async fn a_device_behind_a_gateway_that_answers_for_it_is_lost_all_the_same() {
    let rig = Rig::started().await;
    rig.cycles(3).await;
    // A Modbus TCP gateway answers 0B for a device that was pulled; a device that starts may answer 02.
    rig.psus[3].refuse_all(Some(Exception::GatewayTargetFailed));
    rig.bbus[2].refuse_all(Some(Exception::IllegalDataAddress));
    let snapshot = rig.cycles(2).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Unavailable);
    assert_eq!(snapshot.bbus[2].presence, Presence::Unavailable);
    assert_eq!(snapshot.counters.devices_lost, 2);
    assert_eq!(rig.events(EventKind::DeviceLost).len(), 2);
    rig.cycles(20).await;
    rig.psus[3].refuse_all(None);
    rig.bbus[2].refuse_all(None);
    let snapshot = rig.cycles(12).await;
    assert_eq!(snapshot.psus[3].presence, Presence::Present);
    assert_eq!(snapshot.bbus[2].presence, Presence::Present);
    assert!(snapshot.bbus[2].reading.state_of_charge.is_some());
    assert_eq!(snapshot.counters.devices_returned, 2);
}

#[tokio::test(start_paused = true)]
async fn a_poll_cycle_needs_few_requests() {
    let rig = Rig::started().await;
    // A multiple of the slow period, so that each device has the same share of slow reads.
    rig.psus[0].forget_log();
    rig.bbus[0].forget_log();
    rig.cycles(25).await;
    // Fast registers of a PSU lie in two blocks, those of a BBU in two; slow ones add to each fifth.
    assert!(rig.psus[0].requests() <= 25 * 2 + 5 * 6, "{}", rig.psus[0].requests());
    assert!(rig.bbus[0].requests() <= 25 * 2 + 5 * 9, "{}", rig.bbus[0].requests());
    assert_eq!(rig.psus[0].refusals_in_last(usize::MAX), 0);
}

#[tokio::test(start_paused = true)]
async fn a_register_that_is_missing_is_reported_once_and_the_device_stays() {
    let mut rig = Rig::new();
    rig.psus[1].refuse(85);
    rig.start();
    let snapshot = rig.cycles(10).await;
    let events = rig.events(EventKind::RegisterMissing);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].subject, "psu 2");
    assert!(events[0].message.contains("ithd"), "{}", events[0].message);
    assert_eq!(snapshot.psus[1].presence, Presence::Present);
    assert!(snapshot.psus[1].reading.input_power.is_some());
    assert_eq!(snapshot.counters.bus_errors, 0, "an exception is an answer");
}

#[tokio::test(start_paused = true)]
async fn what_a_busy_device_did_not_tell_at_first_is_read_later() {
    let mut rig = Rig::new();
    for at in [24, SETPOINT] {
        rig.psus[1].refuse_with(at, Exception::ServerDeviceBusy);
    }
    rig.psus[1].set(24, 0x5A5A);
    rig.psus[1].set(SETPOINT, 49_336);
    rig.start();
    let snapshot = rig.cycles(3).await;
    assert_eq!(snapshot.psus[1].presence, Presence::Present);
    assert_eq!(snapshot.psus[1].reading.identity.serial, None);
    assert!(rig.events(EventKind::SetpointFound).is_empty());
    rig.psus[1].allow(24);
    rig.psus[1].allow(SETPOINT);
    let snapshot = rig.cycles(12).await;
    assert_eq!(snapshot.psus[1].reading.identity.serial.as_deref(), Some("ZZ"));
    assert_eq!(rig.events(EventKind::DeviceFound).len(), 12, "it was found once");
    assert_eq!(rig.events(EventKind::SetpointFound).len(), 1);
    rig.cycles(60).await;
    assert_eq!(rig.psus[1].get(SETPOINT), NOMINAL, "restored after the grace time");
}

/// A bus on which requests and silence take their time, and which notes when an address is read.
struct Timed {
    inner: Arc<dyn Bus>,
    request: Duration,
    silence: Duration,
    seen: Mutex<Vec<(u8, Instant)>>,
}

impl Bus for Timed {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            self.seen.lock().unwrap().push((unit, Instant::now()));
            tokio::time::sleep(self.request).await;
            let answer = self.inner.transact(unit, request).await;
            if answer.is_err() {
                tokio::time::sleep(self.silence).await;
            }
            answer
        })
    }
    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        self.inner.wire_time(request, answer)
    }
    fn name(&self) -> &str {
        "timed"
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_device_does_not_slow_the_cadence_of_the_others() {
    let mut rig = Rig::new();
    let silence = Duration::from_millis(300);
    let timed =
        Timed { inner: Arc::clone(&rig.bus), request: Duration::ZERO, silence, seen: Mutex::default() };
    let timed = Arc::new(timed);
    rig.bus = timed.clone();
    rig.start();
    rig.cycles(10).await;
    rig.psus[3].silence(true);
    timed.seen.lock().unwrap().clear();
    let start = Instant::now();
    rig.cycles(60).await;
    // Each cycle reads a device within some microseconds here: the first read of each second counts.
    let mut times: Vec<Duration> = Vec::new();
    for (unit, at) in timed.seen.lock().unwrap().iter() {
        let since = *at - start;
        if *unit == 205 && times.last().is_none_or(|last| since - *last > SECOND / 2) {
            times.push(since);
        }
    }
    assert_eq!(times.len(), 60);
    // Three attempts, a probe each 5 s up to the tenth failure; then one a minute.
    let to_lost = timed.seen.lock().unwrap().iter().filter(|(unit, _)| *unit == 203).count();
    assert!((10..=11).contains(&to_lost), "{to_lost}");
    let gaps: Vec<Duration> = times.windows(2).map(|w| w[1] - w[0]).collect();
    // The cycle in which it is lost delays those after it by the one time-out; then nothing does.
    assert!(gaps.iter().all(|g| *g >= SECOND - silence && *g <= SECOND + silence), "{gaps:?}");
    assert!(gaps.iter().skip(2).all(|g| *g == SECOND), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn readings_from_before_a_write_do_not_trim_it() {
    let mut rig = Rig::new();
    let request = Duration::from_millis(5);
    let silence = Duration::ZERO;
    let timed = Timed { inner: Arc::clone(&rig.bus), request, silence, seen: Mutex::default() };
    rig.bus = Arc::new(timed);
    let start = Instant::now();
    rig.start();
    rig.cycles(3).await;
    rig.lease(60).await;
    // In the middle of a cycle: part of its readings were taken before the write, part after.
    let polls = rig.gateway().snapshot().counters.polls;
    let next = start.elapsed().as_secs() + 1;
    tokio::time::sleep_until(start + u32::try_from(next).unwrap() * SECOND + 60 * request / 3).await;
    rig.limit(10_000.0).await.unwrap();
    assert!(rig.gateway().snapshot().counters.polls <= polls + 1);
    let written = rig.psus[0].writes().len();
    while rig.gateway().snapshot().counters.polls < polls + 1 {
        tokio::time::sleep(request).await;
    }
    tokio::time::sleep(60 * request).await;
    assert_eq!(rig.psus[0].writes().len(), written);
    rig.cycles(2).await;
    assert!(rig.psus[0].writes().len() > written, "the next whole cycle does");
}

#[tokio::test(start_paused = true)]
async fn silence_makes_an_address_dormant_and_a_rescan_wakes_it() {
    let rig = Rig::started().await;
    let probes = |units: &[usize]| units.iter().map(|i| rig.psus[*i].asked()).collect::<Vec<_>>();
    rig.psus[1].silence(true);
    // An exception is an answer, though none that makes a device of it.
    rig.psus[2].refuse_all(Some(Exception::ServerDeviceBusy));
    rig.cycles(60).await;
    let before = probes(&[1, 2]);
    assert_eq!(rig.gateway().snapshot().lines[0].dormant, 1);
    rig.cycles(60).await;
    let after = probes(&[1, 2]);
    assert!((1..=2).contains(&(after[0] - before[0])), "one probe a minute: {before:?} {after:?}");
    assert!(after[1] - before[1] >= 10, "as before: {before:?} {after:?}");

    rig.psus[1].silence(false);
    rig.psus[2].refuse_all(None);
    rig.gateway().rescan();
    let snapshot = rig.cycles(2).await;
    assert!(snapshot.psus.iter().all(|v| v.presence == Presence::Present));
    assert_eq!(snapshot.lines[0].dormant, 0);
}

#[tokio::test(start_paused = true)]
async fn lessons_are_kept_for_a_device_and_forgotten_with_it() {
    let mut rig = Rig::new();
    rig.psus[1].refuse(85);
    rig.start();
    rig.cycles(3).await;
    let refusals = |rig: &Rig| rig.psus[1].refusals_in_last(usize::MAX);
    let away = |rig: &Rig, silent| rig.psus[1].silence(silent);
    // The same device comes back: what it taught still holds.
    away(&rig, true);
    rig.cycles(3).await;
    let learned = refusals(&rig);
    away(&rig, false);
    assert_eq!(rig.cycles(8).await.psus[1].presence, Presence::Present);
    assert_eq!(refusals(&rig), learned, "nothing is asked for again");
    // Another one with the missing register.
    away(&rig, true);
    rig.cycles(3).await;
    rig.psus[1].allow(85);
    rig.psus[1].set(85, 512);
    rig.psus[1].set(24, 0x5A5A);
    away(&rig, false);
    let snapshot = rig.cycles(8).await;
    assert_eq!(snapshot.psus[1].presence, Presence::Present);
    assert_eq!(snapshot.psus[1].words.get(&85), Some(&512));
    // A rescan asks again, too: the same device may have new firmware.
    rig.psus[1].refuse(86);
    rig.cycles(8).await;
    assert!(!rig.gateway().snapshot().psus[1].words.contains_key(&86));
    rig.psus[1].allow(86);
    rig.cycles(8).await;
    assert!(!rig.gateway().snapshot().psus[1].words.contains_key(&86));
    rig.gateway().rescan();
    assert!(rig.cycles(8).await.psus[1].words.contains_key(&86));
}

#[tokio::test(start_paused = true)]
async fn devices_are_told_the_time_when_they_arrive() {
    let mut rig = Rig::new();
    rig.time_sync = true;
    rig.start();
    rig.cycles(14).await;
    let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for psu in &rig.psus {
        assert_eq!(psu.writes(), [98]);
        let told = u64::from(psu.get(98)) << 16 | u64::from(psu.get(99));
        assert!(now.abs_diff(told) <= 60, "{told} at {now}");
    }
    assert!(rig.bbus.iter().all(|bbu| bbu.writes() == [302]));
    // One that was away may have another time.
    rig.psus[2].silence(true);
    rig.cycles(3).await;
    rig.psus[2].silence(false);
    rig.psus[2].set(98, 0);
    rig.psus[2].forget_log();
    rig.cycles(10).await;
    assert_eq!(rig.psus[2].writes(), [98]);
    assert!(rig.events(EventKind::SetpointApplied).is_empty());
}

/// A bus that is cut: requests never end.
struct Dead;

impl Bus for Dead {
    fn transact(&self, _: u8, _: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(std::future::pending())
    }
    fn wire_time(&self, _: usize, _: usize) -> Duration {
        Duration::ZERO
    }
    fn name(&self) -> &str {
        "dead"
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_bus_does_not_stop_the_other() {
    let mut rig = Rig::new();
    let mut slots = GatewayConfig::default().slots;
    let second = [(SlotKind::Psu, 200), (SlotKind::Bbu, 64)];
    slots.extend(second.map(|(kind, first_unit)| SlotRange {
        kind,
        bus: 1,
        first_unit,
        first_slot: 7,
        count: 6,
    }));
    let config = GatewayConfig { slots, ..GatewayConfig::default() };
    assert_eq!(config.check(2), Ok(()));
    let lines = vec![Arbiter::new(Arc::clone(&rig.bus)), Arbiter::from(Arc::new(Dead))];
    rig.gateway = Some(spawn(config, lines, rig.cancel.clone()).unwrap());
    let start = Instant::now();
    let snapshot = rig.cycles(20).await;
    assert!(start.elapsed() < 25 * SECOND, "{:?}", start.elapsed());
    assert_eq!(snapshot.psus.len(), 12);
    let present = |s: &Snapshot| s.psus.iter().filter(|v| v.presence == Presence::Present).count();
    assert_eq!(present(&snapshot), 6);
    rig.lease(60).await;
    rig.limit(10_000.0).await.unwrap();
    assert!(rig.setpoints().iter().all(|w| *w < 50_000));
    rig.stop().await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn a_whole_shelf_that_returns_is_back_within_one_probe() {
    let rig = Rig::started().await;
    let all = || rig.psus.iter().chain(&rig.bbus);
    all().for_each(|d| d.silence(true));
    let snapshot = rig.cycles(2).await;
    assert_eq!(snapshot.counters.devices_lost, 12);
    assert_eq!(snapshot.totals.output_power, None);
    rig.cycles(20).await;
    all().for_each(|d| d.silence(false));
    let snapshot = rig.cycles(2).await;
    assert_eq!(snapshot.counters.devices_returned, 12);
    assert_eq!(snapshot.totals.rated_power, Watts(18_000.0));
    assert_eq!(snapshot.psus[0].reading.output_voltage, Some(Volts(51.0)));
}

#[tokio::test]
async fn a_configuration_that_cannot_work_starts_nothing() {
    let config = GatewayConfig { poll_interval: Duration::ZERO, ..GatewayConfig::default() };
    let refused =
        spawn(config, vec![Arbiter::new(Rig::new().bus)], CancellationToken::new()).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("poll_interval"), "{refused}");
    let refused = spawn(GatewayConfig::default(), Vec::<Arbiter>::new(), CancellationToken::new())
        .map(|_| ())
        .unwrap_err();
    assert!(refused.to_string().contains("there are 0 buses"), "{refused}");
}
