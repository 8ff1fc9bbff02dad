//! Versions of what runs in the shelf (`UpdateService.v1_17_0`). Nothing can be updated over Redfish: function codes and
//! registers that start firmware programming are never sent (`registers/maps`, hazards), so there is no action to ask for.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::error::Error;
use super::quantity::{bbu_id, psu_id};
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::{schema, uri};
use crate::gateway::Snapshot;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(service)).routes(routes!(inventory)).routes(routes!(software))
}

/// The update service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct UpdateService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    status: Status,
    firmware_inventory: Link,
}

/// What runs in a device.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct SoftwareInventory {
    #[serde(flatten)]
    head: Head,
    manufacturer: Option<String>,
    version: Option<String>,
    updateable: bool,
    status: Status,
    related_item: Vec<Link>,
}

/// Identifier, manufacturer, version, device.
type Software = (String, Option<String>, Option<String>, String);

fn all(snapshot: &Snapshot) -> Vec<Software> {
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let mut list = vec![("Gateway".to_owned(), None, version, uri::MANAGER.to_owned())];
    list.extend(snapshot.psus.iter().map(|v| {
        let (id, identity) = (psu_id(v.slot), &v.reading.identity);
        let device = format!("{}/{id}", uri::POWER_SUPPLIES);
        (id, identity.manufacturer.clone(), identity.firmware.clone(), device)
    }));
    list.extend(snapshot.bbus.iter().map(|v| {
        let (id, identity) = (bbu_id(v.slot), &v.reading.identity);
        let device = format!("{}/{id}", uri::BATTERIES);
        (id, identity.manufacturer.clone(), identity.firmware.clone(), device)
    }));
    list
}

/// The update service: an inventory.
#[utoipa::path(
    get,
    path = "/redfish/v1/UpdateService",
    tag = "Updates",
    responses((status = 200, description = "The update service.", body = UpdateService))
)]
async fn service() -> Answer {
    Resource::new(
        &schema::UPDATE_SERVICE,
        &UpdateService {
            head: Head::new(&schema::UPDATE_SERVICE, uri::UPDATE_SERVICE, "Update service")
                .description("An inventory. Nothing can be updated over Redfish."),
            service_enabled: false,
            status: Status::ok(),
            firmware_inventory: link(uri::FIRMWARE),
        },
    )
}

/// What runs where.
#[utoipa::path(
    get,
    path = "/redfish/v1/UpdateService/FirmwareInventory",
    tag = "Updates",
    responses((status = 200, description = "The software.", body = Collection))
)]
async fn inventory(context: Context) -> Answer {
    let ids = all(&context.snapshot).into_iter().map(|(id, ..)| id);
    collection(&schema::SOFTWARE_COLLECTION, uri::FIRMWARE, "Firmware inventory", ids)
}

/// What runs in one device, or the gateway itself.
#[utoipa::path(
    get,
    path = "/redfish/v1/UpdateService/FirmwareInventory/{software}",
    tag = "Updates",
    params(("software" = String, Path, description = "Gateway, or a device.", example = "Gateway")),
    responses((status = 200, description = "The software.", body = SoftwareInventory))
)]
async fn software(context: Context, Path(id): Path<String>) -> Answer {
    let found = all(&context.snapshot).into_iter().find(|(known, ..)| *known == id);
    let (id, manufacturer, version, device) = found.ok_or(Error::NotFound)?;
    let at = format!("{}/{id}", uri::FIRMWARE);
    Resource::new(
        &schema::SOFTWARE,
        &SoftwareInventory {
            head: Head::new(&schema::SOFTWARE, &at, format!("Software of {id}")),
            manufacturer,
            version,
            updateable: false,
            status: Status::ok(),
            related_item: vec![link(device)],
        },
    )
}
