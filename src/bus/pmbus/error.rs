//! Why a command did not go through.

use dpo_registers::codec::pmbus::FrameError;
use dpo_registers::pmbus::{DecodeError, EncodeError};

use crate::bus::smbus::LineError;

/// Why a command did not go through. `at` names bus, target and command.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PmbusError {
    /// The transfer broke off.
    #[error("{at}: {source}")]
    Line {
        /// Bus, target, command.
        at: String,
        /// What happened.
        source: LineError,
    },
    /// The packet error code of an answer does not fit.
    #[error("{at}: the packet error code {got:02X}h does not fit the answer ({expected:02X}h does)")]
    Pec {
        /// Bus, target, command.
        at: String,
        /// The code that fits.
        expected: u8,
        /// The code that came.
        got: u8,
    },
    /// Nothing but ones came: no target drove the line. The device does not know the command, or is busy.
    #[error("{at}: only ones came: the device does not know the command, or is busy")]
    NotDriven {
        /// Bus, target, command.
        at: String,
    },
    /// The answer has another length than the map or its count says.
    #[error("{at}: {source}")]
    Frame {
        /// Bus, target, command.
        at: String,
        /// What is wrong.
        source: FrameError,
    },
    /// No value follows from the answer.
    #[error("{at}: {source}")]
    Decode {
        /// Bus, target, command.
        at: String,
        /// Why.
        source: DecodeError,
    },
    /// The value has no bytes, or the map does not allow it.
    #[error("{at}: {source}")]
    Encode {
        /// Bus, target, command.
        at: String,
        /// Why.
        source: EncodeError,
    },
    /// COEFFICIENTS answered something from which no number follows.
    #[error("{at}: the device tells no usable coefficients")]
    Coefficients {
        /// Bus, target, command.
        at: String,
    },
    /// The map has no such command.
    #[error("{set} has no command {command}")]
    NotInMap {
        /// Command set.
        set: &'static str,
        /// The command asked for.
        command: String,
    },
    /// The map lists the code as a hazard.
    #[error("{at}: the code is never sent: the map lists it as a hazard")]
    Hazard {
        /// Bus, target, command.
        at: String,
    },
    /// The map gives the command no such transaction.
    #[error("{at}: the map gives the command no transaction that {what}")]
    Direction {
        /// Bus, target, command.
        at: String,
        /// "reads" or "writes".
        what: &'static str,
    },
    /// The device did not take the page.
    #[error("{at}: page {wanted} was selected, the device is at page {holds}")]
    Page {
        /// Bus, target, command.
        at: String,
        /// Page selected.
        wanted: u8,
        /// Page read back.
        holds: u8,
    },
}

impl PmbusError {
    /// Whether a write may have been taken although it failed: look before you write again.
    pub const fn uncertain(&self) -> bool {
        match self {
            // A target that refused a byte has dropped the command (P2 10.8); one that hangs may have it.
            Self::Line { source, .. } => !source.untaken() && !matches!(source, LineError::Refused { .. }),
            _ => false,
        }
    }

    /// Whether the device itself said no: it is there, and does not know the command or is busy.
    pub const fn refused(&self) -> bool {
        matches!(
            self,
            Self::Line { source: LineError::Refused { .. } | LineError::BrokenOff { .. }, .. }
                | Self::NotDriven { .. }
        )
    }

    /// Whether the same read may succeed a moment later.
    pub const fn passing(&self) -> bool {
        match self {
            Self::Line { source, .. } => source.passing(),
            Self::Pec { .. } | Self::NotDriven { .. } | Self::Frame { .. } => true,
            _ => false,
        }
    }
}
