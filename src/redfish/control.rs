//! The levers of the shelf: its input power limit, the power its batteries give, and the voltage of its busbar.
//!
//! A write takes the lease of the gateway for its user, applies the setpoint and answers with what the
//! devices then hold. The lease ends after a configured time unless another write renews it; then the
//! gateway puts the setpoints back to their fail-safe values by itself.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request};
use axum::http::header;
use dpo_registers::units::{Volts, Watts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body::{self, Properties};
use super::error::{Error, Fault};
use super::etag;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::{Health, Status};
use super::{schema, uri};
use crate::gateway::{BusVoltageView, GateError, Owner, Setpoint, SetpointView, Snapshot};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(controls)).routes(routes!(control, patch))
}

/// A setpoint of the shelf that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lever {
    /// Upper limit of the AC input power.
    ShelfPowerLimit,
    /// Power the batteries together give to the busbar.
    BbuDischarge,
    /// Voltage of the busbar without load; excludes the other two.
    BusVoltage,
}

impl Lever {
    pub(crate) const ALL: [Self; 3] = [Self::ShelfPowerLimit, Self::BbuDischarge, Self::BusVoltage];

    pub(crate) fn index(self) -> usize {
        match self {
            Self::ShelfPowerLimit => 0,
            Self::BbuDischarge => 1,
            Self::BusVoltage => 2,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::ShelfPowerLimit => "ShelfPowerLimit",
            Self::BbuDischarge => "BBUDischarge",
            Self::BusVoltage => "BusVoltage",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::ShelfPowerLimit => "Limit of the shelf's AC input power",
            Self::BbuDischarge => "Power the batteries give to the busbar",
            Self::BusVoltage => "Voltage of the busbar without load",
        }
    }

    fn sensor(self) -> &'static str {
        match self {
            Self::ShelfPowerLimit => "ShelfInputPower",
            Self::BbuDischarge => "ShelfBatteryPower",
            Self::BusVoltage => "ShelfBusVoltage",
        }
    }

    fn uri(self) -> String {
        format!("{}/{}", uri::CONTROLS, self.id())
    }

    /// What it controls, as far as DMTF has a word for it, the unit (UCUM), and where that is.
    fn quantity(self) -> (Option<&'static str>, &'static str, &'static str) {
        match self {
            Self::ShelfPowerLimit | Self::BbuDischarge => (Some("Power"), "W", "PowerSubsystem"),
            Self::BusVoltage => (None, "V", "DCBus"),
        }
    }

    fn of(self, snapshot: &Snapshot) -> LeverView {
        match self {
            Self::ShelfPowerLimit => snapshot.input_power_limit.into(),
            Self::BbuDischarge => snapshot.bbu_discharge.into(),
            Self::BusVoltage => snapshot.bus_voltage.into(),
        }
    }

    /// Applies a value in the unit of the lever, or takes it back; what then stands.
    async fn set(self, app: &App, owner: &Owner, value: Option<f64>) -> Result<LeverView, GateError> {
        let (gateway, owner) = (&app.gateway, owner.clone());
        let setpoint = match self {
            Self::ShelfPowerLimit => Setpoint::InputPowerLimit(value.map(Watts)),
            Self::BbuDischarge => Setpoint::BbuDischarge(value.map(Watts)),
            Self::BusVoltage => {
                return gateway.set_bus_voltage(owner, value.map(Volts)).await.map(Into::into);
            }
        };
        gateway.set(owner, setpoint).await.map(|applied| applied.setpoint.into())
    }

    fn parse(id: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|lever| lever.id() == id).ok_or(Error::NotFound)
    }
}

/// A lever as it stands, in its unit.
#[derive(Debug, Clone, Copy)]
struct LeverView {
    requested: Option<f64>,
    applied: Option<f64>,
    minimum: f64,
    maximum: f64,
}

impl From<SetpointView> for LeverView {
    fn from(view: SetpointView) -> Self {
        let SetpointView { requested, applied, minimum, maximum, .. } = view;
        let value = |watts: Option<Watts>| watts.map(|w| w.0);
        Self { requested: value(requested), applied: value(applied), minimum: minimum.0, maximum: maximum.0 }
    }
}

impl From<BusVoltageView> for LeverView {
    fn from(view: BusVoltageView) -> Self {
        let BusVoltageView { requested, applied, minimum, maximum, .. } = view;
        let value = |volts: Option<Volts>| volts.map(|v| v.0);
        Self { requested: value(requested), applied: value(applied), minimum: minimum.0, maximum: maximum.0 }
    }
}

/// What the service remembers of a lever between a write and the snapshot that shows it.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// Writes so far.
    writes: u64,
    /// The answer to the last write, and the newest snapshot at that time.
    fresh: Option<(u64, LeverView)>,
}

/// The lever as it stands, and the writes so far. A snapshot that is older than the last write does not
/// show it; then the answer to the write counts.
fn view(app: &App, snapshot: &Snapshot, lever: Lever) -> (LeverView, u64) {
    app.cell(lever, |cell| {
        let view = match cell.fresh {
            Some((sequence, view)) if snapshot.sequence <= sequence => view,
            _ => lever.of(snapshot),
        };
        (view, cell.writes)
    })
}

/// Whether a setpoint is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
enum ControlMode {
    /// The gateway keeps the setpoint.
    Automatic,
    /// No setpoint: the shelf runs as without a gateway.
    Disabled,
}

impl ControlMode {
    fn of(view: &LeverView) -> Self {
        if view.requested.is_some() { Self::Automatic } else { Self::Disabled }
    }
}

/// A lever of the shelf.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Control {
    #[serde(flatten)]
    head: Head,
    /// Missing for the voltage: DMTF's list (`Control.v1_7_0`) has no word for it. The unit tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    control_type: Option<&'static str>,
    set_point_type: &'static str,
    /// What the devices hold, confirmed by reading back, in the unit below; null if nothing is set. Writable.
    set_point: Option<f64>,
    set_point_units: &'static str,
    /// Smallest value the gateway takes.
    allowable_min: f64,
    /// Largest value the gateway takes.
    allowable_max: f64,
    /// Writable: Disabled takes the setpoint back.
    control_mode: ControlMode,
    #[serde(rename = "ControlMode@Redfish.AllowableValues")]
    control_modes: [ControlMode; 2],
    implementation: &'static str,
    physical_context: &'static str,
    status: Status,
    related_item: Vec<Link>,
    /// The sensor that shows the effect.
    associated_sensors: Vec<Link>,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct ControlUpdate {
    /// In the unit of the control; null takes the setpoint back.
    #[schema(example = 12000.0)]
    set_point: Option<f64>,
    /// Disabled takes the setpoint back; Automatic alone renews the lease.
    control_mode: Option<ControlMode>,
    /// The gateway's own extension.
    oem: Option<ControlOem>,
}

/// Extensions of a write, by name.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ControlOem {
    #[serde(rename = "DPOGateway")]
    gateway: Option<ControlLease>,
}

/// For how long a write takes the lease.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct ControlLease {
    /// Seconds from 2 up to `Lease.WriteSeconds` of the manager, which a write takes without it. The shorter, the sooner a
    /// client that is lost is noticed: the setpoints then go to their fail-safe values.
    #[schema(example = 5.0, minimum = 2.0)]
    lease_seconds: f64,
}

/// The shortest lease that a write may ask for.
pub(crate) const LEAST_LEASE: Duration = Duration::from_secs(2);
/// The property that asks for it.
const LEASE_PROPERTY: &str = "Oem/DPOGateway/LeaseSeconds";

/// The lease that an extension asks for, `most` at most.
fn lease(oem: &Value, most: Duration) -> Result<Duration, (String, Fault)> {
    let name = |path: &str| path.to_owned();
    let gateway = match oem {
        Value::Object(vendors) => match (vendors.get("DPOGateway"), vendors.len()) {
            (Some(gateway), 1) => gateway,
            _ => {
                let other = vendors.keys().find(|k| *k != "DPOGateway").map_or("DPOGateway", String::as_str);
                return Err((format!("Oem/{other}"), Fault::Unknown));
            }
        },
        other => return Err((name("Oem"), Fault::Type(other.clone()))),
    };
    let Value::Object(ours) = gateway else {
        return Err((name("Oem/DPOGateway"), Fault::Type(gateway.clone())));
    };
    if let Some(other) = ours.keys().find(|k| *k != "LeaseSeconds") {
        return Err((format!("Oem/DPOGateway/{other}"), Fault::Unknown));
    }
    let Some(value) = ours.get("LeaseSeconds") else { return Err((name(LEASE_PROPERTY), Fault::Missing)) };
    let Some(seconds) = value.as_f64() else {
        return Err((name(LEASE_PROPERTY), Fault::Type(value.clone())));
    };
    // A service whose own lease is shorter still takes that.
    let least = LEAST_LEASE.min(most).as_secs_f64();
    let most = most.as_secs_f64();
    if !(least..=most).contains(&seconds) {
        return Err((name(LEASE_PROPERTY), Fault::OutOfRange(value.clone(), format!("{least} to {most}"))));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A copy of a lever inside another resource.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ControlExcerpt {
    data_source_uri: String,
    control_mode: ControlMode,
    set_point: Option<f64>,
    allowable_min: f64,
    allowable_max: f64,
}

/// The excerpt of a lever.
pub(crate) fn excerpt(context: &Context, lever: Lever) -> ControlExcerpt {
    let (view, _) = view(&context.app, &context.snapshot, lever);
    ControlExcerpt {
        data_source_uri: lever.uri(),
        control_mode: ControlMode::of(&view),
        set_point: view.applied,
        allowable_min: view.minimum,
        allowable_max: view.maximum,
    }
}

fn resource(app: &App, snapshot: &Snapshot, lever: Lever) -> Answer {
    let (view, writes) = view(app, snapshot, lever);
    let (control_type, set_point_units, physical_context) = lever.quantity();
    let mut status = Status::ok();
    if view.requested.is_some() && view.applied.is_none() {
        // Asked for, but not confirmed by the devices.
        status.health = Some(Health::Warning);
    }
    let mut resource = Resource::new(
        &schema::CONTROL,
        &Control {
            head: Head::new(&schema::CONTROL, &lever.uri(), lever.name()).description(
                "A write takes the gateway's lease for its user and a limited time. Write again before the \
                 time is over to keep the setpoint; after it the shelf returns to its fail-safe state.",
            ),
            control_type,
            set_point_type: "Single",
            set_point: view.applied,
            set_point_units,
            allowable_min: view.minimum,
            allowable_max: view.maximum,
            control_mode: ControlMode::of(&view),
            control_modes: [ControlMode::Automatic, ControlMode::Disabled],
            implementation: "Programmable",
            physical_context,
            status,
            related_item: vec![link(uri::SHELF)],
            associated_sensors: vec![link(format!("{}/{}", uri::SENSORS, lever.sensor()))],
        },
    )?;
    resource.writes = writes;
    Ok(resource)
}

/// The levers of the shelf.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/Controls",
    tag = "Controls",
    responses((status = 200, description = "The controls.", body = Collection))
)]
async fn controls() -> Answer {
    let ids = Lever::ALL.map(|lever| lever.id().to_owned());
    collection(&schema::CONTROLS, uri::CONTROLS, "Controls", ids)
}

/// One lever.
#[utoipa::path(
    get,
    path = "/redfish/v1/Chassis/PowerShelf/Controls/{control}",
    tag = "Controls",
    params(("control" = String, Path, description = "ShelfPowerLimit, BBUDischarge or BusVoltage.", example = "ShelfPowerLimit")),
    responses((status = 200, description = "The control.", body = Control))
)]
async fn control(context: Context, Path(id): Path<String>) -> Answer {
    resource(&context.app, &context.snapshot, Lever::parse(&id)?)
}

/// Sets a lever, or takes its setpoint back.
///
/// Needs the privilege ConfigureManager (role Administrator). Takes or renews the lease of the gateway,
/// applies the setpoint and answers when the devices have confirmed it.
#[utoipa::path(
    patch,
    path = "/redfish/v1/Chassis/PowerShelf/Controls/{control}",
    tag = "Controls",
    params(("control" = String, Path, description = "ShelfPowerLimit, BBUDischarge or BusVoltage.", example = "ShelfPowerLimit")),
    request_body = ControlUpdate,
    responses((status = 200, description = "The control as the devices now hold it.", body = Control))
)]
async fn patch(context: Context, identity: Identity, Path(id): Path<String>, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let lever = Lever::parse(&id)?;
    // A header that is not text cannot be a tag: it must not pass as no condition at all.
    let condition =
        request.headers().get(header::IF_MATCH).map(|v| v.to_str().unwrap_or_default().to_owned());
    let properties = body::read(request, context.app.body_limit).await;
    let app = Arc::clone(&context.app);
    // A task of its own: a client that goes away must not stop a write half way.
    let write = tokio::spawn(write(app, lever, identity, condition, properties));
    write.await.map_err(|e| Error::Internal(e.to_string()))?
}

async fn write(
    app: App,
    lever: Lever,
    identity: Identity,
    condition: Option<String>,
    properties: Result<Properties, Error>,
) -> Answer {
    let _alone = app.writing.lock().await;
    let before = resource(&app, &app.gateway.snapshot(), lever)?;
    if condition.is_some_and(|c| !etag::matches(&c, &etag::of(&before.body, before.writes))) {
        return Err(Error::Precondition);
    }
    let (held, _) = view(&app, &app.gateway.snapshot(), lever);
    let Wanted { set_point, value, lease } = wanted(&properties?, &before.body, &held, app.live.lease())?;
    let owner = Owner::Redfish { user: identity.user };
    let ours = app.gateway.snapshot().lease.owner.as_ref() == Some(&owner);
    let result = apply(&app, lever, &owner, (set_point, lease), &held).await;
    // Nothing of ours is in force any more: the lease is free for others.
    let snapshot = app.gateway.snapshot();
    let idle = Lever::ALL.iter().all(|l| view(&app, &snapshot, *l).0.requested.is_none());
    let asked = !matches!(result, Ok(false) | Err(GateError::HeldByOther { .. }));
    // A lease that was there before is not taken away by a refusal: something else may go on under it.
    let taken_for_it = !ours || result.is_ok();
    if idle
        && asked
        && taken_for_it
        && let Err(error) = app.gateway.release(owner).await
    {
        tracing::debug!(%error, "redfish: the lease was not given back");
    }
    result.map_err(|source| Error::Gate { property: "SetPoint", value, source })?;
    resource(&app, &app.gateway.snapshot(), lever)
}

/// Takes the lease and applies; whether the gateway was asked at all.
async fn apply(
    app: &App,
    lever: Lever,
    owner: &Owner,
    (wanted, lease): (Option<f64>, Duration),
    held: &LeverView,
) -> Result<bool, GateError> {
    if wanted.is_none() && held.requested.is_none() {
        app.cell(lever, |cell| cell.writes += 1);
        return Ok(false);
    }
    app.gateway.acquire(owner.clone(), lease).await?;
    let applied = lever.set(app, owner, wanted).await?;
    let sequence = app.gateway.snapshot().sequence;
    app.cell(lever, |cell| {
        cell.writes += 1;
        cell.fresh = Some((sequence, applied));
    });
    tracing::info!(%owner, lever = lever.id(), value = wanted, "redfish: setpoint written");
    Ok(true)
}

/// What a write asks for.
struct Wanted {
    set_point: Option<f64>,
    /// The JSON value to name in a refusal.
    value: Value,
    lease: Duration,
}

/// What a write asks for; without a word of it, the lease is `most` long.
fn wanted(properties: &Properties, shown: &Value, held: &LeverView, most: Duration) -> Result<Wanted, Error> {
    let (mut set_point, mut mode, mut length) = (None, None, most);
    let mut faults = Vec::new();
    for (name, value) in properties {
        let fault = match (name.as_str(), value) {
            ("SetPoint", Value::Null) => {
                set_point = Some(None);
                None
            }
            ("SetPoint", Value::Number(number)) => {
                set_point = Some(number.as_f64());
                None
            }
            ("ControlMode", Value::String(word)) => match word.as_str() {
                "Automatic" => {
                    mode = Some(ControlMode::Automatic);
                    None
                }
                "Disabled" => {
                    mode = Some(ControlMode::Disabled);
                    None
                }
                _ => Some(Fault::NotInList(value.clone())),
            },
            ("Oem", oem) => match lease(oem, most) {
                Ok(asked) => {
                    length = asked;
                    None
                }
                Err(fault) => {
                    faults.push(fault);
                    None
                }
            },
            ("SetPoint" | "ControlMode", _) => Some(Fault::Type(value.clone())),
            (name, _) if shown.get(name).is_some() => Some(Fault::ReadOnly),
            _ => Some(Fault::Unknown),
        };
        faults.extend(fault.map(|fault| (name.clone(), fault)));
    }
    if !faults.is_empty() {
        // All or nothing: a write that is half taken is worse than one that is refused.
        return Err(Error::Properties(faults));
    }
    let conflict = || Error::property("SetPoint", Fault::Conflict("ControlMode"));
    let set_point = match (set_point, mode) {
        (Some(Some(_)), Some(ControlMode::Disabled)) | (Some(None), Some(ControlMode::Automatic)) => {
            return Err(conflict());
        }
        (Some(value), _) => value,
        (None, Some(ControlMode::Disabled)) => None,
        (None, Some(ControlMode::Automatic)) => match held.requested {
            Some(value) => Some(value),
            None => return Err(Error::property("SetPoint", Fault::Missing)),
        },
        (None, None) => return Err(Error::NoOperation),
    };
    Ok(Wanted { set_point, value: set_point.map_or(Value::Null, Value::from), lease: length })
}
