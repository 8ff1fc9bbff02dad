//! What is recorded. The names of fields and kinds are the form of `dpo journal export`: they stay.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// On whose behalf something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The interface: `modbus`, `pmbus`, `redfish`, `local`, or `gateway` for what it does by itself.
    pub interface: Cow<'static, str>,
    /// User or name there; empty where the interface knows none (Modbus tells no users apart).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub peer: String,
}

impl By {
    /// The gateway by itself.
    pub const GATEWAY: Self = Self { interface: Cow::Borrowed("gateway"), peer: String::new() };

    /// Somebody at an interface.
    pub fn new(interface: &'static str, peer: impl Into<String>) -> Self {
        Self { interface: Cow::Borrowed(interface), peer: peer.into() }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.peer.is_empty() {
            f.write_str(&self.interface)
        } else {
            write!(f, "{} {}", self.interface, self.peer)
        }
    }
}

/// A write of one register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Number of the commit it belongs to; none for what the gateway does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<u64>,
    /// Name of the bus.
    pub bus: String,
    /// Modbus address.
    pub unit: u8,
    /// Register map of the device.
    pub map: Cow<'static, str>,
    /// Register identifier in the map.
    pub register: Cow<'static, str>,
    /// First address of the register.
    pub address: u16,
    /// Words the device held before.
    pub before: Vec<u16>,
    /// Words to be written.
    pub after: Vec<u16>,
    /// Smallest and largest raw value that trims may write before the next record of this register; none if
    /// each write is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trims: Option<(u16, u16)>,
}

impl Write {
    /// Whether both write the same register of the same device.
    pub fn same_place(&self, other: &Self) -> bool {
        (&self.bus, self.unit, self.address) == (&other.bus, other.unit, other.address)
    }
}

/// How a write ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum Outcome {
    /// Read back as meant.
    Confirmed,
    /// Refused, not answered, or not read back as meant.
    Failed {
        /// What happened.
        reason: String,
    },
    /// The gateway ended meanwhile; a later one read this from the device.
    Found {
        /// Words the device holds.
        holds: Vec<u16>,
    },
}

/// How a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseEnd {
    /// The owner gave it back.
    Released,
    /// It was not renewed.
    Expired,
    /// The gateway ended, and with it the lease.
    GatewayEnded,
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum CommitEnd {
    /// Every device reads back what was meant. On record before the owner hears of it.
    Applied,
    /// A device failed; those before it were brought back.
    RolledBack {
        /// Which device failed and how, and which could not be brought back.
        reason: String,
    },
    /// The gateway ended meanwhile: nobody was told that it was applied.
    GatewayEnded,
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// A gateway started.
    Started {
        /// Its version.
        version: Cow<'static, str>,
    },
    /// It ended as asked, with the fail-safe values in place unless an earlier entry says otherwise.
    Stopped,
    /// A lease was granted to a new owner. Renewals are not recorded.
    LeaseGranted {
        /// For how long unless renewed, in ms.
        duration_ms: u64,
    },
    /// A lease ended.
    LeaseEnded {
        /// How.
        how: LeaseEnd,
    },
    /// Setpoints are about to be put into force as one.
    Commit {
        /// Number of the commit, from 1, across restarts.
        commit: u64,
        /// What was asked for, for a person.
        asked: String,
    },
    /// A commit ended.
    CommitEnded {
        /// Number of the commit.
        commit: u64,
        /// How.
        #[serde(flatten)]
        end: CommitEnd,
    },
    /// A write is about to be sent.
    Intent {
        /// The write.
        #[serde(flatten)]
        write: Write,
    },
    /// A write ended.
    Outcome {
        /// Number of the entry of its intent.
        intent: u64,
        /// The write.
        #[serde(flatten)]
        write: Write,
        /// How it ended.
        #[serde(flatten)]
        outcome: Outcome,
    },
}

/// An entry to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// On whose behalf.
    pub by: By,
    /// Why.
    pub cause: String,
    /// What.
    pub item: Item,
}

/// An entry on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Number: 1, 2, 3 ...
    pub sequence: u64,
    /// Time of day in microseconds since 1970, as the wall clock stood.
    pub time_us: i64,
    /// Time since the machine started, in ms.
    pub monotonic_ms: u64,
    /// On whose behalf.
    pub by: By,
    /// Why.
    pub cause: String,
    /// What.
    #[serde(flatten)]
    pub item: Item,
}

impl Stored {
    /// Stamps an entry.
    pub fn new(sequence: u64, wall: SystemTime, monotonic: Duration, entry: Entry) -> Self {
        let time_us = micros(wall);
        let monotonic_ms = u64::try_from(monotonic.as_millis()).unwrap_or(u64::MAX);
        let Entry { by, cause, item } = entry;
        Self { sequence, time_us, monotonic_ms, by, cause, item }
    }

    /// Time of day at which it was put on record.
    pub fn time(&self) -> SystemTime {
        let micros = Duration::from_micros(self.time_us.unsigned_abs());
        let time =
            if self.time_us < 0 { UNIX_EPOCH.checked_sub(micros) } else { UNIX_EPOCH.checked_add(micros) };
        time.unwrap_or(UNIX_EPOCH)
    }

    /// The write that it tells of.
    pub fn write(&self) -> Option<&Write> {
        match &self.item {
            Item::Intent { write } | Item::Outcome { write, .. } => Some(write),
            _ => None,
        }
    }
}

/// Microseconds since 1970, negative before.
pub(super) fn micros(wall: SystemTime) -> i64 {
    match wall.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |us| -us),
    }
}
