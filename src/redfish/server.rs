//! TLS, connection limits and time limits around the router.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::assemble;
use super::config::{RedfishConfig, StartError, Transport};
use crate::gateway::Gateway;

/// Time open requests have to end after a stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves Redfish on `listener` until `stop` is cancelled; open requests then have 5 s to end.
///
/// # Errors
/// [`StartError`] if the configuration or certificate cannot be used, if plain HTTP is asked for on an
/// address that is not loopback, or if the listener fails.
pub async fn serve(
    listener: TcpListener,
    gateway: Gateway,
    mut config: RedfishConfig,
    stop: CancellationToken,
) -> Result<(), StartError> {
    let address = listener.local_addr()?;
    let tls = match &config.transport {
        Transport::InsecureHttp if !address.ip().is_loopback() => {
            return Err(StartError::InsecureAddress(address));
        }
        Transport::InsecureHttp => None,
        Transport::SelfSigned => Some(self_signed(address)?),
        Transport::Certificate { chain, key } => Some(from_pem(chain, key)?),
    };
    // Hashing the passwords would hold up the other tasks of the runtime.
    let ends = stop.clone();
    let (router, config) = tokio::task::spawn_blocking(move || {
        let made = assemble(gateway, &config, ends);
        // Wiped as they are dropped: from here on only hashes are needed.
        config.accounts.clear();
        config.transport = Transport::default();
        (made, config)
    })
    .await
    .map_err(|e| StartError::Config(e.to_string()))?;
    let service = router?.into_make_service_with_connect_info::<SocketAddr>();

    let handle = Handle::new();
    let stopper = tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.cancelled().await;
            handle.graceful_shutdown(Some(GRACE));
        }
    });
    let mut server = axum_server::Server::<SocketAddr>::from_listener(listener)
        .handle(handle)
        .http1_only()
        .first_request_timeout(config.header_timeout);
    server.http_builder().http1().header_read_timeout(config.header_timeout).max_buf_size(64 * 1024);
    let places = Arc::new(Semaphore::new(config.connection_limit));
    let served = match tls {
        None => server.map(|inner| Limited { inner, places }).serve(service).await,
        Some(tls) => {
            let tls = RustlsConfig::from_config(Arc::new(tls));
            let timeout = config.header_timeout;
            server
                .map(|_| RustlsAcceptor::new(tls).handshake_timeout(timeout))
                .map(|inner| Limited { inner, places })
                .serve(service)
                .await
        }
    };
    stopper.abort();
    Ok(served?)
}

/// A server configuration with a certificate made now: ECDSA P-256, for this host's own names.
fn self_signed(address: SocketAddr) -> Result<ServerConfig, StartError> {
    let fault = |e: rcgen::Error| StartError::Certificate(e.to_string());
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let own = address.ip().to_string();
    if !address.ip().is_unspecified() && !names.contains(&own) {
        names.push(own);
    }
    let mut parameters = rcgen::CertificateParams::new(names).map_err(fault)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "DPO gateway, self-signed");
    let key = rcgen::KeyPair::generate().map_err(fault)?;
    let certificate = parameters.self_signed(&key).map_err(fault)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    tls(vec![certificate.der().clone()], key)
}

fn from_pem(chain: &[u8], key: &[u8]) -> Result<ServerConfig, StartError> {
    let fault =
        |what: &str, e: rustls::pki_types::pem::Error| StartError::Certificate(format!("{what}: {e}"));
    let chain = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| fault("certificate chain", e))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| fault("private key", e))?;
    tls(chain, key)
}

/// TLS 1.2 and 1.3; rustls has nothing older.
fn tls(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, StartError> {
    let fault = |e: rustls::Error| StartError::Certificate(e.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(fault)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(fault)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// An acceptor that closes connections beyond a limit, before any handshake.
#[derive(Clone)]
struct Limited<A> {
    inner: A,
    places: Arc<Semaphore>,
}

type Accepting<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl<I, S, A> Accept<I, S> for Limited<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = Held<A::Service>;
    type Future = Accepting<(A::Stream, Held<A::Service>)>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            tracing::warn!("redfish: connection limit reached, a connection was closed");
            return Box::pin(async { Err(io::Error::other("connection limit reached")) });
        };
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((stream, Held { service, _place: Arc::new(place) }))
        })
    }
}

/// The service of one connection, which holds the connection's place until it ends.
#[derive(Clone)]
struct Held<S> {
    service: S,
    _place: Arc<OwnedSemaphorePermit>,
}

impl<S: tower::Service<R>, R> tower::Service<R> for Held<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.service.call(request)
    }
}
