//! Triggers, and the recordings of grid events.

use std::time::{Duration, SystemTime};

use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::{
    Event, EventKind, GatewayFeed, GridEventKind, GridPoint, Judged, Recording, RideVerdict, Severity,
    ShelfState,
};
use dpo_gateway::redfish::RedfishConfig;
use dpo_gateway::registers::units::{Hertz, Joules, Ratio, Volts, Watts};
use serde_json::{Value, json};

use crate::client::{Client, OPERATOR, VIEWER, config, service_and_feed, service_with};
use crate::shelf;

const TRIGGERS: &str = "/redfish/v1/TelemetryService/Triggers";
const ENTRIES: &str = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
const INPUT: &str = "/redfish/v1/Chassis/PowerShelf/Sensors/ShelfInputPower#/Reading";

async fn entries(client: &Client, key: &str) -> Vec<Value> {
    let all = client.get(ENTRIES).await.json();
    let members = all["Members"].as_array().unwrap().iter();
    members.filter(|e| e["MessageId"].as_str().unwrap().ends_with(key)).cloned().collect()
}

#[tokio::test]
async fn a_trigger_that_fires_is_an_event_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let with_state = || RedfishConfig { state: Some(folder.path().join("redfish.json")), ..config() };
    let client = service_with(&with_state());
    let body = json!({"Name": "too much", "MetricType": "Numeric", "MetricProperties": [INPUT],
        "NumericThresholds": {"UpperCritical": {"Reading": 1.0}}});
    let viewer = client.anonymous().as_user(VIEWER);
    assert_eq!(viewer.send(Method::POST, TRIGGERS, body.to_string()).await.status, StatusCode::FORBIDDEN);
    let made = client.send(Method::POST, TRIGGERS, body.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let at = made.header("location").to_owned();
    assert_eq!(at, format!("{TRIGGERS}/1"));
    let shown = client.get(&at).await.json();
    assert_eq!((&shown["Name"], &shown["NumericThresholds"]), (&body["Name"], &body["NumericThresholds"]));

    // Any write makes the gateway publish, and a snapshot is what is looked at.
    let light = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1";
    let fired = loop {
        client.patch(light, json!({"LocationIndicatorActive": true}).to_string()).await;
        let fired = entries(&client, ".TriggerFired").await;
        if !fired.is_empty() {
            break fired;
        }
    };
    assert_eq!((fired[0]["Severity"].as_str(), fired.len()), (Some("Critical"), 1));
    assert!(fired[0]["Message"].as_str().unwrap().contains("above UpperCritical 1"), "{}", fired[0]);
    assert_eq!(fired[0]["Links"]["OriginOfCondition"]["@odata.id"], at);

    // Kept over a restart, and gone when it is deleted.
    let again = service_with(&with_state());
    assert_eq!(again.get(&at).await.json()["Name"], "too much");
    let stale = again.with("if-match", "\"0\"");
    assert_eq!(stale.send(Method::DELETE, &at, "").await.status, StatusCode::PRECONDITION_FAILED);
    let operator = again.anonymous().as_user(OPERATOR);
    assert_eq!(operator.send(Method::DELETE, &at, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(again.send(Method::DELETE, &at, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(again.get(&at).await.status, StatusCode::NOT_FOUND);
    let next = again.send(Method::POST, TRIGGERS, body.to_string()).await;
    assert_eq!(next.header("location"), format!("{TRIGGERS}/2"), "numbers are not used again");
}

#[tokio::test]
async fn there_is_an_end_to_triggers() {
    let client = service_with(&config());
    let body = json!({"MetricProperties": [INPUT], "NumericThresholds": {"LowerWarning": {"Reading": 1.0}}});
    for _ in 0..64 {
        let made = client.send(Method::POST, TRIGGERS, body.to_string()).await;
        assert_eq!(made.status, StatusCode::CREATED);
    }
    let refused = client.send(Method::POST, TRIGGERS, body.to_string()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.messages(), ["CreateLimitReachedForResource"]);
    assert_eq!(client.get(TRIGGERS).await.json()["Members@odata.count"], 64);
    let refused = client.send(Method::POST, TRIGGERS, json!({"MetricProperties": [7]}).to_string()).await;
    assert_eq!(refused.messages(), ["PropertyValueTypeError"]);
}

/// A grid event of this number in the run: a sag of one phase.
fn sag(feed: &GatewayFeed, event: u64) {
    let point = |n: u64| GridPoint {
        number: n + 1,
        at_ms: n * 8,
        rms: [Volts(277.0), Volts(if n == 1 { 110.0 } else { 277.0 }), Volts(277.0)],
        frequency: Some(Hertz(60.0)),
        input: Some(Watts(9000.0)),
        bus: Some(Volts(50.5)),
        battery: None,
        state: ShelfState::Normal,
    };
    let time = SystemTime::now();
    feed.record(Recording {
        event,
        begin: time,
        kind: GridEventKind::Sag,
        extreme: Ratio(0.3971),
        duration: Duration::from_millis(8),
        energy: Some(Joules(12.4)),
        nominal: Volts(277.0),
        nominal_frequency: Hertz(60.0),
        simulated: true,
        cut: false,
        points: (0..3).map(point).collect(),
        zero_ms: 8,
        judged: Judged {
            verdict: RideVerdict::RiddenThrough,
            code: "ercot-nogrr282@2026-02".to_owned(),
            reasons: vec!["VRT PASS: inside".to_owned()],
        },
    });
    let (kind, severity) = (EventKind::GridEvent, Severity::Ok);
    let (subject, message) = ("grid".to_owned(), "sag to 0.40 p.u.".to_owned());
    feed.log(Event { sequence: event, time, kind, severity, subject, message });
}

#[tokio::test]
async fn a_grid_event_has_its_verdict_and_its_recording() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    sag(&feed, 1);
    let entry = entries(&client, ".GridEvent").await.remove(0);
    assert_eq!(
        entry["Oem"]["DPOGateway"],
        json!({"@odata.type": "#DPOGatewayLogEntry.v1_0_0.GridEvent", "Kind": "Sag", "ExtremePerUnit": 0.397,
            "DurationSeconds": 0.008, "EnergyJoules": 12.0, "NominalVolts": 277.0, "NominalHertz": 60.0,
            "Simulated": true, "RecordingCut": false, "Verdict": "RiddenThrough",
            "GridCode": "ercot-nogrr282@2026-02", "Reasons": ["VRT PASS: inside"]})
    );
    let schema = client.get("/redfish/v1/schemas/DPOGatewayLogEntry.v1_0_0.json").await.json();
    let whole = json!({"definitions": schema["definitions"], "$ref": "#/definitions/GridEvent"});
    let validator = jsonschema::validator_for(&whole).unwrap();
    assert!(validator.is_valid(&entry["Oem"]["DPOGateway"]));
    let csdl = client.get("/redfish/v1/schemas/DPOGatewayLogEntry_v1.xml").await;
    assert_eq!(csdl.header("content-type"), "application/xml;charset=utf-8");
    for name in entry["Oem"]["DPOGateway"].as_object().unwrap().keys().filter(|n| !n.starts_with('@')) {
        assert!(csdl.text.contains(&format!("<Property Name=\"{name}\"")), "{name}");
    }
    let metadata = client.get("/redfish/v1/$metadata").await.text;
    assert!(metadata.contains("/redfish/v1/schemas/DPOGatewayLogEntry_v1.xml"));

    let at = entry["AdditionalDataURI"].as_str().unwrap();
    let recording = client.get(at).await;
    assert_eq!(recording.header("content-type"), "text/csv;charset=utf-8");
    assert_eq!(entry["AdditionalDataSizeBytes"], recording.text.len());
    assert!(
        recording.text.contains("\n0.000,277.00,110.00,277.00,60.000,9000.0,50.500,\n"),
        "{}",
        recording.text
    );
    assert_eq!(client.with("accept", "application/xml").get(at).await.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(client.anonymous().get(at).await.status, StatusCode::UNAUTHORIZED);
    for other in ["2", "01", "x"] {
        let uri = format!("{ENTRIES}/{other}/attachment");
        assert_eq!(client.get(&uri).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    let clear = "/redfish/v1/Managers/Gateway/LogServices/Events/Actions/LogService.ClearLog";
    assert_eq!(client.send(Method::POST, clear, "{}").await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(at).await.status, StatusCode::NOT_FOUND);
}
