//! Writes of the controls, and their refusals.

use std::time::Duration;

use axum::http::StatusCode;
use dpo_gateway::gateway::{
    Applied, CommandKind, GateError, GatewayFeed, LeaseView, Owner, Setpoint, SetpointView, Snapshot,
};
use dpo_gateway::registers::units::Watts;
use serde_json::Value;

use crate::client::{ADMIN, service, service_and_feed};
use crate::shelf;

const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
const DISCHARGE: &str = "/redfish/v1/Chassis/PowerShelf/Controls/BBUDischarge";

#[tokio::test]
async fn a_write_is_answered_with_what_the_devices_hold() {
    let (client, mut feed) = service_and_feed(shelf::snapshot());
    let gateway = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(command) = feed.commands.recv().await {
            assert_eq!(command.owner, Owner::Redfish { user: ADMIN.to_owned() });
            match command.kind {
                CommandKind::Acquire { duration, answer } => {
                    seen.push(format!("acquire {duration:?}"));
                    answer.send(Ok(LeaseView::default())).unwrap();
                }
                CommandKind::Set { setpoint, answer } => {
                    seen.push(format!("{setpoint:?}"));
                    let setpoint = SetpointView {
                        requested: Some(Watts(12_000.0)),
                        // The devices took a coarser value.
                        applied: Some(Watts(11_998.5)),
                        minimum: Watts(1_000.0),
                        maximum: Watts(18_000.0),
                        confirmed: None,
                    };
                    answer.send(Ok(Applied { setpoint, lease: LeaseView::default() })).unwrap();
                }
                CommandKind::Release { .. } => seen.push("release".to_owned()),
                CommandKind::Commit { .. }
                | CommandKind::Indicate { .. }
                | CommandKind::Note { .. }
                | CommandKind::BusVoltage { .. }
                | CommandKind::PowerCycle { .. } => {
                    panic!("not asked for")
                }
            }
        }
        seen
    });
    let before = client.get(LIMIT).await;
    let answer = client.patch(LIMIT, r#"{"SetPoint":12000}"#).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["SetPoint"].as_f64(), Some(11_998.5));
    assert_eq!(answer.json()["ControlMode"], "Automatic");
    assert_ne!(answer.header("etag"), before.header("etag"));
    // The gateway has published nothing since: reads must show the write nevertheless.
    let after = client.get(LIMIT).await;
    // A shorter lease, so that a client that is lost is noticed sooner.
    let short = r#"{"SetPoint":12000,"Oem":{"DPOGateway":{"LeaseSeconds":2.5}}}"#;
    assert_eq!(client.patch(LIMIT, short).await.status, StatusCode::OK);
    assert_eq!((after.text.as_str(), after.header("etag")), (answer.text.as_str(), answer.header("etag")));
    let environment = client.get("/redfish/v1/Chassis/PowerShelf/EnvironmentMetrics").await.json();
    assert_eq!(environment["PowerLimitWatts"]["SetPoint"].as_f64(), Some(11_998.5));
    drop(client);
    let seen = gateway.await.unwrap();
    let set = "InputPowerLimit(Some(Watts(12000.0)))";
    assert_eq!(seen, ["acquire 300s", set, "acquire 2.5s", set]);
}

#[tokio::test]
async fn null_and_disabled_take_the_setpoint_back_and_free_the_lease() {
    let client = service();
    for release in [r#"{"SetPoint":null}"#, r#"{"ControlMode":"Disabled"}"#] {
        for control in [LIMIT, DISCHARGE] {
            let set = client.patch(control, r#"{"SetPoint":4000,"ControlMode":"Automatic"}"#).await;
            assert_eq!(set.json()["SetPoint"].as_f64(), Some(4_000.0));
        }
        // Renewal alone keeps the value.
        let renewed = client.patch(LIMIT, r#"{"ControlMode":"Automatic"}"#).await;
        assert_eq!(renewed.json()["SetPoint"].as_f64(), Some(4_000.0));
        let freed = client.patch(LIMIT, release).await;
        assert_eq!(freed.status, StatusCode::OK, "{}", freed.text);
        assert_eq!(freed.json()["SetPoint"], Value::Null);
        assert_eq!(freed.json()["ControlMode"], "Disabled");
        let other = client.get(DISCHARGE).await.json();
        assert_eq!(other["SetPoint"].as_f64(), Some(4_000.0), "the other setpoint stays");
        assert_eq!(client.patch(DISCHARGE, release).await.json()["SetPoint"], Value::Null);
    }
    assert_eq!(client.patch(LIMIT, r#"{"SetPoint":null}"#).await.status, StatusCode::OK, "nothing to do");
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_by_name_and_changes_nothing() {
    let client = service();
    for (body, messages) in [
        ("{", vec!["MalformedJSON"]),
        ("12", vec!["UnrecognizedRequestBody"]),
        ("{}", vec!["EmptyJSON"]),
        (r#"{"@odata.id":"/x"}"#, vec!["NoOperation"]),
        (r#"{"Foo":1}"#, vec!["PropertyUnknown"]),
        (r#"{"Name":"x"}"#, vec!["PropertyNotWritable"]),
        (r#"{"SetPoint":5000,"Foo":1}"#, vec!["PropertyUnknown"]),
        (r#"{"SetPoint":5000,"AllowableMax":1,"Foo":1}"#, vec!["PropertyNotWritable", "PropertyUnknown"]),
        (r#"{"SetPoint":"5000"}"#, vec!["PropertyValueTypeError"]),
        (r#"{"SetPoint":5000,"SetPoint":6000}"#, vec!["PropertyDuplicate"]),
        (r#"{"SetPoint":1e999}"#, vec!["MalformedJSON"]),
        (r#"{"SetPoint":-1}"#, vec!["PropertyValueOutOfRange"]),
        (r#"{"SetPoint":1e308}"#, vec!["PropertyValueOutOfRange"]),
        (r#"{"SetPoint":18000.01}"#, vec!["PropertyValueOutOfRange"]),
        (r#"{"ControlMode":"Manual"}"#, vec!["PropertyValueNotInList"]),
        (r#"{"ControlMode":1}"#, vec!["PropertyValueTypeError"]),
        (r#"{"ControlMode":"Automatic"}"#, vec!["PropertyMissing"]),
        (r#"{"SetPoint":5000,"ControlMode":"Disabled"}"#, vec!["PropertyValueConflict"]),
        (r#"{"SetPoint":5000,"Oem":1}"#, vec!["PropertyValueTypeError"]),
        (r#"{"SetPoint":5000,"Oem":{"Contoso":{}}}"#, vec!["PropertyUnknown"]),
        (r#"{"SetPoint":5000,"Oem":{"DPOGateway":{"LeaseMinutes":1}}}"#, vec!["PropertyUnknown"]),
        (r#"{"SetPoint":5000,"Oem":{"DPOGateway":{}}}"#, vec!["PropertyMissing"]),
        (r#"{"SetPoint":5000,"Oem":{"DPOGateway":{"LeaseSeconds":"5"}}}"#, vec!["PropertyValueTypeError"]),
        (r#"{"SetPoint":5000,"Oem":{"DPOGateway":{"LeaseSeconds":1}}}"#, vec!["PropertyValueOutOfRange"]),
        (r#"{"SetPoint":5000,"Oem":{"DPOGateway":{"LeaseSeconds":301}}}"#, vec!["PropertyValueOutOfRange"]),
        (r#"{"Oem":{"DPOGateway":{"LeaseSeconds":5}}}"#, vec!["NoOperation"]),
    ] {
        let answer = client.patch(LIMIT, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
        assert_eq!(answer.messages(), messages, "{body}");
        let state = client.get(LIMIT).await.json();
        assert_eq!(state["SetPoint"], Value::Null, "{body}");
    }
    let named = client.patch(LIMIT, r#"{"SetPoint":-1}"#).await.json();
    assert_eq!(named["error"]["@Message.ExtendedInfo"][0]["RelatedProperties"][0], "#/SetPoint");
    // The refusals did not leave a lease behind that keeps others out.
    let large = "x".repeat(70_000);
    let answer = client.patch(LIMIT, format!(r#"{{"SetPoint":"{large}"}}"#)).await;
    assert_eq!(
        (answer.status, answer.messages()),
        (StatusCode::PAYLOAD_TOO_LARGE, vec!["PayloadTooLarge".to_owned()])
    );
    let typed = client.with("content-type", "text/plain").patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(typed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(
        client.patch("/redfish/v1/Chassis/PowerShelf/Controls/Nope", "{}").await.status,
        StatusCode::NOT_FOUND
    );
}

/// Answers each lease request, and each setpoint with `refusal`; counts what it was asked.
async fn refuse(mut feed: GatewayFeed, lease: Option<GateError>, refusal: GateError) -> (u32, u32) {
    let (mut sets, mut releases) = (0, 0);
    while let Some(command) = feed.commands.recv().await {
        match command.kind {
            CommandKind::Acquire { answer, .. } => {
                answer.send(lease.clone().map_or(Ok(LeaseView::default()), Err)).unwrap();
            }
            CommandKind::Set { answer, .. } => {
                sets += 1;
                answer.send(Err(refusal.clone())).unwrap();
            }
            CommandKind::Release { answer } => {
                releases += 1;
                answer.send(Ok(LeaseView::default())).unwrap();
            }
            CommandKind::Commit { .. }
            | CommandKind::Indicate { .. }
            | CommandKind::Note { .. }
            | CommandKind::BusVoltage { .. }
            | CommandKind::PowerCycle { .. } => {
                panic!("not asked for")
            }
        }
    }
    (sets, releases)
}

#[tokio::test]
async fn refusals_of_the_gate_have_a_status_and_a_reason() {
    let held =
        GateError::HeldByOther { owner: Owner::Modbus { token: 77 }, remaining: Duration::from_secs(9) };
    let range = GateError::OutOfRange { value: Watts(5e3), minimum: Watts(0.0), maximum: Watts(1.0) };
    let reason = || "PSU 3 did not read back".to_owned();
    for (lease, set, status, message, text) in [
        (Some(held.clone()), held, StatusCode::CONFLICT, "ResourceInUse", "a Modbus client"),
        (None, GateError::NoLease, StatusCode::CONFLICT, "ResourceInUse", "lease"),
        (None, range, StatusCode::BAD_REQUEST, "PropertyValueOutOfRange", "0 W to 1 W"),
        (
            None,
            GateError::State { reason: "no BBU is there".to_owned() },
            StatusCode::CONFLICT,
            "PropertyValueExternalConflict",
            "no BBU is there",
        ),
        (
            None,
            GateError::Device { reason: reason() },
            StatusCode::SERVICE_UNAVAILABLE,
            "PropertyNotUpdated",
            "PSU 3",
        ),
        (None, GateError::Stopped, StatusCode::SERVICE_UNAVAILABLE, "ServiceShuttingDown", "stopped"),
    ] {
        let (client, feed) = service_and_feed(shelf::snapshot());
        let taken = lease.is_none();
        let gateway = tokio::spawn(refuse(feed, lease, set));
        let tag = client.get(LIMIT).await.header("etag").to_owned();
        let answer = client.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.messages(), [message]);
        assert!(answer.text.contains(text), "{}", answer.text);
        assert!(!answer.text.contains("77"), "the token of the holder is not shown");
        assert_eq!(client.get(LIMIT).await.header("etag"), tag, "nothing was written");
        drop(client);
        assert_eq!(
            gateway.await.unwrap(),
            (u32::from(taken), u32::from(taken)),
            "a lease taken in vain is given back"
        );
    }
}

#[tokio::test]
async fn a_refused_write_leaves_a_lease_that_was_there_before() {
    let owner = Owner::Redfish { user: "admin".into() };
    let lease = LeaseView {
        owner: Some(owner),
        remaining: Duration::from_secs(60),
        grants: 1,
        ..LeaseView::default()
    };
    let (client, feed) = service_and_feed(Snapshot { lease, ..shelf::snapshot() });
    let reason = "psu 3 is being power-cycled: ask again when it is back".to_owned();
    let gateway = tokio::spawn(refuse(feed, None, GateError::State { reason }));
    let answer = client.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    drop(client);
    assert_eq!(gateway.await.unwrap(), (1, 0), "the power cycle goes on under it");
}

#[tokio::test]
async fn a_gateway_that_has_gone_is_said_so() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    drop(feed);
    assert_eq!(client.get(LIMIT).await.status, StatusCode::OK, "the last snapshot is still served");
    let answer = client.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(
        (answer.status, answer.messages()),
        (StatusCode::SERVICE_UNAVAILABLE, vec!["ServiceShuttingDown".to_owned()])
    );
}

#[tokio::test]
async fn a_condition_decides_whether_a_write_happens() {
    let client = service();
    let tag = client.get(LIMIT).await.header("etag").to_owned();
    for stale in ["\"0000000000000000\"", &format!("{tag}foobar"), "nonsense"] {
        let answer = client.with("if-match", stale).patch(LIMIT, r#"{"SetPoint":5000}"#).await;
        assert_eq!(
            (answer.status, answer.messages()),
            (StatusCode::PRECONDITION_FAILED, vec!["PreconditionFailed".to_owned()])
        );
        assert_eq!(client.get(LIMIT).await.header("etag"), tag, "{stale}");
    }
    let good = client.with("if-match", &tag).patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(good.status, StatusCode::OK);
    assert_eq!(client.get(LIMIT).await.header("etag"), good.header("etag"));
    assert_eq!(
        client.with("if-match", &tag).patch(LIMIT, r#"{"SetPoint":6000}"#).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(
        client.with("if-match", "*").patch(LIMIT, r#"{"SetPoint":6000}"#).await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_four_writers_with_one_tag_exactly_one_wins() {
    let client = service();
    // The same value and different ones: the tag must change with every write.
    for values in [[5000; 4], [5000, 6000, 7000, 8000]] {
        let tag = client.get(LIMIT).await.header("etag").to_owned();
        let writers = values.map(|value| {
            let writer = client.with("if-match", &tag);
            tokio::spawn(
                async move { (value, writer.patch(LIMIT, format!(r#"{{"SetPoint":{value}}}"#)).await) },
            )
        });
        let mut winners = Vec::new();
        for writer in writers {
            let (value, answer) = writer.await.unwrap();
            match answer.status {
                StatusCode::OK => winners.push(value),
                other => assert_eq!(other, StatusCode::PRECONDITION_FAILED),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(client.get(LIMIT).await.json()["SetPoint"].as_f64(), Some(f64::from(winners[0])));
    }
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_a_write_half_way() {
    let (client, mut feed) = service_and_feed(shelf::snapshot());
    let writer = tokio::spawn({
        let client = client.clone();
        async move { client.patch(LIMIT, r#"{"SetPoint":5000}"#).await.status }
    });
    let acquire = feed.commands.recv().await.unwrap();
    writer.abort();
    assert!(writer.await.unwrap_err().is_cancelled());
    let CommandKind::Acquire { answer, .. } = acquire.kind else { panic!("expected a lease request") };
    answer.send(Ok(LeaseView::default())).unwrap();
    let set = feed.commands.recv().await.unwrap();
    let CommandKind::Set { setpoint, .. } = set.kind else { panic!("expected a setpoint") };
    assert_eq!(setpoint, Setpoint::InputPowerLimit(Some(Watts(5_000.0))));
}

#[tokio::test]
async fn the_voltage_of_the_busbar_is_a_control_that_excludes_the_others() {
    const VOLTAGE: &str = "/redfish/v1/Chassis/PowerShelf/Controls/BusVoltage";
    let client = service();
    let shown = client.get(VOLTAGE).await.json();
    for (name, value) in [
        ("SetPointUnits", Value::from("V")),
        ("SetPoint", Value::Null),
        ("AllowableMin", Value::from(49.5)),
        ("AllowableMax", Value::from(51.0)),
        ("ControlMode", Value::from("Disabled")),
        ("PhysicalContext", Value::from("DCBus")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    assert!(shown.get("ControlType").is_none(), "there is no word for it");
    let set = client.patch(VOLTAGE, r#"{"SetPoint":50.25}"#).await;
    assert_eq!((set.status, set.json()["SetPoint"].as_f64()), (StatusCode::OK, Some(50.25)), "{}", set.text);
    assert_eq!(client.get(VOLTAGE).await.json()["ControlMode"], "Automatic");
    for wrong in ["49.4", "51.01", "-1", "1e308"] {
        let refused = client.patch(VOLTAGE, format!(r#"{{"SetPoint":{wrong}}}"#)).await;
        assert_eq!(
            (refused.status, refused.messages()),
            (StatusCode::BAD_REQUEST, vec!["PropertyValueOutOfRange".to_owned()]),
            "{wrong}"
        );
    }
    assert_eq!(client.get(VOLTAGE).await.json()["SetPoint"].as_f64(), Some(50.25), "it stays");
    let freed = client.patch(VOLTAGE, r#"{"ControlMode":"Disabled"}"#).await;
    assert_eq!((freed.status, &freed.json()["SetPoint"]), (StatusCode::OK, &Value::Null));
    assert_eq!(client.patch(LIMIT, r#"{"SetPoint":4000}"#).await.status, StatusCode::OK);
    let refused = client.patch(VOLTAGE, r#"{"SetPoint":50}"#).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("a setpoint of power is in force"), "{}", refused.text);
    assert_eq!(client.get(LIMIT).await.json()["SetPoint"].as_f64(), Some(4000.0), "it was there first");
}
