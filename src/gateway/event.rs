//! Things that happened, numbered without gaps.

use std::time::SystemTime;

/// How bad an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For the record.
    Ok,
    /// Needs attention.
    Warning,
    /// Needs action.
    Critical,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A device answered for the first time.
    DeviceFound,
    /// A device stopped answering.
    DeviceLost,
    /// A lost device answers again.
    DeviceReturned,
    /// An alarm flag was set.
    AlarmRaised,
    /// An alarm flag was cleared.
    AlarmCleared,
    /// A lease was granted.
    LeaseGranted,
    /// The owner gave the lease back.
    LeaseReleased,
    /// The lease ended without renewal; setpoints went to their fail-safe values.
    LeaseExpired,
    /// A setpoint was applied and read back.
    SetpointApplied,
    /// A setpoint was refused, or could not be applied.
    SetpointRefused,
    /// A device held a setpoint that this gateway did not write.
    SetpointFound,
    /// Setpoints went back to their fail-safe values, read back from the devices.
    SetpointRestored,
    /// A device refuses a register of its map; it is not read any more.
    RegisterMissing,
    /// Sources disagree on the scale of a register; the message says how it is read.
    ScaleInDoubt,
    /// The journal of writes failed or works again, or told of writes whose end was not known.
    Journal,
    /// The state of the gateway changed.
    StateChanged,
    /// A grid event is over; its recording has the number of this event.
    GridEvent,
    /// A trigger of a client fired.
    TriggerFired,
    /// A PSU is power-cycled, is back, was refused that, or is not back.
    PowerCycle,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Number, from 1, without gaps.
    pub sequence: u64,
    /// When.
    pub time: SystemTime,
    /// What.
    pub kind: EventKind,
    /// How bad.
    pub severity: Severity,
    /// The device or function concerned, for example `psu 3` or `lease`.
    pub subject: String,
    /// One sentence for a person.
    pub message: String,
}
