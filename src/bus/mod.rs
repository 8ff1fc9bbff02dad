//! Buses: how a request reaches a device and how one reaches us.
//!
//! [`Bus`] is the client side (the gateway towards the shelf), [`Service`] the server side (a device,
//! or the gateway towards the rack manager). Both carry PDUs, so a pass-through stays byte for byte.

pub mod arbiter;
pub mod counters;
#[cfg(feature = "virtual-line")]
pub mod line;
pub mod memory;
pub mod pmbus;
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
use dpo_registers::client::{AnswerError, check_read, check_write};
use dpo_registers::codec::{Exception, Pdu, PduError};

use counters::BusCounters;

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
    /// The port or connection failed.
    #[error("{bus}: {reason}")]
    Io {
        /// Bus.
        bus: String,
        /// The operating system's words.
        reason: String,
    },
}

/// Why a typed read or write failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransactError {
    /// Below the PDU.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The device refused.
    #[error("address {unit}, register {address}: {exception}")]
    Refused {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
        /// The device's exception.
        exception: Exception,
    },
    /// The answer does not fit the request.
    #[error("address {unit}, register {address}: the answer does not fit the request")]
    Mismatch {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
    },
    /// The request cannot be built.
    #[error("address {unit}, register {address}: {source}")]
    Request {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
        /// Why.
        source: PduError,
    },
}

fn answer_error(error: AnswerError, bus: &dyn Bus, unit: u8, address: u16) -> TransactError {
    match error {
        // These do not come from the device, but from a gateway on the way that did not reach it, or did
        // not hear its answer: nobody knows whether the device is there, or whether it took a write.
        AnswerError::Exception(
            exception @ (Exception::GatewayPathUnavailable | Exception::GatewayTargetFailed),
        ) => TransactError::Bus(BusError::Frame {
            bus: bus.name().to_owned(),
            unit,
            reason: exception.to_string(),
        }),
        AnswerError::Exception(exception) => TransactError::Refused { unit, address, exception },
        AnswerError::Mismatch => TransactError::Mismatch { unit, address },
    }
}

/// Reads holding registers (function 03).
///
/// # Errors
/// [`TransactError`]; an answer with too few registers is an error, never a shorter result. The exceptions
/// 0A and 0B of a gateway on the way are a [`BusError`]: the device did not answer.
pub async fn read_holding(
    bus: &dyn Bus,
    unit: u8,
    address: u16,
    quantity: u16,
) -> Result<Vec<u16>, TransactError> {
    let request = Pdu::read_holding(address, quantity).map_err(|source| TransactError::Request {
        unit,
        address,
        source,
    })?;
    let answer = bus.transact(unit, request).await?;
    let words = check_read(&answer, quantity).map_err(|e| answer_error(e, bus, unit, address))?;
    Ok(words.collect())
}

/// Writes registers (function 06 for one word, 16 for more). Only the safe writer of a shelf calls
/// this; everything else goes through the gate.
///
/// # Errors
/// [`TransactError`] if the device refused or echoed something else; exceptions 0A and 0B as of
/// [`read_holding`].
pub async fn write_registers(
    bus: &dyn Bus,
    unit: u8,
    address: u16,
    words: &[u16],
) -> Result<(), TransactError> {
    let request = match words {
        [word] => Pdu::write_single(address, *word),
        _ => Pdu::write_multiple(address, words).map_err(|source| TransactError::Request {
            unit,
            address,
            source,
        })?,
    };
    let answer = bus.transact(unit, request).await?;
    check_write(&request, &answer).map_err(|e| answer_error(e, bus, unit, address))
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
