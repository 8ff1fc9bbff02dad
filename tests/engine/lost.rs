//! A gateway that cannot be reached for a while: the shelf comes back by itself, and the engine takes it up again.

use std::net::SocketAddr;
use std::time::Duration;

use dpo_gateway::engine::client::{Client, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::Telemetry;
use dpo_gateway::engine::intake::modbus::{BlockAt, ModbusTelemetry, UNIT};
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::plan::{Plan, PlanConfig, RackModel};
use dpo_gateway::engine::push::Push;
use dpo_gateway::engine::push::modbus::ModbusPush;
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::run::{Engine, Log, Pool, SteerConfig};
use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, Kept, login};

/// A wire to a server that can be cut: then open connections end, and new ones are closed at once.
struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (whole, is_whole) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut is_whole = is_whole.clone();
                if !*is_whole.borrow_and_update() {
                    continue;
                }
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => (),
                        _ = is_whole.wait_for(|whole| !whole) => (),
                    }
                });
            }
        });
        Self { address, whole }
    }
}

async fn lost_and_found(
    bench: &Bench,
    wire: &Wire,
    telemetry: Box<dyn Telemetry>,
    push: Box<dyn Push>,
    clock: Clock,
) {
    // The contract allows 10 kW at the AC side: the BBUs give what the load is above it.
    let rack = RackModel { input_limit_w: Some(10e3), ..RackModel::ORV3 };
    let config = PlanConfig { deadline_s: f64::INFINITY, ..PlanConfig::default() };
    let kept = Kept::default();
    let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
    let engine = Engine {
        name: "shelf".into(),
        telemetry,
        planner: Box::new(Plan::new(rack, config).unwrap()),
        standby: Some(Box::new(Plan::limiter(rack, config).unwrap())),
        pool: Pool::default(),
        push: Some(push),
        recorder: None,
        log: Some(log),
        config: SteerConfig::default(),
    };
    let stop = CancellationToken::new();
    let runs = tokio::spawn(engine.run(clock, stop.clone()));
    let limited = |b: &Bench| b.held().is_some() && b.embedded.shelf.truth().ac_power.0 < 10.5e3;
    bench.until("the limit holds", limited).await;

    wire.whole.send_replace(false);
    // Nobody renews the lease: the gateway lets go by itself, and the load is on the PSUs again.
    let free = |b: &Bench| b.held().is_none() && b.embedded.gateway.snapshot().lease.owner.is_none();
    bench.until("the lease ended", free).await;
    bench.until("the load is on the PSUs", |b| b.embedded.shelf.truth().ac_power.0 > 12e3).await;
    let cut = kept.lines().len();
    let after = |test: &dyn Fn(&Value) -> bool| kept.lines().iter().skip(cut).any(test);
    bench
        .until("the engine says that readings are old", |_| {
            after(&|l| l["setpoint"]["reason"] == "stale_state")
        })
        .await;
    bench
        .until("and that the gateway is lost", |_| kept.lines().iter().any(|l| l["push"]["result"] == "lost"))
        .await;
    let noted = |l: &Value| l["notes"].as_array().is_some_and(|n| !n.is_empty());
    bench.until("with the reason", |_| kept.lines().iter().any(noted)).await;

    wire.whole.send_replace(true);
    bench.until("the limit holds again", limited).await;
    stop.cancel();
    runs.await.unwrap().unwrap();
    writer.wait().unwrap();
    bench.until("given back", free).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_lost_over_the_block_lets_go_and_is_steered_again() {
    let bench = Bench::start(12e3).await;
    let wire = Wire::to(bench.block().address).await;
    let (clock, at) = (Clock::start(), BlockAt { address: wire.address, unit: UNIT });
    let telemetry = Box::new(ModbusTelemetry::new(at, Duration::from_millis(50), clock));
    let push = Box::new(ModbusPush::new(at, 2).unwrap());
    lost_and_found(&bench, &wire, telemetry, push, clock).await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_lost_over_redfish_lets_go_and_is_steered_again() {
    let bench = Bench::start(12e3).await;
    let wire = Wire::to(bench.redfish).await;
    let clock = Clock::start();
    let url = format!("https://{}", wire.address);
    let client = Client::new(&url, &Trust::fingerprint(&bench.print).unwrap(), login()).unwrap();
    let telemetry = Box::new(RedfishTelemetry::new(client.clone(), clock));
    let push = Box::new(RedfishPush::new(client, 2.0));
    lost_and_found(&bench, &wire, telemetry, push, clock).await;
    bench.end().await;
}
