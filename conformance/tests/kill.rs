//! A run that is killed in the middle of a case (SIGKILL, which nothing can catch), and what it leaves.
// Helpers of tests may unwrap like tests: a failed unwrap is a failed test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dpo_conformance::targets::sim::Reference;

/// LOCK override of the PSU: what a test may change.
const LOCK: u16 = 94;
const UNIT: u8 = 200;
/// Nothing here takes as long; a test that hangs ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// Stands between suite and shelf, and swallows what comes back once a write of another value has gone through.
struct Middle {
    address: SocketAddr,
    /// Whether the write has gone through.
    written: Arc<AtomicBool>,
    /// Whether everything passes.
    open: Arc<AtomicBool>,
}

fn middle(shelf: SocketAddr, original: u16) -> Middle {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (written, open) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let own = (written.clone(), open.clone());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (written, open) = own.clone();
            std::thread::spawn(move || pass(client, shelf, original, &written, &open));
        }
    });
    Middle { address, written, open }
}

/// One request and its answer after the other.
fn pass(mut client: TcpStream, shelf: SocketAddr, original: u16, written: &AtomicBool, open: &AtomicBool) {
    let Ok(mut server) = TcpStream::connect(shelf) else { return };
    while let Some(request) = frame(&mut client) {
        let value = match request.get(7..) {
            Some([6, a, b, v, w]) if [*a, *b] == LOCK.to_be_bytes() => Some(u16::from_be_bytes([*v, *w])),
            _ => None,
        };
        if server.write_all(&request).is_err() {
            return;
        }
        let Some(answer) = frame(&mut server) else { return };
        if value.is_some_and(|value| value != original) {
            written.store(true, Ordering::SeqCst);
        }
        if written.load(Ordering::SeqCst) && !open.load(Ordering::SeqCst) {
            continue;
        }
        if client.write_all(&answer).is_err() {
            return;
        }
    }
}

fn frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 6];
    stream.read_exact(&mut head).ok()?;
    let mut bytes = head.to_vec();
    bytes.resize(6 + usize::from(u16::from_be_bytes([head[4], head[5]])), 0);
    stream.read_exact(bytes.get_mut(6..)?).ok()?;
    Some(bytes)
}

/// What the register holds, asked past the man in the middle.
fn lock(shelf: SocketAddr) -> u16 {
    let mut stream = TcpStream::connect(shelf).unwrap();
    let [a, b] = LOCK.to_be_bytes();
    stream.write_all(&[0, 1, 0, 0, 0, 6, UNIT, 3, a, b, 0, 1]).unwrap();
    let answer = frame(&mut stream).unwrap();
    u16::from_be_bytes([answer[9], answer[10]])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_in_mid_case_is_put_back_by_restore() {
    let reference = Reference::start().await.unwrap();
    let shelf = reference.tcp;
    tokio::task::spawn_blocking(move || killed(shelf)).await.unwrap();
}

/// Kills a run when its write has gone through.
fn kill_once_written(mut run: Child, middle: &Middle) {
    let started = Instant::now();
    while !middle.written.load(Ordering::SeqCst) {
        assert!(started.elapsed() < PATIENCE, "no write of another value came");
        assert!(run.try_wait().unwrap().is_none(), "the run ended before it wrote");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
}

fn killed(shelf: SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let original = lock(shelf);
    let middle = middle(shelf, original);
    let target = format!("tcp://{}", middle.address);
    let run = Command::new(env!("CARGO_BIN_EXE_dpo-conformance"))
        .args(["run", "--target", &target, "--device", "orv3-psu@200", "--allow-writes", "--id", "MAP-020"])
        .args(["--timeout", "60000", "--yes", "--journal"])
        .arg(&journal)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    kill_once_written(run, &middle);
    assert_ne!(lock(shelf), original, "the kill came too late or too early");
    assert!(journal.exists());
    middle.open.store(true, Ordering::SeqCst);

    // A run without leave to write says so and touches nothing.
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dpo-conformance"));
        command.args(arguments).arg("--journal").arg(&journal).output().unwrap()
    };
    let refused = run(&["run", "--target", &target, "--device", "orv3-psu@200", "--id", "MB-PDU-001"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("restore"), "{refused:?}");
    assert_ne!(lock(shelf), original);

    let restored = run(&["restore"]);
    assert_eq!(restored.status.code(), Some(0), "{restored:?}");
    assert!(String::from_utf8_lossy(&restored.stdout).contains("put back"), "{restored:?}");
    assert_eq!(lock(shelf), original);
    let again = run(&["restore"]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("nothing is left"), "{again:?}");
}

/// As [`Middle`], for Redfish: swallows what comes back once a set point was written.
fn middle_of_service(service: SocketAddr) -> Middle {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (written, open) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let own = (written.clone(), open.clone());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (written, open) = own.clone();
            std::thread::spawn(move || pass_http(client, service, &written, &open));
        }
    });
    Middle { address, written, open }
}

/// One request and its answer; the suite makes a connection for each.
fn pass_http(
    mut client: TcpStream,
    service: SocketAddr,
    written: &AtomicBool,
    open: &AtomicBool,
) -> Option<()> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        let mut chunk = [0; 4096];
        let count = client.read(&mut chunk).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&chunk[..count]);
    };
    let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length = text.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
    let mut body = request.split_off(head);
    let got = body.len();
    body.resize(length.unwrap_or(0).max(got), 0);
    client.read_exact(&mut body[got..]).ok()?;
    let mut server = TcpStream::connect(service).ok()?;
    server.write_all(&[request, body.clone()].concat()).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    let sets = text.starts_with("patch ") && String::from_utf8_lossy(&body).contains("SetPoint");
    if sets && answer.starts_with(b"HTTP/1.1 200") && !open.load(Ordering::SeqCst) {
        written.store(true, Ordering::SeqCst);
    }
    while written.load(Ordering::SeqCst) && !open.load(Ordering::SeqCst) {
        // The suite waits until it is killed.
        std::thread::sleep(Duration::from_millis(20));
    }
    client.write_all(&answer).ok()
}

/// The limit of the shelf's input power in force, read on Modbus; -1 without one.
fn limit_in_force(shelf: SocketAddr) -> i32 {
    let mut stream = TcpStream::connect(shelf).unwrap();
    let [a, b] = 16466u16.to_be_bytes();
    stream.write_all(&[0, 1, 0, 0, 0, 6, 7, 3, a, b, 0, 2]).unwrap();
    let answer = frame(&mut stream).unwrap();
    i32::from_be_bytes(answer[9..13].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_point_that_a_killed_run_left_on_redfish_is_taken_back_by_restore() {
    let reference = Reference::start().await.unwrap();
    let (shelf, base) = (reference.tcp, reference.service.base.clone());
    let service = SocketAddr::new(base.host.parse().unwrap(), base.port);
    let password = reference.service.account.password.clone();
    tokio::task::spawn_blocking(move || killed_on_redfish(shelf, service, &password)).await.unwrap();
}

fn killed_on_redfish(shelf: SocketAddr, service: SocketAddr, password: &str) {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let middle = middle_of_service(service);
    let target = format!("http://{}", middle.address);
    let suite = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dpo-conformance"));
        command.args(arguments).arg("--journal").arg(&journal).env("DPO_CONFORMANCE_PASSWORD", password);
        command
    };
    let run = ["run", "RF-040", "--target", &target, "--allow-writes", "--yes", "--timeout", "60000"];
    kill_once_written(suite(&run).stdout(Stdio::null()).spawn().unwrap(), &middle);
    assert_ne!(limit_in_force(shelf), -1, "the kill came too late or too early");
    let noted = std::fs::read_to_string(&journal).unwrap();
    assert!(noted.contains("service_changed") && !noted.contains(password), "{noted}");
    middle.open.store(true, Ordering::SeqCst);

    // Without the password it says what it wants, and keeps the note.
    let refused = suite(&["restore"]).env_remove("DPO_CONFORMANCE_PASSWORD").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("DPO_CONFORMANCE_PASSWORD"), "{refused:?}");
    assert!(journal.exists());

    let restored = suite(&["restore"]).output().unwrap();
    assert_eq!(restored.status.code(), Some(0), "{restored:?}");
    assert!(String::from_utf8_lossy(&restored.stdout).contains("put back"), "{restored:?}");
    assert_eq!(limit_in_force(shelf), -1);
    assert!(!journal.exists());
}
