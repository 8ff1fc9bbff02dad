//! The suite's own raw transports. They send any bytes a case asks for, as long as the guard agrees.

pub mod guard;
pub mod http;
pub(crate) mod line;
pub mod rtu;
#[cfg(test)]
pub(crate) mod script;
pub mod serial;
pub mod smbus;
pub mod tcp;

use std::time::Duration;

use crate::outcome::WireBytes;
use guard::{Guard, Hazard};

/// How long the suite waits.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Longest time to the first byte of an answer that must come.
    pub answer: Duration,
    /// How long nothing must come before the suite calls it silence.
    pub silence: Duration,
    /// Serial line: quiet time that ends a frame.
    pub quiet: Duration,
}

/// What came after a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A frame that belongs to the request, with its PDU.
    Pdu(Vec<u8>),
    /// Nothing.
    Nothing,
    /// The peer closed the connection.
    Closed,
    /// Bytes that are no proper answer to the request.
    Broken(String),
}

/// Why a link cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// The guard refused to send.
    #[error("refused to send {bytes}: {reason}")]
    Hazard {
        /// The bytes.
        bytes: String,
        /// The rule.
        reason: Hazard,
    },
    /// The guard refused an HTTP request.
    #[error("refused to send {request}: {reason}")]
    Http {
        /// Method and path.
        request: String,
        /// The rule.
        reason: String,
    },
    /// The port or connection failed.
    #[error("{link}: {reason}")]
    Io {
        /// Name of the link.
        link: String,
        /// The operating system's words.
        reason: String,
    },
}

/// A place where wire bytes are noted.
pub trait WireLog: Send + Sync {
    /// Notes bytes or an event.
    fn note(&self, entry: WireBytes);

    /// Called when the first bytes of an answer are there, where the end of the answer shows only later.
    fn answer_begins(&self) {}
}

/// A log that forgets.
pub struct NoLog;

impl WireLog for NoLog {
    fn note(&self, _: WireBytes) {}
}

/// Sent bytes.
pub(crate) fn sent(log: &dyn WireLog, bytes: &[u8]) {
    log.note(WireBytes { direction: '>', bytes: hex(bytes) });
}

/// Received bytes.
pub(crate) fn received(log: &dyn WireLog, bytes: &[u8]) {
    log.note(WireBytes { direction: '<', bytes: hex(bytes) });
}

/// Something that is no byte.
pub(crate) fn event(log: &dyn WireLog, text: &str) {
    log.note(WireBytes { direction: '!', bytes: text.to_owned() });
}

/// Bytes as `01 03 FF`.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&format!("{byte:02X}"));
    }
    text
}

/// A raw link to the target.
#[derive(Debug)]
pub enum Link {
    /// Modbus TCP.
    Tcp(tcp::TcpLink),
    /// A serial line.
    Rtu(rtu::RtuLink),
    /// A peer that a test makes up.
    #[cfg(test)]
    Script(script::Script),
}

impl Link {
    /// Name of the link.
    pub fn name(&self) -> &str {
        match self {
            Self::Tcp(link) => link.name(),
            Self::Rtu(link) => link.name(),
            #[cfg(test)]
            Self::Script(_) => "script",
        }
    }

    /// The guard in front of the wire.
    pub fn guard_mut(&mut self) -> &mut Guard {
        match self {
            Self::Tcp(link) => link.guard_mut(),
            Self::Rtu(link) => link.guard_mut(),
            #[cfg(test)]
            Self::Script(link) => &mut link.guard,
        }
    }

    /// Times of this link.
    pub fn timing(&self) -> Timing {
        match self {
            Self::Tcp(link) => link.timing(),
            Self::Rtu(link) => link.timing(),
            #[cfg(test)]
            Self::Script(link) => link.timing,
        }
    }

    /// Sends one well-framed request and waits for what comes, at most `wait`.
    ///
    /// # Errors
    /// [`LinkError`] if the guard refused or the link failed; everything the peer does is a [`Seen`].
    pub async fn exchange(
        &mut self,
        unit: u8,
        pdu: &[u8],
        wait: Duration,
        log: &dyn WireLog,
    ) -> Result<Seen, LinkError> {
        match self {
            Self::Tcp(link) => link.exchange(unit, pdu, wait, log).await,
            Self::Rtu(link) => link.exchange(unit, pdu, wait, log).await,
            #[cfg(test)]
            Self::Script(link) => link.exchange(unit, pdu, wait, log).await,
        }
    }

    /// Forgets what a case left behind: TCP starts a new connection, a serial line is drained.
    ///
    /// # Errors
    /// [`LinkError::Io`].
    pub async fn reset(&mut self) -> Result<(), LinkError> {
        match self {
            Self::Tcp(link) => {
                link.close();
                Ok(())
            }
            Self::Rtu(link) => link.drain().await,
            #[cfg(test)]
            Self::Script(link) => {
                link.resets += 1;
                Ok(())
            }
        }
    }
}
