//! The engine reads and steers a gateway by Redfish and by the PMI block.

use std::time::Duration;

use dpo_gateway::engine::client::Trust;
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::modbus::ModbusTelemetry;
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::intake::{Reading, Report, Telemetry};
use dpo_gateway::engine::push::modbus::ModbusPush;
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::push::{Outcome, Push};
use dpo_gateway::engine::run::{Engine, Pool, SteerConfig};
use dpo_gateway::engine::setpoint::{GridState, Setpoint, Source};
use dpo_gateway::gateway::{Owner, Setpoint as GateSetpoint, ShelfState};
use dpo_gateway::registers::units::Watts;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Fixed};

/// Readings of a source that are whole, after those of the first looks.
async fn readings(source: &mut dyn Telemetry, count: usize) -> Vec<Reading> {
    let mut found = Vec::new();
    while found.len() < count {
        match source.next().await {
            Report::Reading(r) if r.state.psu_available_w > 0.0 => found.push(*r),
            Report::Reading(_) => (),
            other => panic!("{other:?}"),
        }
    }
    found
}

fn agree(bench: &Bench, readings: &[Reading], clock: Clock) {
    let truth = bench.embedded.shelf.truth();
    let last = readings.last().unwrap();
    assert!((last.state.load_w - 12e3).abs() < 400.0, "{last:?}");
    assert!((last.state.input_w - truth.ac_power.0).abs() < 400.0, "{last:?}, true {truth:?}");
    assert_eq!((last.state.psu_available_w, last.state.bbu_available_w), (18e3, 18e3));
    assert_eq!(last.state.grid, GridState::Normal);
    assert!((0.5..=1.0).contains(&last.state.state_of_charge), "{last:?}");
    assert!(last.ac.low_v.unwrap() > 200.0 && last.ac.frequency_hz.unwrap() > 40.0, "{:?}", last.ac);
    assert!(readings.windows(2).all(|w| w[1].state.t_s > w[0].state.t_s), "times go forward");
    assert!(readings.iter().all(|r| r.state.t_s <= r.received_s && r.received_s <= clock.now_s()));
}

#[tokio::test]
async fn both_ways_tell_what_the_shelf_does() {
    let bench = Bench::start(12e3).await;
    let clock = Clock::start();
    let mut redfish = RedfishTelemetry::new(bench.pinned(), clock);
    let by_redfish = readings(&mut redfish, 10).await;
    agree(&bench, &by_redfish, clock);
    // Both run on the clock of this machine; what is left is the way here.
    let ahead = by_redfish.last().unwrap().clock_ahead_s.unwrap();
    assert!(ahead <= 0.01, "{ahead}");
    redfish.close().await;
    let mut modbus = ModbusTelemetry::new(bench.block(), Duration::from_millis(50), clock);
    let by_modbus = readings(&mut modbus, 10).await;
    agree(&bench, &by_modbus, clock);
    // The block alone tells what the gateway was declared.
    let declared = bench.embedded.gateway.snapshot().fast.map(|fast| fast.nominal.0);
    assert_eq!(by_modbus.last().unwrap().ac.nominal_v, declared);
    assert_eq!(by_redfish.last().unwrap().ac.nominal_v, None);
    bench.end().await;
}

#[tokio::test]
async fn only_the_gateway_that_is_meant_is_talked_to() {
    let bench = Bench::start(9e3).await;
    let root = "/redfish/v1/Managers/Gateway";
    bench.pinned().get(root).await.unwrap();
    bench.client(&Trust::Authority(bench.pem.clone())).get(root).await.unwrap();
    bench.client(&Trust::Anybody).get(root).await.unwrap();
    let other = Trust::fingerprint(&"00".repeat(32)).unwrap();
    let error = bench.client(&other).get(root).await.unwrap_err().to_string();
    assert!(error.contains(&bench.print), "the fingerprint that was met is named: {error}");
    let stranger = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let error =
        bench.client(&Trust::Authority(stranger.cert.pem().into_bytes())).get(root).await.unwrap_err();
    assert!(!error.refused(), "{error}");
    bench.end().await;
}

async fn steer(bench: &Bench, telemetry: Box<dyn Telemetry>, push: Box<dyn Push>, clock: Clock) {
    let planner = Fixed::new(Some(10e3));
    let stop = CancellationToken::new();
    let engine = Engine {
        name: "shelf".into(),
        telemetry,
        planner: Box::new(planner.clone()),
        standby: None,
        pool: Pool::default(),
        push: Some(push),
        recorder: None,
        log: None,
        config: SteerConfig::default(),
    };
    let runs = tokio::spawn(engine.run(clock, stop.clone()));
    bench.until("10 kW are held", |b| b.held() == Some(10e3)).await;
    bench.until("the input falls to it", |b| b.embedded.shelf.truth().ac_power.0 < 10.3e3).await;
    // Support that was asked for is no event of the grid.
    bench
        .until("the state is Supporting", |b| b.embedded.gateway.snapshot().state == ShelfState::Supporting)
        .await;
    *planner.seen.lock().unwrap() = None;
    bench.until("a plan", |_| planner.seen.lock().unwrap().is_some_and(|s| s.bbu_w > 1e3)).await;
    assert_eq!(planner.seen.lock().unwrap().unwrap().grid, GridState::Normal);
    // For longer than a lease: it is renewed.
    let expired =
        |b: &Bench| b.embedded.gateway.events_after(0).iter().any(|e| e.message.contains("without renewal"));
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(!expired(bench));
    *planner.limit_w.lock().unwrap() = Some(11e3);
    bench.until("11 kW are held", |b| b.held().is_some_and(|w| (w - 11e3).abs() < 1.0)).await;
    stop.cancel();
    runs.await.unwrap().unwrap();
    bench
        .until("it was given back", |b| {
            b.held().is_none() && b.embedded.gateway.snapshot().lease.owner.is_none()
        })
        .await;
}

#[tokio::test]
async fn a_limit_is_held_renewed_changed_and_given_back_by_redfish() {
    let bench = Bench::start(12e3).await;
    let (clock, client) = (Clock::start(), bench.pinned());
    let telemetry = Box::new(RedfishTelemetry::new(client.clone(), clock));
    steer(&bench, telemetry, Box::new(RedfishPush::new(client, 3.0)), clock).await;
    bench.end().await;
}

#[tokio::test]
async fn a_limit_is_held_renewed_changed_and_given_back_by_the_block() {
    let bench = Bench::start(12e3).await;
    let clock = Clock::start();
    let telemetry = Box::new(ModbusTelemetry::new(bench.block(), Duration::from_millis(50), clock));
    let push = ModbusPush::new(bench.block(), 4).unwrap();
    steer(&bench, telemetry, Box::new(push), clock).await;
    bench.end().await;
}

fn setpoint(limit_w: f64) -> Setpoint {
    Setpoint {
        made_s: 0.0,
        valid_until_s: 1e9,
        input_limit_w: Some(limit_w),
        bbu_discharge_w: 0.0,
        bbu_charge_limit_w: None,
        source: Source::Optimizer,
    }
}

#[tokio::test]
async fn what_is_refused_is_told_with_its_reason_and_changes_nothing() {
    let bench = Bench::start(12e3).await;
    let mut ways: [Box<dyn Push>; 2] = [
        Box::new(RedfishPush::new(bench.pinned(), 3.0)),
        Box::new(ModbusPush::new(bench.block(), 4).unwrap()),
    ];
    let other = Owner::Local { name: "somebody".to_owned() };
    bench.embedded.gateway.acquire(other.clone(), Duration::from_secs(60)).await.unwrap();
    for way in &mut ways {
        let Outcome::Refused { reason } = way.send(&setpoint(10e3)).await else { panic!() };
        assert!(!reason.is_empty());
        let Outcome::Refused { reason } = way.send(&setpoint(f64::NAN)).await else { panic!() };
        assert!(reason.contains("is no setpoint"), "{reason}");
    }
    assert_eq!(bench.held(), None);
    bench.embedded.gateway.release(other).await.unwrap();
    for way in &mut ways {
        // Less than the shelf can be limited to.
        let outcome = way.send(&setpoint(10.0)).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        // Half a setpoint is none: the BBUs give nothing when the limit is refused.
        let half = Setpoint { bbu_discharge_w: 2e3, ..setpoint(10.0) };
        assert!(matches!(way.send(&half).await, Outcome::Refused { .. }));
        let more = Setpoint { bbu_discharge_w: 900e3, ..setpoint(11e3) };
        let outcome = way.send(&more).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        let snapshot = bench.embedded.gateway.snapshot();
        assert_eq!((snapshot.input_power_limit.requested, snapshot.bbu_discharge.requested), (None, None));
        // A limit above all that the gateway takes is held as the highest one.
        let outcome = way.send(&setpoint(18.5e3)).await;
        assert!(matches!(outcome, Outcome::Held { input_limit_w: Some(w), .. } if w == 18e3), "{outcome:?}");
        let outcome = way.send(&setpoint(11e3)).await;
        assert!(matches!(outcome, Outcome::Held { input_limit_w: Some(w), .. } if w == 11e3), "{outcome:?}");
        assert_eq!(way.give_back().await, Outcome::GivenBack);
        bench.until("free", |b| b.embedded.gateway.snapshot().lease.owner.is_none()).await;
    }
    bench.end().await;
}

#[tokio::test]
async fn what_the_gateway_has_instead_is_seen_and_written_anew() {
    let bench = Bench::start(12e3).await;
    let mut push = RedfishPush::new(bench.pinned(), 3.0);
    assert!(matches!(push.send(&setpoint(11e3)).await, Outcome::Held { .. }));
    // As by a write of ours whose answer was lost.
    let owner = bench.embedded.gateway.snapshot().lease.owner.clone().unwrap();
    let gateway = &bench.embedded.gateway;
    gateway.set(owner.clone(), GateSetpoint::InputPowerLimit(Some(Watts(10e3)))).await.unwrap();
    gateway.set(owner, GateSetpoint::BbuDischarge(Some(Watts(1e3)))).await.unwrap();
    bench
        .until("both are in force", |b| b.embedded.gateway.snapshot().bbu_discharge.requested.is_some())
        .await;
    // A third of the lease later.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let outcome = push.send(&setpoint(11e3)).await;
    assert!(matches!(outcome, Outcome::Held { input_limit_w: Some(w), .. } if w == 11e3), "{outcome:?}");
    let both = |b: &Bench| {
        let snapshot = b.embedded.gateway.snapshot();
        (snapshot.input_power_limit.requested, snapshot.bbu_discharge.requested) == (Some(Watts(11e3)), None)
    };
    bench.until("the whole setpoint and nothing else is in force", both).await;
    assert_eq!(push.give_back().await, Outcome::GivenBack);
    bench.end().await;
}

#[tokio::test]
async fn a_setpoint_that_grew_too_old_on_the_way_is_not_put_into_force() {
    let bench = Bench::start(12e3).await;
    let ways: [Box<dyn Push>; 2] = [
        Box::new(ModbusPush::new(bench.block(), 60).unwrap()),
        Box::new(RedfishPush::new(bench.pinned(), 60.0)),
    ];
    for mut push in ways {
        // As if lease and look had taken all of its time.
        push.until(tokio::time::Instant::now());
        let Outcome::Expired { late_s } = push.send(&setpoint(10e3)).await else { panic!() };
        assert!(late_s >= 0.0 && bench.held().is_none());
        // A lease under which nothing stands is in the way of others.
        bench.until("the lease is free", |b| b.embedded.gateway.snapshot().lease.owner.is_none()).await;
        push.until(tokio::time::Instant::now() + Duration::from_secs(60));
        assert!(matches!(push.send(&setpoint(11e3)).await, Outcome::Held { .. }));
        bench.until("the limit is in force", |b| b.held() == Some(11e3)).await;
        push.until(tokio::time::Instant::now());
        assert!(matches!(push.send(&setpoint(10e3)).await, Outcome::Expired { .. }));
        assert_eq!(bench.held(), Some(11e3), "what was held before still is");
        assert_eq!(push.give_back().await, Outcome::GivenBack);
        bench.until("the limit is gone", |b| b.held().is_none()).await;
    }
    bench.end().await;
}

#[tokio::test]
async fn a_lease_that_ended_by_itself_or_that_somebody_else_has_counts_as_given_back() {
    let bench = Bench::start(12e3).await;
    let ways: [Box<dyn Push>; 2] = [
        Box::new(ModbusPush::new(bench.block(), 2).unwrap()),
        Box::new(RedfishPush::new(bench.pinned(), 2.0)),
    ];
    let other = Owner::Local { name: "somebody".to_owned() };
    let gateway = bench.embedded.gateway.clone();
    for mut push in ways {
        for taken in [false, true] {
            assert!(matches!(push.send(&setpoint(10e3)).await, Outcome::Held { .. }));
            bench.until("the lease is free", |b| b.embedded.gateway.snapshot().lease.owner.is_none()).await;
            if taken {
                gateway.acquire(other.clone(), Duration::from_secs(60)).await.unwrap();
            }
            assert_eq!(push.give_back().await, Outcome::GivenBack, "taken by somebody else: {taken}");
            if taken {
                assert_eq!(gateway.snapshot().lease.owner, Some(other.clone()), "theirs was not given back");
                gateway.release(other.clone()).await.unwrap();
            }
        }
    }
    bench.end().await;
}

#[tokio::test]
async fn a_lost_engine_leaves_a_shelf_that_comes_back_with_the_end_of_the_lease() {
    let bench = Bench::start(12e3).await;
    // A lease of 2 s, which over Redfish is half of what the gateway gives without a word.
    let ways: [Box<dyn Push>; 2] = [
        Box::new(ModbusPush::new(bench.block(), 2).unwrap()),
        Box::new(RedfishPush::new(bench.pinned(), 2.0)),
    ];
    for mut push in ways {
        let outcome = push.send(&setpoint(10e3)).await;
        assert!(matches!(outcome, Outcome::Held { lease_s: 2.0, .. }), "{outcome:?}");
        let remaining = bench.embedded.gateway.snapshot().lease.remaining;
        assert!(remaining <= Duration::from_secs(2), "{remaining:?}");
        // The process dies: no farewell, the connection is gone.
        drop(push);
        bench.until("the limit is gone", |b| b.held().is_none()).await;
        bench.until("the load is on the PSUs", |b| b.embedded.shelf.truth().ac_power.0 > 12e3).await;
        bench.until("the lease is free", |b| b.embedded.gateway.snapshot().lease.owner.is_none()).await;
    }
    bench.end().await;
}
