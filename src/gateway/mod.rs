//! The gateway: what the shelf does, who may steer it, and what happened.
//!
//! [`Gateway`] is a cheap handle for the interfaces (PMI, Redfish). Reads come from the newest
//! [`Snapshot`] and never wait on a bus; writes go through the lease gate. [`spawn`] starts it.
//!
//! Inside: one task a bus polls (`poller`, over PMBus `pmbus`), one task decides (`task`). `commands` and `bus_voltage` are the gate with its `checks`,
//! `support` steers and falls back, `recovery` asks the journal and the hardware what an earlier gateway left;
//! `power_cycle` takes the output of one PSU away on request; `psus` holds what each PSU was told, `shelf` what each device said; `view` makes the snapshots. `fast` is what a local fast
//! path, if there is one, tells beside the polls; `recording` keeps what it measured around grid events.

mod bus_voltage;
mod checks;
mod clocks;
mod commands;
mod config;
mod deliverable;
mod event;
mod fast;
mod gate;
mod handle;
mod hold;
mod indicator;
mod lease;
mod line;
mod pmbus;
mod poller;
mod power_cycle;
mod psus;
mod recording;
mod recovery;
mod shelf;
mod snapshot;
mod steps;
mod support;
mod task;
#[cfg(test)]
mod tests;
mod view;

pub use bus_voltage::BusVoltageView;
pub use config::{ConfigError, GatewayConfig, Protocol, SlotKind, SlotRange};
pub use deliverable::Deliverable;
pub use event::{Event, EventKind, Severity};
pub use fast::{AcReading, AcView, FastChange, FastSource, FastView, TickView};
pub use gate::{Applied, CommitError, Committed, GateError, LeaseView, Owner, Setpoint, SetpointView};
pub use handle::{Command, CommandKind, EventWindow, Gateway, GatewayFeed};
pub use line::BusLine;
pub use power_cycle::{POWER_CYCLE_LIMIT, POWER_CYCLE_REST, PowerCycleView, PowerCycling};
pub use recording::{GridEventKind, GridPoint, Judge, Judged, RECORDINGS, Recording, RideVerdict};
pub use snapshot::{Counters, Energy, LineView, ShelfState, ShelfTotals, Snapshot, StateCause, StateView};
pub use task::spawn;
