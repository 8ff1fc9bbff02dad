//! The gateway: what the shelf does, who may steer it, and what happened.
//!
//! [`Gateway`] is a cheap handle for the interfaces (PMI, Redfish). Reads come from the newest
//! [`Snapshot`] and never wait on a bus; writes go through the lease gate.

mod event;
mod gate;
mod handle;
mod snapshot;

pub use event::{Event, EventKind, Severity};
pub use gate::{Applied, GateError, LeaseView, Owner, Setpoint, SetpointView};
pub use handle::{Command, CommandKind, Gateway, GatewayFeed};
pub use snapshot::{Counters, Energy, ShelfState, ShelfTotals, Snapshot};
