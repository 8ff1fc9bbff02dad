//! Cases of a Redfish service.

use serde_json::{Value, json};

use super::service::{Service, answer, error, table};
use crate::outcome::Outcome::{Fail, Pass};
use crate::service::{ROOT, SESSIONS};
use crate::transport::http::Answer;

const CHASSIS: &str = "/redfish/v1/Chassis";
const ACCOUNTS: &str = "/redfish/v1/AccountService";
pub(super) const SENSOR: &str = "/redfish/v1/Chassis/1/Sensors/A";

pub(super) fn right() -> Service {
    Service::right()
}

/// Changes answers of a method on a resource.
fn changed(
    method: &'static str,
    uri: &'static str,
    change: impl Fn(&mut Answer) + Send + 'static,
) -> Service {
    right().then(move |request, mut answer| {
        if request.method == method && request.path.split('?').next() == Some(uri) {
            change(&mut answer);
        }
        answer
    })
}

fn header(answer: &mut Answer, name: &str, value: &str) {
    answer.headers.retain(|(own, _)| own != name);
    if !value.is_empty() {
        answer.headers.push((name.to_owned(), value.to_owned()));
    }
}

#[tokio::test]
async fn the_entrance_is_open_and_all_else_closed() {
    table(
        "RF-001",
        [
            ("is right", right(), Pass),
            (
                "needs a login for its root",
                right().when(|r| (r.path == ROOT && r.headers.is_empty()).then(|| error(401, "X"))),
                Fail,
            ),
            ("answers with a list", right().says("GET", "/redfish", answer(200, &json!([]))), Fail),
        ],
    )
    .await;
    let open = |said: Answer| {
        right().when(move |r| (r.path == CHASSIS && r.headers.is_empty()).then(|| said.clone()))
    };
    let bare =
        |body: &Value| Answer { status: 401, headers: Vec::new(), body: body.to_string().into_bytes() };
    let said = Answer { headers: Vec::new(), ..error(401, "NoValidSession") };
    for (what, fake, outcome) in [
        ("opens a resource", open(answer(200, &json!({"@odata.id": CHASSIS}))), Fail),
        ("says 403", open(error(403, "X")), Fail),
        ("shows the resource beside 401", open(answer(401, &json!({"@odata.id": CHASSIS}))), Fail),
        ("shows its members beside 401", open(answer(401, &json!({"Members": []}))), Fail),
        ("says nothing beside 401", open(bare(&json!({}))), Fail),
        ("says how to log in", open(answer(401, &json!({}))), Pass),
        ("says why", open(said), Pass),
    ] {
        table("RF-002", [(what, fake, outcome)]).await;
    }
    table("RF-002", [("is right", right(), Pass)]).await;
    let nothing = right().body(ROOT, |body| *body = json!({"@odata.id": ROOT}));
    table("RF-002", [("links nothing", nothing, Fail)]).await;
    let itself = right().body(ROOT, |body| {
        *body = json!({"@odata.id": ROOT, "Self": {"@odata.id": ROOT}, "Chassis": {"@odata.id": CHASSIS}});
    });
    table("RF-002", [("links itself", itself, Pass)]).await;
    let token = "0123456789abcdef0123456789abcdef";
    let opens = right().when(move |r| {
        (r.path == CHASSIS && r.headers.iter().any(|(_, v)| v == token))
            .then(|| answer(200, &json!({"Members": []})))
    });
    table("RF-006", [("is right", right(), Pass), ("takes any token", opens, Fail)]).await;
}

#[tokio::test]
async fn sessions_are_made_and_ended() {
    let made = |change: fn(&mut Answer)| changed("POST", SESSIONS, change);
    table(
        "RF-003",
        [
            ("is right", right(), Pass),
            ("gives no token", made(|a| header(a, "x-auth-token", "")), Fail),
            ("gives no location", made(|a| header(a, "location", "")), Fail),
            ("says 200", made(|a| a.status = 200), Fail),
            ("names another session", made(|a| a.body = br#"{"@odata.id": "/x"}"#.to_vec()), Fail),
            (
                "shows the password",
                made(|a| {
                    a.body.splice(1..1, br#""Password": "a good password","#.iter().copied()).for_each(drop)
                }),
                Fail,
            ),
            ("does not end it", right().when(|r| (r.method == "DELETE").then(|| error(404, "X"))), Fail),
            (
                "ends it with 200",
                changed("DELETE", "/redfish/v1/SessionService/Sessions/0", |a| a.status = 200),
                Pass,
            ),
            (
                "answers its end with 300",
                right().then(|r, mut a| {
                    if r.method == "DELETE" {
                        a.status = 300;
                    }
                    a
                }),
                Fail,
            ),
        ],
    )
    .await;
    // The first login is that of the case.
    let with = |token: &'static str| {
        let mut first = true;
        right().acts(move |_, r| {
            (r.method == "POST" && std::mem::take(&mut first))
                .then(|| {
                    let mut said =
                        answer(201, &json!({"@odata.id": "/redfish/v1/SessionService/Sessions/9"}));
                    said.headers.push(("x-auth-token".into(), token.into()));
                    said.headers.push(("location".into(), "/redfish/v1/SessionService/Sessions/9".into()));
                    Ok(said)
                })
                .or_else(|| {
                    let own = r.headers.iter().any(|(_, value)| value == token);
                    own.then(|| {
                        Ok(if r.method == "DELETE" {
                            answer(204, &Value::Null)
                        } else {
                            answer(200, &json!({"Members": []}))
                        })
                    })
                })
        })
    };
    table(
        "RF-003",
        [
            ("gives a token of 16 characters", with("0123456789abcdeX"), Pass),
            ("gives a token of 15 characters", with("0123456789abcdX"), Fail),
            (
                "gives a token that opens nothing",
                with("0123456789abcdeX").before(|r| {
                    (r.path == CHASSIS && r.headers.iter().any(|(_, v)| v == "0123456789abcdeX"))
                        .then(|| error(401, "X"))
                }),
                Fail,
            ),
        ],
    )
    .await;
    table(
        "RF-005",
        [
            ("is right", right(), Pass),
            ("opens with the old token", with("0123456789abcdeX"), Fail),
            (
                "says 403 to the old token",
                with("0123456789abcdeX").before(|r| {
                    (r.path == CHASSIS && r.headers.iter().any(|(_, v)| v == "0123456789abcdeX"))
                        .then(|| error(403, "X"))
                }),
                Fail,
            ),
        ],
    )
    .await;
    table("RF-004", [("is right", right(), Pass)]).await;
}

#[tokio::test]
async fn headers_tags_and_methods() {
    for (name, value) in
        [("odata-version", "4.1"), ("content-type", "text/html"), ("cache-control", ""), ("allow", "HEAD")]
    {
        let lacks = changed("GET", CHASSIS, move |a| header(a, name, value));
        table("RF-010", [("has another header", lacks, Fail)]).await;
    }
    table(
        "RF-010",
        [
            ("is right", right(), Pass),
            (
                "has a media type without a charset",
                changed("GET", CHASSIS, |a| header(a, "content-type", "application/json")),
                Pass,
            ),
        ],
    )
    .await;
    let status = right().then({
        let mut nth = 0;
        move |r, mut a| {
            nth += usize::from(r.path == ROOT);
            if r.path == ROOT && nth == 2 {
                a.status = 203;
            }
            a
        }
    });
    table("RF-010", [("says 203", status, Fail)]).await;
    let steady = |change: fn(&mut Answer)| changed("GET", ACCOUNTS, change);
    let bare = |a: &mut Answer| {
        header(a, "etag", "");
        let mut body = a.json().unwrap_or_default();
        if let Some(own) = body.as_object_mut() {
            own.insert("@odata.etag".into(), json!(""));
            a.body = body.to_string().into_bytes();
        }
    };
    table(
        "RF-011",
        [
            ("is right", right(), Pass),
            ("has another tag in its header", steady(|a| header(a, "etag", "\"u\"")), Fail),
            ("has no tag in its header", steady(|a| header(a, "etag", "")), Fail),
            ("has no tags at all", steady(bare), Fail),
            (
                "sends a body beside 304",
                steady(|a| {
                    if a.status == 304 {
                        a.body = b"{}".to_vec()
                    }
                }),
                Fail,
            ),
            (
                "sends nothing beside 200",
                steady(|a| {
                    if a.status == 304 {
                        a.status = 200
                    }
                }),
                Fail,
            ),
            (
                "sends the resource again",
                steady(|a| {
                    if a.status == 304 {
                        *a = answer(200, &json!({}))
                    }
                }),
                Fail,
            ),
            (
                "knows any tag",
                right().when(|r| {
                    r.headers.iter().any(|(n, _)| n == "If-None-Match").then(|| answer(304, &Value::Null))
                }),
                Fail,
            ),
        ],
    )
    .await;
    let head = |change: fn(&mut Answer)| changed("HEAD", ACCOUNTS, change);
    table(
        "RF-012",
        [
            ("is right", right(), Pass),
            ("does not know HEAD", head(|a| a.status = 405), Fail),
            ("says 204 to HEAD", head(|a| a.status = 204), Fail),
            ("has another tag", head(|a| header(a, "etag", "\"u\"")), Fail),
            ("has another media type", head(|a| header(a, "content-type", "text/plain")), Fail),
            (
                "does not find it",
                right().then(|r, mut a| {
                    if r.path == ACCOUNTS {
                        a.status = 404;
                    }
                    a
                }),
                Fail,
            ),
        ],
    )
    .await;
    // Without an account service the sessions stand in for it.
    let other = right().body(ROOT, |body| drop(body.as_object_mut().unwrap().remove("AccountService")));
    let none = right().body(ROOT, |body| {
        body.as_object_mut()
            .unwrap()
            .retain(|name, _| !["AccountService", "SessionService"].contains(&name.as_str()));
    });
    table("RF-012", [("has no accounts", other, Pass), ("has neither", none, Fail)]).await;
    table(
        "RF-014",
        [
            ("is right", right(), Pass),
            (
                "takes any version",
                right().when(|r| r.headers.iter().any(|(_, v)| v == "4.1").then(|| answer(200, &json!({})))),
                Fail,
            ),
            (
                "takes none",
                right()
                    .when(|r| r.headers.iter().any(|(n, _)| n == "OData-Version").then(|| error(412, "X"))),
                Fail,
            ),
        ],
    )
    .await;
    let option = |said: u16, query: &'static str| {
        right().then(move |r, mut a| {
            if r.path.ends_with(query) {
                a.status = said;
            }
            a
        })
    };
    table(
        "RF-016",
        [
            ("is right", right(), Pass),
            ("says 400", option(400, "?$dpo_unknown"), Pass),
            ("ignores it", option(200, "?$dpo_unknown"), Fail),
            ("refuses any option", option(400, "?dpo_unknown=1"), Fail),
        ],
    )
    .await;
    let put = |change: fn(&mut Answer)| changed("PUT", CHASSIS, change);
    table(
        "RF-015",
        [
            ("is right", right(), Pass),
            ("says 404", put(|a| a.status = 404), Fail),
            ("does not say what it takes", put(|a| header(a, "allow", "")), Fail),
            ("says that it takes PUT", put(|a| header(a, "allow", "GET, PUT")), Fail),
            ("says that it takes DELETE", put(|a| header(a, "allow", "get, delete")), Pass),
        ],
    )
    .await;
}

#[tokio::test]
async fn errors_are_said_in_redfish() {
    let missing = |body: Value| right().says("GET", "/redfish/v1/DpoNothing", answer(404, &body));
    let info = |ids: &[&str]| ids.iter().map(|id| json!({"MessageId": id})).collect::<Vec<_>>();
    let said = |code: &str, ids: &[&str]| {
        missing(json!({"error": {"code": code, "@Message.ExtendedInfo": info(ids)}}))
    };
    table(
        "RF-013",
        [
            ("is right", right(), Pass),
            ("says two things", said("Base.1.0.X", &["Base.1.0.X", "Base.1.0.Y"]), Pass),
            ("says a registry without a version", said("Base.1.0.X", &["Base.1.0.X", "Base.X"]), Fail),
            ("says a registry with one number", said("Base.1.0.X", &["Base.1.X"]), Pass),
            ("has no code", said("", &["Base.1.0.X"]), Fail),
            ("says nothing", said("Base.1.0.X", &[]), Fail),
            ("has no messages", missing(json!({"error": {"code": "X"}})), Fail),
            ("has a page", missing(json!("<html>")), Fail),
            ("says 400", right().says("GET", "/redfish/v1/DpoNothing", error(400, "X")), Fail),
        ],
    )
    .await;
}
