//! `dpo registers watch` against a device that answers, changes, refuses and disappears.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::{Args, Command, FromArgMatches};
use dpo_gateway::bus::tcp::{TcpServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::cli::registers::{RegistersArgs, run};
use dpo_registers::codec::{Exception, Pdu, exception_response, read_response};
use tokio_util::sync::CancellationToken;

/// A PSU that answers 0x4540 everywhere but at one register, which it does not have.
#[derive(Default)]
struct Device {
    requests: Mutex<Vec<(u8, u16, u16)>>,
}

const MISSING: u16 = 86;

impl Service for Device {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let bytes = request.as_slice();
        let word = |i: usize| u16::from_be_bytes([bytes[i], bytes[i + 1]]);
        let (function, address, quantity) = (request.function(), word(1), word(3));
        self.requests.lock().unwrap().push((function, address, quantity));
        let covers = |at: u16| (address..address + quantity).contains(&at);
        let answer = match unit {
            200 if covers(MISSING) => {
                Answer::Reply(exception_response(function, Exception::IllegalDataAddress))
            }
            200 => Answer::Reply(read_response(function, &vec![0x4540; quantity.into()]).unwrap()),
            _ => Answer::NoAnswer,
        };
        Box::pin(async move { answer })
    }
}

/// Runs a server in a thread of its own; the address, and the device to ask afterwards.
fn device() -> (SocketAddr, Arc<Device>) {
    let device = Arc::new(Device::default());
    let service: Arc<dyn Service> = device.clone();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            serve(listener, service, TcpServerConfig::default(), CancellationToken::new()).await;
        });
    });
    (address, device)
}

fn watch(words: &[&str]) -> (ExitCode, String) {
    let command = RegistersArgs::augment_args(Command::new("registers"));
    let words = [&["registers", "watch"], words].concat();
    let matches = command.try_get_matches_from(words).expect("the words are a command");
    let mut out = Vec::new();
    let code = run(RegistersArgs::from_arg_matches(&matches).unwrap(), &mut out);
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn a_round_reads_everything_once_and_writes_nothing() {
    let (address, device) = device();
    let target = format!("tcp://{address}");
    let (code, said) = watch(&["orv3-psu", "--target", &target, "--unit", "200", "--once"]);
    assert_eq!(code, ExitCode::SUCCESS, "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("orv3-psu at tcp://127.0.0.1:"), "{said}");
    assert!(lines[0].ends_with("49 of 50 registers read"), "{said}");
    assert!(said.contains("  88  input_voltage_ac"), "{said}");
    let line = |id: &str| lines.iter().find(|l| l.split_whitespace().any(|w| w == id)).unwrap();
    assert!(line("input_voltage_ac").ends_with("277 V"), "{said}");
    // The register that is not there says why, and its neighbours are read all the same.
    assert!(line("power_factor").starts_with("!  86") && line("power_factor").contains("02"), "{said}");
    assert!(line("input_power").ends_with("2216 W"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours in a pipe");
    // Flags are named.
    assert!(line("general_alarm_status_register").contains(" | "), "{said}");
    let requests = device.requests.lock().unwrap();
    assert!(requests.iter().all(|(function, ..)| *function == 3), "{requests:?}");
    assert!(requests.iter().all(|(_, first, words)| first + words <= 768), "the hazard range: {requests:?}");
}

#[test]
fn a_filter_reads_only_what_it_shows() {
    let (address, device) = device();
    let target = format!("tcp://{address}");
    let (code, said) =
        watch(&["orv3-psu", "--target", &target, "--unit", "200", "--once", "--filter", "input_voltage"]);
    assert_eq!((code, said.lines().count()), (ExitCode::SUCCESS, 2), "{said}");
    // The probe that identifies the device comes first.
    let requests = device.requests.lock().unwrap();
    assert_eq!((requests.len(), requests[1]), (2, (3, 88, 1)));
}

#[test]
fn a_device_that_is_not_there_is_a_failure_that_says_so() {
    let (address, _) = device();
    let target = format!("tcp://{address}");
    let (code, said) =
        watch(&["orv3-psu", "--target", &target, "--unit", "9", "--once", "--filter", "input_voltage"]);
    assert_eq!(code, ExitCode::from(1), "{said}");
    assert!(said.contains("0 of 1 registers read") && said.contains("! 88  input_voltage_ac  —"), "{said}");
    let (code, _) = watch(&["orv3-psu", "--target", "udp://x", "--unit", "9"]);
    assert_eq!(code, ExitCode::from(2));
    let (code, _) = watch(&["orv3-psu", "--target", "tcp://host", "--unit", "9"]);
    assert_eq!(code, ExitCode::from(2));
    let (code, _) = watch(&["orv3-psu", "--target", "rtu:/nonexistent", "--unit", "9"]);
    assert_eq!(code, ExitCode::from(2));
}
