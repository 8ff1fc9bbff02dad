//! The voltage of the busbar as a setpoint, over the simulated shelf. Time is virtual.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::gateway::{GatewayConfig, Owner, ShelfState, spawn};
use dpo_gateway::sim::{LoadProfile, PsuState, ShelfConfig, SimShelf};
use dpo_registers::units::{Volts, Watts};
use tokio_util::sync::CancellationToken;

const SECOND: Duration = Duration::from_secs(1);

fn owner() -> Owner {
    Owner::Local { name: "test".into() }
}

/// Lowest and highest bus voltage, highest power of a PSU and of the BBUs, over a while.
async fn watch(shelf: &SimShelf, time: Duration) -> (f64, f64, f64, f64) {
    let (mut low, mut high, mut psu, mut bbu) = (f64::INFINITY, 0.0f64, 0.0f64, 0.0f64);
    for _ in 0..time.as_millis() / 20 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let truth = shelf.truth();
        (low, high) = (low.min(truth.bus_voltage.0), high.max(truth.bus_voltage.0));
        psu = truth.psus.iter().map(|p| p.output_power.0).fold(psu, f64::max);
        bbu = bbu.max(truth.bbu_power.0);
    }
    (low, high, psu, bbu)
}

#[tokio::test(start_paused = true)]
async fn the_busbar_moves_and_the_bbus_stay_at_rest() {
    for (load, seed) in [(17_500.0, 1), (9_000.0, 2), (0.0, 3)] {
        let load = LoadProfile::Constant(Watts(load));
        let shelf = SimShelf::new(ShelfConfig { seed, load, state_of_charge: 1.0, ..ShelfConfig::default() });
        let cancel = CancellationToken::new();
        tokio::spawn(dpo_gateway::sim::run(shelf.clone(), cancel.clone()));
        let line = Arbiter::new(Arc::new(MemoryBus::new("memory:sim", shelf.service())));
        let (gateway, _) = spawn(GatewayConfig::default(), vec![line], cancel.clone()).unwrap();
        let mut seen = gateway.watch();
        seen.wait_for(|s| s.counters.polls >= 3).await.unwrap();
        gateway.acquire(owner(), 600 * SECOND).await.unwrap();
        let before = shelf.truth().bus_voltage.0;
        for volts in [49.5, 50.25, 49.5] {
            let moving = tokio::spawn({
                let gateway = gateway.clone();
                async move { gateway.set_bus_voltage(owner(), Some(Volts(volts))).await }
            });
            // On the way, too.
            let (low, high, psu, bbu) = watch(&shelf, 10 * SECOND).await;
            moving.await.unwrap().unwrap();
            assert!(low > 48.6 && high < 51.2, "seed {seed}: {low} V to {high} V");
            assert!(psu < 3_450.0 && bbu < 1.0, "seed {seed}: {psu} W from one PSU, {bbu} W from the BBUs");
            let now = shelf.truth().bus_voltage.0;
            assert!(
                (before - now - (51.0 - volts)).abs() < 0.05,
                "seed {seed}: {before} V before, {now} V at {volts} V"
            );
        }
        assert_eq!(gateway.snapshot().state, ShelfState::Normal);

        // A PSU that was pulled comes back at 51 V to others that stand at 49.5 V: the load is carried all the time.
        if seed == 2 {
            shelf.remove(202);
            watch(&shelf, 10 * SECOND).await;
            shelf.insert(202);
            let (low, _, _, bbu) = watch(&shelf, 60 * SECOND).await;
            assert!(low > 48.6 && bbu < 1.0, "{low} V, {bbu} W");
            let truth = shelf.truth();
            assert!(truth.psus.iter().all(|p| p.state == PsuState::On), "{:?}", truth.psus);
            assert!(truth.psus.iter().all(|p| (p.setpoint.0 - 49.5).abs() < 0.01), "{:?}", truth.psus);
        }
        // A sag is what the BBUs are there for, and no reason to end it.
        shelf.set_ac(Volts(0.0));
        let (.., bbu) = watch(&shelf, SECOND).await;
        assert!(seed == 3 || bbu > 5_000.0, "seed {seed}: {bbu} W");
        shelf.set_ac(Volts(230.0));
        watch(&shelf, 60 * SECOND).await;
        let view = gateway.snapshot().bus_voltage;
        assert_eq!((view.requested, view.applied), (Some(Volts(49.5)), Some(Volts(49.5))), "seed {seed}");
        gateway.release(owner()).await.unwrap();
        watch(&shelf, 2 * SECOND).await;
        // What charges the packs draws the line down a little.
        let now = shelf.truth().bus_voltage.0;
        assert!((now - before).abs() < 0.2, "seed {seed}: {now} V, {before} V before");
        cancel.cancel();
    }
}
