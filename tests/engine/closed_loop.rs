//! The whole of it: Redfish, forecaster, planner, lease, log, around a simulated shelf whose load moves.

use std::time::Duration;

use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::plan::{GridLimits, Plan, PlanConfig, RackModel};
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::run::{Engine, Log, Pool, SteerConfig};
use dpo_gateway::registers::units::Watts;
use dpo_gateway::sim::{LoadProfile, Trace};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Kept};

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_steps_is_ramped_and_each_tick_tells_the_whole_sequence() {
    let bench = Bench::start(8e3).await;
    // 8 kW and 12 kW in turn, each for 4 s.
    let points = [(0.0, 8e3), (4.0, 8e3), (4.05, 12e3), (8.0, 12e3), (8.05, 8e3)];
    bench.embedded.shelf.set_load(LoadProfile::Trace(Trace::new(&points, true).unwrap()));
    let grid = GridLimits { ramp_up_w_per_s: 500.0, ramp_down_w_per_s: 500.0, ..GridLimits::NONE };
    let rack = RackModel { grid, ..RackModel::ORV3 };
    let config = PlanConfig { deadline_s: f64::INFINITY, state_age_s: 5.0, ..PlanConfig::default() };
    let kept = Kept::default();
    let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
    let (clock, client, stop) = (Clock::start(), bench.pinned(), CancellationToken::new());
    let engine = Engine {
        name: client.name(),
        telemetry: Box::new(RedfishTelemetry::new(client.clone(), clock)),
        planner: Box::new(Plan::new(rack, config).unwrap()),
        standby: None,
        pool: Pool::default(),
        push: Some(Box::new(RedfishPush::new(client, 3.0))),
        recorder: None,
        log: Some(log),
        config: SteerConfig::default(),
    };
    let steering = tokio::spawn(engine.run(clock, stop.clone()));
    let shifted = |b: &Bench| {
        let truth = b.embedded.shelf.truth();
        // Nobody asked for a limit: at the PSUs' own rating it would say nothing.
        truth.bbu_power > Watts(500.0) && b.discharged().is_some() && b.held().is_none()
    };
    bench.until("the BBUs carry a part of a step", shifted).await;
    // Never for longer than was asked: so long a lost engine would not be noticed.
    let longest = |b: &Bench| b.embedded.gateway.snapshot().lease.remaining;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(longest(&bench) <= Duration::from_secs(3), "{:?}", longest(&bench));
    }
    stop.cancel();
    steering.await.unwrap().unwrap();
    assert!(longest(&bench) <= Duration::from_secs(3), "{:?}", longest(&bench));
    writer.wait().unwrap();
    bench.until("given back", |b| b.embedded.gateway.snapshot().lease.owner.is_none()).await;
    let text = kept.text();

    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let count = |result: &str| lines.iter().filter(|l| l["push"]["result"] == result).count();
    assert!(
        count("refused") + count("lost") <= count("held") / 10,
        "{} {} {}",
        count("refused"),
        count("lost"),
        count("held")
    );
    // A tick whose plan came too late has no setpoint of its own.
    let whole = |l: &&Value| l["push"]["result"] == "held" && l["setpoint"].is_object();
    let held = lines.iter().find(whole).expect("a setpoint was held");
    for part in ["telemetry", "setpoint", "push", "grid"] {
        assert!(held[part]["time"].as_str().unwrap().ends_with('Z'), "{held:#}");
    }
    // Made before it was held, of a reading that was taken before it was made.
    let made = held["push"]["made"].as_str().unwrap();
    assert!(made <= held["push"]["time"].as_str().unwrap(), "{held:#}");
    assert!(
        held["telemetry"]["time"].as_str().unwrap() <= held["setpoint"]["time"].as_str().unwrap(),
        "{held:#}"
    );
    let ticks: Vec<u64> = lines.iter().filter_map(|l| l["tick"].as_u64()).collect();
    assert!(ticks.windows(2).all(|w| w[1] == w[0] + 1));
    bench.end().await;
}
