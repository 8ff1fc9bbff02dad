//! The sockets and lines on which a PMI is served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::PmiService;
use crate::bus::rtu::{self, RtuServerConfig};
use crate::bus::serial::{self, Pty, SerialError, SerialSettings};
use crate::bus::tcp::{self, TcpServerConfig};

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
    /// The serial line cannot be opened.
    #[error(transparent)]
    Serial(#[from] SerialError),
}

/// A PMI that is being served.
#[derive(Debug)]
pub struct Front {
    /// Where Modbus TCP is served.
    pub modbus: SocketAddr,
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
                let config = RtuServerConfig::for_line(path.display().to_string(), settings.baud);
                tasks.spawn(serve_line(port, Arc::clone(&service), config, token.clone()));
                (path.clone(), None)
            }
        };
        tasks.spawn(tcp::serve(listener, service, config.limits, token.clone()));
        Ok(Self { modbus, line, link, tasks })
    }

    /// Waits until the servers have ended after their token was cancelled.
    pub async fn ended(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn serve_line(
    port: impl rtu::Port,
    service: Arc<PmiService>,
    config: RtuServerConfig,
    token: CancellationToken,
) {
    let name = config.name.clone();
    if let Err(reason) = rtu::serve(port, service, config, token).await {
        // The rack manager loses its line; Modbus TCP and Redfish go on.
        error!(line = name, %reason, "the serial line towards the rack manager failed");
    }
}
