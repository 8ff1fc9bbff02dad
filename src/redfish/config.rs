//! What the service is told at start.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::event::push::address::Network;

/// A standard role of the Redfish privilege model (DSP0266, "Roles").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, ToSchema)]
pub enum Role {
    /// May do everything.
    Administrator,
    /// May operate components, not configure the manager.
    Operator,
    /// May read.
    ReadOnly,
}

impl Role {
    /// All standard roles.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Operator, Self::ReadOnly];

    /// Its name, as in `RoleId`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Operator => "Operator",
            Self::ReadOnly => "ReadOnly",
        }
    }
}

/// One account of the service.
#[derive(Clone)]
pub struct Account {
    /// User name; no colon, as HTTP Basic authentication could not carry it.
    pub name: String,
    /// Password. Wiped when dropped; the service keeps an argon2 hash only.
    pub password: Zeroizing<String>,
    /// Role.
    pub role: Role,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What the operator knows about the shelf as a whole; the devices report only about themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShelfIdentity {
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Part number.
    pub part_number: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// UUID.
    pub uuid: Option<String>,
    /// How it is wired.
    pub feed: Feed,
}

/// How the shelf is wired, which no device reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// Wiring of the AC input, a Redfish `PhaseWiringType` of [`Self::WIRINGS`].
    pub phase_wiring: Option<String>,
    /// Rated current of the AC input, in amperes.
    pub rated_input_a: Option<f64>,
    /// Rated current of the DC output, in amperes.
    pub rated_output_a: Option<f64>,
}

impl Feed {
    /// The values of `PhaseWiringType`.
    pub const WIRINGS: [&str; 6] = [
        "OnePhase3Wire",
        "TwoPhase3Wire",
        "OneOrTwoPhase3Wire",
        "TwoPhase4Wire",
        "ThreePhase4Wire",
        "ThreePhase5Wire",
    ];
}

/// How the service is reached.
#[derive(Clone, Default)]
pub enum Transport {
    /// HTTPS with a self-signed certificate made at start for `localhost`, the loopback addresses and
    /// the address of the listener.
    #[default]
    SelfSigned,
    /// HTTPS with this certificate chain and key, both PEM.
    Certificate {
        /// Certificate chain, leaf first.
        chain: Vec<u8>,
        /// Private key; wiped when dropped.
        key: Zeroizing<Vec<u8>>,
    },
    /// Plain HTTP. Refused unless the listener is on a loopback address.
    InsecureHttp,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SelfSigned => "SelfSigned",
            Self::Certificate { .. } => "Certificate",
            Self::InsecureHttp => "InsecureHttp",
        })
    }
}

/// How events are sent to receivers that subscribe.
#[derive(Debug, Clone)]
pub struct EventConfig {
    /// The only addresses that events may go to. Without any: all but those of the gateway itself, loopback, link-local,
    /// multicast and the metadata services of clouds.
    pub networks: Vec<Network>,
    /// Receivers may be reached over http, too.
    pub insecure_http: bool,
    /// The certificate of a receiver is always checked, whatever its subscription says.
    pub verify_always: bool,
    /// Certificates (PEM) of the authorities that receivers are checked against; those of the system without.
    pub trust: Option<Vec<u8>>,
    /// Subscriptions at one time.
    pub subscription_limit: usize,
    /// Attempts to deliver after the first one, unless a client changes it.
    pub retry_attempts: u32,
    /// Pause before each, unless a client changes it.
    pub retry_interval: Duration,
    /// Time for one attempt, from the look-up of the name to the answer.
    pub timeout: Duration,
}

impl Default for EventConfig {
    fn default() -> Self {
        Self {
            networks: Vec::new(),
            insecure_http: false,
            verify_always: false,
            trust: None,
            subscription_limit: 16,
            retry_attempts: 3,
            retry_interval: Duration::from_secs(60),
            timeout: Duration::from_secs(10),
        }
    }
}

/// Configuration of the Redfish service.
#[derive(Debug, Clone)]
pub struct RedfishConfig {
    /// Accounts; at least one.
    pub accounts: Vec<Account>,
    /// What is known about the shelf.
    pub shelf: ShelfIdentity,
    /// How often the gateway reads each device; shown as the sensing interval of the sensors.
    pub poll_interval: Option<Duration>,
    /// UUID of the service; without one it is derived from the machine's identity.
    pub uuid: Option<String>,
    /// How the service is reached.
    pub transport: Transport,
    /// How long a write of a setpoint holds the lease of the gateway unless renewed by another write.
    pub lease: Duration,
    /// A session ends after this time without a request (30 s to 86400 s, Redfish SessionService).
    pub session_timeout: Duration,
    /// Sessions at one time.
    pub session_limit: usize,
    /// Failed logins of one user from one address before both together are locked out.
    pub lockout_threshold: u32,
    /// For how long they are locked out, and after how long without a failure the count restarts.
    pub lockout_duration: Duration,
    /// Largest request body in bytes.
    pub body_limit: usize,
    /// Time a request may take, including its body and the devices' answer to a write.
    pub request_timeout: Duration,
    /// Time after which a client that waits for a write is told to look for its answer later; the write goes on.
    pub patience: Duration,
    /// Time a client has for the TLS handshake and again for the head of each request; also how long an
    /// idle connection is kept.
    pub header_timeout: Duration,
    /// Event streams at one time; each takes a connection.
    pub stream_limit: usize,
    /// File that keeps what clients configure over a restart; in memory alone without one.
    pub state: Option<PathBuf>,
    /// File of the host's time service that holds the time servers which clients name: a drop-in of systemd-timesyncd (.conf)
    /// or sources of chrony (.sources). Without one, clients see and set none.
    pub time_servers: Option<PathBuf>,
    /// Events that are sent to receivers.
    pub events: EventConfig,
    /// Fires when a client asks for a restart of the gateway (`Manager.Reset`); without it, nobody can.
    pub restart: Option<CancellationToken>,
    /// Changes [`Self::shelf`] and [`Self::lease`] while the service runs.
    pub live: Option<Arc<Live>>,
    /// TCP connections at one time.
    pub connection_limit: usize,
}

impl RedfishConfig {
    /// A configuration with the one account `admin` (Administrator) and default limits.
    pub fn new(admin_password: impl Into<String>) -> Self {
        Self {
            accounts: vec![Account {
                name: "admin".to_owned(),
                password: Zeroizing::new(admin_password.into()),
                role: Role::Administrator,
            }],
            shelf: ShelfIdentity::default(),
            poll_interval: None,
            uuid: None,
            transport: Transport::default(),
            lease: Duration::from_secs(300),
            session_timeout: Duration::from_secs(1800),
            session_limit: 16,
            lockout_threshold: 10,
            lockout_duration: Duration::from_secs(60),
            body_limit: 64 * 1024,
            request_timeout: Duration::from_secs(30),
            patience: Duration::from_secs(10),
            header_timeout: Duration::from_secs(30),
            stream_limit: 128,
            state: None,
            time_servers: None,
            events: EventConfig::default(),
            restart: None,
            live: None,
            connection_limit: 256,
        }
    }
}

/// What can change while the service runs: what is known about the shelf, and how long a write holds the lease.
#[derive(Debug, Default)]
pub struct Live(ArcSwap<(Arc<ShelfIdentity>, Duration)>);

impl Live {
    /// Changes both, from the next request on. A lease that is held keeps its time.
    pub fn set(&self, shelf: ShelfIdentity, lease: Duration) {
        self.0.store(Arc::new((Arc::new(shelf), lease)));
    }

    /// What is known about the shelf.
    pub fn shelf(&self) -> Arc<ShelfIdentity> {
        Arc::clone(&self.0.load().0)
    }

    /// How long a write of a setpoint holds the lease unless renewed by another write.
    pub fn lease(&self) -> Duration {
        self.0.load().1
    }
}

/// Why the service did not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is not usable.
    #[error("redfish: {0}")]
    Config(String),
    /// Plain HTTP was asked for on an address others can reach.
    #[error(
        "redfish: plain HTTP is served on loopback addresses only, not on {0}: passwords would cross the \
         network readable; use HTTPS or listen on 127.0.0.1"
    )]
    InsecureAddress(std::net::SocketAddr),
    /// The certificate or key is not usable.
    #[error("redfish: certificate: {0}")]
    Certificate(String),
    /// The system refused.
    #[error("redfish: {0}")]
    Io(#[from] std::io::Error),
}
