//! Steps with functions that only some devices declare: 05, 22, 23.

use cucumber::{then, when};

use super::answers::{Kind, kind};
use super::places::address;
use crate::transport::Seen;
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, step};
use crate::writable::another;

fn pair(value: u16) -> [u8; 2] {
    value.to_be_bytes()
}

/// The register that a Given step keeps, and what it held.
fn kept(world: &CaseWorld) -> Result<(u16, u16), Judgement> {
    let value = world.kept.first().copied();
    world.target.zip(value).ok_or_else(|| Judgement::Error("no register was kept".into()))
}

/// Fails unless an exchange is the echo of its request.
fn echoed(exchange: &Exchange) -> Judged {
    if exchange.seen == Seen::Pdu(exchange.request.clone()) {
        return Ok(());
    }
    Err(Judgement::Fail(format!("{exchange}; expected an echo")))
}

#[when("the client writes another value to it and reads it in one transaction")]
async fn write_and_read(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, value) = kept(w)?;
        w.note_before(at, 1).await?;
        let ([a, b], [v, x]) = (pair(at), pair(another(value)));
        let wait = w.context()?.timing.answer;
        w.send(&[0x17, a, b, 0, 1, a, b, 0, 1, 2, v, x], wait).await
    })
    .await
}

#[then("the answer holds the new value, and the old one is put back")]
async fn new_value(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (_, value) = kept(w)?;
        let [v, x] = pair(another(value));
        let exchanges = w.take_pending()?;
        w.undo().await?;
        for exchange in exchanges {
            super::writes::may_write(&exchange)?;
            if exchange.seen != Seen::Pdu(vec![0x17, 2, v, x]) {
                return Err(Judgement::Fail(format!(
                    "{exchange}; expected the new value {:04X}",
                    another(value)
                )));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client asks to read one register and to write 122")]
async fn write_122(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let (read, write) = (
            address(&context.device, "a readable address")?,
            address(&context.device, "a read-only register")?,
        );
        let ([a, b], [c, d]) = (pair(read), pair(write));
        let mut pdu = vec![0x17, a, b, 0, 1, c, d, 0, 122, 244];
        // 122 registers do not fit a PDU of 253 bytes: as many data as fit.
        pdu.resize(252, 0);
        w.send(&pdu, context.timing.answer).await
    })
    .await
}

#[when("the client writes 0012 to it, and then the masks 00F2 and 0025")]
async fn mask(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, _) = kept(w)?;
        w.note_before(at, 1).await?;
        let first = w.put(at, &[0x12]).await?;
        if !matches!(kind(&first), Kind::Normal(_)) {
            super::writes::may_write(&first)?;
            return Err(Judgement::Fail(format!("{first}; expected it to be taken")));
        }
        let [a, b] = pair(at);
        let wait = w.context()?.timing.answer;
        w.send(&[0x16, a, b, 0x00, 0xF2, 0x00, 0x25], wait).await
    })
    .await
}

#[then("it holds 0017, and the old value is put back")]
async fn masked(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, _) = kept(w)?;
        let exchanges = w.take_pending()?;
        let now = w.read(at, 1).await?;
        w.undo().await?;
        exchanges.iter().try_for_each(echoed)?;
        if now != [0x17] {
            return Err(Judgement::Fail(format!("it holds {now:04X?}; expected 0017")));
        }
        Ok(())
    })
    .await
}

/// The declared coil.
fn coil(world: &CaseWorld) -> Result<u16, Judgement> {
    let coil = world.context()?.declared.bench.coil;
    coil.ok_or_else(|| Judgement::Inconclusive("no coil is declared".into()))
}

/// Reads a coil.
async fn read_coil(world: &mut CaseWorld, at: u16) -> Result<bool, Judgement> {
    let ([a, b], wait) = (pair(at), world.context()?.timing.answer);
    let seen = world.ask(&[1, a, b, 0, 1], wait).await?;
    match &seen {
        Seen::Pdu(pdu) if matches!(pdu.as_slice(), [1, 1, _]) => {
            Ok(pdu.get(2).is_some_and(|bits| bits & 1 == 1))
        }
        _ => Err(Judgement::Fail(format!("reading coil {at:04X}: {seen:?}"))),
    }
}

#[when("the client sets the declared coil and clears it again")]
async fn set_and_clear(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let at = coil(w)?;
        let wait = w.context()?.timing.answer;
        let before = read_coil(w, at).await?;
        w.note_coil(at, before).await?;
        let [a, b] = pair(at);
        let mut read = Vec::new();
        for value in [0xFF, 0] {
            w.send(&[5, a, b, value, 0], wait).await?;
            read.push(u16::from(read_coil(w, at).await?));
        }
        w.kept = read;
        w.undo().await
    })
    .await
}

#[then("each answer is an echo, and the coil read 1 and then 0")]
async fn coil_followed(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.take_pending()?.iter().try_for_each(echoed)?;
        if w.kept != [1, 0] {
            return Err(Judgement::Fail(format!("the coil read {:?}; expected 1 and then 0", w.kept)));
        }
        Ok(())
    })
    .await
}

#[when("the client writes 1234 to the declared coil")]
async fn odd_coil(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let at = coil(w)?;
        let ([a, b], wait) = (pair(at), w.context()?.timing.answer);
        let before = read_coil(w, at).await?;
        w.note_coil(at, before).await?;
        w.send(&[5, a, b, 0x12, 0x34], wait).await
    })
    .await
}
