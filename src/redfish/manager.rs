//! The gateway as a manager, and its event log.

use std::time::SystemTime;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body;
use super::error::{Error, Fault};
use super::event::record::origin;
use super::log;
use super::oem::grid_event::GridEvent;
use super::oem::{self, Oem};
use super::registry;
use super::resource::{Action, Answer, Collection, Head, Link, Resource, collection, collection_of, link};
use super::status::{Health, Status};
use super::time::rfc3339;
use super::{schema, uri};
use crate::gateway::{Event, EventKind, Severity, Snapshot};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(managers))
        .routes(routes!(manager))
        .routes(routes!(reset))
        .routes(routes!(log_services))
        .routes(routes!(event_log))
        .routes(routes!(clear))
        .routes(routes!(entries))
        .routes(routes!(entry))
}

/// The gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Manager {
    #[serde(flatten)]
    head: Head,
    manager_type: &'static str,
    model: &'static str,
    firmware_version: &'static str,
    #[serde(rename = "UUID")]
    uuid: String,
    #[serde(rename = "ServiceEntryPointUUID")]
    service_entry_point_uuid: String,
    date_time: String,
    date_time_local_offset: &'static str,
    power_state: &'static str,
    status: Status,
    log_services: Link,
    network_protocol: Link,
    ethernet_interfaces: Link,
    links: ManagerLinks,
    /// Missing where nobody restarts the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Actions>,
    oem: Oem,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ManagerActions)]
struct Actions {
    #[serde(rename = "#Manager.Reset")]
    reset: ResetAction,
}

#[derive(Serialize, ToSchema)]
struct ResetAction {
    target: &'static str,
    #[serde(rename = "ResetType@Redfish.AllowableValues")]
    types: [&'static str; 2],
}

const RESET: &str = "/redfish/v1/Managers/Gateway/Actions/Manager.Reset";
const RESET_TYPES: [&str; 2] = ["ForceRestart", "GracefulRestart"];

/// How to restart.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read parameter by parameter")]
struct Reset {
    /// ForceRestart or GracefulRestart: both bring the setpoints back first.
    #[schema(example = "GracefulRestart")]
    reset_type: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ManagerLinks {
    manager_for_chassis: Vec<Link>,
}

/// The event log of the gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct LogService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    log_entry_type: &'static str,
    over_write_policy: &'static str,
    date_time: String,
    date_time_local_offset: &'static str,
    status: Status,
    max_number_of_records: usize,
    /// Whether it outlives the gateway: with `[redfish] state`.
    persistency: bool,
    entries: Link,
    actions: LogActions,
}

#[derive(Serialize, ToSchema)]
struct LogActions {
    #[serde(rename = "#LogService.ClearLog")]
    clear: Action,
}

const CLEAR: &str = "/redfish/v1/Managers/Gateway/LogServices/Events/Actions/LogService.ClearLog";

/// An event of the gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct LogEntry {
    #[serde(flatten)]
    head: Head,
    entry_type: &'static str,
    /// When it happened.
    created: String,
    severity: Health,
    message: String,
    /// Registry, version and key of the message.
    message_id: String,
    message_args: [String; 2],
    /// What to do.
    resolution: &'static str,
    /// The device or function concerned.
    originator: String,
    links: EntryLinks,
    /// What the recording of a grid event is; missing where none is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostic_data_type: Option<&'static str>,
    #[serde(rename = "OEMDiagnosticDataType", skip_serializing_if = "Option::is_none")]
    oem_diagnostic_data_type: Option<&'static str>,
    /// Where the recording is: text in columns, as `dpo gridcode check` reads it.
    #[serde(rename = "AdditionalDataURI", skip_serializing_if = "Option::is_none")]
    additional_data_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_data_size_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oem: Option<EntryOem>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LogEntryOem)]
struct EntryOem {
    #[serde(rename = "DPOGateway")]
    gateway: GridEvent,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EntryLinks {
    /// The resource that the event is about.
    origin_of_condition: Link,
}

fn entry_at(app: &App, event: &Event) -> Result<Resource, Error> {
    let recording = match event.kind {
        EventKind::GridEvent => app.recordings.find(&app.gateway, &app.log, event.sequence),
        _ => None,
    };
    let at = format!("{}/{}", uri::EVENT_ENTRIES, event.sequence);
    let entry = registry::entry(&event.kind);
    Resource::new(
        &schema::LOG_ENTRY,
        &LogEntry {
            head: Head::new(&schema::LOG_ENTRY, &at, format!("Event {}", event.sequence))
                .description(entry.title),
            entry_type: "Event",
            created: rfc3339(event.time),
            severity: match event.severity {
                Severity::Ok => Health::Ok,
                Severity::Warning => Health::Warning,
                Severity::Critical => Health::Critical,
            },
            message: format!("{}: {}", event.subject, event.message),
            message_id: registry::message_id(entry.key),
            message_args: [event.subject.clone(), event.message.clone()],
            resolution: entry.resolution,
            originator: event.subject.clone(),
            links: EntryLinks { origin_of_condition: link(origin(event)) },
            diagnostic_data_type: recording.as_ref().map(|_| "OEM"),
            oem_diagnostic_data_type: recording.as_ref().map(|_| "DPOGatewayRecording.csv"),
            additional_data_uri: recording.as_ref().map(|kept| kept.uri()),
            additional_data_size_bytes: recording.as_ref().map(|kept| kept.size()),
            oem: recording.map(|kept| EntryOem { gateway: kept.event.clone() }),
        },
    )
}

/// The managers.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers",
    tag = "Managers",
    responses((status = 200, description = "The managers.", body = Collection))
)]
async fn managers() -> Answer {
    collection(&schema::MANAGERS, uri::MANAGERS, "Managers", ["Gateway".to_owned()])
}

/// The gateway.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway",
    tag = "Managers",
    responses((status = 200, description = "The gateway.", body = Manager))
)]
async fn manager(context: Context) -> Answer {
    resource(&context.app, &context.snapshot)
}

/// The gateway at a snapshot.
pub(crate) fn resource(app: &App, snapshot: &Snapshot) -> Answer {
    let resource = Resource::new(
        &schema::MANAGER,
        &Manager {
            head: Head::new(&schema::MANAGER, uri::MANAGER, "DPO gateway"),
            manager_type: "EnclosureManager",
            model: "DPO Gateway",
            firmware_version: env!("CARGO_PKG_VERSION"),
            uuid: app.uuid.clone(),
            service_entry_point_uuid: app.uuid.clone(),
            date_time: rfc3339(SystemTime::now()),
            date_time_local_offset: "+00:00",
            power_state: "On",
            status: Status::ok(),
            log_services: link(uri::LOG_SERVICES),
            network_protocol: link(uri::NETWORK_PROTOCOL),
            ethernet_interfaces: link(uri::ETHERNET),
            links: ManagerLinks { manager_for_chassis: vec![link(uri::SHELF)] },
            actions: app
                .restart
                .is_some()
                .then_some(Actions { reset: ResetAction { target: RESET, types: RESET_TYPES } }),
            oem: oem::manager(app, snapshot),
        },
    )?;
    Ok(app.counted(resource))
}

/// Restarts the gateway: its setpoints go back to their fail-safe values, then it begins anew. The shelf runs on; nothing
/// is switched. Needs the privilege ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/Managers/Gateway/Actions/Manager.Reset",
    tag = "Managers",
    request_body = Reset,
    responses((status = 204, description = "It ends now."))
)]
async fn reset(State(app): State<App>, identity: Identity, request: Request) -> Result<StatusCode, Error> {
    const ACTION: &str = "Manager.Reset";
    identity.require(Privilege::ConfigureManager)?;
    let restart = app.restart.as_ref().ok_or(Error::NotFound)?;
    for (name, value) in body::parameters(request, app.body_limit, ACTION, &["ResetType"]).await? {
        let fault = match &value {
            Value::String(word) if RESET_TYPES.contains(&word.as_str()) => continue,
            Value::String(_) => Fault::NotInList(value),
            _ => Fault::Type(value),
        };
        return Err(Error::Parameters(ACTION, vec![(name, fault)]));
    }
    tracing::warn!(user = identity.user, "redfish: restart asked for");
    restart.cancel();
    Ok(StatusCode::NO_CONTENT)
}

/// The logs of the gateway.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/LogServices",
    tag = "Managers",
    responses((status = 200, description = "The logs.", body = Collection))
)]
async fn log_services() -> Answer {
    collection(&schema::LOG_SERVICES, uri::LOG_SERVICES, "Log services", ["Events".to_owned()])
}

/// The event log.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/LogServices/Events",
    tag = "Managers",
    responses((status = 200, description = "The event log.", body = LogService))
)]
async fn event_log(State(app): State<App>) -> Answer {
    Resource::new(
        &schema::LOG_SERVICE,
        &LogService {
            head: Head::new(&schema::LOG_SERVICE, uri::EVENT_LOG, "Event log"),
            service_enabled: true,
            log_entry_type: "Event",
            over_write_policy: "WrapsWhenFull",
            date_time: rfc3339(SystemTime::now()),
            date_time_local_offset: "+00:00",
            status: Status::ok(),
            max_number_of_records: log::MOST,
            persistency: app.log.is_kept(),
            entries: link(uri::EVENT_ENTRIES),
            actions: LogActions { clear: Action { target: CLEAR.to_owned() } },
        },
    )
}

/// Forgets the events until now. Their numbers are not used again, and streams are not concerned. Needs ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/Managers/Gateway/LogServices/Events/Actions/LogService.ClearLog",
    tag = "Managers",
    responses((status = 204, description = "They are gone."))
)]
async fn clear(State(app): State<App>, identity: Identity, request: Request) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureManager)?;
    body::parameters(request, app.body_limit, "LogService.ClearLog", &[]).await?;
    app.log.clear(&app.gateway).await;
    app.recordings.clear();
    tracing::warn!(user = identity.user, "redfish: event log cleared");
    Ok(StatusCode::NO_CONTENT)
}

/// The events that are kept, oldest first, in full.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries",
    tag = "Managers",
    responses((status = 200, description = "The events, each as a LogEntry.", body = Collection))
)]
async fn entries(State(app): State<App>) -> Answer {
    let events = app.log.events(&app.gateway);
    let members = events.iter().map(|e| Ok(entry_at(&app, e)?.body)).collect::<Result<_, Error>>()?;
    collection_of(&schema::LOG_ENTRIES, uri::EVENT_ENTRIES, "Events", members)
}

/// One event.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries/{entry}",
    tag = "Managers",
    params(("entry" = String, Path, description = "Number, from 1.")),
    responses((status = 200, description = "The event.", body = LogEntry))
)]
async fn entry(State(app): State<App>, Path(id): Path<String>) -> Answer {
    // Only the one way to write the number: an identifier is the last segment of its URI.
    let event = app.log.events(&app.gateway).into_iter().find(|e| e.sequence.to_string() == id);
    entry_at(&app, &event.ok_or(Error::NotFound)?)
}
