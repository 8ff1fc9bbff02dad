//! What a Modbus TCP server bears, and what happens at each limit.

use std::time::Duration;

use tokio::net::TcpStream;

/// Most bytes of this process that one connection takes, whatever its client does, apart from what the service
/// keeps while it works on the one request, and the socket buffers of the kernel: 32 KiB to send, as the server sets
/// it, and what Linux gives to receive (`net.ipv4.tcp_rmem`, by default 128 KiB until a client is read fast). TLS
/// adds its own buffers, of at most 70 KiB.
pub const CONNECTION_MEMORY: usize = 6 * 1024;

/// What the kernel may keep for a client that does not read. Left to itself, it would be megabytes a connection.
/// Linux doubles what is asked for. (A small buffer to receive would be no favour: short segments overflow it, and
/// what is dropped comes again only after a retransmission timeout.)
const SEND_BUFFER: usize = 16 * 1024;

/// Limits of a Modbus TCP server, plain or secure. What happens at each is counted in
/// [`TcpCounters`](super::TcpCounters) and logged at most once a minute. A connection takes at most
/// [`CONNECTION_MEMORY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpServerConfig {
    /// Most connections at a time. For one more, the connection that was quiet longest is closed, if it was
    /// quiet for [`Self::evict_after`]; otherwise the new one is closed at once. So half-open connections do
    /// not keep a rack manager out, and a flood does not push out whoever polls.
    pub max_connections: usize,
    /// Most connections of one IP address at a time. One more is closed at once.
    pub max_per_peer: usize,
    /// How long a connection must have been quiet to make room for a new one.
    pub evict_after: Duration,
    /// A connection is closed when no whole request came for this long. Single bytes do not keep it open.
    pub idle_timeout: Duration,
    /// A connection is closed when a request that has begun is not whole after this time.
    pub request_timeout: Duration,
    /// A connection is closed when its client does not take an answer for this long.
    pub write_timeout: Duration,
    /// Requests a second of one connection, in the long run. A connection beyond it is not read until its
    /// time has come: its client is slowed down by TCP, and loses nothing.
    pub requests_per_second: u32,
    /// Requests that may come at once before [`Self::requests_per_second`] holds.
    pub request_burst: u32,
    /// How TCP finds out that a client is gone; `None` leaves it to [`Self::idle_timeout`].
    pub keepalive: Option<Keepalive>,
}

impl Default for TcpServerConfig {
    fn default() -> Self {
        Self {
            max_connections: 128,
            max_per_peer: 32,
            evict_after: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(5),
            requests_per_second: 1000,
            request_burst: 100,
            keepalive: Some(Keepalive::default()),
        }
    }
}

/// Probes of TCP on a quiet connection (RFC 9293, 3.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// Quiet time before the first probe.
    pub idle: Duration,
    /// Time between probes.
    pub interval: Duration,
    /// Probes without an answer before the connection is dropped.
    pub probes: u32,
}

impl Default for Keepalive {
    /// A client that vanished is noticed after 25 s.
    fn default() -> Self {
        Self { idle: Duration::from_secs(10), interval: Duration::from_secs(5), probes: 3 }
    }
}

/// Sets what the limits ask of the socket.
pub(super) fn prepare(stream: &TcpStream, config: &TcpServerConfig) -> std::io::Result<()> {
    use rustix::net::sockopt;
    stream.set_nodelay(true)?;
    sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER)?;
    if let Some(Keepalive { idle, interval, probes }) = config.keepalive {
        sockopt::set_socket_keepalive(stream, true)?;
        sockopt::set_tcp_keepidle(stream, idle)?;
        sockopt::set_tcp_keepintvl(stream, interval)?;
        sockopt::set_tcp_keepcnt(stream, probes)?;
    }
    Ok(())
}
