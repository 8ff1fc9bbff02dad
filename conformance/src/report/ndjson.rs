//! One JSON object a line: `header`, `case` for each record, `verdict`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Header, counts};
use crate::outcome::{Record, Verdict};
use crate::profile::{self, Profile};

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line<'a> {
    Header(&'a Header),
    Case(&'a Record),
    Verdict {
        #[serde(flatten)]
        verdict: &'a Verdict,
        text: String,
        exit_code: u8,
        counts: BTreeMap<&'static str, usize>,
        profiles: BTreeMap<Profile, Verdict>,
    },
}

fn line(out: &mut dyn Write, line: &Line<'_>) -> io::Result<()> {
    let text = serde_json::to_string(line).map_err(io::Error::other)?;
    writeln!(out, "{text}")?;
    out.flush()
}

pub(super) fn begin(out: &mut dyn Write, header: &Header) -> io::Result<()> {
    line(out, &Line::Header(header))
}

pub(super) fn record(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    line(out, &Line::Case(record))
}

pub(super) fn end(
    out: &mut dyn Write,
    header: &Header,
    records: &[Record],
    verdict: &Verdict,
) -> io::Result<()> {
    let counts = counts(records).into_iter().collect();
    let (text, exit_code) = (verdict.to_string(), verdict.exit_code());
    let profiles = profile::verdicts(records, header.strict);
    line(out, &Line::Verdict { verdict, text, exit_code, counts, profiles })
}
