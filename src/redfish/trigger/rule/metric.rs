//! The metrics that a trigger may watch: readings of sensors, and words that tell a state.

use crate::gateway::{ShelfState, Snapshot};
use crate::redfish::quantity::{self, bbu_id, psu_id};
use crate::redfish::status::Status;
use crate::redfish::uri;
use crate::shelf::reading::DeviceView;

/// A value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sample {
    Number(f64),
    Word(String),
}

/// Whether a metric is a number; `None`: there is no such metric.
pub(super) fn is_number(snapshot: &Snapshot, metric: &str) -> Option<bool> {
    if let Some(id) = sensor(metric) {
        return quantity::find(snapshot, id).map(|_| true);
    }
    word(snapshot, metric).map(|_| false)
}

/// The sensor whose reading a metric is.
fn sensor(metric: &str) -> Option<&str> {
    metric.strip_prefix(uri::SENSORS)?.strip_prefix('/')?.strip_suffix("#/Reading")
}

fn word(snapshot: &Snapshot, metric: &str) -> Option<String> {
    let (at, pointer) = metric.split_once('#')?;
    if at == uri::MANAGER {
        return (pointer == "/Oem/DPOGateway/State").then(|| state(snapshot.state).to_owned());
    }
    let of = |status: Status| {
        let status = serde_json::to_value(status).ok()?;
        status.get(pointer.strip_prefix("/Status/")?)?.as_str().map(str::to_owned)
    };
    if let Some(id) = at.strip_prefix(uri::POWER_SUPPLIES).and_then(|rest| rest.strip_prefix('/')) {
        let view = snapshot.psus.iter().find(|v| psu_id(v.slot) == id)?;
        return of(Status::device(view, &view.reading.alarms, at));
    }
    let id = at.strip_prefix(uri::BATTERIES)?.strip_prefix('/')?;
    let view: &DeviceView<_> = snapshot.bbus.iter().find(|v| bbu_id(v.slot) == id)?;
    of(Status::device(view, &view.reading.alarms, at))
}

fn state(state: ShelfState) -> &'static str {
    match state {
        ShelfState::Normal => "Normal",
        ShelfState::SagDetected => "SagDetected",
        ShelfState::Supporting => "Supporting",
        ShelfState::Recovering => "Recovering",
        ShelfState::Recharging => "Recharging",
        ShelfState::FailSafe => "FailSafe",
    }
}

/// The value of a metric now; `None` if it is not known.
pub(super) fn sample(snapshot: &Snapshot, metric: &str) -> Option<Sample> {
    match sensor(metric) {
        Some(id) => quantity::find(snapshot, id)?.reading.map(Sample::Number),
        None => word(snapshot, metric).map(Sample::Word),
    }
}

/// A metric for people: without what all have in common.
pub(super) fn short(metric: &str) -> &str {
    sensor(metric).unwrap_or_else(|| metric.strip_prefix(uri::ROOT).unwrap_or(metric))
}
