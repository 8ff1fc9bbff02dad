//! What people write on the shelf, the light of a supply, and the sums that can be reset.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{OPERATOR, VIEWER, config, service, service_with};

const CHASSIS: &str = "/redfish/v1/Chassis/PowerShelf";
const SHELF: &str = "/redfish/v1/PowerEquipment/PowerShelves/1";
const MAINS: &str = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains/AC1";
const BRANCH: &str = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches/DC1";
const PSU: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1";

#[tokio::test]
async fn labels_are_merged_shared_and_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config();
    config.state = Some(folder.path().join("redfish.json"));
    {
        let operator = service_with(&config).anonymous().as_user(OPERATOR);
        let rack = json!({"AssetTag": "A-1", "Location": {"Placement": {"Rack": "R7", "RackOffset": 12}}});
        let answer = operator.patch(CHASSIS, rack.to_string()).await;
        assert_eq!((answer.status, &answer.json()["AssetTag"]), (StatusCode::OK, &json!("A-1")));
        let more = json!({"UserLabel": "left", "Location": {"Contacts": [{"ContactName": "NOC"}], "Placement": {"Row": "b"}}});
        let shelf = operator.patch(SHELF, more.to_string()).await.json();
        let placement = json!({"Rack": "R7", "Row": "b", "RackOffset": 12, "RackOffsetUnits": null});
        assert_eq!((&shelf["UserLabel"], &shelf["Location"]["Placement"]), (&json!("left"), &placement));
        let names = json!({"UserLabel": "feed A", "ElectricalConsumerNames": ["a", "b"]});
        assert_eq!(operator.patch(MAINS, names.to_string()).await.status, StatusCode::OK);
        let names =
            operator.patch(MAINS, json!({"ElectricalConsumerNames": [{}, null]}).to_string()).await.json();
        assert_eq!(names["ElectricalConsumerNames"], json!(["a"]));
    }
    let admin = service_with(&config);
    assert_eq!(admin.get(CHASSIS).await.json()["Location"]["Contacts"][0]["ContactName"], "NOC");
    assert_eq!(admin.get(MAINS).await.json()["UserLabel"], "feed A");
    assert_eq!(admin.get(BRANCH).await.json()["UserLabel"], "");
}

#[tokio::test]
async fn a_label_of_a_wrong_form_is_refused_by_name_and_changes_nothing() {
    let admin = service();
    let tag = admin.get(SHELF).await.header("etag").to_owned();
    for (uri, body, messages) in [
        (SHELF, json!({"UserLabel": null}), ["PropertyValueTypeError"]),
        (SHELF, json!({"AssetTag": 7}), ["PropertyValueTypeError"]),
        (SHELF, json!({"Location": {"Placement": {"RackOffset": "x"}}}), ["PropertyValueTypeError"]),
        (SHELF, json!({"Location": {"Planet": "Earth"}}), ["PropertyValueError"]),
        (SHELF, json!({"AssetTag": "x".repeat(300)}), ["PropertyValueError"]),
        (SHELF, json!({"Manufacturer": "x"}), ["PropertyNotWritable"]),
        (CHASSIS, json!({"UserLabel": "x"}), ["PropertyUnknown"]),
        (MAINS, json!({"PowerState": "Off"}), ["PropertyNotWritable"]),
    ] {
        let refused = admin.patch(uri, body.to_string()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.messages(), messages, "{body}");
    }
    assert_eq!(admin.get(SHELF).await.header("etag"), tag);
    let viewer = admin.anonymous().as_user(VIEWER);
    let denied = viewer.patch(SHELF, json!({"AssetTag": "x"}).to_string()).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let first = admin.with("if-match", &tag);
    let same = json!({"AssetTag": null}).to_string();
    assert_eq!(first.patch(SHELF, same.clone()).await.status, StatusCode::OK);
    assert_eq!(first.patch(SHELF, same).await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn the_light_of_a_supply_is_what_the_device_holds() {
    let admin = service();
    assert_eq!(
        admin.get(PSU).await.json()["LocationIndicatorActive"],
        Value::Null,
        "nobody has asked the device"
    );
    for lit in [true, false] {
        let answer = admin.patch(PSU, json!({"LocationIndicatorActive": lit}).to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        while admin.get(PSU).await.json()["LocationIndicatorActive"] != lit {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    for body in [json!({"LocationIndicatorActive": null}), json!({"LocationIndicatorActive": "on"})] {
        assert_eq!(admin.patch(PSU, body.to_string()).await.messages(), ["PropertyValueTypeError"]);
    }
    let operator = admin.anonymous().as_user(OPERATOR);
    let denied = operator.patch(PSU, json!({"LocationIndicatorActive": true}).to_string()).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sums_say_since_when_they_count() {
    let admin = service();
    let energy = format!("{CHASSIS}/Sensors/ShelfInputEnergy");
    let before = admin.get(&energy).await.json();
    assert_eq!(before["ReadingUnits"], "kW.h");
    let reset = format!("{SHELF}/Metrics/Actions/PowerDistributionMetrics.ResetMetrics");
    let wrong = admin.send(Method::POST, &reset, json!({"When": "now"}).to_string()).await;
    assert_eq!(wrong.messages(), ["ActionParameterUnknown"]);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    assert_eq!(admin.send(Method::POST, &reset, "{}").await.status, StatusCode::NO_CONTENT);
    let after = admin.get(&energy).await.json();
    assert_ne!(before["SensorResetTime"], after["SensorResetTime"]);
    let viewer = admin.anonymous().as_user(VIEWER);
    assert_eq!(viewer.send(Method::POST, &reset, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.get(BRANCH).await.json()["PhaseWiringType"], Value::Null);
}
