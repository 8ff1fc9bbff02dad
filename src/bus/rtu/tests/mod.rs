//! Client and server against each other and against hostile bytes: in virtual time over a pipe, and over
//! a real pseudo-terminal (`terminal`).

mod terminal;

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use dpo_registers::codec::{Pdu, crc16};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{LineTiming, Port, RtuBus, RtuClientConfig, RtuServerConfig, serve};
use crate::bus::testing::Echo;
use crate::bus::{Bus, BusError, read_holding, write_registers};

fn frame(unit: u8, pdu: Pdu) -> Vec<u8> {
    let mut out = [0; MAX_FRAME];
    let len = rtu::encode(&Frame { unit, pdu }, &mut out);
    out[..len].to_vec()
}

fn read_frame(unit: u8) -> Vec<u8> {
    frame(unit, Pdu::read_holding(7, 1).unwrap())
}

struct Running<P> {
    line: P,
    echo: Arc<Echo>,
    token: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

fn start<P>(line: P, server: impl Port + 'static, config: RtuServerConfig) -> Running<P> {
    let (echo, token) = (Arc::new(Echo::default()), CancellationToken::new());
    let task = tokio::spawn(serve(server, echo.clone(), config, token.clone()));
    Running { line, echo, token, task }
}

fn start_pipe(config: RtuServerConfig) -> Running<DuplexStream> {
    let (line, server) = duplex(4096);
    start(line, server, config)
}

impl<P: Port> Running<P> {
    async fn send(&mut self, bytes: &[u8]) {
        self.line.write_all(bytes).await.unwrap();
    }

    async fn expect(&mut self, expected: &[u8]) {
        let mut answer = vec![0; expected.len()];
        self.line.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, expected);
    }

    /// Nothing comes for `long`.
    async fn expect_silence(&mut self, long: Duration) {
        let mut byte = [0];
        let heard = timeout(long, self.line.read(&mut byte)).await;
        assert!(heard.is_err(), "heard {byte:02X?}");
        // Should this thread have been held up, the server now gets to see its own timer.
        sleep(Duration::from_millis(10)).await;
    }

    async fn expect_served(&mut self) {
        self.send(&read_frame(1)).await;
        self.expect(&[1, 3, 2, 0, 7, 0xF9, 0x86]).await;
    }
}

/// What must be met with silence and leave the next request answered.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let good = read_frame(1);
    let with = |at: usize, flip: u8| {
        let mut bytes = good.clone();
        bytes[at] ^= flip;
        bytes
    };
    let mut swapped = good.clone();
    swapped.swap(6, 7);
    let mut inverted = good.clone();
    inverted[6] = !inverted[6];
    inverted[7] = !inverted[7];
    let mut oversize = vec![0x11; 298];
    oversize.extend(crc16(&oversize).to_le_bytes());
    let noise: Vec<u8> = (0..300u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    vec![
        ("CRC inverted", inverted),
        ("CRC bit flipped", with(7, 1)),
        ("data bit flipped", with(3, 1)),
        ("CRC swapped", swapped),
        ("truncated", good[..5].to_vec()),
        ("address and function only", good[..2].to_vec()),
        ("header of function 16", frame(1, Pdu::write_multiple(7, &[1, 2]).unwrap())[..7].to_vec()),
        ("write with a wrong CRC", {
            let mut write = frame(1, Pdu::write_single(7, 1));
            write[7] ^= 0x80;
            write
        }),
        ("300 bytes with a good CRC", oversize),
        ("300 bytes of noise", noise),
        ("300 times FF", vec![0xFF; 300]),
        ("one byte", vec![0]),
        ("noise and a request without silence", [vec![0x55; 4], good].concat()),
        ("another address", read_frame(Echo::NO_PATH)),
        ("a device that does not answer", read_frame(Echo::NO_ANSWER)),
        ("broadcast read", read_frame(0)),
    ]
}

#[tokio::test(start_paused = true)]
async fn hostile_bytes_meet_silence_and_the_next_request_is_answered() {
    for (name, bytes) in hostile() {
        for lump in [1, 7, 1000] {
            let mut server = start_pipe(RtuServerConfig::for_line(name, LineTiming::default()));
            for lump in bytes.chunks(lump) {
                server.send(lump).await;
                tokio::task::yield_now().await;
            }
            server.expect_silence(Duration::from_secs(1)).await;
            server.expect_served().await;
            let reached: Vec<_> = server.echo.calls.lock().unwrap().iter().map(|c| (c.1, c.2)).collect();
            let read = Pdu::read_holding(7, 1).unwrap();
            let served = reached.iter().filter(|(unit, _)| *unit == 1).count();
            assert_eq!(served, 1, "{name}: {reached:?}");
            assert!(reached.iter().all(|(_, pdu)| *pdu == read), "{name}: {reached:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_t3_5_on_a_line_and_for_nothing_on_a_pty() {
    let mut line = start_pipe(RtuServerConfig::for_line("line", LineTiming::default()));
    let asked = Instant::now();
    line.expect_served().await;
    assert!(asked.elapsed() >= Duration::from_micros(2_005), "{:?}", asked.elapsed());
    let mut pty = start_pipe(RtuServerConfig::for_pty("pty"));
    let asked = Instant::now();
    pty.expect_served().await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn requests_of_unknown_length_end_by_silence() {
    let mut server = start_pipe(RtuServerConfig::for_pty("pty"));
    // Function 03 with a trailing byte, function 43 and a bare function code: exceptions, not silence.
    for (pdu, answer) in [
        (&[3, 0, 7, 0, 1, 0][..], [0x83, 3]),
        (&[0x2B, 0x0E, 1, 0], [0xAB, 1]),
        (&[0x42], [0xC2, 1]),
        (&[3, 0, 7], [0x83, 3]),
    ] {
        let asked = Instant::now();
        server.send(&frame(9, Pdu::new(pdu).unwrap())).await;
        server.expect(&frame(9, Pdu::new(&answer).unwrap())).await;
        assert!(asked.elapsed() >= Duration::from_millis(5), "{pdu:02X?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gap_below_the_silence_does_not_cut_a_frame_and_a_longer_one_does() {
    let mut server = start_pipe(RtuServerConfig::for_line("line", LineTiming::default()));
    let request = read_frame(1);
    server.send(&request[..4]).await;
    sleep(Duration::from_millis(4)).await;
    server.send(&request[4..]).await;
    server.expect(&[1, 3, 2, 0, 7, 0xF9, 0x86]).await;
    server.send(&request[..4]).await;
    sleep(Duration::from_millis(7)).await;
    server.send(&request[4..]).await;
    server.expect_silence(Duration::from_secs(1)).await;
    server.expect_served().await;
}

#[tokio::test(start_paused = true)]
async fn of_two_requests_without_silence_the_first_or_both_are_lost() {
    let twice = [frame(1, Pdu::write_single(1, 1)), read_frame(1)].concat();
    for (lump, answered) in [(16, false), (7, false), (8, true), (1, true)] {
        let mut server = start_pipe(RtuServerConfig::for_line("line", LineTiming::default()));
        for lump in twice.chunks(lump) {
            server.send(lump).await;
            tokio::task::yield_now().await;
        }
        if answered {
            server.expect(&[1, 3, 2, 0, 7, 0xF9, 0x86]).await;
        }
        server.expect_silence(Duration::from_secs(1)).await;
        server.expect_served().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_is_executed_and_not_answered() {
    let mut server = start_pipe(RtuServerConfig::default());
    let write = Pdu::write_multiple(7, &[1, 2]).unwrap();
    server.send(&frame(0, write)).await;
    server.expect_silence(Duration::from_millis(100)).await;
    assert_eq!(server.echo.requests(), [write]);
    server.expect_served().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_by_the_next_request_is_dropped() {
    let mut server = start_pipe(RtuServerConfig::default());
    server.send(&read_frame(Echo::SLOW)).await;
    sleep(Duration::from_millis(300)).await;
    // The client gave up and asks somebody else, twice.
    server.send(&read_frame(2)).await;
    sleep(Duration::from_millis(300)).await;
    server.send(&read_frame(1)).await;
    server.expect(&[1, 3, 2, 0, 7, 0xF9, 0x86]).await;
    server.expect_silence(Duration::from_secs(3)).await;
    let units: Vec<u8> = server.echo.calls.lock().unwrap().iter().map(|c| c.1).collect();
    assert_eq!(units, [Echo::SLOW, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_port_closes_ends_with_an_error() {
    let server = start_pipe(RtuServerConfig::default());
    drop(server.line);
    let error = server.task.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(server.echo.closed.lock().unwrap().len(), 1);
}

fn client(line: impl Port + 'static) -> RtuBus {
    RtuBus::new("rtu:test", line, RtuClientConfig { last_unit: 255, ..RtuClientConfig::default() })
}

#[tokio::test(start_paused = true)]
async fn client_and_server_agree() {
    let Running { line, echo, .. } = start_pipe(RtuServerConfig::default());
    let bus = client(line);
    assert_eq!(read_holding(&bus, 200, 10, 125).await.unwrap(), (10..135).collect::<Vec<u16>>());
    write_registers(&bus, 200, 10, &[1; 123]).await.unwrap();
    write_registers(&bus, 255, 10, &[1]).await.unwrap();
    // Exceptions and answers whose length the function does not fix are passed on to the byte.
    let refused = bus.transact(3, Pdu::new(&[0x2B, 0x0E, 1, 0]).unwrap()).await.unwrap();
    assert_eq!(refused.as_slice(), [0xAB, 1]);
    let before = echo.requests().len();
    let lost = bus.transact(Echo::NO_ANSWER, Pdu::read_holding(0, 1).unwrap()).await;
    assert!(matches!(lost, Err(BusError::Timeout { unit: Echo::NO_ANSWER, .. })));
    assert_eq!(echo.requests().len(), before + 1, "no retry unless configured");
    assert_eq!(read_holding(&bus, 1, 3, 1).await.unwrap(), [3]);
    let sent = bus.transact(0, Pdu::write_single(1, 2)).await;
    assert!(matches!(sent, Err(BusError::Timeout { unit: 0, .. })));
    assert_eq!(*echo.requests().last().unwrap(), Pdu::write_single(1, 2));
}

/// A device that answers each request of 8 bytes with the next script: lumps with pauses before them.
fn scripted(mut line: DuplexStream, scripts: Vec<Vec<(u64, Vec<u8>)>>) -> JoinHandle<DuplexStream> {
    tokio::spawn(async move {
        for script in scripts {
            let mut request = [0; 8];
            line.read_exact(&mut request).await.unwrap();
            for (pause, lump) in script {
                sleep(Duration::from_millis(pause)).await;
                line.write_all(&lump).await.unwrap();
            }
        }
        line
    })
}

#[tokio::test(start_paused = true)]
async fn the_client_takes_only_a_good_frame_of_the_address() {
    let good = |unit| frame(unit, Pdu::new(&[3, 2, 0xAB, 0xCD]).unwrap());
    let mut bad_crc = good(1);
    bad_crc[4] ^= 1;
    let (line, device) = duplex(4096);
    let device = scripted(
        device,
        vec![
            vec![(1, good(1))],
            // In two lumps, as a USB adapter delivers.
            vec![(1, good(1)[..3].to_vec()), (16, good(1)[3..].to_vec())],
            // The late answer of another device comes first.
            vec![(1, good(2)), (10, good(1))],
            vec![(1, bad_crc)],
            vec![(1, good(1)[..4].to_vec())],
            vec![(1, vec![0xFF; 300])],
            // Stale bytes are there before the next request is sent.
            vec![(1, good(1)), (1, good(9)), (1, vec![0xFF; 20])],
            vec![(1, good(1))],
            // An answer after the time-out is not the answer to the next request.
            vec![(150, frame(1, Pdu::new(&[3, 2, 0, 0]).unwrap()))],
            vec![(60, good(1))],
        ],
    );
    let bus = client(line);
    for case in 0..10 {
        let answer = read_holding(&bus, 1, 0, 1).await;
        match case {
            3..=5 | 8 => assert!(answer.is_err(), "case {case}: {answer:?}"),
            _ => assert_eq!(answer.unwrap(), [0xABCD], "case {case}"),
        }
        // Lets late bytes arrive before the next request.
        sleep(Duration::from_millis(100)).await;
    }
    drop(device.await.unwrap());
    assert!(matches!(bus.transact(1, Pdu::write_single(0, 0)).await, Err(BusError::Io { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_never_falls_silent_ends_in_an_error() {
    let (line, mut device) = duplex(64);
    let jabber = tokio::spawn(async move {
        loop {
            if device.write_all(&[0x55; 16]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
    });
    let bus = client(line);
    for _ in 0..2 {
        let error = bus.transact(1, Pdu::read_holding(0, 1).unwrap()).await.unwrap_err();
        assert!(matches!(error, BusError::Frame { .. }), "{error}");
    }
    drop(bus);
    jabber.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_transaction_does_not_answer_the_next_one() {
    let (line, device) = duplex(4096);
    let device = scripted(
        device,
        vec![
            vec![(50, frame(1, Pdu::new(&[3, 2, 0, 0]).unwrap()))],
            vec![(1, frame(1, Pdu::new(&[3, 2, 0xAB, 0xCD]).unwrap()))],
        ],
    );
    let bus = client(line);
    let first = timeout(Duration::from_millis(10), read_holding(&bus, 1, 0, 1)).await;
    assert!(first.is_err());
    assert_eq!(read_holding(&bus, 1, 0, 1).await.unwrap(), [0xABCD]);
    device.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn callers_are_served_in_order() {
    let Running { line, echo, .. } = start_pipe(RtuServerConfig::default());
    let bus = Arc::new(client(line));
    let calls: Vec<_> = (0..20u16)
        .map(|address| {
            let bus = Arc::clone(&bus);
            tokio::spawn(async move { read_holding(&*bus, 1, address, 1).await.unwrap() })
        })
        .collect();
    for (address, call) in (0..).zip(calls) {
        assert_eq!(call.await.unwrap(), [address]);
    }
    let order: Vec<u8> = echo.requests().iter().map(|pdu| pdu.as_slice()[2]).collect();
    assert_eq!(order, (0..20).collect::<Vec<u8>>());
}

#[tokio::test(start_paused = true)]
async fn requests_keep_t3_5_between_each_other() {
    let Running { line, .. } = start_pipe(RtuServerConfig::for_pty("pty"));
    let bus = client(line);
    let start = Instant::now();
    for _ in 0..11 {
        read_holding(&bus, 1, 0, 1).await.unwrap();
    }
    assert!(start.elapsed() >= 10 * Duration::from_micros(2_005), "{:?}", start.elapsed());
}
