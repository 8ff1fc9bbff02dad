//! Mutants of the simulated shelf behind an AC source: single faults of ride-through.

use serde_json::{Value, json};

use super::mutant::{Fault, HttpFault, Mutant};
use super::proxy_http::Message;
use crate::targets::ride::RideQuirk as Quirk;

const fn ride(name: &'static str, what: &'static str, quirk: Quirk) -> Mutant {
    Mutant { name, what, device: "ride", writes: false, fault: Fault::Ride(quirk) }
}

const fn redfish(name: &'static str, what: &'static str, change: fn(&Message, &mut Message)) -> Mutant {
    let fault = Fault::RideHttp(HttpFault::Answer(change));
    Mutant { name, what, device: "ride", writes: false, fault }
}

/// Every object of a grid event in a body.
fn events(value: &mut Value, change: fn(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            let kind = members.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
            if kind.starts_with("#DPOGatewayLogEntry.") {
                change(members);
            }
            members.values_mut().for_each(|member| events(member, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| events(item, change)),
        _ => {}
    }
}

/// Changes the grid events of a log.
fn in_log(asked: &Message, answer: &mut Message, change: fn(&mut serde_json::Map<String, Value>)) {
    if asked.method() == "GET" && asked.second().contains("LogServices") {
        answer.edit(|body| events(body, change));
    }
}

fn other_depth(asked: &Message, answer: &mut Message) {
    in_log(asked, answer, |event| {
        let told = event.get("ExtremePerUnit").and_then(Value::as_f64).unwrap_or_default();
        event.insert("ExtremePerUnit".into(), json!(100.0 * told));
    });
}

fn other_verdict(asked: &Message, answer: &mut Message) {
    in_log(asked, answer, |event| drop(event.insert("Verdict".into(), json!("NotJudged"))));
}

/// Mutants of ride-through.
pub(super) const RIDE: &[Mutant] = &[
    // The shelf.
    ride("ride-trips-in-a-sag", "stops its supplies at once in a deep sag, for good", Quirk::TripsInSag),
    ride("ride-trips-uneven", "stops its supplies when one phase is low", Quirk::TripsInOnePhase),
    ride("ride-trips-late", "stops its supplies when the voltage was low for 1 s", Quirk::TripsInLongSag),
    ride("ride-counts-sags", "stops its supplies in the third sag", Quirk::CountsSags),
    ride("ride-trips-high", "stops its supplies at a high voltage", Quirk::TripsOnHighVoltage),
    ride("ride-trips-low-hz", "stops its supplies at a low frequency", Quirk::TripsOnLowFrequency),
    ride("ride-trips-high-hz", "stops its supplies at a high frequency", Quirk::TripsOnHighFrequency),
    ride("ride-trips-rocof", "stops its supplies when the frequency changes fast", Quirk::TripsOnRocof),
    ride("ride-stays-off", "stays off after a sag that was longer than the curve", Quirk::StaysOff),
    ride("ride-stops-low", "draws nothing below 180 V", Quirk::StopsLow),
    ride("ride-random-restart", "draws a random delay before it starts again", Quirk::RandomRestart),
    ride("ride-no-batteries", "has no battery unit that delivers", Quirk::NoBatteries),
    ride("ride-low-support", "holds the busbar too low on batteries", Quirk::LowSupport),
    ride("ride-slow-return", "is back after the budget", Quirk::SlowReturn),
    ride("ride-steep-return", "takes its power back in a step", Quirk::SteepReturn),
    ride("ride-overshoots", "draws more than before on its way back", Quirk::Overshoots),
    ride("ride-recharges-at-once", "recharges 1 s after the sag", Quirk::RechargesAtOnce),
    ride("ride-recharges-steeply", "takes the power of the recharge in a step", Quirk::RechargesSteeply),
    // What it records.
    ride("ride-not-recorded", "records no event", Quirk::NotRecorded),
    ride("ride-half-depth", "records a sag as shallower", Quirk::HalfDepth),
    ride("ride-twice-as-long", "records twice the duration", Quirk::TwiceAsLong),
    ride("ride-swell-as-sag", "records a high voltage as a sag", Quirk::SwellAsSag),
    ride("ride-hz-unseen", "records no frequency", Quirk::FrequencyUnseen),
    ride("ride-always-ridden", "says of every sag that it was ridden through", Quirk::AlwaysRidden),
    ride("ride-always-failed", "says of every sag that it was not ridden through", Quirk::AlwaysFailed),
    redfish("ride-other-depth", "tells the depth in percent on Redfish", other_depth),
    redfish("ride-other-verdict", "tells no verdict on Redfish", other_verdict),
];
