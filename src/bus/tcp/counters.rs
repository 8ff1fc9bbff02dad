//! What a Modbus TCP server counts, and how it logs what may come in floods.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    ByClient,
    ByServer,
    Failed,
    Idle,
    RequestDeadline,
    WriteDeadline,
    Evicted,
    NotModbus,
    Handshake,
}

impl Closed {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::ByClient => "closed by the client",
            Self::ByServer => "the server stops",
            Self::Failed => "the connection failed",
            Self::Idle => "no request for the idle time",
            Self::RequestDeadline => "a request was not whole in time",
            Self::WriteDeadline => "the client does not read",
            Self::Evicted => "quiet longest, and another client needs the place",
            Self::NotModbus => "not Modbus TCP",
            Self::Handshake => "the TLS handshake failed",
        }
    }

    /// Whether an operator should hear of it: something is wrong with a client, or a limit was reached.
    fn notable(self) -> bool {
        !matches!(self, Self::ByClient | Self::ByServer | Self::Failed | Self::Idle)
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters of a running server; they only grow, [`TcpCounts::open`] apart.
        #[derive(Debug, Default)]
        pub struct TcpCounters { $(pub(super) $name: AtomicU64,)* }

        /// The counters at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct TcpCounts { $($(#[$doc])* pub $name: u64,)* }

        impl TcpCounters {
            /// The counters now. Each is exact; together they are as of about the same moment.
            pub fn counts(&self) -> TcpCounts {
                TcpCounts { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters! {
    /// Connections open now.
    open,
    /// Connections taken.
    accepted,
    /// Requests answered.
    requests,
    /// Connections refused: the limit of all connections was reached, and none was quiet for long enough.
    refused_total,
    /// Connections refused: their IP address has its share.
    refused_peer,
    /// Connections closed to make room for another one.
    evicted,
    /// Connections closed that sent no whole request for the idle time.
    idle,
    /// Connections closed over a request that was not whole in time.
    request_deadline,
    /// Connections closed whose client did not take an answer in time.
    write_deadline,
    /// Connections closed that sent something else than Modbus TCP.
    not_modbus,
    /// TLS handshakes that failed or took too long.
    handshake_failed,
    /// Requests that the role of a client did not permit.
    role_refused,
    /// Times that a connection had to wait because it asked too fast.
    throttled,
    /// Times that no connection could be taken (no file descriptor, no memory).
    accept_failed,
}

impl TcpCounters {
    pub(super) fn add(&self, counter: impl FnOnce(&Self) -> &AtomicU64) {
        counter(self).fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn closed(&self, how: Closed) {
        let counter = match how {
            Closed::ByClient | Closed::ByServer | Closed::Failed => return,
            Closed::Idle => &self.idle,
            Closed::RequestDeadline => &self.request_deadline,
            Closed::WriteDeadline => &self.write_deadline,
            Closed::Evicted => &self.evicted,
            Closed::NotModbus => &self.not_modbus,
            Closed::Handshake => &self.handshake_failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// One warning a minute for what a hostile client could cause thousands of times a second.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    next: Option<Instant>,
    held_back: u64,
}

impl Seldom {
    const PAUSE: Duration = Duration::from_secs(60);

    /// Whether to log now, and how many of its kind were held back since the last time.
    pub(super) fn now(&mut self, now: Instant) -> Option<u64> {
        if self.next.is_some_and(|next| now < next) {
            self.held_back += 1;
            return None;
        }
        self.next = Some(now + Self::PAUSE);
        Some(std::mem::take(&mut self.held_back))
    }
}

/// The warnings of a server, each kind on its own.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    pub(super) refused: Seldom,
    pub(super) throttled: Seldom,
    pub(super) accept: Seldom,
    closed: [Seldom; 5],
}

impl Warnings {
    pub(super) fn closed(&mut self, how: Closed, now: Instant) -> Option<u64> {
        let kind = match how {
            Closed::RequestDeadline => 0,
            Closed::WriteDeadline => 1,
            Closed::Evicted => 2,
            Closed::NotModbus => 3,
            _ => 4,
        };
        if !how.notable() {
            return None;
        }
        self.closed.get_mut(kind)?.now(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_one_warning_a_minute_that_says_how_many() {
        let mut warnings = Warnings::default();
        let start = Instant::now();
        let mut said = Vec::new();
        for ms in 0..150_000u64 {
            let now = start + Duration::from_millis(ms);
            said.extend(warnings.closed(Closed::NotModbus, now));
        }
        assert_eq!(said, [0, 59_999, 59_999]);
        // Another kind has its own turn; what is no trouble is never said.
        assert_eq!(warnings.closed(Closed::WriteDeadline, start), Some(0));
        assert_eq!(warnings.closed(Closed::ByClient, start), None);
    }
}
