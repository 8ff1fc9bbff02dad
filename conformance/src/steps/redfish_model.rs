//! Redfish: what is refused, and what the resources hold.

use cucumber::{given, then, when};
use serde_json::Value;

use super::redfish::{failed, keep};
use crate::service::tree::{self, range, set_point};
use crate::service::{ROOT, ServiceWorld, messages};
use crate::transport::http::Request;
use crate::world::{CaseEnded, Judgement, Judging, step, step_within};

/// Reading all sensors of a shelf takes a request each.
const LONG: std::time::Duration = std::time::Duration::from_secs(300);

#[when("the client reads a resource that does not exist")]
async fn missing(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        keep(w, Request::new("GET", "/redfish/v1/Chassis/dpo-no-such-chassis")).await?;
        keep(w, Request::new("GET", "/redfish/v1/DpoNothing")).await
    })
    .await
}

#[then(regex = r"^(?:the|each) answer is (\d{3}) with an error object$")]
async fn error_object(world: &mut ServiceWorld, status: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            if answer.status != status {
                return Err(failed(&request, &answer, &status.to_string()));
            }
            let body = answer.json().unwrap_or_default();
            let code = body.pointer("/error/code").and_then(Value::as_str).is_some_and(|c| !c.is_empty());
            let infos = body.pointer("/error/@Message.ExtendedInfo").and_then(Value::as_array);
            let ids = infos.is_some_and(|infos| {
                // Registry.major.minor.Key
                let full = |id: &str| id.split('.').count() >= 3;
                !infos.is_empty()
                    && infos.iter().all(|i| i.get("MessageId").and_then(Value::as_str).is_some_and(full))
            });
            if !code || !ids {
                return Err(failed(&request, &answer, "error.code and a MessageId of a registry"));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client reads the service root as OData 4.0 and 4.1")]
async fn odata_versions(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for version in ["4.0", "4.1"] {
            keep(w, Request::new("GET", ROOT).with("OData-Version", version)).await?;
        }
        Ok(())
    })
    .await
}

#[then("the first is answered and the second gets 412")]
async fn second_412(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for ((request, answer), status) in w.take_pending()?.iter().zip([200, 412]) {
            if answer.status != status {
                return Err(failed(request, answer, &status.to_string()));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client sends DELETE and PUT to the service root and the chassis collection")]
async fn wrong_methods(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let root = w.get(ROOT).await?;
        let chassis = tree::link(&root, "Chassis").map(str::to_owned);
        let chassis = chassis.ok_or_else(|| Judgement::Fail("the service root links no chassis".into()))?;
        for uri in [ROOT, chassis.as_str()] {
            for method in ["DELETE", "PUT"] {
                keep(w, Request::new(method, uri).json("{}")).await?;
            }
        }
        Ok(())
    })
    .await
}

#[then("each answer is 405 with the methods that are taken")]
async fn not_allowed(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            let allow = answer.header("allow").unwrap_or_default().to_ascii_uppercase();
            if answer.status != 405 || !allow.contains("GET") || allow.contains(&request.method) {
                return Err(failed(&request, &answer, &format!("405 with Allow, not {allow:?}")));
            }
        }
        Ok(())
    })
    .await
}

#[when(regex = r#"^the client reads the service root with "([^"]+)" and with "([^"]+)"$"#)]
async fn options(world: &mut ServiceWorld, first: String, second: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for option in [first, second] {
            keep(w, Request::new("GET", &format!("{ROOT}{option}"))).await?;
        }
        Ok(())
    })
    .await
}

#[then("the first is refused and the second answered")]
async fn first_refused(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for ((request, answer), good) in w.take_pending()?.iter().zip([vec![400, 501], vec![200]]) {
            if !good.contains(&answer.status) {
                return Err(failed(request, answer, &format!("one of {good:?}")));
            }
        }
        Ok(())
    })
    .await
}

#[then("each kind that is claimed is among them, and the root has the version that is claimed")]
async fn as_claimed(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let claims = w.context()?.claims.clone();
        let claims = claims.ok_or_else(|| Judgement::Inconclusive("nothing is claimed".into()))?;
        let kinds = crate::service::read::kinds(&w.tree);
        let gone: Vec<&str> =
            claims.resources.iter().filter(|kind| !kinds.contains(*kind)).map(String::as_str).collect();
        if !gone.is_empty() {
            return Err(Judgement::Fail(format!("claimed, and not to be reached: {}", gone.join(", "))));
        }
        let version = crate::service::read::version(&w.tree);
        if version != Some(claims.version.as_str()) {
            let seen = format!("RedfishVersion is {version:?}, {:?} is claimed", claims.version);
            return Err(Judgement::Fail(seen));
        }
        w.note(format!("{} kinds claimed, {} found", claims.resources.len(), kinds.len()));
        Ok(())
    })
    .await
}

#[when("the client reads the sensors of the shelf")]
async fn read_sensors(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        let sensors = tree::sensors(w).await?;
        if sensors.is_empty() {
            return Err(Judgement::Fail("no chassis has sensors".into()));
        }
        for (nth, body) in sensors.into_iter().enumerate() {
            let uri = body.get("@odata.id").and_then(Value::as_str).map(str::to_owned);
            w.tree.insert(uri.unwrap_or_else(|| format!("sensor {nth}")), body);
        }
        Ok(())
    })
    .await
}

fn enabled(body: &Value) -> bool {
    body.pointer("/Status/State").and_then(Value::as_str).is_none_or(|state| state == "Enabled")
}

#[then("each enabled sensor has a number with a unit, inside its range")]
async fn sensor_readings(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let mut judged = 0_usize;
        for (uri, body) in w.tree.iter().filter(|(_, body)| enabled(body)) {
            let number = |name: &str| body.get(name).and_then(Value::as_f64);
            let reading = number("Reading");
            let unit = body.get("ReadingUnits").and_then(Value::as_str).unwrap_or_default();
            let below = number("ReadingRangeMin").zip(reading).is_some_and(|(min, value)| value < min);
            let above = number("ReadingRangeMax").zip(reading).is_some_and(|(max, value)| value > max);
            if reading.is_none() || unit.is_empty() || below || above {
                let seen = format!("{uri}: Reading {:?}, ReadingUnits {unit:?}", body.get("Reading"));
                return Err(Judgement::Fail(seen));
            }
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Inconclusive("no sensor is enabled".into()));
        }
        w.note(format!("{judged} sensors enabled"));
        Ok(())
    })
    .await
}

#[given("the control of the shelf's input power")]
async fn given_control(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let control = tree::control(w).await?;
        w.note(format!("{} holds {:?}", control.uri, control.body.get("SetPoint")));
        w.control = Some(control);
        Ok(())
    })
    .await
}

#[then("it has a range, and the copy in the environment metrics is the same")]
async fn control_and_copy(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let missing = || Judgement::Error("no control was read".into());
        let control = w.control.clone().ok_or_else(missing)?;
        let (min, max) = range(&control.body)
            .ok_or_else(|| Judgement::Fail(format!("{} states no largest set point", control.uri)))?;
        let unit = control.body.get("SetPointUnits").and_then(Value::as_str);
        if unit != Some("W") || !(0.0..max).contains(&min) {
            return Err(Judgement::Fail(format!("{}: unit {unit:?}, range {min} to {max}", control.uri)));
        }
        for chassis in tree::chassis(w).await? {
            let Some(uri) = tree::link(&chassis, "EnvironmentMetrics").map(str::to_owned) else { continue };
            let metrics = w.get(&uri).await?;
            let copy = metrics.get("PowerLimitWatts").cloned().unwrap_or_default();
            if copy.get("DataSourceUri").and_then(Value::as_str) != Some(control.uri.as_str()) {
                continue;
            }
            if copy.get("SetPoint").is_none() || set_point(&copy) != set_point(&control.body) {
                let (one, other) = (copy.get("SetPoint"), control.body.get("SetPoint"));
                return Err(Judgement::Fail(format!("{uri} says {one:?}, the control {other:?}")));
            }
            return Ok(());
        }
        Err(Judgement::Fail("no environment metrics copy the control".into()))
    })
    .await
}

#[when("the client reads the power supplies")]
async fn read_supplies(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut ServiceWorld| {
        for (nth, (supply, metrics)) in tree::supplies(w).await?.into_iter().enumerate() {
            w.tree.insert(format!("{nth:02} supply"), supply);
            w.tree.insert(format!("{nth:02} metrics"), metrics);
        }
        Ok(())
    })
    .await
}

#[then("each one that is there has model, serial number, health and metrics")]
async fn supplies_tell(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let mut judged = 0_usize;
        for (key, supply) in w.tree.iter().filter(|(key, supply)| key.ends_with("supply") && enabled(supply))
        {
            let uri = supply.get("@odata.id").and_then(Value::as_str).unwrap_or(key);
            let text = |name: &str| supply.get(name).and_then(Value::as_str).is_some_and(|t| !t.is_empty());
            let health = supply.pointer("/Status/Health").and_then(Value::as_str).is_some();
            let metrics = w.tree.get(&key.replace("supply", "metrics")).cloned().unwrap_or_default();
            let reads = |path: &str| metrics.pointer(path).and_then(Value::as_f64).is_some();
            let checks = [
                ("Model or Manufacturer", text("Model") || text("Manufacturer")),
                ("SerialNumber", text("SerialNumber")),
                ("Status.Health", health),
                ("OutputPowerWatts.Reading", reads("/OutputPowerWatts/Reading")),
                ("RailVoltage[0].Reading", reads("/RailVoltage/0/Reading")),
            ];
            if let Some((what, _)) = checks.iter().find(|(_, there)| !there) {
                return Err(Judgement::Fail(format!("{uri} has no {what}")));
            }
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Fail("the service shows no power supply that is there".into()));
        }
        w.note(format!("{judged} power supplies"));
        Ok(())
    })
    .await
}

#[then(regex = r"^(?:the|each) answer is 400 with the message (\w+)$")]
async fn message(world: &mut ServiceWorld, wanted: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            let keys = messages(&answer);
            if answer.status != 400 {
                return Err(failed(&request, &answer, "400"));
            }
            if !keys.contains(&wanted) {
                return Err(Judgement::Fail(format!("{request}: messages {keys:?}; expected {wanted}")));
            }
        }
        Ok(())
    })
    .await
}
