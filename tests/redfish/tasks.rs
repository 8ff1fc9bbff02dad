//! Writes that go on after their request was answered.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::{CommandKind, Gateway, GatewayFeed};
use dpo_gateway::redfish::RedfishConfig;
use serde_json::Value;

use crate::client::{ADMIN, Answer, Client, VIEWER, client, config, service};
use crate::shelf;

const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
const TASKS: &str = "/redfish/v1/TaskService/Tasks";

/// Asks the monitor until the write has ended.
async fn ended(client: &Client, monitor: &str) -> Answer {
    loop {
        let answer = client.get(monitor).await;
        if answer.status != StatusCode::ACCEPTED {
            return answer;
        }
        assert_eq!(answer.json()["TaskState"], "Running");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_wait_finds_the_answer_at_the_monitor() {
    let client = service();
    let hurried = client.with("prefer", "respond-async");
    let accepted = hurried.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text);
    assert_eq!(accepted.header("preference-applied"), "respond-async");
    assert_eq!(accepted.header("retry-after"), "1");
    let monitor = accepted.header("location").to_owned();
    let task = accepted.json();
    assert_eq!(task["TaskMonitor"], monitor);
    assert_eq!(task["HidePayload"], true);

    let done = ended(&client, &monitor).await;
    assert_eq!((done.status, done.json()["SetPoint"].as_f64()), (StatusCode::OK, Some(5000.0)));
    assert_eq!(
        done.header("etag"),
        client.get(LIMIT).await.header("etag"),
        "the answer as it would have come"
    );
    let task = client.get(task["@odata.id"].as_str().unwrap()).await.json();
    assert_eq!((&task["TaskState"], &task["TaskStatus"]), (&"Completed".into(), &"OK".into()));

    // What is refused is refused there.
    let accepted = hurried.patch(LIMIT, r#"{"SetPoint":-1}"#).await;
    let refused = ended(&client, accepted.header("location")).await;
    assert_eq!(
        (refused.status, refused.messages()),
        (StatusCode::BAD_REQUEST, vec!["PropertyValueOutOfRange".to_owned()])
    );
    assert_eq!(client.get(&format!("{TASKS}/2")).await.json()["TaskState"], "Exception");
    assert_eq!(client.get(TASKS).await.json()["Members@odata.count"], 2);

    // Logging in is answered at once, whatever a client prefers: nobody could look for the answer.
    let login = r#"{"UserName":"admin","Password":"password-of-admin"}"#;
    let anonymous = client.anonymous().with("prefer", "respond-async");
    let session = anonymous.send(Method::POST, "/redfish/v1/SessionService/Sessions", login).await;
    assert_eq!(session.status, StatusCode::CREATED);
    assert_eq!(hurried.get(LIMIT).await.status, StatusCode::OK, "a read is a read");
}

#[tokio::test]
async fn an_answer_is_for_its_user_and_is_forgotten_by_administrators() {
    let client = service();
    let viewer = client.anonymous().as_user(VIEWER);
    let accepted = client.with("prefer", "respond-async").patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    let monitor = accepted.header("location").to_owned();
    ended(&client, &monitor).await;
    assert_eq!(viewer.get(&monitor).await.status, StatusCode::FORBIDDEN);
    assert_eq!(viewer.get(&format!("{TASKS}/1")).await.status, StatusCode::OK, "that it ran is no secret");
    // One's own may be looked at, and by administrators.
    let account = format!("/redfish/v1/AccountService/Accounts/{VIEWER}");
    let own = viewer.with("prefer", "respond-async").patch(&account, r#"{"Password":"another-one"}"#).await;
    let done = ended(&client, own.header("location")).await;
    assert_eq!((done.status, &done.json()["Password"]), (StatusCode::OK, &Value::Null));
    assert!(!done.text.contains("another-one"));

    assert_eq!(viewer.send(Method::DELETE, &format!("{TASKS}/1"), "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.send(Method::DELETE, &format!("{TASKS}/1"), "").await.status, StatusCode::NO_CONTENT);
    for gone in [monitor.as_str(), "/redfish/v1/TaskService/Tasks/1", "/redfish/v1/TaskService/Tasks/01"] {
        assert_eq!(client.get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
    assert_eq!(client.get("/redfish/v1/AccountService/Accounts/admin").await.json()["UserName"], ADMIN);
}

/// Answers the commands of the gateway after the test says so.
async fn slow(feed: GatewayFeed, go: tokio::sync::oneshot::Receiver<()>) {
    let GatewayFeed { snapshots, mut commands, .. } = feed;
    let mut go = Some(go);
    while let Some(command) = commands.recv().await {
        if let (CommandKind::Acquire { .. }, Some(go)) = (&command.kind, go.take()) {
            // A sender that is gone answers, too.
            let _ = go.await;
        }
        drop(command);
        drop(snapshots.borrow());
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_takes_long_becomes_a_task() {
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    let (go, wait) = tokio::sync::oneshot::channel();
    tokio::spawn(slow(feed, wait));
    let client = client(gateway, &RedfishConfig { patience: Duration::from_secs(3), ..config() });
    let accepted = client.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text);
    assert_eq!(accepted.header("preference-applied"), "", "nobody asked");
    let task = format!("{TASKS}/1");
    assert_eq!(client.get(&task).await.json()["TaskState"], "Running");
    assert_eq!(client.send(Method::DELETE, &task, "").await.status, StatusCode::CONFLICT);
    go.send(()).unwrap();
    let done = ended(&client, accepted.header("location")).await;
    assert_eq!(done.status, StatusCode::SERVICE_UNAVAILABLE, "the gateway dropped it: {}", done.text);
    assert_eq!(client.get(&task).await.json()["TaskState"], "Exception");
}

#[tokio::test]
async fn each_schema_is_found_by_its_name() {
    let client = service();
    let all = client.get("/redfish/v1/JsonSchemas").await.json();
    let members = all["Members"].as_array().unwrap();
    assert!(members.len() > 60, "{}", members.len());
    for member in members {
        let file = client.get(member["@odata.id"].as_str().unwrap()).await.json();
        let location = &file["Location"][0];
        match location["Uri"].as_str() {
            Some(uri) => assert_eq!(client.get(uri).await.json()["title"], file["Schema"], "{uri}"),
            None => {
                let uri = location["PublicationUri"].as_str().unwrap();
                let id = file["Id"].as_str().unwrap();
                assert_eq!(uri, format!("http://redfish.dmtf.org/schemas/v1/{id}.json"));
            }
        }
    }
    assert_eq!(client.get("/redfish/v1/JsonSchemas/Chassis").await.status, StatusCode::NOT_FOUND);
}
