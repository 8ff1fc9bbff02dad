//! Steps on TCP connections: headers, segments, several clients.

use std::time::Duration;

use cucumber::{given, then, when};

use super::places;
use crate::transport::tcp::{Connection, RawFrame, Received, TcpLink, adu, fault, good_adu};
use crate::transport::{Link, Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, data_words, read_pdu, step};

/// Connections and frames of one case.
#[derive(Default)]
pub(crate) struct TcpState {
    connections: Vec<Connection>,
    asked: Vec<Asked>,
    frames: Vec<RawFrame>,
    end: Option<Received>,
}

/// A request that waits for its answer.
#[derive(Clone)]
struct Asked {
    transaction: u16,
    pdu: Vec<u8>,
}

fn tcp(link: &mut Link) -> Result<&mut TcpLink, Judgement> {
    match link {
        Link::Tcp(tcp) => Ok(tcp),
        Link::Rtu(_) => Err(Judgement::Error("this case needs a TCP link".into())),
    }
}

/// Opens a connection; a refusal is the device's doing.
async fn open(world: &mut CaseWorld) -> Result<Connection, Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    tcp(&mut link)?.connect().await.map_err(|e| Judgement::Fail(e.to_string()))
}

async fn send(world: &mut CaseWorld, connection: &mut Connection, bytes: &[u8]) -> Judged {
    let context = world.context()?;
    let log = world.log();
    let guard = {
        let mut link = context.link.lock().await;
        tcp(&mut link)?.guard_mut().clone()
    };
    connection.send(&guard, bytes, &*log).await?;
    Ok(())
}

/// A read of the probe register with its words.
fn probe(world: &CaseWorld) -> Result<(Vec<u8>, u16), Judgement> {
    let context = world.context()?;
    let probe = context.device.probe().map(|r| (read_pdu(r.address, r.words), r.words));
    probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))
}

/// A good read on a connection, judged by the value of the probe register.
async fn good_read(world: &mut CaseWorld, connection: &mut Connection, transaction: u16) -> Judged {
    let context = world.context()?;
    let (pdu, words) = probe(world)?;
    let unit = context.device.unit;
    send(world, connection, &good_adu(transaction, unit, &pdu)).await?;
    let log = world.log();
    let received = connection.receive(context.timing.answer, &*log).await;
    let Received::Frame(frame) = received else {
        return Err(Judgement::Fail(format!("a good request got {}", describe(&received))));
    };
    if let Some(fault) = fault(&frame, transaction, unit) {
        return Err(Judgement::Fail(fault));
    }
    let value = data_words(&Seen::Pdu(frame.pdu.clone()), words);
    if value.is_none_or(|value| !context.device.identifies(&value)) {
        return Err(Judgement::Fail(format!("a good request got {}", hex(&frame.pdu))));
    }
    Ok(())
}

fn describe(received: &Received) -> String {
    match received {
        Received::Frame(frame) => format!("the PDU {}", hex(&frame.pdu)),
        Received::Nothing => "no answer".into(),
        Received::Incomplete(bytes) => format!("no whole frame: {}", hex(bytes)),
        Received::Closed => "a closed connection".into(),
    }
}

#[when("the client opens a connection")]
async fn open_one(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let connection = open(w).await?;
        w.tcp.connections.push(connection);
        Ok(())
    })
    .await
}

#[when(regex = r"^the client opens (\d+) connections$")]
async fn open_several(world: &mut CaseWorld, count: usize) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for _ in 0..count {
            let connection = open(w).await?;
            w.tcp.connections.push(connection);
        }
        Ok(())
    })
    .await
}

#[then("the connection answers a good request")]
#[then("each connection answers a good request")]
#[then("each connection that is left answers a good request")]
async fn all_answer(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut connections = std::mem::take(&mut w.tcp.connections);
        if connections.is_empty() {
            return Err(Judgement::Error("no connection is open".into()));
        }
        for (nth, connection) in connections.iter_mut().enumerate() {
            good_read(w, connection, 0x0100 + nth as u16).await?;
        }
        w.note(format!("{} served", connections.len()));
        Ok(())
    })
    .await
}

#[then("a new connection answers a good request")]
#[then("a second connection answers a good request")]
async fn new_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut connection = open(w).await?;
        good_read(w, &mut connection, 0x0200).await
    })
    .await
}

#[when("the first connection is reset in the middle of a request")]
async fn reset_first(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        if w.tcp.connections.is_empty() {
            return Err(Judgement::Error("no connection is open".into()));
        }
        let mut first = w.tcp.connections.remove(0);
        let unit = w.context()?.device.unit;
        let (pdu, _) = probe(w)?;
        let bytes = good_adu(1, unit, &pdu);
        send(w, &mut first, bytes.get(..9).unwrap_or_default()).await?;
        first.reset_on_close()?;
        drop(first);
        Ok(())
    })
    .await
}

#[when("the client closes it after a good read")]
async fn close_after_read(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut connection =
            w.tcp.connections.pop().ok_or_else(|| Judgement::Error("no connection is open".into()))?;
        good_read(w, &mut connection, 1).await?;
        let (context, log) = (w.context()?, w.log());
        let closed = connection.finish(context.timing.answer, &*log).await;
        w.tcp.end = Some(if closed { Received::Closed } else { Received::Nothing });
        Ok(())
    })
    .await
}

#[then("the server closes its side in time")]
async fn server_closes(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| match w.tcp.end.take() {
        Some(Received::Closed) => Ok(()),
        _ => Err(Judgement::Fail("the server kept its side of the connection open".into())),
    })
    .await
}

#[when(regex = r"^the client sends good reads with the transaction identifiers ([0-9A-F, ]+)$")]
async fn transactions(world: &mut CaseWorld, list: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut connection = open(w).await?;
        let (context, (pdu, _), log) = (w.context()?, probe(w)?, w.log());
        for text in list.split(", ") {
            let id = u16::from_str_radix(text, 16);
            let transaction = id.map_err(|_| Judgement::Error(format!("{text:?} is no identifier")))?;
            send(w, &mut connection, &good_adu(transaction, context.device.unit, &pdu)).await?;
            w.tcp.asked.push(Asked { transaction, pdu: pdu.clone() });
            match connection.receive(context.timing.answer, &*log).await {
                Received::Frame(frame) => w.tcp.frames.push(frame),
                other => return Err(Judgement::Fail(format!("{text}: {}", describe(&other)))),
            }
        }
        Ok(())
    })
    .await
}

#[then("each answer has the transaction identifier of its request, in order")]
async fn transactions_in_order(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let state = std::mem::take(&mut w.tcp);
        let sent: Vec<u16> = state.asked.iter().map(|a| a.transaction).collect();
        let got: Vec<u16> = state.frames.iter().map(|f| f.transaction).collect();
        if sent.is_empty() || sent != got {
            return Err(Judgement::Fail(format!("sent {sent:04X?}, received {got:04X?}")));
        }
        Ok(())
    })
    .await
}

#[given("the client sends a good read and a read that must be refused")]
#[when("the client sends a good read and a read that must be refused")]
async fn good_and_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut connection = open(w).await?;
        let (context, (good, _), log) = (w.context()?, probe(w)?, w.log());
        let refused = read_pdu(places::address(&context.device, "an unmapped address")?, 1);
        for (nth, pdu) in [good, refused].into_iter().enumerate() {
            let transaction = 0x0301 + nth as u16;
            send(w, &mut connection, &good_adu(transaction, context.device.unit, &pdu)).await?;
            w.tcp.asked.push(Asked { transaction, pdu });
            match connection.receive(context.timing.answer, &*log).await {
                Received::Frame(frame) => w.tcp.frames.push(frame),
                other => return Err(Judgement::Fail(describe(&other))),
            }
        }
        // A wrong length field shows as bytes that are left over.
        w.tcp.end = Some(connection.receive(context.timing.silence, &*log).await);
        Ok(())
    })
    .await
}

fn each_frame(world: &mut CaseWorld, check: impl Fn(&RawFrame) -> Option<String>) -> Judged {
    let frames = std::mem::take(&mut world.tcp.frames);
    if frames.is_empty() {
        return Err(Judgement::Error("no answer was kept".into()));
    }
    match frames.iter().find_map(check) {
        Some(fault) => Err(Judgement::Fail(fault)),
        None => Ok(()),
    }
}

#[then(regex = r"^the protocol identifier of each answer is 0000$")]
async fn protocol_zero(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        each_frame(w, |f| (f.protocol != 0).then(|| format!("protocol identifier {:04X}", f.protocol)))
    })
    .await
}

#[then("the unit identifier of each answer is that of the request")]
async fn unit_echoed(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let unit = w.context()?.device.unit;
        each_frame(w, |f| (f.unit != unit).then(|| format!("unit identifier {}, sent {unit}", f.unit)))
    })
    .await
}

#[then("the length field of each answer fits its PDU")]
async fn lengths(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (_, words) = probe(w)?;
        match w.tcp.end.take() {
            Some(Received::Nothing | Received::Closed) => {}
            Some(rest) => {
                return Err(Judgement::Fail(format!("behind the answers came {}", describe(&rest))));
            }
            None => return Err(Judgement::Error("no answer was kept".into())),
        }
        let data = 3 + 2 * words;
        each_frame(w, |frame| {
            let exception = frame.pdu.first().is_some_and(|code| *code >= 0x80);
            let wanted = if exception { 3 } else { data };
            (frame.length != wanted).then(|| {
                format!("length field {} for the PDU {}, expected {wanted}", frame.length, hex(&frame.pdu))
            })
        })
    })
    .await
}

/// Sends one odd frame on a connection of its own.
async fn odd(world: &mut CaseWorld, bytes: Vec<u8>) -> Judged {
    let mut connection = open(world).await?;
    send(world, &mut connection, &bytes).await?;
    world.tcp.connections.push(connection);
    Ok(())
}

#[when("the client sends a frame with protocol identifier 0001")]
async fn odd_protocol(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (unit, (pdu, _)) = (w.context()?.device.unit, probe(w)?);
        odd(w, adu(7, 1, pdu.len() as u16 + 1, unit, &pdu)).await
    })
    .await
}

#[when(regex = r"^the client sends a frame with length field (\d+)$")]
async fn odd_length(world: &mut CaseWorld, length: u16) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (unit, (pdu, _)) = (w.context()?.device.unit, probe(w)?);
        odd(w, adu(7, 0, length, unit, &pdu)).await
    })
    .await
}

#[when("the client sends an HTTP request")]
async fn http(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| odd(w, b"GET / HTTP/1.1\r\nHost: shelf\r\n\r\n".to_vec()).await)
        .await
}

async fn after_odd(world: &mut CaseWorld, exception_03: bool) -> Judged {
    let connections = std::mem::take(&mut world.tcp.connections);
    if connections.is_empty() {
        return Err(Judgement::Error("no frame was sent".into()));
    }
    let (context, log) = (world.context()?, world.log());
    for mut connection in connections {
        loop {
            match connection.receive(context.timing.silence, &*log).await {
                Received::Frame(frame) if exception_03 && frame.pdu == [0x83, 0x03] => {}
                end @ (Received::Nothing | Received::Closed) => {
                    world.note(describe(&end));
                    break;
                }
                other => return Err(Judgement::Fail(format!("answered with {}", describe(&other)))),
            }
        }
    }
    Ok(())
}

#[then("the connection stays silent or closes")]
async fn silent(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| after_odd(w, false).await).await
}

#[then("the connection answers with exception 03, stays silent or closes")]
async fn silent_or_03(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| after_odd(w, true).await).await
}

async fn in_pieces(world: &mut CaseWorld, pieces: &[usize], pause: Duration) -> Judged {
    let mut connection = open(world).await?;
    let (context, (pdu, _)) = (world.context()?, probe(world)?);
    let bytes = good_adu(0x0401, context.device.unit, &pdu);
    let mut rest = bytes.as_slice();
    for piece in pieces.iter().copied().chain(std::iter::repeat(1)) {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at(piece.min(rest.len()));
        send(world, &mut connection, now).await?;
        rest = later;
        tokio::time::sleep(pause).await;
    }
    world.tcp.asked.push(Asked { transaction: 0x0401, pdu });
    world.tcp.connections.push(connection);
    Ok(())
}

#[when("the client sends a good read in segments of one byte")]
async fn one_byte_segments(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| in_pieces(w, &[1], Duration::from_millis(2)).await).await
}

#[when("the client sends the header of a good read, and its PDU 200 ms later")]
async fn header_apart(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| in_pieces(w, &[7, 300], Duration::from_millis(200)).await).await
}

#[then("exactly one answer comes, with the data asked for")]
async fn exactly_one(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log, (_, words)) = (w.context()?, w.log(), probe(w)?);
        let mut connection =
            w.tcp.connections.pop().ok_or_else(|| Judgement::Error("no connection is open".into()))?;
        let received = connection.receive(context.timing.answer, &*log).await;
        let Received::Frame(frame) = received else {
            return Err(Judgement::Fail(format!("got {}", describe(&received))));
        };
        let value = data_words(&Seen::Pdu(frame.pdu.clone()), words);
        let good = value.is_some_and(|value| context.device.identifies(&value));
        if let Some(fault) = fault(&frame, 0x0401, context.device.unit) {
            return Err(Judgement::Fail(fault));
        }
        if !good {
            return Err(Judgement::Fail(format!("answered with {}", hex(&frame.pdu))));
        }
        match connection.receive(context.timing.silence, &*log).await {
            Received::Nothing | Received::Closed => Ok(()),
            more => Err(Judgement::Fail(format!("then came {}", describe(&more)))),
        }
    })
    .await
}

/// Reads that differ in address and length, each with its own transaction identifier.
fn different_reads(world: &CaseWorld, count: usize, base: u16) -> Result<Vec<Asked>, Judgement> {
    let context = world.context()?;
    let registers: Vec<(u16, u16)> = context
        .device
        .mandatory()
        .filter(|r| crate::device::readable_access(r))
        .map(|r| (r.address, r.words))
        .collect();
    if registers.is_empty() {
        return Err(Judgement::Inconclusive("the map has no mandatory register".into()));
    }
    let cycle = registers.iter().cycle().take(count).enumerate();
    Ok(cycle
        .map(|(nth, (at, words))| Asked {
            transaction: base.wrapping_add(nth as u16),
            pdu: read_pdu(*at, *words),
        })
        .collect())
}

async fn pipeline(world: &mut CaseWorld, count: usize) -> Judged {
    let asked = different_reads(world, count, 0x0500)?;
    let (context, log) = (world.context()?, world.log());
    let unit = context.device.unit;
    let bytes: Vec<u8> = asked.iter().flat_map(|a| good_adu(a.transaction, unit, &a.pdu)).collect();
    let mut connection = open(world).await?;
    send(world, &mut connection, &bytes).await?;
    for _ in 0..count {
        match connection.receive(context.timing.answer, &*log).await {
            Received::Frame(frame) => world.tcp.frames.push(frame),
            end => {
                world.tcp.end = Some(end);
                break;
            }
        }
    }
    if world.tcp.end.is_none() {
        world.tcp.end = Some(connection.receive(context.timing.silence, &*log).await);
    }
    world.tcp.asked = asked;
    Ok(())
}

#[when(regex = r"^the client sends (\d+) different reads in one segment$")]
async fn send_pipeline(world: &mut CaseWorld, count: usize) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| pipeline(w, count).await).await
}

/// What is wrong with an answer, judged by the request that has its transaction identifier.
fn mismatch(frame: &RawFrame, asked: &[Asked], unit: u8) -> Option<String> {
    let request = asked.iter().find(|a| a.transaction == frame.transaction);
    let Some(request) = request else {
        return Some(format!("transaction identifier {:04X} was not sent", frame.transaction));
    };
    if let Some(fault) = fault(frame, request.transaction, unit) {
        return Some(fault);
    }
    let quantity = request.pdu.get(4).map_or(0, |q| u16::from(*q));
    let data = data_words(&Seen::Pdu(frame.pdu.clone()), quantity);
    data.is_none().then(|| {
        let exchange = Exchange { request: request.pdu.clone(), seen: Seen::Pdu(frame.pdu.clone()) };
        format!("{exchange}; expected {quantity} registers")
    })
}

#[then("each answer fits the request with its transaction identifier")]
async fn answers_fit(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let unit = w.context()?.device.unit;
        let state = std::mem::take(&mut w.tcp);
        if let Some(fault) = state.frames.iter().find_map(|f| mismatch(f, &state.asked, unit)) {
            return Err(Judgement::Fail(fault));
        }
        let mut ids: Vec<u16> = state.frames.iter().map(|f| f.transaction).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != state.asked.len() || state.frames.len() != state.asked.len() {
            let (got, sent) = (state.frames.len(), state.asked.len());
            return Err(Judgement::Fail(format!("{got} answers to {sent} requests")));
        }
        match state.end {
            Some(Received::Nothing | Received::Closed) => {}
            other => {
                let rest = other.as_ref().map(describe).unwrap_or_default();
                return Err(Judgement::Fail(format!("behind the answers came {rest}")));
            }
        }
        same_data(w, &state).await
    })
    .await
}

/// Constant registers must read alone as they did in the pipeline.
async fn same_data(world: &mut CaseWorld, state: &TcpState) -> Judged {
    use dpo_gateway::maps::model::Volatility;
    let context = world.context()?;
    for asked in &state.asked {
        let at = asked.pdu.get(1..3).map_or(0, |b| b.iter().fold(0u16, |w, b| (w << 8) | u16::from(*b)));
        let Some(register) = context.device.register_at(at) else { continue };
        if register.volatility != Volatility::Constant {
            continue;
        }
        let alone = world.ask(&asked.pdu, context.timing.answer).await?;
        let piped = state.frames.iter().find(|f| f.transaction == asked.transaction);
        if let Some(piped) = piped
            && alone != Seen::Pdu(piped.pdu.clone())
        {
            return Err(Judgement::Fail(format!(
                "{} alone is not what the pipeline gave: {}",
                register.id,
                hex(&piped.pdu)
            )));
        }
    }
    Ok(())
}

#[then("no answer is wrong, and missing answers mean exception 06 or a closed connection")]
async fn long_pipeline(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let unit = w.context()?.device.unit;
        let state = std::mem::take(&mut w.tcp);
        let busy = |f: &RawFrame| f.pdu == [0x83, 0x06];
        let wrong = |f: &RawFrame| if busy(f) { None } else { mismatch(f, &state.asked, unit) };
        if let Some(fault) = state.frames.iter().find_map(wrong) {
            return Err(Judgement::Fail(fault));
        }
        let (got, sent) = (state.frames.len(), state.asked.len());
        w.note(format!("{got} answers to {sent} requests"));
        if got < sent && state.end != Some(Received::Closed) {
            return Err(Judgement::Fail(format!("{got} answers to {sent} requests, connection open")));
        }
        if got == sent && !matches!(state.end, Some(Received::Nothing | Received::Closed)) {
            return Err(Judgement::Fail("something came behind the last answer".into()));
        }
        Ok(())
    })
    .await
}

#[when(regex = r"^two clients send (\d+) different reads each at the same time$")]
async fn two_clients(world: &mut CaseWorld, count: usize) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log) = (w.context()?, w.log());
        let (unit, wait) = (context.device.unit, context.timing.answer);
        let first = different_reads(w, count, 0x0600)?;
        let mut second = different_reads(w, count, 0x0700)?;
        second.reverse();
        let (mut a, mut b) = (open(w).await?, open(w).await?);
        let guard = {
            let mut link = context.link.lock().await;
            tcp(&mut link)?.guard_mut().clone()
        };
        // Both requests are under way before either answer is read.
        for (x, y) in first.iter().zip(&second) {
            a.send(&guard, &good_adu(x.transaction, unit, &x.pdu), &*log).await?;
            b.send(&guard, &good_adu(y.transaction, unit, &y.pdu), &*log).await?;
            let (got_b, got_a) = (b.receive(wait, &*log).await, a.receive(wait, &*log).await);
            for (got, asked) in [(got_a, x), (got_b, y)] {
                let Received::Frame(frame) = got else {
                    return Err(Judgement::Fail(format!("a client got {}", describe(&got))));
                };
                w.tcp.asked.push(asked.clone());
                w.tcp.frames.push(frame);
            }
        }
        Ok(())
    })
    .await
}

#[then("each client got its own answers")]
async fn own_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let unit = w.context()?.device.unit;
        let state = std::mem::take(&mut w.tcp);
        for (frame, asked) in state.frames.iter().zip(&state.asked) {
            if let Some(fault) = mismatch(frame, std::slice::from_ref(asked), unit) {
                return Err(Judgement::Fail(fault));
            }
        }
        w.note(format!("{} answers", state.frames.len()));
        Ok(())
    })
    .await
}

#[when(regex = r"^the client reads from the (absent|unrouted) address$")]
async fn other_unit(world: &mut CaseWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log, (pdu, _)) = (w.context()?, w.log(), probe(w)?);
        let declared = context.declared;
        let unit = if which == "absent" { declared.absent_unit } else { declared.unrouted_unit };
        let unit = unit.ok_or_else(|| Judgement::Inconclusive("no such address was declared".into()))?;
        let seen = {
            let mut link = context.link.lock().await;
            link.exchange(unit, &pdu, context.timing.answer, &*log).await?
        };
        w.note(format!("unit {unit}"));
        w.pending.push(Exchange { request: pdu, seen });
        Ok(())
    })
    .await
}
