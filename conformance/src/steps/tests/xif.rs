//! Cases on both interfaces of a shelf.

use serde_json::{Value, json};

use super::device::asked;
use super::service::{MANAGER, SUPPLY, Service, error, table};
use super::supply::shared;
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::Seen;

pub(super) const BLOCK: u8 = 7;
pub(super) const PSU: u8 = 100;
const SENSOR: &str = "/redfish/v1/Chassis/1/Sensors/A";
const READINGS: &str = "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0/Metrics";

pub(super) fn right() -> Service {
    Service::right()
}

#[tokio::test(start_paused = true)]
async fn texts_are_the_same() {
    table(
        "XIF-001",
        [
            ("is right", right(), Pass),
            ("has another model", right().body(SUPPLY, |body| body["Model"] = json!("OTHER")), Fail),
            (
                "does not say its model on Redfish",
                right().body(SUPPLY, |body| body["Model"] = Value::Null),
                Pass,
            ),
            (
                "has another serial number",
                right().body(SUPPLY, |body| body["SerialNumber"] = json!("S2")),
                Fail,
            ),
            (
                "has another version of the gateway",
                right().body(MANAGER, |body| body["FirmwareVersion"] = json!("9.9")),
                Fail,
            ),
        ],
    )
    .await;
}

/// OutputPowerWatts is 1500 W on Modbus, in steps of 1/8 W.
fn power(watts: f64) -> Service {
    right().body(READINGS, move |body| body["OutputPowerWatts"]["Reading"] = json!(watts))
}

#[tokio::test(start_paused = true)]
async fn quantities_agree_in_value_and_unit() {
    let later = |reads: usize| {
        let mut nth = 0;
        right().then(move |r, mut a| {
            if r.path == READINGS {
                nth += 1;
                if nth <= reads {
                    let mut body = a.json().unwrap();
                    body["OutputPowerWatts"]["Reading"] = json!(1000.0);
                    a.body = body.to_string().into_bytes();
                }
            }
            a
        })
    };
    // Two quantities that are right at different times.
    let in_turn = {
        let mut nth = 0;
        right().then(move |r, mut a| {
            if r.path == READINGS {
                nth += 1;
                let mut body = a.json().unwrap();
                body[if nth == 1 { "OutputPowerWatts" } else { "InputPowerWatts" }]["Reading"] =
                    json!(1000.0);
                a.body = body.to_string().into_bytes();
            }
            a
        })
    };
    table(
        "XIF-002",
        [
            ("is right", right(), Pass),
            ("is 2 % and a step off", power(1530.7), Pass),
            ("is more than that off", power(1530.8), Fail),
            ("is 2 % and a step off below", power(1469.9), Pass),
            ("is more than that off below", power(1469.8), Fail),
            ("agrees in the end", later(50), Pass),
            ("agrees behind 5 s", later(200), Fail),
            ("agrees in one quantity after the other", in_turn, Pass),
            (
                "has nothing in common",
                right().body(READINGS, |body| *body = json!({"@odata.id": READINGS})),
                Inconclusive,
            ),
        ],
    )
    .await;
    // What is near 0 is as far off as a step.
    let small = |words: u16, watts: f64| power(watts).word(82, words);
    table(
        "XIF-002",
        [
            ("shows nothing twice", small(0, 0.0), Pass),
            ("shows a step and nothing", small(1, 0.0), Pass),
            ("shows two steps and nothing", small(2, 0.0), Fail),
        ],
    )
    .await;
    let unit = |unit: &'static str| right().body(SENSOR, move |body| body["ReadingUnits"] = json!(unit));
    table(
        "XIF-003",
        [
            ("is right", right(), Pass),
            ("has millivolts", unit("mV"), Fail),
            ("annotates its unit", unit("V{bus}"), Pass),
            ("annotates it in front", unit("{bus}V"), Pass),
            ("annotates another unit", unit("A{bus}"), Fail),
            ("is off by 2.4", power(3600.0), Pass),
            ("is off by 2.5", power(3750.0), Fail),
            ("is off by 0.4", power(600.0), Pass),
            ("is off by 0.39", power(585.0), Fail),
            ("shows nothing on Modbus", small(0, 5.0), Fail),
            ("shows less than 1 W on both", small(1, 0.9), Pass),
            ("shows less than 1 W on Modbus", small(1, 1.0), Fail),
            ("has the other sign", power(-1500.0), Fail),
            (
                "names no sensor",
                right().then(|r, mut a| {
                    if r.path == READINGS {
                        a.body =
                            String::from_utf8(a.body).unwrap().replace("DataSourceUri", "Other").into_bytes();
                    }
                    a
                }),
                Inconclusive,
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn states_and_times_are_the_same() {
    let state = |name: &'static str| {
        right().body(MANAGER, move |body| body["Oem"]["DPOGateway"]["State"] = json!(name))
    };
    let name: &'static str = super::service::first_state().leak();
    let once = {
        let mut nth = 0;
        state(name).then(move |r, mut a| {
            if r.path == MANAGER {
                nth += 1;
                if nth <= 2 {
                    let mut body = a.json().unwrap();
                    body["Oem"]["DPOGateway"]["State"] = json!("SomethingElse");
                    a.body = body.to_string().into_bytes();
                }
            }
            a
        })
    };
    table(
        "XIF-009",
        [
            ("is right", state(name), Pass),
            ("is in another state", state("SomethingElse"), Fail),
            ("changes its state meanwhile", once, Pass),
            (
                "has another owner",
                state(name)
                    .body(MANAGER, |body| body["Oem"]["DPOGateway"]["Lease"]["OwnerType"] = json!("Redfish")),
                Fail,
            ),
            ("does not tell", right().body(MANAGER, |body| body["Oem"] = Value::Null), Fail),
        ],
    )
    .await;
    let time = |text: &'static str| right().body(MANAGER, move |body| body["DateTime"] = json!(text));
    table(
        "XIF-011",
        [
            ("is right", right(), Pass),
            ("is 4.9 s ahead", time("2026-11-30T12:00:04.9Z"), Pass),
            ("is 5 s ahead", time("2026-11-30T12:00:05Z"), Fail),
            ("is 4.9 s late", time("2026-11-30T11:59:55.1Z"), Pass),
            ("is 5 s late", time("2026-11-30T11:59:55Z"), Fail),
            ("is in another zone", time("2026-11-30T17:30:00+05:30"), Pass),
            ("has no time", right().body(MANAGER, |body| body["DateTime"] = Value::Null), Fail),
            ("has a time in words", time("noon"), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn both_interfaces_answer_at_once() {
    let nth = |wrong: usize, said: fn() -> Result<crate::transport::http::Answer, String>| {
        let mut nth = 0;
        right().acts(move |_, r| {
            if !r.path.contains("/Sensors/") || !r.headers.iter().any(|(name, _)| name == "X-Auth-Token") {
                return None;
            }
            nth += 1;
            (nth == wrong).then(said)
        })
    };
    let count = shared((0, 0));
    let (reads, polls) = (count.clone(), count.clone());
    let counted = right()
        .acts(move |_, r| {
            reads.lock().unwrap().0 += usize::from(r.path.contains("/Sensors/"));
            None
        })
        .wire(move |_, unit, request| {
            polls.lock().unwrap().1 += usize::from(unit == BLOCK && asked(request).is_some());
            None
        });
    let modbus = |wrong: usize| {
        let mut nth = 0;
        right().wire(move |_, unit, _| {
            nth += usize::from(unit == BLOCK);
            (nth == wrong).then_some(Seen::Nothing)
        })
    };
    table(
        "XIF-012",
        [
            ("is right", counted, Pass),
            ("says 503 once", nth(9, || Ok(error(503, "X"))), Fail),
            ("is gone once", nth(14, || Err("gone".into())), Fail),
            ("says 503 behind the end", nth(15, || Ok(error(503, "X"))), Pass),
            ("does not answer on Modbus", modbus(60), Fail),
            ("does not answer behind the end", modbus(61), Pass),
        ],
    )
    .await;
    // Two sensors to find them, then twelve reads; five times as many on Modbus.
    assert_eq!(*count.lock().unwrap(), (14, 60));
}
