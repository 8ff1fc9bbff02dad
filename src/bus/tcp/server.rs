//! The server: a task a connection, answers in the order of the requests.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::mbap::{self, Decoded, Frame};
use dpo_registers::codec::{Exception, exception_response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::bus::{Answer, Peer, Service, Transport};

/// Limits of a Modbus TCP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpServerConfig {
    /// Most connections at a time. One more is accepted and closed at once; the others are not touched.
    pub max_connections: usize,
    /// A connection is closed when no whole request came for this long, or when the client does not take
    /// an answer for this long. Single bytes do not keep it open.
    pub idle_timeout: Duration,
}

impl Default for TcpServerConfig {
    fn default() -> Self {
        Self { max_connections: 32, idle_timeout: Duration::from_secs(60) }
    }
}

/// How long to wait after a failed accept (no file descriptor left, for example).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `service` on `listener` until `token` is cancelled; requests under way are finished first.
///
/// A connection holds one request and one answer (260 bytes each) and reads no further while it works:
/// pipelined requests are answered in order, and a client that sends more than it reads is slowed down
/// by TCP. A header that is not Modbus closes the connection, because the place of the next frame is
/// unknown. Without a path the answer is exception 0A, without an answer of the device 0B.
pub async fn serve(
    listener: TcpListener,
    service: Arc<dyn Service>,
    config: TcpServerConfig,
    token: CancellationToken,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = token.cancelled() => break,
            Some(ended) = connections.join_next(), if !connections.is_empty() => {
                if let Err(error) = ended {
                    warn!(%error, "a Modbus TCP connection ended badly");
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((_, from)) if connections.len() >= config.max_connections => {
                    warn!(%from, limit = config.max_connections, "Modbus TCP connection refused: limit reached");
                }
                Ok((stream, from)) => {
                    let peer = Peer::new(Transport::Tcp, format!("tcp:{from}"));
                    let connection = Connection { stream, peer, service: Arc::clone(&service), config };
                    connections.spawn(connection.run(token.clone()));
                }
                Err(error) => {
                    warn!(%error, "cannot accept a Modbus TCP connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    while connections.join_next().await.is_some() {}
}

struct Connection {
    stream: TcpStream,
    peer: Peer,
    service: Arc<dyn Service>,
    config: TcpServerConfig,
}

impl Connection {
    async fn run(mut self, token: CancellationToken) {
        debug!(peer = %self.peer.name, "Modbus TCP connection opened");
        if let Err(error) = self.stream.set_nodelay(true) {
            debug!(peer = %self.peer.name, %error, "TCP_NODELAY");
        }
        let reason = self.answer_all(&token).await;
        info!(peer = %self.peer.name, reason, "Modbus TCP connection closed");
    }

    /// Answers requests until the connection ends; returns why it did.
    async fn answer_all(&mut self, token: &CancellationToken) -> &'static str {
        let mut buffer = [0; mbap::MAX_FRAME];
        let mut filled = 0;
        let mut idle_at = Instant::now() + self.config.idle_timeout;
        // Kept over the requests instead of being registered anew for each.
        let mut idle = pin!(sleep_until(idle_at));
        let mut cancelled = pin!(token.cancelled());
        loop {
            match mbap::decode(buffer.get(..filled).unwrap_or_default()) {
                Ok(Decoded::Frame(request, used)) => {
                    buffer.copy_within(used..filled, 0);
                    filled -= used;
                    if let Err(reason) = self.answer(request).await {
                        return reason;
                    }
                    idle_at = Instant::now() + self.config.idle_timeout;
                    if token.is_cancelled() {
                        return "server stops";
                    }
                }
                Ok(Decoded::Incomplete) => {
                    // A frame fits the buffer, so an incomplete one leaves room to read.
                    let free = buffer.get_mut(filled..).unwrap_or_default();
                    tokio::select! {
                        biased;
                        read = self.stream.read(free) => match read {
                            Ok(0) => return "closed by the client",
                            Ok(got) => filled += got,
                            Err(_) => return "connection failed",
                        },
                        () = &mut cancelled => return "server stops",
                        () = &mut idle => {
                            if Instant::now() >= idle_at {
                                return "idle";
                            }
                            idle.as_mut().reset(idle_at);
                        }
                    }
                }
                Err(error) => {
                    warn!(peer = %self.peer.name, %error, "not Modbus TCP");
                    return "not Modbus TCP";
                }
            }
        }
    }

    async fn answer(&mut self, request: Frame) -> Result<(), &'static str> {
        let refuse = |exception| exception_response(request.pdu.function(), exception);
        let pdu = match self.service.call(&self.peer, request.unit, request.pdu).await {
            Answer::Reply(pdu) => pdu,
            Answer::NoPath => refuse(Exception::GatewayPathUnavailable),
            Answer::NoAnswer => refuse(Exception::GatewayTargetFailed),
        };
        let mut out = [0; mbap::MAX_FRAME];
        let len = mbap::encode(&Frame { pdu, ..request }, &mut out);
        let out = out.get(..len).unwrap_or_default();
        match timeout(self.config.idle_timeout, self.stream.write_all(out)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err("connection failed"),
            Err(_) => Err("the client does not read"),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.service.closed(&self.peer);
    }
}
