//! Playing the cases of a PMBus device.

use std::collections::BTreeSet;
use std::sync::Arc;

use cucumber::{World, cli};
use futures::FutureExt;

use super::{PmbusContext, PmbusPlan, PmbusWorld, asks};
use crate::catalogue::{Case, EmbeddedFeatures, Scope, scenario_id};
use crate::collector::{Collector, Sink};
use crate::outcome::Record;
use crate::run::{Plan, left_out};
use crate::transport::guard::Allowed;
use crate::transport::smbus::{SmbusGuard, SmbusLink};

/// Why a need of a case is not met; `None` if it is.
pub(crate) fn missing(need: &str, device: &PmbusPlan) -> Option<String> {
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    let has = |id: &str| device.map.commands.iter().any(|c| c.id == id);
    match need {
        "second" => unless(device.second.is_some(), "no second device on the bus was named"),
        "call-alone" => {
            unless(device.port.calls_alone(), "the port cannot call an address without a byte (Linux)")
        }
        "query" => unless(has("query"), "the map has no QUERY"),
        "protect" => unless(has("write_protect"), "the map has no WRITE_PROTECT"),
        "mask" => unless(has("smbalert_mask"), "the map has no SMBALERT_MASK"),
        "page" => unless(has("page"), "the map has no PAGE"),
        "vout-command" => unless(has("vout_command"), "the map has no VOUT_COMMAND"),
        other => Some(format!("unknown need {other}")),
    }
}

/// Plays what was selected of the scope [`Scope::Pmbus`].
pub(crate) async fn play(plan: &Plan, device: &PmbusPlan, cases: &[Case], keep: &mut dyn FnMut(Record)) {
    let subject = format!("{} over {}", device.name(), device.port.name());
    let mut selected = BTreeSet::new();
    for case in cases.iter().filter(|c| c.scope == Scope::Pmbus) {
        let missing = case.needs.iter().find_map(|need| missing(need, device));
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let request = |c: &dpo_gateway::maps::pmbus::model::Command| {
        let bytes = c.request.iter().map(|f| usize::from(f.at) + usize::from(f.bytes)).max().unwrap_or(0);
        (c.code, bytes + 1)
    };
    let guard = SmbusGuard {
        allowed: Allowed { writes: plan.selection.writes, disruptive: plan.selection.disruptive },
        addresses: std::iter::once(device.address).chain(device.second).collect(),
        hazards: device.map.hazards.iter().map(|h| (h.first, h.last)).collect(),
        calls: device.map.commands.iter().filter(|c| asks(c)).map(request).collect(),
    };
    let context = Arc::new(PmbusContext {
        plan: device.clone(),
        link: SmbusLink::new(device.port.clone(), guard),
        effort: plan.effort,
        logs: Arc::default(),
    });
    let mut sink = |record: Record| keep(record);
    let sink: &mut Sink<'_> = &mut sink;
    let collector = Collector::new(context.logs.clone(), cases, subject, sink);
    PmbusWorld::cucumber::<&str>()
        .with_parser(EmbeddedFeatures)
        .with_writer(collector)
        .max_concurrent_scenarios(1)
        .before(move |_, _, scenario, world: &mut PmbusWorld| {
            world.begin(context.clone(), scenario_id(scenario).unwrap_or_default());
            async {}.boxed_local()
        })
        .with_cli::<cli::Empty>(cli::Opts::default())
        .filter_run((), move |_, _, scenario| scenario_id(scenario).is_some_and(|id| selected.contains(id)))
        .await;
}
