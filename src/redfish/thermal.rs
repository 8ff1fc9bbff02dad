//! Temperatures of the shelf: the coolest air that goes in and the hottest that comes out.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::quantity::{self, Kind, Quantity, excerpt_of};
use super::resource::{Answer, Head, Link, Resource, SensorExcerpt, link};
use super::status::Status;
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(subsystem)).routes(routes!(metrics))
}

/// Cooling; the fans are in the power supplies.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ThermalSubsystem {
    #[serde(flatten)]
    head: Head,
    status: Status,
    thermal_metrics: Link,
}

/// Temperatures.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ThermalMetrics {
    #[serde(flatten)]
    head: Head,
    temperature_summary_celsius: Summary,
    /// Each temperature of the power supplies.
    temperature_readings_celsius: Vec<TemperatureExcerpt>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    /// The coolest air inlet of the power supplies.
    ambient: Option<SensorExcerpt>,
    /// The hottest air outlet of the power supplies.
    internal: Option<SensorExcerpt>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct TemperatureExcerpt {
    data_source_uri: String,
    device_name: String,
    physical_context: &'static str,
    reading: Option<f64>,
}

fn of(quantity: Quantity) -> TemperatureExcerpt {
    TemperatureExcerpt {
        data_source_uri: format!("{}/{}", uri::SENSORS, quantity.id),
        device_name: quantity.name,
        physical_context: quantity.context.0,
        reading: quantity.reading,
    }
}

/// The thermal subsystem.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/ThermalSubsystem",
    tag = "Chassis",
    responses((status = 200, description = "The thermal subsystem.", body = ThermalSubsystem))
)]
async fn subsystem() -> Answer {
    Resource::new(
        &schema::THERMAL_SUBSYSTEM,
        &ThermalSubsystem {
            head: Head::new(&schema::THERMAL_SUBSYSTEM, uri::THERMAL_SUBSYSTEM, "Thermal subsystem"),
            status: Status::ok(),
            thermal_metrics: link(uri::THERMAL_METRICS),
        },
    )
}

/// The temperatures.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/ThermalSubsystem/ThermalMetrics",
    tag = "Chassis",
    responses((status = 200, description = "The temperatures.", body = ThermalMetrics))
)]
async fn metrics(context: Context) -> Answer {
    let shelf = quantity::shelf(&context.snapshot);
    let supplies = context.snapshot.psus.iter().flat_map(quantity::psu);
    Resource::new(
        &schema::THERMAL_METRICS,
        &ThermalMetrics {
            head: Head::new(&schema::THERMAL_METRICS, uri::THERMAL_METRICS, "Thermal metrics"),
            temperature_summary_celsius: Summary {
                ambient: excerpt_of(&shelf, "InletTemperature"),
                internal: excerpt_of(&shelf, "OutletTemperature"),
            },
            temperature_readings_celsius: supplies.filter(|q| q.kind == Kind::Temperature).map(of).collect(),
        },
    )
}
