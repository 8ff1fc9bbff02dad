//! The buses of a shelf, as [`spawn`](super::spawn) takes them.

use crate::bus::arbiter::{Arbiter, Priority};
use crate::gateway::Protocol;
use crate::shelf::pmbus::line::PmbusLine;
use crate::shelf::setpoint::Port;

/// A bus of the shelf.
#[derive(Clone)]
pub enum BusLine {
    /// A line that speaks Modbus, shared by priority.
    Modbus(Arbiter),
    /// An I2C bus that speaks PMBus.
    Pmbus(PmbusLine),
}

impl From<Arbiter> for BusLine {
    fn from(line: Arbiter) -> Self {
        Self::Modbus(line)
    }
}

impl From<PmbusLine> for BusLine {
    fn from(line: PmbusLine) -> Self {
        Self::Pmbus(line)
    }
}

impl BusLine {
    /// What it speaks.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Modbus(_) => Protocol::Modbus,
            Self::Pmbus(_) => Protocol::Pmbus,
        }
    }

    /// The line, if it speaks Modbus.
    pub fn modbus(&self) -> Option<&Arbiter> {
        match self {
            Self::Modbus(line) => Some(line),
            Self::Pmbus(_) => None,
        }
    }

    /// The way of writes.
    pub(super) fn writes(&self) -> Port {
        match self {
            Self::Modbus(line) => Port::Modbus(line.port(Priority::Write)),
            Self::Pmbus(line) => Port::Pmbus(line.clone()),
        }
    }
}
