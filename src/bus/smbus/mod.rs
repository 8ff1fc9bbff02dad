//! SMBus: messages between one START and one STOP, as a controller.
//!
//! - [`Controller`]: a port of the gateway. [`linux`] is one behind `/dev/i2c-N` (feature `i2c`), [`memory`] one in
//!   this process.
//! - [`Wire`]: the other side of [`memory`]: targets, byte by byte, so that a broken message reaches them as broken.
//! - [`alert`]: who pulls SMBALERT#.
//! - [`holder`]: the kernel driver that holds an address.
//!
//! Nothing here knows a command: that is [`pmbus`](super::pmbus). Clauses are those of the SMBus Specification 3.1
//! (SM).

pub mod alert;
pub mod holder;
#[cfg(feature = "i2c")]
pub mod linux;
pub mod memory;
mod wire;

use std::time::Duration;

use dpo_registers::codec::pmbus::Address;

use super::BoxFuture;

pub use wire::{Fault, Wire};

/// Longest time a target may hold the clock in one message (SM 4.2, tLOW:SEXT).
pub const STRETCH_MAX: Duration = Duration::from_millis(25);

/// A part of a transfer in one direction, behind a START or a repeated START.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Bytes to a target.
    Write {
        /// The target.
        to: Address,
        /// The bytes behind the address byte.
        bytes: Vec<u8>,
    },
    /// Bytes from a target. The controller clocks that many, and does not acknowledge the last one.
    Read {
        /// The target.
        from: Address,
        /// How many, at least one.
        len: usize,
    },
}

impl Message {
    /// The target.
    pub const fn address(&self) -> Address {
        match self {
            Self::Write { to, .. } => *to,
            Self::Read { from, .. } => *from,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Read { len, .. } => *len,
        }
    }
}

/// Time on the wire of a transfer: nine bits a byte, one for each START and the STOP, without clock stretching.
///
/// A word with its packet error code takes 57 bits: 570 us at 100 kHz.
pub fn wire_time(messages: &[Message], clock_hz: u32) -> Duration {
    let bits: usize = messages.iter().map(|message| 1 + 9 * (1 + message.len())).sum();
    Duration::from_secs_f64((bits + 1) as f64 / f64::from(clock_hz.max(1)))
}

/// An SMBus port, as a controller.
pub trait Controller: Send + Sync {
    /// Sends messages as one occupation of the bus (one STOP, at the end), and gives the bytes that were read, in
    /// their order.
    ///
    /// Transfers of several callers follow one after the other. A caller may drop the future at any time; the
    /// transfer may happen all the same.
    ///
    /// # Errors
    /// [`LineError`] if not every byte went through. Bytes of an earlier message of the transfer may have.
    fn transfer(&self, messages: Vec<Message>) -> BoxFuture<'_, Result<Vec<u8>, LineError>>;

    /// Name for logs and errors, for example `i2c:/dev/i2c-1`.
    fn name(&self) -> &str;
}

/// Why a transfer broke off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Nobody acknowledges the address.
    #[error("{bus}: nobody acknowledges address {address:02X}h")]
    Absent {
        /// Bus.
        bus: String,
        /// Target.
        address: u8,
    },
    /// A target did not acknowledge a byte behind its address.
    #[error("{bus}: address {address:02X}h refused a byte")]
    Refused {
        /// Bus.
        bus: String,
        /// Target.
        address: u8,
    },
    /// A byte was not acknowledged; the adapter does not say which one.
    #[error("{bus}: the transfer with address {address:02X}h broke off (absent, or a byte was refused)")]
    BrokenOff {
        /// Bus.
        bus: String,
        /// First target of the transfer.
        address: u8,
    },
    /// Another controller won the bus.
    #[error("{bus}: another controller won the bus")]
    Arbitration {
        /// Bus.
        bus: String,
    },
    /// A target held the clock for too long, or the bus hangs.
    #[error(
        "{bus}: the transfer with address {address:02X}h took too long: the clock is held, or the bus hangs"
    )]
    Stuck {
        /// Bus.
        bus: String,
        /// First target of the transfer.
        address: u8,
    },
    /// A kernel driver holds the address, and the configuration says to leave it alone then.
    #[error(
        "{bus}: the kernel driver {driver} holds address {address:02X}h; unbind it, or share the address by force"
    )]
    Held {
        /// Bus.
        bus: String,
        /// Target.
        address: u8,
        /// Name of the driver.
        driver: String,
    },
    /// The port failed, or cannot send such a transfer.
    #[error("{bus}: {reason}")]
    Io {
        /// Bus.
        bus: String,
        /// The operating system's words.
        reason: String,
    },
}

impl LineError {
    /// Whether it is certain that the target of a transfer with one target took nothing.
    ///
    /// Nobody answered to the address, or the bus was another controller's before the end. Only then may a write be
    /// sent once more without looking first.
    pub const fn untaken(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Arbitration { .. } | Self::Held { .. })
    }

    /// Whether the same read may succeed a moment later.
    pub const fn passing(&self) -> bool {
        matches!(
            self,
            Self::Absent { .. } | Self::Refused { .. } | Self::BrokenOff { .. } | Self::Arbitration { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_time_counts_bits() {
        let address = Address::new(0x58).unwrap();
        let word =
            [Message::Write { to: address, bytes: vec![0x88] }, Message::Read { from: address, len: 3 }];
        assert_eq!(wire_time(&word, 100_000), Duration::from_micros(570));
        assert_eq!(wire_time(&word, 1_000_000), Duration::from_micros(57));
        let write = [Message::Write { to: address, bytes: vec![0x03, 0x2A] }];
        assert_eq!(wire_time(&write, 100_000), Duration::from_micros(290));
        assert_eq!(wire_time(&[], 0), Duration::from_secs(1));
    }
}
