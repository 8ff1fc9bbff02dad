//! Buses: how a request reaches a device and how one reaches us.
//!
//! [`Bus`] is the client side (the gateway towards the shelf), [`Service`] the server side (a device,
//! or the gateway towards the rack manager). Both carry PDUs, so a pass-through stays byte for byte.

pub mod arbiter;
pub mod counters;
pub mod guard;
#[cfg(feature = "virtual-line")]
pub mod line;
pub mod memory;
pub mod pmbus;
mod requests;
pub mod retry;
mod rights;
pub mod rtu;
pub mod serial;
pub mod smbus;
pub mod tcp;
#[cfg(test)]
pub(crate) mod testing;

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use self::rights::{FunctionClass, Rights};
use dpo_registers::codec::Pdu;

use counters::BusCounters;
pub use requests::{
    TransactError, read_file, read_holding, read_identification, read_input, write_registers,
};

/// A boxed future, so that [`Bus`] and [`Service`] can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The address that every device listens to and none answers (Serial Line V1.02, 2.1).
pub const BROADCAST: u8 = 0;

/// A Modbus client port.
pub trait Bus: Send + Sync {
    /// Sends one request and waits for its answer. Only the PDU of an answer with a good frame, from
    /// `unit`, is returned; exception responses are answers.
    ///
    /// Requests of several callers are sent one after the other, in the order of the calls. A caller may
    /// drop the future at any time; the next request is not answered with the answer of the dropped one.
    ///
    /// What [`guard::check`] holds back is never sent, by no bus.
    ///
    /// On a serial line address 0 is broadcast: the request is sent, nobody answers, and the call ends
    /// with [`BusError::Timeout`] after the turnaround delay.
    ///
    /// # Errors
    /// [`BusError`] if no such answer came.
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>>;

    /// Time on the wire of a request and an answer of these lengths in PDU bytes, for planning reads.
    fn wire_time(&self, request: usize, answer: usize) -> Duration;

    /// Name for logs and errors, for example `rtu:/dev/ttyUSB0?baud=19200`.
    fn name(&self) -> &str;

    /// What happened on the bus since it was opened; nothing for a bus that does not count. A bus around
    /// another one passes this on.
    fn counters(&self) -> BusCounters {
        BusCounters::default()
    }
}

/// Why a transaction failed below the PDU.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// No answer in time.
    #[error("{bus}: address {unit} did not answer within {after:?}")]
    Timeout {
        /// Bus.
        bus: String,
        /// Modbus address.
        unit: u8,
        /// Time waited.
        after: Duration,
    },
    /// Bytes came, but no good frame from the address.
    #[error("{bus}: bad answer from address {unit}: {reason}")]
    Frame {
        /// Bus.
        bus: String,
        /// Modbus address.
        unit: u8,
        /// What was wrong.
        reason: String,
    },
    /// It was held back before a byte was sent: [`guard`], or an address that the bus does not use.
    #[error("{bus}: not sent to address {unit}: {reason}")]
    NotSent {
        /// Bus.
        bus: String,
        /// Modbus address.
        unit: u8,
        /// Why.
        reason: String,
    },
    /// The port or connection failed.
    #[error("{bus}: {reason}")]
    Io {
        /// Bus.
        bus: String,
        /// The operating system's words.
        reason: String,
    },
}

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A Modbus TCP connection.
    Tcp,
    /// A Modbus/TCP Security connection, whose client has shown a certificate.
    Tls,
    /// A serial line.
    Rtu,
    /// Inside this process.
    Local,
}

/// Who sends a request: one TCP connection, one serial line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Unique in this process, never reused: a connection that closed and came back is another peer.
    pub id: u64,
    /// How the request came in.
    pub transport: Transport,
    /// Name for logs, for example `tcp:127.0.0.1:40112`.
    pub name: String,
}

impl Peer {
    /// A peer with a new identifier.
    pub fn new(transport: Transport, name: impl Into<String>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), transport, name: name.into() }
    }
}

/// What a service does with a request.
// A PDU stays inline: a box would be an allocation a request.
#[expect(clippy::large_enum_variant)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Send this PDU (which may be an exception response).
    Reply(Pdu),
    /// No device is routed at this address: TCP answers exception 0A, RTU stays silent.
    NoPath,
    /// The device did not answer: TCP answers exception 0B, RTU stays silent.
    NoAnswer,
}

/// A Modbus server's content: devices at addresses.
pub trait Service: Send + Sync {
    /// Answers one request. `peer` tells connections apart.
    fn call<'a>(&'a self, peer: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer>;

    /// The peer is gone and will not call again: forget what was kept for it.
    fn closed(&self, peer: &Peer) {
        let _ = peer;
    }
}
