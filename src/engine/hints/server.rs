//! Who may give hints: loopback, or whoever has the token.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum_server::Handle;
use ring::digest::{SHA256, digest};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::api::{ApiError, router};
use super::places::Places;
use super::store::HintStore;

/// Largest request, in bytes.
const MOST_BYTES: usize = 16 << 10;
/// Shortest token, in characters.
const SHORTEST_TOKEN: usize = 16;
/// Connections at one time; one more is closed at once.
pub const CONNECTIONS: usize = 128;
/// Requests at one time; more wait for the next second and are then refused.
const AT_ONCE: usize = 64;

/// How hints are taken.
#[derive(Debug)]
pub struct HintsConfig {
    /// What whoever gives hints must show; `None`: nothing, which is taken on loopback only.
    pub token: Option<Zeroizing<String>>,
    /// Time for the head of a request, for a whole request, and for an idle connection.
    pub head_time: Duration,
}

impl Default for HintsConfig {
    /// No token, 10 s.
    fn default() -> Self {
        Self { token: None, head_time: Duration::from_secs(10) }
    }
}

/// Why hints are not taken.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Anybody could give hints.
    #[error("hints at {0}: beyond loopback a token is wanted (--hints-token-file)")]
    Open(SocketAddr),
    /// The token is too easily guessed.
    #[error("the token for hints has fewer than {SHORTEST_TOKEN} characters")]
    Token,
    /// The listener failed.
    #[error("hints: {0}")]
    Io(#[from] std::io::Error),
}

/// Guards the API.
#[derive(Clone)]
struct Guard {
    /// Digest of the token: comparing digests tells nothing of how much of it was right.
    token: Option<Arc<[u8]>>,
    places: Arc<tokio::sync::Semaphore>,
    request_time: Duration,
}

/// Takes hints at `listener` until `stop`.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    store: HintStore,
    config: HintsConfig,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    let token = match &config.token {
        None if !address.ip().is_loopback() => return Err(ServeError::Open(address)),
        Some(token) if token.len() < SHORTEST_TOKEN => return Err(ServeError::Token),
        Some(token) => Some(Arc::from(digest(&SHA256, token.as_bytes()).as_ref())),
        None => None,
    };
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "engine: hints come over plain HTTP: put a proxy with TLS before it");
    }
    let places = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let guard = Guard { token, places, request_time: config.head_time };
    let service = router(store)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(guard, guarded))
        .into_make_service();
    let handle = Handle::new();
    let stopper = tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.cancelled().await;
            handle.graceful_shutdown(Some(Duration::from_secs(1)));
        }
    });
    let mut server = axum_server::Server::<SocketAddr>::from_listener(listener)
        .handle(handle)
        .http1_only()
        .first_request_timeout(config.head_time);
    server.http_builder().http1().header_read_timeout(config.head_time).max_buf_size(32 << 10);
    let served = server.map(|_| Places::new(CONNECTIONS)).serve(service).await;
    stopper.abort();
    Ok(served?)
}

async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let allowed = match &guard.token {
        Some(token) => headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "))
            .is_some_and(|told| digest(&SHA256, told.trim().as_bytes()).as_ref() == &**token),
        // A page in a browser of this machine could be made to speak to loopback by a name of its own.
        None => headers.get(header::HOST).and_then(|v| v.to_str().ok()).is_some_and(names_loopback),
    };
    if !allowed {
        let wanted = "a bearer token is wanted, or, without one, a request to a loopback address";
        return ApiError(StatusCode::UNAUTHORIZED, wanted.to_owned()).into_response();
    }
    let Ok(Ok(_place)) = tokio::time::timeout(Duration::from_secs(1), guard.places.acquire()).await else {
        return ApiError(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once".to_owned())
            .into_response();
    };
    match tokio::time::timeout(guard.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            ApiError(StatusCode::REQUEST_TIMEOUT, "the request took too long".to_owned()).into_response()
        }
    }
}

/// Whether a `Host` is a loopback address or `localhost`.
fn names_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_loopback() {
        for host in ["localhost", "localhost:8099", "127.0.0.1:1", "[::1]:8099", "[::1]"] {
            assert!(names_loopback(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:80", "10.0.0.1", "127.0.0.1.evil.example"] {
            assert!(!names_loopback(host), "{host}");
        }
    }
}
