//! The gateway's own state, which DMTF's schemas have no place for: an object in `Oem` of the manager, with its
//! schema in CSDL and JSON Schema (DSP0266, "OEM extensions").

pub(crate) mod forecast;
pub(crate) mod grid_event;
mod levers;

use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::forecast::Forecast;
use self::levers::RideThrough;
use super::app::App;
use super::control::LEAST_LEASE;
use super::time::rfc3339;
use crate::gateway::{Energy, Owner, SetpointView, ShelfState, Snapshot, StateCause};

/// Where the schema is in CSDL; `$metadata` refers to it.
pub(crate) const CSDL: &str = "/redfish/v1/schemas/DPOGatewayManager_v1.xml";
/// Where it is in JSON Schema.
pub(crate) const JSON_SCHEMA: &str = "/redfish/v1/schemas/DPOGatewayManager.v1_0_0.json";
/// The type that it describes.
pub(crate) const TYPE: &str = "#DPOGatewayManager.v1_0_0.Manager";
/// Namespace of the schema.
pub(crate) const NAMESPACE: &str = "DPOGatewayManager";
/// Namespace of its newest version.
pub(crate) const VERSION: &str = "DPOGatewayManager.v1_0_0";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(levers::change))
        .routes(routes!(csdl))
        .routes(routes!(json_schema))
        .routes(routes!(csdl_of_entries))
        .routes(routes!(json_schema_of_entries))
}

/// OEM extensions of a resource, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct Oem {
    #[serde(rename = "DPOGateway")]
    gateway: GatewayState,
}

/// The state of the gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct GatewayState {
    #[serde(rename = "@odata.type")]
    odata_type: &'static str,
    state: State,
    /// When the state was entered.
    state_since: String,
    /// Why; null in a state that needs no cause.
    state_cause: Option<Cause>,
    /// The state before.
    state_before: State,
    lease: Lease,
    setpoints: Setpoints,
    energy: BatteryEnergy,
    #[serde(skip_serializing_if = "Option::is_none")]
    ride_through: Option<RideThrough>,
    /// Null while there is none that is young enough. Writable.
    forecast: Option<Forecast>,
}

/// States of the gateway (design section 6).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = GatewayStateName)]
enum State {
    Normal,
    SagDetected,
    Supporting,
    Recovering,
    Recharging,
    FailSafe,
}

/// Why the gateway is in its state.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
enum Cause {
    InputVoltage,
    Setpoint,
    Battery,
    LeaseExpired,
    Reserve,
    DischargeTime,
    Device,
}

/// Over which interface the owner of the lease came.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
enum OwnerType {
    Modbus,
    Redfish,
    Local,
}

/// Who may write setpoints now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Lease {
    /// Writable: true takes or renews it, false gives it back.
    held: bool,
    /// Null while the lease is free.
    owner_type: Option<OwnerType>,
    /// The Redfish user that holds it. Other owners have no name here: the token of a Modbus client proves ownership.
    user_name: Option<String>,
    /// Until the lease ends unless renewed, as of the snapshot; 0 while it is free. Writable with `Held`.
    remaining_seconds: f64,
    /// For how long a write of a control takes the lease.
    write_seconds: f64,
    /// The shortest lease that such a write may ask for (`Oem.DPOGateway.LeaseSeconds`).
    min_write_seconds: f64,
}

/// What the lease holder asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Setpoints {
    /// Upper limit of the AC input power.
    input_power_limit: PowerSetpoint,
    /// Power the BBUs together give to the busbar.
    #[serde(rename = "BBUDischarge")]
    bbu_discharge: PowerSetpoint,
}

/// A setpoint; null is the fail-safe value, as without a gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PowerSetpoint {
    /// What the lease holder asked for.
    requested_watts: Option<f64>,
    /// What the devices hold, read back.
    applied_watts: Option<f64>,
    allowable_min_watts: f64,
    allowable_max_watts: f64,
    /// When the applied value was last read back.
    confirmed_time: Option<String>,
}

/// What is in the BBUs, and what they could give. Null is not known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct BatteryEnergy {
    stored_joules: Option<f64>,
    /// Mean of the BBUs.
    state_of_charge_percent: Option<f64>,
    /// How long the present discharge can go on; null while there is none.
    discharge_left_seconds: Option<f64>,
    /// State of charge that setpoints do not discharge below.
    reserve_percent: Option<f64>,
    /// Power the BBUs could give from now on: their rating, or 0 at the reserve.
    deliverable_watts: Option<f64>,
    /// For how long they could give that power.
    deliverable_seconds: Option<f64>,
    /// Energy that would reach the busbar meanwhile.
    deliverable_joules: Option<f64>,
}

/// The extension of the manager.
pub(crate) fn manager(app: &App, snapshot: &Snapshot) -> Oem {
    let view = &snapshot.state_view;
    let since = snapshot.time.checked_sub(view.elapsed).unwrap_or(snapshot.time);
    let (owner_type, user_name) = match &snapshot.lease.owner {
        None => (None, None),
        Some(Owner::Modbus { .. }) => (Some(OwnerType::Modbus), None),
        Some(Owner::Redfish { user }) => (Some(OwnerType::Redfish), Some(user.clone())),
        Some(Owner::Local { .. }) => (Some(OwnerType::Local), None),
    };
    Oem {
        gateway: GatewayState {
            odata_type: TYPE,
            state: snapshot.state.into(),
            state_since: rfc3339(since),
            state_cause: view.cause.map(Cause::from),
            state_before: view.before.into(),
            lease: Lease {
                held: owner_type.is_some(),
                owner_type,
                user_name,
                remaining_seconds: snapshot.lease.remaining.as_secs_f64(),
                write_seconds: app.live.lease().as_secs_f64(),
                min_write_seconds: LEAST_LEASE.min(app.live.lease()).as_secs_f64(),
            },
            setpoints: Setpoints {
                input_power_limit: (&snapshot.input_power_limit).into(),
                bbu_discharge: (&snapshot.bbu_discharge).into(),
            },
            energy: (&snapshot.energy).into(),
            ride_through: RideThrough::of(app),
            forecast: app.forecast.get(),
        },
    }
}

impl From<ShelfState> for State {
    fn from(state: ShelfState) -> Self {
        match state {
            ShelfState::Normal => Self::Normal,
            ShelfState::SagDetected => Self::SagDetected,
            ShelfState::Supporting => Self::Supporting,
            ShelfState::Recovering => Self::Recovering,
            ShelfState::Recharging => Self::Recharging,
            ShelfState::FailSafe => Self::FailSafe,
        }
    }
}

impl From<StateCause> for Cause {
    fn from(cause: StateCause) -> Self {
        match cause {
            StateCause::InputVoltage => Self::InputVoltage,
            StateCause::Setpoint => Self::Setpoint,
            StateCause::Battery => Self::Battery,
            StateCause::LeaseExpired => Self::LeaseExpired,
            StateCause::Reserve => Self::Reserve,
            StateCause::DischargeTime => Self::DischargeTime,
            StateCause::Device => Self::Device,
        }
    }
}

impl From<&SetpointView> for PowerSetpoint {
    fn from(view: &SetpointView) -> Self {
        Self {
            requested_watts: view.requested.map(|v| v.0),
            applied_watts: view.applied.map(|v| v.0),
            allowable_min_watts: view.minimum.0,
            allowable_max_watts: view.maximum.0,
            confirmed_time: view.confirmed.map(rfc3339),
        }
    }
}

impl From<&Energy> for BatteryEnergy {
    fn from(energy: &Energy) -> Self {
        // Without a limit of the units the time can be endless, which JSON cannot say.
        let finite = |value: f64| value.is_finite().then_some(value);
        let left = energy.deliverable;
        Self {
            stored_joules: energy.stored.map(|v| v.0),
            state_of_charge_percent: energy.state_of_charge.map(|v| v.0),
            discharge_left_seconds: energy.time_left.and_then(|v| finite(v.0)),
            reserve_percent: energy.reserve.map(|v| v.0),
            deliverable_watts: left.map(|d| d.power.0),
            deliverable_seconds: left.and_then(|d| finite(d.time.0)),
            deliverable_joules: left.map(|d| d.energy.0),
        }
    }
}

/// The schema of the extension in CSDL.
#[utoipa::path(
    get,
    path = "/redfish/v1/schemas/DPOGatewayManager_v1.xml",
    tag = "Managers",
    responses((status = 200, description = "CSDL, OData 4.0.", body = String, content_type = "application/xml"))
)]
async fn csdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/xml;charset=utf-8")], include_str!("DPOGatewayManager_v1.xml"))
}

/// The schema of the extension in JSON Schema.
#[utoipa::path(
    get,
    path = "/redfish/v1/schemas/DPOGatewayManager.v1_0_0.json",
    tag = "Managers",
    responses((status = 200, description = "JSON Schema.", body = serde_json::Value))
)]
async fn json_schema() -> impl IntoResponse {
    let text = include_str!("DPOGatewayManager.v1_0_0.json");
    ([(header::CONTENT_TYPE, "application/json;charset=utf-8")], text)
}

/// The schema of the extension of log entries in CSDL.
#[utoipa::path(
    get,
    path = "/redfish/v1/schemas/DPOGatewayLogEntry_v1.xml",
    tag = "Managers",
    responses((status = 200, description = "CSDL, OData 4.0.", body = String, content_type = "application/xml"))
)]
async fn csdl_of_entries() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/xml;charset=utf-8")], include_str!("DPOGatewayLogEntry_v1.xml"))
}

/// The schema of the extension of log entries in JSON Schema.
#[utoipa::path(
    get,
    path = "/redfish/v1/schemas/DPOGatewayLogEntry.v1_0_0.json",
    tag = "Managers",
    responses((status = 200, description = "JSON Schema.", body = serde_json::Value))
)]
async fn json_schema_of_entries() -> impl IntoResponse {
    let text = include_str!("DPOGatewayLogEntry.v1_0_0.json");
    ([(header::CONTENT_TYPE, "application/json;charset=utf-8")], text)
}
