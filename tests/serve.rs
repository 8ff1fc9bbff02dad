//! The binary `dpo` as a process: what it refuses to serve, and how it ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

#[test]
fn a_bad_configuration_ends_with_exit_code_2_and_names_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bad.toml");
    for (text, key) in [
        ("[gateway]\npoll_ms = 0\n", "gateway.poll_ms"),
        ("[pmi]\nunit = 203\n", "address 203 is taken by the DPO block"),
        (
            "[shelf]\nkind = \"buses\"\n[[shelf.bus]]\ntype = \"tcp\"\naddress = \"127.0.0.1:1\"\n\
             psus = { first_unit = 100, count = 1 }\n",
            "shelf.bus",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
        let output = dpo
            .args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(key), "{message}");
        assert!(output.stdout.is_empty(), "nothing was announced");
    }
}

#[test]
fn each_signal_that_ends_it_ends_it_cleanly() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
        let serve = dpo.args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
        let banner = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(banner.into_iter().any(|line| line.starts_with("Ctrl-C")), "it has started");
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn the_journal_of_a_gateway_that_runs_and_was_killed_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let (file, journal) = (directory.path().join("dpo.toml"), directory.path().join("journal.redb"));
    std::fs::write(&file, format!("[gateway]\njournal = {:?}\n", journal.display().to_string())).unwrap();
    let start = || {
        let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
        let serve = dpo.args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0", "--config"]);
        let mut child = serve.arg(&file).stdout(Stdio::piped()).spawn().unwrap();
        let banner = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(banner.into_iter().any(|line| line.starts_with("Ctrl-C")), "it has started");
        child
    };
    let read = |what: &[&str]| {
        let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
        let output = dpo.arg("journal").args(what).arg("--file").arg(&journal).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    // The start is on record before the gateway takes anything; the banner may be out before it.
    let started = |count: usize| {
        for _ in 0..600 {
            let (_, listed, _) = read(&["list"]);
            if listed.matches(" started").count() == count {
                return listed;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("no {count} starts on record");
    };
    let mut child = start();
    let listed = started(1);
    assert!(listed.contains("gateway: gateway 0.1.0 started"), "{listed}");
    // Nobody else can write it meanwhile.
    let (code, _, error) = read(&["init"]);
    assert!(code == Some(1) && error.contains("there is a file already"), "{error}");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut child = start();
    started(2);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let (_, exported, _) = read(&["export"]);
    assert!(exported.lines().last().unwrap().contains("\"kind\":\"stopped\""), "{exported}");
    let (code, shown, _) = read(&["show", "2"]);
    assert!(code == Some(0) && shown.contains("\"sequence\": 2"), "{shown}");
}
