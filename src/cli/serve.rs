//! `dpo serve`: the gateway with all its interfaces, around real buses or the embedded simulation.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use dpo_registers::units::{Percent, Volts, Watts};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::banner::{Addresses, Login, PASSWORD_VARIABLE, banner};
use super::bus_log;
use super::config::{self, BusConfig, Config, Load, Shelf};
use super::line::Wrong;
use super::slots::slots;
use super::supervise::{self, Signals};
use super::{USAGE, fail, logging};
use crate::bus::Bus;
use crate::bus::arbiter::Arbiter;
use crate::bus::rtu::RtuBus;
use crate::bus::tcp::{TcpBus, TcpClientConfig};
use crate::embedded::{CodeJudge, Embedded, EmbeddedConfig, EmbeddedError, routes};
use crate::gateway::{self, BusLine, ConfigError, Gateway, GatewayConfig, Protocol};
use crate::gridcode;
use crate::pmi::{Front, FrontConfig, Line, PmiService};
use crate::realtime::{ExecutorConfig, Granted, Request};
use crate::redfish::{self, Live, StartError};
use crate::shelf::choice::ReadingChoice;
use crate::shelf::journal::StoreJournal;
use crate::shelf::journal::store::Retention;
use crate::shelf::writer::RateLimit;
use crate::sim::{LoadProfile, PSU_SLOTS, ShelfConfig, SimShelf, Trace, TraceOptions, Training};

/// Options of `dpo serve`; they go before the configuration file.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to serve Redfish and the documentation pages [default: 127.0.0.1:8443].
    #[arg(long, value_name = "ADDRESS")]
    pub redfish: Option<SocketAddr>,
    /// Where to serve Modbus TCP [default: 127.0.0.1:1502].
    #[arg(long, value_name = "ADDRESS")]
    pub modbus: Option<SocketAddr>,
    /// Symbolic link to the pseudo-terminal that speaks Modbus RTU.
    #[arg(long, value_name = "PATH")]
    pub pty_link: Option<PathBuf>,
    /// Configuration file (TOML); examples/dpo.toml shows every key.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Serve Redfish over plain HTTP; only on loopback.
    #[arg(long)]
    pub insecure_http: bool,
}

/// Runs the gateway until Ctrl-C or SIGTERM.
pub(super) fn run(args: &Args) -> ExitCode {
    let config = match args.config.as_deref().map_or_else(|| Ok(Config::default()), Config::load) {
        Ok(config) => overridden(config, args),
        Err(error) => return fail(USAGE, &error.to_string()),
    };
    logging::configure(config.log.as_deref());
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("cannot start: {error}")),
    };
    supervise::no_core_dumps();
    let served = runtime.block_on(serve(config, args.config.as_deref()));
    // A journal whose disk hangs does not keep the process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match served {
        Ok(Ended::Stopped) => ExitCode::SUCCESS,
        Ok(Ended::Restart) => supervise::again(),
        Err(Failure { code, reason }) => fail(code, &reason),
    }
}

/// Why the gateway did not start or did not go on, with the exit code for it.
#[derive(Debug)]
struct Failure {
    code: u8,
    reason: String,
}

impl Failure {
    /// The command line, the environment or the configuration asks for what cannot be.
    fn usage(reason: impl ToString) -> Self {
        Self { code: USAGE, reason: reason.to_string() }
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { code: 1, reason }
    }
}

impl From<EmbeddedError> for Failure {
    fn from(error: EmbeddedError) -> Self {
        match error {
            EmbeddedError::Pmi(_) | EmbeddedError::Shelf(_) | EmbeddedError::Gateway(_) => Self::usage(error),
            EmbeddedError::Front(error) => Self::from(error.to_string()),
            EmbeddedError::Fast(error) => Self::from(format!("fast path: {error}")),
        }
    }
}

fn overridden(mut config: Config, args: &Args) -> Config {
    config.redfish.listen = args.redfish.unwrap_or(config.redfish.listen);
    config.redfish.insecure_http |= args.insecure_http;
    config.pmi.listen = args.modbus.unwrap_or(config.pmi.listen);
    if let Some(link) = &args.pty_link {
        config.pmi.pty_link = Some(link.clone());
        config.pmi.serial = None;
    }
    config
}

/// How the gateway ended that was asked to.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Stopped,
    /// To be started again.
    Restart,
}

async fn serve(mut config: Config, file: Option<&Path>) -> Result<Ended, Failure> {
    // Before anything is started, so that a typing error stops nothing half-way.
    let (password, chosen) = password().map_err(Failure::usage)?;
    let listen = config.redfish.listen;
    if config.redfish.insecure_http && !listen.ip().is_loopback() {
        return Err(Failure::usage(StartError::InsecureAddress(listen)));
    }
    let listener =
        TcpListener::bind(listen).await.map_err(|e| format!("cannot listen for Redfish on {listen}: {e}"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let mut service = super::redfish::service(&config, &password).map_err(Failure::usage)?;
    let kept = match config.redfish.state.as_deref().map(redfish::keeps_accounts) {
        Some(kept) => kept.map_err(Failure::usage)?,
        None => false,
    };
    let restart = CancellationToken::new();
    // A password that is made at the start is not known to whoever restarts the gateway from elsewhere.
    service.restart = (chosen || kept).then(|| restart.clone());
    let live = Arc::new(Live::default());
    service.live = Some(Arc::clone(&live));
    let mut signals = Signals::listen(file);
    let running = Running::start(&config).await?;
    let token = CancellationToken::new();
    let mut web = tokio::spawn(redfish::serve(listener, running.gateway().clone(), service, token.clone()));
    let shown = match (kept, chosen) {
        (true, _) => Login::Kept,
        (false, true) => Login::Chosen,
        (false, false) => Login::Made(password.as_str()),
    };
    let at = Addresses {
        redfish: address,
        modbus: running.modbus(),
        secure: running.secure(),
        serial: running.serial(),
        fast: running.granted(),
    };
    announce(&banner(&config, &at, shown));
    drop(password);
    supervise::tell_ready();
    let alive = tokio::spawn(supervise::watchdog(
        running.gateway().clone(),
        Duration::from_millis(config.gateway.poll_ms),
    ));
    let ended = async {
        while signals.next().await {
            if let Some(file) = file {
                supervise::reload(file, &mut config, &live);
            }
        }
    };
    let (ended, early) = tokio::select! {
        () = ended => (Ok(Ended::Stopped), None),
        () = restart.cancelled() => (Ok(Ended::Restart), None),
        () = running.failed() => (Err("the gateway ended by itself; see the log".to_owned()), None),
        // Without Redfish nobody would see that the rest goes on.
        served = &mut web => (Err("Redfish ended by itself; see the log".to_owned()), Some(served)),
    };
    token.cancel();
    alive.abort();
    if !matches!(ended, Ok(Ended::Restart)) {
        supervise::tell(&[sd_notify::NotifyState::Stopping]);
    }
    let web = async {
        match early {
            Some(served) => served,
            None => web.await,
        }
    };
    // The setpoints go back at once, however long a client of Redfish takes to end.
    let (served, ()) = tokio::join!(web, running.stop());
    let served = match served {
        Ok(served) => served.map_err(|e| e.to_string()),
        Err(broken) => Err(format!("redfish: {broken}")),
    };
    served.and(ended).map_err(Failure::from)
}

/// The password of `admin`, and whether the user chose it.
fn password() -> Result<(Zeroizing<String>, bool), String> {
    match std::env::var(PASSWORD_VARIABLE) {
        Ok(password) if password.len() >= 8 => Ok((Zeroizing::new(password), true)),
        Ok(_) => Err(format!(
            "{PASSWORD_VARIABLE} has fewer than 8 characters: choose a longer password, or unset it for a random one"
        )),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("{PASSWORD_VARIABLE} is not UTF-8")),
        Err(std::env::VarError::NotPresent) => {
            let mut bytes = Zeroizing::new([0u8; 15]);
            getrandom::fill(bytes.as_mut()).map_err(|e| format!("no random numbers: {e}"))?;
            let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes.as_ref());
            Ok((Zeroizing::new(text), false))
        }
    }
}

/// What runs below the REST interface.
enum Running {
    Simulated(Box<Embedded>),
    Real {
        gateway: Gateway,
        front: Box<Front>,
        polling: tokio::task::JoinHandle<()>,
        token: CancellationToken,
    },
}

impl Running {
    async fn start(config: &Config) -> Result<Self, Failure> {
        let mut gateway = gateway_config(config)?;
        let pmi = config.pmi.service(Arc::clone(&gateway.journal));
        let front = front_config(config)?;
        match &config.shelf {
            Shelf::Simulated { load, seed, sags } => {
                let shelf = shelf_config(load, *seed).map_err(Failure::usage)?;
                let fast = fast_config(&config.realtime);
                let code = gridcode::find(&config.gateway.grid_code)
                    .map_err(|e| Failure::usage(format!("gateway.grid_code: {e}")))?;
                let rated = Watts(gateway.psu_rated.0 * PSU_SLOTS as f64);
                gateway.judge = Some(Arc::new(CodeJudge::new(code, rated)));
                let healthy = shelf.ac_voltage;
                let embedded = Embedded::start(EmbeddedConfig { shelf, gateway, pmi, front, fast }).await?;
                if let Some(sags) = *sags {
                    tokio::spawn(sag(embedded.shelf.clone(), healthy, sags));
                }
                Ok(Self::Simulated(Box::new(embedded)))
            }
            Shelf::Buses { bus } => {
                if config.gateway.journal.is_none() {
                    tracing::warn!(
                        "gateway.journal is not set: no write is on record, and a restart knows nothing of the one before"
                    );
                }
                gateway.slots = slots(bus).map_err(Failure::usage)?;
                gateway.check_on(&bus.iter().map(protocol).collect::<Vec<_>>()).map_err(|e| match e {
                    ConfigError::Reading(_) => Failure::usage(e),
                    other => Failure::usage(format!("shelf.bus: {other}")),
                })?;
                let mut buses = Vec::new();
                let lines = bus.iter().map(|bus| open(bus, &mut buses)).collect::<Result<Vec<_>, _>>()?;
                let token = CancellationToken::new();
                tokio::spawn(bus_log::run(buses, token.clone()));
                let routes = routes(&gateway, &lines);
                let (gateway, polling) =
                    gateway::spawn(gateway, lines, token.clone()).map_err(Failure::usage)?;
                let service = PmiService::new(gateway.clone(), routes, pmi).map_err(Failure::usage)?;
                let front =
                    Front::start(Arc::new(service), &front, &token).await.map_err(|e| e.to_string())?;
                Ok(Self::Real { gateway, front: Box::new(front), polling, token })
            }
        }
    }

    fn gateway(&self) -> &Gateway {
        match self {
            Self::Simulated(embedded) => &embedded.gateway,
            Self::Real { gateway, .. } => gateway,
        }
    }

    /// Returns only if the gateway has ended without being asked to.
    async fn failed(&self) {
        let mut snapshots = self.gateway().watch();
        while snapshots.changed().await.is_ok() {}
    }

    async fn stop(self) {
        match self {
            Self::Simulated(embedded) => embedded.stop().await,
            Self::Real { front, polling, token, .. } => {
                token.cancel();
                front.ended().await;
                if let Err(error) = polling.await {
                    tracing::error!(%error, "the gateway ended badly");
                }
            }
        }
    }

    fn serial(&self) -> String {
        let (line, link) = match self {
            Self::Simulated(embedded) => (embedded.line(), embedded.link()),
            Self::Real { front, .. } => (front.line.as_path(), front.link.as_ref()),
        };
        link.map_or_else(
            || line.display().to_string(),
            |at| format!("{} -> {}", at.display(), line.display()),
        )
    }

    /// What the fast path got of the operating system.
    fn granted(&self) -> Option<String> {
        match self {
            Self::Simulated(embedded) => embedded.granted().map(Granted::summary),
            Self::Real { .. } => None,
        }
    }

    fn secure(&self) -> Option<SocketAddr> {
        match self {
            Self::Simulated(embedded) => embedded.secure(),
            Self::Real { front, .. } => front.secure,
        }
    }

    fn modbus(&self) -> SocketAddr {
        match self {
            Self::Simulated(embedded) => embedded.modbus(),
            Self::Real { front, .. } => front.modbus,
        }
    }
}

fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    // The gateway serves whether or not somebody reads this.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn gateway_config(config: &Config) -> Result<GatewayConfig, String> {
    let mut gateway = GatewayConfig {
        poll_interval: Duration::from_millis(config.gateway.poll_ms),
        time_sync: config.gateway.time_sync,
        slow_every: config.gateway.slow_every,
        turnaround: Duration::from_micros(config.gateway.turnaround_us.into()),
        dormant_after: config.gateway.dormant_after,
        dormant_interval: Duration::from_secs(config.gateway.dormant_seconds.into()),
        reserve: Percent(config.gateway.reserve_percent),
        setpoint_max_age: config.gateway.setpoint_max_age_seconds.map(|s| Duration::from_secs(s.into())),
        write_rate: RateLimit {
            burst: config.gateway.write_burst,
            interval: Duration::from_millis(config.gateway.write_interval_ms.into()),
        },
        psu_reset: config.gateway.psu_reset,
        readings: config.reading.iter().map(choice).collect(),
        ..GatewayConfig::default()
    };
    if let Some(path) = &config.gateway.journal {
        let age = Duration::from_secs(86_400 * u64::from(config.gateway.journal_days));
        let retention = Retention { most: config.gateway.journal_entries, age, ..Retention::default() };
        let journal = StoreJournal::open(path, retention);
        gateway.journal =
            Arc::new(journal.map_err(|e| {
                format!("{e}; its directory must exist and be writable by this process alone")
            })?);
    }
    Ok(gateway)
}

fn choice(reading: &config::Reading) -> ReadingChoice {
    let config::Reading { map, register, reading, units } = reading.clone();
    ReadingChoice { map, register, reading, units: units.unwrap_or_default() }
}

/// Lets the voltage of a simulated shelf sag again and again, as long as the process runs.
async fn sag(shelf: SimShelf, healthy: Volts, sags: config::Sags) {
    let every = Duration::from_secs_f64(sags.every_s);
    let time = Duration::from_millis(sags.for_ms).min(every);
    loop {
        tokio::time::sleep(every.saturating_sub(time)).await;
        shelf.set_ac(Volts(healthy.0 * sags.to_percent / 100.0));
        tokio::time::sleep(time).await;
        shelf.set_ac(healthy);
    }
}

/// How the fast path of the simulation runs; `None` if it does not.
fn fast_config(config: &config::Realtime) -> Option<ExecutorConfig> {
    let request = Request {
        priority: config.priority,
        lock_memory: config.lock_memory,
        cpu: config.cpu,
        hold_cpu_latency: config.hold_cpu_latency,
    };
    config.enabled.unwrap_or(true).then(|| ExecutorConfig { request, ..ExecutorConfig::default() })
}

fn front_config(config: &Config) -> Result<FrontConfig, Failure> {
    let line = match &config.pmi.serial {
        Some(serial) => {
            let settings = serial.settings(&[]).map_err(|wrong| wrong_key("pmi.serial", wrong))?;
            Line::Serial(serial.device.clone(), settings)
        }
        None => Line::Pty(config.pmi.pty_link.clone()),
    };
    let secure = config.pmi.secure.as_ref().map(|secure| (secure.listen, secure.server()));
    Ok(FrontConfig { modbus: config.pmi.listen, limits: config.pmi.limits.server(), secure, line })
}

fn wrong_key(table: &str, (key, reason): Wrong) -> Failure {
    Failure::usage(format!("{table}: {key}: {reason}"))
}

fn protocol(bus: &BusConfig) -> Protocol {
    match bus {
        BusConfig::Rtu(_) | BusConfig::Tcp { .. } => Protocol::Modbus,
        BusConfig::I2c(_) => Protocol::Pmbus,
    }
}

/// Opens a bus; one that counts what happens on it goes to `counted`, too.
fn open(bus: &BusConfig, counted: &mut Vec<Arc<dyn Bus>>) -> Result<BusLine, Failure> {
    let bus: Arc<dyn Bus> = match bus {
        BusConfig::Rtu(line) => {
            let (settings, config) = line.port().map_err(|wrong| wrong_key("shelf.bus", wrong))?;
            Arc::new(RtuBus::open(&line.device, settings, config).map_err(|e| e.to_string())?)
        }
        BusConfig::Tcp { address, .. } => {
            Arc::new(TcpBus::new(address.to_string(), TcpClientConfig::default()))
        }
        BusConfig::I2c(bus) => return Ok(bus.open()?.into()),
    };
    counted.push(Arc::clone(&bus));
    Ok(Arbiter::new(bus).into())
}

fn shelf_config(load: &Load, seed: u64) -> Result<ShelfConfig, String> {
    let load = match load {
        Load::Training => LoadProfile::Training(Training::default()),
        Load::Constant { watts } => LoadProfile::Constant(Watts(*watts)),
        Load::Trace { file, peak_watts } => {
            let options = TraceOptions { scale: *peak_watts, ..TraceOptions::default() };
            LoadProfile::Trace(Trace::read(file, &options).map_err(|e| format!("shelf.load.file: {e}"))?)
        }
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // The devices' clock registers have 32 bits.
    let unix_time_s = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
    Ok(ShelfConfig { seed, load, unix_time_s, ..ShelfConfig::default() })
}

#[cfg(test)]
mod tests;
