//! The circuits of the shelf (`Circuit.v1_9_0`): the AC input, and the DC output to the busbar.
//!
//! What tools ask of the DC branch contradicts itself (decision 12): the profile of OCP wants a `PhaseWiringType`, which is
//! about AC. It is null: the property is there, and a DC busbar has no phases.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body::{self, Update};
use super::config::Feed;
use super::error::Error;
use super::labels::{CircuitLabels, OF_CIRCUIT};
use super::merge::merged;
use super::quantity::{self, excerpt_of};
use super::resource::{Action, Answer, Collection, Head, Link, Resource, SensorExcerpt, collection, link};
use super::status::Status;
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mains))
        .routes(routes!(main, change_main))
        .routes(routes!(reset_main))
        .routes(routes!(branches))
        .routes(routes!(branch, change_branch))
        .routes(routes!(reset_branch))
}

/// The input below this voltage is no input, and the busbar below it carries nothing, in volts.
const DEAD_AC_V: f64 = 30.0;
const DEAD_BUS_V: f64 = 20.0;

/// A circuit of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ac,
    Dc,
}

impl Side {
    fn id(self) -> &'static str {
        match self {
            Self::Ac => "AC1",
            Self::Dc => "DC1",
        }
    }

    fn uri(self) -> String {
        let collection = if self == Self::Ac { uri::MAINS } else { uri::BRANCHES };
        format!("{collection}/{}", self.id())
    }

    fn check(self, id: &str) -> Result<(), Error> {
        if self.id() == id { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// A circuit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Circuit {
    #[serde(flatten)]
    head: Head,
    circuit_type: &'static str,
    voltage_type: &'static str,
    electrical_context: &'static str,
    nominal_voltage: &'static str,
    /// Of the AC input, as configured; null if nobody said. Null of the DC output: it has no phases.
    phase_wiring_type: Option<String>,
    /// As configured; null if nobody said.
    rated_current_amps: Option<f64>,
    /// Whether there is voltage; null if that is not known.
    power_state: Option<&'static str>,
    /// The supplies give power as soon as they have input.
    power_restore_policy: &'static str,
    status: Status,
    #[serde(flatten)]
    labels: CircuitLabels,
    voltage: Option<SensorExcerpt>,
    /// Sum over the power supplies.
    current_amps: Option<SensorExcerpt>,
    power_watts: Option<SensorExcerpt>,
    #[serde(rename = "EnergykWh")]
    energy_kwh: Option<SensorExcerpt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_hz: Option<SensorExcerpt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_load_percent: Option<SensorExcerpt>,
    links: Links,
    actions: Actions,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    source_circuit: Option<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    distribution_circuits: Vec<Link>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CircuitActions)]
struct Actions {
    #[serde(rename = "#Circuit.ResetMetrics")]
    reset_metrics: Action,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct CircuitUpdate {
    #[schema(example = "feed A")]
    user_label: Option<String>,
    electrical_source_name: Option<String>,
    #[serde(rename = "ElectricalSourceManagerURI")]
    electrical_source_manager_uri: Option<String>,
    electrical_consumer_names: Option<Vec<String>>,
}

fn resource(context: &Context, side: Side) -> Answer {
    let app = &context.app;
    let mut list = quantity::shelf(&context.snapshot);
    list.extend(quantity::energies(&app.meter.totals()));
    let shelf = app.live.shelf();
    let Feed { phase_wiring, rated_input_a, rated_output_a } = &shelf.feed;
    let labels = app.store.now().circuits.get(side.id()).cloned().unwrap_or_default();
    let reset_metrics = Action { target: format!("{}/Actions/Circuit.ResetMetrics", side.uri()) };
    let excerpt = |key| excerpt_of(&list, key);
    let alive = |volts: Option<f64>, dead: f64| volts.map(|v| if v > dead { "On" } else { "Off" });
    let totals = &context.snapshot.totals;
    let circuit = match side {
        Side::Ac => Circuit {
            head: Head::new(&schema::CIRCUIT, &side.uri(), "AC input of the shelf"),
            circuit_type: "Mains",
            voltage_type: "AC",
            electrical_context: "Total",
            nominal_voltage: "AC200To277V",
            phase_wiring_type: phase_wiring.clone(),
            rated_current_amps: *rated_input_a,
            power_state: alive(totals.input_voltage.map(|v| v.0), DEAD_AC_V),
            power_restore_policy: "AlwaysOn",
            status: Status::ok(),
            labels,
            voltage: excerpt("InputVoltage"),
            current_amps: excerpt("InputCurrent"),
            power_watts: excerpt("InputPower"),
            energy_kwh: excerpt("InputEnergy"),
            frequency_hz: excerpt("InputFrequency"),
            power_load_percent: None,
            links: Links { source_circuit: None, distribution_circuits: vec![link(Side::Dc.uri())] },
            actions: Actions { reset_metrics },
        },
        Side::Dc => Circuit {
            head: Head::new(&schema::CIRCUIT, &side.uri(), "DC output to the busbar"),
            circuit_type: "Branch",
            voltage_type: "DC",
            electrical_context: "Total",
            nominal_voltage: "DC48V",
            phase_wiring_type: None,
            rated_current_amps: *rated_output_a,
            power_state: alive(totals.bus_voltage.map(|v| v.0), DEAD_BUS_V),
            power_restore_policy: "AlwaysOn",
            status: Status::ok(),
            labels,
            voltage: excerpt("BusVoltage"),
            current_amps: excerpt("OutputCurrent"),
            power_watts: excerpt("OutputPower"),
            energy_kwh: excerpt("OutputEnergy"),
            frequency_hz: None,
            power_load_percent: excerpt("Load"),
            links: Links { source_circuit: Some(link(Side::Ac.uri())), distribution_circuits: Vec::new() },
            actions: Actions { reset_metrics },
        },
    };
    Ok(app.counted(Resource::new(&schema::CIRCUIT, &circuit)?))
}

async fn change(context: Context, identity: &Identity, side: Side, id: &str, request: Request) -> Answer {
    side.check(id)?;
    identity.require(Privilege::ConfigureComponents)?;
    let app = &context.app;
    let update = Update::read(request, app.body_limit).await;
    let _alone = app.writing.lock().await;
    let before = resource(&context, side)?;
    let kept = app.store.now().circuits.get(id).cloned().unwrap_or_default();
    let labels = merged(&kept, &before, update.properties(&before)?, &OF_CIRCUIT)?;
    app.store.set(|state| drop(state.circuits.insert(id.to_owned(), labels))).await?;
    app.written(&side.uri());
    tracing::info!(user = identity.user, circuit = id, "redfish: labels changed");
    resource(&context, side)
}

/// Begins the energies and peaks anew, of the whole shelf: they are of one meter.
pub(crate) async fn reset(
    app: &App,
    identity: &Identity,
    action: &'static str,
    request: Request,
) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureComponents)?;
    body::parameters(request, app.body_limit, action, &[]).await?;
    app.meter.reset();
    tracing::info!(user = identity.user, "redfish: energies and peaks reset");
    Ok(StatusCode::NO_CONTENT)
}

/// The AC inputs.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains",
    tag = "Power equipment",
    responses((status = 200, description = "The AC inputs.", body = Collection))
)]
async fn mains() -> Answer {
    collection(&schema::CIRCUITS, uri::MAINS, "AC inputs", [Side::Ac.id().to_owned()])
}

/// The DC outputs.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches",
    tag = "Power equipment",
    responses((status = 200, description = "The DC outputs.", body = Collection))
)]
async fn branches() -> Answer {
    collection(&schema::CIRCUITS, uri::BRANCHES, "DC outputs", [Side::Dc.id().to_owned()])
}

/// The AC input.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains/{circuit}",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "AC1.", example = "AC1")),
    responses((status = 200, description = "The AC input.", body = Circuit))
)]
async fn main(context: Context, Path(id): Path<String>) -> Answer {
    Side::Ac.check(&id)?;
    resource(&context, Side::Ac)
}

/// The DC output.
#[utoipa::path(
    get,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches/{circuit}",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "DC1.", example = "DC1")),
    responses((status = 200, description = "The DC output.", body = Circuit))
)]
async fn branch(context: Context, Path(id): Path<String>) -> Answer {
    Side::Dc.check(&id)?;
    resource(&context, Side::Dc)
}

/// Labels the AC input. Needs the privilege ConfigureComponents.
#[utoipa::path(
    patch,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains/{circuit}",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "AC1.", example = "AC1")),
    request_body = CircuitUpdate,
    responses((status = 200, description = "The AC input as it is now.", body = Circuit))
)]
async fn change_main(
    context: Context,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    change(context, &identity, Side::Ac, &id, request).await
}

/// Labels the DC output. Needs the privilege ConfigureComponents.
#[utoipa::path(
    patch,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches/{circuit}",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "DC1.", example = "DC1")),
    request_body = CircuitUpdate,
    responses((status = 200, description = "The DC output as it is now.", body = Circuit))
)]
async fn change_branch(
    context: Context,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    change(context, &identity, Side::Dc, &id, request).await
}

/// Begins the energies and peaks of the shelf anew. Needs the privilege ConfigureComponents.
#[utoipa::path(
    post,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains/{circuit}/Actions/Circuit.ResetMetrics",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "AC1.", example = "AC1")),
    responses((status = 204, description = "They begin anew."))
)]
async fn reset_main(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    Side::Ac.check(&id)?;
    reset(&app, &identity, "Circuit.ResetMetrics", request).await
}

/// Begins the energies and peaks of the shelf anew. Needs the privilege ConfigureComponents.
#[utoipa::path(
    post,
    path = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches/{circuit}/Actions/Circuit.ResetMetrics",
    tag = "Power equipment",
    params(("circuit" = String, Path, description = "DC1.", example = "DC1")),
    responses((status = 204, description = "They begin anew."))
)]
async fn reset_branch(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    Side::Dc.check(&id)?;
    reset(&app, &identity, "Circuit.ResetMetrics", request).await
}
