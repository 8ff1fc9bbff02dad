//! An event in the form of Redfish (`Event.v1_13_0`).

use serde_json::{Value, json};

use crate::gateway::{Event, Severity};
use crate::redfish::log::Log;
use crate::redfish::time::rfc3339;
use crate::redfish::{registry, uri};

/// The resource that an event is about.
///
/// Devices by their slot, triggers by their number; everything else is about the gateway.
pub(crate) fn origin(event: &Event) -> String {
    let device =
        event.subject.split_once(' ').and_then(|(kind, slot)| Some((kind, slot.parse::<u8>().ok()?)));
    match device {
        Some(("psu", slot)) => format!("{}/PSU{slot}", uri::POWER_SUPPLIES),
        Some(("bbu", slot)) => format!("{}/BBU{slot}", uri::BATTERIES),
        _ => match event.subject.strip_prefix("trigger ").and_then(|n| n.parse::<u64>().ok()) {
            Some(number) => format!("{}/{number}", uri::TRIGGERS),
            None => uri::MANAGER.to_owned(),
        },
    }
}

/// Severity in the words of Redfish.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "OK",
        Severity::Warning => "Warning",
        Severity::Critical => "Critical",
    }
}

/// The record of an event of this run, an element of `Events`.
pub(crate) fn record(event: &Event, log: &Log) -> Value {
    let entry = registry::entry(&event.kind);
    json!({
        "EventType": "Other",
        "EventId": log.number(event.sequence).to_string(),
        "MemberId": "0",
        "EventTimestamp": rfc3339(event.time),
        "MessageSeverity": severity(event.severity),
        "Message": format!("{}: {}", event.subject, event.message),
        "MessageId": registry::message_id(entry.key),
        "MessageArgs": [event.subject, event.message],
        "Resolution": entry.resolution,
        "OriginOfCondition": {"@odata.id": origin(event)},
        "LogEntry": {"@odata.id": format!("{}/{}", uri::EVENT_ENTRIES, log.number(event.sequence))},
    })
}

/// The record of a gap: these events are gone.
pub(crate) fn lost(first: u64, last: u64, log: &Log) -> Value {
    let (first, last) = (log.number(first), log.number(last));
    json!({
        "EventType": "Other",
        "EventId": format!("lost-{first}-{last}"),
        "MemberId": "0",
        "EventTimestamp": rfc3339(std::time::SystemTime::now()),
        "MessageSeverity": "Warning",
        "Message": format!("Events {first} to {last} are gone."),
        "MessageId": registry::message_id(registry::EVENTS_LOST),
        "MessageArgs": [first.to_string(), last.to_string()],
        "Resolution": "Read the event log, and the resources anew. Read faster.",
        "OriginOfCondition": {"@odata.id": uri::EVENT_ENTRIES},
    })
}

/// What is sent: one record in its envelope.
pub(crate) fn envelope(id: &str, record: &Value) -> Value {
    json!({
        "@odata.type": "#Event.v1_13_0.Event",
        "Id": id,
        "Name": "Event of the DPO gateway",
        "Events": [record],
    })
}

/// Several records in one envelope, with the context of the subscription that they are for.
pub(crate) fn parcel(id: &str, records: Vec<Value>, context: Option<&str>) -> Value {
    let numbered = records.into_iter().enumerate().map(|(number, mut record)| {
        record["MemberId"] = Value::from(number.to_string());
        record
    });
    let mut body = json!({
        "@odata.type": "#Event.v1_13_0.Event",
        "Id": id,
        "Name": "Events of the DPO gateway",
        "Events": numbered.collect::<Vec<_>>(),
    });
    if let Some(context) = context {
        body["Context"] = Value::from(context);
    }
    body
}
