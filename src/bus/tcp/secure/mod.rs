//! Modbus/TCP Security (MODBUS/TCP Security Protocol Specification V2.1): the same frames over TLS, with a certificate
//! on both sides and the role of the client in its own.
//!
//! - TLS 1.2 or 1.3 by rustls: only suites with forward secrecy and authenticated encryption (ECDHE with AES-GCM or
//!   ChaCha20-Poly1305). The suites of the specification without them (RSA key exchange, CBC, NULL) are not
//!   spoken, no compression, no renegotiation.
//! - A client without a certificate, with one of another CA, or one whose time has not come or is over, gets no
//!   connection. No session is resumed: each connection shows its certificate, and its role is read again.
//! - A request that the role does not cover is answered with exception 01; the service never sees it.

mod roles;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

pub use roles::Roles;

use super::server::{TcpServer, Upgrade};
use crate::bus::{Peer, Rights, Transport};

/// The port of Modbus/TCP Security.
pub const SECURE_PORT: u16 = 802;
/// Most bytes that TLS holds for a client that does not read.
const TLS_BUFFER: usize = 4096;

/// Certificates, keys and roles of a secure server. All files are PEM, and read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityConfig {
    /// The server's certificate, with those between it and its CA.
    pub certificate: PathBuf,
    /// The server's private key.
    pub key: PathBuf,
    /// Certificates of the CAs whose clients are let in.
    pub client_ca: PathBuf,
    /// Refuse TLS 1.2.
    pub tls13_only: bool,
    /// Longest time for a handshake.
    pub handshake_timeout: Duration,
    /// What the roles may do.
    pub roles: Roles,
}

/// Why a secure server cannot start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecurityError {
    /// A file cannot be used.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key do not fit each other.
    #[error("{certificate} and {key}: {reason}")]
    Pair {
        /// File of the certificate.
        certificate: PathBuf,
        /// File of the key.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// A configuration whose files have been read.
#[derive(Clone)]
pub struct Security {
    acceptor: TlsAcceptor,
    handshake_timeout: Duration,
    roles: Arc<Roles>,
}

impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Security").field("roles", &self.roles).finish_non_exhaustive()
    }
}

fn file_error(path: &Path, reason: impl ToString) -> SecurityError {
    SecurityError::File { path: path.to_owned(), reason: reason.to_string() }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SecurityError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if found.is_empty() => Err(file_error(path, "holds no certificate; it must be PEM")),
        Ok(found) => Ok(found),
        Err(error) => Err(file_error(path, error)),
    }
}

impl Security {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// [`SecurityError`] that names the file.
    pub fn load(config: &SecurityConfig) -> Result<Self, SecurityError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = certificates(&config.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&config.key)
            .map_err(|e| file_error(&config.key, format!("holds no private key that can be read: {e}")))?;
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&config.client_ca)? {
            roots.add(certificate).map_err(|e| file_error(&config.client_ca, e))?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|e| file_error(&config.client_ca, e))?;
        let versions: &[_] = if config.tls13_only { &[&TLS13] } else { &[&TLS13, &TLS12] };
        let pair = |error: rustls::Error| SecurityError::Pair {
            certificate: config.certificate.clone(),
            key: config.key.clone(),
            reason: error.to_string(),
        };
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(pair)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(pair)?;
        tls.session_storage = Arc::new(NoServerSessionStorage {});
        tls.send_tls13_tickets = 0;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            handshake_timeout: config.handshake_timeout,
            roles: Arc::new(config.roles.clone()),
        })
    }
}

impl Upgrade for Security {
    type Stream = TlsStream<TcpStream>;

    async fn upgrade(
        &self,
        stream: TcpStream,
        from: SocketAddr,
    ) -> Result<(Self::Stream, Peer, Rights), String> {
        let handshake = self.acceptor.accept_with(stream, |connection| {
            connection.set_buffer_limit(Some(TLS_BUFFER));
        });
        let stream = match timeout(self.handshake_timeout, handshake).await {
            Ok(done) => done.map_err(|error| error.to_string())?,
            Err(_) => return Err(format!("not done within {:?}", self.handshake_timeout)),
        };
        let (_, connection) = stream.get_ref();
        let shown = connection.peer_certificates().and_then(|chain| chain.first());
        let role = roles::role(shown.ok_or("no certificate")?)?;
        let rights = self.roles.rights(role.as_deref());
        // A role may hold anything that is UTF-8; in a log it stays on its line.
        let name = match &role {
            Some(role) => format!("tls:{from} role={role:?}"),
            None => format!("tls:{from} without a role"),
        };
        tracing::info!(peer = name, ?rights, "Modbus/TCP Security connection opened");
        Ok((stream, Peer::new(Transport::Tls, name), rights))
    }
}

impl TcpServer {
    /// Serves `listener` as [`TcpServer::serve`] does, over TLS. A handshake under way counts as a connection.
    pub async fn serve_secure(&self, security: Security, listener: TcpListener, token: CancellationToken) {
        self.serve_as(security, listener, token).await;
    }
}
