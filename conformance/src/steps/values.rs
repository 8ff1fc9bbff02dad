//! Steps that write values that the map forbids, and long spans; random requests.

use std::time::Duration;

use cucumber::{given, then, when};
use dpo_gateway::maps::model::{Kind as Type, Register, Volatility};

use super::answers::{Kind, kind};
use super::pdu::Random;
use crate::device::{raw_number, readable_access};
use crate::transport::LinkError;
use crate::transport::guard::HARMLESS;
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, step, step_within, write_pdu};

/// Thousands of requests, each with its silence.
const LONG: Duration = Duration::from_secs(3600);

#[given(
    regex = r"^the client keeps the value of (a writable number|a writable word with limits|the longest writable register)$"
)]
async fn keep(world: &mut CaseWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let register = match which.as_str() {
            "a writable number" => context.device.number(),
            "a writable word with limits" => context.device.limited_word().map(|(register, _)| register),
            _ => context.device.longest(),
        };
        let register = register.ok_or_else(|| Judgement::Inconclusive(format!("the map has not {which}")))?;
        w.kept = w.read(register.address, register.words).await?;
        w.target = Some(register.address);
        w.note(format!("{}, {} words", register.id, register.words));
        Ok(())
    })
    .await
}

#[when("the client writes a value outside its limits with function 06")]
async fn outside(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let found = context.device.limited_word();
        let (register, value) = found.ok_or_else(|| Judgement::Inconclusive("no such register".into()))?;
        w.note_before(register.address, 1).await?;
        let exchange = w.put(register.address, &[value]).await?;
        w.note(format!("{value} to {}", register.id));
        w.pending.push(exchange);
        Ok(())
    })
    .await
}

#[then("the value is refused and unchanged")]
async fn value_refused(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let at = w.target.ok_or_else(|| Judgement::Error("no register was kept".into()))?;
        let now = w.read(at, 1).await?;
        let before = w.kept.clone();
        if now == before {
            w.forget()?;
        } else {
            w.undo().await?;
            return Err(Judgement::Fail(format!("{at:04X} held {before:04X?} and then {now:04X?}")));
        }
        for exchange in exchanges {
            match kind(&exchange) {
                Kind::Exception(Some(3)) => w.note(exchange.to_string()),
                Kind::Exception(Some(2 | 4)) => {
                    w.non_strict(format!("{exchange}; exception 03 is recommended"));
                }
                _ => return Err(Judgement::Fail(format!("{exchange}; expected exception 03"))),
            }
        }
        Ok(())
    })
    .await
}

#[when("the client writes it whole with function 16")]
async fn write_whole(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let register =
            context.device.longest().ok_or_else(|| Judgement::Inconclusive("no such register".into()))?;
        let before = w.note_before(register.address, register.words).await?;
        let free = register.kind == Type::Raw;
        w.kept = before.iter().map(|word| if free { word ^ 0xA5C3 } else { *word }).collect();
        let request = write_pdu(register.address, &w.kept, false);
        w.send(&request, context.timing.answer).await
    })
    .await
}

#[then("each word reads as written, and the old ones are put back")]
async fn whole_written(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let at = w.target.ok_or_else(|| Judgement::Error("no register was kept".into()))?;
        let (wanted, count) = (w.kept.clone(), w.kept.len() as u16);
        let mut now = Vec::new();
        for exchange in &exchanges {
            super::writes::may_write(exchange)?;
            let echo = exchange.request.get(..5).map(<[u8]>::to_vec).map(crate::transport::Seen::Pdu);
            if echo.as_ref() != Some(&exchange.seen) {
                return Err(Judgement::Fail(format!("{exchange}; expected address and quantity")));
            }
            now = w.read(at, count).await?;
        }
        w.undo().await?;
        if now != wanted {
            let nth = now.iter().zip(&wanted).position(|(a, b)| a != b).unwrap_or(now.len());
            return Err(Judgement::Fail(format!("word {nth} of {count} does not read as written")));
        }
        w.note(format!("{count} words"));
        Ok(())
    })
    .await
}

#[given("the client keeps the values of two neighbours that may be written")]
async fn keep_pair(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pair = context.device.limited_pair();
        let (first, _, _) = pair.ok_or_else(|| Judgement::Inconclusive("no such registers".into()))?;
        w.kept = w.read(first.address, 2).await?;
        w.target = Some(first.address);
        Ok(())
    })
    .await
}

#[when("the client writes both, the last one outside its limits")]
async fn write_pair(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pair = context.device.limited_pair();
        let (first, second, bad) = pair.ok_or_else(|| Judgement::Inconclusive("no such registers".into()))?;
        w.note(format!("{} and {}", first.id, second.id));
        let before = w.note_before(first.address, 1).await?;
        w.note_before(second.address, 1).await?;
        let old = before.first().copied().unwrap_or_default();
        let limit = first.limits.map_or(i64::from(u16::MAX), |l| l.max);
        let good = if i64::from(old) < limit { old + 1 } else { old.saturating_sub(1) };
        w.send(&write_pdu(first.address, &[good, bad], false), context.timing.answer).await
    })
    .await
}

#[then("the write is refused and neither has changed")]
async fn pair_unchanged(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let exchanges = w.take_pending()?;
        let at = w.target.ok_or_else(|| Judgement::Error("no register was kept".into()))?;
        let (now, before) = (w.read(at, 2).await?, w.kept.clone());
        if now == before {
            w.forget()?;
        } else {
            w.undo().await?;
            return Err(Judgement::Fail(format!("they held {before:04X?} and then {now:04X?}")));
        }
        for exchange in exchanges {
            match kind(&exchange) {
                Kind::Exception(Some(2..=4)) => w.note(exchange.to_string()),
                _ => return Err(Judgement::Fail(format!("{exchange}; expected exception 03"))),
            }
        }
        Ok(())
    })
    .await
}

/// Registers whose change would show that a request wrote.
fn settled(register: &Register) -> bool {
    let stays =
        matches!(register.volatility, Volatility::Setting | Volatility::Stored | Volatility::Constant);
    readable_access(register) && stays && register.group.is_none()
}

#[given("the client keeps the counters and settings of the device")]
async fn keep_all(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        w.image.clear();
        for register in context.device.map.registers.iter() {
            let counts = register.volatility == Volatility::Counter;
            if (counts || settled(register))
                && let Some(words) = super::map::present(w, register).await?
            {
                w.image.insert(register.address, words);
            }
        }
        Ok(())
    })
    .await
}

/// Most requests that are drawn for one that is sent; one of eleven writes nothing.
const DRAWS: usize = 100;

/// Function codes that are sent at random: no diagnostics, no encapsulated interface, nothing that needs leave.
fn harmless(code: u8) -> bool {
    HARMLESS.contains(&(code & 0x7F)) && !matches!(code & 0x7F, 8 | 0x2B)
}

#[when("the client sends random requests that write nothing")]
async fn fuzz(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mut random = Random::new(context.effort.seed);
        let (mut count, mut answered) = (0u32, 0u32);
        // What is not answered costs its silence.
        let wait = context.timing.silence.min(Duration::from_millis(100));
        let wanted = context.effort.random_requests as usize;
        let drawn = std::iter::repeat_with(|| {
            let length = 1 + random.below(253);
            (0..length).map(|_| random.below(256) as u8).collect()
        });
        let chosen = drawn.take(wanted.saturating_mul(DRAWS));
        let harmless = |pdu: &Vec<u8>| pdu.first().is_some_and(|code| harmless(*code));
        for pdu in chosen.filter(harmless).take(wanted) {
            count += 1;
            let sent = {
                let mut link = context.link.lock().await;
                link.exchange(context.device.unit, &pdu, wait, &*w.log()).await
            };
            match sent {
                Ok(crate::transport::Seen::Pdu(_)) => answered += 1,
                Ok(_) => {
                    let mut link = context.link.lock().await;
                    link.reset().await?;
                }
                Err(LinkError::Hazard { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        w.note(format!("{count} requests, {answered} answered, seed {:#x}", context.effort.seed));
        Ok(())
    })
    .await
}

#[then("no counter has fallen and no setting has changed")]
async fn nothing_changed(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let image = w.image.clone();
        for register in context.device.map.registers.iter() {
            let Some(before) = image.get(&register.address) else { continue };
            let now = w.read(register.address, register.words).await?;
            if register.volatility == Volatility::Counter {
                let (old, new) = (raw_number(register, before), raw_number(register, &now));
                if new < old {
                    return Err(Judgement::Fail(format!("{} fell from {old:?} to {new:?}", register.id)));
                }
            } else if now != *before {
                return Err(Judgement::Fail(format!(
                    "{} held {before:04X?} and then {now:04X?}",
                    register.id
                )));
            }
        }
        Ok(())
    })
    .await
}
