//! Triggers: thresholds of readings and values of states that clients name; one that fires is an event like any other
//! (`Triggers.v1_4_0`).

mod rule;

use std::sync::{Arc, Weak};

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context, Service};
use super::auth::{Identity, Privilege};
use super::body;
use super::error::Error;
use super::resource::{Answer, Collection, Head, Resource, collection};
use super::status::Status;
use super::{schema, uri};
use crate::gateway::Snapshot;

pub(crate) use rule::Trigger;
use rule::{Condition, DiscreteValue, Rule, Thresholds, Watch};

/// Triggers at one time.
pub(crate) const MOST: usize = 64;
/// Events of all triggers together: so many at once, and one more with each snapshot. A value that flickers must not drive
/// everything else out of the log.
const BURST: usize = 32;
/// What a trigger does: always both, for an event is in the log.
const ACTIONS: [&str; 2] = ["LogToLogService", "RedfishEvent"];

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(triggers, create)).routes(routes!(trigger, remove))
}

/// A trigger.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Triggers {
    #[serde(flatten)]
    head: Head,
    /// Numeric or Discrete.
    metric_type: &'static str,
    trigger_actions: [&'static str; 2],
    /// URIs of the properties that are watched.
    metric_properties: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::HashMap<String, rule::Threshold>>)]
    numeric_thresholds: Option<Thresholds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discrete_trigger_condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discrete_triggers: Option<Vec<DiscreteValue>>,
    status: Status,
}

/// A trigger to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct NewTrigger {
    name: Option<String>,
    /// Numeric or Discrete; if not given, what the rest says.
    #[schema(example = "Numeric")]
    metric_type: Option<String>,
    /// The Reading of sensors, or the State of the gateway (`/redfish/v1/Managers/Gateway#/Oem/DPOGateway/State`) and
    /// `Status/State` or `Status/Health` of power supplies and batteries.
    #[schema(example = json!(["/redfish/v1/Chassis/PowerShelf/Sensors/ShelfInputPower#/Reading"]))]
    metric_properties: Vec<String>,
    trigger_actions: Option<Vec<String>>,
    #[schema(value_type = Option<std::collections::HashMap<String, rule::Threshold>>,
        example = json!({"UpperWarning": {"Reading": 30000.0, "DwellTime": "PT10S"}}))]
    numeric_thresholds: Option<Thresholds>,
    discrete_trigger_condition: Option<Condition>,
    discrete_triggers: Option<Vec<DiscreteValue>>,
}

fn resource(trigger: &Trigger) -> Answer {
    let Trigger { number, name, metrics, rule } = trigger.clone();
    let at = format!("{}/{number}", uri::TRIGGERS);
    let (metric_type, numeric_thresholds, discrete_trigger_condition, discrete_triggers) = match rule {
        Rule::Numeric(thresholds) => ("Numeric", Some(thresholds), None, None),
        Rule::Discrete(condition, values) => {
            let values = (condition == Condition::Specified).then_some(values);
            ("Discrete", None, Some(condition), values)
        }
    };
    Resource::new(
        &schema::TRIGGER,
        &Triggers {
            head: Head::new(&schema::TRIGGER, &at, name.unwrap_or_else(|| format!("Trigger {number}"))),
            metric_type,
            trigger_actions: ACTIONS,
            metric_properties: metrics,
            numeric_thresholds,
            discrete_trigger_condition,
            discrete_triggers,
            status: Status::ok(),
        },
    )
}

/// The triggers.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/Triggers",
    tag = "Telemetry",
    responses((status = 200, description = "The triggers.", body = Collection))
)]
async fn triggers(State(app): State<App>) -> Answer {
    let kept = app.store.now();
    let ids = kept.triggers.iter().map(|trigger| trigger.number.to_string());
    collection(&schema::TRIGGERS, uri::TRIGGERS, "Triggers", ids)
}

/// Makes a trigger: when a reading passes a threshold, or a state becomes another one, there is an event. At most 64, kept over
/// a restart. Needs the privilege ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/TelemetryService/Triggers",
    tag = "Telemetry",
    request_body = NewTrigger,
    responses((
        status = 201,
        description = "The trigger.",
        body = Triggers,
        headers(("Location" = String, description = "URI of the trigger; delete it to end it."))
    ))
)]
async fn create(context: Context, identity: Identity, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let app = &context.app;
    let made = Trigger::create(&context.snapshot, body::read(request, app.body_limit).await?)?;
    let made = app.store.change(|state| {
        if state.triggers.len() >= MOST {
            return Err(Error::TriggerLimit);
        }
        state.last_trigger += 1;
        let made = Trigger { number: state.last_trigger, ..made };
        state.triggers.push(made.clone());
        Ok(made)
    });
    let made = made.await?;
    tracing::info!(user = identity.user, trigger = made.number, "redfish: trigger made");
    let mut resource = resource(&made)?;
    resource.status = StatusCode::CREATED;
    resource.headers.push(("location", format!("{}/{}", uri::TRIGGERS, made.number)));
    Ok(resource)
}

fn find(app: &App, id: &str) -> Result<Trigger, Error> {
    // Only the one way to write the number: an identifier is the last segment of its URI.
    let kept = app.store.now();
    kept.triggers.iter().find(|trigger| trigger.number.to_string() == id).cloned().ok_or(Error::NotFound)
}

/// One trigger.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/Triggers/{trigger}",
    tag = "Telemetry",
    params(("trigger" = String, Path, description = "Identifier.")),
    responses((status = 200, description = "The trigger.", body = Triggers))
)]
async fn trigger(State(app): State<App>, Path(id): Path<String>) -> Answer {
    resource(&find(&app, &id)?)
}

/// Ends a trigger. Needs the privilege ConfigureManager.
#[utoipa::path(
    delete,
    path = "/redfish/v1/TelemetryService/Triggers/{trigger}",
    tag = "Telemetry",
    params(("trigger" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "It has ended."))
)]
async fn remove(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureManager)?;
    let found = find(&app, &id)?;
    body::condition(&request).check(&resource(&found)?)?;
    app.store.set(|state| state.triggers.retain(|trigger| trigger.number != found.number)).await?;
    tracing::info!(user = identity.user, trigger = id, "redfish: trigger ended");
    Ok(StatusCode::NO_CONTENT)
}

/// What a fuzz target does with a trigger: it is made, kept, read back, watched and shown.
#[cfg(any(fuzzing, test))]
pub(crate) fn fuzz(snapshot: &Snapshot, properties: body::Properties) {
    let Ok(made) = Trigger::create(snapshot, properties) else { return };
    let text = serde_json::to_vec(&made).unwrap_or_default();
    assert_eq!(serde_json::from_slice::<Trigger>(&text).ok().as_ref(), Some(&made));
    let mut watch = Watch::default();
    let later = std::time::Duration::from_secs(86_400);
    let after = Snapshot { time: snapshot.time + later, ..snapshot.clone() };
    for seen in [snapshot, &after, &after] {
        assert!(watch.look(std::slice::from_ref(&made), seen).len() <= 1024);
    }
    assert!(resource(&made).is_ok());
}

/// Watches the snapshots until the gateway ends. Keeps nobody alive.
pub(crate) async fn follow(app: Weak<Service>, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
    let (mut watch, mut left) = (Watch::default(), BURST);
    while snapshots.changed().await.is_ok() {
        let snapshot = Arc::clone(&snapshots.borrow_and_update());
        let Some(service) = app.upgrade() else { return };
        let kept = service.store.now();
        left = BURST.min(left + 1);
        let fired = watch.look(&kept.triggers, &snapshot);
        if fired.len() > left {
            tracing::warn!(dropped = fired.len() - left, "redfish: triggers fire too often");
        }
        for one in fired.into_iter().take(left) {
            left -= 1;
            let subject = format!("trigger {}", one.number);
            if service.gateway.note(one.severity, subject, one.message).await.is_err() {
                return;
            }
        }
    }
}
