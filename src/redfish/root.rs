//! Where a client begins: versions, service root, OData documents.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::query::MAX_LEVELS;
use super::resource::{Answer, Head, Link, Resource, link};
use super::{schema, uri};

/// Version of DSP0266 the service follows, as far as it goes.
const REDFISH_VERSION: &str = "1.20.0";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(versions))
        .routes(routes!(root))
        .routes(routes!(odata))
        .routes(routes!(metadata))
}

/// The versions of the protocol and where they begin.
#[derive(Serialize, ToSchema)]
struct Versions {
    v1: &'static str,
}

/// The service root.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ServiceRoot {
    #[serde(flatten)]
    head: Head,
    redfish_version: &'static str,
    #[serde(rename = "UUID")]
    uuid: String,
    vendor: &'static str,
    product: String,
    protocol_features_supported: ProtocolFeatures,
    chassis: Link,
    managers: Link,
    power_equipment: Link,
    session_service: Link,
    account_service: Link,
    event_service: Link,
    registries: Link,
    telemetry_service: Link,
    certificate_service: Link,
    update_service: Link,
    tasks: Link,
    json_schemas: Link,
    links: RootLinks,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct RootLinks {
    sessions: Link,
}

/// Query options the service takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the schema has them")]
struct ProtocolFeatures {
    expand_query: ExpandFeatures,
    excerpt_query: bool,
    filter_query: bool,
    #[serde(rename = "MultipleHTTPRequests")]
    multiple_http_requests: bool,
    only_member_query: bool,
    select_query: bool,
    top_skip_query: bool,
}

/// Forms of `$expand` the service takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the schema has them")]
struct ExpandFeatures {
    expand_all: bool,
    levels: bool,
    links: bool,
    max_levels: u8,
    no_links: bool,
}

/// The OData service document.
#[derive(Serialize, ToSchema)]
struct ServiceDocument {
    #[serde(rename = "@odata.context")]
    context: &'static str,
    value: Vec<ServiceEntry>,
}

#[derive(Serialize, ToSchema)]
struct ServiceEntry {
    name: &'static str,
    kind: &'static str,
    url: &'static str,
}

/// The versions of the Redfish protocol.
#[utoipa::path(
    get,
    path = "/redfish",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The versions.", body = Versions))
)]
async fn versions() -> impl IntoResponse {
    Json(Versions { v1: uri::ROOT })
}

/// The service root: every resource is reached from here.
#[utoipa::path(
    get,
    path = "/redfish/v1",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The service root.", body = ServiceRoot))
)]
async fn root(context: Context) -> Answer {
    let shelf = context.app.live.shelf();
    Resource::new(
        &schema::SERVICE_ROOT,
        &ServiceRoot {
            head: Head::new(&schema::SERVICE_ROOT, uri::ROOT, "DPO gateway").id("RootService"),
            redfish_version: REDFISH_VERSION,
            uuid: context.app.uuid.clone(),
            vendor: "DPO",
            product: shelf.model.clone().unwrap_or_else(|| "DPO Gateway".to_owned()),
            protocol_features_supported: ProtocolFeatures {
                expand_query: ExpandFeatures {
                    expand_all: false,
                    levels: true,
                    links: false,
                    max_levels: MAX_LEVELS,
                    no_links: true,
                },
                excerpt_query: true,
                filter_query: true,
                multiple_http_requests: true,
                only_member_query: true,
                select_query: true,
                top_skip_query: true,
            },
            chassis: link(uri::CHASSIS),
            managers: link(uri::MANAGERS),
            power_equipment: link(uri::POWER_EQUIPMENT),
            session_service: link(uri::SESSION_SERVICE),
            account_service: link(uri::ACCOUNT_SERVICE),
            event_service: link(uri::EVENT_SERVICE),
            registries: link(uri::REGISTRIES),
            telemetry_service: link(uri::TELEMETRY),
            certificate_service: link(uri::CERTIFICATE_SERVICE),
            update_service: link(uri::UPDATE_SERVICE),
            tasks: link(uri::TASK_SERVICE),
            json_schemas: link(uri::JSON_SCHEMAS),
            links: RootLinks { sessions: link(uri::SESSIONS) },
        },
    )
}

/// The OData service document.
#[utoipa::path(
    get,
    path = "/redfish/v1/odata",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The service document.", body = ServiceDocument))
)]
async fn odata() -> impl IntoResponse {
    let entry = |name, url| ServiceEntry { name, kind: "Singleton", url };
    Json(ServiceDocument {
        context: uri::METADATA,
        value: vec![
            entry("Service", uri::ROOT),
            entry("Chassis", uri::CHASSIS),
            entry("Managers", uri::MANAGERS),
            entry("PowerEquipment", uri::POWER_EQUIPMENT),
            entry("SessionService", uri::SESSION_SERVICE),
            entry("AccountService", uri::ACCOUNT_SERVICE),
            entry("EventService", uri::EVENT_SERVICE),
            entry("Registries", uri::REGISTRIES),
            entry("TelemetryService", uri::TELEMETRY),
            entry("CertificateService", uri::CERTIFICATE_SERVICE),
            entry("UpdateService", uri::UPDATE_SERVICE),
            entry("Tasks", uri::TASK_SERVICE),
            entry("JsonSchemas", uri::JSON_SCHEMAS),
            entry("Sessions", uri::SESSIONS),
        ],
    })
}

/// The OData metadata document: the schemas in use.
#[utoipa::path(
    get,
    path = "/redfish/v1/$metadata",
    tag = "Service",
    security(()),
    responses((status = 200, description = "CSDL.", body = String, content_type = "application/xml"))
)]
async fn metadata() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/xml;charset=utf-8")], schema::metadata())
}
