//! The server among many clients: polite, slow, gone, greedy, hostile.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Running, expect_answer, expect_closed, read_frame, start};
use crate::bus::tcp::{Keepalive, TcpCounts, TcpServerConfig};

/// Waits for the server to have counted something. A test that never gets there hangs, and says so by that.
async fn until(server: &Running, seen: impl Fn(&TcpCounts) -> bool) -> TcpCounts {
    loop {
        let counts = server.counters.counts();
        if seen(&counts) {
            return counts;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn allow_many_files() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
}

#[tokio::test]
async fn a_thousand_clients_of_every_kind_and_a_polite_one_is_served() {
    allow_many_files();
    const CROWD: usize = 1000;
    let config = TcpServerConfig {
        max_connections: CROWD,
        max_per_peer: CROWD,
        idle_timeout: Duration::from_secs(2),
        request_timeout: Duration::from_millis(700),
        write_timeout: Duration::from_millis(700),
        requests_per_second: 100_000,
        request_burst: 1000,
        ..TcpServerConfig::default()
    };
    let server = start(config).await;
    // The polite client asks all the time, and gets each answer.
    let mut polite = server.connect().await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let asking = tokio::spawn(async move {
        for transaction in (0..=250).cycle() {
            polite.write_all(&read_frame(transaction, 1)).await.unwrap();
            expect_answer(&mut polite, transaction).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
            if stopped.try_recv().is_ok() {
                break;
            }
        }
    });
    let mut crowd = Vec::new();
    for n in 0..CROWD - 1 {
        let mut stream = server.connect().await;
        match n % 20 {
            // Asks for much and never reads, until nothing more goes into the socket.
            0 => {
                let requests: Vec<u8> = (0..200).flat_map(|_| read_frame(1, 125)).collect();
                loop {
                    match stream.try_write(&requests) {
                        Ok(sent) if sent == requests.len() => tokio::task::yield_now().await,
                        _ => break,
                    }
                }
            }
            // Begins a request and never ends it.
            1..5 => stream.write_all(&read_frame(1, 1)[..9]).await.unwrap(),
            // Never says a word: half-open, as far as the server can tell.
            5..10 => (),
            // Asks once, and stays.
            10..15 => {
                stream.write_all(&read_frame(1, 1)).await.unwrap();
                expect_answer(&mut stream, 1).await;
            }
            // Vanishes with a reset.
            _ => {
                stream.write_all(&read_frame(1, 1)).await.unwrap();
                stream.set_zero_linger().unwrap();
                continue;
            }
        }
        crowd.push(stream);
    }
    // All trouble ends by itself, while the polite client goes on.
    let counts = until(&server, |c| c.open == 1).await;
    assert!(
        counts.request_deadline >= 150 && counts.write_deadline >= 40 && counts.idle >= 400,
        "{counts:?}"
    );
    assert!(counts.accepted > 900, "{counts:?}");
    stop.send(()).unwrap();
    asking.await.unwrap();
    drop(crowd);
    until(&server, |c| c.open == 0).await;
    // Everything came back: each connection that ended was reported to the service.
    let accepted = server.counters.counts().accepted;
    assert_eq!(server.echo.closed.lock().unwrap().len() as u64, accepted);
    assert_eq!(accepted, CROWD as u64);
    let mut again = server.connect().await;
    again.write_all(&read_frame(9, 1)).await.unwrap();
    expect_answer(&mut again, 9).await;
    server.token.cancel();
    server.task.await.unwrap();
}

#[tokio::test]
async fn a_connect_flood_is_refused_and_whoever_polls_is_served() {
    let config = TcpServerConfig { max_connections: 4, ..TcpServerConfig::default() };
    let server = start(config).await;
    let mut polite = server.connect().await;
    polite.write_all(&read_frame(0, 1)).await.unwrap();
    expect_answer(&mut polite, 0).await;
    let mut flood = Vec::new();
    for _ in 0..300 {
        flood.push(TcpStream::connect(server.address).await.unwrap());
        polite.write_all(&read_frame(1, 1)).await.unwrap();
        expect_answer(&mut polite, 1).await;
    }
    let counts = until(&server, |c| c.refused_total == 297).await;
    assert_eq!((counts.accepted, counts.open, counts.evicted), (4, 4, 0));
}

#[tokio::test]
async fn one_address_has_its_share_and_the_quiet_make_room() {
    let share = TcpServerConfig { max_per_peer: 2, ..TcpServerConfig::default() };
    let server = start(share).await;
    let _held = (server.connect().await, server.connect().await);
    expect_closed(&mut server.connect().await).await;
    assert_eq!(server.counters.counts().refused_peer, 1);

    let evict = Duration::from_millis(30);
    let full = TcpServerConfig { max_connections: 1, evict_after: evict, ..TcpServerConfig::default() };
    let server = start(full).await;
    let mut quiet = server.connect().await;
    quiet.write_all(&read_frame(1, 1)).await.unwrap();
    expect_answer(&mut quiet, 1).await;
    tokio::time::sleep(2 * evict).await;
    let mut next = server.connect().await;
    next.write_all(&read_frame(2, 1)).await.unwrap();
    expect_answer(&mut next, 2).await;
    expect_closed(&mut quiet).await;
    assert_eq!(server.counters.counts().evicted, 1);
}

#[tokio::test]
async fn a_client_that_asks_too_fast_waits_and_loses_nothing() {
    let rate = TcpServerConfig { requests_per_second: 200, request_burst: 5, ..TcpServerConfig::default() };
    let server = start(rate).await;
    let mut greedy = server.connect().await;
    let start = tokio::time::Instant::now();
    let requests: Vec<u8> = (0..45).flat_map(|t| read_frame(t, 1)).collect();
    greedy.write_all(&requests).await.unwrap();
    for transaction in 0..45 {
        expect_answer(&mut greedy, transaction).await;
    }
    // 40 requests beyond the burst, at 5 ms each: it cannot be faster, however fast the machine.
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert!((1..=40).contains(&server.counters.counts().throttled));
    // Another client does not wait for the greedy one's turn.
    greedy.write_all(&requests).await.unwrap();
    let mut polite = server.connect().await;
    polite.write_all(&read_frame(7, 1)).await.unwrap();
    expect_answer(&mut polite, 7).await;
    assert!(server.counters.counts().requests < 90, "the greedy client is not done yet");
}

#[tokio::test]
async fn a_pipeline_does_not_keep_others_from_their_turn() {
    let config = TcpServerConfig { requests_per_second: 1_000_000, ..TcpServerConfig::default() };
    let server = start(TcpServerConfig { request_burst: 100_000, ..config }).await;
    let greedy = server.connect().await;
    let (mut reader, mut writer) = greedy.into_split();
    let pump = tokio::spawn(async move {
        let requests: Vec<u8> = (0..250).flat_map(|t| read_frame(t, 1)).collect();
        while writer.write_all(&requests).await.is_ok() {}
    });
    let drain = tokio::spawn(async move {
        let mut answers = vec![0; 1 << 16];
        while matches!(reader.read(&mut answers).await, Ok(1..)) {}
    });
    let mut polite = server.connect().await;
    for transaction in 0..100 {
        polite.write_all(&read_frame(transaction, 1)).await.unwrap();
        expect_answer(&mut polite, transaction).await;
    }
    pump.abort();
    drain.abort();
}

#[tokio::test]
async fn the_kernel_is_asked_to_look_for_clients_that_vanished() {
    use rustix::net::sockopt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let keepalive = Keepalive { idle: Duration::from_secs(7), interval: Duration::from_secs(2), probes: 4 };
    let config = TcpServerConfig { keepalive: Some(keepalive), ..TcpServerConfig::default() };
    crate::bus::tcp::limits::prepare(&stream, &config).unwrap();
    assert!(sockopt::socket_keepalive(&stream).unwrap() && stream.nodelay().unwrap());
    assert_eq!(sockopt::tcp_keepidle(&stream).unwrap(), keepalive.idle);
    assert_eq!(sockopt::tcp_keepintvl(&stream).unwrap(), keepalive.interval);
    assert_eq!(sockopt::tcp_keepcnt(&stream).unwrap(), keepalive.probes);
}
