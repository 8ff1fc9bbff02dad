//! The layout of results that are handed in, and that its check sees what is wrong.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use dpo_conformance::results::{Entry, check};

fn suite(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dpo-conformance")).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An entry as a vendor would make it, by the commands of the README.
fn entry(root: &Path) -> std::path::PathBuf {
    let folder = root.join("v0.1/example-simulated-shelf");
    fs::create_dir_all(&folder).unwrap();
    let name = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let key = root.join("key.pem");
    let public = suite(&["keygen", key.to_str().unwrap()]);
    let base = ["run", "--target", "sim", "--device", "orv3-psu@200", "--id", "MB-PDU-001"];
    let report = ["--sign", key.to_str().unwrap(), "--format", "json", "-o", &name("report.json")];
    suite(&[base.as_slice(), report.as_slice()].concat());
    for (format, file) in [("junit", "junit.xml"), ("ocptv", "ocptv.jsonl")] {
        suite(&["render", &name("report.json"), "--format", format, "-o", &name(file)]);
    }
    let product = format!(
        "organisation = \"Example\"\nproduct = \"simulated shelf\"\nfirmware = \"0.1.0\"\nsimulated = true\n\
         contact = \"power@example.com\"\nkey = \"{}\"\n",
        public.trim()
    );
    fs::write(folder.join("product.toml"), product).unwrap();
    let readme = "The simulation that comes with the suite, no hardware. One power supply at address 200, over TCP and \
                  over a pseudo-terminal, one case alone, so that the entry is small.";
    fs::write(folder.join("README.md"), readme).unwrap();
    folder
}

fn only(root: &Path) -> Entry {
    let mut entries = check(root).unwrap();
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

#[test]
fn an_entry_made_by_the_commands_is_right_and_each_fault_is_named() {
    let root = tempfile::tempdir().unwrap();
    let folder = entry(root.path());
    let right = only(root.path());
    assert_eq!(right.findings, Vec::<String>::new());
    assert_eq!(right.verdict.as_ref().unwrap().exit_code(), 0);
    assert!(suite(&["results", root.path().to_str().unwrap()]).contains("1 results, 0 findings"));

    let change = |file: &str, from: &str, to: &str, says: &str| {
        let path = folder.join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{file} has no {from:?}");
        fs::write(&path, before.replace(from, to)).unwrap();
        let found = only(root.path()).findings;
        assert!(found.iter().any(|f| f.starts_with(file) && f.contains(says)), "{file}, {says}: {found:?}");
        fs::write(&path, before).unwrap();
    };
    change("junit.xml", "PASS", "FAIL", "not of this report");
    change("ocptv.jsonl", "-pass\"", "-fail\"", "not of this report");
    change("ocptv.jsonl", "\"sequenceNumber\":1", "\"sequenceNumber\":9", "not of this report");
    change("report.json", "\"PASS\"", "\"NON-STRICT\"", "signature");
    change("report.json", "\"id\":\"MAP-001\"", "\"id\":\"MAP-999\"", "no record of 1 of");
    change("product.toml", "ed25519:", "rsa:", "ed25519:");
    change("product.toml", "simulated = true", "simulated = false", "simulated");
    change("product.toml", "firmware = \"0.1.0\"", "firmware = \" \"", "firmware");
    change("product.toml", "contact", "contract", "contract");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    change("README.md", &readme, "It works.", "set up");
    let other = root.path().join("other.pem");
    let key = suite(&["keygen", other.to_str().unwrap()]);
    let own = fs::read_to_string(folder.join("product.toml")).unwrap();
    let own = own.split("key = \"").nth(1).unwrap().trim_end().trim_end_matches('"').to_owned();
    let path = folder.join("product.toml");
    let before = fs::read_to_string(&path).unwrap();
    fs::write(&path, before.replace(&own, key.trim())).unwrap();
    assert!(only(root.path()).findings.iter().any(|f| f.contains("not by the product's key")));
    fs::write(&path, before).unwrap();

    fs::write(folder.join("firmware.bin"), "x").unwrap();
    fs::remove_file(folder.join("junit.xml")).unwrap();
    let found = only(root.path()).findings;
    assert!(found.contains(&"firmware.bin: does not belong into an entry".to_owned()), "{found:?}");
    assert!(found.contains(&"junit.xml: missing".to_owned()), "{found:?}");
    fs::rename(root.path().join("v0.1"), root.path().join("v7.7")).unwrap();
    assert!(only(root.path()).findings.iter().any(|f| f.starts_with("folder v7.7") && f.contains("v0.1")));
}

#[test]
fn the_results_that_are_here_are_right() {
    let entries = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results")).unwrap();
    for entry in entries {
        assert!(entry.findings.is_empty(), "{entry}");
    }
}
