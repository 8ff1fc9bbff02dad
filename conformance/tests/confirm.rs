//! A plan is shown and confirmed before anything is written, whatever the target.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dpo_conformance::targets::sim::Reference;

/// Stands before a port and keeps what was sent to it.
fn tap(behind: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, kept) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let own = kept.clone();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let Ok(mut server) = TcpStream::connect(behind) else { return };
            let (mut back, mut front) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut back, &mut front);
                let _ = front.shutdown(std::net::Shutdown::Write);
            });
            let kept = own.clone();
            std::thread::spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut chunk) {
                    kept.lock().unwrap().extend_from_slice(&chunk[..count]);
                    if server.write_all(&chunk[..count]).is_err() {
                        return;
                    }
                }
                let _ = server.shutdown(std::net::Shutdown::Write);
            });
        }
    });
    (address, kept)
}

fn suite(folder: &Path, arguments: &[&str], answer: &str, password: &str) -> Output {
    // Each run its own journal.
    static NTH: AtomicUsize = AtomicUsize::new(0);
    let journal = folder.join(NTH.fetch_add(1, Ordering::Relaxed).to_string());
    let mut run = Command::new(env!("CARGO_BIN_EXE_dpo-conformance"))
        .args(arguments)
        .arg("--journal")
        .arg(&journal)
        .env("DPO_CONFORMANCE_PASSWORD", password)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that does not ask may have ended.
    let _ = run.stdin.take().unwrap().write_all(answer.as_bytes());
    run.wait_with_output().unwrap()
}

/// Functions of the requests that a Modbus TCP client has sent.
fn functions(mut bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    while let [_, _, _, _, a, b, _, function, ..] = bytes {
        found.push(*function);
        bytes = bytes.get(6 + usize::from(u16::from_be_bytes([*a, *b]))..).unwrap_or_default();
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_before_somebody_has_said_yes() {
    let reference = Reference::start().await.unwrap();
    let service = reference.service.clone();
    let (tcp, line) = (reference.tcp, reference.pty.display().to_string());
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let (modbus, modbus_sent) = tap(tcp);
        let web = SocketAddr::new(service.base.host.parse().unwrap(), service.base.port);
        let (redfish, redfish_sent) = tap(web);
        let tcp = format!("tcp://{modbus}");
        let rtu = format!("rtu:{line}?baud=19200&parity=even");
        let web = format!("http://{redfish}");
        let with = |target: &str, ids: &[&str], rest: &[&str], answer: &str| {
            let device: &[&str] =
                if target.starts_with("http") { &[] } else { &["--device", "orv3-psu@200"] };
            let all = [&["run", "--target", target, "--allow-writes"], device, ids, rest].concat();
            suite(folder.path(), &all, answer, &service.account.password)
        };
        let targets: [(&str, &str); 3] = [(&tcp, "MB-PDU-016"), (&rtu, "MB-PDU-016"), (&web, "RF-040")];
        for (target, id) in targets {
            for answer in ["", "n\n", "yes please\n"] {
                let output = with(target, &[id], &[], answer);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{target}: {said}");
                assert!(said.contains("this run writes to:") && said.contains(id), "{target}: {said}");
                assert!(said.contains("nothing was written"), "{target}: {said}");
                assert!(output.stdout.is_empty());
            }
        }
        assert!(functions(&modbus_sent.lock().unwrap()).iter().all(|function| *function == 3));
        let sent = String::from_utf8_lossy(&redfish_sent.lock().unwrap()).into_owned();
        assert!(!sent.contains("PATCH"), "{sent}");
        // `watch` asks, too; reads alone need no yes, and neither does a dry run.
        let watch = ["watch", "MB-PDU-016", "--target", &tcp, "--device", "orv3-psu@200", "--allow-writes"];
        let output = suite(folder.path(), &watch, "", "");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"));
        let reads = with(&tcp, &["MB-PDU-001"], &[], "");
        assert_eq!(reads.status.code(), Some(0), "{reads:?}");
        assert_eq!(with(&tcp, &["MB-PDU-016"], &["--dry-run"], "").status.code(), Some(0));
        assert!(functions(&modbus_sent.lock().unwrap()).iter().all(|function| *function == 3));
        // With a yes, typed or given before, each is played.
        for (target, id) in targets {
            let output = with(target, &[id], &[], "y\n");
            assert_eq!(output.status.code(), Some(0), "{target}: {output:?}");
        }
        assert_eq!(with(&tcp, &["MB-PDU-016"], &["--yes"], "").status.code(), Some(0));
        assert!(functions(&modbus_sent.lock().unwrap()).iter().any(|function| *function != 3));
        assert!(String::from_utf8_lossy(&redfish_sent.lock().unwrap()).contains("PATCH"));
    })
    .await
    .unwrap();
    drop(reference);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shelves_of_a_rack_are_judged_one_by_one_in_one_report() {
    let (one, two) = (Reference::start().await.unwrap(), Reference::start().await.unwrap());
    let addresses = [one.tcp, two.tcp];
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let (rack, report) = (folder.path().join("rack.toml"), folder.path().join("report.json"));
        let shelf = |name: &str, target: &str, device: &str| {
            format!("[[shelf]]\nname = '{name}'\ntargets = ['{target}']\ndevices = ['{device}']\n")
        };
        let [a, b] = addresses.map(|address| format!("tcp://{address}"));
        // The second one is not what it is called: no BBU is at the address of its PSU.
        let text = [
            shelf("A1", &a, "orv3-psu@200"),
            shelf("A2", &b, "orv3-bbu@200"),
            shelf("A3", "sim", "orv3-psu@200"),
        ];
        std::fs::write(&rack, text.concat()).unwrap();
        let (rack, file) = (rack.to_str().unwrap(), report.to_str().unwrap());
        let ids = ["MAP-001", "MB-PDU-001"];
        let all = [&["run", "--rack", rack, "--format", "json", "-o", file][..], &ids].concat();
        let output = suite(folder.path(), &all, "", "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        let records = report["records"].as_array().unwrap();
        let failed = |name: &str| {
            let own = records.iter().filter(|r| r["subject"].as_str().unwrap().starts_with(name));
            let played = own.filter(|r| ids.contains(&r["id"].as_str().unwrap()));
            let (played, wrong): (Vec<_>, Vec<_>) =
                played.filter(|r| r["outcome"] != "NOT-APPLICABLE").partition(|r| r["outcome"] == "PASS");
            (played.len(), wrong.len())
        };
        assert_eq!((failed("A1: ").1, failed("A3: ").1), (0, 0));
        assert!(failed("A1: ").0 > 0 && failed("A3: ").0 > 0 && failed("A2: ").1 > 0, "{report}");
        let devices: Vec<&str> =
            report["header"]["devices"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
        // The simulated shelf has a supply on SMBus and a service as well.
        let (service, named) = devices.split_last().unwrap();
        assert_eq!(*named, ["A1: orv3-psu@200", "A2: orv3-bbu@200", "A3: orv3-psu@200", "A3: pmbus-psu@58h"]);
        assert!(service.starts_with("A3: Redfish at http://127.0.0.1:"), "{service}");
        let target = report["header"]["target"].as_str().unwrap();
        assert!(target.contains(&format!("A1 ({a}); A2 ({b})")), "{target}");
        // A shelf that is not there has its name in the error.
        std::fs::write(rack, shelf("A9", "tcp://127.0.0.1:1", "orv3-psu@200").replace("devices", "# "))
            .unwrap();
        let output = suite(folder.path(), &["run", "--rack", rack], "", "");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("A9: "), "{output:?}");
        let both = suite(folder.path(), &["run", "--rack", rack, "--target", "sim"], "", "");
        assert_eq!(both.status.code(), Some(2));
    })
    .await
    .unwrap();
    drop((one, two));
}
