//! A Modbus TCP server that holds 125 registers of 0x1234: what `interop/modbus-load` measures.
//!
//! ```text
//! cargo run --release -p dpo-interop-tools --bin modbus_table -- ours
//! cargo run --release -p dpo-interop-tools --bin modbus_table -- tokio-modbus
//! ```
//!
//! Both hold the same table and run on the same kind of runtime; only the server differs. Listens on a free
//! port of the loopback, prints it, and serves until it is killed.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::future;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use dpo_gateway::bus::tcp::{TcpServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::{Exception, Pdu, Request, exception_response, read_response};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_modbus::prelude::{ExceptionCode, Request as PeerRequest, Response, SlaveRequest};
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_util::sync::CancellationToken;

const REGISTERS: [u16; 125] = [0x1234; 125];

struct Ours;

impl Service for Ours {
    fn call<'a>(&'a self, _: &'a Peer, _: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let answer = match Request::decode(request.as_slice()) {
            Ok(Request::ReadHolding { address, quantity }) => table(address, quantity)
                .and_then(|words| read_response(3, words).ok())
                .unwrap_or_else(|| exception_response(3, Exception::IllegalDataAddress)),
            _ => exception_response(request.function(), Exception::IllegalFunction),
        };
        Box::pin(future::ready(Answer::Reply(answer)))
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
            PeerRequest::ReadHoldingRegisters(address, quantity) => table(address, quantity)
                .map(|words| Response::ReadHoldingRegisters(words.to_vec()))
                .ok_or(ExceptionCode::IllegalDataAddress),
            _ => Err(ExceptionCode::IllegalFunction),
        })
    }
}

fn table(address: u16, quantity: u16) -> Option<&'static [u16]> {
    let start = usize::from(address);
    REGISTERS.get(start..start + usize::from(quantity))
}

/// Room for a thousand clients that connect at once.
fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(1024)?;
    println!("{}", listener.local_addr()?.port());
    Ok(listener)
}

async fn ours() -> io::Result<()> {
    // A thousand clients on one address, as fast as they can: what is measured is the server, not its limits.
    let config = TcpServerConfig {
        max_connections: 4096,
        max_per_peer: 4096,
        requests_per_second: 1_000_000,
        ..TcpServerConfig::default()
    };
    serve(listen()?, Arc::new(Ours), config, CancellationToken::new()).await;
    Ok(())
}

async fn theirs() -> io::Result<()> {
    let accept = |stream: TcpStream, from| async move {
        stream.set_nodelay(true)?;
        accept_tcp_connection(stream, from, |_| Ok(Some(Theirs)))
    };
    Server::new(listen()?).serve(&accept, |_| ()).await
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match std::env::args().nth(1).as_deref() {
        Some("ours") => ours().await,
        Some("tokio-modbus") => theirs().await,
        _ => {
            eprintln!("usage: modbus_table ours|tokio-modbus");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modbus_table: {error}");
            ExitCode::FAILURE
        }
    }
}
