//! PMBus devices: what a command set says, and its commands as types.
//!
//! - [`CommandSet`], [`CommandInfo`]: the map as constants.
//! - [`Command`] with [`Readable`] and [`Writable`]: a command as a type with its value, its request (what
//!   a process call asks with) and whether it needs VOUT_MODE.
//! - [`client`]: builds the transactions of a controller and checks the answers.
//! - [`device`]: takes received writes apart and builds answers, for a firmware or a simulator.
//! - [`pmbus_commands!`](crate::pmbus_commands), [`pmbus_flags!`](crate::pmbus_flags),
//!   [`pmbus_symbols!`](crate::pmbus_symbols) and [`pmbus_block!`](crate::pmbus_block): what generated
//!   modules are written in.
//!
//! The bus is not here: everything is bytes ([`Transaction`](crate::codec::pmbus::Transaction)).

pub mod client;
pub mod device;
pub mod field;
mod info;
mod macros;
mod value;

use crate::codec::pmbus::{Block, FrameError, NumberError, VoutMode};
use crate::map::{BitInfo, SymbolInfo};
use crate::register;

pub use info::{
    Code, CommandInfo, CommandSafety, CommandSet, FieldInfo, Format, PecUse, Protect, Range, Read, Write,
};
pub use value::{bits, encode_bits, encode_symbol};

/// One command of a command set, as a type.
pub trait Command {
    /// What the command holds.
    type Value: Value;
    /// What a process call asks with; `()` for every other command.
    type Request: Value;
    /// [`VoutMode`] for a command whose format it decides, else `()`.
    type Mode: Mode;
    /// What the map says of it.
    const INFO: &'static CommandInfo;

    /// Reads the value from the data bytes, without a count.
    ///
    /// # Errors
    /// [`DecodeError`] if the length differs or no value follows from the bytes.
    fn decode(data: &[u8], mode: Self::Mode) -> Result<Self::Value, DecodeError> {
        Self::Value::decode(Self::INFO, data, mode.vout())
    }

    /// The data bytes of a value, without a count (device side, or [`Writable`] commands).
    ///
    /// # Errors
    /// [`EncodeError`] if the value does not fit the format, or for a writable command the limits.
    fn encode(value: &Self::Value, mode: Self::Mode) -> Result<Block, EncodeError> {
        value.encode(Self::INFO, mode.vout())
    }
}

/// A command that can be read.
#[diagnostic::on_unimplemented(
    message = "the command `{Self}` cannot be read: its map gives it no transaction that reads",
    label = "this command is write only"
)]
pub trait Readable: Command {}

/// A command that a client may write.
#[diagnostic::on_unimplemented(
    message = "no client may write the command `{Self}`: its map says that it is read only",
    label = "this command is read only",
    note = "a device that answers it uses `pmbus::device::answer`"
)]
pub trait Writable: Command {}

/// What a command needs to know of VOUT_MODE.
pub trait Mode: Copy {
    /// The mode, where the command needs it.
    fn vout(self) -> Option<VoutMode>;
}

impl Mode for () {
    fn vout(self) -> Option<VoutMode> {
        None
    }
}

impl Mode for VoutMode {
    fn vout(self) -> Option<VoutMode> {
        Some(self)
    }
}

/// What a command can hold: how it comes out of data bytes and goes into them.
pub trait Value: Clone + Sized {
    /// UCUM code of the unit; empty where there is none.
    const UNIT: &'static str = "";
    /// Bit fields of a flag set.
    const BITS: &'static [BitInfo] = &[];
    /// Declared values of an enumeration.
    const SYMBOLS: &'static [SymbolInfo] = &[];
    /// Fields of a block.
    const FIELDS: &'static [FieldInfo] = &[];

    /// Reads the value from the data bytes of the command.
    ///
    /// # Errors
    /// As of [`Command::decode`].
    fn decode(info: &CommandInfo, data: &[u8], mode: Option<VoutMode>) -> Result<Self, DecodeError>;

    /// The data bytes of the value.
    ///
    /// # Errors
    /// As of [`Command::encode`].
    fn encode(&self, info: &CommandInfo, mode: Option<VoutMode>) -> Result<Block, EncodeError>;
}

/// Why no value follows from bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecodeError {
    /// The number of data bytes differs from what the map says.
    Length {
        /// Fewest bytes.
        min: usize,
        /// Most bytes.
        max: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The format has no value for the word.
    Number(NumberError),
    /// The value of the format depends on VOUT_MODE, which was not given.
    ModeNeeded,
    /// A field of a block does not decode.
    Field {
        /// Identifier of the field.
        field: &'static str,
        /// Why.
        reason: register::DecodeError,
    },
    /// The message is none of a transaction of the command: wrong code, count or packet error code.
    Frame(FrameError),
    /// The message is of another command.
    OtherCommand {
        /// The code that came.
        got: u8,
    },
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length { min, max, got } if min == max => write!(f, "expected {min} data bytes, got {got}"),
            Self::Length { min, max, got } => write!(f, "expected {min} to {max} data bytes, got {got}"),
            Self::Number(error) => error.fmt(f),
            Self::ModeNeeded => f.write_str("the value depends on VOUT_MODE: read it first"),
            Self::Field { field, reason } => write!(f, "field {field}: {reason}"),
            Self::Frame(error) => error.fmt(f),
            Self::OtherCommand { got } => write!(f, "the message is of command {got:02X}h"),
        }
    }
}

impl core::error::Error for DecodeError {}

impl From<FrameError> for DecodeError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

/// Why a value has no bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EncodeError {
    /// The value has another length than the map says.
    Length {
        /// Fewest bytes.
        min: usize,
        /// Most bytes.
        max: usize,
        /// Bytes of the value.
        got: usize,
    },
    /// The format does not hold the value.
    Number(NumberError),
    /// The format depends on VOUT_MODE, which was not given.
    ModeNeeded,
    /// The value fits the format but not the limits of the map.
    Limits {
        /// The value, in the unit of the command.
        value: f64,
    },
    /// A field of a block does not encode.
    Field {
        /// Identifier of the field.
        field: &'static str,
        /// Why.
        reason: register::EncodeError,
    },
    /// A field of a block has no value, and no word that means "not available".
    Missing {
        /// Identifier of the field.
        field: &'static str,
    },
    /// The message does not fit one transaction.
    Frame(FrameError),
}

impl core::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length { min, max, got } if min == max => write!(f, "{got} bytes where {min} belong"),
            Self::Length { min, max, got } => write!(f, "{got} bytes where {min} to {max} belong"),
            Self::Number(error) => error.fmt(f),
            Self::ModeNeeded => f.write_str("the word depends on VOUT_MODE: read it first"),
            Self::Limits { value } => write!(f, "{value} is outside the limits of the command"),
            Self::Field { field, reason } => write!(f, "field {field}: {reason}"),
            Self::Missing { field } => write!(f, "field {field} needs a value"),
            Self::Frame(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<FrameError> for EncodeError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}
