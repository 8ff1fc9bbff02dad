//! Power supply units and their metrics.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::chassis::{Location, slot_location};
use super::error::Error;
use super::quantity::{self, excerpt_of, psu_id};
use super::resource::{Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::Status;
use super::{schema, uri};
use crate::gateway::Snapshot;
use crate::shelf::reading::{DeviceView, PsuReading};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(supplies)).routes(routes!(supply)).routes(routes!(metrics))
}

/// A power supply unit (PSU).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerSupply {
    #[serde(flatten)]
    head: Head,
    power_supply_type: &'static str,
    manufacturer: Option<String>,
    model: Option<String>,
    part_number: Option<String>,
    serial_number: Option<String>,
    firmware_version: Option<String>,
    /// Hardware revision.
    version: Option<String>,
    hot_pluggable: bool,
    status: Status,
    location: Location,
    metrics: Link,
}

/// The readings of a power supply.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerSupplyMetrics {
    #[serde(flatten)]
    head: Head,
    status: Status,
    input_voltage: Option<SensorExcerpt>,
    input_current_amps: Option<SensorExcerpt>,
    input_power_watts: Option<SensorExcerpt>,
    frequency_hz: Option<SensorExcerpt>,
    output_power_watts: Option<SensorExcerpt>,
    /// The one output rail, to the busbar.
    rail_voltage: Vec<SensorExcerpt>,
    rail_current_amps: Vec<SensorExcerpt>,
    rail_power_watts: Vec<SensorExcerpt>,
    /// At the air inlet.
    temperature_celsius: Option<SensorExcerpt>,
    fan_speeds_percent: Vec<FanExcerpt>,
}

/// A fan: its speed in revolutions per minute, as the device reports it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct FanExcerpt {
    data_source_uri: String,
    device_name: String,
    #[serde(rename = "SpeedRPM")]
    speed_rpm: Option<f64>,
}

fn find<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a DeviceView<PsuReading>, Error> {
    snapshot.psus.iter().find(|v| psu_id(v.slot) == id).ok_or(Error::NotFound)
}

/// All slots for power supplies, empty ones too.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies",
    tag = "Power supplies",
    responses((status = 200, description = "The power supplies.", body = Collection))
)]
async fn supplies(context: Context) -> Answer {
    let ids = context.snapshot.psus.iter().map(|v| psu_id(v.slot));
    collection(&schema::POWER_SUPPLIES, uri::POWER_SUPPLIES, "Power supplies", ids)
}

/// One power supply.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/{psu}",
    tag = "Power supplies",
    params(("psu" = String, Path, description = "PSU and its slot, from 1.", example = "PSU1")),
    responses((status = 200, description = "The power supply.", body = PowerSupply))
)]
async fn supply(context: Context, Path(id): Path<String>) -> Answer {
    let view = find(&context.snapshot, &id)?;
    let at = format!("{}/{id}", uri::POWER_SUPPLIES);
    let identity = &view.reading.identity;
    Resource::new(
        &schema::POWER_SUPPLY,
        &PowerSupply {
            head: Head::new(&schema::POWER_SUPPLY, &at, format!("PSU {}", view.slot)),
            power_supply_type: "AC",
            manufacturer: identity.manufacturer.clone(),
            model: identity.model.clone(),
            part_number: identity.part_number.clone(),
            serial_number: identity.serial.clone(),
            firmware_version: identity.firmware.clone(),
            version: identity.hardware.clone(),
            hot_pluggable: true,
            status: Status::device(view, &view.reading.alarms, &at),
            location: slot_location("PSU", view.slot),
            metrics: link(format!("{at}/Metrics")),
        },
    )
}

/// The readings of one power supply.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/{psu}/Metrics",
    tag = "Power supplies",
    params(("psu" = String, Path, description = "PSU and its slot, from 1.", example = "PSU1")),
    responses((status = 200, description = "The readings.", body = PowerSupplyMetrics))
)]
async fn metrics(context: Context, Path(id): Path<String>) -> Answer {
    let view = find(&context.snapshot, &id)?;
    let at = format!("{}/{id}/Metrics", uri::POWER_SUPPLIES);
    let list = quantity::psu(view);
    let fans = list.iter().filter(|q| q.kind == quantity::Kind::Rotational);
    Resource::new(
        &schema::POWER_SUPPLY_METRICS,
        &PowerSupplyMetrics {
            head: Head::new(&schema::POWER_SUPPLY_METRICS, &at, format!("Metrics of PSU {}", view.slot)),
            status: Status::presence(view.presence),
            input_voltage: excerpt_of(&list, "InputVoltage"),
            input_current_amps: excerpt_of(&list, "InputCurrent"),
            input_power_watts: excerpt_of(&list, "InputPower"),
            frequency_hz: excerpt_of(&list, "InputFrequency"),
            output_power_watts: excerpt_of(&list, "OutputPower"),
            rail_voltage: excerpt_of(&list, "OutputVoltage").into_iter().collect(),
            rail_current_amps: excerpt_of(&list, "OutputCurrent").into_iter().collect(),
            rail_power_watts: excerpt_of(&list, "OutputPower").into_iter().collect(),
            temperature_celsius: excerpt_of(&list, "InletTemperature"),
            fan_speeds_percent: fans
                .map(|q| FanExcerpt {
                    data_source_uri: format!("{}/{}", uri::SENSORS, q.id),
                    device_name: q.name.clone(),
                    speed_rpm: q.reading,
                })
                .collect(),
        },
    )
}
