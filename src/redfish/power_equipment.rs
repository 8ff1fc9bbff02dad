//! The shelf as power equipment: what it distributes.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::Identity;
use super::chassis::label;
use super::config::ShelfIdentity;
use super::error::Error;
use super::labels::ShelfLabels;
use super::quantity::{self, excerpt_of};
use super::resource::{Action, Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::{self, Status};
use super::{circuit, labels, schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(equipment))
        .routes(routes!(shelves))
        .routes(routes!(shelf, change))
        .routes(routes!(reset))
        .routes(routes!(metrics))
}

/// The power equipment this service manages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerEquipment {
    #[serde(flatten)]
    head: Head,
    status: Status,
    power_shelves: Link,
}

/// The power shelf as a distributor of power.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerDistribution {
    #[serde(flatten)]
    head: Head,
    equipment_type: &'static str,
    /// As configured, as the four below; null if nobody said.
    manufacturer: Option<String>,
    model: Option<String>,
    part_number: Option<String>,
    serial_number: Option<String>,
    #[serde(rename = "UUID")]
    uuid: Option<String>,
    /// Version of the gateway.
    firmware_version: &'static str,
    #[serde(flatten)]
    labels: ShelfLabels,
    status: Status,
    mains: Link,
    branches: Link,
    metrics: Link,
    links: DistributionLinks,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct DistributionLinks {
    chassis: Vec<Link>,
    managed_by: Vec<Link>,
}

/// Power through the shelf.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerDistributionMetrics {
    #[serde(flatten)]
    head: Head,
    /// AC input power.
    power_watts: Option<SensorExcerpt>,
    /// Energy from the AC input since the last reset.
    #[serde(rename = "EnergykWh")]
    energy_kwh: Option<SensorExcerpt>,
    /// The hottest air outlet of the power supplies.
    temperature_celsius: Option<SensorExcerpt>,
    /// Output power in percent of the rated power that is present.
    power_load_percent: Option<SensorExcerpt>,
    actions: Actions,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DistributionMetricsActions)]
struct Actions {
    #[serde(rename = "#PowerDistributionMetrics.ResetMetrics")]
    reset_metrics: Action,
}

const RESET: &str =
    "/redfish/v1/PowerEquipment/PowerShelves/1/Metrics/Actions/PowerDistributionMetrics.ResetMetrics";

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct ShelfUpdate {
    #[schema(example = "A-1234")]
    asset_tag: Option<String>,
    user_label: Option<String>,
    location: Option<labels::Location>,
}

/// Power equipment.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment",
    tag = "Power equipment",
    responses((status = 200, description = "The power equipment.", body = PowerEquipment))
)]
async fn equipment(context: Context) -> Answer {
    Resource::new(
        &schema::POWER_EQUIPMENT,
        &PowerEquipment {
            head: Head::new(&schema::POWER_EQUIPMENT, uri::POWER_EQUIPMENT, "Power equipment"),
            status: Status::rollup(status::worst(&context.snapshot)),
            power_shelves: link(uri::POWER_SHELVES),
        },
    )
}

/// The power shelves.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves",
    tag = "Power equipment",
    responses((status = 200, description = "The power shelves.", body = Collection))
)]
async fn shelves() -> Answer {
    collection(&schema::POWER_DISTRIBUTIONS, uri::POWER_SHELVES, "Power shelves", ["1".to_owned()])
}

/// The power shelf.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1",
    tag = "Power equipment",
    responses((status = 200, description = "The power shelf.", body = PowerDistribution))
)]
async fn shelf(context: Context) -> Answer {
    resource(&context)
}

/// Labels the power shelf. Needs the privilege ConfigureComponents.
#[utoipa::path(
    patch,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1",
    tag = "Power equipment",
    request_body = ShelfUpdate,
    responses((status = 200, description = "The power shelf as it is now.", body = PowerDistribution))
)]
async fn change(context: Context, identity: Identity, request: Request) -> Answer {
    label(&context, &identity, request, &labels::OF_SHELF, resource).await
}

fn resource(context: &Context) -> Answer {
    let shelf = ShelfIdentity::clone(&context.app.live.shelf());
    let resource = Resource::new(
        &schema::POWER_DISTRIBUTION,
        &PowerDistribution {
            head: Head::new(&schema::POWER_DISTRIBUTION, uri::POWER_SHELF, "Power shelf"),
            equipment_type: "PowerShelf",
            manufacturer: shelf.manufacturer,
            model: shelf.model,
            part_number: shelf.part_number,
            serial_number: shelf.serial,
            uuid: shelf.uuid,
            labels: context.app.store.now().shelf.clone(),
            mains: link(uri::MAINS),
            branches: link(uri::BRANCHES),
            firmware_version: env!("CARGO_PKG_VERSION"),
            status: Status::rollup(status::worst(&context.snapshot)),
            metrics: link(uri::POWER_SHELF_METRICS),
            links: DistributionLinks {
                chassis: vec![link(uri::SHELF)],
                managed_by: vec![link(uri::MANAGER)],
            },
        },
    )?;
    Ok(context.app.counted(resource))
}

/// Power through the shelf.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Metrics",
    tag = "Power equipment",
    responses((status = 200, description = "The metrics.", body = PowerDistributionMetrics))
)]
async fn metrics(context: Context) -> Answer {
    let schema = &schema::POWER_DISTRIBUTION_METRICS;
    let mut list = quantity::shelf(&context.snapshot);
    list.extend(quantity::energies(&context.app.meter.totals()));
    Resource::new(
        schema,
        &PowerDistributionMetrics {
            head: Head::new(schema, uri::POWER_SHELF_METRICS, "Power shelf metrics"),
            power_watts: excerpt_of(&list, "InputPower"),
            energy_kwh: excerpt_of(&list, "InputEnergy"),
            temperature_celsius: excerpt_of(&list, "OutletTemperature"),
            power_load_percent: excerpt_of(&list, "Load"),
            actions: Actions { reset_metrics: Action { target: RESET.to_owned() } },
        },
    )
}

/// Begins the energies and peaks of the shelf anew. Needs the privilege ConfigureComponents.
#[utoipa::path(
    post,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Metrics/Actions/PowerDistributionMetrics.ResetMetrics",
    tag = "Power equipment",
    responses((status = 204, description = "They begin anew."))
)]
async fn reset(State(app): State<App>, identity: Identity, request: Request) -> Result<StatusCode, Error> {
    circuit::reset(&app, &identity, "PowerDistributionMetrics.ResetMetrics", request).await
}
