//! The north-bound Modbus server: pass-through and the DPO block.
//!
//! [`PmiService`] is what [`crate::bus::tcp::serve`] and [`crate::bus::rtu::serve`] serve:
//!
//! - At its own address (7) it answers the DPO block from the newest snapshot, and turns writes into
//!   requests to the lease gate. Reads never wait on a bus; writes are answered within half a second, if
//!   need be by exception 05, after which `setpoint_result` tells how it ended.
//! - At the addresses of its routes it passes requests through, byte for byte, to the bus that has the
//!   device. Writes go to the devices only as far as [`WritePolicy`] and the register maps let them, through the
//!   safe writer; functions that may do anything else never do (`spec/decisions/0009`).
//! - Anywhere else there is no path: exception 0A over TCP, silence on a serial line. So it is with
//!   address 0: a broadcast from the north is not forwarded, it would write to every device at once.
//!
//! # Who owns what
//! Each connection (a TCP connection, a serial line) is bound to the lease token it wrote with success
//! last; its setpoints are written under that token. `setpoint_result` and `lease_duration` show what the
//! asking connection itself did; everything else shows the shelf. A connection has at most one lease write
//! and one setpoint under way; another one meanwhile is answered with exception 06. What is kept for a
//! connection goes with it; the lease does not: it is the owner's until it ends or is given back, from any
//! connection that presents the token.
//!
//! # Setpoints
//! A write to 0x4050 or 0x4058 is in force at once. A write to 0x4180 onward is a shadow that belongs to the
//! lease; the commit that follows puts all of it into force as one, or nothing (`spec/decisions/0004`).

mod block;
mod device_writes;
mod front;
mod passthrough;
mod service;
mod session;
mod shadow;
#[cfg(test)]
mod tests;
mod writes;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::map::MapInfo;

use crate::bus::Bus;
use crate::shelf::journal::{Journal, MemoryJournal};

pub use device_writes::{AllowedRegister, WritePolicy};
pub use front::{Front, FrontConfig, FrontError, Line};
pub use passthrough::HAZARD;
pub use service::PmiService;

/// Where the devices of a range of addresses are.
#[derive(Clone)]
pub struct Route {
    /// Modbus addresses, the same on both sides.
    pub units: RangeInclusive<u8>,
    /// The bus that has them.
    pub bus: Arc<dyn Bus>,
    /// Register map of the devices; without it they are never written.
    pub map: Option<&'static MapInfo>,
}

impl Route {
    /// A route to devices that are only read.
    pub fn new(units: RangeInclusive<u8>, bus: Arc<dyn Bus>) -> Self {
        Self { units, bus, map: None }
    }

    /// The same route to devices of a map.
    #[must_use]
    pub fn with_map(self, map: &'static MapInfo) -> Self {
        Self { map: Some(map), ..self }
    }
}

/// Settings of a [`PmiService`].
#[derive(Debug, Clone)]
pub struct PmiConfig {
    /// Address of the DPO block, 1 to 247.
    pub unit: u8,
    /// What happens to writes to shelf devices.
    pub writes: WritePolicy,
    /// Registers of devices that can be written, as far as `writes` lets a peer.
    pub allow: Vec<AllowedRegister>,
    /// Where those writes are recorded.
    pub journal: Arc<dyn Journal>,
    /// Identity strings of the gateway: at most 16 printable ASCII characters each.
    pub identity: PmiIdentity,
    /// Longest time for a pass-through, the wait for the bus included.
    pub transact_timeout: Duration,
    /// A write that is not confirmed within this time is answered with exception 05.
    pub confirm_within: Duration,
    /// A write that is not confirmed within this time has failed.
    pub command_timeout: Duration,
}

/// Identity of the gateway, in the block and in Read Device Identification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PmiIdentity {
    /// Manufacturer (object 0).
    pub manufacturer: String,
    /// Model (object 1).
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Firmware version (object 2).
    pub firmware: String,
}

impl Default for PmiIdentity {
    fn default() -> Self {
        Self {
            manufacturer: "dpo-gateway".to_owned(),
            model: "DPO Gateway".to_owned(),
            serial: "0".to_owned(),
            firmware: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl Default for PmiConfig {
    fn default() -> Self {
        Self {
            unit: 7,
            writes: WritePolicy::default(),
            allow: Vec::new(),
            journal: Arc::new(MemoryJournal::default()),
            identity: PmiIdentity::default(),
            transact_timeout: Duration::from_secs(2),
            confirm_within: Duration::from_millis(500),
            command_timeout: Duration::from_secs(30),
        }
    }
}

/// Why a PMI cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PmiError {
    /// The address of the block is reserved.
    #[error("pmi.unit: {0} is not an address of a device: choose 1 to 247")]
    Unit(u8),
    /// A route holds no address or the broadcast address.
    #[error("pmi.routes: {first} to {last} is no range of addresses from 1 on")]
    Range {
        /// First address.
        first: u8,
        /// Last address.
        last: u8,
    },
    /// An address is given twice.
    #[error("pmi.routes: address {unit} is taken by {by}")]
    Overlap {
        /// The address.
        unit: u8,
        /// What has it already.
        by: String,
    },
    /// A register cannot be on the allow-list.
    #[error("pmi.allow: {map} {register}: {reason}")]
    Allow {
        /// Map named.
        map: String,
        /// Register named.
        register: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// An identity string does not fit its register.
    #[error("pmi.identity.{field}: {text:?} is not up to 16 printable ASCII characters")]
    Identity {
        /// Which string.
        field: &'static str,
        /// The string.
        text: String,
    },
}
