//! What watches the gateway: metrics, health, and metric reports.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use dpo_gateway::gateway::Snapshot;

use crate::client::{VIEWER, service, service_and_feed};
use crate::shelf;

/// Samples by name and labels; fails on what is not in the text format 0.0.4.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut family = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty(), "{line}");
            assert!(!samples.keys().any(|k: &String| k.split('{').next() == Some(name)), "{name} twice");
            family = name.to_owned();
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(name, family);
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        assert_eq!(name, family, "{line}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{line}");
        assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{line} twice");
    }
    samples
}

#[tokio::test]
async fn metrics_are_the_readings_in_base_units() {
    let client = service();
    assert_eq!(client.anonymous().get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    let answer = client.anonymous().as_user(VIEWER).get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let samples = samples(&answer.text);
    for (series, value) in [
        (r#"dpo_psu_output_voltage_volts{slot="1"}"#, 50.748_046_875),
        (r#"dpo_psu_fan_revolutions_per_minute{slot="3",number="2"}"#, 9_100.0),
        (r#"dpo_bbu_cell_voltage_volts{slot="2",number="11"}"#, 4.0 + 10.0 / 1024.0),
        (r#"dpo_bbu_remaining_capacity_coulombs{slot="6"}"#, 4.25 * 3600.0),
        ("dpo_shelf_battery_power_watts", -120.0),
        ("dpo_lease_held", 0.0),
    ] {
        assert_eq!(samples.get(series), Some(&value), "{series}");
    }
    let charge = client.get("/redfish/v1/Chassis/PowerShelf/Sensors/BBU1StateOfCharge").await.json();
    let ratio = samples[r#"dpo_bbu_state_of_charge_ratio{slot="1"}"#];
    assert!((ratio - charge["Reading"].as_f64().unwrap() / 100.0).abs() < 1e-12);
    // A lost device has no readings, and one state holds.
    assert!(!samples.keys().any(|k| k.starts_with("dpo_bbu") && k.contains(r#"slot="5""#)));
    let states: f64 = samples.iter().filter(|(k, _)| k.starts_with("dpo_state{")).map(|(_, v)| v).sum();
    assert_eq!(states, 1.0);
}

#[tokio::test]
async fn ready_means_that_readings_are_of_now() {
    let (client, feed) = service_and_feed(Snapshot::empty());
    let client = client.anonymous();
    assert_eq!(
        (client.get("/healthz").await.status, client.get("/healthz").await.text),
        (StatusCode::OK, "ok\n".into())
    );
    let ready = client.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the shelf has not been read yet\n")
    );
    let mut snapshot = shelf::snapshot();
    snapshot.sequence = 7;
    snapshot.time = std::time::SystemTime::now();
    feed.snapshots.send(snapshot.clone().into()).unwrap();
    assert_eq!(client.get("/readyz").await.status, StatusCode::OK);
    snapshot.time -= std::time::Duration::from_secs(60);
    feed.snapshots.send(snapshot.into()).unwrap();
    let ready = client.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the newest readings are 60 s old\n")
    );
}

#[tokio::test]
async fn reports_hold_the_readings_of_the_sensors_they_name() {
    let client = service();
    let base = "/redfish/v1/TelemetryService";
    for id in ["Shelf", "All"] {
        let definition = client.get(&format!("{base}/MetricReportDefinitions/{id}")).await.json();
        let report = client.get(definition["MetricReport"]["@odata.id"].as_str().unwrap()).await.json();
        let values = report["MetricValues"].as_array().unwrap();
        let named = definition["MetricProperties"].as_array().unwrap();
        // A sensor without a reading has no value.
        assert!(!values.is_empty() && values.len() <= named.len());
        for value in values {
            assert!(named.contains(&value["MetricProperty"]), "{value}");
            let uri = value["MetricProperty"].as_str().unwrap().strip_suffix("#/Reading").unwrap();
            let sensor = client.get(uri).await.json();
            assert_eq!(
                value["MetricValue"].as_str().unwrap().parse().ok(),
                sensor["Reading"].as_f64(),
                "{uri}"
            );
            assert_eq!(value["MetricId"], sensor["Id"]);
        }
    }
    assert_eq!(client.get(&format!("{base}/MetricReports/None")).await.status, StatusCode::NOT_FOUND);
}
