//! Steps on frames in a TCP stream: segments, pipelines, several clients.

use std::time::Duration;

use cucumber::{then, when};

use super::tcp::{Asked, TcpState, describe, open, probe, send, tcp};
use super::tcp_limits::alive;
use crate::transport::tcp::{RawFrame, Received, fault, good_adu};
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, data_words, read_pdu, step};

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
        if !rest.is_empty() {
            tokio::time::sleep(pause).await;
        }
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
        let [_, a, b, ..] = asked.pdu.as_slice() else { continue };
        let at = u16::from_be_bytes([*a, *b]);
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
        drop(state);
        alive(w).await
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
