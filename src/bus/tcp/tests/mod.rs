//! Our client and server against each other, against hostile bytes, and against tokio-modbus.

mod crowd;

use std::future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::{Exception, Pdu, exception_response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_modbus::client::{Context, Reader, Writer};
use tokio_modbus::prelude::{ExceptionCode, Request, Response, Slave, SlaveRequest};
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_util::sync::CancellationToken;

use super::{TcpBus, TcpClientConfig, TcpCounters, TcpServer, TcpServerConfig};
use crate::bus::testing::Echo;
use crate::bus::{Bus, BusError, TransactError, read_holding, write_registers};

struct Running {
    address: SocketAddr,
    echo: Arc<Echo>,
    token: CancellationToken,
    task: JoinHandle<()>,
    counters: Arc<TcpCounters>,
}

async fn start(config: TcpServerConfig) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (echo, token) = (Arc::new(Echo::default()), CancellationToken::new());
    let server = TcpServer::new(echo.clone(), config);
    let (counters, stop) = (server.counters(), token.clone());
    let task = tokio::spawn(async move { server.serve(listener, stop).await });
    Running { address, echo, token, task, counters }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    fn bus(&self) -> TcpBus {
        TcpBus::new(self.address.to_string(), TcpClientConfig::default())
    }
}

/// Read of `quantity` registers from address 7 of unit 1.
fn read_frame(transaction: u8, quantity: u8) -> Vec<u8> {
    vec![0, transaction, 0, 0, 0, 6, 1, 3, 0, 7, 0, quantity]
}

async fn expect_answer(stream: &mut TcpStream, transaction: u8) {
    let mut answer = [0; 11];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [0, transaction, 0, 0, 0, 5, 1, 3, 2, 0, 7]);
}

/// The server closed the connection without an answer (an end or a reset).
async fn expect_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert_eq!(rest, [0u8; 0]);
}

#[tokio::test]
async fn client_and_server_agree() {
    let server = start(TcpServerConfig::default()).await;
    let bus = server.bus();
    assert_eq!(read_holding(&bus, 200, 10, 125).await.unwrap(), (10..135).collect::<Vec<u16>>());
    write_registers(&bus, 200, 10, &[1; 123]).await.unwrap();
    write_registers(&bus, 200, 10, &[1]).await.unwrap();
    for (unit, exception) in [
        (Echo::NO_PATH, Exception::GatewayPathUnavailable),
        (Echo::NO_ANSWER, Exception::GatewayTargetFailed),
    ] {
        let answer = bus.transact(unit, Pdu::read_holding(0, 1).unwrap()).await.unwrap();
        assert_eq!(answer, exception_response(3, exception));
    }
    let peers: Vec<u64> = server.echo.calls.lock().unwrap().iter().map(|(peer, ..)| *peer).collect();
    assert!(peers.windows(2).all(|pair| pair[0] == pair[1]), "one connection is one peer: {peers:?}");
    server.token.cancel();
    server.task.await.unwrap();
    assert_eq!(*server.echo.closed.lock().unwrap(), [peers[0]]);
}

#[tokio::test]
async fn segments_may_split_and_join_requests() {
    let server = start(TcpServerConfig::default()).await;
    let mut stream = server.connect().await;
    for byte in read_frame(1, 1) {
        stream.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    expect_answer(&mut stream, 1).await;
    let joined: Vec<u8> = (0..100).flat_map(|t| read_frame(t, 1)).collect();
    stream.write_all(&joined).await.unwrap();
    for transaction in 0..100 {
        expect_answer(&mut stream, transaction).await;
    }
}

#[tokio::test]
async fn a_client_that_never_reads_is_slowed_down_and_loses_nothing() {
    let fast = TcpServerConfig { requests_per_second: 1_000_000, ..TcpServerConfig::default() };
    let server = start(fast).await;
    let stream = server.connect().await;
    let (mut reader, mut writer) = stream.into_split();
    // 20000 answers of 259 bytes are more than the socket buffers of both sides hold.
    const REQUESTS: u16 = 20_000;
    let writing = tokio::spawn(async move {
        for transaction in 0..REQUESTS {
            let mut frame = read_frame(0, 125);
            frame[..2].copy_from_slice(&transaction.to_be_bytes());
            writer.write_all(&frame).await.unwrap();
        }
        writer
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut answer = [0; 259];
    for transaction in 0..REQUESTS {
        reader.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[..9], [&transaction.to_be_bytes()[..], &[0, 0, 0, 253, 1, 3, 250]].concat());
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_not_modbus_close_only_their_connection() {
    let server = start(TcpServerConfig::default()).await;
    let mut polite = server.connect().await;
    let mut noise: Vec<u8> = (0..300u32).map(|i| (i * 7919 % 251) as u8 | 1).collect();
    noise[2] = 0xA5;
    let hostile: [&[u8]; 6] = [
        &noise,
        b"GET / HTTP/1.1\r\nHost: shelf\r\n\r\n",
        &[0, 1, 0, 1, 0, 6, 1, 3, 0, 7, 0, 1],
        &[0, 1, 0, 0, 0, 0, 1],
        &[0, 1, 0, 0, 0, 1, 1, 3],
        &[0, 1, 0, 0, 0, 255, 1, 3, 0, 7, 0, 1],
    ];
    for bytes in hostile {
        let mut stream = server.connect().await;
        stream.write_all(bytes).await.unwrap();
        expect_closed(&mut stream).await;
        polite.write_all(&read_frame(9, 1)).await.unwrap();
        expect_answer(&mut polite, 9).await;
    }
    assert_eq!(server.echo.requests().len(), 6, "nothing hostile reached the service");
}

#[tokio::test]
async fn a_length_below_the_request_gives_no_answer_to_the_rest() {
    let server = start(TcpServerConfig::default()).await;
    let mut stream = server.connect().await;
    // Length 5 instead of 6: the last byte belongs to no frame.
    stream.write_all(&[0, 1, 0, 0, 0, 5, 1, 3, 0, 7, 0, 1]).await.unwrap();
    let mut refused = [0; 9];
    stream.read_exact(&mut refused).await.unwrap();
    assert_eq!(refused, [0, 1, 0, 0, 0, 3, 1, 0x83, 3]);
    stream.write_all(&read_frame(2, 1)).await.unwrap();
    expect_closed(&mut stream).await;
}

#[tokio::test]
async fn truncated_frames_resets_and_early_ends_harm_nobody() {
    let server = start(TcpServerConfig::default()).await;
    for end in 1..12 {
        let mut stream = server.connect().await;
        stream.write_all(&read_frame(1, 1)[..end]).await.unwrap();
        if end % 2 == 0 {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
    }
    // A reset while the service works on the request.
    let mut stream = server.connect().await;
    stream.write_all(&[0, 1, 0, 0, 0, 6, Echo::SLOW, 3, 0, 7, 0, 1]).await.unwrap();
    stream.set_zero_linger().unwrap();
    drop(stream);
    let mut polite = server.connect().await;
    polite.write_all(&read_frame(3, 1)).await.unwrap();
    expect_answer(&mut polite, 3).await;
}

#[tokio::test]
async fn the_connection_limit_refuses_and_recovers() {
    let config = TcpServerConfig { max_connections: 2, ..TcpServerConfig::default() };
    let server = start(config).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for stream in [&mut first, &mut second] {
        stream.write_all(&read_frame(1, 1)).await.unwrap();
        expect_answer(stream, 1).await;
    }
    let mut third = server.connect().await;
    expect_closed(&mut third).await;
    second.write_all(&read_frame(2, 1)).await.unwrap();
    expect_answer(&mut second, 2).await;
    drop(first);
    // The slot is free once the server has seen the end of the first connection.
    while server.echo.closed.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The task is reaped with the next event of the accept loop.
    loop {
        let mut again = server.connect().await;
        if again.write_all(&read_frame(3, 1)).await.is_err() {
            continue;
        }
        let mut answer = [0; 11];
        if again.read_exact(&mut answer).await.is_ok() {
            break;
        }
    }
}

#[tokio::test]
async fn idle_and_half_sent_connections_are_freed() {
    let config = TcpServerConfig { idle_timeout: Duration::from_millis(50), ..TcpServerConfig::default() };
    let server = start(config).await;
    let mut idle = server.connect().await;
    expect_closed(&mut idle).await;
    let mut half = server.connect().await;
    half.write_all(&read_frame(1, 1)[..9]).await.unwrap();
    expect_closed(&mut half).await;
    assert!(server.echo.requests().is_empty());
}

#[tokio::test]
async fn the_client_drops_a_connection_with_a_missing_or_foreign_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let config =
        TcpClientConfig { response_timeout: Duration::from_millis(500), ..TcpClientConfig::default() };
    let bus = TcpBus::new(address, config);
    let server = tokio::spawn(async move {
        // Answers, by connection: none, wrong transaction, wrong unit, too much, good.
        for case in 0..5u8 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 12];
            stream.read_exact(&mut request).await.unwrap();
            let mut answer = vec![request[0], request[1], 0, 0, 0, 5, request[6], 3, 2, 0, case];
            match case {
                0 => {
                    // The client hangs up; a late answer has nowhere to go.
                    assert_eq!(stream.read(&mut request).await.unwrap(), 0);
                    continue;
                }
                1 => answer[1] ^= 1,
                2 => answer[6] ^= 1,
                3 => answer.push(0),
                _ => (),
            }
            stream.write_all(&answer).await.unwrap();
            if case < 4 {
                let _ = stream.read(&mut request).await;
            }
        }
    });
    let request = Pdu::read_holding(0, 1).unwrap();
    assert!(matches!(bus.transact(1, request).await, Err(BusError::Timeout { unit: 1, .. })));
    for _ in 1..4 {
        assert!(matches!(bus.transact(1, request).await, Err(BusError::Frame { unit: 1, .. })));
    }
    assert_eq!(bus.transact(1, request).await.unwrap().as_slice(), [3, 2, 0, 4]);
    server.await.unwrap();
    let error = bus.transact(1, request).await.unwrap_err();
    assert!(matches!(&error, BusError::Io { .. }), "{error}");
}

#[tokio::test]
async fn the_client_notices_that_the_server_closed_an_idle_connection() {
    let config = TcpServerConfig { idle_timeout: Duration::from_millis(300), ..TcpServerConfig::default() };
    let server = start(config).await;
    let bus = server.bus();
    read_holding(&bus, 1, 0, 1).await.unwrap();
    while server.echo.closed.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The end of the connection reaches this side through the loopback and the reactor.
    tokio::time::sleep(Duration::from_millis(20)).await;
    read_holding(&bus, 1, 0, 1).await.unwrap();
}

#[tokio::test]
async fn a_dropped_transaction_does_not_answer_the_next_one() {
    let server = start(TcpServerConfig::default()).await;
    let bus = server.bus();
    let slow = bus.transact(Echo::SLOW, Pdu::read_holding(500, 1).unwrap());
    assert!(tokio::time::timeout(Duration::from_millis(20), slow).await.is_err());
    assert_eq!(read_holding(&bus, 1, 3, 1).await.unwrap(), [3]);
}

#[tokio::test]
async fn concurrent_callers_get_their_own_answers() {
    let server = start(TcpServerConfig::default()).await;
    let bus = Arc::new(server.bus());
    let calls: Vec<_> = (0..50u16)
        .map(|address| {
            let bus = Arc::clone(&bus);
            tokio::spawn(async move { (address, read_holding(&*bus, 1, address, 2).await.unwrap()) })
        })
        .collect();
    for call in calls {
        let (address, words) = call.await.unwrap();
        assert_eq!(words, [address, address + 1]);
    }
}

#[tokio::test]
async fn tokio_modbus_client_reads_and_writes_our_server() {
    let server = start(TcpServerConfig::default()).await;
    let mut peer: Context =
        tokio_modbus::client::tcp::connect_slave(server.address, Slave(200)).await.unwrap();
    assert_eq!(peer.read_holding_registers(5, 125).await.unwrap().unwrap(), (5..130).collect::<Vec<u16>>());
    peer.write_single_register(3, 4).await.unwrap().unwrap();
    peer.write_multiple_registers(3, &[0x1234; 123]).await.unwrap().unwrap();
    let written = *server.echo.requests().last().unwrap();
    assert_eq!(written, Pdu::write_multiple(3, &[0x1234; 123]).unwrap());
    assert_eq!(peer.read_coils(0, 1).await.unwrap(), Err(ExceptionCode::IllegalFunction));
}

struct Foreign;

impl tokio_modbus::server::Service for Foreign {
    type Request = SlaveRequest<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = future::Ready<Result<Response, ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        future::ready(match request.request {
            Request::ReadHoldingRegisters(address, quantity) => {
                Ok(Response::ReadHoldingRegisters((address..address + quantity).collect()))
            }
            Request::WriteMultipleRegisters(address, words) => {
                Ok(Response::WriteMultipleRegisters(address, words.len() as u16))
            }
            Request::WriteSingleRegister(address, word) => Ok(Response::WriteSingleRegister(address, word)),
            _ => Err(ExceptionCode::IllegalFunction),
        })
    }
}

#[tokio::test]
async fn our_client_reads_and_writes_the_server_of_tokio_modbus() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peer = tokio::spawn(async move {
        let on_connected =
            |stream, from| async move { accept_tcp_connection(stream, from, |_| Ok(Some(Foreign))) };
        Server::new(listener).serve(&on_connected, |_| ()).await
    });
    let bus = TcpBus::new(address.to_string(), TcpClientConfig::default());
    assert_eq!(read_holding(&bus, 9, 5, 125).await.unwrap(), (5..130).collect::<Vec<u16>>());
    write_registers(&bus, 9, 1, &[2]).await.unwrap();
    write_registers(&bus, 9, 1, &[2; 123]).await.unwrap();
    let refused = bus.transact(9, Pdu::new(&[1, 0, 0, 0, 1]).unwrap()).await.unwrap();
    assert_eq!(refused, exception_response(1, Exception::IllegalFunction));
    let error = read_holding(&bus, 9, 5, 0).await.unwrap_err();
    assert!(matches!(error, TransactError::Request { .. }));
    peer.abort();
}
