//! What a Redfish service shows of itself, for a capability statement to start from. Reads alone, and a login.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::tree::{self, kind};
use super::{ROOT, ServiceContext, ServicePlan, ServiceWorld};
use crate::declared::ServiceClaims;
use crate::play::Played;
use crate::restore::Restore;
use crate::transport::guard::Allowed;
use crate::world::Judgement;

/// Kinds that come and go by themselves, or with whoever asks: nothing to claim.
const PASSING: [&str; 4] = ["Session", "LogEntry", "Task", "EventDestination"];

/// The kinds of resources in a walk, without collections.
pub(crate) fn kinds(tree: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let kinds = tree.values().filter_map(kind).filter(|kind| !kind.ends_with("Collection"));
    kinds.map(str::to_owned).collect()
}

/// `RedfishVersion` of the service root.
pub(crate) fn version(tree: &BTreeMap<String, Value>) -> Option<&str> {
    tree.get(ROOT)?.get("RedfishVersion")?.as_str()
}

/// Logs in, reads all that can be reached, and says what there is.
///
/// # Errors
/// Why it could not be read, in words for the user.
pub(crate) async fn shown(service: &ServicePlan) -> Result<ServiceClaims, String> {
    let mut world = ServiceWorld::default();
    let context = ServiceContext::alone(service, Allowed::default(), Restore::in_memory())?;
    world.begin(context.clone(), "init");
    let walked = tree::walk(&mut world).await;
    context.logout().await;
    walked.map_err(|judgement: Judgement| format!("{}: {}", service.base, judgement.text()))?;
    let version = version(&world.tree).unwrap_or_default().to_owned();
    let resources = kinds(&world.tree).into_iter().filter(|kind| !PASSING.contains(&kind.as_str()));
    Ok(ServiceClaims { version, resources: resources.collect() })
}
