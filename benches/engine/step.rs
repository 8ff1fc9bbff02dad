//! From a step of the load to the setpoint that the devices hold.

use std::time::{Duration, Instant};

use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::engine::client::{Client, Login, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::Telemetry;
use dpo_gateway::engine::intake::modbus::{BlockAt, ModbusTelemetry, UNIT};
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::push::modbus::ModbusPush;
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::push::{KeeperConfig, Push};
use dpo_gateway::engine::run::{Engine, Pool, SteerConfig};
use dpo_gateway::engine::setpoint::{Ahead, Planner, Setpoint, ShelfState, Source};
use dpo_gateway::gateway::GatewayConfig;
use dpo_gateway::redfish::{RedfishConfig, Transport, serve};
use dpo_gateway::registers::units::Watts;
use dpo_gateway::sim::{LoadProfile, ShelfConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

const LOW_W: f64 = 8_000.0;
const HIGH_W: f64 = 13_000.0;
const LIMIT_W: f64 = 11_000.0;

/// A limit as soon as the load is above it: what is measured is the way, not the thinking.
struct Threshold;

impl Planner for Threshold {
    fn plan(&mut self, now_s: f64, state: &ShelfState, _: &[Ahead]) -> Setpoint {
        Setpoint {
            made_s: now_s,
            valid_until_s: now_s + 2.0,
            input_limit_w: (state.load_w > LIMIT_W).then_some(LIMIT_W),
            bbu_discharge_w: 0.0,
            bbu_charge_limit_w: None,
            source: Source::Optimizer,
        }
    }
}

pub async fn run(rounds: usize) {
    println!(
        "from a step of the load on the simulated bus to the limit held by the devices, ms ({rounds} steps)"
    );
    println!("{:<10} {:>14} {:>8} {:>8} {:>8}", "way", "gateway polls", "least", "median", "most");
    for poll_ms in [100, 1000] {
        for way in ["redfish", "modbus"] {
            let mut times = measure(way, Duration::from_millis(poll_ms), rounds).await;
            times.sort_by(f64::total_cmp);
            let (least, median, most) = (times[0], times[times.len() / 2], times[times.len() - 1]);
            println!("{way:<10} {poll_ms:>11} ms {least:>8.0} {median:>8.0} {most:>8.0}");
        }
    }
}

async fn measure(way: &str, poll_interval: Duration, rounds: usize) -> Vec<f64> {
    let load = |w: f64| LoadProfile::Constant(Watts(w));
    let embedded = Embedded::start(EmbeddedConfig {
        shelf: ShelfConfig { load: load(LOW_W), ..ShelfConfig::default() },
        gateway: GatewayConfig { poll_interval, ..GatewayConfig::default() },
        ..EmbeddedConfig::default()
    })
    .await
    .unwrap();
    let web_stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let config = RedfishConfig {
        transport: Transport::InsecureHttp,
        lease: Duration::from_secs(30),
        ..RedfishConfig::new("of-the-bench")
    };
    tokio::spawn(serve(listener, embedded.gateway.clone(), config, web_stop.clone()));
    let clock = Clock::start();
    let (telemetry, push): (Box<dyn Telemetry>, Box<dyn Push>) = if way == "redfish" {
        let login = Login { user: "admin".into(), password: Zeroizing::new("of-the-bench".into()) };
        let client = Client::new(&url, &Trust::Anybody, login).unwrap();
        (Box::new(RedfishTelemetry::new(client.clone(), clock)), Box::new(RedfishPush::new(client, 10.0)))
    } else {
        let at = BlockAt { address: embedded.modbus(), unit: UNIT };
        let telemetry = ModbusTelemetry::new(at, Duration::from_millis(20), clock);
        (Box::new(telemetry), Box::new(ModbusPush::new(at, 10).unwrap()))
    };
    let keeper = KeeperConfig { least_gap_s: 0.02, ..KeeperConfig::default() };
    let config = SteerConfig { plan_period_s: 0.02, keeper, ..SteerConfig::default() };
    let engine = Engine {
        name: way.into(),
        telemetry,
        planner: Box::new(Threshold),
        standby: None,
        pool: Pool::default(),
        push: Some(push),
        recorder: None,
        log: None,
        config,
    };
    let stop = CancellationToken::new();
    let steering = tokio::spawn(engine.run(clock, stop.clone()));
    tokio::time::sleep(5 * poll_interval.max(Duration::from_millis(400))).await;
    let mut times = Vec::new();
    for round in 0..rounds {
        // At another point of the gateway's poll cycle each time.
        tokio::time::sleep(poll_interval.mul_f64((round as f64 * 0.618).fract())).await;
        let begin = Instant::now();
        embedded.shelf.set_load(load(HIGH_W));
        until(|| embedded.gateway.snapshot().input_power_limit.applied == Some(Watts(LIMIT_W))).await;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        embedded.shelf.set_load(load(LOW_W));
        until(|| embedded.gateway.snapshot().lease.owner.is_none()).await;
        // The devices take a register so often and no oftener.
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    stop.cancel();
    steering.await.unwrap().unwrap();
    web_stop.cancel();
    embedded.stop().await;
    times
}

async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
