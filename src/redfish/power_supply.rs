//! Power supply units and their metrics.

use axum::extract::{Path, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body::{self, Update};
use super::chassis::{Location, slot_location};
use super::error::{Error, Fault};
use super::power_cycle::Actions;
use super::quantity::{self, excerpt_of, psu_id};
use super::resource::{Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::Status;
use super::{schema, uri};
use crate::gateway::{Owner, Snapshot};
use crate::shelf::reading::{DeviceView, Presence, PsuReading};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(supplies)).routes(routes!(supply, change)).routes(routes!(metrics))
}

/// A power supply unit (PSU).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PowerSupply {
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
    /// When it was made; null if it does not tell in a form that can be read.
    production_date: Option<String>,
    hot_pluggable: bool,
    /// Rated output power.
    power_capacity_watts: Option<f64>,
    input_nominal_voltage_type: &'static str,
    output_nominal_voltage_type: &'static str,
    output_rails: [OutputRail; 1],
    /// Null if the input voltage is not known.
    line_input_status: Option<&'static str>,
    /// Whether its LEDs shine so that people find it: the blue and the amber one at once. Null until it was written: the
    /// register is read for that alone. Writable.
    location_indicator_active: Option<bool>,
    status: Status,
    location: Location,
    metrics: Link,
    /// Missing where nobody has switched power cycles on, or the unit has no register for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Actions>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct OutputRail {
    nominal_voltage: f64,
    physical_context: &'static str,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct PowerSupplyUpdate {
    location_indicator_active: Option<bool>,
}

/// Band in which an ORv3 PSU runs, and the voltage below which there is no input, in volts (48V PSU 1.0: 180 to 305 V).
const BAND_V: std::ops::RangeInclusive<f64> = 180.0..=305.0;
const NO_INPUT_V: f64 = 30.0;
/// Nominal voltage of the busbar in volts.
const RAIL_V: f64 = 50.0;

fn line_status(volts: f64) -> &'static str {
    match volts {
        v if BAND_V.contains(&v) => "Normal",
        v if v < NO_INPUT_V => "LossOfInput",
        _ => "OutOfRange",
    }
}

/// A date as Redfish writes it, of `2026-01-31` or of `01/2026`, which is taken for the first of the month.
fn production_date(text: &str) -> Option<String> {
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<u16>().ok())?
    };
    let (year, month, day) = match (text.split_once('/'), text.split('-').collect::<Vec<_>>().as_slice()) {
        (Some((month, year)), _) => (number(year, 4)?, number(month, 2)?, 1),
        (_, [year, month, day]) => (number(year, 4)?, number(month, 2)?, number(day, 2)?),
        _ => return None,
    };
    let within = (1..=12).contains(&month) && (1..=31).contains(&day);
    within.then(|| format!("{year:04}-{month:02}-{day:02}T00:00:00Z"))
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

pub(crate) fn find<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a DeviceView<PsuReading>, Error> {
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
    resource(&context, &context.snapshot, &id)
}

/// Makes the LEDs of a power supply shine so that people find it, or gives them back to it. Needs the privilege
/// ConfigureManager; waits for nobody: while somebody else holds the lease it is refused.
#[utoipa::path(
    patch,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/{psu}",
    tag = "Power supplies",
    params(("psu" = String, Path, description = "PSU and its slot, from 1.", example = "PSU1")),
    request_body = PowerSupplyUpdate,
    responses((status = 200, description = "The power supply as it is now.", body = PowerSupply))
)]
async fn change(context: Context, identity: Identity, Path(id): Path<String>, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let slot = find(&context.snapshot, &id)?.slot;
    let update = Update::read(request, context.app.body_limit).await;
    // A task of its own: a client that goes away must not stop a write half way.
    let write = tokio::spawn(async move {
        let app = &context.app;
        let _alone = app.writing.lock().await;
        let before = resource(&context, &app.gateway.snapshot(), &id)?;
        let (mut lit, mut faults) = (None, Vec::new());
        for (name, value) in update.properties(&before)? {
            match (name.as_str(), value) {
                ("LocationIndicatorActive", Value::Bool(wanted)) => lit = Some(wanted),
                ("LocationIndicatorActive", other) => faults.push((name, Fault::Type(other))),
                _ => faults.push((name.clone(), before.unwritable(&name))),
            }
        }
        body::refuse(faults)?;
        let lit = lit.ok_or(Error::NoOperation)?;
        let owner = Owner::Redfish { user: identity.user };
        let held = app.gateway.indicate(owner.clone(), slot, lit).await;
        let property = "LocationIndicatorActive";
        held.map_err(|source| Error::Gate { property, value: Value::from(lit), source })?;
        app.written(&format!("{}/{id}", uri::POWER_SUPPLIES));
        tracing::info!(%owner, psu = slot, lit, "redfish: location indicator written");
        resource(&context, &app.gateway.snapshot(), &id)
    });
    write.await.map_err(|e| Error::Internal(e.to_string()))?
}

pub(crate) fn resource(context: &Context, snapshot: &Snapshot, id: &str) -> Answer {
    let view = find(snapshot, id)?;
    let present = view.presence == Presence::Present;
    let volts = view.reading.input_voltage.filter(|_| present);
    let shared = snapshot.psus.iter().filter(|v| v.presence == Presence::Present).count();
    let at = format!("{}/{id}", uri::POWER_SUPPLIES);
    let identity = &view.reading.identity;
    let resource = Resource::new(
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
            production_date: identity.date.as_deref().and_then(production_date),
            // The gateway has one rating for all of them.
            power_capacity_watts: (shared > 0).then(|| snapshot.totals.rated_power.0 / shared as f64),
            input_nominal_voltage_type: "AC200To277V",
            output_nominal_voltage_type: "DC48V",
            output_rails: [OutputRail { nominal_voltage: RAIL_V, physical_context: "DCBus" }],
            line_input_status: volts.map(|v| line_status(v.0)),
            location_indicator_active: snapshot.indicators.get(&view.slot).copied(),
            hot_pluggable: true,
            status: Status::device(view, &view.reading.alarms, &at),
            location: slot_location("PSU", view.slot),
            metrics: link(format!("{at}/Metrics")),
            actions: snapshot.power_cycle.offered.contains(&view.slot).then(|| Actions::of(&at)),
        },
    )?;
    Ok(context.app.counted(resource).of_snapshot())
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
    .map(Resource::of_snapshot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_line_voltages_are_told_as_redfish_has_them() {
        assert_eq!(production_date("2026-01-31").as_deref(), Some("2026-01-31T00:00:00Z"));
        assert_eq!(production_date("01/2026").as_deref(), Some("2026-01-01T00:00:00Z"));
        for other in ["", "SIMULATED", "13/2026", "2026-1-31", "2026-01-32", "1/2/2026", "٢٠/2026"] {
            assert_eq!(production_date(other), None, "{other}");
        }
        let of = [0.0, 100.0, 180.0, 277.0, 305.0, 306.0].map(line_status);
        assert_eq!(of, ["LossOfInput", "OutOfRange", "Normal", "Normal", "Normal", "OutOfRange"]);
    }
}
