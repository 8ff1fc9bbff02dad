//! The report that is handed over: one canonical JSON document (RFC 8785, one line), signed or not.
//!
//! The signature covers the canonical form of the document without the member `signature`. The file is the canonical
//! form of the whole, so that there is one file for one report: [`verify`](super::verify) takes no other.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::key::SigningKey;
use super::{Header, counts};
use crate::outcome::{Record, Verdict};
use crate::profile::{self, Profile};

/// What the member `format` says.
pub(super) const FORMAT: &str = "dpo-conformance-report/1";
/// Member that holds key and signature.
pub(super) const SIGNATURE: &str = "signature";

#[derive(Serialize)]
pub(super) struct Document<'a> {
    format: &'static str,
    header: &'a Header,
    /// When the run began and ended, RFC 3339, UTC, whole seconds.
    started: String,
    ended: String,
    records: &'a [Record],
    counts: BTreeMap<&'static str, usize>,
    /// The verdict on each profile of the specification that records count to.
    profiles: BTreeMap<Profile, Verdict>,
    verdict: &'a Verdict,
    exit_code: u8,
    text: String,
}

impl<'a> Document<'a> {
    pub(super) fn new(
        header: &'a Header,
        started: SystemTime,
        records: &'a [Record],
        verdict: &'a Verdict,
    ) -> Self {
        Self {
            format: FORMAT,
            header,
            started: rfc3339(started),
            ended: rfc3339(SystemTime::now()),
            records,
            counts: counts(records).into_iter().collect(),
            profiles: profile::verdicts(records, header.strict),
            verdict,
            exit_code: verdict.exit_code(),
            text: verdict.to_string(),
        }
    }
}

/// Whole seconds: a report is dated, not timed.
fn rfc3339(instant: SystemTime) -> String {
    let whole = OffsetDateTime::from(instant).replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    whole.format(&Rfc3339).unwrap_or_default()
}

pub(super) fn write(
    out: &mut dyn Write,
    document: &Document<'_>,
    key: Option<&SigningKey>,
) -> io::Result<()> {
    let mut value = serde_json::to_value(document).map_err(io::Error::other)?;
    if let (Some(key), Value::Object(members)) = (key, &mut value) {
        let message = canonical(members)?;
        let signature = json!({ "key": key.public(), "value": key.sign(&message) });
        members.insert(SIGNATURE.to_owned(), signature);
    }
    out.write_all(&canonical(&value)?)?;
    out.flush()
}

/// The canonical form of a document.
pub(super) fn canonical<T: Serialize>(document: &T) -> io::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(document).map_err(io::Error::other)
}
