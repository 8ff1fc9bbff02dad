//! Playing the cases of a Redfish service, and those that compare the interfaces of a shelf.

use std::collections::BTreeSet;
use std::sync::Arc;

use cucumber::{World, cli};
use futures::FutureExt;
use tokio::sync::Mutex as AsyncMutex;

use super::{ModbusSide, ServiceContext, ServicePlan, ServiceWorld};
use crate::catalogue::{Case, EmbeddedFeatures, Scope, scenario_id};
use crate::collector::{Collector, Sink};
use crate::needs::left_out;
use crate::outcome::Record;
use crate::run::{Plan, RunError};
use crate::targets::Endpoint;
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
///
/// # Errors
/// [`RunError::Link`] if a link cannot be opened.
pub(crate) async fn play(
    plan: &Plan,
    service: &ServicePlan,
    cases: &[Case],
    keep: &mut dyn FnMut(Record),
) -> Result<(), RunError> {
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
        return Ok(());
    }
    let allowed = Allowed { writes: plan.selection.writes, disruptive: plan.selection.disruptive };
    let reader = service.reader.as_ref().map(|account| account.password.clone());
    let secrets = [Some(service.account.password.clone()), reader].into_iter().flatten().collect();
    let client = HttpClient::new(&service.base, &service.trust, service.wait, allowed, secrets)?;
    let modbus = plan.endpoints.first().map(|endpoint| {
        let timing = if matches!(endpoint, Endpoint::Tcp(_)) { plan.tcp } else { plan.rtu };
        let link = AsyncMutex::new(endpoint.open(timing, &plan.selection)?);
        Ok::<_, RunError>(ModbusSide {
            link,
            devices: plan.devices.clone(),
            timing,
            restore: plan.restore.clone(),
        })
    });
    let context = Arc::new(ServiceContext {
        plan: service.clone(),
        client: AsyncMutex::new(client),
        modbus: modbus.transpose()?,
        effort: plan.effort,
        claims: plan.declared.service.clone(),
        restore: plan.restore.clone(),
        logs: Arc::default(),
        session: AsyncMutex::new(None),
    });
    let mut sink = |record: Record| keep(record);
    let sink: &mut Sink<'_> = &mut sink;
    let collector = Collector::new(context.logs.clone(), cases, subject, sink);
    let (own, logs) = (context.clone(), context.logs.clone());
    ServiceWorld::cucumber::<&str>()
        .with_parser(EmbeddedFeatures)
        .with_writer(collector)
        .max_concurrent_scenarios(1)
        .before(move |_, _, scenario, world: &mut ServiceWorld| {
            world.begin(own.clone(), scenario_id(scenario).unwrap_or_default());
            async {}.boxed_local()
        })
        .after(move |_, _, scenario, _, world| {
            let log = logs.log(scenario_id(scenario).unwrap_or_default());
            async move {
                let Some(world) = world else { return };
                if let Err(left) = world.undo().await {
                    log.lock().left(left);
                }
            }
            .boxed_local()
        })
        .with_cli::<cli::Empty>(cli::Opts::default())
        .filter_run((), move |_, _, scenario| scenario_id(scenario).is_some_and(|id| selected.contains(id)))
        .await;
    context.logout().await;
    Ok(())
}
