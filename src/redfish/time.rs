//! Instants and time spans as Redfish writes them.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant in RFC 3339, UTC; the epoch if the clock is outside the years the format can hold.
pub(crate) fn rfc3339(instant: SystemTime) -> String {
    // Whole milliseconds: more digits would suggest a precision that polling does not have.
    let whole = instant.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    i128::try_from(whole)
        .ok()
        .and_then(|ms| OffsetDateTime::from_unix_timestamp_nanos(ms.saturating_mul(1_000_000)).ok())
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// A time span in ISO 8601, as Redfish durations are written.
pub(crate) fn iso8601(span: Duration) -> String {
    format!("PT{}S", span.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_utc() {
        let instant = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000_000_250);
        assert_eq!(rfc3339(instant), "2001-09-09T01:46:40.25Z");
        assert_eq!(rfc3339(SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }
}
