//! The command line and its exit codes.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dpo-conformance")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn lists_cases_as_text_and_json() {
    let lines = text(&suite(&["list"]).stdout);
    assert!(lines.lines().any(|l| l.starts_with("MB-PDU-003 MUST R AP 6.3: ")), "{lines}");
    let json: serde_json::Value = serde_json::from_slice(&suite(&["list", "--json"]).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), lines.lines().count());
}

#[test]
fn explains_a_case_and_names_an_unknown_one() {
    let known = suite(&["explain", "MB-RTU-009"]);
    assert_eq!(known.status.code(), Some(0));
    let known = text(&known.stdout);
    assert!(known.contains("SL 2.5.1.2") && known.contains("the CRC bytes swapped"), "{known}");
    let block = text(&suite(&["explain", "DPO-LSE-003"]).stdout);
    assert!(block.contains("REQ-LSE-03: A gateway shall refuse the token 0 with exception 03"), "{block}");
    assert!(block.contains("token-0-is-anybody: takes the token 0 for the owner's"), "{block}");
    let unknown = suite(&["explain", "MB-XXX-001"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("MB-XXX-001"));
}

#[test]
fn nothing_to_judge_is_exit_code_2_and_says_why() {
    // Port 1 of the loopback is never served.
    let refused = suite(&["run", "--target", "tcp://127.0.0.1:1"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("tcp://127.0.0.1:1"));
    let missing = suite(&["run", "--target", "rtu:/dev/no-such-line?baud=19200"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("/dev/no-such-line"));
    // Not even what cannot be read of the command line shows a password.
    for target in
        ["tcp://admin:s3cret@127.0.0.1:1", "https://admin:s3cret@127.0.0.1", "tls://a:s3cret@[::1]:802"]
    {
        let told = suite(&["run", "--target", target]);
        assert_eq!(told.status.code(), Some(2));
        let told = text(&told.stdout) + &text(&told.stderr);
        assert!(!told.contains("s3cret") && told.contains("no user and password"), "{told}");
    }
    let map = suite(&["run", "--target", "sim", "--device", "orv4-psu@200"]);
    assert_eq!(map.status.code(), Some(2));
    let id = suite(&["run", "--target", "sim", "--id", "MB-PDU-999"]);
    assert_eq!(id.status.code(), Some(2));
    assert!(text(&id.stderr).contains("MB-PDU-999"));
}

#[test]
fn a_dry_run_says_what_would_be_run_and_plays_nothing() {
    let dry = suite(&["run", "--target", "sim", "--dry-run", "--id", "MB-PDU-001", "--id", "MB-RTU-013"]);
    let out = text(&dry.stdout);
    assert_eq!(dry.status.code(), Some(0), "{out}{}", text(&dry.stderr));
    // Three devices over two links.
    assert_eq!(out.lines().filter(|l| l.starts_with("RUN ") && l.contains("MB-PDU-001")).count(), 6, "{out}");
    let line = out.lines().find(|l| l.contains("MB-RTU-013")).unwrap();
    assert!(line.starts_with("NOT-RUN") && line.contains("--instrument"), "{line}");
    assert!(out.trim_end().lines().last().unwrap().starts_with("6 of "), "{out}");
}

#[test]
fn one_case_on_the_simulator_passes_and_says_that_it_was_one() {
    let run = suite(&["run", "--target", "sim", "--id", "MB-PDU-001", "--id", "MB-RTU-009"]);
    let out = text(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{out}{}", text(&run.stderr));
    assert!(out.contains("only the ids that were asked for"), "{out}");
    // Three devices over two links, and three over the serial line.
    assert_eq!(out.lines().filter(|l| l.starts_with("PASS") && l.contains(" over ")).count(), 9, "{out}");
}

#[test]
fn writes_several_reports_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (junit, lines, page) = (file("a.xml"), file("b.ndjson"), file("c.html"));
    let arguments = ["run", "--target", "sim", "--device", "orv3-psu@200", "--id", "MB-PDU-003"];
    let reports = [
        "--format", "junit", "-o", &junit, "--format", "ndjson", "-o", &lines, "--format", "html", "-o",
        &page,
    ];
    let run = suite(&[arguments.as_slice(), reports.as_slice()].concat());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let junit = std::fs::read_to_string(junit).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&junit).unwrap();
    let names: Vec<&str> =
        report.test_suites.iter().flat_map(|s| &s.test_cases).map(|c| c.name.as_str()).collect();
    assert!(names.contains(&"MB-PDU-003 Read no register"), "{names:?}");
    for line in std::fs::read_to_string(lines).unwrap().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(["header", "case", "verdict"].contains(&value["kind"].as_str().unwrap()), "{line}");
    }
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("MB-PDU-003") && page.contains("AP 6.3"));
}

#[test]
fn the_header_names_supplies_and_the_service_as_it_does_modbus_devices() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("a.json").to_str().unwrap().to_owned();
    let run = suite(&["run", "--target", "sim", "--id", "MB-PDU-001", "--format", "json", "-o", &report]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let header = &report["header"];
    let devices: Vec<&str> =
        header["devices"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
    assert_eq!(devices[..4], ["orv3-psu@200", "orv3-bbu@64", "dpo-pmi@7", "pmbus-psu@58h"]);
    assert!(devices[4].starts_with("Redfish at http://127.0.0.1:"), "{devices:?}");
    assert!(header["maps"].as_array().unwrap().iter().any(|m| m.as_str().unwrap().starts_with("pmbus-psu ")));
    assert_eq!(header["digests"]["maps"]["pmbus-psu"].as_str().unwrap().len(), 64);
}

#[test]
fn a_device_that_is_not_there_is_not_conformant() {
    let run = suite(&["run", "--target", "sim", "--device", "orv3-psu@201", "--id", "MB-PDU-002"]);
    // Not applicable to this map: nothing was judged.
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
    let absent = suite(&[
        "run",
        "--target",
        "sim",
        "--device",
        "orv3-psu@205",
        "--id",
        "MB-PDU-001",
        "--timeout",
        "200",
    ]);
    assert_eq!(absent.status.code(), Some(1), "{}", text(&absent.stdout));
}

#[test]
fn ids_stand_behind_run_and_progress_tells_how_far_it_is() {
    let run = suite(&["run", "MB-PDU-001", "--target", "sim", "--device", "orv3-psu@200", "--progress"]);
    let (out, told) = (text(&run.stdout), text(&run.stderr));
    assert_eq!(run.status.code(), Some(0), "{out}{told}");
    // One device over two links.
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("[1/2] PASS MB-PDU-001 orv3-psu@200"), "{told}");
    assert!(lines[0].contains(" left") && !lines[1].contains(" left"), "{told}");
}

#[test]
fn a_report_tells_what_was_sampled_less_and_whether_it_is_strict() {
    let arguments = ["run", "MB-PDU-001", "--target", "sim", "--device", "orv3-psu@200", "--samples", "7"];
    let usual = text(&suite(&arguments).stdout);
    assert!(usual.contains("sampled: 7 samples instead of 100"), "{usual}");
    assert!(!usual.contains("strict"), "{usual}");
    let strict = text(&suite(&[arguments.as_slice(), &["--strict"]].concat()).stdout);
    assert!(strict.contains("strict: SHOULD cases decide"), "{strict}");
    let none = suite(&["run", "MB-PDU-001", "--target", "sim", "--samples", "0"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn a_watch_plays_again_when_asked_and_at_an_interval() {
    use std::io::Write;
    use std::process::Stdio;

    let base = ["watch", "MB-PDU-001", "--target", "sim", "--device", "orv3-psu@200"];
    let mut asked = Command::new(env!("CARGO_BIN_EXE_dpo-conformance"))
        .args(base)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // One line, one more round; the end of the input ends the watch.
    asked.stdin.take().unwrap().write_all(b"\n").unwrap();
    let asked = asked.wait_with_output().unwrap();
    let out = text(&asked.stdout);
    assert_eq!(asked.status.code(), Some(0), "{out}");
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.contains("round 1: PASS 2") && out.contains("round 2: PASS 2"), "{out}");
    assert!(out.trim_end().ends_with("nothing has changed"), "{out}");

    let timed = suite(&[base.as_slice(), &["--interval", "1", "--rounds", "2"]].concat());
    assert_eq!(text(&timed.stdout).lines().count(), 2, "{timed:?}");
    let unknown = suite(&["watch", "MB-PDU-999", "--target", "sim", "--rounds", "1"]);
    assert!(unknown.status.code() == Some(2) && text(&unknown.stderr).contains("MB-PDU-999"), "{unknown:?}");
}

#[test]
fn restore_tries_every_device_and_names_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let line = |unit: u8, address: u16| {
        format!(
            "{{\"changed\":{{\"link\":\"tcp://127.0.0.1:1\",\"unit\":{unit},\"address\":{address},\"words\":[1]}}}}\n"
        )
    };
    std::fs::write(&journal, [line(1, 10), line(1, 11), line(2, 12)].concat()).unwrap();
    let left = suite(&["restore", "--timeout", "50", "--journal", journal.to_str().unwrap()]);
    assert_eq!(left.status.code(), Some(2));
    let said = text(&left.stderr);
    let of = |part: &str| said.lines().find(|line| line.contains(part)).unwrap_or_default().to_owned();
    assert!(of("000C of unit 2").contains("not put back"), "{said}");
    assert!(of("000B of unit 1").contains("not put back"), "{said}");
    // What was changed before it on the same device goes back behind it, or not at all.
    assert!(of("000A of unit 1").contains("changed later on this device"), "{said}");
    assert!(journal.exists());
}

#[test]
fn a_line_that_does_not_open_is_in_the_report_with_all_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let arguments = [
        "run",
        "MB-PDU-001",
        "--target",
        "rtu:/dev/no-such-line?baud=19200&parity=even",
        "--device",
        "orv3-psu@200",
        "--format",
        "json",
        "-o",
        report.to_str().unwrap(),
    ];
    assert_eq!(suite(&arguments).status.code(), Some(2));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["verdict"]["not_judged"], serde_json::json!(["MB-PDU-001"]));
}
