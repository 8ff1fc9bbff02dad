//! Steps that write. The guard lets them through only with `--allow-writes`.

use cucumber::{given, then, when};

use super::answers::{Kind, kind};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step};
use crate::writable::another;

fn kept(world: &CaseWorld) -> Result<u16, Judgement> {
    world.target.ok_or_else(|| Judgement::Error("no register was kept".into()))
}

/// The address of the kept register, and a value that differs from the kept one in its lowest bit.
pub(super) fn other_value(world: &CaseWorld) -> Result<(u16, u16), Judgement> {
    let value = world.kept.first().copied();
    let value = value.ok_or_else(|| Judgement::Error("no value was kept".into()))?;
    Ok((kept(world)?, another(value)))
}

async fn keep(world: &mut CaseWorld, place: Option<(u16, u16)>, what: &str) -> Result<(), Judgement> {
    let (at, words) = place.ok_or_else(|| Judgement::Inconclusive(format!("the map has no {what}")))?;
    world.kept = world.read(at, words).await?;
    world.target = Some(at);
    world.note(format!("{at:04X} holds {:04X?}", world.kept));
    Ok(())
}

#[given(regex = r"^the client keeps the value of (a read-only register|a writable register)$")]
async fn keep_one(world: &mut CaseWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let register = if which == "a writable register" {
            context.device.writable_word()
        } else {
            context.device.read_only_word()
        };
        keep(w, register.map(|r| (r.address, 1)), &which).await
    })
    .await
}

#[given("the client keeps the value of a writable register of two words")]
async fn keep_wide(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let place = context.device.wide_writable().map(|r| (r.address, r.words));
        keep(w, place, "writable register of two words").await
    })
    .await
}

#[given("the client keeps the values of a writable register and its read-only neighbour")]
async fn keep_mixed(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let place = context.device.mixed_pair().map(|at| (at, 2));
        keep(w, place, "writable register before a read-only one").await
    })
    .await
}

#[when("the client writes another value to it")]
async fn write_other(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, value) = other_value(w)?;
        let wait = w.context()?.timing.answer;
        let ([a, b], [v, x]) = (at.to_be_bytes(), value.to_be_bytes());
        w.send(&[6, a, b, v, x], wait).await
    })
    .await
}

#[when("the client writes its first word alone")]
async fn write_half(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, value) = other_value(w)?;
        let wait = w.context()?.timing.answer;
        let ([a, b], [v, x]) = (at.to_be_bytes(), value.to_be_bytes());
        w.send(&[6, a, b, v, x], wait).await
    })
    .await
}

#[when(regex = r"^the client writes the same value with function (06|16)$")]
async fn write_same(world: &mut CaseWorld, function: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, other) = other_value(w)?;
        let wait = w.context()?.timing.answer;
        let ([a, b], [v, x]) = (at.to_be_bytes(), another(other).to_be_bytes());
        let single = function == "06";
        let pdu = if single { vec![6, a, b, v, x] } else { vec![0x10, a, b, 0, 1, 2, v, x] };
        w.send(&pdu, wait).await
    })
    .await
}

#[when("the client writes both at once")]
async fn write_both(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, first) = other_value(w)?;
        let second = another(w.kept.get(1).copied().unwrap_or_default());
        let wait = w.context()?.timing.answer;
        let ([a, b], [v, x], [y, z]) = (at.to_be_bytes(), first.to_be_bytes(), second.to_be_bytes());
        w.send(&[0x10, a, b, 0, 2, 4, v, x, y, z], wait).await
    })
    .await
}

#[when("the client sends a truncated write of another value to it")]
async fn write_truncated(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, value) = other_value(w)?;
        let wait = w.context()?.timing.silence;
        let ([a, b], [v, _]) = (at.to_be_bytes(), value.to_be_bytes());
        w.send(&[0x10, a, b, 0, 1, 2, v], wait).await
    })
    .await
}

#[when("the client asks to write 124 registers at a writable register")]
async fn write_124(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let at = super::places::address(&context.device, "a writable register")?;
        let [a, b] = at.to_be_bytes();
        // 124 registers do not fit a PDU of 253 bytes: as many data as fit.
        let mut pdu = vec![0x10, a, b, 0, 124, 248];
        pdu.resize(252, 0);
        w.send(&pdu, context.timing.answer).await
    })
    .await
}

async fn unchanged(world: &mut CaseWorld) -> Result<(), Judgement> {
    let at = kept(world)?;
    let before = world.kept.clone();
    let after = world.read(at, before.len() as u16).await?;
    if after == before {
        return Ok(());
    }
    world.undo().await?;
    Err(Judgement::Fail(format!("{at:04X} held {before:04X?} and then {after:04X?}")))
}

fn refused(world: &CaseWorld, exchange: &Exchange, wanted: u8, none: bool) -> Result<(), Judgement> {
    match kind(exchange) {
        Kind::Exception(Some(code)) if code == wanted => world.note(exchange.to_string()),
        // The profile recommends one code; 03 and 04 refuse as well.
        Kind::Exception(Some(2..=4)) => {
            world.non_strict(format!("{exchange}; exception {wanted:02X} is recommended"));
        }
        Kind::None if none => world.note(exchange.to_string()),
        _ => return Err(Judgement::Fail(format!("{exchange}; expected exception {wanted:02X}"))),
    }
    Ok(())
}

#[then("the write is refused and the value is unchanged")]
async fn refused_unchanged(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            refused(w, &exchange, 2, false)?;
        }
        unchanged(w).await
    })
    .await
}

#[then("the request is refused or ignored and the value is unchanged")]
async fn ignored_unchanged(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            refused(w, &exchange, 3, true)?;
        }
        unchanged(w).await
    })
    .await
}

#[then("the value is unchanged")]
async fn value_unchanged(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| unchanged(w).await).await
}

/// A write that is refused in this state cannot be judged: a gateway may keep writes to itself.
pub(super) fn may_write(exchange: &Exchange) -> Judged {
    match kind(exchange) {
        Kind::Exception(Some(4)) => {
            Err(Judgement::Inconclusive(format!("{exchange}: writes are refused in this state")))
        }
        _ => Ok(()),
    }
}

#[then("the answer repeats address and quantity")]
async fn write_answer(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            may_write(&exchange)?;
            let wanted = exchange.request.get(..5).map(<[u8]>::to_vec);
            if wanted.map(crate::transport::Seen::Pdu) != Some(exchange.seen.clone()) {
                return Err(Judgement::Fail(format!("{exchange}; expected address and quantity")));
            }
        }
        Ok(())
    })
    .await
}
