//! The Modbus TCP server, over the loopback: any stream in any pieces. The client gets the answers to the whole frames in
//! front, in their order, and nothing else; a header that is none ends the connection. The first byte says how large the
//! pieces are.
#![no_main]

use std::net::SocketAddr;
use std::sync::Arc;

use dpo_gateway::bus::tcp::{TcpServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::Pdu;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

/// Gives the request back, or nothing, as the unit says.
struct Echo;

impl Service for Echo {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            match unit % 4 {
                0 => Answer::NoPath,
                1 => Answer::NoAnswer,
                2 => Answer::Reply(request),
                _ => {
                    yield_now().await;
                    Answer::Reply(request)
                }
            }
        })
    }
}

/// The answers to a stream, and whether it may go on.
fn expected(stream: &[u8]) -> (Vec<u8>, bool) {
    let (mut out, mut rest) = (Vec::new(), stream);
    loop {
        let [t0, t1, p0, p1, l0, l1, unit, ..] = *rest else { return (out, true) };
        let length = usize::from(l0) << 8 | usize::from(l1);
        if (p0, p1) != (0, 0) || !(2..=254).contains(&length) {
            return (out, false);
        }
        let Some(pdu) = rest.get(7..6 + length) else { return (out, true) };
        let answer = match unit % 4 {
            0 => vec![pdu[0] | 0x80, 0x0A],
            1 => vec![pdu[0] | 0x80, 0x0B],
            _ => pdu.to_vec(),
        };
        out.extend([t0, t1, 0, 0, 0, answer.len() as u8 + 1, unit]);
        out.extend(answer);
        rest = &rest[6 + length..];
    }
}

async fn run(at: SocketAddr, size: usize, stream: &[u8]) {
    let mut client = TcpStream::connect(at).await.expect("the server listens");
    client.set_nodelay(true).expect("TCP_NODELAY");
    let (answers, open) = expected(stream);
    let (mut from, mut to) = client.split();
    let mut heard = vec![0; answers.len()];
    let write = async {
        for piece in stream.chunks(size) {
            // A server that has seen a bad header is gone.
            if to.write_all(piece).await.is_err() {
                break;
            }
            yield_now().await;
        }
    };
    // Without a bound of time: what hangs is libFuzzer's to find.
    let read = async {
        if open {
            from.read_exact(&mut heard).await.expect("the answers to all whole frames");
        } else {
            // Bytes behind a bad header make the end a reset, which may overtake answers.
            heard.clear();
            let mut lump = [0; 512];
            while let Ok(got @ 1..) = from.read(&mut lump).await {
                heard.extend(&lump[..got]);
            }
        }
    };
    tokio::join!(write, read);
    if open {
        assert_eq!(heard, answers);
    } else {
        assert!(answers.starts_with(&heard), "not the answers: {heard:02X?}");
    }
    // No TIME_WAIT: there are thousands of connections a second.
    let _ = client.set_zero_linger();
}

thread_local! {
    static SERVER: (Runtime, SocketAddr) = {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let at = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let at = listener.local_addr().expect("an address");
            // A client that is slowed down is right, and no finding.
            let config = TcpServerConfig {
                requests_per_second: 1_000_000,
                ..TcpServerConfig::default()
            };
            tokio::spawn(serve(listener, Arc::new(Echo), config, CancellationToken::new()));
            at
        });
        (runtime, at)
    };
}

fuzz_target!(|data: &[u8]| {
    let Some((size, stream)) = data.split_first() else { return };
    SERVER.with(|(runtime, at)| runtime.block_on(run(*at, usize::from(*size).max(1), stream)));
});
