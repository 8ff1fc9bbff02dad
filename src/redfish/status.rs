//! State and health, from the presence and the alarms of the devices.

use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use super::resource::{Link, link};
use super::time::rfc3339;
use crate::gateway::Snapshot;
use crate::shelf::reading::{Alarm, DeviceView, Presence};

/// Health of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) enum Health {
    #[serde(rename = "OK")]
    Ok,
    Warning,
    Critical,
}

/// State of a resource, as far as a shelf knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum State {
    /// It answers.
    Enabled,
    /// It was found but does not answer now.
    UnavailableOffline,
    /// Nothing is there.
    Absent,
    /// A client has suspended it, or it was suspended after too many failures.
    Disabled,
}

/// A condition that needs attention: an alarm flag that is set.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Condition {
    message_id: &'static str,
    message_args: Vec<String>,
    message: String,
    severity: Health,
    /// When the device last reported it; devices do not tell when it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    origin_of_condition: Link,
}

/// State, health and conditions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Status {
    pub(crate) state: State,
    /// Health of the resource itself; null if nothing is there.
    pub(crate) health: Option<Health>,
    /// Worst health of the resource and what belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) health_rollup: Option<Health>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) conditions: Vec<Condition>,
}

impl Status {
    /// Enabled and well.
    pub(crate) fn ok() -> Self {
        Self { state: State::Enabled, health: Some(Health::Ok), health_rollup: None, conditions: Vec::new() }
    }

    /// The status of a quantity of a device.
    pub(crate) fn presence(presence: Presence) -> Self {
        let (state, health) = match presence {
            Presence::Present => (State::Enabled, Some(Health::Ok)),
            Presence::Unavailable => (State::UnavailableOffline, Some(Health::Critical)),
            Presence::Absent => (State::Absent, None),
        };
        Self { state, health, health_rollup: None, conditions: Vec::new() }
    }

    /// The status of a device at `uri`: its presence, and each alarm as a condition.
    pub(crate) fn device<T>(view: &DeviceView<T>, alarms: &[Alarm], uri: &str) -> Self {
        let mut status = Self::presence(view.presence);
        if view.presence == Presence::Present && !alarms.is_empty() {
            status.health = Some(Health::Warning);
            status.conditions = alarms.iter().map(|a| condition(a, view.last_seen, uri)).collect();
        }
        status
    }

    /// The status of something that holds devices: well itself, the worst of them as roll-up.
    pub(crate) fn rollup(worst: Health) -> Self {
        Self { health_rollup: Some(worst), ..Self::ok() }
    }
}

fn condition(alarm: &Alarm, seen: Option<SystemTime>, uri: &str) -> Condition {
    Condition {
        message_id: "ResourceEvent.1.4.ResourceErrorsDetected",
        message_args: vec![alarm.register.to_owned(), alarm.name.to_owned()],
        message: format!("The device reports {} in its register {}.", alarm.name, alarm.register),
        // The maps do not grade alarms; the device goes on answering.
        severity: Health::Warning,
        timestamp: seen.map(rfc3339),
        origin_of_condition: link(uri),
    }
}

fn health<T>(view: &DeviceView<T>, alarms: &[Alarm]) -> Health {
    match view.presence {
        Presence::Unavailable => Health::Critical,
        Presence::Present if !alarms.is_empty() => Health::Warning,
        Presence::Present | Presence::Absent => Health::Ok,
    }
}

/// Worst health of the power supplies.
pub(crate) fn worst_psu(snapshot: &Snapshot) -> Health {
    snapshot.psus.iter().map(|v| health(v, &v.reading.alarms)).max().unwrap_or(Health::Ok)
}

/// Worst health of the batteries.
pub(crate) fn worst_bbu(snapshot: &Snapshot) -> Health {
    snapshot.bbus.iter().map(|v| health(v, &v.reading.alarms)).max().unwrap_or(Health::Ok)
}

/// Worst health of all devices.
pub(crate) fn worst(snapshot: &Snapshot) -> Health {
    worst_psu(snapshot).max(worst_bbu(snapshot))
}
