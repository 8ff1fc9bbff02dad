//! A man in the middle on Modbus TCP.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use dpo_gateway::maps::model::RegisterMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{sleep, timeout};

use super::Task;
use super::dpo_wire::Memory;
use super::mutant::{Fault, Query, TcpFault, Turn};
use crate::transport::tcp::good_adu;

/// Longest time the reference takes; its silence is passed on.
const PATIENCE: Duration = Duration::from_millis(2000);

struct Shared {
    upstream: SocketAddr,
    map: Arc<RegisterMap>,
    fault: Option<Fault>,
    nth: AtomicU32,
    dead: AtomicBool,
    line: Mutex<()>,
    seats: Semaphore,
    /// Connections so far.
    peers: AtomicU32,
    memory: Memory,
    /// The one connection of a fault that makes all into one.
    one: Mutex<Option<TcpStream>>,
}

/// Starts a proxy in front of `upstream`. Without a fault it changes nothing.
pub(super) async fn start(
    upstream: SocketAddr,
    map: Arc<RegisterMap>,
    fault: Option<Fault>,
) -> io::Result<(SocketAddr, Task)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let seats = if matches!(fault, Some(Fault::Tcp(TcpFault::OneConnection))) { 1 } else { 1000 };
    let shared = Arc::new(Shared {
        upstream,
        map,
        fault,
        nth: AtomicU32::new(0),
        dead: AtomicBool::new(false),
        line: Mutex::new(()),
        seats: Semaphore::new(seats),
        peers: AtomicU32::new(0),
        memory: Memory::default(),
        one: Mutex::new(None),
    });
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let shared = shared.clone();
            tokio::spawn(async move {
                let Ok(_seat) = shared.seats.try_acquire() else { return };
                // An error ends one connection, as it would on a device.
                let _ = connection(&shared, client).await;
            });
        }
    });
    Ok((address, Task(task)))
}

/// A whole frame at the front: its end. `Err` if the header is malformed.
fn frame_end(buffer: &[u8]) -> Result<Option<usize>, ()> {
    let [_, _, p0, p1, l0, l1, ..] = buffer else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*l0, *l1]));
    if [*p0, *p1] != [0, 0] || !(2..=254).contains(&length) {
        return Err(());
    }
    Ok((buffer.len() >= 6 + length).then_some(6 + length))
}

async fn connection(shared: &Shared, mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(!matches!(shared.fault, Some(Fault::Tcp(TcpFault::TwoParts))))?;
    let mut upstream = TcpStream::connect(shared.upstream).await?;
    upstream.set_nodelay(true)?;
    let tcp = match shared.fault {
        Some(Fault::Tcp(fault)) => Some(fault),
        _ => None,
    };
    let peer = shared.peers.fetch_add(1, Ordering::Relaxed) + 1;
    let mut buffer: Vec<u8> = Vec::new();
    let mut held: Option<Vec<u8>> = None;
    let mut blocking = None;
    loop {
        let mut chunk = [0; 2048];
        let count = client.read(&mut chunk).await?;
        if shared.dead.load(Ordering::Relaxed) {
            return Ok(());
        }
        if count == 0 {
            if matches!(tcp, Some(TcpFault::NeverCloses)) {
                sleep(PATIENCE * 2).await;
            }
            return Ok(());
        }
        let fresh = buffer.is_empty();
        buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        let mut requests = Vec::new();
        let malformed = loop {
            match frame_end(&buffer) {
                Ok(Some(end)) => requests.push(buffer.drain(..end).collect::<Vec<u8>>()),
                Ok(None) => break false,
                Err(()) => break true,
            }
        };
        if matches!(tcp, Some(TcpFault::BlocksOnPartial)) && blocking.is_none() {
            let guard = shared.line.lock().await;
            blocking = (requests.is_empty() && !buffer.is_empty()).then_some(guard);
        }
        if matches!(tcp, Some(TcpFault::WholeSegments)) && (!fresh || !buffer.is_empty()) {
            return Ok(());
        }
        if requests.len() > 1 && matches!(tcp, Some(TcpFault::DropsPipelines)) {
            return Ok(());
        }
        if matches!(tcp, Some(TcpFault::FirstOfPipeline)) {
            requests.truncate(1);
        }
        let mut answers = Vec::new();
        for request in &requests {
            let answer = if matches!(tcp, Some(TcpFault::OneUpstream)) {
                let mut one = shared.one.lock().await;
                if one.is_none() {
                    *one = Some(TcpStream::connect(shared.upstream).await?);
                }
                let Some(own) = one.as_mut() else { return Ok(()) };
                exchange(shared, own, peer, request).await?
            } else {
                exchange(shared, &mut upstream, peer, request).await?
            };
            answers.extend(answer);
        }
        if !requests.is_empty() {
            blocking = None;
        }
        if matches!(tcp, Some(TcpFault::Swaps)) {
            swap(&mut answers);
        }
        for mut answer in answers {
            let nth = shared.nth.load(Ordering::Relaxed);
            match tcp {
                Some(TcpFault::Frame(change)) => change(&mut answer),
                Some(TcpFault::Stale) if nth % 5 == 3 => {
                    held = Some(answer);
                    continue;
                }
                Some(TcpFault::Twice) => answer.extend_from_within(..),
                _ => {}
            }
            if let Some(late) = held.take() {
                client.write_all(&late).await?;
            }
            let split = if matches!(tcp, Some(TcpFault::TwoParts)) { answer.len().min(7) } else { 0 };
            let (first, rest) = answer.split_at(split);
            client.write_all(first).await?;
            client.write_all(rest).await?;
        }
        if malformed {
            match tcp {
                Some(TcpFault::ServesMalformed) => {
                    if let [t0, t1, _, _, _, _, unit, pdu @ ..] = buffer.as_slice() {
                        let repaired = good_adu(u16::from_be_bytes([*t0, *t1]), *unit, pdu);
                        if let Some(answer) = exchange(shared, &mut upstream, peer, &repaired).await? {
                            client.write_all(&answer).await?;
                        }
                    }
                    buffer.clear();
                }
                Some(TcpFault::Dies) => {
                    shared.dead.store(true, Ordering::Relaxed);
                    return Ok(());
                }
                _ => {
                    upstream.write_all(&buffer).await?;
                    tokio::io::copy_bidirectional(&mut client, &mut upstream).await?;
                    return Ok(());
                }
            }
        }
    }
}

/// Asks the reference, or the fault in its place.
async fn exchange(
    shared: &Shared,
    upstream: &mut TcpStream,
    peer: u32,
    request: &[u8],
) -> io::Result<Option<Vec<u8>>> {
    let nth = shared.nth.fetch_add(1, Ordering::Relaxed) + 1;
    let [t0, t1, _, _, _, _, unit, pdu @ ..] = request else { return Ok(None) };
    let transaction = u16::from_be_bytes([*t0, *t1]);
    let query = Query { pdu, nth, map: &shared.map, unit: *unit, peer, state: &shared.memory };
    match shared.fault.as_ref().map_or(Turn::Pass, |f| f.before(&query)) {
        Turn::Pass => upstream.write_all(request).await?,
        Turn::Answer(answer) => return Ok(Some(good_adu(transaction, *unit, &answer))),
        Turn::Forward(other) => upstream.write_all(&good_adu(transaction, *unit, &other)).await?,
    }
    let mut head = [0; 7];
    match timeout(PATIENCE, upstream.read_exact(&mut head)).await {
        Ok(read) => read?,
        Err(_) => return Ok(None),
    };
    let [.., l0, l1, _] = head;
    let mut answer = vec![0; usize::from(u16::from_be_bytes([l0, l1])).saturating_sub(1)];
    upstream.read_exact(&mut answer).await?;
    if let Some(fault) = &shared.fault {
        fault.after(&query, &mut answer);
    }
    Ok(Some(good_adu(transaction, *unit, &answer)))
}

/// Exchanges the PDUs of neighbours; each keeps its transaction identifier.
fn swap(answers: &mut [Vec<u8>]) {
    for pair in answers.chunks_exact_mut(2) {
        if let [a, b] = pair {
            a.swap_with_slice_of(b);
        }
    }
}

trait SwapPdu {
    fn swap_with_slice_of(&mut self, other: &mut Self);
}

impl SwapPdu for Vec<u8> {
    fn swap_with_slice_of(&mut self, other: &mut Self) {
        std::mem::swap(self, other);
        for (x, y) in self.iter_mut().zip(other.iter_mut()).take(2) {
            std::mem::swap(x, y);
        }
    }
}
