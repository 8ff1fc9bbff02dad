//! The suite run in this process: records as they come, reports, guard, and the self-test of mutants.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_conformance::outcome::{LeftOut, Outcome, Record, Verdict};
use dpo_conformance::profile::{self, Profile};
use dpo_conformance::report::{Format, Header, Report};
use dpo_conformance::run::{Effort, Plan, Selection, run};
use dpo_conformance::selftest;
use dpo_conformance::targets::{named, sim::Reference};
use dpo_conformance::transport::guard::{Guard, Hazard};
use dpo_conformance::transport::{Link, LinkError, NoLog, Timing};

fn timing() -> Timing {
    Timing {
        answer: Duration::from_secs(2),
        silence: Duration::from_millis(80),
        quiet: Duration::from_millis(6),
    }
}

fn plan(reference: &Reference) -> Plan {
    Plan {
        endpoints: reference.endpoints(),
        devices: named(&reference.devices).unwrap(),
        companions: Vec::new(),
        selection: Selection::default(),
        effort: Effort {
            random_reads: 100,
            timed_requests: 20,
            random_requests: 30,
            soak: 100,
            samples: 5,
            sample_interval: Duration::from_millis(1),
            listen: Duration::from_millis(100),
            sweep_sample: 10,
            ..Effort::default()
        },
        tcp: timing(),
        rtu: timing(),
        declared: reference.declared.clone(),
        pmbus: vec![reference.pmbus.clone()],
        secure: Some(reference.secure.clone()),
        service: Some(reference.service.clone()),
        restore: dpo_conformance::restore::Restore::in_memory(),
        instrument: None,
        unreached: Vec::new(),
    }
}

async fn play(plan: &Plan) -> (Vec<Record>, Verdict) {
    let mut records = Vec::new();
    let verdict = run(plan, &mut |record| records.push(record.clone())).await.unwrap();
    (records, verdict)
}

#[tokio::test]
async fn the_reference_passes_every_applicable_case() {
    let reference = Reference::start().await.unwrap();
    let (records, verdict) = play(&plan(&reference)).await;
    let bad: Vec<String> = records
        .iter()
        .filter(|r| !matches!(r.outcome, Outcome::Pass | Outcome::NotApplicable | Outcome::NotRun))
        .map(|r| format!("{} {} on {}: {:?}", r.outcome, r.id, r.subject, r.seen))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(verdict.exit_code(), 0);
    assert!(matches!(verdict, Verdict::Selected { filtered: false, .. }), "{verdict}");
    // Each interface of the simulated shelf is judged by its own profile.
    let profiles = profile::verdicts(&records, false);
    let all_but_fast_path: Vec<Profile> =
        Profile::ALL.into_iter().filter(|profile| *profile != Profile::FastPath).collect();
    assert_eq!(profiles.keys().copied().collect::<Vec<_>>(), all_but_fast_path);
    for (profile, verdict) in &profiles {
        assert!(matches!(verdict, Verdict::Selected { filtered: false, .. }), "{profile}: {verdict}");
    }
    // Every case of the catalogue leaves a record, also those that were not run.
    let cases = dpo_conformance::catalogue::cases().unwrap();
    let seen: BTreeSet<&str> = records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(seen.len(), cases.len());
    let writes = records.iter().filter(|r| matches!(r.class.letter(), 'N' | 'W' | 'D'));
    assert!(writes.clone().count() > 0);
    let excused = |r: &Record| r.left_out == Some(LeftOut::Class) || r.outcome == Outcome::NotApplicable;
    assert!(writes.clone().all(excused));
    // What passed was really on the wire.
    let passed = records.iter().filter(|r| r.outcome == Outcome::Pass);
    assert!(passed.clone().count() > 60);
    let silent = passed.filter(|r| r.frames.iter().all(|f| f.direction != '>')).map(|r| &r.id);
    assert_eq!(silent.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test]
async fn the_links_refuse_hazards_before_the_wire() {
    let reference = Reference::start().await.unwrap();
    let selection = Selection { writes: true, disruptive: true, ..Selection::default() };
    for endpoint in reference.endpoints() {
        let mut link: Link = endpoint.open(timing(), &selection).unwrap();
        for pdu in [&[0x42, 0][..], &[0x43], &[0x45], &[0x2B, 0x64, 0], &[6, 3, 0, 0x55, 0xAA]] {
            let sent = link.exchange(200, pdu, Duration::from_millis(10), &NoLog).await;
            assert!(matches!(sent, Err(LinkError::Hazard { .. })), "{pdu:02X?}: {sent:?}");
        }
    }
    let reading = Guard::default();
    assert_eq!(reading.check_pdu(&[0x10, 0, 1, 0, 1, 2, 0, 0]), Err(Hazard::Write(0x10)));
}

#[tokio::test]
async fn a_mutant_is_detected_and_an_unknown_one_is_named() {
    let mut out = Vec::new();
    let narrow = |mutant: &str| selftest::Narrow { mutant: Some(mutant.into()), ..Default::default() };
    let code = selftest::run(&narrow("exception-07"), &mut out).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("MB-PDU-037") && text.contains("1 of 1 mutants detected"), "{text}");
    let error = selftest::run(&narrow("no-such-mutant"), &mut Vec::new()).await.unwrap_err();
    assert!(error.contains("no-such-mutant"));
}

#[test]
fn there_are_at_least_20_mutants_with_names_of_their_own() {
    let mut out = Vec::new();
    selftest::list(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let names: BTreeSet<&str> = text.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert_eq!(names.len(), text.lines().count());
    assert!(names.len() >= 20);
}

/// A writer that shows what has been flushed so far.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn failed() -> Record {
    let text = r#"<script src="https://example.org/x.js">&"#;
    Record {
        id: "MB-PDU-003".into(),
        title: text.into(),
        level: dpo_conformance::catalogue::Level::Must,
        class: dpo_conformance::catalogue::Class::R,
        clause: "AP 6.3".into(),
        expectation: text.into(),
        subject: text.into(),
        profiles: [Profile::ModbusTcp].into(),
        outcome: Outcome::Fail,
        left_out: None,
        seen: vec![text.into()],
        procedure: vec![text.into()],
        frames: vec![dpo_conformance::outcome::WireBytes { direction: '>', bytes: "03 00".into() }],
        elapsed_ms: 3,
        answers: dpo_conformance::answers::AnswerTimes::of(&[1200, 1300]),
    }
}

fn header() -> Header {
    Header {
        suite: "0".into(),
        specification: "0".into(),
        target: "test".into(),
        devices: vec!["orv3-psu@200".into()],
        maps: vec!["orv3-psu 1.0.0".into()],
        writes: false,
        disruptive: false,
        strict: false,
        sampled: Vec::new(),
        waits: Some(dpo_conformance::report::Waits { answer_ms: 1000, silence_ms: 900, quiet_ms: 25 }),
        seed: 1,
        certify: false,
        product: None,
        beyond: Vec::new(),
        digests: dpo_conformance::report::digest::Digests::default(),
    }
}

#[test]
fn reports_hold_a_failed_case_and_escape_what_a_device_says() {
    let (header, records) = (header(), [failed()]);
    let verdict = Verdict::of(&records);
    let write = |format| {
        let out = Seen::default();
        let mut report = Report::into_writer(format, Box::new(out.clone()));
        report.begin(&header).unwrap();
        report.record(&records[0]).unwrap();
        let streamed = out.text();
        report.end(&header, &records, &verdict).unwrap();
        (streamed, out.text())
    };
    let (streamed, lines) = write(Format::Ndjson);
    // The record is there before the end: it survives a kill.
    assert_eq!(streamed.lines().count(), 2);
    let values: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(values[1]["outcome"], "FAIL");
    assert_eq!(values[2]["exit_code"], 1);
    assert_eq!(values[2]["profiles"]["modbus-tcp"]["verdict"], "not-conformant");
    let (_, page) = write(Format::Html);
    assert!(!page.contains("<script") && page.contains("&lt;script"));
    assert!(page.contains("<dt>Profile modbus-tcp</dt><dd>NOT CONFORMANT: MB-PDU-003</dd>"), "{page}");
    for attribute in ["src=", "href=", "url(", "@import"] {
        assert!(!page.replace("&lt;script src=", "").contains(attribute), "{attribute}");
    }
    assert!(page.contains("2 answers: fastest 1.2 ms") && page.matches("<svg").count() == 2, "{page}");
    let (_, xml) = write(Format::Junit);
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((report.tests, report.failures), (1, 1));
    assert!(report.test_suites[0].test_cases[0].name.as_str().starts_with("MB-PDU-003 "));
    let (_, text) = write(Format::Text);
    assert!(text.contains("profile modbus-tcp NOT CONFORMANT: MB-PDU-003\nNOT CONFORMANT: "), "{text}");
}
