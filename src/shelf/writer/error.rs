//! Why a write did not happen, or did not take.

use dpo_registers::codec::Exception;
use dpo_registers::map::{Limits, MapInfo, RegisterInfo};

use crate::bus::TransactError;
use crate::shelf::journal::JournalError;
use crate::shelf::pmbus::PmbusWriteError;

/// Why a write did not happen, or did not take.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The register is not on the allow-list, or bits outside the allowed ones would change.
    #[error("{map}: the gateway does not write {register}")]
    NotAllowed {
        /// Map.
        map: &'static str,
        /// Register or address.
        register: String,
    },
    /// The value is outside the limits of the map, or between its steps.
    #[error(
        "{map}: {register}: {value} (raw {raw}) is not within {minimum} to {maximum} in steps of {step} {unit} (raw {raw_minimum} \
         to {raw_maximum}, step {raw_step})"
    )]
    Range {
        /// Map.
        map: &'static str,
        /// Register.
        register: &'static str,
        /// What was to be written, in `unit`.
        value: f64,
        /// Smallest, in `unit`.
        minimum: f64,
        /// Largest, in `unit`.
        maximum: f64,
        /// Distance between two allowed values, in `unit`.
        step: f64,
        /// UCUM code.
        unit: &'static str,
        /// What was to be written, as the register counts.
        raw: i64,
        /// Smallest raw value.
        raw_minimum: i64,
        /// Largest raw value.
        raw_maximum: i64,
        /// Distance between two allowed raw values.
        raw_step: i64,
    },
    /// The register was written too often of late.
    #[error("unit {unit}, {register}: written too often: wait {after:?}")]
    Rate {
        /// Modbus address.
        unit: u8,
        /// Register.
        register: &'static str,
        /// Time until the next write is let through.
        after: std::time::Duration,
    },
    /// The map forbids it: read only, hazard range, reserved bits, length.
    #[error("{map}: {register}: the map refuses the value: {exception}")]
    Map {
        /// Map.
        map: &'static str,
        /// Register.
        register: &'static str,
        /// What a device would answer.
        exception: Exception,
    },
    /// Another write of its group failed before it.
    #[error("not sent: another write of the group failed")]
    Stopped,
    /// Another write of its group failed while this one was on its way, or had been sent: it goes back.
    #[error("sent back: another write of the group failed")]
    HalfWay,
    /// The write could not be recorded, so it was not sent.
    #[error("not sent: {0}")]
    Journal(#[from] JournalError),
    /// The device refused or did not answer. Whether it took the value is unknown if there was no
    /// answer.
    #[error("unit {unit}, {register}: {source}")]
    Device {
        /// Modbus address.
        unit: u8,
        /// Register.
        register: &'static str,
        /// What happened.
        source: TransactError,
    },
    /// The device acknowledged, but holds something else.
    #[error("unit {unit}, {register}: wrote {wrote:04X?}, reads back {holds:04X?}")]
    ReadBack {
        /// Modbus address.
        unit: u8,
        /// Register.
        register: &'static str,
        /// Words sent.
        wrote: Vec<u16>,
        /// Words the device holds.
        holds: Vec<u16>,
    },
    /// The same for a command of a PMBus supply.
    #[error(transparent)]
    Command(#[from] PmbusWriteError),
}

impl WriteError {
    /// Whether the device may hold another value than before.
    pub fn uncertain(&self) -> bool {
        match self {
            Self::Command(error) => error.uncertain(),
            Self::ReadBack { .. }
            | Self::HalfWay
            | Self::Device {
                source:
                    TransactError::Bus(_)
                    | TransactError::Mismatch { .. }
                    // It is still at it.
                    | TransactError::Refused { exception: Exception::Acknowledge, .. },
                ..
            } => true,
            _ => false,
        }
    }

    /// Whether the device said that it is busy (exception 06, AP 7): it took nothing, and is to be asked again later.
    /// A gateway on the way says so when it holds a write back.
    pub fn busy(&self) -> bool {
        let Self::Device { source: TransactError::Refused { exception, .. }, .. } = self else {
            return false;
        };
        *exception == Exception::ServerDeviceBusy
    }

    /// Whether the device did not answer at all.
    pub fn silent(&self) -> bool {
        matches!(self, Self::Device { source: TransactError::Bus(_), .. })
    }
}

/// The limits that a value breaks, if it is that.
pub(super) fn range(map: &'static MapInfo, info: &RegisterInfo, words: &[u16]) -> Option<WriteError> {
    let limits @ Limits { min, max, step } = info.limits?;
    let raw = info.raw(words).filter(|raw| !limits.allow(*raw))?;
    Some(WriteError::Range {
        map: map.id,
        register: info.id,
        value: info.engineering(raw),
        minimum: info.engineering(min),
        maximum: info.engineering(max),
        step: info.engineering(step) - info.engineering(0),
        unit: info.unit,
        raw,
        raw_minimum: min,
        raw_maximum: max,
        raw_step: step,
    })
}
