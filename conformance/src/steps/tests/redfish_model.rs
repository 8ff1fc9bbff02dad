//! Cases of what a Redfish service shows of the shelf.

use serde_json::{Value, json};

use super::redfish::{SENSOR, right};
use super::service::{CONTROL, MAX, METRICS, SUPPLY, answer, error, table};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::service::ROOT;

#[tokio::test]
async fn resources_tell_where_and_what_they_are() {
    let sensor = |name: &'static str, value: Value| {
        right()
            .body(SENSOR, move |body| drop(body.as_object_mut().unwrap().insert(name.into(), value.clone())))
    };
    table(
        "RF-020",
        [
            ("is right", right(), Pass),
            ("is another one", sensor("@odata.id", json!("/redfish/v1/Chassis/1/Sensors/B")), Fail),
            (
                "is the root without a slash",
                right().body(ROOT, |body| body["@odata.id"] = json!("/redfish/v1")),
                Pass,
            ),
            ("has no type", sensor("@odata.type", Value::Null), Fail),
            ("has no name", sensor("Name", json!("")), Fail),
            ("has no id", sensor("Id", Value::Null), Fail),
            (
                "is a collection without an id",
                right().body(SENSOR, |body| {
                    let own = body.as_object_mut().unwrap();
                    own.remove("Id");
                    own.insert("Members".into(), json!([]));
                }),
                Pass,
            ),
            ("is gone", right().says("GET", SENSOR, error(404, "X")), Fail),
        ],
    )
    .await;
    // With nine resources it is no service; with ten it is.
    let few = |count: usize| {
        right().acts(move |_, r| {
            let body = |uri: &str, links: Value| json!({"@odata.id": uri, "@odata.type": "#X.X", "Name": "x", "Id": "1", "Links": links});
            let links: Vec<Value> = (1..count).map(|nth| json!({"@odata.id": format!("/redfish/v1/X/{nth}")})).collect();
            match r.path.as_str() {
                _ if r.method != "GET" => None,
                ROOT => Some(Ok(answer(200, &body(ROOT, json!(links))))),
                uri if uri.starts_with("/redfish/v1/X/") => Some(Ok(answer(200, &body(uri, json!([]))))),
                _ => None,
            }
        })
    };
    table("RF-020", [("has ten resources", few(10), Pass), ("has nine resources", few(9), Fail)]).await;
    table("RF-021", [("has no collection", few(10), Fail)]).await;
    let members = |change: fn(&mut Value)| right().body("/redfish/v1/Chassis/1/Sensors", change);
    table(
        "RF-021",
        [
            ("is right", right(), Pass),
            ("counts one more", members(|body| body["Members@odata.count"] = json!(3)), Fail),
            ("does not count", members(|body| body["Members@odata.count"] = Value::Null), Fail),
            (
                "has one twice",
                members(|body| {
                    let first = body["Members"][0].clone();
                    body["Members"][1] = first;
                }),
                Fail,
            ),
            (
                "has more on another page",
                members(|body| {
                    body["Members@odata.count"] = json!(3);
                    body["Members@odata.nextLink"] = json!("/redfish/v1/Chassis/1/Sensors?$skip=2");
                }),
                Pass,
            ),
            (
                "has one twice, and more on another page",
                members(|body| {
                    let first = body["Members"][0].clone();
                    body["Members"][1] = first;
                    body["Members@odata.nextLink"] = json!("/redfish/v1/Chassis/1/Sensors?$skip=2");
                }),
                Fail,
            ),
        ],
    )
    .await;
    table(
        "RF-007",
        [
            ("is right", right(), Pass),
            ("shows the password", sensor("Password", json!("a good password")), Fail),
            ("shows the token", sensor("Token", json!("0123456789abcdef0")), Fail),
        ],
    )
    .await;
    table(
        "RF-025",
        [
            ("has what it claims", right().claims("1.20.0", &["Sensor", "PowerSupply"]), Pass),
            ("has no fan", right().claims("1.20.0", &["Sensor", "Fan"]), Fail),
            ("has another version", right().claims("1.19.0", &["Sensor"]), Fail),
            ("claims nothing", right(), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test]
async fn sensors_controls_and_supplies_tell_what_they_must() {
    let sensor = |name: &'static str, value: Value| {
        right()
            .body(SENSOR, move |body| drop(body.as_object_mut().unwrap().insert(name.into(), value.clone())))
    };
    let absent = json!({"State": "Absent"});
    table(
        "RF-022",
        [
            ("is right", right(), Pass),
            ("has no reading", sensor("Reading", Value::Null), Fail),
            ("has no unit", sensor("ReadingUnits", json!("")), Fail),
            ("is at its least", sensor("Reading", json!(0.0)), Pass),
            ("is below it", sensor("Reading", json!(-0.5)), Fail),
            ("is at its most", sensor("Reading", json!(60.0)), Pass),
            ("is above it", sensor("Reading", json!(60.5)), Fail),
            (
                "is not there",
                sensor("Status", absent.clone()).body(SENSOR, |body| body["Reading"] = Value::Null),
                Pass,
            ),
            (
                "has no sensor that is there",
                right().then(move |r, mut a| {
                    if r.path.starts_with("/redfish/v1/Chassis/1/Sensors/") {
                        a = answer(200, &json!({"@odata.id": r.path, "Status": {"State": "Absent"}}));
                    }
                    a
                }),
                Inconclusive,
            ),
            (
                "has no sensors",
                right().body("/redfish/v1/Chassis/1/Sensors", |body| body["Members"] = json!([])),
                Fail,
            ),
        ],
    )
    .await;
    let control = |change: fn(&mut Value)| right().body(CONTROL, change);
    let copy = |change: fn(&mut Value)| right().body(METRICS, change);
    table(
        "RF-023",
        [
            ("is right", right(), Pass),
            ("states no range", control(|body| body["AllowableMax"] = Value::Null), Fail),
            ("is in kilowatts", control(|body| body["SetPointUnits"] = json!("kW")), Fail),
            ("begins below zero", control(|body| body["AllowableMin"] = json!(-1.0)), Fail),
            ("begins at its end", control(|body| body["AllowableMin"] = json!(MAX)), Fail),
            ("begins below its end", control(|body| body["AllowableMin"] = json!(MAX - 1.0)), Pass),
            (
                "has a copy of another set point",
                copy(|body| body["PowerLimitWatts"]["SetPoint"] = json!(5.0)),
                Fail,
            ),
            (
                "has a copy without a set point",
                copy(|body| drop(body["PowerLimitWatts"].as_object_mut().unwrap().remove("SetPoint"))),
                Fail,
            ),
            (
                "copies another control the second time",
                right().body_from(METRICS, 1, |body| body["PowerLimitWatts"]["DataSourceUri"] = json!("/x")),
                Fail,
            ),
        ],
    )
    .await;
    let supply = |change: fn(&mut Value)| right().body(SUPPLY, change);
    let metrics = |change: fn(&mut Value)| {
        right().body("/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0/Metrics", change)
    };
    table(
        "RF-024",
        [
            ("is right", right(), Pass),
            (
                "has a maker and no model",
                supply(|body| {
                    body["Model"] = json!("");
                    body["Manufacturer"] = json!("M");
                }),
                Pass,
            ),
            ("has neither", supply(|body| body["Model"] = json!("")), Fail),
            ("has no serial number", supply(|body| body["SerialNumber"] = json!("")), Fail),
            ("has no health", supply(|body| body["Status"]["Health"] = Value::Null), Fail),
            ("has no power", metrics(|body| body["OutputPowerWatts"] = Value::Null), Fail),
            ("has no voltage", metrics(|body| body["RailVoltage"] = json!([])), Fail),
            ("is not there", supply(|body| body["Status"]["State"] = json!("Absent")), Fail),
        ],
    )
    .await;
}
