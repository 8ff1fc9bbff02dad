//! One line a case, for people.

use std::io::{self, Write};

use super::{Header, counts};
use crate::outcome::{Outcome, Record, Verdict};
use crate::profile;

pub(super) fn begin(out: &mut dyn Write, header: &Header) -> io::Result<()> {
    writeln!(out, "target {}, devices {}", header.target, header.devices.join(", "))?;
    if !header.specification.is_empty() {
        writeln!(out, "suite {}, specification {}", header.suite, header.specification)?;
    }
    if let Some(product) = &header.product {
        writeln!(out, "{product}")?;
    }
    if header.strict {
        writeln!(out, "strict: SHOULD cases decide, too, and NON-STRICT fails")?;
    }
    header.waits.iter().try_for_each(|waits| writeln!(out, "{waits}"))?;
    header.sampled.iter().try_for_each(|line| writeln!(out, "sampled: {line}"))?;
    header.beyond.iter().try_for_each(|line| writeln!(out, "shown and not claimed: {line}"))?;
    out.flush()
}

pub(super) fn record(out: &mut dyn Write, record: &Record, verbose: bool) -> io::Result<()> {
    if !verbose && matches!(record.outcome, Outcome::NotApplicable | Outcome::NotRun) {
        return Ok(());
    }
    writeln!(out, "{:<14} {} {} [{}]", record.outcome, record.id, record.title, record.subject)?;
    let tell = verbose || !matches!(record.outcome, Outcome::Pass);
    if tell {
        for seen in &record.seen {
            writeln!(out, "               {seen}")?;
        }
    }
    if matches!(record.outcome, Outcome::Fail | Outcome::Error) {
        writeln!(out, "               expected ({}): {}", record.clause, record.expectation)?;
    }
    out.flush()
}

pub(super) fn end(
    out: &mut dyn Write,
    header: &Header,
    records: &[Record],
    verdict: &Verdict,
) -> io::Result<()> {
    let counts: Vec<String> = counts(records).iter().map(|(word, count)| format!("{word} {count}")).collect();
    writeln!(out, "\n{}", counts.join(", "))?;
    let sampled = records
        .iter()
        .any(|r| r.outcome == Outcome::Pass && r.seen.iter().any(|s| s.starts_with("sampled:")));
    if sampled {
        writeln!(out, "MAP-021 read a sample of the unmapped addresses; --full-sweep reads all")?;
    }
    for (profile, verdict) in profile::verdicts(records, header.strict) {
        writeln!(out, "profile {profile:<10} {verdict}")?;
    }
    writeln!(out, "{verdict}")?;
    out.flush()
}
