//! Embeds the gateway around a bus of your own, and steers a shelf from code.
//!
//! The bus here is in memory and the shelf behind it is SIMULATED. Any `Bus` takes its place: for real
//! devices `bus::rtu::RtuBus` or `bus::tcp::TcpBus`.
//!
//! ```text
//! cargo run --example embed --no-default-features --features sim
//! ```
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::gateway::{self, Gateway, GatewayConfig, Owner, Setpoint, Snapshot};
use dpo_gateway::registers::units::Watts;
use dpo_gateway::sim::{self, LoadProfile, ShelfConfig, SimShelf};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let load = LoadProfile::Constant(Watts(12_000.0));
    let shelf = SimShelf::new(ShelfConfig { load, ..ShelfConfig::default() });
    // Whoever else wants the devices takes a port of this line, too.
    let line = Arbiter::from(Arc::new(MemoryBus::new("my bus", shelf.service())));
    let shelf_stop = CancellationToken::new();
    let shelf_runs = tokio::spawn(sim::run(shelf, shelf_stop.clone()));

    let stop = CancellationToken::new();
    let (gateway, polling) = gateway::spawn(GatewayConfig::default(), vec![line], stop.clone())?;

    let steered = steer(&gateway).await;

    // The gateway first: when it stops it brings the fail-safe values back, and needs the bus for it.
    stop.cancel();
    polling.await?;
    shelf_stop.cancel();
    shelf_runs.await?;

    for event in gateway.events_after(0) {
        println!("{:>3} {:?}: {}: {}", event.sequence, event.kind, event.subject, event.message);
    }
    steered
}

async fn steer(gateway: &Gateway) -> Result<(), Box<dyn Error>> {
    follow(gateway, 3).await?;

    let me = Owner::Local { name: "example".to_owned() };
    let lease = gateway.acquire(me.clone(), Duration::from_secs(30)).await?;
    println!("lease for {:?}", lease.remaining);

    // Answered when every PSU has read back. A refusal says what to do.
    let limit = Setpoint::InputPowerLimit(Some(Watts(10_000.0)));
    let applied = gateway.set(me.clone(), limit).await?;
    println!("limit {:?} of at most {}", applied.setpoint.applied, applied.setpoint.maximum);
    follow(gateway, 5).await?;

    if let Err(refused) = gateway.set(me.clone(), Setpoint::InputPowerLimit(Some(Watts(1e6)))).await {
        println!("1 MW is refused: {refused}");
    }

    gateway.release(me).await?;
    println!("lease given back");
    follow(gateway, 3).await
}

/// Prints the next `count` snapshots.
async fn follow(gateway: &Gateway, count: usize) -> Result<(), Box<dyn Error>> {
    let mut snapshots = gateway.watch();
    for _ in 0..count {
        snapshots.changed().await?;
        let now: Arc<Snapshot> = Arc::clone(&snapshots.borrow_and_update());
        let watts = |power: Option<Watts>| power.map_or("-".to_owned(), |p| format!("{:.0} W", p.0));
        println!(
            "#{:<3} input {:>8}, batteries {:>7}, {:?}",
            now.sequence,
            watts(now.totals.input_power),
            watts(now.totals.battery_power),
            now.state
        );
    }
    Ok(())
}
