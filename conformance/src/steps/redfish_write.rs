//! Redfish: steps that write a set point. The guard lets them through only with `--allow-writes`.

use cucumber::{given, then, when};
use serde_json::{Value, json};

use super::bits::near;
use super::redfish::failed;
use crate::service::tree::{self, range, read_control, set_point};
use crate::service::{Control, ServiceWorld};
use crate::transport::http::{Answer, Request};
use crate::world::{CaseEnded, Judged, Judgement, Judging, step};

fn control(world: &ServiceWorld) -> Result<Control, Judgement> {
    world.control.clone().ok_or_else(|| Judgement::Error("no control was read".into()))
}

fn largest(control: &Control) -> Result<f64, Judgement> {
    let range = range(&control.body);
    range.map(|(_, max)| max).ok_or_else(|| Judgement::Fail(format!("{} states no range", control.uri)))
}

fn patch(control: &Control, body: &Value) -> Request {
    Request::new("PATCH", &control.uri).json(body.to_string())
}

async fn write(world: &mut ServiceWorld, body: &Value) -> Result<Answer, Judgement> {
    let request = patch(&control(world)?, body);
    let answer = world.ask(request.clone()).await?;
    world.pending.push((request, answer.clone()));
    Ok(answer)
}

/// Takes the set point back, whatever a case has left.
async fn disable(world: &mut ServiceWorld) -> Result<Answer, Judgement> {
    let request = patch(&control(world)?, &json!({"ControlMode": "Disabled"}));
    world.ask(request).await
}

/// Somebody else steers: nothing can be judged.
fn in_use(answer: &Answer) -> Judged {
    match answer.status {
        409 => Err(Judgement::Inconclusive("somebody else steers the shelf (409)".into())),
        503 => Err(Judgement::Inconclusive("the devices did not take the set point (503)".into())),
        _ => Ok(()),
    }
}

#[given("the control of the shelf's input power, with no set point")]
async fn free_control(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let found = tree::control(w).await?;
        if let Some(value) = set_point(&found.body) {
            let seen = format!("{} holds {value} W: somebody steers the shelf", found.uri);
            return Err(Judgement::Inconclusive(seen));
        }
        w.control = Some(found);
        Ok(())
    })
    .await
}

#[when("its set point is written to its largest value")]
async fn write_largest(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let max = largest(&control(w)?)?;
        let answer = write(w, &json!({"SetPoint": max})).await?;
        in_use(&answer)
    })
    .await
}

#[then("answer and next read show the set point")]
async fn shows(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let max = largest(&own)?;
        let near = |body: &Value| set_point(body).is_some_and(|held| near(held, max, max / 100.0));
        let automatic = |body: &Value| body.get("ControlMode").and_then(Value::as_str) == Some("Automatic");
        let pending = w.take_pending()?;
        let after = read_control(w, &own.uri).await?;
        let result = pending.iter().try_for_each(|(request, answer)| {
            let shown = answer.json().unwrap_or_default();
            // 204 shows nothing; then the read decides alone.
            let good = answer.status == 204 || answer.status == 200 && near(&shown) && automatic(&shown);
            if good { Ok(()) } else { Err(failed(request, answer, &format!("SetPoint {max}, Automatic"))) }
        });
        if result.is_err() || !near(&after.body) || !automatic(&after.body) {
            disable(w).await?;
            result?;
            let held = after.body.get("SetPoint");
            return Err(Judgement::Fail(format!("{} then holds {held:?}; {max} was written", own.uri)));
        }
        Ok(())
    })
    .await
}

#[when("it is disabled")]
#[then("the set point is taken back")]
async fn taken_back(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let answer = disable(w).await?;
        let after = read_control(w, &own.uri).await?;
        if !(200..300).contains(&answer.status) || set_point(&after.body).is_some() {
            let held = after.body.get("SetPoint");
            let seen = format!("ControlMode Disabled: status {}, then {held:?}", answer.status);
            return Err(Judgement::Fail(seen));
        }
        Ok(())
    })
    .await
}

#[then("no set point is shown and nobody holds the lease")]
async fn lease_free(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let after = read_control(w, &own.uri).await?;
        let mode = after.body.get("ControlMode").and_then(Value::as_str);
        if set_point(&after.body).is_some() || mode != Some("Disabled") {
            return Err(Judgement::Fail(format!("{}: ControlMode {mode:?} after Disabled", own.uri)));
        }
        for manager in tree::managers(w).await? {
            let held = tree::gateway_state(&manager).and_then(|s| s.pointer("/Lease/Held"));
            if held.and_then(Value::as_bool) == Some(true) {
                return Err(Judgement::Fail("the lease is still held after Disabled".into()));
            }
        }
        Ok(())
    })
    .await
}

#[when("its set point is written twice with the same tag")]
async fn write_twice(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let max = largest(&own)?;
        for _ in 0..2 {
            let request = patch(&own, &json!({"SetPoint": max})).with("If-Match", &own.etag);
            let answer = w.ask(request.clone()).await?;
            w.pending.push((request, answer));
        }
        Ok(())
    })
    .await
}

#[then("the first write is taken and the second one gets 412")]
async fn first_wins(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        if let Some((_, answer)) = pending.first() {
            in_use(answer)?;
        }
        let wrong = pending.iter().zip([200, 412]).find(|((_, answer), status)| answer.status != *status);
        if let Some(((request, answer), status)) = wrong {
            disable(w).await?;
            return Err(failed(request, answer, &status.to_string()));
        }
        Ok(())
    })
    .await
}

#[when("four writers write it at once with the same tag")]
async fn four_writers(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let max = largest(&own)?;
        let session = w.context()?.session.lock().await.clone();
        let token = session.map(|(token, _)| token).unwrap_or_default();
        let client = w.context()?.client.lock().await.clone();
        let log = w.log();
        let requests: Vec<Request> = (0..4)
            .map(|nth| patch(&own, &json!({"SetPoint": max - f64::from(nth)})))
            .map(|request| request.with("If-Match", &own.etag).with("X-Auth-Token", &token))
            .collect();
        requests.iter().try_for_each(|request| w.note_before(request))?;
        let sent = requests.iter().map(|request| client.send(request, &*log));
        let answers = futures::future::join_all(sent).await;
        for (request, answer) in requests.iter().zip(answers) {
            let answer = answer.map_err(|e| Judgement::Fail(e.to_string()))?;
            w.pending.push((request.clone(), answer));
        }
        Ok(())
    })
    .await
}

#[then("one is taken, and the control shows its value")]
async fn one_wins(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let pending = w.take_pending()?;
        let winners: Vec<&(Request, Answer)> = pending.iter().filter(|(_, a)| a.status == 200).collect();
        let others = pending.iter().filter(|(_, a)| a.status == 412).count();
        let after = read_control(w, &own.uri).await?;
        let asked = |request: &Request| {
            let body: Value = serde_json::from_str(request.body.as_deref()?).ok()?;
            body.get("SetPoint")?.as_f64()
        };
        let value = winners.first().and_then(|(request, _)| asked(request));
        // The devices may hold a coarser value, but not one that another writer asked for.
        let near = value.zip(set_point(&after.body)).is_some_and(|(a, b)| near(a, b, 0.5));
        if winners.len() != 1 || others != 3 || !near {
            disable(w).await?;
            let statuses: Vec<u16> = pending.iter().map(|(_, answer)| answer.status).collect();
            let held = after.body.get("SetPoint");
            return Err(Judgement::Fail(format!("statuses {statuses:?}, the control then holds {held:?}")));
        }
        Ok(())
    })
    .await
}

#[when(regex = r#"^it is written with the bodies "(.+)", "(.+)" and "(.+)"$"#)]
async fn bad_bodies(world: &mut ServiceWorld, a: String, b: String, c: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        for body in [a, b, c] {
            let request = Request::new("PATCH", &own.uri).json(body);
            let answer = w.ask(request.clone()).await?;
            w.pending.push((request, answer));
        }
        Ok(())
    })
    .await
}

#[when("it is written with a good set point and a property that does not exist")]
async fn unknown_property(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let max = largest(&control(w)?)?;
        write(w, &json!({"SetPoint": max, "DpoNoSuchProperty": 1})).await.map(drop)
    })
    .await
}

#[when("its Name is written")]
async fn write_name(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| write(w, &json!({"Name": "dpo"})).await.map(drop)).await
}

#[when("its set point is written as a text")]
async fn write_text(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let max = largest(&control(w)?)?;
        write(w, &json!({"SetPoint": max.to_string()})).await.map(drop)
    })
    .await
}

#[when("its set point is written 1 W above its largest value")]
async fn write_beyond(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let max = largest(&control(w)?)?;
        write(w, &json!({"SetPoint": max + 1.0})).await.map(drop)
    })
    .await
}

#[when("its set point is written with a tag that is not its own")]
async fn write_stale(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let body = json!({"SetPoint": largest(&own)?});
        let request = patch(&own, &body).with("If-Match", "\"dpo-not-this-one\"");
        let answer = w.ask(request.clone()).await?;
        w.pending.push((request, answer));
        Ok(())
    })
    .await
}

#[when("it is set to its largest value without a login")]
async fn write_openly(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let request = patch(&own, &json!({"SetPoint": largest(&own)?}));
        let answer = w.send(&request).await?;
        w.pending.push((request, answer));
        Ok(())
    })
    .await
}

#[when("the user who may only read sets it to its largest value")]
async fn write_as_reader(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let reader = w.context()?.plan.reader.clone();
        let reader = reader.ok_or_else(|| Judgement::Error("no user who may only read was named".into()))?;
        let login = w.login(&reader).await?;
        let token = login.header("x-auth-token").unwrap_or_default().to_owned();
        if token.is_empty() {
            return Err(Judgement::Error(format!(
                "user {:?} could not log in: {}",
                reader.user, login.status
            )));
        }
        w.context()?.client.lock().await.hide(&token);
        let request = patch(&own, &json!({"SetPoint": largest(&own)?})).with("X-Auth-Token", &token);
        let answer = w.send(&request).await?;
        w.pending.push((request, answer));
        let uri = crate::service::path_of(login.header("location").unwrap_or_default());
        w.send(&Request::new("DELETE", &uri).with("X-Auth-Token", &token)).await?;
        Ok(())
    })
    .await
}

#[then(regex = r"^the answer is (\d{3})$")]
async fn status(world: &mut ServiceWorld, wanted: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            if answer.status != wanted {
                let held = read_control(w, &control(w)?.uri).await?;
                if set_point(&held.body).is_some() {
                    disable(w).await?;
                }
                return Err(failed(&request, &answer, &wanted.to_string()));
            }
        }
        Ok(())
    })
    .await
}

#[then("the set point is unchanged")]
async fn unchanged(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let own = control(w)?;
        let after = read_control(w, &own.uri).await?;
        let (before, now) = (set_point(&own.body), set_point(&after.body));
        if before != now {
            disable(w).await?;
            return Err(Judgement::Fail(format!("{} held {before:?} and then {now:?}", own.uri)));
        }
        Ok(())
    })
    .await
}
