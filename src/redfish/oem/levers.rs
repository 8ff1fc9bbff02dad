//! What a client may write in `Oem` of the manager: the lease, the grid code that judges events, a forecast of the load.
//!
//! Setpoints of the devices are the controls of the shelf (`crate::redfish::control`): the limit of its AC input, the power of
//! its BBUs, the voltage of its busbar. One lever that one might look for is not there, because the gateway could not keep
//! what it promises:
//!
//! - **Power of charging.** The only register that bounds it (`variable_charge_override_current` of a BBU, whole amperes of
//!   0 to 5, inferred) counts while bit 10 of `mode` is set. No source states that `mode` may be written, and other bits of
//!   the same word start a discharge or hand over the control of the pack: a wrong reading of it empties a pack. Whether the
//!   override ends when the gateway is gone is not known: there is a register for its time
//!   (`variable_charge_override_timeout`), whose unit no source states.

use std::time::Duration;

use axum::extract::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::forecast::{self, Forecast, ForecastUpdate};
use crate::gateway::{GateError, LeaseView, Owner, Snapshot};
use crate::redfish::app::{App, Context};
use crate::redfish::auth::{Identity, Privilege};
use crate::redfish::body::{Properties, Update, refuse};
use crate::redfish::control::LEAST_LEASE;
use crate::redfish::error::{Error, Fault};
use crate::redfish::resource::{Answer, Resource};
use crate::redfish::{manager, uri};

/// How grid events are judged; missing where nothing judges them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RideThrough {
    /// The grid code in force, with its version. Writable.
    #[schema(example = "ercot-nogrr282@2026-02")]
    grid_code: String,
    #[serde(rename = "GridCode@Redfish.AllowableValues")]
    codes: Vec<String>,
    /// Whether the gateway acts by it. False: events are judged by it, and the devices ride through by themselves.
    enforced: bool,
}

impl RideThrough {
    pub(super) fn of(app: &App) -> Option<Self> {
        let judge = app.gateway.judge()?;
        Some(Self { grid_code: judge.code(), codes: judge.codes(), enforced: false })
    }
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct ManagerUpdate {
    oem: ManagerOemUpdate,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ManagerOemUpdate {
    #[serde(rename = "DPOGateway")]
    gateway: GatewayUpdate,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct GatewayUpdate {
    lease: Option<LeaseUpdate>,
    ride_through: Option<RideThroughUpdate>,
    /// Null takes it back.
    forecast: Option<ForecastUpdate>,
}

/// Takes, renews or gives back the lease of the gateway.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LeaseUpdate {
    /// False gives it back: the setpoints go to their fail-safe values. Otherwise it is taken or renewed.
    #[schema(example = true)]
    held: Option<bool>,
    /// For how long, in seconds from 2 up to `WriteSeconds`, which counts without it.
    #[schema(example = 60.0)]
    remaining_seconds: Option<f64>,
}

/// Chooses the grid code by which events are judged from now on.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RideThroughUpdate {
    /// One of the allowable values.
    #[schema(example = "ercot-nogrr282@2026-02")]
    grid_code: Option<String>,
}

/// What a write asks for.
#[derive(Debug, Default)]
struct Wanted {
    /// Take the lease for this long, or give it back.
    lease: Option<Option<Duration>>,
    code: Option<String>,
    forecast: Option<Option<Forecast>>,
}

/// Writes levers of the gateway itself: the lease, the grid code that judges events, a forecast of the load. Needs the privilege
/// ConfigureManager. All or nothing; answers with what then holds.
#[utoipa::path(
    patch,
    path = "/redfish/v1/Managers/Gateway",
    tag = "Managers",
    request_body = ManagerUpdate,
    responses((status = 200, description = "The gateway as it is now.", body = manager::Manager))
)]
pub(super) async fn change(context: Context, identity: Identity, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let update = Update::read(request, context.app.body_limit).await;
    // A task of its own: a client that goes away must not stop a write half way.
    let write = tokio::spawn(async move {
        let app = &context.app;
        let _alone = app.writing.lock().await;
        let before = manager::resource(app, &app.gateway.snapshot())?;
        let wanted = wanted(app, &before, update.properties(&before)?, &identity.user)?;
        let lease = apply(app, wanted, &identity.user).await?;
        app.written(uri::MANAGER);
        let mut shown = Snapshot::clone(&app.gateway.snapshot());
        // The next snapshot knows it; this answer must.
        if let Some(lease) = lease {
            shown.lease = lease;
        }
        manager::resource(app, &shown)
    });
    write.await.map_err(|e| Error::Internal(e.to_string()))?
}

/// Applies what was checked, all of it or nothing: first what a disk may refuse, then the lease, which cannot be taken back
/// unnoticed; the gateway may refuse it yet, and then the grid code is what it was.
async fn apply(app: &App, wanted: Wanted, user: &str) -> Result<Option<LeaseView>, Error> {
    let owner = Owner::Redfish { user: user.to_owned() };
    if let Some(length) = wanted.lease {
        let held = app.gateway.snapshot().lease.clone();
        if let Some(other) = held.owner.filter(|holder| *holder != owner) {
            let source = GateError::HeldByOther { owner: other, remaining: held.remaining };
            return Err(refused(length, source));
        }
    }
    let undo = match &wanted.code {
        Some(code) => Some(choose(app, code, user).await?),
        None => None,
    };
    let lease = match wanted.lease {
        None => None,
        Some(length) => {
            let asked = match length {
                Some(length) => app.gateway.acquire(owner.clone(), length).await,
                None => app.gateway.release(owner.clone()).await,
            };
            match asked {
                Ok(lease) => {
                    tracing::info!(%owner, seconds = length.map(|l| l.as_secs_f64()), "redfish: lease written");
                    Some(lease)
                }
                Err(source) => {
                    if let Some(before) = undo {
                        before.put_back(app).await?;
                    }
                    return Err(refused(length, source));
                }
            }
        }
    };
    if let Some(forecast) = wanted.forecast {
        app.forecast.put(forecast);
    }
    Ok(lease)
}

fn refused(length: Option<Duration>, source: GateError) -> Error {
    Error::Gate { property: "Oem/DPOGateway/Lease/Held", value: Value::from(length.is_some()), source }
}

/// What judged events before another grid code was chosen.
struct Before {
    kept: Option<String>,
    judged: Option<String>,
}

/// Keeps and chooses a grid code; what was before.
async fn choose(app: &App, code: &str, user: &str) -> Result<Before, Error> {
    let judge = app.gateway.judge();
    let before = Before { kept: app.store.now().grid_code.clone(), judged: judge.map(|judge| judge.code()) };
    app.store.set(|state| state.grid_code = Some(code.to_owned())).await?;
    if let Some(Err(error)) = judge.map(|judge| judge.choose(code)) {
        before.put_back(app).await?;
        return Err(Error::Internal(error));
    }
    tracing::info!(user, code, "redfish: grid code chosen");
    Ok(before)
}

impl Before {
    /// Puts back what was before.
    async fn put_back(self, app: &App) -> Result<(), Error> {
        let Self { kept, judged } = self;
        if let (Some(code), Some(judge)) = (judged, app.gateway.judge()) {
            judge.choose(&code).map_err(Error::Internal)?;
            tracing::info!(code, "redfish: the grid code from before judges again");
        }
        app.store.set(|state| state.grid_code = kept).await
    }
}

/// What a write asks for, all of it checked.
fn wanted(app: &App, before: &Resource, properties: Properties, user: &str) -> Result<Wanted, Error> {
    let (mut wanted, mut faults) = (Wanted::default(), Vec::new());
    for (name, value) in properties {
        if name != "Oem" {
            faults.push((name.clone(), before.unwritable(&name)));
            continue;
        }
        match ours(value) {
            Ok(members) => {
                for (member, value) in members {
                    let path = format!("Oem/DPOGateway/{member}");
                    let known = before.body.pointer(&format!("/{path}"));
                    let taken = match (member.as_str(), value) {
                        ("Lease", value) => lease(app, value).map(|lease| wanted.lease = lease),
                        ("RideThrough", value) if app.gateway.judge().is_some() => {
                            code(app, value).map(|code| wanted.code = code)
                        }
                        ("Forecast", Value::Null) => {
                            wanted.forecast = Some(None);
                            Ok(())
                        }
                        ("Forecast", value) => {
                            forecast::read(value, user).map(|forecast| wanted.forecast = Some(Some(forecast)))
                        }
                        _ if known.is_some() => Err((String::new(), Fault::ReadOnly)),
                        _ => Err((String::new(), Fault::Unknown)),
                    };
                    faults.extend(taken.err().map(|(below, fault)| (format!("{path}{below}"), fault)));
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    refuse(faults)?;
    if wanted.lease.is_none() && wanted.code.is_none() && wanted.forecast.is_none() {
        return Err(Error::NoOperation);
    }
    Ok(wanted)
}

/// A fault, and the path below the member at which it is.
pub(super) type Below = (String, Fault);

/// The members of `Oem/DPOGateway`, which must be all there is in `Oem`.
fn ours(oem: Value) -> Result<serde_json::Map<String, Value>, (String, Fault)> {
    let Value::Object(mut vendors) = oem else { return Err(("Oem".to_owned(), Fault::Type(oem))) };
    let gateway = vendors.remove("DPOGateway");
    if let Some(other) = vendors.keys().next() {
        return Err((format!("Oem/{other}"), Fault::Unknown));
    }
    match gateway {
        Some(Value::Object(members)) => Ok(members),
        Some(other) => Err(("Oem/DPOGateway".to_owned(), Fault::Type(other))),
        None => Err(("Oem/DPOGateway".to_owned(), Fault::Missing)),
    }
}

fn lease(app: &App, value: Value) -> Result<Option<Option<Duration>>, Below> {
    let update = LeaseUpdate::deserialize(&value).map_err(|_| (String::new(), Fault::Type(value)))?;
    let most = app.live.lease();
    let length = match update.remaining_seconds {
        None => most,
        Some(seconds) => {
            let (least, most) = (LEAST_LEASE.min(most).as_secs_f64(), most.as_secs_f64());
            if !(least..=most).contains(&seconds) {
                let fault = Fault::OutOfRange(Value::from(seconds), format!("{least} to {most}"));
                return Err(("/RemainingSeconds".to_owned(), fault));
            }
            Duration::from_secs_f64(seconds)
        }
    };
    match (update.held, update.remaining_seconds) {
        (None, None) => Ok(None),
        (Some(false), Some(_)) => Err(("/RemainingSeconds".to_owned(), Fault::Conflict("Held"))),
        (Some(false), None) => Ok(Some(None)),
        (Some(true) | None, _) => Ok(Some(Some(length))),
    }
}

fn code(app: &App, value: Value) -> Result<Option<String>, Below> {
    let update = RideThroughUpdate::deserialize(&value).map_err(|_| (String::new(), Fault::Type(value)))?;
    let codes = app.gateway.judge().map(|judge| judge.codes()).unwrap_or_default();
    match update.grid_code {
        Some(code) if !codes.contains(&code) => {
            Err(("/GridCode".to_owned(), Fault::NotInList(Value::from(code))))
        }
        other => Ok(other),
    }
}
