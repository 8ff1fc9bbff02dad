//! Serial ports and pseudo-terminals.
//!
//! [`open`] opens a tty in raw mode; [`Pty`] makes a pseudo-terminal that clients open like a port.
//! Both are byte streams; frames and line timing are the business of [`crate::bus::rtu`].
//!
//! A pseudo-terminal has no line: it takes any baud rate, ignores it, and has no parity.
//!
//! Left to the system: RS-485 direction control (use adapters that switch by themselves, or let the
//! driver do it: `linux,rs485-enabled-at-boot-time`) and the latency timer of FTDI adapters (16 ms
//! unless `/sys/bus/usb-serial/devices/*/latency_timer` says otherwise).

mod port;
mod pty;

use std::io;
use std::path::PathBuf;

pub use dpo_registers::map::Parity;
pub use port::{SerialPort, open};
pub use pty::Pty;

/// Stop bits of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopBits {
    /// One stop bit.
    One,
    /// Two stop bits, the Modbus default without parity.
    Two,
}

/// Settings of a serial line; always 8 data bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialSettings {
    /// Bits per second, one of [`BAUD_RATES`].
    pub baud: u32,
    /// Parity.
    pub parity: Parity,
    /// Stop bits.
    pub stop_bits: StopBits,
}

impl Default for SerialSettings {
    /// 19200 8E1, the default of Modbus (Serial Line V1.02, 3.2) and of the ORv3 maps.
    fn default() -> Self {
        Self { baud: 19_200, parity: Parity::Even, stop_bits: StopBits::One }
    }
}

/// The baud rates that [`open`] takes.
pub const BAUD_RATES: [u32; 11] =
    [1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600];

/// Why a serial port or pseudo-terminal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SerialError {
    /// The device cannot be opened.
    #[error("{path}: cannot open the serial port: {source}")]
    Open {
        /// The device.
        path: PathBuf,
        /// The operating system's words.
        source: io::Error,
    },
    /// The path is no terminal device.
    #[error("{path}: is not a serial port")]
    NotATerminal {
        /// The path.
        path: PathBuf,
    },
    /// A setting is unknown or the device did not take it.
    #[error("{path}: {setting}: {reason}")]
    Setting {
        /// The device.
        path: PathBuf,
        /// The setting with the value asked for.
        setting: String,
        /// What went wrong.
        reason: String,
    },
    /// No pseudo-terminal can be made.
    #[error("cannot make a pseudo-terminal: {source}")]
    Pty {
        /// The operating system's words.
        source: io::Error,
    },
    /// The symbolic link to a pseudo-terminal cannot be made.
    #[error("{path}: cannot link the pseudo-terminal here: {reason}")]
    Link {
        /// The link.
        path: PathBuf,
        /// What is in the way.
        reason: String,
    },
}
