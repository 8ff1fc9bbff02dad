//! Cases on what a shelf records of a disturbance, and the wait for its packs.

use serde_json::{Value, json};

use super::device::{Fake, asked, pdu};
use super::ride_bench::{Shelf, WATTS, table};
use super::service::{SUPPLY, Service};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, Pass};
use crate::transport::Seen;

const ERCOT: &str = "ercot-nogrr282@2026-02";
const CAISO: &str = "caiso-large-load@2026-06-15";
const DRAFTS: &str = "ercot-nogrr282@2025-drafts";
const NOT_TOLD: u64 = 0xFFFF;
const SAG: u64 = 1;
const SWELL: u64 = 2;
const INTERRUPTION: u64 = 3;
const FREQUENCY: u64 = 4;
const ROCOF: u64 = 5;
const RIDDEN: u64 = 1;
const BEYOND: u64 = 2;
const FAILED: u64 = 3;
const LATE: u64 = 4;

/// A record: kind, voltage in thousandths, duration in ms, verdict.
type Told = (u64, u64, u64, u64);

/// A block whose newest event was 4, with a record of that number or another one.
fn numbered(newest: u64, number: u64, (kind, voltage, ms, verdict): Told) -> Fake {
    Fake::holding(
        "dpo-pmi",
        &[
            ("state_of_charge", 1000),
            ("event_newest", newest),
            ("event_1_sequence", number),
            ("event_1_kind", kind),
            ("event_1_voltage", voltage),
            ("event_1_duration", ms),
            ("event_1_verdict", verdict),
        ],
    )
}

fn block(told: Told) -> Fake {
    numbered(4, 5, told)
}

fn tells(told: Told) -> Shelf {
    Shelf::right().block(block(told))
}

#[tokio::test(start_paused = true)]
async fn a_record_tells_what_was_played() {
    // 0.82 p.u. for 1983 ms.
    table(
        "RIDE-015",
        [
            ("is right", tells((SAG, 820, 1983, RIDDEN)), Pass),
            ("tells 0.019 p.u. less", tells((SAG, 801, 1983, RIDDEN)), Pass),
            ("tells 0.021 p.u. less", tells((SAG, 799, 1983, RIDDEN)), Fail),
            ("tells 0.019 p.u. more", tells((SAG, 839, 1983, RIDDEN)), Pass),
            ("tells 0.021 p.u. more", tells((SAG, 841, 1983, RIDDEN)), Fail),
            ("tells no voltage", tells((SAG, NOT_TOLD, 1983, RIDDEN)), Fail),
            ("tells 49 ms more", tells((SAG, 820, 2032, RIDDEN)), Pass),
            ("tells 51 ms more", tells((SAG, 820, 2034, RIDDEN)), Fail),
            ("tells 49 ms less", tells((SAG, 820, 1934, RIDDEN)), Pass),
            ("tells 51 ms less", tells((SAG, 820, 1932, RIDDEN)), Fail),
            ("tells no duration", tells((SAG, 820, 0xFFFF_FFFF, RIDDEN)), Fail),
            ("tells a swell", tells((SWELL, 820, 1983, RIDDEN)), Fail),
            ("tells an interruption of a shallow sag", tells((INTERRUPTION, 820, 1983, RIDDEN)), Fail),
            ("records another kind of event", tells((16, 820, 1983, RIDDEN)), Fail),
            ("has the old record alone", Shelf::right().block(numbered(5, 5, (SAG, 820, 1983, 1))), Fail),
            (
                "has a record before the old one",
                Shelf::right().block(numbered(5, 4, (SAG, 820, 1983, 1))),
                Fail,
            ),
            (
                "counts over the end",
                Shelf::right().block(numbered(0xFFFF_FFFF, 1, (SAG, 820, 1983, 1))),
                Pass,
            ),
            ("is far ahead", Shelf::right().block(numbered(4, 0x8000_0003, (SAG, 820, 1983, 1))), Pass),
            ("is too far ahead", Shelf::right().block(numbered(4, 0x8000_0004, (SAG, 820, 1983, 1))), Fail),
            ("has no record", Shelf::right().block(numbered(4, 0, (SAG, 820, 1983, 1))), Fail),
            ("has no block", Shelf::right(), Error),
        ],
    )
    .await;
    table(
        "RIDE-017",
        [
            ("is right", tells((SWELL, 1180, 1983, RIDDEN)), Pass),
            ("tells 0.021 p.u. less", tells((SWELL, 1159, 1983, RIDDEN)), Fail),
            ("tells a sag", tells((SAG, 1180, 1983, RIDDEN)), Fail),
            ("tells a frequency", tells((FREQUENCY, 1180, 1983, RIDDEN)), Fail),
        ],
    )
    .await;
    // 57.1 Hz for 10 s, and ramps of 2.9 s, of which 0.6 s each are inside 1 %.
    table(
        "RIDE-018",
        [
            ("is right", tells((FREQUENCY, NOT_TOLD, 14_600, 0)), Pass),
            ("calls it a rate of change", tells((ROCOF, NOT_TOLD, 14_600, 0)), Pass),
            ("tells 0.9 s more", tells((FREQUENCY, NOT_TOLD, 15_490, 0)), Pass),
            ("tells 1.1 s more", tells((FREQUENCY, NOT_TOLD, 15_710, 0)), Fail),
            ("tells 0.9 s less", tells((FREQUENCY, NOT_TOLD, 13_710, 0)), Pass),
            ("tells 1.1 s less", tells((FREQUENCY, NOT_TOLD, 13_490, 0)), Fail),
            ("tells no duration", tells((FREQUENCY, NOT_TOLD, 0xFFFF_FFFF, 0)), Fail),
            ("tells a sag", tells((SAG, 820, 14_600, 0)), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_record_is_waited_for() {
    let from = |read: usize| {
        let at = Fake::holding("dpo-pmi", &[]).at("event_1_sequence");
        let mut nth = 0;
        let fake = block((SAG, 820, 1983, RIDDEN)).shows_at(at + 1, move |_| {
            nth += 1;
            (nth <= read).then_some(0)
        });
        Shelf::right().block(fake)
    };
    let log = |answer: Seen| {
        let at = Fake::holding("dpo-pmi", &[]).at("event_newest");
        let said = block((SAG, 820, 1983, RIDDEN)).when(move |request| {
            let (first, count) = asked(request)?;
            (first == at && count > 2).then(|| answer.clone())
        });
        Shelf::right().block(said)
    };
    table(
        "RIDE-015",
        [
            // One look before the play, then one each 50 ms for 10 s.
            ("has its record after 9.9 s", from(199), Pass),
            ("has its record after 10.1 s", from(203), Fail),
            ("refuses its log", log(pdu(&[0x83, 2])), Fail),
            ("answers its log too short", log(pdu(&[3, 2, 0, 0])), Fail),
            ("does not answer", log(Seen::Nothing), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_verdict_is_what_the_meters_show() {
    // The deepest sag, 0.02 p.u. for 133 ms; ERCOT takes a ride as one that is back in 2 s.
    let told = |verdict: u64| tells((SAG, 20, 133, verdict));
    let back = |shelf: Shelf, at_s: f64| shelf.draws_after(move |s| WATTS * if s < at_s { 0.5 } else { 1.0 });
    table(
        "RIDE-016",
        [
            ("is right", told(RIDDEN), Pass),
            ("says late", told(LATE), Fail),
            ("says failed", told(FAILED), Fail),
            ("says beyond the curve", told(BEYOND), Fail),
            ("says nothing", told(0), Fail),
            ("was late and says so", back(told(LATE), 2.5), Pass),
            ("was late and says ridden", back(told(RIDDEN), 2.5), Fail),
            ("was nearly late", back(told(RIDDEN), 1.98), Pass),
            ("failed and says so", back(told(FAILED), 100.0), Pass),
            ("failed and says late", back(told(LATE), 100.0), Fail),
            ("has no meter at its input", told(RIDDEN).record(|r| r.input_w.clear()), Inconclusive),
        ],
    )
    .await;
    // Which code is in force: Redfish tells it, else it is the first one.
    let redfish =
        |shelf: Shelf, code: Value| shelf.service(entry(move |event| event["GridCode"] = code.clone()));
    let both = |verdict: u64, names: &[&str]| back(told(verdict), 2.5).codes(names);
    table(
        "RIDE-016",
        [
            ("is late by the first code", both(LATE, &[ERCOT, CAISO]), Pass),
            ("is in time by the first code", both(RIDDEN, &[CAISO, ERCOT]), Pass),
            ("tells the verdict of the second code", both(RIDDEN, &[ERCOT, CAISO]), Fail),
            ("has the second code in force", redfish(both(RIDDEN, &[ERCOT, CAISO]), json!(CAISO)), Pass),
            (
                "has the second code in force and tells of the first",
                redfish(both(LATE, &[ERCOT, CAISO]), json!(CAISO)),
                Fail,
            ),
            ("tells no code on Redfish", redfish(both(LATE, &[ERCOT, CAISO]), Value::Null), Pass),
            ("has a code in force that it does not name", redfish(told(RIDDEN), json!(CAISO)), Inconclusive),
            ("has no entry on Redfish", told(RIDDEN).service(Service::right()), Pass),
            ("names a code without a curve, too", told(RIDDEN).codes(&[ERCOT, DRAFTS]), Pass),
            ("has a code without a curve in force", told(RIDDEN).codes(&[DRAFTS, ERCOT]), Inconclusive),
        ],
    )
    .await;
    let beyond = |verdict: u64| tells((SAG, 20, 1133, verdict));
    table(
        "RIDE-020",
        [
            ("is right", beyond(BEYOND), Pass),
            ("says ridden", beyond(RIDDEN), Fail),
            ("says nothing", beyond(0), Fail),
            // Beyond the curve of one, 0.52 p.u. for 1.18 s are inside that of the other.
            (
                "has another code in force",
                redfish(beyond(RIDDEN).codes(&["semi-f47@0706", CAISO]), json!(CAISO)),
                Inconclusive,
            ),
            (
                "has that code in force",
                redfish(beyond(BEYOND).codes(&["semi-f47@0706", CAISO]), json!("semi-f47@0706")),
                Pass,
            ),
        ],
    )
    .await;
}

const ENTRY: &str = "/redfish/v1/Managers/1/LogServices/Log/Entries/0";

/// A service whose log has the entry of the record.
fn entry(change: impl Fn(&mut Value) + Send + 'static) -> Service {
    Service::right().body(ENTRY, move |body| {
        body["Id"] = json!("5");
        let mut event = json!({"@odata.type": "#DPOGatewayLogEntry.v1_0_0.GridEvent", "Kind": "Sag",
            "Verdict": "RiddenThrough", "ExtremePerUnit": 0.02, "DurationSeconds": 0.133});
        change(&mut event);
        body["Oem"] = json!({"DPOGateway": event});
    })
}

#[tokio::test(start_paused = true)]
async fn both_interfaces_tell_the_same_of_an_event() {
    let on = |name: &'static str, value: Value| {
        tells((SAG, 20, 133, RIDDEN)).service(entry(move |event| event[name] = value.clone()))
    };
    let other = |service: Service| tells((SAG, 20, 133, RIDDEN)).service(service);
    table(
        "RIDE-019",
        [
            ("is right", on("Kind", json!("Sag")), Pass),
            ("tells another kind", on("Kind", json!("Swell")), Fail),
            ("tells another verdict", on("Verdict", json!("Late")), Fail),
            ("tells no verdict", on("Verdict", Value::Null), Fail),
            ("tells 0.001 p.u. more", on("ExtremePerUnit", json!(0.021)), Pass),
            ("tells 0.002 p.u. less", on("ExtremePerUnit", json!(0.018)), Fail),
            ("tells 1 ms less", on("DurationSeconds", json!(0.132)), Pass),
            ("tells 2 ms more", on("DurationSeconds", json!(0.135)), Fail),
            ("tells no duration", on("DurationSeconds", Value::Null), Fail),
            ("has no entry of that number", other(Service::right()), Fail),
            (
                "has an entry without an event",
                other(Service::right().body(ENTRY, |b| b["Id"] = json!("5"))),
                Fail,
            ),
            ("has no service", tells((SAG, 20, 133, RIDDEN)), Error),
        ],
    )
    .await;
}

/// Shows the charge in tenths of a percent, for each look at it.
fn charge(percent: impl FnMut(usize) -> Option<u16> + Send + 'static) -> Fake {
    let at = Fake::holding("dpo-pmi", &[]).at("state_of_charge");
    block((SAG, 20, 133, RIDDEN)).shows_at(at, percent)
}

#[tokio::test(start_paused = true)]
async fn packs_are_charged_before_something_is_played() {
    let block = |percent: u16| Shelf::right().block(charge(move |_| Some(percent)));
    let later =
        |looks: usize| Shelf::right().block(charge(move |nth| Some(if nth < looks { 500 } else { 950 })));
    let on_redfish = |percent: Value| {
        Service::right().body(METRICS, move |body| {
            body["@odata.type"] = json!("#BatteryMetrics.v1_0_0.BatteryMetrics");
            body["ChargePercent"] = json!({"Reading": percent});
        })
    };
    table(
        "RIDE-001",
        [
            ("has 90 %", block(900), Pass),
            ("has less", block(899), Inconclusive),
            ("has less and says that this is charged", block(300).claims(|c| c.charged_percent = 30.0), Pass),
            // A look each 5 s; a minute is waited for.
            ("is charged after 55 s", later(11), Pass),
            ("is charged after 60 s", later(12), Pass),
            ("is charged after 65 s", later(13), Inconclusive),
            // Nobody tells: it is taken to be charged.
            ("does not tell", Shelf::right().block(charge(|_| Some(0xFFFF))), Pass),
            (
                "does not answer",
                Shelf::right().block(charge(|_| None).reads("state_of_charge", Seen::Nothing)),
                Pass,
            ),
            ("tells it on Redfish", Shelf::right().service(on_redfish(json!(90))), Pass),
            (
                "tells on Redfish that it is not",
                Shelf::right().service(on_redfish(json!(89.9))),
                Inconclusive,
            ),
            ("tells nothing on Redfish", Shelf::right().service(on_redfish(Value::Null)), Pass),
            (
                "has a service that fails",
                Shelf::right().service(on_redfish(json!(50)).says(
                    "GET",
                    SUPPLY,
                    super::service::error(500, "InternalError"),
                )),
                Pass,
            ),
            (
                "has batteries on Redfish that are charged later",
                Shelf::right().service(charged_later()),
                Pass,
            ),
            ("has no batteries on Redfish", Shelf::right().service(Service::right()), Pass),
            (
                "tells on Redfish what the block does not",
                Shelf::right().block(charge(|_| Some(0xFFFF))).service(on_redfish(json!(50))),
                Inconclusive,
            ),
            ("is believed on the block first", block(950).service(on_redfish(json!(50))), Pass),
        ],
    )
    .await;
    let (_, seen) = later(11).plays("RIDE-001").await;
    assert!(seen.contains("from 50.0 % to 95.0 %"), "{seen}");
    let (_, seen) = block(900).plays("RIDE-001").await;
    assert!(!seen.contains("waited"), "{seen}");
    let (_, seen) = block(899).plays("RIDE-001").await;
    assert!(seen.contains("at 89.9 %, 90 % are wanted") && seen.contains("for 60s"), "{seen}");
    let two = Service::right().body(METRICS, |body| {
        body["@odata.type"] = json!("#BatteryMetrics.v1_0_0.BatteryMetrics");
        body["ChargePercent"] = json!({"Reading": 100});
    });
    let two = two.body(SUPPLY, |body| {
        body["@odata.type"] = json!("#BatteryMetrics.v1_0_0.BatteryMetrics");
        body["ChargePercent"] = json!({"Reading": 70});
    });
    let (outcome, seen) = Shelf::right().service(two).plays("RIDE-001").await;
    assert!(outcome == Inconclusive && seen.contains("at 85.0 %"), "the mean: {seen}");
}

/// Read by the walk, then by each look: at 50 % for two of these.
fn charged_later() -> Service {
    let charge = |percent: u16| {
        move |body: &mut Value| {
            body["@odata.type"] = json!("#BatteryMetrics.v1_0_0.BatteryMetrics");
            body["ChargePercent"] = json!({"Reading": percent});
        }
    };
    Service::right().body(METRICS, charge(50)).body_from(METRICS, 3, charge(95))
}

const METRICS: &str = "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0/Metrics";
