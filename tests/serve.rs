//! The binary `dpo` as a process: what it refuses to serve, and how it ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use base64::Engine as _;
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

/// A running `dpo serve`, its first banner read; the rest of its output is read by a thread.
fn serve(
    file: &std::path::Path,
    environment: &[(&str, &str)],
) -> (std::process::Child, mpsc::Receiver<String>) {
    let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
    dpo.args([
        "serve",
        "--log",
        "info",
        "--redfish",
        "127.0.0.1:0",
        "--modbus",
        "127.0.0.1:0",
        "--insecure-http",
        "--config",
    ]);
    dpo.arg(file).envs(environment.iter().copied()).stdin(Stdio::null());
    let mut child = dpo.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (sender, lines) = mpsc::channel();
    let output = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (child, lines)
}

#[test]
fn what_is_logged_is_read_again_and_the_command_line_goes_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let (file, socket) = (directory.path().join("dpo.toml"), directory.path().join("notify"));
    for given in [None, Some("error")] {
        let _ = std::fs::remove_file(&socket);
        let told = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
        std::fs::write(&file, "").unwrap();
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
        dpo.args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0", "--config"]).arg(&file);
        dpo.args(given.iter().flat_map(|level| ["--log", level]))
            .env_remove("DPO_LOG")
            .env("NOTIFY_SOCKET", &socket);
        let mut child = dpo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut buffer = [0; 4096];
        let mut until = |what: &str| {
            loop {
                let length = told.recv(&mut buffer).unwrap();
                if std::str::from_utf8(&buffer[..length]).unwrap().contains(what) {
                    return;
                }
            }
        };
        until("READY=1");
        // The second reading is the first one that is told of at the level that the first reading set.
        for text in ["log = \"info\"\n", "log = \"info\"\n", "log = \"dpo_gateway=loud\"\n"] {
            std::fs::write(&file, text).unwrap();
            kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
            until("RELOADING=1");
            until("READY=1");
        }
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let text = std::fs::read_to_string(directory.path().join("log")).unwrap();
        assert_eq!(text.contains("configuration read again"), given.is_none(), "{given:?}: {text}");
        assert!(given.is_some() || text.contains("the configuration was not taken"), "{text}");
    }
}

/// The address of Redfish in the next banner.
fn banner(lines: &mpsc::Receiver<String>) -> String {
    let mut address = None;
    loop {
        let line = lines.recv().unwrap();
        if let Some((_, rest)) = line.split_once("http://") {
            address = address.or_else(|| rest.split_once('/').map(|(address, _)| address.to_owned()));
        }
        if line.starts_with("Ctrl-C") {
            return address.unwrap();
        }
    }
}

/// The answer to a request of the administrator.
fn ask(address: &str, method: &str, uri: &str) -> String {
    use std::io::{Read as _, Write as _};
    let credentials = base64::engine::general_purpose::STANDARD.encode("admin:chosen-password");
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {uri} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

const PASSWORD: (&str, &str) = ("DPO_ADMIN_PASSWORD", "chosen-password");

#[test]
fn a_restart_over_the_api_starts_the_same_process_anew() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dpo.toml");
    std::fs::write(&file, "").unwrap();
    let (mut child, lines) = serve(&file, &[PASSWORD]);
    let first = banner(&lines);
    // What is there only in memory is gone after a restart: a session.
    let reset = ask(&first, "POST", "/redfish/v1/Managers/Gateway/Actions/Manager.Reset");
    assert!(reset.starts_with("HTTP/1.1 204"), "{reset}");
    let second = banner(&lines);
    assert_eq!(child.try_wait().unwrap(), None, "the process is the same one");
    let manager = ask(&second, "GET", "/redfish/v1/Managers/Gateway");
    assert!(manager.contains("#Manager.Reset"), "{manager}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn without_a_password_that_somebody_knows_there_is_no_restart_from_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dpo.toml");
    std::fs::write(&file, "").unwrap();
    let mut dpo = Command::new(env!("CARGO_BIN_EXE_dpo"));
    let serve = dpo.args(["serve", "--redfish", "127.0.0.1:0", "--modbus", "127.0.0.1:0", "--insecure-http"]);
    let mut child = serve.env_remove(PASSWORD.0).stdout(Stdio::piped()).spawn().unwrap();
    let shown: Vec<_> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    let part = |name: &str| {
        let line = shown.iter().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let (url, password) = (part("Redfish"), part("Password"));
    let address = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let credentials = base64::engine::general_purpose::STANDARD.encode(format!("admin:{password}"));
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "GET /redfish/v1/Managers/Gateway HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
    );
    let mut answer = String::new();
    std::io::Write::write_all(&mut socket, head.as_bytes()).unwrap();
    std::io::Read::read_to_string(&mut socket, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("Manager.Reset"), "{answer}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn nothing_of_the_memory_is_dumped() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dpo.toml");
    std::fs::write(&file, "").unwrap();
    let (mut child, lines) = serve(&file, &[PASSWORD]);
    banner(&lines);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    // What may not be dumped belongs to root, whoever runs it, and others read nothing of its memory (proc(5)).
    let owner =
        std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(format!("/proc/{}/mem", child.id())).unwrap());
    assert_eq!(owner, 0);
    kill_process(Pid::from_child(&child), Signal::QUIT).unwrap();
    let ended = child.wait().unwrap();
    assert!(!std::os::unix::process::ExitStatusExt::core_dumped(&ended), "{ended}");
}

#[test]
fn systemd_is_told_of_start_life_reload_and_end() {
    let directory = tempfile::tempdir().unwrap();
    let (file, socket) = (directory.path().join("dpo.toml"), directory.path().join("notify"));
    std::fs::write(&file, "[redfish.shelf]\nmodel = \"before\"\n").unwrap();
    let told = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    let environment = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", "300000"), PASSWORD];
    let (mut child, lines) = serve(&file, &environment);
    let address = banner(&lines);
    // Until it is told, in the order in which it comes; other messages may come between.
    let until = |what: &str| {
        let mut buffer = [0; 4096];
        loop {
            let length = told.recv(&mut buffer).unwrap();
            let message = std::str::from_utf8(&buffer[..length]).unwrap().to_owned();
            if message.lines().any(|line| line == what) {
                return message;
            }
        }
    };
    let model = || ask(&address, "GET", "/redfish/v1/Chassis/PowerShelf");
    until("READY=1");
    until("WATCHDOG=1");
    until("WATCHDOG=1");
    assert!(model().contains("\"Model\":\"before\""));
    std::fs::write(&file, "[redfish.shelf]\nmodel = \"after\"\n").unwrap();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    assert!(until("RELOADING=1").contains("MONOTONIC_USEC="));
    until("READY=1");
    assert!(model().contains("\"Model\":\"after\""), "{}", model());
    // A file that cannot be used changes nothing.
    std::fs::write(&file, "[redfish.shelf]\nmodell = 1\n").unwrap();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    until("RELOADING=1");
    until("READY=1");
    assert!(model().contains("\"Model\":\"after\""));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    until("STOPPING=1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
