//! The sockets and lines on which a PMI is served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use super::PmiService;
#[cfg(feature = "secure")]
use crate::bus::Service;
use crate::bus::rtu::{self, RtuServerConfig};
use crate::bus::serial::{self, Pty, SerialError, SerialPort, SerialSettings, Tty};
use crate::bus::tcp::{self, TcpServerConfig};
#[cfg(feature = "secure")]
use crate::bus::tcp::{
    TcpServer,
    secure::{Security, SecurityConfig, SecurityError},
};

/// How often a serial device that failed is tried again.
const REOPEN_INTERVAL: Duration = Duration::from_secs(2);

/// The serial line towards the rack manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A pseudo-terminal, with a symbolic link to it if one is named.
    Pty(Option<PathBuf>),
    /// A serial device.
    Serial(PathBuf, SerialSettings),
}

/// Where a PMI is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontConfig {
    /// Where to listen for Modbus TCP; port 0 takes any free port.
    pub modbus: SocketAddr,
    /// Limits of the TCP server.
    pub limits: TcpServerConfig,
    /// Where to serve Modbus/TCP Security, if anywhere; under the same limits.
    #[cfg(feature = "secure")]
    pub secure: Option<(SocketAddr, SecurityConfig)>,
    /// The serial line.
    pub line: Line,
}

/// Why a PMI cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    /// The TCP port cannot be opened.
    #[error("cannot listen for Modbus TCP on {address}: {source}")]
    Listen {
        /// Address asked for.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate or key cannot be used.
    #[cfg(feature = "secure")]
    #[error("pmi.secure: {0}")]
    Security(#[from] SecurityError),
    /// The serial line cannot be opened.
    #[error(transparent)]
    Serial(#[from] SerialError),
}

/// A PMI that is being served.
#[derive(Debug)]
pub struct Front {
    /// Where Modbus TCP is served.
    pub modbus: SocketAddr,
    /// Where Modbus/TCP Security is served.
    pub secure: Option<SocketAddr>,
    /// The device a client opens: the other end of the pseudo-terminal, or the serial device.
    pub line: PathBuf,
    /// The symbolic link to the pseudo-terminal.
    pub link: Option<PathBuf>,
    tasks: JoinSet<()>,
}

impl Front {
    /// Opens the sockets and serves until `token` is cancelled.
    ///
    /// # Errors
    /// [`FrontError`] if a socket or line cannot be opened; nothing is served then.
    pub async fn start(
        service: Arc<PmiService>,
        config: &FrontConfig,
        token: &CancellationToken,
    ) -> Result<Self, FrontError> {
        let address = config.modbus;
        let listen = |source| FrontError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let modbus = listener.local_addr().map_err(listen)?;
        #[cfg(feature = "secure")]
        let security = match &config.secure {
            Some((address, security)) => {
                let security = Security::load(security)?;
                let listen = |source| FrontError::Listen { address: *address, source };
                Some((security, TcpListener::bind(address).await.map_err(listen)?))
            }
            None => None,
        };
        let mut tasks = JoinSet::new();
        let (line, link) = match &config.line {
            Line::Pty(link) => {
                let pty = Pty::open(link.as_deref())?;
                let (path, link) = (pty.path.clone(), pty.link().map(Path::to_path_buf));
                let settings = RtuServerConfig::for_pty(path.display().to_string());
                tasks.spawn(serve_line(pty, Arc::clone(&service), settings, token.clone()));
                (path, link)
            }
            Line::Serial(path, settings) => {
                let port = serial::open(path, *settings)?;
                let device = (path.clone(), *settings);
                tasks.spawn(serve_serial(port, device, Arc::clone(&service), token.clone()));
                (path.clone(), None)
            }
        };
        #[cfg(not(feature = "secure"))]
        let secure = None;
        #[cfg(feature = "secure")]
        let secure = match security {
            Some((security, listener)) => {
                let address = listener.local_addr().map_err(listen)?;
                let server = TcpServer::new(Arc::clone(&service) as Arc<dyn Service>, config.limits);
                let token = token.clone();
                tasks.spawn(async move { server.serve_secure(security, listener, token).await });
                Some(address)
            }
            None => None,
        };
        tasks.spawn(tcp::serve(listener, service, config.limits, token.clone()));
        Ok(Self { modbus, secure, line, link, tasks })
    }

    /// Waits until the servers have ended after their token was cancelled.
    pub async fn ended(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn serve_line(
    port: impl Tty,
    service: Arc<PmiService>,
    config: RtuServerConfig,
    token: CancellationToken,
) {
    let name = config.name.clone();
    if let Err(reason) = rtu::serve_tty(port, service, config, token).await {
        // The rack manager loses its line; Modbus TCP and Redfish go on.
        error!(line = name, %reason, "the serial line towards the rack manager failed");
    }
}

/// Serves a serial device, and opens it again after a failure (an unplugged adapter).
async fn serve_serial(
    mut port: SerialPort,
    (path, settings): (PathBuf, SerialSettings),
    service: Arc<PmiService>,
    token: CancellationToken,
) {
    let config = RtuServerConfig::for_line(path.display().to_string(), settings.into());
    loop {
        serve_line(port, Arc::clone(&service), config.clone(), token.clone()).await;
        port = loop {
            tokio::select! {
                () = token.cancelled() => return,
                () = sleep(REOPEN_INTERVAL) => (),
            }
            match serial::open(&path, settings) {
                Ok(port) => break port,
                Err(reason) => debug!(line = config.name, %reason, "the serial line is not back yet"),
            }
        };
        info!(line = config.name, "the serial line towards the rack manager is back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::read_holding;
    use crate::bus::retry::{RetryBus, RetryConfig};
    use crate::bus::rtu::{RtuBus, RtuClientConfig};
    use crate::gateway::{Gateway, Snapshot};
    use crate::pmi::PmiConfig;

    async fn mark_of_the_block(pty: Pty) -> Vec<u16> {
        // What was sent before the line is back is lost; a rack manager asks again.
        let config =
            RtuClientConfig { response_timeout: Duration::from_millis(500), ..RtuClientConfig::default() };
        let patient = RetryConfig { retries: 60, ..RetryConfig::default() };
        let bus = RetryBus::new(Arc::new(RtuBus::new("rack manager", pty, config)), patient);
        let words = read_holding(&bus, 7, 0x4000, 2).await.unwrap();
        drop(bus);
        words
    }

    #[tokio::test]
    async fn a_serial_device_that_went_and_came_back_is_served_again() {
        let folder = tempfile::tempdir().unwrap();
        // The link stands for the device name of an adapter; the pseudo-terminal behind it for the adapter.
        let device = folder.path().join("ttyUSB0");
        let adapter = Pty::open(Some(&device)).unwrap();
        let (gateway, _feed) = Gateway::channel(Snapshot::empty());
        let service = Arc::new(PmiService::new(gateway, Vec::new(), PmiConfig::default()).unwrap());
        let config = FrontConfig {
            modbus: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits: TcpServerConfig::default(),
            #[cfg(feature = "secure")]
            secure: None,
            line: Line::Serial(device.clone(), SerialSettings::default()),
        };
        let token = CancellationToken::new();
        let front = Front::start(service, &config, &token).await.unwrap();
        assert_eq!(mark_of_the_block(adapter).await, [0x4450, 0x4F31]);
        // The adapter is gone now, and with it the open port. Another one takes its name.
        let adapter = Pty::open(Some(&device)).unwrap();
        assert_eq!(mark_of_the_block(adapter).await, [0x4450, 0x4F31]);
        token.cancel();
        front.ended().await;
    }
}
