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
fn a_statement_decides_what_applies_and_what_is_beyond_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pics.toml");
    let name = path.to_str().unwrap();
    let init = suite(&["init", "--target", "sim", "--device", "dpo-pmi@7", "-o", name]);
    assert_eq!(init.status.code(), Some(0), "{}", String::from_utf8_lossy(&init.stderr));
    let claimed = std::fs::read_to_string(&path).unwrap();
    let judge = |text: &str, more: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let base = ["run", "--target", "sim", "--pics", name, "--verbose"];
        let output = suite(&[base.as_slice(), more].concat());
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    };
    let one = ["--id", "MB-PDU-050", "--id", "MB-PDU-001"];
    let line = |said: &str, id: &str| said.lines().find(|l| l.contains(id)).unwrap_or_default().to_owned();

    // Function 43 claimed: its case is played.
    let (code, said) = judge(&claimed, &one);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        line(&said, "MB-PDU-050").starts_with("PASS") && !said.contains("shown and not claimed"),
        "{said}"
    );
    // Not claimed: it does not apply, and that the device shows it is told.
    let without: String =
        claimed.lines().filter(|l| l.trim() != "43,").map(|l| l.to_owned() + "\n").collect();
    assert_ne!(without, claimed);
    let (code, said) = judge(&without, &one);
    assert_eq!(code, Some(0), "{said}");
    assert!(line(&said, "MB-PDU-050").starts_with("NOT-APPLICABLE"), "{said}");
    assert!(said.contains("shown and not claimed: dpo-pmi@7: function 43"), "{said}");

    let (code, said) = judge(&claimed, &["--certify"]);
    assert!(code == Some(2) && said.contains("--allow-writes"), "{said}");
    let all = ["--certify", "--allow-writes", "--allow-disruptive"];
    let (code, said) = judge(&claimed, &[all.as_slice(), &one].concat());
    assert!(code == Some(2) && said.contains("--id"), "{said}");
    let (code, said) = judge(&claimed, &all);
    assert!(code == Some(2) && said.contains("who makes what"), "{said}");
    // Class T applies to the serial line of the simulator, and there is no instrument.
    let named = claimed.replace("= \"?\"", "= \"Example\"");
    let full = ["--samples", "100", "--random-reads", "1000", "--timed-requests", "500", "--soak", "500"];
    let full = [full.as_slice(), &["--random-requests", "10000", "--listen", "60"]].concat();
    // The simulator is not waited for long by default.
    for (waits, says) in [
        (vec![], "--silence 100 is below the time-out of 1000"),
        (vec!["--timeout", "1500", "--silence", "1500"], "--timeout 1500 is above 1000"),
        (vec!["--silence", "1000", "--quiet", "26"], "--quiet 26 is above 25"),
    ] {
        let (code, said) = judge(&named, &[all.as_slice(), &full, &waits].concat());
        assert!(code == Some(2) && said.contains("easier than by default") && said.contains(says), "{said}");
    }
    let full = [full.as_slice(), &["--silence", "1000"]].concat();
    let (code, said) = judge(&named, &[all.as_slice(), &full].concat());
    assert!(code == Some(2) && said.contains("--instrument") && said.contains("MB-RTU-013"), "{said}");
    let (code, said) = judge(&named, &all);
    assert!(code == Some(2) && said.contains("sampled less than by default: 500 random reads"), "{said}");
    let (code, said) = judge(&claimed, &["--device", "dpo-pmi@7"]);
    assert!(code == Some(2) && said.contains("--device"), "{said}");
    let (code, said) = judge("version = 1", &one);
    assert!(code == Some(2) && said.contains("pics.toml") && said.contains("product"), "{said}");
}

#[test]
fn a_claim_that_is_not_kept_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pics.toml");
    let name = path.to_str().unwrap();
    // Everything of the simulated shelf: Modbus, PMBus and Redfish.
    let init = suite(&["init", "--target", "sim", "-o", name]);
    assert_eq!(init.status.code(), Some(0), "{}", String::from_utf8_lossy(&init.stderr));
    let honest = std::fs::read_to_string(&path).unwrap();
    let read = Pics::parse(&honest).unwrap().statement;
    assert_eq!((read.device.len(), read.supply.len()), (3, 1), "{honest}");
    assert!(read.supply[0].commands.contains(&"vout_command".to_owned()), "{honest}");
    let service = read.service.unwrap();
    assert!(service.resources.contains(&"PowerSupply".to_owned()), "{honest}");
    assert!(!service.resources.contains(&"Session".to_owned()), "{honest}");

    let cases = ["run", "MAP-001", "PM-CMD-035", "RF-025", "--target", "sim", "--pics", name];
    let judge = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let output = suite(&cases);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = judge(&honest);
    assert!(code == Some(0) && said.contains("PASS           RF-025"), "{said}");
    assert!(!said.contains("shown and not claimed"), "{said}");
    for (from, to, case) in [
        ("\"Sensor\",", "\"Sensor\", \"Outlet\",", "RF-025"),
        (service.version.as_str(), "9.9.9", "RF-025"),
        ("\"vout_command\",", "\"vout_command\", \"read_kwh_in\",", "PM-CMD-035"),
    ] {
        let text = honest.replacen(from, to, 1);
        assert_ne!(text, honest, "{from}");
        let (code, said) = judge(&text);
        assert_eq!(code, Some(1), "{to}: {said}");
        assert!(said.contains(&format!("FAIL           {case}")), "{to}: {said}");
    }
    // What is shown and not claimed is told.
    let (_, said) = judge(&honest.replacen("\"vout_command\",", "", 1));
    assert!(said.contains("shown and not claimed: pmbus-psu@58h: command vout_command"), "{said}");
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
