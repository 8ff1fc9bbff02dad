//! Battery backup units and their metrics.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::chassis::{Location, slot_location};
use super::error::Error;
use super::quantity::{self, bbu_id, excerpt_of, excerpts_of};
use super::resource::{Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::Status;
use super::{schema, uri};
use crate::gateway::Snapshot;
use crate::shelf::reading::{BbuReading, ChargeState, DeviceView, Presence};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(batteries)).routes(routes!(battery)).routes(routes!(metrics))
}

/// A battery backup unit (BBU).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Battery {
    #[serde(flatten)]
    head: Head,
    manufacturer: Option<String>,
    model: Option<String>,
    part_number: Option<String>,
    serial_number: Option<String>,
    firmware_version: Option<String>,
    /// Hardware revision.
    version: Option<String>,
    hot_pluggable: bool,
    /// Idle, Charging or Discharging; null if not known now.
    charge_state: Option<&'static str>,
    /// Charge of the full pack when new.
    capacity_rated_amp_hours: Option<f64>,
    /// Charge of the full pack now.
    capacity_actual_amp_hours: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_of_health_percent: Option<SensorExcerpt>,
    status: Status,
    location: Location,
    metrics: Link,
}

/// The readings of a battery.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct BatteryMetrics {
    #[serde(flatten)]
    head: Head,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge_percent: Option<SensorExcerpt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_charge_amp_hours: Option<SensorExcerpt>,
    /// Full cycles so far.
    discharge_cycles: Option<u32>,
    /// Of the pack.
    output_voltages: Vec<SensorExcerpt>,
    /// Of the pack; positive charges.
    output_current_amps: Vec<SensorExcerpt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature_celsius: Option<SensorExcerpt>,
    cell_voltages: Vec<SensorExcerpt>,
}

fn find<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a DeviceView<BbuReading>, Error> {
    snapshot.bbus.iter().find(|v| bbu_id(v.slot) == id).ok_or(Error::NotFound)
}

/// All slots for batteries, empty ones too.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/Batteries",
    tag = "Batteries",
    responses((status = 200, description = "The batteries.", body = Collection))
)]
async fn batteries(context: Context) -> Answer {
    let ids = context.snapshot.bbus.iter().map(|v| bbu_id(v.slot));
    collection(&schema::BATTERIES, uri::BATTERIES, "Batteries", ids)
}

/// One battery.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/Batteries/{bbu}",
    tag = "Batteries",
    params(("bbu" = String, Path, description = "BBU and its slot, from 1.", example = "BBU1")),
    responses((status = 200, description = "The battery.", body = Battery))
)]
async fn battery(context: Context, Path(id): Path<String>) -> Answer {
    let view = find(&context.snapshot, &id)?;
    let at = format!("{}/{id}", uri::BATTERIES);
    let (reading, identity) = (&view.reading, &view.reading.identity);
    let live = view.presence == Presence::Present;
    let state = reading.charge_state.filter(|_| live).map(|state| match state {
        ChargeState::Idle => "Idle",
        ChargeState::Charging => "Charging",
        ChargeState::Discharging => "Discharging",
    });
    Resource::new(
        &schema::BATTERY,
        &Battery {
            head: Head::new(&schema::BATTERY, &at, format!("BBU {}", view.slot)),
            manufacturer: identity.manufacturer.clone(),
            model: identity.model.clone(),
            part_number: identity.part_number.clone(),
            serial_number: identity.serial.clone(),
            firmware_version: identity.firmware.clone(),
            version: identity.hardware.clone(),
            hot_pluggable: true,
            charge_state: state,
            capacity_rated_amp_hours: reading.design_capacity.map(|v| v.0),
            capacity_actual_amp_hours: reading.full_capacity.map(|v| v.0).filter(|_| live),
            state_of_health_percent: excerpt_of(&quantity::bbu(view), "StateOfHealth"),
            status: Status::device(view, &reading.alarms, &at),
            location: slot_location("BBU", view.slot),
            metrics: link(format!("{at}/Metrics")),
        },
    )
    .map(Resource::of_snapshot)
}

/// The readings of one battery.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/Batteries/{bbu}/Metrics",
    tag = "Batteries",
    params(("bbu" = String, Path, description = "BBU and its slot, from 1.", example = "BBU1")),
    responses((status = 200, description = "The readings.", body = BatteryMetrics))
)]
async fn metrics(context: Context, Path(id): Path<String>) -> Answer {
    let view = find(&context.snapshot, &id)?;
    let at = format!("{}/{id}/Metrics", uri::BATTERIES);
    let list = quantity::bbu(view);
    let live = view.presence == Presence::Present;
    Resource::new(
        &schema::BATTERY_METRICS,
        &BatteryMetrics {
            head: Head::new(&schema::BATTERY_METRICS, &at, format!("Metrics of BBU {}", view.slot)),
            status: Status::presence(view.presence),
            charge_percent: excerpt_of(&list, "StateOfCharge"),
            stored_charge_amp_hours: excerpt_of(&list, "RemainingCapacity"),
            discharge_cycles: view.reading.cycle_count.filter(|_| live),
            output_voltages: excerpt_of(&list, "PackVoltage").into_iter().collect(),
            output_current_amps: excerpt_of(&list, "PackCurrent").into_iter().collect(),
            temperature_celsius: excerpts_of(&list, "Temperature").into_iter().next(),
            cell_voltages: excerpts_of(&list, "CellVoltage"),
        },
    )
    .map(Resource::of_snapshot)
}
