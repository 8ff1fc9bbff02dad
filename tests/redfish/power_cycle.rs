//! `PowerSupply.Reset`: offered, refused, and a task that ends when the supply is back.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::{PowerCycleView, ShelfState, Snapshot};
use serde_json::json;

use crate::client::{Answer, Client, OPERATOR, VIEWER, service, service_and_feed};
use crate::shelf;

const SUPPLIES: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies";
const MANAGER: &str = "/redfish/v1/Managers/Gateway";
const CYCLE: &str = r#"{"ResetType":"PowerCycle"}"#;

fn target(psu: u8) -> String {
    format!("{SUPPLIES}/PSU{psu}/Actions/PowerSupply.Reset")
}

async fn reset(client: &Client, psu: u8) -> Answer {
    client.send(Method::POST, &target(psu), CYCLE).await
}

/// Asks the monitor until the reset has ended.
async fn ended(client: &Client, accepted: &Answer) -> Answer {
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text);
    loop {
        let answer = client.get(accepted.header("location")).await;
        if answer.status != StatusCode::ACCEPTED {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn holder(client: &Client) -> serde_json::Value {
    client.get(MANAGER).await.json()["Oem"]["DPOGateway"]["Lease"]["UserName"].clone()
}

#[tokio::test]
async fn a_reset_is_a_task_from_the_start_and_ends_when_the_supply_is_back() {
    let client = service();
    let action =
        client.get(&format!("{SUPPLIES}/PSU1")).await.json()["Actions"]["#PowerSupply.Reset"].clone();
    assert_eq!(action, json!({"target": target(1), "ResetType@Redfish.AllowableValues": ["PowerCycle"]}));
    // Nobody waits, whatever the service lets clients wait.
    let accepted = reset(&client, 1).await;
    assert_eq!(accepted.json()["TaskState"], "Running");
    let done = ended(&client, &accepted).await;
    assert_eq!((done.status, &done.json()["Id"]), (StatusCode::OK, &json!("PSU1")), "{}", done.text);
    let task = client.get(accepted.json()["@odata.id"].as_str().unwrap()).await.json();
    assert_eq!((&task["TaskState"], &task["TaskStatus"]), (&json!("Completed"), &json!("OK")));
    // The lease that it took is free again.
    while !holder(&client).await.is_null() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    // One that is not back in time.
    let accepted = reset(&client, 2).await;
    let done = ended(&client, &accepted).await;
    assert_eq!(
        (done.status, done.messages()),
        (StatusCode::SERVICE_UNAVAILABLE, vec!["OperationFailed".to_owned()])
    );
    assert!(done.text.contains("psu 2: not back within 60s"), "{}", done.text);
    let task = client.get(accepted.json()["@odata.id"].as_str().unwrap()).await.json();
    assert_eq!(task["TaskState"], "Exception");
}

#[tokio::test]
async fn it_does_not_end_a_fail_safe_state() {
    let before = shelf::snapshot();
    let power_cycle = PowerCycleView { offered: vec![1, 2, 3, 4, 5, 6], under_way: None };
    let (client, mut feed) =
        service_and_feed(Snapshot { state: ShelfState::FailSafe, power_cycle, ..before });
    let refused = reset(&client, 3).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("fail-safe state: take the lease first"), "{}", refused.text);
    assert!(feed.commands.try_recv().is_err(), "the gateway was not asked for the lease");
}

#[tokio::test]
async fn what_is_in_the_way_is_said_at_once() {
    let client = service();
    let refused = reset(&client, 3).await;
    assert_eq!(
        (refused.status, refused.messages()),
        (StatusCode::CONFLICT, vec!["ResourceInUse".to_owned()])
    );
    assert!(
        refused.text.contains("PowerSupply.Reset was not done: refused in this state: psu 5 does not answer")
    );
    while !holder(&client).await.is_null() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for (body, messages) in [
        ("", "ActionParameterMissing"),
        ("{}", "ActionParameterMissing"),
        (r#"{"ResetType":"ForceOff"}"#, "ActionParameterValueNotInList"),
        (r#"{"ResetType":1}"#, "ActionParameterValueTypeError"),
        (r#"{"ResetType":"PowerCycle","Delay":1}"#, "ActionParameterUnknown"),
    ] {
        let refused = client.send(Method::POST, &target(1), body).await;
        assert_eq!(
            (refused.status, refused.messages()),
            (StatusCode::BAD_REQUEST, vec![messages.to_owned()]),
            "{body}"
        );
    }
    for user in [VIEWER, OPERATOR] {
        let refused = reset(&client.anonymous().as_user(user), 1).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{user}");
    }
    assert_eq!(reset(&client, 9).await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get(&target(1)).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_lease_of_ones_own_stays_and_goes_on_as_it_was() {
    let client = service();
    let lease = json!({"Oem": {"DPOGateway": {"Lease": {"Held": true, "RemainingSeconds": 20}}}});
    assert_eq!(client.patch(MANAGER, lease.to_string()).await.status, StatusCode::OK);
    // The snapshot that shows the lease.
    while holder(&client).await.is_null() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let accepted = reset(&client, 1).await;
    ended(&client, &accepted).await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    let shown = client.get(MANAGER).await.json();
    let lease = &shown["Oem"]["DPOGateway"]["Lease"];
    assert_eq!((&lease["UserName"], &lease["RemainingSeconds"]), (&json!("admin"), &json!(20.0)), "{lease}");
}

#[tokio::test]
async fn it_is_not_offered_where_nobody_switched_it_on() {
    let (client, _feed) =
        service_and_feed(Snapshot { power_cycle: PowerCycleView::default(), ..shelf::snapshot() });
    assert!(client.get(&format!("{SUPPLIES}/PSU1")).await.json().get("Actions").is_none());
    assert_eq!(reset(&client, 1).await.status, StatusCode::NOT_FOUND);
}
