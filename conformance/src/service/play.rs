//! Playing the cases of a Redfish service, and those that compare the interfaces of a shelf.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Mutex as AsyncMutex;

use super::{ModbusSide, ServiceContext, ServicePlan, ServiceWorld};
use crate::catalogue::{Case, Scope};
use crate::collector::unopened;
use crate::needs::left_out;
use crate::outcome::Record;
use crate::run::Plan;
use crate::targets::Endpoint;
use crate::transport::LinkError;
use crate::transport::guard::Allowed;
use crate::transport::http::HttpClient;

/// Why a need of a case is not met; `None` if it is.
pub(crate) fn missing(need: &str, service: &ServicePlan, plan: &Plan) -> Option<String> {
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    let map = |fits: fn(&crate::device::Device) -> bool| plan.devices.iter().any(fits);
    match need {
        "redfish-reader" => {
            unless(service.reader.is_some(), "no user who may only read was named (--reader)")
        }
        "service-claims" => {
            unless(plan.declared.service.is_some(), "nothing is claimed of the service (--pics)")
        }
        "block" => unless(
            map(crate::device::Device::is_dpo_block),
            "no device is a DPO block (--device dpo-pmi@UNIT)",
        ),
        "supply" => unless(map(super::xif::is_supply), "no device is a PSU with identity"),
        "fault" => unless(
            map(crate::steps::xif_fault::can_fault),
            "no device is a PSU whose smallest input voltage can be moved",
        ),
        other => Some(format!("unknown need {other}")),
    }
}

/// Plays what was selected of the scopes [`Scope::Service`] and [`Scope::Shelf`].
pub(crate) async fn play(plan: &Plan, service: &ServicePlan, cases: &[Case], keep: &mut dyn FnMut(Record)) {
    let together = !plan.endpoints.is_empty();
    let subject = format!("Redfish at {}", service.base);
    let mut selected = BTreeSet::new();
    for case in cases.iter().filter(|c| c.scope == Scope::Service || together && c.scope == Scope::Shelf) {
        let missing = case.needs.iter().find_map(|need| missing(need, service, plan));
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let allowed = allowed(plan);
    let reader = service.reader.as_ref().map(|account| account.password.clone());
    let secrets = [Some(service.account.password.clone()), reader].into_iter().flatten().collect();
    let client = match HttpClient::new(&service.base, &service.trust, service.wait, allowed, secrets) {
        Ok(client) => client,
        Err(error) => return unopened(cases, &subject, &selected, &error, keep),
    };
    let modbus = match plan.endpoints.first().map(|endpoint| modbus_side(plan, endpoint)).transpose() {
        Ok(modbus) => modbus,
        Err(error) => {
            let shelf = |id: &String| cases.iter().any(|c| c.id == *id && c.scope == Scope::Shelf);
            let (together, alone) = selected.into_iter().partition(shelf);
            unopened(cases, &subject, &together, &error, keep);
            selected = alone;
            None
        }
    };
    if selected.is_empty() {
        return;
    }
    let context = Arc::new(ServiceContext {
        plan: service.clone(),
        client: AsyncMutex::new(client),
        modbus,
        effort: plan.effort,
        claims: plan.declared.service.clone(),
        restore: plan.restore.clone(),
        logs: Arc::default(),
        session: AsyncMutex::new(None),
    });
    let logs = context.logs.clone();
    crate::play::play::<ServiceWorld>(context.clone(), logs, cases, subject, selected, keep).await;
    context.logout().await;
}

/// What was selected may do.
pub(crate) fn allowed(plan: &Plan) -> Allowed {
    Allowed { writes: plan.selection.writes, disruptive: plan.selection.disruptive }
}

/// Modbus of the same shelf, with the guard of its maps.
pub(crate) fn modbus_side(plan: &Plan, endpoint: &Endpoint) -> Result<ModbusSide, LinkError> {
    let timing = if matches!(endpoint, Endpoint::Tcp(_)) { plan.tcp } else { plan.rtu };
    let mut link = endpoint.open(timing, &plan.selection)?;
    for hazard in plan.devices.iter().flat_map(|device| &device.map.hazards) {
        link.guard_mut().forbid(hazard.first, hazard.last);
    }
    let (devices, restore) = (plan.devices.clone(), plan.restore.clone());
    Ok(ModbusSide { link: AsyncMutex::new(link), devices, timing, restore })
}
