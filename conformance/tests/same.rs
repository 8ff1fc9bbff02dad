//! Two runs on the same simulated shelf give the same report but for times, and a report of many cases stays small.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_conformance::answers::AnswerTimes;
use dpo_conformance::outcome::{Outcome, Record, Verdict, WireBytes};
use dpo_conformance::report::digest::Digests;
use dpo_conformance::report::{Format, Header, Report};
use dpo_conformance::restore::Restore;
use dpo_conformance::run::{Effort, Plan, Selection, run};
use dpo_conformance::targets::{named, sim::Reference};
use dpo_conformance::transport::Timing;
use serde_json::Value;

/// A writer that is read afterwards.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn header() -> Header {
    Header {
        suite: "0".into(),
        specification: "0".into(),
        target: "sim".into(),
        devices: vec!["orv3-psu@200".into()],
        maps: vec!["orv3-psu 1.0.0".into()],
        writes: true,
        disruptive: false,
        strict: false,
        sampled: Vec::new(),
        waits: Some(dpo_conformance::report::Waits { answer_ms: 1000, silence_ms: 900, quiet_ms: 25 }),
        seed: 1,
        certify: false,
        product: None,
        beyond: Vec::new(),
        digests: Digests::default(),
    }
}

fn report(format: Format, records: &[Record]) -> String {
    let (out, header, verdict) = (Kept::default(), header(), Verdict::of(records));
    let mut report = Report::into_writer(format, Box::new(out.clone()));
    report.begin(&header).unwrap();
    records.iter().for_each(|record| report.record(record).unwrap());
    report.end(&header, records, &verdict).unwrap();
    String::from_utf8(std::mem::take(&mut *out.0.lock().unwrap())).unwrap()
}

/// Cases of every kind of link whose frames hold nothing that changes by itself: identity, exceptions, functions, limits,
/// framing, random requests (of one seed), settings, Redfish's protocol.
const CASES: [&str; 23] = [
    "MB-PDU-001",
    "MB-PDU-003",
    "MB-PDU-004",
    "MB-PDU-016",
    "MB-PDU-018",
    "MB-PDU-022",
    "MB-PDU-037",
    "MB-PDU-051",
    "MB-PDU-067",
    "MB-RTU-007",
    "MB-RTU-009",
    "MB-RTU-012",
    "MB-TCP-001",
    "MB-TCP-003",
    "MAP-020",
    "PM-XP-001",
    "PM-XP-004",
    "PM-CMD-001",
    "PM-CMD-002",
    "RF-001",
    "RF-004",
    "RF-012",
    "MB-SEC-001",
];

fn plan(reference: &Reference) -> Plan {
    let timing = Timing {
        answer: Duration::from_secs(5),
        silence: Duration::from_millis(100),
        quiet: Duration::from_millis(20),
    };
    Plan {
        endpoints: reference.endpoints(),
        devices: named(&reference.devices).unwrap(),
        companions: Vec::new(),
        selection: Selection {
            writes: true,
            ids: CASES.iter().map(|id| (*id).to_owned()).collect(),
            ..Selection::default()
        },
        effort: Effort { random_requests: 30, ..Effort::default() },
        tcp: timing,
        rtu: timing,
        declared: reference.declared.clone(),
        pmbus: vec![reference.pmbus.clone()],
        secure: Some(reference.secure.clone()),
        service: Some(reference.service.clone()),
        restore: Restore::in_memory(),
        instrument: None,
        unreached: Vec::new(),
    }
}

/// Takes out of a report what two runs may differ in: times, and on Redfish dates, tokens, sessions and tags of HTTP.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["started", "ended", "elapsed_ms", "answers"] {
                members.remove(name);
            }
            let http =
                members.get("subject").and_then(Value::as_str).is_some_and(|s| s.starts_with("Redfish"));
            if http {
                members.remove("frames");
            }
            members.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

#[tokio::test]
async fn two_runs_give_the_same_report_but_for_times() {
    let reference = Reference::start().await.unwrap();
    let plan = plan(&reference);
    let mut reports = Vec::new();
    for _ in 0..2 {
        let mut records = Vec::new();
        run(&plan, &mut |record| records.push(record.clone())).await.unwrap();
        let played = records.iter().filter(|r| r.outcome == Outcome::Pass);
        let mut links: Vec<&str> = played.map(|r| r.subject.rsplit(' ').next().unwrap()).collect();
        links.sort_unstable();
        links.dedup();
        // TCP, serial line, TLS, PMBus, Redfish.
        assert_eq!(links.len(), 5, "{links:?}");
        let bad: Vec<_> =
            records.iter().filter(|r| matches!(r.outcome, Outcome::Fail | Outcome::Error)).collect();
        assert!(bad.is_empty(), "{bad:#?}");
        let mut canonical: Value = serde_json::from_str(&report(Format::Json, &records)).unwrap();
        without_times(&mut canonical);
        let lines: Vec<Value> = report(Format::Ndjson, &records)
            .lines()
            .map(|line| {
                let mut value = serde_json::from_str(line).unwrap();
                without_times(&mut value);
                value
            })
            .collect();
        reports.push((canonical, lines));
    }
    let (second, first) = (reports.pop().unwrap(), reports.pop().unwrap());
    for (a, b) in first.1.iter().zip(&second.1) {
        assert_eq!(a, b);
    }
    assert_eq!(first.1.len(), second.1.len());
    assert!(first.0 == second.0);
}

#[test]
fn a_page_of_500_cases_with_the_longest_logs_stays_below_5_mb() {
    let cases = dpo_conformance::catalogue::cases().unwrap();
    // Every log is as long as one can be: 400 entries, half of them frames of 125 registers.
    let asked = "00 01 00 00 00 06 C8 03 00 58 00 7D";
    let answered = "00 01 00 00 00 FD C8 03 FA".to_owned() + &" 0F A0".repeat(125);
    let records: Vec<Record> = (0..500)
        .map(|nth| {
            let case = &cases[nth % cases.len()];
            let frames = (0..200).flat_map(|_| [('>', asked), ('<', answered.as_str())]);
            let frames = frames.map(|(direction, bytes)| WireBytes { direction, bytes: bytes.to_owned() });
            let answers: Vec<u32> = (0..200).map(|n| 800 + 37 * n * (1 + nth as u32 % 7)).collect();
            Record {
                id: format!("{}-{nth}", case.id),
                title: case.title.clone(),
                level: case.level,
                class: case.class,
                clause: case.clause.clone(),
                expectation: case.expectation.clone(),
                subject: format!("orv3-psu@{} over tcp://192.0.2.10:502", 200 + nth / 100),
                outcome: if nth % 9 == 0 { Outcome::Fail } else { Outcome::Pass },
                left_out: None,
                seen: vec![format!("request {asked}: answer {answered}"); 2],
                procedure: case.procedure.clone(),
                frames: frames.collect(),
                profiles: std::collections::BTreeSet::new(),
                elapsed_ms: 12,
                answers: AnswerTimes::of(&answers),
            }
        })
        .collect();
    let page = report(Format::Html, &records);
    // A histogram for each case and for each of the five subjects.
    assert_eq!(page.matches("<svg").count(), 505);
    println!("{} kB", page.len() / 1000);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    // What is not shown is counted, and the JSON report has it.
    assert!(page.contains("lines left out; the JSON report has them"));
    let whole: Value = serde_json::from_str(&report(Format::Json, &records[..3])).unwrap();
    assert_eq!(whole["records"][2]["frames"].as_array().unwrap().len(), 400);
}
