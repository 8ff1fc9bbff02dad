//! Steps on the MBAP header.

use cucumber::{given, then, when};

use super::places;
use super::tcp::{Asked, describe, open, probe, send};
use crate::transport::hex;
use crate::transport::tcp::{RawFrame, Received, adu, good_adu};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, Judging, read_pdu, step};

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
