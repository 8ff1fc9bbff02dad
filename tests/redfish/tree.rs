//! The tree: every link resolves, every resource is what its type says, readings are the registers'.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::Snapshot;
use dpo_gateway::redfish::RedfishConfig;
use serde_json::Value;

use crate::client::{Client, config, service, service_and_feed, service_with};
use crate::shelf;

/// Every URI a body refers to.
fn links(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let ("@odata.id" | "DataSourceUri", Value::String(uri)) = (name.as_str(), member) {
                    found.push(uri.clone());
                }
                links(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        _ => {}
    }
}

/// All resources that can be reached from the root.
pub async fn crawl(client: &Client) -> BTreeMap<String, Value> {
    let mut seen = BTreeMap::new();
    let mut open = vec!["/redfish/v1/".to_owned()];
    while let Some(uri) = open.pop() {
        if seen.contains_key(&uri) {
            continue;
        }
        let answer = client.get(&uri).await;
        assert_eq!(answer.status, StatusCode::OK, "{uri}");
        links(&answer.json(), &mut open);
        seen.insert(uri, answer.json());
    }
    seen
}

#[tokio::test]
async fn every_link_resolves_and_every_resource_says_what_it_is() {
    let client = service();
    let metadata = client.get("/redfish/v1/$metadata").await.text;
    let tree = crawl(&client).await;
    // 1 root, 6 + 6 devices with metrics, a sensor for each quantity, …: a crawl that finds less is broken.
    assert!(tree.len() > 200, "{} resources", tree.len());
    for (uri, body) in &tree {
        assert_eq!(body["@odata.id"], Value::from(uri.as_str()), "{uri}");
        let kind = body["@odata.type"].as_str().unwrap_or_else(|| panic!("{uri} has no type"));
        assert!(body["Name"].as_str().is_some_and(|n| !n.is_empty()), "{uri} has no name");
        let namespace = kind.trim_start_matches('#').rsplit_once('.').unwrap().0;
        let included = format!("<edmx:Include Namespace=\"{namespace}\"/>");
        assert!(metadata.contains(&included), "{namespace} of {uri} is not in $metadata");
        if let Some(members) = body.get("Members") {
            assert_eq!(body["Members@odata.count"], members.as_array().unwrap().len(), "{uri}");
        } else if uri != "/redfish/v1/" {
            assert_eq!(body["Id"], uri.rsplit('/').next().unwrap(), "{uri}");
        }
    }
}

#[tokio::test]
async fn sensors_show_the_decoded_values_unchanged() {
    let client = service();
    let base = "/redfish/v1/Chassis/PowerShelf";
    for (id, reading, unit) in [
        ("PSU1OutputVoltage", 50.748_046_875, "V"),
        ("PSU3Fan2", 9_100.0, "{rev}/min"),
        ("BBU2CellVoltage11", 4.0 + 10.0 / 1024.0, "V"),
        ("BBU6RemainingCapacity", 4.25, "A.h"),
        ("ShelfBatteryPower", -120.0, "W"),
    ] {
        let sensor = client.get(&format!("{base}/Sensors/{id}")).await.json();
        assert_eq!(sensor["Reading"].as_f64(), Some(reading), "{id}");
        assert_eq!(sensor["ReadingUnits"], unit, "{id}");
    }
    let power = client.get(&format!("{base}/Sensors/PSU1InputPower")).await.json();
    assert_eq!(power["PowerFactor"].as_f64(), Some(0.982_421_875));
    let metrics = client.get(&format!("{base}/PowerSubsystem/PowerSupplies/PSU1/Metrics")).await.json();
    assert_eq!(metrics["InputPowerWatts"]["Reading"].as_f64(), Some(2_050.0));
    assert_eq!(metrics["FanSpeedsPercent"][1]["SpeedRPM"].as_f64(), Some(9_100.0));
}

#[tokio::test]
async fn a_scale_in_doubt_shows_with_the_reading_that_holds() {
    let (client, base) = (service(), "/redfish/v1/Chassis/PowerShelf/Sensors");
    let current = client.get(&format!("{base}/BBU1PackCurrent")).await.json();
    assert_eq!(
        current["Description"],
        "The sources of the map orv3-bbu disagree on the scale of battery_current; it is read as kept."
    );
    let voltage = client.get(&format!("{base}/BBU1PackVoltage")).await.json();
    assert_eq!(voltage["Description"], Value::Null);
}

#[tokio::test]
async fn absent_lost_and_alarming_devices_show() {
    let client = service();
    let base = "/redfish/v1/Chassis/PowerShelf";
    let absent = client.get(&format!("{base}/PowerSubsystem/PowerSupplies/PSU6")).await.json();
    assert_eq!(absent["Status"]["State"], "Absent");
    assert_eq!(absent["Status"]["Health"], Value::Null);

    let lost = client.get(&format!("{base}/PowerSubsystem/Batteries/BBU5")).await.json();
    assert_eq!(lost["Status"]["State"], "UnavailableOffline");
    assert_eq!(lost["Status"]["Health"], "Critical");
    assert_eq!(lost["SerialNumber"], "BBU-005", "its identity stays known");
    assert_eq!(lost["ChargeState"], Value::Null);
    let metrics = client.get(&format!("{base}/PowerSubsystem/Batteries/BBU5/Metrics")).await.json();
    assert_eq!(metrics["ChargePercent"]["Reading"], Value::Null, "the last reading is no live one");
    assert_eq!(metrics["DischargeCycles"], Value::Null);
    let sensor = client.get(&format!("{base}/Sensors/BBU5CellVoltage1")).await.json();
    assert_eq!(
        (&sensor["Reading"], &sensor["Status"]["State"]),
        (&Value::Null, &"UnavailableOffline".into())
    );

    let alarming = client.get(&format!("{base}/PowerSubsystem/PowerSupplies/PSU2")).await.json();
    assert_eq!(alarming["Status"]["Health"], "Warning");
    assert!(alarming["Status"]["Conditions"][0]["Message"].as_str().unwrap().contains("Fan Alarm"));
    let well = client.get(&format!("{base}/PowerSubsystem/PowerSupplies/PSU1")).await.json();
    assert_eq!(well["Status"]["Health"], "OK");
    assert_eq!(client.get(base).await.json()["Status"]["HealthRollup"], "Critical");
}

#[tokio::test]
async fn a_device_that_vanishes_shows_with_the_next_snapshot() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let uri = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU3";
    let before = client.get(uri).await;
    assert_eq!(before.json()["Status"]["State"], "Enabled");
    let mut next = shelf::snapshot();
    next.sequence += 1;
    next.psus[2].presence = dpo_gateway::shelf::reading::Presence::Unavailable;
    feed.snapshots.send(next.into()).unwrap();
    let after = client.get(uri).await;
    assert_eq!(after.json()["Status"]["State"], "UnavailableOffline");
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn the_time_before_the_first_poll_is_served_too() {
    let (client, _feed) = service_and_feed(Snapshot::empty());
    let tree = crawl(&client).await;
    assert!(tree.len() > 30, "{} resources", tree.len());
    let power = &tree["/redfish/v1/Chassis/PowerShelf/Sensors/ShelfInputPower"];
    assert_eq!(power["Reading"], Value::Null);
}

#[tokio::test]
async fn events_are_log_entries_in_full() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let uri = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
    assert_eq!(client.get(uri).await.json()["Members@odata.count"], 0);
    drop(feed);
    let client = service();
    tokio::task::yield_now().await;
    let log = client.get(uri).await.json();
    assert_eq!(log["Members@odata.count"], 2);
    assert_eq!(log["Members"][0]["Severity"], "Critical");
    assert_eq!(log["Members"][0]["Message"], "bbu 5: no longer answers");
    let mut entry = client.get(&format!("{uri}/2")).await.json();
    assert_eq!(entry["Severity"], "Warning");
    entry.as_object_mut().unwrap().remove("@odata.etag");
    assert_eq!(log["Members"][1], entry);
    let clear = "/redfish/v1/Managers/Gateway/LogServices/Events/Actions/LogService.ClearLog";
    let viewer = client.anonymous().as_user(crate::client::VIEWER);
    assert_eq!(viewer.send(Method::POST, clear, "").await.status, StatusCode::FORBIDDEN);
    for missing in ["0", "3", "02", "x", "18446744073709551615"] {
        assert_eq!(client.get(&format!("{uri}/{missing}")).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(client.send(Method::POST, clear, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(uri).await.json()["Members@odata.count"], 0);
}

#[tokio::test]
async fn the_event_log_outlives_the_service_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let config = || RedfishConfig { state: Some(folder.path().join("redfish.json")), ..config() };
    let uri = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
    let file = folder.path().join("redfish.json.log");
    let client = service_with(&config());
    // Each run of this made-up gateway has two events.
    while std::fs::read_to_string(&file).unwrap_or_default().lines().count() < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let first = client.get(uri).await.json();
    let again = service_with(&config());
    let mut both = again.get(uri).await.json();
    while both["Members@odata.count"] != 4 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        both = again.get(uri).await.json();
    }
    assert_eq!(both["Members"][0], first["Members"][0]);
    assert_eq!(both["Members"][2]["Id"], "3");
    assert_eq!(both["Members"][2]["Message"], first["Members"][0]["Message"]);
    let service = again.get("/redfish/v1/Managers/Gateway/LogServices/Events").await.json();
    assert_eq!(service["Persistency"], true);
}
