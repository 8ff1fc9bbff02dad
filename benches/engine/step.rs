//! From a step of the load to the setpoint that the devices hold: with a planner that costs nothing, and with the optimizer as
//! `dpo engine run` sets it.

use std::time::{Duration, Instant};

use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::engine::client::{Client, Login, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::Telemetry;
use dpo_gateway::engine::intake::modbus::{BlockAt, ModbusTelemetry, UNIT};
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::plan::{Plan, PlanConfig, RackModel};
use dpo_gateway::engine::push::modbus::ModbusPush;
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::push::{KeeperConfig, Push};
use dpo_gateway::engine::run::{Engine, Pool, SteerConfig};
use dpo_gateway::engine::setpoint::{Ahead, Planner, Setpoint, ShelfState, Source};
use dpo_gateway::gateway::{GatewayConfig, Snapshot};
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

/// Who plans, and what of it must be held.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// [`Threshold`], asked each 20 ms: its limit.
    Threshold,
    /// The optimizer under a contract of [`LIMIT_W`] at the AC input, asked each 0.1 s: half of what the load is above it, from the BBUs.
    Optimizer,
}

impl By {
    const ALL: [Self; 2] = [Self::Threshold, Self::Optimizer];

    fn title(self) -> &'static str {
        match self {
            Self::Threshold => "threshold",
            Self::Optimizer => "optimizer",
        }
    }

    fn planners(self) -> (Box<dyn Planner>, Option<Box<dyn Planner>>) {
        if self == Self::Threshold {
            return (Box::new(Threshold), None);
        }
        let rack = RackModel { input_limit_w: Some(LIMIT_W), ..RackModel::ORV3 };
        let config = PlanConfig { deadline_s: 0.05, state_age_s: 2.5, ..PlanConfig::default() };
        (Box::new(Plan::new(rack, config).unwrap()), Some(Box::new(Plan::limiter(rack, config).unwrap())))
    }

    fn config(self) -> SteerConfig {
        match self {
            Self::Optimizer => SteerConfig::default(),
            Self::Threshold => {
                let keeper = KeeperConfig { least_gap_s: 0.02, ..KeeperConfig::default() };
                SteerConfig { plan_period_s: 0.02, keeper, ..SteerConfig::default() }
            }
        }
    }

    fn held(self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Threshold => snapshot.input_power_limit.applied == Some(Watts(LIMIT_W)),
            Self::Optimizer => {
                snapshot.bbu_discharge.applied.is_some_and(|w| w.0 >= 0.5 * (HIGH_W - LIMIT_W))
            }
        }
    }

    /// Is nothing asked for any more? The contract stays with the optimizer.
    fn calm(self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Threshold => snapshot.lease.owner.is_none(),
            Self::Optimizer => snapshot.bbu_discharge.applied.is_none_or(|w| w.0 < 1.0),
        }
    }
}

pub async fn run(rounds: usize) {
    println!(
        "from a step of the load on the simulated bus to the setpoint held by the devices, ms ({rounds} steps)"
    );
    println!(
        "{:<10} {:<10} {:>14} {:>8} {:>8} {:>8}",
        "planner", "way", "gateway polls", "least", "median", "most"
    );
    for by in By::ALL {
        for poll_ms in [100, 1000] {
            for way in ["redfish", "modbus"] {
                let mut times = measure(by, way, Duration::from_millis(poll_ms), rounds).await;
                times.sort_by(f64::total_cmp);
                let (least, median, most) = (times[0], times[times.len() / 2], times[times.len() - 1]);
                let title = by.title();
                println!("{title:<10} {way:<10} {poll_ms:>11} ms {least:>8.0} {median:>8.0} {most:>8.0}");
            }
        }
    }
}

async fn measure(by: By, way: &str, poll_interval: Duration, rounds: usize) -> Vec<f64> {
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
    let (planner, standby) = by.planners();
    let engine = Engine {
        name: way.into(),
        telemetry,
        planner,
        standby,
        pool: Pool::default(),
        push: Some(push),
        recorder: None,
        log: None,
        config: by.config(),
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
        until(|| by.held(&embedded.gateway.snapshot())).await;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        embedded.shelf.set_load(load(LOW_W));
        until(|| by.calm(&embedded.gateway.snapshot())).await;
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
