//! Then steps that judge the answers to the requests since the last one.

use cucumber::then;

use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step};

/// Exception codes that a gateway gives when the device behind it did not answer.
const FROM_A_GATEWAY: [u8; 2] = [0x0A, 0x0B];

/// What one exchange is, seen from the request.
pub(super) enum Kind {
    /// Same function code as asked.
    Normal(Vec<u8>),
    /// Function code with the exception bit, and the code if the PDU has exactly two bytes.
    Exception(Option<u8>),
    /// No answer.
    None,
    /// Anything else.
    Wrong,
}

pub(super) fn kind(exchange: &Exchange) -> Kind {
    let asked = exchange.request.first().copied().unwrap_or_default();
    match &exchange.seen {
        Seen::Nothing | Seen::Closed => Kind::None,
        Seen::Broken(_) => Kind::Wrong,
        Seen::Pdu(pdu) => match pdu.as_slice() {
            [code, rest @ ..] if *code == asked | 0x80 => {
                Kind::Exception(if let [exception] = rest { Some(*exception) } else { None })
            }
            [code, ..] if *code == asked => Kind::Normal(pdu.clone()),
            _ => Kind::Wrong,
        },
    }
}

fn codes(text: &str) -> Result<Vec<u8>, Judgement> {
    let parse = |t: &str| u8::from_str_radix(t.trim(), 16);
    text.split(" or ").map(|t| parse(t).map_err(|_| Judgement::Error(format!("{t:?} is no code")))).collect()
}

fn fail(exchange: &Exchange, wanted: &str) -> Judgement {
    Judgement::Fail(format!("{exchange}; expected {wanted}"))
}

fn exceptions(world: &mut CaseWorld, wanted: &str, tolerated: &str, none: bool) -> Judged {
    let (wanted_codes, tolerated) =
        (codes(wanted)?, if tolerated.is_empty() { Vec::new() } else { codes(tolerated)? });
    for exchange in world.take_pending()? {
        match kind(&exchange) {
            Kind::Exception(Some(code)) if wanted_codes.contains(&code) => world.note(exchange.to_string()),
            Kind::Exception(Some(code)) if tolerated.contains(&code) => {
                world.non_strict(format!("{exchange}; the clause asks for {wanted}"));
            }
            Kind::Exception(Some(code)) if none && FROM_A_GATEWAY.contains(&code) => {
                world.note(format!("{exchange}: the device behind the gateway did not answer"));
            }
            Kind::None if none => world.note(exchange.to_string()),
            _ => {
                let or = if none { " or no answer" } else { "" };
                return Err(fail(&exchange, &format!("exception {wanted}{or}")));
            }
        }
    }
    Ok(())
}

#[then(regex = r"^each answer is exception ([0-9A-F]{2}(?: or [0-9A-F]{2})*)$")]
pub(super) async fn exception(world: &mut CaseWorld, wanted: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| exceptions(w, &wanted, "", false)).await
}

#[then(
    regex = r"^each answer is exception ([0-9A-F]{2}(?: or [0-9A-F]{2})*), while ([0-9A-F]{2}) is tolerated$"
)]
pub(super) async fn exception_tolerated(
    world: &mut CaseWorld,
    wanted: String,
    other: String,
) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| exceptions(w, &wanted, &other, false)).await
}

#[then(regex = r"^each request is answered with exception ([0-9A-F]{2}(?: or [0-9A-F]{2})*) or not at all$")]
pub(super) async fn exception_or_none(world: &mut CaseWorld, wanted: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| exceptions(w, &wanted, "", true)).await
}

#[then("no request gets a normal answer")]
pub(super) async fn no_normal_answer(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            match kind(&exchange) {
                Kind::Exception(Some(_)) | Kind::None => w.note(exchange.to_string()),
                // A request with the exception bit set is answered with the bit set: not to be told
                // apart from an echo, except by its length.
                _ => {
                    let asked = exchange.request.first().copied().unwrap_or_default();
                    let exception = matches!(&exchange.seen, Seen::Pdu(p) if asked >= 0x80 && p.len() == 2);
                    if !exception {
                        return Err(fail(&exchange, "an exception or no answer"));
                    }
                    w.note(exchange.to_string());
                }
            }
        }
        Ok(())
    })
    .await
}

#[then("no request is answered")]
pub(super) async fn silence(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            match exchange.seen {
                Seen::Nothing | Seen::Closed => w.note(exchange.to_string()),
                _ => return Err(fail(&exchange, "silence")),
            }
        }
        Ok(())
    })
    .await
}

#[then(regex = r"^each answer is normal with (\d+) data bytes$")]
pub(super) async fn normal(world: &mut CaseWorld, bytes: usize) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            match kind(&exchange) {
                Kind::Normal(pdu)
                    if pdu.len() == bytes + 2 && pdu.get(1).is_some_and(|c| usize::from(*c) == bytes) =>
                {
                    w.note(format!("answered with {bytes} data bytes"));
                }
                _ => return Err(fail(&exchange, &format!("byte count {bytes} and as many bytes"))),
            }
        }
        Ok(())
    })
    .await
}

#[then("each answer repeats the request to the byte")]
pub(super) async fn echo(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            super::writes::may_write(&exchange)?;
            if exchange.seen != Seen::Pdu(exchange.request.clone()) {
                return Err(fail(&exchange, "an echo of the request"));
            }
        }
        Ok(())
    })
    .await
}

#[then("the device still answers")]
async fn still_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| good_request(w).await).await
}

/// A good request that only the device under test can answer rightly: its probe register.
pub(super) async fn good_request(world: &mut CaseWorld) -> Judged {
    let context = world.context()?;
    let probe = context.device.probe().map(|r| (r.address, r.words));
    let (address, words) = probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))?;
    let value = world.read(address, words).await?;
    if !context.device.identifies(&value) {
        return Err(Judgement::Fail(format!(
            "the probe register at {address:04X} holds {value:04X?}, not what the map expects"
        )));
    }
    Ok(())
}

#[then("the answer to each request is the data asked for, or exception 02 each time")]
pub(super) async fn stable(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let pending = w.take_pending()?;
        let Some(first) = pending.first().cloned() else { return Ok(()) };
        if let Some(other) = pending.iter().find(|e| e.seen != first.seen) {
            return Err(Judgement::Fail(format!("{first}, but also {other}")));
        }
        match kind(&first) {
            Kind::Exception(Some(2)) => w.note("refused with exception 02 each time"),
            Kind::Normal(pdu) => {
                let kept: Vec<u8> = w.kept.iter().flat_map(|word| word.to_be_bytes()).collect();
                if pdu.get(2..) != Some(kept.as_slice()) {
                    return Err(fail(&first, &format!("the data {}", hex(&kept))));
                }
                w.note("answered with the words of the whole register each time");
            }
            _ => return Err(fail(&first, "data or exception 02")),
        }
        Ok(())
    })
    .await
}
