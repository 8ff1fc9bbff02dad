//! The words of the write gate: owners, leases, setpoints, refusals.

use std::time::{Duration, SystemTime};

use dpo_registers::units::{Volts, Watts};

use crate::shelf::journal::By;

/// Who holds or asks for the lease, whatever the interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A Modbus client that presented this token in the DPO block.
    Modbus {
        /// The token, never 0.
        token: u32,
    },
    /// A Redfish user.
    Redfish {
        /// User name.
        user: String,
    },
    /// Code in this process that embeds the gateway.
    Local {
        /// Name for logs.
        name: String,
    },
}

impl Owner {
    /// How the journal names the owner. The token of a Modbus client proves ownership: it is not told.
    pub fn by(&self) -> By {
        match self {
            Self::Modbus { .. } => By::new("modbus", ""),
            Self::Redfish { user } => By::new("redfish", user.clone()),
            Self::Local { name } => By::new("local", name.clone()),
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // The token is what proves ownership: it is not shown.
            Self::Modbus { .. } => f.write_str("a Modbus client"),
            Self::Redfish { user } => write!(f, "Redfish user {user}"),
            Self::Local { name } => write!(f, "local {name}"),
        }
    }
}

/// The lease as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaseView {
    /// Who holds it; `None` if it is free.
    pub owner: Option<Owner>,
    /// Time until it ends unless renewed; zero if it is free.
    pub remaining: Duration,
    /// How often a lease was granted to a new owner.
    pub grants: u32,
    /// How often a lease ended without renewal.
    pub expiries: u32,
}

/// A setpoint of the shelf. `None` is the fail-safe value: the shelf runs as without a gateway.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setpoint {
    /// Upper limit of the shelf's AC input power, as a mean over a few poll cycles.
    InputPowerLimit(Option<Watts>),
    /// Power the BBUs together give to the busbar.
    BbuDischarge(Option<Watts>),
}

/// A setpoint as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SetpointView {
    /// What the lease owner asked for.
    pub requested: Option<Watts>,
    /// What the devices hold, confirmed by read-back.
    pub applied: Option<Watts>,
    /// Smallest value the gate lets pass.
    pub minimum: Watts,
    /// Largest value the gate lets pass.
    pub maximum: Watts,
    /// When `applied` was last confirmed.
    pub confirmed: Option<SystemTime>,
}

/// The answer to a setpoint that passed the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The setpoint as it now stands.
    pub setpoint: SetpointView,
    /// The lease as it now stands.
    pub lease: LeaseView,
}

/// The answer to setpoints that passed the gate together.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The input power limit as it now stands.
    pub input_power_limit: SetpointView,
    /// The BBU discharge request as it now stands.
    pub bbu_discharge: SetpointView,
    /// The lease as it now stands.
    pub lease: LeaseView,
}

/// Why none of the setpoints that were asked for together was applied.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct CommitError {
    /// The setpoint on which it failed, if it was one of them alone.
    pub at: Option<Setpoint>,
    /// Why.
    #[source]
    pub error: GateError,
}

impl From<GateError> for CommitError {
    fn from(error: GateError) -> Self {
        Self { at: None, error }
    }
}

/// Why the gate refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GateError {
    /// Nobody holds the lease: ask for it first.
    #[error("no lease is held: acquire the lease before writing a setpoint")]
    NoLease,
    /// Somebody else holds the lease.
    #[error("the lease is held by {owner} for another {} s", remaining.as_millis().div_ceil(1000))]
    HeldByOther {
        /// Who.
        owner: Owner,
        /// For how long, unless renewed.
        remaining: Duration,
    },
    /// The duration of a lease is outside the allowed range.
    #[error("a lease lasts {minimum:?} to {maximum:?}, not {asked:?}")]
    Duration {
        /// Asked for.
        asked: Duration,
        /// Shortest.
        minimum: Duration,
        /// Longest.
        maximum: Duration,
    },
    /// The value is outside its limits, or not a number.
    #[error("{value} is outside {minimum} to {maximum}")]
    OutOfRange {
        /// Asked for.
        value: Watts,
        /// Smallest.
        minimum: Watts,
        /// Largest.
        maximum: Watts,
    },
    /// The voltage is outside its limits, or not a number.
    #[error("{value} is outside {minimum} to {maximum}")]
    VoltageOutOfRange {
        /// Asked for.
        value: Volts,
        /// Smallest.
        minimum: Volts,
        /// Largest.
        maximum: Volts,
    },
    /// The shelf cannot do it in this state.
    #[error("refused in this state: {reason}")]
    State {
        /// Why, and what to do.
        reason: String,
    },
    /// A device did not take the value or did not read back.
    #[error("not applied: {reason}")]
    Device {
        /// Which device, register and what it answered.
        reason: String,
    },
    /// The gateway has stopped.
    #[error("the gateway has stopped")]
    Stopped,
}

impl GateError {
    /// Whether the owner of the lease was refused. Refusals of others are counted alone: a client that keeps asking must not flush
    /// the log.
    pub(super) fn is_of_the_owner(&self) -> bool {
        !matches!(self, Self::NoLease | Self::HeldByOther { .. })
    }
}
