//! The server: all connections of a listener in one task, each in its turn.
//!
//! A task a connection leaves the order of service to the scheduler, and a busy scheduler is not fair: with
//! a thousand clients some wait a hundred times longer than others. Here the connections that have something
//! to do wait in one queue, first come, first served, and new connections get a share of the turns; a
//! client's flood costs the other clients a share, not the service.

mod connection;
mod door;
mod registry;

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{debug, info, warn};

use self::connection::Connection;
pub(super) use self::connection::Stream;
use self::door::Door;
use self::registry::{Full, Registry, Slot};
use super::counters::{Closed, TcpCounters, Warnings};
use super::limits::{TcpServerConfig, prepare};
use crate::bus::{Peer, Rights, Service, Transport};

/// How long to wait after a failed accept (no file descriptor left, for example).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// New connections that are taken before those that are there get their turn.
const ACCEPTS_A_TURN: usize = 16;

/// Serves `service` on `listener` until `token` is cancelled; requests under way are finished first.
///
/// A connection holds one request and one answer (260 bytes each) and reads no further while it works:
/// pipelined requests are answered in order, and a client that sends more than it reads is slowed down
/// by TCP. A header that is not Modbus closes the connection, because the place of the next frame is
/// unknown. Without a path the answer is exception 0A, without an answer of the device 0B.
/// [`TcpServerConfig`] says what happens at each limit.
pub async fn serve(
    listener: TcpListener,
    service: Arc<dyn Service>,
    config: TcpServerConfig,
    token: CancellationToken,
) {
    TcpServer::new(service, config).serve(listener, token).await;
}

/// A Modbus TCP server whose counters can be read while it serves.
#[derive(Clone)]
pub struct TcpServer {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for TcpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TcpServer").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

/// What the connections of a server share.
struct Shared {
    service: Arc<dyn Service>,
    config: TcpServerConfig,
    counters: Arc<TcpCounters>,
    warnings: Mutex<Warnings>,
    started: Instant,
}

impl Shared {
    fn warn(&self, say: impl FnOnce(&mut Warnings, Instant)) {
        say(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
    }

    fn throttled(&self, peer: &Peer) {
        self.counters.add(|c| &c.throttled);
        self.warn(|warnings, now| {
            if let Some(held_back) = warnings.throttled.now(now) {
                let limit = self.config.requests_per_second;
                warn!(peer = %peer.name, limit, held_back, "a Modbus TCP client asks too fast: slowed down");
            }
        });
    }

    fn refused(&self, from: SocketAddr, full: Full) {
        let limit = match full {
            Full::Peer => {
                self.counters.add(|c| &c.refused_peer);
                self.config.max_per_peer
            }
            Full::Total => {
                self.counters.add(|c| &c.refused_total);
                self.config.max_connections
            }
        };
        self.warn(|warnings, now| {
            if let Some(held_back) = warnings.refused.now(now) {
                warn!(%from, limit, of = ?full, held_back, "Modbus TCP connection refused: limit reached");
            }
        });
    }

    fn closed(&self, peer: &str, how: Closed) {
        self.counters.closed(how);
        debug!(peer, reason = how.reason(), "Modbus TCP connection closed");
        self.warn(|warnings, now| {
            if let Some(held_back) = warnings.closed(how, now) {
                warn!(peer, reason = how.reason(), held_back, "Modbus TCP connection closed");
            }
        });
    }
}

/// What makes a stream of Modbus frames out of a TCP connection.
pub(super) trait Upgrade: Send + Sync + 'static {
    type Stream: Stream + 'static;

    /// The stream, who is at its other end, and what that one may; or why there is none.
    fn upgrade(
        &self,
        stream: TcpStream,
        from: SocketAddr,
    ) -> impl Future<Output = Result<(Self::Stream, Peer, Rights), String>> + Send;
}

/// Modbus TCP without TLS: nobody proves who he is, and everybody may everything.
struct Plain;

impl Upgrade for Plain {
    type Stream = TcpStream;

    async fn upgrade(
        &self,
        stream: TcpStream,
        from: SocketAddr,
    ) -> Result<(TcpStream, Peer, Rights), String> {
        Ok((stream, Peer::new(Transport::Tcp, format!("tcp:{from}")), Rights::ALL))
    }
}

impl TcpServer {
    /// A server that does not listen yet.
    pub fn new(service: Arc<dyn Service>, config: TcpServerConfig) -> Self {
        let (counters, warnings) = (Arc::default(), Mutex::default());
        let started = Instant::now();
        Self { shared: Arc::new(Shared { service, config, counters, warnings, started }) }
    }

    /// The counters, to be read at any time.
    pub fn counters(&self) -> Arc<TcpCounters> {
        Arc::clone(&self.shared.counters)
    }

    /// Serves `listener` as [`serve`] does.
    pub async fn serve(&self, listener: TcpListener, token: CancellationToken) {
        self.serve_as(Plain, listener, token).await;
    }

    pub(super) async fn serve_as<U: Upgrade>(
        &self,
        upgrade: U,
        listener: TcpListener,
        token: CancellationToken,
    ) {
        // A task of its own: in a future that a thread outside the runtime blocks on, each request would wake that
        // thread from the one that waits for the sockets, and cost twice.
        let lane = tokio::spawn(serve_lane(Arc::clone(&self.shared), upgrade, listener, token));
        if let Err(ended) = AbortOnDropHandle::new(lane).await
            && let Ok(panic) = ended.try_into_panic()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Serves the listener until `token` is cancelled and the last connection has ended.
async fn serve_lane<U: Upgrade>(
    shared: Arc<Shared>,
    upgrade: U,
    listener: TcpListener,
    token: CancellationToken,
) {
    let upgrade = Arc::new(upgrade);
    let each = Arc::clone(&shared);
    let start = move |stream: TcpStream, from, id, slot| {
        run(Arc::clone(&upgrade), Arc::clone(&each), stream, from, id, slot)
    };
    let mut lane = Lane {
        shared: &shared,
        listener: Some(listener),
        registry: Registry::new(shared.started),
        connections: FuturesUnordered::new(),
        start,
        pause: None,
    };
    let mut cancelled = pin!(token.cancelled());
    let mut door = Door::default();
    // Turns are dealt out here; the budget of the scheduler would only make connections that have bytes
    // to read look as if they had none.
    let turns = poll_fn(|context| {
        door.answer(context, |context| {
            if lane.listener.is_some() && cancelled.as_mut().poll(context).is_ready() {
                lane.listener = None;
                lane.registry.stop();
            }
            lane.accept(context)
        });
        lane.turn(context)
    });
    tokio::task::unconstrained(turns).await;
    let counts = shared.counters.counts();
    info!(?counts, "Modbus TCP server ended");
}

/// A connection from its first byte to its last; returns its place.
async fn run<U: Upgrade>(
    upgrade: Arc<U>,
    shared: Arc<Shared>,
    stream: TcpStream,
    from: SocketAddr,
    id: u64,
    slot: Arc<Slot>,
) -> u64 {
    if let Err(error) = prepare(&stream, &shared.config) {
        debug!(%from, %error, "socket options");
    }
    let mut upgraded = pin!(upgrade.upgrade(stream, from));
    let upgraded = poll_fn(|context| match slot.poll_stopped(context) {
        Poll::Ready(closed) => Poll::Ready(Err(closed)),
        Poll::Pending => upgraded.as_mut().poll(context).map(Ok),
    });
    match upgraded.await {
        Ok(Ok((stream, peer, rights))) => {
            debug!(peer = %peer.name, "Modbus TCP connection opened");
            let name = peer.name.clone();
            let connection = Connection { stream, peer, rights, slot, shared: Arc::clone(&shared) };
            let how = connection.run().await;
            shared.closed(&name, how);
        }
        Ok(Err(reason)) => {
            debug!(%from, reason, "no TLS connection");
            shared.closed(&from.to_string(), Closed::Handshake);
        }
        Err(closed) => shared.closed(&from.to_string(), closed),
    }
    id
}

/// The listener and its connections.
struct Lane<'a, F, C> {
    shared: &'a Shared,
    /// `None` once the server stops.
    listener: Option<TcpListener>,
    registry: Registry,
    connections: FuturesUnordered<C>,
    start: F,
    /// Set after a failed accept.
    pause: Option<Pin<Box<Sleep>>>,
}

impl<F, C> Lane<'_, F, C>
where
    F: Fn(TcpStream, SocketAddr, u64, Arc<Slot>) -> C,
    C: Future<Output = u64>,
{
    /// Lets each connection that has something to do do it once. Ready when the server has stopped and the last
    /// connection has ended.
    fn turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let counters = &self.shared.counters;
        while let Poll::Ready(Some(id)) = self.connections.poll_next_unpin(context) {
            self.registry.remove(id);
        }
        counters.open.store(self.connections.len() as u64, std::sync::atomic::Ordering::Relaxed);
        if self.listener.is_none() && self.connections.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Returns whether more connections may be waiting.
    fn accept(&mut self, context: &mut Context<'_>) -> bool {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return false;
            }
            self.pause = None;
        }
        let Some(listener) = &self.listener else { return false };
        for _ in 0..ACCEPTS_A_TURN {
            match listener.poll_accept(context) {
                Poll::Pending => return false,
                Poll::Ready(Ok((stream, from))) => {
                    match self.registry.admit(from.ip(), &self.shared.config, Instant::now()) {
                        Ok((id, slot)) => {
                            self.shared.counters.add(|c| &c.accepted);
                            self.connections.push((self.start)(stream, from, id, slot));
                        }
                        Err(full) => self.shared.refused(from, full),
                    }
                }
                Poll::Ready(Err(error)) => {
                    self.shared.counters.add(|c| &c.accept_failed);
                    self.shared.warn(|warnings, now| {
                        if let Some(held_back) = warnings.accept.now(now) {
                            warn!(%error, held_back, "cannot accept a Modbus TCP connection");
                        }
                    });
                    self.pause = Some(Box::pin(sleep(ACCEPT_PAUSE)));
                    // Polled once, so that it wakes this task.
                    return true;
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::tcp::CONNECTION_MEMORY;
    use crate::bus::testing::Echo;

    #[tokio::test]
    async fn a_connection_takes_no_more_memory_than_stated() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let server = TcpServer::new(Arc::new(Echo::default()), TcpServerConfig::default());
        let from = stream.local_addr().unwrap();
        let connection = run(Arc::new(Plain), server.shared, stream, from, 1, Arc::default());
        // Beside the future: its node in the queue, its slot, its places in the registry, the names of the
        // peer, and tokio's registration of the socket.
        let beside = 1024;
        let takes = size_of_val(&connection) + beside;
        assert!(takes <= CONNECTION_MEMORY, "{takes}");
    }
}
