//! Events: the service that sends them, its streams, and who reads them (`EventService.v1_12_0`).

mod choice;
pub(crate) mod open;
pub(crate) mod record;
mod stream;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::choice::Choice;
use self::open::Stream;
use self::stream::{Feed, Mark};
use super::app::{App, Peer};
use super::auth::{Identity, Privilege};
use super::error::Error;
use super::query::decode;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::{registry, schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(stream))
        .routes(routes!(destinations))
        .routes(routes!(destination, close))
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
    resource_types: [&'static str; 3],
    #[serde(rename = "SSEFilterPropertiesSupported")]
    sse_filter_properties_supported: FilterProperties,
    /// The streams that are open.
    subscriptions: Link,
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

/// Who reads events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EventDestination {
    #[serde(flatten)]
    head: Head,
    /// Address of the client.
    destination: String,
    /// User in whose name it reads, and its filter.
    context: String,
    protocol: &'static str,
    subscription_type: &'static str,
    event_format_type: &'static str,
    status: Status,
}

/// The event service.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService",
    tag = "Events",
    responses((status = 200, description = "The event service.", body = EventService))
)]
async fn service() -> Answer {
    Resource::new(
        &schema::EVENT_SERVICE,
        &EventService {
            head: Head::new(&schema::EVENT_SERVICE, uri::EVENT_SERVICE, "Event service")
                .description("Events are read as server-sent events; nothing is sent to destinations."),
            service_enabled: true,
            status: Status::ok(),
            server_sent_event_uri: uri::EVENT_STREAM,
            event_format_types: ["Event", "MetricReport"],
            registry_prefixes: [registry::PREFIX],
            resource_types: ["PowerSupply", "Battery", "Manager"],
            sse_filter_properties_supported: FilterProperties {
                event_format_type: true,
                message_id: true,
                metric_report_definition: true,
                origin_resource: true,
                registry_prefix: true,
                resource_type: true,
                subordinate_resources: true,
            },
            subscriptions: link(uri::SUBSCRIPTIONS),
        },
    )
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

/// Who reads events now.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService/Subscriptions",
    tag = "Events",
    responses((status = 200, description = "The open streams.", body = Collection))
)]
async fn destinations(State(app): State<App>) -> Answer {
    let ids = app.streams.list().into_iter().map(|stream| stream.id.to_string());
    collection(&schema::EVENT_DESTINATIONS, uri::SUBSCRIPTIONS, "Event streams", ids)
}

fn find(app: &App, id: &str) -> Result<Stream, Error> {
    // Only the one way to write the number: an identifier is the last segment of its URI.
    let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
    app.streams.get(number).filter(|s| s.id.to_string() == id).ok_or(Error::NotFound)
}

/// One open stream.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService/Subscriptions/{stream}",
    tag = "Events",
    params(("stream" = String, Path, description = "Identifier.")),
    responses((status = 200, description = "The stream.", body = EventDestination))
)]
async fn destination(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let stream = find(&app, &id)?;
    let at = format!("{}/{}", uri::SUBSCRIPTIONS, stream.id);
    let filter = stream.filter.map_or(String::new(), |filter| format!(", {filter}"));
    Resource::new(
        &schema::EVENT_DESTINATION,
        &EventDestination {
            head: Head::new(&schema::EVENT_DESTINATION, &at, format!("Event stream {}", stream.id)),
            destination: stream.peer.to_string(),
            context: format!("{}{filter}", stream.user),
            protocol: "Redfish",
            subscription_type: "SSE",
            event_format_type: "Event",
            status: Status::ok(),
        },
    )
}

/// Ends a stream. One's own, or any with the privilege ConfigureManager.
#[utoipa::path(
    delete,
    path = "/redfish/v1/EventService/Subscriptions/{stream}",
    tag = "Events",
    params(("stream" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "The stream has ended."))
)]
async fn close(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let stream = find(&app, &id)?;
    let own = stream.user == identity.user;
    identity.require(if own { Privilege::ConfigureSelf } else { Privilege::ConfigureManager })?;
    stream.end.cancel();
    tracing::info!(user = identity.user, stream = stream.id, "redfish: event stream closed");
    Ok(StatusCode::NO_CONTENT)
}
