//! Reports that are handed over: signed JSON and its check, OCP's test output.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dpo_conformance::outcome::{Record, Verdict};
use dpo_conformance::profile;
use dpo_conformance::report::key::SigningKey;
use serde_json::Value;

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dpo-conformance")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs some cases on the simulator with a JSON report signed by a new key; the report, the public key, the other one.
fn signed(folder: &Path) -> (PathBuf, String, PathBuf) {
    let file = |name: &str| folder.join(name);
    let (key, report, lines) = (file("key.pem"), file("report.json"), file("report.jsonl"));
    let name = |path: &Path| path.to_str().unwrap().to_owned();
    let made = suite(&["keygen", &name(&key)]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let run = suite(&[
        "run",
        "--target",
        "sim",
        "--device",
        "orv3-psu@200",
        "--id",
        "MB-PDU-001",
        "--id",
        "MB-PDU-003",
        "--sign",
        &name(&key),
        "--format",
        "json",
        "-o",
        &name(&report),
        "--format",
        "ocptv",
        "-o",
        &name(&lines),
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    (report, text(&made.stdout).trim().to_owned(), lines)
}

#[test]
fn a_report_names_specification_maps_suite_and_profiles() {
    let folder = tempfile::tempdir().unwrap();
    let (report, ..) = signed(folder.path());
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let header = &document["header"];
    assert_eq!(header["specification"], "0.5.0");
    assert_eq!(header["suite"], env!("CARGO_PKG_VERSION"));
    assert!(header["maps"][0].as_str().unwrap().starts_with("orv3-psu "), "{header}");
    assert_eq!(header["digests"]["maps"]["orv3-psu"].as_str().map(str::len), Some(64));
    // The simulated shelf has TCP and a serial line; both cases were played on each.
    for profile in ["modbus-tcp", "modbus-rtu"] {
        assert_eq!(document["profiles"][profile]["verdict"], "selected", "{}", document["profiles"]);
    }
}

fn check(report: &Path, key: Option<&str>) -> (Option<i32>, String) {
    let mut arguments = vec!["verify", report.to_str().unwrap()];
    arguments.extend(key.iter().flat_map(|key| ["--key", key]));
    let output = suite(&arguments);
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_signed_report_holds_until_a_byte_of_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (report, key, _) = signed(folder.path());
    let (code, said) = check(&report, Some(&key));
    assert_eq!(code, Some(0), "{said}");
    for part in
        ["good, by the key asked for", "follows from its records", "map:       orv3-psu as in this program"]
    {
        assert!(said.contains(part), "{said}");
    }
    let (code, said) = check(&report, None);
    assert!(code == Some(2) && said.contains("anybody can sign") && said.contains("--key"), "{said}");

    let other = SigningKey::generate(&folder.path().join("other.pem")).unwrap().public();
    let (code, said) = check(&report, Some(&other));
    assert!(code == Some(1) && said.contains("BY ANOTHER KEY"), "{said}");

    let whole = std::fs::read_to_string(&report).unwrap();
    let tampered = folder.path().join("tampered.json");
    let judge = |changed: String| {
        assert_ne!(changed, whole);
        std::fs::write(&tampered, changed).unwrap();
        check(&tampered, None)
    };
    let (code, said) = judge(whole.replace("\"writes\":false", "\"writes\":true"));
    assert!(code == Some(1) && said.contains("signature: BAD"), "{said}");
    // The same value, written otherwise: the signature fits, the bytes do not.
    let (code, said) = judge(whole.replacen(':', ": ", 1));
    assert!(code == Some(1) && said.contains("CHANGED, or formatted anew"), "{said}");
    // A second member of the same name, which some readers would take and others not.
    let (code, said) = judge(whole.replacen('{', "{\"exit_code\":1,", 1));
    assert!(code == Some(1) && said.contains("CHANGED"), "{said}");
    let (code, said) = judge(whole.replace("dpo-conformance-report/1", "dpo-conformance-report/9"));
    assert!(code == Some(1) && said.contains("report/9"), "{said}");
    for broken in ["[]", "", &whole[..whole.len() / 2]] {
        let (code, said) = judge(broken.into());
        assert!(code == Some(1) && said.contains("tampered.json"), "{said}");
    }
    let (code, said) = judge(whole.replacen('{', "{\"aaa\":1,", 1));
    assert!(code == Some(1) && said.contains("aaa"), "{said}");
    // The signature does not cover itself: nothing else may stand in it.
    let (code, said) = judge(whole.replace("\"signature\":{", "\"signature\":{\"a\":1,"));
    assert!(code == Some(1) && said.contains("signature: BAD"), "{said}");
    assert_eq!(check(&folder.path().join("nowhere.json"), None).0, Some(2));
}

/// What `verify` says of a report that was changed and signed anew.
fn forged(folder: &Path, key: &SigningKey, document: &mut Value) -> (Option<i32>, String) {
    let members = document.as_object_mut().unwrap();
    members.remove("signature");
    let message = serde_json_canonicalizer::to_vec(members).unwrap();
    let signature = serde_json::json!({"key": key.public(), "value": key.sign(&message)});
    members.insert("signature".into(), signature);
    let forged = folder.join("forged.json");
    std::fs::write(&forged, serde_json_canonicalizer::to_vec(document).unwrap()).unwrap();
    check(&forged, Some(&key.public()))
}

/// Makes verdict and counts of a document those of its records.
fn judged(document: &mut Value) {
    let records: Vec<Record> = serde_json::from_value(document["records"].clone()).unwrap();
    let verdict = Verdict::of(&records);
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    records.iter().for_each(|record| *counts.entry(record.outcome.word()).or_default() += 1);
    document["counts"] = serde_json::to_value(counts).unwrap();
    document["exit_code"] = verdict.exit_code().into();
    document["profiles"] = serde_json::to_value(profile::verdicts(&records, false)).unwrap();
    document["text"] = verdict.to_string().into();
    document["verdict"] = serde_json::to_value(verdict).unwrap();
}

#[test]
fn records_that_are_missing_or_of_other_cases_are_seen_although_they_are_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (report, ..) = signed(folder.path());
    let key = SigningKey::read(&folder.path().join("key.pem")).unwrap();
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let seen = |change: &dyn Fn(&mut Value), says: &[&str]| {
        let mut document = whole.clone();
        change(&mut document);
        judged(&mut document);
        let (code, said) = forged(folder.path(), &key, &mut document);
        assert_eq!(code, Some(1), "{said}");
        says.iter().for_each(|part| assert!(said.contains(part), "{part}: {said}"));
        assert!(said.contains("report states follows"), "only the records are wrong: {said}");
    };
    let one = |document: &mut Value| {
        let records = document["records"].as_array_mut().unwrap();
        records.retain(|record| record["id"] == "MB-PDU-001" && record["outcome"] == "PASS");
        records.truncate(1);
    };
    seen(&one, &["verdict:   CONFORMANT", "FAULT: no record of", "DPO-BLK-001"]);
    let nth = |document: &Value, id: &str| {
        document["records"].as_array().unwrap().iter().position(|record| record["id"] == id).unwrap()
    };
    for (member, value) in [("level", "SHOULD"), ("class", "T"), ("clause", "AP 1"), ("title", "x")] {
        let change = |document: &mut Value| {
            let at = nth(document, "MB-PDU-001");
            document["records"][at][member] = value.into();
        };
        seen(&change, &["not those of the case: MB-PDU-001"]);
    }
    seen(&|document| document["records"][0]["id"] = "MB-PDU-999".into(), &["MB-PDU-999"]);
    let certified = |document: &mut Value| document["header"]["certify"] = true.into();
    seen(
        &certified,
        &["writes or disruptive", "digests.pics", "product is missing", "sampled", "leaves no case out"],
    );
}

#[test]
fn a_verdict_that_does_not_follow_is_seen_although_it_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (report, ..) = signed(folder.path());
    let key = SigningKey::read(&folder.path().join("key.pem")).unwrap();
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let sign = |document: &mut Value| forged(folder.path(), &key, document);
    assert_eq!(sign(&mut document).0, Some(0), "signed anew without a change");
    let failed = document["records"].as_array_mut().unwrap();
    let record = failed.iter_mut().find(|r| r["outcome"] == "PASS" && r["level"] == "MUST").unwrap();
    record["outcome"] = "FAIL".into();
    let (code, said) = sign(&mut document);
    assert!(code == Some(1) && said.contains("DOES NOT FOLLOW"), "{said}");
    judged(&mut document);
    let (_, said) = sign(&mut document);
    assert!(said.contains("report states follows") && said.contains("profile:   modbus-rtu: "), "{said}");
    document["profiles"]["modbus-rtu"] = serde_json::json!({"verdict": "conformant"});
    let (code, said) = sign(&mut document);
    assert!(code == Some(1) && said.contains("DOES NOT FOLLOW"), "{said}");
}

#[test]
fn a_report_without_signature_does_not_hold_and_a_key_wants_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let name = report.to_str().unwrap();
    let base = ["run", "--target", "sim", "--device", "orv3-psu@200", "--id", "MB-PDU-001"];
    let run = suite(&[base.as_slice(), &["--format", "json", "-o", name]].concat());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let (code, said) = check(&report, None);
    assert!(code == Some(1) && said.contains("MISSING"), "{said}");
    let run = suite(&[base.as_slice(), &["--sign", name]].concat());
    assert!(run.status.code() == Some(2) && text(&run.stderr).contains("--format json"));
    let run = suite(&[base.as_slice(), &["--format", "json", "--sign", name]].concat());
    assert!(run.status.code() == Some(2) && text(&run.stderr).contains("keygen"), "{}", text(&run.stderr));
}

#[test]
fn ocptv_lines_tell_each_case_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (_, _, lines) = signed(folder.path());
    let lines: Vec<Value> =
        std::fs::read_to_string(lines).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines[0]["schemaVersion"]["major"], 2);
    for (nth, line) in lines.iter().enumerate() {
        assert_eq!(line["sequenceNumber"], nth, "{line}");
    }
    let start = &lines[1]["testRunArtifact"]["testRunStart"];
    assert_eq!(start["parameters"]["target"], "sim");
    let diagnoses: Vec<&Value> =
        lines.iter().map(|l| &l["testStepArtifact"]["diagnosis"]).filter(|d| d.is_object()).collect();
    // Two cases over each of the two links.
    assert_eq!(diagnoses.len(), 4, "{diagnoses:?}");
    assert!(
        diagnoses.iter().all(|d| d["type"] == "PASS" && d["verdict"].as_str().unwrap().ends_with("-pass"))
    );
    let started = lines.iter().filter(|l| l["testStepArtifact"]["testStepStart"].is_object()).count();
    let ends: Vec<&Value> = lines
        .iter()
        .map(|l| &l["testStepArtifact"]["testStepEnd"]["status"])
        .filter(|s| s.is_string())
        .collect();
    assert_eq!(started, ends.len());
    assert!(ends.iter().any(|status| *status == "SKIP"), "cases that were not asked for");
    let end = &lines.last().unwrap()["testRunArtifact"]["testRunEnd"];
    assert_eq!(
        (&end["status"], &end["result"]),
        (&"COMPLETE".into(), &"NOT_APPLICABLE".into()),
        "two cases are no conformance"
    );
    assert_eq!(start["parameters"]["silence_ms"], 100);
}
