//! The message registry of the gateway's events (`MessageRegistry.v1_7_0`), and where registries are found.

use axum::Json;
use axum::extract::Path;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::error::Error;
use super::resource::{Answer, Collection, Head, Resource, collection};
use super::{schema, uri};
use crate::gateway::EventKind;

/// Prefix of the registry of the gateway's events.
pub(crate) const PREFIX: &str = "DPOGateway";
const VERSION: &str = "1.0.0";
const ID: &str = "DPOGateway.1.0.0";
const AT: &str = "/redfish/v1/Registries/DPOGateway/DPOGateway.1.0.0.json";
/// DMTF's registry of the messages in error bodies; not part of this repository.
const BASE: &str = "Base";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(registries)).routes(routes!(registry)).routes(routes!(messages))
}

/// What the registry says of one kind of event.
pub(crate) struct Entry {
    /// Key of the message.
    pub(crate) key: &'static str,
    /// Its title for people.
    pub(crate) title: &'static str,
    severity: &'static str,
    description: &'static str,
    /// What to do.
    pub(crate) resolution: &'static str,
}

/// Every kind of event.
pub(crate) const KINDS: [EventKind; 19] = [
    EventKind::DeviceFound,
    EventKind::DeviceLost,
    EventKind::DeviceReturned,
    EventKind::AlarmRaised,
    EventKind::AlarmCleared,
    EventKind::LeaseGranted,
    EventKind::LeaseReleased,
    EventKind::LeaseExpired,
    EventKind::SetpointApplied,
    EventKind::SetpointRefused,
    EventKind::SetpointFound,
    EventKind::SetpointRestored,
    EventKind::RegisterMissing,
    EventKind::ScaleInDoubt,
    EventKind::Journal,
    EventKind::StateChanged,
    EventKind::GridEvent,
    EventKind::TriggerFired,
    EventKind::PowerCycle,
];

/// The entry of a kind of event.
pub(crate) fn entry(kind: &EventKind) -> Entry {
    let [key, title, severity, description, resolution] = match kind {
        EventKind::DeviceFound => {
            ["DeviceFound", "Device found", "OK", "A device answered for the first time.", "None."]
        }
        EventKind::DeviceLost => [
            "DeviceLost",
            "Device lost",
            "Critical",
            "A device stopped answering.",
            "Check that the device is seated and powered, and the bus to it.",
        ],
        EventKind::DeviceReturned => {
            ["DeviceReturned", "Device returned", "OK", "A lost device answers again.", "None."]
        }
        EventKind::AlarmRaised => [
            "AlarmRaised",
            "Alarm raised",
            "Warning",
            "A device set an alarm flag.",
            "See the conditions in the Status of the device.",
        ],
        EventKind::AlarmCleared => {
            ["AlarmCleared", "Alarm cleared", "OK", "A device cleared an alarm flag.", "None."]
        }
        EventKind::LeaseGranted => {
            ["LeaseGranted", "Lease granted", "OK", "A client may write setpoints from now on.", "None."]
        }
        EventKind::LeaseReleased => [
            "LeaseReleased",
            "Lease released",
            "OK",
            "The owner gave the lease back; setpoints go to their fail-safe values.",
            "None.",
        ],
        EventKind::LeaseExpired => [
            "LeaseExpired",
            "Lease expired",
            "Warning",
            "The lease ended without renewal; setpoints go to their fail-safe values.",
            "See whether the owner of the lease still runs.",
        ],
        EventKind::SetpointApplied => {
            ["SetpointApplied", "Setpoint applied", "OK", "A setpoint was applied and read back.", "None."]
        }
        EventKind::SetpointRefused => [
            "SetpointRefused",
            "Setpoint refused",
            "Warning",
            "A setpoint was refused, or could not be applied.",
            "The message says why and what would be taken.",
        ],
        EventKind::SetpointFound => [
            "SetpointFound",
            "Setpoint found",
            "Warning",
            "A device held a setpoint that this gateway did not write.",
            "See who else writes to the shelf.",
        ],
        EventKind::SetpointRestored => [
            "SetpointRestored",
            "Setpoint restored",
            "OK",
            "Setpoints are back at their fail-safe values, read back from the devices.",
            "None.",
        ],
        EventKind::RegisterMissing => [
            "RegisterMissing",
            "Register missing",
            "Warning",
            "A device refuses a register of its map; it is not read any more.",
            "See whether the device has the firmware that the map is of.",
        ],
        EventKind::ScaleInDoubt => [
            "ScaleInDoubt",
            "Scale in doubt",
            "Warning",
            "Sources disagree on the scale of a register; the message says how it is read.",
            "Compare the reading with an instrument, and choose it in the configuration.",
        ],
        EventKind::Journal => [
            "Journal",
            "Journal",
            "Warning",
            "The journal of writes failed or works again, or told of writes whose end was not known.",
            "See the disk of the gateway, and `dpo journal`.",
        ],
        EventKind::StateChanged => [
            "StateChanged",
            "State changed",
            "OK",
            "The gateway entered another state.",
            "None, if the grid or the owner of the lease caused it.",
        ],
        EventKind::GridEvent => [
            "GridEvent",
            "Grid event",
            "Warning",
            "The AC input left its band and is back; the entry has a recording, and how the shelf did.",
            "See the recording; where the shelf did not ride through, its supplies and batteries.",
        ],
        EventKind::TriggerFired => [
            "TriggerFired",
            "Trigger fired",
            "Warning",
            "A reading passed a threshold, or a state became what a trigger waits for.",
            "See the trigger and what it watches.",
        ],
        EventKind::PowerCycle => [
            "PowerCycle",
            "Power cycle",
            "Warning",
            "A power supply is power-cycled on request, is back, was refused that, or is not back in time.",
            "One that is not back: see its alarms, and whether the others carry the load.",
        ],
    };
    Entry { key, title, severity, description, resolution }
}

/// The MessageId of a key of this registry.
pub(crate) fn message_id(key: &str) -> String {
    format!("{PREFIX}.1.0.{key}")
}

/// Whether this is the MessageId of a message of this registry, with or without its version.
pub(crate) fn knows(id: &str) -> bool {
    let key = id.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('.'));
    let key = key.map(|rest| rest.strip_prefix("1.0.").unwrap_or(rest));
    key.is_some_and(|key| key == EVENTS_LOST || KINDS.iter().any(|kind| entry(kind).key == key))
}

/// Key of the message that a stream sends when events are gone that its client has not had.
pub(crate) const EVENTS_LOST: &str = "EventsLost";

/// Where a registry is found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct MessageRegistryFile {
    #[serde(flatten)]
    head: Head,
    /// Languages it is there in.
    languages: [&'static str; 1],
    /// Prefix, major and minor version.
    registry: &'static str,
    location: [Location; 1],
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[schema(as = RegistryLocation)]
struct Location {
    language: &'static str,
    /// Where this service has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'static str>,
    /// Where its publisher has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_uri: Option<&'static str>,
}

/// The registries of messages.
#[utoipa::path(
    get,
    path = "/redfish/v1/Registries",
    tag = "Registries",
    responses((status = 200, description = "The registries.", body = Collection))
)]
async fn registries() -> Answer {
    collection(&schema::REGISTRIES, uri::REGISTRIES, "Registries", [BASE, PREFIX].map(str::to_owned))
}

/// One registry: its version, and where it is.
#[utoipa::path(
    get,
    path = "/redfish/v1/Registries/{registry}",
    tag = "Registries",
    params(("registry" = String, Path, description = "Prefix of the registry.")),
    responses((status = 200, description = "Where it is.", body = MessageRegistryFile))
)]
async fn registry(Path(id): Path<String>) -> Answer {
    let location = |uri, publication_uri| [Location { language: "en", uri, publication_uri }];
    let (name, registry, location) = match id.as_str() {
        BASE => (
            "Base registry of DMTF",
            "Base.1.22",
            location(None, Some("https://redfish.dmtf.org/registries/Base.1.22.1.json")),
        ),
        PREFIX => ("Events of the DPO gateway", "DPOGateway.1.0", location(Some(AT), None)),
        _ => return Err(Error::NotFound),
    };
    let at = format!("{}/{id}", uri::REGISTRIES);
    Resource::new(
        &schema::REGISTRY_FILE,
        &MessageRegistryFile {
            head: Head::new(&schema::REGISTRY_FILE, &at, name),
            languages: ["en"],
            registry,
            location,
        },
    )
}

/// The messages of the gateway's events.
#[utoipa::path(
    get,
    path = "/redfish/v1/Registries/DPOGateway/DPOGateway.1.0.0.json",
    tag = "Registries",
    responses((status = 200, description = "A message registry, MessageRegistry.v1_7_0.", body = serde_json::Value))
)]
async fn messages() -> impl IntoResponse {
    Json(document())
}

fn document() -> Value {
    let message = |severity: &str, description: &str, text: &str, args: &[&str], resolution: &str| {
        json!({
            "Description": description,
            "Message": text,
            "MessageSeverity": severity,
            "NumberOfArgs": args.len(),
            "ParamTypes": args.iter().map(|arg| if arg.starts_with('#') { "number" } else { "string" }).collect::<Vec<_>>(),
            "ArgDescriptions": args.iter().map(|arg| arg.trim_start_matches('#')).collect::<Vec<_>>(),
            "Resolution": resolution,
        })
    };
    let mut all = Map::new();
    for kind in &KINDS {
        let Entry { key, severity, description, resolution, .. } = entry(kind);
        let args = ["The device or function concerned.", "What happened, in one sentence."];
        all.insert(key.to_owned(), message(severity, description, "%1: %2", &args, resolution));
    }
    let args = ["#Number of the first event that is gone.", "#Number of the last one."];
    let lost = message(
        "Warning",
        "Events were dropped before this client read them.",
        "Events %1 to %2 are gone.",
        &args,
        "Read the event log, and the resources anew. Read faster.",
    );
    all.insert(EVENTS_LOST.to_owned(), lost);
    json!({
        "@odata.type": "#MessageRegistry.v1_7_0.MessageRegistry",
        "Id": ID,
        "Name": "Events of the DPO gateway",
        "Language": "en",
        "Description": "Messages of the events of a DPO gateway.",
        "RegistryPrefix": PREFIX,
        "RegistryVersion": VERSION,
        "OwningEntity": "DPO gateway",
        "Messages": all,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_of_event_has_a_message_of_its_own() {
        let keys: BTreeSet<_> = KINDS.iter().map(|kind| entry(kind).key).collect();
        assert_eq!(keys.len(), KINDS.len());
        let document = document();
        for key in keys.iter().chain([&EVENTS_LOST]) {
            let message = &document["Messages"][key];
            assert_eq!(message["NumberOfArgs"], 2, "{key}");
            assert!(
                ["OK", "Warning", "Critical"].contains(&message["MessageSeverity"].as_str().unwrap()),
                "{key}"
            );
            // The name of the variant is the key: nobody has to look it up.
            assert!(*key == EVENTS_LOST || KINDS.iter().any(|kind| format!("{kind:?}") == **key), "{key}");
        }
        assert_eq!(message_id("DeviceLost"), "DPOGateway.1.0.DeviceLost");
        assert!(AT.ends_with(&format!("/{ID}.json")));
    }
}
