//! Reports that are handed over: signed JSON and its check, OCP's test output.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
    assert_eq!(check(&report, None).0, Some(0));

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
    assert!(code == Some(2) && said.contains("report/9"), "{said}");
    let (code, said) = judge("[]".into());
    assert!(code == Some(2) && said.contains("tampered.json"), "{said}");
}

#[test]
fn a_verdict_that_does_not_follow_is_seen_although_it_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (report, ..) = signed(folder.path());
    let key = SigningKey::read(&folder.path().join("key.pem")).unwrap();
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let sign = |document: &mut Value| {
        let members = document.as_object_mut().unwrap();
        members.remove("signature");
        let message = serde_json_canonicalizer::to_vec(members).unwrap();
        let signature = serde_json::json!({"key": key.public(), "value": key.sign(&message)});
        members.insert("signature".into(), signature);
        let forged = folder.path().join("forged.json");
        std::fs::write(&forged, serde_json_canonicalizer::to_vec(document).unwrap()).unwrap();
        check(&forged, None)
    };
    assert_eq!(sign(&mut document).0, Some(0), "signed anew without a change");
    let failed = document["records"].as_array_mut().unwrap();
    let record = failed.iter_mut().find(|r| r["outcome"] == "PASS" && r["level"] == "MUST").unwrap();
    record["outcome"] = "FAIL".into();
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
    assert_eq!((&end["status"], &end["result"]), (&"COMPLETE".into(), &"PASS".into()));
}
