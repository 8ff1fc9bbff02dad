//! What happened on a bus, in numbers.

use std::collections::BTreeMap;
use std::time::Duration;

/// What happened with one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitCounters {
    /// Requests sent, retries included.
    pub requests: u64,
    /// Answers taken, exceptions included.
    pub answers: u64,
    /// Requests without an answer in time.
    pub timeouts: u64,
    /// Answers with a wrong CRC, a gap or a wrong length.
    pub bad_frames: u64,
    /// Exception responses.
    pub exceptions: u64,
    /// Requests repeated after no answer or a bad one.
    pub retries: u64,
    /// Answers that came when nobody waited for them any more.
    pub stale_frames: u64,
    /// Requests whose echo did not come back, or came back changed: a collision.
    pub echo_errors: u64,
    /// Time that transactions with the address took.
    pub busy: Duration,
}

/// What happened on the line as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineCounters {
    /// Bytes heard.
    pub bytes_heard: u64,
    /// Bytes that were part of no frame, or came when nothing was asked.
    pub noise_bytes: u64,
    /// Time that transactions took.
    pub busy: Duration,
}

/// The counters of a bus since it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusCounters {
    /// The line as a whole.
    pub line: LineCounters,
    /// By Modbus address; addresses that were never asked are not listed.
    pub units: BTreeMap<u8, UnitCounters>,
}
