//! The gateway's own state in `Oem` of the manager, and its schemas.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use dpo_gateway::gateway::{Deliverable, Owner, ShelfState, Snapshot, StateCause, StateView};
use dpo_gateway::registers::units::{Joules, Percent, Seconds, Watts};
use serde_json::{Value, json};

use crate::client::{Client, service, service_and_feed};
use crate::shelf;

const MANAGER: &str = "/redfish/v1/Managers/Gateway";
const CSDL: &str = "/redfish/v1/schemas/DPOGatewayManager_v1.xml";
const JSON_SCHEMA: &str = "/redfish/v1/schemas/DPOGatewayManager.v1_0_0.json";

async fn extension(client: &Client) -> Value {
    client.get(MANAGER).await.json()["Oem"]["DPOGateway"].clone()
}

/// A shelf that gives power because a limit is set.
fn supporting(owner: Owner) -> Snapshot {
    let mut snapshot = shelf::snapshot();
    snapshot.state = ShelfState::Supporting;
    snapshot.state_view = StateView {
        cause: Some(StateCause::Setpoint),
        before: ShelfState::Recharging,
        elapsed: Duration::from_secs(90),
    };
    snapshot.lease.owner = Some(owner);
    snapshot.lease.remaining = Duration::from_millis(41_500);
    snapshot.input_power_limit.requested = Some(Watts(9_000.0));
    snapshot.input_power_limit.applied = Some(Watts(9_250.0));
    snapshot.energy.time_left = Some(Seconds(120.0));
    snapshot.energy.reserve = Some(Percent(20.0));
    snapshot.energy.deliverable =
        Some(Deliverable { power: Watts(15_000.0), time: Seconds(80.0), energy: Joules(1.2e6) });
    snapshot
}

#[tokio::test]
async fn the_manager_shows_the_state_the_lease_the_setpoints_and_the_energy() {
    let snapshot = supporting(Owner::Redfish { user: "operator".to_owned() });
    let (client, _feed) = service_and_feed(snapshot.clone());
    let shown = extension(&client).await;
    assert_eq!(
        [&shown["State"], &shown["StateBefore"], &shown["StateCause"]],
        ["Supporting", "Recharging", "Setpoint"]
    );
    let since = time::OffsetDateTime::from(snapshot.time - Duration::from_secs(90));
    let since = since.format(&time::format_description::well_known::Rfc3339).unwrap();
    assert_eq!(shown["StateSince"].as_str().unwrap()[..19], since[..19], "to the second");
    assert_eq!(
        shown["Lease"],
        json!({"Held": true, "OwnerType": "Redfish", "UserName": "operator", "RemainingSeconds": 41.5,
            "WriteSeconds": 300.0, "MinWriteSeconds": 2.0})
    );
    assert_eq!(
        shown["Setpoints"]["InputPowerLimit"],
        json!({"RequestedWatts": 9_000.0, "AppliedWatts": 9_250.0, "AllowableMinWatts": 1_000.0,
            "AllowableMaxWatts": 18_000.0, "ConfirmedTime": null})
    );
    assert_eq!(shown["Setpoints"]["BBUDischarge"]["AllowableMaxWatts"], 15_000.0);
    assert_eq!(
        shown["Energy"],
        json!({"StoredJoules": 3_600_000.0, "StateOfChargePercent": 92.5, "DischargeLeftSeconds": 120.0,
            "ReservePercent": 20.0, "DeliverableWatts": 15_000.0, "DeliverableSeconds": 80.0,
            "DeliverableJoules": 1.2e6})
    );
}

#[tokio::test]
async fn the_token_of_a_modbus_client_is_not_told() {
    let (client, _feed) = service_and_feed(supporting(Owner::Modbus { token: 987_654_321 }));
    let answer = client.get(MANAGER).await;
    assert!(!answer.text.contains("987654321"), "{}", answer.text);
    let lease = &answer.json()["Oem"]["DPOGateway"]["Lease"];
    assert_eq!((&lease["OwnerType"], &lease["UserName"]), (&json!("Modbus"), &Value::Null));
    let (client, _feed) = service_and_feed(shelf::snapshot());
    let lease = &extension(&client).await["Lease"];
    assert_eq!((&lease["Held"], &lease["OwnerType"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn a_time_without_end_is_not_known() {
    let mut snapshot = supporting(Owner::Local { name: "test".to_owned() });
    snapshot.energy.time_left = Some(Seconds(f64::INFINITY));
    let (client, _feed) = service_and_feed(snapshot);
    let shown = extension(&client).await;
    assert_eq!(shown["Energy"]["DischargeLeftSeconds"], Value::Null);
    assert_eq!((&shown["Lease"]["OwnerType"], &shown["Lease"]["UserName"]), (&json!("Local"), &Value::Null));
}

#[tokio::test]
async fn what_is_shown_is_what_the_schema_of_the_service_says() {
    let (client, _feed) = service_and_feed(supporting(Owner::Redfish { user: "operator".to_owned() }));
    let mut schema = client.get(JSON_SCHEMA).await.json();
    // DMTF's own dialect, which is not there without a network.
    schema.as_object_mut().unwrap().remove("$schema");
    let schema = jsonschema::validator_for(&schema).unwrap();
    let shown = extension(&client).await;
    let faults: Vec<String> = schema.iter_errors(&shown).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let (empty, _feed) = service_and_feed(Snapshot::empty());
    assert!(schema.is_valid(&extension(&empty).await));
    for (pointer, wrong) in [("/State", json!("Sleeping")), ("/Lease/Held", json!(1)), ("/Extra", json!(1))] {
        let mut other = shown.clone();
        let (place, name) = pointer.rsplit_once('/').unwrap();
        other.pointer_mut(place).unwrap()[name] = wrong;
        assert!(!schema.is_valid(&other), "{pointer}");
    }
}

/// Texts between `before` and the next quote.
fn quoted(text: &str, before: &str) -> BTreeSet<String> {
    text.split(before).skip(1).map(|t| t.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn both_forms_of_the_schema_have_the_same_names() {
    let client = service();
    let csdl = client.get(CSDL).await;
    assert_eq!(csdl.header("content-type"), "application/xml;charset=utf-8");
    let json = client.get(JSON_SCHEMA).await.json();
    let definitions = json["definitions"].as_object().unwrap();
    let types = definitions.values();
    let properties: BTreeSet<String> = types
        .clone()
        .filter_map(|d| d["properties"].as_object())
        .flat_map(|p| p.keys().cloned())
        .filter(|name| name != "@odata.type")
        .collect();
    let members: BTreeSet<String> = types
        .filter_map(|d| d["enum"].as_array())
        .flatten()
        .map(|m| m.as_str().unwrap().to_owned())
        .collect();
    assert!(properties.len() > 20 && members.len() > 10, "{properties:?} {members:?}");
    assert_eq!(quoted(&csdl.text, "<Property Name=\""), properties);
    assert_eq!(quoted(&csdl.text, "<Member Name=\""), members);
}

#[tokio::test]
async fn the_metadata_leads_to_the_schema_which_needs_a_login() {
    let client = service();
    let metadata = client.get("/redfish/v1/$metadata").await.text;
    assert!(metadata.contains(&format!("<edmx:Reference Uri=\"{CSDL}\">")), "{metadata}");
    let kind = extension(&client).await["@odata.type"].as_str().unwrap().to_owned();
    let namespace = kind.trim_start_matches('#').rsplit_once('.').unwrap().0;
    assert!(metadata.contains(&format!("<edmx:Include Namespace=\"{namespace}\"/>")), "{namespace}");
    let csdl = client.with("accept", "application/xml").get(CSDL).await;
    assert_eq!(csdl.status, StatusCode::OK);
    assert!(csdl.text.contains(&format!("Namespace=\"{namespace}\"")));
    for uri in [CSDL, JSON_SCHEMA] {
        assert_eq!(client.anonymous().get(uri).await.status, StatusCode::UNAUTHORIZED, "{uri}");
    }
}
