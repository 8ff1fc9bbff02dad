//! Who gets events: the streams that are open, and the receivers that subscribed (`EventDestination.v1_16_0`).

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::open::Stream;
use super::push::Push;
use super::push::subscription::{RetryPolicy, Subscription};
use crate::redfish::app::App;
use crate::redfish::auth::{Identity, Privilege};
use crate::redfish::body::{self, Update};
use crate::redfish::error::Error;
use crate::redfish::resource::{Action, Answer, Collection, Head, Link, Resource, collection, link};
use crate::redfish::status::{Health, State as ResourceState, Status};
use crate::redfish::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(destinations, subscribe))
        .routes(routes!(subscribe_members))
        .routes(routes!(destination, change, close))
        .routes(routes!(suspend))
        .routes(routes!(resume))
}

/// Who gets events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EventDestination {
    #[serde(flatten)]
    head: Head,
    /// URL of the receiver; of a stream, the address of the client.
    destination: String,
    /// What the receiver finds in each event; of a stream, the user in whose name it is read and its filter. Writable.
    context: Option<String>,
    protocol: &'static str,
    subscription_type: &'static str,
    event_format_type: &'static str,
    status: Status,
    #[serde(flatten)]
    push: Option<PushProperties>,
}

/// What only a receiver has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PushProperties {
    /// What happens when the receiver takes nothing. Writable.
    delivery_retry_policy: RetryPolicy,
    /// Whether the certificate of the receiver is checked. Writable.
    verify_certificate: bool,
    /// Always null: headers may hold credentials. Writable.
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    http_headers: (),
    #[serde(skip_serializing_if = "Vec::is_empty")]
    registry_prefixes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_registry_prefixes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    message_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_message_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origin_resources: Vec<Link>,
    subordinate_resources: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metric_report_definitions: Vec<Link>,
    actions: Actions,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EventDestinationActions)]
struct Actions {
    #[serde(rename = "#EventDestination.SuspendSubscription")]
    suspend: Action,
    #[serde(rename = "#EventDestination.ResumeSubscription")]
    resume: Action,
}

/// A new receiver.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct NewDestination {
    /// URL of the receiver. https; http only if the configuration allows it.
    #[schema(example = "https://192.0.2.1/events")]
    destination: String,
    #[schema(example = "Redfish")]
    protocol: String,
    context: Option<String>,
    /// Event or MetricReport.
    #[schema(example = "Event")]
    event_format_type: Option<String>,
    registry_prefixes: Option<Vec<String>>,
    exclude_registry_prefixes: Option<Vec<String>>,
    /// PowerSupply, Battery, Manager.
    resource_types: Option<Vec<String>>,
    message_ids: Option<Vec<String>>,
    exclude_message_ids: Option<Vec<String>>,
    origin_resources: Option<Vec<ResourceLink>>,
    subordinate_resources: Option<bool>,
    metric_report_definitions: Option<Vec<ResourceLink>>,
    /// Headers of each request, as objects of one name and value.
    http_headers: Option<Vec<std::collections::BTreeMap<String, String>>>,
    verify_certificate: Option<bool>,
    delivery_retry_policy: Option<RetryPolicy>,
    /// RedfishEvent.
    subscription_type: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ResourceLink {
    #[serde(rename = "@odata.id")]
    odata_id: String,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct DestinationUpdate {
    context: Option<String>,
    http_headers: Option<Vec<std::collections::BTreeMap<String, String>>>,
    verify_certificate: Option<bool>,
    delivery_retry_policy: Option<RetryPolicy>,
}

fn at(id: &str) -> String {
    format!("{}/{id}", uri::SUBSCRIPTIONS)
}

fn of_stream(stream: &Stream) -> Answer {
    let filter = stream.filter.as_ref().map_or(String::new(), |filter| format!(", {filter}"));
    let id = stream.id.to_string();
    Resource::new(
        &schema::EVENT_DESTINATION,
        &EventDestination {
            head: Head::new(&schema::EVENT_DESTINATION, &at(&id), format!("Event stream {id}")),
            destination: stream.peer.to_string(),
            context: Some(format!("{}{filter}", stream.user)),
            protocol: "Redfish",
            subscription_type: "SSE",
            event_format_type: "Event",
            status: Status::ok(),
            push: None,
        },
    )
}

fn of_receiver(app: &App, subscription: &Subscription) -> Answer {
    let at = at(&subscription.id());
    let mut status = Status::ok();
    if subscription.suspended {
        status.state = ResourceState::Disabled;
    } else if app.push.failures(subscription.number) > 0 {
        status.health = Some(Health::Warning);
    }
    let links = |uris: &[String]| uris.iter().map(link).collect();
    let action = |name: &str| Action { target: format!("{at}/Actions/EventDestination.{name}") };
    let resource = Resource::new(
        &schema::EVENT_DESTINATION,
        &EventDestination {
            head: Head::new(
                &schema::EVENT_DESTINATION,
                &at,
                format!("Event receiver {}", subscription.number),
            ),
            destination: subscription.destination.clone(),
            context: subscription.context.clone(),
            protocol: "Redfish",
            subscription_type: "RedfishEvent",
            event_format_type: if subscription.reports { "MetricReport" } else { "Event" },
            status,
            push: Some(PushProperties {
                delivery_retry_policy: subscription.policy,
                verify_certificate: subscription.verify,
                http_headers: (),
                registry_prefixes: subscription.registry_prefixes.clone(),
                exclude_registry_prefixes: subscription.exclude_registry_prefixes.clone(),
                resource_types: subscription.resource_types.clone(),
                message_ids: subscription.message_ids.clone(),
                exclude_message_ids: subscription.exclude_message_ids.clone(),
                origin_resources: links(&subscription.origins),
                subordinate_resources: subscription.subordinate,
                metric_report_definitions: links(&subscription.definitions),
                actions: Actions {
                    suspend: action("SuspendSubscription"),
                    resume: action("ResumeSubscription"),
                },
            }),
        },
    )?;
    Ok(app.counted(resource))
}

/// Who gets events now: streams and receivers.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService/Subscriptions",
    tag = "Events",
    responses((status = 200, description = "The open streams, and the receivers.", body = Collection))
)]
async fn destinations(State(app): State<App>) -> Answer {
    let streams = app.streams.list().into_iter().map(|stream| stream.id.to_string());
    let state = app.store.now();
    let ids: Vec<String> = streams.chain(state.subscriptions.iter().map(Subscription::id)).collect();
    collection(&schema::EVENT_DESTINATIONS, uri::SUBSCRIPTIONS, "Event subscriptions", ids)
}

/// Subscribes a receiver: events, or metric reports, are sent to it from now on. Needs the privilege ConfigureManager
/// or ConfigureComponents. Addresses that lead into the gateway, its link or a metadata service are refused.
#[utoipa::path(
    post,
    path = "/redfish/v1/EventService/Subscriptions",
    tag = "Events",
    request_body = NewDestination,
    responses((
        status = 201,
        description = "The subscription.",
        body = EventDestination,
        headers(("Location" = String, description = "URI of the subscription; delete it to end it."))
    ))
)]
async fn subscribe(State(app): State<App>, identity: Identity, request: Request) -> Answer {
    open(&app, identity, request).await
}

/// Subscribes a receiver: the form of the request that names the members of the collection.
#[utoipa::path(
    post,
    path = "/redfish/v1/EventService/Subscriptions/Members",
    tag = "Events",
    request_body = NewDestination,
    responses((
        status = 201,
        description = "The subscription.",
        body = EventDestination,
        headers(("Location" = String, description = "URI of the subscription; delete it to end it."))
    ))
)]
async fn subscribe_members(State(app): State<App>, identity: Identity, request: Request) -> Answer {
    open(&app, identity, request).await
}

async fn open(app: &App, identity: Identity, request: Request) -> Answer {
    identity
        .require(Privilege::ConfigureManager)
        .or_else(|_| identity.require(Privilege::ConfigureComponents))?;
    let properties = body::read(request, app.body_limit).await?;
    let made =
        Subscription::create(&identity.user, properties, &app.push.courier.guard, app.push.verify_always)?;
    let limit = app.push.limit;
    let made = app.store.change(|state| {
        if state.subscriptions.len() >= limit {
            return Err(Error::StreamLimit);
        }
        state.last_subscription += 1;
        let made = Subscription { number: state.last_subscription, ..made };
        state.subscriptions.push(made.clone());
        Ok(made)
    });
    let made = made.await?;
    let newest = *app.gateway.newest_event().borrow();
    Push::begin(app, made.number, newest);
    tracing::info!(
        user = identity.user,
        subscription = made.id(),
        to = made.destination,
        "redfish: subscribed"
    );
    let mut resource = of_receiver(app, &made)?;
    resource.status = StatusCode::CREATED;
    resource.headers.push(("location", at(&made.id())));
    Ok(resource)
}

/// A stream or a receiver.
enum Found {
    Stream(Stream),
    Receiver(Subscription),
}

impl Found {
    fn find(app: &App, id: &str) -> Result<Self, Error> {
        // Only the one way to write the number: an identifier is the last segment of its URI.
        let receiver = app.store.now().subscriptions.iter().find(|s| s.id() == id).cloned();
        if let Some(receiver) = receiver {
            return Ok(Self::Receiver(receiver));
        }
        let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
        app.streams.get(number).filter(|s| s.id.to_string() == id).map(Self::Stream).ok_or(Error::NotFound)
    }

    /// The receiver, if `identity` may change it.
    fn receiver(app: &App, id: &str, identity: &Identity) -> Result<Subscription, Error> {
        match Self::find(app, id)? {
            Self::Receiver(receiver) => permit(identity, &receiver.owner).map(|()| receiver),
            Self::Stream(stream) => permit(identity, &stream.user).and(Err(Error::MethodNotAllowed)),
        }
    }

    fn resource(&self, app: &App) -> Answer {
        match self {
            Self::Stream(stream) => of_stream(stream),
            Self::Receiver(receiver) => of_receiver(app, receiver),
        }
    }
}

fn permit(identity: &Identity, owner: &str) -> Result<(), Error> {
    let own = owner == identity.user;
    identity.require(if own { Privilege::ConfigureSelf } else { Privilege::ConfigureManager })
}

/// One stream or receiver.
#[utoipa::path(
    get,
    path = "/redfish/v1/EventService/Subscriptions/{subscription}",
    tag = "Events",
    params(("subscription" = String, Path, description = "Identifier.")),
    responses((status = 200, description = "The stream or receiver.", body = EventDestination))
)]
async fn destination(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Found::find(&app, &id)?.resource(&app)
}

/// Changes a receiver: one's own, or any with the privilege ConfigureManager.
#[utoipa::path(
    patch,
    path = "/redfish/v1/EventService/Subscriptions/{subscription}",
    tag = "Events",
    params(("subscription" = String, Path, description = "Identifier.")),
    request_body = DestinationUpdate,
    responses((status = 200, description = "The receiver as it is now.", body = EventDestination))
)]
async fn change(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let number = Found::receiver(&app, &id, &identity)?.number;
    let update = Update::read(request, app.body_limit).await;
    let _alone = app.writing.lock().await;
    let mut subscription = Found::receiver(&app, &id, &identity)?;
    let before = of_receiver(&app, &subscription)?;
    let mut faults = Vec::new();
    for (name, value) in update.properties(&before)? {
        let known =
            matches!(name.as_str(), "Context" | "HttpHeaders" | "VerifyCertificate" | "DeliveryRetryPolicy");
        let taken = if known {
            subscription.change(&name, value, app.push.verify_always)
        } else {
            Err(before.unwritable(&name))
        };
        faults.extend(taken.err().map(|fault| (name, fault)));
    }
    body::refuse(faults)?;
    let changed = subscription.clone();
    app.store.change(|state| replace(&mut state.subscriptions, changed)).await?;
    app.written(&at(&id));
    app.push.changed();
    tracing::info!(user = identity.user, subscription = number, "redfish: subscription changed");
    of_receiver(&app, &subscription)
}

fn replace(list: &mut [Subscription], changed: Subscription) -> Result<(), Error> {
    let found = list.iter_mut().find(|s| s.number == changed.number).ok_or(Error::NotFound)?;
    *found = changed;
    Ok(())
}

/// Ends a stream or the subscription of a receiver: one's own, or any with the privilege ConfigureManager.
#[utoipa::path(
    delete,
    path = "/redfish/v1/EventService/Subscriptions/{subscription}",
    tag = "Events",
    params(("subscription" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "It has ended."))
)]
async fn close(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    let found = Found::find(&app, &id)?;
    let owner = match &found {
        Found::Stream(stream) => &stream.user,
        Found::Receiver(receiver) => &receiver.owner,
    };
    permit(&identity, owner)?;
    body::condition(&request).check(&found.resource(&app)?)?;
    match found {
        Found::Stream(stream) => stream.end.cancel(),
        Found::Receiver(Subscription { number, .. }) => {
            app.store.set(|state| state.subscriptions.retain(|s| s.number != number)).await?;
            app.push.end(number);
        }
    }
    tracing::info!(user = identity.user, subscription = id, "redfish: subscription ended");
    Ok(StatusCode::NO_CONTENT)
}

/// Suspends a receiver: nothing is sent to it until it is resumed.
#[utoipa::path(
    post,
    path = "/redfish/v1/EventService/Subscriptions/{subscription}/Actions/EventDestination.SuspendSubscription",
    tag = "Events",
    params(("subscription" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "It is suspended."))
)]
async fn suspend(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    switch(&app, &identity, &id, (true, "EventDestination.SuspendSubscription"), request).await
}

/// Resumes a receiver: what happens from now on is sent to it. Events of the time before are in the event log.
#[utoipa::path(
    post,
    path = "/redfish/v1/EventService/Subscriptions/{subscription}/Actions/EventDestination.ResumeSubscription",
    tag = "Events",
    params(("subscription" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "It is resumed."))
)]
async fn resume(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    switch(&app, &identity, &id, (false, "EventDestination.ResumeSubscription"), request).await
}

async fn switch(
    app: &App,
    identity: &Identity,
    id: &str,
    (suspended, action): (bool, &'static str),
    request: Request,
) -> Result<StatusCode, Error> {
    let number = Found::receiver(app, id, identity)?.number;
    body::parameters(request, app.body_limit, action, &[]).await?;
    let _alone = app.writing.lock().await;
    let switched = app.store.change(|state| {
        let found = state.subscriptions.iter_mut().find(|s| s.number == number).ok_or(Error::NotFound)?;
        found.suspended = suspended;
        Ok(())
    });
    switched.await?;
    app.written(&at(id));
    app.push.changed();
    tracing::info!(user = identity.user, subscription = id, suspended, "redfish: subscription switched");
    Ok(StatusCode::NO_CONTENT)
}
