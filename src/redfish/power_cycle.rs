//! `PowerSupply.Reset`: the output of one PSU goes for 5 s, then the PSU boots; the others carry its load.
//!
//! Offered only where an owner of the shelf has switched it on (`[gateway] psu_reset`), and only for units whose register
//! map has a place for it. The gateway refuses it unless the others are well and carry the load with a margin while nothing
//! else goes on (`crate::gateway::Gateway::power_cycle`). It takes the lease for the time it needs, and is answered with a
//! task as soon as the command is on its way.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::auth::{Identity, Privilege};
use super::body;
use super::error::{Error, Fault};
use super::power_supply::{find, resource};
use super::resource::Answer;
use super::task::{self, GoesOn};
use super::uri;
use crate::gateway::{GateError, LeaseView, Owner, POWER_CYCLE_LIMIT, ShelfState};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(reset))
}

const ACTION: &str = "PowerSupply.Reset";
const TYPES: [&str; 1] = ["PowerCycle"];
/// For how long it takes a lease that is free: until it must have ended, and a little more.
const LEASE: Duration = POWER_CYCLE_LIMIT.saturating_add(Duration::from_secs(15));

/// What a power supply can be asked to do.
#[derive(Serialize, ToSchema)]
#[schema(as = PowerSupplyActions)]
pub(crate) struct Actions {
    #[serde(rename = "#PowerSupply.Reset")]
    reset: ResetAction,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PowerSupplyResetAction)]
struct ResetAction {
    target: String,
    #[serde(rename = "ResetType@Redfish.AllowableValues")]
    types: [&'static str; 1],
}

impl Actions {
    /// The actions of the power supply at `uri`.
    pub(crate) fn of(uri: &str) -> Self {
        Self { reset: ResetAction { target: format!("{uri}/Actions/{ACTION}"), types: TYPES } }
    }
}

/// How to reset.
#[derive(Deserialize, ToSchema)]
#[schema(as = PowerSupplyReset)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read parameter by parameter")]
struct Reset {
    /// PowerCycle, which must be said: the output goes for 5 s.
    #[schema(example = "PowerCycle")]
    reset_type: String,
}

/// Power-cycles a power supply: its output goes for 5 s, then it boots; up to 30 s in all. Needs the privilege ConfigureManager.
///
/// Refused (409) with the reason while somebody else holds the lease, unless every other supply is present, without an alarm and
/// able to carry the load, while a grid event or a discharge is going on, and within a minute of the last one. The task ends when
/// the supply was seen to go and is back with its output in tolerance.
#[utoipa::path(
    post,
    path = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/{psu}/Actions/PowerSupply.Reset",
    tag = "Power supplies",
    params(("psu" = String, Path, description = "PSU and its slot, from 1.", example = "PSU1")),
    request_body = Reset,
    responses(
        (status = 202, description = "The command is on its way; the task ends when the supply is back.", body = task::Task),
        (status = 200, description = "At the task monitor, in the end: the power supply as it is then.", body = super::power_supply::PowerSupply),
    )
)]
async fn reset(
    context: Context,
    identity: Identity,
    Path(id): Path<String>,
    goes_on: Option<Extension<GoesOn>>,
    request: Request,
) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let slot = find(&context.snapshot, &id)?.slot;
    if !context.snapshot.power_cycle.offered.contains(&slot) {
        return Err(Error::NotFound);
    }
    let mut given = false;
    for (name, value) in body::parameters(request, context.app.body_limit, ACTION, &["ResetType"]).await? {
        let fault = match &value {
            Value::String(word) if TYPES.contains(&word.as_str()) => {
                given = true;
                continue;
            }
            Value::String(_) => Fault::NotInList(value),
            _ => Fault::Type(value),
        };
        return Err(Error::Parameters(ACTION, vec![(name, fault)]));
    }
    if !given {
        return Err(Error::Parameters(ACTION, vec![("ResetType".to_owned(), Fault::Missing)]));
    }
    // A task of its own: a client that goes away leaves the lease to be given back all the same.
    let owner = Owner::Redfish { user: identity.user };
    let goes_on = goes_on.map(|Extension(goes_on)| goes_on).unwrap_or_default();
    let work = tokio::spawn(async move {
        let done = cycle(&context.app, &owner, slot, &goes_on).await;
        done.map_err(|source| Error::Action { action: ACTION, source })?;
        context.app.written(&format!("{}/{id}", uri::POWER_SUPPLIES));
        resource(&context, &context.app.gateway.snapshot(), &id)
    });
    work.await.map_err(|e| Error::Internal(e.to_string()))?
}

/// Power-cycles a PSU and waits for its end, under the lease.
async fn cycle(app: &App, owner: &Owner, slot: u8, goes_on: &GoesOn) -> Result<(), GateError> {
    // Other writes wait until it is on its way, and not until it has ended.
    let alone = app.writing.lock().await;
    // A lease that this user holds is left as long as it is: a short one is short for a reason.
    let now = app.gateway.snapshot();
    let own = now.lease.owner.as_ref() == Some(owner);
    // Taking the lease would end the fail-safe state: that is not the way out of it.
    if !own && now.state == ShelfState::FailSafe {
        let reason = "the shelf is in its fail-safe state: take the lease first, and see why";
        return Err(GateError::State { reason: reason.to_owned() });
    }
    let taken = if own { None } else { Some(take(app, owner).await?) };
    let begun = app.gateway.power_cycle(owner.clone(), slot).await;
    drop(alone);
    let result = match begun {
        Ok(cycling) => {
            tracing::warn!(%owner, psu = slot, "redfish: power supply is power-cycled");
            goes_on.say();
            cycling.ended().await.map(|_| ())
        }
        Err(error) => Err(error),
    };
    if let Some((at, lease)) = taken {
        give_back(app, owner, at, &lease).await;
    }
    result
}

/// Takes the lease; when, and what was taken.
async fn take(app: &App, owner: &Owner) -> Result<(Instant, LeaseView), GateError> {
    let at = Instant::now();
    match app.gateway.acquire(owner.clone(), LEASE).await {
        Err(GateError::Duration { maximum, .. }) => app.gateway.acquire(owner.clone(), maximum).await,
        other => other,
    }
    .map(|lease| (at, lease))
}

/// Gives back a lease that was taken for this alone, unless its user has renewed it or set something meanwhile.
async fn give_back(app: &App, owner: &Owner, at: Instant, taken: &LeaseView) {
    let _alone = app.writing.lock().await;
    let now = app.gateway.snapshot();
    let left = taken.remaining.saturating_sub(at.elapsed()) + Duration::from_secs(1);
    let idle = now.input_power_limit.requested.is_none()
        && now.bbu_discharge.requested.is_none()
        && now.bus_voltage.requested.is_none();
    let same = now.lease.owner.as_ref() == Some(owner) && now.lease.grants == taken.grants;
    // A snapshot that is older than now shows more time than is left, a poll at most.
    let renewed = now.lease.remaining > left + now.time.elapsed().unwrap_or_default();
    if idle
        && same
        && !renewed
        && let Err(error) = app.gateway.release(owner.clone()).await
    {
        tracing::debug!(%error, "redfish: the lease was not given back");
    }
}
