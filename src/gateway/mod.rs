//! The gateway: what the shelf does, who may steer it, and what happened.
//!
//! [`Gateway`] is a cheap handle for the interfaces (PMI, Redfish). Reads come from the newest
//! [`Snapshot`] and never wait on a bus; writes go through the lease gate. [`spawn`] starts it.
//!
//! Inside: one task a bus polls (`poller`), one task decides (`task`, `commands`); `psus` holds what
//! each PSU was told, `shelf` what each device said.

mod commands;
mod config;
mod event;
mod gate;
mod handle;
mod lease;
mod poller;
mod psus;
mod shelf;
mod snapshot;
mod task;
#[cfg(test)]
mod tests;

pub use config::{ConfigError, GatewayConfig, SlotKind, SlotRange};
pub use event::{Event, EventKind, Severity};
pub use gate::{Applied, GateError, LeaseView, Owner, Setpoint, SetpointView};
pub use handle::{Command, CommandKind, Gateway, GatewayFeed};
pub use snapshot::{Counters, Energy, ShelfState, ShelfTotals, Snapshot};
pub use task::spawn;
