//! The DPO Engine in closed loop with an embedded gateway, over its Redfish service on loopback.
//!
//! The shelf is SIMULATED; its load resembles AI training. The engine reads the gateway's event stream, forecasts the load,
//! plans with the optimizer (the limiter stands by), writes setpoints under the gateway's lease and reads back what is held, for
//! some seconds; then it gives the lease back. Any other [`Planner`](dpo_gateway::engine::setpoint::Planner) may take the optimizer's
//! place.
//!
//! ```text
//! cargo run --example engine_loop
//! ```
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::engine::client::{Client, Login, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::plan::{GridLimits, Plan, PlanConfig, RackModel};
use dpo_gateway::engine::push::redfish::RedfishPush;
use dpo_gateway::engine::push::{KeeperConfig, Outcome};
use dpo_gateway::engine::run::{Engine, Line, Log, Pool, SteerConfig};
use dpo_gateway::gateway::GatewayConfig;
use dpo_gateway::redfish::{RedfishConfig, Transport, serve};
use dpo_gateway::sim::{LoadProfile, ShelfConfig, Training};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// How long the engine steers.
const STEERED: Duration = Duration::from_secs(40);
/// Time from one plan to the next.
const PERIOD_S: f64 = 0.1;

/// What is asked of the shelf: at most 11.5 kW of AC input, and slopes of 2 kW/s.
fn rack() -> RackModel {
    let grid = GridLimits { ramp_up_w_per_s: 2_000.0, ramp_down_w_per_s: 2_000.0, ..GridLimits::NONE };
    RackModel { input_limit_w: Some(11_500.0), grid, ..RackModel::ORV3 }
}

/// What the ticks said, in short.
#[derive(Debug, Default)]
struct Seen {
    ticks: u64,
    forecasts: u64,
    optimized: u64,
    held: u64,
    refused: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The gateway and its Redfish service.
    let poll_interval = Duration::from_millis(100);
    let embedded = Embedded::start(EmbeddedConfig {
        shelf: ShelfConfig { load: LoadProfile::Training(Training::default()), ..ShelfConfig::default() },
        gateway: GatewayConfig { poll_interval, ..GatewayConfig::default() },
        ..EmbeddedConfig::default()
    })
    .await?;
    let config = RedfishConfig {
        // TLS with a certificate, and Trust::fingerprint or Trust::Authority, beyond an example.
        transport: Transport::InsecureHttp,
        lease: Duration::from_secs(5),
        poll_interval: Some(poll_interval),
        ..RedfishConfig::new("only-of-this-example")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let web_stop = CancellationToken::new();
    let web = tokio::spawn(serve(listener, embedded.gateway.clone(), config, web_stop.clone()));

    // The engine, which knows nothing of the above but the address.
    let login =
        Login { user: "admin".to_owned(), password: Zeroizing::new("only-of-this-example".to_owned()) };
    let client = Client::new(&url, &Trust::Anybody, login)?;
    let clock = Clock::start();
    let plan = PlanConfig { step_s: PERIOD_S, deadline_s: 0.5 * PERIOD_S, ..PlanConfig::default() };
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (log, writer) = Log::start(None, show(Arc::clone(&seen)))?;
    let engine = Engine {
        name: client.name(),
        telemetry: Box::new(RedfishTelemetry::new(client.clone(), clock)),
        planner: Box::new(Plan::new(rack(), plan)?),
        standby: Some(Box::new(Plan::limiter(rack(), plan)?)),
        pool: Pool::default(),
        push: Some(Box::new(RedfishPush::new(client, 3.0))),
        recorder: None,
        log: Some(log),
        config: SteerConfig {
            plan_period_s: PERIOD_S,
            keeper: KeeperConfig::default(),
            ..SteerConfig::default()
        },
    };
    let stop = CancellationToken::new();
    let steering = tokio::spawn(engine.run(clock, stop.clone()));
    tokio::time::sleep(STEERED).await;
    stop.cancel();
    steering.await??;
    writer.wait()?;
    if let Ok(seen) = seen.lock() {
        println!("{seen:?}");
    }

    web_stop.cancel();
    web.await??;
    let lease = embedded.gateway.snapshot().lease.owner.clone();
    println!("lease after the end: {lease:?}");
    embedded.stop().await;
    Ok(())
}

/// Counts what happens and prints a tick each second.
fn show(seen: Arc<Mutex<Seen>>) -> impl FnMut(&Line) + Send {
    move |line| {
        let Ok(mut seen) = seen.lock() else { return };
        seen.ticks += 1;
        seen.forecasts += u64::from(line.forecast.is_some());
        seen.optimized += u64::from(line.setpoint.as_ref().is_some_and(|s| s.source == "optimizer"));
        let outcome = line.push.as_ref().map(|p| &p.outcome);
        seen.held += u64::from(matches!(outcome, Some(Outcome::Held { .. })));
        seen.refused += u64::from(matches!(outcome, Some(Outcome::Refused { .. })));
        let (Some(now), Some(grid)) = (&line.telemetry, &line.grid) else { return };
        if !line.tick.is_multiple_of(10) {
            return;
        }
        let next = line.forecast.as_ref().and_then(|f| f.ahead.iter().find(|a| a[0] >= 1.0));
        println!(
            "{} load {:6.0} W, in 1 s {}, grid {:6.0} W, BBUs {:5.0} W, asked {}, {:?}",
            line.time,
            now.load_w,
            next.map_or("-".to_owned(), |a| format!("{:6.0} W", a[1])),
            grid.input_w,
            now.bbu_w,
            line.setpoint.as_ref().map_or("-".to_owned(), |s| {
                format!(
                    "{:5.0} W of BBUs, input {:6.0} W ({})",
                    s.bbu_discharge_w,
                    s.input_limit_w.unwrap_or(f64::NAN),
                    s.source
                )
            }),
            outcome,
        );
    }
}
