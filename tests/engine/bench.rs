//! A simulated shelf with its gateway, Redfish over TLS and the PMI, on free ports of loopback.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::embedded::{Embedded, EmbeddedConfig};
use dpo_gateway::engine::client::{Client, Login, Trust};
use dpo_gateway::engine::intake::modbus::{BlockAt, UNIT};
use dpo_gateway::engine::record::digest;
use dpo_gateway::engine::setpoint::{Ahead, Planner, Setpoint, ShelfState, Source};
use dpo_gateway::gateway::GatewayConfig;
use dpo_gateway::redfish::{RedfishConfig, Transport, serve};
use dpo_gateway::registers::units::Watts;
use dpo_gateway::sim::{LoadProfile, ShelfConfig};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

pub const PASSWORD: &str = "of-the-test-only";
/// The gateway's lease for a write over Redfish.
pub const LEASE: Duration = Duration::from_secs(4);

/// A log that is kept in memory.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Its lines so far.
    pub fn lines(&self) -> Vec<Value> {
        // The last one may be half written.
        self.text().lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub struct Bench {
    pub embedded: Embedded,
    pub redfish: SocketAddr,
    /// The server's certificate, as PEM, and its fingerprint.
    pub pem: Vec<u8>,
    pub print: String,
    web: JoinHandle<()>,
    stop: CancellationToken,
}

pub fn login() -> Login {
    Login { user: "admin".to_owned(), password: Zeroizing::new(PASSWORD.to_owned()) }
}

impl Bench {
    pub async fn start(load_w: f64) -> Self {
        let embedded = Embedded::start(EmbeddedConfig {
            shelf: ShelfConfig { load: LoadProfile::Constant(Watts(load_w)), ..ShelfConfig::default() },
            gateway: GatewayConfig { poll_interval: Duration::from_millis(100), ..GatewayConfig::default() },
            ..EmbeddedConfig::default()
        })
        .await
        .unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let pem = made.cert.pem().into_bytes();
        let print = digest(made.cert.der());
        let config = RedfishConfig {
            transport: Transport::Certificate {
                chain: pem.clone(),
                key: Zeroizing::new(made.signing_key.serialize_pem().into_bytes()),
            },
            lease: LEASE,
            poll_interval: Some(Duration::from_millis(100)),
            ..RedfishConfig::new(PASSWORD)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let redfish = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = serve(listener, embedded.gateway.clone(), config, stop.clone());
        let web = tokio::spawn(async move { serving.await.unwrap() });
        let bench = Self { embedded, redfish, pem, print, web, stop };
        bench
            .until("the shelf is known", |b| b.embedded.gateway.snapshot().totals.rated_power.0 == 18e3)
            .await;
        bench
    }

    pub fn client(&self, trust: &Trust) -> Client {
        Client::new(&format!("https://{}", self.redfish), trust, login()).unwrap()
    }

    pub fn pinned(&self) -> Client {
        self.client(&Trust::fingerprint(&self.print).unwrap())
    }

    pub fn block(&self) -> BlockAt {
        BlockAt { address: self.embedded.modbus(), unit: UNIT }
    }

    /// Waits until it holds. After so many looks that no machine is that slow it says what never did, so that a fault ends a run.
    pub async fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        for _ in 0..15_000 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never: {what}");
    }

    /// The limit that the devices hold.
    pub fn held(&self) -> Option<f64> {
        self.embedded.gateway.snapshot().input_power_limit.applied.map(|w| w.0)
    }

    /// The discharge that they hold.
    pub fn discharged(&self) -> Option<f64> {
        self.embedded.gateway.snapshot().bbu_discharge.applied.map(|w| w.0).filter(|w| *w > 0.0)
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.web.await.unwrap();
        self.embedded.stop().await;
    }
}

/// A planner that a test turns: the same limit all the time, and what it was last told.
#[derive(Clone)]
pub struct Fixed {
    pub limit_w: Arc<Mutex<Option<f64>>>,
    pub seen: Arc<Mutex<Option<ShelfState>>>,
    pub valid_s: f64,
}

impl Fixed {
    pub fn new(limit_w: Option<f64>) -> Self {
        Self { limit_w: Arc::new(Mutex::new(limit_w)), seen: Arc::default(), valid_s: 2.0 }
    }
}

impl Planner for Fixed {
    fn plan(&mut self, now_s: f64, state: &ShelfState, _: &[Ahead]) -> Setpoint {
        *self.seen.lock().unwrap() = Some(*state);
        Setpoint {
            made_s: now_s,
            valid_until_s: now_s + self.valid_s,
            input_limit_w: *self.limit_w.lock().unwrap(),
            bbu_discharge_w: 0.0,
            bbu_charge_limit_w: None,
            source: Source::Optimizer,
        }
    }
}
