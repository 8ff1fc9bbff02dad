//! Modbus on the wire: PDU, MBAP and RTU frames, CRC, strings. PMBus on the wire is in [`pmbus`].
//!
//! Framing is our own. modbus-core is used for PDUs only: its frame layer cannot decode function
//! code 16, encodes it wrongly, and panics on bytes from the wire (measured on 0.2.0).

mod crc;
mod file;
pub mod mbap;
mod pdu;
pub mod pmbus;
pub mod rtu;
mod text;

pub use crc::{crc16, crc16_fast, crc16_small};
pub(crate) use file::single_group;
pub use file::{FileGroups, FileRecord, FileResponse, MAX_RECORD_WORDS};
pub use pdu::{Pdu, PduError, Request, exception_response, read_response, write_response};
pub use text::Text;

/// Longest PDU in bytes (MODBUS Application Protocol V1.1b3, 4.1).
pub const MAX_PDU: usize = 253;
/// Most registers in one read (AP 6.3).
pub const MAX_READ_QUANTITY: u16 = 125;
/// Most registers in one write (AP 6.12).
pub const MAX_WRITE_QUANTITY: u16 = 123;

/// Function codes this project sends or answers.
pub mod function {
    /// Read holding registers (AP 6.3).
    pub const READ_HOLDING: u8 = 0x03;
    /// Read input registers (AP 6.4).
    pub const READ_INPUT: u8 = 0x04;
    /// Write one register (AP 6.6).
    pub const WRITE_SINGLE: u8 = 0x06;
    /// Write several registers (AP 6.12).
    pub const WRITE_MULTIPLE: u8 = 0x10;
    /// Read file record (AP 6.14).
    pub const READ_FILE_RECORD: u8 = 0x14;
    /// Encapsulated interface transport (AP 6.19).
    pub const ENCAPSULATED: u8 = 0x2B;
    /// MEI type of Read Device Identification (AP 6.21).
    pub const MEI_DEVICE_ID: u8 = 0x0E;
}

/// Modbus exception codes (AP 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exception {
    /// 01: the function code is not supported.
    IllegalFunction = 0x01,
    /// 02: the address, or part of the span, does not exist for this function.
    IllegalDataAddress = 0x02,
    /// 03: a value of the request is not allowed.
    IllegalDataValue = 0x03,
    /// 04: the request is refused in this state, or failed.
    ServerDeviceFailure = 0x04,
    /// 05: accepted, takes long.
    Acknowledge = 0x05,
    /// 06: busy with a long operation.
    ServerDeviceBusy = 0x06,
    /// 08: memory parity error.
    MemoryParityError = 0x08,
    /// 0A: the gateway has no path to the address.
    GatewayPathUnavailable = 0x0A,
    /// 0B: the device behind the gateway does not answer.
    GatewayTargetFailed = 0x0B,
}

impl Exception {
    /// The code on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The exception with this code; `None` for a code the protocol does not define.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x01 => Self::IllegalFunction,
            0x02 => Self::IllegalDataAddress,
            0x03 => Self::IllegalDataValue,
            0x04 => Self::ServerDeviceFailure,
            0x05 => Self::Acknowledge,
            0x06 => Self::ServerDeviceBusy,
            0x08 => Self::MemoryParityError,
            0x0A => Self::GatewayPathUnavailable,
            0x0B => Self::GatewayTargetFailed,
            _ => return None,
        })
    }
}

impl core::fmt::Display for Exception {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let text = match self {
            Self::IllegalFunction => "illegal function",
            Self::IllegalDataAddress => "illegal data address",
            Self::IllegalDataValue => "illegal data value",
            Self::ServerDeviceFailure => "server device failure",
            Self::Acknowledge => "acknowledge",
            Self::ServerDeviceBusy => "server device busy",
            Self::MemoryParityError => "memory parity error",
            Self::GatewayPathUnavailable => "gateway path unavailable",
            Self::GatewayTargetFailed => "gateway target device failed to respond",
        };
        write!(f, "exception {:02X} ({text})", self.code())
    }
}

impl core::error::Error for Exception {}
