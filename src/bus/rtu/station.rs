//! What takes part in a line, without a port and without a clock: bytes and instants in, bytes and deadlines out.
//!
//! Client and server are such stations. Drivers run them: a thread of its own on a real port ([`super::thread`]), a
//! task on any byte stream ([`super::stream`]), and the virtual line (`crate::bus::line`). `spec/decisions/0010-line-timing.md` says why.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};

/// Bytes that a station sends as one frame.
#[derive(Debug, Clone, Copy)]
pub(in crate::bus) struct Outgoing {
    bytes: [u8; MAX_FRAME],
    len: usize,
}

impl Outgoing {
    pub(in crate::bus) fn new(frame: &Frame) -> Self {
        let mut bytes = [0; MAX_FRAME];
        let len = rtu::encode(frame, &mut bytes);
        Self { bytes, len }
    }

    /// Bytes that need not be a frame; those beyond the longest frame are left out.
    #[cfg(feature = "virtual-line")]
    pub(in crate::bus) fn raw(from: &[u8]) -> Self {
        let mut bytes = [0; MAX_FRAME];
        for (slot, byte) in bytes.iter_mut().zip(from) {
            *slot = *byte;
        }
        Self { bytes, len: from.len().min(MAX_FRAME) }
    }

    pub(in crate::bus) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// A party on a line. Instants are times since the driver's start; they never fall.
pub(in crate::bus) trait Station: Send {
    /// Bytes came, the last of them now.
    fn hear(&mut self, now: Duration, bytes: &[u8]);

    /// Time passed, or there is something new to do.
    fn tick(&mut self, now: Duration);

    /// When [`tick`](Self::tick) is due next, if nothing comes before.
    fn deadline(&self) -> Option<Duration>;

    /// What to send now, once.
    fn take(&mut self) -> Option<Outgoing>;

    /// Silence that the station leaves between two characters that it sends. None, but for simulated devices.
    #[cfg_attr(not(feature = "virtual-line"), allow(dead_code))]
    fn between(&self) -> Duration {
        Duration::ZERO
    }

    /// What was taken is being sent; its last bit leaves the driver at `end`.
    fn sending(&mut self, end: Duration);

    /// What was taken could not be sent: the port takes no bytes.
    fn unsent(&mut self, now: Duration);

    /// The port failed: what was under way is lost.
    fn failed(&mut self, now: Duration, error: &io::Error);

    /// Nobody needs the station any more: its driver ends.
    fn ended(&self) -> bool;

    /// Whether there is work for which a failed port should be opened again.
    fn wants_port(&self) -> bool;

    /// Whether the station goes on after its port has failed.
    fn outlives_port(&self) -> bool {
        true
    }
}

/// Wakes the driver of a station after something was handed to the station.
pub(in crate::bus) trait Kick: Send + Sync {
    /// Lets the driver tick its station soon.
    fn kick(&self);
}

impl Kick for tokio::sync::Notify {
    fn kick(&self) {
        self.notify_one();
    }
}

/// A lock whose holder never panics half-way through a change that matters: stations are plain data.
pub(in crate::bus) fn lock<T: ?Sized>(station: &Mutex<T>) -> MutexGuard<'_, T> {
    station.lock().unwrap_or_else(PoisonError::into_inner)
}
