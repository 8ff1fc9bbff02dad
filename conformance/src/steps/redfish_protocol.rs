//! Redfish: headers, entity tags, HEAD, and the walk through all resources.

use cucumber::{then, when};

use super::redfish::{chassis_uri, failed, keep, steady_uri};
use crate::service::tree::{self, kind, members};
use crate::service::{ROOT, ServiceWorld};
use crate::transport::http::Request;
use crate::world::{CaseEnded, Judgement, Judging, step};

#[when("the client reads the service root and the chassis collection")]
async fn read_two(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let uri = chassis_uri(w).await?;
        keep(w, Request::new("GET", ROOT)).await?;
        keep(w, Request::new("GET", &uri)).await
    })
    .await
}

#[then("each answer carries OData-Version, Content-Type, Cache-Control and Allow")]
async fn headers(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (request, answer) in w.take_pending()? {
            let header = |name: &str| answer.header(name).unwrap_or_default().to_ascii_lowercase();
            let media = header("content-type");
            let wrong = [
                ("OData-Version", header("odata-version") == "4.0"),
                ("Content-Type", media.split(';').next() == Some("application/json")),
                ("Cache-Control", !header("cache-control").is_empty()),
                ("Allow", header("allow").contains("get")),
            ];
            if answer.status != 200 {
                return Err(failed(&request, &answer, "200"));
            }
            if let Some((name, _)) = wrong.iter().find(|(_, good)| !good) {
                let held = header(&name.to_ascii_lowercase());
                return Err(Judgement::Fail(format!("{request}: {name} is {held:?}")));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client reads a resource that does not change, with its tag and with another one")]
async fn with_tags(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let uri = steady_uri(w).await?;
        let answer = w.ask(Request::new("GET", &uri)).await?;
        let tag = answer.header("etag").unwrap_or_default().to_owned();
        let body = crate::service::body(&Request::new("GET", &uri), &answer)?;
        let own = body.get("@odata.etag").and_then(|tag| tag.as_str()).unwrap_or_default();
        w.kept.insert("header tag", tag.clone());
        w.kept.insert("body tag", own.to_owned());
        for tag in [tag.as_str(), "\"dpo-not-this-one\""] {
            keep(w, Request::new("GET", &uri).with("If-None-Match", tag)).await?;
        }
        Ok(())
    })
    .await
}

#[then("the tag of header and body are the same")]
async fn same_tag(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let tag = |what: &str| w.kept.get(what).cloned().unwrap_or_default();
        let (header, body) = (tag("header tag"), tag("body tag"));
        if header.is_empty() || header != body {
            return Err(Judgement::Fail(format!("ETag is {header:?}, @odata.etag {body:?}")));
        }
        Ok(())
    })
    .await
}

#[then("the first read gets 304 without a body, the second one the resource")]
async fn not_modified(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        let [(first, unchanged), (second, sent)] = pending.as_slice() else {
            return Err(Judgement::Error("two reads were expected".into()));
        };
        if unchanged.status != 304 || !unchanged.body.is_empty() {
            return Err(failed(first, unchanged, "304 without a body"));
        }
        crate::service::body(second, sent).map(drop)
    })
    .await
}

#[when("the client asks for a resource that does not change with GET and with HEAD")]
async fn get_and_head(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let uri = steady_uri(w).await?;
        keep(w, Request::new("GET", &uri)).await?;
        keep(w, Request::new("HEAD", &uri)).await
    })
    .await
}

#[then("both answers have the same status, media type and tag, and HEAD has no body")]
async fn head_is_get(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let pending = w.take_pending()?;
        let [(_, get), (request, head)] = pending.as_slice() else {
            return Err(Judgement::Error("two answers were expected".into()));
        };
        let same = |name: &str| get.header(name) == head.header(name);
        if get.status != 200 || head.status != get.status {
            return Err(failed(request, head, &format!("{} as for GET", get.status)));
        }
        for name in ["content-type", "etag"] {
            if !same(name) {
                let (one, other) = (get.header(name), head.header(name));
                return Err(Judgement::Fail(format!("{name} of GET is {one:?}, of HEAD {other:?}")));
            }
        }
        Ok(())
    })
    .await
}

#[then("no resource shows the password or the token")]
async fn no_secret(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let context = w.context()?;
        let token = context.session.lock().await.as_ref().map(|(token, _)| token.clone()).unwrap_or_default();
        let secrets = [("password", context.plan.account.password.clone()), ("token", token)];
        for (uri, body) in &w.tree {
            let text = body.to_string();
            for (what, secret) in secrets.iter().filter(|(_, secret)| secret.len() > 3) {
                if text.contains(secret.as_str()) {
                    return Err(Judgement::Fail(format!("{uri} shows the {what}")));
                }
            }
        }
        w.note(format!("{} resources looked at", w.tree.len()));
        Ok(())
    })
    .await
}

#[then("each collection counts its members, and each member once")]
async fn counts(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        let mut judged = 0_usize;
        for (uri, body) in w.tree.iter().filter(|(_, body)| body.get("Members").is_some()) {
            let list = members(body);
            let count = body.get("Members@odata.count").and_then(serde_json::Value::as_u64);
            let whole = body.get("Members@odata.nextLink").is_none();
            let mut once = list.clone();
            once.sort();
            once.dedup();
            // A log may hold its entries in full; those have URIs as well.
            if whole && count != Some(list.len() as u64) || once.len() != list.len() {
                let seen = format!(
                    "{uri}: count {count:?}, {} members, {} of them different",
                    list.len(),
                    once.len()
                );
                return Err(Judgement::Fail(seen));
            }
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Fail("no collection can be reached".into()));
        }
        w.note(format!("{judged} collections"));
        Ok(())
    })
    .await
}

#[then("each says where it is, of which type it is and how it is called")]
async fn self_describing(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut ServiceWorld| {
        for (uri, body) in &w.tree {
            let own = body.get("@odata.id").and_then(|id| id.as_str()).unwrap_or_default();
            let named = body.get("Name").and_then(|n| n.as_str()).is_some_and(|n| !n.is_empty());
            let collection = body.get("Members").is_some();
            let identified = collection || body.get("Id").and_then(|i| i.as_str()).is_some();
            if own.trim_end_matches('/') != uri.trim_end_matches('/')
                || kind(body).is_none()
                || !named
                || !identified
            {
                return Err(Judgement::Fail(format!(
                    "{uri}: @odata.id {own:?}, type {:?}, name {named}, id {identified}",
                    kind(body)
                )));
            }
        }
        if w.tree.len() < 10 {
            return Err(Judgement::Fail(format!("only {} resources can be reached", w.tree.len())));
        }
        w.note(format!("{} resources", w.tree.len()));
        Ok(())
    })
    .await
}

#[when("the client reads every resource that can be reached")]
async fn walk(world: &mut ServiceWorld) -> Result<(), CaseEnded> {
    let limit = std::time::Duration::from_secs(300);
    crate::world::step_within(limit, world, async |w: &mut ServiceWorld| {
        if !tree::walk(w).await? {
            w.note(format!("the walk ended at {} resources", tree::WALK_LIMIT));
        }
        Ok(())
    })
    .await
}
