//! The service as clients see it: over the bus in memory, over TCP and over RTU.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::{Exception, Pdu, exception_response};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::dpo_pmi::{self, LeaseHolder, SetpointResult};
use dpo_registers::generated::orv3_psu;
use dpo_registers::map::MapInfo;
use dpo_registers::register::{Words, WordsMut};
use dpo_registers::units::{Volts, Watts};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{PmiConfig, PmiError, PmiIdentity, PmiService, Route, WritePolicy};
use crate::bus::memory::MemoryBus;
use crate::bus::rtu::{self, RtuBus, RtuClientConfig, RtuServerConfig};
use crate::bus::tcp::{self, TcpBus, TcpClientConfig, TcpServerConfig};
use crate::bus::{
    Answer, BoxFuture, Bus, BusError, Peer, Service, TransactError, read_holding, write_registers,
};
use crate::gateway::{
    Applied, CommandKind, GateError, Gateway, GatewayFeed, LeaseView, Owner, Setpoint, SetpointView, Snapshot,
};

const UNIT: u8 = 7;
const LEASE: u16 = 0x2040;
const LIMIT: u16 = 0x2050;
const DISCHARGE: u16 = 0x2058;

/// Plays the gateway: a lease of one owner and setpoints that are applied after `delay`.
async fn fake_gateway(mut feed: GatewayFeed, delay: Duration, asked: Arc<Mutex<Vec<(Owner, String)>>>) {
    let mut snapshot = Snapshot::empty();
    while let Some(command) = feed.commands.recv().await {
        asked.lock().unwrap().push((command.owner.clone(), format!("{:?}", command.kind)));
        let held_by_other = snapshot.lease.owner.as_ref().is_some_and(|owner| *owner != command.owner);
        let gate = if held_by_other {
            let owner = snapshot.lease.owner.clone().unwrap();
            Err(GateError::HeldByOther { owner, remaining: Duration::from_secs(1) })
        } else {
            Ok(())
        };
        match command.kind {
            CommandKind::Acquire { duration, answer } => {
                let granted = gate.map(|()| {
                    snapshot.lease.owner = Some(command.owner);
                    snapshot.lease.remaining = duration;
                    snapshot.lease.clone()
                });
                let _ = answer.send(granted);
            }
            CommandKind::Release { answer } => {
                let freed = gate.map(|()| {
                    snapshot.lease = LeaseView::default();
                    snapshot.lease.clone()
                });
                let _ = answer.send(freed);
            }
            CommandKind::Set { setpoint, answer } => {
                let done = gate.and_then(|()| match setpoint {
                    _ if snapshot.lease.owner.is_none() => Err(GateError::NoLease),
                    Setpoint::InputPowerLimit(Some(Watts(w))) if w > 18_000.0 => {
                        let (minimum, maximum) = (Watts(0.0), Watts(18_000.0));
                        Err(GateError::OutOfRange { value: Watts(w), minimum, maximum })
                    }
                    Setpoint::BbuDischarge(Some(Watts(13.0))) => {
                        Err(GateError::Device { reason: "psu 3 answered exception 04".to_owned() })
                    }
                    Setpoint::BbuDischarge(Some(Watts(14.0))) => {
                        Err(GateError::State { reason: "no BBU is present".to_owned() })
                    }
                    setpoint => Ok(setpoint),
                });
                sleep(delay).await;
                let applied = done.map(|setpoint| {
                    let view =
                        |watts| SetpointView { requested: watts, applied: watts, ..Default::default() };
                    let stands = match setpoint {
                        Setpoint::InputPowerLimit(watts) => {
                            snapshot.input_power_limit = view(watts);
                            snapshot.input_power_limit
                        }
                        Setpoint::BbuDischarge(watts) => {
                            snapshot.bbu_discharge = view(watts);
                            snapshot.bbu_discharge
                        }
                    };
                    Applied { setpoint: stands, lease: snapshot.lease.clone() }
                });
                let _ = answer.send(applied);
            }
        }
        snapshot.sequence += 1;
        let _ = feed.snapshots.send(Arc::new(snapshot.clone()));
    }
}

struct Rig {
    service: Arc<PmiService>,
    asked: Arc<Mutex<Vec<(Owner, String)>>>,
}

fn rig(routes: Vec<Route>, config: PmiConfig, delay: Duration) -> Rig {
    let (gateway, feed) = Gateway::channel(Snapshot::empty());
    let asked = Arc::default();
    tokio::spawn(fake_gateway(feed, delay, Arc::clone(&asked)));
    Rig { service: Arc::new(PmiService::new(gateway, routes, config).unwrap()), asked }
}

fn block_rig() -> Rig {
    rig(Vec::new(), PmiConfig::default(), Duration::ZERO)
}

impl Rig {
    /// A connection of its own.
    fn connect(&self) -> MemoryBus {
        MemoryBus::new("memory:pmi", self.service.clone())
    }
}

#[derive(Clone)]
struct Image(Vec<(u16, u16)>);

impl Words for Image {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.iter().find(|(at, _)| *at == address).map(|(_, word)| *word)
    }
}

/// Reads every mapped span of a map, at most 125 registers at a time.
async fn read_all(bus: &dyn Bus, unit: u8, map: &MapInfo) -> Image {
    let mut words = Vec::new();
    for register in map.registers {
        let read = read_holding(bus, unit, register.address, register.words).await.unwrap();
        words.extend((register.address..).zip(read));
    }
    Image(words)
}

async fn block(bus: &dyn Bus) -> dpo_pmi::Image {
    dpo_pmi::Image::read(&read_all(bus, UNIT, &dpo_pmi::MAP).await)
}

async fn refused(bus: &dyn Bus, address: u16, words: &[u16]) -> Exception {
    match write_registers(bus, UNIT, address, words).await {
        Err(TransactError::Refused { exception, .. }) => exception,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_block_is_recognised_by_its_probe_and_answers_spans() {
    let rig = block_rig();
    let bus = rig.connect();
    let probe = dpo_pmi::MAP.identification;
    let words = read_holding(&bus, UNIT, probe.address, probe.words).await.unwrap();
    assert!(probe.expect.matches(&words));
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Idle));
    assert_eq!(image.lease_holder, Some(LeaseHolder::None));
    for (request, answer) in [
        (&[3, 0x20, 0x00, 0, 0][..], &[0x83, 3][..]),
        (&[3, 0x20, 0x00, 0, 126], &[0x83, 3]),
        (&[3, 0x1F, 0xFF, 0, 1], &[0x83, 2]),
        (&[3, 0x20, 0x91, 0, 1], &[0x83, 2]),
        (&[3, 0xFF, 0xFF, 0, 2], &[0x83, 2]),
        (&[3, 0x20, 0x00, 0, 1, 0], &[0x83, 3]),
        (&[4, 0x20, 0x00, 0, 1], &[0x84, 1]),
        (&[0x17], &[0x97, 1]),
        (&[0], &[0x80, 1]),
        (&[0x2B, 0x0E, 4, 9], &[0xAB, 2]),
        (&[0x2B, 0x0E, 5, 0], &[0xAB, 3]),
        (&[0x2B, 0x64, 0, 0], &[0xAB, 1]),
        (&[0x10, 0x20, 0x50, 0, 2, 3, 0, 0, 0], &[0x90, 3]),
    ] {
        let got = bus.transact(UNIT, Pdu::new(request).unwrap()).await.unwrap();
        assert_eq!(got.as_slice(), answer, "{request:02X?}");
    }
    let identity = bus.transact(UNIT, Pdu::new(&[0x2B, 0x0E, 4, 1]).unwrap()).await.unwrap();
    assert_eq!(identity.as_slice()[7..], [&[1, 11][..], b"DPO Gateway"].concat());
    assert!(rig.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_lease_is_taken_used_and_given_back() {
    let rig = block_rig();
    let bus = rig.connect();
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&bus).await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    assert!(rig.asked.lock().unwrap().is_empty(), "without a token nothing is asked of the gate");

    write_registers(&bus, UNIT, LEASE, &[0x1234, 0x5678, 60]).await.unwrap();
    let owner = Owner::Modbus { token: 0x1234_5678 };
    assert_eq!(rig.asked.lock().unwrap()[0].0, owner);
    let image = block(&bus).await;
    assert_eq!(image.lease_holder, Some(LeaseHolder::Modbus));
    assert!(image.lease_remaining.unwrap().0 > 50.0);
    assert_eq!(image.lease_duration.unwrap().0, 60.0);
    assert_eq!(read_holding(&bus, UNIT, LEASE, 2).await.unwrap(), [0, 0], "the token is never shown");

    write_registers(&bus, UNIT, LIMIT, &[0, 9_000]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Applied));
    assert_eq!(image.input_power_limit_applied, Some(Watts(9_000.0)));
    write_registers(&bus, UNIT, LIMIT, &[0xFFFF, 0xFFFF]).await.unwrap();
    assert_eq!(block(&bus).await.input_power_limit, None);
    write_registers(&bus, UNIT, DISCHARGE, &[0, 2_500]).await.unwrap();
    assert_eq!(block(&bus).await.bbu_discharge_applied, Some(Watts(2_500.0)));

    for (address, words, exception, result) in [
        (LIMIT, [0, 18_001], Exception::IllegalDataValue, SetpointResult::RefusedRange),
        (DISCHARGE, [0, 13], Exception::ServerDeviceFailure, SetpointResult::DeviceFailed),
        (DISCHARGE, [0, 14], Exception::ServerDeviceFailure, SetpointResult::RefusedState),
        // 1 000 001 W is beyond the map's own limit.
        (LIMIT, [0x000F, 0x4241], Exception::IllegalDataValue, SetpointResult::RefusedRange),
    ] {
        assert_eq!(refused(&bus, address, &words).await, exception);
        assert_eq!(block(&bus).await.setpoint_result, Some(result));
    }
    write_registers(&bus, UNIT, LEASE, &[0x1234, 0x5678, 0]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!((image.lease_holder, image.lease_duration.unwrap().0), (Some(LeaseHolder::None), 0.0));
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
}

#[tokio::test]
async fn half_written_read_only_and_out_of_range_writes_reach_nothing() {
    let rig = block_rig();
    let bus = rig.connect();
    for (address, words, exception) in [
        (LEASE, &[0x1234, 0x5678][..], Exception::IllegalDataAddress),
        (LEASE, &[0x1234], Exception::IllegalDataAddress),
        (LEASE + 2, &[60], Exception::IllegalDataAddress),
        (LEASE, &[0x1234, 0x5678, 60, 1], Exception::IllegalDataAddress),
        (LEASE, &[0x1234, 0x5678, 3601], Exception::IllegalDataValue),
        (LEASE, &[0, 0, 60], Exception::IllegalDataValue),
        (LIMIT, &[0], Exception::IllegalDataAddress),
        (LIMIT + 1, &[0], Exception::IllegalDataAddress),
        (LIMIT, &[0, 1, 0], Exception::IllegalDataAddress),
        (LIMIT, &[0, 1, 0, 1], Exception::IllegalDataAddress),
        (0x2000, &[0, 1], Exception::IllegalDataAddress),
        (0x1000, &[1], Exception::IllegalDataAddress),
    ] {
        assert_eq!(refused(&bus, address, words).await, exception, "{address:04X} {words:?}");
    }
    assert!(rig.asked.lock().unwrap().is_empty());
    assert_eq!(rig.service.writes_refused(), 12);
    assert_eq!(block(&bus).await.writes_refused, Some(12));
}

#[tokio::test]
async fn another_connection_needs_the_token() {
    let rig = block_rig();
    let (first, second) = (rig.connect(), rig.connect());
    write_registers(&first, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    assert_eq!(refused(&second, LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
    assert_eq!(refused(&second, LEASE, &[0, 2, 60]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&second).await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    assert_eq!(block(&first).await.setpoint_result, Some(SetpointResult::Idle), "each sees its own result");
    // The same token is the same owner.
    write_registers(&second, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    write_registers(&second, UNIT, LIMIT, &[0, 9_000]).await.unwrap();
    write_registers(&first, UNIT, LIMIT, &[0, 8_000]).await.unwrap();
    assert_eq!(rig.service.remembered(), 2);
    drop(first);
    assert_eq!(rig.service.remembered(), 1);
    drop(second);
    assert_eq!(rig.service.remembered(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_setpoint_is_acknowledged_and_its_result_follows() {
    let rig = rig(Vec::new(), PmiConfig::default(), Duration::from_secs(3));
    let bus = rig.connect();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    assert_eq!(refused(&bus, LIMIT, &[0, 9_000]).await, Exception::Acknowledge);
    assert_eq!(block(&bus).await.setpoint_result, Some(SetpointResult::Pending));
    assert_eq!(refused(&bus, LIMIT, &[0, 8_000]).await, Exception::ServerDeviceBusy);
    // The lease can be renewed meanwhile; this gateway takes it after the setpoint.
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::Acknowledge);
    sleep(Duration::from_secs(3)).await;
    let image = block(&bus).await;
    assert_eq!(image.setpoint_result, Some(SetpointResult::Applied));
    assert_eq!(image.input_power_limit_applied, Some(Watts(9_000.0)));
    assert_eq!(rig.asked.lock().unwrap().len(), 3, "the busy one was not asked");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_hangs_or_stopped_never_hangs_a_client() {
    let (gateway, feed) = Gateway::channel(Snapshot::empty());
    let service = Arc::new(PmiService::new(gateway, Vec::new(), PmiConfig::default()).unwrap());
    let bus = MemoryBus::new("memory:pmi", service);
    // Nobody takes the commands.
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::Acknowledge);
    sleep(Duration::from_secs(31)).await;
    assert_eq!(refused(&bus, LIMIT, &[0, 1]).await, Exception::ServerDeviceFailure);
    drop(feed);
    assert_eq!(refused(&bus, LEASE, &[0, 1, 60]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&bus).await.lease_holder, Some(LeaseHolder::None), "reads go on");
}

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

fn recorder_rig(writes: WritePolicy) -> (Rig, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let bus = Arc::new(MemoryBus::new("memory:shelf", recorder.clone()));
    let config = PmiConfig { writes, ..PmiConfig::default() };
    (rig(vec![Route::new(200..=205, bus)], config, Duration::ZERO), recorder)
}

#[tokio::test]
async fn requests_and_answers_pass_through_byte_for_byte() {
    let (rig, recorder) = recorder_rig(WritePolicy::Refuse);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (token, config) = (CancellationToken::new(), TcpServerConfig::default());
    tokio::spawn(tcp::serve(listener, rig.service.clone(), config, token.clone()));
    let (line, server) = tokio::io::duplex(1024);
    tokio::spawn(rtu::serve(server, rig.service.clone(), RtuServerConfig::for_pty("pty"), token.clone()));
    let tcp = TcpBus::new(address, TcpClientConfig::default());
    let rtu = RtuBus::new("rtu:test", line, RtuClientConfig::default());

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
    const WRITES: [u8; 8] = [5, 6, 8, 0x0F, 0x10, 0x15, 0x16, 0x17];
    for policy in [WritePolicy::Refuse, WritePolicy::Allow] {
        let (rig, recorder) = recorder_rig(policy);
        let bus = rig.connect();
        for function in 0..=255u8 {
            // For the write functions: address 0x0300, the mailbox that unlocks firmware programming.
            for rest in [&[][..], &[0x03, 0x00, 0x55, 0xAA], &[0x64, 0, 0], &[0x65, 1]] {
                let before = recorder.count.load(Ordering::Relaxed);
                let request = Pdu::new(&[&[function][..], rest].concat()).unwrap();
                let answer = bus.transact(200, request).await.unwrap();
                let reached = recorder.count.load(Ordering::Relaxed) - before;
                // Diagnostics sub-functions are no addresses.
                let allowed_write = policy == WritePolicy::Allow && function == 8 && rest.len() == 4;
                if READS.contains(&function) || function == 0 || function >= 0x80 || allowed_write {
                    assert_eq!(reached, 1, "{request:?}");
                } else {
                    assert_eq!(reached, 0, "{request:?} under {policy:?}");
                    let exception = answer.exception().unwrap();
                    let forbidden = exception == Exception::IllegalFunction;
                    assert_eq!(forbidden, !WRITES.contains(&function), "{request:?}");
                }
            }
        }
        assert!(rig.service.writes_refused() > 0);
    }
}

#[tokio::test]
async fn writes_pass_only_where_the_policy_allows() {
    let request = Pdu::write_multiple(0x5E, &[1, 2]).unwrap();
    let (rig, recorder) = recorder_rig(WritePolicy::Refuse);
    let answer = rig.connect().transact(200, request).await.unwrap();
    assert_eq!(answer.as_slice(), [0x90, 4]);
    assert_eq!((recorder.count.load(Ordering::Relaxed), rig.service.writes_refused()), (0, 1));
    let (rig, recorder) = recorder_rig(WritePolicy::Allow);
    rig.connect().transact(200, request).await.unwrap();
    assert_eq!(recorder.calls.lock().unwrap()[0], (200, request));
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
    assert_eq!(block(&bus).await.block_magic, Some(0x4450_4F31));
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
