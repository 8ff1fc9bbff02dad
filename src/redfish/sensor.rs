//! Sensors: one for every quantity of the shelf and its devices.

use std::time::Duration;

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::error::Error;
use super::meter::Totals;
use super::quantity::{self, Kind, Quantity};
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::time::{iso8601, rfc3339};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sensors)).routes(routes!(sensor))
}

/// A quantity that is measured, reported or computed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Sensor {
    #[serde(flatten)]
    head: Head,
    /// Redfish name of the kind of quantity.
    reading_type: &'static str,
    /// Unit, as UCUM code.
    reading_units: &'static str,
    /// The decoded register value; null if the device does not answer or does not report it.
    reading: Option<f64>,
    /// Power factor, with an AC power.
    #[serde(skip_serializing_if = "Option::is_none")]
    power_factor: Option<f64>,
    /// When the device last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading_time: Option<String>,
    /// How often the device is read (ISO 8601 duration).
    #[serde(skip_serializing_if = "Option::is_none")]
    sensing_interval: Option<String>,
    physical_context: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_sub_context: Option<&'static str>,
    /// Total: of all conductors together. Null where the wiring is not known; only of electrical quantities.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    electrical_context: Option<Option<&'static str>>,
    /// The largest reading since the sensor was reset, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_reading: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_reading_time: Option<String>,
    /// Since when the sum or the peak counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensor_reset_time: Option<String>,
    /// Whether the device measures or reports it, or the gateway computes it.
    implementation: &'static str,
    status: Status,
    related_item: Vec<Link>,
}

fn resource(quantity: Quantity, totals: &Totals, poll_interval: Option<Duration>) -> Answer {
    let peak = totals.peaks.get(quantity.id.as_str());
    let summed = quantity.kind == Kind::EnergykWh;
    let at = format!("{}/{}", uri::SENSORS, quantity.id);
    let total = quantity.total_of_conductors().then_some("Total");
    let electrical_context = quantity.kind.is_electrical().then_some(total);
    let (physical_context, physical_sub_context) = quantity.context;
    let head = Head::new(&schema::SENSOR, &at, quantity.name);
    let head = quantity.doubt.iter().fold(head, |head, doubt| head.description(doubt));
    Resource::new(
        &schema::SENSOR,
        &Sensor {
            head,
            reading_type: quantity.kind.reading_type(),
            reading_units: quantity.kind.unit(),
            reading: quantity.reading,
            power_factor: quantity.power_factor,
            reading_time: quantity.time.map(rfc3339),
            peak_reading: peak.map(|(watts, _)| *watts),
            peak_reading_time: peak.map(|(_, when)| rfc3339(*when)),
            sensor_reset_time: (summed || peak.is_some()).then(|| rfc3339(totals.since)),
            sensing_interval: poll_interval.map(iso8601),
            electrical_context,
            physical_context,
            physical_sub_context,
            implementation: quantity.origin.id(),
            status: Status::presence(quantity.presence),
            related_item: vec![link(quantity.related)],
        },
    )
}

/// All sensors of the shelf. With `$expand=.` one request reads them all.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/Sensors",
    tag = "Sensors",
    responses((status = 200, description = "The sensors.", body = Collection))
)]
async fn sensors(context: Context) -> Answer {
    let energies = quantity::energies(&context.app.meter.totals());
    let ids = quantity::all(&context.snapshot).into_iter().chain(energies).map(|q| q.id);
    collection(&schema::SENSORS, uri::SENSORS, "Sensors", ids)
}

/// One sensor.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/Sensors/{sensor}",
    tag = "Sensors",
    params(("sensor" = String, Path, description = "Identifier.", example = "PSU1InputVoltage")),
    responses((status = 200, description = "The sensor.", body = Sensor))
)]
async fn sensor(context: Context, Path(id): Path<String>) -> Answer {
    let totals = context.app.meter.totals();
    let energy = || quantity::energies(&totals).into_iter().find(|q| q.id == id);
    let quantity = quantity::find(&context.snapshot, &id).or_else(energy).ok_or(Error::NotFound)?;
    // Peaks and sums follow the snapshots a moment later.
    let of_snapshot = !matches!(quantity.kind, Kind::Power | Kind::EnergykWh);
    let resource = resource(quantity, &totals, context.app.poll_interval)?;
    Ok(if of_snapshot { resource.of_snapshot() } else { resource })
}
