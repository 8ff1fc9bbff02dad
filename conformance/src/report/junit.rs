//! JUnit XML: a suite a subject, a test case a record, the id in the name.

use std::io::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Header;
use crate::outcome::{Outcome, Record};

pub(super) fn write(out: &mut dyn Write, header: &Header, records: &[Record]) -> Result<(), String> {
    let mut report = Report::new(format!("dpo-conformance {}", header.target));
    let mut subjects: Vec<&str> = Vec::new();
    for record in records {
        if !subjects.contains(&record.subject.as_str()) {
            subjects.push(&record.subject);
        }
    }
    for subject in subjects {
        let mut suite = TestSuite::new(subject);
        for record in records.iter().filter(|r| r.subject == subject) {
            suite.add_test_case(case(record, header.strict));
        }
        report.add_test_suite(suite);
    }
    report.serialize(out).map_err(|e| e.to_string())
}

fn case(record: &Record, strict: bool) -> TestCase {
    let message = record.seen.join("; ");
    let status = match record.outcome {
        // A SHOULD that fails is no failure of the run, unless it was strict; its outcome stands in the output.
        outcome if outcome.fails(record.level, strict) => failure(NonSuccessKind::Failure, record, &message),
        Outcome::Pass | Outcome::NonStrict => TestCaseStatus::success(),
        Outcome::Error | Outcome::Inconclusive => failure(NonSuccessKind::Error, record, &message),
        _ => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {message}", record.outcome));
            status
        }
    };
    let mut case = TestCase::new(format!("{} {}", record.id, record.title), status);
    let group = record.id.rsplit_once('-').map_or(record.id.as_str(), |(group, _)| group);
    case.set_classname(group);
    case.set_time(std::time::Duration::from_millis(record.elapsed_ms));
    let level = serde_json::to_value(record.level).ok();
    let level = level.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    case.set_system_out(format!(
        "{} ({level}, class {}, {})\nexpected: {}\nseen: {message}",
        record.outcome,
        record.class.letter(),
        record.clause,
        record.expectation
    ));
    case
}

fn failure(kind: NonSuccessKind, record: &Record, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(record.outcome.word());
    status.set_message(message);
    status
}
