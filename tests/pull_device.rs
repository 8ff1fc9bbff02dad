//! A device is pulled out of the simulated shelf while the gateway polls it, seen from Redfish: issue 2's
//! acceptance. Time is virtual and counted in poll cycles; the shelf is simulated.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::gateway::{EventKind, GatewayConfig, Snapshot};
use dpo_gateway::redfish::{RedfishConfig, router};
use dpo_gateway::shelf::reading::Presence;
use dpo_gateway::sim::ShelfConfig;
use serde_json::Value;
use tower::ServiceExt as _;

const SUBSYSTEM: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem";
const PASSWORD: &str = "password-of-admin";
/// PSU slot 3 and BBU slot 2.
const PULLED: [(&str, u8, &str); 2] = [("psu 3", 202, "PowerSupplies/PSU3"), ("bbu 2", 65, "Batteries/BBU2")];
const POLL: Duration = Duration::from_millis(100);
/// A lost device is looked for this often, in poll cycles.
const REPROBE: u32 = 3;

struct Rig {
    embedded: Embedded,
    router: Router,
}

impl Rig {
    async fn new() -> Self {
        let gateway = GatewayConfig {
            poll_interval: POLL,
            reprobe_interval: REPROBE * POLL,
            ..GatewayConfig::default()
        };
        let embedded =
            Embedded::start(EmbeddedConfig { gateway, ..EmbeddedConfig::default() }).await.unwrap();
        let router = router(embedded.gateway.clone(), &RedfishConfig::new(PASSWORD)).unwrap();
        let rig = Self { embedded, router };
        rig.cycle(3).await;
        rig
    }

    /// The first snapshot after so many more poll cycles.
    async fn cycle(&self, count: u64) -> Arc<Snapshot> {
        let mut watch = self.embedded.gateway.watch();
        let goal = watch.borrow().counters.polls + count;
        let snapshot = Arc::clone(&*watch.wait_for(|s| s.counters.polls >= goal).await.unwrap());
        assert_eq!(snapshot.counters.polls, goal, "no cycle is missed here");
        snapshot
    }

    /// `Status` of a resource, in Redfish.
    async fn state(&self, resource: &str) -> String {
        let credentials = base64::engine::general_purpose::STANDARD.encode(format!("admin:{PASSWORD}"));
        let request = Request::get(format!("{SUBSYSTEM}/{resource}"))
            .header("authorization", format!("Basic {credentials}"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{resource}");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["Status"]["State"].as_str().unwrap().to_owned()
    }

    /// Subjects of the events of a kind.
    fn events(&self, kind: EventKind) -> Vec<String> {
        let events = self.embedded.gateway.events_after(0);
        events.into_iter().filter(|e| e.kind == kind).map(|e| e.subject).collect()
    }
}

/// When the devices that stay were last heard.
fn others(snapshot: &Snapshot) -> Vec<SystemTime> {
    let psus = snapshot.psus.iter().map(|v| (v.unit, v.presence, v.last_seen));
    let seen: Vec<_> = psus
        .chain(snapshot.bbus.iter().map(|v| (v.unit, v.presence, v.last_seen)))
        .filter(|(unit, ..)| PULLED.iter().all(|(_, pulled, _)| pulled != unit))
        .map(|(_, presence, seen)| {
            assert_eq!(presence, Presence::Present);
            seen.unwrap()
        })
        .collect();
    assert_eq!(seen.len(), 10);
    seen
}

#[tokio::test(start_paused = true)]
async fn a_pulled_device_shows_in_redfish_within_two_cycles_and_costs_the_others_nothing() {
    let rig = Rig::new().await;
    for (_, _, resource) in PULLED {
        assert_eq!(rig.state(resource).await, "Enabled");
    }
    let mut seen = others(rig.cycle(1).await.as_ref());
    for (_, unit, _) in PULLED {
        assert!(rig.embedded.shelf.remove(unit));
    }
    rig.cycle(2).await;
    for (_, _, resource) in PULLED {
        assert_eq!(rig.state(resource).await, "UnavailableOffline");
    }
    assert_eq!(rig.state("PowerSupplies/PSU1").await, "Enabled");
    // The others are heard in every cycle, while the lost ones are looked for in vain.
    for _ in 0..4 * REPROBE {
        let now = others(rig.cycle(1).await.as_ref());
        assert!(seen.iter().zip(&now).all(|(before, now)| before < now));
        seen = now;
    }
    assert_eq!(rig.events(EventKind::DeviceLost), PULLED.map(|(name, ..)| name));

    for (_, unit, _) in PULLED {
        assert!(rig.embedded.shelf.insert(unit));
    }
    // A device that is put in starts first; then it is found within the time between two probes.
    let shelf = ShelfConfig::default();
    let start = (shelf.psu.boot_s.max(shelf.bbu.boot_s) / POLL.as_secs_f64()).ceil() as u64;
    let snapshot = rig.cycle(start + u64::from(REPROBE) + 1).await;
    for (_, _, resource) in PULLED {
        assert_eq!(rig.state(resource).await, "Enabled");
    }
    rig.cycle(5).await;
    let mut returned = rig.events(EventKind::DeviceReturned);
    returned.sort_by_key(|name| PULLED.iter().position(|(pulled, ..)| pulled == name));
    assert_eq!(returned, PULLED.map(|(name, ..)| name));
    assert_eq!(rig.events(EventKind::DeviceLost).len(), 2);
    assert_eq!((snapshot.counters.devices_lost, snapshot.counters.devices_returned), (2, 2));
    rig.embedded.stop().await;
}
