//! Capability statements: what `init` writes is one.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

use dpo_conformance::pics::{Pics, schema};

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dpo-conformance")).args(arguments).output().unwrap()
}

#[test]
fn init_writes_a_statement_once_and_it_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pics.toml");
    let arguments = [
        "init",
        "--target",
        "sim",
        "--device",
        "orv3-psu@200",
        "--device",
        "dpo-pmi@7",
        "-o",
        path.to_str().unwrap(),
    ];
    let first = suite(&arguments);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let again = suite(&arguments);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("pics.toml"));

    let text = std::fs::read_to_string(&path).unwrap();
    let pics = Pics::parse(&text).unwrap();
    let [psu, block] = pics.statement.device.as_slice() else { panic!("{text}") };
    assert!(psu.registers.contains(&"mfr_date".to_owned()), "{psu:?}");
    // The simulated supply has no device identification, the block has.
    assert!(!psu.functions.contains(&43) && block.functions.contains(&43));
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pics.schema.json");
    let now = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden, now, "UPDATE_GOLDEN=1 cargo test -p dpo-conformance --test statement writes it anew");
}
