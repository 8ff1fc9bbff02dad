//! Fake gateways: any number of clients get a session, an event stream with a report a second, and a manager.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use dpo_gateway::engine::record::file::rfc3339;
use futures::stream::{Stream, unfold};
use serde_json::{Value, json};

pub fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let login = post(|| async { ([("x-auth-token", "t")], Json(json!({}))) });
        let app = Router::new()
            .route("/redfish/v1/SessionService/Sessions", login)
            .route("/redfish/v1/EventService/SSE", get(|| async { Sse::new(reports()) }))
            .route("/redfish/v1/Managers/Gateway", get(|| async { Json(manager()) }))
            .fallback(|| async { Json(json!({"CapacityWatts": 18000.0})) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        std::io::stdout().flush().unwrap();
        axum::serve(listener, app).await.unwrap();
    });
}

fn manager() -> Value {
    json!({"Oem": {"DPOGateway": {
        "State": "Normal", "StateCause": null,
        "Energy": {"DeliverableWatts": 18000.0}, "Lease": {"WriteSeconds": 30.0},
    }}})
}

fn reports() -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(0u32, |n| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let load = 9e3 + 4e3 * (f64::from(n) * 0.4).sin();
        // As many values as the report of a gateway with a fast path.
        let values = [
            ("ShelfInputPower", load * 1.05),
            ("ShelfInputVoltage", 240.0),
            ("ShelfInputFrequency", 60.0),
            ("ShelfInputVoltageL1", 240.0),
            ("ShelfInputVoltageL2", 240.0),
            ("ShelfInputVoltageL3", 240.0),
            ("ShelfMeasuredFrequency", 60.0),
            ("ShelfOutputPower", load),
            ("ShelfBusVoltage", 50.5),
            ("ShelfBatteryPower", 0.0),
            ("ShelfStoredEnergy", 8e6),
            ("ShelfStateOfCharge", 90.0),
        ];
        let now = rfc3339(SystemTime::now());
        let values: Vec<Value> = values
            .iter()
            .map(|(id, value)| {
                json!({
                    "MetricId": id, "MetricValue": value.to_string(), "Timestamp": now,
                    "MetricProperty": format!("/redfish/v1/Chassis/PowerShelf/Sensors/{id}#/Reading"),
                })
            })
            .collect();
        let body = json!({"Id": "Shelf", "Timestamp": now, "MetricValues": values});
        Some((Ok(Event::default().id(format!("1-{n}")).json_data(body).unwrap()), n + 1))
    })
}
