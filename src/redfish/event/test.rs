//! `EventService.SubmitTestEvent`: an event that a client makes up, to see that it arrives.

use serde_json::{Value, json};

use crate::redfish::body::Properties;
use crate::redfish::error::{Error, Fault};
use crate::redfish::time::rfc3339;
use crate::redfish::uri;

/// Longest text of a parameter, and most arguments of a message.
const LONGEST: usize = 1024;
const ARGUMENTS: usize = 16;

/// Name of the action, for messages about its parameters.
pub(crate) const ACTION: &str = "EventService.SubmitTestEvent";

/// The record of a test event.
///
/// # Errors
/// Every parameter that cannot be taken; `MessageId` must be there.
pub(crate) fn record(parameters: Properties) -> Result<Value, Error> {
    let mut record = json!({
        "EventType": "Other",
        "EventId": "test",
        "MemberId": "0",
        "EventTimestamp": rfc3339(std::time::SystemTime::now()),
        "MessageSeverity": "OK",
        "Message": "A test event that a client asked for.",
        "OriginOfCondition": {"@odata.id": uri::EVENT_SERVICE},
    });
    let mut faults = Vec::new();
    for (name, value) in parameters {
        match take(&name, value) {
            Ok(Some((name, value))) => record[name] = value,
            Ok(None) => {}
            Err(fault) => faults.push((name, fault)),
        }
    }
    if record.get("MessageId").is_none() && !faults.iter().any(|(name, _)| name == "MessageId") {
        faults.push(("MessageId".to_owned(), Fault::Missing));
    }
    if faults.is_empty() { Ok(record) } else { Err(Error::Parameters(ACTION, faults)) }
}

fn take(name: &str, value: Value) -> Result<Option<(&'static str, Value)>, Fault> {
    let text = |value: Value| match &value {
        Value::String(text) if text.len() <= LONGEST => Ok(value),
        Value::String(_) => {
            Err(Fault::Refused(Value::from("(long)"), format!("longer than {LONGEST} bytes")))
        }
        _ => Err(Fault::Type(value)),
    };
    let severity = |value: Value| match value.as_str() {
        Some("OK" | "Warning" | "Critical") => Ok(value),
        Some(_) => Err(Fault::NotInList(value)),
        None => Err(Fault::Type(value)),
    };
    Ok(Some(match name {
        "EventId" => ("EventId", text(value)?),
        "EventTimestamp" => ("EventTimestamp", instant(value)?),
        "Message" => ("Message", text(value)?),
        "MessageId" => ("MessageId", text(value)?),
        "MessageSeverity" => ("MessageSeverity", severity(value)?),
        // Their successors are sent.
        "Severity" => ("MessageSeverity", severity(value)?),
        "EventType" => {
            text(value)?;
            return Ok(None);
        }
        "EventGroupId" if value.is_i64() => ("EventGroupId", value),
        "EventGroupId" => return Err(Fault::Type(value)),
        "OriginOfCondition" => {
            let uri = text(value)?;
            if !uri.as_str().is_some_and(|uri| uri.starts_with("/redfish/v1")) {
                return Err(Fault::Refused(uri, "no URI of a resource of this service".to_owned()));
            }
            ("OriginOfCondition", json!({"@odata.id": uri}))
        }
        "MessageArgs" => match value {
            Value::Array(items) if items.len() <= ARGUMENTS => {
                ("MessageArgs", items.into_iter().map(text).collect::<Result<_, _>>()?)
            }
            other => return Err(Fault::Type(other)),
        },
        _ => return Err(Fault::Unknown),
    }))
}

/// A time as Redfish writes it. Only its form is looked at: the receiver gets what the client gave.
fn instant(value: Value) -> Result<Value, Fault> {
    let Some(text) = value.as_str() else { return Err(Fault::Type(value)) };
    let form = "0000-00-00T00:00:00";
    let fits = |(c, like): (char, char)| if like == '0' { c.is_ascii_digit() } else { c == like };
    let (head, rest) = text.split_at_checked(form.len()).unwrap_or((text, ""));
    let zone = |z: &str| {
        z == "Z" || (z.len() == 6 && z.starts_with(['+', '-']) && z.as_bytes().get(3) == Some(&b':'))
    };
    let after = rest.find(['Z', '+', '-']).and_then(|at| rest.split_at_checked(at));
    let fine = after.is_some_and(|(fraction, z)| {
        let digits = fraction.strip_prefix('.').unwrap_or(fraction);
        digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 9 && zone(z)
    });
    if head.len() == form.len() && head.chars().zip(form.chars()).all(fits) && fine {
        Ok(value)
    } else {
        Err(Fault::Refused(value, "no time as 2026-01-31T12:00:00Z".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: Value) -> Result<Value, Error> {
        let Value::Object(members) = body else { panic!("an object") };
        record(members.into_iter().collect())
    }

    #[test]
    fn a_test_carries_what_the_client_gave_and_nothing_of_a_wrong_form() {
        let made = of(json!({"MessageId": "DPOGateway.1.0.DeviceLost", "Severity": "Critical",
            "EventTimestamp": "2026-01-31T12:00:00.5+01:00", "MessageArgs": ["a"], "EventType": "Alert"}))
        .unwrap();
        assert_eq!(made["MessageSeverity"], "Critical");
        assert_eq!(made["EventTimestamp"], "2026-01-31T12:00:00.5+01:00");
        assert_eq!(made["EventType"], "Other");
        for (name, value) in [
            ("EventTimestamp", json!("yesterday")),
            ("EventTimestamp", json!("2026-01-31T12:00:00")),
            ("EventTimestamp", json!("2026-01-31T12:00:0éZ")),
            ("MessageSeverity", json!("Bad")),
            ("MessageArgs", json!([1])),
            ("OriginOfCondition", json!("http://elsewhere/")),
            ("Message", json!("x".repeat(2000))),
            ("Color", json!(1)),
        ] {
            let mut body = json!({"MessageId": "DPOGateway.1.0.DeviceLost"});
            body[name] = value;
            assert!(matches!(of(body), Err(Error::Parameters(_, faults)) if faults[0].0 == name), "{name}");
        }
        assert!(matches!(of(json!({"Message": "m"})), Err(Error::Parameters(_, _))));
    }
}
