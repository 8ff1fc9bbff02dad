//! Finding resources by what they are, from the service root on. No URI below the root is known beforehand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Control, ROOT, ServiceWorld};
use crate::transport::http::Request;
use crate::world::Judgement;

/// Most resources of one walk; a service with more is walked in part, and the report says so.
pub(crate) const WALK_LIMIT: usize = 1000;

/// The URI that a property refers to.
pub(crate) fn link<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name)?.get("@odata.id")?.as_str()
}

/// The type of a resource without version: `Control` of `#Control.v1_6_0.Control`.
pub(crate) fn kind(body: &Value) -> Option<&str> {
    body.get("@odata.type")?.as_str()?.rsplit('.').next()
}

/// URIs of the members of a collection.
pub(crate) fn members(body: &Value) -> Vec<String> {
    let members = body.get("Members").and_then(Value::as_array);
    let uri = |member: &Value| member.get("@odata.id").and_then(Value::as_str).map(str::to_owned);
    members.map(|list| list.iter().filter_map(uri).collect()).unwrap_or_default()
}

/// Every URI below the root that a body refers to.
pub(crate) fn links(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("@odata.id", Value::String(uri)) if uri.starts_with("/redfish/v1/") => {
                        found.push(uri.clone());
                    }
                    _ => links(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        _ => {}
    }
}

/// Reads all resources that can be reached from the root. True if none was left out.
pub(crate) async fn walk(world: &mut ServiceWorld) -> Result<bool, Judgement> {
    let mut open = vec![ROOT.to_owned()];
    let mut seen = BTreeMap::new();
    while let Some(uri) = open.pop() {
        // A fragment is a place in a resource.
        let uri = uri.split('#').next().unwrap_or_default().to_owned();
        if seen.contains_key(&uri) || uri.contains('?') {
            continue;
        }
        if seen.len() >= WALK_LIMIT {
            world.tree = seen;
            return Ok(false);
        }
        let body = world.get(&uri).await?;
        links(&body, &mut open);
        seen.insert(uri, body);
    }
    world.tree = seen;
    Ok(true)
}

/// The members of the collection that the root, or a chassis, links by `names`, one after the other.
async fn follow(world: &mut ServiceWorld, from: &Value, names: &[&str]) -> Result<Vec<Value>, Judgement> {
    let mut here = from.clone();
    for name in names {
        let Some(uri) = link(&here, name).map(str::to_owned) else { return Ok(Vec::new()) };
        here = world.get(&uri).await?;
    }
    let mut found = Vec::new();
    for uri in members(&here) {
        found.push(world.get(&uri).await?);
    }
    Ok(found)
}

/// The chassis of the service.
pub(crate) async fn chassis(world: &mut ServiceWorld) -> Result<Vec<Value>, Judgement> {
    let root = world.get(ROOT).await?;
    follow(world, &root, &["Chassis"]).await
}

/// Power supplies, with the metrics of each if it has any.
pub(crate) async fn supplies(world: &mut ServiceWorld) -> Result<Vec<(Value, Value)>, Judgement> {
    let mut found = Vec::new();
    for chassis in chassis(world).await? {
        for supply in follow(world, &chassis, &["PowerSubsystem", "PowerSupplies"]).await? {
            let metrics = match link(&supply, "Metrics").map(str::to_owned) {
                Some(uri) => world.get(&uri).await?,
                None => Value::Null,
            };
            found.push((supply, metrics));
        }
    }
    Ok(found)
}

/// Managers.
pub(crate) async fn managers(world: &mut ServiceWorld) -> Result<Vec<Value>, Judgement> {
    let root = world.get(ROOT).await?;
    follow(world, &root, &["Managers"]).await
}

/// Sensors of the first chassis that has any.
pub(crate) async fn sensors(world: &mut ServiceWorld) -> Result<Vec<Value>, Judgement> {
    for chassis in chassis(world).await? {
        let found = follow(world, &chassis, &["Sensors"]).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The control that limits the input power of the shelf: the one that the environment metrics of a chassis name as
/// the source of their power limit.
pub(crate) async fn control(world: &mut ServiceWorld) -> Result<Control, Judgement> {
    for chassis in chassis(world).await? {
        let Some(uri) = link(&chassis, "EnvironmentMetrics").map(str::to_owned) else { continue };
        let metrics = world.get(&uri).await?;
        let source = metrics.pointer("/PowerLimitWatts/DataSourceUri").and_then(Value::as_str);
        if let Some(source) = source.map(str::to_owned) {
            return read_control(world, &source).await;
        }
    }
    Err(Judgement::Fail(
        "no chassis has EnvironmentMetrics whose PowerLimitWatts names a control: the profile asks for one"
            .to_owned(),
    ))
}

/// Reads a control again.
pub(crate) async fn read_control(world: &mut ServiceWorld, uri: &str) -> Result<Control, Judgement> {
    let request = Request::new("GET", uri);
    let answer = world.ask(request.clone()).await?;
    let body = super::body(&request, &answer)?;
    let etag = answer.header("etag").unwrap_or_default().to_owned();
    Ok(Control { uri: uri.to_owned(), etag, body })
}

/// The set point of a control; `None` if nothing is set.
pub(crate) fn set_point(body: &Value) -> Option<f64> {
    body.get("SetPoint").and_then(Value::as_f64)
}

/// What a control says about the least and the largest set point.
pub(crate) fn range(body: &Value) -> Option<(f64, f64)> {
    let number = |names: [&str; 2]| names.iter().find_map(|n| body.get(*n).and_then(Value::as_f64));
    Some((number(["AllowableMin", "SettingMin"]).unwrap_or(0.0), number(["AllowableMax", "SettingMax"])?))
}

/// The object of the gateway's own state, wherever the manager carries it.
pub(crate) fn gateway_state(value: &Value) -> Option<&Value> {
    typed(value, "#DPOGatewayManager.")
}

/// The first object whose type begins so, wherever it stands.
pub(crate) fn typed<'a>(value: &'a Value, start: &str) -> Option<&'a Value> {
    let own = value.get("@odata.type").and_then(Value::as_str);
    if own.is_some_and(|kind| kind.starts_with(start)) {
        return Some(value);
    }
    match value {
        Value::Object(members) => members.values().find_map(|member| typed(member, start)),
        Value::Array(items) => items.iter().find_map(|item| typed(item, start)),
        _ => None,
    }
}

/// The entries of the logs of a manager; a collection may hold them in full, or their links.
pub(crate) async fn entries(world: &mut ServiceWorld, manager: &Value) -> Result<Vec<Value>, Judgement> {
    let mut found = Vec::new();
    for log in follow(world, manager, &["LogServices"]).await? {
        let Some(uri) = link(&log, "Entries").map(str::to_owned) else { continue };
        let body = world.get(&uri).await?;
        for entry in body.get("Members").and_then(Value::as_array).into_iter().flatten() {
            match (entry.get("Id"), entry.get("@odata.id").and_then(Value::as_str)) {
                (None, Some(uri)) => found.push(world.get(uri).await?),
                _ => found.push(entry.clone()),
            }
        }
    }
    Ok(found)
}
