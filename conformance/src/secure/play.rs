//! Playing the cases of Modbus/TCP Security.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{SecureContext, SecurePlan, SecureWorld};
use crate::catalogue::{Case, Scope};
use crate::declared::Declared;
use crate::needs::left_out;
use crate::outcome::Record;
use crate::run::Plan;
use crate::transport::guard::{Allowed, Guard};

/// Why a need of a case is not met; `None` if it is.
pub(crate) fn missing(need: &str, server: &SecurePlan, declared: &Declared) -> Option<String> {
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    match need {
        "roots" => unless(server.roots.is_some(), "no root of the device's certificate is known (--tls-ca)"),
        "plain" => unless(
            server.plain.is_some() && declared.server.plain.is_some(),
            "what the plain port does is not declared (--pics)",
        ),
        "writable" => unless(
            server.device.writable_word().is_some(),
            "the map has no register that may be written without unlocking, lease or consequence",
        ),
        other => Some(format!("unknown need {other}")),
    }
}

/// Plays what was selected of the scope [`Scope::Secure`].
pub(crate) async fn play(plan: &Plan, server: &SecurePlan, cases: &[Case], keep: &mut dyn FnMut(Record)) {
    let subject = format!("{} over tls://{}", server.device.name(), server.address);
    let mut selected = BTreeSet::new();
    for case in cases.iter().filter(|c| c.scope == Scope::Secure) {
        let missing = case.needs.iter().find_map(|need| missing(need, server, &plan.declared));
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let allowed = Allowed { writes: plan.selection.writes, disruptive: plan.selection.disruptive };
    let mut guard = Guard::new(allowed);
    for hazard in &server.device.map.hazards {
        guard.forbid(hazard.first, hazard.last);
    }
    let context = Arc::new(SecureContext {
        plan: server.clone(),
        guard,
        declared: plan.declared.clone(),
        logs: Arc::default(),
    });
    let logs = context.logs.clone();
    crate::play::play::<SecureWorld>(context, logs, cases, subject, selected, keep).await;
}
