//! Serial ports and pseudo-terminals.
//!
//! [`open`] opens a tty in raw mode; [`Pty`] makes a pseudo-terminal that clients open like a port.
//! Both are byte streams; frames and line timing are the business of [`crate::bus::rtu`].
//!
//! A pseudo-terminal has no line: it takes any baud rate, ignores it, and has no parity.
//!
//! Who switches the direction of an RS-485 line is [`Direction`]: most adapters do it by themselves, a UART on a
//! board has its driver do it. [`SerialSettings::low_latency`] has an adapter hand on bytes as they come (an FTDI
//! adapter collects them for 16 ms otherwise). A driver that has neither says so, and the port works without.
//!
//! Neither was tried on a UART: the machine that this is developed on has none. Tested are the refusal by a
//! pseudo-terminal, and the layouts against a C compiler's (`interop/serial-layout`).

mod ioctl;
mod port;
mod pty;

use std::io;
use std::path::PathBuf;

pub use dpo_registers::map::Parity;
pub use port::{SerialPort, Tty, open};
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
    /// Who switches between sending and receiving.
    pub direction: Direction,
    /// Ask the driver to hand on bytes as they come (`ASYNC_LOW_LATENCY`).
    pub low_latency: bool,
}

/// Who switches an RS-485 transceiver between sending and receiving.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// The adapter by itself, or the driver as the system was set up (`linux,rs485-enabled-at-boot-time`).
    #[default]
    Adapter,
    /// The driver of the port, with the RTS line (`TIOCSRS485`).
    Driver(Rs485),
}

/// How a driver switches the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rs485 {
    /// RTS is high while sending and low otherwise; the other way round if not.
    pub rts_on_send: bool,
    /// Time from RTS to the first bit, in milliseconds.
    pub delay_before_ms: u32,
    /// Time from the last bit until RTS falls back, in milliseconds.
    pub delay_after_ms: u32,
    /// The receiver stays on while sending: each request is heard again.
    pub hears_itself: bool,
}

impl Default for Rs485 {
    /// RTS high while sending, no delays, no echo.
    fn default() -> Self {
        Self { rts_on_send: true, delay_before_ms: 0, delay_after_ms: 0, hears_itself: false }
    }
}

impl std::fmt::Display for SerialSettings {
    /// For example `19200 8E1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parity = match self.parity {
            Parity::Even => 'E',
            Parity::Odd => 'O',
            Parity::None => 'N',
        };
        let stop = if self.stop_bits == StopBits::Two { 2 } else { 1 };
        write!(f, "{} 8{parity}{stop}", self.baud)
    }
}

impl Default for SerialSettings {
    /// 19200 8E1, the default of Modbus (Serial Line V1.02, 3.2) and of the ORv3 maps; nothing asked of the driver.
    fn default() -> Self {
        Self {
            baud: 19_200,
            parity: Parity::Even,
            stop_bits: StopBits::One,
            direction: Direction::Adapter,
            low_latency: false,
        }
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
