//! Levers in `Oem` of the manager: the lease, the grid code that judges, a forecast.

use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::{CommandKind, GateError, Gateway, Judge, Judged, Recording};
use dpo_gateway::redfish::RedfishConfig;
use serde_json::{Value, json};

use crate::client::{Answer, Client, OPERATOR, client, config, service, service_and_feed};
use crate::shelf;

const MANAGER: &str = "/redfish/v1/Managers/Gateway";

/// What a client writes below `Oem/DPOGateway`.
async fn write(client: &Client, body: Value) -> Answer {
    client.patch(MANAGER, json!({"Oem": {"DPOGateway": body}}).to_string()).await
}

async fn extension(client: &Client) -> Value {
    client.get(MANAGER).await.json()["Oem"]["DPOGateway"].clone()
}

#[derive(Debug)]
struct Codes(Mutex<String>);

impl Judge for Codes {
    fn judge(&self, _: &Recording) -> Judged {
        Judged::default()
    }

    fn code(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn codes(&self) -> Vec<String> {
        vec!["a@1".to_owned(), "b@2".to_owned()]
    }

    fn choose(&self, code: &str) -> Result<(), String> {
        if !self.codes().iter().any(|known| known == code) {
            return Err(format!("no code {code}"));
        }
        code.clone_into(&mut self.0.lock().unwrap());
        Ok(())
    }
}

/// A service whose gateway judges events.
fn judged(config: &RedfishConfig) -> (Client, Arc<Codes>) {
    let codes = Arc::new(Codes(Mutex::new("a@1".to_owned())));
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    tokio::spawn(shelf::play(feed));
    let judge: Arc<dyn Judge> = codes.clone();
    (client(gateway.with_judge(Some(judge)), config), codes)
}

#[tokio::test]
async fn the_lease_is_taken_renewed_and_given_back_and_answers_say_so() {
    let client = service();
    let taken = write(&client, json!({"Lease": {"Held": true, "RemainingSeconds": 60}})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let lease = &taken.json()["Oem"]["DPOGateway"]["Lease"];
    assert_eq!((&lease["UserName"], &lease["RemainingSeconds"]), (&json!("admin"), &json!(60.0)));
    let renewed = write(&client, json!({"Lease": {"RemainingSeconds": 90}})).await;
    assert_eq!(renewed.json()["Oem"]["DPOGateway"]["Lease"]["RemainingSeconds"], 90.0);
    // A limit that it holds goes with it.
    const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
    assert_eq!(client.patch(LIMIT, r#"{"SetPoint": 9000}"#).await.status, StatusCode::OK);
    let given = write(&client, json!({"Lease": {"Held": false}})).await;
    assert_eq!(
        (given.status, &given.json()["Oem"]["DPOGateway"]["Lease"]["Held"]),
        (StatusCode::OK, &json!(false))
    );
    let again = write(&client, json!({"Lease": {"Held": false}})).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "there is none: {}", again.text);
}

#[tokio::test]
async fn somebody_elses_lease_is_neither_taken_nor_given_back() {
    let mut taken = config();
    taken.accounts.push(dpo_gateway::redfish::Account {
        name: "other".to_owned(),
        password: crate::client::password("other").into(),
        role: dpo_gateway::redfish::Role::Administrator,
    });
    let (client, _) = judged(&taken);
    assert_eq!(write(&client, json!({"Lease": {"Held": true}})).await.status, StatusCode::OK);
    let other = client.anonymous().as_user("other");
    let refused = write(
        &other,
        json!({"Lease": {"Held": true}, "Forecast": {"StepSeconds": 1, "LoadWatts": [1]},
        "RideThrough": {"GridCode": "b@2"}}),
    )
    .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(extension(&client).await["Forecast"], Value::Null, "all or nothing");
    assert_eq!(extension(&client).await["RideThrough"]["GridCode"], "a@1");
    assert_ne!(write(&other, json!({"Lease": {"Held": false}})).await.status, StatusCode::OK);
    let operator = client.anonymous().as_user(OPERATOR);
    assert_eq!(write(&operator, json!({"Lease": {"Held": true}})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(extension(&client).await["Lease"]["UserName"], "admin");
}

#[tokio::test]
async fn the_code_that_judges_is_chosen_among_those_there_are_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = RedfishConfig { state: Some(folder.path().join("redfish.json")), ..config() };
    let (client, codes) = judged(&kept);
    let shown = extension(&client).await["RideThrough"].clone();
    assert_eq!(
        shown,
        json!({"GridCode": "a@1", "GridCode@Redfish.AllowableValues": ["a@1", "b@2"], "Enforced": false})
    );
    let wrong = write(&client, json!({"RideThrough": {"GridCode": "c@3"}})).await;
    assert_eq!(
        (wrong.status, wrong.messages()),
        (StatusCode::BAD_REQUEST, vec!["PropertyValueNotInList".to_owned()])
    );
    assert!(wrong.text.contains("Oem/DPOGateway/RideThrough/GridCode"), "{}", wrong.text);
    assert_eq!(codes.code(), "a@1");
    let chosen = write(&client, json!({"RideThrough": {"GridCode": "b@2"}})).await;
    assert_eq!(chosen.json()["Oem"]["DPOGateway"]["RideThrough"]["GridCode"], "b@2");
    assert_eq!(codes.code(), "b@2");
    let (again, codes) = judged(&kept);
    assert_eq!(codes.code(), "b@2", "over a restart");
    drop(again);
    // Nothing judges: there is nothing to choose.
    let none = service();
    assert!(extension(&none).await.get("RideThrough").is_none());
    assert_eq!(
        write(&none, json!({"RideThrough": {"GridCode": "a@1"}})).await.messages(),
        ["PropertyUnknown"]
    );
}

#[tokio::test]
async fn a_disk_that_fails_leaves_the_lease_free() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("sub/redfish.json");
    std::fs::create_dir(state.parent().unwrap()).unwrap();
    let (client, codes) = judged(&RedfishConfig { state: Some(state.clone()), ..config() });
    std::fs::remove_dir_all(state.parent().unwrap()).unwrap();
    let both = json!({"Lease": {"Held": true}, "RideThrough": {"GridCode": "b@2"}});
    let failed = write(&client, both.clone()).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", failed.text);
    // The gateway publishes after it has answered.
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    assert_eq!(extension(&client).await["Lease"]["UserName"], Value::Null);
    assert_eq!(codes.code(), "a@1");
    std::fs::create_dir(state.parent().unwrap()).unwrap();
    assert_eq!(write(&client, both).await.status, StatusCode::OK);
    assert_eq!(codes.code(), "b@2");
}

#[tokio::test]
async fn a_lease_that_the_gateway_refuses_leaves_the_grid_code_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let kept = RedfishConfig { state: Some(folder.path().join("redfish.json")), ..config() };
    let codes = Arc::new(Codes(Mutex::new("a@1".to_owned())));
    let (gateway, mut feed) = Gateway::channel(shelf::snapshot());
    tokio::spawn(async move {
        while let Some(command) = feed.commands.recv().await {
            if let CommandKind::Acquire { answer, .. } = command.kind {
                let _ =
                    answer.send(Err(GateError::State { reason: "not on record, so not done".to_owned() }));
            }
        }
    });
    let judge: Arc<dyn Judge> = codes.clone();
    let client = client(gateway.with_judge(Some(judge)), &kept);
    let refused = write(&client, json!({"Lease": {"Held": true}, "RideThrough": {"GridCode": "b@2"}})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(codes.code(), "a@1");
    let (_, codes) = judged(&kept);
    assert_eq!(codes.code(), "a@1", "over a restart, too");
}

#[tokio::test]
async fn a_forecast_is_shown_as_it_was_left_and_fits_the_schema() {
    let (client, _) = judged(&config());
    let left = json!({"StartTime": "2026-01-31T12:00:00Z", "StepSeconds": 0.5, "LoadWatts": [9000.0, 9500.5], "ErrorPercent": 3.0,
        "MaxAgeSeconds": 3600.0});
    let answer = write(&client, json!({"Forecast": left})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let shown = extension(&client).await;
    for (name, value) in left.as_object().unwrap() {
        assert_eq!(&shown["Forecast"][name], value, "{name}");
    }
    assert_eq!(shown["Forecast"]["UserName"], "admin");
    let mut schema = client.get("/redfish/v1/schemas/DPOGatewayManager.v1_0_0.json").await.json();
    schema.as_object_mut().unwrap().remove("$schema");
    let schema = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = schema.iter_errors(&shown).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(write(&client, json!({"Forecast": null})).await.status, StatusCode::OK);
    assert_eq!(extension(&client).await["Forecast"], Value::Null);
}

#[tokio::test]
async fn what_is_no_lever_is_refused_by_its_path() {
    let client = service();
    for (body, path, message) in [
        (json!({"Oem": {"DPOGateway": {"State": "Normal"}}}), "Oem/DPOGateway/State", "PropertyNotWritable"),
        (json!({"Oem": {"DPOGateway": {"BusVoltage": 50}}}), "Oem/DPOGateway/BusVoltage", "PropertyUnknown"),
        (json!({"Oem": {"Other": {}}}), "Oem/Other", "PropertyUnknown"),
        (json!({"Oem": {}}), "Oem/DPOGateway", "PropertyMissing"),
        (json!({"Oem": 1}), "Oem", "PropertyValueTypeError"),
        (json!({"Model": "x"}), "Model", "PropertyNotWritable"),
        (
            json!({"Oem": {"DPOGateway": {"Lease": {"Held": 1}}}}),
            "Oem/DPOGateway/Lease",
            "PropertyValueTypeError",
        ),
        (
            json!({"Oem": {"DPOGateway": {"Lease": {"RemainingSeconds": 1e9}}}}),
            "Oem/DPOGateway/Lease/RemainingSeconds",
            "PropertyValueOutOfRange",
        ),
        (
            json!({"Oem": {"DPOGateway": {"Forecast": {"StepSeconds": 0, "LoadWatts": [1]}}}}),
            "Oem/DPOGateway/Forecast/StepSeconds",
            "PropertyValueOutOfRange",
        ),
    ] {
        let refused = client.patch(MANAGER, body.to_string()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {}", refused.text);
        assert_eq!(refused.messages(), [message], "{body}: {}", refused.text);
        assert!(refused.text.contains(path), "{body}: {}", refused.text);
    }
    let nothing = client.patch(MANAGER, r#"{"Oem": {"DPOGateway": {"Lease": {}}}}"#).await;
    assert_eq!(nothing.messages(), ["NoOperation"], "{}", nothing.text);
}

#[tokio::test]
async fn reads_do_not_wait_for_a_write_that_waits_for_the_bus() {
    // Nobody plays the gateway: what is written waits for devices that do not answer.
    let (client, mut feed) = service_and_feed(shelf::snapshot());
    let mut writes = Vec::new();
    for (uri, body) in [
        ("/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit".to_owned(), r#"{"SetPoint": 9000}"#),
        (MANAGER.to_owned(), r#"{"Oem": {"DPOGateway": {"Lease": {"Held": true}}}}"#),
    ] {
        let client = client.clone();
        writes.push(tokio::spawn(async move { client.patch(&uri, body).await }));
    }
    // The first is with the gateway, and holds all others up.
    let waiting = feed.commands.recv().await.unwrap();
    let tree = crate::tree::crawl(&client).await;
    assert!(tree.len() > 200, "{}", tree.len());
    for uri in ["/redfish/v1/Chassis/PowerShelf/Sensors?$expand=.", "/metrics", "/healthz"] {
        assert_eq!(client.send(Method::GET, uri, "").await.status, StatusCode::OK, "{uri}");
    }
    assert!(writes.iter().all(|write| !write.is_finished()), "they still wait");
    drop(waiting);
}
