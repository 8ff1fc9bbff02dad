//! Pass-through: what reaches a shelf device, and what comes back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::{Exception, Pdu, exception_response};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::orv3_psu;
use dpo_registers::map::MapInfo;
use dpo_registers::register::WordsMut;
use dpo_registers::units::{Volts, Watts};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Image, Rig, UNIT, read_all, rig};
use crate::bus::memory::MemoryBus;
use crate::bus::rtu::{self, RtuBus, RtuClientConfig, RtuServerConfig};
use crate::bus::tcp::{self, TcpBus, TcpClientConfig, TcpServerConfig};
use crate::bus::{Answer, BoxFuture, Bus, BusError, Peer, Service, read_holding};
use crate::gateway::{Gateway, Snapshot};
use crate::pmi::{PmiConfig, PmiError, PmiIdentity, PmiService, Route};

/// Answers each request with what the test says, and counts.
#[derive(Default)]
struct Recorder {
    calls: Mutex<Vec<(u8, Pdu)>>,
    count: AtomicUsize,
}

impl Service for Recorder {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        self.calls.lock().unwrap().push((unit, request));
        self.count.fetch_add(1, Ordering::Relaxed);
        // Nonsense on purpose: an answer is passed on even if it fits no rule.
        let answer = [&[request.function() ^ 0x55, 0xEE], request.as_slice()].concat();
        Box::pin(async move {
            match unit {
                201 => Answer::NoAnswer,
                202 => Answer::Reply(exception_response(request.function(), Exception::MemoryParityError)),
                _ => Answer::Reply(Pdu::new(&answer[..answer.len().min(253)]).unwrap()),
            }
        })
    }
}

fn recorder_rig() -> (Rig, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let bus = Arc::new(MemoryBus::new("memory:shelf", recorder.clone()));
    (rig(vec![Route::new(200..=205, bus)], PmiConfig::default(), Duration::ZERO), recorder)
}

#[tokio::test]
async fn requests_and_answers_pass_through_byte_for_byte() {
    let (rig, recorder) = recorder_rig();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (token, config) = (CancellationToken::new(), TcpServerConfig::default());
    tokio::spawn(tcp::serve(listener, rig.service.clone(), config, token.clone()));
    let (line, server) = tokio::io::duplex(1024);
    tokio::spawn(rtu::serve(server, rig.service.clone(), RtuServerConfig::for_pty("pty"), token.clone()));
    let tcp = TcpBus::new(address, TcpClientConfig::default());
    let rtu = RtuBus::new("rtu:test", line, RtuClientConfig { last_unit: 255, ..RtuClientConfig::default() });

    for request in [
        Pdu::read_holding(0x68, 8).unwrap(),
        Pdu::new(&[3, 0, 1]).unwrap(),
        Pdu::new(&[0x14, 7, 6, 0, 4, 0, 1, 0, 2]).unwrap(),
        Pdu::new(&[0x2B, 0x0E, 1, 0, 0xAA]).unwrap(),
        Pdu::new(&[0xFF; 240]).unwrap(),
        Pdu::new(&[0]).unwrap(),
    ] {
        for bus in [&tcp as &dyn Bus, &rtu] {
            let answer = bus.transact(200, request).await.unwrap();
            assert_eq!(recorder.calls.lock().unwrap().pop().unwrap(), (200, request));
            let expected = [&[request.function() ^ 0x55, 0xEE], request.as_slice()].concat();
            assert_eq!(answer.as_slice(), expected, "{}", bus.name());
            let answer = bus.transact(202, request).await.unwrap();
            assert_eq!(answer.as_slice(), [request.function() | 0x80, 8], "{}", bus.name());
        }
    }
    // Silence of a device, and no path.
    let request = Pdu::read_holding(0, 1).unwrap();
    assert_eq!(tcp.transact(201, request).await.unwrap().as_slice(), [0x83, 0x0B]);
    for nowhere in [0, 1, 206, 255] {
        assert_eq!(tcp.transact(nowhere, request).await.unwrap().as_slice(), [0x83, 0x0A]);
    }
    for silent in [201, 206, 0, 255] {
        assert!(matches!(rtu.transact(silent, request).await, Err(BusError::Timeout { .. })));
    }
    token.cancel();
}

#[tokio::test]
async fn no_function_code_reaches_a_bus_unless_it_may() {
    const READS: [u8; 10] = [1, 2, 3, 4, 7, 0x0B, 0x0C, 0x11, 0x14, 0x18];
    const WRITES: [u8; 2] = [6, 0x10];
    let (rig, recorder) = recorder_rig();
    let bus = rig.connect();
    for function in 0..=255u8 {
        // For the write functions: address 0x0300, the mailbox that unlocks firmware programming.
        for rest in [&[][..], &[0x03, 0x00, 0x55, 0xAA], &[0x64, 0, 0], &[0x65, 1]] {
            let before = recorder.count.load(Ordering::Relaxed);
            let request = Pdu::new(&[&[function][..], rest].concat()).unwrap();
            let answer = bus.transact(200, request).await.unwrap();
            let reached = recorder.count.load(Ordering::Relaxed) - before;
            if READS.contains(&function) || function == 0 || function >= 0x80 {
                assert_eq!(reached, 1, "{request:?}");
            } else {
                assert_eq!(reached, 0, "{request:?}");
                let exception = answer.exception().unwrap();
                let forbidden = exception == Exception::IllegalFunction;
                assert_eq!(forbidden, !WRITES.contains(&function), "{request:?}");
            }
        }
    }
    assert!(rig.service.writes_refused() > 0);
}

/// A bus that never answers.
struct Stuck;

impl Bus for Stuck {
    fn transact(&self, _: u8, _: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(std::future::pending())
    }

    fn wire_time(&self, _: usize, _: usize) -> Duration {
        Duration::ZERO
    }

    fn name(&self) -> &str {
        "stuck"
    }
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_hangs_is_an_unanswered_request() {
    let rig = rig(vec![Route::new(1..=1, Arc::new(Stuck))], PmiConfig::default(), Duration::ZERO);
    let lost = rig.connect().transact(1, Pdu::read_holding(0, 1).unwrap()).await;
    assert!(matches!(lost, Err(BusError::Timeout { .. })));
}

struct Psu {
    words: Mutex<PsuWords>,
}

struct PsuWords(Vec<u16>);

impl WordsMut for PsuWords {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        self.0.get_mut(usize::from(address)).map(|slot| *slot = word).is_some()
    }
}

impl Device for PsuWords {
    fn map(&self) -> &'static MapInfo {
        &orv3_psu::MAP
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        Ok(self.0[usize::from(address)])
    }

    fn apply(&mut self, _: u16, _: &[u16]) -> Result<(), Exception> {
        Err(Exception::ServerDeviceFailure)
    }
}

impl Service for Psu {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            match unit {
                200 => Answer::Reply(respond(&mut *self.words.lock().unwrap(), &request)),
                _ => Answer::NoAnswer,
            }
        })
    }
}

#[tokio::test]
async fn a_device_image_survives_the_whole_stack() {
    let image = orv3_psu::Image {
        output_voltage: Some(Volts(50.5)),
        output_power: Some(Watts(1_500.0)),
        ..orv3_psu::Image::default()
    };
    let mut words = PsuWords(vec![0; 1024]);
    image.write(&mut words).unwrap();
    let held = orv3_psu::Image::read(&Image((0..1024).zip(words.0.iter().copied()).collect()));

    // Client - TCP - PMI - RTU over a pipe - device.
    let device = Arc::new(Psu { words: Mutex::new(words) });
    let (line, port) = tokio::io::duplex(1024);
    let token = CancellationToken::new();
    tokio::spawn(rtu::serve(port, device, RtuServerConfig::for_pty("psu"), token.clone()));
    let shelf = Arc::new(RtuBus::new("rtu:shelf", line, RtuClientConfig::default()));
    let rig = rig(vec![Route::new(200..=205, shelf)], PmiConfig::default(), Duration::ZERO);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(tcp::serve(listener, rig.service.clone(), TcpServerConfig::default(), token.clone()));
    let bus = TcpBus::new(address, TcpClientConfig::default());

    let read = orv3_psu::Image::read(&read_all(&bus, 200, &orv3_psu::MAP).await);
    assert_eq!(read, held);
    assert_eq!((read.output_voltage, read.output_power), (image.output_voltage, image.output_power));
    assert_eq!(read_holding(&bus, UNIT, 0x4000, 2).await.unwrap(), [0x4450, 0x4F31]);
    token.cancel();
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let (gateway, _feed) = Gateway::channel(Snapshot::empty());
    let bus = |name: &str| Arc::new(MemoryBus::new(name, Arc::new(Recorder::default())));
    let make = |routes, config| PmiService::new(gateway.clone(), routes, config).err().unwrap();
    let config = PmiConfig::default;
    let overlap = make(vec![Route::new(200..=205, bus("a")), Route::new(205..=210, bus("b"))], config());
    assert_eq!(overlap.to_string(), "pmi.routes: address 205 is taken by bus a");
    let own = make(vec![Route::new(1..=10, bus("a"))], config());
    assert_eq!(own.to_string(), "pmi.routes: address 7 is taken by the DPO block");
    let broadcast = make(vec![Route::new(0..=5, bus("a"))], config());
    assert_eq!(broadcast, PmiError::Range { first: 0, last: 5 });
    #[expect(clippy::reversed_empty_ranges)]
    let empty = make(vec![Route::new(9..=8, bus("a"))], config());
    assert_eq!(empty, PmiError::Range { first: 9, last: 8 });
    assert_eq!(make(Vec::new(), PmiConfig { unit: 248, ..config() }), PmiError::Unit(248));
    let identity = PmiIdentity { model: "Größe".to_owned(), ..PmiIdentity::default() };
    let error = make(Vec::new(), PmiConfig { identity, ..config() });
    assert!(matches!(error, PmiError::Identity { field: "model", .. }));
}
