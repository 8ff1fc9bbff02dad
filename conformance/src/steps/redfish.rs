//! Redfish: who gets in.

use cucumber::{then, when};

use crate::service::tree::{self, links};
use crate::service::{Account, ROOT, SESSIONS, ServiceWorld, messages, path_of, start};
use crate::transport::http::{Answer, Request};
use crate::world::{CaseEnded, Judged, Judgement, Judging, step};

pub(super) fn failed(request: &Request, answer: &Answer, wanted: &str) -> Judgement {
    Judgement::Fail(format!(
        "{request}: status {}, {}; expected {wanted}",
        answer.status,
        start(&answer.body)
    ))
}

/// Sends a request without a login and keeps the answer.
async fn openly(world: &mut ServiceWorld, request: Request) -> Judged {
    let answer = world.send(&request).await?;
    world.pending.push((request, answer));
    Ok(())
}

/// Sends a request in the session of the run and keeps the answer.
pub(super) async fn keep(world: &mut ServiceWorld, request: Request) -> Judged {
    let answer = world.ask(request.clone()).await?;
    world.pending.push((request, answer));
    Ok(())
}

pub(super) async fn chassis_uri(world: &mut ServiceWorld) -> Result<String, Judgement> {
    let root = world.get(ROOT).await?;
    let uri = tree::link(&root, "Chassis").map(str::to_owned);
    uri.ok_or_else(|| Judgement::Fail("the service root links no chassis".into()))
}

/// A resource whose content does not change by itself.
pub(super) async fn steady_uri(world: &mut ServiceWorld) -> Result<String, Judgement> {
    let root = world.get(ROOT).await?;
    let uri = tree::link(&root, "AccountService").or_else(|| tree::link(&root, "SessionService"));
    uri.map(str::to_owned).ok_or_else(|| Judgement::Fail("the service root links no SessionService".into()))
}

#[when(r#"the client reads "/redfish" and "/redfish/v1/" without a login"#)]
async fn entrance(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        openly(w, Request::new("GET", "/redfish")).await?;
        openly(w, Request::new("GET", ROOT)).await
    })
    .await
}

#[then("each answer is 200 with a JSON object")]
async fn all_good(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        for (request, answer) in &pending {
            crate::service::body(request, answer)?;
        }
        w.pending = pending;
        Ok(())
    })
    .await
}

#[then("they name the service root and its RedfishVersion")]
pub(super) async fn names_root(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        let at = |nth: usize, name: &str| {
            let body = pending.get(nth).and_then(|(_, answer)| answer.json()).unwrap_or_default();
            body.get(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let (v1, version, own) = (at(0, "v1"), at(1, "RedfishVersion"), at(1, "@odata.id"));
        if v1 != ROOT || version.is_empty() || own.trim_end_matches('/') != ROOT.trim_end_matches('/') {
            let seen = format!("v1 {v1:?}, RedfishVersion {version:?}, @odata.id {own:?}");
            return Err(Judgement::Fail(seen));
        }
        w.note(format!("RedfishVersion {version}"));
        Ok(())
    })
    .await
}

#[when("the client reads the resources that the root links without a login")]
async fn without_login(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let request = Request::new("GET", ROOT);
        let answer = w.send(&request).await?;
        let root = crate::service::body(&request, &answer)?;
        let mut found = Vec::new();
        links(&root, &mut found);
        found.retain(|uri| uri.trim_end_matches('/') != ROOT.trim_end_matches('/'));
        if found.is_empty() {
            return Err(Judgement::Fail("the service root links nothing".into()));
        }
        for uri in found {
            openly(w, Request::new("GET", &uri)).await?;
        }
        Ok(())
    })
    .await
}

#[when("the client reads the chassis collection with a token that was never given")]
async fn made_up_token(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let uri = chassis_uri(w).await?;
        openly(w, Request::new("GET", &uri).with("X-Auth-Token", "0123456789abcdef0123456789abcdef")).await
    })
    .await
}

#[then("each answer is 401 and shows nothing of a resource")]
async fn all_closed(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            let shown = answer.json().unwrap_or_default();
            let resource = shown.get("@odata.id").is_some() || shown.get("Members").is_some();
            if answer.status != 401 || resource {
                return Err(failed(&request, &answer, "401 and no resource"));
            }
            if answer.header("www-authenticate").is_none() && messages(&answer).is_empty() {
                return Err(failed(&request, &answer, "WWW-Authenticate or an error object"));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client logs in")]
async fn log_in(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let account = w.context()?.plan.account.clone();
        let answer = w.login(&account).await?;
        if let Some(token) = answer.header("x-auth-token").map(str::to_owned) {
            w.context()?.client.lock().await.hide(&token);
            w.kept.insert("token", token);
        }
        let uri = path_of(answer.header("location").unwrap_or_default());
        w.kept.insert("session", uri);
        w.pending.push((Request::new("POST", SESSIONS), answer));
        Ok(())
    })
    .await
}

fn kept(world: &ServiceWorld, what: &'static str) -> Result<String, Judgement> {
    let value = world.kept.get(what).filter(|value| !value.is_empty()).cloned();
    value.ok_or_else(|| Judgement::Fail(format!("the login gave no {what}")))
}

#[then("the answer is a session with a token, a location and no password")]
async fn is_session(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (token, uri) = (kept(w, "token")?, kept(w, "session")?);
        let password = w.context()?.plan.account.password.clone();
        for (request, answer) in w.take_pending()? {
            let body = answer.json().unwrap_or_default();
            let own = body.get("@odata.id").and_then(|id| id.as_str());
            if answer.status != 201 || own != Some(uri.as_str()) {
                return Err(failed(&request, &answer, &format!("201 and the session {uri}")));
            }
            if String::from_utf8_lossy(&answer.body).contains(&password) {
                return Err(Judgement::Fail("the answer to the login shows the password".into()));
            }
        }
        // 64 bits of a random token are no less than eight characters.
        if token.len() < 16 {
            return Err(Judgement::Fail(format!("a token of {} characters can be guessed", token.len())));
        }
        Ok(())
    })
    .await
}

#[then("the token opens the chassis collection")]
async fn token_opens(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (token, uri) = (kept(w, "token")?, chassis_uri(w).await?);
        let request = Request::new("GET", &uri).with("X-Auth-Token", &token);
        let answer = w.send(&request).await?;
        crate::service::body(&request, &answer).map(drop)
    })
    .await
}

#[when("the client ends the session")]
#[then("the session is ended")]
async fn end_session(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        w.pending.clear();
        let (token, uri) = (kept(w, "token")?, kept(w, "session")?);
        let request = Request::new("DELETE", &uri).with("X-Auth-Token", &token);
        let answer = w.send(&request).await?;
        if !(200..300).contains(&answer.status) {
            return Err(failed(&request, &answer, "200 or 204"));
        }
        Ok(())
    })
    .await
}

#[then("its token is refused")]
async fn token_refused(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let (token, uri) = (kept(w, "token")?, chassis_uri(w).await?);
        let request = Request::new("GET", &uri).with("X-Auth-Token", &token);
        let answer = w.send(&request).await?;
        if answer.status == 401 { Ok(()) } else { Err(failed(&request, &answer, "401")) }
    })
    .await
}

#[when("the client logs in with a wrong password, and as a user that does not exist")]
async fn wrong_logins(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let account = w.context()?.plan.account.clone();
        let wrong = crate::service::wrong_password()?;
        for (user, password) in [(account.user, wrong.clone()), ("dpo-nobody".to_owned(), wrong)] {
            let answer = w.login(&Account { user: user.clone(), password }).await?;
            w.pending.push((Request::new("POST", SESSIONS).with("User", &user), answer));
        }
        Ok(())
    })
    .await
}

#[then("both are refused alike, without a token")]
pub(super) async fn refused_alike(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        for (request, answer) in &pending {
            if ![400, 401, 403].contains(&answer.status) || answer.header("x-auth-token").is_some() {
                return Err(failed(request, answer, "401 without a token"));
            }
        }
        let [(_, first), (_, second)] = pending.as_slice() else {
            return Err(Judgement::Error("two logins were expected".into()));
        };
        if first.status != second.status || first.body != second.body {
            let seen = format!("wrong password: {} {}", first.status, start(&first.body));
            let other = format!("unknown user: {} {}", second.status, start(&second.body));
            return Err(Judgement::Fail(format!("the answers tell the two apart: {seen}; {other}")));
        }
        Ok(())
    })
    .await
}
