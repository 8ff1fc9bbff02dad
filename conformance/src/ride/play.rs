//! Playing the cases of ride-through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::profile::{Play, profile};
use super::{RideClaims, RideContext, RideWorld};
use crate::catalogue::{Case, Scope};
use crate::collector::unopened;
use crate::needs::left_out;
use crate::outcome::Record;
use crate::run::Plan;
use crate::service::{self, ServiceContext};
use crate::transport::LinkError;

/// Why a need of a case is not met; `None` if it is.
pub(crate) fn missing(need: &str, claims: &RideClaims, plan: &Plan) -> Option<String> {
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    let codes = claims.codes().unwrap_or_default();
    let plays = |play: Play, what: &str| {
        unless(
            profile(play, &codes, claims).is_some(),
            &format!("no grid code that is named has {what}, as known here"),
        )
    };
    match need {
        // Decided by what was selected.
        "instrument" => None,
        "sags" => plays(Play::Deepest, "a curve of low voltages"),
        "swells" => plays(Play::Highest, "a curve of high voltages"),
        "low-frequency" => plays(Play::LowFrequency, "a band of low frequencies"),
        "high-frequency" => plays(Play::HighFrequency, "a band of high frequencies"),
        "rocof" => plays(Play::Rocof, "a rate of change of the frequency"),
        "recovery" => unless(
            codes.iter().any(|code| code.recovery().is_some()),
            "no grid code that is named says when the power must be back",
        ),
        "successive" => unless(
            codes.iter().any(super::code::GridCode::successive),
            "no grid code that is named has a clause on successive sags",
        ),
        "recovery-slope" => unless(
            claims.recovery_slope_w_per_s.is_some(),
            "no slope of the recovery is declared (recovery_slope_w_per_s of [ride])",
        ),
        "low-line" => unless(
            claims.draws_from_pu.is_some_and(|from| {
                profile(Play::LongestDeep, &codes, claims).is_some_and(|profile| profile.extreme >= from)
            }),
            "the supplies are not declared to draw power in the longest deep sag (draws_from_pu of [ride])",
        ),
        "recharge" => unless(claims.recharge.is_some(), "no recharge is declared ([ride.recharge])"),
        "block" => unless(
            !plan.endpoints.is_empty() && plan.devices.iter().any(crate::device::Device::is_dpo_block),
            "no device is a DPO block (--device dpo-pmi@UNIT)",
        ),
        "redfish" => unless(plan.service.is_some(), "the target has no Redfish service"),
        other => Some(format!("unknown need {other}")),
    }
}

/// Plays what was selected of the scope [`Scope::Ride`].
pub(crate) async fn play(plan: &Plan, claims: &RideClaims, cases: &[Case], keep: &mut dyn FnMut(Record)) {
    let source = plan.instrument.as_ref().map_or("no AC source", crate::instrument::SharedInstrument::name);
    let subject = format!("the shelf behind {source}");
    let mut selected = BTreeSet::new();
    for case in cases.iter().filter(|c| c.scope == Scope::Ride) {
        let missing = case.needs.iter().find_map(|need| missing(need, claims, plan));
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let context = match context(plan, claims) {
        Ok(context) => Arc::new(context),
        Err(error) => return unopened(cases, &subject, &selected, &error, keep),
    };
    let logs = context.logs.clone();
    crate::play::play::<RideWorld>(context.clone(), logs, cases, subject, selected, keep).await;
    if let Some(service) = &context.service {
        service.logout().await;
    }
}

fn context(plan: &Plan, claims: &RideClaims) -> Result<RideContext, LinkError> {
    let fault = |reason: String| LinkError::Io { link: "ride-through".into(), reason };
    let instrument = plan.instrument.clone().ok_or_else(|| fault("no instrument is named".into()))?;
    let first = plan.endpoints.first();
    let modbus = first.map(|endpoint| service::play::modbus_side(plan, endpoint)).transpose()?;
    let allowed = service::play::allowed(plan);
    let service = plan
        .service
        .as_ref()
        .map(|service| ServiceContext::alone(service, allowed, plan.restore.clone()))
        .transpose()
        .map_err(fault)?;
    Ok(RideContext {
        claims: claims.clone(),
        codes: claims.codes().map_err(fault)?,
        instrument,
        disruptive: plan.selection.disruptive,
        modbus,
        service,
        wait: plan.effort.record,
        charge: plan.effort.charge,
        logs: Arc::default(),
    })
}

#[cfg(test)]
mod tests;
