//! A subscription: where events are sent, which, and what happens when nobody takes them (`EventDestination.v1_16_0`).

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::address::Guard;
use super::courier::Header;
use crate::gateway::Event;
use crate::redfish::body::Properties;
use crate::redfish::error::{Error, Fault};
use crate::redfish::event::choice::Facts;
use crate::redfish::event::{FORMATS, RESOURCE_TYPES};
use crate::redfish::registry;
use crate::redfish::telemetry::Report;

/// Elements of one list, and bytes of one text in it.
const ELEMENTS: usize = 32;
const LONGEST: usize = 512;
/// Headers of a subscription, and bytes of one value.
const HEADERS: usize = 16;
const HEADER: usize = 4096;

/// What happens after the last attempt to deliver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum RetryPolicy {
    /// The subscription ends.
    TerminateAfterRetries,
    /// It is suspended until a client resumes it.
    #[default]
    SuspendRetries,
    /// There is no last attempt.
    RetryForever,
    /// There is no last attempt; pauses grow up to an hour.
    RetryForeverWithBackoff,
}

impl RetryPolicy {
    /// All of them, by name.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("TerminateAfterRetries", Self::TerminateAfterRetries),
        ("SuspendRetries", Self::SuspendRetries),
        ("RetryForever", Self::RetryForever),
        ("RetryForeverWithBackoff", Self::RetryForeverWithBackoff),
    ];
}

/// Attempts after the first one, and the pause before each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) attempts: u32,
    pub(crate) interval_s: u32,
}

impl Delivery {
    /// The pause before an attempt, from 1.
    pub(crate) fn pause(self, policy: RetryPolicy, attempt: u32) -> Duration {
        const LONGEST: Duration = Duration::from_secs(3600);
        let interval = Duration::from_secs(self.interval_s.into());
        match policy {
            RetryPolicy::RetryForeverWithBackoff => {
                let doubled = 1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
                interval.saturating_mul(doubled).min(LONGEST.max(interval))
            }
            _ => interval,
        }
    }
}

/// A subscription.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subscription {
    /// Number, from 1.
    pub(crate) number: u64,
    /// Who made it.
    pub(crate) owner: String,
    pub(crate) destination: String,
    pub(crate) context: Option<String>,
    /// Metric reports in place of events.
    pub(crate) reports: bool,
    pub(crate) policy: RetryPolicy,
    pub(crate) verify: bool,
    /// Never shown: they may hold credentials.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) registry_prefixes: Vec<String>,
    pub(crate) exclude_registry_prefixes: Vec<String>,
    pub(crate) resource_types: Vec<String>,
    pub(crate) message_ids: Vec<String>,
    pub(crate) exclude_message_ids: Vec<String>,
    pub(crate) origins: Vec<String>,
    pub(crate) subordinate: bool,
    /// URIs of the definitions of reports; all without any.
    pub(crate) definitions: Vec<String>,
    pub(crate) suspended: bool,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("number", &self.number)
            .field("owner", &self.owner)
            .field("destination", &self.destination)
            .finish_non_exhaustive()
    }
}

impl Subscription {
    /// Identifier of the resource; streams are numbers.
    pub(crate) fn id(&self) -> String {
        format!("Push{}", self.number)
    }

    /// The headers that each request carries. Those that were kept were checked when they came.
    pub(crate) fn extra_headers(&self) -> Vec<Header> {
        let one = |(name, value): &(String, String)| header_of(name, value).ok();
        self.headers.iter().filter_map(one).collect()
    }

    /// Whether it is about this event.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        !self.reports && self.holds(&Facts::of(event, self.subordinate))
    }

    /// Whether it is about the record of a test.
    pub(crate) fn wants_record(&self, record: &Value) -> bool {
        !self.reports && self.holds(&Facts::of_record(record, self.subordinate))
    }

    fn holds(&self, facts: &Facts) -> bool {
        let within = |name, list: &[String]| list.is_empty() || facts.has(name, list);
        let without = |name, list: &[String]| !facts.has(name, list);
        within("RegistryPrefix", &self.registry_prefixes)
            && within("ResourceType", &self.resource_types)
            && within("MessageId", &self.message_ids)
            && within("OriginResource", &self.origins)
            && without("RegistryPrefix", &self.exclude_registry_prefixes)
            && without("MessageId", &self.exclude_message_ids)
    }

    /// The metric reports that it is about.
    pub(crate) fn wanted_reports(&self) -> Vec<Report> {
        let named = |r: &Report| self.definitions.is_empty() || self.definitions.contains(&r.definition());
        if self.reports { Report::BOTH.into_iter().filter(named).collect() } else { Vec::new() }
    }

    /// The subscription that a client asks for; `verify_always` is the configuration's.
    ///
    /// # Errors
    /// Every property that cannot be taken.
    pub(crate) fn create(
        owner: &str,
        properties: Properties,
        guard: &Guard,
        verify_always: bool,
    ) -> Result<Self, Error> {
        let mut made = Self {
            number: 0,
            owner: owner.to_owned(),
            destination: String::new(),
            context: None,
            reports: false,
            policy: RetryPolicy::default(),
            // DSP8010: false if the client does not ask for it.
            verify: verify_always,
            headers: Vec::new(),
            registry_prefixes: Vec::new(),
            exclude_registry_prefixes: Vec::new(),
            resource_types: Vec::new(),
            message_ids: Vec::new(),
            exclude_message_ids: Vec::new(),
            origins: Vec::new(),
            subordinate: false,
            definitions: Vec::new(),
            suspended: false,
        };
        let (mut faults, mut protocol) = (Vec::new(), false);
        for (name, value) in properties {
            // A property of null is one that is not given.
            if value.is_null() {
                continue;
            }
            protocol |= name == "Protocol";
            if let Err(fault) = made.take(&name, value, guard, verify_always) {
                faults.push((name, fault));
            }
        }
        for (name, missing) in [("Destination", made.destination.is_empty()), ("Protocol", !protocol)] {
            if missing && !faults.iter().any(|(n, _)| n == name) {
                faults.push((name.to_owned(), Fault::Missing));
            }
        }
        if !made.definitions.is_empty() && !made.reports {
            faults.push(("MetricReportDefinitions".to_owned(), Fault::Conflict("EventFormatType")));
        }
        if faults.is_empty() { Ok(made) } else { Err(Error::Properties(faults)) }
    }

    fn take(&mut self, name: &str, value: Value, guard: &Guard, verify_always: bool) -> Result<(), Fault> {
        let prefixes = |value| listed(value, |text| text == registry::PREFIX);
        // With the version, as in events, or without it, as DSP0266 has it for subscriptions.
        let messages = |value| listed(value, registry::knows);
        match name {
            "Destination" => {
                let url = text(value)?;
                guard.destination(&url).map_err(|why| Fault::Refused(Value::from(url.clone()), why))?;
                self.destination = url;
            }
            "Protocol" => {
                word(value, &["Redfish"])?;
            }
            "SubscriptionType" => {
                word(value, &["RedfishEvent"])?;
            }
            "EventFormatType" => self.reports = word(value, &FORMATS)? == "MetricReport",
            "RegistryPrefixes" => self.registry_prefixes = prefixes(value)?,
            "ExcludeRegistryPrefixes" => self.exclude_registry_prefixes = prefixes(value)?,
            "ResourceTypes" => self.resource_types = listed(value, |text| RESOURCE_TYPES.contains(&text))?,
            "MessageIds" => self.message_ids = messages(value)?,
            "ExcludeMessageIds" => self.exclude_message_ids = messages(value)?,
            "OriginResources" => self.origins = links(value)?,
            "SubordinateResources" => self.subordinate = truth(value)?,
            "MetricReportDefinitions" => {
                let uris = links(value.clone())?;
                if uris.iter().any(|uri| Report::BOTH.iter().all(|r| r.definition() != *uri)) {
                    return Err(Fault::NotInList(value));
                }
                self.definitions = uris;
            }
            _ => return self.change(name, value, verify_always),
        }
        Ok(())
    }

    /// Takes one property that may be changed later, too.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub(crate) fn change(&mut self, name: &str, value: Value, verify_always: bool) -> Result<(), Fault> {
        match name {
            "Context" if value.is_null() => self.context = None,
            "Context" => self.context = Some(text(value)?),
            "DeliveryRetryPolicy" => {
                let policy = word(value, &RetryPolicy::ALL.map(|(name, _)| name))?;
                let found = RetryPolicy::ALL.into_iter().find(|(name, _)| *name == policy);
                self.policy = found.map_or(self.policy, |(_, policy)| policy);
            }
            "VerifyCertificate" => {
                let verify = truth(value)?;
                if verify_always && !verify {
                    let why = "the configuration asks for verified receivers".to_owned();
                    return Err(Fault::Refused(Value::from(false), why));
                }
                self.verify = verify;
            }
            "HttpHeaders" if value.is_null() => self.headers.clear(),
            "HttpHeaders" => self.headers = headers(value)?,
            _ => return Err(Fault::Unknown),
        }
        Ok(())
    }
}

fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) if text.len() > 2 * LONGEST => {
            Err(Fault::Refused(Value::from("(long)"), format!("longer than {} bytes", 2 * LONGEST)))
        }
        Value::String(text) => Ok(text),
        other => Err(Fault::Type(other)),
    }
}

fn truth(value: Value) -> Result<bool, Fault> {
    value.as_bool().ok_or(Fault::Type(value))
}

fn word(value: Value, words: &[&str]) -> Result<String, Fault> {
    match value {
        Value::String(text) if words.contains(&text.as_str()) => Ok(text),
        Value::String(_) => Err(Fault::NotInList(value)),
        other => Err(Fault::Type(other)),
    }
}

fn array(value: Value, most: usize) -> Result<Vec<Value>, Fault> {
    match value {
        Value::Array(items) if items.len() > most => {
            Err(Fault::Refused(Value::from(items.len()), format!("more than {most} elements")))
        }
        Value::Array(items) => Ok(items),
        other => Err(Fault::Type(other)),
    }
}

/// An array of texts that are all known.
fn listed(value: Value, known: impl Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for item in array(value, ELEMENTS)? {
        match item {
            Value::String(text) if known(&text) => out.push(text),
            Value::String(text) => {
                return Err(Fault::NotInList(Value::from(text.chars().take(LONGEST).collect::<String>())));
            }
            other => return Err(Fault::Type(other)),
        }
    }
    Ok(out)
}

/// An array of references.
fn links(value: Value) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for item in array(value, ELEMENTS)? {
        match item.get("@odata.id").and_then(Value::as_str) {
            Some(uri) if uri.starts_with("/redfish/v1") && uri.len() <= LONGEST => {
                out.push(uri.trim_end_matches('/').to_owned());
            }
            _ => return Err(Fault::Type(item)),
        }
    }
    Ok(out)
}

/// Headers as objects of names and values. No value is repeated in a refusal: it may be a credential.
fn headers(value: Value) -> Result<Vec<(String, String)>, Fault> {
    let hidden = || Value::from("(not shown)");
    let refused = |why: String| Fault::Refused(hidden(), why);
    let mut out = Vec::new();
    let items = match value {
        Value::Array(items) => items,
        _ => return Err(Fault::Type(hidden())),
    };
    for item in items {
        let Value::Object(members) = item else { return Err(Fault::Type(hidden())) };
        collect(members, &mut out).map_err(refused)?;
    }
    Ok(out)
}

fn collect(members: Map<String, Value>, out: &mut Vec<(String, String)>) -> Result<(), String> {
    for (name, value) in members {
        let Value::String(value) = value else { return Err(format!("the value of {name} is no text")) };
        header_of(&name, &value)?;
        if out.len() == HEADERS {
            return Err(format!("more than {HEADERS} headers"));
        }
        out.push((name, value));
    }
    Ok(())
}

/// A header that may be added: none that frames the message or names the host.
fn header_of(name: &str, value: &str) -> Result<Header, String> {
    const RESERVED: [HeaderName; 10] = [
        header::HOST,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::CONTENT_ENCODING,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
        header::UPGRADE,
        header::EXPECT,
        header::TE,
        header::TRAILER,
    ];
    let shown: String = name.chars().take(64).collect();
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{shown:?} is no name of a header"))?;
    if RESERVED.contains(&name) || name.as_str().starts_with("proxy-") {
        return Err(format!("{name} is the gateway's to set"));
    }
    if value.len() > HEADER {
        return Err(format!("the value of {name} is longer than {HEADER} bytes"));
    }
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| format!("the value of {name} cannot be sent in a header"))?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn create(body: Value) -> Result<Subscription, Error> {
        let Value::Object(members) = body else { panic!("an object") };
        Subscription::create("admin", members.into_iter().collect(), &Guard::default(), false)
    }

    fn with(name: &str, value: Value) -> Result<Subscription, Error> {
        let mut body = json!({"Destination": "https://192.0.2.1/events", "Protocol": "Redfish"});
        body[name] = value;
        create(body)
    }

    #[test]
    fn each_property_that_cannot_be_taken_is_named() {
        for (name, value) in [
            ("Destination", json!("https://127.0.0.1/")),
            ("Destination", json!(3)),
            ("Protocol", json!("FTP")),
            ("Protocol", Value::Null),
            ("SubscriptionType", json!("SSE")),
            ("EventFormatType", json!("Log")),
            ("RegistryPrefixes", json!(["Nobody"])),
            ("RegistryPrefixes", json!("DPOGateway")),
            ("ResourceTypes", json!(["Volume"])),
            ("MessageIds", json!(["DPOGateway.NoSuch"])),
            ("OriginResources", json!(["/redfish/v1"])),
            ("OriginResources", json!([{"@odata.id": "http://elsewhere"}])),
            ("OriginResources", json!(vec![json!({"@odata.id": "/redfish/v1"}); 33])),
            ("SubordinateResources", json!("yes")),
            ("MetricReportDefinitions", json!([])),
            ("DeliveryRetryPolicy", json!("Never")),
            ("VerifyCertificate", json!(1)),
            ("Context", json!("x".repeat(2000))),
            ("Color", json!("red")),
        ] {
            match with(name, value.clone()) {
                Err(Error::Properties(faults)) => {
                    assert!(faults.iter().all(|(n, _)| n == name), "{faults:?}")
                }
                // An empty list of definitions asks for nothing in particular.
                Ok(_) => assert_eq!(value, json!([])),
                other => panic!("{name} {value}: {other:?}"),
            }
        }
    }

    #[test]
    fn headers_cannot_frame_a_message_and_are_never_shown() {
        for (name, value) in [
            ("Host", "other"),
            ("content-length", "3"),
            ("Transfer-Encoding", "chunked"),
            ("Proxy-Authorization", "x"),
            ("X A", "x"),
            ("X-A", "secret\r\nX-B: y"),
            ("X-A", &"secret".repeat(1000)),
        ] {
            let refused = with("HttpHeaders", json!([{name: value}])).unwrap_err();
            assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");
        }
        let made = with("HttpHeaders", json!([{"Authorization": "Bearer secret"}, {"X-A": "1"}])).unwrap();
        assert_eq!(made.extra_headers().len(), 2);
        assert!(!format!("{made:?} {:?}", made.extra_headers()).contains("secret"));
        assert!(with("HttpHeaders", json!(vec![json!({"X-A": "1"}); 17])).is_err());
    }

    #[test]
    fn a_subscription_chooses_its_events() {
        use crate::gateway::{EventKind, Severity};
        let event = |kind, subject: &str| Event {
            sequence: 1,
            time: std::time::SystemTime::UNIX_EPOCH,
            kind,
            severity: Severity::Ok,
            subject: subject.to_owned(),
            message: "m".to_owned(),
        };
        let lost = event(EventKind::DeviceLost, "psu 3");
        let lease = event(EventKind::LeaseGranted, "lease");
        let supplies = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies";
        for (name, value, of_lost, of_lease) in [
            ("Context", json!("all"), true, true),
            ("RegistryPrefixes", json!(["DPOGateway"]), true, true),
            ("ExcludeRegistryPrefixes", json!(["DPOGateway"]), false, false),
            ("ResourceTypes", json!(["PowerSupply"]), true, false),
            ("MessageIds", json!(["DPOGateway.DeviceLost"]), true, false),
            ("MessageIds", json!(["DPOGateway.1.0.DeviceLost"]), true, false),
            ("ExcludeMessageIds", json!(["DPOGateway.1.0.DeviceLost"]), false, true),
            ("OriginResources", json!([{"@odata.id": format!("{supplies}/PSU3")}]), true, false),
            ("OriginResources", json!([{"@odata.id": supplies}]), false, false),
            ("EventFormatType", json!("MetricReport"), false, false),
        ] {
            let made = with(name, value.clone()).unwrap();
            assert_eq!((made.wants(&lost), made.wants(&lease)), (of_lost, of_lease), "{name} {value}");
        }
        let mut below = with("OriginResources", json!([{"@odata.id": supplies}])).unwrap();
        below.subordinate = true;
        assert!(below.wants(&lost) && !below.wants(&lease));
    }

    #[test]
    fn pauses_grow_where_the_policy_says_so_and_stay_bounded() {
        let delivery = Delivery { attempts: 3, interval_s: 60 };
        let of = |policy, attempt| delivery.pause(policy, attempt).as_secs();
        assert_eq!([1, 2, 9].map(|n| of(RetryPolicy::SuspendRetries, n)), [60; 3]);
        let growing = [1, 2, 3, 7, 40, u32::MAX].map(|n| of(RetryPolicy::RetryForeverWithBackoff, n));
        assert_eq!(growing, [60, 120, 240, 3600, 3600, 3600]);
    }
}
