//! The specimen on Modbus TCP: a few connections at a time, each closed when nothing was asked for a second.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout_at};

use super::super::Task;
use super::{CONNECTIONS, IDLE_S, Quirk, Shared, UNIT, lock};
use crate::transport::tcp::good_adu;

/// A port that is open on one mutant only: EtherNet/IP, which no shelf has.
pub(in super::super) const UNDECLARED_PORT: u16 = 44_818;

/// Each specimen has an address of loopback of its own: 127.77.x.y.
static NEXT: AtomicU16 = AtomicU16::new(1);

struct Server {
    memory: Shared,
    quirk: Option<Quirk>,
    /// Ways to close the connections, oldest first.
    open: Mutex<VecDeque<Arc<Notify>>>,
    garbage: AtomicU32,
    asked: AtomicU32,
    /// The PDU that was asked before, for the mutant that mixes clients up.
    last: Mutex<Vec<u8>>,
}

fn address() -> IpAddr {
    let [a, b] = (NEXT.fetch_add(1, Ordering::Relaxed) | 1).to_be_bytes();
    // The process keeps runs at the same time apart.
    let own = (std::process::id() % 100) as u8 + 100;
    IpAddr::V4(Ipv4Addr::new(127, own, a, b))
}

pub(super) async fn start(
    memory: &Shared,
    quirk: Option<Quirk>,
) -> io::Result<(SocketAddr, SocketAddr, Vec<Task>)> {
    let (first, second) = (address(), address());
    let server = Arc::new(Server {
        memory: memory.clone(),
        quirk,
        open: Mutex::default(),
        garbage: AtomicU32::new(0),
        asked: AtomicU32::new(0),
        last: Mutex::default(),
    });
    let mut tasks = Vec::new();
    let mut places = Vec::new();
    for (ip, other) in [(first, false), (second, true)] {
        let listener = TcpListener::bind((ip, 0)).await?;
        places.push(listener.local_addr()?);
        tasks.push(accept(listener, server.clone(), other));
    }
    if quirk == Some(Quirk::OpenPort) {
        let listener = TcpListener::bind((first, UNDECLARED_PORT)).await?;
        tasks.push(accept(listener, server.clone(), false));
    }
    match places.as_slice() {
        [one, two] => Ok((*one, *two, tasks)),
        _ => Err(io::Error::other("a listener is missing")),
    }
}

fn accept(listener: TcpListener, server: Arc<Server>, other: bool) -> Task {
    Task(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let close = Arc::new(Notify::new());
            {
                let mut open = server.open.lock().unwrap_or_else(PoisonError::into_inner);
                if open.len() >= usize::from(CONNECTIONS) {
                    if server.quirk == Some(Quirk::ManyConnectionsKillOld) {
                        // All that were there go.
                        open.drain(..).for_each(|old| old.notify_one());
                    } else {
                        continue;
                    }
                }
                open.push_back(close.clone());
            }
            let server = server.clone();
            tokio::spawn(async move {
                tokio::select! {
                    _ = serve(&server, stream, other) => {}
                    () = close.notified() => {}
                }
                let mut open = server.open.lock().unwrap_or_else(PoisonError::into_inner);
                open.retain(|one| !Arc::ptr_eq(one, &close));
            });
        }
    }))
}

/// A connection, until it ends.
async fn serve(server: &Server, mut stream: TcpStream, other: bool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer: Vec<u8> = Vec::new();
    let idle = match server.quirk {
        Some(Quirk::NeverIdle) => Duration::from_secs(3600),
        _ => Duration::from_secs(u64::from(IDLE_S)),
    };
    let mut deadline = Instant::now() + idle;
    loop {
        if server.quirk == Some(Quirk::DiesOfFlood) && server.garbage.load(Ordering::Relaxed) > 8 {
            sleep(idle * 20).await;
            return Ok(());
        }
        let mut chunk = [0; 512];
        let count = timeout_at(deadline, stream.read(&mut chunk)).await??;
        if count == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        while let [t0, t1, p0, p1, l0, l1, unit, ..] = *buffer.as_slice() {
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            if [p0, p1] != [0, 0] || !(2..=254).contains(&length) {
                server.garbage.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            let Some(pdu) = buffer.get(7..6 + length).map(<[u8]>::to_vec) else { break };
            buffer.drain(..6 + length);
            deadline = Instant::now() + idle;
            if let Some(answer) = answer(server, unit, pdu, other).await {
                stream.write_all(&good_adu(u16::from_be_bytes([t0, t1]), unit, &answer)).await?;
            }
        }
    }
}

async fn answer(server: &Server, unit: u8, pdu: Vec<u8>, other: bool) -> Option<Vec<u8>> {
    let nth = server.asked.fetch_add(1, Ordering::Relaxed);
    // It has no serial side: FFh and 00h are itself as well.
    let own = match unit {
        0xFF => server.quirk != Some(Quirk::OddUnit),
        0 | UNIT => true,
        _ => false,
    };
    if !own {
        return Some(vec![pdu.first()? | 0x80, 0x0A]);
    }
    if other && server.quirk == Some(Quirk::OtherAddressDiffers) {
        return Some(vec![pdu.first()? | 0x80, 4]);
    }
    if server.quirk == Some(Quirk::SlowNowAndThen) && nth % 10 == 3 {
        sleep(Duration::from_millis(600)).await;
    }
    let pdu = if server.quirk == Some(Quirk::MixesClients) && matches!(pdu.as_slice(), [6, ..]) {
        // Writes what the write before was to write.
        let mut last = server.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *last, pdu.clone());
        let mixed = if before.is_empty() { pdu.clone() } else { before };
        drop(last);
        lock(&server.memory).answer(&mixed)?;
        return Some(pdu);
    } else {
        pdu
    };
    lock(&server.memory).answer(&pdu)
}
