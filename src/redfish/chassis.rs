//! The shelf as a chassis, its power subsystem and its environment metrics.

use axum::extract::Request;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body::Update;
use super::config::ShelfIdentity;
use super::control::{self, ControlExcerpt, Lever};
use super::merge::merged;
use super::quantity::{self, excerpt_of};
use super::resource::{Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::{self, Status};
use super::{labels, schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(chassis_collection))
        .routes(routes!(chassis, change))
        .routes(routes!(power_subsystem))
        .routes(routes!(environment))
}

/// Where a part is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Location {
    part_location: PartLocation,
}

/// The place within the shelf.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PartLocation {
    location_type: &'static str,
    /// Slot, from 1.
    location_ordinal_value: u8,
    service_label: String,
}

/// The location of the device in a slot.
pub(crate) fn slot_location(kind: &str, slot: u8) -> Location {
    Location {
        part_location: PartLocation {
            location_type: "Slot",
            location_ordinal_value: slot,
            service_label: format!("{kind} {slot}"),
        },
    }
}

/// The power shelf as a piece of hardware.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Chassis {
    #[serde(flatten)]
    head: Head,
    chassis_type: &'static str,
    /// As configured, as the four below; null if nobody said.
    manufacturer: Option<String>,
    model: Option<String>,
    part_number: Option<String>,
    serial_number: Option<String>,
    #[serde(rename = "UUID")]
    uuid: Option<String>,
    /// Writable.
    asset_tag: Option<String>,
    /// Writable.
    location: labels::Location,
    power_state: &'static str,
    status: Status,
    power_subsystem: Link,
    thermal_subsystem: Link,
    environment_metrics: Link,
    sensors: Link,
    controls: Link,
    links: ChassisLinks,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ChassisLinks {
    managed_by: Vec<Link>,
    power_distribution: Link,
}

/// The power supplies and batteries together.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerSubsystem {
    #[serde(flatten)]
    head: Head,
    /// Rated output power of the power supplies that are present.
    capacity_watts: f64,
    status: Status,
    power_supplies: Link,
    batteries: Link,
}

/// Power of the shelf, and its limit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentMetrics {
    #[serde(flatten)]
    head: Head,
    /// AC input power.
    power_watts: Option<SensorExcerpt>,
    power_limit_watts: ControlExcerpt,
    /// The hottest air outlet of the power supplies.
    temperature_celsius: Option<SensorExcerpt>,
    /// Since the last reset.
    #[serde(rename = "EnergykWh")]
    energy_kwh: Option<SensorExcerpt>,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct ChassisUpdate {
    #[schema(example = "A-1234")]
    asset_tag: Option<String>,
    location: Option<labels::Location>,
}

/// The one chassis.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis",
    tag = "Chassis",
    responses((status = 200, description = "The chassis.", body = Collection))
)]
async fn chassis_collection() -> Answer {
    collection(&schema::CHASSIS_COLLECTION, uri::CHASSIS, "Chassis", ["PowerShelf".to_owned()])
}

/// The power shelf.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf",
    tag = "Chassis",
    responses((status = 200, description = "The power shelf.", body = Chassis))
)]
async fn chassis(context: Context) -> Answer {
    resource(&context)
}

fn resource(context: &Context) -> Answer {
    let shelf = ShelfIdentity::clone(&context.app.live.shelf());
    let labels = context.app.store.now().shelf.clone();
    let resource = Resource::new(
        &schema::CHASSIS,
        &Chassis {
            head: Head::new(&schema::CHASSIS, uri::SHELF, "Power shelf"),
            chassis_type: "Shelf",
            manufacturer: shelf.manufacturer,
            model: shelf.model,
            part_number: shelf.part_number,
            serial_number: shelf.serial,
            uuid: shelf.uuid,
            asset_tag: labels.asset_tag,
            location: labels.location,
            power_state: "On",
            status: Status::rollup(status::worst(&context.snapshot)),
            power_subsystem: link(uri::POWER_SUBSYSTEM),
            thermal_subsystem: link(uri::THERMAL_SUBSYSTEM),
            environment_metrics: link(uri::ENVIRONMENT),
            sensors: link(uri::SENSORS),
            controls: link(uri::CONTROLS),
            links: ChassisLinks {
                managed_by: vec![link(uri::MANAGER)],
                power_distribution: link(uri::POWER_SHELF),
            },
        },
    )?;
    Ok(context.app.counted(resource))
}

/// Labels the shelf. Needs the privilege ConfigureComponents.
#[utoipa::path(
    patch,
    path = "/redfish/v1/Chassis/PowerShelf",
    tag = "Chassis",
    request_body = ChassisUpdate,
    responses((status = 200, description = "The shelf as it is now.", body = Chassis))
)]
async fn change(context: Context, identity: Identity, request: Request) -> Answer {
    label(&context, &identity, request, &labels::OF_CHASSIS, resource).await
}

/// Writes labels of the shelf, seen as the resource that `show` makes.
pub(crate) async fn label(
    context: &Context,
    identity: &Identity,
    request: Request,
    writable: &[&str],
    show: fn(&Context) -> Answer,
) -> Answer {
    identity.require(Privilege::ConfigureComponents)?;
    let app = &context.app;
    let update = Update::read(request, app.body_limit).await;
    let _alone = app.writing.lock().await;
    let before = show(context)?;
    let labels = merged(&app.store.now().shelf, &before, update.properties(&before)?, writable)?;
    app.store.set(|state| state.shelf = labels).await?;
    // The two resources of the shelf share its labels.
    app.written(uri::SHELF);
    app.written(uri::POWER_SHELF);
    tracing::info!(user = identity.user, "redfish: labels of the shelf changed");
    show(context)
}

/// The power subsystem.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem",
    tag = "Chassis",
    responses((status = 200, description = "The power subsystem.", body = PowerSubsystem))
)]
async fn power_subsystem(context: Context) -> Answer {
    Resource::new(
        &schema::POWER_SUBSYSTEM,
        &PowerSubsystem {
            head: Head::new(&schema::POWER_SUBSYSTEM, uri::POWER_SUBSYSTEM, "Power subsystem"),
            capacity_watts: context.snapshot.totals.rated_power.0,
            status: Status::rollup(status::worst(&context.snapshot)),
            power_supplies: link(uri::POWER_SUPPLIES),
            batteries: link(uri::BATTERIES),
        },
    )
}

/// Power of the shelf.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/EnvironmentMetrics",
    tag = "Chassis",
    responses((status = 200, description = "The metrics.", body = EnvironmentMetrics))
)]
async fn environment(context: Context) -> Answer {
    let mut list = quantity::shelf(&context.snapshot);
    list.extend(quantity::energies(&context.app.meter.totals()));
    Resource::new(
        &schema::ENVIRONMENT_METRICS,
        &EnvironmentMetrics {
            head: Head::new(&schema::ENVIRONMENT_METRICS, uri::ENVIRONMENT, "Environment metrics"),
            power_watts: excerpt_of(&list, "InputPower"),
            temperature_celsius: excerpt_of(&list, "OutletTemperature"),
            energy_kwh: excerpt_of(&list, "InputEnergy"),
            power_limit_watts: control::excerpt(&context, Lever::ShelfPowerLimit),
        },
    )
}
