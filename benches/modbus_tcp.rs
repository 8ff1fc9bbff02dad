//! Our Modbus TCP server against that of tokio-modbus, in the same run.
//!
//! ```text
//! cargo bench --no-default-features --bench modbus_tcp
//! ```
//!
//! One client, one connection, one request at a time: function 03 for 125 registers over loopback. Both
//! servers hold the same registers and run in the same runtime; the client is plain sockets, so that
//! neither side's client counts. The servers take turns for several rounds, and the median round of each
//! is compared, because a shared machine is noisy. Prints requests a second and the ratio.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::future;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use dpo_gateway::bus::tcp::{TcpServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::{Exception, Pdu, Request, exception_response, read_response};
use tokio::net::TcpListener;
use tokio_modbus::prelude::{ExceptionCode, Request as PeerRequest, Response, SlaveRequest};
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 21;
const REQUESTS: usize = 4_000;
const REGISTERS: [u16; 125] = [0x1234; 125];

struct Ours;

impl Service for Ours {
    fn call<'a>(&'a self, _: &'a Peer, _: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let answer = match Request::decode(request.as_slice()) {
            Ok(Request::ReadHolding { quantity, .. }) => {
                REGISTERS.get(..usize::from(quantity)).and_then(|words| read_response(3, words).ok())
            }
            _ => None,
        };
        let refused = exception_response(request.function(), Exception::IllegalDataValue);
        Box::pin(future::ready(Answer::Reply(answer.unwrap_or(refused))))
    }
}

struct Theirs;

impl tokio_modbus::server::Service for Theirs {
    type Request = SlaveRequest<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = future::Ready<Result<Response, ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        future::ready(match request.request {
            PeerRequest::ReadHoldingRegisters(_, quantity) => REGISTERS
                .get(..usize::from(quantity))
                .map(|words| Response::ReadHoldingRegisters(words.to_vec()))
                .ok_or(ExceptionCode::IllegalDataValue),
            _ => Err(ExceptionCode::IllegalFunction),
        })
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Requests a second of one round on a connection of its own; every answer is checked.
fn round(address: SocketAddr) -> f64 {
    let mut stream = connect(address);
    let mut answer = [0; 259];
    let start = Instant::now();
    for transaction in 0..REQUESTS {
        let [high, low] = (transaction as u16).to_be_bytes();
        stream.write_all(&[high, low, 0, 0, 0, 6, 1, 3, 0, 0, 0, 125]).unwrap();
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[..11], [high, low, 0, 0, 0, 253, 1, 3, 250, 0x12, 0x34]);
    }
    REQUESTS as f64 / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() {
    // `cargo test --benches` passes no `--bench`: prove that it works, measure nothing.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (ours, theirs) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = listener.local_addr().unwrap();
        let config = TcpServerConfig::default();
        tokio::spawn(serve(listener, Arc::new(Ours), config, CancellationToken::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let theirs = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let accept = |stream: tokio::net::TcpStream, from| async move {
                stream.set_nodelay(true)?;
                accept_tcp_connection(stream, from, |_| Ok(Some(Theirs)))
            };
            Server::new(listener).serve(&accept, |_| ()).await
        });
        (ours, theirs)
    });
    let warm_up = (round(ours), round(theirs));
    if !measure {
        println!("both servers answered {REQUESTS} requests: {warm_up:.0?}");
        return;
    }
    let mut rates = (Vec::new(), Vec::new());
    for turn in 0..ROUNDS {
        // Neither is always first.
        if turn % 2 == 0 {
            rates.0.push(round(ours));
            rates.1.push(round(theirs));
        } else {
            rates.1.push(round(theirs));
            rates.0.push(round(ours));
        }
    }
    let (ours, theirs) = (median(rates.0), median(rates.1));
    println!("function 03, 125 registers, one connection, median of {ROUNDS} rounds of {REQUESTS}");
    println!("dpo-gateway   {ours:9.0} requests/s");
    println!("tokio-modbus  {theirs:9.0} requests/s");
    println!("ratio         {:9.3}", ours / theirs);
}
