//! Events: the service that sends them, its streams, and who reads them (`EventService.v1_12_0`).

mod choice;
mod destination;
pub(crate) mod open;
pub(crate) mod push;
pub(crate) mod record;
mod stream;
mod test;

use std::sync::Arc;

use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::choice::Choice;
use self::push::subscription::Delivery;
use self::stream::{Feed, Mark};
use super::app::{App, Peer};
use super::auth::{Identity, Privilege};
use super::body::{self, Update};
use super::error::{Error, Fault};
use super::query::decode;
use super::resource::{Action, Answer, Head, Link, Resource, link};
use super::status::Status;
use super::{registry, schema, uri};

/// What is sent to those who subscribe: events, or readings.
pub(crate) const FORMATS: [&str; 2] = ["Event", "MetricReport"];
/// Types of the resources that events are about.
pub(crate) const RESOURCE_TYPES: [&str; 4] = ["PowerSupply", "Battery", "Manager", "Triggers"];
/// Most attempts after the first one, and the bounds of the pause before each in seconds.
const ATTEMPTS: u32 = 100;
const PAUSE_S: std::ops::RangeInclusive<u32> = 1..=3600;
const SUBMIT: &str = "/redfish/v1/EventService/Actions/EventService.SubmitTestEvent";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service, change))
        .routes(routes!(submit))
        .routes(routes!(stream))
        .merge(destination::routes())
}

/// Reads the filter of a stream, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn filter_of_a_stream(text: &str) {
    let _ = Choice::parse(Some(text)).map(|choice| choice.reports());
}

/// The event service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EventService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    status: Status,
    /// Where events are streamed.
    server_sent_event_uri: &'static str,
    event_format_types: [&'static str; 2],
    registry_prefixes: [&'static str; 1],
    resource_types: [&'static str; 4],
    #[serde(rename = "SSEFilterPropertiesSupported")]
    sse_filter_properties_supported: FilterProperties,
    /// Attempts after the first one. Writable.
    delivery_retry_attempts: u32,
    /// Seconds before each. Writable.
    delivery_retry_interval_seconds: u32,
    exclude_message_id: bool,
    exclude_registry_prefix: bool,
    subordinate_resources_supported: bool,
    include_origin_of_condition_supported: bool,
    /// The streams that are open, and the receivers that events are sent to.
    subscriptions: Link,
    actions: Actions,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EventServiceActions)]
struct Actions {
    #[serde(rename = "#EventService.SubmitTestEvent")]
    submit: Action,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct EventServiceUpdate {
    /// 0 to 100.
    #[schema(example = 3)]
    delivery_retry_attempts: Option<u32>,
    /// 1 to 3600.
    #[schema(example = 60)]
    delivery_retry_interval_seconds: Option<u32>,
}

/// A test event.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct TestEvent {
    /// Registry, version and key.
    #[schema(example = "DPOGateway.1.0.DeviceLost")]
    message_id: String,
    message: Option<String>,
    message_args: Option<Vec<String>>,
    /// OK, Warning or Critical.
    #[schema(example = "OK")]
    message_severity: Option<String>,
    event_id: Option<String>,
    #[schema(format = DateTime)]
    event_timestamp: Option<String>,
    event_group_id: Option<i64>,
    /// URI of a resource of this service.
    origin_of_condition: Option<String>,
}

/// What the filter of a stream may name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the schema has them")]
struct FilterProperties {
    event_format_type: bool,
    message_id: bool,
    metric_report_definition: bool,
    origin_resource: bool,
    registry_prefix: bool,
    resource_type: bool,
    subordinate_resources: bool,
}

/// The event service.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService",
    tag = "Events",
    responses((status = 200, description = "The event service.", body = EventService))
)]
async fn service(State(app): State<App>) -> Answer {
    resource(&app)
}

fn resource(app: &App) -> Answer {
    let Delivery { attempts, interval_s } = app.push.delivery(app);
    let resource = Resource::new(
        &schema::EVENT_SERVICE,
        &EventService {
            head: Head::new(&schema::EVENT_SERVICE, uri::EVENT_SERVICE, "Event service")
                .description("Events are read as server-sent events, or sent to receivers that subscribe."),
            service_enabled: true,
            status: Status::ok(),
            server_sent_event_uri: uri::EVENT_STREAM,
            event_format_types: FORMATS,
            registry_prefixes: [registry::PREFIX],
            resource_types: RESOURCE_TYPES,
            sse_filter_properties_supported: FilterProperties {
                event_format_type: true,
                message_id: true,
                metric_report_definition: true,
                origin_resource: true,
                registry_prefix: true,
                resource_type: true,
                subordinate_resources: true,
            },
            delivery_retry_attempts: attempts,
            delivery_retry_interval_seconds: interval_s,
            exclude_message_id: true,
            exclude_registry_prefix: true,
            subordinate_resources_supported: true,
            include_origin_of_condition_supported: false,
            subscriptions: link(uri::SUBSCRIPTIONS),
            actions: Actions { submit: Action { target: SUBMIT.to_owned() } },
        },
    )?;
    Ok(app.counted(resource))
}

/// Changes how often and when a delivery is tried again. Needs the privilege ConfigureManager.
#[utoipa::path(
    patch,
    path = "/redfish/v1/EventService",
    tag = "Events",
    request_body = EventServiceUpdate,
    responses((status = 200, description = "The event service as it is now.", body = EventService))
)]
async fn change(State(app): State<App>, identity: Identity, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let update = Update::read(request, app.body_limit).await;
    let _alone = app.writing.lock().await;
    let before = resource(&app)?;
    let properties = update.properties(&before)?;
    let mut delivery = app.push.delivery(&app);
    let mut faults = Vec::new();
    for (name, value) in &properties {
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
        let fault = match (name.as_str(), number) {
            ("DeliveryRetryAttempts", Some(n)) if n <= ATTEMPTS => {
                delivery.attempts = n;
                None
            }
            ("DeliveryRetryIntervalSeconds", Some(n)) if PAUSE_S.contains(&n) => {
                delivery.interval_s = n;
                None
            }
            ("DeliveryRetryAttempts", _) if value.is_number() => {
                Some(Fault::OutOfRange(value.clone(), format!("0 to {ATTEMPTS}")))
            }
            ("DeliveryRetryIntervalSeconds", _) if value.is_number() => {
                let limits = format!("{} to {} s", PAUSE_S.start(), PAUSE_S.end());
                Some(Fault::OutOfRange(value.clone(), limits))
            }
            ("DeliveryRetryAttempts" | "DeliveryRetryIntervalSeconds", _) => Some(Fault::Type(value.clone())),
            _ => Some(before.unwritable(name)),
        };
        faults.extend(fault.map(|fault| (name.clone(), fault)));
    }
    body::refuse(faults)?;
    app.store.set(|state| state.delivery = Some(delivery)).await?;
    app.written(uri::EVENT_SERVICE);
    resource(&app)
}

/// Sends an event that the client makes up to every stream and receiver that wants it. Needs ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/EventService/Actions/EventService.SubmitTestEvent",
    tag = "Events",
    request_body = TestEvent,
    responses((status = 204, description = "It is on its way."))
)]
async fn submit(State(app): State<App>, identity: Identity, request: Request) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureManager)?;
    let record = test::record(body::read(request, app.body_limit).await?)?;
    tracing::info!(user = identity.user, "redfish: test event");
    // Nobody may be listening.
    let _ = app.push.tests.send(Arc::new(record));
    Ok(StatusCode::NO_CONTENT)
}

/// Streams events as they happen (server-sent events). Each has an `id`; a client that comes back sends it as
/// `Last-Event-ID` and gets what it has missed, as far as the log goes back, or is told what is gone. Metric reports come
/// with each snapshot to those whose filter names them: `EventFormatType eq 'MetricReport'`.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService/SSE",
    tag = "Events",
    params(
        ("$filter" = Option<String>, Query, description = "Events for which the expression holds: comparisons of \
            EventFormatType, MessageId, MessageSeverity, MetricReportDefinition, OriginResource, RegistryPrefix, ResourceType and \
            SubordinateResources."),
        ("Last-Event-ID" = Option<String>, Header, description = "`id` of the last event that the client has."),
    ),
    responses((status = 200, description = "Events, each an Event.v1_13_0 in `data`, and metric reports.", body = String,
        content_type = "text/event-stream"))
)]
async fn stream(
    State(app): State<App>,
    identity: Identity,
    peer: Peer,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let filter = query.as_deref().unwrap_or_default().split('&').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        (decode(name) == "$filter").then(|| decode(value))
    });
    let choice =
        Choice::parse(filter.as_deref()).map_err(|e| Error::QueryInvalid(format!("$filter ({e})")))?;
    let seen = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(Mark::parse);
    let place = app.streams.open(&identity.user, peer.0, filter).ok_or(Error::StreamLimit)?;
    tracing::info!(user = identity.user, stream = place.0.id, peer = %peer.0, "redfish: event stream opened");
    let feed = Feed::new(app, place, choice, seen, identity.session);
    Ok(Sse::new(feed.records()).into_response())
}
