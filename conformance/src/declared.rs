//! What a product declares beside its register map: addresses without a device, limits of its TCP server, what its
//! serial line can do, and how a bench restarts it. Cases that need a declaration do not apply without it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ride::RideClaims;

/// Everything that is declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declared {
    /// A Modbus address that is routed but where no device answers.
    pub absent_unit: Option<u8>,
    /// A Modbus address that is not routed.
    pub unrouted_unit: Option<u8>,
    /// Limits of the TCP server.
    pub server: Server,
    /// What the serial line can do.
    pub line: LineClaims,
    /// How a bench acts on the device.
    pub bench: Bench,
    /// What the PMBus devices can do.
    pub pmbus: PmbusClaims,
    /// What the Redfish service has.
    pub service: Option<ServiceClaims>,
    /// What the shelf rides through.
    pub ride: Option<RideClaims>,
}

/// What a Redfish service claims to have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceClaims {
    /// `RedfishVersion` of the service root.
    pub version: String,
    /// Kinds of resources, as `PowerSupply`: each must be reachable from the service root.
    #[serde(default)]
    pub resources: Vec<String>,
}

/// What PMBus devices can do, beside their map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PmbusClaims {
    /// Longest stretching of the clock in a byte, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stretch_us: Option<u32>,
    /// Id of a reading that is below zero in the state in which the device is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_reading: Option<String>,
    /// At how many watts times samples the sum of READ_EIN and READ_EOUT rolls over; without it 32768 (DIRECT, 1 W).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_full: Option<u32>,
    /// What is printed on the device, by the ids of MFR commands, in their units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ratings: BTreeMap<String, f64>,
    /// Settings as they leave the factory, by their ids, in their units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, f64>,
}

/// Limits of a Modbus TCP server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Most connections of one client at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub connections: Option<u16>,
    /// After how many seconds without a request the place of a connection is given away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7200))]
    pub idle_s: Option<u16>,
    /// Within how many milliseconds 99 of 100 reads are answered, one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub p99_ms: Option<u16>,
    /// What the plain port of a server does that has a secure one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Plain>,
    /// Modbus/TCP Security: whether a client whose certificate names no role may read.
    #[serde(default)]
    pub default_may_read: bool,
    /// Every TCP port that is open, the Modbus port among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// Another address of the same server, as `[2001:db8::1]:502`: the one of the other version of IP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_address: Option<String>,
}

/// What the plain port does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Plain {
    /// It is closed.
    Closed,
    /// It answers reads and refuses writes.
    ReadOnly,
}

/// What a serial line, and the device on it, can do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineClaims {
    /// The line has a baud rate and a parity. True of every UART, not of most pseudo-terminals.
    #[serde(default)]
    pub settings: bool,
    /// Broadcasts of writes are carried out.
    #[serde(default)]
    pub broadcast: bool,
    /// Id of the register that holds the Modbus address of the device, if it can be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_register: Option<String>,
    /// Id of the register that holds a code of the baud rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baud_register: Option<String>,
    /// The codes in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baud_codes: Vec<BaudCode>,
    /// Whether the baud rate survives a restart.
    #[serde(default)]
    pub baud_stored: bool,
    /// Stop bits of the mode without parity, if the device has that mode: 2, or 1 for the deviation 8N1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2))]
    pub no_parity_stop_bits: Option<u8>,
}

/// A baud rate and its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaudCode {
    /// Bits a second.
    pub baud: u32,
    /// What the register holds then.
    pub code: u16,
}

/// How a bench acts on the device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bench {
    /// A coil that may be set and cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coil: Option<u16>,
    /// A write that restarts the device as a power cycle does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
}

/// A write that restarts a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Id of the register.
    pub register: String,
    /// What is written.
    pub value: u16,
    /// Longest time until the device answers again, in seconds.
    #[schemars(range(min = 1, max = 600))]
    pub back_s: u16,
}

impl Declared {
    /// The first thing that cannot be so: key, reason.
    pub fn fault(&self) -> Option<(&'static str, String)> {
        let stop_bits = self.line.no_parity_stop_bits;
        if stop_bits.is_some_and(|bits| !(1..=2).contains(&bits)) {
            return Some(("line.no_parity_stop_bits", "wants 1 or 2".into()));
        }
        if self.server.connections.is_some_and(|n| !(1..=1000).contains(&n)) {
            return Some(("server.connections", "wants 1 to 1000".into()));
        }
        if self.server.idle_s.is_some_and(|s| !(1..=7200).contains(&s)) {
            return Some(("server.idle_s", "wants 1 to 7200 seconds".into()));
        }
        if self.line.baud_register.is_some() && self.line.baud_codes.len() < 2 {
            return Some(("line.baud_codes", "wants the code of two baud rates at least".into()));
        }
        if self.bench.restart.as_ref().is_some_and(|r| !(1..=600).contains(&r.back_s)) {
            return Some(("bench.restart.back_s", "wants 1 to 600 seconds".into()));
        }
        if self.service.as_ref().is_some_and(|s| s.version.trim().is_empty()) {
            return Some(("service.version", "is empty: say the RedfishVersion of the service root".into()));
        }
        if self.pmbus.energy_full == Some(0) {
            return Some(("pmbus.energy_full", "wants 1 or more".into()));
        }
        self.ride.as_ref().and_then(RideClaims::fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_named_by_its_key() {
        assert_eq!(Declared::default().fault(), None);
        let mut bad = Declared::default();
        bad.line.no_parity_stop_bits = Some(3);
        assert_eq!(bad.fault().map(|(key, _)| key), Some("line.no_parity_stop_bits"));
        let mut bad = Declared::default();
        bad.line.baud_register = Some("baud".into());
        assert_eq!(bad.fault().map(|(key, _)| key), Some("line.baud_codes"));
        let mut bad = Declared::default();
        bad.server.connections = Some(0);
        assert_eq!(bad.fault().map(|(key, _)| key), Some("server.connections"));
    }
}
