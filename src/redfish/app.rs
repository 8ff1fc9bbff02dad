//! What the handlers work with.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use ring::digest;
use tokio_util::sync::CancellationToken;

use super::Reach;
use super::auth::{Auth, Identity, random};
use super::config::{Live, RedfishConfig, StartError};
use super::control::{Cell, Lever};
use super::error::Error;
use super::event::open::Streams;
use super::event::push::Push;
use super::log::{self, Log};
use super::meter::Meter;
use super::ntp::TimeServers;
use super::oem::forecast;
use super::recording::Recordings;
use super::resource::Resource;
use super::sessions::Sessions;
use super::shown::Shown;
use super::store::Store;
use super::task::Tasks;
use super::tls::Tls;
use super::trigger;
use crate::gateway::{Gateway, Snapshot};

/// The service; cheap to clone.
pub(crate) type App = Arc<Service>;

/// State of the service.
pub(crate) struct Service {
    pub(crate) gateway: Gateway,
    pub(crate) auth: Auth,
    pub(crate) sessions: Sessions,
    pub(crate) streams: Streams,
    pub(crate) push: Push,
    pub(crate) meter: Meter,
    pub(crate) tasks: Tasks,
    pub(crate) log: Log,
    pub(crate) recordings: Recordings,
    /// What a client thinks that the load will be.
    pub(crate) forecast: forecast::Newest,
    /// Fires when the last event is in the log.
    logged: CancellationToken,
    /// The certificate; `None` without TLS.
    pub(crate) tls: Option<Arc<Tls>>,
    /// The time servers of the host, if clients may say which.
    pub(crate) time_servers: Option<TimeServers>,
    /// Where the server listens.
    pub(crate) address: Option<SocketAddr>,
    /// Restarts the process.
    pub(crate) restart: Option<CancellationToken>,
    /// What is kept over a restart.
    pub(crate) store: Store,
    /// Answers made of the newest snapshot.
    pub(crate) shown: Shown,
    /// Writes of this run to resources that are not levers, by URI.
    counts: Mutex<HashMap<String, u64>>,
    /// Tells the events of this run of the service from those of another.
    pub(crate) run: u64,
    /// What is known about the shelf, and how long a write holds the lease.
    pub(crate) live: Arc<Live>,
    pub(crate) poll_interval: Option<std::time::Duration>,
    pub(crate) uuid: String,
    pub(crate) body_limit: usize,
    /// Time after which a client that waits for a write is told to look for its answer later.
    pub(crate) patience: std::time::Duration,
    /// One write at a time: between the check of an entity tag and the write nobody else writes.
    pub(crate) writing: tokio::sync::Mutex<()>,
    cells: Mutex<[Cell; Lever::ALL.len()]>,
}

impl Service {
    /// The state for a configuration; takes as long as hashing the passwords.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub(crate) fn new(
        gateway: Gateway,
        config: &RedfishConfig,
        reach: Reach,
        stop: CancellationToken,
    ) -> Result<App, StartError> {
        let seconds = config.session_timeout.as_secs();
        if !(30..=86_400).contains(&seconds) {
            return Err(StartError::Config(format!("session timeout {seconds} s: must be 30 s to 86400 s")));
        }
        let store = reach.store.map_or_else(|| Store::open(config.state.as_deref()), Ok)?;
        let auth = Auth::new(config, store.now().accounts.as_ref())?;
        // What a client chose counts, as with accounts.
        if let (Some(code), Some(judge)) = (&store.now().grid_code, gateway.judge())
            && let Err(error) = judge.choose(code)
        {
            tracing::warn!(
                code,
                error,
                "redfish: the grid code that was chosen is not known; that of the configuration judges"
            );
        }
        let live = config.live.clone().unwrap_or_default();
        live.set(config.shelf.clone(), config.lease);
        Ok(Arc::new(Self {
            gateway,
            auth,
            streams: Streams::new(config.stream_limit),
            meter: Meter::new(),
            tasks: Tasks::default(),
            log: Log::open(config.state.as_deref())?,
            recordings: Recordings::open(config.state.as_deref()),
            forecast: forecast::Newest::default(),
            logged: reach.logged,
            tls: reach.tls,
            time_servers: config.time_servers.as_deref().map(TimeServers::open).transpose()?,
            address: reach.address,
            restart: config.restart.clone(),
            push: Push::new(&config.events, stop)?,
            store,
            shown: Shown::default(),
            counts: Mutex::default(),
            run: std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
            sessions: Sessions::new(config.session_timeout, config.session_limit),
            live,
            poll_interval: config.poll_interval,
            uuid: match &config.uuid {
                Some(uuid) => uuid.clone(),
                None => machine_uuid()?,
            },
            body_limit: config.body_limit,
            patience: config.patience,
            writing: tokio::sync::Mutex::new(()),
            cells: Mutex::default(),
        }))
    }

    /// Goes on with the subscriptions that were kept. Their receivers get everything that happened in this run.
    ///
    /// Must be called inside a tokio runtime.
    pub(crate) fn resume(self: &Arc<Self>) {
        let logged = self.logged.clone();
        tokio::spawn(log::follow(Arc::downgrade(self), self.gateway.newest_event(), logged));
        tokio::spawn(trigger::follow(Arc::downgrade(self), self.gateway.watch()));
        tokio::spawn(self.meter.clone().follow(self.gateway.watch()));
        for subscription in &self.store.now().subscriptions {
            Push::begin(self, subscription.number, 0);
        }
    }

    /// Counts a write to the resource at `uri`: its entity tag is another one, even if it holds what it held.
    pub(crate) fn written(&self, uri: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(uri.to_owned()).or_default() += 1;
        drop(counts);
        self.shown.written();
    }

    /// The resource with its count of writes.
    pub(crate) fn counted(&self, mut resource: Resource) -> Resource {
        let uri = resource.body["@odata.id"].as_str().unwrap_or_default();
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        resource.writes = counts.get(uri).copied().unwrap_or_default();
        resource
    }

    /// What the service remembers of a lever.
    pub(crate) fn cell<T>(&self, lever: Lever, act: impl FnOnce(&mut Cell) -> T) -> T {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut cells[lever.index()])
    }
}

/// A UUID that stays the same on one machine and does not tell the machine's own identifier, which
/// systemd asks to keep confidential: version 8 (RFC 9562) from a hash of it. Random without one.
fn machine_uuid() -> Result<String, StartError> {
    let mut bytes = [0u8; 16];
    match std::fs::read_to_string("/etc/machine-id") {
        Ok(id) if !id.trim().is_empty() => {
            let text = format!("dpo-gateway redfish service {}", id.trim());
            let hash = digest::digest(&digest::SHA256, text.as_bytes());
            bytes.iter_mut().zip(hash.as_ref()).for_each(|(b, h)| *b = *h);
        }
        _ => random(&mut bytes)?,
    }
    bytes[6] = (bytes[6] & 0x0F) | 0x80;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    let hex = super::auth::hex(&bytes);
    let part = |range| hex.get(range).unwrap_or_default();
    Ok(format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)))
}

/// What a request sees: the service, and one snapshot from its start to its end.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) app: App,
    pub(crate) snapshot: Arc<Snapshot>,
}

impl FromRequestParts<App> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let snapshot =
            parts.extensions.get::<Arc<Snapshot>>().cloned().unwrap_or_else(|| app.gateway.snapshot());
        Ok(Self { app: Arc::clone(app), snapshot })
    }
}

impl FromRequestParts<App> for Identity {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Identity>().cloned().ok_or(Error::Unauthenticated)
    }
}

/// Address of the client, as far as the server told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// From the extensions of a request; unspecified without a server, as in tests of the router.
    pub(crate) fn of(extensions: &axum::http::Extensions) -> Self {
        let connected = extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        Self(connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip()))
    }
}

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}
