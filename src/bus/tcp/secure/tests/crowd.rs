//! The secure server among a thousand clients that are slow, gone, greedy or hostile, before their handshake and after it.

use tokio::task::JoinSet;

use super::*;
use crate::bus::tcp::TcpCounts;

const CROWD: usize = 1000;

/// Waits for the server to have counted something. A test that never gets there hangs, and says so by that.
async fn until(server: &Running, seen: impl Fn(&TcpCounts) -> bool) -> TcpCounts {
    loop {
        let counts = server.counters.counts();
        if seen(&counts) {
            return counts;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn frame(quantity: u8) -> [u8; 12] {
    [0, 9, 0, 0, 0, 6, 1, 3, 0, 7, 0, quantity]
}

#[tokio::test]
async fn a_thousand_clients_of_every_kind_and_a_polite_one_is_served() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
    let mut site = site();
    site.config.handshake_timeout = Duration::from_secs(8);
    let limits = TcpServerConfig {
        max_connections: CROWD + 1,
        max_per_peer: CROWD + 1,
        idle_timeout: Duration::from_secs(2),
        request_timeout: Duration::from_millis(700),
        write_timeout: Duration::from_millis(700),
        requests_per_second: 100_000,
        request_burst: 1000,
        ..TcpServerConfig::default()
    };
    let server = start(&site, limits).await;
    let identity = valid(&site.ca, vec![role("viewer")]);
    let viewer = || Some((identity.0.clone(), identity.1.clone_key()));
    let mut polite = server.connect(viewer(), false).await.unwrap();
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let asking = tokio::spawn(async move {
        let mut answered = 0u32;
        while stopped.try_recv().is_err() {
            assert_eq!(ask(&mut polite, READ()).await.as_slice(), [3, 2, 0, 7]);
            answered += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        answered
    });

    let (mut raw, mut secure, mut greedy) = (Vec::new(), Vec::new(), JoinSet::new());
    for n in 0..CROWD {
        match n % 20 {
            // Connect and say nothing, or half a handshake.
            0..5 => raw.push(TcpStream::connect(server.address).await.unwrap()),
            5..10 => {
                let mut stream = TcpStream::connect(server.address).await.unwrap();
                stream.write_all(&[0x16, 3, 1, 2]).await.unwrap();
                raw.push(stream);
            }
            // Asks for much and never reads, until it is shown the door.
            10 => {
                let mut stream = server.connect(viewer(), false).await.unwrap();
                greedy.spawn(async move {
                    let requests = frame(125).repeat(200);
                    while stream.write_all(&requests).await.is_ok() && stream.flush().await.is_ok() {}
                });
            }
            // Begins a request and never ends it.
            11..14 => {
                let mut stream = server.connect(viewer(), false).await.unwrap();
                stream.write_all(&frame(1)[..9]).await.unwrap();
                stream.flush().await.unwrap();
                secure.push(stream);
            }
            // Asks once, and stays.
            14..17 => {
                let mut stream = server.connect(viewer(), false).await.unwrap();
                assert_eq!(ask(&mut stream, READ()).await.as_slice(), [3, 2, 0, 7]);
                secure.push(stream);
            }
            // Asks and vanishes with a reset.
            _ => {
                let mut stream = server.connect(viewer(), false).await.unwrap();
                assert_eq!(ask(&mut stream, READ()).await.as_slice(), [3, 2, 0, 7]);
                stream.get_ref().0.set_zero_linger().unwrap();
            }
        }
    }
    // All trouble ends by itself, while the polite client goes on.
    while greedy.join_next().await.is_some() {}
    let counts = until(&server, |counts| counts.open == 1).await;
    assert_eq!(counts.accepted, CROWD as u64 + 1, "{counts:?}");
    assert_eq!(counts.handshake_failed, CROWD as u64 / 2, "{counts:?}");
    assert_eq!(counts.request_deadline, 3 * CROWD as u64 / 20, "{counts:?}");
    assert!(counts.write_deadline > 0 && counts.idle >= 3 * CROWD as u64 / 20, "{counts:?}");
    stop.send(()).unwrap();
    assert!(asking.await.unwrap() > 0);
    until(&server, |counts| counts.open == 0).await;
    let mut again = server.connect(viewer(), false).await.unwrap();
    assert_eq!(ask(&mut again, READ()).await.as_slice(), [3, 2, 0, 7]);
}
