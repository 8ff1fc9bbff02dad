//! Which events a stream wants: the properties that an SSE filter may name (DSP0266, "$filter for event streams").

use serde_json::Value;

use super::record::{origin, severity};
use crate::gateway::Event;
use crate::redfish::filter::{Comparison, Filter, Literal};
use crate::redfish::registry;
use crate::redfish::telemetry::Report;
use crate::redfish::uri;

/// What a filter may compare with a text; `MessageSeverity` is an addition of this service.
const PROPERTIES: [&str; 7] = [
    "EventFormatType",
    "MessageId",
    "MessageSeverity",
    "MetricReportDefinition",
    "OriginResource",
    "RegistryPrefix",
    "ResourceType",
];
/// Without one of these a filter, or none, is about events alone: a report comes with each poll of the shelf.
const OF_REPORTS: [&str; 2] = ["EventFormatType", "MetricReportDefinition"];
/// Widens `OriginResource` to what lies below the resource.
const SUBORDINATE: &str = "SubordinateResources";

/// Which events a stream wants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    filter: Option<Filter>,
    /// Whether the resources below one that is named count as it.
    subordinate: bool,
}

impl Choice {
    /// A choice by the text of `$filter`; everything without one.
    ///
    /// # Errors
    /// What is wrong with the expression, for people.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, String> {
        let Some(text) = text else { return Ok(Self { filter: None, subordinate: false }) };
        let filter = Filter::parse(text).map_err(|e| e.to_string())?;
        let mut subordinate = false;
        for comparison in filter.comparisons() {
            let name = comparison.path.join("/");
            match &comparison.literal {
                Literal::Bool(wanted) if name == SUBORDINATE => subordinate |= *wanted,
                Literal::Text(_) if PROPERTIES.contains(&name.as_str()) => (),
                _ => {
                    let names = PROPERTIES.join(", ");
                    return Err(format!(
                        "{name}: a filter compares {names} with a text, {SUBORDINATE} with a bool"
                    ));
                }
            }
        }
        Ok(Self { filter: Some(filter), subordinate })
    }

    /// The metric reports that the stream wants.
    pub(crate) fn reports(&self) -> Vec<Report> {
        let Some(filter) = &self.filter else { return Vec::new() };
        let named = |c: &&Comparison| OF_REPORTS.contains(&c.path.join("/").as_str());
        if !filter.comparisons().iter().any(named) {
            return Vec::new();
        }
        let wanted = |report: &Report| {
            let definition = report.definition();
            let facts = Facts(vec![
                ("EventFormatType", Value::from("MetricReport")),
                ("MetricReportDefinition", Value::from(definition)),
                (SUBORDINATE, Value::from(self.subordinate)),
            ]);
            filter.holds(&|path| facts.look(path))
        };
        Report::BOTH.into_iter().filter(wanted).collect()
    }

    /// Whether the stream wants this event.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        self.filter.is_none() || self.holds(&Facts::of(event, self.subordinate))
    }

    /// Whether the stream wants the record of a test.
    pub(crate) fn wants_record(&self, record: &Value) -> bool {
        self.filter.is_none() || self.holds(&Facts::of_record(record, self.subordinate))
    }

    fn holds(&self, facts: &Facts) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.holds(&|path| facts.look(path)))
    }
}

/// What a filter can know of an event.
pub(super) struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    /// What is known of an event.
    pub(super) fn of(event: &Event, subordinate: bool) -> Self {
        let id = registry::message_id(registry::entry(&event.kind).key);
        Self::new(&id, severity(event.severity), &origin(event), subordinate)
    }

    /// What is known of the record of an event.
    pub(super) fn of_record(record: &Value, subordinate: bool) -> Self {
        let text = |pointer| record.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let origin = text("/OriginOfCondition/@odata.id");
        Self::new(text("/MessageId"), text("/MessageSeverity"), origin, subordinate)
    }

    fn new(id: &str, severity: &str, origin: &str, subordinate: bool) -> Self {
        let (prefix, key) = (id.split('.').next().unwrap_or(id), id.rsplit('.').next().unwrap_or(id));
        let kind = if origin.starts_with(uri::POWER_SUPPLIES) {
            "PowerSupply"
        } else if origin.starts_with(uri::BATTERIES) {
            "Battery"
        } else if origin.starts_with(uri::TRIGGERS) {
            "Triggers"
        } else {
            "Manager"
        };
        let mut facts = vec![
            ("EventFormatType", Value::from("Event")),
            ("MessageId", Value::from(id)),
            // Filters of subscriptions leave the version out.
            ("MessageId", Value::from(format!("{prefix}.{key}"))),
            ("MessageSeverity", Value::from(severity)),
            ("RegistryPrefix", Value::from(prefix)),
            ("ResourceType", Value::from(kind)),
            (SUBORDINATE, Value::from(subordinate)),
        ];
        if subordinate {
            let above = origin.match_indices('/').skip(1).filter_map(|(at, _)| origin.get(..at));
            facts.extend(above.map(|uri| ("OriginResource", Value::from(uri))));
        }
        facts.push(("OriginResource", Value::from(origin)));
        Self(facts)
    }

    /// Whether one of the values of a property is in the list.
    pub(super) fn has(&self, name: &str, list: &[String]) -> bool {
        let known = self.0.iter().filter(|(known, _)| *known == name);
        known.filter_map(|(_, value)| value.as_str()).any(|value| list.iter().any(|one| one == value))
    }

    fn look(&self, path: &[String]) -> Vec<&Value> {
        let name = path.join("/");
        self.0.iter().filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::gateway::{EventKind, Severity};

    fn event(kind: EventKind, severity: Severity, subject: &str) -> Event {
        let (subject, message) = (subject.to_owned(), "m".to_owned());
        Event { sequence: 7, time: SystemTime::UNIX_EPOCH, kind, severity, subject, message }
    }

    #[test]
    fn a_filter_chooses_by_what_an_event_is_and_where_it_is_from() {
        let lost = event(EventKind::DeviceLost, Severity::Critical, "psu 3");
        let lease = event(EventKind::LeaseGranted, Severity::Ok, "lease");
        let supplies = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies";
        for (text, of_lost, of_lease) in [
            ("MessageId eq 'DPOGateway.1.0.DeviceLost'".to_owned(), true, false),
            ("MessageId eq 'DPOGateway.DeviceLost'".to_owned(), true, false),
            ("RegistryPrefix eq 'DPOGateway' and EventFormatType eq 'Event'".to_owned(), true, true),
            ("EventFormatType eq 'MetricReport'".to_owned(), false, false),
            ("MessageSeverity eq 'OK'".to_owned(), false, true),
            ("ResourceType eq 'PowerSupply' or ResourceType eq 'Battery'".to_owned(), true, false),
            (format!("OriginResource eq '{supplies}/PSU3'"), true, false),
            (format!("OriginResource eq '{supplies}'"), false, false),
            (format!("OriginResource eq '{supplies}' and SubordinateResources eq true"), true, false),
            ("OriginResource eq '/redfish/v1' and SubordinateResources eq true".to_owned(), true, true),
            ("not (ResourceType eq 'Manager')".to_owned(), true, false),
        ] {
            let choice = Choice::parse(Some(&text)).unwrap();
            assert_eq!((choice.wants(&lost), choice.wants(&lease)), (of_lost, of_lease), "{text}");
        }
        assert!(Choice::parse(None).unwrap().wants(&lost));
    }

    #[test]
    fn reports_come_to_those_who_ask_for_them() {
        let of = |text: &str| Choice::parse(Some(text)).unwrap().reports();
        assert_eq!(Choice::parse(None).unwrap().reports(), []);
        assert_eq!(of("not (ResourceType eq 'Manager')"), []);
        assert_eq!(of("EventFormatType eq 'MetricReport'"), Report::BOTH);
        let shelf = "MetricReportDefinition eq '/redfish/v1/TelemetryService/MetricReportDefinitions/Shelf'";
        assert_eq!(of(shelf), [Report::Shelf]);
        let both = format!("EventFormatType eq 'Event' or {shelf}");
        assert_eq!(of(&both), [Report::Shelf]);
        let event = event(EventKind::LeaseGranted, Severity::Ok, "lease");
        assert!(Choice::parse(Some(&both)).unwrap().wants(&event));
        assert!(!Choice::parse(Some(shelf)).unwrap().wants(&event));
    }

    #[test]
    fn what_no_event_has_is_refused() {
        for wrong in ["Severity eq 'OK'", "MessageId eq 3", "SubordinateResources eq 'true'", "MessageId"] {
            assert!(Choice::parse(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
