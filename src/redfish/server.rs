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
use axum_server::tls_rustls::RustlsAcceptor;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::config::{RedfishConfig, StartError, Transport};
use super::plain::only_tls;
use super::store::Store;
use super::tls::Tls;
use super::{Reach, assemble};
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
    if matches!(config.transport, Transport::InsecureHttp) && !address.ip().is_loopback() {
        return Err(StartError::InsecureAddress(address));
    }
    let store = Store::open(config.state.as_deref())?;
    let tls = Tls::new(&config.transport, &store, address).await?;
    let (logged, kept) = (CancellationToken::new(), config.state.is_some());
    // Hashing the passwords would hold up the other tasks of the runtime.
    let ends = stop.clone();
    let reach =
        Reach { address: Some(address), tls: tls.clone(), store: Some(store), logged: logged.clone() };
    let (router, config) = tokio::task::spawn_blocking(move || {
        let made = assemble(gateway, &config, reach, ends);
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
            let tls = tls.config.clone();
            let timeout = config.header_timeout;
            server
                .map(|_| RustlsAcceptor::new(tls).handshake_timeout(timeout).acceptor(OnlyTls(timeout)))
                .map(|inner| Limited { inner, places })
                .serve(service)
                .await
        }
    };
    stopper.abort();
    // The gateway that stops has more to tell, and its log is written.
    if kept {
        let _ = tokio::time::timeout(GRACE, logged.cancelled()).await;
    }
    Ok(served?)
}

/// An acceptor that hands on TLS alone, and tells others where to go.
#[derive(Clone)]
struct OnlyTls(Duration);

impl<S: Send + 'static> Accept<TcpStream, S> for OnlyTls {
    type Stream = TcpStream;
    type Service = S;
    type Future = Accepting<(TcpStream, S)>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let patience = self.0;
        Box::pin(async move { Ok((only_tls(stream, patience).await?, service)) })
    }
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
