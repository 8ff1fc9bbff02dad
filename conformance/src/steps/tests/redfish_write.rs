//! Cases of writes over Redfish.

use serde_json::{Value, json};

use super::redfish::right;
use super::service::{CONTROL, MAX, Service, answer, error, table};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, Pass};
use crate::transport::http::Answer;

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
