//! A rack manager that knows nothing of the gateway: the same bytes once on a line with the devices and once on the
//! line of a PMI before such devices. What comes back is the same, byte for byte, errors and silence included, but for
//! the refusals of `spec/decisions/0009-pass-through.md`. And how much later it comes. Lines in virtual time, simulated
//! devices; the rack manager is a generator of bytes, not our client, which would not send all of them.
//!
//! ```text
//! cargo test --test pass_through -- --nocapture
//! ```
#![cfg(feature = "sim")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::FunctionClass;
use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::guard;
use dpo_gateway::bus::line::{DeviceTiming, LineClock, LineConfig, LineTap, VirtualLine, run};
use dpo_gateway::bus::rtu::{LineTiming, RtuClientConfig, RtuServerConfig};
use dpo_gateway::embedded::routes;
use dpo_gateway::gateway::{self, BusLine, Gateway, GatewayConfig, Snapshot};
use dpo_gateway::pmi::{PmiConfig, PmiService};
use dpo_gateway::registers::codec::rtu::{Frame, MAX_FRAME, encode};
use dpo_gateway::registers::codec::{Exception, Pdu, Request, crc16, exception_response};
use dpo_gateway::sim::{ShelfConfig, SimShelf};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

const FAST: LineTiming = LineTiming { baud: 115_200, bits: 11 };
const ABSENT: u8 = 205;
/// The longest that a gateway may take to find out that a device is silent, its own traffic included.
const PATIENCE: Duration = Duration::from_millis(500);

fn silent_line(clock: &LineClock) -> VirtualLine {
    VirtualLine::new(clock, LineConfig { timing: FAST, ..LineConfig::default() })
}

/// A line with the devices of a shelf whose values stand still.
fn shelf(clock: &LineClock) -> VirtualLine {
    let line = silent_line(clock);
    let devices = SimShelf::new(ShelfConfig { absent: vec![ABSENT], ..ShelfConfig::default() }).service();
    for unit in (200..=205).chain(64..=69) {
        line.device(unit, Arc::clone(&devices), DeviceTiming::default());
    }
    line
}

/// The line of a PMI over a shelf of its own; with `polls`, the gateway polls that meanwhile.
fn before_a_gateway(clock: &LineClock, polls: bool) -> VirtualLine {
    let south = shelf(clock);
    let line = Arbiter::new(Arc::new(south.client("south", RtuClientConfig::strict(FAST))));
    let lines = vec![BusLine::from(line)];
    let config = GatewayConfig::default();
    let routes = routes(&config, &lines);
    let gateway = if polls {
        gateway::spawn(config, lines, CancellationToken::new()).unwrap().0
    } else {
        Gateway::channel(Snapshot::empty()).0
    };
    let north = silent_line(clock);
    let service = PmiService::new(gateway, routes, PmiConfig::default()).unwrap();
    north.serve(Arc::new(service), RtuServerConfig::strict("north", FAST));
    north
}

/// A rack manager: puts bytes on a line and looks what comes back.
struct Manager {
    clock: LineClock,
    line: VirtualLine,
    tap: LineTap,
}

/// What came back, and how long after the request.
#[derive(Debug)]
struct Back {
    bytes: Vec<u8>,
    /// From the end of the request to the end of the first character of what came back.
    after: Option<Duration>,
}

impl Manager {
    fn new(clock: &LineClock, line: VirtualLine) -> Self {
        let tap = line.tap();
        Self { clock: clock.clone(), line, tap }
    }

    /// Sends and waits until nothing more can come.
    async fn send(&self, request: &[u8]) -> Back {
        self.line.inject(Duration::ZERO, request);
        let sent = self.clock.now() + FAST.characters(request.len());
        let mut heard = self.tap.take();
        assert!(heard.is_empty(), "somebody talked without being asked: {heard:?}");
        let mut until = sent + PATIENCE;
        while self.clock.now() < until {
            sleep(Duration::from_millis(5)).await;
            heard.extend(self.tap.take());
            if let Some(last) = heard.get(request.len()..).and_then(<[_]>::last) {
                until = last.at + Duration::from_millis(20);
            }
        }
        let (own, back) = heard.split_at(request.len());
        assert!(own.iter().map(|c| c.byte).eq(request.iter().copied()));
        Back {
            bytes: back.iter().map(|character| character.byte).collect(),
            after: back.first().map(|first| first.at - sent),
        }
    }
}

fn bytes(unit: u8, pdu: Pdu) -> Vec<u8> {
    let mut out = [0; MAX_FRAME];
    let len = encode(&Frame { unit, pdu }, &mut out);
    out[..len].to_vec()
}

fn requests() -> Vec<Pdu> {
    let mut requests = Vec::new();
    // Reads: short, long, over the end, into holes, of too much and of nothing.
    for address in [0u16, 8, 68, 88, 104, 300, 0x300, 0x4000, 0xFFFF] {
        for quantity in [0u16, 1, 2, 10, 64, 125, 126, 0xFFFF] {
            let bytes = [&[3][..], &address.to_be_bytes(), &quantity.to_be_bytes()].concat();
            requests.push(Pdu::new(&bytes).unwrap());
        }
    }
    // Every function code, well-formed or not.
    for function in 0..=255u8 {
        for rest in [&[][..], &[0], &[0, 88, 0, 1], &[0x0E, 1, 0], &[0, 1, 0, 1, 2, 0, 0]] {
            requests.push(Pdu::new(&[&[function], rest].concat()).unwrap());
        }
    }
    requests.push(Pdu::new(&[0x14, 7, 6, 0, 4, 0, 1, 0, 2]).unwrap());
    requests.push(Pdu::new(&[0xC5; 240]).unwrap());
    requests
}

/// The whole list of what the gateway answers itself, under the policy that is the default.
fn refusal(request: &Pdu) -> Option<Pdu> {
    let exception = match FunctionClass::of(request) {
        FunctionClass::Read => return None,
        FunctionClass::Write if Request::decode(request.as_slice()).is_ok() => Exception::ServerDeviceFailure,
        FunctionClass::Write => Exception::IllegalDataValue,
        FunctionClass::Other => Exception::IllegalFunction,
    };
    Some(exception_response(request.function(), exception))
}

#[test]
fn every_byte_and_every_silence_is_that_of_the_device() {
    let (same, refused) = run(|clock| async move {
        let direct = Manager::new(&clock, shelf(&clock));
        let through = Manager::new(&clock, before_a_gateway(&clock, true));
        let (mut same, mut refused) = (0, 0);
        for request in requests() {
            for unit in [200, 64] {
                let frame = bytes(unit, request);
                let seen = through.send(&frame).await;
                if let Some(refusal) = refusal(&request) {
                    assert_eq!(seen.bytes, bytes(unit, refusal), "{unit} {request:?}");
                    refused += 1;
                } else {
                    assert!(guard::check(&request).is_ok(), "{request:?} passes and could not be sent");
                    assert_eq!(seen.bytes, direct.send(&frame).await.bytes, "{unit} {request:?}");
                    same += 1;
                }
            }
        }
        (same, refused)
    })
    .unwrap();
    println!("{same} times the same bytes through the gateway, {refused} times refused as documented");
    assert!(same > 500 && refused > 500, "{same} {refused}");
}

#[test]
fn what_is_no_request_gets_silence_and_harms_nothing_after_it() {
    run(|clock| async move {
        let direct = Manager::new(&clock, shelf(&clock));
        let through = Manager::new(&clock, before_a_gateway(&clock, true));
        let read = bytes(200, Pdu::read_holding(88, 1).unwrap());
        let [.., low, high] = read[..] else { panic!() };
        let wrong_crc = [&read[..read.len() - 2], &[low ^ 1, high]].concat();
        let oversize = {
            let mut long = vec![200; 298];
            long.extend(crc16(&long).to_le_bytes());
            long
        };
        let junk: [(&str, Vec<u8>); 9] = [
            ("a device that is absent", bytes(ABSENT, Pdu::read_holding(88, 1).unwrap())),
            ("an address of nobody", bytes(100, Pdu::read_holding(88, 1).unwrap())),
            ("a broadcast", bytes(0, Pdu::read_holding(88, 1).unwrap())),
            ("a wrong CRC", wrong_crc),
            ("a frame that is cut", read[..5].to_vec()),
            ("a byte", vec![200]),
            ("an oversize frame with a good CRC", oversize),
            ("two frames without silence between them", [&read[..], &read].concat()),
            ("noise right before a frame", [&[0xFF, 0x00, 0xC8][..], &read].concat()),
        ];
        let good = direct.send(&read).await.bytes;
        assert_eq!(good.len(), 7, "{good:?}");
        for (what, frame) in junk {
            let seen = direct.send(&frame).await;
            // Of two frames in one burst a device may take the second: the first was overtaken.
            assert!(seen.bytes.is_empty() || what.starts_with("two frames"), "{what}: {seen:?}");
            assert_eq!(through.send(&frame).await.bytes, seen.bytes, "{what}");
            assert_eq!(direct.send(&read).await.bytes, good, "after {what}, directly");
            assert_eq!(through.send(&read).await.bytes, good, "after {what}");
        }
    })
    .unwrap();
}

#[test]
fn what_an_answer_comes_later_is_bounded() {
    let (quiet, mut busy) = run(|clock| async move {
        let direct = Manager::new(&clock, shelf(&clock));
        let unpolled = Manager::new(&clock, before_a_gateway(&clock, false));
        let polled = Manager::new(&clock, before_a_gateway(&clock, true));
        let (mut quiet, mut busy) = (Vec::new(), Vec::new());
        for quantity in [1u16, 10, 16] {
            let frame = bytes(200, Pdu::read_holding(0, quantity).unwrap());
            let alone = direct.send(&frame).await;
            let passed = unpolled.send(&frame).await;
            assert_eq!(passed.bytes, alone.bytes);
            assert_eq!(passed.bytes.len(), 5 + 2 * usize::from(quantity), "{:?}", passed.bytes);
            let (alone, passed) = (alone.after.unwrap(), passed.after.unwrap());
            // Stored and forwarded: the frames on the devices' line come on top, and nothing else may. The silence
            // before the device's answer runs while the rack manager's own would.
            let frames = FAST.characters(8 + 5 + 2 * usize::from(quantity));
            let later = passed - alone;
            assert!(later >= frames, "sooner than the line allows: {later:?}, {frames:?}");
            quiet.push((quantity, FAST.transaction(5, 2 + 2 * usize::from(quantity)), later, later - frames));
            for round in 0..350u64 {
                // Not in step with the polls.
                sleep(Duration::from_millis(37 + round * 13 % 101)).await;
                let back = polled.send(&frame).await;
                assert_eq!(back.bytes.len(), 5 + 2 * usize::from(quantity));
                busy.push((back.after.unwrap() - passed).as_secs_f64() * 1e3);
            }
        }
        (quiet, busy)
    })
    .unwrap();
    println!("115200 baud, virtual line, simulated devices that answer at once");
    for (quantity, transaction, later, own) in quiet {
        let overhead = own.as_secs_f64() / transaction.as_secs_f64() * 100.0;
        println!(
            "{quantity:>3} registers: transaction {:.3} ms; through the gateway the answer begins {:.3} ms later, of \
             which the gateway's own share is {:.3} ms: {overhead:.2} % of the transaction",
            transaction.as_secs_f64() * 1e3,
            later.as_secs_f64() * 1e3,
            own.as_secs_f64() * 1e3,
        );
        assert!(overhead < 5.0);
    }
    busy.sort_by(f64::total_cmp);
    let at = |share: f64| busy[((busy.len() - 1) as f64 * share) as usize];
    println!(
        "while the gateway polls, {} transactions, beyond that: p50 {:.2} ms, p90 {:.2}, p99 {:.2}, most {:.2}",
        busy.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    // At most one request of a lower class is on the line: the longest is a probe that nobody answers.
    assert!(at(1.0) < 150.0, "{}", at(1.0));
}
