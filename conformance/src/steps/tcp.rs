//! Steps on TCP connections, and what the other TCP steps share.

use cucumber::{then, when};

use crate::transport::tcp::{Connection, RawFrame, Received, TcpLink, fault, good_adu};
use crate::transport::{Link, Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, data_words, read_pdu, step};

/// Connections and frames of one case.
#[derive(Default)]
pub(crate) struct TcpState {
    pub(super) connections: Vec<Connection>,
    pub(super) asked: Vec<Asked>,
    pub(super) frames: Vec<RawFrame>,
    pub(super) end: Option<Received>,
}

/// A request that waits for its answer.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) transaction: u16,
    pub(super) pdu: Vec<u8>,
}

pub(super) fn tcp(link: &mut Link) -> Result<&mut TcpLink, Judgement> {
    match link {
        Link::Tcp(tcp) => Ok(tcp),
        _ => Err(Judgement::Error("this case needs a TCP link".into())),
    }
}

/// Opens a connection; a refusal is the device's doing.
pub(super) async fn open(world: &mut CaseWorld) -> Result<Connection, Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    tcp(&mut link)?.connect().await.map_err(|e| Judgement::Fail(e.to_string()))
}

pub(super) async fn send(world: &mut CaseWorld, connection: &mut Connection, bytes: &[u8]) -> Judged {
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
pub(super) fn probe(world: &CaseWorld) -> Result<(Vec<u8>, u16), Judgement> {
    let context = world.context()?;
    let probe = context.device.probe().map(|r| (read_pdu(r.address, r.words), r.words));
    probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))
}

/// A good read on a connection, judged by the value of the probe register.
pub(super) async fn good_read(
    world: &mut CaseWorld,
    connection: &mut Connection,
    transaction: u16,
) -> Judged {
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

pub(super) fn describe(received: &Received) -> String {
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

#[when(regex = r"^the client reads from the (absent|unrouted) address$")]
async fn other_unit(world: &mut CaseWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, log, (pdu, _)) = (w.context()?, w.log(), probe(w)?);
        let declared = &context.declared;
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
