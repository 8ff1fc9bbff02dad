//! The shelf as power equipment: what it distributes.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::quantity::{self, excerpt_of};
use super::resource::{Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::{self, Status};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(equipment))
        .routes(routes!(shelves))
        .routes(routes!(shelf))
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
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    /// Version of the gateway.
    firmware_version: &'static str,
    status: Status,
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
    let shelf = context.app.shelf.clone();
    Resource::new(
        &schema::POWER_DISTRIBUTION,
        &PowerDistribution {
            head: Head::new(&schema::POWER_DISTRIBUTION, uri::POWER_SHELF, "Power shelf"),
            equipment_type: "PowerShelf",
            manufacturer: shelf.manufacturer,
            model: shelf.model,
            part_number: shelf.part_number,
            serial_number: shelf.serial,
            firmware_version: env!("CARGO_PKG_VERSION"),
            status: Status::rollup(status::worst(&context.snapshot)),
            metrics: link(uri::POWER_SHELF_METRICS),
            links: DistributionLinks {
                chassis: vec![link(uri::SHELF)],
                managed_by: vec![link(uri::MANAGER)],
            },
        },
    )
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
    Resource::new(
        schema,
        &PowerDistributionMetrics {
            head: Head::new(schema, uri::POWER_SHELF_METRICS, "Power shelf metrics"),
            power_watts: excerpt_of(&quantity::shelf(&context.snapshot), "InputPower"),
        },
    )
}
