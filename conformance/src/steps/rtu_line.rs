//! Steps on a serial line: broadcasts, settings of the line, other devices, long runs.

use std::time::Duration;

use cucumber::{then, when};

use super::answers::good_request;
use super::rtu::{line, probe_read, send_raw};
use crate::transport::Seen;
use crate::transport::rtu::good_frame;
use crate::transport::serial::{Parity, Settings};
use crate::world::{
    CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, step, step_within, write_pdu,
};
use crate::writable::another;

/// How long a step may take that waits for restarts, or repeats itself often.
pub(super) const LONG: Duration = Duration::from_secs(4 * 3600);
/// Between two looks at a device that comes back.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// How the line was set at the start of the run.
pub(super) async fn as_opened(world: &CaseWorld) -> Result<Settings, Judgement> {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    Ok(line(&mut link)?.opened().clone())
}

/// Sets the line anew.
pub(super) async fn set_line(world: &CaseWorld, settings: &Settings) -> Judged {
    let context = world.context()?;
    let mut link = context.link.lock().await;
    line(&mut link)?.set(settings)?;
    world.note(format!("line at {settings}"));
    Ok(())
}

/// Whether the device answers its probe register now; `expected` says how long to wait for that.
pub(super) async fn heard(world: &mut CaseWorld, expected: bool) -> Result<Seen, Judgement> {
    let (pdu, timing) = (probe_read(world)?, world.context()?.timing);
    world.ask(&pdu, if expected { timing.answer } else { timing.silence }).await
}

pub(super) fn answered(seen: &Seen) -> bool {
    matches!(seen, Seen::Pdu(pdu) if pdu.first() == Some(&3))
}

#[when("the client broadcasts a write of another value to it")]
async fn broadcast_write(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, at) = (w.context()?, w.target.unwrap_or_default());
        let before = w.note_before(at, 1).await?;
        let other = another(before.first().copied().unwrap_or_default());
        w.kept = vec![other];
        send_raw(w, &good_frame(0, &write_pdu(at, &[other], true)), context.timing.silence, 0).await
    })
    .await
}

#[then("it holds the new value, and the old one is put back")]
async fn broadcast_taken(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (at, wanted) = (w.target.unwrap_or_default(), w.kept.clone());
        let now = w.read(at, 1).await?;
        w.undo().await?;
        if now != wanted {
            return Err(Judgement::Fail(format!(
                "{at:04X} holds {now:04X?} after a broadcast of {wanted:04X?}"
            )));
        }
        Ok(())
    })
    .await
}

#[when("the client sends a read whose characters have the wrong parity")]
async fn wrong_parity(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, own, pdu) = (w.context()?, as_opened(w).await?, probe_read(w)?);
        let parity = match own.parity {
            Parity::Even => Parity::Odd,
            Parity::Odd => Parity::Even,
            Parity::None => return Err(Judgement::Inconclusive("the line has no parity".into())),
        };
        set_line(w, &Settings { parity, ..own.clone() }).await?;
        let frame = good_frame(context.device.unit, &pdu);
        let sent = send_raw(w, &frame, context.timing.silence, context.device.unit).await;
        set_line(w, &own).await?;
        sent
    })
    .await
}

#[when("the line is set as the map declares it from the factory")]
async fn factory(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        use dpo_gateway::maps::model::Parity as Declared;
        let (context, own) = (w.context()?, as_opened(w).await?);
        let bus = &context.device.map.bus;
        let parity = match bus.parity {
            Declared::Even => Parity::Even,
            Declared::Odd => Parity::Odd,
            Declared::None => Parity::None,
        };
        let baud = bus.baud.first().copied().unwrap_or(own.baud);
        let factory = Settings { baud, parity, ..own.clone() };
        set_line(w, &factory).await?;
        let seen = heard(w, true).await;
        set_line(w, &own).await?;
        w.pending.push(Exchange { request: probe_read(w)?, seen: seen? });
        Ok(())
    })
    .await
}

#[then("the device answers at these settings")]
async fn answers_there(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if !answered(&exchange.seen) {
                return Err(Judgement::Fail(format!("{exchange}; expected an answer")));
            }
        }
        Ok(())
    })
    .await
}

#[when("the line is set to no parity and the declared stop bits")]
async fn no_parity(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let (context, own) = (w.context()?, as_opened(w).await?);
        let bits = context.declared.line.no_parity_stop_bits;
        let bits = bits.ok_or_else(|| Judgement::Inconclusive("no such mode is declared".into()))?;
        if bits == 1 {
            w.non_strict("the device declares one stop bit without parity (8N1)");
        }
        set_line(w, &Settings { parity: Parity::None, stop_bits: bits, ..own.clone() }).await?;
        let seen = heard(w, true).await;
        set_line(w, &own).await?;
        w.pending.push(Exchange { request: probe_read(w)?, seen: seen? });
        Ok(())
    })
    .await
}

#[when("the client reads another device of the line many times")]
async fn other_device(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let other = context.others.first();
        let other = other.ok_or_else(|| Judgement::Inconclusive("there is no other device".into()))?;
        let (address, words) = other
            .probe()
            .map(|r| (r.address, r.words))
            .ok_or_else(|| Judgement::Error("its map names no probe register".into()))?;
        let pdu = crate::world::read_pdu(address, words);
        for _ in 0..20 {
            send_raw(w, &good_frame(other.unit, &pdu), context.timing.answer, other.unit).await?;
        }
        w.note(other.name());
        Ok(())
    })
    .await
}

#[then("each answer is that of the other device alone")]
async fn alone(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if !answered(&exchange.seen) {
                return Err(Judgement::Fail(format!("{exchange}; expected one good frame")));
            }
        }
        good_request(w).await
    })
    .await
}

#[when("the client sends many good reads")]
async fn soak(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = probe_read(w)?;
        let words = pdu.get(4).map_or(0, |q| u16::from(*q));
        let first = w.ask(&pdu, context.timing.answer).await?;
        if crate::world::data_words(&first, words).is_none() {
            return Err(Judgement::Fail(format!("the first read got {first:?}")));
        }
        for nth in 1..context.effort.soak {
            let seen = w.ask(&pdu, context.timing.answer).await?;
            if seen != first {
                let exchange = Exchange { request: pdu, seen };
                return Err(Judgement::Fail(format!("read {nth}: {exchange}")));
            }
        }
        w.note(format!("{} reads", context.effort.soak));
        Ok(())
    })
    .await
}

#[then("none was lost and none was wrong")]
async fn none_lost(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first one.
    step(world, async |w: &mut CaseWorld| good_request(w).await).await
}
