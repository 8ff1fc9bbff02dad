//! Cases of a Redfish service.

use serde_json::{Value, json};

use super::service::{CONTROL, MAX, METRICS, SUPPLY, Service, answer, error, table};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, Pass};
use crate::service::{ROOT, SESSIONS};
use crate::transport::http::Answer;

const CHASSIS: &str = "/redfish/v1/Chassis";
const ACCOUNTS: &str = "/redfish/v1/AccountService";
const SENSOR: &str = "/redfish/v1/Chassis/1/Sensors/A";

fn right() -> Service {
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

#[tokio::test]
async fn resources_tell_where_and_what_they_are() {
    let sensor = |name: &'static str, value: Value| {
        right()
            .body(SENSOR, move |body| drop(body.as_object_mut().unwrap().insert(name.into(), value.clone())))
    };
    table(
        "RF-020",
        [
            ("is right", right(), Pass),
            ("is another one", sensor("@odata.id", json!("/redfish/v1/Chassis/1/Sensors/B")), Fail),
            (
                "is the root without a slash",
                right().body(ROOT, |body| body["@odata.id"] = json!("/redfish/v1")),
                Pass,
            ),
            ("has no type", sensor("@odata.type", Value::Null), Fail),
            ("has no name", sensor("Name", json!("")), Fail),
            ("has no id", sensor("Id", Value::Null), Fail),
            (
                "is a collection without an id",
                right().body(SENSOR, |body| {
                    let own = body.as_object_mut().unwrap();
                    own.remove("Id");
                    own.insert("Members".into(), json!([]));
                }),
                Pass,
            ),
            ("is gone", right().says("GET", SENSOR, error(404, "X")), Fail),
        ],
    )
    .await;
    // With nine resources it is no service; with ten it is.
    let few = |count: usize| {
        right().acts(move |_, r| {
            let body = |uri: &str, links: Value| json!({"@odata.id": uri, "@odata.type": "#X.X", "Name": "x", "Id": "1", "Links": links});
            let links: Vec<Value> = (1..count).map(|nth| json!({"@odata.id": format!("/redfish/v1/X/{nth}")})).collect();
            match r.path.as_str() {
                _ if r.method != "GET" => None,
                ROOT => Some(Ok(answer(200, &body(ROOT, json!(links))))),
                uri if uri.starts_with("/redfish/v1/X/") => Some(Ok(answer(200, &body(uri, json!([]))))),
                _ => None,
            }
        })
    };
    table("RF-020", [("has ten resources", few(10), Pass), ("has nine resources", few(9), Fail)]).await;
    table("RF-021", [("has no collection", few(10), Fail)]).await;
    let members = |change: fn(&mut Value)| right().body("/redfish/v1/Chassis/1/Sensors", change);
    table(
        "RF-021",
        [
            ("is right", right(), Pass),
            ("counts one more", members(|body| body["Members@odata.count"] = json!(3)), Fail),
            ("does not count", members(|body| body["Members@odata.count"] = Value::Null), Fail),
            (
                "has one twice",
                members(|body| {
                    let first = body["Members"][0].clone();
                    body["Members"][1] = first;
                }),
                Fail,
            ),
            (
                "has more on another page",
                members(|body| {
                    body["Members@odata.count"] = json!(3);
                    body["Members@odata.nextLink"] = json!("/redfish/v1/Chassis/1/Sensors?$skip=2");
                }),
                Pass,
            ),
            (
                "has one twice, and more on another page",
                members(|body| {
                    let first = body["Members"][0].clone();
                    body["Members"][1] = first;
                    body["Members@odata.nextLink"] = json!("/redfish/v1/Chassis/1/Sensors?$skip=2");
                }),
                Fail,
            ),
        ],
    )
    .await;
    table(
        "RF-007",
        [
            ("is right", right(), Pass),
            ("shows the password", sensor("Password", json!("a good password")), Fail),
            ("shows the token", sensor("Token", json!("0123456789abcdef0")), Fail),
        ],
    )
    .await;
    table(
        "RF-025",
        [
            ("has what it claims", right().claims("1.20.0", &["Sensor", "PowerSupply"]), Pass),
            ("has no fan", right().claims("1.20.0", &["Sensor", "Fan"]), Fail),
            ("has another version", right().claims("1.19.0", &["Sensor"]), Fail),
            ("claims nothing", right(), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test]
async fn sensors_controls_and_supplies_tell_what_they_must() {
    let sensor = |name: &'static str, value: Value| {
        right()
            .body(SENSOR, move |body| drop(body.as_object_mut().unwrap().insert(name.into(), value.clone())))
    };
    let absent = json!({"State": "Absent"});
    table(
        "RF-022",
        [
            ("is right", right(), Pass),
            ("has no reading", sensor("Reading", Value::Null), Fail),
            ("has no unit", sensor("ReadingUnits", json!("")), Fail),
            ("is at its least", sensor("Reading", json!(0.0)), Pass),
            ("is below it", sensor("Reading", json!(-0.5)), Fail),
            ("is at its most", sensor("Reading", json!(60.0)), Pass),
            ("is above it", sensor("Reading", json!(60.5)), Fail),
            (
                "is not there",
                sensor("Status", absent.clone()).body(SENSOR, |body| body["Reading"] = Value::Null),
                Pass,
            ),
            (
                "has no sensor that is there",
                right().then(move |r, mut a| {
                    if r.path.starts_with("/redfish/v1/Chassis/1/Sensors/") {
                        a = answer(200, &json!({"@odata.id": r.path, "Status": {"State": "Absent"}}));
                    }
                    a
                }),
                Inconclusive,
            ),
            (
                "has no sensors",
                right().body("/redfish/v1/Chassis/1/Sensors", |body| body["Members"] = json!([])),
                Fail,
            ),
        ],
    )
    .await;
    let control = |change: fn(&mut Value)| right().body(CONTROL, change);
    let copy = |change: fn(&mut Value)| right().body(METRICS, change);
    table(
        "RF-023",
        [
            ("is right", right(), Pass),
            ("states no range", control(|body| body["AllowableMax"] = Value::Null), Fail),
            ("is in kilowatts", control(|body| body["SetPointUnits"] = json!("kW")), Fail),
            ("begins below zero", control(|body| body["AllowableMin"] = json!(-1.0)), Fail),
            ("begins at its end", control(|body| body["AllowableMin"] = json!(MAX)), Fail),
            ("begins below its end", control(|body| body["AllowableMin"] = json!(MAX - 1.0)), Pass),
            (
                "has a copy of another set point",
                copy(|body| body["PowerLimitWatts"]["SetPoint"] = json!(5.0)),
                Fail,
            ),
            (
                "has a copy without a set point",
                copy(|body| drop(body["PowerLimitWatts"].as_object_mut().unwrap().remove("SetPoint"))),
                Fail,
            ),
            (
                "copies another control the second time",
                right().body_from(METRICS, 1, |body| body["PowerLimitWatts"]["DataSourceUri"] = json!("/x")),
                Fail,
            ),
        ],
    )
    .await;
    let supply = |change: fn(&mut Value)| right().body(SUPPLY, change);
    let metrics = |change: fn(&mut Value)| {
        right().body("/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0/Metrics", change)
    };
    table(
        "RF-024",
        [
            ("is right", right(), Pass),
            (
                "has a maker and no model",
                supply(|body| {
                    body["Model"] = json!("");
                    body["Manufacturer"] = json!("M");
                }),
                Pass,
            ),
            ("has neither", supply(|body| body["Model"] = json!("")), Fail),
            ("has no serial number", supply(|body| body["SerialNumber"] = json!("")), Fail),
            ("has no health", supply(|body| body["Status"]["Health"] = Value::Null), Fail),
            ("has no power", metrics(|body| body["OutputPowerWatts"] = Value::Null), Fail),
            ("has no voltage", metrics(|body| body["RailVoltage"] = json!([])), Fail),
            ("is not there", supply(|body| body["Status"]["State"] = json!("Absent")), Fail),
        ],
    )
    .await;
}

/// Writes of the control get this answer, and nothing is done.
fn patched(said: Answer) -> Service {
    right().says("PATCH", CONTROL, said)
}

/// Answers writes of the control as it should, and takes a set point all the same.
fn takes(case_writes: usize) -> Service {
    let mut nth = 0;
    right().acts(move |shelf, request| {
        nth += usize::from(request.method == "PATCH");
        if request.method == "PATCH" && nth == case_writes {
            shelf.limit = Some(5.0);
        }
        None
    })
}

#[tokio::test]
async fn writes_that_must_be_refused_change_nothing() {
    for (id, status, key) in [
        ("RF-008", 403, "InsufficientPrivilege"),
        ("RF-009", 401, "NoValidSession"),
        ("RF-030", 400, "MalformedJSON"),
        ("RF-031", 400, "PropertyUnknown"),
        ("RF-032", 400, "PropertyNotWritable"),
        ("RF-033", 400, "PropertyValueTypeError"),
        ("RF-034", 400, "PropertyValueOutOfRange"),
        ("RF-035", 412, "PreconditionFailed"),
    ] {
        let other = if id == "RF-030" { Pass } else { Fail };
        let rows = [
            ("is right", right(), Pass),
            ("says it", patched(error(status, key)), Pass),
            ("says another status", patched(error(status + 1, key)), Fail),
            ("takes it", patched(answer(200, &json!({}))), Fail),
            ("says it and takes it", takes(1), Fail),
        ];
        table(id, rows).await;
        if status == 400 {
            table(id, [("says something else", patched(error(400, "GeneralError")), other)]).await;
        }
    }
    // A set point that somebody else has stays.
    let held = right().first(|shelf| shelf.limit = Some(9_000.0)).says(
        "PATCH",
        CONTROL,
        error(401, "NoValidSession"),
    );
    table("RF-009", [("has a set point before", held, Pass)]).await;
    let nobody = right().acts(|_, r| {
        let reader = r.body.as_deref().is_some_and(|body| body.contains("reader"));
        (r.method == "POST" && reader).then(|| Ok(error(401, "X")))
    });
    table("RF-008", [("does not let the reader in", nobody, Error)]).await;
}

#[tokio::test]
async fn a_set_point_is_taken_shown_and_taken_back() {
    let first_patch = |said: Answer| {
        let mut first = true;
        right().acts(move |shelf, r| {
            (r.method == "PATCH" && std::mem::take(&mut first)).then(|| {
                shelf.limit = Some(MAX);
                Ok(said.clone())
            })
        })
    };
    let shown = |limit: f64, mode: &str| answer(200, &json!({"SetPoint": limit, "ControlMode": mode}));
    // The control is read when it is found, and behind the write.
    let then = |change: fn(&mut Value)| right().body_from(CONTROL, 1, change);
    table(
        "RF-040",
        [
            ("is right", right(), Pass),
            ("says 204", first_patch(answer(204, &Value::Null)), Pass),
            (
                "says 202",
                first_patch(answer(202, &json!({"SetPoint": MAX, "ControlMode": "Automatic"}))),
                Fail,
            ),
            ("shows it to one percent", first_patch(shown(MAX * 0.99, "Automatic")), Pass),
            ("shows another one", first_patch(shown(MAX * 0.98, "Automatic")), Fail),
            ("shows no mode", first_patch(shown(MAX, "Manual")), Fail),
            (
                "then reads another one",
                then(|body| {
                    if !body["SetPoint"].is_null() {
                        body["SetPoint"] = json!(17_000.0)
                    }
                }),
                Fail,
            ),
            ("then reads another mode", then(|body| body["ControlMode"] = json!("Manual")), Fail),
            ("is steered", patched(error(409, "X")), Inconclusive),
            ("does not reach its devices", patched(error(503, "X")), Inconclusive),
            ("refuses it", patched(error(400, "X")), Fail),
            ("has a set point before", right().first(|shelf| shelf.limit = Some(9_000.0)), Inconclusive),
            (
                "does not take it back",
                right().acts(|_, r| {
                    r.body
                        .as_deref()
                        .is_some_and(|b| b.contains("Disabled"))
                        .then(|| Ok(answer(200, &json!({}))))
                }),
                Fail,
            ),
            (
                "says 300 and takes it back",
                right().then(|r, mut a| {
                    if r.body.as_deref().is_some_and(|b| b.contains("Disabled")) {
                        a.status = 300;
                    }
                    a
                }),
                Fail,
            ),
            (
                "says 204 and takes it back",
                right().then(|r, mut a| {
                    if r.body.as_deref().is_some_and(|b| b.contains("Disabled")) {
                        a.status = 204;
                    }
                    a
                }),
                Pass,
            ),
        ],
    )
    .await;
    let held = |held: bool| {
        right().body("/redfish/v1/Managers/1", move |body| {
            body["Oem"]["DPOGateway"]["Lease"]["Held"] = json!(held)
        })
    };
    table(
        "RF-042",
        [
            ("is right", right(), Pass),
            ("keeps the lease", held(true), Fail),
            (
                "has another mode",
                right().body_from(CONTROL, 2, |body| body["ControlMode"] = json!("Manual")),
                Fail,
            ),
            ("shows a set point", right().body_from(CONTROL, 2, |body| body["SetPoint"] = json!(1.0)), Fail),
        ],
    )
    .await;
    let nth_status = |list: &'static [u16]| {
        let mut nth = 0;
        right().then(move |r, mut a| {
            if r.headers.iter().any(|(name, _)| name == "If-Match") {
                a.status = list[nth];
                nth += 1;
            }
            a
        })
    };
    table(
        "RF-041",
        [
            ("is right", right(), Pass),
            ("takes both", nth_status(&[200, 200]), Fail),
            ("takes none", nth_status(&[412, 412]), Fail),
            ("is steered", nth_status(&[409, 412]), Inconclusive),
        ],
    )
    .await;
    let value = |set: f64| {
        right().body_from(CONTROL, 1, move |body| {
            if !body["SetPoint"].is_null() {
                body["SetPoint"] = json!(set)
            }
        })
    };
    table(
        "RF-043",
        [
            ("is right", right(), Pass),
            ("takes none", nth_status(&[412; 4]), Fail),
            ("takes two", nth_status(&[200, 200, 412, 412]), Fail),
            ("fails one", nth_status(&[200, 500, 412, 412]), Fail),
            ("holds half a watt less", value(MAX - 0.5), Pass),
            ("holds the value of another writer", value(MAX - 1.0), Fail),
        ],
    )
    .await;
}
