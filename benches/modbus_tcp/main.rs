//! Our Modbus TCP server against that of tokio-modbus, in the same run.
//!
//! ```text
//! cargo bench --no-default-features --bench modbus_tcp
//! ```
//!
//! Function 03 for 125 registers over loopback, at 1, 64 and 1000 connections, each asking again as soon as
//! it has its answer. Both servers hold the same registers and run in the same runtime on the first
//! processor; the load is plain sockets on the second one, so that neither side's client counts. Our
//! server runs with all its limits, set so that this load does not reach them. The servers take turns in
//! short slices, and the median slice of each is compared, because a shared machine is noisy. Prints requests
//! a second, the 50th and 99th percentile of the answer time, and the ratios.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod load;

use std::future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::tcp::{TcpServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::{Exception, Pdu, Request, exception_response, read_response};
use load::{Load, Slice};
use tokio::net::TcpListener;
use tokio_modbus::prelude::{ExceptionCode, Request as PeerRequest, Response, SlaveRequest};
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_util::sync::CancellationToken;

const CONNECTIONS: [usize; 3] = [1, 64, 1000];
const ROUNDS: usize = 25;
const SLICE: Duration = Duration::from_millis(200);
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

/// Keeps the calling thread on one processor, where the machine has two.
fn pin(processor: usize) {
    let mut set = rustix::thread::CpuSet::new();
    set.set(processor);
    let _ = rustix::thread::sched_setaffinity(None, &set);
}

async fn start_both() -> [SocketAddr; 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap();
    let config = TcpServerConfig {
        max_connections: 2000,
        max_per_peer: 2000,
        requests_per_second: 1_000_000,
        request_burst: 1000,
        ..TcpServerConfig::default()
    };
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
    [ours, theirs]
}

fn median<T: PartialOrd + Copy>(slices: &[Slice], value: impl Fn(&Slice) -> T) -> T {
    let mut values: Vec<T> = slices.iter().map(value).collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

fn main() {
    // `cargo test --benches` passes no `--bench`: prove that it works, measure nothing.
    let measure = std::env::args().any(|argument| argument == "--bench");
    // Both ends of each connection are in this process.
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .on_thread_start(|| pin(0))
        .enable_all()
        .build()
        .unwrap();
    let addresses = runtime.block_on(async { tokio::spawn(start_both()).await.unwrap() });
    pin(1);
    println!("function 03, 125 registers, closed loop; medians of slices");
    println!("{:>5}  {:<13} {:>10} {:>9} {:>9}", "conn", "server", "requests/s", "p50 us", "p99 us");
    for connections in CONNECTIONS {
        let (rounds, slice) = if measure { (ROUNDS, SLICE) } else { (1, Duration::from_millis(1)) };
        let mut loads = addresses.map(|address| Load::connect(address, connections));
        let mut slices = [Vec::new(), Vec::new()];
        for load in &mut loads {
            load.slice(slice);
        }
        for round in 0..rounds {
            // Neither is always first.
            for turn in 0..2 {
                let server = (round + turn) % 2;
                slices[server].push(loads[server].slice(slice));
            }
        }
        for (name, slices) in ["dpo-gateway", "tokio-modbus"].iter().zip(&slices) {
            let (rate, us) = (median(slices, |s| s.per_second), |d: Duration| d.as_secs_f64() * 1e6);
            let (p50, p99) = (us(median(slices, |s| s.p50)), us(median(slices, |s| s.p99)));
            println!("{connections:>5}  {name:<13} {rate:>10.0} {p50:>9.1} {p99:>9.1}");
        }
        let [ours, theirs] = &slices;
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(o, t)| o.per_second / t.per_second).collect();
        let ratio = median(ours, |s| s.per_second) / median(theirs, |s| s.per_second);
        let paired = {
            let mut sorted = ratios;
            sorted.sort_by(f64::total_cmp);
            sorted[sorted.len() / 2]
        };
        let tail = median(ours, |s| s.p99).as_secs_f64() / median(theirs, |s| s.p99).as_secs_f64();
        println!(
            "{connections:>5}  ratio of medians {ratio:.3}, median of ratios {paired:.3}, p99 ratio {tail:.3}"
        );
    }
}
